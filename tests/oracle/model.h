/* The kernel's waiting world as a model of its own: what signals and waits do to a few objects and
 * threads, from the documented rules of NT's dispatcher and not from our kernel. It has no
 * pointers, so that a state can be copied, compared and searched.
 *
 * An object that lost its last name while threads wait for it moves to a place behind the others,
 * and its old place, with the same handle, may be used by a new object. */
#ifndef XE_TESTS_ORACLE_MODEL_H
#define XE_TESTS_ORACLE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle/notes.h"

#define ORACLE_THREADS    4u
#define ORACLE_CAST       3u                             /* objects that moves can name */
#define ORACLE_FIRST_LOST (ORACLE_CAST + ORACLE_THREADS) /* those of the threads before it */
#define ORACLE_OBJECTS    (ORACLE_FIRST_LOST + ORACLE_THREADS)
#define ORACLE_NOBODY     0xFFu
#define ORACLE_HANDLES    2u /* of one object */

enum oracle_kind {
    ORACLE_NOTHING,
    ORACLE_EVENT_AUTO,
    ORACLE_EVENT_MANUAL,
    ORACLE_SEMAPHORE,
    ORACLE_MUTANT,
    ORACLE_TIMER_AUTO,
    ORACLE_TIMER_MANUAL,
    ORACLE_QUEUE,
    ORACLE_THREAD
};

enum oracle_verb {
    ORACLE_SET,
    ORACLE_RESET,
    ORACLE_PULSE,
    ORACLE_RELEASE, /* a semaphore, by one; over its limit it fails          */
    ORACLE_UNLOCK,  /* a mutant; fails unless the actor owns it               */
    ORACLE_ARM,
    ORACLE_ARM_PERIODIC,
    ORACLE_CANCEL,
    ORACLE_INSERT, /* an entry into a queue                                   */
    ORACLE_WAIT,
    ORACLE_WAIT_TIMED,
    ORACLE_POLL,
    ORACLE_WAIT_ALERTABLE,
    ORACLE_WAIT_ANY, /* for object and other                                   */
    ORACLE_WAIT_ALL,
    ORACLE_REMOVE, /* an entry from a queue                                   */
    ORACLE_SLEEP,
    ORACLE_EXIT,
    ORACLE_SUSPEND, /* object: the thread's number                             */
    ORACLE_RESUME,
    ORACLE_APC,
    ORACLE_CLOSE, /* the oldest handle                                       */
    ORACLE_DUPLICATE,
    ORACLE_CREATE,     /* a new object in a place without one, by the same number  */
    ORACLE_INITIALIZE, /* an object in the title's memory once more                */
    ORACLE_STORE,      /* 1 to the signal state, by the title itself               */
    ORACLE_STORE_ZERO,
    ORACLE_PASS,     /* time, until all that is due is over; nobody's act      */
    ORACLE_DEAF,     /* the audit off; nobody's act                            */
    ORACLE_LISTEN,   /* and on                                                 */
    ORACLE_FOCUS,    /* put the place's number, or address, into the focus; nobody's act */
    ORACLE_STALE,    /* signal by the place's number, which names nothing      */
    ORACLE_OVERFLOW, /* release a semaphore beyond its limit                   */
    ORACLE_BLIND,    /* wait on a path that the audit does not hear            */
    ORACLE_VERBS
};

struct oracle_move {
    uint8_t verb, actor, object, other;
};

/* How a wait ended: the status the thread gets. */
#define ORACLE_WAITS     0xFFFFu /* it has not ended */
#define ORACLE_ABANDONED 0x80u
#define ORACLE_APC_RAN   0xC0u
#define ORACLE_TIMEOUT   0x102u

struct oracle_thread {
    bool ended, parked, all, alertable, timed;
    bool late;           /* its deadline went by while it was suspended             */
    bool blind, noted;   /* it waits unheard; the wait's beginning was heard        */
    uint8_t suspended;   /* times                                                   */
    uint8_t apcs, queue; /* queued APCs; the queue it serves, or nobody */
    uint8_t wants[2], wanted;
    uint32_t identity[2]; /* of what it wants, when the wait began */
    uint32_t due;         /* order among deadlines                              */
    uint32_t result;
};

struct oracle_object {
    uint8_t kind, limit, owner;
    uint8_t place;  /* where it was made */
    uint8_t names;  /* open handles                                            */
    bool first;     /* the first of them, with the place's number, is open     */
    bool pointer;   /* lies in the title's memory, and needs no name           */
    bool abandoned; /* a mutant whose owner ended                              */
    bool armed, periodic, was_armed;
    bool cancelled;    /* what was armed last was taken back                       */
    bool touched, gap; /* released ever; the audit was off for some of its life    */
    bool missed;       /* and something went on meanwhile                          */
    bool named;        /* the audit heard that the place's number is one of its    */
    uint8_t setters;   /* threads that released it (timers: armed it), bit by bit  */
    int32_t state;
    int32_t told; /* the state that a call left, or a wait found; else the title stored it */
    uint8_t line[ORACLE_THREADS], waiting; /* threads, in order of arrival       */
    uint32_t identity, due, since;         /* due: order among deadlines; since: of owners */
};

/* Which kinds of object there are; pointers lie in the title's memory, the others have a handle. */
struct oracle_cast {
    uint64_t menu; /* moves to make, a bit for each verb */
    uint8_t kind[ORACLE_CAST], threads;
    bool pointers;
};

struct oracle {
    struct oracle_cast cast;
    struct oracle_thread thread[ORACLE_THREADS];
    struct oracle_object object[ORACLE_OBJECTS];
    uint32_t threads, identities, order;
    uint32_t cycle;    /* acts so far, as the stage counts cycles */
    uint32_t focus;    /* places, bit by bit                      */
    uint32_t listened; /* the cycle since which the audit is on */
    uint8_t actor;
    bool deaf;
    struct oracle_notes *notes; /* NULL: nobody takes any */
};

void oracle_begin(struct oracle *model, const struct oracle_cast *cast, struct oracle_notes *notes);
/* All moves that can be made now; `ret` has room for ORACLE_MOVES. */
#define ORACLE_MOVES 512u
uint32_t oracle_moves(const struct oracle *model, struct oracle_move *ret);
void oracle_play(struct oracle *model, const struct oracle_move *move);

bool oracle_acts(const struct oracle *model, uint32_t thread);
/* For something that isn't there yet: whoever is suspended may find it when it looks again. */
bool oracle_waits(const struct oracle *model, uint32_t thread);
bool oracle_is_there(const struct oracle_object *object); /* a call can name it */
/* Would the thread's wait for this object alone end? */
bool oracle_is_free(const struct oracle *model, uint32_t thread, uint32_t object);

/* The parts of moves that other searches need. */
void oracle_signal(struct oracle *model, uint32_t object, int32_t state);
void oracle_expire(struct oracle *model, uint32_t object);
void oracle_end_wait(struct oracle *model, uint32_t thread, uint32_t result);

/* In words, for failures. */
void oracle_text(const struct oracle_move *move, uint32_t count, char *text, size_t size);

#endif
