/* The heap of timed events: smallest (due, seq) on top; each event knows its place, so arming and
 * disarming are logarithmic. */
#include "kernel/core/timer.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "kernel/core/state.h"

#define FIRE_NS 300u /* out of the heap, and what it does */
#define HOPE_NS 10u

static bool earlier(const struct xe_timer *a, const struct xe_timer *b)
{
    return a->due != b->due ? a->due < b->due : a->seq < b->seq;
}

static void place(struct xe_kernel *kernel, size_t slot, struct xe_timer *timer)
{
    kernel->heap[slot - 1] = timer;
    timer->slot = (uint32_t)slot;
}

static void sift_up(struct xe_kernel *kernel, size_t slot, struct xe_timer *timer)
{
    while (slot > 1 && earlier(timer, kernel->heap[slot / 2 - 1])) {
        place(kernel, slot, kernel->heap[slot / 2 - 1]);
        slot /= 2;
    }
    place(kernel, slot, timer);
}

static void sift_down(struct xe_kernel *kernel, size_t slot, struct xe_timer *timer)
{
    size_t child;

    while ((child = slot * 2) <= kernel->heap_count) {
        if (child < kernel->heap_count && earlier(kernel->heap[child], kernel->heap[child - 1]))
            child++;
        if (!earlier(kernel->heap[child - 1], timer))
            break;
        place(kernel, slot, kernel->heap[child - 1]);
        slot = child;
    }
    place(kernel, slot, timer);
}

bool xe_kernel_timer_armed(const struct xe_timer *timer)
{
    return timer->slot != 0;
}

bool xe_kernel_timer_disarm(struct xe_kernel *kernel, struct xe_timer *timer)
{
    size_t slot = timer->slot;
    struct xe_timer *last;

    if (!slot)
        return false;
    timer->slot = 0;
    if (kernel->hopeful == timer)
        kernel->hopeful = NULL;
    last = kernel->heap[--kernel->heap_count];
    if (last != timer) {
        sift_down(kernel, slot, last);
        sift_up(kernel, last->slot, last);
    }
    return true;
}

bool xe_kernel_timer_arm(struct xe_kernel *kernel, struct xe_timer *timer, uint64_t due)
{
    xe_kernel_timer_disarm(kernel, timer);
    if (!xe_grow(&kernel->heap, &kernel->heap_capacity, kernel->heap_count, sizeof(*kernel->heap)))
        return false;
    timer->due = due;
    timer->seq = ++kernel->next_timer_seq;
    kernel->heap_count++;
    sift_up(kernel, kernel->heap_count, timer);
    if (!kernel->hopeful && timer->kind == XE_TIMER_WAIT)
        kernel->hopeful = timer;
    return true;
}

uint64_t xe__kernel_timer_next_due(const struct xe_kernel *kernel)
{
    return kernel->heap_count ? kernel->heap[0]->due : UINT64_MAX;
}

static void fire(struct xe_kernel *kernel, struct xe_timer *timer)
{
    switch (timer->kind) {
    case XE_TIMER_KTIMER:
        xe__kernel_ktimer_expire(timer->owner.ktimer);
        break;
    case XE_TIMER_DEVICE:
        xe__kernel_bus_tick(kernel, timer->owner.device);
        break;
    case XE_TIMER_IO:
        xe__kernel_io_due(kernel, timer->owner.device);
        break;
    case XE_TIMER_OVERLAPPED:
        xe__kernel_laters_due(kernel);
        break;
    default:
        xe__kernel_wait_timed_out(timer->owner.thread);
        break;
    }
}

bool xe__kernel_timer_hopeful(const struct xe_kernel *kernel, const struct xe_timer *timer)
{
    if (timer->due > XE_TIME_END)
        return false;
    switch (timer->kind) {
    case XE_TIMER_KTIMER:
        return xe__kernel_ktimer_hopeful(timer->owner.ktimer);
    case XE_TIMER_DEVICE:
        return xe__kernel_bus_hopeful(kernel, timer->owner.device);
    default:
        return true; /* the end of a wait, or of a request, is somebody's */
    }
}

void xe__kernel_timer_fire_due(struct xe_kernel *kernel)
{
    uint64_t now = xe_kernel_interrupt_time(kernel);
    struct xe_timer *timer;

    while (kernel->heap_count && kernel->heap[0]->due <= now) {
        timer = kernel->heap[0];
        xe_kernel_work(kernel, FIRE_NS);
        xe_kernel_timer_disarm(kernel, timer);
        fire(kernel, timer);
    }
}

/* May any armed event still make a thread run? Asked at each jump over idle time: many timers that
 * nobody waits for would be looked at each time that one of them expires, so the event that said so
 * last is asked first. Whichever it is makes no difference to the answer. */
