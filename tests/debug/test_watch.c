/* Watchpoints and steps, on real titles and every engine. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/debug/fixture.h"
#include "tests/support/titles.h"
#include "xe/debug.h"

/* ---- watchpoints ---------------------------------------------------------------------------- */

/* The variable that "spin" reads and writes: watch the whole image and see. */
static uint32_t find_sink(struct xe_instance *instance, struct xe_point_hit *first,
                          struct xe_point_hit *second)
{
    for (uint32_t page = 0; page < 0x40000 && page / 0x1000 < 128; page += 0x1000)
        debug_set(instance, XE_POINT_ACCESS, FIRST + page, 0x1000);
    cr_assert_eq(debug_run(instance, 1000), XE_STOP_BREAK);
    cr_assert(xe_instance_point_hit(instance, first));
    cr_assert_eq(debug_run(instance, 1000), XE_STOP_BREAK);
    cr_assert(xe_instance_point_hit(instance, second));
    for (uint32_t id = 1; id <= 64; id++)
        xe_instance_point_remove(instance, id, NULL);
    return first->address;
}

Test(debug, a_watchpoint_stops_after_the_access)
{
    for (int e = 0; e < ENGINES; e++) {
        struct xe_instance *instance = debug_make("spin", debug_engines[e]);
        struct xe_point_hit first, second, hit;
        uint32_t sink = find_sink(instance, &first, &second), want = 1, id;

        cr_expect_not(first.write);
        cr_expect(second.write);
        cr_expect_eq(second.address, sink);
        cr_expect_eq(second.size, 4);
        cr_expect_eq(debug_number_of(instance, 1, "pc"), second.pc + 4);
        cr_expect_eq(debug_word_at(instance, sink), want);
        id = debug_set(instance, XE_POINT_WRITE, sink + 3, 1);
        for (uint32_t i = 2; i < 100; i++) {
            want = want * 1664525 + i;
            cr_assert_eq(debug_run(instance, 1000), XE_STOP_BREAK);
            cr_assert(xe_instance_point_hit(instance, &hit));
            cr_assert_eq(hit.point.id, id);
            cr_assert_eq(hit.address, sink + 3);
            cr_assert_eq(debug_word_at(instance, sink), want, "time %u", i);
        }
        cr_expect(xe_instance_point_remove(instance, id, NULL));
        debug_set(instance, XE_POINT_WRITE, sink + 4, 4);
        debug_set(instance, XE_POINT_WRITE, sink - 4, 4);
        cr_expect_eq(debug_run(instance, 10000), XE_STOP_TARGET, "beside is not there");
        xe_instance_destroy(instance);
    }
}

struct find_point {
    uint32_t id;
    struct xe_point point;
};

static void find_point(void *ctx, const struct xe_point *point)
{
    struct find_point *find = ctx;

    if (point->id == find->id)
        find->point = *point;
}

static struct xe_writers writers_of(struct xe_instance *instance, uint32_t id)
{
    struct find_point find = {.id = id};

    xe_instance_points(instance, find_point, &find);
    cr_assert_eq(find.point.id, id);
    return find.point.writers;
}

/* Watch without stopping; the variable of "spin" is stored to every few instructions. */
static uint32_t watch(struct xe_instance *instance, enum xe_point_kind kind, uint32_t sink,
                      uint32_t tid)
{
    const struct xe_point wanted = {
        .kind = kind, .address = sink, .size = 4, .ignore = UINT64_MAX, .tid = tid};

    return xe_instance_point_set(instance, &wanted, NULL);
}

