/* The first screen as text, from the JSON of diagnose.explain alone: is it stuck, on what, who
 * should have acted and what became of them, what do we ourselves lack, what to type next. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "rpc/report/explain_text.h"
#include "rpc/report/explain_who.h"
#include "rpc/report/report_text.h"
#include "xe/types.h"

#define ROOTS_MAX   8u
#define OTHERS_MAX  8u
#define PARTIAL_MAX 4u

/* ---- roots ----------------------------------------------------------------------------------- */

static void add_object(struct xe__text *text, const json_t *object)
{
    const json_t *created = json_object_get(object, "created");
    const char *name = xe__rpc_get_string(object, "name");

    xe__rpc_text_add(text, "%s %s", xe__rpc_get_string(object, "kind"),
                     xe__rpc_get_string(object, "key"));
    if (*name)
        xe__rpc_text_add(text, " \"%s\"", name);
    if (json_is_object(created)) {
        xe__rpc_text_add(text, ", made by ");
        xe__rpc_text_add_thread(text, xe__rpc_get_int(created, "tid"));
        xe__rpc_say_place(text, created);
        xe__rpc_say_cycle(text, ", ", xe__rpc_get_int(created, "cycle"));
    }
    if (xe__rpc_get_bool(object, "closed"))
        xe__rpc_text_add(text, ", closed by now");
}

/* ---- threads that are told together ---------------------------------------------------------- */

#define FOLD_MAX 256u /* XE_RPC_EXPLAIN_LIST: what a list has at most */

/* Those of a list that are like its item `first` by some of their members. */
struct fold {
    const json_t *first;
    long long tid[FOLD_MAX];
    size_t count;
    long long oldest, newest; /* since which cycle */
};

static bool is_alike(const json_t *a, const json_t *b, const char *const *members)
{
    for (; *members; members++)
        if (json_object_get(a, *members) != json_object_get(b, *members) &&
            !json_equal(json_object_get(a, *members), json_object_get(b, *members)))
            return false;
    return true;
}

/* false: an earlier one of the list has told it. */
static bool fold_at(const json_t *list, size_t at, const char *const *members, struct fold *ret)
{
    const json_t *first = json_array_get(list, at), *item;
    size_t i;

    *ret = (struct fold){.first = first, .oldest = xe__rpc_get_int(first, "since_cycle")};
    ret->newest = ret->oldest;
    json_array_foreach(list, i, item)
    {
        long long since = xe__rpc_get_int(item, "since_cycle");

        if (!is_alike(first, item, members) || ret->count == FOLD_MAX)
            continue;
        if (i < at)
            return false;
        ret->tid[ret->count++] = xe__rpc_get_int(item, "tid");
        ret->oldest = since < ret->oldest ? since : ret->oldest;
        ret->newest = since > ret->newest ? since : ret->newest;
    }
    return true;
}

/* "tids 2 to 41", "tids 2, 5, 7". */
static void add_tids(struct xe__text *text, const long long *tid, size_t n)
{
    size_t told = 0;

    xe__rpc_text_add(text, n == 1 ? "tid " : "tids ");
    for (size_t i = 0, end; i < n; i = end, told++) {
        for (end = i + 1; end < n && tid[end] == tid[end - 1] + 1; end++)
            ;
        if (told == LIST_MAX) {
            xe__rpc_text_add(text, " and %zu more", n - i);
            break;
        }
        if (end - i < 3)
            end = i + 1;
        xe__rpc_text_add(text, "%s%lld", i ? ", " : "", tid[i]);
        if (end > i + 1)
            xe__rpc_text_add(text, " to %lld", tid[end - 1]);
    }
}

static void add_folded(struct xe__text *text, const struct fold *it)
{
    const char *name = xe__rpc_get_string(it->first, "name");

    if (it->count == 1) {
        xe__rpc_say_thread(text, it->first);
        return;
    }
    add_tids(text, it->tid, it->count);
    if (*name)
        xe__rpc_text_add(text, " (%s)", name);
}

/* It doesn't wait, but asks. */
static void add_poller(struct xe__text *text, const struct fold *it)
{
    char times[32];

    xe__rpc_text_add(text, "   ");
    add_folded(text, it);
    xe__rpc_text_add(text, " %s for it again and again", it->count == 1 ? "asks" : "ask");
    xe__rpc_say_cycle(text, " since ", it->oldest);
    xe__rpc_say_place(text, it->first);
    xe__rpc_text_add(text, " (%s", xe__rpc_get_string(it->first, "src"));
    if (it->count == 1)
        xe__rpc_text_add(text, ", %s times",
                         xe__rpc_grouped(xe__rpc_get_int(it->first, "polls"), times));
    xe__rpc_text_add(text, ")\n");
}

