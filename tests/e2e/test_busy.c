/* Titles whose calls take long: the owner is asked, or hears a breath, about once a millisecond of
 * work, and none of that changes the run. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>

#include "tests/support/titles.h"

/* A title, how far it is run, and how often the owner must hear of that at the least: a tenth of
 * what the calls in there are worth, and far more than the instructions alone would make. */
struct busy {
    char name[16];
    uint64_t instructions;
    uint32_t heard;
};

static struct busy rows[] = {
    {"busy/allocs", 300000, 10},  /* 17 000 blocks of two pages       */
    {"busy/fills", 100, 100},     /* 6 fills of 64 MiB                */
    {"busy/prints", 2000, 20},    /* 100 lines of 16 000 characters   */
    {"busy/queries", 20000, 100}, /* 2 000 looks at 131 072 pages     */
    {"busy/widths", 30000, 20},   /* 1 500 results of 32 767 characters   */
};

ParameterizedTestParameters(busy, is_heard_of)
{
    return cr_make_param_array(struct busy, rows, sizeof(rows) / sizeof(rows[0]), NULL);
}

static void count(void *ctx)
{
    ++*(uint32_t *)ctx;
}

static bool poll_count(void *ctx)
{
    count(ctx);
    return true;
}

static void run(const char *name, enum xe_engine engine, uint64_t instructions, uint32_t *heard,
                char digest[XE_DIGEST_TEXT])
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_run_result result;
    struct xe_instance *instance;
    char path[512];

    test_title_path(name, path, sizeof(path));
    config.engine = engine;
    instance = test_instance(path, &config);
    if (heard)
        xe_instance_breath(instance, (struct xe_breath){count, heard});
    cr_assert(
        xe_instance_run(instance, instructions, heard ? poll_count : NULL, heard, &result, NULL));
    cr_expect_eq(result.stop, XE_STOP_TARGET, "%s: %s %s", name, xe_stop_name(result.stop),
                 result.detail);
    xe_instance_breath(instance, (struct xe_breath){0}); /* what the digest takes is not counted */
    test_run_digest(instance, 0, digest);
    xe_instance_destroy(instance);
}

ParameterizedTest(struct busy *row, busy, is_heard_of)
{
    static const enum xe_engine engines[] = {XE_ENGINE_JIT, XE_ENGINE_INTERPRETER};
    char silent[XE_DIGEST_TEXT], polled[XE_DIGEST_TEXT];

    for (int i = 0; i < 2; i++) {
        uint32_t heard = 0;

        run(row->name, engines[i], row->instructions, &heard, polled);
        run(row->name, engines[i], row->instructions, NULL, silent);
        cr_expect_geq(heard, row->heard, "%s: heard of %u times", row->name, heard);
        cr_expect_str_eq(polled, silent, "%s: polling changed the run", row->name);
    }
}

/* The digest of much memory is taken with breaths too. */
Test(busy, a_digest_is_heard_of)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance;
    struct xe_run_result result;
    struct xe_digest digest;
    uint32_t heard = 0;
    char path[512];

    test_title_path("busy/fills", path, sizeof(path));
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, 100, NULL, NULL, &result, NULL));
    xe_instance_breath(instance, (struct xe_breath){count, &heard});
    xe_instance_digest(instance, &digest);
    cr_expect_geq(heard, 64, "heard of %u times", heard);
    xe_instance_destroy(instance);
}
