/* Address space: the reservation, page rights, accesses. Heaps are in heap.c, digests in digest.c.
 *
 * The whole 4 GiB is mapped readable and writable (without reserving host memory) and rights are
 * kept in software, so that nothing here depends on the host's page protection. Translated code
 * uses a second view of the same storage (guard.c), where the host's protection does the checking.
 */
#include "mem/mem.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "mem/mem_internal.h"

#define PHYS_E_SIZE  0x1FD00000u
#define PHYS_E_SHIFT 0x1000u

/* What pages cost: to set rights, in up to three places and in two views. */
#define SET_PAGE_NS 50u

/* Virtual ranges. Source: xenia's memory.cc, the Free60 wiki and xkelib, as gathered in
 * doc/facts/memory-map.md, section 1. The first 64 KiB of physical memory are never handed out, so
 * that 0 can mean failure. */
static const struct {
    uint32_t base, end, page;
} heap_rows[XE_MEM_HEAPS] = {
    [XE_MEM_HEAP_VIRTUAL_4K] = {0x00010000, 0x40000000, 0x1000},
    [XE_MEM_HEAP_VIRTUAL_64K] = {0x40000000, 0x70000000, 0x10000},
    [XE_MEM_HEAP_STACK] = {0x70000000, 0x7F000000, 0x10000},
    [XE_MEM_HEAP_IMAGE_64K] = {0x80000000, 0x90000000, 0x10000},
    [XE_MEM_HEAP_IMAGE_4K] = {0x90000000, 0xA0000000, 0x1000},
    [XE_MEM_HEAP_PHYSICAL] = {0x00010000, XE_MEM_PHYS_SIZE, 0x1000},
};

/* One view of the storage at `at`, which is the host address of guest address 0. */
bool xe__mem_map_view(struct xe_mem *mem, uint8_t *at, int rights, struct xe_error *err)
{
    static const struct {
        xe_gva base;
        uint32_t size, offset;
    } part[] = {
        {0, XE_MEM_PHYS_A, 0},
        {XE_MEM_PHYS_A, XE_MEM_PHYS_SIZE, XE_MEM_PHYS_A},
        {XE_MEM_PHYS_C, XE_MEM_PHYS_SIZE, XE_MEM_PHYS_A},
        {XE_MEM_PHYS_E, PHYS_E_SIZE, XE_MEM_PHYS_A + PHYS_E_SHIFT},
    };

    for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
        if (mmap(at + part[i].base, part[i].size, rights, MAP_SHARED | MAP_FIXED | MAP_NORESERVE,
                 mem->priv->storage_fd, (off_t)part[i].offset) == MAP_FAILED)
            return xe_error_set(err, XE_ERR_NO_MEMORY, "map guest memory: %s", strerror(errno));
    return true;
}

/* Address space for one view and its guards; NULL with err set. */
uint8_t *xe__mem_reserve(struct xe_error *err)
{
    void *space = mmap(NULL, XE__SPACE + 2 * XE__GUARD, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (space != MAP_FAILED)
        return space;
    xe_error_set(err, XE_ERR_NO_MEMORY, "reserve 4 GiB of address space: %s", strerror(errno));
    return NULL;
}

/* Storage is one file: virtual addresses below A0000000 at their own offset, then physical memory.
 */
static bool map_space(struct xe_mem *mem, struct xe_error *err)
{
    struct xe_mem_private *priv = mem->priv;

    priv->reservation = xe__mem_reserve(err);
    if (!priv->reservation)
        return false;
    mem->base = priv->reservation + XE__GUARD;
    priv->storage_fd = xe__mem_live_create(err);
    return priv->storage_fd >= 0 && xe__mem_map_view(mem, mem->base, PROT_READ | PROT_WRITE, err);
}

/* Big tables that are mostly never touched: from mmap, so that untouched parts cost nothing. */
void *xe__mem_table_create(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

void xe__mem_table_destroy(void *table, size_t size)
{
    if (table)
        munmap(table, size);
}

static bool create_tables(struct xe_mem *mem)
{
    struct xe_mem_private *priv = mem->priv;

    mem->access = xe__mem_table_create(XE_MEM_PAGES);
    priv->protect = xe__mem_table_create(XE_MEM_PAGES);
    priv->flags = xe__mem_table_create(XE_MEM_PAGES);
    priv->page_hash = xe__mem_table_create((size_t)XE_MEM_PAGES * 16);
    priv->group_hash = xe__mem_table_create((size_t)XE__GROUPS * 16);
    priv->group_state = xe__mem_table_create(XE__GROUPS);
    priv->source = xe__mem_table_create(XE_MEM_GRANULES);
    return mem->access && priv->protect && priv->flags && priv->page_hash && priv->group_hash &&
           priv->group_state && priv->source;
}

struct xe_mem *xe_mem_create(uint64_t limit, struct xe_error *err)
{
    struct xe_mem *mem = xe_calloc(1, sizeof(*mem));

    if (mem)
        mem->priv = xe_calloc(1, sizeof(*mem->priv));
    if (!mem || !mem->priv) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "guest memory: out of memory");
        goto fail;
    }
    mem->priv->storage_fd = mem->priv->next_fd = -1;
    mem->priv->limit = limit ? limit : XE_MEM_PHYS_SIZE;
    for (int i = 0; i < XE_MEM_HEAPS; i++)
        mem->priv->heap[i] = (struct xe__mem_heap){
            .base = heap_rows[i].base, .end = heap_rows[i].end, .page = heap_rows[i].page};
    if (!create_tables(mem)) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "guest page tables: out of memory");
        goto fail;
    }
    if (map_space(mem, err))
        return mem;
