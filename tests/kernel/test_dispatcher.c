/* Signals and waits: the rules of each object, without a CPU. */
#include <criterion/criterion.h>

#include "bench.h"

static struct bench b;

static void setup(void)
{
    bench_init(&b, NULL);
}

static void teardown(void)
{
    char text[128];

    cr_expect(xe_kernel_check(b.kernel, text, sizeof(text)), "%s", text);
    bench_fini(&b);
}

TestSuite(kernel_dispatcher, .init = setup, .fini = teardown);

static void wait_one(struct xe_thread *thread, struct xe_object *object)
{
    bench_wait(&b, thread, false, XE_WAIT_FOREVER, 1, &object);
}

static bool is_parked(const struct xe_thread *thread)
{
    return thread->state == XE_THREAD_WAITING;
}

Test(kernel_dispatcher, auto_reset_wakes_one_waiter)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *first = bench_thread(&b, 0), *second = bench_thread(&b, 1);

    wait_one(first, event);
    wait_one(second, event);
    cr_assert(is_parked(first) && is_parked(second));
    cr_assert_eq(xe_kernel_event_set(event, 0), 0);
    cr_expect_eq(first->state, XE_THREAD_READY, "first come, first served");
    cr_expect_eq(bench_result(first), XE_STATUS_SUCCESS);
    cr_expect(is_parked(second));
    cr_expect_eq(xe_kernel_header_state(event), 0, "the token is taken");
}

Test(kernel_dispatcher, manual_reset_wakes_all_and_stays)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    struct xe_thread *first = bench_thread(&b, 0), *second = bench_thread(&b, 1);

    wait_one(first, event);
    wait_one(second, event);
    xe_kernel_event_set(event, 0);
    cr_expect(!is_parked(first) && !is_parked(second));
    cr_expect_eq(xe_kernel_header_state(event), 1);
    cr_expect_eq(xe_kernel_event_reset(event, 0), 1, "the previous state");
}

Test(kernel_dispatcher, pulse_wakes_those_there_and_leaves_nothing)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    struct xe_thread *early = bench_thread(&b, 0), *late = bench_thread(&b, 1);

    wait_one(early, event);
    xe_kernel_event_pulse_by(event, 0, 0);
    wait_one(late, event);
    cr_expect(!is_parked(early));
    cr_expect(is_parked(late));
    cr_expect_eq(xe_kernel_header_state(event), 0);
}

