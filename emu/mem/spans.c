#include "mem/spans.h"

#include "base/alloc.h"

struct xe__span_node {
    struct xe__span span;
    uint32_t left, right;
    uint32_t first, last; /* of the subtree: where it begins, where it ends */
    uint32_t gap;         /* the largest between two spans of the subtree   */
    uint32_t coarse;      /* the most that one has behind a multiple of COARSE */
};

/* Blocks that begin at multiples of it leave gaps between them that are large enough for the next,
 * and hold no place for it. */
#define COARSE 0x10000u

static uint32_t rank(const struct xe__span_node *node)
{
    return node->span.base * 0x9E3779B1u;
}

static uint32_t end_of(const struct xe__span *span)
{
    return span->base + span->size;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

void xe__mem_spans_fini(struct xe__spans *spans)
{
    xe_free(spans->node);
    *spans = (struct xe__spans){0};
}

/* What is left of [from, to) behind the first multiple of COARSE in it. */
static uint64_t behind_coarse(uint64_t from, uint64_t to)
{
    uint64_t at = (from + COARSE - 1) & ~(uint64_t)(COARSE - 1);

    return at < to ? to - at : 0;
}

/* One more gap of the subtree. */
static void count_gap(struct xe__span_node *node, uint32_t from, uint32_t to)
{
    node->gap = larger(node->gap, to - from);
    node->coarse = larger(node->coarse, (uint32_t)behind_coarse(from, to));
}

/* Work out what a node says of its subtree. */
static void refresh(struct xe__spans *spans, uint32_t i)
{
    struct xe__span_node *node = &spans->node[i];
    const struct xe__span_node *left = node->left ? &spans->node[node->left] : NULL;
    const struct xe__span_node *right = node->right ? &spans->node[node->right] : NULL;

    node->first = left ? left->first : node->span.base;
    node->last = right ? right->last : end_of(&node->span);
    node->gap = larger(left ? left->gap : 0, right ? right->gap : 0);
    node->coarse = larger(left ? left->coarse : 0, right ? right->coarse : 0);
    if (left)
        count_gap(node, left->last, node->span.base);
    if (right)
        count_gap(node, end_of(&node->span), right->first);
    spans->steps++;
}

/* The subtree at i in two: what begins below `at`, and the rest. */
static void split(struct xe__spans *spans, uint32_t i, uint32_t at, uint32_t *ret_below,
                  uint32_t *ret_rest)
{
    struct xe__span_node *node = &spans->node[i];

    if (!i) {
        *ret_below = *ret_rest = 0;
    } else if (node->span.base < at) {
        split(spans, node->right, at, &node->right, ret_rest);
        *ret_below = i;
        refresh(spans, i);
    } else {
        split(spans, node->left, at, ret_below, &node->left);
        *ret_rest = i;
        refresh(spans, i);
    }
}

/* Two subtrees in one; all of b lies above a. */
static uint32_t join(struct xe__spans *spans, uint32_t a, uint32_t b)
{
    if (!a || !b)
        return a ? a : b;
    if (rank(&spans->node[a]) > rank(&spans->node[b])) {
        spans->node[a].right = join(spans, spans->node[a].right, b);
        refresh(spans, a);
        return a;
    }
    spans->node[b].left = join(spans, a, spans->node[b].left);
    refresh(spans, b);
    return b;
}

/* Index of a node to be filled; 0 without memory. */
static uint32_t take_node(struct xe__spans *spans)
{
    uint32_t i = spans->unused;

    if (i) {
        spans->unused = spans->node[i].left;
        return i;
    }
    if (spans->used == 0)
        spans->used = 1;
    if (!xe_grow(&spans->node, &spans->capacity, spans->used, sizeof(*spans->node)))
        return 0;
    return (uint32_t)spans->used++;
}

bool xe__mem_spans_insert(struct xe__spans *spans, struct xe__span span)
{
    uint32_t i = take_node(spans), below, above;

    if (!i)
        return false;
    spans->node[i] = (struct xe__span_node){.span = span};
    refresh(spans, i);
    split(spans, spans->root, span.base, &below, &above);
    spans->root = join(spans, join(spans, below, i), above);
    spans->count++;
    return true;
}

void xe__mem_spans_remove(struct xe__spans *spans, uint32_t base)
{
    uint32_t below, i, above;

    split(spans, spans->root, base, &below, &above);
    split(spans, above, base + 1, &i, &above);
    spans->root = join(spans, below, above);
    if (!i)
        return;
    spans->node[i].left = spans->unused;
    spans->unused = i;
    spans->count--;
}

const struct xe__span *xe__mem_spans_from(struct xe__spans *spans, uint32_t at)
{
    const struct xe__span *found = NULL;

    for (uint32_t i = spans->root; i; spans->steps++) {
        const struct xe__span_node *node = &spans->node[i];

        if (end_of(&node->span) > at) {
            found = &node->span;
            i = node->left;
        } else {
            i = node->right;
        }
    }
    return found;
}

/* Does it fit into [from, to), which has no span? */
static bool fits(const struct xe__room *room, uint64_t from, uint64_t to, uint32_t *ret_at)
{
    uint64_t at;

    from = from > room->min ? from : room->min;
    to = to < room->max ? to : room->max;
    if (to < room->size || from > to)
        return false;
    at = room->top_down ? (to - room->size) & ~(room->align - 1)
                        : (from + room->align - 1) & ~(room->align - 1);
    *ret_at = (uint32_t)at;
    return at >= from && at + room->size <= to;
}

/* May there be a place in the subtree, or in the gaps on both sides of it? */
static bool may_fit(const struct xe__span_node *node, const struct xe__room *room, uint64_t from,
                    uint64_t to)
{
    if (room->align < COARSE)
        return node->gap >= room->size || node->first - from >= room->size ||
               to - node->last >= room->size;
    return node->coarse >= room->size || behind_coarse(from, node->first) >= room->size ||
           behind_coarse(node->last, to) >= room->size;
}

/* The subtree at i and the gaps on both sides of it: they lie in [from, to). */
static bool fit(struct xe__spans *spans, uint32_t i, const struct xe__room *room, uint64_t from,
                uint64_t to, uint32_t *ret_at)
{
    const struct xe__span_node *node = &spans->node[i];
    uint32_t end;

    spans->steps++;
    if (to <= room->min || from >= room->max)
        return false;
    if (!i)
        return fits(room, from, to, ret_at);
    if (!may_fit(node, room, from, to))
        return false;
    end = end_of(&node->span);
    if (room->top_down)
        return fit(spans, node->right, room, end, to, ret_at) ||
               fit(spans, node->left, room, from, node->span.base, ret_at);
    return fit(spans, node->left, room, from, node->span.base, ret_at) ||
           fit(spans, node->right, room, end, to, ret_at);
}

bool xe__mem_spans_fit(struct xe__spans *spans, const struct xe__room *room, uint32_t *ret_at)
{
    if (!spans->root)
        return fits(room, room->min, room->max, ret_at);
    return fit(spans, spans->root, room, room->min, room->max, ret_at);
}
