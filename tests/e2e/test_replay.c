/* A recorded run replays from its log alone (doc/determinism.md): on every fixture and the real
 * title, with writes at random cycles, under either engine, cut at other places and polled. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/titles.h"
#include "xe/debug.h"
#include "xe/inputs.h"

#ifdef XE_SANITIZERS
#define PART 20000
#else
#define PART 120000
#endif
#define PARTS 14
#define AFTER 5000

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static struct xe_instance *make(const char *path, enum xe_engine engine)
{
    struct xe_instance_config config = xe_instance_config_default();

    config.engine = engine;
    return test_instance(path, &config);
}

static void find_thread(void *ctx, const struct xe_thread_info *info)
{
    uint32_t *tid = ctx;

    if (tid[1]-- == 0)
        tid[0] = info->tid;
}

/* A thread's stack pointer, which leads to memory that matters. */
static void find_stack(void *ctx, const char *name, uint64_t value)
{
    if (!strcmp(name, "r1"))
        *(uint32_t *)ctx = (uint32_t)value;
}

static void no_vector(void *ctx, const char *name, const uint8_t bytes[16])
{
    (void)ctx;
    (void)name;
    (void)bytes;
}

/* Registers that matter less, so that titles go on; now and then memory. */
static void write_something(struct xe_instance *instance, uint32_t *random)
{
    static const char *const names[] = {"r0", "r11", "f3", "ctr", "v20", "cr", "xer"};
    uint8_t bytes[16] = {0, 0, 0, 0, 0, 0, 0, (uint8_t)next_random(random)};
    uint32_t found[2] = {0, next_random(random) % 4}, stack = 0;
    const char *name = names[next_random(random) % 7];

    xe_kernel_threads(xe_instance_kernel(instance), find_thread, found);
    if (!found[0] || !xe_instance_registers(instance, found[0], find_stack, no_vector, &stack))
        return;
    if (next_random(random) % 3)
        xe_instance_register_write(instance, found[0], name, bytes, name[0] == 'v' ? 16 : 8, NULL);
    else
        xe_instance_mem_write(instance, stack - 64 - next_random(random) % 128, bytes, 8, NULL);
}

static void find_pc(void *ctx, const char *name, uint64_t value)
{
    if (!strcmp(name, "pc"))
        *(uint32_t *)ctx = (uint32_t)value;
}

/* Stops that are no state: at a breakpoint, and in the middle of a thread's steps. */
static void stop_oddly(struct xe_instance *instance, uint32_t *random)
{
    struct xe_point point = {.kind = XE_POINT_EXEC, .size = 4};
    uint32_t id;

    if (next_random(random) % 2) {
        xe_instance_step(instance, 1, 1 + next_random(random) % 50, 0, 0, NULL);
        xe_instance_run(instance, PART, NULL, NULL, &(struct xe_run_result){0}, NULL);
        return;
    }
    if (!xe_instance_registers(instance, 1, find_pc, no_vector, &point.address))
        return;
    id = xe_instance_point_set(instance, &point, NULL);
    xe_instance_run(instance, PART, NULL, NULL, &(struct xe_run_result){0}, NULL);
    xe_instance_point_remove(instance, id, NULL);
}

static struct xe_input_log record(struct xe_instance *instance, uint32_t random)
{
    struct xe_input_log log;
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_record_start(instance, &err), "%s", err.text);
    for (int i = 0; i < PARTS; i++) {
        cr_assert(xe_instance_run(instance, 1 + next_random(&random) % PART, NULL, NULL,
                                  &(struct xe_run_result){0}, &err));
        if (next_random(&random) % 3 == 0)
            stop_oddly(instance, &random);
        for (uint32_t n = next_random(&random) % 4; n > 0; n--)
            write_something(instance, &random);
    }
    cr_assert(xe_instance_record_stop(instance, &log, &err), "%s", err.text);
    cr_assert_eq(xe_instance_taint(instance)->reason, XE_TAINT_NONE);
    return log;
}

