/* The FPU on the host's scalar unit.
 *
 * The idea: translated code runs with the host's exceptions unmasked, so whatever is out of the
 * ordinary - invalid operations, denormals, overflow, underflow, division by zero - faults before
 * anything has changed, and the interpreter does that instruction. What is left in code here is
 * where the two machines differ silently: which NaN an FMA passes on, and results that only
 * rounding lifted to the least normal number (tininess is judged before rounding on the guest).
 *
 * Inexact results are the common case. While FPSCR[XX] is set they change nothing sticky; while it
 * is clear they fault too, once. FR, FI and FPRF are worked out from a record of the newest
 * instruction when somebody looks.
 *
 * A register that holds the value of a single may be kept in single format in its host register:
 * lfs, single arithmetic and stfs then need no conversions, and one host rounding is the guest's.
 */
#include <string.h>

#include "cpu/fpu_math.h"
#include "cpu/jit/emit_rows.h"

#define RT (e->word >> 21 & 31)
#define RA (e->word >> 16 & 31)
#define RB (e->word >> 11 & 31)
#define RC (e->word >> 6 & 31)
#define A  (&e->a)

/* MXCSR: all exceptions unmasked but inexact, to nearest, no flags. Source: Intel SDM volume 1,
 * section 10.2.3. */
#define CSR_MASK_INEXACT 0x1000u

/* ---- at run time ------------------------------------------------------------------------------
 */

/* Vector arithmetic never touches FPSCR, but its inexact results would fault while XX is clear.
 * Once that was seen, threads with XX clear have inexact results masked and leave their scalar
 * arithmetic to the interpreter, until it sets XX. */
void xe__jit_fpu_mode(struct xe_jit *jit, const struct xe_cpu *cpu)
{
    const uint32_t unusual = XE_FPSCR_VE | XE_FPSCR_OE | XE_FPSCR_UE | XE_FPSCR_ZE | XE_FPSCR_XE |
                             XE_FPSCR_NI | XE_FPSCR_RN;
    bool inexact = cpu->fpscr & XE_FPSCR_XX;

    jit->frame->plain = !(cpu->fpscr & unusual) && (inexact || !jit->vector_inexact);
    jit->frame->guest_csr = inexact || jit->vector_inexact ? CSR_MASK_INEXACT : 0;
}

/* Do an instruction over for what it leaves in FPSCR. Its registers are lent to it. */
static void replay(struct xe_jit *jit, struct xe_cpu *cpu, int which)
{
    struct xe_jit_frame *frame = jit->frame;
    uint32_t word = frame->record[which], slot[3] = {word >> 16, word >> 11, word >> 6};
    const struct xe_ppc_insn *insn = word ? xe_ppc_decode(word) : NULL;
    uint32_t arg = insn ? xe_jit_rows[insn - xe_ppc_insns].arg : 0;
    bool single = which == RECORD_COMPARE ? word & RECORD_SINGLE : arg & FPU_SINGLE;
    uint64_t fpr[32];
    uint8_t cr[8];

    if (!word)
        return;
    frame->record[which] = 0;
    memcpy(fpr, cpu->fpr, sizeof(fpr));
    memcpy(cr, cpu->cr, sizeof(cr));
    for (uint32_t i = 0; i < 3; i++)
        if (FPU_OPERANDS(arg) >> i & 1) {
            uint64_t bits = frame->operand[which][i];

            cpu->fpr[slot[i] & 31] = single ? xe_fpu_single_to_double((uint32_t)bits) : bits;
        }
    insn->exec(&jit->engine->env, cpu, word);
    memcpy(cpu->fpr, fpr, sizeof(fpr));
    memcpy(cpu->cr, cr, sizeof(cr));
}

void xe__jit_fpu_out(struct xe_jit *jit, struct xe_cpu *cpu)
{
    struct xe_jit_frame *frame = jit->frame;

    for (uint32_t i = 0; frame->single; frame->single &= frame->single - 1) {
        i = (uint32_t)__builtin_ctz(frame->single);
        cpu->fpr[i] = xe_fpu_single_to_double((uint32_t)cpu->fpr[i]);
    }
    replay(jit, cpu, RECORD_ARITHMETIC);
    replay(jit, cpu, RECORD_CONVERT);
    replay(jit, cpu, RECORD_COMPARE);
}

