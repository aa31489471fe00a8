/* Where something ends: edges through the middles of pixels, scissors, rectangles, strips that
 * begin anew, and what is left out because of alpha, stencil, depth, a vertex or a constant. */
#define TITLE "borders"
#include "draws.h"

#include "shaders/kill.ps.h"
#include "shaders/killed.vs.h"

#define NONE 0xFFFFu /* the index that begins anew */

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1}, blue = {0, 0, 1, 1},
                           black = {0, 0, 0, 1}, white = {1, 1, 1, 1};

static u32 corner(s32 x, s32 y)
{
    return ((u32)x & 0x7FFF) | ((u32)y & 0x7FFF) << 16;
}

static struct box square(float x, float y)
{
    return (struct box){x, y, x + 16, y + 16, 0};
}

/* ---- edges ---------------------------------------------------------------------------------- */

/* An edge on the left or above belongs to what it bounds, others do not. Two triangles that share
 * one hit each pixel of it once: both add a quarter to black. */
static void through_middles(void)
{
    const struct colour dark = RGB(0x400000);

    box_of_colour(square(8.5f, 8.5f), red);
    for (u32 i = 0; i < 2; i++) {
        float x = 32 + 24 * i;
        struct vertex v[4] = {at(x, 8, 0, dark), at(x + 16, 8, 0, dark), at(x + 16, 24, 0, dark),
                              at(x, 24, 0, dark)};

        box_of_colour(square(x, 8), black);
        gpu_set(&gpu, RB_BLENDCONTROL0, 0x00010101);
        draw(GPU_TRIANGLES,
             (struct vertex[]){v[i], v[i + 1], v[i + 2], v[i], v[i + 2], v[(i + 3) % 4]}, 6);
        gpu_set(&gpu, RB_BLENDCONTROL0, 0x00010001);
    }
}

/* The middle of pixel i is i, not half more. */
static void middles_at_corners(void)
{
    gpu_set(&gpu, PA_SU_VTX_CNTL, 0);
    box_of_colour(square(80, 8), red);
    box_of_colour(square(104.5f, 8.5f), green);
    gpu_set(&gpu, PA_SU_VTX_CNTL, 1);
}

/* ---- scissors ------------------------------------------------------------------------------- */

static void window(u32 top_left, u32 bottom_right)
{
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, top_left);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, bottom_right);
}

static void screen(u32 top_left, u32 bottom_right)
{
    gpu_set(&gpu, PA_SC_SCREEN_SCISSOR_TL, top_left);
    gpu_set(&gpu, PA_SC_SCREEN_SCISSOR_BR, bottom_right);
}

/* An offset moves the window's scissor unless a bit says otherwise, and vertices if another does.
 */
static void scissors(void)
{
    const u32 whole = 1u << 31, end = corner(WIDTH, HEIGHT);

    gpu_set(&gpu, PA_SC_WINDOW_OFFSET, corner(8, 4));
    window(corner(128, 8), corner(144, 24));
    box_of_colour((struct box){124, 4, 176, 40, 0}, red);
    window(whole, end);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 1 << 16);
    box_of_colour((struct box){160, 8, 168, 16, 0}, green);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
    gpu_set(&gpu, PA_SC_WINDOW_OFFSET, 0);
    screen(corner(184, 8), corner(200, 24));
    box_of_colour((struct box){180, 4, 220, 36, 0}, red);
    screen(corner(-8, -8), end);
    box_of_colour(square(208, 8), green);
    screen(0, end);
    window(whole | corner(232, 8), corner(232, 24));
    box_of_colour(square(232, 8), red);
    window(whole | corner(248, 24), corner(232, 8));
    box_of_colour(square(232, 8), red);
    window(whole, corner(WIDTH + 80, HEIGHT)); /* wider than the surface's rows */
    screen(0, corner(WIDTH + 80, HEIGHT));
    box_of_colour((struct box){300, 144, 400, 160, 0}, red);
    screen(0, end);
    window(whole, end);
}

/* ---- primitives ----------------------------------------------------------------------------- */

/* The fourth corner lies across the longest edge, whichever that is, and has what the plane of the
 * other three has there. */
static void rectangles(void)
{
    draw(GPU_RECTANGLES,
         (struct vertex[]){at(8, 40, 0, red), at(24, 56, 0, red), at(24, 40, 0, red)}, 3);
    draw(GPU_RECTANGLES,
         (struct vertex[]){at(32, 40, 0, black), at(48, 40, 0, red), at(32, 56, 0, green)}, 3);
}

static void squares_at(float x, struct colour first, struct colour second, struct vertex v[8])
{
    for (u32 i = 0; i < 8; i++)
        v[i] = at(x + (i / 4) * 24 + (i % 4 == 1 || i % 4 == 2 ? 16 : 0), i % 4 / 2 ? 56 : 40, 0,
                  i < 4 ? first : second);
}

/* Fans, polygons and strips of quads, by indices that begin anew; an offset that takes four away;
 * and a least index that makes all alike. */
