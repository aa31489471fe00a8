/* What the emitters of vector instructions share: operand fields, small sequences, the arguments
 * that tell rows apart.
 *
 * The idea: a vector register holds the guest's 16 bytes reversed, so a guest element is a host
 * lane (counted from the other end) and most instructions are one of the host's. XMM0 to XMM4, RAX,
 * RCX and RDX are free in an emitter. */
#ifndef XE_JIT_EMIT_VMX_H
#define XE_JIT_EMIT_VMX_H

#include "jit/emit.h"

/* Scratch registers. */
enum { XMM0, XMM1, XMM2, XMM3, XMM4 };

/* Added to a host instruction: the guest's second operand is the host's first. */
#define VMX_SWAP 0x10000u
/* Shifts by an address. */
enum { VMX_LEFT = 0, VMX_RIGHT = 1 };
/* Packs: what the source elements are and what they become. */
enum {
    PACK_MODULO = 1,   /* the upper half is dropped */
    PACK_UNSIGNED = 2, /* elements are unsigned     */
    PACK_WORDS = 4,    /* words to halfwords        */
    PACK_SIGNED = 8,   /* the result is signed      */
};

/* Shifts of bytes. */
enum { BYTES_RIGHT = 1, BYTES_SIGNED = 2, BYTES_ROTATE = 4 };
/* Products: of halfwords rather than bytes, of the odd ones, signed, the first factor signed. */
enum { MUL_HALVES = 1, MUL_ODD = 2, MUL_SIGNED = 4, MUL_A_SIGNED = 8 };
/* Multiply-adds. */
enum { MADD_NEGATIVE = 1, MADD_C_IS_D = 2 };
/* Predicates of compares and directions of rounding, as the host's instructions have them. Source:
 * Intel SDM volume 2, CMPPD and ROUNDPD. */
enum { COMPARE_EQUAL = 0x00, COMPARE_AT_LEAST = 0x1D, COMPARE_ABOVE = 0x1E };
enum { ROUND_NEAREST, ROUND_DOWN, ROUND_UP, ROUND_TO_ZERO };

static inline bool xe__is_128(const struct xe_emit *e)
{
    return e->insn->class == XE_PPC_CLASS_VMX128;
}

/* The vector operands, as registers of xe__jit_f and its like. */
static inline uint32_t xe__vd(const struct xe_emit *e)
{
    return F_VR + (xe__is_128(e) ? xe_ppc_vd128(e->word) : xe_ppc_rt(e->word));
}

static inline uint32_t xe__va(const struct xe_emit *e)
{
    return F_VR + (xe__is_128(e) ? xe_ppc_va128(e->word) : xe_ppc_ra(e->word));
}

static inline uint32_t xe__vb(const struct xe_emit *e)
{
    return F_VR + (xe__is_128(e) ? xe_ppc_vb128(e->word) : xe_ppc_rb(e->word));
}

static inline uint32_t xe__vc(const struct xe_emit *e)
{
    return F_VR + xe_ppc_rc_reg(e->word);
}

/* Is the record bit set? */
static inline bool xe__v_records(const struct xe_emit *e)
{
    return xe__is_128(e) ? xe_ppc_rc_vmx128(e->word) : xe_ppc_rc_vmx(e->word);
}

/* vd = OP(va, vb), one host instruction. */
void xe__jit_v_lane(struct xe_emit *e, enum xe_x64_id op, uint32_t first, uint32_t second);
/* VSCR[SAT] = 1 unless the flags say equal (ZF). */
void xe__jit_v_saturated(struct xe_emit *e);
/* vd = the signed sums in XMM1, held to a word; SAT. x: one operand, of the sums' true sign where
 * they overflow; signs: its sign bits are set where overflow is possible and the other operand's
 * sign is not the sum's. XMM0, XMM2 and XMM3 are used; d may be x. */
void xe__jit_v_hold_words(struct xe_emit *e, int d, int x, int signs);
/* xmm = all lanes the word. */
void xe__jit_v_fill(struct xe_emit *e, int xmm, uint32_t word);
/* xmm = all ones. */
void xe__jit_v_ones(struct xe_emit *e, int xmm);
/* CR6 of a record form from a result whose lanes are all ones or 0. */
void xe__jit_v_record(struct xe_emit *e, int xmm);

#endif
