/* Virtual time. Everything is computed from the cycle and the idle time at the moment of asking, in
 * whole units rounded down, so the same cycle always shows the same time. */
#include "kernel/core/clock.h"

#include "kernel/core/kernel_internal.h"

/* floor(cycle * per_second / hz) without overflow for any hz below 2^63 / per_second. */
static uint64_t scale(uint64_t cycle, uint64_t per_second, uint64_t hz)
{
    return (uint64_t)((unsigned __int128)cycle * per_second / hz);
}

uint64_t xe_kernel_cycle(const struct xe_kernel *kernel)
{
    if (!kernel->running)
        return kernel->cycle;
    return kernel->cycle + (kernel->running->cpu.retired - kernel->chunk_base);
}

uint64_t xe_kernel_interrupt_time(const struct xe_kernel *kernel)
{
    return scale(xe_kernel_cycle(kernel), XE_TIME_PER_SEC, kernel->config.clock_hz) + kernel->idle;
}

uint64_t xe_kernel_system_time(const struct xe_kernel *kernel)
{
    return kernel->config.start_time + xe_kernel_interrupt_time(kernel);
}

uint64_t xe_kernel_timebase(const struct xe_kernel *kernel)
{
    return scale(xe_kernel_cycle(kernel), XE_TIMEBASE_HZ, kernel->config.clock_hz) +
           kernel->idle * (XE_TIMEBASE_HZ / XE_TIME_PER_SEC);
}

uint64_t xe_kernel_virtual_us(const struct xe_kernel *kernel)
{
    return xe_kernel_interrupt_time(kernel) / 10;
}

uint64_t xe_kernel_deadline(const struct xe_kernel *kernel, int64_t timeout)
{
    uint64_t now = xe_kernel_interrupt_time(kernel), span;

    if (timeout <= 0) {
        span = (uint64_t) - (timeout + 1) + 1;
        return span > UINT64_MAX - now ? UINT64_MAX : now + span;
    }
    /* Absolute system time; a moment before the start is the past. */
    if ((uint64_t)timeout <= kernel->config.start_time)
        return 0;
    return (uint64_t)timeout - kernel->config.start_time;
}

/* Cycles from kernel->cycle until interrupt time reaches `time` without idling: the smallest n so
 * that floor((cycle + n) * 10^7 / hz) + idle >= time. */
uint64_t xe__kernel_clock_cycles_until(const struct xe_kernel *kernel, uint64_t time)
{
    unsigned __int128 need;

    if (time <= kernel->idle)
        return 0;
    need = (unsigned __int128)(time - kernel->idle) * kernel->config.clock_hz;
    need = (need + XE_TIME_PER_SEC - 1) / XE_TIME_PER_SEC;
    if (need <= kernel->cycle)
        return 0;
    need -= kernel->cycle;
    return need > UINT64_MAX ? UINT64_MAX : (uint64_t)need;
}

/* The 1 ms timer interrupt: the time stamp bundle that titles poll, and the quantum of what runs.
 * After idle time one call stands for all ticks skipped. */
bool xe__kernel_clock_tick(struct xe_kernel *kernel)
{
    uint64_t now = xe_kernel_interrupt_time(kernel);
    uint64_t tick = now - now % XE_TIME_PER_MS;
    struct xe_mem *mem = kernel->mem;

    if (now < kernel->next_tick)
        return false;
    kernel->next_tick = tick + XE_TIME_PER_MS;
    xe_mem_set_u64(mem, kernel->time_bundle + XE_X_TIME_INTERRUPT, tick);
    xe_mem_set_u64(mem, kernel->time_bundle + XE_X_TIME_SYSTEM, kernel->config.start_time + tick);
    xe_mem_set_u32(mem, kernel->time_bundle + XE_X_TIME_TICKS, (uint32_t)(tick / XE_TIME_PER_MS));
    xe__kernel_sched_quantum_tick(kernel);
    return true;
}
