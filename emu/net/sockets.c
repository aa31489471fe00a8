/* Sockets as a table: who there is, what is told of each. */
#include <string.h>

#include "base/alloc.h"
#include "net/net_internal.h"

/* ---- addresses ------------------------------------------------------------------------------ */

bool xe_net_is_console(uint32_t address)
{
    return address == XE_NET_ADDRESS || address >> 24 == 127;
}

bool xe_net_is_broadcast(uint32_t address)
{
    return address == UINT32_MAX || address == XE_NET_BROADCAST;
}

/* ---- the table ------------------------------------------------------------------------------ */

struct xe_net *xe_net_create(void)
{
    struct xe_net *net = xe_calloc(1, sizeof(*net));

    if (net)
        net->next_port = XE__NET_FIRST_PORT;
    return net;
}

void xe_net_destroy(struct xe_net *net)
{
    if (!net)
        return;
    for (uint32_t i = 0; i < XE__NET_ALL; i++)
        xe__net_queue_clear(&net->socket[i].queue);
    xe__net_queue_clear(&net->wire);
    xe_free(net);
}

struct xe_net_socket *xe__net_find(const struct xe_net *net, uint32_t number)
{
    for (uint32_t i = 0; number && i < XE__NET_ALL; i++)
        if (net->socket[i].state != XE_NET_FREE && net->socket[i].number == number)
            return (struct xe_net_socket *)&net->socket[i];
    return NULL;
}

struct xe_net_socket *xe__net_take_slot(struct xe_net *net, bool outside, bool stream)
{
    uint32_t i = outside ? XE_NET_SOCKETS : 0, end = outside ? XE__NET_ALL : XE_NET_SOCKETS;

    while (i < end && net->socket[i].state != XE_NET_FREE)
        i++;
    if (i == end || net->last >= XE__NET_NUMBERS - XE__NET_NUMBER_STEP)
        return NULL;
    net->last += XE__NET_NUMBER_STEP;
    net->socket[i] = (struct xe_net_socket){
        .state = XE_NET_OPEN,
        .number = net->last,
        .stream = stream,
        .option = {[XE_NET_RECEIVE_BUFFER] = 16384, [XE_NET_SEND_BUFFER] = 16384}};
    return &net->socket[i];
}

void xe__net_free_slot(struct xe_net_socket *s)
{
    xe__net_queue_clear(&s->queue);
    *s = (struct xe_net_socket){.state = XE_NET_FREE};
}

uint32_t xe_net_slot(const struct xe_net *net, uint32_t number)
{
    const struct xe_net_socket *s = xe__net_find(net, number);

    return s && !xe__net_is_outside(net, s) ? (uint32_t)(s - net->socket) : XE_NET_SOCKETS;
}

uint32_t *xe_net_option(struct xe_net *net, uint32_t number, enum xe_net_option option)
{
    struct xe_net_socket *s = xe__net_find(net, number);

    return s ? &s->option[option] : NULL;
}

/* ---- what is told --------------------------------------------------------------------------- */

static struct xe_net_info told(const struct xe_net *net, const struct xe_net_socket *s)
{
    return (struct xe_net_info){.number = s->number,
                                .outside = xe__net_is_outside(net, s),
                                .stream = s->stream,
                                .state = s->state,
                                .local = s->local,
                                .remote = s->remote,
                                .other = s->other,
                                .unread = s->queue.bytes,
                                .datagrams = s->queue.packets,
                                .came = s->came,
                                .lost = s->lost,
                                .ended = s->got_end};
}

bool xe_net_info(const struct xe_net *net, uint32_t number, struct xe_net_info *ret)
{
    const struct xe_net_socket *s = xe__net_find(net, number);

    if (s)
        *ret = told(net, s);
    return s;
}

bool xe_net_peer(const struct xe_net *net, uint32_t number, struct xe_net_info *ret)
{
    struct xe_net_info info;

    if (!xe_net_info(net, number, &info) || !info.outside)
        return false;
    *ret = info;
    return true;
}

