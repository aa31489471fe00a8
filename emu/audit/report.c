/* Reports: what was recorded about each key, joined with the scheduler's truth of the moment. */
#include <stdio.h>
#include <string.h>

#include "audit/audit_internal.h"
#include "base/alloc.h"

/* Threads parked on one key, as visited; waiter[i] shows parked[i]. */
struct crowd {
    struct xe_audit_parked *parked;
    struct xe_audit_waiter *waiter;
    uint32_t count;
    size_t parked_room, waiter_room;
    bool no_memory;
};

static void crowd_fini(struct crowd *crowd)
{
    xe_free(crowd->parked);
    xe_free(crowd->waiter);
}

static void crowd_add(void *ctx, const struct xe_audit_parked *who)
{
    struct crowd *crowd = ctx;
    struct xe_audit_waiter *waiter;
    uint32_t n = crowd->count;

    /* The same object twice in one WaitMultiple is one waiter. */
    if (n && crowd->parked[n - 1].tid == who->tid)
        return;
    if (!xe_grow(&crowd->parked, &crowd->parked_room, n, sizeof(*crowd->parked)) ||
        !xe_grow(&crowd->waiter, &crowd->waiter_room, n, sizeof(*crowd->waiter))) {
        crowd->no_memory = true;
        return;
    }
    crowd->parked[n] = *who;
    crowd->parked[n].name = NULL;
    waiter = &crowd->waiter[n];
    *waiter = (struct xe_audit_waiter){.tid = who->tid,
                                       .since_cycle = who->since_cycle,
                                       .lr = who->lr,
                                       .src = who->src ? who->src : "?",
                                       .timed = who->timed,
                                       .due_cycle = who->due_cycle};
    snprintf(waiter->name, sizeof(waiter->name), "%s", who->name ? who->name : "");
    crowd->count++;
}

/* ---- the parts of one handle's report -------------------------------------------------------- */

static void fill_object(struct xe_audit_handle_report *h, const struct xe__story *story,
                        const struct xe_audit_object *object)
{
    if (object) {
        h->kind = object->kind;
        h->known = true;
        h->signaled = object->signaled;
    } else if (!story->trail) {
        h->kind.kind = XE_AUDIT_UNCREATED;
    } else if (story->link && !story->link->open) {
        h->kind.kind = XE_AUDIT_CLOSED;
    } else {
        h->kind = story->trail->kind;
    }
}

static void fill_peek(struct xe_audit_handle_report *h, const struct xe_audit_world *world)
{
    if (h->kind.kind != XE_AUDIT_UNCREATED || !world || !world->peek)
        return;
    if (!world->peek(world->ctx, h->key, h->peek, sizeof(h->peek)))
        h->peek[0] = '\0';
}

static void fill_counts(struct xe_audit_handle_report *h, const struct xe__story *story)
{
    h->signal_attempts.total = story->primary + story->ghost;
    h->signal_attempts.primary = story->primary;
    h->signal_attempts.ghost = story->ghost;
    for (uint32_t i = 0; i < story->bodies; i++)
        h->signal_attempts.dropped += xe__audit_body_dropped(story->body[i]);
    for (uint32_t i = 0; i < story->bodies; i++)
        h->dropped += xe__audit_body_forgotten(story->body[i]);
    h->complete = xe__audit_story_complete(story, &h->since_cycle);
    h->waits = story->total.waits;
    h->wakes = story->total.wakes;
    h->resets = story->total.resets;
    h->failed = story->total.failed;
    h->polls = story->total.polls;
    h->timeouts = story->total.timeouts;
}

static void fill_life(struct xe_audit_handle_report *h, const struct xe__story *story)
{
    const struct xe__link *link = story->link, *it;

    h->key = story->key[0];
    if (!story->trail)
        return;
    h->has_created = story->trail->has_created;
    h->created = story->trail->created;
    for (it = story->trail->first_alias; it; it = it->next_alias)
        if ((!link || it->key != link->key) && it->open && h->alias_count < XE__ALIASES)
            h->aliases[h->alias_count++] = it->key->key;
    if (!link)
        return;
    h->generation = link->generation;
    h->has_closed = link->has_closed;
    h->closed = link->closed;
}

/* Mark the waiters whose wait has a record; returns how many. The case's waiter becomes the oldest
 * recorded one, else the first. */
