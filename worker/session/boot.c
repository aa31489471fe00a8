/* image.inspect and instance.create as the worker answers them: the title's bytes came along as a
 * descriptor, the path is only a name. */
#include <stdlib.h>
#include <string.h>

#include "rpc/api/daemon_views.h"
#include "rpc/report/image_json.h"
#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

bool xe__rpc_session_take_file(struct xe_rpc_call *call, void **ret_bytes, size_t *ret_size,
                               struct xe_error *err)
{
    struct xe_session *session = xe__session(call);

    return session->host.take_file(session->host.ctx, 0, &session->breath, ret_bytes, ret_size,
                                   err);
}

/* The file of that number, of those that came with the call. */
static struct xe_image *take_image(struct xe_rpc_call *call, uint32_t index,
                                   const struct xe_image_options *options, struct xe_error *err)
{
    struct xe_session *session = xe__session(call);
    struct xe_image *image;
    void *bytes;
    size_t size;

    if (!session->host.take_file(session->host.ctx, index, &session->breath, &bytes, &size, err))
        return NULL;
    image = xe_image_parse_as(bytes, size, options, &session->breath, err);
    free(bytes);
    return image;
}

struct xe_image *xe__rpc_session_take_image(struct xe_rpc_call *call, struct xe_error *err)
{
    return take_image(call, 0, &(struct xe_image_options){0}, err);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Libraries come behind the title. */
static bool add_modules(struct xe_rpc_call *call, struct xe_instance *instance,
                        const struct xe_image_options *options, struct xe_error *err)
{
    const json_t *modules = xe_rpc_arg_json(call, "modules"), *path;
    struct xe_image *image;
    size_t i;

    json_array_foreach(modules, i, path)
    {
        image = take_image(call, 1 + (uint32_t)i, options, err);
        if (!image ||
            !xe_instance_module_add(instance, base_name(json_string_value(path)), image, err))
            return xe_error_prefix(err, "module '%s'", json_string_value(path));
    }
    return true;
}

static bool add_patches(struct xe_rpc_call *call, struct xe_instance *instance,
                        struct xe_image *title, struct xe_error *err)
{
    const json_t *patches = xe_rpc_arg_json(call, "patches"), *patch;
    size_t i;

    json_array_foreach(patches, i, patch)
    {
        uint64_t address = 0, value = 0;

        if (!xe_rpc_hex_value(json_object_get(patch, "address"), &address) ||
            !xe_rpc_hex_value(json_object_get(patch, "value"), &value) ||
            !xe_instance_patch(instance, title, (xe_gva)address, (uint32_t)value, err))
            return xe_error_prefix(err, "patch %zu", i + 1);
    }
    return true;
}

/* The folders that came along: that of the title, if there is one more than mounts, and theirs. A
 * title of a disc image or package finds what else is in there. */
static bool mount_all(struct xe_rpc_call *call, struct xe_instance *instance, const char *path,
                      struct xe_error *err)
{
    const struct xe_session *session = xe__session(call);
    const json_t *mounts = json_object_get(call->params, "mounts");
    uint32_t count, given = (uint32_t)json_array_size(mounts), root = 0;
    bool container;
    const struct xe_files *files =
        session->host.take_folders(session->host.ctx, &count, &container, err);
    const struct xe_mount game = {
        .device = "game:", .root = 0, .file = container ? base_name(path) : NULL};

    if (!files)
        return false;
    if (count != given && count != given + 1)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "%u folders came for %u mounts", count,
                            given);
    if (count > given && !xe_instance_mount(instance, &game, files, err))
        return false;
    root += count - given;
    for (uint32_t i = 0; i < given; i++) {
        const json_t *mount = json_array_get(mounts, i);
        const struct xe_mount one = {.device = json_string_value(json_object_get(mount, "device")),
                                     .root = root++,
                                     .file = json_string_value(json_object_get(mount, "file"))};

        if (!xe_instance_mount(instance, &one, files, err))
            return false;
    }
    return xe_instance_mount_scratch(instance, err);
}

static bool load(struct xe_rpc_call *call, struct xe_instance *instance, struct xe_image *image,
                 const char *path, struct xe_error *err)
{
    const struct xe_image_options options = {.allow_modified =
                                                 xe_instance_config_get(instance)->allow_modified};

    return add_modules(call, instance, &options, err) && add_patches(call, instance, image, err) &&
           mount_all(call, instance, path, err) &&
           xe_instance_load(instance, image, base_name(path), err);
}

