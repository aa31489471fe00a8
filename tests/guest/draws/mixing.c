/* What becomes of a colour behind its shader: operations with constants, alpha by itself,
 * exponents, gamma, floats of ten bits; and on its way out of EDRAM: exponents, exchanged
 * components, samples, constants, nothing but a clear. */
#define TITLE "mixing"
#include "draws.h"

#define PLACE   1024u /* tiles: behind what gpu_target uses */
#define SAMPLES 1536u

static const struct colour white = {1, 1, 1, 1};

enum {
    ZERO,
    ONE,
    DEST_COLOUR = 8,
    DEST_ALPHA = 10,
    CONST_COLOUR = 12,
    NOT_CONST_COLOUR,
    CONST_ALPHA,
    NOT_CONST_ALPHA
};
enum { ADD, SUBTRACT, MIN, MAX, REVERSE };
enum { GAMMA = 1, TEN_BITS = 2, TEN_BITS_FLOAT = 3 };
enum { RGB_ONLY = 7, ALPHA_ONLY };
#define FORMAT(f)      ((f) << 16)
#define EXPONENT(n)    (((u32)(n)&0x3F) << 20)
#define AS_IT_IS       (ONE | ZERO << 8)
#define BLEND(s, o, d) ((u32)(s) | (o) << 5 | (d) << 8)
#define ALPHA(blend)   ((blend) << 16)

static struct box square(float x, float y)
{
    return (struct box){x, y, x + 16, y + 16, 0};
}

static void blend(u32 control, u32 mask)
{
    gpu_set(&gpu, RB_BLENDCONTROL0, control);
    gpu_set(&gpu, RB_COLOR_MASK, mask);
}

static void as_it_is(void)
{
    blend(AS_IT_IS | ALPHA(AS_IT_IS), 0xF);
}

/* ---- blending ------------------------------------------------------------------------------- */

static const struct colour there = {0.25f, 0.5f, 0.75f, 0.625f};
static const struct colour comes = {0.75f, 0.5f, 0.125f, 0.25f};

static void operations(void)
{
    static const u32 control[4] = {BLEND(CONST_COLOUR, SUBTRACT, CONST_ALPHA),
                                   BLEND(NOT_CONST_COLOUR, REVERSE, NOT_CONST_ALPHA),
                                   BLEND(ZERO, MIN, ZERO), BLEND(ZERO, MAX, ZERO)};

    for (u32 i = 0; i < COUNT(control); i++) {
        box_of_colour(square(8 + 24 * i, 8), there);
        blend(control[i] | ALPHA(AS_IT_IS), 0xF);
        box_of_colour(square(8 + 24 * i, 8), comes);
        as_it_is();
    }
}

/* What an alpha came to, as grey. */
static void reveal(struct box b)
{
    blend(BLEND(DEST_ALPHA, ADD, ZERO) | ALPHA(AS_IT_IS), RGB_ONLY);
    box_of_colour(b, white);
    as_it_is();
}

static void alphas(void)
{
    static const u32 control[4] = {BLEND(CONST_ALPHA, ADD, CONST_ALPHA), BLEND(ONE, REVERSE, ONE),
                                   BLEND(DEST_COLOUR, ADD, ZERO), BLEND(CONST_COLOUR, ADD, ZERO)};

    for (u32 i = 0; i < COUNT(control); i++) {
        struct box b = square(104 + 24 * i, 8);

        box_of_colour(b, there);
        blend(AS_IT_IS | ALPHA(control[i]), ALPHA_ONLY);
        box_of_colour(b, comes);
        as_it_is();
        reveal(b);
    }
}

/* ---- formats -------------------------------------------------------------------------------- */

static void grey(float x, float y, float value, float alpha)
{
    box_of_colour(square(x, y), (struct colour){value, value, value, alpha});
}

/* Times two, and a half; alpha is tested before that. */
static void exponents(void)
{
    gpu_set(&gpu, RB_COLOR_INFO, EXPONENT(1));
    grey(8, 32, 0.25f, 1);
    gpu_set(&gpu, RB_COLOR_INFO, EXPONENT(-1));
    grey(32, 32, 0.5f, 1);
    gpu_set(&gpu, RB_COLOR_INFO, EXPONENT(1));
    gpu_set_float(&gpu, RB_ALPHA_REF, 0.4f);
    gpu_set(&gpu, RB_COLORCONTROL, 8 | GPU_GREATER);
    grey(56, 32, 0.25f, 0.25f);
    gpu_set(&gpu, RB_COLORCONTROL, GPU_ALWAYS);
    gpu_set(&gpu, RB_COLOR_INFO, 0);
}

/* Lines of gamma, and a quarter added to a quarter. */
static void lines_of_gamma(void)
{
    static const float value[6] = {0.03f, 0.125f, 0.25f, 0.5f, 0.75f, 1};

    gpu_set(&gpu, RB_COLOR_INFO, PLACE | FORMAT(GAMMA));
    for (u32 i = 0; i < 6; i++)
        grey(8 + 24 * i, 56, value[i], 1);
    grey(152, 56, 0.25f, 1);
    blend(BLEND(ONE, ADD, ONE) | ALPHA(AS_IT_IS), 0xF);
    grey(152, 56, 0.25f, 1);
    as_it_is();
    gpu_set(&gpu, RB_COLOR_INFO, 0);
}

