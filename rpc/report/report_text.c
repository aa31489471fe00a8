/* The audit report as text: the grammar of xe360-audit-report(7), from the JSON report alone. Lines
 * that a first report of this kind printed are literal; the order of the rest is fixed. */
#include "rpc/report/report_text.h"

#include <stdio.h>
#include <string.h>

#include "rpc/report/text_buffer.h"
#include "xe/types.h"

/* Since when there are records, and when there were none. */
static void add_since(struct xe__text *text, const json_t *report)
{
    const json_t *gaps = json_object_get(report, "gaps"), *gap;
    size_t i;

    if (xe__rpc_get_bool(report, "enabled"))
        xe__rpc_text_add(text, "recorded since cycle=%lld", xe__rpc_get_int(report, "since_cycle"));
    else
        xe__rpc_text_add(text, "recording is off");
    json_array_foreach(gaps, i, gap)
        xe__rpc_text_add(text, "%s cycle=%lld-%lld", i ? "," : "; nothing recorded in",
                         xe__rpc_get_int(gap, "from"), xe__rpc_get_int(gap, "to"));
    if (xe__rpc_get_int(report, "gaps_ever") > (long long)json_array_size(gaps))
        xe__rpc_text_add(text, " and %lld earlier gaps",
                         xe__rpc_get_int(report, "gaps_ever") - (long long)json_array_size(gaps));
    xe__rpc_text_add(text, "\n");
}

static void add_head(struct xe__text *text, const json_t *h)
{
    const json_t *signaled = json_object_get(h, "signaled");
    const char *peek = xe__rpc_get_string(h, "peek");

    xe__rpc_text_add(text, "handle=%s kind=%s", xe__rpc_get_string(h, "given"),
                     xe__rpc_get_string(h, "kind"));
    if (json_object_get(h, "limit"))
        xe__rpc_text_add(text, "(%lld/%lld)", xe__rpc_get_int(h, "count"),
                         xe__rpc_get_int(h, "limit"));
    xe__rpc_text_add(text, " waiters=%lld", xe__rpc_get_int(h, "waiters"));
    if (json_is_boolean(signaled))
        xe__rpc_text_add(text, " signaled=%s", json_is_true(signaled) ? "true" : "false");
    if (xe__rpc_get_int(h, "generation") > 1)
        xe__rpc_text_add(text, " gen=%lld", xe__rpc_get_int(h, "generation"));
    if (!json_equal(json_object_get(h, "given"), json_object_get(h, "key")))
        xe__rpc_text_add(text, " key=%s", xe__rpc_get_string(h, "key"));
    if (peek[0])
        xe__rpc_text_add(text, " peek=%s", peek);
    xe__rpc_text_add(text, "\n");
}

static void add_counts(struct xe__text *text, const json_t *h)
{
    const json_t *s = json_object_get(h, "signal_attempts"), *flag;
    size_t i;

    xe__rpc_text_add(text, "  signal_attempts=%lld (primary=%lld, ghost=%lld)",
                     xe__rpc_get_int(s, "total"), xe__rpc_get_int(s, "primary"),
                     xe__rpc_get_int(s, "ghost"));
    if (xe__rpc_get_int(s, "dropped"))
        xe__rpc_text_add(text, " dropped=%lld", xe__rpc_get_int(s, "dropped"));
    xe__rpc_text_add(text, "\n  waits=%lld wakes=%lld", xe__rpc_get_int(h, "waits"),
                     xe__rpc_get_int(h, "wakes"));
    json_array_foreach(json_object_get(h, "flags"), i, flag)
        xe__rpc_text_add(text, " <%s>", json_string_value(flag));
    xe__rpc_text_add(text, "\n");
}

/* Where a call is, if its line is known. */
static void add_caller(struct xe__text *text, const json_t *who)
{
    const json_t *caller = json_object_get(who, "caller");

    if (!caller)
        return;
    xe__rpc_text_add(text, " in");
    xe__rpc_text_add_call(text, caller);
}

/* What the kernel's own threads do, DPCs do. */
static const char *tid_word(const json_t *rec, char word[24])
{
    long long tid = xe__rpc_get_int(rec, "tid");

    snprintf(word, 24, "%lld", tid);
    return tid >= XE_TID_SYSTEM ? "DPC" : word;
}

/* Without the place: the contract's sample has this line as it is, and the first screen tells
 * where. */
static void add_life(struct xe__text *text, const json_t *h, const char *what)
{
    const json_t *rec = json_object_get(h, what);
    char tid[24];

    if (!json_is_object(rec))
        return;
    xe__rpc_text_add(text, "  %s cycle=%lld tid=%s lr=%s src=%s\n", what,
                     xe__rpc_get_int(rec, "cycle"), tid_word(rec, tid),
                     xe__rpc_get_string(rec, "lr"), xe__rpc_get_string(rec, "src"));
}

