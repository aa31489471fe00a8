/* The first screen as text, from the JSON of diagnose.explain alone: is it stuck, on what, who
 * should have acted and what became of them, what do we ourselves lack, what to type next. */
#include <stdio.h>
#include <string.h>

#include "rpc/explain_text.h"
#include "rpc/report_text.h"

#define ROOTS_MAX  8u /* of a list on the first screen */
#define LIST_MAX   6u
#define OTHERS_MAX 8u

/* "100,000,000" */
const char *xe__grouped(long long value, char text[32])
{
    char plain[24];
    int digits = snprintf(plain, sizeof(plain), "%lld", value), used = 0;

    for (int i = 0; i < digits; i++) {
        text[used++] = plain[i];
        if (plain[i] != '-' && (digits - i) % 3 == 1 && i + 1 < digits)
            text[used++] = ',';
    }
    text[used] = '\0';
    return text;
}

static void add_cycle(struct xe__text *text, const char *before, long long cycle)
{
    char number[32];

    xe__text_add(text, "%scycle %s", before, xe__grouped(cycle, number));
}

/* "worker (tid 2)" or "tid 2". */
static void add_thread(struct xe__text *text, const json_t *thread)
{
    const char *name = xe__get_string(thread, "name");

    if (*name)
        xe__text_add(text, "%s (tid %lld)", name, xe__get_int(thread, "tid"));
    else
        xe__text_add(text, "tid %lld", xe__get_int(thread, "tid"));
}

/* A span of 100 ns units, in the largest unit that leaves digits before the point. */
static void add_span(struct xe__text *text, long long span)
{
    if (span >= 36000000000ll)
        xe__text_add(text, "%.1f h", (double)span / 36e9);
    else if (span >= 10000000)
        xe__text_add(text, "%.1f s", (double)span / 1e7);
    else if (span >= 10000)
        xe__text_add(text, "%.1f ms", (double)span / 1e4);
    else
        xe__text_add(text, "%lld us", span / 10);
}

/* ---- how somebody stands --------------------------------------------------------------------- */

static void add_by(struct xe__text *text, const json_t *who, const char *before)
{
    if (xe__get_int(who, "by_tid"))
        xe__text_add(text, "%stid %lld", before, xe__get_int(who, "by_tid"));
}

static void add_until(struct xe__text *text, const json_t *who, const char *before)
{
    if (!json_is_integer(json_object_get(who, "until_100ns")))
        return;
    xe__text_add(text, "%s", before);
    add_span(text, xe__get_int(who, "until_100ns"));
}

static void add_ended(struct xe__text *text, const json_t *who)
{
    xe__text_add(text, "has ended");
    if (xe__get_int(who, "since_cycle")) {
        add_cycle(text, " at ", xe__get_int(who, "since_cycle"));
        xe__text_add(text, " with code %s", xe__get_string(who, "exit_code"));
    }
}

static void add_running(struct xe__text *text, const json_t *who)
{
    const char *export = xe__get_string(who, "last_export");

    xe__text_add(text, "runs");
    if (*export) {
        xe__text_add(text, ", last call %s", export);
        add_cycle(text, " at ", xe__get_int(who, "last_export_cycle"));
    }
}

/* What it does, as the end of a sentence about it. */
static void add_standing(struct xe__text *text, const json_t *who)
{
    const char *state = xe__get_string(who, "state");

    if (!strcmp(state, "running")) {
        add_running(text, who);
    } else if (!strcmp(state, "starved")) {
        xe__text_add(text, "has work");
        add_by(text, who, ", but its hardware thread is taken by ");
    } else if (!strcmp(state, "sleeping")) {
        xe__text_add(text, "sleeps");
        add_until(text, who, ", for another ");
    } else if (!strcmp(state, "waiting")) {
        xe__text_add(text, "waits for %s", xe__get_string(who, "waits_on"));
        add_until(text, who, ", at most another ");
    } else if (!strcmp(state, "suspended")) {
        xe__text_add(text, "is suspended");
        add_by(text, who, " by ");
    } else if (!strcmp(state, "not_started")) {
        xe__text_add(text, "was made suspended");
        add_by(text, who, " by ");
        xe__text_add(text, " and never started");
    } else if (!strcmp(state, "ended")) {
        add_ended(text, who);
    } else {
        xe__text_add(text, "%s", state);
    }
}

/* ---- producers ------------------------------------------------------------------------------- */

static void add_place(struct xe__text *text, const json_t *who)
{
    const char *place = xe__get_string(who, "place");

    if (*place)
        xe__text_add(text, " in %s", place);
}

