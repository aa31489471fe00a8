/* thread.*: the diagnostic, the list, the registers. */
#include <stdlib.h>

#include "rpc/report/diagnostic_json.h"
#include "rpc/report/report_text.h"
#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

void xe__thread_diagnostic(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__session_instance(call);
    const char *format = xe_rpc_arg_string(call, "format");
    json_t *report, *result;
    char *text;

    if (!instance)
        return;
    report = xe_rpc_diagnostic_json(instance, xe_rpc_arg_string(call, "instance"),
                                    (uint64_t)xe_rpc_arg_int(call, "cursor"),
                                    (uint32_t)xe_rpc_arg_int(call, "limit"));
    if (!format || format[0] == 'j') {
        xe_rpc_reply(call, report);
        return;
    }
    text = xe_report_diagnostic_text(report);
    result = xe__session_result(call, instance);
    json_object_set_new(result, "text", json_string(text ? text : ""));
    free(text);
    json_decref(report);
    xe_rpc_reply(call, result);
}

static void list_thread(void *ctx, const struct xe_thread_info *info)
{
    json_array_append_new(ctx, xe_rpc_write(&xe_rpc_short_thread, info));
}

void xe__thread_list(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__session_instance(call);
    json_t *threads, *result;

    if (!instance)
        return;
    threads = json_array();
    xe_kernel_threads(xe_instance_kernel(instance), list_thread, threads);
    result = xe__session_result(call, instance);
    json_object_set_new(result, "threads", threads);
    xe_rpc_reply(call, result);
}

struct register_lists {
    json_t *registers, *vectors;
};

static void add_register(void *ctx, const char *name, uint64_t value)
{
    struct register_lists *lists = ctx;

    json_object_set_new(lists->registers, name, xe_rpc_hex64(value));
}

static void add_vector(void *ctx, const char *name, const uint8_t bytes[16])
{
    struct register_lists *lists = ctx;

    json_object_set_new(
        lists->vectors, name,
        json_sprintf("%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x", bytes[0],
                     bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8],
                     bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]));
}

void xe__thread_registers(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__session_instance(call);
    struct register_lists lists = {json_object(), json_object()};
    struct xe_error err = XE_ERROR_INIT;
    json_t *result;

    if (instance && xe_instance_registers(instance, (uint32_t)xe_rpc_arg_int(call, "tid"),
                                          add_register, add_vector, &lists)) {
        result = xe__session_result(call, instance);
        json_object_set_new(result, "tid", json_integer(xe_rpc_arg_int(call, "tid")));
        json_object_set(result, "registers", lists.registers);
        json_object_set(result, "vectors", lists.vectors);
        xe_rpc_reply(call, result);
    } else if (instance) {
        xe_error_set(&err, XE_ERR_HANDLE_UNKNOWN, "there is no thread %lld",
                     (long long)xe_rpc_arg_int(call, "tid"));
        xe_rpc_fail(call, &err);
    }
    json_decref(lists.registers);
    json_decref(lists.vectors);
}