static void add_waiter(struct xe__text *text, const struct fold *it)
{
    const json_t *waiter = it->first;

    if (xe__rpc_get_int(waiter, "polls")) {
        add_poller(text, it);
        return;
    }

    xe__rpc_text_add(text, "   ");
    add_folded(text, it);
    if (it->count == 1) {
        xe__rpc_say_cycle(text, " has waited since ", it->oldest);
    } else {
        char oldest[32], newest[32];

        xe__rpc_text_add(text, " have waited since cycles %s to %s",
                         xe__rpc_grouped(it->oldest, oldest), xe__rpc_grouped(it->newest, newest));
    }
    xe__rpc_say_place(text, waiter);
    xe__rpc_text_add(text, " (%s%s%s)", xe__rpc_get_string(waiter, "src"),
                     xe__rpc_get_bool(waiter, "alertable") ? ", alertable" : "",
                     xe__rpc_get_bool(waiter, "suspended") ? ", and suspended" : "");
    xe__rpc_text_add(text, "\n");
    if (it->count == 1)
        xe__rpc_say_apc_producers(text, waiter);
}

static void add_waiters(struct xe__text *text, const json_t *root)
{
    static const char *const members[] = {"name",      "place",         "src", "alertable",
                                          "suspended", "apc_producers", NULL};
    const json_t *waiters = json_object_get(root, "waiters");
    long long left = xe__rpc_get_int(root, "waiters_total");
    uint32_t told = 0;
    struct fold it;

    for (size_t i = 0; i < json_array_size(waiters) && told < LIST_MAX; i++) {
        if (!fold_at(waiters, i, members, &it))
            continue;
        add_waiter(text, &it);
        left -= (long long)it.count;
        told++;
    }
    if (left > 0)
        xe__rpc_text_add(text, "   ... and %lld more wait for it\n", left);
}

static void add_behind(struct xe__text *text, const json_t *root)
{
    static const char *const members[] = {"name", "kind", "key", NULL};
    const json_t *chains = json_object_get(root, "chains");
    long long left = xe__rpc_get_int(root, "behind_total");
    uint32_t told = 0;
    struct fold it;

    if (!left)
        return;
    xe__rpc_text_add(text, "   behind it:");
    for (size_t i = 0; i < json_array_size(chains) && told < LIST_MAX; i++) {
        if (!fold_at(chains, i, members, &it))
            continue;
        xe__rpc_text_add(text, told ? ", " : " ");
        add_folded(text, &it);
        if (*xe__rpc_get_string(it.first, "kind"))
            xe__rpc_text_add(text, " (want%s %s %s)", it.count == 1 ? "s" : "",
                             xe__rpc_get_string(it.first, "kind"),
                             xe__rpc_get_string(it.first, "key"));
        left -= (long long)it.count;
        told++;
    }
    if (left > 0)
        xe__rpc_text_add(text, " and %lld more", left);
    xe__rpc_text_add(text, "\n");
}

/* ---- roots ----------------------------------------------------------------------------------- */

/* "wants Mutant 0x1004 of tid 3" */
static void add_want(struct xe__text *text, const json_t *edge, const json_t *next)
{
    if (*xe__rpc_get_string(edge, "kind"))
        xe__rpc_text_add(text, " wants %s %s of ", xe__rpc_get_string(edge, "kind"),
                         xe__rpc_get_string(edge, "key"));
    else
        xe__rpc_text_add(text, " waits to be alerted by ");
    if (edge == next)
        xe__rpc_text_add(text, "itself");
    else
        xe__rpc_say_thread(text, next);
}

static void add_ring(struct xe__text *text, const json_t *root)
{
    const json_t *cycle = json_object_get(root, "cycle"), *edge;
    size_t i;

    if (json_array_size(cycle) == 1) {
        xe__rpc_say_thread(text, json_array_get(cycle, 0));
        xe__rpc_text_add(text, " waits for itself (%s)\n", xe__rpc_get_string(root, "certainty"));
    } else {
        xe__rpc_text_add(text, "%lld threads wait for each other in a cycle (%s)\n",
                         xe__rpc_get_int(root, "cycle_total"),
                         xe__rpc_get_string(root, "certainty"));
    }
    json_array_foreach(cycle, i, edge)
    {
        const json_t *next = json_array_get(cycle, (i + 1) % json_array_size(cycle));

        if (i == 2 * LIST_MAX)
            break;
        xe__rpc_text_add(text, "   ");
        xe__rpc_say_thread(text, edge);
        add_want(text, edge, next);
        xe__rpc_say_cycle(text, ", since ", xe__rpc_get_int(edge, "since_cycle"));
        xe__rpc_say_place(text, edge);
        xe__rpc_text_add(text, "\n");
    }
}

