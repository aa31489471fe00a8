/* Rows of the diagnosis that rest on what there is now: the waiter's own time, owners, threads,
 * timers. */
#include <stdio.h>
#include <string.h>

#include "audit/diagnose.h"

typedef unsigned long long ull;

/* ---- the object and the wait ----------------------------------------------------------------- */

/* All objects of a wait all are there. */
static bool is_complete(const struct xe__case *it)
{
    return it->waiter->wait_all && it->waiter->eligible && !it->waiter->refused &&
           it->object->signaled;
}

/* The last one that a wait all lacked was stored to. */
static bool stored_beside(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    uint32_t key = it->waiter->stored_key;

    if (!key || !is_complete(it))
        return false;
    xe__audit_conclude(ret, "0x%08x is signaled by a store of the title's own, which wakes nobody",
                       key);
    return xe__audit_say(
        ret, "STATE_STORED",
        "tid=%u waits for all; 0x%08x is signaled in memory, while the last call left "
        "or found it otherwise: waiters are woken by calls alone",
        it->waiter->tid, key);
}

/* The title wrote the state itself: no call said so, and no wake was due. */
bool xe__audit_row_stored(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    if (!it->object || !it->object->signaled || it->object->replaced)
        return false;
    if (!it->object->stored)
        return stored_beside(it, ret);
    xe__audit_conclude(ret, "signaled by a store of the title's own, which wakes nobody");
    return xe__audit_say(
        ret, "STATE_STORED",
        "signaled in memory, while the last call left or found it otherwise: waiters are woken by "
        "calls alone");
}

/* The last one that a wait all lacked was initialised as signaled, which wakes nobody either. */
static bool replaced_beside(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    uint32_t key = it->waiter->replaced_key;

    if (!key || !is_complete(it))
        return false;
    xe__audit_conclude(ret, "0x%08x was initialised again, as signaled, which wakes nobody", key);
    return xe__audit_say(
        ret, "INITIALISED_AGAIN",
        "tid=%u waits for all; another object was initialised at 0x%08x, signaled, since "
        "the wait began",
        it->waiter->tid, key);
}

bool xe__audit_row_replaced(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    if (!it->object)
        return false;
    if (!it->object->replaced)
        return replaced_beside(it, ret);
    xe__audit_conclude(
        ret, "another object was initialised in its place: a signal of that one reaches it");
    return xe__audit_say(ret, "INITIALISED_AGAIN",
                         "another object was initialised at 0x%08x since the wait began",
                         it->object->canonical_key);
}

bool xe__audit_row_timed(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_parked *who = it->waiter;

    if (!who->timed)
        return false;
    ret->until_cycle = who->due_cycle;
    xe__audit_conclude(ret, "not signalled %syet: its own timeout can still release it",
                       it->report->signal_attempts.total ? "again " : "");
    return xe__audit_say(ret, "TIMED_WAIT",
                         "this wait ends by itself at cycle %llu; of %llu waits %llu ended by time",
                         (ull)who->due_cycle, (ull)it->report->waits, (ull)it->report->timeouts);
}

/* The i-th of the others that the queue feeds. */
static const struct xe_producer *server(const struct xe__case *it, uint32_t i)
{
    for (uint32_t k = 0; k < it->producers->count; k++)
        if (it->producers->who[k].kind == XE_PRODUCER_SERVER &&
            it->producers->who[k].tid != it->waiter->tid && i-- == 0)
            return &it->producers->who[k];
    return NULL;
}

bool xe__audit_row_queue(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_producer *who = server(it, 0);
    char text[128], name[32];

    if (!it->waiter->refused || !who)
        return false;
    xe__audit_note_producer(ret, who);
    xe__audit_producer_say(who, text, sizeof(text));
    snprintf(name, sizeof(name), ": tid=%u can still come back", who->tid);
    xe__audit_conclude(ret, "entries are there, but its limit of threads at work is reached%s",
                       xe__audit_producer_acts(it, who) ? name : "");
    return xe__audit_say(
        ret, "QUEUE_LIMIT",
        "entries are there, but as many threads as may are at work on others: %s%s", text,
        server(it, 1) ? " and more" : "");
}

