#include "audit/fixture.h"

#define KEY 0x1004u

static struct xe_audit_stats stats_of(const struct xe_audit *audit)
{
    struct xe_audit_stats stats;

    xe_audit_stats_get(audit, &stats);
    return stats;
}

static void signal_at(struct xe_audit *audit, uint64_t cycle, uint32_t key, uint64_t object_id)
{
    act_at(audit, cycle, 2, key, object_id, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
}

static void expect_attempts(const struct xe_audit *audit, uint32_t key, uint64_t primary,
                            uint64_t ghost)
{
    struct fake_world world = {0};
    struct xe_audit_report report = report_on(audit, &world, key);
    const struct xe_audit_handle_report *h = &report.handle[0];

    cr_expect_eq(h->signal_attempts.primary, primary, "primary=%llu",
                 (unsigned long long)h->signal_attempts.primary);
    cr_expect_eq(h->signal_attempts.ghost, ghost, "ghost=%llu",
                 (unsigned long long)h->signal_attempts.ghost);
    cr_expect_eq(h->signal_attempts.total, primary + ghost);
    xe_audit_report_fini(&report);
}

Test(audit_trails, focus_ghost_trail_takes_signals_to_uncreated_handles)
{
    struct xe_audit *audit = audit_on(16);

    focus_on(audit, "0x1004");
    signal_at(audit, 10, KEY, 0);
    signal_at(audit, 20, KEY, 0);
    expect_attempts(audit, KEY, 0, 2);
    xe_audit_destroy(audit);
}

Test(audit_trails, no_double_record)
{
    struct xe_audit *audit = audit_on(16);

    focus_on(audit, "0x1004");
    create_at(audit, 5, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    for (int i = 0; i < 10; i++)
        signal_at(audit, 10 + (uint64_t)i, KEY, 1);
    expect_attempts(audit, KEY, 10, 0);
    cr_assert_eq(stats_of(audit).ghost_trails, 0);
    xe_audit_destroy(audit);
}

Test(audit_trails, primary_and_ghost_add_up_to_the_calls_across_creation_and_close)
{
    struct xe_audit *audit = audit_on(16);

    focus_on(audit, "0x1004");
    signal_at(audit, 1, KEY, 0);
    create_at(audit, 2, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    signal_at(audit, 3, KEY, 1);
    signal_at(audit, 4, KEY, 1);
    close_at(audit, 5, KEY);
    signal_at(audit, 6, KEY, 0);
    expect_attempts(audit, KEY, 2, 2);
    xe_audit_destroy(audit);
}

Test(audit_trails, unfocused_signals_are_counted_and_take_no_memory)
{
    struct xe_audit *audit = audit_on(16);

    for (uint32_t i = 0; i < 1000; i++)
        signal_at(audit, i, 0x2000 + 4 * i, 0);
    cr_assert_eq(stats_of(audit).dropped_unfocused, 1000);
    cr_assert_eq(stats_of(audit).ghost_trails, 0);
    cr_assert_eq(stats_of(audit).records, 0);
    xe_audit_destroy(audit);
}

Test(audit_trails, leaving_the_focus_frees_ghosts)
{
    struct xe_audit *audit = audit_on(16);

    focus_on(audit, "0x1004,0x1008");
    signal_at(audit, 1, KEY, 0);
    signal_at(audit, 2, 0x1008, 0);
    cr_assert_eq(stats_of(audit).ghost_trails, 2);
    focus_on(audit, "0x1008");
    cr_assert_eq(stats_of(audit).ghost_trails, 1);
    expect_attempts(audit, 0x1008, 0, 1);
    cr_assert(xe_audit_focus_set(audit, NULL, 0, NULL));
    cr_assert_eq(stats_of(audit).ghost_trails, 0);
    xe_audit_destroy(audit);
}

Test(audit_trails, rings_are_bounded_and_totals_exact)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};
    struct xe_audit_report report;
    struct xe_audit_rec rec[64];

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    for (uint64_t i = 0; i < 1000; i++)
        signal_at(audit, 10 + i, KEY, 1);
    report = report_on(audit, &world, KEY);
    cr_expect_eq(report.handle[0].signal_attempts.total, 1000);
    cr_expect_eq(report.handle[0].signal_attempts.dropped, 1000 - 16);
    cr_expect_eq(report.handle[0].timeline_total, 1001);
    cr_assert_eq(xe_audit_timeline(audit, KEY, 0, 64, rec), 17, "creation and a full ring");
    cr_expect_eq(rec[0].op, XE_AUDIT_OP_CREATE);
    cr_expect_eq(rec[1].cycle, 994, "the newest 16 are kept");
    cr_expect_eq(rec[16].cycle, 1009);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_trails, handle_reuse_starts_a_generation)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};
    struct xe_audit_report report;

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    signal_at(audit, 2, KEY, 1);
    close_at(audit, 3, KEY);
    create_at(audit, 4, KEY, 2, XE_AUDIT_SEMAPHORE);
    report = report_on(audit, &world, KEY);
    cr_expect_eq(report.handle[0].generation, 2);
    cr_expect_eq(report.handle[0].kind.kind, XE_AUDIT_SEMAPHORE);
    cr_expect_eq(report.handle[0].signal_attempts.total, 0, "the old object's signals are not its");
    cr_expect_eq(report.handle[0].created.cycle, 4);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_trails, closed_handle_says_so)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};
    struct xe_audit_report report;

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    close_at(audit, 3, KEY);
    report = report_on(audit, &world, KEY);
    cr_expect_eq(report.handle[0].kind.kind, XE_AUDIT_CLOSED);
    cr_expect(report.handle[0].has_closed);
    cr_expect_eq(report.handle[0].closed.cycle, 3);
    cr_expect_not(report.handle[0].known);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_trails, duplicates_resolve_to_one_object)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};
    struct xe_audit_report report;

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    create_at(audit, 2, 0x1010, 1, XE_AUDIT_EVENT_MANUAL);
    signal_at(audit, 3, 0x1010, 1);
    signal_at(audit, 4, 0x82001000, 1); /* by pointer: known by its object only */
    expect_attempts(audit, KEY, 2, 0);
    expect_attempts(audit, 0x1010, 2, 0);
    close_at(audit, 5, KEY);
    signal_at(audit, 6, 0x1010, 1);
    expect_attempts(audit, 0x1010, 3, 0);
    report = report_on(audit, &world, 0x1010);
    cr_expect_eq(report.handle[0].alias_count, 0, "a closed name is no alias");
    xe_audit_report_fini(&report);
    create_at(audit, 7, 0x1014, 1, XE_AUDIT_EVENT_MANUAL);
    report = report_on(audit, &world, 0x1010);
    cr_assert_eq(report.handle[0].alias_count, 1);
    cr_expect_eq(report.handle[0].aliases[0], 0x1014);
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_trails, told_twice_is_one_creation)
{
    struct xe_audit *audit = audit_on(16);

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    create_at(audit, 2, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    cr_assert_eq(stats_of(audit).records, 1);
    xe_audit_destroy(audit);
}

Test(audit_trails, missed_close_is_noticed_at_the_next_creation)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};
    struct xe_audit_report report;

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    xe_audit_enable(audit, false, 2);
    close_at(audit, 3, KEY);
    xe_audit_enable(audit, true, 4);
    signal_at(audit, 5, KEY, 9);
    create_at(audit, 6, KEY, 2, XE_AUDIT_EVENT_AUTO);
    report = report_on(audit, &world, KEY);
    cr_expect_eq(report.handle[0].generation, 3, "1, 9, 2");
    cr_expect_eq(report.handle[0].signal_attempts.total, 0, "object 9 is neither");
    xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_trails, switched_off_nothing_moves)
{
    struct xe_audit *audit = xe_audit_create(16, NULL);

    focus_on(audit, "0x1004");
    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_MANUAL);
    signal_at(audit, 2, KEY, 1);
    close_at(audit, 3, KEY);
    cr_assert_eq(stats_of(audit).records, 0);
    cr_assert_eq(stats_of(audit).trails, 0);
    cr_assert_eq(stats_of(audit).seq, 0);
    cr_assert_eq(stats_of(audit).dropped_unfocused, 0);
    xe_audit_destroy(audit);
}

