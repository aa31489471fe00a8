/* The way from a vertex to a pixel: perspective, clipping, viewports; and what a pixel's shader may
 * do but colour: kill it, say its depth, write to two targets. */
#define TITLE "pipeline"
#include "draws.h"

#include "shaders/depth.ps.h"
#include "shaders/kill.ps.h"
#include "shaders/triangle.vs.h"
#include "shaders/two.ps.h"

#define PLACE 1024u

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1}, blue = {0, 0, 1, 1};

/* Where -1 to 1 lie, and all that is drawn. */
static void viewport(u32 left, u32 right, u32 top, u32 bottom)
{
    u32 first = left < right ? left : right, last = left < right ? right : left;

    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31 | top << 16 | first);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, bottom << 16 | last);
    gpu_set_float(&gpu, PA_CL_VPORT_XSCALE, ((float)right - left) * 0.5f);
    gpu_set_float(&gpu, PA_CL_VPORT_XOFFSET, (right + left) * 0.5f);
    gpu_set_float(&gpu, PA_CL_VPORT_YSCALE, ((float)top - bottom) * 0.5f);
    gpu_set_float(&gpu, PA_CL_VPORT_YOFFSET, (top + bottom) * 0.5f);
}

/* x and y as they are; what becomes of x in z and w. */
static void matrix(float z_by_x, float z, float w_by_x, float w)
{
    gpu_constant(&gpu, GPU_ALU_CONSTANT(0), 1, 0, 0, 0);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(1), 0, 1, 0, 0);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(2), z_by_x, 0, 0, z);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(3), w_by_x, 0, 0, w);
}

/* Six floats a vertex, for triangle.vs: from left to right, higher than anything that is seen. */
static void wide(float left, float right, struct colour from, struct colour to)
{
    float *v = (float *)(vertices + used);

    for (u32 i = 0; i < 4; i++) {
        const struct colour *c = i % 2 ? &to : &from;

        v[6 * i] = i % 2 ? right : left;
        v[6 * i + 1] = i / 2 ? -16 : 16;
        v[6 * i + 2] = 0;
        v[6 * i + 3] = c->r;
        v[6 * i + 4] = c->g;
        v[6 * i + 5] = c->b;
    }
    used += 4;
    gpu_vertices(&gpu, 0, v, 24);
    gpu_draw(&gpu, GPU_STRIP, 4);
}

/* w is 1 on the left and 3 on the right; with and without regard to that. */
static void perspective(void)
{
    matrix(0, 0.5f, 0.5f, 1.5f);
    viewport(8, 72, 8, 24);
    wide(-1, 3, (struct colour){0, 0, 0, 1}, (struct colour){1, 1, 1, 1});
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 1 << 20);
    viewport(8, 72, 32, 48);
    wide(-1, 3, (struct colour){0, 0, 0, 1}, (struct colour){1, 1, 1, 1});
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
}

/* By a plane of the title's, by z from 0 to w, and by z from -w to w; and not at all. */
static void clipped(void)
{
    matrix(0, 0.5f, 0, 1);
    gpu_constant(&gpu, PA_CL_UCP_0_X, 1, 0, 0, 0);
    gpu_set(&gpu, PA_CL_CLIP_CNTL, 0x00080001);
    viewport(96, 160, 8, 24);
    wide(-1, 1, red, red);
    matrix(2, 0, 0, 1);
    gpu_set(&gpu, PA_CL_CLIP_CNTL, 0x00080000);
    viewport(176, 240, 8, 24);
    wide(-1, 1, green, green); /* from 0 to a half of x */
    gpu_set(&gpu, PA_CL_CLIP_CNTL, 0);
    viewport(176, 240, 32, 48);
    wide(-1, 1, green, green); /* from minus a half */
    gpu_set(&gpu, PA_CL_CLIP_CNTL, 0x00080000);
}

/* A viewport that mirrors. */
static void mirrored(void)
{
    matrix(0, 0.5f, 0, 1);
    viewport(160, 96, 32, 48);
    wide(-1, 0, red, red);
    wide(0, 1, green, green);
}

/* Pixels from here on. */
static void kills(void)
{
    const struct vertex v[4] = {{8, 64, 0, 0, 1, 0, 0},
                                {72, 64, 0, 0, 1, 0, 1},
                                {8, 80, 0, 0, 1, 0, 0},
                                {72, 80, 0, 0, 1, 0, 1}};

    gpu_constant(&gpu, GPU_PIXEL_CONSTANT(0), 0.5f, 0, 0, 0);
    GPU_LOAD(&gpu, GPU_PIXEL, kill_ps);
    draw(GPU_STRIP, v, 4);
}

static void says_depth(void)
{
    gpu_set(&gpu, RB_DEPTHCONTROL, 2 | 4 | GPU_LESS << 4);
    GPU_LOAD(&gpu, GPU_PIXEL, depth_ps);
    box_of_colour((struct box){96, 64, 112, 80, 0.75f}, (struct colour){0, 1, 0, 0.25f});
    box_of_colour((struct box){120, 64, 136, 80, 0.25f}, (struct colour){0, 1, 0, 0.75f});
    GPU_LOAD(&gpu, GPU_PIXEL, colour_ps);
    box_of_colour((struct box){96, 72, 136, 80, 0.5f}, red);
    gpu_set(&gpu, RB_DEPTHCONTROL, 0);
}

/* A place that is no number: nothing is drawn. */
static void nowhere(void)
{
    struct box b = {160, 64, 176, 80, 0};

    b.right = __builtin_nanf("");
    box_of_colour(b, red);
}

static void two_targets(void)
{
    gpu_set(&gpu, RB_COLOR1_INFO, PLACE);
    gpu_set(&gpu, RB_BLENDCONTROL1, 0x00010001);
    gpu_set(&gpu, RB_COLOR_MASK, 0xFF);
    GPU_LOAD(&gpu, GPU_PIXEL, two_ps);
    box_of_colour((struct box){8, 96, 72, 112, 0}, blue);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
    GPU_LOAD(&gpu, GPU_PIXEL, colour_ps);
}

/* Of what was drawn, the right half of the second target. */
static int show_both(void)
{
    struct gpu_copy copy = {.to = front, .width = WIDTH, .height = HEIGHT};

    gpu_copy(&gpu, &copy, corners);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31 | 96 << 16 | 40);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, 112 << 16 | 72);
    copy.control = 1;
    gpu_copy(&gpu, &copy, corners);
    gpu_swap(&gpu, front, WIDTH, HEIGHT);
    gpu_finish(&gpu);
    return verdict();
}

int main(void)
{
    begin();
    gpu_clip_space(&gpu, WIDTH, HEIGHT);
    GPU_LOAD(&gpu, GPU_VERTEX, triangle_vs);
    perspective();
    clipped();
    mirrored();
    gpu_target(&gpu, WIDTH, HEIGHT, GPU_1X);
    GPU_LOAD(&gpu, GPU_VERTEX, place_vs);
    kills();
    says_depth();
    nowhere();
    two_targets();
    return show_both();
}