static uint32_t match_waits(struct crowd *crowd, const struct xe__story *story, struct xe__case *it)
{
    const struct xe__open_wait *hint = NULL;
    uint32_t recorded = 0;

    for (uint32_t i = 0; i < crowd->count; i++) {
        const struct xe__open_wait *wait =
            xe__audit_story_open_wait(story, crowd->parked[i].wait_id, &hint);

        crowd->waiter[i].recorded = wait || crowd->parked[i].suspended;
        recorded += crowd->waiter[i].recorded;
        if (wait && (!it->wait || wait->seq < it->wait->seq)) {
            it->wait = wait;
            it->waiter = &crowd->parked[i];
        }
    }
    if (!it->waiter && crowd->count)
        it->waiter = &crowd->parked[0];
    return recorded;
}

static void fill_waiters(struct xe_audit_handle_report *h, struct crowd *crowd,
                         const struct xe__story *story, struct xe__case *it)
{
    uint32_t recorded = match_waits(crowd, story, it);

    h->waiters = crowd->count;
    h->waiter = crowd->waiter;
    crowd->waiter = NULL;
    h->blind = h->waiters > 0 && h->waits == 0;
    h->partial = !h->blind && recorded > 0 && recorded < h->waiters;
}

/* ---- verdicts -------------------------------------------------------------------------------- */

static bool is_same(const struct xe_audit_diagnosis *a, const struct xe_audit_diagnosis *b)
{
    return !strcmp(a->sub, b->sub) && !strcmp(a->text, b->text) &&
           a->producer_tid == b->producer_tid && a->owner_tid == b->owner_tid &&
           a->unsignaled_count == b->unsignaled_count &&
           !memcmp(a->unsignaled, b->unsignaled, sizeof(a->unsignaled));
}

/* The verdict of one more waiter: counted with its like, else a new one. */
static bool add_verdict(struct xe_audit_handle_report *h, size_t *room, uint32_t tid,
                        const struct xe_audit_diagnosis *diagnosis)
{
    struct xe_audit_verdict *it;
    uint32_t i = 0;

    while (i < h->verdicts && !is_same(&h->verdict[i].diagnosis, diagnosis))
        i++;
    if (i == XE_AUDIT_VERDICTS) {
        h->verdict_others++;
        return true;
    }
    if (i == h->verdicts) {
        if (!xe_grow(&h->verdict, room, i, sizeof(*it)))
            return false;
        h->verdict[h->verdicts++] = (struct xe_audit_verdict){.diagnosis = *diagnosis};
    }
    it = &h->verdict[i];
    it->waiters++;
    if (it->tids < XE_AUDIT_TIDS)
        it->tid[it->tids++] = tid;
    return true;
}

/* The case's own waiter is told first, then the others as they came. */
static bool fill_verdicts(struct xe_audit_handle_report *h, struct xe__case *it)
{
    const struct xe__open_wait *hint = NULL;
    struct xe__producers producers;
    size_t room = 0;
    bool ok;

    xe__audit_producers_of(it->world, h->given_key,
                           it->object         ? it->object->object_id
                           : it->story->trail ? it->story->trail->object_id
                                              : 0,
                           &producers);
    it->producers = &producers;
    xe__audit_diagnose(it, &h->diagnosis);
    ok = !it->waiter || add_verdict(h, &room, it->waiter->tid, &h->diagnosis);
    for (uint32_t i = 0; ok && i < h->waiters; i++) {
        struct xe_audit_diagnosis diagnosis;
        struct xe__case other = *it;

        other.waiter = &it->parked[i];
        other.wait = xe__audit_story_open_wait(it->story, other.waiter->wait_id, &hint);
        if (other.waiter == it->waiter)
            continue;
        xe__audit_diagnose(&other, &diagnosis);
        ok = add_verdict(h, &room, other.waiter->tid, &diagnosis);
    }
    return ok;
}

/* ---- the blocks ------------------------------------------------------------------------------ */

static bool no_memory(struct xe_error *err)
{
    return xe_error_set(err, XE_ERR_NO_MEMORY, "audit report: out of memory");
}

/* One more block. The case holds what is known: a story, an object, who is parked. */
static bool add_block(struct xe_audit_report *report, size_t *room, struct xe__case *it,
                      struct crowd *crowd, uint32_t given)
{
    struct xe_audit_handle_report *h;

    if (crowd->no_memory || !xe_grow(&report->handle, room, report->handles, sizeof(*h)))
        return false;
    h = &report->handle[report->handles++];
    *h = (struct xe_audit_handle_report){.given_key = given, .ordinal = it->ordinal};
    it->report = h;
    fill_life(h, it->story);
    fill_object(h, it->story, it->object);
    fill_peek(h, it->world);
    fill_counts(h, it->story);
    fill_waiters(h, crowd, it->story, it);
    h->timeline_count = xe__audit_story_last(it->story, XE_AUDIT_TIMELINE, h->timeline);
    h->timeline_total = xe__audit_story_records(it->story);
    it->parked = crowd->parked;
    return fill_verdicts(h, it);
}

