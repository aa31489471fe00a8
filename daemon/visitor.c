/* What passes from a client to the library; see door.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include "daemon/door_internal.h"
#include "rpc/api/rpc.h"

#define IN_MAX XE_HEAD_MAX
#define STEPS  8 /* of one visitor in one turn */

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
    n = recvfrom(stream->fd, *buffer + used, size - used, 0, NULL, NULL); /* recv may be tapped */
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

/* Whom the library serves keeps his: it has more for him itself. */
static void drop_empty_buffers(struct xe_visitor *visitor)
{
    if (!visitor->in_size && !visitor->served) {
        free(visitor->in);
        visitor->in = NULL;
    }
    if (!visitor->out_size) {
        free(visitor->out);
        visitor->out = NULL;
    }
}

/* ---- to the library ---------------------------------------------------------------------------
 */

static void watch(struct xe_visitor *visitor, uint32_t events)
{
    struct epoll_event event = {.events = events | EPOLLRDHUP | EPOLLET, .data.ptr = visitor};

    epoll_ctl(visitor->group->door->epoll, EPOLL_CTL_MOD, visitor->client.fd, &event);
}

static bool remember(struct xe_door *door, struct xe_visitor *visitor, int fd)
{
    size_t room = (size_t)fd + 64;
    struct xe_visitor **inner;

    if ((size_t)fd >= door->inner_room) {
        inner = realloc(door->inner, room * sizeof(*inner));
        if (!inner)
            return false;
        memset(inner + door->inner_room, 0, (room - door->inner_room) * sizeof(*inner));
        door->inner = inner;
        door->inner_room = room;
    }
    door->inner[fd] = visitor;
    return true;
}

/* The library's side of a visit begins with the first head that may pass. From then on it waits
 * for what comes, and the door only for the end. */
static bool open_inner(struct xe_visitor *visitor)
{
    struct xe_door *door = visitor->group->door;
    int fd = fcntl(visitor->client.fd, F_DUPFD_CLOEXEC, 3);

    if (fd < 0 || !remember(door, visitor, fd)) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    visitor->inner = fd;
    watch(visitor, 0);
    visitor->served = door->host.serve(door->host.ctx, visitor, fd);
    if (visitor->served)
        return true;
    door->inner[fd] = NULL;
    visitor->inner = -1;
    return false;
}

static void pass_head(struct xe_visitor *visitor)
{
    if (!visitor->served && !open_inner(visitor)) {
        watch(visitor, EPOLLIN | EPOLLOUT);
        xe__door_refuse(visitor, 503, 0, "no more connections can be served");
        return;
    }
    visitor->busy = true;
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

/* Take what came, and find out what of it may pass. false: nothing new. */
static bool pull(struct xe_visitor *visitor)
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
    return moved;
}

static size_t hand_over(struct xe_visitor *visitor, char *buffer, size_t size)
{
    if (size > visitor->cleared)
        size = visitor->cleared;
    if (!size)
        return 0;
    memcpy(buffer, visitor->in, size);
    visitor->in_size -= size;
    visitor->cleared -= size;
    memmove(visitor->in, visitor->in + size, visitor->in_size);
    visitor->fed = true;
    return size;
}

/* The library has all of a request, and gets no more before it has answered. */
static bool has_all(const struct xe_visitor *visitor)
{
    return visitor->busy && visitor->frame.state == XE_FRAME_HEAD && !visitor->cleared;
}

static ssize_t nothing(int error)
{
    errno = error;
    return -1;
}

/* What is less than size is all that there is: the library asks again when more comes. */
ssize_t xe__door_feed(struct xe_door *door, int fd, char *buffer, size_t size)
{
    struct xe_visitor *visitor = (size_t)fd < door->inner_room ? door->inner[fd] : NULL;
    size_t given = 0;

    if (!visitor || !visitor->link || visitor->refused)
        return nothing(ECONNRESET);
    visitor->client.readable = true;
    while (given < size && !(given && has_all(visitor)) && (visitor->cleared || pull(visitor)))
        given += hand_over(visitor, buffer + given, size - given);
    enter(visitor, phase_of(visitor));
    if (given)
        return (ssize_t)given;
    if (visitor->refused || visitor->client.gone)
        return nothing(ECONNRESET);
    return visitor->client.ended ? 0 : nothing(EAGAIN);
}

/* ---- answers ----------------------------------------------------------------------------------
 */

