/* Saved and loaded, a run goes on as if nothing had been (doc/determinism.md, equality 5 in its
 * simplest form), on every fixture and the real title, under both engines. What is loaded may be
 * hostile. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/titles.h"

#ifdef XE_SANITIZERS
#define CYCLES  200000
#define HOSTILE 1200
#else
#define CYCLES  1500000
#define HOSTILE 2400
#endif
#define POINTS 5

/* Where runs are cut: at the start, in start-up code, then here and there. */
static const uint64_t points[POINTS] = {0, 1777, CYCLES / 31, CYCLES / 3, CYCLES / 2 + 1};

/* Save `from`, load it into a new instance of another engine: equal in everything. */
static struct xe_instance *through(struct xe_instance *from, const char *path,
                                   const struct xe_instance_config *config)
{
    struct xe_instance *to = test_instance(path, config);
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *bytes, *again;
    size_t size, again_size;

    bytes = xe_instance_state_save(from, &size, &err);
    cr_assert(bytes, "%s", err.text);
    cr_assert(xe_instance_state_load(to, bytes, size, &err), "%s: %s", path, err.text);
    cr_assert(xe_instance_state_compare(to, bytes, size, &err), "%s: %s", path, err.text);
    again = xe_instance_state_save(to, &again_size, &err);
    cr_assert(again, "%s", err.text);
    cr_assert_eq(again_size, size);
    cr_assert_eq(memcmp(again, bytes, size), 0, "%s: what lies beside is not the same", path);
    xe_instance_state_free(bytes);
    xe_instance_state_free(again);
    return to;
}

static void check_point(const char *path, enum xe_engine saves, enum xe_engine goes_on, uint64_t at,
                        uint64_t seed)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *whole, *rest;
    char expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];

    config.engine = saves;
    config.seed = seed;
    whole = test_instance(path, &config);
    test_run_digest(whole, at, expected);
    config.engine = goes_on;
    rest = through(whole, path, &config);
    test_run_digest(rest, 0, found);
    cr_assert_str_eq(found, expected, "%s: loading at %lu is not what was saved", path,
                     (unsigned long)at);
    for (int i = 0; i < 3; i++) {
        test_run_digest(whole, CYCLES / 4 + (uint64_t)i, expected);
        test_run_digest(rest, CYCLES / 4 + (uint64_t)i, found);
        cr_assert_str_eq(found, expected, "%s: saved at %lu, another state after part %d", path,
                         (unsigned long)at, i);
    }
    cr_expect_eq(xe_instance_cycle(rest), xe_instance_cycle(whole));
    cr_expect_eq(xe_instance_last_stop(rest), xe_instance_last_stop(whole));
    xe_instance_destroy(whole);
    xe_instance_destroy(rest);
}

ParameterizedTestParameters(state, saved_and_loaded_is_as_if_it_ran_on)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, state, saved_and_loaded_is_as_if_it_ran_on)
{
    char path[512];

    test_path_or_skip(title->name, path, sizeof(path));
    for (int i = 0; i < POINTS; i++) {
        check_point(path, XE_ENGINE_JIT, XE_ENGINE_JIT, points[i], 0);
        check_point(path, XE_ENGINE_INTERPRETER, XE_ENGINE_INTERPRETER, points[i], 0);
    }
    check_point(path, XE_ENGINE_JIT, XE_ENGINE_INTERPRETER, points[3], 0);
    for (uint64_t seed = 1; seed <= 4; seed++)
        check_point(path, XE_ENGINE_JIT, XE_ENGINE_INTERPRETER, points[seed / 2], seed);
}

/* ---- refusals ------------------------------------------------------------------------------- */

static uint8_t *saved(const char *name, uint64_t n, size_t *ret_size, char *path, size_t path_size)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance;
    struct xe_error err = XE_ERROR_INIT;
    uint8_t *bytes;

    test_title_path(name, path, path_size);
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, n, NULL, NULL, &(struct xe_run_result){0}, &err));
    bytes = xe_instance_state_save(instance, ret_size, &err);
    cr_assert(bytes, "%s", err.text);
    xe_instance_destroy(instance);
    return bytes;
}

