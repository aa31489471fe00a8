/* Parameters as `call` takes them: NAME=VALUE, where the value is read as the method's row says, so
 * that a name that looks like a number stays a name; NAME:=JSON; NAME=@FILE; @FILE for all. What
 * does not fit is sent as it stands, and the daemon says what it expected. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

/* ---- values --------------------------------------------------------------------------------- */

/* JSON if it is, else text. */
static json_t *json_or_text(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

    return value ? value : json_string(text);
}

/* 5, -5, 0x10, 5M; anything else is text. */
static json_t *integer(const char *text)
{
    uint64_t count;
    long long value;
    char *end;

    if (ctl_count(text, &count) && count <= INT64_MAX)
        return json_integer((json_int_t)count);
    errno = 0;
    value = strtoll(text, &end, 0);
    return errno || end == text || *end ? json_string(text) : json_integer(value);
}

static json_t *typed(const struct xe_rpc_field *field, const char *text);

static json_t *list(const struct xe_rpc_field *item, const char *text)
{
    json_t *array = json_array();

    for (size_t size; *text; text += size + (text[size] == ',')) {
        char *one;

        size = strcspn(text, ",");
        one = strndup(text, size);
        json_array_append_new(array, one ? typed(item, one) : NULL);
        free(one);
    }
    return array;
}

static json_t *typed(const struct xe_rpc_field *field, const char *text)
{
    const struct xe_rpc_type *type = field ? field->type : NULL;

    if (!type)
        return json_or_text(text);
    if (type->null && !strcmp(text, "null"))
        return json_null();
    switch (type->kind) {
    case XE_RPC_KIND_STRING:
    case XE_RPC_KIND_ENUM:
    case XE_RPC_KIND_HEX:
        return json_string(text);
    case XE_RPC_KIND_INT:
        return integer(text);
    case XE_RPC_KIND_ARRAY:
        return *text == '[' ? json_or_text(text) : list(type->items, text);
    default:
        return json_or_text(text);
    }
}

/* What a file holds: the text of a text, else JSON. NULL: told. */
static json_t *from_file(const struct xe_rpc_field *field, const char *path)
{
    FILE *file;
    char *text = NULL;
    size_t size = 0;
    ssize_t n;
    json_t *value;

    if (!field || field->type->kind != XE_RPC_KIND_STRING)
        return ctl_load(path);
    file = fopen(path, "re");
    n = file ? getdelim(&text, &size, '\0', file) : -1;
    value = file && (n >= 0 || feof(file)) ? json_stringn(n > 0 ? text : "", n > 0 ? (size_t)n : 0)
                                           : NULL;
    if (!value)
        ctl_fail("'%s': %s", path, file ? "no text" : strerror(errno));
    if (file)
        fclose(file);
    free(text);
    return value;
}

/* ---- places --------------------------------------------------------------------------------- */

static const struct xe_rpc_field *param_of(const struct xe_rpc_method *method, const char *name)
{
    for (const struct xe_rpc_field *p = method ? method->params : NULL; p && p->name; p++)
        if (!strcmp(p->name, name))
            return p;
    return NULL;
}

static const struct xe_rpc_field *member_of(const struct xe_rpc_field *object, const char *name)
{
    struct xe_rpc_slot slot;

    if (!object || object->type->kind != XE_RPC_KIND_OBJECT)
        return NULL;
    for (size_t i = 0; (slot = xe_rpc_slot(object->type, i)).field; i++)
        if (!strcmp(slot.field->name, name))
            return slot.field;
    return NULL;
}

/* "config.seed": into the object, which is made; *ret_name is what stands behind the last dot. */
static json_t *descend(json_t *params, const struct xe_rpc_method *method, char *path,
                       const struct xe_rpc_field **ret_field, char **ret_name)
{
    const struct xe_rpc_field *field = NULL;
    bool first = true;
    char *rest = path, *name;

    while ((name = strsep(&rest, "."))) {
        json_t *inner;

        field = first ? param_of(method, name) : member_of(field, name);
        first = false;
        if (!rest)
            break;
        inner = json_object_get(params, name);
        if (!json_is_object(inner)) {
            inner = json_object();
            json_object_set_new(params, name, inner);
        }
        params = inner;
    }
    *ret_field = field;
    *ret_name = name;
    return params;
}

/* ---- arguments ------------------------------------------------------------------------------ */

/* false: told. */
static bool add_named(json_t *params, const struct xe_rpc_method *method, const char *text,
                      const char *equals)
{
    bool json = equals > text && equals[-1] == ':';
    char *path = strndup(text, (size_t)(equals - text) - json), *name = NULL;
    const struct xe_rpc_field *field = NULL;
    json_error_t where;
    json_t *object = path ? descend(params, method, path, &field, &name) : NULL, *value = NULL;

    if (json && !(value = json_loads(equals + 1, JSON_DECODE_ANY, &where)))
        ctl_fail("call: '%s' is no JSON: %s", text, where.text);
    else if (!json)
        value = equals[1] == '@' ? from_file(field, equals + 2) : typed(field, equals + 1);
    if (object && name && value)
        json_object_set(object, name, value);
    json_decref(value);
    free(path);
    return value != NULL;
}

static bool add_all(json_t *params, const char *path)
{
    json_t *value = ctl_load(path);
    bool object = json_is_object(value);

    if (object)
        json_object_update(params, value);
    else if (value)
        ctl_fail("call: '@%s' is no JSON object", path);
    json_decref(value);
    return object;
}

json_t *ctl_typed_params(struct ctl *ctl, const struct xe_rpc_method *method, int first)
{
    json_t *params = json_object();
    bool ok = true;

    for (int i = first; ok && i < ctl->o.args; i++) {
        const char *text = ctl->o.arg[i], *equals = strchr(text, '=');

        if (equals && equals > text) {
            ok = add_named(params, method, text, equals);
        } else if (*text == '@') {
            ok = add_all(params, text + 1);
        } else {
            ctl_fail("call: '%s': expected NAME=VALUE, NAME:=JSON, NAME=@FILE or @FILE", text);
            ok = false;
        }
    }
    if (ok)
        return params;
    json_decref(params);
    return NULL;
}
