/* The diagnosis: five branches by three counts, then the first sub-reason whose test holds.
 *
 * W = threads parked now, w, S, K = lifetime waits, signal attempts and wakes, ghosts included. The
 * tests lean on facts kept at each record, never on rings, so forgetting records changes nothing.
 * "Good" signals are successful primary ones. doc/audit.md has the table that is written here. */
#include <stdio.h>

#include "audit/diagnose.h"
#include "base/line.h"

static const struct {
    const char *code, *text;
} branches[] = {
    [XE_AUDIT_D1_NO_WAITER] = {"NO_WAITER", "no waiter: handle is not blocking anything"},
    [XE_AUDIT_D2_AUDIT_BLIND] = {"AUDIT_BLIND", "waiter parked via non-audited path"},
    [XE_AUDIT_D3_NO_PRODUCER] =
        {"NO_PRODUCER", "producer is a missing kernel signal source (or BST-paradox upstream)"},
    [XE_AUDIT_D4_NOT_DELIVERED] = {"NOT_DELIVERED", "signal landed but no waiter was ever woken"},
    [XE_AUDIT_D5_STARVED] = {"STARVED", "signals and wakes were seen; this waiter is not served"},
};

static void cite_wait(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    if (it->wait)
        xe__audit_cite(ret, it->wait->seq);
}

/* ---- D1: nobody is parked -------------------------------------------------------------------- */

/* Polls and timeouts got nothing: whoever waited so may still want it. */
static void waits_over(const struct xe_audit_handle_report *h, struct xe_audit_diagnosis *ret)
{
    unsigned long long waits = h->waits, polls = h->polls, timeouts = h->timeouts;

    if (polls + timeouts == 0)
        xe__audit_say(ret, "WAITS_SATISFIED", "all of %llu recorded waits have ended", waits);
    else if (polls + timeouts < waits)
        xe__audit_say(ret, "WAITS_SATISFIED",
                      "all of %llu recorded waits have ended: %llu by time, %llu polls", waits,
                      timeouts, polls);
    else {
        xe__audit_say(ret, "WAITS_TIMED_OUT",
                      "none of %llu recorded waits got it: %llu ended by time, %llu polls", waits,
                      timeouts, polls);
        xe__audit_conclude(ret, "no waiter now: every recorded wait on it ended without it");
    }
}

/* What is not known to be complete is told with the cycle since when it is. */
static void say_since(const struct xe__case *it, struct xe_audit_diagnosis *ret, const char *sub,
                      const char *what)
{
    const struct xe_audit_handle_report *h = it->report;

    if (h->complete)
        xe__audit_say(ret, sub, "%s", what);
    else if (it->audit->enabled)
        xe__audit_say(ret, sub, "%s since cycle %llu; before, not all was recorded", what,
                      (unsigned long long)h->since_cycle);
    else
        xe__audit_say(ret, sub, "%s until cycle %llu; since then, nothing is recorded", what,
                      (unsigned long long)it->audit->disabled_cycle);
}

static void no_waiter(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_handle_report *h = it->report;
    char text[64];

    if (h->timeline_total == 0) {
        say_since(it, ret, "NEVER_TOUCHED", "no record of this handle");
    } else if (h->waits > 0) {
        waits_over(h, ret);
    } else if (h->signal_attempts.total > 0) {
        snprintf(text, sizeof(text), "%llu signal attempts, no recorded wait",
                 (unsigned long long)h->signal_attempts.total);
        say_since(it, ret, "SIGNALED_NOBODY_WAITED", text);
    } else {
        say_since(it, ret, "IDLE", "no record of a wait or a signal");
    }
}

/* ---- D2: parked, but the audit never saw a wait ---------------------------------------------- */

static const char *const park_subs[] = {
    [XE_AUDIT_PARK_CRITICAL_SECTION] = "CRITICAL_SECTION",
    [XE_AUDIT_PARK_SPINLOCK] = "SPINLOCK",
    [XE_AUDIT_PARK_RWLOCK] = "RWLOCK",
    [XE_AUDIT_PARK_DPC] = "DPC",
    [XE_AUDIT_PARK_QUEUE] = "QUEUE",
};

/* The wait began while nobody listened: audit off, or the key not yet in the focus. */
static bool began_before_audit(const struct xe__case *it)
{
    const struct xe_audit *audit = it->audit;
    const struct xe__focus *focus =
        xe__audit_focus_find(audit, xe__audit_canonical(it->report->given_key));
    uint64_t since = it->waiter->since_cycle;

    if (!it->waiter->audited_path)
        return false;
    if (!audit->enabled && since >= audit->disabled_cycle)
        return true;
    if (audit->enabled_cycle && since <= audit->enabled_cycle)
        return true;
    return !it->story->trail && (!focus || (focus->since_cycle && since <= focus->since_cycle));
}

