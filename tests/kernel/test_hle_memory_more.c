/* Memory as xam gives it out, and memory in the range of images. */
#include <criterion/criterion.h>

#include "hle_bench.h"

#define OUT       (SCRATCH + 0x10)
#define NO_MEMORY 0x8007000Eu
#define REFUSED   0x80070057u
#define PHYSICAL  0x40000000u

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_memory_more, .init = setup, .fini = teardown);

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

static uint32_t guest_errors(void)
{
    char text[512];

    return hle_logged(&h, XE_LOG_GUEST, text);
}

/* ---- xam ------------------------------------------------------------------------------------ */

Test(hle_memory_more, xams_blocks)
{
    uint64_t used, free_again, physical;

    xe_mem_set_u32(h.bench.mem, OUT, 9);
    cr_expect_eq(CALL32(&h, XAM, XamAlloc, 0, 0x7FFFFFFF, OUT), NO_MEMORY);
    cr_expect_eq(word(OUT), 0);
    cr_expect_eq(CALL32(&h, XAM, XamAlloc, 0, 64, UNREADABLE), REFUSED);
    cr_expect_eq(CALL32(&h, XAM, XamAlloc, 0, 0x20000, OUT), 0);
    xe_mem_usage(h.bench.mem, &used, &physical);
    cr_expect_eq(CALL32(&h, XAM, XamFree, word(OUT)), 0);
    xe_mem_usage(h.bench.mem, &free_again, &physical);
    cr_expect_lt(free_again, used);
    cr_expect_eq(CALL32(&h, XAM, XamAllocEx, 0, 0, 100, OUT), 0, "as the other");
    cr_expect_eq(CALL32(&h, XAM, XamFree, word(OUT)), 0);
    cr_expect_eq(guest_errors(), 0);
    CALL(&h, XAM, XamFree, word(OUT));
    cr_expect_eq(guest_errors(), 1, "twice");
}

Test(hle_memory_more, xams_physical_pages)
{
    uint32_t at;

    cr_expect_eq(CALL32(&h, XAM, XamAllocEx, 0x20000000, PHYSICAL, 100, OUT), 0);
    at = word(OUT);
    cr_expect(xe_mem_is_physical(at));
    cr_expect_eq(at % 0x1000, 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, MmQueryAddressProtect, at), XE_PAGE_READWRITE);
    cr_expect_eq(CALL32(&h, XBOXKRNL, MmQueryAllocationSize, at), 0x1000);
    cr_expect_eq(CALL32(&h, XAM, XamFree, at), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, MmQueryAllocationSize, at), 0);
    cr_expect_eq(CALL32(&h, XAM, XamAllocEx, 0x0F000000, PHYSICAL, 100, OUT), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, MmGetPhysicalAddress, word(OUT)) % 0x8000, 0, "aligned");
    cr_expect_eq(CALL32(&h, XBOXKRNL, MmQueryAddressProtect, word(OUT)), XE_PAGE_READONLY);
    cr_expect_eq(CALL32(&h, XAM, XamAllocEx, 0, PHYSICAL, 0x30000000, OUT), NO_MEMORY);
    cr_expect_eq(word(OUT), 0);
    cr_expect_eq(CALL32(&h, XAM, XamAllocEx, 0, PHYSICAL, 0, OUT), NO_MEMORY);
    cr_expect_eq(CALL32(&h, XAM, XamAllocEx, 0, PHYSICAL, 100, UNREADABLE), REFUSED);
    cr_expect_eq(guest_errors(), 0);
}

/* ---- the range of images -------------------------------------------------------------------- */

static uint32_t allocate(uint32_t size)
{
    uint32_t status = CALL32(&h, XBOXKRNL, NtAllocateEncryptedMemory, 1, size, OUT);

    return status ? status : word(OUT);
}

Test(hle_memory_more, encrypted_memory_lies_below_what_is_the_systems)
{
    uint32_t first = allocate(1), second = allocate(0x10001), third;

    cr_expect_eq(first, 0x8C000000);
    cr_expect_eq(second, 0x8C010000);
    third = allocate(0x1000000);
    cr_expect_eq(third, 0x8C030000);
    cr_expect_eq(allocate(0x1000000), 0xC0000017, "it is full");
    cr_expect(xe_mem_set_u32(h.bench.mem, second + 0x1FFFC, 5));
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtFreeEncryptedMemory, 1, first), 0);
    cr_expect_eq(allocate(0x20000), 0x8D030000, "not before one that is in the way");
    cr_expect_eq(allocate(0x10000), first);
    cr_expect_eq(word(second + 0x1FFFC), 5);
}

Test(hle_memory_more, encrypted_memory_is_refused)
{
    cr_expect_eq(allocate(0), 0xC000000D);
    cr_expect_eq(allocate(0x1000001), 0xC000000D);
    cr_expect_eq(allocate(UINT32_MAX), 0xC000000D);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtAllocateEncryptedMemory, 1, 1, UNREADABLE), 0xC0000005);
    cr_expect_eq(allocate(1), 0x8C000000, "nothing was kept");
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtFreeEncryptedMemory, 1, 0x8C000004), 0xC000000D);
    cr_expect_eq(CALL32(&h, XBOXKRNL, NtFreeEncryptedMemory, 1, 0x82000000), 0xC000000D);
}

Test(hle_memory_more, entries_of_pages_of_images)
{
    cr_expect_eq(CALL32(&h, XBOXKRNL, KeGetImagePageTableEntry, 0x82012345), 0x201);
    cr_expect_eq(CALL32(&h, XBOXKRNL, KeGetImagePageTableEntry, 0x90012345), 0x40000012);
    cr_expect_eq(CALL32(&h, XBOXKRNL, KeGetImagePageTableEntry, 0x7FFFFFFF), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, KeGetImagePageTableEntry, 0xA0000000), 0);
}