static bool look(void *ctx)
{
    struct xe_digest digest;

    xe_instance_digest(ctx, &digest);
    return true;
}

static void expect_ended(const struct xe_instance *instance, const char *path)
{
    struct xe_replay_status status;

    xe_instance_replay_status(instance, &status);
    cr_assert_eq(status.state, XE_REPLAY_ENDED, "%s: %s: %s", path,
                 xe_replay_state_name(status.state), status.text);
    cr_assert_eq(status.applied, status.inputs);
    cr_assert_eq(status.compared, status.points);
    cr_assert_eq(xe_instance_cycle(instance), status.end_cycle);
    cr_assert_eq(xe_instance_taint(instance)->reason, XE_TAINT_NONE);
}

/* Play it to its end, in parts. */
static void play(struct xe_instance *instance, const struct xe_input_log *log, uint32_t random)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_replay_status status;

    cr_assert(xe_instance_replay_start(instance, log, &err), "%s", err.text);
    for (int i = 0; i < 100000; i++) {
        uint64_t n = next_random(&random) % (i % 8 ? PART / 8 : PART * 4);

        xe_instance_replay_status(instance, &status);
        if (status.state != XE_REPLAY_PLAYING)
            return;
        cr_assert(xe_instance_run(instance, n, look, instance, &(struct xe_run_result){0}, &err),
                  "%s", err.text);
    }
}

static void replayed(const char *path, enum xe_engine records, enum xe_engine plays, uint32_t seed)
{
    struct xe_instance *first = make(path, records), *second = make(path, plays);
    struct xe_input_log log = record(first, seed);
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];

    play(second, &log, seed + 1);
    expect_ended(second, path);
    test_run_digest(first, AFTER, expected);
    test_run_digest(second, AFTER, found);
    cr_expect_str_eq(found, expected, "%s: after its log a replay is another", path);
    xe_instance_destroy(first);
    xe_instance_destroy(second);
}

ParameterizedTestParameters(replay, is_the_run)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, replay, is_the_run)
{
    char path[512];

    test_path_or_skip(title->name, path, sizeof(path));
    for (uint32_t seed = 1; seed <= 4; seed++) {
        replayed(path, XE_ENGINE_JIT, XE_ENGINE_JIT, seed);
        replayed(path, XE_ENGINE_JIT, XE_ENGINE_INTERPRETER, seed + 100);
    }
    replayed(path, XE_ENGINE_INTERPRETER, XE_ENGINE_JIT, 1000);
}

/* ---- taint ---------------------------------------------------------------------------------- */

static struct xe_instance *timers(enum xe_engine engine)
{
    char path[512];

    test_title_path("timers", path, sizeof(path));
    return make(path, engine);
}

static void run(struct xe_instance *instance, uint64_t n, struct xe_run_result *ret)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_run(instance, n, NULL, NULL, ret, &err), "%s", err.text);
}

static bool poke(struct xe_instance *instance, uint8_t value, struct xe_error *err)
{
    uint8_t bytes[8] = {0, 0, 0, 0, 0, 0, 0, value};

    return xe_instance_register_write(instance, 1, "f31", bytes, 8,
                                      err); /* which it leaves alone */
}

