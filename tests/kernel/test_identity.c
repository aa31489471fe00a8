/* What the audit is told by: objects, not the names they have for a while. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

static struct bench b;
static struct xe_thread *waiter;

static void setup(void)
{
    bench_init(&b, NULL);
    waiter = bench_thread(&b, 0);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_identity, .init = setup, .fini = teardown);

static void park(struct xe_object *object, uint32_t key)
{
    bench_as(&b, waiter);
    xe_kernel_wait(waiter,
                   &(struct xe_wait_request){
                       .count = 1, .object = {object}, .key = {key}, .timeout = XE_WAIT_FOREVER});
    cr_assert(waiter->wait.parked);
    bench_nobody(&b);
}

static struct xe_audit_report report_on(uint32_t key)
{
    struct xe_audit_report report;

    cr_assert(
        xe_audit_report_make(b.audit, xe_kernel_audit_world(b.kernel), &key, 1, &report, NULL));
    return report;
}

Test(kernel_identity, closing_a_handle_hides_no_waiter)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    xe_handle handle = xe_kernel_handle_open(event);
    struct xe_audit_report report;

    park(event, handle);
    xe_kernel_object_unref(event);
    cr_assert_eq(xe_kernel_handle_close(b.kernel, handle), XE_STATUS_SUCCESS);
    report = report_on(handle);
    cr_assert_eq(report.handles, 1);
    cr_expect_eq(report.handle[0].waiters, 1);
    cr_expect_eq(report.handle[0].kind.kind, XE_AUDIT_EVENT_AUTO);
    cr_expect(report.handle[0].has_closed);
    xe_audit_report_fini(&report);
}

/* What was made while nothing was recorded may have been signalled then, too. */
Test(kernel_identity, a_duplicate_of_what_was_made_unheard_is_no_birth)
{
    struct xe_object *event;
    struct xe_audit_report report;
    xe_handle second;

    xe_audit_enable(b.audit, false, 10);
    b.kernel->cycle = 11;
    event = xe_kernel_event_create(b.kernel, false, false);
    xe_kernel_handle_open(event);
    xe_audit_enable(b.audit, true, 20);
    b.kernel->cycle = 30;
    second = xe_kernel_handle_open(event);
    park(event, second);
    report = report_on(second);
    cr_assert_eq(report.handles, 1);
    cr_expect(!report.handle[0].complete);
    cr_expect_eq(report.handle[0].since_cycle, 20);
    cr_expect_str_eq(report.handle[0].diagnosis.sub, "RECORDS_INCOMPLETE");
    xe_audit_report_fini(&report);
    xe_kernel_object_unref(event);
}

Test(kernel_identity, an_event_initialised_again_is_another_one)
{
    xe_gva at = xe_kernel_pool_alloc(b.kernel, XE_X_EVENT_SIZE);
    struct xe_object *event;
    struct xe_audit_report report;

    xe_kernel_header_init(b.kernel, at, XE_X_EVENT_AUTO, 0);
    event = xe_kernel_object_initialize(b.kernel, at, &xe_object_event_type);
    park(event, 0);
    xe_kernel_header_init(b.kernel, at, XE_X_EVENT_AUTO, 1);
    xe_kernel_object_initialize(b.kernel, at, &xe_object_event_type);
    report = report_on(at);
    cr_assert_eq(report.handles, 2);
    cr_expect_eq(report.handle[0].generation, 2);
    cr_expect_eq(report.handle[0].waiters, 0, "nobody waits for the new one");
    cr_expect_eq(report.handle[1].generation, 1);
    cr_expect_eq(report.handle[1].waiters, 1);
    cr_expect_str_neq(report.handle[1].diagnosis.sub, "SIGNALED_NOW", "no fault of the emulator");
    xe_audit_report_fini(&report);
}

Test(kernel_identity, low_bits_of_a_handle_are_the_titles_own)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    xe_handle handle = xe_kernel_handle_open(event);
    uint32_t tagged = handle | 1;
    struct xe_audit_report report;

    cr_assert(xe_audit_focus_set(b.audit, &tagged, 1, NULL));
    xe_kernel_event_set(event, handle | 2);
    report = report_on(tagged);
    cr_expect_eq(report.handle[0].key, handle);
    cr_expect_eq(report.handle[0].signal_attempts.primary, 1);
    xe_audit_report_fini(&report);
    xe_kernel_object_unref(event);
    xe_kernel_handle_close(b.kernel, handle);
    xe_kernel_signal_failed(b.kernel, NULL, handle | 3, XE_AUDIT_OP_SIGNAL,
                            XE_STATUS_INVALID_HANDLE);
    report = report_on(handle);
    cr_expect_eq(report.handle[0].signal_attempts.ghost, 1, "on the number that was given up");
    xe_audit_report_fini(&report);
}

/* Parks the waiter on both, the first of which is signaled by a call then. */
static void park_on_both(struct xe_object *both[2])
{
    bench_wait(&b, waiter, true, XE_WAIT_FOREVER, 2, both);
    xe_kernel_event_set(both[0], 0);
    cr_assert(waiter->wait.parked);
}

static struct xe_object *static_event(xe_gva *ret_at)
{
    *ret_at = xe_kernel_pool_alloc(b.kernel, XE_X_EVENT_SIZE);
    xe_kernel_header_init(b.kernel, *ret_at, XE_X_EVENT_AUTO, 0);
    return xe_kernel_object_initialize(b.kernel, *ret_at, &xe_object_event_type);
}

static void expect_blamed(uint32_t key, const char *sub, xe_gva at)
{
    struct xe_audit_report report = report_on(key);
    char name[16];

    snprintf(name, sizeof(name), "0x%08x", at);
    cr_expect_str_eq(report.handle[0].diagnosis.sub, sub);
    cr_expect(strstr(report.handle[0].diagnosis.detail, name), "%s",
              report.handle[0].diagnosis.detail);
    xe_audit_report_fini(&report);
}

/* No call signaled the last object that it lacked: nobody lost a wake. */
Test(kernel_identity, a_wait_all_completed_by_a_store)
{
    xe_gva first, at;
    struct xe_object *both[2] = {static_event(&first), static_event(&at)};

    park_on_both(both);
    expect_blamed(first, "WAIT_ALL_PARTIAL", at);
    xe_mem_set_u32(b.mem, at + XE_X_HEADER_STATE, 1);
    expect_blamed(first, "STATE_STORED", at);
}

Test(kernel_identity, a_wait_all_completed_by_an_object_initialised_again)
{
    xe_gva first, at;
    struct xe_object *both[2] = {static_event(&first), static_event(&at)};

    park_on_both(both);
    xe_kernel_header_init(b.kernel, at, XE_X_EVENT_AUTO, 1);
    xe_kernel_object_initialize(b.kernel, at, &xe_object_event_type);
    expect_blamed(first, "INITIALISED_AGAIN", at);
}
