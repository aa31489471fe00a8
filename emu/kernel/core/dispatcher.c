/* Signal states and wake-ups. What an object does when a wait is satisfied is decided by the type
 * byte of its header in guest memory, as on the console, so statically initialised objects need no
 * record of ours to work.
 * Source: documented NT dispatcher rules; per-object consumption as in xenia-canary
 * (kernel/xobject.cc). */
#include "kernel/core/dispatcher.h"

#include <stdio.h>

#include "kernel/core/kernel_internal.h"

/* Which name a record gets: without the low bits of a handle, which are the title's to use, and the
 * pointer where the title named none or said "the current thread". */
uint32_t xe__kernel_key(const struct xe_object *object, uint32_t key)
{
    return key && key != XE_HANDLE_CURRENT_THREAD ? key & ~3u : object->header;
}

uint8_t xe__kernel_header_type(const struct xe_object *object)
{
    return xe_mem_u8(object->kernel->mem, object->header);
}

int32_t xe_kernel_header_state(const struct xe_object *object)
{
    return (int32_t)xe_mem_u32(object->kernel->mem, object->header + XE_X_HEADER_STATE);
}

void xe__kernel_set_state(struct xe_object *object, int32_t state)
{
    object->told_state = state;
    xe_mem_set_u32(object->kernel->mem, object->header + XE_X_HEADER_STATE, (uint32_t)state);
}

bool xe_kernel_object_signaled(const struct xe_object *object)
{
    return object->header && xe_kernel_header_state(object) > 0;
}

void xe_kernel_header_init(struct xe_kernel *kernel, xe_gva header, uint8_t type, int32_t state)
{
    struct xe_x_dispatch_header *at = xe_mem_view_rw(kernel->mem, header, sizeof(*at));
    struct xe_object *object;

    if (!at)
        return;
    *at = (struct xe_x_dispatch_header){.type = type};
    xe_be32_set(&at->signal_state, (uint32_t)state);
    xe_be32_set(&at->wait_next, header + XE_X_HEADER_LIST);
    xe_be32_set(&at->wait_prev, header + XE_X_HEADER_LIST);
    object = xe_kernel_object_at(kernel, header);
    if (object)
        object->told_state = state;
}

/* ---- rules ---------------------------------------------------------------------------------- */

/* Could this thread's wait for the object be satisfied now? */
bool xe__kernel_satisfiable(const struct xe_object *object, const struct xe_thread *thread)
{
    int32_t state = xe_kernel_header_state(object);

    switch (xe__kernel_header_type(object)) {
    case XE_X_MUTANT:
        /* An owner may take it again until the recursion would wrap. */
        return state > 0 || (state > INT32_MIN &&
                             xe_mem_u32(object->kernel->mem, object->header + XE_X_MUTANT_OWNER) ==
                                 thread->kthread);
    case XE_X_QUEUE:
        return state > 0 && xe__kernel_queue_ready(object, thread);
    default:
        return state > 0;
    }
}

static bool take_mutant(struct xe_object *mutant, struct xe_thread *thread)
{
    struct xe_mem *mem = mutant->kernel->mem;
    int32_t state = xe_kernel_header_state(mutant);
    bool abandoned = xe_mem_u8(mem, mutant->header + XE_X_MUTANT_ABANDONED) != 0;

    xe__kernel_set_state(mutant, state - 1);
    if (state != 1)
        return false;
    xe_mem_set_u32(mem, mutant->header + XE_X_MUTANT_OWNER, thread->kthread);
    xe_mem_set_u8(mem, mutant->header + XE_X_MUTANT_ABANDONED, 0);
    xe__kernel_mutant_remember(thread, mutant);
    return abandoned;
}

