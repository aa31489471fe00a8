/* APCs: the queue of each thread, and the machine that runs one after the other as guest calls:
 * kernel routine (if the title gave one), then normal routine, then the next.
 * Source: NT APC rules as documented; delivery as in xenia (kernel/xthread.cc). */
#include "kernel/core/apc.h"

#include <string.h>

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"

#define IRQL_APC 1u

/* A title may queue XE__APCS: entries of a queue that move up or down in a nanosecond. */
#define MOVED_A_NS 2u

bool xe__kernel_apc_disabled(const struct xe_thread *thread)
{
    return xe_mem_u32(thread->kernel->mem, thread->kthread + XE_X_THREAD_APC_DISABLE) != 0;
}

bool xe__kernel_apc_user_pending(const struct xe_thread *thread)
{
    return thread->apcs[XE_APC_USER].count != 0;
}

/* ---- queues --------------------------------------------------------------------------------- */

/* One without a normal routine: it waits for nothing but the IRQL. */
static bool is_special(const struct xe_kernel *kernel, const struct xe_apc_entry *entry)
{
    return entry->owner != XE_APC_SUSPENDS &&
           !xe_mem_u32(kernel->mem, entry->kapc + XE_X_APC_NORMAL);
}

/* Kernel APCs without a normal routine go before those with one. */
static size_t place_for(struct xe_kernel *kernel, const struct xe_apc_queue *queue,
                        const struct xe_apc_entry *entry)
{
    size_t at = 0;

    if (!is_special(kernel, entry))
        return queue->count;
    while (at < queue->count && is_special(kernel, &queue->entry[at]))
        at++;
    xe_kernel_work(kernel, at * 5);
    return at;
}

/* What the kernel owes nobody needs no promise. */
static void promise(struct xe_thread *thread, const struct xe_apc_entry *entry)
{
    if (entry->owner != XE_APC_SUSPENDS)
        xe_kernel_promise_make(thread->kernel, &(struct xe_promise){.kind = XE_PROMISE_APC,
                                                                    .token = entry->kapc,
                                                                    .object = thread->object,
                                                                    .key = entry->kapc,
                                                                    .due = XE_PROMISE_UNKNOWN});
}

static bool enqueue(struct xe_thread *thread, enum xe_apc_mode mode, struct xe_apc_entry entry)
{
    struct xe_apc_queue *queue = &thread->apcs[mode];
    bool full = queue->count >= XE__APCS && entry.owner != XE_APC_SUSPENDS;
    size_t at;

    if (full || !xe_grow(&queue->entry, &queue->capacity, queue->count, sizeof(*queue->entry)))
        return false;
    at = mode == XE_APC_KERNEL ? place_for(thread->kernel, queue, &entry) : queue->count;
    xe_kernel_work(thread->kernel, (queue->count - at) / MOVED_A_NS);
    memmove(&queue->entry[at + 1], &queue->entry[at], (queue->count - at) * sizeof(*queue->entry));
    queue->entry[at] = entry;
    queue->count++;
    xe_mem_set_u8(thread->kernel->mem, entry.kapc + XE_X_APC_INSERTED, 1);
    promise(thread, &entry);
    return true;
}

static struct xe_apc_entry dequeue(struct xe_thread *thread, enum xe_apc_mode mode, size_t at)
{
    struct xe_apc_queue *queue = &thread->apcs[mode];
    struct xe_apc_entry entry = queue->entry[at];

    xe_mem_set_u8(thread->kernel->mem, entry.kapc + XE_X_APC_INSERTED, 0);
    memmove(&queue->entry[at], &queue->entry[at + 1],
            (queue->count - at - 1) * sizeof(*queue->entry));
    queue->count--;
    xe_kernel_work(thread->kernel, (queue->count - at) / MOVED_A_NS);
    if (entry.owner == XE_APC_OF_TIMER)
        xe__kernel_ktimer_apc_gone(thread, entry.kapc);
    return entry;
}

