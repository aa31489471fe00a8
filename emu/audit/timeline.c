/* The story of a key: its trail and the ghosts of all its names, and their records in order.
 *
 * Rings are sorted by nature, so records are merged from the ends of at most a hundred short
 * sources, without copying or sorting them. */
#include <string.h>

#include "audit/audit_internal.h"

/* ---- collecting ------------------------------------------------------------------------------ */

static void add_key(struct xe__story *story, uint32_t key)
{
    for (uint32_t i = 0; i < story->keys; i++)
        if (story->key[i] == key)
            return;
    if (story->keys < XE__BODIES)
        story->key[story->keys++] = key;
}

static void add_body(struct xe__story *story, const struct xe__body *body)
{
    if (story->bodies == XE__BODIES)
        return;
    story->body[story->bodies++] = body;
    story->total.signals += body->total.signals;
    story->total.waits += body->total.waits;
    story->total.wakes += body->total.wakes;
    story->total.resets += body->total.resets;
    story->total.failed += body->total.failed;
    story->total.polls += body->total.polls;
    story->total.timeouts += body->total.timeouts;
    story->total.woken += body->total.woken;
}

static void collect_keys(struct xe__story *story, uint32_t key,
                         const struct xe_audit_object *object)
{
    add_key(story, story->link ? story->link->key->key : xe__audit_canonical(key));
    if (story->trail)
        for (const struct xe__link *it = story->trail->first_alias; it; it = it->next_alias)
            if (story->keys <= XE__ALIASES)
                add_key(story, it->key->key);
    if (object)
        add_key(story, object->canonical_key);
}

/* Which of the key's links: that to the object which the key names now, else the newest. A link to
 * another object than the one that is there has nothing to say about it. */
static void choose_link(struct xe__story *story, uint32_t key, const struct xe_audit_object *object)
{
    if (!object || !object->object_id) {
        story->link = xe__audit_link_find(story->audit, key);
        story->trail = story->link ? story->link->trail : NULL;
        return;
    }
    story->trail = xe__audit_trail_of(story->audit, object->object_id);
    story->link = xe__audit_link_to(story->audit, key, object->object_id);
    if (story->link && !story->link->open)
        story->link = NULL; /* it was opened anew while nobody listened */
}

static void add_primary(struct xe__story *story)
{
    if (!story->trail)
        return;
    add_body(story, &story->trail->body);
    story->primary = story->total.signals;
}

void xe__audit_story_make(const struct xe_audit *audit, uint32_t key,
                          const struct xe_audit_object *object, struct xe__story *ret)
{
    *ret = (struct xe__story){.audit = audit, .object_id = object ? object->object_id : 0};
    choose_link(ret, key, object);
    add_primary(ret);
    collect_keys(ret, key, object);
    ret->ghost_from = ret->bodies;
    for (uint32_t i = 0; i < ret->keys; i++) {
        const struct xe__ghost *ghost =
            xe__audit_ghost_find(audit, xe__audit_canonical(ret->key[i]));

        if (ghost)
            add_body(ret, &ghost->body);
    }
    ret->ghost = ret->total.signals - ret->primary;
}

void xe__audit_story_of_link(const struct xe_audit *audit, const struct xe__link *link,
                             struct xe__story *ret)
{
    *ret = (struct xe__story){.audit = audit, .link = link, .trail = link->trail};
    add_primary(ret);
    collect_keys(ret, link->key->key, NULL);
    ret->ghost_from = ret->bodies;
}

/* ---- merging --------------------------------------------------------------------------------- */

/* A sorted run of records: a ring, or a single one. next counts from the end merging starts at. */
struct source {
    const struct xe__ring *ring;
    const struct xe_audit_rec *one;
    uint32_t next;
};

#define SOURCES (4u * (XE__BODIES + XE__GENERATIONS) + 4u * XE__GENERATIONS)

struct merge {
    struct source source[SOURCES];
    uint32_t sources;
};

static uint32_t source_size(const struct source *source)
{
    return source->ring ? source->ring->used : 1;
}

static const struct xe_audit_rec *source_at(const struct source *source, uint32_t i)
{
    return source->ring ? xe__audit_ring_at(source->ring, i) : source->one;
}

static void add_ring(struct merge *merge, const struct xe__ring *ring)
{
    if (ring->used && merge->sources < SOURCES)
        merge->source[merge->sources++] = (struct source){.ring = ring};
}

static void add_one(struct merge *merge, const struct xe_audit_rec *rec)
{
    for (uint32_t i = 0; i < merge->sources; i++)
        if (merge->source[i].one && merge->source[i].one->seq == rec->seq)
            return;
    if (merge->sources < SOURCES)
        merge->source[merge->sources++] = (struct source){.one = rec};
}

static void add_rings(struct merge *merge, const struct xe__body *body)
{
    add_ring(merge, &body->signals);
    add_ring(merge, &body->waits);
    add_ring(merge, &body->wakes);
    add_ring(merge, &body->resets);
}

