/* Vector integer arithmetic, logic and compares. */
#include "jit/emit_rows.h"
#include "jit/emit_vmx.h"

#include "cpu/softfp/vmx_int.h"

/* ---- shared ---------------------------------------------------------------------------------- */

void xe__jit_v_lane(struct xe_emit *e, enum xe_x64_id op, uint32_t first, uint32_t second)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, first, XMM0);

    xe_x64_v(A, op, d, a, xe__jit_f(e, second));
    xe__jit_f_put(e, VD, d);
}

void xe__jit_v_saturated(struct xe_emit *e)
{
    uint8_t *none = xe_x64_jcc(A, X64_E);

    xe_x64_imm(A, X64_OR32_I, 0, CPU_FIELD(vscr), XE_VSCR_SAT);
    xe_x64_land(A, none);
}

void xe__jit_v_ones(struct xe_emit *e, int xmm)
{
    xe_x64_v(A, X64_VPCMPEQD, xmm, xmm, x64_reg(xmm));
}

void xe__jit_v_fill(struct xe_emit *e, int xmm, uint32_t word)
{
    if (word == 0) {
        xe_x64_v(A, X64_VPXOR, xmm, xmm, x64_reg(xmm));
    } else if (word == UINT32_MAX) {
        xe__jit_v_ones(e, xmm);
    } else {
        xe_x64_mov_imm(A, X64_RAX, word);
        xe_x64(A, X64_VMOVD, xmm, x64_reg(X64_RAX));
        xe_x64(A, X64_VPBROADCASTD, xmm, x64_reg(xmm));
    }
}

/* The lazy form: the low word is 0 where no lane is true; bit 62 is set where all are. */
void xe__jit_v_record(struct xe_emit *e, int xmm)
{
    xe_x64(A, X64_VPMOVMSKB, X64_RAX, x64_reg(xmm));
    xe_x64(A, X64_LEA32, X64_RCX, x64_host(X64_RAX, 1));
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RCX), 0x10000);
    xe_x64_imm(A, X64_SHL64_I, 0, x64_reg(X64_RCX), 46);
    xe_x64(A, X64_OR64, X64_RAX, x64_reg(X64_RCX));
    xe_x64_mov_imm(A, X64_RCX, (uint64_t)xe__cr_lazy(XE_CR_EQ));
    xe_x64(A, X64_OR64, X64_RAX, x64_reg(X64_RCX));
    xe_x64(A, X64_MOV64_ST, X64_RAX, x64_near(&e->frame->cr[6]));
}

/* ---- lanes ----------------------------------------------------------------------------------- */

/* One host instruction. */
void xe__jit_emit_v_lane(struct xe_emit *e, uint32_t how)
{
    enum xe_x64_id op = (enum xe_x64_id)(how & 0xFFFF);

    if (op == X64_VPOR && VA == VB) /* vmr */
        xe__jit_f_put(e, VD, xe__jit_f_src(e, VA, xe__jit_f_dst(e, VD, XMM0)));
    else
        xe__jit_v_lane(e, op, how & VMX_SWAP ? VB : VA, how & VMX_SWAP ? VA : VB);
}

void xe__jit_emit_vnor(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    (void)unused;
    xe__jit_v_ones(e, XMM1);
    if (VA == VB) {
        xe_x64_v(A, X64_VPXOR, d, XMM1, x64_reg(a));
    } else {
        xe_x64_v(A, X64_VPOR, XMM0, a, xe__jit_f(e, VB));
        xe_x64_v(A, X64_VPXOR, d, XMM0, x64_reg(XMM1));
    }
    xe__jit_f_put(e, VD, d);
}

/* Mean of signed elements: of unsigned ones, both moved by half the range. */
void xe__jit_emit_vavg_signed(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_f_dst(e, VD, XMM0);

    xe__jit_v_fill(e, XMM2, op == X64_VPAVGB ? 0x80808080u : 0x80008000u);
    xe_x64_v(A, X64_VPXOR, XMM0, XMM2, xe__jit_f(e, VA));
    xe_x64_v(A, X64_VPXOR, XMM1, XMM2, xe__jit_f(e, VB));
    xe_x64_v(A, (enum xe_x64_id)op, XMM0, XMM0, x64_reg(XMM1));
    xe_x64_v(A, X64_VPXOR, d, XMM0, x64_reg(XMM2));
    xe__jit_f_put(e, VD, d);
}

/* Mean of words: (a | b) - ((a ^ b) >> 1). */
void xe__jit_emit_vavg_word(struct xe_emit *e, uint32_t shift)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    xe_x64_v(A, X64_VPXOR, XMM1, a, xe__jit_f(e, VB));
    xe_x64_v(A, X64_VPOR, XMM2, a, xe__jit_f(e, VB));
    xe_x64_v_imm(A, (enum xe_x64_id)shift, XMM1, 0, x64_reg(XMM1), 1);
    xe_x64_v(A, X64_VPSUBD, d, XMM2, x64_reg(XMM1));
    xe__jit_f_put(e, VD, d);
}

