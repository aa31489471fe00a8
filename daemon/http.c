/* HTTP transport; see http.h. One thread has the door (door.h) and libmicrohttpd; the owner's side
 * is at the end. */
#include "daemon/http.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/http_internal.h"
#include "daemon/note.h"
#include "rpc/api/rpc.h"

#define MARGIN     16u                    /* connections that the library has not let go of yet */
#define JOINED_MAX 16384u                 /* bytes of an answer that is sent in one piece */
#define BODY_GRACE (4u * XE_RPC_BODY_MAX) /* bytes of a too long body read before giving up */

/* ---- answers -------------------------------------------------------------------------------- */

static void text_free(void *ctx)
{
    xe_rpc_text_fini(ctx);
    free(ctx);
}

/* The library sends the pieces of a long text from where they lie, as much as the client takes; it
 * would send what comes before them by itself, so a short one is joined for one packet. */
static struct MHD_Response *response_of(struct xe_rpc_text *text)
{
    struct MHD_IoVec *parts = NULL;
    struct xe_rpc_text *kept;
    struct MHD_Response *response = NULL;

    if (text->size <= JOINED_MAX) {
        char *joined = xe_rpc_text_join(text);

        return joined ? MHD_create_response_from_buffer(text->size, joined, MHD_RESPMEM_MUST_FREE)
                      : NULL;
    }
    parts = calloc(text->count, sizeof(*parts));
    kept = malloc(sizeof(*kept));
    if (parts && kept) {
        for (size_t i = 0; i < text->count; i++)
            parts[i] = (struct MHD_IoVec){text->piece[i].bytes, text->piece[i].size};
        *kept = *text;
        response = MHD_create_response_from_iovec(parts, (unsigned)text->count, text_free, kept);
    }
    free(parts);
    if (response)
        *text = (struct xe_rpc_text){0};
    else
        free(kept);
    return response;
}

static enum MHD_Result respond_reply(struct xe_http_request *request)
{
    struct MHD_Response *response;
    enum MHD_Result result;

    if (!request->reply.size)
        return xe__daemon_http_respond(
            request,
            &(struct xe_http_reply){MHD_HTTP_NO_CONTENT, NULL, "", NULL, NULL, false, false});
    if (request->reply.size > JOINED_MAX)
        xe_visitor_hold(request->visitor, request->reply.size);
    response = response_of(&request->reply);
    if (!response)
        return MHD_NO;
    xe__daemon_http_dress(request, response);
    MHD_add_response_header(response, "Content-Type", request->reply_type);
    result = MHD_queue_response(request->connection, request->reply_status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- bodies --------------------------------------------------------------------------------- */

static bool keep(struct xe_http_request *request, const char *bytes, size_t size)
{
    char *body;

    request->seen += size;
    if (request->upload) {
        if (!xe__daemon_http_upload(request, bytes, size))
            request->phase = XE_HTTP_KNOWN;
        return true;
    }
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

static void wake(int event)
{
    eventfd_write(event, 1);
}

static struct xe_http_listener *listener_of(struct xe_http *http, const struct xe_visitor *visitor)
{
    return &http->listener[visitor->group - http->door.group];
}

/* Hand a request over to the owner; false: he is not there any more. */
static bool enqueue(struct xe_http_request *request)
{
    struct xe_http *http = request->http;
    bool taken;

    pthread_mutex_lock(&http->lock);
    taken = !http->stopping;
    if (taken) {
        request->phase = XE_HTTP_QUEUED;
        atomic_fetch_add(&request->refs, 1);
        atomic_fetch_add(&request->listener->held, 1);
        *http->last = request;
        http->last = &request->next;
    }
    pthread_mutex_unlock(&http->lock);
    if (!taken)
        return false;
    MHD_suspend_connection(request->connection);
    xe_visitor_await(request->visitor, request);
    wake(http->owner_event);
    return true;
}

static struct xe_http_request *request_create(struct xe_http *http,
                                              struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct xe_http_request *request = calloc(1, sizeof(*request));

    if (!request || !info || !info->socket_context) {
        free(request);
        return NULL;
    }
    request->http = http;
    request->connection = connection;
    request->file = -1;
    request->visitor = info->socket_context;
    request->listener = listener_of(http, request->visitor);
    atomic_init(&request->refs, 1);
    return request;
}

static void request_unref(struct xe_http_request *request)
{
    if (atomic_fetch_sub(&request->refs, 1) != 1)
        return;
    xe_upload_abort(request->upload);
    if (request->file >= 0)
        close(request->file);
    free(request->body);
    xe_rpc_text_fini(&request->reply);
    free(request);
}

static enum MHD_Result respond_known(struct xe_http_request *request)
{
    return xe__daemon_http_respond(request, &request->answer);
}

/* The library closes a connection whose request is answered before its body was read. That is right
 * where the body is long, of unknown length, or held back until it is asked for. */
static bool body_is_worth_reading(const struct xe_http_request *request)
{
    struct MHD_Connection *c = request->connection;
    const char *length =
        MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

    return (!length || strtoull(length, NULL, 10) <= XE_RPC_BODY_MAX) &&
           !MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING) &&
           !MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_EXPECT);
}

static enum MHD_Result begin(struct xe_http_request *request, const char *url, const char *method)
{
    struct xe_http_reply room;
    bool known = false;
    const struct xe_http_reply *answer;

