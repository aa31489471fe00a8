/* Events of the title's that are set when something happens on a socket: WSAEventSelect.
 *
 * Each kind of happening is told once, and again when a call that it is about has been made since,
 * be it so still or anew. Nobody can ask which it was: who waits tries. Source: Winsock's
 * documentation of WSAEventSelect; the console has no WSAEnumNetworkEvents. */
#include "base/codec.h"
#include "kernel/core/lacking.h"
#include "kernel/core/promise.h"
#include "kernel/core/state.h"
#include "kernel/families/net_call.h"

enum {
    FD_READ = 0x01,
    FD_WRITE = 0x02,
    FD_ACCEPT = 0x08,
    FD_CONNECT = 0x10,
    FD_CLOSE = 0x20,
    FD_KNOWN = 0x3F, /* with FD_OOB, which never happens */
};

/* ---- what happens --------------------------------------------------------------------------- */

static uint32_t of_stream(const struct xe_net *net, const struct xe_net_info *info)
{
    uint32_t number = info->number, bits = FD_CONNECT;

    if (info->state == XE_NET_LISTENING)
        return xe_net_readable(net, number) ? FD_ACCEPT : 0;
    if (xe_net_failed(net, number))
        return FD_CONNECT;
    if (!info->remote.port || info->state == XE_NET_CONNECTING)
        return 0;
    if (xe_net_readable(net, number))
        bits |= xe_net_pending(net, number) ? FD_READ : FD_CLOSE;
    return bits | (xe_net_writable(net, number) ? FD_WRITE : 0);
}

static uint32_t happens(const struct xe_net *net, uint32_t number)
{
    struct xe_net_info info;

    if (!xe_net_info(net, number, &info))
        return 0;
    if (info.stream)
        return of_stream(net, &info);
    return (xe_net_readable(net, number) ? FD_READ : 0) |
           (xe_net_writable(net, number) ? FD_WRITE : 0);
}

void xe__net_watch_settle(struct xe__net *self, uint32_t number)
{
    struct xe__net_watch *watch = &self->watch[xe_net_slot(self->net, number)];
    uint32_t now = watch->event ? watch->wanted & happens(self->net, number) & ~watch->told : 0;

    if (!now)
        return;
    watch->told |= now;
    xe_kernel_promise_keep_on(self->kernel, XE_PROMISE_NETWORK, watch->event->id, 0);
    xe_kernel_event_set(watch->event, watch->key);
}

void xe__net_watch_again(struct xe__net *self, uint32_t number, enum xe__net_op op, bool blocked)
{
    static const uint32_t receives = 1u << XE__NET_RECV | 1u << XE__NET_RECVFROM |
                                     1u << XE__NET_WSARECV | 1u << XE__NET_WSARECVFROM;
    static const uint32_t sends =
        1u << XE__NET_SEND | 1u << XE__NET_SENDTO | 1u << XE__NET_WSASEND | 1u << XE__NET_WSASENDTO;
    uint32_t slot = xe_net_slot(self->net, number);

    if (slot == XE_NET_SOCKETS)
        return;
    if (receives & 1u << op)
        self->watch[slot].told &= ~(uint32_t)FD_READ;
    else if (op == XE__NET_ACCEPT)
        self->watch[slot].told &= ~(uint32_t)FD_ACCEPT;
    else if (blocked && sends & 1u << op)
        self->watch[slot].told &= ~(uint32_t)FD_WRITE;
}

/* ---- beginning and end ---------------------------------------------------------------------- */

static bool is_watched(const struct xe__net *self, const struct xe_object *event)
{
    for (uint32_t slot = 0; slot < XE_NET_SOCKETS; slot++)
        if (self->watch[slot].event == event)
            return true;
    return false;
}

void xe__net_watch_end(struct xe__net *self, uint32_t slot)
{
    struct xe_object *event = self->watch[slot].event;

    self->watch[slot] = (struct xe__net_watch){0};
    if (!event)
        return;
    if (!is_watched(self, event))
        xe_kernel_promise_cancel(self->kernel, XE_PROMISE_NETWORK, event->id);
    xe_kernel_object_unref(event);
}

static void promise(struct xe__net *self, const struct xe_object *event, uint32_t key)
{
    xe_kernel_promise_make(
        self->kernel,
        &(struct xe_promise){.kind = XE_PROMISE_NETWORK,
                             .token = event->id,
                             .object = event,
                             .key = key,
                             .due = self->alone ? XE_PROMISE_NEVER : XE_PROMISE_UNKNOWN});
}

static void begin(struct xe__net *self, uint32_t slot, const struct xe__net_watch *watch)
{
    xe_kernel_object_ref(watch->event);
    self->watch[slot] = *watch;
    promise(self, watch->event, watch->key);
}

/* What is accepted is watched as the listener is. */
void xe__net_watch_inherit(struct xe__net *self, uint32_t listener, uint32_t number)
{
    struct xe__net_watch watch = self->watch[xe_net_slot(self->net, listener)];

    if (!watch.event)
        return;
    watch.told = FD_CONNECT;
    begin(self, xe_net_slot(self->net, number), &watch);
}

static void select_event(struct xe__net *self, uint32_t slot, uint32_t number,
                         const struct xe__net_watch *watch)
{
    xe__net_watch_end(self, slot);
    if (watch->event)
        begin(self, slot, watch);
    if (happens(self->net, number) & FD_CONNECT)
        self->watch[slot].told |= FD_CONNECT; /* long ago */
    *xe_net_option(self->net, number, XE_NET_NONBLOCKING) = 1;
}

/* (caller, socket, event, what): no event and nothing ends it. From then on calls of the socket
 * don't block. */
void xe__net_event_select(struct xe_call *call)
{
    struct xe__net *self = xe__net_present(call);
    uint32_t number = xe_arg_u32(call, 1), slot;
    struct xe__net_watch watch = {.key = xe_arg_u32(call, 2), .wanted = xe_arg_u32(call, 3)};
    struct xe_object *event = watch.key ? xe_kernel_handle_object(call->kernel, watch.key) : NULL;
    bool good = event ? event->type == &xe_object_event_type : !watch.key && !watch.wanted;

    if (!self)
        return;
    slot = xe_net_slot(self->net, number);
    if (slot == XE_NET_SOCKETS) {
        xe__net_fail(call, XE_NET_ENOTSOCK);
        return;
    }
    if (!good || watch.wanted & ~(uint32_t)FD_KNOWN) {
        xe__net_fail(call, XE_NET_EINVAL);
        return;
    }
    watch.event = event;
    select_event(self, slot, number, &watch);
    if (event && self->alone)
        xe_kernel_lacking_found(call->kernel, XE_LACKING_NETWORK);
    xe_ret_u32(call, 0);
    xe__net_settle(self);
}

/* ---- state ---------------------------------------------------------------------------------- */

void xe__net_watch_state(struct xe_codec *c, struct xe__net *self, uint32_t slot)
{
    struct xe__net_watch *watch = &self->watch[slot];
    bool there = watch->event;

    xe_codec_item(c, "watched socket", slot);
    xe_codec_bool(c, "there", &there);
    XE_CODEC(c, watch->key);
    XE_CODEC(c, watch->wanted);
    XE_CODEC(c, watch->told);
    if (xe_codec_loading(c))
        watch->event = NULL;
    if (there && !c->stopped)
        xe__kernel_state_object(c, "event", &watch->event);
    xe_codec_want(c, !there || (watch->event && watch->event->type == &xe_object_event_type),
                  "a watched socket's event is none");
}
