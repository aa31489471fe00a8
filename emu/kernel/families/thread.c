/* Threads: creation, end, suspension, priorities, affinity, TLS. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

static void ex_create_thread(struct xe_call *call)
{
    uint32_t flags = xe_arg_u32(call, 6), status;
    struct xe_thread_request request = {
        .stack_size = xe_arg_u32(call, 1),
        .startup = xe_arg_gva(call, 3),
        .start = xe_arg_gva(call, 4),
        .context = xe_arg_gva(call, 5),
        .flags = flags,
        .process = flags & XE_THREAD_CREATE_SYSTEM ? XE_PROCESS_SYSTEM : XE_PROCESS_TITLE,
        .hw = -1,
    };
    struct xe_thread *thread = xe_kernel_thread_create(call->kernel, &request, &status);

    if (!thread) {
        xe_ret_status(call, status);
        return;
    }
    xe_kernel_milestone_reached(call->kernel, XE_MILESTONE_THREAD, call);
    xe__kernel_store_u32(call, 2, thread->tid);
    if (flags & XE_THREAD_RETURN_POINTER) {
        status = xe__kernel_store_u32(call, 0, thread->kthread) ? XE_STATUS_SUCCESS
                                                                : XE_STATUS_ACCESS_VIOLATION;
        thread->object->guest_refs += !status;
        xe_kernel_object_unref(thread->object);
    } else {
        status = xe_kernel_object_give_handle(thread->object, xe_arg_gva(call, 0));
    }
    if (status)
        xe_kernel_thread_exit(thread, status); /* nobody could ever name it */
    xe_ret_status(call, status);
}

static void ex_terminate_thread(struct xe_call *call)
{
    xe_kernel_thread_end(call->thread, xe_arg_u32(call, 0));
}

/* ---- by handle and by pointer --------------------------------------------------------------- */

static struct xe_thread *by_handle(struct xe_call *call, unsigned n)
{
    uint32_t status;
    struct xe_thread *thread = xe_kernel_thread_of(
        xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, n), &xe_object_thread_type, &status));

    if (!thread)
        xe_ret_status(call, status);
    return thread;
}

static struct xe_thread *by_pointer(struct xe_call *call, unsigned n)
{
    struct xe_thread *thread = xe_kernel_thread_at(call->kernel, xe_arg_gva(call, n));

    if (thread)
        return thread;
    xe_kernel_call_guest_error(call, "no thread at 0x%08x", xe_arg_gva(call, n));
    xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
    return NULL;
}

static void nt_suspend_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_handle(call, 0);
    uint32_t status, previous;

    if (!thread)
        return;
    previous = xe_kernel_thread_suspend(thread, &status);
    if (!status)
        xe__kernel_store_u32(call, 1, previous);
    xe_ret_status(call, status);
}

static void nt_resume_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_handle(call, 0);

    if (!thread)
        return;
    xe__kernel_store_u32(call, 1, xe_kernel_thread_resume(thread));
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* The pointer forms return the count before. Source: NT; xenia returns a status. */
static void ke_suspend_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_pointer(call, 0);
    uint32_t status;

    if (thread)
        xe_ret_u32(call, xe_kernel_thread_suspend(thread, &status));
}

static void ke_resume_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_pointer(call, 0);

    if (thread)
        xe_ret_u32(call, xe_kernel_thread_resume(thread));
}

/* ---- priorities and affinity ---------------------------------------------------------------- */

static void ke_query_base_priority_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_pointer(call, 0);

    if (!thread)
        return;
    xe_ret_s32(call, thread->saturation
                         ? thread->saturation * 16
                         : thread->base_priority -
                               (int32_t)xe__kernel_process_normal_priority(thread->process));
}

static void ke_set_base_priority_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_pointer(call, 0);

    if (thread)
        xe_ret_s32(call, xe_kernel_thread_set_base_priority(thread, xe_arg_s32(call, 1)));
}

static void ke_set_priority_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_pointer(call, 0);

    if (thread)
        xe_ret_s32(call, xe_kernel_thread_set_priority(thread, xe_arg_s32(call, 1)));
}

static void ke_boost_priority_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_pointer(call, 0);

    if (thread)
        xe_kernel_thread_boost(thread, xe_arg_s32(call, 1));
}

static void ke_set_disable_boost_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_pointer(call, 0);
    bool previous;

    if (!thread)
        return;
    previous = thread->disable_boost;
    thread->disable_boost = xe_arg_u32(call, 1) != 0;
    xe__kernel_thread_sync(thread);
    xe_ret_u32(call, previous);
}

