/* Columns and registers to bytes; see access.h. */
#include "cpu/isa/access.h"

static uint32_t effective(const struct xe_ppc_insn *insn, const struct xe_cpu *cpu, uint32_t word)
{
    enum xe_ppc_address address = insn->memory.address;
    uint64_t base = address & XE_PPC_ADDRESS_UPDATE ? cpu->gpr[PPC_RA] : xe_ppc_ra0(cpu, word);

    switch (address & ~XE_PPC_ADDRESS_UPDATE) {
    case XE_PPC_ADDRESS_D:
        return (uint32_t)(base + (uint64_t)PPC_SI);
    case XE_PPC_ADDRESS_DS:
        return (uint32_t)(base + (uint64_t)PPC_DS);
    case XE_PPC_ADDRESS_X:
        return (uint32_t)(base + cpu->gpr[PPC_RB]);
    default:
        return (uint32_t)base;
    }
}

static uint32_t string_bytes(const struct xe_ppc_insn *insn, const struct xe_cpu *cpu,
                             uint32_t word)
{
    if (insn->memory.address == XE_PPC_ADDRESS_X)
        return cpu->xer_count;
    return PPC_RB ? PPC_RB : 32;
}

struct xe_ppc_reach xe_ppc_reach(const struct xe_ppc_insn *insn, const struct xe_cpu *cpu,
                                 uint32_t word)
{
    uint32_t ea = effective(insn, cpu, word), size = insn->memory.size, into = ea & (size - 1);

    switch (insn->memory.extent) {
    case XE_PPC_EXTENT_BLOCK:
        return (struct xe_ppc_reach){ea - into, size};
    case XE_PPC_EXTENT_LEFT:
        return (struct xe_ppc_reach){ea, size - into};
    case XE_PPC_EXTENT_RIGHT:
        return (struct xe_ppc_reach){ea - into, into};
    case XE_PPC_EXTENT_WORDS:
        return (struct xe_ppc_reach){ea, 4 * (32 - PPC_RT)};
    case XE_PPC_EXTENT_STRING:
        return (struct xe_ppc_reach){ea, string_bytes(insn, cpu, word)};
    default:
        return (struct xe_ppc_reach){ea, size};
    }
}
