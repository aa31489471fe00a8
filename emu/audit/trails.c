/* Primary trails: one per object from its creation (or the first record about it) to its end, found
 * by every key that names it.
 *
 * Reusing a handle starts a new generation under its key; a second handle on a live object is an
 * alias of the first one's trail. Closing takes a name away, never the trail: threads may wait on.
 * Trails of closed handles stay for reports, but a guest that opens and closes for ever must not
 * eat the host: each key keeps its newest XE__GENERATIONS links, and all keys outside the focus
 * together the XE__CLOSED_LINKS closed last. Links to what threads wait for stay: there are no more
 * of these than waits. A key that was forgotten altogether starts again at generation 1. */
#include "audit/audit_internal.h"
#include "base/alloc.h"

/* ---- lists ----------------------------------------------------------------------------------- */

static void alias_append(struct xe__trail *trail, struct xe__link *link)
{
    link->prev_alias = trail->last_alias;
    if (trail->last_alias)
        trail->last_alias->next_alias = link;
    else
        trail->first_alias = link;
    trail->last_alias = link;
}

static void alias_remove(struct xe__trail *trail, struct xe__link *link)
{
    if (link->prev_alias)
        link->prev_alias->next_alias = link->next_alias;
    else
        trail->first_alias = link->next_alias;
    if (link->next_alias)
        link->next_alias->prev_alias = link->prev_alias;
    else
        trail->last_alias = link->prev_alias;
}

void xe__audit_link_queue(struct xe_audit *audit, struct xe__link *link)
{
    link->queued = true;
    link->prev_closed = audit->last_closed;
    if (audit->last_closed)
        audit->last_closed->next_closed = link;
    else
        audit->first_closed = link;
    audit->last_closed = link;
    audit->closed_links++;
}

static void closed_remove(struct xe_audit *audit, struct xe__link *link)
{
    if (!link->queued)
        return;
    if (link->prev_closed)
        link->prev_closed->next_closed = link->next_closed;
    else
        audit->first_closed = link->next_closed;
    if (link->next_closed)
        link->next_closed->prev_closed = link->prev_closed;
    else
        audit->last_closed = link->prev_closed;
    link->prev_closed = link->next_closed = NULL;
    link->queued = false;
    audit->closed_links--;
}

/* ---- forgetting ------------------------------------------------------------------------------ */

static void key_forget(struct xe_audit *audit, struct xe__key *key)
{
    if (key->links)
        return;
    xe_map_take(&audit->keys, key->key);
    if (key->prev)
        key->prev->next = key->next;
    else
        audit->first_key = key->next;
    if (key->next)
        key->next->prev = key->prev;
    xe_free(key);
}

void xe__audit_trail_free(struct xe_audit *audit, struct xe__trail *trail)
{
    if (!trail)
        return;
    if (trail->live) {
        xe_map_take(&audit->objects, trail->object_id);
        audit->forgot_cycle = audit->now; /* what comes will look like its beginning */
        if (trail->object_id > audit->forgot_id)
            audit->forgot_id = trail->object_id;
    }
    xe__audit_body_fini(audit, &trail->body);
    xe_free(trail);
    audit->trails--;
}

/* Take a closed link out of everything; its trail goes with the last one. */
static void link_forget(struct xe_audit *audit, struct xe__link *link)
{
    struct xe__link **at = &link->key->newest;

    while (*at != link)
        at = &(*at)->older;
    *at = link->older;
    link->key->links--;
    closed_remove(audit, link);
    alias_remove(link->trail, link);
    if (!link->trail->first_alias)
        xe__audit_trail_free(audit, link->trail);
    xe_free(link);
}

static bool is_waited_for(const struct xe__link *link)
{
    return link->trail->live && link->trail->body.first_open;
}

/* Closed links beyond the limit go, oldest first. Those in the focus are taken off the list: the
 * limit of generations bounds them. So are those of what threads wait for, until it ends. */
static void trim_closed(struct xe_audit *audit)
{
    while (audit->closed_links > XE__CLOSED_LINKS) {
        struct xe__link *link = audit->first_closed;
        struct xe__key *key = link->key;

        if (xe__audit_focus_find(audit, xe__audit_canonical(key->key)) || is_waited_for(link)) {
            closed_remove(audit, link);
            link->trail->spared = true;
            continue;
        }
        link_forget(audit, link);
        key_forget(audit, key);
    }
}

static void link_close(struct xe_audit *audit, struct xe__link *link)
{
    link->open = false;
    xe__audit_link_queue(audit, link);
}

