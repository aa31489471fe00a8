/* Breakpoints, watchpoints, steps and writing, on real titles and every engine: they are reached
 * where they should be, and the guest cannot tell that they were there. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/titles.h"
#include "xe/debug.h"

#define CYCLES 300000u
#define FIRST  0x82000000u /* of every fixture's image */

static const enum xe_engine engines[] = {XE_ENGINE_INTERPRETER, XE_ENGINE_JIT};
#define ENGINES 2

static struct xe_instance *make(const char *title, enum xe_engine engine)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];

    config.engine = engine;
    config.faults.jit_hot = xe_fault_plan() ? 2 : 0;
    test_title_path(title, path, sizeof(path));
    return test_instance(path, &config);
}

static enum xe_stop run(struct xe_instance *instance, uint64_t n)
{
    struct xe_run_result result;

    cr_assert(xe_instance_run(instance, n, NULL, NULL, &result, NULL));
    return result.stop;
}

struct find_register {
    const char *name;
    uint64_t value;
    uint8_t vector[16];
};

static void find_number(void *ctx, const char *name, uint64_t value)
{
    struct find_register *find = ctx;

    if (!strcmp(name, find->name))
        find->value = value;
}

static void find_vector(void *ctx, const char *name, const uint8_t bytes[16])
{
    struct find_register *find = ctx;

    if (!strcmp(name, find->name))
        memcpy(find->vector, bytes, 16);
}

static uint64_t number_of(struct xe_instance *instance, uint32_t tid, const char *name)
{
    struct find_register find = {.name = name};

    cr_assert(xe_instance_registers(instance, tid, find_number, find_vector, &find));
    return find.value;
}

