/* See context.h. */
#include "kernel/unwind/context.h"

#include <string.h>

#include "cpu/softfp/fpu_status.h"

/* Which parts it has: all. Guess: the values, which are those of Windows NT for PowerPC (control 1,
 * floating point 2, integer 4) and the next free bit for vectors; a record that a console's
 * RtlCaptureContext wrote would tell. */
#define FLAGS 0x17u

/* MSR bits that code of a title can have changed: the rest of a record's is not believed. */
#define MSR_OURS (XE_MSR_FE0 | XE_MSR_FE1)

bool xe_unwind_context_put(struct xe_mem *mem, xe_gva at, const struct xe_cpu *cpu)
{
    uint8_t *p = xe_mem_view_rw(mem, at, XE_X_CONTEXT_SIZE);

    if (!p)
        return false;
    memset(p, 0, XE_X_CONTEXT_SIZE);
    xe_store_be32(p + XE_X_CONTEXT_FLAGS, FLAGS);
    xe_store_be32(p + XE_X_CONTEXT_MSR, (uint32_t)cpu->msr);
    xe_store_be32(p + XE_X_CONTEXT_IAR, cpu->pc);
    xe_store_be32(p + XE_X_CONTEXT_LR, (uint32_t)cpu->lr);
    xe_store_be64(p + XE_X_CONTEXT_CTR, cpu->ctr);
    xe_store_be32(p + XE_X_CONTEXT_CR, xe_cpu_cr_get(cpu));
    xe_store_be32(p + XE_X_CONTEXT_XER, xe_cpu_xer_get(cpu));
    xe_store_be64(p + XE_X_CONTEXT_FPSCR, cpu->fpscr);
    for (uint32_t i = 0; i < 32; i++) {
        xe_store_be64(p + XE_X_CONTEXT_GPR + 8 * i, cpu->gpr[i]);
        xe_store_be64(p + XE_X_CONTEXT_FPR + 8 * i, cpu->fpr[i]);
    }
    xe_store_be32(p + XE_X_CONTEXT_VSCR + 12, cpu->vscr);
    for (uint32_t i = 0; i < 128; i++) {
        xe_store_be64(p + XE_X_CONTEXT_VR + 16 * i, cpu->vr[i].d[XE_VD(0)]);
        xe_store_be64(p + XE_X_CONTEXT_VR + 16 * i + 8, cpu->vr[i].d[XE_VD(1)]);
    }
    return true;
}

bool xe_unwind_context_get(const struct xe_mem *mem, xe_gva at, struct xe_cpu *cpu)
{
    const uint8_t *p = xe_mem_view(mem, at, XE_X_CONTEXT_SIZE);

    if (!p)
        return false;
    cpu->msr = (cpu->msr & ~(uint64_t)MSR_OURS) | (xe_load_be32(p + XE_X_CONTEXT_MSR) & MSR_OURS);
    cpu->pc = xe_load_be32(p + XE_X_CONTEXT_IAR) & ~3u;
    cpu->lr = xe_load_be32(p + XE_X_CONTEXT_LR);
    cpu->ctr = xe_load_be64(p + XE_X_CONTEXT_CTR);
    xe_cpu_cr_set(cpu, xe_load_be32(p + XE_X_CONTEXT_CR));
    xe_cpu_xer_set(cpu, xe_load_be32(p + XE_X_CONTEXT_XER));
    cpu->fpscr = xe_fpscr_summarise((uint32_t)xe_load_be64(p + XE_X_CONTEXT_FPSCR));
    for (uint32_t i = 0; i < 32; i++) {
        cpu->gpr[i] = xe_load_be64(p + XE_X_CONTEXT_GPR + 8 * i);
        cpu->fpr[i] = xe_load_be64(p + XE_X_CONTEXT_FPR + 8 * i);
    }
    cpu->vscr = xe_load_be32(p + XE_X_CONTEXT_VSCR + 12) & 0x00010001u;
    for (uint32_t i = 0; i < 128; i++) {
        cpu->vr[i].d[XE_VD(0)] = xe_load_be64(p + XE_X_CONTEXT_VR + 16 * i);
        cpu->vr[i].d[XE_VD(1)] = xe_load_be64(p + XE_X_CONTEXT_VR + 16 * i + 8);
    }
    return true;
}