/* The object of a trail that lost its names, if threads wait for it. */
static bool find_waited_for(const struct xe_audit_world *world, const struct xe__trail *trail,
                            struct xe_audit_object *ret, struct crowd *crowd)
{
    if (!world || !world->waited_for || !trail->live ||
        !world->waited_for(world->ctx, trail->object_id, ret))
        return false;
    world->parked_by_id(world->ctx, trail->object_id, crowd_add, crowd);
    return true;
}

/* What the key names now, or named last. */
static bool add_newest(struct xe_audit_report *report, size_t *room, struct xe__case *it,
                       uint32_t key, const struct xe__trail **ret_trail)
{
    const struct xe_audit_world *world = it->world;
    struct xe_audit_object object = {0};
    struct crowd crowd = {0};
    struct xe__story story;
    bool found = world && world->object && world->object(world->ctx, key, &object), ok;

    xe__audit_story_make(it->audit, key, found ? &object : NULL, &story);
    if (!found && story.trail && !story.link->open)
        found = find_waited_for(world, story.trail, &object, &crowd);
    else if (world && world->parked)
        world->parked(world->ctx, key, crowd_add, &crowd);
    it->object = found ? &object : NULL;
    it->story = &story;
    *ret_trail = story.trail;
    ok = add_block(report, room, it, &crowd, key);
    crowd_fini(&crowd);
    return ok;
}

/* The same object may have had the number more than once. */
static bool is_told(const struct xe__link *newest, const struct xe__link *link)
{
    while (newest != link && newest->trail != link->trail)
        newest = newest->older;
    return newest != link;
}

/* What the key named before, as long as threads wait for it. */
static bool add_older(struct xe_audit_report *report, size_t *room, const struct xe__case *like,
                      uint32_t key, const struct xe__trail *newest)
{
    const struct xe__link *first = xe__audit_link_find(like->audit, key);
    bool ok = true;

    for (const struct xe__link *link = first; ok && link; link = link->older) {
        struct xe__case it = {.audit = like->audit, .world = like->world, .ordinal = like->ordinal};
        struct xe_audit_object object = {0};
        struct crowd crowd = {0};
        struct xe__story story;

        if (link->trail != newest && !link->open && !is_told(first, link) &&
            find_waited_for(like->world, link->trail, &object, &crowd)) {
            xe__audit_story_of_link(like->audit, link, &story);
            it.object = &object;
            it.story = &story;
            ok = add_block(report, room, &it, &crowd, key);
        }
        crowd_fini(&crowd);
    }
    return ok;
}

static void fill_gaps(const struct xe_audit *audit, struct xe_audit_report *report)
{
    uint32_t kept = audit->gaps < XE_AUDIT_GAPS ? audit->gaps : XE_AUDIT_GAPS;

    report->complete = audit->enabled && !audit->enabled_cycle && !audit->lost;
    report->since_cycle = audit->enabled_cycle;
    report->gaps_ever = audit->gaps + !audit->enabled;
    if (!audit->enabled && kept == XE_AUDIT_GAPS)
        kept--; /* the one that goes on is the newest */
    for (uint32_t i = 0; i < kept; i++)
        report->gap[report->gaps++] = audit->gap[(audit->gaps - kept + i) % XE_AUDIT_GAPS];
    if (!audit->enabled)
        report->gap[report->gaps++] = (struct xe_audit_gap){audit->disabled_cycle, report->cycle};
}

bool xe_audit_report_make(const struct xe_audit *audit, const struct xe_audit_world *world,
                          const uint32_t *keys, uint32_t count, struct xe_audit_report *ret,
                          struct xe_error *err)
{
    struct xe_audit_report report = {
        .cycle = world && world->cycle ? world->cycle(world->ctx) : audit->now,
        .seq = audit->seq,
        .enabled = audit->enabled,
        .interfered = audit->interfered,
    };
    size_t room = 0;

    fill_gaps(audit, &report);
    if (!keys)
        keys = xe_audit_focus_get(audit, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct xe__case it = {.audit = audit, .world = world, .ordinal = i};
        const struct xe__trail *trail = NULL;

        if (!add_newest(&report, &room, &it, keys[i], &trail) ||
            !add_older(&report, &room, &it, keys[i], trail)) {
            xe_audit_report_fini(&report);
            return no_memory(err);
        }
    }
    *ret = report;
    return true;
}

void xe_audit_report_fini(struct xe_audit_report *report)
{
    for (uint32_t i = 0; i < report->handles; i++) {
        xe_free(report->handle[i].waiter);
        xe_free(report->handle[i].verdict);
    }
    xe_free(report->handle);
    *report = (struct xe_audit_report){0};
}
