/* Promises to signal: each is open until it is kept, broken or taken back. */
#include <criterion/criterion.h>

#include "base/alloc.h"
#include "bench.h"
#include "kernel/core/state.h"

static struct bench b;

static void setup(void)
{
    bench_init(&b, NULL);
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_promise, .init = setup, .fini = teardown);

/* ---- helpers -------------------------------------------------------------------------------- */

struct seen {
    struct xe_promise_info info[16];
    uint32_t count;
};

static void see(void *ctx, const struct xe_promise_info *info)
{
    struct seen *seen = ctx;

    if (seen->count < 16)
        seen->info[seen->count] = *info;
    seen->count++;
}

static struct seen open_of(const struct xe_object *object)
{
    struct seen seen = {.count = 0};

    xe_kernel_promises_of(b.kernel, object->id, see, &seen);
    return seen;
}

static struct seen all_open(void)
{
    struct seen seen = {.count = 0};

    xe_kernel_promises(b.kernel, see, &seen);
    return seen;
}

/* The newest that ended. */
static struct xe_promise_info last_ended(void)
{
    struct seen seen = {.count = 0};
    const struct xe__promises *all = &b.kernel->promises;

    xe_kernel_promises_ended(b.kernel, see, &seen);
    cr_assert_eq(seen.count, all->ended_count);
    cr_assert_gt(seen.count, 0);
    return all->ended[(all->ended_first + seen.count - 1) % XE__PROMISES_ENDED];
}

static void promise(const struct xe_object *object, uint64_t token)
{
    xe_kernel_promise_make(b.kernel, &(struct xe_promise){.kind = XE_PROMISE_OVERLAPPED,
                                                          .token = token,
                                                          .object = object,
                                                          .key = 0x1004,
                                                          .due = XE_PROMISE_UNKNOWN});
}

static struct xe_promise_totals totals(void)
{
    struct xe_promise_totals ret;

    xe_kernel_promise_totals(b.kernel, &ret);
    return ret;
}

/* ---- the registry --------------------------------------------------------------------------- */

Test(kernel_promise, is_open_until_it_is_kept)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    struct seen seen;

    bench_as(&b, bench_thread(&b, 0));
    promise(event, 5);
    seen = open_of(event);
    cr_assert_eq(seen.count, 1);
    cr_expect_eq(seen.info[0].id, 1);
    cr_expect_eq(seen.info[0].kind, XE_PROMISE_OVERLAPPED);
    cr_expect_eq(seen.info[0].state, XE_PROMISE_OPEN);
    cr_expect_eq(seen.info[0].object_id, event->id);
    cr_expect_eq(seen.info[0].key, 0x1004);
    cr_expect_eq(seen.info[0].made.tid, b.thread[0]->tid);
    cr_expect_null(seen.info[0].ended.src);
    xe_kernel_promise_keep(b.kernel, XE_PROMISE_OVERLAPPED, 5);
    cr_expect_eq(open_of(event).count, 0);
    cr_expect_eq(last_ended().state, XE_PROMISE_KEPT);
    cr_expect_eq(last_ended().kept, 1);
    xe_kernel_promise_keep(b.kernel, XE_PROMISE_OVERLAPPED, 5);
    cr_expect_eq(totals().kept[XE_PROMISE_OVERLAPPED], 1, "once");
}

Test(kernel_promise, of_another_kind_or_token_is_another)
{
    promise(NULL, 5);
    xe_kernel_promise_keep(b.kernel, XE_PROMISE_DPC, 5);
    xe_kernel_promise_keep(b.kernel, XE_PROMISE_OVERLAPPED, 6);
    cr_expect_eq(all_open().count, 1);
    xe_kernel_promise_break(b.kernel, XE_PROMISE_OVERLAPPED, 5);
    cr_expect_eq(last_ended().state, XE_PROMISE_BROKEN);
}

Test(kernel_promise, made_anew_takes_the_old_one_back)
{
    promise(NULL, 5);
    promise(NULL, 5);
    cr_expect_eq(all_open().count, 1);
    cr_expect_eq(all_open().info[0].id, 2);
    cr_expect_eq(last_ended().state, XE_PROMISE_CANCELLED);
    cr_expect_eq(last_ended().id, 1);
}

