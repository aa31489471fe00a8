/* record.*, replay.*, digest.trail: the input log of the session's instance, and its trail. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/inputs_json.h"
#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

struct xe_rpc_taint_view xe__rpc_session_taint(const struct xe_instance *instance)
{
    const struct xe_taint *taint = xe_instance_taint(instance);

    if (taint->reason == XE_TAINT_NONE)
        return (struct xe_rpc_taint_view){.reason = NULL};
    return (struct xe_rpc_taint_view){xe_taint_name(taint->reason), taint->cycle,
                                      xe_taint_doc(taint->reason)};
}

void xe__rpc_session_tell_taint(struct xe_session *session)
{
    const struct xe_rpc_taint_view view = xe__rpc_session_taint(session->instance);

    if (view.reason && !session->told_taint)
        session->host.event(session->host.ctx, "instance.tainted",
                            xe_rpc_write(&xe_rpc_taint_event, &view));
    session->told_taint |= view.reason != NULL;
}

struct xe_rpc_moved_view xe__rpc_session_moved(struct xe_rpc_call *call,
                                               const struct xe_instance *instance)
{
    struct xe_session *session = xe__session(call);
    struct xe_rpc_moved_view view = {.base = xe__rpc_session_base(call, instance),
                                     .taint = xe__rpc_session_taint(instance)};
    struct xe_replay_status status;

    xe__rpc_session_forget_runs(session);
    xe_instance_replay_status(instance, &status);
    if (status.state == XE_REPLAY_PLAYING)
        session->goal = status.end_cycle;
    session->told_taint = view.taint.reason != NULL;
    return view;
}

/* ---- recording ------------------------------------------------------------------------------ */

static bool is_idle(const struct xe_session *session, struct xe_error *err)
{
    return !session->active || xe_error_set(err, XE_ERR_RUN_IN_PROGRESS,
                                            "run r-%" PRIu64 " is going on", session->runs);
}

static void reply_or_fail(struct xe_rpc_call *call, json_t *result, const struct xe_error *err)
{
    if (result)
        xe_rpc_reply(call, result);
    else
        xe_rpc_fail(call, err);
}

void xe__rpc_record_start(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_record_view view = {.inputs = 0};
    struct xe_error err = XE_ERROR_INIT;
    json_t *result = NULL;

    if (!instance)
        return;
    if (is_idle(xe__session(call), &err) && xe_instance_record_start(instance, &err)) {
        view.base = xe__rpc_session_base(call, instance);
        view.inputs = xe_instance_inputs(instance);
        result = xe_rpc_write(&xe_rpc_record_started, &view);
    }
    reply_or_fail(call, result, &err);
}

/* Faults that the guest can tell are settings, too. */
json_t *xe__session_config_all(const struct xe_instance_config *config)
{
    json_t *object = xe__rpc_session_config_json(config), *faults = json_object();

    for (int i = 0; i < XE_SETTINGS; i++)
        if (xe_settings[i].group == XE_SETTING_FAULTS && xe_settings[i].seen &&
            xe_setting_get(config, &xe_settings[i]))
            json_object_set_new(faults, xe_settings[i].name,
                                json_integer((json_int_t)xe_setting_get(config, &xe_settings[i])));
    if (json_object_size(faults))
        json_object_set(object, "faults", faults);
    json_decref(faults);
    return object;
}

json_t *xe__session_inputs_json(struct xe_instance *instance, const struct xe_input_log *log)
{
    json_t *config = xe__session_config_all(xe_instance_config_get(instance)), *json;
    json_t *mounts = xe__session_mounts_json(instance);
    struct xe_title_info title;

    xe_instance_title(instance, &title);
    json = xe__rpc_inputs_json(&title, config, mounts, log);
    json_decref(mounts);
    json_decref(config);
    return json;
}

void xe__rpc_record_stop(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_record_view view = {.log = NULL};
    struct xe_error err = XE_ERROR_INIT;
    struct xe_input_log log;
    json_t *result = NULL;

    if (!instance)
        return;
    if (is_idle(xe__session(call), &err) && xe_instance_record_stop(instance, &log, &err)) {
        view.base = xe__rpc_session_base(call, instance);
        view.log = xe__session_inputs_json(instance, &log);
        result = xe_rpc_write(&xe_rpc_record_stopped, &view);
        json_decref(view.log);
    }
    reply_or_fail(call, result, &err);
}

/* ---- replaying ------------------------------------------------------------------------------ */

