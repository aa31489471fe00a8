/* Calls of xam that tell their result later, through an XOVERLAPPED of the title's. What the call
 * does is done when it is made; the title hears of it a latency later (setting io_latency_us), in
 * virtual time, in this order: the extended error and the length are written, then the result,
 * which threads poll; the event is set; the completion routine is queued as a user APC of the
 * thread that called. Results come in the order of their calls. Source: doc/facts/kernel-calls.md,
 * section 1.10; kernel-structs.md, section 8. Each is a promise (promise.h). */
#ifndef XE_KERNEL_CORE_OVERLAPPED_H
#define XE_KERNEL_CORE_OVERLAPPED_H

#include "kernel/core/object.h"
#include "kernel/core/timer.h"

struct xe_codec;

#define XE__LATERS 4096u /* under way at once */

/* Source: XOVERLAPPED in xkelib and xenia. */
enum {
    XE_X_OVERLAPPED_RESULT = 0x00,
    XE_X_OVERLAPPED_LENGTH = 0x04,
    XE_X_OVERLAPPED_EVENT = 0x0C,
    XE_X_OVERLAPPED_ROUTINE = 0x10,
    XE_X_OVERLAPPED_EXTENDED = 0x18,
    XE_X_OVERLAPPED_SIZE = 0x1C,
};

struct xe_overlapped_end {
    uint32_t result, extended, length;
};

/* The running thread's call is done, and is to be told so later on. False: there are too many, or
 * no memory; nothing is told. */
bool xe_kernel_overlapped_later(struct xe_kernel *kernel, xe_gva at,
                                const struct xe_overlapped_end *end);
/* What was to come later of the one at an address comes now. */
void xe_kernel_overlapped_now(struct xe_kernel *kernel, xe_gva at);

/* ---- the kernel's own ----------------------------------------------------------------------- */

struct xe__later {
    uint64_t id; /* 1, 2, 3 ... */
    xe_gva at, routine;
    struct xe_object *event;  /* reference held; NULL: none */
    struct xe_thread *thread; /* to its object             */
    uint32_t event_key;
    struct xe_overlapped_end end;
    uint64_t due;                /* interrupt time */
    struct xe_audit_site origin; /* the call that made it */
    struct xe__later *newer;
};

struct xe__laters {
    struct xe_timer timer; /* of the first */
    struct xe__later *first, *last;
    uint64_t last_id;
    uint32_t count;
};

void xe__kernel_laters_init(struct xe_kernel *kernel);
/* The first one is due. */
void xe__kernel_laters_due(struct xe_kernel *kernel);
/* Nobody is told. */
void xe__kernel_laters_forget(struct xe_kernel *kernel);
void xe__kernel_laters_state(struct xe_codec *c, struct xe_kernel *kernel);
void xe__kernel_later_state(struct xe_codec *c, struct xe__later *later);
/* Visit the objects that they hold a reference to. */
void xe__kernel_laters_hold(const struct xe_kernel *kernel,
                            void (*fn)(void *ctx, const struct xe_object *object), void *ctx);

#endif
