/* The audit's questions, answered from the scheduler's and the object manager's truth. */
#include <stdio.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/core/release.h"

/* What a key names: a handle first, else a dispatcher pointer. Objects that only an audit-blind
 * path has touched count too; `announced` tells them apart. */
static struct xe_object *resolve(struct xe_kernel *kernel, uint32_t key)
{
    struct xe_object *object =
        key == XE_HANDLE_CURRENT_THREAD ? NULL : xe_kernel_handle_object(kernel, key);

    return object ? object : xe_kernel_object_at(kernel, key);
}

bool xe_kernel_timer_info(struct xe_kernel *kernel, uint32_t key, struct xe_timer_info *ret)
{
    const struct xe_object *object = resolve(kernel, key);

    if (!object || object->type != &xe_object_timer_type)
        return false;
    xe__kernel_ktimer_info(object, ret);
    return true;
}

/* A thread that is suspended stands in no line; it is shown as a waiter of what it will look at
 * again. */
static bool is_held(const struct xe_thread *thread)
{
    return thread->wait.held && thread->state == XE_THREAD_SUSPENDED;
}

static bool holds(const struct xe_thread *thread, uint64_t object_id)
{
    for (uint32_t i = 0; is_held(thread) && i < thread->wait.count; i++)
        if (thread->wait.link[i].object_id == object_id)
            return true;
    return false;
}

/* Those that wait for what the object was when it had this id. */
static uint32_t count_waiters(const struct xe_object *object, uint64_t object_id)
{
    uint32_t n = 0;

    for (const struct xe_wait_link *link = object->first_waiter; link; link = link->next)
        n += link->object_id == object_id;
    for (const struct xe_thread *t = object->kernel->first_thread; t; t = t->tid_next)
        n += holds(t, object_id);
    return n;
}

static uint64_t world_cycle(void *ctx)
{
    return xe_kernel_cycle(ctx);
}

/* Owner of a lock that its memory names: a mutant or a critical section. */
static uint32_t owner_of(const struct xe_object *object)
{
    struct xe_kernel *kernel = object->kernel;
    const struct xe_thread *owner;
    xe_gva at = 0;

    if (object->type->class == XE_OBJECT_CRITICAL_SECTION)
        at = XE_X_CS_OWNER;
    else if (object->type->class == XE_OBJECT_MUTANT)
        at = XE_X_MUTANT_OWNER;
    if (!at)
        return 0;
    owner = xe_kernel_thread_at(kernel, xe_mem_u32(kernel->mem, object->header + at));
    return owner ? owner->tid : 0;
}

uint32_t xe__kernel_owner_tid(const struct xe_object *object)
{
    return object->header ? owner_of(object) : 0;
}

/* Who can signal it by its nature: a lock's owner, a thread object's own thread. */
static uint32_t producer_of(const struct xe_object *object)
{
    const struct xe_thread *thread =
        object->type == &xe_object_thread_type ? object->host.thread : NULL;

    return thread ? thread->tid : owner_of(object);
}

/* The title wrote the state itself: no call left it so. */
static bool is_stored(const struct xe_object *object)
{
    return xe_kernel_header_state(object) != object->told_state;
}

static void describe_object(const struct xe_object *object, uint64_t object_id,
                            struct xe_audit_object *ret)
{
    *ret = (struct xe_audit_object){
        .object_id = object_id,
        .canonical_key = object->header,
        .signaled = xe_kernel_object_signaled(object),
        .replaced = object->id != object_id,
        .stored = is_stored(object),
        .waiters = count_waiters(object, object_id),
        .producer_tid = producer_of(object),
    };
    xe_kernel_object_kind(object, &ret->kind);
}

static bool world_object(void *ctx, uint32_t key, struct xe_audit_object *ret)
{
    struct xe_object *object = resolve(ctx, key);

    if (!object || !object->header || (object->adopted && !object->announced))
        return false;
    describe_object(object, object->id, ret);
    if (xe_kernel_handle_object(ctx, key) == object)
        ret->canonical_key = key & ~3u;
    return true;
}

/* The object that some thread waits for, found through the wait: it may have no name any more. */
static const struct xe_object *find_waited_for(const struct xe_kernel *kernel, uint64_t object_id)
{
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next)
        for (uint32_t i = 0; (t->wait.parked || is_held(t)) && i < t->wait.count; i++)
            if (t->wait.link[i].object_id == object_id)
                return t->wait.link[i].object;
    return NULL;
}

static bool world_waited_for(void *ctx, uint64_t object_id, struct xe_audit_object *ret)
{
    const struct xe_object *object = find_waited_for(ctx, object_id);

    if (object)
        describe_object(object, object_id, ret);
    return object != NULL;
}

static void add_unsignaled(const struct xe_thread *thread, const struct xe_object *object,
                           struct xe_audit_parked *who)
{
    const struct xe_wait *wait = &thread->wait;

    for (uint32_t i = 0; wait->all && i < wait->count && who->unsignaled_count < 8; i++)
        if (wait->link[i].object != object && !xe__kernel_satisfiable(wait->link[i].object, thread))
            who->unsignaled[who->unsignaled_count++] =
                xe__kernel_key(wait->link[i].object, wait->link[i].key);
}

