/* Schedules: what a seed decides, where it is asked. */
#ifndef XE_KERNEL_CORE_SEED_H
#define XE_KERNEL_CORE_SEED_H

#include "kernel/core/thread.h"

/* seed.c: what is natural for seed 0 */
/* The next of a sequence of numbers, and its state. */
uint64_t xe__kernel_seed_mix(uint64_t *state);
uint64_t xe__kernel_seed_state(const struct xe_kernel *kernel); /* where mixing begins */
/* How long a hardware thread's turn is that begins there; 0: it makes none while others have work.
 */
uint32_t xe__kernel_seed_slice(const struct xe_kernel *kernel, uint64_t at, uint32_t hw);
uint32_t xe__kernel_seed_length(const struct xe_kernel *kernel, uint64_t at,
                                uint32_t hw);                        /* if it does */
uint32_t xe__kernel_seed_slice_most(const struct xe_kernel *kernel); /* the longest there is */
/* One of the numbers that a seed is: for what, of which, where it is decided. */
uint64_t xe__kernel_seed_draw(const struct xe_kernel *kernel, uint64_t at, uint32_t what,
                              uint64_t which);
/* Does it decide about turns at all? Are threads delayed now? */
bool xe__kernel_seed_takes_turns(const struct xe_kernel *kernel);
bool xe__kernel_seed_delays(const struct xe_kernel *kernel);
/* Which of so many, from 0: of the ready threads of one priority; of an object's waiters. */
uint32_t xe__kernel_seed_ready(const struct xe_kernel *kernel, uint32_t hw, uint32_t count);
uint32_t xe__kernel_seed_waiter(const struct xe_kernel *kernel, uint64_t object_id, uint32_t count);
/* seed_ahead.c: a thread of the title's begins, or is over, where lives are noted. */
void xe__kernel_life_begins(const struct xe_thread *thread);
void xe__kernel_life_ends(const struct xe_thread *thread);
/* How many of its instructions the thread goes ahead; 0: it doesn't. Does it now? Who does? */
uint64_t xe__kernel_seed_ahead(const struct xe_thread *thread);
bool xe__kernel_goes_ahead(const struct xe_thread *thread);
struct xe_thread *xe__kernel_who_goes_ahead(const struct xe_kernel *kernel);
/* seed_delay.c: how many instructions the thread may make until it is to be looked at, and the look
 * there; true: it is delayed from now on. */
uint64_t xe__kernel_delay_left(struct xe_thread *thread);
bool xe__kernel_delay_arrive(struct xe_thread *thread);
bool xe__kernel_is_delayed(const struct xe_thread *thread, uint64_t at);
void xe__kernel_delay_state(struct xe_codec *c, struct xe_delay *delay);
/* The cycle where the next delay of a thread ends that would run; let it end now, false: there is
 * none. */
uint64_t xe__kernel_delay_next_end(const struct xe_kernel *kernel);
bool xe__kernel_delay_end(struct xe_kernel *kernel);
/* Does one last while all others sleep, until that interrupt time? */
bool xe__kernel_delay_outlasts(const struct xe_kernel *kernel, uint64_t time);
/* Has one ended where the turn at hand is now? Then that turn is over. */
bool xe__kernel_delay_ended(const struct xe_kernel *kernel);
/* Does the turn's end make way for another thread of that priority? */
bool xe__kernel_seed_makes_way(const struct xe_kernel *kernel, uint32_t hw);
void xe__kernel_seed_stir(struct xe_kernel *kernel,
                          bool begins);                /* a thread got work; or its first */
void xe__kernel_seed_settle(struct xe_kernel *kernel); /* after a chunk */

#endif
