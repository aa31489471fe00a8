/* Patches that are divided: what comes of them covers what they cover, and each vertex's program
 * gets where in its patch it is, and whose corners those are. */
#include <string.h>

#include "render_bench.h"

#define TRIANGLES        4
#define QUADS            13
#define TRIANGLE_PATCHES 0x11
#define QUAD_PATCHES     0x12
#define EXPLICIT         (1 << 8)

static struct render_bench b;

static void setup(void)
{
    render_bench_init(&b);
}

static void teardown(void)
{
    render_bench_fini(&b);
}

TestSuite(render_patch, .init = setup, .fini = teardown);

#define CORNER(to, number)                                                                         \
    "vfetch " to ".xy__, " number ", vf95 {stride=4, format=FMT_32_32_FLOAT}\n"
#define ENDS "alloc position\nexec\nmov oPos.xy01, r6\nalloc interpolators\nexec_end\n"

/* Three corners, by their parts: the first one's is z. Pixels get the parts as red, green, blue. */
static const char of_triangles[] = "exec\n" CORNER("r3", "r1.x") CORNER("r4", "r1.y") CORNER(
    "r5", "r1.z") "serialize mul r6, r3, r0.z\nmad r6, r4, r0.y, r6\nmad r6, r5, r0.x, r6\n" ENDS
                  "mov o0.xyz1, r0.zyxx";
/* The first corner and the one across, by u and v. */
static const char of_quads[] = "exec\n" CORNER("r3", "r0.z")
    CORNER("r5", "r1.y") "serialize add r4, r5, -r3\nmad r6, r4, r0.xyyy, r3\n" ENDS
                         "mov o0.xy01, r0";
/* u and v lie behind the patch's number, by which it goes to the right. c0: size, first place. */
static const char of_quad_patches[] =
    "exec\nmad r6, r0.yzzz, c0.xxxx, c0.yyyy\nmad r6.x___, r0.x, c0.x, r6.x\n" ENDS
    "mov o0.xy01, r0.yzzz";

#define INTERPOLATED ".pixel\nalloc colors\nexec_end\nmov oC0, r0"

static const struct xe_frame *drawn(const char *program, uint32_t primitive, uint32_t n,
                                    float parts_but_one)
{
    const float constant[4] = {16, 8, 0, 0};

    render_set_up(&b, INTERPOLATED);
    render_assemble(program, &b.vertex);
    for (uint32_t i = 0; i < 4; i++)
        b.reg[0x4000 + i] = xe_bits_of_float(constant[i]);
    b.reg[0x2284] = 1;
    b.reg[0x2286] = xe_bits_of_float(parts_but_one);
    render_draw(&b, primitive | EXPLICIT, n);
    render_copy(&b, 0);
    return render_show(&b);
}

static uint32_t covered(const struct xe_frame *frame)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < frame->width * frame->height; i++)
        n += xe_load_be32(frame->pixels + 4 * i) != 0x000000FF;
    return n;
}

static void expect_near(const struct xe_frame *frame, uint32_t x, uint32_t y, uint32_t want)
{
    for (uint32_t i = 0; i < 3; i++) {
        int is = frame->pixels[4 * (y * frame->width + x) + i];
        int must = (int)(want >> (16 - 8 * i) & 0xFF);

        cr_expect(is - must <= 2 && must - is <= 2, "%u, %u: %08x", x, y,
                  render_pixel(frame, x, y));
    }
}

/* Two patches of three corners each; where pixels are, their parts are 32nds and a half. */
Test(render_patch, triangles_by_their_corners)
{
    static const float corner[6][4] = {{8, 8}, {40, 8}, {8, 40}, {40, 40}, {8, 40}, {40, 8}};

    render_put_vertices(&b, corner, 6);
    for (uint32_t level = 1; level <= 18; level++) {
        const struct xe_frame *frame = drawn(of_triangles, TRIANGLES, 6, (float)level - 1);

        cr_expect_eq(covered(frame), 32 * 32, "%u parts: %u", level, covered(frame));
        expect_near(frame, 9, 9, 0xE70C0C);
        expect_near(frame, 37, 9, 0x08EB0C);
        expect_near(frame, 38, 38, 0xE70C0C);
        expect_near(frame, 9, 37, 0x080CEB);
    }
}

Test(render_patch, quads_by_their_corners)
{
    static const float corner[4][4] = {{8, 8}, {40, 8}, {40, 40}, {8, 40}};

    render_put_vertices(&b, corner, 4);
    for (uint32_t level = 1; level <= 5; level++) {
        const struct xe_frame *frame = drawn(of_quads, QUADS, 4, (float)level - 1);

        cr_expect_eq(covered(frame), 32 * 32, "%u parts: %u", level, covered(frame));
        expect_near(frame, 9, 9, 0x0C0C00);
        expect_near(frame, 37, 9, 0xEB0C00);
        expect_near(frame, 9, 37, 0x0CEB00);
    }
}

/* Two, by number: the second to the right of the first. */
Test(render_patch, patches_by_their_number)
{
    const struct xe_frame *frame = drawn(of_quad_patches, QUAD_PATCHES, 2, 2.5f);

    cr_expect_eq(covered(frame), 2 * 16 * 16, "%u", covered(frame));
    expect_near(frame, 8, 8, 0x080800);
    expect_near(frame, 23, 8, 0xF70800);
    expect_near(frame, 24, 23, 0x08F700);
    cr_expect_eq(covered(drawn(of_triangles, TRIANGLE_PATCHES, 0, 1)), 0, "none");
}

/* A level that is no number, or beyond all: one part, or as many as there may be. */
Test(render_patch, levels_that_make_no_sense)
{
    cr_expect_eq(covered(drawn(of_quad_patches, QUAD_PATCHES, 1, -7)), 256);
    cr_expect_eq(covered(drawn(of_quad_patches, QUAD_PATCHES, 1, 1e30f)), 256);
    cr_expect_eq(covered(drawn(of_quad_patches, QUAD_PATCHES, 1, xe_float_of_bits(0x7FC00000))),
                 256);
}
