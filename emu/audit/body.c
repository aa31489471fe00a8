/* Bodies: rings, totals and facts of one trail or ghost. */
#include "audit/audit_internal.h"
#include "base/alloc.h"

/* ---- rings ----------------------------------------------------------------------------------- */

/* More room, oldest record first in it. false: no memory, or all rings together have their fill. */
static bool ring_grow(struct xe_audit *audit, struct xe__ring *ring, uint32_t limit)
{
    uint32_t want = ring->capacity ? ring->capacity * 2 : 4;
    struct xe_audit_rec *grown;

    if (want > limit)
        want = limit;
    if (audit->room + (want - ring->capacity) > XE__RECORDS)
        return false;
    grown = xe_reallocarray(NULL, want, sizeof(*grown));
    if (!grown)
        return false;
    for (uint32_t i = 0; i < ring->used; i++)
        grown[i] = *xe__audit_ring_at(ring, i);
    xe_free(ring->rec);
    audit->room += want - ring->capacity;
    ring->rec = grown;
    ring->capacity = want;
    ring->head = 0;
    return true;
}

/* A full ring grows until it has its limit; from then on, or when there is no room, the oldest
 * record goes. */
static bool ring_push(struct xe_audit *audit, struct xe__ring *ring, const struct xe_audit_rec *rec,
                      uint32_t limit)
{
    ring->total++;
    if (ring->used == ring->capacity && ring->capacity < limit)
        ring_grow(audit, ring, limit);
    if (ring->capacity == 0)
        return false;
    if (ring->used < ring->capacity) {
        ring->rec[ring->used++] = *rec;
        return true;
    }
    ring->rec[ring->head] = *rec;
    ring->head = (ring->head + 1) % ring->capacity;
    return true;
}

const struct xe_audit_rec *xe__audit_ring_at(const struct xe__ring *ring, uint32_t i)
{
    return &ring->rec[(ring->head + i) % ring->capacity];
}

/* ---- open waits ------------------------------------------------------------------------------ */

static void open_remove(struct xe__body *body, struct xe__open_wait *wait)
{
    if (wait->prev)
        wait->prev->next = wait->next;
    else
        body->first_open = wait->next;
    if (wait->next)
        wait->next->prev = wait->prev;
    else
        body->last_open = wait->prev;
    xe_free(wait);
}

/* Waits end nearly in the order they began, so the search is short. false: this one began unheard.
 */
static bool open_end(struct xe__body *body, uint64_t wait_id)
{
    struct xe__open_wait *wait = body->first_open;

    while (wait && wait->wait_id != wait_id)
        wait = wait->next;
    if (wait)
        open_remove(body, wait);
    return wait != NULL;
}

struct xe__open_wait *xe__audit_open_wait_append(struct xe__body *body)
{
    struct xe__open_wait *wait = xe_calloc(1, sizeof(*wait));

    if (!wait)
        return NULL;
    wait->prev = body->last_open;
    if (body->last_open)
        body->last_open->next = wait;
    else
        body->first_open = wait;
    body->last_open = wait;
    return wait;
}

static bool open_begin(struct xe__body *body, const struct xe_audit_rec *rec)
{
    struct xe__open_wait *wait;

    /* The same object twice in one WaitMultiple is one wait. */
    if (body->last_open && body->last_open->wait_id == rec->wait_id)
        return true;
    wait = xe__audit_open_wait_append(body);
    if (!wait)
        return false;
    wait->wait_id = rec->wait_id;
    wait->seq = rec->seq;
    wait->cycle = rec->cycle;
    wait->tid = rec->tid;
    return true;
}

/* ---- facts ----------------------------------------------------------------------------------- */

static struct xe__mark mark(const struct xe_audit_rec *rec)
{
    return (struct xe__mark){.seq = rec->seq,
                             .cycle = rec->cycle,
                             .tid = rec->tid,
                             .lr = rec->lr,
                             .eligible_at = rec->eligible_at,
                             .woken = rec->woken,
                             .src = rec->src,
                             .op = rec->op,
                             .guest = rec->guest};
}

