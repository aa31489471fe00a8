/* Who can release an object, as the world tells, and the chain from a waiter over those who are
 * parked themselves to one that acts, to an end, or back to itself. */
#include <stdio.h>
#include <string.h>

#include "audit/diagnose.h"
#include "base/line.h"

/* ---- collecting ------------------------------------------------------------------------------ */

static void collect(void *ctx, const struct xe_producer *producer)
{
    struct xe__producers *all = ctx;

    if (all->count < XE__PRODUCERS)
        all->who[all->count++] = *producer;
    else
        all->more = true;
}

void xe__audit_producers_of(const struct xe_audit_world *world, uint32_t key, uint64_t object_id,
                            struct xe__producers *ret)
{
    *ret = (struct xe__producers){0};
    ret->known = world && world->released &&
                 world->released(world->ctx, key, object_id, &ret->about, collect, ret);
}

/* The one that matters: by weight; of those who did it before the last. NULL: nobody is known. */
static const struct xe_producer *foremost(const struct xe__producers *all)
{
    const struct xe_producer *best = NULL;

    for (uint32_t i = 0; i < all->count; i++)
        if (!best || (all->who[i].kind == best->kind && best->kind == XE_PRODUCER_SIGNALLER &&
                      all->who[i].last_seq > best->last_seq))
            best = &all->who[i];
    return best;
}

bool xe__audit_fate_of(const struct xe__case *it, uint32_t tid, struct xe_audit_fate *ret)
{
    const struct xe_audit_fates *fates = it->world->fates;

    *ret = (struct xe_audit_fate){0};
    return fates && tid && fates->of(fates->ctx, tid, ret);
}

static bool machine_acts(const struct xe__case *it, const struct xe_producer *who)
{
    struct xe_audit_fate fate;

    if (xe__audit_fate_of(it, it->waiter->tid, &fate) && fate.certain)
        return false;
    return !who->for_tid || (xe__audit_fate_of(it, who->for_tid, &fate) && fate.goes_on);
}

bool xe__audit_producer_acts(const struct xe__case *it, const struct xe_producer *who)
{
    if (who->suspended)
        return false;
    if (who->standing == XE_STANDS_HOST)
        return machine_acts(it, who);
    return who->standing == XE_STANDS_SLEEPING ? who->until_cycle != XE_CYCLE_NONE
                                               : xe_producer_acts(who);
}

/* ---- following ------------------------------------------------------------------------------- */

/* Of a timer or a promise the thread is only its maker. */
static bool is_thread(const struct xe_producer *who)
{
    return who->tid && who->kind != XE_PRODUCER_TIMER && who->kind != XE_PRODUCER_PROMISE;
}

static bool is_parked(const struct xe_producer *who)
{
    return is_thread(who) && who->standing == XE_STANDS_WAITING && !who->timed;
}

static uint32_t place_of(const struct xe__chain *chain, uint32_t tid)
{
    uint32_t i = 0;

    while (i < chain->count && chain->tid[i] != tid)
        i++;
    return i;
}

void xe__audit_chain_follow(const struct xe__case *it, const struct xe_producer *first,
                            struct xe__chain *ret)
{
    struct xe_producer who = *first;
    struct xe__producers next;
    const struct xe_producer *found;

    *ret = (struct xe__chain){.tid = {it->waiter->tid},
                              .key = {it->report->key},
                              .count = 1,
                              .ways_out = it->waiter->wait_all ? 0 : it->waiter->others};
    ret->cycle_from = place_of(ret, who.tid);
    while (ret->cycle_from == ret->count && ret->count < XE__CHAIN && is_parked(&who)) {
        ret->tid[ret->count] = who.tid;
        ret->key[ret->count++] = who.waits_on;
        ret->cycle_from = ret->count;
        if (who.wait_objects > 1 && !who.wait_all)
            break; /* another of its objects may end the wait */
        xe__audit_producers_of(it->world, who.waits_on, who.waits_on_id, &next);
        found = foremost(&next);
        who = found ? *found : (struct xe_producer){0};
        if (!is_thread(&who))
            break;
        ret->cycle_from = place_of(ret, who.tid);
    }
    if (ret->cycle_from > ret->count)
        ret->cycle_from = ret->count;
    ret->last = who;
    ret->ends_with_thread = is_thread(&who);
}

/* ---- saying ---------------------------------------------------------------------------------- */

