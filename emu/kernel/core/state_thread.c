/* Threads as state: registers, scheduling, what each waits for, the calls it is in the middle of.
 */
#include "base/alloc.h"
#include "kernel/core/state.h"

#define CALL_SIZE 2048u /* a guest call takes more than this, encoded */

void xe__kernel_state_thread(struct xe_codec *c, const char *name, struct xe_thread **field)
{
    uint32_t tid = *field && !xe_codec_loading(c) ? (*field)->tid : 0;

    xe_codec_u32(c, name, &tid);
    if (!xe_codec_loading(c))
        return;
    *field = tid && !c->stopped ? xe_kernel_thread_by_id(xe__state_kernel(c), tid) : NULL;
    xe_codec_want(c, !tid || *field, "%s: no thread %u", name, tid);
}

/* ---- waits ---------------------------------------------------------------------------------- */

/* An event in its owner; which events are armed, and in which order, the section "timers" says. */
static void deadline_state(struct xe_codec *c, struct xe_timer *timer)
{
    XE_CODEC(c, timer->due);
    XE_CODEC(c, timer->seq);
}

static void links_state(struct xe_codec *c, struct xe_wait *wait, struct xe_thread *thread)
{
    wait->count = (uint32_t)xe_codec_count(c, "wait objects", wait->count, XE_WAIT_OBJECTS, 20);
    for (uint32_t i = 0; i < wait->count && !c->stopped; i++) {
        struct xe_wait_link *link = &wait->link[i];

        if (xe_codec_loading(c))
            *link = (struct xe_wait_link){.thread = thread};
        xe__kernel_state_object(c, "wait object", &link->object);
        xe_codec_beside(c, true);
        XE_CODEC(c, link->key);
        XE_CODEC(c, link->object_id);
        xe_codec_beside(c, false);
        xe_codec_want(c, link->object && link->object->header,
                      "it waits for what is no dispatcher "
                      "object");
    }
    if (c->stopped && xe_codec_loading(c))
        wait->count = 0;
}

void xe__kernel_wait_state(struct xe_codec *c, struct xe_wait *wait, struct xe_thread *thread)
{
    XE_CODEC(c, wait->parked);
    XE_CODEC(c, wait->all);
    XE_CODEC(c, wait->alertable);
    XE_CODEC(c, wait->user_mode);
    XE_CODEC(c, wait->timed);
    XE_CODEC(c, wait->held);
    xe_codec_enum(c, "park", &wait->park, XE_AUDIT_PARK_NETWORK + 1);
    links_state(c, wait, thread);
    deadline_state(c, &wait->timer);
    xe_codec_enum(c, "end", &wait->end, XE_WAIT_ENDS);
    XE_CODEC(c, wait->arg);
    XE_CODEC(c, wait->value);
    xe__kernel_packet_state(c, &wait->packet);
    XE_CODEC(c, wait->status);
    XE_CODEC(c, wait->index);
    xe_codec_beside(c, true);
    XE_CODEC(c, wait->lost);
    XE_CODEC(c, wait->timeout);
    XE_CODEC(c, wait->id);
    XE_CODEC(c, wait->since_cycle);
    XE_CODEC(c, wait->lr);
    xe__kernel_state_source(c, "src", &wait->src);
    xe_codec_beside(c, false);
    if (xe_codec_loading(c)) {
        wait->timer.kind = XE_TIMER_WAIT;
        wait->timer.owner.thread = thread;
    }
}

/* ---- guest calls ---------------------------------------------------------------------------- */

/* Loading: the wait that it interrupted. */
static void make_interrupted(struct xe_codec *c, struct xe_guest_call *call)
{
    call->interrupted = xe_calloc(1, sizeof(*call->interrupted));
    if (!call->interrupted)
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for waits");
}

void xe__kernel_guest_call_state(struct xe_codec *c, struct xe_guest_call *call,
                                 struct xe_thread *thread)
{
    bool interrupted = call->interrupted;

    xe_cpu_state(c, &call->saved);
    xe_codec_enum(c, "end", &call->end, XE_GUEST_ENDS);
    XE_CODEC(c, call->arg);
    xe_codec_want(c, call->end == XE_GUEST_END_DPC || call->arg <= XE_APC_USER,
                  "argument %u of a guest call", call->arg);
    XE_CODEC(c, call->irql);
    XE_CODEC(c, call->suspended);
    xe__kernel_module_step_state(c, &call->step);
    xe_codec_bool(c, "interrupted", &interrupted);
    if (interrupted && xe_codec_loading(c) && !c->stopped)
        make_interrupted(c, call);
    if (!interrupted || c->stopped)
        return;
    xe__kernel_wait_state(c, call->interrupted, thread);
    xe_codec_want(c, !call->interrupted->parked && call->interrupted->held,
                  "an interrupted wait that goes on");
}

