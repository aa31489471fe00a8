/* Who can release a wait: each kind of object, and each way that a producer can stand. */
#include <criterion/criterion.h>

#include "bench.h"
#include "kernel/core/release.h"

static struct bench b;

static void setup(void)
{
    bench_init(&b, NULL);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_release, .init = setup, .fini = teardown);

struct told {
    struct xe_producer who[8];
    uint32_t count;
};

static void keep(void *ctx, const struct xe_producer *producer)
{
    struct told *told = ctx;

    cr_assert_lt(told->count, 8);
    told->who[told->count++] = *producer;
}

/* The one producer of an object. */
static struct xe_producer only(const struct xe_object *object)
{
    struct told told = {0};

    xe_kernel_object_producers(object, keep, &told);
    cr_assert_eq(told.count, 1, "%u producers", told.count);
    return told.who[0];
}

static struct xe_producer standing_of(const struct xe_thread *thread)
{
    struct xe_producer ret;

    xe_kernel_thread_standing(thread, &ret);
    return ret;
}

static void wait_one(struct xe_thread *thread, struct xe_object *object, int64_t timeout)
{
    bench_wait(&b, thread, false, timeout, 1, &object);
}

static void make_handle(struct xe_object *object)
{
    xe_kernel_object_ref(object);
    cr_assert(xe_kernel_handle_open(object));
}

/* ---- objects -------------------------------------------------------------------------------- */

Test(kernel_release, a_mutant_that_was_handed_over_is_its_new_owners)
{
    struct xe_object *mutant = xe_kernel_mutant_create(b.kernel, NULL);
    struct xe_thread *first = bench_thread(&b, 0), *second = bench_thread(&b, 1);
    struct xe_released about;
    int32_t previous;

    make_handle(mutant);
    wait_one(first, mutant, XE_WAIT_FOREVER);
    wait_one(second, mutant, XE_WAIT_FOREVER);
    cr_expect_eq(only(mutant).tid, first->tid);
    bench_as(&b, first);
    xe_kernel_mutant_release(mutant, 0, first, false, &previous);
    bench_nobody(&b);
    cr_expect_eq(only(mutant).tid, second->tid);
    cr_expect_eq(only(mutant).kind, XE_PRODUCER_OWNER);
    xe_kernel_object_released(mutant, &about);
    cr_expect(about.by_nature);
}

Test(kernel_release, a_free_mutant_has_no_owner)
{
    struct xe_object *mutant = xe_kernel_mutant_create(b.kernel, NULL);
    struct xe_released about;
    struct told told = {0};

    xe_kernel_object_producers(mutant, keep, &told);
    cr_expect_eq(told.count, 0);
    xe_kernel_object_released(mutant, &about);
    cr_expect(!about.by_nature, "whoever takes it may give it back");
}

Test(kernel_release, a_thread_is_released_by_itself)
{
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_producer who = only(thread->object);

    cr_expect_eq(who.kind, XE_PRODUCER_THREAD);
    cr_expect_eq(who.standing, XE_STANDS_RUNNING);
    cr_expect(xe_producer_acts(&who));
}

Test(kernel_release, who_alerts_a_thread_is_remembered)
{
    struct xe_thread *worker = bench_thread(&b, 0), *other = bench_thread(&b, 1);
    struct told told = {0};

    bench_as(&b, other);
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert_eq(xe_kernel_apc_queue_user(worker, PROGRAM_BASE, i, 0, 0), XE_STATUS_SUCCESS);
        b.kernel->cycle += 100;
    }
    bench_nobody(&b);
    xe_kernel_thread_alert(worker, XE_APC_USER);
    cr_expect(xe_kernel_thread_posters(worker, keep, &told), "those are all");
    cr_assert_eq(told.count, 2);
    cr_expect_eq(told.who[0].kind, XE_PRODUCER_APC);
    cr_expect_eq(told.who[0].tid, other->tid);
    cr_expect_eq(told.who[0].acts, 3);
    cr_expect_eq(told.who[0].longest_gap, 100);
    cr_expect_eq(told.who[1].standing, XE_STANDS_HOST, "an alert that no thread gave");
}

Test(kernel_release, more_who_alert_than_are_remembered_are_not_all)
{
    struct xe_thread *worker = bench_thread(&b, 0);
    struct told told = {0};

    for (uint32_t i = 0; i < XE_THREAD_POSTERS + 1; i++) {
        struct xe_thread *other = bench_thread(&b, 1 + i);

        bench_as(&b, other);
        xe_kernel_thread_alert(worker, XE_APC_USER);
        b.kernel->cycle++;
        bench_nobody(&b);
    }
    cr_expect_not(xe_kernel_thread_posters(worker, keep, &told));
    cr_expect_eq(told.count, XE_THREAD_POSTERS);
    told.count = 0;
    bench_as(&b, worker);
    xe_kernel_thread_alert(worker, XE_APC_USER);
    bench_nobody(&b);
    xe_kernel_thread_posters(worker, keep, &told);
    cr_expect_eq(told.count, XE_THREAD_POSTERS - 1, "nobody serves itself");
}