static void put_standing(struct xe_line *line, const struct xe_producer *who)
{
    xe_line_add(line, ", %s", xe_standing_name(who->standing));
    if (who->standing == XE_STANDS_WAITING)
        xe_line_add(line, " on 0x%08x", who->waits_on);
    if (who->standing == XE_STANDS_WAITING && who->wait_objects > 1)
        xe_line_add(line, " and %u more", who->wait_objects - 1);
    if (who->standing == XE_STANDS_SLEEPING && who->until_cycle == XE_CYCLE_NONE)
        xe_line_add(line, " for ever");
    else if (who->until_cycle != XE_CYCLE_NONE && who->until_cycle)
        xe_line_add(line, " until cycle %llu", (unsigned long long)who->until_cycle);
    if (who->standing == XE_STANDS_ENDED && who->since_cycle)
        xe_line_add(line, " at cycle %llu with code 0x%x", (unsigned long long)who->since_cycle,
                    who->exit_code);
    if (who->suspended)
        xe_line_add(line, ", and suspended");
    if (who->by_tid)
        xe_line_add(line, " by %s", xe__audit_thread_text(who->by_tid).text);
}

struct xe__thread_text xe__audit_thread_text(uint32_t tid)
{
    struct xe__thread_text ret = {"a DPC"};

    if (tid < XE_TID_SYSTEM)
        snprintf(ret.text, sizeof(ret.text), "tid=%u", tid);
    return ret;
}

void xe__audit_producer_name(const struct xe_producer *who, char *text, size_t size)
{
    const char *what = who->what ? who->what : "the kernel";

    if (!who->tid && !strcmp(what, "dpc"))
        what = "a DPC";
    if (who->kind == XE_PRODUCER_HOST && who->for_tid)
        snprintf(text, size, "%s (for %s)", what, xe__audit_thread_text(who->for_tid).text);
    else
        snprintf(text, size, "%s", who->tid ? xe__audit_thread_text(who->tid).text : what);
}

void xe__audit_producer_say(const struct xe_producer *who, char *text, size_t size)
{
    struct xe_line line = {text, size, 0};

    xe__audit_producer_name(who, text, size);
    line.used = strlen(text);
    put_standing(&line, who);
}

/* What ends a chain and is no thread. */
static void put_end(struct xe_line *line, const struct xe_producer *who)
{
    if (who->kind == XE_PRODUCER_TIMER)
        xe_line_add(line, ", a timer");
    else if (who->kind == XE_PRODUCER_PROMISE)
        xe_line_add(line, ", promised by %s as %s", who->last_src ? who->last_src : "?",
                    who->what ? who->what : "?");
    else
        return;
    if (who->standing == XE_STANDS_NEVER)
        xe_line_add(line, ", which nothing in this build keeps");
    else
        put_standing(line, who);
}

void xe__audit_chain_say(const struct xe__chain *chain, const struct xe_producer *first, char *text,
                         size_t size)
{
    struct xe_line line = {text, size, 0};

    if (size)
        text[0] = '\0';
    xe_line_add(&line, "producer tid=%u is itself parked", first->tid);
    for (uint32_t i = 1; i < chain->count; i++) {
        bool end = i + 1 == chain->count;
        uint32_t next = !end                               ? chain->tid[i + 1]
                        : chain->cycle_from < chain->count ? chain->tid[chain->cycle_from]
                                                           : chain->last.tid;

        xe_line_add(&line, " on 0x%08x", chain->key[i]);
        if (end && chain->cycle_from == chain->count && !chain->ends_with_thread) {
            put_end(&line, &chain->last);
            return;
        }
        if (end && chain->last.tid == chain->tid[i] && chain->cycle_from == chain->count) {
            xe_line_add(&line, " and %u more, any of which would do", chain->last.wait_objects - 1);
            return;
        }
        xe_line_add(&line, ", whose producer is tid=%u%s", next, end ? "" : ", parked");
    }
    if (chain->cycle_from == 0 && chain->ways_out)
        xe_line_add(&line, ", the waiter, which waits for %u more, any of which would do",
                    chain->ways_out);
    else if (chain->cycle_from < chain->count)
        xe_line_add(&line, "%s: cycle", chain->cycle_from == 0 ? ", the waiter" : "");
    else
        put_standing(&line, &chain->last);
}

void xe__audit_note_producer(struct xe_audit_diagnosis *ret, const struct xe_producer *who)
{
    ret->producer_tid = who->kind == XE_PRODUCER_HOST ? who->for_tid : who->tid;
    if (who->kind == XE_PRODUCER_OWNER)
        ret->owner_tid = who->tid;
    ret->state = xe_standing_name(who->standing);
    if (who->until_cycle != XE_CYCLE_NONE)
        ret->until_cycle = who->until_cycle;
    xe__audit_cite(ret, who->last_seq);
}
