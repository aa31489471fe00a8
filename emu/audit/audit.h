/* Handle audit, recording side: what the kernel tells, and what the audit asks back.
 *
 * Contract: doc/audit.md. The audit never changes what a run does: it only listens at
 * the one place where every wait and every signal passes. With no focus no ghost memory is used;
 * switched off, each call is one test. Reports: xe/audit.h.
 * Owner thread: the instance's. */
#ifndef XE_AUDIT_AUDIT_H
#define XE_AUDIT_AUDIT_H

#include "xe/audit.h"
#include "xe/error.h"
#include "xe/release.h"

struct xe_audit;
struct xe_codec;

/* What a guest call or a kernel-internal source looks like at the moment of a record. src and name
 * strings are static. origin_*: the export call that armed an internal signal, 0/NULL if none. */
struct xe_audit_site {
    uint64_t cycle;
    uint32_t tid; /* 0 when no thread is running                     */
    uint32_t lr;  /* guest return address; 0 for kernel-internal     */
    uint32_t pc;
    uint32_t hw_thread;
    const char *src;                  /* export name, or timer, io_completion, ...       */
    bool guest;                       /* GuestExport (true) or KernelInternal            */
    uint32_t frames[XE_AUDIT_FRAMES]; /* guest back-chain return addresses  */
    uint32_t frame_count;
    uint32_t interrupt; /* whose routine did it: enum xe_promise_kind + 1; 0: none's */
    uint64_t origin_cycle;
    uint32_t origin_tid, origin_lr;
    const char *origin_src;
};

/* One signal attempt, reset, wait or wake on one object. */
struct xe_audit_act {
    struct xe_audit_site site;
    uint32_t key;              /* as the guest named it (handle, or canonical pointer)      */
    uint64_t object_id;        /* which object; 0 when the key names nothing                */
    struct xe_audit_kind kind; /* of that object                                     */
    enum xe_audit_op op;
    enum xe_audit_effect effect;
    uint32_t status;               /* guest status returned, or that will be                    */
    uint32_t waiters_at;           /* threads parked on it before the act                       */
    uint32_t eligible_at;          /* of those, threads the act should be able to wake          */
    uint32_t woken;                /* threads it did wake                                       */
    int32_t prev_state, new_state; /* dispatcher signal state                           */
    uint32_t tid_woken;            /* wake: the thread                                          */
    bool wait_all;
    uint64_t wait_id; /* wait and wake: same for every object of one wait call     */
    int64_t timeout;  /* wait: guest's 100 ns value; INT64_MAX = infinite          */
};

/* ring: records kept per kind and object (16..65536) for those in the focus, and for all with
 * xe_audit_trace; others keep 16. What is kept of all together is bounded too. */
struct xe_audit *xe_audit_create(uint32_t ring, struct xe_error *err);
void xe_audit_destroy(struct xe_audit *audit);

/* Recording on or off. Off: nothing is recorded and totals stand still. */
void xe_audit_enable(struct xe_audit *audit, bool on, uint64_t cycle);
bool xe_audit_enabled(const struct xe_audit *audit);

void xe_audit_trace(struct xe_audit *audit, bool on);

/* Is this key in the focus, as the guest or a mirror names it? */
bool xe_audit_in_focus(const struct xe_audit *audit, uint32_t key);

/* The run was changed from outside: reports say so from now on. */
void xe_audit_interfered(struct xe_audit *audit);

/* ---- told by the kernel --------------------------------------------------------------------- */

/* A handle was given out for an object, or a dispatcher object at a guest address came into being
 * (pointer keys are canonical). Duplicates: the same object_id under a new key becomes an alias of
 * the first trail. A key seen closed before starts a new generation. An object_id is never used for
 * two objects; an object that began unheard is known from the first record about it on. born: the
 * object came into being with this key, so that nothing of it can have gone unheard. */
void xe_audit_created(struct xe_audit *audit, const struct xe_audit_site *site, uint32_t key,
                      uint64_t object_id, const struct xe_audit_kind *kind, bool born);