Test(kernel_dispatcher, semaphore_hands_out_its_count)
{
    struct xe_object *semaphore = xe_kernel_semaphore_create(b.kernel, 0, 3);
    struct xe_thread *thread[3];
    int32_t previous;

    for (uint32_t i = 0; i < 3; i++) {
        thread[i] = bench_thread(&b, i);
        wait_one(thread[i], semaphore);
    }
    cr_assert_eq(xe_kernel_semaphore_release(semaphore, 0, 2, &previous), XE_STATUS_SUCCESS);
    cr_expect_eq(previous, 0);
    cr_expect(!is_parked(thread[0]) && !is_parked(thread[1]) && is_parked(thread[2]));
    cr_expect_eq(xe_kernel_header_state(semaphore), 0);
    cr_expect_eq(xe_kernel_semaphore_release(semaphore, 0, 5, &previous),
                 XE_STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    cr_expect(is_parked(thread[2]), "a failed release changes nothing");
}

Test(kernel_dispatcher, mutant_is_recursive_and_owned)
{
    struct xe_thread *owner = bench_thread(&b, 0), *other = bench_thread(&b, 1);
    struct xe_object *mutant = xe_kernel_mutant_create(b.kernel, NULL);
    int32_t previous;

    wait_one(owner, mutant);
    wait_one(owner, mutant);
    wait_one(other, mutant);
    cr_assert_eq(xe_kernel_header_state(mutant), -1);
    cr_assert(is_parked(other));
    cr_expect_eq(xe_kernel_mutant_release(mutant, 0, other, false, &previous),
                 XE_STATUS_MUTANT_NOT_OWNED);
    xe_kernel_mutant_release(mutant, 0, owner, false, &previous);
    cr_expect(is_parked(other), "still held once");
    xe_kernel_mutant_release(mutant, 0, owner, false, &previous);
    cr_expect(!is_parked(other));
    cr_expect_eq(bench_result(other), XE_STATUS_SUCCESS);
    cr_expect_eq(other->mutant_count, 1);
    cr_expect_eq(owner->mutant_count, 0);
}

Test(kernel_dispatcher, exit_signals_the_thread_and_abandons_its_mutants)
{
    struct xe_thread *owner = bench_thread(&b, 0), *heir = bench_thread(&b, 1);
    struct xe_thread *joiner = bench_thread(&b, 2);
    struct xe_object *mutant = xe_kernel_mutant_create(b.kernel, owner);

    wait_one(heir, mutant);
    wait_one(joiner, owner->object);
    xe_kernel_object_ref(owner->object); /* looked at below */
    bench_as(&b, owner);
    xe_kernel_thread_exit(owner, 7);
    cr_expect_eq(bench_result(heir), XE_STATUS_ABANDONED_WAIT_0);
    cr_expect_eq(bench_result(joiner), XE_STATUS_SUCCESS);
    cr_expect_eq(owner->exit_code, 7);
    cr_expect_eq(xe_mem_u32(b.mem, owner->kthread + XE_X_THREAD_EXIT_STATUS), 7);
    cr_expect_eq(xe_mem_u8(b.mem, owner->kthread + XE_X_THREAD_TERMINATED), 1);
    cr_expect_null(xe_mem_view(b.mem, 0x70010000, 4), "its stack is gone");
}

Test(kernel_dispatcher, wait_any_names_the_lowest_object_and_leaves_the_rest)
{
    struct xe_object *event[3];
    struct xe_thread *thread = bench_thread(&b, 0);

    for (uint32_t i = 0; i < 3; i++)
        event[i] = xe_kernel_event_create(b.kernel, false, false);
    bench_wait(&b, thread, false, XE_WAIT_FOREVER, 3, event);
    xe_kernel_event_set(event[1], 0);
    cr_expect_eq(bench_result(thread), 1);
    cr_expect_eq(event[0]->waiters + event[1]->waiters + event[2]->waiters, 0);
    xe_kernel_event_set(event[2], 0);
    xe_kernel_event_set(event[1], 0);
    bench_wait(&b, thread, false, XE_WAIT_FOREVER, 3, event);
    cr_expect_eq(bench_result(thread), 1);
    cr_expect_eq(xe_kernel_header_state(event[2]), 1, "not consumed");
}

Test(kernel_dispatcher, wait_all_takes_nothing_before_it_can_take_all)
{
    struct xe_object *object[2] = {xe_kernel_event_create(b.kernel, false, false),
                                   xe_kernel_semaphore_create(b.kernel, 1, 1)};
    struct xe_thread *thread = bench_thread(&b, 0), *thief = bench_thread(&b, 1);

    bench_wait(&b, thread, true, XE_WAIT_FOREVER, 2, object);
    cr_assert(is_parked(thread));
    cr_expect_eq(xe_kernel_header_state(object[1]), 1);
    wait_one(thief, object[1]);
    cr_expect_eq(bench_result(thief), XE_STATUS_SUCCESS);
    xe_kernel_event_set(object[0], 0);
    cr_expect(is_parked(thread));
    cr_expect_eq(xe_kernel_header_state(object[0]), 1, "nobody could take it");
    xe_kernel_semaphore_release(object[1], 0, 1, &(int32_t){0});
    cr_expect_eq(bench_result(thread), XE_STATUS_SUCCESS);
    cr_expect_eq(xe_kernel_header_state(object[0]), 0);
    cr_expect_eq(xe_kernel_header_state(object[1]), 0);
}

Test(kernel_dispatcher, the_same_object_twice_in_one_wait)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_object *twice[2] = {event, event};
    struct xe_thread *thread = bench_thread(&b, 0), *other = bench_thread(&b, 1);

    bench_wait(&b, thread, true, XE_WAIT_FOREVER, 2, twice);
    wait_one(other, event);
    xe_kernel_event_set(event, 0);
    cr_expect_eq(bench_result(thread), XE_STATUS_SUCCESS);
    cr_expect(is_parked(other));
    cr_expect_eq(event->waiters, 1);
}

