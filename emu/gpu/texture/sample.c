/* What a fetch makes of texels: places by coordinates, borders, filters.
 *
 * Each axis gives two neighbours and the weight of the second, in 1/256; a sample is the mean of
 * up to eight texels at each of up to two levels, of up to 16 places.
 * Source: what xenia knows of the order of steps, and of the small step by which it moves what is
 * not filtered, so that coordinates on an edge fall right of it.
 * Guess: gamma is undone before filtering (a picture of a console's would settle it); "half border"
 * filters with the border's colour where the coordinate is held at the edge itself; the blacks of
 * YCbCr. */
#include <string.h>

#include "base/bits.h"
#include "gpu/texture/texture_internal.h"

#define WHOLE 256u /* of weights */
#define NUDGE (1.5f / 1024.0f)

struct axis {
    uint32_t index[2];
    bool border[2];
    uint32_t weight; /* of the second */
};

struct taps {
    struct axis axis[3];
    uint32_t level;
};

/* ---- coordinates ---------------------------------------------------------------------------- */

float xe__texture_floor(float x)
{
    float whole;

    if (!(x > -0x1p23f && x < 0x1p23f))
        return x == x ? x : 0;
    whole = (float)(int32_t)x;
    return whole > x ? whole - 1 : whole;
}

static float within(float x, float least, float most)
{
    return x > least ? x < most ? x : most : least; /* no number: least */
}

/* In texels, near enough to what the mode lets pass for an int, and the same texels by it. */
static float to_texels(float at, uint32_t mode, bool normalized, float size)
{
    float half = at * 0.5f;

    switch (mode) {
    case XE_GPU_TEXTURE_REPEAT:
        return within(at - xe__texture_floor(at), 0, 1) * size;
    case XE_GPU_TEXTURE_MIRROR:
        return within(half - xe__texture_floor(half), 0, 1) * 2 * size;
    case XE_GPU_TEXTURE_MIRROR_EDGE:
    case XE_GPU_TEXTURE_MIRROR_HALF_BORDER:
    case XE_GPU_TEXTURE_MIRROR_BORDER:
        at = at < 0 ? -at : at;
        break;
    default:
        break;
    }
    if (normalized)
        at = at * size;
    if (mode == XE_GPU_TEXTURE_HALF_BORDER || mode == XE_GPU_TEXTURE_MIRROR_HALF_BORDER)
        return within(at, 0, size);
    return within(at, -2, size + 2);
}

/* Where a neighbour is, by its number; false: it is border. */
static bool place(int32_t i, uint32_t mode, int32_t size, bool linear, uint32_t *ret)
{
    if (i >= 0 && i < size) {
        *ret = (uint32_t)i;
        return true;
    }
    if (mode == XE_GPU_TEXTURE_REPEAT) {
        i = (i % size + size) % size;
    } else if (mode == XE_GPU_TEXTURE_MIRROR) {
        i = (i % (2 * size) + 2 * size) % (2 * size);
        i = i < size ? i : 2 * size - 1 - i;
    } else if (mode == XE_GPU_TEXTURE_BORDER || (mode == XE_GPU_TEXTURE_HALF_BORDER && linear)) {
        return false;
    } else if (i >= size && (mode == XE_GPU_TEXTURE_MIRROR_BORDER ||
                             (mode == XE_GPU_TEXTURE_MIRROR_HALF_BORDER && linear))) {
        return false;
    } else if (mode >= XE_GPU_TEXTURE_MIRROR_EDGE && mode % 2 && i < 0) {
        i = -1 - i; /* the neighbour of the first is the first */
    }
    i = i < 0 ? 0 : i >= size ? size - 1 : i;
    *ret = (uint32_t)i;
    return true;
}

