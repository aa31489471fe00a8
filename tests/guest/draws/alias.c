/* One place of EDRAM, seen in several ways: what was drawn as one thing is read, or drawn over, as
 * another. */
#define TITLE "alias"
#include "draws.h"

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1};

#define PLACE  1024u /* tiles: behind what gpu_target uses; 4 of them make 16 lines */
#define NARROW 1536u

enum { DEPTH_TEST = 2, DEPTH_WRITE = 4 };

static void from_to(u32 base, u32 format)
{
    gpu_set(&gpu, RB_COLOR_INFO, base | format << 16);
}

/* What lies there goes to the same place of the picture. */
static void copy_part(u32 left, u32 top, u32 right, u32 bottom, u32 control)
{
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31 | top << 16 | left);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, bottom << 16 | right);
    gpu_copy(&gpu,
             &(struct gpu_copy){.to = front, .width = WIDTH, .height = HEIGHT, .control = control},
             corners);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, HEIGHT << 16 | WIDTH);
}

/* The second line of tiles of a narrow surface is the second half of the first of a wide one. */
static void another_pitch(void)
{
    from_to(NARROW, GPU_RT_8_8_8_8);
    gpu_set(&gpu, RB_SURFACE_INFO, 80);
    box_of_colour((struct box){0, 0, 80, 16, 0}, red);
    box_of_colour((struct box){0, 16, 80, 32, 0}, green);
    gpu_set(&gpu, RB_SURFACE_INFO, 160);
    copy_part(0, 0, 160, 16, 0);
    gpu_set(&gpu, RB_SURFACE_INFO, WIDTH);
}

/* Behind the last tile comes the first. */
static void around_the_end(void)
{
    from_to(2044, GPU_RT_8_8_8_8);
    box_of_colour((struct box){160, 16, 240, 32, 0}, red);
    from_to(0, GPU_RT_8_8_8_8);
    copy_part(160, 0, 240, 16, 0);
}

/* Depth 804020 over stencil C0, as bytes; its halves of a tile have changed places. */
static void depth_as_colour(void)
{
    from_to(PLACE, GPU_RT_8_8_8_8);
    box_of_colour((struct box){0, 16, 80, 32, 0}, red);
    gpu_set(&gpu, RB_DEPTH_INFO, PLACE);
    gpu_set(&gpu, RB_DEPTHCONTROL,
            1 | DEPTH_TEST | DEPTH_WRITE | GPU_ALWAYS << 4 | GPU_ALWAYS << 8 | 2 << 14);
    gpu_set(&gpu, RB_STENCILREFMASK, 0xFFFFC0);
    gpu_set(&gpu, RB_COLOR_MASK, 0);
    box_of_colour((struct box){0, 16, 40, 32, 0x804020 / 16777215.0f}, red);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
    gpu_set(&gpu, RB_DEPTHCONTROL, 0);
    copy_part(0, 16, 80, 32, 0);
}

/* Colours drawn where depth lies: 0x40 of alpha is a depth of a quarter. */
static void colour_as_depth(void)
{
    from_to(PLACE, GPU_RT_8_8_8_8);
    box_of_colour((struct box){0, 48, 40, 64, 0}, (struct colour){0, 0, 0, 64 / 255.0f});
    box_of_colour((struct box){40, 48, 80, 64, 0}, (struct colour){0, 0, 0, 192 / 255.0f});
    from_to(0, GPU_RT_8_8_8_8);
    gpu_set(&gpu, RB_DEPTH_INFO, PLACE);
    gpu_set(&gpu, RB_DEPTHCONTROL, DEPTH_TEST | GPU_LESS << 4);
    box_of_colour((struct box){0, 48, 80, 64, 0.5f}, green);
    gpu_set(&gpu, RB_DEPTHCONTROL, 0);
    copy_part(0, 48, 80, 64, 0);
}

/* Two samples a pixel are two lines of one: lines 32 to 40 are 64 to 80. */
static void samples_as_lines(void)
{
    from_to(PLACE, GPU_RT_8_8_8_8);
    gpu_set(&gpu, RB_SURFACE_INFO, WIDTH | GPU_2X << 16);
    for (u32 i = 0; i < 2; i++) {
        gpu_set(&gpu, PA_SC_AA_MASK, 0x1111 << i);
        box_of_colour((struct box){0, 32, 40, 40, 0}, i ? green : red);
    }
    gpu_set(&gpu, PA_SC_AA_MASK, 0xFFFF);
    gpu_set(&gpu, RB_SURFACE_INFO, WIDTH);
    copy_part(0, 64, 40, 80, 0);
}

/* A colour of one format, as the bits are in another. */
static void as(u32 top, u32 drawn, struct colour c, u32 read, u32 control)
{
    from_to(PLACE, drawn);
    box_of_colour((struct box){0, top, 40, top + 16, 0}, c);
    from_to(PLACE, read);
    copy_part(0, top, 40, top + 16, control);
}

int main(void)
{
    begin();
    copy_part(0, 0, WIDTH, HEIGHT, 0);
    another_pitch();
    around_the_end();
    depth_as_colour();
    colour_as_depth();
    samples_as_lines();
    as(80, GPU_RT_8_8_8_8, RGB(0x80C060), GPU_RT_2_10_10_10, GPU_CONVERT);
    as(96, GPU_RT_32_FLOAT, (struct colour){1, 0, 0, 0}, GPU_RT_8_8_8_8, 0);
    as(112, GPU_RT_16_16, (struct colour){32.0f * 0x1234 / 32767, 32.0f * 0x456 / 32767, 0, 0},
       GPU_RT_8_8_8_8, 0);
    gpu_swap(&gpu, front, WIDTH, HEIGHT);
    gpu_finish(&gpu);
    return verdict();
}
