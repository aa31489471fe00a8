/* The benchmark kernels: plain C that compiles the same for the guest and for the host, so that one
 * run can compare both. Each does `rounds` rounds and returns a checksum that must agree. */
#ifndef XE_BENCH_KERNELS_H
#define XE_BENCH_KERNELS_H

typedef unsigned int bench_u32;
typedef unsigned char bench_u8;

bench_u32 bench_branchy(bench_u32 rounds); /* sieve and collatz: compare and branch      */
bench_u32 bench_sha256(bench_u32 rounds);  /* hash 4 KiB a round: rotates, adds, loads   */
bench_u32 bench_chase(bench_u32 rounds);   /* follow a shuffled list: dependent loads    */

#endif
