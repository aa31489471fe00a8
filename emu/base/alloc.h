/* Allocation wrappers: the one door to the heap for emu, so that a test can make the n-th
 * allocation fail (tests/support/fail_alloc). They zero what they hand out. */
#ifndef XE_BASE_ALLOC_H
#define XE_BASE_ALLOC_H

#include <stddef.h>

/* count * size zeroed bytes, or NULL when out of memory or the product overflows. */
void *xe_calloc(size_t count, size_t size);

/* Resize to count * size bytes; the old block stays valid on failure. New bytes are not zeroed. */
void *xe_reallocarray(void *old, size_t count, size_t size);

/* Copy of a NUL-terminated text, or of n bytes with a NUL behind them. */
char *xe_strdup(const char *text);
char *xe_memdup(const void *bytes, size_t n);

void xe_free(void *p);

/* Make room for one more element in a growing array: *items has *capacity elements of which n are
 * used. False when out of memory; nothing changed then. */
int xe_grow(void *items, size_t *capacity, size_t n, size_t size);

#endif
