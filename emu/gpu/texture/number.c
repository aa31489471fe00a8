/* Numbers that are none of the host's, each way. Source: what xenia knows of the chip. */

#include "base/bits.h"
#include "gpu/texture/texture.h"

float xe_gpu_half(uint32_t bits)
{
    uint32_t sign = (bits & 0x8000) << 16, exponent = bits >> 10 & 31, mantissa = bits & 0x3FF;
    float small;

    if (exponent)
        return xe_float_of_bits(sign | (exponent + 112) << 23 | mantissa << 13);
    small = (float)mantissa * 0x1p-24f;
    return sign ? -small : small;
}

float xe_gpu_20e4(uint32_t bits)
{
    uint32_t exponent = bits >> 20 & 15, mantissa = bits & 0xFFFFF;

    if (exponent)
        return xe_float_of_bits((exponent + 112) << 23 | mantissa << 3);
    return (float)mantissa * 0x1p-34f;
}

float xe_gpu_unorm24(uint32_t bits)
{
    return (float)bits / (float)0xFFFFFF;
}

/* ---- gamma ---------------------------------------------------------------------------------- */

/* Straight pieces instead of the curve; what is added makes the upper end exact. */
float xe_gpu_gamma_decode(float encoded)
{
    uint32_t slope = encoded < 64 ? 1 : encoded < 96 ? 2 : encoded < 192 ? 4 : 8;
    uint32_t before = slope == 1 ? 0 : slope == 2 ? 64 : slope == 4 ? 256 : 1024;
    float line = encoded * (float)slope - (float)before;

    return (line + (float)(uint32_t)(line * (float)slope * 0x1p-10f)) / 1023.0f;
}

uint32_t xe_gpu_gamma_encode(float linear)
{
    float line = linear * 1023.0f;

    if (!(line > 0))
        return 0;
    if (line >= 1023)
        return 255;
    if (line < 64)
        return (uint32_t)line;
    if (line < 128)
        return (uint32_t)(line * 0.5f) + 32;
    return line < 512 ? (uint32_t)(line * 0.25f) + 64 : (uint32_t)(line * 0.125f) + 128;
}

/* ---- to fewer bits -------------------------------------------------------------------------- */

uint32_t xe_gpu_nearest(double x, uint32_t most)
{
    if (!(x > 0))
        return 0;
    return x >= most ? most : (uint32_t)(x + 0.5);
}

uint32_t xe_gpu_nearest_even(float x)
{
    uint32_t whole = (uint32_t)x;
    float rest = x - (float)whole;

    return whole + (rest > 0.5f || (rest == 0.5f && whole & 1));
}

uint32_t xe_gpu_half_pack(float value)
{
    uint32_t bits = xe_bits_of_float(value), sign = bits >> 16 & 0x8000;

    bits &= 0x7FFFFFFF;
    if (bits > 0x7F800000)
        return 0;
    if (bits >= xe_bits_of_float(131008.0f))
        return sign | 0x7FFF;
    if (bits < 113u << 23) /* below the least normal one */
        return sign | xe_gpu_nearest_even(xe_float_of_bits(bits) * 0x1p24f);
    bits -= 112u << 23;
    return sign | (bits + 0xFFF + (bits >> 13 & 1)) >> 13;
}
