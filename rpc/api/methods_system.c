/* Rows of system.* and rpc.*. */
#include "rpc/api/daemon_views.h"
#include "rpc/api/rows.h"
#include "xe/instance.h"

#define PROGRAM  struct xe_rpc_version_view
#define HEALTH   struct xe_rpc_health_view
#define INFO     struct xe_rpc_info_view
#define SHUTDOWN struct xe_rpc_shutdown_view

/* Types of one word each, which no daemon can answer otherwise. */
#define WORD(name, word)                                                                           \
    static const struct xe_rpc_type name = {.kind = XE_RPC_KIND_ENUM,                              \
                                            .values = (const char *const[]){word, NULL}}
WORD(program, "xe360d");
WORD(api, XE_RPC_VERSION);
WORD(digest, XE_DIGEST_VERSION);
WORD(golden, "xe360/golden/1");
WORD(report, "xe360/audit-report/1");

const struct xe_rpc_type xe_rpc_version = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("name", &program, "program"),
        M_STRING("version", PROGRAM, version, "of the program"),
        M_CONSTANT("api", &api, "major.minor of this API"),
        M_CONSTANT("digest", &digest, "digest format"),
        M_CONSTANT("golden", &golden, "schema of golden files"),
        M_CONSTANT("report", &report, "schema of audit reports"),
        M_BOOL("fault_plan", PROGRAM, fault_plan, "config.faults can be asked for"),
        M_END,
    }};

static const char *const status_words[] = {"ok", "degraded", "draining", NULL};
static const struct xe_rpc_type status = {.kind = XE_RPC_KIND_ENUM, .values = status_words};

const struct xe_rpc_type xe_rpc_health = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("status", HEALTH, status, &status, "of the daemon and all that it runs"),
        M_INT("instances", HEALTH, instances, NULL, "instances that exist"),
        M_INT("crashed", HEALTH, crashed, NULL, "instances without a worker"),
        M_STRING("sandbox", HEALTH, sandbox, "require, warn or off"),
        M_VALUE("engine", HEALTH, engine, &xe_rpc_text_or_null,
                "what titles run under on this host: jit or interpreter; null until a worker has "
                "said",
                GIVEN_SET(HEALTH, engine)),
        M_VALUE("warnings", HEALTH, warnings, &xe_rpc_strings, "what is not as it should be"),
        M_END,
    }};

static const struct xe_rpc_type limits = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("instances", INFO, limits.instances, NULL, "at a time"),
        M_INT("body_bytes", INFO, limits.body_bytes, "bytes", "of a request"),
        M_INT("batch", INFO, limits.batch, "requests", "in one"),
        M_INT("depth", INFO, limits.depth, "levels", "of a request"),
        M_INT("values", INFO, limits.values, NULL, "JSON values of a request, in all"),
        M_INT("reply_bytes", INFO, limits.reply_bytes, "bytes", "of an answer"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_info = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("pid", INFO, pid, NULL, "process id of the daemon"),
        M_STRING("version", INFO, version, "of the program"),
        M_STRING("started", INFO, started, "host time, RFC 3339"),
        M_STRING("socket", INFO, socket, "path of the UNIX socket"),
        M_VALUE("listen", INFO, listen, &xe_rpc_text_or_null, "address of the TCP listener",
                GIVEN_SET(INFO, listen)),
        M_LIST("roots", INFO, root, roots, &xe_rpc_strings,
               "directories that images may come from"),
        M_PART("limits", &limits, "what the daemon allows"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_shutdown = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOOL("draining", SHUTDOWN, draining, "always true"),
        M_INT("grace_s", SHUTDOWN, grace_s, "seconds", "as asked"),
        M_END,
    }};

#define RELOAD     struct xe_rpc_reload_view
#define METHOD_ROW struct xe_rpc_method_view
#define METHODS    struct xe_rpc_methods_view

const struct xe_rpc_type xe_rpc_method_item = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("name", METHOD_ROW, name, "of the method"),
        M_VALUE("scope", METHOD_ROW, scope, &xe_rpc_scope_type, "what a caller needs for it"),
        M_BOOL("allowed", METHOD_ROW, allowed, "this caller may call it"),
        M_BOOL("out_of_band", METHOD_ROW, out_of_band, "it is answered while a run goes on"),
        M_STRING("doc", METHOD_ROW, doc, "what it does"),
        M_END,
    }};

static const struct xe_rpc_field method_item = {.name = "method", .type = &xe_rpc_method_item};
static const struct xe_rpc_type method_items = {.kind = XE_RPC_KIND_ARRAY, .items = &method_item};
const struct xe_rpc_type xe_rpc_method_list = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("items", METHODS, items, &method_items, "by name"),
        M_NEXT_CURSOR(METHODS, next_cursor),
        M_INT("total", METHODS, total, NULL, "methods that there are"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_reloaded = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("changed", RELOAD, changed, &xe_rpc_strings, "keys that are another from now on"),
        M_VALUE("restart", RELOAD, restart, &xe_rpc_strings,
                "keys that are another in the file, and count after a restart"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_system_reload = {
    .name = "system.reload",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_ADMIN,
    .flags = XE_RPC_WHOLE,
    .doc = "Read the configuration file again, as SIGHUP does. Where something in it is wrong, all "
           "stays as it is.",
    .result = &xe_rpc_reloaded,
    .errors = {XE_ERR_CONFIG_INVALID, XE_ERR_DRAINING},
};

const struct xe_rpc_method xe_rpc_method_system_methods = {
    .name = "system.methods",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The methods, and which of them this caller may call.",
    .result = &xe_rpc_method_list,
    .params = {{"limit", &xe_rpc_int, OPTIONAL, 1, 1000, "most items in the answer", 1000},
               PARAM_CURSOR},
};

const struct xe_rpc_method xe_rpc_method_system_version = {
    .name = "system.version",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Versions of the program, the API and the formats it writes.",
    .result = &xe_rpc_version,
};

const struct xe_rpc_method xe_rpc_method_system_health = {
    .name = "system.health",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Is everything as it should be? Names each missing layer of the workers' lock-down, "
           "which engine titles get on this host, and why not the better one.",
    .result = &xe_rpc_health,
};

const struct xe_rpc_method xe_rpc_method_system_info = {
    .name = "system.info",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "How this daemon was started, and its limits.",
    .result = &xe_rpc_info,
};

const struct xe_rpc_method xe_rpc_method_system_shutdown = {
    .name = "system.shutdown",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_ADMIN,
    .flags = XE_RPC_WHOLE,
    .doc = "Refuse new work, give running calls grace_s seconds, end all workers and the daemon.",
    .result = &xe_rpc_shutdown,
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
