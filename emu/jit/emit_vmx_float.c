/* Vector floating point on the host's, four lanes at once.
 *
 * The idea: translated code runs with the host's exceptions unmasked, so denormal operands and
 * results, overflow, invalid operations and divisions by zero fault, and the interpreter does the
 * instruction over. Without any of these VSCR[NJ] means nothing, and both machines agree but for
 * what is checked here: which NaN a multiply-add passes on, and products that only rounding lifted
 * to the least normal number, which the guest flushes.
 *
 * Where that happens often, the host is told to flush denormals around the instruction, which is
 * what the guest does with NJ set; then products at the least normal number are still checked.
 *
 * No guest register changes before the last check, but the destination may where it is no operand:
 * the interpreter writes all of it. */
#include "jit/emit_rows.h"
#include "jit/emit_vmx.h"
#include "cpu/softfp/vmx_int.h"

/* Predicates of vcmpps; none faults for a quiet NaN. Source: Intel SDM volume 2, CMPPD. */
enum {
    IS_EQUAL = 0x00,
    BELOW = 0x11,
    AT_MOST = 0x12,
    DIFFER = 0x04,         /* or are unordered */
    DIFFER_ORDERED = 0x0C, /* and are ordered  */
    NOT_AT_MOST = 0x16,
    NOT_AT_LEAST = 0x19,
};

#define ONE      0x3F800000u
#define INFINITY 0x7F800000u

/* The next host instruction may raise an exception of arithmetic. */
static void arithmetic(struct xe_emit *e, enum xe_x64_id op, int d, int a, struct xe_x64_rm b)
{
    xe__jit_site(e);
    xe_x64_v(A, op, d, a, b);
}

static void convert(struct xe_emit *e, enum xe_x64_id op, int d, struct xe_x64_rm b)
{
    xe__jit_site(e);
    xe_x64(A, op, d, b);
}

/* Where an instruction met denormals often, the host flushes them as the guest does with NJ set. */
void xe__jit_v_flush_begin(struct xe_emit *e)
{
    xe_x64_imm(A, X64_TEST32_I, 0, CPU_FIELD(vscr), XE_VSCR_NJ);
    xe__jit_interpret_if(e, X64_E);
    xe_x64(A, X64_LDMXCSR, 0, x64_near(&e->frame->flush_csr));
}

void xe__jit_v_flush_end(struct xe_emit *e)
{
    xe_x64(A, X64_LDMXCSR, 0, x64_near(&e->frame->guest_csr));
}

/* Where to compute VD before the checks: not in it when it is one of the operands. */
static int destination(struct xe_emit *e, uint32_t a, uint32_t b, uint32_t c)
{
    return VD == a || VD == b || VD == c ? XMM0 : xe__jit_f_dst(e, VD, XMM0);
}

/* The interpreter takes over unless the predicate holds between each lane's magnitude and the least
 * normal number. */
static void need_not_least(struct xe_emit *e, int x, int32_t predicate)
{
    xe_x64_v(A, X64_VANDPS, XMM1, x, xe__jit_constant(e, JIT_MAGNITUDE32));
    xe_x64_v_imm(A, X64_VCMPPS, XMM1, XMM1, xe__jit_constant(e, JIT_MIN32), predicate);
    xe_x64(A, X64_VMOVMSKPS, X64_RAX, x64_reg(XMM1));
    xe_x64_imm(A, X64_CMP32_I, 0, x64_reg(X64_RAX), 15);
    xe__jit_interpret_if(e, X64_NE);
}

/* ---- arithmetic ------------------------------------------------------------------------------ */

/* Sums and differences near the least normal number are exact. */
void xe__jit_emit_vaddfp(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);
    struct xe_x64_rm b = xe__jit_f(e, VB);

    arithmetic(e, (enum xe_x64_id)op, d, a, b);
    xe__jit_f_put(e, VD, d);
}

void xe__jit_emit_vmulfp(struct xe_emit *e, uint32_t unused)
{
    int d = destination(e, VA, VB, VB), a = xe__jit_f_src(e, VA, XMM0);
    struct xe_x64_rm b = xe__jit_f(e, VB);

    (void)unused;
    arithmetic(e, X64_VMULPS, d, a, b);
    need_not_least(e, d, DIFFER);
    xe__jit_f_put(e, VD, d);
}

