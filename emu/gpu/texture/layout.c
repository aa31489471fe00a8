/* Where the levels of a texture lie.
 *
 * The first has a surface of its own. The others follow each other at the mip address, each with
 * all its layers; with packed mips, those whose shorter side is at most 16 share the storage of the
 * first of these, at places that their number says.
 * Source: what xenia and freedreno (a2xx) know of the chip.
 * Guess: all levels of a volume have storage for as many slices as the first (xenia's rule; that
 * they had half as many at each level would be expected): a title with a mipmapped volume would
 * settle it. */
#include "gpu/texture/texture_internal.h"

#define BLOCKS     32u /* storage is of whole squares of so many blocks */
#define SLICES     4u
#define LAYER_SIZE 4096u
#define ROW_SIZE   256u /* of a linear level's rows, but for the first level's */
#define TAIL_LOG2  4u   /* of the shorter side of the first packed level      */

static uint64_t round_up(uint64_t n, uint32_t to)
{
    return (n + to - 1) / to * to;
}

static uint32_t log2_ceil(uint32_t n)
{
    return n > 1 ? 32 - (uint32_t)__builtin_clz(n - 1) : 0;
}

static uint32_t shifted(uint32_t n, uint32_t by)
{
    return n >> by ? n >> by : 1;
}

static uint32_t in_blocks(uint32_t texels, uint32_t block)
{
    return (texels + block - 1) / block;
}

/* ---- packed levels -------------------------------------------------------------------------- */

static uint32_t first_packed(const struct xe_gpu_texture *texture)
{
    uint32_t width = log2_ceil(texture->width), height = log2_ceil(texture->height);
    uint32_t shorter = width < height ? width : height;

    if (!texture->packed)
        return XE_GPU_TEXTURE_LEVELS;
    return shorter > TAIL_LOG2 ? shorter - TAIL_LOG2 : 0;
}

/* The n-th of a storage lies beside the line that its shorter side would make longer. */
static void place_packed(const struct xe_gpu_texture *texture, uint32_t first, uint32_t n,
                         struct xe_gpu_texture_level *level)
{
    uint32_t width = log2_ceil(texture->width), height = log2_ceil(texture->height);
    uint32_t depth = log2_ceil(texture->depth);
    bool wider = width > height;
    uint32_t longer = (wider ? width : height) - first;
    uint32_t along = n < 3 ? 16u >> n : (1u << longer) >> (n - 2);

    if (n < 3)
        wider = !wider; /* side by side across the longer side, then along it */
    level->x = (wider ? along : 0) / texture->format->width;
    level->y = (wider ? 0 : along) / texture->format->height;
    if (n >= 3 && along < 4 && texture->dimension == XE_GPU_TEXTURE_3D)
        level->z = depth > 1 + n ? (depth - n) * 4 : 4;
}

/* ---- storage -------------------------------------------------------------------------------- */

static void storage(const struct xe_gpu_texture *texture, struct xe_gpu_texture_level *level,
                    uint32_t width, uint32_t height)
{
    const struct xe_gpu_texture_format *format = texture->format;

    level->pitch = (uint32_t)round_up(in_blocks(width, format->width), BLOCKS);
    level->row = level->pitch << format->size_log2;
    level->rows = texture->dimension == XE_GPU_TEXTURE_1D
                      ? 1
                      : (uint32_t)round_up(in_blocks(height, format->height), BLOCKS);
    level->slices =
        texture->dimension == XE_GPU_TEXTURE_3D ? (uint32_t)round_up(texture->depth, SLICES) : 1;
}

static void end_storage(struct xe_gpu_texture_level *level)
{
    level->stride = round_up((uint64_t)level->row * level->rows * level->slices, LAYER_SIZE);
}

/* Rows of a linear one are as long as the constant says. */
static void lay_first(const struct xe_gpu_texture *texture, struct xe_gpu_texture_level *level,
                      uint32_t pitch)
{
    storage(texture, level, pitch, texture->height);
    if (!texture->tiled)
        level->row = pitch / texture->format->width << texture->format->size_log2;
    end_storage(level);
}

static void lay_later(const struct xe_gpu_texture *texture, uint32_t number,
                      struct xe_gpu_texture_level *level)
{
    storage(texture, level, shifted(1u << log2_ceil(texture->width), number),
            shifted(1u << log2_ceil(texture->height), number));
    if (!texture->tiled)
        level->row = (uint32_t)round_up(level->row, ROW_SIZE);
    end_storage(level);
}

/* Levels behind the first packed one lie in its storage. */
static void lay_mips(struct xe_gpu_texture *texture, uint64_t at, uint32_t packed)
{
    for (uint32_t i = 1; i <= texture->last; i++) {
        struct xe_gpu_texture_level *level = &texture->level[i];

        lay_later(texture, i < packed ? i : packed, level);
        level->at = at;
        if (i >= packed)
            place_packed(texture, packed, i - packed, level);
        else
            at += level->stride * texture->layers;
    }
}

void xe__texture_lay_out(struct xe_gpu_texture *texture, uint32_t base_page, uint32_t mip_page,
                         uint32_t pitch)
{
    uint32_t packed = first_packed(texture);

    lay_first(texture, &texture->level[0], pitch);
    texture->level[0].at = (uint64_t)base_page << 12;
    if (packed == 0)
        place_packed(texture, 0, 0, &texture->level[0]);
    lay_mips(texture, (uint64_t)mip_page << 12, packed);
    for (uint32_t i = 0; i <= texture->last; i++) {
        texture->level[i].width = shifted(texture->width, i);
        texture->level[i].height = shifted(texture->height, i);
        texture->level[i].depth = shifted(texture->depth, i);
    }
}

uint64_t xe_gpu_texture_address(const struct xe_gpu_texture *texture, uint32_t level, uint32_t x,
                                uint32_t y, uint32_t z)
{
    const struct xe_gpu_texture_level *it = &texture->level[level];
    bool is_volume = texture->dimension == XE_GPU_TEXTURE_3D;
    uint64_t at = it->at + (is_volume ? 0 : z * it->stride);
    uint32_t size_log2 = texture->format->size_log2;

    x += it->x;
    y += it->y;
    z += it->z;
    if (!texture->tiled)
        return at + ((uint64_t)(is_volume ? z : 0) * it->rows + y) * it->row +
               ((uint64_t)x << size_log2);
    if (is_volume)
        return at + xe_gpu_tile_3d(x, y, z, it->pitch, it->rows, size_log2);
    return at + xe_gpu_tile_2d(x, y, it->pitch, size_log2);
}