/* vaddcuw: no carry where the sum is not less than an operand; vsubcuw: no borrow likewise. */
void xe__jit_emit_vcarry(struct xe_emit *e, uint32_t subtract)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    if (subtract) {
        xe_x64_v(A, X64_VPMAXUD, XMM1, a, xe__jit_f(e, VB));
        xe_x64_v(A, X64_VPCMPEQD, XMM1, XMM1, x64_reg(a));
    } else {
        xe_x64_v(A, X64_VPADDD, XMM2, a, xe__jit_f(e, VB));
        xe_x64_v(A, X64_VPMINUD, XMM1, XMM2, x64_reg(a));
        xe_x64_v(A, X64_VPCMPEQD, XMM1, XMM1, x64_reg(a)); /* no carry */
        xe__jit_v_ones(e, XMM2);
        xe_x64_v(A, X64_VPXOR, XMM1, XMM1, x64_reg(XMM2));
    }
    xe_x64_v_imm(A, X64_VPSRLD_I, d, 0, x64_reg(XMM1), 31);
    xe__jit_f_put(e, VD, d);
}

/* ---- saturating sums ------------------------------------------------------------------------- */

/* how: the saturating host instruction, above it the wrapping one. Where they differ, SAT. */
void xe__jit_emit_vsaturate(struct xe_emit *e, uint32_t how)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM1);

    xe_x64_v(A, (enum xe_x64_id)(how >> 16), XMM2, a, xe__jit_f(e, VB));
    xe_x64_v(A, (enum xe_x64_id)(how & 0xFFFF), d, a, xe__jit_f(e, VB));
    xe_x64_v(A, X64_VPXOR, XMM2, XMM2, x64_reg(d));
    xe_x64(A, X64_VPTEST, XMM2, x64_reg(XMM2));
    xe__jit_f_put(e, VD, d);
    xe__jit_v_saturated(e);
}

/* Unsigned words: the sum is below an operand where it wrapped; a difference is that of the larger
 * operand. */
void xe__jit_emit_vsaturate_uw(struct xe_emit *e, uint32_t subtract)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM1);

    if (subtract) {
        xe_x64_v(A, X64_VPMAXUD, XMM2, a, xe__jit_f(e, VB));
        xe_x64_v(A, X64_VPXOR, XMM3, XMM2, x64_reg(a)); /* where b is larger */
        xe_x64_v(A, X64_VPSUBD, d, XMM2, xe__jit_f(e, VB));
    } else {
        xe_x64_v(A, X64_VPADDD, XMM2, a, xe__jit_f(e, VB));
        xe_x64_v(A, X64_VPMINUD, XMM3, XMM2, x64_reg(a));
        xe_x64_v(A, X64_VPCMPEQD, XMM3, XMM3, x64_reg(a)); /* no carry */
        xe__jit_v_ones(e, XMM0);
        xe_x64_v(A, X64_VPXOR, XMM3, XMM3, x64_reg(XMM0));
        xe_x64_v(A, X64_VPOR, d, XMM2, x64_reg(XMM3));
    }
    xe_x64(A, X64_VPTEST, XMM3, x64_reg(XMM3));
    xe__jit_f_put(e, VD, d);
    xe__jit_v_saturated(e);
}

/* Overflow: the operands' signs agree and the sum's does not; then it is the extreme of x's sign.
 */
void xe__jit_v_hold_words(struct xe_emit *e, int d, int x, int signs)
{
    xe_x64_v(A, X64_VPXOR, XMM2, x, x64_reg(XMM1));
    xe_x64_v(A, X64_VPAND, XMM2, XMM2, x64_reg(signs)); /* sign: overflow */
    xe_x64_v_imm(A, X64_VPSRAD_I, XMM3, 0, x64_reg(x), 31);
    xe__jit_v_ones(e, XMM0);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM0, 0, x64_reg(XMM0), 1);
    xe_x64_v(A, X64_VPXOR, XMM3, XMM3, x64_reg(XMM0));
    xe_x64_v_imm(A, X64_VBLENDVPS, d, XMM1, x64_reg(XMM3), XMM2);
    xe_x64(A, X64_VMOVMSKPS, X64_RAX, x64_reg(XMM2));
    xe_x64(A, X64_TEST32, X64_RAX, x64_reg(X64_RAX));
    xe__jit_f_put(e, VD, d);
    xe__jit_v_saturated(e);
}

