/* Fault injection for allocations: a test program's hook, and the fault plan's count.
 *
 * The hook is a weak symbol that a test program may define; product builds have none. The fault
 * plan (config.faults.fail_alloc) is in builds that have one only; its count is the one variable of
 * emu that is no instance's, a thread's instead, and it counts only while an instance works that
 * asked for it: from xe_fail_alloc_begin to xe_fail_alloc_end. */
#ifndef XE_BASE_FAIL_H
#define XE_BASE_FAIL_H

#include <stdbool.h>
#include <stdint.h>

/* Returns true when the allocation at hand must fail. Defined by tests only. */
extern bool xe_test_alloc_fails(void) __attribute__((weak));

/* The n-th allocation of this thread from now on fails, once; 0: none does. */
void xe_fail_alloc_begin(uint32_t n);
/* No more fails; returns how many were left until one does, 0 when it has or none was to. */
uint32_t xe_fail_alloc_end(void);

#ifdef XE_FAULT_PLAN
bool xe__alloc_is_planned_to_fail(void);
#else
static inline bool xe__alloc_is_planned_to_fail(void)
{
    return false;
}
#endif

static inline bool xe__alloc_may_fail(void)
{
    return (xe_test_alloc_fails && xe_test_alloc_fails()) || xe__alloc_is_planned_to_fail();
}

#endif