/* Does anything but a call on the object itself release it: its time, an open promise? */
static bool is_promised(const struct xe__producers *all)
{
    for (uint32_t i = 0; i < all->count; i++)
        if (all->who[i].kind != XE_PRODUCER_SIGNALLER && all->who[i].kind != XE_PRODUCER_HOST &&
            all->who[i].standing != XE_STANDS_NEVER && all->who[i].standing != XE_STANDS_EXPIRED)
            return true;
    return false;
}

bool xe__audit_row_closed(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_handle_report *h = it->report;

    if (!it->producers->known || !it->producers->about.closed || is_promised(it->producers))
        return false;
    xe__audit_conclude_shut(it, ret, "its last handle was closed");
    if (!h->has_closed)
        return xe__audit_say(ret, "CLOSED_WHILE_WAITED", "no handle leads to it any more");
    xe__audit_cite(ret, h->closed.seq);
    return xe__audit_say(ret, "CLOSED_WHILE_WAITED", "closed by %s at cycle %llu (%s, lr=0x%08x)",
                         h->closed.src, (ull)h->closed.cycle,
                         xe__audit_thread_text(h->closed.tid).text, h->closed.lr);
}

/* A wait any that another object can end: this one may be meant for later, or never. */
bool xe__audit_row_other_object(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_audit_parked *who = it->waiter;
    struct xe__producers other;
    char text[128], name[32];

    for (uint32_t i = 0; i < who->others && i < 8; i++) {
        xe__audit_producers_of(it->world, who->other[i], who->other_id[i], &other);
        for (uint32_t k = 0; k < other.count; k++)
            if (xe__audit_producer_acts(it, &other.who[k])) {
                xe__audit_note_producer(ret, &other.who[k]);
                xe__audit_producer_say(&other.who[k], text, sizeof(text));
                snprintf(name, sizeof(name), "0x%08x", who->other[i]);
                xe__audit_conclude(
                    ret, "not signalled yet: %s, of the same wait, can still release it", name);
                return xe__audit_say(ret, "OTHER_OBJECT", "it waits for any of %u objects; %s: %s",
                                     who->wait_objects, name, text);
            }
    }
    return false;
}

/* ---- by nature ------------------------------------------------------------------------------- */

void xe__audit_note_chain(const struct xe__chain *chain, struct xe_audit_diagnosis *ret)
{
    for (uint32_t i = 0; i < chain->count; i++)
        ret->chain[ret->chain_count++] = chain->tid[i];
    if (chain->cycle_from == chain->count && chain->ends_with_thread &&
        ret->chain_count < XE__CHAIN && chain->last.tid != chain->tid[chain->count - 1])
        ret->chain[ret->chain_count++] = chain->last.tid;
}

bool xe__audit_say_deadlock(const struct xe__case *it, const struct xe_producer *who,
                            const char *detail, struct xe_audit_diagnosis *ret)
{
    struct xe_audit_fate waiter, fate;
    char cause[64];

    if (!xe__audit_fate_of(it, it->waiter->tid, &waiter) || !waiter.certain ||
        !xe__audit_fate_of(it, who->tid, &fate) || !fate.certain || !fate.cycles)
        return false;
    if (waiter.cycles && waiter.cycle[0] == it->waiter->tid)
        fate = waiter; /* it tells them from itself on */
    memcpy(ret->cycle, fate.cycle, sizeof(ret->cycle));
    ret->cycle_count = fate.cycles;
    snprintf(cause, sizeof(cause), "%u threads wait for each other", fate.cycle_total);
    xe__audit_conclude_shut(it, ret, fate.cycle_total == 1 ? "the thread waits for itself" : cause);
    return xe__audit_say(ret, "DEADLOCK", "%s", detail);
}

