/* Packets: on their way, and where they arrive. All fly equally long, so the wire is a queue. */
#include <string.h>

#include "base/alloc.h"
#include "net/net_internal.h"

/* ---- queues --------------------------------------------------------------------------------- */

void xe__net_queue_add(struct xe_net_queue *queue, struct xe_net_packet *packet)
{
    packet->next = NULL;
    if (queue->last)
        queue->last->next = packet;
    else
        queue->first = packet;
    queue->last = packet;
    queue->packets++;
    queue->bytes += packet->size - packet->at;
}

struct xe_net_packet *xe__net_queue_take(struct xe_net_queue *queue)
{
    struct xe_net_packet *packet = queue->first;

    queue->first = packet->next;
    if (!queue->first)
        queue->last = NULL;
    queue->packets--;
    queue->bytes -= packet->size - packet->at;
    return packet;
}

void xe__net_queue_clear(struct xe_net_queue *queue)
{
    while (queue->first)
        xe_free(xe__net_queue_take(queue));
}

/* ---- sending -------------------------------------------------------------------------------- */

bool xe__net_wire_is_full(const struct xe_net *net, uint32_t size)
{
    return net->wire.packets >= XE__NET_WIRE || size > XE__NET_WIRE_BYTES - net->wire.bytes;
}

bool xe__net_emit(struct xe_net *net, const struct xe_net_packet *like, const void *bytes,
                  uint32_t size)
{
    struct xe_net_socket *target = xe__net_find(net, like->target);
    struct xe_net_packet *packet =
        net->wire.packets < XE__NET_WIRE_MAX ? xe_calloc(1, sizeof(*packet) + size) : NULL;

    if (!packet)
        return false;
    *packet = *like;
    packet->due = net->now + XE_NET_LATENCY;
    packet->at = 0;
    packet->size = size;
    if (size)
        memcpy(packet->bytes, bytes, size);
    xe__net_queue_add(&net->wire, packet);
    if (target) {
        target->coming++;
        target->coming_bytes += size;
    }
    return true;
}

void xe__net_tell(struct xe_net *net, const struct xe_net_socket *s, enum xe_net_kind kind)
{
    if (s->other)
        xe__net_emit(net,
                     &(struct xe_net_packet){.kind = kind,
                                             .sender = s->number,
                                             .target = s->other,
                                             .from = s->local,
                                             .to = s->remote},
                     NULL, 0);
}

/* What comes to nobody is answered so. */
static void answer_reset(struct xe_net *net, const struct xe_net_packet *packet)
{
    xe__net_emit(net,
                 &(struct xe_net_packet){.kind = XE_NET_RESET,
                                         .sender = packet->target,
                                         .target = packet->sender,
                                         .from = packet->to,
                                         .to = packet->from},
                 NULL, 0);
}

/* ---- arriving ------------------------------------------------------------------------------- */

/* A peer keeps the newest. */
static void keep(struct xe_net_socket *s, struct xe_net_packet *packet)
{
    packet->due = s->came;
    xe__net_queue_add(&s->queue, packet);
    while (s->queue.packets > XE_NET_KEPT_MAX || s->queue.bytes > XE_NET_KEPT) {
        xe_free(xe__net_queue_take(&s->queue));
        s->lost++;
    }
}

/* Takes the packet. */
static void put(struct xe_net *net, struct xe_net_socket *s, struct xe_net_packet *packet)
{
    s->came++;
    if (xe__net_is_outside(net, s)) {
        keep(s, packet);
        return;
    }
    if (!s->stream && (s->queue.packets >= XE__NET_QUEUE ||
                       packet->size > XE_NET_WINDOW - s->queue.bytes || s->deaf)) {
        s->lost++;
        xe_free(packet);
        return;
    }
    xe__net_queue_add(&s->queue, packet);
}

static bool is_bound(const struct xe_net *net, const struct xe_net_socket *s,
                     struct xe_net_place place)
{
    if (s->state == XE_NET_FREE || !s->local.port || s->local.port != place.port)
        return false;
    if (s->local.address)
        return s->local.address == place.address;
    return !xe__net_is_outside(net, s) && xe_net_is_console(place.address);
}

static struct xe_net_socket *listener_at(struct xe_net *net, struct xe_net_place place)
{
    for (uint32_t i = 0; i < XE__NET_ALL; i++)
        if (net->socket[i].state == XE_NET_LISTENING && is_bound(net, &net->socket[i], place))
            return &net->socket[i];
    return NULL;
}

/* Does anybody have this address? */
static bool is_there(const struct xe_net *net, uint32_t address)
{
    if (xe_net_is_console(address))
        return true;
    for (uint32_t i = XE_NET_SOCKETS; i < XE__NET_ALL; i++)
        if (net->socket[i].state != XE_NET_FREE && net->socket[i].local.address == address)
            return true;
    return false;
}

static uint32_t pending_of(const struct xe_net *net, uint32_t listener)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < XE__NET_ALL; i++)
        n += net->socket[i].state != XE_NET_FREE && net->socket[i].listener == listener;
    return n;
}

