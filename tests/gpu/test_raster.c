/* The rasterizer: which samples are covered, what is between corners, what tests and blending
 * leave. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "raster_bench.h"
#include "xe/gpu.h"

/* ---- coverage ------------------------------------------------------------------------------- */

Test(raster, pixels_whose_middles_are_inside)
{
    struct xe_raster raster = bench();

    box(&raster, 10, 20, 14, 23, 0);
    cr_expect_eq(count(&raster, 1), 12);
    cr_expect(red_at(&raster, 10, 20) == 1 && red_at(&raster, 13, 22) == 1);
    cr_expect_eq(raster.counts.passed, 12);
}

Test(raster, left_and_top_edges_belong_to_it)
{
    struct xe_raster raster = bench();

    box(&raster, 10.5f, 20.5f, 12.5f, 22.5f, 0);
    cr_expect_eq(count(&raster, 1), 4);
    cr_expect_eq(red_at(&raster, 10, 20), 1);
    cr_expect_eq(red_at(&raster, 12, 22), 0);
}

Test(raster, middles_at_whole_numbers)
{
    struct xe_raster raster = bench();

    raster.state.middle = 0.5f;
    box(&raster, 10, 20, 12, 22, 0);
    cr_expect_eq(red_at(&raster, 10, 20), 1);
    cr_expect_eq(red_at(&raster, 12, 20), 0);
}

/* A fan around a point, with corners anywhere on a square's sides: each sample of the square once.
 */
Test(raster, what_triangles_share_is_drawn_once)
{
    srand(1);
    for (uint32_t round = 0; round < 200; round++) {
        struct xe_raster raster = bench();
        struct place fan[10];
        float side[8];

        for (uint32_t i = 0; i < 8; i++)
            side[i] = (float)(rand() % (SIDE * 16)) / 16;
        fan[0] = (struct place){(float)(rand() % (SIDE * 16)) / 16,
                                (float)(rand() % (SIDE * 16)) / 16, 0, 0, 1};
        for (uint32_t i = 0; i < 4; i++) {
            float low = side[2 * i];

            fan[1 + 2 * i] =
                (struct place){i == 1 || i == 2 ? SIDE : 0, i >= 2 ? SIDE : 0, 0, 0, 1};
            fan[2 + 2 * i] = (struct place){i == 0   ? low
                                            : i == 1 ? SIDE
                                            : i == 2 ? low
                                                     : 0,
                                            i == 0   ? 0
                                            : i == 1 ? low
                                            : i == 2 ? SIDE
                                                     : low,
                                            0, 0, 1};
        }
        fan[9] = fan[1];
        draw(&raster, XE_RASTER_FAN, fan, 10);
        cr_assert_eq(raster.counts.passed, SIDE * SIDE, "round %u: %llu", round,
                     (unsigned long long)raster.counts.passed);
    }
}

Test(raster, samples_of_a_pixel)
{
    struct xe_raster raster = bench();

    raster.state.samples = XE_GPU_4X;
    raster.state.colour[0] =
        xe_gpu_surface_colour(80 | XE_GPU_4X << 16, XE_GPU_COLOUR_32_FLOAT << 16);
    box(&raster, 0.5f, 0, 2, 1, 0); /* the right half of a pixel, and a whole one */
    cr_expect_eq(raster.counts.passed, 2 + 4);
    raster.counts.passed = 0;
    raster.state.sample_mask = 0x0001;
    box(&raster, 0, 0, 2, 1, 0);
    cr_expect_eq(raster.counts.passed, 1, "the mask is of a quad");
}

Test(raster, scissors_and_facing)
{
    struct xe_raster raster = bench();

    raster.state.scissor = (struct xe_gpu_rect){4, 4, 7, 6};
    box(&raster, 0, 0, 64, 64, 0);
    cr_expect_eq(count(&raster, 1), 6);
    raster = bench();
    raster.state.culls[1] = true; /* backs: clockwise, as the bench draws */
    box(&raster, 0, 0, 8, 8, 0);
    cr_expect_eq(count(&raster, 1), 0);
    raster.state.front_is_clockwise = true;
    box(&raster, 0, 0, 8, 8, 0);
    cr_expect_eq(count(&raster, 1), 64);
}

/* ---- primitives ----------------------------------------------------------------------------- */

/* Corners of a square of 8. */
#define A                                                                                          \
    {                                                                                              \
        0, 0, 0, 0, 1                                                                              \
    }
#define B                                                                                          \
    {                                                                                              \
        8, 0, 0, 0, 1                                                                              \
    }
