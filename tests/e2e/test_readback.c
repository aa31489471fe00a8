/* The setting readback (doc/determinism.md). Off, nothing of what is drawn comes back, and states
 * are the same with any renderer. On, resolves, exports, counts and queries do, at their cycles,
 * and the equalities hold as they do for everything else. The title prints what it sees. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/titles.h"
#include "xe/frozen.h"
#include "xe/inputs.h"
#include "xe/kernel.h"

#define LONG_ENOUGH 1000000u /* the title ends by then */
#define STRIDE      3001u

static char path[512];

static void setup(void)
{
    test_title_path("draws/readback", path, sizeof(path));
}

TestSuite(readback, .init = setup, .timeout = 120);

static struct xe_instance_config config_of(enum xe_renderer renderer, enum xe_readback readback,
                                           enum xe_engine engine)
{
    struct xe_instance_config config = xe_instance_config_default();

    config.renderer = renderer;
    config.readback = readback;
    config.engine = engine;
    return config;
}

static struct xe_instance *reading_back(enum xe_engine engine)
{
    const struct xe_instance_config config =
        config_of(XE_RENDERER_REFERENCE, XE_READBACK_ON, engine);

    return test_instance(path, &config);
}

/* ---- what the title sees -------------------------------------------------------------------- */

static bool see_line(void *ctx, const struct xe_log_line *line)
{
    if (line->level == XE_LOG_PRINT) {
        strcat(ctx, line->text);
        strcat(ctx, "|");
    }
    return true;
}

static void printed(const struct xe_instance_config *config, char ret[1024],
                    char digest[XE_DIGEST_TEXT])
{
    struct xe_instance *instance = test_instance(path, config);

    ret[0] = '\0';
    test_run_digest(instance, LONG_ENOUGH, digest);
    xe_log_visit(xe_instance_log(instance), 0, see_line, ret);
    xe_instance_destroy(instance);
}

Test(readback, on_what_is_drawn_comes_back)
{
    const struct xe_instance_config config =
        config_of(XE_RENDERER_REFERENCE, XE_READBACK_ON, XE_ENGINE_JIT);
    char lines[1024], digest[XE_DIGEST_TEXT];

    printed(&config, lines, digest);
    cr_expect_str_eq(lines, "hidden: tested 1024, z failed 1024, passed 0, stencil failed 0|"
                            "open: tested 1024, z failed 0, passed 1024, stencil failed 0|"
                            "hidden: unseen|open: seen|copied: ff0000ff ff604020|"
                            "exported: cc996633 00000000|PASS readback|");
}

/* Four vertices count 16 each (doc/determinism.md). */
Test(readback, off_states_are_those_of_no_renderer)
{
    const struct xe_instance_config none =
        config_of(XE_RENDERER_NULL, XE_READBACK_OFF, XE_ENGINE_JIT);
    const struct xe_instance_config drawing =
        config_of(XE_RENDERER_REFERENCE, XE_READBACK_OFF, XE_ENGINE_JIT);
    char by_none[1024], by_one[1024], digest[XE_DIGEST_TEXT], other[XE_DIGEST_TEXT];

    printed(&none, by_none, digest);
    printed(&drawing, by_one, other);
    cr_expect_str_eq(by_none, "hidden: tested 64, z failed 0, passed 64, stencil failed 0|"
                              "open: tested 64, z failed 0, passed 64, stencil failed 0|"
                              "hidden: seen|open: seen|copied: 00000000 00000000|"
                              "exported: 00000000 00000000|PASS readback|");
    cr_expect_str_eq(by_one, by_none);
    cr_expect_str_eq(other, digest);
}

