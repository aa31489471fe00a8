/* What texels say: values worked out by hand from the formats' rules. */
#include <criterion/criterion.h>

#include "gpu/texture/texture_internal.h"
#include "gpu/texture_bench.h"

#define EACH(table) (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)

static void tell(const struct bench_constant *c, const void *bytes, size_t n, uint32_t x,
                 uint32_t y, float ret[4])
{
    struct bench_constant all = *c;
    struct xe_gpu_texture texture;

    all.width = all.width ? all.width : 4;
    all.height = all.height ? all.height : 4;
    all.pitch = 32;
    all.dimension = 1;
    memcpy(bench_memory, bytes, n);
    cr_assert(bench_texture(&all, &texture), "format %u", c->format);
    xe_gpu_texture_texel(&texture, &bench_ram, 0, x, y, 0, ret);
}

static void expect(const float told[4], float x, float y, float z, float w, const char *what)
{
    cr_expect(told[0] == x && told[1] == y && told[2] == z && told[3] == w,
              "%s: %.9g %.9g %.9g %.9g", what, told[0], told[1], told[2], told[3]);
}

Test(texture_texel, fields_lie_from_the_lowest_bit_on)
{
    static const struct {
        uint32_t format;
        uint8_t byte[16];
        float told[4];
    } row[] = {
        {XE_GPU_TEXTURE_8, {51}, {0.2f, 0.2f, 0.2f, 0.2f}},
        {XE_GPU_TEXTURE_1_5_5_5, {0x1F, 0x80}, {1, 0, 0, 1}},
        {XE_GPU_TEXTURE_5_6_5, {0xE0, 0x07}, {0, 1, 0, 0}},
        {XE_GPU_TEXTURE_6_5_5, {0x00, 0xFC}, {0, 0, 1, 1}},
        {XE_GPU_TEXTURE_8_8_8_8, {0, 51, 102, 255}, {0, 0.2f, 0.4f, 1}},
        {XE_GPU_TEXTURE_2_10_10_10, {0xFF, 0x03, 0, 0x40}, {1, 0, 0, 1 / 3.0f}},
        {XE_GPU_TEXTURE_8_8, {255, 0}, {1, 0, 0, 0}},
        {XE_GPU_TEXTURE_4_4_4_4, {0x0F, 0x3F}, {1, 0, 1, 0.2f}},
        {XE_GPU_TEXTURE_10_11_11, {0, 0, 0xC0, 0xFF}, {0, 0, 1, 1}},
        {XE_GPU_TEXTURE_11_11_10, {0, 0, 0xE0, 0xFF}, {0, 0, 1, 1}},
        {XE_GPU_TEXTURE_16_16, {0xFF, 0xFF, 0, 0}, {1, 0, 0, 0}},
        {XE_GPU_TEXTURE_32, {0, 0, 0, 0x80}, {0.5f, 0.5f, 0.5f, 0.5f}},
        {XE_GPU_TEXTURE_24_8, {0xAB, 0xFF, 0xFF, 0xFF}, {1, 1, 1, 1}},
        {XE_GPU_TEXTURE_24_8_FLOAT, {0xAB, 0, 0, 0xF0}, {1, 1, 1, 1}},
        {XE_GPU_TEXTURE_16_FLOAT, {0, 0x7C}, {65536, 65536, 65536, 65536}},
        {XE_GPU_TEXTURE_16_16_FLOAT, {1, 0, 0, 0xBC}, {0x1p-24f, -1, -1, -1}},
        {XE_GPU_TEXTURE_32_FLOAT, {0, 0, 0x40, 0xC0}, {-3, -3, -3, -3}},
        {XE_GPU_TEXTURE_DXT3A_AS_1_1_1_1, {0x0A}, {1, 0, 1, 0}},
    };

    for
        EACH(row)
        {
            float told[4];

            tell(&(struct bench_constant){.format = row[i].format}, row[i].byte, 16, 0, 0, told);
            expect(told, row[i].told[0], row[i].told[1], row[i].told[2], row[i].told[3],
                   xe_gpu_texture_formats[row[i].format].name);
        }
}

/* The value is ABCD1234 as a title stores it; what the chip sees of it is what each mode makes. */
Test(texture_texel, bytes_are_swapped_as_the_constant_says)
{
    static const uint8_t stored[4] = {0xAB, 0xCD, 0x12, 0x34};
    static const float first[4] = {0xAB, 0xCD, 0x34, 0x12};

    for (uint32_t endian = 0; endian < 4; endian++) {
        struct bench_constant c = {
            .format = XE_GPU_TEXTURE_8_8_8_8, .endian = endian, .integer = 1};
        float told[4];

        tell(&c, stored, 4, 0, 0, told);
        cr_expect_eq(told[0], first[endian], "mode %u", endian);
    }
}

