/* APCs and DPCs: guest routines that the kernel runs on a thread, or on a hardware thread at
 * dispatch level. KAPC and KDPC structures lie in guest memory; the queues are ours. */
#ifndef XE_KERNEL_CORE_APC_H
#define XE_KERNEL_CORE_APC_H

#include "kernel/core/object.h"

enum xe_apc_mode { XE_APC_KERNEL, XE_APC_USER };

/* Whose KAPC it is. */
enum xe_apc_owner {
    XE_APC_OF_TITLE,
    XE_APC_OF_KERNEL, /* a pool block, freed when it runs                     */
    XE_APC_OF_TIMER,  /* lies behind a KTIMER, which goes on having it        */
    XE_APC_SUSPENDS,  /* in the thread's KTHREAD; what it does is to suspend  */
    XE_APC_OWNERS
};

struct xe_apc_entry {
    xe_gva kapc;
    enum xe_apc_owner owner;
};

/* Queued APCs of one mode, oldest first. */
struct xe_apc_queue {
    struct xe_apc_entry *entry; /* owned */
    size_t count, capacity;
};

/* Queue an initialised KAPC (KeInsertQueueApc). false: not queueable, already inserted or full. */
bool xe_kernel_apc_insert(struct xe_kernel *kernel, xe_gva kapc, uint32_t arg1, uint32_t arg2,
                          int32_t increment);
bool xe_kernel_apc_remove(struct xe_kernel *kernel, xe_gva kapc);
/* NtQueueApcThread and completion routines: routine(context, arg1, arg2) as a user APC. */
uint32_t xe_kernel_apc_queue_user(struct xe_thread *thread, xe_gva routine, xe_gva context,
                                  uint32_t arg1, uint32_t arg2);
/* The APC of a timer that has expired, whose fields are filled; only if it isn't queued already. */
bool xe_kernel_apc_queue_timer(struct xe_thread *thread, xe_gva kapc, enum xe_apc_mode mode,
                               uint64_t time);
/* Take one of the kernel's own out of the thread's queue. */
void xe_kernel_apc_take_back(struct xe_thread *thread, enum xe_apc_mode mode, xe_gva kapc);
/* Let the thread's pending user APCs run before it goes on (KeTestAlertThread, thread start, the
 * end of an alertable wait). false: there are none. */
bool xe_kernel_apc_deliver_user(struct xe_thread *thread);

/* Remember that whoever runs gives the thread a reason to end an alertable wait. */
void xe__kernel_poster_note(struct xe_thread *thread);

/* KeAlertThread: end an alertable wait with STATUS_ALERTED, or remember the alert for the next one.
 * Returns whether one was pending. */
bool xe_kernel_thread_alert(struct xe_thread *thread, enum xe_apc_mode mode);
/* KeTestAlertThread: take a pending alert; lets user APCs run. */
bool xe_kernel_thread_test_alert(struct xe_thread *thread, enum xe_apc_mode mode);

/* KDPC: queue (false if it is queued already) and take back. */
bool xe_kernel_dpc_insert(struct xe_kernel *kernel, xe_gva kdpc, uint32_t arg1, uint32_t arg2);
bool xe_kernel_dpc_remove(struct xe_kernel *kernel, xe_gva kdpc);

#endif
