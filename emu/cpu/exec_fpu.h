/* How the FPU rows use fpu_math.h: fields, and the one place where a result meets registers. */
#ifndef XE_CPU_EXEC_FPU_H
#define XE_CPU_EXEC_FPU_H

#include "cpu/exec.h"
#include "cpu/fpu_math.h"

#define FRA (cpu->fpr[PPC_RA])
#define FRB (cpu->fpr[PPC_RB])
#define FRC (cpu->fpr[PPC_RC_REG])

/* Complete an instruction that computed r: sticky bits, FR, FI and, unless an enabled exception
 * keeps the target as it was, the register and with `classes` the FPRF. */
static inline enum xe_ppc_next xe__fpu_retire(struct xe_cpu *cpu, uint32_t word,
                                              struct xe_fpu_result r, enum xe_fpu_format format,
                                              bool classes)
{
    uint32_t fpscr = xe_fpscr_raise(cpu->fpscr, r.raised) & ~(XE_FPSCR_FR | XE_FPSCR_FI);

    if (__builtin_expect(!xe_fpscr_suppresses(fpscr, r.raised), 1)) {
        fpscr |= r.raised & (XE_FPSCR_FR | XE_FPSCR_FI);
        if (classes)
            fpscr = (fpscr & ~XE_FPSCR_FPRF) | xe_fpu_class(r.bits, format);
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
