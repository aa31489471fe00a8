/* Rows of the diagnosis about those who can release an object by what they have done: open
 * promises, and what became of those who signalled it before. */
#include <stdio.h>

#include "audit/diagnose.h"

typedef unsigned long long ull;

/* ---- promises and history -------------------------------------------------------------------- */

bool xe__audit_row_promise(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__producers *all = it->producers;

    for (uint32_t i = 0; i < all->count; i++) {
        const struct xe_producer *who = &all->who[i];

        if (who->kind != XE_PRODUCER_PROMISE || who->standing == XE_STANDS_NEVER)
            continue;
        xe__audit_note_producer(ret, who);
        xe__audit_conclude_open(it, ret, who->what ? who->what : "a promise");
        return xe__audit_say(
            ret, "PROMISE_PENDING", "%s: made by %s at cycle %llu (%s, lr=0x%08x), not kept yet",
            who->what ? who->what : "?", who->last_src ? who->last_src : "?", (ull)who->last_cycle,
            xe__audit_thread_text(who->tid).text, who->last_lr);
    }
    return false;
}

/* ---- those who signalled it before ----------------------------------------------------------- */

static bool was_steady(const struct xe__case *it, const struct xe_producer *who)
{
    const struct xe_audit_world *world = it->world;

    return world->cycle && xe_producer_is_steady(who, world->cycle(world->ctx));
}

static bool is_steady(const struct xe__case *it, const struct xe_producer *who)
{
    return xe__audit_producer_acts(it, who) && was_steady(it, who);
}

/* Whoever says most about the next time: one that goes on as it did, one that acts, the last one.
 */
static const struct xe_producer *telling(const struct xe__case *it)
{
    const struct xe_producer *best = NULL;
    int weight = 0;

    for (uint32_t i = 0; i < it->producers->count; i++) {
        const struct xe_producer *who = &it->producers->who[i];
        int acts = xe__audit_producer_acts(it, who) + is_steady(it, who);

        if (who->kind != XE_PRODUCER_SIGNALLER && who->kind != XE_PRODUCER_HOST)
            continue;
        if (!best || acts > weight || (acts == weight && who->last_seq > best->last_seq)) {
            best = who;
            weight = acts;
        }
    }
    return best;
}

const struct xe_producer *xe__audit_steady_producer(const struct xe__case *it)
{
    const struct xe_producer *who = telling(it);

    return who && is_steady(it, who) ? who : NULL;
}

static bool all_ended(const struct xe__producers *all)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < all->count; i++)
        n += all->who[i].standing == XE_STANDS_ENDED;
    return n > 0 && n == all->count && !all->more && all->about.complete;
}

/* What it did last goes behind what it does now. */
static bool say_last(const struct xe_producer *who, const char *sub, struct xe_audit_diagnosis *ret)
{
    char text[400];

    xe__audit_producer_say(who, text, sizeof(text));
    return xe__audit_say(ret, sub, "%s; its last was %s at cycle %llu (lr=0x%08x)", text,
                         who->last_src ? who->last_src : "?", (ull)who->last_cycle, who->last_lr);
}

/* It can do it again, as far as its own standing tells. */
static bool can_again(const struct xe__case *it, const struct xe_producer *who,
                      struct xe_audit_diagnosis *ret)
{
    char name[64];

    xe__audit_producer_name(who, name, sizeof(name));
    switch (who->standing) {
    case XE_STANDS_RUNNING:
    case XE_STANDS_HOST:
        if (!is_steady(it, who))
            return false; /* it may long do something else */
        xe__audit_conclude_open(it, ret, name);
        return say_last(who, "PRODUCER_RUNNING", ret);
    case XE_STANDS_STARVED:
        return xe__audit_say_starved(it, who, ret) && say_last(who, ret->sub, ret);
    case XE_STANDS_SUSPENDED:
    case XE_STANDS_NOT_STARTED:
        return xe__audit_say_suspended(it, who, ret) && say_last(who, ret->sub, ret);
    case XE_STANDS_WAITING:
        if (!who->timed)
            return false;
        /* fallthrough */
    case XE_STANDS_SLEEPING:
        if (xe__audit_producer_acts(it, who))
            xe__audit_conclude_open(it, ret, name);
        else if (who->suspended)
            xe__audit_say_suspended(it, who, ret);
        return say_last(who, "PRODUCER_SLEEPS", ret);
    default:
        return false;
    }
}