Test(kernel_promise, an_objects_are_told_in_order)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    struct xe_object *other = xe_kernel_event_create(b.kernel, true, false);
    struct seen seen;

    for (uint64_t token = 1; token <= 6; token++)
        promise(token % 2 ? event : other, token);
    xe_kernel_promise_keep(b.kernel, XE_PROMISE_OVERLAPPED, 1); /* the first of the chain */
    seen = open_of(event);
    cr_assert_eq(seen.count, 2);
    cr_expect_eq(seen.info[0].id, 3);
    cr_expect_eq(seen.info[1].id, 5);
    xe_kernel_promise_keep(b.kernel, XE_PROMISE_OVERLAPPED, 5); /* the last */
    promise(event, 7);
    seen = open_of(event);
    cr_assert_eq(seen.count, 2);
    cr_expect_eq(seen.info[1].id, 7);
    cr_expect_eq(open_of(other).count, 3);
}

/* A number that is given out again is no reason to hope. */
Test(kernel_promise, ends_with_its_object)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    uint64_t id = event->id;
    xe_handle handle = xe_kernel_handle_open(event);

    xe_kernel_object_unref(event);
    promise(event, 5);
    cr_assert_eq(xe_kernel_handle_close(b.kernel, handle), XE_STATUS_SUCCESS);
    cr_expect_eq(all_open().count, 0);
    cr_expect_eq(last_ended().state, XE_PROMISE_CANCELLED);
    cr_expect_eq(last_ended().object_id, id);
    event = xe_kernel_event_create(b.kernel, true, false);
    cr_assert_eq(xe_kernel_handle_open(event), handle + 4);
    cr_expect_eq(open_of(event).count, 0);
}

Test(kernel_promise, too_many_are_counted)
{
    for (uint64_t token = 1; token <= XE__PROMISES + 3; token++)
        promise(NULL, token);
    cr_expect_eq(totals().open, XE__PROMISES);
    cr_expect_eq(totals().lost, 3);
    cr_expect_eq(totals().made[XE_PROMISE_OVERLAPPED], XE__PROMISES + 3);
}

Test(kernel_promise, no_memory_loses_it_and_says_so)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);

    for (uint32_t n = 1; n < 20; n++) {
        uint64_t lost = totals().lost, open = totals().open;

        bench_fail_alloc(n);
        promise(event, n);
        if (!bench_alloc_failed()) {
            cr_assert_eq(totals().open, open + 1);
            return;
        }
        cr_assert_eq(totals().lost, lost + 1, "allocation %u", n);
        cr_assert_eq(totals().open, open);
    }
    cr_assert_fail("it always fails");
}

Test(kernel_promise, only_the_newest_ended_are_remembered)
{
    struct seen seen = {.count = 0};

    for (uint64_t token = 1; token <= XE__PROMISES_ENDED + 2; token++) {
        promise(NULL, token);
        xe_kernel_promise_keep(b.kernel, XE_PROMISE_OVERLAPPED, token);
    }
    xe_kernel_promises_ended(b.kernel, see, &seen);
    cr_assert_eq(seen.count, XE__PROMISES_ENDED);
    cr_expect_eq(seen.info[0].id, 3);
    cr_expect_eq(last_ended().id, XE__PROMISES_ENDED + 2);
}

Test(kernel_promise, every_kind_has_its_words)
{
    for (uint32_t kind = 0; kind < XE_PROMISE_KINDS; kind++) {
        cr_expect_str_neq(xe_promise_kind_name(kind), "?");
        cr_expect_str_neq(xe_promise_kind_doc(kind), "?");
    }
    cr_expect_str_eq(xe_promise_kind_name(XE_PROMISE_KINDS), "?");
    cr_expect_str_eq(xe_promise_state_name(XE_PROMISE_BROKEN), "broken");
    cr_expect_str_eq(xe_promise_due_name(XE_PROMISE_NEVER), "never");
}

/* ---- timers --------------------------------------------------------------------------------- */

static struct xe_object *set_timer(uint32_t period_ms)
{
    struct xe_object *timer = xe_kernel_ktimer_create(b.kernel, true);

    bench_as(&b, bench_thread(&b, 0));
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000, .period_ms = period_ms});
    bench_nobody(&b);
    return timer;
}

static struct xe_timer_info timer_info(const struct xe_object *timer)
{
    struct xe_timer_info info;

    cr_assert(xe_kernel_timer_info(b.kernel, timer->header, &info));
    return info;
}

Test(kernel_promise, a_timer_never_set_says_so)
{
    struct xe_object *timer = xe_kernel_ktimer_create(b.kernel, true);
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    struct xe_timer_info info = timer_info(timer);

    cr_expect_not(info.was_set);
    cr_expect_not(info.armed);
    cr_expect_null(info.cancelled.src);
    cr_expect_eq(open_of(timer).count, 0);
    cr_expect_not(xe_kernel_timer_info(b.kernel, event->header, &info));
    cr_expect_not(xe_kernel_timer_info(b.kernel, 0x12345678, &info));
}

