/* Memory exports of vertices and pixels: to pages beside guest memory, from where the next draw
 * reads. */
#include <string.h>

#include "render_bench.h"

#define POINTS 1
#define STRIP  6

static struct render_bench b;

static void setup(void)
{
    render_bench_init(&b);
}

static void teardown(void)
{
    render_bench_fini(&b);
}

TestSuite(render_export, .init = setup, .fini = teardown);

/* c8 is a stream: base, 2^23 as an index, endian with format and kind, how many. c9 is what makes
 * an index of r0.x. */
static void put_stream(uint32_t base, uint32_t endian, uint32_t format, uint32_t kind,
                       uint32_t count)
{
    uint32_t *c = &b.reg[0x4000 + 4 * 8];

    c[0] = 1u << 30 | base >> 2;
    c[1] = 0x4B000000;
    c[2] = 0x4B000000 | endian | format << 8 | kind << 16;
    c[3] = 0x4B000000 | count;
    c[5] = xe_bits_of_float(1);
}

static const char exporting[] = "alloc memory\nexec\nmad eA, r0.xxxx, c9, c8\nmov eM0, c10\n"
                                "alloc position\nexec_end\nmov oPos, c11";

static void put_constant(uint32_t number, float x, float y, float z, float w)
{
    const float value[4] = {x, y, z, w};

    for (uint32_t i = 0; i < 4; i++)
        b.reg[0x4000 + 4 * number + i] = xe_bits_of_float(value[i]);
}

/* Of 80 points, all but four are behind the stream's end. It lies where the front buffer does, so
 * the picture shows what was written. */
Test(render_export, vertices_write_elements)
{
    const struct xe_frame *frame;

    render_set_up(&b, RENDER_RED);
    render_assemble(exporting, &b.vertex);
    put_stream(FRONT, 2, XE_GPU_TEXTURE_8_8_8_8, 0, 4);
    put_constant(10, 0.2f, 0.4f, 0.6f, 0.8f); /* 33 66 99 cc */
    render_draw(&b, POINTS, 80);
    cr_expect_eq(b.limits, 0);
    cr_expect_eq(render_at(&b, FRONT)[0], 0, "the guest's own memory is as it was");
    frame = render_show(&b);
    for (uint32_t x = 0; x < 4; x++)
        RENDER_EXPECT(frame, x, 0, 0x336699FF);
    RENDER_EXPECT(frame, 4, 0, 0x000000FF);
    RENDER_EXPECT(frame, 0, 1, 0x000000FF);
}

/* There is no pixel's shader: nothing is drawn, but vertices run. */
Test(render_export, without_pixels)
{
    render_set_up(&b, RENDER_RED);
    render_assemble(exporting, &b.vertex);
    memset(&b.pixel, 0, sizeof(b.pixel));
    put_stream(FRONT, 2, XE_GPU_TEXTURE_8_8_8_8, 0, 4);
    put_constant(10, 1, 1, 1, 1);
    render_draw(&b, POINTS, 1);
    RENDER_EXPECT(render_show(&b), 0, 0, 0xFFFFFFFF);
}

/* Each pixel of the square writes: of those that are killed, none. */
Test(render_export, pixels_write_but_for_those_that_are_killed)
{
    const struct xe_frame *frame;

    render_set_up(&b, ".pixel\nexec\nkill_gt r1._, r0.x, c12.x\nalloc memory\nexec\n"
                      "mad eA, c13.xxxx, c9, c8\nmov eM0, c10\nalloc colors\nexec_end\n"
                      "mov oC0, c10");
    put_stream(FRONT, 2, XE_GPU_TEXTURE_8_8_8_8, 0, 8);
    memcpy(&b.reg[0x4400], &b.reg[0x4000], 4 * 4 * 16);
    for (uint32_t i = 0; i < 4; i++)
        b.reg[0x4400 + 4 * 10 + i] = xe_bits_of_float(1);
    b.reg[0x4400 + 4 * 12] = xe_bits_of_float(-1); /* all are killed */
    render_put_vertices(&b, render_square, 4);
    render_draw(&b, STRIP, 4);
    RENDER_EXPECT(render_show(&b), 0, 0, 0x000000FF);
    b.reg[0x4400 + 4 * 12] = xe_bits_of_float(2); /* none is */
    b.reg[0x4400 + 4 * 13] = xe_bits_of_float(3);
    render_draw(&b, STRIP, 4);
    frame = render_show(&b);
    RENDER_EXPECT(frame, 2, 0, 0x000000FF);
    RENDER_EXPECT(frame, 3, 0, 0xFFFFFFFF);
}

/* Exported vertices are those of the next draw. */
Test(render_export, what_is_written_is_fetched_next)
{
    const struct xe_frame *frame;

    render_set_up(&b, RENDER_RED);
    b.reg[0x4800 + 2 * 95] = TEXTURE | 3;
    b.reg[0x4801 + 2 * 95] = 2 | 16 << 2;
    for (uint32_t i = 0; i < 4; i++) {
        struct xe_ucode_program drawing = b.vertex;

        render_assemble(exporting, &b.vertex);
        put_stream(TEXTURE + 16 * i, 2, XE_GPU_TEXTURE_32_32_32_32_FLOAT, 7, 1);
        put_constant(10, render_square[i][0], render_square[i][1], 0, 0);
        render_draw(&b, POINTS, 1);
        b.vertex = drawing;
    }
    render_draw(&b, STRIP, 4);
    b.reg[0x4800] = 0;
    render_copy(&b, 0);
    frame = render_show(&b);
    RENDER_EXPECT(frame, 9, 9, 0xFF0000FF);
    RENDER_EXPECT(frame, 41, 9, 0x000000FF);
}

/* Outside of memory, in the middle of nothing, in formats that can't be: nothing happens. */
Test(render_export, nowhere)
{
    render_set_up(&b, RENDER_RED);
    render_assemble(exporting, &b.vertex);
    put_stream(0x1FFFFFF8, 5, XE_GPU_TEXTURE_32_32_32_32_FLOAT, 7, 0x7FFFFF);
    render_draw(&b, POINTS, 5);
    put_stream(0x00800000, 7, XE_GPU_TEXTURE_8, 3, 0x7FFFFF);
    render_draw(&b, POINTS, 5);
    put_stream(FRONT + 0xFFC, 4, XE_GPU_TEXTURE_32_32_32_32_FLOAT, 7, 0x7FFFFF);
    render_draw(&b, POINTS, 5);
    put_stream(FRONT, 1, XE_GPU_TEXTURE_DXT1, 7, 8);
    render_draw(&b, POINTS, 5);
    cr_expect_eq(b.limits, 0);
    RENDER_EXPECT(render_show(&b), 0, 0, 0x000000FF);
}