/* A critical section has its owner in memory, so none there is none. */
static bool names_nobody(const struct xe__case *it)
{
    return it->waiter->park == XE_AUDIT_PARK_CRITICAL_SECTION && it->producers->known &&
           !it->producers->about.signaled && !it->producers->count;
}

/* Such a lock is explained by its owner, where its memory names one. */
static void blind_lock(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_parked *who = it->waiter;
    const char *sub = (unsigned)who->park <= XE_AUDIT_PARK_QUEUE ? park_subs[who->park] : "DPC";
    const struct xe_producer *owner = it->producers->count ? &it->producers->who[0] : NULL;
    char text[160];

    if (!owner || owner->kind != XE_PRODUCER_OWNER) {
        xe__audit_say(ret, sub, "tid=%u %s %s; %s", who->tid,
                      who->park == XE_AUDIT_PARK_SPINLOCK ? "spins in" : "is parked by",
                      who->src ? who->src : "?",
                      names_nobody(it) ? "nobody holds it, as far as its memory says"
                                       : "who holds it is not known");
        return;
    }
    xe__audit_note_producer(ret, owner);
    xe__audit_producer_say(owner, text, sizeof(text));
    xe__audit_say(ret, sub, "owned by %s", text);
}

static void audit_blind(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_parked *who = it->waiter;
    unsigned long long attempts = it->report->signal_attempts.total;

    if (who->park != XE_AUDIT_PARK_WAIT)
        blind_lock(it, ret);
    else if (began_before_audit(it))
        xe__audit_say(ret, "PRE_AUDIT",
                      "tid=%u waits since cycle %llu, before this handle was audited", who->tid,
                      (unsigned long long)who->since_cycle);
    else if (attempts)
        xe__audit_say(ret, "UNKNOWN_PATH",
                      "tid=%u parked by %s without a record; with_signals=%llu", who->tid,
                      who->src ? who->src : "?", attempts);
    else
        xe__audit_say(ret, "UNKNOWN_PATH", "tid=%u parked by %s without a record", who->tid,
                      who->src ? who->src : "?");
}

/* ---- any wait ---------------------------------------------------------------------------------
 */

static bool held_back(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    if (!it->waiter->suspended)
        return false;
    xe__audit_conclude(ret, "signals don't reach it: the waiter is suspended");
    return xe__audit_say(ret, "SUSPENDED",
                         "tid=%u is suspended, and looks again when it is resumed",
                         it->waiter->tid);
}

/* ---- D3: nobody ever signalled --------------------------------------------------------------- */

static bool obligation_unmet(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_world *world = it->world;
    struct xe_audit_promise open;

    return it->object && world->promise &&
           world->promise(world->ctx, it->object->object_id, &open) &&
           xe__audit_say(ret, "OBLIGATION_UNMET",
                         "armed as %s by %s at cycle %llu (%s, lr=0x%08x), never completed",
                         open.what, open.src ? open.src : "?", (unsigned long long)open.cycle,
                         xe__audit_thread_text(open.tid).text, open.lr);
}

/* What is not known can't be missing. */
static bool records_incomplete(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_handle_report *h = it->report;
    const struct xe__mark *last = &xe__audit_facts_of(it)->last_good;

    if (h->complete || (it->audit->enabled && last->seq && last->cycle >= h->since_cycle))
        return false;
    if (it->audit->enabled)
        xe__audit_conclude(ret, "not known: its records from before cycle %llu are not complete",
                           (unsigned long long)h->since_cycle);
    else
        xe__audit_conclude(ret, "not known: nothing is recorded since cycle %llu",
                           (unsigned long long)it->audit->disabled_cycle);
    return xe__audit_say(ret, "RECORDS_INCOMPLETE", "a signal may have come and gone unheard");
}

/* Nobody is known to signal it, but who sees all threads knows of APCs that end such waits. */
static bool alerted(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    struct xe_audit_fate fate;

    if (!it->waiter->alertable || it->waiter->others ||
        !xe__audit_fate_of(it, it->waiter->tid, &fate) || !fate.goes_on)
        return false;
    xe__audit_conclude(ret, "not signalled yet: an APC can still end the wait");
    return xe__audit_say(ret, "ALERTABLE", "nobody is known who signals it; tid=%u can be alerted",
                         it->waiter->tid);
}

