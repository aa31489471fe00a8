/* Objects as state. A roster comes first, so that whatever follows may refer to any of them. */
#include <stdio.h>

#include "base/alloc.h"
#include "kernel/core/state.h"

#define ROSTER_SIZE 12u /* encoded: id, class */

size_t xe__kernel_state_object_index(const struct xe__state_world *world, uint64_t id)
{
    size_t low = 0, high = world->objects;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (world->object[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < world->objects && world->object[low]->id == id ? low : SIZE_MAX;
}

void xe__kernel_state_object(struct xe_codec *c, const char *name, struct xe_object **field)
{
    const struct xe__state_world *world = c->world;
    uint64_t id = *field && !xe_codec_loading(c) ? (*field)->id : 0;
    size_t index;

    xe_codec_u64(c, name, &id);
    if (!xe_codec_loading(c))
        return;
    *field = NULL;
    index = id && !c->stopped ? xe__kernel_state_object_index(world, id) : SIZE_MAX;
    if (xe_codec_want(c, !id || index != SIZE_MAX, "%s: no object 0x%llx", name,
                      (unsigned long long)id) &&
        id)
        *field = world->object[index];
}

/* ---- the roster ----------------------------------------------------------------------------- */

/* Loading: an object of which no more is known than its type. */
static struct xe_object *make_record(struct xe_codec *c, uint64_t id, uint32_t class, uint32_t tid)
{
    struct xe__state_world *world = c->world;
    struct xe_kernel *kernel = world->kernel;
    const struct xe_object_type *type = xe__object_types[class];
    struct xe_object *object;

    if (!xe_codec_want(c, type && id > (kernel->newest ? kernel->newest->id : 0),
                       "object 0x%llx of class %u", (unsigned long long)id, class))
        return NULL;
    if (class == XE_OBJECT_THREAD && !xe_codec_want(c, tid && !xe_kernel_thread_by_id(kernel, tid),
                                                    "two threads have the id %u", tid))
        return NULL;
    if (!xe_grow(&world->object, &world->capacity, world->objects, sizeof(struct xe_object *)) ||
        !(object = xe__kernel_object_restore(kernel, type, id)) ||
        (class == XE_OBJECT_THREAD && !xe__kernel_thread_restore(object, tid))) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for objects");
        return NULL;
    }
    world->object[world->objects++] = object;
    return object;
}

static void roster(struct xe_codec *c, struct xe_kernel *kernel)
{
    size_t n = xe_codec_count(c, "objects", kernel->objects + kernel->adopted,
                              XE__OBJECTS + XE__ADOPTED, ROSTER_SIZE);
    struct xe_object *object = kernel->oldest;

    for (size_t i = 0; i < n && !c->stopped; i++) {
        bool loading = xe_codec_loading(c);
        uint64_t id = loading ? 0 : object->id;
        uint32_t class = loading ? 0 : object->type->class, tid = 0;

        xe_codec_u64(c, "id", &id);
        xe_codec_item(c, "object", id);
        xe_codec_enum(c, "class", &class, XE_OBJECT_CLASSES);
        if (class == XE_OBJECT_THREAD) {
            tid = loading ? 0 : object->host.thread->tid;
            xe_codec_u32(c, "tid", &tid);
        }
        if (loading && !c->stopped)
            make_record(c, id, class, tid);
        else if (!loading)
            object = object->newer;
    }
}

/* ---- one object ----------------------------------------------------------------------------- */

static void name_state(struct xe_codec *c, struct xe_object *object)
{
    char name[XE_OBJECT_NAME_MAX + 1] = "";

    if (object->name)
        snprintf(name, sizeof(name), "%s", object->name);
    xe_codec_text(c, "name", name, sizeof(name));
    if (xe_codec_loading(c) && !c->stopped && *name)
        xe_codec_want(c, xe_kernel_object_set_name(object, name), "the name '%s' is taken", name);
}

static void handles_state(struct xe_codec *c, struct xe_object *object)
{
    size_t n = xe_codec_count(c, "handles", object->handles, XE__HANDLES, 4);
    xe_handle handle = xe_codec_loading(c) ? 0 : xe_kernel_object_handle(object);

    for (size_t i = 0; i < n && !c->stopped; i++) {
        xe_codec_u32(c, "handle", &handle);
        if (xe_codec_loading(c))
            xe_codec_want(c, xe__kernel_handle_restore(object, handle), "handle 0x%x", handle);
        else
            handle = xe_kernel_object_handle_after(object, handle);
    }
}

/* Loading: where it says it lies, is there room for what it is, and is nobody else there? */
static void take_place(struct xe_codec *c, struct xe_object *object)
{
    struct xe_kernel *kernel = object->kernel;
    bool right = object->adopted ? xe__kernel_object_may_be_adopted(object)
                                 : xe__kernel_object_lies_in_block(object);

    if (!xe_codec_want(c, right, "body 0x%08x, header 0x%08x, block 0x%08x", object->body,
                       object->header, object->block) ||
        !xe_codec_want(
            c, object->adopted ? kernel->adopted < XE__ADOPTED : kernel->objects < XE__OBJECTS,
            "too many objects") ||
        !xe_codec_want(c,
                       !xe_kernel_object_at(kernel, object->body) &&
                           (!object->header || !xe_kernel_object_at(kernel, object->header)),
                       "two objects at 0x%08x", object->body))
        return;
    if (!xe__kernel_object_index(object))
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for objects");
    if (object->adopted)
        kernel->adopted++;
    else
        kernel->objects++;
}

void xe__kernel_object_state(struct xe_codec *c, struct xe_object *object)
{
    xe_codec_item(c, "object", object->id);
    XE_CODEC(c, object->body);
    XE_CODEC(c, object->header);
    XE_CODEC(c, object->block);
    XE_CODEC(c, object->adopted);
    XE_CODEC(c, object->permanent);
    XE_CODEC(c, object->guest_refs);
    XE_CODEC(c, object->kernel_refs);
    xe_codec_beside(c, true);
    XE_CODEC(c, object->announced);
    XE_CODEC(c, object->told_state);
    xe_codec_beside(c, false);
    if (xe_codec_loading(c) && !c->stopped)
        take_place(c, object);
    if (c->stopped)
        return;
    name_state(c, object);
    handles_state(c, object);
    object->type->state(c, object);
}

/* ---- all ------------------------------------------------------------------------------------ */

/* Adopted objects by last use: who is forgotten first depends on it. */
static void idle_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    size_t n = xe_codec_count(c, "adopted", kernel->adopted, XE__ADOPTED, 8);
    struct xe_object *object = xe_codec_loading(c) ? NULL : kernel->idle_oldest;

    xe_codec_want(c, n == kernel->adopted, "%zu of %u adopted objects in the list", n,
                  kernel->adopted);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        xe__kernel_state_object(c, "adopted", &object);
        if (!xe_codec_loading(c))
            object = object->idle_newer;
        else if (xe_codec_want(c, object && object->adopted && !xe__kernel_object_is_idle(object),
                               "place %zu of the adopted", i))
            xe__kernel_object_idle_append(object);
    }
}

void xe__kernel_objects_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    roster(c, kernel);
    for (struct xe_object *object = kernel->oldest; object && !c->stopped; object = object->newer)
        xe__kernel_object_state(c, object);
    xe_codec_item(c, NULL, 0);
    idle_state(c, kernel);
    xe_codec_up_to(c, "handle_next", &kernel->handle_next, XE__HANDLES - 1);
    XE_CODEC(c, kernel->next_object_id);
    xe_codec_want(c, !kernel->newest || kernel->next_object_id >= kernel->newest->id,
                  "next_object_id is an old one's");
}
