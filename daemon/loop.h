/* An event loop: a thread waits for descriptors, for times, and does what was put off.
 *
 * A watch is a descriptor and a callback, a timer a time and a callback, work a callback at the end
 * of the turn. All three lie in what belongs to whoever waits, zeroed but for callback and ctx, and
 * the loop only links them. A watch or timer that is taken back is not called any more, even where
 * its event has come already: its owner may be freed in any callback. One thread has a loop. */
#ifndef XE_DAEMON_LOOP_H
#define XE_DAEMON_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "xe/error.h"

#define XE_LOOP_EVENTS 64 /* of one turn */

struct xe_watch {
    void (*ready)(void *ctx, uint32_t events); /* as epoll has them */
    void *ctx;
    int fd; /* borrowed                        */
    bool on;
};

struct xe_timer {
    void (*due)(void *ctx);
    void *ctx;
    struct xe_timer *next, **link; /* link NULL: not set */
    uint64_t at_ms;
};

struct xe_work {
    void (*run)(void *ctx);
    void *ctx;
    struct xe_work *next;
    bool posted;
};

struct xe_loop {
    int epoll;                                /* owned                           */
    struct epoll_event event[XE_LOOP_EVENTS]; /* of this turn                    */
    int count, at;                            /* of these, the next to be told   */
    struct xe_timer *timers;                  /* the soonest first               */
    struct xe_work *work;                     /* in no order                     */
};

bool xe_loop_init(struct xe_loop *loop, struct xe_error *err);
/* What is still set is forgotten. */
void xe_loop_fini(struct xe_loop *loop);

/* Of CLOCK_MONOTONIC, which timers are about. */
uint64_t xe_loop_now_ms(void);

/* Wait for events of fd, until it is forgotten; false: no memory. What is forgotten may be watched
 * again. Forget before fd is closed: a child that is being started may hold the same file. */
bool xe_loop_watch(struct xe_loop *loop, struct xe_watch *watch, int fd, uint32_t events);
/* Wait for other events of it. */
void xe_loop_want(struct xe_loop *loop, struct xe_watch *watch, uint32_t events);
void xe_loop_forget(struct xe_loop *loop, struct xe_watch *watch);

/* Due once, at that time or later; set again it has the new time. */
void xe_loop_set(struct xe_loop *loop, struct xe_timer *timer, uint64_t at_ms);
void xe_loop_unset(struct xe_timer *timer);

/* Run once, at the end of this turn; what is posted by then, in the next. */
void xe_loop_post(struct xe_loop *loop, struct xe_work *work);
/* Run what is posted now. */
void xe_loop_work(struct xe_loop *loop);

/* Sleep until something is to be done, for most_ms (-1: for ever) at most, and do it. */
bool xe_loop_turn(struct xe_loop *loop, int most_ms, struct xe_error *err);

#endif