struct xe_instance *xe__rpc_session_boot(struct xe_rpc_call *call,
                                         const struct xe_instance_config *config, const char *path,
                                         struct xe_error *err)
{
    const struct xe_image_options options = {.allow_modified = config->allow_modified};
    struct xe_image *image = take_image(call, 0, &options, err);
    struct xe_instance *instance = NULL;

    if (image)
        instance = xe_instance_create(config, err);
    if (instance)
        xe_instance_breath(instance, xe__session(call)->breath);
    if (instance && !load(call, instance, image, path, err)) {
        xe_instance_destroy(instance);
        instance = NULL;
    }
    xe_image_destroy(image);
    if (!instance)
        xe_error_prefix(err, "load '%s'", path);
    return instance;
}

json_t *xe__rpc_session_image_json(const struct xe_instance *instance, const char *path)
{
    struct xe_rpc_title_view view = {.path = path};

    xe_instance_title(instance, &view.title);
    view.modules = xe_instance_module_files(instance, view.module);
    view.patch = xe_instance_patches(instance, &view.patches);
    view.has_others = view.modules || view.patches;
    return xe_rpc_write(&xe_rpc_title, &view);
}

static const char *export_name(void *ctx, const char *library, unsigned ordinal)
{
    (void)ctx;
    return xe_kernel_export_name(library, ordinal);
}

void xe__rpc_image_inspect(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image = xe__rpc_session_take_image(call, &err);

    if (!image) {
        xe_error_prefix(&err, "inspect '%s'", xe_rpc_arg_string(call, "image"));
        xe_rpc_fail(call, &err);
        return;
    }
    xe_rpc_reply(call, xe_rpc_image_json_named(image, export_name, NULL));
    xe_image_destroy(image);
}

/* The audit part of instance.create: switch, ring, focus. */
static bool set_audit(struct xe_instance *instance, const json_t *audit, struct xe_error *err)
{
    const json_t *focus = json_object_get(audit, "focus");
    uint32_t *keys = NULL;
    uint32_t count = xe__rpc_session_keys(focus, &keys);
    bool ok = true;

    if (count > 0)
        ok = xe_audit_focus_set(xe_instance_audit(instance), keys, count, err);
    if (ok && count > 0)
        xe_instance_audit_enable(instance, true);
    free(keys);
    return ok;
}

static struct xe_instance *create(struct xe_rpc_call *call, struct xe_error *err)
{
    const json_t *audit = xe_rpc_arg_json(call, "audit");
    struct xe_instance_config config;
    struct xe_instance *instance;

    if (xe__session(call)->instance) {
        xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "this worker has its instance already");
        return NULL;
    }
    if (!xe__rpc_session_config(xe_rpc_arg_json(call, "config"), &config, err))
        return NULL;
    xe__rpc_session_settings(audit, XE_SETTING_AUDIT, &config);
    instance = xe__rpc_session_boot(call, &config, xe_rpc_arg_string(call, "image"), err);
    if (instance && !set_audit(instance, audit, err)) {
        xe_instance_destroy(instance);
        return NULL;
    }
    return instance;
}

void xe__rpc_session_created(struct xe_rpc_call *call, struct xe_instance *instance)
{
    const char *path = xe_rpc_arg_string(call, "image");
    const char *name = xe_rpc_arg_string(call, "name");
    struct xe_error err = XE_ERROR_INIT;
    /* The parent knows the members that are about processes and fills them in. */
    struct xe_rpc_instance_view view = {.instance = "local",
                                        .name = name ? name : base_name(path),
                                        .state = "created",
                                        .cycle = xe_instance_cycle(instance)};

    xe__session(call)->instance = instance;
    if (!xe__rpc_session_keep_start(xe__session(call), &err)) {
        xe_rpc_fail(call, &err);
        return;
    }
    view.image = xe__rpc_session_image_json(instance, path);
    view.engine = xe__rpc_session_engine_json(instance);
    view.warnings = json_array();
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_instance_object, &view));
    json_decref(view.image);
    json_decref(view.engine);
    json_decref(view.warnings);
}

void xe__rpc_instance_create(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance = create(call, &err);

    if (!instance) {
        xe_rpc_fail(call, &err);
        return;
    }
    if (xe_rpc_arg_bool(call, "record"))
        xe_instance_record_start(instance, NULL);
    xe__rpc_session_created(call, instance);
}