/* What it did to the object. */
static void add_acts(struct xe__text *text, const json_t *who)
{
    long long acts = xe__get_int(who, "acts");

    if (acts == 1)
        xe__text_add(text, " released it once,");
    else
        xe__text_add(text, " released it %lld times, last", acts);
    add_cycle(text, " at ", xe__get_int(who, "last_act_cycle"));
    add_place(text, who);
    xe__text_add(text, " (%s)", xe__get_string(who, "last_act_src"));
}

static void add_timer(struct xe__text *text, const json_t *who)
{
    const char *state = xe__get_string(who, "state");

    if (!strcmp(state, "unarmed")) {
        xe__text_add(text, "nobody ever armed it");
        return;
    }
    xe__text_add(text, "tid %lld armed it", xe__get_int(who, "tid"));
    add_cycle(text, " at ", xe__get_int(who, "last_act_cycle"));
    add_place(text, who);
    if (!strcmp(state, "armed")) {
        add_until(text, who, "; due in ");
    } else if (!strcmp(state, "cancelled")) {
        xe__text_add(text, "; cancelled");
        add_by(text, who, " by ");
        add_cycle(text, " at ", xe__get_int(who, "since_cycle"));
    } else {
        add_cycle(text, "; it expired at ", xe__get_int(who, "since_cycle"));
        xe__text_add(text, " and was not armed again");
    }
}

static void add_promise(struct xe__text *text, const json_t *who)
{
    bool never = !strcmp(xe__get_string(who, "state"), "never");

    xe__text_add(text, "%s promised by %s", xe__get_string(who, "host"),
                 xe__get_string(who, "last_act_src"));
    add_cycle(text, " at ", xe__get_int(who, "last_act_cycle"));
    xe__text_add(text, never ? "; xe360d has nothing that could keep it" : "; still open");
    add_until(text, who, ", due in ");
}

static void add_producer(struct xe__text *text, const json_t *who)
{
    const char *kind = xe__get_string(who, "kind");

    xe__text_add(text, "   ");
    if (!strcmp(kind, "timer")) {
        add_timer(text, who);
    } else if (!strcmp(kind, "promise")) {
        add_promise(text, who);
    } else if (!strcmp(kind, "host")) {
        xe__text_add(text, "%s", xe__get_string(who, "host"));
        add_acts(text, who);
    } else {
        bool known = xe__get_int(who, "tid") != 0;

        if (known)
            add_thread(text, who);
        else
            xe__text_add(text, "a thread that has no record any more");
        if (!strcmp(kind, "owner"))
            xe__text_add(text, " holds it;");
        else if (!strcmp(kind, "server"))
            xe__text_add(text, " works on an entry of it, and it lets no more at once;");
        else if (!strcmp(kind, "signaller"))
            add_acts(text, who);
        xe__text_add(text, !strcmp(kind, "signaller") ? "; it " : " it ");
        add_standing(text, who);
    }
    xe__text_add(text, "\n");
}

static void add_producers(struct xe__text *text, const json_t *object)
{
    const json_t *producers = json_object_get(object, "producers"), *who;
    size_t i;

    json_array_foreach(producers, i, who)
    {
        if (i < LIST_MAX)
            add_producer(text, who);
    }
    if (i > LIST_MAX)
        xe__text_add(text, "   ... and %zu more released it\n", i - LIST_MAX);
    if (i == 0)
        xe__text_add(text, xe__get_bool(object, "complete")
                               ? "   nobody ever released it\n"
                               : "   who released it was not recorded from its beginning\n");
}

/* ---- roots ----------------------------------------------------------------------------------- */

static void add_object(struct xe__text *text, const json_t *object)
{
    const json_t *created = json_object_get(object, "created");
    const char *name = xe__get_string(object, "name");

    xe__text_add(text, "%s %s", xe__get_string(object, "kind"), xe__get_string(object, "key"));
    if (*name)
        xe__text_add(text, " \"%s\"", name);
    if (json_is_object(created)) {
        xe__text_add(text, ", made by tid %lld", xe__get_int(created, "tid"));
        add_place(text, created);
        add_cycle(text, ", ", xe__get_int(created, "cycle"));
    }
    if (xe__get_bool(object, "closed"))
        xe__text_add(text, ", closed by now");
}

static void add_waiter(struct xe__text *text, const json_t *waiter)
{
    xe__text_add(text, "   ");
    add_thread(text, waiter);
    add_cycle(text, " has waited since ", xe__get_int(waiter, "since_cycle"));
    add_place(text, waiter);
    xe__text_add(text, " (%s%s%s)", xe__get_string(waiter, "src"),
                 xe__get_bool(waiter, "alertable") ? ", alertable" : "",
                 xe__get_bool(waiter, "suspended") ? ", and suspended" : "");
    xe__text_add(text, "\n");
}

