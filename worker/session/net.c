/* net.*: the network inside of the session's instance, and what peers do there. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/json_bits.h"
#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/net.h"

#define DEFAULT_PEER "10.0.0.1"

/* ---- parameters ----------------------------------------------------------------------------- */

/* "10.0.0.1"; false: it is none. */
static bool read_address(const char *text, uint32_t *ret)
{
    uint32_t address = 0;

    for (unsigned part = 0; part < 4; part++) {
        char *end;
        unsigned long value = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 256;

        if (value > 255 || end - text > 3 || *end != (part < 3 ? '.' : '\0'))
            return false;
        address = address << 8 | (uint32_t)value;
        text = end + 1;
    }
    *ret = address;
    return true;
}

static bool place_of(const struct xe_rpc_call *call, const char *port, struct xe_net_place *ret,
                     struct xe_error *err)
{
    const char *text =
        xe_rpc_has(call, "address") ? xe_rpc_arg_string(call, "address") : DEFAULT_PEER;

    ret->port = (uint32_t)xe_rpc_arg_int(call, port);
    return read_address(text, &ret->address) ||
           xe_error_set(err, XE_ERR_INVALID_PARAMS,
                        "address: expected one like 10.0.0.1, found '%s'", text);
}

static bool may_enter(struct xe_rpc_call *call, struct xe_error *err)
{
    const struct xe_session *session = xe__session(call);

    return !session->active || xe_error_set(err, XE_ERR_RUN_IN_PROGRESS,
                                            "run r-%" PRIu64 " is going on", session->runs);
}

/* ---- acting --------------------------------------------------------------------------------- */

static void reply_peer(struct xe_rpc_call *call, struct xe_instance *instance, bool done,
                       uint32_t peer, struct xe_error *err)
{
    struct xe_rpc_peer_view view;

    xe__rpc_session_tell_taint(xe__session(call));
    if (!done) {
        xe_rpc_fail(call, err);
        return;
    }
    view = (struct xe_rpc_peer_view){xe__rpc_session_base(call, instance), peer};
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_net_peer, &view));
}

void xe__session_net_listen(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    bool stream = strcmp(xe_rpc_arg_string(call, "protocol"), "tcp") == 0;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_net_place at;
    uint32_t peer = 0;
    bool done;

    if (!instance)
        return;
    done = may_enter(call, &err) && place_of(call, "port", &at, &err) &&
           xe_instance_net_listen(instance, stream, at, &peer, &err);
    reply_peer(call, instance, done, peer, &err);
}

void xe__session_net_connect(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    uint32_t port = (uint32_t)xe_rpc_arg_int(call, "port"), peer = 0;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_net_place at;
    bool done;

    if (!instance)
        return;
    done = may_enter(call, &err) && place_of(call, "from_port", &at, &err) &&
           xe_instance_net_connect(instance, at, port, &peer, &err);
    reply_peer(call, instance, done, peer, &err);
}

static void reply_changed(struct xe_rpc_call *call, struct xe_instance *instance, bool done,
                          struct xe_error *err)
{
    xe__rpc_session_tell_taint(xe__session(call));
    if (done)
        xe__session_reply_changed(call, instance);
    else
        xe_rpc_fail(call, err);
}

static bool send_bytes(struct xe_rpc_call *call, struct xe_instance *instance, struct xe_error *err)
{
    const char *digits = xe_rpc_arg_string(call, "bytes");
    size_t size = strlen(digits) / 2;
    uint8_t *bytes = malloc(size + 1);
    bool done;

    if (!bytes)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "net.send: no memory");
    done = (!(strlen(digits) % 2) && xe__rpc_hex_read(digits, bytes, size)) ||
           xe_error_set(err, XE_ERR_INVALID_PARAMS, "bytes: expected pairs of hexadecimal digits");
    done = done &&
           xe_instance_net_send(instance, (uint32_t)xe_rpc_arg_int(call, "peer"),
                                (uint32_t)xe_rpc_arg_int(call, "port"), bytes, (uint32_t)size, err);
    free(bytes);
    return done;
}

