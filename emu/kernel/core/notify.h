/* Notifications of XAM's: each listener has a queue of its own, and is signaled while there is
 * something in it. It hears of the areas that it asked for, of versions that it knows. */
#ifndef XE_KERNEL_CORE_NOTIFY_H
#define XE_KERNEL_CORE_NOTIFY_H

#include "kernel/core/object.h"

/* Bits 25 to 30 of an id are its area, 16 to 24 the version that brought it. */
#define XE_NOTIFY_SCREEN                0x09u /* 1: one is shown; 0: no more */
#define XE_NOTIFY_INPUT_DEVICES_CHANGED 0x12u

#define XE_NOTIFY_SYSTEM 1u /* a bit of areas */
#define XE_NOTIFY_QUEUE  256u

struct xe_notification {
    uint32_t id, param;
};

struct xe__listener {
    uint64_t areas; /* bit n: area n */
    uint32_t version, count;
    struct xe_notification entry[XE_NOTIFY_QUEUE]; /* oldest first */
};

/* Holds one kernel reference for the caller. NULL when memory or the object limit is exhausted. */
struct xe_object *xe_kernel_listener_create(struct xe_kernel *kernel, uint64_t areas,
                                            uint32_t version);
/* Take the oldest out, or the oldest with this id if it is not 0. false: there is none. */
bool xe_kernel_listener_next(struct xe_object *listener, uint32_t key, uint32_t id,
                             struct xe_notification *ret);
/* To every listener that hears of it. */
void xe_kernel_notify(struct xe_kernel *kernel, struct xe_notification what);
/* A screen of the system's lies over the title's, and is gone again. */
void xe_kernel_notify_screen(struct xe_kernel *kernel);

void xe__kernel_listener_state(struct xe_codec *c, struct xe_object *object);

#endif
