/* The reference renderer as the chip calls it: draws, copies and pictures, with registers and
 * memory of the test's own. Colours are chosen so that what comes out can be worked out by hand. */
#include <criterion/criterion.h>
#include <string.h>

#include "gpu/render/render.h"
#include "gpu/texture/texture.h"
#include "xe/ucode.h"

#define SIDE     64u       /* of pictures, pixels */
#define FRONT    0x100000u /* physical: the front buffer, a texture and vertices */
#define TEXTURE  0x140000u
#define VERTICES 0x150000u
#define SIZE     0x60000u

static struct {
    struct xe_mem *mem;
    struct xe_gpu_renderer renderer;
    uint32_t reg[0x5003];
    struct xe_ucode_program vertex, pixel;
} b;

static void setup(void)
{
    b.mem = xe_mem_create(0, NULL);
    cr_assert(b.mem && xe_render_create(b.mem, &b.renderer));
    cr_assert(
        xe_mem_alloc(b.mem, XE_MEM_HEAP_PHYSICAL, FRONT, SIZE, 0, XE_PAGE_READWRITE, true, false));
}

static void teardown(void)
{
    b.renderer.destroy(b.renderer.ctx);
    xe_mem_destroy(b.mem);
}

TestSuite(render, .init = setup, .fini = teardown);

/* ---- what a title would set ----------------------------------------------------------------- */

