/* The connections of the HTTP server: who has how long for what, and who is gone.
 *
 * libmicrohttpd listens to edges: of a peer that closes right after it sent part of a request it
 * reads the part and never learns of the end. Its timeout starts over with every byte. And a
 * connection that waits for its answer it does not look at. So each connection is watched here as
 * well: when the peer has ended, libmicrohttpd is made to look again, or the request that waits is
 * let go; and every phase has a deadline for all of it, and who misses it is told so (408) and shut
 * down. When a listener has more connections than it may, the one that has shown least is shut
 * down: first those that never sent a whole head of somebody who may ask, the oldest first.
 *
 * libmicrohttpd's threads add, move on and remove; the owner of the server calls xe_peers_work when
 * the descriptor is readable. A timer exists only while some connection has a deadline. A peer's
 * socket is open as long as the peer is on the list, so what is shut down is never another's. */
#ifndef XE_DAEMON_PEERS_H
#define XE_DAEMON_PEERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum xe_peer_phase {
    XE_PEER_HEAD,     /* nothing, or part of a head, has come   */
    XE_PEER_BODY,     /* a request to be taken is coming        */
    XE_PEER_WAITING,  /* it is there, and the answer is awaited */
    XE_PEER_ANSWERING /* an answer is being sent                */
};

struct xe_peers;

/* The connections of one listener. */
struct xe_peer_group {
    struct xe_peers *peers;
    bool local;     /* UNIX: a closed peer can be told from one that only ended sending */
    uint32_t max;   /* more than so many, and one is shut down */
    uint32_t count; /* guarded by the lock of peers            */
    struct xe_peer *first, **last; /* likewise; owned; oldest first     */
};

struct xe_peer {
    struct xe_peer *next, **link;
    struct xe_peer_group *group;
    int fd;                   /* libmicrohttpd's */
    enum xe_peer_phase phase; /* guarded, as is all below */
    bool known;               /* has sent the head of a request that he may make */
    bool watched;             /* in the epoll set */
    bool cut;                 /* shut down; libmicrohttpd will say that it is closed */
    uint64_t deadline_ms;     /* 0: none */
    void *request;            /* of XE_PEER_WAITING */
};

struct xe_peers {
    pthread_mutex_t lock;
    int epoll;         /* readable when there is work; the owner may add more to it */
    int timer;         /* in epoll, with the data pointer NULL */
    uint64_t armed_ms; /* guarded: when the timer fires; 0: not */
    struct xe_peer_group group[2];
};

/* At most max connections; false: out of memory. */
bool xe_peers_init(struct xe_peers *peers, uint32_t max);
void xe_peers_fini(struct xe_peers *peers);

/* NULL: no memory. */
struct xe_peer *xe_peers_add(struct xe_peer_group *group, int fd);
void xe_peers_remove(struct xe_peer *peer);

/* known stays true once it was. false: the peer was shut down; nothing may be begun for it. */
bool xe_peer_enter(struct xe_peer *peer, enum xe_peer_phase phase, bool known);

/* While it waits: request is given back when the peer is gone, unless it was answered. */
void xe_peer_await(struct xe_peer *peer, void *request);
void xe_peer_answered(struct xe_peer *peer);

/* Do what is due. Returns the request of a peer that is gone, NULL if there is none; call until
 * NULL. */
void *xe_peers_work(struct xe_peers *peers);

#endif
