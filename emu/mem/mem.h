/* Guest address space: one 4 GiB host reservation with guard space, a byte of access rights a page.
 *
 * The idea: guest address a lies at host address base + a. access[a >> 12] says what the CPU may do
 * there without asking (XE_MEM_FAST_*). Whoever wants a slow look at an access - guest protection,
 * MMIO, a page that holds decoded code, a page whose digest is cached, a watchpoint, bytes that are
 * still in a frozen layer (frozen.h) - clears the fast bit; the access then takes the slow path,
 * which sorts out why. Nobody but translated code relies on host page faults: it may ask for a
 * guarded view, a second mapping of the same storage whose host protection never allows more than
 * access[].
 *
 * Physical memory (512 MiB) is one memfd mapped at A0000000, C0000000 and E0000000 (there from
 * physical 0x1000 on), so mirrors are real aliases; rights and tracking are kept for all three.
 * Values are big-endian in guest memory; the functions here take and give host order.
 *
 * Owner: one instance, one thread. Source: doc/facts/memory-map.md sections 1 to 7. */
#ifndef XE_MEM_MEM_H
#define XE_MEM_MEM_H

#include "xe/breath.h"
#include "xe/error.h"
#include "xe/types.h"

#define XE_MEM_PAGE       0x1000u
#define XE_MEM_PAGE_SHIFT 12
#define XE_MEM_PAGES      0x100000u

#define XE_MEM_PHYS_SIZE 0x20000000u
#define XE_MEM_PHYS_A    0xA0000000u
#define XE_MEM_PHYS_C    0xC0000000u
#define XE_MEM_PHYS_E    0xE0000000u

#define XE_MEM_FAST_READ  1u
#define XE_MEM_FAST_WRITE 2u

/* Guest protection bits of a page, as PAGE_* in doc/facts/memory-map.md section 5. */
#define XE_PAGE_NOACCESS          0x001u
#define XE_PAGE_READONLY          0x002u
#define XE_PAGE_READWRITE         0x004u
#define XE_PAGE_EXECUTE_READ      0x020u
#define XE_PAGE_EXECUTE_READWRITE 0x040u
/* Beside one of these: the page's next load or store faults. No number of the guest's. */
#define XE_PAGE_ONCE 0x080u

enum xe_mem_fault {
    XE_MEM_OK = 0,
    XE_MEM_UNMAPPED,  /* nothing committed there       */
    XE_MEM_PROTECTED, /* committed, access not allowed */
    XE_MEM_GUARDED,   /* it would be, but for XE_PAGE_ONCE, which then is to be taken away */
};

/* Who serves a range of device pages. Accesses are naturally aligned, of 1, 2, 4 or 8 bytes, values
 * as a plain load or store has them. Whatever is refused faults as said, and must have done
 * nothing.
 */
struct xe_mem_mmio {
    void *ctx;
    enum xe_mem_fault (*read)(void *ctx, xe_gva address, uint32_t size, uint64_t *ret_value);
    enum xe_mem_fault (*write)(void *ctx, xe_gva address, uint32_t size, uint64_t value);
    /* What a load would get, and nothing comes of it. NULL, or a fault: nobody can tell. */
    enum xe_mem_fault (*peek)(void *ctx, xe_gva address, uint32_t size, uint64_t *ret_value);
};

struct xe_codec;
struct xe_mem_private;

struct xe_mem {
    uint8_t *base;               /* host address of guest address 0            */
    uint8_t *guarded;            /* the same in the guarded view, or NULL      */
    uint8_t *access;             /* XE_MEM_FAST_* of each 4 KiB page           */
    struct xe_mem_private *priv; /* owned                                      */
};

/* An empty address space. `limit` bounds the bytes a guest may have committed in all (virtual and
 * physical together); 0 means the console's 512 MiB. NULL with err set when the host refuses. */
struct xe_mem *xe_mem_create(uint64_t limit, struct xe_error *err);
void xe_mem_destroy(struct xe_mem *mem);

/* Taken while much memory is hashed; see xe/breath.h. */
void xe_mem_breath(struct xe_mem *mem, struct xe_breath breath);

/* Nanoseconds, by estimate, that ranges chosen by the guest have cost since the last call: pages
 * given, taken, protected or looked at, heaps searched. */
uint64_t xe_mem_take_work(struct xe_mem *mem);

/* ---- accesses ------------------------------------------------------------------------------ */

static inline bool xe_mem_can(const struct xe_mem *mem, xe_gva va, uint32_t size, uint8_t fast)
{
    xe_gva last = va + size - 1;

    return (mem->access[va >> XE_MEM_PAGE_SHIFT] & mem->access[last >> XE_MEM_PAGE_SHIFT] & fast) &&
           last >= va;
}

/* What a guest load or store does when the fast check failed: 1, 2, 4 or 8 bytes at any alignment,
 * MMIO included (aligned only). Value in host order. On a fault nothing was changed and
 * *ret_at is the first address that could not be accessed. */
enum xe_mem_fault xe_mem_load_slow(struct xe_mem *mem, xe_gva va, uint32_t size,
                                   uint64_t *ret_value, xe_gva *ret_at);
