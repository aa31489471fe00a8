/* Vector moves: selects, splats, merges, permutes, packs and shifts of whole registers. */
#include "jit/emit_rows.h"
#include "jit/emit_vmx.h"

/* d = c ? b : a, bit by bit; in VMX128 c is VD. */
void xe__jit_emit_vsel(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0), c = xe__jit_f_src(e, xe__is_128(e) ? VD : VC, XMM0);

    (void)unused;
    xe_x64_v(A, X64_VPAND, XMM1, c, xe__jit_f(e, VB));
    xe_x64_v(A, X64_VPANDN, XMM2, c, xe__jit_f(e, VA));
    xe_x64_v(A, X64_VPOR, d, XMM1, x64_reg(XMM2));
    xe__jit_f_put(e, VD, d);
}

/* ---- splats ---------------------------------------------------------------------------------- */

void xe__jit_emit_vspltw(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0);

    (void)unused;
    xe_x64_imm(A, X64_VPSHUFD, d, xe__jit_f(e, VB), (int32_t)(~UIM5 & 3) * 0x55);
    xe__jit_f_put(e, VD, d);
}

/* Bytes or halfwords: the element comes from memory, or is moved to the lowest place. */
void xe__jit_emit_vsplt(struct xe_emit *e, uint32_t size)
{
    int d = xe__jit_f_dst(e, VD, XMM0), at = (int)(~UIM5 & (16 / size - 1)) * (int)size;
    struct xe_x64_rm b = xe__jit_f(e, VB);

    if (b.kind == X64_IS_REG && at) {
        xe_x64_v_imm(A, X64_VPSRLDQ_I, XMM0, 0, b, at);
        b = x64_reg(XMM0);
    } else if (b.kind != X64_IS_REG) {
        b.disp += at;
    }
    xe_x64(A, size == 1 ? X64_VPBROADCASTB : X64_VPBROADCASTW, d, b);
    xe__jit_f_put(e, VD, d);
}

/* The immediate in elements of `bits` bits. */
void xe__jit_emit_vspltis(struct xe_emit *e, uint32_t bits)
{
    int d = xe__jit_f_dst(e, VD, XMM0);
    uint32_t value = (uint32_t)xe_ppc_sim(e->word);

    if (bits == 8)
        value = (value & 0xFF) * 0x01010101u;
    else if (bits == 16)
        value = (value & 0xFFFF) * 0x00010001u;
    xe__jit_v_fill(e, d, value);
    xe__jit_f_put(e, VD, d);
}

/* ---- permutes -------------------------------------------------------------------------------- */

static void permute(struct xe_emit *e, uint32_t control)
{
    int d = xe__jit_f_dst(e, VD, XMM0), c = xe__jit_f_src(e, control, XMM0);

    xe_x64_v(A, X64_VPANDN, XMM0, c, xe__jit_constant(e, JIT_1F8)); /* guest to host numbers */
    if (VA == VB) {
        xe_x64_v(A, X64_VPSHUFB, d, xe__jit_f_src(e, VA, XMM1), x64_reg(XMM0));
    } else {
        xe_x64_v(A, X64_VPSHUFB, XMM1, xe__jit_f_src(e, VA, XMM1), x64_reg(XMM0));
        xe_x64_v(A, X64_VPSHUFB, XMM2, xe__jit_f_src(e, VB, XMM2), x64_reg(XMM0));
        xe_x64_v_imm(A, X64_VPSLLW_I, XMM0, 0, x64_reg(XMM0), 3); /* 16 to the top bit */
        xe_x64_v_imm(A, X64_VPBLENDVB, d, XMM2, x64_reg(XMM1), XMM0);
    }
    xe__jit_f_put(e, VD, d);
}

void xe__jit_emit_vperm(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    permute(e, xe__is_128(e) ? F_VR + (xe_ppc_vc128(e->word)) : VC);
}

void xe__jit_emit_vsldoi(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    (void)unused;
    xe_x64_v_imm(A, X64_VPALIGNR, d, a, xe__jit_f(e, VB), 16 - (int32_t)(xe_ppc_shb(e->word)));
    xe__jit_f_put(e, VD, d);
}

void xe__jit_emit_vpermwi(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0);
    uint32_t pick = xe_ppc_perm(e->word);

    (void)unused;
    xe_x64_imm(A, X64_VPSHUFD, d, xe__jit_f(e, VB), (int32_t)(~pick & 0xFF));
    xe__jit_f_put(e, VD, d);
}

