/* vpkd3d128 and vupkd3d128; see vmx_d3d.h.
 *
 * The idea: a title adds a magic number that moves its value into the low bits of a float; packing
 * clamps the float's pattern to the field's range and keeps those bits. Unpacking puts the field
 * into the low bits of a magic float again. So a format is a list of fields, each with its place in
 * the packed 64 bits, its clamp when packing and its float when unpacking.
 * Source: public VMX128 descriptions; the multiply-adds compilers emit next to the instructions
 * confirm the magic numbers. Type 7 and pack 0 are not described anywhere known. */
#include "cpu/vmx_d3d.h"

#include "cpu/vmx_internal.h"

#define UNSIGNED_BASE 0x3F800000u /* 1.0: unpacked unsigned fields */
#define SIGNED_BASE   0x40400000u /* 3.0: signed ones, and everything packed */

enum field_kind {
    CONSTANT_ZERO, /* not stored; 0.0 when unpacked */
    CONSTANT_ONE,  /* not stored; 1.0 when unpacked */
    UNSIGNED,
    SIGNED,
    HALF,
};

/* One of x y z w. */
struct field {
    uint8_t kind;
    uint8_t shift; /* of its lowest bit in words 2 and 3 seen as one 64-bit number */
    uint8_t bits;
    uint32_t low, high; /* clamp, patterns of floats */
};

#define COLOR_CLAMP  0x40400000u, 0x404000FFu
#define SHORT_CLAMP  0x403F8001u, 0x40407FFFu
#define TEN_CLAMP    0x403FFE01u, 0x404001FFu
#define TWENTY_CLAMP 0x40380001u, 0x4047FFFFu
#define TWO_CLAMP    0x40400000u, 0x40400003u
#define FOUR_CLAMP   0x40400000u, 0x4040000Fu

static const struct field formats[XE_VMX_D3D_TYPES][4] = {
    [XE_VMX_D3D_COLOR] = {{UNSIGNED, 16, 8, COLOR_CLAMP},
                          {UNSIGNED, 8, 8, COLOR_CLAMP},
                          {UNSIGNED, 0, 8, COLOR_CLAMP},
                          {UNSIGNED, 24, 8, COLOR_CLAMP}},
    [XE_VMX_D3D_SHORT2] = {{SIGNED, 16, 16, SHORT_CLAMP},
                           {SIGNED, 0, 16, SHORT_CLAMP},
                           {.kind = CONSTANT_ZERO},
                           {.kind = CONSTANT_ONE}},
    [XE_VMX_D3D_2_10_10_10] = {{SIGNED, 0, 10, TEN_CLAMP},
                               {SIGNED, 10, 10, TEN_CLAMP},
                               {SIGNED, 20, 10, TEN_CLAMP},
                               {UNSIGNED, 30, 2, TWO_CLAMP}},
    [XE_VMX_D3D_FLOAT16_2] = {{HALF, 16, 16, 0, 0},
                              {HALF, 0, 16, 0, 0},
                              {.kind = CONSTANT_ZERO},
                              {.kind = CONSTANT_ONE}},
    [XE_VMX_D3D_SHORT4] = {{SIGNED, 48, 16, SHORT_CLAMP},
                           {SIGNED, 32, 16, SHORT_CLAMP},
                           {SIGNED, 16, 16, SHORT_CLAMP},
                           {SIGNED, 0, 16, SHORT_CLAMP}},
    [XE_VMX_D3D_FLOAT16_4] = {{HALF, 48, 16, 0, 0},
                              {HALF, 32, 16, 0, 0},
                              {HALF, 16, 16, 0, 0},
                              {HALF, 0, 16, 0, 0}},
    [XE_VMX_D3D_4_20_20_20] = {{SIGNED, 0, 20, TWENTY_CLAMP},
                               {SIGNED, 20, 20, TWENTY_CLAMP},
                               {SIGNED, 40, 20, TWENTY_CLAMP},
                               {UNSIGNED, 60, 4, FOUR_CLAMP}},
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

static uint64_t pack_field(uint32_t x, const struct field *f)
{
    if (f->kind == HALF)
        return (uint64_t)to_half(x) << f->shift;
    return (uint64_t)(clamp(x, f->low, f->high) & ((1u << f->bits) - 1)) << f->shift;
}

/* The most negative value of a signed field stands for a NaN. */
static uint32_t unpack_field(uint64_t packed, const struct field *f)
{
    uint32_t top = f->bits ? 1u << (f->bits - 1) : 0;
    uint32_t field = (uint32_t)(packed >> f->shift) & (top * 2 - 1);

    switch ((enum field_kind)f->kind) {
    case CONSTANT_ZERO:
        return 0;
    case CONSTANT_ONE:
        return XE__VMX_ONE;
    case UNSIGNED:
        return UNSIGNED_BASE + field;
    case SIGNED:
        return field == top ? XE__VMX_NAN : SIGNED_BASE + (field ^ top) - top;
    case HALF:
        return from_half(field);
    }
    return 0;
}

/* Words of the result, by pack and rotate: 0 to 3 keep d's, 4 + n takes the packed word n.
 * Source: public VMX128 descriptions. */
static const uint8_t placement[4][4][4] = {
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
        packed |= formats[type][i].bits ? pack_field(b->w[XE_VW(i)], &formats[type][i]) : 0;
    }
    from[6] = (uint32_t)(packed >> 32);
    from[7] = (uint32_t)packed;
    for (uint32_t i = 0; i < 4; i++)
        d->w[XE_VW(i)] = from[placement[pack & 3][rotate & 3][i]];
}

void xe_vmx_unpack_d3d(union xe_vr *d, const union xe_vr *b, enum xe_vmx_d3d type)
{
    uint64_t packed = b->d[XE_VD(1)];

    for (uint32_t i = 0; i < 4; i++)
        d->w[XE_VW(i)] = unpack_field(packed, &formats[type][i]);
}