fail:
    xe_mem_destroy(mem);
    return NULL;
}

void xe_mem_destroy(struct xe_mem *mem)
{
    struct xe_mem_private *priv;

    if (!mem)
        return;
    priv = mem->priv;
    if (priv) {
        xe_mem_guard_drop(mem);
        if (priv->reservation)
            munmap(priv->reservation, XE__SPACE + 2 * XE__GUARD);
        if (priv->next_fd >= 0)
            close(priv->next_fd);
        else if (priv->storage_fd >= 0)
            close(priv->storage_fd);
        for (int i = 0; i < XE_MEM_HEAPS; i++)
            xe__mem_spans_fini(&priv->heap[i].spans);
        xe__mem_table_destroy(priv->protect, XE_MEM_PAGES);
        xe__mem_table_destroy(priv->flags, XE_MEM_PAGES);
        xe__mem_table_destroy(priv->page_hash, (size_t)XE_MEM_PAGES * 16);
        xe__mem_table_destroy(priv->group_hash, (size_t)XE__GROUPS * 16);
        xe__mem_table_destroy(priv->group_state, XE__GROUPS);
        xe__mem_table_destroy(priv->source, XE_MEM_GRANULES);
        xe__mem_layers_drop(&priv->layers);
        xe_free(priv);
    }
    xe__mem_table_destroy(mem->access, XE_MEM_PAGES);
    xe_free(mem);
}

/* ---- addresses ----------------------------------------------------------------------------- */

bool xe_mem_is_physical(xe_gva va)
{
    return va >= XE_MEM_PHYS_A && va < XE_MEM_PHYS_E + PHYS_E_SIZE;
}

xe_gva xe_mem_canonical(xe_gva va)
{
    if (!xe_mem_is_physical(va))
        return va;
    return XE_MEM_PHYS_A + xe_mem_to_physical(va);
}

xe_gpa xe_mem_to_physical(xe_gva va)
{
    if (!xe_mem_is_physical(va))
        return 0;
    if (va >= XE_MEM_PHYS_E)
        return va - XE_MEM_PHYS_E + PHYS_E_SHIFT;
    return va & (XE_MEM_PHYS_SIZE - 1);
}

uint32_t xe_mem_page_size_at(xe_gva va)
{
    for (int i = 0; i < XE_MEM_HEAP_PHYSICAL; i++)
        if (va >= heap_rows[i].base && va < heap_rows[i].end)
            return heap_rows[i].page;
    if (!xe_mem_is_physical(va))
        return 0;
    return va < XE_MEM_PHYS_C ? 0x10000 : va < XE_MEM_PHYS_E ? 0x1000000 : 0x1000;
}

uint32_t xe__mem_aliases(uint32_t page, uint32_t ret[3])
{
    uint32_t physical;
    uint32_t n = 2;

    if (!xe_mem_is_physical(page << XE_MEM_PAGE_SHIFT)) {
        ret[0] = page;
        return 1;
    }
    physical = xe_mem_to_physical(page << XE_MEM_PAGE_SHIFT);
    ret[0] = (XE_MEM_PHYS_A + physical) >> XE_MEM_PAGE_SHIFT;
    ret[1] = (XE_MEM_PHYS_C + physical) >> XE_MEM_PAGE_SHIFT;
    if (physical >= PHYS_E_SHIFT && physical - PHYS_E_SHIFT < PHYS_E_SIZE)
        ret[n++] = (XE_MEM_PHYS_E + physical - PHYS_E_SHIFT) >> XE_MEM_PAGE_SHIFT;
    return n;
}

