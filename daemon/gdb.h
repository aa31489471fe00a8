/* GDB's remote protocol over loopback TCP: one listener an instance, one debugger at a time. The
 * protocol and what it means are rpc/gdb/gdb.h and rpc/gdb/bridge.h; here are only the sockets.
 *
 * Whoever can connect to the port has the instance in hand: the protocol knows no password. So a
 * port is opened when debug.gdb.start asks for it, on a loopback address, and closed with the
 * instance. */
#ifndef XE_DAEMON_GDB_H
#define XE_DAEMON_GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpc/gdb/gdb.h"
#include "xe/error.h"

struct xe_daemon;
struct xe_instance_entry;
struct xe_gdb_stub;
struct xe_rpc_call;

/* Handlers. */
void xe_daemon_gdb_start(struct xe_rpc_call *call, struct xe_instance_entry *entry);
void xe_daemon_gdb_stop(struct xe_rpc_call *call, struct xe_instance_entry *entry);

/* The instance goes away or its worker is lost. NULL is allowed. */
void xe_gdb_stub_end(struct xe_gdb_stub *stub);

/* Its worker has said something: what the stub waits for may be another thing at the end of this
 * turn. NULL is allowed. */
void xe_gdb_stub_tend(struct xe_gdb_stub *stub);

#endif
