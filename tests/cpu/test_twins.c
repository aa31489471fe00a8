/* A VMX128 row and the AltiVec row that it extends do the same to the same operands, under both
 * settings of NJ. Registers differ only in how they are named; names are test_vmx128.c's matter. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cpu/isa/decode.h"
#include "tests/cpu/one_word.h"
#include "tests/cpu/operands.h"

#define BYTES 64u /* of memory */

/* The AltiVec row of a VMX128 row, by name; NULL where there is none. */
static const struct xe_ppc_insn *twin_of(const struct xe_ppc_insn *insn)
{
    static const char *const renamed[][2] = {{"vcfpsxws128", "vctsxs"},
                                             {"vcfpuxws128", "vctuxs"},
                                             {"vcsxwfp128", "vcfsx"},
                                             {"vcuxwfp128", "vcfux"}};
    char name[32];

    snprintf(name, sizeof(name), "%.*s", (int)strlen(insn->name) - 3, insn->name);
    for (size_t i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++)
        if (strcmp(renamed[i][0], insn->name) == 0)
            snprintf(name, sizeof(name), "%s", renamed[i][1]);
    for (int i = 0; i < XE_PPC_INSNS; i++)
        if (xe_ppc_insns[i].class == XE_PPC_CLASS_VMX && strcmp(xe_ppc_insns[i].name, name) == 0)
            return &xe_ppc_insns[i];
    return NULL;
}

/* Registers: 1 target, 2 A, 3 B, 4 C (r5 and r6 address). Rows that read their target keep that
 * operand in another field of the twin. */
static void make_words(const struct xe_ppc_insn *insn, const struct xe_ppc_insn *twin,
                       struct draw *draw, uint32_t ret_word[2])
{
    static const char *const shared[] = {"RA", "RB", "UIM", "SIM", "SHB", "Rc"};
    static const struct {
        const char *wide, *narrow;
        uint32_t number;
    } registers[] = {
        {"VD", "VRT", 1}, {"VS", "VRS", 1}, {"VA", "VRA", 2}, {"VB", "VRB", 3}, {"VC", "VRC", 4}};
    bool adds = strstr(insn->name, "maddfp") || strstr(insn->name, "nmsubfp");
    uint32_t wide = insn->match, narrow = twin->match;

    for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
        uint32_t value = i == 0 ? 5 : i == 1 ? 6 : draw_below(draw, 32);

        wide |= xe_ppc_field_insert(insn, shared[i], value);
        narrow |= xe_ppc_field_insert(twin, shared[i], value);
    }
    for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
        wide |= xe_ppc_field_insert(insn, registers[i].wide, registers[i].number);
    narrow |= xe_ppc_field_insert(twin, "VRT", 1) | xe_ppc_field_insert(twin, "VRS", 1) |
              xe_ppc_field_insert(twin, "VRA", 2);
    narrow |= xe_ppc_field_insert(twin, "VRB", adds ? 1 : 3);
    narrow |= xe_ppc_field_insert(twin, "VRC", adds ? 3 : strncmp(insn->name, "vsel", 4) ? 4 : 1);
    ret_word[0] = wide;
    ret_word[1] = narrow;
}

static void draw_state(struct xe_cpu *cpu, struct draw *draw)
{
    memset(cpu, 0, sizeof(*cpu));
    for (int i = 1; i < 5; i++)
        cpu->vr[i] = draw_vector(draw, draw_below(draw, 4) ? draw_single : draw_word);
    cpu->gpr[5] = ONE_WORD_DATA;
    cpu->gpr[6] = draw_below(draw, BYTES);
    cpu->vscr = draw_below(draw, 2) << 16 | draw_below(draw, 2);
    xe_cpu_cr_set(cpu, draw_below(draw, 0x10000) << 16);
}

static void check_twins(struct one_word *w, const struct xe_ppc_insn *insn,
                        const struct xe_ppc_insn *twin, struct draw *draw)
{
    static uint8_t before[ONE_WORD_BYTES], after[2][BYTES];
    struct xe_cpu start, cpu[2];
    uint32_t word[2];

    draw_state(&start, draw);
    make_words(insn, twin, draw, word);
    for (uint32_t i = 0; i < BYTES; i++)
        before[i] = (uint8_t)draw_below(draw, 256);
    for (int i = 0; i < 2; i++) {
        memcpy(&cpu[i], &start, sizeof(start));
        cr_assert(one_word_run(w, word[i], &cpu[i], before), "%08x", word[i]);
        xe_mem_read(w->mem, ONE_WORD_DATA, after[i], BYTES);
    }
    cr_assert(!memcmp(&cpu[0], &cpu[1], sizeof(start)) && !memcmp(after[0], after[1], BYTES),
              "%s %08x and %s %08x: %016lx%016lx and %016lx%016lx, vscr %08x", insn->name, word[0],
              twin->name, word[1], cpu[0].vr[1].d[1], cpu[0].vr[1].d[0], cpu[1].vr[1].d[1],
              cpu[1].vr[1].d[0], start.vscr);
}

static void check_all(enum xe_cpu_engine_kind kind, int rounds)
{
    struct draw draw = {21};
    struct one_word w;
    int twins = 0;

    one_word_init(&w, kind);
    for (int i = 0; i < XE_PPC_INSNS; i++) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[i];
        const struct xe_ppc_insn *twin = insn->class == XE_PPC_CLASS_VMX128 ? twin_of(insn) : NULL;

        for (int n = 0; twin && n < rounds; n++)
            check_twins(&w, insn, twin, &draw);
        twins += twin != NULL;
    }
    cr_expect_eq(twins, 77 - 8,
                 "%d: all but vmulfp vmaddcfp vmsum3fp vmsum4fp vpermwi vrlimi and the D3D pair "
                 "have one",
                 twins);
    one_word_fini(&w);
}

Test(cpu_twins, do_the_same)
{
    check_all(XE_CPU_INTERPRETER, 2000);
}

Test(cpu_twins, do_the_same_translated)
{
    check_all(XE_CPU_JIT, 500);
}
