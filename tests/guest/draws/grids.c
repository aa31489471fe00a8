/* How exact a place is, what becomes of it by w, and what has more than one colour: targets with
 * operations of their own, samples with depths of their own. */
#define TITLE "grids"
#include "draws.h"

#include "shaders/four.ps.h"
#include "shaders/triangle.vs.h"

#define PLACE   1024u /* tiles: of the second target; the others follow */
#define STEP    64u
#define SAMPLES 1536u

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1}, blue = {0, 0, 1, 1},
                           black = {0, 0, 0, 1};

static struct box square(float x, float y)
{
    return (struct box){x, y, x + 16, y + 16, 0};
}

/* ---- places --------------------------------------------------------------------------------- */

enum round { CUT, NEAREST, TO_EVEN, TO_ODD };
enum quant { SIXTEENTHS, HALVES = 3, WHOLE };

static void snapped(float left, float right, enum round round, enum quant quant)
{
    gpu_set(&gpu, PA_SU_VTX_CNTL, 1 | round << 1 | quant << 3);
    box_of_colour((struct box){left, 8, right, 16, 0}, red);
    gpu_set(&gpu, PA_SU_VTX_CNTL, 1);
}

static void places(void)
{
    snapped(8.54f, 16, CUT, SIXTEENTHS);
    snapped(32.54f, 40, NEAREST, SIXTEENTHS);
    snapped(56.9f, 64.9f, CUT, WHOLE);
    snapped(80.9f, 88.4f, NEAREST, WHOLE);
    snapped(104.9f, 112.9f, CUT, HALVES);
    snapped(128.5f, 136.5f, TO_EVEN, WHOLE);
    snapped(152.5f, 160.5f, TO_ODD, WHOLE);
}

/* ---- w -------------------------------------------------------------------------------------- */

/* From -1 to 1 in both directions, 16 pixels each; w is what is said. */
static void by_w(float x, u32 control, float w, struct colour c)
{
    float *v = (float *)(vertices + used);

    gpu_clip_space(&gpu, 32, 32);
    gpu_set(&gpu, PA_CL_VTE_CNTL, control);
    gpu_set_float(&gpu, PA_CL_VPORT_XOFFSET, x + 16);
    gpu_set_float(&gpu, PA_CL_VPORT_YOFFSET, 40);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(0), 1, 0, 0, 0);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(1), 0, 1, 0, 0);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(2), 0, 0, 0, 0.25f);
    gpu_constant(&gpu, GPU_ALU_CONSTANT(3), 0, 0, 0, w);
    for (u32 i = 0; i < 4; i++) {
        v[6 * i] = i % 2 ? 1 : -1;
        v[6 * i + 1] = i / 2 ? -1 : 1;
        v[6 * i + 2] = 0;
        v[6 * i + 3] = c.r;
        v[6 * i + 4] = c.g;
        v[6 * i + 5] = c.b;
    }
    used += 4;
    gpu_vertices(&gpu, 0, v, 24);
    gpu_draw(&gpu, GPU_STRIP, 4);
}

/* w itself, by which places are to be divided, or were; and 1 / w. */
static void kinds_of_w(void)
{
    GPU_LOAD(&gpu, GPU_VERTEX, triangle_vs);
    by_w(8, 0x43F, 2, red);
    by_w(48, 0x53F, 2, green);
    by_w(88, 0x03F, 0.5f, blue);
    by_w(128, 0x13F, 0.5f, red);
    gpu_target(&gpu, WIDTH, HEIGHT, GPU_1X);
    GPU_LOAD(&gpu, GPU_VERTEX, place_vs);
}

/* ---- what is left over, or out -------------------------------------------------------------- */

