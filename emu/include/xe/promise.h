/* Promises to signal ("obligations"): what the kernel owes a title, reading side for reports.
 *
 * Each call that makes something happen later (a timer, a queued DPC, an XOVERLAPPED) leaves a
 * promise, which is open until it is kept, taken back, or found out to be impossible. Promises name
 * the object that they signal by its identity: a handle that is closed and given out again is
 * another object's. They are there whether the audit is on or off, are saved with a state and are
 * no part of its digest.
 * Owner thread: the instance's. */
#ifndef XE_PROMISE_H
#define XE_PROMISE_H

#include <stdbool.h>
#include <stdint.h>

#include "xe/types.h"

struct xe_kernel;

enum xe_promise_kind {
#define PROMISE(name, word, doc) XE_PROMISE_##name,
#include "xe/promises.def"
#undef PROMISE
    XE_PROMISE_KINDS
};

enum xe_promise_state {
    XE_PROMISE_OPEN,
    XE_PROMISE_KEPT,
    XE_PROMISE_BROKEN,    /* its time came, or can't come any more, and nothing was done  */
    XE_PROMISE_CANCELLED, /* the title took it back, made it anew, or gave up the object  */
    XE_PROMISE_STATES
};

enum xe_promise_due {
    XE_PROMISE_AT,      /* at a time that is known                                   */
    XE_PROMISE_UNKNOWN, /* it will be kept, but nobody can say when                  */
    XE_PROMISE_NEVER,   /* this build has nothing that could keep it                 */
    XE_PROMISE_DUES
};

/* Words for them: "timer", "open", "unknown". */
const char *xe_promise_kind_name(enum xe_promise_kind kind);
const char *xe_promise_kind_doc(enum xe_promise_kind kind);
/* Can only somebody outside of the machine keep it: a peer, whoever plugs a controller in? */
bool xe_promise_kind_is_outside(enum xe_promise_kind kind);
const char *xe_promise_state_name(enum xe_promise_state state);
const char *xe_promise_due_name(enum xe_promise_due due);

/* Who did something, when. src: the export, or a source of the kernel's own ("timer"); static; NULL
 * if it never happened. */
struct xe_promise_site {
    const char *src;
    uint64_t cycle;
    uint32_t tid, lr; /* 0 if no guest thread did it */
};

struct xe_promise_info {
    uint64_t id; /* 1, 2, 3 ... in the order in which they were made */
    enum xe_promise_kind kind;
    enum xe_promise_state state;
    enum xe_promise_due due;
    uint64_t due_time;  /* AT: interrupt time, 100 ns                                 */
    uint64_t due_cycle; /* AT and open: if no idle time is skipped until then, else 0 */
    uint64_t object_id; /* that will be signalled; 0: none is known, it may be any    */
    uint32_t key;       /* as the title named it: handle, pointer, callback           */
    uint64_t kept;      /* how often so far: a periodic timer goes on being open      */
    struct xe_promise_site made, ended;
};

/* Visit all open promises, oldest first. */
void xe_kernel_promises(const struct xe_kernel *kernel,
                        void (*fn)(void *ctx, const struct xe_promise_info *info), void *ctx);
/* Visit the open promises to signal one object, oldest first. */
void xe_kernel_promises_of(const struct xe_kernel *kernel, uint64_t object_id,
                           void (*fn)(void *ctx, const struct xe_promise_info *info), void *ctx);
/* Visit the newest of those that ended (some hundred are remembered), oldest first. */
void xe_kernel_promises_ended(const struct xe_kernel *kernel,
                              void (*fn)(void *ctx, const struct xe_promise_info *info), void *ctx);

/* How many ever, by kind. lost: made, but not kept track of for want of room: with any, that no
 * promise is open says nothing. */
struct xe_promise_totals {
    uint64_t made[XE_PROMISE_KINDS], kept[XE_PROMISE_KINDS], broken[XE_PROMISE_KINDS],
        cancelled[XE_PROMISE_KINDS];
    uint64_t open, lost;
};
void xe_kernel_promise_totals(const struct xe_kernel *kernel, struct xe_promise_totals *ret);

/* A guest timer, armed or not. */
struct xe_timer_info {
    uint64_t object_id;
    bool was_set; /* ever; else the rest is 0              */
    bool many;    /* more than one thread has set it       */
    bool armed;
    uint64_t due_time, due_cycle; /* as a promise's; cycle 0 if not armed  */
    uint32_t period_ms;
    xe_gva dpc, apc;                       /* that it queues when it expires        */
    uint32_t apc_tid;                      /* whose APC; 0 if it queues none (more) */
    struct xe_promise_site set, cancelled; /* the last time; cancelled while it was armed */
    uint64_t expiries, last_expiry;        /* how often, the cycle of the last      */
};
/* What key (handle or pointer) names; false if that is no timer. */
bool xe_kernel_timer_info(struct xe_kernel *kernel, uint32_t key, struct xe_timer_info *ret);

#endif
