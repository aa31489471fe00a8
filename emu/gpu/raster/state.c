/* Registers of a draw, decoded. */
#include <string.h>

#include "base/bits.h"
#include "gpu/raster/raster_internal.h"

/* By their index. */
enum {
    SURFACE_INFO = 0x2000,
    COLOUR_INFO = 0x2001,
    DEPTH_INFO = 0x2002,
    COLOUR1_INFO = 0x2003,
    SCREEN_TL = 0x200E,
    SCREEN_BR = 0x200F,
    WINDOW_OFFSET = 0x2080,
    WINDOW_TL = 0x2081,
    WINDOW_BR = 0x2082,
    CLIP_RULE = 0x2083,
    CLIP_RECTS = 0x2084,
    COLOUR_MASK = 0x2104,
    BLEND_RED = 0x2105,
    STENCIL_BACK = 0x210C,
    STENCIL_FRONT = 0x210D,
    ALPHA_REF = 0x210E,
    VIEWPORT = 0x210F,
    CONTEXT_MISC = 0x2181,
    INTERPOLATOR_CNTL = 0x2182,
    WRAPPING = 0x2183,
    DEPTH_CONTROL = 0x2200,
    BLEND_CONTROL = 0x2201,
    COLOUR_CONTROL = 0x2202,
    CLIP_CNTL = 0x2204,
    SC_MODE_CNTL = 0x2205,
    VTE_CNTL = 0x2206,
    MODE_CONTROL = 0x2208,
    BLEND_CONTROL1 = 0x2209,
    POINT_SIZE = 0x2280,
    POINT_MINMAX = 0x2281,
    LINE_CNTL = 0x2282,
    VIZ_QUERY = 0x2293,
    VTX_CNTL = 0x2302,
    AA_MASK = 0x2312,
    POLY_OFFSET = 0x2380,
    PLANES = 0x2388
};

#define DEPTH_ONLY 5u
#define DUAL_MODE  1u /* of polygons. Guess: other numbers than this fill them */
#define SIDE_MOST  8192

enum { CENTROIDS_ONLY, CENTRES_ONLY }; /* how samples are controlled; else each interpolator says */

/* ---- what is drawn into --------------------------------------------------------------------- */

static void blend_of(uint32_t word, struct xe_raster_blend *ret)
{
    *ret = (struct xe_raster_blend){
        .source = (uint8_t)xe_bits(word, 0, 5),
        .op = (uint8_t)xe_bits(word, 5, 3),
        .dest = (uint8_t)xe_bits(word, 8, 5),
        .alpha_source = (uint8_t)xe_bits(word, 16, 5),
        .alpha_op = (uint8_t)xe_bits(word, 21, 3),
        .alpha_dest = (uint8_t)xe_bits(word, 24, 5),
    };
}

/* The first target's registers do not lie by the others'. */
static void targets_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    ret->is_depth_only = xe_bits(reg[MODE_CONTROL], 0, 3) == DEPTH_ONLY;
    ret->depth = xe_gpu_surface_depth(reg[SURFACE_INFO], reg[DEPTH_INFO]);
    ret->samples = ret->depth.samples;
    for (uint32_t i = 0; i < XE_RASTER_TARGETS; i++) {
        uint32_t info = i ? reg[COLOUR1_INFO + i - 1] : reg[COLOUR_INFO];

        ret->colour[i] = xe_gpu_surface_colour(reg[SURFACE_INFO], info);
        ret->mask[i] = ret->is_depth_only ? 0 : (uint8_t)xe_bits(reg[COLOUR_MASK], 4 * i, 4);
        ret->bias[i] = xe_float_power_of_2(xe_bits_signed(info, 20, 6));
        blend_of(i ? reg[BLEND_CONTROL1 + i - 1] : reg[BLEND_CONTROL], &ret->blend[i]);
        ret->constant[i] = xe_float_of_bits(reg[BLEND_RED + i]);
    }
}

static void alpha_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    uint32_t control = reg[COLOUR_CONTROL];

    ret->alpha_func = (uint8_t)xe_bits(control, 0, 3);
    ret->alpha_test = control & 1u << 3;
    ret->alpha_to_mask = control & 1u << 4;
    for (uint32_t i = 0; i < 4; i++)
        ret->alpha_offset[i] = (uint8_t)xe_bits(control, 24 + 2 * i, 2);
    ret->alpha_ref = xe_float_of_bits(reg[ALPHA_REF]);
    ret->sample_mask = xe_bits(reg[AA_MASK], 0, 16);
}