/* The fixed sentence names two causes, of which this is the second; who it is stands in the detail.
 */
static bool say_blocked(const struct xe__case *it, struct xe_audit_diagnosis *ret, const char *text)
{
    return xe__audit_say(ret, "PRODUCER_BLOCKED", "%s%s",
                         it->report->signal_attempts.total ? "" : "upstream: ", text);
}

/* The producer waits without an end in time. */
static bool blocked(const struct xe__case *it, const struct xe_producer *who,
                    struct xe_audit_diagnosis *ret)
{
    struct xe_audit_fate fate;
    struct xe__chain chain;
    char text[400], name[64];

    xe__audit_chain_follow(it, who, &chain);
    xe__audit_note_chain(&chain, ret);
    xe__audit_chain_say(&chain, who, text, sizeof(text));
    if (who->tid == it->waiter->tid)
        snprintf(text, sizeof(text), "tid=%u waits for itself", who->tid);
    if (xe__audit_say_deadlock(it, who, text, ret))
        return true;
    if (xe__audit_fate_of(it, who->tid, &fate) && fate.goes_on) {
        snprintf(name, sizeof(name), "tid=%u, once it is released itself,", who->tid);
        xe__audit_conclude_open(it, ret, name);
        return xe__audit_say(ret, "PRODUCER_WAITS", "%s", text);
    }
    xe__audit_conclude_blocked(it, ret, who);
    return say_blocked(it, ret, text);
}

/* It has work, and others have the turns. */
bool xe__audit_say_starved(const struct xe__case *it, const struct xe_producer *who,
                           struct xe_audit_diagnosis *ret)
{
    char text[160], name[64];

    xe__audit_producer_say(who, text, sizeof(text));
    snprintf(name, sizeof(name), "tid=%u, once it gets a turn,", who->tid);
    xe__audit_conclude_open(it, ret, name);
    return xe__audit_say(ret, who->kind == XE_PRODUCER_OWNER ? "OWNER_STARVED" : "PRODUCER_STARVED",
                         "%s", text);
}

/* It was suspended, or never started. */
bool xe__audit_say_suspended(const struct xe__case *it, const struct xe_producer *who,
                             struct xe_audit_diagnosis *ret)
{
    char text[160], name[64];

    xe__audit_producer_say(who, text, sizeof(text));
    snprintf(name, sizeof(name), "tid=%u, once it is resumed,", who->tid);
    xe__audit_conclude_open(it, ret, name);
    return xe__audit_say(ret, "PRODUCER_SUSPENDED", "%s", text);
}

static void say_asleep(const struct xe__case *it, const struct xe_producer *who,
                       struct xe_audit_diagnosis *ret)
{
    bool ends = who->until_cycle != XE_CYCLE_NONE;
    char name[64];

    snprintf(name, sizeof(name), "tid=%u%s", who->tid,
             who->suspended ? ", once it is resumed,"
             : ends         ? ""
                            : ", once an APC ends its sleep,");
    if (ends || who->alertable)
        xe__audit_conclude_open(it, ret, name);
    else
        xe__audit_conclude_shut(it, ret, "who could sleeps for ever");
}

/* It has work, but is stuck for certain: it runs in a circle, or whoever does has its hardware
 * thread. */
static bool comes_nowhere(const struct xe__case *it, const struct xe_producer *who,
                          struct xe_audit_diagnosis *ret)
{
    bool runs = who->standing == XE_STANDS_RUNNING;
    struct xe_audit_fate fate;
    char text[160];

    if (!xe__audit_fate_of(it, who->tid, &fate) || !fate.certain)
        return false;
    snprintf(text, sizeof(text), "tid=%u %s", who->tid,
             runs ? "runs in a circle for ever" : "never gets a turn");
    if (runs && fate.cycle_total > 1 && xe__audit_say_deadlock(it, who, text, ret))
        return true;
    if (it->report->signal_attempts.total)
        xe__audit_conclude_shut(it, ret, text);
    return say_blocked(it, ret, text);
}

