/* What becomes of a quad that was shaded: tests, blending, and bits in EDRAM, in the chip's order:
 * alpha test, alpha to mask, the mask of samples, stencil and depth, blending, the mask of colours.
 * Guess: targets of whole floats are written without blending; xenia says that the chip can't. */
#include "gpu/raster/raster_internal.h"

enum { NEVER, LESS, EQUAL, LESS_EQUAL, GREATER, NOT_EQUAL, GREATER_EQUAL, ALWAYS };
enum { KEEP, ZERO, REPLACE, UP_CLAMP, DOWN_CLAMP, INVERT, UP_WRAP, DOWN_WRAP };
enum { ADD, SUBTRACT, MIN, MAX, REVERSE_SUBTRACT };
enum {
    F_ZERO,
    F_ONE,
    F_SOURCE = 4,
    F_NOT_SOURCE,
    F_SOURCE_ALPHA,
    F_NOT_SOURCE_ALPHA,
    F_DEST,
    F_NOT_DEST,
    F_DEST_ALPHA,
    F_NOT_DEST_ALPHA,
    F_CONSTANT,
    F_NOT_CONSTANT,
    F_CONSTANT_ALPHA,
    F_NOT_CONSTANT_ALPHA,
    F_SATURATE
};

/* What is no number equals nothing. */
static bool compare(uint32_t func, double a, double b)
{
    switch (func) {
    case LESS:
        return a < b;
    case EQUAL:
        return a == b;
    case LESS_EQUAL:
        return a <= b;
    case GREATER:
        return a > b;
    case NOT_EQUAL:
        return a != b;
    case GREATER_EQUAL:
        return a >= b;
    default:
        return func == ALWAYS;
    }
}

/* ---- coverage ------------------------------------------------------------------------------- */

/* Thresholds spread over the samples, moved by the pixel's own offset. */
static uint32_t mask_of_alpha(const struct xe_raster_state *state, float alpha, int32_t x,
                              int32_t y)
{
    static const float threshold[3][4] = {{1}, {0.5f, 1}, {0.75f, 0.25f, 0.5f, 1}};
    uint32_t n = xe_gpu_samples(state->samples), ret = 0;
    float offset = (float)state->alpha_offset[2 * (x & 1) + (y & 1)] / (float)(4 * n);

    for (uint32_t i = 0; i < n; i++)
        ret |= (uint32_t)(alpha >= threshold[state->samples][i] - offset) << i;
    return ret;
}

static uint32_t covered(const struct xe_raster_state *state, const struct xe_raster_quad *quad,
                        uint32_t pixel)
{
    int32_t x = quad->x + (int32_t)(pixel & 1), y = quad->y + (int32_t)(pixel >> 1);
    uint32_t ret = quad->killed >> pixel & 1 ? 0 : quad->covered[pixel];
    float alpha = quad->colour[pixel][0][3];

    ret &= state->sample_mask >> 4 * pixel;
    if (state->is_depth_only)
        return ret;
    if (state->alpha_test && !compare(state->alpha_func, alpha, state->alpha_ref))
        return 0;
    return state->alpha_to_mask ? ret & mask_of_alpha(state, alpha, x, y) : ret;
}

/* ---- depth and stencil ---------------------------------------------------------------------- */

static uint32_t after(uint32_t op, uint32_t stencil, uint32_t ref)
{
    switch (op) {
    case ZERO:
        return 0;
    case REPLACE:
        return ref;
    case UP_CLAMP:
        return stencil < 255 ? stencil + 1 : 255;
    case DOWN_CLAMP:
        return stencil ? stencil - 1 : 0;
    case INVERT:
        return ~stencil & 255;
    case UP_WRAP:
        return (stencil + 1) & 255;
    case DOWN_WRAP:
        return (stencil - 1) & 255;
    default:
        return stencil;
    }
}

enum outcome { PASSES, FAILS_STENCIL, FAILS_DEPTH };

