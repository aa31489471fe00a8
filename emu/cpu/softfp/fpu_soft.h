/* Exact floating-point arithmetic in integers: the reference behind the FPU rows.
 *
 * Operands are register values (double patterns). Each operation is computed exactly, rounded once
 * to `format` under fpscr's rounding mode, and reports what it raised. Enable bits (OE, UE) and NI
 * are honoured; VE and ZE suppression is the caller's (xe_fpscr_suppresses).
 * Host floating point is not used at all. */
#ifndef XE_CPU_SOFTFP_FPU_SOFT_H
#define XE_CPU_SOFTFP_FPU_SOFT_H

#include "cpu/softfp/fpu_status.h"

#define XE_FPU_SIGN     0x8000000000000000u
#define XE_FPU_INFINITY 0x7FF0000000000000u
#define XE_FPU_QUIET    0x0008000000000000u
#define XE_FPU_NAN      0x7FF8000000000000u /* what an invalid operation generates */

static inline bool xe_fpu_is_nan(uint64_t x)
{
    return (x << 1) > (XE_FPU_INFINITY << 1);
}

static inline bool xe_fpu_is_snan(uint64_t x)
{
    return xe_fpu_is_nan(x) && !(x & XE_FPU_QUIET);
}

static inline bool xe_fpu_is_zero(uint64_t x)
{
    return (x << 1) == 0;
}

static inline bool xe_fpu_is_infinity(uint64_t x)
{
    return (x << 1) == (XE_FPU_INFINITY << 1);
}

/* a + b, a * c, a / b, sqrt(b), a * c + b, b itself, and the integer b, rounded. */
struct xe_fpu_result xe_fpu_soft_add(uint64_t a, uint64_t b, enum xe_fpu_format format,
                                     uint32_t fpscr);
struct xe_fpu_result xe_fpu_soft_mul(uint64_t a, uint64_t c, enum xe_fpu_format format,
                                     uint32_t fpscr);
struct xe_fpu_result xe_fpu_soft_div(uint64_t a, uint64_t b, enum xe_fpu_format format,
                                     uint32_t fpscr);
struct xe_fpu_result xe_fpu_soft_sqrt(uint64_t b, enum xe_fpu_format format, uint32_t fpscr);
struct xe_fpu_result xe_fpu_soft_madd(uint64_t a, uint64_t c, uint64_t b, enum xe_fpu_format format,
                                      uint32_t fpscr);
struct xe_fpu_result xe_fpu_soft_round(uint64_t b, enum xe_fpu_format format, uint32_t fpscr);
struct xe_fpu_result xe_fpu_soft_from_int(int64_t b, uint32_t fpscr);

#endif
