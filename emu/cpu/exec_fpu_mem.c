/* Floating-point loads and stores: bits move, nothing is rounded and no NaN is quieted.
 * Source: Power ISA book I, sections 4.6.2 and 4.6.3 (conversion of single format by bits). */
#include "cpu/exec.h"

#define EA_D  ((uint32_t)(xe_ppc_ra0(cpu, word) + (uint64_t)PPC_SI))
#define EA_X  xe_ppc_ea_x(cpu, word)
#define SUM_D (cpu->gpr[PPC_RA] + (uint64_t)PPC_SI)
#define SUM_X (cpu->gpr[PPC_RA] + cpu->gpr[PPC_RB])

/* Single format to double format. */
static uint64_t widen(uint32_t single)
{
    uint64_t sign = (uint64_t)(single >> 31) << 63;
    uint32_t exponent = single >> 23 & 0xFF;
    uint64_t fraction = single & 0x7FFFFF;

    if (exponent == 0xFF)
        return sign | 0x7FFull << 52 | fraction << 29;
    if (exponent)
        return sign | (uint64_t)(exponent + 896) << 52 | fraction << 29;
    if (!fraction)
        return sign;
    exponent = 897;
    while (!(fraction & 0x800000)) {
        fraction <<= 1;
        exponent--;
    }
    return sign | (uint64_t)exponent << 52 | (fraction & 0x7FFFFF) << 29;
}

/* Double format to single format as stfs does it: exponents 874 to 896 become denormal by shifting,
 * everything else keeps its upper bits. */
static uint32_t narrow(uint64_t bits)
{
    uint32_t exponent = bits >> 52 & 0x7FF;
    uint32_t sign = (uint32_t)(bits >> 63) << 31;

    if (exponent > 896 || !(bits << 1))
        return (uint32_t)(bits >> 32 & 0xC0000000) | (uint32_t)(bits >> 29 & 0x3FFFFFFF);
    if (exponent >= 874)
        return sign |
               (uint32_t)((1ull << 52 | (bits & 0xFFFFFFFFFFFFFull)) >> (29 + 897 - exponent));
    return sign | (uint32_t)(bits >> 29 & 0x3FFFFFFF); /* undefined by the books */
}

#define SAME(v)   (v)
#define WIDEN(v)  widen((uint32_t)(v))
#define NARROW(v) narrow(v)

#define LOAD(name, ea, size, convert)                                                              \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        uint64_t value;                                                                            \
                                                                                                   \
        if (!xe_ppc_load(env, word, ea, size, &value))                                             \
            return XE_PPC_FAULT;                                                                   \
        cpu->fpr[PPC_RT] = convert(value);                                                         \
        return XE_PPC_NEXT;                                                                        \
    }
#define LOAD_UPDATE(name, sum, size, convert)                                                      \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        uint64_t ea = sum;                                                                         \
        uint64_t value;                                                                            \
                                                                                                   \
        if (!xe_ppc_load(env, word, (uint32_t)ea, size, &value))                                   \
            return XE_PPC_FAULT;                                                                   \
        cpu->gpr[PPC_RA] = ea;                                                                     \
        cpu->fpr[PPC_RT] = convert(value);                                                         \
        return XE_PPC_NEXT;                                                                        \
    }
#define STORE(name, ea, size, convert)                                                             \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return xe_ppc_store(env, word, ea, size, convert(cpu->fpr[PPC_RS])) ? XE_PPC_NEXT          \
                                                                            : XE_PPC_FAULT;        \
    }
#define STORE_UPDATE(name, sum, size, convert)                                                     \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        uint64_t ea = sum;                                                                         \
                                                                                                   \
        if (!xe_ppc_store(env, word, (uint32_t)ea, size, convert(cpu->fpr[PPC_RS])))               \
            return XE_PPC_FAULT;                                                                   \
        cpu->gpr[PPC_RA] = ea;                                                                     \
        return XE_PPC_NEXT;                                                                        \
    }

LOAD(lfs, EA_D, 4, WIDEN)
LOAD(lfsx, EA_X, 4, WIDEN)
LOAD_UPDATE(lfsu, SUM_D, 4, WIDEN)
LOAD_UPDATE(lfsux, SUM_X, 4, WIDEN)
LOAD(lfd, EA_D, 8, SAME)
LOAD(lfdx, EA_X, 8, SAME)
LOAD_UPDATE(lfdu, SUM_D, 8, SAME)
LOAD_UPDATE(lfdux, SUM_X, 8, SAME)
STORE(stfs, EA_D, 4, NARROW)
STORE(stfsx, EA_X, 4, NARROW)
STORE_UPDATE(stfsu, SUM_D, 4, NARROW)
STORE_UPDATE(stfsux, SUM_X, 4, NARROW)
STORE(stfd, EA_D, 8, SAME)
STORE(stfdx, EA_X, 8, SAME)
STORE_UPDATE(stfdu, SUM_D, 8, SAME)
STORE_UPDATE(stfdux, SUM_X, 8, SAME)
STORE(stfiwx, EA_X, 4, SAME)
