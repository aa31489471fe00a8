/* The state of an instance as a whole: digest, save, load, compare. */
#include "emu/instance_internal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "debug/debug.h"
#include "kernel/core/kernel.h"
#include "state/digest.h"
#include "state/state.h"

static struct xe_state_parts parts_of(struct xe_instance *instance)
{
    return (struct xe_state_parts){.kernel = instance->kernel,
                                   .audit = instance->audit,
                                   .mem = instance->mem,
                                   .title = instance->title.identity,
                                   .inputs = &instance->inputs};
}

static void visit(struct xe_codec *c, struct xe_instance *instance)
{
    const struct xe_state_parts parts = parts_of(instance);

    xe_state_visit(c, &parts);
}

void xe_instance_digest(struct xe_instance *instance, struct xe_digest *ret)
{
    struct xe_state_hasher *hasher = xe_state_hasher_create();
    struct xe_codec c;

    memset(ret, 0, sizeof(*ret));
    if (!hasher)
        return;
    xe_codec_init_hash(&c, xe_state_hasher_put, hasher);
    visit(&c, instance);
    if (xe_codec_end(&c))
        xe_state_hasher_finish(hasher, ret);
    xe_codec_fini(&c);
    xe_state_hasher_destroy(hasher);
}

static uint8_t *save(struct xe_instance *instance, bool frozen, size_t *ret_size,
                     struct xe_error *err)
{
    struct xe_state_parts parts = parts_of(instance);
    struct xe_codec c;
    uint8_t *bytes;

    if (!xe__instance_wants_title(instance, err))
        return NULL;
    parts.frozen = frozen;
    xe_codec_init_save(&c);
    xe_state_visit(&c, &parts);
    xe_codec_end(&c);
    bytes = xe_codec_take(&c, ret_size);
    if (!bytes)
        xe_error_set(err, c.error.code, "save state: %s", c.error.text);
    xe_codec_fini(&c);
    return bytes;
}

uint8_t *xe_instance_state_save(struct xe_instance *instance, size_t *ret_size,
                                struct xe_error *err)
{
    return save(instance, false, ret_size, err);
}

uint8_t *xe__instance_save_frozen(struct xe_instance *instance, size_t *ret_size,
                                  struct xe_error *err)
{
    return save(instance, true, ret_size, err);
}

void xe_instance_state_free(uint8_t *bytes)
{
    xe_free(bytes);
}

static bool load_once(struct xe_instance *instance, const struct xe_state_parts *parts,
                      const uint8_t *bytes, size_t size, struct xe_error *err)
{
    struct xe_codec c;
    bool ok;

    xe_codec_init_load(&c, bytes, size);
    xe_state_visit(&c, parts);
    xe_cpu_engine_flush(xe_kernel_engine(instance->kernel));
    ok = xe_codec_end(&c);
    if (!ok)
        xe_error_set(err, c.error.code, "load state: %s", c.error.text);
    xe_codec_fini(&c);
    return ok;
}

/* The instance is at another moment then: no breakpoint has been reached there. */
static bool load(struct xe_instance *instance, const struct xe_state_parts *parts,
                 const uint8_t *bytes, size_t size, struct xe_error *err)
{
    bool ok, read = false;

    instance->refused = false;
    if (!xe__instance_wants_title(instance, err))
        return false;
    ok = load_once(instance, parts, bytes, size, err) &&
         xe__instance_follow_state(instance, &read, err);
    if (ok && read) /* looking for the title's file leaves traces in the state */
        ok = load_once(instance, parts, bytes, size, err);
    xe_debug_forget(instance->debug);
    xe__instance_take_stop(instance);
    xe__instance_trail_reset(instance);
    instance->refused = !ok;
    return ok;
}

bool xe_instance_state_load(struct xe_instance *instance, const uint8_t *bytes, size_t size,
                            struct xe_error *err)
{
    const struct xe_state_parts parts = parts_of(instance);

    return load(instance, &parts, bytes, size, err);
}

bool xe__instance_load_frozen(struct xe_instance *instance, const uint8_t *bytes, size_t size,
                              const struct xe_mem_frozen *memory, struct xe_error *err)
{
    struct xe_state_parts parts = parts_of(instance);

    parts.frozen = true;
    parts.memory = memory;
    return load(instance, &parts, bytes, size, err);
}

bool xe_instance_state_compare(struct xe_instance *instance, const uint8_t *bytes, size_t size,
                               struct xe_error *err)
{
    struct xe_codec c;
    bool equal;

    if (!xe__instance_wants_title(instance, err))
        return false;
    xe_codec_init_compare(&c, bytes, size);
    visit(&c, instance);
    equal = xe_codec_end(&c);
    if (!equal)
        xe_error_set(err, c.error.code, "%s", c.error.text);
    xe_codec_fini(&c);
    return equal;
}
