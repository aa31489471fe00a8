/* Resolves: what a draw in copy mode does. A rectangle of EDRAM is brought into memory as a
 * texture, and EDRAM may be cleared behind it.
 *
 * The destination is asked for by pages, so that its owner decides whether that is guest memory or
 * something beside it. Pixels lie at the same place in both: a title moves the destination's
 * address instead. Source: what xenia and libxenon know of the chip. Guess: of two words of a clear
 * the register of the lower number is the upper one (libxenon's order, which is known to work); the
 * mean of gamma's samples is taken of what is linear; a fourth of all samples where a pixel has
 * fewer is the mean of those there are.
 *
 * Registers are hostile: what doesn't lie in memory is left out. */
#ifndef XE_GPU_EDRAM_RESOLVE_H
#define XE_GPU_EDRAM_RESOLVE_H

#include "gpu/edram/edram.h"

/* Whole pixels: from left and top up to, not with, right and bottom. */
struct xe_gpu_rect {
    int32_t left, top, right, bottom;
};

/* Registers as they are, by their names. */
struct xe_gpu_resolve {
    uint32_t surface_info, colour_info[4], depth_info;
    uint32_t copy_control, dest_base, dest_pitch, dest_info;
    uint32_t colour_clear, colour_clear_lo, depth_clear;
    struct xe_gpu_rect rect; /* in pixels: not below 0, at most 8192 */
};

/* Where it goes to. */
struct xe_gpu_resolve_to {
    void *ctx;
    /* 4 KiB to be written, by their number in physical memory; NULL: they are left out. */
    uint8_t *(*page)(void *ctx, uint32_t number);
};

/* The box around three corners: of pixels whose middles it holds (pixels' middles at .5, or at
 * whole numbers), moved by an offset, cut by a scissor, and widened to squares of 8. */
struct xe_gpu_rect xe_gpu_resolve_rect(const float corner[3][2], bool middles_at_half,
                                       const int32_t offset[2], struct xe_gpu_rect scissor);

/* Returns how many pixels were copied or cleared. */
uint64_t xe_gpu_resolve(uint32_t *edram, const struct xe_gpu_resolve *resolve,
                        const struct xe_gpu_resolve_to *to);

#endif
