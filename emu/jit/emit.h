/* The third pass: host code for a region, by what the scan found and the plan decided. */
#ifndef XE_JIT_EMIT_H
#define XE_JIT_EMIT_H

#include "jit/deferred.h"
#include "jit/plan.h"
#include "jit/region.h"
#include "jit/x64.h"

/* A jump to be completed when the blocks are out. */
enum xe_jit_late_kind {
    LATE_BLOCK,     /* to block `pc`                             */
    LATE_EXIT,      /* leave the region for pc                   */
    LATE_CALL,      /* the same where registers are stored       */
    LATE_BUDGET,    /* the budget is short of `count` for pc     */
    LATE_INTERPRET, /* the interpreter does pc; refund `count`   */
};

struct xe_jit_late {
    enum xe_jit_late_kind kind;
    uint8_t *from; /* displacement of the jump */
    uint32_t pc, count;
    uint32_t deferred; /* number of its note, 0: none */
    uint32_t home;     /* set of homes where it jumps from */
};

/* What is noted of the code as it is written; it becomes the region's. */
struct xe_jit_notes {
    struct xe_jit_late *late;
    uint32_t lates, late_room;
    struct xe_jit_site *site;
    uint32_t sites, site_room;
    struct xe_jit_deferred *deferred;
    uint32_t deferreds, deferred_room;
    struct xe_jit_entry *entry;
    uint32_t entries, entry_room;
    struct xe_jit_place *place;
    uint32_t places, place_room;
};

struct xe_emit {
    struct xe_x64 a;
    struct xe_jit *jit;
    struct xe_jit_frame *frame;
    const struct xe_jit_scan *scan;
    const struct xe_jit_plan *plan;
    uint8_t *body[REGION_BLOCKS]; /* where a block's code begins, NULL not yet */
    struct xe_jit_notes notes;
    bool failed; /* out of memory */

    /* The block and the word at hand. */
    const struct xe_jit_block *now;
    uint32_t home;                    /* set of homes, and... */
    const struct xe_jit_homes *homes; /* ... the set        */
    uint32_t pc, word, next_word;     /* next_word: 0 at the end of the block */
    const struct xe_ppc_insn *insn;
    uint32_t done;       /* words of the block before this one                        */
    uint32_t paid_ahead; /* instructions paid for beyond this pass through the block   */
    bool skip_next;      /* the word at hand did the next one's work too                */
    bool flushing;       /* denormals are flushed for it                                */

    /* What is known at this point of the code. */
    struct xe_jit_known known;
    int fused; /* CR field whose compare set the host's flags just now, or -1 */
    /* GPR scaled = GPR of << shift, as an address sees it; scaled is NO_REG when nothing is known.
     */
    struct {
        int scaled, of, shift;
    } index;

    /* What is put off. */
    struct xe_jit_putting_off off;
    bool may_defer_adds; /* in a loop, where adding later pays               */
    uint32_t f_spare;    /* host registers that no FPR or VR has for its home */
};

/* Instructions paid for but not done, before the word at hand. */
static inline uint32_t xe__jit_refund(const struct xe_emit *e)
{
    return e->now->words - e->done + e->paid_ahead;
}

typedef void xe_jit_emit(struct xe_emit *e, uint32_t arg);

/* The emitter of a row, NULL: its interpreter function is called. JIT_FLUSHES, added to the
 * argument: vector arithmetic, which after many faults is tried with denormals flushed by the host.
 */
#define JIT_FLUSHES 0x80000000u
struct xe_jit_row {
    xe_jit_emit *emit;
    uint32_t arg;
};
extern const struct xe_jit_row xe_jit_rows[XE_PPC_INSNS];

/* ---- translate.c ---- */
/* The whole region's code, with its notes; e has jit, frame, scan, plan and where to write. */
void xe__jit_emit_region(struct xe_emit *e, struct xe_jit_region *region);
void xe__jit_call(struct xe_emit *e);      /* have the interpreter's function do the word at hand */
void xe__jit_store_all(struct xe_emit *e); /* registers that the region writes, to struct xe_cpu */
/* The jump whose displacement is at `from` goes to guest pc; go on at pc. */
void xe__jit_goto(struct xe_emit *e, uint8_t *from, uint32_t pc);
void xe__jit_go(struct xe_emit *e, uint32_t pc);
/* For loop.c: know nothing; pay for the block; emit its words but the branch at its end, which is
 * left as the word at hand; make its word n that. */
