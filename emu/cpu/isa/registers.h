/* Which registers an instruction names, from its row's column `operands`. */
#ifndef XE_CPU_ISA_REGISTERS_H
#define XE_CPU_ISA_REGISTERS_H

#include "cpu/isa/decode.h"

enum xe_ppc_file { XE_PPC_FILE_GPR, XE_PPC_FILE_FPR, XE_PPC_FILE_VR };

struct xe_ppc_register {
    enum xe_ppc_file file;
    uint32_t number;
    bool written; /* the target, or the base of an update form; else it is read */
};

/* A target, three sources, and the base that an update form writes. */
#define XE_PPC_REGISTERS_MAX 5u

/* The registers among the operands of `word`, of this row, in their order; one that is named twice
 * comes twice. Returns how many. Registers beyond the operands (LR, CTR, what lmw and lswi load
 * after RT) are not among them: the columns `effects` and `memory` tell of those. */
uint32_t xe_ppc_registers(const struct xe_ppc_insn *insn, uint32_t word,
                          struct xe_ppc_register ret[XE_PPC_REGISTERS_MAX]);

#endif
