/* Equality 2 of the determinism contract: interpreter = JIT = JIT with room for one translation =
 * JIT that translates everything at once = JIT for a host without FMA = JIT for a host that hides
 * FSGSBASE = both in step, on every fixture, the benchmark kernels and the real title. The digests
 * of all agree at every hundredth of the run, whatever the length of a turn. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/titles.h"

#define POINTS 100
#ifdef XE_SANITIZERS
#define CYCLES 400000
#else
#define CYCLES 5000000
#endif

static const struct variant {
    const char *name;
    enum xe_engine engine;
    uint32_t regions, hot;
    bool no_fma;
    enum xe_jit_gs gs;
} variants[] = {
    {"jit", XE_ENGINE_JIT, 0, 0, false, XE_JIT_GS_ANY},
    {"jit with one region", XE_ENGINE_JIT, 1, 0, false, XE_JIT_GS_ANY},
    {"jit at once", XE_ENGINE_JIT, 0, 1, false, XE_JIT_GS_ANY},
    {"jit without FMA", XE_ENGINE_JIT, 0, 0, true, XE_JIT_GS_ANY},
    {"jit by arch_prctl", XE_ENGINE_JIT, 0, 0, false, XE_JIT_GS_CALL},
    /* A difference that it sees itself is a crash. */
    {"check", XE_ENGINE_CHECK, 0, 2, false, XE_JIT_GS_ANY},
};

/* Set what makes the variant; false: this build can't. */
static bool configure(const struct variant *variant, struct xe_instance_config *config)
{
    config->engine = variant->engine;
    config->faults = (struct xe_faults){0};
    if (!xe_fault_plan())
        return !variant->regions && !variant->no_fma && !variant->gs && variant->hot != 1;
    config->faults.jit_regions = variant->regions;
    config->faults.jit_hot = variant->hot;
    config->faults.jit_no_fma = variant->no_fma;
    config->faults.jit_gs = variant->gs;
    return true;
}

static struct criterion_test_params all_titles(void)
{
    static const char *const more[] = {"xdon",         "bench/branchy", "bench/chase",
                                       "bench/sha256", "bench/lz",      "bench/calls",
                                       "bench/matrix", "bench/nbody",   "bench/vectors"};
    static struct test_title title[TEST_TITLES];
    size_t n = test_titles(title, TEST_TITLES - sizeof(more) / sizeof(more[0]));

    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
        strcpy(title[n++].name, more[i]);
    return cr_make_param_array(struct test_title, title, n, NULL);
}

/* Digests of a run by one engine are those given, or are written down when `compare` is false. */
static void follow(const char *path, struct xe_instance_config config, const char *what,
                   char digest[POINTS][XE_DIGEST_TEXT], bool compare)
{
    struct xe_instance *instance = test_instance(path, &config);
    struct xe_engine_info info;
    char now[XE_DIGEST_TEXT];

    xe_instance_engine(instance, &info);
    if (info.engine != config.engine && !__builtin_cpu_supports("x86-64-v3"))
        cr_skip("%s", info.why);
    cr_assert_eq(info.engine, config.engine, "%s is not %s: %s", xe_engine_name(info.engine), what,
                 info.why);
    for (int i = 0; i < POINTS; i++) {
        test_run_digest(instance, CYCLES / POINTS, now);
        if (compare)
            cr_assert_str_eq(now, digest[i], "%s: %s differs at cycle %d %s", path, what,
                             (i + 1) * (CYCLES / POINTS), xe_instance_stop_detail(instance));
        else
            strcpy(digest[i], now);
    }
    xe_instance_destroy(instance);
}

ParameterizedTestParameters(equalities, engines)
{
    return all_titles();
}

ParameterizedTest(struct test_title *title, equalities, engines)
{
    static const struct {
        uint32_t slice;
        uint64_t seed;
    } schedules[] = {{1000, 0}, {7, 0}, {50000, 0}, {1000, 2}, {1000, 9}, {7, 5}};
    struct xe_instance_config config = xe_instance_config_default();
    char digest[POINTS][XE_DIGEST_TEXT], path[512];

    test_path_or_skip(title->name, path, sizeof(path));
    for (size_t s = 0; s < sizeof(schedules) / sizeof(schedules[0]); s++) {
        config.slice = schedules[s].slice;
        config.seed = schedules[s].seed;
        cr_assert(configure(&(struct variant){.engine = XE_ENGINE_INTERPRETER}, &config));
        follow(path, config, "interpreter", digest, false);
        for (size_t i = 0; i < (s ? 1 : sizeof(variants) / sizeof(variants[0])); i++) {
            if (configure(&variants[i], &config))
                follow(path, config, variants[i].name, digest, true);
        }
    }
}

/* ---- a host that cannot translate ------------------------------------------------------------ */

static struct xe_instance *untranslatable(enum xe_engine engine, struct xe_error *err)
{
    struct xe_instance_config config = xe_instance_config_default();

    if (!xe_fault_plan())
        cr_skip(XE_NO_FAULT_PLAN);
    config.engine = engine;
    config.faults.jit_gs = XE_JIT_GS_NONE;
    return xe_instance_create(&config, err);
}

static bool keep_warning(void *ctx, const struct xe_log_line *line)
{
    if (line->level == XE_LOG_WARN)
        snprintf(ctx, 256, "%s", line->text);
    return true;
}

Test(engines, another_than_asked_for_is_told)
{
    struct xe_instance *instance = untranslatable(XE_ENGINE_JIT, NULL);
    struct xe_engine_info info;
    char warning[256] = "";

    cr_assert_not_null(instance);
    xe_instance_engine(instance, &info);
    cr_expect_eq(info.engine, XE_ENGINE_INTERPRETER);
    cr_expect_eq(info.asked, XE_ENGINE_JIT);
    cr_expect_not_null(strstr(info.why, "GS"), "%s", info.why);
    xe_log_visit(xe_instance_log(instance), 0, keep_warning, warning);
    cr_expect_not_null(strstr(warning, info.why), "%s", warning);
    xe_instance_destroy(instance);
}

Test(engines, the_one_asked_for_needs_no_reason)
{
    struct xe_instance *instance = untranslatable(XE_ENGINE_INTERPRETER, NULL);
    struct xe_engine_info info;

    cr_assert_not_null(instance);
    xe_instance_engine(instance, &info);
    cr_expect_eq(info.engine, XE_ENGINE_INTERPRETER);
    cr_expect_eq(info.asked, XE_ENGINE_INTERPRETER);
    cr_expect_str_empty(info.why);
    xe_instance_destroy(instance);
}

Test(engines, nothing_is_checked_by_one_engine)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_assert_null(untranslatable(XE_ENGINE_CHECK, &err));
    cr_expect_eq(err.code, XE_ERR_CONFIG_INVALID);
    cr_expect_not_null(strstr(err.text, "engine=check: "), "%s", err.text);
    cr_expect_not_null(strstr(err.text, "GS"), "%s", err.text);
}
