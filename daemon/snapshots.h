/* The methods snapshot.*: what the disk has to do with goes to the store's thread. */
#ifndef XE_DAEMON_SNAPSHOTS_H
#define XE_DAEMON_SNAPSHOTS_H

#include "daemon/daemon.h"
#include "daemon/shelf.h"

/* Remove what a daemon that was killed left behind. */
void xe_snapshots_begin(struct xe_daemon *daemon);

/* What is told of one; of one that was put, with what that added. */
json_t *xe_snapshot_json(const char *name, const struct xe_shelf_item *item);
json_t *xe_snapshot_added_json(const char *name, const struct xe_shelf_item *item);

xe_rpc_handler xe_snapshot_export, xe_snapshot_get, xe_snapshot_import, xe_snapshot_list,
    xe_snapshot_load, xe_snapshot_remove, xe_snapshot_save;

#endif