static void by_indices(void)
{
    static const u16 order[3][9] = {{0, 1, 2, 3, NONE, 4, 5, 6, 7},
                                    {0, 1, 2, 3, NONE, 4, 5, 6, 7},
                                    {0, 3, 1, 2, NONE, 4, 7, 5, 6}};
    static const enum gpu_primitive primitives[3] = {GPU_FAN, GPU_POLYGON, GPU_QUAD_STRIP};
    u16 *indices = gpu_memory(0x1000);
    struct vertex v[8];

    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 1 << 21);
    gpu_set(&gpu, VGT_MULTI_PRIM_IB_RESET_INDX, NONE);
    for (u32 i = 0; i < 3; i++) {
        for (u32 k = 0; k < 9; k++)
            indices[16 * i + k] = order[i][k];
        squares_at(56 + 48 * i, red, green, v);
        put(v, 8);
        gpu_draw_indexed(&gpu, primitives[i], 9, indices + 16 * i);
    }
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
    squares_at(200, blue, red, v);
    put(v, 8);
    gpu_set(&gpu, VGT_INDX_OFFSET, 0xFFFFFC);
    gpu_draw_indexed(&gpu, GPU_FAN, 4, indices + 5);
    gpu_set(&gpu, VGT_INDX_OFFSET, 0);
    gpu_set(&gpu, VGT_MIN_VTX_INDX, 7);
    gpu_draw(&gpu, GPU_QUADS, 8);
    gpu_set(&gpu, VGT_MIN_VTX_INDX, 0);
}

/* ---- what is left out ----------------------------------------------------------------------- */

/* With one sample a pixel, each of a square of four pixels has a threshold of its own: a quarter,
 * three quarters below it, 1 and a half on the right. */
static void alphas(void)
{
    static const float alpha[5] = {0.24f, 0.26f, 0.51f, 0.76f, 1};

    gpu_set(&gpu, RB_COLORCONTROL, GPU_ALWAYS | 1 << 4 | 3u << 24 | 1u << 26 | 2u << 30);
    for (u32 i = 0; i < 5; i++)
        box_of_colour((struct box){8 + 4 * i, 64, 10 + 4 * i, 66, 0},
                      (struct colour){1, 1, 1, alpha[i]});
    gpu_set(&gpu, RB_COLORCONTROL, GPU_ALWAYS);
}

enum { KEEP, ZERO, REPLACE, INVERT = 5 };
enum { STENCIL = 1, DEPTH = 2, DEPTH_WRITE = 4, FACES = 1 << 7 };
#define FRONT(func, pass)              ((func) << 8 | (pass) << 14)
#define BACK(func, pass)               ((func) << 20 | (u32)(pass) << 26)
#define REFERENCE(ref, mask, to_write) ((ref) | (mask) << 8 | (to_write) << 16)

static void backwards(float x, float y, struct colour c)
{
    draw(GPU_FAN,
         (struct vertex[]){at(x, y + 16, 0, c), at(x + 16, y + 16, 0, c), at(x + 16, y, 0, c),
                           at(x, y, 0, c)},
         4);
}

static void expect_stencil(float x, float y, u32 value)
{
    gpu_set(&gpu, RB_DEPTHCONTROL, STENCIL | FRONT(GPU_EQUAL, KEEP));
    gpu_set(&gpu, RB_STENCILREFMASK, REFERENCE(value, 0xFF, 0));
    box_of_colour(square(x, y), green);
    gpu_set(&gpu, RB_DEPTHCONTROL, 0);
}

/* Backs have a reference and masks of their own, if they are told apart. */
static void backs(void)
{
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 4); /* clockwise is the front */
    gpu_set(&gpu, RB_STENCILREFMASK, REFERENCE(5, 0xFF, 0xFF));
    gpu_set(&gpu, RB_STENCILREFMASK_BF, REFERENCE(9, 0xFF, 0xFF));
    gpu_set(&gpu, RB_DEPTHCONTROL,
            STENCIL | FRONT(GPU_ALWAYS, REPLACE) | BACK(GPU_ALWAYS, REPLACE));
    backwards(32, 64, red);
    gpu_set(&gpu, RB_DEPTHCONTROL,
            STENCIL | FACES | FRONT(GPU_ALWAYS, REPLACE) | BACK(GPU_ALWAYS, REPLACE));
    backwards(56, 64, red);
    backwards(80, 64, red);
    gpu_set(&gpu, RB_STENCILREFMASK_BF, REFERENCE(0x19, 0x0F, 0xF0));
    gpu_set(&gpu, RB_DEPTHCONTROL,
            STENCIL | FACES | FRONT(GPU_NEVER, KEEP) | BACK(GPU_EQUAL, INVERT));
    backwards(80, 64, blue);
    gpu_set(&gpu, RB_STENCILREFMASK_BF, 0);
    expect_stencil(32, 64, 5);
    expect_stencil(56, 64, 9);
    expect_stencil(80, 64, 0xF9);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
}

static void slope(float x, struct colour c)
{
    draw(GPU_STRIP,
         (struct vertex[]){at(x, 64, 0, c), at(x + 32, 64, 0.5f, c), at(x, 80, 0, c),
                           at(x + 32, 80, 0.5f, c)},
         4);
}

