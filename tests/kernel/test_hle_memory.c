/* Memory calls: allocation, protection and queries, virtual and physical. */
#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/families/devices.h"

#define BASE (SCRATCH + 0x10)
#define SIZE (SCRATCH + 0x14)
#define OLD  (SCRATCH + 0x18)
#define INFO (SCRATCH + 0x40)

#define COMMIT   0x1000u
#define RESERVE  0x2000u
#define DECOMMIT 0x4000u
#define RELEASE  0x8000u
#define RESET    0x80000u
#define LARGE    0x20000000u
#define HUGE     0x80000000u
#define RW       4u

#define INVALID       0xC000000Du
#define NO_MEMORY     0xC0000017u
#define CONFLICTING   0xC0000018u
#define NOT_COMMITTED 0xC000002Du
#define BAD_PROTECT   0xC0000045u
#define NOT_AT_BASE   0xC000009Fu
#define NOT_ALLOCATED 0xC00000A0u
#define NOT_INSIDE    0xC000001Au
#define BAD_FREE_TYPE 0xC00000F2u

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_memory, .init = setup, .fini = teardown);

static uint32_t base(void)
{
    return xe_mem_u32(h.bench.mem, BASE);
}

static uint32_t size(void)
{
    return xe_mem_u32(h.bench.mem, SIZE);
}

static void range(uint32_t at, uint32_t bytes)
{
    xe_mem_set_u32(h.bench.mem, BASE, at);
    xe_mem_set_u32(h.bench.mem, SIZE, bytes);
}

static uint32_t allocate(uint32_t at, uint32_t bytes, uint32_t type)
{
    range(at, bytes);
    return CALL32(&h, XBOXKRNL, NtAllocateVirtualMemory, BASE, SIZE, type, RW, 0);
}

static uint32_t release(uint32_t at, uint32_t bytes, uint32_t type)
{
    range(at, bytes);
    return CALL32(&h, XBOXKRNL, NtFreeVirtualMemory, BASE, SIZE, type, 0);
}

static uint32_t protect(uint32_t at, uint32_t bytes, uint32_t rights)
{
    range(at, bytes);
    return CALL32(&h, XBOXKRNL, NtProtectVirtualMemory, BASE, SIZE, rights, OLD, 0);
}

/* ---- virtual -------------------------------------------------------------------------------- */

Test(hle_memory, allocations_round_and_write_back)
{
    static const struct {
        uint32_t at, bytes, type, want_at, want_bytes; /* want_at 1: whatever */
    } rows[] = {
        {0, 1, COMMIT, 1, 0x10000},
        {0, 0x10001, COMMIT | RESERVE, 1, 0x20000},
        {0, (uint32_t)-0x1000, COMMIT, 1, 0x10000}, /* negative: as its absolute value */
        {0, 1, COMMIT | LARGE, 1, 0x10000},
        {0x20000123, 0x1000, COMMIT | RESERVE, 0x20000000, 0x2000},
        {0x20015678, 0x100, RESERVE, 0x20010000, 0x6000}, /* begins at a multiple of 64 KiB */
        {0x50008000, 1, COMMIT | RESERVE, 0x50000000, 0x10000},
        {0x60000000, 0x20000, RESERVE, 0x60000000, 0x20000},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(allocate(rows[i].at, rows[i].bytes, rows[i].type), 0, "row %zu", i);
        if (rows[i].want_at == 1)
            cr_expect(base() && !(base() & 0xFFFF), "row %zu: 0x%x", i, base());
        else
            cr_expect_eq(base(), rows[i].want_at, "row %zu: 0x%x", i, base());
        cr_expect_eq(size(), rows[i].want_bytes, "row %zu: 0x%x", i, size());
        cr_expect_eq(xe_mem_set_u32(h.bench.mem, base(), 1), (rows[i].type & COMMIT) != 0,
                     "row %zu", i);
    }
}

