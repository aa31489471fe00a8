/* What the daemon knows about each instance without asking its worker. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/effort.h"
#include "daemon/daemon.h"
#include "rpc/api/daemon_views.h"
#include "rpc/api/member.h"
#include "xe/stop.h"

static const char *const state_names[] = {"booting", XE_RPC_INSTANCE_STATES};

struct xe_instance_entry *xe_daemon_instances_find(struct xe_daemon *daemon, const char *id_or_name)
{
    for (struct xe_instance_entry *e = daemon->instances; e; e = e->next)
        if (e->state != XE_INSTANCE_BOOTING && !strcmp(e->id, id_or_name))
            return e;
    for (struct xe_instance_entry *e = daemon->instances; e; e = e->next)
        if (e->state != XE_INSTANCE_BOOTING && !strcmp(e->name, id_or_name))
            return e;
    return NULL;
}

struct xe_instance_entry *xe_daemon_instances_numbered(struct xe_daemon *daemon, uint64_t number)
{
    struct xe_instance_entry *entry = daemon->instances;

    while (entry && entry->number != number)
        entry = entry->next;
    return entry;
}

static bool name_taken(const struct xe_daemon *daemon, const char *name)
{
    for (const struct xe_instance_entry *e = daemon->instances; e; e = e->next)
        if (!strcmp(e->name, name) || !strcmp(e->id, name))
            return true;
    return false;
}

/* An id is given out later, and goes before a name: calls would go to another instance then. */
static bool looks_like_id(const char *name)
{
    return !strncmp(name, "i-", 2) && name[2] && strspn(name + 2, "0123456789") == strlen(name + 2);
}

struct xe_instance_entry *xe_daemon_instances_add(struct xe_daemon *daemon, const char *name,
                                                  struct xe_error *err)
{
    struct xe_instance_entry *entry, **last = &daemon->instances;

    if (daemon->instance_count >= daemon->options.instances_max) {
        xe_error_set(err, XE_ERR_INSTANCE_LIMIT, "there are %u instances, the most allowed",
                     daemon->instance_count);
        return NULL;
    }
    if (name && looks_like_id(name)) {
        xe_error_set(err, XE_ERR_INVALID_PARAMS,
                     "name '%s': expected one that could not be an instance's id", name);
        return NULL;
    }
    if (name && name_taken(daemon, name)) {
        xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "there is an instance '%s' already", name);
        return NULL;
    }
    entry = calloc(1, sizeof(*entry));
    if (!entry) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for an instance");
        return NULL;
    }
    entry->snapshot = -1;
    entry->number = ++daemon->instance_numbers;
    snprintf(entry->id, sizeof(entry->id), "i-%" PRIu64, entry->number);
    snprintf(entry->name, sizeof(entry->name), "%s", name ? name : entry->id);
    while (*last)
        last = &(*last)->next;
    *last = entry;
    daemon->instance_count++;
    return entry;
}

void xe_daemon_instances_remove(struct xe_daemon *daemon, struct xe_instance_entry *entry)
{
    struct xe_instance_entry **link = &daemon->instances;
    struct xe_worker *worker = entry->worker;

    xe_gdb_stub_end(entry->gdb);
    entry->worker = NULL;
    if (worker)
        worker->instance = NULL;
    if (worker && entry->creating) {
        xe_worker_end(worker); /* fails the creating call, which comes back here */
        return;
    }
    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    daemon->instance_count--;
    if (worker)
        xe_worker_end(worker);
    json_decref(entry->image);
    json_decref(entry->params);
    xe_link_files_close(&entry->title);
    if (entry->snapshot >= 0)
        close(entry->snapshot);
    json_decref(entry->engine);
    json_decref(entry->hit);
    json_decref(entry->stop);
    json_decref(entry->taint);
    free(entry);
}

