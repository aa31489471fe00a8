/* thread.*: the diagnostic, the list, the registers. */
#include <stdio.h>

#include "rpc/report/diagnostic_json.h"
#include "rpc/report/report_text.h"
#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

void xe__rpc_thread_diagnostic(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);

    if (instance)
        xe__session_reply_report(call, instance,
                                 xe_rpc_diagnostic_json(instance,
                                                        xe_rpc_arg_string(call, "instance"),
                                                        (uint64_t)xe_rpc_arg_int(call, "cursor"),
                                                        (uint32_t)xe_rpc_arg_int(call, "limit")),
                                 xe_report_diagnostic_text);
}

static void list_thread(void *ctx, const struct xe_thread_info *info)
{
    json_array_append_new(ctx, xe_rpc_write(&xe_rpc_short_thread, info));
}

void xe__rpc_thread_list(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_list_view view;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.items = json_array();
    xe_kernel_threads(xe_instance_kernel(instance), list_thread, view.items);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_thread_list, &view));
    json_decref(view.items);
}

static void add_register(void *ctx, const char *name, uint64_t value)
{
    struct xe_rpc_registers_view *view = ctx;

    json_object_set_new(view->registers, name, xe_rpc_hex64(value));
}

void xe__session_vector_text(const uint8_t bytes[16], char text[33])
{
    for (int i = 0; i < 16; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static void add_vector(void *ctx, const char *name, const uint8_t bytes[16])
{
    struct xe_rpc_registers_view *view = ctx;
    char text[33];

    xe__session_vector_text(bytes, text);
    json_object_set_new(view->vectors, name, json_string(text));
}

void xe__rpc_thread_registers(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_registers_view view = {.tid = (uint32_t)xe_rpc_arg_int(call, "tid")};
    struct xe_error err = XE_ERROR_INIT;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.registers = json_object();
    view.vectors = json_object();
    if (xe_instance_registers(instance, view.tid, add_register, add_vector, &view)) {
        xe_rpc_reply(call, xe_rpc_write(&xe_rpc_registers_result, &view));
    } else {
        xe_error_set(&err, XE_ERR_HANDLE_UNKNOWN, "there is no thread %u", view.tid);
        xe_rpc_fail(call, &err);
    }
    json_decref(view.registers);
    json_decref(view.vectors);
}
