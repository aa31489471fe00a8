/* The digest trail is of the run alone: not of the engine, nor of where runs are cut, nor of who
 * looks. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/titles.h"
#include "xe/inputs.h"

#ifdef XE_SANITIZERS
#define EVERY 20011
#else
#define EVERY 100003
#endif
#define ENTRIES 12

static struct xe_instance *make(const char *path, enum xe_engine engine, uint64_t every)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance;

    config.engine = engine;
    instance = test_instance(path, &config);
    cr_assert(xe_instance_trail_start(instance, every, NULL));
    return instance;
}

static void run(struct xe_instance *instance, uint64_t n, bool (*poll)(void *ctx))
{
    cr_assert(xe_instance_run(instance, n, poll, instance, &(struct xe_run_result){0}, NULL));
}

static void expect_same(const struct xe_instance *a, const struct xe_instance *b, const char *what)
{
    const struct xe_trail *x = xe_instance_trail(a), *y = xe_instance_trail(b);

    cr_assert_eq(x->entries, y->entries, "%s: %zu and %zu entries", what, x->entries, y->entries);
    for (size_t i = 0; i < x->entries; i++) {
        cr_assert_eq(x->entry[i].cycle, (i + 1) * EVERY, "%s", what);
        cr_assert_eq(y->entry[i].cycle, x->entry[i].cycle, "%s", what);
        cr_assert_eq(memcmp(&x->entry[i].digest, &y->entry[i].digest, sizeof(struct xe_digest)), 0,
                     "%s: cycle %lu", what, (unsigned long)x->entry[i].cycle);
    }
}

static bool look(void *ctx)
{
    struct xe_digest digest;

    xe_instance_digest(ctx, &digest);
    return true;
}

ParameterizedTestParameters(trail, is_of_the_run_alone)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, trail, is_of_the_run_alone)
{
    struct xe_instance *whole, *interpreted, *cut, *polled;
    char path[512];

    test_path_or_skip(title->name, path, sizeof(path));
    whole = make(path, XE_ENGINE_JIT, EVERY);
    interpreted = make(path, XE_ENGINE_INTERPRETER, EVERY);
    cut = make(path, XE_ENGINE_JIT, EVERY);
    polled = make(path, XE_ENGINE_JIT, EVERY);
    run(whole, EVERY * ENTRIES, NULL);
    run(interpreted, EVERY * ENTRIES, NULL);
    run(polled, EVERY * ENTRIES, look);
    for (uint64_t left = EVERY * ENTRIES, n = 1; left > 0; n = n * 7 % 9973) {
        run(cut, n < left ? n : left, NULL);
        left -= n < left ? n : left;
    }
    expect_same(whole, interpreted, "interpreted");
    expect_same(whole, polled, "polled");
    expect_same(whole, cut, "cut");
    xe_instance_destroy(whole);
    xe_instance_destroy(interpreted);
    xe_instance_destroy(cut);
    xe_instance_destroy(polled);
}

/* What a run with that target ends with. */
Test(trail, has_the_digest_of_a_run_to_its_cycle)
{
    char path[512], digest[XE_DIGEST_TEXT], text[XE_DIGEST_TEXT];
    struct xe_instance *trailed, *plain;

    test_title_path("timers", path, sizeof(path));
    trailed = make(path, XE_ENGINE_JIT, 1000);
    plain = make(path, XE_ENGINE_JIT, 0);
    run(trailed, 50000, NULL);
    cr_assert_gt(xe_instance_trail(trailed)->entries, 10);
    for (size_t i = 0; i < xe_instance_trail(trailed)->entries; i++) {
        test_run_digest(plain, 1000, digest);
        xe_digest_text(xe_instance_trail(trailed)->entry[i].digest.hash, text);
        cr_assert_str_eq(text, digest, "cycle %zu", (i + 1) * 1000);
    }
    xe_instance_destroy(trailed);
    xe_instance_destroy(plain);
}

static bool count(void *ctx)
{
    ++*(unsigned *)ctx;
    return true;
}

/* Each is work, between which somebody may want to cancel. */
Test(trail, digests_starve_nobody)
{
    struct xe_instance *instance;
    unsigned polls = 0;
    char path[512];

    test_title_path("timers", path, sizeof(path));
    instance = make(path, XE_ENGINE_JIT, 1);
    cr_assert(xe_instance_run(instance, 1000, count, &polls, &(struct xe_run_result){0}, NULL));
    cr_expect_gt(polls, 50, "%u", polls);
    xe_instance_destroy(instance);
}

Test(trail, is_bounded_and_says_so)
{
    struct xe_instance *instance;
    const struct xe_trail *trail;
    char path[512];

    test_title_path("timers", path, sizeof(path));
    instance = make(path, XE_ENGINE_JIT, 3);
    trail = xe_instance_trail(instance);
    run(instance, 3 * XE_TRAIL_MAX, NULL);
    cr_expect_eq(trail->entries, XE_TRAIL_MAX);
    cr_expect_eq(trail->every, 3);
    run(instance, 6, NULL);
    cr_expect_eq(trail->asked, 3);
    cr_expect_eq(trail->every, 6);
    cr_assert_eq(trail->entries, XE_TRAIL_MAX / 2 + 1);
    for (size_t i = 0; i < trail->entries; i++)
        cr_expect_eq(trail->entry[i].cycle, (i + 1) * 6);
    xe_instance_destroy(instance);
}
