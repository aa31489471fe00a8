/* The methods that the daemon answers itself, and forwarding the others to workers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/artifacts.h"
#include "daemon/daemon.h"
#include "daemon/once.h"
#include "daemon/reach.h"
#include "daemon/reload.h"
#include "daemon/snapshots.h"
#include "daemon/tokens.h"
#include "rpc/api/coverage_json.h"
#include "rpc/api/daemon_views.h"
#include "rpc/api/once_row.h"
#include "rpc/api/rows.h"
#include "xe/instance.h"
#include "xe/settings.h"

/* ---- system --------------------------------------------------------------------------------- */

static void system_version(struct xe_rpc_call *call)
{
    struct xe_rpc_version_view view = {.version = PACKAGE_VERSION, .fault_plan = xe_fault_plan()};

    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_version, &view));
}

static json_t *health_warnings(const struct xe_daemon *daemon, const struct xe_rpc_caller *caller)
{
    json_t *warnings = json_array();

    if (daemon->sandbox_warnings)
        json_array_extend(warnings, daemon->sandbox_warnings);
    if (daemon->roots.count == 0)
        json_array_append_new(warnings, json_string("no --root was given: no image can be used"));
    for (struct xe_instance_entry *e = daemon->instances; e; e = e->next) {
        const char *why = json_string_value(json_object_get(e->engine, "why"));

        if (why && xe_reach_name(caller, e->name))
            json_array_append_new(
                warnings,
                json_sprintf("instance %s runs under %s, not %s: %s", e->id,
                             json_string_value(json_object_get(e->engine, "engine")),
                             json_string_value(json_object_get(e->engine, "asked")), why));
    }
    return warnings;
}

static void system_health(struct xe_rpc_call *call)
{
    struct xe_daemon *daemon = call->ctx;
    struct xe_rpc_health_view view = {.sandbox = daemon->options.sandbox,
                                      .engine = daemon->engine,
                                      .warnings = health_warnings(daemon, call->caller)};

    for (struct xe_instance_entry *e = daemon->instances; e; e = e->next) {
        if (!xe_reach_name(call->caller, e->name))
            continue;
        view.instances += e->state != XE_INSTANCE_BOOTING;
        view.crashed += e->state == XE_INSTANCE_LOST;
    }
    if (daemon->draining)
        view.status = XE_RPC_HEALTH_DRAINING;
    else if (json_array_size(view.warnings) || view.crashed)
        view.status = XE_RPC_HEALTH_DEGRADED;
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_health, &view));
    json_decref(view.warnings);
}

static void system_info(struct xe_rpc_call *call)
{
    struct xe_daemon *daemon = call->ctx;
    const char *root[XE_ROOTS_MAX], *listening = daemon->premises.listening;
    struct xe_rpc_info_view view = {
        .pid = (uint32_t)getpid(),
        .version = PACKAGE_VERSION,
        .started = daemon->started,
        .socket = daemon->options.socket_path,
        .listen = listening[0] ? listening : NULL,
        .root = root,
        .roots = (uint32_t)daemon->roots.count,
        .limits = {.instances = daemon->options.instances_max,
                   .body_bytes = XE_RPC_BODY_MAX,
                   .batch = XE_RPC_BATCH_MAX,
                   .depth = XE_RPC_DEPTH_MAX,
                   .values = XE_RPC_VALUES_MAX,
                   .reply_bytes = XE_RPC_REPLY_MAX},
    };

    for (size_t i = 0; i < daemon->roots.count; i++)
        root[i] = daemon->roots.root[i].real;
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_info, &view));
}

static void system_shutdown(struct xe_rpc_call *call)
{
    struct xe_rpc_shutdown_view view = {.draining = true,
                                        .grace_s = (uint32_t)xe_rpc_arg_int(call, "grace_s")};

    xe_daemon_drain(call->ctx, view.grace_s);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_shutdown, &view));
}

static void system_coverage(struct xe_rpc_call *call)
{
    size_t limit = (size_t)xe_rpc_arg_int(call, "limit");

    xe_rpc_reply(call, xe_rpc_coverage_json(call->params, limit));
}

