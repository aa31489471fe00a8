/* HTTP transport; see http.h. Everything between `accept` and `enqueue` runs on libmicrohttpd's
 * threads, everything from xe_http_take on runs on the owner's; who is late or gone is peers.h's.
 */
#include "daemon/http.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "daemon/note.h"
#include "daemon/peers.h"
#include "rpc/rpc.h"

#define VERSION_HEADER "X-Xe360d-Rpc-Version"
#define MARGIN         16u /* connections that are shut down, and not closed yet */
#define ABANDONED_MAX  4   /* times requests_max: unanswered, and nobody waits any more */
#define BODY_GRACE     (4u * XE_RPC_BODY_MAX) /* bytes of a too long body read before giving up */

struct listener {
    struct xe_http *http;
    struct MHD_Daemon *daemon;
    bool local; /* UNIX socket */
    struct xe_peer_group *peers;
    atomic_uint busy; /* requests that are read, waited for or answered */
    atomic_uint held; /* requests that the owner has, or will take */
};

struct xe_http {
    struct listener listener[2];
    char token[129];
    const char *openrpc;
    uint32_t requests_max;
    int eventfd;
    atomic_bool draining;
    uint32_t abandoned; /* the owner's: of the requests it has, those whose peer is gone */
    struct xe_peers peers;
    pthread_mutex_t lock;
    bool stopping;                         /* guarded by lock */
    struct xe_http_request *first, **last; /* guarded by lock */
};

enum phase { READING, REFUSED, QUEUED, ANSWERED, ABANDONED };

struct xe_http_request {
    struct listener *listener;
    struct MHD_Connection *connection;
    struct xe_peer *peer;
    struct xe_http_request *next;
    atomic_uint refs; /* libmicrohttpd's side, and the owner's from QUEUED until it answers */
    enum phase phase;
    bool counted;    /* in busy */
    bool discarding; /* the body is too long: read on, keep nothing */
    char *body;      /* owned */
    size_t size, capacity, seen;
    char *reply; /* owned; NULL: 204 */
    size_t reply_size;
};

/* ---- answers -------------------------------------------------------------------------------- */

struct answer {
    unsigned status;
    const char *type, *text;
    const char *header, *value; /* one more header, or NULL */
};

