/* Equality 5 of doc/determinism.md at cycles chosen at random: a run goes on, and at each cut
 * another instance becomes what it is there, by freezing or by saving, and goes to the next cut by
 * itself. With XE_SOAK set each title is cut 1,000 times (make soak), else a few times.
 *
 * The random numbers are fixed, and told with what fails. The other instance is the same one all
 * along: what a state does not say would stay in it from the cut before. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/titles.h"
#include "xe/frozen.h"
#include "xe/gpu.h"
#include "xe/kernel.h"

#ifdef XE_SANITIZERS
#define CUTS 8
#else
#define CUTS 50
#endif
#define SOAK_CUTS 1000
#define STRIDE    20011 /* at most, from one cut to the next */
#define SEED      0x5EEDu

static uint32_t cuts(void)
{
    const char *soak = getenv("XE_SOAK");

    return soak && *soak ? SOAK_CUTS : CUTS;
}

static uint32_t draw(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*random >> 33);
}

/* Short ones, too: an instruction or a slice's end away. */
static uint64_t stride(uint64_t *random)
{
    switch (draw(random) % 4) {
    case 0:
        return 1 + draw(random) % 7;
    case 1:
        return 1 + draw(random) % 1500;
    default:
        return 1 + draw(random) % STRIDE;
    }
}

static void by_freezing(struct xe_instance *whole, struct xe_instance *rest)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_frozen *frozen = xe_instance_freeze(whole, &err);

    cr_assert(frozen, "%s", err.text);
    cr_assert(xe_instance_thaw(rest, frozen, &err), "%s", err.text);
    xe_frozen_destroy(frozen);
}

static void by_bytes(struct xe_instance *whole, struct xe_instance *rest)
{
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *bytes = xe_instance_state_save(whole, &size, &err);

    cr_assert(bytes, "%s", err.text);
    cr_assert(xe_instance_state_load(rest, bytes, size, &err), "%s", err.text);
    xe_instance_state_free(bytes);
}

static void check_cuts(const char *path, enum xe_engine engine, uint64_t seed)
{
    struct xe_instance_config config = xe_instance_config_default();
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];
    struct xe_instance *whole, *rest;
    uint64_t random = SEED + engine;

    config.engine = engine;
    config.seed = seed;
    whole = test_instance(path, &config);
    rest = test_instance(path, &config);
    for (uint32_t i = 0; i < cuts(); i++) {
        uint64_t at = xe_instance_cycle(whole), n = stride(&random);

        (draw(&random) % 4 ? by_freezing : by_bytes)(whole, rest);
        test_run_digest(whole, n, expected);
        test_run_digest(rest, n, found);
        cr_assert_str_eq(found, expected,
                         "%s, %s, seed %lu, random 0x%x, cut %u: from %lu on for %lu", path,
                         xe_engine_name(engine), (unsigned long)seed, SEED, i, (unsigned long)at,
                         (unsigned long)n);
    }
    xe_instance_destroy(whole);
    xe_instance_destroy(rest);
}

ParameterizedTestParameters(cuts, wherever_it_is_cut_it_goes_on)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, cuts, wherever_it_is_cut_it_goes_on)
{
    char path[512];

    test_path_or_skip(title->name, path, sizeof(path));
    check_cuts(path, XE_ENGINE_JIT, 0);
    check_cuts(path, XE_ENGINE_INTERPRETER, 0);
    check_cuts(path, XE_ENGINE_JIT, 1);
    check_cuts(path, XE_ENGINE_JIT, 2);
    check_cuts(path, XE_ENGINE_JIT, 4);
    check_cuts(path, XE_ENGINE_JIT, 5);
}

/* ---- the graphics chip in the middle of something -------------------------------------------- */

static bool is_inside(struct xe_instance *instance, enum xe_gpu_doing doing)
{
    struct xe_gpu_info info;

    xe_gpu_info(xe_kernel_gpu(xe_instance_kernel(instance)), &info);
    return info.depth == 2 && info.doing == doing;
}

/* The title ends by then. */
#define LONG_ENOUGH 100000000u

/* Cut while the chip does that in a buffer within a buffer, the run ends as one that wasn't. */
static void check_inside(enum xe_gpu_doing doing, enum xe_engine engine)
{
    static void (*const how[])(struct xe_instance *, struct xe_instance *) = {by_freezing,
                                                                              by_bytes};
    struct xe_instance_config config = xe_instance_config_default();
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];
    char path[512];

    config.engine = engine;
    test_title_path("gpu-waits", path, sizeof(path));
    for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
        struct xe_instance *whole = test_instance(path, &config);
        struct xe_instance *rest = test_instance(path, &config);

        for (uint32_t k = 0; k < 10000 && !is_inside(whole, doing); k++)
            test_run_digest(whole, 1009, expected);
        cr_assert(is_inside(whole, doing), "it never does %s inside", xe_gpu_doing_name(doing));
        how[i](whole, rest);
        cr_expect(is_inside(rest, doing));
        test_run_digest(whole, LONG_ENOUGH, expected);
        test_run_digest(rest, LONG_ENOUGH, found);
        cr_expect_str_eq(found, expected, "%s, the %zuth way", xe_engine_name(engine), i);
        xe_instance_destroy(whole);
        xe_instance_destroy(rest);
    }
}

Test(cuts, in_a_buffer_of_commands)
{
    check_inside(XE_GPU_BUSY, XE_ENGINE_JIT);
    check_inside(XE_GPU_BUSY, XE_ENGINE_INTERPRETER);
}

Test(cuts, in_a_wait_of_the_chip)
{
    check_inside(XE_GPU_WAITS, XE_ENGINE_JIT);
    check_inside(XE_GPU_WAITS, XE_ENGINE_INTERPRETER);
}