static void calls_state(struct xe_codec *c, struct xe_thread *thread)
{
    size_t n = xe_codec_count(c, "guest calls", thread->call_depth, XE_GUEST_CALL_DEPTH, CALL_SIZE);
    struct xe_guest_call **at = &thread->calls;

    for (size_t i = 0; i < n && !c->stopped; i++) {
        if (xe_codec_loading(c)) {
            *at = xe_calloc(1, sizeof(**at));
            if (!*at) {
                xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for guest calls");
                return;
            }
            thread->call_depth++;
        }
        xe__kernel_guest_call_state(c, *at, thread);
        at = &(*at)->below;
    }
}

/* ---- lists ---------------------------------------------------------------------------------- */

static void apcs_state(struct xe_codec *c, struct xe_apc_queue *queue)
{
    size_t n = xe_codec_count(c, "APCs", queue->count, XE__APCS + 1, 8);

    for (size_t i = 0; i < n && !c->stopped; i++) {
        if (xe_codec_loading(c) &&
            !xe_grow(&queue->entry, &queue->capacity, i, sizeof(*queue->entry))) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for APCs");
            return;
        }
        XE_CODEC(c, queue->entry[i].kapc);
        xe_codec_enum(c, "owner", &queue->entry[i].owner, XE_APC_OWNERS);
        queue->count = xe_codec_loading(c) ? i + 1 : queue->count;
    }
}

static void mutants_state(struct xe_codec *c, struct xe_thread *thread)
{
    size_t n = xe_codec_count(c, "mutants", thread->mutant_count, XE__OBJECTS + XE__ADOPTED, 8);

    for (size_t i = 0; i < n && !c->stopped; i++) {
        if (xe_codec_loading(c)) {
            if (!xe_grow(&thread->mutants, &thread->mutant_capacity, i,
                         sizeof(struct xe_object *))) {
                xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for mutants");
                return;
            }
            thread->mutants[i] = NULL;
        }
        xe__kernel_state_object(c, "mutant", &thread->mutants[i]);
        if (xe_codec_want(c, thread->mutants[i] && thread->mutants[i]->header, "no mutant"))
            thread->mutant_count = xe_codec_loading(c) ? i + 1 : thread->mutant_count;
    }
}

/* ---- one thread ----------------------------------------------------------------------------- */

static void check_scheduling(struct xe_codec *c, const struct xe_thread *thread)
{
    xe_codec_want(c,
                  thread->priority >= 0 && thread->priority < XE__PRIORITIES &&
                      thread->base_priority >= 0 && thread->base_priority < XE__PRIORITIES,
                  "priority %d, base %d", thread->priority, thread->base_priority);
    xe_codec_want(c, thread->quantum > 0 && thread->quantum <= INT16_MAX, "quantum %d",
                  thread->quantum);
    xe_codec_want(c, thread->saturation >= -1 && thread->saturation <= 1, "saturation %d",
                  thread->saturation);
}

static void scheduling_state(struct xe_codec *c, struct xe_thread *thread)
{
    xe_codec_enum(c, "state", &thread->state, XE_THREAD_STATES);
    XE_CODEC(c, thread->system);
    XE_CODEC(c, thread->helper);
    xe_codec_enum(c, "process", &thread->process, XE_PROCESSES);
    xe_codec_up_to(c, "hw", &thread->hw, XE_KERNEL_HW_THREADS - 1);
    XE_CODEC(c, thread->base_priority);
    XE_CODEC(c, thread->priority);
    XE_CODEC(c, thread->quantum);
    XE_CODEC(c, thread->suspend_count);
    XE_CODEC(c, thread->irql);
    XE_CODEC(c, thread->kernel_apc);
    XE_CODEC(c, thread->exiting);
    XE_CODEC(c, thread->fresh);
    XE_CODEC(c, thread->saturation);
    XE_CODEC(c, thread->disable_boost);
    XE_CODEC(c, thread->alerted[XE_APC_KERNEL]);
    XE_CODEC(c, thread->alerted[XE_APC_USER]);
    XE_CODEC(c, thread->stall_until);
    check_scheduling(c, thread);
}

static void places_state(struct xe_codec *c, struct xe_thread *thread)
{
    XE_CODEC(c, thread->kthread);
    XE_CODEC(c, thread->kpcr);
    XE_CODEC(c, thread->tls);
    XE_CODEC(c, thread->stack_base);
    XE_CODEC(c, thread->stack_limit);
    XE_CODEC(c, thread->stack_alloc);
    XE_CODEC(c, thread->start_routine);
    XE_CODEC(c, thread->start_context);
    XE_CODEC(c, thread->startup);
    XE_CODEC(c, thread->create_flags);
    XE_CODEC(c, thread->exit_code);
    xe_codec_want(c, thread->kthread == thread->object->body, "KTHREAD is not its object's body");
}

static void posters_state(struct xe_codec *c, struct xe_thread *thread)
{
    xe_codec_up_to(c, "posters", &thread->posters, XE_THREAD_POSTERS + 1);
    for (uint32_t i = 0; i < XE_THREAD_POSTERS; i++) {
        struct xe_poster *it = &thread->poster[i];

        xe__kernel_state_source(c, "poster", &it->src);
        XE_CODEC(c, it->acts);
        XE_CODEC(c, it->last_cycle);
        XE_CODEC(c, it->longest_gap);
        XE_CODEC(c, it->tid);
        XE_CODEC(c, it->lr);
    }
}