/* a * c + b, or -(a * c - b). The host prefers the NaN of a factor to the addend's, the guest the
 * addend's to the second factor's: results that are NaNs are for the interpreter. */
void xe__jit_emit_vmaddfp(struct xe_emit *e, uint32_t how)
{
    uint32_t b = how & MADD_C_IS_D || !xe__is_128(e) ? VB : VD;
    uint32_t c = how & MADD_C_IS_D ? VD : xe__is_128(e) ? VB : VC;
    int d = destination(e, VA, b, c), a, factor;
    struct xe_x64_rm addend = xe__jit_f(e, b);

    factor = xe__jit_f_src(e, c, XMM1);
    a = xe__jit_f_src(e, VA, d);
    if (a != d)
        xe_x64(A, X64_VMOVAPS, d, x64_reg(a));
    arithmetic(e, how & MADD_NEGATIVE ? X64_VFMSUB213PS : X64_VFMADD213PS, d, factor, addend);
    need_not_least(e, d, DIFFER_ORDERED);
    if (how & MADD_NEGATIVE)
        xe_x64_v(A, X64_VXORPS, d, d, xe__jit_constant(e, JIT_SIGN32));
    xe__jit_f_put(e, VD, d);
}

/* The larger or smaller; the host faults for NaNs, and picks the second of two zeros, so both
 * orders are tried: +0 is the larger. */
void xe__jit_emit_vextreme(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0),
        b = xe__jit_f_src(e, VB, XMM1);

    arithmetic(e, (enum xe_x64_id)op, XMM2, a, x64_reg(b));
    arithmetic(e, (enum xe_x64_id)op, XMM3, b, x64_reg(a));
    xe_x64_v(A, op == X64_VMAXPS ? X64_VANDPS : X64_VORPS, d, XMM2, x64_reg(XMM3));
    xe__jit_f_put(e, VD, d);
}

/* 1 / b, rounded once. */
void xe__jit_emit_vrefp(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0);
    struct xe_x64_rm b = xe__jit_f(e, VB);

    (void)unused;
    xe__jit_v_fill(e, XMM1, ONE);
    arithmetic(e, X64_VDIVPS, d, XMM1, b);
    xe__jit_f_put(e, VD, d);
}

/* XMM1 = base * 1024 - slope * (ten bits of the mantissa) of each lane's line. */
static void rsqrt_line(struct xe_emit *e, int b)
{
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM1, 0, x64_reg(b), 19);
    xe_x64_v(A, X64_VPAND, XMM1, XMM1, xe__jit_constant(e, JIT_1F32));
    xe__jit_v_ones(e, XMM3);
    xe_x64(A, X64_LEA64, X64_RAX, x64_near(e->frame->rsqrt_line));
    xe_x64_v(A, X64_VPGATHERDD, XMM2, XMM3, x64_indexed(X64_RAX, XMM1, 2, 0));
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM1, 0, x64_reg(XMM2), 16);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM1, 0, x64_reg(XMM1), 6);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM2, 0, x64_reg(XMM2), 16);
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM3, 0, x64_reg(b), 13);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM3, 0, x64_reg(XMM3), 22);
    xe_x64_v(A, X64_VPMADDWD, XMM2, XMM2, x64_reg(XMM3));
    xe_x64_v(A, X64_VPSUBD, XMM1, XMM1, x64_reg(XMM2));
}

/* XMM3 = which lanes of b are zeros. */
static void zeros(struct xe_emit *e, int b)
{
    xe_x64_v(A, X64_VPADDD, XMM3, b, x64_reg(b));
    xe_x64_v(A, X64_VPXOR, XMM4, XMM4, x64_reg(XMM4));
    xe_x64_v(A, X64_VPCMPEQD, XMM3, XMM3, x64_reg(XMM4));
}

/* 1 / sqrt(b) as in vmx_estimate.c: a line, and a power of two from the exponent's half. Positive
 * normal numbers and zeros only; the rest is for the interpreter. */
