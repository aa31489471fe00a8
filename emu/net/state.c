/* The network as state: sockets with what waits in them, packets on their way. */
#include "base/alloc.h"
#include "base/codec.h"
#include "net/net_internal.h"

#define PACKET_SIZE 48u /* encoded, at least */

static void place_state(struct xe_codec *c, struct xe_net_place *place)
{
    XE_CODEC(c, place->address);
    xe_codec_up_to(c, "port", &place->port, 65535);
}

static void packet_state(struct xe_codec *c, struct xe_net_packet *packet)
{
    XE_CODEC(c, packet->due);
    xe_codec_enum(c, "kind", &packet->kind, XE_NET_KINDS);
    XE_CODEC(c, packet->sender);
    XE_CODEC(c, packet->target);
    place_state(c, &packet->from);
    place_state(c, &packet->to);
    XE_CODEC(c, packet->error);
    xe_codec_up_to(c, "at", &packet->at, packet->size);
    xe_codec_bytes(c, "bytes", packet->bytes, packet->size);
}

static struct xe_net_packet *new_packet(struct xe_codec *c, size_t size)
{
    struct xe_net_packet *packet = xe_calloc(1, sizeof(*packet) + size);

    if (packet)
        packet->size = (uint32_t)size;
    else
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for packets");
    return packet;
}

static void queue_state(struct xe_codec *c, struct xe_net_queue *queue, size_t max)
{
    size_t n = xe_codec_count(c, "packets", queue->packets, max, PACKET_SIZE);
    struct xe_net_packet *packet = queue->first;
    uint64_t last = 0;

    if (xe_codec_loading(c))
        xe__net_queue_clear(queue);
    for (size_t i = 0; i < n && !c->stopped; i++) {
        size_t size =
            xe_codec_count(c, "size", xe_codec_loading(c) ? 0 : packet->size, XE__NET_SEND_MAX, 1);

        if (xe_codec_loading(c) && (c->stopped || !(packet = new_packet(c, size))))
            return;
        packet_state(c, packet);
        xe_codec_want(c, packet->due >= last, "packet %zu comes too early", i);
        last = packet->due;
        if (xe_codec_loading(c))
            xe__net_queue_add(queue, packet);
        packet = packet->next;
    }
}

void xe__net_socket_state(struct xe_codec *c, struct xe_net_socket *s)
{
    xe_codec_enum(c, "state", &s->state, XE_NET_STATES);
    xe_codec_up_to(c, "number", &s->number, XE__NET_NUMBERS);
    XE_CODEC(c, s->stream);
    place_state(c, &s->local);
    place_state(c, &s->remote);
    XE_CODEC(c, s->other);
    XE_CODEC(c, s->listener);
    xe_codec_up_to(c, "backlog", &s->backlog, XE_NET_SOCKETS);
    XE_CODEC(c, s->sent_end);
    XE_CODEC(c, s->got_end);
    XE_CODEC(c, s->deaf);
    XE_CODEC(c, s->error);
    XE_CODEC(c, s->came);
    XE_CODEC(c, s->lost);
    for (uint32_t i = 0; i < XE_NET_OPTIONS; i++)
        XE_CODEC(c, s->option[i]);
    queue_state(c, &s->queue, XE__NET_QUEUE * 2);
}

static bool is_alone(const struct xe_net *net, uint32_t slot)
{
    for (uint32_t i = 0; i < slot; i++)
        if (net->socket[i].state != XE_NET_FREE &&
            net->socket[i].number == net->socket[slot].number)
            return false;
    return true;
}

static void slot_state(struct xe_codec *c, struct xe_net *net, uint32_t slot)
{
    struct xe_net_socket *s = &net->socket[slot];
    bool there = s->state != XE_NET_FREE;

    xe_codec_item(c, "socket", slot);
    if (xe_codec_loading(c))
        xe__net_free_slot(s);
    xe_codec_bool(c, "there", &there);
    if (!there || c->stopped)
        return;
    xe__net_socket_state(c, s);
    xe_codec_want(c, s->state != XE_NET_FREE && s->number && s->number <= net->last,
                  "a socket that is none");
    xe_codec_want(c, is_alone(net, slot), "its number is another's");
}

/* How much is on the way to whom follows from the wire. */
static void count_coming(struct xe_net *net)
{
    for (uint32_t i = 0; i < XE__NET_ALL; i++)
        net->socket[i].coming = net->socket[i].coming_bytes = 0;
    for (const struct xe_net_packet *it = net->wire.first; it; it = it->next) {
        struct xe_net_socket *s = xe__net_find(net, it->target);

        if (s) {
            s->coming++;
            s->coming_bytes += it->size;
        }
    }
}

static void names_state(struct xe_codec *c, struct xe_net *net)
{
    size_t n = xe_codec_count(c, "names", net->names, XE_NET_NAMES, XE_NET_NAME);

    if (xe_codec_loading(c))
        net->names = (uint32_t)n;
    for (size_t i = 0; i < n && !c->stopped; i++) {
        xe_codec_item(c, "name", (uint32_t)i);
        xe__net_name_state(c, &net->name[i]);
    }
}

void xe_net_state(struct xe_codec *c, struct xe_net *net)
{
    XE_CODEC(c, net->last);
    XE_CODEC(c, net->next_port);
    xe_codec_want(c, net->next_port >= XE__NET_FIRST_PORT && net->next_port <= 65535,
                  "next_port is %u", net->next_port);
    for (uint32_t i = 0; i < XE__NET_ALL && !c->stopped; i++)
        slot_state(c, net, i);
    names_state(c, net);
    xe_codec_item(c, "wire", 0);
    queue_state(c, &net->wire, XE__NET_WIRE_MAX);
    if (xe_codec_loading(c))
        count_coming(net);
    xe_codec_item(c, NULL, 0);
}
