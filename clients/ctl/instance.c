/* Commands on instances of a daemon: make, run, end. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/report/report_text.h"

#define WAIT_MS   1000 /* of one question whether a run has ended */
#define FOLLOW_MS 200

/* ---- make and end --------------------------------------------------------------------------- */

/* Which engine, and which one was asked for if that is another. */
static void show_engine(const char *engine, const char *asked)
{
    if (*engine)
        printf(" engine=%s", engine);
    if (strcmp(engine, asked) != 0)
        printf(" asked=%s", asked);
}

static void show_instance(const json_t *i)
{
    const json_t *engine = json_object_get(i, "engine");
    const char *reason = ctl_text_of(i, "reason");

    printf("%s name=%s state=%s cycle=%lld", ctl_text_of(i, "instance"), ctl_text_of(i, "name"),
           ctl_text_of(i, "state"), ctl_int_of(i, "cycle"));
    show_engine(ctl_text_of(engine, "engine"), ctl_text_of(engine, "asked"));
    if (json_object_get(i, "taint"))
        printf(" tainted=%s", ctl_text_of(json_object_get(i, "taint"), "reason"));
    printf(" image=%s%s%s\n", ctl_text_of(json_object_get(i, "image"), "path"),
           *reason ? " reason=" : "", reason);
}

static json_t *create_params(struct ctl *ctl)
{
    char real[PATH_MAX];
    const char *path = realpath(ctl->o.arg[0], real) ? real : ctl->o.arg[0];
    json_t *params = json_pack("{s:s}", "image", path), *audit, *focus;

    if (ctl->o.name)
        json_object_set_new(params, "name", json_string(ctl->o.name));
    if (ctl->o.snapshot)
        json_object_set_new(params, "snapshot", json_string(ctl->o.snapshot));
    json_object_set_new(params, "config", ctl_config(&ctl->o));
    ctl_with_modules(ctl, params);
    if (!ctl->o.focus && !ctl->o.trace)
        return params;
    audit = json_pack("{s:b}", "trace", ctl->o.trace);
    json_object_set_new(params, "audit", audit);
    focus = ctl->o.focus ? ctl_focus(ctl, ctl->o.focus) : json_array();
    if (focus) {
        json_object_set_new(audit, "focus", focus);
        return params;
    }
    json_decref(params);
    return NULL;
}

/* The file of names is a path of the daemon's, as the title's is. */
static bool add_symbols(struct ctl *ctl, const json_t *instance)
{
    char title[PATH_MAX], file[PATH_MAX];
    const char *path = realpath(ctl->o.arg[0], title) ? title : ctl->o.arg[0];

    if (ctl->o.symbols && strcmp(ctl->o.symbols, "none") && realpath(ctl->o.symbols, file))
        ctl->o.symbols = file;
    return ctl_symbols(ctl, ctl_text_of(instance, "instance"), path);
}

int ctl_cmd_create(struct ctl *ctl)
{
    json_t *params = ctl_patches(ctl) ? create_params(ctl) : NULL, *instance;
    int code = CTL_OK;

    instance = params ? ctl_call(ctl, "instance.create", params) : NULL;
    if (!instance)
        return ctl->exit;
    if (!add_symbols(ctl, instance) || !ctl_script(ctl, ctl_text_of(instance, "instance")))
        code = ctl->exit; /* it is there all the same */
    if (ctl->o.form)
        ctl_print(ctl, instance);
    else
        show_instance(instance);
    json_decref(instance);
    return code;
}

static void show_list(const json_t *list)
{
    json_t *items = json_object_get(list, "items"), *item;
    size_t i;

    json_array_foreach(items, i, item) show_instance(item);
}

int ctl_cmd_ls(struct ctl *ctl)
{
    if (ctl->o.args == 1)
        return ctl_show_call(ctl, "instance.get", ctl_instance_param(ctl), show_instance);
    return ctl_show_call(ctl, "instance.list", json_pack("{s:i}", "limit", 1000), show_list);
}

static void show_nothing(const json_t *result)
{
    (void)result;
}

int ctl_cmd_rm(struct ctl *ctl)
{
    int worst = CTL_OK;

    for (int i = 0; i < ctl->o.args; i++) {
        int code = ctl_show_call(ctl, "instance.destroy",
                                 json_pack("{s:s}", "instance", ctl->o.arg[i]), show_nothing);

        worst = code > worst ? code : worst;
    }
    return worst;
}

static void show_forks(const json_t *result)
{
    json_t *forks = json_object_get(result, "instances"), *fork;
    size_t i;

    json_array_foreach(forks, i, fork) show_instance(fork);
}

/* What is beside the title gives forks their names and lines, which are no state. */
static int name_forks(struct ctl *ctl, json_t *result)
{
    json_t *fork;
    size_t i;

    json_array_foreach(json_object_get(result, "instances"), i, fork)
    {
        if (!ctl_symbols(ctl, ctl_text_of(fork, "instance"),
                         ctl_text_of(json_object_get(fork, "image"), "path")))
            return ctl->exit;
    }
    return CTL_OK;
}

