/* The daemon's loop (loop.h): one thread, no timers that tick. It sleeps until a request, a worker
 * or a signal comes; only while a worker owes an answer is there a deadline. */
#include "daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/artifacts.h"
#include "daemon/keyring.h"
#include "daemon/note.h"
#include "daemon/once.h"
#include "daemon/reload.h"
#include "daemon/snapshots.h"

#define FLUSH_MS 2000    /* after the grace: for sending what is answered already */
#define TURN_NS  100000u /* the shortest that there is */

int xe_daemon_dup(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* Whoever has the turn sees by the clock what has come. */
static void wake(void *ctx)
{
    (void)ctx;
}

void xe_daemon_drain(struct xe_daemon *daemon, uint32_t grace_s)
{
    uint64_t until = xe_loop_now_ms() + (uint64_t)grace_s * 1000;

    if (daemon->draining && until >= daemon->drain_until_ms)
        return;
    xe_note(XE_NOTE_INFO, "draining, %u s grace", grace_s);
    daemon->draining = true;
    daemon->drain_until_ms = until;
    daemon->drained.due = wake;
    xe_loop_set(&daemon->loop, &daemon->drained, until);
    xe_http_drain(daemon->http);
}

/* ---- requests ------------------------------------------------------------------------------- */

struct exchange_end {
    struct xe_daemon *daemon;
    struct xe_http_request *request;
};

static void exchange_done(void *ctx, struct xe_rpc_text *reply)
{
    struct exchange_end *end = ctx;

    end->daemon->exchanges--;
    xe_http_answer(end->request, reply);
    free(end);
}

static void serve_http(void *ctx, uint32_t events)
{
    struct xe_daemon *daemon = ctx;
    struct xe_http_request *request;

    (void)events;
    while ((request = xe_http_take(daemon->http))) {
        struct exchange_end *end;
        const char *body;
        size_t size;

        if (xe_http_is_upload(request)) {
            xe_artifact_put(daemon, request);
            continue;
        }
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
        xe_rpc_exchange(&daemon->server, body, size, xe_http_caller(request), exchange_done, end);
    }
}

static void serve_store(void *ctx, uint32_t events)
{
    struct xe_daemon *daemon = ctx;

    (void)events;
    xe_store_ready(daemon->store);
}

static void serve_signal(void *ctx, uint32_t events)
{
    struct xe_daemon *daemon = ctx;
    struct signalfd_siginfo info;

    (void)events;
    while (read(daemon->signals, &info, sizeof(info)) == sizeof(info)) {
        xe_note(XE_NOTE_INFO, "%s", strsignal((int)info.ssi_signo));
        if (info.ssi_signo == SIGHUP)
            xe_daemon_hang_up(daemon);
        else
            xe_daemon_drain(daemon, 0);
    }
}

/* ---- start and end -------------------------------------------------------------------------- */

/* Of this thread and those that it starts: short turns, so that the scheduler lets it have one soon
 * where workers have all processors (Linux 6.12; others take no notice). It gets no more in all. */
static void ask_for_short_turns(void)
{
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime_ns, deadline_ns, period_ns;
    } wish = {.size = sizeof(wish), .runtime_ns = TURN_NS};

    syscall(SYS_sched_setattr, 0, &wish, 0);
}

/* Nobody waits any more, or not longer. */
static bool over(const struct xe_daemon *daemon)
{
    return daemon->draining && (daemon->exchanges <= xe_http_abandoned(daemon->http) ||
                                xe_loop_now_ms() >= daemon->drain_until_ms);
}

/* End all workers, which fails the calls under way, and let the answers be sent. */
static void wind_down(struct xe_daemon *daemon)
{
    uint64_t until = xe_loop_now_ms() + FLUSH_MS;

    if (daemon->store)
        xe_loop_forget(&daemon->loop, &daemon->store_watch);
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
         now = xe_loop_now_ms())
        xe_loop_turn(&daemon->loop, (int)(until - now), NULL);
}

static int signal_descriptor(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Everything before the HTTP server, whose thread inherits the signal mask made here. */
bool xe_daemon_run(struct xe_daemon *daemon, struct xe_error *err)
{
    bool ok = true;

    daemon->http_watch = (struct xe_watch){.ready = serve_http, .ctx = daemon};
    daemon->signal_watch = (struct xe_watch){.ready = serve_signal, .ctx = daemon};
    daemon->store_watch = (struct xe_watch){.ready = serve_store, .ctx = daemon};
    if (!xe_loop_watch(&daemon->loop, &daemon->signal_watch, daemon->signals, EPOLLIN) ||
        !xe_loop_watch(&daemon->loop, &daemon->http_watch, xe_http_descriptor(daemon->http),
                       EPOLLIN))
        return xe_error_set(err, XE_ERR_INTERNAL, "epoll_ctl: %s", strerror(errno));
    if (daemon->store) {
        xe_loop_watch(&daemon->loop, &daemon->store_watch, xe_store_descriptor(daemon->store),
                      EPOLLIN);
        xe_snapshots_begin(daemon);
    }
    if (daemon->options.workers_ready > 0)
        xe_workers_refill(daemon);
    else
        xe_worker_probe(daemon);
    while (ok && !over(daemon))
        ok = xe_loop_turn(&daemon->loop, -1, err);
    wind_down(daemon);
    return ok;
}

bool xe_daemon_init(struct xe_daemon *daemon, struct xe_error *err)
{
    time_t now = time(NULL);
    struct tm parts;

    ask_for_short_turns();
    if (!xe_loop_init(&daemon->loop, err))
        return false;
    daemon->signals = signal_descriptor();
    if (daemon->signals < 0)
        return xe_error_set(err, XE_ERR_INTERNAL, "signalfd: %s", strerror(errno));
    gmtime_r(&now, &parts);
    strftime(daemon->started, sizeof(daemon->started), "%Y-%m-%dT%H:%M:%SZ", &parts);
    xe_daemon_server(daemon);
    return true;
}

void xe_daemon_fini(struct xe_daemon *daemon)
{
    xe_http_stop(daemon->http);
    xe_keyring_destroy(daemon->keyring);
    xe_depot_destroy(daemon->depot);
    xe_once_destroy(daemon->once);
    xe_premises_leave(&daemon->premises);
    xe_loop_work(&daemon->loop);
    xe_store_destroy(daemon->store);
    xe_roots_fini(&daemon->roots);
    xe_config_fini(&daemon->config);
    json_decref(daemon->sandbox_warnings);
    free(daemon->worker_path);
    free(daemon->openrpc);
    xe_loop_fini(&daemon->loop);
    if (daemon->signals >= 0)
        close(daemon->signals);
}