void xe__audit_trails_fini(struct xe_audit *audit)
{
    while (audit->first_key) {
        struct xe__key *key = audit->first_key;

        while (key->newest)
            link_forget(audit, key->newest);
        key_forget(audit, key);
    }
    xe_map_fini(&audit->keys);
    xe_map_fini(&audit->objects);
}

/* ---- finding --------------------------------------------------------------------------------- */

struct xe__link *xe__audit_link_find(const struct xe_audit *audit, uint32_t key)
{
    struct xe__key *entry = xe_map_get(&audit->keys, key);

    if (!entry)
        entry = xe_map_get(&audit->keys, xe__audit_canonical(key));
    return entry ? entry->newest : NULL;
}

struct xe__link *xe__audit_link_at(const struct xe_audit *audit, uint32_t key, uint32_t generation)
{
    const struct xe__key *entry = xe_map_get(&audit->keys, key);
    struct xe__link *link = entry ? entry->newest : NULL;

    while (link && link->generation != generation)
        link = link->older;
    return link;
}

struct xe__link *xe__audit_link_to(const struct xe_audit *audit, uint32_t key, uint64_t object_id)
{
    struct xe__link *link = xe__audit_link_find(audit, key);

    while (link && link->trail->object_id != object_id)
        link = link->older;
    return link;
}

struct xe__trail *xe__audit_trail_of(const struct xe_audit *audit, uint64_t object_id)
{
    return xe_map_get(&audit->objects, object_id);
}

/* ---- making ---------------------------------------------------------------------------------- */

struct xe__key *xe__audit_key_get(struct xe_audit *audit, uint32_t key)
{
    struct xe__key *entry = xe_map_get(&audit->keys, key);

    if (entry)
        return entry;
    entry = xe_calloc(1, sizeof(*entry));
    if (!entry || !xe_map_put(&audit->keys, key, entry)) {
        xe_free(entry);
        return NULL;
    }
    entry->key = key;
    entry->next = audit->first_key;
    if (audit->first_key)
        audit->first_key->prev = entry;
    audit->first_key = entry;
    return entry;
}

struct xe__trail *xe__audit_trail_make(struct xe_audit *audit)
{
    struct xe__trail *trail = xe_calloc(1, sizeof(*trail));

    audit->trails += trail != NULL;
    return trail;
}

/* created: the record of its beginning, NULL when that went unheard. */
static struct xe__trail *trail_get(struct xe_audit *audit, uint64_t object_id,
                                   const struct xe_audit_kind *kind,
                                   const struct xe_audit_rec *created)
{
    struct xe__trail *trail = xe__audit_trail_of(audit, object_id);

    if (trail)
        return trail;
    trail = xe__audit_trail_make(audit);
    if (!trail || !xe_map_put(&audit->objects, object_id, trail)) {
        xe__audit_trail_free(audit, trail);
        return NULL;
    }
    trail->object_id = object_id;
    trail->kind = *kind;
    trail->live = true;
    trail->has_created = created != NULL;
    trail->late = !created && object_id <= audit->forgot_id;
    if (created)
        trail->created = *created;
    trail->body.signallers.since = created ? created->cycle : audit->now;
    trail->body.consuming = kind->kind != XE_AUDIT_EVENT_MANUAL &&
                            kind->kind != XE_AUDIT_TIMER_MANUAL && kind->kind != XE_AUDIT_THREAD;
    return trail;
}

/* One link too many: the oldest goes that leads to nothing waited for. */
static void trim_generations(struct xe_audit *audit, struct xe__key *key)
{
    bool full = key->links > XE__GENERATIONS_MAX;
    struct xe__link *oldest = NULL;

    if (key->links <= XE__GENERATIONS)
        return;
    for (struct xe__link *link = key->newest->older; link; link = link->older)
        if (full || !is_waited_for(link))
            oldest = link;
    if (oldest)
        link_forget(audit, oldest);
}

static void link_attach(struct xe_audit *audit, struct xe__link *link, struct xe__key *key,
                        struct xe__trail *trail)
{
    link->key = key;
    link->trail = trail;
    link->generation = ++key->generation;
    link->open = true;
    link->older = key->newest;
    key->newest = link;
    key->links++;
    alias_append(trail, link);
    trail->focus_epoch = audit->focus_epoch - 1; /* it has one more key */
    trim_generations(audit, key);
}

struct xe__link *xe__audit_link_restore(struct xe__key *key, struct xe__trail *trail,
                                        uint32_t generation)
{
    struct xe__link **at = &key->newest, *link = xe_calloc(1, sizeof(*link));

    if (!link)
        return NULL;
    while (*at && (*at)->generation > generation)
        at = &(*at)->older;
    *link = (struct xe__link){.key = key, .trail = trail, .generation = generation, .older = *at};
    *at = link;
    key->links++;
    alias_append(trail, link);
    return link;
}

