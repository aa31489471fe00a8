/* diagnose.*: what became of a title, from its threads and from the audit's records. */
#include <stdlib.h>

#include "rpc/explain_json.h"
#include "rpc/report_text.h"
#include "rpc/session_internal.h"

void xe__diagnose_explain(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__session_instance(call);
    const char *format = xe_rpc_arg_string(call, "format");
    struct xe_error err = XE_ERROR_INIT;
    json_t *explain, *result;
    char *text;

    if (!instance)
        return;
    explain = xe_rpc_explain_json(instance, xe_rpc_arg_string(call, "instance"));
    if (!explain) {
        xe_error_set(&err, XE_ERR_NO_MEMORY, "explanation: out of memory");
        xe_rpc_fail(call, &err);
        return;
    }
    if (!format || format[0] == 'j') {
        xe_rpc_reply(call, explain);
        return;
    }
    text = xe_report_explain_text(explain);
    result = xe__session_result(call, instance);
    json_object_set_new(result, "text", json_string(text ? text : ""));
    free(text);
    json_decref(explain);
    xe_rpc_reply(call, result);
}
