/* Who can release a wait: the owner, the thread itself, a timer's time, those who did before. */
#include "kernel/core/release.h"

#include "kernel/core/kernel_internal.h"

#define IRQL_DISPATCH 2u

/* ---- threads -------------------------------------------------------------------------------- */

struct xe_thread *xe_kernel_thread_first(const struct xe_kernel *kernel)
{
    return kernel->first_thread;
}

/* What is due behind the end of time has no end. */
static void set_until(const struct xe_kernel *kernel, uint64_t due, struct xe_producer *ret)
{
    uint64_t now = xe_kernel_interrupt_time(kernel),
             cycles = xe__kernel_clock_cycles_until(kernel, due);

    if (due > XE_TIME_END)
        return;
    ret->until_100ns = due > now && due - now < INT64_MAX ? (int64_t)(due - now) : 0;
    ret->until_cycle =
        cycles < XE_CYCLE_NONE - 1 - kernel->cycle ? kernel->cycle + cycles : XE_CYCLE_NONE - 1;
}

/* Who keeps a thread that is ready from running: who has its hardware thread and doesn't make way
 * for it. NULL: nobody. */
static const struct xe_thread *starver(const struct xe_thread *thread)
{
    const struct xe_thread *current = thread->kernel->hw[thread->hw].current;

    if (!current || current == thread || current->system)
        return NULL;
    return current->priority > thread->priority || current->irql >= IRQL_DISPATCH ? current : NULL;
}

/* For ever, for what somebody outside may do, or where nobody is. */
static bool waits_for_network(const struct xe_wait *wait)
{
    return !wait->timed && (wait->end == XE_WAIT_END_SOCKET || wait->park == XE_AUDIT_PARK_NETWORK);
}

uint32_t xe_kernel_thread_wait_objects(const struct xe_thread *thread)
{
    return thread->wait.park == XE_AUDIT_PARK_NETWORK ? 0 : thread->wait.count;
}

static void stand_in_wait(const struct xe_thread *thread, struct xe_producer *ret)
{
    const struct xe_wait *wait = &thread->wait;

    ret->wait_objects = xe_kernel_thread_wait_objects(thread);
    ret->standing = waits_for_network(wait) ? XE_STANDS_NETWORK
                    : ret->wait_objects     ? XE_STANDS_WAITING
                                            : XE_STANDS_SLEEPING;
    ret->since_cycle = wait->since_cycle;
    ret->timed = wait->timed && wait->timer.due <= XE_TIME_END;
    ret->alertable = wait->alertable;
    ret->suspended = thread->suspend_count > 0;
    ret->wait_all = wait->all;
    if (ret->timed)
        set_until(thread->kernel, wait->timer.due, ret);
    if (ret->wait_objects) {
        ret->waits_on = xe__kernel_key(wait->link[0].object, wait->link[0].key);
        ret->waits_on_id = wait->link[0].object->id;
    }
}

static void stand_ready(const struct xe_thread *thread, struct xe_producer *ret)
{
    const struct xe_thread *other = thread->state == XE_THREAD_READY ? starver(thread) : NULL;

    ret->standing = other ? XE_STANDS_STARVED : XE_STANDS_RUNNING;
    ret->by_tid = other ? other->tid : 0;
    ret->since_cycle = other ? thread->ready_cycle : 0;
}

/* Whose wait was interrupted by its suspension would go on with it, unless all is there by now. */
bool xe_kernel_thread_waits(const struct xe_thread *thread)
{
    uint32_t index;

    return thread->wait.parked || (thread->wait.held && thread->state == XE_THREAD_SUSPENDED &&
                                   !xe__kernel_wait_satisfied(thread, &index));
}

