/* Memory calls: virtual and physical allocation, protection, queries, pool.
 * Source: documented NT rules; the console's ranges and page sizes as xenia (memory.cc) has them.
 */
#include <string.h>

#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"
#include "kernel/core/object.h"
#include "kernel/core/thread.h"

#define MEM_COMMIT      0x00001000u
#define MEM_RESERVE     0x00002000u
#define MEM_DECOMMIT    0x00004000u
#define MEM_RELEASE     0x00008000u
#define MEM_FREE        0x00010000u
#define MEM_PRIVATE     0x00020000u
#define MEM_RESET       0x00080000u
#define MEM_TOP_DOWN    0x00100000u
#define MEM_NOZERO      0x00800000u
#define MEM_LARGE_PAGES 0x20000000u
#define MEM_HEAP        0x40000000u
#define MEM_16MB_PAGES  0x80000000u

/* Guess: bits of no known name are refused, as on NT; a call of a title's that has one would show
 * that the console lets them pass. */
#define ALLOCATION_TYPES                                                                           \
    (MEM_COMMIT | MEM_RESERVE | MEM_RESET | MEM_TOP_DOWN | MEM_NOZERO | MEM_LARGE_PAGES |          \
     MEM_HEAP | MEM_16MB_PAGES)

/* Where reservations begin. Guess: as on NT, also in the range of 4 KiB pages; a title that
 * reserves two pages next to each other by their addresses would show that it is a page there. */
#define GRANULARITY 0x10000u

#define SMALL_PAGE_LAST 0x1FD00FFFu

#define EXECUTE_BITS 0xF0u
#define RIGHTS       0xFFu
#define PAGE_GUARD   0x100u

/* Of the rights there must be one. Guess: of the modifiers any, and only PAGE_GUARD changes
 * anything here; on NT it and PAGE_NOCACHE exclude each other. */
static bool is_protection(uint32_t protect)
{
    uint32_t rights = protect & RIGHTS;

    return rights && !(rights & (rights - 1));
}

static uint32_t right_of(uint32_t protect)
{
    if (protect & (XE_PAGE_EXECUTE_READWRITE | 0x80))
        return XE_PAGE_EXECUTE_READWRITE;
    if (protect & (XE_PAGE_READWRITE | 0x08))
        return XE_PAGE_READWRITE;
    if (protect & (XE_PAGE_EXECUTE_READ | 0x10))
        return XE_PAGE_EXECUTE_READ;
    return protect & XE_PAGE_READONLY ? XE_PAGE_READONLY : XE_PAGE_NOACCESS;
}

/* Guest protection to the page rights that memory keeps: one of the PAGE_* bits, and whether the
 * next access is told. Guess: that of the title's code only, not of calls that it has the kernel
 * look at the page in, and not the fetch of an instruction. */
static uint32_t rights_of(uint32_t protect)
{
    uint32_t right = right_of(protect);

    return right | (protect & PAGE_GUARD && right != XE_PAGE_NOACCESS ? XE_PAGE_ONCE : 0);
}

static uint32_t guest_rights(uint32_t rights)
{
    return rights & XE_PAGE_ONCE ? (rights & ~XE_PAGE_ONCE) | PAGE_GUARD : rights;
}

static bool is_virtual(xe_gva at)
{
    return at >= 0x10000 && at < 0x70000000;
}

static bool is_stack(xe_gva at)
{
    return at >= 0x70000000 && at < 0x7F000000;
}

/* Is it inside of what the kernel keeps for itself? To a title's calls such memory is as it is on a
 * console, where it lies in none of the ranges that they are about. */
static bool is_kernels(struct xe_call *call, xe_gva at)
{
    struct xe_mem_region region;

    if (!xe_mem_query(call->mem, at, &region) || !region.kernels)
        return false;
    xe_kernel_call_guest_error(call, "0x%08x is the kernel's own: it stays as it is", at);
    return true;
}

/* ---- virtual -------------------------------------------------------------------------------- */

struct range {
    xe_gva base;
    uint32_t size;
};

