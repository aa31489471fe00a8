/* KTIMERs: the timers that titles see, by handle or by pointer. Expiry signals the timer, queues
 * its DPC and its APC, and re-arms a periodic one at a fixed rate.
 *
 * The APC is one KAPC behind the KTIMER, as in NT's ETIMER: an expiry while it is still queued adds
 * nothing. It goes to who set the timer, whose list of timers ends with it: setting or cancelling
 * the timer takes it back, and a thread that ends cancels the timers whose APCs it was to get. */
#include "base/alloc.h"
#include "kernel/core/state.h"

static xe_gva apc_of(const struct xe__ktimer *host)
{
    return host->object->body + XE_X_TIMER_SIZE;
}

/* It belongs to no thread any more. */
static void drop_apc(struct xe__ktimer *host)
{
    if (host->apc_queued)
        xe_kernel_apc_take_back(host->apc_thread, host->apc_mode, apc_of(host));
    if (host->apc_thread)
        host->apc_thread->apc_timers--;
    host->apc_thread = NULL;
}

static void ktimer_destroy(struct xe_object *object)
{
    struct xe__ktimer *host = object->host.ktimer;

    if (!host)
        return;
    xe_kernel_timer_disarm(object->kernel, &host->timer);
    drop_apc(host);
    xe_free(host);
    object->host.ktimer = NULL;
}

const struct xe_object_type xe_object_timer_type = {
    .class = XE_OBJECT_TIMER,
    .name = "timer",
    .body_size = XE_X_TIMER_SIZE,
    .wait_offset = 0,
    .ordinal = XE_ORD_XBOXKRNL_ExTimerObjectType,
    .pool_tag = 0x656D6954,
    .destroy = ktimer_destroy,
    .state = xe__kernel_ktimer_state,
};

struct xe_object *xe_kernel_ktimer_create(struct xe_kernel *kernel, bool manual)
{
    struct xe_object *object =
        xe_kernel_object_create(kernel, &xe_object_timer_type, XE_X_APC_SIZE);

    if (object)
        xe_kernel_header_init(kernel, object->header, manual ? XE_X_TIMER_MANUAL : XE_X_TIMER_AUTO,
                              0);
    return object;
}

static struct xe__ktimer *host_of(struct xe_object *object)
{
    struct xe__ktimer *host = object->host.ktimer;

    if (host)
        return host;
    host = xe_calloc(1, sizeof(*host));
    if (!host)
        return NULL;
    host->object = object;
    host->timer.kind = XE_TIMER_KTIMER;
    host->timer.owner.ktimer = host;
    object->host.ktimer = host;
    return host;
}

/* Keep the fields that titles can look at in step: due time, inserted flag, DPC, period. */
static void show(const struct xe__ktimer *host)
{
    struct xe_mem *mem = host->object->kernel->mem;
    xe_gva at = host->object->header;

    xe_mem_set_u8(mem, at + XE_X_HEADER_INSERTED, xe_kernel_timer_armed(&host->timer));
    xe_mem_set_u64(mem, at + XE_X_TIMER_DUE, host->timer.due);
    xe_mem_set_u32(mem, at + XE_X_TIMER_DPC, host->dpc);
    xe_mem_set_u32(mem, at + XE_X_TIMER_PERIOD, host->period_ms);
}

static void rearm(struct xe__ktimer *host, uint64_t now)
{
    uint64_t period = (uint64_t)host->period_ms * XE_TIME_PER_MS, due = host->timer.due + period;

    /* Periods missed while idle time was skipped past them are not made up for. */
    if (due <= now)
        due = now + period - (now - host->timer.due) % period;
    xe_kernel_timer_arm(host->object->kernel, &host->timer, due);
}

static void queue_apc(struct xe__ktimer *host, uint64_t time)
{
    if (!host->apc_thread || host->apc_queued)
        return;
    host->apc_queued = true; /* it may run, and be gone, before this returns */
    if (!xe_kernel_apc_queue_timer(host->apc_thread, apc_of(host), host->apc_mode, time))
        host->apc_queued = false;
}

/* One that expires once is done with its thread when its APC has left the queue. */
void xe__kernel_ktimer_apc_gone(struct xe_thread *thread, xe_gva kapc)
{
    struct xe_object *object = xe_kernel_object_at(thread->kernel, kapc - XE_X_TIMER_SIZE);
    struct xe__ktimer *host =
        object && object->type == &xe_object_timer_type ? object->host.ktimer : NULL;

    if (!host || host->apc_thread != thread)
        return;
    host->apc_queued = false;
    if (!xe_kernel_timer_armed(&host->timer))
        drop_apc(host);
}

