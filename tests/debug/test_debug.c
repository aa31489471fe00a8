/* Breakpoints on real titles and every engine: they are reached where they should be, and the guest
 * cannot tell that they were there. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/debug/fixture.h"
#include "tests/support/titles.h"
#include "xe/debug.h"

/* ---- breakpoints ---------------------------------------------------------------------------- */

/* Addresses that thread 1 passes, one each few instructions. */
static uint32_t sample(const char *title, uint32_t pc[8])
{
    struct xe_instance *instance = debug_make(title, XE_ENGINE_INTERPRETER);
    uint32_t count = 0;

    for (int i = 0; i < 200 && count < 8 && debug_run(instance, 61) == XE_STOP_TARGET; i++) {
        uint32_t at = (uint32_t)debug_number_of(instance, 1, "pc");
        bool known = false;

        for (uint32_t k = 0; k < count; k++)
            known |= pc[k] == at;
        if (!known)
            pc[count++] = at;
    }
    xe_instance_destroy(instance);
    return count;
}

/* Run with breakpoints at some places; a hash of all hits. */
static uint64_t run_with_breakpoints(struct xe_instance *instance, const uint32_t *pc,
                                     uint32_t count, uint32_t *ret_hits)
{
    uint64_t hash = 0;

    for (uint32_t i = 0; i < count; i++)
        debug_set(instance, XE_POINT_EXEC, pc[i], 0);
    *ret_hits = 0;
    while (debug_run(instance, CYCLES - xe_instance_cycle(instance)) == XE_STOP_BREAK) {
        struct xe_point_hit hit;

        if (!xe_instance_point_hit(instance, &hit)) /* the title's own */
            continue;
        cr_assert_eq(hit.pc, hit.point.address);
        cr_assert_eq(debug_number_of(instance, hit.tid, "pc"), hit.pc);
        hash = hash * 0x100000001B3u ^ xe_instance_cycle(instance) ^ (uint64_t)hit.tid << 40 ^
               (uint64_t)hit.pc << 8;
        if (++*ret_hits == 3000)
            for (uint32_t i = 1; i <= count; i++)
                cr_assert(xe_instance_point_remove(instance, i, NULL));
    }
    return hash;
}

Test(debug, breakpoints_are_reached_alike_and_leave_no_trace)
{
    static const char *const titles[] = {"threads", "locks", "vmx128", "selfmod", "timers", "spin"};

    for (size_t t = 0; t < sizeof(titles) / sizeof(titles[0]); t++) {
        uint32_t pc[8], count = sample(titles[t], pc), hits[ENGINES];
        uint64_t hash[ENGINES];

        for (int e = 0; e < ENGINES; e++) {
            struct xe_instance *plain = debug_make(titles[t], debug_engines[e]);
            struct xe_instance *stopped = debug_make(titles[t], debug_engines[e]);
            char want[XE_DIGEST_TEXT], got[XE_DIGEST_TEXT];

            hash[e] = run_with_breakpoints(stopped, pc, count, &hits[e]);
            cr_expect_gt(hits[e], count / 2, "%s: %u hits", titles[t], hits[e]);
            while (debug_run(plain, CYCLES - xe_instance_cycle(plain)) == XE_STOP_BREAK)
                ;
            test_run_digest(plain, 0, want);
            test_run_digest(stopped, 0, got);
            cr_expect_str_eq(got, want, "%s, %s", titles[t], xe_engine_name(debug_engines[e]));
            xe_instance_destroy(plain);
            xe_instance_destroy(stopped);
        }
        cr_expect_eq(hits[0], hits[1], "%s: %u and %u", titles[t], hits[0], hits[1]);
        cr_expect_eq(hash[0], hash[1], "%s: the debug_engines differ", titles[t]);
    }
}

/* ---- exports and handles --------------------------------------------------------------------- */

