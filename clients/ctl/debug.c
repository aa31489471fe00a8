/* xe360ctl break, watch, unbreak, enable, disable, registers, set, poke: what debugs an instance
 * from a shell. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "xe/audit.h"

/* " events=signal,close": unless it is all of them. */
static void show_events(const json_t *events)
{
    const json_t *event;
    size_t i;

    if (!events || json_array_size(events) == XE_AUDIT_OPS)
        return;
    json_array_foreach(events, i, event)
        printf("%s%s", i ? "," : " events=", json_string_value(event));
}

static void show_point(const json_t *point)
{
    const char *name = ctl_text_of(point, "export"), *address = ctl_text_of(point, "address");
    const char *kind = ctl_text_of(point, "kind");
    json_int_t tid = json_integer_value(json_object_get(point, "tid"));
    json_int_t ignore = json_integer_value(json_object_get(point, "ignore"));

    printf("%-4d %-6s %s", (int)json_integer_value(json_object_get(point, "id")), kind,
           *address                     ? address
           : !strcmp(kind, "exception") ? "any"
                                        : ctl_text_of(point, "whose"));
    if (!strcmp(kind, "read") || !strcmp(kind, "write") || !strcmp(kind, "access"))
        printf(" length=%d", (int)json_integer_value(json_object_get(point, "length")));
    printf(" hits=%lld%s%s", (long long)json_integer_value(json_object_get(point, "hits")),
           *name ? " " : "", name);
    show_events(json_object_get(point, "events"));
    if (ignore)
        printf(" ignore=%lld", (long long)ignore);
    if (tid)
        printf(" tid=%lld", (long long)tid);
    puts(json_is_false(json_object_get(point, "enabled")) ? " disabled" : "");
}

static void show_points(const json_t *result)
{
    json_t *points = json_object_get(result, "points"), *point;
    size_t i;

    json_array_foreach(points, i, point) show_point(point);
}

static void show_nothing(const json_t *result)
{
    (void)result;
}

/* --event LIST as an array of words; the daemon knows which there are. */
static json_t *event_list(const char *list)
{
    json_t *events = json_array();

    while (*list) {
        size_t length = strcspn(list, ",");

        json_array_append_new(events, json_stringn(list, length));
        list += length + (list[length] == ',');
    }
    return events;
}

/* What --thread, --ignore and --event say is added to it. */
static int set_point(struct ctl *ctl, const char *kind, json_t *point)
{
    const struct ctl_options *o = &ctl->o;

    json_object_set_new(point, "instance", json_string(o->arg[0]));
    json_object_set_new(point, "kind", json_string(kind));
    if (o->tid)
        json_object_set_new(point, "tid", json_integer((json_int_t)o->tid));
    if (o->ignore)
        json_object_set_new(point, "ignore", json_integer((json_int_t)o->ignore));
    if (o->event)
        json_object_set_new(point, "events", event_list(o->event));
    return ctl_show_call(ctl, "debug.break.set", point, show_point);
}

static int set_at(struct ctl *ctl, const char *kind, uint64_t length)
{
    json_t *place = ctl_place(ctl, ctl->o.arg[1]);

    if (!place)
        return ctl->exit;
    return set_point(ctl, kind,
                     json_pack("{s:o, s:I}", "address", place, "length", (json_int_t)length));
}

int ctl_cmd_break(struct ctl *ctl)
{
    const char *at = ctl->o.arg[1];

    if (ctl->o.args == 1)
        return ctl_show_call(ctl, "debug.break.list", json_pack("{s:s}", "instance", ctl->o.arg[0]),
                             show_points);
    if (!strncmp(at, "export:", 7))
        return set_point(ctl, "export", json_pack("{s:s}", "export", at + 7));
    if (!strcmp(at, "handle:any") || !strcmp(at, "handle:focused"))
        return set_point(ctl, "handle", json_pack("{s:s}", "whose", at + 7));
    if (!strncmp(at, "handle:", 7))
        return set_point(ctl, "handle", json_pack("{s:s}", "address", at + 7));
    if (!strcmp(at, "exception"))
        return set_point(ctl, "exception", json_object());
    if (!strncmp(at, "exception:", 10))
        return set_point(ctl, "exception", json_pack("{s:s}", "address", at + 10));
    return set_at(ctl, "exec", 4);
}

/* A number that the command line gives as its n-th argument. */
static bool number(struct ctl *ctl, int n, const char *what, uint64_t *ret)
{
    if (ctl->o.args <= n || ctl_count(ctl->o.arg[n], ret))
        return true;
    ctl_fail("%s '%s': expected a number", what, ctl->o.arg[n]);
    return false;
}

