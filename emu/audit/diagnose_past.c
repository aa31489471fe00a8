/* Rows of the diagnosis about those who can release an object by what they have done: open
 * promises, and what became of those who signalled it before. */
#include <stdio.h>

#include "audit/diagnose.h"

typedef unsigned long long ull;

/* ---- promises and history -------------------------------------------------------------------- */

bool xe__row_promise(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__producers *all = it->producers;

    for (uint32_t i = 0; i < all->count; i++) {
        const struct xe_producer *who = &all->who[i];

        if (who->kind != XE_PRODUCER_PROMISE || who->standing == XE_STANDS_NEVER)
            continue;
        xe__note_producer(ret, who);
        xe__conclude_open(it, ret, who->what ? who->what : "a promise");
        return xe__say(ret, "PROMISE_PENDING",
                       "%s: made by %s at cycle %llu (tid=%u, lr=0x%08x), not kept yet",
                       who->what ? who->what : "?", who->last_src ? who->last_src : "?",
                       (ull)who->last_cycle, who->tid, who->last_lr);
    }
    return false;
}

/* Whoever says most about those who signalled it before: one that acts, else the last one. */
static const struct xe_producer *telling(const struct xe__producers *all)
{
    const struct xe_producer *best = NULL;

    for (uint32_t i = 0; i < all->count; i++) {
        const struct xe_producer *who = &all->who[i];

        if (who->kind != XE_PRODUCER_SIGNALLER && who->kind != XE_PRODUCER_HOST)
            continue;
        if (!best || xe__producer_acts(who) > xe__producer_acts(best) ||
            (xe__producer_acts(who) == xe__producer_acts(best) && who->last_seq > best->last_seq))
            best = who;
    }
    return best;
}

static bool all_ended(const struct xe__producers *all)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < all->count; i++)
        n += all->who[i].standing == XE_STANDS_ENDED;
    return n > 0 && n == all->count && !all->more && all->about.complete;
}

/* Signals came and woke threads, until they stopped: what became of those who gave them? */
bool xe__row_signallers(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe__mark *last = &xe__facts_of(it)->last_good;
    const struct xe_producer *who = telling(it->producers);
    char text[400], name[32];
    struct xe__chain chain;

    if (!last->seq || !last->woken || xe__after_wait(it, last))
        return false;
    xe__cite(ret, last->seq);
    if (!who || who->kind == XE_PRODUCER_HOST)
        return xe__say(ret, "PRODUCER_STOPPED", "no signal after %s at cycle %llu (lr=0x%08x); %s",
                       last->src, (ull)last->cycle, last->lr,
                       who || !last->guest ? "the kernel gave it, no thread"
                                           : "who gave it is not known any more");
    xe__note_producer(ret, who);
    xe__producer_say(who, text, sizeof(text));
    snprintf(name, sizeof(name), "tid=%u", who->tid);
    if (all_ended(it->producers)) {
        xe__conclude_shut(it, ret, "every thread that ever signalled it has ended");
        return xe__say(ret, "PRODUCER_ENDED", "last %s at cycle %llu (lr=0x%08x) by %s", last->src,
                       (ull)last->cycle, last->lr, text);
    }
    if (who->standing == XE_STANDS_SLEEPING || (who->standing == XE_STANDS_WAITING && who->timed)) {
        if (xe__producer_acts(who))
            xe__conclude_open(it, ret, name);
        return xe__say(ret, "PRODUCER_SLEEPS", "last %s at cycle %llu (lr=0x%08x) by %s", last->src,
                       (ull)last->cycle, last->lr, text);
    }
    if (who->standing == XE_STANDS_WAITING) {
        xe__chain_follow(it, who, &chain);
        xe__note_chain(&chain, ret);
        xe__chain_say(&chain, who, text, sizeof(text));
    }
    return xe__say(ret, "PRODUCER_STOPPED", "no signal after %s at cycle %llu (lr=0x%08x); %s",
                   last->src, (ull)last->cycle, last->lr, text);
}
