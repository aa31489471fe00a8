/* The audit's life and the rule of recording: the object's trail gets the record; what names no
 * object goes to a focused key's ghost; else it is only counted. Never two of them. */
#include "audit/audit_internal.h"
#include "base/alloc.h"

#include <string.h>

struct xe_audit *xe_audit_create(uint32_t ring, struct xe_error *err)
{
    struct xe_audit *audit;

    if (ring < XE_AUDIT_RING_MIN || ring > XE_AUDIT_RING_MAX) {
        xe_error_set(err, XE_ERR_CONFIG_INVALID, "audit ring %u: expected %d to %d", ring,
                     XE_AUDIT_RING_MIN, XE_AUDIT_RING_MAX);
        return NULL;
    }
    audit = xe_calloc(1, sizeof(*audit));
    if (!audit) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "audit: out of memory");
        return NULL;
    }
    audit->ring = ring;
    return audit;
}

void xe__audit_clear(struct xe_audit *audit)
{
    xe__audit_trails_fini(audit);
    for (uint32_t i = 0; i < audit->focus_count; i++)
        xe__audit_ghost_drop(audit, audit->focus[i].key);
    xe__audit_focus_fini(audit);
}

void xe_audit_destroy(struct xe_audit *audit)
{
    if (!audit)
        return;
    xe__audit_clear(audit);
    xe_free(audit);
}

void xe_audit_enable(struct xe_audit *audit, bool on, uint64_t cycle)
{
    if (audit->enabled == on)
        return;
    audit->enabled = on;
    audit->now = cycle;
    if (!on) {
        audit->disabled_cycle = cycle;
        return;
    }
    audit->enabled_cycle = cycle;
    if (cycle > audit->disabled_cycle)
        audit->gap[audit->gaps++ % XE_AUDIT_GAPS] =
            (struct xe_audit_gap){audit->disabled_cycle, cycle};
}

void xe_audit_interfered(struct xe_audit *audit)
{
    audit->interfered = true;
}

void xe_audit_trace(struct xe_audit *audit, bool on)
{
    audit->trace = on;
}

bool xe_audit_enabled(const struct xe_audit *audit)
{
    return audit->enabled;
}

void xe__audit_site_to_rec(const struct xe_audit_site *site, struct xe_audit_rec *rec)
{
    *rec = (struct xe_audit_rec){
        .cycle = site->cycle,
        .tid = site->tid,
        .lr = site->guest ? site->lr : 0,
        .pc = site->pc,
        .hw_thread = site->hw_thread,
        .src = site->src ? site->src : "?",
        .guest = site->guest,
        .timeout = INT64_MAX,
        .frame_count = site->frame_count < XE_AUDIT_FRAMES ? site->frame_count : XE_AUDIT_FRAMES,
        .interrupt = site->interrupt,
        .origin_cycle = site->origin_cycle,
        .origin_tid = site->origin_tid,
        .origin_lr = site->origin_lr,
        .origin_src = site->origin_src,
    };
    memcpy(rec->frames, site->frames, sizeof(rec->frames));
}

static void fill(struct xe_audit_rec *rec, const struct xe_audit_act *act)
{
    xe__audit_site_to_rec(&act->site, rec);
    rec->op = act->op;
    rec->effect = act->effect;
    rec->status = act->status;
    rec->waiters_at = act->waiters_at;
    rec->eligible_at = act->eligible_at;
    rec->woken = act->woken;
    rec->prev_state = act->prev_state;
    rec->new_state = act->new_state;
    rec->tid_woken = act->tid_woken;
    rec->wait_all = act->wait_all;
    rec->wait_id = act->wait_id;
    rec->timeout = act->timeout;
}

/* The ghost that a record on a key without an object goes to; NULL: none (counted). */
static struct xe__body *choose_ghost(struct xe_audit *audit, uint32_t key)
{
    struct xe__ghost *made;

    if (!xe__audit_focus_find(audit, xe__audit_canonical(key))) {
        audit->dropped_unfocused++;
        return NULL;
    }
    made = xe__audit_ghost_get(audit, xe__audit_canonical(key));
    audit->lost += !made;
    audit->no_memory += !made;
    return made ? &made->body : NULL;
}

static bool is_focused(const struct xe_audit *audit, struct xe__trail *trail)
{
    if (trail->focus_epoch == audit->focus_epoch)
        return trail->focused;
    trail->focus_epoch = audit->focus_epoch;
    trail->focused = false;
    for (const struct xe__link *it = trail->first_alias; it && !trail->focused; it = it->next_alias)
        trail->focused = xe__audit_focus_find(audit, xe__audit_canonical(it->key->key)) != NULL;
    return trail->focused;
}

/* Every object has short rings; long ones are for what somebody asked about. */
static uint32_t ring_limit(const struct xe_audit *audit, struct xe__trail *trail)
{
    return !trail || audit->trace || is_focused(audit, trail) ? audit->ring : XE_AUDIT_RING_MIN;
}

void xe_audit_record(struct xe_audit *audit, const struct xe_audit_act *act)
{
    struct xe_audit_rec rec;
    struct xe__trail *trail;
    struct xe__body *body;
    bool failed;

    if (!audit->enabled)
        return;
    audit->now = act->site.cycle;
    trail = xe__audit_trail_for(audit, act, &failed);
    body = trail ? &trail->body : failed ? NULL : choose_ghost(audit, act->key);
    if (!body)
        return;
    fill(&rec, act);
    rec.seq = ++audit->seq;
    rec.ghost = !trail;
    audit->records++;
    audit->ghost_records += rec.ghost;
    if (!xe__audit_body_add(audit, body, &rec, ring_limit(audit, trail)))
        audit->no_memory++;
    if (trail && act->op == XE_AUDIT_OP_WAKE)
        xe__audit_trail_wait_over(audit, trail);
}

void xe_audit_woke_unheard(struct xe_audit *audit, uint64_t object_id)
{
    struct xe__trail *trail = audit->enabled ? xe__audit_trail_of(audit, object_id) : NULL;

    if (trail)
        trail->body.total.woken++;
}

void xe_audit_stats_get(const struct xe_audit *audit, struct xe_audit_stats *ret)
{
    *ret = (struct xe_audit_stats){
        .enabled = audit->enabled,
        .ring = audit->ring,
        .seq = audit->seq,
        .records = audit->records,
        .dropped_unfocused = audit->dropped_unfocused,
        .ghost_records = audit->ghost_records,
        .trails = audit->trails,
        .ghost_trails = audit->ghost_trails,
        .no_memory = audit->no_memory,
    };
}
