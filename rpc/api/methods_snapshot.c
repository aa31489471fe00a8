/* Rows of snapshot.*. */
#include "rpc/api/rows.h"
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
#define BYTES(name, doc)                                                                           \
    {                                                                                              \
        name, &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, doc, 0                                   \
    }

static const struct xe_rpc_type snapshot_title = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"name", &xe_rpc_string, REQUIRED, 0, 256, "of the title's file", 0},
        {"sha256", &xe_rpc_string, REQUIRED, 64, 64, "of the title's file", 0},
        {"title_id", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "as the title says", 0},
        END}};

static const struct xe_rpc_field snapshot_members[] = {
    {"name", &xe_rpc_string, REQUIRED, 1, 64, "as given", 0},
    {"created", &xe_rpc_string, REQUIRED, 20, 20, "host time, RFC 3339", 0},
    MEMBER_CYCLE,
    {"digest", &xe_rpc_string, REQUIRED, 36, 36, XE_DIGEST_VERSION ":<32 hex digits>", 0},
    {"title", &snapshot_title, REQUIRED, 0, 0, "of which title it is", 0},
    {"config", &xe_rpc_open, REQUIRED, 0, 0,
     "what an instance that loads it must have, as instance.create takes it", 0},
    {"audit", &xe_rpc_open, REQUIRED, 0, 0, "the same for the handle audit", 0},
    {"tainted", &xe_rpc_bool, REQUIRED, 0, 0, "the run was changed from outside", 0},
    BYTES("bytes", "of the whole snapshot, compressed"),
    END};
static const struct xe_rpc_type snapshot_object = {.kind = XE_RPC_KIND_OBJECT,
                                                   .fields = snapshot_members};

static const struct xe_rpc_type added_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"snapshot", &snapshot_object, REQUIRED, 0, 0, "what is kept", 0},
        BYTES("added_bytes", "of it that no other snapshot had"),
        END}};

static const struct xe_rpc_field snapshot_item = {.name = "snapshot", .type = &snapshot_object};
static const struct xe_rpc_type snapshot_items = {.kind = XE_RPC_KIND_ARRAY,
                                                  .items = &snapshot_item};
static const struct xe_rpc_type list_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"items", &snapshot_items, REQUIRED, 0, 0, "by name", 0},
        MEMBER_NEXT_CURSOR,
        {"total", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "snapshots that there are", 0},
        {"damaged", &xe_rpc_strings, REQUIRED, 0, 0, "of this page, those that can't be read", 0},
        END}};

static const struct xe_rpc_type load_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"name", &xe_rpc_string, REQUIRED, 1, 64, "of the snapshot", 0},
        {"digest", &xe_rpc_string, REQUIRED, 36, 36, XE_DIGEST_VERSION ":<32 hex digits>", 0},
        {"stop", &xe_rpc_stop, OPTIONAL, 0, 0, "why it had stopped when it was saved", 0},
        {"taint", &xe_rpc_taint, OPTIONAL, 0, 0, "why no input log tells its run; absent: one does",
         0},
        END}};

static const struct xe_rpc_type remove_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"name", &xe_rpc_string, REQUIRED, 1, 64, "of the snapshot", 0},
        BYTES("freed_bytes", "that no other snapshot needs"),
        END}};

static const struct xe_rpc_type export_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"name", &xe_rpc_string, REQUIRED, 1, 64, "of the snapshot", 0},
        {"path", &xe_rpc_string, REQUIRED, 1, 4095, "the file, in the state directory", 0},
        BYTES("bytes", "of the file"),
        {"sha256", &xe_rpc_string, REQUIRED, 64, 64, "of the file", 0},
        END}};

const struct xe_rpc_method xe_rpc_method_snapshot_export = {
    .name = "snapshot.export",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_RUN,
    .doc = "Write a snapshot as one file, exchange/NAME.xsnap in the state directory.",
    .result = &export_result,
    .errors = {XE_ERR_SNAPSHOT_NOT_FOUND, XE_ERR_SNAPSHOT_INCOMPATIBLE, XE_ERR_CONFIG_INVALID,
               XE_ERR_STORE_FAILED},
    .params = {PARAM_NAME("of a snapshot")},
};

const struct xe_rpc_method xe_rpc_method_snapshot_get = {
    .name = "snapshot.get",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Of what a snapshot is.",
    .result = &snapshot_object,
    .errors = {XE_ERR_SNAPSHOT_NOT_FOUND, XE_ERR_SNAPSHOT_INCOMPATIBLE, XE_ERR_CONFIG_INVALID,
               XE_ERR_STORE_FAILED},
    .params = {PARAM_NAME("of a snapshot")},
};

const struct xe_rpc_method xe_rpc_method_snapshot_import = {
    .name = "snapshot.import",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_RUN,
    .doc =
        "Take the file of a snapshot, from below a root or from exchange in the state directory.",
    .result = &added_result,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_PATH_FORBIDDEN, XE_ERR_SNAPSHOT_INCOMPATIBLE,
               XE_ERR_RANGE_TOO_LARGE, XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params =
        {
            {"path", &xe_rpc_string, REQUIRED, 1, 4095, "of the file", 0},
            PARAM_NAME(NAME_DOC),
            PARAM_REPLACE,
        },
};

const struct xe_rpc_method xe_rpc_method_snapshot_list = {
    .name = "snapshot.list",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The snapshots, by name.",
    .result = &list_result,
    .errors = {XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params = {PARAM_LIMIT, PARAM_CURSOR},
};

const struct xe_rpc_method xe_rpc_method_snapshot_load = {
    .name = "snapshot.load",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW,
    .doc = "Put an instance of the same title and settings into the state of a snapshot; one that "
           "is refused leaves it as it is.",
    .result = &load_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST, XE_ERR_RUN_IN_PROGRESS,
               XE_ERR_SNAPSHOT_NOT_FOUND, XE_ERR_SNAPSHOT_INCOMPATIBLE, XE_ERR_CONFIG_INVALID,
               XE_ERR_STORE_FAILED},
    .params = {PARAM_INSTANCE, PARAM_NAME("of a snapshot")},
};

const struct xe_rpc_method xe_rpc_method_snapshot_remove = {
    .name = "snapshot.remove",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_RUN,
    .doc = "Forget a snapshot, and of what it held all that no other needs.",
    .result = &remove_result,
    .errors = {XE_ERR_SNAPSHOT_NOT_FOUND, XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params = {PARAM_NAME("of a snapshot")},
};

const struct xe_rpc_method xe_rpc_method_snapshot_save = {
    .name = "snapshot.save",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW,
    .doc = "Keep the state of an instance, and what its audit recorded. While it runs, that of a "
           "safe point.",
    .result = &added_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST, XE_ERR_RANGE_TOO_LARGE,
               XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params = {PARAM_INSTANCE, PARAM_NAME(NAME_DOC), PARAM_REPLACE},
};
