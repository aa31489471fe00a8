/* A debugger at an instance by the API's own methods: what struct xe_gdb_target wants, asked as any
 * other client would ask it. So a session of gdb is a list of requests, and nothing that gdb does
 * to an instance could not have been done, or repeated, without it.
 *
 * The instance may be running when the debugger comes: it is paused, and goes on to the count it
 * was to reach when the debugger goes. One thread; a bridge outlives its debugger until everything
 * it asked is answered, and frees itself then. */
#ifndef XE_RPC_GDB_BRIDGE_H
#define XE_RPC_GDB_BRIDGE_H

#include <jansson.h>

#include "rpc/gdb/gdb.h"

/* Outcome of a call: one of result and error, both given. */
typedef void xe_gdb_done(void *ctx, json_t *result, json_t *error);

struct xe_gdb_caller {
    void *ctx;
    /* Call a method of the instance; params are given. done is called exactly once, perhaps before
     * this returns. */
    void (*call)(void *ctx, const char *method, json_t *params, xe_gdb_done *done, void *done_ctx);
};

struct xe_gdb_bridge;

/* host is the engine's. NULL: no memory. */
struct xe_gdb_bridge *xe_gdb_bridge_create(const struct xe_gdb_caller *caller,
                                           const struct xe_gdb_host *host, enum xe_gdb_view view);
struct xe_gdb *xe_gdb_bridge_engine(struct xe_gdb_bridge *bridge);

/* The connection is gone: detach if that was not done, then free, at once or when the last answer
 * has come. The caller's ctx is not used after this returns, the host's neither. */
void xe_gdb_bridge_close(struct xe_gdb_bridge *bridge);

#endif
