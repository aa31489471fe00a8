/* Handle audit, reading side: focus, records, trails, the report and its diagnosis.
 * Contract: doc/audit.md. Strings named static live as long as the program. */
#ifndef XE_AUDIT_H
#define XE_AUDIT_H

#include "xe/error.h"
#include "xe/types.h"

#define XE_AUDIT_FRAMES       8
#define XE_AUDIT_RING_DEFAULT 64
#define XE_AUDIT_RING_MIN     16
#define XE_AUDIT_RING_MAX     65536
#define XE_AUDIT_FOCUS_MAX    4096
#define XE_AUDIT_TIMELINE     16
#define XE_AUDIT_GAPS         8
#define XE_AUDIT_CHAIN        16
#define XE_AUDIT_TIDS         16
#define XE_AUDIT_VERDICTS     256

struct xe_audit;
struct xe_audit_world;

enum xe_audit_object_kind {
    XE_AUDIT_EVENT_MANUAL,
    XE_AUDIT_EVENT_AUTO,
    XE_AUDIT_SEMAPHORE,
    XE_AUDIT_MUTANT,
    XE_AUDIT_TIMER_MANUAL,
    XE_AUDIT_TIMER_AUTO,
    XE_AUDIT_THREAD,
    XE_AUDIT_FILE,
    XE_AUDIT_IO_COMPLETION,
    XE_AUDIT_CRITICAL_SECTION,
    XE_AUDIT_RW_LOCK,
    XE_AUDIT_QUEUE,
    XE_AUDIT_NOTIFY,
    XE_AUDIT_LOADER_LOCK,
    XE_AUDIT_UNCREATED,
    XE_AUDIT_CLOSED
};

struct xe_audit_kind {
    enum xe_audit_object_kind kind;
    int32_t count, limit; /* semaphores */
};

enum xe_audit_op {
    XE_AUDIT_OP_CREATE,
    XE_AUDIT_OP_SIGNAL,
    XE_AUDIT_OP_PULSE,
    XE_AUDIT_OP_WAIT,
    XE_AUDIT_OP_WAKE,
    XE_AUDIT_OP_RESET,
    XE_AUDIT_OP_CLOSE,
    XE_AUDIT_OP_ARM,    /* a timer was set; status has nothing to say      */
    XE_AUDIT_OP_CANCEL, /* a timer was taken back; state: it was armed     */
    XE_AUDIT_OPS
};

/* In the order of the enum. */
#define XE_AUDIT_OP_WORDS                                                                          \
    "create", "signal", "pulse", "wait", "wake", "reset", "close", "arm", "cancel"

enum xe_audit_effect {
    XE_AUDIT_NONE,        /* state unchanged (set of a set event, reset of a clear one)  */
    XE_AUDIT_STATE,       /* state changed, nobody woke                                  */
    XE_AUDIT_WOKE,        /* at least one thread woke                                    */
    XE_AUDIT_FAILED,      /* error status                                                */
    XE_AUDIT_PARKED,      /* wait: the thread parked                                     */
    XE_AUDIT_IMMEDIATE,   /* wait: satisfied at once, token taken where there is one     */
    XE_AUDIT_POLLED,      /* wait: timeout 0, not satisfied                              */
    XE_AUDIT_SATISFIED,   /* wake                                                        */
    XE_AUDIT_TIMED_OUT,   /* a parked wait whose time was over                         */
    XE_AUDIT_INTERRUPTED, /* a wait ended by an APC, an alert or the thread's end      */
    XE_AUDIT_OTHER,       /* a wait any that another of its objects ended              */
    XE_AUDIT_EFFECTS
};
#define XE_AUDIT_EFFECT_WORDS                                                                      \
    "none", "state", "woke", "failed", "parked", "immediate", "polled", "satisfied", "timed_out",  \
        "interrupted", "other"

