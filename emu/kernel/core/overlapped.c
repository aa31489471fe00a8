/* Results of xam that come later; see overlapped.h. */
#include "kernel/core/overlapped.h"

#include "base/alloc.h"
#include "kernel/core/clock.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/state.h"

#define IO_PENDING 0x3E5u /* ERROR_IO_PENDING */
#define LATER_SIZE 56u    /* encoded: at least */

static void promise(struct xe_kernel *kernel, const struct xe__later *later)
{
    xe_kernel_promise_make(kernel, &(struct xe_promise){
                                       .kind = XE_PROMISE_OVERLAPPED,
                                       .token = xe_mem_canonical(later->at),
                                       .object = later->event,
                                       .key = later->event_key,
                                       .due = XE_PROMISE_AT,
                                       .due_time = later->due,
                                   });
}

/* ---- telling -------------------------------------------------------------------------------- */

static void free_later(struct xe__later *later)
{
    if (later->event)
        xe_kernel_object_unref(later->event);
    xe_kernel_object_unref(later->thread->object);
    xe_free(later);
}

/* What the guest is told, in order. A place that is no memory any more is the title's affair. */
static void tell(struct xe_kernel *kernel, const struct xe__later *later)
{
    const struct xe_overlapped_end *end = &later->end;

    xe_mem_set_u32(kernel->mem, later->at + XE_X_OVERLAPPED_EXTENDED, end->extended);
    xe_mem_set_u32(kernel->mem, later->at + XE_X_OVERLAPPED_LENGTH, end->length);
    xe_mem_set_u32(kernel->mem, later->at + XE_X_OVERLAPPED_RESULT, end->result);
    if (later->event)
        xe_kernel_event_set(later->event, later->event_key);
    if (later->routine)
        xe_kernel_apc_queue_user(later->thread, later->routine, end->result, end->length,
                                 later->at);
    if (later->event_key && !later->event)
        xe_kernel_promise_break(kernel, XE_PROMISE_OVERLAPPED, xe_mem_canonical(later->at));
    xe_kernel_promise_keep(kernel, XE_PROMISE_OVERLAPPED, xe_mem_canonical(later->at));
}

/* The one behind `older`, or the first, leaves the line and is told. */
static void complete(struct xe_kernel *kernel, struct xe__later *older, struct xe__later *later)
{
    struct xe__laters *laters = &kernel->laters;
    struct xe_kernel_scope outer = xe_kernel_internal_begin(kernel, "overlapped", &later->origin);

    *(older ? &older->newer : &laters->first) = later->newer;
    if (laters->last == later)
        laters->last = older;
    laters->count--;
    if (!older) {
        xe_kernel_timer_disarm(kernel, &laters->timer);
        if (laters->first)
            xe_kernel_timer_arm(kernel, &laters->timer, laters->first->due);
    }
    tell(kernel, later);
    free_later(later);
    xe_kernel_internal_end(kernel, outer);
}

void xe__kernel_laters_due(struct xe_kernel *kernel)
{
    complete(kernel, NULL, kernel->laters.first);
}

void xe_kernel_overlapped_now(struct xe_kernel *kernel, xe_gva at)
{
    struct xe__later *older = NULL, *later = kernel->laters.first;

    while (later) {
        struct xe__later *newer = later->newer;

        xe_kernel_work(kernel, 10);
        if (xe_mem_canonical(later->at) == xe_mem_canonical(at))
            complete(kernel, older, later);
        else
            older = later;
        later = newer;
    }
}

/* ---- beginning ------------------------------------------------------------------------------ */

static struct xe__later *make(struct xe_kernel *kernel, xe_gva at,
                              const struct xe_overlapped_end *end)
{
    struct xe__later *later =
        kernel->laters.count < XE__LATERS ? xe_calloc(1, sizeof(*later)) : NULL;
    uint32_t key = xe_mem_u32(kernel->mem, at + XE_X_OVERLAPPED_EVENT);
    struct xe_object *event = key ? xe_kernel_handle_object(kernel, key) : NULL;

    if (!later)
        return NULL;
    *later = (struct xe__later){
        .at = at,
        .routine = xe_mem_u32(kernel->mem, at + XE_X_OVERLAPPED_ROUTINE),
        .event = event && event->type == &xe_object_event_type ? event : NULL,
        .thread = kernel->running,
        .event_key = key,
        .end = *end,
        .due = xe_kernel_interrupt_time(kernel) + kernel->config.io_latency_us * 10,
    };
    xe_kernel_site(kernel, &later->origin);
    return later;
}

