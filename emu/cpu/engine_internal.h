/* What the engine's files share: decoded code by page. */
#ifndef XE_CPU_ENGINE_INTERNAL_H
#define XE_CPU_ENGINE_INTERNAL_H

#include "cpu/cpu.h"
#include "cpu/isa/exec.h"

#define XE__WORDS (XE_MEM_PAGE / 4)

struct xe_check;
struct xe_jit;
struct xe_jit_ref;

/* One instruction: its function, its word, and what is known of code that starts here: a value
 * below XE__CODE counts arrivals by a taken branch, any other is an offset into the code cache. */
struct xe__entry {
    xe_ppc_exec *exec;
    uint32_t word;
    uint32_t code;
};

#define XE__CODE 0x100u

struct xe__code_page {
    struct xe__entry entry[XE__WORDS];
    uint32_t number;
    uint32_t changes;        /* times that translations of it came to nothing */
    bool blank;              /* all entries are as they start out     */
    struct xe_jit_ref *refs; /* translations made from this page      */
};

struct xe_cpu_engine {
    struct xe_ppc_env env;
    struct xe__code_page **page; /* by page number; owned table of owned pages */
    uint32_t *used;              /* owned: numbers of the pages there are      */
    uint32_t pages;
    enum xe_cpu_engine_kind kind;
    uint32_t hot;           /* arrivals after which code is translated */
    struct xe_jit *jit;     /* owned; NULL: interpret only             */
    struct xe_check *check; /* owned; NULL: not checked            */
    bool (*arrived)(void *ctx, struct xe_cpu *cpu);
    void *arrived_ctx;
    xe_gva *mark; /* owned: marked instructions, ascending   */
    uint32_t marks;
};

/* The page of code at pc, made when needed; NULL when the host has no memory for a single one. May
 * throw away all others. */
struct xe__code_page *xe__engine_page(struct xe_cpu_engine *engine, uint32_t pc);
/* The same, but it leaves the others alone: NULL when there is no room either. */
struct xe__code_page *xe__engine_add_page(struct xe_cpu_engine *engine, uint32_t pc);

bool xe__engine_has_pages(const struct xe_cpu_engine *engine, uint32_t n);

/* Must the instruction at pc be seen by the interpreter? */
bool xe__engine_break_at(const struct xe_cpu_engine *engine, uint32_t pc);

/* The instruction at pc by its interpreter function; pc is advanced by the caller. */
enum xe_ppc_next xe__engine_one(struct xe_cpu_engine *engine, struct xe_cpu *cpu);
/* Retire n instructions without translations. false: leave the run. */
bool xe__engine_interpret(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint64_t n);
/* Use up the meter with translations where there are some, or leave the run. */
void xe__engine_mixed(struct xe_cpu_engine *engine, struct xe_cpu *cpu);

#endif