/* Take what a satisfied wait takes. Returns whether a mutant was found abandoned. */
bool xe__kernel_consume(struct xe_object *object, struct xe_thread *thread)
{
    int32_t state = xe_kernel_header_state(object);

    switch (xe__kernel_header_type(object)) {
    case XE_X_EVENT_AUTO:
    case XE_X_TIMER_AUTO:
        xe__kernel_set_state(object, 0);
        return false;
    case XE_X_SEMAPHORE:
        /* WaitAll on the same semaphore twice takes no more than there is. */
        xe__kernel_set_state(object, state > 0 ? state - 1 : 0);
        return false;
    case XE_X_MUTANT:
        return take_mutant(object, thread);
    case XE_X_QUEUE:
        xe__kernel_queue_take(object, thread);
        return false;
    default:
        return false;
    }
}

/* Can the thread's wait end now, and by which object (wait any)? */
bool xe__kernel_wait_satisfied(const struct xe_thread *thread, uint32_t *ret_index)
{
    const struct xe_wait *wait = &thread->wait;

    for (uint32_t i = 0; i < wait->count; i++) {
        bool now = xe__kernel_satisfiable(wait->link[i].object, thread);

        if (now != wait->all) {
            *ret_index = i;
            return now;
        }
    }
    *ret_index = 0;
    return wait->all && wait->count > 0;
}

/* A wait that goes on found these states: what is signaled after that without a call was stored,
 * even if a call before had left the same. */
void xe__kernel_wait_goes_on(const struct xe_thread *thread)
{
    for (uint32_t i = 0; i < thread->wait.count; i++) {
        struct xe_object *object = thread->wait.link[i].object;
        int32_t state = xe_kernel_header_state(object);

        if (state <= 0 && object->told_state > 0)
            object->told_state = state;
    }
}

/* Take everything the wait takes; the status it ends with. */
uint32_t xe__kernel_wait_consume(struct xe_thread *thread, uint32_t index)
{
    struct xe_wait *wait = &thread->wait;
    bool abandoned = false;

    if (!wait->all)
        return (xe__kernel_consume(wait->link[index].object, thread) ? XE_STATUS_ABANDONED_WAIT_0
                                                                     : 0) +
               index;
    for (uint32_t i = 0; i < wait->count; i++)
        abandoned |= xe__kernel_consume(wait->link[i].object, thread);
    return abandoned ? XE_STATUS_ABANDONED_WAIT_0 : XE_STATUS_SUCCESS;
}

/* ---- records -------------------------------------------------------------------------------- */

bool xe__kernel_wait_is_audited(const struct xe_wait *wait)
{
    return wait->park == XE_AUDIT_PARK_WAIT;
}

/* Somebody wants to know: the audit, or a breakpoint on a handle. */
static bool acts_wanted(const struct xe_kernel *kernel)
{
    return xe_audit_enabled(kernel->audit) || kernel->act_listener;
}

void xe__kernel_act(struct xe_kernel *kernel, const struct xe_audit_act *act)
{
    bool recorded = act->op == XE_AUDIT_OP_CREATE || act->op == XE_AUDIT_OP_CLOSE;

    if (!recorded && xe_audit_enabled(kernel->audit))
        xe_audit_record(kernel->audit, act);
    if (kernel->act_listener)
        kernel->act_listener(kernel->act_listener_ctx, act);
}

/* One record of one object of a thread's wait. */
void xe__kernel_record_wait(struct xe_thread *thread, uint32_t index, enum xe_audit_op op,
                            enum xe_audit_effect effect, uint32_t status, int32_t prev_state)
{
    struct xe_kernel *kernel = thread->kernel;
    const struct xe_wait *wait = &thread->wait;
    struct xe_object *object = wait->link[index].object;
    struct xe_audit_act act = {
        .key = xe__kernel_key(object, wait->link[index].key),
        .object_id = wait->link[index].object_id,
        .op = op,
        .effect = effect,
        .status = status,
        .waiters_at = object->waiters,
        .prev_state = prev_state,
        .new_state = xe_kernel_header_state(object),
        .tid_woken = op == XE_AUDIT_OP_WAKE ? thread->tid : 0,
        .wait_all = wait->all,
        .wait_id = wait->id,
        .timeout = wait->timeout,
    };

