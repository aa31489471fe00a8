/* xe360ctl dis: instructions of an instance or, in a worker of its own, of a title's file. Both
 * make the same lines: marks, address, word, assembly, and behind ';' what is known of them. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "clients/ctl.h"

#define TEXT_WIDTH 28

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* ---- output --------------------------------------------------------------------------------- */

/* ", thread 1 2": a list of ids, if there is one. */
static const char *show_ids(const char *between, const char *what, const json_t *ids)
{
    const json_t *id;
    size_t i;

    if (!ids)
        return between;
    printf("%s%s", between, what);
    json_array_foreach(ids, i, id) printf(" %d", (int)json_integer_value(id));
    return ", ";
}

static void show_comment(const json_t *line)
{
    const char *target = text_of(line, "target_place"), *between = " ; ";

    if (*target) {
        printf("%s%s", between, target);
        between = ", ";
    }
    between = show_ids(between, "thread", json_object_get(line, "threads"));
    show_ids(between, "breakpoint", json_object_get(line, "points"));
}

static void show_line(const json_t *line, bool first)
{
    const json_t *threads = json_object_get(line, "threads"),
                 *points = json_object_get(line, "points");
    bool comment = threads || points || *text_of(line, "target_place");

    if (*text_of(line, "symbol") || (first && *text_of(line, "place")))
        printf("%s%s:\n", first ? "" : "\n", text_of(line, "place"));
    printf("%s%c %s  %s  %-*s", threads ? "=>" : "  ", points ? '*' : ' ',
           text_of(line, "address") + 2, text_of(line, "word") + 2, comment ? TEXT_WIDTH : 0,
           text_of(line, "text"));
    if (comment)
        show_comment(line);
    putchar('\n');
}

/* What was taken for an instance may have been meant as a file. */
static int failed(struct ctl *ctl)
{
    if (ctl->exit == CTL_UNAVAILABLE)
        ctl_fail("dis: '%s' is no file", ctl->o.arg[0]);
    return ctl->exit;
}

static int show(struct ctl *ctl, const char *method, json_t *params)
{
    json_t *result = ctl_call(ctl, method, params), *line;
    size_t i;

    if (!result)
        return failed(ctl);
    if (ctl->o.json)
        ctl_print_json(result);
    else
        json_array_foreach(json_object_get(result, "items"), i, line) show_line(line, i == 0);
    json_decref(result);
    return CTL_OK;
}

/* ---- where ---------------------------------------------------------------------------------- */

/* An address is "0x..." or, as listings show it, eight hexadecimal digits; everything else that
 * does not begin with a digit is a name. */
static void set_place(json_t *params, const char *where)
{
    if (strlen(where) == 8 && strspn(where, "0123456789abcdefABCDEF") == 8)
        json_object_set_new(params, "address", json_sprintf("0x%s", where));
    else
        json_object_set_new(params, isdigit((unsigned char)where[0]) ? "address" : "symbol",
                            json_string(where));
}

/* The thread that the last run stopped in; 0: it did not stop at a breakpoint. */
static json_int_t broken_thread(struct ctl *ctl)
{
    json_t *error,
        *run = ctl_try(ctl, "run.get", json_pack("{s:s}", "instance", ctl->o.arg[0]), &error);
    json_int_t tid = json_integer_value(json_object_get(json_object_get(run, "break"), "tid"));

    json_decref(run);
    json_decref(error);
    return tid;
}

/* The thread whose pc is meant: that of --thread, the one that the last run stopped in, the first
 * that has a hardware thread, the first. False: no answer. */
static bool set_thread(struct ctl *ctl, json_t *params)
{
    json_t *list = ctl_call(ctl, "thread.list", json_pack("{s:s}", "instance", ctl->o.arg[0]));
    json_t *threads = json_object_get(list, "threads"), *thread;
    json_int_t tid = ctl->o.tid || !list ? (json_int_t)ctl->o.tid : broken_thread(ctl);
    size_t i;

    json_array_foreach(threads, i, thread)
    {
        if (!tid && strcmp(text_of(thread, "state"), "running") == 0)
            tid = json_integer_value(json_object_get(thread, "tid"));
    }
    if (!tid)
        tid = json_integer_value(json_object_get(json_array_get(threads, 0), "tid"));
    json_object_set_new(params, "tid", json_integer(tid));
    json_decref(list);
    return list != NULL;
}

static bool is_file(const char *name)
{
    struct stat status;

    return strchr(name, '/') || (stat(name, &status) == 0 && S_ISREG(status.st_mode));
}

int ctl_cmd_dis(struct ctl *ctl)
{
    const char *where = ctl->o.args > 1 ? ctl->o.arg[1] : ctl->o.at;
    bool file = is_file(ctl->o.arg[0]);
    uint64_t count = ctl->o.has_count ? ctl->o.count : 16;
    json_t *params;

    if (ctl->o.args > 2 && !ctl_count(ctl->o.arg[2], &count)) {
        ctl_fail("dis: count '%s': expected a number", ctl->o.arg[2]);
        return CTL_USAGE;
    }
    if (file && (!ctl_private_start(ctl) || !ctl_private_title(ctl, ctl->o.arg[0])))
        return ctl->exit;
    params = json_pack("{s:s, s:I}", file ? "image" : "instance", ctl->o.arg[0], "count",
                       (json_int_t)count);
    if (file || (where && strcmp(where, "pc") != 0)) {
        if (where)
            set_place(params, where);
    } else if (!set_thread(ctl, params)) {
        json_decref(params);
        return failed(ctl);
    }
    return show(ctl, file ? "image.disassemble" : "debug.disassemble", params);
}
