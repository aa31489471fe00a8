/* Members of diagnose.bundle: the rows of bundle.h's views. */
#include "rpc/report/bundle.h"
#include "rpc/api/rows.h"

#define BUNDLE struct xe_rpc_bundle_view

static const char *const schema_words[] = {XE_BUNDLE_SCHEMA, NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};

static const struct xe_rpc_type image = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("name", BUNDLE, title.name, &xe_rpc_guest, "of its file, without a folder"),
        M_MADE("sha256", BUNDLE, title.sha256, xe__rpc_member_sha256, "of its bytes"),
        M_HEX("title_id", BUNDLE, title.title_id, "as the image says"),
        M_END,
    }};

static const struct xe_rpc_field entry_item = {.name = "entry", .type = &xe_rpc_trail_entry};
static const struct xe_rpc_type entries = {.kind = XE_RPC_KIND_ARRAY, .items = &entry_item};
static const struct xe_rpc_type trail = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("every", BUNDLE, trail.every, "instructions", "between two; 0: there is none"),
        M_VALUE("items", BUNDLE, trail.items, &entries, "digests on the way, in order of cycles"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_bundle = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of bundles"),
        M_STRING("version", BUNDLE, version, "of the program that made it"),
        M_PART("image", &image, "the title, which is not in here"),
        M_VALUE("engine", BUNDLE, engine, &xe_rpc_engine_brief, "what ran it"),
        M_VALUE("config", BUNDLE, config, &xe_rpc_config, "settings that the guest can tell"),
        M_INT("cycle", BUNDLE, cycle, "instructions", "retired when it was made"),
        M_INT("virtual_us", BUNDLE, virtual_us, "us", "virtual time since boot"),
        M_VALUE("stop", BUNDLE, stop, &xe_rpc_stop, "why the last run stopped; absent: none has",
                WHEN_SET(BUNDLE, stop)),
        M_STRING("digest", BUNDLE, digest, "of the state"),
        M_VALUE("components", BUNDLE, components, &xe_rpc_components, "digest by component"),
        M_PART("trail", &trail, "digests on the way"),
        M_VALUE("input_log", BUNDLE, input_log, &xe_rpc_input_log,
                "what came in from outside; a run with it and the image is this one",
                WHEN_SET(BUNDLE, input_log)),
        M_STRING("no_log", BUNDLE, no_log, "why there is none: this run can't be run again",
                 WHEN_SET(BUNDLE, no_log)),
        M_VALUE("explain", BUNDLE, explain, &xe_rpc_explain, "diagnose.explain",
                WHEN_SET(BUNDLE, explain)),
        M_VALUE("milestones", BUNDLE, milestones, &xe_rpc_milestones, "diagnose.milestones",
                WHEN_SET(BUNDLE, milestones)),
        M_VALUE("thread_diagnostic", BUNDLE, threads, &xe_rpc_thread_diagnostic,
                "the first page; absent: it is too long", WHEN_SET(BUNDLE, threads)),
        M_VALUE("audit_report", BUNDLE, audit, &xe_rpc_audit_report,
                "of what threads wait for, the first page; absent: it is too long",
                WHEN_SET(BUNDLE, audit)),
        M_VALUE("log", BUNDLE, log, &xe_rpc_log_lines,
                "the newest lines; absent: they are too long", WHEN_SET(BUNDLE, log)),
        M_INT("log_dropped", BUNDLE, log_dropped, "lines", "older ones that are not in here"),
        M_END,
    }};