void xe_kernel_thread_standing(const struct xe_thread *thread, struct xe_producer *ret)
{
    *ret = (struct xe_producer){.tid = thread->tid,
                                .name = thread->name,
                                .until_cycle = XE_CYCLE_NONE,
                                .last_progress_cycle = thread->last_progress_cycle,
                                .last_export = thread->last_export,
                                .last_export_cycle = thread->last_export_cycle};
    if (thread->state == XE_THREAD_TERMINATED) {
        ret->standing = XE_STANDS_ENDED;
        ret->since_cycle = thread->ended_cycle;
        ret->exit_code = thread->exit_code;
    } else if (xe_kernel_thread_waits(thread) && !(thread->suspend_count && !thread->wait.count)) {
        stand_in_wait(thread, ret); /* no time ends the delay of one that is suspended */
    } else if (thread->suspend_count) {
        ret->standing = thread->fresh ? XE_STANDS_NOT_STARTED : XE_STANDS_SUSPENDED;
        ret->by_tid = thread->suspender_tid;
        ret->since_cycle = thread->suspended_cycle;
    } else {
        stand_ready(thread, ret);
    }
}

/* One that has a number and no record any more has ended. */
static void stand_by_id(const struct xe_kernel *kernel, uint32_t tid, struct xe_producer *ret)
{
    const struct xe_thread *thread = xe_kernel_thread_by_id(kernel, tid);

    if (thread)
        xe_kernel_thread_standing(thread, ret);
    else
        *ret = (struct xe_producer){
            .tid = tid, .name = "", .standing = XE_STANDS_ENDED, .until_cycle = XE_CYCLE_NONE};
}

/* A kernel APC ends any wait for its time, a user APC only one that is alertable. To be suspended
 * is no way to go on. */
bool xe_kernel_thread_is_promised(const struct xe_thread *thread)
{
    size_t suspensions = xe__kernel_apc_is_queued(thread, XE_APC_SUSPENDS);

    return thread->apcs[XE_APC_KERNEL].count > suspensions ||
           (thread->apcs[XE_APC_USER].count && thread->wait.alertable);
}

bool xe_kernel_thread_posters(const struct xe_thread *thread,
                              void (*fn)(void *ctx, const struct xe_producer *producer), void *ctx)
{
    for (uint32_t i = 0; i < thread->posters && i < XE_THREAD_POSTERS; i++) {
        const struct xe_poster *who = &thread->poster[i];
        struct xe_producer it = {
            .name = "", .what = "dpc", .standing = XE_STANDS_HOST, .until_cycle = XE_CYCLE_NONE};

        if (who->tid == thread->tid)
            continue;
        if (who->tid)
            stand_by_id(thread->kernel, who->tid, &it);
        it.kind = XE_PRODUCER_APC;
        it.acts = who->acts;
        it.last_cycle = who->last_cycle;
        it.last_src = who->src;
        it.last_lr = who->lr;
        it.longest_gap = who->longest_gap;
        fn(ctx, &it);
    }
    return thread->posters <= XE_THREAD_POSTERS;
}

bool xe_kernel_thread_keeps_timing_out(const struct xe_thread *thread)
{
    return thread->wait.parked && thread->wait.timed && thread->timeouts > 0 &&
           thread->timeout_lr == thread->wait.lr;
}

uint64_t xe_kernel_thread_rounds(const struct xe_thread *thread, uint64_t since)
{
    uint64_t begun = thread->timeout_cycle, now = thread->wait.since_cycle;

    if (!xe_kernel_thread_keeps_timing_out(thread) || now <= since)
        return 0;
    if (begun >= since)
        return thread->timeouts;
    return (uint64_t)((unsigned __int128)thread->timeouts * (now - since) / (now - begun));
}

/* ---- by nature ------------------------------------------------------------------------------ */

struct telling {
    void (*fn)(void *ctx, const struct xe_producer *producer);
    void *ctx;
    const struct xe_object *object;
};

static void tell(const struct telling *to, enum xe_producer_kind kind, struct xe_producer *producer)
{
    producer->kind = kind;
    to->fn(to->ctx, producer);
}

static xe_gva owner_word(const struct xe_object *object)
{
    bool mutant = object->type->class == XE_OBJECT_MUTANT;

    return xe_mem_u32(object->kernel->mem,
                      object->header + (mutant ? XE_X_MUTANT_OWNER : XE_X_CS_OWNER));
}