Test(kernel_release, a_timeout_that_keeps_ending)
{
    struct xe_thread *worker = bench_thread(&b, 0);
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);

    wait_one(worker, event, -10);
    cr_expect_not(xe_kernel_thread_keeps_timing_out(worker), "not yet");
    bench_pass(&b, 1000);
    wait_one(worker, event, -10);
    cr_expect(xe_kernel_thread_keeps_timing_out(worker));
    bench_pass(&b, 1000);
    wait_one(worker, event, XE_WAIT_FOREVER);
    cr_expect_not(xe_kernel_thread_keeps_timing_out(worker));
}

Test(kernel_release, a_timer_is_released_by_its_time)
{
    struct xe_object *timer = xe_kernel_ktimer_create(b.kernel, true);

    cr_expect_eq(only(timer).standing, XE_STANDS_UNARMED);
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000});
    cr_expect_eq(only(timer).standing, XE_STANDS_ARMED);
    cr_expect_eq(only(timer).until_100ns, 1000);
    cr_expect_eq(only(timer).until_cycle, 100000, "at 1 GHz");
    xe_kernel_ktimer_cancel(timer);
    cr_expect_eq(only(timer).standing, XE_STANDS_CANCELLED);
    b.kernel->cycle += 10; /* two calls are never made in one cycle */
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000});
    bench_pass(&b, 1000);
    cr_expect_eq(only(timer).standing, XE_STANDS_EXPIRED);
}

Test(kernel_release, one_who_set_a_timer_before_is_not_told)
{
    struct xe_object *timer = xe_kernel_ktimer_create(b.kernel, true);
    struct xe_thread *first = bench_thread(&b, 0), *second = bench_thread(&b, 1);
    struct xe_released about;

    make_handle(timer);
    bench_as(&b, first);
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000});
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000});
    bench_nobody(&b);
    xe_kernel_object_released(timer, &about);
    cr_expect(about.complete);
    bench_as(&b, second);
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000});
    bench_nobody(&b);
    xe_kernel_object_released(timer, &about);
    cr_expect_not(about.complete, "only the last one is told");
}

Test(kernel_release, an_event_is_released_by_who_did_so_before)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_hle row = {.name = "NtSetEvent"};
    struct xe_call call = {.kernel = b.kernel, .mem = b.mem, .row = &row};
    struct xe_producer who;

    make_handle(event);
    bench_as(&b, thread);
    call.cpu = &thread->cpu;
    call.thread = thread;
    xe_kernel_call_begin(b.kernel, &call);
    xe_kernel_event_set(event, 0);
    xe_kernel_call_end(b.kernel, &call);
    bench_nobody(&b);
    who = only(event);
    cr_expect_eq(who.kind, XE_PRODUCER_SIGNALLER);
    cr_expect_eq(who.tid, thread->tid);
    cr_expect_eq(who.acts, 1);
    cr_expect_gt(who.last_seq, 0);
}

Test(kernel_release, a_promise_to_signal_it_is_open)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);

    xe_kernel_promise_make(b.kernel, &(struct xe_promise){.kind = XE_PROMISE_OVERLAPPED,
                                                          .token = 1,
                                                          .object = event,
                                                          .due = XE_PROMISE_UNKNOWN});
    cr_expect_eq(only(event).kind, XE_PRODUCER_PROMISE);
    cr_expect_eq(only(event).standing, XE_STANDS_ARMED);
    xe_kernel_promise_make(b.kernel, &(struct xe_promise){.kind = XE_PROMISE_OVERLAPPED,
                                                          .token = 1,
                                                          .object = event,
                                                          .due = XE_PROMISE_NEVER});
    cr_expect_eq(only(event).standing, XE_STANDS_NEVER);
}

Test(kernel_release, an_apc_is_no_promise_that_its_thread_ends)
{
    struct xe_thread *thread = bench_thread(&b, 0);

    cr_assert_eq(xe_kernel_apc_queue_user(thread, PROGRAM_BASE, 0, 0, 0), XE_STATUS_SUCCESS);
    cr_expect_eq(only(thread->object).kind, XE_PRODUCER_THREAD);
}

Test(kernel_release, what_is_signaled_by_a_store_ends_a_wait_at_the_next_expiry)
{
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_object *both[2] = {xe_kernel_ktimer_create(b.kernel, true),
                                 xe_kernel_event_create(b.kernel, true, false)};

    xe_kernel_ktimer_set(both[0], &(struct xe_ktimer_request){.due = -10000, .period_ms = 1});
    bench_wait(&b, thread, true, XE_WAIT_FOREVER, 2, both);
    bench_pass(&b, 10000);
    cr_expect(xe_kernel_is_quiet(b.kernel));
    xe_mem_set_u32(b.mem, both[1]->header + XE_X_HEADER_STATE, 1);
    cr_expect_not(xe_kernel_is_quiet(b.kernel));
    bench_pass(&b, 10000);
    cr_expect_not(thread->wait.parked);
}

