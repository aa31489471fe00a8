/* Translations as they stand: regions with what is known of their code, and the translator that has
 * them. */
#ifndef XE_JIT_REGION_H
#define XE_JIT_REGION_H

#include <ucontext.h>

#include "jit/deferred.h"
#include "jit/frame.h"
#include "jit/jit.h"
#include "jit/plan.h"

#ifdef XE_TINY_LIMITS
#define CODE_SIZE 0x40000u
#else
#define CODE_SIZE 0x4000000u /* 64 MiB */
#endif
#define REGION_PAGES (2 * REGION_REACH / XE_MEM_PAGE + 2)

/* Where a host fault can happen, and what it means. */
struct xe_jit_site {
    uint32_t at;       /* code offset of the host instruction            */
    uint32_t pc;       /* guest instruction                              */
    uint32_t refund;   /* instructions paid for but not done             */
    uint32_t deferred; /* number of its note, 0: none                  */
    uint32_t faults;   /* slow accesses so far                           */
    uint8_t home;      /* set of homes there                             */
    bool flushing;     /* with denormals flushed                         */
};

/* Where the code of what begins, for people who look at it. */
enum xe_jit_what {
    WHAT_WORD, /* the guest instruction at pc                              */
    WHAT_HEAD, /* the block at pc: registers loaded, instructions paid for */
    WHAT_REST, /* off the straight path; pc 0                              */
};
struct xe_jit_place {
    uint32_t at; /* code offset                              */
    uint32_t pc; /* with an enum xe_jit_what in its low bits */
};

struct xe_jit_entry {
    uint32_t pc, code;
};

/* A displacement that points at one of a region's entries, and what it was before. */
struct xe_jit_link {
    uint32_t at; /* code offset */
    int32_t was;
};

struct xe_jit_region;

struct xe_jit_ref {
    struct xe_jit_region *region;
    struct xe_jit_ref *next;
    struct xe__code_page *page;
};

struct xe_jit_region {
    uint32_t head, words;
    uint32_t begin, end;       /* code offsets */
    uint32_t spill[LOOPS_MAX]; /* by set of homes: code that stores all registers and leaves */
    bool dead;
    struct xe_jit_site *site; /* owned, ascending */
    uint32_t sites;
    struct xe_jit_deferred *deferred; /* owned */
    struct xe_jit_entry *entry;       /* owned */
    uint32_t entries;
    struct xe_jit_link *link; /* owned: from other regions, and its own exits */
    uint32_t links, link_room;
    struct xe_jit_place *place; /* owned, ascending */
    uint32_t places;
    struct xe_jit_ref ref[REGION_PAGES];
    uint32_t refs;
};

/* How often, in the lower bits of such a pc. */
enum xe_jit_slow {
    SLOW = 1,   /* call the interpreter; vector arithmetic: flush denormals */
    SLOWER = 2, /* faults also when they are flushed                        */
};

#define SLOW_PCS 1024u

struct xe_jit {
    struct xe_cpu_engine *engine;
    struct xe_jit_frame *frame;   /* at the start of the reservation */
    uint8_t *code;                /* where it runs: read, execute    */
    uint8_t *write;               /* where it is written             */
    uint32_t used;                /* bytes of code                   */
    uint32_t fixed;               /* of them, the stubs of all       */
    uint32_t leave, helper, find; /* offsets of stubs              */
    int (*enter)(const uint8_t *code, uint8_t *cpu, int64_t budget);
    struct xe_jit_region **region; /* owned, by ascending code offset */
    uint32_t regions, max_regions;
    /* Hash set of guest pcs that fault often, each with an enum xe_jit_slow; 0: none. */
    uint32_t slow[SLOW_PCS];
    uint32_t slows;               /* how many */
    bool gs_by_call;              /* GS is set by arch_prctl: see gs.c                        */
    struct xe__gs_banner *banner; /* in the page below guest address 0; NULL: not yet         */
    bool fma;                     /* else fused arithmetic is called, which is exact too */
    bool changed;
    bool vector_inexact;         /* vector code rounds while XX is clear: see xe__jit_fpu_mode */
    struct xe_jit_region *again; /* to be translated anew */
    struct xe_jit_counters counters;
};

/* ---- code.c ---- */
bool xe__jit_code_create(struct xe_jit *jit, struct xe_error *err);
void xe__jit_code_destroy(struct xe_jit *jit);

/* ---- gs.c ---- */
/* Can GS be set here? It may be lost: this thread's next entry sets it again. */
bool xe__jit_gs_can(struct xe_error *err);
/* Put up the banner, and set GS to see whether that works. Faults are handled already. */
bool xe__jit_gs_create(struct xe_jit *jit, enum xe_jit_gs way, struct xe_error *err);
void xe__jit_gs_destroy(struct xe_jit *jit);
/* Have this thread's GS point at guest memory. false: the host refuses it. */
bool xe__jit_gs_point(const struct xe_jit *jit);
/* Whose memory this thread's GS points at, NULL: nobody's. Also in a handler of faults that lets a
 * fault in it be handled. */
struct xe_jit *xe__jit_gs_owner(void);
/* In a handler of SIGSEGV: was it xe__jit_gs_owner's look at nothing? It goes on then. */
bool xe__jit_gs_mend(ucontext_t *context);

/* ---- fault.c ---- */
/* Have host faults in translated code handled; a fault elsewhere ends the process as before. */
bool xe__jit_fault_create(struct xe_error *err);
/* The region whose code is at this offset; NULL: none. */
struct xe_jit_region *xe__jit_region_at(const struct xe_jit *jit, uint32_t at);
/* Point GS at guest memory, set MXCSR, run. */
int xe__jit_go_in(struct xe_jit *jit, struct xe_cpu *cpu, uint32_t code, int64_t budget);
/* ---- jit.c ---- */
/* CR and FPSCR from their lazy forms into struct xe_cpu, and back. */
void xe__jit_state_out(struct xe_jit *jit, struct xe_cpu *cpu);
void xe__jit_state_in(struct xe_jit *jit, const struct xe_cpu *cpu);

/* ---- emit_vmx_d3d.c ---- */
void xe__jit_fill_d3d(struct xe_jit_frame *frame);

/* ---- fpu_state.c ---- */
/* FPRs and FPSCR made whole in struct xe_cpu. */
void xe__jit_fpu_out(struct xe_jit *jit, struct xe_cpu *cpu);
/* MXCSR and `plain` as this thread's FPSCR wants them. */
void xe__jit_fpu_mode(struct xe_jit *jit, const struct xe_cpu *cpu);

#endif
