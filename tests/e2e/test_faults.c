/* The fault plan's failing allocation: wherever it hits, an instance answers with an error, a
 * status to its title or a stop; twice the same, and looked at or not. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/titles.h"

#define CYCLES 150000u
#define EACH   40u /* all of the first so many; then about one in twenty */

static bool look(void *ctx)
{
    struct xe_audit_report report;
    struct xe_instance *instance = *(struct xe_instance **)ctx;
    const uint32_t keys[] = {0x1004, 0x1008, 0x100C};

    cr_assert(xe_audit_report_make(xe_instance_audit(instance), xe_instance_audit_world(instance),
                                   keys, 3, &report, NULL));
    xe_audit_report_fini(&report);
    return true;
}

static bool is_interfered(struct xe_instance *instance)
{
    struct xe_audit_report report;
    bool is;

    cr_assert(xe_audit_report_make(xe_instance_audit(instance), xe_instance_audit_world(instance),
                                   NULL, 0, &report, NULL));
    is = report.interfered;
    xe_audit_report_fini(&report);
    return is;
}

struct outcome {
    bool created, loaded, interfered;
    struct xe_run_result end;
    char digest[XE_DIGEST_TEXT];
    enum xe_err error;
};

static void live(const struct xe_image *image, uint32_t n, bool looked_at, struct outcome *ret)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_error err = XE_ERROR_INIT;
    struct xe_digest digest;
    struct xe_instance *instance;

    memset(ret, 0, sizeof(*ret));
    config.audit = true;
    config.faults.fail_alloc = n;
    config.engine = XE_ENGINE_INTERPRETER;
    instance = xe_instance_create(&config, &err);
    ret->created = instance != NULL;
    ret->loaded = instance && xe_instance_load(instance, image, "t.xex", &err);
    ret->error = err.code;
    if (ret->loaded) {
        cr_assert(
            xe_instance_run(instance, CYCLES, looked_at ? look : NULL, &instance, &ret->end, NULL));
        xe_instance_digest(instance, &digest);
        xe_digest_text(digest.hash, ret->digest);
        ret->interfered = is_interfered(instance);
    }
    xe_instance_destroy(instance);
}

Test(faults, any_allocation_may_fail, .timeout = 240)
{
    struct outcome one, two, none;
    struct xe_error err = XE_ERROR_INIT;
    char path[512];
    size_t size;
    void *bytes;
    struct xe_image *image;
    uint32_t n;

    if (!xe_fault_plan())
        cr_skip(XE_NO_FAULT_PLAN);
    test_title_path("locks", path, sizeof(path));
    bytes = test_read_file(path, &size);
    image = xe_image_parse(bytes, size, &err);
    cr_assert(image, "%s", err.text);
    live(image, 0, false, &none);
    cr_expect(none.loaded && !none.interfered);
    for (n = 1;; n += n < EACH ? 1 : 1 + n / 20) {
        live(image, n, false, &one);
        live(image, n, true, &two);
        cr_expect_eq(one.loaded, two.loaded, "%u", n);
        cr_expect_eq(one.end.info.cause, two.end.info.cause, "%u", n);
        cr_expect_str_eq(one.digest, two.digest, "%u", n);
        if (!one.loaded)
            cr_expect_eq(one.error, XE_ERR_NO_MEMORY, "%u: %d", n, one.error);
        else if (!one.interfered)
            break;
    }
    cr_expect_str_eq(one.digest, none.digest, "none failed, and all is as ever");
    cr_expect_gt(n, EACH, "it went through %u allocations", n - 1);
    xe_image_destroy(image);
    free(bytes);
}
