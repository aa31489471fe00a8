/* What the emitters of FPU instructions share: formats of registers, records for FPSCR (fpu.c). */
#ifndef XE_JIT_EMIT_FPU_H
#define XE_JIT_EMIT_FPU_H

#include "jit/emit_rows.h"

/* Does r's host register hold single format? Is its value known to be one of a single? */
bool xe__jit_fpu_is_single(const struct xe_emit *e, uint32_t r);
bool xe__jit_fpu_is_exact(const struct xe_emit *e, uint32_t r);
/* The host register that holds r in double format; the same for a look at the value only, r keeps
 * its format; in single format, where the interpreter takes over when r's value is none of a
 * single. `scratch` is for a register in memory. XMM0 and XMM4 are used. */
int xe__jit_fpu_as_double(struct xe_emit *e, uint32_t r, int scratch);
int xe__jit_fpu_as_double_copy(struct xe_emit *e, uint32_t r, int scratch);
int xe__jit_fpu_as_single(struct xe_emit *e, uint32_t r, int scratch);
/* Register r gets the double in x; the single in x (a scratch register when r is in memory). */
void xe__jit_fpu_put_double(struct xe_emit *e, uint32_t r, int x, bool exact);
void xe__jit_fpu_put_single(struct xe_emit *e, uint32_t r, int x);

/* Is this word arithmetic, which replaces all that an older record would tell? */
bool xe__jit_fpu_replaces(uint32_t word);
/* The record of a conversion to integer or of a compare, written at once. x: frA, frB, frC. */
void xe__jit_fpu_record_other(struct xe_emit *e, int which, uint32_t arg, const int x[3]);

/* An arithmetic instruction on its way. */
struct xe_jit_arithmetic {
    int d;             /* host register where to compute it                     */
    uint32_t later;    /* word of the record to be held back once it is done, 0 */
    int8_t operand[3]; /* the record's                                          */
};

/* Where to compute the result, with the record written, or to be held back (held.c). keep: the
 * operands are wanted again when the result turns out to be the interpreter's business. The older
 * record is worth nothing from here on. */
struct xe_jit_arithmetic xe__jit_fpu_begin(struct xe_emit *e, uint32_t arg, const int x[3],
                                           bool keep);
/* It is done: frT is what was computed. */
void xe__jit_fpu_end(struct xe_emit *e, const struct xe_jit_arithmetic *it, bool single);

#endif
