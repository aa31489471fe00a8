/* Commands on instances of a daemon: make, run, look, end. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"
#include "rpc/report/report_text.h"

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static long long int_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static json_t *instance_param(const struct ctl *ctl)
{
    return json_pack("{s:s}", "instance", ctl->o.arg[0]);
}

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
    const char *reason = text_of(i, "reason");

    printf("%s name=%s state=%s cycle=%lld", text_of(i, "instance"), text_of(i, "name"),
           text_of(i, "state"), int_of(i, "cycle"));
    show_engine(text_of(engine, "engine"), text_of(engine, "asked"));
    if (json_object_get(i, "taint"))
        printf(" tainted=%s", text_of(json_object_get(i, "taint"), "reason"));
    printf(" image=%s%s%s\n", text_of(json_object_get(i, "image"), "path"),
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
    return ctl_symbols(ctl, text_of(instance, "instance"), path);
}

int ctl_cmd_create(struct ctl *ctl)
{
    json_t *params = create_params(ctl), *instance;
    int code = CTL_OK;

    instance = params ? ctl_call(ctl, "instance.create", params) : NULL;
    if (!instance)
        return ctl->exit;
    if (!add_symbols(ctl, instance))
        code = ctl->exit; /* it is there all the same */
    if (ctl->o.json)
        ctl_print_json(instance);
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
        return ctl_show_call(ctl, "instance.get", instance_param(ctl), show_instance);
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
        if (!ctl_symbols(ctl, text_of(fork, "instance"),
                         text_of(json_object_get(fork, "image"), "path")))
            return ctl->exit;
    }
    return CTL_OK;
}

int ctl_cmd_fork(struct ctl *ctl)
{
    json_t *params = instance_param(ctl), *result;
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
    if (ctl->o.json)
        ctl_print_json(result);
    else
        show_forks(result);
    json_decref(result);
    return code;
}

int ctl_cmd_reset(struct ctl *ctl)
{
    return ctl_show_call(ctl, "instance.reset", instance_param(ctl), show_instance);
}

/* ---- run ------------------------------------------------------------------------------------ */

static void show_run(const json_t *run)
{
    const char *digest = text_of(run, "digest"), *reason = text_of(run, "stop_reason");
    const json_t *hit = json_object_get(run, "break"), *engine = json_object_get(run, "engine");

    printf("%s %s state=%s", text_of(run, "instance"), text_of(run, "run"), text_of(run, "state"));
    show_engine(text_of(engine, "ran"), text_of(engine, "asked"));
    if (json_object_get(engine, "compared"))
        printf(" compared=%lld", int_of(engine, "compared"));
    printf("%s%s retired=%lld cycle=%lld%s%s", *reason ? " stop=" : "", reason,
           int_of(run, "retired"), int_of(run, "cycle"), *digest ? " digest=" : "", digest);
    if (hit)
        printf(" break=%lld tid=%lld pc=%s accessed=%s", int_of(hit, "id"), int_of(hit, "tid"),
               text_of(hit, "pc"), text_of(hit, "accessed"));
    if (hit && *text_of(hit, "event"))
        printf(" event=%s", text_of(hit, "event"));
    if (!hit && *text_of(run, "detail"))
        printf(" detail=%s", text_of(run, "detail"));
    putchar('\n');
}

static bool running(const json_t *run)
{
    return !strcmp(text_of(run, "state"), "running");
}

