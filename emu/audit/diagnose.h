/* What the files of the diagnosis share: how findings are said, and who can release what. */
#ifndef XE_AUDIT_DIAGNOSE_H
#define XE_AUDIT_DIAGNOSE_H

#include "audit/audit_internal.h"

/* Sets the sub-reason and the line of evidence; always true. */
bool xe__audit_say(struct xe_audit_diagnosis *ret, const char *sub, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Another conclusion than the branch's. */
void xe__audit_conclude(struct xe_audit_diagnosis *ret, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Something known can still release the wait; nothing known can. */
void xe__audit_conclude_open(const struct xe__case *it, struct xe_audit_diagnosis *ret,
                             const char *producer);
void xe__audit_conclude_shut(const struct xe__case *it, struct xe_audit_diagnosis *ret,
                             const char *cause);
/* The fixed conclusion would not be true. */
void xe__audit_conclude_blocked(const struct xe__case *it, struct xe_audit_diagnosis *ret,
                                const struct xe_producer *who);
void xe__audit_cite(struct xe_audit_diagnosis *ret, uint64_t seq);

/* The facts of the object's own trail; all zero when there is none. */
const struct xe__facts *xe__audit_facts_of(const struct xe__case *it);
bool xe__audit_after_wait(const struct xe__case *it, const struct xe__mark *mark);

/* ---- release.c ------------------------------------------------------------------------------- */

#define XE__CHAIN ((uint32_t)XE_AUDIT_CHAIN)

/* From a waiter over those who could release each, to one that isn't parked or back again. */
struct xe__chain {
    uint32_t tid[XE_AUDIT_CHAIN], key[XE_AUDIT_CHAIN]; /* each waits for the key beside it */
    uint32_t count;
    struct xe_producer
        last;              /* who ends it: acts, has ended, is suspended; tid 0: nobody is known */
    bool ends_with_thread; /* else last is a timer, a promise, the machine                       */
    uint32_t cycle_from;   /* of the first thread of a cycle; count: there is none  */
    uint32_t ways_out;     /* other objects that would end the waiter's own wait    */
};

/* false: nobody can say. */
bool xe__audit_fate_of(const struct xe__case *it, uint32_t tid, struct xe_audit_fate *ret);
void xe__audit_chain_follow(const struct xe__case *it, const struct xe_producer *first,
                            struct xe__chain *ret);
/* "producer tid=4 is itself parked on 0x00001008, whose producer is tid=6, running" */
void xe__audit_chain_say(const struct xe__chain *chain, const struct xe_producer *first, char *text,
                         size_t size);
/* "tid=4", "a DPC" */
struct xe__thread_text {
    char text[16];
};
struct xe__thread_text xe__audit_thread_text(uint32_t tid);
/* "tid=4", "vblank" */
void xe__audit_producer_name(const struct xe_producer *who, char *text, size_t size);
/* "tid=4, sleeping until cycle 900" */
void xe__audit_producer_say(const struct xe_producer *who, char *text, size_t size);
/* Does its own standing let it act some day? Of the machine: does it by itself, while anything runs
 * at all, or does the thread go on that asked it to? */
bool xe__audit_producer_acts(const struct xe__case *it, const struct xe_producer *who);
void xe__audit_note_producer(struct xe_audit_diagnosis *ret, const struct xe_producer *who);
void xe__audit_note_chain(const struct xe__chain *chain, struct xe_audit_diagnosis *ret);

/* ---- diagnose_present.c ---------------------------------------------------------------------- */

/* Rows that rest on what there is now: each sets ret and returns true where its test holds. */
bool xe__audit_row_stored(const struct xe__case *it, struct xe_audit_diagnosis *ret);
bool xe__audit_row_replaced(const struct xe__case *it, struct xe_audit_diagnosis *ret);
bool xe__audit_row_timed(const struct xe__case *it, struct xe_audit_diagnosis *ret);
bool xe__audit_row_nature(const struct xe__case *it, struct xe_audit_diagnosis *ret);
bool xe__audit_row_queue(const struct xe__case *it, struct xe_audit_diagnosis *ret);
bool xe__audit_row_closed(const struct xe__case *it, struct xe_audit_diagnosis *ret);
bool xe__audit_row_other_object(const struct xe__case *it, struct xe_audit_diagnosis *ret);
/* What they share with those on the past. */
/* The producer, which waits without a deadline, and the waiter never go on for certain, for threads
 * that wait for each other: says so. false: it isn't so. */
bool xe__audit_say_deadlock(const struct xe__case *it, const struct xe_producer *who,
                            const char *detail, struct xe_audit_diagnosis *ret);
bool xe__audit_say_starved(const struct xe__case *it, const struct xe_producer *who,
                           struct xe_audit_diagnosis *ret);
bool xe__audit_say_suspended(const struct xe__case *it, const struct xe_producer *who,
                             struct xe_audit_diagnosis *ret);

/* ---- diagnose_past.c ------------------------------------------------------------------------- */

bool xe__audit_row_promise(const struct xe__case *it, struct xe_audit_diagnosis *ret);
/* Who goes on giving signals as before; NULL: nobody does. */
const struct xe_producer *xe__audit_steady_producer(const struct xe__case *it);
bool xe__audit_row_steady(const struct xe__case *it, struct xe_audit_diagnosis *ret);
bool xe__audit_row_signallers(const struct xe__case *it, struct xe_audit_diagnosis *ret);

#endif