/* Words of b, rotated to the left, where the mask says. */
void xe__jit_emit_vrlimi(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, VD, XMM0);
    uint32_t rotate = xe_ppc_z(e->word), order = 0;
    struct xe_x64_rm from = xe__jit_f(e, VB);

    (void)unused;
    for (uint32_t i = 0; i < 4; i++)
        order |= ((i - rotate) & 3) << 2 * i;
    if (rotate) {
        xe_x64_imm(A, X64_VPSHUFD, XMM1, from, (int32_t)order);
        from = x64_reg(XMM1);
    }
    xe_x64_v_imm(A, X64_VBLENDPS, d, xe__jit_f_src(e, VD, XMM0), from, (int32_t)(UIM5 & 15));
    xe__jit_f_put(e, VD, d);
}

/* ---- whole registers ------------------------------------------------------------------------- */

/* By octets; the amount is in the last byte. A control byte with the top bit set gives 0. */
void xe__jit_emit_vslo(struct xe_emit *e, uint32_t right)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0);

    xe_x64(A, X64_VPBROADCASTB, XMM1, xe__jit_f(e, VB));
    xe_x64_v_imm(A, X64_VPSRLW_I, XMM1, 0, x64_reg(XMM1), 3);
    xe_x64_v(A, X64_VPAND, XMM1, XMM1, xe__jit_constant(e, JIT_F8));
    if (right) {
        xe_x64_v(A, X64_VPADDB, XMM1, XMM1, xe__jit_constant(e, JIT_COUNT_OUT));
    } else {
        xe_x64(A, X64_VMOVUPS, XMM2, xe__jit_constant(e, JIT_COUNT));
        xe_x64_v(A, X64_VPSUBB, XMM1, XMM2, x64_reg(XMM1));
    }
    xe_x64_v(A, X64_VPSHUFB, d, a, x64_reg(XMM1));
    xe__jit_f_put(e, VD, d);
}

/* By 0 to 7 bits: the halves, and what goes from one to the other. A shift by 64 gives 0. */
void xe__jit_emit_vsl(struct xe_emit *e, uint32_t right)
{
    int d = xe__jit_f_dst(e, VD, XMM0), a = xe__jit_f_src(e, VA, XMM0),
        b = xe__jit_f_src(e, VB, XMM1);

    xe_x64(A, X64_VMOVD_ST, b, x64_reg(X64_RCX));
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RCX), 7);
    xe_x64_mov_imm(A, X64_RAX, 64);
    xe_x64(A, X64_SUB32, X64_RAX, x64_reg(X64_RCX));
    xe_x64(A, X64_VMOVD, XMM1, x64_reg(X64_RCX));
    xe_x64(A, X64_VMOVD, XMM2, x64_reg(X64_RAX));
    xe_x64_v_imm(A, right ? X64_VPSRLDQ_I : X64_VPSLLDQ_I, XMM3, 0, x64_reg(a), 8);
    xe_x64_v(A, right ? X64_VPSLLQ : X64_VPSRLQ, XMM3, XMM3, x64_reg(XMM2));
    xe_x64_v(A, right ? X64_VPSRLQ : X64_VPSLLQ, XMM0, a, x64_reg(XMM1));
    xe_x64_v(A, X64_VPOR, d, XMM0, x64_reg(XMM3));
    xe__jit_f_put(e, VD, d);
}

/* ---- packs ----------------------------------------------------------------------------------- */

/* The flags (ZF) say whether all elements of XMM0 and XMM1 fit. */
static void test_range(struct xe_emit *e, uint32_t how)
{
    uint32_t outside = how & PACK_WORDS ? 0xFFFF0000u : 0xFF00FF00u;
    uint32_t bias = how & PACK_WORDS ? 0x00008000u : 0x00800080u;
    enum xe_x64_id add = how & PACK_WORDS ? X64_VPADDD : X64_VPADDW;

    if (how & PACK_SIGNED) {
        xe__jit_v_fill(e, XMM3, bias);
        xe_x64_v(A, add, XMM2, XMM3, x64_reg(XMM0));
        xe_x64_v(A, add, XMM3, XMM3, x64_reg(XMM1));
        xe_x64_v(A, X64_VPOR, XMM2, XMM2, x64_reg(XMM3));
    } else {
        xe_x64_v(A, X64_VPOR, XMM2, XMM0, x64_reg(XMM1));
    }
    xe__jit_v_fill(e, XMM3, outside);
    xe_x64(A, X64_VPTEST, XMM2, x64_reg(XMM3));
}

