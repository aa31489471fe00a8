/* Records belong to objects: whatever names them, before and after the names. */
#include "audit/fixture.h"

#define KEY   0x1004u
#define OTHER 0x1008u

static void signal_at(struct xe_audit *audit, uint64_t cycle, uint32_t key, uint64_t object_id)
{
    act_at(audit, cycle, 2, key, object_id, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
}

static struct fake_nameless parked_on(uint64_t object_id, uint32_t tid, uint64_t wait_id)
{
    return (struct fake_nameless){
        {.object_id = object_id, .canonical_key = 0x40001000, .waiters = 1},
        {.tid = tid, .wait_id = wait_id, .audited_path = true, .src = "NtWaitForSingleObjectEx"}};
}

Test(audit_identity, an_object_older_than_the_audit_has_no_ghosts)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {.object = {{KEY, {.object_id = 1}}}};
    struct xe_audit_report report;

    focus_on(audit, "0x1004");
    signal_at(audit, 10, KEY, 1);
    signal_at(audit, 11, 0x40001000, 1); /* by its pointer */
    signal_at(audit, 12, OTHER, 1);      /* by another handle */
    report = report_on(audit, &world, KEY);
    cr_expect_eq(report.handle[0].signal_attempts.primary, 3);
    cr_expect_eq(report.handle[0].signal_attempts.ghost, 0);
    cr_expect_not(report.handle[0].has_created);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_identity, what_the_number_named_before_is_not_told_of_what_it_names_now)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {.object = {{KEY, {.object_id = 2}}}};
    struct xe_audit_report report;

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    signal_at(audit, 2, KEY, 1);
    xe_audit_enable(audit, false, 3);
    close_at(audit, 4, KEY); /* and object 2 gets the number */
    xe_audit_enable(audit, true, 5);
    report = report_on(audit, &world, KEY);
    cr_expect_eq(report.handle[0].signal_attempts.total, 0);
    cr_expect_not(report.handle[0].has_created);
    cr_expect_not(report.handle[0].has_closed);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_identity, a_closed_handle_with_waiters_is_still_reported)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {.nameless = {parked_on(1, 3, 7)}};
    struct xe_audit_report report;

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    park_at(audit, 2, 3, KEY, 1, 7);
    close_at(audit, 3, KEY);
    report = report_on(audit, &world, KEY);
    cr_assert_eq(report.handles, 1);
    cr_expect_eq(report.handle[0].waiters, 1);
    cr_expect_eq(report.handle[0].waits, 1);
    cr_expect(report.handle[0].has_closed);
    cr_expect_eq(report.handle[0].kind.kind, XE_AUDIT_EVENT_MANUAL, "the world's word: it lives");
    cr_expect_neq(report.handle[0].diagnosis.branch, XE_AUDIT_D1_NO_WAITER);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_identity, waiters_of_an_older_generation_have_a_block_of_their_own)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {.object = {{KEY, {.object_id = 2}}},
                               .nameless = {parked_on(1, 3, 7)}};
    struct xe_audit_report report;

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    park_at(audit, 2, 3, KEY, 1, 7);
    close_at(audit, 3, KEY);
    create_at(audit, 4, KEY, 2, XE_AUDIT_EVENT_AUTO);
    signal_at(audit, 5, KEY, 2);
    report = report_on(audit, &world, KEY);
    cr_assert_eq(report.handles, 2);
    cr_expect_eq(report.handle[0].generation, 2);
    cr_expect_eq(report.handle[0].waiters, 0);
    cr_expect_eq(report.handle[1].generation, 1);
    cr_expect_eq(report.handle[1].waiters, 1);
    cr_expect_eq(report.handle[1].signal_attempts.total, 0);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

/* What threads wait for is kept, however much comes and goes; when nobody waits any more it is
 * forgotten like all else. */
Test(audit_identity, churn_forgets_nothing_that_is_waited_for)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {.nameless = {parked_on(1, 3, 7)}};
    struct xe_audit_stats stats;
    struct xe_audit_report report;
    uint64_t cycle = 3, id = 1;

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    park_at(audit, 2, 3, KEY, 1, 7);
    close_at(audit, 3, KEY);
    for (uint32_t i = 0; i < 9985; i++) { /* KEY comes last: few links may be kept */
        uint32_t key = i % 16 == 0 ? KEY : 0x2000 + 4 * i;

        create_at(audit, ++cycle, key, ++id, XE_AUDIT_EVENT_AUTO);
        close_at(audit, ++cycle, key);
        xe_audit_ended(audit, id);
    }
    report = report_on(audit, &world, KEY);
    cr_assert_eq(report.handles, 2);
    cr_expect_eq(report.handle[1].generation, 1);
    cr_expect_eq(report.handle[1].waits, 1);
    xe_audit_report_fini(&report);

    xe_audit_record(audit, &(struct xe_audit_act){.site = site_at(++cycle, 2, "NtSetEvent"),
                                                  .key = KEY,
                                                  .object_id = 1,
                                                  .op = XE_AUDIT_OP_WAKE,
                                                  .effect = XE_AUDIT_SATISFIED,
                                                  .wait_id = 7});
    for (uint32_t i = 0; i < 10000; i++) {
        create_at(audit, ++cycle, 0x2000 + 4 * i, ++id, XE_AUDIT_EVENT_AUTO);
        close_at(audit, ++cycle, 0x2000 + 4 * i);
    }
    xe_audit_stats_get(audit, &stats);
    cr_expect_leq(stats.trails, 4096);
    xe_audit_destroy(audit);
}
