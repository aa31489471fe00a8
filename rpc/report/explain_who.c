/* Sentences about threads, timers and whoever else can release an object, for the first screen. */
#include "rpc/report/explain_who.h"

#include <stdio.h>
#include <string.h>

#include "rpc/report/explain_text.h"
#include "xe/types.h"

/* "100,000,000" */
const char *xe__rpc_grouped(long long value, char text[32])
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

void xe__rpc_say_cycle(struct xe__text *text, const char *before, long long cycle)
{
    char number[32];

    xe__rpc_text_add(text, "%scycle %s", before, xe__rpc_grouped(cycle, number));
}

/* "worker (tid 2)" or "tid 2". */
void xe__rpc_say_thread(struct xe__text *text, const json_t *thread)
{
    const char *name = xe__rpc_get_string(thread, "name");

    if (*name && xe__rpc_get_int(thread, "tid") < XE_TID_SYSTEM)
        xe__rpc_text_add(text, "%s (tid %lld)", name, xe__rpc_get_int(thread, "tid"));
    else
        xe__rpc_text_add_thread(text, xe__rpc_get_int(thread, "tid"));
}

/* A span of 100 ns units, in the largest unit that leaves digits before the point. */
static void add_span(struct xe__text *text, long long span)
{
    if (span >= 36000000000ll)
        xe__rpc_text_add(text, "%.1f h", (double)span / 36e9);
    else if (span >= 10000000)
        xe__rpc_text_add(text, "%.1f s", (double)span / 1e7);
    else if (span >= 10000)
        xe__rpc_text_add(text, "%.1f ms", (double)span / 1e4);
    else
        xe__rpc_text_add(text, "%lld us", span / 10);
}

/* ---- how somebody stands --------------------------------------------------------------------- */

static void add_by(struct xe__text *text, const json_t *who, const char *before)
{
    if (!xe__rpc_get_int(who, "by_tid"))
        return;
    xe__rpc_text_add(text, "%s", before);
    xe__rpc_text_add_thread(text, xe__rpc_get_int(who, "by_tid"));
}

void xe__rpc_say_until(struct xe__text *text, const json_t *who, const char *before)
{
    if (!json_is_integer(json_object_get(who, "until_100ns")))
        return;
    xe__rpc_text_add(text, "%s", before);
    add_span(text, xe__rpc_get_int(who, "until_100ns"));
}

static void add_ended(struct xe__text *text, const json_t *who)
{
    xe__rpc_text_add(text, "has ended");
    if (xe__rpc_get_int(who, "since_cycle")) {
        xe__rpc_say_cycle(text, " at ", xe__rpc_get_int(who, "since_cycle"));
        xe__rpc_text_add(text, " with code %s", xe__rpc_get_string(who, "exit_code"));
    }
}

static void add_running(struct xe__text *text, const json_t *who)
{
    const char *export = xe__rpc_get_string(who, "last_export");

    xe__rpc_text_add(text, "runs");
    if (*export) {
        xe__rpc_text_add(text, ", last call %s", export);
        xe__rpc_say_cycle(text, " at ", xe__rpc_get_int(who, "last_export_cycle"));
    }
}

/* What it does, as the end of a sentence about it. */
void xe__rpc_say_standing(struct xe__text *text, const json_t *who)
{
    const char *state = xe__rpc_get_string(who, "state");

    if (!strcmp(state, "running")) {
        add_running(text, who);
    } else if (!strcmp(state, "starved")) {
        xe__rpc_text_add(text, "has work");
        add_by(text, who, ", but its hardware thread is taken by ");
    } else if (!strcmp(state, "spinning")) {
        xe__rpc_text_add(text, "spins on %s", xe__rpc_get_string(who, "spins_on"));
        xe__rpc_say_cycle(text, " since ", xe__rpc_get_int(who, "since_cycle"));
    } else if (!strcmp(state, "polling")) {
        xe__rpc_text_add(text, "asks for %s again and again", xe__rpc_get_string(who, "spins_on"));
        xe__rpc_say_cycle(text, " since ", xe__rpc_get_int(who, "since_cycle"));
    } else if (!strcmp(state, "sleeping")) {
        xe__rpc_text_add(text, json_is_null(json_object_get(who, "until_100ns")) ? "sleeps for ever"
                                                                                 : "sleeps");
        xe__rpc_say_until(text, who, ", for another ");
    } else if (!strcmp(state, "network")) {
        xe__rpc_text_add(
            text, "waits for the network%s",
            *xe__rpc_get_string(who, "waits_on") ? "" : ", from which nothing comes to this build");
    } else if (!strcmp(state, "waiting")) {
        xe__rpc_text_add(text, "waits for %s", xe__rpc_get_string(who, "waits_on"));
        xe__rpc_say_until(text, who, ", at most another ");
    } else if (!strcmp(state, "suspended")) {
        xe__rpc_text_add(text, "is suspended");
        add_by(text, who, " by ");
    } else if (!strcmp(state, "not_started")) {
        xe__rpc_text_add(text, "was made suspended");
        add_by(text, who, " by ");
        xe__rpc_text_add(text, " and never started");
    } else if (!strcmp(state, "ended")) {
        add_ended(text, who);
    } else {
        xe__rpc_text_add(text, "%s", state);
    }
}

