/* Where the oracles and a Xenon title part. Everything not named here is the 64-bit oracle's word.
 *
 *  - Titles run with MSR[SF] off. Flags of integer instructions, and whether a branch is taken,
 *    come from the 32-bit oracle, which is such a machine; 64-bit instructions, which it lacks, get
 *    CR0 from the low word of the result.
 *  - Results the books leave undefined follow this project's choice: quotients without a value are
 *    0, the upper halves of mulhw and fctiw are sign copies, mfocrf reads all fields.
 *  - fnmadd and fnmsub negate after rounding; the oracle before. It is asked for fmadd and fmsub.
 *  - mtfsb1 of an exception bit sets FX (book I, 4.2.2); the oracle leaves it.
 *  - VSCR has two bits on this core; the oracle keeps whatever mtvscr writes.
 *  - fcmpo leaves FPRF's class bit alone, a bit the oracle sets for NaNs. FPSCR bit 20 is reserved.
 *  - A single result that is denormal as a single has that class in FPRF (book I, the round to
 *    single model); the oracle looks at the double in the register.
 *  - FPSCR[FR] is not modelled by the oracle; FPRF after a conversion to integer is undefined. */
#include <string.h>

#include "tests/cpu/oracle/gen.h"

#define PATH_ILLEGAL 4
#define FPSCR_FR     0x00040000u
#define FPSCR_FPRF   0x0001F000u

#define XER_FLAGS 0xE0000000u
#define XER_SO    0x80000000u

static uint32_t compare_low(uint64_t value, uint64_t xer)
{
    int32_t low = (int32_t)value;

    return (low < 0 ? 8u : low > 0 ? 4u : 2u) | (xer & XER_SO ? 1u : 0);
}

static void set_cr0(struct oracle_case *c, uint64_t value)
{
    c->cr = (c->cr & 0x0FFFFFFF) | (uint64_t)compare_low(value, c->xer) << 28;
}

static uint64_t *target(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    return &c->gpr[gen_field(insn, c->word, gen_has_field(insn, "RT") ? "RT" : "RA")];
}

/* Undefined results: quotients without a value are 0, mulhw's upper half is sign copies. */
static void define_result(const struct xe_ppc_insn *insn, const struct oracle_case *start,
                          struct oracle_case *after)
{
    uint64_t a = start->gpr[gen_field(insn, start->word, "RA")];
    uint64_t b = start->gpr[gen_field(insn, start->word, "RB")];
    uint64_t *result = target(insn, after);
    bool undefined = false;

    if (strcmp(insn->name, "mulhw") == 0)
        *result = (uint64_t)(int64_t)(int32_t)*result;
    if (strncmp(insn->name, "divw", 4) == 0)
        undefined = !(uint32_t)b ||
                    (!insn->name[4] && (uint32_t)a == 0x80000000u && (uint32_t)b == UINT32_MAX);
    if (strncmp(insn->name, "divd", 4) == 0)
        undefined = !b || (!insn->name[4] && a == 1ull << 63 && b == UINT64_MAX);
    if (undefined)
        *result = 0;
}

static void judge_integer(const struct xe_ppc_insn *insn, const struct answers *x,
                          struct oracle_case *after)
{
    bool record = insn->rc == 2 || (insn->rc == 1 && x->start.word & 1);
    bool wide_compare = gen_has_field(insn, "L") && gen_field(insn, x->start.word, "L");
    bool known = x->narrow.path != PATH_ILLEGAL && !wide_compare;

    after->xer = (known ? x->narrow.xer : x->wide.xer) & XER_FLAGS;
    after->cr = known ? x->narrow.cr : x->wide.cr;
    if (!strstr(insn->operands, "BF"))
        define_result(insn, &x->start, after);
    if (record)
        set_cr0(after, *target(insn, after));
}

/* FPRF of a number whose sign changes. */
static uint64_t negate_class(uint64_t fpscr)
{
    uint64_t fprf = fpscr & FPSCR_FPRF;

    if (fprf == 0x2000 || fprf == 0x12000) /* zeros differ in the class bit */
        return fpscr ^ 0x10000;
    return fpscr ^ 0xC000; /* all others in "less" and "greater" */
}

static bool is_negated(const struct xe_ppc_insn *insn)
{
    return strncmp(insn->name, "fnm", 3) == 0;
}

void gen_question(const struct xe_ppc_insn *insn, struct oracle_case *c)
{
    if (is_negated(insn))
        c->word &= ~4ull;
}

