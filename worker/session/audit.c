/* audit.*: the focus, the switch, the reports. */
#include <stdlib.h>

#include "rpc/report/audit_json.h"
#include "rpc/report/diagnostic_json.h"
#include "rpc/report/report_text.h"
#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"
#include "xe/explain.h"
#include "xe/promise.h"

/* Keys that no object has. */
static json_t *unknown_keys(struct xe_instance *instance, const uint32_t *keys, uint32_t count)
{
    struct xe_audit_report report;
    json_t *unknown = json_array();

    if (count == 0 ||
        !xe_audit_report_make(xe_instance_audit(instance), xe_instance_audit_world(instance), keys,
                              count, &report, NULL))
        return unknown;
    for (uint32_t i = 0; i < report.handles; i++)
        if (!report.handle[i].known)
            json_array_append_new(unknown, xe_rpc_hex32(report.handle[i].given_key));
    xe_audit_report_fini(&report);
    return unknown;
}

static void reply_focus(struct xe_rpc_call *call, struct xe_instance *instance)
{
    struct xe_rpc_focus_view view = {.base = xe__rpc_session_base(call, instance)};
    struct xe_audit_stats stats;

    xe_audit_stats_get(xe_instance_audit(instance), &stats);
    view.enabled = stats.enabled;
    view.key = xe_audit_focus_get(xe_instance_audit(instance), &view.keys);
    view.unknown = unknown_keys(instance, view.key, view.keys);
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_focus, &view));
    json_decref(view.unknown);
}

typedef bool focus_change(struct xe_audit *audit, const uint32_t *keys, uint32_t count,
                          struct xe_error *err);

/* Change the focus with the call's handles; a focus that is not empty turns the audit on. */
static void change_focus(struct xe_rpc_call *call, focus_change *change, bool enable)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_error err = XE_ERROR_INIT;
    uint32_t *keys = NULL, count;
    bool ok;

    if (!instance)
        return;
    count = xe__rpc_session_keys(json_object_get(call->params, "handles"), &keys);
    ok = change(xe_instance_audit(instance), keys, count, &err);
    free(keys);
    if (ok && enable && count > 0)
        xe_instance_audit_enable(instance, true);
    if (ok)
        reply_focus(call, instance);
    else
        xe_rpc_fail(call, &err);
}

void xe__rpc_audit_focus_get(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);

    if (instance)
        reply_focus(call, instance);
}

void xe__rpc_audit_focus_set(struct xe_rpc_call *call)
{
    change_focus(call, xe_audit_focus_set, true);
}

void xe__rpc_audit_focus_add(struct xe_rpc_call *call)
{
    change_focus(call, xe_audit_focus_add, true);
}

void xe__rpc_audit_focus_remove(struct xe_rpc_call *call)
{
    change_focus(call, xe_audit_focus_remove, false);
}

void xe__rpc_audit_focus_clear(struct xe_rpc_call *call)
{
    change_focus(call, xe_audit_focus_set, false);
}

/* "exports: why", one a path that makes no wait record. */
static json_t *unaudited_paths(void)
{
    json_t *list = json_array();
    uint32_t count;
    const struct xe_kernel_path *paths = xe_kernel_unaudited_paths(&count);

    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(list, json_sprintf("%s: %s", paths[i].name, paths[i].why));
    return list;
}

static void reply_status(struct xe_rpc_call *call, struct xe_instance *instance)
{
    struct xe_rpc_audit_status_view view = {.base = xe__rpc_session_base(call, instance),
                                            .unaudited = unaudited_paths()};
    struct xe_promise_totals promises;

    xe_audit_stats_get(xe_instance_audit(instance), &view.stats);
    xe_kernel_promise_totals(xe_instance_kernel(instance), &promises);
    view.promises_open = promises.open;
    for (uint32_t kind = 0; kind < XE_PROMISE_KINDS; kind++)
        view.promises_kept += promises.kept[kind];
    xe_rpc_reply(call, xe_rpc_write(&xe_rpc_audit_status, &view));
    json_decref(view.unaudited);
}