Test(debug, a_watchpoint_tells_who_wrote_last)
{
    struct xe_writers writers[ENGINES];

    for (int e = 0; e < ENGINES; e++) {
        struct xe_instance *instance = debug_make("spin", debug_engines[e]);
        struct xe_point_hit first, second;
        uint32_t sink = find_sink(instance, &first, &second), id, read, own, every;
        uint64_t begun = xe_instance_cycle(instance);

        id = watch(instance, XE_POINT_WRITE, sink, 0);
        every = watch(instance, XE_POINT_ACCESS, sink, 0);
        read = watch(instance, XE_POINT_READ, sink, 0);
        own = watch(instance, XE_POINT_WRITE, sink, 1);
        cr_expect(!writers_of(instance, id).times);
        cr_assert_eq(debug_run(instance, 1000), XE_STOP_TARGET);
        writers[e] = writers_of(instance, id);
        cr_expect(writers[e].watched);
        cr_expect_eq(writers[e].since_cycle, begun);
        cr_expect(writers[e].times > 10 && writers[e].times < 1000);
        cr_expect(writers[e].tids == 1 && writers[e].tid[0] == 1 && !writers[e].more);
        cr_expect_eq(writers[e].last_tid, 1);
        cr_expect_eq(writers[e].last_pc, second.pc);
        cr_expect(writers[e].last_cycle > begun + 900 && writers[e].last_cycle <= begun + 1000);
        cr_expect_eq(writers_of(instance, every).times, writers[e].times, "loads are no stores");
        cr_expect_not(writers_of(instance, read).watched, "it sees no stores");
        cr_expect_not(writers_of(instance, own).watched, "it sees not all of them");
        cr_expect(xe_instance_point_enable(instance, id, false, NULL));
        cr_expect_not(writers_of(instance, id).watched);
        cr_assert_eq(debug_run(instance, 1000), XE_STOP_TARGET);
        cr_expect(xe_instance_point_enable(instance, id, true, NULL));
        cr_expect(writers_of(instance, id).since_cycle == begun + 2000 &&
                      !writers_of(instance, id).times,
                  "what was missed is not known");
        xe_instance_destroy(instance);
    }
    cr_expect(writers[0].times == writers[1].times &&
                  writers[0].last_cycle == writers[1].last_cycle,
              "by every engine alike");
}

/* Stack and data of several threads, watched; and code, from which is fetched but not loaded. */
Test(debug, watchpoints_leave_no_trace)
{
    static const char *const titles[] = {"threads", "locks", "vmx128", "selfmod"};

    for (size_t t = 0; t < sizeof(titles) / sizeof(titles[0]); t++)
        for (int e = 0; e < ENGINES; e++) {
            struct xe_instance *plain = debug_make(titles[t], debug_engines[e]);
            struct xe_instance *watched = debug_make(titles[t], debug_engines[e]);
            char want[XE_DIGEST_TEXT], got[XE_DIGEST_TEXT];
            uint32_t sp = (uint32_t)debug_number_of(watched, 1, "r1"), hits = 0;

            debug_set(watched, XE_POINT_ACCESS, sp - 0x100, 0x100);
            for (uint32_t at = 0x10000; at < 0x40000; at += 0x1000)
                debug_set(watched, XE_POINT_ACCESS, FIRST + at, 0x1000);
            while (debug_run(watched, CYCLES - xe_instance_cycle(watched)) == XE_STOP_BREAK)
                if (++hits == 2000)
                    for (uint32_t id = 1; id < 100; id++)
                        xe_instance_point_remove(watched, id, NULL);
            cr_expect_gt(hits, 100, "%s: %u hits", titles[t], hits);
            while (debug_run(plain, CYCLES - xe_instance_cycle(plain)) == XE_STOP_BREAK)
                ;
            test_run_digest(plain, 0, want);
            test_run_digest(watched, 0, got);
            cr_expect_str_eq(got, want, "%s, %s", titles[t], xe_engine_name(debug_engines[e]));
            xe_instance_destroy(plain);
            xe_instance_destroy(watched);
        }
}

/* ---- steps ---------------------------------------------------------------------------------- */

struct retired {
    uint32_t tid;
    uint64_t count;
    bool found;
};