/* Run "healthy" with points to its end; fn sees each hit. Its digest must be a plain run's. */
static void follow_healthy(enum xe_engine engine, void (*prepare)(struct xe_instance *instance),
                           void (*fn)(struct xe_instance *instance, const struct xe_point_hit *hit,
                                      uint32_t n),
                           uint32_t wanted)
{
    struct xe_instance *plain = debug_make("healthy", engine),
                       *stopped = debug_make("healthy", engine);
    char want[XE_DIGEST_TEXT], got[XE_DIGEST_TEXT];
    struct xe_point_hit hit;
    uint32_t hits = 0;

    prepare(stopped);
    while (debug_run(stopped, CYCLES) == XE_STOP_BREAK) {
        cr_assert(xe_instance_point_hit(stopped, &hit));
        fn(stopped, &hit, hits++);
    }
    cr_expect_eq(hits, wanted, "%u hits", hits);
    debug_run(plain, CYCLES);
    test_run_digest(plain, 0, want);
    test_run_digest(stopped, 0, got);
    cr_expect_str_eq(got, want);
    xe_instance_destroy(plain);
    xe_instance_destroy(stopped);
}

static void set_export(struct xe_instance *instance)
{
    cr_assert(debug_set_named(instance, "xboxkrnl.exe!NtReleaseSemaphore", NULL));
}

static void see_export(struct xe_instance *instance, const struct xe_point_hit *hit, uint32_t n)
{
    cr_expect_eq(hit->point.kind, XE_POINT_EXPORT);
    cr_expect_eq(hit->point.hits, n + 1);
    cr_expect_eq(hit->pc, hit->point.address);
    cr_expect_eq(debug_number_of(instance, hit->tid, "r3"), 0x1004, "the first argument");
}

Test(debug, a_breakpoint_on_an_export_stops_before_each_call)
{
    for (int e = 0; e < ENGINES; e++)
        follow_healthy(debug_engines[e], set_export, see_export, 100);
}

static void set_handle(struct xe_instance *instance)
{
    debug_set(instance, XE_POINT_HANDLE, 0x1008, 0);
}

/* The event "done": the main thread waits, the other one sets it and so wakes it. */
static void see_handle(struct xe_instance *instance, const struct xe_point_hit *hit, uint32_t n)
{
    static const struct {
        enum xe_audit_op op;
        uint32_t tid;
    } want[] = {{XE_AUDIT_OP_CREATE, 1}, {XE_AUDIT_OP_WAIT, 1}, {XE_AUDIT_OP_SIGNAL, 2}};

    (void)instance;
    cr_assert_lt(n, 3);
    cr_expect_eq(hit->point.kind, XE_POINT_HANDLE);
    cr_expect_eq(hit->address, 0x1008);
    cr_expect_eq(hit->op, want[n].op, "%s", xe_audit_op_name(hit->op));
    cr_expect_eq(hit->tid, want[n].tid);
}

Test(debug, a_breakpoint_on_a_handle_tells_what_was_done)
{
    for (int e = 0; e < ENGINES; e++)
        follow_healthy(debug_engines[e], set_handle, see_handle, 3);
}

/* ---- which hits count -------------------------------------------------------------------------
 */

static void set_like(struct xe_instance *instance, struct xe_point wanted)
{
    struct xe_error err = XE_ERROR_INIT;

    if (wanted.kind == XE_POINT_EXPORT)
        snprintf(wanted.name, sizeof(wanted.name), "NtReleaseSemaphore");
    cr_assert(xe_instance_point_set(instance, &wanted, &err), "%s", err.text);
}

static void set_ignoring(struct xe_instance *instance)
{
    set_like(instance, (struct xe_point){.kind = XE_POINT_EXPORT, .ignore = 90});
}

static void see_late(struct xe_instance *instance, const struct xe_point_hit *hit, uint32_t n)
{
    (void)instance;
    cr_expect_eq(hit->point.hits, 91 + n);
}

static void set_of_thread_1(struct xe_instance *instance)
{
    set_like(instance, (struct xe_point){.kind = XE_POINT_EXPORT, .tid = 1});
}

static void set_of_thread_2(struct xe_instance *instance)
{
    set_like(instance, (struct xe_point){.kind = XE_POINT_EXPORT, .tid = 2});
}

