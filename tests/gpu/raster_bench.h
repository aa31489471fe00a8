/* The rasterizer on a workbench. The shader here gives each pixel its first interpolator as colour.
 */
#ifndef TESTS_GPU_RASTER_BENCH_H
#define TESTS_GPU_RASTER_BENCH_H

#include <criterion/criterion.h>
#include <string.h>

#include "gpu/raster/raster_internal.h"

#define SIDE 64

static uint32_t edram[XE_GPU_EDRAM_WORDS];

static inline void pixels(void *ctx, struct xe_raster_quad *quad)
{
    (void)ctx;
    quad->written = 1;
    for (uint32_t i = 0; i < 4; i++)
        memcpy(quad->colour[i][0], quad->in[i][0], sizeof(quad->in[i][0]));
}

/* 64 by 64 pixels in their own coordinates, y down; colours are added up, so that what is drawn
 * twice shows. */
static inline struct xe_raster bench(void)
{
    struct xe_raster raster = {.edram = edram, .most = UINT64_MAX};
    struct xe_raster_state *s = &raster.state;

    memset(edram, 0, sizeof(edram));
    s->colour[0] = xe_gpu_surface_colour(80, XE_GPU_COLOUR_32_FLOAT << 16);
    s->depth = xe_gpu_surface_depth(80, 100);
    s->mask[0] = 15;
    s->bias[0] = 1;
    s->blend[0] = (struct xe_raster_blend){1, 0, 0, 1, 0, 0};
    s->sample_mask = 0xFFFF;
    s->scale[0] = s->scale[1] = s->scale[2] = 1;
    s->xy_divided = s->z_divided = s->w_given = s->perspective = true;
    s->scissor = (struct xe_gpu_rect){0, 0, SIDE, SIDE};
    s->grid = 16;
    s->round = XE_RASTER_NEAREST;
    s->smooth = s->centre = 0xFFFF;
    s->point_most = 100;
    s->clip_rule = 0xFFFF;
    s->drawn[0] = s->drawn[1] = XE_RASTER_POLYGON_FILLS;
    raster.shader = (struct xe_raster_shader){NULL, pixels, 1};
    return raster;
}

struct place {
    float x, y, z, w, red;
};

struct list {
    const struct place *place;
    uint32_t restart; /* this one is none */
};

static inline bool vertex(void *ctx, uint32_t i, struct xe_raster_vertex *ret)
{
    const struct list *list = ctx;
    const struct place *p = &list->place[i];

    memset(ret, 0, sizeof(*ret));
    ret->position[0] = p->x;
    ret->position[1] = p->y;
    ret->position[2] = p->z;
    ret->position[3] = p->w != 0 ? p->w : 1;
    ret->out[0][0] = p->red;
    ret->size = -1;
    return i != list->restart;
}

static inline void draw(struct xe_raster *raster, uint32_t primitive, const struct place *place,
                        uint32_t n)
{
    struct list list = {place, UINT32_MAX};
    const struct xe_raster_vertices vertices = {&list, n, vertex};

    cr_assert(xe_raster_draw(raster, primitive, &vertices));
}

static inline float red_at(const struct xe_raster *raster, uint32_t x, uint32_t y)
{
    const struct xe_gpu_surface *surface = &raster->state.colour[0];
    float colour[4];

    xe_gpu_colour_unpack(surface->format, edram + xe_gpu_edram_at(surface, x, y, 0), colour);
    return colour[0];
}

/* How many pixels are of that red. */
static inline uint32_t count(const struct xe_raster *raster, float red)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < SIDE * SIDE; i++)
        n += red_at(raster, i % SIDE, i / SIDE) == red;
    return n;
}

/* Two triangles of 1: from x, y to right, bottom. */
static inline void box(struct xe_raster *raster, float x, float y, float right, float bottom,
                       float z)
{
    const struct place place[4] = {
        {x, y, z, 0, 1}, {right, y, z, 0, 1}, {x, bottom, z, 0, 1}, {right, bottom, z, 0, 1}};

    draw(raster, XE_RASTER_STRIP, place, 4);
}

#endif
