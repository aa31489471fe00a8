/* The session itself: which handler answers what, and what handlers share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

static xe_rpc_handler *const handlers[XE_RPC_METHODS] = {
    [XE_RPC_M_audit_disable] = xe__audit_disable,
    [XE_RPC_M_audit_enable] = xe__audit_enable,
    [XE_RPC_M_audit_focus_add] = xe__audit_focus_add,
    [XE_RPC_M_audit_focus_clear] = xe__audit_focus_clear,
    [XE_RPC_M_audit_focus_get] = xe__audit_focus_get,
    [XE_RPC_M_audit_focus_remove] = xe__audit_focus_remove,
    [XE_RPC_M_audit_focus_set] = xe__audit_focus_set,
    [XE_RPC_M_audit_report] = xe__audit_report,
    [XE_RPC_M_audit_status] = xe__audit_status,
    [XE_RPC_M_audit_timeline] = xe__audit_timeline,
    [XE_RPC_M_debug_break_enable] = xe__debug_break_enable,
    [XE_RPC_M_debug_break_list] = xe__debug_break_list,
    [XE_RPC_M_debug_break_remove] = xe__debug_break_remove,
    [XE_RPC_M_debug_break_set] = xe__debug_break_set,
    [XE_RPC_M_debug_disassemble] = xe__debug_disassemble,
    [XE_RPC_M_debug_engine] = xe__debug_engine,
    [XE_RPC_M_debug_jit_get] = xe__debug_jit_get,
    [XE_RPC_M_debug_jit_list] = xe__debug_jit_list,
    [XE_RPC_M_debug_symbols_load] = xe__debug_symbols_load,
    [XE_RPC_M_debug_symbols_lookup] = xe__debug_symbols_lookup,
    [XE_RPC_M_diagnose_bundle] = xe__diagnose_bundle,
    [XE_RPC_M_diagnose_explain] = xe__diagnose_explain,
    [XE_RPC_M_diagnose_milestones] = xe__diagnose_milestones,
    [XE_RPC_M_diagnose_wait_graph] = xe__diagnose_wait_graph,
    [XE_RPC_M_digest_get] = xe__digest_get,
    [XE_RPC_M_digest_trail] = xe__digest_trail,
    [XE_RPC_M_golden_check] = xe__golden_check,
    [XE_RPC_M_golden_record] = xe__golden_record,
    [XE_RPC_M_gpu_counters] = xe__gpu_counters,
    [XE_RPC_M_gpu_registers] = xe__gpu_registers,
    [XE_RPC_M_gpu_shaders] = xe__gpu_shaders,
    [XE_RPC_M_gpu_state] = xe__gpu_state,
    [XE_RPC_M_image_disassemble] = xe__image_disassemble,
    [XE_RPC_M_image_inspect] = xe__image_inspect,
    [XE_RPC_M_image_symbols] = xe__image_symbols,
    [XE_RPC_M_instance_create] = xe__instance_create,
    [XE_RPC_M_instance_fork] = xe__instance_fork,
    [XE_RPC_M_instance_reset] = xe__instance_reset,
    [XE_RPC_M_log_tail] = xe__log_tail,
    [XE_RPC_M_mem_read] = xe__mem_read,
    [XE_RPC_M_mem_write] = xe__mem_write,
    [XE_RPC_M_object_list] = xe__object_list,
    [XE_RPC_M_record_start] = xe__record_start,
    [XE_RPC_M_record_stop] = xe__record_stop,
    [XE_RPC_M_replay_start] = xe__replay_start,
    [XE_RPC_M_replay_status] = xe__replay_status,
    [XE_RPC_M_run_cancel] = xe__run_cancel,
    [XE_RPC_M_run_get] = xe__run_get,
    [XE_RPC_M_run_pause] = xe__run_pause,
    [XE_RPC_M_run_start] = xe__run_start,
    [XE_RPC_M_run_step] = xe__run_step,
    [XE_RPC_M_run_wait] = xe__run_wait,
    [XE_RPC_M_snapshot_load] = xe__snapshot_load,
    [XE_RPC_M_snapshot_save] = xe__snapshot_save,
    [XE_RPC_M_thread_diagnostic] = xe__thread_diagnostic,
    [XE_RPC_M_thread_list] = xe__thread_list,
    [XE_RPC_M_thread_registers] = xe__thread_registers,
    [XE_RPC_M_thread_set_registers] = xe__thread_set_registers,
    [XE_RPC_M_title_exports] = xe__title_exports,
};

/* In the middle of something that lasts: no request can be served, but the parent hears that it
 * goes on. */