/* Index in the thread's queue; its count when it isn't there. */
static size_t find(const struct xe_thread *thread, enum xe_apc_mode mode, xe_gva kapc)
{
    const struct xe_apc_queue *queue = &thread->apcs[mode];
    size_t at = 0;

    while (at < queue->count && queue->entry[at].kapc != kapc)
        at++;
    xe_kernel_work(thread->kernel, at);
    return at;
}

/* ---- delivery ------------------------------------------------------------------------------- */

static void run_next(struct xe_thread *thread, enum xe_apc_mode mode);

void xe__kernel_apc_normal_done(struct xe_thread *thread, enum xe_apc_mode mode)
{
    if (mode == XE_APC_KERNEL)
        thread->kernel_apc = false;
    run_next(thread, mode);
}

static void run_normal(struct xe_thread *thread, enum xe_apc_mode mode, xe_gva normal,
                       const uint64_t args[3])
{
    if (!normal ||
        !xe_kernel_thread_call_guest(thread, normal, args, 3, XE_GUEST_END_APC_NORMAL, mode))
        run_next(thread, mode);
    else if (mode == XE_APC_KERNEL)
        thread->kernel_apc = true;
}

/* The kernel routine may have changed the four words it got pointers to. */
void xe__kernel_apc_kernel_done(struct xe_thread *thread, enum xe_apc_mode mode)
{
    const struct xe_mem *mem = thread->kernel->mem;
    xe_gva scratch = xe__kernel_guest_scratch(thread);
    uint64_t args[3] = {xe_mem_u32(mem, scratch + 4), xe_mem_u32(mem, scratch + 8),
                        xe_mem_u32(mem, scratch + 12)};

    run_normal(thread, mode, xe_mem_u32(mem, scratch), args);
}

/* A special one runs in critical regions and in the middle of another, too. Source: NT. */
static bool may_run(const struct xe_thread *thread, enum xe_apc_mode mode)
{
    if (!thread->apcs[mode].count || thread->state == XE_THREAD_TERMINATED)
        return false;
    if (mode == XE_APC_USER)
        return true;
    return thread->irql < IRQL_APC &&
           (is_special(thread->kernel, &thread->apcs[mode].entry[0]) ||
            (!thread->kernel_apc && !thread->exiting && !xe__kernel_apc_disabled(thread)));
}

/* Its kernel routine gets pointers to what it may change, which must not be seen as a KAPC's. */
static void run_kernel_routine(struct xe_thread *thread, enum xe_apc_mode mode, xe_gva kapc,
                               const xe_gva fields[4])
{
    struct xe_mem *mem = thread->kernel->mem;
    xe_gva scratch = xe__kernel_guest_scratch(thread);
    uint64_t args[5] = {kapc};
    bool special = mode == XE_APC_KERNEL && !fields[0];

    for (uint32_t i = 0; i < 4; i++) {
        xe_mem_set_u32(mem, scratch + i * 4, fields[i]);
        args[i + 1] = scratch + i * 4;
    }
    if (xe_kernel_thread_call_guest(thread, xe_mem_u32(mem, kapc + XE_X_APC_KERNEL), args, 5,
                                    special ? XE_GUEST_END_APC_SPECIAL : XE_GUEST_END_APC_KERNEL,
                                    mode) &&
        mode == XE_APC_KERNEL)
        xe_kernel_thread_set_irql(thread, IRQL_APC);
}

