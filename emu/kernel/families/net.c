/* NetDll as a whole: the link, its address, and what the family keeps. Nothing leaves this machine.
 * Source: Winsock's documented results; structure offsets as xenia has them. */
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "kernel/core/clock.h"
#include "kernel/core/device.h"
#include "kernel/core/state.h"
#include "kernel/families/net.h"

#define LINK_UP       (1u | 2u | 8u) /* active, 100 Mbit/s, full duplex */
#define XNADDR_STATIC 4u

static void zero(struct xe_call *call)
{
    xe_ret_u32(call, 0);
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
        xe_store_be16(p + 0x186, XE_NET_SOCKETS);
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
    uint32_t address = xe__net_of(call->kernel)->alone ? XE__NET_NOWHERE : XE_NET_ADDRESS;
    uint8_t *p = xe_arg_view_rw(call, 1, 0x24);

    if (p) {
        memset(p, 0, 0x24);
        xe_store_be32(p, address);
        xe_store_be32(p + 4, address);
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

struct xe__net *xe__net_of(const struct xe_kernel *kernel)
{
    return xe_kernel_family_self(kernel, &xe_family_net);
}

const struct xe_net *xe_kernel_net(const struct xe_kernel *kernel)
{
    const struct xe__net *self = xe__net_of(kernel);

    return self->alone ? NULL : self->net;
}

struct xe_net *xe_kernel_net_enter(struct xe_kernel *kernel)
{
    struct xe__net *self = xe__net_of(kernel);

    if (self->alone)
        return NULL;
    xe_net_now(self->net, xe_kernel_interrupt_time(kernel));
    return self->net;
}

struct xe__net *xe__net_present(struct xe_call *call)
{
    struct xe__net *self = xe__net_of(call->kernel);

    if (!self->net)
        self->net = xe_net_create();
    if (!self->net) {
        xe__net_fail(call, XE_NET_ENOBUFS);
        return NULL;
    }
    self->asked = self->alone;
    xe_net_now(self->net, xe_kernel_interrupt_time(call->kernel));
    return self;
}

void xe_kernel_net_leave(struct xe_kernel *kernel)
{
    struct xe_kernel_scope outer = xe_kernel_internal_begin(kernel, "network", NULL);

    xe__net_settle(xe__net_of(kernel));
    xe_kernel_internal_end(kernel, outer);
}

static void tick(void *ctx, uint64_t now)
{
    struct xe__net *self = ctx;
    struct xe_kernel_scope outer = xe_kernel_internal_begin(self->kernel, "network", NULL);

    xe_net_now(self->net, now);
    xe__net_settle(self);
    xe_kernel_internal_end(self->kernel, outer);
}

/* What arrives may be what somebody waits for. */
static bool hopeful(const void *ctx)
{
    (void)ctx;
    return true;
}

static void destroy(void *ctx)
{
    struct xe__net *self = ctx;

    xe_net_destroy(self->net);
    xe_free(self);
}

static bool plug_in(struct xe__net *self)
{
    /* The controller itself is not there: an access faults. Only its clock is. */
    static const struct xe_device_type type = {
        .id = XE_DEVICE_ETHERNET, .tick = tick, .hopeful = hopeful};

    if (!self->alone)
        self->net = xe_net_create();
    return (self->alone || self->net) && xe_kernel_device_add(self->kernel, &type, self);
}

static void *create(struct xe_kernel *kernel)
{
    struct xe__net *self = xe_calloc(1, sizeof(*self));

    if (!self)
        return NULL;
    self->kernel = kernel;
    self->alone = xe_kernel_config_get(kernel)->network == XE_NET_NONE;
    if (plug_in(self))
        return self;
    destroy(self);
    return NULL;
}

static void events_state(struct xe_codec *c, struct xe__net *self, uint32_t slot)
{
    bool there = self->event[slot][0];

    xe_codec_item(c, "events of socket", slot);
    xe_codec_bool(c, "there", &there);
    for (uint32_t side = 0; side < XE__NET_SIDES; side++) {
        struct xe_object **event = &self->event[slot][side];

        if (xe_codec_loading(c))
            *event = NULL;
        if (there && !c->stopped)
            xe__kernel_state_object(c, "event", event);
        xe_codec_want(c, !there || (*event && (*event)->type == &xe_object_event_type),
                      "a socket's event is none");
    }
}

static void holds(const void *ctx, void (*fn)(void *fn_ctx, const struct xe_object *object),
                  void *fn_ctx)
{
    const struct xe__net *self = ctx;

    for (uint32_t slot = 0; slot < XE_NET_SOCKETS; slot++)
        for (uint32_t side = 0; side < XE__NET_SIDES; side++)
            if (self->event[slot][side])
                fn(fn_ctx, self->event[slot][side]);
    for (uint32_t slot = 0; slot < XE_NET_SOCKETS; slot++)
        if (self->watch[slot].event)
            fn(fn_ctx, self->watch[slot].event);
    for (uint32_t i = 0; i < self->pendings; i++)
        fn(fn_ctx, self->pending[i].done);
}

/* Loading, nobody being there: sockets, where the title had asked for one. */
static void be_asked(struct xe_codec *c, struct xe__net *self)
{
    xe_net_destroy(self->net);
    memset(self->event, 0, sizeof(self->event));
    memset(self->watch, 0, sizeof(self->watch));
    self->net = self->asked ? xe_net_create() : NULL;
    if (self->asked && !self->net)
        xe_codec_fail(c, XE_ERR_NO_MEMORY, "no memory for a network");
}

void xe__kernel_net_state(struct xe_codec *c, void *ctx)
{
    struct xe__net *self = ctx;

    xe_codec_up_to(c, "sockets", &self->asked, self->alone);
    XE_CODEC(c, self->link_port);
    xe__net_pending_state(c, self);
    if (xe_codec_loading(c) && self->alone)
        be_asked(c, self);
    if (!self->net || c->stopped)
        return;
    xe_net_state(c, self->net);
    for (uint32_t slot = 0; slot < XE_NET_SOCKETS && !c->stopped; slot++) {
        events_state(c, self, slot);
        xe__net_watch_state(c, self, slot);
    }
    xe_codec_item(c, NULL, 0);
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
    XE_HLE(XAM, NetDll_WSAGetLastError, wsa_get_last_error, "-> u32"),
    XE_HLE(XAM, NetDll_WSASetLastError, wsa_set_last_error, "error:u32 -> void"),
    XE_HLE(XAM, NetDll_inet_addr, inet_addr, "text:cstr -> u32"),
    XE_HLE_END,
};

const struct xe_family xe_family_net = {
    .name = "network",
    .exports = exports,
    .create = create,
    .destroy = destroy,
    .state = xe__kernel_net_state,
    .holds = holds,
};
