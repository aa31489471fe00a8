/* Primary trails: one per object from its creation on, found by every key that names it.
 *
 * Reusing a handle starts a new generation under its key; a second handle on a live object is an
 * alias of the first one's trail. Trails of closed handles stay for reports, but a guest that opens
 * and closes for ever must not eat the host: each key keeps its newest XE__GENERATIONS links, and
 * all keys outside the focus together the XE__CLOSED_LINKS closed last. A key that was forgotten
 * altogether starts again at generation 1. */
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

void xe__link_queue(struct xe_audit *audit, struct xe__link *link)
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

void xe__trail_free(struct xe_audit *audit, struct xe__trail *trail)
{
    if (!trail)
        return;
    xe__body_fini(&trail->body);
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
        xe__trail_free(audit, link->trail);
    xe_free(link);
}

/* Closed links beyond the limit go, oldest first. Those in the focus are taken off the list: the
 * limit of generations bounds them. */
static void trim_closed(struct xe_audit *audit)
{
    while (audit->closed_links > XE__CLOSED_LINKS) {
        struct xe__link *link = audit->first_closed;
        struct xe__key *key = link->key;

        if (xe__focus_find(audit, xe__canonical(key->key))) {
            closed_remove(audit, link);
            continue;
        }
        link_forget(audit, link);
        key_forget(audit, key);
    }
}

static void link_close(struct xe_audit *audit, struct xe__link *link)
{
    link->open = false;
    if (--link->trail->open_links == 0)
        xe_map_take(&audit->objects, link->trail->object_id);
    xe__link_queue(audit, link);
}

void xe__trails_fini(struct xe_audit *audit)
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

struct xe__link *xe__link_find(const struct xe_audit *audit, uint32_t key)
{
    struct xe__key *entry = xe_map_get(&audit->keys, key);

    if (!entry)
        entry = xe_map_get(&audit->keys, xe__canonical(key));
    return entry ? entry->newest : NULL;
}

struct xe__link *xe__link_at(const struct xe_audit *audit, uint32_t key, uint32_t generation)
{
    const struct xe__key *entry = xe_map_get(&audit->keys, key);
    struct xe__link *link = entry ? entry->newest : NULL;

    while (link && link->generation != generation)
        link = link->older;
    return link;
}

struct xe__trail *xe__trail_of(const struct xe_audit *audit, uint64_t object_id)
{
    return xe_map_get(&audit->objects, object_id);
}

struct xe__trail *xe__trail_live(const struct xe_audit *audit, uint32_t key, uint64_t object_id)
{
    struct xe__link *link = xe__link_find(audit, key);

    if (link && link->open && (!object_id || link->trail->object_id == object_id))
        return link->trail;
    return object_id ? xe_map_get(&audit->objects, object_id) : NULL;
}

/* ---- making ---------------------------------------------------------------------------------- */

struct xe__key *xe__key_get(struct xe_audit *audit, uint32_t key)
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

struct xe__trail *xe__trail_make(struct xe_audit *audit)
{
    struct xe__trail *trail = xe_calloc(1, sizeof(*trail));

    audit->trails += trail != NULL;
    return trail;
}

static struct xe__trail *trail_get(struct xe_audit *audit, uint64_t object_id,
                                   const struct xe_audit_kind *kind,
                                   const struct xe_audit_rec *created)
{
    struct xe__trail *trail = xe_map_get(&audit->objects, object_id);

    if (trail)
        return trail;
    trail = xe__trail_make(audit);
    if (!trail || !xe_map_put(&audit->objects, object_id, trail)) {
        xe__trail_free(audit, trail);
        return NULL;
    }
    trail->object_id = object_id;
    trail->kind = *kind;
    trail->created = *created;
    trail->body.signallers.since = created->cycle;
    trail->body.consuming = kind->kind != XE_AUDIT_EVENT_MANUAL &&
                            kind->kind != XE_AUDIT_TIMER_MANUAL && kind->kind != XE_AUDIT_THREAD;
    return trail;
}

static void link_attach(struct xe_audit *audit, struct xe__link *link, struct xe__key *key,
                        struct xe__trail *trail)
{
    struct xe__link *oldest = key->newest;

    link->key = key;
    link->trail = trail;
    link->generation = ++key->generation;
    link->open = true;
    link->older = key->newest;
    key->newest = link;
    key->links++;
    trail->open_links++;
    alias_append(trail, link);
    if (key->links <= XE__GENERATIONS)
        return;
    while (oldest->older)
        oldest = oldest->older;
    link_forget(audit, oldest);
}

struct xe__link *xe__link_restore(struct xe__key *key, struct xe__trail *trail, uint32_t generation)
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

static void make_link(struct xe_audit *audit, struct xe__key *key, uint64_t object_id,
                      const struct xe_audit_kind *kind, const struct xe_audit_site *site)
{
    struct xe__link *link = xe_calloc(1, sizeof(*link));
    struct xe__trail *trail;

    if (!link)
        goto fail;
    xe__site_to_rec(site, &link->created);
    link->created.op = XE_AUDIT_OP_CREATE;
    link->created.seq = audit->seq + 1;
    trail = trail_get(audit, object_id, kind, &link->created);
    if (!trail)
        goto fail;
    audit->seq++;
    audit->records++;
    link_attach(audit, link, key, trail);
    return;

fail:
    audit->no_memory++;
    xe_free(link);
    key_forget(audit, key);
}

void xe_audit_created(struct xe_audit *audit, const struct xe_audit_site *site, uint32_t key,
                      uint64_t object_id, const struct xe_audit_kind *kind)
{
    struct xe__key *entry;

    if (!audit->enabled)
        return;
    audit->now = site->cycle;
    entry = xe__key_get(audit, key);
    if (!entry) {
        audit->no_memory++;
        return;
    }
    if (entry->newest && entry->newest->open) {
        if (entry->newest->trail->object_id == object_id)
            return;
        link_close(audit, entry->newest); /* its close went by while the audit was off */
    }
    make_link(audit, entry, object_id, kind, site);
    trim_closed(audit);
}

void xe_audit_closed(struct xe_audit *audit, const struct xe_audit_site *site, uint32_t key)
{
    struct xe__key *entry;
    struct xe__link *link;

    if (!audit->enabled)
        return;
    audit->now = site->cycle;
    entry = xe_map_get(&audit->keys, key);
    link = entry ? entry->newest : NULL;
    if (!link || !link->open)
        return;
    xe__site_to_rec(site, &link->closed);
    link->closed.op = XE_AUDIT_OP_CLOSE;
    link->closed.seq = ++audit->seq;
    link->has_closed = true;
    audit->records++;
    link_close(audit, link);
    trim_closed(audit);
}
