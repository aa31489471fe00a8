/* Listeners of XAM's: what reaches their queues, and what a title takes out. */
#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/core/notify.h"

#define OUT (SCRATCH + 0x10)

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_notify, .init = setup, .fini = teardown);

static struct xe_object *object_of(uint64_t handle)
{
    return xe_kernel_handle_object(h.bench.kernel, (xe_handle)handle);
}

static uint64_t next_notice(uint64_t listener, uint32_t id)
{
    return CALL(&h, XAM, XNotifyGetNext, listener, id, OUT, OUT + 4)
               ? (uint64_t)xe_mem_u32(h.bench.mem, OUT) << 32 | xe_mem_u32(h.bench.mem, OUT + 4)
               : 0;
}

Test(hle_notify, each_listener_has_a_queue_of_what_it_asked_for)
{
    uint64_t all = CALL(&h, XAM, XamNotifyCreateListener, 0xEF, 1);
    uint64_t live = CALL(&h, XAM, XamNotifyCreateListenerInternal, 2, 0, 0);

    xe_kernel_notify(h.bench.kernel, (struct xe_notification){0x00000012, 7});
    xe_kernel_notify(h.bench.kernel, (struct xe_notification){0x02000003, 8});
    xe_kernel_notify(h.bench.kernel, (struct xe_notification){0x02010004, 9});
    xe_kernel_notify(h.bench.kernel, (struct xe_notification){0x02020004, 10});
    cr_expect(xe_kernel_object_signaled(object_of(all)));
    cr_expect_eq(next_notice(all, 0x02000003), 0x0200000300000008, "the others stay");
    cr_expect_eq(next_notice(all, 0x02000003), 0);
    cr_expect_eq(next_notice(all, 0), 0x0000001200000007);
    cr_expect(xe_kernel_object_signaled(object_of(all)));
    cr_expect_eq(next_notice(all, 0), 0x0201000400000009, "of the newest version that it knows");
    cr_expect(!xe_kernel_object_signaled(object_of(all)));
    cr_expect_eq(next_notice(all, 0), 0);
    cr_expect_eq(next_notice(live, 0), 0x0200000300000008);
    cr_expect_eq(next_notice(live, 0), 0, "that is a later version's");
}

Test(hle_notify, screens_come_and_go)
{
    uint64_t listener = CALL(&h, XAM, XamNotifyCreateListener, 1, 0);

    cr_expect_eq(CALL(&h, XAM, XamShowSigninUI, 1, 0), 0);
    cr_expect_eq(next_notice(listener, 0), 0x0000000900000001);
    cr_expect_eq(next_notice(listener, 0), 0x0000000900000000);
    cr_expect_eq(next_notice(listener, 0), 0);
    CALL(&h, XAM, XamShowMessageBoxUI, 0, 0, 0, 2, 0, 1, 0, OUT, 0);
    CALL(&h, XAM, XamShowKeyboardUI, 0, 0, 0, 0, 0, OUT, 2, OUT + 0x40);
    CALL(&h, XAM, XamShowDeviceSelectorUI, 0, 1, 0, 0, OUT, OUT + 0x60);
    CALL(&h, XAM, XamShowMarketplaceDownloadItemsUI, 0, 1, 0, 0, 0, 0);
    for (uint32_t i = 0; i < 8; i++)
        cr_expect_eq(next_notice(listener, 9), UINT64_C(9) << 32 | (i & 1 ? 0 : 1));
    cr_expect_eq(next_notice(listener, 0), 0);
    CALL(&h, XAM, XamShowKeyboardUI, 0, 0, 0, 0, 0, 0, 2, OUT);
    CALL(&h, XAM, XamShowKeyboardUI, 0, 0, 0, 0, 0, OUT, 2, 0);
    CALL(&h, XAM, XamShowDeviceSelectorUI, 0, 1, 0, 0, OUT, 0);
    cr_expect_eq(next_notice(listener, 0), 0, "what is refused shows nothing");
}

Test(hle_notify, a_listener_has_room_for_so_many)
{
    uint64_t listener = CALL(&h, XAM, XamNotifyCreateListener, 1, 0);
    char text[512];

    for (uint32_t i = 0; i <= XE_NOTIFY_QUEUE; i++)
        xe_kernel_notify(h.bench.kernel, (struct xe_notification){0x12, i});
    cr_expect_eq(hle_logged(&h, XE_LOG_WARN, text), 1);
    for (uint32_t i = 0; i < XE_NOTIFY_QUEUE; i++)
        cr_expect_eq(next_notice(listener, 0), UINT64_C(0x12) << 32 | i);
    cr_expect_eq(next_notice(listener, 0), 0);
}