void xe__jit_emit_vrsqrtefp(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0), b = xe__jit_f_src(e, VB, XMM0);

    (void)unused;
    xe_x64_v(A, X64_VPSUBD, XMM1, b, xe__jit_constant(e, JIT_MIN32));
    xe__jit_v_fill(e, XMM2, 0x7EFFFFFF);
    xe_x64_v(A, X64_VPMINUD, XMM2, XMM2, x64_reg(XMM1));
    xe_x64_v(A, X64_VPCMPEQD, XMM2, XMM2, x64_reg(XMM1));
    zeros(e, b);
    xe_x64_v(A, X64_VPOR, XMM2, XMM2, x64_reg(XMM3));
    xe_x64(A, X64_VMOVMSKPS, X64_RAX, x64_reg(XMM2));
    xe_x64_imm(A, X64_CMP32_I, 0, x64_reg(X64_RAX), 15);
    xe__jit_interpret_if(e, X64_NE);
    rsqrt_line(e, b);
    convert(e, X64_VCVTDQ2PS, XMM1, x64_reg(XMM1));
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM2, 0, x64_reg(b), 24);
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM2, 0, x64_reg(XMM2), 23);
    xe__jit_v_fill(e, XMM3, 165u << 23); /* 127 + 63 - 25 */
    xe_x64_v(A, X64_VPSUBD, XMM2, XMM3, x64_reg(XMM2));
    xe_x64_v(A, X64_VMULPS, XMM1, XMM1, x64_reg(XMM2));
    zeros(e, b);
    xe__jit_v_fill(e, XMM2, INFINITY);
    xe_x64_v(A, X64_VPOR, XMM2, XMM2, x64_reg(b));
    xe_x64_v_imm(A, X64_VBLENDVPS, d, XMM1, x64_reg(XMM2), XMM3);
    xe__jit_f_put(e, VD, d);
}

/* d = products of the lower words of a and b, in double. */
static void products(struct xe_emit *e, int d, int a, int b, int scratch)
{
    convert(e, X64_VCVTPS2PD, d, x64_reg(a));
    convert(e, X64_VCVTPS2PD, scratch, x64_reg(b));
    arithmetic(e, X64_VMULPD, d, d, x64_reg(scratch));
}

/* The sum of the products of the first three or all four words, in order, in double. Denormals are
 * flushed whatever NJ says. */
void xe__jit_emit_vmsumfp(struct xe_emit *e, uint32_t count)
{
    int a = xe__jit_f_src(e, VA, XMM0), b = xe__jit_f_src(e, VB, XMM1),
        d = xe__jit_f_dst(e, VD, XMM0);

    products(e, XMM2, a, b, XMM3); /* fourth, third */
    xe_x64_v(A, X64_VMOVHLPS, XMM0, a, x64_reg(a));
    xe_x64_v(A, X64_VMOVHLPS, XMM1, b, x64_reg(b));
    products(e, XMM0, XMM0, XMM1, XMM3); /* second, first */
    xe_x64_v(A, X64_VUNPCKHPD, XMM1, XMM0, x64_reg(XMM0));
    arithmetic(e, X64_VADDSD, XMM1, XMM1, x64_reg(XMM0));
    xe_x64_v(A, X64_VUNPCKHPD, XMM3, XMM2, x64_reg(XMM2));
    arithmetic(e, X64_VADDSD, XMM1, XMM1, x64_reg(XMM3));
    if (count == 4)
        arithmetic(e, X64_VADDSD, XMM1, XMM1, x64_reg(XMM2));
    arithmetic(e, X64_VCVTSD2SS, XMM1, XMM1, x64_reg(XMM1));
    xe_x64(A, X64_VMOVD_ST, XMM1, x64_reg(X64_RAX));
    xe_x64(A, X64_ADD32, X64_RAX, x64_reg(X64_RAX));
    xe_x64_imm(A, X64_CMP32_I, 0, x64_reg(X64_RAX), 0x01000000); /* the least normal, doubled */
    xe__jit_interpret_if(e, X64_E);
    xe_x64(A, X64_VPBROADCASTD, d, x64_reg(XMM1));
    xe__jit_f_put(e, VD, d);
}

