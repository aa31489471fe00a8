/* EDRAM: places and numbers worked out by hand from the rules (emu/gpu/edram/edram.h). */
#include <criterion/criterion.h>
#include <string.h>

#include "gpu/edram/edram_internal.h"

static uint32_t colour_info(uint32_t base, uint32_t format)
{
    return base | format << 16;
}

static uint32_t surface_info(uint32_t pitch, uint32_t samples)
{
    return pitch | samples << 16;
}

Test(edram, places)
{
    struct xe_gpu_surface one = xe_gpu_surface_colour(surface_info(640, 0), colour_info(0, 0));
    struct xe_gpu_surface two = xe_gpu_surface_colour(surface_info(640, 1), colour_info(8, 0));
    struct xe_gpu_surface four = xe_gpu_surface_colour(surface_info(640, 2), colour_info(0, 0));

    cr_expect_eq(one.pitch, 8);
    cr_expect_eq(xe_gpu_edram_at(&one, 81, 17, 0), (8 + 1) * 1280 + 80 + 1);
    cr_expect_eq(two.pitch, 8);
    cr_expect_eq(xe_gpu_edram_at(&two, 1, 2, 0), 8 * 1280 + 4 * 80 + 1);
    cr_expect_eq(xe_gpu_edram_at(&two, 1, 2, 1), 8 * 1280 + 5 * 80 + 1);
    cr_expect_eq(four.pitch, 16);
    cr_expect_eq(xe_gpu_edram_at(&four, 3, 4, 0), 8 * 80 + 6);
    cr_expect_eq(xe_gpu_edram_at(&four, 3, 4, 1), 9 * 80 + 6, "below it");
    cr_expect_eq(xe_gpu_edram_at(&four, 3, 4, 2), 8 * 80 + 7, "beside it");
}

Test(edram, wide_samples_take_two_words)
{
    struct xe_gpu_surface wide = xe_gpu_surface_colour(
        surface_info(100, 0), colour_info(0, XE_GPU_COLOUR_16_16_16_16_FLOAT));

    cr_expect(wide.is_wide);
    cr_expect_eq(wide.pitch, 4, "two tiles of 80, each twice");
    cr_expect_eq(xe_gpu_edram_at(&wide, 41, 1, 0), 1280 + (40 + 1) * 2);
}

Test(edram, halves_of_depth_have_changed_places)
{
    struct xe_gpu_surface depth = xe_gpu_surface_depth(surface_info(80, 0), colour_info(0, 1));

    cr_expect_eq(depth.format, XE_GPU_D24FS8);
    cr_expect_eq(xe_gpu_edram_at(&depth, 0, 0, 0), 40);
    cr_expect_eq(xe_gpu_edram_at(&depth, 79, 0, 0), 39);
}

Test(edram, tiles_wrap)
{
    struct xe_gpu_surface last = xe_gpu_surface_colour(surface_info(80, 0), colour_info(2047, 0));

    cr_expect_eq(xe_gpu_edram_at(&last, 5, 0, 0), 2047 * 1280 + 5);
    cr_expect_eq(xe_gpu_edram_at(&last, 5, 16, 0), 5);
    cr_expect_lt(xe_gpu_edram_at(&last, 8191, 8191, 3), XE_GPU_EDRAM_WORDS);
}

/* ---- numbers -------------------------------------------------------------------------------- */

static void expect_words(uint32_t format, const float colour[4], uint32_t first, uint32_t second)
{
    uint32_t word[2];

    xe_gpu_colour_pack(format, colour, word);
    cr_expect(word[0] == first && word[1] == second, "format %u: %08x %08x", format, word[0],
              word[1]);
}

Test(edram, colours_to_words)
{
    static const float red[4] = {1, 0, 0, 0}, mixed[4] = {0, 0.5f, 2, 1};

    expect_words(XE_GPU_COLOUR_8_8_8_8, red, 0xFF, 0);
    expect_words(XE_GPU_COLOUR_8_8_8_8, mixed, 0xFFFF8000, 0);
    expect_words(XE_GPU_COLOUR_2_10_10_10, mixed, 3u << 30 | 1023 << 20 | 512 << 10, 0);
    /* 0.5 is exponent 2, 2 is 4, of biases 3 */
    expect_words(XE_GPU_COLOUR_2_10_10_10_FLOAT, mixed, 3u << 30 | 4 << 27 | 2 << 17, 0);
    expect_words(XE_GPU_COLOUR_16_16, mixed, 512 << 16, 0);
    expect_words(XE_GPU_COLOUR_16_16_16_16, (const float[4]){-32, 32, -1, 99}, 0x7FFF8001,
                 0x7FFFFC00);
    expect_words(XE_GPU_COLOUR_16_16_FLOAT, (const float[4]){1, -2}, 0xC0003C00, 0);
    expect_words(XE_GPU_COLOUR_16_16_16_16_FLOAT, mixed, 0x38000000, 0x3C004000);
    expect_words(XE_GPU_COLOUR_32_FLOAT, red, 0x3F800000, 0);
    expect_words(XE_GPU_COLOUR_32_32_FLOAT, mixed, 0, 0x3F000000);
}

