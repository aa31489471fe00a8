/* Vector integer products and their sums.
 *
 * The odd element of a guest pair is the lower one of the host's wider lane. Products are made of
 * elements that were widened in place by two shifts. */
#include "jit/emit_rows.h"
#include "jit/emit_vmx.h"

/* to = the lower (else upper) bytes of halfwords, or halfwords of words, of x, widened. */
static void widen(struct xe_emit *e, int to, int x, uint32_t how, bool sign)
{
    static const enum xe_x64_id left[] = {X64_VPSLLW_I, X64_VPSLLD_I};
    static const enum xe_x64_id right[] = {X64_VPSRLW_I, X64_VPSRLD_I, X64_VPSRAW_I, X64_VPSRAD_I};
    bool halves = how & MUL_HALVES;
    int bits = halves ? 16 : 8;

    if (how & MUL_ODD) {
        xe_x64_v_imm(A, left[halves], to, 0, x64_reg(x), bits);
        x = to;
    }
    xe_x64_v_imm(A, right[halves + 2 * sign], to, 0, x64_reg(x), bits);
}

/* XMM2 = products of the odd or even elements of a and b. */
static void multiply(struct xe_emit *e, enum xe_x64_id op, int a, int b, uint32_t how)
{
    widen(e, XMM2, a, how, how & (MUL_SIGNED | MUL_A_SIGNED));
    widen(e, XMM3, b, how, how & MUL_SIGNED);
    xe_x64_v(A, op, XMM2, XMM2, x64_reg(XMM3));
}

void xe__jit_emit_vmul(struct xe_emit *e, uint32_t how)
{
    int a = xe__jit_f_src(e, VA, XMM0), b = xe__jit_f_src(e, VB, XMM1);

    multiply(e, how & MUL_HALVES ? X64_VPMULLD : X64_VPMULLW, a, b, how);
    xe__jit_f_put(e, VD, XMM2);
}

/* Per word: the sum of the products of its elements, and c. Of bytes, the host adds two at once. */
void xe__jit_emit_vmsum(struct xe_emit *e, uint32_t how)
{
    int a = xe__jit_f_src(e, VA, XMM0), b = xe__jit_f_src(e, VB, XMM1);
    enum xe_x64_id op = how & MUL_HALVES ? X64_VPMULLD : X64_VPMADDWD;

    multiply(e, op, a, b, how | MUL_ODD);
    xe_x64_v(A, X64_VPADDD, XMM4, XMM2, xe__jit_f(e, VC));
    multiply(e, op, a, b, how);
    xe_x64_v(A, X64_VPADDD, XMM4, XMM4, x64_reg(XMM2));
    xe__jit_f_put(e, VD, XMM4);
}

/* a * b + c modulo the element: halfwords, or pairs of signed halfwords to words. */
void xe__jit_emit_vmladd(struct xe_emit *e, uint32_t how)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    xe_x64_v(A, (enum xe_x64_id)(how & 0xFFFF), XMM1, a, xe__jit_f(e, VB));
    xe_x64_v(A, (enum xe_x64_id)(how >> 16), d, XMM1, xe__jit_f(e, VC));
    xe__jit_f_put(e, VD, d);
}
