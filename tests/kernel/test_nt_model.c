/* The kernel's dispatcher and scheduler against the model of nt_model.h: threads do at random
 * whatever they can, and after each act all that can be seen is compared. A share in `make check`,
 * XE_SOAK times as much in `make soak`. A failure prints the last acts. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "nt_model.h"

#define RUNS 150u
#define ACTS 600u
#define TOLD 24u /* acts of a failure */
#define MS   10000u

static struct bench b;
static struct nt nt;
static struct xe_object *object[NT_OBJECTS];
static xe_gva entries, kapcs;
static uint64_t seed;
static unsigned long acted[32], ended[5];

static struct {
    char text[TOLD][96];
    uint32_t acts;
} story;

/* ---- chance ---------------------------------------------------------------------------------- */

static uint32_t below(uint32_t n)
{
    uint64_t z = seed += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) % n);
}

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void tell(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(story.text[story.acts++ % TOLD], sizeof(story.text[0]), format, list);
    va_end(list);
}

static void fail(const char *what, uint32_t at)
{
    char text[TOLD * 100] = "";

    for (uint32_t i = story.acts > TOLD ? story.acts - TOLD : 0; i < story.acts; i++) {
        strcat(text, story.text[i % TOLD]);
        strcat(text, "; ");
    }
    cr_assert_fail("%s of %u: %s", what, at, text);
}

/* ---- the stage ------------------------------------------------------------------------------- */

static struct xe_object *make_queue(void)
{
    xe_gva at = xe_kernel_pool_alloc(b.kernel, XE_X_QUEUE_SIZE);

    xe_kernel_header_init(b.kernel, at, XE_X_QUEUE, 0);
    xe__kernel_queue_init_body(b.kernel, at, NT_QUEUE_LIMIT);
    return xe_kernel_object_initialize(b.kernel, at, &xe_object_queue_type);
}

static void settle(void)
{
    struct xe_thread *thread;

    bench_nobody(&b);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t p = 0; p < NT_PROCESSORS; p++)
            while ((thread = xe__kernel_sched_pick(b.kernel, p)) && thread->calls)
                xe__kernel_guest_call_returned(thread);
    nt.now = xe_kernel_interrupt_time(b.kernel);
    nt_settle(&nt);
}

