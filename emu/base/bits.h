/* Fields of words, and the bits that floats are told in. */
#ifndef XE_BASE_BITS_H
#define XE_BASE_BITS_H

#include <stdint.h>
#include <string.h>

/* n bits of a word from `first` on, bit 0 being the lowest; fewer than 32. */
static inline uint32_t xe_bits(uint32_t word, uint32_t first, uint32_t n)
{
    return word >> first & ((1u << n) - 1);
}

/* The same as a number of two's complement; 1 to 32. */
static inline int32_t xe_bits_signed(uint32_t word, uint32_t first, uint32_t n)
{
    return (int32_t)(word << (32 - first - n)) >> (32 - n);
}

static inline uint32_t xe_bits_of_float(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

static inline float xe_float_of_bits(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof(x));
    return x;
}

static inline uint64_t xe_bits_of_double(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

static inline double xe_double_of_bits(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof(x));
    return x;
}

/* 2 to the power of -126 to 127. */
static inline float xe_float_power_of_2(int32_t exponent)
{
    return xe_float_of_bits((uint32_t)(exponent + 127) << 23);
}

#endif
