/* Audit reports as JSON. Counts are integers; handles, addresses and statuses "0x..." strings.
 * The text report is rendered from this object alone, so whatever it prints must be here. */
#include "rpc/audit_json.h"

#include "rpc/json_bits.h"
#include "rpc/rpc.h"

static const char *class_name(bool guest)
{
    return guest ? "GuestExport" : "KernelInternal";
}

/* ---- records --------------------------------------------------------------------------------- */

static void add_wait_fields(json_t *object, const struct xe_audit_rec *rec)
{
    if (rec->wait_id)
        json_object_set_new(object, "wait_id", xe__json_count(rec->wait_id));
    if (rec->op != XE_AUDIT_OP_WAIT)
        return;
    json_object_set_new(object, "wait_type", json_string(rec->wait_all ? "all" : "any"));
    json_object_set_new(object, "timeout_100ns",
                        rec->timeout == INT64_MAX ? json_null() : json_integer(rec->timeout));
}

static void add_frames(json_t *object, const struct xe_audit_rec *rec)
{
    json_t *frames = json_array();

    for (uint32_t i = 0; i < rec->frame_count && i < XE_AUDIT_FRAMES; i++)
        json_array_append_new(frames, xe_rpc_hex32(rec->frames[i]));
    json_object_set_new(object, "frames", frames);
}

static void add_origin(json_t *object, const struct xe_audit_rec *rec)
{
    if (!rec->origin_src)
        return;
    json_object_set_new(object, "origin",
                        json_pack("{s:o, s:o, s:o, s:s}", "cycle",
                                  xe__json_count(rec->origin_cycle), "tid",
                                  xe__json_count(rec->origin_tid), "lr",
                                  xe_rpc_hex32(rec->origin_lr), "src", rec->origin_src));
}

static void add_effect(json_t *object, const struct xe_audit_rec *rec)
{
    json_object_set_new(object, "effect", json_string(xe_audit_effect_name(rec->effect)));
    json_object_set_new(object, "status", xe_rpc_hex32(rec->status));
    json_object_set_new(object, "waiters_at", xe__json_count(rec->waiters_at));
    json_object_set_new(object, "eligible_at", xe__json_count(rec->eligible_at));
    json_object_set_new(object, "woken", xe__json_count(rec->woken));
    json_object_set_new(object, "prev_state", json_integer(rec->prev_state));
    json_object_set_new(object, "new_state", json_integer(rec->new_state));
    if (rec->op == XE_AUDIT_OP_WAKE)
        json_object_set_new(object, "tid_woken", xe__json_count(rec->tid_woken));
}

json_t *xe_rpc_audit_rec_json(const struct xe_audit_rec *rec)
{
    json_t *object = json_pack("{s:o, s:o, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:b}", "cycle",
                               xe__json_count(rec->cycle), "seq", xe__json_count(rec->seq), "tid",
                               xe__json_count(rec->tid), "op", xe_audit_op_name(rec->op), "class",
                               class_name(rec->guest), "src", rec->src ? rec->src : "?", "lr",
                               xe_rpc_hex32(rec->lr), "pc", xe_rpc_hex32(rec->pc), "hw_thread",
                               xe__json_count(rec->hw_thread), "ghost", (int)rec->ghost);

    if (!object)
        return NULL;
    add_effect(object, rec);
    add_wait_fields(object, rec);
    add_frames(object, rec);
    add_origin(object, rec);
    return object;
}

/* ---- one handle ------------------------------------------------------------------------------ */

static json_t *waiters_json(const struct xe_audit_handle_report *h)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < h->waiters; i++) {
        const struct xe_audit_waiter *w = &h->waiter[i];

        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:o, s:s, s:b}", "tid", xe__json_count(w->tid), "name",
                            xe__json_guest(w->name), "since_cycle", xe__json_count(w->since_cycle),
                            "lr", xe_rpc_hex32(w->lr), "src", w->src ? w->src : "?", "recorded",
                            (int)w->recorded));
    }
    return list;
}

