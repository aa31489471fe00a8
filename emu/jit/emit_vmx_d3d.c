/* vpkd3d128 and vupkd3d128: the formats of vmx_d3d.c, four fields at once.
 *
 * The idea: what the fields of a format need is laid out by lane next to the code, once: where its
 * bytes are, shifts, masks, limits, and what is added. */
#include "jit/emit_rows.h"
#include "jit/emit_vmx.h"

#define NAN_BITS 0x7FC00000u
#define INFINITY 0x7F800000u
#define ONE      0x3F800000u
/* Half floats: where they start as singles, the least that is not 0, and the largest. */
#define HALF_BASE  (112u << 23)
#define HALF_LEAST 0x38800000u
#define HALF_MOST  0x47FFE000u

static void fill_lane(struct xe_jit_d3d *to, uint32_t lane, const struct xe_vmx_d3d_field *field)
{
    uint32_t top = field->kind == XE_VMX_D3D_IS_SIGNED ? 1u << (field->bits - 1) : 0;

    for (uint32_t i = 0; i < 4; i++) { /* beyond the 64 bits: 0 */
        uint32_t byte = field->shift / 8 + i;

        to->window[4 * lane + i] = (uint8_t)(byte < 8 && field->bits ? byte : 0x80);
    }
    to->shift[lane] = field->shift % 8;
    to->mask[lane] = (1u << field->bits) - 1;
    to->nan[lane] = top ? top : UINT32_MAX;
    to->flip[lane] = top;
    to->add[lane] = field->kind == XE_VMX_D3D_CONSTANT_ONE  ? ONE
                    : field->kind == XE_VMX_D3D_IS_UNSIGNED ? XE_VMX_D3D_UNSIGNED_BASE
                    : field->kind == XE_VMX_D3D_IS_SIGNED   ? XE_VMX_D3D_SIGNED_BASE - top
                                                            : 0;
    to->low[lane] = field->low;
    to->high[lane] = field->high;
    to->place[lane] = field->shift;
}

void xe__jit_fill_d3d(struct xe_jit_frame *frame)
{
    for (uint32_t type = 0; type < XE_VMX_D3D_TYPES; type++)
        for (uint32_t lane = 0; lane < 4; lane++)
            fill_lane(&frame->d3d[type], lane, &xe_vmx_d3d_formats[type][XE_VW(lane)]);
}

static bool is_half(uint32_t type)
{
    return xe_vmx_d3d_formats[type][0].kind == XE_VMX_D3D_IS_HALF;
}

/* ---- unpack ---------------------------------------------------------------------------------- */

/* XMM0 = the singles of half floats in XMM0; exponents below the least are zeros. */
static void widen_halves(struct xe_emit *e)
{
    xe__jit_v_fill(e, XMM1, 0x7FFF);
    xe_x64_v(A, X64_VPAND, XMM1, XMM1, x64_reg(XMM0)); /* magnitudes */
    xe_x64_v(A, X64_VPXOR, XMM0, XMM0, x64_reg(XMM1));
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM0, 0, x64_reg(XMM0), 16); /* signs */
    xe__jit_v_fill(e, XMM2, 0x400);
    xe_x64_v(A, X64_VPCMPGTD, XMM2, XMM2, x64_reg(XMM1));
    xe_x64_v_imm(A, X64_VPSLLD_I, XMM1, 0, x64_reg(XMM1), 13);
    xe__jit_v_fill(e, XMM3, HALF_BASE);
    xe_x64_v(A, X64_VPADDD, XMM1, XMM1, x64_reg(XMM3));
    xe_x64_v(A, X64_VPANDN, XMM1, XMM2, x64_reg(XMM1));
    xe_x64_v(A, X64_VPOR, XMM0, XMM0, x64_reg(XMM1));
}

/* Each lane: the four bytes its field lies in, shifted and masked; then the float with it in its
 * low bits. The most negative value of a signed field is a NaN. */
void xe__jit_emit_vupkd3d(struct xe_emit *e, uint32_t unused)
{
    uint32_t type = UIM5 >> 2;
    const struct xe_jit_d3d *format = &e->frame->d3d[type];
    int d = xe__jit_f_dst(e, VD, XMM0);

    (void)unused;
    xe_x64_v(A, X64_VPSHUFB, XMM0, xe__jit_f_src(e, VB, XMM0), x64_near(format->window));
    xe_x64_v(A, X64_VPSRLVD, XMM0, XMM0, x64_near(format->shift));
    xe_x64_v(A, X64_VPAND, XMM0, XMM0, x64_near(format->mask));
    if (is_half(type)) {
        widen_halves(e);
        xe_x64_v(A, X64_VPADDD, d, XMM0, x64_near(format->add));
    } else {
        xe_x64_v(A, X64_VPCMPEQD, XMM1, XMM0, x64_near(format->nan));
        xe_x64_v(A, X64_VPXOR, XMM0, XMM0, x64_near(format->flip));
        xe_x64_v(A, X64_VPADDD, XMM0, XMM0, x64_near(format->add));
        xe__jit_v_fill(e, XMM2, NAN_BITS);
        xe_x64_v_imm(A, X64_VBLENDVPS, d, XMM0, x64_reg(XMM2), XMM1);
    }
    xe__jit_f_put(e, VD, d);
}