static void add_waiters(struct xe__text *text, const json_t *root)
{
    const json_t *waiters = json_object_get(root, "waiters"), *waiter;
    long long all = xe__get_int(root, "waiters_total");
    size_t i;

    json_array_foreach(waiters, i, waiter)
    {
        if (i < LIST_MAX)
            add_waiter(text, waiter);
    }
    if (all > (long long)LIST_MAX)
        xe__text_add(text, "   ... and %lld more wait for it\n", all - (long long)LIST_MAX);
}

static void add_behind(struct xe__text *text, const json_t *root)
{
    const json_t *chains = json_object_get(root, "chains"), *waiter;
    long long all = xe__get_int(root, "behind_total");
    size_t i;

    if (!all)
        return;
    xe__text_add(text, "   behind it:");
    json_array_foreach(chains, i, waiter)
    {
        if (i == LIST_MAX)
            break;
        xe__text_add(text, i ? ", " : " ");
        add_thread(text, waiter);
        xe__text_add(text, " (wants %s %s)", xe__get_string(waiter, "kind"),
                     xe__get_string(waiter, "key"));
    }
    xe__text_add(text, all > (long long)i ? " and %lld more\n" : "\n", all - (long long)i);
}

static void add_ring(struct xe__text *text, const json_t *root)
{
    const json_t *cycle = json_object_get(root, "cycle"), *edge;
    size_t i;

    xe__text_add(text, "%lld thread%s for each other in a cycle (%s)\n",
                 xe__get_int(root, "cycle_total"),
                 xe__get_int(root, "cycle_total") == 1 ? " waits" : "s wait",
                 xe__get_string(root, "certainty"));
    json_array_foreach(cycle, i, edge)
    {
        const json_t *next = json_array_get(cycle, (i + 1) % json_array_size(cycle));

        if (i == 2 * LIST_MAX)
            break;
        xe__text_add(text, "   ");
        add_thread(text, edge);
        xe__text_add(text, " wants %s %s of ", xe__get_string(edge, "kind"),
                     xe__get_string(edge, "key"));
        add_thread(text, next);
        add_cycle(text, ", since ", xe__get_int(edge, "since_cycle"));
        add_place(text, edge);
        xe__text_add(text, "\n");
    }
}

/* What the audit knows of signals that came and did not help; who could release it is told. */
static void add_why(struct xe__text *text, const json_t *root)
{
    static const char *const tells[] = {
        "SIGNALED_NOW",         "LOST_WAKE",         "GHOST_ONLY",   "ALL_FAILED",
        "TOKEN_TAKEN_BY_OTHER", "WAIT_ALL_PARTIAL",  "PULSE_MISSED", "RESET_BEFORE_WAIT",
        "CONSUMED_EARLIER",     "CONSUMED_UNAUDITED"};
    const json_t *why = json_object_get(root, "why");
    const char *detail = xe__get_string(why, "detail"), *sub = xe__get_string(why, "sub");

    for (size_t i = 0; *detail && i < sizeof(tells) / sizeof(tells[0]); i++)
        if (!strcmp(sub, tells[i]))
            xe__text_add(text, "   %s/%s: %s\n", xe__get_string(why, "code"), sub, detail);
}

static void add_objects(struct xe__text *text, const json_t *root)
{
    const json_t *objects = json_object_get(root, "objects"), *object;
    size_t i;

    if (json_array_size(objects) > 1)
        xe__text_add(text, "any of %lld objects (%s)\n", xe__get_int(root, "objects_total"),
                     xe__get_string(root, "certainty"));
    json_array_foreach(objects, i, object)
    {
        if (i == LIST_MAX)
            break;
        xe__text_add(text, json_array_size(objects) > 1 ? "   " : "");
        add_object(text, object);
        if (json_array_size(objects) == 1)
            xe__text_add(text, " (%s)", xe__get_string(root, "certainty"));
        xe__text_add(text, "\n");
        if (json_array_size(objects) > 1)
            add_producers(text, object);
    }
    add_waiters(text, root);
    if (json_array_size(objects) == 1)
        add_producers(text, json_array_get(objects, 0));
}

