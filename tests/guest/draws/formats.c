/* A sheet of textures, four by four texels each, one for every format that a title may fetch; a
 * format's patch lies by its number, eight in a row. Some are tiled, some are not, and each is
 * swapped in one of the ways. */
#define TITLE "formats"
#include "draws.h"

#include "shaders/texture.ps.h"

enum kind { FIELDS, FLOATS, DEPTH, DEPTH_FLOAT, LUMA_FIRST, CHROMA_FIRST, BLOCKS };

struct format {
    u8 number, size; /* bytes of a block */
    u8 across, down; /* texels of it */
    u8 kind, endian;
    u8 bits[4]; /* of components, from the lowest bit on */
    u32 swizzle;
};

#define GREY   GPU_SWIZZLE(0, 0, 0, 5)
#define ALPHAS GPU_SWIZZLE(0, 3, 2, 5) /* alpha as green */
static const struct format formats[] = {
    {2, 1, 1, 1, FIELDS, 0, {8}, GPU_XYZW},
    {3, 2, 1, 1, FIELDS, 1, {5, 5, 5, 1}, GPU_XYZW},
    {4, 2, 1, 1, FIELDS, 1, {5, 6, 5}, GPU_XYZW},
    {5, 2, 1, 1, FIELDS, 2, {5, 5, 6}, GPU_XYZW},
    {6, 4, 1, 1, FIELDS, 2, {8, 8, 8, 8}, GPU_XYZW},
    {7, 4, 1, 1, FIELDS, 2, {10, 10, 10, 2}, GPU_XYZW},
    {8, 1, 1, 1, FIELDS, 1, {8}, GPU_XYZW},
    {9, 1, 1, 1, FIELDS, 2, {8}, GPU_XYZW},
    {10, 2, 1, 1, FIELDS, 1, {8, 8}, GPU_XYZW},
    {11, 4, 2, 1, LUMA_FIRST, 0, {8}, GPU_XYZW},
    {12, 4, 2, 1, CHROMA_FIRST, 1, {8}, GPU_XYZW},
    {14, 4, 1, 1, FIELDS, 2, {8, 8, 8, 8}, GPU_ZYXW},
    {15, 2, 1, 1, FIELDS, 1, {4, 4, 4, 4}, GPU_XYZW},
    {16, 4, 1, 1, FIELDS, 2, {11, 11, 10}, GPU_XYZW},
    {17, 4, 1, 1, FIELDS, 3, {10, 11, 11}, GPU_XYZW},
    {18, 8, 4, 4, BLOCKS, 1, {0}, GPU_XYZW},
    {19, 16, 4, 4, BLOCKS, 1, {0}, ALPHAS},
    {20, 16, 4, 4, BLOCKS, 1, {0}, ALPHAS},
    {22, 4, 1, 1, DEPTH, 2, {0}, GREY},
    {23, 4, 1, 1, DEPTH_FLOAT, 2, {0}, GREY},
    {24, 2, 1, 1, FIELDS, 1, {16}, GPU_XYZW},
    {25, 4, 1, 1, FIELDS, 1, {16, 16}, GPU_XYZW},
    {26, 8, 1, 1, FIELDS, 1, {16, 16, 16, 16}, GPU_XYZW},
    {27, 2, 1, 1, FLOATS, 1, {16}, GPU_XYZW},
    {28, 4, 1, 1, FLOATS, 3, {16, 16}, GPU_XYZW},
    {29, 8, 1, 1, FLOATS, 2, {16, 16, 16, 16}, GPU_XYZW},
    {30, 2, 1, 1, FLOATS, 1, {16}, GPU_XYZW},
    {31, 4, 1, 1, FLOATS, 2, {16, 16}, GPU_XYZW},
    {32, 8, 1, 1, FLOATS, 1, {16, 16, 16, 16}, GPU_XYZW},
    {33, 4, 1, 1, FIELDS, 2, {32}, GPU_XYZW},
    {34, 8, 1, 1, FIELDS, 2, {32, 32}, GPU_XYZW},
    {35, 16, 1, 1, FIELDS, 2, {32, 32, 32, 32}, GPU_XYZW},
    {36, 4, 1, 1, FLOATS, 2, {32}, GPU_XYZW},
    {37, 8, 1, 1, FLOATS, 2, {32, 32}, GPU_XYZW},
    {38, 16, 1, 1, FLOATS, 2, {32, 32, 32, 32}, GPU_XYZW},
    {39, 4, 4, 1, FIELDS, 0, {8}, GPU_XYZW},
    {40, 4, 2, 1, FIELDS, 1, {8, 8}, GPU_XYZW},
    {41, 2, 1, 1, FIELDS, 1, {16}, GPU_XYZW},
    {42, 4, 1, 1, FIELDS, 2, {16, 16}, GPU_XYZW},
    {49, 16, 4, 4, BLOCKS, 1, {0}, GPU_XYZW},
    {50, 4, 1, 1, FIELDS, 2, {8, 8, 8, 8}, GPU_XYZW},
    {51, 8, 4, 4, BLOCKS, 1, {0}, GPU_XYZW},
    {52, 16, 4, 4, BLOCKS, 2, {0}, ALPHAS},
    {53, 16, 4, 4, BLOCKS, 3, {0}, ALPHAS},
    {54, 4, 1, 1, FIELDS, 2, {10, 10, 10, 2}, GPU_XYZW},
    {55, 4, 1, 1, FIELDS, 2, {11, 11, 10}, GPU_XYZW},
    {56, 4, 1, 1, FIELDS, 2, {10, 11, 11}, GPU_XYZW},
    {58, 8, 4, 4, BLOCKS, 1, {0}, GPU_XYZW},
    {59, 8, 4, 4, BLOCKS, 1, {0}, GPU_XYZW},
    {60, 8, 4, 4, BLOCKS, 1, {0}, GPU_XYZW},
    {61, 8, 4, 4, BLOCKS, 1, {0}, GPU_XYZW},
};