bool xe__kernel_timer_hope(struct xe_kernel *kernel)
{
    if (kernel->hopeful && xe__kernel_timer_hopeful(kernel, kernel->hopeful))
        return true;
    for (size_t i = 0; i < kernel->heap_count; i++) {
        xe_kernel_work(kernel, HOPE_NS);
        if (xe__kernel_timer_hopeful(kernel, kernel->heap[i])) {
            kernel->hopeful = kernel->heap[i];
            return true;
        }
    }
    return false;
}

/* ---- state ---------------------------------------------------------------------------------- */

static int by_order(const void *a, const void *b)
{
    const struct xe_timer *const *x = a, *const *y = b;

    return earlier(*x, *y) ? -1 : earlier(*y, *x);
}

/* A heap in order is still a heap, and its order tells no history. */
static void sort(struct xe_kernel *kernel)
{
    if (kernel->heap_count > 1)
        qsort(kernel->heap, kernel->heap_count, sizeof(struct xe_timer *), by_order);
    for (size_t i = 0; i < kernel->heap_count; i++)
        kernel->heap[i]->slot = (uint32_t)i + 1;
}

/* A mount's, if it has something to do. */
static struct xe_timer *io_timer(struct xe_codec *c, uint32_t *device)
{
    struct xe__io_queue *queue;

    xe_codec_enum(c, "owner", device, XE_VFS_MOUNTS);
    queue = &xe__state_kernel(c)->ios.queue[c->stopped ? 0 : *device];
    return queue->first ? &queue->timer : NULL;
}

/* Whose event it is; when loading, the event in what was loaded. */
static struct xe_timer *owner_state(struct xe_codec *c, struct xe_timer *timer)
{
    uint32_t kind = timer ? timer->kind : 0;
    struct xe_thread *thread = timer && kind == XE_TIMER_WAIT ? timer->owner.thread : NULL;
    struct xe_object *object =
        timer && kind == XE_TIMER_KTIMER ? timer->owner.ktimer->object : NULL;
    uint32_t device =
        timer && (kind == XE_TIMER_DEVICE || kind == XE_TIMER_IO) ? timer->owner.device : 0;

    xe_codec_enum(c, "kind", &kind, XE_TIMER_KINDS);
    if (kind == XE_TIMER_WAIT) {
        xe__kernel_state_thread(c, "owner", &thread);
        return thread ? &thread->wait.timer : NULL;
    }
    if (kind == XE_TIMER_DEVICE) {
        xe_codec_enum(c, "owner", &device, XE_DEVICES);
        return xe__kernel_bus_timer(xe__state_kernel(c), device);
    }
    if (kind == XE_TIMER_IO)
        return io_timer(c, &device);
    if (kind == XE_TIMER_OVERLAPPED)
        return xe__state_kernel(c)->laters.first ? &xe__state_kernel(c)->laters.timer : NULL;
    xe__kernel_state_object(c, "owner", &object);
    return object && object->type == &xe_object_timer_type && object->host.ktimer
               ? &object->host.ktimer->timer
               : NULL;
}

/* Waits and guest timers tell theirs with what else they are; those of devices, mounts and results
 * are told here. */
static void when_state(struct xe_codec *c, struct xe_timer *timer)
{
    if (timer->kind != XE_TIMER_WAIT && timer->kind != XE_TIMER_KTIMER) {
        uint64_t due = timer->due;

        XE_CODEC(c, timer->due);
        xe_codec_want(c, timer->kind == XE_TIMER_DEVICE || timer->due == due,
                      "a request is done when it is not");
        XE_CODEC(c, timer->seq);
    } else {
        xe_codec_fixed(c, "due", timer->due);
    }
}

/* Of all that are armed. */
static uint64_t last_seq(const struct xe_kernel *kernel)
{
    uint64_t seq = 0;

    for (size_t i = 0; i < kernel->heap_count; i++)
        if (kernel->heap[i]->seq > seq)
            seq = kernel->heap[i]->seq;
    return seq;
}

void xe__kernel_timers_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    size_t n;

    sort(kernel);
    n = xe_codec_count(c, "events", kernel->heap_count, UINT32_MAX, 16);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        struct xe_timer *timer = owner_state(c, xe_codec_loading(c) ? NULL : kernel->heap[i]);

        if (!xe_codec_want(c, timer && !timer->slot, "event %zu is nobody's, or armed twice", i))
            return;
        when_state(c, timer);
        if (!xe_codec_loading(c) || c->stopped)
            continue;
        xe_codec_want(c, !i || earlier(kernel->heap[i - 1], timer), "event %zu is out of order", i);
        if (!xe_grow(&kernel->heap, &kernel->heap_capacity, i, sizeof(*kernel->heap))) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for events");
            return;
        }
        kernel->heap_count = i + 1;
        place(kernel, i + 1, timer);
    }
    XE_CODEC(c, kernel->next_timer_seq);
    xe_codec_want(c, kernel->next_timer_seq >= last_seq(kernel), "next_timer_seq is an old one's");
}
