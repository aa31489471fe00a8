/* Exports that are to store where the title may only read: nothing changes there, and it is told.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"
#include "kernel/core/thread.h"

#define PAGE (SCRATCH + 0x10000) /* read-only */
#define WORD 0x12345678u

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
    xe_mem_set_u32(h.bench.mem, PAGE + 0x10, WORD);
    cr_assert(xe_mem_protect(h.bench.mem, PAGE, 0x1000, XE_PAGE_READONLY, NULL));
}

static void teardown(void)
{
    cr_expect_eq(xe_mem_u32(h.bench.mem, PAGE + 0x10), WORD);
    hle_bench_fini(&h);
}

TestSuite(hle_refused, .init = setup, .fini = teardown);

Test(hle_refused, a_service_answers_with_a_status)
{
    char text[512];

    cr_expect_eq(CALL32(&h, XBOXKRNL, NtCreateEvent, PAGE + 0x10, 0, 0, 0), 0xC0000005);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_NONE);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
    cr_expect_str_eq(text, "NtCreateEvent (lr=0x82001234): can't store at 0x00110010, where the "
                           "title may not write");
}

Test(hle_refused, in_any_other_routine_the_store_faults)
{
    CALL(&h, XBOXKRNL, KeQuerySystemTime, PAGE + 0x10);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_CRASH);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->code, 0xC0000005);
    cr_expect_eq(xe_kernel_stop_info(h.bench.kernel)->address, LR);
}

Test(hle_refused, the_first_byte_that_may_not_be_written_is_told)
{
    char text[512];

    CALL(&h, XBOXKRNL, RtlFillMemoryUlong, PAGE - 8, 0x20, 0xFFFFFFFF);
    cr_expect_eq(h.bench.kernel->stop, XE_STOP_CRASH);
    hle_logged(&h, XE_LOG_GUEST, text);
    cr_expect_not_null(strstr(text, "0x00110000"), "%s", text);
}

/* A library that is loaded by a title may import what no list knows: that gets an entry. */
Test(hle_refused, what_the_kernel_keeps_for_itself_is_stored)
{
    xe_gva refused, at;

    xe_mem_for_guest(h.bench.mem, true);
    at = xe__hle_function(xe_kernel_hle(h.bench.kernel), XE__HLE_OTHERS, "other.dll", 5);
    cr_expect(xe_mem_for_guest(h.bench.mem, false));
    cr_expect_not(xe_mem_take_refused(h.bench.mem, &refused));
    cr_expect_neq(xe_mem_u32(h.bench.mem, at), 0);
}