/* The last signal was used up: it woke somebody before this wait began. */
static bool was_used(const struct xe__case *it)
{
    const struct xe__mark *last = &xe__audit_facts_of(it)->last_good;

    return last->seq && last->woken && !xe__audit_after_wait(it, last);
}

/* Somebody goes on giving signals as it used to: the next one is to be expected. */
bool xe__audit_row_steady(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_producer *who = xe__audit_steady_producer(it);

    if (!was_used(it) || !who)
        return false;
    xe__audit_note_producer(ret, who);
    return can_again(it, who, ret);
}

/* It is parked itself: for ever, or until somebody who may go on releases it. */
static bool parked(const struct xe__case *it, const struct xe_producer *who, char text[400],
                   struct xe_audit_diagnosis *ret)
{
    struct xe_audit_fate fate;
    struct xe__chain chain;
    char name[64];

    xe__audit_chain_follow(it, who, &chain);
    xe__audit_note_chain(&chain, ret);
    xe__audit_chain_say(&chain, who, text, 400);
    if (xe__audit_say_deadlock(it, who, text, ret))
        return true;
    if (!xe__audit_fate_of(it, who->tid, &fate) || !fate.goes_on || !was_steady(it, who))
        return false;
    snprintf(name, sizeof(name), "tid=%u, once it is released itself,", who->tid);
    xe__audit_conclude_open(it, ret, name);
    return xe__audit_say(ret, "PRODUCER_WAITS", "%s", text);
}

/* Who gave the last signal does nothing now from which another can be expected. */
static bool stopped(const struct xe__case *it, const struct xe_producer *who,
                    const struct xe__mark *last, struct xe_audit_diagnosis *ret)
{
    char text[400] = "who gave it is not known any more";

    if (who && who->standing == XE_STANDS_WAITING && parked(it, who, text, ret))
        return true;
    if (who && who->kind == XE_PRODUCER_SIGNALLER && who->standing != XE_STANDS_WAITING)
        xe__audit_producer_say(who, text, sizeof(text));
    else if (who && who->kind == XE_PRODUCER_HOST && who->for_tid)
        snprintf(text, sizeof(text), "the kernel gave it for a request of tid=%u", who->for_tid);
    else if (who && who->kind == XE_PRODUCER_HOST && last->guest)
        snprintf(text, sizeof(text), "%s did it, no thread", who->what);
    else if ((who && who->kind == XE_PRODUCER_HOST) || (!who && !last->guest))
        snprintf(text, sizeof(text), "the kernel gave it, no thread");
    return xe__audit_say(ret, "PRODUCER_STOPPED",
                         "no signal after %s at cycle %llu (lr=0x%08x); %s", last->src,
                         (ull)last->cycle, last->lr, text);
}

/* Signals came and woke threads: what became of those who gave them? */
bool xe__audit_row_signallers(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__mark *last = &xe__audit_facts_of(it)->last_good;
    const struct xe_producer *who = telling(it);

    if (!was_used(it))
        return false;
    xe__audit_cite(ret, last->seq);
    if (who)
        xe__audit_note_producer(ret, who);
    if (who && all_ended(it->producers)) {
        xe__audit_conclude_shut(it, ret, "every thread that ever signalled it has ended");
        return say_last(who, "PRODUCER_ENDED", ret);
    }
    return (who && can_again(it, who, ret)) || stopped(it, who, last, ret);
}