static json_t *diagnosis_json(const struct xe_audit_diagnosis *d)
{
    json_t *evidence = json_array();

    for (uint32_t i = 0; i < d->evidence_count; i++)
        json_array_append_new(evidence, xe__json_count(d->evidence[i]));
    return json_pack("{s:s, s:s, s:i, s:s, s:o, s:o}", "code", d->code, "sub", d->sub, "branch",
                     (int)d->branch, "text", d->text, "detail", xe__json_guest(d->detail),
                     "evidence", evidence);
}

static json_t *flags_json(const struct xe_audit_handle_report *h)
{
    json_t *flags = json_array();

    if (h->blind)
        json_array_append_new(flags, json_string("AUDIT_BLIND"));
    if (h->partial)
        json_array_append_new(flags, json_string("AUDIT_PARTIAL"));
    return flags;
}

static json_t *aliases_json(const struct xe_audit_handle_report *h)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < h->alias_count; i++)
        json_array_append_new(list, xe_rpc_hex32(h->aliases[i]));
    return list;
}

static json_t *attempts_json(const struct xe_audit_handle_report *h)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "total", xe__json_count(h->signal_attempts.total),
                     "primary", xe__json_count(h->signal_attempts.primary), "ghost",
                     xe__json_count(h->signal_attempts.ghost), "dropped",
                     xe__json_count(h->signal_attempts.dropped), "failed",
                     xe__json_count(h->failed));
}

static void add_timeline(json_t *object, const struct xe_audit_handle_report *h)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < h->timeline_count; i++)
        json_array_append_new(list, xe_rpc_audit_rec_json(&h->timeline[i]));
    json_object_set_new(object, "timeline", list);
    json_object_set_new(object, "timeline_total", xe__json_count(h->timeline_total));
}

static void add_life(json_t *object, const struct xe_audit_handle_report *h)
{
    json_object_set_new(object, "created",
                        h->has_created ? xe_rpc_audit_rec_json(&h->created) : json_null());
    json_object_set_new(object, "closed",
                        h->has_closed ? xe_rpc_audit_rec_json(&h->closed) : json_null());
}

static json_t *handle_json(const struct xe_audit_handle_report *h)
{
    char kind[64];
    json_t *object;

    xe_audit_kind_text(&h->kind, kind, sizeof(kind));
    object = json_pack(
        "{s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "key",
        xe_rpc_hex32(h->key), "given", xe_rpc_hex32(h->given_key), "generation",
        xe__json_count(h->generation), "kind", kind, "waiters", xe__json_count(h->waiters),
        "signaled", h->known ? json_boolean(h->signaled) : json_null(), "signal_attempts",
        attempts_json(h), "waits", xe__json_count(h->waits), "wakes", xe__json_count(h->wakes),
        "resets", xe__json_count(h->resets), "flags", flags_json(h), "aliases", aliases_json(h),
        "peek", h->peek[0] ? xe__json_guest(h->peek) : json_null());
    if (!object)
        return NULL;
    add_life(object, h);
    add_timeline(object, h);
    json_object_set_new(object, "waiters_list", waiters_json(h));
    json_object_set_new(object, "diagnosis", diagnosis_json(&h->diagnosis));
    return object;
}

/* ---- the report ------------------------------------------------------------------------------ */

/* How many handles each code explains; a map from code to count, codes that do not occur left out.
 */
static json_t *summary_json(const struct xe_audit_report *report)
{
    json_t *codes = json_object();

    for (uint32_t i = 0; i < report->handles; i++) {
        const char *code = report->handle[i].diagnosis.code;
        json_int_t n = json_integer_value(json_object_get(codes, code));

        json_object_set_new(codes, code, json_integer(n + 1));
    }
    return json_pack("{s:o, s:o}", "handles", xe__json_count(report->handles), "codes", codes);
}

json_t *xe_rpc_audit_report_json(const struct xe_audit_report *report, const char *instance)
{
    json_t *handles = json_array();

    for (uint32_t i = 0; i < report->handles; i++)
        json_array_append_new(handles, handle_json(&report->handle[i]));
    return json_pack("{s:s, s:s, s:o, s:o, s:b, s:b, s:o, s:o}", "schema", "xe360/audit-report/1",
                     "instance", instance ? instance : "", "cycle", xe__json_count(report->cycle),
                     "seq", xe__json_count(report->seq), "enabled", (int)report->enabled,
                     "interfered", (int)report->interfered, "handles", handles, "summary",
                     summary_json(report));
}