bool xe_kernel_overlapped_later(struct xe_kernel *kernel, xe_gva at,
                                const struct xe_overlapped_end *end)
{
    struct xe__laters *laters = &kernel->laters;
    struct xe__later *later = make(kernel, at, end);

    if (!later || (!laters->first && !xe_kernel_timer_arm(kernel, &laters->timer, later->due))) {
        xe_free(later);
        return false;
    }
    later->id = ++laters->last_id;
    *(laters->last ? &laters->last->newer : &laters->first) = later;
    laters->last = later;
    laters->count++;
    xe_kernel_object_ref(later->thread->object);
    xe_mem_set_u32(kernel->mem, at + XE_X_OVERLAPPED_RESULT, IO_PENDING);
    if (later->event) {
        xe_kernel_object_ref(later->event);
        xe_kernel_signal(later->event, &(struct xe_signal){.op = XE_AUDIT_OP_RESET,
                                                           .state = 0,
                                                           .key = later->event_key,
                                                           .silent = true});
    }
    promise(kernel, later);
    return true;
}

/* ---- state ---------------------------------------------------------------------------------- */

void xe__kernel_laters_init(struct xe_kernel *kernel)
{
    kernel->laters.timer = (struct xe_timer){.kind = XE_TIMER_OVERLAPPED};
}

void xe__kernel_laters_forget(struct xe_kernel *kernel)
{
    for (struct xe__later *later = kernel->laters.first, *newer; later; later = newer) {
        newer = later->newer;
        xe_free(later);
    }
    kernel->laters = (struct xe__laters){.count = 0};
    xe__kernel_laters_init(kernel);
}

void xe__kernel_later_state(struct xe_codec *c, struct xe__later *later)
{
    XE_CODEC(c, later->id);
    XE_CODEC(c, later->at);
    XE_CODEC(c, later->routine);
    xe__kernel_state_object(c, "event", &later->event);
    xe__kernel_state_thread(c, "thread", &later->thread);
    XE_CODEC(c, later->end.result);
    XE_CODEC(c, later->end.extended);
    XE_CODEC(c, later->end.length);
    XE_CODEC(c, later->due);
    xe_codec_beside(c, true);
    XE_CODEC(c, later->event_key);
    xe_codec_beside(c, false);
    xe__kernel_site_state(c, &later->origin);
}

/* Loading: does it fit in behind the one before it? */
static void check(struct xe_codec *c, const struct xe__laters *laters,
                  const struct xe__later *later, const struct xe__later *older)
{
    xe_codec_want(c, !later->event || later->event->type == &xe_object_event_type,
                  "a result with no event");
    xe_codec_want(c,
                  later->thread && later->id && later->id <= laters->last_id &&
                      (!older || (older->due <= later->due && older->id < later->id)),
                  "a result of nobody, or out of place");
}

static void load_one(struct xe_codec *c, struct xe__laters *laters)
{
    struct xe__later *later = xe_calloc(1, sizeof(*later)), *older = laters->last;

    if (!later) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for results");
        return;
    }
    *(older ? &older->newer : &laters->first) = later;
    laters->last = later;
    laters->count++;
    xe__kernel_later_state(c, later);
    if (!c->stopped)
        check(c, laters, later, older);
}

void xe__kernel_laters_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    struct xe__laters *laters = &kernel->laters;
    struct xe__later *later = laters->first;
    size_t n;

    XE_CODEC(c, laters->last_id);
    n = xe_codec_count(c, "results", laters->count, XE__LATERS, LATER_SIZE);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        xe_codec_item(c, "result", later ? later->id : 0);
        if (xe_codec_loading(c)) {
            load_one(c, laters);
        } else if (later) {
            xe__kernel_later_state(c, later);
            later = later->newer;
        }
    }
    xe_codec_item(c, NULL, 0);
    if (xe_codec_loading(c) && !c->stopped && laters->first)
        laters->timer.due = laters->first->due;
}

void xe__kernel_laters_hold(const struct xe_kernel *kernel,
                            void (*fn)(void *ctx, const struct xe_object *object), void *ctx)
{
    for (const struct xe__later *later = kernel->laters.first; later; later = later->newer) {
        if (later->event)
            fn(ctx, later->event);
        fn(ctx, later->thread->object);
    }
}
