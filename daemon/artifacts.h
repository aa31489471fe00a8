/* The methods artifact.*, the end of a PUT, and files that calls name. */
#ifndef XE_DAEMON_ARTIFACTS_H
#define XE_DAEMON_ARTIFACTS_H

#include "daemon/daemon.h"
#include "daemon/depot.h"

#define XE_ARTIFACT_MARK "artifact:" /* how a path begins that is an artifact's name */

/* All of a file has come: answer when it is kept. */
void xe_artifact_put(struct xe_daemon *daemon, struct xe_http_request *request);

bool xe_artifact_is(const char *path);
/* A file for reading: "artifact:HASH", or a path below a root. -1 with err set. */
int xe_artifact_open(const struct xe_daemon *daemon, const char *path, struct xe_error *err);

xe_rpc_handler xe_artifact_get, xe_artifact_list, xe_artifact_remove;

#endif
