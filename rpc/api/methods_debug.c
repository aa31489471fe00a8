/* Rows that stop and change an instance: breakpoints, watchpoints, registers, memory. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"
#include "xe/audit.h"

#define LIST struct xe_rpc_list_view

static const struct xe_rpc_field point_item = {
    "point", &xe_rpc_point, REQUIRED, 0, 0, "breakpoint or watchpoint", 0};
static const struct xe_rpc_type point_list = {.kind = XE_RPC_KIND_ARRAY, .items = &point_item};

const struct xe_rpc_type xe_rpc_point_list = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("points", LIST, items, &point_list, "in order of their ids"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_debug_break_set = {
    .name = "debug.break.set",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Stop runs (stop_reason break) before an instruction, or after one that accesses some "
           "bytes. Guest memory is not changed, nor is what the guest computes.",
    .result = &xe_rpc_point_set,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RANGE_TOO_LARGE, XE_ERR_BREAKPOINT_LIMIT,
               XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"kind", &xe_rpc_point_kind, REQUIRED, 0, 0,
             "exec: an instruction; read, write, access: bytes; export: calls of one; handle: "
             "what is done to an object; exception: one is raised that a handler may take",
             0},
            {"address", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX,
             "first guest virtual address, handle, or code of exceptions; not for an export", 0},
            {"export", &xe_rpc_string, OPTIONAL, 1, 63,
             "KeSetEvent, xam.xex!XamInputGetState or xboxkrnl.exe!#157", 0},
            {"length", &xe_rpc_int, OPTIONAL, 1, 4096, "bytes to watch; default 4", 4},
            {"tid", &xe_rpc_int, OPTIONAL, 1, UINT32_MAX, "only what this thread does", 0},
            {"ignore", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX,
             "count so many hits before one stops a run; default 0", 0},
            {"whose", &xe_rpc_point_whose, OPTIONAL, 0, 0,
             "handle: one (default) named by address, any, or those focused when it happens", 0},
            {"events", &xe_rpc_point_events, OPTIONAL, 1, XE_AUDIT_OPS,
             "handle: only these; default all", 0},
            {"enabled", &xe_rpc_bool, OPTIONAL, 0, 0, "default true; see debug.break.enable", 1},
        },
};

const struct xe_rpc_method xe_rpc_method_debug_break_enable = {
    .name = "debug.break.enable",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Enable or disable a breakpoint or watchpoint. One that is disabled counts nothing and "
           "costs nothing.",
    .result = &xe_rpc_changed,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_HANDLE_UNKNOWN, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"id", &xe_rpc_int, REQUIRED, 1, UINT32_MAX, "as debug.break.set gave it", 0},
            {"enabled", &xe_rpc_bool, OPTIONAL, 0, 0, "default true", 1},
        },
};

const struct xe_rpc_method xe_rpc_method_debug_break_list = {
    .name = "debug.break.list",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The breakpoints and watchpoints.",
    .result = &xe_rpc_point_list,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_debug_break_remove = {
    .name = "debug.break.remove",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Take a breakpoint or watchpoint away.",
    .result = &xe_rpc_changed,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_HANDLE_UNKNOWN, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"id", &xe_rpc_int, REQUIRED, 1, UINT32_MAX, "as debug.break.set gave it", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_thread_set_registers = {
    .name = "thread.set_registers",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Change registers of a thread; all of them or, after an error, none. From then on the "
           "run is one that was interfered with.",
    .result = &xe_rpc_changed,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_HANDLE_UNKNOWN,
               XE_ERR_QUOTA_EXCEEDED, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"tid", &xe_rpc_int, REQUIRED, 0, UINT32_MAX, "thread id", 0},
            {"registers", &xe_rpc_open, REQUIRED, 0, 0,
             "values by name: numbers as \"0x...\", vectors as 32 hexadecimal digits", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_mem_write = {
    .name = "mem.write",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Write guest memory, whatever its protection. From then on the run is one that was "
           "interfered with.",
    .result = &xe_rpc_changed,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_ADDRESS_UNMAPPED,
               XE_ERR_QUOTA_EXCEEDED, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"address", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "first guest virtual address", 0},
            {"bytes", &xe_rpc_string, REQUIRED, 2, 131072, "hexadecimal digits", 0},
        },
};
