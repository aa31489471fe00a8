/* See bench_gpu.c; part of make bench. */
#ifndef XE_TESTS_BENCH_GPU_H
#define XE_TESTS_BENCH_GPU_H

#include "xe/image.h"

/* real: the real title, or NULL where it isn't. */
void bench_gpu(const struct xe_image *real);

#endif