    if (!xe_visitor_begin(request->visitor))
        return MHD_NO;
    answer = xe__daemon_http_route(request, url, method, &known, &room);
    request->visitor->known |= known;
    if (!answer) {
        xe_visitor_count(request->visitor);
        return MHD_YES;
    }
    request->phase = XE_HTTP_KNOWN;
    request->answer = *answer;
    return body_is_worth_reading(request) ? MHD_YES : respond_known(request);
}

static enum MHD_Result end_of_body(struct xe_http_request *request)
{
    static const struct xe_http_reply too_large = {
        MHD_HTTP_CONTENT_TOO_LARGE, "text/plain", "at most 256 KiB\n", NULL, NULL, false, false};

    switch (request->phase) {
    case XE_HTTP_READING:
        if (request->discarding)
            return xe__daemon_http_respond(request, &too_large);
        return enqueue(request) ? MHD_YES : MHD_NO;
    case XE_HTTP_ANSWERED:
        return respond_reply(request);
    case XE_HTTP_KNOWN:
        return respond_known(request);
    case XE_HTTP_QUEUED:
    case XE_HTTP_ABANDONED:
        break;
    }
    return MHD_NO;
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
    return end_of_body(request);
}

static void completed(void *ctx, struct MHD_Connection *connection, void **request_slot,
                      enum MHD_RequestTerminationCode code)
{
    struct xe_http_request *request = *request_slot;

    (void)ctx;
    (void)connection;
    (void)code;
    if (!request)
        return;
    xe_visitor_done(request->visitor);
    request_unref(request);
    *request_slot = NULL;
}

static void let_read(void *ctx, void *library)
{
    (void)ctx;
    MHD_suspend_connection(library); /* resumed, a connection asks for bytes */
    MHD_resume_connection(library);
}

static void connection_changed(void *ctx, struct MHD_Connection *connection, void **visitor_slot,
                               enum MHD_ConnectionNotificationCode code)
{
    struct xe_http *http = ctx;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *visitor_slot = http->arriving;
        http->arriving->library = connection;
    } else if (*visitor_slot)
        xe_visitor_closed(*visitor_slot);
}

/* ---- the thread -------------------------------------------------------------------------------
 */

/* The library calls connection_changed before this returns: there is no other thread that might. */
static bool serve(void *ctx, struct xe_visitor *visitor, int fd)
{
    static const struct sockaddr unnamed = {.sa_family = AF_UNIX};
    struct xe_http *http = ctx;
    bool ok;

    http->arriving = visitor;
    ok = MHD_add_connection(http->daemon, fd, &unnamed, sizeof(unnamed)) == MHD_YES;
    http->arriving = NULL;
    return ok;
}

