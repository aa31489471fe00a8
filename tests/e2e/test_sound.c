/* A title that plays XMA, with a decoder of our own: its sound is part of the run like all else, as
 * long as the decoder answers the same, and a run is tainted where it doesn't. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/titles.h"
#include "xe/audio.h"
#include "xe/frozen.h"
#include "xe/inputs.h"
#include "xe/log.h"

#define MIDDLE 1234567u
#define LONG   10000000u /* the title ends long before */

/* ---- decoders ------------------------------------------------------------------------------- */

struct decoder {
    struct xe_decoder table;
    const char *version;
    uint32_t asked, fails_at; /* 0: never */
    bool absent;
};

/* Any function of both frames that tells them apart. */
static enum xe_decoder_got decode(void *ctx, const struct xe_decoder_ask *ask,
                                  const struct xe_breath *breath,
                                  uint8_t samples[XE_DECODER_SAMPLE_BYTES])
{
    struct decoder *decoder = ctx;
    uint32_t sum = ask->rate + ask->channels;

    (void)breath;
    if (decoder->absent)
        return XE_DECODER_ABSENT;
    decoder->asked++;
    if (decoder->fails_at && decoder->asked >= decoder->fails_at)
        return XE_DECODER_FAILED;
    for (uint32_t i = 0; i < (ask->previous.bits + 7) / 8; i++)
        sum = sum * 31 + ask->previous.bytes[i];
    for (uint32_t i = 0; i < (ask->frame.bits + 7) / 8; i++)
        sum = sum * 37 + ask->frame.bytes[i];
    for (uint32_t i = 0; i < XE_DECODER_SAMPLES * 2 * ask->channels; i++)
        samples[i] = (uint8_t)((sum = sum * 1664525 + 1013904223) >> 27);
    return XE_DECODER_OK;
}

static void info(void *ctx, struct xe_decoder_info *ret)
{
    const struct decoder *decoder = ctx;

    *ret = (struct xe_decoder_info){.standing = XE_DECODER_RUNS, .why = "it was told to"};
    memcpy(ret->version, decoder->version, strlen(decoder->version));
}

static struct decoder *make_decoder(const char *version)
{
    struct decoder *decoder = calloc(1, sizeof(*decoder));

    cr_assert_not_null(decoder);
    *decoder = (struct decoder){{decoder, decode, info}, version, 0, 0, false};
    return decoder;
}

/* ---- runs ----------------------------------------------------------------------------------- */

static struct xe_instance *make(enum xe_engine engine, bool audit, const struct decoder *decoder)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance;
    char path[512];

    config.engine = engine;
    config.audit = audit;
    test_title_path("xma", path, sizeof(path));
    instance = test_instance(path, &config);
    if (decoder)
        xe_instance_decoder(instance, &decoder->table);
    return instance;
}

static enum xe_taint_reason taint(const struct xe_instance *instance)
{
    return xe_instance_taint(instance)->reason;
}

static bool find_pass(void *ctx, const struct xe_log_line *line)
{
    bool *found = ctx;

    *found |= line->level == XE_LOG_PRINT && !strcmp(line->text, "PASS xma");
    return true;
}

static void expect_exit(struct xe_instance *instance)
{
    struct xe_run_result end;
    bool passed = false;

    cr_assert(xe_instance_run(instance, LONG, NULL, NULL, &end, NULL));
    cr_expect_eq(end.stop, XE_STOP_EXIT);
    xe_log_visit(xe_instance_log(instance), 0, find_pass, &passed);
    cr_expect(passed);
}

/* The state at the end, and all that was heard until then, which is no state any more. */
struct outcome {
    char digest[XE_DIGEST_TEXT];
    uint8_t heard[XE_AUDIO_HASH_BYTES];
};

static void play(struct xe_instance *instance, struct outcome *ret)
{
    struct xe_digest digest;

    expect_exit(instance);
    xe_instance_digest(instance, &digest);
    xe_digest_text(digest.hash, ret->digest);
    cr_assert(xe_kernel_audio_hash(xe_instance_kernel(instance), 0, 0, ret->heard));
}

