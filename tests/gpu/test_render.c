/* The reference renderer as the chip calls it: draws, copies and pictures, with registers and
 * memory of the test's own. Colours are chosen so that what comes out can be worked out by hand. */
#include <string.h>

#include "render_bench.h"

static struct render_bench b;

static void setup(void)
{
    render_bench_init(&b);
}

static void teardown(void)
{
    render_bench_fini(&b);
}

TestSuite(render, .init = setup, .fini = teardown);

/* ---- pictures ------------------------------------------------------------------------------- */

Test(render, nothing_before_the_first)
{
    cr_expect_null(xe_render_frame(&b.renderer));
}

Test(render, a_square_and_what_is_around_it)
{
    const struct xe_frame *frame;

    render_set_up(&b, RENDER_RED);
    render_copy(&b, 0xFF302010); /* the picture is of nothing yet, but cleared behind it */
    render_put_vertices(&b, render_square, 4);
    render_draw(&b, 6, 4);
    render_copy(&b, 0);
    frame = render_show(&b);
    cr_assert(frame && frame->width == SIDE && frame->height == SIDE && frame->number == 1);
    RENDER_EXPECT(frame, 8, 8, 0xFF0000FF);
    RENDER_EXPECT(frame, 39, 39, 0xFF0000FF);
    RENDER_EXPECT(frame, 40, 39, 0x102030FF);
    RENDER_EXPECT(frame, 7, 8, 0x102030FF);
}

/* Four texels, big-endian ARGB as titles store them, by points. */
Test(render, textures)
{
    static const uint32_t texel[4] = {0xFFFF0000, 0xFF00FF00, 0xFF0000FF, 0xFFFFFFFF};
    const struct xe_frame *frame;

    render_set_up(&b, RENDER_TEXTURED);
    for (uint32_t i = 0; i < 4; i++)
        xe_store_be32(render_at(&b, TEXTURE) + i % 2 * 4 + i / 2 * 128, texel[i]);
    render_put_vertices(&b, render_square, 4);
    b.reg[0x4800] = 2 | 2 << 10 | 2 << 13 | 1 << 22;
    b.reg[0x4801] = TEXTURE | 2 << 6 | XE_GPU_TEXTURE_8_8_8_8;
    b.reg[0x4802] = 1 | 1 << 13;
    b.reg[0x4803] = (2 | 1 << 3 | 0 << 6 | 3 << 9) << 1; /* blue lies lowest */
    b.reg[0x4804] = 0;
    b.reg[0x4805] = 1 << 9;
    render_draw(&b, 6, 4);
    render_copy(&b, 0);
    frame = render_show(&b);
    RENDER_EXPECT(frame, 9, 9, 0xFF0000FF);
    RENDER_EXPECT(frame, 39, 9, 0x00FF00FF);
    RENDER_EXPECT(frame, 9, 39, 0x0000FFFF);
    RENDER_EXPECT(frame, 39, 39, 0xFFFFFFFF);
}

Test(render, indices_from_memory_begin_strips_anew)
{
    static const uint16_t index[7] = {0, 1, 2, 0xFFFF, 1, 3, 2};
    const struct xe_frame *frame;
    struct xe_gpu_draw it;

    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    for (uint32_t i = 0; i < 7; i++)
        xe_store_be16(render_at(&b, VERTICES) + 0x200 + 2 * i, index[i]);
    b.reg[0x21FA] = VERTICES + 0x200;
    b.reg[0x21FB] = 7 | 1u << 30;
    b.reg[0x2103] = 0xFFFF;
    b.reg[0x2205] = 1 << 21;
    it = (struct xe_gpu_draw){.reg = b.reg,
                              .initiator = 6 | 7 << 16,
                              .vertex = {b.vertex.words, b.vertex.count, 1},
                              .pixel = {b.pixel.words, b.pixel.count, 2}};
    b.renderer.draw(b.renderer.ctx, &it);
    render_copy(&b, 0);
    frame = render_show(&b);
    RENDER_EXPECT(frame, 9, 9, 0xFF0000FF);
    RENDER_EXPECT(frame, 38, 38, 0xFF0000FF);
    RENDER_EXPECT(frame, 41, 20, 0x000000FF);
}

/* Pixels of a point at 32, 32, whose vertex says a size; registers say 2, and 4 to 16. */
static uint32_t point_of(uint32_t mode, uint32_t bits)
{
    const struct xe_frame *frame;
    uint32_t n = 0;

    render_set_up(&b, RENDER_RED);
    render_assemble("alloc position\nexec\nmov oPos.xy01, c0\nmov oPts.x___, c1\nalloc "
                    "interpolators\nexec_end\nmov o0, r0",
                    &b.vertex);
    b.reg[0x4000] = b.reg[0x4001] = xe_bits_of_float(32);
    b.reg[0x4004] = bits;
    b.reg[0x2180] |= mode << 24;
    b.reg[0x2280] = 8 | 8 << 16;           /* half a point, in sixteenths */
    b.reg[0x2281] = 16 * 2 | 16 * 8 << 16; /* radiuses */
    render_draw(&b, 1, 1);
    render_copy(&b, 0);
    frame = render_show(&b);
    for (uint32_t i = 0; i < SIDE * SIDE; i++)
        n += render_pixel(frame, i % SIDE, i / SIDE) == 0xFF0000FF;
    b.reg[0x2180] = 0;
    return n;
}

