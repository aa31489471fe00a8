/* Who goes ahead under a seed: where on the lives that were noted, and that it is alone then. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "bench.h"
#include "kernel/core/seed.h"

static struct bench b;

static void seeded(uint64_t seed)
{
    bench_init(&b,
               &(struct xe_kernel_config){
                   .seed = seed, .slice = 1000, .clock_hz = 1000000000, .livelock_after = 1000});
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_seed, .fini = teardown);

/* ---- places ---------------------------------------------------------------------------------- */

#define LIFE 5000u

static int by_value(const void *left, const void *right)
{
    uint64_t x = *(const uint64_t *)left, y = *(const uint64_t *)right;

    return (x > y) - (x < y);
}

/* Of 100 seeds no large part of two lives is left out, whichever seeds: at most a 30th. */
static void check_places(uint64_t first)
{
    const struct xe_kernel_lives lives = {.count = 2,
                                          .life = {{1, 1000, 1000 + LIFE}, {2, 0, LIFE}}};
    uint64_t at[102] = {0, 2 * LIFE};
    size_t n = 2;

    for (uint64_t seed = first; seed < first + 100; seed++) {
        b.kernel->config.seed = seed;
        xe_kernel_lives_take(b.kernel, &lives);
        if (b.kernel->ahead.tid == 1)
            at[n++] = b.kernel->ahead.until - 1000;
        else if (b.kernel->ahead.tid == 2)
            at[n++] = LIFE + b.kernel->ahead.until;
    }
    cr_assert_geq(n, 2 + 70);
    qsort(at, n, sizeof(at[0]), by_value);
    for (size_t i = 1; i < n; i++)
        cr_expect_leq(at[i] - at[i - 1], 2 * LIFE / 30, "seeds from %lu: none of %lu to %lu",
                      (unsigned long)first, (unsigned long)at[i - 1], (unsigned long)at[i]);
}

Test(kernel_seed, a_hundred_seeds_leave_out_no_large_part_of_a_life)
{
    seeded(1);
    check_places(1);
    check_places(101);
    check_places(123456789);
}

Test(kernel_seed, without_a_seed_nobody_goes_ahead)
{
    const struct xe_kernel_lives lives = {.count = 2, .life = {{1, 0, LIFE}, {2, 0, LIFE}}};

    seeded(0);
    cr_expect_not(xe_kernel_wants_lives(b.kernel));
    xe_kernel_lives_take(b.kernel, &lives);
    cr_expect_eq(b.kernel->ahead.tid, 0);
}

Test(kernel_seed, one_life_alone_is_no_place_to_meet)
{
    const struct xe_kernel_lives lives = {.count = 1, .life = {{1, 0, LIFE}}};

    seeded(1);
    cr_expect(xe_kernel_wants_lives(b.kernel));
    xe_kernel_lives_take(b.kernel, &lives);
    cr_expect_eq(b.kernel->ahead.tid, 0);
}

/* ---- lives ----------------------------------------------------------------------------------- */

Test(kernel_seed, lives_begin_with_the_second_thread)
{
    struct xe_kernel_lives lives = {.count = 0};
    struct xe_thread *first, *second;

    seeded(1);
    xe_kernel_lives_note(b.kernel, &lives);
    first = bench_thread(&b, 0);
    first->cpu.retired = 70;
    second = bench_thread(&b, 1);
    first->cpu.retired = 90;
    second->cpu.retired = 40;
    xe_kernel_thread_exit(second, 0);
    bench_thread(&b, 2)->cpu.retired = 5;
    xe_kernel_lives_end(b.kernel);
    first->cpu.retired = 100;
    bench_thread(&b, 3);

    cr_assert_eq(lives.count, 3);
    cr_expect_eq(lives.life[0].tid, first->tid);
    cr_expect_eq(lives.life[0].first, 70);
    cr_expect_eq(lives.life[0].last, 90);
    cr_expect_eq(lives.life[1].first, 0);
    cr_expect_eq(lives.life[1].last, 40, "it has ended");
    cr_expect_eq(lives.life[2].last, 5);
}

