/* Equality 2 of the determinism contract: interpreter = JIT = JIT with room for one translation =
 * JIT that translates everything at once = JIT for a host without FMA = both in step, on every
 * fixture, the benchmark kernels and the real title. The digests of all agree at every hundredth of
 * the run, whatever the length of a turn. */
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
} variants[] = {
    {"jit", XE_ENGINE_JIT, 0, 0, false},
    {"jit with one region", XE_ENGINE_JIT, 1, 0, false},
    {"jit at once", XE_ENGINE_JIT, 0, 1, false},
    {"jit without FMA", XE_ENGINE_JIT, 0, 0, true},
    {"check", XE_ENGINE_CHECK, 0, 2, false}, /* a difference that it sees itself is a crash */
};

static struct criterion_test_params all_titles(void)
{
    static const char *const more[] = {"xdon",         "bench/branchy", "bench/chase",
                                       "bench/sha256", "bench/lz",      "bench/calls",
                                       "bench/matrix", "bench/nbody",   "bench/vectors"};
    static struct test_title title[64];
    size_t n = test_titles(title, 64 - sizeof(more) / sizeof(more[0]));

    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
        strcpy(title[n++].name, more[i]);
    return cr_make_param_array(struct test_title, title, n, NULL);
}

static void path_or_skip(const char *name, char *path, size_t size)
{
    test_title_path(name, path, size);
    if (strcmp(name, "xdon") == 0 && access(path, R_OK) != 0)
        cr_skip("%s is not here", path);
}

/* Digests of a run by one engine are those given, or are written down when `compare` is false. */
static void follow(const char *path, struct xe_instance_config config, const char *what,
                   char digest[POINTS][XE_DIGEST_TEXT], bool compare)
{
    struct xe_instance *instance = test_instance(path, &config);
    char now[XE_DIGEST_TEXT];

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
    static const uint32_t slices[] = {1000, 7, 50000};
    struct xe_instance_config config = xe_instance_config_default();
    char digest[POINTS][XE_DIGEST_TEXT], path[512];

    path_or_skip(title->name, path, sizeof(path));
    for (size_t s = 0; s < sizeof(slices) / sizeof(slices[0]); s++) {
        config.slice = slices[s];
        config.engine = XE_ENGINE_INTERPRETER;
        config.jit_regions = config.jit_hot = 0;
        config.jit_no_fma = false;
        follow(path, config, "interpreter", digest, false);
        for (size_t i = 0; i < (s ? 1 : sizeof(variants) / sizeof(variants[0])); i++) {
            config.engine = variants[i].engine;
            config.jit_regions = variants[i].regions;
            config.jit_hot = variants[i].hot;
            config.jit_no_fma = variants[i].no_fma;
            follow(path, config, variants[i].name, digest, true);
        }
    }
}