static void add_record(struct xe__text *text, const json_t *rec)
{
    char tid[24];

    xe__rpc_text_add(text, "    cycle=%lld seq=%lld tid=%s %s %s src=%s lr=%s %s%s",
                     xe__rpc_get_int(rec, "cycle"), xe__rpc_get_int(rec, "seq"), tid_word(rec, tid),
                     xe__rpc_get_string(rec, "op"), xe__rpc_get_string(rec, "class"),
                     xe__rpc_get_string(rec, "src"), xe__rpc_get_string(rec, "lr"),
                     xe__rpc_get_string(rec, "effect"),
                     xe__rpc_get_bool(rec, "ghost") ? " <ghost>" : "");
    add_caller(text, rec);
    xe__rpc_text_add(text, "\n");
}

static void add_timeline(struct xe__text *text, const json_t *h)
{
    const json_t *list = json_object_get(h, "timeline"), *rec;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    xe__rpc_text_add(text, "  timeline (last %zu of %lld):\n", json_array_size(list),
                     xe__rpc_get_int(h, "timeline_total"));
    json_array_foreach(list, i, rec) add_record(text, rec);
}

static void add_waiters(struct xe__text *text, const json_t *h)
{
    const json_t *who;
    size_t i;

    json_array_foreach(json_object_get(h, "waiters_list"), i, who)
    {
        xe__rpc_text_add(text, "  waiter tid=%lld name=%s since_cycle=%lld lr=%s src=%s",
                         xe__rpc_get_int(who, "tid"), xe__rpc_get_string(who, "name"),
                         xe__rpc_get_int(who, "since_cycle"), xe__rpc_get_string(who, "lr"),
                         xe__rpc_get_string(who, "src"));
        add_caller(text, who);
        if (json_object_get(who, "due_cycle"))
            xe__rpc_text_add(text, " until_cycle=%lld", xe__rpc_get_int(who, "due_cycle"));
        xe__rpc_text_add(text, "\n");
    }
}

/* Whom it is about, where waiters have different ones. */
static void add_tids(struct xe__text *text, const json_t *verdict)
{
    const json_t *tids = json_object_get(verdict, "tids"), *tid;
    size_t i;

    json_array_foreach(tids, i, tid)
        xe__rpc_text_add(text, "%stid=%lld", i ? ", " : "", (long long)json_integer_value(tid));
    if (xe__rpc_get_int(verdict, "waiters") > (long long)json_array_size(tids))
        xe__rpc_text_add(text, " and %lld more",
                         xe__rpc_get_int(verdict, "waiters") - (long long)json_array_size(tids));
    xe__rpc_text_add(text, ": ");
}

static void add_diagnosis(struct xe__text *text, const json_t *d, const json_t *verdict)
{
    const char *detail = xe__rpc_get_string(d, "detail");

    xe__rpc_text_add(text, "  => ");
    if (verdict)
        add_tids(text, verdict);
    xe__rpc_text_add(text, "%s\n     [%s/%s]%s%s\n", xe__rpc_get_string(d, "text"),
                     xe__rpc_get_string(d, "code"), xe__rpc_get_string(d, "sub"),
                     detail[0] ? " " : "", detail);
}

static void add_verdicts(struct xe__text *text, const json_t *h)
{
    const json_t *verdicts = json_object_get(h, "verdicts"), *verdict;
    size_t i;

    if (json_array_size(verdicts) < 2) {
        add_diagnosis(text, json_object_get(h, "diagnosis"), NULL);
        return;
    }
    json_array_foreach(verdicts, i, verdict)
        add_diagnosis(text, json_object_get(verdict, "diagnosis"), verdict);
    if (xe__rpc_get_int(h, "verdict_others"))
        xe__rpc_text_add(text, "  => and %lld waiters more\n",
                         xe__rpc_get_int(h, "verdict_others"));
}

char *xe_report_audit_text(const json_t *report)
{
    struct xe__text text = {0};
    bool blocking = !strcmp(xe__rpc_get_string(report, "about"), "blocking");
    const json_t *h;
    size_t i;

    xe__rpc_text_add(&text, "=== Handle audit (%s) ===\n", blocking ? "blocking" : "focus");
    add_since(&text, report);
    json_array_foreach(json_object_get(report, "handles"), i, h)
    {
        add_head(&text, h);
        add_counts(&text, h);
        if (xe__rpc_get_bool(report, "enabled") && !xe__rpc_get_bool(h, "complete"))
            xe__rpc_text_add(&text, "  recorded since cycle=%lld\n",
                             xe__rpc_get_int(h, "since_cycle"));
        add_life(&text, h, "created");
        add_life(&text, h, "closed");
        add_timeline(&text, h);
        add_waiters(&text, h);
        add_verdicts(&text, h);
    }
    if (json_is_integer(json_object_get(report, "next_cursor")))
        xe__rpc_text_add(&text, "... more handles: cursor=%lld of %lld\n",
                         xe__rpc_get_int(report, "next_cursor"), xe__rpc_get_int(report, "keys"));
    return xe__rpc_text_take(&text);
}
