/* How the FPU rows use fpu_math.h: fields, and the one place where a result meets registers. */
#ifndef XE_CPU_INTERP_FPU_H
#define XE_CPU_INTERP_FPU_H

#include "cpu/isa/exec.h"
#include "cpu/softfp/fpu_math.h"

#define FRA (cpu->fpr[PPC_RA])
#define FRB (cpu->fpr[PPC_RB])
#define FRC (cpu->fpr[PPC_RC_REG])

/* Do these make an enabled exception interrupt? Asked before anything is changed, so that the
 * instruction can be done over; the engine lets it happen (env->commits) before it tells of it.
 * Source: PowerPC Book I, section 4.4.1. */
static inline bool xe__fpu_interrupts(const struct xe_ppc_env *env, uint32_t fpscr, uint64_t msr)
{
    return __builtin_expect(
        fpscr & XE_FPSCR_FEX && msr & (XE_MSR_FE0 | XE_MSR_FE1) && !env->commits, 0);
}

/* FPRF of r. An underflow that UE answers with a raised exponent counts as normal, even where it is
 * still below the least normal single. Source: PowerPC Book I, section 4.4.4. */
static inline uint32_t xe__fpu_class_of(struct xe_fpu_result r, enum xe_fpu_format format,
                                        uint32_t fpscr)
{
    bool raised = r.raised & XE_FPSCR_UX && fpscr & XE_FPSCR_UE;

    return xe_fpu_class(r.bits, raised ? XE_FPU_DOUBLE : format);
}

/* Complete an instruction that computed r: sticky bits, FR, FI and, unless an enabled exception
 * keeps the target as it was, the register and with `classes` the FPRF. */
static inline enum xe_ppc_next xe__fpu_retire(struct xe_ppc_env *env, struct xe_cpu *cpu,
                                              uint32_t word, struct xe_fpu_result r,
                                              enum xe_fpu_format format, bool classes)
{
    uint32_t fpscr = xe_fpscr_raise(cpu->fpscr, r.raised) & ~(XE_FPSCR_FR | XE_FPSCR_FI);

    if (xe__fpu_interrupts(env, fpscr, cpu->msr))
        return xe_ppc_raise(env, XE_CPU_EXC_FLOAT, word);
    if (__builtin_expect(!xe_fpscr_suppresses(fpscr, r.raised), 1)) {
        fpscr |= r.raised & (XE_FPSCR_FR | XE_FPSCR_FI);
        if (classes)
            fpscr = (fpscr & ~XE_FPSCR_FPRF) | xe__fpu_class_of(r, format, fpscr);
        cpu->fpr[PPC_RT] = r.bits;
    }
    cpu->fpscr = fpscr;
    if (PPC_RC)
        xe_ppc_record_fpu(cpu);
    return XE_PPC_NEXT;
}

/* Complete an instruction that only moved bits into the target. */
static inline enum xe_ppc_next xe__fpu_moved(struct xe_cpu *cpu, uint32_t word, uint64_t bits)
{
    cpu->fpr[PPC_RT] = bits;
    if (PPC_RC)
        xe_ppc_record_fpu(cpu);
    return XE_PPC_NEXT;
}

#endif
