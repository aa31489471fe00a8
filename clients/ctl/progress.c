/* How far it is, on standard error, once something has taken two seconds: on a terminal a bar,
 * drawn again in its place; elsewhere a line now and then. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

#define PATIENCE_MS 2000u
#define LINE_MS     10000u /* between lines */
#define REDRAW_MS   100u
#define BAR         24

static struct {
    uint64_t begun_ms; /* 0: nothing is going on             */
    uint64_t next_ms;  /* when there may be more to show     */
    bool counted;      /* somebody says how far it is        */
    bool quiet;        /* -q                                 */
} progress;
static volatile bool shown; /* for the signal handler: there is a bar to be cleared */

void ctl_progress_quiet(void)
{
    progress.quiet = true;
}

bool ctl_progress_begin(void)
{
    bool first = !progress.begun_ms;

    if (first) {
        progress.begun_ms = ctl_now_ms();
        progress.next_ms = progress.begun_ms + PATIENCE_MS;
    }
    return first;
}

/* Is it time to show something? Then *ret_s is since when it goes on. */
static bool is_time(uint64_t *ret_s)
{
    uint64_t now = ctl_now_ms();

    if (!progress.begun_ms || progress.quiet || now < progress.next_ms)
        return false;
    progress.next_ms = now + (isatty(STDERR_FILENO) ? REDRAW_MS : LINE_MS);
    *ret_s = (now - progress.begun_ms) / 1000;
    return true;
}

/* Cut to the terminal's width: a bar that is wrapped can't be drawn over. */
static void put(const char *text)
{
    struct winsize size;
    int room;

    if (!isatty(STDERR_FILENO)) {
        fprintf(stderr, "xe360ctl: %s\n", text);
        return;
    }
    room = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;
    fprintf(stderr, "\r%.*s\033[K", room, text);
    fflush(stderr);
    shown = true;
}

static void bar(char *to, size_t size, uint64_t done, uint64_t all)
{
    int filled = (int)((double)(done < all ? done : all) / (double)all * BAR);

    snprintf(to, size, "[%.*s%*s] ", filled, "########################", BAR - filled, "");
}

static void show(uint64_t s, const char *what, uint64_t done, uint64_t all)
{
    char drawn[BAR + 4] = "", text[200];

    if (isatty(STDERR_FILENO) && all)
        bar(drawn, sizeof(drawn), done, all);
    if (all)
        snprintf(text, sizeof(text), "%s%" PRIu64 " s: %" PRIu64 " of %" PRIu64 " %s (%d %%)",
                 drawn, s, done, all, what, (int)((double)done * 100 / (double)all));
    else
        snprintf(text, sizeof(text), "%" PRIu64 " s: %" PRIu64 " %s", s, done, what);
    put(text);
}

void ctl_progress_show(uint64_t cycle, uint64_t target)
{
    uint64_t s;

    progress.counted = true;
    if (is_time(&s))
        show(s, "million instructions", cycle / 1000000, target / 1000000);
}

void ctl_progress_count(const char *what, size_t done, size_t all)
{
    uint64_t s;

    progress.counted = true;
    if (is_time(&s))
        show(s, what, done, all);
}

void ctl_progress_tick(const char *what)
{
    char text[200];
    uint64_t s;

    if (progress.counted || !is_time(&s))
        return;
    snprintf(text, sizeof(text), "%" PRIu64 " s: %s", s, what);
    put(text);
}

void ctl_progress_clear(void)
{
    if (shown)
        fputs("\r\033[K", stderr);
    shown = false;
}

bool ctl_progress_shown(void)
{
    return shown;
}

void ctl_progress_end(void)
{
    ctl_progress_clear();
    progress.begun_ms = 0;
    progress.counted = false;
}