/* What the audit knows of signals that came and did not help, or never came, and of stores; who
 * could release it is told. */
static bool is_told(const json_t *why)
{
    static const char *const tells[] = {
        "SIGNALED_NOW",         "LOST_WAKE",          "GHOST_ONLY",           "ALL_FAILED",
        "TOKEN_TAKEN_BY_OTHER", "WAIT_ALL_PARTIAL",   "PULSE_MISSED",         "RESET_BEFORE_WAIT",
        "CONSUMED_EARLIER",     "CONSUMED_UNAUDITED", "PRODUCER_NOT_REACHED", "STATE_STORED",
        "INITIALISED_AGAIN"};

    for (size_t i = 0; i < sizeof(tells) / sizeof(tells[0]); i++)
        if (!strcmp(xe__rpc_get_string(why, "sub"), tells[i]))
            return *xe__rpc_get_string(why, "detail");
    return false;
}

static void add_reason(struct xe__text *text, const json_t *why)
{
    xe__rpc_text_add(text, "%s/%s", xe__rpc_get_string(why, "code"),
                     xe__rpc_get_string(why, "sub"));
    xe__rpc_say_place(text, why);
    xe__rpc_text_add(text, ": %s\n", xe__rpc_get_string(why, "detail"));
}

/* Of some of its waiters. */
static void add_reason_of(struct xe__text *text, const json_t *verdict, const json_t *why)
{
    const json_t *item;
    long long tid[FOLD_MAX];
    size_t n = 0, i;

    if (!is_told(why))
        return;
    json_array_foreach(json_object_get(verdict, "tids"), i, item)
    {
        if (n < FOLD_MAX)
            tid[n++] = json_integer_value(item);
    }
    xe__rpc_text_add(text, "   ");
    add_tids(text, tid, n);
    if (xe__rpc_get_int(verdict, "waiters") > (long long)n)
        xe__rpc_text_add(text, " and %lld more",
                         xe__rpc_get_int(verdict, "waiters") - (long long)n);
    xe__rpc_text_add(text, ": ");
    add_reason(text, why);
}

static void add_why(struct xe__text *text, const json_t *root)
{
    const json_t *why = json_object_get(root, "why"), *verdict;
    const json_t *verdicts = json_object_get(root, "verdicts");
    size_t i;

    if (!json_array_size(verdicts) && is_told(why)) {
        xe__rpc_text_add(text, "   ");
        add_reason(text, why);
    }
    json_array_foreach(verdicts, i, verdict)
        add_reason_of(text, verdict, i ? json_object_get(verdict, "diagnosis") : why);
}

/* Others that began where the first waiter did go on. */
static void add_alike(struct xe__text *text, const json_t *root)
{
    const json_t *alike = json_object_get(root, "alike"), *item;
    long long tid[FOLD_MAX];
    size_t n = 0, i;

    json_array_foreach(alike, i, item)
    {
        if (n < FOLD_MAX)
            tid[n++] = json_integer_value(item);
    }
    if (!n)
        return;
    xe__rpc_text_add(text, "   ");
    add_tids(text, tid, n);
    xe__rpc_text_add(text,
                     " began at the same routine, and go%s on: it may be one of a pool that was "
                     "given nothing\n",
                     n == 1 ? "es" : "");
}

static void add_objects(struct xe__text *text, const json_t *root)
{
    const json_t *objects = json_object_get(root, "objects"), *object;
    size_t i;

    if (json_array_size(objects) > 1)
        xe__rpc_text_add(text, "any of %lld objects (%s)\n", xe__rpc_get_int(root, "objects_total"),
                         xe__rpc_get_string(root, "certainty"));
    json_array_foreach(objects, i, object)
    {
        if (i == LIST_MAX)
            break;
        xe__rpc_text_add(text, json_array_size(objects) > 1 ? "   " : "");
        add_object(text, object);
        if (json_array_size(objects) == 1)
            xe__rpc_text_add(text, " (%s)", xe__rpc_get_string(root, "certainty"));
        xe__rpc_text_add(text, "\n");
        if (json_array_size(objects) > 1)
            xe__rpc_say_producers(text, object);
    }
    add_waiters(text, root);
    if (json_array_size(objects) == 1)
        xe__rpc_say_producers(text, json_array_get(objects, 0));
    add_alike(text, root);
}

