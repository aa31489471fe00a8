/* Rows of audit.*. */
#include "rpc/rows.h"

static const struct xe_rpc_type focus_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"enabled", &xe_rpc_bool, REQUIRED, 0, 0, "is the audit on?", 0},
        {"focus", &xe_rpc_handles, REQUIRED, 0, 0, "as given, in order", 0},
        {"unknown", &xe_rpc_handles, REQUIRED, 0, 0, "of these: no object yet", 0},
        {"effective_cycle", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "holds from here on", 0},
        END}};

static const struct xe_rpc_type status_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"enabled", &xe_rpc_bool, REQUIRED, 0, 0, "is the audit on?", 0},
        {"ring", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "records kept per kind and handle", 0},
        {"seq", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "number of the newest record", 0},
        {"records", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "made, kept or not", 0},
        {"dropped_unfocused", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX,
         "signals to handles without trail and focus", 0},
        {"ghost_records", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "made for focused handles",
         0},
        {"trails", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "primary trails", 0},
        {"ghost_trails", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "ghost trails", 0},
        {"obligations_open", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "promises to signal", 0},
        {"obligations_kept", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "promises kept", 0},
        {"no_memory", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "records lost for lack of memory",
         0},
        {"unaudited_paths", &xe_rpc_strings, REQUIRED, 0, 0,
         "where a thread may park without a wait record, by design: what audit-blind can mean", 0},
        END}};

static const struct xe_rpc_type timeline_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"key", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "as asked", 0},
        {"items", &xe_rpc_audit_recs, REQUIRED, 0, 0, "oldest first", 0},
        {"next_seq", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "from_seq to go on with", 0},
        END}};

#define ERRORS_FOCUS                                                                               \
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_FOCUS_INVALID, XE_ERR_FOCUS_LIMIT,                \
               XE_ERR_WORKER_LOST}
#define ERRORS_READ .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST}

const struct xe_rpc_method xe_rpc_method_audit_enable = {
    .name = "audit.enable",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Record waits and signals from now on. The guest can't tell.",
    .result = &status_result,
    ERRORS_READ,
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_audit_disable = {
    .name = "audit.disable",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Record nothing from now on; what is recorded stays.",
    .result = &status_result,
    ERRORS_READ,
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_audit_status = {
    .name = "audit.status",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Is the audit on, and how much has it recorded?",
    .result = &status_result,
    ERRORS_READ,
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_get = {
    .name = "audit.focus.get",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The handles in focus.",
    .result = &focus_result,
    ERRORS_READ,
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_set = {
    .name = "audit.focus.set",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Replace the focus; turns the audit on. Handles need not exist yet.",
    .result = &focus_result,
    ERRORS_FOCUS,
    .params = {PARAM_INSTANCE, PARAM_HANDLES(REQUIRED)},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_add = {
    .name = "audit.focus.add",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Add to the focus; turns the audit on.",
    .result = &focus_result,
    ERRORS_FOCUS,
    .params = {PARAM_INSTANCE, PARAM_HANDLES(REQUIRED)},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_remove = {
    .name = "audit.focus.remove",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Take out of the focus.",
    .result = &focus_result,
    ERRORS_FOCUS,
    .params = {PARAM_INSTANCE, PARAM_HANDLES(REQUIRED)},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_clear = {
    .name = "audit.focus.clear",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Empty the focus.",
    .result = &focus_result,
    ERRORS_FOCUS,
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_audit_report = {
    .name = "audit.report",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Was it never signalled, or did a signal land and the waiter stay asleep? One verdict "
           "per handle, with the records it rests on.",
    .result = &xe_rpc_audit_report,
    ERRORS_READ,
    .params =
        {
            PARAM_INSTANCE,
            {"handles", &xe_rpc_handles, OPTIONAL, 1, 4096,
             "default the focus; without one, what threads wait for", 0},
            {"limit", &xe_rpc_int, OPTIONAL, 1, 4096, "handles at most; a page may be shorter",
             4096},
            {"cursor", &xe_rpc_int, OPTIONAL, 0, 4096,
             "where to go on: next_cursor of the page before", 0},
            PARAM_FORMAT,
        },
};

const struct xe_rpc_method xe_rpc_method_audit_timeline = {
    .name = "audit.timeline",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "All kept records of one handle, primary and ghost merged.",
    .result = &timeline_result,
    ERRORS_READ,
    .params =
        {
            PARAM_INSTANCE,
            {"key", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "handle or object address", 0},
            {"from_seq", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX, "first record; default 0", 0},
            PARAM_LIMIT,
        },
};