/* "; the start routine of tid=3, suspended, leads there" */
static void add_way(struct xe_line *line, const struct xe_audit_unreached *call)
{
    char text[160];

    if (call->more)
        xe_line_add(line, ", nor did %u other such calls", call->more);
    if (!call->thread.tid)
        return;
    xe__audit_producer_say(&call->thread, text, sizeof(text));
    xe_line_add(line, "; the start routine of %s, leads there", text);
}

/* Nobody ever signalled it, but code of the title that never ran would have. */
static bool not_reached(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_code *code = it->world->code;
    struct xe_audit_unreached call;
    struct xe_line line = {ret->detail, sizeof(ret->detail), 0};

    if (!code || !it->object || it->object->replaced ||
        !code->unreached(code->ctx, it->object->object_id, &call))
        return false;
    ret->sub = "PRODUCER_NOT_REACHED";
    ret->call_at = call.at;
    if (call.thread.tid)
        xe__audit_note_producer(ret, &call.thread);
    if (!call.exact)
        xe_line_add(&line, "the only call that could be for it, %s at 0x%08x, never ran", call.src,
                    call.at);
    else if (call.variable)
        xe_line_add(&line, "%s at 0x%08x, which takes it from 0x%08x, never ran", call.src, call.at,
                    call.variable);
    else
        xe_line_add(&line, "%s at 0x%08x, which names it, never ran", call.src, call.at);
    add_way(&line, &call);
    return true;
}

static bool no_candidate(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    (void)it;
    return xe__audit_say(ret, "NO_CANDIDATE",
                         "no past signaller, owner or open obligation is known");
}

typedef bool row(const struct xe__case *it, struct xe_audit_diagnosis *ret);

static void first_row(row *const *rows, const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    while (!(*rows)(it, ret))
        rows++;
    cite_wait(it, ret);
}

/* In the order of the table; the last one always holds. */
static void no_producer(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    static row *const rows[] = {xe__audit_row_stored,
                                xe__audit_row_replaced,
                                held_back,
                                xe__audit_row_timed,
                                xe__audit_row_nature,
                                xe__audit_row_queue,
                                xe__audit_row_promise,
                                xe__audit_row_other_object,
                                xe__audit_row_closed,
                                obligation_unmet,
                                records_incomplete,
                                alerted,
                                not_reached,
                                no_candidate};

    first_row(rows, it, ret);
}

/* ---- D4, D5: signals were seen --------------------------------------------------------------- */

/* Did it happen after the explained wait began? A wait without a record has only its cycle. */
bool xe__audit_after_wait(const struct xe__case *it, const struct xe__mark *mark)
{
    if (!mark->seq)
        return false;
    return it->wait ? mark->seq > it->wait->seq : mark->cycle > it->waiter->since_cycle;
}

/* Facts of the primary trail; all zero when there is none. */
const struct xe__facts *xe__audit_facts_of(const struct xe__case *it)
{
    static const struct xe__facts none;

    return it->story->trail ? &it->story->body[0]->facts : &none;
}

/* By the rules of the object, and of all others of the wait, the waiter should run. */
static bool signaled_now(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_parked *who = it->waiter;

    if (!it->object || !it->object->signaled || it->object->stored || it->object->replaced ||
        !who->eligible || who->refused || who->suspended || who->stored_key || who->replaced_key)
        return false;
    xe__audit_cite(ret, xe__audit_facts_of(it)->last_good.seq);
    return xe__audit_say(ret, "SIGNALED_NOW",
                         "the object is signaled while eligible tid=%u is parked: emulator fault",
                         who->tid);
}

static bool lost_wake(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    for (uint32_t i = 0; i < it->story->bodies; i++) {
        const struct xe__mark *lost = &it->story->body[i]->facts.last_lost;

        if (!xe__audit_after_wait(it, lost))
            continue;
        xe__audit_cite(ret, lost->seq);
        return xe__audit_say(
            ret, "LOST_WAKE",
            "%s at cycle %llu (%s, lr=0x%08x) found %u eligible waiters and woke none: "
            "emulator fault",
            lost->src, (unsigned long long)lost->cycle, xe__audit_thread_text(lost->tid).text,
            lost->lr, lost->eligible_at);
    }
    return false;
}

