/* Who has released an object, each once: a few places per object, so that who acted is known for
 * good when the rings have long forgotten the records. What finds no place is only counted. */
#include <string.h>

#include "audit/audit_internal.h"
#include "base/alloc.h"

/* The machine's own sources are told apart by name and by whose requests they carry out, threads by
 * id, and those that serve interrupts by which. */
static bool is_same(const struct xe_audit_signaller *known, const struct xe_audit_rec *rec)
{
    if (known->guest != rec->guest || known->interrupt != rec->interrupt)
        return false;
    return rec->guest ? known->tid == rec->tid
                      : known->origin_tid == rec->origin_tid && !strcmp(known->src, rec->src);
}

static struct xe_audit_signaller *place_of(struct xe__signallers *all,
                                           const struct xe_audit_rec *rec)
{
    struct xe_audit_signaller *grown;

    for (uint32_t i = 0; i < all->count; i++)
        if (is_same(&all->who[i], rec))
            return &all->who[i];
    if (all->count == XE_AUDIT_SIGNALLERS)
        return NULL;
    grown = xe_reallocarray(all->who, all->count + 1u, sizeof(*grown));
    if (!grown)
        return NULL;
    all->who = grown;
    all->who[all->count] = (struct xe_audit_signaller){.tid = rec->guest ? rec->tid : 0,
                                                       .guest = rec->guest,
                                                       .interrupt = rec->interrupt,
                                                       .cycle = all->since};
    return &all->who[all->count++];
}

void xe__audit_signallers_add(struct xe__signallers *all, const struct xe_audit_rec *rec)
{
    struct xe_audit_signaller *who = place_of(all, rec);
    uint64_t gap;

    if (!who) {
        all->others++;
        return;
    }
    gap = rec->cycle - who->cycle;
    if (gap > who->longest_gap)
        who->longest_gap = gap;
    who->acts++;
    who->seq = rec->seq;
    who->cycle = rec->cycle;
    who->lr = rec->lr;
    who->src = rec->src;
    who->origin_tid = rec->origin_tid;
}

void xe__audit_signallers_fini(struct xe__signallers *all)
{
    xe_free(all->who);
}

/* A trail begins when its object does, unless nobody listened in between. */
static bool is_complete(const struct xe_audit *audit, const struct xe__trail *trail)
{
    struct xe__story story = {.audit = audit, .trail = trail};
    uint64_t since;

    return xe__audit_story_complete(&story, &since) && trail->body.signallers.others == 0;
}

uint32_t xe_audit_signallers(const struct xe_audit *audit, uint64_t object_id,
                             struct xe_audit_signaller ret[XE_AUDIT_SIGNALLERS],
                             struct xe_audit_history *ret_history)
{
    const struct xe__trail *trail = object_id ? xe__audit_trail_of(audit, object_id) : NULL;
    const struct xe__signallers *all = trail ? &trail->body.signallers : NULL;

    *ret_history = (struct xe_audit_history){.known = trail != NULL};
    if (!trail)
        return 0;
    ret_history->complete = is_complete(audit, trail);
    ret_history->created = trail->created;
    if (all->count)
        memcpy(ret, all->who, all->count * sizeof(*ret));
    return all->count;
}