#define C                                                                                          \
    {                                                                                              \
        8, 8, 0, 0, 1                                                                              \
    }
#define D                                                                                          \
    {                                                                                              \
        0, 8, 0, 0, 1                                                                              \
    }
Test(raster, every_primitive)
{
    static const struct {
        uint32_t primitive, n, pixels;
        struct place place[6];
    } row[] = {
        {XE_RASTER_TRIANGLES, 6, 64, {A, B, C, A, C, D}},
        {XE_RASTER_TRIANGLES_W, 6, 64, {A, B, C, A, C, D}},
        {XE_RASTER_STRIP, 4, 64, {A, B, D, C}},
        {XE_RASTER_FAN, 4, 64, {A, B, C, D}},
        {XE_RASTER_POLYGON, 4, 64, {A, B, C, D}},
        {XE_RASTER_RECTANGLES, 3, 64, {A, B, C}},
        {XE_RASTER_RECTANGLES, 3, 64, {B, A, D}},
        {XE_RASTER_RECTANGLES, 3, 64, {C, A, D}},
        {XE_RASTER_QUADS, 4, 64, {A, B, C, D}},
        {XE_RASTER_QUAD_STRIP, 4, 64, {A, D, B, C}},
        {XE_RASTER_POINTS, 1, 0, {A}},
        {XE_RASTER_LINES, 2, 8, {{0, 0.5f, 0, 0, 1}, {8, 0.5f, 0, 0, 1}}},
        {XE_RASTER_LINE_STRIP, 2, 8, {{0.5f, 0, 0, 0, 1}, {0.5f, 8, 0, 0, 1}}},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct xe_raster raster = bench();

        draw(&raster, row[i].primitive, row[i].place, row[i].n);
        cr_expect(count(&raster, 1) == row[i].pixels && raster.counts.passed == row[i].pixels,
                  "row %zu: %u, %llu", i, count(&raster, 1),
                  (unsigned long long)raster.counts.passed);
    }
}

Test(raster, quads_go_on_in_a_strip)
{
    static const struct place place[6] = {{0, 0, 0, 0, 1}, {0, 8, 0, 0, 1},  {8, 0, 0, 0, 1},
                                          {8, 8, 0, 0, 1}, {20, 0, 0, 0, 1}, {20, 8, 0, 0, 1}};
    struct xe_raster raster = bench();

    draw(&raster, XE_RASTER_QUAD_STRIP, place, 6);
    cr_expect(count(&raster, 1) == 160 && raster.counts.passed == 160);
}

Test(raster, loops_are_closed)
{
    static const struct place place[3] = {
        {2, 2.5f, 0, 0, 1}, {10, 2.5f, 0, 0, 1}, {2.5f, 12, 0, 0, 1}};
    struct xe_raster open = bench(), closed;
    uint32_t without;

    draw(&open, XE_RASTER_LINE_STRIP, place, 3);
    without = count(&open, 1);
    closed = bench();
    draw(&closed, XE_RASTER_LINE_LOOP, place, 3);
    cr_expect_gt(count(&closed, 1), without + 5);
}

Test(raster, strips_begin_anew)
{
    static const struct place place[7] = {A, B, D, C, A, B, D};
    struct xe_raster raster = bench();
    struct list list = {place, 3};
    const struct xe_raster_vertices vertices = {&list, 7, vertex};

    cr_assert(xe_raster_draw(&raster, XE_RASTER_STRIP, &vertices));
    cr_expect_eq(raster.counts.passed, 2 * (64 - 8) / 2, "%llu",
                 (unsigned long long)raster.counts.passed);
}

Test(raster, points_have_sizes)
{
    static const struct place place[1] = {{20, 20, 0, 0, 1}};
    struct xe_raster raster = bench();

    raster.state.point[0] = 6;
    raster.state.point[1] = 2;
    draw(&raster, XE_RASTER_POINTS, place, 1);
    cr_expect_eq(count(&raster, 1), 12);
    cr_expect(red_at(&raster, 17, 19) == 1 && red_at(&raster, 22, 20) == 1);
}

Test(raster, no_such_primitive)
{
    struct xe_raster raster = bench();
    struct list list = {(const struct place[1]){A}, UINT32_MAX};
    const struct xe_raster_vertices vertices = {&list, 1, vertex};

    cr_expect_not(xe_raster_draw(&raster, 0x15, &vertices));
}

/* ---- between corners ------------------------------------------------------------------------ */

