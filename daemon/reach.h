/* What of the daemon a caller reaches. A token with a prefix is for what lasts under names that
 * begin so, instances and snapshots: others are not there for it, nor is what concerns all. */
#ifndef XE_DAEMON_REACH_H
#define XE_DAEMON_REACH_H

#include "daemon/daemon.h"

/* May this call be made? */
bool xe_reach_check(const struct xe_rpc_call *call, struct xe_error *err);

bool xe_reach_name(const struct xe_rpc_caller *caller, const char *name);

#endif
