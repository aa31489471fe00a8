/* How far a private worker is, on standard error where that is a terminal: one line, rewritten in
 * place, once a run has taken two seconds. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

#define PATIENCE_MS 2000u

static struct {
    uint64_t begun_ms; /* 0: nothing is going on */
    bool shown;
} progress;

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void ctl_progress_begin(void)
{
    progress.begun_ms = now_ms();
}

void ctl_progress_show(uint64_t cycle, uint64_t target)
{
    uint64_t ms = now_ms() - progress.begun_ms;

    if (!progress.begun_ms || ms < PATIENCE_MS || !isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r%" PRIu64 " s: %" PRIu64 " million instructions", ms / 1000,
            cycle / 1000000);
    if (target)
        fprintf(stderr, " of %" PRIu64 " (%" PRIu64 " %%)", target / 1000000,
                (uint64_t)((double)cycle * 100 / (double)target));
    fputs("\033[K", stderr);
    progress.shown = true;
}

void ctl_progress_runs(size_t done, size_t runs)
{
    uint64_t ms = now_ms() - progress.begun_ms;

    if (!progress.begun_ms || ms < PATIENCE_MS || !isatty(STDERR_FILENO))
        return;
    fprintf(stderr, "\r%" PRIu64 " s: %zu runs of %zu\033[K", ms / 1000, done, runs);
    progress.shown = true;
}

void ctl_progress_clear(void)
{
    if (progress.shown)
        fputs("\r\033[K", stderr);
    progress.shown = false;
}
