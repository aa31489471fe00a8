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
                                       .src = who->src ? who->src : "?"};
    snprintf(waiter->name, sizeof(waiter->name), "%s", who->name ? who->name : "");
    crowd->count++;
}

/* ---- the parts of one handle's report -------------------------------------------------------- */

static void fill_object(struct xe_audit_handle_report *h, const struct xe__story *story,
                        const struct xe_audit_object *object)
{
    bool closed = story->link && !story->link->open;

    if (object) {
        h->kind = object->kind;
        h->known = true;
        h->signaled = object->signaled;
    } else if (!story->link) {
        h->kind.kind = XE_AUDIT_UNCREATED;
    } else if (closed) {
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
        h->signal_attempts.dropped += xe__body_dropped(story->body[i]);
    h->waits = story->total.waits;
    h->wakes = story->total.wakes;
    h->resets = story->total.resets;
    h->failed = story->total.failed;
}

static void fill_life(struct xe_audit_handle_report *h, const struct xe__story *story)
{
    const struct xe__link *link = story->link;

    h->key = story->key[0];
    if (!link)
        return;
    h->generation = link->generation;
    h->has_created = true;
    h->created = link->trail->created;
    h->has_closed = link->has_closed;
    h->closed = link->closed;
    for (const struct xe__link *it = link->trail->first_alias; it; it = it->next_alias)
        if (it->key != link->key && it->open && h->alias_count < XE__ALIASES)
            h->aliases[h->alias_count++] = it->key->key;
}

/* Mark the waiters whose wait has a record; returns how many. The case's waiter becomes the oldest
 * recorded one, else the first. */
static uint32_t match_waits(struct crowd *crowd, const struct xe__story *story, struct xe__case *it)
{
    const struct xe__open_wait *hint = NULL;
    uint32_t recorded = 0;

    for (uint32_t i = 0; i < crowd->count; i++) {
        const struct xe__open_wait *wait =
            xe__story_open_wait(story, crowd->parked[i].wait_id, &hint);

        crowd->waiter[i].recorded = wait || crowd->parked[i].woken_but_held;
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

static bool make_handle(const struct xe_audit *audit, const struct xe_audit_world *world,
                        uint32_t key, struct xe_audit_handle_report *h, struct xe_error *err)
{
    struct xe_audit_object object = {0};
    struct crowd crowd = {0};
    struct xe__story story;
    bool found = world && world->object && world->object(world->ctx, key, &object);
    struct xe__case it = {.audit = audit,
                          .world = world,
                          .story = &story,
                          .report = h,
                          .object = found ? &object : NULL};

    if (world && world->parked)
        world->parked(world->ctx, key, crowd_add, &crowd);
    if (crowd.no_memory) {
        crowd_fini(&crowd);
        return xe_error_set(err, XE_ERR_NO_MEMORY, "audit report: out of memory");
    }
    xe__story_make(audit, key, it.object, &story);
    h->given_key = key;
    fill_life(h, &story);
    fill_object(h, &story, it.object);
    fill_peek(h, world);
    fill_counts(h, &story);
    fill_waiters(h, &crowd, &story, &it);
    h->timeline_count = xe__story_last(&story, XE_AUDIT_TIMELINE, h->timeline);
    h->timeline_total = xe__story_records(&story);
    it.parked = crowd.parked;
    xe__diagnose(&it, &h->diagnosis);
    crowd_fini(&crowd);
    return true;
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

    if (!keys)
        keys = xe_audit_focus_get(audit, &count);
    report.handle = xe_calloc(count, sizeof(*report.handle));
    if (!report.handle)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "audit report: out of memory");
    for (uint32_t i = 0; i < count; i++) {
        report.handles = i + 1;
        if (!make_handle(audit, world, keys[i], &report.handle[i], err)) {
            xe_audit_report_fini(&report);
            return false;
        }
    }
    *ret = report;
    return true;
}

void xe_audit_report_fini(struct xe_audit_report *report)
{
    for (uint32_t i = 0; i < report->handles; i++)
        xe_free(report->handle[i].waiter);
    xe_free(report->handle);
    *report = (struct xe_audit_report){0};
}
