/* The session itself: which handler answers what, and what handlers share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

static xe_rpc_handler *const handlers[XE_RPC_METHODS] = {
    [XE_RPC_M_audit_disable] = xe__rpc_audit_disable,
    [XE_RPC_M_audit_enable] = xe__rpc_audit_enable,
    [XE_RPC_M_audit_focus_add] = xe__rpc_audit_focus_add,
    [XE_RPC_M_audit_focus_clear] = xe__rpc_audit_focus_clear,
    [XE_RPC_M_audit_focus_get] = xe__rpc_audit_focus_get,
    [XE_RPC_M_audit_focus_remove] = xe__rpc_audit_focus_remove,
    [XE_RPC_M_audit_focus_set] = xe__rpc_audit_focus_set,
    [XE_RPC_M_audit_report] = xe__rpc_audit_report,
    [XE_RPC_M_audit_status] = xe__rpc_audit_status,
    [XE_RPC_M_audit_timeline] = xe__rpc_audit_timeline,
    [XE_RPC_M_container_inspect] = xe__session_container_inspect,
    [XE_RPC_M_debug_break_enable] = xe__rpc_debug_break_enable,
    [XE_RPC_M_debug_break_list] = xe__rpc_debug_break_list,
    [XE_RPC_M_debug_break_remove] = xe__rpc_debug_break_remove,
    [XE_RPC_M_debug_break_set] = xe__rpc_debug_break_set,
    [XE_RPC_M_debug_disassemble] = xe__rpc_debug_disassemble,
    [XE_RPC_M_debug_engine] = xe__rpc_debug_engine,
    [XE_RPC_M_debug_jit_get] = xe__rpc_debug_jit_get,
    [XE_RPC_M_debug_jit_list] = xe__rpc_debug_jit_list,
    [XE_RPC_M_debug_symbols_load] = xe__rpc_debug_symbols_load,
    [XE_RPC_M_debug_symbols_lookup] = xe__rpc_debug_symbols_lookup,
    [XE_RPC_M_diagnose_bundle] = xe__session_diagnose_bundle,
    [XE_RPC_M_diagnose_explain] = xe__rpc_diagnose_explain,
    [XE_RPC_M_diagnose_livelock] = xe__session_diagnose_livelock,
    [XE_RPC_M_diagnose_milestones] = xe__session_diagnose_milestones,
    [XE_RPC_M_diagnose_wait_graph] = xe__rpc_diagnose_wait_graph,
    [XE_RPC_M_digest_get] = xe__rpc_digest_get,
    [XE_RPC_M_digest_trail] = xe__rpc_digest_trail,
    [XE_RPC_M_golden_check] = xe__rpc_golden_check,
    [XE_RPC_M_golden_record] = xe__rpc_golden_record,
    [XE_RPC_M_audio_capture] = xe__session_audio_capture,
    [XE_RPC_M_audio_hash] = xe__session_audio_hash,
    [XE_RPC_M_audio_read] = xe__session_audio_read,
    [XE_RPC_M_audio_status] = xe__session_audio_status,
    [XE_RPC_M_vfs_list] = xe__session_vfs_list,
    [XE_RPC_M_vfs_mounts] = xe__session_vfs_mounts,
    [XE_RPC_M_vfs_overlay_diff] = xe__session_vfs_overlay_diff,
    [XE_RPC_M_vfs_overlay_reset] = xe__session_vfs_overlay_reset,
    [XE_RPC_M_vfs_read] = xe__session_vfs_read,
    [XE_RPC_M_vfs_stat] = xe__session_vfs_stat,
    [XE_RPC_M_frame_diff] = xe__session_frame_diff,
    [XE_RPC_M_frame_get] = xe__session_frame_get,
    [XE_RPC_M_frame_hash] = xe__session_frame_hash,
    [XE_RPC_M_frame_list] = xe__session_frame_list,
    [XE_RPC_M_gpu_counters] = xe__session_gpu_counters,
    [XE_RPC_M_gpu_registers] = xe__session_gpu_registers,
    [XE_RPC_M_gpu_shaders] = xe__session_gpu_shaders,
    [XE_RPC_M_gpu_state] = xe__session_gpu_state,
    [XE_RPC_M_image_disassemble] = xe__rpc_image_disassemble,
    [XE_RPC_M_image_inspect] = xe__rpc_image_inspect,
    [XE_RPC_M_image_symbols] = xe__rpc_image_symbols,
    [XE_RPC_M_input_get] = xe__session_input_get,
    [XE_RPC_M_input_poll_log] = xe__session_input_poll_log,
    [XE_RPC_M_input_press] = xe__session_input_press,
    [XE_RPC_M_input_script_load] = xe__session_input_script_load,
    [XE_RPC_M_input_script_status] = xe__session_input_script_status,
    [XE_RPC_M_input_set] = xe__session_input_set,
    [XE_RPC_M_net_close] = xe__session_net_close,
    [XE_RPC_M_net_connect] = xe__session_net_connect,
    [XE_RPC_M_net_listen] = xe__session_net_listen,
    [XE_RPC_M_net_name] = xe__session_net_name,
    [XE_RPC_M_net_recv] = xe__session_net_recv,
    [XE_RPC_M_net_send] = xe__session_net_send,
    [XE_RPC_M_net_status] = xe__session_net_status,
    [XE_RPC_M_instance_create] = xe__rpc_instance_create,
    [XE_RPC_M_instance_fork] = xe__rpc_instance_fork,
    [XE_RPC_M_instance_reset] = xe__rpc_instance_reset,
    [XE_RPC_M_log_tail] = xe__rpc_log_tail,
    [XE_RPC_M_mem_read] = xe__rpc_mem_read,
    [XE_RPC_M_mem_write] = xe__rpc_mem_write,
    [XE_RPC_M_module_list] = xe__session_module_list,
    [XE_RPC_M_object_list] = xe__rpc_object_list,
    [XE_RPC_M_record_start] = xe__rpc_record_start,
    [XE_RPC_M_record_stop] = xe__rpc_record_stop,
    [XE_RPC_M_replay_start] = xe__rpc_replay_start,
    [XE_RPC_M_replay_status] = xe__rpc_replay_status,
    [XE_RPC_M_run_cancel] = xe__rpc_run_cancel,
    [XE_RPC_M_run_get] = xe__rpc_run_get,
    [XE_RPC_M_run_pause] = xe__rpc_run_pause,
    [XE_RPC_M_run_start] = xe__rpc_run_start,
    [XE_RPC_M_run_step] = xe__rpc_run_step,
    [XE_RPC_M_run_wait] = xe__rpc_run_wait,
    [XE_RPC_M_snapshot_load] = xe__rpc_snapshot_load,
    [XE_RPC_M_snapshot_save] = xe__rpc_snapshot_save,
    [XE_RPC_M_thread_diagnostic] = xe__rpc_thread_diagnostic,
    [XE_RPC_M_thread_list] = xe__rpc_thread_list,
    [XE_RPC_M_thread_registers] = xe__rpc_thread_registers,
    [XE_RPC_M_thread_set_registers] = xe__rpc_thread_set_registers,
    [XE_RPC_M_title_exports] = xe__rpc_title_exports,
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
        xe__rpc_session_golden_work(session);
    else if (session->active)
        xe__rpc_session_run_work(session);
    else
        return false;
    return true;
}

struct xe_instance *xe__rpc_session_instance(struct xe_rpc_call *call)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_session *session = xe__session(call);

    if (session->instance)
        return session->instance;
    xe_error_set(&err, XE_ERR_INSTANCE_WRONG_STATE, "no title is loaded yet");
    xe_rpc_fail(call, &err);
    return NULL;
}

struct xe_rpc_base xe__rpc_session_base(const struct xe_rpc_call *call,
                                        const struct xe_instance *instance)
{
    return (struct xe_rpc_base){xe_rpc_arg_string(call, "instance"), xe_instance_cycle(instance)};
}

void xe__session_reply_changed(struct xe_rpc_call *call, const struct xe_instance *instance)
{
    const struct xe_rpc_base base = xe__rpc_session_base(call, instance);

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
    view = (struct xe_rpc_text_view){xe__rpc_session_base(call, instance), text ? text : ""};
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_text_result, &view));
    free(text);
    json_decref(report);
}

uint32_t xe__rpc_session_keys(const json_t *handles, uint32_t **ret_keys)
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

bool xe__rpc_session_poll(void *ctx)
{
    struct xe_session *session = ctx;
    uint64_t now;

    if (!session->host.service(session->host.ctx)) {
        session->gone = true;
        return false;
    }
    if (session->instance)
        xe__rpc_session_tell_taint(session);
    xe__rpc_session_waiters_check(session);
    now = session->host.now_ms(session->host.ctx);
    if (now >= session->progress_ms) {
        session->progress_ms = now + XE_SESSION_PROGRESS_MS;
        tell_progress(session);
    }
    return session->ask == XE_ASK_NOTHING;
}
