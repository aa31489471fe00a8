/* Points: sizes by register and by vertex, bounds, and what pixels know of them. */
#define TITLE "points"
#include "draws.h"

#include "shaders/point.vs.h"
#include "shaders/sprite.ps.h"

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1};

/* Halves of the sides, in sixteenths of a pixel. */
static void size(u32 half_width, u32 half_height)
{
    gpu_set(&gpu, PA_SU_POINT_SIZE, half_width << 16 | half_height);
    gpu_set(&gpu, PA_SU_POINT_MINMAX, 4096u << 16 | 0);
}

static void point(float x, float y, struct colour c)
{
    draw(GPU_POINTS, (struct vertex[]){at(x, y, 0, c)}, 1);
}

int main(void)
{
    begin();
    size(8 * 16, 8 * 16);
    point(24, 24, red);
    size(12 * 16, 4 * 16);
    point(56, 24, green);
    size(8, 8); /* a pixel, of whose middle this is */
    point(80.5f, 24.5f, red);
    gpu_program(&gpu, 2, 1);
    gpu_set(&gpu, SQ_PROGRAM_CNTL, 31 | 1 << 8 | 1 << 18 | 2 << 24); /* sizes by vertices */
    gpu_set(&gpu, SQ_CONTEXT_MISC,
            1 << 8); /* and what is known of a pixel in its second register */
    GPU_LOAD(&gpu, GPU_VERTEX, point_vs);
    draw(GPU_POINTS,
         (struct vertex[]){at(112, 24, 0, (struct colour){1, 0, 0, 16}),
                           at(144, 24, 0, (struct colour){0, 1, 0, 32})},
         2);
    gpu_set(&gpu, PA_SU_POINT_MINMAX, 8 * 16 << 16 | 4 * 16); /* radii from 4 to 8 */
    draw(GPU_POINTS,
         (struct vertex[]){at(184, 24, 0, (struct colour){1, 0, 0, 2}),
                           at(208, 24, 0, (struct colour){0, 1, 0, 100})},
         2);
    gpu_set(&gpu, PA_SU_POINT_MINMAX, 4096u << 16);
    GPU_LOAD(&gpu, GPU_PIXEL, sprite_ps);
    draw(GPU_POINTS, (struct vertex[]){at(48, 104, 0, (struct colour){0, 0, 0, 64})}, 1);
    box_of_colour((struct box){96, 72, 160, 136, 0}, red); /* no point: 0, and the sign says so */
    return show(0);
}
