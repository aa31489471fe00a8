/* Load and store rows of both register files: the address forms, and one body for each kind. The
 * file that includes this defines REGISTERS as cpu->gpr or cpu->fpr. */
#ifndef XE_CPU_INTERP_MEM_H
#define XE_CPU_INTERP_MEM_H

#include "cpu/isa/exec.h"

#define EA_D  ((uint32_t)(xe_ppc_ra0(cpu, word) + (uint64_t)PPC_SI))
#define EA_DS ((uint32_t)(xe_ppc_ra0(cpu, word) + (uint64_t)PPC_DS))
#define EA_X  xe_ppc_ea_x(cpu, word)
/* Update forms: RA gets the whole 64-bit sum (Guess: hardware in 32-bit mode may clear the upper
 * half; titles run either way). */
#define SUM_D  (cpu->gpr[PPC_RA] + (uint64_t)PPC_SI)
#define SUM_DS (cpu->gpr[PPC_RA] + (uint64_t)PPC_DS)
#define SUM_X  (cpu->gpr[PPC_RA] + cpu->gpr[PPC_RB])

#define SAME(v) (v)

#define LOAD(name, ea, size, convert)                                                              \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        uint64_t value;                                                                            \
                                                                                                   \
        if (!xe_ppc_load(env, word, ea, size, &value))                                             \
            return XE_PPC_FAULT;                                                                   \
        REGISTERS[PPC_RT] = convert(value);                                                        \
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
        REGISTERS[PPC_RT] = convert(value);                                                        \
        return XE_PPC_NEXT;                                                                        \
    }
#define STORE(name, ea, size, convert)                                                             \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return xe_ppc_store(env, word, ea, size, convert(REGISTERS[PPC_RS])) ? XE_PPC_NEXT         \
                                                                             : XE_PPC_FAULT;       \
    }
#define STORE_UPDATE(name, sum, size, convert)                                                     \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        uint64_t ea = sum;                                                                         \
                                                                                                   \
        if (!xe_ppc_store(env, word, (uint32_t)ea, size, convert(REGISTERS[PPC_RS])))              \
            return XE_PPC_FAULT;                                                                   \
        cpu->gpr[PPC_RA] = ea;                                                                     \
        return XE_PPC_NEXT;                                                                        \
    }

#endif
