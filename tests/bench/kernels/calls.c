/* Calls: recursion, and a small stack machine whose operations are reached through a table. */
#include "kernels.h"

typedef bench_u32 operation(bench_u32 a, bench_u32 b);

static bench_u32 op_add(bench_u32 a, bench_u32 b)
{
    return a + b;
}

static bench_u32 op_xor(bench_u32 a, bench_u32 b)
{
    return a ^ b << 1;
}

static bench_u32 op_sub(bench_u32 a, bench_u32 b)
{
    return a - (b >> 3);
}

static bench_u32 op_mix(bench_u32 a, bench_u32 b)
{
    return op_add(a, 7) ^ op_sub(b, a);
}

static operation *const table[4] = {op_add, op_xor, op_sub, op_mix};

__attribute__((noinline)) static bench_u32 fibonacci(bench_u32 n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

__attribute__((noinline)) static bench_u32 interpret(bench_u32 seed)
{
    bench_u32 a = seed;

    for (bench_u32 i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        a = table[seed >> 30](a, i);
    }
    return a;
}

bench_u32 bench_calls(bench_u32 rounds)
{
    bench_u32 sum = 0;

    for (bench_u32 r = 0; r < rounds; r++)
        sum = sum * 31 + fibonacci(18) + interpret(r);
    return sum;
}
