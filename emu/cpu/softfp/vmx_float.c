/* Floating-point vector arithmetic, compares and conversions; see vmx_float.h.
 *
 * The idea: a lane is computed in double, where a sum, product or multiply-add of singles is exact
 * or one correction away from a round-to-odd value, and is rounded to single once.
 *
 * Rules of every lane (Source: AltiVec manual, section 3.2; measured on public POWER hardware):
 *  - with NJ, denormal operands count as zeros, denormal results become zeros, both keep the sign;
 *    a result is denormal when it is so before rounding;
 *  - the result of NaN operands is the first of them, in the order a, b, c, made quiet;
 *  - an invalid operation gives 7fc00000.
 * Guess: the 128 forms follow NJ like the plain ones, and compares and vrfi* count denormals as
 * zeros with NJ, as the manual has it; titles run with NJ set. Without NJ, multiply-adds take
 * denormals as they are, which a later chip of the family does not. Denormal operands of each row
 * under both settings, on a console, would settle these. */
#include "cpu/softfp/vmx_float.h"

#include "cpu/softfp/vmx_quick.h"

/* The NaN result of a, b, c: the first that is one. At least one must be. */
static uint32_t propagate(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t pick = xe__vmx_is_nan(a) ? a : xe__vmx_is_nan(b) ? b : c;

    return pick | XE__VMX_QUIET;
}

/* x that may be an invalid operation's NaN, whose sign is the host's. */
static uint32_t round_or_nan(double x, uint32_t vscr)
{
    return x != x ? XE__VMX_NAN : xe__vmx_round(x, vscr);
}

static uint32_t add(uint32_t a, uint32_t b, uint32_t vscr)
{
    double x = xe_float_of_bits(xe__vmx_flush(a, vscr)),
           y = xe_float_of_bits(xe__vmx_flush(b, vscr));

    if (xe__vmx_is_nan(a) || xe__vmx_is_nan(b))
        return propagate(a, b, 0);
    /* 53 bits are enough that rounding the sum twice equals rounding it once. */
    return round_or_nan(x + y, vscr);
}

/* b with its sign changed, but not that of a NaN. */
static uint32_t minus(uint32_t b)
{
    return xe__vmx_is_nan(b) ? b : b ^ XE__VMX_SIGN;
}

static uint32_t subtract(uint32_t a, uint32_t b, uint32_t vscr)
{
    return add(a, minus(b), vscr);
}

static uint32_t multiply(uint32_t a, uint32_t b, uint32_t vscr)
{
    double x = xe_float_of_bits(xe__vmx_flush(a, vscr)),
           y = xe_float_of_bits(xe__vmx_flush(b, vscr));

    if (xe__vmx_is_nan(a) || xe__vmx_is_nan(b))
        return propagate(a, b, 0);
    return round_or_nan(x * y, vscr);
}

static uint32_t multiply_add(uint32_t a, uint32_t b, uint32_t c, uint32_t vscr)
{
    double x = xe_float_of_bits(xe__vmx_flush(a, vscr)),
           y = xe_float_of_bits(xe__vmx_flush(b, vscr));
    double z = xe_float_of_bits(xe__vmx_flush(c, vscr)), product = x * z;

    if (xe__vmx_is_nan(a) || xe__vmx_is_nan(b) || xe__vmx_is_nan(c))
        return propagate(a, b, c);
    if (!XE_VMX_MADD_FUSED)
        return add(multiply(a, c, vscr), b, vscr);
    return round_or_nan(xe__vmx_sum_to_odd(product, y), vscr);
}

static uint32_t negative_multiply_subtract(uint32_t a, uint32_t b, uint32_t c, uint32_t vscr)
{
    return minus(multiply_add(a, minus(b), c, vscr));
}

/* Guess: with NJ the larger of denormals is a zero, as the manual has it. */
static uint32_t maximum(uint32_t a, uint32_t b, uint32_t vscr)
{
    uint32_t x = xe__vmx_flush(a, vscr), y = xe__vmx_flush(b, vscr);

    if (xe__vmx_is_nan(a) || xe__vmx_is_nan(b))
        return propagate(a, b, 0);
    if (xe_float_of_bits(x) == xe_float_of_bits(y))
        return x & y; /* +0 wins over -0 */
    return xe_float_of_bits(x) > xe_float_of_bits(y) ? x : y;
}

