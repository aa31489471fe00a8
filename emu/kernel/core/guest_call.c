/* Guest routines that the kernel runs on a thread in the middle of something else: the interrupted
 * context is kept here and comes back when the routine returns to our trampoline. */
#include "kernel/core/guest_call.h"

#include "base/alloc.h"
#include "kernel/core/module_internal.h"

/* Below the interrupted frame: what compilers keep under r1, and a scratch area for in/out
 * arguments above the callee's home area. Guess: 0x180 covers the save tails of the compilers seen.
 */
#define FRAME   0x280u
#define SCRATCH 0x80u

static xe_gva sp_below(xe_gva sp)
{
    return (sp - FRAME) & ~0xFu;
}

static xe_gva new_sp(const struct xe_thread *thread)
{
    return sp_below((xe_gva)thread->cpu.gpr[1]);
}

/* 0x20 bytes of the frame that the next guest call gets; the same address when it has returned. */
xe_gva xe__kernel_guest_scratch(const struct xe_thread *thread)
{
    return new_sp(thread) + SCRATCH;
}

bool xe_kernel_thread_call_guest(struct xe_thread *thread, xe_gva routine, const uint64_t *args,
                                 uint32_t count, enum xe_guest_end end, uint32_t arg)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe_cpu *cpu = &thread->cpu;
    struct xe_guest_call *call;
    xe_gva sp = new_sp(thread);
    bool asleep;

    if (thread->state == XE_THREAD_TERMINATED || thread->call_depth >= XE_GUEST_CALL_DEPTH)
        goto fail;
    call = xe_calloc(1, sizeof(*call));
    if (!call)
        goto fail;
    asleep = thread->state == XE_THREAD_WAITING || thread->state == XE_THREAD_SUSPENDED;
    if (asleep)
        xe__kernel_queue_thread_wakes(thread);
    if (!xe__kernel_wait_put_aside(thread, call)) {
        xe_free(call);
        goto fail;
    }
    call->below = thread->calls;
    call->saved = *cpu;
    call->end = end;
    call->arg = arg;
    call->irql = thread->irql;
    call->suspended = thread->state == XE_THREAD_SUSPENDED;
    thread->calls = call;
    thread->call_depth++;
    xe__kernel_still_ends(thread);
    xe_mem_set_u32(kernel->mem, sp, (xe_gva)cpu->gpr[1]);
    cpu->gpr[1] = sp;
    for (uint32_t i = 0; i < count && i < 8; i++)
        cpu->gpr[3 + i] = args[i];
    cpu->lr = XE__TRAMPOLINE_RETURN;
    cpu->pc = routine;
    cpu->reserve_valid = 0;
    if (asleep)
        xe__kernel_sched_ready(thread, false);
    return true;

fail:
    xe_log_write(kernel->log, XE_LOG_ERROR, "kernel",
                 "guest call of 0x%08x on thread %u refused at depth %u", routine, thread->tid,
                 thread->call_depth);
    return false;
}

static void go_on(struct xe_thread *thread, const struct xe_guest_call *call)
{
    switch (call->end) {
    case XE_GUEST_END_APC_KERNEL:
        xe__kernel_apc_kernel_done(thread, (enum xe_apc_mode)call->arg);
        break;
    case XE_GUEST_END_APC_SPECIAL:
        xe__kernel_apc_run_kernel(thread);
        break;
    case XE_GUEST_END_APC_NORMAL:
        xe__kernel_apc_normal_done(thread, (enum xe_apc_mode)call->arg);
        break;
    case XE_GUEST_END_DPC:
        xe__kernel_interrupts_deliver(thread->kernel);
        xe__kernel_dpc_thread_run(thread);
        break;
    case XE_GUEST_END_ENDING:
        xe__kernel_ending_next(thread);
        break;
    case XE_GUEST_END_MODULE:
        xe__kernel_module_returned(thread, &call->step);
        break;
    case XE_GUEST_END_NOTE:
        xe__kernel_thread_noted(thread, &call->step);
        break;
    case XE_GUEST_END_RUNDOWN:
        xe__kernel_apc_rundown_next(thread);
        break;
    default:
        break;
    }
}

/* The thread is where it was when the call began. The wait is last: all that is pending comes
 * first, as on NT. */
static void come_back(struct xe_thread *thread, struct xe_guest_call *call)
{
    struct xe_object *object = thread->object;

    xe_kernel_object_ref(object); /* it may end here */
    xe__kernel_wait_put_back(thread, call);
    if (call->suspended)
        xe__kernel_suspend_again(thread);
    go_on(thread, call);
    if (thread->wait.held &&
        (thread->state == XE_THREAD_RUNNING || thread->state == XE_THREAD_READY))
        xe__kernel_wait_take_up(thread);
    xe_kernel_object_unref(object);
}

/* The routine has returned: bring the context back, tell the one who asked for the call. */
void xe__kernel_guest_call_returned(struct xe_thread *thread)
{
    struct xe_guest_call *call = thread->calls;
    struct xe_cpu *cpu = &thread->cpu;
    uint64_t retired = cpu->retired;
    uint32_t stop = cpu->stop;

    if (!call) {
        xe_kernel_crash(thread->kernel, &(struct xe_stop_info){.cause = XE_CAUSE_KERNEL_RETURN},
                        NULL);
        return;
    }
    call->step.result = (uint32_t)cpu->gpr[3];
    thread->calls = call->below;
    thread->call_depth--;
    *cpu = call->saved;
    cpu->retired = retired;
    cpu->stop = stop;
    cpu->hw_thread = thread->hw;
    cpu->reserve_valid = 0;
    xe_kernel_thread_set_irql(thread, call->irql);
    come_back(thread, call);
    xe_free(call);
}

/* The thread ends: nothing will return any more. */
void xe__kernel_guest_calls_drop(struct xe_thread *thread)
{
    while (thread->calls) {
        struct xe_guest_call *call = thread->calls;

        thread->calls = call->below;
        if (call->interrupted)
            xe__kernel_wait_release(call->interrupted);
        xe_free(call->interrupted);
        xe_free(call);
    }
    thread->call_depth = 0;
    thread->kernel_apc = false;
}

/* ---- left by an exception ---------------------------------------------------------------------
 */

static bool is_entry_call(const struct xe_guest_call *call)
{
    const struct xe_module_step *step = &call->step;

    return call->end == XE_GUEST_END_MODULE &&
           ((step->reason == XE_MODULE_ATTACH && !step->starts) ||
            (step->reason == XE_MODULE_DETACH && !step->ends && !step->process));
}

const struct xe_guest_call *xe__kernel_entry_call_at(const struct xe_thread *thread, xe_gva sp)
{
    const struct xe_guest_call *call = thread->calls;

    while (call && sp_below((xe_gva)call->saved.gpr[1]) != sp)
        call = call->below;
    return call && is_entry_call(call) ? call : NULL;
}

void xe__kernel_entry_calls_unwound(struct xe_thread *thread, xe_gva sp)
{
    while (thread->calls && is_entry_call(thread->calls) &&
           sp_below((xe_gva)thread->calls->saved.gpr[1]) < sp) {
        struct xe_guest_call *call = thread->calls;

        thread->calls = call->below;
        thread->call_depth--;
        xe__kernel_module_abandoned(thread, &call->step);
        xe_free(call);
    }
}
