/* Calls on sockets that never wait, and the table of all calls on sockets.
 * Source: Winsock's documentation of the calls of the same names; protocol 254 and the insecure
 * options as xkelib and xenia name them. */
#include <string.h>

#include "kernel/core/clock.h"
#include "kernel/families/net_call.h"

#define AF_INET     2u
#define STREAM      1u
#define DATAGRAM    2u
#define TCP         6u
#define UDP         17u
#define VDP         254u /* voice and data, which to us are datagrams like others */
#define PLACE_SIZE  16u  /* sockaddr_in */
#define SOL_SOCKET  0xFFFFu
#define FIONBIO     0x8004667Eu
#define FIONREAD    0x4004667Fu
#define SIOCATMARK  0x40047307u
#define SO_ERROR    0x1007u
#define SO_TYPE     0x1008u
#define SO_ACCEPT   0x0002u
#define SO_INSECURE 0x5801u
#define SO_GRANT    0x5802u

/* ---- arguments ------------------------------------------------------------------------------ */

uint32_t xe__net_place_of(const struct xe_call *call, unsigned n, uint32_t size,
                          struct xe_net_place *ret)
{
    const uint8_t *p = size >= PLACE_SIZE ? xe_arg_view(call, n, PLACE_SIZE) : NULL;

    if (!p)
        return XE_NET_EFAULT;
    if (xe_load_be16(p) != AF_INET)
        return XE_NET_EAFNOSUPPORT;
    *ret = (struct xe_net_place){.address = xe_load_be32(p + 4), .port = xe_load_be16(p + 2)};
    if (ret->address == XE__NET_NOWHERE && xe__net_of(call->kernel)->alone)
        ret->address = XE_NET_ADDRESS; /* its own, as it was told */
    return 0;
}

void xe__net_store_place(struct xe_call *call, unsigned n, unsigned size, struct xe_net_place place)
{
    xe__net_put_place(call->mem, xe_arg_gva(call, n), xe_arg_gva(call, size), place);
}

void xe__net_put_place(struct xe_mem *mem, xe_gva at, xe_gva size, struct xe_net_place place)
{
    uint8_t *room = size ? xe_mem_view_rw(mem, size, 4) : NULL;
    uint8_t *p = at ? xe_mem_view_rw(mem, at, PLACE_SIZE) : NULL;

    if (!p || !room || xe_load_be32(room) < PLACE_SIZE)
        return;
    memset(p, 0, PLACE_SIZE);
    xe_store_be16(p, AF_INET);
    xe_store_be16(p + 2, (uint16_t)place.port);
    xe_store_be32(p + 4, place.address);
    xe_store_be32(room, PLACE_SIZE);
}

/* ---- life ----------------------------------------------------------------------------------- */

/* 0, or why there is no such socket. */
static uint32_t kind_of(struct xe_call *call, bool *ret_stream)
{
    uint32_t type = xe_arg_u32(call, 2), protocol = xe_arg_u32(call, 3);

    if (xe_arg_u32(call, 1) != AF_INET)
        return XE_NET_EAFNOSUPPORT;
    if (type != STREAM && type != DATAGRAM)
        return XE_NET_ESOCKTNOSUPPORT;
    *ret_stream = type == STREAM;
    if (!protocol || (*ret_stream ? protocol == TCP : protocol == UDP || protocol == VDP))
        return 0;
    return protocol == TCP || protocol == UDP || protocol == VDP ? XE_NET_EPROTOTYPE
                                                                 : XE_NET_EPROTONOSUPPORT;
}

static void net_socket(struct xe_call *call)
{
    struct xe__net *self = xe__net_present(call);
    uint32_t number = 0, error;
    bool stream = false;

    if (!self)
        return;
    error = kind_of(call, &stream);
    if (!error)
        error = xe_net_open(self->net, false, stream, &number);
    if (!error && !xe__net_attach(self, number)) {
        xe__net_detach(self, number);
        error = XE_NET_ENOBUFS;
    }
    if (error)
        xe__net_fail(call, error);
    else
        xe_ret_u32(call, number);
}

static bool is_socket(const struct xe__net *self, const struct xe_call *call)
{
    return xe_net_slot(self->net, xe_arg_u32(call, 1)) != XE_NET_SOCKETS;
}

static void net_closesocket(struct xe_call *call)
{
    struct xe__net *self = xe__net_present(call);
    bool is;

    if (!self)
        return;
    is = is_socket(self, call);
    xe__net_answer(call, is ? 0 : XE_NET_ENOTSOCK);
    if (is)
        xe__net_detach(self, xe_arg_u32(call, 1));
    xe__net_settle(self);
}