/* ---- compares -------------------------------------------------------------------------------- */

void xe__jit_emit_vcmpfp(struct xe_emit *e, uint32_t predicate)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);
    struct xe_x64_rm b = xe__jit_f(e, VB);

    xe__jit_site(e);
    xe_x64_v_imm(A, X64_VCMPPS, d, a, b, (int32_t)predicate);
    xe__jit_f_put(e, VD, d);
    if (xe__v_records(e))
        xe__jit_v_record(e, d);
}

/* Bit 0 of a lane: above b; bit 1: below -b. CR6 says whether none is set in any. */
void xe__jit_emit_vcmpbfp(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0),
        b = xe__jit_f_src(e, VB, XMM1);

    (void)unused;
    xe__jit_site(e);
    xe_x64_v_imm(A, X64_VCMPPS, XMM2, a, x64_reg(b), NOT_AT_MOST);
    xe_x64_v(A, X64_VXORPS, XMM1, b, xe__jit_constant(e, JIT_SIGN32));
    xe__jit_site(e);
    xe_x64_v_imm(A, X64_VCMPPS, XMM3, a, x64_reg(XMM1), NOT_AT_LEAST);
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM2, 0, x64_reg(XMM2), 31);
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM3, 0, x64_reg(XMM3), 31);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM3, 0, x64_reg(XMM3), 1);
    xe_x64_v(A, X64_VPOR, d, XMM2, x64_reg(XMM3));
    xe__jit_f_put(e, VD, d);
    if (!xe__v_records(e))
        return;
    xe_x64(A, X64_XOR32, X64_RAX, x64_reg(X64_RAX));
    xe_x64(A, X64_VPTEST, d, x64_reg(d));
    xe_x64_setcc(A, X64_NE, x64_reg(X64_RAX));
    xe_x64_mov_imm(A, X64_RCX, (uint64_t)xe__cr_lazy(XE_CR_EQ));
    xe_x64(A, X64_OR64, X64_RAX, x64_reg(X64_RCX));
    xe_x64(A, X64_MOV64_ST, X64_RAX, x64_near(&e->frame->cr[6]));
}

/* ---- conversions ----------------------------------------------------------------------------- */

/* To an integral value. The host takes denormals as they are here, which matters where they round
 * away from 0: a compare faults for them. */
void xe__jit_emit_vrfi(struct xe_emit *e, uint32_t direction)
{
    int d = xe__jit_f_dst(e, VD, XMM0), b = xe__jit_f_src(e, VB, XMM0);

    if (direction == ROUND_UP || direction == ROUND_DOWN) {
        xe__jit_site(e);
        xe_x64_v_imm(A, X64_VCMPPS, XMM1, b, x64_reg(b), IS_EQUAL);
    }
    xe__jit_site(e);
    xe_x64_imm(A, X64_VROUNDPS, d, x64_reg(b), (int32_t)direction | 8); /* 8: quietly inexact */
    xe__jit_f_put(e, VD, d);
}

/* XMM1 = 2^n in all lanes. */
static void power_of_two(struct xe_emit *e, int32_t n)
{
    xe__jit_v_fill(e, XMM1, (uint32_t)(127 + n) << 23);
}

/* d = words / 2^UIM; the division is exact. */
static void scaled_down(struct xe_emit *e, int d, int words)
{
    if (UIM5) {
        power_of_two(e, -(int32_t)UIM5);
        arithmetic(e, X64_VMULPS, d, words, x64_reg(XMM1));
    } else if (d != words) {
        xe_x64(A, X64_VMOVAPS, d, x64_reg(words));
    }
    xe__jit_f_put(e, VD, d);
}

void xe__jit_emit_vcfsx(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0);

    (void)unused;
    convert(e, X64_VCVTDQ2PS, XMM0, xe__jit_f(e, VB));
    scaled_down(e, d, XMM0);
}

