/* What of the daemon a caller reaches; see reach.h. */
#include "daemon/reach.h"

#include <string.h>

bool xe_reach_name(const struct xe_rpc_caller *caller, const char *name)
{
    return !strncmp(name, caller->prefix, strlen(caller->prefix));
}

/* The text is the one of an instance that isn't there: a caller learns nothing of others. */
static bool check_instance(const struct xe_rpc_call *call, const char *id, struct xe_error *err)
{
    const struct xe_instance_entry *entry = xe_daemon_instances_find(call->ctx, id);

    return !entry || xe_reach_name(call->caller, entry->name) ||
           xe_error_set(err, XE_ERR_INSTANCE_NOT_FOUND, "there is no instance '%s'", id);
}

static bool check_name(const struct xe_rpc_call *call, const char *param, bool needed,
                       struct xe_error *err)
{
    const char *name = json_string_value(json_object_get(call->params, param));

    if (name ? xe_reach_name(call->caller, name) : !needed)
        return true;
    return xe_error_set(err, XE_ERR_UNAUTHORISED,
                        "params.%s: with this token expected a name that begins with '%s'", param,
                        call->caller->prefix);
}

/* What is collected is read, whatever scope the call itself needs. */
static bool check_collect(const struct xe_rpc_call *call, struct xe_error *err)
{
    return !json_object_get(call->params, "collect") || call->caller->scopes & XE_RPC_READ ||
           xe_error_set(err, XE_ERR_UNAUTHORISED, "params.collect needs scope read");
}

bool xe_reach_check(const struct xe_rpc_call *call, struct xe_error *err)
{
    const char *instance = json_string_value(json_object_get(call->params, "instance"));
    unsigned flags = call->method->flags;

    if (!check_collect(call, err))
        return false;
    if (!call->caller->prefix[0])
        return true;
    if (flags & XE_RPC_WHOLE)
        return xe_error_set(err, XE_ERR_UNAUTHORISED,
                            "%s concerns the whole daemon, and this token is for names that begin "
                            "with '%s'",
                            call->method->name, call->caller->prefix);
    return (!instance || check_instance(call, instance, err)) &&
           (!(flags & XE_RPC_NAMES) || check_name(call, "name", true, err)) &&
           (!(flags & XE_RPC_FROM) || check_name(call, "snapshot", false, err));
}