static void left_over(void)
{
    struct vertex v[7];

    for (u32 i = 0; i < 7; i++)
        v[i] = at(168 + i / 4 * 24 + (i % 4 == 1 || i % 4 == 2 ? 16 : 0), i % 4 / 2 ? 40 : 24, 0,
                  blue);
    draw(GPU_QUADS, v, 7);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 3); /* fronts and backs are culled */
    box_of_colour(square(216, 24), red);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
    gpu_constant(&gpu, PA_CL_UCP_0_X, 0, 0, 0, -1); /* nothing is on its good side */
    gpu_set(&gpu, PA_CL_CLIP_CNTL, 0x00010001);
    box_of_colour(square(240, 24), green); /* but nothing is clipped */
    gpu_set(&gpu, PA_CL_CLIP_CNTL, 0x00010000);
}

/* ---- several colours ------------------------------------------------------------------------ */

static void four_targets(void)
{
    const struct box b = {8, 64, 72, 80, 0};

    for (u32 i = 0; i < 3; i++)
        gpu_set(&gpu, RB_COLOR1_INFO + i, PLACE + i * STEP);
    for (u32 i = 0; i < 3; i++)
        gpu_set(&gpu, RB_BLENDCONTROL1 + i, 0x00010001);
    gpu_set(&gpu, RB_COLOR_MASK, 0xFFFF);
    GPU_LOAD(&gpu, GPU_PIXEL, four_ps);
    box_of_colour(b, RGB(0x404040));
    gpu_set(&gpu, RB_BLENDCONTROL1, 0x00010101);     /* both together */
    gpu_set(&gpu, RB_BLENDCONTROL1 + 1, 0x00010181); /* what is there less what comes */
    gpu_set(&gpu, RB_COLOR_MASK, 0x2FFF);            /* only green to the fourth */
    box_of_colour(b, RGB(0x206080));
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
    GPU_LOAD(&gpu, GPU_PIXEL, colour_ps);
}

/* One sample of four has something near, which hides what comes later; the others have not. */
static void depths(void)
{
    struct box b = {80, 64, 96, 80, 1};

    gpu_target(&gpu, WIDTH, HEIGHT, GPU_4X);
    gpu_set(&gpu, RB_COLOR_INFO, SAMPLES);
    gpu_set(&gpu, RB_DEPTHCONTROL, 2 | 4 | GPU_ALWAYS << 4);
    box_of_colour(b, black);
    b.z = 0.25f;
    gpu_set(&gpu, PA_SC_AA_MASK, 0x1111);
    box_of_colour(b, red);
    gpu_set(&gpu, PA_SC_AA_MASK, 0xFFFF);
    b.z = 0.5f;
    gpu_set(&gpu, RB_DEPTHCONTROL, 2 | 4 | GPU_LESS << 4);
    box_of_colour(b, green);
    gpu_set(&gpu, RB_DEPTHCONTROL, 0);
    gpu_target(&gpu, WIDTH, HEIGHT, GPU_1X);
}

/* ---- copies --------------------------------------------------------------------------------- */

static void copy(struct box b, u32 control)
{
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31 | (u32)b.top << 16 | (u32)b.left);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, (u32)b.bottom << 16 | (u32)b.right);
    gpu_copy(&gpu,
             &(struct gpu_copy){.to = front, .width = WIDTH, .height = HEIGHT, .control = control},
             corners);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, HEIGHT << 16 | WIDTH);
}

int main(void)
{
    begin();
    places();
    kinds_of_w();
    left_over();
    four_targets();
    depths();
    copy((struct box){0, 0, WIDTH, HEIGHT, 0}, 0);
    for (u32 i = 1; i < 4; i++)
        copy(square(8 + 16 * i, 64), i);
    gpu_set(&gpu, RB_SURFACE_INFO, WIDTH | GPU_4X << 16);
    gpu_set(&gpu, RB_COLOR_INFO, SAMPLES);
    copy(square(80, 64), GPU_ALL_SAMPLES | GPU_CONVERT);
    gpu_set(&gpu, RB_SURFACE_INFO, WIDTH);
    gpu_set(&gpu, RB_COLOR_INFO, 0);
    box_of_colour((struct box){104, 64, 136, 80, 0}, red);
    copy((struct box){108, 66, 132, 78, 0}, 0); /* of eights */
    gpu_swap(&gpu, front, WIDTH, HEIGHT);
    gpu_finish(&gpu);
    return verdict();
}
