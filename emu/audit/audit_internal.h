/* Inside the audit: trails, ghosts, focus, and what the parts of a report share.
 *
 * A *body* is what a trail and a ghost have in common: four rings of records, totals that never
 * overflow, and the facts a diagnosis needs, kept up to date at each record so that a ring that
 * wraps can't change a verdict. A *trail* belongs to one object; each handle that named the object
 * has a *link* to it, numbered by generation under its *key entry*. Tables are never iterated, so
 * their order reaches nobody. */
#ifndef XE_AUDIT_INTERNAL_H
#define XE_AUDIT_INTERNAL_H

#include "audit/audit.h"
#include "base/map.h"

#ifdef XE_TINY_LIMITS
#define XE__GENERATIONS  2u    /* links kept under one key                         */
#define XE__CLOSED_LINKS 8u    /* closed links kept in all, not counting the focus */
#define XE__RECORDS      4096u /* room of all rings together */
#else
#define XE__GENERATIONS  4u
#define XE__CLOSED_LINKS 4096u
#define XE__RECORDS      (1u << 18)
#endif

#define XE__GENERATIONS_MAX 256u /* also of those that lead to what threads wait for */
#define XE__ALIASES         16u
#define XE__BODIES                                                                                 \
    (2u + XE__ALIASES + 1u) /* primary, ghosts of the key, its aliases, its pointer */

/* ---- bodies ---------------------------------------------------------------------------------- */

struct xe__ring {
    struct xe_audit_rec *rec; /* owned; grows to its limit, then wraps */
    uint32_t capacity, used, head;
    uint64_t total; /* records ever made */
};

/* A record reduced to what verdicts ask. seq 0: there was none. */
struct xe__mark {
    uint64_t seq, cycle;
    uint32_t tid, lr, eligible_at, woken;
    const char *src;
    enum xe_audit_op op;
    bool guest;
};

/* "Good" signals did not fail. reset and consumed are the first ones after last_good that took the
 * signal away: a reset that changed the state, an audited wait that took the token. */
struct xe__facts {
    struct xe__mark last_good, last_unserved; /* any; with woken = 0             */
    struct xe__mark last_lost;                /* eligible waiters, yet woken = 0 */
    struct xe__mark last_failed;
    struct xe__mark reset, consumed;
};

/* A wait that parked and has not ended, oldest first. */
struct xe__open_wait {
    struct xe__open_wait *prev, *next;
    uint64_t wait_id, seq, cycle;
    uint32_t tid;
};

struct xe__totals {
    uint64_t signals, waits, wakes, resets, failed, polls, timeouts;
    uint64_t woken; /* by its signals, on whatever path they had parked */
};

/* Who released the object, each once. */
struct xe__signallers {
    struct xe_audit_signaller *who; /* owned */
    uint32_t count;
    uint64_t others; /* acts of those who found no place */
    uint64_t since;  /* cycle of the object's creation   */
};

/* Count a record's signal for its thread. Free all. */
void xe__audit_signallers_add(struct xe__signallers *all, const struct xe_audit_rec *rec);
void xe__audit_signallers_fini(struct xe__signallers *all);

struct xe__body {
    struct xe__ring signals, waits, wakes, resets;
    struct xe__signallers signallers;
    struct xe__totals total;
    struct xe__facts facts;
    struct xe__open_wait *first_open, *last_open; /* owned */
    bool consuming; /* a satisfied wait takes the token (not manual-reset) */
};

/* An object's or key's records go, with the room that they took. */
void xe__audit_body_fini(struct xe_audit *audit, struct xe__body *body);
uint32_t
xe__audit_body_room(const struct xe__body *body); /* records that its rings have room for */
/* false: the record is counted, but memory or rings for keeping it were missing. */
bool xe__audit_body_add(struct xe_audit *audit, struct xe__body *body,
                        const struct xe_audit_rec *rec, uint32_t ring);
/* The i-th kept record, oldest first. */
const struct xe_audit_rec *xe__audit_ring_at(const struct xe__ring *ring, uint32_t i);
/* An empty one; NULL: no memory. */
struct xe__open_wait *xe__audit_open_wait_append(struct xe__body *body);
uint64_t xe__audit_body_dropped(const struct xe__body *body); /* signals that newer ones replaced */
uint64_t xe__audit_body_forgotten(const struct xe__body *body); /* of all records */
uint64_t xe__audit_body_records(const struct xe__body *body);

/* ---- trails ---------------------------------------------------------------------------------- */

struct xe__key;