/* ---- formats ----------------------------------------------------------------------------------
 */

static bool is_single(const struct xe_emit *e, uint32_t r)
{
    return e->known.single >> r & 1;
}

/* Is the value in register r known to be one of a single? */
static bool is_exact(const struct xe_emit *e, uint32_t r)
{
    return (e->known.single | e->known.exact) >> r & 1;
}

/* The host register that holds r in double format. */
static int as_double(struct xe_emit *e, uint32_t r, int scratch)
{
    int x = xe__f_src(e, r, scratch), d;

    if (!is_single(e, r))
        return x;
    d = xe__f_dst(e, r, scratch);
    xe__jit_site(e);
    xe_x64_v(A, X64_VCVTSS2SD, d, x, x64_reg(x));
    xe__f_place(e, r, d);
    e->known.single &= ~(1u << r);
    e->known.exact |= 1u << r;
    return d;
}

/* The same for a look at the value only: r keeps its format. */
static int as_double_copy(struct xe_emit *e, uint32_t r, int scratch)
{
    int x = xe__f_src(e, r, scratch);

    if (!is_single(e, r))
        return x;
    xe__jit_site(e);
    xe_x64_v(A, X64_VCVTSS2SD, scratch, x, x64_reg(x));
    return scratch;
}

/* The host register that holds r in single format; the interpreter takes over where r's value is
 * none of a single. XMM0 and XMM4 are used. */
static int as_single(struct xe_emit *e, uint32_t r, int scratch)
{
    int x = xe__f_src(e, r, scratch), d;

    if (is_single(e, r))
        return x;
    d = xe__f_dst(e, r, scratch);
    xe__jit_site(e);
    if (is_exact(e, r)) {
        xe_x64_v(A, X64_VCVTSD2SS, d, x, x64_reg(x));
    } else {
        xe_x64_v(A, X64_VCVTSD2SS, 4, x, x64_reg(x));
        xe__jit_site(e);
        xe_x64_v(A, X64_VCVTSS2SD, 0, 4, x64_reg(4));
        xe_x64(A, X64_VUCOMISD, 0, x64_reg(x));
        xe__jit_interpret_if(e, X64_NE);
        xe__jit_interpret_if(e, X64_P);
        xe_x64(A, X64_VMOVAPS, d, x64_reg(4));
    }
    e->known.exact |= 1u << r;
    e->f_written[r] = true; /* the host register's bits are not those in struct xe_cpu */
    if (e->f_host[r] != NO_REG) {
        xe__f_place(e, r, d);
        e->known.single |= 1u << r;
    }
    return d;
}

void xe__jit_fpu_canonical(struct xe_emit *e)
{
    while (e->known.single)
        as_double(e, (uint32_t)__builtin_ctz(e->known.single), 0);
}

void xe__jit_fpu_shape(struct xe_emit *e, uint32_t single)
{
    uint32_t widen = e->known.single & ~single, narrow = single & ~e->known.single;

    for (; widen; widen &= widen - 1)
        as_double(e, (uint32_t)__builtin_ctz(widen), 0);
    for (; narrow; narrow &= narrow - 1)
        as_single(e, (uint32_t)__builtin_ctz(narrow), 0);
}

/* Register r gets the double in x. */
static void put_double(struct xe_emit *e, uint32_t r, int x, bool exact)
{
    e->known.single &= ~(1u << r);
    e->known.exact = exact ? e->known.exact | 1u << r : e->known.exact & ~(1u << r);
    xe__f_put(e, r, x);
}

/* Register r gets the single in x (a scratch register when r is not in a host register). */
static void put_single(struct xe_emit *e, uint32_t r, int x)
{
    if (e->f_host[r] == NO_REG) {
        xe__jit_site(e);
        xe_x64_v(A, X64_VCVTSS2SD, x, x, x64_reg(x));
        put_double(e, r, x, true);
        return;
    }
    xe__f_put(e, r, x);
    e->known.single |= 1u << r;
    e->known.exact |= 1u << r;
}

/* ---- records ----------------------------------------------------------------------------------
 */

/* Arithmetic, which replaces all that an older record would tell? */
static bool replaces(uint32_t word)
{
    const struct xe_ppc_insn *insn = word ? xe_ppc_decode(word) : NULL;
    const struct xe_jit_row *row = insn ? &xe_jit_rows[insn - xe_ppc_insns] : NULL;

    return row && !(word & 1) &&
           (row->emit == xe__emit_arithmetic || row->emit == xe__emit_multiply_add);
}