/* Those of a wait all that became signaled without a call, which wakes nobody. */
static void add_silent(const struct xe_thread *thread, const struct xe_object *object,
                       struct xe_audit_parked *who)
{
    const struct xe_wait *wait = &thread->wait;

    for (uint32_t i = 0; wait->all && i < wait->count; i++) {
        const struct xe_wait_link *link = &wait->link[i];

        if (link->object == object || !xe_kernel_object_signaled(link->object))
            continue;
        if (is_stored(link->object) && !who->stored_key)
            who->stored_key = xe__kernel_key(link->object, link->key);
        else if (link->object_id != link->object->id && !who->replaced_key)
            who->replaced_key = xe__kernel_key(link->object, link->key);
    }
}

static void add_others(const struct xe_thread *thread, const struct xe_object *object,
                       struct xe_audit_parked *who)
{
    const struct xe_wait *wait = &thread->wait;

    for (uint32_t i = 0; !wait->all && i < wait->count && who->others < 8; i++)
        if (wait->link[i].object != object) {
            who->other[who->others] = xe__kernel_key(wait->link[i].object, wait->link[i].key);
            who->other_id[who->others++] = wait->link[i].object_id;
        }
}

/* Would the thread be woken if this object were signaled now? */
static bool eligible(const struct xe_thread *thread, const struct xe_object *object)
{
    const struct xe_wait *wait = &thread->wait;

    for (uint32_t i = 0; wait->all && i < wait->count; i++)
        if (wait->link[i].object != object && !xe__kernel_satisfiable(wait->link[i].object, thread))
            return false;
    return wait->parked;
}

static uint64_t due_cycle(const struct xe_thread *thread)
{
    const struct xe_kernel *kernel = thread->kernel;
    uint64_t left = xe__kernel_clock_cycles_until(kernel, thread->wait.timer.due);

    return left > UINT64_MAX - kernel->cycle ? UINT64_MAX : kernel->cycle + left;
}

static void describe_parked(const struct xe_thread *thread, const struct xe_object *object,
                            struct xe_audit_parked *who)
{
    const struct xe_wait *wait = &thread->wait;

    *who = (struct xe_audit_parked){
        .tid = thread->tid,
        .name = thread->name,
        .since_cycle = wait->since_cycle,
        .lr = wait->lr,
        .src = wait->src,
        .wait_id = wait->id,
        .audited_path = xe__kernel_wait_is_audited(wait),
        .park = wait->park,
        .owner_tid = owner_of(object),
        .wait_all = wait->all,
        .timed = wait->parked && wait->timed && wait->timer.due != UINT64_MAX,
        .alertable = wait->alertable,
        .timeout = wait->timeout,
        .due_cycle = wait->timed ? due_cycle(thread) : 0,
        .wait_objects = wait->count,
        .refused = xe_kernel_object_signaled(object) && !xe__kernel_satisfiable(object, thread),
        .eligible = eligible(thread, object),
        .suspended = is_held(thread),
    };
    add_unsignaled(thread, object, who);
    add_silent(thread, object, who);
    add_others(thread, object, who);
}

static void visit_parked(const struct xe_object *object, uint64_t object_id,
                         void (*fn)(void *fn_ctx, const struct xe_audit_parked *who), void *fn_ctx)
{
    struct xe_audit_parked who;

    for (const struct xe_wait_link *link = object->first_waiter; link; link = link->next)
        if (link->object_id == object_id && (!link->prev || link->prev->thread != link->thread)) {
            describe_parked(link->thread, object, &who);
            fn(fn_ctx, &who);
        }
    for (const struct xe_thread *t = object->kernel->first_thread; t; t = t->tid_next)
        if (holds(t, object_id)) {
            describe_parked(t, object, &who);
            fn(fn_ctx, &who);
        }
}

static void world_parked(void *ctx, uint32_t key,
                         void (*fn)(void *fn_ctx, const struct xe_audit_parked *who), void *fn_ctx)
{
    const struct xe_object *object = resolve(ctx, key);

    if (object)
        visit_parked(object, object->id, fn, fn_ctx);
    else
        xe__kernel_spin_lock_waiters(ctx, key, fn, fn_ctx);
}

static void world_parked_by_id(void *ctx, uint64_t object_id,
                               void (*fn)(void *fn_ctx, const struct xe_audit_parked *who),
                               void *fn_ctx)
{
    const struct xe_object *object = find_waited_for(ctx, object_id);

    if (object)
        visit_parked(object, object_id, fn, fn_ctx);
}

/* A spin lock is no object: its word alone tells who holds it. */
static bool spin_lock_released(const struct xe_kernel *kernel, uint32_t key,
                               struct xe_released *ret_about,
                               void (*fn)(void *fn_ctx, const struct xe_producer *producer),
                               void *fn_ctx)
{
    const struct xe_thread *owner;
    struct xe_producer who;

    if (!xe__kernel_spin_lock_owner(kernel, key, &owner))
        return false;
    if (ret_about)
        *ret_about = (struct xe_released){.key = key,
                                          .type = "spin lock",
                                          .name = "",
                                          .address = key,
                                          .by_nature = owner != NULL,
                                          .complete = true};
    if (owner && fn) {
        xe_kernel_thread_standing(owner, &who);
        who.kind = XE_PRODUCER_OWNER;
        fn(fn_ctx, &who);
    }
    return true;
}