static void arrive_syn(struct xe_net *net, const struct xe_net_packet *packet)
{
    struct xe_net_socket *listener = listener_at(net, packet->to), *s = NULL;
    bool outside = listener && xe__net_is_outside(net, listener);
    struct xe_net_packet reply = {
        .kind = XE_NET_ACCEPTED, .target = packet->sender, .from = packet->to, .to = packet->from};

    if (listener && (outside || pending_of(net, listener->number) < listener->backlog))
        s = xe__net_take_slot(net, outside, true);
    if (s) {
        s->state = XE_NET_CONNECTED;
        s->local = packet->to;
        s->remote = packet->from;
        s->other = packet->sender;
        s->listener = outside ? 0 : listener->number;
        reply.sender = s->number;
    } else {
        reply.kind = XE_NET_REFUSED;
        reply.error = is_there(net, packet->to.address) ? XE_NET_ECONNREFUSED : XE_NET_EHOSTUNREACH;
    }
    xe__net_emit(net, &reply, NULL, 0);
}

static void arrive_answer(struct xe_net *net, struct xe_net_socket *s,
                          const struct xe_net_packet *packet)
{
    if (!s || s->state != XE_NET_CONNECTING) {
        if (packet->kind == XE_NET_ACCEPTED)
            answer_reset(net, packet);
        return;
    }
    if (packet->kind == XE_NET_ACCEPTED) {
        s->state = XE_NET_CONNECTED;
        s->other = packet->sender;
        return;
    }
    s->state = XE_NET_BROKEN;
    s->error = packet->error;
}

static void arrive_reset(struct xe_net_socket *s)
{
    if (!s || s->state != XE_NET_CONNECTED)
        return;
    s->state = XE_NET_BROKEN;
    s->error = XE_NET_ECONNRESET;
    s->other = 0;
    s->got_end = true;
}

/* Takes the packet. */
static void arrive_data(struct xe_net *net, struct xe_net_socket *s, struct xe_net_packet *packet)
{
    if (s && s->state == XE_NET_CONNECTED && s->other == packet->sender && !s->deaf) {
        put(net, s, packet);
        return;
    }
    answer_reset(net, packet);
    xe_free(packet);
}

static bool takes_message(const struct xe_net *net, const struct xe_net_socket *s,
                          const struct xe_net_packet *packet)
{
    bool broadcast = xe_net_is_broadcast(packet->to.address);

    if (s->state == XE_NET_FREE || s->stream || (broadcast && s->number == packet->sender))
        return false;
    if (broadcast ? s->local.port != packet->to.port : !is_bound(net, s, packet->to))
        return false;
    return !s->remote.port ||
           (s->remote.port == packet->from.port && s->remote.address == packet->from.address);
}

static struct xe_net_packet *copy_of(const struct xe_net_packet *packet)
{
    struct xe_net_packet *copy = xe_calloc(1, sizeof(*copy) + packet->size);

    if (copy)
        memcpy(copy, packet, sizeof(*copy) + packet->size);
    return copy;
}

/* The first who takes it gets it; a broadcast all. */
static void arrive_message(struct xe_net *net, struct xe_net_packet *packet)
{
    bool broadcast = xe_net_is_broadcast(packet->to.address);

    for (uint32_t i = 0; i < XE__NET_ALL; i++) {
        struct xe_net_packet *copy;

        if (!takes_message(net, &net->socket[i], packet))
            continue;
        copy = broadcast ? copy_of(packet) : packet;
        if (copy)
            put(net, &net->socket[i], copy);
        if (!broadcast)
            return;
    }
    xe_free(packet);
}

static void arrive(struct xe_net *net, struct xe_net_packet *packet)
{
    struct xe_net_socket *s = xe__net_find(net, packet->target);

    if (s) {
        s->coming--;
        s->coming_bytes -= packet->size;
    }
    if (packet->kind == XE_NET_DATA) {
        arrive_data(net, s, packet);
        return;
    }
    if (packet->kind == XE_NET_MESSAGE) {
        arrive_message(net, packet);
        return;
    }
    if (packet->kind == XE_NET_SYN)
        arrive_syn(net, packet);
    else if (packet->kind == XE_NET_RESET)
        arrive_reset(s);
    else if (packet->kind == XE_NET_END && s)
        s->got_end = true;
    else if (packet->kind != XE_NET_END)
        arrive_answer(net, s, packet);
    xe_free(packet);
}

void xe_net_now(struct xe_net *net, uint64_t now)
{
    while (net->wire.first && net->wire.first->due <= now) {
        net->now = net->wire.first->due; /* what it is answered leaves then */
        arrive(net, xe__net_queue_take(&net->wire));
    }
    net->now = now;
}

uint64_t xe_net_due(const struct xe_net *net)
{
    return net->wire.first ? net->wire.first->due : UINT64_MAX;
}

uint32_t xe_net_flying(const struct xe_net *net)
{
    return net->wire.packets;
}