Test(kernel_dispatcher, poll_and_timeout)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *thread = bench_thread(&b, 0);

    bench_wait(&b, thread, false, 0, 1, &event);
    cr_expect_eq(bench_result(thread), XE_STATUS_TIMEOUT);
    cr_expect_eq(thread->state, XE_THREAD_RUNNING);
    bench_wait(&b, thread, false, -500, 1, &event);
    bench_pass(&b, 499);
    cr_expect(is_parked(thread));
    bench_pass(&b, 1);
    cr_expect_eq(bench_result(thread), XE_STATUS_TIMEOUT);
    cr_expect_eq(event->waiters, 0);
}

Test(kernel_dispatcher, a_wake_disarms_the_timeout)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *thread = bench_thread(&b, 0);

    bench_wait(&b, thread, false, -500, 1, &event);
    xe_kernel_event_set(event, 0);
    bench_pass(&b, 10000);
    cr_expect_eq(bench_result(thread), XE_STATUS_SUCCESS);
    cr_expect_eq(b.kernel->heap_count, 0);
}

/* ---- suspension ----------------------------------------------------------------------------- */

static void suspend(struct xe_thread *thread)
{
    uint32_t status;

    xe_kernel_thread_suspend(thread, &status);
    cr_assert_eq(status, XE_STATUS_SUCCESS);
}

/* And let it run. */
static void resume(struct xe_thread *thread)
{
    xe_kernel_thread_resume(thread);
    xe__kernel_sched_pick(b.kernel, thread->hw);
}

Test(kernel_dispatcher, a_suspended_waiter_takes_nothing_until_it_is_resumed)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *thread = bench_thread(&b, 0);

    wait_one(thread, event);
    suspend(thread);
    xe_kernel_event_set(event, 0);
    cr_expect_eq(thread->state, XE_THREAD_SUSPENDED);
    cr_expect_eq(xe_kernel_header_state(event), 1);
    cr_expect_eq(event->waiters, 0);
    resume(thread);
    cr_expect_eq(thread->state, XE_THREAD_RUNNING);
    cr_expect_eq(bench_result(thread), XE_STATUS_SUCCESS);
    cr_expect_eq(xe_kernel_header_state(event), 0);
}

Test(kernel_dispatcher, a_suspended_waiter_misses_a_pulse_and_lets_others_take)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *thread = bench_thread(&b, 0), *other = bench_thread(&b, 1);

    wait_one(thread, event);
    wait_one(other, event);
    suspend(thread);
    xe_kernel_event_set(event, 0);
    cr_expect(!is_parked(other), "though it came later");
    xe_kernel_event_pulse_by(event, 0, 0);
    resume(thread);
    cr_expect(is_parked(thread));
}

Test(kernel_dispatcher, who_was_suspended_goes_to_the_end_of_the_line)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *first = bench_thread(&b, 0), *second = bench_thread(&b, 1);

    wait_one(first, event);
    wait_one(second, event);
    suspend(first);
    resume(first);
    xe_kernel_event_set(event, 0);
    cr_expect(is_parked(first) && !is_parked(second));
}

Test(kernel_dispatcher, a_deadline_is_judged_when_the_thread_is_resumed)
{
    struct xe_object *event[2] = {xe_kernel_event_create(b.kernel, false, false),
                                  xe_kernel_event_create(b.kernel, false, false)};
    struct xe_thread *late = bench_thread(&b, 0), *lucky = bench_thread(&b, 1);
    struct xe_thread *early = bench_thread(&b, 2);

    bench_wait(&b, late, false, -500, 1, &event[0]);
    bench_wait(&b, lucky, false, -500, 1, &event[1]);
    bench_wait(&b, early, false, -5000, 1, &event[0]);
    for (uint32_t i = 0; i < 3; i++)
        suspend(b.thread[i]);
    bench_pass(&b, 1000);
    cr_expect_eq(late->state, XE_THREAD_SUSPENDED);
    xe_kernel_event_set(event[1], 0);
    for (uint32_t i = 0; i < 3; i++)
        resume(b.thread[i]);
    cr_expect_eq(bench_result(late), XE_STATUS_TIMEOUT);
    cr_expect_eq(bench_result(lucky), XE_STATUS_SUCCESS, "what is there comes before what is late");
    cr_expect(is_parked(early));
    bench_pass(&b, 3999);
    cr_expect(is_parked(early), "its deadline is what it was");
    bench_pass(&b, 1);
    cr_expect_eq(bench_result(early), XE_STATUS_TIMEOUT);
}

/* It runs first what it has to do before it looks at its wait again: here somebody else is faster.
 */
