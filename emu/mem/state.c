/* Guest memory as state: allocations, rights of pages, bytes of pages that are not all zero.
 *
 * A digest takes the hash that digest.c keeps up to date; what is saved says the same in full.
 * Saved: for each heap its allocations by address, each with runs of pages of equal rights; then,
 * in the section "memory bytes", each page's number and bytes, and a number that no page has. */
#include <string.h>

#include "base/codec.h"
#include "mem/mem.h"
#include "mem/mem_internal.h"

#define PAGES     (XE_MEM_PHYS_C >> XE_MEM_PAGE_SHIFT) /* storage pages have canonical numbers */
#define SPAN_SIZE 21u                                  /* encoded, with one run */
#define RUN_SIZE  8u

static const uint8_t zero_page[XE_MEM_PAGE];

static uint32_t first_page(enum xe_mem_heap heap, uint32_t at)
{
    return (at + (heap == XE_MEM_HEAP_PHYSICAL ? XE_MEM_PHYS_A : 0)) >> XE_MEM_PAGE_SHIFT;
}

/* ---- rights --------------------------------------------------------------------------------- */

/* Pages from `page` on that have its rights, and are fewer than `max`. */
static uint32_t run_length(const struct xe_mem *mem, uint32_t page, uint32_t max)
{
    const uint8_t *protect = mem->priv->protect + page;
    uint32_t n = 1;

    while (n < max && protect[n] == protect[0])
        n++;
    return n;
}

static bool is_protection(uint32_t protect)
{
    if (protect > XE_PAGE_ONCE)
        protect &= ~XE_PAGE_ONCE;
    return !protect || protect == XE_PAGE_NOACCESS || protect == XE_PAGE_READONLY ||
           protect == XE_PAGE_READWRITE || protect == XE_PAGE_EXECUTE_READ ||
           protect == XE_PAGE_EXECUTE_READWRITE;
}

/* Loading: pages get the rights of a run. */
static void take_run(struct xe_codec *c, struct xe_mem *mem, uint32_t page, uint32_t n,
                     uint32_t protect)
{
    struct xe_mem_private *priv = mem->priv;
    xe_gva at = (xe_gva)page << XE_MEM_PAGE_SHIFT;
    uint64_t size = (uint64_t)n << XE_MEM_PAGE_SHIFT;

    if (!xe_codec_want(c, is_protection(protect), "0x%08x: rights 0x%x", at, protect) ||
        !xe_codec_want(
            c,
            !protect || size <= priv->limit - (priv->committed_virtual + priv->committed_physical),
            "more memory than the limit of 0x%llx bytes", (unsigned long long)priv->limit))
        return;
    if (!protect)
        return;
    *(xe_mem_is_physical(at) ? &priv->committed_physical : &priv->committed_virtual) += size;
    xe__mem_set_pages(mem, at, (uint32_t)size, protect);
}

/* The rights of an allocation's pages, run by run. */
static void runs_state(struct xe_codec *c, struct xe_mem *mem, uint32_t page, uint32_t pages)
{
    for (uint32_t done = 0; done < pages && !c->stopped;) {
        uint32_t n = 0, protect = 0;

        if (!xe_codec_loading(c)) {
            n = run_length(mem, page + done, pages - done);
            protect = mem->priv->protect[page + done];
        }
        xe_codec_u32(c, "pages of equal rights", &n);
        xe_codec_u32(c, "rights", &protect);
        if (!xe_codec_want(c, n && n <= pages - done, "a run of %u pages in %u", n, pages - done))
            return;
        if (xe_codec_loading(c))
            take_run(c, mem, page + done, n, protect);
        done += n;
    }
}

/* ---- allocations ---------------------------------------------------------------------------- */

static void take_span(struct xe_codec *c, struct xe__mem_heap *heap, const struct xe__span *span,
                      uint32_t from)
{
    bool fits = span->base >= from && span->base < heap->end && span->size &&
                span->size <= heap->end - span->base &&
                !((span->base | span->size) & (heap->page - 1));

    if (xe_codec_want(c, fits, "an allocation of 0x%x bytes at 0x%08x", span->size, span->base) &&
        !xe__mem_spans_insert(&heap->spans, *span))
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for allocations");
}

static void heap_state(struct xe_codec *c, struct xe_mem *mem, enum xe_mem_heap number)
{
    struct xe__mem_heap *heap = &mem->priv->heap[number];
    size_t n = xe_codec_count(c, "allocations", heap->spans.count, XE__HEAP_MAX, SPAN_SIZE);
    uint32_t at = heap->base;

    for (size_t i = 0; i < n && !c->stopped; i++) {
        struct xe__span span = {0};

        if (!xe_codec_loading(c))
            span = *xe__mem_spans_from(&heap->spans, at);
        xe_codec_item(c, "allocation", span.base);
        XE_CODEC(c, span.base);
        XE_CODEC(c, span.size);
        XE_CODEC(c, span.protect);
        XE_CODEC(c, span.kernels);
        if (xe_codec_loading(c))
            take_span(c, heap, &span, at);
        if (c->stopped)
            return;
        runs_state(c, mem, first_page(number, span.base), span.size >> XE_MEM_PAGE_SHIFT);
        at = span.base + span.size;
    }
}

/* ---- pages ---------------------------------------------------------------------------------- */

