/* Rows of net.*: the network inside of an instance, and what a client does there as a peer. */
#include <stdio.h>

#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define NET    struct xe_rpc_net_view
#define SOCKET struct xe_rpc_socket_view
#define CAME   struct xe_rpc_came_view
#define ITEM   struct xe_rpc_came_item_view
#define PEER   struct xe_rpc_peer_view

static const char *const mode_words[] = {XE_NET_MODE_WORDS, NULL};
static const struct xe_rpc_type mode = {.kind = XE_RPC_KIND_ENUM, .values = mode_words};
static const char *const state_words[] = {XE_NET_STATE_WORDS, NULL};
static const struct xe_rpc_type state = {.kind = XE_RPC_KIND_ENUM, .values = state_words};
static const char *const side_words[] = {"console", "peer", NULL};
static const struct xe_rpc_type side = {.kind = XE_RPC_KIND_ENUM, .values = side_words};
static const char *const protocol_words[] = {"udp", "tcp", NULL};
static const struct xe_rpc_type protocol = {.kind = XE_RPC_KIND_ENUM, .values = protocol_words};

static void address_text(const void *value, char *text, size_t size)
{
    uint32_t address = *(const uint32_t *)value;

    snprintf(text, size, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
             address & 255);
}

/* ---- results -------------------------------------------------------------------------------- */

const struct xe_rpc_type xe_rpc_net_socket = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("socket", SOCKET, info.number, NULL, "its number: the title's, or of a peer"),
        M_VALUE("side", SOCKET, info.outside, &side, "whose it is"),
        M_VALUE("protocol", SOCKET, info.stream, &protocol, "what it speaks"),
        M_VALUE("state", SOCKET, info.state, &state, "how it is"),
        M_MADE("address", SOCKET, info.local.address, address_text,
               "of this end; 0.0.0.0: any of the console's, or none yet"),
        M_INT("port", SOCKET, info.local.port, NULL, "of this end; 0: none yet"),
        M_MADE("remote_address", SOCKET, info.remote.address, address_text,
               "of the other end; absent: there is none", WHEN_SET(SOCKET, info.remote.port)),
        M_INT("remote_port", SOCKET, info.remote.port, NULL,
              "of the other end; absent: there is none", WHEN_SET(SOCKET, info.remote.port)),
        M_INT("other", SOCKET, info.other, NULL, "socket at the other end; absent: none, or gone",
              WHEN_SET(SOCKET, info.other)),
        M_INT("bytes", SOCKET, info.unread, "bytes",
              "that came and were not read; a peer's: that are kept for net.recv"),
        M_INT("packets", SOCKET, info.datagrams, "packets", "the same in packets"),
        M_INT("came", SOCKET, info.came, "packets", "that ever came"),
        M_INT("lost", SOCKET, info.lost, "packets", "of those, for which there was no room (left)"),
        M_BOOL("ended", SOCKET, info.ended, "the other end sends no more"),
        M_END,
    }};
static const struct xe_rpc_field socket_item = {.name = "socket", .type = &xe_rpc_net_socket};
static const struct xe_rpc_type socket_list = {.kind = XE_RPC_KIND_ARRAY, .items = &socket_item};

#define NAME struct xe_rpc_net_name_view
const struct xe_rpc_type xe_rpc_net_name = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("name", NAME, text, "that the title can look up"),
        M_MADE("address", NAME, address, address_text, "whom it leads to"),
        M_END,
    }};
static const struct xe_rpc_field name_item = {.name = "name", .type = &xe_rpc_net_name};
static const struct xe_rpc_type name_list = {.kind = XE_RPC_KIND_ARRAY, .items = &name_item};

const struct xe_rpc_type xe_rpc_net = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(NET, base.),
        M_VALUE("network", NET, mode, &mode, "the setting"),
        M_MADE("address", NET, address, address_text, "the console's; absent: nobody is there",
               WHEN_SET(NET, mode)),
        M_INT("latency_us", NET, latency_us, "us", "that a packet is on its way"),
        M_INT("flying", NET, flying, "packets", "on their way"),
        M_VALUE("items", NET, items, &socket_list, "sockets, the title's first"),
        M_VALUE("names", NET, names, &name_list, "that the title can look up, oldest first"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_net_peer = {.kind = XE_RPC_KIND_OBJECT,
                                            .members = (const struct xe_rpc_member[]){
                                                M_BASE(PEER, base.),
                                                M_INT("peer", PEER, peer, NULL, "its number"),
                                                M_END,
                                            }};

const struct xe_rpc_type xe_rpc_net_item = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("number", ITEM, item.number, NULL, "1, 2, 3 ... of this peer's"),
        M_MADE("address", ITEM, item.from.address, address_text, "where it came from"),
        M_INT("port", ITEM, item.from.port, NULL, "where it came from"),
        M_STRING("bytes", ITEM, digits, "hexadecimal digits"),
        M_END,
    }};
