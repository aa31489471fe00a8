/* A run as text, from its JSON (schema xe360/run/1) alone. The first screen comes first: is it
 * stuck, on what, what do we ourselves lack, what to type next; thread diagnostic, audit and log
 * follow. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/report_text.h"
#include "rpc/text_buffer.h"

#define ROWS_MAX 8u /* of a list on the first screen */

/* ---- the first screen ----------------------------------------------------------------------- */

/* "100,000,000" */
static const char *grouped(long long value, char text[32])
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

static void add_engine(struct xe__text *text, const json_t *engine)
{
    const char *why = xe__get_string(engine, "why");

    if (!json_is_object(engine))
        return;
    xe__text_add(text, ", engine %s", xe__get_string(engine, "ran"));
    if (*why)
        xe__text_add(text, "\n(not %s, as asked: %s)", xe__get_string(engine, "asked"), why);
}

static void add_more(struct xe__text *text, size_t shown, size_t all)
{
    if (all > shown)
        xe__text_add(text, "   ... and %zu more\n", all - shown);
}

static void add_waiters(struct xe__text *text, const json_t *tids)
{
    size_t n = json_array_size(tids), i;
    const json_t *tid;

    xe__text_add(text, n == 1 ? "tid" : "tids");
    json_array_foreach(tids, i, tid)
    {
        if (i == ROWS_MAX)
            break;
        xe__text_add(text, " %lld", (long long)json_integer_value(tid));
    }
    xe__text_add(text, "%s wait%s", n > ROWS_MAX ? " ..." : "", n == 1 ? "s" : "");
}

/* What those who are stuck wait for, numbered. */
static void add_roots(struct xe__text *text, const json_t *roots)
{
    size_t shown = 0, all = 0, i;
    const json_t *root;

    json_array_foreach(roots, i, root)
    {
        bool recorded = strcmp(xe__get_string(root, "sub"), "PRE_AUDIT") != 0;
        const char *detail = recorded ? xe__get_string(root, "detail")
                                      : "what became of it was not recorded (--trace-handles)";

        if (!xe__get_bool(root, "stuck") || ++all > ROWS_MAX)
            continue;
        xe__text_add(text, "%s%zu  %s %s: ", shown++ ? "" : "\n", all, xe__get_string(root, "key"),
                     xe__get_string(root, "kind"));
        add_waiters(text, json_object_get(root, "tids"));
        xe__text_add(text, "; %s\n", *detail ? detail : xe__get_string(root, "text"));
    }
    add_more(text, shown, all);
}

static void add_lacking(struct xe__text *text, const json_t *lacking)
{
    const char *first;
    const json_t *item;
    size_t i;

    if (json_array_size(lacking) > 0)
        xe__text_add(text, "\nwhat xe360d lacks and this title touched:\n");
    json_array_foreach(lacking, i, item)
    {
        if (i == ROWS_MAX)
            break;
        first = xe__get_string(item, "first_caller");
        xe__text_add(text, "   %s %s: %lld time%s%s%s\n", xe__get_string(item, "kind"),
                     xe__get_string(item, "name"), xe__get_int(item, "count"),
                     xe__get_int(item, "count") == 1 ? "" : "s", *first ? ", first from " : "",
                     first);
    }
    add_more(text, i, json_array_size(lacking));
}

static void add_next(struct xe__text *text, const json_t *next)
{
    const json_t *item;
    size_t i;

    json_array_foreach(next, i, item) xe__text_add(
        text, "%s%s    # %s\n", i ? "       " : "\nnext:  ", xe__get_string(item, "command"),
        xe__get_string(item, "why"));
}

/* The sentence, and what those who are stuck wait for. */
static void add_verdict(struct xe__text *text, const json_t *diagnostic, const json_t *engine)
{
    const json_t *verdict = json_object_get(diagnostic, "verdict");
    char cycle[32];

    xe__text_add(text, "%s. cycle %s", xe__get_string(verdict, "sentence"),
                 grouped(xe__get_int(diagnostic, "cycle"), cycle));
    add_engine(text, engine);
    xe__text_add(text, "\n");
    add_roots(text, json_object_get(verdict, "roots"));
}

/* ---- the rest ------------------------------------------------------------------------------- */

static void add_report(struct xe__text *text, const json_t *report, char *(*render)(const json_t *))
{
    char *part;

    if (!json_is_object(report))
        return;
    part = render(report);
    xe__text_add(text, "%s", part ? part : "");
    free(part);
}

/* Lines of one level, the oldest ones. */
static void add_log(struct xe__text *text, const json_t *log, const char *level)
{
    const json_t *lines = json_object_get(json_object_get(log, level), "lines"), *line;
    long long total = xe__get_int(json_object_get(log, level), "total");
    size_t i;

    if (total == 0)
        return;
    xe__text_add(text, "=== Log (%s, first %zu of %lld) ===\n", level, json_array_size(lines),
                 total);
    json_array_foreach(lines, i, line) xe__text_add(
        text, "cycle=%lld tid=%lld %s: %s\n", xe__get_int(line, "cycle"), xe__get_int(line, "tid"),
        xe__get_string(line, "category"), xe__get_string(line, "text"));
}

static void add_end(struct xe__text *text, const json_t *run)
{
    const json_t *engine = json_object_get(run, "engine");
    const char *detail = xe__get_string(run, "detail"), *digest = xe__get_string(run, "digest");

    xe__text_add(text, "stop=%s retired=%lld cycle=%lld", xe__get_string(run, "stop_reason"),
                 xe__get_int(run, "retired"), xe__get_int(run, "cycle"));
    if (json_is_object(engine))
        xe__text_add(text, " engine=%s", xe__get_string(engine, "ran"));
    if (json_object_get(engine, "compared"))
        xe__text_add(text, " compared=%lld", xe__get_int(engine, "compared"));
    if (*detail)
        xe__text_add(text, " detail=%s", detail);
    xe__text_add(text, "\n");
    if (*digest)
        xe__text_add(text, "digest=%s\n", digest);
}

char *xe_report_threads_text(const json_t *diagnostic)
{
    struct xe__text text = {0};

    add_verdict(&text, diagnostic, NULL);
    xe__text_add(&text, "\n");
    add_report(&text, diagnostic, xe_report_diagnostic_text);
    return xe__text_take(&text);
}

char *xe_report_run_text(const json_t *run)
{
    const json_t *diagnostic = json_object_get(run, "thread_diagnostic");
    struct xe__text text = {0};

    add_verdict(&text, diagnostic, json_object_get(json_object_get(run, "run"), "engine"));
    add_lacking(&text, json_object_get(run, "lacking"));
    if (xe__get_int(json_object_get(run, "log"), "dropped"))
        xe__text_add(&text,
                     "   the log kept no more: its first %lld lines are gone, and in no count\n",
                     xe__get_int(json_object_get(run, "log"), "dropped"));
    add_next(&text, json_object_get(run, "next"));
    xe__text_add(&text, "\n");
    add_report(&text, diagnostic, xe_report_diagnostic_text);
    add_report(&text, json_object_get(run, "audit_report"), xe_report_audit_text);
    add_log(&text, json_object_get(run, "log"), "stub");
    add_log(&text, json_object_get(run, "log"), "guest");
    add_end(&text, json_object_get(run, "run"));
    return xe__text_take(&text);
}