/* The halves of a word one by one; their sum is rounded. */
void xe__jit_emit_vcfux(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0), b = xe__jit_f_src(e, VB, XMM0);

    (void)unused;
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM1, 0, x64_reg(b), 16);
    xe_x64(A, X64_VCVTDQ2PS, XMM1, x64_reg(XMM1));
    xe__jit_v_fill(e, XMM2, 0x47800000); /* 65536 */
    xe_x64_v(A, X64_VMULPS, XMM1, XMM1, x64_reg(XMM2));
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM2, 0, x64_reg(b), 16);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM2, 0, x64_reg(XMM2), 16);
    xe_x64(A, X64_VCVTDQ2PS, XMM2, x64_reg(XMM2));
    arithmetic(e, X64_VADDPS, XMM0, XMM1, x64_reg(XMM2));
    scaled_down(e, d, XMM0);
}

static void compare(struct xe_emit *e, int d, int a, struct xe_x64_rm b, int32_t predicate)
{
    xe__jit_site(e);
    xe_x64_v_imm(A, X64_VCMPPS, d, a, b, predicate);
}

/* XMM0 = VB * 2^UIM where that lies between the limits, else 0; XMM1: where it is too large; XMM2:
 * where it is out of range, which sets SAT once it is sure that nothing faults any more. */
static void scaled_up(struct xe_emit *e, uint32_t too_large, uint32_t too_small, int32_t below)
{
    int b = xe__jit_f_src(e, VB, XMM0);

    if (UIM5) {
        power_of_two(e, (int32_t)UIM5);
        arithmetic(e, X64_VMULPS, XMM0, b, x64_reg(XMM1));
        b = XMM0;
    }
    xe__jit_v_fill(e, XMM1, too_large);
    compare(e, XMM1, b, x64_reg(XMM1), COMPARE_AT_LEAST);
    xe__jit_v_fill(e, XMM2, too_small);
    compare(e, XMM2, b, x64_reg(XMM2), below);
    compare(e, XMM3, b, x64_reg(b), IS_EQUAL); /* no NaN */
    xe_x64_v(A, X64_VORPS, XMM2, XMM2, x64_reg(XMM1));
    xe_x64_v(A, X64_VANDPS, XMM0, XMM3, x64_reg(b));
    xe_x64_v(A, X64_VANDNPS, XMM0, XMM2, x64_reg(XMM0));
}

static void saturated(struct xe_emit *e, int d)
{
    xe_x64(A, X64_VPTEST, XMM2, x64_reg(XMM2));
    xe__jit_f_put(e, VD, d);
    xe__jit_v_saturated(e);
}

/* Truncated to signed words: 2^31 - 1 is what -2^31 and all ones make where it is too large. */
void xe__jit_emit_vctsxs(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0);

    (void)unused;
    scaled_up(e, 0x4F000000, 0xCF000000, BELOW);
    convert(e, X64_VCVTTPS2DQ, XMM0, x64_reg(XMM0));
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM3, 0, x64_reg(XMM2), 31);
    xe_x64_v(A, X64_VPOR, XMM0, XMM0, x64_reg(XMM3));
    xe_x64_v(A, X64_VPXOR, d, XMM0, x64_reg(XMM1));
    saturated(e, d);
}

/* To unsigned ones: 2^31 is taken from those that have it, and given back. */
void xe__jit_emit_vctuxs(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0);

    (void)unused;
    scaled_up(e, 0x4F800000, 0xBF800000, AT_MOST);
    xe__jit_v_fill(e, XMM3, 0x4F000000);
    compare(e, XMM4, XMM0, x64_reg(XMM3), COMPARE_AT_LEAST);
    xe_x64_v(A, X64_VANDPS, XMM3, XMM3, x64_reg(XMM4));
    arithmetic(e, X64_VSUBPS, XMM0, XMM0, x64_reg(XMM3));
    convert(e, X64_VCVTTPS2DQ, XMM0, x64_reg(XMM0));
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM4, 0, x64_reg(XMM4), 31);
    xe_x64_v(A, X64_VPXOR, XMM0, XMM0, x64_reg(XMM4));
    xe_x64_v(A, X64_VPOR, d, XMM0, x64_reg(XMM1));
    saturated(e, d);
}
