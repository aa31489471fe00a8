/* diagnose.*: what became of a title, from its threads and from the audit's records. */
#include "rpc/report/explain_json.h"
#include "rpc/report/graph_json.h"
#include "rpc/report/livelock_json.h"
#include "rpc/report/milestones_json.h"
#include "rpc/report/report_text.h"
#include "worker/session/session_internal.h"

/* The report as JSON, or as the text that `render` makes of it; consumes it. NULL: no memory. */
static void reply_report(struct xe_rpc_call *call, struct xe_instance *instance, json_t *report,
                         char *(*render)(const json_t *report))
{
    struct xe_error err = XE_ERROR_INIT;

    if (report) {
        xe__session_reply_report(call, instance, report, render);
        return;
    }
    xe_error_set(&err, XE_ERR_NO_MEMORY, "explanation: out of memory");
    xe_rpc_fail(call, &err);
}

void xe__rpc_diagnose_explain(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);

    if (instance)
        reply_report(call, instance,
                     xe_rpc_explain_json(instance, xe_rpc_arg_string(call, "instance")),
                     xe_report_explain_text);
}

void xe__session_diagnose_livelock(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);

    if (instance)
        reply_report(call, instance,
                     xe_rpc_livelock_json(instance, xe_rpc_arg_string(call, "instance")),
                     xe_report_livelock_text);
}

void xe__session_diagnose_milestones(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);

    if (instance)
        reply_report(call, instance,
                     xe_rpc_milestones_json(instance, xe_rpc_arg_string(call, "instance")),
                     xe_report_milestones_text);
}

void xe__rpc_diagnose_wait_graph(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);

    if (instance)
        reply_report(call, instance,
                     xe_rpc_graph_json(instance, xe_rpc_arg_string(call, "instance"),
                                       xe_rpc_arg_bool(call, "fold")),
                     xe_report_graph_dot);
}
