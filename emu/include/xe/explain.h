/* Why a title hangs, or that it doesn't: can each thread ever go on, what do those who can't wait
 * behind, and who should have acted. Computed from what there is now and from the audit's records;
 * changes nothing. Strings are borrowed until the instance runs. */
#ifndef XE_EXPLAIN_H
#define XE_EXPLAIN_H

#include "xe/error.h"
#include "xe/gpu.h"
#include "xe/kernel.h"
#include "xe/release.h"
#include "xe/spin.h"
#include "xe/stop.h"

/* How sure it is that a thread never goes on. */
enum xe_certainty {
    XE_CERTAINTY_NONE,     /* it may: it acts, or somebody who does can release it           */
    XE_CERTAINTY_POSSIBLE, /* nobody is known to do so any more, but threads still run       */
    XE_CERTAINTY_LIKELY,   /* all who ever released its objects are stuck or have ended      */
    XE_CERTAINTY_CERTAIN,  /* only owners and ends of threads can, who are stuck; or nothing
                            * at all can run                                                 */
    XE_CERTAINTIES
};
#define XE_CERTAINTY_WORDS "healthy", "possible", "likely", "certain"
static inline const char *xe_certainty_name(enum xe_certainty certainty)
{
    static const char *const names[XE_CERTAINTIES] = {XE_CERTAINTY_WORDS};

    return (unsigned)certainty < XE_CERTAINTIES ? names[certainty] : "?";
}

enum xe_verdict {
    XE_VERDICT_RUNNING,
    XE_VERDICT_IDLE, /* none has work, time will wake one */
    XE_VERDICT_STARVED,
    XE_VERDICT_LIVELOCK, /* some run for ever and come nowhere */
    XE_VERDICT_PARTLY_STUCK,
    XE_VERDICT_STUCK,
    XE_VERDICT_EXITED,
    XE_VERDICT_CRASHED,
    XE_VERDICTS
};
#define XE_VERDICT_WORDS                                                                           \
    "running", "idle", "starved", "livelock", "partly_stuck", "stuck", "exited", "crashed"
static inline const char *xe_verdict_name(enum xe_verdict verdict)
{
    static const char *const names[XE_VERDICTS] = {XE_VERDICT_WORDS};

    return (unsigned)verdict < XE_VERDICTS ? names[verdict] : "?";
}

/* One thread of the title that has a record, live or ended. */
struct xe_explain_thread {
    struct xe_producer now; /* its tid, name and standing */
    enum xe_certainty stuck;
    bool live;             /* has not ended                                */
    bool suspended;        /* whatever else it does                        */
    bool starves;          /* has had work and no turn for a tenth of a second */
    bool keeps_timing_out; /* its wait ends in time, as others at that place did */
    bool healthy;          /* its wait is served, by doc/explain.md's table; not stuck, then */
    uint32_t first_link, links;
    uint32_t first_poster, posters; /* of an alertable wait: who ended others of it before */
    const char *wait_src;           /* export, static; NULL: it doesn't wait        */
    uint32_t wait_lr;
    xe_gva start_routine;
    struct xe_spin *spin;       /* owned; NULL: it doesn't, as far as can be told */
    struct xe_gpu_fence *fence; /* owned: what the GPU does to each word of the spin */
};

struct xe_explain_object {
    struct xe_released about;
    const char *what; /* static: no object of the kernel's, but this ("SpinLock"); else NULL */
    uint32_t owner;   /* of what: tid                                                    */
    enum xe_certainty stuck; /* NONE: somebody may release it */
    uint32_t first_producer, producers;
};

struct xe_explain_link {
    uint32_t thread, object; /* indices                                          */
    uint32_t key;            /* as the title named it in this wait               */
    bool taken;              /* a wait all that has this one as good as taken    */
};

struct xe_explain_producer {
    struct xe_producer who;
    uint32_t thread; /* index; UINT32_MAX: no thread, or one without a record */
    bool steady;     /* acted within ten times its longest gap                */
};