/* A guest that opens and closes for ever must not eat the host. */
Test(audit_trails, churn_is_bounded)
{
    struct xe_audit *audit = audit_on(16);
    uint64_t cycle = 0;

    focus_on(audit, "0x1004");
    for (uint64_t i = 1; i <= 50000; i++) {
        uint32_t key = 0x1000 + 4 * (uint32_t)(i % 20000);

        create_at(audit, ++cycle, key, i, XE_AUDIT_EVENT_MANUAL);
        signal_at(audit, ++cycle, key, i);
        close_at(audit, ++cycle, key);
    }
    cr_assert_leq(stats_of(audit).trails, 4096 + 4);
    cr_assert_eq(stats_of(audit).records, 150000);
    expect_attempts(audit, KEY, 1, 0); /* focused: still there */
    xe_audit_destroy(audit);
}

Test(audit_trails, ring_size_is_checked)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_assert_null(xe_audit_create(15, &err));
    cr_assert_eq(err.code, XE_ERR_CONFIG_INVALID);
    cr_assert_null(xe_audit_create(65537, NULL));
}

/* ---- memory is out --------------------------------------------------------------------------- */

static long allocations_left = -1;

bool xe_test_alloc_fails(void);

bool xe_test_alloc_fails(void)
{
    if (allocations_left < 0)
        return false;
    return allocations_left == 0 || allocations_left-- == 0;
}

static void scenario(void)
{
    struct xe_audit *audit = xe_audit_create(16, NULL);
    struct xe_audit_world world;
    struct fake_world tables = {.parked = {{KEY, {.tid = 2, .wait_id = 1, .audited_path = true}}}};
    struct xe_audit_report report;
    uint32_t *keys, count;

    if (!audit)
        return;
    world = fake_world(&tables);
    xe_audit_enable(audit, true, 0);
    if (xe_audit_focus_parse("0x1004,0x1008,0x100c", &keys, &count, NULL)) {
        xe_audit_focus_set(audit, keys, count, NULL);
        xe_audit_keys_free(keys);
    }
    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    create_at(audit, 2, 0x1014, 1, XE_AUDIT_EVENT_AUTO);
    park_at(audit, 3, 2, KEY, 1, 1);
    signal_at(audit, 4, KEY, 1);
    signal_at(audit, 5, 0x1008, 0);
    close_at(audit, 6, KEY);
    create_at(audit, 7, KEY, 2, XE_AUDIT_EVENT_AUTO);
    if (xe_audit_report_make(audit, &world, NULL, 0, &report, NULL))
        xe_audit_report_fini(&report);
    xe_audit_destroy(audit);
}

Test(audit_trails, any_failing_allocation_is_survived)
{
    for (long n = 0; n < 60; n++) {
        allocations_left = n;
        scenario();
    }
    allocations_left = -1;
}
