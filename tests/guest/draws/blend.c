/* Blending: every factor of what comes and of what is there, every operation, and masks of colours.
 */
#define TITLE "blend"
#include "draws.h"

static const struct colour there = {0.25f, 0.5f, 0.75f, 0.625f};
static const struct colour comes = {0.75f, 0.5f, 0.125f, 0.25f};

enum { ZERO, ONE };
enum { ADD, SUBTRACT, MIN, MAX, REVERSE };

static u32 blend(u32 source, u32 op, u32 dest)
{
    return source | op << 5 | dest << 8;
}

/* A patch of 16 by 16 in a row of 18. */
static void patch(u32 number, u32 control, u32 mask)
{
    float x = 4 + number % 17 * 18, y = 4 + number / 17 * 18;
    struct box b = {x, y, x + 16, y + 16, 0};

    gpu_set(&gpu, RB_BLENDCONTROL0, 0x00010001);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
    box_of_colour(b, there);
    gpu_set(&gpu, RB_BLENDCONTROL0, control);
    gpu_set(&gpu, RB_COLOR_MASK, mask);
    box_of_colour(b, comes);
}

int main(void)
{
    begin();
    gpu_set_float(&gpu, RB_BLEND_RED, 0.5f);
    gpu_set_float(&gpu, RB_BLEND_GREEN, 1);
    gpu_set_float(&gpu, RB_BLEND_BLUE, 0.25f);
    gpu_set_float(&gpu, RB_BLEND_ALPHA, 0.75f);
    for (u32 factor = 0; factor < 17; factor++) /* 2 and 3 are none, and not drawn */
        if (factor < 2 || factor > 3) {
            patch(factor, blend(factor, ADD, ZERO) | blend(ONE, ADD, ZERO) << 16, 0xF);
            patch(17 + factor, blend(ZERO, ADD, factor) | blend(ONE, ADD, ZERO) << 16, 0xF);
        }
    for (u32 op = 0; op < 5; op++)
        patch(34 + op, blend(ONE, op, ONE) | blend(ONE, ADD, ZERO) << 16, 0xF);
    for (u32 mask = 0; mask < 16; mask++)
        patch(51 + mask, 0x00010001, mask);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
    return show(0);
}
