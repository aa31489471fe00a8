#include "audit/fixture.h"

#define KEY 0x1004u

static void signal_by(struct xe_audit *audit, uint64_t cycle, uint32_t tid)
{
    act_at(audit, cycle, tid, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
}

Test(audit_signallers, each_is_kept_once_with_its_longest_gap)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_signaller who[XE_AUDIT_SIGNALLERS];
    struct xe_audit_history history;

    create_at(audit, 100, KEY, 1, XE_AUDIT_EVENT_AUTO);
    for (uint32_t i = 0; i < 100; i++) /* more than the rings keep */
        signal_by(audit, 150 + 10 * i, 2);
    signal_by(audit, 2000, 3);
    act_at(audit, 2100, 4, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_FAILED);
    cr_assert_eq(xe_audit_signallers(audit, 1, who, &history), 2);
    cr_expect(history.known && history.complete);
    cr_expect_eq(history.created.cycle, 100);
    cr_expect_eq(who[0].tid, 2);
    cr_expect_eq(who[0].acts, 100);
    cr_expect_eq(who[0].cycle, 1140);
    cr_expect_eq(who[0].longest_gap, 50);
    cr_expect_eq(who[1].tid, 3);
    cr_expect_eq(who[1].longest_gap, 1900);
    xe_audit_destroy(audit);
}

static void signal_for(struct xe_audit *audit, uint64_t cycle, uint32_t tid)
{
    struct xe_audit_act act = {.site = site_at(cycle, 0, "io"),
                               .key = KEY,
                               .object_id = 1,
                               .op = XE_AUDIT_OP_SIGNAL,
                               .effect = XE_AUDIT_STATE};

    act.site.guest = false;
    act.site.origin_src = "NtReadFile";
    act.site.origin_tid = tid;
    xe_audit_record(audit, &act);
}

Test(audit_signallers, the_machine_is_one_for_each_whose_requests_it_carries_out)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_signaller who[XE_AUDIT_SIGNALLERS];
    struct xe_audit_history history;

    create_at(audit, 100, KEY, 1, XE_AUDIT_EVENT_AUTO);
    signal_for(audit, 200, 2);
    signal_for(audit, 300, 3);
    signal_for(audit, 400, 2);
    cr_assert_eq(xe_audit_signallers(audit, 1, who, &history), 2);
    cr_expect(who[0].tid == 0 && who[0].origin_tid == 2 && who[0].acts == 2);
    cr_expect(who[1].tid == 0 && who[1].origin_tid == 3 && who[1].acts == 1);
    xe_audit_destroy(audit);
}

Test(audit_signallers, more_than_there_are_places_for_is_not_complete)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_signaller who[XE_AUDIT_SIGNALLERS];
    struct xe_audit_history history;

    create_at(audit, 100, KEY, 1, XE_AUDIT_EVENT_AUTO);
    for (uint32_t i = 0; i <= XE_AUDIT_SIGNALLERS; i++)
        signal_by(audit, 200 + i, 2 + i);
    cr_assert_eq(xe_audit_signallers(audit, 1, who, &history), XE_AUDIT_SIGNALLERS);
    cr_expect(history.known && !history.complete);
    xe_audit_destroy(audit);
}

Test(audit_signallers, a_gap_in_the_records_is_not_complete)
{
    struct xe_audit *audit = audit_on(16);
    struct xe_audit_signaller who[XE_AUDIT_SIGNALLERS];
    struct xe_audit_history history;

    create_at(audit, 100, KEY, 1, XE_AUDIT_EVENT_AUTO);
    xe_audit_enable(audit, false, 200);
    cr_expect_eq(xe_audit_signallers(audit, 1, who, &history), 0);
    cr_expect(!history.complete, "switched off");
    xe_audit_enable(audit, true, 300);
    xe_audit_signallers(audit, 1, who, &history);
    cr_expect(!history.complete, "switched on again");
    xe_audit_signallers(audit, 2, who, &history);
    cr_expect(!history.known && !history.complete, "no such object");
    xe_audit_destroy(audit);
}