static uint32_t minimum(uint32_t a, uint32_t b, uint32_t vscr)
{
    uint32_t x = xe__vmx_flush(a, vscr), y = xe__vmx_flush(b, vscr);

    if (xe__vmx_is_nan(a) || xe__vmx_is_nan(b))
        return propagate(a, b, 0);
    if (xe_float_of_bits(x) == xe_float_of_bits(y))
        return x | y;
    return xe_float_of_bits(x) < xe_float_of_bits(y) ? x : y;
}

#define COMPARE(name, operator)                                                                    \
    static uint32_t name(uint32_t a, uint32_t b, uint32_t vscr)                                    \
    {                                                                                              \
        float x = xe_float_of_bits(xe__vmx_flush(a, vscr));                                        \
        float y = xe_float_of_bits(xe__vmx_flush(b, vscr));                                        \
                                                                                                   \
        return x operator y ? UINT32_MAX : 0;                                                      \
    }
COMPARE(equal, ==)
COMPARE(at_least, >=)
COMPARE(above, >)

/* Bit 0 set: not a <= b; bit 1: not a >= -b. */
static uint32_t out_of_bounds(uint32_t a, uint32_t b, uint32_t vscr)
{
    float x = xe_float_of_bits(xe__vmx_flush(a, vscr)),
          y = xe_float_of_bits(xe__vmx_flush(b, vscr));

    return (x <= y ? 0 : 0x80000000u) | (x >= -y ? 0 : 0x40000000u);
}

/* quick: all lanes at once where they are ordinary; lane: one of any kind. */
#define LANES_AB(name, quick, lane)                                                                \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr) \
    {                                                                                              \
        if (__builtin_expect(quick(d, a, b), 1))                                                   \
            return;                                                                                \
        for (size_t i = 0; i < 4; i++)                                                             \
            d->w[i] = lane(a->w[i], b->w[i], *vscr);                                               \
    }
#define LANES_ABC(name, b_sign, result_sign, lane)                                                 \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,                 \
                       const union xe_vr *c, uint32_t *vscr)                                       \
    {                                                                                              \
        if (XE_VMX_MADD_FUSED && xe__quick_multiply_add(d, a, b, c, b_sign, result_sign))          \
            return;                                                                                \
        for (size_t i = 0; i < 4; i++)                                                             \
            d->w[i] = lane(a->w[i], b->w[i], c->w[i], *vscr);                                      \
    }
#define NEVER(d, a, b) false
LANES_AB(vaddfp, xe__quick_add, add)
LANES_AB(vsubfp, xe__quick_subtract, subtract)
LANES_AB(vmulfp, xe__quick_multiply, multiply)
LANES_AB(vmaxfp, xe__quick_maximum, maximum)
LANES_AB(vminfp, xe__quick_minimum, minimum)
LANES_AB(vcmpeqfp, xe__quick_equal, equal)
LANES_AB(vcmpgefp, xe__quick_at_least, at_least)
LANES_AB(vcmpgtfp, xe__quick_above, above)
LANES_AB(vcmpbfp, NEVER, out_of_bounds)
LANES_ABC(vmaddfp, 0, 0, multiply_add)
LANES_ABC(vnmsubfp, XE__VMX_SIGN, XE__VMX_SIGN, negative_multiply_subtract)

/* The products are exact in double; they are added there in word order and rounded once.
 * Guess: order of the sum, NaNs taken in the order a0 b0 a1 b1 .., denormals flushed whatever NJ
 * says, overflow of finite operands giving 7fc00000. Dot products near 2^128 and with cancelling
 * terms on a console would settle it. */
static void dot(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t count)
{
    double sum = 0;
    uint32_t result, nan = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t x = a->w[XE_VW(i)], y = b->w[XE_VW(i)];
        double product = (double)xe_float_of_bits(xe__vmx_flush(x, XE_VSCR_NJ)) *
                         xe_float_of_bits(xe__vmx_flush(y, XE_VSCR_NJ));

        if (!nan && (xe__vmx_is_nan(x) || xe__vmx_is_nan(y)))
            nan = propagate(x, y, 0);
        sum = i ? sum + product : product;
    }
    result = nan ? nan : round_or_nan(sum, XE_VSCR_NJ);
    if (!nan && (result & ~XE__VMX_SIGN) == XE__VMX_INFINITY && sum - sum == 0)
        result = XE__VMX_NAN;
    for (size_t i = 0; i < 4; i++)
        d->w[i] = result;
}

