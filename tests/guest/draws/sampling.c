/* What becomes of coordinates and texels on the way to a pixel: beyond the edges, between texels,
 * from levels, faces, slices and layers, and by kinds of numbers. */
#define TITLE "sampling"
#include "draws.h"

#include "shaders/cubemap.ps.h"
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

/* Red in the low byte. */
static u32 texel(u32 r, u32 g, u32 b)
{
    return 0xFF000000 | b << 16 | g << 8 | r;
}

static void set_texel(void *base, u32 x, u32 y, u32 value)
{
    *(u32 *)((u8 *)base + gpu_tiled(x, y, 32, 2)) = value;
}

/* Coordinates at the left, top, right and bottom of a box, and a third at top and bottom. */
static void box_by(struct box b, struct box at, float front, float back)
{
    const struct vertex v[4] = {{b.left, b.top, 0, at.left, at.top, front, 0},
                                {b.right, b.top, 0, at.right, at.top, front, 0},
                                {b.left, b.bottom, 0, at.left, at.bottom, back, 0},
                                {b.right, b.bottom, 0, at.right, at.bottom, back, 0}};

    draw(GPU_STRIP, v, 4);
}

/* Four by four texels, from one width left of the texture to one right of it, and so downwards. */
static void beyond_edges(void)
{
    static const enum gpu_clamp modes[] = {GPU_REPEAT, GPU_MIRROR, GPU_EDGE, GPU_MIRROR_EDGE,
                                           GPU_BORDER};
    void *base = gpu_memory(0x1000);
    struct gpu_texture t = plain(base, 4, 4);

    for (u32 i = 0; i < 16; i++)
        set_texel(base, i % 4, i / 4, texel(64 + 60 * (i % 4), 64 + 60 * (i / 4), 32));
    for (u32 i = 0; i < COUNT(modes); i++) {
        float x = 4 + 62 * i;

        t.clamp = modes[i];
        gpu_texture(&gpu, 1, &t);
        box_by((struct box){x, 4, x + 48, 12, 0}, (struct box){-1, 0.375f, 2, 0.375f, 0}, 0, 0);
        box_by((struct box){x, 16, x + 8, 64, 0}, (struct box){0.375f, -1, 0.375f, 2, 0}, 0, 0);
    }
}

/* Two texels, black and white, over 64 pixels. */
static void between_texels(void)
{
    void *base = gpu_memory(0x1000);
    struct gpu_texture t = plain(base, 2, 1);

    set_texel(base, 0, 0, texel(0, 0, 0));
    set_texel(base, 1, 0, texel(255, 255, 255));
    t.filter = GPU_LINEAR;
    gpu_texture(&gpu, 1, &t);
    box_by((struct box){4, 72, 68, 80, 0}, (struct box){0, 0, 1, 1, 0}, 0, 0);
}

static const u32 level_colours[6] = {0x0000FF, 0x00FF00, 0xFF0000, 0x00FFFF, 0xFFFF00, 0xFF00FF};

/* Boxes of 32, 16, ... 1 pixels of a texture of 32: of each level one. */
static void levels(float x, const struct gpu_texture *t)
{
    gpu_texture(&gpu, 1, t);
    for (u32 i = 0; i < 6; i++) {
        u32 side = 32 >> i;

        box_by((struct box){x, 84, x + side, 84 + side, 0}, (struct box){0, 0, 1, 1, 0}, 0, 0);
        x += side + 4;
    }
}

static void fill(void *base, u32 left, u32 top, u32 side, u32 value)
{
    for (u32 i = 0; i < side * side; i++)
        set_texel(base, left + i % side, top + i / side, value);
}

/* Levels behind each other; and those from 16 down in one tile, by places of their own. */
static void of_levels(void)
{
    static const u8 place[5][2] = {{16, 0}, {8, 0}, {4, 0}, {0, 8}, {0, 4}};
    void *base = gpu_memory(0x1000), *tail = gpu_memory(0x1000);
    u8 *mips = gpu_memory(0x5000);
    struct gpu_texture t = plain(base, 32, 32);

    fill(base, 0, 0, 32, level_colours[0]);
    for (u32 i = 1; i < 6; i++) {
        fill(mips + 0x1000 * (i - 1), 0, 0, 32 >> i, level_colours[i]);
        fill(tail, place[i - 1][0], place[i - 1][1], 32 >> i, level_colours[i]);
    }
    t.mips = mips;
    t.last_level = 5;
    levels(4, &t);
    t.mips = tail;
    t.packed = 1;
    levels(92, &t);
}

