/* IRQL, spin locks, critical regions, interlocked lists: what needs no dispatcher. */
#include "kernel/families/shared.h"
#include "kernel/core/kernel_internal.h"

#define IRQL_DISPATCH 2u

/* A byte, kept as it is given: system tools raise to 0x7C. Source: doc/facts/kernel-structs.md,
 * section 10.
 */
static uint32_t irql_arg(const struct xe_call *call, unsigned n)
{
    return xe_arg_u32(call, n) & 0xFF;
}

static void kf_raise_irql(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_thread_set_irql(call->thread, irql_arg(call, 0)));
}

static void kf_lower_irql(struct xe_call *call)
{
    xe_kernel_thread_set_irql(call->thread, irql_arg(call, 0));
}

static void ke_raise_irql_to_dpc_level(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_thread_set_irql(call->thread, IRQL_DISPATCH));
}

/* The owner's r13 is what a held lock holds. A taken lock is tried again on the next turn. */
static bool take(struct xe_call *call)
{
    xe_gva lock = xe_arg_gva(call, 0);

    if (xe_mem_u32(call->mem, lock))
        return false;
    xe_mem_set_u32(call->mem, lock, (uint32_t)call->cpu->gpr[13]);
    return true;
}

static void kf_acquire_spin_lock(struct xe_call *call)
{
    if (take(call))
        xe_ret_u32(call, xe_kernel_thread_set_irql(call->thread, IRQL_DISPATCH));
    else
        xe_kernel_thread_retry(call->thread);
}

static void kf_release_spin_lock(struct xe_call *call)
{
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 0), 0);
    xe_kernel_thread_set_irql(call->thread, irql_arg(call, 1));
}

static void ke_acquire_spin_lock_at_raised_irql(struct xe_call *call)
{
    if (!take(call))
        xe_kernel_thread_retry(call->thread);
}

static void ke_release_spin_lock_from_raised_irql(struct xe_call *call)
{
    xe_mem_set_u32(call->mem, xe_arg_gva(call, 0), 0);
}

static void ke_try_to_acquire_spin_lock_at_raised_irql(struct xe_call *call)
{
    xe_ret_u32(call, take(call));
}

static void change_apc_disable(struct xe_call *call, int32_t change)
{
    xe_gva at = call->thread->kthread + XE_X_THREAD_APC_DISABLE;

    xe_mem_set_u32(call->mem, at, xe_mem_u32(call->mem, at) + (uint32_t)change);
}

static void ke_enter_critical_region(struct xe_call *call)
{
    change_apc_disable(call, -1);
}

static void ke_leave_critical_region(struct xe_call *call)
{
    change_apc_disable(call, 1);
}

/* ---- SLIST_HEADER: next, depth (16 bits), sequence (16 bits) --------------------------------- */

static void interlocked_push(struct xe_call *call)
{
    xe_gva head = xe_arg_gva(call, 0), entry = xe_arg_gva(call, 1);
    uint32_t first = xe_mem_u32(call->mem, head);

    xe_mem_set_u32(call->mem, entry, first);
    xe_mem_set_u32(call->mem, head, entry);
    xe_mem_set_u16(call->mem, head + 4, (uint16_t)(xe_mem_u16(call->mem, head + 4) + 1));
    xe_mem_set_u16(call->mem, head + 6, (uint16_t)(xe_mem_u16(call->mem, head + 6) + 1));
    xe_ret_u32(call, first);
}

static void interlocked_pop(struct xe_call *call)
{
    xe_gva head = xe_arg_gva(call, 0), entry = xe_mem_u32(call->mem, head);

    if (entry) {
        xe_mem_set_u32(call->mem, head, xe_mem_u32(call->mem, entry));
        xe_mem_set_u16(call->mem, head + 4, (uint16_t)(xe_mem_u16(call->mem, head + 4) - 1));
    }
    xe_ret_u32(call, entry);
}

static void interlocked_flush(struct xe_call *call)
{
    xe_gva head = xe_arg_gva(call, 0);

    xe_ret_u32(call, xe_mem_u32(call->mem, head));
    xe_mem_set_u64(call->mem, head, 0);
}

const struct xe_hle xe_hle_locks[] = {
    XE_HLE(XBOXKRNL, InterlockedFlushSList, interlocked_flush, "head:SLIST_HEADER* -> ptr"),
    XE_HLE(XBOXKRNL, InterlockedPopEntrySList, interlocked_pop, "head:SLIST_HEADER* -> ptr"),
    XE_HLE(XBOXKRNL, InterlockedPushEntrySList, interlocked_push,
           "head:SLIST_HEADER* entry:ptr -> ptr"),
    XE_HLE(XBOXKRNL, KeAcquireSpinLockAtRaisedIrql, ke_acquire_spin_lock_at_raised_irql,
           "lock:KSPIN_LOCK* -> void"),
    XE_HLE(XBOXKRNL, KeEnterCriticalRegion, ke_enter_critical_region, "-> void"),
    XE_HLE(XBOXKRNL, KeLeaveCriticalRegion, ke_leave_critical_region, "-> void"),
    XE_HLE(XBOXKRNL, KeRaiseIrqlToDpcLevel, ke_raise_irql_to_dpc_level, "-> u32"),
    XE_HLE(XBOXKRNL, KeReleaseSpinLockFromRaisedIrql, ke_release_spin_lock_from_raised_irql,
           "lock:KSPIN_LOCK* -> void"),
    XE_HLE(XBOXKRNL, KeTryToAcquireSpinLockAtRaisedIrql, ke_try_to_acquire_spin_lock_at_raised_irql,
           "lock:KSPIN_LOCK* -> bool"),
    XE_HLE(XBOXKRNL, KfAcquireSpinLock, kf_acquire_spin_lock, "lock:KSPIN_LOCK* -> u32"),
    XE_HLE(XBOXKRNL, KfLowerIrql, kf_lower_irql, "irql:u32 -> void"),
    XE_HLE(XBOXKRNL, KfRaiseIrql, kf_raise_irql, "irql:u32 -> u32"),
    XE_HLE(XBOXKRNL, KfReleaseSpinLock, kf_release_spin_lock, "lock:KSPIN_LOCK* irql:u32 -> void"),
    XE_HLE_END,
};
