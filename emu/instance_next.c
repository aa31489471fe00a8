/* The titles of an instance: the first, and those that are launched behind it. Each runs in a
 * memory and a kernel of its own; what goes from one to the next is emu/kernel/core/next.c's. The
 * audit, the log and breakpoints are the instance's, and stay.
 *
 * A title begins between two instructions, right behind the launch, so where a run is cut makes no
 * difference. Its file comes from the drives, as the title before it left them. A state says of
 * which title it is; what is known of that by its image (names, sizes) is kept here, or is read
 * again. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "debug/debug.h"
#include "emu/instance_internal.h"
#include "kernel/core/device.h"
#include "kernel/core/module.h"

/* ---- what is known of them --------------------------------------------------------------------
 */

void xe__instance_forget_titles(struct xe_instance *instance)
{
    while (instance->known_titles)
        xe_symbols_destroy(instance->known[--instance->known_titles].symbols);
    instance->symbols = NULL;
    instance->title = (struct xe_title_info){.loaded = false};
}

static void become(struct xe_instance *instance, const struct xe__known_title *known)
{
    instance->title = known->info;
    instance->symbols = known->symbols;
}

/* The first stays; the oldest of the others goes when there is no more room. */
static struct xe__known_title *make_room(struct xe_instance *instance)
{
    struct xe__known_title *known = instance->known;

    if (instance->known_titles == XE__KNOWN_TITLES) {
        xe_symbols_destroy(known[1].symbols);
        memmove(&known[1], &known[2], (XE__KNOWN_TITLES - 2) * sizeof(*known));
        instance->known_titles--;
    }
    return &known[instance->known_titles];
}

static bool is_of(const struct xe__known_title *known, const char *path, const uint8_t sha256[32])
{
    return strcmp(known->info.path, path) == 0 && memcmp(known->info.sha256, sha256, 32) == 0;
}

static const struct xe__known_title *find(const struct xe_instance *instance, const char *path,
                                          const uint8_t sha256[32])
{
    for (uint32_t i = 0; i < instance->known_titles; i++)
        if (is_of(&instance->known[i], path, sha256))
            return &instance->known[i];
    return NULL;
}

static void describe(struct xe_instance *instance, const struct xe_image *image, const char *name,
                     const char *path)
{
    struct xe_title_info *title = &instance->title;
    uint8_t identity[32];

    memcpy(identity, title->identity, sizeof(identity));
    *title = (struct xe_title_info){.loaded = true,
                                    .library = (image->module_flags & XE_MODULE_LIBRARY) && !*path,
                                    .modified = image->modified,
                                    .patched = image->patched,
                                    .patch_source = image->patch_source,
                                    .patch_target = image->patch_target,
                                    .patches = *path ? 0 : instance->patches,
                                    .title_id = image->title_id,
                                    .base = image->base,
                                    .entry = image->entry,
                                    .size = image->size};
    snprintf(title->name, sizeof(title->name), "%s", name);
    snprintf(title->path, sizeof(title->path), "%s", path);
    if (image->spa)
        memcpy(title->called, image->spa->name, sizeof(title->called));
    memcpy(title->sha256, image->sha256, sizeof(title->sha256));
    memcpy(title->patch_sha256, image->patch_sha256, sizeof(title->patch_sha256));
    if (*path)
        memcpy(title->identity, identity, sizeof(identity)); /* the run is of the first */
    else
        xe__instance_identity(instance, title->identity);
}

bool xe__instance_know(struct xe_instance *instance, const struct xe_image *image, const char *name,
                       const char *path, struct xe_error *err)
{
    const struct xe__known_title *known = find(instance, path, image->sha256);
    struct xe__known_title *fresh;
    struct xe_symbols *symbols;

    if (known) {
        become(instance, known);
        return true;
    }
    symbols = xe_symbols_create(image, xe_kernel_export_name, &instance->breath, err);
    if (!symbols)
        return xe_error_prefix(err, "symbols of '%s'", name);
    describe(instance, image, name, path);
    fresh = make_room(instance);
    *fresh = (struct xe__known_title){instance->title, symbols};
    instance->known_titles++;
    become(instance, fresh);
    return true;
}

/* ---- the next ---------------------------------------------------------------------------------
 */

