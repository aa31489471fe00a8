/* Memory as the chip sees it: physical, little-endian, with a swap that each access names. */
#include "gpu/gpu_internal.h"

#define PHYSICAL_MASK (XE_MEM_PHYS_SIZE - 1)

static xe_gva alias(xe_gpa at)
{
    return XE_MEM_PHYS_A + (at & PHYSICAL_MASK);
}

const uint8_t *xe__gpu_view(const struct xe_gpu *gpu, xe_gpa at, uint32_t n)
{
    return (at & PHYSICAL_MASK) + 4ull * n > XE_MEM_PHYS_SIZE
               ? NULL
               : xe_mem_view(gpu->mem, alias(at & ~3u), 4 * n);
}

bool xe__gpu_words(const struct xe_gpu *gpu, xe_gpa at, uint32_t n, uint32_t *ret)
{
    const uint8_t *p = xe__gpu_view(gpu, at, n);

    if (p)
        xe__gpu_load_words(ret, p, n);
    return p || !n;
}

/* A word whose bytes were swapped as the mode says, as a big-endian load finds it. Each mode undoes
 * itself. Source: the chip is little-endian; modes 8in16, 8in32, 16in32. */
uint32_t xe__gpu_swapped(uint32_t value, uint32_t mode)
{
    uint32_t halves = value << 16 | value >> 16;

    switch (mode & 3) {
    case 0:
        return __builtin_bswap32(value);
    case 1:
        return halves;
    case 2:
        return value;
    default:
        return __builtin_bswap32(halves);
    }
}

uint32_t xe__gpu_load(const struct xe_gpu *gpu, uint32_t address)
{
    return xe__gpu_swapped(xe_mem_u32(gpu->mem, alias(address & ~3u)), address);
}

/* For reports. Places share rooms: the newest stays. */
static void remember(struct xe_gpu *gpu, xe_gpa at, uint32_t value)
{
    struct xe__gpu_stored *stored = &gpu->stored[at / 4 % XE__GPU_STORES];

    if (stored->at != at)
        *stored = (struct xe__gpu_stored){.at = at};
    stored->value = value;
    stored->count++;
    stored->time = gpu->clock / XE_GPU_CLOCKS;
}

void xe__gpu_store(struct xe_gpu *gpu, uint32_t address, uint32_t value)
{
    uint32_t swapped = xe__gpu_swapped(value, address);

    if (xe_mem_set_u32(gpu->mem, alias(address & ~3u), swapped)) {
        remember(gpu, address & PHYSICAL_MASK & ~3u, swapped);
        return;
    }
    gpu->counters.lost_writes++;
    xe__gpu_complain(gpu, XE__GPU_NO_STORE, address);
}