/* Read the in/out base and size of a call. Sizes that are negative count as their absolute value
 * (titles pass such). */
static bool read_range(const struct xe_call *call, unsigned base, unsigned size, struct range *ret)
{
    const uint8_t *b = xe_arg_view(call, base, 4), *s = xe_arg_view(call, size, 4);

    if (!b || !s)
        return false;
    ret->base = xe_load_be32(b);
    ret->size = xe_load_be32(s);
    if ((int32_t)ret->size < 0)
        ret->size = -ret->size;
    return true;
}

static void write_range(const struct xe_call *call, unsigned base, unsigned size, struct range r)
{
    xe_mem_set_u32(call->mem, xe_arg_gva(call, base), r.base);
    xe_mem_set_u32(call->mem, xe_arg_gva(call, size), r.size);
}

static void round_range(struct range *r, uint32_t page)
{
    uint64_t end = (uint64_t)r->base + r->size;

    r->base &= ~(page - 1);
    end = (end + page - 1) & ~(uint64_t)(page - 1);
    end -= r->base;
    r->size = end > UINT32_MAX ? ~(page - 1) : (uint32_t)end;
}

/* Commit some of a reservation. */
static uint32_t commit_at(struct xe_mem *mem, struct range *r, uint32_t rights)
{
    struct xe_mem_region region;

    round_range(r, xe_mem_page_size_at(r->base));
    if (!xe_mem_query(mem, r->base, &region) || !region.reserved ||
        r->size > region.allocation_size - (r->base - region.allocation_base))
        return XE_STATUS_CONFLICTING_ADDRESSES;
    return xe_mem_commit(mem, r->base, r->size, rights) ? XE_STATUS_SUCCESS : XE_STATUS_NO_MEMORY;
}

/* Why nothing could be made there: something is there already, or there is no room. */
static uint32_t why_not(const struct xe_mem *mem, const struct range *r)
{
    struct xe_mem_region region;
    xe_gva next;

    if (!xe_mem_query(mem, r->base, &region))
        return XE_STATUS_NO_MEMORY;
    next = r->base + region.size;
    if (!region.reserved && (region.size >= r->size || !is_virtual(next) ||
                             !xe_mem_query(mem, next, &region) || !region.reserved))
        return XE_STATUS_NO_MEMORY;
    return XE_STATUS_CONFLICTING_ADDRESSES;
}

static uint32_t reserve_at(struct xe_mem *mem, struct range *r, uint32_t type, uint32_t rights)
{
    enum xe_mem_heap heap = r->base < 0x40000000 ? XE_MEM_HEAP_VIRTUAL_4K : XE_MEM_HEAP_VIRTUAL_64K;
    uint32_t below = r->base & (GRANULARITY - 1);

    r->base -= below;
    r->size += below;
    round_range(r, xe_mem_page_size_at(r->base));
    return xe_mem_alloc(mem, heap, r->base, r->size, 0, rights, type & MEM_COMMIT, false)
               ? XE_STATUS_SUCCESS
               : why_not(mem, r);
}

static uint32_t allocate(struct xe_mem *mem, struct range *r, uint32_t type, uint32_t rights)
{
    bool large = type & MEM_LARGE_PAGES;

    if (r->base && !is_virtual(r->base))
        return XE_STATUS_INVALID_PARAMETER;
    if (r->base)
        return type & MEM_RESERVE ? reserve_at(mem, r, type, rights) : commit_at(mem, r, rights);
    round_range(r, 0x10000);
    r->base = xe_mem_alloc(mem, large ? XE_MEM_HEAP_VIRTUAL_64K : XE_MEM_HEAP_VIRTUAL_4K, 0,
                           r->size, 0, rights, type & MEM_COMMIT, type & MEM_TOP_DOWN);
    return r->base ? XE_STATUS_SUCCESS : XE_STATUS_NO_MEMORY;
}