static void alive(void *ctx)
{
    struct xe_session *session = ctx;
    uint64_t now = session->host.now_ms(session->host.ctx);

    if (now < session->alive_ms)
        return;
    session->alive_ms = now + XE_SESSION_PROGRESS_MS;
    session->host.event(session->host.ctx, "worker.alive", json_object());
}

struct xe_session *xe_session_create(const struct xe_session_host *host)
{
    struct xe_session *session = calloc(1, sizeof(*session));

    if (!session)
        return NULL;
    session->host = *host;
    session->breath = (struct xe_breath){alive, session};
    session->server.handlers = handlers;
    session->server.ctx = session;
    return session;
}

void *xe_session_host_ctx(const struct xe_session *session)
{
    return session->host.ctx;
}

const struct xe_rpc_server *xe_session_server(const struct xe_session *session)
{
    return &session->server;
}

bool xe_session_work(struct xe_session *session)
{
    if (session->golden.call)
        xe__session_golden_work(session);
    else if (session->active)
        xe__session_run_work(session);
    else
        return false;
    return true;
}

struct xe_instance *xe__session_instance(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_session *session = xe__session(call);

    if (session->instance)
        return session->instance;
    xe_error_set(&err, XE_ERR_INSTANCE_WRONG_STATE, "no title is loaded yet");
    xe_rpc_fail(call, &err);
    return NULL;
}

struct xe_rpc_base xe__session_base(const struct xe_rpc_call *call,
                                    const struct xe_instance *instance)
{
    return (struct xe_rpc_base){xe_rpc_arg_string(call, "instance"), xe_instance_cycle(instance)};
}

void xe__session_reply_changed(struct xe_rpc_call *call, const struct xe_instance *instance)
{
    const struct xe_rpc_base base = xe__session_base(call, instance);

    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_changed, &base));
}

void xe__session_reply_report(struct xe_rpc_call *call, const struct xe_instance *instance,
                              json_t *report, char *(*render)(const json_t *report))
{
    const char *format = xe_rpc_arg_string(call, "format");
    struct xe_rpc_text_view view;
    char *text;

    if (!format || format[0] == 'j') {
        xe_rpc_reply(call, report);
        return;
    }
    text = render(report);
    view = (struct xe_rpc_text_view){xe__session_base(call, instance), text ? text : ""};
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_text_result, &view));
    free(text);
    json_decref(report);
}

uint32_t xe__session_keys(const json_t *handles, uint32_t **ret_keys)
{
    size_t count = json_array_size(handles);
    uint32_t used = 0;

    *ret_keys = calloc(count + 1, sizeof(**ret_keys));
    for (size_t i = 0; *ret_keys && i < count; i++) {
        uint64_t value = 0;

        xe_rpc_hex_value(json_array_get(handles, i), &value);
        (*ret_keys)[used++] = (uint32_t)value;
    }
    return used;
}

static void tell_progress(struct xe_session *session)
{
    const struct xe_instance *instance =
        session->golden.call ? session->golden.instance : session->instance;
    const struct xe_rpc_progress_view view = {xe_instance_cycle(instance),
                                              xe__session_engine(instance)};

    session->host.event(session->host.ctx, "run.progress",
                        xe_rpc_write(&xe_rpc_progress_event, &view));
}

bool xe__session_poll(void *ctx)
{
    struct xe_session *session = ctx;
    uint64_t now;

    if (!session->host.service(session->host.ctx)) {
        session->gone = true;
        return false;
    }
    xe__session_waiters_check(session);
    now = session->host.now_ms(session->host.ctx);
    if (now >= session->progress_ms) {
        session->progress_ms = now + XE_SESSION_PROGRESS_MS;
        tell_progress(session);
    }
    return session->ask == XE_ASK_NOTHING;
}
