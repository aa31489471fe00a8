/* HTTP transport; see http.h. Everything between `accept` and `enqueue` runs on libmicrohttpd's
 * threads, everything from xe_http_take on runs on the owner's; who is late or gone is peers.h's.
 */
#include "daemon/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/http_internal.h"
#include "daemon/note.h"
#include "rpc/api/rpc.h"

#define MARGIN     16u                    /* connections that are shut down, and not closed yet */
#define BODY_GRACE (4u * XE_RPC_BODY_MAX) /* bytes of a too long body read before giving up */

/* ---- answers -------------------------------------------------------------------------------- */

static enum MHD_Result respond_reply(struct xe_http_request *request)
{
    struct MHD_Response *response;
    enum MHD_Result result;

    if (!request->reply)
        return xe__daemon_http_respond(
            request->connection,
            &(struct xe_http_reply){MHD_HTTP_NO_CONTENT, NULL, "", NULL, NULL});
    response =
        MHD_create_response_from_buffer(request->reply_size, request->reply, MHD_RESPMEM_MUST_FREE);
    if (!response)
        return MHD_NO;
    request->reply = NULL;
    MHD_add_response_header(response, XE_HTTP_VERSION_HEADER, XE_RPC_VERSION);
    MHD_add_response_header(response, "Content-Type", "application/json");
    result = MHD_queue_response(request->connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
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

    request->phase = XE_HTTP_QUEUED;
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

static struct xe_http_request *request_create(struct xe_http_listener *listener,
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
    struct xe_http_reply room;
    bool known = false;
    const struct xe_http_reply *answer = xe__daemon_http_route(request, url, method, &known, &room);

    xe_peer_enter(request->peer, answer ? XE_PEER_ANSWERING : XE_PEER_BODY, known);
    if (!answer) {
        request->counted = true;
        atomic_fetch_add(&request->listener->busy, 1);
        return MHD_YES;
    }
    request->phase = XE_HTTP_REFUSED;
    return xe__daemon_http_respond(request->connection, answer);
}

static enum MHD_Result end_of_body(struct xe_http_request *request)
{
    static const struct xe_http_reply too_large = {MHD_HTTP_CONTENT_TOO_LARGE, "text/plain",
                                                   "at most 256 KiB\n", NULL, NULL};

    if (request->phase == XE_HTTP_ABANDONED)
        return MHD_NO;
    if (request->phase != XE_HTTP_ANSWERED && !request->discarding)
        return enqueue(request) ? MHD_YES : MHD_NO;
    xe_peer_enter(request->peer, XE_PEER_ANSWERING, true);
    return request->discarding ? xe__daemon_http_respond(request->connection, &too_large)
                               : respond_reply(request);
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
        bool kept = request->phase != XE_HTTP_READING || keep(request, upload, *upload_size);

        *upload_size = 0;
        return kept ? MHD_YES : MHD_NO;
    }
    return request->phase == XE_HTTP_REFUSED ? MHD_YES : end_of_body(request);
}

static void completed(void *ctx, struct MHD_Connection *connection, void **request_slot,
                      enum MHD_RequestTerminationCode code)
{
    struct xe_http_listener *listener = ctx;
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
    struct xe_http_listener *listener = ctx;

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
    request->phase = XE_HTTP_ABANDONED;
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
    if (request->phase == XE_HTTP_ABANDONED) {
        http->abandoned--;
    } else {
        if (text) {
            request->reply = malloc(size + 1);
            request->reply_size = size;
            if (request->reply)
                memcpy(request->reply, text, size);
        }
        xe_peer_answered(request->peer);
        request->phase = XE_HTTP_ANSWERED;
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
    struct xe_http_listener *listener = &http->listener[which];

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
        if (request->phase != XE_HTTP_ABANDONED) {
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