static void nt_allocate_virtual_memory(struct xe_call *call)
{
    uint32_t type = xe_arg_u32(call, 2), status;
    struct range r;

    if (!read_range(call, 0, 1, &r) || !r.size || type & ~ALLOCATION_TYPES ||
        !(type & (MEM_COMMIT | MEM_RESERVE | MEM_RESET)) ||
        (type & MEM_RESET && type & (MEM_COMMIT | MEM_RESERVE))) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    if (!is_protection(xe_arg_u32(call, 3))) {
        xe_ret_status(call, XE_STATUS_INVALID_PAGE_PROTECTION);
        return;
    }
    if (type & MEM_RESET) {
        xe_ret_status(call, XE_STATUS_SUCCESS);
        return;
    }
    if (r.base && !(type & MEM_RESERVE) && is_kernels(call, r.base))
        status = XE_STATUS_INVALID_PARAMETER;
    else
        status = allocate(call->mem, &r, type, rights_of(xe_arg_u32(call, 3)));
    if (status == XE_STATUS_SUCCESS)
        write_range(call, 0, 1, r);
    xe_ret_status(call, status);
}

/* What a size says: so many bytes of the allocation that the base lies in, or with 0 all of it,
 * named by its base. Source: NT. */
static uint32_t find_range(const struct xe_mem *mem, struct range *r)
{
    struct xe_mem_region region;
    uint32_t page = xe_mem_page_size_at(r->base);

    if (!xe_mem_query(mem, r->base, &region) || !region.reserved)
        return XE_STATUS_MEMORY_NOT_ALLOCATED;
    if (!r->size && (r->base & ~(page - 1)) != region.allocation_base)
        return XE_STATUS_FREE_VM_NOT_AT_BASE;
    if (!r->size)
        *r = (struct range){region.allocation_base, region.allocation_size};
    round_range(r, page);
    return r->size > region.allocation_size - (r->base - region.allocation_base)
               ? XE_STATUS_UNABLE_TO_FREE_VM
               : XE_STATUS_SUCCESS;
}

static uint32_t free_range(struct xe_call *call, struct range *r, uint32_t type)
{
    struct xe_mem *mem = call->mem;
    uint32_t status;
    bool done;

    if (type != MEM_DECOMMIT && type != MEM_RELEASE)
        return XE_STATUS_INVALID_PARAMETER_4;
    if (!r->base)
        return XE_STATUS_MEMORY_NOT_ALLOCATED;
    if (!is_virtual(r->base) || is_kernels(call, r->base))
        return XE_STATUS_INVALID_PARAMETER;
    status = find_range(mem, r);
    if (status)
        return status;
    done = type == MEM_RELEASE ? xe_mem_release(mem, r->base, r->size)
                               : xe_mem_decommit(mem, r->base, r->size);
    return done ? XE_STATUS_SUCCESS : XE_STATUS_INSUFFICIENT_RESOURCES;
}

static void nt_free_virtual_memory(struct xe_call *call)
{
    uint32_t status = XE_STATUS_INVALID_PARAMETER;
    struct range r;

    if (read_range(call, 0, 1, &r))
        status = free_range(call, &r, xe_arg_u32(call, 2));
    if (!status)
        write_range(call, 0, 1, r);
    xe_ret_status(call, status);
}

