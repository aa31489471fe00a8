/* Calls that are made once, however often they are sent: idempotency keys.
 *
 * A client that gets no answer doesn't know whether its call was done. It sends it again with the
 * same key: while the first is under way both wait for it, afterwards the first one's result is the
 * answer. A result is kept below the state directory before it is answered, so what was
 * acknowledged isn't done again after a restart either. What failed is not kept. Keys are a
 * caller's own, and a method's; they are forgotten after a day, or when there are too many. */
#ifndef XE_DAEMON_ONCE_H
#define XE_DAEMON_ONCE_H

#include "daemon/daemon.h"

#define XE_ONCE_MAX  4096
#define XE_ONCE_DAYS 1

struct xe_once;

/* With what is kept; ids of instances that are named there are not given out again. */
struct xe_once *xe_once_create(struct xe_daemon *daemon, struct xe_error *err);
void xe_once_destroy(struct xe_once *once);

/* A call is about to be handled. false: it was done before, or is under way: it is answered then,
 * and not to be handled. */
bool xe_once_begin(struct xe_rpc_call *call);

#endif