/* Will the record of the instruction at hand be replaced while it is held back? The other pass
 * through a loop does so, too. */
static bool may_hold(const struct xe_emit *e)
{
    const uint8_t *base = e->jit->engine->env.mem->base;

    if (e->paid_ahead)
        return true;
    for (uint32_t n = e->done + 1; n < e->now->words; n++)
        if (replaces(xe_load_be32(base + e->now->pc + 4 * n)))
            return true;
    return false;
}

/* XMM0 is used. */
static void write_operands(struct xe_emit *e, int which, const int8_t operand[3])
{
    for (uint32_t i = 0; i < 3; i++) {
        int x = operand[i];

        if (x == HELD)
            xe_x64(A, X64_VMOVSD, x = 0, x64_near(&e->frame->held[i]));
        if (x != NO_REG)
            xe_x64(A, X64_VMOVSD_ST, x, x64_near(&e->frame->operand[which][i]));
    }
}

void xe__jit_fpu_record(struct xe_emit *e, uint32_t word, const int8_t operand[3])
{
    bool known = e->known.recorded == word;

    e->known.recorded = word;
    if (!known) /* both words at once: convert and compare */
        xe_x64_imm(A, X64_MOV64_I, 0, x64_near(&e->frame->record[RECORD_CONVERT]), 0);
    write_operands(e, RECORD_ARITHMETIC, operand);
    if (!known)
        xe_x64_imm(A, X64_MOV32_I, 0, x64_near(&e->frame->record[RECORD_ARITHMETIC]),
                   (int32_t)word);
}

/* Those of x[] that the row has: frA, frB, frC. */
static void operands(uint32_t arg, const int x[3], int8_t operand[3])
{
    for (uint32_t i = 0; i < 3; i++)
        operand[i] = (int8_t)(FPU_OPERANDS(arg) >> i & 1 ? x[i] : NO_REG);
}

static uint32_t operand_mask(uint32_t arg, const int x[3])
{
    uint32_t mask = 0;

    for (uint32_t i = 0; i < 3; i++)
        if (FPU_OPERANDS(arg) >> i & 1)
            mask |= 1u << x[i];
    return mask;
}

/* A conversion to integer or a compare: written at once. */
static void record_other(struct xe_emit *e, int which, uint32_t arg, const int x[3])
{
    uint32_t word = e->word;
    int8_t operand[3];

    xe__record_settle(e); /* it is older */
    e->known.recorded = 0;
    if (which == RECORD_COMPARE)
        word = arg & FPU_SINGLE ? word | RECORD_SINGLE : word & ~RECORD_SINGLE;
    operands(arg, x, operand);
    write_operands(e, which, operand);
    xe_x64_imm(A, X64_MOV32_I, 0, x64_near(&e->frame->record[which]), (int32_t)word);
}

/* Where to compute the result of the arithmetic instruction at hand: where frT is, unless that is
 * one of the host registers `avoid`, then elsewhere; XMM0 when there is no other place. */
static int target(struct xe_emit *e, uint32_t avoid)
{
    int d = xe__f_dst(e, RT, 0);

    if (avoid >> d & 1)
        d = xe__f_other(e, RT, avoid);
    return d == NO_REG ? 0 : d;
}

/* An arithmetic instruction on its way. */
struct arithmetic {
    int d;             /* host register where to compute it                     */
    uint32_t later;    /* word of the record to be held back once it is done, 0 */
    int8_t operand[3]; /* the record's                                          */
};

/* Hold the record back: operands in frT's register or in scratch ones go to the frame. */
static void begin_holding(struct xe_emit *e, struct arithmetic *it)
{
    int into = it->d >= XMM_FREE ? it->d : e->held.f_now[RT];

    it->later = e->word;
    if (into != NO_REG)
        xe__record_spill(e, it->operand, into);
    for (int x = 0; x < XMM_FREE; x++)
        xe__record_spill(e, it->operand, x);
}

/* Where to compute it; with its record written, or to be held back. keep: its operands are wanted
 * again when the result turns out to be the interpreter's business. The older record is worth
 * nothing from here on. */
