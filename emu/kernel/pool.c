/* Guest memory for kernel objects: size classes from 32 bytes to 4 KiB cut from 64 KiB chunks, and
 * whole pages above. Which block is used lies in host memory: a guest that writes over its pool
 * breaks its objects, never us. Free lists are last in, first out, so addresses depend only on the
 * order of calls. */
#include "kernel/kernel_internal.h"

#include <string.h>

#include "base/alloc.h"

#define CHUNK     0x10000u
#define SMALLEST  32u
#define POOL_PAGE 0x1000u

/* A block's entry in pool_blocks: class + 1 while small, else its size in bytes (>= a page). */
static void *block_note(uintptr_t note)
{
    return (void *)note; /* NOLINT: a number in a pointer's clothes */
}

static uint32_t class_size(uint32_t class)
{
    return SMALLEST << class;
}

static uint32_t class_of(uint32_t size)
{
    uint32_t class = 0;

    while (class_size(class) < size)
        class ++;
    return class;
}

static bool push_free(struct xe__pool_class *class, xe_gva block)
{
    if (!xe_grow(&class->free, &class->capacity, class->count, sizeof(*class->free)))
        return false;
    class->free[class->count++] = block;
    return true;
}

static bool refill(struct xe_kernel *kernel, uint32_t index)
{
    uint32_t size = class_size(index);
    xe_gva chunk = xe_mem_alloc(kernel->mem, XE_MEM_HEAP_VIRTUAL_4K, 0, CHUNK, 0, XE_PAGE_READWRITE,
                                true, true);

    if (!chunk)
        return false;
    /* The lowest address is handed out first. */
    for (uint32_t at = CHUNK; at > 0; at -= size)
        if (!push_free(&kernel->pool[index], chunk + at - size))
            return false;
    return true;
}

static xe_gva alloc_small(struct xe_kernel *kernel, uint32_t index)
{
    struct xe__pool_class *class = &kernel->pool[index];
    xe_gva block;
    void *bytes;

    if (!class->count && !refill(kernel, index))
        return 0;
    block = class->free[class->count - 1];
    bytes = xe_mem_view_rw(kernel->mem, block, class_size(index));
    if (!bytes || !xe_map_put(&kernel->pool_blocks, block, block_note(index + 1)))
        return 0;
    class->count--;
    memset(bytes, 0, class_size(index));
    return block;
}

xe_gva xe_kernel_pool_alloc(struct xe_kernel *kernel, uint32_t size)
{
    uint32_t rounded;
    xe_gva block;

    if (size <= class_size(XE__POOL_CLASSES - 1))
        return alloc_small(kernel, class_of(size));
    if (size > UINT32_MAX - POOL_PAGE)
        return 0;
    rounded = (size + POOL_PAGE - 1) & ~(POOL_PAGE - 1);
    block = xe_mem_alloc(kernel->mem, XE_MEM_HEAP_VIRTUAL_4K, 0, rounded, 0, XE_PAGE_READWRITE,
                         true, true);
    if (block && !xe_map_put(&kernel->pool_blocks, block, block_note(rounded))) {
        xe_mem_free(kernel->mem, block, NULL);
        return 0;
    }
    return block;
}

bool xe_kernel_pool_free(struct xe_kernel *kernel, xe_gva address)
{
    uintptr_t note = (uintptr_t)xe_map_take(&kernel->pool_blocks, address);

    if (!note)
        return false;
    if (note > XE__POOL_CLASSES)
        return xe_mem_free(kernel->mem, address, NULL);
    /* Out of host memory: the block is lost until the instance ends. */
    push_free(&kernel->pool[note - 1], address);
    return true;
}

uint32_t xe_kernel_pool_size(const struct xe_kernel *kernel, xe_gva address)
{
    uintptr_t note = (uintptr_t)xe_map_get(&kernel->pool_blocks, address);

    if (!note)
        return 0;
    return note > XE__POOL_CLASSES ? (uint32_t)note : class_size((uint32_t)note - 1);
}

void xe__pool_fini(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE__POOL_CLASSES; i++)
        xe_free(kernel->pool[i].free);
    xe_map_fini(&kernel->pool_blocks);
}