/* What every other run is held against. */
static void expect_same(struct xe_instance *instance, const char *who)
{
    static struct outcome expected;
    struct outcome found;

    if (!expected.digest[0]) {
        struct decoder *decoder = make_decoder("one");
        struct xe_instance *plain = make(XE_ENGINE_JIT, false, decoder);

        play(plain, &expected);
        cr_assert_eq(taint(plain), XE_TAINT_NONE);
        xe_instance_destroy(plain);
        free(decoder);
    }
    play(instance, &found);
    cr_expect_str_eq(found.digest, expected.digest, "%s", who);
    cr_expect_arr_eq(found.heard, expected.heard, sizeof(found.heard), "%s", who);
    cr_expect_eq(taint(instance), XE_TAINT_NONE, "%s", who);
    xe_instance_destroy(instance);
}

Test(sound, is_the_same_under_both_engines)
{
    struct decoder *decoder = make_decoder("one");

    expect_same(make(XE_ENGINE_INTERPRETER, false, decoder), "interpreter");
    expect_same(make(XE_ENGINE_CHECK, false, decoder), "check");
    expect_same(make(XE_ENGINE_JIT, true, decoder), "audit");
    free(decoder);
}

static bool look(void *ctx)
{
    struct xe_digest digest;

    xe_instance_digest(ctx, &digest);
    return true;
}

Test(sound, is_the_same_when_it_is_cut_and_looked_at)
{
    struct decoder *decoder = make_decoder("one");
    struct xe_instance *instance = make(XE_ENGINE_JIT, false, decoder);
    struct xe_run_result end;

    for (uint32_t i = 0; i < 40; i++)
        cr_assert(xe_instance_run(instance, 9973, look, instance, &end, NULL));
    expect_same(instance, "cut");
    free(decoder);
}

/* What a context overlaps with goes along. */
Test(sound, is_the_same_behind_a_state)
{
    struct decoder *decoder = make_decoder("one");
    struct xe_instance *first = make(XE_ENGINE_JIT, false, decoder);
    struct xe_instance *second = make(XE_ENGINE_INTERPRETER, false, decoder);
    struct xe_instance *third = make(XE_ENGINE_JIT, false, decoder);
    struct xe_frozen *frozen;
    struct xe_run_result end;
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *state;
    size_t size;

    cr_assert(xe_instance_run(first, MIDDLE, NULL, NULL, &end, NULL));
    state = xe_instance_state_save(first, &size, &err);
    cr_assert(state && xe_instance_state_load(second, state, size, &err), "%s", err.text);
    xe_instance_state_free(state);
    frozen = xe_instance_freeze(first, &err);
    cr_assert(frozen && xe_instance_thaw(third, frozen, &err), "%s", err.text);
    xe_frozen_destroy(frozen);
    expect_same(first, "saved");
    expect_same(second, "loaded");
    expect_same(third, "thawed");
    free(decoder);
}

Test(sound, is_the_same_in_a_replay)
{
    struct decoder *decoder = make_decoder("one");
    struct xe_instance *first = make(XE_ENGINE_JIT, false, decoder);
    struct xe_instance *second = make(XE_ENGINE_INTERPRETER, false, decoder);
    struct xe_error err = XE_ERROR_INIT;
    struct xe_replay_status status;
    struct xe_input_log log;
    struct xe_run_result end;

    cr_assert(xe_instance_record_start(first, &err), "%s", err.text);
    cr_assert(xe_instance_run(first, MIDDLE, NULL, NULL, &end, NULL));
    cr_assert(xe_instance_record_stop(first, &log, &err), "%s", err.text);
    cr_assert(xe_instance_replay_start(second, &log, &err), "%s", err.text);
    cr_assert(xe_instance_run(second, LONG, NULL, NULL, &end, NULL));
    xe_instance_replay_status(second, &status);
    cr_expect_eq(status.state, XE_REPLAY_ENDED, "%s", status.text);
    xe_instance_destroy(first);
    xe_instance_destroy(second);
    free(decoder);
}