static void system_methods(struct xe_rpc_call *call)
{
    const char *cursor = xe_rpc_arg_string(call, "cursor");
    size_t limit = (size_t)xe_rpc_arg_int(call, "limit");
    struct xe_rpc_methods_view view = {.items = json_array(), .total = XE_RPC_METHODS};
    size_t i = 0;

    while (cursor && i < XE_RPC_METHODS && strcmp(xe_rpc_methods[i]->name, cursor) <= 0)
        i++;
    for (; i < XE_RPC_METHODS && json_array_size(view.items) < limit; i++) {
        const struct xe_rpc_method *m = xe_rpc_methods[i];
        struct xe_rpc_method_view row = {m->name, xe_rpc_scope_name(m->scope), m->doc,
                                         call->caller->scopes & m->scope, m->flags & XE_RPC_OOB};

        row.allowed &= !(m->flags & XE_RPC_WHOLE) || !call->caller->prefix[0];
        json_array_append_new(view.items, xe_rpc_write(&xe_rpc_method_item, &row));
        view.next_cursor = m->name;
    }
    if (i == XE_RPC_METHODS)
        view.next_cursor = NULL;
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_method_list, &view));
    json_decref(view.items);
}

static void rpc_discover(struct xe_rpc_call *call)
{
    xe_rpc_reply(call, xe_rpc_discover());
}

/* ---- instances ------------------------------------------------------------------------------ */

static json_t *is_gone(const char *id)
{
    struct xe_error err = XE_ERROR_INIT;

    xe_error_set(&err, XE_ERR_INSTANCE_NOT_FOUND, "there is no instance '%s'", id);
    return xe_rpc_error(&err, NULL);
}

struct xe_instance_entry *xe_daemon_entry_of(struct xe_rpc_call *call)
{
    const char *id = xe_rpc_arg_string(call, "instance");
    struct xe_instance_entry *entry = xe_daemon_instances_find(call->ctx, id);

    if (entry)
        return entry;
    xe_rpc_fail_json(call, is_gone(id));
    return NULL;
}

static void instance_get(struct xe_rpc_call *call)
{
    struct xe_instance_entry *entry = xe_daemon_entry_of(call);

    if (entry)
        xe_rpc_reply(call, xe_daemon_instances_json(entry));
}

static void instance_list(struct xe_rpc_call *call)
{
    struct xe_daemon *daemon = call->ctx;
    const char *cursor = xe_rpc_arg_string(call, "cursor");
    uint64_t after = cursor ? strtoull(cursor, NULL, 10) : 0;
    size_t limit = (size_t)xe_rpc_arg_int(call, "limit");
    struct xe_rpc_instances_view view = {.items = json_array()};
    char last[24] = "0";
    bool more = false;

    for (struct xe_instance_entry *e = daemon->instances; e; e = e->next) {
        if (e->state == XE_INSTANCE_BOOTING || !xe_reach_name(call->caller, e->name))
            continue;
        view.total++;
        if (e->number <= after)
            continue;
        more = json_array_size(view.items) == limit;
        if (!more) {
            json_array_append_new(view.items, xe_daemon_instances_json(e));
            snprintf(last, sizeof(last), "%" PRIu64, e->number);
        }
    }
    view.next_cursor = more ? last : NULL;
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_instances, &view));
    json_decref(view.items);
}

static void instance_destroy(struct xe_rpc_call *call)
{
    struct xe_instance_entry *entry = xe_daemon_entry_of(call);
    json_t *result;

    if (!entry)
        return;
    result =
        xe_rpc_write(&xe_rpc_destroyed, &(struct xe_rpc_destroyed_view){.instance = entry->id});
    xe_daemon_instances_remove(call->ctx, entry);
    xe_rpc_reply(call, result);
}

static void forwarded(void *ctx, struct xe_rpc_text *result, json_t *error)
{
    struct xe_rpc_call *call = ctx;

    if (error)
        xe_rpc_fail_json(call, error);
    else
        xe_rpc_reply_text(call, result);
}

static bool is_lost(struct xe_rpc_call *call, const struct xe_instance_entry *entry)
{
    struct xe_error err = XE_ERROR_INIT;

    if (entry->worker)
        return false;
    xe_error_set(&err, XE_ERR_WORKER_LOST, "instance %s is lost: %s", entry->id, entry->reason);
    xe_rpc_fail(call, &err);
    return true;
}

static void instance_fork(struct xe_rpc_call *call)
{
    struct xe_instance_entry *entry = xe_daemon_entry_of(call);

    if (entry && !is_lost(call, entry))
        xe_daemon_fork(call, entry);
}

