/* Sub-reasons that short histories of one event cannot show, and the exact texts. */
#include "audit/fixture.h"

/* ---- D1 -------------------------------------------------------------------------------------- */

Test(audit_diagnosis, no_waiter)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {0};

    expect_diagnosis(audit, &world, KEY, "NO_WAITER", "NEVER_TOUCHED", D1,
                     "no record of this handle");
    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    expect_diagnosis(audit, &world, KEY, "NO_WAITER", "IDLE", D1,
                     "no record of a wait or a signal");
    act_at(audit, 2, 2, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    expect_diagnosis(audit, &world, KEY, "NO_WAITER", "SIGNALED_NOBODY_WAITED", D1,
                     "1 signal attempts, no recorded wait");
    act_at(audit, 3, 2, KEY, 1, XE_AUDIT_OP_WAIT, XE_AUDIT_IMMEDIATE);
    expect_diagnosis(audit, &world, KEY, "NO_WAITER", "WAITS_SATISFIED", D1,
                     "all of 1 recorded waits have ended");
    xe_audit_destroy(audit);
}

/* ---- D2 -------------------------------------------------------------------------------------- */

static const struct {
    enum xe_audit_park park;
    const char *sub;
} parks[] = {
    {XE_AUDIT_PARK_CRITICAL_SECTION, "CRITICAL_SECTION"},
    {XE_AUDIT_PARK_SPINLOCK, "SPINLOCK"},
    {XE_AUDIT_PARK_RWLOCK, "RWLOCK"},
    {XE_AUDIT_PARK_DPC, "DPC"},
    {XE_AUDIT_PARK_QUEUE, "QUEUE"},
};

Test(audit_diagnosis, blind_locks_name_their_owner)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {.parked = {{KEY, parked_waiter(2, 10, 1)}}};

    world.parked[0].who.audited_path = false;
    world.parked[0].who.owner_tid = 5;
    for (size_t i = 0; i < sizeof(parks) / sizeof(parks[0]); i++) {
        world.parked[0].who.park = parks[i].park;
        expect_diagnosis(audit, &world, KEY, "AUDIT_BLIND", parks[i].sub, D2,
                         "owned by tid=5, running");
    }
    world.parked[1] = (struct fake_parked){OTHER, parked_waiter(5, 11, 2)};
    expect_diagnosis(audit, &world, KEY, "AUDIT_BLIND", "QUEUE", D2,
                     "owned by tid=5, waiting on 0x00001008");
    world.parked[0].who.owner_tid = 0;
    world.parked[0].who.park = XE_AUDIT_PARK_CRITICAL_SECTION;
    expect_diagnosis(
        audit, &world, KEY, "AUDIT_BLIND", "CRITICAL_SECTION", D2,
        "tid=2 is parked by NtWaitForSingleObjectEx; nobody holds it, as far as its memory says");
    world.parked[0].who.park = XE_AUDIT_PARK_RWLOCK;
    expect_diagnosis(audit, &world, KEY, "AUDIT_BLIND", "RWLOCK", D2,
                     "tid=2 is parked by NtWaitForSingleObjectEx; who holds it is not known");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, wait_older_than_the_audit)
{
    struct xe_audit *audit = xe_audit_create(16, NULL);
    struct fake_world world = {.parked = {{KEY, parked_waiter(2, 10, 1)}}};

    expect_diagnosis(audit, &world, KEY, "AUDIT_BLIND", "PRE_AUDIT", D2,
                     "tid=2 waits since cycle 10, before this handle was audited");
    xe_audit_enable(audit, true, 100);
    expect_diagnosis(audit, &world, KEY, "AUDIT_BLIND", "PRE_AUDIT", D2,
                     "tid=2 waits since cycle 10, before this handle was audited");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, wait_older_than_the_focus)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {.parked = {{KEY, parked_waiter(2, 10, 1)}}};

    park_at(audit, 10, 2, KEY, 0, 1); /* nobody listens: no trail, no focus */
    act_at(audit, 50, 3, OTHER, 0, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    focus_on(audit, "0x1004");
    expect_diagnosis(audit, &world, KEY, "AUDIT_BLIND", "PRE_AUDIT", D2,
                     "tid=2 waits since cycle 10, before this handle was audited");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, wait_through_an_unknown_path)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {.parked = {{KEY, parked_waiter(2, 10, 1)}}};

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    expect_diagnosis(audit, &world, KEY, "AUDIT_BLIND", "UNKNOWN_PATH", D2,
                     "tid=2 parked by NtWaitForSingleObjectEx without a record");
    act_at(audit, 20, 3, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    expect_diagnosis(audit, &world, KEY, "AUDIT_BLIND", "UNKNOWN_PATH", D2,
                     "tid=2 parked by NtWaitForSingleObjectEx without a record; with_signals=1");
    xe_audit_destroy(audit);
}

/* ---- D3 -------------------------------------------------------------------------------------- */

Test(audit_diagnosis, wait_that_apcs_end)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.parked[0].who.alertable = true;
    world.fate[0] = (struct fake_fate){2, {.goes_on = true}};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "ALERTABLE",
                     "not signalled yet: an APC can still end the wait",
                     "nobody is known who signals it; tid=2 can be alerted");
    world.fate[0].fate.goes_on = false;
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "NO_CANDIDATE", D3,
                     "no past signaller, owner or open obligation is known");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, no_candidate)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "NO_CANDIDATE", D3,
                     "no past signaller, owner or open obligation is known");
    xe_audit_destroy(audit);
}