void xe__door_rest(struct xe_visitor *visitor)
{
    struct xe_door_group *group = visitor->group;

    visitor->busy = visitor->fed = false;
    visitor->body_ms = 0;
    group->held -= visitor->holds;
    visitor->holds = 0;
    if (visitor->counted && atomic_fetch_sub(&group->busy, 1) == 1)
        group->door->host.settled(group->door->host.ctx);
    visitor->counted = false;
}

static void leave(struct xe_visitor *visitor)
{
    xe__door_rest(visitor);
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

void xe__door_refuse(struct xe_visitor *visitor, unsigned status, unsigned line, const char *text)
{
    char where[32] = "", *answer = NULL;
    int size;

    visitor->refused = true;
    visitor->again = visitor->group->door->again = true;
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

/* The client is gone, or has said all that he will and gets nothing more. Of one whom it serves the
 * library finds that out, unless it waits for the owner. */
static bool is_over(const struct xe_visitor *visitor)
{
    if (visitor->served)
        return visitor->client.gone && visitor->phase == XE_VISIT_WAITING;
    if (visitor->client.gone)
        return visitor->client.ended || !visitor->client.readable;
    return visitor->client.ended && !visitor->out_size;
}

/* He sends no more, and all that he sent was read. */
static bool has_said_all(const struct xe_visitor *visitor)
{
    int unread = 0;

    return visitor->client.ending && !visitor->in_size &&
           ioctl(visitor->client.fd, FIONREAD, &unread) == 0 && unread == 0;
}

/* Of TCP it looks the same whether a client has ended sending or is gone; who has only ended
 * sending might still read a prompt answer. */
static void hurry(struct xe_visitor *visitor)
{
    if (visitor->phase == XE_VISIT_WAITING && !visitor->group->local && !visitor->deadline_ms &&
        has_said_all(visitor))
        xe__door_grant(visitor, HALF_CLOSED_MS);
}

/* Before the library has him, and after it has let go of him. */
static bool attend(struct xe_visitor *visitor)
{
    bool moved = pull(visitor) | send_out(visitor);

    if (visitor->refused && !visitor->served && !visitor->out_size &&
        visitor->phase != XE_VISIT_LEAVING)
        leave(visitor);
    return moved;
}

/* Let the library see that there is more to read, or an end. It isn't running now. */
static void feed_library(struct xe_visitor *visitor)
{
    struct xe_door *door = visitor->group->door;

    send_out(visitor);
    if ((visitor->hungry || visitor->refused) && !visitor->request) {
        door->host.read(door->host.ctx, visitor->library);
        door->again = true; /* it's to run before anybody sleeps */
    }
    visitor->hungry = false;
}

void xe__door_serve(struct xe_visitor *visitor)
{
    bool moved = true;

    for (int i = 0; i < STEPS && moved && !visitor->served; i++)
        moved = attend(visitor);
    if (visitor->served)
        feed_library(visitor);
    enter(visitor, phase_of(visitor));
    if (is_over(visitor)) {
        xe__door_hang_up(visitor);
        return;
    }
    hurry(visitor);
    drop_empty_buffers(visitor);
    visitor->again = moved && !visitor->served;
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

void xe_visitor_allow(struct xe_visitor *visitor, uint32_t ms)
{
    visitor->body_ms = ms;
    if (visitor->phase == XE_VISIT_BODY)
        xe__door_grant(visitor, ms);
}

void xe_visitor_answered(struct xe_visitor *visitor)
{
    visitor->request = NULL;
    visitor->again = visitor->group->door->again = true;
}

bool xe_visitor_begin(struct xe_visitor *visitor)
{
    return visitor->fed;
}

/* What came behind the request was read by the door, or has had its event. */
void xe_visitor_done(struct xe_visitor *visitor)
{
    visitor->refused |=
        visitor->frame.state != XE_FRAME_HEAD; /* it waits for no more of this one */
    visitor->hungry = visitor->in_size || visitor->client.readable || visitor->client.ending;
    xe__door_rest(visitor);
    enter(visitor, phase_of(visitor));
    if (visitor->hungry || visitor->refused)
        visitor->again = visitor->group->door->again = true;
}

void xe_visitor_closed(struct xe_visitor *visitor)
{
    visitor->group->door->inner[visitor->inner] = NULL;
    visitor->inner = -1;
    visitor->served = false;
    visitor->refused = true;
    if (!visitor->link) {
        xe__door_bury(visitor);
        return;
    }
    watch(visitor, EPOLLIN | EPOLLOUT);
    visitor->client.readable = visitor->client.writable = true;
    visitor->again = visitor->group->door->again = true;
}
