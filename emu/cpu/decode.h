/* From a word to its row of ppc_insns.def. */
#ifndef XE_CPU_DECODE_H
#define XE_CPU_DECODE_H

#include "cpu/exec.h"

enum xe_ppc_class {
    XE_PPC_CLASS_INT,
    XE_PPC_CLASS_CR,
    XE_PPC_CLASS_BRANCH,
    XE_PPC_CLASS_LOAD,
    XE_PPC_CLASS_STORE,
    XE_PPC_CLASS_FPU,
    XE_PPC_CLASS_SYS,
    XE_PPC_CLASS_VMX,
    XE_PPC_CLASS_VMX128
};

enum xe_ppc_status { XE_PPC_STATUS_TITLE, XE_PPC_STATUS_PRIV };

enum xe_ppc_id {
#define INSN(name, ...) XE_PPC_##name,
#include "cpu/ppc_insns.def"
#undef INSN
    XE_PPC_INSNS
};

/* A row; strings are static. */
struct xe_ppc_insn {
    const char *name; /* as in xe_ppc_exec_NAME and NAME.vec */
    const char *mnemonic;
    uint32_t match, mask;
    enum xe_ppc_class class;
    enum xe_ppc_status status;
    int rc; /* 0 none, 1 Rc bit, 2 always */
    const char *operands, *fields, *effects;
    xe_ppc_exec *exec;
};

extern const struct xe_ppc_insn xe_ppc_insns[XE_PPC_INSNS];

/* The row a word belongs to, NULL for an illegal word; a few loads from constant tables. */
const struct xe_ppc_insn *xe_ppc_decode(uint32_t word);

/* Value of a field of a word ("SI", "VB" ...), sign-extended and scaled as the row says; false when
 * the row has no such field. */
bool xe_ppc_field(const struct xe_ppc_insn *insn, uint32_t word, const char *name, int64_t *ret);

/* Bits of the word that hold a field; 0 if there is none. For generators of words. */
uint32_t xe_ppc_field_insert(const struct xe_ppc_insn *insn, const char *name, uint32_t value);

#endif