Test(raster, smooth_and_flat)
{
    static const struct place place[3] = {{0, 0, 0, 0, 0}, {64, 0, 0, 0, 64}, {0, 64, 0, 0, 0}};
    struct xe_raster raster = bench();

    draw(&raster, XE_RASTER_TRIANGLES, place, 3);
    cr_expect_eq(red_at(&raster, 10, 5), 10.5f);
    raster.state.smooth = 0;
    draw(&raster, XE_RASTER_TRIANGLES, place + 0, 3);
    cr_expect_eq(red_at(&raster, 10, 5), 0);
    raster.state.last_provokes = true;
    draw(&raster, XE_RASTER_TRIANGLES, (const struct place[3]){place[0], place[2], place[1]}, 3);
    cr_expect_eq(red_at(&raster, 10, 5), 64);
}

/* Twice as far away on the right: in the middle it is a third of the way. */
Test(raster, perspective)
{
    static const struct place place[4] = {
        {0, 0, 0, 1, 0}, {64, 0, 0, 2, 3}, {0, 64, 0, 1, 0}, {64, 64, 0, 2, 3}};
    struct xe_raster raster = bench();
    float left, right;

    draw(&raster, XE_RASTER_STRIP, place, 4);
    left = red_at(&raster, 31, 9);
    right = red_at(&raster, 32, 9);
    cr_expect(left < 1 && right > 1 && right - left < 0.05f, "%g %g", left, right);
    raster.state.perspective = false;
    draw(&raster, XE_RASTER_STRIP, place, 4);
    cr_expect_eq(red_at(&raster, 31, 9), 31.5f * 3 / 64);
}

Test(raster, clips_what_is_behind)
{
    static const struct place place[4] = {
        {-1, -1, 0, -1, 1}, {1, -1, 0, 1, 1}, {-1, 1, 0, -1, 1}, {1, 1, 0, 1, 1}};
    struct xe_raster raster = bench();

    raster.state.xy_divided = raster.state.z_divided = false;
    raster.state.clips = true;
    raster.state.scale[0] = raster.state.scale[1] = SIDE / 2;
    raster.state.offset[0] = raster.state.offset[1] = SIDE / 2;
    draw(&raster, XE_RASTER_STRIP, place, 4);
    cr_expect_eq(count(&raster, 0), SIDE * SIDE, "x is as w everywhere: only its right edge is");
    raster.state.offset[0] = 0;
    draw(&raster, XE_RASTER_STRIP, place, 4);
    for (uint32_t i = 0; i < SIDE; i++)
        cr_expect(red_at(&raster, 40, i) == 0);
}

Test(raster, planes_of_the_title)
{
    struct xe_raster raster = bench();

    raster.state.clips = true;
    raster.state.planes = 1;
    memcpy(raster.state.plane[0], (const float[4]){1, 0, 0, -4}, sizeof(raster.state.plane[0]));
    box(&raster, 0, 0, 8, 8, 0.5f);
    cr_expect_eq(count(&raster, 1), 32);
    cr_expect_eq(red_at(&raster, 3, 0), 0);
}

