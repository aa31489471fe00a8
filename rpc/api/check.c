/* Checks JSON values against the types of the method table: one function for parameters coming in
 * and, in the tests, for results going out. The first misfit wins and is told by path. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rpc.h"

static bool misfit(struct xe_rpc_misfit *ret, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool misfit(struct xe_rpc_misfit *ret, const char *path, const char *format, ...)
{
    va_list args;

    snprintf(ret->path, sizeof(ret->path), "%s", path);
    va_start(args, format);
    vsnprintf(ret->expected, sizeof(ret->expected), format, args);
    va_end(args);
    ret->unknown = false;
    ret->type = NULL;
    return false;
}

bool xe_rpc_hex_value(const json_t *value, uint64_t *ret)
{
    const char *text = json_string_value(value);
    const char *digits = text;
    int base = 10;
    char *end;

    if (json_is_integer(value)) {
        *ret = (uint64_t)json_integer_value(value);
        return json_integer_value(value) >= 0;
    }
    if (!text)
        return false;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        digits += 2;
        base = 16;
    }
    if (!digits[0] ||
        strspn(digits, base == 16 ? "0123456789abcdefABCDEF" : "0123456789") != strlen(digits))
        return false;
    errno = 0;
    *ret = strtoull(digits, &end, base);
    return errno == 0;
}

json_t *xe_rpc_hex32(uint32_t value)
{
    return json_sprintf("0x%08" PRIx32, value);
}

json_t *xe_rpc_hex64(uint64_t value)
{
    return json_sprintf("0x%016" PRIx64, value);
}

static void bounds(const struct xe_rpc_field *field, int64_t low, int64_t high, int64_t *ret_min,
                   int64_t *ret_max)
{
    bool natural = field->min == 0 && field->max == 0;

    *ret_min = natural ? low : field->min;
    *ret_max = natural ? high : field->max;
}

static bool check_int(const struct xe_rpc_field *field, const json_t *value, const char *path,
                      struct xe_rpc_misfit *ret)
{
    int64_t min, max, v = json_integer_value(value);

    bounds(field, -XE_RPC_COUNT_MAX, XE_RPC_COUNT_MAX, &min, &max);
    if (!json_is_integer(value) || v < min || v > max)
        return misfit(ret, path, "an integer from %" PRId64 " to %" PRId64, min, max);
    return true;
}

static bool check_hex(const struct xe_rpc_field *field, const json_t *value, const char *path,
                      struct xe_rpc_misfit *ret)
{
    uint64_t v, max = field->max ? (uint64_t)field->max : UINT64_MAX;
    const char *text = json_string_value(value);
    size_t digits = (size_t)field->type->digits;

    if (digits)
        return (text && strlen(text) == digits + 2 && !strncmp(text, "0x", 2) &&
                strspn(text + 2, "0123456789abcdef") == digits) ||
               misfit(ret, path, "\"0x\" and %zu hexadecimal digits", digits);
    if (!xe_rpc_hex_value(value, &v) || v > max || v < (uint64_t)field->min)
        return misfit(ret, path, "an integer or \"0x...\" up to 0x%" PRIx64, max);
    return true;
}

static bool check_string(const struct xe_rpc_field *field, const json_t *value, const char *path,
                         struct xe_rpc_misfit *ret)
{
    int64_t min, max, size = (int64_t)json_string_length(value);

    bounds(field, 0, XE_RPC_REPLY_MAX, &min, &max);
    if (!json_is_string(value) || size < min || size > max)
        return misfit(ret, path, "a string of %" PRId64 " to %" PRId64 " bytes", min, max);
    return true;
}

static bool is_word(const char *const *values, const char *text)
{
    for (; text && *values; values++)
        if (!strcmp(text, *values))
            return true;
    return false;
}

static bool check_enum(const struct xe_rpc_field *field, const json_t *value, const char *path,
                       struct xe_rpc_misfit *ret)
{
    char words[120] = ""; /* as many as fit */
    size_t used = 0;

    if (is_word(field->type->values, json_string_value(value)))
        return true;
    for (const char *const *word = field->type->values; *word && used < sizeof(words); word++)
        used += (size_t)snprintf(words + used, sizeof(words) - used, "%s\"%s\"", used ? ", " : "",
                                 *word);
    return misfit(ret, path, "one of %s%s", words, used < sizeof(words) ? "" : " ...");
}

