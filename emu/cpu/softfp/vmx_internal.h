/* What the vector operations share. */
#ifndef XE_CPU_SOFTFP_VMX_INTERNAL_H
#define XE_CPU_SOFTFP_VMX_INTERNAL_H

#include "base/bits.h"
#include "cpu/softfp/vmx_int.h"

/* Elements of a register seen as the given member of union xe_vr. */
#define XE__LANES(member) (sizeof(union xe_vr) / sizeof(((union xe_vr *)0)->member[0]))

/* value held to low..high; being held sets SAT. */
static inline int64_t xe__vmx_clamp(int64_t value, int64_t low, int64_t high, uint32_t *vscr)
{
    if (value >= low && value <= high)
        return value;
    *vscr |= XE_VSCR_SAT;
    return value < low ? low : high;
}

/* ---- single-precision patterns ------------------------------------------------------------- */

#define XE__VMX_SIGN     0x80000000u
#define XE__VMX_INFINITY 0x7F800000u
#define XE__VMX_QUIET    0x00400000u
#define XE__VMX_NAN      0x7FC00000u /* what an invalid operation generates */
#define XE__VMX_ONE      0x3F800000u

static inline bool xe__vmx_is_nan(uint32_t x)
{
    return (x << 1) > (XE__VMX_INFINITY << 1);
}

static inline bool xe__vmx_is_denormal(uint32_t x)
{
    return !(x & XE__VMX_INFINITY) && (x << 1);
}

/* x, or with NJ a zero of its sign where it is denormal. */
static inline uint32_t xe__vmx_flush(uint32_t x, uint32_t vscr)
{
    return (vscr & XE_VSCR_NJ) && !(x & XE__VMX_INFINITY) ? x & XE__VMX_SIGN : x;
}

/* Nearest single to x, an exact or round-to-odd value that is no NaN. With NJ a result is flushed
 * when x lies below the normal range, before rounding. */
static inline uint32_t xe__vmx_round(double x, uint32_t vscr)
{
    if ((vscr & XE_VSCR_NJ) && x < 0x1p-126 && x > -0x1p-126)
        return __builtin_signbit(x) ? XE__VMX_SIGN : 0;
    return xe_bits_of_float((float)x);
}

/* x + y where the lowest bit of the result is set when the sum is not exact, so that rounding it
 * again gives the right single. Source: Boldo and Melquiond, 2008. */
static inline double xe__vmx_sum_to_odd(double x, double y)
{
    double s = x + y, y_part = s - x, error = (x - (s - y_part)) + (y - y_part);
    uint64_t bits;

    if (error == 0 || error != error) /* exact, infinite or a NaN */
        return s;
    __builtin_memcpy(&bits, &s, sizeof(bits));
    bits = (bits - ((error < 0) != (s < 0))) | 1;
    __builtin_memcpy(&s, &bits, sizeof(s));
    return s;
}

#endif
