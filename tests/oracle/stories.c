/* See stories.h. Objects: the cast's, then the threads from 3 on. */
#include "oracle/stories.h"

#define M(verb, ...)                                                                               \
    {                                                                                              \
        ORACLE_##verb, __VA_ARGS__                                                                 \
    }

const struct oracle_story oracle_stories[] = {
    /* ---- told wrong once */
    /* Asked for by its other name, of an object that nobody heard born: signals by the number that
     * is its first name, from before it had that, are told where that number is asked for. */
    {{0, {ORACLE_QUEUE, ORACLE_EVENT_AUTO}, 3, false},
     {{ORACLE_CLOSE, 2, 1, 0},
      {ORACLE_DEAF, 0, 0, 0},
      {ORACLE_FOCUS, 0, 1, 0},
      {ORACLE_LISTEN, 0, 0, 0},
      {ORACLE_STALE, 1, 1, 0},
      {ORACLE_DEAF, 0, 0, 0},
      {ORACLE_CREATE, 1, 1, 0},
      {ORACLE_DUPLICATE, 2, 1, 0}},
     8},
    /* "No waiter was ever woken", though one that was suspended found it stored when it looked. */
    {{0, {ORACLE_EVENT_MANUAL}, 4, false},
     {{ORACLE_BLIND, 3, 0, 0},
      {ORACLE_SUSPEND, 2, 3, 0},
      {ORACLE_PULSE, 2, 0, 0},
      {ORACLE_STORE, 2, 0, 0},
      {ORACLE_RESUME, 2, 3, 0},
      {ORACLE_STORE_ZERO, 2, 0, 0},
      {ORACLE_WAIT, 2, 0, 0}},
     7},
    /* A queued APC counted as a promise that its thread ends. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false},
     {{ORACLE_APC, 0, 1, 0}, {ORACLE_SLEEP, 0, 0, 0}, {ORACLE_WAIT, 1, 4, 0}},
     3},
    /* A timer that goes on and on counted as somebody who acts. */
    {{0, {ORACLE_TIMER_AUTO, ORACLE_TIMER_MANUAL}, 2, false},
     {{ORACLE_WAIT_ALL, 0, 0, 1}, {ORACLE_ARM_PERIODIC, 1, 1, 0}, {ORACLE_WAIT, 1, 4, 0}},
     3},
    /* A wait all with a stored state lacked nothing, and so nobody could end it. */
    {{0, {ORACLE_EVENT_MANUAL, ORACLE_EVENT_MANUAL}, 2, false},
     {{ORACLE_WAIT_ALL, 0, 0, 1}, {ORACLE_SET, 1, 1, 0}, {ORACLE_STORE, 1, 0, 0}},
     3},
    /* A timer counted as hope for a waiter that is suspended. */
    {{0, {ORACLE_TIMER_AUTO}, 3, false},
     {{ORACLE_WAIT, 2, 0, 0},
      {ORACLE_SUSPEND, 1, 2, 0},
      {ORACLE_ARM, 0, 0, 0},
      {ORACLE_WAIT, 1, 3, 0},
      {ORACLE_WAIT, 0, 3, 0}},
     5},
    /* Of those who set a timer only the last was known. */
    {{0, {ORACLE_TIMER_AUTO}, 2, false},
     {{ORACLE_ARM, 1, 0, 0},
      {ORACLE_ARM, 0, 0, 0},
      {ORACLE_WAIT, 0, 0, 0},
      {ORACLE_CANCEL, 1, 0, 0}},
     4},
    /* The expiry of a timer that is signaled already was no hope, though it wakes. */
    {{0, {ORACLE_TIMER_MANUAL, ORACLE_SEMAPHORE}, 2, false},
     {{ORACLE_WAIT_ALL, 0, 0, 1},
      {ORACLE_ARM_PERIODIC, 1, 0, 0},
      {ORACLE_PASS, 0, 0, 0},
      {ORACLE_STORE, 1, 1, 0},
      {ORACLE_EXIT, 1, 0, 0}},
     5},
    /* A store of what the last call had left was no store, and a fault of the emulator. */
    {{0, {ORACLE_EVENT_MANUAL}, 2, false},
     {{ORACLE_SET, 1, 0, 0},
      {ORACLE_STORE_ZERO, 1, 0, 0},
      {ORACLE_WAIT, 0, 0, 0},
      {ORACLE_STORE, 1, 0, 0}},
     4},
    /* The same of a wait all, which the set of another object found without it. */
    {{0, {ORACLE_EVENT_MANUAL, ORACLE_EVENT_MANUAL}, 2, false},
     {{ORACLE_WAIT_ALL, 0, 0, 1},
      {ORACLE_SET, 1, 0, 0},
      {ORACLE_STORE_ZERO, 1, 0, 0},
      {ORACLE_SET, 1, 1, 0},
      {ORACLE_STORE, 1, 0, 0}},
     5},
    /* Of a wait all that lacks another object, whose due time comes: that it can release it. */
    {{0, {ORACLE_TIMER_AUTO, ORACLE_TIMER_MANUAL}, 2, false},
     {M(WAIT_ALL, 0, 0, 1), M(ARM_PERIODIC, 1, 1, 0), M(WAIT, 1, 4, 0)},
     3},
    /* Whoever signals what was initialised in its place: nobody could. */
    {{0, {ORACLE_EVENT_AUTO}, 2, true},
     {M(WAIT, 0, 0, 0), M(INITIALIZE, 1, 0, 0), M(WAIT, 1, 4, 0)},
     3},
    /* Neither waited for nor signalled, while nobody listened. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false},
     {M(DEAF, 0, 0, 0), M(SET, 1, 0, 0), M(LISTEN, 0, 0, 0)},
     3},
    /* And on a path without records. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false}, {M(SET, 1, 0, 0), M(BLIND, 0, 0, 0)}, 2},
    /* A wait of the gap before the last: a gap of the audit's. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false},
     {M(DEAF, 0, 0, 0), M(WAIT, 0, 0, 0), M(LISTEN, 0, 0, 0), M(RESET, 1, 0, 0), M(DEAF, 0, 0, 0)},
     5},
    /* A pulse that was the last one before the audit went off, and so the last of all. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false},
     {M(PULSE, 1, 0, 0), M(WAIT, 0, 0, 0), M(DEAF, 0, 0, 0), M(SET, 1, 0, 0), M(WAIT, 0, 0, 0)},
     5},
    /* That a thread has ended, unheard: nothing could release those who wait for its end, too. */
    {{0, {ORACLE_EVENT_AUTO}, 3, false},
     {M(WAIT_ALL, 0, 0, 5), M(DEAF, 0, 0, 0), M(EXIT, 2, 0, 0), M(LISTEN, 0, 0, 0)},
     4},
    /* One wait, of which two got nothing. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false},
     {M(DEAF, 0, 0, 0), M(WAIT_TIMED, 0, 0, 0), M(LISTEN, 0, 0, 0), M(PASS, 0, 0, 0),
      M(POLL, 1, 0, 0)},
     5},
    /* Each wait ended without it, but that one was not heard. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false},
     {M(POLL, 0, 0, 0), M(DEAF, 0, 0, 0), M(SET, 0, 0, 0), M(WAIT, 0, 0, 0), M(LISTEN, 0, 0, 0)},
     5},
    /* One that sleeps and is suspended can release it. */
    {{0, {ORACLE_MUTANT}, 2, false},
     {M(WAIT, 1, 0, 0), M(SLEEP, 1, 0, 0), M(SUSPEND, 0, 1, 0), M(WAIT, 0, 0, 0)},
     4},
    /* No signal landed, of those that were heard. */
    {{0, {ORACLE_SEMAPHORE, ORACLE_SEMAPHORE}, 2, false},
     {M(WAIT_ALL, 0, 0, 1), M(DEAF, 0, 0, 0), M(RELEASE, 1, 0, 0), M(LISTEN, 0, 0, 0),
      M(OVERFLOW, 1, 0, 0)},
     5},
    /* A timer that has expired kept the closing of its handle from being told. */
    {{0, {ORACLE_TIMER_AUTO}, 2, false},
     {M(ARM, 1, 0, 0), M(PASS, 0, 0, 0), M(POLL, 1, 0, 0), M(WAIT, 0, 0, 0), M(CLOSE, 1, 0, 0)},
     5},

    /* ---- reaching rows */
    /* PRODUCER_SLEEPS, long after its last. */
    {{0, {ORACLE_EVENT_AUTO, ORACLE_EVENT_AUTO}, 2, true},
     {M(WAIT, 0, 0, 0), M(INITIALIZE, 1, 0, 0), M(SET, 1, 0, 0), M(WAIT, 0, 0, 0),
      M(RESET, 1, 1, 0), M(RESET, 1, 1, 0), M(RESET, 1, 1, 0), M(RESET, 1, 1, 0), M(RESET, 1, 1, 0),
      M(RESET, 1, 1, 0), M(RESET, 1, 1, 0), M(RESET, 1, 1, 0), M(RESET, 1, 1, 0), M(RESET, 1, 1, 0),
      M(SLEEP, 1, 0, 0)},
     15},
    /* An owner that sleeps, or is suspended, of a mutant that was handed on before. */
    {{0, {ORACLE_MUTANT}, 2, false},
     {M(WAIT, 0, 0, 0), M(UNLOCK, 0, 0, 0), M(WAIT, 0, 0, 0), M(SLEEP, 0, 0, 0), M(WAIT, 1, 0, 0)},
     5},
    {{0, {ORACLE_MUTANT}, 2, false},
     {M(WAIT, 0, 0, 0), M(UNLOCK, 0, 0, 0), M(WAIT, 0, 0, 0), M(SUSPEND, 1, 0, 0),
      M(WAIT, 1, 0, 0)},
     5},
    /* TIMER_CANCELLED after it had expired once. */
    {{0, {ORACLE_TIMER_AUTO}, 2, false},
     {M(ARM, 0, 0, 0), M(PASS, 0, 0, 0), M(POLL, 0, 0, 0), M(ARM, 0, 0, 0), M(CANCEL, 0, 0, 0),
      M(WAIT, 0, 0, 0)},
     6},
    /* GHOST_ONLY. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false},
     {M(FOCUS, 0, 0, 0), M(CLOSE, 0, 0, 0), M(STALE, 0, 0, 0), M(CREATE, 0, 0, 0),
      M(WAIT, 0, 0, 0)},
     5},
    /* PRODUCER_ENDED of who signalled it, PRODUCER_SUSPENDED. */
    {{0, {ORACLE_EVENT_AUTO}, 3, false},
     {M(WAIT, 0, 0, 0), M(SET, 1, 0, 0), M(WAIT, 0, 0, 0), M(EXIT, 1, 0, 0)},
     4},
    {{0, {ORACLE_EVENT_AUTO}, 3, false},
     {M(WAIT, 0, 0, 0), M(SET, 1, 0, 0), M(WAIT, 0, 0, 0), M(SUSPEND, 2, 1, 0)},
     4},
    /* DEADLOCK of who signalled it. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false},
     {M(WAIT, 0, 0, 0), M(SET, 1, 0, 0), M(WAIT, 0, 0, 0), M(WAIT, 1, 4, 0)},
     4},
    /* PRODUCER_WAITS for a thread that runs. */
    {{0, {ORACLE_EVENT_AUTO}, 3, false},
     {M(WAIT, 0, 0, 0), M(SET, 1, 0, 0), M(WAIT, 0, 0, 0), M(WAIT, 1, 5, 0)},
     4},
    /* TOKEN_TAKEN_BY_OTHER while the wait lacked another object. */
    {{0, {ORACLE_EVENT_AUTO, ORACLE_EVENT_MANUAL}, 2, false},
     {M(WAIT_ALL, 0, 0, 1), M(SET, 1, 0, 0), M(WAIT, 1, 0, 0), M(SET, 1, 1, 0)},
     4},
    /* CONSUMED_UNAUDITED by the title, and on a path without records. */
    {{0, {ORACLE_EVENT_AUTO}, 2, false},
     {M(SET, 1, 0, 0), M(STORE_ZERO, 1, 0, 0), M(WAIT, 0, 0, 0)},
     3},
    {{0, {ORACLE_EVENT_AUTO}, 2, false}, {M(SET, 1, 0, 0), M(BLIND, 1, 0, 0), M(WAIT, 0, 0, 0)}, 3},
    /* PRODUCER_BLOCKED: the owner, on an event that nobody sets. */
    {{0, {ORACLE_MUTANT, ORACLE_EVENT_AUTO}, 2, false},
     {M(WAIT, 0, 0, 0), M(UNLOCK, 0, 0, 0), M(WAIT, 0, 0, 0), M(WAIT, 0, 1, 0), M(WAIT, 1, 0, 0)},
     5},
    {{0, {ORACLE_MUTANT, ORACLE_EVENT_AUTO}, 2, false},
     {M(WAIT, 0, 0, 0), M(WAIT, 0, 1, 0), M(WAIT, 1, 0, 0)},
     3},
    /* QUEUE_LIMIT, the entries unheard. */
    {{0, {ORACLE_QUEUE}, 3, false},
     {M(DEAF, 0, 0, 0), M(INSERT, 0, 0, 0), M(INSERT, 0, 0, 0), M(REMOVE, 0, 0, 0),
      M(LISTEN, 0, 0, 0), M(REMOVE, 1, 0, 0)},
     6},
};

const uint32_t oracle_story_count = sizeof(oracle_stories) / sizeof(oracle_stories[0]);