void xe_vmx_vmsum3fp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr)
{
    (void)vscr;
    dot(d, a, b, 3);
}

void xe_vmx_vmsum4fp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr)
{
    (void)vscr;
    dot(d, a, b, 4);
}

enum direction {
    NEAREST,
    TO_ZERO,
    UP,
    DOWN,
};

/* b rounded to an integral value; the sign of a zero result is b's. */
static uint32_t integral(uint32_t b, enum direction direction, uint32_t vscr)
{
    uint32_t x = xe__vmx_flush(b, vscr), sign = x & XE__VMX_SIGN, unit, rest;
    int exp = (int)(x >> 23 & 0xFF) - 127;
    bool away = direction == (sign ? DOWN : UP);

    if (xe__vmx_is_nan(x))
        return x | XE__VMX_QUIET;
    if (exp >= 23 || !(x << 1))
        return x;
    if (exp < 0) { /* between 0 and 1 */
        if (direction == NEAREST)
            away = exp == -1 && (x & 0x7FFFFFu);
        return sign | (away ? XE__VMX_ONE : 0);
    }
    unit = 1u << (23 - exp);
    rest = x & (unit - 1);
    x -= rest;
    if (direction == NEAREST)
        away = rest > unit / 2 || (rest == unit / 2 && (x & unit));
    return away && rest ? x + unit : x; /* a carry runs into the exponent as it should */
}

#define ROUND(name, direction)                                                                     \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *b, uint32_t *vscr)                       \
    {                                                                                              \
        for (size_t i = 0; i < 4; i++)                                                             \
            d->w[i] = integral(b->w[i], direction, *vscr);                                         \
    }
ROUND(vrfin, NEAREST)
ROUND(vrfiz, TO_ZERO)
ROUND(vrfip, UP)
ROUND(vrfim, DOWN)

/* 2^n for a small n; multiplying a double by it is exact. */
static double power_of_two(int n)
{
    uint64_t bits = (uint64_t)(1023 + n) << 52;
    double d;

    __builtin_memcpy(&d, &bits, sizeof(d));
    return d;
}

void xe_vmx_vcfsx(union xe_vr *d, const union xe_vr *b, uint32_t scale)
{
    double factor = power_of_two(-(int)scale);

    for (size_t i = 0; i < 4; i++)
        d->f[i] = (float)(b->sw[i] * factor);
}

void xe_vmx_vcfux(union xe_vr *d, const union xe_vr *b, uint32_t scale)
{
    double factor = power_of_two(-(int)scale);

    for (size_t i = 0; i < 4; i++)
        d->f[i] = (float)(b->w[i] * factor);
}

/* x held to low..high and truncated; being held sets SAT, a NaN gives 0 and does not. Values that
 * truncate into the range are in it. */
static int64_t truncate(double x, int64_t low, int64_t high, uint32_t *vscr)
{
    if (x != x)
        return 0;
    if (x > (double)(low - 1) && x < (double)(high + 1))
        return (int64_t)x;
    *vscr |= XE_VSCR_SAT;
    return x < 0 ? low : high;
}

void xe_vmx_vctsxs(union xe_vr *d, const union xe_vr *b, uint32_t scale, uint32_t *vscr)
{
    double factor = power_of_two((int)scale);

    for (size_t i = 0; i < 4; i++)
        d->sw[i] = (int32_t)truncate(b->f[i] * factor, INT32_MIN, INT32_MAX, vscr);
}

void xe_vmx_vctuxs(union xe_vr *d, const union xe_vr *b, uint32_t scale, uint32_t *vscr)
{
    double factor = power_of_two((int)scale);

    for (size_t i = 0; i < 4; i++)
        d->w[i] = (uint32_t)truncate(b->f[i] * factor, 0, UINT32_MAX, vscr);
}
