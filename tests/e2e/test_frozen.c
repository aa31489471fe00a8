/* Frozen and thawed, a run goes on as if nothing had been, and so does the one that was frozen: two
 * runs from one moment, neither of which sees the other's writes (doc/determinism.md, equality 5).
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/titles.h"
#include "xe/debug.h"
#include "xe/frozen.h"

#ifdef XE_SANITIZERS
#define CYCLES 120000
#else
#define CYCLES 600000
#endif
#define PARTS 3

static struct xe_frozen *freeze(struct xe_instance *instance)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_frozen *frozen = xe_instance_freeze(instance, &err);

    cr_assert(frozen, "%s", err.text);
    return frozen;
}

static void thaw(struct xe_instance *instance, const struct xe_frozen *frozen)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_thaw(instance, frozen, &err), "%s", err.text);
}

static struct xe_frozen *hand_over(struct xe_instance *instance)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_frozen *frozen = xe_instance_hand_over(instance, &err);

    cr_assert(frozen, "%s", err.text);
    return frozen;
}

static struct xe_instance *fork_of(struct xe_instance *from, const char *path,
                                   const struct xe_instance_config *config)
{
    struct xe_instance *to = test_instance(path, config);
    struct xe_frozen *frozen = hand_over(from);

    thaw(to, frozen);
    xe_instance_go_on(from);
    xe_frozen_destroy(frozen);
    return to;
}

/* Digests of a run's parts, from a moment on. */
struct parts {
    char text[PARTS + 1][XE_DIGEST_TEXT];
};

static void run_parts(struct xe_instance *instance, struct parts *ret)
{
    test_run_digest(instance, 0, ret->text[0]);
    for (uint32_t i = 1; i <= PARTS; i++)
        test_run_digest(instance, CYCLES / 6 + i, ret->text[i]);
}

static void expect_parts(struct xe_instance *instance, const struct parts *expected,
                         const char *path, const char *who)
{
    struct parts found;

    run_parts(instance, &found);
    for (uint32_t i = 0; i <= PARTS; i++)
        cr_assert_str_eq(found.text[i], expected->text[i], "%s, %s: another state at part %u", path,
                         who, i);
}

/* What a run without any freezing gives from `at` on. */
static void run_alone(const char *path, const struct xe_instance_config *config, uint64_t at,
                      struct parts *ret)
{
    struct xe_instance *alone = test_instance(path, config);
    char ignored[XE_DIGEST_TEXT];

    test_run_digest(alone, at, ignored);
    run_parts(alone, ret);
    xe_instance_destroy(alone);
}

/* A parent, its fork and a fork of that, which go on one after another, the parent first or last,
 * under other engines. */
static void check_family(const char *path, enum xe_engine engine, enum xe_engine other, uint64_t at,
                         bool parent_first)
{
    struct xe_instance_config config = xe_instance_config_default(), others = config;
    struct xe_instance *parent, *child, *grandchild;
    char ignored[XE_DIGEST_TEXT];
    struct parts expected;

    config.engine = engine;
    others.engine = other;
    run_alone(path, &config, at, &expected);
    parent = test_instance(path, &config);
    test_run_digest(parent, at, ignored);
    child = fork_of(parent, path, &others);
    grandchild = fork_of(child, path, &config);
    if (parent_first)
        expect_parts(parent, &expected, path, "parent");
    expect_parts(grandchild, &expected, path, "fork of the fork");
    xe_instance_destroy(grandchild);
    expect_parts(child, &expected, path, "fork");
    if (!parent_first)
        expect_parts(parent, &expected, path, "parent");
    xe_instance_destroy(parent);
    xe_instance_destroy(child);
}

ParameterizedTestParameters(frozen, a_fork_is_as_if_it_ran_on)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, frozen, a_fork_is_as_if_it_ran_on)
{
    char path[512];

    test_path_or_skip(title->name, path, sizeof(path));
    check_family(path, XE_ENGINE_JIT, XE_ENGINE_JIT, CYCLES / 3, true);
    check_family(path, XE_ENGINE_INTERPRETER, XE_ENGINE_INTERPRETER, CYCLES / 5, false);
    check_family(path, XE_ENGINE_JIT, XE_ENGINE_INTERPRETER, 1777, false);
    check_family(path, XE_ENGINE_INTERPRETER, XE_ENGINE_JIT, CYCLES / 2, true);
}

ParameterizedTestParameters(frozen, thawed_again_and_again_it_is_the_same_run)
{
    return test_all_titles();
}

