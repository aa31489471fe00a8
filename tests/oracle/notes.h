/* What happened to the model's objects, act by act, and whether the audit listened: from this
 * alone, by looking it all through, follows what a report may say of the past. */
#ifndef XE_TESTS_ORACLE_NOTES_H
#define XE_TESTS_ORACLE_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#define ORACLE_NOTES      1024u
#define ORACLE_IDENTITIES 64u

enum oracle_what {
    ORACLE_SIGNALLED,
    ORACLE_PULSED,
    ORACLE_FAILED,
    ORACLE_CLEARED,
    ORACLE_GOT,    /* a wait that ended at once, with this object                    */
    ORACLE_PASSED, /* the same, with another object or by an APC                     */
    ORACLE_POLLED, /* in vain                                                        */
    ORACLE_PARKED,
    ORACLE_WOKEN,   /* a wait that had parked, by this object                         */
    ORACLE_EXPIRED, /* by its time                                                    */
    ORACLE_STOPPED  /* by anything else                                               */
};

struct oracle_note {
    uint8_t what, actor; /* actor: ORACLE_NOBODY is the machine */
    uint8_t woke;        /* by a signal: threads, bit by bit    */
    bool heard;
    bool took; /* a wait: the signal; a reset: it was signaled */
    uint32_t identity, cycle;
};

/* Those of a name that names nothing go by the place that it belongs to. */
#define ORACLE_GHOST 0x1000u

struct oracle_notes {
    struct oracle_note note[ORACLE_NOTES];
    uint32_t count;
    uint32_t born[ORACLE_IDENTITIES]; /* cycles */
};

/* How one object's past looks to somebody who heard it, or who saw all of it. */
struct oracle_past {
    uint32_t signals, failed, ghosts, waits, wakes, polls, expired;
    uint32_t woken;   /* by signals, on whatever path they had parked  */
    uint8_t setters;  /* threads that signalled it, and didn't fail    */
    int32_t good;     /* note of the last signal that didn't fail; -1  */
    int32_t reset;    /* of the first reset after it that took it away */
    int32_t consumed; /* of the first wait after it that took it       */
};

void oracle_past(const struct oracle_notes *notes, uint32_t identity, bool heard_only,
                 struct oracle_past *ret);
/* The note of the beginning of a thread's wait for the object; -1. */
int32_t oracle_parked_at(const struct oracle_notes *notes, uint32_t identity, uint32_t thread);
/* Did the thread signal the object within ten times its longest gap? */
bool oracle_is_steady(const struct oracle_notes *notes, uint32_t identity, uint32_t thread,
                      uint32_t now);

#endif
