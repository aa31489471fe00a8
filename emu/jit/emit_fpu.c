/* The FPU on the host's scalar unit.
 *
 * The idea: translated code runs with the host's exceptions unmasked, so whatever is out of the
 * ordinary - invalid operations, denormals, overflow, underflow, division by zero - faults before
 * anything has changed, and the interpreter does that instruction. What is left in code here is
 * where the two machines differ silently: which NaN an FMA passes on, and results that only
 * rounding lifted to the least normal number (tininess is judged before rounding on the guest).
 *
 * Inexact results are the common case. While FPSCR[XX] is set they change nothing sticky; while it
 * is clear they fault too, once. What else FPSCR tells, and
 * registers in single format: fpu.c. */
#include "jit/emit_fpu.h"

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
             xe__jit_constant(e, single ? JIT_HALF32 : JIT_HALF64));
}

/* fadd fsub fmul fdiv fsqrt and their single twins. XMM0: the result; XMM1, XMM2: operands that
 * live in memory. */
void xe__jit_emit_arithmetic(struct xe_emit *e, uint32_t arg)
{
    bool single = arg & FPU_SINGLE;
    int (*as)(struct xe_emit *, uint32_t, int) =
        single ? xe__jit_fpu_as_single : xe__jit_fpu_as_double;
    int x[3], second = arg & FPU_AC ? 2 : 1;
    struct xe_jit_arithmetic it;

    check_plain(e);
    x[0] = arg & FPU_B ? 2 : as(e, RA, 1);
    x[second] = as(e, arg & FPU_AC ? RC_REG : RB, 2);
    if (arg & FPU_B)
        x[0] = x[second];
    it = xe__jit_fpu_begin(e, arg, x, arg & FPU_TINY);
    xe__jit_site(e);
    xe_x64_v(A, (enum xe_x64_id)(arg & FPU_OP), it.d, x[0], x64_reg(x[second]));
    if (arg & FPU_TINY)
        check_least(e, it.d, single);
    xe__jit_fpu_end(e, &it, single);
}

/* frA * frC + frB and its relatives. XMM0: the result; XMM1 to XMM3: operands from memory. */
void xe__jit_emit_multiply_add(struct xe_emit *e, uint32_t arg)
{
    bool single = arg & FPU_SINGLE;
    int (*as)(struct xe_emit *, uint32_t, int) =
        single ? xe__jit_fpu_as_single : xe__jit_fpu_as_double;
    struct xe_jit_arithmetic it;
    int x[3];

    check_plain(e);
    x[0] = as(e, RA, 3);
    x[2] = as(e, RC_REG, 1);
    x[1] = as(e, RB, 2);
    it = xe__jit_fpu_begin(e, arg, x, true);
    xe_x64(A, X64_VMOVAPS, it.d, x64_reg(x[0]));
    xe__jit_site(e);
    xe_x64_v(A, (enum xe_x64_id)(arg & FPU_OP), it.d, x[2], x64_reg(x[1]));
    xe_x64(A, single ? X64_VUCOMISS : X64_VUCOMISD, it.d, x64_reg(it.d));
    xe__jit_interpret_if(e, X64_P);
    check_least(e, it.d, single);
    if (arg & FPU_NEGATE)
        xe_x64_v(A, X64_VXORPS, it.d, it.d, xe__jit_constant(e, single ? JIT_SIGN32 : JIT_SIGN64));
    xe__jit_fpu_end(e, &it, single);
}

/* ---- estimates --------------------------------------------------------------------------------
 */

/* fres: the nearest single to 1 / frB. The quotient is rounded twice, which matters only where the
 * first rounding ends half way between two singles. */