Test(hle_memory, bad_allocations_change_nothing)
{
    static const struct {
        uint32_t at, bytes, type, status;
    } rows[] = {
        {0, 0, COMMIT, INVALID},
        {0, 0x1000, 0, INVALID},
        {0, 0x1000, RELEASE, INVALID},
        {0, 0x1000, COMMIT | 1, INVALID},
        {0, 0x1000, COMMIT | DECOMMIT, INVALID},
        {0, 0x1000, RESET | COMMIT, INVALID},
        {0xA0000000, 0x1000, COMMIT, INVALID},
        {0x82000000, 0x1000, COMMIT, INVALID},
        {0xFFFF0000, 0x1000, COMMIT, INVALID},
        {0x1000, 0x1000, COMMIT, INVALID},
        {0x70000000, 0x1000, COMMIT, INVALID},
        {0, 0x30000000, COMMIT, NO_MEMORY},
        {0, 0x80000000, RESERVE, NO_MEMORY},
        {0x6FFF0000, 0x20000, RESERVE, NO_MEMORY}, /* over a range's end */
        {SCRATCH, 0x1000, RESERVE, CONFLICTING},
        {SCRATCH, 0x1000, RESERVE | COMMIT, CONFLICTING},
        {SCRATCH + SCRATCH_SIZE - 0x1000, 0x2000, COMMIT, CONFLICTING}, /* leaves its allocation */
        {0x20000000, 0x1000, COMMIT, CONFLICTING},                      /* nobody reserved it */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(allocate(rows[i].at, rows[i].bytes, rows[i].type), rows[i].status, "row %zu",
                     i);
        cr_expect(base() == rows[i].at && size() == rows[i].bytes, "row %zu", i);
    }
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtAllocateVirtualMemory, 0, SIZE, COMMIT, RW, 0), INVALID);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtAllocateVirtualMemory, BASE, UNREADABLE, COMMIT, RW, 0),
                 INVALID);
}

Test(hle_memory, of_the_rights_there_is_one)
{
    static const uint32_t bad[] = {0, 6, 3, 0x100, 0x400, 0x600};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        range(0, 0x1000);
        cr_expect_eq(CALL32(&h, XBOXKRNL, NtAllocateVirtualMemory, BASE, SIZE, COMMIT, bad[i], 0),
                     BAD_PROTECT, "0x%x", bad[i]);
        cr_expect_eq(base(), 0);
    }
    range(0, 0x1000);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtAllocateVirtualMemory, BASE, SIZE, COMMIT, RW | 0x400, 0),
                 0, "with a modifier");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_eq(protect(base(), 0x1000, bad[i]), BAD_PROTECT, "0x%x", bad[i]);
}

Test(hle_memory, commit_inside_a_reservation)
{
    cr_expect_eq(allocate(0x20000000, 0x10000, RESERVE), 0);
    cr_expect_eq(allocate(0x1FFF0000, 0x20000, RESERVE), CONFLICTING, "in part");
    cr_expect_eq(allocate(0x20004000, 0x1000, COMMIT), 0);
    cr_expect(xe_mem_set_u32(h.bench.mem, 0x20004000, 5));
    cr_expect_not(xe_mem_set_u32(h.bench.mem, 0x20005000, 5));
    cr_expect_eq(allocate(0x20004000, 0x2000, COMMIT), 0, "again, and more");
    cr_expect_eq(xe_mem_u32(h.bench.mem, 0x20004000), 5, "contents stay");
    cr_expect_eq(allocate(0x20004000, 0x2000, RESET), 0);
}

static bool is_there(uint32_t at)
{
    return CALL32(&h, XBOXKRNL, MmIsAddressValid, at) != 0;
}

Test(hle_memory, decommitting)
{
    cr_expect_eq(allocate(0x20000000, 0x10000, COMMIT | RESERVE), 0);
    cr_expect_eq(release(0x20002000, 0x1001, DECOMMIT), 0);
    cr_expect_eq(size(), 0x2000);
    cr_expect(!is_there(0x20002000) && is_there(0x20004000));
    cr_expect_eq(release(0x20001000, 0, DECOMMIT), NOT_AT_BASE);
    cr_expect_eq(release(0x20001000, 0x10000, DECOMMIT), NOT_INSIDE);
    cr_expect(is_there(0x20004000));
    cr_expect_eq(release(0x20000000, 0, DECOMMIT), 0, "all of it");
    cr_expect_eq(size(), 0x10000);
    cr_expect(!is_there(0x20004000));
    cr_expect_eq(release(0x20000000, 0, RELEASE), 0);
    cr_expect(base() == 0x20000000 && size() == 0x10000);
    cr_expect_eq(release(0x20000000, 0, RELEASE), NOT_ALLOCATED);
    cr_expect_eq(release(0x20000000, 0x1000, DECOMMIT), NOT_ALLOCATED);
    cr_expect_eq(release(0, 0, RELEASE), NOT_ALLOCATED);
    cr_expect_eq(release(0x80050000, 0, RELEASE), INVALID, "the kernel's own");
}

