/* What a texture fetch may say by itself: texels as coordinates, offsets, filters, a level by a
 * register, by gradients or moved; and what it can be asked: levels, weights, gradients, borders.
 * The title writes that into its shader before it is loaded. */
#define TITLE "fetches"
#include "draws.h"

#include "shaders/gradients.ps.h"
#include "shaders/lod.ps.h"
#include "shaders/texture.ps.h"

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

static void fill(void *base, u32 left, u32 width, u32 height, u32 value)
{
    for (u32 i = 0; i < width * height; i++)
        *(u32 *)((u8 *)base + gpu_tiled(left + i % width, i / width, 32, 2)) = value;
}

static unsigned shader[COUNT(texture_ps)];

enum { TFETCH = 1, GET_BCF = 16, GET_LOD, GET_GRADIENTS, GET_WEIGHTS };

/* texture.ps, whose fetch has these words but for some bits. */
static void patch(u32 op, u32 more0, u32 without1, u32 with1, u32 more2)
{
    for (u32 i = 0; i < COUNT(texture_ps); i++)
        shader[i] = texture_ps[i];
    for (u32 i = 0; i + 2 < COUNT(texture_ps); i += 3)
        if ((shader[i] & 31) == TFETCH && shader[i + 2] == 1 << 14) {
            shader[i] = (shader[i] & ~31u) | op | more0;
            shader[i + 1] = (shader[i + 1] & ~without1) | with1;
            shader[i + 2] |= more2;
        }
    GPU_LOAD(&gpu, GPU_PIXEL, shader);
}

#define UNNORMALIZED (1u << 25)
#define FILTERS      (15u << 12) /* magnified and not */
#define LINEAR       (5u << 12)
#define BIAS(n)      (((u32)(n)&0x7F) << 2)
#define OFFSET_X(n)  (((u32)(n)&0x1F) << 16)
#define OFFSET_Y(n)  (((u32)(n)&0x1F) << 21)

static void row(struct box b, float left, float right, float down, float level)
{
    draw(GPU_STRIP,
         (struct vertex[]){{b.left, b.top, 0, left, down, level, 0},
                           {b.right, b.top, 0, right, down, level, 0},
                           {b.left, b.bottom, 0, left, down, level, 0},
                           {b.right, b.bottom, 0, right, down, level, 0}},
         4);
}

static void places(void)
{
    struct gpu_texture t = plain(gpu_memory(0x1000), 4, 4);

    for (u32 i = 0; i < 16; i++)
        *(u32 *)((u8 *)t.base + gpu_tiled(i % 4, i / 4, 32, 2)) =
            0xFF200000 | 60 * (i / 4) << 8 | 60 * (i % 4);
    gpu_texture(&gpu, 1, &t);
    patch(TFETCH, UNNORMALIZED, 0, 0, 0);
    row((struct box){8, 8, 40, 16, 0}, 0, 4, 1.5f, 0);
    patch(TFETCH, 0, 0, 0, OFFSET_X(2) | OFFSET_Y(-2));
    row((struct box){48, 8, 80, 16, 0}, 0, 1, 0.375f, 0);
    t.clamp = GPU_BORDER;
    gpu_texture(&gpu, 1, &t);
    GPU_LOAD(&gpu, GPU_PIXEL, colour_ps);
    box_of_colour((struct box){88, 8, 120, 16, 0}, (struct colour){0, 0, 0, 1});
    patch(GET_BCF, 0, 0, 0, 0);
    gpu_set(&gpu, RB_COLOR_MASK, 1);
    row((struct box){88, 8, 120, 16, 0}, -0.5f, 1.5f, 0.375f, 0);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
}

/* Black and white, by other filters than the texture's. */
static void filters(void)
{
    struct gpu_texture t = plain(gpu_memory(0x1000), 2, 1);

    fill(t.base, 0, 1, 1, 0xFF000000);
    fill(t.base, 1, 1, 1, 0xFFFFFFFF);
    gpu_texture(&gpu, 1, &t);
    patch(TFETCH, 0, FILTERS, LINEAR, 0);
    row((struct box){128, 8, 144, 16, 0}, 0.25f, 0.75f, 0.5f, 0);
    t.filter = GPU_LINEAR;
    gpu_texture(&gpu, 1, &t);
    patch(TFETCH, 0, FILTERS, 0, 0);
    row((struct box){152, 8, 168, 16, 0}, 0.25f, 0.75f, 0.5f, 0);
}

