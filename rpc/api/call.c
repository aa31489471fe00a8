/* One call: find the row, check the parameters against it, run the handler, take the answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rpc.h"

const struct xe_rpc_caller xe_rpc_owner = {.scopes = XE_RPC_SCOPES, .name = "", .prefix = ""};

static void finish(struct xe_rpc_call *call, json_t *result, json_t *error)
{
    call->done(call, result, error);
    json_decref(call->params);
    free(call);
}

void xe_rpc_reply(struct xe_rpc_call *call, json_t *result)
{
    struct xe_error err = XE_ERROR_INIT;

    if (result) {
        finish(call, result, NULL);
        return;
    }
    xe_error_set(&err, XE_ERR_INTERNAL, "the result of %s could not be made",
                 call->method ? call->method->name : "?");
    finish(call, NULL, xe_rpc_error(&err, NULL));
}

void xe_rpc_reply_text(struct xe_rpc_call *call, struct xe_rpc_text *text)
{
    call->text = text;
    finish(call, NULL, NULL);
}

void xe_rpc_fail(struct xe_rpc_call *call, const struct xe_error *err)
{
    finish(call, NULL, xe_rpc_error(err, NULL));
}

void xe_rpc_fail_json(struct xe_rpc_call *call, json_t *error)
{
    finish(call, NULL, error);
}

/* ---- parameters ----------------------------------------------------------------------------- */

static const struct xe_rpc_field *param_row(const struct xe_rpc_call *call, const char *name)
{
    for (const struct xe_rpc_field *row = call->method->params; row->name; row++)
        if (!strcmp(row->name, name))
            return row;
    abort(); /* a handler asks for a parameter that its row does not have: our bug */
}

bool xe_rpc_has(const struct xe_rpc_call *call, const char *name)
{
    param_row(call, name);
    return json_object_get(call->params, name) != NULL;
}

int64_t xe_rpc_arg_int(const struct xe_rpc_call *call, const char *name)
{
    const struct xe_rpc_field *row = param_row(call, name);
    const json_t *value = json_object_get(call->params, name);

    return value ? json_integer_value(value) : row->fallback;
}

bool xe_rpc_arg_bool(const struct xe_rpc_call *call, const char *name)
{
    const struct xe_rpc_field *row = param_row(call, name);
    const json_t *value = json_object_get(call->params, name);

    return value ? json_is_true(value) : row->fallback != 0;
}

uint32_t xe_rpc_arg_u32(const struct xe_rpc_call *call, const char *name)
{
    uint64_t value = (uint64_t)param_row(call, name)->fallback;

    if (xe_rpc_has(call, name))
        xe_rpc_hex_value(json_object_get(call->params, name), &value);
    return (uint32_t)value;
}

const char *xe_rpc_arg_string(const struct xe_rpc_call *call, const char *name)
{
    param_row(call, name);
    return json_string_value(json_object_get(call->params, name));
}

json_t *xe_rpc_arg_json(const struct xe_rpc_call *call, const char *name)
{
    param_row(call, name);
    return json_object_get(call->params, name);
}

/* ---- starting ------------------------------------------------------------------------------- */

static json_t *params_error(const char *message, json_t *extra)
{
    struct xe_error err = XE_ERROR_INIT;

    xe_error_set(&err, XE_ERR_INVALID_PARAMS, "%s", message);
    return xe_rpc_error(&err, extra);
}

/* Parameters by name: a copy of what came by name, or made from the declared order. NULL with
 * *ret_error set if that cannot be. */
static json_t *by_name(const struct xe_rpc_method *method, const json_t *params, json_t **ret_error)
{
    json_t *named;
    size_t i = 0;

    if (!params || json_is_null(params))
        return json_object();
    if (json_is_object(params))
        return json_copy((json_t *)params);
    named = json_object();
    for (const struct xe_rpc_field *row = method->params; row->name; row++, i++)
        if (i < json_array_size(params))
            json_object_set(named, row->name, json_array_get(params, i));
    if (json_array_size(params) <= i)
        return named;
    json_decref(named);
    *ret_error = params_error(
        "too many parameters by position",
        json_pack("{s:i, s:i}", "maximum", (int)i, "found", (int)json_array_size(params)));
    return NULL;
}

