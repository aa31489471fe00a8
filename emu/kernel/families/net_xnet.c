/* XNet: keys of sessions, the port of system link, and how good connections are. Nobody is there
 * who could be asked for that: probes end at once, without an answer. Source: xkelib (argument
 * lists, XNKID, XNQOS); the XNet documentation's words for flags, the first digit of an identifier,
 * and system link's default port. Guess: keys are not checked when they are registered; nothing
 * here uses one. */
#include <string.h>

#include "kernel/families/net_call.h"

#define KEY_ID_SIZE  8u
#define KEY_SIZE     16u
#define QOS_HEAD     8u  /* count, pending */
#define QOS_SIZE     24u /* of one */
#define QOS_COMPLETE 1u  /* flags, its first byte; without 2 nobody was contacted */
#define QOS_MAX      64u
#define STATS_SIZE   28u /* its own size, then counts */
#define LINK_PORT    3074u

/* ---- keys ----------------------------------------------------------------------------------- */

/* An identifier of system link begins with a zero digit. */
static void create_key(struct xe_call *call)
{
    uint8_t *id = xe_arg_view_rw(call, 1, KEY_ID_SIZE), *key = xe_arg_view_rw(call, 2, KEY_SIZE);

    if (!id || !key) {
        xe_ret_u32(call, XE_NET_EFAULT);
        return;
    }
    xe__kernel_random(call->kernel, id, KEY_ID_SIZE);
    xe__kernel_random(call->kernel, key, KEY_SIZE);
    id[0] &= 0x0F;
    xe_ret_u32(call, 0);
}

static void register_key(struct xe_call *call)
{
    bool there = xe_arg_view(call, 1, KEY_ID_SIZE) && xe_arg_view(call, 2, KEY_SIZE);

    xe_ret_u32(call, there ? 0 : XE_NET_EFAULT);
}

static void unregister_key(struct xe_call *call)
{
    xe_ret_u32(call, xe_arg_view(call, 1, KEY_ID_SIZE) ? 0 : XE_NET_EFAULT);
}

/* ---- system link ---------------------------------------------------------------------------- */

/* What is kept is the distance from the default. */
static void get_link_port(struct xe_call *call)
{
    uint8_t *p = xe_arg_view_rw(call, 1, 2);

    if (p)
        xe_store_be16(p, (uint16_t)(LINK_PORT + xe__net_of(call->kernel)->link_port));
    xe_ret_u32(call, p ? 0 : XE_NET_EFAULT);
}

static void set_link_port(struct xe_call *call)
{
    xe__net_of(call->kernel)->link_port = (uint16_t)(xe_arg_u32(call, 1) - LINK_PORT);
    xe_ret_u32(call, 0);
}

/* ---- qualities ------------------------------------------------------------------------------ */

/* (caller, id, data, size, bits, flags): who would ask for the data isn't there. */
static void qos_listen(struct xe_call *call)
{
    uint32_t size = xe_arg_u32(call, 3);
    bool there = xe_arg_view(call, 1, KEY_ID_SIZE) &&
                 (!size || !xe_arg_gva(call, 2) || xe_arg_view(call, 2, size));

    xe_ret_u32(call, there ? 0 : XE_NET_EFAULT);
}

/* (caller, consoles, ..., addresses, ...): event and place are the eleventh and twelfth. */
static void qos_lookup(struct xe_call *call)
{
    uint32_t consoles = xe_arg_u32(call, 1), addresses = xe_arg_u32(call, 5), count;
    xe_gva at;

    if (consoles > QOS_MAX || addresses > QOS_MAX) {
        xe_ret_u32(call, XE_NET_EINVAL);
        return;
    }
    count = consoles + addresses;
    at = xe__net_looked_up(call, 10, 11, QOS_HEAD + QOS_SIZE * (count ? count : 1), count);
    for (uint32_t i = 0; at && i < count; i++)
        xe_mem_set_u32(call->mem, at + QOS_HEAD + QOS_SIZE * i, QOS_COMPLETE << 24);
}

static void qos_service_lookup(struct xe_call *call)
{
    xe__net_looked_up(call, 2, 3, QOS_HEAD + QOS_SIZE, 0);
}

static void qos_stats(struct xe_call *call)
{
    uint8_t *p = xe_arg_view(call, 1, KEY_ID_SIZE) ? xe_arg_view_rw(call, 2, STATS_SIZE) : NULL;

    if (!p) {
        xe_ret_u32(call, XE_NET_EFAULT);
        return;
    }
    if (xe_load_be32(p) != STATS_SIZE) {
        xe_ret_u32(call, XE_NET_EINVAL);
        return;
    }
    memset(p + 4, 0, STATS_SIZE - 4);
    xe_ret_u32(call, 0);
}

const struct xe_hle xe_hle_xnet[] = {
    XE_HLE(XAM, NetDll_XNetCreateKey, create_key, "caller:u32 id:ptr key:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetRegisterKey, register_key, "caller:u32 id:ptr key:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetUnregisterKey, unregister_key, "caller:u32 id:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetGetSystemLinkPort, get_link_port, "caller:u32 port:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetSetSystemLinkPort, set_link_port, "caller:u32 port:u16 -> u32"),
    XE_HLE(XAM, NetDll_XNetQosListen, qos_listen,
           "caller:u32 id:ptr data:ptr size:u32 bits:u32 flags:u32 -> u32"),
    XE_HLE(XAM, NetDll_XNetQosLookup, qos_lookup,
           "caller:u32 consoles:u32 console:ptr id:ptr key:ptr addresses:u32 address:ptr "
           "service:ptr bits:u32 flags:u32 event:handle qos:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetQosServiceLookup, qos_service_lookup,
           "caller:u32 flags:u32 event:handle qos:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetQosRelease, xe__net_release, "caller:u32 qos:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetQosGetListenStats, qos_stats, "caller:u32 id:ptr stats:ptr -> u32"),
    XE_HLE_END,
};
