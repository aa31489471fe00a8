/* Colours in EDRAM, each way.
 * Guess: floats of 16 bits reach to 131008, as they do in textures (xenia holds them at 65504); a
 * title that draws more would settle it. */

#include "base/bits.h"
#include "gpu/edram/edram_internal.h"
#include "gpu/texture/texture.h"

#define FIXED_SCALE (32767.0f / 32.0f)

const struct xe__colour xe__colours[XE_GPU_COLOURS] = {
#define COLOUR(number, name, words, kind, x, y, z, w)                                              \
    [number] = {words, XE__COLOUR_##kind, {x, y, z, w}},
#include "gpu/edram/colours.def"
#undef COLOUR
};

bool xe_gpu_colour_is_wide(uint32_t format)
{
    return xe__colours[format % XE_GPU_COLOURS].words == 2;
}

/* ---- components ----------------------------------------------------------------------------- */

static float small_float(uint32_t bits)
{
    uint32_t exponent = bits >> 7 & 7, mantissa = bits & 0x7F;

    if (!exponent)
        return (float)mantissa * (1.0f / 512);
    return xe_float_of_bits((exponent + 124) << 23 | mantissa << 16);
}

static float unorm(uint32_t n, uint32_t bits)
{
    return (float)n / (float)((1u << bits) - 1);
}

static float unpack(enum xe__colour_kind kind, uint32_t i, uint32_t n, uint32_t bits)
{
    switch (kind) {
    case XE__COLOUR_GAMMA:
        return i < 3 ? xe_gpu_gamma_decode((float)n) : unorm(n, bits);
    case XE__COLOUR_SMALL_FLOAT:
        return i < 3 ? small_float(n) : unorm(n, bits);
    case XE__COLOUR_FIXED:
        return (float)(int16_t)n / FIXED_SCALE;
    case XE__COLOUR_FLOAT16:
        return xe_gpu_half(n);
    case XE__COLOUR_FLOAT32:
        return xe_float_of_bits(n);
    default:
        return unorm(n, bits);
    }
}

static uint32_t fixed(float value)
{
    double x = (double)value * FIXED_SCALE;
    uint32_t n = xe_gpu_nearest(x < 0 ? -x : x, 32767);

    return (x < 0 ? 0 - n : n) & 0xFFFF;
}

static uint32_t pack(enum xe__colour_kind kind, uint32_t i, float value, uint32_t bits)
{
    uint32_t most = (1u << (bits & 31)) - 1;

    switch (kind) {
    case XE__COLOUR_GAMMA:
        return i < 3 ? xe_gpu_gamma_encode(value) : xe_gpu_nearest(value * (float)most, most);
    case XE__COLOUR_SMALL_FLOAT:
        return i < 3 ? xe_gpu_7e3_pack(value) : xe_gpu_nearest(value * (float)most, most);
    case XE__COLOUR_FIXED:
        return fixed(value);
    case XE__COLOUR_FLOAT16:
        return xe_gpu_half_pack(value);
    case XE__COLOUR_FLOAT32:
        return xe_bits_of_float(value);
    default:
        return xe_gpu_nearest(value * (float)most, most);
    }
}

/* ---- words ---------------------------------------------------------------------------------- */

void xe_gpu_colour_unpack(uint32_t format, const uint32_t word[2], float ret[4])
{
    const struct xe__colour *it = &xe__colours[format % XE_GPU_COLOURS];
    uint64_t all = word[0] | (it->words == 2 ? (uint64_t)word[1] << 32 : 0);

    for (uint32_t i = 0; i < 4; i++) {
        uint32_t bits = it->bits[i];

        ret[i] = bits ? unpack(it->kind, i, (uint32_t)(all & ((1ull << bits) - 1)), bits) : i == 3;
        all >>= bits;
    }
}

static void put_all(const struct xe__colour *it, const uint32_t n[4], uint32_t ret[2])
{
    uint64_t all = 0;

    for (uint32_t i = 4; i-- > 0;)
        all = all << it->bits[i] | n[i];
    ret[0] = (uint32_t)all;
    ret[1] = (uint32_t)(all >> 32);
}

void xe_gpu_colour_pack(uint32_t format, const float colour[4], uint32_t ret[2])
{
    const struct xe__colour *it = &xe__colours[format % XE_GPU_COLOURS];
    uint32_t n[4] = {0};

    if (format == XE_GPU_COLOUR_8_8_8_8) { /* nearly all that is drawn */
        for (uint32_t i = 0; i < 4; i++)
            n[i] = xe_gpu_nearest(colour[i] * 255.0f, 255);
        ret[0] = n[0] | n[1] << 8 | n[2] << 16 | n[3] << 24;
        ret[1] = 0;
        return;
    }

    for (uint32_t i = 0; i < 4; i++)
        if (it->bits[i])
            n[i] = pack(it->kind, i, colour[i], it->bits[i]);
    put_all(it, n, ret);
}

void xe_gpu_colour_mask(uint32_t format, uint32_t components, uint32_t ret[2])
{
    const struct xe__colour *it = &xe__colours[format % XE_GPU_COLOURS];
    uint32_t n[4] = {0};

    for (uint32_t i = 0; i < 4; i++)
        if (components >> i & 1)
            n[i] = (uint32_t)((1ull << it->bits[i]) - 1);
    put_all(it, n, ret);
}

/* What is no number goes to the lower end, but of whole floats, which hold anything. */
void xe_gpu_colour_clamp(uint32_t format, float colour[4])
{
    static const float most[XE__COLOUR_KINDS] = {1, 1, 1, 31.875f, 32, 131008};
    const enum xe__colour_kind kind = xe__colours[format % XE_GPU_COLOURS].kind;
    bool is_signed = kind == XE__COLOUR_FIXED || kind == XE__COLOUR_FLOAT16;

    for (uint32_t i = 0; i < 4 && kind != XE__COLOUR_FLOAT32; i++) {
        float high = i == 3 && kind == XE__COLOUR_SMALL_FLOAT ? 1 : most[kind];
        float low = is_signed ? -high : 0;

        if (!(colour[i] > low))
            colour[i] = colour[i] == colour[i] ? low : 0;
        else if (colour[i] > high)
            colour[i] = high;
    }
}
