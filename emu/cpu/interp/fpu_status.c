/* Moves to and from the FPSCR. FEX and VX are never written, they follow from the rest. FX is
 * copied where its field is written as a whole, and set where mtfsb1 makes an exception bit new.
 * Source: PowerPC Book I, section 4.6.8. */
#include "cpu/interp/fpu.h"

/* FPSCR = old with the bits of mask set to those of value. */
static enum xe_ppc_next write_fpscr(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                    uint32_t old, uint32_t value, uint32_t mask)
{
    uint32_t fpscr;

    mask &= ~(XE_FPSCR_FEX | XE_FPSCR_VX | XE_FPSCR_RESERVED);
    fpscr = xe_fpscr_summarise((old & ~mask) | (value & mask));
    if (xe__fpu_interrupts(env, fpscr, cpu->msr))
        return xe_ppc_raise(env, XE_CPU_EXC_FLOAT, word);
    cpu->fpscr = fpscr;
    if (PPC_RC)
        xe_ppc_record_fpu(cpu);
    return XE_PPC_NEXT;
}

/* Guess: the upper word, which the books leave undefined, is 0; some server cores have fff80000. */
XE_PPC_OP(mffs)
{
    return xe__fpu_moved(cpu, word, cpu->fpscr);
}

XE_PPC_OP(mtfsf)
{
    uint32_t fields = xe_ppc_flm(word), mask = 0;

    for (uint32_t i = 0; i < 8; i++)
        if (fields >> i & 1)
            mask |= 0xFu << (4 * i);
    return write_fpscr(env, cpu, word, cpu->fpscr, (uint32_t)FRB, mask);
}

XE_PPC_OP(mtfsfi)
{
    uint32_t shift = 28 - 4 * PPC_BF;

    return write_fpscr(env, cpu, word, cpu->fpscr, xe_ppc_u(word) << shift, 0xFu << shift);
}

XE_PPC_OP(mtfsb0)
{
    return write_fpscr(env, cpu, word, cpu->fpscr, 0, 0x80000000u >> PPC_RT);
}

XE_PPC_OP(mtfsb1)
{
    uint32_t bit = 0x80000000u >> PPC_RT;

    return write_fpscr(env, cpu, word, xe_fpscr_raise(cpu->fpscr, bit), bit, bit);
}

XE_PPC_OP(mcrfs)
{
    uint32_t shift = 28 - 4 * PPC_BFA;
    uint32_t fpscr = cpu->fpscr & ~((XE_FPSCR_STICKY | XE_FPSCR_FX) & 0xFu << shift);

    fpscr = xe_fpscr_summarise(fpscr);
    if (xe__fpu_interrupts(env, fpscr, cpu->msr))
        return xe_ppc_raise(env, XE_CPU_EXC_FLOAT, word);
    cpu->cr[PPC_BF] = (uint8_t)(cpu->fpscr >> shift & 0xF);
    cpu->fpscr = fpscr;
    return XE_PPC_NEXT;
}
