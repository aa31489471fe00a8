/* The verdict in one sentence, to stand behind the title's name. */
#include "base/line.h"
#include "explain/explain_internal.h"

static const char *plural(uint32_t n)
{
    return n == 1 ? "" : "s";
}

/* Verbs: one waits, two wait. */
static const char *third(uint32_t n)
{
    return n == 1 ? "s" : "";
}

/* The others, each kind once. */
static void say_others(struct xe_line *to, const struct xe_explain_counts *n)
{
    if (n->able)
        xe_line_add(to, "; %u go%s on", n->able, n->able == 1 ? "es" : "");
    if (n->timed)
        xe_line_add(to, "; %u wait%s with a timeout", n->timed, third(n->timed));
    if (n->waiting)
        xe_line_add(to, "; %u wait%s for what may still come", n->waiting, third(n->waiting));
    if (n->suspended)
        xe_line_add(to, "; %u %s suspended", n->suspended, n->suspended == 1 ? "is" : "are");
}

static bool all_in_cycles(const struct xe_explain *explain)
{
    for (uint32_t i = 0; i < explain->roots; i++)
        if (explain->root[i].certainty == XE_CERTAINTY_CERTAIN && !explain->root[i].cycle)
            return false;
    return true;
}

static void say_uncertain(struct xe_line *to, const struct xe_explain_counts *n)
{
    uint32_t likely = n->stuck[XE_CERTAINTY_LIKELY], possible = n->stuck[XE_CERTAINTY_POSSIBLE];
    uint32_t all = likely + possible;
    const char *what = possible ? "nobody is known to release any more"
                                : "only threads that are stuck or have ended ever released";

    if (n->stuck[XE_CERTAINTY_CERTAIN])
        xe_line_add(to, "; %u more wait%s for what %s", all, third(all), what);
    else
        xe_line_add(to, "%u of %u thread%s wait%s for what %s", all, n->live, plural(n->live),
                    third(all), what);
    if (likely && possible)
        xe_line_add(to, " (%u likely, %u possible)", likely, possible);
    else
        xe_line_add(to, likely ? " (likely)" : " (possible)");
}

static void say_stuck(struct xe_line *to, const struct xe_explain *explain)
{
    const struct xe_explain_counts *n = &explain->count;
    uint32_t certain = n->stuck[XE_CERTAINTY_CERTAIN];

    if (certain)
        xe_line_add(to, "%u of %u thread%s %s %s (certain)", certain, n->live, plural(n->live),
                    certain == 1 ? "is" : "are",
                    all_in_cycles(explain) ? "deadlocked" : "stuck for good");
    if (n->stuck[XE_CERTAINTY_LIKELY] + n->stuck[XE_CERTAINTY_POSSIBLE])
        say_uncertain(to, n);
    say_others(to, n);
}

static void say_starved(struct xe_line *to, const struct xe_explain *explain)
{
    for (uint32_t i = 0; i < explain->threads; i++) {
        const struct xe_explain_thread *it = &explain->thread[i];

        if (!it->starves)
            continue;
        xe_line_add(to,
                    "is starved: tid %u has had work since cycle %llu, but tid %u has its hardware "
                    "thread",
                    it->now.tid, (unsigned long long)it->now.since_cycle, it->now.by_tid);
        break;
    }
    if (explain->count.starved > 1)
        xe_line_add(to, "; so it goes for %u threads", explain->count.starved);
}

/* "1,234,567" */
static void say_number(struct xe_line *to, uint64_t n)
{
    if (n >= 1000)
        say_number(to, n / 1000);
    xe_line_add(to, n >= 1000 ? ",%03u" : "%u", (unsigned)(n % 1000));
}

/* "tid 2 spins", "tids 2, 3 and 2 more poll"; if none of the title's does, a DPC */
static void say_spinners(struct xe_line *to, const struct xe_explain *explain, uint32_t n)
{
    uint32_t told = 0, polls = 0;

    if (!n) {
        xe_line_add(to, "a DPC spins");
        return;
    }
    xe_line_add(to, n == 1 ? "tid" : "tids");
    for (uint32_t i = 0; i < explain->threads && told < 4; i++) {
        const struct xe_explain_thread *it = &explain->thread[i];

        if (!it->live)
            continue;
        if (it->spin && it->stuck)
            xe_line_add(to, "%s%u", told++ ? ", " : " ", it->now.tid);
        polls += it->now.standing == XE_STANDS_POLLING && it->stuck;
    }
    if (n > told)
        xe_line_add(to, " and %u more", n - told);
    xe_line_add(to, " %s%s", polls == n ? "poll" : "spin", third(n));
}

