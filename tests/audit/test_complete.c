/* What is kept of whom, and since when a report knows everything. */
#include "audit/fixture.h"

#define KEY   0x1004u
#define OTHER 0x1008u

static void signal_often(struct xe_audit *audit, uint32_t key, uint64_t object_id, int times)
{
    static uint64_t cycle = 1000;

    for (int i = 0; i < times; i++)
        act_at(audit, ++cycle, 2, key, object_id, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
}

static void expect_kept(const struct xe_audit *audit, uint32_t key, uint32_t want)
{
    struct xe_audit_rec rec[256];

    cr_expect_eq(xe_audit_timeline(audit, key, 0, 256, rec), want + 1, "and the creation");
}

Test(audit_complete, rings_are_long_for_what_was_asked_about)
{
    struct xe_audit *audit = audit_on(64);

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    create_at(audit, 2, OTHER, 2, XE_AUDIT_EVENT_AUTO);
    focus_on(audit, "0x1004");
    signal_often(audit, KEY, 1, 100);
    signal_often(audit, OTHER, 2, 100);
    expect_kept(audit, KEY, 64);
    expect_kept(audit, OTHER, 16);
    xe_audit_trace(audit, true);
    signal_often(audit, OTHER, 2, 100);
    expect_kept(audit, OTHER, 64);
    xe_audit_destroy(audit);
}

/* A ring that has wrapped grows in order. */
Test(audit_complete, a_focus_set_late_keeps_what_there_was)
{
    struct xe_audit *audit = audit_on(64);
    struct xe_audit_rec rec[64];

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    signal_often(audit, KEY, 1, 21);
    focus_on(audit, "0x1004");
    signal_often(audit, KEY, 1, 10);
    cr_assert_eq(xe_audit_timeline(audit, KEY, 0, 64, rec), 1 + 16 + 10);
    for (uint32_t i = 2; i < 27; i++)
        cr_expect_eq(rec[i].seq, rec[i - 1].seq + 1, "record %u", i);
    xe_audit_destroy(audit);
}

Test(audit_complete, all_rings_together_are_bounded)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};
    struct xe_audit_report report;
    uint32_t key = 0;

    for (uint64_t id = 1; id <= 20000; id++) {
        key = 0x1000 + 4 * (uint32_t)id;
        create_at(audit, id, key, id, XE_AUDIT_EVENT_AUTO);
        signal_often(audit, key, id, 20);
    }
    report = report_on(audit, &world, key);
    cr_expect_eq(report.handle[0].signal_attempts.total, 20, "counted all the same");
    cr_expect_eq(report.handle[0].dropped, 20);
    cr_expect(report.handle[0].complete, "what conclusions rest on is kept in no ring");
    xe_audit_report_fini(&report);
    expect_kept(audit, key, 0);
    xe_audit_destroy(audit);
}

static struct xe_audit_report both(const struct xe_audit *audit, struct fake_world *tables)
{
    static const uint32_t keys[] = {KEY, OTHER};
    struct xe_audit_world world = fake_world(tables);
    struct xe_audit_report report;

    cr_assert(xe_audit_report_make(audit, &world, keys, 2, &report, NULL));
    return report;
}

Test(audit_complete, a_gap_is_told_and_since_when_all_is_known)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {.cycle = 900,
                               .object = {{KEY, {.object_id = 1}}, {OTHER, {.object_id = 2}}}};
    struct xe_audit_report report;

    create_at(audit, 10, KEY, 1, XE_AUDIT_EVENT_AUTO);
    report = both(audit, &world);
    cr_expect(report.complete && report.gaps == 0);
    cr_expect(report.handle[0].complete && report.handle[0].since_cycle == 10);
    cr_expect(report.handle[1].complete && report.handle[1].since_cycle == 0, "made by nobody");
    xe_audit_report_fini(&report);

    xe_audit_enable(audit, false, 100);
    report = both(audit, &world);
    cr_assert_eq(report.gaps, 1);
    cr_expect(!report.complete && report.gap[0].from == 100 && report.gap[0].to == 900);
    cr_expect(!report.handle[0].complete);
    xe_audit_report_fini(&report);

    xe_audit_enable(audit, true, 200);
    create_at(audit, 210, OTHER, 2, XE_AUDIT_EVENT_AUTO);
    report = both(audit, &world);
    cr_assert_eq(report.gaps, 1);
    cr_expect(!report.complete && report.since_cycle == 200 && report.gap[0].to == 200);
    cr_expect(!report.handle[0].complete && report.handle[0].since_cycle == 200);
    cr_expect(report.handle[1].complete && report.handle[1].since_cycle == 210);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_complete, switched_on_late_is_a_gap_and_the_newest_are_kept)
{
    struct xe_audit *audit = xe_audit_create(16, NULL);
    struct fake_world world = {.cycle = 100000};
    struct xe_audit_report report;

    for (uint64_t i = 1; i <= 20; i++) {
        xe_audit_enable(audit, true, i * 1000);
        xe_audit_enable(audit, false, i * 1000 + 1);
    }
    report = both(audit, &world);
    cr_expect_eq(report.gaps_ever, 21);
    cr_assert_eq(report.gaps, XE_AUDIT_GAPS);
    cr_expect_eq(report.gap[XE_AUDIT_GAPS - 1].from, 20001);
    cr_expect_eq(report.gap[XE_AUDIT_GAPS - 1].to, 100000);
    cr_expect_eq(report.gap[0].to, 14000);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

static void begin_unheard(struct xe_audit *audit, uint64_t cycle, uint32_t key, uint64_t id)
{
    act_at(audit, cycle, 2, key, id, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
}

static bool is_complete(const struct xe_audit *audit, uint32_t key, uint64_t id)
{
    struct fake_world world = {.object = {{key, {.object_id = id}}}};
    struct xe_audit_report report = report_on(audit, &world, key);
    bool complete = report.handle[0].complete;

    xe_audit_report_fini(&report);
    return complete;
}

/* That what was known of some object was forgotten says nothing of one that is newer, or whose
 * records are still there. */
Test(audit_complete, what_is_forgotten_is_missing_of_that_object_alone)
{
    struct xe_audit *audit = audit_on(16);
    uint64_t cycle = 10;

    begin_unheard(audit, 1, KEY, 1);
    for (uint32_t i = 0; i < 10000; i++) { /* closed, and never waited for: the oldest go */
        begin_unheard(audit, ++cycle, 0x2000 + 4 * i, 2 + i);
        close_at(audit, ++cycle, 0x2000 + 4 * i);
    }
    begin_unheard(audit, ++cycle, OTHER, 20000);
    cr_expect(is_complete(audit, KEY, 1), "its records were never forgotten");
    cr_expect(is_complete(audit, OTHER, 20000), "it is newer than all that were");
    begin_unheard(audit, ++cycle, 0x2000, 2);
    cr_expect_not(is_complete(audit, 0x2000, 2), "it was, and comes back");
    xe_audit_destroy(audit);
}
