/* Rows of diagnose.*. */
#include "rpc/api/rows.h"

const struct xe_rpc_method xe_rpc_method_diagnose_bundle = {
    .name = "diagnose.bundle",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "All that a bug report needs to be run again by somebody who has the image: settings, "
           "input log, digests, what was run by what, and the reports. No image, no path.",
    .result = &xe_rpc_bundle,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_diagnose_explain = {
    .name = "diagnose.explain",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Is it stuck, behind what, who should have acted, what is lacking: the first screen.",
    .result = &xe_rpc_explain,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE, PARAM_FORMAT},
};

const struct xe_rpc_method xe_rpc_method_diagnose_livelock = {
    .name = "diagnose.livelock",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc =
        "Who runs and comes nowhere: threads that spin, poll or get no turn, who could end that, "
        "and whether a run would stop for it.",
    .result = &xe_rpc_livelock,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE, PARAM_FORMAT},
};

const struct xe_rpc_method xe_rpc_method_diagnose_milestones = {
    .name = "diagnose.milestones",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "How far the title has come: what it did for the first time when, and how much of its "
           "code was reached.",
    .result = &xe_rpc_milestones,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE, PARAM_FORMAT},
};

static const char *const format_words[] = {"json", "dot", NULL};
static const struct xe_rpc_type graph_format = {.kind = XE_RPC_KIND_ENUM, .values = format_words};

const struct xe_rpc_method xe_rpc_method_diagnose_wait_graph = {
    .name = "diagnose.wait_graph",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Threads, what they wait for, and who can release that, as a graph.",
    .result = &xe_rpc_wait_graph,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE,
               {"format", &graph_format, OPTIONAL, 0, 0, "json (default), or dot as text", 0},
               {"fold", &xe_rpc_bool, OPTIONAL, 0, 0, "one node for what is alike, with a count",
                0}},
};
