/* xbdm's exports: pool, name, versions, and what nobody is there for. */
#include <criterion/criterion.h>

#include "hle_bench.h"

#define OUT  (SCRATCH + 0x10)
#define TEXT (SCRATCH + 0x100)

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_xbdm, .init = setup, .fini = teardown);

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

Test(hle_xbdm, pool_is_given_and_taken_back)
{
    uint32_t block = CALL32(&h, XBDM, DmAllocatePool, 100), other;
    char text[512];

    cr_assert_neq(block, 0);
    cr_expect(xe_mem_set_u32(h.bench.mem, block + 96, 1));
    other = CALL32(&h, XBDM, DmAllocatePoolWithTag, 100, 0x20202020);
    cr_expect_neq(block, other);
    CALL(&h, XBDM, DmFreePool, block);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 0);
    CALL(&h, XBDM, DmFreePool, block);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1, "twice");
    cr_expect_eq(CALL32(&h, XBDM, DmAllocatePool, 0x7FFFFFFF), 0);
}

Test(hle_xbdm, the_name_needs_its_room)
{
    xe_mem_set_u32(h.bench.mem, OUT, 6);
    cr_expect_eq(CALL32(&h, XBDM, DmGetXboxName, TEXT, OUT), 0x82DA0105);
    cr_expect_eq(word(OUT), 7);
    cr_expect_eq(xe_mem_u8(h.bench.mem, TEXT), 0, "nothing");
    cr_expect_eq(CALL32(&h, XBDM, DmGetXboxName, TEXT, OUT), 0x02DA0000);
    cr_expect(hle_is(&h, TEXT, "xe360d"));
    cr_expect_eq(CALL32(&h, XBDM, DmGetXboxName, 0, OUT), 0x80070057);
    cr_expect_eq(CALL32(&h, XBDM, DmGetXboxName, TEXT, 0), 0x80070057);
    cr_expect_eq(CALL32(&h, XBDM, DmGetXboxName, UNREADABLE, OUT), 0x80070057);
}

Test(hle_xbdm, versions_are_those_of_the_kernel)
{
    xe__hle_variables_init(xe_kernel_hle(h.bench.kernel));
    xe_mem_set_u32(h.bench.mem, TEXT, 0x1C);
    cr_expect_eq(CALL32(&h, XBDM, DmGetSystemInfo, TEXT), 0x80070057, "of another size");
    xe_mem_set_u32(h.bench.mem, TEXT, 0x20);
    xe_mem_set_u32(h.bench.mem, TEXT + 0x1C, 9);
    cr_expect_eq(CALL32(&h, XBDM, DmGetSystemInfo, TEXT), 0x02DA0000);
    for (xe_gva at = 4; at < 0x1C; at += 8) {
        cr_expect_eq(xe_mem_u16(h.bench.mem, TEXT + at), 2, "major");
        cr_expect_eq(word(TEXT + at), word(TEXT + 4));
        cr_expect_eq(word(TEXT + at + 4), word(TEXT + 8));
    }
    cr_expect_eq(word(TEXT + 0x1C), 0);
    cr_expect_eq(CALL32(&h, XBDM, DmGetSystemInfo, 0), 0x80070057);
}

Test(hle_xbdm, nobody_is_connected)
{
    char text[512];

    cr_expect_eq(CALL32(&h, XBDM, DmWalkLoadedModules, OUT, TEXT), 0x82DA0104, "the end at once");
    cr_expect_eq(CALL32(&h, XBDM, DmCloseLoadedModules, OUT), OUT, "it tells nothing");
    cr_expect_eq(CALL32(&h, XBDM, DmIsDebuggerPresent, 0), 0);
    cr_expect_eq(CALL32(&h, XBDM, DmIsFastCAPEnabled, 0), 0x82DA0000);
    cr_expect_eq(CALL32(&h, XBDM, DmStartProfiling, TEXT, 0), 0xC000000D);
    cr_expect_eq(CALL32(&h, XBDM, DmRegisterCommandProcessor, TEXT, 0x82001000), 0x02DA0000);
    hle_put(&h, TEXT, "ready");
    CALL(&h, XBDM, DmSendNotificationString, TEXT);
    cr_expect_eq(hle_logged(&h, XE_LOG_INFO, text), 1);
    cr_expect_str_eq(text, "notification: ready");
}

/* What compilers put around functions must not be felt by them. */
Test(hle_xbdm, hooks_change_no_register)
{
    struct xe_cpu before;

    CALL(&h, XBDM, __CAP_Enter_Function, 1, 2, 3, 4, 5, 6, 7, 8);
    before = h.thread->cpu;
    CALL(&h, XBDM, __CAP_Exit_Function, 1, 2, 3, 4, 5, 6, 7, 8);
    cr_expect_arr_eq(before.gpr, h.thread->cpu.gpr, sizeof(before.gpr));
    cr_expect_arr_eq(before.fpr, h.thread->cpu.fpr, sizeof(before.fpr));
}

Test(hle_xbdm, the_disk_has_other_names)
{
    cr_assert(xe_kernel_mount_scratch(h.bench.kernel, NULL));
    cr_expect_eq(CALL32(&h, XBDM, DmMapDevkitDrive, 0), 0);
    hle_put(&h, TEXT, "e:\\");
    cr_expect_neq(CALL32(&h, XAM, GetFileAttributesA, TEXT), UINT32_MAX);
    hle_put(&h, TEXT, "DEVKIT:\\nothing");
    cr_expect_eq(CALL32(&h, XAM, GetFileAttributesA, TEXT), UINT32_MAX);
    cr_expect_eq(CALL32(&h, XBDM, DmMapDevkitDrive, 0), 0, "again");
}
