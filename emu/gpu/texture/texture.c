/* Fetch constants of textures. */
#include "gpu/texture/texture.h"

#include <string.h>

#include "base/bits.h"
#include "gpu/texture/texture_internal.h"

#define TYPE_TEXTURE 2u
#define PAGES_MASK   0x1FFFFu /* 512 MiB */

#define LOG2(size)        ((size) == 16 ? 4 : (size) == 8 ? 3 : (size) == 4 ? 2 : (size) == 2 ? 1 : 0)
#define COUNT(x, y, z, w) ((x > 0) + (y > 0) + (z > 0) + (w > 0))
const struct xe_gpu_texture_format xe_gpu_texture_formats[XE_GPU_TEXTURE_FORMATS] = {
#define FORMAT(number, name, width, height, size, kind, x, y, z, w)                                \
    [number] = {                                                                                   \
        #name, width, height, LOG2(size), XE__TEXTURE_##kind, {x, y, z, w}, COUNT(x, y, z, w)},
#include "gpu/texture/formats.def"
#undef FORMAT
};

static void parse_size(const uint32_t word[6], struct xe_gpu_texture *ret)
{
    uint32_t size = word[2];
    bool stacked = word[1] & 1u << 10;

    ret->height = ret->depth = ret->layers = 1;
    if (ret->dimension == XE_GPU_TEXTURE_1D) {
        ret->width = xe_bits(size, 0, 24) + 1;
    } else if (ret->dimension == XE_GPU_TEXTURE_3D) {
        ret->width = xe_bits(size, 0, 11) + 1;
        ret->height = xe_bits(size, 11, 11) + 1;
        ret->depth = xe_bits(size, 22, 10) + 1;
    } else {
        ret->width = xe_bits(size, 0, 13) + 1;
        ret->height = xe_bits(size, 13, 13) + 1;
        if (ret->dimension == XE_GPU_TEXTURE_CUBE)
            ret->layers = 6;
        else if (stacked)
            ret->layers = xe_bits(size, 26, 6) + 1;
    }
}

static void parse_filters(const uint32_t word[6], struct xe_gpu_texture *ret)
{
    ret->mag = (uint8_t)xe_bits(word[3], 19, 2);
    ret->min = (uint8_t)xe_bits(word[3], 21, 2);
    ret->mip = (uint8_t)xe_bits(word[3], 23, 2);
    ret->aniso = (uint8_t)xe_bits(word[3], 25, 3);
    ret->volume_mag = (uint8_t)xe_bits(word[4], 0, 1);
    ret->volume_min = (uint8_t)xe_bits(word[4], 1, 1);
    ret->lod_bias = (int16_t)xe_bits_signed(word[4], 12, 10);
    ret->gradient_exponent[0] = (int8_t)xe_bits_signed(word[4], 22, 5);
    ret->gradient_exponent[1] = (int8_t)xe_bits_signed(word[4], 27, 5);
    ret->border = (uint8_t)xe_bits(word[5], 0, 2);
}

static void parse_components(const uint32_t word[6], struct xe_gpu_texture *ret)
{
    for (uint32_t i = 0; i < 4; i++) {
        ret->sign[i] = (uint8_t)xe_bits(word[0], 2 + 2 * i, 2);
        ret->swizzle[i] = (uint8_t)xe_bits(word[3], 1 + 3 * i, 3);
    }
    for (uint32_t i = 0; i < 3; i++)
        ret->clamp[i] = (uint8_t)xe_bits(word[0], 10 + 3 * i, 3);
    ret->integer = word[3] & 1;
    ret->exponent = (int8_t)xe_bits_signed(word[3], 13, 6);
}

static uint32_t log2_floor(uint32_t n)
{
    return 31 - (uint32_t)__builtin_clz(n);
}

/* No level is smaller than a texel, and those behind the first lie at an address of their own. */
static void parse_levels(const uint32_t word[6], struct xe_gpu_texture *ret)
{
    uint32_t largest = ret->width > ret->height ? ret->width : ret->height;

    largest = ret->depth > largest ? ret->depth : largest;
    ret->first = xe_bits(word[4], 2, 4);
    ret->last = xe_bits(word[4], 6, 4);
    if (ret->last > log2_floor(largest))
        ret->last = log2_floor(largest);
    if (!(word[5] >> 12 & PAGES_MASK))
        ret->last = 0;
    if (ret->first > ret->last)
        ret->first = ret->last;
}

static void make_empty(struct xe_gpu_texture *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->format = &xe_gpu_texture_formats[0];
    ret->dimension = XE_GPU_TEXTURE_2D;
    ret->width = ret->height = ret->depth = ret->layers = 1;
    xe__texture_lay_out(ret, 0, 0, 0);
}

bool xe_gpu_texture_parse(const uint32_t word[6], struct xe_gpu_texture *ret)
{
    const struct xe_gpu_texture_format *format = &xe_gpu_texture_formats[xe_bits(word[1], 0, 6)];

    if (xe_bits(word[0], 0, 2) != TYPE_TEXTURE || format->kind == XE__TEXTURE_NONE) {
        make_empty(ret);
        return false;
    }
    memset(ret, 0, sizeof(*ret));
    ret->format = format;
    ret->dimension = xe_bits(word[5], 9, 2);
    ret->endian = (uint8_t)xe_bits(word[1], 6, 2);
    ret->tiled = word[0] >> 31 && ret->dimension != XE_GPU_TEXTURE_1D;
    ret->packed = word[5] & 1u << 11 && ret->dimension != XE_GPU_TEXTURE_1D;
    parse_size(word, ret);
    parse_components(word, ret);
    parse_filters(word, ret);
    parse_levels(word, ret);
    xe__texture_lay_out(ret, word[1] >> 12 & PAGES_MASK, word[5] >> 12 & PAGES_MASK,
                        xe_bits(word[0], 22, 9) * 32);
    return true;
}
