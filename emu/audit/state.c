/* The audit's records as state: beside it as a whole, for no digest, so that what is reported after
 * a load is what would have been reported without.
 *
 * Told: totals, the focus with its ghosts, all keys, all trails with the links that lead to them,
 * which closed links are kept in what order, open promises. Names of exports and sources are told
 * by text once and by number then, and looked up again when loading: no text of a file's stays.
 * What is loaded is linked as soon as it is allocated, so that clearing the audit frees all of it.
 */
#include "audit/state.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define NAME_SIZE 96u
#define REC_SIZE  120u /* the least that a record is encoded in */

/* ---- names ----------------------------------------------------------------------------------- */

void xe__audit_names_fini(struct xe__names *names)
{
    xe_free(names->text);
    xe_map_fini(&names->number);
}

/* Numbers begin with 1; 0: it is a new one. */
static uint32_t name_number(struct xe__names *names, const char *text)
{
    uint32_t number = (uint32_t)(uintptr_t)xe_map_get(&names->number, (uintptr_t)text);

    for (uint32_t i = 0; !number && i < names->count; i++)
        if (strcmp(names->text[i], text) == 0)
            number = i + 1;
    return number;
}

/* false: the codec has stopped. */
static bool name_add(struct xe_codec *c, struct xe__names *names, const char *text)
{
    if (!xe_grow(&names->text, &names->capacity, names->count, sizeof(*names->text)) ||
        !xe_map_put(&names->number, (uintptr_t)text, (void *)(uintptr_t)(names->count + 1))) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for names");
        return false;
    }
    names->text[names->count++] = text;
    return true;
}

/* A name that stands here for the first time, with its text. */
static void new_name(struct xe_codec *c, struct xe__names *names, const char *name,
                     const char **field)
{
    char text[NAME_SIZE] = "";
    const char *found;

    if (!xe_codec_loading(c))
        snprintf(text, sizeof(text), "%s", *field);
    xe_codec_text(c, name, text, sizeof(text));
    if (c->stopped)
        return;
    found = names->find(text);
    if (!found)
        xe_codec_fail(c, XE_ERR_SNAPSHOT_INCOMPATIBLE, "%s: '%s' is no source of records", name,
                      text);
    else if (name_add(c, names, xe_codec_loading(c) ? found : *field) && xe_codec_loading(c))
        *field = found;
}

void xe__audit_name_state(struct xe_codec *c, const char *name, const char **field)
{
    struct xe__names *names = c->world;
    uint32_t number = 0;

    if (!xe_codec_loading(c) && *field) {
        number = name_number(names, *field);
        number = number ? number : names->count + 1;
    }
    xe_codec_up_to(c, name, &number, names->count + 1);
    if (c->stopped)
        return;
    if (number > names->count)
        new_name(c, names, name, field);
    else if (xe_codec_loading(c))
        *field = number ? names->text[number - 1] : NULL;
}

/* ---- records --------------------------------------------------------------------------------- */

static void frames_state(struct xe_codec *c, uint32_t frames[XE_AUDIT_FRAMES], uint32_t *count)
{
    for (uint32_t i = 0; i < XE_AUDIT_FRAMES; i++)
        xe_codec_u32(c, "frame", &frames[i]);
    xe_codec_up_to(c, "frame_count", count, XE_AUDIT_FRAMES);
}

static void rec_outcome_state(struct xe_codec *c, struct xe_audit_rec *rec)
{
    xe_codec_enum(c, "op", &rec->op, XE_AUDIT_OPS);
    xe_codec_enum(c, "effect", &rec->effect, XE_AUDIT_EFFECTS);
    XE_CODEC(c, rec->status);
    XE_CODEC(c, rec->waiters_at);
    XE_CODEC(c, rec->eligible_at);
    XE_CODEC(c, rec->woken);
    XE_CODEC(c, rec->prev_state);
    XE_CODEC(c, rec->new_state);
    XE_CODEC(c, rec->tid_woken);
    XE_CODEC(c, rec->wait_all);
    XE_CODEC(c, rec->wait_id);
    XE_CODEC(c, rec->timeout);
}

void xe__audit_rec_state(struct xe_codec *c, struct xe_audit_rec *rec)
{
    XE_CODEC(c, rec->seq);
    XE_CODEC(c, rec->cycle);
    XE_CODEC(c, rec->tid);
    XE_CODEC(c, rec->lr);
    XE_CODEC(c, rec->pc);
    XE_CODEC(c, rec->hw_thread);
    xe__audit_name_state(c, "src", &rec->src);
    XE_CODEC(c, rec->guest);
    XE_CODEC(c, rec->ghost);
    rec_outcome_state(c, rec);
    frames_state(c, rec->frames, &rec->frame_count);
    XE_CODEC(c, rec->interrupt);
    XE_CODEC(c, rec->origin_cycle);
    XE_CODEC(c, rec->origin_tid);
    XE_CODEC(c, rec->origin_lr);
    xe__audit_name_state(c, "origin_src", &rec->origin_src);
    xe_codec_want(c, rec->src || !rec->seq, "a record of no source");
}

