#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

#ifdef XE_FAULT_PLAN
static _Thread_local uint32_t fail_in; /* 0: no plan */

bool xe__alloc_is_planned_to_fail(void)
{
    return fail_in && --fail_in == 0;
}

void xe_fail_alloc_begin(uint32_t n)
{
    fail_in = n;
}

uint32_t xe_fail_alloc_end(void)
{
    uint32_t left = fail_in;

    fail_in = 0;
    return left;
}
#else
void xe_fail_alloc_begin(uint32_t n)
{
    (void)n;
}

uint32_t xe_fail_alloc_end(void)
{
    return 0;
}
#endif

void *xe_calloc(size_t count, size_t size)
{
    return xe__alloc_may_fail() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *xe_reallocarray(void *old, size_t count, size_t size)
{
    return xe__alloc_may_fail() ? NULL : reallocarray(old, count ? count : 1, size ? size : 1);
}

char *xe_memdup(const void *bytes, size_t n)
{
    char *copy = xe_calloc(n + 1, 1);

    if (copy && n)
        memcpy(copy, bytes, n);
    return copy;
}

char *xe_strdup(const char *text)
{
    return xe_memdup(text, strlen(text));
}

void xe_free(void *p)
{
    free(p);
}

int xe_grow(void *items, size_t *capacity, size_t n, size_t size)
{
    void **array = items;
    size_t want = *capacity ? *capacity * 2 : 8;
    void *grown;

    if (n < *capacity)
        return 1;
    grown = xe_reallocarray(*array, want, size);
    if (!grown)
        return 0;
    *array = grown;
    *capacity = want;
    return 1;
}
