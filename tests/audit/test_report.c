#include "audit/fixture.h"

#define KEY 0x1004u

Test(audit_report, timeline_is_merged_sorted_and_keeps_the_newest)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};
    struct xe_audit_report report;
    const struct xe_audit_handle_report *h;

    focus_on(audit, "0x1004");
    act_at(audit, 1, 2, KEY, 0, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    create_at(audit, 2, KEY, 1, XE_AUDIT_EVENT_AUTO);
    for (uint64_t i = 0; i < 10; i++) {
        park_at(audit, 10 + 10 * i, 3, KEY, 1, i + 1);
        act_at(audit, 11 + 10 * i, 2, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_WOKE);
        act_at(audit, 11 + 10 * i, 2, KEY, 1, XE_AUDIT_OP_WAKE, XE_AUDIT_SATISFIED);
        act_at(audit, 12 + 10 * i, 2, KEY, 1, XE_AUDIT_OP_RESET, XE_AUDIT_NONE);
    }
    report = report_on(audit, &world, KEY);
    h = &report.handle[0];
    cr_assert_eq(h->timeline_count, XE_AUDIT_TIMELINE);
    cr_assert_eq(h->timeline_total, 42);
    for (uint32_t i = 1; i < h->timeline_count; i++)
        cr_expect(h->timeline[i - 1].cycle < h->timeline[i].cycle ||
                      (h->timeline[i - 1].cycle == h->timeline[i].cycle &&
                       h->timeline[i - 1].seq < h->timeline[i].seq),
                  "line %u", i);
    cr_assert_eq(h->timeline[XE_AUDIT_TIMELINE - 1].cycle, 102);
    cr_assert_eq(h->timeline[0].cycle, 70);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_report, timeline_pages_by_sequence_number_over_generations)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_rec rec[8];

    focus_on(audit, "0x1004");
    act_at(audit, 1, 2, KEY, 0, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    create_at(audit, 2, KEY, 1, XE_AUDIT_EVENT_AUTO);
    close_at(audit, 3, KEY);
    create_at(audit, 4, KEY, 2, XE_AUDIT_EVENT_AUTO);
    act_at(audit, 5, 2, KEY, 2, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    cr_assert_eq(xe_audit_timeline(audit, KEY, 0, 2, rec), 2);
    cr_expect(rec[0].ghost);
    cr_expect_eq(rec[1].op, XE_AUDIT_OP_CREATE);
    cr_assert_eq(xe_audit_timeline(audit, KEY, rec[1].seq + 1, 8, rec), 3);
    cr_expect_eq(rec[0].op, XE_AUDIT_OP_CLOSE);
    cr_expect_eq(rec[1].op, XE_AUDIT_OP_CREATE);
    cr_expect_eq(rec[2].op, XE_AUDIT_OP_SIGNAL);
    cr_assert_eq(xe_audit_timeline(audit, 0x7777, 0, 8, rec), 0);
    xe_audit_destroy(audit);
}

Test(audit_report, null_keys_mean_the_focus_in_its_order)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_report report;

    focus_on(audit, "0x15e4,0x1004");
    cr_assert(xe_audit_report_make(audit, NULL, NULL, 0, &report, NULL));
    cr_assert_eq(report.handles, 2);
    cr_expect_eq(report.handle[0].key, 0x15E4);
    cr_expect_eq(report.handle[1].key, 0x1004);
    cr_expect_str_eq(report.handle[0].diagnosis.sub, "NEVER_TOUCHED");
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_report, making_one_changes_nothing)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};
    struct xe_audit_stats before, after;
    struct xe_audit_report report;

    focus_on(audit, "0x1004");
    act_at(audit, 1, 2, KEY, 0, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    xe_audit_stats_get(audit, &before);
    for (int i = 0; i < 3; i++) {
        report = report_on(audit, &world, 0x9999);
        xe_audit_report_fini(&report);
    }
    xe_audit_stats_get(audit, &after);
    cr_expect_eq(before.seq, after.seq);
    cr_expect_eq(before.records, after.records);
    cr_expect_eq(before.trails, after.trails);
    cr_expect_eq(before.ghost_trails, after.ghost_trails);
    xe_audit_destroy(audit);
}

Test(audit_report, object_waited_for_twice_in_one_call_is_one_waiter)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_parked who = {.tid = 3, .wait_id = 1, .audited_path = true};
    struct fake_world world = {.parked = {{KEY, who}, {KEY, who}}};
    struct xe_audit_report report;

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    park_at(audit, 2, 3, KEY, 1, 1);
    park_at(audit, 2, 3, KEY, 1, 1);
    report = report_on(audit, &world, KEY);
    cr_assert_eq(report.handle[0].waiters, 1);
    cr_assert_eq(report.handle[0].waits, 2, "one record for each object of the call");
    cr_assert(report.handle[0].waiter[0].recorded);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_report, a_write_from_outside_taints)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_report report;

    cr_assert(xe_audit_report_make(audit, NULL, NULL, 0, &report, NULL));
    cr_assert_not(report.interfered);
    xe_audit_report_fini(&report);
    xe_audit_interfered(audit);
    cr_assert(xe_audit_report_make(audit, NULL, NULL, 0, &report, NULL));
    cr_assert(report.interfered);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_report, kernel_internal_records_have_no_return_address)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_act act = {.key = KEY, .object_id = 1, .op = XE_AUDIT_OP_SIGNAL};
    struct xe_audit_rec rec[2];

    act.site = site_at(2, 0, "timer");
    act.site.guest = false;
    act.site.origin_src = "NtSetTimerEx";
    act.site.origin_cycle = 1;
    create_at(audit, 1, KEY, 1, XE_AUDIT_TIMER_AUTO);
    xe_audit_record(audit, &act);
    cr_assert_eq(xe_audit_timeline(audit, KEY, 2, 2, rec), 1);
    cr_expect_eq(rec[0].lr, 0);
    cr_expect_not(rec[0].guest);
    cr_expect_str_eq(rec[0].origin_src, "NtSetTimerEx");
    xe_audit_destroy(audit);
}