/* ---- texels --------------------------------------------------------------------------------- */

/* Component k of texel t, of 0 to 15. */
static u32 level(u32 t, u32 k)
{
    return (t * (2 * k + 1) + 4 * k) % 16;
}

static u32 part(u32 sixteenth, u32 bits)
{
    return bits == 32 ? sixteenth * 0x11111111 : sixteenth * ((1u << bits) - 1) / 15;
}

static u32 number(const struct format *f, u32 t, u32 k)
{
    u32 word = gpu_bits(level(t, k) * (1.0f / 16));

    if (f->kind == FIELDS)
        return part(level(t, k), f->bits[k]);
    if (f->bits[k] == 32 || !word)
        return word;
    return (word >> 13) - (112 << 10);
}

static void put_bits(u8 *block, u32 at, u32 value, u32 bits)
{
    for (u32 i = 0; i < bits; i++, at++)
        block[at / 8] |= (value >> i & 1) << at % 8;
}

/* Luma of two texels and the chroma of both. */
static void put_pair(const struct format *f, u32 t, u8 *block)
{
    u32 first = f->kind == CHROMA_FIRST;

    block[first] = 17 * level(t, 1);
    block[first + 2] = 17 * level(t + 1, 1);
    block[1 - first] = 17 * level(t, 2);
    block[3 - first] = 17 * level(t, 0);
}

static void put_texels(const struct format *f, u32 t, u8 *block)
{
    u32 at = 0, q = level(t, 0);

    if (f->kind == DEPTH) {
        put_bits(block, 0, 0xA5 | part(q, 24) << 8, 32);
        return;
    }
    if (f->kind == DEPTH_FLOAT) {
        put_bits(block, 0, 0xA5 | (q ? (gpu_bits(q * (1.0f / 16)) >> 3) - (112 << 20) : 0) << 8,
                 32);
        return;
    }
    if (f->kind != FIELDS && f->kind != FLOATS) {
        put_pair(f, t, block);
        return;
    }
    for (u32 i = 0; i < f->across; i++)
        for (u32 k = 0; k < 4; at += f->bits[k++])
            put_bits(block, at, f->bits[k] ? number(f, t + i, k) : 0, f->bits[k]);
}