static uint32_t word_at(struct xe_instance *instance, uint32_t address)
{
    uint8_t b[4] = {0};

    cr_assert(xe_instance_mem_read(instance, address, b, 4, NULL));
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint32_t set(struct xe_instance *instance, enum xe_point_kind kind, uint32_t address,
                    uint32_t size)
{
    struct xe_error err = XE_ERROR_INIT;
    uint32_t id = xe_instance_point_set(
        instance, &(struct xe_point){.kind = kind, .address = address, .size = size}, &err);

    cr_assert(id, "%s", err.text);
    return id;
}

static uint32_t set_named(struct xe_instance *instance, const char *name, struct xe_error *err)
{
    struct xe_point wanted = {.kind = XE_POINT_EXPORT};

    snprintf(wanted.name, sizeof(wanted.name), "%s", name);
    return xe_instance_point_set(instance, &wanted, err);
}

/* ---- breakpoints ---------------------------------------------------------------------------- */

/* Addresses that thread 1 passes, one each few instructions. */
static uint32_t sample(const char *title, uint32_t pc[8])
{
    struct xe_instance *instance = make(title, XE_ENGINE_INTERPRETER);
    uint32_t count = 0;

    for (int i = 0; i < 200 && count < 8 && run(instance, 61) == XE_STOP_TARGET; i++) {
        uint32_t at = (uint32_t)number_of(instance, 1, "pc");
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
        set(instance, XE_POINT_EXEC, pc[i], 0);
    *ret_hits = 0;
    while (run(instance, CYCLES - xe_instance_cycle(instance)) == XE_STOP_BREAK) {
        struct xe_point_hit hit;

        if (!xe_instance_point_hit(instance, &hit)) /* the title's own */
            continue;
        cr_assert_eq(hit.pc, hit.point.address);
        cr_assert_eq(number_of(instance, hit.tid, "pc"), hit.pc);
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
            struct xe_instance *plain = make(titles[t], engines[e]);
            struct xe_instance *stopped = make(titles[t], engines[e]);
            char want[XE_DIGEST_TEXT], got[XE_DIGEST_TEXT];

            hash[e] = run_with_breakpoints(stopped, pc, count, &hits[e]);
            cr_expect_gt(hits[e], count / 2, "%s: %u hits", titles[t], hits[e]);
            while (run(plain, CYCLES - xe_instance_cycle(plain)) == XE_STOP_BREAK)
                ;
            test_run_digest(plain, 0, want);
            test_run_digest(stopped, 0, got);
            cr_expect_str_eq(got, want, "%s, %s", titles[t], xe_engine_name(engines[e]));
            xe_instance_destroy(plain);
            xe_instance_destroy(stopped);
        }
        cr_expect_eq(hits[0], hits[1], "%s: %u and %u", titles[t], hits[0], hits[1]);
        cr_expect_eq(hash[0], hash[1], "%s: the engines differ", titles[t]);
    }
}

/* ---- exports and handles --------------------------------------------------------------------- */

/* Run "healthy" with points to its end; fn sees each hit. Its digest must be a plain run's. */
static void follow_healthy(enum xe_engine engine, void (*prepare)(struct xe_instance *instance),
                           void (*fn)(struct xe_instance *instance, const struct xe_point_hit *hit,
                                      uint32_t n),
                           uint32_t wanted)
{
    struct xe_instance *plain = make("healthy", engine), *stopped = make("healthy", engine);
    char want[XE_DIGEST_TEXT], got[XE_DIGEST_TEXT];
    struct xe_point_hit hit;
    uint32_t hits = 0;

    prepare(stopped);
    while (run(stopped, CYCLES) == XE_STOP_BREAK) {
        cr_assert(xe_instance_point_hit(stopped, &hit));
        fn(stopped, &hit, hits++);
    }
    cr_expect_eq(hits, wanted, "%u hits", hits);
    run(plain, CYCLES);
    test_run_digest(plain, 0, want);
    test_run_digest(stopped, 0, got);
    cr_expect_str_eq(got, want);
    xe_instance_destroy(plain);
    xe_instance_destroy(stopped);
}

static void set_export(struct xe_instance *instance)
{
    cr_assert(set_named(instance, "xboxkrnl.exe!NtReleaseSemaphore", NULL));
}

static void see_export(struct xe_instance *instance, const struct xe_point_hit *hit, uint32_t n)
{
    cr_expect_eq(hit->point.kind, XE_POINT_EXPORT);
    cr_expect_eq(hit->point.hits, n + 1);
    cr_expect_eq(hit->pc, hit->point.address);
    cr_expect_eq(number_of(instance, hit->tid, "r3"), 0x1004, "the first argument");
}

Test(debug, a_breakpoint_on_an_export_stops_before_each_call)
{
    for (int e = 0; e < ENGINES; e++)
        follow_healthy(engines[e], set_export, see_export, 100);
}

static void set_handle(struct xe_instance *instance)
{
    set(instance, XE_POINT_HANDLE, 0x1008, 0);
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
        follow_healthy(engines[e], set_handle, see_handle, 3);
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
    set_like(instance, (struct xe_point){.kind = XE_POINT_ACCESS,
                                         .address = (uint32_t)number_of(instance, 1, "r1") - 4096,
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
        follow_healthy(engines[e], set_ignoring, see_late, 10);
        follow_healthy(engines[e], set_of_thread_2, see_any, 0);
        follow_healthy(engines[e], set_of_thread_1, see_any, 100);
        follow_healthy(engines[e], set_disabled, see_any, 0);
        follow_healthy(engines[e], set_any_signal, see_signal, 102);
        follow_healthy(engines[e], set_focused_waits, see_focused_wait, 1);
    }
}

Test(debug, a_point_can_be_switched_off_and_on)
{
    struct xe_instance *instance = make("healthy", XE_ENGINE_JIT);
    uint32_t id = set_named(instance, "NtReleaseSemaphore", NULL);
    struct xe_point_hit hit;

    cr_expect_eq(run(instance, CYCLES), XE_STOP_BREAK);
    cr_expect(xe_instance_point_enable(instance, id, false, NULL));
    cr_expect_eq(run(instance, 1000), XE_STOP_TARGET);
    cr_expect(xe_instance_point_enable(instance, id, true, NULL));
    cr_expect_eq(run(instance, CYCLES), XE_STOP_BREAK);
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
    struct xe_instance *instance = make("healthy", XE_ENGINE_JIT);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct xe_error err = XE_ERROR_INIT;

        cr_expect_eq(set_named(instance, names[i], &err), 0, "'%s'", names[i]);
        cr_expect_eq(err.code, XE_ERR_INVALID_PARAMS);
    }
    cr_expect(set_named(instance, "xboxkrnl.exe!#157", NULL));
    xe_instance_destroy(instance);
}

/* Counted by hand: the only thread, one instruction after the other. */
/* A run that reached its end says nothing of the breakpoint that the one before it stopped at. */
Test(debug, what_stopped_a_run_is_not_told_of_the_next_one)
{
    struct xe_instance *instance = make("spin", XE_ENGINE_JIT);

    set(instance, XE_POINT_EXEC, number_of(instance, 1, "pc") + 4, 4);
    cr_expect_eq(run(instance, 100), XE_STOP_BREAK);
    cr_expect(strstr(xe_instance_stop_detail(instance), "breakpoint 1, tid 1"), "%s",
              xe_instance_stop_detail(instance));
    cr_expect_eq(run(instance, 100), XE_STOP_TARGET);
    cr_expect_str_eq(xe_instance_stop_detail(instance), "");
    xe_instance_destroy(instance);
}

Test(debug, a_breakpoint_is_reached_each_time)
{
    for (int e = 0; e < ENGINES; e++) {
        struct xe_instance *stepped = make("spin", XE_ENGINE_INTERPRETER);
        struct xe_instance *stopped = make("spin", engines[e]);
        uint32_t pc, want = 0, got = 0;

        run(stepped, 500);
        pc = (uint32_t)number_of(stepped, 1, "pc");
        for (int i = 500; i < 20000; i++) {
            want += number_of(stepped, 1, "pc") == pc;
            run(stepped, 1);
        }
        run(stopped, 500);
        set(stopped, XE_POINT_EXEC, pc, 4);
        while (run(stopped, 20000 - xe_instance_cycle(stopped)) == XE_STOP_BREAK)
            got++;
        cr_expect_gt(want, 1000);
        cr_expect_eq(got, want, "%s: %u instead of %u", xe_engine_name(engines[e]), got, want);
        xe_instance_destroy(stepped);
        xe_instance_destroy(stopped);
    }
}

/* ---- watchpoints ---------------------------------------------------------------------------- */

/* The variable that "spin" reads and writes: watch the whole image and see. */
static uint32_t find_sink(struct xe_instance *instance, struct xe_point_hit *first,
                          struct xe_point_hit *second)
{
    for (uint32_t page = 0; page < 0x40000 && page / 0x1000 < 128; page += 0x1000)
        set(instance, XE_POINT_ACCESS, FIRST + page, 0x1000);
    cr_assert_eq(run(instance, 1000), XE_STOP_BREAK);
    cr_assert(xe_instance_point_hit(instance, first));
    cr_assert_eq(run(instance, 1000), XE_STOP_BREAK);
    cr_assert(xe_instance_point_hit(instance, second));
    for (uint32_t id = 1; id <= 64; id++)
        xe_instance_point_remove(instance, id, NULL);
    return first->address;
}

Test(debug, a_watchpoint_stops_after_the_access)
{
    for (int e = 0; e < ENGINES; e++) {
        struct xe_instance *instance = make("spin", engines[e]);
        struct xe_point_hit first, second, hit;
        uint32_t sink = find_sink(instance, &first, &second), want = 1, id;

        cr_expect_not(first.write);
        cr_expect(second.write);
        cr_expect_eq(second.address, sink);
        cr_expect_eq(second.size, 4);
        cr_expect_eq(number_of(instance, 1, "pc"), second.pc + 4);
        cr_expect_eq(word_at(instance, sink), want);
        id = set(instance, XE_POINT_WRITE, sink + 3, 1);
        for (uint32_t i = 2; i < 100; i++) {
            want = want * 1664525 + i;
            cr_assert_eq(run(instance, 1000), XE_STOP_BREAK);
            cr_assert(xe_instance_point_hit(instance, &hit));
            cr_assert_eq(hit.point.id, id);
            cr_assert_eq(hit.address, sink + 3);
            cr_assert_eq(word_at(instance, sink), want, "time %u", i);
        }
        cr_expect(xe_instance_point_remove(instance, id, NULL));
        set(instance, XE_POINT_WRITE, sink + 4, 4);
        set(instance, XE_POINT_WRITE, sink - 4, 4);
        cr_expect_eq(run(instance, 10000), XE_STOP_TARGET, "beside is not there");
        xe_instance_destroy(instance);
    }
}

/* Stack and data of several threads, watched; and code, from which is fetched but not loaded. */
Test(debug, watchpoints_leave_no_trace)
{
    static const char *const titles[] = {"threads", "locks", "vmx128", "selfmod"};

    for (size_t t = 0; t < sizeof(titles) / sizeof(titles[0]); t++)
        for (int e = 0; e < ENGINES; e++) {
            struct xe_instance *plain = make(titles[t], engines[e]);
            struct xe_instance *watched = make(titles[t], engines[e]);
            char want[XE_DIGEST_TEXT], got[XE_DIGEST_TEXT];
            uint32_t sp = (uint32_t)number_of(watched, 1, "r1"), hits = 0;

            set(watched, XE_POINT_ACCESS, sp - 0x100, 0x100);
            for (uint32_t at = 0x10000; at < 0x40000; at += 0x1000)
                set(watched, XE_POINT_ACCESS, FIRST + at, 0x1000);
            while (run(watched, CYCLES - xe_instance_cycle(watched)) == XE_STOP_BREAK)
                if (++hits == 2000)
                    for (uint32_t id = 1; id < 100; id++)
                        xe_instance_point_remove(watched, id, NULL);
            cr_expect_gt(hits, 100, "%s: %u hits", titles[t], hits);
            while (run(plain, CYCLES - xe_instance_cycle(plain)) == XE_STOP_BREAK)
                ;
            test_run_digest(plain, 0, want);
            test_run_digest(watched, 0, got);
            cr_expect_str_eq(got, want, "%s, %s", titles[t], xe_engine_name(engines[e]));
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
    struct xe_instance *stepped = make("threads", XE_ENGINE_JIT);
    struct xe_instance *plain = make("threads", XE_ENGINE_JIT);
    char want[XE_DIGEST_TEXT], got[XE_DIGEST_TEXT];

    for (uint64_t n = 1; n < 900; n = n * 3 + 1)
        for (uint32_t tid = 1; tid < 6; tid++) {
            struct retired before = retired_of(stepped, tid), after;

            if (!before.found) {
                cr_expect_not(retired_of(stepped, tid).found);
                continue;
            }
            cr_assert(xe_instance_step(stepped, tid, n, 0, 0, NULL));
            if (run(stepped, CYCLES) != XE_STOP_STEP)
                continue;
            after = retired_of(stepped, tid);
            cr_expect(!after.found || after.count == before.count + n, "tid %u: %llu", tid,
                      (unsigned long long)(after.count - before.count));
        }
    run(plain, xe_instance_cycle(stepped));
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
    struct xe_instance *one = make("spin", XE_ENGINE_JIT), *many = make("spin", XE_ENGINE_JIT);
    uint32_t from, to, pc;

    run(one, 5000);
    run(many, 5000);
    from = pc = (uint32_t)number_of(one, 1, "pc");
    to = from + 12;
    cr_assert(xe_instance_step(one, 1, 1, from, to, NULL));
    cr_expect_eq(run(one, 1000), XE_STOP_STEP);
    for (int i = 0; i < 1000 && pc >= from && pc < to; i++) {
        run(many, 1);
        pc = (uint32_t)number_of(many, 1, "pc");
    }
    cr_expect_eq(number_of(one, 1, "pc"), pc);
    cr_expect_eq(xe_instance_cycle(one), xe_instance_cycle(many));
    cr_assert(xe_instance_step(one, 1, 1, 0, UINT32_MAX, NULL));
    cr_expect_eq(run(one, 1000), XE_STOP_TARGET, "it never leaves");
    set(one, XE_POINT_EXEC, pc, 4);
    cr_assert(xe_instance_step(one, 1, 1, 0, UINT32_MAX, NULL));
    cr_expect_eq(run(one, 1000), XE_STOP_BREAK, "a breakpoint inside is one");
    xe_instance_destroy(one);
    xe_instance_destroy(many);
}

Test(debug, a_step_is_for_one_run_only)
{
    struct xe_instance *instance = make("spin", XE_ENGINE_INTERPRETER);
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_step(instance, 1, 10, 0, 0, NULL));
    cr_expect_eq(run(instance, 5), XE_STOP_TARGET);
    cr_expect_eq(run(instance, 100), XE_STOP_TARGET);
    cr_expect_not(xe_instance_step(instance, 77, 1, 0, 0, &err));
    cr_expect_eq(err.code, XE_ERR_HANDLE_UNKNOWN);
    xe_instance_destroy(instance);
}

/* ---- setting and writing -------------------------------------------------------------------- */

static const struct {
    enum xe_point_kind kind;
    uint32_t address, size;
    enum xe_err code;
} wrong_points[] = {
    {XE_POINT_EXEC, 0x82010002, 4, XE_ERR_INVALID_PARAMS},
    {XE_POINT_WRITE, 0x82010000, 0, XE_ERR_RANGE_TOO_LARGE},
    {XE_POINT_WRITE, 0x82010000, XE_POINT_SIZE_MAX + 1, XE_ERR_RANGE_TOO_LARGE},
    {XE_POINT_READ, 0xfffffffe, 4, XE_ERR_RANGE_TOO_LARGE},
};

Test(debug, points_are_checked_and_counted)
{
    struct xe_instance *instance = make("spin", XE_ENGINE_JIT);
    struct xe_error err;

    for (size_t i = 0; i < sizeof(wrong_points) / sizeof(wrong_points[0]); i++) {
        err = (struct xe_error)XE_ERROR_INIT;
        cr_expect_eq(xe_instance_point_set(instance,
                                           &(struct xe_point){.kind = wrong_points[i].kind,
                                                              .address = wrong_points[i].address,
                                                              .size = wrong_points[i].size},
                                           &err),
                     0);
        cr_expect_eq(err.code, wrong_points[i].code, "row %zu: %s", i, err.text);
    }
    set(instance, XE_POINT_WRITE, 0xfffffffc, 4);
    set(instance, XE_POINT_EXEC, 0, 4);
    for (uint32_t i = 2; i < XE_POINTS_MAX; i++)
        set(instance, i % 2 ? XE_POINT_EXEC : XE_POINT_READ, 0x40000000 - 0x1000 * i, 4);
    err = (struct xe_error)XE_ERROR_INIT;
    cr_expect_eq(
        xe_instance_point_set(instance, &(struct xe_point){.kind = XE_POINT_EXEC, .size = 4}, &err),
        0);
    cr_expect_eq(err.code, XE_ERR_BREAKPOINT_LIMIT);
    cr_expect_not(xe_instance_point_remove(instance, XE_POINTS_MAX + 1, NULL));
    cr_expect_eq(run(instance, 1000), XE_STOP_TARGET);
    for (uint32_t id = 1; id <= XE_POINTS_MAX; id++)
        cr_expect(xe_instance_point_remove(instance, id, NULL));
    cr_expect_eq(set(instance, XE_POINT_EXEC, 0, 4), XE_POINTS_MAX + 1, "ids are not used again");
    xe_instance_destroy(instance);
}

/* A register, what is written and what it then shows. */
static const struct {
    const char *name;
    uint64_t value, shows;
} writes[] = {
    {"r0", 0x0123456789abcdef, 0x0123456789abcdef},
    {"r31", 1, 1},
    {"f0", 0x3ff0000000000000, 0x3ff0000000000000},
    {"f31", 0x7ff8000000000001, 0x7ff8000000000001},
    {"pc", 0x82010004, 0x82010004},
    {"lr", 0x1122334482010004, 0x1122334482010004},
    {"ctr", ~0ull, ~0ull},
    {"cr", 0x12345678, 0x12345678},
    {"xer", 0xffffffff, 0xe000007f},
    {"vscr", 0xffffffff, 0x00010001},
    {"vrsave", 0x80000001, 0x80000001},
    {"fpscr", 0x00000003, 0x00000003}, /* rounding */
    {"fpscr", 0x60000000, 0x00000000}, /* FEX and VX follow from the rest */
};

static void put_be64(uint8_t bytes[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> 8 * (7 - i));
}

Test(debug, registers_are_written_by_name)
{
    struct xe_instance *instance = make("spin", XE_ENGINE_JIT);
    struct find_register find = {.name = "v127"};
    uint8_t bytes[16];

    for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
        put_be64(bytes, writes[i].value);
        cr_expect(xe_instance_register_write(instance, 1, writes[i].name, bytes, 8, NULL), "%s",
                  writes[i].name);
        cr_expect_eq(number_of(instance, 1, writes[i].name), writes[i].shows, "%s: 0x%llx",
                     writes[i].name, (unsigned long long)number_of(instance, 1, writes[i].name));
    }
    for (uint8_t i = 0; i < 16; i++)
        bytes[i] = i;
    cr_expect(xe_instance_register_write(instance, 1, "v127", bytes, 16, NULL));
    xe_instance_registers(instance, 1, find_number, find_vector, &find);
    cr_expect_arr_eq(find.vector, bytes, 16);
    xe_instance_destroy(instance);
}

