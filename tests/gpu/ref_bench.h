/* Shaders from text, run with registers and constants that a test gives. */
#ifndef TESTS_GPU_REF_BENCH_H
#define TESTS_GPU_REF_BENCH_H

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "gpu/ref/exact.h"
#include "gpu/ref/shader.h"

struct ref_bench {
    struct xe_ref_run run;
    struct xe_ref_world world;
    struct xe_ref_constants constants;
    uint32_t floats[512][4], booleans[8], loops[32];
    struct xe_ref_shader *shader;
};

/* The program of a text, its registers 0, its constants the bench's. */
void ref_bench_load(struct ref_bench *b, const char *text);
void ref_bench_fini(struct ref_bench *b);
/* One component of a register for all lanes. */
void ref_bench_set(struct ref_bench *b, uint32_t reg, uint32_t component, float value);
void ref_bench_constant(struct ref_bench *b, uint32_t number, float x, float y, float z, float w);
void ref_bench_set4(struct ref_bench *b, uint32_t reg, const float value[4]);

#define EXPECT_SAME(got, want, ...)                                                                \
    cr_expect_eq(xe_bits_of_float(got), xe_bits_of_float(want), __VA_ARGS__)

#endif
