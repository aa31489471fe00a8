/* Memory and constants for tests of textures. */
#ifndef XE_TESTS_GPU_TEXTURE_BENCH_H
#define XE_TESTS_GPU_TEXTURE_BENCH_H

#include <stdint.h>
#include <string.h>

#include "gpu/texture/texture.h"

#define BENCH_SIZE 0x200000u

/* The memory from 0 on; beyond it is none. */
static uint8_t bench_memory[BENCH_SIZE];

static inline const uint8_t *bench_page(void *ctx, uint32_t number)
{
    (void)ctx;
    return number < BENCH_SIZE >> 12 ? bench_memory + ((size_t)number << 12) : NULL;
}

static const struct xe_gpu_ram bench_ram = {.page = bench_page};

/* What a constant says; members are fields of its words as they are. */
struct bench_constant {
    uint32_t format, dimension, width, height, depth; /* sizes themselves */
    uint32_t pitch;                                   /* texels           */
    uint32_t base, mip_base;                          /* bytes            */
    uint32_t endian, tiled, packed, stacked, last, first, integer, sign, clamp, exponent;
    uint32_t filters; /* bits 19 to 24 of word 3 */
    uint32_t swizzle; /* 0: xyzw                 */
    uint32_t volume, border, aniso;
};

static inline uint32_t bench_sizes(const struct bench_constant *c)
{
    uint32_t height = c->height ? c->height - 1 : 0, depth = c->depth ? c->depth - 1 : 0;

    if (c->dimension == XE_GPU_TEXTURE_1D)
        return c->width - 1;
    if (c->dimension == XE_GPU_TEXTURE_3D)
        return (c->width - 1) | height << 11 | depth << 22;
    return (c->width - 1) | height << 13 | depth << 26;
}

/* sign and clamp: the same for all components and axes. */
static inline bool bench_texture(const struct bench_constant *c, struct xe_gpu_texture *ret)
{
    uint32_t sign = c->sign * 0x55, clamp = c->clamp * 0111;
    uint32_t swizzle = c->swizzle ? c->swizzle : 0 | 1 << 3 | 2 << 6 | 3 << 9;
    const uint32_t word[6] = {
        2 | sign << 2 | clamp << 10 | c->pitch / 32 << 22 | c->tiled << 31,
        c->format | c->endian << 6 | c->stacked << 10 | c->base,
        bench_sizes(c),
        c->integer | swizzle << 1 | (c->exponent & 63) << 13 | c->filters << 19 | c->aniso << 25,
        c->volume | c->first << 2 | c->last << 6,
        c->border | c->dimension << 9 | c->packed << 11 | c->mip_base,
    };

    return xe_gpu_texture_parse(word, ret);
}

#endif
