/* Who is at the door, how long, and who has to go; see door.h. */
#include "daemon/door.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "daemon/door_internal.h"

/* How long a phase may take, whole. Over TCP anybody on this machine can connect, so strangers get
 * little; the UNIX socket is its owner's, who may be typing. */
#define STRANGER_HEAD_MS 5000u
#define HEAD_MS          60000u
#define BODY_MS          10000u
#define STRANGER_SEND_MS 10000u
#define SEND_MS          60000u
#define LEAVE_MS         2000u
#define SLACK_MS         50u /* deadlines that close together are met together */

#define ACCEPTS_MAX 16 /* in one turn */
#define HELD_MAX    (64u * 1024u * 1024u)

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint32_t xe__door_patience_ms(const struct xe_visitor *visitor)
{
    bool stranger = !visitor->known && !visitor->group->local;

    switch (visitor->phase) {
    case XE_VISIT_HEAD:
        return stranger ? STRANGER_HEAD_MS : HEAD_MS;
    case XE_VISIT_BODY:
        return visitor->body_ms ? visitor->body_ms : BODY_MS;
    case XE_VISIT_ANSWERING:
        return stranger ? STRANGER_SEND_MS : SEND_MS;
    case XE_VISIT_LEAVING:
        return LEAVE_MS;
    case XE_VISIT_WAITING:
        break;
    }
    return 0;
}

void xe__door_grant(struct xe_visitor *visitor, uint32_t ms)
{
    struct xe_door *door = visitor->group->door;

    visitor->deadline_ms = ms ? now_ms() + ms : 0;
    if (ms && (!door->soonest_ms || visitor->deadline_ms < door->soonest_ms))
        door->soonest_ms = visitor->deadline_ms;
}

/* ---- who has to go ----------------------------------------------------------------------------
 */

static void listen_to(struct xe_door_group *group)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = group};

    if (group->deaf && epoll_ctl(group->door->epoll, EPOLL_CTL_ADD, group->fd, &event) == 0)
        group->deaf = false;
}

/* Other events of this turn may still be about him: he is freed at its end. */
void xe__door_bury(struct xe_visitor *visitor)
{
    struct xe_door *door = visitor->group->door;

    visitor->next = door->over;
    door->over = visitor;
}

static void free_who_is_over(struct xe_door *door)
{
    struct xe_visitor *visitor;

    while ((visitor = door->over)) {
        door->over = visitor->next;
        free(visitor->in);
        free(visitor->out);
        free(visitor);
    }
}

/* A worker that is being started holds every descriptor until it is its own program: what is only
 * closed here may go on having events. */
static void close_client(struct xe_visitor *visitor)
{
    epoll_ctl(visitor->group->door->epoll, EPOLL_CTL_DEL, visitor->client.fd, NULL);
    close(visitor->client.fd);
    visitor->client = (struct xe_stream){.fd = -1};
}

void xe__door_hang_up(struct xe_visitor *visitor)
{
    struct xe_door_group *group = visitor->group;
    void *request = visitor->request;

    if (!visitor->link)
        return;
    *visitor->link = visitor->next;
    if (visitor->next)
        visitor->next->link = visitor->link;
    else
        group->last = visitor->link;
    visitor->link = NULL;
    group->count--;
    if (visitor->served)
        shutdown(visitor->client.fd, SHUT_RDWR); /* the library sees it, by its own descriptor */
    group->door->again = true;                   /* ... before anybody sleeps                  */
    close_client(visitor);
    visitor->request = NULL;
    if (request)
        group->door->host.gone(group->door->host.ctx, request);
    xe__door_rest(visitor);
    for (int i = 0; i < 2; i++)
        listen_to(&group->door->group[i]);
    if (!visitor->served)
        xe__door_bury(visitor);
}

/* How much it costs to lose a visitor; 0: he is not lost for a new one. */
static int worth(const struct xe_visitor *visitor)
{
    switch (visitor->phase) {
    case XE_VISIT_LEAVING:
        return 1;
    case XE_VISIT_HEAD:
        return visitor->known ? 3 : 1;
    case XE_VISIT_ANSWERING:
        return visitor->known ? 0 : 2;
    case XE_VISIT_BODY:
    case XE_VISIT_WAITING:
        break;
    }
    return 0;
}

/* Send the one away that is worth least, of several the oldest; not the newest of all. false: all
 * are worth keeping. */
static bool make_room(struct xe_door_group *group)
{
    struct xe_visitor *least = NULL;

    for (struct xe_visitor *visitor = group->first; visitor && visitor->next;
         visitor = visitor->next) {
        int cost = worth(visitor);

        if (cost && (!least || cost < worth(least)))
            least = visitor;
        if (cost == 1)
            break;
    }
    if (least)
        xe__door_hang_up(least);
    return least;
}

/* Who has been sent a long answer for longest, and not just now. */
static struct xe_visitor *slowest(struct xe_door_group *group, const struct xe_visitor *newest)
{
    struct xe_visitor *found = NULL;

    for (struct xe_visitor *visitor = group->first; visitor; visitor = visitor->next)
        if (visitor->holds && visitor != newest && (!found || visitor->since_ms < found->since_ms))
            found = visitor;
    return found;
}

void xe_visitor_hold(struct xe_visitor *visitor, size_t size)
{
    struct xe_door_group *group = visitor->group;
    struct xe_visitor *slow;

    if (!visitor->link)
        return;
    visitor->holds = size;
    visitor->since_ms = now_ms();
    group->held += size;
    while (group->held > HELD_MAX && (slow = slowest(group, visitor)))
        xe__door_hang_up(slow);
}

