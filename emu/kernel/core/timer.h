/* Timed events of the kernel: a heap by due time, ties in order of arming. Time is virtual, so an
 * event is due at an exact cycle, or at the instant that idle time jumps to. */
#ifndef XE_KERNEL_CORE_TIMER_H
#define XE_KERNEL_CORE_TIMER_H

#include "kernel/core/apc.h"
#include "kernel/core/kernel.h"

struct xe__ktimer;

/* Whose an event is, which says what happens when its time has come: a kind and not a function, for
 * an armed event is state that is saved. */
enum xe_timer_kind {
    XE_TIMER_WAIT,       /* a thread's wait has lasted long enough */
    XE_TIMER_KTIMER,     /* a guest timer expires                  */
    XE_TIMER_DEVICE,     /* a device's own time has come           */
    XE_TIMER_IO,         /* a request of a file is done            */
    XE_TIMER_OVERLAPPED, /* the result of a call of xam comes */
    XE_TIMER_KINDS
};

/* An event; lives in its owner's struct. */
struct xe_timer {
    uint64_t due; /* interrupt time, 100 ns                   */
    uint64_t seq;
    uint32_t slot; /* 1-based place in the heap, 0 = not armed */
    enum xe_timer_kind kind;
    union {
        struct xe_thread *thread;  /* of XE_TIMER_WAIT   */
        struct xe__ktimer *ktimer; /* of XE_TIMER_KTIMER */
        uint32_t device;           /* of XE_TIMER_DEVICE, and the mount of XE_TIMER_IO */
    } owner;
};

/* Arm at an absolute interrupt time (past = at once), disarming it first. false: out of memory. */
bool xe_kernel_timer_arm(struct xe_kernel *kernel, struct xe_timer *timer, uint64_t due);
/* true if it was armed. */
bool xe_kernel_timer_disarm(struct xe_kernel *kernel, struct xe_timer *timer);
bool xe_kernel_timer_armed(const struct xe_timer *timer);

/* Guest KTIMERs (by handle or pointer). due: guest's 100 ns value, negative = relative. dpc: KDPC
 * pointer or 0. apc: APC routine for the calling thread, or 0. Returns whether it was armed. */
struct xe_ktimer_request {
    int64_t due;
    uint32_t period_ms;
    xe_gva dpc;
    xe_gva apc, apc_context;
    enum xe_apc_mode apc_mode;
    uint32_t key;
};
/* NtCreateTimer's object, NULL: no memory. Arm it (true: it was armed already); take it back
 * (likewise). */
struct xe_object *xe_kernel_ktimer_create(struct xe_kernel *kernel, bool manual);
bool xe_kernel_ktimer_set(struct xe_object *timer, const struct xe_ktimer_request *request);
bool xe_kernel_ktimer_cancel(struct xe_object *timer);

#endif