/* Nobody waits for the answer any more: let the connection go; the request is still done. */
static void gone(void *ctx, void *waiting)
{
    struct xe_http_request *request = waiting;
    struct xe_http *http = ctx;
    bool waits;

    pthread_mutex_lock(&http->lock);
    waits = request->phase == XE_HTTP_QUEUED;
    if (waits) {
        request->phase = XE_HTTP_ABANDONED;
        atomic_fetch_add(&http->abandoned, 1);
    }
    pthread_mutex_unlock(&http->lock);
    if (waits)
        MHD_resume_connection(request->connection);
    wake(http->owner_event); /* who drains may wait for this one only */
}

static void settled(void *ctx)
{
    struct xe_http *http = ctx;

    if (atomic_load(&http->draining))
        wake(http->owner_event);
}

/* Let the library send what the owner has answered. false: the thread is to end. */
static bool serve_owner(struct xe_http *http)
{
    struct xe_http_request *request, *next;
    eventfd_t ignored;
    bool ending;

    eventfd_read(http->thread_event, &ignored);
    pthread_mutex_lock(&http->lock);
    request = http->answered;
    http->answered = NULL;
    ending = http->ending;
    pthread_mutex_unlock(&http->lock);
    for (; request; request = next) {
        next = request->next;
        xe_visitor_answered(request->visitor);
        MHD_resume_connection(request->connection);
        request_unref(request);
    }
    return !ending;
}

static int sleep_ms(struct xe_http *http)
{
    int ms = xe_door_sleep_ms(&http->door);
    MHD_UNSIGNED_LONG_LONG library_ms;

    if (MHD_get_timeout(http->daemon, &library_ms) == MHD_YES && library_ms < 1000 &&
        (ms < 0 || (int)library_ms < ms))
        ms = (int)library_ms;
    return ms;
}

static void run_library(struct xe_http *http)
{
    xe_door_tap(&http->door);
    MHD_run(http->daemon);
    xe_door_tap(NULL);
}

static void *run(void *ctx)
{
    struct epoll_event events[64];
    struct xe_http *http = ctx;
    bool go_on = true;

    while (go_on) {
        int count = epoll_wait(http->door.epoll, events, 64, sleep_ms(http));

        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == http)
                go_on = serve_owner(http);
            else if (events[i].data.ptr)
                xe_door_event(&http->door, events[i].data.ptr, events[i].events);
        }
        run_library(http);
        xe_door_turn(&http->door);
    }
    /* The library cannot end while a connection is suspended: everybody goes before. */
    xe_door_close(&http->door);
    run_library(http);
    serve_owner(http);
    MHD_stop_daemon(http->daemon);
    return NULL;
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
        eventfd_read(http->owner_event, &ignored);
    }
    pthread_mutex_unlock(&http->lock);
    return request;
}

const char *xe_http_body(const struct xe_http_request *request, size_t *ret_size)
{
    *ret_size = request->size;
    return request->body ? request->body : "";
}

const struct xe_rpc_caller *xe_http_caller(const struct xe_http_request *request)
{
    return &request->grant.caller;
}

const char *xe_http_picture_of(const struct xe_http_request *request)
{
    return request->picture_of[0] ? request->picture_of : NULL;
}

void xe_http_answer(struct xe_http_request *request, struct xe_rpc_text *reply)
{
    xe_http_answer_as(request, MHD_HTTP_OK, "application/json", reply);
}

void xe_http_answer_as(struct xe_http_request *request, unsigned status, const char *type,
                       struct xe_rpc_text *reply)
{
    struct xe_http *http = request->http;
    bool waits;

    atomic_fetch_sub(&request->listener->held, 1);
    request->reply_status = status;
    request->reply_type = type;
    xe_rpc_text_move(&request->reply, reply);
    pthread_mutex_lock(&http->lock);
    waits = request->phase == XE_HTTP_QUEUED;
    if (waits) {
        request->phase = XE_HTTP_ANSWERED;
        request->next = http->answered;
        http->answered = request;
    } else {
        atomic_fetch_sub(&http->abandoned, 1);
    }
    pthread_mutex_unlock(&http->lock);
    if (waits)
        wake(http->thread_event);
    else
        request_unref(request);
}