enum xe_mem_fault xe_mem_store_slow(struct xe_mem *mem, xe_gva va, uint32_t size, uint64_t value,
                                    xe_gva *ret_at);

/* Make [va, va+size) ready for direct guest-like access through base (rights checked, tracking
 * informed for writes); for accesses wider than 8 bytes. MMIO pages are XE_MEM_PROTECTED here. */
enum xe_mem_fault xe_mem_prepare(struct xe_mem *mem, xe_gva va, uint32_t size, bool write,
                                 xe_gva *ret_at);

/* Host-side view of committed guest memory, whatever its guest protection: NULL unless all of
 * [va, va+size) is committed RAM. The writable form informs digest tracking and code caches.
 * The pointer is for use within one call. size 0 gives NULL. */
const void *xe_mem_view(const struct xe_mem *mem, xe_gva va, uint32_t size);
void *xe_mem_view_rw(struct xe_mem *mem, xe_gva va, uint32_t size);

/* From now on writes through the views are made for a title (on), or for the kernel: for a title
 * they may only go where the title itself may write; elsewhere they are refused as if nothing were
 * committed there. Returns how it was. */
bool xe_mem_for_guest(struct xe_mem *mem, bool on);
/* The first address of a write that was refused because of the page's protection, since last asked.
 * false: none was. */
bool xe_mem_take_refused(struct xe_mem *mem, xe_gva *ret_at);

/* Copies through the views; false (and nothing done) when not all of it is committed. */
bool xe_mem_read(const struct xe_mem *mem, xe_gva va, void *buffer, uint32_t size);
bool xe_mem_write(struct xe_mem *mem, xe_gva va, const void *bytes, uint32_t size);

/* Words in host order; loads give 0 and stores do nothing where memory is not committed. */
uint8_t xe_mem_u8(const struct xe_mem *mem, xe_gva va);
uint16_t xe_mem_u16(const struct xe_mem *mem, xe_gva va);
uint32_t xe_mem_u32(const struct xe_mem *mem, xe_gva va);
uint64_t xe_mem_u64(const struct xe_mem *mem, xe_gva va);
bool xe_mem_set_u8(struct xe_mem *mem, xe_gva va, uint8_t value);
bool xe_mem_set_u16(struct xe_mem *mem, xe_gva va, uint16_t value);
bool xe_mem_set_u32(struct xe_mem *mem, xe_gva va, uint32_t value);
bool xe_mem_set_u64(struct xe_mem *mem, xe_gva va, uint64_t value);

/* Bytes before the first NUL at va, at most max; -1 when it runs into uncommitted memory first or
 * is longer than max. */
int32_t xe_mem_strnlen(const struct xe_mem *mem, xe_gva va, uint32_t max);

/* ---- address facts ------------------------------------------------------------------------- */

/* The one address that names this byte's storage: mirrors fold to the A0000000 alias. */
xe_gva xe_mem_canonical(xe_gva va);
bool xe_mem_is_physical(xe_gva va);
/* MmGetPhysicalAddress: 0 for addresses outside the aliases. */
xe_gpa xe_mem_to_physical(xe_gva va);
/* Guest page size of the range an address lies in: 0x1000, 0x10000 or 0x1000000; 0 = no range. */
uint32_t xe_mem_page_size_at(xe_gva va);

/* ---- regions ------------------------------------------------------------------------------- */

enum xe_mem_heap {
    XE_MEM_HEAP_VIRTUAL_4K,  /* 00010000-3FFFFFFF                              */
    XE_MEM_HEAP_VIRTUAL_64K, /* 40000000-6FFFFFFF                              */
    XE_MEM_HEAP_STACK,       /* 70000000-7EFFFFFF, 64 KiB pages                */
    XE_MEM_HEAP_IMAGE_64K,   /* 80000000-8FFFFFFF                              */
    XE_MEM_HEAP_IMAGE_4K,    /* 90000000-9FFFFFFF                              */
    XE_MEM_HEAP_PHYSICAL,    /* physical 0-1FFFFFFF; addresses are physical    */
    XE_MEM_HEAPS
};

/* A maximal run of equal state for queries. */
struct xe_mem_region {
    xe_gva base;            /* of the page asked for                   */
    uint32_t size;          /* bytes with the same attributes from base */
    xe_gva allocation_base; /* of the allocation; 0 when free           */
    uint32_t allocation_size;
    uint32_t allocation_protect;
    uint32_t protect; /* PAGE_*; 0 unless committed                     */
    bool reserved, committed;
    bool kernels; /* xe_mem_claim has been called for the allocation    */
};

/* Reserve address space (and commit it when `commit`). base 0 lets the heap choose: lowest fit, or
 * highest when top_down, aligned to `align` (power of two, 0 = the heap's page). With a base the
 * range must be free. Returns the address (physical for the physical heap; its three aliases get
 * the rights), 0 when there is no room or the limit is reached. Contents are zero. Deterministic.
 */
