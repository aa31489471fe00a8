/* What can be done with a socket, as Winsock has it.
 * Source: Microsoft's documentation of the calls of the same names. */
#include <string.h>

#include "base/alloc.h"
#include "net/net_internal.h"

uint32_t xe_net_open(struct xe_net *net, bool outside, bool stream, uint32_t *ret)
{
    const struct xe_net_socket *s = xe__net_take_slot(net, outside, stream);

    if (!s)
        return XE_NET_EMFILE;
    *ret = s->number;
    return 0;
}

/* ---- places --------------------------------------------------------------------------------- */

/* Connections share their listener's port; they are in nobody's way. */
static bool is_taken(const struct xe_net *net, const struct xe_net_socket *by,
                     struct xe_net_place place)
{
    for (uint32_t i = 0; i < XE__NET_ALL; i++) {
        const struct xe_net_socket *s = &net->socket[i];

        if (s->state == XE_NET_FREE || s == by || s->stream != by->stream ||
            s->local.port != place.port || s->state == XE_NET_CONNECTED ||
            s->state == XE_NET_BROKEN || xe__net_is_outside(net, s) != xe__net_is_outside(net, by))
            continue;
        if ((!s->local.address || !place.address || s->local.address == place.address) &&
            !(s->option[XE_NET_REUSE] && by->option[XE_NET_REUSE]))
            return true;
    }
    return false;
}

/* The next port that is free; 0: none is. */
static uint32_t free_port(struct xe_net *net, const struct xe_net_socket *s, uint32_t address)
{
    for (uint32_t tried = XE__NET_FIRST_PORT; tried < 65536; tried++) {
        uint32_t port = net->next_port;

        net->next_port = port < 65535 ? port + 1 : XE__NET_FIRST_PORT;
        if (!is_taken(net, s, (struct xe_net_place){address, port}))
            return port;
    }
    return 0;
}

static uint32_t bind_to(struct xe_net *net, struct xe_net_socket *s, struct xe_net_place place)
{
    if (!place.port)
        place.port = free_port(net, s, place.address);
    else if (place.port > 65535 || is_taken(net, s, place))
        return XE_NET_EADDRINUSE;
    if (!place.port)
        return XE_NET_EADDRINUSE;
    s->local = place;
    return 0;
}

uint32_t xe_net_bind(struct xe_net *net, uint32_t number, struct xe_net_place place)
{
    struct xe_net_socket *s = xe__net_find(net, number);
    bool fits;

    if (!s)
        return XE_NET_ENOTSOCK;
    if (s->local.port || s->state != XE_NET_OPEN)
        return XE_NET_EINVAL;
    fits = xe__net_is_outside(net, s) ? place.address && !xe_net_is_console(place.address) &&
                                            !xe_net_is_broadcast(place.address)
                                      : !place.address || xe_net_is_console(place.address);
    return fits ? bind_to(net, s, place) : XE_NET_EADDRNOTAVAIL;
}

uint32_t xe_net_listen(struct xe_net *net, uint32_t number, uint32_t backlog)
{
    struct xe_net_socket *s = xe__net_find(net, number);

    if (!s)
        return XE_NET_ENOTSOCK;
    if (!s->stream)
        return XE_NET_EOPNOTSUPP;
    if (s->state == XE_NET_CONNECTED || s->state == XE_NET_CONNECTING)
        return XE_NET_EISCONN;
    if (!s->local.port || s->state == XE_NET_BROKEN)
        return XE_NET_EINVAL;
    s->state = XE_NET_LISTENING;
    s->backlog = !backlog ? 1 : backlog < XE_NET_SOCKETS ? backlog : XE_NET_SOCKETS;
    return 0;
}

/* What others see as where it comes from. */
static struct xe_net_place source(const struct xe_net_socket *s, uint32_t to)
{
    struct xe_net_place place = s->local;

    if (!place.address)
        place.address = to >> 24 == 127 ? to : XE_NET_ADDRESS;
    return place;
}

