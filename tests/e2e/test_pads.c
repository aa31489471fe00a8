/* What happens to controllers is a function of image, settings and log, however the run is cut,
 * looked at, saved or translated. The title prints whatever it is given. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tests/support/titles.h"
#include "xe/inputs.h"
#include "xe/pads.h"

#define END 40000 /* cycles; the title has ended by then */

static struct xe_instance *make(enum xe_engine engine, bool audit)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];

    config.engine = engine;
    config.audit = audit;
    test_title_path("pads", path, sizeof(path));
    return test_instance(path, &config);
}

static void run(struct xe_instance *instance, uint64_t n)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_run(instance, n, NULL, NULL, &(struct xe_run_result){0}, &err), "%s",
              err.text);
}

static struct xe_pad_script script_of(struct xe_instance *instance)
{
    struct xe_pad_script ret;

    xe_kernel_pad_script(xe_instance_kernel(instance), &ret);
    return ret;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Every act, by every clock that moves here. */
static void make_events(uint32_t random, struct xe_pad_event *event, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct xe_pad_event *it = &event[i];
        static const enum xe_pad_clock clocks[] = {XE_PAD_CYCLE, XE_PAD_POLL};

        *it = (struct xe_pad_event){.act = next_random(&random) % XE_PAD_ACTS,
                                    .port = next_random(&random) % XE_PADS,
                                    .clock = clocks[next_random(&random) % 2]};
        it->at = next_random(&random) % (it->clock == XE_PAD_CYCLE ? 20000 : 100);
        if (it->act == XE_PAD_KEY)
            it->port = XE_PAD_KEYBOARD;
        if (it->act == XE_PAD_PRESS || it->act == XE_PAD_KEY) {
            it->lasts = clocks[next_random(&random) % 2];
            it->count = 1 + next_random(&random) % (it->lasts == XE_PAD_CYCLE ? 2000 : 10);
        }
        if (it->act == XE_PAD_KEY)
            it->key = next_random(&random) % 40;
        if (it->act != XE_PAD_PRESS && it->act != XE_PAD_SET)
            continue;
        it->state.buttons = 1u << next_random(&random) % 10;
        it->state.lt = next_random(&random) % 256;
        it->state.rx = (int32_t)(next_random(&random) % 65536) - 32768;
    }
}

static bool add_line(void *ctx, const struct xe_log_line *line)
{
    char *all = ctx;
    size_t used = strlen(all);

    if (line->level == XE_LOG_PRINT)
        snprintf(all + used, 65536 - used, "%s\n", line->text);
    return true;
}

/* What it printed, and its digest: to be freed. */
static char *told(struct xe_instance *instance)
{
    char *all = calloc(1, 65536);
    struct xe_digest digest;

    xe_log_visit(xe_instance_log(instance), 0, add_line, all);
    xe_instance_digest(instance, &digest);
    xe_digest_text(digest.hash, all + strlen(all));
    return all;
}

static void script(struct xe_instance *instance, uint32_t seed)
{
    struct xe_pad_event event[40];
    struct xe_error err = XE_ERROR_INIT;

    make_events(seed, event, 40);
    cr_assert(xe_instance_pad_events(instance, event, 40, true, &err), "%s", err.text);
}

static char *whole(uint32_t seed)
{
    struct xe_instance *instance = make(XE_ENGINE_JIT, false);
    char *all;

    script(instance, seed);
    run(instance, END);
    cr_assert_eq(xe_instance_taint(instance)->reason, XE_TAINT_NONE);
    all = told(instance);
    xe_instance_destroy(instance);
    return all;
}

static void expect(struct xe_instance *instance, const char *wanted)
{
    char *all = told(instance);

    cr_expect_str_eq(all, wanted);
    free(all);
    xe_instance_destroy(instance);
}

/* The same state in a fresh instance; the log's lines so far stay behind. */
static struct xe_instance *moved(struct xe_instance *from, enum xe_engine engine)
{
    struct xe_instance *to = make(engine, false);
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *bytes;
    size_t size;

