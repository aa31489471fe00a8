/* From a word to its row of ppc_insns.def. */
#ifndef XE_CPU_ISA_DECODE_H
#define XE_CPU_ISA_DECODE_H

#include "cpu/isa/exec.h"

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

/* Where an instruction goes when it raises nothing. */
enum xe_ppc_end {
    XE_PPC_END_NEXT,   /* on to the next word                                            */
    XE_PPC_END_BRANCH, /* where it says: it is the last of a block                       */
    XE_PPC_END_TRAP,   /* on to the next word, unless its operands ask for an exception  */
    XE_PPC_END_LEAVE,  /* nowhere: it always hands over to somebody outside the thread   */
};

/* What an instruction does to memory. From STORE on it must be allowed to write there. */
enum xe_ppc_access {
    XE_PPC_ACCESS_NONE, /* nothing; it may still form an address, as hints do       */
    XE_PPC_ACCESS_LOAD,
    XE_PPC_ACCESS_RESERVE, /* loads, and reserves                                   */
    XE_PPC_ACCESS_TOUCH,   /* moves nothing, but is checked like a load             */
    XE_PPC_ACCESS_FLUSH,   /* the same; and code made of the address's line is void */
    XE_PPC_ACCESS_STORE,
    XE_PPC_ACCESS_CONDITIONAL, /* stores if reserved, else accesses nothing         */
    XE_PPC_ACCESS_ZERO,        /* stores zeros                                      */
    XE_PPC_ACCESS_INVALIDATE,  /* moves nothing, but is checked like a store        */
};

/* Which bytes, seen from the effective address; access.h works it out. */
enum xe_ppc_extent {
    XE_PPC_EXTENT_NONE,
    XE_PPC_EXTENT_ANY,     /* `size` from the address on                             */
    XE_PPC_EXTENT_ALIGNED, /* the same; other addresses than multiples of it raise   */
    XE_PPC_EXTENT_BLOCK,   /* the same; the address's low bits are ignored           */
    XE_PPC_EXTENT_LEFT,    /* from the address to the end of its block of `size`     */
    XE_PPC_EXTENT_RIGHT,   /* from the start of that block to the address            */
    XE_PPC_EXTENT_WORDS,   /* `size` is 0: a word for each register from RT to r31   */
    XE_PPC_EXTENT_STRING,  /* `size` is 0: NB or XER says how many bytes             */
};

/* How the effective address is formed. */
enum xe_ppc_address {
    XE_PPC_ADDRESS_NONE,
    XE_PPC_ADDRESS_BASE, /* (RA|0)      */
    XE_PPC_ADDRESS_D,    /* (RA|0) + D  */
    XE_PPC_ADDRESS_DS,   /* (RA|0) + DS */
    XE_PPC_ADDRESS_X,    /* (RA|0) + RB */
    /* Added: RA instead of (RA|0), and it gets the sum once the access is done. */
    XE_PPC_ADDRESS_UPDATE = 8,
    XE_PPC_ADDRESS_D_UPDATE = XE_PPC_ADDRESS_D | XE_PPC_ADDRESS_UPDATE,
    XE_PPC_ADDRESS_DS_UPDATE = XE_PPC_ADDRESS_DS | XE_PPC_ADDRESS_UPDATE,
    XE_PPC_ADDRESS_X_UPDATE = XE_PPC_ADDRESS_X | XE_PPC_ADDRESS_UPDATE,
};

struct xe_ppc_memory {
    enum xe_ppc_access access;
    uint32_t size; /* bytes; 0: it depends, see the extent */
    enum xe_ppc_extent extent;
    enum xe_ppc_address address;
};

enum xe_ppc_id {
#define INSN(name, ...) XE_PPC_##name,
#include "cpu/isa/ppc_insns.def"
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
    enum xe_ppc_end end;
    struct xe_ppc_memory memory;
    const char *operands, *fields, *effects;
    xe_ppc_exec *exec;
};

extern const struct xe_ppc_insn xe_ppc_insns[XE_PPC_INSNS];

/* The row a word belongs to, NULL for an illegal word; a few loads from constant tables. */
const struct xe_ppc_insn *xe_ppc_decode(uint32_t word);

/* Must memory allow it to write? */
static inline bool xe_ppc_writes(const struct xe_ppc_insn *insn)
{
    return insn->memory.access >= XE_PPC_ACCESS_STORE;
}

/* Is it one of the vector unit's, of either set? */
static inline bool xe_ppc_is_vector(const struct xe_ppc_insn *insn)
{
    return insn->class == XE_PPC_CLASS_VMX || insn->class == XE_PPC_CLASS_VMX128;
}

/* Value of a field of a word ("SI", "VB" ...), sign-extended and scaled as the row says; false when
 * the row has no such field. */
bool xe_ppc_field(const struct xe_ppc_insn *insn, uint32_t word, const char *name, int64_t *ret);

/* Does it read (how: 'r') or write ('w') this state ("CR", "FPSCR" ...) beside its operands, if
 * only in some of its forms? */
bool xe_ppc_affects(const struct xe_ppc_insn *insn, char how, const char *state);

/* Bits of the word that hold a field; 0 if there is none. For generators of words. */
uint32_t xe_ppc_field_insert(const struct xe_ppc_insn *insn, const char *name, uint32_t value);

#endif