static void add_thread_root(struct xe__text *text, const json_t *explain, const json_t *root)
{
    const json_t *thread = json_object_get(root, "thread"),
                 *spin = xe__rpc_spin_of(explain, thread);

    if (xe__rpc_get_int(thread, "tid") == XE_TID_GPU) {
        xe__rpc_say_gpu(text, explain);
        xe__rpc_text_add(text, " (%s)\n", xe__rpc_get_string(root, "certainty"));
        xe__rpc_say_gpu_details(text, explain);
        return;
    }
    xe__rpc_say_thread(text, thread);
    xe__rpc_text_add(text, " ");
    if (spin)
        xe__rpc_say_spin(text, spin);
    else
        xe__rpc_say_standing(text, thread);
    xe__rpc_text_add(text, " (%s)\n", xe__rpc_get_string(root, "certainty"));
    if (spin)
        xe__rpc_say_spin_details(text, spin);
}

static void add_root(struct xe__text *text, const json_t *explain, const json_t *root,
                     size_t number)
{

    xe__rpc_text_add(text, "%s%zu  ", number > 1 ? "\n" : "", number);
    if (json_array_size(json_object_get(root, "cycle")) > 0) {
        add_ring(text, root);
    } else if (json_is_object(json_object_get(root, "thread"))) {
        add_thread_root(text, explain, root);
    } else {
        add_objects(text, root);
        add_why(text, root);
    }
    add_behind(text, root);
}

static void add_roots(struct xe__text *text, const json_t *explain)
{
    const json_t *roots = json_object_get(explain, "roots"), *root;
    long long all = xe__rpc_get_int(explain, "roots_total");
    size_t i;

    if (all > 0)
        xe__rpc_text_add(text, "\n");
    json_array_foreach(roots, i, root)
    {
        if (i < ROOTS_MAX)
            add_root(text, explain, root, i + 1);
    }
    if (all > (long long)ROOTS_MAX)
        xe__rpc_text_add(text, "   ... and %lld more\n", all - (long long)ROOTS_MAX);
}

/* ---- the others ------------------------------------------------------------------------------ */

static void add_group(struct xe__text *text, const json_t *group, bool awaits)
{
    const json_t *tids = json_object_get(group, "tids"), *item;
    const char *name = xe__rpc_get_string(group, "name");
    long long tid[FOLD_MAX];
    size_t n = 0, i;

    json_array_foreach(tids, i, item)
    {
        if (n < FOLD_MAX)
            tid[n++] = json_integer_value(item);
    }
    add_tids(text, tid, n);
    if (json_array_size(tids) > n)
        xe__rpc_text_add(text, " and %zu more", json_array_size(tids) - n);
    xe__rpc_text_add(text, "%s%s%s: %s", *name ? " (" : "", name, *name ? ")" : "",
                     n > 1 ? "each " : "");
    if (awaits && json_array_size(json_object_get(group, "objects")) > 0)
        xe__rpc_say_awaited(text, group);
    else
        xe__rpc_say_standing(text, group);
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
        xe__rpc_text_add(text, "%*s", (int)strlen(title), i ? "" : title);
        add_group(text, group, !strcmp(member, "waiting"));
        if (!strcmp(xe__rpc_get_string(group, "certainty"), "possible"))
            xe__rpc_text_add(text, " (possible)");
        xe__rpc_text_add(text, "\n");
    }
    if (json_array_size(groups) > OTHERS_MAX)
        xe__rpc_text_add(text, "%*s... and %zu more kinds\n", (int)strlen(title), "",
                         json_array_size(groups) - OTHERS_MAX);
}

