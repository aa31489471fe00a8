/* What a worker tells unasked: topics, and what comes with each. */
#include <string.h>

#include "rpc/api/rows.h"

/* It has nothing to say but that it is there. */
static const struct xe_rpc_type nothing = {.kind = XE_RPC_KIND_OBJECT};

static const struct {
    const char *topic;
    const struct xe_rpc_type *data;
} events[] = {
    {"instance.tainted", &xe_rpc_taint_event},
    {"run.progress", &xe_rpc_progress_event},
    {"run.started", &xe_rpc_run_event},
    {"run.stopped", &xe_rpc_run_event},
    {"worker.alive", &nothing},
};

const struct xe_rpc_type *xe_rpc_event_type(const char *topic)
{
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
        if (!strcmp(events[i].topic, topic))
            return events[i].data;
    return NULL;
}

bool xe_rpc_fits(const struct xe_rpc_type *type, const json_t *value)
{
    const struct xe_rpc_field field = {.name = "value", .type = type};
    struct xe_rpc_misfit misfit;

    return xe_rpc_check(&field, value, field.name, &misfit);
}
