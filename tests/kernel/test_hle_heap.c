/* Heaps of xam: blocks, sizes, and titles that spoil them. */
#include <criterion/criterion.h>

#include "hle_bench.h"

static struct hle_bench h;
static uint32_t heap;

static void setup(void)
{
    hle_bench_init(&h);
    heap = CALL32(&h, XAM, RtlCreateHeap, 0, 0, 0, 0, 0, 0);
    cr_assert(heap);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_heap, .init = setup, .fini = teardown);

static uint32_t allocate(uint32_t size)
{
    return CALL32(&h, XAM, RtlAllocateHeap, heap, 8, size);
}

static uint32_t free_block(uint32_t block)
{
    return CALL32(&h, XAM, RtlFreeHeap, heap, 0, block);
}

static uint32_t size_of(uint32_t block)
{
    return CALL32(&h, XAM, RtlSizeHeap, heap, 0, block);
}

Test(hle_heap, blocks_have_their_size_and_are_zeros)
{
    static const uint32_t sizes[] = {0, 1, 16, 100, 4096, 100000};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        uint32_t block = allocate(sizes[i]);

        cr_assert(block && block % 16 == 0);
        cr_expect_eq(size_of(block), sizes[i]);
        for (uint32_t k = 0; k < sizes[i]; k += 97)
            cr_assert_eq(xe_mem_u8(h.bench.mem, block + k), 0);
        cr_expect(!sizes[i] || xe_mem_set_u8(h.bench.mem, block + sizes[i] - 1, 0xDD));
        cr_expect_eq(free_block(block), 1);
        cr_expect_eq(size_of(block), UINT32_MAX);
    }
}

Test(hle_heap, blocks_are_freed_once_and_by_their_heap)
{
    uint32_t other = CALL32(&h, XAM, RtlCreateHeap, 0, 0, 0, 0, 0, 0), block = allocate(8);
    char text[512];

    cr_expect_eq(CALL(&h, XAM, RtlFreeHeap, other, 0, block), 0);
    cr_expect_eq(CALL(&h, XAM, RtlValidateHeap, other, 0, block), 0);
    cr_expect_eq(CALL(&h, XAM, RtlValidateHeap, heap, 0, block), 1);
    cr_expect_eq(free_block(block), 1);
    cr_expect_eq(free_block(block), 0);
    cr_expect_eq(free_block(0), 1, "nothing");
    cr_expect_eq(CALL(&h, XAM, RtlAllocateHeap, SCRATCH, 0, 8), 0);
    cr_expect_eq(CALL(&h, XAM, RtlFreeHeap, UNREADABLE, 0, block), 0);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 4);
}

Test(hle_heap, blocks_grow_and_keep_what_they_hold)
{
    uint32_t block = allocate(10), moved;

    xe_mem_set_u64(h.bench.mem, block, 0x1122334455667788u);
    cr_expect_eq(CALL32(&h, XAM, RtlReAllocateHeap, heap, 0, block, 4), block);
    cr_expect_eq(size_of(block), 4);
    cr_expect_eq(CALL32(&h, XAM, RtlReAllocateHeap, heap, 0, block, 8), block);
    cr_expect_eq(xe_mem_u64(h.bench.mem, block), 0x1122334400000000u);
    cr_expect_eq(CALL32(&h, XAM, RtlReAllocateHeap, heap, 0x10, block, 100000), 0, "not here");
    moved = CALL32(&h, XAM, RtlReAllocateHeap, heap, 0, block, 100000);
    cr_assert_neq(moved, block);
    cr_expect_eq(xe_mem_u32(h.bench.mem, moved), 0x11223344);
    cr_expect_eq(size_of(moved), 100000);
    cr_expect_eq(size_of(block), UINT32_MAX);
    cr_expect_eq(CALL32(&h, XAM, RtlReAllocateHeap, heap, 0, block, 4), 0);
    cr_expect_eq(CALL32(&h, XAM, RtlReAllocateHeap, heap, 0, moved, UINT32_MAX), 0);
    cr_expect_eq(size_of(moved), 100000);
}

Test(hle_heap, a_heap_takes_its_blocks_with_it)
{
    uint32_t block[5];

    for (uint32_t i = 0; i < 5; i++)
        block[i] = allocate(32);
    free_block(block[2]);
    free_block(block[4]);
    free_block(block[0]);
    cr_expect_eq(CALL(&h, XAM, RtlDestroyHeap, heap), 0);
    for (uint32_t i = 0; i < 5; i++)
        cr_expect_eq(xe_kernel_pool_size(h.bench.kernel, block[i] - 16), 0, "block %u", i);
    cr_expect_eq(CALL(&h, XAM, RtlDestroyHeap, heap), heap, "it is none any more");
}

/* A list that leads in a circle, and out of all memory. */
Test(hle_heap, spoilt_lists_end)
{
    uint32_t a = allocate(32), b = allocate(32);

    xe_mem_set_u32(h.bench.mem, a - 16 + 8, b - 16);
    cr_expect_eq(CALL(&h, XAM, RtlDestroyHeap, heap), 0);
    heap = CALL32(&h, XAM, RtlCreateHeap, 0, 0, 0, 0, 0, 0);
    a = allocate(32);
    xe_mem_set_u32(h.bench.mem, a - 16 + 8, UNREADABLE);
    xe_mem_set_u32(h.bench.mem, a - 16 + 12, UNREADABLE);
    xe_mem_set_u32(h.bench.mem, a - 16 + 4, UINT32_MAX);
    cr_expect_eq(CALL32(&h, XAM, RtlReAllocateHeap, heap, 0, a, 1000) % 16, 0);
    cr_expect_eq(CALL(&h, XAM, RtlDestroyHeap, heap), 0);
}

Test(hle_heap, exceptions_where_they_are_wished)
{
    cr_expect_eq(CALL(&h, XAM, RtlAllocateHeap, heap, 0, 0xFFFFFFF8), 0);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_NONE);
    cr_expect_eq(CALL(&h, XAM, RtlAllocateHeap, heap, 4, 0xFFFFFFF8), 0);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_CRASH);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->code, 0xC0000017);
}

Test(hle_heap, the_process_has_one)
{
    uint32_t own = CALL32(&h, XAM, GetProcessHeap, 0), block;

    cr_assert(own);
    cr_expect_eq(CALL(&h, XAM, GetProcessHeap, 0), own);
    cr_expect_eq(CALL(&h, XAM, RtlValidateHeap, own, 0, 0), 1);
    cr_expect_eq(xe_mem_u8(h.bench.mem, own + 0x17B), 1, "the title's");
    block = CALL32(&h, XAM, LocalAlloc, 0x40, 24);
    cr_expect_eq(CALL(&h, XAM, RtlSizeHeap, own, 0, block), 24);
    cr_expect_eq(CALL(&h, XAM, LocalFree, block), 0);
    cr_expect_eq(CALL(&h, XAM, LocalFree, block), block);
}
