/* A picture in two bands, since EDRAM has no room for all of it at once: the scene lies in a
 * buffer, and each of its draws is carried out only for the bands that it is said to be in. */
#define TITLE "bands"
#include "draws.h"

#define BAND 96u /* lines: whole tiles of a texture */

static struct gpu scene; /* words of a buffer, written as those of a ring are */

static u32 masks[] = {1, 2, 3, 2, 0};
static const struct box boxes[] = {
    {16, 16, 80, 80, 0},    /* in the upper band */
    {16, 112, 80, 160, 0},  /* in the lower      */
    {112, 64, 176, 128, 0}, /* in both           */
    {208, 64, 272, 128, 0}, /* in both, but said to be in the lower */
    {16, 16, 304, 160, 0},  /* said to be in none */
};
static const struct colour colours[] = {
    {1, 0, 0, 1}, {0, 1, 0, 1}, {0, 0, 1, 1}, {1, 1, 0, 1}, {1, 1, 1, 1}};

static void record(void)
{
    scene.ring = gpu_memory(0x1000);
    scene.words = 0x400;
    CHECK(scene.ring != NULL);
    for (u32 i = 0; i < COUNT(boxes); i++) {
        const struct box *b = &boxes[i];
        struct colour c = colours[i];
        struct vertex *v = vertices + used;

        v[0] = at(b->left, b->top, 0, c);
        v[1] = at(b->right, b->top, 0, c);
        v[2] = at(b->left, b->bottom, 0, c);
        v[3] = at(b->right, b->bottom, 0, c);
        used += 4;
        gpu_vertices(&scene, 0, v, 28);
        gpu_reserve(&scene, 5);
        gpu_emit(&scene, GPU_TYPE3(GPU_SET_BIN_MASK, 2));
        gpu_emit(&scene, 0);
        gpu_emit(&scene, masks[i]);
        gpu_emit(&scene, GPU_TYPE3(GPU_DRAW_INDX_2, 1) | GPU_PREDICATED);
        gpu_emit(&scene, GPU_STRIP | 2 << 6 | 4 << 16);
    }
}

static void call(void)
{
    gpu_reserve(&gpu, 3);
    gpu_emit(&gpu, GPU_TYPE3(GPU_INDIRECT_BUFFER, 2));
    gpu_emit(&gpu, MmGetPhysicalAddress(scene.ring));
    gpu_emit(&gpu, scene.at);
}

/* EDRAM holds lines from `top` on; they go to where these lie in the picture. */
static void band(u32 number)
{
    u32 top = number * BAND, lines = number ? HEIGHT - BAND : BAND;
    struct gpu_copy copy = {.to = front + top * WIDTH * 4,
                            .width = WIDTH,
                            .height = lines,
                            .control = GPU_CLEAR_COLOUR};

    gpu_set(&gpu, PA_SC_WINDOW_OFFSET, (-top & 0x7FFF) << 16);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 1 << 16);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, lines << 16 | WIDTH);
    gpu_reserve(&gpu, 3);
    gpu_emit(&gpu, GPU_TYPE3(GPU_SET_BIN_SELECT, 2));
    gpu_emit(&gpu, 0);
    gpu_emit(&gpu, 1u << number);
    call();
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
    gpu_copy(&gpu, &copy, corners + 8 * number);
}

int main(void)
{
    begin();
    record();
    band(0);
    band(1);
    gpu_swap(&gpu, front, WIDTH, HEIGHT);
    gpu_finish(&gpu);
    return verdict();
}