static void still_state(struct xe_codec *c, struct xe_still *still)
{
    XE_CODEC(c, still->retired);
    XE_CODEC(c, still->cycle);
    XE_CODEC(c, still->asked);
    xe_codec_up_to(c, "asks", &still->asks, XE_SPIN_ASKS);
    for (uint32_t i = 0; i < XE_SPIN_ASKS; i++) {
        struct xe_ask *ask = &still->ask[i];

        xe__kernel_state_source(c, "ask", &ask->src);
        XE_CODEC(c, ask->lr);
        xe_codec_up_to(c, "args", &ask->args, 4);
        for (uint32_t k = 0; k < 4; k++)
            XE_CODEC(c, ask->arg[k]);
        XE_CODEC(c, ask->answer);
        XE_CODEC(c, ask->times);
        xe_codec_want(c, i >= still->asks || ask->src, "a question without an export");
    }
}

/* What only reports tell. */
static void history_state(struct xe_codec *c, struct xe_thread *thread)
{
    xe_codec_beside(c, true);
    XE_CODEC(c, thread->creator_tid);
    XE_CODEC(c, thread->creator_lr);
    xe__kernel_state_source(c, "last_export", &thread->last_export);
    for (uint32_t i = 0; i < 4; i++)
        XE_CODEC(c, thread->last_export_args[i]);
    XE_CODEC(c, thread->last_export_cycle);
    XE_CODEC(c, thread->last_progress_cycle);
    XE_CODEC(c, thread->suspender_tid);
    XE_CODEC(c, thread->suspended_cycle);
    XE_CODEC(c, thread->ended_cycle);
    XE_CODEC(c, thread->ready_cycle);
    xe_codec_up_to(c, "rw_helds", &thread->rw_helds, XE_THREAD_RW_LOCKS);
    for (uint32_t i = 0; i < XE_THREAD_RW_LOCKS; i++)
        XE_CODEC(c, thread->rw_held[i]);
    posters_state(c, thread);
    XE_CODEC(c, thread->timeouts);
    XE_CODEC(c, thread->timeout_lr);
    XE_CODEC(c, thread->timeout_cycle);
    still_state(c, &thread->still);
    xe_codec_beside(c, false);
}

void xe__kernel_thread_state(struct xe_codec *c, struct xe_thread *thread)
{
    xe_codec_item(c, "thread", thread->tid);
    xe_cpu_state(c, &thread->cpu);
    xe_codec_text(c, "name", thread->name, sizeof(thread->name));
    for (const char *at = thread->name; *at; at++)
        xe_codec_want(c, *at >= ' ' && *at < 0x7F, "a name with the character 0x%02x", *at & 0xFF);
    scheduling_state(c, thread);
    places_state(c, thread);
    history_state(c, thread);
    xe__kernel_wait_state(c, &thread->wait, thread);
    apcs_state(c, &thread->apcs[XE_APC_KERNEL]);
    apcs_state(c, &thread->apcs[XE_APC_USER]);
    calls_state(c, thread);
    mutants_state(c, thread);
    xe__kernel_state_object(c, "queue", &thread->queue);
    xe_codec_want(c, !thread->queue || thread->queue->header, "it serves what is no queue");
}

/* ---- who waits ------------------------------------------------------------------------------ */

/* Loading: the next in the line of those that wait for the object. */
static void take_waiter(struct xe_codec *c, struct xe_object *object, struct xe_thread *thread,
                        uint32_t index)
{
    struct xe_wait_link *link;

    if (!xe_codec_want(c, thread && thread->wait.parked && index < thread->wait.count,
                       "a waiter that does not wait"))
        return;
    link = &thread->wait.link[index];
    if (xe_codec_want(c, link->object == object && !link->prev && object->first_waiter != link,
                      "waiter %u stands twice, or in the wrong line", thread->tid))
        xe__kernel_wait_link_append(link);
}

/* In the order in which they will be served. */
static void waiters_state(struct xe_codec *c, struct xe_object *object)
{
    size_t n = xe_codec_count(c, "waiters", object->waiters, UINT32_MAX, 8);
    const struct xe_wait_link *link = xe_codec_loading(c) ? NULL : object->first_waiter;

    for (size_t i = 0; i < n && !c->stopped; i++) {
        struct xe_thread *thread = link ? link->thread : NULL;
        uint32_t index = link ? (uint32_t)(link - thread->wait.link) : 0;

        xe__kernel_state_thread(c, "waiter", &thread);
        xe_codec_u32(c, "place", &index);
        if (xe_codec_loading(c) && !c->stopped)
            take_waiter(c, object, thread, index);
        link = link ? link->next : NULL;
    }
}

void xe__kernel_threads_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    for (struct xe_thread *t = kernel->first_thread; t && !c->stopped; t = t->tid_next)
        xe__kernel_thread_state(c, t);
    for (struct xe_object *object = kernel->oldest; object && !c->stopped; object = object->newer) {
        xe_codec_item(c, "object", object->id);
        waiters_state(c, object);
    }
}
