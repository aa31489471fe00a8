/* APCs, DPCs and alerts. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

static void ke_initialize_apc(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0), normal = xe_arg_gva(call, 4);
    struct xe_mem *mem = call->mem;

    xe_mem_set_u16(mem, at + XE_X_APC_TYPE, XE_X_APC);
    xe_mem_set_u8(mem, at + XE_X_APC_MODE, normal ? (uint8_t)xe_arg_u32(call, 5) : 0);
    xe_mem_set_u8(mem, at + XE_X_APC_INSERTED, 0);
    xe_mem_set_u32(mem, at + XE_X_APC_THREAD, xe_arg_u32(call, 1));
    xe_mem_set_u32(mem, at + XE_X_APC_KERNEL, xe_arg_u32(call, 2));
    xe_mem_set_u32(mem, at + XE_X_APC_RUNDOWN, xe_arg_u32(call, 3));
    xe_mem_set_u32(mem, at + XE_X_APC_NORMAL, normal);
    xe_mem_set_u32(mem, at + XE_X_APC_CONTEXT, normal ? xe_arg_u32(call, 6) : 0);
}

static void ke_insert_queue_apc(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_apc_insert(call->kernel, xe_arg_gva(call, 0), xe_arg_u32(call, 1),
                                          xe_arg_u32(call, 2), xe_arg_s32(call, 3)));
}

static void ke_remove_queue_apc(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_apc_remove(call->kernel, xe_arg_gva(call, 0)));
}

static void nt_queue_apc_thread(struct xe_call *call)
{
    uint32_t status;
    struct xe_thread *thread = xe_kernel_thread_of(
        xe_kernel_handle_typed(call->kernel, xe_arg_u32(call, 0), &xe_object_thread_type, &status));

    if (thread)
        status = xe_kernel_apc_queue_user(thread, xe_arg_gva(call, 1), xe_arg_gva(call, 2),
                                          xe_arg_u32(call, 3), xe_arg_u32(call, 4));
    xe_ret_status(call, status);
}

/* "KiApcNormalRoutineNop" does nothing when it runs. */
static void ki_apc_normal_routine_nop(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

/* ---- alerts --------------------------------------------------------------------------------- */

static enum xe_apc_mode mode_arg(const struct xe_call *call, unsigned n)
{
    return xe_arg_u32(call, n) ? XE_APC_USER : XE_APC_KERNEL;
}

static void ke_alert_thread(struct xe_call *call)
{
    struct xe_thread *thread = xe_kernel_thread_at(call->kernel, xe_arg_gva(call, 0));

    xe_ret_u32(call, thread && xe_kernel_thread_alert(thread, mode_arg(call, 1)));
}

/* Returns the suspend count before. */
static void ke_alert_resume_thread(struct xe_call *call)
{
    struct xe_thread *thread = xe_kernel_thread_at(call->kernel, xe_arg_gva(call, 0));

    if (thread)
        xe_kernel_thread_alert(thread, XE_APC_KERNEL);
    xe_ret_u32(call, thread ? xe_kernel_thread_resume(thread) : 0);
}

/* The result must be in place before an APC's frame is built on it. */
static void ke_test_alert_thread(struct xe_call *call)
{
    enum xe_apc_mode mode = mode_arg(call, 0);

    xe_ret_u32(call, call->thread->alerted[mode]);
    xe_kernel_thread_test_alert(call->thread, mode);
}

const struct xe_hle xe_hle_apcs[] = {
    XE_HLE(XBOXKRNL, KeAlertResumeThread, ke_alert_resume_thread, "thread:KTHREAD* -> u32"),
    XE_HLE(XBOXKRNL, KeAlertThread, ke_alert_thread, "thread:KTHREAD* mode:u32 -> bool"),
    XE_HLE(XBOXKRNL, KeInitializeApc, ke_initialize_apc,
           "apc:KAPC* thread:KTHREAD* kernel:ptr rundown:ptr normal:ptr mode:u32 context:ptr "
           "-> void"),
    XE_HLE(XBOXKRNL, KeInsertQueueApc, ke_insert_queue_apc,
           "apc:KAPC* arg1:u32 arg2:u32 increment:s32 -> bool"),
    XE_HLE(XBOXKRNL, KeRemoveQueueApc, ke_remove_queue_apc, "apc:KAPC* -> bool"),
    XE_HLE(XBOXKRNL, KeTestAlertThread, ke_test_alert_thread, "mode:u32 -> bool"),
    XE_HLE(XBOXKRNL, KiApcNormalRoutineNop, ki_apc_normal_routine_nop, "-> u32"),
    XE_HLE(XBOXKRNL, NtQueueApcThread, nt_queue_apc_thread,
           "thread:handle routine:ptr context:ptr arg1:u32 arg2:u32 -> status"),
    XE_HLE_END,
};

/* ---- DPCs ----------------------------------------------------------------------------------- */

static void ke_initialize_dpc(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);

    for (xe_gva field = 0; field < XE_X_DPC_SIZE; field += 4)
        xe_mem_set_u32(call->mem, at + field, 0);
    xe_mem_set_u16(call->mem, at + XE_X_DPC_TYPE, XE_X_DPC);
    xe_mem_set_u32(call->mem, at + XE_X_DPC_ROUTINE, xe_arg_u32(call, 1));
    xe_mem_set_u32(call->mem, at + XE_X_DPC_CONTEXT, xe_arg_u32(call, 2));
}

static void ke_insert_queue_dpc(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_dpc_insert(call->kernel, xe_arg_gva(call, 0), xe_arg_u32(call, 1),
                                          xe_arg_u32(call, 2)));
}

static void ke_remove_queue_dpc(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_dpc_remove(call->kernel, xe_arg_gva(call, 0)));
}

/* Pending DPCs run as soon as the IRQL allows, without being asked. */
static void ke_retire_dpc_list(struct xe_call *call)
{
    (void)call;
}

const struct xe_hle xe_hle_dpcs[] = {
    XE_HLE(XBOXKRNL, KeInitializeDpc, ke_initialize_dpc,
           "dpc:KDPC* routine:ptr context:ptr -> void"),
    XE_HLE(XBOXKRNL, KeInsertQueueDpc, ke_insert_queue_dpc, "dpc:KDPC* arg1:u32 arg2:u32 -> bool"),
    XE_HLE(XBOXKRNL, KeRemoveQueueDpc, ke_remove_queue_dpc, "dpc:KDPC* -> bool"),
    XE_HLE(XBOXKRNL, KeRetireDpcList, ke_retire_dpc_list, "-> void"),
    XE_HLE_END,
};
