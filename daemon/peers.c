/* The connections of the HTTP server; see peers.h. */
#include "daemon/peers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "rpc/api/rpc.h"

/* How long a phase may take, whole. Over TCP anybody on this machine can connect, so strangers get
 * little; the UNIX socket is its owner's, who may be typing. */
#define STRANGER_HEAD_MS 5000u
#define HEAD_MS          60000u
#define BODY_MS          10000u
#define STRANGER_SEND_MS 10000u
#define SEND_MS          60000u
#define HALF_CLOSED_MS   2000u
#define SLACK_MS         50u /* deadlines that close together are met together */

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint32_t patience_ms(const struct xe_peer *peer)
{
    bool stranger = !peer->known && !peer->group->local;

    switch (peer->phase) {
    case XE_PEER_HEAD:
        return stranger ? STRANGER_HEAD_MS : HEAD_MS;
    case XE_PEER_BODY:
        return BODY_MS;
    case XE_PEER_ANSWERING:
        return stranger ? STRANGER_SEND_MS : SEND_MS;
    case XE_PEER_WAITING:
        break;
    }
    return 0;
}

/* at_ms 0: never. */
static void arm_locked(struct xe_peers *peers, uint64_t at_ms)
{
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(at_ms / 1000), .tv_nsec = (long)(at_ms % 1000) * 1000000}};

    peers->armed_ms = at_ms;
    timerfd_settime(peers->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void set_deadline_locked(struct xe_peer *peer, uint32_t patience_ms)
{
    struct xe_peers *peers = peer->group->peers;

    peer->deadline_ms = patience_ms ? now_ms() + patience_ms : 0;
    if (peer->deadline_ms && (!peers->armed_ms || peer->deadline_ms < peers->armed_ms))
        arm_locked(peers, peer->deadline_ms + SLACK_MS);
}

/* ---- phases --------------------------------------------------------------------------------- */

static void unwatch_locked(struct xe_peer *peer)
{
    if (peer->watched)
        epoll_ctl(peer->group->peers->epoll, EPOLL_CTL_DEL, peer->fd, NULL);
    peer->watched = false;
}

/* If the kernel has no room for it, the deadlines remain. */
static void watch_locked(struct xe_peer *peer, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = peer};

    unwatch_locked(peer);
    peer->watched = epoll_ctl(peer->group->peers->epoll, EPOLL_CTL_ADD, peer->fd, &event) == 0;
}

static void enter_locked(struct xe_peer *peer, enum xe_peer_phase phase)
{
    peer->phase = phase;
    set_deadline_locked(peer, patience_ms(peer));
    if (phase == XE_PEER_HEAD || phase == XE_PEER_BODY)
        watch_locked(peer, EPOLLRDHUP);
    else
        unwatch_locked(peer);
}

bool xe_peer_enter(struct xe_peer *peer, enum xe_peer_phase phase, bool known)
{
    struct xe_peers *peers = peer->group->peers;
    bool there;

    pthread_mutex_lock(&peers->lock);
    there = !peer->cut;
    peer->known |= known;
    if (there)
        enter_locked(peer, phase);
    pthread_mutex_unlock(&peers->lock);
    return there;
}

void xe_peer_await(struct xe_peer *peer, void *request)
{
    struct xe_peers *peers = peer->group->peers;

    pthread_mutex_lock(&peers->lock);
    peer->request = request;
    watch_locked(peer, peer->group->local ? 0 : EPOLLRDHUP);
    pthread_mutex_unlock(&peers->lock);
}

void xe_peer_answered(struct xe_peer *peer)
{
    struct xe_peers *peers = peer->group->peers;

    pthread_mutex_lock(&peers->lock);
    peer->request = NULL;
    unwatch_locked(peer);
    pthread_mutex_unlock(&peers->lock);
}

/* ---- who is there --------------------------------------------------------------------------- */

/* libmicrohttpd reads the end, or fails to write, and closes. */
static void cut_locked(struct xe_peer *peer)
{
    peer->cut = true;
    peer->deadline_ms = 0;
    unwatch_locked(peer);
    shutdown(peer->fd, SHUT_RDWR);
}

/* How much it costs to lose a connection; 0: it is not lost for a new one. */
static int worth_locked(const struct xe_peer *peer)
{
    if (peer->cut || peer->phase == XE_PEER_BODY || peer->phase == XE_PEER_WAITING)
        return 0;
    if (!peer->known)
        return peer->phase == XE_PEER_HEAD ? 1 : 2;
    return peer->phase == XE_PEER_HEAD ? 3 : 0;
}

/* Shut the least worth connection down, of several the oldest; not the newest of all. */
static void make_room_locked(struct xe_peer_group *group)
{
    struct xe_peer *least = NULL;

    for (struct xe_peer *peer = group->first; peer && peer->next; peer = peer->next) {
        int worth = worth_locked(peer);

        if (worth && (!least || worth < worth_locked(least)))
            least = peer;
        if (worth == 1)
            break;
    }
    if (least)
        cut_locked(least);
}