/* The host packs its first operand to the lower half: b's. */
void xe__jit_emit_vpack(struct xe_emit *e, uint32_t how)
{
    static const enum xe_x64_id pack[] = {X64_VPACKUSWB, X64_VPACKUSDW, X64_VPACKSSWB,
                                          X64_VPACKSSDW};
    int d = xe__jit_f_dst(e, VD, XMM0);
    bool words = how & PACK_WORDS;

    xe_x64(A, X64_VMOVUPS, XMM0, xe__jit_f(e, VA));
    xe_x64(A, X64_VMOVUPS, XMM1, xe__jit_f(e, VB));
    if (!(how & PACK_MODULO))
        test_range(e, how);
    if (how & PACK_MODULO || how & PACK_UNSIGNED) { /* the host takes its operands as signed */
        enum xe_x64_id cut = how & PACK_MODULO ? X64_VPAND : words ? X64_VPMINUD : X64_VPMINUW;

        xe__jit_v_ones(e, XMM3);
        xe_x64_v_imm(A, words ? X64_VPSRLD_I : X64_VPSRLW_I, XMM3, 0, x64_reg(XMM3),
                     words ? 16 : 8);
        xe_x64_v(A, cut, XMM0, XMM0, x64_reg(XMM3));
        xe_x64_v(A, cut, XMM1, XMM1, x64_reg(XMM3));
    }
    xe_x64_v(A, pack[(how & PACK_SIGNED ? 2 : 0) + words], d, XMM1, x64_reg(XMM0));
    xe__jit_f_put(e, VD, d);
    if (!(how & PACK_MODULO))
        xe__jit_v_saturated(e);
}

/* Elements made twice as wide, keeping their sign. */
void xe__jit_emit_vunpack_low(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_f_dst(e, VD, XMM0);

    xe_x64(A, (enum xe_x64_id)op, d, xe__jit_f(e, VB));
    xe__jit_f_put(e, VD, d);
}

void xe__jit_emit_vunpack_high(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_f_dst(e, VD, XMM0), b = xe__jit_f_src(e, VB, XMM0);

    xe_x64_v_imm(A, X64_VPSRLDQ_I, XMM0, 0, x64_reg(b), 8);
    xe_x64(A, (enum xe_x64_id)op, d, x64_reg(XMM0));
    xe__jit_f_put(e, VD, d);
}

/* ---- pixels ---------------------------------------------------------------------------------- */

/* to |= or, first, = (from shifted by n, to the left where positive) & mask. XMM3 is used. */
static void take(struct xe_emit *e, int to, int from, int n, uint32_t mask, bool first)
{
    int x = first ? to : XMM3;

    xe_x64_v_imm(A, n > 0 ? X64_VPSLLD_I : X64_VPSRLD_I, x, 0, x64_reg(from), n > 0 ? n : -n);
    xe__jit_v_fill(e, XMM4, mask);
    xe_x64_v(A, X64_VPAND, x, x, x64_reg(XMM4));
    if (!first)
        xe_x64_v(A, X64_VPOR, to, to, x64_reg(XMM3));
}

/* 8-8-8-8 to 1-5-5-5: the top bits of each byte, the lowest bit of the first. */
void xe__jit_emit_vpkpx(struct xe_emit *e, uint32_t unused)
{
    const int from[2] = {xe__jit_f_src(e, VA, XMM0), xe__jit_f_src(e, VB, XMM1)};
    int d = xe__jit_f_dst(e, VD, XMM0);

    (void)unused;
    for (int i = 0; i < 2; i++) { /* XMM0 becomes a's; XMM1, b's */
        take(e, XMM2, from[i], -9, 0xFC00, true);
        take(e, XMM2, from[i], -6, 0x03E0, false);
        take(e, XMM2, from[i], -3, 0x001F, false);
        xe_x64(A, X64_VMOVAPS, i, x64_reg(XMM2));
    }
    xe_x64_v(A, X64_VPACKUSDW, d, XMM1, x64_reg(XMM0));
    xe__jit_f_put(e, VD, d);
}

/* 1-5-5-5 to bytes: sign copies of the 1-bit field, the others with zeros on top. */
void xe__jit_emit_vunpack_pixel(struct xe_emit *e, uint32_t high)
{
    int b = xe__jit_f_src(e, VB, XMM0);

    if (high) {
        xe_x64_v_imm(A, X64_VPSRLDQ_I, XMM0, 0, x64_reg(b), 8);
        b = XMM0;
    }
    xe_x64(A, X64_VPMOVSXWD, XMM0, x64_reg(b));
    take(e, XMM1, XMM0, 6, 0x001F0000, true);
    take(e, XMM1, XMM0, 3, 0x00001F00, false);
    take(e, XMM1, XMM0, 0, 0xFF00001F, false);
    xe__jit_f_put(e, VD, XMM1);
}