Test(render, sizes_of_points)
{
    cr_expect_eq(point_of(2, xe_bits_of_float(6)), 36);
    cr_expect_eq(point_of(5, xe_bits_of_float(6)), 36);
    cr_expect_eq(point_of(0, xe_bits_of_float(6)), 1, "the register's, in other modes");
    cr_expect_eq(point_of(2, xe_bits_of_float(100)), 16 * 16);
    cr_expect_eq(point_of(2, xe_bits_of_float(1)), 4 * 4);
    cr_expect_eq(point_of(2, xe_bits_of_float(-6)), 4 * 4, "a sign is least");
    cr_expect_eq(point_of(2, 0x7FC00000), 16 * 16, "no number is most");
    cr_expect_eq(point_of(2, 0xFFC00000), 4 * 4);
}

/* Hashes are a title's to choose: those of a draw's two shaders may be next to each other. */
Test(render, shaders_of_a_draw_are_both_there)
{
    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    for (uint64_t by = 0; by < 3; by++) {
        const struct xe_gpu_draw it = {
            .reg = b.reg,
            .initiator = 6 | 2 << 6 | 4 << 16,
            .vertex = {b.vertex.words, b.vertex.count, 100},
            .pixel = {b.pixel.words, b.pixel.count, 99 + by},
        };

        cr_expect_eq(b.renderer.draw(b.renderer.ctx, &it), 0);
        render_copy(&b, 0);
        RENDER_EXPECT(render_show(&b), 9, 9, 0xFF0000FF);
        render_put_vertices(&b, render_square, 4);
    }
}

/* ---- beside guest memory -------------------------------------------------------------------- */

Test(render, guest_memory_stays_as_it_is)
{
    const struct xe_frame *frame;

    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    memset(render_at(&b, FRONT), 0x5A, 0x1000);
    render_draw(&b, 6, 4);
    render_copy(&b, 0);
    for (uint32_t i = 0; i < 0x1000; i++)
        cr_assert_eq(render_at(&b, FRONT)[i], 0x5A);
    frame = render_show(&b);
    RENDER_EXPECT(frame, 9, 9, 0xFF0000FF);
}

Test(render, what_a_title_writes_later_is_what_is_shown)
{
    const struct xe_frame *frame;

    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    render_draw(&b, 6, 4);
    render_copy(&b, 0);
    render_show(&b);
    memset(render_at(&b, FRONT), 0x80, 0x1000);
    frame = render_show(&b);
    RENDER_EXPECT(frame, 9, 9, 0x808080FF);
}

/* ---- what makes no sense -------------------------------------------------------------------- */

Test(render, no_shader_no_picture_no_memory)
{
    const struct xe_gpu_draw none = {.reg = b.reg, .initiator = 6 | 4 << 16};
    const struct xe_gpu_swap nothing = {.width = 64, .height = 64};

    render_set_up(&b, RENDER_RED);
    b.renderer.draw(b.renderer.ctx, &none);
    b.reg[0x2319] = 0x1FFFF000;
    b.reg[0x4800] = 0x1FFFFFFC | 3;
    b.renderer.copy(b.renderer.ctx, b.reg, 0);
    b.renderer.swap(b.renderer.ctx, &nothing, 1, 0);
    cr_expect(!xe_render_frame(&b.renderer) || xe_render_frame(&b.renderer)->width == 1);
}

/* Every register is anything: it ends, and nothing is touched that isn't its own. */
Test(render, any_registers)
{
    uint64_t seed = 1;

    render_set_up(&b, RENDER_TEXTURED);
    render_put_vertices(&b, render_square, 4);
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t kept[0x5003];

        memcpy(kept, b.reg, sizeof(kept));
        for (uint32_t i = 0; i < 40; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            b.reg[0x2000 + (seed >> 33) % 0x390] = (uint32_t)(seed >> 20);
        }
        b.reg[0x2082] = b.reg[0x200F] = 32 | 32 << 16; /* small, for the time it takes */
        b.reg[0x2208] = 4;
        render_draw(&b, round % 16, 6);
        b.reg[0x4801] = 2;
        b.renderer.copy(b.renderer.ctx, b.reg, 0);
        render_show(&b);
        memcpy(b.reg, kept, sizeof(kept));
    }
}
