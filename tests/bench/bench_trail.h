/* See bench_trail.c; part of make bench. */
#ifndef XE_TESTS_BENCH_TRAIL_H
#define XE_TESTS_BENCH_TRAIL_H

#include "xe/image.h"

void bench_trail(const struct xe_image *image, const char *name);

#endif