    bytes = xe_instance_state_save(from, &size, &err);
    cr_assert(bytes, "%s", err.text);
    cr_assert(xe_instance_state_load(to, bytes, size, &err), "%s", err.text);
    xe_free(bytes);
    return to;
}

static const char *digest_in(const char *all)
{
    return strrchr(all, '\n') + 1;
}

Test(pads_title, cuts_engines_and_audit_make_no_difference)
{
    for (uint32_t seed = 1; seed <= 6; seed++) {
        char *wanted = whole(seed);
        struct xe_instance *instance = make(XE_ENGINE_INTERPRETER, true);
        uint32_t random = seed;

        cr_assert(strstr(wanted, "key: "), "seed %u: %s", seed, wanted);
        script(instance, seed);
        while (xe_instance_last_stop(instance) != XE_STOP_EXIT)
            run(instance, 1 + next_random(&random) % 700);
        expect(instance, wanted);
        free(wanted);
    }
}

Test(pads_title, a_state_saved_in_a_press_goes_on)
{
    for (uint32_t seed = 1; seed <= 6; seed++) {
        char *wanted = whole(seed), *all;
        struct xe_instance *first = make(XE_ENGINE_JIT, false), *second;

        script(first, seed);
        do
            run(first, 500);
        while (!script_of(first).going_on && xe_instance_last_stop(first) != XE_STOP_EXIT);
        second = moved(first, XE_ENGINE_INTERPRETER);
        run(first, END);
        expect(first, wanted);
        run(second, END);
        all = told(second);
        cr_expect_str_eq(digest_in(all), digest_in(wanted));
        free(all);
        free(wanted);
        xe_instance_destroy(second);
    }
}

/* Events that come in while it runs; nobody asked for a recording. */
Test(pads_title, its_log_alone_tells_the_run)
{
    for (uint32_t seed = 1; seed <= 4; seed++) {
        struct xe_instance *first = make(XE_ENGINE_JIT, false), *second;
        struct xe_error err = XE_ERROR_INIT;
        struct xe_replay_status status;
        struct xe_input_log log;
        char *wanted;

        for (uint32_t i = 0; i < 5; i++) {
            struct xe_pad_event event[4];

            run(first, 3333);
            make_events(10 * seed + i, event, 4);
            cr_assert(xe_instance_pad_events(first, event, 4, i == 2, &err), "%s", err.text);
        }
        run(first, 1234);
        cr_assert(xe_instance_inputs_log(first, &log, &err), "%s", err.text);
        cr_expect_eq(log.inputs, 21);
        second = make(XE_ENGINE_INTERPRETER, true);
        cr_assert(xe_instance_replay_start(second, &log, &err), "%s", err.text);
        run(second, END);
        xe_instance_replay_status(second, &status);
        cr_assert_eq(status.state, XE_REPLAY_ENDED, "%s", status.text);
        run(first, END);
        run(second, END);
        wanted = told(first);
        expect(second, wanted);
        free(wanted);
        xe_instance_destroy(first);
    }
}

/* ---- the log -------------------------------------------------------------------------------- */

static struct xe_pad_event press_a(void)
{
    return (struct xe_pad_event){
        .act = XE_PAD_PRESS, .lasts = XE_PAD_POLL, .count = 1, .state = {.buttons = 0x1000}};
}

Test(pads_title, more_events_than_there_is_room_for_change_nothing)
{
    struct xe_instance *instance = make(XE_ENGINE_JIT, false);
    static struct xe_pad_event event[XE_PAD_EVENTS_MAX + 1];
    struct xe_error err = XE_ERROR_INIT;

    for (size_t i = 0; i <= XE_PAD_EVENTS_MAX; i++)
        event[i] = press_a();
    cr_expect(!xe_instance_pad_events(instance, event, XE_PAD_EVENTS_MAX + 1, true, &err));
    cr_expect_eq(err.code, XE_ERR_QUOTA_EXCEEDED);
    event[7].state.lt = 256;
    err = (struct xe_error)XE_ERROR_INIT;
    cr_expect(!xe_instance_pad_events(instance, event, 8, false, &err));
    cr_expect_eq(err.code, XE_ERR_SCRIPT_MALFORMED);
    cr_expect_eq(xe_instance_inputs(instance), 0);
    cr_expect_eq(script_of(instance).waiting, 0);
    xe_instance_destroy(instance);
}

