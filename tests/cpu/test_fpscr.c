/* FPSCR and CR1 after each FPU row, whatever it computed: laws that hold for all operands and all
 * states before. What is computed is test_fpu.c's matter. */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "cpu/softfp/fpu_status.h"
#include "tests/cpu/one_word.h"
#include "tests/cpu/operands.h"

enum law {
    COMPUTES, /* result classed in FPRF; exceptions              */
    CONVERTS, /* exceptions, FPRF left alone                     */
    COMPARES, /* FPCC and a CR field; exceptions                 */
    MOVES,    /* nothing                                         */
    WRITES,   /* FPSCR itself: only that its summaries are right */
};

/* "name." of the rows that are not COMPUTES. */
static enum law law_of(const struct xe_ppc_insn *insn)
{
    static const struct {
        const char *prefix;
        enum law law;
    } rows[] = {{"fcti", CONVERTS}, {"fcmp", COMPARES}, {"fmr", MOVES},    {"fneg", MOVES},
                {"fabs", MOVES},    {"fnabs", MOVES},   {"fsel", MOVES},   {"mffs", MOVES},
                {"mtfs", WRITES},   {"mcrfs", WRITES},  {"fres", COMPUTES}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strncmp(insn->name, rows[i].prefix, strlen(rows[i].prefix)) == 0)
            return rows[i].law;
    return COMPUTES;
}

/* The class of a register value by the book's table; singles are denormal below 2^-126. */
static uint32_t class_of(uint64_t bits, bool single)
{
    bool minus = bits >> 63;
    uint64_t magnitude = bits << 1 >> 1;

    if (magnitude > 0x7FF0000000000000)
        return 0x11;
    if (magnitude == 0x7FF0000000000000)
        return minus ? 0x09 : 0x05;
    if (!magnitude)
        return minus ? 0x12 : 0x02;
    if (magnitude < (single ? 0x3810000000000000u : 0x0010000000000000u))
        return minus ? 0x18 : 0x14;
    return minus ? 0x08 : 0x04;
}

static void check_summaries(uint32_t fpscr, uint32_t word)
{
    bool vx = fpscr & XE_FPSCR_VX_ANY;
    bool fex = (vx && fpscr & XE_FPSCR_VE) || (fpscr & XE_FPSCR_OX && fpscr & XE_FPSCR_OE) ||
               (fpscr & XE_FPSCR_UX && fpscr & XE_FPSCR_UE) ||
               (fpscr & XE_FPSCR_ZX && fpscr & XE_FPSCR_ZE) ||
               (fpscr & XE_FPSCR_XX && fpscr & XE_FPSCR_XE);

    cr_assert_eq(!!(fpscr & XE_FPSCR_VX), vx, "%08x: %08x", word, fpscr);
    cr_assert_eq(!!(fpscr & XE_FPSCR_FEX), fex, "%08x: %08x", word, fpscr);
    cr_assert_eq(fpscr & XE_FPSCR_RESERVED, 0, "%08x: %08x", word, fpscr);
}

/* Exceptions stay, FX follows new ones, the controls do not move. */
static void check_sticky(uint32_t before, uint32_t after, uint32_t word)
{
    uint32_t fresh = after & ~before & XE_FPSCR_STICKY;
    uint32_t fx = before & XE_FPSCR_FX || fresh ? XE_FPSCR_FX : 0;

    cr_assert_eq(before & XE_FPSCR_STICKY & ~after, 0, "%08x: %08x to %08x", word, before, after);
    cr_assert_eq(after & XE_FPSCR_FX, fx, "%08x: %08x to %08x", word, before, after);
    cr_assert_eq((before ^ after) & 0xFF, 0, "%08x: %08x to %08x", word, before, after);
}