/* The instance may be gone by now: ask by the id that the call was sent with. */
static void was_reset(void *ctx, json_t *result, json_t *error)
{
    struct xe_rpc_call *call = ctx;
    struct xe_instance_entry *entry =
        xe_daemon_instances_find(call->ctx, xe_rpc_arg_string(call, "instance"));

    if (!error && entry) {
        xe_daemon_instances_reset(entry, result);
        xe_rpc_reply(call, xe_daemon_instances_json(entry));
        json_decref(result);
        return;
    }
    json_decref(result);
    if (!error)
        error = is_gone(xe_rpc_arg_string(call, "instance"));
    xe_rpc_fail_json(call, error);
}

static void instance_reset(struct xe_rpc_call *call)
{
    struct xe_instance_entry *entry = xe_daemon_entry_of(call);

    if (!entry || is_lost(call, entry))
        return;
    json_object_set_new(call->params, "instance", json_string(entry->id));
    xe_worker_ask(entry->worker, "instance.reset", call->params, -1, &xe_rpc_moved, was_reset,
                  call);
}

static void gdb_start(struct xe_rpc_call *call)
{
    struct xe_instance_entry *entry = xe_daemon_entry_of(call);

    if (entry)
        xe_daemon_gdb_start(call, entry);
}

static void gdb_stop(struct xe_rpc_call *call)
{
    struct xe_instance_entry *entry = xe_daemon_entry_of(call);

    if (entry)
        xe_daemon_gdb_stop(call, entry);
}

/* ---- calls that a worker of their own answers ----------------------------------------------- */

struct errand {
    struct xe_rpc_call *call;
    struct xe_worker *worker;
};

static void errand_done(void *ctx, struct xe_rpc_text *result, json_t *error)
{
    struct errand *errand = ctx;
    struct xe_rpc_call *call = errand->call;

    xe_worker_end(errand->worker);
    free(errand);
    forwarded(call, result, error);
}

/* Start a worker for this call alone and send it the call with the image, and its folder. */
static void errand(struct xe_rpc_call *call, const char *path)
{
    struct xe_daemon *daemon = call->ctx;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_link_files files;
    struct errand *errand = xe_daemon_open_images(daemon, path, call->params, &files, &err)
                                ? calloc(1, sizeof(*errand))
                                : NULL;

    if (errand)
        errand->worker = xe_worker_take(daemon, NULL, &err);
    if (errand && errand->worker) {
        errand->call = call;
        xe_worker_pass(errand->worker, call->method->name, call->params, &files, errand_done,
                       errand);
        return;
    }
    free(errand);
    xe_link_files_close(&files);
    xe_rpc_fail(call, &err);
}

static void image_errand(struct xe_rpc_call *call)
{
    errand(call, xe_rpc_arg_string(call, "image"));
}

static void file_errand(struct xe_rpc_call *call)
{
    errand(call, xe_rpc_arg_string(call, "file"));
}

static void golden_check(struct xe_rpc_call *call)
{
    const json_t *image = json_object_get(xe_rpc_arg_json(call, "golden"), "image");
    const char *path = xe_rpc_arg_string(call, "image");
    struct xe_error err = XE_ERROR_INIT;

    if (!path)
        path = json_string_value(json_object_get(image, "path"));
    if (path) {
        errand(call, path);
        return;
    }
    xe_error_set(&err, XE_ERR_SCRIPT_MALFORMED, "golden.image.path: expected a string");
    xe_rpc_fail(call, &err);
}

/* ---- forwarding ----------------------------------------------------------------------------- */

void xe_daemon_forward_with(struct xe_rpc_call *call, struct xe_instance_entry *entry, int fd)
{
    const struct xe_link_files files = {.fd = {fd}, .count = fd >= 0};

    if (is_lost(call, entry)) {
        if (fd >= 0)
            close(fd);
        return;
    }
    json_object_set_new(call->params, "instance", json_string(entry->id));
    xe_worker_pass(entry->worker, call->method->name, call->params, &files, forwarded, call);
}

static void forward(struct xe_rpc_call *call)
{
    struct xe_instance_entry *entry = xe_daemon_entry_of(call);

    if (entry)
        xe_daemon_forward_with(call, entry, -1);
}

