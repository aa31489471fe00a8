/* The operations of the scalar FPU: register bits and FPSCR in, register bits and raised FPSCR bits
 * out. No state. Results do not depend on the host (fpu_soft.h decides, fpu_math.c only hurries).
 */
#ifndef XE_CPU_SOFTFP_FPU_MATH_H
#define XE_CPU_SOFTFP_FPU_MATH_H

#include "cpu/softfp/fpu_soft.h"

/* a + b, a * c, a / b, sqrt(b), a * c + b, rounded once to format. */
struct xe_fpu_result xe_fpu_add(uint64_t a, uint64_t b, enum xe_fpu_format format, uint32_t fpscr);
struct xe_fpu_result xe_fpu_mul(uint64_t a, uint64_t c, enum xe_fpu_format format, uint32_t fpscr);
struct xe_fpu_result xe_fpu_div(uint64_t a, uint64_t b, enum xe_fpu_format format, uint32_t fpscr);
struct xe_fpu_result xe_fpu_sqrt(uint64_t b, enum xe_fpu_format format, uint32_t fpscr);
struct xe_fpu_result xe_fpu_madd(uint64_t a, uint64_t c, uint64_t b, enum xe_fpu_format format,
                                 uint32_t fpscr);

/* b rounded to single (frsp). */
struct xe_fpu_result xe_fpu_to_single(uint64_t b, uint32_t fpscr);

/* a - b and a * c - b: b with its sign changed, but not that of a NaN. */
static inline uint64_t xe_fpu_minus(uint64_t b)
{
    return xe_fpu_is_nan(b) ? b : b ^ XE_FPU_SIGN;
}

/* fnmadd, fnmsub: the rounded result negated, NaNs not. */
static inline struct xe_fpu_result xe_fpu_negated(struct xe_fpu_result r)
{
    r.bits = xe_fpu_minus(r.bits);
    return r;
}

/* fsel: c where a >= 0 (or -0), b where a is negative or a NaN. */
static inline uint64_t xe_fpu_select(uint64_t a, uint64_t c, uint64_t b)
{
    bool below = xe_fpu_is_nan(a) || ((a & XE_FPU_SIGN) && !xe_fpu_is_zero(a));

    return below ? b : c;
}

/* XE_CR_* bit of a against b, SO meaning unordered; exceptions are the caller's. */
uint32_t xe_fpu_compare(uint64_t a, uint64_t b);
/* FPSCR exceptions of comparing a with b; ordered: fcmpo. */
uint32_t xe_fpu_compare_raises(uint64_t a, uint64_t b, bool ordered, uint32_t fpscr);

/* Integer of `bits` bits (32 or 64) nearest to b in the given direction; 32-bit results are sign
 * extended. */
struct xe_fpu_result xe_fpu_to_int(uint64_t b, unsigned bits, enum xe_fpu_rounding mode);

/* fres and frsqrte. */
struct xe_fpu_result xe_fpu_recip_estimate(uint64_t b, uint32_t fpscr);
struct xe_fpu_result xe_fpu_rsqrt_estimate(uint64_t b, uint32_t fpscr);
/* What it is made of: see fpu_convert.c. */
extern const uint8_t xe_fpu_rsqrt_table[2][8];

/* Memory single to register and back: a change of format, no arithmetic. */
uint64_t xe_fpu_single_to_double_slow(uint32_t single);
uint32_t xe_fpu_double_to_single_slow(uint64_t bits);

static inline uint64_t xe_fpu_single_to_double(uint32_t single)
{
    uint32_t exp = single >> 23 & 0xFF;

    if (exp == 0 || exp == 0xFF)
        return xe_fpu_single_to_double_slow(single);
    return (uint64_t)(single >> 31) << 63 |
           (((uint64_t)(single & 0x7FFFFFFFu) << 29) + (896ull << 52));
}

static inline uint32_t xe_fpu_double_to_single(uint64_t bits)
{
    if ((bits >> 52 & 0x7FF) <= 896 && (bits << 1) != 0)
        return xe_fpu_double_to_single_slow(bits);
    return (uint32_t)(bits >> 32 & 0xC0000000u) | (uint32_t)(bits >> 29 & 0x3FFFFFFFu);
}

#endif