static void set_disabled(struct xe_instance *instance)
{
    set_like(instance, (struct xe_point){.kind = XE_POINT_EXPORT, .disabled = true});
    set_like(instance,
             (struct xe_point){.kind = XE_POINT_HANDLE, .whose = XE_POINT_ANY, .disabled = true});
    set_like(instance,
             (struct xe_point){.kind = XE_POINT_ACCESS,
                               .address = (uint32_t)debug_number_of(instance, 1, "r1") - 4096,
                               .size = 4096,
                               .disabled = true});
}

static void set_any_signal(struct xe_instance *instance)
{
    set_like(instance, (struct xe_point){.kind = XE_POINT_HANDLE,
                                         .whose = XE_POINT_ANY,
                                         .events = 1u << XE_AUDIT_OP_SIGNAL});
}

static void see_signal(struct xe_instance *instance, const struct xe_point_hit *hit, uint32_t n)
{
    (void)instance;
    (void)n;
    cr_expect_eq(hit->op, XE_AUDIT_OP_SIGNAL);
}

static void set_focused_waits(struct xe_instance *instance)
{
    const uint32_t key = 0x1008;

    cr_assert(xe_audit_focus_set(xe_instance_audit(instance), &key, 1, NULL));
    set_like(instance, (struct xe_point){.kind = XE_POINT_HANDLE,
                                         .whose = XE_POINT_FOCUSED,
                                         .events = 1u << XE_AUDIT_OP_WAIT});
}

static void see_focused_wait(struct xe_instance *instance, const struct xe_point_hit *hit,
                             uint32_t n)
{
    (void)instance;
    (void)n;
    cr_expect_eq(hit->op, XE_AUDIT_OP_WAIT);
    cr_expect_eq(hit->address, 0x1008);
}

static void see_any(struct xe_instance *instance, const struct xe_point_hit *hit, uint32_t n)
{
    (void)instance;
    (void)hit;
    (void)n;
}

/* The title "healthy": thread 1 releases the semaphore 100 times, thread 2 sets the event once;
 * both end, which signals them. */
Test(debug, only_hits_that_were_asked_for_stop_a_run)
{
    for (int e = 0; e < ENGINES; e++) {
        follow_healthy(debug_engines[e], set_ignoring, see_late, 10);
        follow_healthy(debug_engines[e], set_of_thread_2, see_any, 0);
        follow_healthy(debug_engines[e], set_of_thread_1, see_any, 100);
        follow_healthy(debug_engines[e], set_disabled, see_any, 0);
        follow_healthy(debug_engines[e], set_any_signal, see_signal, 102);
        follow_healthy(debug_engines[e], set_focused_waits, see_focused_wait, 1);
    }
}

Test(debug, a_point_can_be_switched_off_and_on)
{
    struct xe_instance *instance = debug_make("healthy", XE_ENGINE_JIT);
    uint32_t id = debug_set_named(instance, "NtReleaseSemaphore", NULL);
    struct xe_point_hit hit;

    cr_expect_eq(debug_run(instance, CYCLES), XE_STOP_BREAK);
    cr_expect(xe_instance_point_enable(instance, id, false, NULL));
    cr_expect_eq(debug_run(instance, 1000), XE_STOP_TARGET);
    cr_expect(xe_instance_point_enable(instance, id, true, NULL));
    cr_expect_eq(debug_run(instance, CYCLES), XE_STOP_BREAK);
    cr_assert(xe_instance_point_hit(instance, &hit));
    cr_expect_eq(hit.point.hits, 2, "what was passed by is not counted");
    cr_expect_not(xe_instance_point_enable(instance, id + 1, true, NULL));
    xe_instance_destroy(instance);
}

Test(debug, an_export_that_is_none_is_refused)
{
    static const char *const names[] = {"NtReleaseSemaphor",
                                        "xam.xex!NtSetEvent",
                                        "!",
                                        "#",
                                        "",
                                        "xboxkrnl.exe!#99999",
                                        "#157abc",
                                        "# 157",
                                        "ExEventObjectType"};
    struct xe_instance *instance = debug_make("healthy", XE_ENGINE_JIT);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;

        cr_expect_eq(debug_set_named(instance, names[i], &err), 0, "'%s'", names[i]);
        cr_expect_eq(err.code, XE_ERR_INVALID_PARAMS);
    }
    cr_expect(debug_set_named(instance, "xboxkrnl.exe!#157", NULL));
    xe_instance_destroy(instance);
}

