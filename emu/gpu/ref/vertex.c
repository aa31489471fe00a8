/* Elements of vertex buffers. Source: what xenia knows of the chip's formats. */
#include "gpu/ref/exact.h"
#include "gpu/ref/shader.h"
#include "gpu/texture/texture.h"

/* Bits of components, from the lowest on; 0: there is none. */
static void widths(int32_t format, uint32_t ret[4])
{
    static const struct {
        uint8_t format, bits[4];
    } rows[] = {
        {XE_UCODE_FMT_8_8_8_8, {8, 8, 8, 8}},
        {XE_UCODE_FMT_2_10_10_10, {10, 10, 10, 2}},
        {XE_UCODE_FMT_10_11_11, {11, 11, 10}},
        {XE_UCODE_FMT_11_11_10, {10, 11, 11}},
        {XE_UCODE_FMT_16_16, {16, 16}},
        {XE_UCODE_FMT_16_16_16_16, {16, 16, 16, 16}},
        {XE_UCODE_FMT_16_16_FLOAT, {16, 16}},
        {XE_UCODE_FMT_16_16_16_16_FLOAT, {16, 16, 16, 16}},
        {XE_UCODE_FMT_32, {32}},
        {XE_UCODE_FMT_32_32, {32, 32}},
        {XE_UCODE_FMT_32_32_32_32, {32, 32, 32, 32}},
        {XE_UCODE_FMT_32_FLOAT, {32}},
        {XE_UCODE_FMT_32_32_FLOAT, {32, 32}},
        {XE_UCODE_FMT_32_32_32_FLOAT, {32, 32, 32}},
        {XE_UCODE_FMT_32_32_32_32_FLOAT, {32, 32, 32, 32}},
    };

    for (uint32_t i = 0; i < 4; i++)
        ret[i] = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (uint32_t k = 0; rows[i].format == format && k < 4; k++)
            ret[k] = rows[i].bits[k];
}

static bool is_float(int32_t format)
{
    return format == XE_UCODE_FMT_16_16_FLOAT || format == XE_UCODE_FMT_16_16_16_16_FLOAT ||
           (format >= XE_UCODE_FMT_32_FLOAT && format <= XE_UCODE_FMT_32_32_32_32_FLOAT) ||
           format == XE_UCODE_FMT_32_32_32_FLOAT;
}

/* n of so many bits; rounded once. */
static float number(const struct xe_ucode_vfetch *fetch, uint32_t n, uint32_t bits)
{
    uint64_t all = (UINT64_C(1) << bits) - 1;
    uint32_t top = 1u << (bits - 1);
    int64_t value = (int64_t)(n ^ top) - top;
    double part;

    if (!fetch->is_signed)
        return (float)(fetch->integer ? (double)n : (double)n / (double)all);
    if (fetch->integer)
        return (float)value;
    if (fetch->no_zero)
        return (float)((double)(2 * value + 1) / (double)all);
    part = (double)value / (double)(all >> 1);
    return part < -1 ? -1.0f : (float)part;
}

/* 2^n, n from -32 to 31. */
static float scale(int32_t n)
{
    return xe_float_of_bits((uint32_t)(n + 127) << 23);
}

void xe_ref_vertex_unpack(const struct xe_ucode_vfetch *fetch, const uint32_t word[4], float ret[4])
{
    uint32_t bits[4], at = 0;

    widths(fetch->format, bits);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t n = bits[i] ? word[at / 32] >> at % 32 : 0;

        ret[i] = 0;
        if (!bits[i])
            continue;
        if (bits[i] < 32)
            n &= (1u << bits[i]) - 1;
        if (!is_float(fetch->format))
            ret[i] = number(fetch, n, bits[i]);
        else
            ret[i] = bits[i] == 16 ? xe_gpu_half(n) : xe_float_of_bits(n);
        if (fetch->exponent)
            ret[i] = xe_exact_out(ret[i] * scale(fetch->exponent));
        at += bits[i];
    }
}

/* ---- from memory ---------------------------------------------------------------------------- */

#define VERTEX_CONSTANT 3u /* kind of a constant, its lowest two bits */

static uint32_t word_at(const uint32_t constant[2], const struct xe_gpu_ram *ram, int64_t place)
{
    int64_t words = constant[1] >> 2 & 0xFFFFFF;
    uint64_t address = (constant[0] & 0x1FFFFFFC) + 4 * (uint64_t)place;

    if (place < 0 || place >= words)
        return 0;
    return xe_gpu_ram_number(ram, address, 4, constant[1] & 3);
}

/* Guess: an index beyond 2^24 names no element, as whole numbers end there. */
void xe_ref_vertex_fetch(const uint32_t constant[2], const struct xe_gpu_ram *ram,
                         const struct xe_ucode_vfetch *fetch, const struct xe_ucode_vfetch *full,
                         float index, float ret[4])
{
    float at = xe_exact_floor(full->nearest ? xe_exact_add(index, 0.5f) : index);
    uint32_t words = xe_ucode_format_words((uint32_t)fetch->format), word[4] = {0};

    for (uint32_t k = 0; k < words; k++)
        if (at >= -0x1p24f && at <= 0x1p24f && (constant[0] & 3) == VERTEX_CONSTANT)
            word[k] = word_at(constant, ram, (int64_t)at * full->stride + fetch->offset + k);
    xe_ref_vertex_unpack(fetch, word, ret);
}

const uint32_t *xe_ref_vertex_constant(const uint32_t *reg, const struct xe_ucode_vfetch *full)
{
    int32_t third = full->third < 3 ? full->third : 2;

    return reg + 0x4800 + 6 * full->constant + 2 * third;
}