/* An owner or a thread that is joined, by its standing. */
static bool by_standing(const struct xe__case *it, const struct xe_producer *who,
                        struct xe_audit_diagnosis *ret)
{
    bool owner = who->kind == XE_PRODUCER_OWNER;
    char text[160], name[64];

    if (who->standing == XE_STANDS_ENDED && it->object && it->object->signaled)
        return false; /* that it has ended released it */
    xe__audit_note_producer(ret, who);
    xe__audit_producer_say(who, text, sizeof(text));
    snprintf(name, sizeof(name), "tid=%u", who->tid);
    if ((who->standing == XE_STANDS_RUNNING || who->standing == XE_STANDS_STARVED) &&
        comes_nowhere(it, who, ret))
        return true;
    switch (who->standing) {
    case XE_STANDS_RUNNING:
        xe__audit_conclude_open(it, ret, name);
        return xe__audit_say(ret, owner ? "OWNER_RUNNING" : "JOIN_RUNNING", "%s", text);
    case XE_STANDS_STARVED:
        return xe__audit_say_starved(it, who, ret);
    case XE_STANDS_WAITING:
        if (!who->timed)
            return blocked(it, who, ret);
        /* fallthrough */
    case XE_STANDS_SLEEPING:
        say_asleep(it, who, ret);
        return xe__audit_say(ret, "PRODUCER_SLEEPS", "%s", text);
    case XE_STANDS_SUSPENDED:
    case XE_STANDS_NOT_STARTED:
        return xe__audit_say_suspended(it, who, ret);
    default:
        xe__audit_conclude_shut(it, ret, owner ? "its owner has ended" : "it has ended");
        return xe__audit_say(ret, owner ? "OWNER_ENDED" : "PRODUCER_ENDED", "%s", text);
    }
}

static bool timer(const struct xe__case *it, const struct xe_producer *who,
                  struct xe_audit_diagnosis *ret)
{
    ret->state = xe_standing_name(who->standing);
    switch (who->standing) {
    case XE_STANDS_UNARMED:
        xe__audit_conclude_shut(it, ret, "the timer was never armed");
        return xe__audit_say(ret, "TIMER_UNARMED", "nobody ever set this timer");
    case XE_STANDS_CANCELLED:
        ret->producer_tid = who->by_tid;
        xe__audit_conclude_shut(it, ret, "the timer was cancelled");
        return xe__audit_say(ret, "TIMER_CANCELLED",
                             "armed by %s at cycle %llu (%s), cancelled by %s at cycle %llu",
                             who->last_src ? who->last_src : "?", (ull)who->last_cycle,
                             xe__audit_thread_text(who->tid).text,
                             xe__audit_thread_text(who->by_tid).text, (ull)who->since_cycle);
    case XE_STANDS_ARMED:
        ret->until_cycle = who->until_cycle;
        xe__audit_conclude_open(it, ret, "its due time");
        return xe__audit_say(ret, "TIMER_PENDING",
                             "armed by %s at cycle %llu (%s), due at cycle %llu",
                             who->last_src ? who->last_src : "?", (ull)who->last_cycle,
                             xe__audit_thread_text(who->tid).text, (ull)who->until_cycle);
    default:
        return false;
    }
}

/* Locks, threads and timers say themselves who releases them; history has no say there. */
bool xe__audit_row_nature(const struct xe__case *it, struct xe_audit_diagnosis *ret)
{
    const struct xe_producer *who = it->producers->count ? &it->producers->who[0] : NULL;

    if (!who)
        return false;
    switch (who->kind) {
    case XE_PRODUCER_OWNER:
    case XE_PRODUCER_THREAD:
        return by_standing(it, who, ret);
    case XE_PRODUCER_TIMER:
        return timer(it, who, ret);
    default:
        return false;
    }
}
