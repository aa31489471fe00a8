/* Who can release a wait: for one object, everybody who can, and what became of each.
 *
 * Each kind of object is answered by its nature first: a mutant and a critical section by their
 * owner, a thread by itself, a timer by whoever armed it, a queue at its limit by the threads that
 * it feeds; all others by those who have released this very object before, and by open promises.
 * Strings named static live as long as the program; others are borrowed until the instance runs. */
#ifndef XE_RELEASE_H
#define XE_RELEASE_H

#include "xe/audit.h"
#include "xe/types.h"

struct xe_kernel;

/* What makes it a producer of this object; in order of weight. */
enum xe_producer_kind {
    XE_PRODUCER_OWNER,     /* holds the mutant, the critical section, the lock          */
    XE_PRODUCER_THREAD,    /* the object is this thread: its end releases               */
    XE_PRODUCER_TIMER,     /* the object is a timer, and this is its time               */
    XE_PRODUCER_SERVER,    /* is fed by the queue, and counts against its limit         */
    XE_PRODUCER_SIGNALLER, /* a thread that has released this object before             */
    XE_PRODUCER_APC,       /* has ended alertable waits of this thread, not an object's */
    XE_PRODUCER_PROMISE,   /* an asynchronous call that will                            */
    XE_PRODUCER_HOST,      /* the machine has: vblank, audio, a DPC, ...; by itself, or for a
                            * thread that asked it to (for_tid)                         */
    XE_PRODUCER_GPU,       /* the GPU, by a command that it was given                   */
    XE_PRODUCER_KINDS
};
/* In the order of the enum. */
#define XE_PRODUCER_KIND_WORDS                                                                     \
    "owner", "thread", "timer", "server", "signaller", "apc", "promise", "host", "gpu"

/* What it does now. Of threads: */
enum xe_standing {
    XE_STANDS_RUNNING,     /* has its hardware thread, or comes in turn               */
    XE_STANDS_STARVED,     /* has work, but by_tid of higher priority runs instead    */
    XE_STANDS_SPINNING,    /* runs in a circle, since since_cycle (only xe/explain.h tells it) */
    XE_STANDS_POLLING,     /* the same, asking the kernel the same each time          */
    XE_STANDS_SLEEPING,    /* a delay, until until_cycle                              */
    XE_STANDS_WAITING,     /* parked on waits_on, until until_cycle if that is set    */
    XE_STANDS_SUSPENDED,   /* by by_tid, 0 if it isn't known                          */
    XE_STANDS_NOT_STARTED, /* made suspended by by_tid, has never run                 */
    XE_STANDS_ENDED,       /* at since_cycle with exit_code, both 0 if not known      */
    /* of timers and promises: */
    XE_STANDS_ARMED,     /* due at until_cycle, or at an unknown time               */
    XE_STANDS_UNARMED,   /* nobody ever armed it                                    */
    XE_STANDS_CANCELLED, /* by by_tid at since_cycle                                */
    XE_STANDS_EXPIRED,   /* it was due at since_cycle, and is not armed again       */
    XE_STANDS_NEVER,     /* promised, but nothing in this build will keep it        */
    /* of the machine: */
    XE_STANDS_HOST, /* acts by itself when its time comes                      */
    /* of the GPU, as xe/gpu.h has it: */
    XE_STANDS_IDLE,   /* it was given nothing more to do                       */
    XE_STANDS_HALTED, /* it does nothing any more                              */
    /* of threads, again: */
    XE_STANDS_NETWORK, /* waits for what comes from there                      */
    XE_STANDINGS
};
#define XE_STANDING_WORDS                                                                          \
    "running", "starved", "spinning", "polling", "sleeping", "waiting", "suspended",               \
        "not_started", "ended", "armed", "unarmed", "cancelled", "expired", "never", "host",       \
        "idle", "halted", "network"
const char *xe_standing_name(enum xe_standing standing); /* "running", "not started", ... */

#define XE_CYCLE_NONE UINT64_MAX

struct xe_producer {
    enum xe_producer_kind kind;
    enum xe_standing standing;
    uint32_t tid;      /* 0: no thread                                           */
    const char *name;  /* of the thread, may be ""                               */
    const char *what;  /* promise or machine: "overlapped", "vblank"; static     */
    uint32_t for_tid;  /* the machine: whose requests it carries out, 0: nobody's */
    uint64_t acts;     /* how often it has released this object                  */
    uint64_t last_seq; /* its newest record, 0: none                             */
    uint64_t last_cycle;
    const char *last_src; /* static; NULL: it never did. Timers and promises: who made it */
    uint32_t last_lr;
    uint64_t longest_gap; /* cycles between two of its acts, the first from creation */
    uint64_t since_cycle; /* it stands so since then; 0: not known                  */
    uint64_t until_cycle; /* XE_CYCLE_NONE: no end is set. Idle time comes sooner   */
    int64_t until_100ns;  /* from now on                                            */
    uint32_t by_tid;
    uint32_t waits_on;    /* key of the first object that it waits for, 0 if none   */
    uint64_t waits_on_id; /* that object's id                                       */
    uint32_t wait_objects;
    bool wait_all, alertable, timed;
    bool suspended; /* besides, while it sleeps or waits */
    uint32_t exit_code;
    uint64_t last_progress_cycle;
    const char *last_export; /* static, NULL if none */
    uint64_t last_export_cycle;
};

/* One object as its waiters know it. */
struct xe_released {
    uint64_t object_id;
    uint32_t key; /* a handle that is open, else the guest address         */
    struct xe_audit_kind kind;
    const char *type; /* "event", "mutant", ...; static                        */
    const char *name; /* as the title named it, or ""                          */
    xe_gva address;
    bool signaled;
    bool by_nature; /* only owners and ends of threads release it            */
    bool complete;  /* all who ever released it are told                     */
    bool closed;    /* no handle leads to it any more, and it was no pointer */
    uint32_t waiters;
    bool has_creator; /* known from records                                    */
    struct xe_audit_rec created;
};

/* Whether a producer can still act as far as its own standing tells: it runs, its wait has an end
 * in time, its promise is open. What waits without a timeout is for xe/explain.h to judge. */
bool xe_producer_acts(const struct xe_producer *producer);
/* Has it acted on the object within ten times its longest gap, seen at cycle now? */
bool xe_producer_is_steady(const struct xe_producer *producer, uint64_t now);

#endif