static uint32_t bits_of(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static uint8_t *at(uint32_t physical)
{
    return xe_mem_view_rw(b.mem, XE_MEM_PHYS_A + physical, 0x1000);
}

/* Three or four vertices of x, y, u, v, in the window; big-endian. */
static void put_vertices(const float (*vertex)[4], uint32_t n)
{
    for (uint32_t i = 0; i < 4 * n; i++)
        xe_store_be32(at(VERTICES) + 4 * i, bits_of(vertex[i / 4][i % 4]));
    b.reg[0x4800 + 2 * 95] = VERTICES | 3; /* vf95 */
    b.reg[0x4801 + 2 * 95] = 2 | 4 * n << 2;
}

static void assemble(const char *text, struct xe_ucode_program *ret)
{
    struct xe_ucode_fault fault;

    cr_assert(xe_ucode_assemble(text, ret, &fault), "%u:%u: %s", fault.line, fault.column,
              fault.text);
}

/* Positions in the window as they are, texture coordinates to the pixels. */
static void set_up(const char *pixel)
{
    assemble("exec\nvfetch r1.xy__, r0.x, vf95 {stride=4, format=FMT_32_32_FLOAT}\n"
             "vfetch r2.xy00, r0.x, vf95 {stride=4, offset=2, format=FMT_32_32_FLOAT}\n"
             "alloc position\nexec\nmov oPos.xy01, r1\nalloc interpolators\nexec_end\nmov o0, r2",
             &b.vertex);
    assemble(pixel, &b.pixel);
    b.reg[0x2000] = 80;
    b.reg[0x200F] = b.reg[0x2082] = SIDE | SIDE << 16; /* scissors */
    b.reg[0x2100] = 0xFFFFFF;
    b.reg[0x2104] = 0xFFFF;
    b.reg[0x2180] = 1 << 8; /* two registers of the pixel's */
    b.reg[0x2182] = 0xFFFFFFFF;
    b.reg[0x2201] = 1 | 1 << 16; /* no blending */
    b.reg[0x2204] = 1 << 16;     /* no clipping */
    b.reg[0x2206] = 0x700;       /* divided already */
    b.reg[0x2208] = 4;
    b.reg[0x2302] = 1; /* middles at .5 */
    b.reg[0x2307] = 0 | 255 << 12;
    b.reg[0x2308] = 256 | 255 << 12;
    b.reg[0x2312] = 0xFFFF;
}

static void draw(uint32_t primitive, uint32_t n)
{
    const struct xe_gpu_draw it = {
        .reg = b.reg,
        .initiator = primitive | 2 << 6 | n << 16, /* counted */
        .vertex = {b.vertex.words, b.vertex.count, 1},
        .pixel = {b.pixel.words, b.pixel.count, 2},
    };

    b.renderer.draw(b.renderer.ctx, &it);
}

/* All of it to the front buffer, by corners in memory, and EDRAM cleared behind it. */
static void copy(uint32_t clear)
{
    static const float corner[3][2] = {{0, 0}, {SIDE, 0}, {SIDE, SIDE}};

    for (uint32_t i = 0; i < 6; i++)
        xe_store_be32(at(VERTICES) + 0x100 + 4 * i, bits_of(corner[i / 2][i % 2]));
    b.reg[0x4800] = (VERTICES + 0x100) | 3;
    b.reg[0x4801] = 2 | 6 << 2;
    b.reg[0x2318] = 1 << 8;
    b.reg[0x2319] = FRONT;
    b.reg[0x231A] = SIDE | SIDE << 16;
    b.reg[0x231B] = 2 | XE_GPU_TEXTURE_8_8_8_8 << 7;
    b.reg[0x231E] = clear;
    b.renderer.copy(b.renderer.ctx, b.reg);
}

static const struct xe_frame *show(void)
{
    static uint64_t number;
    const struct xe_gpu_swap swap = {
        .fetch = {2 | SIDE / 32 << 22 | 1u << 31, FRONT | 2 << 6 | XE_GPU_TEXTURE_8_8_8_8,
                  (SIDE - 1) | (SIDE - 1) << 13, 0x688 << 1, 0, 1 << 9},
        .address = FRONT,
        .width = SIDE,
        .height = SIDE,
    };

    b.renderer.swap(b.renderer.ctx, &swap, ++number, 7);
    return xe_render_frame(&b.renderer);
}

static uint32_t pixel_at(const struct xe_frame *frame, uint32_t x, uint32_t y)
{
    return xe_load_be32(frame->pixels + 4 * (y * frame->width + x));
}

static void expect(const struct xe_frame *frame, uint32_t x, uint32_t y, uint32_t want)
{
    cr_expect_eq(pixel_at(frame, x, y), want, "%u, %u: %08x", x, y, pixel_at(frame, x, y));
}

static const char red[] = ".pixel\nalloc colors\nexec_end\nmov oC0.1001, r0";
static const char textured[] =
    ".pixel\nexec\ntfetch2D r0, r0.xy, tf0\nalloc colors\nexec_end\nmov oC0, r0";
static const float square[4][4] = {{8, 8, 0, 0}, {40, 8, 1, 0}, {8, 40, 0, 1}, {40, 40, 1, 1}};

/* ---- pictures ------------------------------------------------------------------------------- */

Test(render, nothing_before_the_first)
{
    cr_expect_null(xe_render_frame(&b.renderer));
}

Test(render, a_square_and_what_is_around_it)
{
    const struct xe_frame *frame;

    set_up(red);
    copy(0xFF302010); /* the picture is of nothing yet, but cleared behind it */
    put_vertices(square, 4);
    draw(6, 4);
    copy(0);
    frame = show();
    cr_assert(frame && frame->width == SIDE && frame->height == SIDE && frame->time == 7);
    expect(frame, 8, 8, 0xFF0000FF);
    expect(frame, 39, 39, 0xFF0000FF);
    expect(frame, 40, 39, 0x102030FF);
    expect(frame, 7, 8, 0x102030FF);
}

/* Four texels, big-endian ARGB as titles store them, by points. */
Test(render, textures)
{
    static const uint32_t texel[4] = {0xFFFF0000, 0xFF00FF00, 0xFF0000FF, 0xFFFFFFFF};
    const struct xe_frame *frame;

    set_up(textured);
    for (uint32_t i = 0; i < 4; i++)
        xe_store_be32(at(TEXTURE) + i % 2 * 4 + i / 2 * 128, texel[i]);
    put_vertices(square, 4);
    b.reg[0x4800] = 2 | 2 << 10 | 2 << 13 | 1 << 22;
    b.reg[0x4801] = TEXTURE | 2 << 6 | XE_GPU_TEXTURE_8_8_8_8;
    b.reg[0x4802] = 1 | 1 << 13;
    b.reg[0x4803] = (2 | 1 << 3 | 0 << 6 | 3 << 9) << 1; /* blue lies lowest */
    b.reg[0x4804] = 0;
    b.reg[0x4805] = 1 << 9;
    draw(6, 4);
    copy(0);
    frame = show();
    expect(frame, 9, 9, 0xFF0000FF);
    expect(frame, 39, 9, 0x00FF00FF);
    expect(frame, 9, 39, 0x0000FFFF);
    expect(frame, 39, 39, 0xFFFFFFFF);
}

Test(render, indices_from_memory_begin_strips_anew)
{
    static const uint16_t index[7] = {0, 1, 2, 0xFFFF, 1, 3, 2};
    const struct xe_frame *frame;
    struct xe_gpu_draw it;

    set_up(red);
    put_vertices(square, 4);
    for (uint32_t i = 0; i < 7; i++)
        xe_store_be16(at(VERTICES) + 0x200 + 2 * i, index[i]);
    b.reg[0x21FA] = VERTICES + 0x200;
    b.reg[0x21FB] = 7 | 1u << 30;
    b.reg[0x2103] = 0xFFFF;
    b.reg[0x2205] = 1 << 21;
    it = (struct xe_gpu_draw){.reg = b.reg,
                              .initiator = 6 | 7 << 16,
                              .vertex = {b.vertex.words, b.vertex.count, 1},
                              .pixel = {b.pixel.words, b.pixel.count, 2}};
    b.renderer.draw(b.renderer.ctx, &it);
    copy(0);
    frame = show();
    expect(frame, 9, 9, 0xFF0000FF);
    expect(frame, 38, 38, 0xFF0000FF);
    expect(frame, 41, 20, 0x000000FF);
}

/* ---- beside guest memory -------------------------------------------------------------------- */

Test(render, guest_memory_stays_as_it_is)
{
    const struct xe_frame *frame;

    set_up(red);
    put_vertices(square, 4);
    memset(at(FRONT), 0x5A, 0x1000);
    draw(6, 4);
    copy(0);
    for (uint32_t i = 0; i < 0x1000; i++)
        cr_assert_eq(at(FRONT)[i], 0x5A);
    frame = show();
    expect(frame, 9, 9, 0xFF0000FF);
}

Test(render, what_a_title_writes_later_is_what_is_shown)
{
    const struct xe_frame *frame;

    set_up(red);
    put_vertices(square, 4);
    draw(6, 4);
    copy(0);
    show();
    memset(at(FRONT), 0x80, 0x1000);
    frame = show();
    expect(frame, 9, 9, 0x808080FF);
}

/* ---- what makes no sense -------------------------------------------------------------------- */

Test(render, no_shader_no_picture_no_memory)
{
    const struct xe_gpu_draw none = {.reg = b.reg, .initiator = 6 | 4 << 16};
    const struct xe_gpu_swap nothing = {.width = 64, .height = 64};

    set_up(red);
    b.renderer.draw(b.renderer.ctx, &none);
    b.reg[0x2319] = 0x1FFFF000;
    b.reg[0x4800] = 0x1FFFFFFC | 3;
    b.renderer.copy(b.renderer.ctx, b.reg);
    b.renderer.swap(b.renderer.ctx, &nothing, 1, 0);
    cr_expect(!xe_render_frame(&b.renderer) || xe_render_frame(&b.renderer)->width == 1);
}

/* Every register is anything: it ends, and nothing is touched that isn't its own. */
Test(render, any_registers)
{
    uint64_t seed = 1;

    set_up(textured);
    put_vertices(square, 4);
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t kept[0x5003];

        memcpy(kept, b.reg, sizeof(kept));
        for (uint32_t i = 0; i < 40; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            b.reg[0x2000 + (seed >> 33) % 0x390] = (uint32_t)(seed >> 20);
        }
        b.reg[0x2082] = b.reg[0x200F] = 32 | 32 << 16; /* small, for the time it takes */
        b.reg[0x2208] = 4;
        draw(round % 16, 6);
        b.reg[0x4801] = 2;
        b.renderer.copy(b.renderer.ctx, b.reg);
        show();
        memcpy(b.reg, kept, sizeof(kept));
    }
}
