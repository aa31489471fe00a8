/* Calls on sockets that may have to wait, each up to the point where it would.
 * Source: Winsock's documentation of the calls of the same names; console addresses are
 * sockaddr_in, in the console's own byte order, which is the network's. */
#include <string.h>

#include "kernel/families/net_call.h"

#define MSG_PEEK 2u

bool xe__net_answered(struct xe_call *call, uint32_t error, uint32_t result)
{
    if (error == XE_NET_EWOULDBLOCK)
        return false;
    if (error)
        xe__net_fail(call, error);
    else
        xe_ret_u32(call, result);
    return true;
}

/* ---- connections ---------------------------------------------------------------------------- */

bool xe__net_try_accept(struct xe_call *call, bool again)
{
    struct xe__net *self = xe__net_of(call->kernel);
    struct xe_net_info info;
    uint32_t number = 0, error = xe_net_accept(self->net, xe_arg_u32(call, 1), &number);

    (void)again;
    if (error || !xe_net_info(self->net, number, &info))
        return xe__net_answered(call, error, 0);
    if (!xe__net_attach(self, number)) {
        xe__net_detach(self, number);
        return xe__net_answered(call, XE_NET_ENOBUFS, 0);
    }
    *xe_net_option(self->net, number, XE_NET_NONBLOCKING) =
        *xe_net_option(self->net, xe_arg_u32(call, 1), XE_NET_NONBLOCKING);
    xe__net_watch_inherit(self, xe_arg_u32(call, 1), number);
    xe__net_store_place(call, 2, 3, info.remote);
    return xe__net_answered(call, 0, number);
}

/* How connecting has ended, if it has. */
static uint32_t outcome(struct xe__net *self, uint32_t number)
{
    struct xe_net_info info;

    if (!xe_net_info(self->net, number, &info))
        return XE_NET_ENOTSOCK;
    if (info.state == XE_NET_CONNECTING)
        return XE_NET_EWOULDBLOCK;
    return info.state == XE_NET_CONNECTED ? 0 : xe_net_take_error(self->net, number);
}

bool xe__net_try_connect(struct xe_call *call, bool again)
{
    struct xe__net *self = xe__net_of(call->kernel);
    uint32_t number = xe_arg_u32(call, 1), error;
    struct xe_net_place place;
    struct xe_net_info info;

    if (again)
        return xe__net_answered(call, outcome(self, number), 0);
    error = xe__net_place_of(call, 2, xe_arg_u32(call, 3), &place);
    if (!error && place.address && xe_net_info(self->net, number, &info) &&
        (info.state == XE_NET_OPEN || info.state == XE_NET_BROKEN))
        error = self->alone ? XE_NET_ENETUNREACH : 0;
    if (!error)
        error = xe_net_connect(self->net, number, place);
    if (!error && xe_net_info(self->net, number, &info) && info.stream)
        error = XE_NET_EWOULDBLOCK;
    return xe__net_answered(call, error, 0);
}

/* ---- one buffer ----------------------------------------------------------------------------- */

static bool receive(struct xe_call *call, bool from)
{
    struct xe__net *self = xe__net_of(call->kernel);
    uint32_t size = xe_arg_u32(call, 3), done, error;
    void *bytes = size <= INT32_MAX ? xe_arg_view_rw(call, 2, size) : NULL;
    struct xe_net_place place;

    if (size && !bytes)
        return xe__net_answered(call, XE_NET_EFAULT, 0);
    error = xe_net_receive(self->net, xe_arg_u32(call, 1), xe_arg_u32(call, 4) & MSG_PEEK, bytes,
                           size, &done, &place);
    if (from && error != XE_NET_EWOULDBLOCK && place.port)
        xe__net_store_place(call, 5, 6, place);
    return xe__net_answered(call, error, done);
}

bool xe__net_try_recv(struct xe_call *call, bool again)
{
    (void)again;
    return receive(call, false);
}

bool xe__net_try_recvfrom(struct xe_call *call, bool again)
{
    (void)again;
    return receive(call, true);
}

uint32_t xe__net_send_bytes(struct xe__net *self, uint32_t number, const struct xe_net_place *to,
                            const void *bytes, uint32_t *size)
{
    struct xe_net_info info;

    if (xe_net_info(self->net, number, &info) && info.stream && *size > XE__NET_AT_ONCE)
        *size = XE__NET_AT_ONCE;
    if (to && xe_net_is_broadcast(to->address) &&
        !*xe_net_option(self->net, number, XE_NET_MAY_BROADCAST))
        return XE__NET_EACCES;
    if (to && self->alone && xe_net_slot(self->net, number) != XE_NET_SOCKETS)
        return XE_NET_ENETUNREACH;
    return xe_net_send(self->net, number, to, bytes, *size);
}

static bool send_one(struct xe_call *call, const struct xe_net_place *to)
{
    struct xe__net *self = xe__net_of(call->kernel);
    uint32_t size = xe_arg_u32(call, 3), error;
    const void *bytes = size <= INT32_MAX ? xe_arg_view(call, 2, size) : NULL;

    if (size && !bytes)
        return xe__net_answered(call, XE_NET_EFAULT, 0);
    error = xe__net_send_bytes(self, xe_arg_u32(call, 1), to, bytes, &size);
    return xe__net_answered(call, error, size);
}

bool xe__net_try_send(struct xe_call *call, bool again)
{
    (void)again;
    return send_one(call, NULL);
}

bool xe__net_try_sendto(struct xe_call *call, bool again)
{
    struct xe_net_place to;
    uint32_t error;

    (void)again;
    if (!xe_arg_gva(call, 5))
        return send_one(call, NULL);
    error = xe__net_place_of(call, 5, xe_arg_u32(call, 6), &to);
    return error ? xe__net_answered(call, error, 0) : send_one(call, &to);
}
