/* The methods snapshot.*: what the disk has to do with goes to the store's thread. */
#ifndef XE_DAEMON_SNAPSHOTS_H
#define XE_DAEMON_SNAPSHOTS_H

#include "daemon/daemon.h"

/* Remove what a daemon that was killed left behind. */
void xe_snapshots_begin(struct xe_daemon *daemon);

xe_rpc_handler xe_snapshot_export, xe_snapshot_get, xe_snapshot_import, xe_snapshot_list,
    xe_snapshot_load, xe_snapshot_remove, xe_snapshot_save;

#endif