/* By identity: the key may have been another object's when the promise was made. */
/* Whatever a wait lacked, a title that is over hangs on nothing. */
Test(audit_diagnosis, wait_of_a_title_that_has_ended)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.over = true;
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "NO_CANDIDATE",
                     "the title has ended, and this wait with it",
                     "no past signaller, owner or open obligation is known");
    expect_diagnosis(audit, &world, OTHER, "NO_WAITER", "NEVER_TOUCHED", D1,
                     "no record of this handle");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, obligation_unmet)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.object[0] = (struct fake_object){KEY, {.object_id = 1, .canonical_key = KEY}};
    world.promised = 1;
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "OBLIGATION_UNMET", D3,
                     "armed as overlapped by XamContentCreateEx at cycle 7 (tid=2, lr=0x824a9f6c), "
                     "never completed");
    world.promised = 2;
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "NO_CANDIDATE", D3,
                     "no past signaller, owner or open obligation is known");
    xe_audit_destroy(audit);
}

#define BACK                                                                                       \
    "producer tid=4 is itself parked on 0x00001008, whose producer is tid=2, the waiter: cycle"

/* That a chain comes back says nothing of other ways out: who sees all of it is asked. */
Test(audit_diagnosis, cycle_is_a_deadlock_for_who_sees_all)
{
    struct xe_audit_fate stuck = {.certain = true, .cycle = {2, 4}, .cycles = 2, .cycle_total = 2};
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.parked[0].who.owner_tid = 4;
    world.parked[1] = (struct fake_parked){OTHER, parked_waiter(4, 9, 2)};
    world.parked[1].who.owner_tid = 2;
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "PRODUCER_BLOCKED", D3, "upstream: " BACK);
    world.fate[0] = (struct fake_fate){2, stuck};
    world.fate[1] = (struct fake_fate){4, stuck};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "DEADLOCK",
                     SHUT "2 threads wait for each other", BACK);
    world.fate[0].fate = (struct xe_audit_fate){.goes_on = true};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "PRODUCER_BLOCKED", D3, "upstream: " BACK);
    world.fate[1].fate = (struct xe_audit_fate){.goes_on = true};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "PRODUCER_WAITS",
                     OPEN("tid=4, once it is released itself,"), BACK);
    xe_audit_destroy(audit);
}

/* Who runs can be as stuck as who waits. */
Test(audit_diagnosis, who_runs_in_a_circle_can_release_nothing)
{
    struct xe_audit_fate stuck = {.certain = true};
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.object[0] = (struct fake_object){
        KEY,
        {.object_id = 1, .canonical_key = KEY, .kind.kind = XE_AUDIT_THREAD, .producer_tid = 8}};
    world.fate[0] = (struct fake_fate){2, stuck};
    world.fate[1] = (struct fake_fate){8, stuck};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "PRODUCER_BLOCKED", D3,
                     "upstream: tid=8 runs in a circle for ever");
    stuck = (struct xe_audit_fate){.certain = true, .cycle = {8, 9}, .cycles = 2, .cycle_total = 2};
    world.fate[0].fate = world.fate[1].fate = stuck;
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "DEADLOCK",
                     SHUT "2 threads wait for each other", "tid=8 runs in a circle for ever");
    world.fate[1].fate = (struct xe_audit_fate){.goes_on = true};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "JOIN_RUNNING", OPEN("tid=8"),
                     "tid=8, running");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, parked_owner_is_followed)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.parked[0].who.owner_tid = 4;
    world.parked[1] = (struct fake_parked){OTHER, parked_waiter(4, 9, 2)};
    world.parked[1].who.owner_tid = 6;
    expect_diagnosis(
        audit, &world, KEY, "NO_PRODUCER", "PRODUCER_BLOCKED", D3,
        "upstream: producer tid=4 is itself parked on 0x00001008, whose producer is tid=6, running");
    world.parked[2] = (struct fake_parked){0x100C, parked_waiter(6, 8, 3)};
    world.parked[2].who.owner_tid = 4;
    expect_diagnosis(
        audit, &world, KEY, "NO_PRODUCER", "PRODUCER_BLOCKED", D3,
        "upstream: producer tid=4 is itself parked on 0x00001008, whose producer is tid=6, parked on "
        "0x0000100c, whose producer is tid=4: cycle");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, signaller_of_an_older_generation_is_no_candidate)
{
    struct xe_audit *audit = audit_on(16);
    struct fake_world world = {
        .parked = {{KEY, parked_waiter(2, 10, 1)}, {OTHER, parked_waiter(7, 9, 2)}}};

    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    act_at(audit, 2, 7, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    close_at(audit, 3, KEY);
    create_at(audit, 4, KEY, 2, XE_AUDIT_EVENT_AUTO);
    park_at(audit, 10, 2, KEY, 2, 1);
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "NO_CANDIDATE", D3,
                     "no past signaller, owner or open obligation is known");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, thread_object_is_signalled_by_its_thread)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.object[0] = (struct fake_object){
        KEY,
        {.object_id = 1, .canonical_key = KEY, .kind.kind = XE_AUDIT_THREAD, .producer_tid = 8}};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "JOIN_RUNNING", OPEN("tid=8"),
                     "tid=8, running");
    world.parked[1] = (struct fake_parked){OTHER, parked_waiter(8, 5, 2)};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "PRODUCER_BLOCKED", D3,
                     "upstream: producer tid=8 is itself parked on 0x00001008");
    xe_audit_destroy(audit);
}
