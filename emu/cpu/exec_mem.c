/* Integer loads and stores, reservations, cache-block operations.
 * Source: Power ISA book I section 3.3, book II chapters 3 and 4. */
#include <string.h>

#include "cpu/exec_mem.h"

#define REGISTERS cpu->gpr

#define SIGN2(v) ((uint64_t)(int64_t)(int16_t)(v))
#define SIGN4(v) ((uint64_t)(int64_t)(int32_t)(v))
#define SWAP2(v) ((uint64_t)__builtin_bswap16((uint16_t)(v)))
#define SWAP4(v) ((uint64_t)__builtin_bswap32((uint32_t)(v)))
#define SWAP8(v) __builtin_bswap64(v)

LOAD(lbz, EA_D, 1, SAME)
LOAD(lbzx, EA_X, 1, SAME)
LOAD(lhz, EA_D, 2, SAME)
LOAD(lhzx, EA_X, 2, SAME)
LOAD(lha, EA_D, 2, SIGN2)
LOAD(lhax, EA_X, 2, SIGN2)
LOAD(lwz, EA_D, 4, SAME)
LOAD(lwzx, EA_X, 4, SAME)
LOAD(lwa, EA_DS, 4, SIGN4)
LOAD(lwax, EA_X, 4, SIGN4)
LOAD(ld, EA_DS, 8, SAME)
LOAD(ldx, EA_X, 8, SAME)
LOAD(lhbrx, EA_X, 2, SWAP2)
LOAD(lwbrx, EA_X, 4, SWAP4)
LOAD(ldbrx, EA_X, 8, SWAP8)

LOAD_UPDATE(lbzu, SUM_D, 1, SAME)
LOAD_UPDATE(lbzux, SUM_X, 1, SAME)
LOAD_UPDATE(lhzu, SUM_D, 2, SAME)
LOAD_UPDATE(lhzux, SUM_X, 2, SAME)
LOAD_UPDATE(lhau, SUM_D, 2, SIGN2)
LOAD_UPDATE(lhaux, SUM_X, 2, SIGN2)
LOAD_UPDATE(lwzu, SUM_D, 4, SAME)
LOAD_UPDATE(lwzux, SUM_X, 4, SAME)
LOAD_UPDATE(lwaux, SUM_X, 4, SIGN4)
LOAD_UPDATE(ldu, SUM_DS, 8, SAME)
LOAD_UPDATE(ldux, SUM_X, 8, SAME)

STORE(stb, EA_D, 1, SAME)
STORE(stbx, EA_X, 1, SAME)
STORE(sth, EA_D, 2, SAME)
STORE(sthx, EA_X, 2, SAME)
STORE(stw, EA_D, 4, SAME)
STORE(stwx, EA_X, 4, SAME)
STORE(std, EA_DS, 8, SAME)
STORE(stdx, EA_X, 8, SAME)
STORE(sthbrx, EA_X, 2, SWAP2)
STORE(stwbrx, EA_X, 4, SWAP4)
STORE(stdbrx, EA_X, 8, SWAP8)

STORE_UPDATE(stbu, SUM_D, 1, SAME)
STORE_UPDATE(stbux, SUM_X, 1, SAME)
STORE_UPDATE(sthu, SUM_D, 2, SAME)
STORE_UPDATE(sthux, SUM_X, 2, SAME)
STORE_UPDATE(stwu, SUM_D, 4, SAME)
STORE_UPDATE(stwux, SUM_X, 4, SAME)
STORE_UPDATE(stdu, SUM_DS, 8, SAME)
STORE_UPDATE(stdux, SUM_X, 8, SAME)

/* ---- multiple and string ------------------------------------------------------------------- */

XE_PPC_OP(lmw)
{
    uint32_t count = 32 - PPC_RT;
    const uint8_t *p = xe_ppc_span(env, word, EA_D, count * 4, false);

    if (!p)
        return XE_PPC_FAULT;
    for (uint32_t i = 0; i < count; i++)
        cpu->gpr[PPC_RT + i] = xe_load_be32(p + 4 * i);
    return XE_PPC_NEXT;
}

XE_PPC_OP(stmw)
{
    uint32_t count = 32 - PPC_RS;
    uint8_t *p = xe_ppc_span(env, word, EA_D, count * 4, true);

    if (!p)
        return XE_PPC_FAULT;
    for (uint32_t i = 0; i < count; i++)
        xe_store_be32(p + 4 * i, (uint32_t)cpu->gpr[PPC_RS + i]);
    return XE_PPC_NEXT;
}

/* n bytes into the low words of rT, rT+1, ... (r31 wraps to r0), four a register, left-justified.
 */
static enum xe_ppc_next load_string(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                    uint32_t ea, uint32_t n)
{
    const uint8_t *p;

    if (!n)
        return XE_PPC_NEXT;
    p = xe_ppc_span(env, word, ea, n, false);
    if (!p)
        return XE_PPC_FAULT;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t *reg = &cpu->gpr[(PPC_RT + i / 4) & 31];

