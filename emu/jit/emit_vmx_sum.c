/* Vector integer sums that are held to their element's range: of products, and across a word or
 * the register.
 *
 * The idea: all but the last addition is made where it cannot overflow, but for one case: products
 * of the most negative halfwords are, as 16 or 32 bits, the most negative number where the largest
 * but one is meant. No true value of those sums is the most negative number, so the case is told by
 * it; complemented, it is the largest number, whose sign is the true one. */
#include "jit/emit_rows.h"
#include "jit/emit_vmx.h"

/* XMM3 = which lanes of x are the most negative number; x is complemented there. */
static void mend_corner(struct xe_emit *e, enum xe_x64_id equal, enum xe_x64_id shift, int32_t bits,
                        int x)
{
    xe__jit_v_ones(e, XMM3);
    xe_x64_v_imm(A, shift, XMM3, 0, x64_reg(XMM3), bits - 1);
    xe_x64_v(A, equal, XMM3, XMM3, x64_reg(x));
    xe_x64_v(A, X64_VPXOR, x, x, x64_reg(XMM3));
}

/* ---- products of halfwords, added --------------------------------------------------------------
 */

/* XMM2 = the upper 17 bits of a * b as halfwords; with rounding the host's own. */
static void multiply_high(struct xe_emit *e, bool rounded)
{
    int a = xe__jit_f_src(e, VA, XMM0);

    if (rounded) {
        xe_x64_v(A, X64_VPMULHRSW, XMM2, a, xe__jit_f(e, VB));
        return;
    }
    xe_x64_v(A, X64_VPMULHW, XMM2, a, xe__jit_f(e, VB));
    xe_x64_v(A, X64_VPMULLW, XMM3, a, xe__jit_f(e, VB));
    xe_x64_v_imm(A, X64_VPSLLW_I, XMM2, 0, x64_reg(XMM2), 1);
    xe_x64_v_imm(A, X64_VPSRLW_I, XMM3, 0, x64_reg(XMM3), 15);
    xe_x64_v(A, X64_VPOR, XMM2, XMM2, x64_reg(XMM3));
}

/* vmhaddshs, vmhraddshs: where the product was complemented, 1 is missing. */
void xe__jit_emit_vmhadd(struct xe_emit *e, uint32_t rounded)
{
    int d = xe__jit_f_dst(e, VD, XMM0), c;

    multiply_high(e, rounded);
    c = xe__jit_f_src(e, VC, XMM1);
    xe_x64_v(A, X64_VPADDW, XMM4, XMM2, x64_reg(c));
    mend_corner(e, X64_VPCMPEQW, X64_VPSLLW_I, 16, XMM2);
    xe_x64_v(A, X64_VPADDSW, XMM2, XMM2, x64_reg(c));
    xe_x64_v(A, X64_VPSUBSW, d, XMM2, x64_reg(XMM3));
    xe_x64_v(A, X64_VPXOR, XMM4, XMM4, x64_reg(d));
    xe_x64(A, X64_VPTEST, XMM4, x64_reg(XMM4));
    xe__jit_f_put(e, VD, d);
    xe__jit_v_saturated(e);
}

/* vmsumshs. */
void xe__jit_emit_vmsumshs(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0), c;

    (void)unused;
    xe_x64_v(A, X64_VPMADDWD, XMM4, a, xe__jit_f(e, VB));
    c = xe__jit_f_src(e, VC, XMM0);
    xe_x64_v(A, X64_VPADDD, XMM1, XMM4, x64_reg(c));
    mend_corner(e, X64_VPCMPEQD, X64_VPSLLD_I, 32, XMM4);
    xe_x64_v(A, X64_VPXOR, XMM3, XMM1, x64_reg(c));
    xe__jit_v_hold_words(e, d, XMM4, XMM3);
}

/* XMM4 = XMM4 + x, held to an unsigned word: no more is added than the complement of XMM4. What of
 * x was not added goes into XMM3. XMM2 is used. */
static void add_held(struct xe_emit *e, int x)
{
    xe__jit_v_ones(e, XMM2);
    xe_x64_v(A, X64_VPXOR, XMM2, XMM2, x64_reg(XMM4));
    xe_x64_v(A, X64_VPMINUD, XMM2, XMM2, x64_reg(x));
    xe_x64_v(A, X64_VPADDD, XMM4, XMM4, x64_reg(XMM2));
    xe_x64_v(A, X64_VPXOR, x, x, x64_reg(XMM2));
    if (x != XMM3)
        xe_x64_v(A, X64_VPOR, XMM3, XMM3, x64_reg(x));
}

/* Done: XMM4 is the result, and XMM3 is 0 where nothing was lost. */
static void put_held(struct xe_emit *e)
{
    xe_x64(A, X64_VPTEST, XMM3, x64_reg(XMM3));
    xe__jit_f_put(e, VD, XMM4);
    xe__jit_v_saturated(e);
}

/* vmsumuhs: the host has no sum of unsigned products, so one after the other. */
void xe__jit_emit_vmsumuhs(struct xe_emit *e, uint32_t unused)
{
    int a = xe__jit_f_src(e, VA, XMM0);

    (void)unused;
    xe_x64_v(A, X64_VPMULLW, XMM2, a, xe__jit_f(e, VB));
    xe_x64_v(A, X64_VPMULHUW, XMM3, a, xe__jit_f(e, VB));
    xe_x64_v(A, X64_VPUNPCKLWD, XMM1, XMM2, x64_reg(XMM3)); /* products of words 0 and 1 */
    xe_x64_v(A, X64_VPUNPCKHWD, XMM3, XMM2, x64_reg(XMM3)); /* and 2 and 3               */
    xe_x64_v_imm(A, X64_VSHUFPS, XMM0, XMM1, x64_reg(XMM3), 0x88);
    xe_x64_v_imm(A, X64_VSHUFPS, XMM3, XMM1, x64_reg(XMM3), 0xDD);
    xe_x64(A, X64_VMOVAPS, XMM4, x64_reg(xe__jit_f_src(e, VC, XMM4)));
    add_held(e, XMM3);
    add_held(e, XMM0);
    put_held(e);
}

