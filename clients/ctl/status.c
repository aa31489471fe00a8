/* What people look at first: is all well, what is there, and where is it now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

/* ---- status --------------------------------------------------------------------------------- */

/* Of all instances: what a person can see on one line. */
static json_t *short_rows(const json_t *list)
{
    json_t *rows = json_array();
    const json_t *i;
    size_t n;

    json_array_foreach(json_object_get(list, "items"), n, i)
    {
        const char *path = ctl_text_of(json_object_get(i, "image"), "path");
        const char *slash = strrchr(path, '/');

        json_array_append_new(rows, json_pack("{s:O*, s:O*, s:O*, s:O*, s:s, s:s}", "instance",
                                              json_object_get(i, "instance"), "name",
                                              json_object_get(i, "name"), "state",
                                              json_object_get(i, "state"), "cycle",
                                              json_object_get(i, "cycle"), "stop",
                                              ctl_text_of(json_object_get(i, "stop"), "reason"),
                                              "title", slash ? slash + 1 : path));
    }
    return rows;
}

static void show_all(const json_t *all)
{
    const json_t *health = json_object_get(all, "health"), *warning;
    json_t *rows = short_rows(json_object_get(all, "list"));
    size_t i;

    printf("daemon %s, %lld instance%s, %lld crashed, engine %s\n", ctl_text_of(health, "status"),
           ctl_int_of(health, "instances"), ctl_int_of(health, "instances") == 1 ? "" : "s",
           ctl_int_of(health, "crashed"), ctl_text_of(health, "engine"));
    json_array_foreach(json_object_get(health, "warnings"), i, warning)
        printf("warning: %s\n", json_string_value(warning));
    if (json_array_size(rows)) {
        putchar('\n');
        ctl_print_table(stdout, NULL, rows);
    }
    json_decref(rows);
}

static void show_one(const json_t *all)
{
    const json_t *i = json_object_get(all, "instance"), *explain = json_object_get(all, "explain");

    printf("%s %s: %s, cycle %lld\n", ctl_text_of(i, "instance"), ctl_text_of(i, "name"),
           ctl_text_of(i, "state"), ctl_int_of(i, "cycle"));
    if (explain)
        printf("%s\n", ctl_text_of(json_object_get(explain, "verdict"), "sentence"));
    else
        printf("%s\n", ctl_text_of(i, "reason"));
}

/* A worker that is gone explains nothing; that it is gone is the answer. */
static int one(struct ctl *ctl)
{
    json_t *instance = ctl_call(ctl, "instance.get", ctl_instance_param(ctl)), *error = NULL;
    json_t *explain =
        instance ? ctl_try(ctl, "diagnose.explain", ctl_instance_param(ctl), &error) : NULL;

    json_decref(error);
    return ctl_show_result(
        ctl, instance ? json_pack("{s:o, s:o*}", "instance", instance, "explain", explain) : NULL,
        show_one);
}

int ctl_cmd_status(struct ctl *ctl)
{
    json_t *health, *list;

    if (ctl->o.args)
        return one(ctl);
    health = ctl_call(ctl, "system.health", json_object());
    list = health ? ctl_call(ctl, "instance.list", json_pack("{s:i}", "limit", 1000)) : NULL;
    if (list)
        return ctl_show_result(ctl, json_pack("{s:o, s:o}", "health", health, "list", list),
                               show_all);
    json_decref(health);
    return ctl->exit;
}

/* ---- bt ------------------------------------------------------------------------------------- */

static json_t *frame(const json_t *address, const json_t *place)
{
    return json_pack("{s:O*, s:O*}", "address", address, "place", place);
}

/* The call that a thread waits in is told by its return address alone. */
static json_t *call_frame(struct ctl *ctl, const json_t *lr)
{
    json_t *place =
        ctl_call(ctl, "debug.symbols.lookup",
                 json_pack("{s:s, s:O, s:b}", "instance", ctl->o.arg[0], "address", lr, "call", 1));
    json_t *made = frame(lr, place);

    json_decref(place);
    return made;
}

/* Its instruction, the call that it waits in, and the callers of that. */
static json_t *frames_of(struct ctl *ctl, const json_t *thread)
{
    const json_t *lr = json_object_get(json_object_get(thread, "wait"), "lr"), *f;
    json_t *frames = json_array();
    size_t i;

    json_array_append_new(frames,
                          frame(json_object_get(thread, "pc"), json_object_get(thread, "at")));
    if (lr)
        json_array_append_new(frames, call_frame(ctl, lr));
    json_array_foreach(json_object_get(thread, "frames"), i, f)
        json_array_append_new(frames, frame(json_object_get(f, "lr"), f));
    return frames;
}

static void show_place(const json_t *place)
{
    if (*ctl_text_of(place, "function"))
        printf("  %s", ctl_text_of(place, "function"));
    if (ctl_int_of(place, "offset"))
        printf("+0x%llx", ctl_int_of(place, "offset"));
    if (*ctl_text_of(place, "file"))
        printf(" at %s:%lld", ctl_text_of(place, "file"), ctl_int_of(place, "line"));
}

static void show_stacks(const json_t *list)
{
    const json_t *thread, *f;
    size_t i, k;

    json_array_foreach(list, i, thread)
    {
        printf("%sthread %lld %s%s%s\n", i ? "\n" : "", ctl_int_of(thread, "tid"),
               ctl_text_of(thread, "name"), *ctl_text_of(thread, "name") ? " " : "",
               ctl_text_of(thread, "state"));
        json_array_foreach(json_object_get(thread, "frames"), k, f)
        {
            printf("#%-2zu %s", k, ctl_text_of(f, "address"));
            show_place(json_object_get(f, "place"));
            putchar('\n');
        }
    }
}

static json_t *stacks_of(struct ctl *ctl, const json_t *report, uint64_t tid)
{
    json_t *list = json_array();
    const json_t *t;
    size_t i;

    json_array_foreach(json_object_get(report, "threads"), i, t)
    {
        if (!tid || (uint64_t)ctl_int_of(t, "tid") == tid)
            json_array_append_new(
                list, json_pack("{s:O*, s:O*, s:O*, s:o}", "tid", json_object_get(t, "tid"), "name",
                                json_object_get(t, "name"), "state", json_object_get(t, "state"),
                                "frames", frames_of(ctl, t)));
    }
    return list;
}

int ctl_cmd_bt(struct ctl *ctl)
{
    uint64_t tid = 0;
    json_t *report, *list;

    if (ctl->o.args == 2 && (!ctl_count(ctl->o.arg[1], &tid) || !tid)) {
        ctl_fail("bt: thread '%s': expected a thread id", ctl->o.arg[1]);
        return CTL_USAGE;
    }
    report = ctl_thread_diagnostic(ctl, ctl_instance_param(ctl));
    if (!report)
        return ctl->exit;
    list = stacks_of(ctl, report, tid);
    json_decref(report);
    if (tid && !json_array_size(list)) {
        ctl_fail("%s has no thread %s", ctl->o.arg[0], ctl->o.arg[1]);
        json_decref(list);
        return CTL_RPC;
    }
    return ctl_show_result(ctl, list, show_stacks);
}
