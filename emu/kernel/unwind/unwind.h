/* Going back from a place in a function to its caller, as the console's images describe it.
 *
 * The idea: an image has a table of its functions (.pdata) that says where each begins and how long
 * its prologue is; there are no unwind codes. So the prologue itself is read, as far as it has been
 * executed: where it puts the link register and the registers that it must keep is where they are
 * taken from. A function without a row is a leaf: it has no frame, and returns through LR.
 * Everything here comes from the title and is checked; work is bounded by the table's limits.
 * Source: doc/facts/exceptions.md, sections 1 to 3.
 * Owner thread: the instance's. Nothing here is kept: tables are read where they lie. */
#ifndef XE_KERNEL_UNWIND_UNWIND_H
#define XE_KERNEL_UNWIND_UNWIND_H

#include "cpu/cpu.h"
#include "mem/mem.h"

/* The table of one image in guest memory. */
struct xe_unwind_table {
    xe_gva at;
    uint32_t entries;
};

/* Routines that functions share to save and restore registers have rows of their own kinds. */
enum xe_unwind_kind { XE_UNWIND_SAVES, XE_UNWIND_PLAIN, XE_UNWIND_RESTORES, XE_UNWIND_HANDLED };

struct xe_unwind_function {
    xe_gva entry; /* where its row lies */
    xe_gva begin;
    uint32_t length, prologue; /* instructions */
    enum xe_unwind_kind kind;
    xe_gva handler, data; /* of one with a handler; data may be 0 */
};

/* Where the directory of the image at base lies that has this index; false: it has none, or it does
 * not lie in the image. */
bool xe_unwind_directory(const struct xe_mem *mem, xe_gva base, uint32_t size, uint32_t index,
                         xe_gva *ret_at, uint32_t *ret_size);
/* The table of an image; false: it has none. */
bool xe_unwind_table_of(const struct xe_mem *mem, xe_gva base, uint32_t size,
                        struct xe_unwind_table *ret);
/* The row at an address, whatever its place. */
void xe_unwind_row(const struct xe_mem *mem, xe_gva entry, struct xe_unwind_function *ret);
/* The function that an address lies in. */
bool xe_unwind_find(const struct xe_mem *mem, const struct xe_unwind_table *table, xe_gva pc,
                    struct xe_unwind_function *ret);

/* From the state inside a function, at cpu->pc, to that of its caller behind the call: pc, lr, r1
 * and the registers that a function keeps. function NULL: a leaf. Returns the establisher frame,
 * which is r1 as it was on entry, and now is again. */
xe_gva xe_unwind_frame(const struct xe_mem *mem, const struct xe_unwind_table *table,
                       const struct xe_unwind_function *function, struct xe_cpu *cpu);

/* ---- the parts of it ------------------------------------------------------------------------- */

/* Where a prologue, or the part of it that has been executed, put a register: bytes from r1 as it
 * was on entry. */
struct xe__unwind_slot {
    int32_t at;
    uint8_t size; /* bytes; 0: nowhere */
};

struct xe__unwind_saved {
    struct xe__unwind_slot gpr[32], fpr[32], vr[128], lr, cr;
    uint32_t link; /* the register that has LR; 32: none             */
    bool framed;   /* r1 points to a frame, whose first word is the caller's r1 */
    int32_t moved; /* without one: by how much r1 is below what it was on entry */
};

void xe__unwind_prologue(const struct xe_mem *mem, const struct xe_unwind_table *table,
                         const struct xe_unwind_function *function, xe_gva pc,
                         struct xe__unwind_saved *ret);
/* Carry out what is left of an epilogue. false, and nothing changed: cpu->pc is in none. */
bool xe__unwind_epilogue(const struct xe_mem *mem, const struct xe_unwind_table *table,
                         struct xe_cpu *cpu);

#endif
