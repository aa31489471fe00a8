/* What became of a run, in one word and one sentence, and what its threads are blocked on. The rows
 * of these views are in members_thread.c. */
#ifndef XE_RPC_REPORT_VERDICT_H
#define XE_RPC_REPORT_VERDICT_H

#include "xe/audit.h"
#include "xe/stop.h"

struct xe_rpc_diagnostic;

/* A handle that blocks somebody, with its diagnosis. */
struct xe_rpc_root_view {
    uint32_t key;
    char kind[64];
    bool stuck;                           /* a thread that is stuck waits for it */
    const struct xe_audit_waiter *waiter; /* borrowed from the report            */
    uint32_t waiters;
    struct xe_audit_diagnosis diagnosis;
};

struct xe_rpc_verdict_view {
    const char *code, *certainty, *text; /* static; certainty NULL: nobody is stuck */
    char sentence[1280];
    enum xe_stop stop;
    const char *detail;            /* borrowed */
    struct xe_rpc_root_view *root; /* owned */
    uint32_t roots;
};

/* The verdict of a thread diagnostic; false without memory. */
bool xe__rpc_verdict_make(const struct xe_rpc_diagnostic *in, struct xe_rpc_verdict_view *ret);
void xe__rpc_verdict_fini(struct xe_rpc_verdict_view *view);

#endif
