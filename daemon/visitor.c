/* What passes between a client and the library, and back; see door.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "daemon/door_internal.h"
#include "rpc/api/rpc.h"

#define IN_MAX  XE_HEAD_MAX
#define OUT_MAX 65536u
#define STEPS   8 /* of one visitor in one turn */

#define HALF_CLOSED_MS 2000u

/* ---- bytes ------------------------------------------------------------------------------------
 */

/* Up to size bytes more into *buffer, which is made when it is needed. Returns how many came. */
static size_t take(struct xe_stream *stream, char **buffer, size_t used, size_t size)
{
    ssize_t n;

    if (!stream->readable || used == size)
        return 0;
    if (!*buffer && !(*buffer = malloc(size))) {
        stream->ended = stream->gone = true;
        return 0;
    }
    n = recv(stream->fd, *buffer + used, size - used, 0);
    if (n > 0) {
        stream->readable = stream->ending || (size_t)n == size - used;
        return (size_t)n;
    }
    stream->readable = n < 0 && errno == EINTR;
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        stream->ended = true;
        stream->gone |= n < 0;
    }
    return 0;
}

/* Returns how many were taken. */
static size_t give(struct xe_stream *stream, const char *bytes, size_t size)
{
    ssize_t n;

    if (!stream->writable || !size)
        return 0;
    n = send(stream->fd, bytes, size, MSG_NOSIGNAL);
    if (n >= 0)
        return (size_t)n;
    stream->writable = errno == EINTR;
    stream->gone |= errno != EAGAIN && errno != EINTR;
    return 0;
}

static void enter(struct xe_visitor *visitor, enum xe_visit phase)
{
    if (visitor->phase == phase)
        return;
    visitor->phase = phase;
    xe__door_grant(visitor, xe__door_patience_ms(visitor));
}

/* ---- to the library ---------------------------------------------------------------------------
 */

/* The library's side of a visit begins with the first head that may pass. */
static bool open_inner(struct xe_visitor *visitor)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = (char *)visitor + 1};
    struct xe_door *door = visitor->group->door;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
        return false;
    visitor->inner = (struct xe_stream){.fd = pair[0], .writable = true};
    if (epoll_ctl(door->epoll, EPOLL_CTL_ADD, pair[0], &event) < 0) {
        close(pair[1]);
        return false;
    }
    visitor->served = door->host.serve(door->host.ctx, visitor, pair[1]);
    return visitor->served;
}

static void pass_head(struct xe_visitor *visitor)
{
    if (visitor->inner.fd < 0 && !open_inner(visitor)) {
        xe__door_refuse(visitor, 503, 0, "no more connections can be served");
        return;
    }
    visitor->busy = true;
    visitor->done = false;
    enter(visitor, XE_VISIT_BODY);
}

/* Find out how many bytes more may pass. A head passes when the request before is answered. */
static bool clear_more(struct xe_visitor *visitor)
{
    bool head = visitor->frame.state == XE_FRAME_HEAD;
    struct xe_head_defect defect;
    size_t pass;

    if (visitor->phase == XE_VISIT_LEAVING || visitor->refused ||
        visitor->cleared == visitor->in_size || (head && visitor->busy))
        return false;
    pass = xe_frame_pass(&visitor->frame, visitor->in + visitor->cleared,
                         visitor->in_size - visitor->cleared, &defect);
    if (!pass) {
        if (defect.status)
            xe__door_refuse(visitor, defect.status, defect.line, defect.text);
        return false;
    }
    visitor->cleared += pass;
    if (head)
        pass_head(visitor);
    return true;
}

static bool send_in(struct xe_visitor *visitor)
{
    size_t sent = give(&visitor->inner, visitor->in, visitor->cleared);

    if (!sent)
        return false;
    memmove(visitor->in, visitor->in + sent, visitor->in_size - sent);
    visitor->in_size -= sent;
    visitor->cleared -= sent;
    return true;
}

static bool pass_in(struct xe_visitor *visitor)
{
    size_t came = 0;
    bool moved;

    if (visitor->phase == XE_VISIT_LEAVING)
        visitor->in_size = visitor->cleared = 0;
    if (!visitor->client.ended)
        came = take(&visitor->client, &visitor->in, visitor->in_size, IN_MAX);
    visitor->in_size += came;
    moved = came > 0;
    while (clear_more(visitor))
        moved = true;
    if (visitor->inner.fd >= 0 && send_in(visitor))
        moved = true;
    return moved;
}

/* ---- and back ---------------------------------------------------------------------------------
 */

void xe__door_rest(struct xe_visitor *visitor)
{
    struct xe_door_group *group = visitor->group;

    visitor->busy = visitor->done = false;
    if (visitor->counted && atomic_fetch_sub(&group->busy, 1) == 1)
        group->door->host.settled(group->door->host.ctx);
    visitor->counted = false;
}

/* A worker that is being started holds every descriptor until it is its own program: what is only
 * closed here may go on having events. */
void xe__door_close_stream(struct xe_visitor *visitor, struct xe_stream *stream)
{
    if (stream->fd < 0)
        return;
    epoll_ctl(visitor->group->door->epoll, EPOLL_CTL_DEL, stream->fd, NULL);
    close(stream->fd);
    *stream = (struct xe_stream){.fd = -1};
}

static void leave(struct xe_visitor *visitor)
{
    xe__door_rest(visitor);
    xe__door_close_stream(visitor, &visitor->inner);
    enter(visitor, XE_VISIT_LEAVING);
    shutdown(visitor->client.fd, SHUT_WR);
}