static void find_retired(void *ctx, const struct xe_thread_info *info)
{
    struct retired *retired = ctx;

    if (info->tid == retired->tid) {
        retired->count = info->retired;
        retired->found = info->state != XE_THREAD_TERMINATED;
    }
}

static struct retired retired_of(struct xe_instance *instance, uint32_t tid)
{
    struct retired retired = {.tid = tid};

    xe_kernel_threads(xe_instance_kernel(instance), find_retired, &retired);
    return retired;
}

Test(debug, a_step_is_that_many_instructions_of_that_thread)
{
    struct xe_instance *stepped = debug_make("threads", XE_ENGINE_JIT);
    struct xe_instance *plain = debug_make("threads", XE_ENGINE_JIT);
    char want[XE_DIGEST_TEXT], got[XE_DIGEST_TEXT];

    for (uint64_t n = 1; n < 900; n = n * 3 + 1)
        for (uint32_t tid = 1; tid < 6; tid++) {
            struct retired before = retired_of(stepped, tid), after;

            if (!before.found) {
                cr_expect_not(retired_of(stepped, tid).found);
                continue;
            }
            cr_assert(xe_instance_step(stepped, tid, n, 0, 0, NULL));
            if (debug_run(stepped, CYCLES) != XE_STOP_STEP)
                continue;
            after = retired_of(stepped, tid);
            cr_expect(!after.found || after.count == before.count + n, "tid %u: %llu", tid,
                      (unsigned long long)(after.count - before.count));
        }
    debug_run(plain, xe_instance_cycle(stepped));
    test_run_digest(plain, 0, want);
    test_run_digest(stepped, 0, got);
    cr_expect_str_eq(got, want);
    xe_instance_destroy(stepped);
    xe_instance_destroy(plain);
}

/* "spin" is one loop: a step over a part of it ends where stepping by hand first leaves the part.
 */
Test(debug, a_step_may_go_on_inside_a_range)
{
    struct xe_instance *one = debug_make("spin", XE_ENGINE_JIT),
                       *many = debug_make("spin", XE_ENGINE_JIT);
    uint32_t from, to, pc;

    debug_run(one, 5000);
    debug_run(many, 5000);
    from = pc = (uint32_t)debug_number_of(one, 1, "pc");
    to = from + 12;
    cr_assert(xe_instance_step(one, 1, 1, from, to, NULL));
    cr_expect_eq(debug_run(one, 1000), XE_STOP_STEP);
    for (int i = 0; i < 1000 && pc >= from && pc < to; i++) {
        debug_run(many, 1);
        pc = (uint32_t)debug_number_of(many, 1, "pc");
    }
    cr_expect_eq(debug_number_of(one, 1, "pc"), pc);
    cr_expect_eq(xe_instance_cycle(one), xe_instance_cycle(many));
    cr_assert(xe_instance_step(one, 1, 1, 0, UINT32_MAX, NULL));
    cr_expect_eq(debug_run(one, 1000), XE_STOP_TARGET, "it never leaves");
    debug_set(one, XE_POINT_EXEC, pc, 4);
    cr_assert(xe_instance_step(one, 1, 1, 0, UINT32_MAX, NULL));
    cr_expect_eq(debug_run(one, 1000), XE_STOP_BREAK, "a breakpoint inside is one");
    xe_instance_destroy(one);
    xe_instance_destroy(many);
}

Test(debug, a_step_is_for_one_run_only)
{
    struct xe_instance *instance = debug_make("spin", XE_ENGINE_INTERPRETER);
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_step(instance, 1, 10, 0, 0, NULL));
    cr_expect_eq(debug_run(instance, 5), XE_STOP_TARGET);
    cr_expect_eq(debug_run(instance, 100), XE_STOP_TARGET);
    cr_expect_not(xe_instance_step(instance, 77, 1, 0, 0, &err));
    cr_expect_eq(err.code, XE_ERR_HANDLE_UNKNOWN);
    xe_instance_destroy(instance);
}
