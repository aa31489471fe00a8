/* Sub-reasons of what was signalled once (D4, D5), and what became of who did it. */
#include "audit/fixture.h"

/* ---- D4, D5 ---------------------------------------------------------------------------------- */

/* As waiting_audit, and a signal before the wait that a blind wait took. */
static struct xe_audit *signalled_audit(struct fake_world *world)
{
    struct xe_audit *audit = audit_on(16);

    *world = (struct fake_world){.parked = {{KEY, parked_waiter(2, 10, 1)}}};
    create_at(audit, 1, KEY, 1, XE_AUDIT_EVENT_AUTO);
    act_at(audit, 5, 3, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    park_at(audit, 10, 2, KEY, 1, 1);
    return audit;
}

Test(audit_diagnosis, consumed_unaudited)
{
    struct fake_world world;
    struct xe_audit *audit = signalled_audit(&world);

    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "CONSUMED_UNAUDITED", D4,
                     "signalled by NtSetEvent at cycle 5; nothing audited took it away");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, starved_has_its_own_text)
{
    struct fake_world world;
    struct xe_audit *audit = signalled_audit(&world);

    act_at(audit, 20, 3, KEY, 1, XE_AUDIT_OP_WAKE, XE_AUDIT_SATISFIED);
    expect_diagnosis(audit, &world, KEY, "STARVED", "CONSUMED_UNAUDITED", D5,
                     "signalled by NtSetEvent at cycle 5; nothing audited took it away");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, ended_waits_are_no_wakes)
{
    struct fake_world world;
    struct xe_audit *audit = signalled_audit(&world);

    act_at(audit, 20, 3, KEY, 1, XE_AUDIT_OP_WAKE, XE_AUDIT_TIMED_OUT);
    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "CONSUMED_UNAUDITED", D4,
                     "signalled by NtSetEvent at cycle 5; nothing audited took it away");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, wait_all_lists_what_is_missing)
{
    struct fake_world world;
    struct xe_audit *audit = signalled_audit(&world);
    struct xe_audit_parked *who = &world.parked[0].who;

    who->wait_all = true;
    who->unsignaled_count = 2;
    who->unsignaled[0] = OTHER;
    who->unsignaled[1] = 0x100C;
    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "WAIT_ALL_PARTIAL", D4,
                     "tid=2 waits for all; not signaled: 0x00001008 0x0000100c");
    xe_audit_destroy(audit);
}

/* A waiter for all could not use a signal that came while others were missing: nothing was lost. */
Test(audit_diagnosis, signal_that_wait_all_could_not_use)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);
    struct xe_audit_parked *who = &world.parked[0].who;

    act_at(audit, 20, 3, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    who->wait_all = true;
    who->unsignaled_count = 1;
    who->unsignaled[0] = OTHER;
    who->eligible = false;
    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "WAIT_ALL_PARTIAL", D4,
                     "tid=2 waits for all; not signaled: 0x00001008");
    /* The other one is there by now, but this one's token went to somebody else. */
    who->unsignaled_count = 0;
    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "CONSUMED_UNAUDITED", D4,
                     "signalled by NtSetEvent at cycle 20; nothing audited took it away");
    xe_audit_record(audit, &(struct xe_audit_act){.site = site_at(25, 6, "KeWaitForSingleObject"),
                                                  .key = KEY,
                                                  .object_id = 1,
                                                  .op = XE_AUDIT_OP_WAIT,
                                                  .effect = XE_AUDIT_IMMEDIATE,
                                                  .prev_state = 1});
    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "TOKEN_TAKEN_BY_OTHER", D4,
                     "signalled at cycle 20, taken by tid=6 in KeWaitForSingleObject at cycle 25 "
                     "(lr=0x824a9f6c)");
    act_at(audit, 30, 3, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_STATE);
    act_at(audit, 31, 4, KEY, 1, XE_AUDIT_OP_RESET, XE_AUDIT_STATE);
    expect_diagnosis(
        audit, &world, KEY, "NOT_DELIVERED", "RESET_BEFORE_WAIT", D4,
        "signalled at cycle 30, reset by NtClearEvent at cycle 31 (tid=4, lr=0x824a9f6c)");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, suspended_in_its_wait)
{
    struct fake_world world;
    struct xe_audit *audit = signalled_audit(&world);

    world.parked[0].who.suspended = true;
    world.parked[0].who.eligible = false;
    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "SUSPENDED",
                     "signals don't reach it: the waiter is suspended",
                     "tid=2 is suspended, and looks again when it is resumed");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, producer_that_stopped_is_followed)
{
    struct fake_world world;
    struct xe_audit *audit = signalled_audit(&world);
    struct xe_audit_act act = {.site = site_at(6, 3, "NtSetEvent"),
                               .key = KEY,
                               .object_id = 1,
                               .op = XE_AUDIT_OP_SIGNAL,
                               .effect = XE_AUDIT_WOKE,
                               .eligible_at = 1,
                               .woken = 1};

    act.site.cycle = 30;
    xe_audit_record(audit, &act);
    act_at(audit, 30, 3, KEY, 1, XE_AUDIT_OP_WAKE, XE_AUDIT_SATISFIED);
    park_at(audit, 40, 2, KEY, 1, 2);
    world.parked[0] = (struct fake_parked){KEY, parked_waiter(2, 40, 2)};
    world.parked[1] = (struct fake_parked){OTHER, parked_waiter(3, 41, 3)};
    expect_diagnosis(
        audit, &world, KEY, "STARVED", "PRODUCER_STOPPED", D5,
        "no signal after NtSetEvent at cycle 30 (lr=0x824a9f6c); producer tid=3 is itself "
        "parked on 0x00001008");
    xe_audit_destroy(audit);
}

