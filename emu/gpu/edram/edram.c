/* Places of samples in EDRAM. */
#include "gpu/edram/edram_internal.h"

#define BASE_MASK  0x7FFu
#define PITCH_MASK 0x3FFFu

static struct xe_gpu_surface surface_of(uint32_t surface_info, uint32_t info, bool is_wide)
{
    uint32_t samples = surface_info >> 16 & 3, width = surface_info & PITCH_MASK;
    struct xe_gpu_surface ret = {
        .base = info & BASE_MASK,
        .samples = samples > XE_GPU_4X ? XE_GPU_4X : samples,
        .is_wide = is_wide,
    };

    width <<= ret.samples == XE_GPU_4X;
    ret.pitch = (width + XE_GPU_EDRAM_WIDTH - 1) / XE_GPU_EDRAM_WIDTH << is_wide;
    return ret;
}

struct xe_gpu_surface xe_gpu_surface_colour(uint32_t surface_info, uint32_t colour_info)
{
    uint32_t format = colour_info >> 16 & 15;
    struct xe_gpu_surface ret =
        surface_of(surface_info, colour_info, xe_gpu_colour_is_wide(format));

    ret.format = format;
    return ret;
}

struct xe_gpu_surface xe_gpu_surface_depth(uint32_t surface_info, uint32_t depth_info)
{
    struct xe_gpu_surface ret = surface_of(surface_info, depth_info, false);

    ret.format = depth_info >> 16 & 1;
    ret.is_depth = true;
    return ret;
}

/* Samples lie as pixels of their own: two below each other, four in a square, column by column.
 * The halves of a tile of depth have changed places. */
uint32_t xe_gpu_edram_at(const struct xe_gpu_surface *surface, uint32_t x, uint32_t y,
                         uint32_t sample)
{
    uint32_t width = XE_GPU_EDRAM_WIDTH >> surface->is_wide;
    uint32_t sx = surface->samples == XE_GPU_4X ? 2 * x + (sample >> 1 & 1) : x;
    uint32_t sy = surface->samples >= XE_GPU_2X ? 2 * y + (sample & 1) : y;
    uint32_t tile = surface->base + sy / XE_GPU_EDRAM_HEIGHT * surface->pitch + sx / width;
    uint32_t column = sx % width;

    if (surface->is_depth)
        column = (column + width / 2) % width;
    return tile % XE_GPU_EDRAM_TILES * XE_GPU_EDRAM_TILE_WORDS +
           ((sy % XE_GPU_EDRAM_HEIGHT * width + column) << surface->is_wide);
}
