/* Workers that are started and locked down before anybody needs them, which takes longer than a
 * title does to load. They cost nothing but their memory: nobody wakes for them. One that is taken
 * is replaced by the loop; one that dies is not, until the next is taken, so that a worker program
 * that can't live doesn't keep the daemon busy. Starting takes more of a processor than a fork
 * does, so who took one is left to get its answer first. */
#include "daemon/daemon.h"

#define QUIET_MS 20u  /* after the newest was taken        */
#define LATE_MS  200u /* after the first that is missing was */

static struct xe_worker *find(struct xe_daemon *daemon)
{
    struct xe_worker *found = NULL;

    for (struct xe_worker *worker = daemon->workers; worker; worker = worker->next)
        if (worker->ready && !worker->ending && !worker->hung_up &&
            (!found || (worker->greeted && !found->greeted)))
            found = worker;
    return found;
}

/* Some were taken a while ago. */
static void replace(void *ctx)
{
    struct xe_daemon *daemon = ctx;

    if (!daemon->draining)
        xe_workers_refill(daemon);
}

static void want_refill(struct xe_daemon *daemon)
{
    uint64_t now = xe_loop_now_ms(), quiet_ms = now + QUIET_MS;

    if (!daemon->refill.link)
        daemon->refill_late_ms = now + LATE_MS;
    daemon->refill.due = replace;
    daemon->refill.ctx = daemon;
    xe_loop_set(&daemon->loop, &daemon->refill,
                quiet_ms < daemon->refill_late_ms ? quiet_ms : daemon->refill_late_ms);
}

struct xe_worker *xe_worker_take(struct xe_daemon *daemon, struct xe_instance_entry *entry,
                                 struct xe_error *err)
{
    struct xe_worker *worker = find(daemon);

    if (worker)
        worker->ready = false;
    else
        worker = xe_worker_start(daemon, err);
    want_refill(daemon);
    if (!worker || !entry)
        return worker;
    worker->instance = entry;
    entry->worker_pid =
        worker->greeted ? xe_link_worker_pid(&worker->process) : worker->process.pid;
    return worker;
}

static uint32_t count(const struct xe_daemon *daemon)
{
    uint32_t n = 0;

    for (const struct xe_worker *worker = daemon->workers; worker; worker = worker->next)
        n += worker->ready && !worker->ending && !worker->hung_up;
    return n;
}

void xe_workers_refill(struct xe_daemon *daemon)
{
    for (uint32_t n = count(daemon); n < daemon->options.workers_ready; n++) {
        struct xe_worker *worker = xe_worker_start(daemon, NULL);

        if (!worker)
            return;
        worker->ready = true;
    }
}
