/* instance.create and replay.start: a worker takes the title, and makes an instance of it; then it
 * loads a snapshot, if one was named, which the store's thread has read before. The entry is there
 * from the start, for its name, but nobody is shown it before the worker has answered. */
#include <unistd.h>

#include "daemon/artifacts.h"
#include "daemon/snapshots.h"
#include "rpc/api/daemon_views.h"
#include "rpc/api/rows.h"

/* The worker has answered or is lost: either way nobody waits for the entry any more. */
static struct xe_rpc_call *answered(struct xe_instance_entry *entry, json_t *error)
{
    struct xe_rpc_call *call = entry->creating;

    entry->creating = NULL;
    if (!error)
        return call;
    xe_daemon_instances_remove(call->ctx, entry);
    xe_rpc_fail_json(call, error);
    return NULL;
}

static void loaded(void *ctx, json_t *result, json_t *error)
{
    struct xe_instance_entry *entry = ctx;
    struct xe_rpc_call *call = answered(entry, error);

    if (!call)
        return;
    xe_daemon_instances_loaded(entry, result);
    json_decref(result);
    xe_rpc_reply(call, xe_daemon_instances_json(entry));
}

/* It is not shown yet: it would be at the wrong cycle. */
static void load(struct xe_instance_entry *entry, struct xe_rpc_call *call)
{
    json_t *params =
        json_pack("{s:s, s:s}", "instance", entry->id, "name", xe_rpc_arg_string(call, "snapshot"));
    int fd = entry->snapshot;

    entry->snapshot = -1;
    entry->creating = call;
    xe_worker_ask(entry->worker, "snapshot.load", params, fd, &xe_rpc_snapshot_loaded, loaded,
                  entry);
    json_decref(params);
}

static void created(void *ctx, json_t *result, json_t *error)
{
    struct xe_instance_entry *entry = ctx;
    struct xe_rpc_call *call = answered(entry, error);

    if (!call)
        return;
    entry->image = json_incref(json_object_get(result, "image"));
    xe_daemon_instances_event(entry, "instance.created", result);
    json_decref(result);
    if (entry->snapshot >= 0) {
        load(entry, call);
        return;
    }
    entry->state = XE_INSTANCE_CREATED;
    xe_rpc_reply(call, xe_daemon_instances_json(entry));
}

/* What forks of it will be made with; their state is their parent's. */
static bool keep_title(struct xe_instance_entry *entry, const struct xe_rpc_call *call,
                       const struct xe_link_files *files, struct xe_error *err)
{
    entry->made_by = call->method->name;
    entry->params = json_deep_copy(call->params);
    json_object_del(entry->params, "snapshot");
    return xe_daemon_dup_files(files, &entry->title) ||
           xe_error_set(err, XE_ERR_OVERLOADED, "no more files can be open");
}

/* snapshot is given: its file, or -1. The worker knows what is between the methods. */
static void create(struct xe_rpc_call *call, int snapshot)
{
    struct xe_daemon *daemon = call->ctx;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_link_files files;
    struct xe_instance_entry *entry = NULL;

    if (xe_daemon_open_images(daemon, xe_rpc_arg_string(call, "image"), call->params, &files, &err))
        entry = xe_daemon_instances_add(daemon, xe_rpc_arg_string(call, "name"), &err);
    if (entry && keep_title(entry, call, &files, &err))
        entry->worker = xe_worker_take(daemon, entry, &err);
    if (entry && entry->worker) {
        entry->creating = call;
        entry->snapshot = snapshot;
        xe_worker_ask_files(entry->worker, call->method->name, call->params, &files,
                            &xe_rpc_instance_object, created, entry);
        return;
    }
    if (entry)
        xe_daemon_instances_remove(daemon, entry);
    xe_link_files_close(&files);
    if (snapshot >= 0)
        close(snapshot);
    xe_rpc_fail(call, &err);
}

/* Settings that the client has not given are those that the snapshot can be loaded with. */
static void take_settings(json_t *params, const char *name, json_t *settings)
{
    json_t *given = json_object_get(params, name);

    if (given)
        json_object_update_missing(given, settings);
    else
        json_object_set(params, name, settings);
}

static void fetched(struct xe_rpc_call *call, int fd, json_t *config, json_t *audit)
{
    take_settings(call->params, "config", config);
    take_settings(call->params, "audit", audit);
    create(call, fd);
}

/* Either image or artifact; from here on it is image. An artifact lies in no folder. */
static bool name_image(struct xe_rpc_call *call, struct xe_error *err)
{
    const char *artifact = xe_rpc_arg_string(call, "artifact");
    bool image = xe_rpc_has(call, "image");

    if (image == !!artifact)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            image ? "image and artifact: expected one of them"
                                  : "params.image: expected a value, or artifact");
    if (artifact)
        json_object_set_new(call->params, "image", json_sprintf(XE_ARTIFACT_MARK "%s", artifact));
    json_object_del(call->params, "artifact");
    if (xe_artifact_is(xe_rpc_arg_string(call, "image")))
        json_object_set_new(call->params, "game_folder", json_false());
    return true;
}

void xe_daemon_create(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;

    if (!name_image(call, &err)) {
        xe_rpc_fail(call, &err);
        return;
    }
    if (xe_rpc_arg_string(call, "snapshot"))
        xe_snapshot_fetch(call, xe_rpc_arg_string(call, "snapshot"), fetched);
    else
        create(call, -1);
}

void xe_daemon_replay(struct xe_rpc_call *call)
{
    create(call, -1);
}
