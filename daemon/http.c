/* HTTP transport; see http.h. Everything between `accept` and `enqueue` runs on libmicrohttpd's
 * thread, everything from xe_http_take on runs on the owner's. */
#include "daemon/http.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "daemon/note.h"
#include "rpc/rpc.h"

#define VERSION_HEADER "X-Xe360d-Rpc-Version"
#define IDLE_SECONDS   60u
#define BODY_GRACE     (4u * XE_RPC_BODY_MAX) /* bytes of a too long body read before giving up */

struct listener {
    struct xe_http *http;
    struct MHD_Daemon *daemon;
    bool local; /* UNIX socket */
};

struct xe_http {
    struct listener listener[2];
    char token[129];
    const char *openrpc;
    uint32_t requests_max;
    int eventfd;
    atomic_uint outstanding;
    atomic_bool draining;
    pthread_mutex_t lock;
    struct xe_http_request *first, **last; /* guarded by lock */
};

enum phase { READING, REFUSED, QUEUED, ANSWERED };

struct xe_http_request {
    struct listener *listener;
    struct MHD_Connection *connection;
    struct xe_http_request *next;
    enum phase phase;
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

/* Why a caller is turned away, or NULL. */
static const struct answer *turn_away(const struct xe_http_request *request, const char *url)
{
    static const struct answer forbidden = {MHD_HTTP_FORBIDDEN, "text/plain",
                                            "forbidden: this host or origin is not allowed\n", NULL,
                                            NULL};
    static const struct answer unauthorised = {MHD_HTTP_UNAUTHORIZED, "text/plain",
                                               "unauthorised: send Authorization: Bearer <token>\n",
                                               "WWW-Authenticate", "Bearer"};
    const struct listener *listener = request->listener;
    const char *given;

    if (listener->local)
        return peer_allowed(request->connection) ? NULL : &forbidden;
    if (!host_allowed(header_of(request->connection, "Host")) ||
        header_of(request->connection, "Origin"))
        return &forbidden;
    if (!strcmp(url, "/healthz") || !strcmp(url, "/readyz"))
        return NULL;
    given = header_of(request->connection, "Authorization");
    if (!given || strncasecmp(given, "Bearer ", 7) ||
        !same_secret(given + 7, listener->http->token))
        return &unauthorised;
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

static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    size_t size = sizeof(json) - 1;

    return type && !strncasecmp(type, json, size) &&
           (!type[size] || type[size] == ';' || type[size] == ' ');
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
    if (atomic_load(&http->outstanding) > http->requests_max)
        return &busy;
    return NULL;
}

/* The answer to what can be answered from the head alone; NULL: read the body. */
static const struct answer *route(const struct xe_http_request *request, const char *url,
                                  const char *method, struct answer *room)
{
    static const struct answer missing = {MHD_HTTP_NOT_FOUND, "text/plain",
                                          "not found; the API is POST /v1/rpc\n", NULL, NULL};
    static const struct answer only_post = {MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
                                            "only POST\n", "Allow", "POST"};
    static const struct answer only_get = {MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", "only GET\n",
                                           "Allow", "GET, HEAD"};
    const struct answer *away = turn_away(request, url);

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

static void enqueue(struct xe_http_request *request)
{
    struct xe_http *http = request->listener->http;

    request->phase = QUEUED;
    MHD_suspend_connection(request->connection);
    pthread_mutex_lock(&http->lock);
    *http->last = request;
    http->last = &request->next;
    pthread_mutex_unlock(&http->lock);
    wake(http);
}

static struct xe_http_request *request_create(struct listener *listener,
                                              struct MHD_Connection *connection)
{
    struct xe_http_request *request = calloc(1, sizeof(*request));

    if (!request)
        return NULL;
    request->listener = listener;
    request->connection = connection;
    atomic_fetch_add(&listener->http->outstanding, 1);
    return request;
}

static enum MHD_Result begin(struct xe_http_request *request, const char *url, const char *method)
{
    struct answer room;
    const struct answer *answer = route(request, url, method, &room);

    if (!answer)
        return MHD_YES;
    request->phase = REFUSED;
    return respond(request->connection, answer);
}

static enum MHD_Result end_of_body(struct xe_http_request *request)
{
    static const struct answer too_large = {MHD_HTTP_CONTENT_TOO_LARGE, "text/plain",
                                            "at most 256 KiB\n", NULL, NULL};

    if (request->phase == ANSWERED)
        return respond_reply(request);
    if (request->discarding)
        return respond(request->connection, &too_large);
    enqueue(request);
    return MHD_YES;
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
    free(request->body);
    free(request->reply);
    free(request);
    if (atomic_fetch_sub(&listener->http->outstanding, 1) == 1 &&
        atomic_load(&listener->http->draining))
        wake(listener->http);
}

/* ---- the owner's side ----------------------------------------------------------------------- */

struct xe_http_request *xe_http_take(struct xe_http *http)
{
    struct xe_http_request *request;
    eventfd_t ignored;

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
    if (text) {
        request->reply = malloc(size + 1);
        request->reply_size = size;
        if (request->reply)
            memcpy(request->reply, text, size);
    }
    request->phase = ANSWERED;
    MHD_resume_connection(request->connection);
}

void xe_http_drain(struct xe_http *http)
{
    atomic_store(&http->draining, true);
    wake(http);
}

uint32_t xe_http_outstanding(const struct xe_http *http)
{
    return atomic_load(&http->outstanding);
}

int xe_http_eventfd(const struct xe_http *http)
{
    return http->eventfd;
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
static bool serve(struct xe_http *http, struct listener *listener, int *fd, bool local,
                  struct xe_error *err)
{
    listener->http = http;
    listener->local = local;
    listener->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        handle, listener, MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_LISTEN_SOCKET, *fd,
        MHD_OPTION_NOTIFY_COMPLETED, completed, listener, MHD_OPTION_CONNECTION_TIMEOUT,
        IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT, 512u, MHD_OPTION_END);
    if (!listener->daemon)
        return xe_error_set(err, XE_ERR_INTERNAL, "the HTTP library does not start: %s",
                            strerror(errno));
    *fd = -1;
    return true;
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
    http->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (serve(http, &http->listener[0], unix_fd, true, err) &&
        (*tcp_fd < 0 || serve(http, &http->listener[1], tcp_fd, false, err)))
        return http;
    xe_http_stop(http);
    return NULL;
}

void xe_http_stop(struct xe_http *http)
{
    if (!http)
        return;
    for (int i = 0; i < 2; i++)
        if (http->listener[i].daemon)
            MHD_stop_daemon(http->listener[i].daemon);
    close(http->eventfd);
    pthread_mutex_destroy(&http->lock);
    free(http);
}
