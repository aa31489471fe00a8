/* Alpha tests, and stencils: every comparison and every operation, masks, and faces of their own.
 */
#define TITLE "stencil"
#include "draws.h"

static const struct colour red = {1, 0, 0, 1}, green = {0, 1, 0, 1}, blue = {0, 0, 1, 1};

enum { KEEP, ZERO, REPLACE, UP_CLAMP, DOWN_CLAMP, INVERT, UP_WRAP, DOWN_WRAP, OPERATIONS };
enum { STENCIL = 1, DEPTH = 2, DEPTH_WRITE = 4, FACES = 1 << 7 };
#define DEPTH_FUNC(f) ((f) << 4)
/* What happens by func where it fails, where it passes, and where depth then fails. */
#define FRONT(func, fail, pass, depth_fail)                                                        \
    ((func) << 8 | (fail) << 11 | (pass) << 14 | (depth_fail) << 17)
#define BACK(func, fail, pass, depth_fail)                                                         \
    ((func) << 20 | (u32)(fail) << 23 | (u32)(pass) << 26 | (u32)(depth_fail) << 29)
#define REFERENCE(ref, mask, write_mask) ((ref) | (mask) << 8 | (write_mask) << 16)

static void control(u32 bits, u32 reference)
{
    gpu_set(&gpu, RB_DEPTHCONTROL, bits);
    gpu_set(&gpu, RB_STENCILREFMASK, reference);
}

/* Alphas of a quarter, a half and three quarters against a half. */
static void alphas(void)
{
    gpu_set_float(&gpu, RB_ALPHA_REF, 0.5f);
    for (u32 func = 0; func < 8; func++) {
        gpu_set(&gpu, RB_COLORCONTROL, 8 | func);
        for (u32 i = 0; i < 3; i++) {
            float x = 8 + 38 * func + 10 * i;

            box_of_colour((struct box){x, 8, x + 8, 16, 0},
                          (struct colour){1, 0, 0, 0.25f + 0.25f * i});
        }
    }
    gpu_set(&gpu, RB_COLORCONTROL, GPU_ALWAYS);
}

static void set(struct box b, u32 value)
{
    control(STENCIL | FRONT(GPU_ALWAYS, KEEP, REPLACE, KEEP), REFERENCE(value, 0xFF, 0xFF));
    gpu_set(&gpu, RB_COLOR_MASK, 0);
    box_of_colour(b, blue);
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
}

static void expect(struct box b, u32 value)
{
    control(STENCIL | FRONT(GPU_EQUAL, KEEP, KEEP, KEEP), REFERENCE(value, 0xFF, 0));
    box_of_colour(b, green);
}

/* A reference of 5 against 4, 5 and 6. */
static void comparisons(void)
{
    for (u32 func = 0; func < 8; func++)
        for (u32 i = 0; i < 3; i++) {
            float x = 8 + 38 * func + 10 * i;
            struct box b = {x, 24, x + 8, 32, 0};

            set(b, 4 + i);
            control(STENCIL | FRONT(func, KEEP, KEEP, KEEP), REFERENCE(5, 0xFF, 0xFF));
            box_of_colour(b, red);
        }
}

/* Each operation on 0, 0x5A and 255, with a reference of 0x33: green where it came to what it must,
 * and blue where nothing did. From the top: by a test that passes, one that fails, and one of
 * depth. */
