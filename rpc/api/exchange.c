/* Text in, text out: JSON-RPC 2.0 envelopes, single and batch, strictly.
 *
 * An exchange holds one slot per request and is answered when the last slot is. Rules kept: a
 * request is an object of jsonrpc ("2.0"), method, optional params (array or object; null, which
 * many clients send, is none) and optional id (string, integer or null), nothing else; without id
 * it is a notification and gets no reply, not even an error; replies come in the order of the
 * requests; result xor error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rpc.h"

struct slot {
    struct exchange *exchange;
    json_t *id;    /* owned; NULL: a notification */
    json_t *reply; /* owned */
};

struct exchange {
    bool batch;
    size_t count, left;
    void (*done)(void *ctx, const char *reply, size_t size);
    void *ctx;
    struct slot slot[];
};

static json_t *envelope(json_t *id, json_t *result, json_t *error)
{
    json_t *reply = json_pack("{s:s, s:O}", "jsonrpc", "2.0", "id", id);

    json_object_set_new(reply, result ? "result" : "error", result ? result : error);
    return reply;
}

char *xe_rpc_error_text(json_t *error)
{
    json_t *null = json_null();
    json_t *reply = envelope(null, NULL, error);
    char *text = json_dumps(reply, JSON_COMPACT);

    json_decref(reply);
    return text;
}

/* The text of one reply; one that is too long becomes an error. Owned. */
static char *reply_text(struct slot *slot, size_t room)
{
    char *text = json_dumps(slot->reply, JSON_COMPACT);
    struct xe_error err = XE_ERROR_INIT;

    if (text && strlen(text) <= room)
        return text;
    free(text);
    xe_error_set(&err, XE_ERR_RANGE_TOO_LARGE, "the reply is longer than %u bytes",
                 XE_RPC_REPLY_MAX);
    json_object_del(slot->reply, "result");
    json_object_set_new(slot->reply, "error", xe_rpc_error(&err, NULL));
    return json_dumps(slot->reply, JSON_COMPACT);
}

static void deliver(struct exchange *exchange)
{
    char *text = NULL;
    size_t size = 0, used = 0;
    FILE *out = open_memstream(&text, &size);
    bool any = false;

    for (size_t i = 0; out && i < exchange->count; i++) {
        char *one;

        if (!exchange->slot[i].reply)
            continue;
        one = reply_text(&exchange->slot[i], XE_RPC_REPLY_MAX > used ? XE_RPC_REPLY_MAX - used : 0);
        fputs(any ? "," : exchange->batch ? "[" : "", out);
        fputs(one ? one : "null", out);
        used += one ? strlen(one) + 1 : 0;
        any = true;
        free(one);
    }
    if (out && any && exchange->batch)
        fputs("]", out);
    if (out)
        fclose(out);
    exchange->done(exchange->ctx, any ? text : NULL, any ? size : 0);
    free(text);
}

static void release(struct exchange *exchange)
{
    if (--exchange->left)
        return;
    deliver(exchange);
    for (size_t i = 0; i < exchange->count; i++) {
        json_decref(exchange->slot[i].id);
        json_decref(exchange->slot[i].reply);
    }
    free(exchange);
}

static void call_done(struct xe_rpc_call *call, json_t *result, json_t *error)
{
    struct slot *slot = call->owner;

    if (slot->id) {
        slot->reply = envelope(slot->id, result, error);
    } else {
        json_decref(result);
        json_decref(error);
    }
    release(slot->exchange);
}

/* What is wrong with a request object, or NULL. */
static const char *request_defect(const json_t *request)
{
    const json_t *params = json_object_get(request, "params");
    const json_t *id = json_object_get(request, "id");
    const char *version = json_string_value(json_object_get(request, "jsonrpc"));
    size_t known = (params != NULL) + (id != NULL);

    if (!json_is_object(request))
        return "a request is an object";
    if (!version || strcmp(version, "2.0"))
        return "jsonrpc must be \"2.0\"";
    if (!json_is_string(json_object_get(request, "method")))
        return "method must be a string";
    if (params && !json_is_array(params) && !json_is_object(params) && !json_is_null(params))
        return "params must be an array or an object";
    if (id && !json_is_string(id) && !json_is_integer(id) && !json_is_null(id))
        return "id must be a string, an integer or null";
    if (json_object_size(request) != known + 2)
        return "unknown member; a request has jsonrpc, method, params and id";
    return NULL;
}

