/* Snapshots: from a worker to the shelf, back, and what is told of them.
 *
 * A call is one job: what is to be done on the store's thread, then the reply on the loop. Only the
 * job's own fields are touched there. A worker gives and takes a whole file as a descriptor; what
 * is in it is checked by the shelf and by the worker that loads it, never believed. */
#include "daemon/snapshots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/artifacts.h"
#include "daemon/note.h"
#include "daemon/reach.h"
#include "rpc/api/daemon_views.h"
#include "rpc/api/member.h"
#include "rpc/api/rows.h"

struct job {
    struct xe_store_job base; /* first: it is what the store knows */
    struct xe_rpc_call *call; /* NULL: nobody waits                */
    const char *name;         /* the call's                        */
    int fd;                   /* owned: a file to or from the shelf, or -1 */
    struct xe_worker *worker; /* of a save that is under way       */
    xe_snapshot_fetched *fetched;
    struct xe_error err; /* NONE while all is well            */
    struct xe_shelf_item item;
    bool has_item;
    uint64_t freed;
    char *path;     /* owned: export */
    json_t *result; /* owned: made on the store's thread */
};

/* ---- jobs ------------------------------------------------------------------------------------ */

static void job_free(struct job *job)
{
    if (job->fd >= 0)
        close(job->fd);
    if (job->has_item)
        xe_shelf_item_fini(&job->item);
    json_decref(job->result);
    free(job->path);
    free(job);
}

static void fail(struct job *job)
{
    xe_rpc_fail(job->call, &job->err);
    job_free(job);
}

/* A job for a call; NULL after failing the call. */
static struct job *job_create(struct xe_rpc_call *call)
{
    struct xe_daemon *daemon = call->ctx;
    struct xe_error err = XE_ERROR_INIT;
    struct job *job = daemon->store ? calloc(1, sizeof(*job)) : NULL;

    if (job) {
        job->call = call;
        job->fd = -1;
        job->name = json_string_value(json_object_get(call->params, "name"));
        return job;
    }
    if (daemon->store)
        xe_error_set(&err, XE_ERR_NO_MEMORY, "no memory for a snapshot");
    else
        xe_error_set(&err, XE_ERR_CONFIG_INVALID,
                     "this xe360d keeps no snapshots: start it with --state-dir");
    xe_rpc_fail(call, &err);
    return NULL;
}

static struct job *job_of(struct xe_store_job *base)
{
    return (struct job *)base;
}

/* Have it worked on; fails the call if that can't be. */
static void ask(struct job *job, void (*work)(struct xe_store_job *job, struct xe_shelf *shelf),
                void (*done)(struct xe_store_job *job))
{
    struct xe_daemon *daemon = job->call->ctx;

    job->base.work = work;
    job->base.done = done;
    /* Said first, so that a job that was never worked on fails. */
    xe_error_set(&job->err, XE_ERR_DRAINING, "the daemon is shutting down");
    if (!daemon->store || !xe_store_ask(daemon->store, &job->base, NULL))
        fail(job);
}

static void begin_work(struct job *job)
{
    xe_error_clear(&job->err);
}

static void reply_added(struct xe_store_job *base)
{
    struct job *job = job_of(base);

    if (job->err.code) {
        fail(job);
        return;
    }
    xe_rpc_reply(job->call, xe_snapshot_added_json(job->name, &job->item));
    job_free(job);
}

/* ---- save, import ---------------------------------------------------------------------------- */

static void put(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);

    begin_work(job);
    job->has_item = xe_shelf_put(shelf, job->name, xe_rpc_arg_bool(job->call, "replace"), job->fd,
                                 &job->item, &job->err);
}

static void saved(void *ctx, json_t *result, json_t *error)
{
    struct job *job = ctx;

    json_decref(result);
    if (!error)
        job->fd = xe_worker_take_file(job->worker);
    if (error) {
        xe_rpc_fail_json(job->call, error);
        job_free(job);
    } else if (job->fd < 0) {
        xe_error_set(&job->err, XE_ERR_WORKER_LOST, "the worker gave no snapshot");
        fail(job);
    } else {
        ask(job, put, reply_added);
    }
}

/* The worker of the call's instance; NULL after failing the job. */
static struct xe_worker *worker_of(struct job *job)
{
    struct xe_instance_entry *entry =
        xe_daemon_instances_find(job->call->ctx, xe_rpc_arg_string(job->call, "instance"));