static void run_next(struct xe_thread *thread, enum xe_apc_mode mode)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_apc_entry entry;
    xe_gva fields[4];

    if (!may_run(thread, mode))
        return;
    entry = dequeue(thread, mode, 0);
    if (entry.owner == XE_APC_SUSPENDS) {
        xe__kernel_suspend(thread);
        if (thread->state != XE_THREAD_SUSPENDED)
            run_next(thread, mode); /* it was resumed before it came to that */
        return;
    }
    xe_kernel_promise_keep(kernel, XE_PROMISE_APC, entry.kapc);
    for (uint32_t i = 0; i < 4; i++)
        fields[i] = xe_mem_u32(kernel->mem, entry.kapc + XE_X_APC_NORMAL + i * 4);
    if (entry.owner == XE_APC_OF_KERNEL)
        xe_kernel_pool_free(kernel, entry.kapc);
    if (entry.owner == XE_APC_OF_TITLE && xe_mem_u32(kernel->mem, entry.kapc + XE_X_APC_KERNEL))
        run_kernel_routine(thread, mode, entry.kapc, fields);
    else
        run_normal(thread, mode, fields[0], (uint64_t[]){fields[1], fields[2], fields[3]});
}

void xe__kernel_apc_run_kernel(struct xe_thread *thread)
{
    run_next(thread, XE_APC_KERNEL);
}

bool xe_kernel_apc_deliver_user(struct xe_thread *thread)
{
    if (!may_run(thread, XE_APC_USER))
        return false;
    run_next(thread, XE_APC_USER);
    return true;
}

/* Does one that was queued end or interrupt the thread's wait? */
static bool wakes(const struct xe_thread *thread, enum xe_apc_mode mode)
{
    if (!thread->wait.parked)
        return false;
    return mode == XE_APC_KERNEL ? may_run(thread, mode)
                                 : thread->wait.alertable && thread->wait.user_mode;
}

/* A new APC may concern a thread that is parked. */
static void notify(struct xe_thread *thread, enum xe_apc_mode mode)
{
    if (mode == XE_APC_KERNEL) {
        if (thread->wait.parked || thread->state == XE_THREAD_SUSPENDED)
            xe__kernel_apc_run_kernel(thread);
    } else if (wakes(thread, mode)) {
        xe_kernel_wait_abort(thread, XE_STATUS_USER_APC);
        xe_kernel_apc_deliver_user(thread);
    }
}

/* ---- queueing ------------------------------------------------------------------------------- */

static bool takes_apcs(const struct xe_thread *thread)
{
    return !thread->system && !thread->exiting && thread->state != XE_THREAD_TERMINATED;
}

bool xe_kernel_apc_insert(struct xe_kernel *kernel, xe_gva kapc, uint32_t arg1, uint32_t arg2,
                          int32_t increment)
{
    struct xe_thread *thread =
        xe_kernel_thread_at(kernel, xe_mem_u32(kernel->mem, kapc + XE_X_APC_THREAD));
    enum xe_apc_mode mode =
        xe_mem_u8(kernel->mem, kapc + XE_X_APC_MODE) ? XE_APC_USER : XE_APC_KERNEL;

    if (!thread || !takes_apcs(thread) || xe_mem_u8(kernel->mem, kapc + XE_X_APC_INSERTED))
        return false;
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_ARG1, arg1);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_ARG2, arg2);
    if (!enqueue(thread, mode, (struct xe_apc_entry){kapc, XE_APC_OF_TITLE}))
        return false;
    if (mode == XE_APC_USER)
        xe__kernel_poster_note(thread);
    if (wakes(thread, mode))
        xe_kernel_thread_boost(thread, increment);
    notify(thread, mode);
    return true;
}

/* What the title put there and no other; suspensions are the kernel's affair. */
bool xe_kernel_apc_remove(struct xe_kernel *kernel, xe_gva kapc)
{
    struct xe_thread *thread =
        xe_kernel_thread_at(kernel, xe_mem_u32(kernel->mem, kapc + XE_X_APC_THREAD));

    for (int mode = XE_APC_KERNEL; thread && mode <= XE_APC_USER; mode++) {
        size_t at = find(thread, mode, kapc);

        if (at == thread->apcs[mode].count || thread->apcs[mode].entry[at].owner == XE_APC_SUSPENDS)
            continue;
        dequeue(thread, mode, at);
        xe_kernel_promise_cancel(kernel, XE_PROMISE_APC, kapc);
        return true;
    }
    return false;
}

