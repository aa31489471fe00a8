/* Who can release a wait (xe/release.h), for other parts of emu: by object instead of id, and the
 * standing of any thread. Reads only. */
#ifndef XE_KERNEL_CORE_RELEASE_H
#define XE_KERNEL_CORE_RELEASE_H

#include "kernel/core/thread.h"
#include "xe/release.h"

/* All threads that have a record, by tid: the first, NULL if there is none. */
struct xe_thread *xe_kernel_thread_first(const struct xe_kernel *kernel);

/* What a thread does now; kind and what it did to an object are left 0. */
void xe_kernel_thread_standing(const struct xe_thread *thread, struct xe_producer *ret);

/* Does it spin or poll (xe/spin.h)? */
bool xe_kernel_thread_spin(const struct xe_thread *thread, struct xe_spin *ret);

/* NULL: there is none (any more). */
const struct xe_object *xe_kernel_object_by_id(const struct xe_kernel *kernel, uint64_t id);
/* What can only release it by nature, who made it; and everybody who can release it. */
void xe_kernel_object_released(const struct xe_object *object, struct xe_released *ret);
void xe_kernel_object_producers(const struct xe_object *object,
                                void (*fn)(void *ctx, const struct xe_producer *producer),
                                void *ctx);

/* Could the thread's wait take the object now? */
bool xe_kernel_object_takeable(const struct xe_object *object, const struct xe_thread *thread);

/* Everybody who ended alertable waits of the thread, by APCs or alerts, but itself. Returns whether
 * those are all there were. */
bool xe_kernel_thread_posters(const struct xe_thread *thread,
                              void (*fn)(void *ctx, const struct xe_producer *producer), void *ctx);

/* Does the thread's wait end in time, and did waits at that place before? */
bool xe_kernel_thread_keeps_timing_out(const struct xe_thread *thread);

/* Does it wait for something that isn't there yet, be it suspended besides or not? */
bool xe_kernel_thread_waits(const struct xe_thread *thread);
/* How many objects somebody could release for it: none where it waits for the network, and nobody
 * is there. */
uint32_t xe_kernel_thread_wait_objects(const struct xe_thread *thread);

/* How often it has come round at the place where it waits, by timeouts, since that cycle; about. */
uint64_t xe_kernel_thread_rounds(const struct xe_thread *thread, uint64_t since);

/* Is an APC queued that the thread will run whatever it waits for? */
bool xe_kernel_thread_is_promised(const struct xe_thread *thread);

/* Beside what they signal: visits the threads to which an armed timer will queue an APC. Returns
 * whether something is due that may do anything: a DPC, a callback. *ret_fresh: something of that
 * has never come to pass before. What the GPU owes is not counted: that depends on how it stands.
 */
bool xe_kernel_armed(const struct xe_kernel *kernel, void (*apc)(void *ctx, uint32_t tid),
                     void *ctx, bool *ret_fresh);

/* Can nothing at all run again: no thread, no event, no DPC? */
bool xe_kernel_is_quiet(const struct xe_kernel *kernel);
/* The same, but for threads that run and come nowhere, as `nowhere` says. */
bool xe_kernel_is_quiet_but(const struct xe_kernel *kernel,
                            bool (*nowhere)(void *ctx, const struct xe_thread *thread), void *ctx);

#endif
