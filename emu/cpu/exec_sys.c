/* Special registers, machine state, system call, and what only the hypervisor may do.
 * Source: Power ISA books I (3.3.13), II (5.2) and III-S; SPR numbers as listed publicly for this
 * core. */
#include "cpu/exec.h"

#define SPR ((word >> 16 & 31) | (word >> 6 & 0x3E0))

#define MSR_EE 0x8000u
#define MSR_RI 0x0002u
#define MSR_SF (1ull << 63)

/* ---- special registers --------------------------------------------------------------------- */

static uint64_t timebase(struct xe_ppc_env *env, struct xe_cpu *cpu)
{
    cpu->retired = env->retires - env->left;
    return env->host.timebase(env->host.ctx, cpu);
}

/* The special registers a title may use; anything else belongs to kernel or hypervisor. */
static bool read_spr(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t spr, uint64_t *ret)
{
    switch (spr) {
    case 1:
        *ret = xe_cpu_xer_get(cpu);
        return true;
    case 8:
        *ret = cpu->lr;
        return true;
    case 9:
        *ret = cpu->ctr;
        return true;
    case 256:
        *ret = cpu->vrsave;
        return true;
    case 268:
        *ret = timebase(env, cpu);
        return true;
    case 269:
        *ret = timebase(env, cpu) >> 32;
        return true;
    case 287:
        *ret = XE_CPU_PVR;
        return true;
    case 1023:
        *ret = cpu->hw_thread;
        return true;
    default:
        return false;
    }
}

XE_PPC_OP(mfspr)
{
    uint64_t value;

    if (!read_spr(env, cpu, SPR, &value))
        return xe_ppc_raise(env, XE_CPU_EXC_PRIVILEGED, word);
    cpu->gpr[PPC_RT] = value;
    return XE_PPC_NEXT;
}

XE_PPC_OP(mftb)
{
    uint32_t tbr = SPR;

    if (tbr != 268 && tbr != 269)
        return xe_ppc_raise(env, XE_CPU_EXC_ILLEGAL, word);
    cpu->gpr[PPC_RT] = tbr == 268 ? timebase(env, cpu) : timebase(env, cpu) >> 32;
    return XE_PPC_NEXT;
}

XE_PPC_OP(mtspr)
{
    uint64_t value = cpu->gpr[PPC_RS];

    switch (SPR) {
    case 1:
        xe_cpu_xer_set(cpu, (uint32_t)value);
        return XE_PPC_NEXT;
    case 8:
        cpu->lr = value;
        return XE_PPC_NEXT;
    case 9:
        cpu->ctr = value;
        return XE_PPC_NEXT;
    case 256:
        cpu->vrsave = (uint32_t)value;
        return XE_PPC_NEXT;
    default:
        return xe_ppc_raise(env, XE_CPU_EXC_PRIVILEGED, word);
    }
}

/* ---- machine state ------------------------------------------------------------------------- */

XE_PPC_OP(mfmsr)
{
    cpu->gpr[PPC_RT] = cpu->msr;
    return XE_PPC_NEXT;
}

/* L=1 writes EE and RI only. A title stays in 32-bit mode: SF can't be set from here. */
static enum xe_ppc_next write_msr(struct xe_cpu *cpu, uint32_t word, uint64_t kept)
{
    uint64_t writable = word & 0x00010000 ? MSR_EE | MSR_RI : ~(kept | MSR_SF);

    cpu->msr = (cpu->msr & ~writable) | (cpu->gpr[PPC_RS] & writable);
    return XE_PPC_NEXT;
}

XE_PPC_OP(mtmsr)
{
    return write_msr(cpu, word, 0xFFFFFFFF00000000ull);
}

XE_PPC_OP(mtmsrd)
{
    return write_msr(cpu, word, 0);
}

/* ---- system call ---------------------------------------------------------------------------- */

XE_PPC_OP(sc)
{
    if (word == XE_CPU_WORD_EXPORT)
        return XE_PPC_EXPORT;
    return xe_ppc_raise(env, XE_CPU_EXC_SYSCALL, word);
}

/* ---- hypervisor ----------------------------------------------------------------------------- */

#define PRIVILEGED(name)                                                                           \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return xe_ppc_raise(env, XE_CPU_EXC_PRIVILEGED, word);                                     \
    }
PRIVILEGED(rfid)
PRIVILEGED(hrfid)
PRIVILEGED(slbia)
PRIVILEGED(slbie)
PRIVILEGED(slbmte)
PRIVILEGED(slbmfee)
PRIVILEGED(slbmfev)
PRIVILEGED(tlbie)
PRIVILEGED(tlbiel)
PRIVILEGED(tlbsync)