/* Calls that do something to a socket and have no more to say than how that went. */
static void act(struct xe_call *call, uint32_t (*fn)(struct xe_call *call, struct xe_net *net))
{
    struct xe__net *self = xe__net_present(call);

    if (!self)
        return;
    xe__net_answer(call, is_socket(self, call) ? fn(call, self->net) : XE_NET_ENOTSOCK);
    xe__net_settle(self);
}

static uint32_t do_shutdown(struct xe_call *call, struct xe_net *net)
{
    uint32_t how = xe_arg_u32(call, 2);

    return how > 2 ? XE_NET_EINVAL : xe_net_shutdown(net, xe_arg_u32(call, 1), how != 1, how != 0);
}

static uint32_t do_bind(struct xe_call *call, struct xe_net *net)
{
    struct xe_net_place place;
    uint32_t error = xe__net_place_of(call, 2, xe_arg_u32(call, 3), &place);

    return error ? error : xe_net_bind(net, xe_arg_u32(call, 1), place);
}

static uint32_t do_listen(struct xe_call *call, struct xe_net *net)
{
    int32_t backlog = xe_arg_s32(call, 2);

    return xe_net_listen(net, xe_arg_u32(call, 1), backlog > 0 ? (uint32_t)backlog : 0);
}

static uint32_t do_ioctl(struct xe_call *call, struct xe_net *net)
{
    uint32_t number = xe_arg_u32(call, 1), command = xe_arg_u32(call, 2);
    uint8_t *value = xe_arg_view_rw(call, 3, 4);

    if (!value)
        return XE_NET_EFAULT;
    if (command == FIONBIO)
        *xe_net_option(net, number, XE_NET_NONBLOCKING) = xe_load_be32(value) != 0;
    else if (command == FIONREAD)
        xe_store_be32(value, xe_net_pending(net, number));
    else if (command == SIOCATMARK)
        xe_store_be32(value, 1); /* there is no urgent data, so none is ahead */
    else
        return XE_NET_EINVAL;
    return 0;
}

/* ---- options -------------------------------------------------------------------------------- */