static void levels(void)
{
    static const u32 colours[6] = {0xFF0000FF, 0xFF00FF00, 0xFFFF0000,
                                   0xFFFFFFFF, 0xFF00FFFF, 0xFFFF00FF};
    u8 *mips = gpu_memory(0x5000);
    struct gpu_texture t = plain(gpu_memory(0x1000), 32, 32);

    fill(t.base, 0, 32, 32, colours[0]);
    for (u32 i = 1; i < 6; i++)
        fill(mips + 0x1000 * (i - 1), 0, 32 >> i, 32 >> i, colours[i]);
    t.mips = mips;
    t.last_level = 5;
    gpu_texture(&gpu, 1, &t);
    GPU_LOAD(&gpu, GPU_PIXEL, lod_ps);
    row((struct box){8, 24, 24, 40, 0}, 0, 1, 0.5f, 2);
    row((struct box){32, 24, 48, 40, 0}, 0, 1, 0.5f, 2.6f);
    patch(TFETCH, 0, 0, 0, BIAS(16));
    box_of_texture((struct box){56, 24, 88, 56, 0});
    gpu_constant(&gpu, GPU_PIXEL_CONSTANT(0), 0.125f, 0, 0, 0);
    gpu_constant(&gpu, GPU_PIXEL_CONSTANT(1), 0, 0.125f, 0, 0);
    gpu_program(&gpu, 4, 1);
    GPU_LOAD(&gpu, GPU_PIXEL, gradients_ps);
    box_of_texture((struct box){136, 24, 168, 56, 0});
    gpu_program(&gpu, 2, 1);
    patch(TFETCH, 0, 0, 0, BIAS(16));
    gpu_set(&gpu, GPU_TEXTURE_CONSTANT(1) + 4, 5 << 6 | (-32u & 0x3FF) << 12); /* takes it back */
    box_of_texture((struct box){96, 24, 128, 56, 0});
}

/* On black, by components of which something is known; exponents bring them below 1. */
static void asked(void)
{
    const struct box lod = {176, 24, 184, 32, 0}, weights = {200, 24, 216, 40, 0},
                     gradients = {224, 24, 256, 56, 0};
    const struct colour black = {0, 0, 0, 1};
    struct gpu_texture t = plain(gpu_memory(0x1000), 32, 32);

    box_of_colour(lod, black);
    box_of_colour(weights, black);
    box_of_colour(gradients, black);
    t.mips = gpu_memory(0x5000);
    t.last_level = 5;
    gpu_texture(&gpu, 1, &t);
    gpu_set(&gpu, RB_COLOR_MASK, 1);
    gpu_set(&gpu, RB_COLOR_INFO, (-2u & 0x3F) << 20);
    patch(GET_LOD, 0, 0, 0, 0);
    box_of_texture(lod);
    gpu_set(&gpu, RB_COLOR_MASK, 7);
    gpu_set(&gpu, RB_COLOR_INFO, 4 << 20);
    patch(GET_GRADIENTS, 0, 0, 0, 0);
    box_of_texture(gradients);
    gpu_set(&gpu, RB_COLOR_MASK, 3);
    gpu_set(&gpu, RB_COLOR_INFO, 0);
    t = plain(t.base, 4, 4);
    t.filter = GPU_LINEAR;
    gpu_texture(&gpu, 1, &t);
    patch(GET_WEIGHTS, 0, 0, 0, 0);
    row(weights, 0.4375f, 0.4375f, 0.5f, 0);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
}

int main(void)
{
    begin();
    places();
    filters();
    levels();
    GPU_LOAD(&gpu, GPU_PIXEL, colour_ps);
    asked();
    return show(0);
}
