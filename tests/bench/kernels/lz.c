/* LZ decoding: tokens of literal run and match, copied byte by byte, as small decoders do. */
#include "kernels.h"

#define PLAIN 65536

static bench_u8 packed[PLAIN * 2], plain[PLAIN];
static bench_u32 packed_size;

/* A stream with the statistics of ordinary data: short literals, matches of 4 to 67 bytes. */
static void prepare(void)
{
    bench_u32 seed = 99, made = 0, at = 0;

    while (made < PLAIN - 128) {
        bench_u32 literals, length, distance;

        seed = seed * 1664525 + 1013904223;
        literals = 1 + (seed >> 28);
        length = 4 + (seed >> 20 & 63);
        packed[at++] = (bench_u8)literals;
        for (bench_u32 i = 0; i < literals; i++)
            packed[at++] = (bench_u8)(seed >> (i & 15));
        made += literals;
        distance = 1 + (seed >> 4) % (made < 4096 ? made : 4096);
        packed[at++] = (bench_u8)length;
        packed[at++] = (bench_u8)(distance >> 8);
        packed[at++] = (bench_u8)distance;
        made += length;
    }
    packed_size = at;
}

__attribute__((noinline)) static bench_u32 decode(void)
{
    const bench_u8 *from = packed, *end = packed + packed_size;
    bench_u8 *to = plain;

    while (from < end) {
        bench_u32 n = *from++;
        const bench_u8 *match;

        while (n--)
            *to++ = *from++;
        n = from[0];
        match = to - (from[1] << 8 | from[2]);
        from += 3;
        while (n--)
            *to++ = *match++;
    }
    return (bench_u32)(to - plain);
}

bench_u32 bench_lz(bench_u32 rounds)
{
    bench_u32 sum = 0;

    prepare();
    for (bench_u32 r = 0; r < rounds; r++) {
        bench_u32 size = decode();

        packed[1] = (bench_u8)r;
        for (bench_u32 i = 0; i < size; i += 64)
            sum = sum * 31 + plain[i];
    }
    return sum;
}