Test(texture_texel, signs)
{
    static const uint8_t byte[4] = {0x80, 0x81, 0x7F, 0xFF};
    struct bench_constant c = {.format = XE_GPU_TEXTURE_8_8_8_8, .sign = XE_GPU_TEXTURE_SIGNED};
    float told[4];

    tell(&c, byte, 4, 0, 0, told);
    expect(told, -1, -1, 1, -1 / 127.0f, "signed");
    c.integer = 1;
    tell(&c, byte, 4, 0, 0, told);
    expect(told, -128, -127, 127, -1, "signed integers");
    c.integer = 0;
    c.sign = XE_GPU_TEXTURE_BIASED;
    tell(&c, (const uint8_t[4]){0, 255, 51, 0}, 4, 0, 0, told);
    expect(told, -1, 1, 2 * 0.2f - 1, -1, "biased");
}

/* The ends of each piece of the curve. */
Test(texture_texel, gamma_is_four_lines)
{
    static const struct {
        uint8_t encoded;
        uint32_t line, more;
    } row[] = {{0, 0, 0},    {63, 63, 0},   {64, 64, 0},   {95, 126, 0},
               {96, 128, 0}, {191, 508, 1}, {192, 512, 4}, {255, 1016, 7}};

    for
        EACH(row)
        {
            struct bench_constant c = {.format = XE_GPU_TEXTURE_8, .sign = XE_GPU_TEXTURE_GAMMA};
            float told[4];

            tell(&c, &row[i].encoded, 1, 0, 0, told);
            cr_expect_eq(told[0], (float)(row[i].line + row[i].more) / 1023.0f, "%u: %.9g",
                         row[i].encoded, told[0] * 1023);
        }
}

Test(texture_texel, pairs_share_their_colour)
{
    static const uint8_t luma_first[4] = {10, 20, 30, 40}, chroma_first[4] = {20, 10, 40, 30};
    struct bench_constant c = {.format = XE_GPU_TEXTURE_Cr_Y1_Cb_Y0_REP, .integer = 1};
    float told[4];

    tell(&c, luma_first, 4, 1, 0, told);
    expect(told, 40, 30, 20, 20, "luma first");
    c.format = XE_GPU_TEXTURE_Y1_Cr_Y0_Cb_REP;
    tell(&c, chroma_first, 4, 0, 0, told);
    expect(told, 40, 10, 20, 20, "chroma first");
}

Test(texture_texel, texels_side_by_side_in_words)
{
    static const uint8_t byte[4] = {10, 20, 30, 40};
    struct bench_constant c = {.format = XE_GPU_TEXTURE_32_AS_8, .integer = 1};
    float told[4];

    tell(&c, byte, 4, 2, 0, told);
    expect(told, 30, 30, 30, 30, "8");
    c.format = XE_GPU_TEXTURE_32_AS_8_8;
    tell(&c, byte, 4, 1, 0, told);
    expect(told, 30, 40, 40, 40, "8_8");
}

/* ---- blocks --------------------------------------------------------------------------------- */

/* Red above blue: codes 2 and 3 are thirds. In the second row the four codes, from the left. */
static const uint8_t four_colours[8] = {0x00, 0xF8, 0x1F, 0x00, 0, 0xE4, 0, 0};
/* The other way around: a half, and nothing at all. */
static const uint8_t three_colours[8] = {0x1F, 0x00, 0x00, 0xF8, 0, 0xE4, 0, 0};

/* A block of steps: its ends, and the codes of its second row. */
static void second_row(uint8_t block[8], uint8_t first, uint8_t last, const uint32_t code[4])
{
    uint32_t row = code[0] | code[1] << 3 | code[2] << 6 | code[3] << 9;

    memset(block, 0, 8);
    block[0] = first;
    block[1] = last;
    block[3] = (uint8_t)(row << 4);
    block[4] = (uint8_t)(row >> 4);
}

static void expect_row(const struct bench_constant *c, const uint8_t *block, size_t n,
                       const float told[4][4])
{
    for (uint32_t x = 0; x < 4; x++) {
        float texel[4];

        tell(c, block, n, x, 1, texel);
        expect(texel, told[x][0], told[x][1], told[x][2], told[x][3],
               xe_gpu_texture_formats[c->format].name);
    }
}

