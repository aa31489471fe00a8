/* Vector loads and stores, AltiVec and VMX128. Both address alike and differ in the register field.
 *
 * Low address bits that an instruction does not use are ignored; nothing faults for alignment. The
 * left and right forms stay inside one aligned block of 16 bytes.
 * Source: AltiVec manual, chapter 6; the Cell's vector manual for lvlx, lvrx, stvlx, stvrx. */
#include "cpu/interp/vmx.h"

#define BLOCK 16u

typedef unsigned __int128 wide;

/* 16 guest bytes as a number, the first the most significant, as union xe_vr has them. */
static inline wide load_block(const uint8_t *p)
{
    return (wide)xe_load_be64(p) << 64 | xe_load_be64(p + 8);
}

static inline void set_whole(union xe_vr *r, wide value)
{
    r->d[XE_VD(0)] = (uint64_t)(value >> 64);
    r->d[XE_VD(1)] = (uint64_t)value;
}

/* Host bytes of a range inside a block; NULL with the exception raised, which names the first. */
static inline uint8_t *aligned(struct xe_ppc_env *env, uint32_t word, uint32_t ea, uint32_t size,
                               bool write)
{
    uint8_t fast = write ? XE_MEM_FAST_WRITE : XE_MEM_FAST_READ;

    if (__builtin_expect(env->mem->access[ea >> XE_MEM_PAGE_SHIFT] & fast, 1))
        return env->mem->base + ea;
    return xe_ppc_span(env, word, ea, size, write);
}

static inline enum xe_ppc_next load(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                    union xe_vr *d)
{
    const uint8_t *p = aligned(env, word, xe_ppc_ea_x(cpu, word) & ~(BLOCK - 1), BLOCK, false);

    if (!p)
        return XE_PPC_FAULT;
    set_whole(d, load_block(p));
    return XE_PPC_NEXT;
}

static inline enum xe_ppc_next store(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                     const union xe_vr *s)
{
    uint8_t *p = aligned(env, word, xe_ppc_ea_x(cpu, word) & ~(BLOCK - 1), BLOCK, true);

    if (!p)
        return XE_PPC_FAULT;
    xe_store_be64(p, s->d[XE_VD(0)]);
    xe_store_be64(p + 8, s->d[XE_VD(1)]);
    return XE_PPC_NEXT;
}

/* lvebx, lvehx, lvewx: the element goes to its own lane. Guess: the other lanes, undefined by the
 * manual, keep the rest of the block, so these are lvx. */
static enum xe_ppc_next store_element(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                      const union xe_vr *s, uint32_t size)
{
    uint32_t ea = xe_ppc_ea_x(cpu, word) & ~(size - 1);
    uint32_t at = XE_VB(ea & (BLOCK - 1)); /* host index of its first byte */
    uint64_t value = 0;

    for (uint32_t i = 0; i < size; i++)
        value = value << 8 | s->b[at - i];
    return xe_ppc_store(env, word, ea, size, value) ? XE_PPC_NEXT : XE_PPC_FAULT;
}

/* Bytes from the address to the end of its block, followed by zeros. */
static enum xe_ppc_next load_left(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                  union xe_vr *d)
{
    uint32_t ea = xe_ppc_ea_x(cpu, word), skip = ea & (BLOCK - 1);
    const uint8_t *p = aligned(env, word, ea, BLOCK - skip, false);

    if (!p)
        return XE_PPC_FAULT;
    set_whole(d, load_block(p - skip) << (8 * skip));
    return XE_PPC_NEXT;
}

/* Zeros, then the bytes of the block before the address; none touches no memory. */
static enum xe_ppc_next load_right(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                   union xe_vr *d)
{
    uint32_t ea = xe_ppc_ea_x(cpu, word), count = ea & (BLOCK - 1);
    const uint8_t *p;

    if (!count) {
        set_whole(d, 0);
        return XE_PPC_NEXT;
    }
    p = aligned(env, word, ea - count, count, false);
    if (!p)
        return XE_PPC_FAULT;
    set_whole(d, load_block(p) >> (8 * (BLOCK - count)));
    return XE_PPC_NEXT;
}

/* The first bytes of the register up to the end of the address's block. */
static enum xe_ppc_next store_left(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                   const union xe_vr *s)
{
    uint32_t ea = xe_ppc_ea_x(cpu, word), count = BLOCK - (ea & (BLOCK - 1));
    uint8_t *p = aligned(env, word, ea, count, true);

    if (!p)
        return XE_PPC_FAULT;
    for (uint32_t i = 0; i < count; i++)
        p[i] = s->b[XE_VB(i)];
    return XE_PPC_NEXT;
}

/* The last bytes of the register to the block's bytes before the address; none touches nothing. */
static enum xe_ppc_next store_right(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word,
                                    const union xe_vr *s)
{
    uint32_t ea = xe_ppc_ea_x(cpu, word), count = ea & (BLOCK - 1);
    uint8_t *p;

    if (!count)
        return XE_PPC_NEXT;
    p = aligned(env, word, ea - count, count, true);
    if (!p)
        return XE_PPC_FAULT;
    for (uint32_t i = 0; i < count; i++)
        p[i] = s->b[XE_VB(BLOCK - count + i)];
    return XE_PPC_NEXT;
}

#define MEMORY(name, function, ...)                                                                \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return function(env, cpu, word, __VA_ARGS__);                                              \
    }
/* A row, its "do not keep in the cache" twin, and both in VMX128. */
#define FOUR(name, function)                                                                       \
    MEMORY(name, function, VD)                                                                     \
    MEMORY(name##l, function, VD)                                                                  \
    MEMORY(name##128, function, VD128)                                                             \
    MEMORY(name##l128, function, VD128)

FOUR(lvx, load)
FOUR(stvx, store)
FOUR(lvlx, load_left)
FOUR(lvrx, load_right)
FOUR(stvlx, store_left)
FOUR(stvrx, store_right)

MEMORY(lvebx, load, VD)
MEMORY(lvehx, load, VD)
MEMORY(lvewx, load, VD)
MEMORY(lvewx128, load, VD128)
MEMORY(stvebx, store_element, VD, 1)
MEMORY(stvehx, store_element, VD, 2)
MEMORY(stvewx, store_element, VD, 4)
MEMORY(stvewx128, store_element, VD128, 4)

XE_VMX_OP(lvsl, xe_vmx_lvsl(VD, xe_ppc_ea_x(cpu, word)))
XE_VMX_OP(lvsr, xe_vmx_lvsr(VD, xe_ppc_ea_x(cpu, word)))
XE_VMX_OP(lvsl128, xe_vmx_lvsl(VD128, xe_ppc_ea_x(cpu, word)))
XE_VMX_OP(lvsr128, xe_vmx_lvsr(VD128, xe_ppc_ea_x(cpu, word)))
