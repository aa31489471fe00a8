/* APCs: the queue of each thread, and the machine that runs one after the other as guest calls:
 * kernel routine (if the title gave one), then normal routine, then the next.
 * Source: NT APC rules as documented; delivery as in the public emulators. */
#include "kernel/core/apc.h"

#include <string.h>

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"

#define IRQL_APC 1u

/* A title may queue XE__APCS: entries of a queue that move up or down in a nanosecond. */
#define MOVED_A_NS 2u

bool xe__apc_disabled(const struct xe_thread *thread)
{
    return xe_mem_u32(thread->kernel->mem, thread->kthread + XE_X_THREAD_APC_DISABLE) != 0;
}

bool xe__apc_user_pending(const struct xe_thread *thread)
{
    return thread->apcs[XE_APC_USER].count != 0;
}

/* ---- queues --------------------------------------------------------------------------------- */

/* Kernel APCs without a normal routine go before those with one. */
static size_t place_for(struct xe_kernel *kernel, const struct xe_apc_queue *queue, xe_gva kapc)
{
    size_t at = 0;

    if (xe_mem_u32(kernel->mem, kapc + XE_X_APC_NORMAL))
        return queue->count;
    while (at < queue->count && !xe_mem_u32(kernel->mem, queue->entry[at].kapc + XE_X_APC_NORMAL))
        at++;
    xe_kernel_work(kernel, at * 5);
    return at;
}

static bool enqueue(struct xe_thread *thread, enum xe_apc_mode mode, xe_gva kapc, bool ours)
{
    struct xe_apc_queue *queue = &thread->apcs[mode];
    size_t at;

    if (queue->count >= XE__APCS ||
        !xe_grow(&queue->entry, &queue->capacity, queue->count, sizeof(*queue->entry)))
        return false;
    at = mode == XE_APC_KERNEL ? place_for(thread->kernel, queue, kapc) : queue->count;
    xe_kernel_work(thread->kernel, (queue->count - at) / MOVED_A_NS);
    memmove(&queue->entry[at + 1], &queue->entry[at], (queue->count - at) * sizeof(*queue->entry));
    queue->entry[at] = (struct xe_apc_entry){kapc, ours};
    queue->count++;
    xe_mem_set_u8(thread->kernel->mem, kapc + XE_X_APC_INSERTED, 1);
    xe_promise_make(thread->kernel, &(struct xe_promise){.kind = XE_PROMISE_APC,
                                                         .token = kapc,
                                                         .object = thread->object,
                                                         .key = kapc,
                                                         .due = XE_PROMISE_UNKNOWN});
    return true;
}

static void dequeue(struct xe_thread *thread, enum xe_apc_mode mode, size_t at)
{
    struct xe_apc_queue *queue = &thread->apcs[mode];

    xe_mem_set_u8(thread->kernel->mem, queue->entry[at].kapc + XE_X_APC_INSERTED, 0);
    memmove(&queue->entry[at], &queue->entry[at + 1],
            (queue->count - at - 1) * sizeof(*queue->entry));
    queue->count--;
    xe_kernel_work(thread->kernel, (queue->count - at) / MOVED_A_NS);
}

/* ---- delivery ------------------------------------------------------------------------------- */

static void run_next(struct xe_thread *thread, enum xe_apc_mode mode);

void xe__apc_normal_done(struct xe_thread *thread, enum xe_apc_mode mode)
{
    if (mode == XE_APC_KERNEL)
        thread->kernel_apc = false;
    run_next(thread, mode);
}

static void run_normal(struct xe_thread *thread, enum xe_apc_mode mode, xe_gva normal,
                       const uint64_t args[3])
{
    bool kernel_mode = mode == XE_APC_KERNEL;

    thread->kernel_apc = kernel_mode ? false : thread->kernel_apc;
    if (!normal || !xe_thread_call_guest(thread, normal, args, 3, XE_GUEST_END_APC_NORMAL, mode))
        run_next(thread, mode);
    else if (kernel_mode)
        thread->kernel_apc = true;
}