/* ---- producers ------------------------------------------------------------------------------- */

void xe__rpc_say_place(struct xe__text *text, const json_t *who)
{
    const char *place = xe__rpc_get_string(who, "place");

    if (*place)
        xe__rpc_text_add(text, " in %s", place);
}

/* What it did, and when last. */
static void add_acts(struct xe__text *text, const json_t *who, const char *did)
{
    long long acts = xe__rpc_get_int(who, "acts");

    xe__rpc_text_add(text, acts == 1 ? "%s once," : "%s %lld times, last", did, acts);
    xe__rpc_say_cycle(text, " at ", xe__rpc_get_int(who, "last_act_cycle"));
    xe__rpc_say_place(text, who);
    xe__rpc_text_add(text, " (%s)", xe__rpc_get_string(who, "last_act_src"));
}

static void add_timer(struct xe__text *text, const json_t *who)
{
    const char *state = xe__rpc_get_string(who, "state");

    if (!strcmp(state, "unarmed")) {
        xe__rpc_text_add(text, "nobody ever armed it");
        return;
    }
    xe__rpc_text_add_thread(text, xe__rpc_get_int(who, "tid"));
    xe__rpc_text_add(text, " armed it");
    xe__rpc_say_cycle(text, " at ", xe__rpc_get_int(who, "last_act_cycle"));
    xe__rpc_say_place(text, who);
    if (!strcmp(state, "armed")) {
        xe__rpc_say_until(text, who, "; due in ");
    } else if (!strcmp(state, "cancelled")) {
        xe__rpc_text_add(text, "; cancelled");
        add_by(text, who, " by ");
        xe__rpc_say_cycle(text, " at ", xe__rpc_get_int(who, "since_cycle"));
    } else {
        xe__rpc_say_cycle(text, "; it expired at ", xe__rpc_get_int(who, "since_cycle"));
        xe__rpc_text_add(text, " and was not armed again");
    }
}

static void add_promise(struct xe__text *text, const json_t *who)
{
    bool never = !strcmp(xe__rpc_get_string(who, "state"), "never");

    xe__rpc_text_add(text, "%s promised by %s", xe__rpc_get_string(who, "host"),
                     xe__rpc_get_string(who, "last_act_src"));
    xe__rpc_say_cycle(text, " at ", xe__rpc_get_int(who, "last_act_cycle"));
    xe__rpc_text_add(text, never ? "; xe360d has nothing that could keep it" : "; still open");
    xe__rpc_say_until(text, who, ", due in ");
}

/* A count of what was recorded is not always one of what was done. */
static const char *released(bool complete)
{
    return complete ? " released it" : " is known to have released it";
}

/* That an APC was queued, or an alert given, says nothing of what came of it. */
static const char *alerted(const json_t *who)
{
    return strstr(xe__rpc_get_string(who, "last_act_src"), "Alert") ? " alerted the waiter"
                                                                    : " queued the waiter an APC";
}

/* A thread, and what makes it one that can release. */
static void add_thread_deed(struct xe__text *text, const json_t *who, bool complete)
{
    const char *kind = xe__rpc_get_string(who, "kind");

    if (xe__rpc_get_int(who, "tid"))
        xe__rpc_say_thread(text, who);
    else
        xe__rpc_text_add(text, "a thread that has no record any more");
    if (!strcmp(kind, "owner"))
        xe__rpc_text_add(text, " holds it; it ");
    else if (!strcmp(kind, "server"))
        xe__rpc_text_add(text, " works on an entry of it, and it lets no more at once; it ");
    else if (!strcmp(kind, "signaller"))
        add_acts(text, who, released(complete));
    else if (!strcmp(kind, "apc"))
        add_acts(text, who, alerted(who));
    else
        xe__rpc_text_add(text, " ");
    if (!strcmp(kind, "signaller") || !strcmp(kind, "apc"))
        xe__rpc_text_add(text, "; it ");
    xe__rpc_say_standing(text, who);
}