/* ---- turns ----------------------------------------------------------------------------------- */

/* Two threads that count for ever; the first has gone ahead before the other makes anything. */
Test(kernel_seed, who_goes_ahead_is_alone_until_there)
{
    struct program p;
    struct xe_thread *ahead, *other;

    seeded(1);
    program_init(&p);
    program_branch(&p, PROGRAM_BASE);
    program_load(&b, &p, 0);
    other = b.kernel->first_thread;
    ahead = bench_thread(&b, 3);
    ahead->cpu.pc = PROGRAM_BASE;
    b.kernel->ahead = (struct xe_ahead){.tid = ahead->tid, .until = 3000};
    while (ahead->cpu.retired < 3000) {
        uint64_t before = other->cpu.retired;

        bench_run(&b, 1, NULL);
        if (ahead->cpu.retired > 1 && ahead->cpu.retired < 3000)
            cr_assert_eq(other->cpu.retired, before, "at %lu", (unsigned long)ahead->cpu.retired);
        cr_assert_lt(b.kernel->cycle, 100000);
    }
    bench_run(&b, 20000, NULL);
    cr_expect_gt(other->cpu.retired, 1000);
}

/* While it waits the others go on, so what it waits for can come. */
Test(kernel_seed, who_waits_holds_nobody)
{
    struct xe_thread *ahead;

    seeded(1);
    ahead = bench_thread(&b, 3);
    b.kernel->ahead = (struct xe_ahead){.tid = ahead->tid, .until = 3000};
    cr_expect_eq(xe__kernel_who_goes_ahead(b.kernel), ahead);
    bench_as(&b, ahead);
    xe_kernel_wait_delay(ahead, -1000, false, false);
    bench_nobody(&b);
    cr_expect_null(xe__kernel_who_goes_ahead(b.kernel));
    bench_pass(&b, 1000);
    cr_expect_eq(xe__kernel_who_goes_ahead(b.kernel), ahead);
    xe_kernel_thread_exit(ahead, 0);
    cr_expect_null(xe__kernel_who_goes_ahead(b.kernel));
}

/* ---- delays ---------------------------------------------------------------------------------- */

/* One is delayed, the other sleeps for 100 us: who makes the next instruction? */
static void one_sleeps(uint64_t asleep, struct xe_thread **ret_delayed,
                       struct xe_thread **ret_slept)
{
    struct program p;

    seeded(4);
    program_init(&p);
    program_branch(&p, PROGRAM_BASE);
    program_load(&b, &p, 0);
    *ret_slept = b.kernel->first_thread;
    *ret_delayed = bench_thread(&b, 3);
    (*ret_delayed)->cpu.pc = PROGRAM_BASE;
    bench_run(&b, 0, NULL);
    bench_as(&b, *ret_slept);
    xe_kernel_wait_delay(*ret_slept, -1000, false, false);
    bench_nobody(&b);
    (*ret_delayed)->delay.until = 1000000;
    (*ret_delayed)->delay.asleep = xe_kernel_interrupt_time(b.kernel) + asleep;
    bench_run(&b, 1, NULL);
}

Test(kernel_seed, a_delay_lasts_while_another_sleeps)
{
    struct xe_thread *delayed, *slept;

    one_sleeps(1000, &delayed, &slept);
    cr_expect_eq(slept->cpu.retired, 2, "one before its sleep, one behind it");
    cr_expect_eq(delayed->cpu.retired, 0);
}

Test(kernel_seed, but_not_longer_than_was_drawn)
{
    struct xe_thread *delayed, *slept;

    one_sleeps(999, &delayed, &slept);
    cr_expect_eq(delayed->cpu.retired, 1);
    cr_expect_eq(slept->state, XE_THREAD_WAITING);
}