/* Most places for a record hold none, and a fork waits for what is told: one without a number is
 * empty. true: something follows. */
static bool place_state(struct xe_codec *c, uint64_t seq)
{
    bool used = seq;

    xe_codec_bool(c, "used", &used);
    return used;
}

void xe__audit_place_state(struct xe_codec *c, struct xe_audit_rec *rec)
{
    if (!place_state(c, rec->seq))
        return;
    xe__audit_rec_state(c, rec);
    xe_codec_want(c, rec->seq, "a record without number");
}

/* ---- bodies ---------------------------------------------------------------------------------- */

static void mark_state(struct xe_codec *c, struct xe__mark *mark)
{
    if (!place_state(c, mark->seq))
        return;
    XE_CODEC(c, mark->seq);
    XE_CODEC(c, mark->cycle);
    XE_CODEC(c, mark->tid);
    XE_CODEC(c, mark->lr);
    XE_CODEC(c, mark->eligible_at);
    XE_CODEC(c, mark->woken);
    xe__audit_name_state(c, "src", &mark->src);
    xe_codec_enum(c, "op", &mark->op, XE_AUDIT_OPS);
    XE_CODEC(c, mark->guest);
    xe_codec_want(c, mark->src && mark->seq, "a mark of no source or number");
}

void xe__audit_facts_state(struct xe_codec *c, struct xe__facts *facts)
{
    mark_state(c, &facts->last_good);
    mark_state(c, &facts->last_unserved);
    mark_state(c, &facts->last_lost);
    mark_state(c, &facts->last_failed);
    mark_state(c, &facts->reset);
    mark_state(c, &facts->consumed);
}

/* Oldest first; where a ring begins in memory is nobody's business. */
static void ring_state(struct xe_codec *c, struct xe__ring *ring, uint32_t limit)
{
    size_t n = xe_codec_count(c, "records", ring->used, limit, REC_SIZE);

    XE_CODEC(c, ring->total);
    if (!xe_codec_want(c, n <= ring->total, "%zu records are kept of %llu", n,
                       (unsigned long long)ring->total))
        return;
    if (xe_codec_loading(c) && n) {
        ring->rec = xe_calloc(n, sizeof(*ring->rec));
        if (!ring->rec) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for records");
            return;
        }
        ring->capacity = ring->used = (uint32_t)n;
    }
    for (uint32_t i = 0; i < n && !c->stopped; i++) {
        struct xe_audit_rec *rec = &ring->rec[(ring->head + i) % ring->capacity];

        xe__audit_rec_state(c, rec);
        xe_codec_want(c, rec->seq, "a record without number");
    }
}

void xe__audit_open_wait_state(struct xe_codec *c, struct xe__open_wait *wait)
{
    XE_CODEC(c, wait->wait_id);
    XE_CODEC(c, wait->seq);
    XE_CODEC(c, wait->cycle);
    XE_CODEC(c, wait->tid);
}

static void open_waits_state(struct xe_codec *c, struct xe__body *body)
{
    struct xe__open_wait *wait = body->first_open;
    size_t n = 0;

    for (const struct xe__open_wait *it = wait; it; it = it->next)
        n++;
    n = xe_codec_count(c, "open waits", n, UINT32_MAX, 28);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        if (xe_codec_loading(c))
            wait = xe__audit_open_wait_append(body);
        if (!wait) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for open waits");
            return;
        }
        xe__audit_open_wait_state(c, wait);
        wait = wait->next;
    }
}

void xe__audit_signaller_state(struct xe_codec *c, struct xe_audit_signaller *who)
{
    XE_CODEC(c, who->tid);
    XE_CODEC(c, who->guest);
    xe__audit_name_state(c, "src", &who->src);
    XE_CODEC(c, who->seq);
    XE_CODEC(c, who->cycle);
    XE_CODEC(c, who->lr);
    XE_CODEC(c, who->origin_tid);
    XE_CODEC(c, who->interrupt);
    XE_CODEC(c, who->acts);
    XE_CODEC(c, who->longest_gap);
    xe_codec_want(c, who->src, "a signaller of no source");
}

static void signallers_state(struct xe_codec *c, struct xe__signallers *all)
{
    size_t n = xe_codec_count(c, "signallers", all->count, XE_AUDIT_SIGNALLERS, 42);

    XE_CODEC(c, all->others);
    XE_CODEC(c, all->since);
    if (xe_codec_loading(c) && n) {
        all->who = xe_calloc(n, sizeof(*all->who));
        if (!all->who) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for signallers");
            return;
        }
        all->count = (uint32_t)n;
    }
    for (uint32_t i = 0; i < n && !c->stopped; i++)
        xe__audit_signaller_state(c, &all->who[i]);
}