Test(kernel_dispatcher, a_resumed_waiter_looks_again_when_it_runs)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *thread = bench_thread(&b, 0), *thief = bench_thread(&b, 1);

    wait_one(thread, event);
    suspend(thread);
    xe_kernel_event_set(event, 0);
    xe_kernel_thread_resume(thread);
    cr_expect_eq(thread->state, XE_THREAD_READY);
    wait_one(thief, event);
    cr_expect_eq(bench_result(thief), XE_STATUS_SUCCESS);
    xe__kernel_sched_pick(b.kernel, 0);
    cr_expect(is_parked(thread));
}

Test(kernel_dispatcher, suspension_waits_for_the_end_of_a_critical_region)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *thread = bench_thread(&b, 0);
    xe_gva disable = thread->kthread + XE_X_THREAD_APC_DISABLE;

    xe_mem_set_u32(b.mem, disable, UINT32_MAX);
    wait_one(thread, event);
    suspend(thread);
    cr_expect(is_parked(thread) && thread->suspend_count == 1);
    xe_kernel_event_set(event, 0);
    xe__kernel_sched_pick(b.kernel, 0);
    cr_expect_eq(thread->state, XE_THREAD_RUNNING);
    cr_expect_eq(bench_result(thread), XE_STATUS_SUCCESS);
    xe_mem_set_u32(b.mem, disable, 0);
    xe__kernel_sched_pick(b.kernel, 0);
    cr_expect_eq(thread->state, XE_THREAD_SUSPENDED);
}

Test(kernel_dispatcher, a_suspension_that_is_taken_back_in_time_never_was)
{
    struct xe_thread *thread = bench_thread(&b, 0);

    xe_mem_set_u32(b.mem, thread->kthread + XE_X_THREAD_APC_DISABLE, UINT32_MAX);
    suspend(thread);
    xe_kernel_thread_resume(thread);
    suspend(thread);
    cr_expect_eq(thread->apcs[XE_APC_KERNEL].count, 1, "it is queued once");
    xe_kernel_thread_resume(thread);
    xe_mem_set_u32(b.mem, thread->kthread + XE_X_THREAD_APC_DISABLE, 0);
    cr_expect_eq(xe__kernel_sched_pick(b.kernel, 0), thread);
    cr_expect_eq(thread->apcs[XE_APC_KERNEL].count, 0);
    cr_expect_eq(thread->state, XE_THREAD_RUNNING);
}

Test(kernel_dispatcher, a_static_event_is_adopted_at_first_use)
{
    struct xe_thread *thread = bench_thread(&b, 0);
    xe_gva at =
        xe_mem_alloc(b.mem, XE_MEM_HEAP_PHYSICAL, 0, 0x10000, 0, XE_PAGE_READWRITE, true, false);
    struct xe_object *event;

    xe_kernel_header_init(b.kernel, XE_MEM_PHYS_A + at, XE_X_EVENT_AUTO, 1);
    event = xe_kernel_object_adopt(b.kernel, XE_MEM_PHYS_A + at, NULL);
    cr_assert_not_null(event);
    cr_expect_eq(event->type, &xe_object_event_type);
    cr_expect_eq(xe_kernel_object_adopt(b.kernel, XE_MEM_PHYS_C + at, NULL), event, "a mirror");
    wait_one(thread, event);
    cr_expect_eq(bench_result(thread), XE_STATUS_SUCCESS);
    cr_expect_eq(xe_mem_u32(b.mem, XE_MEM_PHYS_A + at + XE_X_HEADER_STATE), 0);
    xe_kernel_header_init(b.kernel, XE_MEM_PHYS_A + at, XE_X_SEMAPHORE, 1);
    event = xe_kernel_object_adopt(b.kernel, XE_MEM_PHYS_A + at, NULL);
    cr_expect_eq(event->type, &xe_object_semaphore_type, "something else lives there now");
}