/* ---- rights and tracking ------------------------------------------------------------------- */

static uint8_t access_of(const struct xe_mem_private *priv, uint32_t page, uint8_t tracking)
{
    uint8_t protect = priv->protect[page];
    uint8_t access = 0;

    if (priv->flags[page] & XE__PAGE_MMIO || priv->source[xe__mem_granule(page)] != XE__LIVE ||
        protect & XE_PAGE_ONCE)
        return 0;
    if (protect & ~XE_PAGE_NOACCESS && !(tracking & XE__PAGE_LOADS))
        access |= XE_MEM_FAST_READ;
    if (protect & (XE_PAGE_READWRITE | XE_PAGE_EXECUTE_READWRITE) &&
        !(tracking & (XE__PAGE_CODE | XE__PAGE_HASHED | XE__PAGE_STORES)))
        access |= XE_MEM_FAST_WRITE;
    return access;
}

void xe__mem_refresh(const struct xe_mem *mem, uint32_t page)
{
    uint32_t alias[3];
    uint32_t n = xe__mem_aliases(page, alias);
    uint8_t tracking = mem->priv->flags[alias[0]];

    for (uint32_t i = 0; i < n; i++) {
        mem->access[alias[i]] = access_of(mem->priv, alias[i], tracking);
        if (mem->priv->guard)
            xe__mem_guard_lower(mem, alias[i]);
    }
}

static void tell_code_changed(struct xe_mem *mem, const uint32_t *alias, uint32_t n)
{
    mem->priv->flags[alias[0]] &= (uint8_t)~XE__PAGE_CODE;
    if (!mem->priv->code_changed)
        return;
    for (uint32_t i = 0; i < n; i++)
        mem->priv->code_changed(mem->priv->code_ctx, alias[i] << XE_MEM_PAGE_SHIFT);
}

void xe__mem_touch(struct xe_mem *mem, uint32_t page)
{
    struct xe_mem_private *priv = mem->priv;
    uint32_t alias[3];
    uint32_t n = xe__mem_aliases(page, alias);
    uint8_t *tracking = &priv->flags[alias[0]];

    if (!(*tracking & (XE__PAGE_CODE | XE__PAGE_HASHED)))
        return;
    if (*tracking & XE__PAGE_CODE)
        tell_code_changed(mem, alias, n);
    *tracking &= (uint8_t)~XE__PAGE_HASHED;
    priv->group_state[alias[0] >> XE__GROUP_SHIFT] &= (uint8_t)~XE__GROUP_CLEAN;
    xe__mem_refresh(mem, page);
}

void xe__mem_set_pages(struct xe_mem *mem, xe_gva base, uint32_t size, uint32_t protect)
{
    struct xe_mem_private *priv = mem->priv;
    uint32_t first = base >> XE_MEM_PAGE_SHIFT;

    priv->work += (uint64_t)(size >> XE_MEM_PAGE_SHIFT) * SET_PAGE_NS;
    for (uint32_t page = first; page < first + (size >> XE_MEM_PAGE_SHIFT); page++) {
        uint32_t alias[3];
        uint32_t n = xe__mem_aliases(page, alias);

        xe__mem_touch(mem, page);
        priv->group_state[alias[0] >> XE__GROUP_SHIFT] &= (uint8_t)~XE__GROUP_CLEAN;
        for (uint32_t i = 0; i < n; i++)
            priv->protect[alias[i]] = (uint8_t)protect;
        xe__mem_refresh(mem, page);
    }
}

/* A granule of which something is kept must be in the live file, where the rest becomes zero. */
static void let_go(struct xe_mem *mem, uint32_t first, uint32_t pages)
{
    for (uint32_t page = first; page < first + pages; page++) {
        uint8_t *source = &mem->priv->source[xe__mem_granule(page)];

        if (page % XE__GRANULE_PAGES == 0 && first + pages - page >= XE__GRANULE_PAGES)
            *source = 0;
        else if (*source)
            xe__mem_bring(mem, page);
    }
}

void xe__mem_discard(struct xe_mem *mem, xe_gva base, uint32_t size)
{
    let_go(mem, xe_mem_canonical(base) >> XE_MEM_PAGE_SHIFT, size >> XE_MEM_PAGE_SHIFT);
    /* Frees the file's pages, for every view; they read as zero then. */
    if (size && madvise(mem->base + base, size, MADV_REMOVE) != 0)
        memset(mem->base + base, 0, size);
}