static void add_root(struct xe__text *text, const json_t *root, size_t number)
{
    const json_t *thread = json_object_get(root, "thread");

    xe__text_add(text, "%s%zu  ", number > 1 ? "\n" : "", number);
    if (json_array_size(json_object_get(root, "cycle")) > 0) {
        add_ring(text, root);
    } else if (json_is_object(thread)) {
        add_thread(text, thread);
        xe__text_add(text, " ");
        add_standing(text, thread);
        xe__text_add(text, " (%s)\n", xe__get_string(root, "certainty"));
    } else {
        add_objects(text, root);
        add_why(text, root);
    }
    add_behind(text, root);
}

static void add_roots(struct xe__text *text, const json_t *explain)
{
    const json_t *roots = json_object_get(explain, "roots"), *root;
    long long all = xe__get_int(explain, "roots_total");
    size_t i;

    if (all > 0)
        xe__text_add(text, "\n");
    json_array_foreach(roots, i, root)
    {
        if (i < ROOTS_MAX)
            add_root(text, root, i + 1);
    }
    if (all > (long long)ROOTS_MAX)
        xe__text_add(text, "   ... and %lld more\n", all - (long long)ROOTS_MAX);
}

/* ---- the others ------------------------------------------------------------------------------ */

static void add_group(struct xe__text *text, const json_t *group)
{
    const json_t *tids = json_object_get(group, "tids"), *tid;
    size_t n = json_array_size(tids), i;
    const char *name = xe__get_string(group, "name");

    json_array_foreach(tids, i, tid)
    {
        if (i < LIST_MAX)
            xe__text_add(text, "%s %lld",
                         i        ? ","
                         : n == 1 ? "tid"
                                  : "tids",
                         (long long)json_integer_value(tid));
    }
    xe__text_add(text, "%s%s%s%s: ", n > LIST_MAX ? ", ..." : "", *name ? " (" : "", name,
                 *name ? ")" : "");
    add_standing(text, group);
}

/* "going on: tid 1: runs; tids 2, 3: waits for ..." */
static void add_groups(struct xe__text *text, const json_t *explain, const char *member,
                       const char *title)
{
    const json_t *groups = json_object_get(explain, member), *group;
    size_t i;

    json_array_foreach(groups, i, group)
    {
        if (i == OTHERS_MAX)
            break;
        xe__text_add(text, "%*s", (int)strlen(title), i ? "" : title);
        add_group(text, group);
        xe__text_add(text, "\n");
    }
    if (json_array_size(groups) > OTHERS_MAX)
        xe__text_add(text, "%*s... and %zu more kinds\n", (int)strlen(title), "",
                     json_array_size(groups) - OTHERS_MAX);
}

void xe__text_add_lacking(struct xe__text *text, const json_t *lacking)
{
    const char *first;
    const json_t *item;
    size_t i;

    if (json_array_size(lacking) > 0)
        xe__text_add(text, "\nwhat xe360d lacks and this title touched:\n");
    json_array_foreach(lacking, i, item)
    {
        if (i == OTHERS_MAX)
            break;
        first = xe__get_string(item, "first_caller");
        xe__text_add(text, "   %s %s: %lld time%s%s%s\n", xe__get_string(item, "kind"),
                     xe__get_string(item, "name"), xe__get_int(item, "count"),
                     xe__get_int(item, "count") == 1 ? "" : "s", *first ? ", first from " : "",
                     first);
    }
    if (json_array_size(lacking) > i)
        xe__text_add(text, "   ... and %zu more\n", json_array_size(lacking) - i);
}

void xe__text_add_next(struct xe__text *text, const json_t *next)
{
    const json_t *item;
    size_t i;

    json_array_foreach(next, i, item) xe__text_add(
        text, "%s%s    # %s\n", i ? "       " : "\nnext:  ", xe__get_string(item, "command"),
        xe__get_string(item, "why"));
}

void xe__text_add_explanation(struct xe__text *text, const json_t *explain)
{
    add_roots(text, explain);
    add_groups(text, explain, "going_on", "going on: ");
    add_groups(text, explain, "healthy", "healthy:  ");
}

char *xe_report_explain_text(const json_t *explain)
{
    const json_t *verdict = json_object_get(explain, "verdict");
    struct xe__text text = {0};

    xe__text_add(&text, "%s", xe__get_string(verdict, "sentence"));
    add_cycle(&text, ". ", xe__get_int(explain, "cycle"));
    xe__text_add(&text, ", engine %s\n", xe__get_string(explain, "engine"));
    xe__text_add_explanation(&text, explain);
    xe__text_add_lacking(&text, json_object_get(explain, "lacking"));
    xe__text_add_next(&text, json_object_get(explain, "next"));
    return xe__text_take(&text);
}
