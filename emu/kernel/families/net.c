/* NetDll: a network with a link and an address and nobody on it. Sockets can be made, bound and
 * listened on; nothing ever arrives, so whoever waits for something waits until the timeout or for
 * ever, visibly parked. Nothing leaves this machine.
 * Source: Winsock's documented results; structure offsets as xenia has them. */
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/dispatcher.h"
#include "kernel/core/lacking.h"
#include "kernel/hle/hle_internal.h"
#include "kernel/core/thread.h"

#define LINK_UP       (1u | 2u | 8u) /* active, 100 Mbit/s, full duplex */
#define XNADDR_STATIC 4u
#define ADDRESS       0xC0000202u /* 192.0.2.2: a documentation network, so nobody is meant */

#define WSAENETUNREACH 10051u
#define WSAENOTSOCK    10038u
#define WSAEINVAL      10022u
#define SOCKET_ERROR   (-1)
#define SOCKET_OF(n)   (4u + 4u * (n))

static void fail(struct xe_call *call, uint32_t error)
{
    xe_kernel_thread_set_last_error(call->thread, error);
    xe_ret_s32(call, SOCKET_ERROR);
}

static bool is_socket(const struct xe_call *call, uint32_t s)
{
    const struct xe__net *self = call->self;

    return s >= SOCKET_OF(0) && s % 4 == 0 && s < SOCKET_OF(self->sockets);
}

static void zero(struct xe_call *call)
{
    xe_ret_u32(call, 0);
}

/* Calls that succeed on any socket. */
static void on_socket(struct xe_call *call)
{
    if (is_socket(call, xe_arg_u32(call, 1)))
        xe_ret_u32(call, 0);
    else
        fail(call, WSAENOTSOCK);
}

static void net_socket(struct xe_call *call)
{
    struct xe__net *self = call->self;

    if (self->sockets == XE__HLE_SOCKETS) {
        fail(call, 10024); /* WSAEMFILE */
        return;
    }
    xe_ret_u32(call, SOCKET_OF(self->sockets++));
}

/* Park on time alone, for ever: what a blocking call on a silent network does. The thread shows as
 * waiting in this export. */
static void park_for_ever(struct xe_call *call)
{
    xe_kernel_lacking_found(call->kernel, XE_LACKING_NETWORK);
    xe_kernel_wait(call->thread, &(struct xe_wait_request){.timeout = XE_WAIT_FOREVER,
                                                           .park = XE_AUDIT_PARK_NETWORK});
}

static void blocking(struct xe_call *call)
{
    if (is_socket(call, xe_arg_u32(call, 1)))
        park_for_ever(call);
    else
        fail(call, WSAENOTSOCK);
}

static void net_connect(struct xe_call *call)
{
    fail(call, is_socket(call, xe_arg_u32(call, 1)) ? WSAENETUNREACH : WSAENOTSOCK);
}

/* No socket is ever ready: empty the sets and wait for the timeout. */
static void net_select(struct xe_call *call)
{
    xe_gva timeout = xe_arg_gva(call, 5);
    struct xe_wait_request request = {
        .timeout = XE_WAIT_FOREVER, .park = XE_AUDIT_PARK_NETWORK, .end = XE_WAIT_END_ZERO};

    if (timeout)
        request.timeout = -((int64_t)(int32_t)xe_mem_u32(call->mem, timeout) * 10000000 +
                            (int64_t)(int32_t)xe_mem_u32(call->mem, timeout + 4) * 10);
    if (timeout && request.timeout > 0) {
        fail(call, WSAEINVAL); /* a negative time; ours would be a date */
        return;
    }
    for (unsigned i = 2; i < 5; i++)
        if (xe_arg_gva(call, i) && (timeout || i != 2))
            xe_mem_set_u32(call->mem, xe_arg_gva(call, i), 0);
    xe_kernel_lacking_found(call->kernel, XE_LACKING_NETWORK);
    xe_kernel_wait(call->thread, &request);
}

static void wsa_get_last_error(struct xe_call *call)
{
    xe_ret_u32(call, xe_kernel_thread_last_error(call->thread));
}

static void wsa_set_last_error(struct xe_call *call)
{
    xe_kernel_thread_set_last_error(call->thread, xe_arg_u32(call, 0));
}

static void wsa_startup(struct xe_call *call)
{
    uint8_t *p = xe_arg_view_rw(call, 2, 0x190);
    uint16_t version = (uint16_t)xe_arg_u32(call, 1);

    if (p) {
        memset(p, 0, 0x18C);
        xe_store_be16(p, version);
        xe_store_be16(p + 2, 0x0202);
        xe_store_be16(p + 0x186, XE__HLE_SOCKETS);
    }
    xe_ret_u32(call, 0);
}

static void fd_is_set(struct xe_call *call)
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

static void link_status(struct xe_call *call)
{
    xe_ret_u32(call, LINK_UP);
}