/* ---- who comes --------------------------------------------------------------------------------
 */

static bool is_owner(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

static void welcome(struct xe_door_group *group, int fd)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
    struct xe_visitor *visitor = calloc(1, sizeof(*visitor));
    int yes = 1;

    if (!group->local)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    event.data.ptr = visitor;
    if (!visitor || epoll_ctl(group->door->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
        free(visitor);
        close(fd);
        return;
    }
    visitor->group = group;
    visitor->client = (struct xe_stream){.fd = fd};
    visitor->inner = -1;
    visitor->owner = group->local && is_owner(fd);
    visitor->link = group->last;
    *group->last = visitor;
    group->last = &visitor->next;
    if (++group->count > group->max)
        make_room(group);
    xe__door_grant(visitor, xe__door_patience_ms(visitor));
}

/* No descriptors for who comes. The listener would stay ready and the thread never sleep: somebody
 * goes, or whoever hangs up makes the door listen again. */
static void turn_deaf(struct xe_door_group *group)
{
    const struct xe_door *door = group->door;

    if (!make_room(group) && door->group[0].count + door->group[1].count > 0)
        group->deaf = epoll_ctl(door->epoll, EPOLL_CTL_DEL, group->fd, NULL) == 0;
}

static void accept_from(struct xe_door_group *group)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        int fd = accept4(group->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            welcome(group, fd);
            continue;
        }
        /* The kernel says so before it looks whether anybody is there: the first time, one is. */
        if ((errno == EMFILE || errno == ENFILE) && i == 0)
            turn_deaf(group);
        if (errno != ECONNABORTED && errno != EINTR)
            return;
    }
}

/* Data pointers: a group, or a visitor. */
void xe_door_event(struct xe_door *door, void *data, uint32_t events)
{
    struct xe_visitor *visitor = data;
    struct xe_stream *client = &visitor->client;

    if (data == &door->group[0] || data == &door->group[1]) {
        accept_from(data);
        return;
    }
    if (!visitor->link)
        return;
    client->readable |= (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    client->writable |= (events & EPOLLOUT) != 0;
    client->ending |= (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    client->gone |= (events & (EPOLLHUP | EPOLLERR)) != 0;
    visitor->hungry |= client->ending;
    xe__door_serve(visitor);
}

/* ---- turns ------------------------------------------------------------------------------------
 */

static void cut(struct xe_visitor *visitor)
{
    if (visitor->phase == XE_VISIT_BODY || (visitor->phase == XE_VISIT_HEAD && !visitor->known)) {
        xe__door_refuse(visitor, 408, 0, "the request took too long to come");
        xe__door_serve(visitor);
    } else {
        xe__door_hang_up(visitor);
    }
}

static void cut_who_is_late(struct xe_door *door)
{
    uint64_t now = now_ms();

    if (!door->soonest_ms || now < door->soonest_ms)
        return;
    door->soonest_ms = 0;
    for (int i = 0; i < 2; i++)
        for (struct xe_visitor *visitor = door->group[i].first, *next; visitor; visitor = next) {
            next = visitor->next;
            if (visitor->deadline_ms && visitor->deadline_ms <= now)
                cut(visitor);
            else if (visitor->deadline_ms &&
                     (!door->soonest_ms || visitor->deadline_ms < door->soonest_ms))
                door->soonest_ms = visitor->deadline_ms;
        }
}

void xe_door_turn(struct xe_door *door)
{
    bool again = door->again;

    door->again = false;
    for (int i = 0; again && i < 2; i++)
        for (struct xe_visitor *visitor = door->group[i].first, *next; visitor; visitor = next) {
            next = visitor->next;
            if (visitor->again)
                xe__door_serve(visitor);
        }
    cut_who_is_late(door);
    free_who_is_over(door);
}

int xe_door_sleep_ms(struct xe_door *door)
{
    uint64_t now;

    if (door->again)
        return 0;
    if (!door->soonest_ms)
        return -1;
    now = now_ms();
    return door->soonest_ms <= now ? 0 : (int)(door->soonest_ms - now + SLACK_MS);
}

/* ---- start and end ----------------------------------------------------------------------------
 */

bool xe_door_init(struct xe_door *door, const struct xe_door_host *host, int unix_fd, int tcp_fd,
                  uint32_t max)
{
    int fd[2] = {unix_fd, tcp_fd};
    bool ok;

    door->host = *host;
    door->epoll = epoll_create1(EPOLL_CLOEXEC);
    ok = door->epoll >= 0;
    for (int i = 0; i < 2; i++) {
        struct xe_door_group *group = &door->group[i];

        *group = (struct xe_door_group){
            .door = door, .fd = fd[i], .local = i == 0, .deaf = fd[i] >= 0, .max = max};
        group->last = &group->first;
        listen_to(group);
        ok = ok && !group->deaf;
    }
    return ok;
}

void xe_door_close(struct xe_door *door)
{
    for (int i = 0; i < 2; i++) {
        struct xe_door_group *group = &door->group[i];

        if (group->fd >= 0)
            close(group->fd);
        group->fd = -1;
        group->deaf = false;
        while (group->first)
            xe__door_hang_up(group->first);
    }
}

void xe_door_fini(struct xe_door *door)
{
    xe_door_close(door);
    free_who_is_over(door);
    free(door->inner);
    if (door->epoll >= 0)
        close(door->epoll);
}