    if (entry && entry->worker) {
        json_object_set_new(job->call->params, "instance", json_string(entry->id));
        return entry->worker;
    }
    if (entry)
        xe_error_set(&job->err, XE_ERR_WORKER_LOST, "instance %s is lost: %s", entry->id,
                     entry->reason);
    else
        xe_error_set(&job->err, XE_ERR_INSTANCE_NOT_FOUND, "there is no instance '%s'",
                     xe_rpc_arg_string(job->call, "instance"));
    fail(job);
    return NULL;
}

/* A name that can't be is refused before the work. */
static bool good_name(struct job *job)
{
    if (xe_shelf_name_check(job->name, &job->err))
        return true;
    fail(job);
    return false;
}

void xe_snapshot_save(struct xe_rpc_call *call)
{
    struct job *job = job_create(call);
    struct xe_worker *worker;

    if (!job || !good_name(job))
        return;
    worker = worker_of(job);
    if (!worker)
        return;
    job->worker = worker;
    xe_worker_ask(worker, call->method->name, call->params, -1, &xe_rpc_changed, saved, job);
}

/* From exchange, which the store's thread doesn't change under that name, else below a root. */
static int open_import(struct xe_daemon *daemon, const char *path, struct xe_error *err)
{
    struct xe_roots exchange = {0};
    char folder[4096];
    int fd = -1;

    snprintf(folder, sizeof(folder), "%s/exchange", xe_store_path(daemon->store));
    if (xe_roots_add(&exchange, folder, NULL))
        fd = xe_roots_open(&exchange, path, NULL);
    xe_roots_fini(&exchange);
    return fd >= 0 ? fd : xe_artifact_open(daemon, path, err);
}

void xe_snapshot_import(struct xe_rpc_call *call)
{
    struct job *job = job_create(call);

    if (!job || !good_name(job))
        return;
    job->fd = open_import(call->ctx, xe_rpc_arg_string(call, "path"), &job->err);
    if (job->fd >= 0)
        ask(job, put, reply_added);
    else
        fail(job);
}

/* ---- load ------------------------------------------------------------------------------------ */

static void fetch(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);

    begin_work(job);
    job->fd = memfd_create("xe360-snapshot", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (job->fd < 0)
        xe_error_set(&job->err, XE_ERR_NO_MEMORY, "memory for a snapshot: %s", strerror(errno));
    else
        job->has_item = xe_shelf_write(shelf, job->name, job->fd, &job->item, &job->err);
    if (job->has_item)
        fcntl(job->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

static void loaded(void *ctx, json_t *result, json_t *error)
{
    struct job *job = ctx;
    struct xe_instance_entry *entry =
        xe_daemon_instances_find(job->call->ctx, xe_rpc_arg_string(job->call, "instance"));

    if (error) {
        xe_rpc_fail_json(job->call, error);
    } else {
        if (entry)
            xe_daemon_instances_loaded(entry, result);
        xe_rpc_reply(job->call, result);
    }
    job_free(job);
}

/* The instance may have ended while the disk was read. */
static void fetched(struct xe_store_job *base)
{
    struct job *job = job_of(base);
    struct xe_worker *worker;
    int fd = job->fd;

    if (job->err.code) {
        fail(job);
        return;
    }
    worker = worker_of(job);
    if (!worker)
        return;
    job->fd = -1;
    xe_worker_ask(worker, job->call->method->name, job->call->params, fd, &xe_rpc_snapshot_loaded,
                  loaded, job);
}

void xe_snapshot_load(struct xe_rpc_call *call)
{
    struct job *job = job_create(call);

    if (job && good_name(job) && worker_of(job))
        ask(job, fetch, fetched);
}

static void fetched_for(struct xe_store_job *base)
{
    struct job *job = job_of(base);
    json_t *snapshot;
    int fd = job->fd;

    if (job->err.code) {
        fail(job);
        return;
    }
    job->fd = -1;
    snapshot = xe_snapshot_json(job->name, &job->item);
    job->fetched(job->call, fd, json_object_get(snapshot, "config"),
                 json_object_get(snapshot, "audit"));
    json_decref(snapshot);
    job_free(job);
}

void xe_snapshot_fetch(struct xe_rpc_call *call, const char *name, xe_snapshot_fetched *done)
{
    struct job *job = job_create(call);

    if (!job)
        return;
    job->name = name;
    job->fetched = done;
    if (good_name(job))
        ask(job, fetch, fetched_for);
}

/* ---- get, list ------------------------------------------------------------------------------- */

static void reply_result(struct xe_store_job *base)
{
    struct job *job = job_of(base);

    if (job->err.code) {
        fail(job);
        return;
    }
    xe_rpc_reply(job->call, json_incref(job->result));
    job_free(job);
}

static void get(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);

    begin_work(job);
    job->has_item = xe_shelf_get(shelf, job->name, &job->item, &job->err);
    if (job->has_item)
        job->result = xe_snapshot_json(job->name, &job->item);
}

void xe_snapshot_get(struct xe_rpc_call *call)
{
    struct job *job = job_create(call);

    if (job)
        ask(job, get, reply_result);
}

/* One of a page: to its items, or to those that are damaged. */
static void add_item(struct xe_shelf *shelf, const char *name, struct xe_rpc_snapshots_view *view)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_shelf_item item;

    if (xe_shelf_get(shelf, name, &item, &err)) {
        json_array_append_new(view->items, xe_snapshot_json(name, &item));
        xe_shelf_item_fini(&item);
    } else {
        json_array_append_new(view->damaged, json_string(err.text));
    }
}

