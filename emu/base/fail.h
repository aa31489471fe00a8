/* Fault injection for allocation tests. The hook is a weak symbol that a test program may define;
 * product builds have none and never fail on purpose. */
#ifndef XE_BASE_FAIL_H
#define XE_BASE_FAIL_H

#include <stdbool.h>

/* Returns true when the allocation at hand must fail. Defined by tests only. */
extern bool xe_test_alloc_fails(void) __attribute__((weak));

static inline bool xe__alloc_may_fail(void)
{
    return xe_test_alloc_fails && xe_test_alloc_fails();
}

#endif
