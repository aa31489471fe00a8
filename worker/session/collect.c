/* What a call that waits for a run wants told of the moment when it stops: methods that read,
 * called before anything else can happen to the instance, in the same reply. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

/* All of them together, so that the reply has room for itself. */
#define ROOM (XE_RPC_REPLY_MAX - 256u * 1024u)

/* A method that reads the instance and is answered at once. */
static const struct xe_rpc_method *readable(const char *name)
{
    const struct xe_rpc_method *method = xe_rpc_method_find(name);
    const unsigned flags = XE_RPC_OOB | XE_RPC_SLOW;

    return method && method->place == XE_RPC_WORKER && method->scope == XE_RPC_READ &&
                   (method->flags & flags) == XE_RPC_OOB
               ? method
               : NULL;
}

bool xe__session_collect_check(const struct xe_rpc_call *call, struct xe_error *err)
{
    const json_t *item;
    size_t i;

    json_array_foreach(xe_rpc_arg_json(call, "collect"), i, item)
    {
        const char *name = json_string_value(json_object_get(item, "method"));
        const char *near[XE_NEAREST_MAX];
        char text[XE_NEAREST_TEXT];

        if (readable(name))
            continue;
        if (xe_rpc_method_find(name))
            return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                                "params.collect[%zu].method: %s: expected a method that reads an "
                                "instance and is answered at once",
                                i, name);
        return xe_error_set(err, XE_ERR_INVALID_PARAMS,
                            "params.collect[%zu].method: there is no such method%s", i,
                            xe_nearest_text(near, xe_rpc_nearest(name, near), text));
    }
    return true;
}

struct outcome {
    json_t *result, *error; /* owned; one is NULL */
};

static void take(struct xe_rpc_call *call, json_t *result, json_t *error)
{
    struct outcome *outcome = call->owner;

    *outcome = (struct outcome){result, error};
}

static struct outcome call_one(struct xe_rpc_call *call, const char *method, const json_t *params)
{
    json_t *all = params ? json_copy((json_t *)params) : json_object();
    struct outcome outcome = {NULL, NULL};

    json_object_set(all, "instance", json_object_get(call->params, "instance"));
    xe_rpc_start(xe_session_server(xe__session(call)), method, all, &xe_rpc_owner, take, &outcome);
    json_decref(all);
    return outcome;
}

/* What doesn't fit any more is an error of its own, and the others are told. */
static void keep_within(struct outcome *outcome, size_t *left)
{
    struct xe_error err = XE_ERROR_INIT;
    size_t size = outcome->result ? json_dumpb(outcome->result, NULL, 0, JSON_COMPACT) : 0;

    if (size <= *left) {
        *left -= size;
        return;
    }
    xe_error_set(&err, XE_ERR_RANGE_TOO_LARGE,
                 "%zu bytes are more than the reply has room for: call it by itself", size);
    json_decref(outcome->result);
    *outcome = (struct outcome){NULL, xe_rpc_error(&err, NULL)};
}

static struct outcome too_late(void)
{
    struct xe_error err = XE_ERROR_INIT;

    xe_error_set(&err, XE_ERR_INSTANCE_WRONG_STATE,
                 "the instance is not any more where the run stopped");
    return (struct outcome){NULL, xe_rpc_error(&err, NULL)};
}

json_t *xe__session_collect(struct xe_rpc_call *call, bool there)
{
    const json_t *item;
    json_t *list = json_array();
    size_t i, left = ROOM;

    json_array_foreach(xe_rpc_arg_json(call, "collect"), i, item)
    {
        const char *method = json_string_value(json_object_get(item, "method"));
        struct outcome outcome =
            there ? call_one(call, method, json_object_get(item, "params")) : too_late();

        keep_within(&outcome, &left);
        json_array_append_new(list, json_pack("{s:s, s:o}", "method", method,
                                              outcome.result ? "result" : "error",
                                              outcome.result ? outcome.result : outcome.error));
    }
    return list;
}