xe_gva xe_mem_alloc(struct xe_mem *mem, enum xe_mem_heap heap, xe_gva base, uint32_t size,
                    uint32_t align, uint32_t protect, bool commit, bool top_down);
/* Physical allocation within [min, max] (physical bounds, inclusive max). */
xe_gpa xe_mem_alloc_physical(struct xe_mem *mem, uint32_t size, uint32_t align, uint32_t protect,
                             xe_gpa min, xe_gpa max, bool top_down);
/* The allocation that starts at exactly base (physical: at that address) is the kernel's from now
 * on. Nothing here depends on that: calls of a title's ask xe_mem_query first. */
void xe_mem_claim(struct xe_mem *mem, enum xe_mem_heap heap, uint32_t base);
/* Free the allocation that starts at exactly base (any alias). false if none does. *ret_size may
 * be NULL. Memory is zeroed before it is handed out again. */
bool xe_mem_free(struct xe_mem *mem, xe_gva base, uint32_t *ret_size);
/* Give back some of an allocation, in whole pages of its range; what lies below and above stays, as
 * allocations of their own. false when it is not inside one, or memory is out: all stays then. */
bool xe_mem_release(struct xe_mem *mem, xe_gva base, uint32_t size);
/* Commit, decommit or protect whole pages inside one allocation; false when the range leaves it or
 * (commit) the limit is reached. Newly committed pages are zero. */
bool xe_mem_commit(struct xe_mem *mem, xe_gva base, uint32_t size, uint32_t protect);
bool xe_mem_decommit(struct xe_mem *mem, xe_gva base, uint32_t size);
bool xe_mem_protect(struct xe_mem *mem, xe_gva base, uint32_t size, uint32_t protect,
                    uint32_t *ret_old);
/* The page at va has faulted for XE_PAGE_ONCE: it does so no more. */
void xe_mem_unguard(struct xe_mem *mem, xe_gva va);
/* Facts about the page at va; false where there is no range at all. */
bool xe_mem_query(const struct xe_mem *mem, xe_gva va, struct xe_mem_region *ret);
/* Committed bytes now, of virtual ranges and of physical memory. */
void xe_mem_usage(const struct xe_mem *mem, uint64_t *ret_virtual, uint64_t *ret_physical);

/* [base, base+size) (whole pages, uncommitted) is served by mmio from now on. */
bool xe_mem_mmio_add(struct xe_mem *mem, xe_gva base, uint32_t size, struct xe_mem_mmio mmio);

/* ---- tracking ------------------------------------------------------------------------------ */

/* Code caches: mark the 4 KiB page at va (and its mirrors) as holding translated code. The first
 * write to it, by anyone, calls `changed` with the page's address (each alias) and unmarks it. */
void xe_mem_code_listener(struct xe_mem *mem, void (*changed)(void *ctx, xe_gva page), void *ctx);
void xe_mem_code_mark(struct xe_mem *mem, xe_gva va);
/* Tell the listener now (icbi, loader). */
void xe_mem_code_flush(struct xe_mem *mem, xe_gva va, uint32_t size);

/* Watching: guest accesses to a watched page take the slow path, and call `accessed` when they may
 * be made, before they are. The page is that of va, with its mirrors. */
void xe_mem_watch_listener(struct xe_mem *mem,
                           void (*accessed)(void *ctx, xe_gva va, uint32_t size, bool write),
                           void *ctx);
void xe_mem_watch(struct xe_mem *mem, xe_gva va, bool loads, bool stores);
/* Accesses from now on are made aside, to find something out, by somebody who will put back every
 * byte: nobody is told of them, devices are only peeked at, and take no store. */
void xe_mem_aside(struct xe_mem *mem, bool on);
/* May instructions be fetched from va? (As loads, watched or not, but not from a device.) */
bool xe_mem_may_fetch(const struct xe_mem *mem, xe_gva va);

/* ---- guarded view -------------------------------------------------------------------------- */

/* Map the guarded view (mem->guarded). All its pages start closed; they open as they are used. */
bool xe_mem_guard_create(struct xe_mem *mem, struct xe_error *err);
/* Without it again: no code that goes through it is left. */
void xe_mem_guard_drop(struct xe_mem *mem);
/* A host page fault at guest address va of the guarded view: open the page if access[] allows it (a
 * page that only lacks write access because its digest is cached is made writable). true: try
 * again. false: this access needs the slow path. Safe in a signal handler that interrupted
 * translated code. */
bool xe_mem_guard_fault(struct xe_mem *mem, xe_gva va, bool write);
/* Take away what access[] no longer allows. To be called before translated code is entered. */
void xe_mem_guard_sync(struct xe_mem *mem);

/* Digest: 16-byte hash of each committed storage page and a hash over them all, pages that are all
 * zero left out. Only pages written since the last call are hashed again. */
void xe_mem_digest(struct xe_mem *mem, uint8_t ret_hash[16]);

/* All of it: allocations, rights, bytes (base/codec.h). Loading replaces whatever was there; when
 * it fails, memory is whole, but what it holds is neither. */
void xe_mem_state(struct xe_codec *c, struct xe_mem *mem);

#endif
