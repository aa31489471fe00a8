/* Rows of audit.*. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define FOCUS    struct xe_rpc_focus_view
#define STATUS   struct xe_rpc_audit_status_view
#define TIMELINE struct xe_rpc_timeline_view

const struct xe_rpc_type xe_rpc_focus = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(FOCUS, base.),
        M_BOOL("enabled", FOCUS, enabled, "is the audit on?"),
        M_LIST("focus", FOCUS, key, keys, &xe_rpc_hex_32_list, "as given, in order"),
        M_VALUE("unknown", FOCUS, unknown, &xe_rpc_hex_32_list, "of these: no object yet"),
        M_INT("effective_cycle", FOCUS, base.cycle, "instructions", "holds from here on"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_audit_status = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(STATUS, base.),
        M_BOOL("enabled", STATUS, stats.enabled, "is the audit on?"),
        M_INT("ring", STATUS, stats.ring, "records", "kept per kind and handle"),
        M_INT("seq", STATUS, stats.seq, NULL, "number of the newest record"),
        M_INT("records", STATUS, stats.records, "records", "made, kept or not"),
        M_INT("dropped_unfocused", STATUS, stats.dropped_unfocused, "signals",
              "to handles without trail and focus"),
        M_INT("ghost_records", STATUS, stats.ghost_records, "records", "made for focused handles"),
        M_INT("trails", STATUS, stats.trails, NULL, "primary trails"),
        M_INT("ghost_trails", STATUS, stats.ghost_trails, NULL, "ghost trails"),
        M_INT("obligations_open", STATUS, promises_open, NULL, "promises to signal"),
        M_INT("obligations_kept", STATUS, promises_kept, NULL, "promises kept"),
        M_INT("no_memory", STATUS, stats.no_memory, "records", "lost for lack of memory"),
        M_VALUE("unaudited_paths", STATUS, unaudited, &xe_rpc_strings,
                "where a thread may park without a wait record, by design: what audit-blind can "
                "mean"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_timeline = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(TIMELINE, base.),
        M_HEX("key", TIMELINE, key, "as asked"),
        M_LIST("items", TIMELINE, rec, recs, &xe_rpc_audit_recs, "oldest first"),
        M_INT("next_seq", TIMELINE, next_seq, NULL, "from_seq to go on with"),
        M_END,
    }};

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
    .result = &xe_rpc_audit_status,
    ERRORS_READ,
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_audit_disable = {
    .name = "audit.disable",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Record nothing from now on; what is recorded stays.",
    .result = &xe_rpc_audit_status,
    ERRORS_READ,
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_audit_status = {
    .name = "audit.status",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Is the audit on, and how much has it recorded?",
    .result = &xe_rpc_audit_status,
    ERRORS_READ,
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_get = {
    .name = "audit.focus.get",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The handles in focus.",
    .result = &xe_rpc_focus,
    ERRORS_READ,
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_set = {
    .name = "audit.focus.set",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Replace the focus; turns the audit on. Handles need not exist yet.",
    .result = &xe_rpc_focus,
    ERRORS_FOCUS,
    .params = {PARAM_INSTANCE, PARAM_HANDLES(REQUIRED)},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_add = {
    .name = "audit.focus.add",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Add to the focus; turns the audit on.",
    .result = &xe_rpc_focus,
    ERRORS_FOCUS,
    .params = {PARAM_INSTANCE, PARAM_HANDLES(REQUIRED)},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_remove = {
    .name = "audit.focus.remove",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Take out of the focus.",
    .result = &xe_rpc_focus,
    ERRORS_FOCUS,
    .params = {PARAM_INSTANCE, PARAM_HANDLES(REQUIRED)},
};

const struct xe_rpc_method xe_rpc_method_audit_focus_clear = {
    .name = "audit.focus.clear",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_OOB,
    .doc = "Empty the focus.",
    .result = &xe_rpc_focus,
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
    .result = &xe_rpc_timeline,
    ERRORS_READ,
    .params =
        {
            PARAM_INSTANCE,
            {"key", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "handle or object address", 0},
            {"from_seq", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX, "first record; default 0", 0},
            PARAM_LIMIT,
        },
};
