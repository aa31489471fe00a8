/* FPU arithmetic, the fast way; see fpu_math.h.
 *
 * The idea: for operands of moderate size the host computes the nearest double r, and a few more
 * host operations give the sign of the exact error x - r (error-free transformations). r and that
 * sign are enough to round x in any mode to double or single and to know FI and FR, in integers.
 * Neither the host's rounding mode nor its flags are touched. Zeros are allowed where the result
 * is exact; everything else (NaN, infinity, extreme exponents) goes to fpu_soft.c.
 *
 * Rules: compile without contraction (-ffp-contract=off); the host runs in its default mode,
 * round to nearest, denormals on.
 * Source: Knuth (two-sum); Dekker (product error); Boldo and Muller, "Exact and approximated error
 * of the FMA" (2011); Boldo and Melquiond on rounding to odd (2008). */
#include <math.h>

#include "cpu/softfp/fpu_math.h"

#include "base/bits.h"

/* Biased exponents an operand may have here: products, quotients and their errors stay normal. */
#define FAST_EXP_MIN   (1023 - 300)
#define FAST_EXP_COUNT 601

static bool moderate(uint64_t x)
{
    return (uint32_t)(x >> 52 & 0x7FF) - FAST_EXP_MIN < FAST_EXP_COUNT;
}

static bool moderate_or_zero(uint64_t x)
{
    return moderate(x) || xe_fpu_is_zero(x);
}

/* Double result from nearest(x) and x - nearest(x), in any mode. */
static struct xe_fpu_result to_double(double nearest, double error, uint32_t fpscr)
{
    struct xe_fpu_result r = {xe_bits_of_double(nearest), 0};
    enum xe_fpu_rounding mode = fpscr & XE_FPSCR_RN;
    bool sign = r.bits >> 63, grew;

    if (error == 0)
        return r;
    grew = (error < 0) != sign;
    r.raised = XE_FPSCR_XX | XE_FPSCR_FI;
    if (mode != XE_FPU_NEAREST) {
        r.bits -= grew; /* truncated */
        grew = mode == (sign ? XE_FPU_DOWN : XE_FPU_UP);
        r.bits += grew;
    }
    if (grew)
        r.raised |= XE_FPSCR_FR;
    return r;
}

/* The same to single. The caller made sure that the exponent is a normal single's. */
static struct xe_fpu_result to_single(double nearest, double error, uint32_t fpscr)
{
    struct xe_fpu_result r = {xe_bits_of_double(nearest), 0};
    enum xe_fpu_rounding mode = fpscr & XE_FPSCR_RN;
    bool sign = r.bits >> 63, away;
    uint32_t rest;

    if (error != 0) /* round to odd: truncate, and mark the lowest bit */
        r.bits = (r.bits - ((error < 0) != sign)) | 1;
    rest = r.bits & 0x1FFFFFFF;
    if (!rest)
        return r;
    r.raised = XE_FPSCR_XX | XE_FPSCR_FI;
    r.bits -= rest;
    if (mode == XE_FPU_NEAREST)
        away = rest > 0x10000000 || (rest == 0x10000000 && (r.bits & 0x20000000));
    else
        away = mode == (sign ? XE_FPU_DOWN : XE_FPU_UP);
    if (away) {
        r.bits += 0x20000000;
        r.raised |= XE_FPSCR_FR;
    }
    return r;
}

/* Single results outside 2^-125 .. 2^126 are left to the slow way, exact zeros are not. */
static bool single_in_range(double x)
{
    return fabs(x) >= 0x1p-125 && fabs(x) < 0x1p126;
}

static inline struct xe_fpu_result round_to(double nearest, double error, enum xe_fpu_format format,
                                            uint32_t fpscr)
{
    return format == XE_FPU_DOUBLE ? to_double(nearest, error, fpscr)
                                   : to_single(nearest, error, fpscr);
}

/* Is a host result good enough to round from? A zero is, where it does not come from rounding and
 * its sign does not depend on the mode. */