static struct arithmetic begin_arithmetic(struct xe_emit *e, uint32_t arg, const int x[3],
                                          bool keep)
{
    uint32_t mask = operand_mask(arg, x);
    struct arithmetic it = {.d = 0};

    xe__record_drop(e);
    operands(arg, x, it.operand);
    if (replaces(e->next_word)) {
        it.d = target(e, keep ? mask : 0);
    } else if (may_hold(e)) {
        it.d = target(e, mask);
        begin_holding(e, &it);
    } else {
        xe__jit_fpu_record(e, e->word, it.operand);
        it.d = target(e, keep ? mask : 0);
    }
    return it;
}

/* It is done. */
static void end_arithmetic(struct xe_emit *e, const struct arithmetic *it, bool single)
{
    if (single)
        put_single(e, RT, it->d);
    else
        put_double(e, RT, it->d, false);
    if (it->later)
        xe__record_hold(e, it->later, it->operand);
}

/* ---- arithmetic -------------------------------------------------------------------------------
 */

/* Arithmetic may use the host's: nobody asked for other rounding, traps or flushing. */
static void check_plain(struct xe_emit *e)
{
    if (e->known.checked)
        return;
    xe_x64_imm(A, X64_CMP8_I, 0, x64_near(&e->frame->plain), 0);
    xe__jit_interpret_if(e, X64_E);
    e->known.checked = true;
}

/* The interpreter takes results that are the least normal number: they may be tiny ones rounded.
 * Halving them faults; it does nothing to others, but for those that are less than twice as large,
 * and it is never inexact. XMM4 is used. */
static void check_least(struct xe_emit *e, int x, bool single)
{
    xe__jit_site(e);
    xe_x64_v(A, single ? X64_VMULSS : X64_VMULSD, 4, x,
             xe__constant(e, single ? JIT_HALF32 : JIT_HALF64));
}

/* fadd fsub fmul fdiv fsqrt and their single twins. XMM0: the result; XMM1, XMM2: operands that
 * live in memory. */
void xe__emit_arithmetic(struct xe_emit *e, uint32_t arg)
{
    bool single = arg & FPU_SINGLE;
    int (*as)(struct xe_emit *, uint32_t, int) = single ? as_single : as_double;
    int x[3], second = arg & FPU_AC ? 2 : 1;
    struct arithmetic it;

    if (e->word & 1) {
        xe__jit_call(e);
        return;
    }
    check_plain(e);
    x[0] = arg & FPU_B ? 2 : as(e, RA, 1);
    x[second] = as(e, arg & FPU_AC ? RC : RB, 2);
    if (arg & FPU_B)
        x[0] = x[second];
    it = begin_arithmetic(e, arg, x, arg & FPU_TINY);
    xe__jit_site(e);
    xe_x64_v(A, (enum xe_x64_id)(arg & FPU_OP), it.d, x[0], x64_reg(x[second]));
    if (arg & FPU_TINY)
        check_least(e, it.d, single);
    end_arithmetic(e, &it, single);
}

/* frA * frC + frB and its relatives. XMM0: the result; XMM1 to XMM3: operands from memory. */
void xe__emit_multiply_add(struct xe_emit *e, uint32_t arg)
{
    bool single = arg & FPU_SINGLE;
    int (*as)(struct xe_emit *, uint32_t, int) = single ? as_single : as_double;
    struct arithmetic it;
    int x[3];

    if (e->word & 1 || !e->jit->fma) {
        xe__jit_call(e);
        return;
    }
    check_plain(e);
    x[0] = as(e, RA, 3);
    x[2] = as(e, RC, 1);
    x[1] = as(e, RB, 2);
    it = begin_arithmetic(e, arg, x, true);
    xe_x64(A, X64_VMOVAPS, it.d, x64_reg(x[0]));
    xe__jit_site(e);
    xe_x64_v(A, (enum xe_x64_id)(arg & FPU_OP), it.d, x[2], x64_reg(x[1]));
    xe_x64(A, single ? X64_VUCOMISS : X64_VUCOMISD, it.d, x64_reg(it.d));
    xe__jit_interpret_if(e, X64_P);
    check_least(e, it.d, single);
    if (arg & FPU_NEGATE)
        xe_x64_v(A, X64_VXORPS, it.d, it.d, xe__constant(e, single ? JIT_SIGN32 : JIT_SIGN64));
    end_arithmetic(e, &it, single);
}

