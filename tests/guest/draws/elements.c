/* Numbers of vertices in every format that a vertex fetch may name, as colours. As Direct3D does,
 * the title writes format and kind of a fetch into its shader before that is loaded. */
#define TITLE "elements"
#include "draws.h"

enum { UNSIGNED = 0, SIGNED = 1 << 12, NUMBER = 1 << 13, NO_ZERO = 1 << 14 };
#define EXPONENT(n) (((u32)(n)&0x3F) << 24)

static const struct row {
    u32 format, kind;
    u32 word[4]; /* of an element */
} rows[] = {
    {6, UNSIGNED, {0x80C04020}},
    {6, SIGNED, {0x807F8140}},
    {7, UNSIGNED, {512 | 1023 << 10 | 256 << 20 | 3u << 30}},
    {16, UNSIGNED, {1024 | 512 << 11 | 1023u << 22}},
    {17, UNSIGNED, {256 | 2047 << 10 | 1024u << 21}},
    {25, SIGNED | NO_ZERO, {0x40000000}},
    {25, SIGNED | NUMBER | EXPONENT(-15), {0x60002000}},
    {31, UNSIGNED, {0x34003800}},
    {31, UNSIGNED | EXPONENT(-17), {0x7E007C00}}, /* no infinity: 65536, and half more */
    {33, UNSIGNED, {0x80000000}},
    {35, SIGNED | NUMBER | EXPONENT(-2), {1, 2, 3, 4}},
    {26, UNSIGNED, {0x80004000, 0x0000C000}},
    {32, UNSIGNED, {0x38003400, 0x00003A00}},
    {34, SIGNED, {0x40000000, 0x7FFFFFFF}},
    {36, UNSIGNED, {0x3F000000}},
    {37, UNSIGNED | EXPONENT(1), {0x3E800000, 0x3F400000}},
    {57, UNSIGNED, {0x3E800000, 0x3F000000, 0x3F400000}},
    {7, SIGNED, {256 | 1023 << 10 | 511 << 20}},
    {38, SIGNED | NUMBER, {0x3F800000, 0x3E800000, 0x3F000000}},
    {0, UNSIGNED, {0xFFFFFFFF}}, /* none */
};

static unsigned shader[COUNT(place_vs)];

/* The second fetch of place.vs, which is a small one, three words from a vertex's begin. */
static void patch(u32 format, u32 kind)
{
    for (u32 i = 0; i < COUNT(place_vs); i++)
        shader[i] = place_vs[i];
    for (u32 i = 0; i + 2 < COUNT(place_vs); i += 3)
        if (shader[i + 1] >> 30 & 1 && shader[i + 2] == 3 << 8)
            shader[i + 1] = (shader[i + 1] & 0xC0C08FFF) | kind | format << 16;
}

static void element(const struct row *row, float x, float y)
{
    u32 *word = (u32 *)(vertices + used);

    for (u32 i = 0; i < 4; i++) {
        word[7 * i] = gpu_bits(x + i % 2 * 16);
        word[7 * i + 1] = gpu_bits(y + i / 2 * 16);
        word[7 * i + 2] = 0;
        for (u32 k = 0; k < 4; k++)
            word[7 * i + 3 + k] = row->word[k];
    }
    gpu_vertices(&gpu, 0, word, 28);
    used += 4;
    gpu_draw(&gpu, GPU_STRIP, 4);
}

int main(void)
{
    begin();
    for (u32 i = 0; i < COUNT(rows); i++) {
        patch(rows[i].format, rows[i].kind);
        GPU_LOAD(&gpu, GPU_VERTEX, shader);
        element(&rows[i], 8 + i % 12 * 24, 8 + i / 12 * 24);
    }
    GPU_LOAD(&gpu, GPU_VERTEX, place_vs);
    return show(0);
}
