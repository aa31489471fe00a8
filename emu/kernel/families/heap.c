/* Heaps as xam exports them: blocks of the kernel's pool, each in the list of its heap.
 *
 * All of it lies in guest memory: a heap is a block with a signature, and what leads from one block
 * to the next stands before each. A title can spoil that, so nothing is believed that is not a
 * block of the pool: lists end where one is none.
 *
 * Source: the documented Windows routines of the same names. Of a heap's own layout only the flags
 * and the type of its process are where titles' static code reads them (doc/facts/exceptions.md,
 * section 9).
 * Guess: that no more is read of xam's heap; a plug-in that does would settle that. */
#include <string.h>

#include "kernel/core/kernel_internal.h"
#include "kernel/except/except.h"
#include "kernel/families/shared.h"

enum { SIGNATURE_AT = 0x08, FLAGS = 0x14, PROCESS_TYPE = 0x17B, LIST = 0x300, HEAP_SIZE = 0x400 };
/* Before each block. */
enum { ENTRY_HEAP = 0, ENTRY_BYTES = 4, ENTRY_NEXT = 8, ENTRY_BACK = 12, ENTRY_SIZE = 16 };

#define SIGNATURE          0xEEFFEEFFu
#define GENERATE_EXCEPTION 0x04u
#define IN_PLACE_ONLY      0x10u
#define SIZE_FAILED        UINT32_MAX
#define FREE_NS            100u

static xe_gva word(const struct xe_call *call, xe_gva at)
{
    return xe_mem_u32(call->mem, at);
}

static bool is_heap(const struct xe_call *call, xe_gva heap)
{
    return xe_kernel_pool_is(call->kernel, heap, XE_POOL_HEAP) &&
           xe_kernel_pool_size(call->kernel, heap) >= HEAP_SIZE &&
           word(call, heap + SIGNATURE_AT) == SIGNATURE;
}

/* The heap at argument n; 0, and the caller is told of, if there is none. */
static xe_gva heap_arg(struct xe_call *call, unsigned n)
{
    if (is_heap(call, xe_arg_gva(call, n)))
        return xe_arg_gva(call, n);
    xe_kernel_call_guest_error(call, "0x%08x is no heap", xe_arg_gva(call, n));
    return 0;
}

static bool is_block(const struct xe_call *call, xe_gva heap, xe_gva block)
{
    return block && xe_kernel_pool_is(call->kernel, block - ENTRY_SIZE, XE_POOL_HEAP) &&
           word(call, block - ENTRY_SIZE + ENTRY_HEAP) == heap;
}

static xe_gva heap_create(struct xe_call *call, uint32_t flags)
{
    xe_gva heap = xe_kernel_pool_alloc_for(call->kernel, HEAP_SIZE, XE_POOL_HEAP);

    if (!heap)
        return 0;
    xe_mem_set_u32(call->mem, heap + SIGNATURE_AT, SIGNATURE);
    xe_mem_set_u32(call->mem, heap + FLAGS, flags);
    xe_mem_set_u8(call->mem, heap + PROCESS_TYPE, (uint8_t)call->thread->process);
    return heap;
}

/* ---- blocks --------------------------------------------------------------------------------- */

static xe_gva block_create(struct xe_call *call, xe_gva heap, uint32_t size)
{
    xe_gva entry = size <= UINT32_MAX - ENTRY_SIZE
                       ? xe_kernel_pool_alloc_for(call->kernel, ENTRY_SIZE + size, XE_POOL_HEAP)
                       : 0;
    xe_gva first = word(call, heap + LIST);

    if (!entry)
        return 0;
    xe_mem_set_u32(call->mem, entry + ENTRY_HEAP, heap);
    xe_mem_set_u32(call->mem, entry + ENTRY_BYTES, size);
    xe_mem_set_u32(call->mem, entry + ENTRY_NEXT, first);
    if (first)
        xe_mem_set_u32(call->mem, first + ENTRY_BACK, entry);
    xe_mem_set_u32(call->mem, heap + LIST, entry);
    return entry + ENTRY_SIZE;
}