static void switch_audit(struct xe_rpc_call *call, bool on)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);

    if (!instance)
        return;
    xe_instance_audit_enable(instance, on);
    reply_status(call, instance);
}

void xe__rpc_audit_enable(struct xe_rpc_call *call)
{
    switch_audit(call, true);
}

void xe__rpc_audit_disable(struct xe_rpc_call *call)
{
    switch_audit(call, false);
}

void xe__rpc_audit_status(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);

    if (instance)
        reply_status(call, instance);
}

/* The report of a call: a page of its keys. NULL after failing the call. */
static json_t *report_on(struct xe_rpc_call *call, struct xe_instance *instance,
                         const uint32_t *keys, uint32_t count, enum xe_rpc_about about)
{
    struct xe_rpc_page page = {.cursor = (uint32_t)xe_rpc_arg_int(call, "cursor"), .keys = count};
    uint32_t limit = (uint32_t)xe_rpc_arg_int(call, "limit"), left;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_audit_report report;
    json_t *object = NULL;

    if (page.cursor > count)
        page.cursor = count;
    left = count - page.cursor;
    if (xe_explain_audit_report(xe_instance_kernel(instance), NULL, keys + page.cursor,
                                left < limit ? left : limit, &report, &err)) {
        object =
            xe_rpc_audit_report_json(&report, xe_rpc_arg_string(call, "instance"), about, &page);
        xe_audit_report_fini(&report);
        xe__rpc_session_add_callers(instance, object);
    } else {
        xe_rpc_fail(call, &err);
    }
    return object;
}

/* Nothing was named: what threads wait for explains itself. */
static json_t *report_on_blocking(struct xe_rpc_call *call, struct xe_instance *instance)
{
    uint32_t key[XE_RPC_BLOCKING_MAX];

    return report_on(call, instance, key, xe_rpc_blocking_keys(instance, key),
                     XE_RPC_ABOUT_BLOCKING);
}

static json_t *make_report(struct xe_rpc_call *call, struct xe_instance *instance)
{
    const json_t *handles = xe_rpc_arg_json(call, "handles");
    const uint32_t *focus;
    uint32_t *keys = NULL, count;
    json_t *object;

    focus = xe_audit_focus_get(xe_instance_audit(instance), &count);
    if (!handles && count == 0)
        return report_on_blocking(call, instance);
    if (!handles)
        return report_on(call, instance, focus, count, XE_RPC_ABOUT_FOCUS);
    count = xe__rpc_session_keys(handles, &keys);
    object = report_on(call, instance, keys, count, XE_RPC_ABOUT_HANDLES);
    free(keys);
    return object;
}

void xe__rpc_audit_report(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    json_t *report = instance ? make_report(call, instance) : NULL;

    if (report)
        xe__session_reply_report(call, instance, report, xe_report_audit_text);
}

void xe__rpc_audit_timeline(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    uint32_t limit = (uint32_t)xe_rpc_arg_int(call, "limit");
    uint64_t from = (uint64_t)xe_rpc_arg_int(call, "from_seq");
    struct xe_rpc_timeline_view view = {.key = xe_rpc_arg_u32(call, "key"), .next_seq = from};
    struct xe_audit_rec *records;
    json_t *result;

    if (!instance)
        return;
    view.base = xe__rpc_session_base(call, instance);
    view.rec = records = calloc(limit, sizeof(*records));
    if (records)
        view.recs = xe_audit_timeline(xe_instance_audit(instance), view.key, from, limit, records);
    if (view.recs)
        view.next_seq = records[view.recs - 1].seq + 1;
    result = xe_rpc_write(&xe_rpc_timeline, &view);
    free(records);
    xe__rpc_session_add_callers(instance, json_object_get(result, "items"));
    xe_rpc_reply(call, result);
}
