/* What peers on the network inside of the instance do, as inputs of the log.
 *
 * Whether it can be done is checked before anything happens; what is checked can be done, but for
 * want of memory. */
#include <stdio.h>
#include <string.h>

#include "emu/instance_internal.h"
#include "net/net.h"

/* ---- checks --------------------------------------------------------------------------------- */

static bool is_stream(const struct xe_input *input)
{
    return input->kind == XE_INPUT_NET_CONNECT || strcmp(input->protocol, "tcp") == 0;
}

struct count {
    bool stream;
    struct xe_net_place at;
    uint32_t peers;
    bool taken;
};

static void count_peer(void *ctx, const struct xe_net_info *info)
{
    struct count *count = ctx;

    if (!info->outside)
        return;
    count->peers++;
    count->taken |= info->stream == count->stream && info->local.port == count->at.port &&
                    info->local.address == count->at.address && info->state != XE_NET_CONNECTED &&
                    info->state != XE_NET_BROKEN;
}

static bool check_new(const struct xe_net *net, const struct xe_input *input, struct xe_error *err)
{
    struct count count = {.stream = is_stream(input), .at = {input->host, input->port}};

    if (input->kind == XE_INPUT_NET_LISTEN && !count.stream && strcmp(input->protocol, "udp") != 0)
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "protocol: there is no '%s'",
                            input->protocol);
    if (!input->host || xe_net_is_console(input->host) || xe_net_is_broadcast(input->host))
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "0x%08x is no address that a peer can have",
                            input->host);
    if (input->kind == XE_INPUT_NET_CONNECT && !input->to)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "port 0 can't be connected to");
    xe_net_visit(net, count_peer, &count);
    if (count.peers >= XE_NET_PEERS)
        return xe_error_set(err, XE_ERR_QUOTA_EXCEEDED, "there are %u peers, the most there can be",
                            XE_NET_PEERS);
    return !input->port || !count.taken ||
           xe_error_set(err, XE_ERR_INVALID_PARAMS, "a peer has port %u there already",
                        input->port);
}

static bool check_send(const struct xe_net *net, const struct xe_input *input,
                       const struct xe_net_info *peer, struct xe_error *err)
{
    uint32_t room = xe_net_room(net, peer->number);

    if (peer->stream && input->to)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "peer %u sends on its connection, to no port of its own choice",
                            peer->number);
    if (peer->stream && (peer->state != XE_NET_CONNECTED || !peer->other))
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "peer %u isn't connected",
                            peer->number);
    if (!peer->stream && !input->to)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "a datagram needs a port to go to");
    if (!peer->stream && input->bytes.size > XE_NET_DATAGRAM)
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "%u bytes: a datagram has %u at most",
                            input->bytes.size, XE_NET_DATAGRAM);
    return input->bytes.size <= room ||
           xe_error_set(err, XE_ERR_QUOTA_EXCEEDED,
                        "%u bytes: there is room for %u, before the title has read what it has",
                        input->bytes.size, room);
}

/* The bytes of an input as text; false: they are no name. */
static bool name_of(const struct xe_input *input, char text[XE_NET_NAME])
{
    if (!xe_net_name_is((const char *)input->bytes.data, input->bytes.size))
        return false;
    memcpy(text, input->bytes.data, input->bytes.size);
    text[input->bytes.size] = '\0';
    return true;
}

static void count_name(void *ctx, const struct xe_net_name *name)
{
    (void)name;
    ++*(uint32_t *)ctx;
}

static bool check_name(const struct xe_net *net, const struct xe_input *input, struct xe_error *err)
{
    char text[XE_NET_NAME];
    uint32_t names = 0;

    if (!name_of(input, text))
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "name: expected 1 to %u printable characters without blanks",
                            XE_NET_NAME - 1);
    if (!input->host)
        return xe_net_lookup(net, text) ||
               xe_error_set(err, XE_ERR_INVALID_PARAMS, "there is no name '%s'", text);
    xe_net_names(net, count_name, &names);
    return names < XE_NET_NAMES || xe_net_lookup(net, text) ||
           xe_error_set(err, XE_ERR_QUOTA_EXCEEDED, "there are %u names, the most there can be",
                        XE_NET_NAMES);
}

bool xe__instance_check_net(const struct xe_instance *instance, const struct xe_input *input,
                            struct xe_error *err)
{
    const struct xe_net *net = xe_kernel_net(instance->kernel);
    struct xe_net_info peer;

    if (!net)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE,
                            "nobody is on its network: it was made with network: none");
    if (input->kind == XE_INPUT_NET_LISTEN || input->kind == XE_INPUT_NET_CONNECT)
        return check_new(net, input, err);
    if (input->kind == XE_INPUT_NET_NAME)
        return check_name(net, input, err);
    if (!xe_net_peer(net, input->peer, &peer))
        return xe_error_set(err, XE_ERR_INVALID_PARAMS, "there is no peer %u", input->peer);
    return input->kind == XE_INPUT_NET_CLOSE || check_send(net, input, &peer, err);
}

