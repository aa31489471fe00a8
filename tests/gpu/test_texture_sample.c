/* What fetches make of texels, on small textures whose samples can be worked out by hand. */
#include <criterion/criterion.h>

#include "gpu/texture/texture_internal.h"
#include "gpu/texture_bench.h"

#define POINT  0u
#define LINEAR (1u | 1u << 2 | 1u << 4) /* mag, min, and between levels */

static const struct xe_gpu_sampling by_constant = {
    .dimension = XE_GPU_TEXTURE_2D,
    .mag = XE_GPU_TEXTURE_BY_CONSTANT,
    .min = XE_GPU_TEXTURE_BY_CONSTANT,
    .mip = XE_GPU_TEXTURE_BY_CONSTANT,
    .volume_mag = XE_GPU_TEXTURE_BY_CONSTANT,
    .volume_min = XE_GPU_TEXTURE_BY_CONSTANT,
    .aniso = 7,
};

/* Four texels in a row: 0, 64, 128, 192. */
static struct bench_constant row_of_four(uint32_t clamp, uint32_t filters)
{
    memset(bench_memory, 0, 64);
    memcpy(bench_memory, (const uint8_t[4]){0, 64, 128, 192}, 4);
    return (struct bench_constant){.format = XE_GPU_TEXTURE_8,
                                   .dimension = 1,
                                   .width = 4,
                                   .height = 1,
                                   .pitch = 32,
                                   .clamp = clamp,
                                   .filters = filters,
                                   .integer = 1,
                                   .border = 1};
}

static float sample(const struct bench_constant *c, const struct xe_gpu_sampling *how, float x,
                    float y, float z, int32_t lod)
{
    const struct xe_gpu_footprint footprint = {.lod = lod, .samples = 1};
    const float at[3] = {x, y, z};
    struct xe_gpu_texture texture;
    float told[4];

    cr_assert(bench_texture(c, &texture));
    xe_gpu_texture_sample(&texture, &bench_ram, how, at, &footprint, told);
    return told[0];
}

static float across(const struct bench_constant *c, float x)
{
    return sample(c, &by_constant, x, 0.5f, 0, 0);
}

Test(texture_sample, points)
{
    const struct bench_constant c = row_of_four(XE_GPU_TEXTURE_EDGE, POINT);

    cr_expect_eq(across(&c, 0.0f), 0);
    cr_expect_eq(across(&c, 0.25f), 64, "an edge belongs to the right");
    cr_expect_eq(across(&c, 0.249f), 0);
    cr_expect_eq(across(&c, 0.99f), 192);
}

Test(texture_sample, linear_between_the_middles_of_texels)
{
    const struct bench_constant c = row_of_four(XE_GPU_TEXTURE_EDGE, LINEAR);

    cr_expect_eq(across(&c, 0.125f), 0);
    cr_expect_eq(across(&c, 0.25f), 32);
    cr_expect_eq(across(&c, 0.3125f), 48);
    cr_expect_eq(across(&c, 0.0f), 0, "held at the edge");
}

/* What each mode shows left of 0 and right of 1, by points. */
Test(texture_sample, clamp_modes)
{
    static const struct {
        uint32_t mode;
        float left, far_left, right, far_right; /* at -0.1, -1.1, 1.1, 2.1 */
    } row[] = {
        {XE_GPU_TEXTURE_REPEAT, 192, 192, 0, 0},
        {XE_GPU_TEXTURE_MIRROR, 0, 192, 192, 0},
        {XE_GPU_TEXTURE_EDGE, 0, 0, 192, 192},
        {XE_GPU_TEXTURE_MIRROR_EDGE, 0, 192, 192, 192},
        {XE_GPU_TEXTURE_HALF_BORDER, 0, 0, 192, 192},
        {XE_GPU_TEXTURE_MIRROR_HALF_BORDER, 0, 192, 192, 192},
        {XE_GPU_TEXTURE_BORDER, 1, 1, 1, 1},
        {XE_GPU_TEXTURE_MIRROR_BORDER, 0, 1, 1, 1},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        const struct bench_constant c = row_of_four(row[i].mode, POINT);

        cr_expect_eq(across(&c, -0.1f), row[i].left, "mode %u", row[i].mode);
        cr_expect_eq(across(&c, -1.1f), row[i].far_left, "mode %u", row[i].mode);
        cr_expect_eq(across(&c, 1.1f), row[i].right, "mode %u", row[i].mode);
        cr_expect_eq(across(&c, 2.1f), row[i].far_right, "mode %u", row[i].mode);
    }
}