void xe__jit_nothing_known(struct xe_emit *e);
void xe__jit_payment(struct xe_emit *e);
void xe__jit_words(struct xe_emit *e);
void xe__jit_word(struct xe_emit *e, uint32_t n);

/* ---- notes.c ---- */
/* Room for one more in an array that grows; false, with the region given up: there is none. */
bool xe__jit_room(struct xe_emit *e, void **array, uint32_t count, uint32_t *have, size_t size);
uint32_t xe__jit_offset(const struct xe_emit *e, const uint8_t *at);
void xe__jit_late(struct xe_emit *e, enum xe_jit_late_kind kind, uint8_t *from, uint32_t pc,
                  uint32_t count);
/* The next host instruction written accesses guest memory for the word at hand. */
void xe__jit_site(struct xe_emit *e);
/* The word at hand is for the interpreter when cc holds. */
void xe__jit_interpret_if(struct xe_emit *e, enum xe_x64_cc cc);
/* What begins here, for people who look; the block can be entered here. */
void xe__jit_place(struct xe_emit *e, uint32_t pc, enum xe_jit_what what);
void xe__jit_entry(struct xe_emit *e, const struct xe_jit_block *block);

/* ---- loop.c ---- */
void xe__jit_loop(struct xe_emit *e, const struct xe_jit_loop *loop);

/* ---- emit_branch.c ---- */
void xe__jit_branch(struct xe_emit *e);
/* The branch of a loop of one block; returns the displacement of its jump back. */
uint8_t *xe__jit_loop_branch(struct xe_emit *e);
/* The same the other way round: of its jump out. */
uint8_t *xe__jit_loop_exit(struct xe_emit *e);

/* ---- emit_formats.c ---- */
/* Write an arithmetic instruction's record: its operands are in these host registers. */
void xe__jit_write_record(struct xe_emit *e, uint32_t word, const int8_t operand[3]);
/* All FPRs to double format in their host registers. Keeps the host's flags. */
void xe__jit_fpu_canonical(struct xe_emit *e);
/* Just these FPRs to single format, the others to double; values must allow it. Likewise. */
void xe__jit_fpu_shape(struct xe_emit *e, uint32_t single);

/* ---- emit_vmx_float.c ---- */
/* Around the code of one word: the host flushes denormals. */
void xe__jit_v_flush_begin(struct xe_emit *e);
void xe__jit_v_flush_end(struct xe_emit *e);

/* ---- operands.c ---- */
struct xe_x64_rm xe__jit_g(struct xe_emit *e, uint32_t r);     /* to read it                    */
int xe__jit_g_src(struct xe_emit *e, uint32_t r, int scratch); /* a host register that holds it */
int xe__jit_g_dst(struct xe_emit *e, uint32_t r, int scratch); /* where to compute its new value */
void xe__jit_g_put(struct xe_emit *e, uint32_t r, int host);   /* the value computed there is r's */
void xe__jit_g_load(struct xe_emit *e, int host, uint32_t r);  /* host = r, 64 bits             */
void xe__jit_g_changes(struct xe_emit *e, uint32_t r); /* what was known of r holds no longer */
int xe__jit_g_offset(uint32_t r);                      /* in struct xe_cpu, from R_CPU  */
struct xe_x64_rm xe__jit_f(struct xe_emit *e, uint32_t r);
int xe__jit_f_src(struct xe_emit *e, uint32_t r, int scratch);
int xe__jit_f_dst(struct xe_emit *e, uint32_t r, int scratch);
void xe__jit_f_put(struct xe_emit *e, uint32_t r, int host);
int xe__jit_f_offset(uint32_t r);
struct xe_x64_rm xe__jit_cpu_field(size_t offset);
#define CPU_FIELD(field) xe__jit_cpu_field(offsetof(struct xe_cpu, field))
struct xe_x64_rm xe__jit_constant(struct xe_emit *e, enum xe_jit_constant which);
/* r's host register gets another value than struct xe_cpu has: the scan must have said so, or it
 * would not be stored. */
void xe__jit_writes(struct xe_emit *e, bool foreseen);
/* CR field = sign of the low word of host register (sign-extended into RAX). */
void xe__jit_record(struct xe_emit *e, uint32_t field, int host);
/* CR field = RAX, flags being those of RAX against 0 when `flags`. */
void xe__jit_cr_store(struct xe_emit *e, uint32_t field, bool flags);

#endif