/* Beyond 1 and below 0. */
static void floats(void)
{
    gpu_set(&gpu, RB_COLOR_INFO, PLACE | FORMAT(TEN_BITS_FLOAT));
    grey(8, 80, 2, 1);
    grey(32, 80, 16, 1);
    blend(BLEND(ONE, ADD, ONE) | ALPHA(AS_IT_IS), 0xF);
    grey(32, 80, 8, 1);
    as_it_is();
    grey(56, 80, 100, 1);
    grey(80, 80, -1, 1);
    gpu_set(&gpu, RB_COLOR_INFO, 0);
}

/* Alpha has two bits. */
static void two_bits(void)
{
    gpu_set(&gpu, RB_COLOR_INFO, PLACE | FORMAT(TEN_BITS));
    grey(8, 104, 0, 0.5f);
    reveal(square(8, 104));
    gpu_set(&gpu, RB_COLOR_INFO, 0);
}

/* Each of four samples its own. */
static void samples(void)
{
    static const u32 colours[4] = {0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF};

    gpu_target(&gpu, WIDTH, HEIGHT, GPU_4X);
    gpu_set(&gpu, RB_COLOR_INFO, SAMPLES);
    for (u32 i = 0; i < 4; i++) {
        gpu_set(&gpu, PA_SC_AA_MASK, 0x1111 << i);
        box_of_colour((struct box){104, 80, 136, 96, 0}, RGB(colours[i]));
    }
    gpu_target(&gpu, WIDTH, HEIGHT, GPU_1X);
}

/* ---- copies --------------------------------------------------------------------------------- */

/* What lies there goes to the same place of the picture. */
static void copy(struct box b, u32 control, u32 info)
{
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31 | (u32)b.top << 16 | (u32)b.left);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, (u32)b.bottom << 16 | (u32)b.right);
    gpu_copy(&gpu,
             &(struct gpu_copy){.to = front,
                                .width = WIDTH,
                                .height = HEIGHT,
                                .format = GPU_FORMAT_8_8_8_8,
                                .info = GPU_8IN32 | info,
                                .control = control},
             corners);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_TL, 1u << 31);
    gpu_set(&gpu, PA_SC_WINDOW_SCISSOR_BR, HEIGHT << 16 | WIDTH);
}

#define COPY_EXPONENT(n) (((u32)(n)&0x3F) << 16)
enum { ONES = 2 << 20, NOTHING = 3 << 20 };
#define SAMPLE(n) ((n) << 4)

static void copy_formats(void)
{
    gpu_set(&gpu, RB_COLOR_INFO, PLACE | FORMAT(GAMMA));
    for (u32 i = 0; i < 7; i++)
        copy(square(8 + 24 * i, 56), 0, 0);
    gpu_set(&gpu, RB_COLOR_INFO, PLACE | FORMAT(TEN_BITS_FLOAT));
    for (u32 i = 0; i < 4; i++)
        copy(square(8 + 24 * i, 80), GPU_CONVERT, COPY_EXPONENT(-5));
    gpu_set(&gpu, RB_COLOR_INFO, PLACE | FORMAT(TEN_BITS));
    copy(square(8, 104), GPU_CONVERT, 0);
    gpu_set(&gpu, RB_SURFACE_INFO, WIDTH | GPU_4X << 16);
    gpu_set(&gpu, RB_COLOR_INFO, SAMPLES);
    copy(square(104, 80), GPU_CONVERT | SAMPLE(4), 0);
    copy(square(120, 80), GPU_CONVERT | SAMPLE(5), 0);
    gpu_set(&gpu, RB_SURFACE_INFO, WIDTH);
    gpu_set(&gpu, RB_COLOR_INFO, 0);
}

/* Of colours in the first surface, which are there in the picture already. */
static void copy_otherwise(void)
{
    copy(square(32, 104), GPU_CONVERT, GPU_SWAP_RED_BLUE);
    copy(square(56, 104), GPU_CONVERT, COPY_EXPONENT(1));
    copy(square(80, 104), GPU_CONVERT, COPY_EXPONENT(-1));
    copy(square(104, 104), ONES, 0);
    copy(square(128, 104), GPU_CONVERT | SAMPLE(6), 0); /* there is but one */
    gpu_set(&gpu, RB_COLOR_CLEAR, 0xFF00FF00);
    copy(square(152, 104), NOTHING | GPU_CLEAR_COLOUR, 0);
    copy((struct box){160, 104, 168, 120, 0}, 0, 0);
}

int main(void)
{
    begin();
    gpu_set_float(&gpu, RB_BLEND_RED, 0.5f);
    gpu_set_float(&gpu, RB_BLEND_GREEN, 1);
    gpu_set_float(&gpu, RB_BLEND_BLUE, 0.25f);
    gpu_set_float(&gpu, RB_BLEND_ALPHA, 0.75f);
    operations();
    alphas();
    exponents();
    lines_of_gamma();
    box_of_colour(square(32, 104), RGB(0xFF8000));
    box_of_colour(square(56, 104), RGB(0x404040));
    box_of_colour(square(80, 104), RGB(0x808080));
    box_of_colour(square(104, 104), RGB(0x0000FF));
    box_of_colour(square(128, 104), RGB(0xFF0000));
    box_of_colour(square(152, 104), RGB(0xFF0000));
    floats();
    two_bits();
    samples();
    copy((struct box){0, 0, WIDTH, HEIGHT, 0}, 0, 0);
    copy_formats();
    copy_otherwise();
    gpu_swap(&gpu, front, WIDTH, HEIGHT);
    gpu_finish(&gpu);
    return verdict();
}
