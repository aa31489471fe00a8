/* Commands that need no daemon: run, inspect, record, check. Each starts a private worker. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl.h"
#include "rpc/report_text.h"

#define LOG_LINES   100000
#define WAIT_MS     100
#define DEFAULT_RUN 500000000u /* what run does without -n */

/* ---- run ------------------------------------------------------------------------------------ */

static json_t *config_of(const struct ctl_options *o)
{
    json_t *config = json_pack("{s:i}", "log_lines", LOG_LINES);

    if (o->has_seed)
        json_object_set_new(config, "seed", json_integer((json_int_t)o->seed));
    if (o->has_slice)
        json_object_set_new(config, "slice", json_integer((json_int_t)o->slice));
    if (o->engine)
        json_object_set_new(config, "engine", json_string(o->engine));
    if (o->has_inject)
        json_object_set_new(config, "inject_lost_wake",
                            json_integer((json_int_t)o->inject_lost_wake));
    return config;
}

/* The audit part of instance.create; NULL after a usage error. A focus implies tracing. */
static json_t *audit_of(struct ctl *ctl)
{
    json_t *audit = json_pack("{s:b}", "enabled", ctl->o.trace || ctl->o.focus), *focus;

    if (!ctl->o.focus)
        return audit;
    focus = ctl_focus(ctl, ctl->o.focus);
    if (!focus) {
        json_decref(audit);
        return NULL;
    }
    if (json_array_size(focus) == 0)
        json_object_set_new(audit, "enabled", json_boolean(ctl->o.trace));
    json_object_set_new(audit, "focus", focus);
    return audit;
}

static bool create(struct ctl *ctl)
{
    json_t *audit = audit_of(ctl), *result;

    if (!audit)
        return false;
    if (!ctl_private_start(ctl) || !ctl_private_title(ctl, ctl->o.arg[0])) {
        json_decref(audit);
        return false;
    }
    result = ctl_call(ctl, "instance.create",
                      json_pack("{s:s, s:o, s:o}", "image", ctl->o.arg[0], "config",
                                config_of(&ctl->o), "audit", audit));
    json_decref(result);
    return result != NULL;
}

/* Print the title's own output since *seq. */
static void print_guest_output(struct ctl *ctl, json_int_t *seq)
{
    size_t count;

    do {
        json_t *page = ctl_call(ctl, "log.tail",
                                json_pack("{s:s, s:I, s:s, s:i}", "instance", "local", "from_seq",
                                          *seq, "level", "print", "limit", 1000));
        json_t *items = json_object_get(page, "items"), *line;
        size_t i;

        count = json_array_size(items);
        json_array_foreach(items, i, line)
        {
            const char *text = json_string_value(json_object_get(line, "text"));

            if (ctl->o.raw)
                fputs(text, stderr);
            else
                ctl_put_text(stderr, text);
            fputc('\n', stderr);
        }
        if (page)
            *seq = json_integer_value(json_object_get(page, "next_seq"));
        json_decref(page);
    } while (count == 1000);
}

/* Wait for the end of the run, showing guest output meanwhile. */
static json_t *follow(struct ctl *ctl, json_t *run)
{
    json_int_t seq = 1;

    while (run && !strcmp(json_string_value(json_object_get(run, "state")), "running")) {
        json_decref(run);
        run = ctl_call(ctl, "run.wait",
                       json_pack("{s:s, s:i}", "instance", "local", "wait_ms", WAIT_MS));
        if (run && ctl->o.guest_output)
            print_guest_output(ctl, &seq);
    }
    if (run && ctl->o.guest_output)
        print_guest_output(ctl, &seq);
    return run;
}

static json_t *fetch(struct ctl *ctl, const char *method)
{
    return ctl_call(ctl, method, json_pack("{s:s}", "instance", "local"));
}

static void print_run_line(const json_t *run)
{
    const char *detail = json_string_value(json_object_get(run, "detail"));
    const char *digest = json_string_value(json_object_get(run, "digest"));

    printf("stop=%s retired=%lld cycle=%lld%s%s\n",
           json_string_value(json_object_get(run, "stop_reason")),
           json_integer_value(json_object_get(run, "retired")),
           json_integer_value(json_object_get(run, "cycle")), detail ? " detail=" : "",
           detail ? detail : "");
    if (digest)
        printf("digest=%s\n", digest);
}

static void print_text(const json_t *report, char *(*render)(const json_t *report))
{
    char *text = render(report);

    fputs(text ? text : "", stdout);
    free(text);
}

static int report(struct ctl *ctl, json_t *run)
{
    const char *reason = json_string_value(json_object_get(run, "stop_reason"));
    bool audited = ctl->o.trace || ctl->o.focus;
    json_t *threads = fetch(ctl, "thread.diagnostic");
    json_t *audit = audited ? fetch(ctl, "audit.report") : json_null();
    json_t *all;
    int code = ctl_stop_exit(ctl, reason ? reason : "?");

    if (!threads || !audit) {
        code = ctl->exit;
    } else if (ctl->o.json) {
        all = json_pack("{s:s, s:O, s:O, s:O}", "schema", "xe360/run/1", "run", run,
                        "thread_diagnostic", threads, "audit_report", audit);
        ctl_print_json(all);
        json_decref(all);
    } else {
        print_text(threads, xe_report_diagnostic_text);
        if (audited)
            print_text(audit, xe_report_audit_text);
        print_run_line(run);
    }
    json_decref(threads);
    json_decref(audit);
    return code;
}

