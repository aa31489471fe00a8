/* Which bytes an instruction accesses, from its row's columns and the registers. */
#ifndef XE_CPU_ISA_ACCESS_H
#define XE_CPU_ISA_ACCESS_H

#include "cpu/isa/decode.h"

struct xe_ppc_reach {
    xe_gva first;
    uint32_t size; /* 0: none */
};

/* The bytes that `word`, of this row, accesses when it runs with these registers: all of them, in
 * one piece that may wrap around the end of the address space. Whether it may, and whether the
 * address is aligned as the extent demands, is another question; a conditional store may access
 * nothing instead. */
struct xe_ppc_reach xe_ppc_reach(const struct xe_ppc_insn *insn, const struct xe_cpu *cpu,
                                 uint32_t word);

#endif
