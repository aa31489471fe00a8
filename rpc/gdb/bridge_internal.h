/* Shared by the files of the bridge; see bridge.h. */
#ifndef XE_RPC_GDB_BRIDGE_INTERNAL_H
#define XE_RPC_GDB_BRIDGE_INTERNAL_H

#include "rpc/gdb/bridge.h"

#define XE_GDB_BRIDGE_POINTS 256

struct xe_gdb_bridge_point {
    bool used;
    enum xe_gdb_point kind;
    uint32_t address, size;
    json_int_t id; /* the API's */
};

struct xe_gdb_bridge {
    struct xe_gdb_caller caller;
    struct xe_gdb *gdb; /* owned */
    uint32_t pending;   /* calls that are not answered yet */
    bool closed;
    bool running, interrupting;
    bool was_running; /* when the debugger came */
    uint64_t until;   /* cycle that the run was to reach then; 0: none */
    uint64_t cycle;
    uint32_t step_tid;
    json_int_t exceptions;               /* the point that stops at them; 0: none */
    size_t monitor;                      /* row at work */
    struct xe_gdb_bridge_point *setting; /* being set */
    struct xe_gdb_bridge_point point[XE_GDB_BRIDGE_POINTS];
    struct xe_gdb_thread thread[XE_GDB_THREADS];
};

/* One of result and error, both borrowed. */
typedef void xe_gdb_outcome(struct xe_gdb_bridge *bridge, const json_t *result,
                            const json_t *error);

/* params are given; then may be NULL. */
void xe__rpc_gdb_call(struct xe_gdb_bridge *bridge, const char *method, json_t *params,
                      xe_gdb_outcome *then);
void xe__rpc_gdb_answer_error(struct xe_gdb_bridge *bridge, const json_t *error);
void xe__rpc_gdb_remove_points(struct xe_gdb_bridge *bridge);
struct xe_gdb_bridge_point *xe__rpc_gdb_point_by_id(struct xe_gdb_bridge *bridge, json_int_t id);

/* bridge_run.c */
void xe__rpc_gdb_bridge_attach(void *bridge);
void xe__rpc_gdb_bridge_resume(void *bridge, uint32_t step_tid, uint32_t from, uint32_t to);
void xe__rpc_gdb_bridge_interrupt(void *bridge);
void xe__rpc_gdb_bridge_detach(void *bridge, bool leave_stopped);
/* Ask for everything that leaving needs, without waiting for the answers. */
void xe__rpc_gdb_bridge_leave(struct xe_gdb_bridge *bridge, bool leave_stopped);

#endif
