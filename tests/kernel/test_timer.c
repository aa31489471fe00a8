/* Virtual time, timed events, KTIMERs. */
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

TestSuite(kernel_timer, .init = setup, .fini = teardown);

static uint32_t fired[64], fired_count;

static void note(void *ctx, const struct xe_audit_act *act)
{
    (void)ctx;
    if (act->op == XE_AUDIT_OP_SIGNAL)
        fired[fired_count++] = act->key / 4;
}

/* Guest timers with their place, counted from 1, in the key that their signal is told by. */
static void set_timers(struct xe_object **timer, const int64_t *due, uint32_t count)
{
    fired_count = 0;
    xe_kernel_act_listener(b.kernel, note, NULL);
    for (uint32_t i = 0; i < count; i++) {
        timer[i] = xe_kernel_ktimer_create(b.kernel, false);
        xe_kernel_ktimer_set(timer[i],
                             &(struct xe_ktimer_request){.due = -due[i], .key = (i + 1) * 4});
    }
}

Test(kernel_timer, events_fire_by_time_then_by_arming)
{
    static const int64_t due[] = {50, 10, 30, 10, 40, 30, 20, 10};
    static const uint32_t expected[] = {2, 4, 8, 7, 3, 6, 5, 1};
    struct xe_object *timer[8];

    set_timers(timer, due, 8);
    bench_pass(&b, 100);
    cr_assert_eq(fired_count, 8);
    for (uint32_t i = 0; i < 8; i++)
        cr_expect_eq(fired[i], expected[i], "place %u: %u", i, fired[i]);
}

Test(kernel_timer, disarmed_events_do_not_fire)
{
    static const int64_t due[] = {0, 10, 20, 30, 40};
    struct xe_object *timer[5];

    set_timers(timer, due, 5);
    cr_expect(xe_kernel_ktimer_cancel(timer[0]));
    cr_expect(xe_kernel_ktimer_cancel(timer[3]));
    cr_expect(!xe_kernel_ktimer_cancel(timer[3]));
    bench_pass(&b, 100);
    cr_assert_eq(fired_count, 3);
    cr_expect_eq(fired[0], 2);
    cr_expect_eq(fired[2], 5);
}

/* Of many events one gives hope: it is looked for once, and not after it is gone. */
Test(kernel_timer, hope_is_not_looked_for_again)
{
    static const int64_t due[60] = {0};
    struct xe_object *timer[60];
    uint64_t before, looked;

    set_timers(timer, due, 60);
    xe_kernel_ktimer_set(timer[7], &(struct xe_ktimer_request){.due = -1000, .dpc = 0x1000});
    before = b.kernel->work;
    cr_assert(xe__kernel_timer_hope(b.kernel));
    looked = b.kernel->work;
    cr_expect_gt(looked, before);
    cr_expect(xe__kernel_timer_hope(b.kernel));
    cr_expect_eq(b.kernel->work, looked);
    cr_expect(xe_kernel_ktimer_cancel(timer[7]));
    cr_expect_not(xe__kernel_timer_hope(b.kernel));
}

Test(kernel_timer, clock_is_exact)
{
    struct xe_kernel_config config = {.slice = 1, .clock_hz = 3000000, .start_time = 1000};

    bench_fini(&b);
    bench_init(&b, &config);
    b.kernel->cycle = 1;
    cr_expect_eq(xe_kernel_interrupt_time(b.kernel), 3);
    cr_expect_eq(xe_kernel_timebase(b.kernel), 16);
    b.kernel->cycle = 3000000;
    cr_expect_eq(xe_kernel_interrupt_time(b.kernel), XE_TIME_PER_SEC);
    cr_expect_eq(xe_kernel_timebase(b.kernel), XE_TIMEBASE_HZ);
    cr_expect_eq(xe_kernel_system_time(b.kernel), 1000 + XE_TIME_PER_SEC);
    cr_expect_eq(xe_kernel_deadline(b.kernel, -5), XE_TIME_PER_SEC + 5);
    cr_expect_eq(xe_kernel_deadline(b.kernel, 1500), 500);
    cr_expect_eq(xe_kernel_deadline(b.kernel, 900), 0);
    cr_expect_eq(xe_kernel_deadline(b.kernel, INT64_MIN), XE_TIME_PER_SEC + (UINT64_C(1) << 63));
}

Test(kernel_timer, cycles_until_is_the_first_cycle_at_or_after)
{
    for (uint64_t hz = 1; hz < 40000000; hz = hz * 3 + 1) {
        b.kernel->config.clock_hz = hz;
        b.kernel->cycle = 12345;
        for (uint64_t time = 1; time < 100000000; time = time * 7 + 3) {
            uint64_t n = xe__kernel_clock_cycles_until(b.kernel, time);

            b.kernel->cycle = 12345 + n;
            cr_assert_geq(xe_kernel_interrupt_time(b.kernel), time);
            b.kernel->cycle--;
            cr_assert(n == 0 || xe_kernel_interrupt_time(b.kernel) < time);
            b.kernel->cycle = 12345;
        }
    }
    b.kernel->cycle = 0;
}

Test(kernel_timer, bundle_advances_by_itself)
{
    xe_gva at = xe_kernel_variable(b.kernel, XE_ORD_XBOXKRNL_KeTimeStampBundle);

    bench_pass(&b, 12345678);
    cr_expect_eq(xe_mem_u32(b.mem, at + XE_X_TIME_TICKS), 1234);
    cr_expect_eq(xe_mem_u64(b.mem, at + XE_X_TIME_INTERRUPT), 12340000);
}

Test(kernel_timer, periodic_timer_keeps_its_rate)
{
    struct xe_object *timer = xe_kernel_ktimer_create(b.kernel, false);
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_ktimer_request request = {.due = -30000, .period_ms = 2};

    cr_expect(!xe_kernel_ktimer_set(timer, &request));
    for (uint32_t i = 0; i < 4; i++) {
        bench_wait(&b, thread, false, XE_WAIT_FOREVER, 1, &timer);
        cr_assert_eq(thread->state, XE_THREAD_WAITING);
        bench_pass(&b, i ? 19999 : 29999);
        cr_expect_eq(thread->state, XE_THREAD_WAITING, "too early, round %u", i);
        bench_pass(&b, 1);
        cr_expect_eq(bench_result(thread), XE_STATUS_SUCCESS);
    }
    cr_expect(xe_kernel_ktimer_cancel(timer));
    cr_expect(!xe_kernel_ktimer_cancel(timer));
}

Test(kernel_timer, setting_clears_and_manual_timer_stays)
{
    struct xe_object *timer = xe_kernel_ktimer_create(b.kernel, true);
    struct xe_ktimer_request request = {.due = -10};

    xe_kernel_ktimer_set(timer, &request);
    bench_pass(&b, 10);
    cr_expect_eq(xe_kernel_header_state(timer), 1);
    cr_expect(!xe_kernel_ktimer_set(timer, &request), "a fired timer is not armed");
    cr_expect_eq(xe_kernel_header_state(timer), 0);
    cr_expect(xe_kernel_ktimer_set(timer, &request), "now it was");
}
