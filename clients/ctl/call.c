/* Calls and what commands share: errors, counts, focus lists, output. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"
#include "rpc/api/printable.h"
#include "xe/audit.h"

/* ---- what went wrong, for people and for programs ------------------------------------------- */

/* The first error, kept for the end of the program: a form for programs has it in that form, unless
 * a result was printed before. Other errors of one command follow from it. */
static struct {
    bool keep;          /* asked for */
    enum ctl_form form; /* told so; CTL_TEXT: it is not, or was */
    json_t *first;
} errors;

static void tell_error(int status, void *unused)
{
    enum ctl_form form = errors.form;
    json_t *all = json_object();

    (void)unused;
    errors.form = CTL_TEXT;
    if (status == CTL_USAGE && json_object_get(errors.first, "data"))
        json_object_set_new(json_object_get(errors.first, "data"), "kind", json_string("usage"));
    if (!errors.first)
        errors.first = json_pack("{s:s, s:{s:s}}", "message",
                                 "the command line is wrong; standard error says how", "data",
                                 "kind", "usage");
    json_object_set_new(errors.first, "exit_status", json_integer(status));
    json_object_set_new(all, "error", errors.first);
    if (status && form >= CTL_JSON && !ctl_has_printed())
        ctl_print_as(form, NULL, all);
    json_decref(all);
    errors.first = NULL;
}

void ctl_errors_as(enum ctl_form form)
{
    errors.keep = true;
    errors.form = form;
    on_exit(tell_error, NULL);
}

void ctl_tell_error(int status)
{
    tell_error(status, NULL);
}

void ctl_keep_errors(void)
{
    errors.keep = true;
}

json_t *ctl_take_error(void)
{
    json_t *error = errors.first;

    errors.first = NULL;
    return error;
}

static void keep_error(json_t *error)
{
    if (errors.keep && !errors.first)
        errors.first = error;
    else
        json_decref(error);
}

void ctl_put_text(FILE *to, const char *text)
{
    char *clean = xe_printable(text);

    fputs(clean ? clean : "", to);
    free(clean);
}

/* One line on standard error; the text without what stands before it, owned by the caller. */
static char *say(bool error, const char *format, va_list args)
{
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0)
        return NULL;
    fflush(stdout);
    ctl_progress_clear();
    fputs(error && ctl_colour(stderr) ? "\033[31mxe360ctl:\033[0m " : "xe360ctl: ", stderr);
    ctl_put_text(stderr, text);
    fputc('\n', stderr);
    return text;
}

void ctl_say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    free(say(false, format, args));
    va_end(args);
}

void ctl_fail(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = say(true, format, args);
    va_end(args);
    if (text)
        keep_error(json_pack("{s:s, s:{s:s}}", "message", text, "data", "kind", "client"));
    free(text);
}

json_t *ctl_try(struct ctl *ctl, const char *method, json_t *params, json_t **ret_error)
{
    json_t *reply = ctl->private ? ctl_private(ctl, method, params) : ctl_http(ctl, method, params);
    json_t *result = json_incref(json_object_get(reply, "result"));

    *ret_error = json_incref(json_object_get(reply, "error"));
    if (reply && !result && !*ret_error) {
        ctl_fail("the answer has neither result nor error");
        ctl->exit = CTL_RPC;
    }
    json_decref(reply);
    ctl->method = xe_rpc_method_find(method);
    if (!ctl->o.form && !ctl->o.raw)
        xe_printable_json(result);
    return result;
}

/* Image errors have an exit code of their own: CI tells a bad dump from a bad run by it; and a
 * worker that died is the harness's failure, with a daemon as without. */
int ctl_print_error(struct ctl *ctl, const json_t *error)
{
    json_int_t code = json_integer_value(json_object_get(error, "code"));
    const json_t *data = json_object_get(error, "data");
    const char *hint = json_string_value(json_object_get(data, "hint"));
    const char *kind = json_string_value(json_object_get(data, "kind"));
    bool near = json_array_size(json_object_get(data, "nearest")) > 0; /* told in the message */

    ctl_say("%s (%s)", json_string_value(json_object_get(error, "message")), kind ? kind : "?");
    if (!near && hint && *hint && !strstr(hint, "rpc.discover")) /* that is for programs */
        ctl_say("hint: %s", hint);
    keep_error(json_deep_copy(error));
    ctl->exit = code >= 1101 && code <= 1104           ? CTL_IMAGE
                : kind && !strcmp(kind, "worker_lost") ? CTL_HARNESS
                                                       : CTL_RPC;
    return ctl->exit;
}

