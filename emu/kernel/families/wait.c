/* Waits: every form ends in xe_kernel_wait. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

#define MODE_USER 1u

/* Would the wait own a mutant once more than can be counted? Only as far as it looks. */
static bool hits_limit(const struct xe_call *call, const struct xe_wait_request *request)
{
    for (uint32_t i = 0; i < request->count; i++) {
        const struct xe_object *object = request->object[i];
        bool mine =
            xe__kernel_header_type(object) == XE_X_MUTANT &&
            xe_mem_u32(call->mem, object->header + XE_X_MUTANT_OWNER) == call->thread->kthread;

        if (mine && xe_kernel_header_state(object) == INT32_MIN)
            return true;
        if (!request->all && xe__kernel_satisfiable(object, call->thread))
            return false;
    }
    return false;
}

/* Source: NT, which raises the status in the forms with pointers. */
static void wait_by_pointer(struct xe_call *call, const struct xe_wait_request *request)
{
    if (hits_limit(call, request))
        xe__kernel_raise_status(call, XE_STATUS_MUTANT_LIMIT_EXCEEDED);
    else
        xe_kernel_wait(call->thread, request);
}

static void ke_wait_for_single_object(struct xe_call *call)
{
    struct xe_object *object = xe__kernel_ke_object(call, 0, NULL, XE_AUDIT_OP_WAIT);
    struct xe_wait_request request = {
        .count = 1,
        .object = {object},
        .user_mode = xe_arg_u32(call, 2) == MODE_USER,
        .alertable = (uint8_t)xe_arg_u32(call, 3) != 0,
        .timeout = xe_kernel_wait_timeout_at(call->kernel, xe_arg_gva(call, 4)),
    };

    if (object)
        wait_by_pointer(call, &request);
    else
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
}

static bool bad_multiple(struct xe_call *call, uint32_t count, uint32_t type)
{
    if (count && count <= XE_WAIT_OBJECTS && type <= 1)
        return false;
    xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
    return true;
}

static void ke_wait_for_multiple_objects(struct xe_call *call)
{
    uint32_t count = xe_arg_u32(call, 0);
    xe_gva list = xe_arg_gva(call, 1);
    struct xe_wait_request request = {
        .count = count,
        .all = xe_arg_u32(call, 2) == 0,
        .user_mode = xe_arg_u32(call, 4) == MODE_USER,
        .alertable = (uint8_t)xe_arg_u32(call, 5) != 0,
        .timeout = xe_kernel_wait_timeout_at(call->kernel, xe_arg_gva(call, 6)),
    };

    if (bad_multiple(call, count, xe_arg_u32(call, 2)))
        return;
    for (uint32_t i = 0; i < count; i++) {
        xe_gva at = xe_mem_u32(call->mem, list + i * 4);

        request.object[i] = xe_kernel_object_adopt(call->kernel, at, NULL);
        if (!request.object[i] || !request.object[i]->header) {
            xe_kernel_call_guest_error(call, "object %u: nothing to wait for at 0x%08x", i, at);
            xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
            return;
        }
    }
    wait_by_pointer(call, &request);
}

/* A waitable object by handle. Guess: waiting for an object without a dispatcher header fails as on
 * NT; xenia lets it succeed at once. */
static struct xe_object *waitable(struct xe_call *call, xe_handle handle, uint32_t *ret_status)
{
    struct xe_object *object = xe_kernel_handle_object(call->kernel, handle);

    *ret_status = !object           ? XE_STATUS_INVALID_HANDLE
                  : !object->header ? XE_STATUS_OBJECT_TYPE_MISMATCH
                                    : XE_STATUS_SUCCESS;
    if (!*ret_status)
        return object;
    xe_kernel_signal_failed(call->kernel, NULL, handle, XE_AUDIT_OP_WAIT, *ret_status);
    return NULL;
}

static void wait_by_handle(struct xe_call *call, xe_handle handle, bool user, bool alertable,
                           xe_gva timeout)
{
    uint32_t status;
    struct xe_object *object = waitable(call, handle, &status);
    struct xe_wait_request request = {
        .count = 1,
        .object = {object},
        .key = {handle},
        .user_mode = user,
        .alertable = alertable,
        .timeout = xe_kernel_wait_timeout_at(call->kernel, timeout),
    };

    if (object && hits_limit(call, &request))
        status = XE_STATUS_MUTANT_LIMIT_EXCEEDED;
    if (status)
        xe_ret_status(call, status);
    else
        xe_kernel_wait(call->thread, &request);
}

static void nt_wait_for_single_object_ex(struct xe_call *call)
{
    wait_by_handle(call, xe_arg_u32(call, 0), xe_arg_u32(call, 1) == MODE_USER,
                   (uint8_t)xe_arg_u32(call, 2) != 0, xe_arg_gva(call, 3));
}

/* Guess: a wait for all names no object twice, as on NT; a title that does and goes on would show
 * that the console lets it. */
