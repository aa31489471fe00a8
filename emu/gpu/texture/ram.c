/* Memory by pages, as its owner shows it. What is aligned doesn't cross a page, swapped or not. */
#include <stddef.h>

#include "gpu/texture/texture.h"

#define PAGE 4096u

uint32_t xe_gpu_swap_place(uint32_t i, uint32_t mode)
{
    static const uint8_t moves[8] = {0, 1, 3, 2, 7, 15, 0, 0};

    return i ^ moves[mode & 7];
}

bool xe_gpu_ram_read(const struct xe_gpu_ram *ram, uint64_t at, uint32_t size, uint32_t mode,
                     uint8_t *ret)
{
    const uint8_t *page = at < XE_GPU_RAM_SIZE ? ram->page(ram->ctx, (uint32_t)(at / PAGE)) : NULL;

    for (uint32_t i = 0; page && i < size; i++)
        ret[i] = page[xe_gpu_swap_place((uint32_t)(at % PAGE) + i, mode)];
    return page;
}

uint32_t xe_gpu_ram_number(const struct xe_gpu_ram *ram, uint64_t at, uint32_t size, uint32_t mode)
{
    uint8_t byte[4] = {0};

    xe_gpu_ram_read(ram, at, size, mode, byte);
    return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}
