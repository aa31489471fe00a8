/* Colours and depth on their way through every format of EDRAM: a ramp is drawn into it, copied to
 * a texture, and drawn from there. */
#define TITLE "targets"
#include "draws.h"

#include "shaders/texture.ps.h"

#define PLACE 1024u
#define STEPS 16u

enum { DEPTH_24, DEPTH_FLOAT, NO_DEPTH };

static const struct row {
    u8 target, texture; /* formats: of EDRAM, of what it is copied to */
    u8 read_as;         /* where that is another */
    u8 signs, depth;
} rows[] = {
    {0, 6, 6, 0, NO_DEPTH},    {1, 6, 6, 0x3F, NO_DEPTH}, /* gamma, undone by the fetch */
    {2, 7, 7, 0, NO_DEPTH},    {3, 32, 32, 0, NO_DEPTH},  {4, 25, 25, 0, NO_DEPTH},
    {5, 26, 26, 0, NO_DEPTH},  {6, 31, 31, 0, NO_DEPTH},  {7, 32, 32, 0, NO_DEPTH},
    {10, 54, 54, 0, NO_DEPTH}, {12, 38, 38, 0, NO_DEPTH}, {14, 36, 36, 0, NO_DEPTH},
    {15, 37, 37, 0, NO_DEPTH}, {0, 6, 22, 0, DEPTH_24},   {0, 6, 23, 0, DEPTH_FLOAT},
};

static u8 *copied;

static void ramp(const struct row *row, float top)
{
    gpu_set(&gpu, RB_COLOR_INFO, PLACE | row->target << 16);
    if (row->depth != NO_DEPTH) {
        gpu_set(&gpu, RB_DEPTH_INFO, PLACE | row->depth << 16);
        gpu_set(&gpu, RB_DEPTHCONTROL, 2 | 4 | GPU_ALWAYS << 4);
        gpu_set(&gpu, RB_COLOR_MASK, 0);
    }
    for (u32 i = 0; i < STEPS; i++) {
        float part = i * (1.0f / 15);

        box_of_colour((struct box){16 * i, top, 16 * i + 16, top + 8, part},
                      (struct colour){part, 1 - part, part * 0.5f, 1});
    }
    gpu_set(&gpu, RB_DEPTHCONTROL, 0);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
}

/* Only of what was drawn. */
static void copy(const struct row *row, u32 top)
{
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31 | top << 16);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, (top + 8) << 16 | 16 * STEPS);
    gpu_copy(&gpu,
             &(struct gpu_copy){.to = copied,
                                .width = WIDTH,
                                .height = HEIGHT,
                                .format = row->texture,
                                .info = GPU_8IN32,
                                .control = row->depth != NO_DEPTH ? GPU_FROM_DEPTH : GPU_CONVERT},
             corners);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, HEIGHT << 16 | WIDTH);
}

/* Texels to the pixels of their places. */
static void show_it(const struct row *row, u32 top)
{
    const struct box b = {0, top, 16 * STEPS, top + 8, 0};
    const float right = 16.0f * STEPS / WIDTH, up = (float)top / HEIGHT,
                down = (top + 8.0f) / HEIGHT;

    gpu_texture(&gpu, 1,
                &(struct gpu_texture){.base = copied,
                                      .width = WIDTH,
                                      .height = HEIGHT,
                                      .format = row->read_as,
                                      .endian = GPU_8IN32,
                                      .dimension = GPU_2D,
                                      .signs = row->signs,
                                      .swizzle = GPU_XYZW,
                                      .clamp = GPU_EDGE});
    gpu_set(&gpu, RB_COLOR_INFO, 0);
    GPU_LOAD(&gpu, GPU_PIXEL, texture_ps);
    draw(GPU_STRIP,
         (struct vertex[]){{b.left, b.top, 0, 0, up, 0, 0},
                           {b.right, b.top, 0, right, up, 0, 0},
                           {b.left, b.bottom, 0, 0, down, 0, 0},
                           {b.right, b.bottom, 0, right, down, 0, 0}},
         4);
    GPU_LOAD(&gpu, GPU_PIXEL, colour_ps);
}

int main(void)
{
    begin();
    copied = gpu_memory(0x100000);
    CHECK(copied != NULL);
    for (u32 i = 0; i < COUNT(rows); i++) {
        u32 top = 8 + 8 * i; /* copies are of eights */

        ramp(&rows[i], top);
        copy(&rows[i], top);
        show_it(&rows[i], top);
    }
    return show(0);
}
