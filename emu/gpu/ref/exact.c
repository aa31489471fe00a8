/* Roots, powers, logarithms, sines: series in double, rounded once. */
#include "gpu/ref/exact.h"

#define LN2     0x1.62E42FEFA39EFp-1
#define PI_2    0x1.921FB54442D18p0 /* half of pi, and what that lacks */
#define PI_2_LO 0x1.1A62633145C07p-54
#define TURNS   0x1.0p20f /* sin and cos: beyond, nothing of the angle is left to tell */

/* 2^n, n from -1022 to 1023. */
static double power(int32_t n)
{
    return xe_double_of_bits((uint64_t)(n + 1023) << 52);
}

static float nan_float(void)
{
    return xe_float_of_bits(XE_EXACT_NAN);
}

/* Rounds, once: also to infinity, or, what would be a denormal, to 0. */
static float rounded(double x)
{
    if (x >= 0x1.FFFFFFp127)
        return xe_float_of_bits(0x7F800000);
    if (x > -0x1.0p-126 && x < 0x1.0p-126)
        return x < 0 ? -0.0f : 0.0f;
    return (float)x;
}

int32_t xe_exact_whole(float a, int32_t low, int32_t high)
{
    float x = xe_exact_floor(a);

    if (!(x >= (float)low))
        return low;
    return x > (float)high ? high : (int32_t)x;
}

float xe_exact_rcp(float a)
{
    return xe_exact_out(1.0f / xe_exact_flush(a));
}

/* ---- roots ---------------------------------------------------------------------------------- */

/* 1 / sqrt(x), of a normal number above 0: a guess, and Newton's steps that each double what is
 * right of it, from 4 bits to more than 53. */
static double rsq(double x)
{
    double y = xe_double_of_bits(0x5FE6EB50C7B537A9u - (xe_bits_of_double(x) >> 1));

    for (int i = 0; i < 5; i++)
        y = y * (1.5 - 0.5 * x * y * y);
    return y;
}

float xe_exact_rsq(float a)
{
    float x = xe_exact_flush(a);

    if (x == 0)
        return xe_exact_rcp(x);
    if (!(x > 0))
        return nan_float();
    return xe_exact_is_finite(x) ? rounded(rsq(x)) : 0.0f;
}

float xe_exact_sqrt(float a)
{
    float x = xe_exact_flush(a);

    if (x == 0 || (x > 0 && !xe_exact_is_finite(x)))
        return x;
    return x > 0 ? rounded(x * rsq(x)) : nan_float();
}

/* ---- powers and logarithms ------------------------------------------------------------------ */

/* e^x for x from -0.35 to 0.35. */
static double exp_series(double x)
{
    double sum = 1;

    for (int i = 14; i > 0; i--)
        sum = 1 + sum * x / i;
    return sum;
}

float xe_exact_exp2(float a)
{
    float x = xe_exact_flush(a);
    int32_t whole;

    if (xe_exact_is_nan(x))
        return nan_float();
    whole = xe_exact_whole(x + 0.5f, -200, 200);
    if (whole == 200 || whole == -200)
        return whole > 0 ? xe_float_of_bits(0x7F800000) : 0.0f;
    return rounded(exp_series(((double)x - whole) * LN2) * power(whole));
}

/* ln(m) = 2 (s + s^3/3 + s^5/5 + ...), s = (m - 1) / (m + 1): m from sqrt(1/2) to sqrt(2). */
static double log_series(double m)
{
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;

    for (int i = 25; i > 0; i -= 2)
        sum = sum * square + 1.0 / i;
    return 2 * s * sum;
}

float xe_exact_log2(float a)
{
    float x = xe_exact_flush(a);
    uint32_t bits = xe_bits_of_float(x);
    int32_t exponent = (int32_t)(bits >> 23) - 127;
    double m = xe_float_of_bits((bits & 0x007FFFFF) | 0x3F800000);

    if (x == 0)
        return xe_float_of_bits(0xFF800000);
    if (!(x > 0))
        return nan_float();
    if (!xe_exact_is_finite(x))
        return x;
    if (m > 0x1.6A09E667F3BCDp0) {
        m *= 0.5;
        exponent++;
    }
    return rounded(exponent + log_series(m) / LN2);
}

/* ---- sines ---------------------------------------------------------------------------------- */

/* For x from -0.8 to 0.8. */
static double sin_series(double x)
{
    double square = x * x, sum = 1;

    for (int i = 16; i > 0; i -= 2)
        sum = 1 - sum * square / (i * (i + 1));
    return x * sum;
}

static double cos_series(double x)
{
    double square = x * x, sum = 1;

    for (int i = 17; i > 0; i -= 2)
        sum = 1 - sum * square / (i * (i + 1));
    return sum;
}

/* The sine of a and so many quarters of a turn. */
static float sine(float a, int32_t quarters)
{
    float x = xe_exact_flush(a);
    double rest;
    int32_t n;

    if (!xe_exact_is_finite(x))
        return nan_float();
    if (x > TURNS || x < -TURNS)
        return quarters ? 1.0f : 0.0f;
    rest = x / PI_2 + 0.5;
    n = (int32_t)rest;
    n -= n > rest;
    rest = (double)x - n * PI_2;
    rest -= n * PI_2_LO;
    n += quarters;
    rest = n & 1 ? cos_series(rest) : sin_series(rest);
    return rounded(n & 2 ? -rest : rest);
}

float xe_exact_sin(float a)
{
    return xe_exact_flush(a) == 0 ? xe_exact_flush(a) : sine(a, 0);
}

float xe_exact_cos(float a)
{
    return sine(a, 1);
}