Test(state, another_title_or_other_settings_are_refused)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance *instance;
    char path[512];
    size_t size;
    uint8_t *bytes = saved("timers", 1000, &size, path, sizeof(path));

    config.seed = 5;
    instance = test_instance(path, &config);
    cr_expect(!xe_instance_state_load(instance, bytes, size, &err));
    cr_expect_str_eq(err.text, "load state: kernel: seed: 0x5 here, 0x0 in what is loaded");
    cr_expect(!xe_instance_run(instance, 1, NULL, NULL, &(struct xe_run_result){0}, NULL),
              "it can't run any more");
    xe_instance_destroy(instance);
    config.seed = 0;
    xe_error_clear(&err);
    test_title_path("four-handles", path, sizeof(path));
    instance = test_instance(path, &config);
    cr_expect(!xe_instance_state_load(instance, bytes, size, &err));
    cr_expect_eq(err.code, XE_ERR_SNAPSHOT_INCOMPATIBLE);
    cr_expect_str_eq(err.text, "load state: head: of another title");
    xe_instance_destroy(instance);
    xe_instance_state_free(bytes);
}

/* Whatever passes the checks can be looked at from all sides and run on. */
static void use(struct xe_instance *instance)
{
    struct xe_digest digest;
    struct xe_error err = XE_ERROR_INIT;
    size_t size;

    xe_instance_digest(instance, &digest);
    xe_instance_state_free(xe_instance_state_save(instance, &size, &err));
    cr_assert(xe_instance_run(instance, 3000, NULL, NULL, &(struct xe_run_result){0}, NULL));
}

static void load_hostile(const char *path, const uint8_t *bytes, size_t size)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance = test_instance(path, &config);
    struct xe_error err = XE_ERROR_INIT;

    if (xe_instance_state_load(instance, bytes, size, &err))
        use(instance);
    else
        cr_assert_neq(err.text[0], '\0');
    xe_instance_destroy(instance);
}

static const char *const busy[] = {"four-handles", "timers", "apcs", "queues"};

ParameterizedTestParameters(state, hostile_bytes_stay_outside)
{
    static struct test_title title[4];

    for (size_t i = 0; i < 4; i++)
        strcpy(title[i].name, busy[i]);
    return cr_make_param_array(struct test_title, title, 4, NULL);
}

/* Where the sections other than memory end: that is what is worth changing. */
static size_t kernel_part(const uint8_t *bytes, size_t size)
{
    static const char memory[] = "\6memory";

    for (size_t at = 0; at + 7 < size; at++)
        if (memcmp(bytes + at, memory, 7) == 0)
            return at;
    return size;
}

/* Damage up to eight bytes: a bit, any value, all zero or all ones, or what stands elsewhere. */
static void damage(uint8_t *bytes, size_t size, size_t at, uint32_t random)
{
    size_t n = 1 + random % 8;

    if (n > size - at)
        n = size - at;
    switch (random >> 8 & 7) {
    case 0:
        memset(bytes + at, 0, n);
        break;
    case 1:
        memset(bytes + at, 0xFF, n);
        break;
    case 2:
        memmove(bytes + at, bytes + at / 2, n);
        break;
    case 3:
        bytes[at] = (uint8_t)(random >> 16);
        break;
    default:
        bytes[at] ^= (uint8_t)(1u << (random >> 16 & 7));
    }
}

ParameterizedTest(struct test_title *title, state, hostile_bytes_stay_outside)
{
    char path[512];
    size_t size, part;
    uint8_t *bytes = saved(title->name, 60000, &size, path, sizeof(path));
    uint32_t random = 1;

    part = kernel_part(bytes, size);
    for (uint32_t i = 0; i < HOSTILE / 4; i++) {
        size_t at, length;
        uint8_t *copy;

        random = random * 1664525 + 1013904223;
        at = (size_t)(random >> 4) % (i % 8 ? part : size);
        length = i % 16 ? size : at;
        copy = malloc(length + 1);
        memcpy(copy, bytes, length);
        random = random * 1664525 + 1013904223;
        if (length > at)
            damage(copy, length, at, random >> 3);
        load_hostile(path, copy, length);
        free(copy);
    }
    xe_instance_state_free(bytes);
}
