/* Rows of debug.gdb.*. */
#include "rpc/api/daemon_views.h"
#include "rpc/api/rows.h"

#define GDB struct xe_rpc_gdb_view

static const char *const view_words[] = {"32-bit", "64-bit", NULL};
static const struct xe_rpc_type view = {.kind = XE_RPC_KIND_ENUM, .values = view_words};

const struct xe_rpc_type xe_rpc_gdb_started = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("instance", GDB, instance, &xe_rpc_string, 1, 64, "instance id"),
        M_STRING("host", GDB, host, "loopback address"),
        M_BOUNDED("port", GDB, port, &xe_rpc_int, 1, 65535, "TCP port: target remote HOST:PORT"),
        M_BOOL("connected", GDB, connected, "a debugger is there"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_gdb_stopped = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("instance", GDB, instance, &xe_rpc_string, 1, 64, "instance id"),
        M_BOOL("stopped", GDB, stopped, "false: there was nothing to stop"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_debug_gdb_start = {
    .name = "debug.gdb.start",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_DEBUG,
    .doc = "Wait for gdb (target remote HOST:PORT), one at a time, until debug.gdb.stop. Whoever "
           "reaches the port has the instance in hand.",
    .result = &xe_rpc_gdb_started,
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
    .result = &xe_rpc_gdb_stopped,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND},
    .params = {PARAM_INSTANCE},
};
