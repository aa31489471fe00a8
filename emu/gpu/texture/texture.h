/* Textures as the chip reads them: where a texel lies, what it says, and what a fetch makes of its
 * neighbours.
 *
 * The idea: a fetch constant is parsed once (xe_gpu_texture_parse), which works out where each of
 * its levels lies; a texel is then asked for by place, a sample by coordinates. All arithmetic is
 * on integers, or single steps of IEEE floats that every host rounds alike (+ - * / and nothing
 * else, never fused), so that the same bits come out of every build.
 *
 * Precision, in steps that a title may see: weights of filters have 8 bits, levels of detail have
 * 8 bits behind the point. Source: what xenia and freedreno (a2xx) know of the chip.
 * Guess: the chip's own steps; only their number of bits is known.
 *
 * Constants and memory are hostile: any 192 bits are a texture, and what isn't there reads as 0.
 * Any thread; memory is its owner's. */
#ifndef XE_GPU_TEXTURE_TEXTURE_H
#define XE_GPU_TEXTURE_TEXTURE_H

#include <stdbool.h>
#include <stdint.h>

/* Texels as they were told, while memory stays as it is: neighbours are asked for again and again.
 * All of it 0: none. */
#define XE_GPU_TEXELS 2048u
struct xe_gpu_texels {
    struct {
        uint64_t key; /* 0: free */
        float value[4];
    } texel[XE_GPU_TEXELS];
};

/* Physical memory as textures see it. */
struct xe_gpu_ram {
    void *ctx;
    /* 4 KiB by their number; NULL: none are there. */
    const uint8_t *(*page)(void *ctx, uint32_t number);
    struct xe_gpu_texels *texels; /* NULL: nothing is remembered */
};
#define XE_GPU_RAM_SIZE 0x20000000u

/* ---- memory (ram.c) ------------------------------------------------------------------------- */

/* Where byte i of an element lies instead by a mode of 0 to 5: of pairs, words, halves of words,
 * 8 or 16 bytes. */
uint32_t xe_gpu_swap_place(uint32_t i, uint32_t mode);
/* 1, 2, 4, 8 or 16 bytes from an address that is a multiple of that, in the order that a
 * mode of swapping gives them (xe_gpu_swap_place). false: none are there. */
bool xe_gpu_ram_read(const struct xe_gpu_ram *ram, uint64_t at, uint32_t size, uint32_t mode,
                     uint8_t *ret);
/* 2 or 4 of them as a number, the first byte the lowest; 0 where none are. */
uint32_t xe_gpu_ram_number(const struct xe_gpu_ram *ram, uint64_t at, uint32_t size, uint32_t mode);

enum xe_gpu_texture_number {
#define FORMAT(number, name, width, height, size, kind, x, y, z, w) XE_GPU_TEXTURE_##name = number,
#include "gpu/texture/formats.def"
#undef FORMAT
    XE_GPU_TEXTURE_FORMATS = 64
};

struct xe_gpu_texture_format {
    const char *name;
    uint8_t width, height; /* texels of a block */
    uint8_t size_log2;     /* of a block, bytes */
    uint8_t kind;          /* 0: it can't be fetched */
    uint8_t bits[4];       /* of components */
    uint8_t components;
};
extern const struct xe_gpu_texture_format xe_gpu_texture_formats[XE_GPU_TEXTURE_FORMATS];

