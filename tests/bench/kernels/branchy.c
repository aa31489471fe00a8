/* Branchy integer work: a prime sieve and Collatz lengths. */
#include "kernels.h"

#define LIMIT 8192

static bench_u8 composite[LIMIT];

static bench_u32 sieve(void)
{
    bench_u32 primes = 0;

    for (bench_u32 i = 0; i < LIMIT; i++)
        composite[i] = 0;
    for (bench_u32 i = 2; i < LIMIT; i++) {
        if (composite[i])
            continue;
        primes++;
        for (bench_u32 k = i * i; k < LIMIT && i < 256; k += i)
            composite[k] = 1;
    }
    return primes;
}

static bench_u32 collatz(bench_u32 n)
{
    bench_u32 steps = 0;

    while (n != 1) {
        n = n & 1 ? 3 * n + 1 : n >> 1;
        steps++;
    }
    return steps;
}

bench_u32 bench_branchy(bench_u32 rounds)
{
    bench_u32 sum = 0;

    for (bench_u32 r = 0; r < rounds; r++) {
        sum = sum * 31 + sieve();
        for (bench_u32 n = 1; n < 512; n++)
            sum += collatz(n + r);
    }
    return sum;
}
