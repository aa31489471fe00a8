/* instance.fork: new instances that begin from what another is now.
 *
 * Each fork gets a worker and loads the title there, by the parameters that the parent was made
 * with, while the parent freezes itself. Then what is frozen goes to each as files, which nobody
 * here reads. All or nothing: the first error is kept, what was begun is ended, and the call is
 * answered when the last worker's word is in. Entries are found again by their numbers: whoever
 * removes one in between removes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/daemon.h"
#include "rpc/api/daemon_views.h"
#include "rpc/api/rows.h"
#include "xe/frozen.h"

struct fork;

/* One of the forks, for its worker's answers. */
struct fork_child {
    struct fork *fork;
    uint64_t number;
};

struct fork {
    struct xe_rpc_call *call;
    struct xe_daemon *daemon;
    struct xe_worker *parent; /* asked to freeze; NULL when it has answered */
    struct fork_child *child; /* owned */
    uint32_t count, awaited;  /* forks; answers of workers */
    json_t *error;            /* owned: the first; NULL: none so far */
    /* What the parent was, for the forks' entries. */
    enum xe_instance_state state;
    char reason[256];
    json_t *image, *stop; /* owned */
};

/* NULL: not begun yet, or gone. */
static struct xe_instance_entry *entry_of(const struct fork_child *child)
{
    return child->number ? xe_daemon_instances_numbered(child->fork->daemon, child->number) : NULL;
}

/* ---- the end -------------------------------------------------------------------------------- */

static void show(const struct fork *fork, struct xe_instance_entry *entry)
{
    entry->creating = NULL;
    entry->state = fork->state;
    memcpy(entry->reason, fork->reason, sizeof(entry->reason));
    entry->image = json_incref(fork->image);
    entry->stop = json_incref(fork->stop);
}

static void answer(struct fork *fork)
{
    const struct xe_rpc_instances_view view = {.items = json_array()};

    for (uint32_t i = 0; i < fork->count; i++) {
        struct xe_instance_entry *entry = entry_of(&fork->child[i]);

        if (entry && fork->error)
            xe_daemon_instances_remove(fork->daemon, entry);
        else if (entry)
            show(fork, entry);
        if (entry && !fork->error)
            json_array_append_new(view.items, xe_daemon_instances_json(entry));
    }
    if (fork->error)
        xe_rpc_fail_json(fork->call, json_incref(fork->error));
    else
        xe_rpc_reply(fork->call, xe_rpc_write(&xe_rpc_forks, &view));
    json_decref(view.items);
}

static void finish(struct fork *fork)
{
    answer(fork);
    json_decref(fork->error);
    json_decref(fork->image);
    json_decref(fork->stop);
    free(fork->child);
    free(fork);
}

/* Keep the first error (given), and end what was begun: that answers what is awaited of it. */
static void give_up(struct fork *fork, json_t *error)
{
    if (fork->error) {
        json_decref(error);
        return;
    }
    fork->error = error;
    for (uint32_t i = 0; i < fork->count; i++) {
        struct xe_instance_entry *entry = entry_of(&fork->child[i]);
        struct xe_worker *worker = entry ? entry->worker : NULL;

        if (!worker)
            continue;
        entry->worker = NULL;
        entry->creating = NULL;
        xe_worker_end(worker);
    }
}

/* One answer is in; the caller holds one more until it is done. */
static void settled(struct fork *fork)
{
    if (--fork->awaited == 0)
        finish(fork);
}

/* ---- answers -------------------------------------------------------------------------------- */

static void child_said(void *ctx, json_t *result, json_t *error)
{
    struct fork_child *child = ctx;
    struct xe_instance_entry *entry = entry_of(child);

    if (error)
        give_up(child->fork, error);
    else if (entry)
        xe_daemon_instances_event(entry, "instance.created", result);
    json_decref(result);
    settled(child->fork);
}

static json_t *no_files(void)
{
    struct xe_error err = XE_ERROR_INIT;

    xe_error_set(&err, XE_ERR_OVERLOADED, "no more files can be open");
    return xe_rpc_error(&err, NULL);
}

static void begin_from(struct fork *fork, const struct xe_link_files *files)
{
    json_t *params = json_pack("{s:s}", "instance", "i");

    for (uint32_t i = 0; i < fork->count && !fork->error; i++) {
        struct xe_instance_entry *entry = entry_of(&fork->child[i]);
        struct xe_link_files copy;

        if (!entry || !entry->worker)
            continue; /* lost: its answer is on its way */
        if (!xe_daemon_dup_files(files, &copy)) {
            give_up(fork, no_files());
            break;
        }
        fork->awaited++;
        xe_worker_ask_files(entry->worker, "instance.fork", params, &copy, &xe_rpc_moved,
                            child_said, &fork->child[i]);
    }
    json_decref(params);
}