/* A mask with one bit per hardware thread; of several the lowest counts. */
static void ke_set_affinity_thread(struct xe_call *call)
{
    struct xe_thread *thread = by_pointer(call, 0);
    uint32_t mask = xe_arg_u32(call, 1) & 0x3F;

    if (!thread)
        return;
    if (!mask) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    xe__kernel_store_u32(call, 2,
                         1u << xe_kernel_thread_set_hw(thread, (uint32_t)__builtin_ctz(mask)));
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

const struct xe_hle xe_hle_threads[] = {
    XE_HLE(XBOXKRNL, ExCreateThread, ex_create_thread,
           "handle:HANDLE* stack:u32 id:ptr startup:ptr start:ptr context:ptr flags:u32 "
           "-> status"),
    XE_HLE(XBOXKRNL, ExTerminateThread, ex_terminate_thread, "code:u32 -> void"),
    XE_HLE(XBOXKRNL, KeBoostPriorityThread, ke_boost_priority_thread,
           "thread:KTHREAD* increment:s32 -> void"),
    XE_HLE(XBOXKRNL, KeQueryBasePriorityThread, ke_query_base_priority_thread,
           "thread:KTHREAD* -> s32"),
    XE_HLE(XBOXKRNL, KeResumeThread, ke_resume_thread, "thread:KTHREAD* -> u32"),
    XE_HLE(XBOXKRNL, KeSetAffinityThread, ke_set_affinity_thread,
           "thread:KTHREAD* mask:u32 previous:ptr -> status"),
    XE_HLE(XBOXKRNL, KeSetBasePriorityThread, ke_set_base_priority_thread,
           "thread:KTHREAD* increment:s32 -> s32"),
    XE_HLE(XBOXKRNL, KeSetDisableBoostThread, ke_set_disable_boost_thread,
           "thread:KTHREAD* disable:bool -> bool"),
    XE_HLE(XBOXKRNL, KeSetPriorityThread, ke_set_priority_thread,
           "thread:KTHREAD* priority:s32 -> s32"),
    XE_HLE(XBOXKRNL, KeSuspendThread, ke_suspend_thread, "thread:KTHREAD* -> u32"),
    XE_HLE(XBOXKRNL, NtResumeThread, nt_resume_thread, "thread:handle previous:ptr -> status"),
    XE_HLE(XBOXKRNL, NtSuspendThread, nt_suspend_thread, "thread:handle previous:ptr -> status"),
    XE_HLE_END,
};

/* ---- the caller's own ----------------------------------------------------------------------- */

static void ke_tls_alloc(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_tls_alloc(call->kernel));
}

static void ke_tls_free(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_tls_free(call->kernel, xe_arg_u32(call, 0)));
}

static void ke_tls_get_value(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_tls_get(call->thread, xe_arg_u32(call, 0)));
}

static void ke_tls_set_value(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_tls_set(call->thread, xe_arg_u32(call, 0), xe_arg_u32(call, 1)));
}

/* In a DPC the process is the KPCR's, else the thread's. */
static void ke_get_current_process_type(struct xe_call *call)
{
    xe_gva at = call->thread->system ? call->thread->kpcr + XE_X_PCR_PROCESS_TYPE
                                     : call->thread->kthread + XE_X_THREAD_CURRENT_PROCESS;

    xe_ret_u32(call, xe_mem_u8(call->mem, at));
}

static void ke_set_current_process_type(struct xe_call *call)
{
    if (call->thread->system)
        xe_mem_set_u8(call->mem, call->thread->kpcr + XE_X_PCR_PROCESS_TYPE,
                      (uint8_t)xe_arg_u32(call, 0));
}

static void ke_enable_fpu_exceptions(struct xe_call *call)
{
    xe_mem_set_u8(call->mem, call->thread->kthread + XE_X_THREAD_FPU_EXCEPTIONS,
                  (uint8_t)xe_arg_u32(call, 0));
}

/* The fiber switch: another stack for the thread. The stack it was born with stays its to free. */
static void ke_set_current_stack_pointers(struct xe_call *call)
{
    struct xe_thread *thread = by_pointer(call, 1);
    xe_gva base = xe_arg_gva(call, 3), limit = xe_arg_gva(call, 4);

    if (!thread)
        return;
    thread->stack_base = base;
    thread->stack_limit = limit;
    xe_mem_set_u32(call->mem, thread->kthread + XE_X_THREAD_STACK_ALLOC, xe_arg_u32(call, 2));
    xe_mem_set_u32(call->mem, thread->kthread + XE_X_THREAD_STACK_BASE, base);
    xe_mem_set_u32(call->mem, thread->kthread + XE_X_THREAD_STACK_LIMIT, limit);
    xe_mem_set_u32(call->mem, thread->kpcr + XE_X_PCR_STACK_BASE, base);
    xe_mem_set_u32(call->mem, thread->kpcr + XE_X_PCR_STACK_LIMIT, limit);
    thread->cpu.gpr[1] = xe_arg_gva(call, 0);
}

const struct xe_hle xe_hle_thread_control[] = {
    XE_HLE(XBOXKRNL, KeEnableFpuExceptions, ke_enable_fpu_exceptions, "enable:bool -> void"),
    XE_HLE(XBOXKRNL, KeGetCurrentProcessType, ke_get_current_process_type, "-> u32"),
    XE_HLE(XBOXKRNL, KeSetCurrentProcessType, ke_set_current_process_type, "type:u32 -> void"),
    XE_HLE(XBOXKRNL, KeSetCurrentStackPointers, ke_set_current_stack_pointers,
           "sp:ptr thread:KTHREAD* allocation:ptr base:ptr limit:ptr -> void"),
    XE_HLE(XBOXKRNL, KeTlsAlloc, ke_tls_alloc, "-> u32"),
    XE_HLE(XBOXKRNL, KeTlsFree, ke_tls_free, "index:u32 -> bool"),
    XE_HLE(XBOXKRNL, KeTlsGetValue, ke_tls_get_value, "index:u32 -> u32"),
    XE_HLE(XBOXKRNL, KeTlsSetValue, ke_tls_set_value, "index:u32 value:u32 -> bool"),
    XE_HLE_END,
};
