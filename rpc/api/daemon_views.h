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
        uint32_t instances, body_bytes, batch, depth, values, reply_bytes;
    } limits;
};

struct xe_rpc_shutdown_view {
    bool draining;
    uint32_t grace_s;
};

/* The words of what an instance may be, in order; the last is only said by instance.destroy. */
#define XE_RPC_INSTANCE_STATES                                                                     \
    "created", "running", "stopped", "paused", "crashed", "lost", "destroyed"

struct xe_rpc_instance_view {
    const char *instance, *name, *state;
    const char *reason, *run; /* NULL: none */
    uint64_t cycle;
    uint32_t worker_pid;
    uint64_t memory; /* 0: not told */
    json_t *image, *warnings;
    json_t *stop, *taint, *hit, *engine; /* NULL: left out */
};

/* A page of them, and forks: those have items alone. */
struct xe_rpc_instances_view {
    json_t *items;
    const char *next_cursor; /* NULL: the last page */
    uint32_t total;
};

struct xe_rpc_destroyed_view {
    const char *instance;
};

/* Results of instance.*: of most of them, instance.list, instance.fork, instance.destroy. */
extern const struct xe_rpc_type xe_rpc_instance_object, xe_rpc_instances, xe_rpc_forks,
    xe_rpc_destroyed;
struct xe_rpc_gdb_view {
    const char *instance;
    const char *host;
    uint16_t port;
    bool connected;
    bool stopped; /* of debug.gdb.stop's */
};

/* Results of debug.gdb.start and stop. */
extern const struct xe_rpc_type xe_rpc_gdb_started, xe_rpc_gdb_stopped;

struct xe_rpc_snapshot_view {
    const char *name, *created, *digest;
    uint64_t cycle, bytes;
    struct {
        const char *name;
        uint8_t sha256[32];
        uint32_t title_id;
    } title;
    json_t *config, *audit;
    bool tainted;
};

struct xe_rpc_snapshot_added_view {
    struct xe_rpc_snapshot_view snapshot;
    uint64_t added;
};

struct xe_rpc_snapshots_view {
    json_t *items, *damaged;
    const char *next_cursor; /* NULL: the last page */
    uint64_t total;
};

struct xe_rpc_snapshot_removed_view {
    const char *name;
    uint64_t freed;
};

struct xe_rpc_snapshot_file_view {
    const char *name, *path;
    uint64_t bytes;
    uint8_t sha256[32];
};

/* Results of snapshot.*: of get, save and import, list, remove, export. */
extern const struct xe_rpc_type xe_rpc_snapshot, xe_rpc_snapshot_added, xe_rpc_snapshots,
    xe_rpc_snapshot_removed, xe_rpc_snapshot_file;
struct xe_rpc_token_view {
    const char *name;
    unsigned scopes;
    const char *prefix, *created, *expires; /* NULL: none */
    bool expired;
};

struct xe_rpc_token_made_view {
    const char *token;
    struct xe_rpc_token_view grant;
};

struct xe_rpc_tokens_view {
    json_t *items;
    const char *next_cursor; /* NULL: the last page */
    uint64_t total;
};

/* Results of token.* and auth.whoami. */
extern const struct xe_rpc_type xe_rpc_token, xe_rpc_token_made, xe_rpc_tokens,
    xe_rpc_token_revoked, xe_rpc_identity;

struct xe_rpc_artifact_view {
    const char *sha256;
    uint64_t bytes;
    const char *created;
};

struct xe_rpc_artifacts_view {
    json_t *items;
    const char *next_cursor; /* NULL: the last page */
    uint64_t total, used, quota;
};

struct xe_rpc_artifact_removed_view {
    const char *sha256;
    uint64_t freed;
};

/* Results of artifact.*. */
extern const struct xe_rpc_type xe_rpc_artifact, xe_rpc_artifacts, xe_rpc_artifact_removed;

struct xe_rpc_reload_view {
    json_t *changed, *restart;
};

/* Of system.methods. */
struct xe_rpc_method_view {
    const char *name, *scope, *doc;
    bool allowed, out_of_band;
};

struct xe_rpc_methods_view {
    json_t *items;
    const char *next_cursor; /* NULL: the last page */
    uint32_t total;
};

/* Results of system.*; a row of system.methods. */
extern const struct xe_rpc_type xe_rpc_version, xe_rpc_health, xe_rpc_info, xe_rpc_shutdown,
    xe_rpc_reloaded, xe_rpc_method_list, xe_rpc_method_item;

#endif
