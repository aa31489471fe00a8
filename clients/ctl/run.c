/* Commands that need no daemon: run and inspect. Each starts a private worker. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/rows.h"
#include "rpc/report/report_text.h"

#define LOG_LINES 100000
#define WAIT_MS   100

#define BUNDLE_TRAIL 128 /* digests in a bundle, unless --digest-every says otherwise */

/* ---- run ------------------------------------------------------------------------------------ */

json_t *ctl_run_config(const struct ctl_options *o)
{
    json_t *config = ctl_config(o);

    json_object_set_new(config, "log_lines", json_integer(LOG_LINES));
    return config;
}

/* Whether the handles are explained one by one; all are recorded in any case. */
static bool audited(const struct ctl *ctl)
{
    return ctl->o.trace || ctl->o.focus || ctl_exit_wants_hangs(&ctl->o);
}

/* The audit part of instance.create; NULL after a usage error. */
static json_t *audit_of(struct ctl *ctl)
{
    json_t *audit = json_pack("{s:b}", "trace", ctl->o.trace), *focus;

    if (!ctl->o.focus)
        return audit;
    focus = ctl_focus(ctl, ctl->o.focus);
    if (!focus) {
        json_decref(audit);
        return NULL;
    }
    json_object_set_new(audit, "focus", focus);
    return audit;
}

static bool create(struct ctl *ctl)
{
    json_t *audit = audit_of(ctl), *result;

    if (!audit)
        return false;
    if (!ctl_private_start(ctl) || !ctl_private_images(ctl, ctl->o.arg[0])) {
        json_decref(audit);
        return false;
    }
    result = ctl_call(
        ctl, "instance.create",
        ctl_with_modules(ctl, json_pack("{s:s, s:o, s:o}", "image", ctl->o.arg[0], "config",
                                        ctl_run_config(&ctl->o), "audit", audit)));
    json_decref(result);
    return result && (!ctl->o.wav || ctl_wav_begin(ctl, "local")) &&
           ctl_symbols(ctl, "local", ctl->o.arg[0]) && ctl_writers_watch(ctl);
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

            if (ctl_caught_signal()) /* the report is what is wanted now */
                break;
            ctl_progress_clear();
            if (ctl->o.raw)
                fputs(text, stderr);
            else
                ctl_put_text(stderr, text);
            fputc('\n', stderr);
        }
        if (page)
            *seq = json_integer_value(json_object_get(page, "next_seq"));
        json_decref(page);
    } while (count == 1000 && !ctl_caught_signal());
}

/* Wait for the end of the run, showing guest output meanwhile. */
static json_t *follow(struct ctl *ctl, json_t *run)
{
    json_int_t seq = 1;

    while (run && !strcmp(ctl_text_of(run, "state"), "running")) {
        json_decref(run);
        run = ctl_call(ctl, "run.wait",
                       json_pack("{s:s, s:i}", "instance", "local", "wait_ms", WAIT_MS));
        if (run && ctl->o.guest_output)
            print_guest_output(ctl, &seq);
    }
    if (run && ctl->o.guest_output)
        print_guest_output(ctl, &seq);
    ctl_progress_clear();
    return run;
}

static json_t *fetch(struct ctl *ctl, const char *method)
{
    return ctl_call(ctl, method, json_pack("{s:s}", "instance", "local"));
}

static bool add_trail(struct ctl *ctl, json_t *all)
{
    return json_object_set_new(all, "digest_trail", ctl_trail(ctl, "local")) == 0;
}

/* Everything there is to say, as the schema xe360/run/1 has it; run is given. NULL: told. */
static json_t *report(struct ctl *ctl, json_t *run)
{
    json_t *all = json_pack("{s:s, s:o}", "schema", "xe360/run/1", "run", run), *threads;

    threads = ctl_thread_diagnostic(ctl, json_pack("{s:s}", "instance", "local"));
    json_object_set_new(all, "explain", fetch(ctl, "diagnose.explain"));
    json_object_set_new(all, "milestones", fetch(ctl, "diagnose.milestones"));
    json_object_set_new(all, "thread_diagnostic", threads);
    json_object_set_new(all, "audit_report",
                        audited(ctl)
                            ? ctl_audit_report(ctl, json_pack("{s:s}", "instance", "local"))
                            : json_null());
    json_object_set(all, "lacking", json_object_get(json_object_get(all, "explain"), "lacking"));
    json_object_set_new(all, "log", ctl_evidence_log(ctl));
    if (threads)
        json_object_set_new(
            all, "next",
            ctl_evidence_next(ctl, threads, json_object_get(all, "explain"), audited(ctl)));
    /* A part that could not be had was told; without it there is no report. */
    if (json_object_size(all) == 9 && (!ctl->o.digest_every || add_trail(ctl, all)))
        return all;
    json_decref(all);
    return NULL;
}

