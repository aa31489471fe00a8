/* Timers, by pointer and by handle. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

static void ke_initialize_timer_ex(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    struct xe_object *old = xe_kernel_object_at(call->kernel, at);

    if (old && old->adopted && old->type == &xe_object_timer_type)
        xe_kernel_ktimer_cancel(old);
    xe_kernel_header_init(call->kernel, at,
                          xe_arg_u32(call, 1) ? XE_X_TIMER_AUTO : XE_X_TIMER_MANUAL, 0);
    for (xe_gva field = XE_X_TIMER_DUE; field < XE_X_TIMER_SIZE; field += 4)
        xe_mem_set_u32(call->mem, at + field, 0);
    xe_kernel_object_initialize(call->kernel, at, &xe_object_timer_type);
}

static void set_by_pointer(struct xe_call *call, uint32_t period_ms, xe_gva dpc)
{
    struct xe_object *timer =
        xe__kernel_ke_object(call, 0, &xe_object_timer_type, XE_AUDIT_OP_RESET);
    struct xe_ktimer_request request = {
        .due = (int64_t)xe_arg_u64(call, 1), .period_ms = period_ms, .dpc = dpc};

    xe_ret_u32(call, timer && xe_kernel_ktimer_set(timer, &request));
}

static void ke_set_timer(struct xe_call *call)
{
    set_by_pointer(call, 0, xe_arg_gva(call, 2));
}

static void ke_set_timer_ex(struct xe_call *call)
{
    set_by_pointer(call, xe_arg_u32(call, 2), xe_arg_gva(call, 3));
}

static void ke_cancel_timer(struct xe_call *call)
{
    struct xe_object *timer =
        xe__kernel_ke_object(call, 0, &xe_object_timer_type, XE_AUDIT_OP_RESET);

    xe_ret_u32(call, timer && xe_kernel_ktimer_cancel(timer));
}

static void nt_create_timer(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    uint32_t type = xe_arg_u32(call, 2);

    if (type > 1)
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
    else if (!xe__kernel_create_existing(call, 1, &xe_object_timer_type, name))
        xe__kernel_create_finish(call, xe_kernel_ktimer_create(call->kernel, type == 0), name);
}

/* The state that these two give is the signal state. Source: NT. Guess: negative periods are taken
 * as the large ones that they are as unsigned; a title that passes one and looks at the result
 * would show that they are refused, as on NT. */
static void nt_set_timer_ex(struct xe_call *call)
{
    struct xe_object *timer =
        xe__kernel_nt_object(call, 0, &xe_object_timer_type, XE_AUDIT_OP_RESET);
    struct xe_ktimer_request request = {
        .due = (int64_t)xe_mem_u64(call->mem, xe_arg_gva(call, 1)),
        .apc = xe_arg_gva(call, 2),
        .apc_mode = xe_arg_u32(call, 3) ? XE_APC_USER : XE_APC_KERNEL,
        .apc_context = xe_arg_gva(call, 4),
        .period_ms = xe_arg_u32(call, 6),
        .key = xe_arg_u32(call, 0),
    };

    bool was;

    if (!timer)
        return;
    was = xe_kernel_object_signaled(timer);
    xe_kernel_ktimer_set(timer, &request);
    xe__kernel_store_u32(call, 7, was);
    xe_ret_status(call, (uint8_t)xe_arg_u32(call, 5) ? XE_STATUS_TIMER_RESUME_IGNORED
                                                     : XE_STATUS_SUCCESS);
}

static void nt_cancel_timer(struct xe_call *call)
{
    struct xe_object *timer =
        xe__kernel_nt_object(call, 0, &xe_object_timer_type, XE_AUDIT_OP_RESET);

    if (!timer)
        return;
    xe_kernel_ktimer_cancel(timer);
    xe__kernel_store_u32(call, 1, xe_kernel_object_signaled(timer));
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* TIMER_BASIC_INFORMATION: remaining time, signal state. Source: NT layout. */
static void nt_query_timer(struct xe_call *call)
{
    uint32_t status;
    xe_gva out = xe_arg_gva(call, 1);
    struct xe_object *timer =
        xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, 0), &xe_object_timer_type, &status);

    if (timer) {
        uint64_t due = xe_mem_u64(call->mem, timer->header + XE_X_TIMER_DUE);

        xe_mem_set_u64(call->mem, out, due - xe_kernel_interrupt_time(call->kernel));
        xe_mem_set_u8(call->mem, out + 8, xe_kernel_object_signaled(timer));
    }
    xe_ret_status(call, status);
}

const struct xe_hle xe_hle_timers[] = {
    XE_HLE(XBOXKRNL, KeCancelTimer, ke_cancel_timer, "timer:KTIMER* -> bool"),
    XE_HLE(XBOXKRNL, KeInitializeTimerEx, ke_initialize_timer_ex,
           "timer:KTIMER* type:u32 process:u32 -> void"),
    XE_HLE(XBOXKRNL, KeSetTimer, ke_set_timer, "timer:KTIMER* due:s64 dpc:KDPC* -> bool"),
    XE_HLE(XBOXKRNL, KeSetTimerEx, ke_set_timer_ex,
           "timer:KTIMER* due:s64 period:s32 dpc:KDPC* -> bool"),
    XE_HLE(XBOXKRNL, NtCancelTimer, nt_cancel_timer, "timer:handle state:ptr -> status"),
    XE_HLE(XBOXKRNL, NtCreateTimer, nt_create_timer,
           "handle:HANDLE* attributes:OBJECT_ATTRIBUTES* type:u32 -> status"),
    XE_HLE(XBOXKRNL, NtQueryTimer, nt_query_timer, "timer:handle info:ptr -> status"),
    XE_HLE(XBOXKRNL, NtSetTimerEx, nt_set_timer_ex,
           "timer:handle due:ptr apc:ptr mode:u32 context:ptr resume:bool period:s32 "
           "previous:ptr -> status"),
    XE_HLE_END,
};
