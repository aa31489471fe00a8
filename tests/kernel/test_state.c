/* The kernel's state: no field is left out, and what differs shows. */
#include <criterion/criterion.h>
#include <string.h>

#include "bench.h"
#include "kernel/core/state.h"
#include "tests/support/fields.h"

static struct bench b;
static struct xe__state_world world;

static void setup(void)
{
    bench_init(&b, NULL);
    world = (struct xe__state_world){.kernel = b.kernel};
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_state, .init = setup, .fini = teardown);

/* ---- digests -------------------------------------------------------------------------------- */

static void gather(void *ctx, const char *section, const void *bytes, size_t n)
{
    uint64_t *hash = ctx;

    (void)section;
    for (size_t i = 0; i < n; i++)
        *hash = (*hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001B3u;
}

static uint64_t digest(struct bench *bench)
{
    struct xe_codec c;
    uint64_t hash = 0xCBF29CE484222325u;

    xe_codec_init_hash(&c, gather, &hash);
    xe_kernel_state(&c, bench->kernel);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    return hash;
}

/* Two kernels, in one of which `act` gets another value: their digests. */
static void two(void (*act)(struct bench *bench, uint32_t value), bool expect_equal)
{
    struct bench other;

    bench_init(&other, NULL);
    act(&b, 1);
    act(&other, expect_equal ? 1 : 2);
    cr_expect_eq(digest(&b) == digest(&other), expect_equal);
    bench_fini(&other);
}

static void post_packet(struct bench *bench, uint32_t value)
{
    struct xe_packet packet = {.apc_context = value};

    xe_kernel_io_completion_post(xe_kernel_io_completion_create(bench->kernel, 0), 0, &packet);
}

static void set_timer(struct bench *bench, uint32_t value)
{
    bench_as(bench, bench_thread(bench, 0));
    xe_kernel_ktimer_set(
        xe_kernel_ktimer_create(bench->kernel, true),
        &(struct xe_ktimer_request){.due = -1000, .apc = PROGRAM_BASE, .apc_context = value});
    bench_nobody(bench);
}

static void make_link(struct bench *bench, uint32_t value)
{
    xe_kernel_object_link_create(bench->kernel,
                                 "game:", value == 1 ? "\\Device\\a" : "\\Device\\b");
}

Test(kernel_state, a_packets_context_is_state)
{
    two(post_packet, true);
    bench_fini(&b);
    setup();
    two(post_packet, false);
}

Test(kernel_state, a_timers_apc_context_is_state)
{
    two(set_timer, true);
    bench_fini(&b);
    setup();
    two(set_timer, false);
}

Test(kernel_state, a_links_target_is_state)
{
    two(make_link, true);
    bench_fini(&b);
    setup();
    two(make_link, false);
}

/* Arming others and taking them back leaves another heap, but no other state. */
Test(kernel_state, the_heaps_history_is_no_state)
{
    struct xe_object *timer[7];
    uint64_t before;

    for (uint32_t i = 0; i < 7; i++)
        xe_kernel_ktimer_set(timer[i] = xe_kernel_ktimer_create(b.kernel, true),
                             &(struct xe_ktimer_request){.due = -(int64_t)(100 - 10 * i)});
    before = digest(&b);
    for (uint32_t i = 0; i < 7; i++)
        cr_assert_eq(timer[i]->host.ktimer->timer.slot, 7 - i, "told in order");
    cr_expect_eq(digest(&b), before);
    bench_pass(&b, 1000);
    cr_expect_eq(b.kernel->heap_count, 0);
}

/* ---- lists ---------------------------------------------------------------------------------- */

Test(kernel_state, the_pool_is_state)
{
    uint64_t start = digest(&b), used, one;
    xe_gva first = xe_kernel_pool_alloc(b.kernel, 64), second = xe_kernel_pool_alloc(b.kernel, 64);
    xe_gva big;

    used = digest(&b);
    cr_expect_neq(used, start);
    xe_kernel_pool_free(b.kernel, first);
    xe_kernel_pool_free(b.kernel, second);
    one = digest(&b);
    cr_expect_neq(one, start, "they will be handed out in another order");
    xe_kernel_pool_alloc(b.kernel, 64);
    xe_kernel_pool_alloc(b.kernel, 64);
    cr_expect_eq(digest(&b), used);
    big = xe_kernel_pool_alloc(b.kernel, 0x5000);
    cr_expect_neq(digest(&b), used);
    xe_kernel_pool_free(b.kernel, big);
    cr_expect_eq(digest(&b), used);
    xe_kernel_pool_free(b.kernel, second);
    cr_expect_eq(xe_kernel_pool_alloc_for(b.kernel, 64, XE_POOL_TITLE), second);
    cr_expect_neq(digest(&b), used, "a block has an owner");
}

static void two_ready(struct bench *bench, uint32_t value)
{
    struct xe_thread *first = bench_thread(bench, 0), *second = bench_thread(bench, 0);
    struct xe_thread *third = bench_thread(bench, 0);

    (void)first;
    if (value == 2) /* to the end of the line */
        xe__kernel_sched_block(second, XE_THREAD_READY);
    else
        xe__kernel_sched_block(third, XE_THREAD_READY);
    xe__kernel_sched_ready(value == 2 ? second : third, false);
}

static void one_slot(struct bench *bench, uint32_t value)
{
    bench->kernel->tls_used[0] = value == 1;
}

Test(kernel_state, the_ready_are_state)
{
    two(two_ready, true);
    bench_fini(&b);
    setup();
    two(two_ready, false);
    bench_fini(&b);
    setup();
    two(one_slot, false);
}

/* With a seed it decides how long turns are. */
Test(kernel_state, what_a_seed_remembers_is_state)
{
    uint64_t before;

    b.kernel->config.seed = 1;
    b.kernel->cycle = 5;
    before = digest(&b);
    b.kernel->stirred = 5;
    cr_expect_neq(digest(&b), before);
}

Test(kernel_state, what_a_seed_remembers_of_a_thread_is_state)
{
    struct xe_delay *delay = &bench_thread(&b, 0)->delay;
    uint64_t before;

    b.kernel->config.seed = 1;
#define CHANGED(field)                                                                             \
    before = digest(&b);                                                                           \
    delay->field = 1;                                                                              \
    cr_expect_neq(digest(&b), before, #field)
    CHANGED(next);
    CHANGED(until);
    CHANGED(looks);
    CHANGED(passes);
    CHANGED(hands_over);
    CHANGED(asleep);
}

Test(kernel_state, who_goes_ahead_is_state)
{
    uint64_t before;

    b.kernel->config.seed = 1;
    before = digest(&b);
    b.kernel->ahead.tid = 5;
    cr_expect_neq(digest(&b), before);
    before = digest(&b);
    b.kernel->ahead.until = 5;
    cr_expect_neq(digest(&b), before);
}

/* ---- loading -------------------------------------------------------------------------------- */

static void save(struct xe_codec *c)
{
    xe_codec_init_save(c);
    xe_kernel_state(c, b.kernel);
    xe_codec_section(c, "memory");
    xe_mem_state(c, b.mem);
    cr_assert(xe_codec_end(c), "%s", c->error.text);
}

/* "" or why it was refused. */
static const char *load(struct bench *to, const struct xe_codec *saved)
{
    static char text[512];
    struct xe_codec c;

    xe_codec_init_load(&c, saved->bytes, saved->size);
    xe_kernel_state(&c, to->kernel);
    xe_codec_section(&c, "memory");
    xe_mem_state(&c, to->mem);
    xe_codec_end(&c);
    strcpy(text, c.error.text);
    return text;
}

static const char *through(struct bench *to)
{
    struct xe_codec saved;
    const char *why;

    save(&saved);
    why = load(to, &saved);
    xe_codec_fini(&saved);
    return why;
}

/* The bench holds what it makes; a kernel between two calls has no such references. */
static struct xe_object *handle_only(struct xe_object *object)
{
    xe_kernel_handle_open(object);
    xe_kernel_object_unref(object);
    return object;
}

/* A DPC that waits, a thread that is suspended in the middle of its wait, one that a guest call
 * took out of its wait, a timer, a port, a link, and a clock after a sleep of centuries. */
static struct xe_thread *make_odd_state(void)
{
    struct xe_object *event = handle_only(xe_kernel_event_create(b.kernel, true, false));
    struct xe_thread *held = bench_thread(&b, 0), *called = bench_thread(&b, 1), *dpc;
    uint32_t status;

    handle_only(held->object);
    handle_only(called->object);
    post_packet(&b, 7);
    handle_only(xe_kernel_object_at(b.kernel, b.kernel->newest->body));
    make_link(&b, 1);
    xe_kernel_ktimer_set(handle_only(xe_kernel_ktimer_create(b.kernel, true)),
                         &(struct xe_ktimer_request){.due = -70000, .period_ms = 3});
    bench_wait(&b, held, false, XE_WAIT_FOREVER, 1, &event);
    xe_kernel_thread_suspend(held, &status);
    bench_wait(&b, called, false, -50000, 1, &event);
    cr_assert(xe_kernel_thread_call_guest(called, PROGRAM_BASE, NULL, 0, XE_GUEST_END_NOTHING, 0));
    xe_kernel_event_pulse_by(event, 0, 0);
    cr_assert(held->wait.held);
    cr_assert(
        xe__kernel_dpc_push(b.kernel, 2, &(struct xe__dpc){.routine = PROGRAM_BASE, .count = 1}));
    dpc = xe__kernel_sched_pick(b.kernel, 2);
    cr_assert(dpc && dpc->system && dpc->call_depth == 1);
    bench_wait(&b, dpc, false, XE_WAIT_FOREVER, 1, &event);
    b.kernel->idle = UINT64_C(1) << 63;
    return held;
}

Test(kernel_state, odd_states_are_loaded)
{
    const struct xe_thread *held = make_odd_state();
    struct bench to;

    bench_init(&to, NULL);
    cr_expect_str_eq(through(&to), "");
    cr_expect_eq(digest(&to), digest(&b));
    cr_expect_eq(xe_kernel_thread_by_id(to.kernel, held->tid)->wait.count, 1);
    bench_fini(&to);
}

Test(kernel_state, loading_without_memory_fails_and_leaves_nothing)
{
    struct xe_codec saved;
    uint32_t n = 0;
    bool failed;

    make_odd_state();
    save(&saved);
    do {
        struct bench to;
        const char *why;

        bench_init(&to, NULL);
        bench_fail_alloc(++n);
        why = load(&to, &saved);
        failed = bench_alloc_failed();
        bench_fail_alloc(0);
        cr_expect_eq(*why != '\0', failed, "allocation %u: '%s'", n, why);
        cr_expect(!failed || !to.kernel->oldest || strstr(why, "memory: "), "%s", why);
        bench_fini(&to);
    } while (failed);
    cr_expect_gt(n, 20);
    xe_codec_fini(&saved);
}

Test(kernel_state, references_that_nobody_has_are_refused)
{
    struct xe_object *event = handle_only(xe_kernel_event_create(b.kernel, true, false));
    struct bench to;

    event->kernel_refs = 1;
    bench_init(&to, NULL);
    cr_expect_str_eq(through(&to), "kernel: object 0x1: kernel_refs is 1, 0 refer to it");
    cr_expect_null(to.kernel->oldest, "nothing is left of it");
    event->kernel_refs = 0;
    bench_fini(&to);
}
