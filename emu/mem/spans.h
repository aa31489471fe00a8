/* The allocations of a heap in order of their addresses, with the gaps between them: everything
 * takes logarithmic time, whatever a title allocates.
 *
 * A binary tree ordered by address, and by a hash of the address from the root down, which keeps it
 * flat without keeping accounts. Each node knows where its subtree begins and ends and the largest
 * gap inside, also counted from multiples of 64 KiB, so the search for room passes by what has
 * none. */
#ifndef XE_MEM_SPANS_H
#define XE_MEM_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xe__span {
    uint32_t base, size; /* base + size fits into 32 bits */
    uint32_t protect;    /* as asked at allocation        */
    bool kernels;        /* claimed: no title's to change */
};

struct xe__span_node;

/* All zero: empty. */
struct xe__spans {
    struct xe__span_node *node; /* owned; [0] is no node */
    size_t used, capacity;      /* of node               */
    uint32_t root, unused;      /* indices; 0: none      */
    uint32_t count;
    uint64_t steps; /* nodes visited so far */
};

void xe__mem_spans_fini(struct xe__spans *spans);

/* Add a span that overlaps none; false without memory. */
bool xe__mem_spans_insert(struct xe__spans *spans, struct xe__span span);
/* Remove the span that begins there, if there is one. */
void xe__mem_spans_remove(struct xe__spans *spans, uint32_t base);

/* The first span that ends above `at`; NULL: none. Valid until the set changes. */
const struct xe__span *xe__mem_spans_from(struct xe__spans *spans, uint32_t at);

/* Where `size` bytes at a multiple of `align` (a power of two) fit between spans and inside
 * [min, max): the lowest such place, or the highest. */
struct xe__room {
    uint64_t size, align, min, max;
    bool top_down;
};
/* A free place for it, the lowest or the highest as it asks; false: there is none. */
bool xe__mem_spans_fit(struct xe__spans *spans, const struct xe__room *room, uint32_t *ret_at);

#endif
