/* A kernel as an ordinary program, for qemu-ppc64: BENCH_KERNEL comes from the build. */
#include <stdio.h>

#include "kernels/kernels.h"

#define CALL_(name)   bench_##name
#define CALL(name)    CALL_(name)
#define ROUNDS_(name) BENCH_ROUNDS_##name
#define ROUNDS(name)  ROUNDS_(name)

int main(void)
{
    printf("%08x\n", CALL(BENCH_KERNEL)(ROUNDS(BENCH_KERNEL)));
    return 0;
}
