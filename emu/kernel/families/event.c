/* Events: KEVENT by pointer, event objects by handle. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

static void ke_initialize_event(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);

    xe_kernel_header_init(call->kernel, at,
                          xe_arg_u32(call, 1) ? XE_X_EVENT_AUTO : XE_X_EVENT_MANUAL,
                          (uint8_t)xe_arg_u32(call, 2) != 0);
    xe_kernel_object_initialize(call->kernel, at, &xe_object_event_type);
}

static void nt_create_event(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    uint32_t type = xe_arg_u32(call, 2);

    if (type > 1) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    if (xe__kernel_create_existing(call, 1, &xe_object_event_type, name))
        return;
    xe__kernel_create_finish(
        call, xe_kernel_event_create(call->kernel, type == 0, (uint8_t)xe_arg_u32(call, 3) != 0),
        name);
}

typedef int32_t event_act(struct xe_object *event, uint32_t key, int32_t increment);

/* The pointer forms return the previous state. */
static void ke_act(struct xe_call *call, enum xe_audit_op op, event_act *act, int32_t increment)
{
    struct xe_object *event = xe__kernel_ke_object(call, 0, &xe_object_event_type, op);

    xe_ret_s32(call, event ? act(event, 0, increment) : 0);
}

/* The handle forms return a status and store the previous state through argument 1. */
static void nt_act(struct xe_call *call, enum xe_audit_op op, event_act *act, bool previous)
{
    struct xe_object *event = xe__kernel_nt_object(call, 0, &xe_object_event_type, op);
    int32_t state;

    if (!event)
        return;
    state = act(event, xe_arg_u32(call, 0), XE_INCREMENT);
    if (previous)
        xe__kernel_store_u32(call, 1, (uint32_t)state);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static int32_t reset(struct xe_object *event, uint32_t key, int32_t increment)
{
    (void)increment;
    return xe_kernel_event_reset(event, key);
}

static void ke_set_event(struct xe_call *call)
{
    ke_act(call, XE_AUDIT_OP_SIGNAL, xe_kernel_event_set_by, xe_arg_s32(call, 1));
}

/* Guess: as an event of a handle does. NT lifts the waiter to the priority of who sets it. */
static void ke_set_event_boost_priority(struct xe_call *call)
{
    ke_act(call, XE_AUDIT_OP_SIGNAL, xe_kernel_event_set_by, XE_INCREMENT);
}

static void ke_reset_event(struct xe_call *call)
{
    ke_act(call, XE_AUDIT_OP_RESET, reset, 0);
}

static void ke_pulse_event(struct xe_call *call)
{
    ke_act(call, XE_AUDIT_OP_PULSE, xe_kernel_event_pulse_by, xe_arg_s32(call, 1));
}

static void nt_set_event(struct xe_call *call)
{
    nt_act(call, XE_AUDIT_OP_SIGNAL, xe_kernel_event_set_by, true);
}

static void nt_clear_event(struct xe_call *call)
{
    nt_act(call, XE_AUDIT_OP_RESET, reset, false);
}

static void nt_pulse_event(struct xe_call *call)
{
    nt_act(call, XE_AUDIT_OP_PULSE, xe_kernel_event_pulse_by, true);
}

static void nt_query_event(struct xe_call *call)
{
    uint32_t status;
    xe_gva out = xe_arg_gva(call, 1);
    struct xe_object *event =
        xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, 0), &xe_object_event_type, &status);

    if (event) {
        xe_mem_set_u32(call->mem, out, xe__kernel_header_type(event));
        xe_mem_set_u32(call->mem, out + 4, (uint32_t)xe_kernel_header_state(event));
    }
    xe_ret_status(call, status);
}

const struct xe_hle xe_hle_events[] = {
    XE_HLE(XBOXKRNL, KeInitializeEvent, ke_initialize_event,
           "event:KEVENT* type:u32 state:bool -> void"),
    XE_HLE(XBOXKRNL, KePulseEvent, ke_pulse_event, "event:KEVENT* increment:s32 wait:bool -> s32"),
    XE_HLE(XBOXKRNL, KeResetEvent, ke_reset_event, "event:KEVENT* -> s32"),
    XE_HLE(XBOXKRNL, KeSetEvent, ke_set_event, "event:KEVENT* increment:s32 wait:bool -> s32"),
    XE_HLE(XBOXKRNL, KeSetEventBoostPriority, ke_set_event_boost_priority,
           "event:KEVENT* thread:ptr -> s32"),
    XE_HLE(XBOXKRNL, NtClearEvent, nt_clear_event, "event:handle -> status"),
    XE_HLE(XBOXKRNL, NtCreateEvent, nt_create_event,
           "handle:HANDLE* attributes:OBJECT_ATTRIBUTES* type:u32 state:bool -> status"),
    XE_HLE(XBOXKRNL, NtPulseEvent, nt_pulse_event, "event:handle previous:ptr -> status"),
    XE_HLE(XBOXKRNL, NtQueryEvent, nt_query_event, "event:handle info:ptr -> status"),
    XE_HLE(XBOXKRNL, NtSetEvent, nt_set_event, "event:handle previous:ptr -> status"),
    XE_HLE_END,
};
