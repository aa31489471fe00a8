/* Special registers, machine state, system call, and what only the hypervisor may do.
 * Source: Power ISA books I (3.3.13), II (5.2) and III-S; SPR numbers as listed publicly for this
 * core. */
#include "cpu/interp/fpu.h"

#define MSR_EE 0x8000u
#define MSR_RI 0x0002u
#define MSR_ME 0x1000u
#define MSR_SF (1ull << 63)
#define MSR_HV (1ull << 60)

/* ---- special registers --------------------------------------------------------------------- */

static uint64_t timebase(struct xe_ppc_env *env, struct xe_cpu *cpu)
{
    cpu->retired = xe_meter_retired(&env->meter);
    return env->host.timebase(env->host.ctx, cpu);
}

/* What a number that a title can't use raises. Bit 0x10 says that the register is privileged;
 * numbers without it, read-only registers among them, are illegal (Source: Power ISA book III-S,
 * mtspr and mfspr; it allows a number the chip lacks to do other things). The chip trusts a title
 * with the kernel's registers; here the kernel is not made of them, so they are refused.
 * Guess: three kernel registers whose number has no such bit, CTRL (its reading side) and the
 * thread status pair, are refused likewise; what a console's CTRL reads would settle the first. */
static enum xe_ppc_next refuse(struct xe_ppc_env *env, uint32_t word)
{
    enum { CTRL = 136, TSRL = 896, TSRR = 897 };
    uint32_t spr = PPC_SPR;
    bool privileged = spr & 0x10 || spr == CTRL || spr == TSRL || spr == TSRR;

    return xe_ppc_raise(env, privileged ? XE_CPU_EXC_PRIVILEGED : XE_CPU_EXC_ILLEGAL, word);
}

XE_PPC_OP(mfspr)
{
    uint64_t *ret = &cpu->gpr[PPC_RT];

    switch (PPC_SPR) {
    case 1:
        *ret = xe_cpu_xer_get(cpu);
        return XE_PPC_NEXT;
    case 8:
        *ret = cpu->lr;
        return XE_PPC_NEXT;
    case 9:
        *ret = cpu->ctr;
        return XE_PPC_NEXT;
    case 256:
        *ret = cpu->vrsave;
        return XE_PPC_NEXT;
    case 268:
        *ret = timebase(env, cpu);
        return XE_PPC_NEXT;
    case 269:
        *ret = timebase(env, cpu) >> 32;
        return XE_PPC_NEXT;
    case 287:
        *ret = XE_CPU_PVR;
        return XE_PPC_NEXT;
    case 1023:
        *ret = cpu->hw_thread;
        return XE_PPC_NEXT;
    default:
        return refuse(env, word);
    }
}

XE_PPC_OP(mftb)
{
    uint32_t tbr = PPC_SPR;

    if (tbr != 268 && tbr != 269)
        return xe_ppc_raise(env, XE_CPU_EXC_ILLEGAL, word);
    cpu->gpr[PPC_RT] = tbr == 268 ? timebase(env, cpu) : timebase(env, cpu) >> 32;
    return XE_PPC_NEXT;
}

XE_PPC_OP(mtspr)
{
    uint64_t value = cpu->gpr[PPC_RS];

    switch (PPC_SPR) {
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
        return refuse(env, word);
    }
}

/* ---- machine state ------------------------------------------------------------------------- */

XE_PPC_OP(mfmsr)
{
    cpu->gpr[PPC_RT] = cpu->msr;
    return XE_PPC_NEXT;
}

/* L=1 writes EE and RI only; L=0 all but HV and ME, which are the hypervisor's (Source: Power ISA
 * book III-S, mtmsrd). A title stays in 32-bit mode: SF can't be set from here. */
static enum xe_ppc_next write_msr(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                  uint64_t kept)
{
    bool little = xe_ppc_l_msr(word);
    uint64_t writable = little ? MSR_EE | MSR_RI : ~(kept | MSR_SF | MSR_HV | MSR_ME);
    uint64_t msr = (cpu->msr & ~writable) | (cpu->gpr[PPC_RS] & writable);

    if (!little && xe__fpu_interrupts(env, cpu->fpscr, msr))
        return xe_ppc_raise(env, XE_CPU_EXC_FLOAT, word);
    cpu->msr = msr;
    return XE_PPC_NEXT;
}

XE_PPC_OP(mtmsr)
{
    return write_msr(env, cpu, word, 0xFFFFFFFF00000000ull);
}

XE_PPC_OP(mtmsrd)
{
    return write_msr(env, cpu, word, 0);
}

/* ---- system call ---------------------------------------------------------------------------- */

XE_PPC_OP(sc)
{
    if (word == XE_CPU_WORD_EXPORT)
        return XE_PPC_EXPORT;
    return xe_ppc_raise(env, XE_CPU_EXC_SYSCALL, word);
}

/* ---- hypervisor ----------------------------------------------------------------------------- */

/* On the chip a title (MSR[PR]=0, HV=0) may execute rfid and the slb instructions, and would take
 * the machine from its kernel; the others are the hypervisor's and raise this too. */

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