/* Is the log of this title? */
static bool is_of(const struct xe_instance *instance, const json_t *log, struct xe_error *err)
{
    const json_t *image = json_object_get(log, "image");
    const char *wanted = json_string_value(json_object_get(image, "sha256"));
    const char *all = json_string_value(json_object_get(image, "identity"));
    struct xe_title_info title;
    char *hash, *identity;
    bool same;

    xe_instance_title(instance, &title);
    hash = xe__rpc_hex_text(title.sha256, sizeof(title.sha256));
    identity = xe__rpc_hex_text(title.identity, sizeof(title.identity));
    same = hash && identity && !strcmp(hash, wanted) && !strcmp(identity, all ? all : wanted);
    if (hash && strcmp(hash, wanted) != 0)
        xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "log.image.sha256: the log is of image %s",
                     wanted);
    else if (!same)
        xe_error_set(err, XE_ERR_SCRIPT_MALFORMED,
                     "log.image.identity: the log is of this image with other modules or changes");
    free(hash);
    free(identity);
    return same;
}

static struct xe_instance *boot(struct xe_rpc_call *call, const json_t *log, struct xe_error *err)
{
    json_t *settings = json_deep_copy(json_object_get(log, "config"));
    const char *engine = xe_rpc_arg_string(call, "engine");
    struct xe_instance_config config;
    struct xe_instance *instance = NULL;

    json_object_del(settings, "engine");
    if (engine)
        json_object_set_new(settings, "engine", json_string(engine));
    if (xe__session(call)->instance)
        xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "this worker has its instance already");
    else if (xe__rpc_session_config(settings, &config, err))
        instance = xe__rpc_session_boot(call, &config, xe_rpc_arg_string(call, "image"), err);
    json_decref(settings);
    return instance;
}

void xe__rpc_replay_start(struct xe_rpc_call *call)
{
    const json_t *json = xe_rpc_arg_json(call, "log");
    struct xe_input_log log = {0};
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance =
        xe__rpc_inputs_read(json, &log, &err) ? boot(call, json, &err) : NULL;

    if (instance && is_of(instance, json, &err) &&
        xe__session_mounts_fit(instance, json_object_get(json, "mounts"), &err) &&
        xe_instance_replay_start(instance, &log, &err)) {
        xe__session(call)->goal = log.end.cycle;
        xe__rpc_session_created(call, instance);
    } else {
        xe_instance_destroy(instance);
        xe_rpc_fail(call, &err);
    }
    xe__rpc_inputs_free(&log);
}

void xe__rpc_replay_status(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_replay_view view;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    xe_instance_replay_status(instance, &view.status);
    view.recording = xe_instance_is_recording(instance);
    view.taint = xe__rpc_session_taint(instance);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_replay_status, &view));
}

/* ---- trail ---------------------------------------------------------------------------------- */

json_t *xe__session_trail_entry(const struct xe_trail_entry *entry)
{
    struct xe_rpc_trail_entry_view view = {
        .cycle = entry->cycle, .components = xe__rpc_session_digest_json(&entry->digest)};
    json_t *json;

    xe_digest_text(entry->digest.hash, view.digest);
    json = xe_rpc_write(&xe_rpc_trail_entry, &view);
    json_decref(view.components);
    return json;
}

/* The page from a cycle on; *ret_next is 0 on the last one. */
static json_t *entries_json(const struct xe_trail *trail, uint64_t from, size_t limit,
                            uint64_t *ret_next)
{
    json_t *items = json_array();

    *ret_next = 0;
    for (size_t i = 0; i < trail->entries && !*ret_next; i++) {
        if (trail->entry[i].cycle < from)
            continue;
        if (json_array_size(items) == limit)
            *ret_next = trail->entry[i].cycle;
        else
            json_array_append_new(items, xe__session_trail_entry(&trail->entry[i]));
    }
    return items;
}

void xe__rpc_digest_trail(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const char *cursor = xe_rpc_arg_string(call, "cursor");
    uint64_t from = (uint64_t)xe_rpc_arg_int(call, "from"), next;
    struct xe_rpc_trail_view view = {.next = ""};
    const struct xe_trail *trail;

    if (!instance)
        return;
    trail = xe_instance_trail(instance);
    from = cursor ? strtoull(cursor, NULL, 10) : from;
    view.base = xe__rpc_session_base(call, instance);
    view.asked = trail->asked;
    view.every = trail->every;
    view.items = entries_json(trail, from, (size_t)xe_rpc_arg_int(call, "limit"), &next);
    if (next)
        snprintf(view.next, sizeof(view.next), "%" PRIu64, next);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_trail, &view));
    json_decref(view.items);
}