/* The handle was closed (the object may live on, for threads may wait for it), or a pointer object
 * died. Heard also while switched off, so that a key never stands for what it no longer names. */
void xe_audit_closed(struct xe_audit *audit, const struct xe_audit_site *site, uint32_t key);
/* The object is no more, whatever it was named by. Heard also while switched off. */
void xe_audit_ended(struct xe_audit *audit, uint64_t object_id);
/* signal, pulse, reset, wait, wake: chosen by act->op. */
void xe_audit_record(struct xe_audit *audit, const struct xe_audit_act *act);
/* Who waited for the object on a path that makes no records has got it. */
void xe_audit_woke_unheard(struct xe_audit *audit, uint64_t object_id);

/* ---- saved, loaded -------------------------------------------------------------------------- */

/* All that reports show, and the focus, in a section beside the state (base/codec.h). find gives
 * the static text of an export, a source or a promise, NULL where there is none. Loading replaces
 * what is there, and goes into an audit with rings of the same size; one that fails leaves an audit
 * without records. */
void xe_audit_state(struct xe_codec *c, struct xe_audit *audit,
                    const char *(*find)(const char *text));

/* Who has released an object, kept for its whole life. The machine's own sources have tid 0, and
 * are one for each thread whose requests they carry out. */
#define XE_AUDIT_SIGNALLERS 16u

struct xe_audit_signaller {
    uint32_t tid;
    bool guest;
    const char *src; /* of its newest act, static; so are seq, cycle and lr */
    uint64_t seq, cycle;
    uint32_t lr;
    uint32_t origin_tid;  /* who armed it, 0: nobody                   */
    uint32_t interrupt;   /* as xe_audit_site has it                   */
    uint64_t acts;        /* that did not fail                         */
    uint64_t longest_gap; /* in cycles, the first counts from creation */
};

struct xe_audit_history {
    bool known;    /* there are records of the object                          */
    bool complete; /* since it was made, without a gap, and nobody is left out */
    struct xe_audit_rec created;
};

/* Returns how many there are. */
uint32_t xe_audit_signallers(const struct xe_audit *audit, uint64_t object_id,
                             struct xe_audit_signaller ret[XE_AUDIT_SIGNALLERS],
                             struct xe_audit_history *ret_history);

/* ---- asked back, by table ------------------------------------------------------------------- */

/* Scheduler's truth about one parked thread on one object. */
struct xe_audit_parked {
    uint32_t tid;
    const char *name; /* thread name, "" if none; borrowed for the visit */
    uint64_t since_cycle;
    uint32_t lr;
    const char *src;         /* export that parked it                            */
    uint64_t wait_id;        /* as given to the audit for the wait record        */
    bool audited_path;       /* false: parked through a path that makes no record */
    enum xe_audit_park park; /* plain wait, critical section, queue, ...         */
    uint32_t owner_tid;      /* of the lock waited for, 0 if none                */
    bool wait_all;
    uint32_t unsignaled[8]; /* wait all: keys of the other objects not signaled */
    uint32_t unsignaled_count;
    /* Wait all: the first other object that is signaled, though not by a call that could have woken
     * the thread: by a store of the title's own, or initialised so since the wait began. 0: none */
    uint32_t stored_key, replaced_key;
    uint32_t other[8]; /* wait any: keys of its other objects */
    uint64_t other_id[8];
    uint32_t others;
    bool timed; /* ends by itself at due_cycle (sooner where time is idle)        */
    bool alertable;
    int64_t timeout;    /* as given; INT64_MAX: none                        */
    uint64_t due_cycle; /* UINT64_MAX: beyond all time                      */
    uint32_t wait_objects;
    bool refused;   /* the object is signaled, but by its own rules not for this thread */
    bool eligible;  /* would be woken if the object were signaled now   */
    bool suspended; /* in the middle of the wait: it looks again when it is resumed */
};