Test(replay, what_no_log_has_taints)
{
    struct xe_instance *instance = timers(XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_run_result end;

    run(instance, 1234, &end);
    cr_assert_eq(xe_instance_taint(instance)->reason, XE_TAINT_NONE);
    cr_assert(poke(instance, 1, &err));
    cr_expect_eq(xe_instance_taint(instance)->reason, XE_TAINT_UNRECORDED);
    cr_expect_eq(xe_instance_taint(instance)->cycle, 1234);
    cr_expect(!xe_instance_record_start(instance, &err));
    cr_expect_eq(err.code, XE_ERR_STATE_TAINTED);
    xe_instance_destroy(instance);
}

Test(replay, what_is_refused_taints_nothing)
{
    struct xe_instance *instance = timers(XE_ENGINE_JIT);

    cr_expect(!xe_instance_mem_write(instance, 0x10, "x", 1, NULL));
    cr_expect(!xe_instance_register_write(instance, 77, "r0", (uint8_t[8]){0}, 8, NULL));
    cr_expect(!xe_instance_register_write(instance, 1, "pvr", (uint8_t[8]){0}, 8, NULL));
    cr_expect_eq(xe_instance_taint(instance)->reason, XE_TAINT_NONE);
    xe_instance_destroy(instance);
}

Test(replay, recording_begins_anywhere_and_goes_on_after_a_stop)
{
    struct xe_instance *first = timers(XE_ENGINE_JIT), *second = timers(XE_ENGINE_JIT);
    struct xe_run_result end;
    struct xe_input_log log;

    run(first, 700, &end);
    for (uint8_t i = 1; i <= 3; i++) {
        cr_assert(xe_instance_record_start(first, NULL));
        run(first, 500, &end);
        cr_assert(poke(first, i, NULL));
        cr_assert(xe_instance_record_stop(first, &log, NULL));
        run(first, 500, &end);
    }
    cr_assert(xe_instance_record_start(first, NULL));
    cr_assert(xe_instance_record_stop(first, &log, NULL));
    cr_assert_eq(log.inputs, 3);
    play(second, &log, 7);
    expect_ended(second, "timers");
    xe_instance_destroy(first);
    xe_instance_destroy(second);
}

Test(replay, a_full_log_refuses_and_stays_true)
{
    struct xe_instance *instance = timers(XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_input_log log;
    size_t n = 0;

    cr_assert(xe_instance_record_start(instance, NULL));
    while (poke(instance, (uint8_t)n, &err) && n < 100000)
        n++;
    cr_expect_eq(err.code, XE_ERR_QUOTA_EXCEEDED, "%s", err.text);
    cr_expect_eq(n, XE_INPUTS_COST_MAX / (XE_INPUT_COST + 16));
    cr_expect_eq(xe_instance_taint(instance)->reason, XE_TAINT_NONE);
    cr_assert(xe_instance_record_stop(instance, &log, NULL));
    cr_expect_eq(log.inputs, n);
    xe_instance_destroy(instance);
}

/* ---- differences ---------------------------------------------------------------------------- */

/* A log of three writes, 2000 cycles apart; `change` does something to it before it is played. */
static struct xe_replay_status play_changed(void (*change)(struct xe_input_log *log),
                                            struct xe_run_result *ret, struct xe_error *err)
{
    struct xe_instance *first = timers(XE_ENGINE_JIT), *second = timers(XE_ENGINE_JIT);
    struct xe_replay_status status = {.state = XE_REPLAY_NONE};
    struct xe_input_log log;

    cr_assert(xe_instance_record_start(first, NULL));
    for (uint8_t i = 0; i < 3; i++) {
        run(first, 2000, ret);
        cr_assert(poke(first, (uint8_t)(0x40 + i), NULL));
    }
    run(first, 2000, ret);
    cr_assert(xe_instance_record_stop(first, &log, NULL));
    change(&log);
    if (xe_instance_replay_start(second, &log, err)) {
        run(second, 50000, ret);
        xe_instance_replay_status(second, &status);
        if (status.state == XE_REPLAY_DIVERGED)
            cr_expect(!xe_instance_run(second, 1, NULL, NULL, ret, err));
    }
    xe_instance_destroy(first);
    xe_instance_destroy(second);
    return status;
}

static void change_nothing(struct xe_input_log *log)
{
    (void)log;
}

static void change_value(struct xe_input_log *log)
{
    log->input[1].bytes.data[7] ^= 1;
}

static void change_thread(struct xe_input_log *log)
{
    log->input[1].tid = 99;
}

static void change_time(struct xe_input_log *log)
{
    log->input[1].idle++;
}

static void change_order(struct xe_input_log *log)
{
    log->input[1].cycle = 1;
}

static void change_kind(struct xe_input_log *log)
{
    log->input[1].kind = XE_INPUT_MEMORY;
}

static void change_end(struct xe_input_log *log)
{
    log->end.cycle = 5000;
}

Test(replay, stops_at_the_logs_end)
{
    struct xe_run_result end;
    struct xe_replay_status status = play_changed(change_nothing, &end, NULL);

    cr_expect_eq(status.state, XE_REPLAY_ENDED);
    cr_expect_eq(end.stop, XE_STOP_REPLAY);
    cr_expect_eq(end.cycle, 8000);
    cr_expect_str_eq(end.detail, "the log has ended: 3 inputs, digests equal at 4 places");
}

Test(replay, tells_the_first_difference)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_run_result end;
    struct xe_replay_status status = play_changed(change_value, &end, &err);

    cr_expect_eq(status.state, XE_REPLAY_DIVERGED);
    cr_expect_eq(status.cycle, 6000);
    cr_expect_eq(status.equal_cycle, 4000);
    cr_expect_str_eq(status.component, "threads");
    cr_expect_eq(end.stop, XE_STOP_REPLAY);
    cr_expect_eq(err.code, XE_ERR_REPLAY_DIVERGED);
}

Test(replay, tells_what_cannot_come_in)
{
    struct xe_run_result end;
    struct xe_replay_status status = play_changed(change_thread, &end, NULL);

    cr_expect_eq(status.state, XE_REPLAY_DIVERGED);
    cr_expect_str_eq(status.text, "input 1 can't come in: there is no thread 99");
    status = play_changed(change_time, &end, NULL);
    cr_expect_str_eq(status.component, "clock");
}

Test(replay, a_run_that_ends_before_its_log_differs)
{
    struct xe_instance *instance;
    struct xe_input_log log = {.end = {.cycle = UINT64_MAX - 1}};
    struct xe_run_result end;
    struct xe_replay_status status;
    char path[512];

    test_title_path("crash", path, sizeof(path));
    instance = make(path, XE_ENGINE_JIT);
    cr_assert(xe_instance_replay_start(instance, &log, NULL));
    run(instance, 50000, &end);
    xe_instance_replay_status(instance, &status);
    cr_expect_eq(status.state, XE_REPLAY_DIVERGED);
    cr_expect(strstr(status.text, "the run stops at cycle"), "%s", status.text);
    xe_instance_destroy(instance);
}

Test(replay, hostile_logs_are_refused)
{
    void (*const change[])(struct xe_input_log * log) = {change_order, change_kind, change_end};

    for (size_t i = 0; i < 3; i++) {
        struct xe_error err = XE_ERROR_INIT;
        struct xe_run_result end;

        cr_expect_eq(play_changed(change[i], &end, &err).state, XE_REPLAY_NONE);
        cr_expect_eq(err.code, XE_ERR_SCRIPT_MALFORMED, "%zu: %s", i, err.text);
    }
}

Test(replay, nothing_else_comes_in)
{
    struct xe_instance *instance = timers(XE_ENGINE_JIT);
    struct xe_input_log log = {.end = {.cycle = 1000}};
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_replay_start(instance, &log, NULL));
    cr_expect(!poke(instance, 1, &err));
    cr_expect_eq(err.code, XE_ERR_INSTANCE_WRONG_STATE);
    cr_expect(!xe_instance_record_start(instance, NULL));
    xe_instance_destroy(instance);
}

