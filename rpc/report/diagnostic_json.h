/* The thread diagnostic as JSON (schema xe360/thread-diagnostic/1, xe360-rpc-results(7)): what
 * every thread does and waits for, threads with equal wait stacks folded, and a verdict. */
#ifndef XE_RPC_REPORT_DIAGNOSTIC_JSON_H
#define XE_RPC_REPORT_DIAGNOSTIC_JSON_H

#include <jansson.h>

#include "rpc/report/spin_json.h"
#include "rpc/report/verdict.h"
#include "xe/explain.h"
#include "xe/instance.h"

/* What a diagnostic is made of; all pointers are borrowed for the call. */
struct xe_rpc_diagnostic {
    const char *instance;
    struct xe_title_info title;
    uint64_t seed, cycle, virtual_us;
    enum xe_stop stop;
    const char *stop_detail;
    struct xe_kernel_totals totals;
    const struct xe_thread_info *thread; /* in tid order */
    uint32_t threads;
    const struct xe_module_info *module; /* in order of loading; none of a title alone */
    uint32_t modules;
    const struct xe_audit_report *blocking; /* on the handles threads are parked on; may be NULL */
    const struct xe_explain *explain;       /* NULL: nothing is loaded */
    /* Where an address is, or a call that returns to it; false: not known. May be NULL itself. */
    bool (*place)(void *ctx, xe_gva address, bool call, struct xe_place *ret);
    void *place_ctx;
    uint64_t cursor; /* where the page begins; 0: the first, with the groups */
    uint32_t limit;  /* threads on it at most; 0: as many as fit */
};

/* What it adds to these structs. The rows of all of them are in members_thread.c. */
struct xe_rpc_frame_view {
    xe_gva sp, lr;
    struct xe_place call; /* without a name: not known */
};

struct xe_rpc_thread_view {
    struct xe_thread_info info;
    struct xe_rpc_frame_view frame[16]; /* info.frames of them */
    struct xe_place at, caller;         /* of pc, and of the wait's wrapper_lr; no name: unknown */
    struct xe_rpc_thread_spin {
        const char *certainty, *stuck;
        uint64_t since_cycle, instructions;
        char on[XE_RPC_SPIN_ON];
    } spins;
};

/* Threads with equal wait stacks. */
struct xe_rpc_group_view {
    uint32_t count;
    const uint32_t *tid; /* borrowed */
    const char *src;
    uint32_t lr, wrapper_lr, creator_lr, start_routine;
    bool same_creator, same_start;
};

struct xe_rpc_diagnostic_view {
    struct xe_rpc_diagnostic in;
    const char *instance;
    struct xe_rpc_verdict_view verdict;
    json_t *threads;
    uint32_t threads_omitted; /* on other pages */
    bool more;                /* threads go on at `next` */
    uint64_t next;
    const struct xe_rpc_group_view *group;
    uint32_t groups;
};

/* Owned by the caller; NULL when out of memory. */
json_t *xe_rpc_diagnostic_make(const struct xe_rpc_diagnostic *in);

/* The same of an instance; id is the instance id shown in the report. At most `limit` threads (0:
 * as many as fit) from `cursor` on. */
json_t *xe_rpc_diagnostic_json(struct xe_instance *instance, const char *id, uint64_t cursor,
                               uint32_t limit);

#define XE_RPC_BLOCKING_MAX 256u /* handles that get a diagnosis without being asked for */

/* What threads wait for now, by thread and without repetition; returns how many, at most
 * XE_RPC_BLOCKING_MAX. */
uint32_t xe_rpc_blocking_keys(struct xe_instance *instance, uint32_t key[XE_RPC_BLOCKING_MAX]);

#endif
