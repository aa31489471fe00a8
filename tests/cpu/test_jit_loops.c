/* Loops of one block, which are translated several passes in a row: of floats, of pointers that
 * step, of reservations and conditions. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "jit/jit.h"
#include "tests/cpu/sides.h"

/* A loop of one block: `word` makes its words. CTR's upper half is anything now and then. */
static void counted_loop(struct program *p, uint32_t words, uint32_t (*word)(void))
{
    uint32_t head;

    program_begin(p);
    program_add(p, 0x3BE00000 | (1 + program_random() % 20)); /* li r31                */
    if (program_random() % 4 == 0)
        program_add(p, 0x7B7F000E); /* rldimi r31,r27,32,0   */
    program_add(p, 0x7FE903A6);     /* mtctr r31             */
    head = p->words;
    while (p->words < head + words)
        program_add(p, word());
    program_add(p, 0x42000000 | ((0u - 4 * (p->words - head)) & 0xFFFC)); /* bdnz */
    program_end(p);
}

static void loops(uint64_t first, uint32_t (*word)(void), struct xe_cpu_engine_config config,
                  const char *what)
{
    struct side a, b;

    program_seed(first);
    program_moderate = true;
    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, config);
    for (uint32_t n = 0; n < program_cases(1500); n++) {
        struct program p;

        counted_loop(&p, 1 + program_random() % 14, word);
        sides_check(&a, &b, &p, what);
    }
    program_moderate = false;
    side_fini(&a);
    side_fini(&b);
}

/* Ordinary arithmetic, mostly in single precision, on f0 to f7 and r0 to r7; memory at the base. */
static uint32_t float_word(void)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_fadds, XE_PPC_fsubs,   XE_PPC_fmuls,  XE_PPC_fmadds, XE_PPC_fnmsubs, XE_PPC_fdivs,
        XE_PPC_lfs,   XE_PPC_lfsx,    XE_PPC_stfs,   XE_PPC_fmr,    XE_PPC_fneg,    XE_PPC_fabs,
        XE_PPC_fsel,  XE_PPC_fcmpu,   XE_PPC_fctiwz, XE_PPC_frsp,   XE_PPC_fadd,    XE_PPC_fmul,
        XE_PPC_lfd,   XE_PPC_stfd,    XE_PPC_fmadd,  XE_PPC_addi,   XE_PPC_fadds,   XE_PPC_fmuls,
        XE_PPC_lfs,   XE_PPC_fmadds,  XE_PPC_fsubs,  XE_PPC_fcfid,  XE_PPC_mffs,    XE_PPC_fmsubs,
        XE_PPC_fres,  XE_PPC_frsqrte,
    };
    uint32_t word =
        program_word(&xe_ppc_insns[rows[program_random() % (sizeof(rows) / sizeof(rows[0]))]]);

    word &= ~(0x18u << 21);
    if (word >> 26 == 63 || word >> 26 == 59)
        word &= ~(0x18u << 16 | 0x18u << 11 | (word & 0x20 ? 0x18u << 6 : 0) | 1);
    else if (word >> 26 != 14)
        word = (word & ~(31u << 16)) | BASE << 16;
    return word;
}

/* What steps r28 and the like, and what looks at them. */
static uint32_t stepping_word(void)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_lwzu,  XE_PPC_stwu, XE_PPC_lbzu,  XE_PPC_sthu,  XE_PPC_ldu,  XE_PPC_stdu,
        XE_PPC_lfdu,  XE_PPC_lfsu, XE_PPC_stfdu, XE_PPC_stfsu, XE_PPC_addi, XE_PPC_addi,
        XE_PPC_addis, XE_PPC_lwz,  XE_PPC_stw,   XE_PPC_lwzx,  XE_PPC_stwx, XE_PPC_lwzux,
        XE_PPC_add,   XE_PPC_or,   XE_PPC_mfspr, XE_PPC_lfd,   XE_PPC_fadd, XE_PPC_fmul,
        XE_PPC_fadds, XE_PPC_stfd, XE_PPC_cmp,   XE_PPC_lvx,   XE_PPC_stvx,
    };
    uint32_t word =
        program_word(&xe_ppc_insns[rows[program_random() % (sizeof(rows) / sizeof(rows[0]))]]);
    uint32_t opcode = word >> 26, r = program_random() % 2 ? BASE : 30;

    if (opcode == 14 || opcode == 15) /* step it by little */
        return opcode << 26 | r << 21 | r << 16 |
               ((uint32_t)program_random() & (opcode == 14 ? 0x3F : 0x7FFF));
    if (opcode >= 32 && opcode < 56 && program_random() % 4) /* a short way */
        word &= ~0xFF80u;
    if (opcode == 62 || opcode == 58)
        word &= ~0xFF80u;
    if (program_random() % 4 == 0 && (opcode == 36 || opcode == 37 || opcode == 62))
        word = (word & ~(31u << 21)) | BASE << 21; /* keep the pointer itself */
    return word;
}