/* ---- saved ---------------------------------------------------------------------------------- */

static struct xe_instance *through(struct xe_instance *from)
{
    struct xe_instance *to = timers(XE_ENGINE_INTERPRETER);
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *bytes = xe_instance_state_save(from, &size, &err);

    cr_assert(bytes, "%s", err.text);
    cr_assert(xe_instance_state_load(to, bytes, size, &err), "%s", err.text);
    cr_assert(xe_instance_state_compare(to, bytes, size, &err), "%s", err.text);
    xe_instance_state_free(bytes);
    xe_instance_destroy(from);
    return to;
}

Test(replay, saved_while_recording_and_while_playing)
{
    struct xe_instance *first = timers(XE_ENGINE_JIT), *second = timers(XE_ENGINE_JIT);
    struct xe_run_result end;
    struct xe_input_log log;

    cr_assert(xe_instance_record_start(first, NULL));
    for (uint8_t i = 0; i < 4; i++) {
        run(first, 1500, &end);
        cr_assert(poke(first, i, NULL));
        if (i == 1)
            first = through(first);
    }
    cr_assert(xe_instance_record_stop(first, &log, NULL));
    cr_assert_eq(log.inputs, 4);
    cr_assert(xe_instance_replay_start(second, &log, NULL));
    run(second, 3100, &end);
    second = through(second);
    run(second, 50000, &end);
    expect_ended(second, "timers");
    xe_instance_destroy(first);
    xe_instance_destroy(second);
}

