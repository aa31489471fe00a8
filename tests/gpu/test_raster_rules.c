/* The rasterizer: where registers let pixels be drawn, and what of triangles. */
#include <criterion/criterion.h>

#include "raster_bench.h"
#include "xe/gpu.h"

static uint32_t reg[XE_GPU_REGISTERS];

/* ---- clip rectangles ------------------------------------------------------------------------ */

/* From 4, 4 to 12, 12, and 8 further right and down. */
static void put_rectangles(uint32_t rule)
{
    reg[0x2083] = rule;
    reg[0x2084] = 4 | 4 << 16;
    reg[0x2085] = 12 | 12 << 16;
    reg[0x2086] = 8 | 8 << 16;
    reg[0x2087] = 16 | 16 << 16;
}

static struct xe_raster clipped(uint32_t rule)
{
    struct xe_raster raster = bench();
    struct xe_raster_state state;

    put_rectangles(rule);
    xe_raster_state_of(reg, &state);
    raster.state.clip_rule = state.clip_rule;
    memcpy(raster.state.clip_rect, state.clip_rect, sizeof(state.clip_rect));
    box(&raster, 0, 0, 32, 32, 0);
    return raster;
}

/* A bit of the rule for each set of rectangles: 1 is the first alone, 3 both. */
Test(raster_rules, clip_rectangles)
{
    static const struct {
        uint32_t rule, pixels;
        bool outside, first, both;
    } rows[] = {
        {0xFFFF, 1024, true, true, true}, {0, 1024, true, true, true},
        {1 << 1, 48, false, true, false}, {1 << 3, 16, false, false, true},
        {0xE, 112, false, true, true},    {1, 1024 - 112, true, false, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct xe_raster raster = clipped(rows[i].rule);

        cr_expect_eq(count(&raster, 1), rows[i].pixels, "row %zu: %u", i, count(&raster, 1));
        cr_expect_eq(red_at(&raster, 2, 2) == 1, rows[i].outside, "row %zu", i);
        cr_expect_eq(red_at(&raster, 5, 5) == 1, rows[i].first, "row %zu", i);
        cr_expect_eq(red_at(&raster, 9, 9) == 1, rows[i].both, "row %zu", i);
    }
}

/* ---- polygons ------------------------------------------------------------------------------- */

/* Clockwise with y down: the back, unless registers say otherwise. */
static const struct place triangle[3] = {
    {8.5f, 8.5f, 0, 0, 1}, {24.5f, 8.5f, 0, 0, 1}, {8.5f, 24.5f, 0, 0, 1}};

static struct xe_raster polygon(uint32_t mode)
{
    struct xe_raster raster = bench();
    struct xe_raster_state state;

    reg[0x2205] = mode;
    xe_raster_state_of(reg, &state);
    memcpy(raster.state.drawn, state.drawn, sizeof(state.drawn));
    memcpy(raster.state.culls, state.culls, sizeof(state.culls));
    raster.state.front_is_clockwise = state.front_is_clockwise;
    raster.state.point[0] = raster.state.point[1] = 1;
    draw(&raster, XE_RASTER_TRIANGLES, triangle, 3);
    return raster;
}

#define DUAL        (1u << 3)
#define FRONT(type) ((type) << 5)
#define BACK(type)  ((type) << 8)
#define CLOCKWISE   (1u << 2) /* is the front */
#define CULL_FRONT  1u
#define CULL_BACK   2u
#define POINTS      0u
#define LINES       1u
#define FILLED      2u

static void expect_edges(uint32_t mode, bool edges, bool corners, bool inside)
{
    const struct xe_raster raster = polygon(mode);

    cr_expect_eq(red_at(&raster, 16, 8) > 0, edges, "%x: an edge", mode);
    cr_expect_eq(red_at(&raster, 8, 8) > 0, corners, "%x: a corner", mode);
    cr_expect_eq(red_at(&raster, 12, 12) > 0, inside, "%x: inside", mode);
}

Test(raster_rules, polygons_may_be_lines_or_points)
{
    expect_edges(DUAL | FRONT(FILLED) | BACK(LINES), true, true, false);
    expect_edges(DUAL | FRONT(FILLED) | BACK(POINTS), false, true, false);
    expect_edges(DUAL | FRONT(LINES) | BACK(FILLED), true, true, true);
    expect_edges(DUAL | CLOCKWISE | FRONT(LINES) | BACK(FILLED), true, true, false);
    expect_edges(DUAL | CULL_BACK | BACK(LINES), false, false, false);
    expect_edges(DUAL | CULL_FRONT | BACK(LINES), true, true, false);
    expect_edges(FRONT(LINES) | BACK(LINES), true, true, true); /* the mode is off */
}

/* ---- where interpolators are looked at ------------------------------------------------------ */

Test(raster_rules, middles_or_centroids)
{
    static const struct {
        uint32_t control, centre;
    } rows[] = {{0, 0}, {1 << 2, 0xFFFF}, {2 << 2, 0x8421}};
    struct xe_raster_state state;

    reg[0x2182] = 0x84210000;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        reg[0x2181] = rows[i].control;
        xe_raster_state_of(reg, &state);
        cr_expect_eq(state.centre, rows[i].centre, "%x: %x", rows[i].control, state.centre);
    }
}

/* From 0.9 to 0.1 by way of 1; or of 0.5, where nothing wraps. */
Test(raster_rules, the_short_way_around)
{
    static const struct place place[3] = {
        {0, 0, 0, 0, 0.875f}, {32, 0, 0, 0, 0.125f}, {0, 32, 0, 0, 0.875f}};
    struct xe_raster raster = bench();
    struct xe_raster_state state;

    draw(&raster, XE_RASTER_TRIANGLES, place, 3);
    cr_expect_eq(red_at(&raster, 16, 2), 0.875f - 0.75f * 16.5f / 32);
    reg[0x2183] = 1;
    reg[0x2184] = 0x80000000;
    xe_raster_state_of(reg, &state);
    cr_expect_eq(state.wraps, 0x8000000000000001u);
    raster = bench();
    raster.state.wraps = state.wraps;
    draw(&raster, XE_RASTER_TRIANGLES, place, 3);
    cr_expect_eq(red_at(&raster, 16, 2), 0.875f + 0.25f * 16.5f / 32);
}
