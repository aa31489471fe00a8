/* Promises to signal, recording side: one line where a promise is made, kept or taken back.
 *
 * A promise is known by its kind and a token that says which one it is: a timer's object id, the
 * address of a KDPC, KAPC or XOVERLAPPED. So whoever keeps it needs nothing but what it has at
 * hand, and nothing of this lies in other parts' state. Making one that is open already takes the
 * old one back first. The kernel ends those of an object that goes away.
 *
 * Nothing here reaches the guest, and nothing fails: what there is no room for is counted. */
#ifndef XE_KERNEL_CORE_PROMISE_H
#define XE_KERNEL_CORE_PROMISE_H

#include "base/map.h"
#include "kernel/core/kernel.h"
#include "xe/promise.h"

struct xe_codec;
struct xe_object;

#ifdef XE_TINY_LIMITS
#define XE__PROMISES       256u /* open at once         */
#define XE__PROMISES_ENDED 4u   /* ended and remembered */
#else
#define XE__PROMISES       131072u
#define XE__PROMISES_ENDED 256u
#endif

/* 56 bits: addresses, and ids of objects. */
#define XE_PROMISE_TOKEN_MAX ((UINT64_C(1) << 56) - 1)

struct xe_promise {
    enum xe_promise_kind kind;
    uint64_t token;
    const struct xe_object *object; /* that will be signalled; NULL: none is known */
    uint32_t key;                   /* as the title named it                       */
    enum xe_promise_due due;
    uint64_t due_time; /* XE_PROMISE_AT: interrupt time */
};

/* The call at hand makes it. */
void xe_kernel_promise_make(struct xe_kernel *kernel, const struct xe_promise *promise);
/* It was kept and is over; or is kept now and will be again at due_time. No effect if there is no
 * such promise. */
void xe_kernel_promise_keep(struct xe_kernel *kernel, enum xe_promise_kind kind, uint64_t token);
void xe_kernel_promise_keep_on(struct xe_kernel *kernel, enum xe_promise_kind kind, uint64_t token,
                               uint64_t due_time);
/* The title takes it back; it can't be kept. */
void xe_kernel_promise_cancel(struct xe_kernel *kernel, enum xe_promise_kind kind, uint64_t token);
void xe_kernel_promise_break(struct xe_kernel *kernel, enum xe_promise_kind kind, uint64_t token);

/* Who is at work now. */
void xe_kernel_promise_site_here(const struct xe_kernel *kernel, struct xe_promise_site *ret);
void xe_kernel_promise_site_state(struct xe_codec *c, struct xe_promise_site *site);

/* ---- the kernel's own ----------------------------------------------------------------------- */

struct xe__promise;

/* Part of the kernel. */
struct xe__promises {
    struct xe__promise *oldest, *newest; /* open, by id                              */
    uint32_t open;
    struct xe_map index;  /* kind and token -> promise               */
    struct xe_map object; /* object id -> its oldest promise         */
    uint64_t last_id;
    struct xe_promise_info *ended; /* owned: a ring                           */
    size_t ended_capacity;
    uint32_t ended_first, ended_count;
    struct xe_promise_totals totals;
};

void xe__kernel_promises_object_gone(struct xe_kernel *kernel, uint64_t object_id);
/* All of it, without any record. */
void xe__kernel_promises_forget(struct xe_kernel *kernel);
void xe__kernel_promises_state(struct xe_codec *c, struct xe_kernel *kernel);

#endif
