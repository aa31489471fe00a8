/* Waits: one function starts every one of them, one ends those that time or an APC ends. A parked
 * thread has a link in the list of each object it waits for and a timer for its deadline. */
#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/seed.h"

/* To the end of the line of those that wait for the link's object. */
void xe__kernel_wait_link_append(struct xe_wait_link *link)
{
    struct xe_object *object = link->object;

    link->next = NULL;
    link->prev = object->last_waiter;
    if (object->last_waiter)
        object->last_waiter->next = link;
    else
        object->first_waiter = link;
    object->last_waiter = link;
    object->waiters++;
}

/* Where a wait that begins has its place: behind the others, but those who serve a queue are woken
 * the other way round, so that whose cache is warm goes on. Source: NT KeInsertQueue. */
static void link_join(struct xe_wait_link *link)
{
    struct xe_object *object = link->object;

    if (!object->first_waiter || xe__kernel_header_type(object) != XE_X_QUEUE) {
        xe__kernel_wait_link_append(link);
        return;
    }
    link->prev = NULL;
    link->next = object->first_waiter;
    object->first_waiter->prev = link;
    object->first_waiter = link;
    object->waiters++;
}

static void link_remove(struct xe_wait_link *link)
{
    struct xe_object *object = link->object;

    if (link->prev)
        link->prev->next = link->next;
    else
        object->first_waiter = link->next;
    if (link->next)
        link->next->prev = link->prev;
    else
        object->last_waiter = link->prev;
    link->prev = link->next = NULL;
    object->waiters--;
}

/* With a seed any of the waiters may be the first. The links of one thread stay together. */
void xe__kernel_wait_rotate(struct xe_object *object)
{
    uint32_t left = xe__kernel_seed_waiter(object->kernel, object->id, object->waiters);
    struct xe_wait_link *link;

    for (uint32_t i = 0; left && i < object->waiters; i++) {
        link = object->first_waiter;
        if (i >= left && link->thread != object->last_waiter->thread)
            return;
        link_remove(link);
        xe__kernel_wait_link_append(link);
    }
}

/* Leave the objects' lists; the links still name what was waited for. */
void xe__kernel_wait_unlink(struct xe_thread *thread)
{
    struct xe_wait *wait = &thread->wait;

    if (!wait->parked)
        return;
    wait->parked = false;
    for (uint32_t i = 0; i < wait->count; i++)
        link_remove(&wait->link[i]);
    xe_kernel_timer_disarm(thread->kernel, &wait->timer);
}

/* Drop the references to what was waited for. */
void xe__kernel_wait_release(struct xe_wait *wait)
{
    uint32_t count = wait->count;

    wait->count = 0;
    wait->held = false;
    for (uint32_t i = 0; i < count; i++)
        xe_kernel_object_unref(wait->link[i].object);
}

static void give_result(struct xe_thread *thread, uint32_t status)
{
    switch (thread->wait.end) {
    case XE_WAIT_END_ZERO:
        thread->cpu.gpr[3] = 0;
        break;
    case XE_WAIT_END_NOTHING:
        if (thread->wait.park == XE_AUDIT_PARK_RWLOCK && status == XE_STATUS_SUCCESS)
            xe__kernel_rw_lock_entered(thread);
        break;
    case XE_WAIT_END_SECTION:
        xe__kernel_section_entered(thread);
        break;
    case XE_WAIT_END_ENTRY:
        xe__kernel_queue_entry_removed(thread, status);
        break;
    case XE_WAIT_END_PACKET:
        xe__kernel_packet_received(thread, status);
        break;
    case XE_WAIT_END_IO:
    case XE_WAIT_END_IO_BOOL:
        xe__kernel_io_waited(thread, status);
        break;
    case XE_WAIT_END_AGAIN:
        xe__kernel_io_again(thread, status);
        break;
    case XE_WAIT_END_SOCKET:
        xe_hle_socket_waited(thread, status);
        break;
    default:
        thread->cpu.gpr[3] = (uint64_t)(int64_t)(int32_t)status;
    }
}

/* The wait is over: hand the result to the thread and let it run. */
void xe__kernel_wait_finish(struct xe_thread *thread, uint32_t status)
{
    struct xe_wait *wait = &thread->wait;
    bool was_parked = thread->state == XE_THREAD_WAITING;

    wait->lost = false;
    if (was_parked)
        xe__kernel_queue_thread_wakes(thread);
    xe__kernel_wait_release(wait);
    give_result(thread, status);
    xe_mem_set_u32(thread->kernel->mem, thread->kthread + XE_X_THREAD_WAIT_STATUS, status);
    if (was_parked)
        xe__kernel_sched_ready(thread, false);
}