/* ---- estimates --------------------------------------------------------------------------------
 */

/* fres: the nearest single to 1 / frB. The quotient is rounded twice, which matters only where the
 * first rounding ends half way between two singles. */
void xe__emit_reciprocal(struct xe_emit *e, uint32_t arg)
{
    struct arithmetic it;
    int x[3];

    if (e->word & 1) {
        xe__jit_call(e);
        return;
    }
    check_plain(e);
    x[1] = as_double(e, RB, 2);
    it = begin_arithmetic(e, arg, x, true);
    xe_x64_mov_imm(A, X64_RAX, 0x3FF0000000000000);
    xe_x64(A, X64_VMOVQ, 1, x64_reg(X64_RAX));
    xe__jit_site(e);
    xe_x64_v(A, X64_VDIVSD, 1, 1, x64_reg(x[1]));
    xe_x64(A, X64_VMOVQ_ST, 1, x64_reg(X64_RAX));
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RAX), 0x1FFFFFFF);
    xe_x64_imm(A, X64_CMP32_I, 0, x64_reg(X64_RAX), 0x10000000);
    xe__jit_interpret_if(e, X64_E);
    xe__jit_site(e);
    xe_x64_v(A, X64_VCVTSD2SS, it.d, 1, x64_reg(1));
    check_least(e, it.d, true);
    end_arithmetic(e, &it, true);
}

/* RAX = the estimate of 1 / sqrt of the double in RAX, as xe_fpu_rsqrt_estimate has it. Only
 * positive normal numbers; the rest is for the interpreter. */
static void rsqrt_bits(struct xe_emit *e)
{
    xe_x64(A, X64_MOV64, X64_RCX, x64_reg(X64_RAX));
    xe_x64_imm(A, X64_SHR64_I, 0, x64_reg(X64_RCX), 52); /* sign and exponent */
    xe_x64(A, X64_LEA32, X64_RDX, x64_host(X64_RCX, -1));
    xe_x64_imm(A, X64_CMP32_I, 0, x64_reg(X64_RDX), 0x7FE);
    xe__jit_interpret_if(e, X64_NC);
    xe_x64_imm(A, X64_SHR64_I, 0, x64_reg(X64_RAX), 49);
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RAX), 15);
    xe_x64(A, X64_LEA64, X64_RDX, x64_near(e->frame->frsqrte));
    xe_x64(A, X64_MOVZX8, X64_RDX, x64_indexed(X64_RDX, X64_RAX, 0, 0));
    xe_x64_imm(A, X64_SHL64_I, 0, x64_reg(X64_RDX), 44);
    xe_x64_imm(A, X64_ADD32_I, 0, x64_reg(X64_RCX), 1); /* half of it, from the other end */
    xe_x64_imm(A, X64_SHR32_I, 0, x64_reg(X64_RCX), 1);
    xe_x64_mov_imm(A, X64_RAX, 1022 + 512);
    xe_x64(A, X64_SUB32, X64_RAX, x64_reg(X64_RCX));
    xe_x64_imm(A, X64_SHL64_I, 0, x64_reg(X64_RAX), 52);
    xe_x64(A, X64_OR64, X64_RAX, x64_reg(X64_RDX));
}

void xe__emit_rsqrt(struct xe_emit *e, uint32_t arg)
{
    bool exact = is_exact(e, RB); /* then it is a normal single */
    struct arithmetic it;
    int x[3];

    if (e->word & 1) {
        xe__jit_call(e);
        return;
    }
    check_plain(e);
    x[1] = as_double(e, RB, 2);
    xe_x64(A, X64_VMOVQ_ST, x[1], x64_reg(X64_RAX));
    rsqrt_bits(e);
    it = begin_arithmetic(e, arg, x, false);
    xe_x64(A, X64_VMOVQ, it.d, x64_reg(X64_RAX));
    end_arithmetic(e, &it, false);
    if (exact)
        e->known.exact |= 1u << RT;
}

/* ---- conversions and compares -----------------------------------------------------------------
 */

