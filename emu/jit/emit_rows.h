/* The emitters, and the arguments that tell their rows apart. */
#ifndef XE_JIT_EMIT_ROWS_H
#define XE_JIT_EMIT_ROWS_H

#include "jit/emit_vmx.h"
#include "jit/emit.h"
#include "jit/operands.h"

enum { LOGIC_AND, LOGIC_OR, LOGIC_XOR, LOGIC_SHIFTED = 16, LOGIC_NOT_B = 32, LOGIC_NOT = 64 };
enum { TRAP_IMM = 1, TRAP_WIDE = 2 };
enum { EXTEND_B, EXTEND_ZERO, EXTEND_MINUS_ONE, EXTEND_NOT_A = 4 };
enum { ROTATE_LEFT_END, ROTATE_RIGHT_END, ROTATE_BOTH, ROTATE_INSERT };

/* FPU arithmetic: the host's operation (enum xe_x64_id) and which operands it takes. */
enum {
    FPU_OP = 0xFFFF,
    FPU_SINGLE = 0x10000,
    FPU_B = 0x20000,    /* frB only                                   */
    FPU_AC = 0x40000,   /* frA and frC; else frA and frB              */
    FPU_TINY = 0x80000, /* may round up to the least normal number    */
    FPU_NEGATE = 0x100000,
    FPU_TO_WORD = 0x200000, /* fctiw: sign-extend the host's 32 bits */
    FPU_ORDERED = 0x400000, /* fcmpo                                  */
    FPU_ABC = 0x800000,
};
/* Operands of a row: bit 0 frA, bit 1 frB, bit 2 frC. */
#define FPU_OPERANDS(arg) ((arg)&FPU_B ? 2u : (arg)&FPU_ABC ? 7u : (arg)&FPU_AC ? 5u : 3u)
enum { FPU_MOVE, FPU_FLIP, FPU_CLEAR, FPU_SET };

/* Loads and stores: how converted. Where and how wide is a column of their rows. */
enum {
    MEM_SIGN = 1,
    MEM_SWAP = 2,
    MEM_WORD = 4, /* stfiwx: the low word as it is; other FPRs of four bytes are singles */
};

/* How the row forms the address, an update or not; D, DS or X. */
static inline enum xe_ppc_address xe__form(const struct xe_ppc_insn *insn)
{
    return insn->memory.address & ~XE_PPC_ADDRESS_UPDATE;
}

static inline bool xe__updates(const struct xe_ppc_insn *insn)
{
    return insn->memory.address & XE_PPC_ADDRESS_UPDATE;
}

/* The guest address of the load or store at hand; RAX and RCX may be used for it. */
struct xe_x64_rm xe__jit_address(struct xe_emit *e);
/* Do a shift of a register in place and the load behind it that uses it as index and overwrites it
 * as one; false when that is not what stands there. */
bool xe__jit_shifted_load(struct xe_emit *e, uint32_t shift);
/* RA = the address, for an update form, once the access is done. */
void xe__jit_update(struct xe_emit *e);

/* CR field from the host's flags of an unsigned (or FPU) compare. */
void xe__jit_compare_unsigned(struct xe_emit *e, uint32_t field);

#define ROW(name, function, arg) xe_jit_emit xe__jit_emit_##function;
#include "jit/jit_rows.def"
#undef ROW

#endif