enum xe_gpu_texture_dimension {
    XE_GPU_TEXTURE_1D,
    XE_GPU_TEXTURE_2D,
    XE_GPU_TEXTURE_3D,
    XE_GPU_TEXTURE_CUBE
};
enum xe_gpu_texture_sign {
    XE_GPU_TEXTURE_UNSIGNED,
    XE_GPU_TEXTURE_SIGNED,
    XE_GPU_TEXTURE_BIASED,
    XE_GPU_TEXTURE_GAMMA
};
enum xe_gpu_texture_clamp {
    XE_GPU_TEXTURE_REPEAT,
    XE_GPU_TEXTURE_MIRROR,
    XE_GPU_TEXTURE_EDGE,
    XE_GPU_TEXTURE_MIRROR_EDGE, /* once */
    XE_GPU_TEXTURE_HALF_BORDER,
    XE_GPU_TEXTURE_MIRROR_HALF_BORDER,
    XE_GPU_TEXTURE_BORDER,
    XE_GPU_TEXTURE_MIRROR_BORDER
};
enum xe_gpu_texture_filter {
    XE_GPU_TEXTURE_POINT,
    XE_GPU_TEXTURE_LINEAR,
    XE_GPU_TEXTURE_BASE, /* of levels only: the first of them */
    XE_GPU_TEXTURE_BY_CONSTANT
};

#define XE_GPU_TEXTURE_LEVELS 16u

struct xe_gpu_texture_level {
    uint32_t width, height, depth; /* texels; depth is 1 but for 3D          */
    uint32_t pitch, rows;          /* of its storage, in blocks              */
    uint32_t slices;               /* of its storage: for 3D, else 1         */
    uint32_t x, y, z;              /* blocks of the storage before it        */
    uint32_t row;                  /* bytes of a row of blocks, where linear */
    uint64_t at;                   /* physical address of the storage        */
    uint64_t stride;               /* bytes from a layer or face to the next */
};

struct xe_gpu_texture {
    const struct xe_gpu_texture_format *format;
    enum xe_gpu_texture_dimension dimension;
    uint32_t width, height, depth; /* texels                                 */
    uint32_t layers;               /* of a stacked one; 6 of a cube; else 1  */
    bool tiled, packed, integer;
    uint8_t number; /* the owner's: among those that texels are remembered of, below 32 */
    uint8_t endian;
    uint8_t sign[4], clamp[3], swizzle[4];
    uint8_t mag, min, mip, volume_mag, volume_min, aniso, border;
    int8_t exponent;                                          /* of what is told: times 2^this */
    int16_t lod_bias;                                         /* 1/32 of a level               */
    int8_t gradient_exponent[2];                              /* h, v                          */
    uint32_t first, last;                                     /* levels that may be sampled    */
    struct xe_gpu_texture_level level[XE_GPU_TEXTURE_LEVELS]; /* from 0 to last */
};

/* Six words of a texture's constant. false: it is none, or of a format that can't be fetched; then
 * *ret is an empty one of 1 by 1, which reads as 0. */
bool xe_gpu_texture_parse(const uint32_t word[6], struct xe_gpu_texture *ret);

/* ---- where (tile.c, layout.c) --------------------------------------------------------------- */

/* Bytes before block x, y of a tiled surface whose rows have `pitch` blocks, a multiple of 32. */
uint64_t xe_gpu_tile_2d(uint32_t x, uint32_t y, uint32_t pitch, uint32_t size_log2);
/* The same in a volume whose slices have `rows` rows of blocks, a multiple of 32. */
uint64_t xe_gpu_tile_3d(uint32_t x, uint32_t y, uint32_t z, uint32_t pitch, uint32_t rows,
                        uint32_t size_log2);
/* Physical address of a block of a level: in blocks, and its slice or layer. May lie outside of
 * memory. */
uint64_t xe_gpu_texture_address(const struct xe_gpu_texture *texture, uint32_t level, uint32_t x,
                                uint32_t y, uint32_t z);

/* ---- numbers of the chip's own (number.c, encode.c) ----------------------------------------- */

/* A float of 16 bits: as the host's, but the largest exponent is one as any other. */
float xe_gpu_half(uint32_t bits);
/* A float of 4 and 20 bits, from 0 to 2. */
float xe_gpu_20e4(uint32_t bits);
/* 24 bits as a part of a whole. */
float xe_gpu_unorm24(uint32_t bits);
/* From what is encoded, 0 to 255, to 0 to 1; back, rounded down as the chip does. */
float xe_gpu_gamma_decode(float encoded);
uint32_t xe_gpu_gamma_encode(float linear);
/* To those 16 bits: to the nearest, of two the even; up to 131008; what is no number is 0. */
uint32_t xe_gpu_half_pack(float value);
/* x to the nearest whole number from 0 to most, of x between them; what is no number is 0. */
uint32_t xe_gpu_nearest(double x, uint32_t most);

