/* What the records say of how a wait ended, and of what was done to a timer. */
#include <criterion/criterion.h>

#include "bench.h"

static struct bench b;

static void setup(void)
{
    bench_init(&b, NULL);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_records, .init = setup, .fini = teardown);

static struct xe_audit_rec newest(const struct xe_object *object)
{
    struct xe_audit_rec rec[32];
    uint32_t n = xe_audit_timeline(b.audit, object->header, 0, 32, rec);

    cr_assert_gt(n, 0);
    return rec[n - 1];
}

static void wait_for(struct xe_thread *thread, int64_t timeout, uint32_t count,
                     struct xe_object **object)
{
    bench_as(&b, thread);
    bench_wait(&b, thread, false, timeout, count, object);
    cr_assert(thread->wait.parked);
    bench_nobody(&b);
}

Test(kernel_records, time_another_object_and_an_alert_end_waits_in_ways_of_their_own)
{
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_object *both[2] = {xe_kernel_event_create(b.kernel, false, false),
                                 xe_kernel_event_create(b.kernel, false, false)};

    wait_for(thread, -100, 1, both);
    bench_pass(&b, 200);
    cr_expect_eq(newest(both[0]).effect, XE_AUDIT_TIMED_OUT);
    wait_for(thread, XE_WAIT_FOREVER, 2, both);
    xe_kernel_event_set(both[1], 0);
    cr_expect_eq(newest(both[0]).effect, XE_AUDIT_OTHER);
    cr_expect_eq(newest(both[1]).effect, XE_AUDIT_SATISFIED);
    wait_for(thread, XE_WAIT_FOREVER, 1, both);
    xe_kernel_wait_abort(thread, XE_STATUS_ALERTED);
    cr_expect_eq(newest(both[0]).effect, XE_AUDIT_INTERRUPTED);
}

Test(kernel_records, arming_and_cancelling_a_timer_leave_records)
{
    struct xe_object *timer = xe_kernel_ktimer_create(b.kernel, false);

    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000});
    cr_expect_eq(newest(timer).op, XE_AUDIT_OP_ARM);
    cr_expect(xe_kernel_ktimer_cancel(timer));
    cr_expect_eq(newest(timer).op, XE_AUDIT_OP_CANCEL);
    cr_expect_eq(newest(timer).effect, XE_AUDIT_STATE);
    cr_expect_not(xe_kernel_ktimer_cancel(timer));
    cr_expect_eq(newest(timer).effect, XE_AUDIT_NONE);
}
