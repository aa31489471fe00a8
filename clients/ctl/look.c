/* Commands that look at an instance of a daemon: reports, lists, memory, digests, logs. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/report/report_text.h"

#define PAGE      1000
#define FOLLOW_MS 250

static void show_explain(const json_t *report)
{
    ctl_print_text(xe_report_explain_text(report));
}

int ctl_cmd_explain(struct ctl *ctl)
{
    return ctl_show_call(ctl, "diagnose.explain", ctl_instance_param(ctl), show_explain);
}

static void show_livelock(const json_t *report)
{
    ctl_print_text(xe_report_livelock_text(report));
}

int ctl_cmd_livelock(struct ctl *ctl)
{
    return ctl_show_call(ctl, "diagnose.livelock", ctl_instance_param(ctl), show_livelock);
}

static void show_milestones(const json_t *report)
{
    ctl_print_text(xe_report_milestones_text(report));
}

int ctl_cmd_milestones(struct ctl *ctl)
{
    return ctl_show_call(ctl, "diagnose.milestones", ctl_instance_param(ctl), show_milestones);
}

/* The first screen stands before it. */
static void show_threads(const json_t *report)
{
    ctl_print_text(xe_report_diagnostic_text(report));
}

static void show_audit(const json_t *report)
{
    ctl_print_text(xe_report_audit_text(report));
}

int ctl_cmd_threads(struct ctl *ctl)
{
    if (!ctl->o.form && ctl_cmd_explain(ctl) != CTL_OK)
        return ctl->exit;
    if (!ctl->o.form)
        putchar('\n');
    return ctl_show_result(ctl, ctl_thread_diagnostic(ctl, ctl_instance_param(ctl)), show_threads);
}

/* What comes bit by bit is lines. */
static bool may_follow(struct ctl *ctl)
{
    if (!ctl->o.follow || ctl->o.form == CTL_TEXT || ctl->o.form == CTL_JSONL)
        return true;
    ctl_fail("--follow has --format=text or jsonl");
    ctl->exit = CTL_USAGE;
    return false;
}

/* The report, again whenever something has happened to what it is about. */
static int follow_audit(struct ctl *ctl, json_t *params)
{
    json_t *before = NULL, *report;

    do {
        report = ctl_audit_report(ctl, json_incref(params));
        if (report &&
            !json_equal(json_object_get(report, "handles"), json_object_get(before, "handles"))) {
            printf("%s", before && !ctl->o.form ? "\n" : "");
            ctl_show_result(ctl, json_incref(report), show_audit);
            fflush(stdout);
        }
        json_decref(before);
        before = report;
    } while (report && ctl_pause(FOLLOW_MS));
    json_decref(before);
    json_decref(params);
    return ctl_caught_signal() ? CTL_CANCELLED : ctl->exit;
}

int ctl_cmd_audit(struct ctl *ctl)
{
    json_t *params = ctl_instance_param(ctl), *handles;

    if (!may_follow(ctl)) {
        json_decref(params);
        return ctl->exit;
    }
    if (ctl->o.focus) {
        handles = ctl_focus(ctl, ctl->o.focus);
        if (!handles) {
            json_decref(params);
            return ctl->exit;
        }
        json_object_set_new(params, "handles", handles);
    }
    if (ctl->o.follow)
        return follow_audit(ctl, params);
    return ctl_show_result(ctl, ctl_audit_report(ctl, params), show_audit);
}

static void show_focus(const json_t *result)
{
    json_t *focus = json_object_get(result, "focus"), *key;
    size_t i;

    printf("audit=%s cycle=%lld focus=",
           json_is_true(json_object_get(result, "enabled")) ? "on" : "off",
           ctl_int_of(result, "cycle"));
    json_array_foreach(focus, i, key) printf("%s%s", i ? "," : "", json_string_value(key));
    putchar('\n');
}

int ctl_cmd_focus(struct ctl *ctl)
{
    static const char *const verbs[] = {"get", "set", "add", "remove", "clear"};
    const char *verb = ctl->o.args > 1 ? ctl->o.arg[1] : "get";
    char method[32] = "";
    json_t *params, *handles = NULL;
    bool list;

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (!strcmp(verb, verbs[i]))
            snprintf(method, sizeof(method), "audit.focus.%s", verb);
    list = strcmp(verb, "get") && strcmp(verb, "clear");
    if (!method[0] || (ctl->o.args > 2) != list) {
        ctl_fail("focus: expected INSTANCE get|clear, or INSTANCE set|add|remove LIST");
        return CTL_USAGE;
    }
    if (list && !(handles = ctl_focus(ctl, ctl->o.arg[2])))
        return ctl->exit;
    params = ctl_instance_param(ctl);
    if (handles)
        json_object_set_new(params, "handles", handles);
    return ctl_show_call(ctl, method, params, show_focus);
}