/* ---- pack ------------------------------------------------------------------------------------ */

/* XMM0 = b's patterns held between the format's; NaNs and negative ones are the lower. */
static void clamp(struct xe_emit *e, const struct xe_jit_d3d *format, int b)
{
    xe__jit_v_fill(e, XMM1, INFINITY);
    xe_x64_v(A, X64_VPCMPGTD, XMM1, b, x64_reg(XMM1));
    xe_x64_v(A, X64_VPANDN, XMM0, XMM1, x64_reg(b));
    xe_x64_v(A, X64_VPMAXSD, XMM0, XMM0, x64_near(format->low));
    xe_x64_v(A, X64_VPMINSD, XMM0, XMM0, x64_near(format->high));
}

/* XMM0 = b as half floats. */
static void narrow_to_halves(struct xe_emit *e, int b)
{
    xe_x64_v(A, X64_VPAND, XMM1, b, xe__jit_constant(e, JIT_MAGNITUDE32));
    xe_x64_v(A, X64_VPXOR, XMM0, XMM1, x64_reg(b));
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM0, 0, x64_reg(XMM0), 16); /* signs */
    xe__jit_v_fill(e, XMM2, HALF_MOST);
    xe_x64_v(A, X64_VPMINSD, XMM1, XMM1, x64_reg(XMM2));
    xe__jit_v_fill(e, XMM2, HALF_LEAST);
    xe_x64_v(A, X64_VPCMPGTD, XMM2, XMM2, x64_reg(XMM1));
    xe__jit_v_fill(e, XMM3, HALF_BASE);
    xe_x64_v(A, X64_VPSUBD, XMM1, XMM1, x64_reg(XMM3));
    xe_x64_v_imm(A, X64_VPSRLD_I, XMM1, 0, x64_reg(XMM1), 13);
    xe_x64_v(A, X64_VPANDN, XMM1, XMM2, x64_reg(XMM1));
    xe_x64_v(A, X64_VPOR, XMM0, XMM0, x64_reg(XMM1));
}

/* XMM0 = both halves: the fields of XMM0, each moved to its place in 64 bits. */
static void assemble(struct xe_emit *e, const struct xe_jit_d3d *format)
{
    xe_x64_v(A, X64_VPAND, XMM0, XMM0, x64_near(format->mask));
    xe_x64_v_imm(A, X64_VPSRLDQ_I, XMM1, 0, x64_reg(XMM0), 8);
    xe_x64(A, X64_VPMOVZXDQ, XMM0, x64_reg(XMM0));
    xe_x64(A, X64_VPMOVZXDQ, XMM1, x64_reg(XMM1));
    xe_x64_v(A, X64_VPSLLVQ, XMM0, XMM0, x64_near(&format->place[0]));
    xe_x64_v(A, X64_VPSLLVQ, XMM1, XMM1, x64_near(&format->place[2]));
    xe_x64_v(A, X64_VPOR, XMM0, XMM0, x64_reg(XMM1));
    xe_x64_imm(A, X64_VPSHUFD, XMM1, x64_reg(XMM0), 0x4E);
    xe_x64_v(A, X64_VPOR, XMM0, XMM0, x64_reg(XMM1));
}

void xe__jit_emit_vpkd3d(struct xe_emit *e, uint32_t unused)
{
    uint32_t type = UIM5 >> 2, pack = UIM5 & 3, order = 0, taken = 0;
    const struct xe_jit_d3d *format = &e->frame->d3d[type];
    int d = xe__jit_f_dst(e, VD, XMM1);

    (void)unused;
    if (is_half(type))
        narrow_to_halves(e, xe__jit_f_src(e, VB, XMM0));
    else
        clamp(e, format, xe__jit_f_src(e, VB, XMM0));
    assemble(e, format);
    for (uint32_t lane = 0; lane < 4; lane++) {
        uint32_t from = xe_vmx_d3d_placement[pack][xe_ppc_z(e->word)][XE_VW(lane)];

        if (from >= 4) {
            taken |= 1u << lane;
            order |= (uint32_t)XE_VW(from - 4) << 2 * lane;
        }
    }
    xe_x64_imm(A, X64_VPSHUFD, XMM0, x64_reg(XMM0), (int32_t)order);
    xe_x64_v_imm(A, X64_VBLENDPS, d, xe__jit_f_src(e, VD, XMM1), x64_reg(XMM0), (int32_t)taken);
    xe__jit_f_put(e, VD, d);
}
