/* golden.*: run a title in an instance of its own, without focus, and write down or
 * compare what came out. The worker that does it has no other instance. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "rpc/report/explain_json.h"
#include "worker/session/session_internal.h"
#include "xe/frame.h"

#define GOLDEN_SCHEMA "xe360/golden/1"

/* Borrowed; NULL: it is not there. */
static json_t *result_of(const json_t *golden, const char *member)
{
    return json_object_get(json_object_get(golden, "result"), member);
}

/* The golden of a run that is over. It has the newest picture instead of hashes of all, if asked
 * for.
 */
static json_t *golden_json(struct xe_golden_job *job, const struct xe_run_result *end)
{
    struct xe_digest digest;
    char text[XE_DIGEST_TEXT];
    struct xe_rpc_golden_view view = {
        .image = xe__rpc_session_image_json(job->instance, job->path),
        .engine = xe__rpc_session_engine_brief(job->instance),
        .config = xe__rpc_session_config_json(xe_instance_config_get(job->instance)),
        .mounts = xe__session_mounts_json(job->instance),
        .instructions = job->instructions,
        .stop = end->stop,
        .detail = end->detail,
        .cycle = end->cycle,
        .virtual_us = xe_instance_virtual_us(job->instance),
        .digest = text,
    };
    struct xe_xma_info xma;
    json_t *explain = xe_rpc_explain_json(job->instance, "golden"), *golden;

    view.fingerprint = json_string_value(json_object_get(explain, "fingerprint"));
    xe_kernel_xma_info(xe_instance_kernel(job->instance), &xma);
    if (xma.frames)
        view.decoder = xma.by[0] ? xma.by : "none";
    view.frames = xe__session_frames_json(job->instance, 0, XE_FRAMES_KEPT);
    if (json_array_size(view.frames))
        view.renderer = xe_renderer_name(xe_kernel_renderer(xe_instance_kernel(job->instance)));

    if (job->picture)
        view.picture = xe__session_golden_picture(job->instance);
    if (!view.renderer || (view.picture && !result_of(job->golden, "frames"))) {
        json_decref(view.frames);
        view.frames = NULL;
    }
    xe_instance_digest(job->instance, &digest);
    xe_digest_text(digest.hash, text);
    view.components = xe__rpc_session_digest_json(&digest);
    xe_kernel_totals_get(xe_instance_kernel(job->instance), &view.totals);
    for (int i = 0; i < XE_THREAD_STATES; i++)
        view.threads += view.totals.threads[i];
    golden = xe_rpc_write(&xe_rpc_golden, &view);
    json_decref(view.image);
    json_decref(view.engine);
    json_decref(view.config);
    json_decref(view.mounts);
    json_decref(view.components);
    json_decref(explain);
    json_decref(view.frames);
    json_decref(view.picture);
    return golden;
}

/* ---- comparing ------------------------------------------------------------------------------ */

static void compare(json_t *diffs, const char *path, json_t *expected, json_t *found);

static void compare_members(json_t *diffs, const char *path, json_t *expected, json_t *found)
{
    char inner[256];
    const char *key;
    json_t *value;

    json_object_foreach(expected, key, value)
    {
        snprintf(inner, sizeof(inner), "%.120s%s%.120s", path, path[0] ? "." : "", key);
        compare(diffs, inner, value, json_object_get(found, key));
    }
}

/* One more, or one less, is a difference. */
static void compare_items(json_t *diffs, const char *path, json_t *expected, json_t *found)
{
    char inner[256];

    for (size_t i = 0; i < json_array_size(expected) || i < json_array_size(found); i++) {
        json_t *item = json_array_get(expected, i);

        snprintf(inner, sizeof(inner), "%.240s[%zu]", path, i);
        compare(diffs, inner, item ? item : json_null(), json_array_get(found, i));
    }
}

/* Append {member, expected, found} for each difference; members only in `found` are new and fine.
 */
