/* Text in, text out: JSON-RPC 2.0 envelopes, single and batch, strictly.
 *
 * An exchange holds one slot per request and is answered when the last slot is; a result that is
 * text already goes in as it is. Rules kept: a
 * request is an object of jsonrpc ("2.0"), method, optional params (array or object; null, which
 * many clients send, is none) and optional id (string, integer or null), nothing else; without id
 * it is a notification and gets no reply, not even an error; replies come in the order of the
 * requests; result xor error. */
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rpc.h"

struct slot {
    struct exchange *exchange;
    json_t *id;               /* owned; NULL: a notification */
    struct xe_rpc_text reply; /* owned; of no bytes: none    */
};

struct exchange {
    bool batch;
    size_t count, left;
    size_t used;  /* bytes of replies, and what comes between them */
    size_t *kept; /* the server's, of all batches; or NULL         */
    xe_rpc_answered *done;
    void *ctx;
    struct slot slot[];
};

/* ---- replies -------------------------------------------------------------------------------- */

static void add_json(struct xe_rpc_text *text, const json_t *value)
{
    char *dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

    if (dump)
        xe_rpc_text_give(text, dump, strlen(dump));
    else
        xe_rpc_text_add(text, "null");
}

/* kind is result or error; value, or result as text, is taken. */
static struct xe_rpc_text envelope(const json_t *id, const char *kind, json_t *value,
                                   struct xe_rpc_text *result)
{
    struct xe_rpc_text text = {0};

    xe_rpc_text_add(&text, "{\"jsonrpc\":\"2.0\",\"id\":");
    add_json(&text, id);
    xe_rpc_text_add(&text, ",\"");
    xe_rpc_text_add(&text, kind);
    xe_rpc_text_add(&text, "\":");
    if (result)
        xe_rpc_text_move(&text, result);
    else
        add_json(&text, value);
    xe_rpc_text_add(&text, "}");
    json_decref(value);
    return text;
}

/* Is there room for so much of an exchange, and of all batches that are waiting? */
static bool has_room(const struct exchange *exchange, size_t size, struct xe_error *err)
{
    if (exchange->used + size > XE_RPC_REPLY_MAX)
        return xe_error_set(err, XE_ERR_RANGE_TOO_LARGE, "the reply is longer than %u bytes",
                            XE_RPC_REPLY_MAX);
    if (exchange->batch && exchange->kept && *exchange->kept + size > XE_RPC_KEPT_MAX)
        return xe_error_set(err, XE_ERR_OVERLOADED,
                            "too many long replies wait for the rest of their batches");
    return true;
}

/* What comes first has the room that there is: so all that is kept of a batch is bounded, however
 * long one of its calls takes. */
static void keep(struct slot *slot, struct xe_rpc_text reply)
{
    struct exchange *exchange = slot->exchange;
    struct xe_error err = XE_ERROR_INIT;

    if (!has_room(exchange, reply.size, &err)) {
        xe_rpc_text_fini(&reply);
        reply = envelope(slot->id, "error", xe_rpc_error(&err, NULL), NULL);
    }
    exchange->used += reply.size + 1;
    if (exchange->batch && exchange->kept)
        *exchange->kept += reply.size + 1;
    slot->reply = reply;
}

static void deliver(struct exchange *exchange)
{
    struct xe_rpc_text text = {0};

    for (size_t i = 0; i < exchange->count; i++) {
        if (!exchange->slot[i].reply.size)
            continue;
        if (exchange->batch)
            xe_rpc_text_add(&text, text.size ? "," : "[");
        xe_rpc_text_move(&text, &exchange->slot[i].reply);
    }
    if (text.size && exchange->batch)
        xe_rpc_text_add(&text, "]");
    if (exchange->batch && exchange->kept)
        *exchange->kept -= exchange->used;
    exchange->done(exchange->ctx, &text);
    xe_rpc_text_fini(&text);
}

static void release(struct exchange *exchange)
{
    if (--exchange->left)
        return;
    deliver(exchange);
    for (size_t i = 0; i < exchange->count; i++)
        json_decref(exchange->slot[i].id);
    free(exchange);
}

static void call_done(struct xe_rpc_call *call, json_t *result, json_t *error)
{
    struct slot *slot = call->owner;

    if (slot->id) {
        keep(slot,
             envelope(slot->id, error ? "error" : "result", error ? error : result, call->text));
    } else {
        json_decref(result);
        json_decref(error);
        if (call->text)
            xe_rpc_text_fini(call->text);
    }
    release(slot->exchange);
}

/* ---- requests ------------------------------------------------------------------------------- */

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
    keep(slot, envelope(slot->id, "error",
                        xe_rpc_protocol_error(XE_RPC_INVALID_REQUEST, defect, NULL), NULL));
    release(slot->exchange);
}

struct shape {
    size_t depth, values;
};

/* Nesting depth of a JSON text, and how many values it has, looked at before it is parsed. */
static struct shape shape_of(const char *text, size_t size)
{
    struct shape shape = {0, 1};
    size_t depth = 0;
    bool quoted = false, opened = false;

    for (size_t i = 0; i < size; i++) {
        char c = text[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        if (quoted || c == ' ' || c == '\t' || c == '\n' || c == '\r')
            continue;
        shape.values += (opened && c != ']' && c != '}') || c == ',';
        opened = c == '[' || c == '{';
        if (opened)
            shape.depth = ++depth > shape.depth ? depth : shape.depth;
        else if (c == ']' || c == '}')
            depth -= depth > 0;
    }
    return shape;
}

/* Why a text isn't even parsed, or NULL. */
static const char *beyond_limits(const char *text, size_t size)
{
    struct shape shape = {0, 0};

    if (size > XE_RPC_BODY_MAX)
        return "too long";
    shape = shape_of(text, size);
    if (shape.depth > XE_RPC_DEPTH_MAX)
        return "nested too deeply";
    return shape.values > XE_RPC_VALUES_MAX ? "too many values" : NULL;
}

/* Parse a request text; NULL with *ret_error set if it is none. */
static json_t *parse(const char *text, size_t size, json_t **ret_error)
{
    json_error_t where;
    json_t *root;
    const char *beyond = beyond_limits(text, size);

    if (beyond) {
        *ret_error = xe_rpc_protocol_error(XE_RPC_INVALID_REQUEST, beyond,
                                           json_pack("{s:i, s:i, s:i}", "bytes_max",
                                                     XE_RPC_BODY_MAX, "depth_max", XE_RPC_DEPTH_MAX,
                                                     "values_max", XE_RPC_VALUES_MAX));
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

static struct exchange *exchange_create(const json_t *root, xe_rpc_answered *done, void *ctx)
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

static void answer_error(json_t *error, xe_rpc_answered *done, void *ctx)
{
    struct xe_rpc_text text = envelope(NULL, "error", error, NULL);

    done(ctx, &text);
    xe_rpc_text_fini(&text);
}

void xe_rpc_exchange(const struct xe_rpc_server *server, const char *text, size_t size,
                     const struct xe_rpc_caller *caller, xe_rpc_answered *done, void *ctx)
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
    exchange->kept = server->kept;
    for (size_t i = 0; i < exchange->count; i++)
        start_slot(server, &exchange->slot[i], exchange->batch ? json_array_get(root, i) : root,
                   caller);
    release(exchange);
    json_decref(root);
}