/* A lock that somebody holds. That an owner has no record any more says that it has ended. */
static void tell_owner(const struct telling *to)
{
    struct xe_kernel *kernel = to->object->kernel;
    xe_gva owner = owner_word(to->object);
    const struct xe_thread *thread = xe_kernel_thread_at(kernel, owner);
    struct xe_producer it;

    if (!owner || xe_kernel_object_signaled(to->object))
        return;
    stand_by_id(kernel, thread ? thread->tid : 0, &it);
    tell(to, XE_PRODUCER_OWNER, &it);
}

static bool is_in(const struct xe_thread *thread, const struct xe_object *object)
{
    xe_gva lock = object->header - (xe__kernel_header_type(object) == XE_X_SEMAPHORE
                                        ? XE_X_RW_READER_SEMAPHORE
                                        : XE_X_RW_WRITER_EVENT);

    for (uint32_t i = 0; i < thread->rw_helds; i++)
        if (thread->rw_held[i] == lock)
            return true;
    return false;
}

/* Those who are in a read/write lock, as far as that is remembered. */
static void tell_inside(const struct telling *to)
{
    struct xe_producer it;

    for (const struct xe_thread *t = to->object->kernel->first_thread; t; t = t->tid_next)
        if (is_in(t, to->object)) {
            xe_kernel_thread_standing(t, &it);
            tell(to, XE_PRODUCER_OWNER, &it);
        }
}

static void tell_thread(const struct telling *to)
{
    struct xe_producer it;

    if (!to->object->host.thread)
        return;
    xe_kernel_thread_standing(to->object->host.thread, &it);
    tell(to, XE_PRODUCER_THREAD, &it);
}

static enum xe_standing timer_standing(const struct xe_timer_info *timer)
{
    if (!timer->was_set)
        return XE_STANDS_UNARMED;
    if (timer->armed)
        return XE_STANDS_ARMED;
    return timer->cancelled.src && timer->cancelled.cycle >= timer->set.cycle ? XE_STANDS_CANCELLED
                                                                              : XE_STANDS_EXPIRED;
}

/* Its time; who armed it last, and who took it back. */
static void tell_timer(const struct telling *to)
{
    struct xe_producer it = {.name = "", .until_cycle = XE_CYCLE_NONE};
    struct xe_timer_info timer;

    xe__kernel_ktimer_info(to->object, &timer);
    it.standing = timer_standing(&timer);
    it.tid = timer.set.tid;
    it.acts = timer.expiries;
    it.last_src = timer.set.src;
    it.last_lr = timer.set.lr;
    it.last_cycle = timer.set.cycle;
    if (it.standing == XE_STANDS_ARMED)
        set_until(to->object->kernel, timer.due_time, &it);
    if (it.standing == XE_STANDS_CANCELLED) {
        it.by_tid = timer.cancelled.tid;
        it.since_cycle = timer.cancelled.cycle;
    } else if (it.standing == XE_STANDS_EXPIRED) {
        it.since_cycle = timer.last_expiry;
    }
    tell(to, XE_PRODUCER_TIMER, &it);
}

/* Entries are there, but as many threads as may are at work on others. */
static void tell_servers(const struct telling *to)
{
    struct xe_producer it;

    if (!xe_kernel_object_signaled(to->object) || xe__kernel_queue_ready(to->object, NULL))
        return;
    for (const struct xe_thread *t = to->object->kernel->first_thread; t; t = t->tid_next)
        if (t->queue == to->object) {
            xe_kernel_thread_standing(t, &it);
            tell(to, XE_PRODUCER_SERVER, &it);
        }
}

/* ---- by history ----------------------------------------------------------------------------- */

/* The kernel's own threads are the machine: they run what DPCs ask for. */
static bool is_host(const struct xe_audit_signaller *who)
{
    return !who->guest || !who->tid || who->tid >= XE_TID_SYSTEM;
}

/* Who serves an interrupt does so for whatever raises it; what a thread has asked for is done only
 * when it asks again. */
static void stand_as_host(const struct xe_kernel *kernel, const struct xe_audit_signaller *who,
                          struct xe_producer *ret)
{
    ret->standing = XE_STANDS_HOST;
    ret->what = who->guest ? "dpc" : who->src;
    ret->for_tid = who->guest ? 0 : who->origin_tid;
    if (!who->interrupt)
        return;
    ret->what = xe_promise_kind_name(who->interrupt - 1);
    if (!kernel->line[XE_DEVICE_GPU].routine)
        ret->standing = XE_STANDS_CANCELLED;
}