static void compare(json_t *diffs, const char *path, json_t *expected, json_t *found)
{
    if (json_is_object(expected) && json_is_object(found)) {
        compare_members(diffs, path, expected, found);
    } else if (json_is_array(expected) && json_is_array(found)) {
        compare_items(diffs, path, expected, found);
    } else if (!json_equal(expected, found)) {
        /* json_null() is nobody's to free. */
        const struct xe_rpc_diff_view view = {path, expected, found ? found : json_null()};

        json_array_append_new(diffs, xe_rpc_write(&xe_rpc_golden_diff, &view));
    }
}

/* Where an image lies is no part of what it does, nor is which engine ran it, nor what else lies in
 * a folder of the host: that is asked for only where something differs (manifests). */
static json_t *comparable(const json_t *golden, bool manifests)
{
    json_t *copy = json_deep_copy(golden), *mount;
    size_t i;

    json_array_foreach(json_object_get(copy, "mounts"), i, mount) if (!manifests)
        json_object_del(mount, "manifest");
    json_object_del(json_object_get(copy, "image"), "path");
    json_object_del(copy, "engine");
    json_object_del(json_object_get(copy, "config"), "engine");
    json_object_del(json_object_get(copy, "result"), "picture"); /* has a tolerance */
    return copy;
}

static json_t *differences(json_t *golden, json_t *found, bool manifests)
{
    json_t *left = comparable(golden, manifests), *right = comparable(found, manifests);
    json_t *diffs = json_array(), *picture = result_of(golden, "picture");

    compare(diffs, "", left, right);
    if (picture &&
        (picture = xe__session_golden_picture_diff(picture, result_of(found, "picture"))))
        json_array_append_new(diffs, picture);
    json_decref(left);
    json_decref(right);
    return diffs;
}

static json_t *check_json(json_t *golden, json_t *found)
{
    struct xe_rpc_check_view view = {.diffs = differences(golden, found, false), .found = found};
    json_t *json;

    view.pass = json_array_size(view.diffs) == 0;
    if (!view.pass) {
        json_decref(view.diffs);
        view.diffs = differences(golden, found, true);
    }
    json = xe_rpc_write(&xe_rpc_golden_check, &view);
    json_decref(view.diffs);
    return json;
}

/* ---- running -------------------------------------------------------------------------------- */

static void job_end(struct xe_golden_job *job)
{
    xe_instance_destroy(job->instance);
    json_decref(job->golden);
    memset(job, 0, sizeof(*job));
}

/* Nothing comes in from outside, but who decodes sound may fail. */
static bool is_tainted(const struct xe_instance *instance, struct xe_error *err)
{
    const struct xe_taint *taint = xe_instance_taint(instance);

    return taint->reason != XE_TAINT_NONE &&
           !xe_error_set(err, XE_ERR_STATE_TAINTED, "tainted at cycle %" PRIu64 ": %s",
                         taint->cycle, xe_taint_doc(taint->reason));
}

void xe__rpc_session_golden_work(struct xe_session *session)
{
    struct xe_golden_job *job = &session->golden;
    struct xe_rpc_call *call = job->call;
    struct xe_run_result end = {.stop = XE_STOP_NONE};
    struct xe_error err = XE_ERROR_INIT;
    json_t *found, *golden = json_incref(job->golden);

    session->ask = XE_ASK_NOTHING;
    if (!xe_instance_run(job->instance, job->instructions, xe__rpc_session_poll, session, &end,
                         &err) ||
        is_tainted(job->instance, &err)) {
        job_end(job);
        xe_rpc_fail(call, &err);
        json_decref(golden);
        return;
    }
    found = golden_json(job, &end);
    job_end(job);
    xe_rpc_reply(call, golden ? check_json(golden, found) : json_incref(found));
    json_decref(found);
    json_decref(golden);
}

