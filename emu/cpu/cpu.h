/* The Xenon core: one guest thread's registers, and the engine that runs them.
 *
 * Rules:
 *  - struct xe_cpu is a register file and nothing else: copying it copies the thread's state. The
 *    engine (decode cache, later translated code) belongs to the instance and can be thrown away at
 *    any cycle.
 *  - An instruction retires when it completes. One that raises an exception does not retire.
 *  - Host callbacks see pc, retired and every register exact.
 *  - 32-bit mode (MSR[SF]=0): addresses are the low words of 64-bit sums, flags look at low words,
 *    results keep all 64 bits. A title can't leave it: mtmsrd ignores SF. MSR[PR], [FP] and [VEC]
 *    refuse nothing: titles run privileged, with the units enabled.
 *    Source: Power ISA book I, section 1.5.
 * Owner thread: the instance's. */
#ifndef XE_CPU_CPU_H
#define XE_CPU_CPU_H

#include "mem/mem.h"
#include "xe/engine.h"
#include "xe/types.h"

/* A vector register in host order: all 16 guest bytes reversed, so that element i of n (guest
 * numbering, 0 = most significant) is host element n-1-i at every element size. */
union xe_vr {
    uint8_t b[16];
    uint16_t h[8];
    uint32_t w[4];
    uint64_t d[2];
    int8_t sb[16];
    int16_t sh[8];
    int32_t sw[4];
    float f[4];
};

/* Guest element number to host index. */
#define XE_VB(i) (15 - (i))
#define XE_VH(i) (7 - (i))
#define XE_VW(i) (3 - (i))
#define XE_VD(i) (1 - (i))

/* Bits of MSR that enable program interrupts for enabled floating-point exceptions. */
#define XE_MSR_FE0 0x0800u
#define XE_MSR_FE1 0x0100u

#define XE_CR_LT 8u
#define XE_CR_GT 4u
#define XE_CR_EQ 2u
#define XE_CR_SO 1u

struct xe_cpu {
    uint64_t gpr[32];
    uint64_t fpr[32]; /* double bit patterns */
    _Alignas(16) union xe_vr vr[128];
    uint64_t lr, ctr;
    uint32_t pc;
    uint8_t cr[8];      /* fields 0..7, XE_CR_* bits             */
    uint8_t so, ov, ca; /* XER bits, 0 or 1                      */
    uint8_t xer_count;  /* XER string count                      */
    uint32_t fpscr;
    uint32_t vscr; /* NJ 0x00010000, SAT 0x00000001         */
    uint32_t vrsave;
    uint64_t msr;
    uint32_t hw_thread;       /* 0..5, reads as PIR                    */
    uint32_t reserve_valid;   /* reservation held: size in bytes, or 0 */
    uint32_t reserve_address; /* canonical address of the loaded word  */
    uint64_t reserve_value;   /* what lwarx/ldarx loaded               */
    uint64_t retired;         /* instructions this context retired     */
    /* The run at hand; not state. */
    uint32_t stop; /* set by xe_cpu_stop, cleared by xe_cpu_run */
};

enum xe_cpu_exception_kind {
    XE_CPU_EXC_ILLEGAL,    /* no such instruction, or one this core lacks; word       */
    XE_CPU_EXC_PRIVILEGED, /* known, but not for a title; word                        */
    XE_CPU_EXC_TRAP,       /* tw twi td tdi fired; word                               */
    XE_CPU_EXC_FLOAT,      /* enabled floating-point exception; word. FPSCR, and the target where
                            * the exception allows it, have changed already           */
    XE_CPU_EXC_SYSCALL,    /* sc, LEV other than the export word; word                */
    XE_CPU_EXC_DATA,       /* load or store fault; address, write, fault              */
    XE_CPU_EXC_FETCH,      /* instruction fetch fault; address, fault                 */
    XE_CPU_EXC_ALIGNMENT,  /* address                                                 */
    XE_CPU_EXC_BREAKPOINT, /* a debugger's; only after `arrived` said to stop         */
    XE_CPU_EXC_MISMATCH,   /* checking: the engines differ; text; address, word: where that is
                            * seen first. pc is where the stretch compared begins     */
    XE_CPU_EXC_KINDS
};

struct xe_cpu_exception {
    enum xe_cpu_exception_kind kind;
    uint32_t word;  /* the instruction, 0 when it could not be fetched */
    xe_gva address; /* data or fetch address                           */
    bool write;
    enum xe_mem_fault fault;
    const char *text; /* what differs, for the time of the call */
};

enum xe_cpu_action {
    XE_CPU_LEAVE,  /* stop running; pc stays at the instruction            */
    XE_CPU_RESUME, /* go on at cpu->pc (changed or not); nothing retires   */
    XE_CPU_SKIP,   /* the instruction is done: it retires, pc + 4          */
};