Test(kernel_promise, an_armed_timer_is_one_until_it_expires)
{
    struct xe_object *timer = set_timer(0);
    struct seen seen = open_of(timer);

    cr_assert_eq(seen.count, 1);
    cr_expect_eq(seen.info[0].kind, XE_PROMISE_TIMER);
    cr_expect_eq(seen.info[0].due, XE_PROMISE_AT);
    cr_expect_eq(seen.info[0].due_time, 1000);
    cr_expect_eq(seen.info[0].due_cycle, 100000, "at 1 GHz");
    cr_expect_eq(seen.info[0].key, timer->header);
    cr_expect(timer_info(timer).armed);
    cr_expect_eq(timer_info(timer).due_cycle, 100000);
    bench_pass(&b, 999);
    cr_expect_eq(open_of(timer).count, 1);
    bench_pass(&b, 1);
    cr_expect_eq(open_of(timer).count, 0);
    cr_expect_eq(last_ended().state, XE_PROMISE_KEPT);
    cr_expect_str_eq(last_ended().ended.src, "timer");
    cr_expect_eq(timer_info(timer).expiries, 1);
    cr_expect(timer_info(timer).was_set);
    cr_expect_not(timer_info(timer).armed);
}

Test(kernel_promise, a_periodic_timer_goes_on)
{
    struct xe_object *timer = set_timer(1);
    struct seen seen;

    bench_pass(&b, 1000);
    bench_pass(&b, XE_TIME_PER_MS);
    seen = open_of(timer);
    cr_assert_eq(seen.count, 1);
    cr_expect_eq(seen.info[0].id, 1);
    cr_expect_eq(seen.info[0].kept, 2);
    cr_expect_eq(seen.info[0].due_time, 1000 + 2 * XE_TIME_PER_MS);
    cr_expect_eq(totals().kept[XE_PROMISE_TIMER], 2);
}

Test(kernel_promise, cancelling_a_timer_is_remembered)
{
    struct xe_object *timer = set_timer(0);
    uint64_t cycle;

    b.kernel->cycle += 50;
    bench_as(&b, bench_thread(&b, 1));
    cycle = xe_kernel_cycle(b.kernel);
    cr_assert_geq(cycle, 50);
    cr_assert(xe_kernel_ktimer_cancel(timer));
    cr_expect_eq(last_ended().state, XE_PROMISE_CANCELLED);
    cr_expect_eq(timer_info(timer).set.tid, b.thread[0]->tid);
    cr_expect_eq(timer_info(timer).cancelled.tid, b.thread[1]->tid);
    cr_expect_eq(timer_info(timer).cancelled.cycle, cycle);
    b.kernel->cycle += 50;
    cr_assert_not(xe_kernel_ktimer_cancel(timer));
    cr_expect_eq(timer_info(timer).cancelled.cycle, cycle, "it took nothing back");
}

Test(kernel_promise, setting_a_timer_again_makes_a_new_one)
{
    struct xe_object *timer = set_timer(0);

    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -5000});
    cr_assert_eq(open_of(timer).count, 1);
    cr_expect_eq(open_of(timer).info[0].due_time, 5000);
    cr_expect_eq(last_ended().state, XE_PROMISE_CANCELLED);
}

/* KeInitializeTimerEx where somebody waits: the waiters stay, the old timer's facts don't. */
Test(kernel_promise, a_timer_initialised_again_was_never_set)
{
    xe_gva at = xe_kernel_pool_alloc(b.kernel, XE_X_TIMER_SIZE);
    struct xe_object *timer;

    xe_kernel_header_init(b.kernel, at, XE_X_TIMER_MANUAL, 0);
    timer = xe_kernel_object_initialize(b.kernel, at, &xe_object_timer_type);
    xe_kernel_ktimer_set(timer, &(struct xe_ktimer_request){.due = -1000});
    bench_wait(&b, bench_thread(&b, 0), false, XE_WAIT_FOREVER, 1, &timer);
    bench_nobody(&b);
    xe_kernel_ktimer_cancel(timer);
    cr_assert_eq(xe_kernel_object_initialize(b.kernel, at, &xe_object_timer_type), timer);
    cr_expect_not(timer_info(timer).was_set);
    cr_expect_eq(open_of(timer).count, 0);
}