/* Begin a job; on failure the call is failed. golden is borrowed. */
static void job_begin(struct xe_rpc_call *call, const char *path, uint64_t instructions,
                      const json_t *config_json, json_t *golden)
{
    struct xe_session *session = xe__session(call);
    struct xe_golden_job *job = &session->golden;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance_config config;

    if (session->instance || job->call)
        xe_error_set(&err, XE_ERR_INSTANCE_WRONG_STATE, "a golden needs a worker of its own");
    else if (xe__rpc_session_config(config_json, &config, &err) && xe_setting_tainted(&config))
        xe_error_set(&err, XE_ERR_STATE_TAINTED, "a golden means nothing with faults.%s",
                     xe_setting_tainted(&config)->name);
    if (!err.code)
        job->instance = xe__rpc_session_boot(call, &config, path, &err);
    if (!job->instance) {
        xe_rpc_fail(call, &err);
        return;
    }
    job->call = call;
    job->instructions = instructions;
    snprintf(job->path, sizeof(job->path), "%s", path);
    job->golden = json_incref(golden);
    job->picture = golden ? result_of(golden, "picture") != NULL : xe_rpc_arg_bool(call, "picture");
}

void xe__rpc_golden_record(struct xe_rpc_call *call)
{
    job_begin(call, xe_rpc_arg_string(call, "image"),
              (uint64_t)xe_rpc_arg_int(call, "instructions"), xe_rpc_arg_json(call, "config"),
              NULL);
}

/* What is wrong with a golden, or NULL. */
static const char *golden_defect(const json_t *golden)
{
    const char *schema = json_string_value(json_object_get(golden, "schema"));

    if (!schema || strcmp(schema, GOLDEN_SCHEMA))
        return "schema: expected " GOLDEN_SCHEMA;
    if (json_integer_value(json_object_get(golden, "instructions")) < 1)
        return "instructions: expected a count";
    if (!json_is_object(json_object_get(golden, "result")))
        return "result: expected an object";
    if (json_object_size(json_object_get(golden, "result")) == 0)
        return "result: expected something to compare";
    if (!json_is_string(json_object_get(json_object_get(golden, "image"), "path")))
        return "image.path: expected a string";
    return NULL;
}

/* A golden's config comes from a file: check it like a parameter. */
static bool config_fits(const json_t *config, struct xe_error *err)
{
    const struct xe_rpc_field field = {.name = "config", .type = &xe_rpc_config};
    struct xe_rpc_misfit misfit;

    if (xe_rpc_check(&field, config, "golden.config", &misfit))
        return true;
    return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "%s: expected %s", misfit.path,
                        misfit.expected);
}

/* A golden's settings under the engine of the call, whatever it was recorded with, and with who
 * made its pictures, if it has any: the title can't tell, so its settings don't say. New. */
static json_t *settings(const json_t *golden, const char *engine)
{
    const json_t *config = json_object_get(golden, "config");
    json_t *renderer = json_object_get(json_object_get(golden, "result"), "renderer");
    json_t *copy = config ? json_deep_copy(config) : json_object();

    if (renderer && json_is_object(copy))
        json_object_set(copy, "renderer", renderer);

    json_object_del(copy, "engine");
    if (engine)
        json_object_set_new(copy, "engine", json_string(engine));
    return copy;
}

void xe__rpc_golden_check(struct xe_rpc_call *call)
{
    json_t *golden = xe_rpc_arg_json(call, "golden");
    const char *path = xe_rpc_arg_string(call, "image");
    const char *defect = golden_defect(golden);
    struct xe_error err = XE_ERROR_INIT;
    json_t *used = settings(golden, xe_rpc_arg_string(call, "engine"));

    if (defect)
        xe_error_set(&err, XE_ERR_SCRIPT_MALFORMED, "golden.%s", defect);
    if (defect || !config_fits(used, &err) ||
        (result_of(golden, "picture") &&
         !xe__session_golden_picture_fits(result_of(golden, "picture"), &err))) {
        xe_rpc_fail(call, &err);
        json_decref(used);
        return;
    }
    if (!path)
        path = json_string_value(json_object_get(json_object_get(golden, "image"), "path"));
    job_begin(call, path, (uint64_t)json_integer_value(json_object_get(golden, "instructions")),
              used, golden);
    json_decref(used);
}
