/* Heaps: which guest addresses are reserved and committed, first fit, deterministic.
 *
 * Each heap keeps its allocations by address (spans.h); rights live in the page table. The
 * console has one pool of pages for everything, so commits count against one limit. */
#include <string.h>

#include "base/alloc.h"
#include "mem/mem.h"
#include "mem/mem_internal.h"

uint64_t xe_mem_take_work(struct xe_mem *mem)
{
    uint64_t ns = mem->priv->work;

    mem->priv->work = 0;
    return ns;
}

static uint64_t align_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) & ~(align - 1);
}

#define STEP_NS 20u /* in a tree whose nodes may not be in the cache */
#define LOOK_NS 1u  /* at a page's rights                            */

/* A heap was searched or changed. */
static void worked(struct xe_mem *mem, struct xe__mem_heap *heap)
{
    mem->priv->work += heap->spans.steps * STEP_NS;
    heap->spans.steps = 0;
}

static bool is_free(struct xe__mem_heap *heap, uint32_t base, uint32_t size)
{
    const struct xe__span *next = xe__mem_spans_from(&heap->spans, base);

    return base >= heap->base && base < heap->end && size <= heap->end - base &&
           (!next || next->base >= base + size);
}

static bool insert(struct xe__mem_heap *heap, struct xe__span span)
{
    return heap->spans.count < XE__HEAP_MAX && xe__mem_spans_insert(&heap->spans, span);
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
    mem->priv->work += (size >> XE_MEM_PAGE_SHIFT) * LOOK_NS;
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

/* Nothing of it is committed, and there is room: it was free until now. */
static void commit_fresh(struct xe_mem *mem, xe_gva base, uint32_t size, uint32_t protect)
{
    *committed_counter(mem, base) += size;
    xe__mem_set_pages(mem, base, size, protect);
}

static bool fit(struct xe__mem_heap *heap, const struct request *request, uint64_t size,
                uint64_t align, uint32_t *ret_at)
{
    const struct xe__room room = {
        .size = size,
        .align = align,
        .min = request->min > heap->base ? request->min : heap->base,
        .max = request->max < heap->end ? request->max : heap->end,
        .top_down = request->top_down,
    };

    return xe__mem_spans_fit(&heap->spans, &room, ret_at);
}

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
    else
        found = fit(heap, request, size, align, &at);
    found = found && insert(heap, (struct xe__span){at, (uint32_t)size, request->protect, false});
    worked(mem, heap);
    if (!found)
        return 0;
    if (request->commit)
        commit_fresh(mem, page_address(request->heap, at), (uint32_t)size, request->protect);
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

/* The span comes back to where it was, so there is room for it. */
void xe_mem_claim(struct xe_mem *mem, enum xe_mem_heap heap, uint32_t base)
{
    struct xe__spans *spans = &mem->priv->heap[heap].spans;
    const struct xe__span *span = xe__mem_spans_from(spans, base);
    struct xe__span claimed;

    if (!base || !span || span->base != base)
        return;
    claimed = *span;
    claimed.kernels = true;
    xe__mem_spans_remove(spans, base);
    xe__mem_spans_insert(spans, claimed);
}

/* The heap that an address (virtual, or any physical alias) lies in; NULL when it is in none.
 * *ret_at is the heap's own address of it. */
static struct xe__mem_heap *find(const struct xe_mem *mem, xe_gva va, uint32_t *ret_at)
{
    for (int h = 0; h < XE_MEM_HEAPS; h++) {
        struct xe__mem_heap *heap = &mem->priv->heap[h];
        bool physical = h == XE_MEM_HEAP_PHYSICAL;

        if (physical != xe_mem_is_physical(va))
            continue;
        *ret_at = physical ? xe_mem_to_physical(va) : va;
        if (*ret_at >= heap->base && *ret_at < heap->end)
            return heap;
    }
    return NULL;
}

static const struct xe__span *allocation_at(const struct xe_mem *mem, xe_gva va, uint32_t *ret_at)
{
    struct xe__mem_heap *heap = find(mem, va, ret_at);
    const struct xe__span *span = heap ? xe__mem_spans_from(&heap->spans, *ret_at) : NULL;

    return span && span->base <= *ret_at ? span : NULL;
}

/* Whatever is committed there goes. */
static void decommit(struct xe_mem *mem, xe_gva base, uint32_t size)
{
    *committed_counter(mem, base) -= committed_in(mem, base, size);
    xe__mem_set_pages(mem, base, size, 0);
    xe__mem_discard(mem, base, size);
}

bool xe_mem_free(struct xe_mem *mem, xe_gva base, uint32_t *ret_size)
{
    uint32_t at, size;
    const struct xe__span *span = allocation_at(mem, base, &at);
    struct xe__mem_heap *heap;

    if (!span || span->base != at)
        return false;
    size = span->size;
    decommit(mem, base, size);
    heap = find(mem, base, &at);
    xe__mem_spans_remove(&heap->spans, at);
    worked(mem, heap);
    if (ret_size)
        *ret_size = size;
    return true;
}

/* Two spans instead of one; the first has room where the whole one was. */
static bool keep_ends(struct xe__mem_heap *heap, struct xe__span whole, struct xe__span left,
                      struct xe__span right)
{
    xe__mem_spans_remove(&heap->spans, whole.base);
    if (left.size)
        insert(heap, left);
    if (!right.size || insert(heap, right))
        return true;
    xe__mem_spans_remove(&heap->spans, left.base);
    insert(heap, whole);
    return false;
}

bool xe_mem_release(struct xe_mem *mem, xe_gva base, uint32_t size)
{
    uint32_t at;
    const struct xe__span *span = allocation_at(mem, base, &at);
    struct xe__mem_heap *heap = find(mem, base, &at);
    struct xe__span whole, left, right;
    bool kept;

    if (!span || !size || size > span->base + span->size - at || ((at | size) & (heap->page - 1)))
        return false;
    whole = left = right = *span;
    left.size = at - whole.base;
    right.base = at + size;
    right.size = whole.base + whole.size - right.base;
    kept = keep_ends(heap, whole, left, right);
    if (kept)
        decommit(mem, base, size);
    worked(mem, heap);
    return kept;
}

/* Do whole pages [base, base+size) lie inside one allocation? */
static bool inside_one(const struct xe_mem *mem, xe_gva base, uint32_t size)
{
    uint32_t at;
    const struct xe__span *span = allocation_at(mem, base, &at);

    return span && size && !((base | size) & (XE_MEM_PAGE - 1)) &&
           size <= span->base + span->size - at;
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
    decommit(mem, base, size);
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

void xe_mem_unguard(struct xe_mem *mem, xe_gva va)
{
    uint8_t protect = mem->priv->protect[va >> XE_MEM_PAGE_SHIFT];

    if (protect & XE_PAGE_ONCE)
        xe__mem_set_pages(mem, va & ~(XE_MEM_PAGE - 1), XE_MEM_PAGE, protect & ~XE_PAGE_ONCE);
}

/* The pages from `first` to `end` that have the rights of the first, in bytes. */
static uint32_t alike(const uint8_t *protect, uint32_t pages)
{
    uint32_t n = 0;

    while (n < pages && protect[n] == protect[0])
        n++;
    return n << XE_MEM_PAGE_SHIFT;
}

bool xe_mem_query(const struct xe_mem *mem, xe_gva va, struct xe_mem_region *ret)
{
    uint32_t at, end;
    struct xe__mem_heap *heap = find(mem, va, &at);
    const uint8_t *protect = mem->priv->protect + (va >> XE_MEM_PAGE_SHIFT);
    uint32_t offset = va & (XE_MEM_PAGE - 1);
    const struct xe__span *span = heap ? xe__mem_spans_from(&heap->spans, at) : NULL;

    memset(ret, 0, sizeof(*ret));
    if (!heap)
        return false;
    end = span ? span->base : heap->end;
    ret->base = va - offset;
    ret->reserved = span && span->base <= at;
    if (ret->reserved) {
        ret->allocation_base = span->base + (va - at);
        ret->allocation_size = span->size;
        ret->allocation_protect = span->protect;
        ret->kernels = span->kernels;
        end = span->base + span->size;
    }
    ret->protect = *protect;
    ret->committed = *protect != 0;
    ret->size = alike(protect, (end - (at - offset)) >> XE_MEM_PAGE_SHIFT);
    mem->priv->work += (ret->size >> XE_MEM_PAGE_SHIFT) * LOOK_NS;
    return true;
}

void xe_mem_usage(const struct xe_mem *mem, uint64_t *ret_virtual, uint64_t *ret_physical)
{
    *ret_virtual = mem->priv->committed_virtual;
    *ret_physical = mem->priv->committed_physical;
}
