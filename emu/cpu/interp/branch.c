/* Branches, traps and condition-register logic.
 * Source: Power ISA book I, chapters 2.4 and 2.5, section 3.3.10 (traps). */
#include "cpu/isa/exec.h"

/* The condition of bc, bclr and bcctr; decrements CTR where BO says so. Only the low word of CTR is
 * tested in 32-bit mode. */
static inline bool condition(struct xe_cpu *cpu, uint32_t word)
{
    bool ctr_ok = true;
    bool cr_ok;

    if (!(PPC_BO & 4)) {
        cpu->ctr--;
        ctr_ok = ((uint32_t)cpu->ctr == 0) == !!(PPC_BO & 2);
    }
    cr_ok = PPC_BO & 16 || (cpu->cr[PPC_BI >> 2] >> (3 - (PPC_BI & 3)) & 1) == (PPC_BO >> 3 & 1);
    return ctr_ok && cr_ok;
}

static inline enum xe_ppc_next jump(struct xe_cpu *cpu, bool taken, uint32_t target, bool link)
{
    uint32_t next = cpu->pc + 4;

    if (link)
        cpu->lr = next;
    cpu->pc = taken ? target : next;
    return XE_PPC_BRANCHED;
}

XE_PPC_OP(b)
{
    return jump(cpu, true, (uint32_t)xe_ppc_li(word) + (PPC_AA ? 0 : cpu->pc), PPC_LK);
}

XE_PPC_OP(bc)
{
    return jump(cpu, condition(cpu, word), (uint32_t)xe_ppc_bd(word) + (PPC_AA ? 0 : cpu->pc),
                PPC_LK);
}

XE_PPC_OP(bclr)
{
    uint32_t target = (uint32_t)cpu->lr & ~3u;

    return jump(cpu, condition(cpu, word), target, PPC_LK);
}

XE_PPC_OP(bcctr)
{
    /* Decrementing the register it jumps through is an invalid form; Guess: as ppc_insns.def says.
     */
    if (!(PPC_BO & 4))
        return xe_ppc_raise(env, XE_CPU_EXC_ILLEGAL, word);
    return jump(cpu, condition(cpu, word), (uint32_t)cpu->ctr & ~3u, PPC_LK);
}

/* ---- traps --------------------------------------------------------------------------------- */

static inline enum xe_ppc_next trap(struct xe_ppc_env *env, uint32_t word, int64_t a, int64_t b)
{
    uint32_t to = PPC_TO;
    bool fires = (to & 16 && a < b) || (to & 8 && a > b) || (to & 4 && a == b) ||
                 (to & 2 && (uint64_t)a < (uint64_t)b) || (to & 1 && (uint64_t)a > (uint64_t)b);

    return fires ? xe_ppc_raise(env, XE_CPU_EXC_TRAP, word) : XE_PPC_NEXT;
}

XE_PPC_OP(twi)
{
    return trap(env, word, (int32_t)cpu->gpr[PPC_RA], PPC_SI);
}

XE_PPC_OP(tw)
{
    return trap(env, word, (int32_t)cpu->gpr[PPC_RA], (int32_t)cpu->gpr[PPC_RB]);
}

XE_PPC_OP(tdi)
{
    return trap(env, word, (int64_t)cpu->gpr[PPC_RA], PPC_SI);
}

XE_PPC_OP(td)
{
    return trap(env, word, (int64_t)cpu->gpr[PPC_RA], (int64_t)cpu->gpr[PPC_RB]);
}

/* ---- condition register -------------------------------------------------------------------- */

static inline bool cr_bit(const struct xe_cpu *cpu, uint32_t n)
{
    return cpu->cr[n >> 2] >> (3 - (n & 3)) & 1;
}

static inline enum xe_ppc_next cr_set(struct xe_cpu *cpu, uint32_t n, bool value)
{
    uint8_t bit = (uint8_t)(8 >> (n & 3));

    cpu->cr[n >> 2] = (uint8_t)((cpu->cr[n >> 2] & ~bit) | (value ? bit : 0));
    return XE_PPC_NEXT;
}

#define CR_LOGIC(name, expression)                                                                 \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        bool a = cr_bit(cpu, PPC_RA), b = cr_bit(cpu, PPC_RB);                                     \
                                                                                                   \
        return cr_set(cpu, PPC_RT, expression);                                                    \
    }
CR_LOGIC(crand, a &&b)
CR_LOGIC(crandc, a && !b)
CR_LOGIC(creqv, a == b)
CR_LOGIC(crnand, !(a && b))
CR_LOGIC(crnor, !(a || b))
CR_LOGIC(cror, a || b)
CR_LOGIC(crorc, a || !b)
CR_LOGIC(crxor, a != b)

XE_PPC_OP(mcrf)
{
    cpu->cr[PPC_BF] = cpu->cr[PPC_BFA];
    return XE_PPC_NEXT;
}

XE_PPC_OP(mcrxr)
{
    cpu->cr[PPC_BF] = (uint8_t)(cpu->so << 3 | cpu->ov << 2 | cpu->ca << 1);
    cpu->so = cpu->ov = cpu->ca = 0;
    return XE_PPC_NEXT;
}

XE_PPC_OP(mfcr)
{
    cpu->gpr[PPC_RT] = xe_cpu_cr_get(cpu);
    return XE_PPC_NEXT;
}

/* Guess: fields not named by FXM, which the books leave undefined, read as they are in CR. */
XE_PPC_OP(mfocrf)
{
    cpu->gpr[PPC_RT] = xe_cpu_cr_get(cpu);
    return XE_PPC_NEXT;
}

static inline enum xe_ppc_next move_to_fields(struct xe_cpu *cpu, uint32_t word)
{
    for (uint32_t n = 0; n < 8; n++)
        if (xe_ppc_fxm(word) >> (7 - n) & 1)
            cpu->cr[n] = cpu->gpr[PPC_RS] >> (28 - 4 * n) & 15;
    return XE_PPC_NEXT;
}

XE_PPC_OP(mtcrf)
{
    return move_to_fields(cpu, word);
}

XE_PPC_OP(mtocrf)
{
    return move_to_fields(cpu, word);
}
