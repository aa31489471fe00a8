/* Depth: every comparison in both formats, planes that cross, what is not written, what is moved by
 * an offset or clamped, and depth alone. */
#define TITLE "depth"
#include "draws.h"

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1}, blue = {0, 0, 1, 1};

#define TEST       2u
#define WRITE      4u
#define COMPARE(f) ((f) << 4)

static void control(u32 bits)
{
    gpu_set(&gpu, RB_DEPTHCONTROL, bits);
}

/* A box of 32 by 16 at 0.5, and over its left, middle and right parts of 8 what is nearer, as far
 * and farther. */
static void comparison(float x, float y, u32 func)
{
    control(TEST | WRITE | COMPARE(GPU_ALWAYS));
    box_of_colour((struct box){x, y, x + 32, y + 16, 0.5f}, blue);
    control(TEST | WRITE | COMPARE(func));
    for (u32 i = 0; i < 3; i++)
        box_of_colour(
            (struct box){x + 2 + 10 * i, y + 4, x + 10 + 10 * i, y + 12, 0.25f + 0.25f * i}, red);
}

static void format(u32 is_float)
{
    gpu_set(&gpu, RB_DEPTH_INFO, 4 * 11 | is_float << 16);
}

/* Two planes that slope across each other: in the middle the nearer changes. */
static void crossing(void)
{
    control(TEST | WRITE | COMPARE(GPU_LESS));
    draw(GPU_STRIP,
         (struct vertex[]){at(8, 64, 0, red), at(72, 64, 1, red), at(8, 80, 0, red),
                           at(72, 80, 1, red)},
         4);
    draw(GPU_STRIP,
         (struct vertex[]){at(8, 64, 1, green), at(72, 64, 0, green), at(8, 80, 1, green),
                           at(72, 80, 0, green)},
         4);
}

/* What is not tested is not written, whatever the bit says; what isn't written leaves room behind.
 */
static void unwritten(void)
{
    control(WRITE | COMPARE(GPU_ALWAYS));
    box_of_colour((struct box){88, 64, 104, 80, 0}, red);
    control(TEST | WRITE | COMPARE(GPU_LESS));
    box_of_colour((struct box){88, 72, 104, 80, 0.5f}, green);
    control(TEST | COMPARE(GPU_LESS));
    box_of_colour((struct box){112, 64, 128, 80, 0.25f}, red);
    control(TEST | WRITE | COMPARE(GPU_LESS));
    box_of_colour((struct box){112, 72, 128, 80, 0.5f}, green);
}

/* Beyond 0 and 1 it is 0 and 1. */
static void clamped(void)
{
    control(TEST | WRITE | COMPARE(GPU_ALWAYS));
    box_of_colour((struct box){136, 64, 152, 80, -3}, red);
    box_of_colour((struct box){160, 64, 176, 80, 7}, red);
    control(TEST | WRITE | COMPARE(GPU_EQUAL));
    box_of_colour((struct box){136, 72, 152, 80, 0}, green);
    box_of_colour((struct box){160, 72, 176, 80, 1}, green);
}

/* As far as what is there, and moved towards or away; a scale counts where it slopes. */
static void moved(void)
{
    for (u32 i = 0; i < 2; i++) {
        float x = 184 + 24 * i;

        control(TEST | WRITE | COMPARE(GPU_ALWAYS));
        box_of_colour((struct box){x, 64, x + 16, 80, 0.5f}, red);
        gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 3 << 11);
        gpu_set_float(&gpu, PA_SU_POLY_OFFSET_FRONT_OFFSET, i ? 0.001f : -0.001f);
        gpu_set_float(&gpu, PA_SU_POLY_OFFSET_BACK_OFFSET, i ? 0.001f : -0.001f);
        gpu_set_float(&gpu, PA_SU_POLY_OFFSET_FRONT_SCALE, 1000);
        gpu_set_float(&gpu, PA_SU_POLY_OFFSET_BACK_SCALE, 1000);
        control(TEST | WRITE | COMPARE(GPU_LESS));
        box_of_colour((struct box){x, 72, x + 16, 80, 0.5f}, green);
        gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
    }
}

/* Colours stay, and what was drawn without them hides what comes later. */
static void alone(void)
{
    control(TEST | WRITE | COMPARE(GPU_ALWAYS));
    gpu_set(&gpu, RB_MODECONTROL, GPU_DEPTH_ONLY);
    box_of_colour((struct box){232, 64, 264, 80, 0.25f}, red);
    gpu_set(&gpu, RB_MODECONTROL, GPU_COLOUR_DEPTH);
    control(TEST | WRITE | COMPARE(GPU_LESS));
    box_of_colour((struct box){248, 64, 280, 80, 0.5f}, green);
}

/* Floats of 20 bits and 4: two that 24 bits of a fixed point can't tell from each other, near 0,
 * and two near 1 that floats can't. */
static void finer(float y, u32 is_float)
{
    static const float near[2] = {0x1p-26f, 0x1.8p-26f}, far[2] = {0.75f, 0.75f + 0x1p-23f};

    format(is_float);
    for (u32 i = 0; i < 2; i++) {
        const float *z = i ? far : near;
        float x = 8 + 24 * i;

        control(TEST | WRITE | COMPARE(GPU_ALWAYS));
        box_of_colour((struct box){x, y, x + 16, y + 16, z[1]}, red);
        control(TEST | WRITE | COMPARE(GPU_LESS));
        box_of_colour((struct box){x, y + 8, x + 16, y + 16, z[0]}, green);
    }
}

int main(void)
{
    begin();
    for (u32 i = 0; i < 8; i++)
        comparison(8 + 38 * i, 8, i);
    crossing();
    unwritten();
    clamped();
    moved();
    alone();
    finer(96, 0);
    finer(120, 1);
    for (u32 i = 0; i < 8; i++)
        comparison(8 + 38 * i, 32, i);
    return show(0);
}