/* Its file, with what a mounted update makes of it. NULL with err set. */
static struct xe_image *read_image(struct xe_instance *instance, const char *path,
                                   struct xe_error *err)
{
    struct xe_image_options options = {.allow_modified = instance->config.allow_modified};
    uint32_t size = 0, patch_size = 0;
    void *bytes = xe_kernel_module_read(instance->kernel, path, &size);
    void *patch = bytes ? xe_kernel_module_read_update(instance->kernel, path, &patch_size) : NULL;
    struct xe_image *image = NULL;

    options.patch = patch;
    options.patch_size = patch_size;
    if (bytes)
        image = xe_image_parse_as(bytes, size, &options, &instance->breath, err);
    else
        xe_error_set(err, XE_ERR_IMAGE_NOT_FOUND, "which is not there");
    if (bytes && !image)
        xe_error_prefix(err, "which cannot be loaded");
    if (image && (!image->headers_size || (image->module_flags & XE_MODULE_LIBRARY))) {
        xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "which is no title");
        xe_image_destroy(image);
        image = NULL;
    }
    xe_free(patch);
    xe_free(bytes);
    return image;
}

/* A kernel and memory for it; what there was is gone. */
static bool start_over(struct xe_instance *instance, const struct xe_kernel_launch *launch,
                       struct xe_error *err)
{
    struct xe_mem *mem = xe_mem_create(instance->config.memory_limit, err), *before = instance->mem;
    struct xe_kernel *kernel = NULL;

    if (mem) {
        xe_kernel_over(instance->kernel);
        kernel = xe_kernel_follow(instance->kernel, mem, err);
    }
    if (!kernel) {
        xe_mem_destroy(mem);
        return xe_error_prefix(err, "for which there is no room");
    }
    xe_kernel_launch_begins(kernel, instance->kernel, launch);
    xe_kernel_leave(kernel, instance->kernel);
    instance->kernel = kernel;
    instance->mem = mem;
    xe_mem_destroy(before);
    xe_mem_breath(mem, instance->breath);
    xe_debug_follow(instance->debug, kernel);
    if (!xe_kernel_devices_add(kernel))
        return xe_error_set(err, XE_ERR_NO_MEMORY, "for whose devices there is no memory");
    xe__instance_sound_init(instance);
    return true;
}

static bool begin(struct xe_instance *instance, const struct xe_kernel_launch *launch,
                  struct xe_error *err)
{
    const char *name = xe_kernel_module_base_name(launch->path);
    struct xe_image *image = read_image(instance, launch->path, err);
    bool ok = image && start_over(instance, launch, err);

    ok = ok && xe__instance_know(instance, image, name, launch->path, err);
    ok = ok && (xe_kernel_load(instance->kernel, image, err) ||
                xe_error_prefix(err, "which cannot be loaded"));
    xe_image_destroy(image);
    return ok;
}

bool xe__instance_next_title(struct xe_instance *instance)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_kernel_launch launch;
    char before[sizeof(instance->title.name)];

    if (!xe_kernel_launched(instance->kernel, &launch))
        return false;
    snprintf(before, sizeof(before), "%s", instance->title.name);
    if (!begin(instance, &launch, &err)) {
        xe_kernel_launch_fails(instance->kernel, launch.said, err.text);
        return false;
    }
    xe_log_write(instance->log, XE_LOG_INFO, "loader", "'%s' begins, which '%s' has launched",
                 launch.path, before);
    return true;
}

/* ---- states -----------------------------------------------------------------------------------
 */

bool xe__instance_follow_state(struct xe_instance *instance, bool *ret_read, struct xe_error *err)
{
    const struct xe_kernel_title *title = xe_kernel_title(instance->kernel);
    const struct xe_module *module = xe_kernel_module_by_handle(instance->kernel, title->module);
    const struct xe__known_title *known;
    struct xe_image *image;
    bool ok;

    if (!module)
        return xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE, "the state has no title");
    known = find(instance, title->path, module->sha256);
    if (known) {
        become(instance, known);
        return true;
    }
    *ret_read = true;
    image = title->path[0] ? read_image(instance, title->path, err) : NULL;
    ok = image && memcmp(image->sha256, module->sha256, sizeof(module->sha256)) == 0 &&
         xe__instance_know(instance, image, module->name, title->path, err);
    xe_image_destroy(image);
    return ok ||
           xe_error_set(err, XE_ERR_SNAPSHOT_INCOMPATIBLE,
                        "the state is of '%s', which is not there, or another file", title->path);
}
