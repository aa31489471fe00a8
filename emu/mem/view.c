/* Guest memory as the host sees it: spans, words, strings. */
#include <string.h>

#include "mem/mem_internal.h"

/* What a page costs to be looked at and touched for a view, which counts for long ones only. */
#define VIEW_PAGE_NS 8u
#define LONG_VIEW    0x10000u

/* Is all of it committed? Then it is there to be looked at. */
static bool all_committed(const struct xe_mem *mem, xe_gva va, uint32_t size)
{
    uint64_t end = (uint64_t)va + size;

    if (!size || end > XE__SPACE)
        return false;
    if (size > LONG_VIEW)
        mem->priv->work += (size >> XE_MEM_PAGE_SHIFT) * VIEW_PAGE_NS;
    for (uint64_t at = va & ~(XE_MEM_PAGE - 1); at < end; at += XE_MEM_PAGE)
        if (!mem->priv->protect[at >> XE_MEM_PAGE_SHIFT])
            return false;
    xe__mem_bring_range(mem, va, size);
    return true;
}

/* Within one page that may be accessed so: nothing is to be brought in or told. */
static inline bool is_fast(const struct xe_mem *mem, xe_gva va, uint32_t size, uint8_t access)
{
    return size - 1 < XE_MEM_PAGE - (va & (XE_MEM_PAGE - 1)) &&
           mem->access[va >> XE_MEM_PAGE_SHIFT] & access;
}

const void *xe_mem_view(const struct xe_mem *mem, xe_gva va, uint32_t size)
{
    if (is_fast(mem, va, size, XE_MEM_FAST_READ))
        return mem->base + va;
    return all_committed(mem, va, size) ? mem->base + va : NULL;
}

bool xe_mem_for_guest(struct xe_mem *mem, bool on)
{
    bool before = mem->priv->for_guest;

    mem->priv->for_guest = on;
    return before;
}

bool xe_mem_take_refused(struct xe_mem *mem, xe_gva *ret_at)
{
    bool refused = mem->priv->has_refused;

    *ret_at = mem->priv->refused;
    mem->priv->has_refused = false;
    return refused;
}

/* May the title itself write to all of it, which is committed? */
static bool may_write(struct xe_mem *mem, xe_gva va, uint32_t size)
{
    uint64_t end = (uint64_t)va + size, at = va;

    while (at < end && mem->priv->protect[at >> XE_MEM_PAGE_SHIFT] &
                           (XE_PAGE_READWRITE | XE_PAGE_EXECUTE_READWRITE))
        at = (at | (XE_MEM_PAGE - 1)) + 1;
    if (at < end && !mem->priv->has_refused)
        mem->priv->refused = (xe_gva)at;
    mem->priv->has_refused |= at < end;
    return at >= end;
}

void *xe_mem_view_rw(struct xe_mem *mem, xe_gva va, uint32_t size)
{
    if (is_fast(mem, va, size, XE_MEM_FAST_WRITE))
        return mem->base + va;
    if (!all_committed(mem, va, size) || (mem->priv->for_guest && !may_write(mem, va, size)))
        return NULL;
    xe__mem_touch_range(mem, va, size);
    return mem->base + va;
}

bool xe_mem_read(const struct xe_mem *mem, xe_gva va, void *buffer, uint32_t size)
{
    const void *p = xe_mem_view(mem, va, size);

    if (p)
        memcpy(buffer, p, size);
    return p || !size;
}

bool xe_mem_write(struct xe_mem *mem, xe_gva va, const void *bytes, uint32_t size)
{
    void *p = xe_mem_view_rw(mem, va, size);

    if (p)
        memcpy(p, bytes, size);
    return p || !size;
}

#define WORD(name, bits)                                                                           \
    uint##bits##_t xe_mem_##name(const struct xe_mem *mem, xe_gva va)                              \
    {                                                                                              \
        const uint8_t *p = xe_mem_view(mem, va, bits / 8);                                         \
                                                                                                   \
        return p ? (uint##bits##_t)xe_load_be(p, bits / 8) : 0;                                    \
    }                                                                                              \
                                                                                                   \
    bool xe_mem_set_##name(struct xe_mem *mem, xe_gva va, uint##bits##_t value)                    \
    {                                                                                              \
        uint8_t *p = xe_mem_view_rw(mem, va, bits / 8);                                            \
                                                                                                   \
        if (p)                                                                                     \
            xe_store_be(p, bits / 8, value);                                                       \
        return p;                                                                                  \
    }
WORD(u8, 8)
WORD(u16, 16)
WORD(u32, 32)
WORD(u64, 64)

int32_t xe_mem_strnlen(const struct xe_mem *mem, xe_gva va, uint32_t max)
{
    uint64_t at = va;
    uint64_t end = (uint64_t)va + max + 1;

    while (at < end && at < XE__SPACE && mem->priv->protect[at >> XE_MEM_PAGE_SHIFT]) {
        uint64_t stop = (at | (XE_MEM_PAGE - 1)) + 1;
        const uint8_t *nul;

        if (stop > end)
            stop = end;
        xe__mem_bring(mem, (uint32_t)(at >> XE_MEM_PAGE_SHIFT));
        nul = memchr(mem->base + at, 0, (size_t)(stop - at));
        if (nul)
            return (int32_t)(nul - (mem->base + va));
        at = stop;
    }
    return -1;
}
