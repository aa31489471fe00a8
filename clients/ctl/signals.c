/* What ends a wait early: a signal, or --wall-limit.
 *
 * Whoever waits says so (ctl_listen). Then the first SIGINT or SIGTERM is theirs to take: they see
 * it in ctl_caught_signal, or by a descriptor that they poll. While nobody waits, the first ends
 * the program with status 9, and the second does always, with 128+n: at once, from the handler,
 * with a worker of ours and the output file that isn't written yet. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

#define UNFINISHED 4

/* For the handler, which has no argument. */
static volatile sig_atomic_t caught, listening;
static volatile sig_atomic_t worker_pidfd = -1;
static const char *volatile unfinished[UNFINISHED]; /* files to be removed; NULL: none */
static int woken = -1;                              /* an eventfd: readable once a signal came */

static void on_signal(int number)
{
    static const char clear[] = "\r\033[K";
    const uint64_t one = 1;
    int saved = errno;

    if (caught || !listening) {
        if (worker_pidfd >= 0)
            syscall(SYS_pidfd_send_signal, worker_pidfd, SIGKILL, NULL, 0);
        for (int i = 0; i < UNFINISHED; i++)
            if (unfinished[i])
                unlink(unfinished[i]);
        if (ctl_progress_shown() && write(STDERR_FILENO, clear, sizeof(clear) - 1) < 0)
            _exit(CTL_CANCELLED); /* nobody looks any more */
        _exit(caught ? 128 + number : CTL_CANCELLED);
    }
    caught = number;
    while (write(woken, &one, sizeof(one)) < 0 && errno == EINTR)
        continue;
    errno = saved;
}

void ctl_catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal}; /* what is stuck in a write gives up */

    woken = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool ctl_listen(bool on)
{
    bool was = listening;

    listening = on;
    return was;
}

bool ctl_caught_signal(void)
{
    return caught != 0;
}

const char *ctl_signal_text(void)
{
    return strsignal(caught);
}

int ctl_signal_fd(void)
{
    return woken;
}

void ctl_signal_worker(int pidfd)
{
    worker_pidfd = pidfd;
}

void ctl_signal_unlink(const char *path)
{
    for (int i = 0; i < UNFINISHED; i++)
        if (!unfinished[i]) {
            unfinished[i] = path;
            return;
        }
}

void ctl_signal_keep(const char *path)
{
    for (int i = 0; i < UNFINISHED; i++)
        if (unfinished[i] == path)
            unfinished[i] = NULL;
}

/* ---- the wall limit ------------------------------------------------------------------------- */

static uint64_t limit_ms; /* on the monotonic clock; 0: none */
static bool spent;        /* it is over, and what it was about was ended */

uint64_t ctl_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void ctl_wall_begin(uint64_t ms)
{
    if (ms && !limit_ms)
        limit_ms = ctl_now_ms() + ms;
}

bool ctl_wall_over(void)
{
    return limit_ms && !spent && ctl_now_ms() >= limit_ms;
}

void ctl_wall_spent(void)
{
    spent = true;
}

bool ctl_wall_was_spent(void)
{
    return spent;
}

int ctl_wall_wait(int ms)
{
    uint64_t now = ctl_now_ms();

    if (!limit_ms || spent)
        return ms;
    if (now >= limit_ms)
        return 0;
    return limit_ms - now < (uint64_t)ms ? (int)(limit_ms - now) : ms;
}
