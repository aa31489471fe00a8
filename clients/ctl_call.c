/* Calls and what commands share: errors, counts, focus lists, output. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl.h"
#include "xe/audit.h"

void ctl_fail(const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fputs("xe360ctl: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
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
    return result;
}

/* Image errors have an exit code of their own: CI tells a bad dump from a bad run by it. */
int ctl_print_error(struct ctl *ctl, const json_t *error)
{
    json_int_t code = json_integer_value(json_object_get(error, "code"));
    const json_t *data = json_object_get(error, "data");
    const char *hint = json_string_value(json_object_get(data, "hint"));
    const char *kind = json_string_value(json_object_get(data, "kind"));
    const json_t *nearest = json_object_get(data, "nearest");

    ctl_fail("%s (%s)", json_string_value(json_object_get(error, "message")), kind ? kind : "?");
    if (json_array_size(nearest) > 0)
        ctl_fail("did you mean %s?", json_string_value(json_array_get(nearest, 0)));
    else if (hint && *hint)
        ctl_fail("hint: %s", hint);
    ctl->exit = code >= 1101 && code <= 1104 ? CTL_IMAGE : CTL_RPC;
    return ctl->exit;
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

void ctl_print_json(const json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
    putchar('\n');
}

json_t *ctl_load(const char *path)
{
    json_error_t where;
    json_t *value = strcmp(path, "-") ? json_load_file(path, JSON_REJECT_DUPLICATES, &where)
                                      : json_loadf(stdin, JSON_REJECT_DUPLICATES, &where);

    if (!value)
        ctl_fail("'%s', line %d: %s", path, where.line, where.text);
    return value;
}

int ctl_stop_exit(const struct ctl *ctl, const char *reason)
{
    static const struct {
        const char *reason;
        int exit;
    } rows[] = {{"target", CTL_OK}, {"exit", CTL_OK},          {"crash", CTL_CRASHED},
                {"hang", CTL_HANG}, {"cancel", CTL_CANCELLED}, {"pause", CTL_OK},
                {"break", CTL_OK},  {"step", CTL_OK}};

    if (ctl->o.until && !strcmp(ctl->o.until, reason))
        return CTL_OK;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!strcmp(rows[i].reason, reason))
            return ctl->o.until && rows[i].exit == CTL_OK ? CTL_LIMIT : rows[i].exit;
    return CTL_RPC;
}