/* tid 3 signalled at 5, and woke tid 2 at 30, which waits again since 40; it is 1000 now. */
static struct xe_audit *served_audit(struct fake_world *world, bool guest)
{
    struct xe_audit *audit = signalled_audit(world);
    struct xe_audit_act act = {.site = site_at(30, guest ? 3 : 0, guest ? "NtSetEvent" : "vblank"),
                               .key = KEY,
                               .object_id = 1,
                               .op = XE_AUDIT_OP_SIGNAL,
                               .effect = XE_AUDIT_WOKE,
                               .eligible_at = 1,
                               .woken = 1};

    act.site.guest = guest;
    act.site.lr = guest ? act.site.lr : 0;
    xe_audit_record(audit, &act);
    act_at(audit, 30, 3, KEY, 1, XE_AUDIT_OP_WAKE, XE_AUDIT_SATISFIED);
    park_at(audit, 40, 2, KEY, 1, 2);
    world->parked[0] = (struct fake_parked){KEY, parked_waiter(2, 40, 2)};
    world->cycle = 1000;
    return audit;
}

#define AGAIN(who) "not signalled again yet: " who " can still release it"
#define LAST       "; its last was NtSetEvent at cycle 30 (lr=0x824a9f6c)"

Test(audit_diagnosis, producer_that_goes_on_as_it_did)
{
    struct fake_world world;
    struct xe_audit *audit = served_audit(&world, true);

    world.cycle = 30 + 10 * 25; /* ten times its longest gap */
    expect_diagnosis(audit, &world, KEY, "STARVED", "PRODUCER_RUNNING", AGAIN("tid=3"),
                     "tid=3, running" LAST);
    world.cycle = 30 + 11 * 25;
    expect_diagnosis(audit, &world, KEY, "STARVED", "PRODUCER_STOPPED", D5,
                     "no signal after NtSetEvent at cycle 30 (lr=0x824a9f6c); tid=3, running");
    xe_audit_destroy(audit);
    audit = served_audit(&world, false);
    world.cycle = 40;
    expect_diagnosis(audit, &world, KEY, "STARVED", "PRODUCER_RUNNING", AGAIN("vblank"),
                     "vblank, host; its last was vblank at cycle 30 (lr=0x00000000)");
    xe_audit_destroy(audit);
}

/* Others are served in turn: nothing says that this one is not. */
Test(audit_diagnosis, token_of_one_who_goes_on)
{
    struct fake_world world;
    struct xe_audit *audit = served_audit(&world, true);
    struct xe_audit_act act = {.site = site_at(50, 3, "NtSetEvent"),
                               .key = KEY,
                               .object_id = 1,
                               .op = XE_AUDIT_OP_SIGNAL,
                               .effect = XE_AUDIT_WOKE,
                               .eligible_at = 2,
                               .woken = 1};

    xe_audit_record(audit, &act);
    world.cycle = 60;
    expect_diagnosis(audit, &world, KEY, "STARVED", "TOKEN_TAKEN_BY_OTHER",
                     "others were served since: tid=3 goes on and can still release it",
                     "each signal since woke another thread; last NtSetEvent at cycle 50 (tid=3, "
                     "lr=0x824a9f6c)");
    world.cycle = 50 + 11 * 25;
    expect_diagnosis(audit, &world, KEY, "STARVED", "TOKEN_TAKEN_BY_OTHER", D5,
                     "each signal since woke another thread; last NtSetEvent at cycle 50 (tid=3, "
                     "lr=0x824a9f6c)");
    xe_audit_destroy(audit);
}