void xe__emit_round_single(struct xe_emit *e, uint32_t arg)
{
    struct arithmetic it;
    int x[3];

    if (e->word & 1) {
        xe__jit_call(e);
        return;
    }
    check_plain(e);
    x[1] = as_double(e, RB, 2);
    it = begin_arithmetic(e, arg, x, true);
    xe__jit_site(e);
    xe_x64_v(A, X64_VCVTSD2SS, it.d, x[1], x64_reg(x[1]));
    check_least(e, it.d, true);
    end_arithmetic(e, &it, true);
}

/* fctiw fctiwz fctid fctidz: what does not fit is an invalid operation on the host too. */
void xe__emit_to_int(struct xe_emit *e, uint32_t arg)
{
    int x[3];

    if (e->word & 1) {
        xe__jit_call(e);
        return;
    }
    check_plain(e);
    x[1] = as_double(e, RB, 2);
    record_other(e, RECORD_CONVERT, arg, x);
    xe__jit_site(e);
    xe_x64(A, (enum xe_x64_id)(arg & FPU_OP), X64_RAX, x64_reg(x[1]));
    if (arg & FPU_TO_WORD)
        xe_x64(A, X64_MOVSXD, X64_RAX, x64_reg(X64_RAX));
    xe_x64(A, X64_VMOVQ, 0, x64_reg(X64_RAX));
    put_double(e, RT, 0, false);
}

void xe__emit_from_int(struct xe_emit *e, uint32_t arg)
{
    struct arithmetic it;
    int x[3];

    if (e->word & 1) {
        xe__jit_call(e);
        return;
    }
    check_plain(e);
    x[1] = as_double(e, RB, 2);
    it = begin_arithmetic(e, arg, x, false);
    xe_x64(A, X64_VMOVQ_ST, x[1], x64_reg(X64_RAX));
    xe_x64_v(A, X64_VXORPS, 0, 0, x64_reg(0));
    xe__jit_site(e);
    xe_x64_v(A, X64_VCVTSI2SD, it.d, 0, x64_reg(X64_RAX));
    end_arithmetic(e, &it, false);
}

void xe__emit_compare(struct xe_emit *e, uint32_t arg)
{
    bool single = is_single(e, RA) && is_single(e, RB);
    uint32_t field = e->word >> 23 & 7;
    int x[3];

    check_plain(e);
    x[0] = single ? xe__f_src(e, RA, 1) : as_double(e, RA, 1);
    x[1] = single ? xe__f_src(e, RB, 2) : as_double(e, RB, 2);
    record_other(e, RECORD_COMPARE, single ? arg | FPU_SINGLE : arg, x);
    xe__jit_site(e);
    if (arg & FPU_ORDERED)
        xe_x64(A, single ? X64_VCOMISS : X64_VCOMISD, x[0], x64_reg(x[1]));
    else
        xe_x64(A, single ? X64_VUCOMISS : X64_VUCOMISD, x[0], x64_reg(x[1]));
    xe__jit_interpret_if(e, X64_P);
    xe__compare_unsigned(e, field);
}

/* ---- moves -------------------------------------------------------------------------------------
 */

void xe__emit_sign(struct xe_emit *e, uint32_t how)
{
    bool single = is_single(e, RB);
    struct xe_x64_rm sign = xe__constant(e, single ? JIT_SIGN32 : JIT_SIGN64);
    int x, d;

    if (e->word & 1) {
        xe__jit_call(e);
        return;
    }
    x = xe__f_src(e, RB, 0);
    d = xe__f_dst(e, RT, 0);
    switch (how) {
    case FPU_FLIP:
        xe_x64_v(A, X64_VXORPS, d, x, sign);
        break;
    case FPU_SET:
        xe_x64_v(A, X64_VORPS, d, x, sign);
        break;
    case FPU_CLEAR: /* not sign and x */
        xe_x64(A, X64_VMOVUPS, 1, sign);
        xe_x64_v(A, X64_VANDNPS, d, 1, x64_reg(x));
        break;
    default:
        if (d != x)
            xe_x64(A, X64_VMOVAPS, d, x64_reg(x));
    }
    if (single)
        put_single(e, RT, d);
    else
        put_double(e, RT, d, is_exact(e, RB));
}

