/* Does somebody write words that a thread spins on, when next it runs? Changes nothing. Not while
 * the engine runs. */
#ifndef XE_KERNEL_CORE_FORESEE_H
#define XE_KERNEL_CORE_FORESEE_H

#include "cpu/trial.h"

struct xe_kernel;
struct xe_thread;

/* A thread whose sleep, or wait with a timeout, ends in time: until it sleeps again. */
bool xe_kernel_foresee_thread(const struct xe_thread *thread, const struct xe_trial_read *word,
                              uint32_t words);
/* DPCs of armed timers, and what is called at vertical blanks. */
bool xe_kernel_foresee_routines(const struct xe_kernel *kernel, const struct xe_trial_read *word,
                                uint32_t words);

#endif
