/* DPCs and interrupt callbacks: each hardware thread has one kernel thread above all others that
 * runs them, one after the other, at dispatch level. It is made when it is first needed. */
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"

static bool push(struct xe__hw *hw, const struct xe__dpc *dpc)
{
    size_t capacity = hw->dpc_capacity;

    if (hw->dpc_count >= XE__DPCS || !xe_grow(&hw->dpc, &capacity, hw->dpc_count, sizeof(*hw->dpc)))
        return false;
    hw->dpc_capacity = (uint32_t)capacity;
    hw->dpc[hw->dpc_count++] = *dpc;
    return true;
}

static void drop(struct xe__hw *hw, uint32_t at)
{
    memmove(&hw->dpc[at], &hw->dpc[at + 1], (hw->dpc_count - at - 1) * sizeof(*hw->dpc));
    hw->dpc_count--;
}

/* The hardware thread's DPC thread, ready to look at its queue. */
static bool wake_server(struct xe_kernel *kernel, uint32_t number)
{
    struct xe__hw *hw = &kernel->hw[number];
    struct xe_thread_request request = {
        .process = XE_PROCESS_TITLE, .hw = (int32_t)number, .system = true};
    struct xe_thread *thread = hw->dpc_thread;
    uint32_t status;

    if (!thread) {
        thread = xe_kernel_thread_create(kernel, &request, &status);
        if (!thread)
            return false;
        xe_kernel_thread_set_name(thread, "DPC");
        thread->wait.park = XE_AUDIT_PARK_DPC;
        hw->dpc_thread = thread;
    }
    if (thread->state == XE_THREAD_WAITING && !thread->call_depth)
        xe__kernel_sched_ready(thread, false);
    return true;
}

/* Start the next request of the thread's hardware thread, or go back to sleep. */
void xe__kernel_dpc_thread_run(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe__hw *hw = &kernel->hw[thread->hw];
    struct xe_mem *mem = kernel->mem;

    while (hw->dpc_count) {
        struct xe__dpc dpc = hw->dpc[0];

        drop(hw, 0);
        if (dpc.kdpc) {
            xe_mem_set_u8(mem, dpc.kdpc + XE_X_DPC_INSERTED, 0);
            dpc.routine = xe_mem_u32(mem, dpc.kdpc + XE_X_DPC_ROUTINE);
            dpc.args[0] = dpc.kdpc;
            for (uint32_t i = 0; i < 3; i++)
                dpc.args[i + 1] = xe_mem_u32(mem, dpc.kdpc + XE_X_DPC_CONTEXT + i * 4);
            dpc.count = 4;
        }
        if (dpc.routine && xe_kernel_thread_call_guest(thread, dpc.routine, dpc.args, dpc.count,
                                                       XE_GUEST_END_DPC, dpc.interrupt)) {
            xe_kernel_promise_keep(kernel, XE_PROMISE_DPC, dpc.kdpc);
            return;
        }
        xe_kernel_promise_break(kernel, XE_PROMISE_DPC, dpc.kdpc);
        xe__kernel_interrupts_deliver(kernel);
    }
    xe__kernel_sched_block(thread, XE_THREAD_WAITING);
}

static bool queued(const struct xe_kernel *kernel, xe_gva kdpc, uint32_t *ret_hw, uint32_t *ret_at)
{
    for (uint32_t hw = 0; hw < XE_KERNEL_HW_THREADS; hw++)
        for (uint32_t i = 0; i < kernel->hw[hw].dpc_count; i++)
            if (kernel->hw[hw].dpc[i].kdpc == kdpc) {
                *ret_hw = hw;
                *ret_at = i;
                return true;
            }
    return false;
}

/* A routine ended the thread that served it: the next request gets a new one. */
void xe__kernel_dpc_thread_gone(struct xe_thread *thread)
{
    struct xe__hw *hw = &thread->kernel->hw[thread->hw];

    if (hw->dpc_thread != thread)
        return;
    hw->dpc_thread = NULL;
    xe_kernel_object_unref(thread->object);
    xe__kernel_interrupts_deliver(thread->kernel);
    if (hw->dpc_count)
        wake_server(thread->kernel, (uint32_t)(hw - thread->kernel->hw));
}

bool xe_kernel_dpc_insert(struct xe_kernel *kernel, xe_gva kdpc, uint32_t arg1, uint32_t arg2)
{
    uint8_t target = xe_mem_u8(kernel->mem, kdpc + XE_X_DPC_TARGET);
    uint32_t hw = kernel->running ? kernel->running->hw : 0, ignored;

    kdpc = xe_mem_canonical(kdpc);
    if (!xe_mem_view(kernel->mem, kdpc, XE_X_DPC_SIZE))
        return false;
    /* The flag is the title's memory; only our queue says for sure. */
    if (xe_mem_u8(kernel->mem, kdpc + XE_X_DPC_INSERTED) &&
        queued(kernel, kdpc, &ignored, &ignored))
        return false;
    if (target && target <= XE_KERNEL_HW_THREADS)
        hw = target - 1u;
    if (!push(&kernel->hw[hw], &(struct xe__dpc){.kdpc = kdpc}))
        return false;
    xe_mem_set_u8(kernel->mem, kdpc + XE_X_DPC_INSERTED, (uint8_t)(hw + 1));
    xe_mem_set_u32(kernel->mem, kdpc + XE_X_DPC_ARG1, arg1);
    xe_mem_set_u32(kernel->mem, kdpc + XE_X_DPC_ARG2, arg2);
    xe_kernel_promise_make(
        kernel, &(struct xe_promise){
                    .kind = XE_PROMISE_DPC, .token = kdpc, .key = kdpc, .due = XE_PROMISE_UNKNOWN});
    return wake_server(kernel, hw);
}

bool xe_kernel_dpc_remove(struct xe_kernel *kernel, xe_gva kdpc)
{
    uint32_t hw, at;

    kdpc = xe_mem_canonical(kdpc);
    if (!queued(kernel, kdpc, &hw, &at))
        return false;
    drop(&kernel->hw[hw], at);
    xe_mem_set_u8(kernel->mem, kdpc + XE_X_DPC_INSERTED, 0);
    xe_kernel_promise_cancel(kernel, XE_PROMISE_DPC, kdpc);
    return true;
}

bool xe__kernel_dpc_push(struct xe_kernel *kernel, uint32_t hw, const struct xe__dpc *dpc)
{
    return push(&kernel->hw[hw], dpc) && wake_server(kernel, hw);
}
