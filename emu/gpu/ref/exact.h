/* Arithmetic of shaders: the same bits on every host, by every compiler.
 *
 * Only single steps of IEEE floats that all hosts round alike (+ - * /), never fused (this folder
 * is compiled so), and whole numbers; nothing of libm. What hosts do differently is decided here:
 * a NaN that comes out of a step is always 0x7FC00000 (Guess), a denormal is 0 of its sign, going
 * in and coming out.
 * Precision: add, multiply, divide, floor and the like are rounded right. exp, log, sqrt, rsq, sin
 * and cos are worked out in double and rounded once: within 0.51 of the last place, sin and cos to
 * 2^-24 absolute and from -2^20 to 2^20. */
#ifndef XE_GPU_REF_EXACT_H
#define XE_GPU_REF_EXACT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bits.h"

#define XE_EXACT_NAN 0x7FC00000u
#define XE_EXACT_MAX 0x1.FFFFFEp127f

static inline bool xe_exact_is_nan(float x)
{
    return (xe_bits_of_float(x) & 0x7FFFFFFF) > 0x7F800000;
}

static inline bool xe_exact_is_finite(float x)
{
    return (xe_bits_of_float(x) & 0x7F800000) != 0x7F800000;
}

/* What goes in. */
static inline float xe_exact_flush(float x)
{
    uint32_t bits = xe_bits_of_float(x);

    return xe_float_of_bits(bits & (0x80000000 | (0 - (uint32_t)((bits & 0x7F800000) != 0))));
}

/* What comes out. */
static inline float xe_exact_out(float x)
{
    return xe_exact_is_nan(x) ? xe_float_of_bits(XE_EXACT_NAN) : xe_exact_flush(x);
}

static inline float xe_exact_add(float a, float b)
{
    return xe_exact_out(xe_exact_flush(a) + xe_exact_flush(b));
}

/* 0 times anything is +0. */
static inline float xe_exact_mul(float a, float b)
{
    float x = xe_exact_flush(a), y = xe_exact_flush(b);

    return x == 0 || y == 0 ? 0.0f : xe_exact_out(x * y);
}

/* Of two, of which one is no number, the second. */
static inline float xe_exact_max(float a, float b)
{
    float x = xe_exact_flush(a), y = xe_exact_flush(b);

    return x >= y ? x : y;
}

static inline float xe_exact_min(float a, float b)
{
    float x = xe_exact_flush(a), y = xe_exact_flush(b);

    return x < y ? x : y;
}

/* Toward 0, with the sign. */
static inline float xe_exact_trunc(float a)
{
    uint32_t bits = xe_bits_of_float(a), exponent = bits >> 23 & 0xFF;

    if (exponent < 127)
        return xe_float_of_bits(bits & 0x80000000);
    if (exponent >= 150)
        return xe_exact_out(a);
    return xe_float_of_bits(bits & ~(0x007FFFFFu >> (exponent - 127)));
}

static inline float xe_exact_floor(float a)
{
    float x = xe_exact_flush(a), whole = xe_exact_trunc(x);

    return whole > x ? whole - 1.0f : whole;
}

static inline float xe_exact_frc(float a)
{
    return xe_exact_add(a, -xe_exact_floor(a));
}

/* A whole number from low to high, of what floor gives; low of what is no number. */
int32_t xe_exact_whole(float a, int32_t low, int32_t high);

float xe_exact_rcp(float a);
float xe_exact_sqrt(float a);
float xe_exact_rsq(float a);
float xe_exact_exp2(float a);
float xe_exact_log2(float a);
float xe_exact_sin(float a);
float xe_exact_cos(float a);

#endif