static json_t *unknown_param(const struct xe_rpc_misfit *misfit)
{
    const char *name = strrchr(misfit->path, '.') + 1;
    char message[320 + XE_NEAREST_TEXT], text[XE_NEAREST_TEXT];
    struct xe_nearest nearest;
    json_t *names = json_array();
    struct xe_rpc_slot slot;

    xe_nearest_init(&nearest, name);
    for (size_t i = 0; (slot = xe_rpc_slot(misfit->type, i)).field; i++)
        xe_nearest_offer(&nearest, slot.field->name);
    for (size_t i = 0; i < nearest.count; i++)
        json_array_append_new(names, json_string(nearest.name[i]));
    snprintf(message, sizeof(message), "%s: unknown parameter%s", misfit->path,
             xe_nearest_text(nearest.name, nearest.count, text));
    return params_error(message, json_pack("{s:s, s:s, s:o}", "unknown", name, "path", misfit->path,
                                           "nearest", names));
}

static json_t *check_params(const struct xe_rpc_method *method, const json_t *params)
{
    struct xe_rpc_type type = {.kind = XE_RPC_KIND_OBJECT, .fields = method->params};
    struct xe_rpc_field field = {.name = "params", .type = &type, .required = true};
    struct xe_rpc_misfit misfit;
    char message[448];

    if (xe_rpc_check(&field, params, "params", &misfit))
        return NULL;
    if (misfit.unknown)
        return unknown_param(&misfit);
    snprintf(message, sizeof(message), "%s: expected %s", misfit.path, misfit.expected);
    return params_error(message,
                        json_pack("{s:s, s:s}", "path", misfit.path, "expected", misfit.expected));
}

static json_t *unknown_method(const char *name)
{
    const char *near[XE_NEAREST_MAX];
    size_t count = xe_rpc_nearest(name, near);
    char message[64 + XE_NEAREST_TEXT], text[XE_NEAREST_TEXT];
    json_t *names = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(names, json_string(near[i]));
    snprintf(message, sizeof(message), "there is no such method%s",
             xe_nearest_text(near, count, text));
    return xe_rpc_protocol_error(XE_RPC_UNKNOWN_METHOD, message,
                                 json_pack("{s:s, s:o}", "method", name, "nearest", names));
}

static xe_rpc_handler *handler_of(const struct xe_rpc_server *server,
                                  const struct xe_rpc_method *method)
{
    xe_rpc_handler *handler = server->handlers[xe_rpc_method_id(method)];

    return handler ? handler : server->forward;
}

/* May this caller call this now? The error object if not. */
static json_t *refuse(const struct xe_rpc_server *server, const struct xe_rpc_call *call)
{
    const struct xe_rpc_method *method = call->method;
    struct xe_error err = XE_ERROR_INIT;

    if (!(call->caller->scopes & method->scope)) {
        xe_error_set(&err, XE_ERR_UNAUTHORISED, "%s needs scope %s", method->name,
                     xe_rpc_scope_name(method->scope));
        return xe_rpc_error(&err, json_pack("{s:s}", "scope", xe_rpc_scope_name(method->scope)));
    }
    if (server->admit && !server->admit(call, &err))
        return xe_rpc_error(&err, NULL);
    return NULL;
}

void xe_rpc_start(const struct xe_rpc_server *server, const char *method, const json_t *params,
                  const struct xe_rpc_caller *caller,
                  void (*done)(struct xe_rpc_call *call, json_t *result, json_t *error),
                  void *owner)
{
    struct xe_rpc_call *call = calloc(1, sizeof(*call));
    json_t *error = NULL;

    if (!call)
        abort(); /* a few bytes: nothing sensible can be said without them */
    call->method = xe_rpc_method_find(method);
    call->ctx = server->ctx;
    call->done = done;
    call->owner = owner;
    call->caller = caller;
    if (!call->method || !handler_of(server, call->method)) {
        finish(call, NULL, unknown_method(method));
        return;
    }
    call->params = by_name(call->method, params, &error);
    if (!error)
        error = check_params(call->method, call->params);
    if (!error)
        error = refuse(server, call);
    if (error)
        finish(call, NULL, error);
    else
        handler_of(server, call->method)(call);
}