int ctl_run_status(struct ctl *ctl, const json_t *all)
{
    const json_t *run = json_object_get(all, "run");
    const json_t *verdict = json_object_get(json_object_get(all, "thread_diagnostic"), "verdict");
    const char *code = json_string_value(json_object_get(verdict, "code"));
    int status = ctl_run_exit(ctl, run, code ? code : "");

    if (status == CTL_OK && !strcmp(ctl_text_of(run, "stop_reason"), "break") &&
        (!ctl->o.until || strcmp(ctl->o.until, "break")))
        status = CTL_CRASHED; /* the title's own breakpoint, which nobody continues */
    if (status == CTL_OK && (ctl_checked_nothing(run) || ctl->unsaved))
        status = CTL_CHECK_FAILED;
    return status;
}

static int show(struct ctl *ctl, json_t *all)
{
    int status = ctl_run_status(ctl, all);

    json_object_set_new(all, "exit_status", json_integer(status));
    if (ctl->o.form)
        ctl_print(ctl, all);
    else
        ctl_print_text(xe_report_run_text(all));
    if (!ctl->o.form)
        ctl_print_trail(json_object_get(all, "digest_trail"));
    return status;
}

/* A bundle has a trail, so that whoever finds a difference learns where it begins. */
static uint64_t trail_every(const struct ctl_options *o)
{
    uint64_t every = o->count / BUNDLE_TRAIL;

    if (o->digest_every || !o->bundle)
        return o->digest_every;
    return every ? every : 1;
}

/* A worker that was taken over may answer anything. run is given and returned; NULL: told. */
static json_t *a_run(struct ctl *ctl, json_t *run)
{
    if (!run || xe_rpc_fits(&xe_rpc_run_object, run))
        return run;
    ctl_fail("the worker talks nonsense: what it answers is no run");
    ctl->exit = CTL_HARNESS;
    json_decref(run);
    return NULL;
}

static json_t *run_for(struct ctl *ctl, uint64_t instructions, uint64_t frames)
{
    json_t *params = json_pack("{s:s, s:I, s:b, s:I}", "instance", "local", "instructions",
                               (json_int_t)instructions, "digest", ctl->o.digest, "digest_every",
                               (json_int_t)trail_every(&ctl->o));

    ctl_stop_on(&ctl->o, frames, params);
    ctl_wall_begin(ctl->o.wall_limit_ms);
    return a_run(ctl, follow(ctl, ctl_call(ctl, "run.start", params)));
}

/* To where it is to be saved, if that is on the way, and from there to the end. */
static json_t *run_and_save(struct ctl *ctl, uint64_t first)
{
    uint64_t frames = ctl_frames(&ctl->o);
    json_t *before = first ? run_for(ctl, first, frames) : NULL, *run;

    if (first && (!before || !ctl_run_is_there(ctl, before)))
        return before;
    if (ctl->o.has_at_cycle)
        ctl_run_save(ctl);
    if (first == ctl->o.count || ctl_run_has_shown(before, &frames))
        return before;
    run = run_for(ctl, ctl->o.count - first, frames);
    if (run && before)
        ctl_run_join(run, before);
    json_decref(before);
    if (run && ctl->o.snapshot_save && !ctl->o.has_at_cycle)
        ctl_run_save(ctl);
    return run;
}

/* Who wants a picture wants it drawn. */
static void draw_for_frame(struct ctl_options *o)
{
    if (!o->frame || json_object_get(o->config, "renderer"))
        return;
    if (!o->config)
        o->config = json_object();
    json_object_set_new(o->config, "renderer", json_string("reference"));
}