struct xe_audit_object {
    uint64_t object_id;
    uint32_t canonical_key;
    struct xe_audit_kind kind;
    bool signaled;
    bool replaced; /* initialised again under its waiters, which wait for the old one */
    bool stored;   /* the title stored the signal state itself: no call said so        */
    uint32_t waiters;
    uint32_t producer_tid; /* who can signal it by nature: owner of a mutant or lock, a thread
                            * object's own thread; 0 unknown */
};

/* A promise to signal an object that is open, though nothing in this build will keep it. Texts are
 * static. */
struct xe_audit_promise {
    const char *what; /* "overlapped" */
    const char *src;  /* who made it, and when */
    uint64_t cycle;
    uint32_t tid, lr;
};

/* What comes of a thread, judged over all threads and objects: nothing that the audit could see. */
struct xe_audit_fate {
    bool goes_on; /* it may, or somebody who does can release it            */
    bool certain; /* it never goes on, for certain                          */
    /* Certain: those that wait for each other, in order, and that it waits behind, or is the first
     * of. */
    uint32_t cycle[XE_AUDIT_CHAIN], cycles, cycle_total; /* the first; how many; how many in all */
};

struct xe_audit_fates {
    void *ctx;
    bool (*of)(void *ctx, uint32_t tid, struct xe_audit_fate *ret); /* false: not known */
};

/* A call in the title's code that would signal an object, and that never was made. */
struct xe_audit_unreached {
    const char *src;   /* the export, static                                                  */
    uint32_t at;       /* the instruction that calls it                                       */
    bool exact;        /* its object is this one; else nobody knows, but it is the only call  */
    uint32_t variable; /* where the handle or pointer is, 0: in the code itself, or not known */
    uint32_t more;     /* calls like it                                                       */
    struct xe_producer thread; /* one whose start routine leads there; tid 0: none is known   */
};

/* The code of the title, which neither the audit nor the kernel's objects tell of. */
struct xe_audit_code {
    void *ctx;
    bool (*unreached)(void *ctx, uint64_t object_id, struct xe_audit_unreached *ret);
};

struct xe_audit_world {
    void *ctx;
    const struct xe_audit_fates *fates; /* NULL: nobody can say */
    const struct xe_audit_code *code;   /* the same             */
    bool over;                          /* the title has ended: who is parked was so in the end */
    uint64_t (*cycle)(void *ctx);
    /* What a key names now: handle first, then dispatcher pointer. false: nothing. */
    bool (*object)(void *ctx, uint32_t key, struct xe_audit_object *ret);
    /* Visit the threads parked on the object that key names (also when only a parked thread knows
     * the address). */
    void (*parked)(void *ctx, uint32_t key,
                   void (*fn)(void *fn_ctx, const struct xe_audit_parked *who), void *fn_ctx);
    /* The same two by identity, for what lost its name while threads wait for it: a handle that was
     * closed, a pointer object that was initialised again. false: nobody waits for such an object.
     */
    bool (*waited_for)(void *ctx, uint64_t object_id, struct xe_audit_object *ret);
    void (*parked_by_id)(void *ctx, uint64_t object_id,
                         void (*fn)(void *fn_ctx, const struct xe_audit_parked *who), void *fn_ctx);
    /* Everybody who can release an object, in order of weight (xe/release.h). It is what key names,
     * or with an id what threads wait for. ret_about and fn may be NULL. false: there is none. */
    bool (*released)(void *ctx, uint32_t key, uint64_t object_id, struct xe_released *ret_about,
                     void (*fn)(void *fn_ctx, const struct xe_producer *producer), void *fn_ctx);
    /* What becomes of a thread (kind is not set). false: it has left no trace. */
    bool (*thread)(void *ctx, uint32_t tid, struct xe_producer *ret);
    /* The oldest such promise to signal this object; false: there is none. */
    bool (*promise)(void *ctx, uint64_t object_id, struct xe_audit_promise *ret);
    /* Guest memory at an uncreated pointer, described ("DISPATCHER type=1 signal=0", "CS
     * owner=0x..."); false when nothing sensible is there. */
    bool (*peek)(void *ctx, uint32_t key, char *text, size_t size);
};

#endif
