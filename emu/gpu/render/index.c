/* Indices of vertices: from memory, from the command, or by counting.
 * Guess: of two indices in a word of the command, the low half comes first. */
#include "gpu/render/render_internal.h"

enum {
    MAX_INDEX = 0x2100,
    MIN_INDEX = 0x2101,
    INDEX_OFFSET = 0x2102,
    RESET_INDEX = 0x2103,
    DMA_BASE = 0x21FA,
    DMA_SIZE = 0x21FB,
    MODE_CONTROL = 0x2205
};
enum { FROM_MEMORY, FROM_COMMAND };

#define INDEX_MASK 0xFFFFFFu
#define RESTARTS   (1u << 21)

static uint32_t from_memory(const struct xe__draw *d, uint32_t place, bool wide)
{
    const uint32_t *reg = d->draw->reg;
    uint32_t mode = reg[DMA_SIZE] >> 30, size = wide ? 4 : 2;
    uint32_t at = (reg[DMA_BASE] & (XE_GPU_RAM_SIZE - 1) & ~(size - 1)) + place * size;

    if (!wide && mode == 2)
        mode = 1; /* bytes of an index change places, not indices. Source: xenia */
    return xe_gpu_ram_number(&d->ram, at, size, mode);
}

static uint32_t from_command(const struct xe_gpu_draw *draw, uint32_t place, bool wide)
{
    uint32_t word = wide ? place : place / 2;

    if (word >= draw->immediates)
        return 0;
    return wide ? draw->immediate[word] : draw->immediate[word] >> place % 2 * 16 & 0xFFFF;
}

static bool is_strip(uint32_t primitive)
{
    switch (primitive) {
    case XE_RASTER_LINE_STRIP:
    case XE_RASTER_LINE_LOOP:
    case XE_RASTER_FAN:
    case XE_RASTER_STRIP:
    case XE_RASTER_QUAD_STRIP:
    case XE_RASTER_POLYGON:
        return true;
    default:
        return false;
    }
}

static bool begins_anew(const uint32_t *reg, uint32_t initiator, uint32_t index)
{
    return reg[MODE_CONTROL] & RESTARTS && is_strip(initiator & 63) &&
           (index & INDEX_MASK) == (reg[RESET_INDEX] & INDEX_MASK);
}

static uint32_t within(uint32_t x, uint32_t least, uint32_t most)
{
    return x < least ? least : x > most ? most : x;
}

bool xe__render_index(const struct xe__draw *d, uint32_t place, uint32_t *ret)
{
    uint32_t initiator = d->draw->initiator, source = initiator >> 6 & 3, index = place;
    const uint32_t *reg = d->draw->reg;
    bool wide = initiator >> 11 & 1;

    if (source == FROM_MEMORY)
        index = from_memory(d, place, wide);
    else if (source == FROM_COMMAND)
        index = from_command(d->draw, place, wide);
    if (begins_anew(reg, initiator, index))
        return false;
    index = (index + reg[INDEX_OFFSET]) & INDEX_MASK;
    *ret = within(index, reg[MIN_INDEX] & INDEX_MASK, reg[MAX_INDEX] & INDEX_MASK);
    return true;
}