static bool wait_all_partial(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_parked *who = it->waiter;
    char list[128] = "";
    size_t used = 0;

    if (!who->wait_all || !who->unsignaled_count)
        return false;
    for (uint32_t i = 0; i < who->unsignaled_count && i < 8; i++) {
        ret->unsignaled[ret->unsignaled_count++] = who->unsignaled[i];
        used += (size_t)snprintf(list + used, sizeof(list) - used, " 0x%08x", who->unsignaled[i]);
    }
    return xe__audit_say(ret, "WAIT_ALL_PARTIAL", "tid=%u waits for all; not signaled:%s%s",
                         who->tid, list, who->unsignaled_count > 8 ? " ..." : "");
}

/* No primary signal landed, but ghosts did (or nothing but ghosts was tried). */
static bool ghost_only(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__story *story = it->story;
    struct xe__mark good = {0}, failed = {0}, *last = &good;

    for (uint32_t i = story->ghost_from; i < story->bodies; i++) {
        const struct xe__facts *facts = &story->body[i]->facts;

        if (facts->last_good.seq > good.seq)
            good = facts->last_good;
        if (facts->last_failed.seq > failed.seq)
            failed = facts->last_failed;
    }
    if (xe__audit_facts_of(it)->last_good.seq || (story->primary && !good.seq))
        return false;
    if (!good.seq)
        last = &failed;
    xe__audit_cite(ret, last->seq);
    xe__audit_conclude(ret, "no signal reached it: what was signalled had another name, or none");
    return xe__audit_say(
        ret, "GHOST_ONLY",
        "no signal under this handle succeeded; %llu under an alias, stale or not yet "
        "created handle; last %s at cycle %llu (%s, lr=0x%08x)",
        (unsigned long long)story->ghost, last->src ? last->src : "?",
        (unsigned long long)last->cycle, xe__audit_thread_text(last->tid).text, last->lr);
}

static bool all_failed(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__mark *last = &xe__audit_facts_of(it)->last_failed;

    if (it->story->total.failed != it->story->total.signals)
        return false;
    xe__audit_cite(ret, last->seq);
    xe__audit_conclude(ret, "no signal landed: every attempt returned an error");
    return xe__audit_say(ret, "ALL_FAILED",
                         "all %llu attempts returned an error; last %s (%s, lr=0x%08x)",
                         (unsigned long long)it->story->total.failed, last->src ? last->src : "?",
                         xe__audit_thread_text(last->tid).text, last->lr);
}

static bool taken_by_other(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__facts *facts = xe__audit_facts_of(it);
    const struct xe_producer *who = xe__audit_steady_producer(it);
    char name[64];

    if (!xe__audit_after_wait(it, &facts->last_good) ||
        xe__audit_after_wait(it, &facts->last_unserved))
        return false;
    xe__audit_cite(ret, facts->last_good.seq);
    if (who) {
        xe__audit_note_producer(ret, who);
        xe__audit_producer_name(who, name, sizeof(name));
        xe__audit_conclude(ret, "others were served since: %s goes on and can still release it",
                           name);
    }
    return xe__audit_say(
        ret, "TOKEN_TAKEN_BY_OTHER",
        "each signal since woke another thread; last %s at cycle %llu (%s, lr=0x%08x)",
        facts->last_good.src, (unsigned long long)facts->last_good.cycle,
        xe__audit_thread_text(facts->last_good.tid).text, facts->last_good.lr);
}

static bool pulse_missed(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__mark *last = &xe__audit_facts_of(it)->last_good;

    if (last->op != XE_AUDIT_OP_PULSE || last->woken)
        return false;
    xe__audit_cite(ret, last->seq);
    return xe__audit_say(ret, "PULSE_MISSED",
                         "last signal was a pulse by %s at cycle %llu that met no waiter",
                         last->src, (unsigned long long)last->cycle);
}

/* Did this take the signal away from the explained wait? Before the wait began; or at any time when
 * it needs other objects too and so could not use the signal when it came. */
static bool took_signal(const struct xe__case *it, const struct xe__mark *mark)
{
    return mark->seq && (it->waiter->wait_all || !xe__audit_after_wait(it, mark));
}

static bool reset_before_wait(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__facts *facts = xe__audit_facts_of(it);

    if (!took_signal(it, &facts->reset))
        return false;
    xe__audit_cite(ret, facts->last_good.seq);
    xe__audit_cite(ret, facts->reset.seq);
    return xe__audit_say(ret, "RESET_BEFORE_WAIT",
                         "signalled at cycle %llu, reset by %s at cycle %llu (%s, lr=0x%08x)",
                         (unsigned long long)facts->last_good.cycle, facts->reset.src,
                         (unsigned long long)facts->reset.cycle,
                         xe__audit_thread_text(facts->reset.tid).text, facts->reset.lr);
}

