/* How long a title's threads live, before it runs with a seed: the natural order is tried on a
 * copy, and what comes of it is thrown away but for that (emu/kernel/core/seed_ahead.c).
 *
 * The copy is made as the instance was, of the same image, settings and files, and runs for a
 * stated number of cycles at most, or of work, which is counted and not measured: so what it finds
 * is as much a function of these as the run itself. It is interpreted, since a process has room for
 * one translator, and makes no pictures and no sound. */
#include "base/alloc.h"
#include "emu/instance_internal.h"

#define SCOUT_CYCLES (1u << 20)
#define SCOUT_POLLS  64u /* about a millisecond of a middling host each */

/* ---- where its files are ----------------------------------------------------------------------
 */

bool xe__instance_keep_mount(struct xe_instance *instance, const struct xe_mount *mount,
                             const struct xe_files *files)
{
    struct xe__mounted *kept;

    if (!instance->config.seed)
        return true;
    if (!xe_grow(&instance->mounted, &instance->mounted_room, instance->mounts,
                 sizeof(*instance->mounted)))
        return false;
    kept = &instance->mounted[instance->mounts];
    *kept = (struct xe__mounted){.files = *files, .mount = *mount};
    kept->mount.device = kept->device = xe_strdup(mount->device);
    kept->mount.file = kept->file = mount->file ? xe_strdup(mount->file) : NULL;
    instance->mounts++;
    return kept->device && (kept->file || !mount->file);
}

void xe__instance_forget_mounts(struct xe_instance *instance)
{
    for (size_t i = 0; i < instance->mounts; i++) {
        xe_free(instance->mounted[i].device);
        xe_free(instance->mounted[i].file);
    }
    xe_free(instance->mounted);
    instance->mounted = NULL;
    instance->mounts = instance->mounted_room = 0;
}

/* ---- the copy ---------------------------------------------------------------------------------
 */

static struct xe_instance *copy_of(struct xe_instance *instance, struct xe_error *err)
{
    struct xe_instance_config config = instance->config;
    struct xe_instance *copy;
    bool ok = true;

    config.seed = 0;
    config.engine = XE_ENGINE_INTERPRETER;
    config.renderer = XE_RENDERER_NULL;
    config.audit = config.audit_trace = false;
    config.log_lines = 1;
    config.faults = (struct xe_faults){0};
    copy = xe_instance_create(&config, err);
    if (!copy)
        return NULL;
    xe_instance_breath(copy, instance->breath);
    xe_kernel_module_source(copy->kernel, &instance->module_source);
    for (size_t i = 0; ok && i < instance->mounts; i++)
        ok = xe_instance_mount(copy, &instance->mounted[i].mount, &instance->mounted[i].files, err);
    if (ok && (!instance->scratch || xe_instance_mount_scratch(copy, err)))
        return copy;
    xe_instance_destroy(copy);
    return NULL;
}

static bool has_polls(void *ctx)
{
    uint32_t *polls = ctx;

    return ++*polls < SCOUT_POLLS;
}

bool xe__instance_scout(struct xe_instance *instance, const struct xe_image *image,
                        struct xe_error *err)
{
    struct xe_kernel_lives lives = {.count = 0};
    struct xe_instance *copy;
    uint32_t polls = 0;
    bool ok;

    if (!xe_kernel_wants_lives(instance->kernel))
        return true;
    copy = copy_of(instance, err);
    if (!copy)
        return xe_error_prefix(err, "a copy for the seed");
    xe_kernel_lives_note(copy->kernel, &lives);
    ok = xe_kernel_load(copy->kernel, image, err);
    if (ok) {
        xe_kernel_run(copy->kernel, SCOUT_CYCLES, has_polls, &polls, NULL);
        xe_kernel_lives_end(copy->kernel);
        xe_kernel_lives_take(instance->kernel, &lives);
    }
    xe_instance_destroy(copy);
    return ok;
}