void xe__jit_emit_reciprocal(struct xe_emit *e, uint32_t arg)
{
    struct xe_jit_arithmetic it;
    int x[3];

    check_plain(e);
    x[1] = xe__jit_fpu_as_double(e, RB, 2);
    it = xe__jit_fpu_begin(e, arg, x, true);
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
    xe__jit_fpu_end(e, &it, true);
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

void xe__jit_emit_rsqrt(struct xe_emit *e, uint32_t arg)
{
    bool exact = xe__jit_fpu_is_exact(e, RB); /* then it is a normal single */
    struct xe_jit_arithmetic it;
    int x[3];

    check_plain(e);
    x[1] = xe__jit_fpu_as_double(e, RB, 2);
    xe_x64(A, X64_VMOVQ_ST, x[1], x64_reg(X64_RAX));
    rsqrt_bits(e);
    it = xe__jit_fpu_begin(e, arg, x, false);
    xe_x64(A, X64_VMOVQ, it.d, x64_reg(X64_RAX));
    xe__jit_fpu_end(e, &it, false);
    if (exact)
        e->known.exact |= 1u << RT;
}

/* ---- conversions and compares -----------------------------------------------------------------
 */

void xe__jit_emit_round_single(struct xe_emit *e, uint32_t arg)
{
    struct xe_jit_arithmetic it;
    int x[3];

    check_plain(e);
    x[1] = xe__jit_fpu_as_double(e, RB, 2);
    it = xe__jit_fpu_begin(e, arg, x, true);
    xe__jit_site(e);
    xe_x64_v(A, X64_VCVTSD2SS, it.d, x[1], x64_reg(x[1]));
    check_least(e, it.d, true);
    xe__jit_fpu_end(e, &it, true);
}

/* fctiw fctiwz fctid fctidz: what does not fit is an invalid operation on the host too. */
void xe__jit_emit_to_int(struct xe_emit *e, uint32_t arg)
{
    int x[3];

    check_plain(e);
    x[1] = xe__jit_fpu_as_double(e, RB, 2);
    xe__jit_fpu_record_other(e, RECORD_CONVERT, arg, x);
    xe__jit_site(e);
    xe_x64(A, (enum xe_x64_id)(arg & FPU_OP), X64_RAX, x64_reg(x[1]));
    if (arg & FPU_TO_WORD)
        xe_x64(A, X64_MOVSXD, X64_RAX, x64_reg(X64_RAX));
    xe_x64(A, X64_VMOVQ, 0, x64_reg(X64_RAX));
    xe__jit_fpu_put_double(e, RT, 0, false);
}

void xe__jit_emit_from_int(struct xe_emit *e, uint32_t arg)
{
    struct xe_jit_arithmetic it;
    int x[3];

    check_plain(e);
    x[1] = xe__jit_fpu_as_double(e, RB, 2);
    it = xe__jit_fpu_begin(e, arg, x, false);
    xe_x64(A, X64_VMOVQ_ST, x[1], x64_reg(X64_RAX));
    xe_x64_v(A, X64_VXORPS, 0, 0, x64_reg(0));
    xe__jit_site(e);
    xe_x64_v(A, X64_VCVTSI2SD, it.d, 0, x64_reg(X64_RAX));
    xe__jit_fpu_end(e, &it, false);
}

void xe__jit_emit_compare(struct xe_emit *e, uint32_t arg)
{
    bool single = xe__jit_fpu_is_single(e, RA) && xe__jit_fpu_is_single(e, RB);
    uint32_t field = BF;
    int x[3];

    check_plain(e);
    x[0] = single ? xe__jit_f_src(e, RA, 1) : xe__jit_fpu_as_double(e, RA, 1);
    x[1] = single ? xe__jit_f_src(e, RB, 2) : xe__jit_fpu_as_double(e, RB, 2);
    xe__jit_fpu_record_other(e, RECORD_COMPARE, single ? arg | FPU_SINGLE : arg, x);
    xe__jit_site(e);
    if (arg & FPU_ORDERED)
        xe_x64(A, single ? X64_VCOMISS : X64_VCOMISD, x[0], x64_reg(x[1]));
    else
        xe_x64(A, single ? X64_VUCOMISS : X64_VUCOMISD, x[0], x64_reg(x[1]));
    xe__jit_interpret_if(e, X64_P);
    xe__jit_compare_unsigned(e, field);
}

/* ---- moves -------------------------------------------------------------------------------------
 */

void xe__jit_emit_sign(struct xe_emit *e, uint32_t how)
{
    bool single = xe__jit_fpu_is_single(e, RB);
    struct xe_x64_rm sign = xe__jit_constant(e, single ? JIT_SIGN32 : JIT_SIGN64);
    int x, d;

    x = xe__jit_f_src(e, RB, 0);
    d = xe__jit_f_dst(e, RT, 0);
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
        xe__jit_fpu_put_single(e, RT, d);
    else
        xe__jit_fpu_put_double(e, RT, d, xe__jit_fpu_is_exact(e, RB));
}

/* fsel: frC where frA >= 0, else frB. */
void xe__jit_emit_select(struct xe_emit *e, uint32_t unused)
{
    bool single = xe__jit_fpu_is_single(e, RB) && xe__jit_fpu_is_single(e, RC_REG),
         exact = xe__jit_fpu_is_exact(e, RB) && xe__jit_fpu_is_exact(e, RC_REG);
    int a, b, c, d;

    (void)unused;
    b = single ? xe__jit_f_src(e, RB, 2) : xe__jit_fpu_as_double(e, RB, 2);
    c = single ? xe__jit_f_src(e, RC_REG, 3) : xe__jit_fpu_as_double(e, RC_REG, 3);
    a = xe__jit_fpu_as_double_copy(e, RA, 1);
    d = xe__jit_f_dst(e, RT, 0);
    xe_x64_v(A, X64_VXORPS, 0, 0, x64_reg(0));
    xe__jit_site(e);
    xe_x64_v_imm(A, X64_VCMPSD, 0, a, x64_reg(0), 0x1D); /* greater or equal, quietly */
    xe_x64_v_imm(A, X64_VBLENDVPD, d, b, x64_reg(c), 0);
    if (single)
        xe__jit_fpu_put_single(e, RT, d);
    else
        xe__jit_fpu_put_double(e, RT, d, exact);
}

/* ---- loads and stores --------------------------------------------------------------------------
 */

void xe__jit_emit_load_float(struct xe_emit *e, uint32_t unused)
{
    bool single = e->insn->memory.size == 4;
    struct xe_x64_rm at = xe__jit_address(e);
    bool last = xe__jit_fpu_replaces(e->next_word) && e->off.f_now[RT] != NO_REG;
    int d = last ? e->off.f_now[RT] : xe__jit_f_dst(e, RT, 0);

    (void)unused;
    xe__jit_site(e);
    if (single) {
        xe_x64(A, X64_VMOVD, d, at);
        xe_x64_v(A, X64_VPSHUFB, d, d, xe__jit_constant(e, JIT_SWAP4));
        if (e->homes->f[RT] == NO_REG) {
            xe__jit_site(e);
            xe_x64_v(A, X64_VCVTSS2SD, d, d, x64_reg(d));
        }
    } else {
        xe_x64(A, X64_VMOVSD, d, at);
        xe_x64_v(A, X64_VPSHUFB, d, d, xe__jit_constant(e, JIT_SWAP8));
    }
    xe__jit_update(e);
    if (last) /* nobody can look at the record any more: the register may be one it needs */
        xe__jit_drop_record(e);
    if (single && e->homes->f[RT] != NO_REG)
        xe__jit_fpu_put_single(e, RT, d);
    else
        xe__jit_fpu_put_double(e, RT, d, single);
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

void xe__jit_emit_store_float(struct xe_emit *e, uint32_t how)
{
    bool word = e->insn->memory.size == 4, single = word && !(how & MEM_WORD);
    struct xe_x64_rm at;
    int x;

    /* The value first: getting it may need RAX. */
    if (single && xe__jit_fpu_is_single(e, RT)) {
        xe_x64(A, X64_VMOVD_ST, xe__jit_f_src(e, RT, 0), x64_reg(X64_RDX));
    } else {
        x = xe__jit_fpu_as_double(e, RT, 0);
        xe_x64(A, X64_VMOVQ_ST, x, x64_reg(X64_RDX));
        if (single)
            narrow_bits(e);
    }
    at = xe__jit_address(e);
    xe__jit_site(e);
    xe_x64(A, word ? X64_MOVBE32_ST : X64_MOVBE64_ST, X64_RDX, at);
    xe__jit_update(e);
}
