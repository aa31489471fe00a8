/* Commands about input logs and digest trails: input, digest --trail, run --digest-every. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

/* ---- digest trail --------------------------------------------------------------------------- */

json_t *ctl_trail(struct ctl *ctl, const char *instance)
{
    json_t *all = json_array(), *cursor = NULL, *page;

    do {
        page = ctl_call(
            ctl, "digest.trail",
            json_pack("{s:s, s:i, s:o*}", "instance", instance, "limit", 1000, "cursor", cursor));
        json_array_extend(all, json_object_get(page, "items"));
        cursor = json_incref(json_object_get(page, "next_cursor"));
        json_decref(page);
    } while (page && json_is_string(cursor));
    json_decref(cursor);
    if (page)
        return all;
    json_decref(all);
    return NULL;
}

void ctl_print_trail(const json_t *entries)
{
    json_t *entry;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)entries, i, entry)
    {
        printf("%lld %s\n", ctl_int_of(entry, "cycle"), ctl_text_of(entry, "digest"));
    }
}

int ctl_show_trail(struct ctl *ctl)
{
    return ctl_show_result(ctl, ctl_trail(ctl, ctl->o.arg[0]), ctl_print_trail);
}

/* ---- input ---------------------------------------------------------------------------------- */

static int done(struct ctl *ctl, json_t *result, const char *text)
{
    if (!result)
        return ctl->exit;
    if (ctl->o.form)
        ctl_print(ctl, result);
    else
        printf("%s %s at cycle %lld\n", ctl_text_of(result, "instance"), text,
               ctl_int_of(result, "cycle"));
    json_decref(result);
    return CTL_OK;
}

static int record(struct ctl *ctl)
{
    return done(ctl, ctl_call(ctl, "record.start", json_pack("{s:s}", "instance", ctl->o.arg[1])),
                "records");
}

/* The log as the API has it, to the file or standard output. */
static int stop(struct ctl *ctl)
{
    struct ctl_output out;
    json_t *result;
    int code = CTL_OK;

    if (!ctl_output_open(&out, ctl->o.output))
        return CTL_HARNESS;
    ctl->o.raw = true; /* it is written as JSON */
    result = ctl_call(ctl, "record.stop", json_pack("{s:s}", "instance", ctl->o.arg[1]));
    if (!result)
        code = ctl->exit;
    if (!ctl_output_close(&out, json_object_get(result, "log")))
        code = CTL_HARNESS;
    json_decref(result);
    return code;
}

static void print_played(const json_t *status)
{
    printf(" of %lld inputs=%lld/%lld digests=%lld/%lld", ctl_int_of(status, "end_cycle"),
           ctl_int_of(status, "applied"), ctl_int_of(status, "inputs"),
           ctl_int_of(status, "compared"), ctl_int_of(status, "points"));
}

static void print_status(const json_t *status)
{
    const json_t *difference = json_object_get(status, "difference");
    const json_t *taint = json_object_get(status, "taint");

    printf("%s replay=%s cycle=%lld", ctl_text_of(status, "instance"), ctl_text_of(status, "state"),
           ctl_int_of(status, "cycle"));
    if (strcmp(ctl_text_of(status, "state"), "none") != 0)
        print_played(status);
    puts(json_is_true(json_object_get(status, "recording")) ? " recording" : "");
    if (taint)
        printf("tainted at cycle %lld: %s\n", ctl_int_of(taint, "cycle"),
               ctl_text_of(taint, "text"));
    if (difference) {
        fputs("differs: ", stdout);
        ctl_put_text(stdout, ctl_text_of(difference, "text"));
        putchar('\n');
    }
}

/* 1 when it differs, and when --wait has not seen its end. */
static int status_of(struct ctl *ctl, const char *instance, bool to_end)
{
    json_t *status = ctl_call(ctl, "replay.status", json_pack("{s:s}", "instance", instance));
    const char *state = ctl_text_of(status, "state");
    int code = CTL_OK;

    if (!status)
        return ctl->exit;
    if (!strcmp(state, "diverged") || (to_end && strcmp(state, "ended") != 0))
        code = CTL_CHECK_FAILED;
    if (ctl->o.form)
        ctl_print(ctl, status);
    else
        print_status(status);
    json_decref(status);
    return code;
}

static int status(struct ctl *ctl)
{
    return status_of(ctl, ctl->o.arg[1], false);
}

/* Run it to the log's end, and wait for that. */
static int play(struct ctl *ctl, const char *instance)
{
    json_t *run = ctl_call(ctl, "run.start", json_pack("{s:s}", "instance", instance));

    while (run && !strcmp(ctl_text_of(run, "state"), "running")) {
        json_decref(run);
        run = ctl_call(ctl, "run.wait",
                       json_pack("{s:s, s:i}", "instance", instance, "wait_ms", 60000));
    }
    if (!run)
        return ctl->exit;
    json_decref(run);
    return status_of(ctl, instance, true);
}

static int replay(struct ctl *ctl)
{
    json_t *log = ctl_patches(ctl) ? ctl_load(ctl->o.arg[2]) : NULL, *instance;
    char real[PATH_MAX];
    const char *path = realpath(ctl->o.arg[1], real) ? real : ctl->o.arg[1];
    int code;

    if (!log)
        return CTL_HARNESS;
    instance = ctl_call(
        ctl, "replay.start",
        ctl_with_modules(ctl, json_pack("{s:s, s:o, s:s*, s:s*}", "image", path, "log", log, "name",
                                        ctl->o.name, "engine", ctl_engine(&ctl->o))));
    if (!instance)
        return ctl->exit;
    if (ctl->o.wait)
        code = play(ctl, ctl_text_of(instance, "instance"));
    else
        code = done(ctl, json_incref(instance), "plays the log");
    json_decref(instance);
    return code;
}

int ctl_cmd_input(struct ctl *ctl)
{
    static const struct {
        const char *verb;
        int args;
        int (*run)(struct ctl *ctl);
    } verbs[] = {
        {"record", 2, record}, {"stop", 2, stop}, {"status", 2, status}, {"replay", 3, replay}};
    int code;

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (!strcmp(ctl->o.arg[0], verbs[i].verb) && ctl->o.args == verbs[i].args)
            return verbs[i].run(ctl);
    if (ctl_cmd_pads(ctl, &code))
        return code;
    ctl_fail(
        "input: expected record, stop or status and an INSTANCE, or replay, an IMAGE and a LOG, "
        "or what `xe360ctl help input` says of controllers");
    return CTL_USAGE;
}