static void tell_signaller(const struct telling *to, const struct xe_audit_signaller *who)
{
    struct xe_producer it = {.name = "", .until_cycle = XE_CYCLE_NONE};

    if (is_host(who)) {
        stand_as_host(to->object->kernel, who, &it);
    } else {
        stand_by_id(to->object->kernel, who->tid, &it);
    }
    it.acts = who->acts;
    it.last_seq = who->seq;
    it.last_cycle = who->cycle;
    it.last_src = who->src;
    it.last_lr = who->lr;
    it.longest_gap = who->longest_gap;
    tell(to, is_host(who) ? XE_PRODUCER_HOST : XE_PRODUCER_SIGNALLER, &it);
}

static void tell_signallers(const struct telling *to)
{
    struct xe_audit_signaller who[XE_AUDIT_SIGNALLERS];
    struct xe_audit_history history;
    uint32_t n = xe_audit_signallers(to->object->kernel->audit, to->object->id, who, &history);

    for (uint32_t i = 0; i < n; i++)
        tell_signaller(to, &who[i]);
}

/* ---- promises ------------------------------------------------------------------------------- */

static void tell_promise(void *ctx, const struct xe_promise_info *info)
{
    const struct telling *to = ctx;
    struct xe_producer it = {.name = "",
                             .what = xe_promise_kind_name(info->kind),
                             .tid = info->made.tid,
                             .standing =
                                 info->due == XE_PROMISE_NEVER ? XE_STANDS_NEVER : XE_STANDS_ARMED,
                             .until_cycle = XE_CYCLE_NONE,
                             .acts = info->kept,
                             .last_src = info->made.src,
                             .last_lr = info->made.lr,
                             .last_cycle = info->made.cycle};

    /* The timer has told it itself; an APC runs on its thread, whose end it doesn't promise. */
    if (info->kind == XE_PROMISE_TIMER || info->kind == XE_PROMISE_APC)
        return;
    if (info->due == XE_PROMISE_AT)
        set_until(to->object->kernel, info->due_time, &it);
    tell(to, XE_PRODUCER_PROMISE, &it);
}

/* ---- an object ------------------------------------------------------------------------------ */

static void tell_natural(const struct telling *to)
{
    switch (to->object->type->class) {
    case XE_OBJECT_MUTANT:
    case XE_OBJECT_CRITICAL_SECTION:
        tell_owner(to);
        break;
    case XE_OBJECT_RW_LOCK:
        tell_inside(to);
        break;
    case XE_OBJECT_THREAD:
        tell_thread(to);
        break;
    case XE_OBJECT_TIMER:
        tell_timer(to);
        break;
    case XE_OBJECT_QUEUE:
    case XE_OBJECT_IO_COMPLETION:
        tell_servers(to);
        tell_signallers(to);
        break;
    default:
        tell_signallers(to);
    }
}

void xe_kernel_object_producers(const struct xe_object *object,
                                void (*fn)(void *ctx, const struct xe_producer *producer),
                                void *ctx)
{
    struct telling to = {fn, ctx, object};

    if (!object->header)
        return;
    tell_natural(&to);
    xe_kernel_promises_of(object->kernel, object->id, tell_promise, &to);
}

static bool is_by_nature(const struct xe_object *object)
{
    switch (object->type->class) {
    case XE_OBJECT_MUTANT:
    case XE_OBJECT_CRITICAL_SECTION:
        return owner_word(object) != 0 && !xe_kernel_object_signaled(object);
    case XE_OBJECT_THREAD:
        return object->host.thread != NULL;
    case XE_OBJECT_RW_LOCK:
        for (const struct xe_thread *t = object->kernel->first_thread; t; t = t->tid_next)
            if (is_in(t, object))
                return true;
        return false;
    default:
        return false;
    }
}

