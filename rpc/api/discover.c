/* rpc.discover: the OpenRPC 1.3 document, printed from the rows. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "rpc/api/rpc.h"

static json_t *members_schema(const struct xe_rpc_type *type)
{
    json_t *properties = json_object(), *required = json_array();
    json_t *schema = json_pack("{s:s}", "type", "object"), *property;
    struct xe_rpc_slot slot;

    for (size_t i = 0; (slot = xe_rpc_slot(type, i)).field; i++) {
        property = xe_rpc_schema(slot.field);
        if (slot.unit)
            json_object_set_new(property, "x-unit", json_string(slot.unit));
        json_object_set_new(properties, slot.field->name, property);
        if (slot.required)
            json_array_append_new(required, json_string(slot.field->name));
    }
    if (json_object_size(properties))
        json_object_set(schema, "properties", properties);
    if (json_array_size(required))
        json_object_set(schema, "required", required);
    json_decref(properties);
    json_decref(required);
    json_object_set_new(schema, "additionalProperties", json_boolean(type->open));
    return schema;
}

static json_t *object_schema(const struct xe_rpc_type *type)
{
    if (!type->other)
        return members_schema(type);
    return json_pack("{s:s, s:[o, o]}", "type", "object", "oneOf", members_schema(type),
                     members_schema(type->other));
}

static json_t *hex_schema(const struct xe_rpc_type *type)
{
    if (type->digits)
        return json_pack("{s:s, s:o}", "type", "string", "pattern",
                         json_sprintf("^0x[0-9a-f]{%d}$", type->digits));
    return json_pack("{s:[ss], s:s}", "type", "string", "integer", "pattern",
                     "^(0[xX][0-9a-fA-F]+|[0-9]+)$");
}

static void set_bounds(json_t *schema, const struct xe_rpc_field *field, const char *low,
                       const char *high)
{
    if (field->min == 0 && field->max == 0)
        return;
    json_object_set_new(schema, low, json_integer(field->min));
    json_object_set_new(schema, high, json_integer(field->max));
}

static json_t *enum_schema(const struct xe_rpc_type *type)
{
    json_t *words = json_array();

    for (const char *const *word = type->values; *word; word++)
        json_array_append_new(words, json_string(*word));
    return json_pack("{s:s, s:o}", "type", "string", "enum", words);
}

static json_t *bare_schema(const struct xe_rpc_field *field)
{
    json_t *schema = NULL;

    switch (field->type->kind) {
    case XE_RPC_KIND_ANY:
        return json_object();
    case XE_RPC_KIND_BOOL:
        return json_pack("{s:s}", "type", "boolean");
    case XE_RPC_KIND_INT:
        schema = json_pack("{s:s}", "type", "integer");
        set_bounds(schema, field, "minimum", "maximum");
        return schema;
    case XE_RPC_KIND_HEX:
        return hex_schema(field->type);
    case XE_RPC_KIND_STRING:
        schema = json_pack("{s:s}", "type", "string");
        set_bounds(schema, field, "minLength", "maxLength");
        return schema;
    case XE_RPC_KIND_ENUM:
        return enum_schema(field->type);
    case XE_RPC_KIND_ARRAY:
        schema = json_pack("{s:s}", "type", "array");
        if (field->type->items)
            json_object_set_new(schema, "items", xe_rpc_schema(field->type->items));
        set_bounds(schema, field, "minItems", "maxItems");
        return schema;
    case XE_RPC_KIND_OBJECT:
        return object_schema(field->type);
    case XE_RPC_KIND_MAP:
        return json_pack("{s:s, s:o}", "type", "object", "additionalProperties",
                         xe_rpc_schema(field->type->items));
    }
    return schema;
}

json_t *xe_rpc_schema(const struct xe_rpc_field *field)
{
    json_t *schema = bare_schema(field);

    if (field->doc)
        json_object_set_new(schema, "description", json_string(field->doc));
    if (field->fallback)
        json_object_set_new(schema, "default",
                            field->type->kind == XE_RPC_KIND_BOOL ? json_true()
                                                                  : json_integer(field->fallback));
    if (field->type->null)
        schema = json_pack("{s:[o, {s:s}]}", "anyOf", schema, "type", "null");
    return schema;
}

static json_t *params_document(const struct xe_rpc_method *method)
{
    json_t *params = json_array();

    for (const struct xe_rpc_field *row = method->params; row->name; row++)
        json_array_append_new(params, json_pack("{s:s, s:s, s:b, s:o}", "name", row->name,
                                                "description", row->doc, "required", row->required,
                                                "schema", xe_rpc_schema(row)));
    return params;
}

static json_t *errors_document(const struct xe_rpc_method *method)
{
    json_t *errors = json_array();

    for (int i = 0; i < XE_RPC_ERRORS_MAX && method->errors[i]; i++)
        json_array_append_new(errors,
                              json_pack("{s:i, s:s}", "code", xe_err_rpc_code(method->errors[i]),
                                        "message", xe_err_kind(method->errors[i])));
    return errors;
}

static json_t *method_document(const struct xe_rpc_method *method)
{
    struct xe_rpc_field result = {.name = "result", .type = method->result, .required = true};

    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:o, s:{s:s, s:o}, s:o}", "name", method->name,
                     "summary", method->doc, "paramStructure", "either", "x-scope",
                     xe_rpc_scope_name(method->scope), "x-out-of-band",
                     (method->flags & XE_RPC_OOB) != 0, "params", params_document(method), "result",
                     "name", "result", "schema", xe_rpc_schema(&result), "errors",
                     errors_document(method));
}

/* ---- titles -----------------------------------------------------------------------------------
 */