void xe_mem_code_listener(struct xe_mem *mem, void (*changed)(void *, xe_gva), void *ctx)
{
    mem->priv->code_changed = changed;
    mem->priv->code_ctx = ctx;
}

void xe_mem_code_mark(struct xe_mem *mem, xe_gva va)
{
    uint32_t page = xe_mem_canonical(va) >> XE_MEM_PAGE_SHIFT;

    if (mem->priv->flags[page] & XE__PAGE_CODE)
        return;
    xe__mem_bring(mem, page);
    mem->priv->flags[page] |= XE__PAGE_CODE;
    xe__mem_refresh(mem, page);
}

void xe_mem_code_flush(struct xe_mem *mem, xe_gva va, uint32_t size)
{
    uint64_t end = (uint64_t)va + size;

    for (uint64_t at = va & ~(XE_MEM_PAGE - 1); at < end && at < XE__SPACE; at += XE_MEM_PAGE) {
        uint32_t alias[3];
        uint32_t n = xe__mem_aliases((uint32_t)(at >> XE_MEM_PAGE_SHIFT), alias);

        if (mem->priv->flags[alias[0]] & XE__PAGE_CODE) {
            tell_code_changed(mem, alias, n);
            xe__mem_refresh(mem, alias[0]);
        }
    }
}

void xe_mem_watch_listener(struct xe_mem *mem, void (*accessed)(void *, xe_gva, uint32_t, bool),
                           void *ctx)
{
    mem->priv->accessed = accessed;
    mem->priv->accessed_ctx = ctx;
}

void xe_mem_watch(struct xe_mem *mem, xe_gva va, bool loads, bool stores)
{
    uint32_t page = xe_mem_canonical(va) >> XE_MEM_PAGE_SHIFT;
    uint8_t *flags = &mem->priv->flags[page];

    *flags &= (uint8_t) ~(XE__PAGE_LOADS | XE__PAGE_STORES);
    *flags |= (uint8_t)((loads ? XE__PAGE_LOADS : 0) | (stores ? XE__PAGE_STORES : 0));
    xe__mem_refresh(mem, page);
}

bool xe_mem_may_fetch(const struct xe_mem *mem, xe_gva va)
{
    uint32_t page = va >> XE_MEM_PAGE_SHIFT;

    if (mem->access[page] & XE_MEM_FAST_READ)
        return true;
    if (!(mem->priv->protect[page] & ~XE_PAGE_NOACCESS) || mem->priv->flags[page] & XE__PAGE_MMIO)
        return false;
    xe__mem_bring(mem, page);
    return true;
}

/* ---- guest accesses ------------------------------------------------------------------------ */

static const struct xe__mem_device *device_at(const struct xe_mem *mem, xe_gva va)
{
    for (uint32_t i = 0; i < mem->priv->devices; i++) {
        const struct xe__mem_device *device = &mem->priv->device[i];

        if (va - device->base < device->size)
            return device;
    }
    return NULL;
}

/* May every page of [va, va+size) be accessed so? *ret_at is the first byte that may not. */
static enum xe_mem_fault check_range(const struct xe_mem *mem, xe_gva va, uint32_t size, bool write,
                                     xe_gva *ret_at)
{
    uint64_t end = (uint64_t)va + size;
    uint32_t wanted =
        write ? XE_PAGE_READWRITE | XE_PAGE_EXECUTE_READWRITE : ~(XE_PAGE_NOACCESS | XE_PAGE_ONCE);

    for (uint64_t at = va; at < end; at = (at | (XE_MEM_PAGE - 1)) + 1) {
        uint32_t page = (uint32_t)(at >> XE_MEM_PAGE_SHIFT);

        *ret_at = (xe_gva)at;
        if (at >= XE__SPACE)
            return XE_MEM_UNMAPPED;
        if (mem->priv->flags[page] & XE__PAGE_MMIO)
            return XE_MEM_PROTECTED;
        if (!mem->priv->protect[page])
            return XE_MEM_UNMAPPED;
        if (!(mem->priv->protect[page] & wanted))
            return XE_MEM_PROTECTED;
        if (mem->priv->protect[page] & XE_PAGE_ONCE)
            return XE_MEM_GUARDED;
    }
    return XE_MEM_OK;
}

