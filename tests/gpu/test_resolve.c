/* Resolves: pictures of few pixels in EDRAM, and where and how they come out. */
#include <criterion/criterion.h>
#include <string.h>

#include "gpu/edram/resolve.h"
#include "gpu/texture_bench.h"

#define TEXTURE(name) ((uint32_t)XE_GPU_TEXTURE_##name << 7)

static uint32_t edram[XE_GPU_EDRAM_WORDS];

static uint8_t *page(void *ctx, uint32_t number)
{
    (void)ctx;
    return number < BENCH_SIZE >> 12 ? bench_memory + ((size_t)number << 12) : NULL;
}

static const struct xe_gpu_resolve_to to_memory = {NULL, page};

/* 8 by 8 of one sample from colour 0 to address 0. */
static struct xe_gpu_resolve plain(uint32_t colour, uint32_t dest_info)
{
    return (struct xe_gpu_resolve){
        .surface_info = 80,
        .colour_info = {colour << 16, 100 | colour << 16},
        .depth_info = 200,
        .dest_pitch = 32 | 32u << 16,
        .dest_info = dest_info,
        .rect = {0, 0, 8, 8},
    };
}

/* Each word of EDRAM is another. */
static void fill(void)
{
    memset(bench_memory, 0, sizeof(bench_memory));
    for (uint32_t i = 0; i < XE_GPU_EDRAM_WORDS; i++)
        edram[i] = i * 2654435761u;
}

static uint32_t word_at(uint64_t at)
{
    const uint8_t *p = bench_memory + at;

    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

Test(resolve, bits_go_over)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_8_8_8_8, TEXTURE(8_8_8_8));

    fill();
    cr_expect_eq(xe_gpu_resolve(edram, &r, &to_memory), 64);
    for (uint32_t y = 0; y < 8; y++)
        for (uint32_t x = 0; x < 8; x++)
            cr_assert_eq(word_at(xe_gpu_tile_2d(x, y, 32, 2)), edram[80 * y + x]);
    cr_expect_eq(word_at(xe_gpu_tile_2d(8, 0, 32, 2)), 0, "beside it");
}

Test(resolve, pixels_stay_where_they_are)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_8_8_8_8, TEXTURE(8_8_8_8));

    fill();
    r.rect = (struct xe_gpu_rect){8, 16, 16, 24};
    r.dest_base = 0x3000;
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0x3000 + xe_gpu_tile_2d(9, 17, 32, 2)), edram[1280 + 80 + 9]);
}

Test(resolve, swaps)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_8_8_8_8, TEXTURE(8_8_8_8) | 1u << 24 | 2);

    fill();
    edram[0] = 0x44332211;
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0), 0x33221144, "red and blue, then bytes: %08x", word_at(0));
}

Test(resolve, samples)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_8_8_8_8, TEXTURE(8_8_8_8));

    fill();
    r.surface_info |= XE_GPU_4X << 16;
    edram[0] = 0x00000010; /* left above */
    edram[80] = 0x00000020;
    edram[1] = 0x00000030;
    edram[81] = 0x00000040;
    r.copy_control = 2 << 4;
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0), 0x30);
    r.copy_control = 4 << 4;
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0), 0x18);
    r.copy_control = 6 << 4;
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0), 0x28);
    r.surface_info = 80;
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0), 0x10, "of one there is but one");
}

Test(resolve, converts)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_16_16, TEXTURE(16_16));

    fill();
    edram[0] = 0x03000100; /* 0.25 and 0.75, nearly: of 32 in 32767 */
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0), 0xC0014000, "%08x", word_at(0));
    r.dest_info |= 0x3Fu << 16; /* halves */
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0), 0x60002000, "%08x", word_at(0));
    r = plain(XE_GPU_COLOUR_2_10_10_10_FLOAT, TEXTURE(16_16_16_16_FLOAT));
    edram[0] = 3u << 30 | 4 << 27 | 2 << 17; /* 0, 0.5, 2, 1 */
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect(word_at(0) == 0x38000000 && word_at(4) == 0x3C004000);
}