/* It waits for who waits for it, but not for that one alone: no cycle. */
Test(audit_diagnosis, wait_any_closes_no_cycle)
{
    struct fake_world world;
    struct xe_audit *audit = served_audit(&world, true);

    create_at(audit, 2, OTHER, 2, XE_AUDIT_MUTANT);
    world.parked[0].who.others = 1;
    world.parked[0].who.other[0] = 0x100c;
    world.parked[0].who.wait_objects = 2;
    world.parked[1] = (struct fake_parked){OTHER, parked_waiter(3, 41, 3)};
    world.parked[1].who.owner_tid = 2;
    expect_diagnosis(
        audit, &world, KEY, "STARVED", "PRODUCER_STOPPED",
        "signals and wakes were seen; this wait has other objects, too",
        "no signal after NtSetEvent at cycle 30 (lr=0x824a9f6c); producer tid=3 is itself "
        "parked on 0x00001008, whose producer is tid=2, the waiter, which waits for 1 more, any "
        "of which would do");
    world.parked[0].who.others = 0;
    world.parked[0].who.wait_objects = 1;
    expect_diagnosis(
        audit, &world, KEY, "STARVED", "PRODUCER_STOPPED", D5,
        "no signal after NtSetEvent at cycle 30 (lr=0x824a9f6c); producer tid=3 is itself "
        "parked on 0x00001008, whose producer is tid=2, the waiter: cycle");
    xe_audit_destroy(audit);
}

static const struct {
    struct xe_producer now;
    const char *sub, *text, *detail;
} stands[] = {
    {{.standing = XE_STANDS_STARVED, .by_tid = 9},
     "PRODUCER_STARVED",
     AGAIN("tid=3, once it gets a turn,"),
     "tid=3, starved by tid=9" LAST},
    {{.standing = XE_STANDS_SUSPENDED, .by_tid = 9},
     "PRODUCER_SUSPENDED",
     AGAIN("tid=3, once it is resumed,"),
     "tid=3, suspended by tid=9" LAST},
    {{.standing = XE_STANDS_SUSPENDED, .by_tid = XE_TID_SYSTEM + 1},
     "PRODUCER_SUSPENDED",
     AGAIN("tid=3, once it is resumed,"),
     "tid=3, suspended by a DPC" LAST},
    {{.standing = XE_STANDS_SLEEPING, .until_cycle = 2000},
     "PRODUCER_SLEEPS",
     AGAIN("tid=3"),
     "tid=3, sleeping until cycle 2000" LAST},
    {{.standing = XE_STANDS_ENDED, .since_cycle = 50},
     "PRODUCER_ENDED",
     SHUT "every thread that ever signalled it has ended",
     "tid=3, ended at cycle 50 with code 0x0" LAST},
};

Test(audit_diagnosis, what_became_of_the_producer)
{
    for (size_t i = 0; i < sizeof(stands) / sizeof(stands[0]); i++) {
        struct fake_world world;
        struct xe_audit *audit = served_audit(&world, true);

        world.thread[0] = stands[i].now;
        world.thread[0].tid = 3;
        expect_diagnosis(audit, &world, KEY, "STARVED", stands[i].sub, stands[i].text,
                         stands[i].detail);
        xe_audit_destroy(audit);
    }
}

/* A reset by somebody else took what the next wait would have got; the waiter's own did not. */
Test(audit_diagnosis, reset_between_a_served_wait_and_the_next)
{
    struct fake_world world;

    for (uint32_t tid = 2; tid <= 4; tid += 2) {
        struct xe_audit *audit = served_audit(&world, true);

        act_at(audit, 31, tid, KEY, 1, XE_AUDIT_OP_RESET, XE_AUDIT_STATE);
        park_at(audit, 50, 2, KEY, 1, 3);
        world.parked[0] = (struct fake_parked){KEY, parked_waiter(2, 50, 3)};
        expect_diagnosis(
            audit, &world, KEY, "STARVED", tid == 2 ? "PRODUCER_STOPPED" : "RESET_BEFORE_WAIT", D5,
            tid == 2 ? "no signal after NtSetEvent at cycle 30 (lr=0x824a9f6c); tid=3, running"
                     : "signalled at cycle 30, reset by NtClearEvent at cycle 31 (tid=4, "
                       "lr=0x824a9f6c)");
        xe_audit_destroy(audit);
    }
}

Test(audit_diagnosis, owner_that_gets_no_turn)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.parked[0].who.owner_tid = 4;
    world.thread[0] = (struct xe_producer){
        .tid = 4, .standing = XE_STANDS_STARVED, .by_tid = 7, .until_cycle = XE_CYCLE_NONE};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "OWNER_STARVED",
                     OPEN("tid=4, once it gets a turn,"), "tid=4, starved by tid=7");
    world.parked[0].who.owner_tid = 0;
    world.object[0] = (struct fake_object){
        KEY,
        {.object_id = 1, .canonical_key = KEY, .kind.kind = XE_AUDIT_THREAD, .producer_tid = 4}};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "PRODUCER_STARVED",
                     OPEN("tid=4, once it gets a turn,"), "tid=4, starved by tid=7");
    world.thread[0].standing = XE_STANDS_SLEEPING;
    world.thread[0].by_tid = 0;
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "PRODUCER_SLEEPS",
                     SHUT "who could sleeps for ever", "tid=4, sleeping for ever");
    world.thread[0].alertable = true;
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "PRODUCER_SLEEPS",
                     OPEN("tid=4, once an APC ends its sleep,"), "tid=4, sleeping for ever");
    xe_audit_destroy(audit);
}