/* The first page from `page` on that is not all zero; PAGES: none. */
static uint32_t next_kept(const struct xe_mem *mem, uint32_t page)
{
    while (page < PAGES) {
        if (!mem->priv->protect[page])
            page++;
        else if (page % XE__GRANULE_PAGES == 0 && xe__mem_is_hole(mem, page))
            page += XE__GRANULE_PAGES;
        else if (memcmp(xe__mem_peek(mem, page), zero_page, XE_MEM_PAGE) == 0)
            page++;
        else
            break;
    }
    return page;
}

/* A list that ends with the number PAGES. */
static void save_pages(struct xe_codec *c, struct xe_mem *mem)
{
    uint32_t page = next_kept(mem, 0);

    for (; page < PAGES; page = next_kept(mem, page + 1)) {
        xe_codec_u32(c, "page", &page);
        xe_codec_write(c, xe__mem_peek(mem, page), XE_MEM_PAGE);
        if (!(page & 0xFF))
            xe_breathe(&mem->priv->breath);
    }
    xe_codec_u32(c, "page", &page);
}

static void load_pages(struct xe_codec *c, struct xe_mem *mem)
{
    uint32_t page = 0, last = 0;
    const uint8_t *bytes;

    for (bool first = true;; first = false, last = page) {
        xe_codec_u32(c, "page", &page);
        if (c->stopped || page == PAGES)
            return;
        if (!xe_codec_want(c, page < PAGES && (first || page > last) && mem->priv->protect[page],
                           "page 0x%x is not committed, or out of order", page))
            return;
        bytes = xe_codec_read(c, XE_MEM_PAGE);
        if (!bytes)
            return;
        xe__mem_bring(mem, page);
        xe__mem_touch(mem, page);
        memcpy(mem->base + ((size_t)page << XE_MEM_PAGE_SHIFT), bytes, XE_MEM_PAGE);
    }
}

/* Says the first byte that differs. */
static bool compare_page(struct xe_codec *c, uint32_t page, const uint8_t *here,
                         const uint8_t *there)
{
    for (uint32_t i = 0; i < XE_MEM_PAGE; i++)
        if (here[i] != there[i]) {
            xe_codec_differ(c, "0x%08x: 0x%02x here, 0x%02x there", (page << XE_MEM_PAGE_SHIFT) + i,
                            here[i], there[i]);
            return false;
        }
    return true;
}

static void compare_pages(struct xe_codec *c, const struct xe_mem *mem)
{
    uint32_t here = next_kept(mem, 0), there;

    for (;; here = next_kept(mem, here + 1)) {
        const uint8_t *bytes = xe_codec_read(c, 4);

        if (!bytes)
            return;
        there = xe_load_be32(bytes);
        if (here != there) {
            there = here < there ? here : there;
            xe_codec_differ(c, "page 0x%08x is all zero on one side", there << XE_MEM_PAGE_SHIFT);
            return;
        }
        bytes = here < PAGES ? xe_codec_read(c, XE_MEM_PAGE) : NULL;
        if (!bytes)
            return;
        if (!compare_page(c, here, xe__mem_peek(mem, here), bytes))
            return;
    }
}

/* ---- all ------------------------------------------------------------------------------------ */

/* Loading: nothing is allocated any more, and storage is all zero or, with `frozen`, as it was. */
static bool clear(struct xe_codec *c, struct xe_mem *mem, const struct xe_mem_frozen *frozen)
{
    struct xe_mem_private *priv = mem->priv;
    struct xe_error err = XE_ERROR_INIT;

    if (!frozen)
        xe__mem_forget_away(mem);
    for (int h = 0; h < XE_MEM_HEAPS; h++) {
        const struct xe__span *span;
        xe_gva shift = h == XE_MEM_HEAP_PHYSICAL ? XE_MEM_PHYS_A : 0;

        while ((span = xe__mem_spans_from(&priv->heap[h].spans, 0))) {
            xe_gva base = span->base;

            xe__mem_set_pages(mem, base + shift, span->size, 0);
            if (!frozen)
                xe__mem_discard(mem, base + shift, span->size);
            xe__mem_spans_remove(&priv->heap[h].spans, base);
        }
    }
    priv->committed_virtual = priv->committed_physical = 0;
    if (!frozen || xe__mem_begin_from(mem, frozen, &err))
        return true;
    xe_codec_fail(c, err.code, "%s", err.text);
    return false;
}

/* Allocations and rights; loading, what there was is gone. false: nothing more is to be done. */
static bool map_state(struct xe_codec *c, struct xe_mem *mem, const struct xe_mem_frozen *frozen)
{
    xe_codec_fixed(c, "memory_limit", mem->priv->limit);
    if (c->stopped || (xe_codec_loading(c) && !clear(c, mem, frozen)))
        return false;
    for (int h = 0; h < XE_MEM_HEAPS; h++)
        heap_state(c, mem, h);
    xe_codec_item(c, NULL, 0);
    return true;
}

void xe_mem_state_frozen(struct xe_codec *c, struct xe_mem *mem, const struct xe_mem_frozen *frozen)
{
    map_state(c, mem, frozen);
}

void xe_mem_state(struct xe_codec *c, struct xe_mem *mem)
{
    uint8_t hash[16];

    if (c->mode == XE_CODEC_HASH) {
        xe_mem_digest(mem, hash);
        xe_codec_bytes(c, "digest", hash, sizeof(hash));
        return;
    }
    if (!map_state(c, mem, NULL))
        return;
    xe_codec_section(c, "memory bytes");
    if (c->mode == XE_CODEC_SAVE)
        save_pages(c, mem);
    else if (xe_codec_loading(c))
        load_pages(c, mem);
    else
        compare_pages(c, mem);
}
