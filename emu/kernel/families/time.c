/* Time: all of it virtual. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

static void ke_query_system_time(struct xe_call *call)
{
    xe_mem_set_u64(call->mem, xe_arg_gva(call, 0), xe_kernel_system_time(call->kernel));
}

static void ke_query_interrupt_time(struct xe_call *call)
{
    xe_ret_u64(call, xe_kernel_interrupt_time(call->kernel));
}

static void ke_query_performance_frequency(struct xe_call *call)
{
    xe_ret_u32(call, XE_TIMEBASE_HZ);
}

/* A busy wait: the call is executed again, one instruction a turn, until the time has passed. */
static void ke_stall_execution_processor(struct xe_call *call)
{
    struct xe_thread *thread = call->thread;
    uint64_t now = xe_kernel_interrupt_time(call->kernel);

    if (!thread->stall_until)
        thread->stall_until = now + (uint64_t)xe_arg_u32(call, 0) * 10;
    if (now < thread->stall_until)
        xe_kernel_thread_retry(thread);
    else
        thread->stall_until = 0;
}

const struct xe_hle xe_hle_time[] = {
    XE_HLE(XBOXKRNL, KeQueryInterruptTime, ke_query_interrupt_time, "-> u64"),
    XE_HLE(XBOXKRNL, KeQueryPerformanceFrequency, ke_query_performance_frequency, "-> u32"),
    XE_HLE(XBOXKRNL, KeQuerySystemTime, ke_query_system_time, "time:ptr -> void"),
    XE_HLE(XBOXKRNL, KeStallExecutionProcessor, ke_stall_execution_processor,
           "microseconds:u32 -> void"),
    XE_HLE_END,
};
