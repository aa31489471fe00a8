/* See bench_fork.c; part of make bench. */
#ifndef XE_TESTS_BENCH_FORK_H
#define XE_TESTS_BENCH_FORK_H

#include "xe/image.h"

void bench_fork(const struct xe_image *image);

#endif
