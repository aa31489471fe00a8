/* FPU compares, conversions to integer, estimates, and the single format of memory; fpu_math.h. */
#include "cpu/cpu.h"
#include "cpu/softfp/fpu_math.h"

uint32_t xe_fpu_compare(uint64_t a, uint64_t b)
{
    bool a_sign = a >> 63, b_sign = b >> 63;

    if (xe_fpu_is_nan(a) || xe_fpu_is_nan(b))
        return XE_CR_SO;
    if (a == b || (xe_fpu_is_zero(a) && xe_fpu_is_zero(b)))
        return XE_CR_EQ;
    if (a_sign != b_sign)
        return a_sign ? XE_CR_LT : XE_CR_GT;
    return (a < b) != a_sign ? XE_CR_LT : XE_CR_GT;
}

/* Source: PowerPC Book I, fcmpu and fcmpo. A signalling NaN stops fcmpo from raising VXVC when
 * invalid operations are enabled. */
uint32_t xe_fpu_compare_raises(uint64_t a, uint64_t b, bool ordered, uint32_t fpscr)
{
    if (!xe_fpu_is_nan(a) && !xe_fpu_is_nan(b))
        return 0;
    if (!xe_fpu_is_snan(a) && !xe_fpu_is_snan(b))
        return ordered ? XE_FPSCR_VXVC : 0;
    return XE_FPSCR_VXSNAN | (ordered && !(fpscr & XE_FPSCR_VE) ? XE_FPSCR_VXVC : 0);
}

/* |b| rounded to an integer; *raised tells how. Magnitudes of 2^64 and more give UINT64_MAX. */
static uint64_t magnitude(uint64_t b, enum xe_fpu_rounding mode, uint32_t *raised)
{
    int exp = (int)(b >> 52 & 0x7FF) - 1023;
    uint64_t sig = (b & 0x000FFFFFFFFFFFFFu) | 1ull << 52, whole = 0, rest = 1, half = 2;
    bool sign = b >> 63, away;

    if (xe_fpu_is_zero(b))
        return 0;
    if (exp >= 64)
        return UINT64_MAX;
    if (exp >= 52)
        return sig << (exp - 52);
    if (exp >= -1) { /* below one half, `rest` stands for something less than `half` */
        half = 1ull << (51 - exp);
        rest = sig & (half * 2 - 1);
        whole = exp < 0 ? 0 : sig >> (52 - exp);
    }
    if (!rest)
        return whole;
    away = mode == XE_FPU_NEAREST ? rest > half || (rest == half && (whole & 1))
                                  : mode == (sign ? XE_FPU_DOWN : XE_FPU_UP);
    *raised = XE_FPSCR_XX | XE_FPSCR_FI | (away ? XE_FPSCR_FR : 0);
    return whole + away;
}

struct xe_fpu_result xe_fpu_to_int(uint64_t b, unsigned bits, enum xe_fpu_rounding mode)
{
    uint64_t limit = 1ull << (bits - 1), m;
    bool sign = b >> 63;
    uint32_t raised = 0;

    if (xe_fpu_is_nan(b))
        return (struct xe_fpu_result){-limit,
                                      XE_FPSCR_VXCVI | (xe_fpu_is_snan(b) ? XE_FPSCR_VXSNAN : 0)};
    m = magnitude(b, mode, &raised);
    if (m > limit - !sign)
        return (struct xe_fpu_result){sign ? -limit : limit - 1, XE_FPSCR_VXCVI};
    return (struct xe_fpu_result){sign ? -m : m, raised};
}

/* Guess: the chip's table is not known; the correctly rounded reciprocal keeps its 1/256 bound.
 * XX, FI and FR are not reported (Source: Book I, fres: XX is not altered, FI and FR undefined). */
struct xe_fpu_result xe_fpu_recip_estimate(uint64_t b, uint32_t fpscr)
{
    struct xe_fpu_result r =
        xe_fpu_div(0x3FF0000000000000u, b, XE_FPU_SINGLE, fpscr & ~XE_FPSCR_RN);

    r.raised &= XE_FPSCR_OX | XE_FPSCR_UX | XE_FPSCR_ZX | XE_FPSCR_VX_ANY;
    return r;
}

/* 256 * (2 * m^-1/2 - 1) for m = 1.f * 2^(E & 1), by E & 1 and the top three bits of f.
 * Source: the table of xenia-edge's and xenia-canary's frsqrte helpers; two of its values, 1.0
 * gives 0.970703125 and 0.5 gives 1.375, were noted from the chip. */
const uint8_t xe_fpu_rsqrt_table[2][8] = {
    {241, 216, 192, 168, 152, 136, 128, 112},
    {96, 76, 60, 48, 32, 24, 16, 8},
};

struct xe_fpu_result xe_fpu_rsqrt_estimate(uint64_t b, uint32_t fpscr)
{
    uint64_t sig = b & 0x000FFFFFFFFFFFFFu;
    int exp = (int)(b >> 52 & 0x7FF), shift;
    uint64_t t;

    if (xe_fpu_is_nan(b))
        return (struct xe_fpu_result){b | XE_FPU_QUIET, xe_fpu_is_snan(b) ? XE_FPSCR_VXSNAN : 0};
    if (xe_fpu_is_zero(b) || (exp == 0 && (fpscr & XE_FPSCR_NI)))
        return (struct xe_fpu_result){(b & XE_FPU_SIGN) | XE_FPU_INFINITY, XE_FPSCR_ZX};
    if (b & XE_FPU_SIGN)
        return (struct xe_fpu_result){XE_FPU_NAN, XE_FPSCR_VXSQRT};
    if (exp == 0x7FF)
        return (struct xe_fpu_result){0, 0};
    if (exp == 0) {
        shift = __builtin_clzll(sig) - 11;
        sig = (sig << shift) & 0x000FFFFFFFFFFFFFu;
        exp = 1 - shift;
    }
    exp -= 1023;
    t = xe_fpu_rsqrt_table[exp & 1][sig >> 49];
    exp = -((exp - (exp & 1)) / 2) - 1;
    return (struct xe_fpu_result){(uint64_t)(exp + 1023) << 52 | t << 44, 0};
}

uint64_t xe_fpu_single_to_double_slow(uint32_t single)
{
    uint64_t sign = (uint64_t)(single >> 31) << 63, fraction = single & 0x007FFFFFu;
    int shift;

    if ((single >> 23 & 0xFF) == 0xFF)
        return sign | XE_FPU_INFINITY | fraction << 29;
    if (!fraction)
        return sign;
    shift = __builtin_clzll(fraction) - 11; /* leading bit to the implicit place */
    return sign | (uint64_t)(1023 - 149 + 52 - shift) << 52 |
           ((fraction << shift) & 0x000FFFFFFFFFFFFFu);
}

/* Source: Book I, section 4.6.3: exponents 874 to 896 are denormalised by shifting, what is smaller
 * is undefined (Guess: a zero of the same sign). */
uint32_t xe_fpu_double_to_single_slow(uint64_t bits)
{
    uint32_t sign = (uint32_t)(bits >> 32) & 0x80000000u;
    int exp = (int)(bits >> 52 & 0x7FF);
    uint64_t sig = (bits & 0x000FFFFFFFFFFFFFu) | 1ull << 52;

    return exp < 874 ? sign : sign | (uint32_t)(sig >> (29 + 897 - exp));
}
