/* Suspension. It is a kernel APC with a normal routine, which waits until nobody wants the thread
 * suspended any more: so it lets critical regions and raised IRQLs finish first, it takes the
 * thread out of whatever it waits for, and special APCs run meanwhile. Source: NT, whose routine
 * waits for the KTHREAD's SuspendSemaphore; here the count tells. */
#include "kernel/core/kernel_internal.h"

#define SUSPEND_MAX 127u

/* For reports: who suspended it, and when. */
void xe__kernel_thread_note_suspended(struct xe_thread *thread)
{
    const struct xe_thread *by = xe_kernel_current(thread->kernel);

    thread->suspender_tid = by ? by->tid : 0;
    thread->suspended_cycle = xe_kernel_cycle(thread->kernel);
}

/* The APC runs. Who worked for a queue makes room; who was parked had done so already. */
void xe__kernel_suspend(struct xe_thread *thread)
{
    bool parked = thread->wait.parked;

    if (!thread->suspend_count)
        return;
    xe__kernel_wait_hold(thread);
    thread->kernel_apc = true;
    xe__kernel_sched_block(thread, XE_THREAD_SUSPENDED);
    if (!parked)
        xe__kernel_queue_thread_parks(thread);
}

/* A special APC that ran in the middle of it is over. */
void xe__kernel_suspend_again(struct xe_thread *thread)
{
    if (thread->suspend_count) {
        xe__kernel_queue_thread_parks(thread);
        xe__kernel_sched_block(thread, XE_THREAD_SUSPENDED);
    } else {
        thread->kernel_apc = false;
    }
}

uint32_t xe_kernel_thread_suspend(struct xe_thread *thread, uint32_t *ret_status)
{
    uint32_t previous = thread->suspend_count;
    bool ends = thread->exiting || thread->state == XE_THREAD_TERMINATED;

    *ret_status = thread->system            ? XE_STATUS_ACCESS_DENIED
                  : ends                    ? XE_STATUS_THREAD_IS_TERMINATING
                  : previous >= SUSPEND_MAX ? XE_STATUS_SUSPEND_COUNT_EXCEEDED
                                            : XE_STATUS_SUCCESS;
    if (*ret_status)
        return previous;
    thread->suspend_count++;
    xe__kernel_thread_note_suspended(thread);
    xe__kernel_thread_sync(thread);
    if (!previous && !xe__kernel_apc_is_queued(thread, XE_APC_SUSPENDS) &&
        !xe__kernel_apc_queue_suspension(thread))
        xe_kernel_crash(thread->kernel, &(struct xe_stop_info){.cause = XE_CAUSE_HOST_MEMORY},
                        "APCs");
    return previous;
}

/* What it waited for it looks at again when it runs. */
uint32_t xe_kernel_thread_resume(struct xe_thread *thread)
{
    uint32_t previous = thread->suspend_count;

    if (!previous || thread->state == XE_THREAD_TERMINATED)
        return previous;
    thread->suspend_count--;
    xe__kernel_thread_sync(thread);
    if (thread->suspend_count || thread->state != XE_THREAD_SUSPENDED)
        return previous;
    thread->kernel_apc = false;
    xe__kernel_queue_thread_wakes(thread);
    xe__kernel_sched_ready(thread, false);
    return previous;
}
