/* Rows of snapshot.*. */
#include "rpc/api/daemon_views.h"
#include "rpc/api/once_row.h"
#include "rpc/api/rows.h"
#include "rpc/api/views.h"
#include "xe/instance.h"

#define PARAM_NAME(text)                                                                           \
    {                                                                                              \
        "name", &xe_rpc_string, REQUIRED, 1, 64, text, 0                                           \
    }
#define PARAM_REPLACE                                                                              \
    {                                                                                              \
        "replace", &xe_rpc_bool, OPTIONAL, 0, 0, "take the place of one of that name", 0           \
    }
#define NAME_DOC "letters, digits, '.', '_' and '-'"

#define SNAPSHOT   struct xe_rpc_snapshot_view
#define ADDED      struct xe_rpc_snapshot_added_view
#define SNAPSHOTS  struct xe_rpc_snapshots_view
#define REMOVED    struct xe_rpc_snapshot_removed_view
#define WRITTEN    struct xe_rpc_snapshot_file_view
#define MOVED      struct xe_rpc_moved_view
#define NAME_OF(V) M_BOUNDED("name", V, name, &xe_rpc_string, 1, 64, "of the snapshot")

static const struct xe_rpc_type snapshot_title = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("name", SNAPSHOT, title.name, &xe_rpc_string, 0, 256, "of the title's file"),
        M_MADE("sha256", SNAPSHOT, title.sha256, xe__rpc_member_sha256, "of the title's file"),
        M_HEX("title_id", SNAPSHOT, title.title_id, "as the title says"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_snapshot = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("name", SNAPSHOT, name, &xe_rpc_string, 1, 64, "as given"),
        M_BOUNDED("created", SNAPSHOT, created, &xe_rpc_string, 20, 20, "host time, RFC 3339"),
        M_INT("cycle", SNAPSHOT, cycle, "instructions", "retired so far"),
        M_DIGEST("digest", SNAPSHOT, digest, "of the state"),
        M_PART("title", &snapshot_title, "of which title it is"),
        M_VALUE("config", SNAPSHOT, config, &xe_rpc_config,
                "what an instance that loads it must have, as instance.create takes it"),
        M_VALUE("audit", SNAPSHOT, audit, &xe_rpc_audit_option, "the same for the handle audit"),
        M_BOOL("tainted", SNAPSHOT, tainted, "the run was changed from outside"),
        M_INT("bytes", SNAPSHOT, bytes, "bytes", "of the whole snapshot, compressed"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_snapshot_added = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRUCT("snapshot", ADDED, snapshot, &xe_rpc_snapshot, "what is kept"),
        M_INT("added_bytes", ADDED, added, "bytes", "of it that no other snapshot had"),
        M_END,
    }};

static const struct xe_rpc_field snapshot_item = {.name = "snapshot", .type = &xe_rpc_snapshot};
static const struct xe_rpc_type snapshot_items = {.kind = XE_RPC_KIND_ARRAY,
                                                  .items = &snapshot_item};
const struct xe_rpc_type xe_rpc_snapshots = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("items", SNAPSHOTS, items, &snapshot_items, "by name"),
        M_NEXT_CURSOR(SNAPSHOTS, next_cursor),
        M_INT("total", SNAPSHOTS, total, NULL, "snapshots that there are"),
        M_VALUE("damaged", SNAPSHOTS, damaged, &xe_rpc_strings,
                "of this page, those that can't be read"),
        M_END,
    }};

#define MOVED_TAINT                                                                                \
    M_STRUCT("taint", MOVED, taint, &xe_rpc_taint,                                                 \
             "why no input log tells its run; absent: one does", WHEN_SET(MOVED, taint.reason))

const struct xe_rpc_type xe_rpc_moved = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){M_BASE(MOVED, base.), MOVED_TAINT, M_END}};

const struct xe_rpc_type xe_rpc_snapshot_loaded = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(MOVED, base.),
        NAME_OF(MOVED),
        M_DIGEST("digest", MOVED, digest, "of the state"),
        M_STRUCT("stop", MOVED, stop, &xe_rpc_stop, "why it had stopped when it was saved",
                 WHEN(MOVED, has_stopped, true)),
        MOVED_TAINT,
        M_END,
    }};

