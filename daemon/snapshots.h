/* The methods snapshot.*: what the disk has to do with goes to the store's thread. */
#ifndef XE_DAEMON_SNAPSHOTS_H
#define XE_DAEMON_SNAPSHOTS_H

#include "daemon/daemon.h"
#include "daemon/shelf.h"

/* Remove what a daemon that was killed left behind. */
void xe_snapshots_begin(struct xe_daemon *daemon);

/* Read one for a call that goes on with its file (given) and the settings that an instance must
 * have to load it (borrowed); otherwise the call fails. */
typedef void xe_snapshot_fetched(struct xe_rpc_call *call, int fd, json_t *config, json_t *audit);
void xe_snapshot_fetch(struct xe_rpc_call *call, const char *name, xe_snapshot_fetched *done);

/* What is told of one; of one that was put, with what that added. */
json_t *xe_snapshot_json(const char *name, const struct xe_shelf_item *item);
json_t *xe_snapshot_added_json(const char *name, const struct xe_shelf_item *item);

xe_rpc_handler xe_snapshot_export, xe_snapshot_get, xe_snapshot_import, xe_snapshot_list,
    xe_snapshot_load, xe_snapshot_remove, xe_snapshot_save;

#endif