static void block_destroy(struct xe_call *call, xe_gva heap, xe_gva block)
{
    xe_gva entry = block - ENTRY_SIZE;
    xe_gva next = word(call, entry + ENTRY_NEXT), back = word(call, entry + ENTRY_BACK);

    if (next)
        xe_mem_set_u32(call->mem, next + ENTRY_BACK, back);
    xe_mem_set_u32(call->mem, back ? back + ENTRY_NEXT : heap + LIST, next);
    xe_kernel_pool_free(call->kernel, entry);
}

/* Out of memory: by the heap's or the call's wish that is an exception. Whoever goes on from it has
 * no block. */
static void allocated(struct xe_call *call, xe_gva heap, uint32_t flags, xe_gva block,
                      uint32_t size)
{
    const struct xe_except_record record = {
        .code = XE_STATUS_NO_MEMORY, .address = call->lr, .parameters = 1, .parameter = {size}};

    xe_ret_u32(call, block);
    if (!block && ((flags | word(call, heap + FLAGS)) & GENERATE_EXCEPTION))
        xe__kernel_raise(call, &record, call->row->name);
}

/* ---- calls ---------------------------------------------------------------------------------- */

static void rtl_create_heap(struct xe_call *call)
{
    xe_ret_u32(call, heap_create(call, xe_arg_u32(call, 0)));
}

static void rtl_destroy_heap(struct xe_call *call)
{
    xe_gva heap = heap_arg(call, 0), entry = heap ? word(call, heap + LIST) : 0;

    while (is_block(call, heap, entry + ENTRY_SIZE)) {
        xe_gva next = word(call, entry + ENTRY_NEXT);

        xe_kernel_pool_free(call->kernel, entry);
        xe_kernel_work(call->kernel, FREE_NS);
        entry = next;
    }
    if (heap)
        xe_kernel_pool_free(call->kernel, heap);
    xe_ret_u32(call, heap ? 0 : xe_arg_u32(call, 0));
}

static void rtl_allocate_heap(struct xe_call *call)
{
    xe_gva heap = heap_arg(call, 0);
    uint32_t size = xe_arg_u32(call, 2);

    if (heap)
        allocated(call, heap, xe_arg_u32(call, 1), block_create(call, heap, size), size);
    else
        xe_ret_u32(call, 0);
}

static void rtl_free_heap(struct xe_call *call)
{
    xe_gva heap = heap_arg(call, 0), block = xe_arg_gva(call, 2);
    bool there = heap && is_block(call, heap, block);

    if (there)
        block_destroy(call, heap, block);
    else if (heap && block)
        xe_kernel_call_guest_error(call, "0x%08x is no block of heap 0x%08x", block, heap);
    xe_ret_u32(call, there || (heap && !block));
}

static void rtl_size_heap(struct xe_call *call)
{
    xe_gva heap = heap_arg(call, 0), block = xe_arg_gva(call, 2);
    bool there = heap && is_block(call, heap, block);

    xe_ret_u32(call, there ? word(call, block - ENTRY_SIZE + ENTRY_BYTES) : SIZE_FAILED);
}

/* How far a block may be believed to reach. */
static uint32_t bytes_of(const struct xe_call *call, xe_gva block)
{
    uint32_t room = xe_kernel_pool_size(call->kernel, block - ENTRY_SIZE) - ENTRY_SIZE;
    uint32_t size = word(call, block - ENTRY_SIZE + ENTRY_BYTES);

    return size < room ? size : room;
}

static xe_gva reallocate(struct xe_call *call, xe_gva heap, xe_gva block, uint32_t size,
                         bool in_place)
{
    uint32_t room = xe_kernel_pool_size(call->kernel, block - ENTRY_SIZE) - ENTRY_SIZE;
    uint32_t kept = bytes_of(call, block);
    xe_gva moved;

    if (size <= room) {
        if (size > kept)
            memset(xe_mem_view_rw(call->mem, block + kept, size - kept), 0, size - kept);
        xe_mem_set_u32(call->mem, block - ENTRY_SIZE + ENTRY_BYTES, size);
        return block;
    }
    moved = in_place ? 0 : block_create(call, heap, size);
    if (!moved)
        return 0;
    memcpy(xe_mem_view_rw(call->mem, moved, kept), xe_mem_view(call->mem, block, kept), kept);
    block_destroy(call, heap, block);
    return moved;
}

