/* The benchmark kernels: plain C that compiles the same for the guest, for ppc64 Linux and for the
 * host, so that one run can compare all three. Each does its work `rounds` times and returns a
 * checksum that must agree. */
#ifndef XE_BENCH_KERNELS_H
#define XE_BENCH_KERNELS_H

typedef unsigned int bench_u32;
typedef unsigned char bench_u8;

#define KERNEL(name, rounds, must, aim) bench_u32 bench_##name(bench_u32 rounds_);
#include "kernels.def"
#undef KERNEL

/* Rounds of a kernel by its name, as a constant. */
enum {
#define KERNEL(name, rounds, must, aim) BENCH_ROUNDS_##name = rounds,
#include "kernels.def"
#undef KERNEL
};

/* A run for its checksum only. */
#define BENCH_QUICK_ROUNDS(rounds) ((rounds) / 1000 + 1)

#endif