static const struct {
    const char *name;
    uint32_t tid, size;
    uint64_t value;
    enum xe_err code;
} wrong_writes[] = {
    {"r32", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r01", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r-1", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r1x", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"v128", 1, 16, 0, XE_ERR_INVALID_PARAMS},
    {"v1", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r1", 1, 16, 0, XE_ERR_INVALID_PARAMS},
    {"msr", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"pir", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"pvr", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"tb", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"tbu", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"", 1, 8, 0, XE_ERR_INVALID_PARAMS},
    {"r1", 77, 8, 0, XE_ERR_HANDLE_UNKNOWN},
    {"pc", 1, 8, 0x82010002, XE_ERR_INVALID_PARAMS},
    {"pc", 1, 8, 0x182010000, XE_ERR_INVALID_PARAMS},
    {"cr", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
    {"xer", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
    {"fpscr", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
    {"vscr", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
    {"vrsave", 1, 8, 0x100000000, XE_ERR_INVALID_PARAMS},
};

/* What mfspr reads and what is shown, each before it is read: the numbers of all registers that a
 * title can read. */
Test(debug, special_registers_show_what_a_title_reads)
{
    static const struct {
        const char *name;
        uint32_t number;
    } specials[] = {{"xer", 1},  {"lr", 8},    {"ctr", 9},   {"vrsave", 256},
                    {"tb", 268}, {"tbu", 269}, {"pvr", 287}, {"pir", 1023}};
    struct xe_instance *instance = make("spin", XE_ENGINE_INTERPRETER);
    uint32_t pc;

    run(instance, 100000);
    pc = (uint32_t)number_of(instance, 1, "pc");
    for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
        uint32_t n = specials[i].number;
        uint32_t word = 0x7C6002A6 | (n & 31) << 16 | (n >> 5) << 11; /* mfspr r3,n */
        const uint8_t code[4] = {(uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8),
                                 (uint8_t)word};
        uint64_t shown;

        cr_assert(xe_instance_mem_write(instance, pc + 4 * (uint32_t)i, code, 4, NULL));
        shown = number_of(instance, 1, specials[i].name);
        cr_assert(xe_instance_step(instance, 1, 1, 0, 0, NULL));
        cr_expect_eq(run(instance, 100000), XE_STOP_STEP);
        cr_expect_eq(number_of(instance, 1, "r3"), shown, "%s: 0x%llx", specials[i].name,
                     (unsigned long long)shown);
    }
    xe_instance_destroy(instance);
}

Test(debug, a_read_only_register_says_why)
{
    struct xe_instance *instance = make("spin", XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;
    const uint8_t bytes[8] = {0};

    cr_expect_not(xe_instance_register_write(instance, 1, "pvr", bytes, 8, &err));
    cr_expect_str_eq(err.text, "register 'pvr' can't be written: the version of the processor is "
                               "fixed");
    xe_instance_destroy(instance);
}

/* ---- names ---------------------------------------------------------------------------------- */

Test(debug, places_have_names_both_ways)
{
    static const struct {
        const char *text, *name;
        uint32_t offset;
    } places[] = {
        {"entry", "entry", 0},
        {"entry+8", "entry", 8},
        {"NtCreateEvent", "xboxkrnl.exe!NtCreateEvent", 0},         /* the title's thunk  */
        {"xam.xex!XamInputGetState", "xam.xex!XamInputGetState", 0} /* the kernel's entry */
    };
    struct xe_instance *instance = make("four-handles", XE_ENGINE_JIT);
    struct xe_place place;
    xe_gva address;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        cr_assert(xe_instance_address(instance, places[i].text, &address, NULL), "%s",
                  places[i].text);
        cr_assert(xe_instance_place(instance, address, &place), "%s", places[i].text);
        cr_expect_str_eq(place.name, places[i].name);
        cr_expect_eq(place.offset, places[i].offset, "%s: 0x%x", places[i].text, place.offset);
    }
    cr_expect(xe_instance_place(instance, address + 4, &place));
    cr_expect_eq(place.offset, 4);
    cr_expect_not(xe_instance_place(instance, 0x10, &place));
    cr_expect_not(xe_instance_place(instance, 0xFFFFFFFC, &place));
    cr_expect_not(xe_instance_address(instance, "no such name", &address, NULL));
    xe_instance_destroy(instance);
}

Test(debug, wrong_names_are_answered_with_near_ones)
{
    struct xe_instance *instance = make("four-handles", XE_ENGINE_INTERPRETER);
    struct xe_error symbol = XE_ERROR_INIT, export = XE_ERROR_INIT;
    xe_gva address;

    cr_expect_not(xe_instance_address(instance, "xam.xex!NtCraeteEvent+8", &address, &symbol));
    cr_expect(strstr(symbol.text, "did you mean 'NtCreateEvent'"), "%s", symbol.text);
    cr_expect_eq(set_named(instance, "NtSetEvnet", &export), 0);
    cr_expect(strstr(export.text, "did you mean 'NtSetEvent'"), "%s", export.text);
    xe_instance_destroy(instance);
}

static bool is_interfered(struct xe_instance *instance)
{
    struct xe_audit_report report;
    bool interfered;

    cr_assert(xe_audit_report_make(xe_instance_audit(instance), xe_instance_audit_world(instance),
                                   NULL, 0, &report, NULL));
    interfered = report.interfered;
    xe_audit_report_fini(&report);
    return interfered;
}

Test(debug, only_a_write_that_was_made_marks_the_run)
{
    const uint8_t value[8] = {0};
    struct xe_instance *instance = make("healthy", XE_ENGINE_JIT);

    run(instance, 100);
    cr_expect_not(xe_instance_register_write(instance, 1, "q9", value, 8, NULL));
    cr_expect_not(xe_instance_register_write(instance, 9, "r3", value, 8, NULL));
    cr_expect_not(xe_instance_mem_write(instance, 0x10, value, 8, NULL));
    cr_expect_not(is_interfered(instance));
    cr_expect(xe_instance_register_write(instance, 1, "r31", value, 8, NULL));
    cr_expect(is_interfered(instance));
    xe_instance_destroy(instance);
}

Test(debug, wrong_writes_are_refused)
{
    struct xe_instance *instance = make("spin", XE_ENGINE_JIT);
    uint8_t bytes[16] = {0};
    struct xe_error err;

    for (size_t i = 0; i < sizeof(wrong_writes) / sizeof(wrong_writes[0]); i++) {
        err = (struct xe_error)XE_ERROR_INIT;
        put_be64(bytes, wrong_writes[i].value);
        cr_expect_not(xe_instance_register_write(instance, wrong_writes[i].tid,
                                                 wrong_writes[i].name, bytes, wrong_writes[i].size,
                                                 &err),
                      "%s", wrong_writes[i].name);
        cr_expect_eq(err.code, wrong_writes[i].code, "%s: %s", wrong_writes[i].name, err.text);
    }
    err = (struct xe_error)XE_ERROR_INIT;
    cr_expect_not(xe_instance_mem_write(instance, 0x10, bytes, 16, &err));
    cr_expect_eq(err.code, XE_ERR_ADDRESS_UNMAPPED);
    xe_instance_destroy(instance);
}

/* Code written from outside runs, also where its old form was translated. */
Test(debug, written_code_is_run)
{
    for (int e = 0; e < ENGINES; e++) {
        const uint8_t stay[4] = {0x48, 0x00, 0x00, 0x00}; /* b . */
        struct xe_instance *instance = make("spin", engines[e]);
        uint32_t pc;

        run(instance, 5000);
        pc = (uint32_t)number_of(instance, 1, "pc");
        cr_assert(xe_instance_mem_write(instance, pc, stay, 4, NULL));
        run(instance, 5000);
        cr_expect_eq(number_of(instance, 1, "pc"), pc, "%s", xe_engine_name(engines[e]));
        xe_instance_destroy(instance);
    }
}