/* In the instance that was frozen, as a reset does it. */
ParameterizedTest(struct test_title *title, frozen, thawed_again_and_again_it_is_the_same_run)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance;
    struct xe_frozen *frozen;
    struct parts expected;
    char path[512];

    test_path_or_skip(title->name, path, sizeof(path));
    instance = test_instance(path, &config);
    frozen = freeze(instance);
    run_parts(instance, &expected);
    for (int i = 0; i < 3; i++) {
        thaw(instance, frozen);
        cr_expect_eq(xe_instance_cycle(instance), 0);
        expect_parts(instance, &expected, path, "reset");
    }
    xe_frozen_destroy(frozen);
    xe_instance_destroy(instance);
}

/* ---- in the middle of things ---------------------------------------------------------------- */

struct middle {
    struct xe_instance *instance;
    struct xe_frozen *frozen;
    uint32_t polls;
};

static bool freeze_at_third_poll(void *ctx)
{
    struct middle *middle = ctx;

    if (++middle->polls == 3)
        middle->frozen = freeze(middle->instance);
    return true;
}

/* While it runs: where a poll comes is up to the host, but the end is one and the same. */
Test(frozen, a_fork_in_the_middle_of_a_run_ends_alike)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *child;
    struct middle middle = {0};
    char path[512], expected[XE_DIGEST_TEXT], found[XE_DIGEST_TEXT];
    const uint64_t end = 30000000;
    struct xe_run_result result;
    struct xe_digest digest;

    test_title_path("spin", path, sizeof(path));
    middle.instance = test_instance(path, &config);
    cr_assert(xe_instance_run(middle.instance, end, freeze_at_third_poll, &middle, &result, NULL));
    cr_assert_not_null(middle.frozen, "%u polls", middle.polls);
    xe_instance_digest(middle.instance, &digest);
    xe_digest_text(digest.hash, expected);
    child = test_instance(path, &config);
    thaw(child, middle.frozen);
    cr_expect_lt(xe_instance_cycle(child), end);
    test_run_digest(child, end - xe_instance_cycle(child), found);
    cr_expect_str_eq(found, expected);
    xe_frozen_destroy(middle.frozen);
    xe_instance_destroy(middle.instance);
    xe_instance_destroy(child);
}

static struct xe_instance *at(const char *name, const struct xe_instance_config *config,
                              uint64_t cycle, char path[512])
{
    struct xe_instance *instance;

    test_title_path(name, path, 512);
    instance = test_instance(path, config);
    cr_assert(xe_instance_run(instance, cycle, NULL, NULL, &(struct xe_run_result){0}, NULL));
    return instance;
}

/* Code that the parent patches after the fork is the parent's alone, translated or not. */
Test(frozen, patched_code_is_nobody_elses)
{
    struct xe_instance_config config = xe_instance_config_default();
    const uint8_t trap[4] = {0x7F, 0xE0, 0x00, 0x08};
    char path[512];
    struct xe_instance *parent = at("spin", &config, 100000, path), *child;
    struct xe_run_result result;
    struct xe_title_info title;
    struct parts expected;

    xe_instance_title(parent, &title);
    child = fork_of(parent, path, &config);
    run_alone(path, &config, 100000, &expected);
    for (uint32_t i = 0; i < title.size && i < 0x10000; i += 4)
        xe_instance_mem_write(parent, title.base + 0x1000 + i, trap, 4, NULL);
    cr_assert(xe_instance_run(parent, CYCLES, NULL, NULL, &result, NULL));
    cr_expect_eq(result.stop, XE_STOP_CRASH, "the parent runs what was patched");
    expect_parts(child, &expected, path, "fork");
    xe_instance_destroy(parent);
    xe_instance_destroy(child);
}