/* fsel: frC where frA >= 0, else frB. */
void xe__emit_select(struct xe_emit *e, uint32_t unused)
{
    bool single = is_single(e, RB) && is_single(e, RC), exact = is_exact(e, RB) && is_exact(e, RC);
    int a, b, c, d;

    (void)unused;
    if (e->word & 1) {
        xe__jit_call(e);
        return;
    }
    b = single ? xe__f_src(e, RB, 2) : as_double(e, RB, 2);
    c = single ? xe__f_src(e, RC, 3) : as_double(e, RC, 3);
    a = as_double_copy(e, RA, 1);
    d = xe__f_dst(e, RT, 0);
    xe_x64_v(A, X64_VXORPS, 0, 0, x64_reg(0));
    xe__jit_site(e);
    xe_x64_v_imm(A, X64_VCMPSD, 0, a, x64_reg(0), 0x1D); /* greater or equal, quietly */
    xe_x64_v_imm(A, X64_VBLENDVPD, d, b, x64_reg(c), 0);
    if (single)
        put_single(e, RT, d);
    else
        put_double(e, RT, d, exact);
}

/* ---- loads and stores --------------------------------------------------------------------------
 */

void xe__emit_load_float(struct xe_emit *e, uint32_t how)
{
    struct xe_x64_rm at = xe__address(e, how);
    bool last = replaces(e->next_word) && e->held.f_now[RT] != NO_REG;
    int d = last ? e->held.f_now[RT] : xe__f_dst(e, RT, 0);

    xe__jit_site(e);
    if (how & MEM_SINGLE) {
        xe_x64(A, X64_VMOVD, d, at);
        xe_x64_v(A, X64_VPSHUFB, d, d, xe__constant(e, JIT_SWAP4));
        if (e->f_host[RT] == NO_REG) {
            xe__jit_site(e);
            xe_x64_v(A, X64_VCVTSS2SD, d, d, x64_reg(d));
        }
    } else {
        xe_x64(A, X64_VMOVSD, d, at);
        xe_x64_v(A, X64_VPSHUFB, d, d, xe__constant(e, JIT_SWAP8));
    }
    xe__update(e, how);
    if (last) /* nobody can look at the record any more: the register may be one it needs */
        xe__record_drop(e);
    if (how & MEM_SINGLE && e->f_host[RT] != NO_REG)
        put_single(e, RT, d);
    else
        put_double(e, RT, d, how & MEM_SINGLE);
}

/* EAX (RDX is used) = the bits of the double in RDX in single format, shifted and not rounded; the
 * interpreter does what is below the normal range. */
static void narrow_bits(struct xe_emit *e)
{
    uint8_t *zero;

    xe_x64(A, X64_LEA64, X64_RAX, x64_indexed(X64_RDX, X64_RDX, 0, 0));
    xe_x64(A, X64_TEST64, X64_RAX, x64_reg(X64_RAX));
    zero = xe_x64_jcc(A, X64_E);
    xe_x64_imm(A, X64_SHR64_I, 0, x64_reg(X64_RAX), 53);
    xe_x64_imm(A, X64_CMP32_I, 0, x64_reg(X64_RAX), 896);
    xe__jit_interpret_if(e, X64_BE);
    xe_x64_land(A, zero);
    xe_x64(A, X64_MOV64, X64_RAX, x64_reg(X64_RDX));
    xe_x64_imm(A, X64_SHR64_I, 0, x64_reg(X64_RAX), 32);
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RAX), (int32_t)0xC0000000);
    xe_x64_imm(A, X64_SHR64_I, 0, x64_reg(X64_RDX), 29);
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RDX), 0x3FFFFFFF);
    xe_x64(A, X64_OR32, X64_RDX, x64_reg(X64_RAX));
}

void xe__emit_store_float(struct xe_emit *e, uint32_t how)
{
    struct xe_x64_rm at;
    int x;

    /* The value first: getting it may need RAX. */
    if (how & MEM_SINGLE && is_single(e, RT)) {
        xe_x64(A, X64_VMOVD_ST, xe__f_src(e, RT, 0), x64_reg(X64_RDX));
    } else {
        x = as_double(e, RT, 0);
        xe_x64(A, X64_VMOVQ_ST, x, x64_reg(X64_RDX));
        if (how & MEM_SINGLE)
            narrow_bits(e);
    }
    at = xe__address(e, how);
    xe__jit_site(e);
    xe_x64(A, how & (MEM_SINGLE | MEM_WORD) ? X64_MOVBE32_ST : X64_MOVBE64_ST, X64_RDX, at);
    xe__update(e, how);
}