static bool check_array(const struct xe_rpc_field *field, const json_t *value, const char *path,
                        struct xe_rpc_misfit *ret)
{
    int64_t min, max;
    char inner[256];

    bounds(field, 0, XE_RPC_REPLY_MAX, &min, &max);
    if (!json_is_array(value) || (int64_t)json_array_size(value) < min ||
        (int64_t)json_array_size(value) > max)
        return misfit(ret, path, "an array of %" PRId64 " to %" PRId64 " items", min, max);
    for (size_t i = 0; field->type->items && i < json_array_size(value); i++) {
        snprintf(inner, sizeof(inner), "%.200s[%zu]", path, i);
        if (!xe_rpc_check(field->type->items, json_array_get(value, i), inner, ret))
            return false;
    }
    return true;
}

static bool is_member(const struct xe_rpc_type *type, const char *name)
{
    struct xe_rpc_slot slot;

    for (size_t i = 0; (slot = xe_rpc_slot(type, i)).field; i++)
        if (!strcmp(slot.field->name, name))
            return true;
    return false;
}

static bool check_members(const struct xe_rpc_type *type, const json_t *value, const char *path,
                          struct xe_rpc_misfit *ret)
{
    struct xe_rpc_slot slot;
    const char *key;
    char inner[256];
    json_t *item;

    if (!type->open)
        json_object_foreach((json_t *)value, key, item) if (!is_member(type, key))
        {
            snprintf(inner, sizeof(inner), "%.120s.%.120s", path, key);
            misfit(ret, inner, "no member of this name");
            ret->unknown = true;
            ret->type = type;
            return false;
        }
    for (size_t i = 0; (slot = xe_rpc_slot(type, i)).field; i++) {
        item = json_object_get(value, slot.field->name);
        snprintf(inner, sizeof(inner), "%.120s.%.120s", path, slot.field->name);
        if (!item && slot.required)
            return misfit(ret, inner, "a value; it is required");
        if (item && !xe_rpc_check(slot.field, item, inner, ret))
            return false;
    }
    return true;
}

static bool check_object(const struct xe_rpc_field *field, const json_t *value, const char *path,
                         struct xe_rpc_misfit *ret)
{
    const struct xe_rpc_type *other = field->type->other;
    struct xe_rpc_misfit unused;

    if (!json_is_object(value))
        return misfit(ret, path, "an object");
    return check_members(field->type, value, path, ret) ||
           (other && check_members(other, value, path, &unused));
}

static bool check_map(const struct xe_rpc_field *field, const json_t *value, const char *path,
                      struct xe_rpc_misfit *ret)
{
    const char *key;
    char inner[256];
    json_t *item;

    if (!json_is_object(value))
        return misfit(ret, path, "an object");
    json_object_foreach((json_t *)value, key, item)
    {
        snprintf(inner, sizeof(inner), "%.120s.%.120s", path, key);
        if (!xe_rpc_check(field->type->items, item, inner, ret))
            return false;
    }
    return true;
}

bool xe_rpc_check(const struct xe_rpc_field *field, const json_t *value, const char *path,
                  struct xe_rpc_misfit *ret)
{
    if (field->type->null && json_is_null(value))
        return true;
    switch (field->type->kind) {
    case XE_RPC_KIND_ANY:
        return true;
    case XE_RPC_KIND_BOOL:
        return json_is_boolean(value) || misfit(ret, path, "true or false");
    case XE_RPC_KIND_INT:
        return check_int(field, value, path, ret);
    case XE_RPC_KIND_HEX:
        return check_hex(field, value, path, ret);
    case XE_RPC_KIND_STRING:
        return check_string(field, value, path, ret);
    case XE_RPC_KIND_ENUM:
        return check_enum(field, value, path, ret);
    case XE_RPC_KIND_ARRAY:
        return check_array(field, value, path, ret);
    case XE_RPC_KIND_OBJECT:
        return check_object(field, value, path, ret);
    case XE_RPC_KIND_MAP:
        return check_map(field, value, path, ret);
    }
    return false;
}
