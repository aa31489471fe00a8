/* Instruction vectors: text files in tests/cpu/vectors/, one a row of ppc_insns.def, one case a
 * line.
 *
 *   WORD [in ...] | [out ...]
 *
 * WORD is the instruction (8 hex digits), executed at VECTOR_PC. `in` gives registers and memory
 * that are not zero before, `out` all that differ after; everything else must stay as it was.
 * Names: r0..r31 f0..f31 (16 digits), v0..v127 (32 digits, element 0 first), cr xer fpscr vscr
 * vrsave (8 digits), lr ctr msr (16 digits), pc (8 digits; only when not VECTOR_PC + 4), m+OFFSET
 * (bytes at VECTOR_MEMORY + OFFSET, hex), reserve (address) reserve_size reserve_value (the
 * reservation of lwarx), exc (the exception raised: illegal, privileged, trap, data ...),
 * fpscr_mask (bits of FPSCR that are compared; what is left out is undefined or beyond the oracle).
 * '#' starts a comment.
 *
 * NAME.vec is generated from qemu (tests/cpu/oracle) or comes with its instruction; NAME-rules.vec
 * is written by hand from the books and says which rule. */
#ifndef XE_TEST_VECTORS_H
#define XE_TEST_VECTORS_H

#include "cpu/cpu.h"

#define VECTOR_PC     0x40010800u
#define VECTOR_MEMORY 0x40020000u
#define VECTOR_BYTES  256u
#define VECTOR_END    0x40030000u /* of what is mapped, from VECTOR_PC's 64 KiB on */

struct vector_run {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    enum xe_cpu_engine_kind kind;
    /* The case at hand, or the last. */
    const char *exception; /* raised by it, NULL if none */
    bool exported;         /* it called an export        */
    uint32_t word;
    struct xe_cpu before, after;
    uint8_t memory_before[VECTOR_BYTES];
};

/* On the interpreter, or translated (every case, but where a reason of the engine's speaks against
 * it). */
void vector_run_init(struct vector_run *run, enum xe_cpu_engine_kind kind);
void vector_run_fini(struct vector_run *run);

/* Hand every line of every vector file (of the source tree, by name) to fn; false when there is
 * none. */
bool vector_each_line(void (*fn)(void *ctx, const char *file, unsigned number, const char *line),
                      void *ctx);
/* Does the line hold a case, not just a comment? */
bool vector_is_case(const char *line);

/* Run one line; on a difference returns false and says which register, expected and found. Comment
 * and empty lines are fine. */
bool vector_run_line(struct vector_run *run, const char *line, char *text, size_t size);

#endif
