/* Matrix multiply in double precision, the textbook's three loops. */
#include "kernels.h"

#define N 64

static double a[N][N], b[N][N], c[N][N];

__attribute__((noinline)) static void multiply(void)
{
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0;

            for (int k = 0; k < N; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
}

bench_u32 bench_matrix(bench_u32 rounds)
{
    double total = 0;

    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (i * 7 + j * 3) % 11 * 0.1;
            b[i][j] = (i * 5 - j * 2) % 13 * 0.25;
        }
    for (bench_u32 r = 0; r < rounds; r++) {
        multiply();
        for (int i = 0; i < N; i++)
            total += c[i][(bench_u32)(i + (int)r) % N] * 1e-3;
        a[r % N][0] += 0.001;
    }
    return (bench_u32)(int)(total * 65536.0);
}