void xe__mem_touch_range(struct xe_mem *mem, xe_gva va, uint32_t size)
{
    xe_gva last = va + size - 1;

    for (uint32_t page = va >> XE_MEM_PAGE_SHIFT; page <= last >> XE_MEM_PAGE_SHIFT; page++)
        xe__mem_touch(mem, page);
}

/* The access is about to be made: tell if it is watched. */
static void tell_accessed(struct xe_mem *mem, xe_gva va, uint32_t size, bool write)
{
    uint8_t watched = write ? XE__PAGE_STORES : XE__PAGE_LOADS;
    xe_gva last = va + size - 1;

    if (mem->priv->accessed && !mem->priv->aside &&
        (mem->priv->flags[xe_mem_canonical(va) >> XE_MEM_PAGE_SHIFT] |
         mem->priv->flags[xe_mem_canonical(last) >> XE_MEM_PAGE_SHIFT]) &
            watched)
        mem->priv->accessed(mem->priv->accessed_ctx, va, size, write);
}

void xe_mem_aside(struct xe_mem *mem, bool on)
{
    mem->priv->aside = on;
}

static enum xe_mem_fault load_device(const struct xe_mem *mem, const struct xe_mem_mmio *mmio,
                                     xe_gva va, uint32_t size, uint64_t *ret_value)
{
    if (!mem->priv->aside)
        return mmio->read(mmio->ctx, va, size, ret_value);
    return mmio->peek ? mmio->peek(mmio->ctx, va, size, ret_value) : XE_MEM_PROTECTED;
}

static enum xe_mem_fault store_device(const struct xe_mem *mem, const struct xe_mem_mmio *mmio,
                                      xe_gva va, uint32_t size, uint64_t value)
{
    return mem->priv->aside ? XE_MEM_PROTECTED : mmio->write(mmio->ctx, va, size, value);
}

enum xe_mem_fault xe_mem_load_slow(struct xe_mem *mem, xe_gva va, uint32_t size,
                                   uint64_t *ret_value, xe_gva *ret_at)
{
    const struct xe__mem_device *device = device_at(mem, va);
    enum xe_mem_fault fault;

    *ret_at = va;
    if (device && !(va & (size - 1)))
        return load_device(mem, &device->mmio, va, size, ret_value);
    fault = check_range(mem, va, size, false, ret_at);
    if (fault != XE_MEM_OK)
        return fault;
    xe__mem_bring_range(mem, va, size);
    tell_accessed(mem, va, size, false);
    *ret_value = xe_load_be(mem->base + va, size);
    return XE_MEM_OK;
}

enum xe_mem_fault xe_mem_store_slow(struct xe_mem *mem, xe_gva va, uint32_t size, uint64_t value,
                                    xe_gva *ret_at)
{
    const struct xe__mem_device *device = device_at(mem, va);
    enum xe_mem_fault fault;

    *ret_at = va;
    if (device && !(va & (size - 1)))
        return store_device(mem, &device->mmio, va, size, value);
    fault = check_range(mem, va, size, true, ret_at);
    if (fault != XE_MEM_OK)
        return fault;
    xe__mem_bring_range(mem, va, size);
    tell_accessed(mem, va, size, true);
    xe__mem_touch_range(mem, va, size);
    xe_store_be(mem->base + va, size, value);
    return XE_MEM_OK;
}

enum xe_mem_fault xe_mem_prepare(struct xe_mem *mem, xe_gva va, uint32_t size, bool write,
                                 xe_gva *ret_at)
{
    enum xe_mem_fault fault = check_range(mem, va, size, write, ret_at);

    if (fault != XE_MEM_OK || !size)
        return fault;
    xe__mem_bring_range(mem, va, size);
    tell_accessed(mem, va, size, write);
    if (write)
        xe__mem_touch_range(mem, va, size);
    return XE_MEM_OK;
}

bool xe_mem_mmio_add(struct xe_mem *mem, xe_gva base, uint32_t size, struct xe_mem_mmio mmio)
{
    struct xe_mem_private *priv = mem->priv;

    if (priv->devices == XE__MMIO_MAX || (base | size) & (XE_MEM_PAGE - 1) || !size ||
        size > UINT32_MAX - base)
        return false;
    priv->device[priv->devices++] = (struct xe__mem_device){base, size, mmio};
    for (uint32_t at = 0; at < size; at += XE_MEM_PAGE) {
        priv->flags[(base + at) >> XE_MEM_PAGE_SHIFT] |= XE__PAGE_MMIO;
        xe__mem_refresh(mem, (base + at) >> XE_MEM_PAGE_SHIFT);
    }
    return true;
}