/* Whatever is wrong with a call, all stays. */
Test(hle_memory, what_is_not_freed_stays)
{
    static const struct {
        uint32_t at, bytes, type, status;
    } rows[] = {
        {0x20000000, 0, 0, BAD_FREE_TYPE},
        {0x20000000, 0, RELEASE | DECOMMIT, BAD_FREE_TYPE},
        {0x20000000, 0, COMMIT, BAD_FREE_TYPE},
        {0x20000000, 0, RELEASE | 1, BAD_FREE_TYPE},
        {0x20003000, 0, RELEASE, NOT_AT_BASE},
        {0x20003000, 0x10000, RELEASE, NOT_INSIDE},
        {0x20000000, 0x7FFFFFFF, RELEASE, NOT_INSIDE},
    };

    cr_expect_eq(allocate(0x20000000, 0x10000, COMMIT | RESERVE), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(release(rows[i].at, rows[i].bytes, rows[i].type), rows[i].status, "row %zu",
                     i);
        cr_expect(base() == rows[i].at && size() == rows[i].bytes, "row %zu", i);
        for (uint32_t page = 0; page < 0x10000; page += 0x1000)
            cr_expect(is_there(0x20000000 + page), "row %zu, page 0x%x", i, page);
    }
}

Test(hle_memory, a_part_that_is_released_leaves_the_rest)
{
    cr_expect_eq(allocate(0x20000000, 0x10000, COMMIT | RESERVE), 0);
    xe_mem_set_u32(h.bench.mem, 0x20005000, 5);
    cr_expect_eq(release(0x20002FFF, 0x1002, RELEASE), 0);
    cr_expect(base() == 0x20002000 && size() == 0x3000);
    cr_expect(is_there(0x20001FFF) && !is_there(0x20002000) && !is_there(0x20004FFF));
    cr_expect_eq(xe_mem_u32(h.bench.mem, 0x20005000), 5);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAllocationSize, 0x20000000), 0x2000);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAllocationSize, 0x20005000), 0xB000);
    cr_expect_eq(release(0x20005000, 0, RELEASE), 0, "it has a base of its own");
    cr_expect(!is_there(0x20005000) && is_there(0x20000000));
    cr_expect_eq(release(0x20000000, 0x2000, RELEASE), 0);
    cr_expect_eq(release(0x20000000, 0, RELEASE), NOT_ALLOCATED);
}

Test(hle_memory, protecting)
{
    cr_expect_eq(allocate(0x20000000, 0x10000, COMMIT | RESERVE), 0);
    cr_expect_eq(protect(0x20000FFF, 2, 2), 0);
    cr_expect(base() == 0x20000000 && size() == 0x2000);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OLD), RW);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, 0x20001000), 2);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, 0x20002000), 4);
    cr_expect_eq(protect(0x20000000, 0x1000, 0x40), BAD_PROTECT);
    cr_expect_eq(protect(0x2000F000, 0x1000, 1), 0);
    cr_expect_not(is_there(0x2000F000), "no access is none");
    cr_expect_eq(protect(0x20000000, 0x11000, 4), NOT_COMMITTED);
    cr_expect_eq(protect(0xE0000000, 0x1000, 4), INVALID);
    cr_expect_eq(protect(0x20000000, 0, 4), INVALID);
    CALL(&h, XBOXKRNL, MmSetAddressProtect, 0x20000000, 0x1000, 4);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, 0x20000000), 4);
    CALL(&h, XBOXKRNL, MmSetAddressProtect, 0x20000000, 0x1000, 6);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, 0x20000000), 4, "two rights at once");
    CALL(&h, XBOXKRNL, MmSetAddressProtect, 0x20000FFF, UINT32_MAX, 2);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, 0x20000000), 4, "no wrapping around");
    CALL(&h, XBOXKRNL, MmSetAddressProtect, XE_KERNEL_EXPORTS, 0x1000, 4);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, XE_KERNEL_EXPORTS), 0x20);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, 0x20010000), 0);
}