static void make_axis(float at, uint32_t mode, bool normalized, uint32_t size, bool linear,
                      int32_t halves, struct axis *ret)
{
    float texels = to_texels(at, mode, normalized, (float)size) + (float)halves * 0.5f;
    float from = linear ? texels - 0.5f : texels + NUDGE, whole = xe__texture_floor(from);
    uint32_t weight = linear ? (uint32_t)((from - whole) * WHOLE + 0.5f) : 0;
    int32_t first = (int32_t)whole + (weight == WHOLE);

    ret->weight = weight % WHOLE;
    for (int32_t i = 0; i < 2; i++)
        ret->border[i] = !place(first + i, mode, (int32_t)size, linear, &ret->index[i]);
}

/* The third axis: through a volume, among layers, or a face. */
static void third_axis(const struct xe_gpu_texture *texture, const struct xe_gpu_sampling *how,
                       const struct xe__texture_choice *choice, float at, uint32_t level,
                       struct axis *ret)
{
    uint32_t mode = texture->clamp[2];

    if (texture->dimension == XE_GPU_TEXTURE_CUBE)
        make_axis(at, XE_GPU_TEXTURE_EDGE, false, texture->layers, false, 0, ret);
    else if (how->dimension != XE_GPU_TEXTURE_3D)
        *ret = (struct axis){.weight = 0};
    else if (texture->dimension != XE_GPU_TEXTURE_3D)
        make_axis(at, XE_GPU_TEXTURE_EDGE, !how->unnormalized, texture->layers,
                  choice->volume_linear, how->offset[2], ret);
    else
        make_axis(at, mode, xe__texture_is_normalized(how, mode), texture->level[level].depth,
                  choice->volume_linear, how->offset[2], ret);
}

static void make_taps(const struct xe_gpu_texture *texture, const struct xe_gpu_sampling *how,
                      const struct xe__texture_choice *choice, const float at[3], uint32_t which,
                      struct taps *ret)
{
    const struct xe_gpu_texture_level *level = &texture->level[choice->level[which]];
    float face = how->dimension == XE_GPU_TEXTURE_CUBE ? 1 : 0; /* they go from 1 to 2 */

    ret->level = choice->level[which];
    make_axis(at[0] - face, texture->clamp[0], xe__texture_is_normalized(how, texture->clamp[0]),
              level->width, choice->linear, how->offset[0], &ret->axis[0]);
    if (how->dimension != XE_GPU_TEXTURE_1D)
        make_axis(at[1] - face, texture->clamp[1],
                  xe__texture_is_normalized(how, texture->clamp[1]), level->height, choice->linear,
                  how->offset[1], &ret->axis[1]);
    else
        ret->axis[1] = (struct axis){.weight = 0};
    third_axis(texture, how, choice, at[2], ret->level, &ret->axis[2]);
}

/* ---- filters -------------------------------------------------------------------------------- */

static float mix(float a, float b, uint32_t weight)
{
    return (a * (float)(WHOLE - weight) + b * (float)weight) * (1.0f / WHOLE);
}

static void border_colour(const struct xe_gpu_texture *texture, float ret[4])
{
    static const float colours[4][4] = {
        {0, 0, 0, 0}, {1, 1, 1, 1}, {0.5f, 0, 0.5f, 1}, {0, 0.5f, 0.5f, 1}};

    memcpy(ret, colours[texture->border], sizeof(colours[0]));
}

struct reader {
    const struct xe_gpu_texture *texture;
    const struct xe_gpu_ram *ram; /* NULL: how much of it is border is asked for */
};

static void tap(const struct reader *reader, const struct taps *taps, uint32_t corner, float ret[4])
{
    uint32_t x = corner & 1, y = corner >> 1 & 1, z = corner >> 2 & 1;
    const struct axis *axis = taps->axis;
    bool is_border = axis[0].border[x] || axis[1].border[y] || axis[2].border[z];

    if (!reader->ram)
        ret[0] = ret[1] = ret[2] = ret[3] = is_border;
    else if (is_border)
        border_colour(reader->texture, ret);
    else
        xe_gpu_texture_texel(reader->texture, reader->ram, taps->level, axis[0].index[x],
                             axis[1].index[y], axis[2].index[z], ret);
}