int ctl_cmd_watch(struct ctl *ctl)
{
    uint64_t length = 4;

    if (!number(ctl, 2, "watch: length", &length))
        return CTL_USAGE;
    return set_at(ctl, ctl->o.on ? ctl->o.on : "write", length);
}

/* Call a method for each id on the command line. */
static int each_point(struct ctl *ctl, const char *method, const char *option, bool value)
{
    int code = CTL_OK;

    for (int i = 1; i < ctl->o.args && code == CTL_OK; i++) {
        uint64_t id = 0;
        json_t *params;

        if (!number(ctl, i, "breakpoint", &id))
            return CTL_USAGE;
        params = json_pack("{s:s, s:I}", "instance", ctl->o.arg[0], "id", (json_int_t)id);
        if (option)
            json_object_set_new(params, option, json_boolean(value));
        code = ctl_show_call(ctl, method, params, show_nothing);
    }
    return code;
}

int ctl_cmd_unbreak(struct ctl *ctl)
{
    return each_point(ctl, "debug.break.remove", NULL, false);
}

int ctl_cmd_enable(struct ctl *ctl)
{
    return each_point(ctl, "debug.break.enable", "enabled", true);
}

int ctl_cmd_disable(struct ctl *ctl)
{
    return each_point(ctl, "debug.break.enable", "enabled", false);
}

static void show_family(const json_t *family, int columns)
{
    const char *name;
    json_t *value;
    int column = 0;

    json_object_foreach((json_t *)family, name, value)
        printf("%-6s %s%s", name, json_string_value(value), ++column % columns ? "  " : "\n");
    if (column % columns)
        putchar('\n');
}

static void show_registers(const json_t *result)
{
    show_family(json_object_get(result, "registers"), 4);
    show_family(json_object_get(result, "vectors"), 2);
}

/* The registers that the command line names, in its order. */
static int show_named_registers(struct ctl *ctl, const json_t *result)
{
    for (int i = 2; i < ctl->o.args; i++) {
        const char *name = ctl->o.arg[i];
        json_t *value = json_object_get(json_object_get(result, "registers"), name);

        if (!value)
            value = json_object_get(json_object_get(result, "vectors"), name);
        if (!value) {
            ctl_fail("registers: there is no '%s': expected names such as r3, f1, v64, pc or cr",
                     name);
            return CTL_USAGE;
        }
        printf("%-6s %s\n", name, json_string_value(value));
    }
    return CTL_OK;
}

int ctl_cmd_registers(struct ctl *ctl)
{
    uint64_t tid;
    json_t *result;
    int code = CTL_OK;

    if (!ctl_count(ctl->o.arg[1], &tid)) {
        ctl_fail("registers: thread '%s': expected a thread id", ctl->o.arg[1]);
        return CTL_USAGE;
    }
    result = ctl_call(ctl, "thread.registers",
                      json_pack("{s:s, s:I}", "instance", ctl->o.arg[0], "tid", (json_int_t)tid));
    if (!result)
        return ctl->exit;
    if (ctl->o.form)
        ctl_print(ctl, result);
    else if (ctl->o.args > 2)
        code = show_named_registers(ctl, result);
    else
        show_registers(result);
    json_decref(result);
    return code;
}

int ctl_cmd_set(struct ctl *ctl)
{
    json_t *registers = json_object();
    uint64_t tid = 0;

    for (int i = 2; i < ctl->o.args; i++) {
        const char *equals = strchr(ctl->o.arg[i], '=');
        char name[16];

        if (!equals || equals - ctl->o.arg[i] >= (ptrdiff_t)sizeof(name)) {
            ctl_fail("set: '%s': expected NAME=VALUE, as in r3=0x10", ctl->o.arg[i]);
            json_decref(registers);
            return CTL_USAGE;
        }
        snprintf(name, sizeof(name), "%.*s", (int)(equals - ctl->o.arg[i]), ctl->o.arg[i]);
        json_object_set_new(registers, name, json_string(equals + 1));
    }
    if (!number(ctl, 1, "set: thread", &tid)) {
        json_decref(registers);
        return CTL_USAGE;
    }
    return ctl_show_call(ctl, "thread.set_registers",
                         json_pack("{s:s, s:I, s:o}", "instance", ctl->o.arg[0], "tid",
                                   (json_int_t)tid, "registers", registers),
                         show_nothing);
}

int ctl_cmd_poke(struct ctl *ctl)
{
    json_t *place = ctl_place(ctl, ctl->o.arg[1]);

    if (!place)
        return ctl->exit;
    return ctl_show_call(ctl, "mem.write",
                         json_pack("{s:s, s:o, s:s}", "instance", ctl->o.arg[0], "address", place,
                                   "bytes", ctl->o.arg[2]),
                         show_nothing);
}
