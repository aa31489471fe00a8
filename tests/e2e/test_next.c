/* Titles that launch titles in the same instance: what is gone then, what stays, and that neither
 * cuts nor snapshots nor replays make a difference. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/core/kernel_internal.h"
#include "emu/instance_internal.h"
#include "tests/support/files.h"
#include "tests/support/titles.h"
#include "xe/debug.h"
#include "xe/frozen.h"
#include "xe/inputs.h"
#include "xe/snapshot.h"

#define LONG 400000u

/* The files of the disc, for as long as the process lasts. */
static struct made_file disc[3];

static void *module(const char *name, size_t *ret_size)
{
    char path[512];
    void *bytes;

    test_module_path(name, path, sizeof(path));
    bytes = test_read_file(path, ret_size);
    cr_assert(bytes, "%s is missing", path);
    return bytes;
}

static void put(uint32_t i, const char *path, const char *name)
{
    disc[i].path = path;
    disc[i].text = module(name, &disc[i].size);
}

static struct xe_instance *make_of(const char *first, const char *second, enum xe_engine engine)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance;
    struct xe_kernel *kernel;
    struct xe_image *image;

    put(0, "default.xex", first);
    put(1, "next\\default.xex", second);
    put(2, "next\\c.dll", "c.dll");
    config.engine = engine;
    config.audit = true;
    config.clock_hz = 1000000; /* what they sleep is few instructions */
    instance = xe_instance_create(&config, &err);
    cr_assert(instance, "%s", err.text);
    kernel = xe_instance_kernel(instance);
    cr_assert(xe_vfs_mount(kernel->vfs, "\\Device\\Cdrom0", MADE(disc), false, &err), "%s",
              err.text);
    cr_assert_eq(xe_kernel_object_link_create(kernel, "game:", "\\Device\\Cdrom0"), 0);
    cr_assert(xe_instance_mount_scratch(instance, &err), "%s", err.text);
    image = xe_image_parse(disc[0].text, disc[0].size, &err);
    cr_assert(image && xe_instance_load(instance, image, first, &err), "%s", err.text);
    xe_image_destroy(image);
    return instance;
}

static struct xe_instance *make(enum xe_engine engine)
{
    return make_of("launches.xex", "launched.xex", engine);
}

static struct xe_run_result run(struct xe_instance *instance, uint64_t n)
{
    struct xe_run_result result;
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_run(instance, n, NULL, NULL, &result, &err), "%s", err.text);
    return result;
}

static const char *title_path(struct xe_instance *instance)
{
    static struct xe_title_info title;

    xe_instance_title(instance, &title);
    return title.path;
}

struct said {
    uint32_t passes[2], fails;
};

static bool hear(void *ctx, const struct xe_log_line *line)
{
    struct said *said = ctx;

    said->passes[0] += !strcmp(line->text, "PASS launches");
    said->passes[1] += !strcmp(line->text, "PASS launched");
    said->fails += strstr(line->text, "FAIL") != NULL;
    if (strstr(line->text, "FAIL"))
        cr_log_error("%s", line->text);
    return true;
}

static struct said said_by(struct xe_instance *instance)
{
    struct said said = {0};

    xe_log_visit(xe_instance_log(instance), 0, hear, &said);
    return said;
}

/* Run until it is another title. */
static void until_next(struct xe_instance *instance)
{
    char before[256];

    snprintf(before, sizeof(before), "%s", title_path(instance));
    for (uint32_t i = 0; i < 2000 && !strcmp(title_path(instance), before); i++)
        run(instance, 100);
    cr_assert_str_neq(title_path(instance), before);
}

Test(next_title, begins_in_the_same_instance)
{
    for (enum xe_engine engine = 0; engine < XE_ENGINES; engine++) {
        struct xe_instance *instance = make(engine);
        struct xe_run_result result = run(instance, LONG);
        struct said said = said_by(instance);

        cr_expect_eq(result.stop, XE_STOP_TARGET, "%s", result.detail);
        cr_expect_eq(result.retired, LONG);
        cr_expect_eq(xe_instance_cycle(instance), LONG);
        cr_expect(said.passes[0] > 2 && said.passes[1] > 2 && !said.fails, "%u, %u, %u",
                  said.passes[0], said.passes[1], said.fails);
        xe_instance_destroy(instance);
    }
}

