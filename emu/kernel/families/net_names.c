/* What a title asks of the network besides sockets: names, addresses, and events that Winsock
 * makes. Lookups end at once, and find what a client says there is. Source:
 * doc/facts/kernel-calls.md, sections 1.2 and 14. */
#include <stdio.h>
#include <string.h>

#include "kernel/families/net_call.h"
#include "kernel/core/kernel_internal.h"

#define ERROR_INVALID_HANDLE    6u
#define ERROR_INVALID_PARAMETER 0x57u
#define HOST_NOT_FOUND          11001u
#define DNS_SIZE                0x28u /* status, count, eight addresses */
#define PARAMS_SIZE             13u

static void one(struct xe_call *call)
{
    xe_ret_u32(call, 1);
}

/* ---- lookups -------------------------------------------------------------------------------- */

xe_gva xe__net_looked_up(struct xe_call *call, unsigned event, unsigned n, uint32_t size,
                         uint32_t first)
{
    xe_gva at = xe_arg_view_rw(call, n, 4)
                    ? xe_kernel_pool_alloc_for(call->kernel, size, XE_POOL_TITLE)
                    : 0;
    struct xe_object *object = xe_kernel_handle_object(call->kernel, xe_arg_u32(call, event));

    if (!at) {
        xe_ret_u32(call, xe_arg_view_rw(call, n, 4) ? XE_NET_ENOBUFS : XE_NET_EFAULT);
        return 0;
    }
    for (uint32_t i = 0; i < size; i += 4)
        xe_mem_set_u32(call->mem, at + i, i ? 0 : first);
    xe_mem_set_u32(call->mem, xe_arg_gva(call, n), at);
    if (object && object->type == &xe_object_event_type)
        xe_kernel_event_set(object, xe_arg_u32(call, event));
    xe_ret_u32(call, 0);
    return at;
}

static void dns_lookup(struct xe_call *call)
{
    const struct xe_net *net = xe_kernel_net(call->kernel);
    char name[XE_NET_NAME];
    uint32_t address;
    xe_gva at;

    xe_arg_cstr(call, 1, name, sizeof(name));
    address = net ? xe_net_lookup(net, name) : 0;
    at = xe__net_looked_up(call, 2, 3, DNS_SIZE, address ? 0 : HOST_NOT_FOUND);
    if (!at || !address)
        return;
    xe_mem_set_u32(call->mem, at + 4, 1);
    xe_mem_set_u32(call->mem, at + 8, address);
}

void xe__net_release(struct xe_call *call)
{
    bool freed = xe_kernel_pool_free_for(call->kernel, xe_arg_gva(call, 1), XE_POOL_TITLE);

    xe_ret_u32(call, freed ? 0 : XE_NET_EINVAL);
}

/* ---- addresses and options ------------------------------------------------------------------ */

static void in_addr_to_string(struct xe_call *call)
{
    uint32_t address = xe_arg_u32(call, 1), size = xe_arg_u32(call, 3), length;
    char text[16];
    char *p;

    length = (uint32_t)snprintf(text, sizeof(text), "%u.%u.%u.%u", address >> 24,
                                address >> 16 & 255, address >> 8 & 255, address & 255);
    p = size > length ? xe_arg_view_rw(call, 2, length + 1) : NULL;
    if (p)
        memcpy(p, text, length + 1);
    xe_ret_u32(call, p ? 0 : size > length ? XE_NET_EFAULT : XE_NET_EMSGSIZE);
}

/* Of the parameters of XNetStartup only their size is told.
 * Guess: all others are the defaults, which are 0 here. */
static void get_opt(struct xe_call *call)
{
    uint8_t *room = xe_arg_view_rw(call, 3, 4), *p;

    if (xe_arg_u32(call, 1) != 1 || !room) {
        xe_ret_u32(call, room ? XE_NET_EINVAL : XE_NET_EFAULT);
        return;
    }
    p = xe_load_be32(room) >= PARAMS_SIZE ? xe_arg_view_rw(call, 2, PARAMS_SIZE) : NULL;
    if (p) {
        memset(p, 0, PARAMS_SIZE);
        p[0] = PARAMS_SIZE;
    }
    xe_ret_u32(call, p ? 0 : XE_NET_EMSGSIZE);
    xe_store_be32(room, PARAMS_SIZE);
}

static void no_debug_address(struct xe_call *call)
{
    uint8_t *p = xe_arg_view_rw(call, 1, 0x24);

    if (p)
        memset(p, 0, 0x24);
    xe_ret_u32(call, 1);
}

