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

    return session->host.take_file(session->host.ctx, &session->breath, ret_bytes, ret_size, err);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

const struct xe_files *xe__session_folder(struct xe_rpc_call *call, struct xe_error *err)
{
    struct xe_session *session = xe__session(call);
    uint32_t count;
    const struct xe_files *files = session->host.take_folders(session->host.ctx, 1, &count, err);

    if (files && count)
        session->folder = files;
    return session->folder;
}

bool xe__session_take_title(struct xe_rpc_call *call, const char *path,
                            const struct xe_files *beside, struct xe_session_title *ret,
                            struct xe_error *err)
{
    struct xe_session *session = xe__session(call);

    *ret = (struct xe_session_title){.name = base_name(path), .beside = beside};
    return session->host.take_title(session->host.ctx, 0, &session->breath, ret, err);
}

static struct xe_image *parse(struct xe_rpc_call *call, const struct xe_session_title *title,
                              const struct xe_image_options *options, struct xe_error *err)
{
    return xe_image_parse_as(title->bytes, title->size, options, &xe__session(call)->breath, err);
}

struct xe_image *xe__rpc_session_take_image(struct xe_rpc_call *call, struct xe_error *err)
{
    const struct xe_files *beside = xe__session_folder(call, err);
    struct xe_session_title title;
    struct xe_image *image;

    if (!xe__session_take_title(call, xe_rpc_arg_string(call, "image"), beside, &title, err))
        return NULL;
    image = parse(call, &title, &(struct xe_image_options){0}, err);
    free(title.bytes);
    return image;
}

/* Behind the title; what lies beside a library is not at hand. */
static struct xe_image *take_library(struct xe_rpc_call *call, uint32_t index, const char *path,
                                     const struct xe_image_options *options, struct xe_error *err)
{
    struct xe_session *session = xe__session(call);
    struct xe_session_title library = {.name = base_name(path)};
    struct xe_image *image;

    if (!session->host.take_title(session->host.ctx, index, &session->breath, &library, err))
        return NULL;
    image = parse(call, &library, options, err);
    free(library.bytes);
    return image;
}