Test(next_title, is_told_by_name)
{
    struct xe_instance *instance = make(XE_ENGINE_JIT);
    struct xe_title_info first, title;
    struct xe_place place;

    xe_instance_title(instance, &first);
    until_next(instance);
    xe_instance_title(instance, &title);
    cr_expect_str_eq(title.path, "\\Device\\Cdrom0\\next\\default.xex");
    cr_expect_str_eq(title.name, "default.xex");
    cr_expect(title.base == 0x88000000 && first.base != title.base);
    cr_expect_eq(memcmp(title.identity, first.identity, 32), 0, "the run is what it was of");
    cr_expect_neq(memcmp(title.sha256, first.sha256, 32), 0);
    cr_expect(xe_instance_place(instance, title.entry, &place));
    cr_expect_str_eq(place.name, "entry");
    xe_instance_destroy(instance);
}

Test(next_title, that_is_not_there_ends_the_run)
{
    struct xe_instance *instance = make_of("nowhere.xex", "launched.xex", XE_ENGINE_JIT);
    struct xe_run_result result = run(instance, LONG);

    cr_expect_eq(result.stop, XE_STOP_EXIT);
    cr_expect_eq(result.info.cause, XE_CAUSE_LAUNCH);
    cr_expect_str_eq(result.detail,
                     "XamLoaderLaunchTitle 'game:\\nonesuch.xex', which is not there");
    cr_expect_eq(run(instance, 10).stop, XE_STOP_EXIT, "and stays so");
    xe_instance_destroy(instance);
}

/* ---- what the audit has of the first ----------------------------------------------------------
 */

static void count_thread(void *ctx, const struct xe_thread_info *info)
{
    uint32_t *threads = ctx;

    *threads += !info->system;
}

Test(next_title, has_no_thread_of_the_first)
{
    struct xe_instance *instance = make(XE_ENGINE_JIT);
    uint32_t threads = 0;

    until_next(instance);
    xe_kernel_threads(xe_instance_kernel(instance), count_thread, &threads);
    cr_expect_eq(threads, 1);
    xe_instance_destroy(instance);
}

/* ---- equalities -------------------------------------------------------------------------------
 */

Test(next_title, comes_out_the_same_however_it_is_cut)
{
    struct xe_instance *whole = make(XE_ENGINE_JIT), *cut = make(XE_ENGINE_INTERPRETER);
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];

    test_run_digest(whole, 100000, expected);
    for (uint32_t left = 100000, n; left > 0; left -= n) {
        n = left < 37 ? left : 37;
        run(cut, n);
    }
    test_run_digest(cut, 0, found);
    cr_expect_str_eq(found, expected);
    xe_instance_destroy(whole);
    xe_instance_destroy(cut);
}

/* From any title to any other, by snapshots and by freezing. */
Test(next_title, goes_through_snapshots)
{
    struct xe_instance *whole = make(XE_ENGINE_JIT), *rest = make(XE_ENGINE_JIT);
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];
    struct xe_error err = XE_ERROR_INIT;

    for (uint32_t i = 0; i < 12; i++) {
        size_t size;
        uint8_t *file = xe_instance_snapshot_save(whole, NULL, &size, &err);

        cr_assert(file, "%s", err.text);
        cr_assert(xe_instance_snapshot_load(rest, file, size, NULL, &err), "%s", err.text);
        cr_expect_str_eq(title_path(rest), title_path(whole));
        test_run_digest(whole, 3777, expected);
        test_run_digest(rest, 3777, found);
        cr_assert_str_eq(found, expected, "snapshot %u", i);
        run(rest, 5000 * (i % 3));
        xe_instance_state_free(file);
    }
    xe_instance_destroy(whole);
    xe_instance_destroy(rest);
}

