/* The rasterizer and the output merger: from shaded vertices to bits in EDRAM.
 *
 * The idea: registers are decoded once a draw (xe_raster_state_of). Vertices become primitives
 * (assemble.c), primitives become triangles in window coordinates, clipped (setup.c), triangles
 * become quads of 2 by 2 pixels with a mask of samples (triangle.c), a shader makes colours of
 * them, and those go through tests and blending into EDRAM (output.c).
 *
 * Positions are snapped to a grid, so which samples a triangle covers is decided by whole numbers;
 * everything else is single steps of IEEE floats that every host rounds alike, never fused.
 * Source: what xenia, libxenon and freedreno (a2xx) know of the chip. Guess, where said.
 *
 * Registers and vertices are hostile. A draw is its owner's thread's. */
#ifndef XE_GPU_RASTER_RASTER_H
#define XE_GPU_RASTER_RASTER_H

#include "gpu/edram/edram.h"
#include "gpu/edram/resolve.h"

#define XE_RASTER_TARGETS       4u
#define XE_RASTER_INTERPOLATORS 16u
#define XE_RASTER_SAMPLES       4u
#define XE_RASTER_PLANES        6u
#define XE_RASTER_CLIP_RECTS    4u

/* What a vertex shader made. */
struct xe_raster_vertex {
    float position[4];
    float size; /* of a point, pixels; below 0: the state's */
    bool kills;
    float out[XE_RASTER_INTERPOLATORS][4];
};

/* Four pixels: 0 and 1 above, 2 and 3 below them. */
struct xe_raster_quad {
    int32_t x, y; /* of the first */
    bool is_front, is_point, is_line;
    uint8_t covered[4];                      /* a bit for each sample; a helper has none */
    float in[4][XE_RASTER_INTERPOLATORS][4]; /* what vertices made, between them         */
    float sprite[4][2];                      /* of points: from left above, 0 to 1       */
    /* The shader's: */
    float colour[4][XE_RASTER_TARGETS][4]; /* the first always, others where written says so */
    float depth[4];
    bool has_depth;
    uint8_t killed;  /* a bit for each pixel  */
    uint8_t written; /* a bit for each target */
};

struct xe_raster_shader {
    void *ctx;
    void (*pixels)(void *ctx, struct xe_raster_quad *quad);
    uint32_t interpolators; /* how many of in it reads */
};

/* How a position comes to the grid. */
enum xe_raster_round { XE_RASTER_CUT, XE_RASTER_NEAREST, XE_RASTER_TO_EVEN, XE_RASTER_TO_ODD };

struct xe_raster_blend {
    uint8_t source, op, dest, alpha_source, alpha_op, alpha_dest;
};
struct xe_raster_stencil {
    uint8_t func, fail, zpass, zfail;
    uint8_t ref, mask, write_mask;
};

enum xe_raster_polygon {
    XE_RASTER_POLYGON_POINTS,
    XE_RASTER_POLYGON_LINES,
    XE_RASTER_POLYGON_FILLS
};

/* A draw's state, as registers say. */
struct xe_raster_state {
    enum xe_gpu_edram_samples samples;
    bool is_depth_only;
    struct xe_gpu_surface colour[XE_RASTER_TARGETS], depth;
    uint8_t mask[XE_RASTER_TARGETS]; /* red 1, green 2, blue 4, alpha 8 */
    float bias[XE_RASTER_TARGETS];   /* what a colour is multiplied by */
    struct xe_raster_blend blend[XE_RASTER_TARGETS];
    float constant[4]; /* of blending */
    bool alpha_test, alpha_to_mask;
    uint8_t alpha_func, alpha_offset[4]; /* offsets: of a pixel by the parity of its place */
    float alpha_ref;
    uint32_t sample_mask; /* 4 bits a pixel of a quad */

    bool z_test, z_write, stencil_test;
    uint8_t z_func;
    struct xe_raster_stencil stencil[2]; /* of front and back */

    float scale[3], offset[3]; /* of x, y, z; 1 and 0 where registers say so */
    bool xy_divided, z_divided, w_given;
    bool clips, from_minus_w; /* z from -w to w instead of 0 to w */
    bool kills_by_any, perspective;
    uint32_t planes;
    bool planes_cull; /* and don't clip */
    float plane[XE_RASTER_PLANES][4];
    int32_t window[2]; /* added to positions */
    struct xe_gpu_rect scissor;
    /* What is drawn of a pixel's whereabouts: a bit for each set of rectangles that it is in. */
    uint32_t clip_rule; /* all 16: anywhere */
    struct xe_gpu_rect clip_rect[XE_RASTER_CLIP_RECTS];
    float middle;  /* what is added to x and y so that pixels' middles are at .5 */
    uint32_t grid; /* steps in a pixel: 16 or fewer */
    enum xe_raster_round round;

    bool culls[2];                   /* front, back */
    enum xe_raster_polygon drawn[2]; /* what is drawn of triangles, front and back */
    bool front_is_clockwise, last_provokes, offsets_lines;
    bool offsets[2];
    float offset_slope[2], offset_depth[2];
    float point[2], point_least, point_most; /* widths and heights, pixels */
    float line;
    uint32_t smooth, centre; /* a bit for each interpolator */
    uint64_t wraps;          /* one for each component of each: the short way around 0 to 1 */

    bool asks; /* a query wants to know whether anything of it is seen */
    uint8_t query;
    bool leaves_nothing; /* samples are tested and counted, no more */
};

/* From the whole file of registers. */
void xe_raster_state_of(const uint32_t *reg, struct xe_raster_state *ret);

/* Samples, by what became of them: each is in one of the last three. */
struct xe_raster_counts {
    uint64_t tested; /* that shaders, alpha and masks left */
    uint64_t stencil_failed, z_failed, passed;
};

/* What is drawn into, and by what. */
struct xe_raster {
    uint32_t *edram;
    struct xe_raster_state state;
    struct xe_raster_shader shader;
    uint32_t keep[XE_RASTER_TARGETS][2]; /* bits of words that masks leave alone: made by a draw */
    struct xe_raster_counts counts;      /* of samples that came to the tests of depth    */
    uint64_t pixels;                     /* that were shaded                              */
    uint64_t quads;                      /* that were looked at                           */
    uint64_t most;                       /* it stops drawing behind so many quads         */
    void *ctx;
    bool (*goes_on)(void *ctx); /* asked before rows of quads and primitives; NULL: it does   */
};

/* ---- primitives (assemble.c) ---------------------------------------------------------------- */

enum xe_raster_primitive {
    XE_RASTER_POINTS = 1,
    XE_RASTER_LINES,
    XE_RASTER_LINE_STRIP,
    XE_RASTER_TRIANGLES,
    XE_RASTER_FAN,
    XE_RASTER_STRIP,
    XE_RASTER_TRIANGLES_W,
    XE_RASTER_RECTANGLES,
    XE_RASTER_LINE_LOOP = 12,
    XE_RASTER_QUADS,
    XE_RASTER_QUAD_STRIP,
    XE_RASTER_POLYGON
};

/* Where vertices come from. */
struct xe_raster_vertices {
    void *ctx;
    uint32_t count; /* of places */
    /* false: a strip begins anew here. */
    bool (*vertex)(void *ctx, uint32_t place, struct xe_raster_vertex *ret);
};

/* false: no such primitive. */
bool xe_raster_draw(struct xe_raster *raster, uint32_t primitive,
                    const struct xe_raster_vertices *vertices);

#endif