/* ", first by loader (tid 3) from 0x82001234 in open_level, called by load, main" */
static void add_first(struct xe__text *text, const json_t *item)
{
    const char *first = xe__rpc_get_string(item, "first_caller");
    const char *place = xe__rpc_get_string(item, "place");
    const char *behind = xe__rpc_get_string(item, "called_by");
    const char *thread = xe__rpc_get_string(item, "thread");

    if (!*first)
        return;
    xe__rpc_text_add(text, ", first");
    if (*thread)
        xe__rpc_text_add(text, " by %s (tid %lld)", thread, xe__rpc_get_int(item, "first_tid"));
    else if (xe__rpc_get_int(item, "first_tid"))
        xe__rpc_text_add(text, " by tid %lld", xe__rpc_get_int(item, "first_tid"));
    xe__rpc_text_add(text, " from %s%s%s%s%s", first, *place ? " in " : "", place,
                     *behind ? ", called by " : "", behind);
}

static void add_lack(struct xe__text *text, const json_t *item)
{
    const char *lacks = xe__rpc_get_string(item, "lacks");

    if (*lacks)
        xe__rpc_text_add(text, "   %s: %s;", xe__rpc_get_string(item, "name"), lacks);
    else
        xe__rpc_text_add(text, "   %s %s:", xe__rpc_get_string(item, "kind"),
                         xe__rpc_get_string(item, "name"));
    xe__rpc_text_add(text, " %lld time%s", xe__rpc_get_int(item, "count"),
                     xe__rpc_get_int(item, "count") == 1 ? "" : "s");
    add_first(text, item);
    xe__rpc_text_add(text, "\n");
}

/* Those that are there in part, or those that aren't there. */
static void add_lacks(struct xe__text *text, const json_t *lacking, bool partial, size_t max,
                      const char *title)
{
    const json_t *item;
    size_t i, found = 0;

    json_array_foreach(lacking, i, item)
    {
        if ((*xe__rpc_get_string(item, "lacks") != '\0') != partial)
            continue;
        if (!found++)
            xe__rpc_text_add(text, "\n%s:\n", title);
        if (found <= max)
            add_lack(text, item);
    }
    if (found > max)
        xe__rpc_text_add(text, "   ... and %zu more\n", found - max);
}

void xe__rpc_text_add_lacking(struct xe__text *text, const json_t *lacking)
{
    add_lacks(text, lacking, false, OTHERS_MAX, "what xe360d lacks and this title touched");
    add_lacks(text, lacking, true, PARTIAL_MAX, "there in part, and called by this title");
}

void xe__rpc_text_add_fingerprint(struct xe__text *text, const json_t *explain)
{
    const char *fingerprint = xe__rpc_get_string(explain, "fingerprint");

    if (*fingerprint)
        xe__rpc_text_add(text, "\nfingerprint: %s\n", fingerprint);
}

void xe__rpc_text_add_next(struct xe__text *text, const json_t *next)
{
    const json_t *item;
    size_t i;

    json_array_foreach(next, i, item) xe__rpc_text_add(
        text, "%s%s    # %s\n", i ? "       " : "\nnext:  ", xe__rpc_get_string(item, "command"),
        xe__rpc_get_string(item, "why"));
}

/* What can't be meant to run by itself. */
static void add_library(struct xe__text *text, const json_t *explain)
{
    const char *attached = xe__rpc_get_string(explain, "attached");

    if (xe__rpc_get_bool(explain, "library"))
        xe__rpc_text_add(text,
                         "it is a library (DLL) and no title: its entry was called as an "
                         "attach, and %s%s\n",
                         *attached ? "returned " : "has not returned", attached);
}

void xe__rpc_text_add_explanation(struct xe__text *text, const json_t *explain)
{
    add_library(text, explain);
    add_roots(text, explain);
    xe__rpc_text_add_gpu(text, explain);
    add_groups(text, explain, "going_on", "going on: ");
    add_groups(text, explain, "healthy", "healthy:  ");
    add_groups(text, explain, "waiting", "waiting:  ");
}

char *xe_report_explain_text(const json_t *explain)
{
    const json_t *verdict = json_object_get(explain, "verdict");
    struct xe__text text = {0};

    xe__rpc_text_add(&text, "%s", xe__rpc_get_string(verdict, "sentence"));
    xe__rpc_say_cycle(&text, ". ", xe__rpc_get_int(explain, "cycle"));
    xe__rpc_text_add(&text, ", engine %s\n", xe__rpc_get_string(explain, "engine"));
    xe__rpc_text_add_explanation(&text, explain);
    xe__rpc_text_add_lacking(&text, json_object_get(explain, "lacking"));
    xe__rpc_text_add_fingerprint(&text, explain);
    xe__rpc_text_wrap(&text); /* commands are to be copied as they stand */
    xe__rpc_text_add_next(&text, json_object_get(explain, "next"));
    return xe__rpc_text_take(&text);
}
