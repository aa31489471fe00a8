/* Several samples a pixel: edges through pixels come out as shares of both colours, single samples
 * can be copied, and alpha chooses among them. Four a pixel on the left, two on the right. */
#define TITLE "samples"
#include "draws.h"

static const struct colour white = {1, 1, 1, 1}, black = {0, 0, 0, 1};

#define HALF (WIDTH / 2)

static void scissor(u32 left, u32 top, u32 right, u32 bottom)
{
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31 | top << 16 | left);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, bottom << 16 | right);
}

/* A quarter, a half, three quarters of alpha and all of it, as coverage. */
static void by_alpha(float x, float y, u32 offsets)
{
    gpu_set(&gpu, RB_COLORCONTROL, GPU_ALWAYS | 1 << 4 | offsets << 24);
    for (u32 i = 0; i < 5; i++)
        box_of_colour((struct box){x + 12 * i, y, x + 12 * i + 8, y + 8, 0},
                      (struct colour){1, 1, 1, 0.25f * i + 0.001f});
    gpu_set(&gpu, RB_COLORCONTROL, GPU_ALWAYS);
}

static void scene(float x)
{
    box_of_colour((struct box){x, 0, x + HALF, HEIGHT, 0}, black);
    box_of_colour((struct box){x + 8, 8, x + 32, 24.5f, 0}, white);
    box_of_colour((struct box){x + 40, 8, x + 64.5f, 24, 0}, white);
    box_of_colour((struct box){x + 72.5f, 8.5f, x + 96, 24, 0}, white);
    by_alpha(x + 8, 40, 0);
    by_alpha(x + 8, 56, 0xAA);
}

/* Each sample by itself, as the mask says; then one of them is copied. */
static void one_by_one(float x, u32 samples)
{
    static const struct colour colours[4] = {
        {1, 0, 0, 1}, {0, 1, 0, 1}, {0, 0, 1, 1}, {1, 1, 0, 1}};

    for (u32 i = 0; i < samples; i++) {
        gpu_set(&gpu, PA_SC_AA_MASK, 0x1111 << i);
        box_of_colour((struct box){x + 8, 80, x + 72, 96, 0}, colours[i]);
    }
    gpu_set(&gpu, PA_SC_AA_MASK, 0xFFFF);
}

/* All samples of this half to the picture; and over a part of it, one after the other. */
static void copy(u32 left, u32 samples)
{
    struct gpu_copy copy = {.to = front,
                            .width = WIDTH,
                            .height = HEIGHT,
                            .control = (samples == 4 ? 6 : 4) << 4 | GPU_CONVERT};

    scissor(left, 0, left + HALF, HEIGHT);
    gpu_copy(&gpu, &copy, corners);
    for (u32 i = 0; i < samples; i++) {
        scissor(left + 8 + 16 * i, 80, left + 24 + 16 * i, 96);
        copy.control = i << 4 | GPU_CONVERT;
        gpu_copy(&gpu, &copy, corners);
    }
}

int main(void)
{
    begin_with(GPU_4X);
    scene(0);
    one_by_one(0, 4);
    copy(0, 4);
    gpu_target(&gpu, WIDTH, HEIGHT, GPU_2X);
    scene(HALF);
    one_by_one(HALF, 2);
    copy(HALF, 2);
    gpu_swap(&gpu, front, WIDTH, HEIGHT);
    gpu_finish(&gpu);
    return verdict();
}