Test(resolve, depth_goes_with_its_stencil)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_8_8_8_8, TEXTURE(8_8_8_8));

    fill();
    r.copy_control = 4;
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0), edram[200 * 1280 + 40]);
}

Test(resolve, into_a_slice_of_a_volume)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_8_8_8_8, TEXTURE(8_8_8_8) | 1 << 3 | 5 << 4);

    fill();
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(xe_gpu_tile_3d(3, 2, 5, 32, 32, 2)), edram[2 * 80 + 3]);
}

Test(resolve, clears)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_16_16_16_16, 0);

    fill();
    r.copy_control = 1 | 1 << 8 | 1 << 9 | 3 << 20;
    r.colour_clear = 0x11111111;
    r.colour_clear_lo = 0x22222222;
    r.depth_clear = 0x33333333;
    r.surface_info |= XE_GPU_2X << 16;
    cr_expect_eq(xe_gpu_resolve(edram, &r, &to_memory), 128);
    cr_expect(edram[100 * 1280] == 0x22222222 && edram[100 * 1280 + 1] == 0x11111111);
    cr_expect_eq(edram[100 * 1280 + 15 * 80 + 15], 0x11111111, "both samples of the last");
    cr_expect_eq(edram[200 * 1280 + 40], 0x33333333);
    cr_expect_eq(word_at(0), 0, "nothing is copied");
}

Test(resolve, one)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_8_8_8_8, TEXTURE(8_8_8_8));

    fill();
    r.copy_control = 2 << 20;
    xe_gpu_resolve(edram, &r, &to_memory);
    cr_expect_eq(word_at(0), 0xFFFFFFFF);
}

Test(resolve, what_is_not_there_is_left_out)
{
    struct xe_gpu_resolve r = plain(XE_GPU_COLOUR_8_8_8_8, TEXTURE(DXT1));

    fill();
    cr_expect_eq(xe_gpu_resolve(edram, &r, &to_memory), 0, "no such format");
    r.dest_info = TEXTURE(8_8_8_8);
    r.dest_base = 0x1FFFF000;
    r.rect = (struct xe_gpu_rect){0, 0, 64, 64};
    cr_expect_eq(xe_gpu_resolve(edram, &r, &to_memory), 64 * 64);
    cr_expect_eq(word_at(0), 0);
}

/* ---- the rectangle -------------------------------------------------------------------------- */

static void expect_rect(const float corner[3][2], bool at_half, int32_t x, int32_t y,
                        struct xe_gpu_rect scissor, struct xe_gpu_rect want)
{
    const int32_t offset[2] = {x, y};
    struct xe_gpu_rect got = xe_gpu_resolve_rect(corner, at_half, offset, scissor);

    cr_expect(!memcmp(&got, &want, sizeof(got)), "%d %d %d %d", got.left, got.top, got.right,
              got.bottom);
}

Test(resolve, rectangles)
{
    static const struct xe_gpu_rect all = {0, 0, 8192, 8192};
    /* as libxenon draws them */
    static const float whole[3][2] = {{-0.5f, -0.5f}, {1279.5f, 0}, {1279.5f, 719.5f}};
    static const float small[3][2] = {{3, 3}, {13, 3}, {3, 9}};
    static const float bad[3][2] = {{-3e38f, 0}, {3e38f, 0}, {0, 3e38f}};

    expect_rect(whole, false, 0, 0, all, (struct xe_gpu_rect){0, 0, 1280, 720});
    expect_rect(small, true, 0, 0, all, (struct xe_gpu_rect){0, 0, 16, 16});
    expect_rect(small, true, 16, 8, all, (struct xe_gpu_rect){16, 8, 32, 24});
    expect_rect(whole, false, 0, 0, (struct xe_gpu_rect){64, 0, 100, 8},
                (struct xe_gpu_rect){64, 0, 104, 8});
    expect_rect(bad, true, -9, 9, all, (struct xe_gpu_rect){0, 8, 8192, 8192});
}