Test(replay, taint_is_saved)
{
    struct xe_instance *instance = timers(XE_ENGINE_JIT);

    cr_assert(poke(instance, 1, NULL));
    instance = through(instance);
    cr_expect_eq(xe_instance_taint(instance)->reason, XE_TAINT_UNRECORDED);
    xe_instance_destroy(instance);
}

/* Where the log's section begins and ends in a saved state. */
static bool find_section(const uint8_t *bytes, size_t size, size_t *ret_at, size_t *ret_end)
{
    static const char name[] = "\6inputs";

    for (size_t at = 0; at + 15 < size; at++)
        if (!memcmp(bytes + at, name, 7)) {
            *ret_at = at + 15;
            *ret_end = *ret_at + bytes[at + 13] * 256u + bytes[at + 14];
            return *ret_end <= size;
        }
    return false;
}

static void load_damaged(const uint8_t *bytes, size_t size, unsigned *taken)
{
    struct xe_instance *instance = timers(XE_ENGINE_INTERPRETER);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_replay_status status;

    if (xe_instance_state_load(instance, bytes, size, &err)) {
        xe_instance_run(instance, 3000, NULL, NULL, &(struct xe_run_result){0}, NULL);
        xe_instance_replay_status(instance, &status);
        ++*taken;
    } else {
        cr_assert_neq(err.text[0], '\0');
    }
    xe_instance_destroy(instance);
}

/* A saved log may be anybody's, like all of a state. */
Test(replay, damaged_logs_stay_outside)
{
    struct xe_instance *first = timers(XE_ENGINE_JIT), *second = timers(XE_ENGINE_JIT);
    struct xe_run_result end;
    struct xe_input_log log;
    size_t size, from, to;
    uint8_t *bytes;
    uint32_t random = 1;
    unsigned taken = 0;

    cr_assert(xe_instance_record_start(first, NULL));
    for (uint8_t i = 0; i < 4; i++) {
        run(first, 1500, &end);
        cr_assert(poke(first, i, NULL));
    }
    cr_assert(xe_instance_record_stop(first, &log, NULL));
    cr_assert(xe_instance_replay_start(second, &log, NULL));
    run(second, 2000, &end);
    bytes = xe_instance_state_save(second, &size, NULL);
    cr_assert(bytes && find_section(bytes, size, &from, &to));
    for (int i = 0; i < 400; i++) {
        size_t at = from + next_random(&random) % (to - from);
        uint8_t was = bytes[at];

        bytes[at] ^= (uint8_t)(i % 2 ? 1u << next_random(&random) % 8 : next_random(&random) | 1);
        load_damaged(bytes, size, &taken);
        bytes[at] = was;
    }
    cr_expect(taken > 0 && taken < 400, "%u", taken);
    xe_instance_state_free(bytes);
    xe_instance_destroy(first);
    xe_instance_destroy(second);
}