json_t *ctl_run_once(struct ctl *ctl)
{
    uint64_t cycle, first;
    json_t *run;

    draw_for_frame(&ctl->o);
    if (!create(ctl) || !ctl_run_load(ctl, &cycle) || !ctl_script(ctl, "local") ||
        !ctl_run_to_save(ctl, cycle, &first))
        return NULL;
    run = run_and_save(ctl, first);
    ctl_listen(false);
    return run ? report(ctl, run) : NULL;
}

/* What is about one run can't be had of many. */
static bool may_sweep(const struct ctl_options *o)
{
    const char *other = json_object_get(o->config, "seed") ? "--seed"
                        : o->dump_jit                      ? "--dump-jit"
                        : o->guest_output                  ? "--guest-output"
                        : o->trace || o->focus             ? "--trace-handles"
                        : o->digest_every                  ? "--digest-every"
                        : o->snapshot_save                 ? "--snapshot-save"
                        : o->snapshot_load                 ? "--snapshot-load"
                        : o->wav                           ? "--wav"
                        : o->frame                         ? "--frame"
                        : o->bundle                        ? "--bundle"
                        : o->writers                       ? "--writers"
                                                           : NULL;

    if (other)
        ctl_fail("run: %s is of one run, --seeds of many", other);
    return !other;
}

int ctl_cmd_run(struct ctl *ctl)
{
    struct ctl_output bundle;
    json_t *all;
    int code;

    if (!ctl->o.has_count)
        ctl->o.count = CTL_DEFAULT_RUN;
    if (!ctl_run_snapshot_check(&ctl->o) || (ctl->o.seeds && !may_sweep(&ctl->o)))
        return CTL_USAGE;
    ctl_listen(true);
    if (ctl->o.seeds)
        return ctl_sweep(ctl);
    if (ctl->o.bundle && !ctl_bundle_open(ctl, &bundle, ctl->o.bundle))
        return ctl->exit;
    all = ctl->o.writers ? ctl_run_writers(ctl) : ctl_run_once(ctl);
    code = all ? show(ctl, all) : ctl->exit;
    if (ctl->o.bundle && !ctl_bundle_write(ctl, &bundle, all ? "local" : NULL))
        code = ctl->exit;
    if (all && ctl->o.dump_jit && !ctl_dump_jit(ctl, "local", ctl->o.dump_jit))
        code = ctl->exit;
    if (all && ctl->o.wav && !ctl_wav(ctl, "local", ctl->o.wav))
        code = ctl->exit;
    if (all && ctl->o.frame && !ctl_frame(ctl, "local", ctl->o.frame))
        code = ctl->exit;
    json_decref(all);
    return code;
}

/* ---- inspect -------------------------------------------------------------------------------- */

/* Ask a worker of our own about the file: another one each time, since one looks into one folder.
 */
static json_t *inspect(struct ctl *ctl, const char *method, const char *param, json_t **ret_error)
{
    const char *path = ctl->o.arg[0];

    *ret_error = NULL;
    ctl_private_stop(ctl);
    if (!ctl_private_start(ctl) || !ctl_private_game(ctl, path))
        return NULL;
    return ctl_try(ctl, method, json_pack("{s:s}", param, path), ret_error);
}

static void show_inspected(struct ctl *ctl, json_t *container, json_t *image)
{
    if (ctl->o.form) {
        if (container)
            json_object_set(container, "image", image ? image : json_null());
        ctl_print(ctl, container ? container : image);
        return;
    }
    if (container)
        ctl_print_text(xe_report_container_text(container));
    if (container && image)
        putchar('\n');
    if (image)
        ctl_print_text(xe_report_image_text(image));
}

/* What is no container may be a title; what is one may have a title in it. */
int ctl_cmd_inspect(struct ctl *ctl)
{
    json_t *container, *image = NULL, *error;
    const char *kind;
    int code;

    container = inspect(ctl, "container.inspect", "file", &error);
    kind = ctl_text_of(json_object_get(error, "data"), "kind");
    if (!strcmp(kind, "image_unsupported") ||
        json_is_string(json_object_get(container, "executable"))) {
        json_decref(error);
        image = inspect(ctl, "image.inspect", "image", &error);
    }
    code = error ? ctl_print_error(ctl, error) : container || image ? CTL_OK : ctl->exit;
    if (container || image)
        show_inspected(ctl, container, image);
    json_decref(container);
    json_decref(image);
    json_decref(error);
    return code;
}