static const struct xe_rpc_field came_item = {.name = "item", .type = &xe_rpc_net_item};
static const struct xe_rpc_type came_list = {.kind = XE_RPC_KIND_ARRAY, .items = &came_item};

const struct xe_rpc_type xe_rpc_net_came = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(CAME, base.),
        M_STRUCT("socket", CAME, socket, &xe_rpc_net_socket, "the peer"),
        M_VALUE("items", CAME, items, &came_list, "what came, oldest first"),
        M_INT("next", CAME, next, NULL, "from which to ask on"),
        M_END,
    }};

/* ---- methods -------------------------------------------------------------------------------- */

#define PARAM_PEER                                                                                 \
    {                                                                                              \
        "peer", &xe_rpc_int, REQUIRED, 1, UINT32_MAX, "its number", 0                              \
    }
#define PARAM_ADDRESS                                                                              \
    {                                                                                              \
        "address", &xe_rpc_string, OPTIONAL, 7, 15, "the peer's; default 10.0.0.1", 0              \
    }
#define CHANGE_ERRORS                                                                              \
    XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,                \
        XE_ERR_INVALID_PARAMS, XE_ERR_QUOTA_EXCEEDED, XE_ERR_WORKER_LOST

const struct xe_rpc_method xe_rpc_method_net_close = {
    .name = "net.close",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc = "A peer ends: the title is told that no more comes, and what it sends is refused. Kept "
           "in the input log.",
    .result = &xe_rpc_changed,
    .errors = {CHANGE_ERRORS},
    .params = {PARAM_INSTANCE, PARAM_PEER},
};

const struct xe_rpc_method xe_rpc_method_net_connect = {
    .name = "net.connect",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc = "A new peer begins to connect to a port of the console's; net.status tells what came of "
           "that. Kept in the input log.",
    .result = &xe_rpc_net_peer,
    .errors = {CHANGE_ERRORS},
    .params =
        {
            PARAM_INSTANCE,
            {"port", &xe_rpc_int, REQUIRED, 1, 65535, "of the console", 0},
            PARAM_ADDRESS,
            {"from_port", &xe_rpc_int, OPTIONAL, 0, 65535, "the peer's; 0: the next one", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_net_listen = {
    .name = "net.listen",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc = "A new peer that the title can connect to, each connection making another peer; or, by "
           "UDP, that datagrams come to and go from. Kept in the input log.",
    .result = &xe_rpc_net_peer,
    .errors = {CHANGE_ERRORS},
    .params =
        {
            PARAM_INSTANCE,
            {"protocol", &protocol, REQUIRED, 0, 0, "tcp or udp", 0},
            {"port", &xe_rpc_int, REQUIRED, 0, 65535, "the peer's; 0: the next one", 0},
            PARAM_ADDRESS,
        },
};

const struct xe_rpc_method xe_rpc_method_net_name = {
    .name = "net.name",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc = "A name that the title can look up (XNetDnsLookup) gets an address; without one it is "
           "forgotten. Kept in the input log.",
    .result = &xe_rpc_changed,
    .errors = {CHANGE_ERRORS},
    .params =
        {
            PARAM_INSTANCE,
            {"name", &xe_rpc_string, REQUIRED, 1, XE_NET_NAME - 1,
             "printable, without blanks; capitals make no difference", 0},
            {"address", &xe_rpc_string, OPTIONAL, 7, 15, "whom it leads to", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_net_recv = {
    .name = "net.recv",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "What came to a peer, packet by packet; the newest 256 KiB or 1024 packets are kept. "
           "Asking changes nothing.",
    .result = &xe_rpc_net_came,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_INVALID_PARAMS, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            PARAM_PEER,
            {"from", &xe_rpc_int, OPTIONAL, 0, XE_SETTING_COUNT_MAX, "number to begin with", 0},
            {"limit", &xe_rpc_int, OPTIONAL, 1, XE_NET_KEPT_MAX, "packets, at most; default 100",
             100},
        },
};

const struct xe_rpc_method xe_rpc_method_net_send = {
    .name = "net.send",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc = "A peer sends on its connection, or by UDP a datagram to a port of the console's. Kept "
           "in the input log.",
    .result = &xe_rpc_changed,
    .errors = {CHANGE_ERRORS},
    .params =
        {
            PARAM_INSTANCE,
            PARAM_PEER,
            {"bytes", &xe_rpc_string, REQUIRED, 2, 131072, "hexadecimal digits", 0},
            {"port", &xe_rpc_int, OPTIONAL, 0, 65535, "of the console; by UDP only", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_net_status = {
    .name = "net.status",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The network inside of an instance: all sockets, the title's and those of peers.",
    .result = &xe_rpc_net,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};