/* ---- events --------------------------------------------------------------------------------- */

static void create_event(struct xe_call *call)
{
    struct xe_object *event = xe_kernel_event_create(call->kernel, true, false);
    xe_handle handle = event ? xe_kernel_handle_open(event) : 0;

    if (event)
        xe_kernel_object_unref(event);
    if (!handle)
        xe_kernel_thread_set_last_error(call->thread, XE_NET_ENOBUFS);
    xe_ret_u32(call, handle);
}

/* NULL: the call has failed. */
static struct xe_object *event_of(struct xe_call *call)
{
    struct xe_object *event = xe_kernel_handle_object(call->kernel, xe_arg_u32(call, 0));

    if (event && event->type == &xe_object_event_type)
        return event;
    xe_kernel_thread_set_last_error(call->thread, ERROR_INVALID_HANDLE);
    xe_ret_u32(call, 0);
    return NULL;
}

static void set_event(struct xe_call *call)
{
    struct xe_object *event = event_of(call);

    if (!event)
        return;
    xe_kernel_event_set_by(event, xe_arg_u32(call, 0), XE_INCREMENT);
    xe_ret_u32(call, 1);
}

static void reset_event(struct xe_call *call)
{
    struct xe_object *event = event_of(call);

    if (!event)
        return;
    xe_kernel_event_reset(event, xe_arg_u32(call, 0));
    xe_ret_u32(call, 1);
}

static void close_event(struct xe_call *call)
{
    if (!event_of(call))
        return;
    xe_kernel_handle_close(call->kernel, xe_arg_u32(call, 0));
    xe_ret_u32(call, 1);
}

static void fail(struct xe_call *call, uint32_t error)
{
    xe_kernel_thread_set_last_error(call->thread, error);
    xe_ret_u32(call, UINT32_MAX);
}

/* Here 1 is all, in the kernel's own calls 0 is. */
static void wait_for_events(struct xe_call *call)
{
    uint32_t count = xe_arg_u32(call, 0), ms = xe_arg_u32(call, 3);
    const uint8_t *handle =
        count && count <= XE_WAIT_OBJECTS ? xe_arg_view(call, 1, 4 * count) : NULL;
    struct xe_wait_request request = {.count = count,
                                      .all = xe_arg_u32(call, 2) != 0,
                                      .alertable = xe_arg_u32(call, 4) != 0,
                                      .user_mode = true,
                                      .timeout = ms == UINT32_MAX ? XE_WAIT_FOREVER
                                                                  : -(int64_t)ms * 10000};

    if (!handle) {
        fail(call, ERROR_INVALID_PARAMETER);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        request.key[i] = xe_load_be32(handle + 4 * i);
        request.object[i] = xe_kernel_handle_object(call->kernel, request.key[i]);
        if (!request.object[i] || request.object[i]->type != &xe_object_event_type) {
            fail(call, ERROR_INVALID_HANDLE);
            return;
        }
    }
    xe_kernel_wait(call->thread, &request);
}

const struct xe_hle xe_hle_net_names[] = {
    XE_HLE(XAM, NetDll_XNetDnsLookup, dns_lookup,
           "caller:u32 host:cstr event:handle dns:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetDnsRelease, xe__net_release, "caller:u32 dns:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetInAddrToString, in_addr_to_string,
           "caller:u32 address:u32 text:ptr size:u32 -> u32"),
    XE_HLE(XAM, NetDll_XNetXnAddrToInAddr, one, "caller:u32 address:ptr key:ptr in:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetInAddrToXnAddr, one, "caller:u32 in:u32 address:ptr key:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetXnAddrToMachineId, one, "caller:u32 address:ptr id:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetGetOpt, get_opt, "caller:u32 option:u32 value:ptr size:ptr -> u32"),
    XE_HLE(XAM, NetDll_XNetGetDebugXnAddr, no_debug_address, "caller:u32 address:ptr -> u32"),
    XE_HLE(XAM, NetDll_WSACreateEvent, create_event, "-> handle"),
    XE_HLE(XAM, NetDll_WSACloseEvent, close_event, "event:handle -> bool"),
    XE_HLE(XAM, NetDll_WSASetEvent, set_event, "event:handle -> bool"),
    XE_HLE(XAM, NetDll_WSAResetEvent, reset_event, "event:handle -> bool"),
    XE_HLE(XAM, NetDll_WSAWaitForMultipleEvents, wait_for_events,
           "count:u32 events:ptr all:bool timeout_ms:u32 alertable:bool -> u32"),
    XE_HLE_END,
};