void xe_http_drain(struct xe_http *http)
{
    atomic_store(&http->draining, true);
    wake(http->owner_event);
}

uint32_t xe_http_outstanding(const struct xe_http *http)
{
    return atomic_load(&http->door.group[0].busy) + atomic_load(&http->door.group[1].busy);
}

uint32_t xe_http_abandoned(const struct xe_http *http)
{
    return atomic_load(&http->abandoned);
}

int xe_http_descriptor(const struct xe_http *http)
{
    return http->owner_event;
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

static bool start_library(struct xe_http *http, uint32_t connections_max)
{
    const union MHD_DaemonInfo *info;
    struct epoll_event event = {.events = EPOLLIN};

    http->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TURBO | MHD_USE_NO_LISTEN_SOCKET |
                                        MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
                                    0, NULL, NULL, handle, http, MHD_OPTION_EXTERNAL_LOGGER, quiet,
                                    NULL, MHD_OPTION_NOTIFY_COMPLETED, completed, http,
                                    MHD_OPTION_NOTIFY_CONNECTION, connection_changed, http,
                                    MHD_OPTION_CONNECTION_LIMIT, 2 * connections_max + MARGIN,
                                    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!http->daemon)
        return false;
    info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info && epoll_ctl(http->door.epoll, EPOLL_CTL_ADD, info->epoll_fd, &event) == 0;
}

static bool start_door(struct xe_http *http, uint32_t connections_max, int *unix_fd, int *tcp_fd)
{
    const struct xe_door_host host = {http, serve, let_read, gone, settled};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = http};
    bool ok = xe_door_init(&http->door, &host, *unix_fd, *tcp_fd, connections_max);

    *unix_fd = *tcp_fd = -1;
    for (int i = 0; i < 2; i++)
        http->listener[i].group = &http->door.group[i];
    http->owner_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    http->thread_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return ok && http->owner_event >= 0 && http->thread_event >= 0 &&
           epoll_ctl(http->door.epoll, EPOLL_CTL_ADD, http->thread_event, &event) == 0;
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
    http->depot = options->depot;
    http->keyring = options->keyring;
    if (!start_door(http, options->connections_max, unix_fd, tcp_fd))
        xe_error_set(err, XE_ERR_INTERNAL, "descriptors of the HTTP server: %s", strerror(errno));
    else if (!start_library(http, options->connections_max))
        xe_error_set(err, XE_ERR_INTERNAL, "the HTTP library does not start: %s", strerror(errno));
    else if ((errno = pthread_create(&http->thread, NULL, run, http)))
        xe_error_set(err, XE_ERR_INTERNAL, "the thread of the HTTP server: %s", strerror(errno));
    else
        http->started = true;
    if (http->started)
        return http;
    xe_http_stop(http);
    return NULL;
}

/* From here on nothing is enqueued, and what was is let go. */
static void let_go(struct xe_http *http)
{
    struct xe_http_request *request;

    pthread_mutex_lock(&http->lock);
    http->stopping = http->ending = true;
    pthread_mutex_unlock(&http->lock);
    while ((request = xe_http_take(http)))
        xe_http_answer(request, &(struct xe_rpc_text){0});
}

void xe_http_stop(struct xe_http *http)
{
    if (!http)
        return;
    let_go(http);
    if (http->started) {
        wake(http->thread_event);
        pthread_join(http->thread, NULL);
    } else if (http->daemon) {
        MHD_stop_daemon(http->daemon);
    }
    xe_door_fini(&http->door);
    if (http->owner_event >= 0)
        close(http->owner_event);
    if (http->thread_event >= 0)
        close(http->thread_event);
    xe__daemon_http_names_free(&http->host);
    xe__daemon_http_names_free(&http->origin);
    pthread_mutex_destroy(&http->lock);
    free(http);
}