int ctl_cmd_fork(struct ctl *ctl)
{
    json_t *params = ctl_instance_param(ctl), *result;
    long long count = 1;
    int code;
    char *end;

    if (ctl->o.args == 2) {
        count = strtoll(ctl->o.arg[1], &end, 10);
        if (*end || count < 1) {
            ctl_say("'%s': expected how many forks", ctl->o.arg[1]);
            json_decref(params);
            return CTL_USAGE;
        }
    }
    json_object_set_new(params, "count", json_integer(count));
    if (ctl->o.name)
        json_object_set_new(params, "name", json_string(ctl->o.name));
    result = ctl_call(ctl, "instance.fork", params);
    if (!result)
        return ctl->exit;
    code = name_forks(ctl, result);
    if (ctl->o.form)
        ctl_print(ctl, result);
    else
        show_forks(result);
    json_decref(result);
    return code;
}

int ctl_cmd_reset(struct ctl *ctl)
{
    return ctl_show_call(ctl, "instance.reset", ctl_instance_param(ctl), show_instance);
}

/* ---- run ------------------------------------------------------------------------------------ */

static void show_run(const json_t *run)
{
    const char *digest = ctl_text_of(run, "digest"), *reason = ctl_text_of(run, "stop_reason");
    const json_t *hit = json_object_get(run, "break"), *engine = json_object_get(run, "engine");

    printf("%s %s state=%s", ctl_text_of(run, "instance"), ctl_text_of(run, "run"),
           ctl_text_of(run, "state"));
    show_engine(ctl_text_of(engine, "ran"), ctl_text_of(engine, "asked"));
    if (json_object_get(engine, "compared"))
        printf(" compared=%lld", ctl_int_of(engine, "compared"));
    printf("%s%s retired=%lld cycle=%lld%s%s", *reason ? " stop=" : "", reason,
           ctl_int_of(run, "retired"), ctl_int_of(run, "cycle"), *digest ? " digest=" : "", digest);
    if (hit)
        printf(" break=%lld tid=%lld pc=%s accessed=%s", ctl_int_of(hit, "id"),
               ctl_int_of(hit, "tid"), ctl_text_of(hit, "pc"), ctl_text_of(hit, "accessed"));
    if (hit && *ctl_text_of(hit, "event"))
        printf(" event=%s", ctl_text_of(hit, "event"));
    if (!hit && *ctl_text_of(run, "detail"))
        printf(" detail=%s", ctl_text_of(run, "detail"));
    putchar('\n');
}

static bool running(const json_t *run)
{
    return !strcmp(ctl_text_of(run, "state"), "running");
}

/* The exit code of a run that has stopped. */
static int run_exit(struct ctl *ctl, const json_t *run)
{
    json_t *report = ctl_call(ctl, "thread.diagnostic", ctl_instance_param(ctl));
    int code = ctl->exit;

    if (report)
        code = ctl_run_exit(ctl, run, ctl_text_of(json_object_get(report, "verdict"), "code"));
    json_decref(report);
    return code;
}

/* Print a run object; a stopped one decides the exit code. */
static int end_run(struct ctl *ctl, json_t *run)
{
    int code;

    if (!run)
        return ctl->exit;
    code = running(run) ? CTL_OK : run_exit(ctl, run);
    if (ctl->o.form)
        ctl_print(ctl, run);
    else
        show_run(run);
    json_decref(run);
    return code;
}

/* The same; a check that compared nothing of it has not gone well. */
static int judge_run(struct ctl *ctl, json_t *run)
{
    bool vain = run && !running(run) && ctl_checked_nothing(run);
    int code = end_run(ctl, run);

    return vain && code == CTL_OK ? CTL_CHECK_FAILED : code;
}

/* A run that this command began ends at the wall limit; another goes on, and only the waiting ends.
 */
static bool limit_ends(struct ctl *ctl, bool ours)
{
    if (!ctl_wall_over())
        return false;
    if (!ours)
        return true;
    ctl_say("the wall limit is over: stopping at the next safe point");
    json_decref(ctl_call(ctl, "run.cancel", ctl_instance_param(ctl)));
    ctl_wall_spent();
    return false;
}

static json_t *wait_for(struct ctl *ctl, json_t *run, bool ours, json_int_t seq)
{
    ctl_progress_begin();
    while (run && running(run) && !limit_ends(ctl, ours)) {
        int ms = ctl_wall_wait(ctl->o.follow ? FOLLOW_MS : WAIT_MS);

        json_decref(run);
        run = ctl_call(
            ctl, "run.wait",
            json_pack("{s:s, s:i}", "instance", ctl->o.arg[0], "wait_ms", ms > 0 ? ms : 1));
        if (run)
            ctl_progress_show((uint64_t)ctl_int_of(run, "retired"),
                              (uint64_t)ctl_int_of(run, "target"));
        if (run && ctl->o.follow && !ctl_new_lines(ctl, &seq))
            break;
    }
    ctl_progress_end();
    if (ctl_caught_signal() || (run && running(run)))
        ctl_say("the run goes on in the daemon; `xe360ctl cancel %s` ends it", ctl->o.arg[0]);
    return run;
}

