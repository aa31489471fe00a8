/* Where texels lie. The places of tiled ones are published vectors; the levels' places were worked
 * out by hand from the rules (emu/gpu/texture/layout.c). */
#include <criterion/criterion.h>

#include "gpu/texture_bench.h"

Test(texture_tile, places_in_two_dimensions)
{
    static const struct {
        uint32_t x, y, pitch, size, at;
    } vector[] = {
        {1, 0, 64, 4, 0x4},      {0, 1, 64, 4, 0x10},       {8, 0, 64, 4, 0x40},
        {0, 8, 64, 4, 0x480},    {0, 16, 64, 4, 0x800},     {31, 31, 64, 4, 0xF7C},
        {32, 0, 64, 4, 0x1000},  {37, 21, 1280, 4, 0x1A34}, {5, 3, 64, 8, 0x318},
        {9, 10, 32, 16, 0x24E0}, {100, 77, 256, 1, 0x47B4}, {33, 18, 96, 2, 0xC22},
    };

    for (size_t i = 0; i < sizeof(vector) / sizeof(vector[0]); i++) {
        uint32_t log2 = (uint32_t)__builtin_ctz(vector[i].size);

        cr_expect_eq(xe_gpu_tile_2d(vector[i].x, vector[i].y, vector[i].pitch, log2), vector[i].at,
                     "%u, %u", vector[i].x, vector[i].y);
    }
}

Test(texture_tile, places_in_a_volume)
{
    static const struct {
        uint32_t x, y, z, pitch, rows, size, at;
    } vector[] = {
        {0, 0, 1, 32, 32, 4, 0x400},     {0, 0, 4, 32, 32, 4, 0x4880},
        {17, 9, 6, 64, 32, 4, 0x9094},   {31, 31, 3, 32, 32, 1, 0xF7F},
        {12, 20, 5, 64, 64, 8, 0x29DC0},
    };

    for (size_t i = 0; i < sizeof(vector) / sizeof(vector[0]); i++)
        cr_expect_eq(xe_gpu_tile_3d(vector[i].x, vector[i].y, vector[i].z, vector[i].pitch,
                                    vector[i].rows, (uint32_t)__builtin_ctz(vector[i].size)),
                     vector[i].at, "vector %zu", i);
}

/* Every place of a surface is one of its bytes, and no other's. */
static void expect_all_apart(uint32_t pitch, uint32_t rows, uint32_t slices, uint32_t log2)
{
    static uint8_t seen[0x80000];
    uint32_t n = pitch * rows * slices;

    memset(seen, 0, sizeof(seen));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = i % pitch, y = i / pitch % rows, z = i / pitch / rows;
        uint64_t at = slices > 1 ? xe_gpu_tile_3d(x, y, z, pitch, rows, log2)
                                 : xe_gpu_tile_2d(x, y, pitch, log2);

        cr_assert(at >> log2 < n && !seen[at >> log2]++, "%u, %u, %u", x, y, z);
    }
}

Test(texture_tile, all_places_are_apart)
{
    for (uint32_t log2 = 0; log2 <= 4; log2++) {
        /* tiles of small texels share 4 KiB with their neighbours to the right and below */
        expect_all_apart(128, 128, 1, log2);
        expect_all_apart(128, 64, 8, log2);
    }
}

static uint64_t place(const struct bench_constant *c, uint32_t level, uint32_t x, uint32_t y,
                      uint32_t z)
{
    struct xe_gpu_texture texture;

    cr_assert(bench_texture(c, &texture));
    cr_assert(level <= texture.last, "level %u of %u", level, texture.last);
    return xe_gpu_texture_address(&texture, level, x, y, z);
}

Test(texture_layout, first_level_has_the_pitch_of_the_constant)
{
    const struct bench_constant linear = {.format = XE_GPU_TEXTURE_8_8_8_8,
                                          .dimension = 1,
                                          .width = 40,
                                          .height = 3,
                                          .pitch = 64,
                                          .base = 0x5000};
    const struct bench_constant layers = {.format = XE_GPU_TEXTURE_8,
                                          .dimension = 1,
                                          .tiled = 1,
                                          .width = 64,
                                          .height = 40,
                                          .pitch = 64,
                                          .depth = 3,
                                          .stacked = 1,
                                          .base = 0x5000};

    cr_expect_eq(place(&linear, 0, 3, 2, 0), 0x5000 + 2 * 64 * 4 + 12);
    /* 64 by 64 bytes a layer */
    cr_expect_eq(place(&layers, 0, 0, 0, 2), 0x5000 + 2 * 4096);
}

/* 100 by 60 of 4 bytes: later levels are those of 128 by 64. */
Test(texture_layout, later_levels_follow_each_other)
{
    const struct bench_constant c = {.format = XE_GPU_TEXTURE_8_8_8_8,
                                     .dimension = 1,
                                     .tiled = 1,
                                     .width = 100,
                                     .height = 60,
                                     .pitch = 128,
                                     .base = 0x10000,
                                     .mip_base = 0x40000,
                                     .last = 6};

    cr_expect_eq(place(&c, 0, 0, 0, 0), 0x10000);
    cr_expect_eq(place(&c, 1, 0, 0, 0), 0x40000);               /* 64 by 32 */
    cr_expect_eq(place(&c, 2, 0, 0, 0), 0x40000 + 64 * 32 * 4); /* 32 by 32 */
    cr_expect_eq(place(&c, 3, 0, 0, 0), 0x40000 + 96 * 32 * 4);
    cr_expect_eq(place(&c, 6, 0, 0, 0), 0x40000 + (64 + 4 * 32) * 32 * 4);
}