/* How a thread is parked; anything but XE_AUDIT_PARK_WAIT explains an audit-blind waiter. */
enum xe_audit_park {
    XE_AUDIT_PARK_WAIT,
    XE_AUDIT_PARK_CRITICAL_SECTION,
    XE_AUDIT_PARK_SPINLOCK,
    XE_AUDIT_PARK_RWLOCK,
    XE_AUDIT_PARK_DPC,
    XE_AUDIT_PARK_QUEUE,
    XE_AUDIT_PARK_NETWORK /* for what comes from outside, where nothing does */
};

enum xe_audit_branch {
    XE_AUDIT_D1_NO_WAITER = 1,
    XE_AUDIT_D2_AUDIT_BLIND,
    XE_AUDIT_D3_NO_PRODUCER,
    XE_AUDIT_D4_NOT_DELIVERED,
    XE_AUDIT_D5_STARVED
};
/* From the first on. */
#define XE_AUDIT_CODE_WORDS "NO_WAITER", "AUDIT_BLIND", "NO_PRODUCER", "NOT_DELIVERED", "STARVED"

/* One record as it is shown. */
struct xe_audit_rec {
    uint64_t seq, cycle;
    uint32_t tid, lr, pc, hw_thread;
    const char *src; /* static */
    bool guest;      /* GuestExport, else KernelInternal */
    bool ghost;
    enum xe_audit_op op;
    enum xe_audit_effect effect;
    uint32_t status;
    uint32_t waiters_at, eligible_at, woken;
    int32_t prev_state, new_state;
    uint32_t tid_woken;
    bool wait_all;
    uint64_t wait_id;
    int64_t timeout;
    uint32_t frames[XE_AUDIT_FRAMES];
    uint32_t frame_count;
    uint32_t interrupt; /* whose routine did it: enum xe_promise_kind + 1; 0: none's */
    uint64_t origin_cycle;
    uint32_t origin_tid, origin_lr;
    const char *origin_src; /* static, NULL if none */
};

struct xe_audit_waiter {
    uint32_t tid;
    char name[64];
    uint64_t since_cycle;
    uint32_t lr;
    const char *src; /* static */
    bool recorded;   /* this wait has a record */
    bool timed;      /* ends by itself at due_cycle */
    uint64_t due_cycle;
};

struct xe_audit_diagnosis {
    enum xe_audit_branch branch;
    const char *code;     /* "NO_PRODUCER" ..., static */
    const char *sub;      /* "NO_CANDIDATE" ..., static */
    char text[192];       /* the conclusion, as doc/audit.md has it */
    char detail[512];     /* one line of evidence, may be empty */
    uint64_t evidence[8]; /* seq numbers of records the verdict rests on */
    uint32_t evidence_count;
    /* The same as facts; 0 and NULL where they have nothing to say. */
    uint32_t producer_tid; /* who could release it, or took the means to          */
    uint32_t owner_tid;
    const char *state;    /* of that thread, or of the timer: "running", ...; static */
    uint64_t until_cycle; /* when its sleep, the wait or the timer ends              */
    uint32_t chain[XE_AUDIT_CHAIN],
        chain_count; /* threads, each waits for the next; from the waiter */
    uint32_t cycle[XE_AUDIT_CHAIN], cycle_count; /* those that wait for each other */
    uint32_t call_at; /* an instruction that would signal it, and never ran     */
    uint32_t unsignaled[8], unsignaled_count; /* wait all: other objects it lacks */
};

/* One conclusion, and the waiters that share it. */
struct xe_audit_verdict {
    struct xe_audit_diagnosis diagnosis;
    uint32_t waiters;                  /* how many                       */
    uint32_t tid[XE_AUDIT_TIDS], tids; /* the first of them, oldest first */
};