void xe__kernel_ktimer_expire(struct xe__ktimer *host)
{
    struct xe_object *object = host->object;
    struct xe_kernel *kernel = object->kernel;
    uint64_t time = xe_kernel_system_time(kernel);
    struct xe_kernel_scope outer = xe_kernel_internal_begin(kernel, "timer", &host->origin);

    xe_kernel_object_ref(object);
    if (host->period_ms) {
        rearm(host, xe_kernel_interrupt_time(kernel));
        xe_kernel_promise_keep_on(kernel, XE_PROMISE_TIMER, object->id, host->timer.due);
    } else {
        xe_kernel_promise_keep(kernel, XE_PROMISE_TIMER, object->id);
    }
    host->expiries++;
    host->last_expiry = xe_kernel_cycle(kernel);
    show(host);
    xe_kernel_signal(object,
                     &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL, .state = 1, .key = host->key});
    if (host->dpc)
        xe_kernel_dpc_insert(kernel, host->dpc, (uint32_t)time, (uint32_t)(time >> 32));
    queue_apc(host, time);
    xe_kernel_internal_end(kernel, outer);
    xe_kernel_object_unref(object);
}

/* Is a wait for it over, but for a signal that says so? */
static bool is_waited_out(const struct xe_object *timer)
{
    uint32_t index;

    for (const struct xe_wait_link *link = timer->first_waiter; link; link = link->next)
        if (xe__kernel_wait_satisfied(link->thread, &index))
            return true;
    return false;
}

/* Expiry can make a thread run by a DPC, an APC, or a state change somebody waits for; one without
 * a change wakes those whose other objects the title signaled by a store. */
bool xe__kernel_ktimer_hopeful(const struct xe__ktimer *host)
{
    return host->dpc || (host->apc_thread && !host->apc_queued) ||
           (host->object->waiters &&
            (!xe_kernel_object_signaled(host->object) || is_waited_out(host->object)));
}

/* A timer in the title's memory has no room for one, and can't be set with one. */
static void take_apc(struct xe__ktimer *host, const struct xe_ktimer_request *request)
{
    struct xe_mem *mem = host->object->kernel->mem;
    struct xe_thread *thread = host->object->kernel->running;

    host->apc = host->object->adopted ? 0 : request->apc;
    host->apc_context = request->apc_context;
    host->apc_mode = request->apc_mode;
    if (!host->apc || !thread)
        return;
    host->apc_thread = thread;
    thread->apc_timers++;
    xe_mem_set_u32(mem, apc_of(host) + XE_X_APC_NORMAL, host->apc);
    xe_mem_set_u32(mem, apc_of(host) + XE_X_APC_CONTEXT, host->apc_context);
}

/* Source: NT: a due time that is none from now on is absolute. */
static void show_absolute(const struct xe__ktimer *host, int64_t due)
{
    xe_mem_set_u8(host->object->kernel->mem, host->object->header + XE_X_HEADER_ABSOLUTE, due >= 0);
}

bool xe_kernel_ktimer_set(struct xe_object *object, const struct xe_ktimer_request *request)
{
    struct xe_kernel *kernel = object->kernel;
    struct xe__ktimer *host = host_of(object);
    struct xe_promise_site setter;
    bool was;

    if (!host)
        return false;
    was = xe_kernel_timer_disarm(kernel, &host->timer);
    drop_apc(host);
    host->period_ms = request->period_ms;
    host->dpc = request->dpc;
    take_apc(host, request);
    host->key = request->key;
    xe_kernel_site(kernel, &host->origin);
    /* Setting a timer clears it; that is no signal attempt and no reset by the guest's wish. */
    if (xe_kernel_object_signaled(object))
        xe_kernel_signal(
            object, &(struct xe_signal){.op = XE_AUDIT_OP_RESET, .state = 0, .key = request->key});
    if (!xe_kernel_timer_arm(kernel, &host->timer, xe_kernel_deadline(kernel, request->due)))
        xe_kernel_crash(kernel, &(struct xe_stop_info){.cause = XE_CAUSE_HOST_MEMORY}, "timers");
    setter = host->set;
    xe_kernel_promise_site_here(kernel, &host->set);
    host->many |= setter.src && setter.tid != host->set.tid;
    xe_kernel_promise_make(kernel,
                           &(struct xe_promise){.kind = XE_PROMISE_TIMER,
                                                .token = object->id,
                                                .object = object,
                                                .key = request->key ? request->key : object->header,
                                                .due = XE_PROMISE_AT,
                                                .due_time = host->timer.due});
    show(host);
    show_absolute(host, request->due);
    xe__kernel_record_timer(object, request->key, XE_AUDIT_OP_ARM, true);
    return was;
}

