/* What a texel says: from the bytes of its block to four floats. */
#include <string.h>

#include "base/bits.h"
#include "gpu/texture/texture_internal.h"

#define BLOCK_MAX 16u

struct texel {
    uint8_t block[BLOCK_MAX]; /* swapped: bit 0 is the lowest of its first byte */
    uint32_t x, y;            /* within the block */
    const struct xe_gpu_texture *texture;
};

/* ---- numbers -------------------------------------------------------------------------------- */

static float all_ones(uint32_t bits)
{
    return (float)(bits == 32 ? UINT32_MAX : (1u << bits) - 1);
}

static int32_t extend(uint32_t n, uint32_t bits)
{
    return (int32_t)(n << (32 - bits)) >> (32 - bits);
}

/* A component of one bit has no sign to extend: it is 0 or -1. */
static float convert_signed(uint32_t n, uint32_t bits, bool integer)
{
    float value = (float)extend(n, bits), most = bits > 1 ? all_ones(bits - 1) : 1;

    if (integer)
        return value;
    value = value / most;
    return value < -1 ? -1 : value;
}

static float convert(uint32_t n, uint32_t bits, enum xe_gpu_texture_sign sign, bool integer)
{
    float most = all_ones(bits), value = (float)n / most;

    if (sign == XE_GPU_TEXTURE_SIGNED)
        return convert_signed(n, bits, integer);
    if (sign == XE_GPU_TEXTURE_BIASED)
        value = 2 * value - 1;
    else if (sign == XE_GPU_TEXTURE_GAMMA)
        value = xe_gpu_gamma_decode(bits == 8 ? (float)n : value * 255.0f);
    else if (integer)
        return (float)n;
    return integer ? value * most : value;
}

/* All components of a texel, of the format's numbers of bits. */
static void convert_all(const struct texel *t, const uint32_t *n, float ret[4])
{
    const struct xe_gpu_texture *texture = t->texture;

    for (uint32_t i = 0; i < texture->format->components; i++)
        ret[i] = convert(n[i], texture->format->bits[i], texture->sign[i], texture->integer);
}

/* ---- kinds ---------------------------------------------------------------------------------- */

static uint32_t field(const uint8_t *block, uint32_t first, uint32_t bits)
{
    uint64_t word = 0;

    for (uint32_t i = 0; i < 5 && first / 8 + i < BLOCK_MAX; i++)
        word |= (uint64_t)block[first / 8 + i] << 8 * i;
    return (uint32_t)(word >> first % 8 & ((1ull << bits) - 1));
}

static void fields_from(const struct texel *t, uint32_t at, float ret[4])
{
    const struct xe_gpu_texture_format *format = t->texture->format;
    uint32_t n[4];

    for (uint32_t i = 0; i < format->components; i++) {
        n[i] = field(t->block, at, format->bits[i]);
        at += format->bits[i];
    }
    convert_all(t, n, ret);
}

static void fields(const struct texel *t, float ret[4])
{
    fields_from(t, 0, ret);
}

static void parts(const struct texel *t, float ret[4])
{
    fields_from(t, t->x * 32 / t->texture->format->width, ret);
}

static void floats(const struct texel *t, float ret[4])
{
    const struct xe_gpu_texture_format *format = t->texture->format;

    for (uint32_t i = 0; i < format->components; i++) {
        uint32_t n = field(t->block, i * format->bits[0], format->bits[0]);

        ret[i] = format->bits[0] == 16 ? xe_gpu_half(n) : xe_float_of_bits(n);
    }
}

static void depth(const struct texel *t, float ret[4])
{
    ret[0] = xe_gpu_unorm24(field(t->block, 8, 24));
}

static void depth_float(const struct texel *t, float ret[4])
{
    ret[0] = xe_gpu_20e4(field(t->block, 8, 24));
}

/* Of a pair, the first texel's own byte and the bytes that it shares: red is Cr, blue Cb. */
static void luma(const struct texel *t, uint32_t own, uint32_t cb, uint32_t cr, float ret[4])
{
    const uint32_t n[3] = {t->block[cr], t->block[own + 2 * t->x], t->block[cb]};

    convert_all(t, n, ret);
}

static void luma_first(const struct texel *t, float ret[4])
{
    luma(t, 0, 1, 3, ret);
}

static void chroma_first(const struct texel *t, float ret[4])
{
    luma(t, 1, 0, 2, ret);
}

static void dxt1(const struct texel *t, float ret[4])
{
    uint32_t n[4];

    xe__texture_colour(t->block, true, t->x, t->y, n);
    convert_all(t, n, ret);
}

static void dxt2_3(const struct texel *t, float ret[4])
{
    uint32_t n[4];

    xe__texture_colour(t->block + 8, false, t->x, t->y, n);
    n[3] = xe__texture_alpha4(t->block, t->x, t->y) * 17;
    convert_all(t, n, ret);
}