Test(kernel_dispatcher, queue_respects_its_concurrency)
{
    struct xe_thread *worker[2] = {bench_thread(&b, 0), bench_thread(&b, 1)};
    struct xe_object *gate = xe_kernel_event_create(b.kernel, false, false);
    xe_gva at = xe_kernel_pool_alloc(b.kernel, XE_X_QUEUE_SIZE);
    struct xe_object *queue;

    xe_kernel_header_init(b.kernel, at, XE_X_QUEUE, 0);
    xe__kernel_queue_init_body(b.kernel, at, 1);
    queue = xe_kernel_object_initialize(b.kernel, at, &xe_object_queue_type);
    for (uint32_t i = 0; i < 2; i++) {
        xe__kernel_queue_serve(worker[i], queue);
        wait_one(worker[i], queue);
    }
    xe_kernel_signal(queue, &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL, .state = 2});
    cr_expect(!is_parked(worker[1]), "who came last is first");
    cr_expect(is_parked(worker[0]), "one at a time");
    wait_one(worker[1], gate);
    cr_expect(!is_parked(worker[0]), "the other is parked elsewhere: its place is free");
}

Test(kernel_dispatcher, io_completion_delivers_packets_in_order)
{
    struct xe_object *port = xe_kernel_io_completion_create(b.kernel, 0);
    struct xe_thread *thread = bench_thread(&b, 0);

    for (uint32_t i = 0; i < 40; i++)
        cr_assert(xe_kernel_io_completion_post(port, 0, &(struct xe_packet){.key = i}));
    for (uint32_t i = 0; i < 40; i++) {
        wait_one(thread, port);
        cr_expect_eq(thread->wait.packet.key, i);
    }
    wait_one(thread, port);
    cr_expect(is_parked(thread));
    xe_kernel_io_completion_post(port, 0, &(struct xe_packet){.key = 99});
    cr_expect_eq(thread->wait.packet.key, 99);
    cr_expect_eq(xe_kernel_io_completion_depth(port), 0);
}

Test(kernel_dispatcher, a_port_wakes_who_came_last)
{
    struct xe_object *port = xe_kernel_io_completion_create(b.kernel, 0);
    struct xe_thread *worker[3];

    for (uint32_t i = 0; i < 3; i++)
        wait_one(worker[i] = bench_thread(&b, i), port);
    for (uint32_t i = 3; i-- > 0;) {
        xe_kernel_io_completion_post(port, 0, &(struct xe_packet){.key = i});
        cr_expect(!is_parked(worker[i]) && worker[i]->wait.packet.key == i, "worker %u", i);
        cr_expect_eq(port->waiters, i);
    }
}

Test(kernel_dispatcher, injected_lost_wake_leaves_the_waiter_parked)
{
    struct xe_kernel_config config = {
        .slice = 1000, .clock_hz = 1000000000, .faults.inject_lost_wake = 2};
    struct xe_object *event;
    struct xe_thread *thread;

    if (!xe_fault_plan())
        cr_skip(XE_NO_FAULT_PLAN);
    bench_fini(&b);
    bench_init(&b, &config);
    event = xe_kernel_event_create(b.kernel, false, false);
    thread = bench_thread(&b, 0);
    wait_one(thread, event);
    xe_kernel_event_set(event, 0);
    cr_expect(!is_parked(thread));
    wait_one(thread, event);
    xe_kernel_event_set(event, 0);
    cr_expect(is_parked(thread));
    cr_expect_eq(xe_kernel_header_state(event), 1);
    cr_expect(b.kernel->interfered);
}

/* ---- what the audit is told ----------------------------------------------------------------- */

Test(kernel_dispatcher, one_record_per_signal_and_per_wait)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, false, false);
    struct xe_thread *thread = bench_thread(&b, 0);
    xe_handle handle;
    struct xe_audit_report report;
    struct xe_error err = XE_ERROR_INIT;

    handle = xe_kernel_handle_open(event);
    bench_as(&b, thread);
    xe_kernel_wait(thread,
                   &(struct xe_wait_request){
                       .count = 1, .object = {event}, .key = {handle}, .timeout = XE_WAIT_FOREVER});
    bench_nobody(&b);
    xe_kernel_event_set(event, handle);
    xe_kernel_event_set(event, handle);
    cr_assert(
        xe_audit_report_make(b.audit, xe_kernel_audit_world(b.kernel), &handle, 1, &report, &err),
        "%s", err.text);
    cr_expect_eq(handle, 0x1000);
    cr_expect_eq(report.handle[0].signal_attempts.primary, 2);
    cr_expect_eq(report.handle[0].waits, 1);
    cr_expect_eq(report.handle[0].wakes, 1);
    cr_expect(report.handle[0].signaled);
    cr_expect_eq(report.handle[0].diagnosis.branch, XE_AUDIT_D1_NO_WAITER);
    xe_audit_report_fini(&report);
}