static void begin(void)
{
    bench_init(&b, NULL);
    object[NT_EVENT_AUTO] = xe_kernel_event_create(b.kernel, false, false);
    object[NT_EVENT_MANUAL] = xe_kernel_event_create(b.kernel, true, false);
    object[NT_SEMAPHORE] = xe_kernel_semaphore_create(b.kernel, 0, NT_SEMAPHORE_LIMIT);
    object[NT_MUTANT] = xe_kernel_mutant_create(b.kernel, NULL);
    object[NT_OTHER_MUTANT] = xe_kernel_mutant_create(b.kernel, NULL);
    object[NT_TIMER_AUTO] = xe_kernel_ktimer_create(b.kernel, false);
    object[NT_TIMER_MANUAL] = xe_kernel_ktimer_create(b.kernel, true);
    object[NT_QUEUE] = make_queue();
    entries = xe_kernel_pool_alloc(b.kernel, NT_ENTRIES * 8);
    kapcs = xe_kernel_pool_alloc(b.kernel, NT_THREADS * NT_APCS * 2 * XE_X_APC_SIZE);
    for (uint32_t i = 0; i < NT_THREADS; i++)
        bench_thread(&b, i % NT_PROCESSORS)->fresh = false; /* no APC comes before its start */
    nt_begin(&nt);
    settle();
    story.acts = 0;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static void compare_line(uint32_t at)
{
    const struct nt_thing *is = &nt.thing[at];
    uint32_t n = 0;

    for (const struct xe_wait_link *link = object[at]->first_waiter; link; link = link->next, n++)
        if (n >= is->waiting || link->thread != b.thread[is->line[n]])
            fail("the line", at);
    if (n != is->waiting)
        fail("the length of the line", at);
}

static void compare_object(uint32_t at)
{
    const struct nt_thing *is = &nt.thing[at];
    xe_gva header = object[at]->header, owner = xe_mem_u32(b.mem, header + XE_X_MUTANT_OWNER);

    if (xe_kernel_header_state(object[at]) != is->state)
        fail("the signal state", at);
    if ((at == NT_MUTANT || at == NT_OTHER_MUTANT) &&
        (owner != (is->owner == NT_NOBODY ? 0 : b.thread[is->owner]->kthread) ||
         xe_mem_u8(b.mem, header + XE_X_MUTANT_ABANDONED) != is->abandoned))
        fail("the owner", at);
    if ((at == NT_TIMER_AUTO || at == NT_TIMER_MANUAL) &&
        (xe__kernel_ktimer_armed(object[at]) != is->armed ||
         (is->armed && object[at]->host.ktimer->timer.due != is->due)))
        fail("when it is due", at);
    compare_line(at);
}

static void compare_queue(void)
{
    xe_gva head = object[NT_QUEUE]->header + XE_X_QUEUE_LIST, at = xe_mem_u32(b.mem, head);

    if (xe_mem_u32(b.mem, object[NT_QUEUE]->header + XE_X_QUEUE_CURRENT) != nt_at_work(&nt))
        fail("who is at work", NT_QUEUE);
    for (uint32_t i = 0; i < nt.entries; i++, at = xe_mem_u32(b.mem, at))
        if (at != entries + nt.entry[i] * 8u)
            fail("the entries", NT_QUEUE);
    if (at != head)
        fail("how many entries", NT_QUEUE);
}

/* What it got, once it has it. */
static bool same_result(const struct xe_thread *thread, const struct nt_thread *is)
{
    uint32_t result = bench_result(thread);

    if (is->state == NT_WAITING || is->held || thread->calls)
        return true;
    if (is->result >= NT_ENTRY && is->result < NT_ENTRY + NT_ENTRIES)
        return result == entries + (is->result - NT_ENTRY) * 8;
    return result == is->result;
}

static void compare_thread(uint32_t i)
{
    static const enum xe_thread_state states[] = {XE_THREAD_READY, XE_THREAD_RUNNING,
                                                  XE_THREAD_WAITING, XE_THREAD_SUSPENDED};
    const struct nt_thread *is = &nt.thread[i];
    const struct xe_thread *thread = b.thread[i];

    if (thread->state != states[is->state])
        fail("the state", i);
    if (thread->priority != is->priority || thread->base_priority != is->base)
        fail("the priority", i);
    if (thread->suspend_count != is->suspended)
        fail("the suspend count", i);
    if (thread->alerted[0] != is->alerted[0] || thread->alerted[1] != is->alerted[1])
        fail("the alerts", i);
    if (thread->apcs[XE_APC_KERNEL].count != is->kernels ||
        thread->apcs[XE_APC_USER].count != is->users)
        fail("the APCs", i);
    if (!same_result(thread, is))
        fail("the result", i);
}

static void compare(void)
{
    char text[128];

    for (uint32_t i = 0; i < NT_THREADS; i++)
        compare_thread(i);
    for (uint32_t i = 0; i < NT_OBJECTS; i++)
        compare_object(i);
    compare_queue();
    if (!xe_kernel_check(b.kernel, text, sizeof(text)))
        fail(text, 0);
}

/* ---- acts ------------------------------------------------------------------------------------ */

static void act_on_event(uint32_t me)
{
    uint32_t at = NT_EVENT_AUTO + below(2), verb = below(3);
    int32_t increment = (int32_t)below(3);

    tell("t%u %s(%u, %d)", me, verb == 0 ? "set" : verb == 1 ? "reset" : "pulse", at, increment);
    if (verb == 0) {
        xe_kernel_event_set_by(object[at], 0, increment);
        nt_set(&nt, at, increment);
    } else if (verb == 1) {
        xe_kernel_event_reset(object[at], 0);
        nt_reset(&nt, at);
    } else {
        xe_kernel_event_pulse_by(object[at], 0, increment);
        nt_pulse(&nt, at, increment);
    }
}

static void act_on_lock(uint32_t me)
{
    uint32_t at = NT_SEMAPHORE + below(3);
    int32_t increment = (int32_t)below(3), count = 1 + (int32_t)below(2), previous;
    bool abandon = below(6) == 0;

    tell("t%u release(%u by %d, +%d%s)", me, at, count, increment, abandon ? ", abandon" : "");
    if (at == NT_SEMAPHORE) {
        xe_kernel_semaphore_release_by(object[at], 0, count, increment, &previous);
        nt_release(&nt, count, increment);
        return;
    }
    xe_kernel_mutant_release_by(object[at], 0, b.thread[me], abandon, increment, &previous);
    nt_unlock(&nt, me, at, abandon, increment);
}

static void act_on_timer(uint32_t me)
{
    uint32_t at = NT_TIMER_AUTO + below(2), ms = 1 + below(4), period = below(3), apc = below(3);
    struct xe_ktimer_request request = {.due = -(int64_t)(ms * MS),
                                        .period_ms = period,
                                        .apc = apc ? PROGRAM_BASE : 0,
                                        .apc_mode = apc == 1 ? XE_APC_USER : XE_APC_KERNEL};

    if (below(4) == 0) {
        tell("t%u cancel(%u)", me, at);
        xe_kernel_ktimer_cancel(object[at]);
        nt_cancel(&nt, at);
        return;
    }
    tell("t%u arm(%u in %u ms, period %u, APC %u)", me, at, ms, period, apc);
    xe_kernel_ktimer_set(object[at], &request);
    nt_arm(&nt, at, nt.now + ms * MS, period * MS);
    if (apc)
        nt_arm_apc(&nt, at, me, apc == 1);
}

static void act_on_queue(uint32_t me)
{
    xe_gva head = object[NT_QUEUE]->header + XE_X_QUEUE_LIST, after, at;
    bool front = below(2);
    uint8_t entry = 0;

    while (entry < NT_ENTRIES && memchr(nt.entry, entry, nt.entries))
        entry++;
    if (entry == NT_ENTRIES)
        return;
    tell("t%u insert(%u%s)", me, entry, front ? ", head" : "");
    at = entries + entry * 8u;
    after = front ? head : xe_mem_u32(b.mem, head + 4);
    xe_mem_set_u32(b.mem, at, xe_mem_u32(b.mem, after));
    xe_mem_set_u32(b.mem, at + 4, after);
    xe_mem_set_u32(b.mem, xe_mem_u32(b.mem, after) + 4, at);
    xe_mem_set_u32(b.mem, after, at);
    xe_kernel_signal(object[NT_QUEUE],
                     &(struct xe_signal){.op = XE_AUDIT_OP_SIGNAL,
                                         .state = xe_kernel_header_state(object[NT_QUEUE]) + 1});
    nt_insert(&nt, entry, front);
}

/* A wait for up to three objects, or none: a delay; or for an entry of the queue. */
static void wait(uint32_t me)
{
    uint32_t how = below(4), ms = 1 + below(3);
    struct nt_wait wait = {.count = (uint8_t)below(4),
                           .all = below(2),
                           .alertable = below(2),
                           .user = below(2),
                           .timed = how >= 2,
                           .due = nt.now + ms * MS};
    struct xe_wait_request request = {.end = XE_WAIT_END_STATUS};
    char names[8] = "";

    wait.remove = below(5) == 0;
    if (wait.remove)
        wait = (struct nt_wait){.object = {NT_QUEUE},
                                .count = 1,
                                .user = wait.user,
                                .timed = wait.timed,
                                .due = wait.due,
                                .remove = true};
    wait.poll = how == 1 && wait.count;
    for (uint32_t i = 0; i < wait.count; i++) {
        wait.object[i] = wait.remove ? NT_QUEUE : (uint8_t)below(NT_QUEUE);
        request.object[i] = object[wait.object[i]];
        names[i] = (char)('0' + wait.object[i]);
    }
    wait.timed |= !wait.count;
    tell("t%u wait(%s of '%s', %s%s%s)", me, wait.all ? "all" : "any", names,
         wait.poll    ? "poll"
         : wait.timed ? "timed"
                      : "for ever",
         wait.alertable ? " alertable" : "", wait.user ? " user" : "");
    request.count = wait.count;
    request.all = wait.all;
    request.alertable = wait.alertable;
    request.user_mode = wait.user;
    request.timeout = wait.poll ? 0 : wait.timed ? -(int64_t)(ms * MS) : XE_WAIT_FOREVER;
    if (wait.remove) {
        request.end = XE_WAIT_END_ENTRY;
        xe__kernel_queue_serve(b.thread[me], object[NT_QUEUE]);
    }
    xe_kernel_wait(b.thread[me], &request);
    nt_wait_begin(&nt, me, &wait);
}

static bool queue_kernel_apc(uint32_t target, bool special, int32_t increment)
{
    for (uint32_t i = 0; i < NT_APCS; i++) {
        xe_gva kapc = kapcs + (target * NT_APCS + i) * XE_X_APC_SIZE;

        if (xe_mem_u8(b.mem, kapc + XE_X_APC_INSERTED))
            continue;
        xe_mem_set_u32(b.mem, kapc + XE_X_APC_THREAD, b.thread[target]->kthread);
        xe_mem_set_u32(b.mem, kapc + XE_X_APC_KERNEL, special ? PROGRAM_BASE : 0);
        xe_mem_set_u32(b.mem, kapc + XE_X_APC_NORMAL, special ? 0 : PROGRAM_BASE);
        return xe_kernel_apc_insert(b.kernel, kapc, 0, 0, increment);
    }
    return false;
}

static void queue_apc(uint32_t me)
{
    uint32_t target = below(NT_THREADS), kind = below(3);
    int32_t increment = (int32_t)below(3);
    const struct nt_thread *it = &nt.thread[target];

    if (it->kernels > NT_APCS - 4 || it->users > NT_APCS - 4)
        return;
    tell("t%u apc(t%u, %s, +%d)", me, target,
         kind == 0   ? "user"
         : kind == 1 ? "normal"
                     : "special",
         increment);
    if (kind == 0) {
        cr_assert_eq(xe_kernel_apc_queue_user(b.thread[target], PROGRAM_BASE, 0, 0, 0),
                     XE_STATUS_SUCCESS);
        nt_apc_insert(&nt, target, NT_APC_NORMAL, true, 0);
        return;
    }
    cr_assert(queue_kernel_apc(target, kind == 2, increment));
    nt_apc_insert(&nt, target, kind == 2 ? NT_APC_SPECIAL : NT_APC_NORMAL, false, increment);
}

static void alert(uint32_t me)
{
    uint32_t target = below(NT_THREADS), verb = below(3);
    bool user = below(2);

    tell("t%u alert %u (t%u, %s)", me, verb, target, user ? "user" : "kernel");
    if (verb == 0) {
        cr_expect_eq(xe_kernel_thread_test_alert(b.thread[me], user), nt_test_alert(&nt, me, user));
        return;
    }
    if (verb == 2)
        user = false;
    cr_expect_eq(xe_kernel_thread_alert(b.thread[target], user), nt_alert(&nt, target, user));
    if (verb == 1)
        return;
    xe_kernel_thread_resume(b.thread[target]);
    nt_resume(&nt, target);
}

static void suspend_or_resume(uint32_t me)
{
    uint32_t target = below(NT_THREADS), status;

    if (nt.thread[target].suspended < 3 && below(3) == 0) {
        tell("t%u suspend(t%u)", me, target);
        xe_kernel_thread_suspend(b.thread[target], &status);
        nt_suspend(&nt, target);
    } else {
        tell("t%u resume(t%u)", me, target);
        xe_kernel_thread_resume(b.thread[target]);
        nt_resume(&nt, target);
    }
}

static void region(uint32_t me)
{
    xe_gva at = b.thread[me]->kthread + XE_X_THREAD_APC_DISABLE;
    struct nt_thread *it = &nt.thread[me];
    bool enter = !it->region || (it->region < 3 && below(2));

    tell("t%u %s", me, enter ? "enter" : "leave");
    it->region = (uint8_t)(it->region + (enter ? 1 : -1));
    xe_mem_set_u32(b.mem, at, (uint32_t)-it->region);
}

static void prioritize(uint32_t me)
{
    uint32_t target = below(NT_THREADS);
    int32_t by = (int32_t)below(9) - 4;

    if (below(2)) {
        tell("t%u boost(t%u by %d)", me, target, by);
        xe_kernel_thread_boost(b.thread[target], by);
        nt_boost(&nt, target, by);
        return;
    }
    tell("t%u base(t%u, %d)", me, target, by);
    xe_kernel_thread_set_base_priority(b.thread[target], by);
    nt_rebase(&nt, target, by < -3 ? 10 : 13 + by);
}

static void yield(uint32_t me)
{
    tell("t%u yield", me);
    cr_expect_eq(xe_kernel_thread_yield(b.thread[me]), nt_yield(&nt, me));
}

static void pass(void)
{
    uint64_t tick = b.kernel->next_tick;
    uint32_t span = below(3 * MS);

    tell("pass %u", span);
    bench_pass(&b, span);
    nt_pass(&nt, xe_kernel_interrupt_time(b.kernel), b.kernel->next_tick != tick);
}

static void (*const acts[])(uint32_t me) = {
    wait,      wait,  act_on_event,      act_on_event,      act_on_lock, act_on_timer, act_on_queue,
    queue_apc, alert, suspend_or_resume, suspend_or_resume, region,      prioritize,   yield};
#define VERBS (sizeof(acts) / sizeof(acts[0]))

/* Somebody who runs does something; when nobody does, or now and then, time passes. */
static void act(void)
{
    uint32_t me = nt.current[below(NT_PROCESSORS)], verb = below(VERBS);

    if (me == NT_NOBODY || below(8) == 0) {
        pass();
    } else {
        bench_as(&b, b.thread[me]);
        nt.now = xe_kernel_interrupt_time(b.kernel);
        acts[verb](me);
        acted[verb]++;
    }
    settle();
    compare();
}

/* All ways in which waits end have been seen. */
static void note_ends(void)
{
    static const uint32_t results[] = {0x80, XE_STATUS_USER_APC, XE_STATUS_ALERTED,
                                       XE_STATUS_TIMEOUT};

    for (uint32_t i = 0; i < NT_THREADS; i++)
        for (uint32_t k = 0; k < 4; k++)
            ended[k] += nt.thread[i].result == results[k];
    for (uint32_t i = 0; i < NT_THREADS; i++)
        ended[4] += nt.thread[i].result >= NT_ENTRY;
}

static bool is_dead(void)
{
    for (uint32_t i = 0; i < NT_THREADS; i++)
        if (nt.thread[i].state <= NT_RUNNING ||
            (nt.thread[i].state == NT_WAITING && nt.thread[i].wait.timed))
            return false;
    return !nt.thing[NT_TIMER_AUTO].armed && !nt.thing[NT_TIMER_MANUAL].armed;
}

Test(kernel_nt_model, whatever_threads_do, .timeout = 7200)
{
    const char *times = getenv("XE_SOAK");
    uint32_t runs = RUNS * (times ? (uint32_t)strtoul(times, NULL, 10) : 1);
    unsigned long sum = 0;

    for (uint32_t run = 0; run < runs; run++) {
        seed = run;
        begin();
        for (uint32_t i = 0; i < ACTS && !is_dead(); i++, sum++) {
            act();
            note_ends();
        }
        bench_nobody(&b);
        bench_fini(&b);
    }
    printf("%lu acts\n", sum);
    for (uint32_t i = 0; i < VERBS; i++)
        cr_expect_gt(acted[i], runs, "act %u", i);
    for (uint32_t i = 0; i < 5; i++)
        cr_expect_gt(ended[i], 0, "end %u", i);
}
