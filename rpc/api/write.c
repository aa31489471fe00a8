/* JSON of C structs, by the rows of their members. A large reply is made by this, so keys aren't
 * looked at again, and each value is made once. */
#include "rpc/api/member.h"

#include <string.h>

#include "rpc/api/json_bits.h"

#define TEXT_MAX 256 /* what a row's function may make */

static int64_t number_at(enum xe_rpc_c c, const void *at)
{
    switch (c) {
    case XE_RPC_C_BOOL:
        return *(const bool *)at;
    case XE_RPC_C_U8:
        return *(const uint8_t *)at;
    case XE_RPC_C_U16:
        return *(const uint16_t *)at;
    case XE_RPC_C_U32:
        return *(const uint32_t *)at;
    case XE_RPC_C_U64:
        return (int64_t) * (const uint64_t *)at;
    case XE_RPC_C_I32:
        return *(const int32_t *)at;
    case XE_RPC_C_I64:
        return *(const int64_t *)at;
    case XE_RPC_C_CHARS:
        return *(const char *)at;
    case XE_RPC_C_STRING:
    case XE_RPC_C_STRUCT_AT:
    case XE_RPC_C_JSON:
        return *(const void *const *)at != NULL;
    default:
        return 0;
    }
}

static bool holds(const struct xe_rpc_when *when, const void *object)
{
    int64_t found;

    if (when->test == XE_RPC_ALWAYS)
        return true;
    found = number_at(when->c, (const char *)object + when->offset);
    return (found == when->value) == (when->test == XE_RPC_IS);
}

static json_t *text_json(const struct xe_rpc_type *type, const char *text)
{
    if (!text)
        text = "?";
    return type->guest ? xe__rpc_json_guest(text) : xe__rpc_json_text(text);
}

static json_t *word_json(const struct xe_rpc_type *type, int64_t number)
{
    int64_t words = 0;

    while (type->values[words])
        words++;
    return json_string(number >= 0 && number < words ? type->values[number] : "?");
}

static json_t *hex_json(enum xe_rpc_c c, const void *at)
{
    return c == XE_RPC_C_U64 ? xe_rpc_hex64(*(const uint64_t *)at)
                             : xe_rpc_hex32((uint32_t)number_at(c, at));
}

static json_t *scalar_json(const struct xe_rpc_type *type, enum xe_rpc_c c, const void *at)
{
    if (c == XE_RPC_C_STRING)
        return text_json(type, *(const char *const *)at);
    if (c == XE_RPC_C_CHARS)
        return text_json(type, at);
    if (c == XE_RPC_C_JSON)
        return json_incref(*(json_t *const *)at);
    switch (type->kind) {
    case XE_RPC_KIND_BOOL:
        return json_boolean(number_at(c, at) != 0);
    case XE_RPC_KIND_HEX:
        return hex_json(c, at);
    case XE_RPC_KIND_ENUM:
        return word_json(type, number_at(c, at));
    default:
        return json_integer(number_at(c, at));
    }
}

static uint32_t count_of(const struct xe_rpc_member *member, const void *object)
{
    uint32_t count = member->room;

    if (member->count != XE_RPC_NO_COUNT)
        memcpy(&count, (const char *)object + member->count, sizeof(count));
    return member->c == XE_RPC_C_ARRAY && count > member->room ? member->room : count;
}

static json_t *items_json(const struct xe_rpc_member *member, const void *object)
{
    const struct xe_rpc_type *type = member->field.type->items->type;
    const char *at = (const char *)object + member->offset;
    uint32_t count = count_of(member, object);
    json_t *list = json_array();

    if (member->c == XE_RPC_C_LIST)
        at = *(const char *const *)(const void *)at;
    for (uint32_t i = 0; list && at && i < count; i++, at += member->item_size) {
        json_t *item = type->kind == XE_RPC_KIND_OBJECT
                           ? xe_rpc_write(type, at)
                           : scalar_json(type, member->item, at + member->item_at);

        if (json_array_append_new(list, item)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *words_json(const struct xe_rpc_member *member, const void *object)
{
    const char *const *word = member->field.type->items->type->values;
    json_t *list = json_array();

    for (size_t i = 0; list && word[i]; i++)
        if (member->has_word(object, i) && json_array_append_new(list, json_string(word[i]))) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *member_json(const struct xe_rpc_member *member, const void *object)
{
    const struct xe_rpc_type *type = member->field.type;
    const void *at = (const char *)object + member->offset;
    char text[TEXT_MAX];

    if (!holds(&member->given, object))
        return json_null();
    switch (member->c) {
    case XE_RPC_C_NONE:
        return type->kind == XE_RPC_KIND_OBJECT ? xe_rpc_write(type, object) : word_json(type, 0);
    case XE_RPC_C_TEXT:
        member->text(at, text, sizeof(text));
        return text_json(type, text);
    case XE_RPC_C_WORDS:
        return words_json(member, object);
    case XE_RPC_C_STRUCT:
        return xe_rpc_write(type, at);
    case XE_RPC_C_STRUCT_AT:
        return xe_rpc_write(type, *(const void *const *)at);
    case XE_RPC_C_ARRAY:
    case XE_RPC_C_LIST:
        return items_json(member, object);
    default:
        return scalar_json(type, member->c, at);
    }
}

json_t *xe_rpc_write(const struct xe_rpc_type *type, const void *object)
{
    json_t *json = json_object();

    for (const struct xe_rpc_member *m = type->members; json && m->field.name; m++) {
        if (!holds(&m->when, object))
            continue;
        if (json_object_set_new_nocheck(json, m->field.name, member_json(m, object))) {
            json_decref(json);
            return NULL;
        }
    }
    return json;
}
