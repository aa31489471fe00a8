/* Random operands for the float and vector tests: the same every run, and full of corners. */
#ifndef XE_TEST_CPU_OPERANDS_H
#define XE_TEST_CPU_OPERANDS_H

#include <stdint.h>

#include "cpu/cpu.h"

struct draw {
    uint64_t seed;
};

static inline uint64_t draw_bits(struct draw *draw)
{
    uint64_t z = draw->seed += 0x9E3779B97F4A7C15ull;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

static inline uint32_t draw_below(struct draw *draw, uint32_t n)
{
    return (uint32_t)(draw_bits(draw) % n);
}

/* Mantissas with long runs, so that ties and carries happen. */
static inline uint64_t draw_mantissa(struct draw *draw)
{
    uint64_t m = draw_bits(draw) & 0x000FFFFFFFFFFFFFu;

    switch (draw_below(draw, 5)) {
    case 0:
        return m & ~0x1FFFFFFFull; /* a single */
    case 1:
        return m & 0xFF00000000000ull;
    case 2:
        return m | 0x00FFFFFFFF000ull;
    case 3:
        return m & ~0x00FFFFFFFF000ull;
    default:
        return m;
    }
}

static inline uint64_t draw_double(struct draw *draw)
{
    static const uint64_t corners[] = {
        0,
        1,
        0x7FF0000000000000, /* infinity */
        0x7FF8000000000000, /* quiet, signalling NaN */
        0x7FF4000020000001,
        0x3FF0000000000000,
        0x000FFFFFFFFFFFFF, /* around the least normal */
        0x0010000000000000,
        0x7FEFFFFFFFFFFFFF,
        0x36A0000000000000, /* least and greatest denormal single, least normal */
        0x380FFFFFC0000000,
        0x3810000000000000,
        0x380FFFFFE0000000,
        0x47EFFFFFE0000000, /* greatest single and what still rounds to it */
        0x47EFFFFFEFFFFFFF,
        0x47EFFFFFF0000000,
    };
    uint64_t sign = draw_bits(draw) << 63;

    switch (draw_below(draw, 8)) {
    case 0:
        return sign | corners[draw_below(draw, sizeof(corners) / sizeof(corners[0]))];
    case 1: /* any exponent */
        return sign | (uint64_t)draw_below(draw, 2047) << 52 | draw_mantissa(draw);
    case 2: /* a single's */
        return sign | (uint64_t)(1023 - 160 + draw_below(draw, 320)) << 52 | draw_mantissa(draw);
    default: /* near 1 */
        return sign | (uint64_t)(1023 - 3 + draw_below(draw, 6)) << 52 | draw_mantissa(draw);
    }
}

static inline uint32_t draw_single(struct draw *draw)
{
    static const uint32_t corners[] = {0,          0x3F800000, 0x7F800000, 0x7FC00000, 0x7FA00001,
                                       0x00000001, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0x00800001,
                                       0x3F000000, 0x3F8CCCCD, 0x4B000000, 0x4F000000, 0x34000000};
    uint32_t bits = (uint32_t)draw_bits(draw);

    switch (draw_below(draw, 8)) {
    case 0:
        return (bits & 0x80000000u) |
               corners[draw_below(draw, sizeof(corners) / sizeof(corners[0]))];
    case 1:
        return bits;
    case 2: /* short, so that sums and products are exact or ties */
        return (bits & 0x80000000u) | (127 - 3 + draw_below(draw, 6)) << 23 | (bits & 0x7FF000u);
    default:
        return (bits & 0x807FFFFFu) | (127 - 12 + draw_below(draw, 24)) << 23;
    }
}

/* Zero or normal, of middling size. */
static inline uint32_t draw_ordinary(struct draw *draw)
{
    uint32_t bits = draw_single(draw);
    uint32_t exp = bits >> 23 & 0xFF;

    return exp > 127 - 30 && exp < 127 + 30 ? bits : bits & 0x80000000u;
}

static inline union xe_vr draw_vector(struct draw *draw, uint32_t lane(struct draw *))
{
    union xe_vr v;

    for (int i = 0; i < 4; i++)
        v.w[i] = lane(draw);
    return v;
}

static inline uint32_t draw_word(struct draw *draw)
{
    return (uint32_t)draw_bits(draw);
}

#endif
