/* Sockets of the GDB stub; see gdb.h.
 *
 * Nothing is closed or freed where it ends: an answer of a worker, a packet of gdb or a removed
 * instance only leave a mark, and work at the end of the loop's turn does it. That also sets what
 * is waited for: input only while the engine takes some and the client reads. */
#include "daemon/gdb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/daemon.h"
#include "daemon/note.h"
#include "rpc/api/daemon_views.h"
#include "rpc/gdb/bridge.h"
#include "rpc/api/member.h"

#define OUT_MAX (64u * 1024u) /* more than that unread by the client: take no further packet */

struct xe_gdb_stub {
    struct xe_daemon *daemon;
    struct xe_instance_entry *entry; /* NULL: gone */
    struct xe_watch listen_watch, client_watch;
    struct xe_work tending; /* at the end of this turn */
    int listener, client;   /* owned, or -1 */
    int spare;              /* owned: a descriptor to give up; see accept_one */
    char host[INET6_ADDRSTRLEN];
    uint16_t port;
    enum xe_gdb_view view;
    struct xe_gdb_bridge *bridge; /* owned; NULL: no client */
    uint32_t events;              /* of the client, as epoll has them */
    uint8_t *out;                 /* owned: what the client has not taken */
    size_t out_used, out_room;
    bool ended;      /* close everything */
    bool client_end; /* close the client when it has everything */
    bool client_gone;
};

void xe_gdb_stub_tend(struct xe_gdb_stub *stub)
{
    if (stub)
        xe_loop_post(&stub->daemon->loop, &stub->tending);
}

/* ---- the client ----------------------------------------------------------------------------- */

static void flush(struct xe_gdb_stub *stub)
{
    ssize_t n = 1;

    while (stub->out_used > 0 && n > 0 && !stub->client_gone) {
        n = send(stub->client, stub->out, stub->out_used, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n > 0) {
            stub->out_used -= (size_t)n;
            memmove(stub->out, stub->out + n, stub->out_used);
        } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
            stub->client_gone = true;
        }
    }
}

static void client_send(void *ctx, const void *bytes, size_t size)
{
    struct xe_gdb_stub *stub = ctx;

    if (stub->out_used + size > stub->out_room) {
        stub->out_room = stub->out_used + size + OUT_MAX;
        stub->out = realloc(stub->out, stub->out_room);
        if (!stub->out)
            abort();
    }
    memcpy(stub->out + stub->out_used, bytes, size);
    stub->out_used += size;
    flush(stub);
}

static void client_end(void *ctx)
{
    struct xe_gdb_stub *stub = ctx;

    stub->client_end = true;
}

static void client_close(struct xe_gdb_stub *stub)
{
    struct xe_gdb_bridge *bridge = stub->bridge;

    stub->bridge = NULL;
    xe_gdb_bridge_close(bridge);
    xe_loop_forget(&stub->daemon->loop, &stub->client_watch);
    close(stub->client);
    stub->client = -1;
    free(stub->out);
    stub->out = NULL;
    stub->out_used = stub->out_room = 0;
    stub->client_end = stub->client_gone = false;
    xe_note(XE_NOTE_INFO, "gdb at %s:%u: disconnected", stub->host, stub->port);
}

/* What the bridge asks goes to the instance's worker, like any other client's call. */
static void call_worker(void *ctx, const char *method, json_t *params, xe_gdb_done *done,
                        void *done_ctx)
{
    struct xe_gdb_stub *stub = ctx;

    if (stub->entry && stub->entry->worker) {
        json_object_set_new(params, "instance", json_string(stub->entry->id));
        xe_worker_ask(stub->entry->worker, method, params, -1, NULL, done, done_ctx);
    } else {
        struct xe_error err = XE_ERROR_INIT;

        xe_error_set(&err, XE_ERR_WORKER_LOST, "the instance is gone");
        done(done_ctx, NULL, xe_rpc_error(&err, NULL));
    }
    json_decref(params);
}

