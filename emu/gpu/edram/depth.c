/* Depth in EDRAM: 24 bits of it above 8 of stencil.
 * Guess: what 20e4 has no bits for is dropped, not rounded (xenia offers both); comparisons that a
 * title makes for equality between passes come out the same either way. */

#include "base/bits.h"
#include "gpu/edram/edram.h"
#include "gpu/texture/texture.h"

static uint32_t pack_20e4(float depth)
{
    uint32_t bits = xe_bits_of_float(depth), shift;

    if (!(depth > 0))
        return 0;
    if (bits >= 0x3FFFFFF8)
        return 0xFFFFFF;
    if (bits >= 113u << 23)
        return (bits - (112u << 23)) >> 3;
    shift = 113 - (bits >> 23);
    return shift > 24 ? 0 : ((bits & 0x7FFFFF) | 1u << 23) >> shift >> 3;
}

uint32_t xe_gpu_depth_pack(enum xe_gpu_depth_format format, float depth)
{
    if (format == XE_GPU_D24FS8)
        return pack_20e4(depth);
    return xe_gpu_nearest((double)depth * 0xFFFFFF, 0xFFFFFF);
}

float xe_gpu_depth_unpack(enum xe_gpu_depth_format format, uint32_t bits)
{
    return format == XE_GPU_D24FS8 ? xe_gpu_20e4(bits) : xe_gpu_unorm24(bits);
}

uint32_t xe_gpu_7e3_pack(float value)
{
    uint32_t bits = xe_bits_of_float(value);

    if (!(value > 0))
        return 0;
    if (value >= 31.875f)
        return 0x3FF;
    if (bits >= 125u << 23) {
        bits -= 124u << 23;
        return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
    }
    return xe_gpu_nearest_even(value * 512);
}