/* A word on a bank of eight registers of each file; memory at the base. */
static uint32_t banked_word(uint32_t bank)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_add,  XE_PPC_xor,  XE_PPC_mullw, XE_PPC_subf, XE_PPC_rlwinm, XE_PPC_addi,
        XE_PPC_add,  XE_PPC_or,   XE_PPC_lwz,   XE_PPC_stw,  XE_PPC_extsb,  XE_PPC_cmp,
        XE_PPC_fadd, XE_PPC_fmul, XE_PPC_fadds, XE_PPC_lfd,  XE_PPC_stfd,   XE_PPC_lfs,
    };
    uint32_t word =
        program_word(&xe_ppc_insns[rows[program_random() % (sizeof(rows) / sizeof(rows[0]))]]);
    uint32_t first = 3 + 8 * bank, opcode = word >> 26;

    if (opcode == 59 || opcode == 63) { /* bit 4 of XO: frC instead of frB */
        word = (word & 0xFC00003E) | (first + (program_random() & 7)) << 21 |
               (first + (program_random() & 7)) << 16;
        return word | (first + (program_random() & 7)) << (word & 0x10 ? 6 : 11);
    }
    word &= ~(31u << 16);
    if ((opcode != 31 || (word & 0x7FE)) && opcode != 11) /* but for compares */
        word = (word & ~(31u << 21)) | (first + (program_random() & 7)) << 21;
    if (opcode == 31)
        word = (word & ~(31u << 11)) | (first + (program_random() & 7)) << 11;
    return word | (opcode >= 32 ? BASE : first + (program_random() & 7)) << 16;
}

/* Loops that use other registers each, one behind the other, some with branches in them. */
Test(cpu_jit, loops_in_a_row)
{
    struct side a, b;

    program_seed(6);
    program_moderate = true;
    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, (struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1});
    for (uint32_t n = 0; n < program_cases(1500); n++) {
        struct program p;

        program_begin(&p);
        for (uint32_t bank = 0; bank < 3; bank++) {
            uint32_t words = 4 + program_random() % 11, head;

            program_add(&p, 0x3BE00000 | (1 + program_random() % 9)); /* li r31     */
            program_add(&p, 0x7FE903A6);                              /* mtctr r31  */
            head = p.words;
            while (p.words < head + words)
                if (program_random() % 12 == 0 && p.words + 1 < head + words)
                    program_branch(&p, program_random() % (head + words - p.words));
                else
                    program_add(&p, banked_word(bank));
            program_add(&p, 0x42000000 | ((0u - 4 * (p.words - head)) & 0xFFFC)); /* bdnz */
        }
        program_end(&p);
        sides_check(&a, &b, &p, "loops in a row");
    }
    program_moderate = false;
    side_fini(&a);
    side_fini(&b);
}

Test(cpu_jit, loops_of_floats)
{
    loops(4, float_word, side_at_once, "loop of floats");
}

Test(cpu_jit, loops_of_floats_without_fma)
{
    loops(8, float_word, side_without_fma, "loop of floats without FMA");
}

Test(cpu_jit, loops_that_step_pointers)
{
    loops(5, stepping_word, side_at_once, "loop that steps pointers");
}

/* One of the rows. */
static uint32_t word_among(const enum xe_ppc_id *rows, size_t n)
{
    return program_word(&xe_ppc_insns[rows[program_random() % n]]);
}
#define WORD_AMONG(rows) word_among(rows, sizeof(rows) / sizeof((rows)[0]))

/* Reservations and cache blocks at r28, or r28 + r29 if that is near: what is reserved, its
 * neighbours, misaligned addresses. */
