/* FPU arithmetic, one line a row. Source: PowerPC Book I, section 4.6.5. */
#include "cpu/interp/fpu.h"

#define ARITHMETIC(name, format, result)                                                           \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return xe__fpu_retire(env, cpu, word, result, format, true);                               \
    }
/* The double row and its single twin. */
#define BOTH(name, function, ...)                                                                  \
    ARITHMETIC(name, XE_FPU_DOUBLE, function(__VA_ARGS__, XE_FPU_DOUBLE, cpu->fpscr))              \
    ARITHMETIC(name##s, XE_FPU_SINGLE, function(__VA_ARGS__, XE_FPU_SINGLE, cpu->fpscr))
#define BOTH_NEGATED(name, function, ...)                                                          \
    ARITHMETIC(name, XE_FPU_DOUBLE,                                                                \
               xe_fpu_negated(function(__VA_ARGS__, XE_FPU_DOUBLE, cpu->fpscr)))                   \
    ARITHMETIC(name##s, XE_FPU_SINGLE,                                                             \
               xe_fpu_negated(function(__VA_ARGS__, XE_FPU_SINGLE, cpu->fpscr)))

BOTH(fadd, xe_fpu_add, FRA, FRB)
BOTH(fsub, xe_fpu_add, FRA, xe_fpu_minus(FRB))
BOTH(fmul, xe_fpu_mul, FRA, FRC)
BOTH(fdiv, xe_fpu_div, FRA, FRB)
BOTH(fsqrt, xe_fpu_sqrt, FRB)
BOTH(fmadd, xe_fpu_madd, FRA, FRC, FRB)
BOTH(fmsub, xe_fpu_madd, FRA, FRC, xe_fpu_minus(FRB))
BOTH_NEGATED(fnmadd, xe_fpu_madd, FRA, FRC, FRB)
BOTH_NEGATED(fnmsub, xe_fpu_madd, FRA, FRC, xe_fpu_minus(FRB))

ARITHMETIC(fres, XE_FPU_SINGLE, xe_fpu_recip_estimate(FRB, cpu->fpscr))
ARITHMETIC(frsqrte, XE_FPU_DOUBLE, xe_fpu_rsqrt_estimate(FRB, cpu->fpscr))
