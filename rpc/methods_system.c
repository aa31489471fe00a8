/* Rows of system.* and rpc.*. */
#include "rpc/rows.h"

static const struct xe_rpc_type version_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"name", &xe_rpc_string, REQUIRED, 0, 0, "program", 0},
        {"version", &xe_rpc_string, REQUIRED, 0, 0, "of the program", 0},
        {"api", &xe_rpc_string, REQUIRED, 0, 0, "major.minor of this API", 0},
        {"digest", &xe_rpc_string, REQUIRED, 0, 0, "digest format", 0},
        {"golden", &xe_rpc_string, REQUIRED, 0, 0, "schema of golden files", 0},
        {"report", &xe_rpc_string, REQUIRED, 0, 0, "schema of audit reports", 0},
        {"fault_plan", &xe_rpc_bool, REQUIRED, 0, 0, "config.faults can be asked for", 0},
        END}};

static const struct xe_rpc_type health_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"status", &xe_rpc_string, REQUIRED, 0, 0, "ok, degraded or draining", 0},
        {"instances", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "instances that exist", 0},
        {"crashed", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "instances without a worker", 0},
        {"sandbox", &xe_rpc_string, REQUIRED, 0, 0, "require, warn or off", 0},
        {"engine", &xe_rpc_text_or_null, REQUIRED, 0, 0,
         "what titles run under on this host: jit or interpreter; null until a worker has said", 0},
        {"warnings", &xe_rpc_strings, REQUIRED, 0, 0, "what is not as it should be", 0},
        END}};

#define LIMIT(name, doc)                                                                           \
    {                                                                                              \
        name, &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, doc, 0                                   \
    }
static const struct xe_rpc_type limits = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        LIMIT("instances", "at a time"), LIMIT("body_bytes", "of a request"),
        LIMIT("batch", "requests in one"), LIMIT("depth", "levels of a request"),
        LIMIT("reply_bytes", "of an answer"), END}};

static const struct xe_rpc_type info_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"pid", &xe_rpc_int, REQUIRED, 1, XE_RPC_COUNT_MAX, "process id of the daemon", 0},
        {"version", &xe_rpc_string, REQUIRED, 0, 0, "of the program", 0},
        {"started", &xe_rpc_string, REQUIRED, 0, 0, "host time, RFC 3339", 0},
        {"socket", &xe_rpc_string, REQUIRED, 0, 0, "path of the UNIX socket", 0},
        {"listen", &xe_rpc_text_or_null, REQUIRED, 0, 0, "address of the TCP listener", 0},
        {"roots", &xe_rpc_strings, REQUIRED, 0, 0, "directories that images may come from", 0},
        {"limits", &limits, REQUIRED, 0, 0, "what the daemon allows", 0},
        END}};

static const struct xe_rpc_type shutdown_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields =
        (const struct xe_rpc_field[]){{"draining", &xe_rpc_bool, REQUIRED, 0, 0, "always true", 0},
                                      {"grace_s", &xe_rpc_int, REQUIRED, 0, 60, "as asked", 0},
                                      END}};

const struct xe_rpc_method xe_rpc_method_system_version = {
    .name = "system.version",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Versions of the program, the API and the formats it writes.",
    .result = &version_result,
};

const struct xe_rpc_method xe_rpc_method_system_health = {
    .name = "system.health",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Is everything as it should be? Names each missing layer of the workers' lock-down, "
           "which engine titles get on this host, and why not the better one.",
    .result = &health_result,
};

const struct xe_rpc_method xe_rpc_method_system_info = {
    .name = "system.info",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "How this daemon was started, and its limits.",
    .result = &info_result,
};

const struct xe_rpc_method xe_rpc_method_system_shutdown = {
    .name = "system.shutdown",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_ADMIN,
    .doc = "Refuse new work, give running calls grace_s seconds, end all workers and the daemon.",
    .result = &shutdown_result,
    .errors = {XE_ERR_DRAINING},
    .params =
        {
            {"grace_s", &xe_rpc_int, OPTIONAL, 0, 60, "seconds for calls under way; default 0", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_rpc_discover = {
    .name = "rpc.discover",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "This API as an OpenRPC document.",
    .result = &xe_rpc_open,
};
