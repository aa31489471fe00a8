/* vpkd3d128 and vupkd3d128; see vmx_d3d.h.
 *
 * The idea: a title adds a magic number that moves its value into the low bits of a float; packing
 * clamps the float's pattern to the field's range and keeps those bits. Unpacking puts the field
 * into the low bits of a magic float again. So a format is a list of fields, each with its place in
 * the packed 64 bits, its clamp when packing and its float when unpacking.
 * Source: xenia (the half format's thresholds, too); the multiply-adds compilers emit next to the
 * instructions confirm the magic numbers. Type 7 and pack 0 are not described anywhere known. */
#include "cpu/softfp/vmx_d3d.h"

#include "cpu/softfp/vmx_internal.h"

#define COLOR_CLAMP  0x40400000u, 0x404000FFu
#define SHORT_CLAMP  0x403F8001u, 0x40407FFFu
#define TEN_CLAMP    0x403FFE01u, 0x404001FFu
#define TWENTY_CLAMP 0x40380001u, 0x4047FFFFu
#define TWO_CLAMP    0x40400000u, 0x40400003u
#define FOUR_CLAMP   0x40400000u, 0x4040000Fu

const struct xe_vmx_d3d_field xe_vmx_d3d_formats[XE_VMX_D3D_TYPES][4] = {
    [XE_VMX_D3D_COLOR] = {{XE_VMX_D3D_IS_UNSIGNED, 16, 8, COLOR_CLAMP},
                          {XE_VMX_D3D_IS_UNSIGNED, 8, 8, COLOR_CLAMP},
                          {XE_VMX_D3D_IS_UNSIGNED, 0, 8, COLOR_CLAMP},
                          {XE_VMX_D3D_IS_UNSIGNED, 24, 8, COLOR_CLAMP}},
    [XE_VMX_D3D_SHORT2] = {{XE_VMX_D3D_IS_SIGNED, 16, 16, SHORT_CLAMP},
                           {XE_VMX_D3D_IS_SIGNED, 0, 16, SHORT_CLAMP},
                           {.kind = XE_VMX_D3D_CONSTANT_ZERO},
                           {.kind = XE_VMX_D3D_CONSTANT_ONE}},
    [XE_VMX_D3D_2_10_10_10] = {{XE_VMX_D3D_IS_SIGNED, 0, 10, TEN_CLAMP},
                               {XE_VMX_D3D_IS_SIGNED, 10, 10, TEN_CLAMP},
                               {XE_VMX_D3D_IS_SIGNED, 20, 10, TEN_CLAMP},
                               {XE_VMX_D3D_IS_UNSIGNED, 30, 2, TWO_CLAMP}},
    [XE_VMX_D3D_FLOAT16_2] = {{XE_VMX_D3D_IS_HALF, 16, 16, 0, 0},
                              {XE_VMX_D3D_IS_HALF, 0, 16, 0, 0},
                              {.kind = XE_VMX_D3D_CONSTANT_ZERO},
                              {.kind = XE_VMX_D3D_CONSTANT_ONE}},
    [XE_VMX_D3D_SHORT4] = {{XE_VMX_D3D_IS_SIGNED, 48, 16, SHORT_CLAMP},
                           {XE_VMX_D3D_IS_SIGNED, 32, 16, SHORT_CLAMP},
                           {XE_VMX_D3D_IS_SIGNED, 16, 16, SHORT_CLAMP},
                           {XE_VMX_D3D_IS_SIGNED, 0, 16, SHORT_CLAMP}},
    [XE_VMX_D3D_FLOAT16_4] = {{XE_VMX_D3D_IS_HALF, 48, 16, 0, 0},
                              {XE_VMX_D3D_IS_HALF, 32, 16, 0, 0},
                              {XE_VMX_D3D_IS_HALF, 16, 16, 0, 0},
                              {XE_VMX_D3D_IS_HALF, 0, 16, 0, 0}},
    [XE_VMX_D3D_4_20_20_20] = {{XE_VMX_D3D_IS_SIGNED, 0, 20, TWENTY_CLAMP},
                               {XE_VMX_D3D_IS_SIGNED, 20, 20, TWENTY_CLAMP},
                               {XE_VMX_D3D_IS_SIGNED, 40, 20, TWENTY_CLAMP},
                               {XE_VMX_D3D_IS_UNSIGNED, 60, 4, FOUR_CLAMP}},
};