/* x, from 0 to 2^24, to the nearest whole number, of two the even. */
uint32_t xe_gpu_nearest_even(float x);

/* How a resolve or a memory export tells numbers. */
enum xe_gpu_number_kind {
    XE_GPU_NUMBER_UNORM,
    XE_GPU_NUMBER_SNORM,
    XE_GPU_NUMBER_UINT,
    XE_GPU_NUMBER_SINT,
    XE_GPU_NUMBER_FLOAT = 7
};

/* Bytes of an element of a format that can be written to memory; 0: it can't. */
uint32_t xe_gpu_texture_pack_size(uint32_t format);
/* Such an element, before any swap. Numbers are clamped and go to the nearest. */
void xe_gpu_texture_pack(uint32_t format, uint32_t kind, const float component[4], uint8_t ret[16]);

/* ---- what (decode.c) ------------------------------------------------------------------------ */

/* One texel by its place, which is within the level (z: slice, layer or face). Four components
 * before the constant's swizzle; those that the format lacks repeat its last. */
void xe_gpu_texture_texel(const struct xe_gpu_texture *texture, const struct xe_gpu_ram *ram,
                          uint32_t level, uint32_t x, uint32_t y, uint32_t z, float ret[4]);

/* ---- samples (sample.c, lod.c) -------------------------------------------------------------- */

/* The part of a fetch that its instruction says. */
struct xe_gpu_sampling {
    enum xe_gpu_texture_dimension dimension;
    uint8_t mag, min, mip, volume_mag, volume_min; /* enum xe_gpu_texture_filter             */
    uint8_t aniso;                                 /* 0 off, n: up to 2^(n-1); 7: by constant */
    bool unnormalized;
    int8_t offset[3]; /* half texels */
};

/* How large a pixel is in a texture. Levels of detail are in 1/256. */
struct xe_gpu_footprint {
    int32_t lod;      /* sum of what instruction, registers and constant add          */
    uint32_t samples; /* along the longer axis: 1 to 16                               */
    float axis[2];    /* that axis: change of the coordinates over the whole pixel    */
};

/* Of gradients: how coordinates change by a pixel to the right and down. Its lod has no bias. */
struct xe_gpu_footprint xe_gpu_texture_footprint(const struct xe_gpu_texture *texture,
                                                 const struct xe_gpu_sampling *how,
                                                 const float right[3], const float down[3]);

/* Is any sample of it the same, however large a pixel is? */
bool xe_gpu_texture_is_flat(const struct xe_gpu_texture *texture,
                            const struct xe_gpu_sampling *how);

/* 256 * log2(x), rounded down; below any level for what is not above 0. */
int32_t xe_gpu_log2_256(float x);

/* Coordinates as the instruction gives them: of a cube from 1 to 2 and its face's number. ret is
 * what the constant makes of it, before the instruction's own swizzle. */
void xe_gpu_texture_sample(const struct xe_gpu_texture *texture, const struct xe_gpu_ram *ram,
                           const struct xe_gpu_sampling *how, const float at[3],
                           const struct xe_gpu_footprint *footprint, float ret[4]);

/* The filters' fractions of such a sample: x, y, z, and between levels (getWeights). */
void xe_gpu_texture_weights(const struct xe_gpu_texture *texture, const struct xe_gpu_sampling *how,
                            const float at[3], const struct xe_gpu_footprint *footprint,
                            float ret[4]);
/* The part of such a sample that is border colour (getBCF). */
float xe_gpu_texture_border_part(const struct xe_gpu_texture *texture,
                                 const struct xe_gpu_sampling *how, const float at[3],
                                 const struct xe_gpu_footprint *footprint);

#endif
