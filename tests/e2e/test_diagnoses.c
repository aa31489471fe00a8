/* The verdicts that whole titles end in: the audit on from boot, run to the hang, ask about a
 * handle. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "tests/support/titles.h"

struct verdict {
    char title[24];
    uint32_t key;
    char code[24], sub[24];
    uint32_t lost_wake; /* fault to inject */
};

ParameterizedTestParameters(diagnoses, titles_end_in)
{
    static struct verdict rows[] = {
        {"four-handles", 0x1004, "NO_PRODUCER", "NO_CANDIDATE", 0},
        {"four-handles", 0x100C, "STARVED", "PRODUCER_STOPPED", 0},
        {"four-handles", 0x15E4, "NOT_DELIVERED", "PULSE_MISSED", 0},
        {"four-handles", 0x42450B5C, "AUDIT_BLIND", "CRITICAL_SECTION", 0},
        {"obligation", 0x1004, "NO_PRODUCER", "OBLIGATION_UNMET", 0},
        {"lost-wake", 0x1004, "NOT_DELIVERED", "SIGNALED_NOW", 1},
        {"quiescent", 0x1004, "NO_PRODUCER", "NO_CANDIDATE", 0},
        {"healthy", 0x1004, "NO_WAITER", "WAITS_SATISFIED", 0},
    };

    return cr_make_param_array(struct verdict, rows, sizeof(rows) / sizeof(rows[0]), NULL);
}

ParameterizedTest(struct verdict *row, diagnoses, titles_end_in)
{
    struct xe_instance_config config = xe_instance_config_default();
    const struct xe_audit_handle_report *handle;
    struct xe_audit_report report;
    struct xe_run_result result;
    struct xe_instance *instance;
    char path[512];

    if (row->lost_wake && !xe_fault_plan())
        cr_skip(XE_NO_FAULT_PLAN);
    config.audit = true;
    config.faults.inject_lost_wake = row->lost_wake;
    test_title_path(row->title, path, sizeof(path));
    instance = test_instance(path, &config);
    cr_assert(xe_audit_focus_set(xe_instance_audit(instance), &row->key, 1, NULL));
    cr_assert(xe_instance_run(instance, 2000000, NULL, NULL, &result, NULL));
    cr_assert(xe_audit_report_make(xe_instance_audit(instance), xe_instance_audit_world(instance),
                                   NULL, 0, &report, NULL));
    handle = &report.handle[0];
    cr_expect_str_eq(handle->diagnosis.code, row->code, "%s 0x%x: %s", row->title, row->key,
                     handle->diagnosis.code);
    cr_expect_str_eq(handle->diagnosis.sub, row->sub, "%s 0x%x: %s", row->title, row->key,
                     handle->diagnosis.sub);
    xe_audit_report_fini(&report);
    xe_instance_destroy(instance);
}
