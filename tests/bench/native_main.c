/* A kernel as an ordinary program, for qemu-ppc64: BENCH_KERNEL comes from the build. */
#include <stdio.h>

#include "kernels/kernels.h"
#include "rounds.h"

#define CALL_(name)   bench_##name
#define CALL(name)    CALL_(name)
#define ROUNDS_(name) BENCH_ROUNDS_##name
#define ROUNDS(name)  ROUNDS_(name)

int main(void)
{
    return CALL(BENCH_KERNEL)(ROUNDS(BENCH_KERNEL)) == 1; /* the work must not be optimised away */
}