/* ---- DPCs, APCs ----------------------------------------------------------------------------- */

static xe_gva make_dpc(xe_gva routine)
{
    xe_gva kdpc = xe_kernel_pool_alloc(b.kernel, XE_X_DPC_SIZE);

    xe_mem_set_u32(b.kernel->mem, kdpc + XE_X_DPC_ROUTINE, routine);
    return kdpc;
}

Test(kernel_promise, a_queued_dpc_is_one_until_it_runs)
{
    xe_gva kdpc = make_dpc(PROGRAM_BASE), other = make_dpc(PROGRAM_BASE);

    bench_as(&b, bench_thread(&b, 0));
    cr_assert(xe_kernel_dpc_insert(b.kernel, kdpc, 0, 0));
    cr_assert(xe_kernel_dpc_insert(b.kernel, other, 0, 0));
    cr_assert_eq(all_open().count, 2);
    cr_expect_eq(all_open().info[0].key, kdpc);
    cr_expect_eq(all_open().info[0].due, XE_PROMISE_UNKNOWN);
    cr_expect_eq(all_open().info[0].object_id, 0);
    cr_assert(xe_kernel_dpc_remove(b.kernel, other));
    cr_expect_eq(last_ended().state, XE_PROMISE_CANCELLED);
    bench_nobody(&b);
    xe__kernel_dpc_thread_run(b.kernel->hw[0].dpc_thread);
    cr_expect_eq(all_open().count, 0);
    cr_expect_eq(last_ended().state, XE_PROMISE_KEPT);
}

Test(kernel_promise, a_dpc_without_a_routine_breaks_it)
{
    bench_as(&b, bench_thread(&b, 0));
    cr_assert(xe_kernel_dpc_insert(b.kernel, make_dpc(0), 0, 0));
    bench_nobody(&b);
    xe__kernel_dpc_thread_run(b.kernel->hw[0].dpc_thread);
    cr_expect_eq(all_open().count, 0);
    cr_expect_eq(last_ended().state, XE_PROMISE_BROKEN);
}

static xe_gva insert_apc(const struct xe_thread *thread)
{
    xe_gva kapc = xe_kernel_pool_alloc(b.kernel, XE_X_APC_SIZE);

    xe_mem_set_u32(b.kernel->mem, kapc + XE_X_APC_THREAD, thread->kthread);
    xe_mem_set_u8(b.kernel->mem, kapc + XE_X_APC_MODE, XE_APC_USER);
    xe_mem_set_u32(b.kernel->mem, kapc + XE_X_APC_NORMAL, PROGRAM_BASE);
    cr_assert(xe_kernel_apc_insert(b.kernel, kapc, 0, 0, 0));
    return kapc;
}

Test(kernel_promise, a_queued_apc_is_the_threads_until_it_runs)
{
    struct xe_thread *thread = bench_thread(&b, 0);
    xe_gva taken_back;

    insert_apc(thread);
    taken_back = insert_apc(thread);
    cr_assert_eq(open_of(thread->object).count, 2);
    cr_expect_eq(open_of(thread->object).info[0].kind, XE_PROMISE_APC);
    cr_assert(xe_kernel_apc_remove(b.kernel, taken_back));
    cr_expect_eq(last_ended().state, XE_PROMISE_CANCELLED);
    bench_as(&b, thread);
    cr_assert(xe_kernel_apc_deliver_user(thread));
    cr_expect_eq(open_of(thread->object).count, 0);
    cr_expect_eq(last_ended().state, XE_PROMISE_KEPT);
}

Test(kernel_promise, a_thread_that_ends_runs_no_apcs)
{
    struct xe_thread *thread = bench_thread(&b, 0);

    insert_apc(thread);
    xe__kernel_apc_rundown(thread);
    cr_expect_eq(all_open().count, 0);
    cr_expect_eq(last_ended().state, XE_PROMISE_BROKEN);
}

/* Whatever is queued or armed is promised, and nothing else is. */
static void expect_in_step(struct xe_object *const *timer, uint32_t timers)
{
    uint64_t queued = 0;

    for (uint32_t i = 0; i < timers; i++) {
        queued += xe__kernel_ktimer_armed(timer[i]);
        cr_assert_eq(open_of(timer[i]).count, xe__kernel_ktimer_armed(timer[i]));
    }
    for (uint32_t hw = 0; hw < XE_KERNEL_HW_THREADS; hw++)
        queued += b.kernel->hw[hw].dpc_count;
    for (const struct xe_thread *t = b.kernel->first_thread; t; t = t->tid_next) {
        size_t apcs = t->apcs[XE_APC_KERNEL].count + t->apcs[XE_APC_USER].count;

        cr_assert_eq(open_of(t->object).count, apcs);
        queued += apcs;
    }
    cr_assert_eq(totals().open, queued);
}