/* By somebody else than the waiter, who may have been woken by it and then reset it for the next.
 */
static bool reset_by_other(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    return xe__audit_facts_of(it)->reset.tid != it->waiter->tid && reset_before_wait(it, ret);
}

static bool consumed_earlier(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__facts *facts = xe__audit_facts_of(it);

    if (!took_signal(it, &facts->consumed))
        return false;
    xe__audit_cite(ret, facts->last_good.seq);
    xe__audit_cite(ret, facts->consumed.seq);
    return xe__audit_say(
        ret,
        xe__audit_after_wait(it, &facts->consumed) ? "TOKEN_TAKEN_BY_OTHER" : "CONSUMED_EARLIER",
        "signalled at cycle %llu, taken by %s in %s at cycle %llu (lr=0x%08x)",
        (unsigned long long)facts->last_good.cycle, xe__audit_thread_text(facts->consumed.tid).text,
        facts->consumed.src, (unsigned long long)facts->consumed.cycle, facts->consumed.lr);
}

static bool consumed_unaudited(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__mark *last = &xe__audit_facts_of(it)->last_good;

    xe__audit_cite(ret, last->seq);
    return xe__audit_say(ret, "CONSUMED_UNAUDITED",
                         "signalled by %s at cycle %llu; nothing audited took it away",
                         last->src ? last->src : "?", (unsigned long long)last->cycle);
}

/* In the order of the table; the last one always holds. */
static void not_served(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    static row *const rows[] = {
        signaled_now,
        lost_wake,
        xe__audit_row_stored,
        xe__audit_row_replaced,
        xe__audit_row_queue,
        held_back,
        xe__audit_row_timed,
        wait_all_partial,
        xe__audit_row_nature,
        xe__audit_row_closed,
        xe__audit_row_promise,
        obligation_unmet,
        records_incomplete,
        ghost_only,
        all_failed,
        taken_by_other,
        xe__audit_row_steady,
        reset_by_other,
        xe__audit_row_signallers,
        pulse_missed,
        reset_before_wait,
        consumed_earlier,
        consumed_unaudited,
    };

    first_row(rows, it, ret);
}

/* ---- the branch ------------------------------------------------------------------------------ */

static enum xe_audit_branch choose(const struct xe_audit_handle_report *h)
{
    if (h->waiters == 0)
        return XE_AUDIT_D1_NO_WAITER;
    if (h->waits == 0)
        return XE_AUDIT_D2_AUDIT_BLIND;
    if (h->signal_attempts.total == 0)
        return XE_AUDIT_D3_NO_PRODUCER;
    return h->wakes == 0 ? XE_AUDIT_D4_NOT_DELIVERED : XE_AUDIT_D5_STARVED;
}

/* The branch's, unless the records say otherwise: that no signal landed, or that one woke somebody
 * though no wake was recorded. */
static const char *sentence(const struct xe__case *it, enum xe_audit_branch branch)
{
    const struct xe__totals *total = &it->story->total;

    if (branch >= XE_AUDIT_D4_NOT_DELIVERED && total->failed == total->signals)
        return it->report->complete
                   ? "no signal landed: every attempt returned an error"
                   : "no recorded signal landed: every recorded attempt returned an error";
    if (branch == XE_AUDIT_D4_NOT_DELIVERED && total->woken)
        return "threads on paths without records got it; this waiter is not served";
    if (branch == XE_AUDIT_D4_NOT_DELIVERED && !it->report->complete)
        return "signal landed but no wake was recorded; records are not complete";
    if (branch == XE_AUDIT_D5_STARVED && !it->waiter->wait_all && it->waiter->others)
        return "signals and wakes were seen; this wait has other objects, too";
    return branches[branch].text;
}

void xe__audit_diagnose(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    static void (*const explain[])(const struct xe__case *, struct xe_audit_diagnosis *) = {
        [XE_AUDIT_D1_NO_WAITER] = no_waiter,     [XE_AUDIT_D2_AUDIT_BLIND] = audit_blind,
        [XE_AUDIT_D3_NO_PRODUCER] = no_producer, [XE_AUDIT_D4_NOT_DELIVERED] = not_served,
        [XE_AUDIT_D5_STARVED] = not_served,
    };
    enum xe_audit_branch branch = choose(it->report);

    *ret = (struct xe_audit_diagnosis){.branch = branch, .code = branches[branch].code};
    xe__audit_conclude(ret, "%s", sentence(it, branch));
    explain[branch](it, ret);
    if (it->report->waiters && it->world->over)
        xe__audit_conclude(ret, "the title has ended, and this wait with it");
}
