/* Which texel a pixel gets: beyond the border, by levels that are moved and bounded, between levels
 * and slices, in lines, in sizes that are no powers of two; and what becomes of its components. */
#define TITLE "texels"
#include "draws.h"

#include "shaders/line.ps.h"
#include "shaders/texture.ps.h"
#include "shaders/volume.ps.h"

static struct gpu_texture plain(void *base, u32 width, u32 height)
{
    return (struct gpu_texture){.base = base,
                                .width = width,
                                .height = height,
                                .format = GPU_FORMAT_8_8_8_8,
                                .endian = GPU_8IN32,
                                .dimension = GPU_2D,
                                .swizzle = GPU_XYZW,
                                .clamp = GPU_EDGE};
}

/* As it is read from the left: alpha, blue, green, red. */
static void fill(void *base, struct box b, u32 value)
{
    for (u32 y = b.top; y < (u32)b.bottom; y++)
        for (u32 x = b.left; x < (u32)b.right; x++)
            *(u32 *)((u8 *)base + gpu_tiled(x, y, 32, 2)) = value;
}

#define RED   0xFF0000FFu
#define GREEN 0xFF00FF00u
#define BLUE  0xFFFF0000u
#define WHITE 0xFFFFFFFFu
#define BLACK 0xFF000000u

/* A texture whose words 3, 4 and 5 have more bits. */
static void bind(const struct gpu_texture *texture, u32 more3, u32 more4, u32 more5)
{
    u32 word[6];

    gpu_texture_words(texture, word);
    word[3] |= more3;
    word[4] |= more4;
    word[5] |= more5;
    for (u32 i = 0; i < 6; i++)
        gpu_set(&gpu, GPU_TEXTURE_CONSTANT(1) + i, word[i]);
}

/* Coordinates from left to right; the others are the same everywhere. */
static void row(struct box b, float left, float right, float down, float deep)
{
    draw(GPU_STRIP,
         (struct vertex[]){{b.left, b.top, 0, left, down, deep, 0},
                           {b.right, b.top, 0, right, down, deep, 0},
                           {b.left, b.bottom, 0, left, down, deep, 0},
                           {b.right, b.bottom, 0, right, down, deep, 0}},
         4);
}

/* A white border around red; a black one that white fades into. */
static void borders(void)
{
    struct gpu_texture t = plain(gpu_memory(0x1000), 2, 2);

    fill(t.base, (struct box){0, 0, 2, 2, 0}, RED);
    t.clamp = GPU_BORDER;
    bind(&t, 0, 0, 1);
    row((struct box){8, 8, 40, 16, 0}, -0.5f, 1.5f, 0.5f, 0);
    t = plain(gpu_memory(0x1000), 2, 1);
    fill(t.base, (struct box){0, 0, 2, 1, 0}, WHITE);
    t.clamp = GPU_BORDER;
    t.filter = GPU_LINEAR;
    bind(&t, 0, 0, 0);
    row((struct box){48, 8, 112, 16, 0}, -0.5f, 1.5f, 0.5f, 0);
}

static const u32 level_colours[6] = {RED, GREEN, BLUE, WHITE, 0xFF00FFFF, 0xFFFF00FF};

#define BIAS(thirty_seconds) (((u32)(thirty_seconds)&0x3FF) << 12)
#define LEAST(level)         ((u32)(level) << 2)
#define MIP_BETWEEN          (1u << 23)
#define MIP_BASE             (2u << 23)

/* A box of so many pixels of a texture of 32 texels. */
static void boxed(float x, float side)
{
    box_of_texture((struct box){x, 24, x + side, 24 + side, 0});
}

static void levels(void)
{
    u8 *mips = gpu_memory(0x5000);
    struct gpu_texture t = plain(gpu_memory(0x1000), 32, 32);

    fill(t.base, (struct box){0, 0, 32, 32, 0}, level_colours[0]);
    for (u32 i = 1; i < 6; i++)
        fill(mips + 0x1000 * (i - 1), (struct box){0, 0, 32 >> i, 32 >> i, 0}, level_colours[i]);
    t.mips = mips;
    t.last_level = 5;
    bind(&t, 0, BIAS(64), 0);
    boxed(8, 32);
    bind(&t, 0, BIAS(-32), 0);
    boxed(48, 16);
    bind(&t, 0, LEAST(3), 0);
    boxed(72, 32);
    bind(&t, MIP_BASE, 0, 0);
    boxed(112, 8);
    bind(&t, 0, BIAS(13), 0);
    boxed(128, 32);
    bind(&t, 0, BIAS(19), 0);
    boxed(168, 32);
    bind(&t, MIP_BETWEEN, BIAS(16), 0);
    boxed(208, 32);
    t.last_level = 2;
    bind(&t, 0, 0, 0);
    boxed(248, 2);
}

