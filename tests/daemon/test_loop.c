/* The daemon's event loop, without a daemon: who is called, when, and who no more. */
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "daemon/loop.h"

static struct xe_loop loop;
static char said[64];
static size_t used;

static void setup(void)
{
    cr_assert(xe_loop_init(&loop, NULL));
}

static void teardown(void)
{
    xe_loop_fini(&loop);
}

TestSuite(loop, .init = setup, .fini = teardown, .timeout = 20);

static void say(char c)
{
    cr_assert_lt(used, sizeof(said) - 1);
    said[used++] = c;
}

static void turn(void)
{
    cr_assert(xe_loop_turn(&loop, 0, NULL));
}

/* ---- watches -------------------------------------------------------------------------------- */

/* Two watches, of which the one that is called first takes the other back, and frees it. */
struct end {
    struct xe_watch watch;
    struct end *other;
    int fd;
};

static struct end *survivor;

static void end_free(struct end *end)
{
    xe_loop_forget(&loop, &end->watch);
    close(end->fd);
    free(end);
}

static void end_other(void *ctx, uint32_t events)
{
    struct end *end = ctx;

    say(events & EPOLLIN ? 'i' : '?');
    end_free(end->other);
    survivor = end;
}

static struct end *end_create(void)
{
    struct end *end = calloc(1, sizeof(*end));

    cr_assert(end);
    end->fd = eventfd(1, EFD_CLOEXEC);
    end->watch = (struct xe_watch){.ready = end_other, .ctx = end};
    cr_assert(xe_loop_watch(&loop, &end->watch, end->fd, EPOLLIN));
    return end;
}

Test(loop, what_is_forgotten_is_not_called_in_the_same_turn)
{
    struct end *a = end_create(), *b = end_create();

    a->other = b;
    b->other = a;
    turn();
    cr_expect_str_eq(said, "i");
    end_free(survivor);
}

static void count(void *ctx, uint32_t events)
{
    (void)ctx;
    say(events & EPOLLOUT ? 'o' : 'i');
}

Test(loop, what_is_waited_for_can_change)
{
    struct xe_watch watch = {.ready = count};
    int fd = eventfd(1, EFD_CLOEXEC);

    cr_assert(xe_loop_watch(&loop, &watch, fd, EPOLLIN));
    turn();
    xe_loop_want(&loop, &watch, EPOLLOUT);
    turn();
    xe_loop_want(&loop, &watch, 0);
    turn();
    xe_loop_forget(&loop, &watch);
    xe_loop_forget(&loop, &watch);
    cr_expect(xe_loop_watch(&loop, &watch, fd, EPOLLIN));
    turn();
    cr_expect_str_eq(said, "ioi");
    close(fd);
}

/* ---- timers --------------------------------------------------------------------------------- */

struct clock {
    struct xe_timer timer;
    char letter;
    struct xe_timer *unset;
    bool again;
};

static void strike(void *ctx)
{
    struct clock *clock = ctx;

    say(clock->letter);
    if (clock->unset)
        xe_loop_unset(clock->unset);
    if (clock->again)
        xe_loop_set(&loop, &clock->timer, 0);
}

static void clock_set(struct clock *clock, char letter, uint64_t at_ms)
{
    clock->letter = letter;
    clock->timer.due = strike;
    clock->timer.ctx = clock;
    xe_loop_set(&loop, &clock->timer, at_ms);
}

Test(loop, timers_are_due_in_their_order_and_once)
{
    struct clock clock[4] = {0};

    clock_set(&clock[0], 'c', 3);
    clock_set(&clock[1], 'a', 1);
    clock_set(&clock[2], 'b', 2);
    clock_set(&clock[3], 'x', xe_loop_now_ms() + 1000000);
    turn();
    turn();
    cr_expect_str_eq(said, "abc");
    xe_loop_set(&loop, &clock[3].timer, 4);
    turn();
    cr_expect_str_eq(said, "abcx");
}

Test(loop, a_timer_may_take_another_back_and_set_itself)
{
    struct clock clock[2] = {0};

    clock[0].unset = &clock[1].timer;
    clock[0].again = true;
    clock_set(&clock[0], 'a', 1);
    clock_set(&clock[1], 'b', 2);
    turn();
    cr_expect_str_eq(said, "a", "it is due again, but in the next turn");
    turn();
    cr_expect_str_eq(said, "aa");
}

/* Else it would sleep for ever: the test ends by its own time. */
Test(loop, a_timer_ends_the_sleep)
{
    struct clock clock = {0};

    clock_set(&clock, 't', xe_loop_now_ms() + 20);
    while (!used)
        cr_assert(xe_loop_turn(&loop, -1, NULL));
    cr_expect_geq(xe_loop_now_ms(), clock.timer.at_ms);
}

/* ---- work ----------------------------------------------------------------------------------- */

static struct xe_work work;

static void run(void *ctx)
{
    bool again = !used;

    (void)ctx;
    say('w');
    if (again)
        xe_loop_post(&loop, &work);
}

Test(loop, posted_work_is_done_once_and_keeps_nobody_asleep)
{
    work.run = run;
    xe_loop_post(&loop, &work);
    xe_loop_post(&loop, &work);
    cr_assert(xe_loop_turn(&loop, -1, NULL));
    cr_expect_str_eq(said, "w", "what it posts itself is for the next turn");
    cr_assert(xe_loop_turn(&loop, -1, NULL));
    cr_expect_str_eq(said, "ww");
    turn();
    cr_expect_str_eq(said, "ww");
}