static inline bool usable(double nearest, enum xe_fpu_format format, bool zero_is_exact)
{
    if (nearest == 0)
        return zero_is_exact;
    return format == XE_FPU_DOUBLE || single_in_range(nearest);
}

static inline double sum_error(double a, double b, double sum)
{
    double b_part = sum - a;

    return (a - (sum - b_part)) + (b - b_part);
}

struct xe_fpu_result xe_fpu_add(uint64_t a, uint64_t b, enum xe_fpu_format format, uint32_t fpscr)
{
    if (moderate_or_zero(a) && moderate_or_zero(b)) {
        double x = xe_double_of_bits(a), y = xe_double_of_bits(b), s = x + y;

        if (usable(s, format, (fpscr & XE_FPSCR_RN) != XE_FPU_DOWN))
            return round_to(s, sum_error(x, y, s), format, fpscr);
    }
    return xe_fpu_soft_add(a, b, format, fpscr);
}

struct xe_fpu_result xe_fpu_mul(uint64_t a, uint64_t c, enum xe_fpu_format format, uint32_t fpscr)
{
    if (moderate_or_zero(a) && moderate_or_zero(c)) {
        double x = xe_double_of_bits(a), y = xe_double_of_bits(c), p = x * y;

        if (usable(p, format, true))
            return round_to(p, fma(x, y, -p), format, fpscr);
    }
    return xe_fpu_soft_mul(a, c, format, fpscr);
}

struct xe_fpu_result xe_fpu_div(uint64_t a, uint64_t b, enum xe_fpu_format format, uint32_t fpscr)
{
    if (moderate_or_zero(a) && moderate(b)) {
        double x = xe_double_of_bits(a), y = xe_double_of_bits(b), q = x / y;
        double rest = fma(-q, y, x); /* the error times y */

        if (usable(q, format, true))
            return round_to(q, y < 0 ? -rest : rest, format, fpscr);
    }
    return xe_fpu_soft_div(a, b, format, fpscr);
}

struct xe_fpu_result xe_fpu_sqrt(uint64_t b, enum xe_fpu_format format, uint32_t fpscr)
{
    if (moderate(b) && !(b & XE_FPU_SIGN)) {
        double x = xe_double_of_bits(b), r = sqrt(x);

        if (usable(r, format, false))
            return round_to(r, fma(-r, r, x), format, fpscr);
    }
    return xe_fpu_soft_sqrt(b, format, fpscr);
}

/* Error of r = fma(x, y, z), up to rounding of the error itself: its sign is exact. */
static double madd_error(double x, double y, double z, double r)
{
    double p = x * y, p_error = fma(x, y, -p);
    double low = z + p_error, low_error = sum_error(z, p_error, low);
    double high = p + low, high_error = sum_error(p, low, high);

    return ((high - r) + high_error) + low_error;
}

struct xe_fpu_result xe_fpu_madd(uint64_t a, uint64_t c, uint64_t b, enum xe_fpu_format format,
                                 uint32_t fpscr)
{
    if (moderate_or_zero(a) && moderate_or_zero(b) && moderate_or_zero(c)) {
        double x = xe_double_of_bits(a), y = xe_double_of_bits(c), z = xe_double_of_bits(b),
               r = fma(x, y, z);

        if (usable(r, format, (fpscr & XE_FPSCR_RN) != XE_FPU_DOWN))
            return round_to(r, madd_error(x, y, z, r), format, fpscr);
    }
    return xe_fpu_soft_madd(a, c, b, format, fpscr);
}

struct xe_fpu_result xe_fpu_to_single(uint64_t b, uint32_t fpscr)
{
    if (moderate_or_zero(b) && usable(xe_double_of_bits(b), XE_FPU_SINGLE, true))
        return to_single(xe_double_of_bits(b), 0, fpscr);
    return xe_fpu_soft_round(b, XE_FPU_SINGLE, fpscr);
}