int ctl_show_pages(struct ctl *ctl, const char *method, json_t *params,
                   void (*show)(const json_t *item))
{
    uint64_t left = ctl->o.has_limit ? ctl->o.limit : UINT64_MAX;
    json_t *all = NULL, *page, *cursor = NULL;
    size_t count;

    do {
        json_object_set_new(params, "limit", json_integer(left < 1000 ? (json_int_t)left : 1000));
        if (cursor)
            json_object_set_new(params, "cursor", cursor);
        page = ctl_call(ctl, method, json_incref(params));
        count = json_array_size(json_object_get(page, "items"));
        left -= count < left ? count : left;
        cursor = json_incref(json_object_get(page, "next_cursor"));
        ctl_take_page(ctl, &all, page, show);
    } while (json_is_string(cursor) && left > 0);
    json_decref(cursor);
    json_decref(params);
    return ctl_end_pages(ctl, all, page != NULL);
}

static void show_object(const json_t *o)
{
    json_t *handles = json_object_get(o, "handles"), *handle;
    size_t i;

    printf("%-4lld %-12s %-20s signaled=%-5s waiters=%lld address=%s handles=", ctl_int_of(o, "id"),
           ctl_text_of(o, "type"), ctl_text_of(o, "kind"),
           json_is_true(json_object_get(o, "signaled")) ? "true" : "false",
           ctl_int_of(o, "waiters"), ctl_text_of(o, "address"));
    json_array_foreach(handles, i, handle) printf("%s%s", i ? "," : "", json_string_value(handle));
    printf(" %s\n", ctl_text_of(o, "name"));
}

int ctl_cmd_objects(struct ctl *ctl)
{
    json_t *params = ctl_instance_param(ctl);

    if (ctl->o.type)
        json_object_set_new(params, "type", json_string(ctl->o.type));
    return ctl_show_pages(ctl, "object.list", params, show_object);
}

static void show_module(const json_t *m)
{
    printf("%-16s %s size=0x%llx handle=%s %-9s count=%lld", ctl_text_of(m, "name"),
           ctl_text_of(m, "base"), ctl_int_of(m, "size"), ctl_text_of(m, "handle"),
           ctl_text_of(m, "state"), ctl_int_of(m, "load_count"));
    if (json_object_get(m, "tid"))
        printf(" called-on=%lld", ctl_int_of(m, "tid"));
    if (json_is_true(json_object_get(m, "orphaned")))
        printf(" orphaned");
    if (json_object_get(m, "attached"))
        printf(" attached=%s", ctl_text_of(m, "attached"));
    putchar('\n');
}

static void show_modules(const json_t *list)
{
    json_t *items = json_object_get(list, "items"), *item;
    size_t i;

    json_array_foreach(items, i, item) show_module(item);
}

int ctl_cmd_modules(struct ctl *ctl)
{
    return ctl_show_result(ctl, ctl_call(ctl, "module.list", ctl_instance_param(ctl)),
                           show_modules);
}

static void show_export(const json_t *e)
{
    bool partial = json_string_value(json_object_get(e, "lacks"));
    const char *clause = ctl_clause_of(e);

    printf("%-10s 0x%03llx %-11s calls=%-8lld last_lr=%s %s%s%s\n", ctl_text_of(e, "module"),
           ctl_int_of(e, "ordinal"), partial ? "partial" : ctl_text_of(e, "status"),
           ctl_int_of(e, "calls"), ctl_text_of(e, "last_lr"), ctl_text_of(e, "name"),
           clause ? ": " : "", clause ? clause : "");
}

int ctl_cmd_exports(struct ctl *ctl)
{
    json_t *params = ctl_instance_param(ctl);

    if (ctl->o.filter)
        json_object_set_new(params, "filter", json_string(ctl->o.filter));
    return ctl_show_pages(ctl, "title.exports", params, show_export);
}

static void show_bytes(const json_t *result)
{
    const char *hex = ctl_text_of(result, "bytes");
    unsigned long address = strtoul(ctl_text_of(result, "address"), NULL, 16);

    for (size_t i = 0; hex[i]; i += 2) {
        if (i % 32 == 0)
            printf("%s%08lx ", i ? "\n" : "", address + i / 2);
        printf("%s%.2s", i % 8 ? "" : " ", hex + i);
    }
    putchar('\n');
}

