/* The network inside of an instance: the console's sockets, and peers that a client outside plays.
 *
 * Nothing of it touches the host's network. The console has one address; whoever else is there is
 * a peer, which what comes from outside (xe/inputs.def) makes, and which always takes what it is
 * sent. All that is sent arrives XE_NET_LATENCY later in virtual time, in the order in which it was
 * sent, and nothing gets lost but datagrams that nobody has room for.
 * Owner thread: the instance's. */
#ifndef XE_NET_H
#define XE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xe/error.h"

struct xe_instance;
struct xe_kernel;
struct xe_net;

/* What a setting says is at the other end of the console's cable. */
enum xe_net_mode {
    XE_NET_NONE,    /* nobody, ever */
    XE_NET_VIRTUAL, /* peers that a client plays */
    XE_NET_MODES
};
#define XE_NET_MODE_WORDS "none", "virtual"
static inline const char *xe_net_mode_name(enum xe_net_mode mode)
{
    static const char *const words[XE_NET_MODES] = {XE_NET_MODE_WORDS};

    return (unsigned)mode < XE_NET_MODES ? words[mode] : "?";
}

#define XE_NET_ADDRESS   0x0A000002u /* the console's: 10.0.0.2 */
#define XE_NET_BROADCAST 0x0A0000FFu
#define XE_NET_LATENCY   10000u  /* 100 ns: a millisecond */
#define XE_NET_SOCKETS   64u     /* of the title at a time. Source: XNetStartup's default */
#define XE_NET_PEERS     64u     /* at a time */
#define XE_NET_DATAGRAM  65507u  /* bytes of one, at most */
#define XE_NET_WINDOW    65536u  /* bytes that a stream holds before its sender has to wait */
#define XE_NET_KEPT      262144u /* bytes of what came that a peer keeps for who asks: the newest */
#define XE_NET_KEPT_MAX  1024u   /* the same in packets */
#define XE_NET_NAMES     64u     /* that can be looked up */
#define XE_NET_NAME      256u    /* bytes of one with its NUL */

struct xe_net_place {
    uint32_t address; /* 0: any, or none */
    uint32_t port;    /* 0: none */
};

enum xe_net_state {
    XE_NET_FREE,
    XE_NET_OPEN, /* made; a datagram socket that can be used */
    XE_NET_LISTENING,
    XE_NET_CONNECTING,
    XE_NET_CONNECTED,
    XE_NET_BROKEN, /* it was connected, or tried to be, and no longer is */
    XE_NET_STATES
};
#define XE_NET_STATE_WORDS "free", "open", "listening", "connecting", "connected", "broken"

/* A socket, the title's or a peer's; numbers are never given out twice. */
struct xe_net_info {
    uint32_t number; /* as the title has it; a peer's as net.* name it */
    bool outside;    /* a peer's */
    bool stream;
    enum xe_net_state state;
    struct xe_net_place local, remote;
    uint32_t other;             /* the other end of a stream; 0: none (any more) */
    uint32_t unread, datagrams; /* bytes and packets that came and were not received */
    uint64_t came, lost;        /* packets ever; of those, no longer kept, or never taken */
    bool ended;                 /* the other end sends no more */
};

/* One packet that came to a peer; bytes are borrowed. */
struct xe_net_item {
    uint64_t number; /* of this peer's: 1, 2, 3 ... */
    struct xe_net_place from;
    const uint8_t *bytes;
    uint32_t size;
};

struct xe_net_name {
    char text[XE_NET_NAME];
    uint32_t address;
};

/* NULL: nobody is there. */
const struct xe_net *xe_kernel_net(const struct xe_kernel *kernel);
/* To change it from outside, between runs: what time it is there is set; and the end of that. */
struct xe_net *xe_kernel_net_enter(struct xe_kernel *kernel);
void xe_kernel_net_leave(struct xe_kernel *kernel);
/* Visit all sockets, the title's first. */
void xe_net_visit(const struct xe_net *net, void (*fn)(void *ctx, const struct xe_net_info *info),
                  void *ctx);
bool xe_net_peer(const struct xe_net *net, uint32_t number, struct xe_net_info *ret);
/* Visit what a peer keeps of what came to it, from a number on, oldest first, until fn says false.
 */
void xe_net_kept(const struct xe_net *net, uint32_t peer, uint64_t from,
                 bool (*fn)(void *ctx, const struct xe_net_item *item), void *ctx);
/* Visit the names that can be looked up. */
void xe_net_names(const struct xe_net *net, void (*fn)(void *ctx, const struct xe_net_name *name),
                  void *ctx);
/* Packets on their way. */
uint32_t xe_net_flying(const struct xe_net *net);

/* ---- peers, from outside -------------------------------------------------------------------- */

/* Between runs. Kept in the input log (xe/inputs.h), and fail as anything that comes from outside.
 * A peer that listens, for streams; or has a port, for datagrams. Its number is stored. */
bool xe_instance_net_listen(struct xe_instance *instance, bool stream, struct xe_net_place at,
                            uint32_t *ret_peer, struct xe_error *err);
/* A peer at this place begins to connect to a port of the console's. */
bool xe_instance_net_connect(struct xe_instance *instance, struct xe_net_place at, uint32_t port,
                             uint32_t *ret_peer, struct xe_error *err);
/* port: of the console, for datagrams; 0 for what is connected. */
bool xe_instance_net_send(struct xe_instance *instance, uint32_t peer, uint32_t port,
                          const void *bytes, uint32_t size, struct xe_error *err);
bool xe_instance_net_close(struct xe_instance *instance, uint32_t peer, struct xe_error *err);
/* A name that the title can look up leads to an address; 0: nowhere any more. */
bool xe_instance_net_name(struct xe_instance *instance, const char *name, uint32_t address,
                          struct xe_error *err);

#endif