static void stencil_of(uint32_t control, uint32_t first, uint32_t refs,
                       struct xe_raster_stencil *ret)
{
    *ret = (struct xe_raster_stencil){
        .func = (uint8_t)xe_bits(control, first, 3),
        .fail = (uint8_t)xe_bits(control, first + 3, 3),
        .zpass = (uint8_t)xe_bits(control, first + 6, 3),
        .zfail = (uint8_t)xe_bits(control, first + 9, 3),
        .ref = (uint8_t)xe_bits(refs, 0, 8),
        .mask = (uint8_t)xe_bits(refs, 8, 8),
        .write_mask = (uint8_t)xe_bits(refs, 16, 8),
    };
}

static void depth_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    uint32_t control = reg[DEPTH_CONTROL];
    bool back = control & 1u << 7;

    ret->stencil_test = control & 1;
    ret->z_test = control & 2;
    ret->z_write = ret->z_test && control & 4;
    ret->z_func = (uint8_t)xe_bits(control, 4, 3);
    stencil_of(control, 8, reg[STENCIL_FRONT], &ret->stencil[0]);
    stencil_of(control, back ? 20 : 8, back ? reg[STENCIL_BACK] : reg[STENCIL_FRONT],
               &ret->stencil[1]);
}

/* ---- where things are ----------------------------------------------------------------------- */

static void viewport_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    uint32_t control = reg[VTE_CNTL];

    for (uint32_t i = 0; i < 3; i++) {
        ret->scale[i] = control >> 2 * i & 1 ? xe_float_of_bits(reg[VIEWPORT + 2 * i]) : 1;
        ret->offset[i] =
            control >> (2 * i + 1) & 1 ? xe_float_of_bits(reg[VIEWPORT + 2 * i + 1]) : 0;
    }
    ret->xy_divided = control & 1u << 8;
    ret->z_divided = control & 1u << 9;
    ret->w_given = control & 1u << 10;
}

static void clip_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    uint32_t control = reg[CLIP_CNTL];

    ret->planes = xe_bits(control, 0, 6);
    ret->planes_cull = control & 1u << 17;
    ret->clips = !(control & 1u << 16);
    ret->from_minus_w = !(control & 1u << 19);
    ret->kills_by_any = control & 1u << 21;
    for (uint32_t i = 0; i < XE_RASTER_PLANES * 4; i++)
        ret->plane[i / 4][i % 4] = xe_float_of_bits(reg[PLANES + i]);
}

static int32_t most(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Both scissors, and no further than a row of the surface is long. */
static void scissor_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    uint32_t tl = reg[WINDOW_TL], br = reg[WINDOW_BR], pitch = xe_bits(reg[SURFACE_INFO], 0, 14);
    bool moved = !(tl >> 31);
    int32_t x = moved ? xe_bits_signed(reg[WINDOW_OFFSET], 0, 15) : 0;
    int32_t y = moved ? xe_bits_signed(reg[WINDOW_OFFSET], 16, 15) : 0;
    struct xe_gpu_rect *rect = &ret->scissor;

    rect->left = most((int32_t)xe_bits(tl, 0, 14) + x, xe_bits_signed(reg[SCREEN_TL], 0, 15));
    rect->top = most((int32_t)xe_bits(tl, 16, 14) + y, xe_bits_signed(reg[SCREEN_TL], 16, 15));
    rect->right = least((int32_t)xe_bits(br, 0, 14) + x, xe_bits_signed(reg[SCREEN_BR], 0, 15));
    rect->bottom = least((int32_t)xe_bits(br, 16, 14) + y, xe_bits_signed(reg[SCREEN_BR], 16, 15));
    rect->left = most(rect->left, 0);
    rect->top = most(rect->top, 0);
    rect->right = least(rect->right, least((int32_t)pitch, SIDE_MOST));
    rect->bottom = least(rect->bottom, SIDE_MOST);
}

/* Guess: they are told as the window's scissor is, and stay where that moves; a rule of 0, by which
 * nothing would ever be drawn, is that of a title which never set it. */