/* The kernel routine may have changed the four words it got pointers to. */
void xe__apc_kernel_done(struct xe_thread *thread, enum xe_apc_mode mode)
{
    const struct xe_mem *mem = thread->kernel->mem;
    xe_gva scratch = xe__guest_scratch(thread);
    uint64_t args[3] = {xe_mem_u32(mem, scratch + 4), xe_mem_u32(mem, scratch + 8),
                        xe_mem_u32(mem, scratch + 12)};

    run_normal(thread, mode, xe_mem_u32(mem, scratch), args);
}

static bool may_run(const struct xe_thread *thread, enum xe_apc_mode mode)
{
    if (!thread->apcs[mode].count || thread->state == XE_THREAD_TERMINATED)
        return false;
    return mode == XE_APC_USER ||
           (!thread->kernel_apc && thread->irql < IRQL_APC && !xe__apc_disabled(thread));
}

static void run_next(struct xe_thread *thread, enum xe_apc_mode mode)
{
    struct xe_mem *mem = thread->kernel->mem;
    struct xe_apc_entry entry;
    xe_gva kernel_routine, scratch, fields[4];
    uint64_t args[5];

    if (!may_run(thread, mode))
        return;
    entry = thread->apcs[mode].entry[0];
    dequeue(thread, mode, 0);
    xe_promise_keep(thread->kernel, XE_PROMISE_APC, entry.kapc);
    kernel_routine = xe_mem_u32(mem, entry.kapc + XE_X_APC_KERNEL);
    for (uint32_t i = 0; i < 4; i++)
        fields[i] = xe_mem_u32(mem, entry.kapc + XE_X_APC_NORMAL + i * 4);
    if (entry.ours)
        xe_kernel_pool_free(thread->kernel, entry.kapc);
    if (entry.ours || !kernel_routine) {
        run_normal(thread, mode, fields[0], (uint64_t[]){fields[1], fields[2], fields[3]});
        return;
    }
    scratch = xe__guest_scratch(thread);
    args[0] = entry.kapc;
    for (uint32_t i = 0; i < 4; i++) {
        xe_mem_set_u32(mem, scratch + i * 4, fields[i]);
        args[i + 1] = scratch + i * 4;
    }
    if (!xe_thread_call_guest(thread, kernel_routine, args, 5, XE_GUEST_END_APC_KERNEL, mode))
        return;
    if (mode == XE_APC_KERNEL) {
        thread->kernel_apc = true;
        xe_thread_set_irql(thread, IRQL_APC);
    }
}

void xe__apc_run_kernel(struct xe_thread *thread)
{
    run_next(thread, XE_APC_KERNEL);
}

bool xe_apc_deliver_user(struct xe_thread *thread)
{
    if (!may_run(thread, XE_APC_USER))
        return false;
    run_next(thread, XE_APC_USER);
    return true;
}

/* A new APC may concern a thread that is parked. */
static void notify(struct xe_thread *thread, enum xe_apc_mode mode)
{
    if (!thread->wait.parked)
        return;
    if (mode == XE_APC_KERNEL) {
        xe__apc_run_kernel(thread);
    } else if (thread->wait.alertable && thread->wait.user_mode) {
        xe_wait_abort(thread, XE_STATUS_USER_APC);
        xe_apc_deliver_user(thread);
    }
}

bool xe_apc_insert(struct xe_kernel *kernel, xe_gva kapc, uint32_t arg1, uint32_t arg2)
{
    struct xe_thread *thread =
        xe_thread_at(kernel, xe_mem_u32(kernel->mem, kapc + XE_X_APC_THREAD));
    enum xe_apc_mode mode =
        xe_mem_u8(kernel->mem, kapc + XE_X_APC_MODE) ? XE_APC_USER : XE_APC_KERNEL;

    if (!thread || thread->system || thread->state == XE_THREAD_TERMINATED ||
        xe_mem_u8(kernel->mem, kapc + XE_X_APC_INSERTED))
        return false;
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_ARG1, arg1);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_ARG2, arg2);
    if (!enqueue(thread, mode, kapc, false))
        return false;
    if (mode == XE_APC_USER)
        xe__poster_note(thread);
    notify(thread, mode);
    return true;
}

