/* What can be done to a living thread: priorities, IRQL, name. */
#include <string.h>

#include "kernel/core/kernel_internal.h"

#define SATURATION 16

/* Source: NT KeSetBasePriorityThread. Guess: steps that are not saturated stay inside the process's
 * idle and time-critical classes. */
int32_t xe_kernel_thread_set_base_priority(struct xe_thread *thread, int32_t increment)
{
    uint8_t class[3];
    int32_t base, previous;

    xe__kernel_process_priorities(thread->process, class);
    previous =
        thread->saturation ? thread->saturation * SATURATION : thread->base_priority - class[1];
    thread->saturation = increment >= SATURATION ? 1 : increment <= -SATURATION ? -1 : 0;
    base = thread->saturation > 0   ? class[2]
           : thread->saturation < 0 ? class[0]
                                    : class[1] + increment;
    base = base < class[0] ? class[0] : base > class[2] ? class[2] : base;
    thread->base_priority = base;
    xe__kernel_sched_repriority(thread, base);
    xe__kernel_thread_sync(thread);
    return previous;
}

int32_t xe_kernel_thread_set_priority(struct xe_thread *thread, int32_t priority)
{
    int32_t previous = thread->priority;

    if (priority < 0 || priority > XE_PRIORITY_MAX || thread->system)
        return previous;
    xe__kernel_sched_repriority(thread, priority);
    xe__kernel_thread_sync(thread);
    return previous;
}

/* Priorities from here on are never changed by the kernel. Source: NT LOW_REALTIME_PRIORITY. */
#define REALTIME 16

/* Source: NT. Guess: it holds for the console's classes, too, of which the title's time-critical
 * one lies above REALTIME and its two others below. KTHREAD.Priority, read on the console by a
 * thread that was woken by KeSetEvent with an increment, would settle it; and the order in which
 * two threads of one processor run, one of which sets the event of the other, whether a boost above
 * an equal base takes the processor at once. */
void xe_kernel_thread_boost(struct xe_thread *thread, int32_t increment)
{
    int32_t priority;

    if (increment <= 0 || thread->system || thread->disable_boost || thread->priority >= REALTIME)
        return;
    priority = increment < REALTIME ? thread->base_priority + increment : REALTIME;
    priority = priority < REALTIME ? priority : REALTIME - 1;
    if (priority > thread->priority)
        xe__kernel_sched_repriority(thread, priority);
}

/* Its quantum is over: a step back to its base. */
void xe__kernel_thread_unboost(struct xe_thread *thread)
{
    if (thread->priority < REALTIME && thread->priority > thread->base_priority)
        xe__kernel_sched_repriority(thread, thread->priority - 1);
}

uint32_t xe_kernel_thread_set_irql(struct xe_thread *thread, uint32_t irql)
{
    uint32_t previous = thread->irql;

    thread->irql = irql;
    xe_mem_set_u8(thread->kernel->mem, thread->kpcr + XE_X_PCR_IRQL, (uint8_t)irql);
    return previous;
}

void xe_kernel_thread_set_name(struct xe_thread *thread, const char *name)
{
    size_t n = 0;

    while (name[n] && n < sizeof(thread->name) - 1) {
        thread->name[n] = name[n] >= ' ' && name[n] < 0x7F ? name[n] : '?';
        n++;
    }
    memset(thread->name + n, 0, sizeof(thread->name) - n);
}

uint32_t xe_kernel_thread_last_error(const struct xe_thread *thread)
{
    return xe_mem_u32(thread->kernel->mem, thread->kthread + XE_X_THREAD_LAST_ERROR);
}

void xe_kernel_thread_set_last_error(struct xe_thread *thread, uint32_t code)
{
    xe_mem_set_u32(thread->kernel->mem, thread->kthread + XE_X_THREAD_LAST_ERROR, code);
}