/* What a parent is to send at least and at most; the forks look at what it is. */
static json_t *bad_files(uint32_t count)
{
    struct xe_error err = XE_ERROR_INIT;

    if (count > 0 && count <= XE_FROZEN_FILES)
        return NULL;
    xe_error_set(&err, XE_ERR_WORKER_LOST, "the worker sent %u files of what it froze", count);
    return xe_rpc_error(&err, NULL);
}

static void frozen(void *ctx, json_t *result, json_t *error)
{
    struct fork *fork = ctx;
    struct xe_link_files none = {.count = 0};
    struct xe_link_files *files = fork->parent->came ? fork->parent->came : &none;

    if (!error)
        error = bad_files(files->count);
    if (error)
        give_up(fork, error);
    else if (!fork->error)
        begin_from(fork, files);
    json_decref(result);
    settled(fork);
}

/* ---- the beginning -------------------------------------------------------------------------- */

/* false: it has none. */
static bool name_of(const struct fork *fork, uint32_t i, char text[80])
{
    const char *name = xe_rpc_arg_string(fork->call, "name");

    if (name && fork->count > 1)
        snprintf(text, 80, "%s-%u", name, i + 1);
    else
        snprintf(text, 80, "%s", name ? name : "");
    return name;
}

/* Let the entry's worker load the title. */
static bool load_title(struct fork_child *child, struct xe_instance_entry *entry,
                       struct xe_error *err)
{
    struct xe_link_files title;

    if (!xe_daemon_dup_files(&entry->title, &title))
        return xe_error_set(err, XE_ERR_OVERLOADED, "no more files can be open");
    entry->worker = xe_worker_take(child->fork->daemon, entry, err);
    if (!entry->worker) {
        xe_link_files_close(&title);
        return false;
    }
    entry->creating = child->fork->call;
    child->fork->awaited++;
    xe_worker_ask_files(entry->worker, entry->made_by, entry->params, &title,
                        &xe_rpc_instance_object, child_said, child);
    return true;
}

static bool begin_child(struct fork *fork, const struct xe_instance_entry *parent, uint32_t i,
                        struct xe_error *err)
{
    char name[80];
    bool named = name_of(fork, i, name);
    struct xe_instance_entry *entry =
        xe_daemon_instances_add(fork->daemon, named ? name : NULL, err);

    if (!entry)
        return false;
    fork->child[i].number = entry->number;
    entry->made_by = parent->made_by;
    entry->params = json_incref(parent->params);
    if (!xe_daemon_dup_files(&parent->title, &entry->title))
        return xe_error_set(err, XE_ERR_OVERLOADED, "no more files can be open");
    return load_title(&fork->child[i], entry, err);
}

static bool room_for(const struct fork *fork, struct xe_error *err)
{
    uint32_t most = fork->daemon->options.instances_max, now = fork->daemon->instance_count;

    return fork->count <= most - now ||
           xe_error_set(err, XE_ERR_INSTANCE_LIMIT,
                        "%u forks beside %u instances are more than the %u allowed", fork->count,
                        now, most);
}

static void ask_parent(struct fork *fork, const struct xe_instance_entry *parent)
{
    json_t *params = json_pack("{s:s}", "instance", parent->id);

    fork->awaited++;
    xe_worker_ask(fork->parent, "instance.fork", params, -1, &xe_rpc_changed, frozen, fork);
    json_decref(params);
}

static bool begin_children(struct fork *fork, const struct xe_instance_entry *parent,
                           struct xe_error *err)
{
    for (uint32_t i = 0; i < fork->count; i++)
        if (!begin_child(fork, parent, i, err))
            return false;
    return true;
}

static struct fork *create(struct xe_rpc_call *call, const struct xe_instance_entry *parent)
{
    struct fork *fork = calloc(1, sizeof(*fork));
    bool runs = parent->state == XE_INSTANCE_RUNNING || parent->state == XE_INSTANCE_PAUSED;

    if (!fork)
        abort();
    fork->call = call;
    fork->daemon = call->ctx;
    fork->parent = parent->worker;
    fork->count = (uint32_t)xe_rpc_arg_int(call, "count");
    fork->child = calloc(fork->count, sizeof(*fork->child));
    if (!fork->child)
        abort();
    for (uint32_t i = 0; i < fork->count; i++)
        fork->child[i].fork = fork;
    fork->state = runs ? XE_INSTANCE_STOPPED : parent->state;
    memcpy(fork->reason, parent->reason, sizeof(fork->reason));
    fork->image = json_incref(parent->image);
    fork->stop = runs ? NULL : json_incref(parent->stop);
    return fork;
}

void xe_daemon_fork(struct xe_rpc_call *call, struct xe_instance_entry *parent)
{
    struct fork *fork = create(call, parent);
    struct xe_error err = XE_ERROR_INIT;

    fork->awaited = 1; /* this function's own */
    if (room_for(fork, &err)) {
        ask_parent(fork, parent); /* first, for it takes longest */
        begin_children(fork, parent, &err);
    }
    if (err.code)
        give_up(fork, xe_rpc_error(&err, NULL));
    settled(fork);
}