/* created: the record of the key's beginning, NULL when that went unheard; born: it is the object's
 * own, too. NULL: memory is out. */
static struct xe__link *make_link(struct xe_audit *audit, struct xe__key *key, uint64_t object_id,
                                  const struct xe_audit_kind *kind,
                                  const struct xe_audit_rec *created, bool born)
{
    struct xe__link *link = xe_calloc(1, sizeof(*link));
    struct xe__trail *trail =
        link ? trail_get(audit, object_id, kind, born ? created : NULL) : NULL;

    if (!trail) {
        audit->no_memory++;
        audit->lost++;
        xe_free(link);
        key_forget(audit, key);
        return NULL;
    }
    link->has_created = created != NULL;
    if (created)
        link->created = *created;
    link_attach(audit, link, key, trail);
    return link;
}

/* The entry of a key that names this object from now on; NULL: it did so before, or memory is out
 * (then *ret_failed). */
static struct xe__key *key_to_link(struct xe_audit *audit, uint32_t key, uint64_t object_id,
                                   bool *ret_failed)
{
    struct xe__key *entry = xe__audit_key_get(audit, key);

    if (!entry) {
        audit->no_memory++;
        audit->lost++;
        *ret_failed = true;
        return NULL;
    }
    if (entry->newest && entry->newest->open) {
        if (entry->newest->trail->object_id == object_id)
            return NULL;
        link_close(audit, entry->newest); /* its close was not heard */
    }
    return entry;
}

/* ---- what the kernel tells ------------------------------------------------------------------- */

void xe_audit_created(struct xe_audit *audit, const struct xe_audit_site *site, uint32_t key,
                      uint64_t object_id, const struct xe_audit_kind *kind, bool born)
{
    struct xe_audit_rec created;
    struct xe__key *entry;
    bool failed = false;

    if (!audit->enabled)
        return;
    audit->now = site->cycle;
    entry = key_to_link(audit, key, object_id, &failed);
    if (!entry)
        return;
    xe__audit_site_to_rec(site, &created);
    created.op = XE_AUDIT_OP_CREATE;
    created.seq = audit->seq + 1;
    if (!make_link(audit, entry, object_id, kind, &created, born))
        return;
    audit->seq++;
    audit->records++;
    trim_closed(audit);
}

struct xe__trail *xe__audit_trail_for(struct xe_audit *audit, const struct xe_audit_act *act,
                                      bool *ret_failed)
{
    struct xe__link *link = act->object_id ? NULL : xe__audit_link_find(audit, act->key);
    struct xe__trail *trail = act->object_id ? xe__audit_trail_of(audit, act->object_id) : NULL;
    struct xe__key *entry;

    *ret_failed = false;
    if (trail || !act->object_id)
        return trail ? trail : link && link->open ? link->trail : NULL;
    entry = key_to_link(audit, act->key, act->object_id, ret_failed);
    link = entry ? make_link(audit, entry, act->object_id, &act->kind, NULL, false) : NULL;
    *ret_failed = !link;
    trim_closed(audit);
    return link ? link->trail : NULL;
}

void xe_audit_closed(struct xe_audit *audit, const struct xe_audit_site *site, uint32_t key)
{
    struct xe__key *entry = xe_map_get(&audit->keys, key);
    struct xe__link *link = entry ? entry->newest : NULL;

    if (audit->enabled)
        audit->now = site->cycle;
    if (!link || !link->open)
        return;
    if (audit->enabled) {
        xe__audit_site_to_rec(site, &link->closed);
        link->closed.op = XE_AUDIT_OP_CLOSE;
        link->closed.seq = ++audit->seq;
        link->has_closed = true;
        audit->records++;
    }
    link_close(audit, link);
    trim_closed(audit);
}

/* Its closed links may be forgotten in turn. */
static void requeue(struct xe_audit *audit, struct xe__trail *trail)
{
    trail->spared = false;
    for (struct xe__link *link = trail->first_alias; link; link = link->next_alias)
        if (!link->open && !link->queued)
            xe__audit_link_queue(audit, link);
    trim_closed(audit);
}

void xe_audit_ended(struct xe_audit *audit, uint64_t object_id)
{
    struct xe__trail *trail = xe_map_take(&audit->objects, object_id);

    if (!trail)
        return;
    trail->live = false;
    for (struct xe__link *link = trail->first_alias; link; link = link->next_alias)
        link->open = false;
    requeue(audit, trail);
}

void xe__audit_trail_wait_over(struct xe_audit *audit, struct xe__trail *trail)
{
    if (trail->spared && !trail->body.first_open)
        requeue(audit, trail);
}