static void expect_info(const uint32_t want[7], const char *what)
{
    for (uint32_t i = 0; i < 7; i++)
        cr_expect_eq(xe_mem_u32(h.bench.mem, INFO + 4 * i), want[i], "%s: word %u is 0x%x", what, i,
                     xe_mem_u32(h.bench.mem, INFO + 4 * i));
}

Test(hle_memory, querying)
{
    cr_expect_eq(allocate(0x20000000, 0x10000, RESERVE), 0);
    cr_expect_eq(allocate(0x20004000, 0x2000, COMMIT), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryVirtualMemory, 0x20004567, INFO, 0), 0);
    expect_info((uint32_t[]){0x20004000, 0x20000000, 4, 0x2000, 0x1000, 4, 0x20000}, "committed");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryVirtualMemory, 0x20006000, INFO, 2), 0);
    expect_info((uint32_t[]){0x20006000, 0x20000000, 4, 0xA000, 0x2000, 0, 0x20000}, "reserved");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryVirtualMemory, 0x6FFFF000, INFO, 0), 0);
    expect_info((uint32_t[]){0x6FFFF000, 0, 0, 0x1000, 0x10000, 1, 0}, "free");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryVirtualMemory, 0x20006000, INFO, 3), INVALID);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryVirtualMemory, 0, INFO, 0), INVALID);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtQueryVirtualMemory, 0x20000000, UNREADABLE, 0), INVALID);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAllocationSize, 0x20004567), 0x10000);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAllocationSize, 0x20010000), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmIsAddressValid, 0x20004567), 1);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmIsAddressValid, 0x20006000), 0);
}

/* ---- physical ------------------------------------------------------------------------------- */

static uint32_t physical(uint32_t bytes, uint32_t rights, uint32_t min, uint32_t max,
                         uint32_t align)
{
    return CALL32(&h, XBOXKRNL, MmAllocatePhysicalMemoryEx, 0, bytes, rights, min, max, align);
}

Test(hle_memory, physical_pages_have_their_alias)
{
    uint32_t small = physical(0x1001, RW, 0, UINT32_MAX, 0);
    uint32_t large = physical(0x1001, RW | LARGE, 0, UINT32_MAX, 0);
    uint32_t huge = physical(0x1001, RW | HUGE, 0, UINT32_MAX, 0);

    cr_expect_eq(small >> 29, 7, "0x%08x", small);
    cr_expect_eq(large >> 29, 5, "0x%08x", large);
    cr_expect_eq(huge >> 29, 6, "0x%08x", huge);
    cr_expect(!(small & 0xFFF) && !(large & 0xFFFF) && !(huge & 0xFFFFFF));
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAllocationSize, small), 0x2000);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAllocationSize, large), 0x10000);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmGetPhysicalAddress, small), small - 0xE0000000 + 0x1000);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmGetPhysicalAddress, large), large - 0xA0000000);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmGetPhysicalAddress, SCRATCH), 0);
    xe_mem_set_u32(h.bench.mem, small, 0x12345678);
    cr_expect_eq(xe_mem_u32(h.bench.mem, small - 0xE0000000 + 0x1000 + 0xA0000000), 0x12345678,
                 "the same memory");
}