#define TITLE_MAX 512

/* "run.start_wait_ms" as RunStartWaitMs. */
static void add_title(json_t *schema, const char *path)
{
    char title[TITLE_MAX];
    size_t used = 0;
    bool begins = true;

    for (; *path && used < sizeof(title) - 1; path++) {
        bool word = isalnum((unsigned char)*path);

        if (word)
            title[used++] = begins ? (char)toupper((unsigned char)*path) : *path;
        begins = !word;
    }
    title[used] = '\0';
    json_object_set_new(schema, "title", json_string(title));
}

static void name_schema(json_t *schema, const char *path);

static void name_inner(json_t *schema, const char *path, const char *name)
{
    char inner[TITLE_MAX];

    snprintf(inner, sizeof(inner), "%.400s_of_%.100s", path, name);
    if (json_is_object(schema))
        name_schema(schema, inner);
}

/* One title each, by its place: generators of types make names of them, and of a schema without one
 * a name of its content, which they don't always do twice alike. */
static void name_schema(json_t *schema, const char *path)
{
    static const char *const lists[] = {"anyOf", "oneOf"};
    const char *key;
    char name[24];
    json_t *inner;
    size_t i;

    add_title(schema, path);
    json_object_foreach(json_object_get(schema, "properties"), key, inner)
        name_inner(inner, path, key);
    name_inner(json_object_get(schema, "items"), path, "item");
    name_inner(json_object_get(schema, "additionalProperties"), path, "value");
    for (size_t list = 0; list < 2; list++)
        json_array_foreach(json_object_get(schema, lists[list]), i, inner)
        {
            snprintf(name, sizeof(name), "%.3s%zu", lists[list], i);
            name_inner(inner, path, name);
        }
}

static void name_schemas(json_t *method)
{
    const char *name = json_string_value(json_object_get(method, "name"));
    json_t *param;
    size_t i;

    json_array_foreach(json_object_get(method, "params"), i, param) name_inner(
        json_object_get(param, "schema"), name, json_string_value(json_object_get(param, "name")));
    name_inner(json_object_get(json_object_get(method, "result"), "schema"), name, "result");
}

json_t *xe_rpc_discover(void)
{
    json_t *methods = json_array();

    for (int i = 0; i < XE_RPC_METHODS; i++) {
        json_t *method = method_document(xe_rpc_methods[i]);

        name_schemas(method);
        json_array_append_new(methods, method);
    }
    return json_pack(
        "{s:s, s:{s:s, s:s, s:s}, s:o}", "openrpc", "1.3.2", "info", "title", "xe360d", "version",
        XE_RPC_VERSION, "description",
        "Headless Xbox 360 emulator daemon: run titles in lockstep, ask why they hang.", "methods",
        methods);
}
