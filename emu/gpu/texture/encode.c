/* Elements as resolves and memory exports write them: the formats of textures, the other way.
 * Rounding: to the nearest, halves away from 0. Source: what xenia knows of the chip. */
#include <string.h>

#include "base/bits.h"
#include "gpu/texture/texture_internal.h"

static const struct xe_gpu_texture_format *format_of(uint32_t format)
{
    return &xe_gpu_texture_formats[format % XE_GPU_TEXTURE_FORMATS];
}

static bool is_depth(const struct xe_gpu_texture_format *format)
{
    return format->kind == XE__TEXTURE_DEPTH || format->kind == XE__TEXTURE_DEPTH_FLOAT;
}

uint32_t xe_gpu_texture_pack_size(uint32_t format)
{
    const struct xe_gpu_texture_format *it = format_of(format);

    if (it->kind == XE__TEXTURE_FIELDS || it->kind == XE__TEXTURE_FLOATS || is_depth(it))
        return 1u << it->size_log2;
    return 0;
}

static uint32_t all_ones(uint32_t bits)
{
    return bits == 32 ? UINT32_MAX : (1u << bits) - 1;
}

/* Of a number with a sign: as many bits of two's complement. */
static uint32_t pack_signed(double x, uint32_t bits)
{
    uint32_t most = all_ones(bits - 1);

    if (x < 0)
        return (0 - xe_gpu_nearest(-x, most)) & all_ones(bits);
    return xe_gpu_nearest(x, most);
}

static uint32_t pack_number(double x, uint32_t kind, uint32_t bits)
{
    switch (kind) {
    case XE_GPU_NUMBER_SNORM:
        return bits > 1 ? pack_signed(x * all_ones(bits - 1), bits) : 0;
    case XE_GPU_NUMBER_UINT:
        return xe_gpu_nearest(x, all_ones(bits));
    case XE_GPU_NUMBER_SINT:
        return bits > 1 ? pack_signed(x, bits) : 0;
    default:
        return xe_gpu_nearest(x * all_ones(bits), all_ones(bits));
    }
}

static uint32_t pack_float(float x, uint32_t bits)
{
    return bits == 16 ? xe_gpu_half_pack(x) : xe_bits_of_float(x);
}

/* Bits from `at` on; they are 0 so far. */
static void put(uint8_t bytes[16], uint32_t at, uint32_t bits, uint32_t value)
{
    for (uint32_t i = 0; i < bits; i++)
        bytes[(at + i) / 8] |= (uint8_t)((value >> i & 1) << (at + i) % 8);
}

void xe_gpu_texture_pack(uint32_t format, uint32_t kind, const float component[4], uint8_t ret[16])
{
    const struct xe_gpu_texture_format *it = format_of(format);
    uint32_t at = is_depth(it) ? 8 : 0;

    memset(ret, 0, 16);
    for (uint32_t i = 0; i < it->components && xe_gpu_texture_pack_size(format); i++) {
        uint32_t bits = is_depth(it) ? 24 : it->bits[i];

        put(ret, at, bits,
            it->kind == XE__TEXTURE_FLOATS ? pack_float(component[i], bits)
                                           : pack_number(component[i], kind, bits));
        at += bits;
    }
}
