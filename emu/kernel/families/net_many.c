/* Sends and receives of many buffers, now or later.
 * Source: Winsock's documentation of WSASend, WSASendTo, WSARecv and WSARecvFrom. */
#include "base/alloc.h"
#include "kernel/families/net_call.h"

#define MSG_PEEK 2u
#define BUFFERS  64u /* of one call */

/* ---- between WSABUFs and one buffer of ours ------------------------------------------------- */

struct buffers {
    struct xe_mem *mem;
    xe_gva row;
    uint32_t count, bytes;
    uint8_t *copy; /* owned */
};

static uint32_t take_buffers(const struct xe__net_transfer *t, struct buffers *ret)
{
    const uint8_t *row =
        t->count && t->count <= BUFFERS ? xe_mem_view(ret->mem, t->buffers, 8 * t->count) : NULL;

    if (!row)
        return t->count > BUFFERS ? XE_NET_ENOBUFS : XE_NET_EFAULT;
    ret->row = t->buffers;
    ret->count = t->count;
    for (uint32_t i = 0; i < ret->count; i++) {
        uint32_t size = xe_load_be32(row + 8 * i);

        if (size > XE__NET_AT_ONCE - ret->bytes)
            return XE_NET_ENOBUFS;
        if (size && !xe_mem_view_rw(ret->mem, xe_load_be32(row + 8 * i + 4), size))
            return XE_NET_EFAULT;
        ret->bytes += size;
    }
    ret->copy = xe_calloc(1, ret->bytes + 1);
    return ret->copy ? 0 : XE_NET_ENOBUFS;
}

static void copy_buffers(const struct buffers *b, uint32_t bytes, bool out)
{
    xe_gva row = b->row;
    uint32_t done = 0;

    for (uint32_t i = 0; i < b->count && done < bytes; i++, row += 8) {
        uint32_t size = xe_mem_u32(b->mem, row);

        size = size < bytes - done ? size : bytes - done;
        if (out)
            xe_mem_write(b->mem, xe_mem_u32(b->mem, row + 4), b->copy + done, size);
        else
            xe_mem_read(b->mem, xe_mem_u32(b->mem, row + 4), b->copy + done, size);
        done += size;
    }
}

/* ---- transfers ------------------------------------------------------------------------------ */

static uint32_t receive(struct xe__net *self, const struct xe__net_transfer *t, struct buffers *b,
                        uint32_t *ret_done)
{
    struct xe_net_place place = {0, 0};
    uint32_t error =
        xe_net_receive(self->net, t->number, t->peek, b->copy, b->bytes, ret_done, &place);

    if (error == XE_NET_EWOULDBLOCK)
        return error;
    copy_buffers(b, *ret_done, true);
    if (t->from && place.port)
        xe__net_put_place(b->mem, t->from, t->from_size, place);
    return error;
}

uint32_t xe__net_transfer(struct xe__net *self, const struct xe__net_transfer *t,
                          uint32_t *ret_done)
{
    struct buffers b = {.mem = xe_kernel_mem(self->kernel)};
    uint32_t error = take_buffers(t, &b);

    *ret_done = 0;
    if (!error && !t->send)
        error = receive(self, t, &b, ret_done);
    else if (!error) {
        *ret_done = b.bytes;
        copy_buffers(&b, b.bytes, false);
        error = xe__net_send_bytes(self, t->number, t->to.port ? &t->to : NULL, b.copy, ret_done);
    }
    xe_free(b.copy);
    return error;
}

/* ---- calls ---------------------------------------------------------------------------------- */

/* What can't be done yet is begun, if there is an OVERLAPPED that tells of its end; else it waits.
 */
static bool transfer(struct xe_call *call, const struct xe__net_transfer *t, unsigned n)
{
    struct xe__net *self = xe__net_of(call->kernel);
    const struct xe__net_end end = {xe_arg_gva(call, n), xe_arg_gva(call, n + 1)};
    bool there = !end.overlapped || xe_mem_view_rw(call->mem, end.overlapped, XE__NET_OVERLAPPED);
    uint32_t done = 0, error = there ? xe__net_transfer(self, t, &done) : XE_NET_EFAULT;

    if (error == XE_NET_EWOULDBLOCK && end.overlapped)
        return xe__net_answered(call, xe__net_pend(call, t, &end), 0);
    if (error == XE_NET_EWOULDBLOCK)
        return false;
    if ((!error || !t->send) && xe_arg_gva(call, 4))
        xe_mem_set_u32(call->mem, xe_arg_gva(call, 4), done);
    if (!error && end.overlapped)
        xe__net_overlapped_done(call, &end, done);
    return xe__net_answered(call, error, 0);
}

static struct xe__net_transfer transfer_of(const struct xe_call *call, bool send)
{
    return (struct xe__net_transfer){
        .number = xe_arg_u32(call, 1),
        .send = send,
        .peek = !send && xe_mem_u32(call->mem, xe_arg_gva(call, 5)) & MSG_PEEK,
        .buffers = xe_arg_gva(call, 2),
        .count = xe_arg_u32(call, 3),
    };
}

bool xe__net_try_wsasend(struct xe_call *call, bool again)
{
    const struct xe__net_transfer t = transfer_of(call, true);

    (void)again;
    return transfer(call, &t, 6);
}

bool xe__net_try_wsasendto(struct xe_call *call, bool again)
{
    struct xe__net_transfer t = transfer_of(call, true);
    uint32_t error = 0;

    (void)again;
    if (xe_arg_gva(call, 6))
        error = xe__net_place_of(call, 6, xe_arg_u32(call, 7), &t.to);
    if (!error && xe_arg_gva(call, 6) && !t.to.port)
        error = XE_NET_EADDRNOTAVAIL;
    return error ? xe__net_answered(call, error, 0) : transfer(call, &t, 8);
}

bool xe__net_try_wsarecv(struct xe_call *call, bool again)
{
    const struct xe__net_transfer t = transfer_of(call, false);

    (void)again;
    return transfer(call, &t, 6);
}

bool xe__net_try_wsarecvfrom(struct xe_call *call, bool again)
{
    struct xe__net_transfer t = transfer_of(call, false);

    (void)again;
    t.from = xe_arg_gva(call, 6);
    t.from_size = xe_arg_gva(call, 7);
    return transfer(call, &t, 8);
}
