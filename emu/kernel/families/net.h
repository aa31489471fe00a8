/* The network's exports between themselves: what the family keeps, calls that may block. */
#ifndef XE_KERNEL_FAMILIES_NET_H
#define XE_KERNEL_FAMILIES_NET_H

#include "kernel/core/dispatcher.h"
#include "kernel/core/thread.h"
#include "kernel/hle/hle_internal.h"
#include "net/net.h"

#define XE__NET_NOWHERE                                                                            \
    0xC0000202u             /* 192.0.2.2, of a console that is alone: a documentation network */
#define XE__NET_PENDING 64u /* transfers that end later */

#define XE__NET_EINTR 10004u

/* What a thread waits for on a socket. */
enum xe__net_side {
    XE__NET_READ,  /* something to receive or accept, or the end */
    XE__NET_WRITE, /* room to send, or a connection              */
    XE__NET_FAIL,  /* no connection                              */
    XE__NET_SIDES
};

/* What WSASend and WSARecv are asked for. */
struct xe__net_transfer {
    uint32_t number;
    bool send, peek;
    xe_gva buffers; /* WSABUFs */
    uint32_t count;
    struct xe_net_place to; /* port 0: where it is connected   */
    xe_gva from, from_size; /* for who sent it; 0: nobody asks */
};

/* One that has begun, and what tells of its end. */
struct xe__net_pending {
    struct xe__net_transfer transfer;
    xe_gva overlapped;
    xe_handle event;        /* in it; 0: none, or nobody asks, for there is a routine */
    xe_gva routine;         /* that a thread is to call at its end; 0: none           */
    uint32_t tid;           /* of that thread                                         */
    struct xe_object *done; /* an event for WSAGetOverlappedResult; a reference */
};

/* What WSAEventSelect asks for a socket. */
struct xe__net_watch {
    uint32_t key;            /* as the title named it      */
    uint32_t wanted, told;   /* FD_...                     */
    struct xe_object *event; /* a reference; NULL: nothing */
};

struct xe__net {
    struct xe_kernel *kernel;
    bool alone;         /* nobody else is there, ever: a setting, no state */
    uint32_t asked;     /* 1: where nobody is, somebody asked for a socket nevertheless */
    struct xe_net *net; /* owned; NULL: nobody is there, and nobody asked */
    /* Of each socket of the title: auto-reset events, which are signalled as long as the side is
     * ready; a reference each. NULL: not a socket, or one that was not accepted yet. */
    struct xe_object *event[XE_NET_SOCKETS][XE__NET_SIDES];
    struct xe__net_watch watch[XE_NET_SOCKETS];
    struct xe__net_pending pending[XE__NET_PENDING]; /* oldest first */
    uint32_t pendings;
    uint16_t link_port;   /* of system link: how far from its default */
    bool settling, again; /* at work at it; and not done with it: no state */
};

/* Calls that may block. */
enum xe__net_op {
    XE__NET_ACCEPT,
    XE__NET_CONNECT,
    XE__NET_RECV,
    XE__NET_RECVFROM,
    XE__NET_SEND,
    XE__NET_SENDTO,
    XE__NET_WSASEND,
    XE__NET_WSASENDTO,
    XE__NET_WSARECV,
    XE__NET_WSARECVFROM,
    XE__NET_SELECT,
    XE__NET_RESULT, /* of a transfer that ends later */
    XE__NET_OPS
};

/* Each tries, and answers the call if it need not wait (true); `again`: the call has waited. */
bool xe__net_try_accept(struct xe_call *call, bool again);
bool xe__net_try_connect(struct xe_call *call, bool again);
bool xe__net_try_recv(struct xe_call *call, bool again);
bool xe__net_try_recvfrom(struct xe_call *call, bool again);
bool xe__net_try_send(struct xe_call *call, bool again);
bool xe__net_try_sendto(struct xe_call *call, bool again);
bool xe__net_try_wsasend(struct xe_call *call, bool again);
bool xe__net_try_wsasendto(struct xe_call *call, bool again);
bool xe__net_try_wsarecv(struct xe_call *call, bool again);
bool xe__net_try_wsarecvfrom(struct xe_call *call, bool again);
bool xe__net_try_select(struct xe_call *call, bool again);
bool xe__net_try_result(struct xe_call *call, bool again);

/* Try, and wait if that is needed. Where nobody is, only results can be waited for. */
void xe__net_run(struct xe_call *call, enum xe__net_op op);
/* What select waits for: adds a side of each socket in a set. false: too many. */
bool xe__net_select_wants(struct xe_call *call, struct xe_wait_request *request);
void xe__net_select_clear(struct xe_call *call);

/* Waiters that can go on do; what arrives next has its time. After everything that was done. */
void xe__net_settle(struct xe__net *self);
/* Events for a new socket of the title; false: out of memory. */
bool xe__net_attach(struct xe__net *self, uint32_t number);
/* The socket ends: who waits for it goes on and fails. */
void xe__net_detach(struct xe__net *self, uint32_t number);

/* WSAEventSelect. */
void xe__net_event_select(struct xe_call *call);

/* net_events.c: who asked for that hears what has happened on a socket of the title. */
void xe__net_watch_settle(struct xe__net *self, uint32_t number);
/* A call was made that it is about, and was refused because it would have blocked, or wasn't. */
void xe__net_watch_again(struct xe__net *self, uint32_t number, enum xe__net_op op, bool blocked);
void xe__net_watch_inherit(struct xe__net *self, uint32_t listener, uint32_t number);
void xe__net_watch_end(struct xe__net *self, uint32_t slot);
void xe__net_watch_state(struct xe_codec *c, struct xe__net *self, uint32_t slot);

/* net_pending.c: what can be done of this socket's transfers, is; or none ever is. */
void xe__net_pending_settle(struct xe__net *self, uint32_t number);
void xe__net_pending_abort(struct xe__net *self, uint32_t number);
/* What WSAGetOverlappedResult waits for. */
struct xe_object *xe__net_pending_event(const struct xe__net *self, xe_gva overlapped);
void xe__net_pending_state(struct xe_codec *c, struct xe__net *self);

void xe__net_fail(struct xe_call *call, uint32_t error);
/* -1 with the error, or 0. */
void xe__net_answer(struct xe_call *call, uint32_t error);

void xe__kernel_net_state(struct xe_codec *c, void *self);

/* Who keeps it: the family "network"; calls of others find it here. */
struct xe__net *xe__net_of(const struct xe_kernel *kernel);

/* The network with its time; where nobody is, it is made when it is first asked for. NULL: there is
 * no memory, which the call has answered. */
struct xe__net *xe__net_present(struct xe_call *call);

#endif
