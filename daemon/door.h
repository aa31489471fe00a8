/* The door of the HTTP server: connections from outside, and what of them reaches libmicrohttpd.
 *
 * The library reads more leniently than RFC 9112 allows, and before anybody is asked. So it never
 * reads from a client. The door accepts, and reads; the library gets a visitor when his first head
 * is there and well-formed (head.h), has a descriptor of his to write answers to, and where it
 * calls recv, it's given what has passed the door, frame by frame (tap.c). A request passes when
 * the one before it is answered. What is not well-formed is answered by the door itself, with the
 * line and the reason, and closed.
 *
 * Each phase of a connection has a deadline for all of it; who misses it is told so (408). When a
 * listener has more connections than it may, the one that has shown least goes: first those that
 * never sent a whole head of somebody who may ask, the oldest first.
 *
 * One thread, the server's (http.c), calls everything here, and the library. */
#ifndef XE_DAEMON_DOOR_H
#define XE_DAEMON_DOOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/head.h"

enum xe_visit {
    XE_VISIT_HEAD,      /* nothing, or part of a head, has come    */
    XE_VISIT_BODY,      /* a request is coming                     */
    XE_VISIT_WAITING,   /* it is there, and the answer is awaited  */
    XE_VISIT_ANSWERING, /* an answer is being sent                 */
    XE_VISIT_LEAVING    /* all was said; the client is to hang up  */
};

struct xe_door;
struct xe_visitor;

/* What the door needs from the server. */
struct xe_door_host {
    void *ctx;
    /* Let the library serve fd, which it takes; of a visitor whose visit is open, it calls
     * xe_visitor_closed when it has let go of it. false: it can't. */
    bool (*serve)(void *ctx, struct xe_visitor *visitor, int fd);
    void (*read)(void *ctx, void *library); /* let it ask for bytes: there may be some    */
    void (*gone)(void *ctx, void *request); /* nobody waits for it any more               */
    void (*settled)(void *ctx);             /* the last counted request of a listener is over */
};

/* The connections of one listener. */
struct xe_door_group {
    struct xe_door *door;
    int fd;                           /* owned: listens; -1: there is none            */
    bool local;                       /* UNIX: who ended sending may still be reading */
    bool deaf;                        /* no descriptors: it isn't listened to         */
    uint32_t max, count;              /* more than max, and one has to go             */
    struct xe_visitor *first, **last; /* owned; oldest first                          */
    size_t held;                      /* bytes of answers that clients have not taken */
    atomic_uint busy;                 /* counted requests without their answer        */
};

struct xe_door {
    int epoll;
    uint64_t soonest_ms;     /* the next deadline; 0: none                     */
    bool again;              /* some visitor has more to do than a turn allows */
    struct xe_visitor *over; /* owned: gone; events of this turn may name them */
    struct xe_door_host host;
    struct xe_door_group group[2];
    struct xe_visitor *
        *inner; /* owned: by descriptors that the library has; NULL: not of a visitor */
    size_t inner_room;
};

/* A socket. */
struct xe_stream {
    int fd; /* owned; -1: closed */
    bool readable, writable;
    bool ending; /* its other side sends no more           */
    bool ended;  /* ... and all that it had sent was read  */
    bool gone;   /* its other side takes no more           */
};

struct xe_visitor {
    struct xe_visitor *next, **link;
    struct xe_door_group *group;
    struct xe_stream client;
    int inner;     /* the library's descriptor of the client; -1: it has none */
    void *library; /* its connection                                          */
    enum xe_visit phase;
    uint64_t deadline_ms; /* 0: none */
    struct xe_frame frame;
    char *in; /* owned: bytes that came; the first cleared of them may pass */
    size_t in_size, cleared;
    char *out; /* owned: bytes of the door's answer that were not sent yet */
    size_t out_size, out_sent;
    size_t holds;      /* bytes of the answer that he is sent; in held of his group */
    uint64_t since_ms; /* ... since then                                            */
    bool owner;        /* the user that the daemon runs as, or root, at a UNIX socket        */
    bool known;        /* has sent the head of a request that he may make                    */
    bool served;       /* the library has a connection for it                                */
    bool busy;         /* a request is the library's, or its answer is not sent              */
    bool fed;          /* bytes of this request came to the library by the door              */
    bool hungry;       /* the library is to be let ask for bytes                             */
    bool refused;      /* nothing passes any more: the door has answered, or the library left */
    bool counted;      /* in busy of its group                                               */
    bool again;
    uint32_t body_ms; /* that the body of this request may take; 0: as any */
    void *request;    /* of XE_VISIT_WAITING */
};

/* Listen on descriptors that are taken; -1: not. false: no memory, or no descriptors. */
bool xe_door_init(struct xe_door *door, const struct xe_door_host *host, int unix_fd, int tcp_fd,
                  uint32_t max);
/* Send everybody away; what the library still serves ends by itself. */
void xe_door_close(struct xe_door *door);
void xe_door_fini(struct xe_door *door);

/* Milliseconds to sleep at most; -1: until something comes. */
int xe_door_sleep_ms(struct xe_door *door);
/* An event of the door's epoll set, whose data pointer isn't somebody else's. */
void xe_door_event(struct xe_door *door, void *data, uint32_t events);
/* At the end of a turn: go on with who has more to do, cut who is late. */
void xe_door_turn(struct xe_door *door);

/* From here on known stays true. */
void xe_visitor_count(struct xe_visitor *visitor);
/* request is told of when the visitor is gone before it has its answer. */
void xe_visitor_await(struct xe_visitor *visitor, void *request);
void xe_visitor_answered(struct xe_visitor *visitor);
/* A long answer begins to be sent. Where clients of a listener hold too many bytes together, those
 * who have taken longest go. */
void xe_visitor_hold(struct xe_visitor *visitor, size_t size);
/* The library has read the head of a request; false: by another way than the door. */
bool xe_visitor_begin(struct xe_visitor *visitor);
/* He gets so long for the body that is coming. */
void xe_visitor_allow(struct xe_visitor *visitor, uint32_t ms);
/* The library has written the answer; it has let go of the connection. */
void xe_visitor_done(struct xe_visitor *visitor);
void xe_visitor_closed(struct xe_visitor *visitor);

/* From now on, what this thread calls recv for is read through this door, where it's a visitor's,
 * and fails where it isn't. NULL: recv is what it was. */
void xe_door_tap(struct xe_door *door);

#endif
