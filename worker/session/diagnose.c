/* diagnose.*: what became of a title, from its threads and from the audit's records. */
#include <stdlib.h>

#include "rpc/report/explain_json.h"
#include "rpc/report/graph_json.h"
#include "rpc/report/report_text.h"
#include "worker/session/session_internal.h"

/* The report as JSON, or as the text that `render` makes of it; consumes it. NULL: no memory. */
static void reply_report(struct xe_rpc_call *call, struct xe_instance *instance, json_t *report,
                         char *(*render)(const json_t *report))
{
    const char *format = xe_rpc_arg_string(call, "format");
    struct xe_error err = XE_ERROR_INIT;
    json_t *result;
    char *text;

    if (!report) {
        xe_error_set(&err, XE_ERR_NO_MEMORY, "explanation: out of memory");
        xe_rpc_fail(call, &err);
        return;
    }
    if (!format || format[0] == 'j') {
        xe_rpc_reply(call, report);
        return;
    }
    text = render(report);
    result = xe__session_result(call, instance);
    json_object_set_new(result, "text", json_string(text ? text : ""));
    free(text);
    json_decref(report);
    xe_rpc_reply(call, result);
}

void xe__diagnose_explain(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__session_instance(call);

    if (instance)
        reply_report(call, instance,
                     xe_rpc_explain_json(instance, xe_rpc_arg_string(call, "instance")),
                     xe_report_explain_text);
}

void xe__diagnose_wait_graph(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__session_instance(call);

    if (instance)
        reply_report(call, instance,
                     xe_rpc_graph_json(instance, xe_rpc_arg_string(call, "instance")),
                     xe_report_graph_dot);
}