/* Counted by hand: the only thread, one instruction after the other. */
/* A run that reached its end says nothing of the breakpoint that the one before it stopped at. */
Test(debug, what_stopped_a_run_is_not_told_of_the_next_one)
{
    struct xe_instance *instance = debug_make("spin", XE_ENGINE_JIT);

    debug_set(instance, XE_POINT_EXEC, debug_number_of(instance, 1, "pc") + 4, 4);
    cr_expect_eq(debug_run(instance, 100), XE_STOP_BREAK);
    cr_expect(strstr(xe_instance_stop_detail(instance), "breakpoint 1, tid 1"), "%s",
              xe_instance_stop_detail(instance));
    cr_expect_eq(debug_run(instance, 100), XE_STOP_TARGET);
    cr_expect_str_eq(xe_instance_stop_detail(instance), "");
    xe_instance_destroy(instance);
}

Test(debug, a_breakpoint_is_reached_each_time)
{
    for (int e = 0; e < ENGINES; e++) {
        struct xe_instance *stepped = debug_make("spin", XE_ENGINE_INTERPRETER);
        struct xe_instance *stopped = debug_make("spin", debug_engines[e]);
        uint32_t pc, want = 0, got = 0;

        debug_run(stepped, 500);
        pc = (uint32_t)debug_number_of(stepped, 1, "pc");
        for (int i = 500; i < 20000; i++) {
            want += debug_number_of(stepped, 1, "pc") == pc;
            debug_run(stepped, 1);
        }
        debug_run(stopped, 500);
        debug_set(stopped, XE_POINT_EXEC, pc, 4);
        while (debug_run(stopped, 20000 - xe_instance_cycle(stopped)) == XE_STOP_BREAK)
            got++;
        cr_expect_gt(want, 1000);
        cr_expect_eq(got, want, "%s: %u instead of %u", xe_engine_name(debug_engines[e]), got,
                     want);
        xe_instance_destroy(stepped);
        xe_instance_destroy(stopped);
    }
}

/* ---- exceptions ------------------------------------------------------------------------------ */

#define ACCESS_VIOLATION 0xC0000005u

/* Run "seh" with a point on exceptions to its end: how many hits, and that nothing else changed. */
static uint32_t follow_exceptions(enum xe_engine engine, const struct xe_point *point)
{
    struct xe_instance *plain = debug_make("seh", engine), *stopped = debug_make("seh", engine);
    char want[XE_DIGEST_TEXT], got[XE_DIGEST_TEXT];
    struct xe_point_hit hit;
    uint32_t hits = 0;

    cr_assert(xe_instance_point_set(stopped, point, NULL));
    for (; debug_run(stopped, CYCLES) == XE_STOP_BREAK; hits++) {
        if (!xe_instance_point_hit(stopped, &hit)) /* the title's own */
            continue;
        if (point->whose == XE_POINT_ONE)
            cr_expect_eq(hit.address, point->address);
        cr_expect_neq(debug_number_of(stopped, hit.tid, "pc"), hit.pc,
                      "it is in the first handler");
    }
    while (debug_run(plain, CYCLES) == XE_STOP_BREAK)
        ;
    test_run_digest(plain, 0, want);
    test_run_digest(stopped, 0, got);
    cr_expect_str_eq(got, want);
    xe_instance_destroy(plain);
    xe_instance_destroy(stopped);
    return hits;
}

Test(debug, exceptions_stop_before_they_are_handled)
{
    const struct xe_point any = {.kind = XE_POINT_EXCEPTION, .whose = XE_POINT_ANY},
                          one = {.kind = XE_POINT_EXCEPTION, .address = ACCESS_VIOLATION},
                          other = {.kind = XE_POINT_EXCEPTION, .address = 0xE0000099u};

    for (int e = 0; e < ENGINES; e++) {
        uint32_t all = follow_exceptions(debug_engines[e], &any);
        uint32_t faults = follow_exceptions(debug_engines[e], &one);
        uint32_t none = follow_exceptions(debug_engines[e], &other);

        cr_expect(all > faults && faults > none, "%u, %u, %u", all, faults, none);
    }
}