static bool world_released(void *ctx, uint32_t key, uint64_t object_id,
                           struct xe_released *ret_about,
                           void (*fn)(void *fn_ctx, const struct xe_producer *producer),
                           void *fn_ctx)
{
    const struct xe_object *object = resolve(ctx, key);

    if (object_id && (!object || object->id != object_id))
        object = find_waited_for(ctx, object_id);
    if (!object && !object_id)
        return spin_lock_released(ctx, key, ret_about, fn, fn_ctx);
    if (!object || !object->header || (object_id && object->id != object_id))
        return false;
    if (ret_about)
        xe_kernel_object_released(object, ret_about);
    if (fn)
        xe_kernel_object_producers(object, fn, fn_ctx);
    return true;
}

static bool world_thread(void *ctx, uint32_t tid, struct xe_producer *ret)
{
    const struct xe_thread *thread = xe_kernel_thread_by_id(ctx, tid);

    if (thread)
        xe_kernel_thread_standing(thread, ret);
    return thread != NULL;
}

static void unmet(void *ctx, const struct xe_promise_info *info)
{
    struct xe_audit_promise *ret = ctx;

    if (!ret->what && info->due == XE_PROMISE_NEVER)
        *ret = (struct xe_audit_promise){.what = xe_promise_kind_name(info->kind),
                                         .src = info->made.src,
                                         .cycle = info->made.cycle,
                                         .tid = info->made.tid,
                                         .lr = info->made.lr};
}

static bool world_promise(void *ctx, uint64_t object_id, struct xe_audit_promise *ret)
{
    *ret = (struct xe_audit_promise){0};
    xe_kernel_promises_of(ctx, object_id, unmet, ret);
    return ret->what;
}

/* A critical section is an event header with lock words behind it: an owner that is a thread, or
 * the free pattern, tells it from a plain event. */
static bool peek_section(struct xe_kernel *kernel, xe_gva at, char *text, size_t size)
{
    xe_gva owner = xe_mem_u32(kernel->mem, at + XE_X_CS_OWNER);
    const struct xe_thread *thread = xe_kernel_thread_at(kernel, owner);
    const struct xe_object *object = xe_kernel_object_at(kernel, at);
    bool known = object && object->type == &xe_object_critical_section_type;

    if (!known && !(thread && (int32_t)xe_mem_u32(kernel->mem, at + XE_X_CS_LOCK_COUNT) >= 0))
        return false;
    snprintf(text, size, "CS owner=0x%08x tid=%u locks=%d", owner, thread ? thread->tid : 0,
             (int32_t)xe_mem_u32(kernel->mem, at + XE_X_CS_LOCK_COUNT));
    return true;
}

static bool world_peek(void *ctx, uint32_t key, char *text, size_t size)
{
    struct xe_kernel *kernel = ctx;
    uint8_t type;

    if ((key & 3) || !xe_mem_view(kernel->mem, key, XE_X_CS_SIZE))
        return false;
    type = xe_mem_u8(kernel->mem, key);
    if (type == XE_X_EVENT_AUTO && peek_section(kernel, key, text, size))
        return true;
    if (type > XE_X_TIMER_AUTO || type == XE_X_PROCESS || type == 7)
        return false;
    snprintf(text, size, "DISPATCHER type=%u signal=%d", type,
             (int32_t)xe_mem_u32(kernel->mem, key + XE_X_HEADER_STATE));
    return true;
}

const struct xe_kernel_path *xe_kernel_unaudited_paths(uint32_t *ret_count)
{
    static const struct xe_kernel_path paths[] = {
        {"RtlEnterCriticalSection", XE_AUDIT_PARK_CRITICAL_SECTION,
         "a lock is explained by its owner, which its memory names"},
        {"ExAcquireReadWriteLockExclusive, ExAcquireReadWriteLockShared", XE_AUDIT_PARK_RWLOCK,
         "waits on the event or semaphore inside the lock"},
        {"KfAcquireSpinLock, KeAcquireSpinLockAtRaisedIrql", XE_AUDIT_PARK_SPINLOCK,
         "spins: the thread is never parked"},
        {"DPC threads", XE_AUDIT_PARK_DPC, "the kernel's own threads, parked while nothing is due"},
    };

    *ret_count = sizeof(paths) / sizeof(paths[0]);
    return paths;
}

void xe__kernel_world_init(struct xe_kernel *kernel)
{
    kernel->world = (struct xe_audit_world){
        .ctx = kernel,
        .cycle = world_cycle,
        .object = world_object,
        .parked = world_parked,
        .waited_for = world_waited_for,
        .parked_by_id = world_parked_by_id,
        .released = world_released,
        .thread = world_thread,
        .promise = world_promise,
        .peek = world_peek,
    };
}
