/* Semaphores and mutants, by pointer and by handle. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

static void ke_initialize_semaphore(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);

    xe_kernel_header_init(call->kernel, at, XE_X_SEMAPHORE, xe_arg_s32(call, 1));
    xe_mem_set_u32(call->mem, at + XE_X_SEMAPHORE_LIMIT, xe_arg_u32(call, 2));
    xe_kernel_object_initialize(call->kernel, at, &xe_object_semaphore_type);
}

static void nt_create_semaphore(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];
    int32_t count = xe_arg_s32(call, 2), limit = xe_arg_s32(call, 3);

    if (count < 0 || limit <= 0 || count > limit) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    if (!xe__kernel_create_existing(call, 1, &xe_object_semaphore_type, name))
        xe__kernel_create_finish(call, xe_kernel_semaphore_create(call->kernel, count, limit),
                                 name);
}

/* Over its limit, or by less than nothing, it raises. Source: NT; by nothing at all is fine. */
static void ke_release_semaphore(struct xe_call *call)
{
    struct xe_object *semaphore =
        xe__kernel_ke_object(call, 0, &xe_object_semaphore_type, XE_AUDIT_OP_SIGNAL);
    int32_t by = xe_arg_s32(call, 2), previous = semaphore ? xe_kernel_header_state(semaphore) : 0;

    if (semaphore && by &&
        xe_kernel_semaphore_release_by(semaphore, 0, by, xe_arg_s32(call, 1), &previous))
        xe__kernel_raise_status(call, XE_STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    else
        xe_ret_s32(call, previous);
}

static void nt_release_semaphore(struct xe_call *call)
{
    struct xe_object *semaphore =
        xe__kernel_nt_object(call, 0, &xe_object_semaphore_type, XE_AUDIT_OP_SIGNAL);
    int32_t previous;
    uint32_t status;

    if (!semaphore)
        return;
    status = xe_kernel_semaphore_release_by(semaphore, xe_arg_u32(call, 0), xe_arg_s32(call, 1),
                                            XE_INCREMENT, &previous);
    if (!status)
        xe__kernel_store_u32(call, 2, (uint32_t)previous);
    xe_ret_status(call, status);
}

static void nt_query_semaphore(struct xe_call *call)
{
    uint32_t status;
    xe_gva out = xe_arg_gva(call, 1);
    struct xe_object *semaphore = xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, 0),
                                                         &xe_object_semaphore_type, &status);

    if (semaphore) {
        xe_mem_set_u32(call->mem, out, (uint32_t)xe_kernel_header_state(semaphore));
        xe_mem_set_u32(call->mem, out + 4,
                       xe_mem_u32(call->mem, semaphore->header + XE_X_SEMAPHORE_LIMIT));
    }
    xe_ret_status(call, status);
}

static void ke_initialize_mutant(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    struct xe_object *mutant;

    xe_kernel_header_init(call->kernel, at, XE_X_MUTANT, 1);
    xe_mem_set_u32(call->mem, at + XE_X_MUTANT_OWNER, 0);
    xe_mem_set_u32(call->mem, at + XE_X_MUTANT_ABANDONED, 0);
    mutant = xe_kernel_object_initialize(call->kernel, at, &xe_object_mutant_type);
    if (mutant && xe_arg_u32(call, 1))
        xe__kernel_consume(mutant, call->thread);
}

static void nt_create_mutant(struct xe_call *call)
{
    char name[XE_OBJECT_NAME_MAX + 1];

    if (!xe__kernel_create_existing(call, 1, &xe_object_mutant_type, name))
        xe__kernel_create_finish(call,
                                 xe_kernel_mutant_create(call->kernel, (uint8_t)xe_arg_u32(call, 2)
                                                                           ? call->thread
                                                                           : NULL),
                                 name);
}

