/* Short histories of one event object, all of them, and what must be true of the audit's verdict
 * after each: the oracle of what doc/audit.md says.
 *
 * A history is a row of operations by two audited waiters, one waiter through a path the audit does
 * not see, and signallers. A driver plays each operation on some dispatcher (a model, or the real
 * one) that tells the audit, and notes in the history what really happened; the oracle then judges
 * the report by these notes alone. Same histories, same oracle, any dispatcher. */
#ifndef XE_TEST_AUDIT_HISTORIES_H
#define XE_TEST_AUDIT_HISTORIES_H

#include "xe/audit.h"

enum history_op {
    HISTORY_WAIT_A,
    HISTORY_WAIT_B,
    HISTORY_WAIT_BLIND,
    HISTORY_SET,
    HISTORY_SET_ALIAS,  /* under another name of the object */
    HISTORY_SET_FAILED, /* an error status, nothing changes */
    HISTORY_RESET,
    HISTORY_PULSE,
    HISTORY_SET_LOST, /* wakes nobody although it should: an injected fault */
    HISTORY_OPS
};

enum history_thread { HISTORY_A, HISTORY_B, HISTORY_BLIND, HISTORY_THREADS };

#define HISTORY_MAX 1024

/* What one operation did. */
struct history_note {
    enum history_op op;
    bool parked;  /* wait: the thread parked; else it was satisfied at once         */
    bool took;    /* wait: and took the token                                       */
    bool primary; /* signal: the audit was to keep it in the primary trail          */
    bool changed; /* reset: the state changed                                       */
    bool woke[HISTORY_THREADS];
};

struct history {
    bool manual;
    bool announced_late; /* created for the audit only at the first audited wait */
    struct history_note note[HISTORY_MAX];
    unsigned notes;
    /* Kept up to date by history_add. */
    int parked_at[HISTORY_THREADS];  /* index of the note, -1 = not parked                  */
    bool robbed[HISTORY_THREADS];    /* a wake was lost while parked                        */
    unsigned waits, attempts, wakes; /* as the audit should count them                     */
};

struct history_driver {
    void *ctx;
    void (*begin)(void *ctx, struct history *history);
    /* Play one operation and fill the note; false: impossible now (the thread is parked already,
     * nobody whose wake could be lost). */
    bool (*play)(void *ctx, struct history *history, enum history_op op, struct history_note *ret);
    /* After the last one: get a report on the object and have it judged. */
    void (*end)(void *ctx, struct history *history);
};

void history_begin(struct history *history, bool manual, bool announced_late);
void history_add(struct history *history, const struct history_note *note);

/* Every possible history of up to `depth` operations; returns how many were played. */
unsigned long history_enumerate(const struct history_driver *driver, unsigned depth, bool manual,
                                bool announced_late);

/* NULL when the report tells the truth about the history, else what is wrong. */
const char *history_judge(const struct history *history,
                          const struct xe_audit_handle_report *report);

/* The history in words, for failure messages. */
void history_text(const struct history *history, char *text, size_t size);

#endif