bool xe_kernel_ktimer_cancel(struct xe_object *object)
{
    struct xe__ktimer *host = object->host.ktimer;
    bool was;

    if (!host)
        return false;
    was = xe_kernel_timer_disarm(object->kernel, &host->timer);
    if (was)
        xe_kernel_promise_site_here(object->kernel, &host->cancelled);
    xe_kernel_promise_cancel(object->kernel, XE_PROMISE_TIMER, object->id);
    drop_apc(host);
    show(host);
    xe__kernel_record_timer(object, host->key, XE_AUDIT_OP_CANCEL, was);
    return was;
}

bool xe__kernel_ktimer_armed(const struct xe_object *object)
{
    const struct xe__ktimer *host = object->host.ktimer;

    return host && xe_kernel_timer_armed(&host->timer);
}

void xe__kernel_ktimer_info(const struct xe_object *object, struct xe_timer_info *ret)
{
    const struct xe__ktimer *host = object->host.ktimer;
    const struct xe_kernel *kernel = object->kernel;
    uint64_t left;

    *ret = (struct xe_timer_info){.object_id = object->id};
    if (!host)
        return;
    ret->was_set = true;
    ret->armed = xe_kernel_timer_armed(&host->timer);
    ret->period_ms = host->period_ms;
    ret->dpc = host->dpc;
    ret->apc = host->apc;
    ret->apc_tid = host->apc_thread ? host->apc_thread->tid : 0;
    ret->due_time = host->timer.due;
    left = ret->armed ? xe__kernel_clock_cycles_until(kernel, host->timer.due) : 0;
    if (ret->armed)
        ret->due_cycle = left > UINT64_MAX - kernel->cycle ? UINT64_MAX : kernel->cycle + left;
    ret->many = host->many;
    ret->set = host->set;
    ret->cancelled = host->cancelled;
    ret->expiries = host->expiries;
    ret->last_expiry = host->last_expiry;
}

/* The kernel goes, or another state is loaded: threads that timers name may be gone before them. */
void xe__kernel_ktimers_forget(struct xe_kernel *kernel)
{
    for (struct xe_object *object = kernel->oldest; object; object = object->newer)
        if (object->type == &xe_object_timer_type && object->host.ktimer) {
            object->host.ktimer->apc_queued = false;
            object->host.ktimer->apc_thread = NULL;
        }
}

#define LOOK_NS 5u

/* A thread ends. Source: NT, which keeps a list in each KTHREAD; here few threads have any. */
void xe__kernel_ktimer_rundown(struct xe_thread *thread)
{
    struct xe_object *object = thread->kernel->oldest, *newer;

    for (; object && thread->apc_timers; object = newer) {
        struct xe__ktimer *host =
            object->type == &xe_object_timer_type ? object->host.ktimer : NULL;

        newer = object->newer;
        xe_kernel_work(thread->kernel, LOOK_NS);
        if (host && host->apc_thread == thread)
            xe_kernel_ktimer_cancel(object);
    }
}

/* ---- state ---------------------------------------------------------------------------------- */

void xe__kernel_ktimer_state(struct xe_codec *c, struct xe_object *object)
{
    bool set = object->host.ktimer;
    struct xe__ktimer *host;

    xe_codec_bool(c, "was set", &set);
    if (!set || c->stopped)
        return;
    host = host_of(object);
    if (!host) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for timers");
        return;
    }
    XE_CODEC(c, host->timer.due);
    XE_CODEC(c, host->timer.seq);
    XE_CODEC(c, host->period_ms);
    XE_CODEC(c, host->dpc);
    XE_CODEC(c, host->apc);
    XE_CODEC(c, host->apc_context);
    xe_codec_enum(c, "apc_mode", &host->apc_mode, XE_APC_USER + 1);
    xe__kernel_state_thread(c, "apc_thread", &host->apc_thread);
    XE_CODEC(c, host->apc_queued);
    if (xe_codec_loading(c) && host->apc_thread)
        host->apc_thread->apc_timers++;
    xe_codec_beside(c, true);
    XE_CODEC(c, host->key);
    xe_kernel_promise_site_state(c, &host->set);
    xe_kernel_promise_site_state(c, &host->cancelled);
    XE_CODEC(c, host->expiries);
    XE_CODEC(c, host->last_expiry);
    XE_CODEC(c, host->many);
    xe_codec_beside(c, false);
    xe__kernel_site_state(c, &host->origin);
}
