/* Rows of artifact.*. */
#include "rpc/api/daemon_views.h"
#include "rpc/api/rows.h"

#define ARTIFACT  struct xe_rpc_artifact_view
#define ARTIFACTS struct xe_rpc_artifacts_view
#define REMOVED   struct xe_rpc_artifact_removed_view

const struct xe_rpc_type xe_rpc_artifact = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("sha256", ARTIFACT, sha256, &xe_rpc_string, 64, 64, "of its bytes: its name"),
        M_INT("bytes", ARTIFACT, bytes, "bytes", "that it has"),
        M_BOUNDED("created", ARTIFACT, created, &xe_rpc_string, 20, 20, "host time, RFC 3339"),
        M_END,
    }};

static const struct xe_rpc_field artifact_item = {.name = "artifact", .type = &xe_rpc_artifact};
static const struct xe_rpc_type artifact_items = {.kind = XE_RPC_KIND_ARRAY,
                                                  .items = &artifact_item};
const struct xe_rpc_type xe_rpc_artifacts = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("items", ARTIFACTS, items, &artifact_items, "by name"),
        M_NEXT_CURSOR(ARTIFACTS, next_cursor),
        M_INT("total", ARTIFACTS, total, NULL, "artifacts that there are"),
        M_INT("used_bytes", ARTIFACTS, used, "bytes", "that they take, those that are coming too"),
        M_INT("quota_bytes", ARTIFACTS, quota, "bytes", "that they may take"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_artifact_removed = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("sha256", REMOVED, sha256, &xe_rpc_string, 64, 64, "of the artifact"),
        M_INT("freed_bytes", REMOVED, freed, "bytes", "that it had"),
        M_END,
    }};

#define PARAM_SHA256                                                                               \
    {                                                                                              \
        "sha256", &xe_rpc_string, REQUIRED, 64, 64, "of its bytes, in hexadecimal digits", 0       \
    }

const struct xe_rpc_method xe_rpc_method_artifact_get = {
    .name = "artifact.get",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc =
        "Is this file there? PUT /v1/artifacts/SHA256 makes one, GET reads it, and artifact:SHA256 "
        "names it where a path is wanted.",
    .result = &xe_rpc_artifact,
    .errors = {XE_ERR_ARTIFACT_NOT_FOUND, XE_ERR_CONFIG_INVALID},
    .params = {PARAM_SHA256},
};

const struct xe_rpc_method xe_rpc_method_artifact_list = {
    .name = "artifact.list",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB | XE_RPC_WHOLE,
    .doc = "The artifacts, by name.",
    .result = &xe_rpc_artifacts,
    .errors = {XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params = {PARAM_LIMIT, PARAM_CURSOR},
};

const struct xe_rpc_method xe_rpc_method_artifact_remove = {
    .name = "artifact.remove",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_RUN,
    .doc = "Remove an artifact. Instances that were made of it go on.",
    .result = &xe_rpc_artifact_removed,
    .errors = {XE_ERR_ARTIFACT_NOT_FOUND, XE_ERR_CONFIG_INVALID, XE_ERR_STORE_FAILED},
    .params = {PARAM_SHA256},
};