/* What a CPU needs from the world around it. Called on the CPU's own thread; ctx is the owner's. */
struct xe_cpu_host {
    void *ctx;
    /* XE_CPU_WORD_EXPORT was executed at `address`: it has retired and cpu->pc is address + 4
     * already. The handler may change any register and may call xe_cpu_stop. */
    void (*export_call)(void *ctx, struct xe_cpu *cpu, xe_gva address);
    enum xe_cpu_action (*exception)(void *ctx, struct xe_cpu *cpu,
                                    const struct xe_cpu_exception *what);
    uint64_t (*timebase)(void *ctx, struct xe_cpu *cpu); /* 50 MHz ticks */
};

/* `sc` with LEV=2: what a kernel export's entry in guest memory starts with. */
#define XE_CPU_WORD_EXPORT 0x44000042u
#define XE_CPU_WORD_BLR    0x4E800020u

/* Processor version a title reads. Consoles have 0x00710200 to 0x00710A00. Guess: this value, which
 * xenia and its forks settled on; some system programs refuse lower ones. */
#define XE_CPU_PVR 0x00710700u

struct xe_codec;
struct xe_cpu_engine;

enum xe_cpu_engine_kind {
    XE_CPU_INTERPRETER,
    XE_CPU_JIT,   /* translations, and the interpreter for the rest             */
    XE_CPU_CHECK, /* both in step: a difference is an error (see check.h)       */
};

struct xe_cpu_engine_config {
    enum xe_cpu_engine_kind kind;
    uint32_t max_regions; /* translations kept at a time; 0: the default         */
    uint32_t hot;         /* arrivals at code until it is translated; 0: the default, which for
                           * checking is 1                                      */
    bool no_fma;          /* as on a host without FMA                            */
    enum xe_jit_gs gs;
};

/* An engine over mem (borrowed; must outlive it). It becomes mem's code listener. Fails when the
 * host can't run translations. */
struct xe_cpu_engine *xe_cpu_engine_create_as(const struct xe_cpu_engine_config *config,
                                              struct xe_mem *mem, struct xe_cpu_host host,
                                              struct xe_error *err);
void xe_cpu_engine_destroy(struct xe_cpu_engine *engine);

/* Can this host run translations? false with err set: what it lacks. */
bool xe_cpu_can_translate(struct xe_error *err);

/* Start values of a title's thread: everything 0 but MSR 0x9030, VSCR NJ, VRSAVE all ones. */
void xe_cpu_reset(struct xe_cpu *cpu);

/* All of it but what is of the run at hand (base/codec.h). */
void xe_cpu_state(struct xe_codec *c, struct xe_cpu *cpu);

/* Retire at most `budget` instructions of cpu; fewer only when stopped or left. Returns how many
 * retired; cpu->retired grew by as much. Exact: run(a) then run(b) equals run(a + b). Not to be
 * called from one of the engine's own callbacks. */
uint64_t xe_cpu_run(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint64_t budget);

/* From a host callback: leave xe_cpu_run after the instruction at hand. */
static inline void xe_cpu_stop(struct xe_cpu *cpu)
{
    cpu->stop = 1;
}

/* Forget all decoded code. */
void xe_cpu_engine_flush(struct xe_cpu_engine *engine);

/* ---- debugging: costs nothing while nothing is marked ---------------------------------------- */

/* Who is asked before a marked instruction executes; true: raise XE_CPU_EXC_BREAKPOINT instead. */
void xe_cpu_engine_debugger(struct xe_cpu_engine *engine,
                            bool (*arrived)(void *ctx, struct xe_cpu *cpu), void *ctx);
/* From now on these instructions (word-aligned addresses, ascending, copied) are asked about before
 * they execute. Not from a callback of the engine. false: no memory, nothing changed. */
bool xe_cpu_engine_mark(struct xe_cpu_engine *engine, const xe_gva *address, uint32_t count);
/* While an instruction makes its access (mem's watch listener): leave xe_cpu_run after it. */
void xe_cpu_engine_cut(struct xe_cpu_engine *engine);

/* ---- looking at it: as xe/engine.h has it of an instance ------------------------------------- */

void xe_cpu_engine_info(const struct xe_cpu_engine *engine, struct xe_engine_info *ret);
void xe_cpu_engine_regions(const struct xe_cpu_engine *engine,
                           void (*fn)(void *ctx, const struct xe_region_info *info), void *ctx);
bool xe_cpu_engine_region(const struct xe_cpu_engine *engine, xe_gva address,
                          struct xe_region_info *ret,
                          void (*fn)(void *ctx, const struct xe_region_line *line), void *ctx);

/* Whole-register views of split state. */
uint32_t xe_cpu_cr_get(const struct xe_cpu *cpu);
void xe_cpu_cr_set(struct xe_cpu *cpu, uint32_t value);
uint32_t xe_cpu_xer_get(const struct xe_cpu *cpu);
void xe_cpu_xer_set(struct xe_cpu *cpu, uint32_t value);

/* One line of assembly for word at address, e.g. "addi    r3,r1,-16". Returns false for a word
 * that is no instruction (then ".long   0x........"). size >= 80 suffices. */
bool xe_ppc_disassemble(uint32_t word, xe_gva address, char *text, size_t size);
/* Where a branch that says so in its word goes, taken or not; false: the word is none. */
bool xe_ppc_branch_target(uint32_t word, xe_gva address, xe_gva *ret);

#endif