static void operations(void)
{
    static const u8 from[3] = {0, 0x5A, 255};
    static const u8 to[OPERATIONS][3] = {
        [KEEP] = {0, 0x5A, 255},        [ZERO] = {0, 0, 0},
        [REPLACE] = {0x33, 0x33, 0x33}, [UP_CLAMP] = {1, 0x5B, 255},
        [DOWN_CLAMP] = {0, 0x59, 254},  [INVERT] = {255, 0xA5, 0},
        [UP_WRAP] = {1, 0x5B, 0},       [DOWN_WRAP] = {255, 0x59, 254},
    };

    for (u32 op = 0; op < OPERATIONS; op++)
        for (u32 i = 0; i < 9; i++) {
            float x = 8 + 38 * op + 10 * (i % 3), y = 40 + 10 * (i / 3);
            struct box b = {x, y, x + 8, y + 8, 0.5f};
            u32 by[3] = {FRONT(GPU_ALWAYS, INVERT, op, INVERT),
                         FRONT(GPU_NEVER, op, INVERT, INVERT),
                         DEPTH | DEPTH_FUNC(GPU_NEVER) | FRONT(GPU_ALWAYS, INVERT, INVERT, op)};

            set(b, from[i % 3]);
            control(STENCIL | by[i / 3], REFERENCE(0x33, 0xFF, 0xFF));
            box_of_colour(b, blue);
            control(0, 0);
            box_of_colour(b, blue);
            expect(b, to[op][i % 3]);
        }
}

/* The mask of reading: 0x15 and 0x25 are the same in their lower half. That of writing: 0x33 into
 * 0xCC, by 0x0F, is 0xC3. */
static void masks(void)
{
    struct box b = {8, 80, 24, 96, 0}, c = {32, 80, 48, 96, 0};

    set(b, 0x15);
    control(STENCIL | FRONT(GPU_EQUAL, KEEP, KEEP, KEEP), REFERENCE(0x25, 0x0F, 0xFF));
    box_of_colour(b, red);
    set(c, 0xCC);
    control(STENCIL | FRONT(GPU_ALWAYS, KEEP, REPLACE, KEEP), REFERENCE(0x33, 0xFF, 0x0F));
    box_of_colour(c, red);
    expect(c, 0xC3);
}

/* Fronts add one, backs take one away: where both were drawn nothing is left. */
static void faces(void)
{
    const float left[2] = {56, 72}, right[2] = {80, 96};

    set((struct box){56, 80, 96, 96, 0}, 7);
    gpu_set(&gpu, RB_COLOR_MASK, 0);
    for (u32 back = 0; back < 2; back++) {
        struct vertex v[4] = {at(left[back], 80, 0, red), at(right[back], 80, 0, red),
                              at(right[back], 96, 0, red), at(left[back], 96, 0, red)};

        control(STENCIL | FACES | FRONT(GPU_ALWAYS, KEEP, UP_WRAP, KEEP) |
                    BACK(GPU_ALWAYS, KEEP, DOWN_WRAP, KEEP),
                REFERENCE(0, 0xFF, 0xFF));
        gpu_set(&gpu, RB_STENCILREFMASK_BF, REFERENCE(0, 0xFF, 0xFF));
        gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 4); /* clockwise is the front */
        if (back)
            draw(GPU_FAN, (struct vertex[]){v[3], v[2], v[1], v[0]}, 4);
        else
            draw(GPU_FAN, v, 4);
    }
    gpu_set(&gpu, RB_COLOR_MASK, 0xF);
    gpu_set(&gpu, PA_SU_SC_MODE_CNTL, 0);
    for (u32 i = 0; i < 3; i++) {
        static const struct colour colours[3] = {{1, 0, 0, 1}, {0, 1, 0, 1}, {0, 0, 1, 1}};

        control(STENCIL | FRONT(GPU_EQUAL, KEEP, KEEP, KEEP), REFERENCE(6 + i, 0xFF, 0));
        box_of_colour((struct box){56, 80, 96, 96, 0}, colours[i]);
    }
}

/* Depth and stencil lie in one word: clears and writes of one leave the other alone. */
static void together(void)
{
    struct box b = {112, 80, 128, 96, 0.25f};

    set(b, 9);
    control(DEPTH | DEPTH_WRITE | DEPTH_FUNC(GPU_ALWAYS), 0);
    box_of_colour(b, red);
    b.z = 0.5f;
    control(STENCIL | DEPTH | DEPTH_FUNC(GPU_GREATER) | FRONT(GPU_EQUAL, KEEP, KEEP, KEEP),
            REFERENCE(9, 0xFF, 0xFF));
    box_of_colour(b, green);
}

int main(void)
{
    begin();
    alphas();
    comparisons();
    operations();
    masks();
    faces();
    together();
    return show(0);
}
