/* Every kind of primitive, by counting and by indices, with strips that begin anew. */
#define TITLE "primitives"
#include "draws.h"

#define NONE 0xFFFFu /* the index that begins anew */

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1}, blue = {0, 0, 1, 1};

/* 16 by 16, from a place on. */
static void square(float x, float y, struct colour c, struct vertex ret[4])
{
    ret[0] = at(x, y, 0, c);
    ret[1] = at(x + 16, y, 0, c);
    ret[2] = at(x + 16, y + 16, 0, c);
    ret[3] = at(x, y + 16, 0, c);
}

/* Corners in the order in which they go around: a list of two quads, a fan, a polygon, and a list
 * of triangles. */
static void around(void)
{
    struct vertex v[8];

    square(8, 8, red, v);
    square(32, 8, green, v + 4);
    draw(GPU_QUADS, v, 8);
    square(56, 8, blue, v);
    draw(GPU_FAN, v, 4);
    square(80, 8, red, v);
    draw(GPU_POLYGON, v, 4);
    square(104, 8, green, v);
    v[4] = v[0];
    v[5] = v[2];
    draw(GPU_TRIANGLES, (struct vertex[]){v[0], v[1], v[2], v[0], v[2], v[3]}, 6);
    square(128, 8, blue, v);
    draw(GPU_RECTANGLES, v, 3);
}

/* Two rows of corners: strips of triangles and of quads. */
static void strips(void)
{
    struct vertex v[6];

    for (u32 i = 0; i < 6; i++)
        v[i] = at(8 + i / 2 * 16, 32 + i % 2 * 16, 0, red);
    draw(GPU_STRIP, v, 6);
    for (u32 i = 0; i < 6; i++)
        v[i] = at(56 + i / 2 * 16, 32 + i % 2 * 16, 0, green);
    draw(GPU_QUAD_STRIP, v, 6);
}

/* Lines of the middle of a pixel to that of another: horizontal, a corner, a loop. */
static void lines(void)
{
    gpu_set(&gpu, PA_SU_LINE_CNTL, 8);
    draw(GPU_LINES, (struct vertex[]){at(8.5f, 60.5f, 0, blue), at(40.5f, 60.5f, 0, blue)}, 2);
    draw(GPU_LINE_STRIP,
         (struct vertex[]){at(48.5f, 56.5f, 0, red), at(64.5f, 56.5f, 0, red),
                           at(64.5f, 68.5f, 0, red)},
         3);
    draw(GPU_LINE_LOOP,
         (struct vertex[]){at(80.5f, 56.5f, 0, green), at(96.5f, 56.5f, 0, green),
                           at(96.5f, 68.5f, 0, green), at(80.5f, 68.5f, 0, green)},
         4);
}

/* Indices of both widths, that begin a strip anew in its middle; an offset is added to them, and
 * the largest and least bound them. */
static void by_indices(void)
{
    static const u16 order[] = {3, 0, 2, 1, NONE, 7, 4, 6, 5};
    u16 *narrow = gpu_memory(0x1000);
    u32 *wide = (u32 *)(narrow + 16);
    struct vertex v[8];

    for (u32 i = 0; i < COUNT(order); i++) {
        narrow[i] = order[i];
        wide[i] = order[i] == NONE ? 0xFFFFFF : order[i];
    }
    square(8, 80, red, v);
    square(40, 80, green, v + 4);
    put(v, 8);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 1 << 21);
    gpu_set(&gpu, VGT_MULTI_PRIM_IB_RESET_INDX, NONE);
    gpu_draw_indexed(&gpu, GPU_STRIP, COUNT(order), narrow);
    square(72, 80, blue, v);
    square(104, 80, red, v + 4);
    put(v, 8);
    gpu_set(&gpu, VGT_MULTI_PRIM_IB_RESET_INDX, 0xFFFFFF);
    gpu_draw_indexed32(&gpu, GPU_STRIP, COUNT(order), wide);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
    square(136, 80, green, v);
    square(168, 80, blue, v + 4);
    put(v, 8);
    gpu_set(&gpu, VGT_INDX_OFFSET, 4); /* the second square's */
    gpu_draw_indexed(&gpu, GPU_STRIP, 4, narrow);
    gpu_set(&gpu, VGT_INDX_OFFSET, 0);
    square(200, 80, red, v);
    square(232, 80, green, v + 4);
    put(v, 8);
    gpu_set(&gpu, VGT_MAX_VTX_INDX, 3); /* 7, 4, 6 and 5 are all 3 */
    gpu_draw_indexed(&gpu, GPU_STRIP, 4, narrow + 5);
    gpu_draw_indexed(&gpu, GPU_STRIP, 4, narrow);
    gpu_set(&gpu, VGT_MAX_VTX_INDX, 0xFFFFFF);
}

/* Seen from behind, culled: what goes around clockwise is its front, or its back. */
static void culled(void)
{
    struct vertex v[4];

    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 2 | 4); /* backs are culled; fronts are clockwise */
    square(8, 112, red, v);
    draw(GPU_FAN, v, 4);
    square(32, 112, green, v);
    draw(GPU_FAN, (struct vertex[]){v[3], v[2], v[1], v[0]}, 4);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 2); /* and now fronts are the other way round */
    square(56, 112, blue, v);
    draw(GPU_FAN, v, 4);
    square(80, 112, red, v);
    draw(GPU_FAN, (struct vertex[]){v[3], v[2], v[1], v[0]}, 4);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
}

/* Flat interpolators are the first vertex's, or the last's. */
static void flat(void)
{
    gpu_set(&gpu, SQ_INTERPOLATOR_CNTL, 0xFFFF0000);
    for (u32 last = 0; last < 2; last++) {
        gpu_set(&gpu, PA_SU_SC_MODE_CNTL, last << 19);
        draw(GPU_TRIANGLES,
             (struct vertex[]){at(8 + 32 * last, 144, 0, red), at(32 + 32 * last, 144, 0, green),
                               at(8 + 32 * last, 168, 0, blue)},
             3);
    }
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
    gpu_set(&gpu, SQ_INTERPOLATOR_CNTL, 0xFFFFFFFF);
}

int main(void)
{
    begin();
    around();
    strips();
    lines();
    by_indices();
    culled();
    flat();
    return show(0);
}