/* Of those who spin and don't come out of it: how many, for how long the longest, and is that
 * certain of all? */
struct spinning {
    uint32_t count;
    uint64_t longest;
    bool exact;
};

static struct spinning spinning(const struct xe_explain *explain)
{
    struct spinning ret = {0, 0, true};

    for (uint32_t i = 0; i < explain->threads; i++) {
        const struct xe_explain_thread *it = &explain->thread[i];

        if (!it->spin || !it->stuck)
            continue;
        ret.count += it->live;
        ret.exact &= it->spin->exact;
        if (it->spin->instructions > ret.longest)
            ret.longest = it->spin->instructions;
    }
    return ret;
}

static void say_livelock(struct xe_line *to, const struct xe_explain *explain)
{
    const struct xe_explain_counts *n = &explain->count;
    struct spinning spins = spinning(explain);
    uint32_t stuck = n->stuck[XE_CERTAINTY_CERTAIN] + n->stuck[XE_CERTAINTY_LIKELY] +
                     n->stuck[XE_CERTAINTY_POSSIBLE];

    xe_line_add(to, n->able ? "is partly stuck: " : "is stuck: ");
    say_spinners(to, explain, spins.count);
    xe_line_add(to, " (%s for ", spins.exact ? "certain" : "possible");
    say_number(to, spins.longest);
    xe_line_add(to, " instructions), ");
    if (explain->certainty == XE_CERTAINTY_CERTAIN)
        xe_line_add(to, "and nothing can end that (certain)");
    else if (explain->certainty == XE_CERTAINTY_LIKELY)
        xe_line_add(
            to, "and all who ever wrote or gave what it wants have ended or are stuck (likely)");
    else
        xe_line_add(to, "and nobody who goes on is known to end that (%s)",
                    xe_certainty_name(explain->certainty));
    if (stuck > spins.count)
        xe_line_add(to, "; %u more can't go on", stuck - spins.count);
    say_others(to, n);
}

static void say_running(struct xe_line *to, const struct xe_explain *explain)
{
    const struct xe_explain_counts *n = &explain->count;

    if (explain->verdict == XE_VERDICT_IDLE)
        xe_line_add(to, "is idle: %u thread%s, none has work", n->live, plural(n->live));
    else if (n->able == n->live)
        xe_line_add(to, "is running: %u thread%s", n->live, plural(n->live));
    else
        xe_line_add(to, "is running: %u of %u threads %s work", n->able, n->live,
                    n->able == 1 ? "has" : "have");
    if (n->timed)
        xe_line_add(to, ", %u wait%s with a timeout", n->timed, third(n->timed));
    if (n->waiting)
        xe_line_add(to, ", %u wait%s for what others do", n->waiting, third(n->waiting));
    if (n->suspended)
        xe_line_add(to, ", %u %s suspended", n->suspended, n->suspended == 1 ? "is" : "are");
}

void xe__explain_sentence(struct xe_explain *explain, enum xe_stop stop, const char *detail)
{
    const struct xe_explain_counts *n = &explain->count;
    struct xe_line to = {explain->sentence, sizeof(explain->sentence), 0};

    if (stop == XE_STOP_BREAK && detail[0])
        xe_line_add(&to, "has stopped at a breakpoint: %s; it ", detail);

    switch (explain->verdict) {
    case XE_VERDICT_CRASHED:
        xe_line_add(&to, "crashed: %s", detail);
        break;
    case XE_VERDICT_EXITED:
        xe_line_add(&to, "has ended by itself: %s", detail);
        break;
    case XE_VERDICT_STUCK:
        xe_line_add(&to, "is stuck: %u of %u thread%s can%s (certain)", n->live, n->live,
                    plural(n->live),
                    explain->outside ? "'t run again unless something comes from outside"
                                     : " never run again");
        break;
    case XE_VERDICT_PARTLY_STUCK:
        xe_line_add(&to, "is partly stuck: ");
        say_stuck(&to, explain);
        break;
    case XE_VERDICT_LIVELOCK:
        say_livelock(&to, explain);
        break;
    case XE_VERDICT_STARVED:
        say_starved(&to, explain);
        break;
    default:
        say_running(&to, explain);
    }
}