bool xe_apc_remove(struct xe_kernel *kernel, xe_gva kapc)
{
    struct xe_thread *thread =
        xe_thread_at(kernel, xe_mem_u32(kernel->mem, kapc + XE_X_APC_THREAD));

    for (int mode = XE_APC_KERNEL; thread && mode <= XE_APC_USER; mode++)
        for (size_t i = 0; i < thread->apcs[mode].count; i++)
            if (thread->apcs[mode].entry[i].kapc == kapc) {
                xe_kernel_work(kernel, i);
                dequeue(thread, mode, i);
                xe_promise_cancel(kernel, XE_PROMISE_APC, kapc);
                return true;
            }
    return false;
}

uint32_t xe_apc_queue_user(struct xe_thread *thread, xe_gva routine, xe_gva context, uint32_t arg1,
                           uint32_t arg2)
{
    struct xe_kernel *kernel = thread->kernel;
    xe_gva kapc;

    if (thread->state == XE_THREAD_TERMINATED || thread->system)
        return XE_STATUS_UNSUCCESSFUL;
    kapc = xe_kernel_pool_alloc(kernel, XE_X_APC_SIZE);
    if (!kapc)
        return XE_STATUS_NO_MEMORY;
    xe_mem_set_u16(kernel->mem, kapc + XE_X_APC_TYPE, XE_X_APC);
    xe_mem_set_u8(kernel->mem, kapc + XE_X_APC_MODE, XE_APC_USER);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_THREAD, thread->kthread);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_NORMAL, routine);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_CONTEXT, context);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_ARG1, arg1);
    xe_mem_set_u32(kernel->mem, kapc + XE_X_APC_ARG2, arg2);
    if (!enqueue(thread, XE_APC_USER, kapc, true)) {
        xe_kernel_pool_free(kernel, kapc);
        return XE_STATUS_NO_MEMORY;
    }
    xe__poster_note(thread);
    notify(thread, XE_APC_USER);
    return XE_STATUS_SUCCESS;
}

/* The thread ends. The title's rundown routines are not called: nothing of the thread is left to
 * call them on. */
void xe__apc_rundown(struct xe_thread *thread)
{
    for (int mode = XE_APC_KERNEL; mode <= XE_APC_USER; mode++)
        while (thread->apcs[mode].count) {
            struct xe_apc_entry last = thread->apcs[mode].entry[thread->apcs[mode].count - 1];

            dequeue(thread, mode, thread->apcs[mode].count - 1);
            xe_promise_break(thread->kernel, XE_PROMISE_APC, last.kapc);
            if (last.ours)
                xe_kernel_pool_free(thread->kernel, last.kapc);
        }
}

/* ---- alerts --------------------------------------------------------------------------------- */

bool xe_thread_alert(struct xe_thread *thread, enum xe_apc_mode mode)
{
    bool pending = thread->alerted[mode];

    xe__poster_note(thread);
    if (thread->wait.parked && thread->wait.alertable &&
        (mode == XE_APC_KERNEL || thread->wait.user_mode))
        xe_wait_abort(thread, XE_STATUS_ALERTED);
    else
        thread->alerted[mode] = true;
    return pending;
}

bool xe_thread_test_alert(struct xe_thread *thread, enum xe_apc_mode mode)
{
    bool pending = thread->alerted[mode];

    thread->alerted[mode] = false;
    if (mode == XE_APC_USER)
        xe_apc_deliver_user(thread);
    return pending;
}