static void check_result(const struct xe_ppc_insn *insn, uint32_t word, const struct xe_cpu *before,
                         const struct xe_cpu *after)
{
    bool single = insn->match >> 26 == 59 || strcmp(insn->name, "frsp") == 0;
    uint32_t rt = word >> 21 & 31, new = after->fpscr & ~before->fpscr &XE_FPSCR_STICKY;
    bool stopped = (new &XE_FPSCR_VX_ANY && after->fpscr &XE_FPSCR_VE) ||
                   (new &XE_FPSCR_ZX && after->fpscr &XE_FPSCR_ZE);
    uint32_t fprf = before->fpscr & XE_FPSCR_FPRF;

    check_sticky(before->fpscr, after->fpscr, word);
    cr_assert(!(after->fpscr & XE_FPSCR_FR) || after->fpscr & XE_FPSCR_FI, "%08x: %08x", word,
              after->fpscr);
    cr_assert(!(after->fpscr & XE_FPSCR_FI) || after->fpscr & XE_FPSCR_XX, "%08x: %08x", word,
              after->fpscr);
    cr_assert(!(new &XE_FPSCR_XX) || after->fpscr & XE_FPSCR_FI, "%08x: %08x", word, after->fpscr);
    if (stopped) {
        cr_assert_eq(after->fpr[rt], before->fpr[rt], "%08x wrote its target", word);
        cr_assert_eq(after->fpscr & (XE_FPSCR_FR | XE_FPSCR_FI), 0, "%08x", word);
    } else if (law_of(insn) == COMPUTES && !(before->fpscr & XE_FPSCR_STICKY)) {
        if (new &XE_FPSCR_UX && after->fpscr &XE_FPSCR_UE) /* raised by 192: normal */
            single = false;
        fprf = class_of(after->fpr[rt], single) << XE_FPSCR_FPRF_SHIFT;
    }
    if (law_of(insn) == CONVERTS || stopped || !(before->fpscr & XE_FPSCR_STICKY))
        cr_assert_eq(after->fpscr & XE_FPSCR_FPRF, fprf, "%08x (%s): %08x, result %016lx", word,
                     insn->name, after->fpscr, after->fpr[rt]);
}

/* Everything that no FPU row may touch, and registers other than the target. */
static void check_rest(const struct xe_ppc_insn *insn, uint32_t word, struct xe_cpu before,
                       struct xe_cpu after)
{
    uint32_t rt = word >> 21 & 31, field = word >> 23 & 7;
    bool compares = law_of(insn) == COMPARES || strcmp(insn->name, "mcrfs") == 0;

    if (word & 1 && insn->rc)
        before.cr[1] = (uint8_t)(after.fpscr >> 28);
    if (compares)
        before.cr[field] = after.cr[field];
    else if (law_of(insn) != WRITES)
        before.fpr[rt] = after.fpr[rt];
    before.fpscr = after.fpscr;
    cr_assert_eq(memcmp(&before, &after, sizeof(before)), 0, "%08x (%s) touched something else",
                 word, insn->name);
}

static void check_row(struct one_word *w, const struct xe_ppc_insn *insn, uint32_t word,
                      const struct xe_cpu *before)
{
    struct xe_cpu after;

    memcpy(&after, before, sizeof(after));
    cr_assert(one_word_run(w, word, &after, NULL), "%08x", word);
    after.pc = before->pc;
    after.retired = before->retired;
    check_summaries(after.fpscr, word);
    switch (law_of(insn)) {
    case COMPUTES:
    case CONVERTS:
        check_result(insn, word, before, &after);
        break;
    case COMPARES:
        check_sticky(before->fpscr, after.fpscr, word);
        cr_assert_eq(after.fpscr >> 12 & 15, after.cr[word >> 23 & 7], "%08x", word);
        cr_assert_eq((before->fpscr ^ after.fpscr) & (XE_FPSCR_FR | XE_FPSCR_FI | 0x10000), 0);
        break;
    case MOVES:
        cr_assert_eq(before->fpscr, after.fpscr, "%08x", word);
        break;
    case WRITES:
        break;
    }
    check_rest(insn, word, *before, after);
}

