/* Source: doc/facts/kernel-calls.md, section 1.10 (as xenia has it). */
#include "kernel/core/notify.h"

#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/dispatcher.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/promise.h"

static void destroy(struct xe_object *object)
{
    xe_free(object->host.listener);
}

/* An event that is signaled while something is queued. */
const struct xe_object_type xe_object_notify_type = {
    .class = XE_OBJECT_NOTIFY,
    .name = "notify",
    .body_size = 0x10,
    .wait_offset = 0,
    .destroy = destroy,
    .state = xe__kernel_listener_state,
};

struct xe_object *xe_kernel_listener_create(struct xe_kernel *kernel, uint64_t areas,
                                            uint32_t version)
{
    struct xe_object *object = xe_kernel_object_create(kernel, &xe_object_notify_type, 0);

    if (!object)
        return NULL;
    object->host.listener = xe_calloc(1, sizeof(struct xe__listener));
    if (!object->host.listener) {
        xe_kernel_object_unref(object);
        return NULL;
    }
    object->host.listener->areas = areas;
    object->host.listener->version = version;
    xe_kernel_header_init(kernel, object->header, 0, 0);
    return object;
}

bool xe_kernel_listener_next(struct xe_object *listener, uint32_t key, uint32_t id,
                             struct xe_notification *ret)
{
    struct xe__listener *queue = listener->host.listener;
    uint32_t i = 0;

    while (i < queue->count && id && queue->entry[i].id != id)
        i++;
    if (i >= queue->count)
        return false;
    *ret = queue->entry[i];
    queue->count--;
    memmove(&queue->entry[i], &queue->entry[i + 1],
            (queue->count - i) * sizeof(struct xe_notification));
    if (!queue->count)
        xe_kernel_event_reset(listener, key);
    return true;
}

static bool hears(const struct xe__listener *listener, uint32_t id)
{
    uint32_t area = id >> 25 & 0x3F, version = id >> 16 & 0x1FF;

    return listener->areas >> area & 1 && version <= listener->version;
}

/* Guess: what there is no room for is lost; a title that lets so many wait would settle it. */
static void queue(struct xe_object *object, struct xe_notification what)
{
    struct xe__listener *listener = object->host.listener;

    if (listener->count == XE_NOTIFY_QUEUE) {
        xe_log_write(object->kernel->log, XE_LOG_WARN, "xam",
                     "notification 0x%08x is lost: %u wait for listener %u already", what.id,
                     XE_NOTIFY_QUEUE, xe_kernel_object_handle(object));
        return;
    }
    listener->entry[listener->count++] = what;
    xe_kernel_promise_keep_on(object->kernel, XE_PROMISE_NOTIFICATION, object->id, 0);
    xe_kernel_event_set(object, 0);
}

void xe_kernel_notify(struct xe_kernel *kernel, struct xe_notification what)
{
    for (struct xe_object *object = kernel->oldest; object; object = object->newer)
        if (object->type == &xe_object_notify_type && hears(object->host.listener, what.id))
            queue(object, what);
}

/* Guess: nothing lies between the two for us; a person would take longer, and what the title asked
 * for is told in between. Titles that go by both don't see a difference. */
void xe_kernel_notify_screen(struct xe_kernel *kernel)
{
    xe_kernel_notify(kernel, (struct xe_notification){XE_NOTIFY_SCREEN, 1});
    xe_kernel_notify(kernel, (struct xe_notification){XE_NOTIFY_SCREEN, 0});
}

void xe__kernel_listener_state(struct xe_codec *c, struct xe_object *object)
{
    struct xe__listener *listener = object->host.listener;

    if (!listener)
        listener = object->host.listener = xe_calloc(1, sizeof(*listener));
    if (!listener) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for a listener");
        return;
    }
    XE_CODEC(c, listener->areas);
    XE_CODEC(c, listener->version);
    listener->count = (uint32_t)xe_codec_count(c, "notifications", listener->count, XE_NOTIFY_QUEUE,
                                               sizeof(struct xe_notification));
    for (uint32_t i = 0; i < listener->count && !c->stopped; i++) {
        XE_CODEC(c, listener->entry[i].id);
        XE_CODEC(c, listener->entry[i].param);
    }
}