/* What is inside in part stays whole; what is outside of one of them goes. */
Test(raster, planes_that_cull_only)
{
    struct xe_raster raster = bench();

    raster.state.clips = raster.state.planes_cull = true;
    raster.state.planes = 1;
    memcpy(raster.state.plane[0], (const float[4]){1, 0, 0, -4}, sizeof(raster.state.plane[0]));
    box(&raster, 0, 0, 8, 8, 0.5f);
    cr_expect_eq(count(&raster, 1), 64);
    raster = bench();
    raster.state.clips = raster.state.planes_cull = true;
    raster.state.planes = 1;
    memcpy(raster.state.plane[0], (const float[4]){1, 0, 0, -9}, sizeof(raster.state.plane[0]));
    box(&raster, 0, 0, 8, 8, 0.5f);
    cr_expect_eq(count(&raster, 1), 0);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static uint32_t stored(const struct xe_raster *raster, uint32_t x, uint32_t y)
{
    return edram[xe_gpu_edram_at(&raster->state.depth, x, y, 0)];
}

Test(raster, nearer_ones_hide)
{
    struct xe_raster raster = bench();

    raster.state.z_test = raster.state.z_write = true;
    raster.state.z_func = 7;
    box(&raster, 0, 0, 16, 8, 1);
    raster.state.z_func = 1;
    box(&raster, 0, 0, 8, 8, 0.5f);
    cr_expect_eq(stored(&raster, 3, 3), 0x800000u << 8);
    raster.counts.passed = 0;
    box(&raster, 0, 0, 16, 8, 0.75f);
    cr_expect_eq(raster.counts.passed, 64, "but for where the first is");
    raster.state.offsets[0] = raster.state.offsets[1] = true;
    raster.state.offset_depth[0] = raster.state.offset_depth[1] = -0.5f;
    box(&raster, 0, 0, 8, 8, 0.75f);
    cr_expect_eq(stored(&raster, 3, 3), 0x400000u << 8);
}

Test(raster, depth_by_sample_and_slope)
{
    static const struct place place[3] = {{0, 0, 0, 0, 1}, {64, 0, 1, 0, 1}, {0, 64, 0, 0, 1}};
    struct xe_raster raster = bench();

    raster.state.z_test = raster.state.z_write = true;
    raster.state.z_func = 7;
    raster.state.depth.format = XE_GPU_D24FS8;
    draw(&raster, XE_RASTER_TRIANGLES, place, 3);
    cr_expect_eq(xe_gpu_depth_unpack(XE_GPU_D24FS8, stored(&raster, 31, 5) >> 8), 31.5f / 64);
}

/* Each operation on 250, by which of the three outcomes it is asked for. */
Test(raster, stencil)
{
    static const uint8_t want[8] = {250, 0, 7, 251, 249, 5, 251, 249};

    for (uint32_t op = 0; op < 8; op++)
        for (uint32_t outcome = 0; outcome < 3; outcome++) {
            struct xe_raster raster = bench();
            struct xe_raster_stencil *how = raster.state.stencil;

            edram[xe_gpu_edram_at(&raster.state.depth, 3, 3, 0)] = 250;
            raster.state.stencil_test = raster.state.z_test = true;
            raster.state.z_func = outcome == 1 ? 0 : 7;
            how[0] = (struct xe_raster_stencil){
                .func = outcome == 0 ? 0 : 7, .ref = 7, .mask = 255, .write_mask = 255};
            *(outcome == 0   ? &how[0].fail
              : outcome == 1 ? &how[0].zfail
                             : &how[0].zpass) = (uint8_t)op;
            how[1] = how[0];
            box(&raster, 3, 3, 4, 4, 0.5f);
            cr_expect_eq(stored(&raster, 3, 3) & 255, want[op], "%u, %u", op, outcome);
            cr_expect_eq(raster.counts.tested, 1);
            cr_expect_eq(raster.counts.stencil_failed, outcome == 0);
            cr_expect_eq(raster.counts.z_failed, outcome == 1);
            cr_expect_eq(raster.counts.passed, outcome == 2);
        }
}

/* A query whose pixels are killed: what passes is counted, and all is as before. */
Test(raster, queries_may_leave_nothing)
{
    static uint32_t reg[XE_GPU_REGISTERS];
    struct xe_raster raster = bench();
    struct xe_raster_state state;

    reg[0x2293] = 1 | 37 << 1 | 1 << 7;
    xe_raster_state_of(reg, &state);
    cr_expect(state.asks && state.query == 37 && state.leaves_nothing);

    raster.state.z_test = raster.state.z_write = true;
    raster.state.z_func = 7;
    raster.state.leaves_nothing = true;
    box(&raster, 3, 3, 4, 5, 0.5f);
    cr_expect_eq(raster.counts.passed, 2);
    cr_expect_eq(stored(&raster, 3, 3), 0);
    cr_expect_eq(count(&raster, 1), 0);
}

Test(raster, stencil_masks)
{
    struct xe_raster raster = bench();

    edram[xe_gpu_edram_at(&raster.state.depth, 3, 3, 0)] = 0xA5;
    raster.state.stencil_test = true;
    raster.state.stencil[0] = (struct xe_raster_stencil){
        .func = 2, .ref = 0x35, .mask = 0x0F, .write_mask = 0xF0, .zpass = 2};
    raster.state.stencil[1] = raster.state.stencil[0];
    box(&raster, 3, 3, 4, 4, 0.5f);
    cr_expect_eq(stored(&raster, 3, 3), 0x35);
}

/* ---- colours -------------------------------------------------------------------------------- */

static uint32_t blended(struct xe_raster *raster, uint32_t dest, const float colour[4])
{
    struct xe_raster_quad quad = {.covered = {1}, .written = 1, .is_front = true};

    edram[0] = dest;
    memcpy(quad.colour[0][0], colour, sizeof(quad.colour[0][0]));
    xe__raster_find_masks(raster);
    xe__raster_output(raster, &quad, &(struct xe__depths){0});
    return edram[0];
}

Test(raster, blending)
{
    static const float half_white[4] = {1, 1, 1, 0.5f}, colour[4] = {0.2f, 0.4f, 0.6f, 0.8f};
    static const struct {
        struct xe_raster_blend blend;
        const float *source;
        uint32_t dest, want;
    } row[] = {
        {{6, 0, 7, 1, 0, 0}, half_white, 0xFF000000, 0x80808080}, /* the usual */
        {{1, 0, 1, 1, 0, 1}, half_white, 0x40404040, 0xC0FFFFFF}, /* sum, held */
        {{1, 1, 1, 1, 1, 1}, colour, 0x10101010, 0xBC895623},     /* source - dest */
        {{1, 4, 1, 1, 4, 1}, colour, 0xFFFFFFFF, 0x336699CC},     /* dest - source */
        {{0, 2, 0, 0, 2, 0}, colour, 0x80808080, 0x80806633},     /* least, by no factor */
        {{0, 3, 0, 0, 3, 0}, colour, 0x80808080, 0xCC998080},     /* most */
        {{8, 0, 0, 8, 0, 0}, colour, 0x80FF8000, 0x66993300},     /* by dest */
        {{0, 0, 13, 0, 0, 15}, colour, 0xFFFFFFFF, 0xBFBFBFFF},   /* by constants */
        {{16, 0, 0, 16, 0, 0}, colour, 0x80000000, 0xCC4C3319},   /* saturated */
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct xe_raster raster = bench();
        uint32_t got;

        raster.state.colour[0] = xe_gpu_surface_colour(80, 0);
        raster.state.blend[0] = row[i].blend;
        memcpy(raster.state.constant, (const float[4]){0, 0.25f, 0.25f, 0.25f},
               sizeof(raster.state.constant));
        got = blended(&raster, row[i].dest, row[i].source);
        cr_expect_eq(got, row[i].want, "row %zu: %08x", i, got);
    }
}

Test(raster, masks_and_biases)
{
    struct xe_raster raster = bench();

    raster.state.colour[0] = xe_gpu_surface_colour(80, 0);
    raster.state.mask[0] = 5;
    raster.state.bias[0] = 0.5f;
    cr_expect_eq(blended(&raster, 0x11111111, (const float[4]){1, 1, 1, 1}), 0x11801180);
}

Test(raster, alpha)
{
    struct xe_raster raster = bench();
    const float colour[4] = {1, 1, 1, 0.5f};

    raster.state.colour[0] = xe_gpu_surface_colour(80, 0);
    raster.state.alpha_test = true;
    raster.state.alpha_ref = 0.5f;
    raster.state.alpha_func = 4;
    cr_expect_eq(blended(&raster, 0, colour), 0);
    raster.state.alpha_func = 6;
    cr_expect_eq(blended(&raster, 0, colour), 0x80FFFFFF);
    raster.state.alpha_to_mask = true;
    cr_expect_eq(blended(&raster, 0, colour), 0, "one sample is covered by a whole alpha");
    memset(raster.state.alpha_offset, 2, 4);
    cr_expect_eq(blended(&raster, 0, colour), 0x80FFFFFF);
}

/* ---- what makes no sense -------------------------------------------------------------------- */

Test(raster, numbers_that_are_none)
{
    float nan = __builtin_nanf(""), inf = __builtin_inff();
    const struct place place[6] = {{nan, 0, 0, 0, 1},        {8, 0, 0, 0, 1},
                                   {0, 8, 0, 0, 1},          {inf, 0, 0, 0, 1},
                                   {3e38f, -3e38f, 0, 0, 1}, {0, 3e38f, 3e38f, -1e-38f, 1}};

    for (uint32_t clips = 0; clips < 2; clips++) {
        struct xe_raster raster = bench();

        raster.state.clips = clips;
        draw(&raster, XE_RASTER_TRIANGLES, place, 6);
        draw(&raster, XE_RASTER_LINES, place, 6);
        draw(&raster, XE_RASTER_POINTS, place, 6);
        raster.state.scale[0] = nan;
        raster.state.offset[1] = inf;
        box(&raster, 0, 0, 8, 8, 0);
        cr_expect_leq(raster.counts.passed, 4 * SIDE * SIDE);
    }
}

Test(raster, it_stops_where_it_must)
{
    struct xe_raster raster = bench();

    raster.most = 100;
    for (uint32_t i = 0; i < 10; i++)
        box(&raster, 0, 0, SIDE, SIDE, 0);
    cr_expect_leq(raster.quads, 130);
}
