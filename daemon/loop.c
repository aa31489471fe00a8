/* The event loop; see loop.h. */
#include "daemon/loop.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t xe_loop_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- watches -------------------------------------------------------------------------------- */

bool xe_loop_watch(struct xe_loop *loop, struct xe_watch *watch, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};

    watch->fd = fd;
    watch->on = epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
    return watch->on;
}

void xe_loop_want(struct xe_loop *loop, struct xe_watch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};

    epoll_ctl(loop->epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

void xe_loop_forget(struct xe_loop *loop, struct xe_watch *watch)
{
    if (!watch->on)
        return;
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
    watch->on = false;
    for (int i = loop->at; i < loop->count; i++)
        if (loop->event[i].data.ptr == watch)
            loop->event[i].data.ptr = NULL;
}

static void tell(struct xe_loop *loop)
{
    while (loop->at < loop->count) {
        const struct epoll_event *event = &loop->event[loop->at++];
        struct xe_watch *watch = event->data.ptr;

        if (watch)
            watch->ready(watch->ctx, event->events);
    }
}

/* ---- timers --------------------------------------------------------------------------------- */

static void insert_timer(struct xe_timer **link, struct xe_timer *timer)
{
    while (*link && (*link)->at_ms <= timer->at_ms)
        link = &(*link)->next;
    timer->next = *link;
    timer->link = link;
    if (timer->next)
        timer->next->link = &timer->next;
    *link = timer;
}

void xe_loop_set(struct xe_loop *loop, struct xe_timer *timer, uint64_t at_ms)
{
    xe_loop_unset(timer);
    timer->at_ms = at_ms;
    insert_timer(&loop->timers, timer);
}

void xe_loop_unset(struct xe_timer *timer)
{
    if (!timer->link)
        return;
    *timer->link = timer->next;
    if (timer->next)
        timer->next->link = timer->link;
    timer->link = NULL;
}

/* Those that are due now, and not what they set anew. */
static void run_timers(struct xe_loop *loop)
{
    uint64_t now = loop->timers ? xe_loop_now_ms() : 0;
    struct xe_timer *due = NULL, *timer;

    while ((timer = loop->timers) && timer->at_ms <= now) {
        xe_loop_unset(timer);
        insert_timer(&due, timer);
    }
    while ((timer = due)) {
        xe_loop_unset(timer);
        timer->due(timer->ctx);
    }
}

/* ---- work ----------------------------------------------------------------------------------- */

void xe_loop_post(struct xe_loop *loop, struct xe_work *work)
{
    if (work->posted)
        return;
    work->posted = true;
    work->next = loop->work;
    loop->work = work;
}

void xe_loop_work(struct xe_loop *loop)
{
    struct xe_work *posted = loop->work;

    loop->work = NULL;
    while (posted) {
        struct xe_work *work = posted;

        posted = work->next;
        work->posted = false;
        work->run(work->ctx);
    }
}

/* ---- turns ---------------------------------------------------------------------------------- */

static int sleep_ms(const struct xe_loop *loop, int most_ms)
{
    uint64_t now, left;

    if (loop->work)
        return 0;
    if (!loop->timers)
        return most_ms;
    now = xe_loop_now_ms();
    left = loop->timers->at_ms > now ? loop->timers->at_ms - now : 0;
    if (left > INT_MAX)
        left = INT_MAX;
    return most_ms >= 0 && (uint64_t)most_ms < left ? most_ms : (int)left;
}

bool xe_loop_turn(struct xe_loop *loop, int most_ms, struct xe_error *err)
{
    int count = epoll_wait(loop->epoll, loop->event, XE_LOOP_EVENTS, sleep_ms(loop, most_ms));

    if (count < 0 && errno != EINTR)
        return xe_error_set(err, XE_ERR_INTERNAL, "epoll_wait: %s", strerror(errno));
    loop->at = 0;
    loop->count = count;
    tell(loop);
    loop->count = 0;
    run_timers(loop);
    xe_loop_work(loop);
    return true;
}

bool xe_loop_init(struct xe_loop *loop, struct xe_error *err)
{
    *loop = (struct xe_loop){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    return loop->epoll >= 0 ||
           xe_error_set(err, XE_ERR_INTERNAL, "epoll_create1: %s", strerror(errno));
}

void xe_loop_fini(struct xe_loop *loop)
{
    if (loop->epoll >= 0)
        close(loop->epoll);
    loop->epoll = -1;
}