    if (!acts_wanted(kernel))
        return;
    if (!xe__kernel_wait_is_audited(wait)) {
        if (act.tid_woken && effect == XE_AUDIT_SATISFIED)
            xe_audit_woke_unheard(kernel->audit, act.object_id);
        return;
    }
    xe_kernel_object_kind(object, &act.kind);
    xe_kernel_site(kernel, &act.site);
    if (op == XE_AUDIT_OP_WAKE && effect != XE_AUDIT_SATISFIED && !act.site.tid)
        act.site.tid = thread->tid;
    xe__kernel_act(kernel, &act);
}

static void record_signal(struct xe_object *object, const struct xe_signal *signal,
                          struct xe_audit_act *act)
{
    struct xe_kernel *kernel = object->kernel;

    if (signal->silent || !acts_wanted(kernel))
        return;
    act->key = xe__kernel_key(object, signal->key);
    act->object_id = object->id;
    xe_kernel_object_kind(object, &act->kind);
    act->op = signal->op;
    act->new_state = xe_kernel_header_state(object);
    act->effect = act->woken                          ? XE_AUDIT_WOKE
                  : act->new_state != act->prev_state ? XE_AUDIT_STATE
                                                      : XE_AUDIT_NONE;
    act->timeout = XE_WAIT_FOREVER;
    xe_kernel_site(kernel, &act->site);
    xe__kernel_act(kernel, act);
}

/* A timer was set or taken back: no signal, but what becomes of it. */
void xe__kernel_record_timer(struct xe_object *timer, uint32_t key, enum xe_audit_op op,
                             bool changed)
{
    struct xe_kernel *kernel = timer->kernel;
    struct xe_audit_act act = {.key = xe__kernel_key(timer, key),
                               .object_id = timer->id,
                               .op = op,
                               .effect = changed ? XE_AUDIT_STATE : XE_AUDIT_NONE,
                               .waiters_at = timer->waiters,
                               .timeout = XE_WAIT_FOREVER};

    if (!acts_wanted(kernel))
        return;
    act.prev_state = act.new_state = xe_kernel_header_state(timer);
    xe_kernel_object_kind(timer, &act.kind);
    xe_kernel_site(kernel, &act.site);
    xe__kernel_act(kernel, &act);
}

void xe_kernel_signal_failed(struct xe_kernel *kernel, struct xe_object *object, uint32_t key,
                             enum xe_audit_op op, uint32_t status)
{
    struct xe_audit_act act = {
        .key = object ? xe__kernel_key(object, key) : key & ~3u,
        .object_id = object ? object->id : 0,
        .op = op,
        .effect = XE_AUDIT_FAILED,
        .status = status,
        .timeout = XE_WAIT_FOREVER,
    };

    if (!acts_wanted(kernel))
        return;
    if (object && object->header) {
        xe_kernel_object_kind(object, &act.kind);
        act.waiters_at = object->waiters;
        act.prev_state = act.new_state = xe_kernel_header_state(object);
    }
    xe_kernel_site(kernel, &act.site);
    xe__kernel_act(kernel, &act);
}

/* ---- the one change of a signal state ------------------------------------------------------- */

/* How many parked threads could be woken by the state as it is. */
static uint32_t count_eligible(const struct xe_object *object)
{
    uint32_t n = 0, index;

    for (const struct xe_wait_link *link = object->first_waiter; link; link = link->next)
        if (!link->next || link->next->thread != link->thread)
            n += xe__kernel_wait_satisfied(link->thread, &index);
    return n;
}

/* Is this the wake that the fault plan wants lost? */
static bool wake_is_lost(struct xe_kernel *kernel, struct xe_thread *thread)
{
    if (!xe_fault_plan() || ++kernel->wakes != kernel->config.faults.inject_lost_wake)
        return false;
    thread->wait.lost = true;
    kernel->interfered = true;
    return true;
}