void xe_kernel_object_released(const struct xe_object *object, struct xe_released *ret)
{
    struct xe_audit_signaller who[XE_AUDIT_SIGNALLERS];
    struct xe_audit_history history;
    xe_handle handle = xe_kernel_object_handle(object);
    struct xe_timer_info timer = {0};

    if (object->type == &xe_object_timer_type)
        xe__kernel_ktimer_info(object, &timer);
    xe_audit_signallers(object->kernel->audit, object->id, who, &history);
    *ret = (struct xe_released){
        .object_id = object->id,
        .key = handle ? handle : object->header,
        .type = object->type->name,
        .name = object->name ? object->name : "",
        .address = object->body,
        .signaled = xe_kernel_object_signaled(object),
        .by_nature = object->header && is_by_nature(object),
        .complete = history.complete && !timer.many,
        .closed = !object->adopted && !object->handles && !object->guest_refs,
        .waiters = object->waiters,
        .has_creator = history.created.seq != 0,
        .created = history.created,
    };
    if (object->header)
        xe_kernel_object_kind(object, &ret->kind);
}

bool xe_kernel_object_takeable(const struct xe_object *object, const struct xe_thread *thread)
{
    return object->header && xe__kernel_satisfiable(object, thread);
}

const struct xe_object *xe_kernel_object_by_id(const struct xe_kernel *kernel, uint64_t id)
{
    const struct xe_object *object = kernel->newest;

    while (object && object->id != id)
        object = object->older;
    return object;
}

/* ---- the whole ------------------------------------------------------------------------------ */

struct armed {
    bool anything, fresh;
};

/* A promise to nothing in particular that isn't told elsewhere: an APC is its thread's. */
static void note_anything(void *ctx, const struct xe_promise_info *info)
{
    struct armed *armed = ctx;

    if (info->object_id || info->kind == XE_PROMISE_APC || info->due == XE_PROMISE_NEVER ||
        info->kind == XE_PROMISE_GPU_COMMANDS || info->kind == XE_PROMISE_GPU_INTERRUPT ||
        info->kind == XE_PROMISE_VBLANK)
        return;
    armed->anything = true;
    armed->fresh |= !info->kept;
}

bool xe_kernel_armed(const struct xe_kernel *kernel, void (*apc)(void *ctx, uint32_t tid),
                     void *ctx, bool *ret_fresh)
{
    struct armed armed = {false, false};

    for (size_t i = 0; i < kernel->heap_count; i++) {
        const struct xe_timer *timer = kernel->heap[i];

        if (timer->kind != XE_TIMER_KTIMER || timer->due == UINT64_MAX)
            continue;
        armed.anything |= timer->owner.ktimer->dpc != 0;
        armed.fresh |= timer->owner.ktimer->dpc != 0 && !timer->owner.ktimer->expiries;
        if (timer->owner.ktimer->apc_thread)
            apc(ctx, timer->owner.ktimer->apc_thread->tid);
    }
    for (uint32_t hw = 0; hw < XE_KERNEL_HW_THREADS; hw++)
        armed.anything |= armed.fresh |= kernel->hw[hw].dpc_count != 0;
    xe_kernel_promises(kernel, note_anything, &armed);
    *ret_fresh = armed.fresh;
    return armed.anything;
}

static bool comes_somewhere(const struct xe_kernel *kernel,
                            bool (*nowhere)(void *ctx, const struct xe_thread *thread), void *ctx)
{
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next)
        if ((t->state == XE_THREAD_READY || t->state == XE_THREAD_RUNNING) &&
            !(nowhere && nowhere(ctx, t)))
            return true;
    return false;
}

bool xe_kernel_is_quiet_but(const struct xe_kernel *kernel,
                            bool (*nowhere)(void *ctx, const struct xe_thread *thread), void *ctx)
{
    for (uint32_t hw = 0; hw < XE_KERNEL_HW_THREADS; hw++)
        if (kernel->hw[hw].dpc_count)
            return false;
    for (size_t i = 0; i < kernel->heap_count; i++)
        if (xe__kernel_timer_hopeful(kernel, kernel->heap[i]))
            return false;
    return !comes_somewhere(kernel, nowhere, ctx);
}

bool xe_kernel_is_quiet(const struct xe_kernel *kernel)
{
    return xe_kernel_is_quiet_but(kernel, NULL, NULL);
}
