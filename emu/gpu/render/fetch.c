/* What shaders ask for: vertices and textures, by the constants that registers hold. */
#include <string.h>

#include "gpu/render/render_internal.h"

#define TEXTURES 0x4800u

void xe__render_fetch_vertex(void *ctx, const struct xe_ucode_vfetch *fetch,
                             const struct xe_ucode_vfetch *full, float index, float ret[4])
{
    struct xe__draw *d = ctx;

    xe_ref_vertex_fetch(xe_ref_vertex_constant(d->draw->reg, full), &d->ram, fetch, full, index,
                        ret);
}

static const struct xe_gpu_texture *texture_of(struct xe__draw *d, uint32_t number)
{
    struct xe_gpu_texture *texture = &d->texture[number & 31];

    if (!(d->textures >> (number & 31) & 1))
        xe_gpu_texture_parse(d->draw->reg + TEXTURES + 6 * (number & 31), texture);
    texture->number = number & 31;
    d->textures |= 1u << (number & 31);
    return texture;
}

static struct xe_gpu_sampling sampling_of(const struct xe_ucode_tfetch *fetch)
{
    return (struct xe_gpu_sampling){
        .dimension = (enum xe_gpu_texture_dimension)fetch->dimension,
        .mag = (uint8_t)fetch->mag,
        .min = (uint8_t)fetch->min,
        .mip = (uint8_t)fetch->mip,
        .volume_mag = (uint8_t)fetch->volume_mag,
        .volume_min = (uint8_t)fetch->volume_min,
        .aniso = (uint8_t)fetch->aniso,
        .unnormalized = fetch->unnormalized,
        .offset = {(int8_t)fetch->offset_x, (int8_t)fetch->offset_y, (int8_t)fetch->offset_z},
    };
}

/* In 1/256: what is no number counts for nothing. */
static int32_t fixed_lod(float lod)
{
    return lod > -64 && lod < 64 ? (int32_t)(lod * 256) : lod >= 64 ? 64 * 256 : 0;
}

static struct xe_gpu_footprint footprint_of(const struct xe_gpu_texture *texture,
                                            const struct xe_gpu_sampling *how,
                                            const struct xe_ref_sample *sample, uint32_t lane)
{
    const float right[3] = {sample->right[0][lane], sample->right[1][lane], sample->right[2][lane]};
    const float down[3] = {sample->down[0][lane], sample->down[1][lane], sample->down[2][lane]};
    struct xe_gpu_footprint ret = {.samples = 1};

    if (sample->fetch->op == XE_UCODE_F_tfetch && xe_gpu_texture_is_flat(texture, how))
        return ret;
    if (sample->has_gradients)
        ret = xe_gpu_texture_footprint(texture, how, right, down);
    ret.lod += fixed_lod(sample->lod[lane]) + sample->fetch->lod_bias * 16 + texture->lod_bias * 8;
    return ret;
}

#define TAPS 4u /* of a sample; more, where it is of two levels or a volume, are rare */

static void answer(struct xe__draw *d, const struct xe_gpu_texture *texture,
                   const struct xe_ref_sample *sample, uint32_t lane, float ret[4])
{
    const struct xe_gpu_ram *ram = &d->ram;
    const struct xe_gpu_sampling how = sampling_of(sample->fetch);
    const float at[3] = {sample->at[0][lane], sample->at[1][lane], sample->at[2][lane]};
    struct xe_gpu_footprint footprint = footprint_of(texture, &how, sample, lane);

    if (!xe__render_pay(d->render, footprint.samples * TAPS * XE__RENDER_TAP_NS))
        return;
    switch (sample->fetch->op) {
    case XE_UCODE_F_tfetch:
        xe_gpu_texture_sample(texture, ram, &how, at, &footprint, ret);
        break;
    case XE_UCODE_F_getBCF:
        ret[0] = xe_gpu_texture_border_part(texture, &how, at, &footprint);
        break;
    case XE_UCODE_F_getCompTexLOD:
        ret[0] = (float)footprint.lod * (1.0f / 256);
        break;
    case XE_UCODE_F_getWeights:
        xe_gpu_texture_weights(texture, &how, at, &footprint, ret);
        break;
    default:
        break;
    }
}

void xe__render_fetch_texture(void *ctx, const struct xe_ref_sample *sample,
                              float ret[4][XE_REF_LANES])
{
    struct xe__draw *d = ctx;
    const struct xe_gpu_texture *texture = texture_of(d, (uint32_t)sample->fetch->constant);

    if (d->is_stale)
        memset(&d->texels, 0, sizeof(d->texels));
    d->is_stale = false;
    for (uint32_t lane = 0; lane < XE_REF_LANES; lane++) {
        float told[4] = {0};

        if (!(sample->lanes >> lane & 1))
            continue;
        answer(d, texture, sample, lane, told);
        for (uint32_t i = 0; i < 4; i++)
            ret[i][lane] = told[i];
    }
}
