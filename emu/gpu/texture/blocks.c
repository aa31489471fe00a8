/* Compressed blocks of 4 by 4 texels: two ends, and for each texel where between them it is. Bytes
 * are in the order of a PC's. Divisions drop what remains; other decoders may differ by one.
 * Source: Microsoft's documentation of DXT1 to DXT5 (BC1 to BC3), BC4 and BC5; xenia for DXT3A,
 * CTX1 and the place of DXT3A_AS_1_1_1_1's bits. */
#include "gpu/texture/texture_internal.h"

static uint32_t le16(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static void widen565(uint32_t packed, int32_t ret[3])
{
    uint32_t red = packed >> 11 & 31, green = packed >> 5 & 63, blue = packed & 31;

    ret[0] = (int32_t)(red << 3 | red >> 2);
    ret[1] = (int32_t)(green << 2 | green >> 4);
    ret[2] = (int32_t)(blue << 3 | blue >> 2);
}

static uint32_t code2(const uint8_t *codes, uint32_t x, uint32_t y)
{
    return codes[y] >> 2 * x & 3;
}

/* Codes 0 and 1 are the ends, 2 and 3 thirds of the way. */
static int32_t third(int32_t first, int32_t last, uint32_t code)
{
    if (code < 2)
        return code ? last : first;
    return code == 2 ? (2 * first + last) / 3 : (first + 2 * last) / 3;
}

void xe__texture_colour(const uint8_t *block, bool is_dxt1, uint32_t x, uint32_t y, uint32_t ret[4])
{
    uint32_t first = le16(block), last = le16(block + 2), code = code2(block + 4, x, y);
    bool halves = is_dxt1 && first <= last;
    int32_t a[3], b[3];

    widen565(first, a);
    widen565(last, b);
    ret[3] = halves && code == 3 ? 0 : 255;
    for (uint32_t i = 0; i < 3; i++)
        if (halves && code >= 2)
            ret[i] = code == 2 ? (uint32_t)(a[i] + b[i]) / 2 : 0;
        else
            ret[i] = (uint32_t)third(a[i], b[i], code);
}

uint32_t xe__texture_alpha4(const uint8_t *block, uint32_t x, uint32_t y)
{
    return block[2 * y + x / 2] >> 4 * (x & 1) & 15;
}

static uint32_t code3(const uint8_t *codes, uint32_t x, uint32_t y)
{
    uint32_t at = 3 * (4 * y + x), byte = at / 8;
    uint32_t word = codes[byte] | (byte < 5 ? (uint32_t)codes[byte + 1] << 8 : 0);

    return word >> at % 8 & 7;
}

/* With the first end above the second there are six steps between them, else four and the
 * extremes. */
static int32_t step(int32_t first, int32_t last, uint32_t code, int32_t least, int32_t most)
{
    int32_t i = (int32_t)code - 1;

    if (code < 2)
        return code ? last : first;
    if (first > last)
        return ((7 - i) * first + i * last) / 7;
    if (code >= 6)
        return code == 6 ? least : most;
    return ((5 - i) * first + i * last) / 5;
}

static int32_t signed_end(uint8_t byte)
{
    return byte == 0x80 ? -127 : (int8_t)byte;
}

int32_t xe__texture_alpha8(const uint8_t *block, uint32_t x, uint32_t y, bool is_signed)
{
    uint32_t code = code3(block + 2, x, y);

    if (is_signed)
        return step(signed_end(block[0]), signed_end(block[1]), code, -127, 127);
    return step(block[0], block[1], code, 0, 255);
}

void xe__texture_ctx1(const uint8_t *block, uint32_t x, uint32_t y, uint32_t ret[2])
{
    uint32_t code = code2(block + 4, x, y);

    ret[0] = (uint32_t)third(block[1], block[3], code);
    ret[1] = (uint32_t)third(block[0], block[2], code);
}
