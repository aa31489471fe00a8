/* xe360ctl dis: instructions of an instance or, in a worker of its own, of a title's file. Both
 * make the same lines: marks, address, word, assembly, and behind ';' what is known of them. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/rpc.h"

#define TEXT_WIDTH 28
#define LINES_MAX  4096 /* of one call */

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
    const char *target = ctl_text_of(line, "target_place"), *between = " ; ";

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
    bool comment = threads || points || *ctl_text_of(line, "target_place");

    if (*ctl_text_of(line, "symbol") || (first && *ctl_text_of(line, "place")))
        printf("%s%s:\n", first ? "" : "\n", ctl_text_of(line, "place"));
    printf("%s%c %s  %s  %-*s", threads ? "=>" : "  ", points ? '*' : ' ',
           ctl_text_of(line, "address") + 2, ctl_text_of(line, "word") + 2,
           comment ? TEXT_WIDTH : 0, ctl_text_of(line, "text"));
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

static void show_lines(const json_t *items, bool first)
{
    const json_t *line;
    size_t i;

    json_array_foreach(items, i, line) show_line(line, first && i == 0);
}

/* One call; a file goes along with each, its folder with the first. Behind the first lines the end
 * of memory is no error. */
static json_t *ask(struct ctl *ctl, bool file, json_t *params, bool first)
{
    json_t *result, *error = NULL;

    if (file &&
        !(first ? ctl_private_game(ctl, ctl->o.arg[0]) : ctl_private_title(ctl, ctl->o.arg[0])))
        return NULL;
    result =
        ctl_try(ctl, file ? "image.disassemble" : "debug.disassemble", json_copy(params), &error);
    if (error &&
        (first || strcmp(ctl_text_of(json_object_get(error, "data"), "kind"), "address_unmapped")))
        ctl_print_error(ctl, error);
    else if (error)
        result = json_pack("{s:[]}", "items");
    json_decref(error);
    return result;
}

/* Where the lines after these begin; false: there are no more. */
static bool set_next(json_t *params, const json_t *items, uint64_t asked)
{
    size_t size = json_array_size(items);
    uint64_t last = 0;

    if (size < asked ||
        !xe_rpc_hex_value(json_object_get(json_array_get(items, size - 1), "address"), &last) ||
        last > UINT32_MAX - 7)
        return false;
    json_object_del(params, "symbol");
    json_object_del(params, "tid");
    json_object_set_new(params, "address", json_integer((json_int_t)last + 4));
    return true;
}

/* Show so many lines, call by call; fewer where memory ends. Text is shown as it comes, JSON is the
 * first answer with all lines. */
static int show(struct ctl *ctl, bool file, json_t *params, uint64_t count)
{
    json_t *all = NULL, *page, *items;
    bool more = true;

    for (uint64_t asked; more && count > 0; count -= asked) {
        asked = count < LINES_MAX ? count : LINES_MAX;
        json_object_set_new(params, "count", json_integer((json_int_t)asked));
        page = ask(ctl, file, params, !all);
        if (!page) {
            json_decref(all);
            return failed(ctl);
        }
        items = json_object_get(page, "items");
        more = set_next(params, items, asked);
        if (!ctl->o.form)
            show_lines(items, !all);
        else if (all)
            json_array_extend(json_object_get(all, "items"), items);
        if (all)
            json_decref(page);
        else
            all = page;
    }
    if (ctl->o.form)
        ctl_print(ctl, all);
    json_decref(all);
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

json_t *ctl_place(struct ctl *ctl, const char *where)
{
    json_t *params = json_pack("{s:s, s:i}", "instance", ctl->o.arg[0], "count", 1), *result, *ret;

    set_place(params, where);
    ret = json_incref(json_object_get(params, "address"));
    if (ret) {
        json_decref(params);
        return ret;
    }
    result = ctl_call(ctl, "debug.disassemble", params);
    ret = json_object_get(json_array_get(json_object_get(result, "items"), 0), "address");
    json_incref(ret);
    json_decref(result);
    return ret;
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
        if (!tid && strcmp(ctl_text_of(thread, "state"), "running") == 0)
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
    int code;

    if (ctl->o.args > 1 && ctl->o.at) {
        ctl_fail("dis: both '%s' and --at=%s say where", where, ctl->o.at);
        return CTL_USAGE;
    }
    if (ctl->o.args > 2 && (!ctl_count(ctl->o.arg[2], &count) || count == 0)) {
        ctl_fail("dis: count '%s': expected a number from 1", ctl->o.arg[2]);
        return CTL_USAGE;
    }
    if (file && !ctl_private_start(ctl))
        return ctl->exit;
    params = json_pack("{s:s}", file ? "image" : "instance", ctl->o.arg[0]);
    if (file || (where && strcmp(where, "pc") != 0)) {
        if (where)
            set_place(params, where);
    } else if (!set_thread(ctl, params)) {
        json_decref(params);
        return failed(ctl);
    }
    code = show(ctl, file, params, count);
    json_decref(params);
    return code;
}