static uint32_t begin_stream(struct xe_net *net, struct xe_net_socket *s, struct xe_net_place place)
{
    struct xe_net_packet syn = {.kind = XE_NET_SYN, .sender = s->number, .to = place};
    struct xe_net_place local;

    if (s->state == XE_NET_CONNECTED)
        return XE_NET_EISCONN;
    if (s->state == XE_NET_CONNECTING)
        return XE_NET_EALREADY;
    if (s->state != XE_NET_OPEN && s->state != XE_NET_BROKEN)
        return XE_NET_EINVAL;
    if (xe_net_is_broadcast(place.address) || !place.port || !place.address)
        return XE_NET_EADDRNOTAVAIL;
    local = source(s, place.address);
    syn.from = local;
    if (!xe__net_emit(net, &syn, NULL, 0))
        return XE_NET_ENOBUFS;
    s->local = local;
    s->remote = place;
    s->state = XE_NET_CONNECTING;
    s->error = 0;
    s->got_end = s->sent_end = s->deaf = false;
    return 0;
}

uint32_t xe_net_connect(struct xe_net *net, uint32_t number, struct xe_net_place place)
{
    struct xe_net_socket *s = xe__net_find(net, number);
    uint32_t error = 0;

    if (!s)
        return XE_NET_ENOTSOCK;
    if (place.port > 65535)
        return XE_NET_EADDRNOTAVAIL;
    if (!s->local.port)
        error = bind_to(net, s, (struct xe_net_place){s->local.address, 0});
    if (error)
        return error;
    if (s->stream)
        return begin_stream(net, s, place);
    s->remote = place.port ? place : (struct xe_net_place){0, 0};
    return 0;
}

uint32_t xe_net_accept(struct xe_net *net, uint32_t number, uint32_t *ret)
{
    struct xe_net_socket *s = xe__net_find(net, number), *first = NULL;

    if (!s)
        return XE_NET_ENOTSOCK;
    if (s->state != XE_NET_LISTENING)
        return s->stream ? XE_NET_EINVAL : XE_NET_EOPNOTSUPP;
    for (uint32_t i = 0; i < XE_NET_SOCKETS; i++) {
        struct xe_net_socket *it = &net->socket[i];

        if (it->state != XE_NET_FREE && it->listener == number &&
            (!first || it->number < first->number))
            first = it;
    }
    if (!first)
        return XE_NET_EWOULDBLOCK;
    first->listener = 0;
    *ret = first->number;
    return 0;
}

/* ---- sending -------------------------------------------------------------------------------- */

static uint32_t send_stream(struct xe_net *net, const struct xe_net_socket *s, const void *bytes,
                            uint32_t size)
{
    struct xe_net_packet data = {.kind = XE_NET_DATA,
                                 .sender = s->number,
                                 .target = s->other,
                                 .from = s->local,
                                 .to = s->remote};

    if (s->state == XE_NET_BROKEN && s->got_end)
        return XE_NET_ECONNRESET;
    if (s->state != XE_NET_CONNECTED)
        return XE_NET_ENOTCONN;
    if (s->sent_end)
        return XE_NET_ESHUTDOWN;
    if (!size)
        return 0;
    if (!xe_net_writable(net, s->number))
        return XE_NET_EWOULDBLOCK;
    return xe__net_emit(net, &data, bytes, size) ? 0 : XE_NET_ENOBUFS;
}

static uint32_t send_message(struct xe_net *net, struct xe_net_socket *s,
                             const struct xe_net_place *to, const void *bytes, uint32_t size)
{
    struct xe_net_packet message = {.kind = XE_NET_MESSAGE, .sender = s->number};
    uint32_t error = 0;

    if (!to && !s->remote.port)
        return XE_NET_ENOTCONN;
    message.to = to ? *to : s->remote;
    if (!message.to.port || message.to.port > 65535 || !message.to.address)
        return XE_NET_EADDRNOTAVAIL;
    if (s->sent_end)
        return XE_NET_ESHUTDOWN;
    if (size > XE_NET_DATAGRAM)
        return XE_NET_EMSGSIZE;
    if (!s->local.port)
        error = bind_to(net, s, (struct xe_net_place){s->local.address, 0});
    if (error)
        return error;
    message.from = source(s, message.to.address);
    if (xe__net_wire_is_full(net, size))
        return 0; /* lost, as datagrams may be */
    return xe__net_emit(net, &message, bytes, size) ? 0 : XE_NET_ENOBUFS;
}

uint32_t xe_net_send(struct xe_net *net, uint32_t number, const struct xe_net_place *to,
                     const void *bytes, uint32_t size)
{
    struct xe_net_socket *s = xe__net_find(net, number);

    if (!s)
        return XE_NET_ENOTSOCK;
    if (!s->stream)
        return send_message(net, s, to, bytes, size);
    return size > XE__NET_SEND_MAX ? XE_NET_EMSGSIZE : send_stream(net, s, bytes, size);
}