json_t *xe_daemon_instances_json(const struct xe_instance_entry *entry)
{
    const struct xe_worker *worker = entry->worker;
    json_t *no_image = json_object(), *no_warnings = json_array(), *json;
    json_t *warnings = worker ? worker->daemon->sandbox_warnings : NULL;
    struct xe_effort effort = {0};
    struct xe_rpc_instance_view view = {
        .instance = entry->id,
        .name = entry->name,
        .state = state_names[entry->state],
        .reason = entry->reason[0] ? entry->reason : NULL,
        .run = entry->run[0] ? entry->run : NULL,
        .cycle = entry->cycle,
        .worker_pid = worker ? (uint32_t)entry->worker_pid : 0,
        .image = entry->image ? entry->image : no_image,
        .warnings = warnings ? warnings : no_warnings,
        .stop = entry->stop,
        .taint = entry->taint,
        .hit = entry->hit,
        .engine = entry->engine,
    };

    if (view.worker_pid && xe_effort_of(entry->worker_pid, &effort))
        view.memory = effort.memory;
    json = xe_rpc_write(&xe_rpc_instance_object, &view);
    json_decref(no_image);
    json_decref(no_warnings);
    return json;
}

static void stopped(struct xe_instance_entry *entry, const json_t *data)
{
    enum xe_stop reason = xe_stop_find(json_string_value(json_object_get(data, "stop_reason")));
    const char *detail = json_string_value(json_object_get(data, "detail"));

    entry->state = XE_INSTANCE_STOPPED;
    if (reason == XE_STOP_PAUSE)
        entry->state = XE_INSTANCE_PAUSED;
    if (reason == XE_STOP_CRASH) {
        entry->state = XE_INSTANCE_CRASHED;
        snprintf(entry->reason, sizeof(entry->reason), "%s", detail ? detail : "the guest crashed");
    }
}

/* Keep this member of what a worker says, when it says so. */
static void keep(json_t **to, json_t *object)
{
    if (!json_is_object(object))
        return;
    json_decref(*to);
    *to = json_incref(object);
}

void xe_daemon_instances_event(struct xe_instance_entry *entry, const char *topic,
                               const json_t *data)
{
    const json_t *cycle = json_object_get(data, "cycle");
    const char *run = json_string_value(json_object_get(data, "run"));

    if (json_is_integer(cycle) && json_integer_value(cycle) >= 0)
        entry->cycle = (uint64_t)json_integer_value(cycle);
    if (run)
        snprintf(entry->run, sizeof(entry->run), "%s", run);
    keep(&entry->engine, json_object_get(data, "engine"));
    if (!strcmp(topic, "run.started")) {
        entry->state = XE_INSTANCE_RUNNING;
        json_decref(entry->hit);
        json_decref(entry->stop);
        entry->hit = entry->stop = NULL;
    }
    keep(&entry->hit, json_object_get(data, "break"));
    keep(&entry->stop, json_object_get(data, "stop"));
    keep(&entry->taint, json_object_get(data, "taint"));
    if (!strcmp(topic, "run.stopped"))
        stopped(entry, data);
}

/* At another moment nothing holds that was said of the one before. */
static void forget_moment(struct xe_instance_entry *entry)
{
    entry->reason[0] = '\0';
    json_decref(entry->stop);
    json_decref(entry->hit);
    json_decref(entry->taint);
    entry->stop = entry->hit = entry->taint = NULL;
}

void xe_daemon_instances_reset(struct xe_instance_entry *entry, const json_t *result)
{
    entry->state = XE_INSTANCE_CREATED;
    entry->run[0] = '\0';
    forget_moment(entry);
    xe_daemon_instances_event(entry, "instance.reset", result);
}

void xe_daemon_instances_loaded(struct xe_instance_entry *entry, const json_t *result)
{
    const json_t *stop = json_object_get(result, "stop");
    json_t *data =
        json_pack("{s:O*, s:O*, s:O*, s:O*}", "cycle", json_object_get(result, "cycle"),
                  "stop_reason", json_object_get(stop, "reason"), "detail",
                  json_object_get(stop, "text"), "taint", json_object_get(result, "taint"));

    forget_moment(entry);
    xe_daemon_instances_event(entry, json_is_object(stop) ? "run.stopped" : "snapshot.loaded",
                              data);
    keep(&entry->stop, (json_t *)stop);
    if (!json_is_object(stop))
        entry->state = XE_INSTANCE_CREATED;
    json_decref(data);
}

void xe_daemon_instances_lost(struct xe_instance_entry *entry, const char *reason)
{
    xe_gdb_stub_end(entry->gdb);
    entry->worker = NULL;
    if (entry->state == XE_INSTANCE_BOOTING)
        return; /* the creating call hears of it and removes the entry */
    entry->state = XE_INSTANCE_LOST;
    snprintf(entry->reason, sizeof(entry->reason), "%s", reason);
}