/* One sample, whose depth is told by its 24 bits: what of it is stored. */
static enum outcome test_sample(const struct xe_raster_state *state,
                                const struct xe_raster_stencil *how, uint32_t depth, uint32_t *word)
{
    uint32_t stencil = *word & 255, op = how->zpass;
    bool stencil_passes =
        !state->stencil_test || compare(how->func, how->ref & how->mask, stencil & how->mask);
    bool depth_passes = !state->z_test || compare(state->z_func, depth, *word >> 8);

    if (!stencil_passes)
        op = how->fail;
    else if (!depth_passes)
        op = how->zfail;
    if (state->stencil_test)
        stencil = (stencil & ~(uint32_t)how->write_mask) |
                  (after(op, stencil, how->ref) & how->write_mask);
    *word = (*word & ~255u) | (stencil & 255);
    if (stencil_passes && depth_passes && state->z_write)
        *word = (*word & 255) | depth << 8;
    if (!stencil_passes)
        return FAILS_STENCIL;
    return depth_passes ? PASSES : FAILS_DEPTH;
}

static double depth_of(const struct xe_raster_state *state, const struct xe_raster_quad *quad,
                       const struct xe__depths *depths, uint32_t pixel, uint32_t sample)
{
    int32_t at[2];

    if (quad->has_depth)
        return quad->depth[pixel];
    xe__raster_sample(state->samples, sample, at);
    return depths->at +
           depths->by_x *
               ((pixel & 1) + (at[0] - XE__RASTER_STEPS / 2) * (1.0 / XE__RASTER_STEPS)) +
           depths->by_y *
               ((pixel >> 1) + (at[1] - XE__RASTER_STEPS / 2) * (1.0 / XE__RASTER_STEPS)) +
           depths->offset;
}

/* Which samples of a pixel pass. */
static uint32_t test_pixel(struct xe_raster *raster, const struct xe_raster_quad *quad,
                           const struct xe__depths *depths, uint32_t pixel, uint32_t samples)
{
    const struct xe_raster_state *state = &raster->state;
    const struct xe_raster_stencil *how = &state->stencil[quad->is_front ? 0 : 1];
    uint32_t x = (uint32_t)quad->x + (pixel & 1), y = (uint32_t)quad->y + (pixel >> 1);

    if (!state->z_test && !state->stencil_test)
        return samples;
    for (uint32_t i = 0; i < XE_RASTER_SAMPLES; i++) {
        uint32_t *at = &raster->edram[xe_gpu_edram_at(&state->depth, x, y, i)], word = *at;
        enum outcome outcome;
        double depth;

        if (!(samples >> i & 1))
            continue;
        depth = depth_of(state, quad, depths, pixel, i);
        outcome =
            test_sample(state, how, xe_gpu_depth_pack(state->depth.format, (float)depth), &word);
        if (!state->leaves_nothing)
            *at = word;
        raster->counts.stencil_failed += outcome == FAILS_STENCIL;
        raster->counts.z_failed += outcome == FAILS_DEPTH;
        if (outcome != PASSES)
            samples &= ~(1u << i);
    }
    return samples;
}

/* ---- blending ------------------------------------------------------------------------------- */

struct mixing {
    const float *source, *dest, *constant;
};

static float factor(const struct mixing *m, uint32_t kind, uint32_t i)
{
    float rest = 1 - m->dest[3];

    switch (kind) {
    case F_ZERO:
        return 0;
    case F_SOURCE:
        return m->source[i];
    case F_NOT_SOURCE:
        return 1 - m->source[i];
    case F_SOURCE_ALPHA:
        return m->source[3];
    case F_NOT_SOURCE_ALPHA:
        return 1 - m->source[3];
    case F_DEST:
        return m->dest[i];
    case F_NOT_DEST:
        return 1 - m->dest[i];
    case F_DEST_ALPHA:
        return m->dest[3];
    case F_NOT_DEST_ALPHA:
        return rest;
    case F_CONSTANT:
        return m->constant[i];
    case F_NOT_CONSTANT:
        return 1 - m->constant[i];
    case F_CONSTANT_ALPHA:
        return m->constant[3];
    case F_NOT_CONSTANT_ALPHA:
        return 1 - m->constant[3];
    case F_SATURATE:
        return i == 3 ? 1 : m->source[3] < rest ? m->source[3] : rest;
    default:
        return 1;
    }
}

/* The least and the most are of what there is, whatever the factors. */
static float mixed(const struct mixing *m, uint32_t op, uint32_t by_source, uint32_t by_dest,
                   uint32_t i)
{
    float source = m->source[i], dest = m->dest[i];

    if (op == MIN)
        return source < dest ? source : dest;
    if (op == MAX)
        return source > dest ? source : dest;
    source = source * factor(m, by_source, i);
    dest = dest * factor(m, by_dest, i);
    switch (op) {
    case SUBTRACT:
        return source - dest;
    case REVERSE_SUBTRACT:
        return dest - source;
    default:
        return source + dest;
    }
}