/* ---- receiving ------------------------------------------------------------------------------ */

static void take_bytes(struct xe_net_socket *s, uint32_t n)
{
    s->queue.first->at += n;
    s->queue.bytes -= n;
    if (s->queue.first->at == s->queue.first->size)
        xe_free(xe__net_queue_take(&s->queue));
}

static uint32_t receive_stream(struct xe_net_socket *s, bool peek, uint8_t *bytes, uint32_t size)
{
    const struct xe_net_packet *packet = s->queue.first, *next;
    uint32_t done = 0;

    for (; packet && done < size; packet = next) {
        uint32_t part = packet->size - packet->at;

        next = packet->next;
        part = part < size - done ? part : size - done;
        memcpy(bytes + done, packet->bytes + packet->at, part);
        done += part;
        if (!peek)
            take_bytes(s, part);
    }
    return done;
}

static uint32_t receive_message(struct xe_net_socket *s, bool peek, uint8_t *bytes, uint32_t size,
                                uint32_t *ret_size, struct xe_net_place *ret_from)
{
    struct xe_net_packet *packet = s->queue.first;
    uint32_t whole = packet->size;

    *ret_size = whole < size ? whole : size;
    *ret_from = packet->from;
    if (*ret_size)
        memcpy(bytes, packet->bytes, *ret_size);
    if (!peek)
        xe_free(xe__net_queue_take(&s->queue));
    return whole > size ? XE_NET_EMSGSIZE : 0;
}

uint32_t xe_net_receive(struct xe_net *net, uint32_t number, bool peek, void *bytes, uint32_t size,
                        uint32_t *ret_size, struct xe_net_place *ret_from)
{
    struct xe_net_socket *s = xe__net_find(net, number);

    *ret_size = 0;
    *ret_from = (struct xe_net_place){0, 0};
    if (!s)
        return XE_NET_ENOTSOCK;
    if (!s->stream && !s->local.port)
        return XE_NET_EINVAL;
    if (s->stream && s->state != XE_NET_CONNECTED && !s->got_end)
        return XE_NET_ENOTCONN;
    if (s->deaf)
        return XE_NET_ESHUTDOWN;
    if (!s->stream)
        return s->queue.first ? receive_message(s, peek, bytes, size, ret_size, ret_from)
                              : XE_NET_EWOULDBLOCK;
    *ret_from = s->remote;
    if (s->queue.first || !size) {
        *ret_size = receive_stream(s, peek, bytes, size);
        return 0;
    }
    if (s->state == XE_NET_BROKEN)
        return XE_NET_ECONNRESET;
    return s->got_end ? 0 : XE_NET_EWOULDBLOCK;
}

/* ---- ending --------------------------------------------------------------------------------- */

uint32_t xe_net_shutdown(struct xe_net *net, uint32_t number, bool receive, bool send)
{
    struct xe_net_socket *s = xe__net_find(net, number);

    if (!s)
        return XE_NET_ENOTSOCK;
    if (s->stream && s->state != XE_NET_CONNECTED)
        return XE_NET_ENOTCONN;
    if (send && !s->sent_end && s->stream)
        xe__net_tell(net, s, XE_NET_END);
    s->sent_end |= send;
    s->deaf |= receive;
    return 0;
}

/* Connections that nobody accepted end with their listener. */
static void drop_pending(struct xe_net *net, uint32_t listener)
{
    for (uint32_t i = 0; i < XE_NET_SOCKETS; i++) {
        struct xe_net_socket *s = &net->socket[i];

        if (s->state == XE_NET_FREE || s->listener != listener)
            continue;
        xe__net_tell(net, s, XE_NET_RESET);
        xe__net_free_slot(s);
    }
}

/* What it did not read tells the other end that something went wrong. A peer has read all. */
void xe_net_close(struct xe_net *net, uint32_t number)
{
    struct xe_net_socket *s = xe__net_find(net, number);
    bool unread;

    if (!s)
        return;
    unread = s->queue.first && !xe__net_is_outside(net, s);
    if (s->state == XE_NET_CONNECTED && unread)
        xe__net_tell(net, s, XE_NET_RESET);
    else if (s->state == XE_NET_CONNECTED && !s->sent_end)
        xe__net_tell(net, s, XE_NET_END);
    if (s->state == XE_NET_LISTENING)
        drop_pending(net, number);
    xe__net_free_slot(s);
}