void xe__session_net_send(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;

    if (instance)
        reply_changed(call, instance, may_enter(call, &err) && send_bytes(call, instance, &err),
                      &err);
}

void xe__session_net_close(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    uint32_t peer = (uint32_t)xe_rpc_arg_int(call, "peer");
    struct xe_error err = XE_ERROR_INIT;

    if (instance)
        reply_changed(call, instance,
                      may_enter(call, &err) && xe_instance_net_close(instance, peer, &err), &err);
}

void xe__session_net_name(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    const char *text = xe_rpc_arg_string(call, "address");
    struct xe_error err = XE_ERROR_INIT;
    uint32_t address = 0;
    bool done;

    if (!instance)
        return;
    done = !xe_rpc_has(call, "address") || (read_address(text, &address) && address) ||
           xe_error_set(&err, XE_ERR_INVALID_PARAMS,
                        "address: expected one like 10.0.0.1, found '%s'", text);
    reply_changed(
        call, instance,
        done && may_enter(call, &err) &&
            xe_instance_net_name(instance, xe_rpc_arg_string(call, "name"), address, &err),
        &err);
}

/* ---- looking -------------------------------------------------------------------------------- */

static void add_socket(void *ctx, const struct xe_net_info *info)
{
    const struct xe_rpc_socket_view view = {*info};

    json_array_append_new(ctx, xe_rpc_write(&xe_rpc_net_socket, &view));
}

static void add_name(void *ctx, const struct xe_net_name *name)
{
    const struct xe_rpc_net_name_view view = {name->text, name->address};

    json_array_append_new(ctx, xe_rpc_write(&xe_rpc_net_name, &view));
}

void xe__session_net_status(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_net_view view;
    const struct xe_net *net;

    if (!instance)
        return;
    net = xe_kernel_net(xe_instance_kernel(instance));
    view = (struct xe_rpc_net_view){.base = xe__rpc_session_base(call, instance),
                                    .mode = net ? XE_NET_VIRTUAL : XE_NET_NONE,
                                    .address = XE_NET_ADDRESS,
                                    .latency_us = XE_NET_LATENCY / 10,
                                    .flying = net ? xe_net_flying(net) : 0,
                                    .items = json_array(),
                                    .names = json_array()};
    if (net) {
        xe_net_visit(net, add_socket, view.items);
        xe_net_names(net, add_name, view.names);
    }
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_net, &view));
    json_decref(view.items);
    json_decref(view.names);
}

struct came {
    json_t *items;
    size_t limit;
    uint64_t next;
};

static bool add_item(void *ctx, const struct xe_net_item *item)
{
    struct came *came = ctx;
    struct xe_rpc_came_item_view view = {*item, xe__rpc_hex_text(item->bytes, item->size)};

    json_array_append_new(came->items, xe_rpc_write(&xe_rpc_net_item, &view));
    free((void *)(uintptr_t)view.digits);
    came->next = item->number + 1;
    return json_array_size(came->items) < came->limit;
}

void xe__session_net_recv(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    uint32_t peer = (uint32_t)xe_rpc_arg_int(call, "peer");
    uint64_t from = (uint64_t)xe_rpc_arg_int(call, "from");
    struct came came = {NULL, (size_t)xe_rpc_arg_int(call, "limit"), from};
    struct xe_error err = XE_ERROR_INIT;
    struct xe_rpc_came_view view;
    const struct xe_net *net;

    if (!instance)
        return;
    net = xe_kernel_net(xe_instance_kernel(instance));
    if (!net || !xe_net_peer(net, peer, &view.socket.info)) {
        xe_error_set(&err, XE_ERR_INVALID_PARAMS, "there is no peer %u", peer);
        xe_rpc_fail(call, &err);
        return;
    }
    came.items = json_array();
    xe_net_kept(net, peer, from, add_item, &came);
    view.base = xe__rpc_session_base(call, instance);
    view.items = came.items;
    view.next = came.next;
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_net_came, &view));
    json_decref(came.items);
}
