/* Vector arithmetic, four lanes at once, where the host and the guest agree: every operand is a
 * zero or a normal number and every result is one that no rule about denormals or rounding can
 * touch. Each function returns false, having done nothing, where that is not so; the lanes are then
 * computed one by one (vmx_float.c), which gives the same where both apply. */
#ifndef XE_CPU_SOFTFP_VMX_QUICK_H
#define XE_CPU_SOFTFP_VMX_QUICK_H

#include "cpu/softfp/vmx_internal.h"

typedef int32_t xe__v4i __attribute__((vector_size(16)));
typedef float xe__v4f __attribute__((vector_size(16)));

#define XE__LEAST_NORMAL 0x00800000

static inline xe__v4i xe__quick_get(const union xe_vr *r)
{
    xe__v4i v;

    __builtin_memcpy(&v, r, sizeof(v));
    return v;
}

static inline bool xe__quick_set(union xe_vr *d, xe__v4i v)
{
    __builtin_memcpy(d, &v, sizeof(v));
    return true;
}

static inline bool xe__quick_all(xe__v4i mask)
{
    uint64_t half[2];

    __builtin_memcpy(half, &mask, sizeof(half));
    return (half[0] & half[1]) == UINT64_MAX;
}

static inline xe__v4i xe__quick_magnitude(xe__v4i x)
{
    return x & INT32_MAX;
}

static inline xe__v4i xe__quick_is_zero(xe__v4i x)
{
    return xe__quick_magnitude(x) == 0;
}

/* Finite, and larger than `least` in magnitude. */
static inline xe__v4i xe__quick_is_above(xe__v4i x, int32_t least)
{
    xe__v4i magnitude = xe__quick_magnitude(x);

    return (magnitude > least) & (magnitude < (int32_t)XE__VMX_INFINITY);
}

static inline xe__v4i xe__quick_is_ordinary(xe__v4i x)
{
    return xe__quick_is_above(x, XE__LEAST_NORMAL - 1) | xe__quick_is_zero(x);
}

static inline bool xe__quick_add(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    xe__v4i x = xe__quick_get(a), y = xe__quick_get(b), sum = (xe__v4i)((xe__v4f)x + (xe__v4f)y);

    return xe__quick_all(xe__quick_is_ordinary(x) & xe__quick_is_ordinary(y) &
                         xe__quick_is_ordinary(sum)) &&
           xe__quick_set(d, sum);
}

static inline bool xe__quick_subtract(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    xe__v4i x = xe__quick_get(a), y = xe__quick_get(b), rest = (xe__v4i)((xe__v4f)x - (xe__v4f)y);

    return xe__quick_all(xe__quick_is_ordinary(x) & xe__quick_is_ordinary(y) &
                         xe__quick_is_ordinary(rest)) &&
           xe__quick_set(d, rest);
}

/* A product equal to the least normal number may have been below it before rounding. */
static inline bool xe__quick_multiply(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    xe__v4i x = xe__quick_get(a), y = xe__quick_get(b);
    xe__v4i product = (xe__v4i)((xe__v4f)x * (xe__v4f)y);
    xe__v4i good =
        xe__quick_is_zero(x) | xe__quick_is_zero(y) | xe__quick_is_above(product, XE__LEAST_NORMAL);

    return xe__quick_all(good & xe__quick_is_ordinary(x) & xe__quick_is_ordinary(y)) &&
           xe__quick_set(d, product);
}

/* Single of x * z + y, rounded once: the sum in double, rounded again, unless that lies in the
 * middle of two singles and is not exact. */
static inline float xe__quick_fused(float x, float y, float z)
{
    double product = (double)x * z, sum = product + y;
    uint64_t bits;

    __builtin_memcpy(&bits, &sum, sizeof(bits));
    if ((bits & 0x1FFFFFFF) == 0x10000000)
        sum = xe__vmx_sum_to_odd(product, y);
    return (float)sum;
}

/* a * c + b with the signs of b and of the result turned as asked. A zero result is left to the
 * slow way. */
static inline bool xe__quick_multiply_add(union xe_vr *d, const union xe_vr *a,
                                          const union xe_vr *b, const union xe_vr *c,
                                          uint32_t b_sign, uint32_t result_sign)
{
    xe__v4i x = xe__quick_get(a), y = xe__quick_get(b) ^ (int32_t)b_sign, z = xe__quick_get(c);
    xe__v4f u = (xe__v4f)x, v = (xe__v4f)y, w = (xe__v4f)z;
    xe__v4i result;

    if (!xe__quick_all(xe__quick_is_ordinary(x) & xe__quick_is_ordinary(y) &
                       xe__quick_is_ordinary(z)))
        return false;
    result =
        (xe__v4i)(xe__v4f){xe__quick_fused(u[0], v[0], w[0]), xe__quick_fused(u[1], v[1], w[1]),
                           xe__quick_fused(u[2], v[2], w[2]), xe__quick_fused(u[3], v[3], w[3])};
    return xe__quick_all(xe__quick_is_above(result, XE__LEAST_NORMAL)) &&
           xe__quick_set(d, result ^ (int32_t)result_sign);
}

/* Compares and the like also take infinities. */
static inline bool xe__quick_comparable(xe__v4i x, xe__v4i y)
{
    const int32_t infinity = (int32_t)XE__VMX_INFINITY;
    xe__v4i u = xe__quick_magnitude(x), v = xe__quick_magnitude(y);

    return xe__quick_all(((u == 0) | ((u >= XE__LEAST_NORMAL) & (u <= infinity))) &
                         ((v == 0) | ((v >= XE__LEAST_NORMAL) & (v <= infinity))));
}

#define XE__QUICK_COMPARE(name, relation)                                                          \
    static inline bool name(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)            \
    {                                                                                              \
        xe__v4i x = xe__quick_get(a), y = xe__quick_get(b);                                        \
        xe__v4f u = (xe__v4f)x, v = (xe__v4f)y;                                                    \
                                                                                                   \
        return xe__quick_comparable(x, y) && xe__quick_set(d, (xe__v4i)(u relation v));            \
    }
XE__QUICK_COMPARE(xe__quick_equal, ==)
XE__QUICK_COMPARE(xe__quick_at_least, >=)
XE__QUICK_COMPARE(xe__quick_above, >)

/* Where both are equal, zeros of both signs meet: +0 is the larger. */
static inline bool xe__quick_maximum(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    xe__v4i x = xe__quick_get(a), y = xe__quick_get(b);
    xe__v4i above = (xe__v4i)((xe__v4f)x > (xe__v4f)y), below = (xe__v4i)((xe__v4f)x < (xe__v4f)y);

    return xe__quick_comparable(x, y) && xe__quick_set(d, (x | below) & (y | above));
}

static inline bool xe__quick_minimum(union xe_vr *d, const union xe_vr *a, const union xe_vr *b)
{
    xe__v4i x = xe__quick_get(a), y = xe__quick_get(b);
    xe__v4i above = (xe__v4i)((xe__v4f)x > (xe__v4f)y), below = (xe__v4i)((xe__v4f)x < (xe__v4f)y);

    return xe__quick_comparable(x, y) && xe__quick_set(d, (x & ~above) | (y & ~below));
}

#endif