static void client_read(struct xe_gdb_stub *stub)
{
    struct xe_gdb *gdb = xe_gdb_bridge_engine(stub->bridge);
    uint8_t bytes[4096];
    size_t room = xe_gdb_room(gdb);
    ssize_t n = recv(stub->client, bytes, room < sizeof(bytes) ? room : sizeof(bytes), 0);

    if (n > 0)
        xe_gdb_receive(gdb, bytes, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        stub->client_gone = true;
}

static void client_ready(void *ctx, uint32_t events)
{
    struct xe_gdb_stub *stub = ctx;

    xe_gdb_stub_tend(stub);
    if (stub->ended || stub->client_gone)
        return;
    if (events & EPOLLOUT)
        flush(stub);
    if ((events & EPOLLIN) && (stub->events & EPOLLIN) &&
        xe_gdb_room(xe_gdb_bridge_engine(stub->bridge)) > 0)
        client_read(stub);
    else if (events & (EPOLLHUP | EPOLLERR))
        stub->client_gone = true;
}

static bool client_open(struct xe_gdb_stub *stub, int fd)
{
    const struct xe_gdb_caller caller = {stub, call_worker};
    const struct xe_gdb_host host = {stub, client_send, client_end};

    stub->bridge = xe_gdb_bridge_create(&caller, &host, stub->view);
    if (!stub->bridge)
        return false;
    stub->client = fd;
    stub->events = EPOLLIN;
    stub->client_watch = (struct xe_watch){.ready = client_ready, .ctx = stub};
    xe_loop_watch(&stub->daemon->loop, &stub->client_watch, fd, stub->events);
    xe_note(XE_NOTE_INFO, "gdb at %s:%u: connected", stub->host, stub->port);
    return true;
}

/* Has the client left, and is nothing of it to be read? It may be told in this turn of the loop
 * only after the next one that knocks. */
static bool client_left(struct xe_gdb_stub *stub)
{
    char c;

    if (stub->bridge && recv(stub->client, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        stub->client_gone = true;
    return stub->bridge && stub->client_gone;
}

static int open_spare(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* -1: there is none. When the process is out of descriptors, who comes is turned away by means of
 * the spare one: left waiting, it would wake the daemon again and again. */
static int accept_one(struct xe_gdb_stub *stub)
{
    int fd = accept4(stub->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0 || (errno != EMFILE && errno != ENFILE))
        return fd;
    if (stub->spare >= 0)
        close(stub->spare);
    fd = accept4(stub->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
    stub->spare = open_spare();
    xe_note(XE_NOTE_WARN, "gdb: a connection was refused: too many open files");
    return -1;
}

static void listener_ready(void *ctx, uint32_t events)
{
    struct xe_gdb_stub *stub = ctx;
    int fd, yes = 1;

    (void)events;
    if (client_left(stub)) { /* then the next turn accepts */
        xe_gdb_stub_tend(stub);
        return;
    }
    fd = accept_one(stub);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
    if (stub->bridge || !client_open(stub, fd)) /* one debugger at a time */
        close(fd);
}

/* ---- at the end of a turn ------------------------------------------------------------------- */

static void watch_client(struct xe_gdb_stub *stub)
{
    bool takes = xe_gdb_room(xe_gdb_bridge_engine(stub->bridge)) > 0 && stub->out_used < OUT_MAX;
    uint32_t events = (takes ? EPOLLIN : 0u) | (stub->out_used > 0 ? EPOLLOUT : 0u);

    if (events != stub->events)
        xe_loop_want(&stub->daemon->loop, &stub->client_watch, events);
    stub->events = events;
}

static void tend(void *ctx)
{
    struct xe_gdb_stub *stub = ctx;
    bool client_over =
        stub->ended || stub->client_gone || (stub->client_end && stub->out_used == 0);

    if (stub->bridge && client_over)
        client_close(stub);
    else if (stub->bridge)
        watch_client(stub);
    if (!stub->ended)
        return;
    close(stub->listener);
    if (stub->spare >= 0)
        close(stub->spare);
    free(stub);
}

void xe_gdb_stub_end(struct xe_gdb_stub *stub)
{
    if (!stub || stub->ended)
        return;
    xe_loop_forget(&stub->daemon->loop, &stub->listen_watch);
    xe_gdb_stub_tend(stub);
    stub->ended = true;
    stub->entry->gdb = NULL;
    stub->entry = NULL;
}

/* ---- listening ------------------------------------------------------------------------------ */

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static bool parse_address(const char *host, uint16_t port, union address *address, socklen_t *size)
{
    memset(address, 0, sizeof(*address));
    if (inet_pton(AF_INET, host, &address->four.sin_addr) == 1) {
        address->four.sin_family = AF_INET;
        address->four.sin_port = htons(port);
        *size = sizeof(address->four);
        return ntohl(address->four.sin_addr.s_addr) >> 24 == 127;
    }
    if (inet_pton(AF_INET6, host, &address->six.sin6_addr) == 1) {
        address->six.sin6_family = AF_INET6;
        address->six.sin6_port = htons(port);
        *size = sizeof(address->six);
        return IN6_IS_ADDR_LOOPBACK(&address->six.sin6_addr);
    }
    return false;
}

/* A listening socket, its port in *ret_port; -1 with err set. */
static int listen_at(const char *host, uint16_t port, uint16_t *ret_port, struct xe_error *err)
{
    union address address;
    socklen_t size;
    int fd, yes = 1;

    if (!parse_address(host, port, &address, &size)) {
        xe_error_set(err, XE_ERR_INVALID_PARAMS,
                     "bind '%s': expected a loopback address such as 127.0.0.1 or ::1", host);
        return -1;
    }
    fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (fd < 0 || bind(fd, &address.any, size) < 0 || listen(fd, 1) < 0 ||
        getsockname(fd, &address.any, &size) < 0) {
        xe_error_set(err, XE_ERR_CONFIG_INVALID, "cannot listen on %s port %u: %s", host, port,
                     strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *ret_port =
        ntohs(address.any.sa_family == AF_INET ? address.four.sin_port : address.six.sin6_port);
    return fd;
}

static struct xe_gdb_stub *stub_create(struct xe_daemon *daemon, struct xe_instance_entry *entry,
                                       const char *host, uint16_t port, struct xe_error *err)
{
    struct xe_gdb_stub *stub = calloc(1, sizeof(*stub));

    if (!stub) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for a debugger");
        return NULL;
    }
    stub->listener = listen_at(host, port, &stub->port, err);
    if (stub->listener < 0) {
        free(stub);
        return NULL;
    }
    stub->client = -1;
    stub->spare = open_spare();
    stub->daemon = daemon;
    stub->entry = entry;
    snprintf(stub->host, sizeof(stub->host), "%s", host);
    stub->tending = (struct xe_work){.run = tend, .ctx = stub};
    stub->listen_watch = (struct xe_watch){.ready = listener_ready, .ctx = stub};
    xe_loop_watch(&daemon->loop, &stub->listen_watch, stub->listener, EPOLLIN);
    entry->gdb = stub;
    return stub;
}

/* ---- methods -------------------------------------------------------------------------------- */

/* Asked again, it answers the same; another address needs a stop first. */
static bool same_place(const struct xe_gdb_stub *stub, const char *host, uint16_t port,
                       struct xe_error *err)
{
    if ((!host || !strcmp(host, stub->host)) && (port == 0 || port == stub->port))
        return true;
    return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE,
                        "gdb is expected at %s port %u already; debug.gdb.stop ends that",
                        stub->host, stub->port);
}

void xe_daemon_gdb_start(struct xe_rpc_call *call, struct xe_instance_entry *entry)
{
    const char *host = xe_rpc_arg_string(call, "bind");
    const char *view = xe_rpc_arg_string(call, "registers");
    uint16_t port = (uint16_t)xe_rpc_arg_int(call, "port");
    struct xe_gdb_stub *stub = entry->gdb;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_rpc_gdb_view shown;

    if (!entry->worker)
        xe_error_set(&err, XE_ERR_WORKER_LOST, "instance %s is lost: %s", entry->id, entry->reason);
    else if (!stub)
        stub = stub_create(call->ctx, entry, host ? host : "127.0.0.1", port, &err);
    else
        same_place(stub, host, port, &err);
    if (err.code) {
        xe_rpc_fail(call, &err);
        return;
    }
    if (view)
        stub->view = !strcmp(view, "64-bit") ? XE_GDB_VIEW_64 : XE_GDB_VIEW_32;
    shown = (struct xe_rpc_gdb_view){.instance = entry->id,
                                     .host = stub->host,
                                     .port = stub->port,
                                     .connected = stub->bridge != NULL};
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_gdb_started, &shown));
}

void xe_daemon_gdb_stop(struct xe_rpc_call *call, struct xe_instance_entry *entry)
{
    const struct xe_rpc_gdb_view view = {.instance = entry->id, .stopped = entry->gdb != NULL};
    json_t *result = xe_rpc_write(&xe_rpc_gdb_stopped, &view);

    if (entry->gdb && entry->gdb->bridge)
        client_close(entry->gdb); /* which detaches, as long as there is an instance to ask */
    xe_gdb_stub_end(entry->gdb);
    xe_rpc_reply(call, result);
}
