/* Vector estimates; see vmx_float.h. What the books leave open is chosen here, once for every host:
 * no library function is used, so that results are the same everywhere.
 * Special operands: Source: AltiVec manual, chapter 6 (vrefp, vrsqrtefp, vexptefp, vlogefp). */
#include "cpu/softfp/vmx_float.h"

#include "cpu/softfp/vmx_internal.h"

/* Guess: the chip's table is not known; the nearest single is within the promised 1/4096. */
static uint32_t reciprocal(uint32_t b, uint32_t vscr)
{
    uint32_t x = xe__vmx_flush(b, vscr), sign = x & XE__VMX_SIGN;

    if (xe__vmx_is_nan(x))
        return x | XE__VMX_QUIET;
    if (!(x << 1))
        return sign | XE__VMX_INFINITY;
    if ((x & ~XE__VMX_SIGN) == XE__VMX_INFINITY)
        return sign;
    /* The quotient of a power of two by a 24-bit number is never so near a tie that rounding it
     * to double first matters. */
    return xe__vmx_round(1.0 / xe_float_of_bits(x), vscr);
}

/* Lines that approximate 2^25 / sqrt(m): base and slope per sixteenth of the mantissa, for odd and
 * even exponents. Source: the coefficients in the x64 back end of
 * xenia-canary (XMMVRsqrteTableStart), which calls them the chip's; largest error found: 1/5107. */
const struct xe_vmx_line xe_vmx_rsqrt_lines[2][16] = {
    /* even */
    {{0x7FFA, 0x3D2},
     {0x7C29, 0x380},
     {0x78AA, 0x338},
     {0x7572, 0x2F9},
     {0x7279, 0x2C2},
     {0x6FB7, 0x292},
     {0x6D26, 0x266},
     {0x6AC0, 0x23F},
     {0x6881, 0x21D},
     {0x6665, 0x1FD},
     {0x6468, 0x1E1},
     {0x6287, 0x1C7},
     {0x60C1, 0x1AF},
     {0x5F12, 0x199},
     {0x5D79, 0x185},
     {0x5BF4, 0x173}},
    /* odd */
    {{0xB4FD, 0x568},
     {0xAF97, 0x4F3},
     {0xAAA5, 0x48D},
     {0xA618, 0x435},
     {0xA1E4, 0x3E7},
     {0x9DFE, 0x3A2},
     {0x9A5C, 0x365},
     {0x96F8, 0x32E},
     {0x93CA, 0x2FC},
     {0x90CE, 0x2D0},
     {0x8DFE, 0x2A8},
     {0x8B57, 0x283},
     {0x88D4, 0x261},
     {0x8673, 0x243},
     {0x8431, 0x226},
     {0x820B, 0x20B}},
};

static uint32_t reciprocal_root(uint32_t b, uint32_t vscr)
{
    uint32_t x = xe__vmx_flush(b, vscr), fraction = x & 0x7FFFFFu, y;
    int exp = (int)(x >> 23 & 0xFF), shift;
    double scale;

    if (xe__vmx_is_nan(x))
        return x | XE__VMX_QUIET;
    if (!(x << 1))
        return x | XE__VMX_INFINITY;
    if (x & XE__VMX_SIGN)
        return XE__VMX_NAN;
    if (x == XE__VMX_INFINITY)
        return 0;
    if (exp == 0) {
        shift = __builtin_clz(fraction) - 8;
        fraction = (fraction << shift) & 0x7FFFFFu;
        exp = 1 - shift;
    }
    exp -= 127;
    y = xe_vmx_rsqrt_lines[exp & 1][fraction >> 19].base * 1024u -
        xe_vmx_rsqrt_lines[exp & 1][fraction >> 19].slope * (fraction >> 9 & 0x3FFu);
    exp = -(exp + (exp & 1)) / 2; /* -ceil(exp / 2) */
    scale = xe_float_of_bits((uint32_t)(exp + 127) << 23) * 0x1p-25;
    return xe_bits_of_float((float)(y * scale));
}

/* 2^f - 1 for 0 <= f < 1 by the series of exp(f ln 2); 2^-34 accurate, exact for 0. */
static double exp2_fraction(double f)
{
    double x = f * 0.693147180559945309417, sum = 0;

    for (int n = 12; n > 0; n--)
        sum = (1 + sum) * x / n;
    return sum;
}

/* Guess: the chip's bits are not known; this is 2^x to about single precision. */
static uint32_t power(uint32_t b, uint32_t vscr)
{
    uint32_t x = xe__vmx_flush(b, vscr);
    double value = xe_float_of_bits(x), result;
    int whole;

    if (xe__vmx_is_nan(x))
        return x | XE__VMX_QUIET;
    if (value >= 128)
        return XE__VMX_INFINITY;
    if (value < -151)
        return 0;
    whole = (int)value - (value < (int)value);
    result = 1 + exp2_fraction(value - whole);
    /* Two steps, because 2^whole may be no normal single. */
    result *= xe_float_of_bits((uint32_t)(whole / 2 + 127) << 23);
    result *= xe_float_of_bits((uint32_t)(whole - whole / 2 + 127) << 23);
    return xe__vmx_round(result, vscr);
}

/* log2(m) for 1 <= m < 2 by the series of atanh; exact for 1, 2^-30 accurate. */
static double log2_mantissa(double m)
{
    double t = (m - 1) / (m + 1), square = t * t, sum = 0;

    for (int n = 23; n >= 1; n -= 2)
        sum = sum * square + 1.0 / n;
    return 2 * t * sum / 0.693147180559945309417;
}

/* Guess: as above. */
static uint32_t logarithm(uint32_t b, uint32_t vscr)
{
    uint32_t x = xe__vmx_flush(b, vscr), fraction = x & 0x7FFFFFu;
    int exp = (int)(x >> 23 & 0xFF), shift;

    if (xe__vmx_is_nan(x))
        return x | XE__VMX_QUIET;
    if (!(x << 1))
        return XE__VMX_SIGN | XE__VMX_INFINITY;
    if (x & XE__VMX_SIGN)
        return XE__VMX_NAN;
    if (x == XE__VMX_INFINITY)
        return x;
    if (exp == 0) {
        shift = __builtin_clz(fraction) - 8;
        fraction = (fraction << shift) & 0x7FFFFFu;
        exp = 1 - shift;
    }
    return xe_bits_of_float(
        (float)(exp - 127 + log2_mantissa(xe_float_of_bits(fraction | XE__VMX_ONE))));
}

#define ESTIMATE(name, lane)                                                                       \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *b, uint32_t *vscr)                       \
    {                                                                                              \
        for (size_t i = 0; i < 4; i++)                                                             \
            d->w[i] = lane(b->w[i], *vscr);                                                        \
    }
ESTIMATE(vrefp, reciprocal)
ESTIMATE(vrsqrtefp, reciprocal_root)
ESTIMATE(vexptefp, power)
ESTIMATE(vlogefp, logarithm)