static void negate(struct oracle_case *after)
{
    uint64_t *result = &after->fpr[after->word >> 21 & 31];

    if ((*result << 1) > 0xFFE0000000000000ull)
        return;
    *result ^= 1ull << 63;
    after->fpscr = negate_class(after->fpscr);
}

/* The bit became 1: so does FX, and CR1 shows it. */
static void judge_mtfsb1(const struct answers *x, struct oracle_case *after)
{
    uint32_t bit = 0x80000000u >> (x->start.word >> 21 & 31);

    if (!(bit & 0x1FF80700) || x->start.fpscr & bit)
        return;
    after->fpscr |= 0x80000000u;
    if (x->start.word & 1)
        after->cr |= 0x08000000u;
}

static bool is_single_denormal(const struct xe_ppc_insn *insn, const struct oracle_case *after)
{
    bool single = insn->match >> 26 == 59 || strcmp(insn->name, "frsp") == 0;
    uint64_t exponent = after->fpr[after->word >> 21 & 31] >> 52 & 0x7FF;

    return single && exponent && exponent < 897;
}

static void judge_fpu(const struct xe_ppc_insn *insn, const struct answers *x,
                      struct oracle_case *after, uint32_t *mask)
{
    static const char *const to_word[] = {"fctiw", "fctiwz", NULL};
    static const char *const to_integer[] = {"fctiw", "fctiwz", "fctid", "fctidz", NULL};
    static const char *const movers[] = {"mffs",   "mcrfs", "mtfsf", "mtfsfi", "mtfsb0",
                                         "mtfsb1", "fcmpu", "fcmpo", NULL};

    if (!gen_named(insn, movers))
        *mask &= ~FPSCR_FR;
    if (strcmp(insn->name, "fcmpo") == 0)
        *mask &= ~0x00010000u;
    if (strncmp(insn->name, "mtfsf", 5) == 0)
        *mask &= ~0x00000800u;
    if (strcmp(insn->name, "mtfsb1") == 0)
        judge_mtfsb1(x, after);
    if (is_negated(insn))
        negate(after);
    if (is_single_denormal(insn, after))
        *mask &= ~0x00010000u;
    if (gen_named(insn, to_integer))
        *mask &= ~FPSCR_FPRF;
    if (gen_named(insn, to_word)) {
        uint64_t *result = &after->fpr[gen_field(insn, x->start.word, "FRT")];

        *result = (uint64_t)(int64_t)(int32_t)*result;
    }
}

/* Element loads fill the whole register on this core (the books leave the rest undefined). */
static void judge_element_load(const struct xe_ppc_insn *insn, const struct answers *x,
                               struct oracle_case *after)
{
    static const char *const names[] = {"lvebx", "lvehx", "lvewx", NULL};
    uint32_t block = (gen_address(insn, &x->start) & ~15u) - ORACLE_MEMORY;

    if (gen_named(insn, names))
        memcpy(after->vr[gen_field(insn, x->start.word, "VRT")], x->start.memory + block, 16);
}

bool gen_judge(const struct xe_ppc_insn *row, const struct answers *x, struct oracle_case *ret,
               uint32_t *ret_fpscr_mask)
{
    const struct xe_ppc_insn *insn = gen_base(row);
    const struct oracle_case *best = x->wide.path == PATH_ILLEGAL ? &x->narrow : &x->wide;

    if (best->path == PATH_ILLEGAL)
        return false;
    *ret = *best;
    *ret_fpscr_mask = UINT32_MAX;
    if (insn->class == XE_PPC_CLASS_INT)
        judge_integer(insn, x, ret);
    else if (insn->class == XE_PPC_CLASS_FPU)
        judge_fpu(insn, x, ret, ret_fpscr_mask);
    else if (insn->class == XE_PPC_CLASS_VMX && gen_is_memory(insn))
        judge_element_load(insn, x, ret);
    else if (insn->class == XE_PPC_CLASS_BRANCH && x->narrow.path != PATH_ILLEGAL)
        ret->path = x->narrow.path;
    if (strcmp(insn->name, "mtvscr") == 0)
        ret->vscr[12] = ret->vscr[14] = 0, ret->vscr[13] &= 1, ret->vscr[15] &= 1;
    if (strcmp(insn->name, "mfocrf") == 0)
        *target(insn, ret) = x->start.cr;
    return true;
}