Test(texture_layout, rows_of_later_linear_levels_have_256_bytes)
{
    const struct bench_constant c = {.format = XE_GPU_TEXTURE_8,
                                     .dimension = 1,
                                     .width = 64,
                                     .height = 64,
                                     .pitch = 64,
                                     .mip_base = 0x40000,
                                     .last = 2};

    cr_expect_eq(place(&c, 1, 0, 1, 0), 0x40000 + 256);
    cr_expect_eq(place(&c, 2, 0, 1, 0), 0x40000 + 32 * 256 + 256);
}

Test(texture_layout, faces_lie_a_page_apart_at_least)
{
    const struct bench_constant c = {.format = XE_GPU_TEXTURE_8_8_8_8,
                                     .dimension = 3,
                                     .tiled = 1,
                                     .width = 32,
                                     .height = 32,
                                     .pitch = 32,
                                     .base = 0x10000,
                                     .mip_base = 0x40000,
                                     .last = 2};

    cr_expect_eq(place(&c, 0, 0, 0, 5), 0x10000 + 5 * 4096);
    cr_expect_eq(place(&c, 1, 0, 0, 1), 0x40000 + 4096);
    cr_expect_eq(place(&c, 2, 0, 0, 0), 0x40000 + 6 * 4096);
}

/* 64 by 64: level 2 is the first of 16 and shares its storage with the rest. */
Test(texture_layout, packed_levels_share_a_storage)
{
    const struct bench_constant c = {.format = XE_GPU_TEXTURE_8_8_8_8,
                                     .dimension = 1,
                                     .tiled = 1,
                                     .width = 64,
                                     .height = 64,
                                     .pitch = 64,
                                     .packed = 1,
                                     .mip_base = 0x40000,
                                     .last = 6};
    uint64_t tail = 0x40000 + 4096;

    cr_expect_eq(place(&c, 1, 0, 0, 0), 0x40000);
    cr_expect_eq(place(&c, 2, 0, 0, 0), tail + xe_gpu_tile_2d(16, 0, 32, 2));
    cr_expect_eq(place(&c, 3, 0, 0, 0), tail + xe_gpu_tile_2d(8, 0, 32, 2));
    cr_expect_eq(place(&c, 4, 0, 0, 0), tail + xe_gpu_tile_2d(4, 0, 32, 2));
    cr_expect_eq(place(&c, 5, 0, 0, 0), tail + xe_gpu_tile_2d(0, 8, 32, 2));
    cr_expect_eq(place(&c, 6, 0, 0, 0), tail + xe_gpu_tile_2d(0, 4, 32, 2));
}

/* 256 by 32 in blocks: wider, so along y first; places are in texels, divided by the block. */
Test(texture_layout, packed_levels_of_a_wide_one_in_blocks)
{
    const struct bench_constant c = {.format = XE_GPU_TEXTURE_DXT1,
                                     .dimension = 1,
                                     .tiled = 1,
                                     .width = 256,
                                     .height = 32,
                                     .pitch = 256,
                                     .packed = 1,
                                     .mip_base = 0x40000,
                                     .last = 8};

    cr_expect_eq(place(&c, 1, 0, 0, 0), 0x40000 + xe_gpu_tile_2d(0, 4, 32, 3));
    cr_expect_eq(place(&c, 2, 0, 0, 0), 0x40000 + xe_gpu_tile_2d(0, 2, 32, 3));
    cr_expect_eq(place(&c, 3, 0, 0, 0), 0x40000 + xe_gpu_tile_2d(0, 1, 32, 3));
    cr_expect_eq(place(&c, 4, 0, 0, 0), 0x40000 + xe_gpu_tile_2d(64 / 4, 0, 32, 3));
    cr_expect_eq(place(&c, 5, 0, 0, 0), 0x40000 + xe_gpu_tile_2d(32 / 4, 0, 32, 3));
}

/* A base that is small enough to be packed lies beside nothing. */
Test(texture_layout, a_small_base_lies_where_the_first_packed_level_does)
{
    const struct bench_constant c = {.format = XE_GPU_TEXTURE_8_8_8_8,
                                     .dimension = 1,
                                     .tiled = 1,
                                     .width = 2,
                                     .height = 2,
                                     .pitch = 32,
                                     .packed = 1,
                                     .base = 0x10000,
                                     .mip_base = 0x40000,
                                     .last = 1};

    cr_expect_eq(place(&c, 0, 0, 0, 0), 0x10000 + xe_gpu_tile_2d(16, 0, 32, 2));
    cr_expect_eq(place(&c, 1, 0, 0, 0), 0x40000 + xe_gpu_tile_2d(8, 0, 32, 2));
}

Test(texture_layout, levels_end_with_the_largest_side)
{
    struct bench_constant c = {.format = XE_GPU_TEXTURE_8,
                               .dimension = 1,
                               .width = 5,
                               .height = 3,
                               .pitch = 32,
                               .mip_base = 0x40000,
                               .first = 9,
                               .last = 15};
    struct xe_gpu_texture texture;

    cr_assert(bench_texture(&c, &texture));
    cr_expect_eq(texture.last, 2);
    cr_expect_eq(texture.first, 2);
    c.mip_base = 0;
    cr_assert(bench_texture(&c, &texture));
    cr_expect_eq(texture.last, 0, "without an address there is but one level");
}

Test(texture_layout, what_is_no_texture_is_empty)
{
    static const uint32_t vertex[6] = {3, 6}, unknown[6] = {2, 1};
    struct xe_gpu_texture texture;
    float told[4] = {1, 1, 1, 1};

    cr_expect_not(xe_gpu_texture_parse(vertex, &texture));
    cr_expect_not(xe_gpu_texture_parse(unknown, &texture));
    xe_gpu_texture_texel(&texture, &bench_ram, 0, 0, 0, 0, told);
    cr_expect(told[0] == 0 && told[3] == 0);
}
