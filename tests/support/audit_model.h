/* A small model dispatcher: one event, three threads, first come first served. Plays the kernel's
 * part towards the real audit, world table included. */
#ifndef XE_TEST_AUDIT_MODEL_H
#define XE_TEST_AUDIT_MODEL_H

#include "audit/audit.h"
#include "support/audit_histories.h"

#define MODEL_HANDLE 0x1004u
#define MODEL_ALIAS  0x82001000u /* the object's pointer; the audit is not told that it is one */

struct model {
    struct xe_audit *audit;
    struct xe_audit_world world;
    uint32_t ring;
    bool manual, signaled, announced;
    int queue[HISTORY_THREADS]; /* parked threads in order of arrival */
    unsigned queued;
    uint64_t wait_id[HISTORY_THREADS], since[HISTORY_THREADS];
    uint64_t cycle, next_wait_id;
};

/* Fresh audit with both names in the focus. */
void model_begin(struct model *model, const struct history *history);
void model_end(struct model *model);
bool model_play(struct model *model, struct history *history, enum history_op op,
                struct history_note *ret);
void model_report(struct model *model, struct xe_audit_report *ret);

#endif
