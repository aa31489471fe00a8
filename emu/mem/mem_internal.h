/* What the files of emu/mem share: page tables, heaps and tracking of one address space. */
#ifndef XE_MEM_INTERNAL_H
#define XE_MEM_INTERNAL_H

#include "mem/frozen.h"
#include "mem/mem.h"
#include "mem/spans.h"

#define XE__SPACE 0x100000000ull
#define XE__GUARD 0x10000u

/* Tracking bits of a storage page, kept at its canonical address. */
#define XE__PAGE_CODE   1u  /* holds decoded code: a write tells the code listener        */
#define XE__PAGE_HASHED 2u  /* its cached hash is right: a write must make it stale        */
#define XE__PAGE_MMIO   4u  /* kept at each address: served by a device                    */
#define XE__PAGE_LOADS  8u  /* loads from it are watched                                   */
#define XE__PAGE_STORES 16u /* stores to it are watched                                   */

#define XE__GROUP_SHIFT 8 /* pages in a digest group, log2 */
#define XE__GROUPS      (XE_MEM_PAGES >> XE__GROUP_SHIFT)

#ifdef XE_TINY_LIMITS
#define XE__HEAP_MAX 256
#else
#define XE__HEAP_MAX 65536 /* allocations in one heap */
#endif
#define XE__MMIO_MAX 16

#define XE__GRANULE_SHIFT 16 /* bytes of storage that are frozen and brought in as one, log2 */

#define XE__GRANULE_PAGES (1u << (XE__GRANULE_SHIFT - XE_MEM_PAGE_SHIFT))

#define XE__LIVE 0xFFu /* a granule's source: it is where it can be accessed */

/* Files that hold what was frozen, the newest last. */
struct xe__layers {
    struct xe__layer *layer[XE_MEM_LAYERS]; /* a reference to each */
    uint32_t count;
};

struct xe__mem_heap {
    uint32_t base, end; /* [base, end) */
    uint32_t page;
    struct xe__spans spans; /* owned; of the physical heap by physical addresses */
};

struct xe__mem_device {
    xe_gva base;
    uint32_t size;
    struct xe_mem_mmio mmio;
};

struct xe_mem_private {
    int storage_fd;       /* memfd: the live file; owned      */
    int next_fd;          /* >= 0: frozen, and to go on with this; storage_fd is a layer's; owned */
    uint8_t *reservation; /* host mapping incl. guards; owned */
    uint8_t *protect;     /* PAGE_* of each page, 0 = not committed; owned */
    uint8_t *flags;       /* XE__PAGE_* of each page; owned                */
    struct xe__mem_heap heap[XE_MEM_HEAPS];
    uint64_t limit, committed_virtual, committed_physical;
    struct xe__mem_device device[XE__MMIO_MAX];
    uint32_t devices;
    struct xe__layers layers;
    uint8_t *source; /* of each granule: the layer, from 1 on, that has its bytes; XE__LIVE: the
                        live file does; 0: it is all zero, since nobody looked at it yet. Where it
                        isn't XE__LIVE the live file has a hole. Owned */
    uint8_t peek[XE_MEM_PAGE];
    struct xe__mem_guard *guard; /* the guarded view, NULL until asked for; owned */
    struct xe_breath breath;
    uint64_t work; /* not taken by xe_mem_take_work yet */
    void (*code_changed)(void *ctx, xe_gva page);
    void *code_ctx;
    void (*accessed)(void *ctx, xe_gva va, uint32_t size, bool write);
    void *accessed_ctx;
    bool aside;       /* accesses are made aside */
    bool for_guest;   /* writes through views are made for the title            */
    bool has_refused; /* one of them was not, in the page that `refused` is of */
    xe_gva refused;
    uint8_t (*page_hash)[16];  /* by canonical page; owned, touched lazily */
    uint8_t (*group_hash)[16]; /* owned                                    */
    uint8_t *group_state;      /* XE__GROUP_*; owned                       */
};

/* The view that translated code uses: what of it is open, and what is to be closed. */
struct xe__mem_guard {
    uint8_t *reservation; /* owned */
    uint8_t *open;        /* by page: XE_MEM_FAST_* that the host allows, and more; owned */
    uint32_t stale[64];   /* pages that allow more than access[] does           */
    uint32_t stales;      /* above the array's size: close everything           */
};

/* Map all of the storage at `at`; reserve 4 GiB of addresses (NULL with err set). */
bool xe__mem_map_view(struct xe_mem *mem, uint8_t *at, int rights, struct xe_error *err);
uint8_t *xe__mem_reserve(struct xe_error *err);
/* Tables that are mostly zero cost only what is touched. */
void *xe__mem_table_create(size_t size);
void xe__mem_table_destroy(void *table, size_t size);

/* access[page] may have lost rights: remember to close the page. */
void xe__mem_guard_lower(const struct xe_mem *mem, uint32_t page);
/* Map the guarded view again, to the present live file, with all its pages closed. */
bool xe__mem_guard_remap(struct xe_mem *mem, struct xe_error *err);

#define XE__GROUP_CLEAN 1u /* group_hash is right            */
#define XE__GROUP_USED  2u /* it has a page that is not zero */

/* Addresses of one storage page: itself, or the aliases of a physical page. Returns how many. */
uint32_t xe__mem_aliases(uint32_t page, uint32_t ret[3]);

/* Work out access[] of a page and of its aliases again. */
void xe__mem_refresh(const struct xe_mem *mem, uint32_t page);

/* frozen.c. The granule of a page, by any of its addresses. */
static inline uint32_t xe__mem_granule(uint32_t page)
{
    return xe_mem_canonical(page << XE_MEM_PAGE_SHIFT) >> XE__GRANULE_SHIFT;
}
/* Somebody is about to look at this page, or at each of [va, va+size), which is not empty and lies
 * in the address space: have the bytes in the live file. Safe in a signal handler that interrupted
 * translated code; const, since nothing changes that anybody but the host could tell. */
void xe__mem_bring(const struct xe_mem *mem, uint32_t page);
void xe__mem_bring_range(const struct xe_mem *mem, xe_gva va, uint64_t size);
/* The bytes of a page by its canonical number without bringing it in; good until the next call. */
const uint8_t *xe__mem_peek(const struct xe_mem *mem, uint32_t page);
/* Has nothing of this page's granule ever been touched? Reading it would take the host's memory. */
bool xe__mem_is_hole(const struct xe_mem *mem, uint32_t page);
/* Nothing of what is away will be looked at: those granules are zero from now on. */
void xe__mem_forget_away(struct xe_mem *mem);
/* Let go of all storage and begin from what is frozen; access[] is to be worked out again. */
bool xe__mem_begin_from(struct xe_mem *mem, const struct xe_mem_frozen *frozen,
                        struct xe_error *err);
int xe__mem_live_create(struct xe_error *err);
void xe__mem_layers_drop(struct xe__layers *layers);

/* A write to this committed page is about to happen. */
void xe__mem_touch(struct xe_mem *mem, uint32_t page);
/* To these committed bytes. */
void xe__mem_touch_range(struct xe_mem *mem, xe_gva va, uint32_t size);

/* Set protection (0 = decommitted) of whole pages, [base, base+size); informs all tracking. */
void xe__mem_set_pages(struct xe_mem *mem, xe_gva base, uint32_t size, uint32_t protect);

/* Make the bytes of a range zero and give the host its memory back. */
void xe__mem_discard(struct xe_mem *mem, xe_gva base, uint32_t size);

#endif
