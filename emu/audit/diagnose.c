/* The diagnosis: five branches by three counts, then the first sub-reason whose test holds.
 *
 * W = threads parked now, w, S, K = lifetime waits, signal attempts and wakes, ghosts included. The
 * tests lean on facts kept at each record, never on rings, so forgetting records changes nothing.
 * "Good" signals are successful primary ones. AUDIT.md section 7 is the table written here. */
#include <stdarg.h>
#include <stdio.h>

#include "audit/audit_internal.h"

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

/* ---- saying ---------------------------------------------------------------------------------- */

static bool say(struct xe_audit_diagnosis *ret, const char *sub, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the sub-reason; always true. */
static bool say(struct xe_audit_diagnosis *ret, const char *sub, const char *format, ...)
{
    va_list args;

    ret->sub = sub;
    va_start(args, format);
    vsnprintf(ret->detail, sizeof(ret->detail), format, args);
    va_end(args);
    return true;
}

static void cite(struct xe_audit_diagnosis *ret, uint64_t seq)
{
    if (seq && ret->evidence_count < sizeof(ret->evidence) / sizeof(ret->evidence[0]))
        ret->evidence[ret->evidence_count++] = seq;
}

static void cite_wait(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    if (it->wait)
        cite(ret, it->wait->seq);
}

/* ---- D1: nobody is parked -------------------------------------------------------------------- */

/* Polls and timeouts got nothing: whoever waited so may still want it. */
static void waits_over(const struct xe_audit_handle_report *h, struct xe_audit_diagnosis *ret)
{
    unsigned long long waits = h->waits, polls = h->polls, timeouts = h->timeouts;

    if (polls + timeouts == 0)
        say(ret, "WAITS_SATISFIED", "all of %llu waits have ended", waits);
    else if (polls + timeouts < waits)
        say(ret, "WAITS_SATISFIED", "all of %llu waits have ended: %llu by time, %llu polls", waits,
            timeouts, polls);
    else {
        say(ret, "WAITS_TIMED_OUT", "none of %llu waits got it: %llu ended by time, %llu polls",
            waits, timeouts, polls);
        ret->text = "no waiter now: every wait on it ended without it";
    }
}

static void no_waiter(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_handle_report *h = it->report;

    if (h->timeline_total == 0)
        say(ret, "NEVER_TOUCHED", "no record of this handle");
    else if (h->waits > 0)
        waits_over(h, ret);
    else if (h->signal_attempts.total > 0)
        say(ret, "SIGNALED_NOBODY_WAITED", "%llu signal attempts, no wait",
            (unsigned long long)h->signal_attempts.total);
    else
        say(ret, "IDLE", "neither waited for nor signalled");
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
    const struct xe__focus *focus = xe__focus_find(audit, xe__canonical(it->report->given_key));
    uint64_t since = it->waiter->since_cycle;

    if (!it->waiter->audited_path)
        return false;
    if (!audit->enabled)
        return since >= audit->disabled_cycle;
    if (audit->enabled_cycle && since <= audit->enabled_cycle)
        return true;
    return !it->story->trail && (!focus || (focus->since_cycle && since <= focus->since_cycle));
}

static const char *how_it_stands(const struct xe__case *it, uint32_t tid)
{
    bool ended =
        it->world && it->world->thread_ended && it->world->thread_ended(it->world->ctx, tid);

    return ended ? "has ended" : "is not parked";
}

static void blind_lock(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_parked *who = it->waiter;
    uint32_t key;
    const char *sub = (unsigned)who->park <= XE_AUDIT_PARK_QUEUE ? park_subs[who->park] : "DPC";

    if (!who->owner_tid)
        say(ret, sub, "tid=%u is parked by %s; no owner", who->tid, who->src ? who->src : "?");
    else if (it->world->thread_parked &&
             it->world->thread_parked(it->world->ctx, who->owner_tid, &key))
        say(ret, sub, "owned by tid=%u, which is parked on 0x%08x", who->owner_tid, key);
    else
        say(ret, sub, "owned by tid=%u, which %s", who->owner_tid,
            how_it_stands(it, who->owner_tid));
}

static void audit_blind(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_parked *who = it->waiter;
    unsigned long long attempts = it->report->signal_attempts.total;

    if (who->park != XE_AUDIT_PARK_WAIT)
        blind_lock(it, ret);
    else if (began_before_audit(it))
        say(ret, "PRE_AUDIT", "tid=%u waits since cycle %llu, before this handle was audited",
            who->tid, (unsigned long long)who->since_cycle);
    else if (attempts)
        say(ret, "UNKNOWN_PATH", "tid=%u parked by %s without a record; with_signals=%llu",
            who->tid, who->src ? who->src : "?", attempts);
    else
        say(ret, "UNKNOWN_PATH", "tid=%u parked by %s without a record", who->tid,
            who->src ? who->src : "?");
}

/* ---- D3: nobody ever signalled --------------------------------------------------------------- */

static bool producer_blocked(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    char chain[400];

    return xe__chain_describe(it, chain, sizeof(chain)) &&
           say(ret, "PRODUCER_BLOCKED", "%s", chain);
}

static bool obligation_unmet(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_world *world = it->world;
    struct xe_audit_promise open;

    return it->object && world->promise &&
           world->promise(world->ctx, it->object->object_id, &open) &&
           say(ret, "OBLIGATION_UNMET",
               "armed as %s by %s at cycle %llu (tid=%u, lr=0x%08x), never completed", open.what,
               open.src ? open.src : "?", (unsigned long long)open.cycle, open.tid, open.lr);
}

static void no_producer(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    if (!producer_blocked(it, ret) && !obligation_unmet(it, ret))
        say(ret, "NO_CANDIDATE", "no past signaller, owner or open obligation is known");
    cite_wait(it, ret);
}

/* ---- D4, D5: signals were seen --------------------------------------------------------------- */

/* Did it happen after the explained wait began? A wait without a record has only its cycle. */
static bool after_wait(const struct xe__case *it, const struct xe__mark *mark)
{
    if (!mark->seq)
        return false;
    return it->wait ? mark->seq > it->wait->seq : mark->cycle > it->waiter->since_cycle;
}

/* Facts of the primary trail; all zero when there is none. */
static const struct xe__facts *facts_of(const struct xe__case *it)
{
    static const struct xe__facts none;

    return it->story->trail ? &it->story->body[0]->facts : &none;
}

static bool signaled_now(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    for (uint32_t i = 0; it->object && it->object->signaled && i < it->report->waiters; i++)
        if (it->parked[i].eligible && !it->parked[i].woken_but_held) {
            cite(ret, facts_of(it)->last_good.seq);
            return say(ret, "SIGNALED_NOW",
                       "the object is signaled while eligible tid=%u is parked: emulator fault",
                       it->parked[i].tid);
        }
    return false;
}

static bool lost_wake(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    for (uint32_t i = 0; i < it->story->bodies; i++) {
        const struct xe__mark *lost = &it->story->body[i]->facts.last_lost;

        if (!after_wait(it, lost))
            continue;
        cite(ret, lost->seq);
        return say(ret, "LOST_WAKE",
                   "%s at cycle %llu (tid=%u, lr=0x%08x) found %u eligible waiters and woke none: "
                   "emulator fault",
                   lost->src, (unsigned long long)lost->cycle, lost->tid, lost->lr,
                   lost->eligible_at);
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
    for (uint32_t i = 0; i < who->unsignaled_count && i < 8; i++)
        used += (size_t)snprintf(list + used, sizeof(list) - used, " 0x%08x", who->unsignaled[i]);
    return say(ret, "WAIT_ALL_PARTIAL", "tid=%u waits for all; not signaled:%s%s", who->tid, list,
               who->unsignaled_count > 8 ? " ..." : "");
}

static bool held_back(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    return it->waiter->woken_but_held &&
           say(ret, "SUSPENDED", "tid=%u was woken but is suspended or has APCs disabled",
               it->waiter->tid);
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
    if (facts_of(it)->last_good.seq || (story->primary && !good.seq))
        return false;
    if (!good.seq)
        last = &failed;
    cite(ret, last->seq);
    return say(ret, "GHOST_ONLY",
               "no signal under this handle succeeded; %llu under an alias, stale or not yet "
               "created handle; last %s at cycle %llu (tid=%u, lr=0x%08x)",
               (unsigned long long)story->ghost, last->src ? last->src : "?",
               (unsigned long long)last->cycle, last->tid, last->lr);
}

static bool all_failed(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__mark *last = &facts_of(it)->last_failed;

    if (it->story->total.failed != it->story->total.signals)
        return false;
    cite(ret, last->seq);
    return say(ret, "ALL_FAILED",
               "all %llu attempts returned an error; last %s (tid=%u, lr=0x%08x)",
               (unsigned long long)it->story->total.failed, last->src ? last->src : "?", last->tid,
               last->lr);
}

static bool taken_by_other(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__facts *facts = facts_of(it);

    if (!after_wait(it, &facts->last_good) || after_wait(it, &facts->last_unserved))
        return false;
    cite(ret, facts->last_good.seq);
    return say(ret, "TOKEN_TAKEN_BY_OTHER",
               "each signal since woke another thread; last %s at cycle %llu (tid=%u, lr=0x%08x)",
               facts->last_good.src, (unsigned long long)facts->last_good.cycle,
               facts->last_good.tid, facts->last_good.lr);
}

static bool producer_stopped(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__mark *last = &facts_of(it)->last_good;
    char chain[300];

    if (!last->seq || !last->woken || after_wait(it, last))
        return false;
    cite(ret, last->seq);
    if (!last->guest)
        snprintf(chain, sizeof(chain), "the kernel gave it, no thread");
    else if (!xe__chain_of_thread(it, last->tid, chain, sizeof(chain)))
        snprintf(chain, sizeof(chain), "producer tid=%u %s", last->tid,
                 how_it_stands(it, last->tid));
    return say(ret, "PRODUCER_STOPPED", "no signal after %s at cycle %llu (lr=0x%08x); %s",
               last->src, (unsigned long long)last->cycle, last->lr, chain);
}

static bool pulse_missed(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__mark *last = &facts_of(it)->last_good;

    if (last->op != XE_AUDIT_OP_PULSE || last->woken)
        return false;
    cite(ret, last->seq);
    return say(ret, "PULSE_MISSED",
               "last signal was a pulse by %s at cycle %llu that met no waiter", last->src,
               (unsigned long long)last->cycle);
}

/* Did this take the signal away from the explained wait? Before the wait began; or at any time when
 * it needs other objects too and so could not use the signal when it came. */
static bool took_signal(const struct xe__case *it, const struct xe__mark *mark)
{
    return mark->seq && (it->waiter->wait_all || !after_wait(it, mark));
}

static bool reset_before_wait(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__facts *facts = facts_of(it);

    if (!took_signal(it, &facts->reset))
        return false;
    cite(ret, facts->last_good.seq);
    cite(ret, facts->reset.seq);
    return say(ret, "RESET_BEFORE_WAIT",
               "signalled at cycle %llu, reset by %s at cycle %llu (tid=%u, lr=0x%08x)",
               (unsigned long long)facts->last_good.cycle, facts->reset.src,
               (unsigned long long)facts->reset.cycle, facts->reset.tid, facts->reset.lr);
}

static bool consumed_earlier(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__facts *facts = facts_of(it);

    if (!took_signal(it, &facts->consumed))
        return false;
    cite(ret, facts->last_good.seq);
    cite(ret, facts->consumed.seq);
    return say(ret, after_wait(it, &facts->consumed) ? "TOKEN_TAKEN_BY_OTHER" : "CONSUMED_EARLIER",
               "signalled at cycle %llu, taken by tid=%u in %s at cycle %llu (lr=0x%08x)",
               (unsigned long long)facts->last_good.cycle, facts->consumed.tid, facts->consumed.src,
               (unsigned long long)facts->consumed.cycle, facts->consumed.lr);
}

static bool consumed_unaudited(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__mark *last = &facts_of(it)->last_good;

    cite(ret, last->seq);
    return say(ret, "CONSUMED_UNAUDITED",
               "signalled by %s at cycle %llu; nothing audited took it away",
               last->src ? last->src : "?", (unsigned long long)last->cycle);
}

/* In the order of the table; the last one always holds. */
static bool (*const rows[])(const struct xe__case *, struct xe_audit_diagnosis *) = {
    signaled_now, lost_wake,         wait_all_partial, held_back,
    ghost_only,   all_failed,        taken_by_other,   producer_stopped,
    pulse_missed, reset_before_wait, consumed_earlier, consumed_unaudited,
};

static void not_served(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i](it, ret))
            break;
    cite_wait(it, ret);
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

void xe__diagnose(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    static void (*const explain[])(const struct xe__case *, struct xe_audit_diagnosis *) = {
        [XE_AUDIT_D1_NO_WAITER] = no_waiter,     [XE_AUDIT_D2_AUDIT_BLIND] = audit_blind,
        [XE_AUDIT_D3_NO_PRODUCER] = no_producer, [XE_AUDIT_D4_NOT_DELIVERED] = not_served,
        [XE_AUDIT_D5_STARVED] = not_served,
    };
    enum xe_audit_branch branch = choose(it->report);

    *ret = (struct xe_audit_diagnosis){
        .branch = branch, .code = branches[branch].code, .text = branches[branch].text};
    explain[branch](it, ret);
}
