#include "gpu/edram/resolve.h"

#include <string.h>

#include "base/bits.h"
#include "gpu/texture/texture.h"

#define SIDE      8192 /* of the largest surface, pixels */
#define GRANULE   8
#define BLOCKS    32u
#define PAGE_LOG2 12u
#define RAM_MASK  (XE_GPU_RAM_SIZE - 1)

enum { RAW, CONVERT, ONE, NOTHING }; /* commands */
enum { FROM_DEPTH = 4 };             /* sources: below it, colours */

/* ---- the rectangle -------------------------------------------------------------------------- */

/* The first pixel whose middle is not left of x. */
static int32_t first_pixel(float x, bool at_half)
{
    double middle = (double)x - (at_half ? 0.5 : 0);
    int32_t whole;

    if (!(middle > -SIDE))
        return -SIDE;
    if (middle >= 2 * SIDE)
        return 2 * SIDE;
    whole = (int32_t)middle;
    return whole + (whole < middle);
}

static float least(float a, float b)
{
    return b < a ? b : a;
}

static int32_t within(int32_t x, int32_t low, int32_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* One axis of the box, cut to low and high. */
static void span(const float corner[3][2], uint32_t axis, bool at_half, int32_t offset, int32_t low,
                 int32_t high, int32_t ret[2])
{
    float first = least(least(corner[0][axis], corner[1][axis]), corner[2][axis]);
    float last = -least(least(-corner[0][axis], -corner[1][axis]), -corner[2][axis]);

    low = within(low, 0, SIDE);
    high = within(high, low, SIDE);
    ret[0] = within(first_pixel(first, at_half) + offset, low, high) / GRANULE * GRANULE;
    ret[1] = within(first_pixel(last, at_half) + offset, low, high);
    ret[1] = (ret[1] + GRANULE - 1) / GRANULE * GRANULE;
}

struct xe_gpu_rect xe_gpu_resolve_rect(const float corner[3][2], bool middles_at_half,
                                       const int32_t offset[2], struct xe_gpu_rect scissor)
{
    int32_t x[2], y[2];

    span(corner, 0, middles_at_half, offset[0], scissor.left, scissor.right, x);
    span(corner, 1, middles_at_half, offset[1], scissor.top, scissor.bottom, y);
    return (struct xe_gpu_rect){x[0], y[0], x[1], y[1]};
}

/* ---- what is copied ------------------------------------------------------------------------- */

struct copy {
    const uint32_t *edram;
    struct xe_gpu_surface from;
    uint32_t sample, samples; /* the first, and how many from it on */
    uint32_t command, format, kind, endian, size_log2;
    uint32_t pitch, rows, slice; /* of the destination, in pixels */
    uint64_t base;
    float factor; /* 2 to the xe_float_power_of_2 of the bias */
    bool swaps, is_volume, is_raw;
};

/* Where a pixel has fewer samples than a command names, those that it has. */
static void choose_samples(struct copy *c, uint32_t select)
{
    static const struct {
        uint8_t first, count;
    } choice[8] = {{0, 1}, {1, 1}, {2, 1}, {3, 1}, {0, 2}, {2, 2}, {0, 4}, {0, 1}};
    uint32_t have = xe_gpu_samples(c->from.samples);

    c->sample = choice[select].first % have;
    c->samples = choice[select].count < have ? choice[select].count : have;
    if (c->from.is_depth || c->sample + c->samples > have)
        c->samples = 1;
}

/* Bits go over as they are where both sides tell the same by them. */
static bool same_bits(uint32_t colour, uint32_t texture)
{
    static const struct {
        uint8_t colour, texture;
    } same[] = {
        {XE_GPU_COLOUR_8_8_8_8, XE_GPU_TEXTURE_8_8_8_8},
        {XE_GPU_COLOUR_8_8_8_8, XE_GPU_TEXTURE_8_8_8_8_A},
        {XE_GPU_COLOUR_8_8_8_8, XE_GPU_TEXTURE_8_8_8_8_AS_16_16_16_16},
        {XE_GPU_COLOUR_8_8_8_8_GAMMA, XE_GPU_TEXTURE_8_8_8_8},
        {XE_GPU_COLOUR_8_8_8_8_GAMMA, XE_GPU_TEXTURE_8_8_8_8_A},
        {XE_GPU_COLOUR_8_8_8_8_GAMMA, XE_GPU_TEXTURE_8_8_8_8_AS_16_16_16_16},
        {XE_GPU_COLOUR_2_10_10_10, XE_GPU_TEXTURE_2_10_10_10},
        {XE_GPU_COLOUR_2_10_10_10, XE_GPU_TEXTURE_2_10_10_10_AS_16_16_16_16},
        {XE_GPU_COLOUR_2_10_10_10_AS_10_10_10_10, XE_GPU_TEXTURE_2_10_10_10},
        {XE_GPU_COLOUR_2_10_10_10_AS_10_10_10_10, XE_GPU_TEXTURE_2_10_10_10_AS_16_16_16_16},
        {XE_GPU_COLOUR_16_16_FLOAT, XE_GPU_TEXTURE_16_16_FLOAT},
        {XE_GPU_COLOUR_16_16_16_16_FLOAT, XE_GPU_TEXTURE_16_16_16_16_FLOAT},
        {XE_GPU_COLOUR_32_FLOAT, XE_GPU_TEXTURE_32_FLOAT},
        {XE_GPU_COLOUR_32_32_FLOAT, XE_GPU_TEXTURE_32_32_FLOAT},
    };

    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        if (same[i].colour == colour && same[i].texture == texture)
            return true;
    return false;
}

/* Depth goes over with its stencil, whatever format of 32 bits is named. */
static bool is_raw(const struct copy *c)
{
    if (c->command == ONE || c->samples > 1)
        return false;
    if (c->from.is_depth)
        return c->size_log2 == 2;
    return c->factor == 1 && same_bits(c->from.format, c->format);
}

static uint32_t up_to_blocks(uint32_t pixels)
{
    return (pixels + BLOCKS - 1) / BLOCKS * BLOCKS;
}

/* false: the destination's format can't be written. */
static bool make_copy(const uint32_t *edram, const struct xe_gpu_resolve *r, struct copy *ret)
{
    uint32_t source = r->copy_control & 7, info = r->dest_info;
    uint32_t size = xe_gpu_texture_pack_size(info >> 7 & 63);

    *ret = (struct copy){
        .edram = edram,
        .from = source < FROM_DEPTH ? xe_gpu_surface_colour(r->surface_info, r->colour_info[source])
                                    : xe_gpu_surface_depth(r->surface_info, r->depth_info),
        .command = r->copy_control >> 20 & 3,
        .format = info >> 7 & 63,
        .kind = info >> 13 & 7,
        .endian = info & 7,
        .pitch = up_to_blocks(r->dest_pitch & 0x3FFF),
        .rows = up_to_blocks(r->dest_pitch >> 16 & 0x3FFF),
        .slice = info >> 4 & 7,
        .base = r->dest_base & RAM_MASK,
        .factor = xe_float_power_of_2((int32_t)(info << 10) >> 26),
        .swaps = info & 1u << 24,
        .is_volume = info & 1u << 3,
    };
    if (!size)
        return false;
    ret->size_log2 = (uint32_t)__builtin_ctz(size);
    choose_samples(ret, r->copy_control >> 4 & 7);
    ret->is_raw = is_raw(ret);
    return true;
}

/* ---- a pixel -------------------------------------------------------------------------------- */

static void read_sample(const struct copy *c, uint32_t x, uint32_t y, uint32_t sample, float ret[4])
{
    const uint32_t *word = c->edram + xe_gpu_edram_at(&c->from, x, y, sample);

    if (!c->from.is_depth) {
        xe_gpu_colour_unpack(c->from.format, word, ret);
        return;
    }
    ret[0] = xe_gpu_depth_unpack(c->from.format, *word >> 8);
    ret[1] = ret[2] = ret[3] = 0;
}

static void mean(const struct copy *c, uint32_t x, uint32_t y, float ret[4])
{
    float one[4];

    memset(ret, 0, 4 * sizeof(*ret));
    for (uint32_t i = 0; i < c->samples; i++) {
        read_sample(c, x, y, c->sample + i, one);
        for (uint32_t k = 0; k < 4; k++)
            ret[k] = ret[k] + one[k];
    }
    for (uint32_t k = 0; k < 4; k++)
        ret[k] = c->command == ONE ? 1 : ret[k] * (1.0f / (float)c->samples) * c->factor;
}

static void swap_floats(float *a, float *b)
{
    float kept = *a;

    *a = *b;
    *b = kept;
}

/* Of words whose lowest bits are red, with 10 or 8 bits each of red and blue: these change places.
 */
static uint32_t swap_raw(uint32_t word, uint32_t format)
{
    uint32_t bits =
        format == XE_GPU_TEXTURE_2_10_10_10 || format == XE_GPU_TEXTURE_2_10_10_10_AS_16_16_16_16
            ? 10
            : 8;
    uint32_t mask = (1u << bits) - 1;

    return (word & ~(mask | mask << 2 * bits)) | (word >> 2 * bits & mask) |
           (word & mask) << 2 * bits;
}

static bool has_blue(const struct copy *c)
{
    return !c->from.is_depth && c->size_log2 == 2 && c->format != XE_GPU_TEXTURE_16_16_FLOAT &&
           c->format != XE_GPU_TEXTURE_32_FLOAT;
}

static void raw_pixel(const struct copy *c, uint32_t x, uint32_t y, uint8_t ret[16])
{
    const uint32_t *word = c->edram + xe_gpu_edram_at(&c->from, x, y, c->sample);
    const uint32_t told[2] = {c->swaps && has_blue(c) ? swap_raw(word[0], c->format) : word[0],
                              c->from.is_wide ? word[1] : 0};

    for (uint32_t i = 0; i < 8; i++)
        ret[i] = (uint8_t)(told[i / 4] >> i % 4 * 8);
    if (c->swaps && c->format == XE_GPU_TEXTURE_16_16_16_16_FLOAT) {
        memcpy(ret, (const uint8_t[2]){(uint8_t)told[1], (uint8_t)(told[1] >> 8)}, 2);
        memcpy(ret + 4, (const uint8_t[2]){(uint8_t)told[0], (uint8_t)(told[0] >> 8)}, 2);
    }
}

static void pixel(const struct copy *c, uint32_t x, uint32_t y, uint8_t ret[16])
{
    float told[4];

    if (c->is_raw) {
        raw_pixel(c, x, y, ret);
        return;
    }
    mean(c, x, y, told);
    if (c->swaps)
        swap_floats(&told[0], &told[2]);
    xe_gpu_texture_pack(c->format, c->kind, told, ret);
}

/* ---- where it goes -------------------------------------------------------------------------- */

/* Bytes of a texel never leave their 16, which swapping keeps together, nor those a page. */
static void store(const struct copy *c, const struct xe_gpu_resolve_to *to, uint32_t x, uint32_t y,
                  const uint8_t bytes[16])
{
    uint64_t at =
        c->base + (c->is_volume ? xe_gpu_tile_3d(x, y, c->slice, c->pitch, c->rows, c->size_log2)
                                : xe_gpu_tile_2d(x, y, c->pitch, c->size_log2));
    uint32_t offset = at & ((1u << PAGE_LOG2) - 1) & ~((1u << c->size_log2) - 1);
    uint8_t *page = at < XE_GPU_RAM_SIZE ? to->page(to->ctx, (uint32_t)(at >> PAGE_LOG2)) : NULL;

    for (uint32_t i = 0; page && i < 1u << c->size_log2; i++)
        page[xe_gpu_swap_place(offset + i, c->endian)] = bytes[i];
}

static uint64_t copy_all(const struct copy *c, const struct xe_gpu_rect *rect,
                         const struct xe_gpu_resolve_to *to)
{
    uint8_t bytes[16];

    for (int32_t y = rect->top; y < rect->bottom; y++)
        for (int32_t x = rect->left; x < rect->right; x++) {
            pixel(c, (uint32_t)x, (uint32_t)y, bytes);
            store(c, to, (uint32_t)x, (uint32_t)y, bytes);
        }
    return (uint64_t)(rect->right - rect->left) * (uint64_t)(rect->bottom - rect->top);
}

/* ---- clears --------------------------------------------------------------------------------- */

static uint64_t clear(uint32_t *edram, const struct xe_gpu_surface *surface,
                      const struct xe_gpu_rect *rect, const uint32_t word[2])
{
    uint32_t samples = xe_gpu_samples(surface->samples);

    for (int32_t y = rect->top; y < rect->bottom; y++)
        for (int32_t x = rect->left; x < rect->right; x++)
            for (uint32_t i = 0; i < samples; i++) {
                uint32_t at = xe_gpu_edram_at(surface, (uint32_t)x, (uint32_t)y, i);

                edram[at] = word[0];
                if (surface->is_wide)
                    edram[at + 1] = word[1];
            }
    return (uint64_t)(rect->right - rect->left) * (uint64_t)(rect->bottom - rect->top);
}

static uint64_t clear_colour(uint32_t *edram, const struct xe_gpu_resolve *r)
{
    struct xe_gpu_surface surface =
        xe_gpu_surface_colour(r->surface_info, r->colour_info[r->copy_control & 3]);
    const uint32_t narrow[2] = {r->colour_clear}, wide[2] = {r->colour_clear_lo, r->colour_clear};

    return clear(edram, &surface, &r->rect, surface.is_wide ? wide : narrow);
}

static uint64_t clear_depth(uint32_t *edram, const struct xe_gpu_resolve *r)
{
    struct xe_gpu_surface surface = xe_gpu_surface_depth(r->surface_info, r->depth_info);

    return clear(edram, &surface, &r->rect, (const uint32_t[2]){r->depth_clear});
}

uint64_t xe_gpu_resolve(uint32_t *edram, const struct xe_gpu_resolve *r,
                        const struct xe_gpu_resolve_to *to)
{
    bool from_colour = (r->copy_control & 7) < FROM_DEPTH;
    uint64_t pixels = 0;
    struct copy copy;

    if ((r->copy_control >> 20 & 3) != NOTHING && make_copy(edram, r, &copy))
        pixels += copy_all(&copy, &r->rect, to);
    if (r->copy_control & 1u << 8 && from_colour)
        pixels += clear_colour(edram, r);
    if (r->copy_control & 1u << 9)
        pixels += clear_depth(edram, r);
    return pixels;
}