/* ---- standings ------------------------------------------------------------------------------ */

Test(kernel_release, who_sleeps_and_who_waits)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *sleeper = bench_thread(&b, 0), *waiter = bench_thread(&b, 1);
    struct xe_producer who;

    bench_as(&b, sleeper);
    xe_kernel_wait_delay(sleeper, -5000, false, false);
    bench_nobody(&b);
    who = standing_of(sleeper);
    cr_expect_eq(who.standing, XE_STANDS_SLEEPING);
    cr_expect_eq(who.until_100ns, 5000);
    cr_expect(xe_producer_acts(&who));

    wait_one(waiter, event, XE_WAIT_FOREVER);
    who = standing_of(waiter);
    cr_expect_eq(who.standing, XE_STANDS_WAITING);
    cr_expect_eq(who.waits_on_id, event->id);
    cr_expect_eq(who.until_cycle, XE_CYCLE_NONE);
    cr_expect(!xe_producer_acts(&who));
}

/* It was said to sleep for another 0 us. */
Test(kernel_release, a_sleep_past_the_end_of_time_has_no_end)
{
    struct xe_thread *sleeper = bench_thread(&b, 0);
    struct xe_producer who;

    bench_as(&b, sleeper);
    b.kernel->idle = UINT64_MAX / 2;
    xe_kernel_wait_delay(sleeper, -INT64_MAX, false, false);
    bench_nobody(&b);
    who = standing_of(sleeper);
    cr_expect_eq(who.standing, XE_STANDS_SLEEPING);
    cr_expect(who.until_cycle == XE_CYCLE_NONE && !who.timed && !xe_producer_acts(&who));
    cr_expect(xe_kernel_is_quiet(b.kernel));
}

Test(kernel_release, who_is_suspended_and_by_whom)
{
    struct xe_thread *by = bench_thread(&b, 0), *thread = bench_thread(&b, 1);
    uint32_t status;

    bench_as(&b, thread);
    bench_as(&b, by);
    xe_kernel_thread_suspend(thread, &status);
    bench_nobody(&b);
    cr_expect_eq(standing_of(thread).standing, XE_STANDS_SUSPENDED);
    cr_expect_eq(standing_of(thread).by_tid, by->tid);
    xe_kernel_thread_resume(thread);
    cr_expect_eq(standing_of(thread).standing, XE_STANDS_RUNNING);
}

Test(kernel_release, who_never_started)
{
    struct xe_thread_request request = {
        .start = PROGRAM_BASE, .flags = XE_THREAD_CREATE_SUSPENDED, .hw = 0};
    struct xe_thread *by = bench_thread(&b, 0), *thread;
    uint32_t status;

    bench_as(&b, by);
    thread = xe_kernel_thread_create(b.kernel, &request, &status);
    bench_nobody(&b);
    cr_expect_eq(standing_of(thread).standing, XE_STANDS_NOT_STARTED);
    cr_expect_eq(standing_of(thread).by_tid, by->tid);
}

Test(kernel_release, who_has_ended)
{
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_producer who;

    xe_kernel_object_ref(thread->object);
    bench_thread(&b, 1);
    bench_as(&b, thread);
    xe_kernel_thread_exit(thread, 7);
    bench_nobody(&b);
    who = standing_of(thread);
    cr_expect_eq(who.standing, XE_STANDS_ENDED);
    cr_expect_eq(who.exit_code, 7);
    cr_expect_eq(who.since_cycle, xe_kernel_cycle(b.kernel));
}

Test(kernel_release, who_is_starved_and_by_whom)
{
    struct xe_thread *high = bench_thread(&b, 0), *low = bench_thread(&b, 0);

    xe_kernel_thread_set_priority(high, 20);
    xe__kernel_sched_pick(b.kernel, 0);
    cr_expect_eq(standing_of(low).standing, XE_STANDS_STARVED);
    cr_expect_eq(standing_of(low).by_tid, high->tid);
    xe_kernel_thread_set_priority(high, low->priority);
    cr_expect_eq(standing_of(low).standing, XE_STANDS_RUNNING, "its turn will come");
}

Test(kernel_release, quiet_is_when_nothing_can_run)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_object *timer = xe_kernel_ktimer_create(b.kernel, true);
    struct xe_thread *thread = bench_thread(&b, 0);

    cr_expect(!xe_kernel_is_quiet(b.kernel));
    wait_one(thread, event, XE_WAIT_FOREVER);
    cr_expect(xe_kernel_is_quiet(b.kernel));
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000});
    cr_expect(xe_kernel_is_quiet(b.kernel), "nobody waits for that timer");
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000, .dpc = PROGRAM_DATA});
    cr_expect(!xe_kernel_is_quiet(b.kernel), "a DPC can do anything");
}
