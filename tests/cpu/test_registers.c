/* Registers among the operands: every vector runs, and each register that changes is one that the
 * row says is written, or the row loads several. */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/isa/registers.h"
#include "tests/cpu/vectors.h"

struct seen {
    struct vector_run run;
    bool written[XE_PPC_INSNS]; /* it named a register that is written */
};

static bool is_named(const struct xe_ppc_register *reg, uint32_t n, enum xe_ppc_file file,
                     uint32_t number)
{
    for (uint32_t i = 0; i < n; i++)
        if (reg[i].file == file && reg[i].number == number && reg[i].written)
            return true;
    return false;
}

static bool loads_several(const struct xe_ppc_insn *insn)
{
    return insn->memory.size == 0 && insn->memory.access == XE_PPC_ACCESS_LOAD;
}

static void check_case(const struct vector_run *run, const struct xe_ppc_insn *insn,
                       const struct xe_ppc_register *reg, uint32_t n, const char *at,
                       unsigned number)
{
    const struct xe_cpu *a = &run->before, *b = &run->after;

    for (uint32_t r = 0; r < 32; r++) {
        cr_expect(a->gpr[r] == b->gpr[r] || loads_several(insn) ||
                      is_named(reg, n, XE_PPC_FILE_GPR, r),
                  "%s:%u: %s writes r%u", at, number, insn->name, r);
        cr_expect(a->fpr[r] == b->fpr[r] || is_named(reg, n, XE_PPC_FILE_FPR, r),
                  "%s:%u: %s writes f%u", at, number, insn->name, r);
    }
    for (uint32_t r = 0; r < 128; r++)
        cr_expect(memcmp(&a->vr[r], &b->vr[r], sizeof(a->vr[r])) == 0 ||
                      is_named(reg, n, XE_PPC_FILE_VR, r),
                  "%s:%u: %s writes v%u", at, number, insn->name, r);
}

static void run_line(void *ctx, const char *file, unsigned number, const char *line)
{
    struct seen *seen = ctx;
    struct xe_ppc_register reg[XE_PPC_REGISTERS_MAX];
    const struct xe_ppc_insn *insn;
    char text[256];
    uint32_t n;

    if (!vector_is_case(line))
        return;
    cr_expect(vector_run_line(&seen->run, line, text, sizeof(text)), "%s:%u: %s", file, number,
              text);
    insn = xe_ppc_decode(seen->run.word);
    if (!insn)
        return;
    n = xe_ppc_registers(insn, seen->run.word, reg);
    for (uint32_t i = 0; i < n; i++)
        seen->written[insn - xe_ppc_insns] |= reg[i].written;
    check_case(&seen->run, insn, reg, n, file, number);
}

/* What the names of the books say: targets end in T or D. */
static bool has_target(const struct xe_ppc_insn *insn)
{
    const char *end = strpbrk(insn->operands, ",");
    size_t size = end ? (size_t)(end - insn->operands) : strlen(insn->operands);
    char last = size ? insn->operands[size - 1] : '\0';

    return (last == 'T' || last == 'D') && insn->operands[0] != 'B';
}

Test(cpu_registers, all_that_change_are_named)
{
    static struct seen seen;

    vector_run_init(&seen.run, XE_CPU_INTERPRETER);
    cr_assert(vector_each_line(run_line, &seen));
    vector_run_fini(&seen.run);
    for (uint32_t i = 0; i < XE_PPC_INSNS; i++)
        cr_expect(!has_target(&xe_ppc_insns[i]) || seen.written[i], "%s has no target",
                  xe_ppc_insns[i].name);
}

static struct xe_ppc_register one(uint32_t word, uint32_t at, uint32_t many)
{
    struct xe_ppc_register reg[XE_PPC_REGISTERS_MAX];
    uint32_t n = xe_ppc_registers(xe_ppc_decode(word), word, reg);

    cr_assert_eq(n, many, "%08x has %u", word, n);
    return reg[at];
}

/* By hand: bases that are none, update forms, the sets of VMX128, RA as a target. */
Test(cpu_registers, are_those_of_the_books)
{
    cr_expect_eq(one(0x80600000u, 0, 1).number, 3); /* lwz r3, 0(0): no base */
    cr_expect_eq(one(0x80610004u, 1, 2).number, 1); /* lwz r3, 4(r1)         */
    cr_expect(!one(0x80610004u, 1, 2).written);
    cr_expect(one(0x9421FFF0u, 1, 2).written); /* stwu r1, -16(r1) */
    cr_expect(!one(0x9421FFF0u, 0, 2).written);
    cr_expect(one(0x7C642B78u, 0, 3).written); /* or r4, r3, r5 */
    cr_expect_eq(one(0x7C642B78u, 0, 3).number, 4);
    cr_expect_eq(one(0x14A3201Cu, 0, 3).file, XE_PPC_FILE_VR); /* vaddfp128 v101, v3, v4 */
    cr_expect_eq(one(0x14A3201Cu, 0, 3).number, 101);
}
