/* Shaders that write to memory: vertices that the next draw takes, and texels in several formats,
 * bounded, beyond a stream's begin and end, and by pixels of which some are killed. */
#define TITLE "streams"
#include "draws.h"

#include "shaders/element.ps.h"
#include "shaders/element.vs.h"
#include "shaders/stream.vs.h"
#include "shaders/texture.ps.h"

#define TWO_23 0x4B000000u /* 8388608.0: its mantissa counts elements */

enum { UNSIGNED, SIGNED, UNSIGNED_NUMBER };
#define STREAM(format, kind, endian) ((endian) | (format) << 8 | (kind) << 16)
#define SWAP_RED_BLUE                (1u << 19)

static const struct colour blue = {0, 0, 1, 1};

static void words(u32 at, u32 x, u32 y, u32 z, u32 w)
{
    gpu_set(&gpu, at, x);
    gpu_set(&gpu, at + 1, y);
    gpu_set(&gpu, at + 2, z);
    gpu_set(&gpu, at + 3, w);
}

/* Constants 8 and 9 of a stage whose first is `constants`: so many elements from there on, indices
 * moved by `by`. */
static void stream(u32 constants, void *memory, u32 format, u32 count, float by)
{
    words(constants + 4 * 8, 1u << 30 | MmGetPhysicalAddress(memory) >> 2,
          gpu_bits(8388608.0f + by), TWO_23 | format, TWO_23 | count);
    gpu_constant(&gpu, constants + 4 * 9, 0, 1, 0, 0);
}

/* Four vertices of a box; what is drawn are those that came of them. */
static void vertices_again(void)
{
    float *made = gpu_memory(0x1000);
    const struct vertex v[4] = {at(8, 8, 0, blue), at(24, 8, 0, blue), at(8, 24, 0, blue),
                                at(24, 24, 0, blue)};

    stream(GPU_ALU_CONSTANT(0), made, STREAM(GPU_FORMAT_32_FLOAT, 7, GPU_8IN32), 28, 0);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(0), 24, 0, 0, 0);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(10), 7, 0, 0, 5);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(11), -100, -100, 0, 1);
    GPU_LOAD(&gpu, GPU_VERTEX, stream_vs);
    draw(GPU_POINTS, v, 4);
    GPU_LOAD(&gpu, GPU_VERTEX, place_vs);
    gpu_vertices(&gpu, 0, made, 28);
    gpu_draw(&gpu, GPU_STRIP, 4);
}

/* Eight texels as boxes of 8 pixels. */
static void show_texels(void *memory, u32 format, enum gpu_endian endian, float x, float y)
{
    gpu_texture(&gpu, 1,
                &(struct gpu_texture){.base = memory,
                                      .width = 8,
                                      .height = 1,
                                      .pitch = 64,
                                      .linear = 1,
                                      .format = format,
                                      .endian = endian,
                                      .dimension = GPU_2D,
                                      .swizzle = GPU_XYZW,
                                      .clamp = GPU_EDGE});
    GPU_LOAD(&gpu, GPU_PIXEL, texture_ps);
    box_of_texture((struct box){x, y, x + 64, y + 8, 0});
    GPU_LOAD(&gpu, GPU_PIXEL, colour_ps);
}

static const struct row {
    struct colour value;
    u32 format, kind, endian, more; /* of the stream */
    u32 count;                      /* elements of it */
    float by;
} rows[] = {
    {{0.2f, 0.4f, 0.6f, 0.8f}, GPU_FORMAT_8_8_8_8, UNSIGNED, GPU_8IN32, 0, 4, 0},
    {{0.2f, 0.4f, 0.6f, 0.8f}, GPU_FORMAT_8_8_8_8, UNSIGNED, GPU_8IN32, 0, 8, -2},
    {{200, 100, 250, 50}, GPU_FORMAT_8_8_8_8, UNSIGNED_NUMBER, GPU_8IN32, 0, 8, 0},
    {{1, -1, 0.5f, 0}, GPU_FORMAT_8_8_8_8, SIGNED, GPU_8IN32, 0, 8, 0},
    {{1, 0.5f, 0, 1}, GPU_FORMAT_8_8_8_8, UNSIGNED, GPU_8IN32, SWAP_RED_BLUE, 8, 0},
    {{0.25f, 0.5f, 0.75f, 1}, 38, 7, GPU_8IN32, 0, 8, 0},
    {{0.2f, 0.4f, 0.6f, 0.8f}, 26, UNSIGNED, GPU_8IN16, 0, 8, 0},
    {{2, -3, 0.5f, 0}, GPU_FORMAT_8_8_8_8, UNSIGNED, GPU_8IN32, 0, 8, 0},
};

/* Eight vertices write an element each. */
static void formats(void)
{
    for (u32 i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        void *memory = gpu_memory(0x1000);

        stream(GPU_ALU_CONSTANT(0), memory, STREAM(row->format, row->kind, row->endian) | row->more,
               row->count, row->by);
        gpu_constant(&gpu, GPU_ALU_CONSTANT(10), row->value.r, row->value.g, row->value.b,
                     row->value.a);
        gpu_constant(&gpu, GPU_ALU_CONSTANT(11), -100, -100, 0, 1);
        GPU_LOAD(&gpu, GPU_VERTEX, element_vs);
        gpu_draw(&gpu, GPU_POINTS, 8);
        GPU_LOAD(&gpu, GPU_VERTEX, place_vs);
        show_texels(memory, row->format, row->endian, 8 + i % 4 * 72, 32 + i / 4 * 16);
    }
}

/* Eight pixels write one each, which are killed from the fifth on. */
static void by_pixels(void)
{
    const struct vertex v[4] = {{8, 64, 0, 0, 1, 1, 0},
                                {16, 64, 0, 8, 1, 1, 1},
                                {8, 65, 0, 0, 1, 1, 0},
                                {16, 65, 0, 8, 1, 1, 1}};
    void *memory = gpu_memory(0x1000);

    stream(GPU_PIXEL_CONSTANT(0), memory, STREAM(GPU_FORMAT_8_8_8_8, UNSIGNED, GPU_8IN32), 8, 0);
    gpu_constant(&gpu, GPU_PIXEL_CONSTANT(0), 0.5f, 0, 0, 0);
    gpu_constant(&gpu, GPU_PIXEL_CONSTANT(10), 1, 0.6f, 0.2f, 1);
    gpu_program(&gpu, 3, 1);
    GPU_LOAD(&gpu, GPU_PIXEL, element_ps);
    gpu_set(&gpu, RB_COLOR_MASK, 0);
    draw(GPU_STRIP, v, 4);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
    show_texels(memory, GPU_FORMAT_8_8_8_8, GPU_8IN32, 8, 72);
}

int main(void)
{
    begin();
    vertices_again();
    formats();
    by_pixels();
    return show(0);
}
