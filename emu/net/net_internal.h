/* Inside of the network: sockets in two tables that are one array, packets in lists. */
#ifndef XE_NET_INTERNAL_H
#define XE_NET_INTERNAL_H

#include "net/net.h"

#define XE__NET_ALL         (XE_NET_SOCKETS + XE_NET_PEERS)
#define XE__NET_QUEUE       1024u    /* packets that wait in a socket, or fly to it */
#define XE__NET_WIRE        16384u   /* packets on their way, in all */
#define XE__NET_WIRE_MAX    65536u   /* the same with what sockets tell each other */
#define XE__NET_WIRE_BYTES  8388608u /* the same in bytes */
#define XE__NET_SEND_MAX    262144u  /* bytes of one send */
#define XE__NET_FIRST_PORT  49152u   /* that a socket gets which asks for none */
#define XE__NET_NUMBERS     0x3FFFFFFFu
#define XE__NET_NUMBER_STEP 4u

enum xe_net_kind {
    XE_NET_SYN,      /* somebody wants to connect to `to`    */
    XE_NET_ACCEPTED, /* and is, with sender                  */
    XE_NET_REFUSED,  /* or is not, for this error            */
    XE_NET_DATA,     /* of a stream                          */
    XE_NET_END,      /* of a stream: nothing more comes      */
    XE_NET_RESET,    /* of a stream: the other end is gone   */
    XE_NET_MESSAGE,  /* a datagram to `to`                   */
    XE_NET_KINDS
};

struct xe_net_packet {
    struct xe_net_packet *next;
    uint64_t due; /* on the wire; then, in a peer's queue, its number */
    enum xe_net_kind kind;
    uint32_t sender, target; /* sockets; target 0: whoever is at `to` */
    struct xe_net_place from, to;
    uint32_t error;
    uint32_t at, size; /* bytes received of it, bytes in all */
    uint8_t bytes[];
};

struct xe_net_queue {
    struct xe_net_packet *first, *last; /* owned */
    uint32_t packets, bytes;            /* bytes: not received yet */
};

struct xe_net_socket {
    enum xe_net_state state;
    uint32_t number;
    bool stream;
    struct xe_net_place local, remote;
    uint32_t other;    /* other end of a stream                                */
    uint32_t listener; /* that this connection came to, until it is accepted   */
    uint32_t backlog;
    bool sent_end, got_end, deaf;
    uint32_t error;
    uint64_t came, lost;
    uint32_t option[XE_NET_OPTIONS];
    struct xe_net_queue queue;
    uint32_t coming, coming_bytes; /* on the wire, of the stream: no state of its own */
};

struct xe_net {
    struct xe_net_socket socket[XE__NET_ALL]; /* the title's come first */
    struct xe_net_queue wire;                 /* in order of arrival */
    uint32_t last;                            /* number that was given out */
    uint32_t next_port;
    struct xe_net_name name[XE_NET_NAMES];
    uint32_t names;
    uint64_t now; /* told by the owner: no state */
};

static inline bool xe__net_is_outside(const struct xe_net *net, const struct xe_net_socket *s)
{
    return s >= &net->socket[XE_NET_SOCKETS];
}

/* sockets.c. NULL: there is none. */
struct xe_net_socket *xe__net_find(const struct xe_net *net, uint32_t number);
struct xe_net_socket *xe__net_take_slot(struct xe_net *net, bool outside, bool stream);
/* It is no socket any more; whoever is at its other end isn't told. */
void xe__net_free_slot(struct xe_net_socket *s);

/* wire.c */
void xe__net_queue_add(struct xe_net_queue *queue, struct xe_net_packet *packet);
struct xe_net_packet *xe__net_queue_take(struct xe_net_queue *queue);
void xe__net_queue_clear(struct xe_net_queue *queue);
/* A packet like this one, with these bytes, goes on its way. false: out of memory. */
bool xe__net_emit(struct xe_net *net, const struct xe_net_packet *like, const void *bytes,
                  uint32_t size);
/* One of a stream's own, from this end to the other, if there is one. */
void xe__net_tell(struct xe_net *net, const struct xe_net_socket *s, enum xe_net_kind kind);
bool xe__net_wire_is_full(const struct xe_net *net, uint32_t size);

/* names.c */
void xe__net_name_state(struct xe_codec *c, struct xe_net_name *name);

/* state.c */
void xe__net_socket_state(struct xe_codec *c, struct xe_net_socket *s);

#endif