Test(kernel_promise, random_use_stays_in_step)
{
    struct xe_thread *thread = bench_thread(&b, 0);
    struct xe_object *timer[4];
    xe_gva kdpc[4];
    uint64_t state = 1;

    for (uint32_t i = 0; i < 4; i++) {
        timer[i] = xe_kernel_ktimer_create(b.kernel, true);
        kdpc[i] = make_dpc(i ? PROGRAM_BASE : 0);
    }
    bench_as(&b, thread);
    for (uint32_t step = 0; step < 3000; step++) {
        uint32_t i;

        state = state * 6364136223846793005u + 1442695040888963407u;
        i = (uint32_t)(state >> 40) % 4;
        switch (state >> 61) {
        case 0:
        case 1:
            xe_kernel_ktimer_set(timer[i],
                                 &(struct xe_ktimer_request){.due = -(int64_t)(state >> 54),
                                                             .period_ms = i / 2,
                                                             .dpc = i % 2 ? kdpc[i] : 0,
                                                             .apc = i % 2 ? 0 : PROGRAM_BASE});
            break;
        case 2:
            xe_kernel_ktimer_cancel(timer[i]);
            break;
        case 3:
            xe_kernel_dpc_insert(b.kernel, kdpc[i], 0, 0);
            break;
        case 4:
            xe_kernel_dpc_remove(b.kernel, kdpc[i]);
            break;
        case 5:
            xe_kernel_apc_queue_user(thread, PROGRAM_BASE, 0, 0, 0);
            break;
        case 6:
            xe__kernel_apc_rundown(thread);
            break;
        default:
            b.kernel->idle += 3000;
            xe__kernel_timer_fire_due(b.kernel);
        }
        expect_in_step(timer, 4);
    }
    cr_expect_gt(totals().kept[XE_PROMISE_TIMER], 50);
}

/* ---- state ---------------------------------------------------------------------------------- */

static uint8_t *save(size_t *ret_size)
{
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    xe_kernel_state(&c, b.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

static void load(const uint8_t *bytes, size_t size)
{
    struct xe_codec c;

    xe_codec_init_load(&c, bytes, size);
    xe_kernel_state(&c, b.kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
}

static void expect_same(const struct xe_promise_info *a, const struct xe_promise_info *other)
{
    cr_expect_eq(a->id, other->id);
    cr_expect_eq(a->kind, other->kind);
    cr_expect_eq(a->due, other->due);
    cr_expect_eq(a->object_id, other->object_id);
    cr_expect_eq(a->key, other->key);
    cr_expect_eq(a->kept, other->kept);
    cr_expect_str_eq(a->made.src, other->made.src);
    cr_expect_eq(a->made.cycle, other->made.cycle);
    cr_expect_eq(a->made.tid, other->made.tid);
    cr_expect_eq(a->made.lr, other->made.lr);
}

Test(kernel_promise, is_saved_and_loaded)
{
    struct xe_object *event = xe_kernel_event_create(b.kernel, true, false);
    uint64_t id = event->id;
    struct seen before, after = {.count = 0};
    uint8_t *bytes;
    size_t size;

    xe_kernel_handle_open(event);
    xe_kernel_object_unref(event);
    promise(event, 5);
    promise(NULL, 6);
    xe_kernel_promise_keep(b.kernel, XE_PROMISE_OVERLAPPED, 6);
    promise(NULL, 7);
    before = all_open();
    bytes = save(&size);
    xe_kernel_promise_keep(b.kernel, XE_PROMISE_OVERLAPPED, 5);
    promise(NULL, 8);
    load(bytes, size);
    xe_free(bytes);
    xe_kernel_promises(b.kernel, see, &after);
    cr_assert_eq(after.count, 2);
    for (uint32_t i = 0; i < 2; i++)
        expect_same(&after.info[i], &before.info[i]);
    cr_expect_eq(last_ended().id, 2);
    cr_expect_eq(totals().kept[XE_PROMISE_OVERLAPPED], 1);
    after.count = 0;
    xe_kernel_promises_of(b.kernel, id, see, &after);
    cr_expect_eq(after.count, 1);
    promise(NULL, 9);
    cr_expect_eq(all_open().info[2].id, 4, "ids go on");
}
