/* The clock: virtual time is a function of retired instructions and of idle time skipped.
 *
 * interrupt time = cycle / clock_hz + idle; system time = start + interrupt time; the 50 MHz time
 * base counts the same. Nothing else tells time to a guest. */
#ifndef XE_KERNEL_CORE_CLOCK_H
#define XE_KERNEL_CORE_CLOCK_H

#include "kernel/core/kernel.h"

#define XE_TIMEBASE_HZ  50000000u
#define XE_TIME_PER_MS  10000u /* 100 ns units */
#define XE_TIME_PER_SEC 10000000u
/* What is due later than that, in more than 50,000 years, never is: time must not wrap. */
#define XE_TIME_END (UINT64_MAX - (UINT64_C(1) << 61))

uint64_t xe_kernel_cycle(const struct xe_kernel *kernel);          /* exact, also inside a call  */
uint64_t xe_kernel_interrupt_time(const struct xe_kernel *kernel); /* 100 ns since cycle 0       */
uint64_t xe_kernel_system_time(const struct xe_kernel *kernel);    /* 100 ns since 1601          */
uint64_t xe_kernel_timebase(const struct xe_kernel *kernel);       /* 50 MHz ticks               */
uint64_t xe_kernel_virtual_us(const struct xe_kernel *kernel);

/* A guest timeout as an absolute interrupt time: negative is relative, positive is system time.
 * Saturates; XE_WAIT_FOREVER must not come here. */
uint64_t xe_kernel_deadline(const struct xe_kernel *kernel, int64_t timeout);

#endif
