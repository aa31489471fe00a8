/* Places of blocks in tiled surfaces. Both forms end alike: two bits of the place pick a bank and a
 * channel of memory, and the parity of the row goes between the parts of 16 bytes.
 * Source: what xenia and freedreno (a2xx) know; two published forms agree. */
#include "gpu/texture/texture.h"

/* unit: bytes of blocks before it, as if the rows of a pair lay in one. */
static uint64_t combine(uint64_t unit, uint32_t bank, uint32_t pipe, uint32_t y)
{
    return (unit >> 8) << 12 | bank << 11 | ((unit >> 5) & 7) << 8 | pipe << 6 |
           ((unit >> 4) & 1) << 5 | (y & 1) << 4 | (unit & 15);
}

uint64_t xe_gpu_tile_2d(uint32_t x, uint32_t y, uint32_t pitch, uint32_t size_log2)
{
    uint64_t tile = (uint64_t)(y >> 5) * (pitch >> 5) + (x >> 5);
    uint64_t unit = (tile << 6 | ((y >> 1) & 7) << 3 | (x & 7)) << size_log2;

    return combine(unit, (y >> 4) & 1, ((x >> 3) & 3) ^ ((y >> 3) & 1) << 1, y);
}

uint64_t xe_gpu_tile_3d(uint32_t x, uint32_t y, uint32_t z, uint32_t pitch, uint32_t rows,
                        uint32_t size_log2)
{
    uint64_t brick = ((uint64_t)(z >> 2) * (rows >> 4) + (y >> 4)) * (pitch >> 5) + (x >> 5);
    uint64_t unit = (brick << 7 | (z & 3) << 5 | ((y >> 1) & 3) << 3 | (x & 7)) << size_log2;
    uint32_t bank = ((y >> 3) ^ (z >> 2)) & 1;

    return combine(unit, bank, ((x >> 3) & 3) ^ bank << 1, y);
}
