/* The determinism contract (doc/determinism.md) on every fixture and on the real title:
 * 1 run(a+b) = run(a);run(b) = single steps; 3 audit off = on = any focus; 4 polled = not polled;
 * 6 alone = beside neighbours. Digests are compared, at several points of a run. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/titles.h"

#ifdef XE_SANITIZERS
#define CYCLES 400000
#else
#define CYCLES 3000000
#endif
#define POINTS 4

static void reference(const char *path, char digest[POINTS][XE_DIGEST_TEXT])
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance = test_instance(path, &config);

    for (int i = 0; i < POINTS; i++)
        test_run_digest(instance, CYCLES / POINTS, digest[i]);
    xe_instance_destroy(instance);
}

ParameterizedTestParameters(equalities, cut_anywhere)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, equalities, cut_anywhere)
{
    struct xe_instance_config config = xe_instance_config_default();
    char whole[POINTS][XE_DIGEST_TEXT], cut[XE_DIGEST_TEXT], path[512];
    struct xe_instance *instance;
    uint64_t left = CYCLES;

    test_path_or_skip(title->name, path, sizeof(path));
    reference(path, whole);
    instance = test_instance(path, &config);
    for (uint64_t n = 1; left > 0; n = n * 7 % 9973) {
        uint64_t step = n < left ? n : left;

        cr_assert(xe_instance_run(instance, step, NULL, NULL, &(struct xe_run_result){0}, NULL));
        left -= step;
    }
    test_run_digest(instance, 0, cut);
    cr_assert_str_eq(cut, whole[POINTS - 1], "%s: cut runs differ from one run", title->name);
    xe_instance_destroy(instance);
}

ParameterizedTestParameters(equalities, single_steps)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, equalities, single_steps)
{
    struct xe_instance_config config = xe_instance_config_default();
    char whole[XE_DIGEST_TEXT], stepped[XE_DIGEST_TEXT], path[512];
    struct xe_instance *one, *many;
    const uint64_t n = CYCLES / 30;

    test_path_or_skip(title->name, path, sizeof(path));
    one = test_instance(path, &config);
    many = test_instance(path, &config);
    test_run_digest(one, n, whole);
    for (uint64_t i = 0; i < n; i++)
        cr_assert(xe_instance_run(many, 1, NULL, NULL, &(struct xe_run_result){0}, NULL));
    test_run_digest(many, 0, stepped);
    cr_assert_str_eq(stepped, whole, "%s: single steps differ from one run", title->name);
    xe_instance_destroy(one);
    xe_instance_destroy(many);
}

static void read_object(void *ctx, const struct xe_object_info *info)
{
    *(uint64_t *)ctx += info->id;
}

static void read_thread(void *ctx, const struct xe_thread_info *info)
{
    *(uint64_t *)ctx += info->tid;
}

static void read_export(void *ctx, const struct xe_export_info *info)
{
    *(uint64_t *)ctx += info->calls;
}

/* Everything a client could ask, from inside a run. */
static bool poll_everything(void *ctx)
{
    struct xe_instance *instance = ctx;
    struct xe_kernel *kernel = xe_instance_kernel(instance);
    struct xe_audit_report report;
    struct xe_kernel_totals totals;
    struct xe_digest digest;
    uint64_t seen = 0;
    uint8_t bytes[64];

    xe_kernel_threads(kernel, read_thread, &seen);
    xe_kernel_objects(kernel, read_object, &seen);
    xe_kernel_exports(kernel, XE_EXPORTS_TOUCHED, read_export, &seen);
    xe_kernel_totals_get(kernel, &totals);
    xe_instance_mem_read(instance, 0x82000000, bytes, sizeof(bytes), NULL);
    xe_instance_digest(instance, &digest);
    if (xe_audit_report_make(xe_instance_audit(instance), xe_instance_audit_world(instance), NULL,
                             0, &report, NULL))
        xe_audit_report_fini(&report);
    return true;
}

ParameterizedTestParameters(equalities, audit_and_polling)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, equalities, audit_and_polling)
{
    static const uint32_t focus[] = {0x1004, 0x100C, 0x15E4, 0x42450B5C, 0x1008, 0x1010, 0x1014};
    struct xe_instance_config config = xe_instance_config_default();
    char plain[POINTS][XE_DIGEST_TEXT], polled[XE_DIGEST_TEXT], path[512];
    struct xe_instance *instance;

    test_path_or_skip(title->name, path, sizeof(path));
    reference(path, plain);
    config.audit = true;
    instance = test_instance(path, &config);
    cr_assert(xe_audit_focus_set(xe_instance_audit(instance), focus, 7, NULL));
    for (int i = 0; i < POINTS; i++) {
        cr_assert(xe_instance_run(instance, CYCLES / POINTS, poll_everything, instance,
                                  &(struct xe_run_result){0}, NULL));
        poll_everything(instance);
        test_run_digest(instance, 0, polled);
        cr_assert_str_eq(polled, plain[i], "%s: audit or polling changed the run at point %d",
                         title->name, i);
    }
    xe_instance_destroy(instance);
}

ParameterizedTestParameters(equalities, neighbours)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, equalities, neighbours)
{
    struct xe_instance_config config = xe_instance_config_default();
    char alone[POINTS][XE_DIGEST_TEXT], beside[XE_DIGEST_TEXT], other[XE_DIGEST_TEXT], path[512];
    char neighbour_path[512];
    struct xe_instance *instance, *neighbour;

    test_path_or_skip(title->name, path, sizeof(path));
    test_title_path("four-handles", neighbour_path, sizeof(neighbour_path));
    reference(path, alone);
    neighbour = test_instance(neighbour_path, &config);
    instance = test_instance(path, &config);
    for (int i = 0; i < POINTS; i++) {
        test_run_digest(neighbour, CYCLES / 40 + (uint64_t)i, other);
        test_run_digest(instance, CYCLES / POINTS, beside);
        cr_assert_str_eq(beside, alone[i], "%s: a neighbour changed the run", title->name);
    }
    xe_instance_destroy(instance);
    xe_instance_destroy(neighbour);
}
