/* The digest trail of an instance; see xe/inputs.h. What is taken is the state when a run first
 * comes to the cycle, before what is due there: that of a run with this target. */
#include "base/alloc.h"
#include "emu/instance_internal.h"

bool xe_instance_trail_start(struct xe_instance *instance, uint64_t every, struct xe_error *err)
{
    struct xe_trail *trail = &instance->trail;

    if (!instance->title.loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "no title is loaded");
    if (every != trail->asked) {
        trail->asked = every;
        xe__instance_trail_reset(instance);
    }
    return true;
}

void xe__instance_trail_reset(struct xe_instance *instance)
{
    struct xe_trail *trail = &instance->trail;

    trail->every = trail->asked;
    trail->entries = 0;
    instance->trail_since = xe_instance_cycle(instance);
}

const struct xe_trail *xe_instance_trail(const struct xe_instance *instance)
{
    return &instance->trail;
}

/* The cycle of the next entry; it may be this one. */
uint64_t xe__instance_trail_next(const struct xe_instance *instance)
{
    const struct xe_trail *trail = &instance->trail;
    uint64_t last = instance->trail_since;

    if (!trail->every)
        return UINT64_MAX;
    if (trail->entries)
        last = trail->entry[trail->entries - 1].cycle;
    return last - last % trail->every + trail->every;
}

static void thin_out(struct xe_trail *trail)
{
    size_t kept = 0;

    trail->every *= 2;
    for (size_t i = 0; i < trail->entries; i++)
        if (trail->entry[i].cycle % trail->every == 0)
            trail->entry[kept++] = trail->entry[i];
    trail->entries = kept;
}

void xe__instance_trail_take(struct xe_instance *instance)
{
    struct xe_trail *trail = &instance->trail;
    struct xe_trail_entry *entry;

    if (xe__instance_trail_next(instance) != xe_instance_cycle(instance))
        return;
    if (trail->entries == XE_TRAIL_MAX)
        thin_out(trail);
    if (xe__instance_trail_next(instance) != xe_instance_cycle(instance))
        return;
    if (!xe_grow(&trail->entry, &instance->trail_capacity, trail->entries, sizeof(*entry))) {
        trail->every = 0; /* it ends here, which shows */
        return;
    }
    entry = &trail->entry[trail->entries++];
    entry->cycle = xe_instance_cycle(instance);
    xe_instance_digest(instance, &entry->digest);
    xe_kernel_work(instance->kernel, XE__DIGEST_NS);
}
