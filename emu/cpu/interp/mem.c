/* Integer loads and stores, reservations, cache-block operations.
 * Source: Power ISA book I section 3.3, book II chapters 3 and 4. */
#include <string.h>

#include "cpu/interp/mem.h"

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

/* ---- multiple and string -------------------------------------------------------------------
 *
 * All bytes are checked before the first is moved, so that nothing is done twice.
 * Guess: any alignment will do, where the chip may ask its kernel for help; titles would not
 * notice, and a timing of unaligned lmw on a console would tell. */

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

/* A reservation remembers the line and the value loaded; a store to any place of the line, of
 * either size, succeeds while memory still holds that value there, as on a chip that watches the
 * line. Guess: this differs from hardware where the line, but not the value, changed between the
 * pair, on which no title is known to depend; and the books leave pairs of two addresses or sizes
 * undefined, which runs of such pairs on a console would settle. */
#define RESERVE_LINE 128u

static enum xe_ppc_next misaligned(struct xe_ppc_env *env, uint32_t word, uint32_t ea, bool write)
{
    xe_ppc_raise(env, XE_CPU_EXC_ALIGNMENT, word);
    env->exception.address = ea;
    env->exception.write = write;
    return XE_PPC_FAULT;
}

static enum xe_ppc_next reserve(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                uint32_t size)
{
    uint32_t ea = EA_X;
    uint64_t value;

    if (ea & (size - 1))
        return misaligned(env, word, ea, false);
    if (!xe_ppc_load(env, word, ea, size, &value))
        return XE_PPC_FAULT;
    cpu->reserve_valid = size;
    cpu->reserve_address = xe_mem_canonical(ea);
    cpu->reserve_value = value;
    cpu->gpr[PPC_RT] = value;
    return XE_PPC_NEXT;
}

/* Is the reservation still good for a store to ea? */
static bool reserved(const struct xe_ppc_env *env, const struct xe_cpu *cpu, uint32_t ea)
{
    uint32_t at = cpu->reserve_address;

    if (!cpu->reserve_valid || (at ^ xe_mem_canonical(ea)) & ~(RESERVE_LINE - 1))
        return false;
    return cpu->reserve_value ==
           (cpu->reserve_valid == 4 ? xe_mem_u32(env->mem, at) : xe_mem_u64(env->mem, at));
}

/* Without a reservation nothing is stored, so nothing faults. */
static enum xe_ppc_next store_conditional(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                          uint32_t size)
{
    uint32_t ea = EA_X;
    bool held = reserved(env, cpu, ea);

    if (ea & (size - 1))
        return misaligned(env, word, ea, true);
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

/* Guess: plain dcbz clears 32 bytes in title environments, as two public title-level projects have
 * it. A third clears a whole line and names a title that wants this; and the SDK's byte-swapping
 * copy uses it once per 128 bytes, all of which it then writes (Measured: in the public sample
 * title), so either is right there. What settles it: the bytes a console's title finds zeroed. */
XE_PPC_OP(dcbz)
{
    return zero_block(env, cpu, word, 32);
}

XE_PPC_OP(dcbz128)
{
    return zero_block(env, cpu, word, 128);
}

/* Write-backs and invalidations change nothing, memory here is always coherent; but the block must
 * be there: they are translated and checked like a load, dcbi like a store.
 * Source: Power ISA book II, 3.2.2; book III-S on dcbi. */
static enum xe_ppc_next touch_block(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                    bool write)
{
    return xe_ppc_span(env, word, EA_X, 1, write) ? XE_PPC_NEXT : XE_PPC_FAULT;
}

XE_PPC_OP(icbi)
{
    enum xe_ppc_next next = touch_block(env, cpu, word, false);

    if (next == XE_PPC_NEXT)
        xe_mem_code_flush(env->mem, EA_X & ~127u, 128);
    return next;
}

XE_PPC_OP(dcbf)
{
    return touch_block(env, cpu, word, false);
}

XE_PPC_OP(dcbst)
{
    return touch_block(env, cpu, word, false);
}

XE_PPC_OP(dcbi)
{
    return touch_block(env, cpu, word, true);
}

/* Hints and barriers: no effect, whatever the address. */
#define NOTHING(name)                                                                              \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return XE_PPC_NEXT;                                                                        \
    }
NOTHING(dcbt)
NOTHING(dcbtst)
NOTHING(eieio)
NOTHING(isync)
NOTHING(sync)