static bool is_plain(const struct xe_raster_blend *blend)
{
    return blend->op == ADD && blend->source == F_ONE && blend->dest == F_ZERO &&
           blend->alpha_op == ADD && blend->alpha_source == F_ONE && blend->alpha_dest == F_ZERO;
}

static bool can_blend(uint32_t format)
{
    return format != XE_GPU_COLOUR_32_FLOAT && format != XE_GPU_COLOUR_32_32_FLOAT;
}

static void blend_with(const struct xe_raster_state *state, uint32_t target, const float source[4],
                       const uint32_t word[2], float ret[4])
{
    const struct xe_raster_blend *how = &state->blend[target];
    float dest[4];
    const struct mixing m = {source, dest, state->constant};

    xe_gpu_colour_unpack(state->colour[target].format, word, dest);
    for (uint32_t i = 0; i < 4; i++)
        ret[i] = i < 3 ? mixed(&m, how->op, how->source, how->dest, i)
                       : mixed(&m, how->alpha_op, how->alpha_source, how->alpha_dest, i);
}

/* ---- colours -------------------------------------------------------------------------------- */

struct writing {
    struct xe_raster *raster;
    uint32_t target, x, y, samples;
};

static void write_sample(const struct writing *w, uint32_t sample, const float colour[4])
{
    const struct xe_raster_state *state = &w->raster->state;
    const struct xe_gpu_surface *surface = &state->colour[w->target];
    const uint32_t *keep = w->raster->keep[w->target];
    uint32_t *word = w->raster->edram + xe_gpu_edram_at(surface, w->x, w->y, sample);
    uint32_t made[2];
    float mixture[4];

    if (can_blend(surface->format) && !is_plain(&state->blend[w->target])) {
        blend_with(state, w->target, colour, word, mixture);
        colour = mixture;
    }
    xe_gpu_colour_pack(surface->format, colour, made);
    word[0] = (word[0] & keep[0]) | (made[0] & ~keep[0]);
    if (surface->is_wide)
        word[1] = (word[1] & keep[1]) | (made[1] & ~keep[1]);
}

static void write_target(const struct writing *w, const float from[4])
{
    const struct xe_raster_state *state = &w->raster->state;
    float colour[4];

    for (uint32_t i = 0; i < 4; i++)
        colour[i] = from[i] * state->bias[w->target];
    xe_gpu_colour_clamp(state->colour[w->target].format, colour);
    for (uint32_t i = 0; i < XE_RASTER_SAMPLES; i++)
        if (w->samples >> i & 1)
            write_sample(w, i, colour);
}

static void write_pixel(struct xe_raster *raster, const struct xe_raster_quad *quad, uint32_t pixel,
                        uint32_t samples)
{
    const struct xe_raster_state *state = &raster->state;

    for (uint32_t i = 0; i < XE_RASTER_TARGETS; i++) {
        const struct writing w = {raster, i, (uint32_t)quad->x + (pixel & 1),
                                  (uint32_t)quad->y + (pixel >> 1), samples};

        if (quad->written >> i & 1 && state->mask[i])
            write_target(&w, quad->colour[pixel][i]);
    }
}

void xe__raster_find_masks(struct xe_raster *raster)
{
    for (uint32_t i = 0; i < XE_RASTER_TARGETS; i++) {
        xe_gpu_colour_mask(raster->state.colour[i].format, raster->state.mask[i], raster->keep[i]);
        raster->keep[i][0] = ~raster->keep[i][0];
        raster->keep[i][1] = ~raster->keep[i][1];
    }
}

void xe__raster_output(struct xe_raster *raster, const struct xe_raster_quad *quad,
                       const struct xe__depths *depths)
{
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t samples = covered(&raster->state, quad, i);

        if (!samples)
            continue;
        raster->counts.tested += (uint32_t)__builtin_popcount(samples);
        samples = test_pixel(raster, quad, depths, i, samples);
        raster->counts.passed += (uint32_t)__builtin_popcount(samples);
        if (!samples || raster->state.leaves_nothing)
            continue;
        write_pixel(raster, quad, i, samples);
    }
}