Test(texture_texel, dxt1_has_two_kinds_of_blocks)
{
    const struct bench_constant c = {.format = XE_GPU_TEXTURE_DXT1, .integer = 1};

    expect_row(&c, four_colours, 8,
               (const float[4][4]){
                   {255, 0, 0, 255}, {0, 0, 255, 255}, {170, 0, 85, 255}, {85, 0, 170, 255}});
    expect_row(
        &c, three_colours, 8,
        (const float[4][4]){{0, 0, 255, 255}, {255, 0, 0, 255}, {127, 0, 127, 255}, {0, 0, 0, 0}});
}

Test(texture_texel, dxt2_to_5_always_have_four_colours)
{
    uint8_t block[16] = {0, 0, 0x51, 0xF0};
    struct bench_constant c = {.format = XE_GPU_TEXTURE_DXT2_3, .integer = 1};

    memcpy(block + 8, three_colours, 8);
    expect_row(
        &c, block, 16,
        (const float[4][4]){{0, 0, 255, 17}, {255, 0, 0, 85}, {85, 0, 170, 0}, {170, 0, 85, 255}});
    c.format = XE_GPU_TEXTURE_DXT4_5;
    second_row(block, 255, 0, (const uint32_t[4]){0, 1, 2, 7});
    expect_row(
        &c, block, 16,
        (const float[4][4]){{0, 0, 255, 255}, {255, 0, 0, 0}, {85, 0, 170, 218}, {170, 0, 85, 36}});
}

Test(texture_texel, single_channels)
{
    struct bench_constant c = {.format = XE_GPU_TEXTURE_DXT5A, .integer = 1};
    uint8_t block[8];

    second_row(block, 10, 250, (const uint32_t[4]){0, 2, 6, 7}); /* four steps, and extremes */
    expect_row(&c, block, 8,
               (const float[4][4]){
                   {10, 10, 10, 10}, {58, 58, 58, 58}, {0, 0, 0, 0}, {255, 255, 255, 255}});
    c.format = XE_GPU_TEXTURE_DXT3A;
    expect_row(&c, (const uint8_t[8]){0, 0, 0x51, 0xF0}, 8,
               (const float[4][4]){
                   {17, 17, 17, 17}, {85, 85, 85, 85}, {0, 0, 0, 0}, {255, 255, 255, 255}});
}

/* -128 is as -127; steps between signed ends are signed, too. */
Test(texture_texel, signed_blocks)
{
    uint8_t block[16];
    struct bench_constant c = {
        .format = XE_GPU_TEXTURE_DXN, .integer = 1, .sign = XE_GPU_TEXTURE_SIGNED};

    second_row(block, 0x7F, 0x80, (const uint32_t[4]){0, 1, 2, 7});
    memcpy(block + 8, block, 8);
    expect_row(&c, block, 16,
               (const float[4][4]){{127, 127, 127, 127},
                                   {-127, -127, -127, -127},
                                   {90, 90, 90, 90},
                                   {-90, -90, -90, -90}});
}

Test(texture_texel, ctx1_has_two_channels)
{
    const struct bench_constant c = {.format = XE_GPU_TEXTURE_CTX1, .integer = 1};

    expect_row(&c, (const uint8_t[8]){20, 10, 80, 40, 0, 0xE4, 0, 0}, 8,
               (const float[4][4]){
                   {10, 20, 20, 20}, {40, 80, 80, 80}, {20, 40, 40, 40}, {30, 60, 60, 60}});
}

/* ---- what isn't there ----------------------------------------------------------------------- */

Test(texture_texel, outside_of_memory_is_nothing)
{
    const struct bench_constant gone = {.format = XE_GPU_TEXTURE_8_8_8_8,
                                        .dimension = 1,
                                        .width = 4,
                                        .height = 4,
                                        .pitch = 32,
                                        .base = 0x1FFFF000};
    const struct bench_constant beyond = {.format = XE_GPU_TEXTURE_8_8_8_8,
                                          .dimension = 1,
                                          .width = 8192,
                                          .height = 8192,
                                          .pitch = 16352,
                                          .base = 0x1FFFF000};
    struct xe_gpu_texture texture;
    float told[4] = {1, 1, 1, 1};

    cr_assert(bench_texture(&gone, &texture));
    xe_gpu_texture_texel(&texture, &bench_ram, 0, 0, 0, 0, told);
    expect(told, 0, 0, 0, 0, "no page");
    cr_assert(bench_texture(&beyond, &texture));
    told[0] = 1;
    xe_gpu_texture_texel(&texture, &bench_ram, 0, 8191, 8191, 0, told);
    expect(told, 0, 0, 0, 0, "past the end");
}
