/* What is reported after a load is what the uninterrupted run reports, word for word: the audit's
 * records come along beside the state. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/report/audit_json.h"
#include "rpc/report/diagnostic_json.h"
#include "rpc/report/explain_json.h"
#include "rpc/report/report_text.h"
#include "tests/support/titles.h"
#include "xe/explain.h"
#include "xe/frozen.h"

#define POINTS 4

static const uint64_t points[POINTS] = {0, 9001, 40013, 400009};
static const uint32_t focus[] = {0x1004, 0x100C, 0x15E4, 0x42450B5C, 0x1008, 0x1010, 0x1014};

/* Audit report and thread diagnostic, each as JSON and as text, and the explanation, in one; owned
 * by the caller. */
static char *reports(struct xe_instance *instance)
{
    struct xe_audit_report report;
    json_t *audit, *threads, *explain;
    char *part[5], *all;
    size_t size = 1;

    cr_assert(xe_explain_audit_report(xe_instance_kernel(instance), NULL, NULL, 0, &report, NULL));
    audit =
        xe_rpc_audit_report_json(&report, "i-1", XE_RPC_ABOUT_HANDLES, &(struct xe_rpc_page){0});
    threads = xe_rpc_diagnostic_json(instance, "i-1", 0, 0);
    explain = xe_rpc_explain_json(instance, "i-1");
    cr_assert(audit && threads && explain);
    part[0] = json_dumps(audit, JSON_INDENT(1));
    part[1] = xe_report_audit_text(audit);
    part[2] = json_dumps(threads, JSON_INDENT(1));
    part[3] = xe_report_diagnostic_text(threads);
    part[4] = json_dumps(explain, JSON_INDENT(1));
    for (int i = 0; i < 5; i++)
        size += strlen(part[i]);
    all = calloc(1, size);
    for (int i = 0; i < 5; i++) {
        strcat(all, part[i]);
        free(part[i]);
    }
    json_decref(audit);
    json_decref(threads);
    json_decref(explain);
    xe_audit_report_fini(&report);
    return all;
}

static void expect_equal(struct xe_instance *whole, struct xe_instance *rest, const char *path,
                         uint64_t at)
{
    char *expected = reports(whole), *found = reports(rest);
    size_t i = 0;

    while (expected[i] && expected[i] == found[i])
        i++;
    cr_expect_eq(expected[i], found[i], "%s, saved at %lu: '...%.60s' there, '...%.60s' here", path,
                 (unsigned long)at, expected + (i > 20 ? i - 20 : 0),
                 found + (i > 20 ? i - 20 : 0));
    free(expected);
    free(found);
}

static void run(struct xe_instance *instance, uint64_t n)
{
    cr_assert(xe_instance_run(instance, n, NULL, NULL, &(struct xe_run_result){0}, NULL));
}

static void by_bytes(struct xe_instance *whole, struct xe_instance *rest, const char *path)
{
    struct xe_error err = XE_ERROR_INIT;
    size_t size;
    uint8_t *bytes = xe_instance_state_save(whole, &size, &err);

    cr_assert(bytes, "%s", err.text);
    cr_assert(xe_instance_state_load(rest, bytes, size, &err), "%s: %s", path, err.text);
    xe_instance_state_free(bytes);
}

static void by_freezing(struct xe_instance *whole, struct xe_instance *rest, const char *path)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_frozen *frozen = xe_instance_freeze(whole, &err);

    cr_assert(frozen, "%s", err.text);
    cr_assert(xe_instance_thaw(rest, frozen, &err), "%s: %s", path, err.text);
    xe_frozen_destroy(frozen);
}

static void check_point(const char *path, const struct xe_instance_config *config, uint64_t at,
                        bool freezing)
{
    struct xe_instance *whole = test_instance(path, config), *rest = test_instance(path, config);

    cr_assert(xe_audit_focus_set(xe_instance_audit(whole), focus, 7, NULL));
    if (at)
        run(whole, at);
    (freezing ? by_freezing : by_bytes)(whole, rest, path);
    expect_equal(whole, rest, path, at);
    run(whole, 300000);
    run(rest, 300000);
    expect_equal(whole, rest, path, at);
    xe_instance_destroy(whole);
    xe_instance_destroy(rest);
}

ParameterizedTestParameters(state_reports, loaded_they_are_the_same)
{
    return test_all_titles();
}

ParameterizedTest(struct test_title *title, state_reports, loaded_they_are_the_same)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];

    test_path_or_skip(title->name, path, sizeof(path));
    config.audit = true;
    for (int i = 0; i < POINTS; i++)
        check_point(path, &config, points[i], i & 1);
    check_point(path, &config, points[2], true);
}
