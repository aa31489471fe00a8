/* Snapshots: from a worker to the shelf, back, and what is told of them.
 *
 * A call is one job: what is to be done on the store's thread, then the reply on the loop. Only the
 * job's own fields are touched there. A worker gives and takes a whole file as a descriptor; what
 * is in it is checked by the shelf and by the worker that loads it, never believed. */
#include "daemon/snapshots.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/note.h"
#include "xe/instance.h"

struct job {
    struct xe_store_job base; /* first: it is what the store knows */
    struct xe_rpc_call *call; /* NULL: nobody waits                */
    const char *name;         /* the call's                        */
    int fd;                   /* owned: a file to or from the shelf, or -1 */
    struct xe_worker *worker; /* of a save that is under way       */
    struct xe_error err;      /* NONE while all is well            */
    struct xe_shelf_item item;
    bool has_item;
    uint64_t freed;
    char *path; /* owned: export */
    uint8_t sha256[32];
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

/* ---- what is told ---------------------------------------------------------------------------- */

static void hex(const uint8_t *bytes, size_t n, char *text)
{
    for (size_t i = 0; i < n; i++)
        sprintf(text + 2 * i, "%02x", bytes[i]);
}

static json_t *title_json(const struct xe_snapshot_head *head)
{
    char sha256[65];
    json_t *name = json_string(head->title);

    hex(head->title_sha256, sizeof(head->title_sha256), sha256);
    return json_pack("{s:o, s:s, s:o}", "name", name ? name : json_string("?"), "sha256", sha256,
                     "title_id", xe_rpc_hex32(head->title_id));
}

/* "config.seed=5" as a member of config; faults go inside it, and only those that are asked for.
 * Anybody may have written the line: what is no setting of a number is left out. */
static void add_setting(json_t *config, json_t *audit, const char *line, size_t size)
{
    char group[16], name[32];
    json_t *to = config;
    int64_t value;
    char text[80];

    if (size >= sizeof(text))
        return;
    memcpy(text, line, size);
    text[size] = '\0';
    if (sscanf(text, "%15[a-z].%31[a-z_]=%" SCNd64, group, name, &value) != 3)
        return;
    if (strcmp(group, "audit") == 0)
        to = audit;
    if (strcmp(group, "faults") == 0) {
        if (value && !json_object_get(config, "faults"))
            json_object_set_new(config, "faults", json_object());
        to = json_object_get(config, "faults");
    }
    if (to)
        json_object_set_new(to, name, json_integer(value));
}

static json_t *snapshot_json(const char *name, const struct xe_shelf_item *item)
{
    const struct xe_snapshot_head *head = &item->head;
    json_t *config = json_object(), *audit = json_object();
    char created[32], digest[XE_DIGEST_TEXT];
    struct tm parts;

    for (const char *line = head->settings; *line; line += strcspn(line, "\n") + (*line != 0)) {
        size_t size = strcspn(line, "\n");

        add_setting(config, audit, line, size);
        if (!line[size])
            break;
    }
    gmtime_r(&item->created, &parts);
    strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", &parts);
    snprintf(digest, sizeof(digest), XE_DIGEST_VERSION ":");
    hex(head->digest, sizeof(head->digest), digest + strlen(digest));
    return json_pack("{s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:b, s:I}", "name", name, "created",
                     created, "cycle", (json_int_t)head->cycle, "digest", digest, "title",
                     title_json(head), "config", config, "audit", audit, "tainted", head->tainted,
                     "bytes", (json_int_t)head->total);
}

static void reply_added(struct xe_store_job *base)
{
    struct job *job = job_of(base);

    if (job->err.code) {
        fail(job);
        return;
    }
    xe_rpc_reply(job->call,
                 json_pack("{s:o, s:I}", "snapshot", snapshot_json(job->name, &job->item),
                           "added_bytes", (json_int_t)job->item.added));
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
        xe_instances_find(job->call->ctx, xe_rpc_arg_string(job->call, "instance"));

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
    xe_worker_ask(worker, call->method->name, call->params, -1, saved, job);
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
    return fd >= 0 ? fd : xe_roots_open(&daemon->roots, path, err);
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
        xe_instances_find(job->call->ctx, xe_rpc_arg_string(job->call, "instance"));

    if (error) {
        xe_rpc_fail_json(job->call, error);
    } else {
        if (entry)
            xe_instances_loaded(entry, result);
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
    xe_worker_ask(worker, job->call->method->name, job->call->params, fd, loaded, job);
}

void xe_snapshot_load(struct xe_rpc_call *call)
{
    struct job *job = job_create(call);

    if (job && good_name(job) && worker_of(job))
        ask(job, fetch, fetched);
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
        job->result = snapshot_json(job->name, &job->item);
}

void xe_snapshot_get(struct xe_rpc_call *call)
{
    struct job *job = job_create(call);

    if (job)
        ask(job, get, reply_result);
}

/* One of a page: to its items, or to those that are damaged. */
static void add_item(struct xe_shelf *shelf, const char *name, json_t *items, json_t *damaged)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_shelf_item item;

    if (xe_shelf_get(shelf, name, &item, &err)) {
        json_array_append_new(items, snapshot_json(name, &item));
        xe_shelf_item_fini(&item);
    } else {
        json_array_append_new(damaged, json_string(err.text));
    }
}

static void list(struct xe_store_job *base, struct xe_shelf *shelf)
{
    struct job *job = job_of(base);
    const char *cursor = xe_rpc_arg_string(job->call, "cursor"), *last = NULL;
    size_t limit = (size_t)xe_rpc_arg_int(job->call, "limit"), count, at = 0, shown = 0;
    json_t *items = json_array(), *damaged = json_array();
    char **names;

    begin_work(job);
    if (xe_shelf_names(shelf, &names, &count, &job->err)) {
        while (cursor && at < count && strcmp(names[at], cursor) <= 0)
            at++;
        for (; at < count && shown < limit; at++, shown++)
            add_item(shelf, last = names[at], items, damaged);
        job->result =
            json_pack("{s:O, s:s?, s:I, s:O}", "items", items, "next_cursor",
                      at < count ? last : NULL, "total", (json_int_t)count, "damaged", damaged);
        xe_shelf_names_free(names, count);
    }
    json_decref(items);
    json_decref(damaged);
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

    begin_work(job);
    if (xe_shelf_remove(shelf, job->name, &job->freed, &job->err))
        job->result =
            json_pack("{s:s, s:I}", "name", job->name, "freed_bytes", (json_int_t)job->freed);
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
    char sha256[65];

    begin_work(job);
    job->has_item =
        xe_shelf_export(shelf, job->name, &job->item, &job->path, job->sha256, &job->err);
    if (!job->has_item)
        return;
    hex(job->sha256, sizeof(job->sha256), sha256);
    job->result = json_pack("{s:s, s:s, s:I, s:s}", "name", job->name, "path", job->path, "bytes",
                            (json_int_t)job->item.head.total, "sha256", sha256);
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
