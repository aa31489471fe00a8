/* Who runs and comes nowhere, as JSON (schema xe360/livelock/1): of an explanation the threads that
 * spin, poll or get no turn. */
#ifndef XE_RPC_REPORT_LIVELOCK_JSON_H
#define XE_RPC_REPORT_LIVELOCK_JSON_H

#include <jansson.h>

#include "rpc/report/spin_json.h"

struct xe_rpc_starved_view {
    uint32_t tid, by_tid;
    const char *name;
    uint64_t since_cycle;
};

struct xe_rpc_livelock_view {
    const char *instance;
    uint64_t cycle, after;
    const char *verdict, *certainty;     /* certainty NULL: nobody is stuck in a spin */
    bool livelocked;                     /* a run that is to stop on a livelock would */
    struct xe_rpc_spin_view *spin;       /* owned */
    uint32_t spins, spinning;            /* told, and all there are */
    struct xe_rpc_starved_view *starved; /* owned */
    uint32_t starveds;
};

/* NULL when out of memory. */
json_t *xe_rpc_livelock_json(struct xe_instance *instance, const char *id);

#endif