/* Whether it launched the other title itself, or began with it, as forks do. */
Test(next_title, goes_back_to_the_first)
{
    struct xe_instance *one = make(XE_ENGINE_JIT), *two = make(XE_ENGINE_JIT);
    struct xe_instance *fresh = make(XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_frozen *start = xe_instance_freeze(one, &err), *later;
    size_t size;
    char digest[2][XE_DIGEST_TEXT];
    uint8_t *expected;

    cr_assert(start, "%s", err.text);
    run(fresh, 50000);
    expected = xe_instance_state_save(fresh, &size, &err);
    until_next(one);
    later = xe_instance_freeze(one, &err);
    cr_assert(xe_instance_thaw(two, later, &err), "%s", err.text);
    test_run_digest(one, 0, digest[0]);
    test_run_digest(two, 0, digest[1]);
    cr_expect_str_eq(digest[0], digest[1]);
    cr_assert(xe_instance_thaw(one, start, &err), "%s", err.text);
    cr_assert(xe_instance_thaw(two, start, &err), "%s", err.text);
    cr_expect_str_eq(title_path(one), "");
    run(one, 50000);
    run(two, 50000);
    cr_expect(xe_instance_state_compare(one, expected, size, &err), "%s", err.text);
    cr_expect(xe_instance_state_compare(two, expected, size, &err), "%s", err.text);
    xe_instance_state_free(expected);
    xe_frozen_destroy(start);
    xe_frozen_destroy(later);
    xe_instance_destroy(one);
    xe_instance_destroy(two);
    xe_instance_destroy(fresh);
}

Test(next_title, is_played_again)
{
    struct xe_instance *one = make(XE_ENGINE_JIT), *two = make(XE_ENGINE_INTERPRETER);
    struct xe_replay_status status;
    struct xe_input_log log;
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_record_start(one, &err), "%s", err.text);
    run(one, 60000);
    cr_assert(xe_instance_record_stop(one, &log, &err), "%s", err.text);
    cr_assert(xe_instance_replay_start(two, &log, &err), "%s", err.text);
    run(two, LONG);
    xe_instance_replay_status(two, &status);
    cr_expect_eq(status.state, XE_REPLAY_ENDED, "%s", status.text);
    cr_expect_eq(xe_instance_cycle(two), 60000);
    xe_instance_destroy(one);
    xe_instance_destroy(two);
}

/* ---- breakpoints ------------------------------------------------------------------------------
 */

Test(next_title, is_stopped_by_breakpoints_that_were_set_before)
{
    const struct xe_point entry = {.kind = XE_POINT_EXEC, .address = 0x88010000, .size = 4};
    struct xe_instance *instance = make(XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_point_set(instance, &entry, &err), "%s", err.text);
    cr_expect_eq(run(instance, LONG).stop, XE_STOP_BREAK);
    cr_expect_str_eq(title_path(instance), "\\Device\\Cdrom0\\next\\default.xex");
    xe_instance_destroy(instance);
}

static enum xe_decoder_got count(void *ctx, const struct xe_decoder_ask *ask,
                                 const struct xe_breath *breath,
                                 uint8_t samples[XE_DECODER_SAMPLE_BYTES])
{
    (void)breath;
    memset(samples, 1, XE_DECODER_SAMPLES * 2 * ask->channels);
    ++*(uint32_t *)ctx;
    return XE_DECODER_OK;
}

static void name(void *ctx, struct xe_decoder_info *ret)
{
    (void)ctx;
    *ret = (struct xe_decoder_info){.standing = XE_DECODER_RUNS, .version = "test 1"};
}

/* Who decodes XMA is the instance's, whichever title plays. */
Test(next_title, is_heard)
{
    uint32_t frames = 0;
    const struct xe_decoder decoder = {&frames, count, name};
    struct xe_instance *instance = make_of("launches.xex", "../titles/xma.xex", XE_ENGINE_JIT);

    xe_instance_decoder(instance, &decoder);
    until_next(instance);
    run(instance, LONG);
    cr_expect_gt(frames, 2);
    cr_expect_eq(xe_instance_taint(instance)->reason, XE_TAINT_NONE);
    xe_instance_destroy(instance);
}
