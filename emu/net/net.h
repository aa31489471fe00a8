/* Sockets and the wire between them; see xe/net.h. A part of its own, which knows no kernel: who
 * owns a network says what time it is, and looks what has become of it.
 *
 * Calls answer 0 or a Winsock error. What would block says so, and changes nothing. */
#ifndef XE_NET_NET_H
#define XE_NET_NET_H

#include "xe/net.h"

struct xe_codec;

enum xe_net_error {
    XE_NET_EFAULT = 10014,
    XE_NET_EINVAL = 10022,
    XE_NET_EMFILE = 10024,
    XE_NET_EWOULDBLOCK = 10035,
    XE_NET_EALREADY = 10037,
    XE_NET_ENOTSOCK = 10038,
    XE_NET_EMSGSIZE = 10040,
    XE_NET_EPROTOTYPE = 10041,
    XE_NET_ENOPROTOOPT = 10042,
    XE_NET_EPROTONOSUPPORT = 10043,
    XE_NET_ESOCKTNOSUPPORT = 10044,
    XE_NET_EOPNOTSUPP = 10045,
    XE_NET_EAFNOSUPPORT = 10047,
    XE_NET_EADDRINUSE = 10048,
    XE_NET_EADDRNOTAVAIL = 10049,
    XE_NET_ENETUNREACH = 10051,
    XE_NET_ECONNRESET = 10054,
    XE_NET_ENOBUFS = 10055,
    XE_NET_EISCONN = 10056,
    XE_NET_ENOTCONN = 10057,
    XE_NET_ESHUTDOWN = 10058,
    XE_NET_ETIMEDOUT = 10060,
    XE_NET_ECONNREFUSED = 10061,
    XE_NET_EHOSTUNREACH = 10065,
};

/* Numbers that a socket keeps for the title; some of them mean something here. */
enum xe_net_option {
    XE_NET_NONBLOCKING,
    XE_NET_REUSE,
    XE_NET_MAY_BROADCAST,
    XE_NET_RECEIVE_BUFFER,
    XE_NET_SEND_BUFFER,
    XE_NET_RECEIVE_TIMEOUT, /* milliseconds; 0: none */
    XE_NET_SEND_TIMEOUT,
    XE_NET_KEEPALIVE,
    XE_NET_NODELAY,
    XE_NET_LINGER,
    XE_NET_OPTIONS
};

struct xe_net *xe_net_create(void); /* NULL: out of memory */
void xe_net_destroy(struct xe_net *net);
void xe_net_state(struct xe_codec *c, struct xe_net *net);

/* What time it is, 100 ns; never earlier than before. What is due by then arrives. */
void xe_net_now(struct xe_net *net, uint64_t now);
/* When the next packet arrives; UINT64_MAX: none is on its way. */
uint64_t xe_net_due(const struct xe_net *net);

/* ---- sockets -------------------------------------------------------------------------------- */

/* A new socket; outside: a peer's. */
uint32_t xe_net_open(struct xe_net *net, bool outside, bool stream, uint32_t *ret);
/* Where it lies among all of its kind, 0 to XE_NET_SOCKETS - 1; XE_NET_SOCKETS: there is no such
 * socket of the title. */
uint32_t xe_net_slot(const struct xe_net *net, uint32_t number);
bool xe_net_info(const struct xe_net *net, uint32_t number, struct xe_net_info *ret);
uint32_t *xe_net_option(struct xe_net *net, uint32_t number, enum xe_net_option option);

uint32_t xe_net_bind(struct xe_net *net, uint32_t number, struct xe_net_place place);
uint32_t xe_net_listen(struct xe_net *net, uint32_t number, uint32_t backlog);
/* Begin to connect a stream, which is done when the socket's state is another; or say where a
 * socket's datagrams go (port 0: nowhere any more). */
uint32_t xe_net_connect(struct xe_net *net, uint32_t number, struct xe_net_place place);
uint32_t xe_net_accept(struct xe_net *net, uint32_t number, uint32_t *ret);
/* A stream takes all of it as soon as it has room for any. to: NULL: where it is connected. */
uint32_t xe_net_send(struct xe_net *net, uint32_t number, const struct xe_net_place *to,
                     const void *bytes, uint32_t size);
/* A stream's bytes, none at its end; or a datagram, which is cut with EMSGSIZE. */
uint32_t xe_net_receive(struct xe_net *net, uint32_t number, bool peek, void *bytes, uint32_t size,
                        uint32_t *ret_size, struct xe_net_place *ret_from);
uint32_t xe_net_shutdown(struct xe_net *net, uint32_t number, bool receive, bool send);
void xe_net_close(struct xe_net *net, uint32_t number);

/* Would receive or accept, or send, or connect come to an end now? Has connecting failed? */
bool xe_net_readable(const struct xe_net *net, uint32_t number);
bool xe_net_writable(const struct xe_net *net, uint32_t number);
bool xe_net_failed(const struct xe_net *net, uint32_t number);
/* What went wrong with it since somebody asked; 0: nothing. */
uint32_t xe_net_take_error(struct xe_net *net, uint32_t number);
/* Bytes that a receive could get: of the first datagram, or of the stream. */
uint32_t xe_net_pending(const struct xe_net *net, uint32_t number);

/* What a send of it could bring on its way now, in bytes. */
uint32_t xe_net_room(const struct xe_net *net, uint32_t number);

/* Whom a name leads to; 0: nobody. Capitals make no difference. */
uint32_t xe_net_lookup(const struct xe_net *net, const char *text);
/* Printable, without blanks, not too long. */
bool xe_net_name_is(const char *text, size_t size);
/* address 0: it is forgotten. */
uint32_t xe_net_name_set(struct xe_net *net, const char *text, uint32_t address);

/* Whose address is it? */
bool xe_net_is_console(uint32_t address);
bool xe_net_is_broadcast(uint32_t address);

#endif
