/* Work of the guest's that translated code puts off.
 *
 * Three kinds of it need not be done where the guest does it, and often never:
 *
 * - Constants added to integer registers. A loop that steps pointers adds them once for several
 *   passes; until then they are part of displacements.
 * - FPRs back to their homes. A result is computed in another host register than its own, so that
 * it need not overwrite an operand that is wanted again, nor be copied.
 * - The record of the newest arithmetic instruction (frame.h). While it is put off its operands are
 *   pinned: they stay in their registers, or go to the frame (are spilled). Most records are
 * replaced before anybody looks.
 *
 * An example, two passes of a loop in a row, with r3 in rbx and f1 in xmm5:
 *
 *     guest                host                               put off behind it
 *     lwz  r4, 0(r3)       mov  esi, [rbx]
 *     addi r3, r3, 4                                          rbx += 4
 *     fadd f1, f1, f2      add  xmm7 <- xmm5, xmm6            rbx += 4; xmm5 <- xmm7; record of
 * fadd lwz  r4, 0(r3)       mov  esi, [rbx + 4]                the same addi r3, r3, 4 rbx += 8;
 * ... fadd f1, f1, f2      add  xmm5 <- xmm7, xmm6            rbx += 8; record of this fadd bdnz
 * add  rbx, 8; write the record
 *
 * All is done at the end of a block and before a call. Code that is left in between - a jump off
 * the straight path, a fault - finds its numbered note of what was put off at that place, and does
 * it first: the code off the path by xe__jit_do_noted, the handler of faults in the registers that
 * it was handed. One note serves all places in a row where it is the same. */
#ifndef XE_JIT_DEFERRED_H
#define XE_JIT_DEFERRED_H

#include <stdbool.h>
#include <stdint.h>

#include "jit/scan.h"

#define DEFERRED_MAX 4

/* Where an operand of a record is, beside the numbers of host registers and NO_REG (it has none).
 */
#define OPERAND_SPILLED 16 /* in the frame's `spilled` */

/* A note: what was put off at some place. */
struct xe_jit_deferred {
    uint32_t single; /* FPRs that hold single format                                */
    uint32_t record; /* word of an arithmetic instruction that isn't recorded; or 0 */
    int8_t operand[3];
    uint8_t adds, moves;
    int8_t add[DEFERRED_MAX];                    /* host registers to which... */
    int32_t by[DEFERRED_MAX];                    /* ... this is to be added    */
    int8_t from[DEFERRED_MAX], to[DEFERRED_MAX]; /* to be moved, all at once   */
};

/* What is put off at the point of the straight path that is being emitted. */
struct xe_jit_putting_off {
    int8_t f_now[FS_N]; /* host registers of FPRs and VRs: their homes, unless moved           */
    uint32_t f_moved;   /* FPRs that aren't at home                                            */
    uint32_t f_free;    /* host registers with nobody's value; those of pinned operands, too   */
    uint32_t record;    /* as in a note */
    int8_t operand[3];
    uint32_t adds;
    int8_t add[DEFERRED_MAX];
    int32_t by[DEFERRED_MAX];
};

struct xe_emit;

/* Nothing in here changes the host's flags. */

/* Begin with nothing put off, at the homes at hand. */
void xe__jit_defer_nothing(struct xe_emit *e);
/* Do all of it now, and have FPRs in double format; or in the format that they have. */
void xe__jit_do_deferred(struct xe_emit *e);
void xe__jit_do_deferred_but_formats(struct xe_emit *e);
/* Note what is put off here; returns the note's number, from 1, or 0: nothing is. Do what a note
 * says, off the straight path. */
uint32_t xe__jit_note_deferred(struct xe_emit *e);
void xe__jit_do_noted(struct xe_emit *e, uint32_t number);

/* Add a constant to r later; false: it can't be put off. What is to be added to r so far, for a
 * displacement. Add it now. It is not wanted any more. */
bool xe__jit_defer_add(struct xe_emit *e, uint32_t r, int32_t by);
int32_t xe__jit_deferred_add(const struct xe_emit *e, uint32_t r);
void xe__jit_do_add(struct xe_emit *e, uint32_t r);
void xe__jit_drop_add(struct xe_emit *e, uint32_t r);

/* A free host register, none of `avoid`, where r's new value can be computed; NO_REG: there is
 * none. It is r's from xe__jit_f_move on. */
int xe__jit_f_free_register(const struct xe_emit *e, uint32_t r, uint32_t avoid);
void xe__jit_f_move(struct xe_emit *e, uint32_t r, int host);
/* Is what this register holds an operand of the record that is put off? Keep it in the frame. */
bool xe__jit_is_pinned(const struct xe_emit *e, int host);
void xe__jit_unpin(struct xe_emit *e, int host);

/* Write an arithmetic instruction's record later, not at all, or now the one that was put off. */
void xe__jit_defer_record(struct xe_emit *e, uint32_t word, const int8_t operand[3]);
void xe__jit_drop_record(struct xe_emit *e);
void xe__jit_do_record(struct xe_emit *e);
/* Operands that are in this register go to the frame. */
void xe__jit_spill_operands(struct xe_emit *e, int8_t operand[3], int host);

#endif