static void ke_release_mutant(struct xe_call *call)
{
    struct xe_object *mutant =
        xe__kernel_ke_object(call, 0, &xe_object_mutant_type, XE_AUDIT_OP_SIGNAL);
    bool abandon = (uint8_t)xe_arg_u32(call, 2) != 0;
    int32_t previous = 0;
    uint32_t status = mutant ? xe_kernel_mutant_release_by(mutant, 0, call->thread, abandon,
                                                           xe_arg_s32(call, 1), &previous)
                             : XE_STATUS_SUCCESS;

    if (status)
        xe__kernel_raise_status(call, status);
    else
        xe_ret_s32(call, previous);
}

static void nt_release_mutant(struct xe_call *call)
{
    struct xe_object *mutant =
        xe__kernel_nt_object(call, 0, &xe_object_mutant_type, XE_AUDIT_OP_SIGNAL);
    int32_t previous;
    uint32_t status;

    if (!mutant)
        return;
    status = xe_kernel_mutant_release_by(mutant, xe_arg_u32(call, 0), call->thread, false,
                                         XE_INCREMENT, &previous);
    if (!status)
        xe__kernel_store_u32(call, 1, (uint32_t)previous);
    xe_ret_status(call, status);
}

/* MUTANT_BASIC_INFORMATION: count, owned by caller, abandoned. Source: NT layout. */
static void nt_query_mutant(struct xe_call *call)
{
    uint32_t status;
    xe_gva out = xe_arg_gva(call, 1);
    struct xe_object *mutant =
        xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, 0), &xe_object_mutant_type, &status);

    if (mutant) {
        xe_gva owner = xe_mem_u32(call->mem, mutant->header + XE_X_MUTANT_OWNER);

        xe_mem_set_u32(call->mem, out, (uint32_t)xe_kernel_header_state(mutant));
        xe_mem_set_u8(call->mem, out + 4, owner == call->thread->kthread);
        xe_mem_set_u8(call->mem, out + 5,
                      xe_mem_u8(call->mem, mutant->header + XE_X_MUTANT_ABANDONED));
    }
    xe_ret_status(call, status);
}

const struct xe_hle xe_hle_semaphores[] = {
    XE_HLE(XBOXKRNL, KeInitializeMutant, ke_initialize_mutant,
           "mutant:KMUTANT* owned:bool -> void"),
    XE_HLE(XBOXKRNL, KeInitializeSemaphore, ke_initialize_semaphore,
           "semaphore:KSEMAPHORE* count:s32 limit:s32 -> void"),
    XE_HLE(XBOXKRNL, KeReleaseMutant, ke_release_mutant,
           "mutant:KMUTANT* increment:s32 abandon:bool wait:bool -> s32"),
    XE_HLE(XBOXKRNL, KeReleaseSemaphore, ke_release_semaphore,
           "semaphore:KSEMAPHORE* increment:s32 adjustment:s32 wait:bool -> s32"),
    XE_HLE(XBOXKRNL, NtCreateMutant, nt_create_mutant,
           "handle:HANDLE* attributes:OBJECT_ATTRIBUTES* owned:bool -> status"),
    XE_HLE(XBOXKRNL, NtCreateSemaphore, nt_create_semaphore,
           "handle:HANDLE* attributes:OBJECT_ATTRIBUTES* count:s32 limit:s32 -> status"),
    XE_HLE(XBOXKRNL, NtQueryMutant, nt_query_mutant, "mutant:handle info:ptr -> status"),
    XE_HLE(XBOXKRNL, NtQuerySemaphore, nt_query_semaphore, "semaphore:handle info:ptr -> status"),
    XE_HLE(XBOXKRNL, NtReleaseMutant, nt_release_mutant, "mutant:handle previous:ptr -> status"),
    XE_HLE(XBOXKRNL, NtReleaseSemaphore, nt_release_semaphore,
           "semaphore:handle count:s32 previous:ptr -> status"),
    XE_HLE_END,
};
