/* What the daemon's own replies are made of. Their rows are in methods_*.c; texts and JSON are
 * borrowed from whoever fills a view. */
#ifndef XE_RPC_API_DAEMON_VIEWS_H
#define XE_RPC_API_DAEMON_VIEWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct xe_rpc_version_view {
    const char *version; /* of the program */
    bool fault_plan;
};

enum xe_rpc_health { XE_RPC_HEALTH_OK, XE_RPC_HEALTH_DEGRADED, XE_RPC_HEALTH_DRAINING };

struct xe_rpc_health_view {
    enum xe_rpc_health status;
    uint32_t instances, crashed;
    const char *sandbox;
    const char *engine; /* NULL: no worker has said */
    json_t *warnings;
};

struct xe_rpc_info_view {
    uint32_t pid;
    const char *version, *started, *socket;
    const char *listen; /* NULL: no TCP listener */
    const char **root;
    uint32_t roots;
    struct {
        uint32_t instances, body_bytes, batch, depth, reply_bytes;
    } limits;
};

struct xe_rpc_shutdown_view {
    bool draining;
    uint32_t grace_s;
};

/* Results of system.*. */
extern const struct xe_rpc_type xe_rpc_version, xe_rpc_health, xe_rpc_info, xe_rpc_shutdown;

#endif
