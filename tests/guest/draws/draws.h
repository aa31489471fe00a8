/* What titles that draw one picture share: it is 320 by 176 pixels, drawn with places in pixels, on
 * a ground of 204060. */
#ifndef XE_TITLE_DRAWS_H
#define XE_TITLE_DRAWS_H

#include "check.h"

#include <xe360/gpu.h>

#include "shaders/colour.ps.h"
#include "shaders/place.vs.h"

#define WIDTH    320u
#define HEIGHT   176u
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct vertex {
    float x, y, z, a, b, c, d; /* the place, and what the pixels get */
};

static struct gpu gpu;
static u8 *front;
static struct vertex *vertices; /* those that were used, and room for more: the chip reads later */
static u32 used;
static float *corners;

static inline void ground(u32 rgb, u32 depth)
{
    gpu_set(&gpu, RB_COLOR_CLEAR, 0xFF000000 | (rgb & 0xFF) << 16 | (rgb & 0xFF00) | rgb >> 16);
    gpu_set(&gpu, RB_DEPTH_CLEAR, depth);
    gpu_copy(&gpu,
             &(struct gpu_copy){.to = front,
                                .width = WIDTH,
                                .height = HEIGHT,
                                .control = GPU_CLEAR_COLOUR | GPU_CLEAR_DEPTH},
             corners);
}

static inline void begin_with(enum gpu_samples samples)
{
    CHECK(gpu_start(&gpu, 14));
    front = gpu_memory(0x60000);
    vertices = gpu_memory(0x40000);
    corners = gpu_memory(0x1000);
    CHECK(front && vertices && corners);
    gpu_target(&gpu, WIDTH, HEIGHT, samples);
    gpu_program(&gpu, 2, 1);
    GPU_LOAD(&gpu, GPU_VERTEX, place_vs);
    GPU_LOAD(&gpu, GPU_PIXEL, colour_ps);
    ground(0x204060, 0xFFFFFF00);
}

static inline void begin(void)
{
    begin_with(GPU_1X);
}

/* The next draw is of vertices that lie there. */
static inline void put(const struct vertex *vertex, u32 n)
{
    for (u32 i = 0; i < n; i++)
        vertices[used + i] = vertex[i];
    gpu_vertices(&gpu, 0, vertices + used, 7 * n);
    used += n;
}

static inline void draw(enum gpu_primitive primitive, const struct vertex *vertex, u32 n)
{
    put(vertex, n);
    gpu_draw(&gpu, primitive, n);
}

struct box {
    float left, top, right, bottom, z;
};

/* A rectangle; its corners get 0 and 1 across and down. */
static inline void box_of_texture(struct box b)
{
    const struct vertex v[4] = {{b.left, b.top, b.z, 0, 0, 0, 0},
                                {b.right, b.top, b.z, 1, 0, 0, 0},
                                {b.left, b.bottom, b.z, 0, 1, 0, 0},
                                {b.right, b.bottom, b.z, 1, 1, 0, 0}};

    draw(GPU_STRIP, v, 4);
}

struct colour {
    float r, g, b, a;
};
#define RGB(rgb)                                                                                   \
    ((struct colour){((rgb) >> 16 & 255) / 255.0f, ((rgb) >> 8 & 255) / 255.0f,                    \
                     ((rgb)&255) / 255.0f, 1})

static inline struct vertex at(float x, float y, float z, struct colour c)
{
    return (struct vertex){x, y, z, c.r, c.g, c.b, c.a};
}

static inline void box_of_colour(struct box b, struct colour c)
{
    const struct vertex v[4] = {at(b.left, b.top, b.z, c), at(b.right, b.top, b.z, c),
                                at(b.left, b.bottom, b.z, c), at(b.right, b.bottom, b.z, c)};

    draw(GPU_STRIP, v, 4);
}

/* Copy what was drawn, by RB_COPY_CONTROL's bits, and show it. */
static inline int show(u32 control)
{
    gpu_copy(&gpu,
             &(struct gpu_copy){.to = front, .width = WIDTH, .height = HEIGHT, .control = control},
             corners);
    gpu_swap(&gpu, front, WIDTH, HEIGHT);
    gpu_finish(&gpu);
    return verdict();
}

#endif