Test(audit_diagnosis, timer_that_a_dpc_cancelled)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.timer = (struct xe_producer){.kind = XE_PRODUCER_TIMER,
                                       .standing = XE_STANDS_CANCELLED,
                                       .tid = 1,
                                       .by_tid = XE_TID_SYSTEM,
                                       .last_src = "KeSetTimerEx",
                                       .last_cycle = 5,
                                       .since_cycle = 9};
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "TIMER_CANCELLED",
                     SHUT "the timer was cancelled",
                     "armed by KeSetTimerEx at cycle 5 (tid=1), cancelled by a DPC at cycle 9");
    xe_audit_destroy(audit);
}

/* A sentence that says more than there was is false, whatever the reason behind it. */
Test(audit_diagnosis, no_sentence_speaks_of_signals_that_failed)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    act_at(audit, 20, 3, KEY, 1, XE_AUDIT_OP_SIGNAL, XE_AUDIT_FAILED);
    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "ALL_FAILED",
                     "no signal landed: every attempt returned an error",
                     "all 1 attempts returned an error; last NtSetEvent (tid=3, lr=0x824a9f6c)");
    world.parked[0].who.wait_all = true;
    world.parked[0].who.unsignaled_count = 1;
    world.parked[0].who.unsignaled[0] = OTHER;
    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "WAIT_ALL_PARTIAL",
                     "no signal landed: every attempt returned an error",
                     "tid=2 waits for all; not signaled: 0x00001008");
    world.parked[0].who = parked_waiter(2, 10, 1);
    world.parked[0].who.owner_tid = 4;
    world.parked[1] = (struct fake_parked){OTHER, parked_waiter(4, 9, 2)};
    expect_diagnosis(audit, &world, KEY, "NOT_DELIVERED", "PRODUCER_BLOCKED",
                     "not signalled again: tid=4, which can release it, is parked itself",
                     "producer tid=4 is itself parked on 0x00001008");
    xe_audit_destroy(audit);
}

/* Nobody ever signalled it; that it is suspended comes first all the same. */
Test(audit_diagnosis, who_is_suspended_would_not_hear_a_signal)
{
    struct fake_world world;
    struct xe_audit *audit = waiting_audit(&world);

    world.parked[0].who.suspended = true;
    expect_diagnosis(audit, &world, KEY, "NO_PRODUCER", "SUSPENDED",
                     "signals don't reach it: the waiter is suspended",
                     "tid=2 is suspended, and looks again when it is resumed");
    xe_audit_destroy(audit);
}

/* A promise to signal it again is open, though others signalled it before. */
Test(audit_diagnosis, promised_again_and_never_kept)
{
    struct fake_world world;
    struct xe_audit *audit = served_audit(&world, true);

    world.object[0] = (struct fake_object){KEY, {.object_id = 1, .canonical_key = KEY}};
    world.promised = 1;
    expect_diagnosis(audit, &world, KEY, "STARVED", "OBLIGATION_UNMET", D5,
                     "armed as overlapped by XamContentCreateEx at cycle 7 (tid=2, lr=0x824a9f6c), "
                     "never completed");
    xe_audit_destroy(audit);
}

/* Who signalled it waits now: for good, or for somebody who goes on. */
Test(audit_diagnosis, producer_that_waits_itself)
{
    struct xe_audit_fate stuck = {.certain = true, .cycle = {2, 3}, .cycles = 2, .cycle_total = 9};
    struct fake_world world;
    struct xe_audit *audit = served_audit(&world, true);

    world.cycle = 60;
    world.parked[1] = (struct fake_parked){OTHER, parked_waiter(3, 41, 3)};
    world.fate[0] = (struct fake_fate){3, {.goes_on = true}};
    expect_diagnosis(audit, &world, KEY, "STARVED", "PRODUCER_WAITS",
                     AGAIN("tid=3, once it is released itself,"),
                     "producer tid=3 is itself parked on 0x00001008");
    world.fate[0].fate = stuck;
    world.fate[1] = (struct fake_fate){2, stuck};
    expect_diagnosis(audit, &world, KEY, "STARVED", "DEADLOCK",
                     SHUT "9 threads wait for each other",
                     "producer tid=3 is itself parked on 0x00001008");
    xe_audit_destroy(audit);
}
