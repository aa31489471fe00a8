/* Heaps: which guest addresses are reserved and committed, first fit, deterministic.
 *
 * Each heap keeps its allocations in one ascending array; rights live in the page table. The
 * console has one pool of pages for everything, so commits count against one limit. */
#include <string.h>

#include "base/alloc.h"
#include "mem/mem.h"
#include "mem/mem_internal.h"

static uint64_t align_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) & ~(align - 1);
}

/* Index of the first allocation that ends above `at`. */
static size_t lower_bound(const struct xe__mem_heap *heap, uint32_t at)
{
    size_t low = 0;
    size_t high = heap->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct xe__mem_allocation *item = &heap->item[mid];

        if (item->base + (item->size - 1) < at)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The gap before allocation i (or behind the last), clipped to [min, max). */
static void gap_before(const struct xe__mem_heap *heap, size_t i, uint64_t min, uint64_t max,
                       uint64_t *ret_start, uint64_t *ret_end)
{
    uint64_t start =
        i ? (uint64_t)heap->item[i - 1].base + heap->item[i - 1].size : (uint64_t)heap->base;
    uint64_t end = i < heap->count ? heap->item[i].base : heap->end;

    *ret_start = start > min ? start : min;
    *ret_end = end < max ? end : max;
}

static bool fit_up(const struct xe__mem_heap *heap, uint64_t size, uint64_t align, uint64_t min,
                   uint64_t max, uint32_t *ret_at)
{
    for (size_t i = 0; i <= heap->count; i++) {
        uint64_t start, end;

        gap_before(heap, i, min, max, &start, &end);
        start = align_up(start, align);
        if (start + size <= end) {
            *ret_at = (uint32_t)start;
            return true;
        }
    }
    return false;
}

static bool fit_down(const struct xe__mem_heap *heap, uint64_t size, uint64_t align, uint64_t min,
                     uint64_t max, uint32_t *ret_at)
{
    for (size_t i = heap->count + 1; i-- > 0;) {
        uint64_t start, end;

        gap_before(heap, i, min, max, &start, &end);
        if (end < size || start >= end)
            continue;
        end = (end - size) & ~(align - 1);
        if (end >= start) {
            *ret_at = (uint32_t)end;
            return true;
        }
    }
    return false;
}

static bool is_free(const struct xe__mem_heap *heap, uint32_t base, uint32_t size)
{
    size_t i = lower_bound(heap, base);

    return base >= heap->base && base < heap->end && size <= heap->end - base &&
           (i == heap->count || heap->item[i].base >= base + size);
}

static bool insert(struct xe__mem_heap *heap, struct xe__mem_allocation item)
{
    size_t i = lower_bound(heap, item.base);

    if (heap->count == XE__HEAP_MAX ||
        !xe_grow(&heap->item, &heap->capacity, heap->count, sizeof(*heap->item)))
        return false;
    memmove(&heap->item[i + 1], &heap->item[i], (heap->count - i) * sizeof(*heap->item));
    heap->item[i] = item;
    heap->count++;
    return true;
}

/* The guest address whose pages carry the rights of a heap address. */
static xe_gva page_address(enum xe_mem_heap heap, uint32_t at)
{
    return heap == XE_MEM_HEAP_PHYSICAL ? XE_MEM_PHYS_A + at : at;
}

static uint64_t *committed_counter(struct xe_mem *mem, xe_gva va)
{
    return xe_mem_is_physical(va) ? &mem->priv->committed_physical : &mem->priv->committed_virtual;
}

static uint32_t committed_in(const struct xe_mem *mem, xe_gva base, uint32_t size)
{
    uint32_t bytes = 0;

    for (uint32_t at = 0; at < size; at += XE_MEM_PAGE)
        if (mem->priv->protect[(base + at) >> XE_MEM_PAGE_SHIFT])
            bytes += XE_MEM_PAGE;
    return bytes;
}

static bool room_for(const struct xe_mem *mem, uint64_t bytes)
{
    const struct xe_mem_private *priv = mem->priv;

    return bytes <= priv->limit - (priv->committed_virtual + priv->committed_physical);
}

struct request {
    enum xe_mem_heap heap;
    uint32_t base, size, align, protect;
    uint64_t min, max; /* [min, max) */
    bool commit, top_down;
};

static uint32_t allocate(struct xe_mem *mem, const struct request *request)
{
    struct xe__mem_heap *heap = &mem->priv->heap[request->heap];
    uint64_t align = request->align > heap->page ? request->align : heap->page;
    uint64_t size = align_up(request->size, heap->page);
    uint32_t at = request->base;
    bool found;

    if (!request->size || size > heap->end - heap->base || (align & (align - 1)) ||
        (request->commit && !room_for(mem, size)))
        return 0;
    if (at)
        found = !(at & (heap->page - 1)) && is_free(heap, at, (uint32_t)size);
    else if (request->top_down)
        found = fit_down(heap, size, align, request->min, request->max, &at);
    else
        found = fit_up(heap, size, align, request->min, request->max, &at);
    if (!found || !insert(heap, (struct xe__mem_allocation){at, (uint32_t)size, request->protect}))
        return 0;
    if (request->commit)
        xe_mem_commit(mem, page_address(request->heap, at), (uint32_t)size, request->protect);
    return at;
}

xe_gva xe_mem_alloc(struct xe_mem *mem, enum xe_mem_heap heap, xe_gva base, uint32_t size,
                    uint32_t align, uint32_t protect, bool commit, bool top_down)
{
    struct request request = {.heap = heap,
                              .base = base,
                              .size = size,
                              .align = align,
                              .protect = protect,
                              .min = 0,
                              .max = UINT64_MAX,
                              .commit = commit || heap == XE_MEM_HEAP_PHYSICAL,
                              .top_down = top_down};

    return allocate(mem, &request);
}

xe_gpa xe_mem_alloc_physical(struct xe_mem *mem, uint32_t size, uint32_t align, uint32_t protect,
                             xe_gpa min, xe_gpa max, bool top_down)
{
    struct request request = {.heap = XE_MEM_HEAP_PHYSICAL,
                              .size = size,
                              .align = align,
                              .protect = protect,
                              .min = min,
                              .max = (uint64_t)max + 1,
                              .commit = true,
                              .top_down = top_down};

    return allocate(mem, &request);
}

/* The heap and allocation index that an address (virtual, or any physical alias) lies in; NULL when
 * it is in none. *ret_at is the heap's own address of it. */
static struct xe__mem_heap *find(const struct xe_mem *mem, xe_gva va, size_t *ret_i,
                                 uint32_t *ret_at)
{
    for (int h = 0; h < XE_MEM_HEAPS; h++) {
        struct xe__mem_heap *heap = &mem->priv->heap[h];
        bool physical = h == XE_MEM_HEAP_PHYSICAL;

        if (physical != xe_mem_is_physical(va))
            continue;
        *ret_at = physical ? xe_mem_to_physical(va) : va;
        if (*ret_at < heap->base || *ret_at >= heap->end)
            continue;
        *ret_i = lower_bound(heap, *ret_at);
        return heap;
    }
    return NULL;
}

static const struct xe__mem_allocation *allocation_at(const struct xe_mem *mem, xe_gva va,
                                                      uint32_t *ret_at)
{
    size_t i;
    struct xe__mem_heap *heap = find(mem, va, &i, ret_at);

    if (!heap || i == heap->count || heap->item[i].base > *ret_at)
        return NULL;
    return &heap->item[i];
}

bool xe_mem_free(struct xe_mem *mem, xe_gva base, uint32_t *ret_size)
{
    size_t i;
    uint32_t at;
    struct xe__mem_heap *heap = find(mem, base, &i, &at);
    uint32_t size;

    if (!heap || i == heap->count || heap->item[i].base != at)
        return false;
    size = heap->item[i].size;
    xe_mem_decommit(mem, base, size);
    memmove(&heap->item[i], &heap->item[i + 1], (heap->count - i - 1) * sizeof(*heap->item));
    heap->count--;
    if (ret_size)
        *ret_size = size;
    return true;
}

/* Do whole pages [base, base+size) lie inside one allocation? */
static bool inside_one(const struct xe_mem *mem, xe_gva base, uint32_t size)
{
    uint32_t at;
    const struct xe__mem_allocation *item = allocation_at(mem, base, &at);

    return item && size && !((base | size) & (XE_MEM_PAGE - 1)) &&
           size <= item->base + item->size - at;
}

bool xe_mem_commit(struct xe_mem *mem, xe_gva base, uint32_t size, uint32_t protect)
{
    uint32_t fresh;

    if (!inside_one(mem, base, size))
        return false;
    fresh = size - committed_in(mem, base, size);
    if (!room_for(mem, fresh))
        return false;
    *committed_counter(mem, base) += fresh;
    xe__mem_set_pages(mem, base, size, protect);
    return true;
}

bool xe_mem_decommit(struct xe_mem *mem, xe_gva base, uint32_t size)
{
    if (!inside_one(mem, base, size))
        return false;
    *committed_counter(mem, base) -= committed_in(mem, base, size);
    xe__mem_set_pages(mem, base, size, 0);
    xe__mem_discard(mem, base, size);
    return true;
}

bool xe_mem_protect(struct xe_mem *mem, xe_gva base, uint32_t size, uint32_t protect,
                    uint32_t *ret_old)
{
    if (!inside_one(mem, base, size) || committed_in(mem, base, size) != size)
        return false;
    if (ret_old)
        *ret_old = mem->priv->protect[base >> XE_MEM_PAGE_SHIFT];
    xe__mem_set_pages(mem, base, size, protect);
    return true;
}

bool xe_mem_query(const struct xe_mem *mem, xe_gva va, struct xe_mem_region *ret)
{
    size_t i;
    uint32_t at;
    const struct xe__mem_heap *heap = find(mem, va, &i, &at);
    const uint8_t *protect = mem->priv->protect + (va >> XE_MEM_PAGE_SHIFT);
    uint32_t offset = at & (XE_MEM_PAGE - 1);
    uint32_t end, n;

    memset(ret, 0, sizeof(*ret));
    if (!heap)
        return false;
    ret->base = va - offset;
    ret->reserved = i < heap->count && heap->item[i].base <= at;
    if (ret->reserved) {
        ret->allocation_base = heap->item[i].base + (va - at);
        ret->allocation_size = heap->item[i].size;
        ret->allocation_protect = heap->item[i].protect;
        end = heap->item[i].base + heap->item[i].size;
    } else {
        end = i < heap->count ? heap->item[i].base : heap->end;
    }
    ret->protect = *protect;
    ret->committed = *protect != 0;
    n = (end - (at - offset)) >> XE_MEM_PAGE_SHIFT;
    for (uint32_t k = 0; k < n && protect[k] == *protect; k++)
        ret->size += XE_MEM_PAGE;
    return true;
}

void xe_mem_usage(const struct xe_mem *mem, uint64_t *ret_virtual, uint64_t *ret_physical)
{
    *ret_virtual = mem->priv->committed_virtual;
    *ret_physical = mem->priv->committed_physical;
}
