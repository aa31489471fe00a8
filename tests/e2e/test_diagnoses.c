/* The verdicts that whole titles end in: the audit on from boot, run to the hang, ask about a
 * handle. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

#include "audit/audit.h"
#include "tests/support/titles.h"
#include "xe/explain.h"

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
        {"four-handles", 0x100C, "STARVED", "PRODUCER_ENDED", 0},
        {"four-handles", 0x15E4, "NOT_DELIVERED", "PULSE_MISSED", 0},
        {"four-handles", 0x42450B5C, "AUDIT_BLIND", "CRITICAL_SECTION", 0},
        {"obligation", 0x1004, "NO_PRODUCER", "OBLIGATION_UNMET", 0},
        {"lost-wake", 0x1004, "NOT_DELIVERED", "SIGNALED_NOW", 1},
        {"quiescent", 0x1004, "NO_PRODUCER", "NO_CANDIDATE", 0},
        {"healthy", 0x1004, "NO_WAITER", "WAITS_SATISFIED", 0},
        {"reasons", 0x1004, "NO_PRODUCER", "TIMER_UNARMED", 0},
        {"reasons", 0x1008, "NO_PRODUCER", "TIMER_CANCELLED", 0},
        {"reasons", 0x100C, "NO_PRODUCER", "TIMER_PENDING", 0},
        {"reasons", 0x1010, "NO_PRODUCER", "OWNER_RUNNING", 0},
        {"reasons", 0x1014, "NO_PRODUCER", "PRODUCER_SLEEPS", 0},
        {"reasons", 0x1018, "NO_PRODUCER", "CLOSED_WHILE_WAITED", 0},
        {"reasons", 0x101C, "STARVED", "PRODUCER_ENDED", 0},
        {"reasons", 0x1020, "STARVED", "PRODUCER_SLEEPS", 0},
        {"reasons", 0x1024, "NO_PRODUCER", "TIMED_WAIT", 0},
        {"reasons", 0x1028, "NO_WAITER", "WAITS_TIMED_OUT", 0},
        {"reasons", 0x102C, "NOT_DELIVERED", "WAIT_ALL_PARTIAL", 0},
        {"reasons", 0x1034, "NO_PRODUCER", "DEADLOCK", 0},
        {"reasons", 0x1038, "NO_PRODUCER", "DEADLOCK", 0},
        {"reasons", 0x103C, "NO_PRODUCER", "DEADLOCK", 0},
        {"reasons", 0x1040, "NO_PRODUCER", "OTHER_OBJECT", 0},
        {"reasons", 0x1048, "NO_PRODUCER", "JOIN_RUNNING", 0},
        {"reasons", 0x42450000, "STARVED", "QUEUE_LIMIT", 0},
        {"reasons", 0x42450040, "NO_PRODUCER", "STATE_STORED", 0},
        {"reasons", 0x42450080, "NO_WAITER", "IDLE", 0},
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
    cr_assert(xe_explain_audit_report(xe_instance_kernel(instance), NULL, NULL, 0, &report, NULL));
    handle = &report.handle[0];
    cr_expect_str_eq(handle->diagnosis.code, row->code, "%s 0x%x: %s", row->title, row->key,
                     handle->diagnosis.code);
    cr_expect_str_eq(handle->diagnosis.sub, row->sub, "%s 0x%x: %s", row->title, row->key,
                     handle->diagnosis.sub);
    xe_audit_report_fini(&report);
    xe_instance_destroy(instance);
}

static struct xe_instance *run_reasons(void)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_run_result result;
    struct xe_instance *instance;
    char path[512];

    test_title_path("reasons", path, sizeof(path));
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, 2000000, NULL, NULL, &result, NULL));
    return instance;
}

static struct xe_audit_report explain(struct xe_instance *instance, uint32_t key)
{
    struct xe_audit_report report;

    cr_assert(xe_explain_audit_report(xe_instance_kernel(instance), NULL, &key, 1, &report, NULL));
    return report;
}

Test(diagnoses, each_waiter_has_its_own_reason_and_equal_ones_are_one)
{
    struct xe_instance *instance = run_reasons();
    struct xe_audit_report report = explain(instance, 0x102C);

    cr_assert_eq(report.handle[0].verdicts, 2);
    cr_expect_str_eq(report.handle[0].verdict[0].diagnosis.sub, "WAIT_ALL_PARTIAL");
    cr_expect_eq(report.handle[0].verdict[0].diagnosis.unsignaled[0], 0x1030);
    cr_expect_str_eq(report.handle[0].verdict[1].diagnosis.sub, "RESET_BEFORE_WAIT");
    xe_audit_report_fini(&report);
    xe_instance_destroy(instance);
}

Test(diagnoses, a_ring_of_mutants_names_its_threads)
{
    struct xe_instance *instance = run_reasons();
    struct xe_audit_report report = explain(instance, 0x1034);
    const struct xe_audit_diagnosis *d = &report.handle[0].diagnosis;

    cr_assert_eq(d->cycle_count, 3);
    cr_expect_eq(d->cycle[0], report.handle[0].waiter[0].tid);
    cr_expect_eq(d->owner_tid, d->cycle[1]);
    cr_expect_str_eq(d->text, "nothing known can release it: 3 threads wait for each other");
    xe_audit_report_fini(&report);
    xe_instance_destroy(instance);
}

Test(diagnoses, an_object_initialised_under_its_waiter_accuses_nobody)
{
    struct xe_instance *instance = run_reasons();
    struct xe_audit_report report = explain(instance, 0x42450080);

    cr_assert_eq(report.handles, 2);
    cr_expect_eq(report.handle[1].generation, 1);
    cr_expect_str_eq(report.handle[1].diagnosis.sub, "INITIALISED_AGAIN");
    xe_audit_report_fini(&report);
    xe_instance_destroy(instance);
}

/* Recording was off while the signal came: what is not known is said, and nobody is accused. */
Test(diagnoses, a_gap_in_the_records_is_no_missing_producer)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_audit_report report;
    struct xe_run_result result;
    struct xe_instance *instance;
    char path[512];

    test_title_path("quiescent", path, sizeof(path));
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, 2000000, NULL, NULL, &result, NULL));
    xe_audit_enable(xe_instance_audit(instance), false, xe_instance_cycle(instance));
    report = explain(instance, 0x1004);
    cr_expect_str_eq(report.handle[0].diagnosis.sub, "RECORDS_INCOMPLETE");
    xe_audit_report_fini(&report);
    xe_audit_enable(xe_instance_audit(instance), true, xe_instance_cycle(instance) + 1);
    report = explain(instance, 0x1004);
    cr_expect_str_eq(report.handle[0].diagnosis.sub, "RECORDS_INCOMPLETE");
    cr_expect_str_eq(report.handle[0].diagnosis.code, "NO_PRODUCER");
    cr_expect_not(report.handle[0].complete);
    xe_audit_report_fini(&report);
    xe_instance_destroy(instance);
}