/* Recording, it is refused; else the run goes on, and no log tells it. */
Test(pads_title, what_the_log_has_no_room_for)
{
    struct xe_instance *instance = make(XE_ENGINE_JIT, false);
    struct xe_pad_event event = press_a();
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_record_start(instance, NULL));
    while (xe_instance_pad_events(instance, &event, 1, true, &err))
        cr_assert_lt(xe_instance_inputs(instance), 10000);
    cr_expect_eq(err.code, XE_ERR_QUOTA_EXCEEDED, "%s", err.text);
    cr_expect_eq(xe_instance_taint(instance)->reason, XE_TAINT_NONE);
    cr_assert(xe_instance_record_stop(instance, &(struct xe_input_log){0}, NULL));
    while (!xe_instance_taint(instance)->reason)
        cr_assert(xe_instance_pad_events(instance, &event, 1, true, NULL));
    cr_expect_eq(xe_instance_taint(instance)->reason, XE_TAINT_FULL);
    xe_instance_destroy(instance);
}

Test(pads_title, logs_with_events_that_make_no_sense_differ)
{
    struct xe_input bad[] = {
        {.kind = XE_INPUT_PAD_CONNECT, .pad = 5, .clock = "cycle"},
        {.kind = XE_INPUT_PAD_CONNECT, .pad = 0, .clock = "cycle"},
        {.kind = XE_INPUT_PAD_CONNECT, .pad = 1, .clock = "second"},
        {.kind = XE_INPUT_KEY, .key = "any", .clock = "cycle", .lasts = "poll", .count = 1},
        {.kind = XE_INPUT_PAD_PRESS, .pad = 1, .clock = "cycle", .lasts = "poll"},
        {.kind = XE_INPUT_PAD_SET, .pad = 1, .clock = "cycle", .lx = -40000},
        {.kind = XE_INPUT_PAD_CONNECT, .pad = 1, .clock = "cycle", .lx = 1},
        {.kind = XE_INPUT_PAD_CONNECT, .pad = 1},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct xe_instance *instance = make(XE_ENGINE_JIT, false);
        struct xe_input_log log = {.input = &bad[i], .inputs = 1, .end = {.cycle = 100}};
        struct xe_error err = XE_ERROR_INIT;
        struct xe_replay_status status;

        if (xe_instance_replay_start(instance, &log, &err)) {
            run(instance, 200);
            xe_instance_replay_status(instance, &status);
            cr_expect_eq(status.state, XE_REPLAY_DIVERGED, "input %zu", i);
            cr_expect(strstr(status.text, "can't come in"), "input %zu: %s", i, status.text);
        } else {
            cr_expect_eq(err.code, XE_ERR_SCRIPT_MALFORMED, "input %zu: %s", i, err.text);
        }
        xe_instance_destroy(instance);
    }
}

Test(pads_title, how_many_are_plugged_in_is_a_setting)
{
    for (uint32_t pads = 0; pads <= 4; pads++) {
        struct xe_instance_config config = xe_instance_config_default();
        struct xe_instance *instance;
        char path[512], wanted[32], *all;

        config.pads = pads;
        test_title_path("pads", path, sizeof(path));
        instance = test_instance(path, &config);
        run(instance, END);
        all = told(instance);
        snprintf(wanted, sizeof(wanted), "pad %u: plugged in", pads);
        cr_expect_eq(strstr(all, wanted) != NULL, pads > 0);
        snprintf(wanted, sizeof(wanted), "pad %u: nobody", pads + 1);
        cr_expect_eq(strstr(all, wanted) != NULL, pads < 4);
        cr_expect(strstr(all, "PASS pads"));
        free(all);
        xe_instance_destroy(instance);
    }
}