static void nt_protect_virtual_memory(struct xe_call *call)
{
    uint32_t protect = xe_arg_u32(call, 2), old = 0;
    xe_gva ret_old = xe_arg_gva(call, 3);
    struct range r;

    if (!read_range(call, 0, 1, &r) || !is_virtual(r.base) || !r.size || is_kernels(call, r.base)) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    if (protect & EXECUTE_BITS || !is_protection(protect)) {
        xe_ret_status(call, XE_STATUS_INVALID_PAGE_PROTECTION);
        return;
    }
    round_range(&r, xe_mem_page_size_at(r.base));
    if (!xe_mem_protect(call->mem, r.base, r.size, rights_of(protect), &old)) {
        xe_ret_status(call, XE_STATUS_NOT_COMMITTED);
        return;
    }
    if (ret_old)
        xe_mem_set_u32(call->mem, ret_old, guest_rights(old));
    write_range(call, 0, 1, r);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

static void nt_query_virtual_memory(struct xe_call *call)
{
    struct xe_mem_region region;
    uint8_t *p = xe_arg_view_rw(call, 1, 28);

    if (!p || xe_arg_u32(call, 2) > 2 || !xe_mem_query(call->mem, xe_arg_gva(call, 0), &region)) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    xe_store_be32(p, region.base);
    xe_store_be32(p + 4, region.allocation_base);
    xe_store_be32(p + 8, guest_rights(region.allocation_protect));
    xe_store_be32(p + 12, region.size);
    xe_store_be32(p + 16, region.committed ? MEM_COMMIT : region.reserved ? MEM_RESERVE : MEM_FREE);
    /* Guess: what is free says so here, too, as on NT. */
    xe_store_be32(p + 20, region.reserved ? guest_rights(region.protect) : XE_PAGE_NOACCESS);
    xe_store_be32(p + 24, region.reserved ? MEM_PRIVATE : 0);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* ---- physical ------------------------------------------------------------------------------- */

xe_gva xe__kernel_physical(struct xe_call *call, uint32_t size, uint32_t protect, xe_gpa min,
                           xe_gpa max, uint32_t align)
{
    uint32_t page = protect & MEM_16MB_PAGES    ? 0x1000000
                    : protect & MEM_LARGE_PAGES ? 0x10000
                                                : 0x1000;
    xe_gpa at, last;

    if (!(protect & (XE_PAGE_READONLY | XE_PAGE_READWRITE)) || !size || size > XE_MEM_PHYS_SIZE ||
        (align & (align - 1)))
        return 0;
    align = align > page ? align : page;
    size = (size + page - 1) & ~(page - 1);
    /* 4 KiB pages are handed out in the E0000000 alias, which ends before physical memory does. */
    last = page == 0x1000 ? SMALL_PAGE_LAST : XE_MEM_PHYS_SIZE - 1;
    max = max < last ? max : last;
    at = xe_mem_alloc_physical(call->mem, size, align, rights_of(protect & RIGHTS), min, max, true);
    if (!at)
        return 0;
    if (page == 0x1000)
        return XE_MEM_PHYS_E + at - 0x1000;
    return (page == 0x10000 ? XE_MEM_PHYS_A : XE_MEM_PHYS_C) + at;
}

static void mm_allocate_physical_memory_ex(struct xe_call *call)
{
    xe_ret_u32(call,
               xe__kernel_physical(call, xe_arg_u32(call, 1), xe_arg_u32(call, 2),
                                   xe_arg_u32(call, 3), xe_arg_u32(call, 4), xe_arg_u32(call, 5)));
}

static void mm_allocate_physical_memory(struct xe_call *call)
{
    xe_ret_u32(call, xe__kernel_physical(call, xe_arg_u32(call, 1), xe_arg_u32(call, 2), 0,
                                         UINT32_MAX, 0));
}

void xe__kernel_physical_free(struct xe_call *call, xe_gva at)
{
    if (at && !is_kernels(call, at) &&
        (!xe_mem_is_physical(at) || !xe_mem_free(call->mem, at, NULL)))
        xe_kernel_call_guest_error(call, "0x%08x is no physical allocation", at);
}

static void mm_free_physical_memory(struct xe_call *call)
{
    xe__kernel_physical_free(call, xe_arg_gva(call, 1));
}

static void mm_get_physical_address(struct xe_call *call)
{
    xe_ret_u32(call, xe_mem_to_physical(xe_arg_gva(call, 0)));
}

static void mm_query_address_protect(struct xe_call *call)
{
    struct xe_mem_region region;

    xe_ret_u32(call, xe_mem_query(call->mem, xe_arg_gva(call, 0), &region)
                         ? guest_rights(region.protect)
                         : 0);
}

static void mm_set_address_protect(struct xe_call *call)
{
    struct range r = {xe_arg_gva(call, 0), xe_arg_u32(call, 1)};
    uint32_t rights = xe_arg_u32(call, 2) & 0x67;

    /* Exactly one right; the image's own pages stay as they are. A thread's stack is its title's to
     * protect. */
    if (!rights || (rights & (rights - 1)) || (r.base >= 0x80000000 && r.base < 0xA0000000) ||
        (!is_stack(r.base) && is_kernels(call, r.base)))
        return;
    round_range(&r, XE_MEM_PAGE);
    if (!xe_mem_protect(call->mem, r.base, r.size, rights, NULL))
        xe_kernel_call_guest_error(call, "0x%x bytes at 0x%08x are not inside one allocation",
                                   r.size, r.base);
}

static void mm_query_allocation_size(struct xe_call *call)
{
    struct xe_mem_region region;
    bool there = xe_mem_query(call->mem, xe_arg_gva(call, 0), &region) && region.reserved;

    xe_ret_u32(call, there ? region.allocation_size : 0);
}

static void mm_is_address_valid(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);
    struct xe_mem_region region;
    bool barred = xe_mem_query(call->mem, at, &region) && region.protect == XE_PAGE_NOACCESS;

    xe_ret_u32(call, !barred && xe_mem_view(call->mem, at, 1) != NULL);
}

/* MM_STATISTICS, 104 bytes. */
static void mm_query_statistics(struct xe_call *call)
{
    uint64_t used_virtual, used_physical;
    uint32_t total = XE_MEM_PHYS_SIZE >> XE_MEM_PAGE_SHIFT, used;
    uint8_t *p = xe_arg_view_rw(call, 0, 104);

    if (!p || xe_load_be32(p) != 104) {
        xe_ret_status(call, XE_STATUS_BUFFER_TOO_SMALL);
        return;
    }
    xe_mem_usage(call->mem, &used_virtual, &used_physical);
    used = (uint32_t)((used_virtual + used_physical) >> XE_MEM_PAGE_SHIFT);
    memset(p + 4, 0, 100);
    xe_store_be32(p + 4, total);
    xe_store_be32(p + 12, total > used ? total - used : 0);
    xe_store_be32(p + 16, 0x2FFE0000);
    xe_store_be32(p + 20, (uint32_t)used_virtual);
    xe_store_be32(p + 24, (uint32_t)(used_physical >> XE_MEM_PAGE_SHIFT));
    xe_store_be32(p + 100, total - 1);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* Titles map the registers and contexts of the XMA decoder, which lie at their guest addresses
 * already. Source: xenia (xboxkrnl_memory.cc). */
static void mm_map_io_space(struct xe_call *call)
{
    xe_ret_u32(call, xe_arg_gva(call, 1));
}

static void nothing_mapped(struct xe_call *call)
{
    (void)call;
}

static void mm_create_kernel_stack(struct xe_call *call)
{
    uint32_t size = (xe_arg_u32(call, 0) + 0xFFFF) & ~0xFFFFu;
    xe_gva at =
        xe_mem_alloc(call->mem, XE_MEM_HEAP_STACK, 0, size, 0, XE_PAGE_READWRITE, true, false);

    xe_ret_u32(call, at ? at + size : 0);
}

static void mm_delete_kernel_stack(struct xe_call *call)
{
    xe_gva bottom = xe_arg_gva(call, 1);

    /* Nothing but stacks, and of those no thread's: that goes with it. */
    if (!is_stack(bottom) || is_kernels(call, bottom) || !xe_mem_free(call->mem, bottom, NULL))
        xe_kernel_call_guest_error(call, "0x%08x is no kernel stack", bottom);
    xe_ret_status(call, XE_STATUS_SUCCESS);
}

/* ---- pool ----------------------------------------------------------------------------------- */

static void ex_allocate_pool(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 0);

    xe_ret_u32(call, xe_kernel_pool_alloc_for(call->kernel, size ? size : 1, XE_POOL_TITLE));
}

static void ex_query_pool_block_size(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_pool_size(call->kernel, xe_arg_gva(call, 0)));
}