/* Whose request the machine carried out. */
static void add_for(struct xe__text *text, const json_t *who)
{
    if (!xe__rpc_get_int(who, "for_tid"))
        return;
    xe__rpc_text_add(text, ", for ");
    xe__rpc_text_add_thread(text, xe__rpc_get_int(who, "for_tid"));
    xe__rpc_text_add(text, ",");
}

/* "tid 2 holds it; it runs" */
static void add_producer(struct xe__text *text, const json_t *who, bool complete)
{
    const char *kind = xe__rpc_get_string(who, "kind"), *host = xe__rpc_get_string(who, "host");
    bool alerts = !strcmp(kind, "apc");

    if (!strcmp(kind, "timer")) {
        add_timer(text, who);
    } else if (!strcmp(kind, "promise")) {
        add_promise(text, who);
    } else if (!strcmp(kind, "host") || (alerts && *host)) {
        xe__rpc_text_add(text, "%s", host);
        add_for(text, who);
        add_acts(text, who, alerts ? alerted(who) : released(complete));
        if (!strcmp(xe__rpc_get_string(who, "state"), "cancelled"))
            xe__rpc_text_add(text, "; no graphics callback is set any more");
    } else {
        add_thread_deed(text, who, complete);
    }
}

static void add_list(struct xe__text *text, const json_t *producers, bool complete)
{
    const json_t *who;
    size_t i;

    json_array_foreach(producers, i, who)
    {
        if (i == LIST_MAX)
            break;
        xe__rpc_text_add(text, "   ");
        add_producer(text, who, complete);
        xe__rpc_text_add(text, "\n");
    }
    if (json_array_size(producers) > LIST_MAX)
        xe__rpc_text_add(text, "   ... and %zu more did\n", json_array_size(producers) - LIST_MAX);
}

void xe__rpc_say_apc_producers(struct xe__text *text, const json_t *waiter)
{
    add_list(text, json_object_get(waiter, "apc_producers"), true);
}

/* Of a lock nothing is recorded but who holds it. */
static const char *nobody_of(const json_t *object)
{
    const char *kind = xe__rpc_get_string(object, "kind");

    if (!strcmp(kind, "CriticalSection") || !strcmp(kind, "LoaderLock") || !strcmp(kind, "Mutant"))
        return "nobody holds it, as far as its memory says";
    if (!strcmp(kind, "RwLock"))
        return "who is in it is not known";
    return xe__rpc_get_bool(object, "complete")
               ? "nobody ever released it"
               : "who released it was not recorded from its beginning";
}

void xe__rpc_say_producers(struct xe__text *text, const json_t *object)
{
    const json_t *producers = json_object_get(object, "producers");

    add_list(text, producers, xe__rpc_get_bool(object, "complete"));
    if (!json_array_size(producers))
        xe__rpc_text_add(text, "   %s\n", nobody_of(object));
}

static bool is_over(const json_t *who)
{
    static const char *const over[] = {"ended", "cancelled", "expired", "unarmed", "never"};

    for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++)
        if (!strcmp(xe__rpc_get_string(who, "state"), over[i]))
            return true;
    return false;
}

/* The weightiest that may still act, else the weightiest. */
static const json_t *telling(const json_t *producers)
{
    const json_t *who;
    size_t i;

    json_array_foreach(producers, i, who)
    {
        if (!is_over(who))
            return who;
    }
    return json_array_get(producers, 0);
}

void xe__rpc_say_awaited(struct xe__text *text, const json_t *group)
{
    const json_t *objects = json_object_get(group, "objects");
    const json_t *apcs = json_object_get(group, "apc_producers"), *object = NULL, *who = NULL;
    size_t i;

    json_array_foreach(objects, i, object)
    {
        who = telling(json_object_get(object, "producers"));
        if (who && !is_over(who))
            break;
    }
    if (!object)
        object = json_array_get(objects, 0);
    xe__rpc_text_add(text, "waits for %s %s", xe__rpc_get_string(object, "kind"),
                     xe__rpc_get_string(object, "key"));
    xe__rpc_say_until(text, group, ", at most another ");
    if (!who || (is_over(who) && json_array_size(apcs)))
        who = json_array_size(apcs) ? telling(apcs) : who;
    xe__rpc_text_add(text, "; ");
    if (who)
        add_producer(text, who, xe__rpc_get_bool(object, "complete"));
    else
        xe__rpc_text_add(text, "nobody is known to have released it");
}
