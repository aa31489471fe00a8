/* Fetches, and what goes to memory: registers to what the world is asked, and back. */
#include <string.h>

#include "gpu/ref/exact.h"
#include "gpu/ref/shader_internal.h"

/* Codes of a destination's swizzle: components, 0, 1; the rest keeps what is there. */
static void write_lane(struct xe__ref *ref, int32_t dst, bool relative, int32_t swz, uint32_t lane,
                       const float value[4])
{
    uint32_t at = xe__ref_register(ref, dst, relative, lane);

    for (uint32_t i = 0; i < 4; i++) {
        uint32_t code = (uint32_t)swz >> 3 * i & 7;

        if (code < 6)
            ref->run->temp[at][i][lane] = code < 4 ? value[code] : code == 5 ? 1.0f : 0.0f;
    }
}

void xe__ref_vfetch(struct xe__ref *ref, const struct xe_ucode_vfetch *fetch, uint32_t lanes)
{
    const struct xe_ref_world *world = ref->run->world;

    if (!fetch->mini)
        ref->full = *fetch;
    EACH_LANE(lane, lanes)
    {
        uint32_t src = xe__ref_register(ref, fetch->src, fetch->src_rel, lane);
        float value[4] = {0};

        if (!fetch->mini)
            ref->index[lane] = ref->run->temp[src][fetch->component][lane];
        if (world->vertex)
            world->vertex(world->ctx, fetch, &ref->full, ref->index[lane], value);
        write_lane(ref, fetch->dst, fetch->dst_rel, fetch->dswz, lane, value);
    }
}

/* ---- textures ------------------------------------------------------------------------------- */

#define VOLUME 2 /* a dimension; of a cube, changes are of the two coordinates on its face */

/* Of the pixel beside each, and of that below: Guess: each row and column has its own. */
static void differences(struct xe_ref_sample *sample)
{
    uint32_t axes = sample->fetch->dimension == VOLUME ? 3 : 2;

    for (uint32_t i = 0; i < axes; i++) {
        const float *at = sample->at[i];

        for (uint32_t lane = 0; lane < LANES; lane++) {
            sample->right[i][lane] = xe_exact_add(at[lane | 1], -at[lane & ~1u]);
            sample->down[i][lane] = xe_exact_add(at[lane | 2], -at[lane & ~2u]);
        }
    }
}

static void sample_of(const struct xe__ref *ref, const struct xe_ucode_tfetch *fetch,
                      uint32_t lanes, struct xe_ref_sample *ret)
{
    bool pixels = ref->run->shader->stage == XE_UCODE_PIXEL;

    memset(ret, 0, sizeof(*ret));
    ret->fetch = fetch;
    ret->lanes = lanes;
    for (uint32_t lane = 0; lane < LANES; lane++) {
        uint32_t src = xe__ref_register(ref, fetch->src, fetch->src_rel, lane);

        for (uint32_t i = 0; i < 3; i++)
            ret->at[i][lane] = ref->run->temp[src][fetch->swz >> 2 * i & 3][lane];
        ret->lod[lane] = fetch->register_lod ? ref->lod[lane] : 0;
    }
    if (pixels)
        differences(ret);
    if (fetch->register_gradients) {
        memcpy(ret->right, ref->right, sizeof(ret->right));
        memcpy(ret->down, ref->down, sizeof(ret->down));
    }
    ret->has_gradients = fetch->computed_lod && (pixels || fetch->register_gradients);
}

/* The three that set what later fetches use. */
static bool keeps(struct xe__ref *ref, const struct xe_ref_sample *sample)
{
    EACH_LANE(lane, sample->lanes)
    for (uint32_t i = 0; i < 3; i++) {
        if (sample->fetch->op == XE_UCODE_F_setGradientH)
            ref->right[i][lane] = sample->at[i][lane];
        else if (sample->fetch->op == XE_UCODE_F_setGradientV)
            ref->down[i][lane] = sample->at[i][lane];
        else if (sample->fetch->op == XE_UCODE_F_setTexLOD)
            ref->lod[lane] = sample->at[0][lane];
    }
    return sample->fetch->op >= XE_UCODE_F_setTexLOD;
}

void xe__ref_tfetch(struct xe__ref *ref, const struct xe_ucode_tfetch *fetch, uint32_t lanes)
{
    const struct xe_ref_world *world = ref->run->world;
    float ret[4][LANES] = {{0}};
    struct xe_ref_sample sample;

    sample_of(ref, fetch, lanes, &sample);
    if (keeps(ref, &sample))
        return;
    if (fetch->op == XE_UCODE_F_getGradients) {
        for (uint32_t i = 0; i < 2; i++) {
            memcpy(ret[2 * i], sample.right[i], sizeof(ret[0]));
            memcpy(ret[2 * i + 1], sample.down[i], sizeof(ret[0]));
        }
    } else if (world->texture) {
        world->texture(world->ctx, &sample, ret);
    }
    EACH_LANE(lane, lanes)
    {
        const float value[4] = {ret[0][lane], ret[1][lane], ret[2][lane], ret[3][lane]};

        write_lane(ref, fetch->dst, fetch->dst_rel, fetch->dswz, lane, value);
    }
}

/* ---- memory --------------------------------------------------------------------------------- */

/* An address is made by adding whole numbers to floats of 2^23, whose low bits they then are. What
 * has no such form, as a negative index hasn't, is no address. */
static bool address_of(const uint32_t word[4], struct xe_ref_export *ret)
{
    *ret = (struct xe_ref_export){.at = (word[0] & 0x3FFFFFFF) << 2,
                                  .index = word[1] & 0x007FFFFF,
                                  .count = word[3] & 0x007FFFFF,
                                  .endian = word[2] & 7,
                                  .format = word[2] >> 8 & 63,
                                  .kind = word[2] >> 16 & 7,
                                  .swaps = word[2] >> 19 & 1};
    return word[0] >> 30 == 1 && word[1] >> 23 == 0x96 && word[2] >> 20 == 0x4B0 &&
           word[3] >> 23 == 0x96;
}

static void flush_lane(struct xe__ref *ref, uint32_t lane)
{
    const struct xe_ref_world *world = ref->run->world;
    struct xe_ref_export export;
    uint32_t word[4];

    for (uint32_t i = 0; i < 4; i++)
        word[i] = xe_bits_of_float(ref->run->out[XE_UCODE_O_ADDRESS][i][lane]);
    if (!address_of(word, &export))
        return;
    for (uint32_t k = 0; k < XE_UCODE_O_DATAS; k++) {
        if (!(ref->run->written[lane] >> (XE_UCODE_O_DATA + k) & 1) ||
            export.index + k >= export.count)
            continue;
        export.written |= 1u << k;
        for (uint32_t i = 0; i < 4; i++)
            export.data[k][i] = ref->run->out[XE_UCODE_O_DATA + k][i][lane];
    }
    if (export.written && world->memory)
        world->memory(world->ctx, lane, &export);
}

void xe__ref_flush_memory(struct xe__ref *ref, uint32_t lanes)
{
    const uint64_t all = UINT64_C(0x3F) << XE_UCODE_O_ADDRESS;

    EACH_LANE(lane, lanes)
    {
        bool counts = !((ref->run->killed | ref->run->helps | ref->run->limited) >> lane & 1);

        if (ref->run->written[lane] >> XE_UCODE_O_ADDRESS & 1 && counts)
            flush_lane(ref, lane);
        ref->run->written[lane] &= ~all;
    }
}