static void fill(struct xe_kernel *kernel, xe_gva kapc, const struct xe_thread *thread,
                 enum xe_apc_mode mode)
{
    xe_mem_set_u16(kernel->mem, kapc + XE_X_APC_TYPE, XE_X_APC);
    xe_mem_set_u8(kernel->mem, kapc + XE_X_APC_MODE, (uint8_t)mode);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_THREAD, thread->kthread);
}

uint32_t xe_kernel_apc_queue_user(struct xe_thread *thread, xe_gva routine, xe_gva context,
                                  uint32_t arg1, uint32_t arg2)
{
    struct xe_kernel *kernel = thread->kernel;
    xe_gva kapc;

    if (!takes_apcs(thread))
        return XE_STATUS_UNSUCCESSFUL;
    kapc = xe_kernel_pool_alloc(kernel, XE_X_APC_SIZE);
    if (!kapc)
        return XE_STATUS_NO_MEMORY;
    fill(kernel, kapc, thread, XE_APC_USER);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_NORMAL, routine);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_CONTEXT, context);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_ARG1, arg1);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_ARG2, arg2);
    if (!enqueue(thread, XE_APC_USER, (struct xe_apc_entry){kapc, XE_APC_OF_KERNEL})) {
        xe_kernel_pool_free(kernel, kapc);
        return XE_STATUS_NO_MEMORY;
    }
    xe__kernel_poster_note(thread);
    notify(thread, XE_APC_USER);
    return XE_STATUS_SUCCESS;
}

bool xe_kernel_apc_queue_timer(struct xe_thread *thread, xe_gva kapc, enum xe_apc_mode mode,
                               uint64_t time)
{
    struct xe_mem *mem = thread->kernel->mem;

    if (!takes_apcs(thread))
        return false;
    fill(thread->kernel, kapc, thread, mode);
    xe_mem_set_u32(mem, kapc + XE_X_APC_ARG1, (uint32_t)time);
    xe_mem_set_u32(mem, kapc + XE_X_APC_ARG2, (uint32_t)(time >> 32));
    if (!enqueue(thread, mode, (struct xe_apc_entry){kapc, XE_APC_OF_TIMER}))
        return false;
    if (mode == XE_APC_USER)
        xe__kernel_poster_note(thread);
    notify(thread, mode);
    return true;
}

void xe_kernel_apc_take_back(struct xe_thread *thread, enum xe_apc_mode mode, xe_gva kapc)
{
    size_t at = find(thread, mode, kapc);

    if (at == thread->apcs[mode].count)
        return;
    dequeue(thread, mode, at);
    xe_kernel_promise_cancel(thread->kernel, XE_PROMISE_APC, kapc);
}

/* Whoever has no instruction at hand is suspended now, for what else should it do; and whoever
 * calls this for itself when the call is over. */
bool xe__kernel_apc_queue_suspension(struct xe_thread *thread)
{
    xe_gva kapc = thread->kthread + XE_X_THREAD_SUSPEND_APC;

    fill(thread->kernel, kapc, thread, XE_APC_KERNEL);
    if (!enqueue(thread, XE_APC_KERNEL, (struct xe_apc_entry){kapc, XE_APC_SUSPENDS}))
        return false;
    if (thread->apcs[XE_APC_KERNEL].entry[0].owner == XE_APC_SUSPENDS &&
        thread != thread->kernel->running)
        xe__kernel_apc_run_kernel(thread);
    else
        notify(thread, XE_APC_KERNEL);
    return true;
}

bool xe__kernel_apc_is_queued(const struct xe_thread *thread, enum xe_apc_owner owner)
{
    const struct xe_apc_queue *queue = &thread->apcs[XE_APC_KERNEL];

    xe_kernel_work(thread->kernel, queue->count);
    for (size_t i = 0; i < queue->count; i++)
        if (queue->entry[i].owner == owner)
            return true;
    return false;
}