/* Signed words; a difference overflows where a's sign is neither b's nor its own. */
void xe__jit_emit_vsaturate_sw(struct xe_emit *e, uint32_t subtract)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    xe_x64_v(A, subtract ? X64_VPSUBD : X64_VPADDD, XMM1, a, xe__jit_f(e, VB));
    xe_x64_v(A, X64_VPXOR, XMM3, subtract ? a : XMM1, xe__jit_f(e, VB));
    xe__jit_v_hold_words(e, d, a, XMM3);
}

/* ---- shifts and rotates ---------------------------------------------------------------------- */

/* XMM1 = amounts of words. */
static void amounts(struct xe_emit *e)
{
    xe_x64_v(A, X64_VPAND, XMM1, xe__jit_f_src(e, VB, XMM1), xe__jit_constant(e, JIT_1F32));
}

void xe__jit_emit_vshift_word(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    amounts(e);
    xe_x64_v(A, (enum xe_x64_id)op, d, a, x64_reg(XMM1));
    xe__jit_f_put(e, VD, d);
}

/* A shift by 32 gives 0, so an amount of 0 needs no care. */
void xe__jit_emit_vrlw(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    (void)unused;
    amounts(e);
    xe_x64_v(A, X64_VPSLLVD, XMM2, a, x64_reg(XMM1));
    xe__jit_v_fill(e, XMM3, 32);
    xe_x64_v(A, X64_VPSUBD, XMM1, XMM3, x64_reg(XMM1));
    xe_x64_v(A, X64_VPSRLVD, XMM1, a, x64_reg(XMM1));
    xe_x64_v(A, X64_VPOR, d, XMM1, x64_reg(XMM2));
    xe__jit_f_put(e, VD, d);
}

/* Halfwords, one of each pair at a time, in the upper half of its word for shifts to the left (and
 * with what is below it cut off for shifts to the right). */
void xe__jit_emit_vshift_half(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    xe__jit_v_fill(e, XMM3, 0x000F000F);
    xe_x64_v(A, X64_VPAND, XMM1, XMM3, xe__jit_f(e, VB));
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM2, 0, x64_reg(XMM1), 16);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM3, 0, x64_reg(XMM3), 16);
    xe_x64_v(A, X64_VPAND, XMM1, XMM1, x64_reg(XMM3)); /* the lower ones' amounts */
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM3, 0, x64_reg(a), 16);
    xe_x64_v(A, (enum xe_x64_id)op, XMM3, XMM3, x64_reg(XMM1));
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM3, 0, x64_reg(XMM3), 16);
    if (op == X64_VPSLLVD) { /* nothing from the lower half may come up */
        xe_x64_v_imm(A, X64_VPSRLD_I, XMM1, 0, x64_reg(a), 16);
        xe_x64_v_imm(A, X64_VPSLLD_I, XMM1, 0, x64_reg(XMM1), 16);
        xe_x64_v(A, (enum xe_x64_id)op, XMM2, XMM1, x64_reg(XMM2));
    } else {
        xe_x64_v(A, (enum xe_x64_id)op, XMM2, a, x64_reg(XMM2));
    }
    xe_x64_v_imm(A, X64_VPBLENDW, d, XMM3, x64_reg(XMM2), 0xAA);
    xe__jit_f_put(e, VD, d);
}

/* The halfword twice in a word, shifted to the left, has the rotated one above. */
void xe__jit_emit_vrlh(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0),
        b = xe__jit_f_src(e, VB, XMM1);

    (void)unused;
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM2, 0, x64_reg(b), 28);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM2, 0, x64_reg(XMM2), 28);
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM3, 0, x64_reg(a), 16);
    xe_x64_v_imm(A, X64_VPBLENDW, XMM3, XMM3, x64_reg(a), 0x55);
    xe_x64_v(A, X64_VPSLLVD, XMM3, XMM3, x64_reg(XMM2));
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM3, 0, x64_reg(XMM3), 16);
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM2, 0, x64_reg(b), 12);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM2, 0, x64_reg(XMM2), 28);
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM4, 0, x64_reg(a), 16);
    xe_x64_v_imm(A, X64_VPBLENDW, XMM4, XMM4, x64_reg(a), 0xAA);
    xe_x64_v(A, X64_VPSLLVD, XMM4, XMM4, x64_reg(XMM2));
    xe_x64_v_imm(A, X64_VPBLENDW, d, XMM3, x64_reg(XMM4), 0xAA);
    xe__jit_f_put(e, VD, d);
}