/* End the waits that the object's state satisfies now, in order of arrival (seed.c). Returns the
 * threads, chained by wake_next, with their results in wait.status; they are not ready yet. */
static struct xe_thread *collect_woken(struct xe_object *object, uint32_t *ret_count)
{
    struct xe_thread *first = NULL, **tail = &first;
    struct xe_wait_link *link, *next;
    uint32_t index;

    *ret_count = 0;
    xe__kernel_wait_rotate(object);
    link = object->first_waiter;
    for (; link && xe_kernel_header_state(object) > 0; link = next) {
        struct xe_thread *thread = link->thread;

        next = link->next;
        while (next && next->thread == thread)
            next = next->next;
        if (!xe__kernel_wait_satisfied(thread, &index)) {
            xe__kernel_wait_goes_on(thread);
            continue;
        }
        if (wake_is_lost(object->kernel, thread))
            break;
        thread->wait.status = xe__kernel_wait_consume(thread, index);
        thread->wait.index = index;
        xe__kernel_wait_unlink(thread);
        thread->wake_next = NULL;
        *tail = thread;
        tail = &thread->wake_next;
        ++*ret_count;
    }
    return first;
}

/* The objects of a wait any that did not end it are told that it is over. */
static void record_wake(struct xe_thread *thread)
{
    struct xe_wait *wait = &thread->wait;

    for (uint32_t i = 0; i < wait->count; i++)
        xe__kernel_record_wait(thread, i, XE_AUDIT_OP_WAKE,
                               wait->all || i == wait->index ? XE_AUDIT_SATISFIED : XE_AUDIT_OTHER,
                               wait->status, xe_kernel_header_state(wait->link[i].object));
}

int32_t xe_kernel_signal(struct xe_object *object, const struct xe_signal *signal)
{
    struct xe_audit_act act = {.prev_state = xe_kernel_header_state(object),
                               .waiters_at = object->waiters};
    int32_t prev = act.prev_state;
    struct xe_thread *woken = NULL, *next;

    xe_kernel_object_ref(object);
    xe__kernel_set_state(object, signal->state);
    if (object->waiters && signal->state > 0) {
        if (xe_audit_enabled(object->kernel->audit))
            act.eligible_at = count_eligible(object);
        woken = collect_woken(object, &act.woken);
    }
    if (signal->op == XE_AUDIT_OP_PULSE)
        xe__kernel_set_state(object, 0);
    record_signal(object, signal, &act);
    for (; woken; woken = next) {
        next = woken->wake_next;
        record_wake(woken);
        xe_kernel_thread_boost(woken, signal->increment);
        xe__kernel_wait_finish(woken, woken->wait.status);
    }
    xe_kernel_object_unref(object);
    return prev;
}

/* ---- the invariant -------------------------------------------------------------------------- */

/* A state that the title stored itself, or made by initialising the object again, wakes nobody, and
 * that is nobody's fault. */
static bool waits_on_stored(const struct xe_thread *thread)
{
    for (uint32_t i = 0; i < thread->wait.count; i++) {
        const struct xe_object *object = thread->wait.link[i].object;

        if (xe_kernel_header_state(object) != object->told_state ||
            thread->wait.link[i].object_id != object->id)
            return true;
    }
    return false;
}

bool xe_kernel_check(const struct xe_kernel *kernel, char *text, size_t size)
{
    uint32_t index;

    for (const struct xe_thread *thread = kernel->first_thread; thread; thread = thread->tid_next)
        if (thread->wait.parked && !thread->wait.lost && !waits_on_stored(thread) &&
            xe__kernel_wait_satisfied(thread, &index)) {
            snprintf(text, size, "thread %u is parked on 0x%08x, which would satisfy it",
                     thread->tid,
                     xe__kernel_key(thread->wait.link[index].object, thread->wait.link[index].key));
            return false;
        }
    return true;
}