static void add_life(struct merge *merge, const struct xe__link *link)
{
    if (link->trail->has_created)
        add_one(merge, &link->trail->created);
    if (link->has_created)
        add_one(merge, &link->created);
    if (link->has_closed)
        add_one(merge, &link->closed);
}

static bool before(const struct xe_audit_rec *a, const struct xe_audit_rec *b)
{
    return a->cycle != b->cycle ? a->cycle < b->cycle : a->seq < b->seq;
}

static void merge_story(struct merge *merge, const struct xe__story *story)
{
    if (story->link)
        add_life(merge, story->link);
    for (uint32_t i = 0; i < story->bodies; i++)
        add_rings(merge, story->body[i]);
}

/* The newest record not taken yet; NULL at the end. */
static const struct xe_audit_rec *take_newest(struct merge *merge)
{
    const struct xe_audit_rec *best = NULL;
    struct source *from = NULL;

    for (uint32_t i = 0; i < merge->sources; i++) {
        struct source *source = &merge->source[i];
        uint32_t size = source_size(source);

        if (source->next == size)
            continue;
        if (!best || before(best, source_at(source, size - 1 - source->next))) {
            best = source_at(source, size - 1 - source->next);
            from = source;
        }
    }
    if (from)
        from->next++;
    return best;
}

static const struct xe_audit_rec *take_oldest(struct merge *merge)
{
    const struct xe_audit_rec *best = NULL;
    struct source *from = NULL;

    for (uint32_t i = 0; i < merge->sources; i++) {
        struct source *source = &merge->source[i];

        if (source->next == source_size(source))
            continue;
        if (!best || before(source_at(source, source->next), best)) {
            best = source_at(source, source->next);
            from = source;
        }
    }
    if (from)
        from->next++;
    return best;
}

/* Skip what was recorded before seq. */
static void seek(struct source *source, uint64_t seq)
{
    uint32_t low = 0, high = source_size(source);

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (source_at(source, middle)->seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    source->next = low;
}

uint32_t xe__audit_story_last(const struct xe__story *story, uint32_t limit,
                              struct xe_audit_rec *ret)
{
    struct merge merge = {0};
    const struct xe_audit_rec *rec;
    uint32_t n = 0;

    merge_story(&merge, story);
    while (n < limit && (rec = take_newest(&merge)) != NULL)
        ret[limit - ++n] = *rec;
    memmove(ret, ret + limit - n, n * sizeof(*ret));
    return n;
}

/* May there have been a trail of it before? Ids are never used twice, so not of one that is newer
 * than all whose trails went. */
static bool may_be_forgotten(const struct xe__story *story)
{
    if (story->trail)
        return story->trail->late;
    return !story->object_id || story->object_id <= story->audit->forgot_id;
}

bool xe__audit_story_complete(const struct xe__story *story, uint64_t *ret_since)
{
    const struct xe_audit *audit = story->audit;
    bool seen = story->trail && story->trail->has_created;
    uint64_t birth = seen ? story->trail->created.cycle : 0;

    *ret_since = audit->enabled_cycle > birth ? audit->enabled_cycle : birth;
    if (may_be_forgotten(story) && audit->forgot_cycle > *ret_since)
        *ret_since = audit->forgot_cycle;
    return audit->enabled && *ret_since == birth && !audit->lost;
}

uint64_t xe__audit_story_records(const struct xe__story *story)
{
    struct merge life = {0};
    uint64_t n = 0;

    if (story->link)
        add_life(&life, story->link);
    for (uint32_t i = 0; i < story->bodies; i++)
        n += xe__audit_body_records(story->body[i]);
    return n + life.sources;
}

uint32_t xe_audit_timeline(const struct xe_audit *audit, uint32_t key, uint64_t from,
                           uint32_t limit, struct xe_audit_rec *ret)
{
    struct merge merge = {0};
    struct xe__story story;
    const struct xe_audit_rec *rec;
    uint32_t n = 0;

    xe__audit_story_make(audit, key, NULL, &story);
    merge_story(&merge, &story);
    if (story.link)
        for (const struct xe__link *it = story.link->older; it; it = it->older) {
            add_life(&merge, it);
            add_rings(&merge, &it->trail->body);
        }
    for (uint32_t i = 0; i < merge.sources; i++)
        seek(&merge.source[i], from);
    while (n < limit && (rec = take_oldest(&merge)) != NULL)
        ret[n++] = *rec;
    return n;
}

/* ---- open waits ------------------------------------------------------------------------------ */

static const struct xe__open_wait *search(const struct xe__open_wait *from, uint64_t wait_id)
{
    while (from && from->wait_id != wait_id)
        from = from->next;
    return from;
}

const struct xe__open_wait *xe__audit_story_open_wait(const struct xe__story *story,
                                                      uint64_t wait_id,
                                                      const struct xe__open_wait **hint)
{
    const struct xe__open_wait *found = NULL;

    if (*hint && (*hint)->next && (*hint)->next->wait_id == wait_id)
        found = (*hint)->next;
    for (uint32_t i = 0; !found && i < story->bodies; i++)
        found = search(story->body[i]->first_open, wait_id);
    if (found)
        *hint = found;
    return found;
}