Test(readback, needs_a_renderer)
{
    const struct xe_instance_config config =
        config_of(XE_RENDERER_NULL, XE_READBACK_ON, XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;

    cr_expect_not(xe_instance_config_check(&config, &err));
    cr_expect_eq(err.code, XE_ERR_CONFIG_INVALID);
}

/* ---- digests -------------------------------------------------------------------------------- */

static const struct xe_digest_component *component_of(const struct xe_digest *digest,
                                                      const char *name)
{
    for (uint32_t i = 0; i < digest->components; i++)
        if (!strcmp(digest->component[i].name, name))
            return &digest->component[i];
    return NULL;
}

Test(readback, the_digest_names_the_renderer)
{
    const struct xe_instance_config off =
        config_of(XE_RENDERER_REFERENCE, XE_READBACK_OFF, XE_ENGINE_JIT);
    struct xe_instance *instance = reading_back(XE_ENGINE_JIT);
    struct xe_digest before, after;
    char text[XE_DIGEST_TEXT];

    xe_instance_digest(instance, &before);
    test_run_digest(instance, LONG_ENOUGH, text);
    xe_instance_digest(instance, &after);
    cr_assert(component_of(&before, "reference") && component_of(&after, "reference"));
    cr_expect_neq(memcmp(component_of(&before, "reference")->hash,
                         component_of(&after, "reference")->hash, 16),
                  0);
    xe_instance_destroy(instance);
    instance = test_instance(path, &off);
    xe_instance_digest(instance, &before);
    cr_expect_null(component_of(&before, "reference"));
    xe_instance_destroy(instance);
}

/* ---- equalities ----------------------------------------------------------------------------- */

static void pass_on(struct xe_instance *from, struct xe_instance *to, bool by_bytes)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_frozen *frozen;
    uint8_t *bytes;
    size_t size;

    if (by_bytes) {
        bytes = xe_instance_state_save(from, &size, &err);
        cr_assert(bytes && xe_instance_state_load(to, bytes, size, &err), "%s", err.text);
        xe_instance_state_free(bytes);
        return;
    }
    frozen = xe_instance_freeze(from, &err);
    cr_assert(frozen && xe_instance_thaw(to, frozen, &err), "%s", err.text);
    xe_frozen_destroy(frozen);
}

/* Another instance, of the other engine, becomes what the run is at each cut, and goes on to the
 * next. */
Test(readback, cut_anywhere_under_either_engine_it_goes_on)
{
    struct xe_instance *whole = reading_back(XE_ENGINE_JIT);
    struct xe_instance *rest = reading_back(XE_ENGINE_INTERPRETER);
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];

    for (uint32_t at = 0; at < 90000; at += STRIDE) {
        pass_on(whole, rest, at % 2);
        test_run_digest(whole, STRIDE, expected);
        test_run_digest(rest, STRIDE, found);
        cr_assert_str_eq(found, expected, "from %u on", at);
    }
    xe_instance_destroy(whole);
    xe_instance_destroy(rest);
}

Test(readback, a_replay_is_the_run)
{
    struct xe_instance *first = reading_back(XE_ENGINE_JIT);
    struct xe_instance *second = reading_back(XE_ENGINE_JIT);
    struct xe_error err = XE_ERROR_INIT;
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];
    struct xe_replay_status status;
    struct xe_input_log log;

    cr_assert(xe_instance_record_start(first, &err), "%s", err.text);
    test_run_digest(first, 30000, expected);
    test_run_digest(first, 40000, expected);
    cr_assert(xe_instance_record_stop(first, &log, &err), "%s", err.text);
    cr_assert(xe_instance_replay_start(second, &log, &err), "%s", err.text);
    test_run_digest(second, 70000, found);
    xe_instance_replay_status(second, &status);
    cr_expect_eq(status.state, XE_REPLAY_ENDED, "%s", status.text);
    cr_expect_str_eq(found, expected);
    xe_instance_destroy(first);
    xe_instance_destroy(second);
}

/* An instance of the other setting can't go on from it, and says why. */
Test(readback, states_are_of_their_setting)
{
    const struct xe_instance_config off =
        config_of(XE_RENDERER_REFERENCE, XE_READBACK_OFF, XE_ENGINE_JIT);
    struct xe_instance *from = reading_back(XE_ENGINE_JIT), *to = test_instance(path, &off);
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *bytes = xe_instance_state_save(from, &size, &err);

    cr_assert(bytes, "%s", err.text);
    cr_expect_not(xe_instance_state_load(to, bytes, size, &err));
    cr_expect(strstr(err.text, "readback"), "%s", err.text);
    xe_instance_state_free(bytes);
    xe_instance_destroy(from);
    xe_instance_destroy(to);
}