/* ---- the end of a thread -------------------------------------------------------------------- */

/* What a thread that ends is left of its user APCs: the routine that a title gave for that is
 * called, one after the other, and the thread is over after the last. Source: NT. */
void xe__kernel_apc_rundown_next(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;

    while (thread->apcs[XE_APC_USER].count) {
        struct xe_apc_entry entry = dequeue(thread, XE_APC_USER, 0);
        xe_gva rundown = entry.owner == XE_APC_OF_TITLE
                             ? xe_mem_u32(kernel->mem, entry.kapc + XE_X_APC_RUNDOWN)
                             : 0;

        xe_kernel_promise_break(kernel, XE_PROMISE_APC, entry.kapc);
        if (rundown && xe_kernel_thread_call_guest(thread, rundown, (uint64_t[]){entry.kapc}, 1,
                                                   XE_GUEST_END_RUNDOWN, 0))
            return;
        if (entry.owner != XE_APC_OF_TIMER && !rundown)
            xe_kernel_pool_free(kernel, entry.kapc);
    }
    xe_kernel_thread_exit(thread, thread->exit_code);
}

/* No routine is called any more: nothing of the thread is left to call it on. */
void xe__kernel_apc_rundown(struct xe_thread *thread)
{
    for (int mode = XE_APC_KERNEL; mode <= XE_APC_USER; mode++)
        while (thread->apcs[mode].count) {
            struct xe_apc_entry last = dequeue(thread, mode, thread->apcs[mode].count - 1);

            if (last.owner != XE_APC_SUSPENDS)
                xe_kernel_promise_break(thread->kernel, XE_PROMISE_APC, last.kapc);
            if (last.owner == XE_APC_OF_KERNEL)
                xe_kernel_pool_free(thread->kernel, last.kapc);
        }
}

/* ---- alerts --------------------------------------------------------------------------------- */

/* Source: NT, where an alert for the kernel ends waits of user mode, too. */
bool xe_kernel_thread_alert(struct xe_thread *thread, enum xe_apc_mode mode)
{
    xe__kernel_poster_note(thread);
    if (thread->alerted[mode])
        return true;
    if (!thread->wait.parked || !thread->wait.alertable ||
        (mode == XE_APC_USER && !thread->wait.user_mode)) {
        thread->alerted[mode] = true;
        return false;
    }
    xe_kernel_thread_boost(thread, XE_ALERT_INCREMENT);
    xe_kernel_wait_abort(thread, XE_STATUS_ALERTED);
    return false;
}

/* Would an alertable wait of this mode end at once? */
bool xe__kernel_alert_is_pending(const struct xe_thread *thread, enum xe_apc_mode mode)
{
    return thread->alerted[mode] || thread->alerted[XE_APC_KERNEL] ||
           (mode == XE_APC_USER && xe__kernel_apc_user_pending(thread));
}

/* Why an alertable wait of this mode needs not begin; SUCCESS if it does. Source: NT. */
uint32_t xe__kernel_alert_pending(struct xe_thread *thread, enum xe_apc_mode mode)
{
    if (!thread->alerted[mode] && mode == XE_APC_USER && xe__kernel_apc_user_pending(thread))
        return XE_STATUS_USER_APC;
    if (!thread->alerted[mode])
        mode = XE_APC_KERNEL;
    if (!thread->alerted[mode])
        return XE_STATUS_SUCCESS;
    thread->alerted[mode] = false;
    return XE_STATUS_ALERTED;
}

/* An alert is tested before APCs are: whoever finds one has to ask again for those. */
bool xe_kernel_thread_test_alert(struct xe_thread *thread, enum xe_apc_mode mode)
{
    bool pending = thread->alerted[mode];

    thread->alerted[mode] = false;
    if (!pending && mode == XE_APC_USER)
        xe_kernel_apc_deliver_user(thread);
    return pending;
}