static void start_slot(const struct xe_rpc_server *server, struct slot *slot, const json_t *request,
                       const struct xe_rpc_caller *caller)
{
    const char *defect = request_defect(request);
    json_t *id = json_object_get(request, "id");

    if (!defect) {
        slot->id = json_incref(id);
        xe_rpc_start(server, json_string_value(json_object_get(request, "method")),
                     json_object_get(request, "params"), caller, call_done, slot);
        return;
    }
    slot->id = json_is_string(id) || json_is_integer(id) ? json_incref(id) : json_null();
    slot->reply =
        envelope(slot->id, NULL, xe_rpc_protocol_error(XE_RPC_INVALID_REQUEST, defect, NULL));
    release(slot->exchange);
}

/* Nesting depth of a JSON text, looked at before it is parsed. */
static size_t depth_of(const char *text, size_t size)
{
    size_t depth = 0, deepest = 0;
    bool quoted = false;

    for (size_t i = 0; i < size; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '[' || text[i] == '{'))
            deepest = ++depth > deepest ? depth : deepest;
        else if (!quoted && (text[i] == ']' || text[i] == '}'))
            depth -= depth > 0;
    }
    return deepest;
}

/* Parse a request text; NULL with *ret_error set if it is none. */
static json_t *parse(const char *text, size_t size, json_t **ret_error)
{
    json_error_t where;
    json_t *root;

    if (size > XE_RPC_BODY_MAX || depth_of(text, size) > XE_RPC_DEPTH_MAX) {
        *ret_error = xe_rpc_protocol_error(
            XE_RPC_INVALID_REQUEST, size > XE_RPC_BODY_MAX ? "too long" : "nested too deeply",
            json_pack("{s:i, s:i}", "bytes_max", XE_RPC_BODY_MAX, "depth_max", XE_RPC_DEPTH_MAX));
        return NULL;
    }
    root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (!root)
        *ret_error = xe_rpc_protocol_error(XE_RPC_PARSE, "this is no JSON text",
                                           json_pack("{s:s, s:i, s:i}", "details", where.text,
                                                     "line", where.line, "column", where.column));
    else if (json_is_array(root) && json_array_size(root) == 0)
        *ret_error = xe_rpc_protocol_error(XE_RPC_INVALID_REQUEST, "the batch is empty", NULL);
    else if (json_array_size(root) > XE_RPC_BATCH_MAX)
        *ret_error =
            xe_rpc_protocol_error(XE_RPC_BATCH_TOO_LARGE, "too many requests in a batch",
                                  json_pack("{s:i, s:i}", "found", (int)json_array_size(root),
                                            "maximum", XE_RPC_BATCH_MAX));
    if (!*ret_error)
        return root;
    json_decref(root);
    return NULL;
}

static struct exchange *exchange_create(const json_t *root,
                                        void (*done)(void *, const char *, size_t), void *ctx)
{
    size_t count = json_is_array(root) ? json_array_size(root) : 1;
    struct exchange *exchange = calloc(1, sizeof(*exchange) + count * sizeof(struct slot));

    if (!exchange)
        return NULL;
    exchange->batch = json_is_array(root);
    exchange->count = count;
    exchange->left = count + 1; /* one more, held while starting */
    exchange->done = done;
    exchange->ctx = ctx;
    for (size_t i = 0; i < count; i++)
        exchange->slot[i].exchange = exchange;
    return exchange;
}

static void answer_error(json_t *error, void (*done)(void *, const char *, size_t), void *ctx)
{
    char *text = xe_rpc_error_text(error);

    done(ctx, text, text ? strlen(text) : 0);
    free(text);
}

void xe_rpc_exchange(const struct xe_rpc_server *server, const char *text, size_t size,
                     const struct xe_rpc_caller *caller,
                     void (*done)(void *ctx, const char *reply, size_t size), void *ctx)
{
    json_t *error = NULL;
    json_t *root = parse(text, size, &error);
    struct exchange *exchange;

    if (!root) {
        answer_error(error, done, ctx);
        return;
    }
    exchange = exchange_create(root, done, ctx);
    if (!exchange) {
        struct xe_error err = XE_ERROR_INIT;

        xe_error_set(&err, XE_ERR_NO_MEMORY, "no memory for the exchange");
        answer_error(xe_rpc_error(&err, NULL), done, ctx);
        json_decref(root);
        return;
    }
    for (size_t i = 0; i < exchange->count; i++)
        start_slot(server, &exchange->slot[i], exchange->batch ? json_array_get(root, i) : root,
                   caller);
    release(exchange);
    json_decref(root);
}
