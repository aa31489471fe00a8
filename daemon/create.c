/* instance.create and replay.start: a worker takes the title, and makes an instance of it. The
 * entry is there from the start, for its name, but nobody is shown it before the worker has
 * answered. */
#include <unistd.h>

#include "daemon/daemon.h"
#include "rpc/api/daemon_views.h"
#include "rpc/api/rows.h"

/* The worker has answered or is lost: either way nobody waits for the entry any more. */
static void created(void *ctx, json_t *result, json_t *error)
{
    struct xe_instance_entry *entry = ctx;
    struct xe_rpc_call *call = entry->creating;

    entry->creating = NULL;
    if (error) {
        xe_instances_remove(call->ctx, entry);
        xe_rpc_fail_json(call, error);
        return;
    }
    entry->state = XE_INSTANCE_CREATED;
    entry->image = json_incref(json_object_get(result, "image"));
    xe_instances_event(entry, "instance.created", result);
    json_decref(result);
    xe_rpc_reply(call, xe_instances_json(entry));
}

/* What forks of it will be made with. */
static bool keep_title(struct xe_instance_entry *entry, const struct xe_rpc_call *call, int fd,
                       struct xe_error *err)
{
    entry->made_by = call->method->name;
    entry->params = json_deep_copy(call->params);
    entry->title = xe_daemon_dup(fd);
    return entry->title >= 0 || xe_error_set(err, XE_ERR_OVERLOADED, "no more files can be open");
}

/* instance.create and replay.start: the worker knows what is between them. */
void xe_daemon_create(struct xe_rpc_call *call)
{
    struct xe_daemon *daemon = call->ctx;
    struct xe_error err = XE_ERROR_INIT;
    int fd = xe_roots_open(&daemon->roots, xe_rpc_arg_string(call, "image"), &err);
    struct xe_instance_entry *entry = NULL;

    if (fd >= 0)
        entry = xe_instances_add(daemon, xe_rpc_arg_string(call, "name"), &err);
    if (entry && keep_title(entry, call, fd, &err))
        entry->worker = xe_worker_take(daemon, entry, &err);
    if (entry && entry->worker) {
        entry->creating = call;
        xe_worker_ask(entry->worker, call->method->name, call->params, fd, &xe_rpc_instance_object,
                      created, entry);
        return;
    }
    if (entry)
        xe_instances_remove(daemon, entry);
    if (fd >= 0)
        close(fd);
    xe_rpc_fail(call, &err);
}