static void try_rows(enum xe_cpu_engine_kind kind, int rounds)
{
    struct draw draw = {11};
    struct one_word w;

    one_word_init(&w, kind);
    for (int i = 0; i < XE_PPC_INSNS; i++)
        for (int n = 0; n < rounds && xe_ppc_insns[i].class == XE_PPC_CLASS_FPU; n++) {
            const struct xe_ppc_insn *insn = &xe_ppc_insns[i];
            struct xe_cpu cpu;

            memset(&cpu, 0, sizeof(cpu));
            for (int f = 0; f < 32; f++)
                cpu.fpr[f] = draw_double(&draw);
            xe_cpu_cr_set(&cpu, draw_below(&draw, 0x10000) << 16 | draw_below(&draw, 0x10000));
            /* Half of the states have no exception yet, so that each row's own show. */
            cpu.fpscr = draw_below(&draw, 0x100) | draw_below(&draw, 64) << 13;
            if (n & 1)
                cpu.fpscr |= draw_below(&draw, 0x2000) << 19 | draw_below(&draw, 8) << 8;
            cpu.fpscr &= ~XE_FPSCR_RESERVED;
            cpu.fpscr = xe_fpscr_summarise(cpu.fpscr);
            check_row(&w, insn,
                      insn->match | (~insn->mask & (draw_below(&draw, 0x10000) << 16 |
                                                    draw_below(&draw, 0x10000))),
                      &cpu);
        }
    one_word_fini(&w);
}

Test(cpu_fpscr, follows_its_laws_after_every_row)
{
    try_rows(XE_CPU_INTERPRETER, 4000);
}

Test(cpu_fpscr, follows_its_laws_translated)
{
    try_rows(XE_CPU_JIT, 1500);
}

/* ---- writing it ---------------------------------------------------------------------------- */

static uint32_t written(xe_ppc_exec *exec, uint32_t word, uint32_t before, uint64_t f1)
{
    struct xe_ppc_env env = {0};
    struct xe_cpu cpu = {.fpscr = before};

    cpu.fpr[1] = f1;
    exec(&env, &cpu, word);
    return cpu.fpscr;
}

/* mtfsb0 and mtfsb1 of each bit; mtfsfi and mtfsf of each field: FEX, VX and the reserved bit can't
 * be written, and FX is set by mtfsb1 of an exception bit that was 0. */
Test(cpu_fpscr, each_bit_and_field_is_written_alone)
{
    for (uint32_t n = 0; n < 32; n++) {
        uint32_t bit = 0x80000000u >> n, fixed = bit & 0x60000800;
        uint32_t set = written(xe_ppc_exec_mtfsb1, 0xFC00004C | n << 21, 0, 0);
        uint32_t all = xe_fpscr_summarise(~XE_FPSCR_RESERVED);
        uint32_t wanted = fixed ? 0 : bit | (bit & XE_FPSCR_STICKY ? XE_FPSCR_FX : 0);

        cr_expect_eq(set, xe_fpscr_summarise(wanted), "bit %u: %08x", n, set);
        cr_expect_eq(written(xe_ppc_exec_mtfsb0, 0xFC00008C | n << 21, all, 0),
                     fixed ? all : xe_fpscr_summarise(all & ~bit), "bit %u", n);
    }
    for (uint32_t n = 0; n < 8; n++) {
        uint32_t field = 0xF0000000u >> (4 * n), wanted = field & ~0x60000800u;

        cr_expect_eq(written(xe_ppc_exec_mtfsfi, 0xFC00F10C | n << 23, 0, 0),
                     xe_fpscr_summarise(wanted), "field %u", n);
        cr_expect_eq(written(xe_ppc_exec_mtfsf, 0xFC000D8E | 0x80u >> n << 17, 0, ~0ull),
                     xe_fpscr_summarise(wanted), "field %u", n);
    }
}

/* mcrfs copies a field and takes back its exceptions; summaries go when their causes are gone. */
Test(cpu_fpscr, mcrfs_takes_exceptions_back)
{
    uint32_t all = xe_fpscr_summarise(~XE_FPSCR_RESERVED);

    for (uint32_t n = 0; n < 8; n++) {
        struct xe_ppc_env env = {0};
        struct xe_cpu cpu = {.fpscr = all};
        uint32_t field = 0xF0000000u >> (4 * n);

        xe_ppc_exec_mcrfs(&env, &cpu, 0xFC000080 | 3u << 23 | n << 18);
        cr_expect_eq(cpu.cr[3], all >> (28 - 4 * n) & 15, "field %u", n);
        cr_expect_eq(cpu.fpscr,
                     xe_fpscr_summarise(all & ~(field & (XE_FPSCR_STICKY | XE_FPSCR_FX))),
                     "field %u: %08x", n, cpu.fpscr);
    }
}