static void clip_rects_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    uint32_t rule = xe_bits(reg[CLIP_RULE], 0, 16);

    ret->clip_rule = rule ? rule : 0xFFFF;
    for (uint32_t i = 0; i < XE_RASTER_CLIP_RECTS; i++) {
        uint32_t tl = reg[CLIP_RECTS + 2 * i], br = reg[CLIP_RECTS + 2 * i + 1];

        ret->clip_rect[i] = (struct xe_gpu_rect){
            (int32_t)xe_bits(tl, 0, 14),
            (int32_t)xe_bits(tl, 16, 14),
            (int32_t)xe_bits(br, 0, 14),
            (int32_t)xe_bits(br, 16, 14),
        };
    }
}

static void setup_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    uint32_t mode = reg[SC_MODE_CNTL], vertex = reg[VTX_CNTL], quant = xe_bits(vertex, 3, 3);

    for (uint32_t i = 0; i < 2; i++) {
        uint32_t type = xe_bits(mode, 5 + 3 * i, 3);

        ret->drawn[i] = xe_bits(mode, 3, 2) == DUAL_MODE && type < XE_RASTER_POLYGON_FILLS
                            ? type
                            : XE_RASTER_POLYGON_FILLS;
    }
    ret->culls[0] = mode & 1;
    ret->culls[1] = mode & 2;
    ret->front_is_clockwise = mode & 4;
    ret->offsets[0] = mode & 1u << 11;
    ret->offsets[1] = mode & 1u << 12;
    ret->offsets_lines = mode & 1u << 13;
    ret->last_provokes = mode & 1u << 19;
    ret->perspective = !(mode & 1u << 20);
    if (mode & 1u << 16) {
        ret->window[0] = xe_bits_signed(reg[WINDOW_OFFSET], 0, 15);
        ret->window[1] = xe_bits_signed(reg[WINDOW_OFFSET], 16, 15);
    }
    ret->middle = vertex & 1 ? 0 : 0.5f;
    ret->grid = quant < 4 ? 16u >> quant : 1;
    ret->round = (enum xe_raster_round)xe_bits(vertex, 1, 2);
    for (uint32_t i = 0; i < 2; i++) {
        ret->offset_slope[i] = xe_float_of_bits(reg[POLY_OFFSET + 2 * i]) * (1.0f / 16);
        ret->offset_depth[i] = xe_float_of_bits(reg[POLY_OFFSET + 2 * i + 1]);
    }
}

/* Interpolators that are looked at in pixels' middles, covered or not. */
static uint32_t centres_of(const uint32_t *reg)
{
    switch (xe_bits(reg[CONTEXT_MISC], 2, 2)) {
    case CENTROIDS_ONLY:
        return 0;
    case CENTRES_ONLY:
        return 0xFFFF;
    default:
        return xe_bits(reg[INTERPOLATOR_CNTL], 16, 16);
    }
}

/* Halves, in sixteenths. */
static void sizes_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    ret->point[0] = (float)xe_bits(reg[POINT_SIZE], 16, 16) * (1.0f / 8);
    ret->point[1] = (float)xe_bits(reg[POINT_SIZE], 0, 16) * (1.0f / 8);
    ret->point_least = (float)xe_bits(reg[POINT_MINMAX], 0, 16) * (1.0f / 8);
    ret->point_most = (float)xe_bits(reg[POINT_MINMAX], 16, 16) * (1.0f / 8);
    ret->line = (float)xe_bits(reg[LINE_CNTL], 0, 16) * (1.0f / 8);
    ret->smooth = xe_bits(reg[INTERPOLATOR_CNTL], 0, 16);
    ret->centre = centres_of(reg);
    ret->wraps = reg[WRAPPING] | (uint64_t)reg[WRAPPING + 1] << 32;
}

/* Guess: of the two bits that kill a query's pixels, behind the coarse test of depth and behind the
 * mask of detail, either leaves samples tested and nothing drawn: we have no coarse test. */
static void query_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    ret->asks = reg[VIZ_QUERY] & 1;
    ret->query = (uint8_t)xe_bits(reg[VIZ_QUERY], 1, 6);
    ret->leaves_nothing = ret->asks && xe_bits(reg[VIZ_QUERY], 7, 2);
}

void xe_raster_state_of(const uint32_t *reg, struct xe_raster_state *ret)
{
    memset(ret, 0, sizeof(*ret));
    targets_of(reg, ret);
    alpha_of(reg, ret);
    depth_of(reg, ret);
    viewport_of(reg, ret);
    clip_of(reg, ret);
    scissor_of(reg, ret);
    clip_rects_of(reg, ret);
    setup_of(reg, ret);
    sizes_of(reg, ret);
    query_of(reg, ret);
}
