/* Calls on sockets that may have to wait, each up to the point where it would.
 * Source: Winsock's documentation of the calls of the same names; console addresses are
 * sockaddr_in, in the console's own byte order, which is the network's. */
#include <string.h>

#include "base/alloc.h"
#include "kernel/families/net.h"
#include "kernel/families/net_call.h"

#define MSG_PEEK      2u
#define BUFFERS       64u     /* of one call */
#define BUFFERS_BYTES 262144u /* in all */

/* true: the call was answered. */
static bool answered(struct xe_call *call, uint32_t error, uint32_t result)
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
        return answered(call, error, 0);
    if (!xe__net_attach(self, number)) {
        xe__net_detach(self, number);
        return answered(call, XE_NET_ENOBUFS, 0);
    }
    *xe_net_option(self->net, number, XE_NET_NONBLOCKING) =
        *xe_net_option(self->net, xe_arg_u32(call, 1), XE_NET_NONBLOCKING);
    xe__net_store_place(call, 2, 3, info.remote);
    return answered(call, 0, number);
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
        return answered(call, outcome(self, number), 0);
    error = xe__net_place_of(call, 2, xe_arg_u32(call, 3), &place);
    if (!error)
        error = xe_net_connect(self->net, number, place);
    if (!error && xe_net_info(self->net, number, &info) && info.stream)
        error = XE_NET_EWOULDBLOCK;
    return answered(call, error, 0);
}

/* ---- one buffer ----------------------------------------------------------------------------- */

static bool receive(struct xe_call *call, bool from)
{
    struct xe__net *self = xe__net_of(call->kernel);
    uint32_t size = xe_arg_u32(call, 3), done, error;
    void *bytes = size <= INT32_MAX ? xe_arg_view_rw(call, 2, size) : NULL;
    struct xe_net_place place;

    if (size && !bytes)
        return answered(call, XE_NET_EFAULT, 0);
    error = xe_net_receive(self->net, xe_arg_u32(call, 1), xe_arg_u32(call, 4) & MSG_PEEK, bytes,
                           size, &done, &place);
    if (from && error != XE_NET_EWOULDBLOCK && place.port)
        xe__net_store_place(call, 5, 6, place);
    return answered(call, error, done);
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

/* A stream takes so much at a time; the title sends the rest, as it has to anyway. */
static uint32_t send_bytes(struct xe__net *self, uint32_t number, const struct xe_net_place *to,
                           const void *bytes, uint32_t *size)
{
    struct xe_net_info info;

    if (xe_net_info(self->net, number, &info) && info.stream && *size > BUFFERS_BYTES)
        *size = BUFFERS_BYTES;
    if (to && xe_net_is_broadcast(to->address) &&
        !*xe_net_option(self->net, number, XE_NET_MAY_BROADCAST))
        return XE__NET_EACCES;
    return xe_net_send(self->net, number, to, bytes, *size);
}

static bool send_one(struct xe_call *call, const struct xe_net_place *to)
{
    struct xe__net *self = xe__net_of(call->kernel);
    uint32_t size = xe_arg_u32(call, 3), error;
    const void *bytes = size <= INT32_MAX ? xe_arg_view(call, 2, size) : NULL;

    if (size && !bytes)
        return answered(call, XE_NET_EFAULT, 0);
    error = send_bytes(self, xe_arg_u32(call, 1), to, bytes, &size);
    return answered(call, error, size);
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
    return error ? answered(call, error, 0) : send_one(call, &to);
}

/* ---- many buffers --------------------------------------------------------------------------- */

/* Between WSABUFs and one buffer of ours. false: some of it isn't there, or it is too much. */
struct buffers {
    uint32_t count, bytes;
    uint8_t *copy; /* owned */
};

static uint32_t take_buffers(struct xe_call *call, struct buffers *ret)
{
    const uint8_t *row;

    *ret = (struct buffers){.count = xe_arg_u32(call, 3)};
    row = ret->count && ret->count <= BUFFERS ? xe_arg_view(call, 2, 8 * ret->count) : NULL;
    if (!row)
        return ret->count > BUFFERS ? XE_NET_ENOBUFS : XE_NET_EFAULT;
    for (uint32_t i = 0; i < ret->count; i++) {
        uint32_t size = xe_load_be32(row + 8 * i);

        if (size > BUFFERS_BYTES - ret->bytes)
            return XE_NET_ENOBUFS;
        if (size && !xe_mem_view_rw(call->mem, xe_load_be32(row + 8 * i + 4), size))
            return XE_NET_EFAULT;
        ret->bytes += size;
    }
    ret->copy = xe_calloc(1, ret->bytes + 1);
    return ret->copy ? 0 : XE_NET_ENOBUFS;
}

static void copy_buffers(struct xe_call *call, const struct buffers *b, uint32_t bytes, bool out)
{
    xe_gva row = xe_arg_gva(call, 2);
    uint32_t done = 0;

    for (uint32_t i = 0; i < b->count && done < bytes; i++, row += 8) {
        uint32_t size = xe_mem_u32(call->mem, row);

        size = size < bytes - done ? size : bytes - done;
        if (out)
            xe_mem_write(call->mem, xe_mem_u32(call->mem, row + 4), b->copy + done, size);
        else
            xe_mem_read(call->mem, xe_mem_u32(call->mem, row + 4), b->copy + done, size);
        done += size;
    }
}

static bool send_many(struct xe_call *call, const struct xe_net_place *to, unsigned overlapped)
{
    struct xe__net *self = xe__net_of(call->kernel);
    struct buffers b;
    uint32_t error = take_buffers(call, &b), size = b.bytes;

    if (!error) {
        copy_buffers(call, &b, b.bytes, false);
        error = send_bytes(self, xe_arg_u32(call, 1), to, b.copy, &size);
    }
    xe_free(b.copy);
    if (!error && xe_arg_gva(call, 4))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 4), size);
    if (!error)
        xe__net_overlapped_done(call, overlapped, size);
    return answered(call, error, 0);
}