static const struct {
    uint32_t level, name;
    enum xe_net_option option; /* XE_NET_OPTIONS: taken, and without effect */
} options[] = {
    {SOL_SOCKET, 0x0004, XE_NET_REUSE},
    {SOL_SOCKET, 0x0008, XE_NET_KEEPALIVE},
    {SOL_SOCKET, 0x0020, XE_NET_MAY_BROADCAST},
    {SOL_SOCKET, 0x0080, XE_NET_LINGER},
    {SOL_SOCKET, 0x1001, XE_NET_SEND_BUFFER},
    {SOL_SOCKET, 0x1002, XE_NET_RECEIVE_BUFFER},
    {SOL_SOCKET, 0x1005, XE_NET_SEND_TIMEOUT},
    {SOL_SOCKET, 0x1006, XE_NET_RECEIVE_TIMEOUT},
    {SOL_SOCKET, SO_INSECURE, XE_NET_OPTIONS},
    {SOL_SOCKET, SO_GRANT, XE_NET_OPTIONS},
    {TCP, 0x0001, XE_NET_NODELAY},
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

static size_t option_at(const struct xe_call *call)
{
    size_t i = 0;

    while (i < OPTIONS &&
           (options[i].level != xe_arg_u32(call, 2) || options[i].name != xe_arg_u32(call, 3)))
        i++;
    return i;
}

/* A BOOL may be one byte. */
static uint32_t do_setsockopt(struct xe_call *call, struct xe_net *net)
{
    uint32_t size = xe_arg_u32(call, 5) < 4 ? xe_arg_u32(call, 5) : 4;
    const uint8_t *value = size ? xe_arg_view(call, 4, size) : NULL;
    size_t i = option_at(call);

    if (i == OPTIONS)
        return XE_NET_ENOPROTOOPT;
    if (!value || size == 3)
        return XE_NET_EFAULT;
    if (options[i].option != XE_NET_OPTIONS)
        *xe_net_option(net, xe_arg_u32(call, 1), options[i].option) =
            (uint32_t)xe_load_be(value, size);
    return 0;
}

static uint32_t do_getsockopt(struct xe_call *call, struct xe_net *net)
{
    uint8_t *room = xe_arg_view_rw(call, 5, 4), *value = xe_arg_view_rw(call, 4, 4);
    uint32_t number = xe_arg_u32(call, 1), name = xe_arg_u32(call, 3), result;
    bool general = xe_arg_u32(call, 2) == SOL_SOCKET;
    size_t i = option_at(call);
    struct xe_net_info info;

    if (!room || !value || xe_load_be32(room) < 4 || !xe_net_info(net, number, &info))
        return XE_NET_EFAULT;
    if (general && name == SO_ERROR)
        result = xe_net_take_error(net, number);
    else if (general && name == SO_TYPE)
        result = info.stream ? STREAM : DATAGRAM;
    else if (general && name == SO_ACCEPT)
        result = info.state == XE_NET_LISTENING;
    else if (i < OPTIONS && options[i].option != XE_NET_OPTIONS)
        result = *xe_net_option(net, number, options[i].option);
    else
        return XE_NET_ENOPROTOOPT;
    xe_store_be32(value, result);
    xe_store_be32(room, 4);
    return 0;
}

/* ---- names ---------------------------------------------------------------------------------- */

static uint32_t give_place(struct xe_call *call, struct xe_net_place place)
{
    const uint8_t *room = xe_arg_view(call, 3, 4);

    if (!room || xe_load_be32(room) < PLACE_SIZE || !xe_arg_view_rw(call, 2, PLACE_SIZE))
        return XE_NET_EFAULT;
    if (place.address == XE_NET_ADDRESS && xe__net_of(call->kernel)->alone)
        place.address = XE__NET_NOWHERE;
    xe__net_store_place(call, 2, 3, place);
    return 0;
}

static uint32_t do_getsockname(struct xe_call *call, struct xe_net *net)
{
    struct xe_net_info info;

    if (!xe_net_info(net, xe_arg_u32(call, 1), &info) || !info.local.port)
        return XE_NET_EINVAL;
    return give_place(call, info.local);
}

static uint32_t do_getpeername(struct xe_call *call, struct xe_net *net)
{
    struct xe_net_info info;

    if (!xe_net_info(net, xe_arg_u32(call, 1), &info) || !info.remote.port ||
        info.state == XE_NET_CONNECTING || info.state == XE_NET_BROKEN)
        return XE_NET_ENOTCONN;
    return give_place(call, info.remote);
}

/* ---- the table ------------------------------------------------------------------------------ */

#define ACT(name)                                                                                  \
    static void net_##name(struct xe_call *call)                                                   \
    {                                                                                              \
        act(call, do_##name);                                                                      \
    }
ACT(shutdown)
ACT(bind)
ACT(listen)
ACT(ioctl)
ACT(setsockopt)
ACT(getsockopt)
ACT(getsockname)
ACT(getpeername)

/* May wait. */
#define RUN(name, op)                                                                              \
    static void net_##name(struct xe_call *call)                                                   \
    {                                                                                              \
        if (xe__net_present(call))                                                                 \
            xe__net_run(call, op);                                                                 \
    }
RUN(accept, XE__NET_ACCEPT)
RUN(connect, XE__NET_CONNECT)
RUN(recv, XE__NET_RECV)
RUN(recvfrom, XE__NET_RECVFROM)
RUN(send, XE__NET_SEND)
RUN(sendto, XE__NET_SENDTO)
RUN(wsasend, XE__NET_WSASEND)
RUN(wsasendto, XE__NET_WSASENDTO)
RUN(select, XE__NET_SELECT)
RUN(wsarecv, XE__NET_WSARECV)
RUN(wsarecvfrom, XE__NET_WSARECVFROM)

static void net_result(struct xe_call *call)
{
    xe__net_run(call, XE__NET_RESULT);
}

static void net_cancel(struct xe_call *call)
{
    struct xe__net *self = xe__net_present(call);

    if (!self)
        return;
    xe__net_answer(call, is_socket(self, call) ? 0 : XE_NET_ENOTSOCK);
    xe__net_pending_abort(self, xe_arg_u32(call, 1));
}

static void net_fd_is_set(struct xe_call *call)
{
    uint32_t s = xe_arg_u32(call, 0), n;
    xe_gva set = xe_arg_gva(call, 1);

    n = xe_mem_u32(call->mem, set);
    for (uint32_t i = 0; i < n && i < 64; i++)
        if (xe_mem_u32(call->mem, set + 4 + 4 * i) == s) {
            xe_ret_u32(call, 1);
            return;
        }
    xe_ret_u32(call, 0);
}

const struct xe_hle xe_hle_sockets[] = {
    XE_HLE(XAM, NetDll_socket, net_socket, "caller:u32 family:u32 type:u32 protocol:u32 -> s32"),
    XE_HLE(XAM, NetDll_closesocket, net_closesocket, "caller:u32 socket:u32 -> s32"),
    XE_HLE(XAM, NetDll_shutdown, net_shutdown, "caller:u32 socket:u32 how:u32 -> s32"),
    XE_HLE(XAM, NetDll_ioctlsocket, net_ioctl, "caller:u32 socket:u32 command:u32 arg:ptr -> s32"),
    XE_HLE(XAM, NetDll_setsockopt, net_setsockopt,
           "caller:u32 socket:u32 level:u32 option:u32 value:ptr size:u32 -> s32"),
    XE_HLE(XAM, NetDll_getsockopt, net_getsockopt,
           "caller:u32 socket:u32 level:u32 option:u32 value:ptr size:ptr -> s32"),
    XE_HLE(XAM, NetDll_getsockname, net_getsockname,
           "caller:u32 socket:u32 address:ptr size:ptr -> s32"),
    XE_HLE(XAM, NetDll_getpeername, net_getpeername,
           "caller:u32 socket:u32 address:ptr size:ptr -> s32"),
    XE_HLE(XAM, NetDll_bind, net_bind, "caller:u32 socket:u32 address:ptr size:u32 -> s32"),
    XE_HLE(XAM, NetDll_listen, net_listen, "caller:u32 socket:u32 backlog:u32 -> s32"),
    XE_HLE(XAM, NetDll_accept, net_accept, "caller:u32 socket:u32 address:ptr size:ptr -> s32"),
    XE_HLE(XAM, NetDll_connect, net_connect, "caller:u32 socket:u32 address:ptr size:u32 -> s32"),
    XE_HLE(XAM, NetDll_recv, net_recv,
           "caller:u32 socket:u32 buffer:ptr size:u32 flags:u32 -> s32"),
    XE_HLE(XAM, NetDll_recvfrom, net_recvfrom,
           "caller:u32 socket:u32 buffer:ptr size:u32 flags:u32 from:ptr from_size:ptr -> s32"),
    XE_HLE(XAM, NetDll_send, net_send,
           "caller:u32 socket:u32 buffer:ptr size:u32 flags:u32 -> s32"),
    XE_HLE(XAM, NetDll_sendto, net_sendto,
           "caller:u32 socket:u32 buffer:ptr size:u32 flags:u32 to:ptr to_size:u32 -> s32"),
    XE_HLE(XAM, NetDll_WSASend, net_wsasend,
           "caller:u32 socket:u32 buffers:ptr count:u32 sent:ptr flags:u32 overlapped:ptr "
           "routine:ptr -> s32"),
    XE_HLE(XAM, NetDll_WSASendTo, net_wsasendto,
           "caller:u32 socket:u32 buffers:ptr count:u32 sent:ptr flags:u32 to:ptr to_size:u32 "
           "overlapped:ptr routine:ptr -> s32"),
    XE_HLE(XAM, NetDll_WSARecv, net_wsarecv,
           "caller:u32 socket:u32 buffers:ptr count:u32 received:ptr flags:ptr overlapped:ptr "
           "routine:ptr -> s32"),
    XE_HLE(XAM, NetDll_WSARecvFrom, net_wsarecvfrom,
           "caller:u32 socket:u32 buffers:ptr count:u32 received:ptr flags:ptr from:ptr "
           "from_size:ptr overlapped:ptr routine:ptr -> s32"),
    XE_HLE(XAM, NetDll_WSAGetOverlappedResult, net_result,
           "caller:u32 socket:u32 overlapped:ptr bytes:ptr wait:bool flags:ptr -> bool"),
    XE_HLE(XAM, NetDll_WSACancelOverlappedIO, net_cancel, "caller:u32 socket:u32 -> s32"),
    XE_HLE(XAM, NetDll_WSAEventSelect, xe__net_event_select,
           "caller:u32 socket:u32 event:handle what:u32 -> s32"),
    XE_HLE(XAM, NetDll_select, net_select,
           "caller:u32 n:u32 read:ptr write:ptr except:ptr timeout:ptr -> s32"),
    XE_HLE(XAM, NetDll___WSAFDIsSet, net_fd_is_set, "socket:u32 set:ptr -> bool"),
    XE_HLE_END,
};
