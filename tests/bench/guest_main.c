/* A benchmark kernel as a title: run it, print the checksum, end. BENCH_KERNEL and BENCH_ROUNDS
 * come from the build and from kernels.def; with BENCH_QUICK it runs for its checksum only. */
#include <xe360/kernel.h>

#include "kernels/kernels.h"

#define CALL_(name)   bench_##name
#define CALL(name)    CALL_(name)
#define TEXT_(name)   #name
#define TEXT(name)    TEXT_(name)
#define ROUNDS_(name) BENCH_ROUNDS_##name
#ifdef BENCH_QUICK
#define ROUNDS(name) BENCH_QUICK_ROUNDS(ROUNDS_(name))
#else
#define ROUNDS(name) ROUNDS_(name)
#endif

int main(void)
{
    DbgPrint("%s %08x\n", TEXT(BENCH_KERNEL), CALL(BENCH_KERNEL)(ROUNDS(BENCH_KERNEL)));
    return 0;
}