/* to = a's odd (else even) bytes as halfwords, each times its byte in XMM1. */
static void multiply_bytes(struct xe_emit *e, int to, int a, bool odd, bool sign)
{
    enum xe_x64_id down = sign ? X64_VPSRAW_I : X64_VPSRLW_I;

    if (odd) {
        xe_x64_v_imm(A, down, to, 0, x64_reg(a), 8);
        xe_x64_v_imm(A, X64_VPSRLW_I, XMM4, 0, x64_reg(XMM1), 8);
    } else {
        xe_x64_v_imm(A, X64_VPSLLW_I, to, 0, x64_reg(a), 8);
        xe_x64_v_imm(A, down, to, 0, x64_reg(to), 8);
        xe_x64_v_imm(A, X64_VPSLLW_I, XMM4, 0, x64_reg(XMM1), 8);
        xe_x64_v_imm(A, X64_VPSRLW_I, XMM4, 0, x64_reg(XMM4), 8);
    }
    xe_x64_v(A, X64_VPMULLW, to, to, x64_reg(XMM4));
}

/* Bytes: to the left by n is times 2^n, and what goes out above comes in below in a rotate; to the
 * right by n is times 2^(7-n), then by 7. */
void xe__jit_emit_vshift_byte(struct xe_emit *e, uint32_t how)
{
    bool right = how & BYTES_RIGHT;
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0),
        b = xe__jit_f_src(e, VB, XMM1);

    xe__jit_v_fill(e, XMM4, 0x07070707);
    xe_x64_v(A, right ? X64_VPANDN : X64_VPAND, XMM4, b, x64_reg(XMM4)); /* n or 7 - n */
    xe_x64_mov_imm(A, X64_RAX, 0x8040201008040201);
    xe_x64(A, X64_VMOVQ, XMM1, x64_reg(X64_RAX));
    xe_x64_v(A, X64_VPSHUFB, XMM1, XMM1, x64_reg(XMM4));
    multiply_bytes(e, XMM2, a, false, how & BYTES_SIGNED);
    multiply_bytes(e, XMM3, a, true, how & BYTES_SIGNED);
    if (how & BYTES_ROTATE) {
        xe_x64_v_imm(A, X64_VPSRLW_I, XMM1, 0, x64_reg(XMM2), 8);
        xe_x64_v(A, X64_VPOR, XMM2, XMM2, x64_reg(XMM1));
        xe_x64_v_imm(A, X64_VPSRLW_I, XMM1, 0, x64_reg(XMM3), 8);
        xe_x64_v(A, X64_VPOR, XMM3, XMM3, x64_reg(XMM1));
    } else if (right) {
        xe_x64_v_imm(A, X64_VPSRLW_I, XMM2, 0, x64_reg(XMM2), 7);
        xe_x64_v_imm(A, X64_VPSRLW_I, XMM3, 0, x64_reg(XMM3), 7);
    }
    xe_x64_v_imm(A, X64_VPSLLW_I, XMM2, 0, x64_reg(XMM2), 8);
    xe_x64_v_imm(A, X64_VPSRLW_I, XMM2, 0, x64_reg(XMM2), 8);
    xe_x64_v_imm(A, X64_VPSLLW_I, XMM3, 0, x64_reg(XMM3), 8);
    xe_x64_v(A, X64_VPOR, d, XMM2, x64_reg(XMM3));
    xe__jit_f_put(e, VD, d);
}

/* ---- VSCR ------------------------------------------------------------------------------------ */

void xe__jit_emit_mfvscr(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0);

    (void)unused;
    xe_x64(A, X64_VMOVD, d, CPU_FIELD(vscr));
    xe__jit_f_put(e, VD, d);
}

void xe__jit_emit_mtvscr(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    xe_x64(A, X64_VMOVD_ST, xe__jit_f_src(e, VB, XMM0), x64_reg(X64_RAX));
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RAX), XE_VSCR_NJ | XE_VSCR_SAT);
    xe_x64(A, X64_MOV32_ST, X64_RAX, CPU_FIELD(vscr));
}

/* ---- compares -------------------------------------------------------------------------------- */

static void compared(struct xe_emit *e, int d)
{
    xe__jit_f_put(e, VD, d);
    if (xe__v_records(e))
        xe__jit_v_record(e, d);
}

/* vcmpequ and vcmpgts: the host's own. */
void xe__jit_emit_vcompare(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    xe_x64_v(A, (enum xe_x64_id)op, d, a, xe__jit_f(e, VB));
    compared(e, d);
}

/* vcmpgtu: a is above b where the lesser of both is not a. how: minimum, above it equality. */
void xe__jit_emit_vabove(struct xe_emit *e, uint32_t how)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    xe_x64_v(A, (enum xe_x64_id)(how & 0xFFFF), XMM1, a, xe__jit_f(e, VB));
    xe_x64_v(A, (enum xe_x64_id)(how >> 16), XMM1, XMM1, x64_reg(a));
    xe__jit_v_ones(e, XMM2);
    xe_x64_v(A, X64_VPXOR, d, XMM1, x64_reg(XMM2));
    compared(e, d);
}