int ctl_cmd_run(struct ctl *ctl)
{
    json_int_t count = (json_int_t)(ctl->o.has_count ? ctl->o.count : DEFAULT_RUN);
    json_t *run;
    int code;

    ctl_catch_signals();
    if (!create(ctl))
        return ctl->exit;
    run = ctl_call(ctl, "run.start",
                   json_pack("{s:s, s:I, s:b}", "instance", "local", "instructions", count,
                             "digest", ctl->o.digest));
    run = follow(ctl, run);
    code = run ? report(ctl, run) : ctl->exit;
    if (run && ctl->o.dump_jit && !ctl_dump_jit(ctl, "local", ctl->o.dump_jit))
        code = ctl->exit;
    json_decref(run);
    return code;
}

/* ---- inspect -------------------------------------------------------------------------------- */

int ctl_cmd_inspect(struct ctl *ctl)
{
    json_t *image;

    if (!ctl_private_start(ctl) || !ctl_private_title(ctl, ctl->o.arg[0]))
        return ctl->exit;
    image = ctl_call(ctl, "image.inspect", json_pack("{s:s}", "image", ctl->o.arg[0]));
    if (!image)
        return ctl->exit;
    if (ctl->o.json)
        ctl_print_json(image);
    else
        print_text(image, xe_report_image_text);
    json_decref(image);
    return CTL_OK;
}

/* ---- goldens -------------------------------------------------------------------------------- */

static bool save(const char *path, const json_t *value)
{
    if (json_dump_file(value, path, JSON_INDENT(2)) == 0)
        return true;
    ctl_fail("'%s' cannot be written", path);
    return false;
}

int ctl_cmd_record(struct ctl *ctl)
{
    json_t *golden, *config = config_of(&ctl->o);
    int code = CTL_OK;

    ctl->o.raw = true; /* it is written as JSON */
    if (!ctl_private_start(ctl) || !ctl_private_title(ctl, ctl->o.arg[0])) {
        json_decref(config);
        return ctl->exit;
    }
    golden = ctl_call(ctl, "golden.record",
                      json_pack("{s:s, s:I, s:o}", "image", ctl->o.arg[0], "instructions",
                                (json_int_t)(ctl->o.has_count ? ctl->o.count : DEFAULT_RUN),
                                "config", config));
    if (!golden)
        return ctl->exit;
    if (!ctl->o.output)
        ctl_print_json(golden);
    else if (!save(ctl->o.output, golden))
        code = CTL_HARNESS;
    json_decref(golden);
    return code;
}

static void print_diffs(const json_t *verdict)
{
    json_t *diffs = json_object_get(verdict, "diffs"), *diff;
    size_t i;

    json_array_foreach(diffs, i, diff)
    {
        char *expected = json_dumps(json_object_get(diff, "expected"), JSON_ENCODE_ANY);
        char *found = json_dumps(json_object_get(diff, "found"), JSON_ENCODE_ANY);

        printf("  %s: expected %s, found %s\n", json_string_value(json_object_get(diff, "member")),
               expected, found);
        free(expected);
        free(found);
    }
}

/* A golden names its image as recorded: as it is, or beside the golden. Owned. */
static char *image_of(const char *golden_path, const json_t *golden)
{
    const char *path = json_string_value(json_object_get(json_object_get(golden, "image"), "path"));
    const char *slash = strrchr(golden_path, '/');
    FILE *there = path ? fopen(path, "re") : NULL;
    char *beside = NULL;

    if (there)
        fclose(there);
    if (!path || there || path[0] == '/' || !slash)
        return path ? strdup(path) : NULL;
    if (asprintf(&beside, "%.*s/%s", (int)(slash - golden_path), golden_path, path) < 0)
        return NULL;
    return beside;
}

static json_t *check_one(struct ctl *ctl, const char *path, json_t *golden)
{
    char *image = image_of(path, golden);
    json_t *verdict = NULL;

    if (!image) {
        ctl_fail("'%s': image.path: expected a string", path);
        ctl->exit = CTL_RPC;
    } else if (ctl_private_start(ctl) && ctl_private_title(ctl, image)) {
        verdict = ctl_call(ctl, "golden.check",
                           json_pack("{s:O, s:s}", "golden", golden, "image", image));
    }
    ctl_private_stop(ctl);
    free(image);
    return verdict;
}

static int check_file(struct ctl *ctl, const char *path)
{
    json_t *golden = ctl_load(path);
    json_t *verdict = golden ? check_one(ctl, path, golden) : NULL;
    bool pass = json_is_true(json_object_get(verdict, "pass"));
    int code = golden ? ctl->exit : CTL_HARNESS;

    if (verdict) {
        code = pass ? CTL_OK : CTL_CHECK_FAILED;
        if (ctl->o.json)
            ctl_print_json(verdict);
        else
            printf("%s %s\n", pass ? "ok" : "FAILED", path);
        if (!ctl->o.json)
            print_diffs(verdict);
    }
    json_decref(verdict);
    json_decref(golden);
    return code;
}

int ctl_cmd_check(struct ctl *ctl)
{
    int worst = CTL_OK;

    for (int i = 0; i < ctl->o.args; i++) {
        int code = check_file(ctl, ctl->o.arg[i]);

        worst = code > worst ? code : worst;
    }
    return worst;
}
