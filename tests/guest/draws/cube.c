/* A cube in perspective, turned so that three faces are seen. All six are drawn, the nearest first,
 * so that only depth can hide those behind. */
#define TITLE "cube"
#include "draws.h"

#include "shaders/triangle.vs.h"

#define RED    1, 0, 0
#define GREEN  0, 1, 0
#define BLUE   0, 0, 1
#define YELLOW 1, 1, 0
#define WHITE  1, 1, 1
#define BLACK  0, 0, 0

/* Six floats for triangle.vs; corners around each face, in the order of a fan. */
static const float faces[6][4][6] = {
    {{1, -1, -1, RED}, {1, 1, -1, RED}, {1, 1, 1, RED}, {1, -1, 1, RED}},
    {{-1, -1, -1, BLUE}, {-1, 1, -1, BLUE}, {1, 1, -1, BLUE}, {1, -1, -1, BLUE}},
    {{-1, -1, -1, WHITE}, {1, -1, -1, WHITE}, {1, -1, 1, WHITE}, {-1, -1, 1, WHITE}},
    {{-1, 1, -1, GREEN}, {-1, 1, 1, GREEN}, {1, 1, 1, GREEN}, {1, 1, -1, GREEN}},
    {{-1, -1, -1, YELLOW}, {-1, -1, 1, YELLOW}, {-1, 1, 1, YELLOW}, {-1, 1, -1, YELLOW}},
    {{-1, -1, 1, BLACK}, {1, -1, 1, BLACK}, {1, 1, 1, BLACK}, {-1, 1, 1, BLACK}},
};

/* Turned by 30 degrees about y, then by 30 about x, and moved back by 5; seen with a focal length
 * of 1.25 times half of the picture's height; z from 1 to 9 becomes a depth of 0 to 1. */
static const float matrix[4][4] = {
    {0.5953925f, 0, 0.34375f, 0},
    {0.3125f, 1.0825318f, -0.5412659f, 0},
    {-0.4871393f, 0.5625f, 0.84375f, 4.5f},
    {-0.4330127f, 0.5f, 0.75f, 5},
};

int main(void)
{
    float *at_chip;

    begin();
    at_chip = (float *)vertices;
    gpu_clip_space(&gpu, WIDTH, HEIGHT);
    GPU_LOAD(&gpu, GPU_VERTEX, triangle_vs);
    for (u32 i = 0; i < 4; i++)
        gpu_constant(&gpu, GPU_ALU_CONSTANT(i), matrix[i][0], matrix[i][1], matrix[i][2],
                     matrix[i][3]);
    gpu_set(&gpu, RB_DEPTHCONTROL, 2 | 4 | GPU_LESS << 4);
    for (u32 face = 0; face < 6; face++) {
        for (u32 i = 0; i < 24; i++)
            at_chip[24 * face + i] = faces[face][i / 6][i % 6];
        gpu_vertices(&gpu, 0, at_chip + 24 * face, 24);
        gpu_draw(&gpu, GPU_FAN, 4);
    }
    return show(0);
}