/* 0, 17, ... 255 as unsigned, signed, biased and gamma; and as whole numbers times 2^-8. */
static void of_numbers(void)
{
    u8 *base = gpu_memory(0x1000);
    struct gpu_texture t = plain(base, 16, 1);

    for (u32 i = 0; i < 16; i++)
        base[i] = 17 * i;
    t.format = 2;
    t.endian = GPU_AS_IS;
    t.linear = 1;
    t.pitch = 256;
    for (u32 i = 0; i < 5; i++) {
        t.signs = i % 4 * 0x55;
        t.integer = i == 4;
        t.exponent = i == 4 ? -8 : 0;
        gpu_texture(&gpu, 1, &t);
        box_by((struct box){4, 124 + 8 * i, 68, 132 + 8 * i, 0}, (struct box){0, 0, 1, 1, 0}, 0, 0);
    }
}

/* A slice, layer or face. */
static void of_slices(void)
{
    u8 *volume = gpu_memory(0x8000), *layers = gpu_memory(0x3000);
    struct gpu_texture t = plain(volume, 4, 4);

    for (u32 i = 0; i < 64; i++)
        *(u32 *)(volume + gpu_tiled_3d(i % 4, i / 4 % 4, i / 16, 32, 32, 2)) =
            level_colours[i / 16];
    for (u32 i = 0; i < 3; i++)
        fill(layers + 0x1000 * i, 0, 0, 4, level_colours[3 + i]);
    GPU_LOAD(&gpu, GPU_PIXEL, volume_ps);
    t.dimension = GPU_3D;
    t.depth = 4;
    gpu_texture(&gpu, 1, &t);
    box_by((struct box){180, 100, 196, 132, 0}, (struct box){0, 0, 1, 1, 0}, 0, 1);
    t.dimension = GPU_2D;
    t.depth = 3;
    t.base = layers;
    gpu_texture(&gpu, 1, &t);
    box_by((struct box){204, 100, 220, 130, 0}, (struct box){0, 0, 1, 1, 0}, 0, 1);
}

/* The direction to a place of a face, across and down from -1 to 1. */
static struct vertex towards(u32 face, float x, float y, float across, float down)
{
    const float to[6][3] = {{1, -down, -across}, {-1, -down, across}, {across, 1, down},
                            {across, -1, -down}, {across, -down, 1},  {-across, -down, -1}};

    return (struct vertex){x, y, 0, to[face][0], to[face][1], to[face][2], 0};
}

/* Faces of two by two texels. */
static void of_faces(void)
{
    u8 *base = gpu_memory(0x6000);
    struct gpu_texture t = plain(base, 2, 2);

    for (u32 i = 0; i < 24; i++)
        set_texel(base + 0x1000 * (i / 4), i % 2, i / 2 % 2,
                  texel(40 * (i / 4), 255 * (i % 2), 255 * (i / 2 % 2)));
    GPU_LOAD(&gpu, GPU_PIXEL, cubemap_ps);
    gpu_constant(&gpu, GPU_PIXEL_CONSTANT(0), 1.5f, 1.5f, 0, 0);
    t.dimension = GPU_CUBE;
    t.depth = 6;
    gpu_texture(&gpu, 1, &t);
    for (u32 i = 0; i < 6; i++) {
        float x = 180 + 20 * i;

        draw(GPU_STRIP,
             (struct vertex[]){towards(i, x, 72, -0.9f, -0.9f), towards(i, x + 16, 72, 0.9f, -0.9f),
                               towards(i, x, 88, -0.9f, 0.9f), towards(i, x + 16, 88, 0.9f, 0.9f)},
             4);
    }
}

int main(void)
{
    begin();
    GPU_LOAD(&gpu, GPU_PIXEL, texture_ps);
    beyond_edges();
    between_texels();
    of_levels();
    of_numbers();
    of_slices();
    of_faces();
    return show(0);
}