const char *ctl_text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

long long ctl_int_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

json_t *ctl_instance_param(const struct ctl *ctl)
{
    return json_pack("{s:s}", "instance", ctl->o.arg[0]);
}

json_t *ctl_call(struct ctl *ctl, const char *method, json_t *params)
{
    json_t *error;
    json_t *result = ctl_try(ctl, method, params, &error);

    if (error)
        ctl_print_error(ctl, error);
    json_decref(error);
    return result;
}

bool ctl_count(const char *text, uint64_t *ret)
{
    static const char suffixes[] = "KMG";
    uint64_t scale = 1;
    const char *suffix;
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *ret = strtoull(text, &end, 10);
    suffix = *end ? strchr(suffixes, *end & ~0x20) : NULL;
    if (suffix) {
        for (const char *s = suffixes; s <= suffix; s++)
            scale *= 1000;
        end++;
    }
    if (errno || *end || *ret > INT64_MAX / 1024 / scale)
        return false;
    *ret *= scale;
    return true;
}

/* The text of a file, newlines turned into commas; NULL after saying why. */
static char *read_list(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    ssize_t n = file ? getdelim(&text, &size, '\0', file) : -1;

    if (n < 0)
        ctl_fail("'%s': %s", path, file ? "empty" : strerror(errno));
    if (file)
        fclose(file);
    if (n < 0) {
        free(text);
        return NULL;
    }
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
        text[--n] = '\0';
    for (char *c = text, *item = NULL; *c; c++) {
        bool blank = *c == '\n' || *c == '\r' || *c == '\t' || *c == ' ';

        /* A line end separates like a comma, unless a comma did already. */
        if (*c == '\n' && item && *item != ',')
            *(item = c) = ',';
        else if (blank)
            *c = ' ';
        else
            item = c;
    }
    return text;
}

json_t *ctl_focus(struct ctl *ctl, const char *list)
{
    char *file = list[0] == '@' ? read_list(list + 1) : NULL;
    struct xe_error err = XE_ERROR_INIT;
    uint32_t *keys = NULL, count = 0;
    json_t *handles = NULL;
    char text[16];

    ctl->exit = CTL_USAGE;
    if (list[0] == '@' && !file)
        return NULL;
    if (xe_audit_focus_parse(file ? file : list, &keys, &count, &err)) {
        handles = json_array();
        for (uint32_t i = 0; i < count; i++) {
            snprintf(text, sizeof(text), "0x%08x", keys[i]);
            json_array_append_new(handles, json_string(text));
        }
    } else {
        ctl_fail("%s", err.text);
    }
    xe_audit_keys_free(keys);
    free(file);
    return handles;
}

json_t *ctl_load(const char *path)
{
    FILE *file = strcmp(path, "-") ? fopen(path, "re") : stdin;
    json_error_t where;
    json_t *value;

    if (!file) {
        ctl_fail("'%s': %s", path, strerror(errno));
        return NULL;
    }
    value = json_loadf(file, JSON_REJECT_DUPLICATES, &where);
    if (!value)
        ctl_fail("'%s' is no JSON, line %d: %s", path, where.line, where.text);
    if (file != stdin)
        fclose(file);
    return value;
}

int ctl_show_result(struct ctl *ctl, json_t *result, void (*show)(const json_t *result))
{
    if (!result)
        return ctl->exit;
    if (ctl->o.form)
        ctl_print(ctl, result);
    else
        show(result);
    json_decref(result);
    return CTL_OK;
}

int ctl_show_call(struct ctl *ctl, const char *method, json_t *params,
                  void (*show)(const json_t *result))
{
    return ctl_show_result(ctl, ctl_call(ctl, method, params), show);
}