/* ---- blocks of four by four ----------------------------------------------------------------- */

#define LOW(a, b) b, a
#define CODES     0xE4, 0xE4, 0x1B, 0x1B /* 0 1 2 3 in the upper rows, 3 2 1 0 in the lower */
#define NIBBLES   0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC, 0xFE /* 0 to 15 */
#define THREES    0x88, 0xC6, 0xFA, 0x88, 0xC6, 0xFA             /* 0 to 7, twice */

static const struct {
    u8 number, bytes[16];
} blocks[] = {
    {18, {LOW(0xF8, 0), LOW(0, 0x1F), CODES}},          /* red and blue, and two between */
    {51, {LOW(0, 0x1F), LOW(0xF8, 0), CODES}},          /* blue and red, one between, black */
    {19, {NIBBLES, LOW(0, 0x1F), LOW(0xF8, 0), CODES}}, /* always two between */
    {52, {NIBBLES, LOW(0xF8, 0), LOW(0, 0x1F), CODES}},
    {20, {255, 0, THREES, LOW(0, 0x1F), LOW(0xF8, 0), CODES}},  /* six between */
    {53, {51, 204, THREES, LOW(0xF8, 0), LOW(0, 0x1F), CODES}}, /* four between, 0, 255 */
    {58, {NIBBLES}},
    {59, {255, 0, THREES}},
    {49, {255, 0, THREES, 51, 204, THREES}},
    {60, {0x33, 0xFF, 0xCC, 0x00, CODES}}, /* y and x of each end */
    {61, {NIBBLES}},
};

static void put_block(u32 wanted, u8 *ret)
{
    for (u32 i = 0; i < COUNT(blocks); i++)
        if (blocks[i].number == wanted)
            for (u32 k = 0; k < 16; k++)
                ret[k] = blocks[i].bytes[k];
}

/* ---- textures ------------------------------------------------------------------------------- */

static u32 log2_of(u32 size)
{
    u32 log2 = 0;

    while (size >> (log2 + 1))
        log2++;
    return log2;
}

/* One block, to where the chip looks for it, as it must lie there to be swapped. */
static void store(const struct format *f, u8 *memory, u32 x, u32 y, const u8 *block, u32 linear)
{
    static const u8 mask[4] = {0, 1, 3, 2};
    u32 at = linear ? (y * (256 / f->across) + x) * f->size : gpu_tiled(x, y, 32, log2_of(f->size));

    for (u32 i = 0; i < f->size; i++)
        memory[(at + i) ^ mask[f->endian]] = block[i];
}

static void fill(const struct format *f, u8 *memory, u32 linear)
{
    for (u32 y = 0; y < 4 / f->down; y++)
        for (u32 x = 0; x < 4 / f->across; x++) {
            u8 block[16] = {0};

            if (f->kind == BLOCKS)
                put_block(f->number, block);
            else
                put_texels(f, y * 4 + x * f->across, block);
            store(f, memory, x, y, block, linear);
        }
}

static void patch(const struct format *f)
{
    u32 linear = f->number % 2, x = f->number % 8 * 40, y = f->number / 8 * 22;
    u8 *memory = gpu_memory(0x4000);

    CHECK(memory != NULL);
    fill(f, memory, linear);
    gpu_texture(&gpu, 1,
                &(struct gpu_texture){.base = memory,
                                      .width = 4,
                                      .height = 4,
                                      .pitch = linear ? 256 : 32 * f->across,
                                      .format = f->number,
                                      .endian = f->endian,
                                      .dimension = GPU_2D,
                                      .linear = linear,
                                      .swizzle = f->swizzle,
                                      .clamp = GPU_EDGE});
    box_of_texture((struct box){x + 2, y + 1, x + 38, y + 21, 0});
}

int main(void)
{
    begin();
    GPU_LOAD(&gpu, GPU_PIXEL, texture_ps);
    for (u32 i = 0; i < COUNT(formats); i++)
        patch(&formats[i]);
    return show(0);
}
