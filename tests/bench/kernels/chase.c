/* Pointer chasing: a random cycle through 64 Ki nodes, one dependent load a step. */
#include "kernels.h"

#define NODES 65536

static bench_u32 next[NODES];

/* Sattolo's shuffle makes a permutation of one cycle. */
static void prepare(void)
{
    bench_u32 seed = 12345;

    for (bench_u32 i = 0; i < NODES; i++)
        next[i] = i;
    for (bench_u32 i = NODES - 1; i > 0; i--) {
        bench_u32 j, t;

        seed = seed * 1664525 + 1013904223;
        j = (seed >> 8) % i;
        t = next[i];
        next[i] = next[j];
        next[j] = t;
    }
}

bench_u32 bench_chase(bench_u32 rounds)
{
    bench_u32 at = 0, sum = 0;

    prepare();
    for (bench_u32 r = 0; r < rounds; r++)
        for (bench_u32 i = 0; i < NODES; i++) {
            at = next[at];
            sum += at ^ i;
        }
    return sum;
}
