/* Keys, links and trails as state. A trail is told where its first alias stands among the links of
 * all keys, so each is told once, and loading makes the same lists in the same order. */
#include "audit/state.h"

#include "base/alloc.h"

#define LINK_SIZE 12u /* the least that a link is encoded in */

/* ---- keys ------------------------------------------------------------------------------------ */

/* Oldest first: a new key goes to the front. */
static void keys_state(struct xe_codec *c, struct xe_audit *audit)
{
    struct xe__key *key = audit->first_key;
    size_t n = key ? 1 : 0;

    while (key && key->next) {
        key = key->next;
        n++;
    }
    n = xe_codec_count(c, "keys", n, UINT32_MAX, 8);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        uint32_t number = key ? key->key : 0;

        xe_codec_u32(c, "key", &number);
        if (xe_codec_loading(c)) {
            if (!xe_codec_want(c, !xe_map_get(&audit->keys, number), "key 0x%08x stands twice",
                               number))
                return;
            key = xe__audit_key_get(audit, number);
            if (!key) {
                xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for keys");
                return;
            }
        }
        XE_CODEC(c, key->generation);
        key = xe_codec_loading(c) ? NULL : key->prev;
    }
}

static void check_keys(struct xe_codec *c, const struct xe_audit *audit)
{
    for (const struct xe__key *key = audit->first_key; key && !c->stopped; key = key->next)
        xe_codec_want(c, key->newest && key->newest->generation == key->generation,
                      "key 0x%08x: generation %u is not there", key->key, key->generation);
}

/* ---- links ----------------------------------------------------------------------------------- */

void xe__audit_link_state(struct xe_codec *c, struct xe__link *link)
{
    XE_CODEC(c, link->open);
    XE_CODEC(c, link->has_created);
    XE_CODEC(c, link->has_closed);
    xe__audit_place_state(c, &link->created);
    xe__audit_place_state(c, &link->closed);
    xe_codec_want(
        c, (!link->has_created || link->created.seq) && (!link->has_closed || link->closed.seq),
        "a link without its records");
    xe_codec_want(c,
                  !link->open || (!link->has_closed && link->generation == link->key->generation),
                  "key 0x%08x: generation %u is open, and over", link->key->key, link->generation);
}

/* Loading: an empty link where it belongs; NULL: the codec has stopped. */
static struct xe__link *take_link(struct xe_codec *c, struct xe_audit *audit,
                                  struct xe__trail *trail, uint32_t number, uint32_t generation)
{
    struct xe__key *key = xe_map_get(&audit->keys, number);
    struct xe__link *link;

    if (!xe_codec_want(c, key && key->links < XE__GENERATIONS_MAX, "key 0x%08x has no such link",
                       number))
        return NULL;
    for (link = key->newest; link; link = link->older)
        if (!xe_codec_want(c, link->generation != generation,
                           "key 0x%08x: generation %u stands twice", number, generation))
            return NULL;
    link = xe__audit_link_restore(key, trail, generation);
    if (!link)
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for links");
    return link;
}

static void links_state(struct xe_codec *c, struct xe_audit *audit, struct xe__trail *trail)
{
    struct xe__link *link = trail->first_alias;
    size_t n = 0;

    for (const struct xe__link *it = link; it; it = it->next_alias)
        n++;
    n = xe_codec_count(c, "links", n, UINT32_MAX, LINK_SIZE);
    xe_codec_want(c, n, "a trail that no key leads to");
    for (size_t i = 0; i < n && !c->stopped; i++) {
        uint32_t number = link ? link->key->key : 0, generation = link ? link->generation : 0;

        xe_codec_u32(c, "key", &number);
        xe_codec_u32(c, "generation", &generation);
        if (xe_codec_loading(c))
            link = take_link(c, audit, trail, number, generation);
        if (!link || c->stopped)
            return;
        xe__audit_link_state(c, link);
        link = link->next_alias;
    }
}

/* The links that are forgotten first, in that order. */
static void closed_state(struct xe_codec *c, struct xe_audit *audit)
{
    struct xe__link *link = audit->first_closed;
    size_t n = xe_codec_count(c, "closed links", audit->closed_links, XE__CLOSED_LINKS, 8);

    for (size_t i = 0; i < n && !c->stopped; i++) {
        uint32_t number = link ? link->key->key : 0, generation = link ? link->generation : 0;

        xe_codec_u32(c, "closed key", &number);
        xe_codec_u32(c, "closed generation", &generation);
        if (!xe_codec_loading(c)) {
            link = link->next_closed;
            continue;
        }
        link = xe__audit_link_at(audit, number, generation);
        if (xe_codec_want(c, link && !link->open && !link->queued,
                          "key 0x%08x: generation %u is not closed, or stands twice", number,
                          generation))
            xe__audit_link_queue(audit, link);
        link = NULL;
    }
}

/* ---- trails ---------------------------------------------------------------------------------- */

void xe__audit_trail_state(struct xe_codec *c, struct xe__trail *trail, uint32_t ring)
{
    XE_CODEC(c, trail->object_id);
    xe_codec_enum(c, "kind", &trail->kind.kind, XE_AUDIT_CLOSED + 1);
    XE_CODEC(c, trail->kind.count);
    XE_CODEC(c, trail->kind.limit);
    XE_CODEC(c, trail->live);
    XE_CODEC(c, trail->has_created);
    XE_CODEC(c, trail->late);
    XE_CODEC(c, trail->spared);
    xe__audit_place_state(c, &trail->created);
    xe_codec_want(c, !trail->has_created || trail->created.seq, "a trail without its beginning");
    xe__audit_body_state(c, &trail->body, ring);
}

/* The object has not ended: its id leads to the trail. */
static bool enlist(struct xe_codec *c, struct xe_audit *audit, struct xe__trail *trail)
{
    if (c->stopped ||
        !xe_codec_want(c, !xe_map_get(&audit->objects, trail->object_id),
                       "object 0x%llx has two trails", (unsigned long long)trail->object_id))
        return false;
    if (xe_map_put(&audit->objects, trail->object_id, trail))
        return true;
    xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for trails");
    return false;
}

static void take_trail(struct xe_codec *c, struct xe_audit *audit)
{
    struct xe__trail *trail = xe__audit_trail_make(audit);

    if (!trail) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for trails");
        return;
    }
    links_state(c, audit, trail);
    if (!trail->first_alias) { /* nobody else would free it */
        xe__audit_trail_free(audit, trail);
        return;
    }
    xe__audit_trail_state(c, trail, audit->ring);
    audit->room += xe__audit_body_room(&trail->body);
    if (trail->live && !enlist(c, audit, trail))
        trail->live = false;
}

static void give_trails(struct xe_codec *c, struct xe_audit *audit)
{
    for (struct xe__key *key = audit->first_key; key; key = key->next)
        for (struct xe__link *link = key->newest; link; link = link->older)
            if (link == link->trail->first_alias) {
                links_state(c, audit, link->trail);
                xe__audit_trail_state(c, link->trail, audit->ring);
            }
}

void xe__audit_trails_state(struct xe_codec *c, struct xe_audit *audit)
{
    size_t n;

    keys_state(c, audit);
    n = xe_codec_count(c, "trails", audit->trails, UINT32_MAX, LINK_SIZE);
    if (!xe_codec_loading(c))
        give_trails(c, audit);
    for (size_t i = 0; xe_codec_loading(c) && i < n && !c->stopped; i++)
        take_trail(c, audit);
    if (xe_codec_loading(c))
        check_keys(c, audit);
    closed_state(c, audit);
}
