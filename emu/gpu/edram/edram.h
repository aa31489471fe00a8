/* EDRAM: the 10 MiB that the chip draws into, as the bits they are.
 *
 * The idea: a surface is a way to look at words, and nothing remembers which surface wrote them. So
 * a depth buffer read as colour, or four samples read as pixels, come out as on a console.
 * Words lie in tiles of 80 by 16; the numbers of tiles wrap.
 * Source: what xenia and libxenon know of the chip. Guess: the order of words within a tile, which
 * only shows where a surface is looked at by another width.
 *
 * Bases and pitches are hostile: every place is one of the words. Any thread; the words are their
 * owner's. */
#ifndef XE_GPU_EDRAM_EDRAM_H
#define XE_GPU_EDRAM_EDRAM_H

#include <stdbool.h>
#include <stdint.h>

#define XE_GPU_EDRAM_TILES      2048u
#define XE_GPU_EDRAM_TILE_WORDS 1280u
#define XE_GPU_EDRAM_WORDS      (XE_GPU_EDRAM_TILES * XE_GPU_EDRAM_TILE_WORDS)
#define XE_GPU_EDRAM_WIDTH      80u /* of a tile, in words */
#define XE_GPU_EDRAM_HEIGHT     16u

enum xe_gpu_edram_samples { XE_GPU_1X, XE_GPU_2X, XE_GPU_4X };

/* Formats of colour, as RB_COLOR_INFO numbers them. */
enum xe_gpu_colour_format {
#define COLOUR(number, name, words, kind, x, y, z, w) XE_GPU_COLOUR_##name = number,
#include "gpu/edram/colours.def"
#undef COLOUR
    XE_GPU_COLOURS = 16
};
enum xe_gpu_depth_format { XE_GPU_D24S8, XE_GPU_D24FS8 };

struct xe_gpu_surface {
    uint32_t base;                     /* tiles */
    uint32_t pitch;                    /* tiles from a row of them to the next */
    enum xe_gpu_edram_samples samples; /* of a pixel                           */
    uint32_t format;                   /* of colour or depth                   */
    bool is_depth;
    bool is_wide; /* two words a sample */
};

/* Of registers: RB_SURFACE_INFO with RB_COLORn_INFO, or RB_DEPTH_INFO. */
struct xe_gpu_surface xe_gpu_surface_colour(uint32_t surface_info, uint32_t colour_info);
struct xe_gpu_surface xe_gpu_surface_depth(uint32_t surface_info, uint32_t depth_info);

/* How many samples a pixel has: 1, 2 or 4. */
static inline uint32_t xe_gpu_samples(enum xe_gpu_edram_samples samples)
{
    return 1u << samples;
}

/* The first word of a pixel's sample, as an index into all of them; a second one follows it. */
uint32_t xe_gpu_edram_at(const struct xe_gpu_surface *surface, uint32_t x, uint32_t y,
                         uint32_t sample);

/* ---- colours (colour.c) --------------------------------------------------------------------- */

/* One or two words to red, green, blue, alpha. What of them a format lacks is 0, and alpha 1. A
 * gamma format is told linear. */
void xe_gpu_colour_unpack(uint32_t format, const uint32_t word[2], float ret[4]);
/* Back: clamped to what the format can tell, and rounded to nearest; what is no number is 0. */
void xe_gpu_colour_pack(uint32_t format, const float colour[4], uint32_t ret[2]);
/* The bits of those words that components of a mask (red 1, green 2, blue 4, alpha 8) have. */
void xe_gpu_colour_mask(uint32_t format, uint32_t components, uint32_t ret[2]);
/* To what the format can tell, as a blend's operands are. */
void xe_gpu_colour_clamp(uint32_t format, float colour[4]);
bool xe_gpu_colour_is_wide(uint32_t format);

/* ---- depth (depth.c) ------------------------------------------------------------------------ */

/* 24 bits of what is stored; clamped, what is no number is 0. */
uint32_t xe_gpu_depth_pack(enum xe_gpu_depth_format format, float depth);
float xe_gpu_depth_unpack(enum xe_gpu_depth_format format, uint32_t bits);

/* Unsigned floats of 3 and 7 bits, up to 31.875. */
uint32_t xe_gpu_7e3_pack(float value);

#endif