struct xe_audit_handle_report {
    uint32_t given_key, key; /* as asked; canonical */
    uint32_t ordinal;        /* which of the keys asked for */
    uint32_t generation;     /* 1 for the first; 0 uncreated */
    bool complete;           /* all that ever happened to it was recorded     */
    uint64_t since_cycle;    /* all since then; only while the audit is on    */
    uint64_t dropped;        /* records of all kinds that newer ones replaced */
    struct xe_audit_kind kind;
    bool known; /* an object exists: `signaled` means something */
    bool signaled;
    bool blind, partial;
    uint32_t waiters;
    struct {
        uint64_t total, primary, ghost, dropped;
    } signal_attempts;
    uint64_t waits, wakes, resets, failed;
    uint64_t polls, timeouts; /* waits without time that got nothing; parked ones that time ended */
    bool has_created, has_closed;
    struct xe_audit_rec created, closed;
    struct xe_audit_rec timeline[XE_AUDIT_TIMELINE]; /* oldest first */
    uint32_t timeline_count;
    uint64_t timeline_total;        /* records ever made, kept or not        */
    struct xe_audit_waiter *waiter; /* owned, `waiters` entries              */
    uint32_t aliases[16];           /* other keys of the same object         */
    uint32_t alias_count;
    char peek[128];                      /* uncreated pointers: what memory shows */
    struct xe_audit_diagnosis diagnosis; /* of the waiter recorded first, else parked first */
    struct xe_audit_verdict *verdict;    /* owned: that of each waiter, equal ones folded */
    uint32_t verdicts, verdict_others;   /* waiters with still other verdicts */
};

/* Cycles between which nothing was recorded. */
struct xe_audit_gap {
    uint64_t from, to;
};

struct xe_audit_report {
    uint64_t cycle, seq;
    bool enabled;
    bool complete;        /* all objects were listened to from their beginning on */
    uint64_t since_cycle; /* without a gap since then; only while enabled */
    struct xe_audit_gap gap[XE_AUDIT_GAPS]; /* the newest, oldest first; one goes on while
                                             * switched off, to the report's cycle */
    uint32_t gaps, gaps_ever;
    bool interfered;                       /* a forced signal or a write from outside */
    struct xe_audit_handle_report *handle; /* owned, in the order asked */
    uint32_t handles;
};

/* ---- focus ---------------------------------------------------------------------------------- */

/* Parse "0x1004,4108, 0x42450b5c": xe360-audit-report(7). Duplicates folded, order kept. On success
 * *ret_keys is owned by the caller (free with xe_audit_keys_free), NULL for an empty list. The
 * error names the bad item. */
bool xe_audit_focus_parse(const char *list, uint32_t **ret_keys, uint32_t *ret_count,
                          struct xe_error *err);
void xe_audit_keys_free(uint32_t *keys);

/* Replace, extend, shrink or read the focus. Keys as the user gave them; mirrors fold inside. */
bool xe_audit_focus_set(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                        struct xe_error *err);
bool xe_audit_focus_add(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                        struct xe_error *err);
bool xe_audit_focus_remove(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                           struct xe_error *err);
const uint32_t *xe_audit_focus_get(const struct xe_audit *audit, uint32_t *ret_count);

/* ---- reports -------------------------------------------------------------------------------- */

/* Report on keys, or on the focus when keys is NULL. Pure: changes nothing. */
bool xe_audit_report_make(const struct xe_audit *audit, const struct xe_audit_world *world,
                          const uint32_t *keys, uint32_t count, struct xe_audit_report *ret,
                          struct xe_error *err);
void xe_audit_report_fini(struct xe_audit_report *report);

/* The merged records of a key with seq >= from, oldest first; at most `limit`. Returns how many
 * were written. */
uint32_t xe_audit_timeline(const struct xe_audit *audit, uint32_t key, uint64_t from,
                           uint32_t limit, struct xe_audit_rec *ret);

struct xe_audit_stats {
    bool enabled;
    uint32_t ring;
    uint64_t seq;
    uint64_t records, dropped_unfocused, ghost_records;
    uint32_t trails, ghost_trails;
    uint64_t no_memory; /* records that could not be kept */
};
void xe_audit_stats_get(const struct xe_audit *audit, struct xe_audit_stats *ret);

/* Names for reports: "signal", "parked", "Event/Manual", "Semaphore(1/4)" ... */
const char *xe_audit_op_name(enum xe_audit_op op);
const char *xe_audit_effect_name(enum xe_audit_effect effect);
void xe_audit_kind_text(const struct xe_audit_kind *kind, char *text, size_t size);

#endif