static bool names_one_twice(const struct xe_wait_request *request)
{
    for (uint32_t i = 0; request->all && i < request->count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (request->object[i] == request->object[k])
                return true;
    return false;
}

/* Guess: one bad handle fails the call as it would alone; xenia has C000000D for it.
 * What a title that waits for a closed handle gets on the console would tell. */
static void nt_wait_for_multiple_objects_ex(struct xe_call *call)
{
    uint32_t count = xe_arg_u32(call, 0), status;
    xe_gva list = xe_arg_gva(call, 1);
    struct xe_wait_request request = {
        .count = count,
        .all = xe_arg_u32(call, 2) == 0,
        .user_mode = xe_arg_u32(call, 3) == MODE_USER,
        .alertable = (uint8_t)xe_arg_u32(call, 4) != 0,
        .timeout = xe_kernel_wait_timeout_at(call->kernel, xe_arg_gva(call, 5)),
    };

    if (bad_multiple(call, count, xe_arg_u32(call, 2)))
        return;
    for (uint32_t i = 0; i < count; i++) {
        request.key[i] = xe_mem_u32(call->mem, list + i * 4);
        request.object[i] = waitable(call, request.key[i], &status);
        if (!request.object[i]) {
            xe_ret_status(call, status);
            return;
        }
    }
    if (names_one_twice(&request))
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER_MIX);
    else if (hits_limit(call, &request))
        xe_ret_status(call, XE_STATUS_MUTANT_LIMIT_EXCEEDED);
    else
        xe_kernel_wait(call->thread, &request);
}

/* The signal half: set an event, release a semaphore by one, or a mutant. */
static uint32_t signal_once(struct xe_call *call, xe_handle handle)
{
    struct xe_object *object = xe_kernel_handle_object(call->kernel, handle);
    uint32_t status = object ? XE_STATUS_OBJECT_TYPE_MISMATCH : XE_STATUS_INVALID_HANDLE;
    int32_t previous;

    if (object && object->type == &xe_object_semaphore_type)
        return xe_kernel_semaphore_release_by(object, handle, 1, XE_INCREMENT, &previous);
    if (object && object->type == &xe_object_mutant_type)
        return xe_kernel_mutant_release_by(object, handle, call->thread, false, XE_INCREMENT,
                                           &previous);
    if (object && object->type == &xe_object_event_type) {
        xe_kernel_event_set_by(object, handle, XE_INCREMENT);
        return XE_STATUS_SUCCESS;
    }
    xe_kernel_signal_failed(call->kernel, object, handle, XE_AUDIT_OP_SIGNAL, status);
    return status;
}

/* Guess: r5 is the mode and r6 says alertable, as in the forms with one handle and in xkelib;
 * xenia has it the other way round. A title that passes two different
 * values, and whose APCs depend on it, would settle it. */
static void nt_signal_and_wait(struct xe_call *call)
{
    xe_handle signal = xe_arg_u32(call, 0), target = xe_arg_u32(call, 1);
    uint32_t status;

    if ((xe_kernel_handle_object(call->kernel, signal) && !waitable(call, target, &status)) ||
        (status = signal_once(call, signal))) {
        xe_ret_status(call, status);
        return;
    }
    wait_by_handle(call, target, xe_arg_u32(call, 2) == MODE_USER,
                   (uint8_t)xe_arg_u32(call, 3) != 0, xe_arg_gva(call, 4));
}

static uint32_t yield(struct xe_thread *thread)
{
    return xe_kernel_thread_yield(thread) ? XE_STATUS_SUCCESS : XE_STATUS_NO_YIELD_PERFORMED;
}

/* Interval 0 is a yield, and says if it was none. Guess: not where it could have been alerted, as
 * Win32's SleepEx(0, TRUE) needs it; public tests of NT look at that form only so. */
static void ke_delay_execution_thread(struct xe_call *call)
{
    int64_t interval = xe_kernel_wait_timeout_at(call->kernel, xe_arg_gva(call, 2));
    bool user = xe_arg_u32(call, 0) == MODE_USER, alertable = (uint8_t)xe_arg_u32(call, 1) != 0;

    if (interval == 0 && !alertable) {
        xe_ret_status(call, yield(call->thread));
        return;
    }
    if (interval == 0 &&
        !xe__kernel_alert_is_pending(call->thread, user ? XE_APC_USER : XE_APC_KERNEL)) {
        xe_ret_status(call, XE_STATUS_SUCCESS);
        xe_kernel_thread_yield(call->thread);
        return;
    }
    xe_kernel_wait_delay(call->thread, interval, alertable, user);
}

static void nt_yield_execution(struct xe_call *call)
{
    xe_ret_status(call, yield(call->thread));
}

const struct xe_hle xe_hle_waits[] = {
    XE_HLE(XBOXKRNL, KeDelayExecutionThread, ke_delay_execution_thread,
           "mode:u32 alertable:bool interval:ptr -> status"),
    XE_HLE(XBOXKRNL, KeWaitForMultipleObjects, ke_wait_for_multiple_objects,
           "count:u32 objects:ptr type:u32 reason:u32 mode:u32 alertable:bool timeout:ptr "
           "blocks:ptr -> status"),
    XE_HLE(XBOXKRNL, KeWaitForSingleObject, ke_wait_for_single_object,
           "object:ptr reason:u32 mode:u32 alertable:bool timeout:ptr -> status"),
    XE_HLE(XBOXKRNL, NtSignalAndWaitForSingleObjectEx, nt_signal_and_wait,
           "signal:handle wait:handle mode:u32 alertable:bool timeout:ptr -> status"),
    XE_HLE(XBOXKRNL, NtWaitForMultipleObjectsEx, nt_wait_for_multiple_objects_ex,
           "count:u32 handles:ptr type:u32 mode:u32 alertable:bool timeout:ptr -> status"),
    XE_HLE(XBOXKRNL, NtWaitForSingleObjectEx, nt_wait_for_single_object_ex,
           "object:handle mode:u32 alertable:bool timeout:ptr -> status"),
    XE_HLE(XBOXKRNL, NtYieldExecution, nt_yield_execution, "-> status"),
    XE_HLE_END,
};
