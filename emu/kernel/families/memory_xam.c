/* Memory as xam gives it out: blocks of pool, or pages of physical memory by the kernel's rules.
 * Source: doc/facts/kernel-calls.md, section 12. */
#include "kernel/families/shared.h"
#include "kernel/hle/hle_internal.h"

#define HRESULT_NO_MEMORY 0x8007000Eu
#define HRESULT_BAD_ARG   0x80070057u
#define PHYSICAL          0x40000000u /* in the flags */

/* In what is said of physical memory. */
#define PROTECTION(wish) ((wish) >> 28 & 3)
#define ALIGNMENT(wish)  ((wish) >> 24 & 0xF)
#define A_PAGE           12u

static void give(struct xe_call *call, unsigned n, xe_gva at)
{
    if (!at) {
        xe_mem_set_u32(call->mem, xe_arg_gva(call, n), 0);
        xe_ret_u32(call, HRESULT_NO_MEMORY);
        return;
    }
    if (xe_mem_set_u32(call->mem, xe_arg_gva(call, n), at)) {
        xe_ret_u32(call, 0);
        return;
    }
    if (xe_mem_is_physical(at))
        xe_mem_free(call->mem, at, NULL);
    else
        xe_kernel_pool_free(call->kernel, at);
    xe_ret_u32(call, HRESULT_BAD_ARG);
}

/* Zeroed in any case: flags 0x00100000 says that it need not be. */
static void xam_alloc(struct xe_call *call)
{
    give(call, 2, xe_kernel_pool_alloc_for(call->kernel, xe_arg_u32(call, 1), XE_POOL_TITLE));
}

static void xam_alloc_ex(struct xe_call *call)
{
    static const uint32_t protections[] = {XE_PAGE_READONLY, 0x200 | XE_PAGE_READWRITE,
                                           XE_PAGE_READWRITE, 0x400 | XE_PAGE_READWRITE};
    uint32_t wish = xe_arg_u32(call, 0), flags = xe_arg_u32(call, 1), size = xe_arg_u32(call, 2);
    uint32_t shift = ALIGNMENT(wish) ? ALIGNMENT(wish) : A_PAGE;

    if (flags & PHYSICAL)
        give(call, 3,
             xe__kernel_physical(call, size, protections[PROTECTION(wish)], 0, UINT32_MAX,
                                 1u << shift));
    else
        give(call, 3, xe_kernel_pool_alloc_for(call->kernel, size, XE_POOL_TITLE));
}

static void xam_free(struct xe_call *call)
{
    xe_gva at = xe_arg_gva(call, 0);

    if (xe_mem_is_physical(at))
        xe__kernel_physical_free(call, at);
    else
        xe__kernel_block_free(call, at);
    xe_ret_u32(call, 0);
}

const struct xe_hle xe_hle_memory_xam[] = {
    XE_HLE(XAM, XamAlloc, xam_alloc, "flags:u32 size:u32 out:ptr -> u32"),
    XE_HLE(XAM, XamAllocEx, xam_alloc_ex, "physical:u32 flags:u32 size:u32 out:ptr -> u32"),
    XE_HLE(XAM, XamFree, xam_free, "at:ptr -> u32"),
    XE_HLE_END,
};