/* Of the texels from a corner on along the axes up to n; what weighs nothing isn't read. */
static void filter(const struct reader *reader, const struct taps *taps, uint32_t n,
                   uint32_t corner, float ret[4])
{
    uint32_t weight = n ? taps->axis[n - 1].weight : 0;
    float other[4];

    if (n == 0) {
        tap(reader, taps, corner, ret);
        return;
    }
    filter(reader, taps, n - 1, corner, ret);
    if (!weight)
        return;
    filter(reader, taps, n - 1, corner | 1u << (n - 1), other);
    for (uint32_t i = 0; i < 4; i++)
        ret[i] = mix(ret[i], other[i], weight);
}

static void sample_place(const struct reader *reader, const struct xe_gpu_sampling *how,
                         const struct xe__texture_choice *choice, const float at[3], float ret[4])
{
    struct taps taps;
    float other[4];

    make_taps(reader->texture, how, choice, at, 0, &taps);
    filter(reader, &taps, 3, 0, ret);
    if (!choice->weight)
        return;
    make_taps(reader->texture, how, choice, at, 1, &taps);
    filter(reader, &taps, 3, 0, other);
    for (uint32_t i = 0; i < 4; i++)
        ret[i] = mix(ret[i], other[i], choice->weight);
}

/* Places are spread evenly over the longer axis of the pixel, around its middle. */
static void sample_all(const struct reader *reader, const struct xe_gpu_sampling *how,
                       const float at[3], const struct xe_gpu_footprint *footprint, float ret[4])
{
    struct xe__texture_choice choice = xe__texture_choose(reader->texture, how, footprint->lod);
    float n = (float)footprint->samples, one[4];

    if (footprint->samples <= 1) {
        sample_place(reader, how, &choice, at, ret);
        return;
    }
    memset(ret, 0, 4 * sizeof(*ret));
    for (uint32_t i = 0; i < footprint->samples; i++) {
        float along = ((float)i + 0.5f) / n - 0.5f;
        const float there[3] = {at[0] + footprint->axis[0] * along,
                                at[1] + footprint->axis[1] * along, at[2]};

        sample_place(reader, how, &choice, there, one);
        for (uint32_t c = 0; c < 4; c++)
            ret[c] = ret[c] + one[c] / n;
    }
}

/* ---- samples -------------------------------------------------------------------------------- */

void xe_gpu_texture_sample(const struct xe_gpu_texture *texture, const struct xe_gpu_ram *ram,
                           const struct xe_gpu_sampling *how, const float at[3],
                           const struct xe_gpu_footprint *footprint, float ret[4])
{
    const struct reader reader = {texture, ram};
    float told[4];

    sample_all(&reader, how, at, footprint, told);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t from = texture->swizzle[i];

        ret[i] = (from < 4    ? told[from]
                  : from == 5 ? 1.0f
                              : 0.0f) *
                 xe_float_power_of_2(texture->exponent);
    }
}

void xe_gpu_texture_weights(const struct xe_gpu_texture *texture, const struct xe_gpu_sampling *how,
                            const float at[3], const struct xe_gpu_footprint *footprint,
                            float ret[4])
{
    struct xe__texture_choice choice = xe__texture_choose(texture, how, footprint->lod);
    struct taps taps;

    make_taps(texture, how, &choice, at, 0, &taps);
    for (uint32_t i = 0; i < 3; i++)
        ret[i] = (float)taps.axis[i].weight * (1.0f / WHOLE);
    ret[3] = (float)choice.weight * (1.0f / WHOLE);
}

float xe_gpu_texture_border_part(const struct xe_gpu_texture *texture,
                                 const struct xe_gpu_sampling *how, const float at[3],
                                 const struct xe_gpu_footprint *footprint)
{
    const struct reader reader = {texture, NULL};
    float part[4];

    sample_all(&reader, how, at, footprint, part);
    return part[0];
}