/* The border is 1: of the last texel, 192, and the border at its edge a half each. */
Test(texture_sample, borders_are_filtered)
{
    struct bench_constant c = row_of_four(XE_GPU_TEXTURE_HALF_BORDER, LINEAR);

    cr_expect_eq(across(&c, 1.0f), 96.5f);
    cr_expect_eq(across(&c, 3.0f), 96.5f);
    c.clamp = XE_GPU_TEXTURE_BORDER;
    c.height = 1;
    cr_expect_eq(sample(&c, &by_constant, 0.625f, 0.5f, 0, 0), 128);
    cr_expect_eq(across(&c, 3.0f), 1);
    c.clamp = XE_GPU_TEXTURE_MIRROR_HALF_BORDER;
    cr_expect_eq(across(&c, 0.0f), 0, "no border where it is mirrored");
}

Test(texture_sample, texels_and_offsets)
{
    const struct bench_constant c = row_of_four(XE_GPU_TEXTURE_EDGE, POINT);
    struct xe_gpu_sampling how = by_constant;

    how.unnormalized = true;
    cr_expect_eq(sample(&c, &how, 2.5f, 0.5f, 0, 0), 128);
    how.offset[0] = -2; /* half texels */
    cr_expect_eq(sample(&c, &how, 2.5f, 0.5f, 0, 0), 64);
}

Test(texture_sample, swizzle_then_exponent)
{
    struct bench_constant c = row_of_four(XE_GPU_TEXTURE_EDGE, POINT);

    c.swizzle = 5; /* x is one */
    c.exponent = 3;
    cr_expect_eq(across(&c, 0.5f), 8);
    c.exponent = (uint32_t)-1;
    c.swizzle = 1;
    cr_expect_eq(across(&c, 0.5f), 64, "y repeats x, halved");
}

Test(texture_sample, what_is_no_number_is_somewhere)
{
    for (uint32_t mode = 0; mode < 8; mode++) {
        const struct bench_constant c = row_of_four(mode, LINEAR);

        cr_expect(across(&c, __builtin_nanf("")) <= 192);
        cr_expect(across(&c, __builtin_inff()) <= 192);
        cr_expect(across(&c, -3e38f) <= 192);
    }
}

/* ---- levels --------------------------------------------------------------------------------- */

/* 64 by 64 of 0, 32 by 32 of 64, 16 by 16 of 128. */
static struct bench_constant three_levels(uint32_t filters)
{
    memset(bench_memory, 0, 0x10000);
    memset(bench_memory + 0x2000, 64, 32 * 256);
    memset(bench_memory + 0x2000 + 32 * 256, 128, 32 * 256);
    return (struct bench_constant){.format = XE_GPU_TEXTURE_8,
                                   .dimension = 1,
                                   .width = 64,
                                   .height = 64,
                                   .pitch = 64,
                                   .mip_base = 0x2000,
                                   .last = 2,
                                   .filters = filters,
                                   .integer = 1};
}

static float at_lod(const struct bench_constant *c, int32_t lod)
{
    return sample(c, &by_constant, 0.5f, 0.5f, 0, lod);
}