/* ---- decoders that aren't what they were ---------------------------------------------------- */

struct told {
    uint32_t lines;
    char text[512];
};

static bool count_line(void *ctx, const struct xe_log_line *line)
{
    struct told *told = ctx;

    if (line->level == XE_LOG_ERROR) {
        told->lines++;
        strncpy(told->text, line->text, sizeof(told->text) - 1);
    }
    return true;
}

Test(sound, a_decoder_that_fails_taints)
{
    struct decoder *decoder = make_decoder("one");
    struct xe_instance *instance = make(XE_ENGINE_JIT, false, decoder);
    struct told told = {0};
    struct xe_xma_info xma;

    decoder->fails_at = 30;
    expect_exit(instance);
    cr_expect_eq(taint(instance), XE_TAINT_DECODER_FAILED);
    cr_expect_lt(xe_instance_taint(instance)->cycle, xe_instance_cycle(instance));
    xe_kernel_xma_info(xe_instance_kernel(instance), &xma);
    cr_expect_eq(xma.failed, xma.frames - 29);
    cr_expect_str_eq(xma.by, "one");
    xe_log_visit(xe_instance_log(instance), 0, count_line, &told);
    cr_expect_eq(told.lines, 1, "told once");
    cr_expect(strstr(told.text, "it was told to"), "%s", told.text);
    xe_instance_destroy(instance);
    free(decoder);
}

Test(sound, none_is_silence_and_no_taint)
{
    struct decoder *decoder = make_decoder("one");
    struct xe_instance *with = make(XE_ENGINE_JIT, false, decoder);
    struct xe_instance *without = make(XE_ENGINE_JIT, false, NULL);
    struct xe_audio_client heard, silent;
    struct xe_xma_info xma;

    expect_exit(with);
    expect_exit(without);
    cr_assert(xe_kernel_audio_client(xe_instance_kernel(with), 0, &heard));
    cr_assert(xe_kernel_audio_client(xe_instance_kernel(without), 0, &silent));
    cr_expect_eq(heard.frames, silent.frames, "time goes on alike");
    cr_expect_gt(heard.audible, 180);
    cr_expect_eq(silent.audible, 0);
    cr_expect_eq(xe_instance_cycle(with), xe_instance_cycle(without));
    xe_kernel_xma_info(xe_instance_kernel(without), &xma);
    cr_expect_eq(xma.absent, xma.frames);
    cr_expect_eq(taint(without), XE_TAINT_NONE);
    xe_instance_destroy(with);
    xe_instance_destroy(without);
    free(decoder);
}

/* A state of where `before` decoded goes on with `after`; NULL: nobody. */
static enum xe_taint_reason goes_on(const struct decoder *before, const struct decoder *after)
{
    struct xe_instance *first = make(XE_ENGINE_JIT, false, before);
    struct xe_instance *second = make(XE_ENGINE_JIT, false, after);
    enum xe_taint_reason reason;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_run_result end;
    uint8_t *state;
    size_t size;

    cr_assert(xe_instance_run(first, MIDDLE, NULL, NULL, &end, NULL));
    state = xe_instance_state_save(first, &size, &err);
    cr_assert(state && xe_instance_state_load(second, state, size, &err), "%s", err.text);
    xe_instance_state_free(state);
    expect_exit(second);
    reason = taint(second);
    xe_instance_destroy(first);
    xe_instance_destroy(second);
    return reason;
}

Test(sound, another_decoder_taints)
{
    struct decoder *one = make_decoder("one"), *two = make_decoder("two");

    cr_expect_eq(goes_on(one, one), XE_TAINT_NONE);
    cr_expect_eq(goes_on(NULL, NULL), XE_TAINT_NONE);
    cr_expect_eq(goes_on(one, two), XE_TAINT_DECODER_CHANGED);
    cr_expect_eq(goes_on(one, NULL), XE_TAINT_DECODER_CHANGED);
    cr_expect_eq(goes_on(NULL, one), XE_TAINT_DECODER_CHANGED);
    free(one);
    free(two);
}
