/* What a renderer may take of the host: each limit by its name, and that drawing goes on behind
 * it. */
#include <string.h>

#include "render_bench.h"

#define TRIANGLES 4
#define STRIP     6

static struct render_bench b;

static void setup(void)
{
    render_bench_init(&b);
}

static void teardown(void)
{
    render_bench_fini(&b);
}

TestSuite(render_limits, .init = setup, .fini = teardown);

static void expect_only(enum xe_gpu_limit limit)
{
    cr_expect_eq(b.limits, 1u << limit, "limits %x", b.limits);
}

/* A square is drawn yet. */
static void expect_alive(void)
{
    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, render_square, 4);
    b.now += 10000000;
    render_draw(&b, STRIP, 4);
    cr_expect_eq(b.limits, 0);
    render_copy(&b, 0);
    RENDER_EXPECT(render_show(&b), 9, 9, 0xFF0000FF);
}

Test(render_limits, what_is_small_meets_none)
{
    expect_alive();
    cr_expect_eq(b.limits, 0);
}

/* A jump to itself. */
Test(render_limits, an_endless_shader_is_one_pixels_loss)
{
    render_set_up(
        &b,
        ".pixel\nexec\nagain: exec\ncond_jmp always, again\nalloc colors\nexec_end\nmov oC0.1001, r0");
    render_put_vertices(&b, render_square, 4);
    b.reg[0x200F] = 10 | 10 << 16; /* of a few pixels */
    render_draw(&b, STRIP, 4);
    expect_only(XE_GPU_LIMIT_SHADER);
    expect_alive();
}

Test(render_limits, endless_shaders_of_a_large_draw_end_it)
{
    static const float large[4][4] = {{0, 0}, {4096, 0}, {0, 4096}, {4096, 4096}};

    render_set_up(
        &b,
        ".pixel\nexec\nagain: exec\ncond_jmp always, again\nalloc colors\nexec_end\nmov oC0.1001, r0");
    render_put_vertices(&b, large, 4);
    b.reg[0x2000] = 4096;
    b.reg[0x200F] = b.reg[0x2082] = 4096 | 4096 << 16;
    render_draw(&b, STRIP, 4);
    cr_expect(b.limits & 1u << XE_GPU_LIMIT_STEPS, "limits %x", b.limits);
    cr_expect_gt(b.works, 1000, "it breathes");
    expect_alive();
}

/* Nothing is there to test or write, so a square of four pixels costs little. */
Test(render_limits, a_draw_covers_so_much)
{
    static const float large[6][4] = {{0, 0},    {8192, 0}, {0, 8192},
                                      {8192, 0}, {0, 8192}, {8192, 8192}};

    render_set_up(&b, RENDER_RED);
    render_put_vertices(&b, large, 6);
    for (uint32_t i = 0; i < 16; i++)
        memcpy(render_at(&b, VERTICES) + 96 * i, render_at(&b, VERTICES), 96);
    b.reg[0x4801 + 2 * 95] = 2 | 24 * 16 << 2;
    b.reg[0x2000] = 8191;
    b.reg[0x200F] = b.reg[0x2082] = 8191 | 8191 << 16;
    b.reg[0x2208] = 5;
    b.reg[0x2312] = 0;
    render_draw(&b, TRIANGLES, 6 * 16);
    cr_expect(b.limits, "limits %x", b.limits);
    expect_alive();
}

/* Again and again: there is so much at once, and more as virtual time passes. */
Test(render_limits, work_is_by_virtual_time)
{
    static const float corner[3][2] = {{0, 0}, {8192, 0}, {8192, 8192}};
    uint32_t n = 0;

    render_set_up(&b, RENDER_RED);
    for (uint32_t i = 0; i < 6; i++)
        xe_store_be32(render_at(&b, VERTICES) + 4 * i, xe_bits_of_float(corner[i / 2][i % 2]));
    b.reg[0x4800] = VERTICES | 3;
    b.reg[0x4801] = 2 | 6 << 2;
    b.reg[0x2000] = 8191;
    b.reg[0x200F] = b.reg[0x2082] = 8191 | 8191 << 16;
    b.reg[0x2318] = 3 << 20; /* nothing is copied or cleared: it is paid for */
    do
        b.limits = b.renderer.copy(b.renderer.ctx, b.reg, b.now);
    while (!b.limits && ++n < 1000);
    expect_only(XE_GPU_LIMIT_WORK);
    cr_expect_gt(n, 0);
    render_draw(&b, STRIP, 4);
    expect_only(XE_GPU_LIMIT_WORK);
    expect_alive();
}

/* Of a title that leaves memory full of resolves: of each page, some pixels. */
Test(render_limits, resolves_go_to_so_many_pages)
{
    cr_assert(xe_mem_alloc(b.mem, XE_MEM_HEAP_PHYSICAL, 0x1000000, 0x10000000, 0, XE_PAGE_READWRITE,
                           true, false));
    render_set_up(&b, RENDER_RED);
    render_copy(&b, 0);
    b.reg[0x2000] = 8191;
    b.reg[0x231A] = 8160 | 8160 << 16;
    b.reg[0x2319] = 0x1000000;
    for (uint32_t i = 0; i < 200 && !b.limits; i++) {
        const float corner[3][2] = {
            {32.0f * (float)i, 0}, {32.0f * (float)i + 8, 0}, {32.0f * (float)i + 8, 8160}};

        for (uint32_t k = 0; k < 6; k++)
            xe_store_be32(render_at(&b, VERTICES) + 0x100 + 4 * k,
                          xe_bits_of_float(corner[k / 2][k % 2]));
        b.reg[0x200F] = b.reg[0x2082] = 8191 | 8160 << 16;
        b.now += 1000000;
        b.limits = b.renderer.copy(b.renderer.ctx, b.reg, b.now);
    }
    expect_only(XE_GPU_LIMIT_PAGES);
}