Test(hle_memory, physical_bounds)
{
    uint32_t at = physical(0x1000, RW, 0x400000, 0x4FFFFF, 0x10000);
    uint32_t phys = CALL32(&h, XBOXKRNL, MmGetPhysicalAddress, at);
    char text[512];

    cr_expect(phys >= 0x400000 && phys < 0x500000 && !(phys & 0xFFFF), "0x%08x", phys);
    cr_expect_eq(physical(0x200000, RW, 0x400000, 0x4FFFFF, 0), 0, "larger than its bounds");
    cr_expect_eq(physical(0x1000, RW, 0x500000, 0x400000, 0), 0, "bounds the wrong way round");
    cr_expect_eq(physical(0x1000, 1, 0, UINT32_MAX, 0), 0, "no right to read or write");
    cr_expect_eq(physical(0, RW, 0, UINT32_MAX, 0), 0);
    cr_expect_eq(physical(UINT32_MAX, RW, 0, UINT32_MAX, 0), 0);
    cr_expect_eq(physical(0x20000000, RW | HUGE, 0, UINT32_MAX, 0), 0);
    cr_expect_eq(physical(0x1000, RW, 0, UINT32_MAX, 0x3000), 0, "alignment no power of two");
    cr_expect_eq(physical(0x1000, RW, 0, UINT32_MAX, 0x80000000), 0);
    cr_expect_eq(physical(0x1000, RW, 0x1FE00000, UINT32_MAX, 0), 0, "no alias up there");
    CALL(&h, XBOXKRNL, MmFreePhysicalMemory, 0, at);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAllocationSize, at), 0);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 0);
    CALL(&h, XBOXKRNL, MmFreePhysicalMemory, 0, at);
    CALL(&h, XBOXKRNL, MmFreePhysicalMemory, 0, SCRATCH);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 2);
}

Test(hle_memory, kernel_stacks)
{
    uint32_t top = CALL32(&h, XBOXKRNL, MmCreateKernelStack, 0x4000, 0);
    char text[512];

    cr_expect(top > 0x70000000 && xe_mem_set_u32(h.bench.mem, top - 4, 1));
    CALL(&h, XBOXKRNL, MmDeleteKernelStack, top, top - 0x10000);
    cr_expect_not(xe_mem_set_u32(h.bench.mem, top - 4, 1));
    cr_expect_eq(CALL(&h, XBOXKRNL, MmCreateKernelStack, UINT32_MAX, 0), 0);
    CALL(&h, XBOXKRNL, MmDeleteKernelStack, 0, XE_KERNEL_EXPORTS);
    cr_expect_neq(xe_mem_view(h.bench.mem, XE_KERNEL_EXPORTS, 8), NULL);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
}

/* ---- the kernel's own ----------------------------------------------------------------------- */

/* Pages of pool, of a thread's own block, of stacks and of devices: whatever a title says about
 * them, they stay, and it is told that it was wrong. */
static void expect_that_stays(xe_gva at, const char *what)
{
    struct xe_mem_region before, after;
    char text[512];

    cr_assert(xe_mem_query(h.bench.mem, at, &before) && before.committed, "%s", what);
    cr_expect_eq(release(at, 0, RELEASE), INVALID, "%s", what);
    cr_expect_eq(release(before.base, 0x1000, DECOMMIT), INVALID, "%s", what);
    cr_expect_eq(release(before.base, 0x1000, RELEASE), INVALID, "%s", what);
    cr_expect_eq(protect(at, 0x1000, 2), INVALID, "%s", what);
    cr_expect_eq(allocate(at, 0x1000, COMMIT), INVALID, "%s", what);
    CALL(&h, XBOXKRNL, MmFreePhysicalMemory, 0, before.allocation_base);
    CALL(&h, XBOXKRNL, MmDeleteKernelStack, 0, before.allocation_base);
    cr_expect_gt(hle_logged(&h, XE_LOG_GUEST, text), 1, "%s", what);
    xe_mem_query(h.bench.mem, at, &after);
    cr_expect_eq(memcmp(&before, &after, sizeof(before)), 0, "%s", what);
}

