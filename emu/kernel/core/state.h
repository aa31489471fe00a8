/* The kernel as state: one function per struct, over the codec of base/codec.h.
 *
 * Sections: "objects" (first who there is, then each object with its handles and what its type
 * keeps), "threads", "timers", "clock", "kernel" (scheduler, processes, pool, families), "gpu". In
 * a codec's world is a struct xe__state_world. References are told as object ids and thread ids.
 *
 * Loading goes into a kernel that has the same title loaded under the same settings, and is
 * emptied first (xe__kernel_state_forget). Half-loaded, it is fit to be destroyed and for nothing
 * else: whatever is allocated is in its list at once, and links that many share (waiters, the timer
 * heap, ready lists) are made when all owners are there. xe__kernel_state_check then asks what no
 * field's own bounds say. Guest memory is loaded after the kernel, so it does not matter what this
 * writes. */
#ifndef XE_KERNEL_CORE_STATE_H
#define XE_KERNEL_CORE_STATE_H

#include "base/codec.h"
#include "kernel/core/kernel_internal.h"

struct xe__state_world {
    struct xe_kernel *kernel;
    struct xe_object **object; /* owned; while loading: all of them, by id */
    size_t objects, capacity;
};

static inline struct xe_kernel *xe__state_kernel(const struct xe_codec *c)
{
    return ((const struct xe__state_world *)c->world)->kernel;
}

/* A reference: by id; 0 is NULL. Loading, the object or thread must be there. */
void xe__kernel_state_object(struct xe_codec *c, const char *name, struct xe_object **field);
void xe__kernel_state_thread(struct xe_codec *c, const char *name, struct xe_thread **field);
/* A static text that names an export or a source of signals, beside the state. */
void xe__kernel_state_source(struct xe_codec *c, const char *name, const char **field);

/* state_object.c */
void xe__kernel_objects_state(struct xe_codec *c, struct xe_kernel *kernel);
void xe__kernel_object_state(struct xe_codec *c, struct xe_object *object);
size_t xe__kernel_state_object_index(const struct xe__state_world *world, uint64_t id);

/* state_thread.c */
void xe__kernel_threads_state(struct xe_codec *c, struct xe_kernel *kernel);
void xe__kernel_thread_state(struct xe_codec *c, struct xe_thread *thread);
void xe__kernel_wait_state(struct xe_codec *c, struct xe_wait *wait, struct xe_thread *thread);
void xe__kernel_guest_call_state(struct xe_codec *c, struct xe_guest_call *call,
                                 struct xe_thread *thread);

/* queue.c, ktimer.c, name.c: what objects of these types keep on the host side */
void xe__kernel_packet_state(struct xe_codec *c, struct xe_packet *packet);
void xe__kernel_port_state(struct xe_codec *c, struct xe_object *object);
void xe__kernel_ktimer_state(struct xe_codec *c, struct xe_object *object);
void xe__kernel_symlink_state(struct xe_codec *c, struct xe_object *object);

/* state_kernel.c */
void xe__kernel_core_state(struct xe_codec *c, struct xe_kernel *kernel);
void xe__kernel_dpc_state(struct xe_codec *c, struct xe__dpc *dpc);
void xe__kernel_site_state(struct xe_codec *c, struct xe_audit_site *site);

/* module.c */
void xe__kernel_modules_state(struct xe_codec *c, struct xe_kernel *kernel);
void xe__kernel_module_past_state(struct xe_codec *c, struct xe_kernel *kernel);
void xe__kernel_module_state(struct xe_codec *c, struct xe_module *module);
void xe__kernel_module_step_state(struct xe_codec *c, struct xe_module_step *step);

/* pool.c, timer.c */
void xe__kernel_pool_state(struct xe_codec *c, struct xe_kernel *kernel);
void xe__kernel_timers_state(struct xe_codec *c, struct xe_kernel *kernel);

/* state_check.c: does all that was loaded go together? Stops the codec if not. */
void xe__kernel_state_check(struct xe_codec *c, struct xe_kernel *kernel);

/* state.c: let go of everything without any effect on anything. */
void xe__kernel_state_forget(struct xe_kernel *kernel);

#endif
