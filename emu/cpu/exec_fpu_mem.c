/* Floating-point loads and stores: bits move, nothing is rounded and no NaN is quieted.
 * Source: Power ISA book I, sections 4.6.2 and 4.6.3 (conversion of single format by bits). */
#include "cpu/exec_fpu.h"

#define EA_D  ((uint32_t)(xe_ppc_ra0(cpu, word) + (uint64_t)PPC_SI))
#define EA_X  xe_ppc_ea_x(cpu, word)
#define SUM_D (cpu->gpr[PPC_RA] + (uint64_t)PPC_SI)
#define SUM_X (cpu->gpr[PPC_RA] + cpu->gpr[PPC_RB])

#define SAME(v)   (v)
#define WIDEN(v)  xe_fpu_single_to_double((uint32_t)(v))
#define NARROW(v) xe_fpu_double_to_single(v)

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