void xe_net_visit(const struct xe_net *net, void (*fn)(void *ctx, const struct xe_net_info *info),
                  void *ctx)
{
    for (uint32_t i = 0; i < XE__NET_ALL; i++)
        if (net->socket[i].state != XE_NET_FREE) {
            struct xe_net_info info = told(net, &net->socket[i]);

            fn(ctx, &info);
        }
}

void xe_net_kept(const struct xe_net *net, uint32_t peer, uint64_t from,
                 bool (*fn)(void *ctx, const struct xe_net_item *item), void *ctx)
{
    const struct xe_net_socket *s = xe__net_find(net, peer);

    if (!s || !xe__net_is_outside(net, s))
        return;
    for (const struct xe_net_packet *it = s->queue.first; it; it = it->next) {
        struct xe_net_item item = {it->due, it->from, it->bytes, it->size};

        if (it->due >= from && !fn(ctx, &item))
            return;
    }
}

/* ---- what would not block ------------------------------------------------------------------- */

static bool has_pending(const struct xe_net *net, const struct xe_net_socket *listener)
{
    for (uint32_t i = 0; i < XE_NET_SOCKETS; i++)
        if (net->socket[i].state != XE_NET_FREE && net->socket[i].listener == listener->number)
            return true;
    return false;
}

bool xe_net_readable(const struct xe_net *net, uint32_t number)
{
    const struct xe_net_socket *s = xe__net_find(net, number);

    if (!s)
        return false;
    if (s->state == XE_NET_LISTENING)
        return has_pending(net, s);
    return s->queue.first || s->got_end || s->deaf;
}

/* A peer always has room. Who is gone has, too: that is how its end is found out. */
static uint32_t room_at(const struct xe_net *net, const struct xe_net_socket *other)
{
    uint32_t bytes = other ? other->queue.bytes + other->coming_bytes : 0;

    if (!other || xe__net_is_outside(net, other))
        return other && other->coming >= XE__NET_QUEUE ? 0 : XE_NET_WINDOW;
    if (other->queue.packets + other->coming >= XE__NET_QUEUE || bytes >= XE_NET_WINDOW)
        return 0;
    return XE_NET_WINDOW - bytes;
}

uint32_t xe_net_room(const struct xe_net *net, uint32_t number)
{
    const struct xe_net_socket *s = xe__net_find(net, number);

    if (!s || xe__net_wire_is_full(net, XE__NET_SEND_MAX))
        return 0;
    return s->stream ? room_at(net, xe__net_find(net, s->other)) : XE_NET_DATAGRAM;
}

bool xe_net_writable(const struct xe_net *net, uint32_t number)
{
    const struct xe_net_socket *s = xe__net_find(net, number);

    if (!s || s->state == XE_NET_LISTENING || s->state == XE_NET_CONNECTING)
        return false;
    if (!s->stream)
        return true;
    if (s->state != XE_NET_CONNECTED)
        return s->state == XE_NET_BROKEN && s->got_end;
    return xe_net_room(net, number) > 0;
}

bool xe_net_failed(const struct xe_net *net, uint32_t number)
{
    const struct xe_net_socket *s = xe__net_find(net, number);

    return s && s->state == XE_NET_BROKEN && !s->got_end;
}

uint32_t xe_net_take_error(struct xe_net *net, uint32_t number)
{
    struct xe_net_socket *s = xe__net_find(net, number);
    uint32_t error = s ? s->error : 0;

    if (s)
        s->error = 0;
    return error;
}

uint32_t xe_net_pending(const struct xe_net *net, uint32_t number)
{
    const struct xe_net_socket *s = xe__net_find(net, number);

    if (!s || !s->queue.first)
        return 0;
    return s->stream ? s->queue.bytes : s->queue.first->size;
}