static void dxt4_5(const struct texel *t, float ret[4])
{
    uint32_t n[4];

    xe__texture_colour(t->block + 8, false, t->x, t->y, n);
    n[3] = (uint32_t)xe__texture_alpha8(t->block, t->x, t->y, false);
    convert_all(t, n, ret);
}

static void dxt3a(const struct texel *t, float ret[4])
{
    const uint32_t n[1] = {xe__texture_alpha4(t->block, t->x, t->y) * 17};

    convert_all(t, n, ret);
}

/* Guess: the highest of the four bits is x (xenia; one title is known). */
static void dxt3a_bits(const struct texel *t, float ret[4])
{
    uint32_t nibble = xe__texture_alpha4(t->block, t->x, t->y);
    const uint32_t n[4] = {nibble >> 3 & 1, nibble >> 2 & 1, nibble >> 1 & 1, nibble & 1};

    convert_all(t, n, ret);
}

static uint32_t alpha8(const struct texel *t, const uint8_t *block, uint32_t component)
{
    bool is_signed = t->texture->sign[component] == XE_GPU_TEXTURE_SIGNED;

    return (uint32_t)xe__texture_alpha8(block, t->x, t->y, is_signed) & 0xFF;
}

static void dxt5a(const struct texel *t, float ret[4])
{
    const uint32_t n[1] = {alpha8(t, t->block, 0)};

    convert_all(t, n, ret);
}

static void dxn(const struct texel *t, float ret[4])
{
    const uint32_t n[2] = {alpha8(t, t->block, 0), alpha8(t, t->block + 8, 1)};

    convert_all(t, n, ret);
}

static void ctx1(const struct texel *t, float ret[4])
{
    uint32_t n[2];

    xe__texture_ctx1(t->block, t->x, t->y, n);
    convert_all(t, n, ret);
}

static void (*const kinds[XE__TEXTURE_KINDS])(const struct texel *, float[4]) = {
    [XE__TEXTURE_FIELDS] = fields,
    [XE__TEXTURE_FLOATS] = floats,
    [XE__TEXTURE_DEPTH] = depth,
    [XE__TEXTURE_DEPTH_FLOAT] = depth_float,
    [XE__TEXTURE_PARTS] = parts,
    [XE__TEXTURE_LUMA_FIRST] = luma_first,
    [XE__TEXTURE_CHROMA_FIRST] = chroma_first,
    [XE__TEXTURE_DXT1] = dxt1,
    [XE__TEXTURE_DXT2_3] = dxt2_3,
    [XE__TEXTURE_DXT4_5] = dxt4_5,
    [XE__TEXTURE_DXT3A] = dxt3a,
    [XE__TEXTURE_DXT3A_BITS] = dxt3a_bits,
    [XE__TEXTURE_DXT5A] = dxt5a,
    [XE__TEXTURE_DXN] = dxn,
    [XE__TEXTURE_CTX1] = ctx1,
};

/* ---- a texel -------------------------------------------------------------------------------- */

static void decode(const struct xe_gpu_texture *texture, const struct xe_gpu_ram *ram,
                   uint32_t level, uint32_t x, uint32_t y, uint32_t z, float ret[4])
{
    const struct xe_gpu_texture_format *format = texture->format;
    struct texel t = {.x = x % format->width, .y = y % format->height, .texture = texture};
    uint64_t at = xe_gpu_texture_address(texture, level, x / format->width, y / format->height, z);
    uint32_t size = 1u << format->size_log2;

    at &= ~(uint64_t)(size - 1); /* a row's length of a hostile constant may be anything */
    if (!kinds[format->kind] || !xe_gpu_ram_read(ram, at, size, texture->endian, t.block)) {
        memset(ret, 0, 4 * sizeof(*ret));
        return;
    }
    kinds[format->kind](&t, ret);
    for (uint32_t i = format->components; i < 4; i++)
        ret[i] = ret[i - 1];
}

void xe_gpu_texture_texel(const struct xe_gpu_texture *texture, const struct xe_gpu_ram *ram,
                          uint32_t level, uint32_t x, uint32_t y, uint32_t z, float ret[4])
{
    uint64_t key = 1ull << 63 | (uint64_t)texture->number << 52 | (uint64_t)level << 48 |
                   (uint64_t)z << 37 | (uint64_t)y << 24 | x;
    uint32_t at = (x & 255) | (y & 3) << 8 | ((texture->number ^ level ^ z) & 1) << 10;

    if (!ram->texels) {
        decode(texture, ram, level, x, y, z, ret);
        return;
    }
    if (ram->texels->texel[at].key != key) {
        decode(texture, ram, level, x, y, z, ram->texels->texel[at].value);
        ram->texels->texel[at].key = key;
    }
    memcpy(ret, ram->texels->texel[at].value, 4 * sizeof(*ret));
}