/* It ends, and none of its objects did it. */
static void end_without(struct xe_thread *thread, uint32_t status)
{
    struct xe_wait *wait = &thread->wait;

    for (uint32_t i = 0; i < wait->count; i++)
        xe__kernel_record_wait(thread, i, XE_AUDIT_OP_WAKE,
                               status == XE_STATUS_TIMEOUT ? XE_AUDIT_TIMED_OUT
                                                           : XE_AUDIT_INTERRUPTED,
                               status, xe_kernel_header_state(wait->link[i].object));
    xe__kernel_wait_finish(thread, status);
}

void xe__kernel_wait_timed_out(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_kernel_scope outer = xe_kernel_internal_begin(kernel, "timer", NULL);

    /* A delay that ran its time succeeded. */
    if (thread->timeout_lr != thread->wait.lr)
        thread->timeouts = 0;
    if (!thread->timeouts++)
        thread->timeout_cycle = thread->wait.since_cycle;
    thread->timeout_lr = thread->wait.lr;
    xe__kernel_wait_unlink(thread);
    end_without(thread, thread->wait.count ? XE_STATUS_TIMEOUT : XE_STATUS_SUCCESS);
    xe_kernel_internal_end(kernel, outer);
}

void xe_kernel_wait_abort(struct xe_thread *thread, uint32_t status)
{
    if (!thread->wait.parked)
        return;
    xe__kernel_wait_unlink(thread);
    end_without(thread, status);
}

static void begin(struct xe_thread *thread, const struct xe_wait_request *request)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_wait *wait = &thread->wait;
    struct xe_audit_site site;

    *wait = (struct xe_wait){
        .all = request->all,
        .alertable = request->alertable,
        .user_mode = request->user_mode,
        .timed = request->timeout != XE_WAIT_FOREVER,
        .park = request->park,
        .count = request->count,
        .timeout = request->timeout,
        .id = ++kernel->next_wait_id,
        .since_cycle = xe_kernel_cycle(kernel),
        .end = request->end,
        .arg = request->arg,
        .timer = {.kind = XE_TIMER_WAIT, .owner.thread = thread},
    };
    xe_kernel_site(kernel, &site);
    wait->src = site.src;
    wait->lr = site.lr;
    for (uint32_t i = 0; i < wait->count; i++) {
        struct xe_object *object = request->object[i];

        wait->link[i] = (struct xe_wait_link){.thread = thread,
                                              .object = object,
                                              .object_id = object->id,
                                              .key = xe__kernel_key(object, request->key[i])};
        xe_kernel_object_ref(object);
        if (!request->key[i] && xe__kernel_wait_is_audited(wait))
            xe__kernel_object_announce(object);
    }
}

/* op: as below. */
static void record_all(struct xe_thread *thread, enum xe_audit_op op, enum xe_audit_effect effect,
                       uint32_t status)
{
    for (uint32_t i = 0; i < thread->wait.count; i++)
        xe__kernel_record_wait(thread, i, op, effect, status,
                               xe_kernel_header_state(thread->wait.link[i].object));
}

/* op: WAIT for a wait that never parked, WAKE for one that had. */
static void satisfy(struct xe_thread *thread, uint32_t index, enum xe_audit_op op)
{
    bool parked = op == XE_AUDIT_OP_WAKE;
    enum xe_audit_effect taken = parked ? XE_AUDIT_SATISFIED : XE_AUDIT_IMMEDIATE;
    enum xe_audit_effect left = parked ? XE_AUDIT_OTHER : XE_AUDIT_NONE;
    struct xe_wait *wait = &thread->wait;
    int32_t before[XE_WAIT_OBJECTS];
    uint32_t status;

    for (uint32_t i = 0; i < wait->count; i++)
        before[i] = xe_kernel_header_state(wait->link[i].object);
    status = xe__kernel_wait_consume(thread, index);
    for (uint32_t i = 0; i < wait->count; i++)
        xe__kernel_record_wait(thread, i, op, wait->all || i == index ? taken : left, status,
                               before[i]);
    xe__kernel_wait_finish(thread, status);
}

