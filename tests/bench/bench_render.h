/* The reference renderer's row of the benchmarks. */
#ifndef XE_BENCH_RENDER_H
#define XE_BENCH_RENDER_H

void bench_render(void);

#endif