struct xe__link {
    struct xe__key *key;
    struct xe__trail *trail;
    uint32_t generation;
    bool open;
    bool has_created; /* false: the key was first seen in a record       */
    bool has_closed;  /* false while open, and when the close was not seen */
    struct xe_audit_rec created, closed;
    struct xe__link *older;                     /* under the same key                */
    struct xe__link *prev_alias, *next_alias;   /* of the same trail, oldest first   */
    struct xe__link *prev_closed, *next_closed; /* all closed ones, by time        */
    bool queued;                                /* in that list                      */
};

struct xe__trail {
    uint64_t object_id;
    struct xe_audit_kind kind; /* as it was created, or first seen */
    bool live;                 /* the object has not ended         */
    bool has_created;          /* false: it began unheard          */
    bool late;                 /* an older one may have been forgotten */
    bool spared;               /* has closed links off the list    */
    bool focused;              /* a key of it is in the focus of focus_epoch */
    uint32_t focus_epoch;
    struct xe_audit_rec created;
    struct xe__body body;
    struct xe__link *first_alias, *last_alias;
};

struct xe__key {
    uint32_t key;
    uint32_t generation; /* of the newest link */
    uint32_t links;
    struct xe__link *newest; /* owned list, newest first */
    struct xe__key *prev, *next;
};

/* ---- focus, ghosts --------------------------------------------------------------------------- */

struct xe__focus {
    uint32_t key;         /* canonical                                              */
    uint64_t since_cycle; /* newest cycle heard of when the key came into the focus */
};

struct xe__ghost {
    struct xe__body body;
};

struct xe_audit {
    uint32_t ring;
    bool enabled, interfered;
    bool trace;                             /* all rings are long, not those in the focus alone */
    uint64_t enabled_cycle, disabled_cycle; /* of the last switch each way */
    uint64_t forgot_cycle;                  /* a live object's trail went; 0: none did */
    uint64_t forgot_id;                     /* the newest of the objects that it happened to */
    struct xe_audit_gap gap[XE_AUDIT_GAPS]; /* the newest, by number modulo their count */
    uint32_t gaps;                          /* ever */
    uint64_t now;                           /* newest cycle heard of       */
    uint64_t seq;
    uint64_t records, dropped_unfocused, ghost_records, no_memory;
    uint64_t lost; /* of those without memory, such as not only the rings miss */

    struct xe_map keys;    /* key -> struct xe__key            */
    struct xe_map objects; /* object id -> live struct xe__trail */
    struct xe__key *first_key;
    uint32_t trails;
    uint64_t room; /* of all rings, in records; at most XE__RECORDS */
    struct xe__link *first_closed, *last_closed;
    uint32_t closed_links;

    uint32_t *given; /* owned: focus keys as the user gave them */
    struct xe__focus *focus;
    uint32_t focus_count, focus_epoch; /* counts changes                 */
    struct xe_map focus_index;         /* canonical -> struct xe__focus    */
    struct xe_map ghosts;              /* canonical -> struct xe__ghost    */
    uint32_t ghost_trails;
};

/* The key that names the same bytes in the A0000000 alias, or the same handle without the title's
 * own bits; other keys are themselves. */
uint32_t xe__audit_canonical(uint32_t key);

/* The focus entry of a key without a handle's low bits; NULL: it is in no focus. */
const struct xe__focus *xe__audit_focus_find(const struct xe_audit *audit, uint32_t canonical);
void xe__audit_focus_fini(struct xe_audit *audit);

/* The newest link of a key, tried as given and then canonical; NULL. */
struct xe__link *xe__audit_link_find(const struct xe_audit *audit, uint32_t key);
/* The newest link of a key to one object; NULL. */
struct xe__link *xe__audit_link_to(const struct xe_audit *audit, uint32_t key, uint64_t object_id);
/* The trail of an object that has not ended; NULL. */
struct xe__trail *xe__audit_trail_of(const struct xe_audit *audit, uint64_t object_id);
/* The trail that a record belongs to: the object's, made now when it began unheard; without an
 * object that of the key while it is open. NULL: there is none, or memory is out (*ret_failed). */
struct xe__trail *xe__audit_trail_for(struct xe_audit *audit, const struct xe_audit_act *act,
                                      bool *ret_failed);
/* A wait of the trail's ended: what was kept for it alone may go. The trail may be gone then. */
void xe__audit_trail_wait_over(struct xe_audit *audit, struct xe__trail *trail);
void xe__audit_trails_fini(struct xe_audit *audit);

/* For loading: the entry of a key, a trail, a link that belongs to both, in place by its
 * generation. NULL: no memory. A trail with a link goes with the audit, one without by its own. */