void xe__audit_body_state(struct xe_codec *c, struct xe__body *body, uint32_t ring)
{
    ring_state(c, &body->signals, ring);
    ring_state(c, &body->waits, ring);
    ring_state(c, &body->wakes, ring);
    ring_state(c, &body->resets, ring);
    XE_CODEC(c, body->total.signals);
    XE_CODEC(c, body->total.waits);
    XE_CODEC(c, body->total.wakes);
    XE_CODEC(c, body->total.resets);
    XE_CODEC(c, body->total.failed);
    XE_CODEC(c, body->total.polls);
    XE_CODEC(c, body->total.timeouts);
    XE_CODEC(c, body->total.woken);
    xe__audit_facts_state(c, &body->facts);
    signallers_state(c, &body->signallers);
    open_waits_state(c, body);
    XE_CODEC(c, body->consuming);
}

/* ---- focus ----------------------------------------------------------------------------------- */

/* Loading: one more key of the focus, for whose array there is room. */
static bool take_focus(struct xe_codec *c, struct xe_audit *audit, uint32_t given, uint64_t since)
{
    uint32_t canonical = xe__audit_canonical(given), i = audit->focus_count;

    if (!xe_codec_want(c, !xe__audit_focus_find(audit, canonical), "0x%08x is in the focus twice",
                       given))
        return false;
    audit->given[i] = given;
    audit->focus[i] = (struct xe__focus){canonical, since};
    if (!xe_map_put(&audit->focus_index, canonical, &audit->focus[i])) {
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for the focus");
        return false;
    }
    audit->focus_count++;
    return true;
}

static void focus_key_state(struct xe_codec *c, struct xe_audit *audit, uint32_t i)
{
    uint32_t given = 0;
    uint64_t since = 0;
    struct xe__ghost *ghost = NULL;
    bool has_ghost;

    if (!xe_codec_loading(c)) {
        given = audit->given[i];
        since = audit->focus[i].since_cycle;
        ghost = xe__audit_ghost_find(audit, audit->focus[i].key);
    }
    has_ghost = ghost != NULL;
    xe_codec_u32(c, "key", &given);
    xe_codec_u64(c, "since_cycle", &since);
    XE_CODEC(c, has_ghost);
    if (c->stopped || (xe_codec_loading(c) && !take_focus(c, audit, given, since)) || !has_ghost)
        return;
    if (xe_codec_loading(c))
        ghost = xe__audit_ghost_get(audit, xe__audit_canonical(given));
    if (ghost)
        xe__audit_body_state(c, &ghost->body, audit->ring);
    else
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for a ghost");
    if (ghost && xe_codec_loading(c))
        audit->room += xe__audit_body_room(&ghost->body);
}

static void focus_state(struct xe_codec *c, struct xe_audit *audit)
{
    size_t n = xe_codec_count(c, "focus", audit->focus_count, XE_AUDIT_FOCUS_MAX, 13);

    if (xe_codec_loading(c) && n) {
        audit->given = xe_calloc(n, sizeof(*audit->given));
        audit->focus = xe_calloc(n, sizeof(*audit->focus));
        if (!audit->given || !audit->focus) {
            xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for the focus");
            return;
        }
    }
    for (uint32_t i = 0; i < n && !c->stopped; i++)
        focus_key_state(c, audit, i);
}

/* ---- all ------------------------------------------------------------------------------------- */

void xe__audit_totals_state(struct xe_codec *c, struct xe_audit *audit)
{
    xe_codec_fixed(c, "ring", audit->ring);
    XE_CODEC(c, audit->enabled);
    XE_CODEC(c, audit->interfered);
    XE_CODEC(c, audit->trace);
    XE_CODEC(c, audit->enabled_cycle);
    XE_CODEC(c, audit->disabled_cycle);
    XE_CODEC(c, audit->forgot_cycle);
    XE_CODEC(c, audit->forgot_id);
    for (uint32_t i = 0; i < XE_AUDIT_GAPS; i++) {
        XE_CODEC(c, audit->gap[i].from);
        XE_CODEC(c, audit->gap[i].to);
    }
    XE_CODEC(c, audit->gaps);
    XE_CODEC(c, audit->now);
    XE_CODEC(c, audit->seq);
    XE_CODEC(c, audit->records);
    XE_CODEC(c, audit->dropped_unfocused);
    XE_CODEC(c, audit->ghost_records);
    XE_CODEC(c, audit->no_memory);
    XE_CODEC(c, audit->lost);
}

void xe_audit_state(struct xe_codec *c, struct xe_audit *audit,
                    const char *(*find)(const char *text))
{
    struct xe__names names = {.find = find};
    void *world = c->world;

    c->world = &names;
    if (xe_codec_loading(c))
        xe__audit_clear(audit);
    xe__audit_totals_state(c, audit);
    focus_state(c, audit);
    xe__audit_trails_state(c, audit);
    if (xe_codec_loading(c) && c->stopped)
        xe__audit_clear(audit);
    c->world = world;
    xe__audit_names_fini(&names);
}