Test(texture_sample, levels)
{
    struct bench_constant c = three_levels(LINEAR);

    cr_expect_eq(at_lod(&c, 0), 0);
    cr_expect_eq(at_lod(&c, 64), 16);
    cr_expect_eq(at_lod(&c, 256), 64);
    cr_expect_eq(at_lod(&c, 9999), 128);
    c.filters = POINT;
    cr_expect_eq(at_lod(&c, 127), 0);
    cr_expect_eq(at_lod(&c, 128), 64, "the nearest level");
    c.filters = 2 << 4; /* the base alone */
    cr_expect_eq(at_lod(&c, 9999), 0);
    c.first = 1;
    cr_expect_eq(at_lod(&c, -9999), 64);
}

Test(texture_sample, logarithms)
{
    cr_expect_eq(xe_gpu_log2_256(1), 0);
    cr_expect_eq(xe_gpu_log2_256(8), 3 * 256);
    cr_expect_eq(xe_gpu_log2_256(0.25f), -2 * 256);
    cr_expect_eq(xe_gpu_log2_256(1.5f), 149); /* 149.75 */
    cr_expect(xe_gpu_log2_256(0) < -16 * 256);
    cr_expect(xe_gpu_log2_256(__builtin_nanf("")) < -16 * 256);
    cr_expect(xe_gpu_log2_256(__builtin_inff()) > 16 * 256);
}

static struct xe_gpu_footprint footprint(const struct bench_constant *c, float right, float down)
{
    const float along_x[3] = {right, 0, 0}, along_y[3] = {0, down, 0};
    struct xe_gpu_texture texture;

    cr_assert(bench_texture(c, &texture));
    return xe_gpu_texture_footprint(&texture, &by_constant, along_x, along_y);
}

/* Coordinates in texels are so only where they don't wrap: so is how they change. */
Test(texture_sample, footprints_in_texels)
{
    struct bench_constant c = {.format = XE_GPU_TEXTURE_8,
                               .dimension = 1,
                               .width = 64,
                               .height = 64,
                               .pitch = 64,
                               .clamp = XE_GPU_TEXTURE_EDGE};
    struct xe_gpu_sampling how = by_constant;
    const float right[3] = {4, 0, 0}, down[3] = {0, 4, 0};
    struct xe_gpu_texture texture;

    how.unnormalized = true;
    cr_assert(bench_texture(&c, &texture));
    cr_expect_eq(xe_gpu_texture_footprint(&texture, &how, right, down).lod, 2 * 256);
    memset(texture.clamp, XE_GPU_TEXTURE_REPEAT, sizeof(texture.clamp));
    cr_expect_eq(xe_gpu_texture_footprint(&texture, &how, right, down).lod, 8 * 256);
}

Test(texture_sample, footprints)
{
    struct bench_constant c = three_levels(LINEAR);
    struct xe_gpu_footprint it = footprint(&c, 1 / 64.0f, 4 / 64.0f);

    cr_expect_eq(it.lod, 2 * 256, "by the longer axis");
    cr_expect_eq(it.samples, 1);
    c.aniso = 2;
    it = footprint(&c, 1 / 64.0f, 4 / 64.0f);
    cr_expect_eq(it.samples, 2);
    cr_expect_eq(it.lod, 256);
    c.aniso = 5;
    it = footprint(&c, 1 / 64.0f, 4 / 64.0f);
    cr_expect_eq(it.samples, 4, "no more than it takes");
    cr_expect_eq(it.lod, 0);
    cr_expect(it.axis[0] == 0 && it.axis[1] == 4 / 64.0f);
    cr_expect_eq(footprint(&c, 0, 1).samples, 16, "at the most");
}

/* A row of 0 and 64, seen over its whole length. */
Test(texture_sample, many_samples_along_the_longer_axis)
{
    const struct bench_constant c = row_of_four(XE_GPU_TEXTURE_EDGE, POINT);
    const struct xe_gpu_footprint four = {.samples = 4, .axis = {1, 0}};
    struct xe_gpu_texture texture;
    float told[4];

    cr_assert(bench_texture(&c, &texture));
    xe_gpu_texture_sample(&texture, &bench_ram, &by_constant, (const float[3]){0.5f, 0.5f, 0},
                          &four, told);
    cr_expect_eq(told[0], (0 + 64 + 128 + 192) / 4.0f);
}

