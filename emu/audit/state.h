/* The audit's records as state, inside the audit: one function per struct (base/codec.h). In a
 * codec's world is a struct xe__names. */
#ifndef XE_AUDIT_STATE_H
#define XE_AUDIT_STATE_H

#include "audit/audit_internal.h"
#include "base/codec.h"

/* Names told so far, by number; all are static. */
struct xe__names {
    const char *(*find)(const char *text); /* NULL: no such name */
    const char **text;                     /* owned              */
    uint32_t count;
    size_t capacity;
    struct xe_map number; /* address of a name that was saved -> its number */
};

void xe__audit_names_fini(struct xe__names *names);

/* state.c */
void xe__audit_name_state(struct xe_codec *c, const char *name, const char **field);
void xe__audit_rec_state(struct xe_codec *c, struct xe_audit_rec *rec);
/* A record that may not be there (no number); what is loaded into is empty. */
void xe__audit_place_state(struct xe_codec *c, struct xe_audit_rec *rec);
void xe__audit_facts_state(struct xe_codec *c, struct xe__facts *facts);
void xe__audit_signaller_state(struct xe_codec *c, struct xe_audit_signaller *who);
void xe__audit_open_wait_state(struct xe_codec *c, struct xe__open_wait *wait);
void xe__audit_body_state(struct xe_codec *c, struct xe__body *body, uint32_t ring);
void xe__audit_totals_state(struct xe_codec *c, struct xe_audit *audit);

/* state_trails.c */
void xe__audit_trails_state(struct xe_codec *c, struct xe_audit *audit);
void xe__audit_link_state(struct xe_codec *c, struct xe__link *link);
void xe__audit_trail_state(struct xe_codec *c, struct xe__trail *trail, uint32_t ring);

#endif