/* Slices of grey, by depth: between two, and the nearest though texels of a slice are mixed. */
static void slices(void)
{
    static const u32 greys[4] = {0xFF000000, 0xFF555555, 0xFFAAAAAA, 0xFFFFFFFF};
    u8 *volume = gpu_memory(0x8000);
    struct gpu_texture t = plain(volume, 4, 4);
    const u32 between = 3; /* magnified or not */

    for (u32 i = 0; i < 64; i++)
        *(u32 *)(volume + gpu_tiled_3d(i % 4, i / 4 % 4, i / 16, 32, 32, 2)) = greys[i / 16];
    t.dimension = GPU_3D;
    t.depth = 4;
    GPU_LOAD(&gpu, GPU_PIXEL, volume_ps);
    bind(&t, 0, between, 0);
    row((struct box){8, 64, 24, 80, 0}, 0, 1, 0.5f, 0.5f);
    row((struct box){32, 64, 48, 80, 0}, 0, 1, 0.5f, 0.25f);
    bind(&t, 5 << 19, 0, 0);
    row((struct box){56, 64, 72, 80, 0}, 0, 1, 0.5f, 0.45f);
    GPU_LOAD(&gpu, GPU_PIXEL, texture_ps);
}

/* A line of four texels; three texels that are repeated. */
static void in_a_row(void)
{
    static const u32 colours[4] = {RED, GREEN, BLUE, WHITE};
    u32 *line = gpu_memory(0x1000);
    struct gpu_texture t = plain(line, 4, 1);

    for (u32 i = 0; i < 4; i++)
        line[i] = colours[i];
    t.dimension = GPU_1D;
    t.linear = 1;
    bind(&t, 0, 0, 0);
    GPU_LOAD(&gpu, GPU_PIXEL, line_ps);
    row((struct box){80, 64, 112, 80, 0}, 0, 1, 0, 0);
    GPU_LOAD(&gpu, GPU_PIXEL, texture_ps);
    t = plain(gpu_memory(0x1000), 3, 1);
    for (u32 i = 0; i < 3; i++)
        fill(t.base, (struct box){i, 0, i + 1, 1, 0}, colours[i]);
    t.clamp = GPU_REPEAT;
    bind(&t, 0, 0, 0);
    row((struct box){120, 64, 168, 80, 0}, 0, 2, 0.5f, 0);
}

/* One texel of 40, 80, c0 and an alpha of 20: its components in another order, and constants; each
 * by a sign of its own; twice. */
static void components(void)
{
    struct gpu_texture t = plain(gpu_memory(0x1000), 1, 1);

    fill(t.base, (struct box){0, 0, 1, 1, 0}, 0x20C08040);
    t.swizzle = GPU_SWIZZLE(3, 4, 5, 3);
    bind(&t, 0, 0, 0);
    boxed(272, 16);
    t.swizzle = GPU_SWIZZLE(2, 0, 1, 3);
    bind(&t, 0, 0, 0);
    boxed(296, 16);
    t.swizzle = GPU_XYZW;
    t.exponent = 1;
    bind(&t, 0, 0, 0);
    row((struct box){176, 64, 192, 80, 0}, 0, 1, 0.5f, 0);
    t.exponent = 0;
    t.signs = 3 | 0 << 2 | 2 << 4;
    t.base = gpu_memory(0x1000); /* the other is still to be read */
    fill(t.base, (struct box){0, 0, 1, 1, 0}, 0xFFBF7F7F);
    bind(&t, 0, 0, 0);
    row((struct box){200, 64, 216, 80, 0}, 0, 1, 0.5f, 0);
}

/* Small ones whose level 0 lies in a tail, beside where it would be: to the right, or below. */
static void tails(void)
{
    struct gpu_texture t = plain(gpu_memory(0x1000), 8, 8);

    fill(t.base, (struct box){0, 0, 32, 32, 0}, RED);
    fill(t.base, (struct box){16, 0, 24, 8, 0}, GREEN);
    t.packed = 1;
    bind(&t, 0, 0, 0);
    box_of_texture((struct box){224, 64, 240, 80, 0});
    t = plain(gpu_memory(0x1000), 16, 8);
    fill(t.base, (struct box){0, 0, 32, 32, 0}, RED);
    fill(t.base, (struct box){0, 16, 16, 24, 0}, BLUE);
    t.packed = 1;
    bind(&t, 0, 0, 0);
    box_of_texture((struct box){248, 64, 264, 72, 0});
}

int main(void)
{
    begin();
    GPU_LOAD(&gpu, GPU_PIXEL, texture_ps);
    borders();
    levels();
    slices();
    in_a_row();
    components();
    tails();
    return show(0);
}