/* The exit code of a run that has stopped. */
static int run_exit(struct ctl *ctl, const json_t *run)
{
    json_t *report = ctl_call(ctl, "thread.diagnostic", instance_param(ctl));
    int code = ctl->exit;

    if (report)
        code = ctl_run_exit(ctl, run, text_of(json_object_get(report, "verdict"), "code"));
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
    if (ctl->o.json)
        ctl_print_json(run);
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

/* Only the waiting ends: said by the handler, since the call under way answers late. */
static char goes_on[256];

static void on_signal(int number)
{
    ssize_t ignored = write(STDERR_FILENO, goes_on, strlen(goes_on));

    (void)ignored;
    _exit(128 + number);
}

static json_t *wait_for(struct ctl *ctl, json_t *run)
{
    struct sigaction action = {.sa_handler = on_signal};

    snprintf(goes_on, sizeof(goes_on),
             "\nxe360ctl: the run goes on in the daemon; `xe360ctl cancel %.100s` ends it\n",
             ctl->o.arg[0]);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    while (run && running(run)) {
        json_decref(run);
        run = ctl_call(ctl, "run.wait",
                       json_pack("{s:s, s:i}", "instance", ctl->o.arg[0], "wait_ms", 60000));
    }
    return run;
}

/* Who asks for hangs of a part needs what only records show. */
static bool can_tell_hangs(struct ctl *ctl)
{
    json_t *status;
    bool on;

    if (!ctl_exit_wants_hangs(&ctl->o))
        return true;
    status = ctl_call(ctl, "audit.status", instance_param(ctl));
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

    if (!can_tell_hangs(ctl))
        return ctl->exit;
    params = instance_param(ctl);
    if (ctl->o.has_count)
        json_object_set_new(params, "instructions", json_integer((json_int_t)ctl->o.count));
    if (ctl->o.digest)
        json_object_set_new(params, "digest", json_true());
    if (ctl->o.digest_every)
        json_object_set_new(params, "digest_every", json_integer((json_int_t)ctl->o.digest_every));
    ctl_stop_on(&ctl->o, params);
    run = ctl_call(ctl, "run.start", params);
    if (run && ctl->o.wait)
        run = wait_for(ctl, run);
    return judge_run(ctl, run);
}

/* The instruction that a thread does next. */
static void show_next(struct ctl *ctl, const json_t *thread)
{
    json_t *result = ctl_call(ctl, "debug.disassemble",
                              json_pack("{s:s, s:s, s:i}", "instance", ctl->o.arg[0], "address",
                                        text_of(thread, "pc"), "count", 1));
    const json_t *line = json_array_get(json_object_get(result, "items"), 0);

    if (line)
        printf("tid=%lld pc=%s %s  %s\n", int_of(thread, "tid"), text_of(thread, "pc"),
               text_of(line, "place"), text_of(line, "text"));
    json_decref(result);
}

/* Where a step led: the thread that was stepped, else those that have a hardware thread. */
static void show_position(struct ctl *ctl)
{
    json_t *result = ctl_call(ctl, "thread.list", instance_param(ctl)), *thread;
    size_t i;

    json_array_foreach(json_object_get(result, "threads"), i, thread)
    {
        if (ctl->o.tid ? (uint64_t)int_of(thread, "tid") == ctl->o.tid
                       : !strcmp(text_of(thread, "state"), "running"))
            show_next(ctl, thread);
    }
    json_decref(result);
}

int ctl_cmd_step(struct ctl *ctl)
{
    json_t *params = instance_param(ctl), *run;
    bool stopped;
    int code;

    if (ctl->o.has_count)
        json_object_set_new(params, "instructions", json_integer((json_int_t)ctl->o.count));
    if (ctl->o.tid)
        json_object_set_new(params, "tid", json_integer((json_int_t)ctl->o.tid));
    run = ctl_call(ctl, "run.step", params);
    stopped = run && !running(run);
    code = end_run(ctl, run);
    if (stopped && !ctl->o.json)
        show_position(ctl);
    else if (run && !stopped)
        ctl_fail("step: not done in 60 s; the run goes on: `xe360ctl pause %s` ends it",
                 ctl->o.arg[0]);
    return code;
}

int ctl_cmd_wait(struct ctl *ctl)
{
    if (!can_tell_hangs(ctl))
        return ctl->exit;
    return judge_run(ctl, wait_for(ctl, ctl_call(ctl, "run.get", instance_param(ctl))));
}

int ctl_cmd_pause(struct ctl *ctl)
{
    return ctl_show_call(ctl, "run.pause", instance_param(ctl), show_run);
}

int ctl_cmd_cancel(struct ctl *ctl)
{
    return ctl_show_call(ctl, "run.cancel", instance_param(ctl), show_run);
}

/* ---- look ----------------------------------------------------------------------------------- */

static void print_text(char *text)
{
    fputs(text ? text : "", stdout);
    free(text);
}

static void show_explain(const json_t *report)
{
    print_text(xe_report_explain_text(report));
}

int ctl_cmd_explain(struct ctl *ctl)
{
    return ctl_show_call(ctl, "diagnose.explain", instance_param(ctl), show_explain);
}

static void show_milestones(const json_t *report)
{
    print_text(xe_report_milestones_text(report));
}

int ctl_cmd_milestones(struct ctl *ctl)
{
    return ctl_show_call(ctl, "diagnose.milestones", instance_param(ctl), show_milestones);
}

/* The first screen stands before it. */
static void show_threads(const json_t *report)
{
    print_text(xe_report_diagnostic_text(report));
}

static void show_audit(const json_t *report)
{
    print_text(xe_report_audit_text(report));
}

int ctl_cmd_threads(struct ctl *ctl)
{
    if (!ctl->o.json && ctl_cmd_explain(ctl) != CTL_OK)
        return ctl->exit;
    if (!ctl->o.json)
        putchar('\n');
    return ctl_show_result(ctl, ctl_thread_diagnostic(ctl, instance_param(ctl)), show_threads);
}

int ctl_cmd_audit(struct ctl *ctl)
{
    json_t *params = instance_param(ctl), *handles;

    if (ctl->o.focus) {
        handles = ctl_focus(ctl, ctl->o.focus);
        if (!handles) {
            json_decref(params);
            return ctl->exit;
        }
        json_object_set_new(params, "handles", handles);
    }
    return ctl_show_result(ctl, ctl_audit_report(ctl, params), show_audit);
}

static void show_focus(const json_t *result)
{
    json_t *focus = json_object_get(result, "focus"), *key;
    size_t i;

    printf("audit=%s cycle=%lld focus=",
           json_is_true(json_object_get(result, "enabled")) ? "on" : "off",
           int_of(result, "cycle"));
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
    params = instance_param(ctl);
    if (handles)
        json_object_set_new(params, "handles", handles);
    return ctl_show_call(ctl, method, params, show_focus);
}

/* Call a paged method page after page, until the last or --limit items. */
static int show_pages(struct ctl *ctl, const char *method, json_t *params,
                      void (*show)(const json_t *item))
{
    uint64_t left = ctl->o.has_limit ? ctl->o.limit : UINT64_MAX;
    json_t *page, *cursor = NULL, *item;
    size_t i;

    do {
        json_object_set_new(params, "limit", json_integer(left < 1000 ? (json_int_t)left : 1000));
        if (cursor)
            json_object_set_new(params, "cursor", cursor);
        page = ctl_call(ctl, method, json_incref(params));
        json_array_foreach(json_object_get(page, "items"), i, item)
        {
            if (ctl->o.json)
                ctl_print_json_line(item);
            else
                show(item);
            left--;
        }
        cursor = json_incref(json_object_get(page, "next_cursor"));
        json_decref(page);
    } while (page && json_is_string(cursor) && left > 0);
    json_decref(cursor);
    json_decref(params);
    return page ? CTL_OK : ctl->exit;
}

static void show_object(const json_t *o)
{
    json_t *handles = json_object_get(o, "handles"), *handle;
    size_t i;

    printf("%-4lld %-12s %-20s signaled=%-5s waiters=%lld address=%s handles=", int_of(o, "id"),
           text_of(o, "type"), text_of(o, "kind"),
           json_is_true(json_object_get(o, "signaled")) ? "true" : "false", int_of(o, "waiters"),
           text_of(o, "address"));
    json_array_foreach(handles, i, handle) printf("%s%s", i ? "," : "", json_string_value(handle));
    printf(" %s\n", text_of(o, "name"));
}

int ctl_cmd_objects(struct ctl *ctl)
{
    json_t *params = instance_param(ctl);

    if (ctl->o.type)
        json_object_set_new(params, "type", json_string(ctl->o.type));
    return show_pages(ctl, "object.list", params, show_object);
}

static void show_export(const json_t *e)
{
    printf("%-10s 0x%03llx %-11s calls=%-8lld last_lr=%s %s\n", text_of(e, "module"),
           int_of(e, "ordinal"), text_of(e, "status"), int_of(e, "calls"), text_of(e, "last_lr"),
           text_of(e, "name"));
}

int ctl_cmd_exports(struct ctl *ctl)
{
    json_t *params = instance_param(ctl);

    if (ctl->o.filter)
        json_object_set_new(params, "filter", json_string(ctl->o.filter));
    return show_pages(ctl, "title.exports", params, show_export);
}

static void show_bytes(const json_t *result)
{
    const char *hex = text_of(result, "bytes");
    unsigned long address = strtoul(text_of(result, "address"), NULL, 16);

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

    printf("%s cycle=%lld\n", text_of(result, "digest"), int_of(result, "cycle"));
    json_object_foreach(json_object_get(result, "components"), name, value)
        printf("  %-8s %s\n", name, json_string_value(value));
}

int ctl_cmd_digest(struct ctl *ctl)
{
    if (ctl->o.trail)
        return ctl_show_trail(ctl);
    return ctl_show_call(ctl, "digest.get", instance_param(ctl), show_digest);
}

static void show_log(const json_t *result)
{
    json_t *items = json_object_get(result, "items"), *line;
    size_t i;

    json_array_foreach(items, i, line)
        printf("%lld tid=%lld %s %s: %s\n", int_of(line, "cycle"), int_of(line, "tid"),
               text_of(line, "level"), text_of(line, "category"), text_of(line, "text"));
}

int ctl_cmd_logs(struct ctl *ctl)
{
    json_t *params = instance_param(ctl);

    json_object_set_new(params, "limit",
                        json_integer(ctl->o.has_limit ? (json_int_t)ctl->o.limit : 100));
    if (ctl->o.level)
        json_object_set_new(params, "level", json_string(ctl->o.level));
    return ctl_show_call(ctl, "log.tail", params, show_log);
}
