/* Vectors of sixteen bytes: transform points by a matrix (float multiply and add, splats), clamp
 * them (compare and select), mix words (add, xor, rotate by shifts) and swap bytes (permute). */
#include "kernels.h"

typedef float vec4 __attribute__((vector_size(16)));
typedef bench_u32 vec4u __attribute__((vector_size(16)));
typedef int vec4i __attribute__((vector_size(16)));

#define POINTS 256

static vec4 point[POINTS], out[POINTS], matrix[4];
static vec4u noise[POINTS];

__attribute__((noinline)) static void transform(void)
{
    vec4 m0 = matrix[0], m1 = matrix[1], m2 = matrix[2], m3 = matrix[3];
    const vec4 top = {8, 8, 8, 8};

    for (int i = 0; i < POINTS; i++) {
        vec4 p = point[i], r;
        vec4i above;

        r = __builtin_shufflevector(p, p, 0, 0, 0, 0) * m0 +
            __builtin_shufflevector(p, p, 1, 1, 1, 1) * m1 +
            __builtin_shufflevector(p, p, 2, 2, 2, 2) * m2 + m3;
        above = r > top;
        r = (vec4)(((vec4i)r & ~above) | ((vec4i)top & above));
        out[i] = r;
    }
}

__attribute__((noinline)) static void stir(void)
{
    vec4u carry = {1, 2, 3, 4};

    for (int i = 0; i < POINTS; i++) {
        vec4u n = noise[i] + carry;

        n ^= n << 7 | n >> 25;
        carry = __builtin_shufflevector(n, carry, 1, 2, 3, 4) + n;
        noise[i] = n;
    }
}

bench_u32 bench_vectors(bench_u32 rounds)
{
    bench_u32 sum = 0;
    float total = 0;

    for (int i = 0; i < 4; i++)
        matrix[i] = (vec4){(float)(i + 1) * 0.25f, 1.0f - (float)i * 0.125f, 0.5f, 0.75f};
    for (int i = 0; i < POINTS; i++) {
        point[i] = (vec4){(float)(i % 17), (float)(i % 13) * 0.5f, (float)(i % 5), 1.0f};
        noise[i] = (vec4u){(bench_u32)i, 77, 99u * (bench_u32)i, 5};
    }
    for (bench_u32 r = 0; r < rounds; r++) {
        transform();
        stir();
        total += out[r % POINTS][r & 3];
        point[r % POINTS][0] += 0.125f;
    }
    for (int i = 0; i < POINTS; i++)
        for (int j = 0; j < 4; j++)
            sum = sum * 31 + noise[i][j];
    return sum + (bench_u32)(int)total;
}