static bool same(const uint32_t a[2], const uint32_t b[2])
{
    return a[0] == b[0] && a[1] == b[1];
}

/* Whatever was written stays what it is when it is read and written again: each value of each
 * component. Zero has two signs where there are signs, and the least signed value is one too many.
 */
Test(edram, what_is_unpacked_packs_to_the_same)
{
    for (uint32_t format = 0; format < XE_GPU_COLOURS; format++) {
        bool is_fixed = xe__colours[format].kind == XE__COLOUR_FIXED;

        for (uint32_t n = 0; n < 0x10000 && xe__colours[format].words; n++) {
            uint32_t bits = xe__colours[format].kind == XE__COLOUR_FLOAT32 ? n << 15 : n;
            const uint32_t word[2] = {bits | bits << 16, bits << 4 | bits << 20};
            uint32_t kept[2] = {word[0], word[1]}, back[2];
            float colour[4];

            if (xe__colours[format].words == 1)
                kept[1] = 0;
            xe_gpu_colour_unpack(format, kept, colour);
            xe_gpu_colour_pack(format, colour, back);
            if (is_fixed && (n == 0x8000 || (n & 0xFFF) == 0x800))
                continue;
            cr_assert(same(back, kept), "format %u: %08x %08x, then %08x %08x", format, kept[0],
                      kept[1], back[0], back[1]);
        }
    }
}

Test(edram, what_is_no_number_is_0)
{
    float nan = __builtin_nanf(""), colour[4] = {nan, nan, nan, nan};

    expect_words(XE_GPU_COLOUR_8_8_8_8, colour, 0, 0);
    expect_words(XE_GPU_COLOUR_2_10_10_10_FLOAT, colour, 0, 0);
    expect_words(XE_GPU_COLOUR_16_16_16_16_FLOAT, colour, 0, 0);
    expect_words(XE_GPU_COLOUR_16_16, colour, 0, 0);
    xe_gpu_colour_clamp(XE_GPU_COLOUR_8_8_8_8, colour);
    cr_expect(colour[0] == 0 && colour[3] == 0);
}

Test(edram, clamps)
{
    float colour[4] = {-1, 40, 0.5f, 2};

    xe_gpu_colour_clamp(XE_GPU_COLOUR_2_10_10_10_FLOAT, colour);
    cr_expect(colour[0] == 0 && colour[1] == 31.875f && colour[2] == 0.5f && colour[3] == 1);
    colour[0] = -40;
    xe_gpu_colour_clamp(XE_GPU_COLOUR_16_16, colour);
    cr_expect_eq(colour[0], -32);
}

Test(edram, masks)
{
    uint32_t mask[2];

    xe_gpu_colour_mask(XE_GPU_COLOUR_8_8_8_8, 5, mask);
    cr_expect_eq(mask[0], 0x00FF00FF);
    xe_gpu_colour_mask(XE_GPU_COLOUR_16_16_16_16, 10, mask);
    cr_expect(mask[0] == 0xFFFF0000 && mask[1] == 0xFFFF0000);
    xe_gpu_colour_mask(XE_GPU_COLOUR_32_FLOAT, 15, mask);
    cr_expect(mask[0] == 0xFFFFFFFF && mask[1] == 0);
}

Test(edram, depths)
{
    cr_expect_eq(xe_gpu_depth_pack(XE_GPU_D24S8, 1), 0xFFFFFF);
    cr_expect_eq(xe_gpu_depth_pack(XE_GPU_D24S8, 0.5f), 0x800000);
    cr_expect_eq(xe_gpu_depth_pack(XE_GPU_D24S8, -1), 0);
    cr_expect_eq(xe_gpu_depth_pack(XE_GPU_D24S8, __builtin_nanf("")), 0);
    cr_expect_eq(xe_gpu_depth_pack(XE_GPU_D24FS8, 1), 0xF00000);
    cr_expect_eq(xe_gpu_depth_pack(XE_GPU_D24FS8, 9), 0xFFFFFF);
    cr_expect_eq(xe_gpu_depth_pack(XE_GPU_D24FS8, 0x1p-15f), 0x080000);
    for (uint32_t n = 0; n < 1u << 24; n++)
        for (uint32_t format = 0; format < 2; format++)
            cr_assert_eq(xe_gpu_depth_pack(format, xe_gpu_depth_unpack(format, n)), n, "%u: %06x",
                         format, n);
}
