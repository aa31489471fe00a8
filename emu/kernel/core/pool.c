/* Guest memory for kernel objects: size classes from 32 bytes to 4 KiB cut from 64 KiB chunks, and
 * whole pages above. Which block is used lies in host memory: a guest that writes over its pool
 * breaks its objects, never us. Free lists are last in, first out, so addresses depend only on the
 * order of calls. */
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/state.h"

#define CHUNK     0x10000u
#define SMALLEST  32u
#define POOL_PAGE 0x1000u

/* A block's entry in pool_blocks: class + 1 while small, else its size in bytes (>= a page); and
 * above that, whose it is. */
#define OWNER_SHIFT 32

static void *block_note(uint32_t note, enum xe_pool_owner owner)
{
    return (void *)((uintptr_t)owner << OWNER_SHIFT | note); /* NOLINT: a number, dressed up */
}

static uint32_t note_at(const struct xe_kernel *kernel, xe_gva block, enum xe_pool_owner *ret_owner)
{
    uintptr_t note = (uintptr_t)xe_map_get(&kernel->pool_blocks, block);

    *ret_owner = (enum xe_pool_owner)(note >> OWNER_SHIFT);
    return (uint32_t)note;
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
    xe_mem_claim(kernel->mem, XE_MEM_HEAP_VIRTUAL_4K, chunk);
    /* The lowest address is handed out first. */
    for (uint32_t at = CHUNK; at > 0; at -= size)
        if (!push_free(&kernel->pool[index], chunk + at - size))
            return false;
    return true;
}

static xe_gva alloc_small(struct xe_kernel *kernel, uint32_t index, enum xe_pool_owner owner)
{
    struct xe__pool_class *class = &kernel->pool[index];
    xe_gva block;
    void *bytes;

    if (!class->count && !refill(kernel, index))
        return 0;
    block = class->free[class->count - 1];
    bytes = xe_mem_view_rw(kernel->mem, block, class_size(index));
    if (!bytes || !xe_map_put(&kernel->pool_blocks, block, block_note(index + 1, owner)))
        return 0;
    class->count--;
    memset(bytes, 0, class_size(index));
    return block;
}

xe_gva xe_kernel_pool_alloc_for(struct xe_kernel *kernel, uint32_t size, enum xe_pool_owner owner)
{
    uint32_t rounded;
    xe_gva block;

    if (size <= class_size(XE__POOL_CLASSES - 1))
        return alloc_small(kernel, class_of(size), owner);
    if (size > UINT32_MAX - POOL_PAGE)
        return 0;
    rounded = (size + POOL_PAGE - 1) & ~(POOL_PAGE - 1);
    block = xe_mem_alloc(kernel->mem, XE_MEM_HEAP_VIRTUAL_4K, 0, rounded, 0, XE_PAGE_READWRITE,
                         true, true);
    if (block && !xe_map_put(&kernel->pool_blocks, block, block_note(rounded, owner))) {
        xe_mem_free(kernel->mem, block, NULL);
        return 0;
    }
    xe_mem_claim(kernel->mem, XE_MEM_HEAP_VIRTUAL_4K, block);
    return block;
}

xe_gva xe_kernel_pool_alloc(struct xe_kernel *kernel, uint32_t size)
{
    return xe_kernel_pool_alloc_for(kernel, size, XE_POOL_KERNEL);
}

bool xe_kernel_pool_free(struct xe_kernel *kernel, xe_gva address)
{
    uint32_t note = (uint32_t)(uintptr_t)xe_map_take(&kernel->pool_blocks, address);

    if (!note)
        return false;
    if (note > XE__POOL_CLASSES)
        return xe_mem_free(kernel->mem, address, NULL);
    /* Out of host memory: the block is lost until the instance ends. */
    push_free(&kernel->pool[note - 1], address);
    return true;
}

bool xe_kernel_pool_free_for(struct xe_kernel *kernel, xe_gva address, enum xe_pool_owner owner)
{
    return xe_kernel_pool_is(kernel, address, owner) && xe_kernel_pool_free(kernel, address);
}

