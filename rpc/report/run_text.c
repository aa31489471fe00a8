/* A run as text, from its JSON (schema xe360/run/1) alone. The first screen comes first: is it
 * stuck, on what, what do we ourselves lack, what to type next; thread diagnostic, audit and log
 * follow. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/report/explain_text.h"
#include "rpc/report/report_text.h"
#include "rpc/report/text_buffer.h"

/* ---- the first screen ----------------------------------------------------------------------- */

static void add_engine(struct xe__text *text, const json_t *engine)
{
    const char *why = xe__rpc_get_string(engine, "why");

    if (!json_is_object(engine))
        return;
    xe__rpc_text_add(text, ", engine %s", xe__rpc_get_string(engine, "ran"));
    if (*why)
        xe__rpc_text_add(text, "\n(not %s, as asked: %s)", xe__rpc_get_string(engine, "asked"),
                         why);
}

/* The sentence, roots, who goes on. */
static void add_verdict(struct xe__text *text, const json_t *explain, const json_t *engine)
{
    const json_t *verdict = json_object_get(explain, "verdict");
    char cycle[32];

    xe__rpc_text_add(text, "%s. cycle %s", xe__rpc_get_string(verdict, "sentence"),
                     xe__rpc_grouped(xe__rpc_get_int(explain, "cycle"), cycle));
    add_engine(text, engine);
    if (json_object_get(explain, "called"))
        xe__rpc_text_add(text, "\ntitle \"%s\"", xe__rpc_get_string(explain, "called"));
    xe__rpc_text_add(text, "\n");
    xe__rpc_text_add_explanation(text, explain);
}

/* ---- the rest ------------------------------------------------------------------------------- */

static void add_report(struct xe__text *text, const json_t *report, char *(*render)(const json_t *))
{
    char *part;

    if (!json_is_object(report))
        return;
    part = render(report);
    xe__rpc_text_add(text, "%s", part ? part : "");
    free(part);
}

/* Lines of one level, the oldest ones. */
static void add_log(struct xe__text *text, const json_t *log, const char *level)
{
    const json_t *lines = json_object_get(json_object_get(log, level), "lines"), *line;
    long long total = xe__rpc_get_int(json_object_get(log, level), "total");
    size_t i;

    if (total == 0)
        return;
    xe__rpc_text_add(text, "=== Log (%s, first %zu of %lld) ===\n", level, json_array_size(lines),
                     total);
    json_array_foreach(lines, i, line)
        xe__rpc_text_add(text, "cycle=%lld tid=%lld %s: %s\n", xe__rpc_get_int(line, "cycle"),
                         xe__rpc_get_int(line, "tid"), xe__rpc_get_string(line, "category"),
                         xe__rpc_get_string(line, "text"));
}

/* What the title said last. */
static void add_printed(struct xe__text *text, const json_t *printed)
{
    const json_t *lines = json_object_get(printed, "lines"), *line;
    size_t i;

    if (!json_array_size(lines))
        return;
    xe__rpc_text_add(text, "=== Printed by the title (last %zu of %lld) ===\n",
                     json_array_size(lines), xe__rpc_get_int(printed, "total"));
    json_array_foreach(lines, i, line)
        xe__rpc_text_add(text, "cycle=%lld tid=%lld %s\n", xe__rpc_get_int(line, "cycle"),
                         xe__rpc_get_int(line, "tid"), xe__rpc_get_string(line, "text"));
}

static void add_end(struct xe__text *text, const json_t *run)
{
    const json_t *engine = json_object_get(run, "engine");
    const char *detail = xe__rpc_get_string(run, "detail"),
               *digest = xe__rpc_get_string(run, "digest");

    xe__rpc_text_add(text, "stop=%s retired=%lld cycle=%lld",
                     xe__rpc_get_string(run, "stop_reason"), xe__rpc_get_int(run, "retired"),
                     xe__rpc_get_int(run, "cycle"));
    if (json_is_object(engine))
        xe__rpc_text_add(text, " engine=%s", xe__rpc_get_string(engine, "ran"));
    if (json_object_get(engine, "compared"))
        xe__rpc_text_add(text, " compared=%lld", xe__rpc_get_int(engine, "compared"));
    if (*detail)
        xe__rpc_text_add(text, " detail=%s", detail);
    xe__rpc_text_add(text, "\n");
    if (*digest)
        xe__rpc_text_add(text, "digest=%s\n", digest);
}

char *xe_report_run_text(const json_t *run)
{
    const json_t *diagnostic = json_object_get(run, "thread_diagnostic");
    struct xe__text text = {0};

    add_verdict(&text, json_object_get(run, "explain"),
                json_object_get(json_object_get(run, "run"), "engine"));
    xe__rpc_text_add_lacking(&text, json_object_get(run, "lacking"));
    if (xe__rpc_get_int(json_object_get(run, "log"), "dropped"))
        xe__rpc_text_add(
            &text, "   the log kept no more: its first %lld lines are gone, and in no count\n",
            xe__rpc_get_int(json_object_get(run, "log"), "dropped"));
    xe__rpc_text_add_fingerprint(&text, json_object_get(run, "explain"));
    xe__rpc_text_add_milestones(&text, json_object_get(run, "milestones"));
    xe__rpc_text_wrap(&text); /* commands are to be copied as they stand */
    xe__rpc_text_add_next(&text, json_object_get(run, "next"));
    xe__rpc_text_add(&text, "\n");
    add_report(&text, diagnostic, xe_report_diagnostic_text);
    add_report(&text, json_object_get(run, "audit_report"), xe_report_audit_text);
    add_log(&text, json_object_get(run, "log"), "stub");
    add_log(&text, json_object_get(run, "log"), "guest");
    add_printed(&text, json_object_get(json_object_get(run, "log"), "print"));
    add_end(&text, json_object_get(run, "run"));
    return xe__rpc_text_take(&text);
}