/* Those that the caller reaches first; the others are freed. How many the former are. */
static size_t within_reach(const struct xe_rpc_caller *caller, char **names, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (xe_reach_name(caller, names[i]))
            names[kept++] = names[i];
        else
            free(names[i]);
    return kept;
}

static void list(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);
    const char *cursor = xe_rpc_arg_string(job->call, "cursor"), *last = NULL;
    size_t limit = (size_t)xe_rpc_arg_int(job->call, "limit"), count, at = 0, shown = 0;
    struct xe_rpc_snapshots_view view = {.items = json_array(), .damaged = json_array()};
    char **names;

    begin_work(job);
    if (xe_shelf_names(shelf, &names, &count, &job->err)) {
        count = within_reach(job->call->caller, names, count);
        while (cursor && at < count && strcmp(names[at], cursor) <= 0)
            at++;
        for (; at < count && shown < limit; at++, shown++)
            add_item(shelf, last = names[at], &view);
        view.next_cursor = at < count ? last : NULL;
        view.total = count;
        job->result = xe_rpc_write(&xe_rpc_snapshots, &view);
        xe_shelf_names_free(names, count);
    }
    json_decref(view.items);
    json_decref(view.damaged);
}

void xe_snapshot_list(struct xe_rpc_call *call)
{
    struct job *job = job_create(call);

    if (job)
        ask(job, list, reply_result);
}

/* ---- remove, export -------------------------------------------------------------------------- */

static void take_away(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);
    struct xe_rpc_snapshot_removed_view view = {.name = job->name};

    begin_work(job);
    if (xe_shelf_remove(shelf, job->name, &view.freed, &job->err))
        job->result = xe_rpc_write(&xe_rpc_snapshot_removed, &view);
}

void xe_snapshot_remove(struct xe_rpc_call *call)
{
    struct job *job = job_create(call);

    if (job)
        ask(job, take_away, reply_result);
}

static void export(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);
    struct xe_rpc_snapshot_file_view view = {.name = job->name};

    begin_work(job);
    job->has_item =
        xe_shelf_export(shelf, job->name, &job->item, &job->path, view.sha256, &job->err);
    if (!job->has_item)
        return;
    view.path = job->path;
    view.bytes = job->item.head.total;
    job->result = xe_rpc_write(&xe_rpc_snapshot_file, &view);
}

void xe_snapshot_export(struct xe_rpc_call *call)
{
    struct job *job = job_create(call);

    if (job)
        ask(job, export, reply_result);
}

/* ---- start ----------------------------------------------------------------------------------- */

static void collect(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);

    if (!xe_shelf_collect(shelf, &job->freed, &job->err))
        xe_note(XE_NOTE_WARN, "%s: nothing that is left over is removed", job->err.text);
}

static void collected(struct xe_store_job *base)
{
    job_free(job_of(base));
}

void xe_snapshots_begin(struct xe_daemon *daemon)
{
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        return;
    job->fd = -1;
    job->base.work = collect;
    job->base.done = collected;
    if (!xe_store_ask(daemon->store, &job->base, NULL))
        job_free(job);
}