struct xe__key *xe__audit_key_get(struct xe_audit *audit, uint32_t key);
struct xe__trail *xe__audit_trail_make(struct xe_audit *audit);
void xe__audit_trail_free(struct xe_audit *audit, struct xe__trail *trail);
struct xe__link *xe__audit_link_restore(struct xe__key *key, struct xe__trail *trail,
                                        uint32_t generation);
struct xe__link *xe__audit_link_at(const struct xe_audit *audit, uint32_t key, uint32_t generation);
/* A closed link becomes the last of those that are forgotten in turn. */
void xe__audit_link_queue(struct xe_audit *audit, struct xe__link *link);

/* Signals of a key that named nothing; NULL: none yet. */
struct xe__ghost *xe__audit_ghost_find(const struct xe_audit *audit, uint32_t canonical);
/* Makes one when there is none; NULL when memory is out. */
struct xe__ghost *xe__audit_ghost_get(struct xe_audit *audit, uint32_t canonical);
void xe__audit_ghost_drop(struct xe_audit *audit, uint32_t canonical);

/* Nothing is recorded any more, and there is no focus; switches and totals stay. */
void xe__audit_clear(struct xe_audit *audit);
void xe__audit_site_to_rec(const struct xe_audit_site *site, struct xe_audit_rec *rec);

/* ---- reports --------------------------------------------------------------------------------- */

/* Everything recorded about one key. body[0] is the primary one when trail is set. */
struct xe__story {
    const struct xe_audit *audit;
    const struct xe__link *link;   /* NULL: this key was never seen to lead to the trail */
    const struct xe__trail *trail; /* of the object; NULL: nothing was recorded          */
    const struct xe__body *body[XE__BODIES];
    uint32_t bodies;
    uint32_t ghost_from;      /* index of the first ghost body */
    uint32_t key[XE__BODIES]; /* all keys of the object, the one asked first */
    uint32_t keys;
    struct xe__totals total;
    uint64_t primary, ghost; /* signal attempts */
    uint64_t object_id;      /* 0: no object is known */
};

/* What the records tell of a key, or of this object that it named: the past, for a diagnosis. */
void xe__audit_story_make(const struct xe_audit *audit, uint32_t key,
                          const struct xe_audit_object *object, struct xe__story *ret);
/* The story of what a key named once, without the ghosts that came after. */
void xe__audit_story_of_link(const struct xe_audit *audit, const struct xe__link *link,
                             struct xe__story *ret);
/* The newest records of a story, at most limit, oldest first. */
uint32_t xe__audit_story_last(const struct xe__story *story, uint32_t limit,
                              struct xe_audit_rec *ret);
uint64_t xe__audit_story_records(const struct xe__story *story);
/* Was all that ever happened to the object recorded? Else *ret_since is the cycle from which on it
 * was; only with the audit switched on. */
bool xe__audit_story_complete(const struct xe__story *story, uint64_t *ret_since);
/* The open wait record of a parked thread; hint speeds up a walk in order (start with NULL). */
const struct xe__open_wait *xe__audit_story_open_wait(const struct xe__story *story,
                                                      uint64_t wait_id,
                                                      const struct xe__open_wait **hint);

/* Who can release an object, as the world tells. */
#define XE__PRODUCERS 24u

struct xe__producers {
    bool known, more; /* the world knows the object; there are more than fit */
    struct xe_released about;
    struct xe_producer who[XE__PRODUCERS]; /* in order of weight */
    uint32_t count;
};

/* Who can release the wait now, by the kernel's own knowledge; of no more than the struct has room
 * for. */
void xe__audit_producers_of(const struct xe_audit_world *world, uint32_t key, uint64_t object_id,
                            struct xe__producers *ret);

/* What a diagnosis looks at. */
struct xe__case {
    uint32_t ordinal; /* which of the keys asked for it is */
    const struct xe_audit *audit;
    const struct xe_audit_world *world;
    const struct xe__story *story;
    const struct xe_audit_handle_report *report;
    const struct xe_audit_object *object; /* NULL: the key names nothing */
    const struct xe_audit_parked *parked; /* report->waiters of them, names not valid */
    const struct xe_audit_parked *waiter; /* the one explained: oldest recorded, else oldest */
    const struct xe__open_wait *wait;     /* its record, NULL if none */
    const struct xe__producers *producers;
};

/* The verdict of one case: rows are tried in the order of doc/audit.md. */
void xe__audit_diagnose(const struct xe__case *it, struct xe_audit_diagnosis *ret);

#endif