static enum MHD_Result respond(struct MHD_Connection *connection, const struct answer *answer)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(answer->text), (void *)answer->text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, VERSION_HEADER, XE_RPC_VERSION);
    if (answer->type)
        MHD_add_response_header(response, "Content-Type", answer->type);
    if (answer->header)
        MHD_add_response_header(response, answer->header, answer->value);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    result = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result respond_reply(struct xe_http_request *request)
{
    struct MHD_Response *response;
    enum MHD_Result result;

    if (!request->reply)
        return respond(request->connection,
                       &(struct answer){MHD_HTTP_NO_CONTENT, NULL, "", NULL, NULL});
    response =
        MHD_create_response_from_buffer(request->reply_size, request->reply, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    request->reply = NULL;
    MHD_add_response_header(response, VERSION_HEADER, XE_RPC_VERSION);
    MHD_add_response_header(response, "Content-Type", "application/json");
    result = MHD_queue_response(request->connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- who may ask ---------------------------------------------------------------------------- */

static bool same_secret(const char *a, const char *b)
{
    size_t size = strlen(b);
    unsigned char difference = strlen(a) != size;

    for (size_t i = 0; a[i] && i < size; i++)
        difference |= (unsigned char)(a[i] ^ b[i]);
    return difference == 0;
}

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Names under which a loopback listener may be asked: anything else is a page that was led here by
 * its own DNS. */
static bool host_allowed(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};

    for (size_t i = 0; host && i < sizeof(names) / sizeof(names[0]); i++) {
        size_t size = strlen(names[i]);

        if (!strncasecmp(host, names[i], size) && (!host[size] || host[size] == ':'))
            return true;
    }
    return false;
}

static bool peer_allowed(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct ucred peer;
    socklen_t size = sizeof(peer);

    return info && getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

/* Why a caller is turned away, or NULL; *ret_known: it is one who may ask everything. */
static const struct answer *turn_away(const struct xe_http_request *request, const char *url,
                                      bool *ret_known)
{
    static const struct answer forbidden = {MHD_HTTP_FORBIDDEN, "text/plain",
                                            "forbidden: this host or origin is not allowed\n", NULL,
                                            NULL};
    static const struct answer unauthorised = {
        MHD_HTTP_UNAUTHORIZED, "text/plain",
        "unauthorised: send Authorization: Bearer <token>; the token is in the daemon's cookie "
        "file (xe360d --cookie, by default xe360d.cookie beside its socket), and xe360ctl "
        "--token-file FILE sends it\n",
        "WWW-Authenticate", "Bearer"};
    const struct listener *listener = request->listener;
    const char *given;

    *ret_known = false;
    if (listener->local) {
        *ret_known = peer_allowed(request->connection);
        return *ret_known ? NULL : &forbidden;
    }
    if (!host_allowed(header_of(request->connection, "Host")) ||
        header_of(request->connection, "Origin"))
        return &forbidden;
    if (!strcmp(url, "/healthz") || !strcmp(url, "/readyz"))
        return NULL;
    given = header_of(request->connection, "Authorization");
    if (!given || strncasecmp(given, "Bearer ", 7) ||
        !same_secret(given + 7, listener->http->token))
        return &unauthorised;
    *ret_known = true;
    return NULL;
}

/* ---- what they ask -------------------------------------------------------------------------- */

static const struct answer *get(const struct xe_http *http, const char *url, struct answer *room)
{
    static const struct answer healthy = {MHD_HTTP_OK, "text/plain", "ok\n", NULL, NULL};
    static const struct answer draining = {MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain", "draining\n",
                                           NULL, NULL};

    if (!strcmp(url, "/healthz"))
        return &healthy;
    if (!strcmp(url, "/readyz"))
        return atomic_load(&http->draining) ? &draining : &healthy;
    *room = (struct answer){MHD_HTTP_OK, "application/json", http->openrpc, NULL, NULL};
    return room;
}

/* application/json, and what the draft "JSON-RPC over HTTP" wants clients to send. No type that a
 * web page may send to another origin unasked is among them. */
static bool is_json(const char *type)
{
    static const char *const types[] = {"application/json", "application/json-rpc",
                                        "application/jsonrequest"};

    for (size_t i = 0; type && i < sizeof(types) / sizeof(types[0]); i++) {
        size_t size = strlen(types[i]);

        if (!strncasecmp(type, types[i], size) &&
            (!type[size] || type[size] == ';' || type[size] == ' '))
            return true;
    }
    return false;
}

/* Why a POST to /v1/rpc cannot be taken, or NULL. */
static const struct answer *post_defect(const struct xe_http_request *request)
{
    static const struct answer no_length = {MHD_HTTP_LENGTH_REQUIRED, "text/plain",
                                            "send Content-Length\n", NULL, NULL};
    static const struct answer too_large = {MHD_HTTP_CONTENT_TOO_LARGE, "text/plain",
                                            "at most 256 KiB\n", "Connection", "close"};
    static const struct answer no_json = {MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "text/plain",
                                          "send Content-Type: application/json\n", NULL, NULL};
    static const struct answer busy = {MHD_HTTP_TOO_MANY_REQUESTS, "text/plain",
                                       "too many requests under way\n", "Retry-After", "1"};
    static const struct answer draining = {MHD_HTTP_SERVICE_UNAVAILABLE, "text/plain", "draining\n",
                                           NULL, NULL};
    struct MHD_Connection *c = request->connection;
    const struct xe_http *http = request->listener->http;
    const char *length = header_of(c, "Content-Length");

    if (atomic_load(&http->draining))
        return &draining;
    if (!length && !header_of(c, "Transfer-Encoding"))
        return &no_length;
    if (length && strtoull(length, NULL, 10) > XE_RPC_BODY_MAX)
        return &too_large;
    if (!is_json(header_of(c, "Content-Type")) || header_of(c, "Content-Encoding"))
        return &no_json;
    if (atomic_load(&request->listener->busy) >= http->requests_max ||
        atomic_load(&request->listener->held) >= ABANDONED_MAX * http->requests_max)
        return &busy;
    return NULL;
}

/* The answer to what can be answered from the head alone; NULL: read the body. */
static const struct answer *route(const struct xe_http_request *request, const char *url,
                                  const char *method, bool *ret_known, struct answer *room)
{
    static const struct answer missing = {MHD_HTTP_NOT_FOUND, "text/plain",
                                          "not found; the API is POST /v1/rpc\n", NULL, NULL};
    static const struct answer only_post = {MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
                                            "only POST\n", "Allow", "POST"};
    static const struct answer only_get = {MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "only GET\n",
                                           "Allow", "GET, HEAD"};
    const struct answer *away = turn_away(request, url, ret_known);

    if (away)
        return away;
    if (!strcmp(url, "/v1/rpc"))
        return strcmp(method, "POST") ? &only_post : post_defect(request);
    if (strcmp(url, "/healthz") && strcmp(url, "/readyz") && strcmp(url, "/openrpc.json"))
        return &missing;
    if (strcmp(method, "GET") && strcmp(method, "HEAD"))
        return &only_get;
    return get(request->listener->http, url, room);
}

/* ---- bodies --------------------------------------------------------------------------------- */

static bool keep(struct xe_http_request *request, const char *bytes, size_t size)
{
    char *body;

    request->seen += size;
    if (request->seen > XE_RPC_BODY_MAX) {
        request->discarding = true;
        return request->seen <= BODY_GRACE;
    }
    if (request->size + size > request->capacity) {
        request->capacity = (request->size + size) * 2;
        body = realloc(request->body, request->capacity);
        if (!body)
            return false;
        request->body = body;
    }
    memcpy(request->body + request->size, bytes, size);
    request->size += size;
    return true;
}

static void wake(struct xe_http *http)
{
    eventfd_write(http->eventfd, 1);
}

/* Hand a request over to the owner; false: the owner or the peer is not there any more. */
static bool enqueue(struct xe_http_request *request)
{
    struct xe_http *http = request->listener->http;
    bool taken;

    request->phase = QUEUED;
    pthread_mutex_lock(&http->lock);
    taken = !http->stopping && xe_peer_enter(request->peer, XE_PEER_WAITING, true);
    if (taken) {
        atomic_fetch_add(&request->refs, 1);
        atomic_fetch_add(&request->listener->held, 1);
        MHD_suspend_connection(request->connection);
        xe_peer_await(request->peer, request);
        *http->last = request;
        http->last = &request->next;
    }
    pthread_mutex_unlock(&http->lock);
    wake(http);
    return taken;
}

static struct xe_http_request *request_create(struct listener *listener,
                                              struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct xe_http_request *request = calloc(1, sizeof(*request));

    if (!request || !info || !info->socket_context) {
        free(request);
        return NULL;
    }
    request->listener = listener;
    request->connection = connection;
    request->peer = info->socket_context;
    atomic_init(&request->refs, 1);
    return request;
}

static void request_unref(struct xe_http_request *request)
{
    if (atomic_fetch_sub(&request->refs, 1) != 1)
        return;
    free(request->body);
    free(request->reply);
    free(request);
}

static enum MHD_Result begin(struct xe_http_request *request, const char *url, const char *method)
{
    struct answer room;
    bool known = false;
    const struct answer *answer = route(request, url, method, &known, &room);

    xe_peer_enter(request->peer, answer ? XE_PEER_ANSWERING : XE_PEER_BODY, known);
    if (!answer) {
        request->counted = true;
        atomic_fetch_add(&request->listener->busy, 1);
        return MHD_YES;
    }
    request->phase = REFUSED;
    return respond(request->connection, answer);
}

static enum MHD_Result end_of_body(struct xe_http_request *request)
{
    static const struct answer too_large = {MHD_HTTP_CONTENT_TOO_LARGE, "text/plain",
                                            "at most 256 KiB\n", NULL, NULL};

    if (request->phase == ABANDONED)
        return MHD_NO;
    if (request->phase != ANSWERED && !request->discarding)
        return enqueue(request) ? MHD_YES : MHD_NO;
    xe_peer_enter(request->peer, XE_PEER_ANSWERING, true);
    return request->discarding ? respond(request->connection, &too_large) : respond_reply(request);
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request_slot)
{
    struct xe_http_request *request = *request_slot;

    (void)version;
    if (!request) {
        request = request_create(ctx, connection);
        *request_slot = request;
        return request ? begin(request, url, method) : MHD_NO;
    }
    if (*upload_size > 0) {
        bool kept = request->phase != READING || keep(request, upload, *upload_size);

        *upload_size = 0;
        return kept ? MHD_YES : MHD_NO;
    }
    return request->phase == REFUSED ? MHD_YES : end_of_body(request);
}

static void completed(void *ctx, struct MHD_Connection *connection, void **request_slot,
                      enum MHD_RequestTerminationCode code)
{
    struct listener *listener = ctx;
    struct xe_http_request *request = *request_slot;

    (void)connection;
    (void)code;
    if (!request)
        return;
    xe_peer_enter(request->peer, XE_PEER_HEAD, false);
    if (request->counted && atomic_fetch_sub(&listener->busy, 1) == 1 &&
        atomic_load(&listener->http->draining))
        wake(listener->http);
    request_unref(request);
    *request_slot = NULL;
}

static void connection_changed(void *ctx, struct MHD_Connection *connection, void **peer_slot,
                               enum MHD_ConnectionNotificationCode code)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct listener *listener = ctx;

    if (code == MHD_CONNECTION_NOTIFY_STARTED && info)
        *peer_slot = xe_peers_add(listener->peers, info->connect_fd);
    else if (code == MHD_CONNECTION_NOTIFY_CLOSED && *peer_slot)
        xe_peers_remove(*peer_slot);
}

/* ---- the owner's side ----------------------------------------------------------------------- */

/* Nobody waits for the answer any more: let the connection go; the request is still done. */
static void abandon(struct xe_http *http, struct xe_http_request *request)
{
    http->abandoned++;
    request->phase = ABANDONED;
    MHD_resume_connection(request->connection);
}

struct xe_http_request *xe_http_take(struct xe_http *http)
{
    struct xe_http_request *request;
    eventfd_t ignored;

    while ((request = xe_peers_work(&http->peers)))
        abandon(http, request);
    pthread_mutex_lock(&http->lock);
    request = http->first;
    if (request) {
        http->first = request->next;
        if (!http->first)
            http->last = &http->first;
    } else {
        eventfd_read(http->eventfd, &ignored);
    }
    pthread_mutex_unlock(&http->lock);
    return request;
}

const char *xe_http_body(const struct xe_http_request *request, size_t *ret_size)
{
    *ret_size = request->size;
    return request->body ? request->body : "";
}

void xe_http_answer(struct xe_http_request *request, const char *text, size_t size)
{
    struct xe_http *http = request->listener->http;

    atomic_fetch_sub(&request->listener->held, 1);
    if (request->phase == ABANDONED) {
        http->abandoned--;
    } else {
        if (text) {
            request->reply = malloc(size + 1);
            request->reply_size = size;
            if (request->reply)
                memcpy(request->reply, text, size);
        }
        xe_peer_answered(request->peer);
        request->phase = ANSWERED;
        MHD_resume_connection(request->connection);
    }
    request_unref(request);
}

void xe_http_drain(struct xe_http *http)
{
    atomic_store(&http->draining, true);
    wake(http);
}

uint32_t xe_http_outstanding(const struct xe_http *http)
{
    return atomic_load(&http->listener[0].busy) + atomic_load(&http->listener[1].busy);
}

uint32_t xe_http_abandoned(const struct xe_http *http)
{
    return http->abandoned;
}

int xe_http_descriptor(const struct xe_http *http)
{
    return http->peers.epoll;
}

/* ---- start and stop ------------------------------------------------------------------------- */

static void quiet(void *ctx, const char *format, va_list args)
{
    char text[256];

    (void)ctx;
    vsnprintf(text, sizeof(text), format, args);
    text[strcspn(text, "\n")] = '\0';
    xe_note(XE_NOTE_DEBUG, "http: %s", text);
}

/* MHD closes fd when it ends. */
static bool serve(struct xe_http *http, int which, int *fd, struct xe_error *err)
{
    struct listener *listener = &http->listener[which];

    listener->http = http;
    listener->local = which == 0;
    listener->peers = &http->peers.group[which];
    listener->peers->local = listener->local;
    listener->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        handle, listener, MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_LISTEN_SOCKET, *fd,
        MHD_OPTION_NOTIFY_COMPLETED, completed, listener, MHD_OPTION_NOTIFY_CONNECTION,
        connection_changed, listener, MHD_OPTION_CONNECTION_LIMIT, listener->peers->max + MARGIN,
        MHD_OPTION_END);
    if (!listener->daemon)
        return xe_error_set(err, XE_ERR_INTERNAL, "the HTTP library does not start: %s",
                            strerror(errno));
    *fd = -1;
    return true;
}

static bool make_descriptors(struct xe_http *http, uint32_t connections_max)
{
    struct epoll_event event = {.events = EPOLLIN};

    http->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return xe_peers_init(&http->peers, connections_max) && http->eventfd >= 0 &&
           epoll_ctl(http->peers.epoll, EPOLL_CTL_ADD, http->eventfd, &event) == 0;
}

struct xe_http *xe_http_start(const struct xe_http_options *options, int *unix_fd, int *tcp_fd,
                              struct xe_error *err)
{
    struct xe_http *http = calloc(1, sizeof(*http));

    if (!http) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "no memory for the HTTP server");
        return NULL;
    }
    pthread_mutex_init(&http->lock, NULL);
    http->last = &http->first;
    http->openrpc = options->openrpc;
    http->requests_max = options->requests_max;
    snprintf(http->token, sizeof(http->token), "%s", options->token ? options->token : "");
    if (!make_descriptors(http, options->connections_max))
        xe_error_set(err, XE_ERR_INTERNAL, "descriptors of the HTTP server: %s", strerror(errno));
    else if (serve(http, 0, unix_fd, err) && (*tcp_fd < 0 || serve(http, 1, tcp_fd, err)))
        return http;
    xe_http_stop(http);
    return NULL;
}

/* From here on nothing is enqueued, and what was is let go: libmicrohttpd cannot end while a
 * connection is suspended. */
static void let_go(struct xe_http *http)
{
    struct xe_http_request *request;

    pthread_mutex_lock(&http->lock);
    http->stopping = true;
    pthread_mutex_unlock(&http->lock);
    while ((request = xe_http_take(http))) {
        if (request->phase != ABANDONED) {
            xe_peer_answered(request->peer);
            abandon(http, request);
        }
        xe_http_answer(request, NULL, 0);
    }
}

void xe_http_stop(struct xe_http *http)
{
    if (!http)
        return;
    let_go(http);
    for (int i = 0; i < 2; i++)
        if (http->listener[i].daemon)
            MHD_stop_daemon(http->listener[i].daemon);
    if (http->eventfd >= 0)
        close(http->eventfd);
    xe_peers_fini(&http->peers);
    pthread_mutex_destroy(&http->lock);
    free(http);
}
