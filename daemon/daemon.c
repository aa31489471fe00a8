/* The event loop: one thread, one epoll set, no timers that tick. The loop sleeps until a request,
 * a worker or a signal comes; only while a worker owes an answer is there a deadline. */
#include "daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daemon/note.h"
#include "daemon/snapshots.h"

#define FLUSH_MS 2000 /* after the grace: for sending what is answered already */

uint64_t xe_daemon_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int xe_daemon_dup(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

bool xe_daemon_watch(struct xe_daemon *daemon, int fd, uint32_t events, struct xe_watch *watch)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};

    return epoll_ctl(daemon->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void xe_daemon_drain(struct xe_daemon *daemon, uint32_t grace_s)
{
    uint64_t until = xe_daemon_now_ms() + (uint64_t)grace_s * 1000;

    if (daemon->draining && until >= daemon->drain_until_ms)
        return;
    xe_note(XE_NOTE_INFO, "draining, %u s grace", grace_s);
    daemon->draining = true;
    daemon->drain_until_ms = until;
    xe_http_drain(daemon->http);
}

/* ---- requests ------------------------------------------------------------------------------- */

struct exchange_end {
    struct xe_daemon *daemon;
    struct xe_http_request *request;
};

static void exchange_done(void *ctx, const char *reply, size_t size)
{
    struct exchange_end *end = ctx;

    end->daemon->exchanges--;
    xe_http_answer(end->request, reply, size);
    free(end);
}

/* Peers of the UNIX socket are the owner; over TCP the cookie is the only token: both may all. */
static void serve_http(struct xe_daemon *daemon)
{
    struct xe_http_request *request;

    while ((request = xe_http_take(daemon->http))) {
        struct exchange_end *end;
        const char *body;
        size_t size;

        if (xe_http_picture_of(request)) {
            xe_daemon_picture(daemon, request);
            continue;
        }
        end = malloc(sizeof(*end));
        if (!end)
            abort();
        *end = (struct exchange_end){daemon, request};
        daemon->exchanges++;
        body = xe_http_body(request, &size);
        xe_rpc_exchange(&daemon->server, body, size, XE_RPC_SCOPES, exchange_done, end);
    }
}

static void serve_signal(struct xe_daemon *daemon)
{
    struct signalfd_siginfo info;

    while (read(daemon->signals, &info, sizeof(info)) == sizeof(info)) {
        xe_note(XE_NOTE_INFO, "%s", strsignal((int)info.ssi_signo));
        xe_daemon_drain(daemon, 0);
    }
}

/* ---- the loop ------------------------------------------------------------------------------- */

static void dispatch(struct xe_daemon *daemon, const struct epoll_event *event)
{
    struct xe_watch *watch = event->data.ptr;

    switch (watch->kind) {
    case XE_WATCH_HTTP:
        serve_http(daemon);
        break;
    case XE_WATCH_STORE:
        xe_store_ready(daemon->store);
        break;
    case XE_WATCH_SIGNAL:
        serve_signal(daemon);
        break;
    case XE_WATCH_SOCKET:
        if (!watch->worker->dead && !watch->worker->ending)
            xe_worker_socket_ready(watch->worker, event->events);
        break;
    case XE_WATCH_PROCESS:
        if (!watch->worker->dead)
            xe_worker_process_ended(watch->worker);
        break;
    case XE_WATCH_GDB_LISTENER:
        xe_gdb_listener_ready(watch->stub);
        break;
    case XE_WATCH_GDB_CLIENT:
        xe_gdb_client_ready(watch->stub, event->events);
        break;
    }
}

/* The sooner of two, of which -1 is never. */
static int64_t sooner(int64_t a, int64_t b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* How long to sleep: until a worker is overdue or to be started, or the grace is over. -1: until
 * something comes. */
static int sleep_ms(struct xe_daemon *daemon)
{
    uint64_t now = xe_daemon_now_ms();
    int64_t soonest = xe_workers_replace(daemon, now); /* what it starts owes a word, too */

    soonest = sooner(xe_workers_check(daemon, now), soonest);
    if (daemon->draining) {
        int64_t grace = (int64_t)(daemon->drain_until_ms - now);

        if (grace <= 0)
            return 0;
        soonest = sooner(soonest, grace);
    }
    return soonest < 0 ? -1 : (int)(soonest + 1);
}

/* Nobody waits any more, or not longer. */
static bool over(const struct xe_daemon *daemon)
{
    return daemon->draining && (daemon->exchanges <= xe_http_abandoned(daemon->http) ||
                                xe_daemon_now_ms() >= daemon->drain_until_ms);
}

static bool turn(struct xe_daemon *daemon, int timeout_ms, struct xe_error *err)
{
    struct epoll_event events[32];
    int count = epoll_wait(daemon->epoll, events, 32, timeout_ms);

    if (count < 0 && errno != EINTR)
        return xe_error_set(err, XE_ERR_INTERNAL, "epoll_wait: %s", strerror(errno));
    for (int i = 0; i < count; i++)
        dispatch(daemon, &events[i]);
    xe_gdb_stubs_sweep(daemon);
    xe_workers_sweep(daemon);
    return true;
}

/* End all workers, which fails the calls under way, and let the answers be sent. */
static void wind_down(struct xe_daemon *daemon)
{
    uint64_t until = xe_daemon_now_ms() + FLUSH_MS;

    xe_store_destroy(daemon->store);
    daemon->store = NULL;
    while (daemon->instances)
        xe_daemon_instances_remove(daemon, daemon->instances);
    for (struct xe_worker *worker = daemon->workers; worker; worker = worker->next)
        if (!worker->ending)
            xe_worker_end(worker);
    /* The clock is read once a turn: a difference of two readings may be less than nothing, which
     * epoll_wait takes for ever. */
    for (uint64_t now = until - FLUSH_MS;
         now < until && (daemon->workers || xe_http_outstanding(daemon->http));
         now = xe_daemon_now_ms())
        turn(daemon, (int)(until - now), NULL);
}

static int signal_descriptor(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Everything before the HTTP server, whose thread inherits the signal mask made here. */
bool xe_daemon_run(struct xe_daemon *daemon, struct xe_error *err)
{
    bool ok = true;

    daemon->http_watch.kind = XE_WATCH_HTTP;
    daemon->signal_watch.kind = XE_WATCH_SIGNAL;
    if (!xe_daemon_watch(daemon, daemon->signals, EPOLLIN, &daemon->signal_watch) ||
        !xe_daemon_watch(daemon, xe_http_descriptor(daemon->http), EPOLLIN, &daemon->http_watch))
        return xe_error_set(err, XE_ERR_INTERNAL, "epoll_ctl: %s", strerror(errno));
    daemon->store_watch.kind = XE_WATCH_STORE;
    if (daemon->store) {
        xe_daemon_watch(daemon, xe_store_descriptor(daemon->store), EPOLLIN, &daemon->store_watch);
        xe_snapshots_begin(daemon);
    }
    if (daemon->options.workers_ready > 0)
        xe_workers_refill(daemon);
    else
        xe_worker_probe(daemon);
    while (ok && !over(daemon))
        ok = turn(daemon, sleep_ms(daemon), err);
    wind_down(daemon);
    return ok;
}

bool xe_daemon_init(struct xe_daemon *daemon, struct xe_error *err)
{
    time_t now = time(NULL);
    struct tm parts;

    daemon->epoll = epoll_create1(EPOLL_CLOEXEC);
    daemon->signals = signal_descriptor();
    if (daemon->epoll < 0 || daemon->signals < 0)
        return xe_error_set(err, XE_ERR_INTERNAL, "epoll or signalfd: %s", strerror(errno));
    gmtime_r(&now, &parts);
    strftime(daemon->started, sizeof(daemon->started), "%Y-%m-%dT%H:%M:%SZ", &parts);
    xe_daemon_server(daemon);
    return true;
}

void xe_daemon_fini(struct xe_daemon *daemon)
{
    xe_http_stop(daemon->http);
    xe_premises_leave(&daemon->premises);
    xe_gdb_stubs_sweep(daemon);
    xe_workers_sweep(daemon);
    xe_store_destroy(daemon->store);
    xe_roots_fini(&daemon->roots);
    json_decref(daemon->sandbox_warnings);
    free(daemon->worker_path);
    free(daemon->openrpc);
    if (daemon->epoll >= 0)
        close(daemon->epoll);
    if (daemon->signals >= 0)
        close(daemon->signals);
}
