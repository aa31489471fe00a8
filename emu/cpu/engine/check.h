/* Both engines in step: what XE_CPU_CHECK does.
 *
 * The idea: the interpreter runs a stretch of instructions on a copy of the registers, and the old
 * bytes of all lines it is about to store to are kept. The bytes are put back, translated code runs
 * as many instructions on the real registers, and all registers and those lines must be the same. A
 * stretch ends at a branch where it can, since translated code runs whole blocks only; what reaches
 * beyond registers and plain memory (an export, an exception, a device, a page of code, the
 * timebase, a breakpoint) ends it too, and is then done once, as usual.
 *
 * Everything is translated when it is first arrived at. What translated code leaves to the
 * interpreter does not count as compared: what is left of a budget behind whole blocks, and threads
 * that have XER[SO] set.
 *
 * Not seen: a store of translated code to a line that the interpreter's stretch does not store to;
 * accesses that take the slow path, which both engines have in common.
 *
 * A stretch that differs is tried again in ever longer parts, until the first block is found that
 * comes out otherwise. A difference is raised as XE_CPU_EXC_MISMATCH. Registers and memory are then
 * those before the stretch. */
#ifndef XE_CPU_ENGINE_CHECK_H
#define XE_CPU_ENGINE_CHECK_H

#include "cpu/isa/decode.h"
#include "cpu/engine_internal.h"

#define XE_CHECK_LINE    128u
#define XE_CHECK_STRETCH 128u /* instructions at most; a branch behind half of them ends it */

/* A line that the stretch stores to. */
struct xe_check_line {
    xe_gva address;
    uint8_t old[XE_CHECK_LINE], right[XE_CHECK_LINE]; /* before; as the interpreter leaves it */
};

struct xe_check {
    bool clock[XE_PPC_INSNS]; /* may the row read the timebase? */
    struct xe_cpu before;     /* the stretch                    */
    struct xe_cpu right;      /* behind it, as interpreted      */
    struct xe_check_line line[2 * XE_CHECK_STRETCH];
    uint32_t lines;
    bool running;          /* translated code runs a stretch                             */
    bool reached;          /* it wanted an export or an exception, which a stretch lacks */
    uint64_t instructions; /* in translated code, compared                               */
    char text[160];        /* what differs; borrowed by the exception */
};

/* NULL: out of memory. */
struct xe_check *xe_check_create(void);
void xe_check_destroy(struct xe_check *check);

/* Use up the meter, or leave the run. */
void xe_check_run(struct xe_cpu_engine *engine, struct xe_cpu *cpu);

/* ---- check.c for check_report.c ---- */
/* Interpret at most n instructions of a stretch on cpu, keeping old bytes. Returns how many. */
uint32_t xe__engine_check_interpret(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t n);
/* Is the instruction at cpu->pc a store to this line? */
bool xe__engine_check_stores(const struct xe_cpu_engine *engine, const struct xe_cpu *cpu,
                             xe_gva address);
/* Put the old bytes back, and forget them. */
void xe__engine_check_undo(struct xe_cpu_engine *engine);

/* ---- check_report.c ---- */
bool xe__engine_check_same(const struct xe_cpu_engine *engine, const struct xe_cpu *cpu);
/* Say in `text` how cpu, which ran n instructions of the stretch translated, differs; put the
 * memory back. Returns the address of the first instruction after which a difference is known: it
 * is translated wrongly, or one before it. */
xe_gva xe__engine_check_report(struct xe_cpu_engine *engine, const struct xe_cpu *cpu, uint32_t n);

#endif