int ctl_cmd_mem(struct ctl *ctl)
{
    uint64_t length = 256;
    json_t *place;

    if (ctl->o.args > 2 && !ctl_count(ctl->o.arg[2], &length)) {
        ctl_fail("mem: length '%s': expected a number of bytes", ctl->o.arg[2]);
        return CTL_USAGE;
    }
    place = ctl_place(ctl, ctl->o.arg[1]);
    if (!place)
        return ctl->exit;
    return ctl_show_call(ctl, "mem.read",
                         json_pack("{s:s, s:o, s:I}", "instance", ctl->o.arg[0], "address", place,
                                   "length", (json_int_t)length),
                         show_bytes);
}

static void show_digest(const json_t *result)
{
    const char *name;
    json_t *value;

    printf("%s cycle=%lld\n", ctl_text_of(result, "digest"), ctl_int_of(result, "cycle"));
    json_object_foreach(json_object_get(result, "components"), name, value)
        printf("  %-8s %s\n", name, json_string_value(value));
}

int ctl_cmd_digest(struct ctl *ctl)
{
    if (ctl->o.trail)
        return ctl_show_trail(ctl);
    return ctl_show_call(ctl, "digest.get", ctl_instance_param(ctl), show_digest);
}

/* ---- the log -------------------------------------------------------------------------------- */

static void show_line(const json_t *line)
{
    printf("%lld tid=%lld %s %s: %s\n", ctl_int_of(line, "cycle"), ctl_int_of(line, "tid"),
           ctl_text_of(line, "level"), ctl_text_of(line, "category"), ctl_text_of(line, "text"));
}

static void show_log(const json_t *result)
{
    json_t *items = json_object_get(result, "items"), *line;
    size_t i;

    json_array_foreach(items, i, line) show_line(line);
}

/* new */
static json_t *tail(struct ctl *ctl, json_int_t from, json_int_t limit)
{
    json_t *params = ctl_instance_param(ctl);

    json_object_set_new(params, "limit", json_integer(limit));
    if (from)
        json_object_set_new(params, "from_seq", json_integer(from));
    if (ctl->o.level)
        json_object_set_new(params, "level", json_string(ctl->o.level));
    return ctl_call(ctl, "log.tail", params);
}

bool ctl_last_line(struct ctl *ctl, json_int_t *ret_seq)
{
    json_t *page;

    if (!may_follow(ctl))
        return false;
    if (!ctl->o.follow)
        return true;
    page = tail(ctl, 0, 1);
    if (page)
        *ret_seq = json_integer_value(json_object_get(page, "next_seq"));
    json_decref(page);
    return page != NULL;
}

/* At once, in the form that was asked for. page is given. */
static void put_lines(struct ctl *ctl, json_t *page)
{
    if (ctl->o.form)
        ctl_print(ctl, page);
    else
        show_log(page);
    fflush(stdout);
    json_decref(page);
}

bool ctl_new_lines(struct ctl *ctl, json_int_t *seq)
{
    size_t count = PAGE;

    while (ctl->o.follow && count == PAGE) {
        json_t *page = tail(ctl, *seq, PAGE);

        if (!page)
            return false;
        count = json_array_size(json_object_get(page, "items"));
        *seq = json_integer_value(json_object_get(page, "next_seq"));
        ctl_progress_clear();
        put_lines(ctl, page);
    }
    return true;
}

bool ctl_pause(int ms)
{
    struct pollfd at = {.fd = ctl_signal_fd(), .events = POLLIN};
    bool listened = ctl_listen(true);

    while (poll(&at, 1, ms) < 0 && errno == EINTR && !ctl_caught_signal())
        continue;
    ctl_listen(listened);
    return !ctl_caught_signal();
}

static int follow_log(struct ctl *ctl, json_t *page)
{
    json_int_t seq = json_integer_value(json_object_get(page, "next_seq"));

    put_lines(ctl, page);
    while (ctl_pause(FOLLOW_MS) && ctl_new_lines(ctl, &seq))
        continue;
    return ctl_caught_signal() ? CTL_CANCELLED : ctl->exit;
}

int ctl_cmd_logs(struct ctl *ctl)
{
    json_t *page;

    if (!may_follow(ctl))
        return ctl->exit;
    page = tail(ctl, 0, ctl->o.has_limit ? (json_int_t)ctl->o.limit : 100);
    if (page && ctl->o.follow)
        return follow_log(ctl, page);
    return ctl_show_result(ctl, page, show_log);
}