void xe__kernel_block_free(struct xe_call *call, xe_gva at)
{
    if (!at || xe_kernel_pool_free_for(call->kernel, at, XE_POOL_TITLE))
        return;
    xe_kernel_call_guest_error(call,
                               xe_kernel_pool_size(call->kernel, at)
                                   ? "0x%08x is the kernel's own, or a heap's: it stays"
                                   : "0x%08x was not allocated from pool",
                               at);
}

static void ex_free_pool(struct xe_call *call)
{
    xe__kernel_block_free(call, xe_arg_gva(call, 0));
}

const struct xe_hle xe_hle_memory[] = {
    XE_HLE(XBOXKRNL, NtAllocateVirtualMemory, nt_allocate_virtual_memory,
           "base:ptr size:ptr type:u32 protect:u32 debug:u32 -> status"),
    XE_HLE(XBOXKRNL, NtFreeVirtualMemory, nt_free_virtual_memory,
           "base:ptr size:ptr type:u32 debug:u32 -> status"),
    XE_HLE(XBOXKRNL, NtProtectVirtualMemory, nt_protect_virtual_memory,
           "base:ptr size:ptr protect:u32 old:ptr debug:u32 -> status"),
    XE_HLE(XBOXKRNL, NtQueryVirtualMemory, nt_query_virtual_memory,
           "address:ptr info:MEMORY_BASIC_INFORMATION* region_type:u32 -> status"),
    XE_HLE(XBOXKRNL, MmAllocatePhysicalMemoryEx, mm_allocate_physical_memory_ex,
           "type:u32 size:u32 protect:u32 min:u32 max:u32 align:u32 -> ptr"),
    XE_HLE(XBOXKRNL, MmAllocatePhysicalMemory, mm_allocate_physical_memory,
           "type:u32 size:u32 protect:u32 -> ptr"),
    XE_HLE(XBOXKRNL, MmFreePhysicalMemory, mm_free_physical_memory, "type:u32 address:ptr -> void"),
    XE_HLE(XBOXKRNL, MmGetPhysicalAddress, mm_get_physical_address, "address:ptr -> u32"),
    XE_HLE(XBOXKRNL, MmQueryAddressProtect, mm_query_address_protect, "address:ptr -> u32"),
    XE_HLE(XBOXKRNL, MmSetAddressProtect, mm_set_address_protect,
           "address:ptr size:u32 protect:u32 -> void"),
    XE_HLE(XBOXKRNL, MmQueryAllocationSize, mm_query_allocation_size, "address:ptr -> u32"),
    XE_HLE(XBOXKRNL, MmIsAddressValid, mm_is_address_valid, "address:ptr -> bool"),
    XE_HLE(XBOXKRNL, MmQueryStatistics, mm_query_statistics, "stats:MM_STATISTICS* -> status"),
    XE_HLE(XBOXKRNL, MmMapIoSpace, mm_map_io_space,
           "type:u32 address:ptr size:u32 protect:u32 -> ptr"),
    XE_HLE(XBOXKRNL, MmUnmapIoSpace, nothing_mapped, "address:ptr size:u32 -> void"),
    XE_HLE(XBOXKRNL, MmCreateKernelStack, mm_create_kernel_stack, "size:u32 type:u32 -> ptr"),
    XE_HLE(XBOXKRNL, MmDeleteKernelStack, mm_delete_kernel_stack, "top:ptr bottom:ptr -> status"),
    XE_HLE(XBOXKRNL, ExAllocatePool, ex_allocate_pool, "size:u32 -> ptr"),
    XE_HLE(XBOXKRNL, ExAllocatePoolWithTag, ex_allocate_pool, "size:u32 tag:u32 -> ptr"),
    XE_HLE(XBOXKRNL, ExAllocatePoolTypeWithTag, ex_allocate_pool,
           "size:u32 tag:u32 type:u32 -> ptr"),
    XE_HLE(XBOXKRNL, ExQueryPoolBlockSize, ex_query_pool_block_size, "at:ptr -> u32"),
    XE_HLE(XBOXKRNL, ExFreePool, ex_free_pool, "at:ptr -> void"),
    XE_HLE_END,
};
