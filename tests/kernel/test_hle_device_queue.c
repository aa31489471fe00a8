/* Device queues, by their calls. */
#include <criterion/criterion.h>

#include "hle_bench.h"

#define QUEUE    SCRATCH
#define LIST     (QUEUE + 8)
#define ENTRY(n) (SCRATCH + 0x100 + 0x10 * (n))

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
    CALL(&h, XBOXKRNL, KeInitializeDeviceQueue, QUEUE);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_device_queue, .init = setup, .fini = teardown);

static bool busy(void)
{
    return xe_mem_u8(h.bench.mem, QUEUE + 3);
}

static bool inserted(uint32_t n)
{
    return xe_mem_u8(h.bench.mem, ENTRY(n) + 12);
}

static uint64_t insert(uint32_t n)
{
    return CALL(&h, XBOXKRNL, KeInsertDeviceQueue, QUEUE, ENTRY(n));
}

static uint64_t insert_by_key(uint32_t n, uint32_t key)
{
    return CALL(&h, XBOXKRNL, KeInsertByKeyDeviceQueue, QUEUE, ENTRY(n), key);
}

Test(hle_device_queue, a_new_one_is_empty_and_not_busy)
{
    cr_expect_eq(xe_mem_u16(h.bench.mem, QUEUE), 0x14);
    cr_expect_not(busy());
    cr_expect_eq(xe_mem_u32(h.bench.mem, LIST), LIST);
    cr_expect_eq(xe_mem_u32(h.bench.mem, LIST + 4), LIST);
}

Test(hle_device_queue, the_first_makes_it_busy_and_the_last_ends_that)
{
    cr_expect_eq(insert(0), 0, "the caller starts the device");
    cr_expect(busy() && !inserted(0));
    cr_expect_eq(insert(1), 1);
    cr_expect_eq(insert(2), 1);
    cr_expect(inserted(1) && inserted(2));
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveDeviceQueue, QUEUE), ENTRY(1));
    cr_expect_not(inserted(1));
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveDeviceQueue, QUEUE), ENTRY(2));
    cr_expect(busy());
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveDeviceQueue, QUEUE), 0);
    cr_expect_not(busy());
}

Test(hle_device_queue, keys_decide_the_order)
{
    insert_by_key(0, 99);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ENTRY(0) + 8), 99, "the key stays, inserted or not");
    insert_by_key(1, 20);
    insert_by_key(2, 10);
    insert_by_key(3, 20);
    insert_by_key(4, UINT32_MAX);
    insert_by_key(5, UINT32_MAX);
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveByKeyDeviceQueue, QUEUE, 11), ENTRY(1), "equal: older");
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveByKeyDeviceQueue, QUEUE, 20), ENTRY(3));
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveByKeyDeviceQueue, QUEUE, 20), ENTRY(4));
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveByKeyDeviceQueue, QUEUE, UINT32_MAX), ENTRY(5));
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveByKeyDeviceQueue, QUEUE, 11), ENTRY(2),
                 "from the start");
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveByKeyDeviceQueue, QUEUE, 0), 0);
    cr_expect_not(busy());
}

Test(hle_device_queue, entries_leave_from_the_middle)
{
    for (uint32_t n = 0; n < 4; n++)
        insert(n);
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveEntryDeviceQueue, QUEUE, ENTRY(2)), 1);
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveEntryDeviceQueue, QUEUE, ENTRY(2)), 0, "it is out");
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveEntryDeviceQueue, QUEUE, ENTRY(0)), 0, "never in");
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveDeviceQueue, QUEUE), ENTRY(1));
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveDeviceQueue, QUEUE), ENTRY(3));
}

Test(hle_device_queue, lists_that_do_not_end_are_left)
{
    char text[512];

    insert(0);
    insert_by_key(1, 5);
    xe_mem_set_u32(h.bench.mem, ENTRY(1), ENTRY(1));
    cr_expect_eq(insert_by_key(2, 7), 1);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
    cr_expect_eq(CALL(&h, XBOXKRNL, KeInsertDeviceQueue, UNREADABLE, ENTRY(3)), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, KeInsertDeviceQueue, QUEUE, UNREADABLE), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveDeviceQueue, UNREADABLE), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, KeRemoveEntryDeviceQueue, QUEUE, UNREADABLE), 0);
}