/* ---- more than two dimensions --------------------------------------------------------------- */

Test(texture_sample, layers)
{
    struct bench_constant c = {.format = XE_GPU_TEXTURE_8,
                               .dimension = 1,
                               .width = 4,
                               .height = 4,
                               .depth = 2,
                               .stacked = 1,
                               .pitch = 32,
                               .integer = 1};
    struct xe_gpu_sampling how = by_constant;

    memset(bench_memory, 10, 4096);
    memset(bench_memory + 4096, 30, 4096);
    how.dimension = XE_GPU_TEXTURE_3D;
    cr_expect_eq(sample(&c, &how, 0.5f, 0.5f, 0.49f, 0), 10);
    cr_expect_eq(sample(&c, &how, 0.5f, 0.5f, 0.51f, 0), 30);
    c.volume = 1;
    cr_expect_eq(sample(&c, &how, 0.5f, 0.5f, 0.5f, 0), 20);
}

Test(texture_sample, volumes)
{
    struct bench_constant c = {.format = XE_GPU_TEXTURE_8,
                               .dimension = 2,
                               .width = 4,
                               .height = 4,
                               .depth = 2,
                               .pitch = 32,
                               .integer = 1,
                               .clamp = XE_GPU_TEXTURE_EDGE};
    struct xe_gpu_sampling how = by_constant;

    memset(bench_memory, 10, 32 * 32);
    memset(bench_memory + 32 * 32, 30, 32 * 32);
    how.dimension = XE_GPU_TEXTURE_3D;
    cr_expect_eq(sample(&c, &how, 0.5f, 0.5f, 0.75f, 0), 30);
    c.volume = 1;
    cr_expect_eq(sample(&c, &how, 0.5f, 0.5f, 0.5f, 0), 20);
}

Test(texture_sample, faces)
{
    const struct bench_constant c = {.format = XE_GPU_TEXTURE_8,
                                     .dimension = 3,
                                     .width = 4,
                                     .height = 4,
                                     .pitch = 32,
                                     .integer = 1};
    struct xe_gpu_sampling how = by_constant;

    for (uint32_t face = 0; face < 6; face++)
        memset(bench_memory + 4096 * face, (int)face + 1, 4096);
    bench_memory[4096 * 3 + 2 * 32 + 1] = 99; /* (1, 2) of the fourth */
    how.dimension = XE_GPU_TEXTURE_CUBE;
    for (uint32_t face = 0; face < 6; face++)
        cr_expect_eq(sample(&c, &how, 1.0f, 1.9f, (float)face, 0), face + 1);
    cr_expect_eq(sample(&c, &how, 1.375f, 1.625f, 3, 0), 99);
    cr_expect_eq(sample(&c, &how, 1.5f, 1.5f, 77, 0), 6, "there is no other");
}

/* ---- what fetches ask besides --------------------------------------------------------------- */

Test(texture_sample, weights_and_borders)
{
    const struct bench_constant c = row_of_four(XE_GPU_TEXTURE_BORDER, LINEAR);
    const struct xe_gpu_footprint between = {.lod = 64, .samples = 1};
    const float at[3] = {1.0625f, 0.5f, 0};
    struct xe_gpu_texture texture;
    float weight[4];

    cr_assert(bench_texture(&c, &texture));
    xe_gpu_texture_weights(&texture, &by_constant, at, &between, weight);
    cr_expect(weight[0] == 0.75f && weight[1] == 0 && weight[3] == 0);
    cr_expect_eq(xe_gpu_texture_border_part(&texture, &by_constant, at, &between), 0.75f);
}