/* ---- sums across a word ------------------------------------------------------------------------
 */

/* xmm = ones as elements of that many bits. */
static void fill_one(struct xe_emit *e, int xmm, int bits)
{
    xe__jit_v_fill(e, xmm, bits == 8 ? 0x01010101u : bits == 16 ? 0x00010001u : 1);
}

/* vsum4ubs. */
void xe__jit_emit_vsum4ubs(struct xe_emit *e, uint32_t unused)
{
    int a = xe__jit_f_src(e, VA, XMM0);

    (void)unused;
    fill_one(e, XMM1, 8);
    xe_x64_v(A, X64_VPMADDUBSW, XMM3, a, x64_reg(XMM1));
    fill_one(e, XMM1, 16);
    xe_x64_v(A, X64_VPMADDWD, XMM3, XMM3, x64_reg(XMM1));
    xe_x64(A, X64_VMOVAPS, XMM4, x64_reg(xe__jit_f_src(e, VB, XMM4)));
    add_held(e, XMM3);
    put_held(e);
}

/* vsum4sbs, vsum4shs. */
void xe__jit_emit_vsum4s(struct xe_emit *e, uint32_t halves)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0), b;

    if (!halves) {
        fill_one(e, XMM1, 8);
        xe_x64_v(A, X64_VPMADDUBSW, XMM0, XMM1, x64_reg(a));
        a = XMM0;
    }
    fill_one(e, XMM1, 16);
    xe_x64_v(A, X64_VPMADDWD, XMM4, a, x64_reg(XMM1));
    b = xe__jit_f_src(e, VB, XMM0);
    xe_x64_v(A, X64_VPADDD, XMM1, XMM4, x64_reg(b));
    xe_x64_v(A, X64_VPXOR, XMM3, XMM1, x64_reg(b));
    xe__jit_v_hold_words(e, d, XMM4, XMM3);
}

/* ---- sums across more --------------------------------------------------------------------------
 */

/* VD = the doublewords in XMM2 held to signed words, zero-extended. XMM0: ones as words. */
static void put_held_doubles(struct xe_emit *e)
{
    int d = xe__jit_f_dst(e, VD, XMM1);

    xe_x64_v(A, X64_VPMULDQ, XMM3, XMM2, x64_reg(XMM0)); /* the word it would be */
    xe_x64_v(A, X64_VPCMPEQQ, XMM3, XMM3, x64_reg(XMM2));
    xe_x64_v_imm(A, X64_VPSRLQ_I, XMM4, 0, x64_reg(XMM2), 32);
    xe_x64_v_imm(A, X64_VPSRAD_I, XMM4, 0, x64_reg(XMM4), 31);
    xe__jit_v_fill(e, XMM1, 0x7FFFFFFF);
    xe_x64_v(A, X64_VPXOR, XMM4, XMM4, x64_reg(XMM1)); /* the extreme of its sign */
    xe_x64_v_imm(A, X64_VBLENDVPD, XMM2, XMM4, x64_reg(XMM2), XMM3);
    xe_x64_v_imm(A, X64_VPSLLQ_I, XMM2, 0, x64_reg(XMM2), 32);
    xe_x64_v_imm(A, X64_VPSRLQ_I, d, 0, x64_reg(XMM2), 32);
    xe__jit_v_ones(e, XMM4);
    xe_x64_v(A, X64_VPXOR, XMM3, XMM3, x64_reg(XMM4));
    xe_x64(A, X64_VPTEST, XMM3, x64_reg(XMM3));
    xe__jit_f_put(e, VD, d);
    xe__jit_v_saturated(e);
}

/* vsum2sws; vsumsws: of all of a, and b's last word. A product with 1 sign-extends. */
void xe__jit_emit_vsum_words(struct xe_emit *e, uint32_t all)
{
    int a = xe__jit_f_src(e, VA, XMM2);

    fill_one(e, XMM0, 32);
    xe_x64_v_imm(A, X64_VPSRLQ_I, XMM1, 0, x64_reg(a), 32);
    xe_x64_v(A, X64_VPMULDQ, XMM1, XMM1, x64_reg(XMM0));
    xe_x64_v(A, X64_VPMULDQ, XMM2, a, x64_reg(XMM0));
    xe_x64_v(A, X64_VPADDQ, XMM2, XMM2, x64_reg(XMM1));
    if (all) {
        xe_x64_v_imm(A, X64_VPSRLDQ_I, XMM1, 0, x64_reg(XMM2), 8);
        xe_x64_v(A, X64_VPADDQ, XMM2, XMM2, x64_reg(XMM1));
    }
    xe_x64_v(A, X64_VPMULDQ, XMM1, XMM0, xe__jit_f(e, VB));
    xe_x64_v(A, X64_VPADDQ, XMM2, XMM2, x64_reg(XMM1));
    if (all) { /* nothing above it */
        xe_x64_v_imm(A, X64_VPSLLDQ_I, XMM2, 0, x64_reg(XMM2), 8);
        xe_x64_v_imm(A, X64_VPSRLDQ_I, XMM2, 0, x64_reg(XMM2), 8);
    }
    put_held_doubles(e);
}