struct xe_peer *xe_peers_add(struct xe_peer_group *group, int fd)
{
    struct xe_peer *peer = calloc(1, sizeof(*peer));

    if (!peer)
        return NULL;
    peer->group = group;
    peer->fd = fd;
    pthread_mutex_lock(&group->peers->lock);
    peer->link = group->last;
    *group->last = peer;
    group->last = &peer->next;
    if (++group->count > group->max)
        make_room_locked(group);
    enter_locked(peer, XE_PEER_HEAD);
    pthread_mutex_unlock(&group->peers->lock);
    return peer;
}

void xe_peers_remove(struct xe_peer *peer)
{
    struct xe_peer_group *group = peer->group;
    struct xe_peers *peers = group->peers;

    pthread_mutex_lock(&peers->lock);
    *peer->link = peer->next;
    if (peer->next)
        peer->next->link = peer->link;
    else
        group->last = peer->link;
    group->count--;
    unwatch_locked(peer);
    if (!peers->group[0].count && !peers->group[1].count && peers->armed_ms)
        arm_locked(peers, 0);
    pthread_mutex_unlock(&peers->lock);
    free(peer);
}

/* ---- the owner's side ----------------------------------------------------------------------- */

/* Tell why, where nothing else is being said, and cut. */
static void cut_late_locked(struct xe_peer *peer)
{
    static const char text[] = "HTTP/1.1 408 Request Timeout\r\n"
                               "X-Xe360d-Rpc-Version: " XE_RPC_VERSION "\r\n"
                               "Connection: close\r\nContent-Length: 0\r\n\r\n";

    if (peer->phase == XE_PEER_BODY || (peer->phase == XE_PEER_HEAD && !peer->known))
        send(peer->fd, text, sizeof(text) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    cut_locked(peer);
}

/* Let go of a peer that waits, and is gone. */
static void *take_locked(struct xe_peer *peer)
{
    void *request = peer->request;

    peer->request = NULL;
    cut_locked(peer);
    return request;
}

/* A peer has ended sending, or is gone: of TCP that looks the same, and who has only ended sending
 * might still read a prompt answer. */
static void *look_at_locked(struct xe_peer *peer, uint32_t events)
{
    if (peer->request && (events & (EPOLLHUP | EPOLLERR)))
        return take_locked(peer);
    if (peer->request) {
        watch_locked(peer, 0);
        set_deadline_locked(peer, HALF_CLOSED_MS);
    } else {
        unwatch_locked(peer);
        shutdown(peer->fd,
                 SHUT_RD); /* changes nothing, but is an edge: libmicrohttpd reads again */
    }
    return NULL;
}

/* Cut who is late; the request of one that waits is returned, and the rest left for the next call.
 */
static void *cut_late_of(struct xe_peers *peers)
{
    uint64_t now = now_ms(), soonest = 0;
    void *request = NULL;

    pthread_mutex_lock(&peers->lock);
    if (!peers->armed_ms || now < peers->armed_ms)
        goto done;
    for (int i = 0; i < 2; i++)
        for (struct xe_peer *peer = peers->group[i].first; peer; peer = peer->next) {
            if (peer->deadline_ms && peer->deadline_ms <= now && peer->request) {
                request = take_locked(peer);
                goto done;
            }
            if (peer->deadline_ms && peer->deadline_ms <= now)
                cut_late_locked(peer);
            else if (peer->deadline_ms && (!soonest || peer->deadline_ms < soonest))
                soonest = peer->deadline_ms;
        }
    arm_locked(peers, soonest ? soonest + SLACK_MS : 0);
done:
    pthread_mutex_unlock(&peers->lock);
    return request;
}

void *xe_peers_work(struct xe_peers *peers)
{
    struct epoll_event events[16];
    void *request = NULL;
    int count;

    pthread_mutex_lock(&peers->lock); /* a peer that is on the list stays */
    count = epoll_wait(peers->epoll, events, 16, 0);
    for (int i = 0; i < count && !request; i++)
        if (events[i].data.ptr)
            request = look_at_locked(events[i].data.ptr, events[i].events);
    pthread_mutex_unlock(&peers->lock);
    return request ? request : cut_late_of(peers);
}

/* ---- start and end -------------------------------------------------------------------------- */

bool xe_peers_init(struct xe_peers *peers, uint32_t max)
{
    struct epoll_event event = {.events = EPOLLIN};

    *peers = (struct xe_peers){.lock = PTHREAD_MUTEX_INITIALIZER};
    for (int i = 0; i < 2; i++) {
        peers->group[i] = (struct xe_peer_group){.peers = peers, .max = max};
        peers->group[i].last = &peers->group[i].first;
    }
    peers->epoll = epoll_create1(EPOLL_CLOEXEC);
    peers->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return peers->epoll >= 0 && peers->timer >= 0 &&
           epoll_ctl(peers->epoll, EPOLL_CTL_ADD, peers->timer, &event) == 0;
}

void xe_peers_fini(struct xe_peers *peers)
{
    if (peers->epoll >= 0)
        close(peers->epoll);
    if (peers->timer >= 0)
        close(peers->timer);
    pthread_mutex_destroy(&peers->lock);
}
