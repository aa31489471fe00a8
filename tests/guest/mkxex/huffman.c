/* Build the tree by joining the two lightest until one is left; too deep a tree is built again with
 * flatter weights, which must end in a balanced one. Quadratic, for hundreds of symbols. */
#include "tests/guest/mkxex/huffman.h"

#include <string.h>

#define LENGTH_MAX 16

/* Index of the lightest live node but `except`; weight 0 means not live. */
static unsigned lightest(const uint32_t *weight, unsigned nodes, unsigned except)
{
    unsigned best = nodes;

    for (unsigned i = 0; i < nodes; i++)
        if (weight[i] && i != except && (best == nodes || weight[i] < weight[best]))
            best = i;
    return best;
}

/* Depth of each leaf; returns the largest. */
static unsigned build(const uint32_t *freq, unsigned n, uint8_t *lengths)
{
    uint32_t weight[2 * HUFFMAN_SYMBOLS_MAX];
    uint16_t parent[2 * HUFFMAN_SYMBOLS_MAX] = {0}; /* 0: root; a leaf is never a parent */
    unsigned nodes = n, deepest = 0;

    memcpy(weight, freq, n * sizeof(*freq));
    for (;;) {
        unsigned a = lightest(weight, nodes, nodes), b = lightest(weight, nodes, a);

        if (b == nodes)
            break;
        weight[nodes] = weight[a] + weight[b];
        weight[a] = weight[b] = 0;
        parent[a] = parent[b] = (uint16_t)nodes;
        nodes++;
    }
    for (unsigned i = 0; i < n; i++) {
        unsigned depth = 0;

        for (unsigned node = i; freq[i] && parent[node]; node = parent[node])
            depth++;
        lengths[i] = (uint8_t)depth;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

void mkxex_huffman_lengths(const uint32_t *freq, unsigned n, unsigned limit, uint8_t *lengths)
{
    uint32_t weight[HUFFMAN_SYMBOLS_MAX];
    unsigned used = 0, last = 0;

    memcpy(weight, freq, n * sizeof(*freq));
    for (unsigned i = 0; i < n; i++)
        if (freq[i]) {
            used++;
            last = i;
        }
    if (used == 1)
        weight[last ? 0 : 1] = 1;
    while (build(weight, n, lengths) > limit)
        for (unsigned i = 0; i < n; i++)
            weight[i] = (weight[i] + 1) / 2;
}

void mkxex_huffman_codes(const uint8_t *lengths, unsigned n, uint16_t *codes)
{
    unsigned code = 0;

    for (unsigned length = 1; length <= LENGTH_MAX; length++) {
        for (unsigned i = 0; i < n; i++)
            if (lengths[i] == length)
                codes[i] = (uint16_t)code++;
        code <<= 1;
    }
}