/* A watched page of the parent's is hit there, and watched again after a reset. */
Test(frozen, watched_pages_stay_watched)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];
    struct xe_instance *parent = at("spin", &config, 1000, path), *child;
    struct xe_point point = {.kind = XE_POINT_ACCESS, .size = 0x1000};
    struct xe_frozen *frozen = freeze(parent);
    struct xe_run_result first, again;
    struct xe_title_info title;
    struct parts expected;
    bool hit = false;

    run_alone(path, &config, 1000, &expected);
    child = fork_of(parent, path, &config);
    xe_instance_title(parent, &title);
    for (xe_gva page = title.base; !hit && page < title.base + title.size; page += 0x1000) {
        uint32_t id;

        point.address = page;
        id = xe_instance_point_set(parent, &point, NULL);
        cr_assert(id && xe_instance_run(parent, 50000, NULL, NULL, &first, NULL));
        hit = first.info.cause == XE_CAUSE_WATCHPOINT;
        if (!hit)
            xe_instance_point_remove(parent, id, NULL);
        if (!hit)
            thaw(parent, frozen);
    }
    cr_assert(hit, "it uses no variable");
    thaw(parent, frozen);
    cr_assert(xe_instance_run(parent, 50000, NULL, NULL, &again, NULL));
    cr_expect_eq(again.info.cause, XE_CAUSE_WATCHPOINT);
    cr_expect_eq(again.cycle, first.cycle);
    expect_parts(child, &expected, path, "fork, which has no watchpoint");
    xe_frozen_destroy(frozen);
    xe_instance_destroy(parent);
    xe_instance_destroy(child);
}

/* ---- from one process to another ------------------------------------------------------------ */

static struct xe_frozen *sent(struct xe_frozen *frozen)
{
    struct xe_error err = XE_ERROR_INIT;
    int fd[XE_FROZEN_FILES], copy[XE_FROZEN_FILES];
    uint32_t n = xe_frozen_files(frozen, fd, &err);
    struct xe_frozen *taken;

    cr_assert(n, "%s", err.text);
    for (uint32_t i = 0; i < n; i++)
        copy[i] = dup(fd[i]);
    taken = xe_frozen_take(copy, n, &err);
    cr_assert(taken, "%s", err.text);
    return taken;
}

Test(frozen, what_was_sent_is_what_was_frozen)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];
    struct xe_instance *parent = at("timers", &config, 50000, path), *child;
    struct xe_frozen *frozen = freeze(parent), *taken = sent(frozen);
    struct parts expected;

    run_alone(path, &config, 50000, &expected);
    xe_frozen_destroy(frozen);
    xe_instance_destroy(parent);
    child = test_instance(path, &config);
    thaw(child, taken);
    expect_parts(child, &expected, path, "fork");
    xe_frozen_destroy(taken);
    xe_instance_destroy(child);
}

/* As it may be while its parent's worker lets go of what it froze. */
Test(frozen, a_fork_may_end_before_its_parent_goes_on)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];
    struct xe_instance *parent = at("timers", &config, 50000, path), *child;
    struct xe_frozen *frozen = hand_over(parent), *taken = sent(frozen);
    struct parts expected;

    run_alone(path, &config, 50000, &expected);
    child = test_instance(path, &config);
    thaw(child, taken);
    expect_parts(child, &expected, path, "fork");
    xe_instance_destroy(child);
    xe_instance_go_on(parent);
    expect_parts(parent, &expected, path, "parent");
    xe_frozen_destroy(frozen);
    xe_frozen_destroy(taken);
    xe_instance_destroy(parent);
}

static int file_of(const char *bytes, size_t size, bool sealed)
{
    int fd = memfd_create("hostile", MFD_ALLOW_SEALING);

    cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
    if (sealed)
        cr_assert_eq(
            fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
    return fd;
}

Test(frozen, what_others_send_is_checked)
{
    static const char bytes[0x10000];
    struct xe_error err = XE_ERROR_INIT;
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_frozen *frozen;
    struct xe_instance *instance;
    char path[512];
    int fd;

    fd = file_of(bytes, sizeof(bytes), false);
    cr_expect_null(xe_frozen_take(&fd, 1, &err));
    cr_expect_eq(err.code, XE_ERR_SNAPSHOT_INCOMPATIBLE);
    cr_expect_lt(fcntl(fd, F_GETFD), 0, "it was given");
    fd = file_of(bytes, 100, true);
    cr_expect_null(xe_frozen_take(&fd, 1, NULL));
    cr_expect_null(xe_frozen_take(NULL, 0, NULL));
    fd = file_of(bytes, sizeof(bytes), true);
    frozen = xe_frozen_take(&fd, 1, NULL);
    cr_assert_not_null(frozen, "the state itself is looked at later");
    instance = at("timers", &config, 1, path);
    xe_error_clear(&err);
    cr_expect_not(xe_instance_thaw(instance, frozen, &err));
    cr_expect_eq(err.code, XE_ERR_SNAPSHOT_INCOMPATIBLE, "%s", err.text);
    xe_frozen_destroy(frozen);
    xe_instance_destroy(instance);
}
