/* Rows of debug.gdb.*. */
#include "rpc/api/rows.h"

static const char *const view_words[] = {"32-bit", "64-bit", NULL};
static const struct xe_rpc_type view = {.kind = XE_RPC_KIND_ENUM, .values = view_words};

static const struct xe_rpc_type start_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        {"host", &xe_rpc_string, REQUIRED, 0, 0, "loopback address", 0},
        {"port", &xe_rpc_int, REQUIRED, 1, 65535, "TCP port: target remote HOST:PORT", 0},
        {"connected", &xe_rpc_bool, REQUIRED, 0, 0, "a debugger is there", 0},
        END}};

static const struct xe_rpc_type stop_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        {"stopped", &xe_rpc_bool, REQUIRED, 0, 0, "false: there was nothing to stop", 0},
        END}};

const struct xe_rpc_method xe_rpc_method_debug_gdb_start = {
    .name = "debug.gdb.start",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_DEBUG,
    .doc = "Wait for gdb (target remote HOST:PORT), one at a time, until debug.gdb.stop. Whoever "
           "reaches the port has the instance in hand.",
    .result = &start_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_INSTANCE_WRONG_STATE, XE_ERR_CONFIG_INVALID,
               XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"port", &xe_rpc_int, OPTIONAL, 0, 65535, "TCP port; default 0: any that is free", 0},
            {"bind", &xe_rpc_string, OPTIONAL, 1, 45, "loopback address; default 127.0.0.1", 0},
            {"registers", &view, OPTIONAL, 0, 0,
             "32-bit (default): as 32-bit programs need them, whole ones as x0 to x31; or 64-bit",
             0},
        },
};

const struct xe_rpc_method xe_rpc_method_debug_gdb_stop = {
    .name = "debug.gdb.stop",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_DEBUG,
    .doc = "Close the port; a debugger that is there is detached and disconnected.",
    .result = &stop_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND},
    .params = {PARAM_INSTANCE},
};