const struct xe_rpc_type xe_rpc_snapshot_removed = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        NAME_OF(REMOVED),
        M_INT("freed_bytes", REMOVED, freed, "bytes", "that no other snapshot needs"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_snapshot_file = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        NAME_OF(WRITTEN),
        M_BOUNDED("path", WRITTEN, path, &xe_rpc_string, 1, 4095,
                  "the file, in the state directory"),
        M_INT("bytes", WRITTEN, bytes, "bytes", "of the file"),
        M_MADE("sha256", WRITTEN, sha256, xe__rpc_member_sha256, "of the file"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_snapshot_export = {
    .name = "snapshot.export",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_NAMES,
    .doc = "Write a snapshot as one file, exchange/NAME.xsnap in the state directory.",
    .result = &xe_rpc_snapshot_file,
    .errors = {XE_ERR_SNAPSHOT_NOT_FOUND, XE_ERR_SNAPSHOT_INCOMPATIBLE, XE_ERR_CONFIG_INVALID,
               XE_ERR_STORE_FAILED},
    .params = {PARAM_NAME("of a snapshot")},
};

const struct xe_rpc_method xe_rpc_method_snapshot_get = {
    .name = "snapshot.get",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB | XE_RPC_NAMES,
    .doc = "Of what a snapshot is.",
    .result = &xe_rpc_snapshot,
    .errors = {XE_ERR_SNAPSHOT_NOT_FOUND, XE_ERR_SNAPSHOT_INCOMPATIBLE, XE_ERR_CONFIG_INVALID,
               XE_ERR_STORE_FAILED},
    .params = {PARAM_NAME("of a snapshot")},
};

const struct xe_rpc_method xe_rpc_method_snapshot_import = {
    .name = "snapshot.import",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_NAMES,
    .doc =
        "Take the file of a snapshot, from below a root or from exchange in the state directory.",
    .result = &xe_rpc_snapshot_added,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_PATH_FORBIDDEN, XE_ERR_SNAPSHOT_INCOMPATIBLE,
               XE_ERR_RANGE_TOO_LARGE, XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params =
        {
            {"path", &xe_rpc_string, REQUIRED, 1, 4095, "of the file", 0},
            PARAM_NAME(NAME_DOC),
            PARAM_REPLACE,
            PARAM_ONCE,
        },
};

const struct xe_rpc_method xe_rpc_method_snapshot_list = {
    .name = "snapshot.list",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The snapshots, by name.",
    .result = &xe_rpc_snapshots,
    .errors = {XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params = {PARAM_LIMIT, PARAM_CURSOR},
};

const struct xe_rpc_method xe_rpc_method_snapshot_load = {
    .name = "snapshot.load",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW | XE_RPC_NAMES,
    .doc = "Put an instance of the same title and settings into the state of a snapshot; one that "
           "is refused leaves it as it is.",
    .result = &xe_rpc_snapshot_loaded,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST, XE_ERR_RUN_IN_PROGRESS,
               XE_ERR_SNAPSHOT_NOT_FOUND, XE_ERR_SNAPSHOT_INCOMPATIBLE, XE_ERR_CONFIG_INVALID,
               XE_ERR_STORE_FAILED},
    .params = {PARAM_INSTANCE, PARAM_NAME("of a snapshot")},
};

const struct xe_rpc_method xe_rpc_method_snapshot_remove = {
    .name = "snapshot.remove",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_NAMES,
    .doc = "Forget a snapshot, and of what it held all that no other needs.",
    .result = &xe_rpc_snapshot_removed,
    .errors = {XE_ERR_SNAPSHOT_NOT_FOUND, XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params = {PARAM_NAME("of a snapshot")},
};

const struct xe_rpc_method xe_rpc_method_snapshot_save = {
    .name = "snapshot.save",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW | XE_RPC_NAMES,
    .doc = "Keep the state of an instance, and what its audit recorded. While it runs, that of a "
           "safe point.",
    .result = &xe_rpc_snapshot_added,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST, XE_ERR_RANGE_TOO_LARGE,
               XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params =
        {
            PARAM_INSTANCE,
            PARAM_NAME(NAME_DOC),
            PARAM_REPLACE,
            PARAM_ONCE,
        },
};