static void rtl_re_allocate_heap(struct xe_call *call)
{
    xe_gva heap = heap_arg(call, 0), block = xe_arg_gva(call, 2);
    uint32_t flags = xe_arg_u32(call, 1), size = xe_arg_u32(call, 3);

    if (!heap || !is_block(call, heap, block)) {
        xe_ret_u32(call, 0);
        return;
    }
    xe_kernel_work(call->kernel, size / 2);
    allocated(call, heap, flags, reallocate(call, heap, block, size, flags & IN_PLACE_ONLY), size);
}

static void rtl_validate_heap(struct xe_call *call)
{
    xe_gva heap = xe_arg_gva(call, 0), block = xe_arg_gva(call, 2);

    xe_ret_u32(call, is_heap(call, heap) && (!block || is_block(call, heap, block)));
}

static void on_heap(struct xe_call *call)
{
    xe_ret_u32(call, heap_arg(call, 0) != 0);
}

/* ---- the process's own ---------------------------------------------------------------------- */

/* Made when somebody asks for it first; its process knows it. */
static xe_gva process_heap(struct xe_call *call)
{
    xe_gva at = call->kernel->process[call->thread->process] + XE_X_PROCESS_HEAP;
    xe_gva heap = word(call, at);

    if (!heap) {
        heap = heap_create(call, 0);
        xe_mem_set_u32(call->mem, at, heap);
    }
    return heap;
}

static void get_process_heap(struct xe_call *call)
{
    xe_ret_u32(call, process_heap(call));
}

static void local_alloc(struct xe_call *call)
{
    xe_gva heap = process_heap(call);

    xe_ret_u32(call, is_heap(call, heap) ? block_create(call, heap, xe_arg_u32(call, 1)) : 0);
}

/* What could not be freed is given back. */
static void local_free(struct xe_call *call)
{
    xe_gva heap = process_heap(call), block = xe_arg_gva(call, 0);
    bool there = is_heap(call, heap) && is_block(call, heap, block);

    if (there)
        block_destroy(call, heap, block);
    xe_ret_u32(call, there ? 0 : block);
}

const struct xe_hle xe_hle_heaps[] = {
    XE_HLE(XAM, GetProcessHeap, get_process_heap, "-> ptr"),
    XE_HLE(XAM, LocalAlloc, local_alloc, "flags:u32 size:u32 -> ptr"),
    XE_HLE(XAM, LocalFree, local_free, "block:ptr -> ptr"),
    XE_HLE(XAM, RtlCreateHeap, rtl_create_heap,
           "flags:u32 base:ptr reserve:u32 commit:u32 lock:ptr parameters:ptr -> ptr"),
    XE_HLE(XAM, RtlDestroyHeap, rtl_destroy_heap, "heap:ptr -> ptr"),
    XE_HLE(XAM, RtlAllocateHeap, rtl_allocate_heap, "heap:ptr flags:u32 size:u32 -> ptr"),
    XE_HLE(XAM, RtlAllocateHeapSlowly, rtl_allocate_heap, "heap:ptr flags:u32 size:u32 -> ptr"),
    XE_HLE(XAM, RtlReAllocateHeap, rtl_re_allocate_heap,
           "heap:ptr flags:u32 block:ptr size:u32 -> ptr"),
    XE_HLE(XAM, RtlFreeHeap, rtl_free_heap, "heap:ptr flags:u32 block:ptr -> bool"),
    XE_HLE(XAM, RtlFreeHeapSlowly, rtl_free_heap, "heap:ptr flags:u32 block:ptr -> bool"),
    XE_HLE(XAM, RtlSizeHeap, rtl_size_heap, "heap:ptr flags:u32 block:ptr -> u32"),
    XE_HLE(XAM, RtlValidateHeap, rtl_validate_heap, "heap:ptr flags:u32 block:ptr -> bool"),
    XE_HLE(XAM, RtlZeroHeap, on_heap, "heap:ptr flags:u32 -> bool"),
    XE_HLE(XAM, RtlLockHeap, on_heap, "heap:ptr -> bool"),
    XE_HLE(XAM, RtlUnlockHeap, on_heap, "heap:ptr -> bool"),
    XE_HLE_END,
};