bool xe__net_try_wsasend(struct xe_call *call, bool again)
{
    (void)again;
    return send_many(call, NULL, 6);
}

bool xe__net_try_wsasendto(struct xe_call *call, bool again)
{
    struct xe_net_place to;
    uint32_t error;

    (void)again;
    if (!xe_arg_gva(call, 6))
        return send_many(call, NULL, 8);
    error = xe__net_place_of(call, 6, xe_arg_u32(call, 7), &to);
    return error ? answered(call, error, 0) : send_many(call, &to, 8);
}

/* from: the argument with the place for the sender's, its size follows; 0: none. */
static bool receive_many(struct xe_call *call, unsigned from, unsigned overlapped)
{
    struct xe__net *self = xe__net_of(call->kernel);
    uint32_t flags = xe_mem_u32(call->mem, xe_arg_gva(call, 5)), done = 0;
    struct xe_net_place place = {0, 0};
    struct buffers b;
    uint32_t error = take_buffers(call, &b);

    if (!error)
        error = xe_net_receive(self->net, xe_arg_u32(call, 1), flags & MSG_PEEK, b.copy, b.bytes,
                               &done, &place);
    if (done)
        copy_buffers(call, &b, done, true);
    xe_free(b.copy);
    if (error == XE_NET_EWOULDBLOCK)
        return false;
    if (from && place.port)
        xe__net_store_place(call, from, from + 1, place);
    if (xe_arg_gva(call, 4))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 4), done);
    if (!error)
        xe__net_overlapped_done(call, overlapped, done);
    return answered(call, error, 0);
}

bool xe__net_try_wsarecv(struct xe_call *call, bool again)
{
    (void)again;
    return receive_many(call, 0, 6);
}

bool xe__net_try_wsarecvfrom(struct xe_call *call, bool again)
{
    (void)again;
    return receive_many(call, 6, 8);
}