        if (i % 4 == 0)
            *reg = 0;
        *reg |= (uint64_t)p[i] << (24 - 8 * (i % 4));
    }
    return XE_PPC_NEXT;
}

static enum xe_ppc_next store_string(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                     uint32_t ea, uint32_t n)
{
    uint8_t *p;

    if (!n)
        return XE_PPC_NEXT;
    p = xe_ppc_span(env, word, ea, n, true);
    if (!p)
        return XE_PPC_FAULT;
    for (uint32_t i = 0; i < n; i++)
        p[i] = (uint8_t)(cpu->gpr[(PPC_RS + i / 4) & 31] >> (24 - 8 * (i % 4)));
    return XE_PPC_NEXT;
}

XE_PPC_OP(lswi)
{
    return load_string(env, cpu, word, (uint32_t)xe_ppc_ra0(cpu, word), PPC_RB ? PPC_RB : 32);
}

XE_PPC_OP(lswx)
{
    return load_string(env, cpu, word, EA_X, cpu->xer_count);
}

XE_PPC_OP(stswi)
{
    return store_string(env, cpu, word, (uint32_t)xe_ppc_ra0(cpu, word), PPC_RB ? PPC_RB : 32);
}

XE_PPC_OP(stswx)
{
    return store_string(env, cpu, word, EA_X, cpu->xer_count);
}

/* ---- reservations -------------------------------------------------------------------------- */

/* A reservation remembers the line and the value loaded; a store succeeds when memory still holds
 * that value. Guess: differs from hardware only for a value that was changed and changed back
 * between the pair, on which no title is known to depend. */
#define RESERVE_LINE 128u

static enum xe_ppc_next reserve(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                uint32_t size)
{
    uint32_t ea = EA_X;
    uint64_t value;

    if (ea & (size - 1)) {
        xe_ppc_raise(env, XE_CPU_EXC_ALIGNMENT, word);
        env->exception.address = ea;
        return XE_PPC_FAULT;
    }
    if (!xe_ppc_load(env, word, ea, size, &value))
        return XE_PPC_FAULT;
    cpu->reserve_valid = size;
    cpu->reserve_address = xe_mem_canonical(ea);
    cpu->reserve_value = value;
    cpu->gpr[PPC_RT] = value;
    return XE_PPC_NEXT;
}

static enum xe_ppc_next store_conditional(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                          uint32_t size)
{
    uint32_t ea = EA_X;
    uint64_t value = 0;
    bool held;

    if (ea & (size - 1)) {
        xe_ppc_raise(env, XE_CPU_EXC_ALIGNMENT, word);
        env->exception.address = ea;
        env->exception.write = true;
        return XE_PPC_FAULT;
    }
    held = cpu->reserve_valid == size &&
           !((cpu->reserve_address ^ xe_mem_canonical(ea)) & ~(RESERVE_LINE - 1));
    if (held && !xe_ppc_load(env, word, ea, size, &value))
        return XE_PPC_FAULT;
    held = held && value == cpu->reserve_value;
    if (held && !xe_ppc_store(env, word, ea, size, cpu->gpr[PPC_RS]))
        return XE_PPC_FAULT;
    cpu->reserve_valid = 0;
    cpu->cr[0] = (uint8_t)((held ? XE_CR_EQ : 0) | cpu->so);
    return XE_PPC_NEXT;
}

XE_PPC_OP(lwarx)
{
    return reserve(env, cpu, word, 4);
}

XE_PPC_OP(ldarx)
{
    return reserve(env, cpu, word, 8);
}

XE_PPC_OP(stwcx_)
{
    return store_conditional(env, cpu, word, 4);
}

XE_PPC_OP(stdcx_)
{
    return store_conditional(env, cpu, word, 8);
}

/* ---- cache blocks -------------------------------------------------------------------------- */

static enum xe_ppc_next zero_block(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                   uint32_t size)
{
    uint8_t *p = xe_ppc_span(env, word, EA_X & ~(size - 1), size, true);

    if (!p)
        return XE_PPC_FAULT;
    memset(p, 0, size);
    return XE_PPC_NEXT;
}

/* Guess: plain dcbz clears 32 bytes in title environments, as two public title-level projects do.
 */
XE_PPC_OP(dcbz)
{
    return zero_block(env, cpu, word, 32);
}

XE_PPC_OP(dcbz128)
{
    return zero_block(env, cpu, word, 128);
}

XE_PPC_OP(icbi)
{
    xe_mem_code_flush(env->mem, EA_X & ~127u, 128);
    return XE_PPC_NEXT;
}

/* Hints and write-backs have no visible effect: memory here is always coherent. */
#define NOTHING(name)                                                                              \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return XE_PPC_NEXT;                                                                        \
    }
NOTHING(dcbf)
NOTHING(dcbi)
NOTHING(dcbst)
NOTHING(dcbt)
NOTHING(dcbtst)
NOTHING(eieio)
NOTHING(isync)
NOTHING(sync)