/* What others wait behind. */
struct xe_explain_root {
    enum xe_certainty certainty;
    bool spins;             /* the thread does, or one of the waiters             */
    bool cycle;             /* the threads wait for each other, in order         */
    uint64_t since_cycle;   /* the oldest wait for it                            */
    const uint32_t *object; /* indices; several: of a wait any, each would do   */
    uint32_t objects;
    const uint32_t *thread; /* of a cycle; or one that is suspended or sleeps for ever */
    uint32_t threads;
    const uint32_t *waiter; /* threads that wait for the objects */
    uint32_t waiters;
    const uint32_t *behind; /* threads that wait for those, and so on: each behind one root */
    uint32_t behinds;
};

/* How it stands with the GPU, which is among the threads, but never live: it may be waited for. */
struct xe_explain_gpu {
    bool there; /* the title has to do with it: the rest means something */
    struct xe_gpu_info info;
    xe_gva callback; /* that its interrupts call; 0: none is set        */
    uint32_t actor;  /* index of it among the threads                    */
};

struct xe_explain_counts {
    uint32_t live;
    uint32_t stuck[XE_CERTAINTIES]; /* by certainty, NONE: not stuck */
    uint32_t able;                  /* have or get a turn            */
    uint32_t spinning;              /* stuck or not, spin or poll    */
    uint32_t timed;                 /* wait or sleep until a time    */
    uint32_t waiting;               /* for what may still come       */
    uint32_t suspended;             /* and not stuck                 */
    uint32_t unserved;              /* of waiting and suspended: nothing shows that they go on */
    uint32_t starved;               /* have work and get no turn, for a tenth of a second */
};

struct xe_explain {
    uint64_t cycle;
    bool quiet;   /* nothing at all can run again by itself           */
    bool outside; /* somebody waits for what only somebody outside gives */
    enum xe_verdict verdict;
    enum xe_certainty certainty; /* that a thread never goes on, of the surest; NONE: none */
    struct xe_explain_counts count;
    struct xe_explain_gpu gpu;
    struct xe_explain_thread *thread; /* owned, in tid order; so are the others */
    struct xe_explain_object *object;
    struct xe_explain_link *link;
    struct xe_explain_producer *producer;
    struct xe_explain_root *root; /* the surest first, spins, cycles, then those with most behind */
    uint32_t threads, objects, links, producers, roots;
    void *kept;                 /* owned: what roots point to */
    struct xe_callsites *sites; /* owned: the title's code, looked at when it is asked for */
    char sentence[768];         /* "is stuck: ...": the title's name goes before it */
};

/* stop and detail: what the last run ended with (xe_instance_last_stop); detail may be "". NULL
 * with err set when memory is out. */
struct xe_explain *xe_explain_make(const struct xe_kernel *kernel, enum xe_stop stop,
                                   const char *detail, struct xe_error *err);
void xe_explain_free(struct xe_explain *explain);

/* "Event/Auto", "SpinLock": what kind of thing it is. */
void xe_explain_kind_text(const struct xe_explain_object *object, char *text, size_t size);

/* Of a root that is a cycle: the object by which its i-th thread waits for the next one; index, or
 * UINT32_MAX. */
uint32_t xe_explain_cycle_object(const struct xe_explain *explain,
                                 const struct xe_explain_root *root, uint32_t i);

/* xe_audit_report_make, told what comes of each thread: by this explanation, or NULL, by a new one.
 */
bool xe_explain_audit_report(const struct xe_kernel *kernel, const struct xe_explain *explain,
                             const uint32_t *keys, uint32_t count, struct xe_audit_report *ret,
                             struct xe_error *err);

/* Are threads deadlocked for certain, whatever the others do: at least so many hundredths of those
 * that live, and one? Depends on nothing that the guest can't see: not on records, nor on who asks.
 */
bool xe_explain_deadlocked(const struct xe_kernel *kernel, uint32_t share);
/* Does a thread spin or poll, for as long as the setting says, while nobody who still runs is known
 * to end that? Depends on nothing else either. */
bool xe_explain_livelocked(const struct xe_kernel *kernel);

#endif
