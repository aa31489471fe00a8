/* Memory in the range of images: what the hypervisor encrypts for a title, and what the table of
 * that range's pages says.
 * Source: doc/facts/memory-map.md, and kernel-calls.md, section 2, for the entries. Guess: that
 * encrypted memory is read and written as other memory is: encryption is the bus's. */
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

#define ENCRYPTED_FIRST 0x8C000000u
#define ENCRYPTED_LAST  0x8DFFFFFFu /* the system keeps things behind it */
#define ENCRYPTED_PAGE  0x10000u
#define ENCRYPTED_MAX   0x1000000u
#define IMAGE_64K       0x80000000u
#define IMAGE_4K        0x90000000u
#define IMAGE_END       0xA0000000u
#define SMALL_PAGES     0x40000000u

/* The lowest place where it fits; 0: none. */
static xe_gva place(struct xe_call *call, uint32_t size)
{
    struct xe_mem_region region;

    for (uint32_t at = ENCRYPTED_FIRST; at - 1 + size <= ENCRYPTED_LAST; at += region.size) {
        if (!xe_mem_query(call->mem, at, &region) || !region.size)
            return 0;
        if (!region.reserved && region.size >= size)
            return xe_mem_alloc(call->mem, XE_MEM_HEAP_IMAGE_64K, at, size, 0, XE_PAGE_READWRITE,
                                true, false);
    }
    return 0;
}

/* (type, size, base*) */
static void nt_allocate_encrypted(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 1), rounded = (size + ENCRYPTED_PAGE - 1) & -ENCRYPTED_PAGE;
    xe_gva at;

    if (!size || size > ENCRYPTED_MAX) {
        xe_ret_status(call, XE_STATUS_INVALID_PARAMETER);
        return;
    }
    at = place(call, rounded);
    if (at && !xe__kernel_store_u32(call, 2, at)) {
        xe_mem_free(call->mem, at, NULL);
        xe_ret_status(call, XE_STATUS_ACCESS_VIOLATION);
        return;
    }
    xe_ret_status(call, at ? XE_STATUS_SUCCESS : XE_STATUS_NO_MEMORY);
}

/* Guess: its arguments are a type and a base, as the other's. */
static void nt_free_encrypted(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 1);
    bool there = at >= ENCRYPTED_FIRST && at <= ENCRYPTED_LAST && xe_mem_free(call->mem, at, NULL);

    xe_ret_status(call, there ? XE_STATUS_SUCCESS : XE_STATUS_INVALID_PARAMETER);
}

/* The number of the page in its half of the range, and which half that is. */
static void ke_image_page_entry(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);

    if (at >= IMAGE_64K && at < IMAGE_4K)
        xe_ret_u32(call, (at - IMAGE_64K) >> 16);
    else
        xe_ret_u32(call,
                   at >= IMAGE_4K && at < IMAGE_END ? SMALL_PAGES | (at - IMAGE_4K) >> 12 : 0);
}

const struct xe_hle xe_hle_memory_image[] = {
    XE_HLE(XBOXKRNL, NtAllocateEncryptedMemory, nt_allocate_encrypted,
           "type:u32 size:u32 base:ptr -> status"),
    XE_HLE(XBOXKRNL, NtFreeEncryptedMemory, nt_free_encrypted, "type:u32 base:ptr -> status"),
    XE_HLE(XBOXKRNL, KeGetImagePageTableEntry, ke_image_page_entry, "address:ptr -> u32"),
    XE_HLE_END,
};
