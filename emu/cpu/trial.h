/* A trial: what would this thread do next, if nobody else did anything?
 *
 * A copy of its registers is interpreted, instruction by instruction, and every byte that it stores
 * is put back at the end: nothing is left of it. When registers and memory come to be as they were
 * in the beginning, what follows is known for ever: the same again, until somebody else changes a
 * word that was read. So a spin is proved and not guessed.
 *
 * What would reach beyond registers and plain memory (a kernel export that the host can't answer,
 * an exception, a store to a device) ends a trial. Code is decoded from memory each time: the
 * engine's own is not asked. */
#ifndef XE_CPU_TRIAL_H
#define XE_CPU_TRIAL_H

#include "cpu/cpu.h"

#define XE_TRIAL_STEPS 500000u /* instructions that are tried */
#define XE_TRIAL_READS 256u    /* different places; who reads more is at work */
#define XE_TRIAL_LINES 64u     /* lines of memory that differ; likewise */

enum xe_trial_end {
    XE_TRIAL_RECURS,  /* all is as in the beginning                                          */
    XE_TRIAL_CIRCLES, /* it comes by again and again, and nothing has changed but registers  */
    XE_TRIAL_WORKS,   /* neither                                                             */
    XE_TRIAL_LEAVES,  /* something that can't be tried came first                            */
};

struct xe_trial_read {
    xe_gva address;
    uint32_t size;
};

struct xe_trial {
    enum xe_trial_end end;
    uint64_t period;    /* RECURS: instructions                                            */
    xe_gva first, last; /* instructions of the function that comes by, not of those called */
    uint32_t changes;   /* CIRCLES: general registers that did, bit by bit                 */
    bool clock;         /* it read the time base                                           */
    bool writes;        /* it stored other bytes outside of its stack, if only for a time  */
    bool hits;          /* and to what the host watches                                    */
    uint32_t answers;   /* exports that the host answered                                  */
    uint32_t reads;     /* RECURS, CIRCLES                                                 */
    struct xe_trial_read read[XE_TRIAL_READS]; /* by address; not what it stores itself      */
};

/* What a trial needs of the world around it. */
struct xe_trial_host {
    void *ctx;
    /* An export is called: do to the registers what the call would, and to nothing else. false: it
     * can't be told what that is. */
    bool (*answer)(void *ctx, struct xe_cpu *cpu, xe_gva entry);
    uint64_t (*timebase)(void *ctx, struct xe_cpu *cpu);
    xe_gva stack_first, stack_last; /* stores there are the thread's own affair */
    const struct xe_trial_read *watch;
    uint32_t watches;
};

/* false: out of memory. Not while the engine runs. */
bool xe_cpu_try(struct xe_mem *mem, const struct xe_cpu *cpu, const struct xe_trial_host *host,
                struct xe_trial *ret);

#endif
