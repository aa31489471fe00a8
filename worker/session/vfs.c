/* vfs.*: looking at the title's files. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

#define DIFFERENCES_MAX 1000

json_t *xe__session_mounts_json(struct xe_instance *instance)
{
    json_t *mounts = json_array();
    struct xe_mount_info info;

    for (uint32_t i = 0; xe_kernel_mount_info(xe_instance_kernel(instance), i, &info); i++)
        json_array_append_new(mounts, xe_rpc_write(&xe_rpc_vfs_mount, &info));
    return mounts;
}

static const char *text_of(const json_t *mount, const char *name)
{
    const char *text = json_string_value(json_object_get(mount, name));

    return text ? text : "";
}

static void describe(const json_t *mount, char *text, size_t size)
{
    const char *identity = text_of(mount, "identity");

    if (mount)
        snprintf(text, size, "%.32s%s%.64s as '%.64s'", text_of(mount, "kind"),
                 *identity ? " " : "", identity, text_of(mount, "device"));
    else
        snprintf(text, size, "no drive");
}

static bool same_mount(const json_t *a, const json_t *b)
{
    return a && b && !strcmp(text_of(a, "device"), text_of(b, "device")) &&
           !strcmp(text_of(a, "kind"), text_of(b, "kind")) &&
           !strcmp(text_of(a, "identity"), text_of(b, "identity"));
}

/* A folder may have other files by now: whoever wonders why a run differs can read it. */
static void tell_manifests(struct xe_instance *instance, const json_t *wanted, const json_t *here)
{
    const json_t *was, *is;
    size_t i;

    json_array_foreach(wanted, i, was)
    {
        was = json_object_get(was, "manifest");
        is = json_object_get(json_array_get(here, i), "manifest");
        if (was && is && !json_equal(was, is))
            xe_log_write(xe_instance_log(instance), XE_LOG_WARN, "file",
                         "'%.63s' has other files than in the log: %.64s, expected %.64s",
                         text_of(json_array_get(here, i), "device"), text_of(is, "sha256"),
                         text_of(was, "sha256"));
    }
}

bool xe__session_mounts_fit(struct xe_instance *instance, const json_t *wanted,
                            struct xe_error *err)
{
    json_t *here = xe__session_mounts_json(instance);
    size_t counts[] = {json_array_size(wanted), json_array_size(here)}, i = 0;
    size_t count = counts[0] > counts[1] ? counts[0] : counts[1];
    char was[256], is[256];

    while (wanted && i < count && same_mount(json_array_get(wanted, i), json_array_get(here, i)))
        i++;
    describe(json_array_get(wanted, i), was, sizeof(was));
    describe(json_array_get(here, i), is, sizeof(is));
    tell_manifests(instance, wanted, here);
    json_decref(here);
    return !wanted || i == count ||
           xe_error_set(err, XE_ERR_SCRIPT_MALFORMED,
                        "log.mounts[%zu]: the log is of a run with %s; here is %s", i, was, is);
}

void xe__session_vfs_mounts(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_vfs_view view = {.items = NULL};

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.items = xe__session_mounts_json(instance);
    xe_kernel_files_usage(xe_instance_kernel(instance), &view.usage);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_vfs_mounts, &view));
    json_decref(view.items);
}

static void add_entry(void *ctx, const struct xe_file_info *info)
{
    json_array_append_new(ctx, xe_rpc_write(&xe_rpc_vfs_entry, info));
}

void xe__session_vfs_list(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const char *after = xe_rpc_arg_string(call, "after");
    struct xe_rpc_vfs_view view = {.items = NULL};
    struct xe_error err = XE_ERROR_INIT;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.items = json_array();
    if (xe_kernel_file_list(xe_instance_kernel(instance), xe_rpc_arg_string(call, "path"),
                            after ? after : "", (uint32_t)xe_rpc_arg_int(call, "limit"), add_entry,
                            view.items, &view.more, &err))
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_vfs_list, &view));
    else
        xe_rpc_fail(call, &err);
    json_decref(view.items);
}

void xe__session_vfs_stat(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_rpc_vfs_stat_view view;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    if (xe_kernel_file_info(xe_instance_kernel(instance), xe_rpc_arg_string(call, "path"),
                            &view.info, &err))
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_vfs_stat, &view));
    else
        xe_rpc_fail(call, &err);
}

void xe__session_vfs_read(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    size_t length = (size_t)xe_rpc_arg_int(call, "length"), got = 0;
    struct xe_rpc_vfs_read_view view = {.offset = (uint64_t)xe_rpc_arg_int(call, "offset")};
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *bytes;
    char *text = NULL;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    bytes = malloc(length + 1);
    if (bytes && xe_kernel_file_bytes(xe_instance_kernel(instance), xe_rpc_arg_string(call, "path"),
                                      view.offset, bytes, length, &got, &err))
        text = xe__session_base64(bytes, got);
    view.count = got;
    view.bytes = text;
    xe_error_set(&err, XE_ERR_NO_MEMORY, "no memory for %zu bytes", length);
    if (text)
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_vfs_read, &view));
    else
        xe_rpc_fail(call, &err);
    free(text);
    free(bytes);
}

static void add_difference(void *ctx, const struct xe_file_info *info)
{
    struct xe_rpc_vfs_view *view = ctx;

    view->more = json_array_size(view->items) == DIFFERENCES_MAX;
    if (!view->more)
        json_array_append_new(view->items, xe_rpc_write(&xe_rpc_vfs_difference, info));
}

void xe__session_vfs_overlay_diff(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_vfs_view view = {.items = NULL};

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.items = json_array();
    xe_kernel_file_differences(xe_instance_kernel(instance), add_difference, &view);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_vfs_differences, &view));
    json_decref(view.items);
}

void xe__session_vfs_overlay_reset(struct xe_rpc_call *call)
{
    struct xe_session *session = xe__session(call);
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;
    bool done;

    if (!instance)
        return;
    if (session->active)
        done = xe_error_set(&err, XE_ERR_RUN_IN_PROGRESS, "run r-%" PRIu64 " is going on",
                            session->runs);
    else
        done = xe_instance_files_reset(instance, &err);
    xe__rpc_session_tell_taint(session);
    if (done)
        xe__session_reply_changed(call, instance);
    else
        xe_rpc_fail(call, &err);
}
