/* Spin locks as waits. A thread that finds one taken never parks: its call is made again at its
 * next turn, which is all that there is to see. The lock's word is the r13 of who holds it. */
#include "kernel/core/kernel_internal.h"

/* The call that the thread makes again and again for this lock; NULL: it doesn't. */
static const struct xe_ask *spins_for(const struct xe_thread *thread, xe_gva lock)
{
    for (uint32_t i = 0; i < thread->still.asks; i++) {
        const struct xe_ask *ask = &thread->still.ask[i];
        const struct xe_ask_row *row = xe_kernel_ask_row(ask->src);

        if (row && row->again == XE_AGAIN_RETRY &&
            xe_mem_canonical((xe_gva)ask->arg[row->argument]) == xe_mem_canonical(lock))
            return ask;
    }
    return NULL;
}

bool xe__kernel_spin_lock_owner(const struct xe_kernel *kernel, xe_gva lock,
                                const struct xe_thread **ret)
{
    xe_gva word = xe_mem_u32(kernel->mem, lock);
    bool wanted = false;

    *ret = NULL;
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next) {
        wanted |= spins_for(t, lock) != NULL;
        if (t->kpcr && t->kpcr == word)
            *ret = t;
    }
    return wanted && word;
}

void xe__kernel_spin_lock_waiters(const struct xe_kernel *kernel, xe_gva lock,
                                  void (*fn)(void *ctx, const struct xe_audit_parked *who),
                                  void *ctx)
{
    const struct xe_thread *owner;

    if (!xe__kernel_spin_lock_owner(kernel, lock, &owner))
        return;
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next) {
        const struct xe_ask *ask = spins_for(t, lock);

        if (ask)
            fn(ctx, &(struct xe_audit_parked){.tid = t->tid,
                                              .name = t->name,
                                              .since_cycle = t->still.cycle,
                                              .lr = ask->lr,
                                              .src = ask->src,
                                              .park = XE_AUDIT_PARK_SPINLOCK,
                                              .owner_tid = owner ? owner->tid : 0,
                                              .timeout = INT64_MAX,
                                              .due_cycle = UINT64_MAX});
    }
}