/* The pattern of x held between two positive floats; a NaN gives the lower. */
static uint32_t clamp(uint32_t x, uint32_t low, uint32_t high)
{
    if (xe__vmx_is_nan(x) || (x & XE__VMX_SIGN) || x < low)
        return low;
    return x > high ? high : x;
}

/* 1-5-10 without infinities and NaNs: exponent 31 is an ordinary one.
 * Guess: saturation starts at 131008 rather than above 65504; small values lose their last bits
 * and, below 2^-14, everything. Packing 65536.0 and 2^-15 on a console would settle it. */
static uint32_t to_half(uint32_t x)
{
    uint32_t sign = x >> 16 & 0x8000u, magnitude = x & ~XE__VMX_SIGN;

    if (magnitude >= 0x47FFE000u)
        return sign | 0x7FFFu;
    if (magnitude < 0x38800000u)
        return sign;
    return sign | ((magnitude - (112u << 23)) >> 13);
}

static uint32_t from_half(uint32_t half)
{
    uint32_t sign = (half & 0x8000u) << 16, magnitude = half & 0x7FFFu;

    return magnitude < 0x400u ? sign : sign | ((magnitude << 13) + (112u << 23));
}

static uint64_t pack_field(uint32_t x, const struct xe_vmx_d3d_field *f)
{
    if (f->kind == XE_VMX_D3D_IS_HALF)
        return (uint64_t)to_half(x) << f->shift;
    return (uint64_t)(clamp(x, f->low, f->high) & ((1u << f->bits) - 1)) << f->shift;
}

/* The most negative value of a signed field stands for a NaN. */
static uint32_t unpack_field(uint64_t packed, const struct xe_vmx_d3d_field *f)
{
    uint32_t top = f->bits ? 1u << (f->bits - 1) : 0;
    uint32_t field = (uint32_t)(packed >> f->shift) & (top * 2 - 1);

    switch ((enum xe_vmx_d3d_kind)f->kind) {
    case XE_VMX_D3D_CONSTANT_ZERO:
        return 0;
    case XE_VMX_D3D_CONSTANT_ONE:
        return XE__VMX_ONE;
    case XE_VMX_D3D_IS_UNSIGNED:
        return XE_VMX_D3D_UNSIGNED_BASE + field;
    case XE_VMX_D3D_IS_SIGNED:
        return field == top ? XE__VMX_NAN : XE_VMX_D3D_SIGNED_BASE + (field ^ top) - top;
    case XE_VMX_D3D_IS_HALF:
        return from_half(field);
    }
    return 0;
}

/* Source: xenia. */
const uint8_t xe_vmx_d3d_placement[4][4][4] = {
    [1] = {{0, 1, 2, 7}, {0, 1, 7, 3}, {0, 7, 2, 3}, {7, 1, 2, 3}},
    [2] = {{0, 1, 6, 7}, {0, 6, 7, 3}, {6, 7, 2, 3}, {7, 1, 2, 3}},
    [3] = {{0, 1, 6, 7}, {0, 6, 7, 3}, {6, 7, 2, 3}, {0, 1, 2, 6}},
};

void xe_vmx_pack_d3d(union xe_vr *d, const union xe_vr *b, enum xe_vmx_d3d type, uint32_t pack,
                     uint32_t rotate)
{
    uint32_t from[8] = {[4] = 0};
    uint64_t packed = 0;

    for (uint32_t i = 0; i < 4; i++) {
        from[i] = d->w[XE_VW(i)];
        packed |= xe_vmx_d3d_formats[type][i].bits
                      ? pack_field(b->w[XE_VW(i)], &xe_vmx_d3d_formats[type][i])
                      : 0;
    }
    from[6] = (uint32_t)(packed >> 32);
    from[7] = (uint32_t)packed;
    for (uint32_t i = 0; i < 4; i++)
        d->w[XE_VW(i)] = from[xe_vmx_d3d_placement[pack & 3][rotate & 3][i]];
}

void xe_vmx_unpack_d3d(union xe_vr *d, const union xe_vr *b, enum xe_vmx_d3d type)
{
    uint64_t packed = b->d[XE_VD(1)];

    for (uint32_t i = 0; i < 4; i++)
        d->w[XE_VW(i)] = unpack_field(packed, &xe_vmx_d3d_formats[type][i]);
}
