/* The translator: guest code to x86-64, region by region.
 *
 * The idea: a region is what can be reached from a hot address by direct branches, so a loop nest
 * or a function. The guest registers used most in it live in host registers all through it; the
 * others stay in struct xe_cpu. A block pays for its instructions where it begins, and leaves when
 * the budget does not cover it: the interpreter does the rest, so every stop is exact. CR fields
 * are kept as the difference that a compare computed; FPSCR's result bits are worked out when
 * somebody looks. Guest memory is reached through GS with 32-bit address arithmetic, in the guarded
 * view of emu/mem: an access that needs a closer look faults, and the interpreter does that
 * instruction.
 *
 * Rules: nothing here is state; everything can be thrown away between two runs. Whatever a
 * translation cannot do it leaves to the interpreter with every register in place. */
#ifndef XE_JIT_JIT_H
#define XE_JIT_JIT_H

#include "cpu/isa/decode.h"
#include "cpu/engine_internal.h"

/* No block has more instructions. */
#define XE_JIT_BLOCK_MAX 64u

/* Why translated code was left. The registers of the guest are all in struct xe_cpu again. */
enum xe_jit_leave {
    XE_JIT_BUDGET,    /* fewer instructions left than the next block has      */
    XE_JIT_JUMP,      /* to code that is not translated or not yet linked     */
    XE_JIT_INTERPRET, /* the instruction at pc is for the interpreter         */
    XE_JIT_LEFT,      /* after an instruction: code changed, or a mode did    */
    XE_JIT_LEAVES
};

/* Why an instruction was done by its interpreter function, or a region not at all. */
struct xe_jit_counters {
    uint64_t regions, region_words, flushes, invalidations, code_bytes;
    uint64_t retired; /* instructions in translated code                        */
    uint64_t calls;   /* instructions done by calling their interpreter function  */
    uint64_t faults;  /* accesses that took the slow path through a host fault    */
    uint64_t leaves[XE_JIT_LEAVES];
    uint64_t called[XE_PPC_INSNS]; /* calls by row */
};

/* NULL with err set when the host cannot run translations (says what it lacks). */
struct xe_jit *xe_jit_create(struct xe_cpu_engine *engine,
                             const struct xe_cpu_engine_config *config, struct xe_error *err);
void xe_jit_destroy(struct xe_jit *jit);

/* Translate the region at pc; its entries are set in the engine's pages. false when that can't be
 * done now (the page is not readable, no memory). */
bool xe_jit_translate(struct xe_jit *jit, uint32_t pc);

/* Enter the code at `code`, with cpu->pc there. Uses up the meter. */
enum xe_jit_leave xe_jit_enter(struct xe_jit *jit, struct xe_cpu *cpu, uint32_t code);

/* Can this thread run translations now? (XER[SO] clear.) */
static inline bool xe_jit_may_run(const struct xe_cpu *cpu)
{
    return !cpu->so;
}

/* Instructions that the interpreter had better do now that it has to do one: translated code is
 * left again at the next that uses an FPU whose rounding, traps or flushing the host does not have.
 */
uint32_t xe_jit_stretch(const struct xe_jit *jit);

/* The page's translations are no longer true. */
void xe_jit_page_changed(struct xe_jit *jit, struct xe__code_page *page);
/* Forget everything; the engine's entries are the caller's business. */
void xe_jit_flush(struct xe_jit *jit);

const struct xe_jit_counters *xe_jit_counters(const struct xe_jit *jit);

/* ---- dump.c: see xe/engine.h ---- */
/* Returns how many; fn may be NULL. */
uint32_t xe_jit_regions(const struct xe_jit *jit,
                        void (*fn)(void *ctx, const struct xe_region_info *info), void *ctx);
bool xe_jit_region(const struct xe_jit *jit, xe_gva address, struct xe_region_info *ret,
                   void (*fn)(void *ctx, const struct xe_region_line *line), void *ctx);

#endif