static uint32_t atomic_word(void)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_lwarx,   XE_PPC_lwarx,  XE_PPC_lwarx,  XE_PPC_ldarx, XE_PPC_stwcx_,
        XE_PPC_stwcx_,  XE_PPC_stwcx_, XE_PPC_stdcx_, XE_PPC_stwx,  XE_PPC_dcbz,
        XE_PPC_dcbz128, XE_PPC_dcbst,  XE_PPC_dcbf,   XE_PPC_add,   XE_PPC_mfcr,
    };
    bool sum = program_random() % 4 == 0;
    uint32_t word = WORD_AMONG(rows) & ~(0x18u << 21 | 31u << 16 | 31u << 11);

    return word | (sum ? BASE << 16 | INDEX << 11 : BASE << 11);
}

/* CR fields in all their forms, taken apart and put together. */
static uint32_t condition_word(void)
{
    static const enum xe_ppc_id rows[] = {
        XE_PPC_cmp,    XE_PPC_cmpl,   XE_PPC_cmpi,  XE_PPC_cmpli,   XE_PPC_fcmpu,  XE_PPC_add,
        XE_PPC_crand,  XE_PPC_cror,   XE_PPC_crnor, XE_PPC_crandc,  XE_PPC_crorc,  XE_PPC_crxor,
        XE_PPC_creqv,  XE_PPC_crnand, XE_PPC_mcrf,  XE_PPC_mfcr,    XE_PPC_mtcrf,  XE_PPC_mfocrf,
        XE_PPC_mtocrf, XE_PPC_tw,     XE_PPC_twi,   XE_PPC_td,      XE_PPC_tdi,    XE_PPC_vcmpequw,
        XE_PPC_srad,   XE_PPC_divd,   XE_PPC_divdu, XE_PPC_vcmpbfp, XE_PPC_stwcx_, XE_PPC_mtmsrd,
    };

    return WORD_AMONG(rows);
}

/* Reciprocals that, rounded to double, lie half way between two singles; rounded once, they are
 * nearer to one. */
Test(cpu_jit, reciprocals_round_once)
{
    static const uint64_t of[] = {0x3FEFFFFFA0000120, 0x3FEFFFFF6000031F, 0xBFEFFFFF20000620,
                                  0x3FEFFFFEE0000A1F, 0x3FEFFFFEA0000F20, 0xBFEFFFFE6000151F};
    static uint8_t data[BYTES];
    struct side a, b;
    struct program p;
    struct xe_cpu cpu;

    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, side_at_once);
    program_begin(&p);
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
    cpu.fpscr = 0x82000000;
    for (uint32_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
        cpu.fpr[i] = of[i];
        program_add(&p, 0xEC000030 | (i + 8) << 21 | i << 11); /* fres */
    }
    program_end(&p);
    sides_check_from(&a, &b, &p, &cpu, data, 1, "reciprocals");
    cr_expect_eq(xe_jit_counters(b.engine->jit)->called[XE_PPC_fres], 0);
    side_fini(&a);
    side_fini(&b);
}

/* What is added to a pointer later, and a displacement, are more than 31 bits together. */
Test(cpu_jit, a_loop_that_steps_far)
{
    static const uint32_t words[] = {
        0x38A00008, 0x7CA903A6, /* li r5,8; mtctr r5         */
        0x3C637FFF, 0x38637FFF, /* addis r3,r3,0x7fff; addi r3,r3,0x7fff */
        0x38637FFF, 0x88837FFF, /* addi r3,r3,0x7fff; lbz r4,0x7fff(r3)  */
        0x4200FFF0,             /* bdnz                      */
    };
    static uint8_t data[BYTES];
    struct side a, b;
    struct program p = {0};
    struct xe_cpu cpu;

    side_init(&a, (struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
    side_init(&b, side_at_once);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        program_add(&p, words[i]);
    program_end(&p);
    xe_cpu_reset(&cpu);
    cpu.pc = CODE;
    cpu.gpr[3] = DATA - 0x80007FFD;
    sides_check_from(&a, &b, &p, &cpu, data, 1, "far");
    side_fini(&a);
    side_fini(&b);
}

Test(cpu_jit, loops_of_reservations)
{
    loops(6, atomic_word, side_at_once, "loop of reservations");
}

Test(cpu_jit, loops_of_conditions)
{
    loops(7, condition_word, side_at_once, "loop of conditions");
}