static bool send_out(struct xe_visitor *visitor)
{
    size_t sent = give(&visitor->client, visitor->out + visitor->out_sent,
                       visitor->out_size - visitor->out_sent);

    visitor->out_sent += sent;
    if (visitor->out_sent == visitor->out_size)
        visitor->out_sent = visitor->out_size = 0;
    return sent > 0;
}

static bool pass_out(struct xe_visitor *visitor)
{
    size_t came = 0;
    bool moved;

    if (visitor->inner.fd >= 0 && !visitor->inner.ended && !visitor->refused)
        came = take(&visitor->inner, &visitor->out, visitor->out_size, OUT_MAX);
    visitor->out_size += came;
    moved = send_out(visitor) || came > 0;
    if (visitor->out_size || visitor->phase == XE_VISIT_LEAVING)
        return moved;
    /* Nothing is left to send; what the library has written is all here once it reads as empty. */
    if (visitor->refused || visitor->inner.ended)
        leave(visitor);
    else if (visitor->done && !visitor->inner.readable && visitor->frame.state != XE_FRAME_HEAD)
        leave(visitor); /* it answered before all had come, and waits for no more */
    else if (visitor->done && !visitor->inner.readable)
        xe__door_rest(visitor);
    return moved;
}

void xe__door_refuse(struct xe_visitor *visitor, unsigned status, unsigned line, const char *text)
{
    char where[32] = "", *answer = NULL;
    int size;

    visitor->refused = true;
    if (visitor->out_size)
        return; /* another answer is being sent */
    if (line)
        snprintf(where, sizeof(where), "line %u: ", line);
    size = asprintf(&answer,
                    "HTTP/1.1 %u %s\r\nX-Xe360d-Rpc-Version: " XE_RPC_VERSION
                    "\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
                    "Connection: close\r\nContent-Length: %zu\r\n\r\n%s%s\n",
                    status, MHD_get_reason_phrase_for(status), strlen(where) + strlen(text) + 1,
                    where, text);
    if (size < 0)
        return;
    free(visitor->out);
    visitor->out = answer;
    visitor->out_size = (size_t)size;
    visitor->out_sent = 0;
}

/* ---- turns ------------------------------------------------------------------------------------
 */

static enum xe_visit phase_of(const struct xe_visitor *visitor)
{
    if (visitor->phase == XE_VISIT_LEAVING)
        return XE_VISIT_LEAVING;
    if (visitor->request)
        return XE_VISIT_WAITING;
    if (visitor->out_size)
        return XE_VISIT_ANSWERING;
    if (!visitor->busy)
        return XE_VISIT_HEAD;
    return visitor->frame.state != XE_FRAME_HEAD || visitor->cleared ? XE_VISIT_BODY
                                                                     : XE_VISIT_ANSWERING;
}

/* The library has the whole of a request, and has not looked at it yet. */
static bool is_on_its_way(const struct xe_visitor *visitor)
{
    return visitor->busy && visitor->frame.state == XE_FRAME_HEAD && !visitor->cleared &&
           !visitor->request && !visitor->done && visitor->inner.fd >= 0;
}

/* The client is gone, or has said all that he will and gets nothing more. */
static bool is_over(const struct xe_visitor *visitor)
{
    if (visitor->client.gone)
        return (visitor->client.ended || !visitor->client.readable) && !is_on_its_way(visitor);
    if (!visitor->client.ended || visitor->out_size)
        return false;
    return visitor->phase == XE_VISIT_LEAVING || visitor->phase == XE_VISIT_HEAD ||
           visitor->frame.state != XE_FRAME_HEAD;
}

/* Of TCP it looks the same whether a client has ended sending or is gone; who has only ended
 * sending might still read a prompt answer. */
static void hurry(struct xe_visitor *visitor)
{
    if (visitor->client.ended && visitor->phase == XE_VISIT_WAITING && !visitor->group->local &&
        !visitor->deadline_ms)
        xe__door_grant(visitor, HALF_CLOSED_MS);
}

static void drop_empty_buffers(struct xe_visitor *visitor)
{
    if (!visitor->in_size) {
        free(visitor->in);
        visitor->in = NULL;
    }
    if (!visitor->out_size) {
        free(visitor->out);
        visitor->out = NULL;
    }
}

void xe__door_serve(struct xe_visitor *visitor)
{
    bool moved = true;

    for (int i = 0; i < STEPS && moved; i++)
        moved = pass_in(visitor) | pass_out(visitor);
    enter(visitor, phase_of(visitor));
    if (is_over(visitor)) {
        xe__door_hang_up(visitor);
        return;
    }
    hurry(visitor);
    drop_empty_buffers(visitor);
    visitor->again = moved || (visitor->client.gone && is_on_its_way(visitor));
    visitor->group->door->again |= visitor->again;
}

/* ---- what the server says ----------------------------------------------------------------------
 */

void xe_visitor_count(struct xe_visitor *visitor)
{
    if (!visitor->counted)
        atomic_fetch_add(&visitor->group->busy, 1);
    visitor->counted = true;
}

void xe_visitor_await(struct xe_visitor *visitor, void *request)
{
    visitor->request = request;
    enter(visitor, XE_VISIT_WAITING);
}

void xe_visitor_answered(struct xe_visitor *visitor)
{
    visitor->request = NULL;
    visitor->again = visitor->group->door->again = true;
}

void xe_visitor_done(struct xe_visitor *visitor)
{
    visitor->done = true;
    visitor->inner.readable = true; /* its event is still to come */
    visitor->again = visitor->group->door->again = true;
}
