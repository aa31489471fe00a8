/* VMX128 rows that are an AltiVec instruction on 128 registers: the oracle executes the AltiVec
 * one on v0..v19, and the case is told again with other register numbers. VSCR[NJ] is on in all of
 * them, as it is in titles. */
#include <string.h>

#include "tests/cpu/oracle/gen.h"

#define SPARE 19 /* holds -0.0 as the addend that turns vmaddfp into a product */

/* Rows whose counterpart is not their name less "128". `tie` makes two AltiVec operands one
 * register; `b` is the AltiVec operand that the VB field stands for. */
static const struct {
    const char *name, *base, *tie, *b;
} others[] = {
    {"vmaddfp128", "vmaddfp", "VRB", "VRC"},   /* A * B + D    */
    {"vmaddcfp128", "vmaddfp", "VRC", "VRB"},  /* A * D + B    */
    {"vnmsubfp128", "vnmsubfp", "VRB", "VRC"}, /* -(A * B - D) */
    {"vmulfp128", "vmaddfp", "", "VRC"},       /* A * B + -0   */
    {"vsel128", "vsel", "VRC", "VRB"},         /* D selects    */
    {"vcfpsxws128", "vctsxs", NULL, "VRB"},    {"vcfpuxws128", "vctuxs", NULL, "VRB"},
    {"vcsxwfp128", "vcfsx", NULL, "VRB"},      {"vcuxwfp128", "vcfux", NULL, "VRB"},
};

static int other(const struct xe_ppc_insn *insn)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(others[i].name, insn->name) == 0)
            return (int)i;
    return -1;
}

static const struct xe_ppc_insn *row_named(const char *name, size_t length)
{
    for (size_t i = 0; i < XE_PPC_INSNS; i++)
        if (strlen(xe_ppc_insns[i].name) == length &&
            strncmp(xe_ppc_insns[i].name, name, length) == 0)
            return &xe_ppc_insns[i];
    return NULL;
}

const struct xe_ppc_insn *gen_base(const struct xe_ppc_insn *insn)
{
    int i = other(insn);

    if (insn->class != XE_PPC_CLASS_VMX128)
        return insn;
    if (i >= 0)
        return row_named(others[i].base, strlen(others[i].base));
    return row_named(insn->name, strlen(insn->name) - 3);
}

static uint64_t with_field(const struct xe_ppc_insn *base, uint64_t word, const char *name,
                           int64_t value)
{
    word &= ~(uint64_t)xe_ppc_field_insert(base, name, UINT32_MAX);
    return word | xe_ppc_field_insert(base, name, (uint32_t)value);
}

void gen_vmx128_shape(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    const struct xe_ppc_insn *base = gen_base(insn);
    static const char *const operands[] = {"VRT", "VRA", "VRC"};
    int i = other(insn);

    if (gen_has_field(insn, "VC")) /* three bits */
        c->word = with_field(base, c->word, "VRC", gen_field(base, c->word, "VRC") & 7);
    if (i < 0 || !others[i].tie)
        return;
    if (others[i].tie[0]) {
        c->word = with_field(base, c->word, others[i].tie, gen_field(base, c->word, "VRT"));
        return;
    }
    for (size_t j = 0; j < sizeof(operands) / sizeof(operands[0]); j++)
        if (gen_field(base, c->word, operands[j]) == SPARE)
            c->word = with_field(base, c->word, operands[j], SPARE - 1 - (int64_t)j);
    c->word = with_field(base, c->word, "VRB", SPARE);
}

void gen_vmx128_state(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    int i = other(insn);

    c->vscr[13] = 1;
    if (i < 0 || !others[i].tie || others[i].tie[0])
        return;
    memset(c->vr[SPARE], 0, 16);
    for (int j = 0; j < 16; j += 4)
        c->vr[SPARE][j] = 0x80;
}

/* Register numbers in the title's word: spread over all 128, low ones for the three-bit field. */
static void choose_names(const struct xe_ppc_insn *insn, unsigned n, uint8_t names[20])
{
    int64_t vc = gen_has_field(insn, "VC");

    for (unsigned i = 0; i < 20; i++)
        names[i] = (uint8_t)(vc && i < 8 ? i : (i * 37 + n * 11 + 8) % 120 + 8);
}

void gen_vmx128_retell(const struct xe_ppc_insn *insn, unsigned n, struct oracle_case *start,
                       struct oracle_case *after, uint8_t names[20])
{
    static const char *const same[] = {"RA", "RB", "SHB", "UIM", "SIM", "Rc"};
    const struct xe_ppc_insn *base = gen_base(insn);
    uint64_t from = start->word;
    int i = other(insn);
    const char *b = i >= 0 ? others[i].b : "VRB";
    uint32_t word = insn->match;

    choose_names(insn, n, names);
    word |= xe_ppc_field_insert(insn, "VD", names[gen_field(base, from, "VRT")]);
    word |= xe_ppc_field_insert(insn, "VS", names[gen_field(base, from, "VRS")]);
    word |= xe_ppc_field_insert(insn, "VA", names[gen_field(base, from, "VRA")]);
    word |= xe_ppc_field_insert(insn, "VB", names[gen_field(base, from, b)]);
    word |= xe_ppc_field_insert(insn, "VC", (uint32_t)gen_field(base, from, "VRC"));
    for (size_t j = 0; j < sizeof(same) / sizeof(same[0]); j++)
        word |= xe_ppc_field_insert(insn, same[j], (uint32_t)gen_field(base, from, same[j]));
    start->word = word;
    if (i >= 0 && others[i].tie && !others[i].tie[0]) {
        memset(start->vr[SPARE], 0, 16);
        memset(after->vr[SPARE], 0, 16);
    }
}
