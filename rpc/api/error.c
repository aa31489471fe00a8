/* Error objects: {code, message, data{kind, retryable, hint, ...}}. `kind` is what clients may rely
 * on; number, kind and hint of each error are one row each. */
#include <string.h>

#include "rpc/api/rpc.h"

struct hint {
    int code;
    const char *kind;
    const char *hint;
    bool retryable;
};

static const struct hint hints[] = {
    {XE_RPC_PARSE, "parse_error", "send one JSON value in UTF-8", false},
    {XE_RPC_INVALID_REQUEST, "invalid_request",
     "a request is {\"jsonrpc\":\"2.0\",\"method\":...,\"params\":...,\"id\":...}", false},
    {XE_RPC_UNKNOWN_METHOD, "unknown_method", "rpc.discover lists the methods", false},
    {XE_RPC_BATCH_TOO_LARGE, "batch_too_large", "send at most 64 requests in a batch", false},
    {-32603, NULL, "this is a defect of xe360d or a lack of memory; the log says more", false},
    {-32602, NULL, "rpc.discover describes the parameters", false},
    {-32000, NULL, "try again later", true},
    {-32001, NULL, "use a token with the needed scope", false},
    {-32002, NULL, "the daemon is shutting down", true},
    {1001, NULL, "instance.list shows the instances", false},
    {1002, NULL, "instance.get shows the state", false},
    {1003, NULL, "destroy an instance, or raise --max-instances", true},
    {1004, NULL, "the guest ended; create a new instance", false},
    {1005, NULL, "the worker process is gone; create a new instance", false},
    {1006, NULL, "correct the configuration", false},
    {1101, NULL, "paths are looked up below the daemon's --root directories", false},
    {1201, NULL, "run.wait, run.pause or run.cancel first", true},
    {1202, NULL, "run.start makes a run", false},
    {1301, NULL, "object.list and thread.diagnostic show addresses in use", false},
    {1302, NULL, "ask for less and page through", false},
    {1304, NULL,
     "image.symbols lists names, debug.symbols.load reads more; an address does as well", false},
    {1402, NULL, "audit.enable turns the audit on", false},
    {1403, NULL, "a handle is 0x... or decimal, up to 0xffffffff", false},
    {1704, NULL, "golden.record writes a new golden if the change is meant", false},
    {1501, NULL, "snapshot.list shows the snapshots", false},
    {1502, NULL, "snapshot.get shows of what a snapshot is", false},
    {1803, NULL, "artifact.list shows the artifacts; PUT /v1/artifacts/SHA256 makes one", false},
    {1801, NULL, "make room, or have the limit raised", false},
    {1802, NULL, "only files below the daemon's --root directories can be used", false},
};

static json_t *make(int code, const char *kind, const char *message, json_t *extra)
{
    const char *hint = "";
    bool retryable = false;
    json_t *data;

    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
        if (hints[i].code == code) {
            kind = hints[i].kind ? hints[i].kind : kind;
            hint = hints[i].hint;
            retryable = hints[i].retryable;
        }
    data = json_pack("{s:s, s:b, s:s}", "kind", kind ? kind : "error", "retryable", retryable,
                     "hint", hint);
    if (extra)
        json_object_update(data, extra);
    json_decref(extra);
    return json_pack("{s:i, s:s, s:o}", "code", code, "message", message, "data", data);
}

json_t *xe_rpc_error(const struct xe_error *err, json_t *extra)
{
    const char *text = err->text[0] ? err->text : "failed";
    json_t *error = make(xe_err_rpc_code(err->code), xe_err_kind(err->code), text, extra);

    /* Texts may quote bytes of a guest or a file; what is no UTF-8 is not repeated. */
    if (!error)
        error = make(xe_err_rpc_code(err->code), xe_err_kind(err->code), "failed", NULL);
    return error;
}

json_t *xe_rpc_protocol_error(int code, const char *message, json_t *extra)
{
    return make(code, NULL, message, extra);
}
