/* Less than all of something: what lies in some of four rectangles and not in others, triangles as
 * lines and as points, by which side they show. */
#define TITLE "outlines"
#include "draws.h"

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1}, blue = {0, 0, 1, 1};

static void rectangle(u32 n, u32 left, u32 top, u32 right, u32 bottom)
{
    gpu_set(&gpu, PA_SC_CLIPRECT_0_TL + 2 * n, top << 16 | left);
    gpu_set(&gpu, PA_SC_CLIPRECT_0_TL + 2 * n + 1, bottom << 16 | right);
}

/* Two rectangles that overlap, and two that are empty. The rule has a bit for each of the sixteen
 * ways of being in them: for those in the first, in one of two, in none, in both. */
static void clipped(void)
{
    static const u32 rule[4] = {0xAAAA, 0x6666, 0x1111, 0x8888};
    static const struct colour colours[4] = {
        {1, 0, 0, 1}, {0, 1, 0, 1}, {0, 0, 1, 1}, {1, 1, 0, 1}};

    rectangle(2, 0, 0, 0, 0);
    rectangle(3, 0, 0, 0, 0);
    for (u32 i = 0; i < COUNT(rule); i++) {
        u32 x = 8 + 48 * i;

        rectangle(0, x + 4, 12, x + 20, 28);
        rectangle(1, x + 12, 20, x + 28, 36);
        gpu_set(&gpu, PA_SC_CLIPRECT_RULE, rule[i]);
        box_of_colour((struct box){x, 8, x + 32, 40, 0}, colours[i]);
    }
    gpu_set(&gpu, PA_SC_CLIPRECT_RULE, 0xFFFF);
}

enum { POINTS, LINES, TRIANGLES };
#define AS(front, back) (1u << 3 | (front) << 5 | (back) << 8)
#define CLOCKWISE       4u

/* From the middle of a pixel to those of others, clockwise or not. */
static void triangle(float x, u32 backwards, struct colour c)
{
    const struct vertex v[3] = {at(x + 0.5f, 56.5f, 0, c), at(x + 32.5f, 56.5f, 0, c),
                                at(x + 0.5f, 88.5f, 0, c)};

    if (backwards)
        draw(GPU_TRIANGLES, (struct vertex[]){v[0], v[2], v[1]}, 3);
    else
        draw(GPU_TRIANGLES, v, 3);
}

static void outlined(void)
{
    gpu_set(&gpu, PA_SU_LINE_CNTL, 8);
    gpu_set(&gpu, PA_SU_POINT_SIZE, 32 << 16 | 32); /* four by four */
    gpu_set(&gpu, PA_SU_POINT_MINMAX, 4096u << 16);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, CLOCKWISE | AS(LINES, TRIANGLES));
    triangle(8, 0, red);
    triangle(56, 1, green);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, CLOCKWISE | AS(TRIANGLES, LINES));
    triangle(104, 1, blue);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, CLOCKWISE | AS(POINTS, TRIANGLES));
    triangle(152, 0, red);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, CLOCKWISE | AS(LINES, LINES) | 2); /* backs are culled */
    triangle(200, 1, green);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, CLOCKWISE | (AS(LINES, LINES) & ~(3u << 3)));
    triangle(248, 0, blue); /* types, but not switched on */
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
}

int main(void)
{
    begin();
    clipped();
    outlined();
    return show(0);
}