static bool add_signal(struct xe_audit *audit, struct xe__body *body,
                       const struct xe_audit_rec *rec, uint32_t ring)
{
    struct xe__facts *facts = &body->facts;

    body->total.signals++;
    if (rec->effect == XE_AUDIT_FAILED) {
        body->total.failed++;
        facts->last_failed = mark(rec);
    } else {
        body->total.woken += rec->woken;
        xe__audit_signallers_add(&body->signallers, rec);
        facts->last_good = mark(rec);
        facts->reset = facts->consumed = (struct xe__mark){0};
        if (rec->woken == 0)
            facts->last_unserved = mark(rec);
        if (rec->woken == 0 && rec->eligible_at > 0)
            facts->last_lost = mark(rec);
    }
    return ring_push(audit, &body->signals, rec, ring);
}

static void note_consumer(struct xe__body *body, const struct xe_audit_rec *rec, bool took)
{
    if (took && !body->facts.consumed.seq)
        body->facts.consumed = mark(rec);
}

static bool add_wait(struct xe_audit *audit, struct xe__body *body, const struct xe_audit_rec *rec,
                     uint32_t ring)
{
    bool kept = true;

    body->total.waits++;
    body->total.polls += rec->effect == XE_AUDIT_POLLED;
    note_consumer(body, rec, rec->effect == XE_AUDIT_IMMEDIATE && rec->new_state < rec->prev_state);
    if (rec->effect == XE_AUDIT_PARKED)
        kept = open_begin(body, rec);
    audit->lost += !kept;
    return ring_push(audit, &body->waits, rec, ring) && kept;
}

/* A wait that ended by something else than the object is kept here, but is not a wake. */
static bool add_wake(struct xe_audit *audit, struct xe__body *body, const struct xe_audit_rec *rec,
                     uint32_t ring)
{
    if (rec->effect == XE_AUDIT_SATISFIED) {
        body->total.wakes++;
        note_consumer(body, rec, body->consuming);
    }
    body->total.timeouts += open_end(body, rec->wait_id) && rec->effect == XE_AUDIT_TIMED_OUT;
    return ring_push(audit, &body->wakes, rec, ring);
}

static bool add_reset(struct xe_audit *audit, struct xe__body *body, const struct xe_audit_rec *rec,
                      uint32_t ring)
{
    body->total.resets++;
    if (rec->effect == XE_AUDIT_STATE && !body->facts.reset.seq)
        body->facts.reset = mark(rec);
    return ring_push(audit, &body->resets, rec, ring);
}

bool xe__audit_body_add(struct xe_audit *audit, struct xe__body *body,
                        const struct xe_audit_rec *rec, uint32_t ring)
{
    switch (rec->op) {
    case XE_AUDIT_OP_SIGNAL:
    case XE_AUDIT_OP_PULSE:
        return add_signal(audit, body, rec, ring);
    case XE_AUDIT_OP_WAIT:
        return add_wait(audit, body, rec, ring);
    case XE_AUDIT_OP_WAKE:
        return add_wake(audit, body, rec, ring);
    case XE_AUDIT_OP_RESET:
        return add_reset(audit, body, rec, ring);
    case XE_AUDIT_OP_ARM:
    case XE_AUDIT_OP_CANCEL:
        return ring_push(audit, &body->resets, rec, ring);
    case XE_AUDIT_OP_CREATE:
    case XE_AUDIT_OP_CLOSE:
    case XE_AUDIT_OPS:
        break; /* kept by links, see trails.c */
    }
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------- */

uint32_t xe__audit_body_room(const struct xe__body *body)
{
    return body->signals.capacity + body->waits.capacity + body->wakes.capacity +
           body->resets.capacity;
}

void xe__audit_body_fini(struct xe_audit *audit, struct xe__body *body)
{
    audit->room -= xe__audit_body_room(body);
    while (body->first_open)
        open_remove(body, body->first_open);
    xe__audit_signallers_fini(&body->signallers);
    xe_free(body->signals.rec);
    xe_free(body->waits.rec);
    xe_free(body->wakes.rec);
    xe_free(body->resets.rec);
}

uint64_t xe__audit_body_records(const struct xe__body *body)
{
    return body->signals.total + body->waits.total + body->wakes.total + body->resets.total;
}

uint64_t xe__audit_body_forgotten(const struct xe__body *body)
{
    return xe__audit_body_records(body) - body->signals.used - body->waits.used - body->wakes.used -
           body->resets.used;
}

uint64_t xe__audit_body_dropped(const struct xe__body *body)
{
    return body->signals.total - body->signals.used;
}