Test(hle_memory, what_is_the_kernels_stays)
{
    xe_gva array;
    char text[512];

    xe_kernel_devices_add(h.bench.kernel);
    CALL(&h, XBOXKRNL, XMACreateContext, OLD);
    array = xe_mem_u32(h.bench.mem, OLD) & ~0xFFFu;
    expect_that_stays(h.thread->object->block, "a chunk of pool");
    expect_that_stays(xe_kernel_pool_alloc(h.bench.kernel, 0x5000), "a large block");
    expect_that_stays(CALL32(&h, XBOXKRNL, ExAllocatePool, 0x5000), "one of the title's");
    expect_that_stays(h.thread->kpcr, "a thread's own block");
    expect_that_stays(h.thread->stack_limit, "a thread's stack");
    expect_that_stays(array, "the XMA decoder's array");
    CALL(&h, XBOXKRNL, MmSetAddressProtect, h.thread->kpcr, 0x1000, 2);
    CALL(&h, XBOXKRNL, MmSetAddressProtect, array, 0x1000, 2);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, h.thread->kpcr), RW);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, array), RW);
    hle_logged(&h, XE_LOG_GUEST, text);
    CALL(&h, XBOXKRNL, MmSetAddressProtect, h.thread->stack_limit, 0x1000, 2);
    cr_expect_eq(CALL(&h, XBOXKRNL, MmQueryAddressProtect, h.thread->stack_limit), 2);
}

/* Pool is given back by whoever it was handed out to, and as what it was. */
Test(hle_memory, blocks_have_owners)
{
    xe_gva own = xe_kernel_pool_alloc(h.bench.kernel, 64), string = SCRATCH + 0x80;
    xe_gva heap = CALL32(&h, XAM, RtlCreateHeap, 0, 0, 0, 0, 0, 0), block;
    xe_gva title = CALL32(&h, XBOXKRNL, ExAllocatePool, 64);
    char text[512];

    block = CALL32(&h, XAM, RtlAllocateHeap, heap, 0, 32);
    CALL(&h, XBOXKRNL, ExFreePool, own);
    CALL(&h, XBOXKRNL, ExFreePool, heap);
    CALL(&h, XBOXKRNL, ExFreePool, block - 16);
    CALL(&h, XAM, XamFree, own);
    xe_mem_set_u32(h.bench.mem, string + 4, own);
    CALL(&h, XBOXKRNL, RtlFreeAnsiString, string);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 5);
    xe_mem_set_u32(h.bench.mem, own, heap);
    xe_mem_set_u32(h.bench.mem, title, heap);
    cr_expect_eq(CALL(&h, XAM, RtlFreeHeap, heap, 0, own + 16), 0, "it says that it is a block");
    cr_expect_eq(CALL(&h, XAM, RtlFreeHeap, heap, 0, title + 16), 0);
    cr_expect(xe_kernel_pool_size(h.bench.kernel, own) &&
              xe_kernel_pool_size(h.bench.kernel, heap));
    cr_expect_eq(CALL(&h, XAM, RtlFreeHeap, heap, 0, block), 1);
    CALL(&h, XBOXKRNL, ExFreePool, title);
    cr_expect_eq(xe_kernel_pool_size(h.bench.kernel, title), 0);
}

/* Two objects in one block would be a state that can't be loaded, and reports about neither. */
Test(hle_memory, objects_that_live_keep_their_blocks)
{
    struct xe_object *event = xe_kernel_event_create(h.bench.kernel, true, false), *other;
    xe_gva block = event->block;
    char text[512];

    CALL(&h, XBOXKRNL, ExFreePool, block);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
    other = xe_kernel_event_create(h.bench.kernel, true, false);
    cr_expect_neq(other->block, block);
    xe_kernel_object_unref(event);
    CALL(&h, XBOXKRNL, ExFreePool, block);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 2, "the object has freed it");
    xe_kernel_object_unref(other);
}

Test(hle_memory, statistics_and_pool)
{
    uint32_t at = CALL32(&h, XBOXKRNL, ExAllocatePool, 0);
    char text[512];

    cr_expect(at);
    CALL(&h, XBOXKRNL, ExFreePool, at);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 0);
    CALL(&h, XBOXKRNL, ExFreePool, at);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1, "freed twice");
    cr_expect_eq(CALL(&h, XBOXKRNL, ExAllocatePool, UINT32_MAX), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, MmQueryStatistics, INFO), 0xC0000023);
    xe_mem_set_u32(h.bench.mem, INFO, 104);
    cr_expect_eq(CALL32(&h, XBOXKRNL, MmQueryStatistics, INFO), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, INFO + 4), 0x20000);
}
