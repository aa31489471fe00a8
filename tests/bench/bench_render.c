/* How many pixels a second the reference renderer shades: a screen of 1280 by 720, each pixel a
 * texel of a DXT1 texture that is filtered in both directions, times a colour; the shaders are the
 * simplest that a title would have. On one core, as it has. */
#include "bench_render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bits.h"
#include "gpu/render/render.h"
#include "gpu/texture/texture.h"
#include "xe/gpu.h"
#include "xe/ucode.h"

#define WIDTH    1280u
#define HEIGHT   720u
#define VERTICES 0x100000u /* physical */
#define TEXTURE  0x110000u
#define SIDE     256u /* of the texture */
#define SIZE     0x100000u
#define RATE     5.0 /* millions a second that it must be */

struct scene {
    struct xe_mem *mem;
    struct xe_gpu_renderer renderer;
    struct xe_ucode_program vertex, pixel;
    uint32_t reg[XE_GPU_REGISTERS];
    uint64_t time;
};

static void give_up(const char *what)
{
    fprintf(stderr, "bench: render: %s\n", what);
    exit(1);
}

static void assemble(const char *text, struct xe_ucode_program *ret)
{
    struct xe_ucode_fault fault;

    if (!xe_ucode_assemble(text, ret, &fault))
        give_up(fault.text);
}

static void put_shaders(struct scene *s)
{
    assemble("exec\nvfetch r1.xy__, r0.x, vf95 {stride=4, format=FMT_32_32_FLOAT}\n"
             "vfetch r2.xy00, r0.x, vf95 {stride=4, offset=2, format=FMT_32_32_FLOAT}\n"
             "alloc position\nexec\nmov oPos.xy01, r1\nalloc interpolators\nexec_end\nmov o0, r2",
             &s->vertex);
    assemble(".pixel\nexec\ntfetch2D r1, r0.xy, tf0\nalloc colors\nexec_end\nmul oC0, r1, c0",
             &s->pixel);
}

static void put_memory(struct scene *s)
{
    static const float vertex[4][4] = {
        {0, 0, 0, 0}, {WIDTH, 0, 5, 0}, {0, HEIGHT, 0, 3}, {WIDTH, HEIGHT, 5, 3}};

    if (!xe_mem_alloc(s->mem, XE_MEM_HEAP_PHYSICAL, VERTICES, SIZE, 0, XE_PAGE_READWRITE, true,
                      false))
        give_up("no memory");
    for (uint32_t i = 0; i < 16; i++)
        xe_mem_set_u32(s->mem, XE_MEM_PHYS_A + VERTICES + 4 * i,
                       xe_bits_of_float(vertex[i / 4][i % 4]));
    for (uint32_t i = 0; i < SIDE * SIDE / 8; i++)
        xe_mem_set_u32(s->mem, XE_MEM_PHYS_A + TEXTURE + 4 * i, i * 2654435761u);
}

static void put_registers(uint32_t *reg)
{
    reg[0x2000] = WIDTH;
    reg[0x200F] = reg[0x2082] = WIDTH | HEIGHT << 16; /* scissors */
    reg[0x2100] = 0xFFFFFF;
    reg[0x2104] = 0xF;
    reg[0x2180] = 1 << 8;
    reg[0x2182] = 0xFFFFFFFF;
    reg[0x2201] = 1 | 1 << 16; /* no blending */
    reg[0x2204] = 1 << 16;     /* no clipping */
    reg[0x2206] = 0x700;       /* divided already */
    reg[0x2208] = 4;
    reg[0x2302] = 1;
    reg[0x2307] = 0 | 255 << 12;
    reg[0x2308] = 256 | 255 << 12;
    reg[0x2312] = 0xFFFF;
    for (uint32_t i = 0; i < 4; i++)
        reg[0x4400 + i] = xe_bits_of_float(0.75f);
    reg[0x4800] = 2 | 8 << 22 | 1u << 31;
    reg[0x4801] = TEXTURE | 1 << 6 | XE_GPU_TEXTURE_DXT1;
    reg[0x4802] = (SIDE - 1) | (SIDE - 1) << 13;
    reg[0x4803] = 0x688 << 1 | 1 << 19 | 1 << 21; /* linear */
    reg[0x4805] = 1 << 9;
    reg[0x4800 + 2 * 95] = VERTICES | 3; /* vf95 */
    reg[0x4801 + 2 * 95] = 2 | 16 << 2;
}

static double draw(struct scene *s, uint32_t times)
{
    const struct xe_gpu_draw it = {
        .reg = s->reg,
        .initiator = 6 | 2 << 6 | 4 << 16,
        .vertex = {s->vertex.words, s->vertex.count, 1},
        .pixel = {s->pixel.words, s->pixel.count, 2},
        .time = s->time += 100000000,
    };
    clock_t begin = clock();

    for (uint32_t i = 0; i < times; i++)
        if (s->renderer.draw(s->renderer.ctx, &it))
            give_up("a limit was met");
    return (double)times * WIDTH * HEIGHT / 1e6 * CLOCKS_PER_SEC / (double)(clock() - begin);
}

void bench_render(void)
{
    struct scene *s = calloc(1, sizeof(*s));
    double best = 0, rate;

    if (!s || !(s->mem = xe_mem_create(0, NULL)) ||
        !xe_render_create(s->mem, (struct xe_render_host){NULL, NULL}, false, &s->renderer))
        give_up("no memory");
    put_shaders(s);
    put_memory(s);
    put_registers(s->reg);
    for (int i = 0; i < 5; i++) {
        rate = draw(s, 2);
        best = rate > best ? rate : best;
    }
    printf("gpu      pixels   %.1f million a second, shaded and textured (must: %.0f)\n", best,
           RATE);
    s->renderer.destroy(s->renderer.ctx);
    xe_mem_destroy(s->mem);
    free(s);
}