bool xe_kernel_pool_is(const struct xe_kernel *kernel, xe_gva address, enum xe_pool_owner owner)
{
    enum xe_pool_owner its;

    return note_at(kernel, address, &its) && its == owner;
}

uint32_t xe_kernel_pool_size(const struct xe_kernel *kernel, xe_gva address)
{
    enum xe_pool_owner owner;
    uint32_t note = note_at(kernel, address, &owner);

    if (!note)
        return 0;
    return note > XE__POOL_CLASSES ? note : class_size(note - 1);
}

void xe__kernel_pool_fini(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE__POOL_CLASSES; i++)
        xe_free(kernel->pool[i].free);
    xe_map_fini(&kernel->pool_blocks);
}

/* ---- state ---------------------------------------------------------------------------------- */

void xe__kernel_pool_forget(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE__POOL_CLASSES; i++)
        kernel->pool[i].count = 0;
    xe_map_fini(&kernel->pool_blocks);
}

/* Loading: a block of so many bytes, as xe_kernel_pool_size tells them, is in use. */
static void take_block(struct xe_codec *c, struct xe_kernel *kernel, xe_gva block, uint32_t size,
                       uint32_t owner)
{
    bool small = size <= class_size(XE__POOL_CLASSES - 1);
    uint32_t class = small ? class_of(size) : 0;
    bool fits = small ? size == class_size(class) && !(block & (size - 1))
                      : !((block | size) & (POOL_PAGE - 1));

    if (xe_codec_want(c, block && fits && !xe_map_get(&kernel->pool_blocks, block),
                      "a block of 0x%x bytes at 0x%08x", size, block) &&
        xe_codec_want(c, owner < XE_POOL_OWNERS, "owner %u of a block", owner) &&
        !xe_map_put(&kernel->pool_blocks, block,
                    block_note(small ? class + 1 : size, (enum xe_pool_owner)owner)))
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for pool blocks");
}

static void blocks_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    size_t n = xe_codec_count(c, "pool blocks", kernel->pool_blocks.used, UINT32_MAX, 12);
    uint64_t *keys = xe_codec_loading(c) ? NULL : xe_map_keys(&kernel->pool_blocks);

    if (!keys && !xe_codec_loading(c))
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for pool blocks");
    for (size_t i = 0; i < n && !c->stopped; i++) {
        xe_gva block = keys ? (xe_gva)keys[i] : 0;
        uint32_t size = keys ? xe_kernel_pool_size(kernel, block) : 0;
        enum xe_pool_owner its = XE_POOL_KERNEL;
        uint32_t owner;

        if (keys)
            note_at(kernel, block, &its);
        owner = its;
        xe_codec_u32(c, "block", &block);
        xe_codec_u32(c, "size", &size);
        xe_codec_u32(c, "owner", &owner);
        if (xe_codec_loading(c) && !c->stopped)
            take_block(c, kernel, block, size, owner);
    }
    xe_free(keys);
}

/* Free blocks in the order in which they will be handed out, last first. */
static void free_state(struct xe_codec *c, struct xe_kernel *kernel, uint32_t index)
{
    struct xe__pool_class *class = &kernel->pool[index];
    size_t n = xe_codec_count(c, "free blocks", class->count, UINT32_MAX, 4);

    for (size_t i = 0; i < n && !c->stopped; i++) {
        xe_gva block = xe_codec_loading(c) ? 0 : class->free[i];

        xe_codec_u32(c, "free block", &block);
        if (!xe_codec_loading(c) || c->stopped)
            continue;
        if (xe_codec_want(c,
                          block && !(block & (class_size(index) - 1)) &&
                              !xe_map_get(&kernel->pool_blocks, block),
                          "a free block at 0x%08x", block) &&
            !push_free(class, block))
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for pool blocks");
    }
}

void xe__kernel_pool_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    blocks_state(c, kernel);
    for (uint32_t i = 0; i < XE__POOL_CLASSES; i++)
        free_state(c, kernel, i);
}