/* Who asks for hangs of a part needs what only records show. */
static bool can_tell_hangs(struct ctl *ctl)
{
    json_t *status;
    bool on;

    if (!ctl_exit_wants_hangs(&ctl->o))
        return true;
    status = ctl_call(ctl, "audit.status", ctl_instance_param(ctl));
    on = json_is_true(json_object_get(status, "enabled"));
    if (status && !on) {
        ctl_fail(
            "%s records no waits and signals, so hangs of a part can't be told: `xe360ctl call "
            "audit.enable instance=%s`",
            ctl->o.arg[0], ctl->o.arg[0]);
        ctl->exit = CTL_USAGE;
    }
    json_decref(status);
    return on;
}

int ctl_cmd_start(struct ctl *ctl)
{
    json_t *params, *run;
    json_int_t seq = 1;

    if (!can_tell_hangs(ctl))
        return ctl->exit;
    params = ctl_instance_param(ctl);
    if (ctl->o.has_count)
        json_object_set_new(params, "instructions", json_integer((json_int_t)ctl->o.count));
    if (ctl->o.digest)
        json_object_set_new(params, "digest", json_true());
    if (ctl->o.digest_every)
        json_object_set_new(params, "digest_every", json_integer((json_int_t)ctl->o.digest_every));
    ctl_stop_on(&ctl->o, ctl_frames(&ctl->o), params);
    if (!ctl_last_line(ctl, &seq)) {
        json_decref(params);
        return ctl->exit;
    }
    run = ctl_call(ctl, "run.start", params);
    ctl_wall_begin(ctl->o.wall_limit_ms);
    if (run && (ctl->o.wait || ctl->o.follow || ctl->o.wall_limit_ms))
        run = wait_for(ctl, run, true, seq);
    return judge_run(ctl, run);
}

/* The instruction that a thread does next. */
static void show_next(struct ctl *ctl, const json_t *thread)
{
    json_t *result = ctl_call(ctl, "debug.disassemble",
                              json_pack("{s:s, s:s, s:i}", "instance", ctl->o.arg[0], "address",
                                        ctl_text_of(thread, "pc"), "count", 1));
    const json_t *line = json_array_get(json_object_get(result, "items"), 0);

    if (line)
        printf("tid=%lld pc=%s %s  %s\n", ctl_int_of(thread, "tid"), ctl_text_of(thread, "pc"),
               ctl_text_of(line, "place"), ctl_text_of(line, "text"));
    json_decref(result);
}

/* Where a step led: the thread that was stepped, else those that have a hardware thread. */
static void show_position(struct ctl *ctl)
{
    json_t *result = ctl_call(ctl, "thread.list", ctl_instance_param(ctl)), *thread;
    size_t i;

    json_array_foreach(json_object_get(result, "threads"), i, thread)
    {
        if (ctl->o.tid ? (uint64_t)ctl_int_of(thread, "tid") == ctl->o.tid
                       : !strcmp(ctl_text_of(thread, "state"), "running"))
            show_next(ctl, thread);
    }
    json_decref(result);
}

int ctl_cmd_step(struct ctl *ctl)
{
    json_t *params = ctl_instance_param(ctl), *run;
    bool stopped;
    int code;

    if (ctl->o.has_count)
        json_object_set_new(params, "instructions", json_integer((json_int_t)ctl->o.count));
    if (ctl->o.tid)
        json_object_set_new(params, "tid", json_integer((json_int_t)ctl->o.tid));
    run = ctl_call(ctl, "run.step", params);
    stopped = run && !running(run);
    code = end_run(ctl, run);
    if (stopped && !ctl->o.form)
        show_position(ctl);
    else if (run && !stopped)
        ctl_fail("step: not done in 60 s; the run goes on: `xe360ctl pause %s` ends it",
                 ctl->o.arg[0]);
    return code;
}

int ctl_cmd_wait(struct ctl *ctl)
{
    json_int_t seq = 1;
    json_t *run;
    bool over;
    int code;

    if (!can_tell_hangs(ctl) || !ctl_last_line(ctl, &seq))
        return ctl->exit;
    ctl_wall_begin(ctl->o.wall_limit_ms);
    run = wait_for(ctl, ctl_call(ctl, "run.get", ctl_instance_param(ctl)), false, seq);
    over = run && running(run);
    code = judge_run(ctl, run);
    return over ? CTL_LIMIT : code;
}

int ctl_cmd_pause(struct ctl *ctl)
{
    return ctl_show_call(ctl, "run.pause", ctl_instance_param(ctl), show_run);
}

int ctl_cmd_cancel(struct ctl *ctl)
{
    return ctl_show_call(ctl, "run.cancel", ctl_instance_param(ctl), show_run);
}
