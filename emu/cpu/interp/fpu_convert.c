/* FPU rounding, conversions and compares. Source: PowerPC Book I, sections 4.6.6 and 4.6.7.
 * Guess: what the book leaves undefined after a conversion to integer: FPRF stays as it was, and
 * the upper word of fctiw's register is sign copies. Storing both on a console would settle it. */
#include "cpu/interp/fpu.h"

#define CONVERT(name, format, classes, result)                                                     \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return xe__fpu_retire(env, cpu, word, result, format, classes);                            \
    }

CONVERT(frsp, XE_FPU_SINGLE, true, xe_fpu_to_single(FRB, cpu->fpscr))
CONVERT(fcfid, XE_FPU_DOUBLE, true, xe_fpu_soft_from_int((int64_t)FRB, cpu->fpscr))
CONVERT(fctiw, XE_FPU_DOUBLE, false, xe_fpu_to_int(FRB, 32, cpu->fpscr &XE_FPSCR_RN))
CONVERT(fctiwz, XE_FPU_DOUBLE, false, xe_fpu_to_int(FRB, 32, XE_FPU_TO_ZERO))
CONVERT(fctid, XE_FPU_DOUBLE, false, xe_fpu_to_int(FRB, 64, cpu->fpscr &XE_FPSCR_RN))
CONVERT(fctidz, XE_FPU_DOUBLE, false, xe_fpu_to_int(FRB, 64, XE_FPU_TO_ZERO))

static enum xe_ppc_next compare(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                bool ordered)
{
    uint32_t code = xe_fpu_compare(FRA, FRB);
    uint32_t fpscr = (cpu->fpscr & ~XE_FPSCR_FPCC) | code << XE_FPSCR_FPRF_SHIFT;

    fpscr = xe_fpscr_raise(fpscr, xe_fpu_compare_raises(FRA, FRB, ordered, fpscr));
    if (xe__fpu_interrupts(env, fpscr, cpu->msr))
        return xe_ppc_raise(env, XE_CPU_EXC_FLOAT, word);
    cpu->cr[PPC_BF] = (uint8_t)code;
    cpu->fpscr = fpscr;
    return XE_PPC_NEXT;
}

XE_PPC_OP(fcmpu)
{
    return compare(env, cpu, word, false);
}

XE_PPC_OP(fcmpo)
{
    return compare(env, cpu, word, true);
}
