/* How far a title has come, as JSON (schema xe360/milestones/1). */
#ifndef XE_RPC_REPORT_MILESTONES_JSON_H
#define XE_RPC_REPORT_MILESTONES_JSON_H

#include <jansson.h>

#include "xe/frame.h"
#include "xe/instance.h"
#include "xe/milestone.h"

struct xe_rpc_milestone_view {
    struct xe_milestone it;
    bool own; /* the title named it */
    char place[XE_PLACE_TEXT];
};

struct xe_rpc_milestones_view {
    const char *instance;
    uint64_t cycle;
    struct xe_milestone_counts count;
    struct xe_frame_counts pictures;
    bool drawn;                              /* somebody makes pictures */
    uint32_t all;                            /* milestones that there are, with the title's own */
    struct xe_rpc_milestone_view *milestone; /* owned */
    uint32_t milestones;
};

/* NULL when out of memory. */
json_t *xe_rpc_milestones_json(struct xe_instance *instance, const char *id);

#endif