static void park(struct xe_thread *thread, uint64_t due)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_wait *wait = &thread->wait;

    if (wait->timed && !xe_kernel_timer_arm(kernel, &wait->timer, due)) {
        xe__kernel_wait_finish(thread, XE_STATUS_INSUFFICIENT_RESOURCES);
        return;
    }
    wait->parked = true;
    xe__kernel_wait_goes_on(thread);
    for (uint32_t i = 0; i < wait->count; i++)
        link_join(&wait->link[i]);
    xe__kernel_sched_block(thread, XE_THREAD_WAITING);
    xe__kernel_queue_thread_parks(thread);
}

/* Ends the wait if nothing has to happen for that: what it waits for is there, or an alert or an
 * APC is. Source: NT, in this order. */
static bool ends_now(struct xe_thread *thread, enum xe_audit_op op)
{
    struct xe_wait *wait = &thread->wait;
    uint32_t index, status = XE_STATUS_SUCCESS;

    if (xe__kernel_wait_satisfied(thread, &index)) {
        satisfy(thread, index, op);
        return true;
    }
    if (wait->alertable)
        status = xe__kernel_alert_pending(thread, wait->user_mode ? XE_APC_USER : XE_APC_KERNEL);
    if (!status)
        return false;
    record_all(thread, op, XE_AUDIT_INTERRUPTED, status);
    xe__kernel_wait_finish(thread, status);
    if (status == XE_STATUS_USER_APC)
        xe_kernel_apc_deliver_user(thread);
    return true;
}

void xe_kernel_wait(struct xe_thread *thread, const struct xe_wait_request *request)
{
    struct xe_wait *wait = &thread->wait;

    begin(thread, request);
    if (ends_now(thread, XE_AUDIT_OP_WAIT))
        return;
    if (wait->count && wait->timeout == 0) {
        record_all(thread, XE_AUDIT_OP_WAIT, XE_AUDIT_POLLED, XE_STATUS_TIMEOUT);
        xe__kernel_wait_finish(thread, XE_STATUS_TIMEOUT);
        return;
    }
    if (thread->irql >= 2)
        xe_log_write(thread->kernel->log, XE_LOG_GUEST, "kernel", "%s waits at IRQL %u (lr 0x%08x)",
                     wait->src, thread->irql, wait->lr);
    record_all(thread, XE_AUDIT_OP_WAIT, XE_AUDIT_PARKED, XE_STATUS_SUCCESS);
    park(thread, wait->timed ? xe_kernel_deadline(thread->kernel, wait->timeout) : 0);
}

void xe_kernel_wait_delay(struct xe_thread *thread, int64_t interval, bool alertable,
                          bool user_mode)
{
    xe_kernel_wait(thread, &(struct xe_wait_request){.timeout = interval,
                                                     .alertable = alertable,
                                                     .user_mode = user_mode});
}

int64_t xe_kernel_wait_timeout_at(const struct xe_kernel *kernel, xe_gva pointer)
{
    return pointer ? (int64_t)xe_mem_u64(kernel->mem, pointer) : XE_WAIT_FOREVER;
}

/* ---- interruptions -------------------------------------------------------------------------- */

/* A parked thread leaves the lines it stands in, but not its wait. */
void xe__kernel_wait_hold(struct xe_thread *thread)
{
    if (!thread->wait.parked)
        return;
    xe__kernel_wait_unlink(thread);
    thread->wait.held = true;
}

/* For the time of a guest call, which may wait, too. false: out of memory. */
bool xe__kernel_wait_put_aside(struct xe_thread *thread, struct xe_guest_call *call)
{
    if (!thread->wait.parked && !thread->wait.held)
        return true;
    call->interrupted = xe_calloc(1, sizeof(*call->interrupted));
    if (!call->interrupted)
        return false;
    xe__kernel_wait_hold(thread);
    *call->interrupted = thread->wait;
    thread->wait.count = 0;
    thread->wait.held = false;
    return true;
}

void xe__kernel_wait_put_back(struct xe_thread *thread, struct xe_guest_call *call)
{
    if (!call->interrupted)
        return;
    thread->wait = *call->interrupted;
    xe_free(call->interrupted);
    call->interrupted = NULL;
}

/* The thread comes back to a wait that was interrupted. It looks again, and goes behind those that
 * came meanwhile; its deadline stays what it was, and may be over. Source: NT waits again. */
void xe__kernel_wait_take_up(struct xe_thread *thread)
{
    struct xe_wait *wait = &thread->wait;

    wait->held = false;
    if (ends_now(thread, XE_AUDIT_OP_WAKE))
        return;
    if (wait->timed && wait->timer.due <= xe_kernel_interrupt_time(thread->kernel))
        xe__kernel_wait_timed_out(thread);
    else
        park(thread, wait->timer.due);
}