static bool add_modules(struct xe_rpc_call *call, struct xe_instance *instance,
                        const struct xe_image_options *options, struct xe_error *err)
{
    const json_t *modules = xe_rpc_arg_json(call, "modules"), *item;
    size_t i;

    json_array_foreach(modules, i, item)
    {
        const char *path = json_string_value(item);
        struct xe_image *image = take_library(call, 1 + (uint32_t)i, path, options, err);

        if (!image || !xe_instance_module_add(instance, base_name(path), image, err))
            return xe_error_prefix(err, "module '%s'", path);
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

/* The title, its libraries, its patch: before the folders. */
static uint32_t images_of(const struct xe_rpc_call *call)
{
    return 1 + (uint32_t)json_array_size(xe_rpc_arg_json(call, "modules")) +
           (xe_rpc_arg_string(call, "patch_xex") ? 1 : 0);
}

/* The folders that came along: that of the title, if there is one more than mounts, and theirs. */
struct folders {
    const struct xe_files *files;
    const json_t *mounts;
    uint32_t given; /* mounts                    */
    bool game;      /* the first is the title's */
};

static bool take_folders(struct xe_rpc_call *call, struct folders *ret, struct xe_error *err)
{
    const struct xe_session *session = xe__session(call);
    uint32_t images = images_of(call), count;

    ret->mounts = json_object_get(call->params, "mounts");
    ret->given = (uint32_t)json_array_size(ret->mounts);
    ret->files = session->host.take_folders(session->host.ctx, images, &count, err);
    ret->game = count > ret->given;
    if (ret->files && count != ret->given && count != ret->given + 1)
        return xe_error_set(err, XE_ERR_CONFIG_INVALID, "%u folders came for %u mounts", count,
                            ret->given);
    return ret->files != NULL;
}

/* A title that a container holds finds that as its folder. */
static bool mount_all(const struct folders *folders, const struct xe_session_title *title,
                      struct xe_instance *instance, struct xe_error *err)
{
    const struct xe_mount game = {.device = "game:", .file = title->held ? title->name : NULL};
    uint32_t root = folders->game;

    if (folders->game && !xe_instance_mount(instance, &game, folders->files, err))
        return false;
    for (uint32_t i = 0; i < folders->given; i++) {
        const json_t *mount = json_array_get(folders->mounts, i);
        const struct xe_mount one = {.device = json_string_value(json_object_get(mount, "device")),
                                     .root = root++,
                                     .file = json_string_value(json_object_get(mount, "file"))};

        if (!xe_instance_mount(instance, &one, folders->files, err))
            return false;
    }
    return xe_instance_mount_scratch(instance, err);
}

#define UPDATE "update:\\default.xexp" /* of the title that a console finds in game: */

/* The delta patch that was given or, else, that lies where title updates do. It is the caller's in
 * *ret; one that is to be had by neither way is none. */
static bool take_patch(struct xe_rpc_call *call, struct xe_instance *instance,
                       struct xe_session_title *ret, struct xe_error *err)
{
    const struct xe_session *session = xe__session(call);
    const char *path = xe_rpc_arg_string(call, "patch_xex");
    void *bytes;

    *ret = (struct xe_session_title){.name = path ? base_name(path) : UPDATE};
    if (path && !session->host.take_title(session->host.ctx, images_of(call) - 1, &session->breath,
                                          ret, err))
        return xe_error_prefix(err, "patch '%s'", path);
    if (path)
        return true;
    bytes = xe_instance_file_read(instance, UPDATE, &ret->size);
    if (!bytes)
        return true;
    ret->bytes = malloc(ret->size);
    if (ret->bytes)
        memcpy(ret->bytes, bytes, ret->size);
    xe_instance_file_free(bytes);
    return ret->bytes || xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for '%s'", UPDATE);
}

/* The title's image as it begins, with what is beside it. */
static struct xe_image *prepare(struct xe_rpc_call *call, struct xe_instance *instance,
                                const struct folders *folders, const struct xe_session_title *title,
                                struct xe_error *err)
{
    struct xe_image_options options = {.allow_modified =
                                           xe_instance_config_get(instance)->allow_modified};
    struct xe_session_title patch;
    struct xe_image *image;

    if (!add_modules(call, instance, &options, err) || !mount_all(folders, title, instance, err) ||
        !take_patch(call, instance, &patch, err))
        return NULL;
    options.patch = patch.bytes;
    options.patch_size = patch.size;
    image = parse(call, title, &options, err);
    free(patch.bytes);
    if (!image || add_patches(call, instance, image, err))
        return image;
    xe_image_destroy(image);
    return NULL;
}

struct xe_instance *xe__rpc_session_boot(struct xe_rpc_call *call,
                                         const struct xe_instance_config *config, const char *path,
                                         struct xe_error *err)
{
    struct xe_session_title title = {.name = NULL};
    struct xe_instance *instance = NULL;
    struct xe_image *image = NULL;
    struct folders folders;

    if (take_folders(call, &folders, err) &&
        xe__session_take_title(call, path, folders.game ? folders.files : NULL, &title, err))
        instance = xe_instance_create(config, err);
    if (instance) {
        xe_instance_breath(instance, xe__session(call)->breath);
        xe_instance_decoder(instance, xe__session(call)->host.decoder);
    }
    if (instance)
        image = prepare(call, instance, &folders, &title, err);
    if (instance && (!image || !xe_instance_load(instance, image, title.name, err))) {
        xe_instance_destroy(instance);
        instance = NULL;
    }
    xe_image_destroy(image);
    free(title.bytes);
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
    view.has_others = view.modules || view.patches || view.title.patched;
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