static void get_title_xn_addr(struct xe_call *call)
{
    static const uint8_t mac[6] = {0x02, 0x00, 0x00, 0x36, 0x00, 0x01}; /* locally administered */
    uint8_t *p = xe_arg_view_rw(call, 1, 0x24);

    if (p) {
        memset(p, 0, 0x24);
        xe_store_be32(p, ADDRESS);
        xe_store_be32(p + 4, ADDRESS);
        memcpy(p + 10, mac, sizeof(mac));
    }
    xe_ret_u32(call, XNADDR_STATIC);
}

static void inet_addr(struct xe_call *call)
{
    char text[32];
    uint32_t part[4] = {0}, n = 0;

    xe_arg_cstr(call, 0, text, sizeof(text));
    for (const char *at = text; *at && n < 4; at++) {
        if (*at == '.')
            n++;
        else if (*at >= '0' && *at <= '9' && part[n] < 256)
            part[n] = part[n] * 10 + (uint32_t)(*at - '0');
        else
            n = 4;
    }
    if (!text[0])
        xe_ret_u32(call, 0);
    else if (n != 3 || part[0] > 255 || part[1] > 255 || part[2] > 255 || part[3] > 255)
        xe_ret_u32(call, UINT32_MAX);
    else
        xe_ret_u32(call, part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3]);
}

/* ---- the family ----------------------------------------------------------------------------- */

static void *create(struct xe_kernel *kernel)
{
    (void)kernel;
    return xe_calloc(1, sizeof(struct xe__net));
}

void xe__kernel_net_state(struct xe_codec *c, void *self)
{
    struct xe__net *net = self;

    xe_codec_up_to(c, "sockets", &net->sockets, XE__HLE_SOCKETS);
}

static const struct xe_hle exports[] = {
    XE_HLE(XAM, NetDll_WSAStartup, wsa_startup, "caller:u32 version:u16 data:ptr -> u32"),
    XE_HLE(XAM, NetDll_WSAStartupEx, wsa_startup, "caller:u32 version:u16 data:ptr x:u32 -> u32"),
    XE_HLE(XAM, NetDll_WSACleanup, zero, "caller:u32 -> u32"),
    XE_HLE(XAM, NetDll_XNetStartup, zero, "caller:u32 params:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetStartupEx, zero, "caller:u32 params:ptr version:u32 -> u32"),
    XE_HLE(XAM, NetDll_XNetCleanup, zero, "caller:u32 -> u32"),
    XE_HLE(XAM, NetDll_XNetGetEthernetLinkStatus, link_status, "caller:u32 -> u32"),
    XE_HLE(XAM, NetDll_XNetGetTitleXnAddr, get_title_xn_addr, "caller:u32 address:ptr -> u32"),
    XE_HLE(XAM, NetDll_socket, net_socket, "caller:u32 family:u32 type:u32 protocol:u32 -> s32"),
    XE_HLE(XAM, NetDll_closesocket, on_socket, "caller:u32 socket:u32 -> s32"),
    XE_HLE(XAM, NetDll_shutdown, on_socket, "caller:u32 socket:u32 how:u32 -> s32"),
    XE_HLE(XAM, NetDll_ioctlsocket, on_socket, "caller:u32 socket:u32 command:u32 arg:ptr -> s32"),
    XE_HLE(XAM, NetDll_setsockopt, on_socket,
           "caller:u32 socket:u32 level:u32 option:u32 value:ptr size:u32 -> s32"),
    XE_HLE(XAM, NetDll_bind, on_socket, "caller:u32 socket:u32 address:ptr size:u32 -> s32"),
    XE_HLE(XAM, NetDll_listen, on_socket, "caller:u32 socket:u32 backlog:u32 -> s32"),
    XE_HLE(XAM, NetDll_accept, blocking, "caller:u32 socket:u32 address:ptr size:ptr -> s32"),
    XE_HLE(XAM, NetDll_recv, blocking,
           "caller:u32 socket:u32 buffer:ptr size:u32 flags:u32 -> s32"),
    XE_HLE(XAM, NetDll_recvfrom, blocking,
           "caller:u32 socket:u32 buffer:ptr size:u32 flags:u32 from:ptr from_size:ptr -> s32"),
    XE_HLE(XAM, NetDll_connect, net_connect, "caller:u32 socket:u32 address:ptr size:u32 -> s32"),
    XE_HLE(XAM, NetDll_send, net_connect,
           "caller:u32 socket:u32 buffer:ptr size:u32 flags:u32 -> s32"),
    XE_HLE(XAM, NetDll_select, net_select,
           "caller:u32 n:u32 read:ptr write:ptr except:ptr timeout:ptr -> s32"),
    XE_HLE(XAM, NetDll_WSAGetLastError, wsa_get_last_error, "-> u32"),
    XE_HLE(XAM, NetDll_WSASetLastError, wsa_set_last_error, "error:u32 -> void"),
    XE_HLE(XAM, NetDll___WSAFDIsSet, fd_is_set, "socket:u32 set:ptr -> bool"),
    XE_HLE(XAM, NetDll_inet_addr, inet_addr, "text:cstr -> u32"),
    XE_HLE_END,
};

const struct xe_family xe_family_net = {
    .name = "network",
    .exports = exports,
    .create = create,
    .destroy = xe_free,
    .state = xe__kernel_net_state,
};