static void symbols_load(struct xe_rpc_call *call)
{
    struct xe_daemon *daemon = call->ctx;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance_entry *entry = xe_daemon_entry_of(call); /* NULL: the call is over */
    int fd = entry ? xe_artifact_open(daemon, xe_rpc_arg_string(call, "file"), &err) : -1;

    if (entry && fd >= 0)
        xe_daemon_forward_with(call, entry, fd);
    else if (entry)
        xe_rpc_fail(call, &err);
}

static xe_rpc_handler *const handlers[XE_RPC_METHODS] = {
    [XE_RPC_M_artifact_get] = xe_artifact_get,
    [XE_RPC_M_artifact_list] = xe_artifact_list,
    [XE_RPC_M_artifact_remove] = xe_artifact_remove,
    [XE_RPC_M_auth_whoami] = xe_auth_whoami,
    [XE_RPC_M_container_inspect] = file_errand,
    [XE_RPC_M_debug_gdb_start] = gdb_start,
    [XE_RPC_M_debug_gdb_stop] = gdb_stop,
    [XE_RPC_M_debug_symbols_load] = symbols_load,
    [XE_RPC_M_frame_diff] = xe_daemon_frame_diff,
    [XE_RPC_M_image_symbols] = image_errand,
    [XE_RPC_M_golden_check] = golden_check,
    [XE_RPC_M_golden_record] = image_errand,
    [XE_RPC_M_image_disassemble] = image_errand,
    [XE_RPC_M_image_inspect] = image_errand,
    [XE_RPC_M_instance_create] = xe_daemon_create,
    [XE_RPC_M_instance_destroy] = instance_destroy,
    [XE_RPC_M_instance_fork] = instance_fork,
    [XE_RPC_M_instance_reset] = instance_reset,
    [XE_RPC_M_instance_get] = instance_get,
    [XE_RPC_M_instance_list] = instance_list,
    [XE_RPC_M_replay_start] = xe_daemon_replay,
    [XE_RPC_M_rpc_discover] = rpc_discover,
    [XE_RPC_M_snapshot_export] = xe_snapshot_export,
    [XE_RPC_M_snapshot_get] = xe_snapshot_get,
    [XE_RPC_M_snapshot_import] = xe_snapshot_import,
    [XE_RPC_M_snapshot_list] = xe_snapshot_list,
    [XE_RPC_M_snapshot_load] = xe_snapshot_load,
    [XE_RPC_M_snapshot_remove] = xe_snapshot_remove,
    [XE_RPC_M_snapshot_save] = xe_snapshot_save,
    [XE_RPC_M_system_coverage] = system_coverage,
    [XE_RPC_M_system_health] = system_health,
    [XE_RPC_M_system_info] = system_info,
    [XE_RPC_M_system_methods] = system_methods,
    [XE_RPC_M_system_reload] = xe_system_reload,
    [XE_RPC_M_system_shutdown] = system_shutdown,
    [XE_RPC_M_system_version] = system_version,
    [XE_RPC_M_token_create] = xe_token_create,
    [XE_RPC_M_token_list] = xe_token_list,
    [XE_RPC_M_token_revoke] = xe_token_revoke,
};

/* While draining only reads are answered. */
static bool admit(const struct xe_rpc_call *call, struct xe_error *err)
{
    const struct xe_daemon *daemon = call->ctx;

    if (daemon->draining && !(call->method->flags & XE_RPC_OOB))
        return xe_error_set(err, XE_ERR_DRAINING, "the daemon is shutting down");
    return xe_reach_check(call, err);
}

/* Of a method that makes something: what was done before isn't done again. */
static void keyed(struct xe_rpc_call *call)
{
    xe_rpc_handler *handler = handlers[xe_rpc_method_id(call->method)];

    if (xe_once_begin(call))
        (handler ? handler : forward)(call);
}

/* The handlers, with that before those whose rows have a key. */
static xe_rpc_handler *const *all_handlers(void)
{
    static xe_rpc_handler *all[XE_RPC_METHODS]; /* the same for all daemons */

    for (int i = 0; i < XE_RPC_METHODS; i++) {
        const struct xe_rpc_field *param = xe_rpc_methods[i]->params;

        while (param->name && strcmp(param->name, XE_RPC_ONCE))
            param++;
        all[i] = param->name ? keyed : handlers[i];
    }
    return all;
}

void xe_daemon_server(struct xe_daemon *daemon)
{
    daemon->server = (struct xe_rpc_server){.handlers = all_handlers(),
                                            .forward = forward,
                                            .ctx = daemon,
                                            .kept = &daemon->kept,
                                            .admit = admit};
}