/* A plane that sinks by a 64th a pixel, and itself moved by so many sixteenths of that and by an
 * offset: it is seen where it comes nearer. */
static void slopes(void)
{
    static const float scale[4] = {16, -16, 16, 16}, offset[4] = {0, 0, -0x1p-5f, -0x1p-7f};

    for (u32 i = 0; i < 4; i++) {
        float x = 104 + 40 * i;

        gpu_set(&gpu, RB_DEPTHCONTROL, DEPTH | DEPTH_WRITE | GPU_ALWAYS << 4);
        slope(x, red);
        gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 3 << 11);
        gpu_set_float(&gpu, PA_SU_POLY_OFFSET_FRONT_SCALE, scale[i]);
        gpu_set_float(&gpu, PA_SU_POLY_OFFSET_FRONT_OFFSET, offset[i]);
        gpu_set_float(&gpu, PA_SU_POLY_OFFSET_BACK_SCALE, scale[i]);
        gpu_set_float(&gpu, PA_SU_POLY_OFFSET_BACK_OFFSET, offset[i]);
        gpu_set(&gpu, RB_DEPTHCONTROL, DEPTH | GPU_LESS << 4);
        slope(x, green);
        gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
    }
    gpu_set(&gpu, RB_DEPTHCONTROL, 0);
}

/* A rectangle of three vertices, the first so many of them killed by what is there. */
static void kill(float x, u32 n, float by)
{
    struct vertex v[3] = {at(x, 88, 0, red), at(x + 16, 88, 0, red), at(x, 104, 0, red)};

    for (u32 i = 0; i < 3; i++)
        v[i].d = i < n ? by : 0;
    draw(GPU_RECTANGLES, v, 3);
}

/* One vertex may do, or it takes all; -0 kills none. */
static void vertices_killed(void)
{
    gpu_set(&gpu, SQ_PROGRAM_CNTL, 31 | 1 << 8 | 4 << 24);
    GPU_LOAD(&gpu, GPU_VERTEX, killed_vs);
    gpu_set(&gpu, PA_CL_CLIP_CNTL, 0x00010000 | 1 << 21);
    kill(8, 0, 1);
    kill(32, 1, 1);
    kill(56, 3, -0.0f);
    gpu_set(&gpu, PA_CL_CLIP_CNTL, 0x00010000);
    kill(80, 2, 1);
    kill(104, 3, 1);
    gpu_program(&gpu, 2, 1);
    GPU_LOAD(&gpu, GPU_VERTEX, place_vs);
}

/* Pixels with more than the constant are killed: where a pixel shader's constants begin decides. */
static void constants(void)
{
    const struct colour half = {1, 0, 0, 0.5f};

    gpu_constant(&gpu, GPU_ALU_CONSTANT(128), 0.75f, 0, 0, 0);
    gpu_constant(&gpu, GPU_PIXEL_CONSTANT(0), 0.25f, 0, 0, 0);
    GPU_LOAD(&gpu, GPU_PIXEL, kill_ps);
    gpu_set(&gpu, SQ_PS_CONST, 128 | 255 << 12);
    box_of_colour(square(128, 88), half);
    gpu_set(&gpu, SQ_PS_CONST, 256 | 255 << 12);
    box_of_colour(square(152, 88), half);
    GPU_LOAD(&gpu, GPU_PIXEL, colour_ps);
}

/* A viewport whose depth goes backwards: 0.75 - 0.5 z. */
static void backward_depth(void)
{
    gpu_set(&gpu, RB_DEPTHCONTROL, DEPTH | DEPTH_WRITE | GPU_ALWAYS << 4);
    gpu_clip_space(&gpu, 16, 16);
    gpu_set_float(&gpu, PA_CL_VPORT_XOFFSET, 184);
    gpu_set_float(&gpu, PA_CL_VPORT_YOFFSET, 96);
    gpu_set_float(&gpu, PA_CL_VPORT_ZSCALE, -0.5f);
    gpu_set_float(&gpu, PA_CL_VPORT_ZOFFSET, 0.75f);
    box_of_colour((struct box){-1, 1, 1, -1, 0.5f}, blue);
    gpu_set(&gpu, PA_CL_VTE_CNTL, 0x300);
    gpu_set(&gpu, PA_CL_CLIP_CNTL, 0x00010000);
    gpu_set(&gpu, RB_DEPTHCONTROL, DEPTH | GPU_EQUAL << 4);
    box_of_colour((struct box){176, 88, 192, 96, 0.5f}, green);
    box_of_colour((struct box){176, 96, 192, 104, 0.25f}, red);
    gpu_set(&gpu, RB_DEPTHCONTROL, 0);
}

int main(void)
{
    begin();
    through_middles();
    middles_at_corners();
    scissors();
    rectangles();
    by_indices();
    alphas();
    backs();
    slopes();
    vertices_killed();
    constants();
    backward_depth();
    box_of_colour((struct box){300, 8, 316, 24, 0}, white); /* nothing of all that is left behind */
    return show(0);
}
