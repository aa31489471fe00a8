/* How large a pixel is in a texture, and what levels and filters follow from it. */
#include "base/bits.h"
#include "gpu/texture/texture_internal.h"

#define LEVEL      256 /* a level of detail */
#define FRACTION   8u
#define LOD_LEAST  (-64 * LEVEL)
#define LOD_MOST   (128 * LEVEL)
#define ANISO_MOST 5u /* 16 samples */

/* Its fraction bit by bit: a number is squared, and whether it passes 2 is the next bit. */
int32_t xe_gpu_log2_256(float x)
{
    uint32_t bits, fraction = 0;
    int32_t exponent;
    float m;

    if (!(x >= 0x1p-60f))
        return LOD_LEAST;
    bits = xe_bits_of_float(x);
    exponent = (int32_t)(bits >> 23) - 127;
    if (exponent == 128)
        return LOD_MOST;
    m = xe_float_of_bits((bits & 0x7FFFFF) | 127u << 23);
    for (uint32_t i = 0; i < FRACTION; i++) {
        m = m * m;
        fraction = fraction << 1 | (m >= 2);
        if (m >= 2)
            m = m * 0.5f;
    }
    return exponent * LEVEL + (int32_t)fraction;
}

/* Square of a gradient's length in texels of the first level. */
static float length2(const struct xe_gpu_texture *texture, const struct xe_gpu_sampling *how,
                     const float gradient[3], float scale)
{
    const uint32_t size[3] = {texture->width, texture->height, texture->depth};
    uint32_t axes = how->dimension == XE_GPU_TEXTURE_1D ? 1
                    : texture->dimension == XE_GPU_TEXTURE_3D && how->dimension == XE_GPU_TEXTURE_3D
                        ? 3
                        : 2;
    float sum = 0;

    for (uint32_t i = 0; i < axes; i++) {
        float texels = gradient[i] * scale;

        if (xe__texture_is_normalized(how, texture->clamp[i]))
            texels = texels * (float)size[i];
        sum = sum + texels * texels;
    }
    return sum;
}

static uint32_t most_samples(const struct xe_gpu_texture *texture,
                             const struct xe_gpu_sampling *how)
{
    uint32_t aniso = how->aniso == 7 ? texture->aniso : how->aniso;

    aniso = aniso > ANISO_MOST ? ANISO_MOST : aniso;
    return aniso ? 1u << (aniso - 1) : 1;
}

struct xe_gpu_footprint xe_gpu_texture_footprint(const struct xe_gpu_texture *texture,
                                                 const struct xe_gpu_sampling *how,
                                                 const float right[3], const float down[3])
{
    float h = xe_float_power_of_2(texture->gradient_exponent[0]),
          v = xe_float_power_of_2(texture->gradient_exponent[1]);
    float across = length2(texture, how, right, h), along = length2(texture, how, down, v);
    bool longer = along > across;
    float major = longer ? along : across, minor = longer ? across : along;
    const float *axis = longer ? down : right;
    struct xe_gpu_footprint ret = {.samples = 1};
    uint32_t most = most_samples(texture, how);

    while (ret.samples < most && (float)(ret.samples * ret.samples) * minor < major)
        ret.samples++;
    ret.lod = xe_gpu_log2_256(major / (float)(ret.samples * ret.samples)) >> 1;
    ret.axis[0] = axis[0] * (longer ? v : h);
    ret.axis[1] = axis[1] * (longer ? v : h);
    return ret;
}

/* ---- levels and filters --------------------------------------------------------------------- */

static uint32_t chosen(uint32_t by_instruction, uint32_t by_constant)
{
    return by_instruction == XE_GPU_TEXTURE_BY_CONSTANT ? by_constant : by_instruction;
}

bool xe_gpu_texture_is_flat(const struct xe_gpu_texture *texture, const struct xe_gpu_sampling *how)
{
    return texture->first == texture->last && most_samples(texture, how) == 1 &&
           chosen(how->mag, texture->mag) == chosen(how->min, texture->min) &&
           chosen(how->volume_mag, texture->volume_mag) ==
               chosen(how->volume_min, texture->volume_min);
}

struct xe__texture_choice xe__texture_choose(const struct xe_gpu_texture *texture,
                                             const struct xe_gpu_sampling *how, int32_t lod)
{
    uint32_t mip = chosen(how->mip, texture->mip);
    bool larger = lod <= 0;
    int32_t least = (int32_t)texture->first * LEVEL, most = (int32_t)texture->last * LEVEL;
    struct xe__texture_choice ret = {
        .linear = (larger ? chosen(how->mag, texture->mag) : chosen(how->min, texture->min)) ==
                  XE_GPU_TEXTURE_LINEAR,
        .volume_linear =
            (larger ? chosen(how->volume_mag, texture->volume_mag)
                    : chosen(how->volume_min, texture->volume_min)) == XE_GPU_TEXTURE_LINEAR,
    };

    lod = lod < least ? least : lod > most ? most : lod;
    if (mip == XE_GPU_TEXTURE_POINT)
        lod = (lod + LEVEL / 2) / LEVEL * LEVEL;
    else if (mip != XE_GPU_TEXTURE_LINEAR)
        lod = least;
    ret.level[0] = (uint32_t)lod / LEVEL;
    ret.level[1] = ret.level[0] < texture->last ? ret.level[0] + 1 : ret.level[0];
    ret.weight = (uint32_t)lod % LEVEL;
    return ret;
}
