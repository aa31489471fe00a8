/* diagnose.bundle: a run as somebody else can run it again. Nothing of the host goes in: of paths
 * only a title's last name, and of settings only those that the guest can tell. */
#include <stdio.h>

#include "rpc/api/rows.h"
#include "rpc/report/audit_json.h"
#include "rpc/report/bundle.h"
#include "rpc/report/diagnostic_json.h"
#include "rpc/report/explain_json.h"
#include "rpc/report/milestones_json.h"
#include "worker/session/session_internal.h"
#include "xe/explain.h"

#define ID                                                                                         \
    "local" /* what its reports call the instance: the daemon's name says nothing elsewhere */

/* ---- digests and inputs ---------------------------------------------------------------------- */

/* Every n-th, so that they fit; at multiples of n times as many cycles. */
static void fill_trail(const struct xe_instance *instance, struct xe_rpc_bundle_trail *ret)
{
    const struct xe_trail *trail = xe_instance_trail(instance);
    uint64_t stride = 1;

    ret->items = json_array();
    while (trail->entries / stride > XE_BUNDLE_TRAIL)
        stride *= 2;
    ret->every = trail->every * stride;
    for (size_t i = 0; i < trail->entries && ret->every; i++)
        if (trail->entry[i].cycle % ret->every == 0)
            json_array_append_new(ret->items, xe__session_trail_entry(&trail->entry[i]));
}

static void fill_state(struct xe_instance *instance, struct xe_rpc_bundle_view *view)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_input_log log;
    struct xe_digest digest;

    xe_instance_digest(instance, &digest);
    xe_digest_text(digest.hash, view->digest);
    view->components = xe__rpc_session_digest_json(&digest);
    fill_trail(instance, &view->trail);
    if (xe_instance_inputs_log(instance, &log, &err))
        view->input_log = xe__session_inputs_json(instance, &log);
    else
        snprintf(view->no_log, sizeof(view->no_log), "%s", err.text);
}

/* ---- reports --------------------------------------------------------------------------------- */

static json_t *audit_json(struct xe_instance *instance)
{
    uint32_t key[XE_RPC_BLOCKING_MAX], keys = xe_rpc_blocking_keys(instance, key);
    struct xe_rpc_page page = {.keys = keys};
    struct xe_audit_report report;
    json_t *object;

    if (!xe_explain_audit_report(xe_instance_kernel(instance), NULL, key,
                                 keys < XE_BUNDLE_HANDLES ? keys : XE_BUNDLE_HANDLES, &report,
                                 NULL))
        return NULL;
    object = xe_rpc_audit_report_json(&report, ID, XE_RPC_ABOUT_BLOCKING, &page);
    xe_audit_report_fini(&report);
    xe__rpc_session_add_callers(instance, object);
    return object;
}

struct lines {
    uint64_t all, skip;
    json_t *items;
};

static bool count_line(void *ctx, const struct xe_log_line *line)
{
    (void)line;
    ((struct lines *)ctx)->all++;
    return true;
}

static bool take_line(void *ctx, const struct xe_log_line *line)
{
    struct lines *lines = ctx;

    if (lines->skip)
        lines->skip--;
    else
        json_array_append_new(lines->items, xe_rpc_write(&xe_rpc_log_line, line));
    return true;
}

static void fill_log(struct xe_instance *instance, struct xe_rpc_bundle_view *view)
{
    struct lines lines = {.items = json_array()};
    uint64_t next = xe_log_visit(xe_instance_log(instance), 0, count_line, &lines);

    lines.skip = lines.all > XE_BUNDLE_LINES ? lines.all - XE_BUNDLE_LINES : 0;
    view->log_dropped = (next > 0 ? next - 1 - lines.all : 0) + lines.skip;
    xe_log_visit(xe_instance_log(instance), 0, take_line, &lines);
    view->log = lines.items;
}

static void fill_reports(struct xe_instance *instance, struct xe_rpc_bundle_view *view)
{
    view->explain = xe_rpc_explain_json(instance, ID);
    view->milestones = xe_rpc_milestones_json(instance, ID);
    view->threads = xe_rpc_diagnostic_json(instance, ID, 0, XE_BUNDLE_THREADS);
    view->audit = audit_json(instance);
    fill_log(instance, view);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static size_t size_of(const json_t *json)
{
    return json ? json_dumpb(json, NULL, 0, JSON_COMPACT) : 0;
}

static void drop(json_t **report)
{
    json_decref(*report);
    *report = NULL;
}

static json_t *write_bundle(struct xe_rpc_bundle_view *view)
{
    json_t **const report[] = {&view->audit, &view->threads, &view->log, &view->explain};
    json_t *result = xe_rpc_write(&xe_rpc_bundle, view);

    while (size_of(result) > XE_BUNDLE_SIZE) {
        size_t longest = 0;

        for (size_t i = 1; i < sizeof(report) / sizeof(report[0]); i++)
            if (size_of(*report[i]) > size_of(*report[longest]))
                longest = i;
        if (!*report[longest])
            break;
        if (report[longest] == &view->log)
            view->log_dropped += json_array_size(view->log);
        drop(report[longest]);
        json_decref(result);
        result = xe_rpc_write(&xe_rpc_bundle, view);
    }
    return result;
}

static void fill_about(struct xe_instance *instance, struct xe_rpc_bundle_view *view)
{
    const struct xe_stop_info *info = xe_instance_stop_info(instance);
    struct xe_rpc_stop_view stop;

    view->engine = xe__rpc_session_engine_brief(instance);
    view->config = xe__session_config_all(xe_instance_config_get(instance));
    if (info->reason == XE_STOP_NONE)
        return;
    stop = xe__rpc_session_stop_at(instance, info, xe_instance_stop_detail(instance));
    view->stop = xe_rpc_write(&xe_rpc_stop, &stop);
}

static void free_view(const struct xe_rpc_bundle_view *view)
{
    json_t *const owned[] = {view->engine,    view->stop,        view->config,  view->components,
                             view->input_log, view->trail.items, view->explain, view->milestones,
                             view->threads,   view->audit,       view->log};

    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
        json_decref(owned[i]);
}

void xe__session_diagnose_bundle(struct xe_rpc_call *call)
{
    struct xe_instance *instance = xe__rpc_session_instance(call);
    struct xe_rpc_bundle_view view = {.version = PACKAGE_VERSION};

    if (!instance)
        return;
    view.cycle = xe_instance_cycle(instance);
    view.virtual_us = xe_instance_virtual_us(instance);
    xe_instance_title(instance, &view.title);
    fill_about(instance, &view);
    fill_state(instance, &view);
    fill_reports(instance, &view);
    xe_rpc_reply(call, write_bundle(&view));
    free_view(&view);
}