/* ---- doing ---------------------------------------------------------------------------------- */

static uint32_t new_peer(struct xe_net *net, const struct xe_input *input)
{
    struct xe_net_place at = {input->host, input->port}, console = {XE_NET_ADDRESS, input->to};
    bool stream = is_stream(input);
    uint32_t peer = 0, error = xe_net_open(net, true, stream, &peer);

    if (!error)
        error = xe_net_bind(net, peer, at);
    if (!error && input->kind == XE_INPUT_NET_CONNECT)
        error = xe_net_connect(net, peer, console);
    else if (!error && stream)
        error = xe_net_listen(net, peer, XE_NET_PEERS);
    if (error && peer)
        xe_net_close(net, peer);
    return error;
}

static uint32_t act(struct xe_net *net, const struct xe_input *input)
{
    struct xe_net_place to = {XE_NET_ADDRESS, input->to};
    char text[XE_NET_NAME];

    switch (input->kind) {
    case XE_INPUT_NET_SEND:
        return xe_net_send(net, input->peer, input->to ? &to : NULL, input->bytes.data,
                           input->bytes.size);
    case XE_INPUT_NET_CLOSE:
        xe_net_close(net, input->peer);
        return 0;
    case XE_INPUT_NET_NAME:
        return name_of(input, text) ? xe_net_name_set(net, text, input->host) : XE_NET_EINVAL;
    default:
        return new_peer(net, input);
    }
}

bool xe__instance_apply_net(struct xe_instance *instance, const struct xe_input *input,
                            struct xe_error *err)
{
    struct xe_net *net;
    uint32_t error;

    if (!xe__instance_check_net(instance, input, err))
        return false;
    net = xe_kernel_net_enter(instance->kernel);
    error = act(net, input);
    xe_kernel_net_leave(instance->kernel);
    return !error ||
           xe_error_set(err, XE_ERR_QUOTA_EXCEEDED, "the network has no room for it (%u)", error);
}

/* ---- the calls ------------------------------------------------------------------------------ */

static void newest(void *ctx, const struct xe_net_info *info)
{
    uint32_t *number = ctx;

    if (info->outside && info->number > *number)
        *number = info->number;
}

static bool enter_new(struct xe_instance *instance, const struct xe_input *input,
                      uint32_t *ret_peer, struct xe_error *err)
{
    uint32_t number = 0;

    if (!xe__instance_wants_title(instance, err) || !xe__instance_enter(instance, input, err))
        return false;
    xe_net_visit(xe_kernel_net(instance->kernel), newest, &number);
    *ret_peer = number;
    return true;
}

bool xe_instance_net_listen(struct xe_instance *instance, bool stream, struct xe_net_place at,
                            uint32_t *ret_peer, struct xe_error *err)
{
    struct xe_input input = {.kind = XE_INPUT_NET_LISTEN, .host = at.address, .port = at.port};

    snprintf(input.protocol, sizeof(input.protocol), "%s", stream ? "tcp" : "udp");
    return enter_new(instance, &input, ret_peer, err);
}

bool xe_instance_net_connect(struct xe_instance *instance, struct xe_net_place at, uint32_t port,
                             uint32_t *ret_peer, struct xe_error *err)
{
    const struct xe_input input = {
        .kind = XE_INPUT_NET_CONNECT, .host = at.address, .port = at.port, .to = port};

    return enter_new(instance, &input, ret_peer, err);
}

bool xe_instance_net_send(struct xe_instance *instance, uint32_t peer, uint32_t port,
                          const void *bytes, uint32_t size, struct xe_error *err)
{
    const struct xe_input input = {.kind = XE_INPUT_NET_SEND,
                                   .peer = peer,
                                   .to = port,
                                   .bytes = {(uint8_t *)(uintptr_t)bytes, size}};

    return xe__instance_wants_title(instance, err) && xe__instance_enter(instance, &input, err);
}

bool xe_instance_net_close(struct xe_instance *instance, uint32_t peer, struct xe_error *err)
{
    const struct xe_input input = {.kind = XE_INPUT_NET_CLOSE, .peer = peer};

    return xe__instance_wants_title(instance, err) && xe__instance_enter(instance, &input, err);
}

bool xe_instance_net_name(struct xe_instance *instance, const char *name, uint32_t address,
                          struct xe_error *err)
{
    const struct xe_input input = {.kind = XE_INPUT_NET_NAME,
                                   .host = address,
                                   .bytes = {(uint8_t *)(uintptr_t)name, (uint32_t)strlen(name)}};

    return xe__instance_wants_title(instance, err) && xe__instance_enter(instance, &input, err);
}
