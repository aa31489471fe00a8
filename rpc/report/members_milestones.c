/* Members of diagnose.milestones: the rows of milestones_json.h's views. */
#include "rpc/report/milestones_json.h"
#include "rpc/api/rows.h"

#define MILESTONE_VIEW struct xe_rpc_milestone_view
#define ALL            struct xe_rpc_milestones_view

static const struct xe_rpc_type milestone = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("name", MILESTONE_VIEW, it.name, &xe_rpc_guest, "which one"),
        M_BOOL("own", MILESTONE_VIEW, own, "the title named it, by a line that it printed"),
        M_VALUE("doc", MILESTONE_VIEW, it.doc, &xe_rpc_text_or_null,
                "what reaches it; null: the title's own line does",
                GIVEN_SET(MILESTONE_VIEW, it.doc)),
        M_BOOL("reached", MILESTONE_VIEW, it.reached, "it has come so far"),
        M_INT_OR_NULL("cycle", MILESTONE_VIEW, it.cycle, "instructions",
                      "when it did; null: not yet", GIVEN(MILESTONE_VIEW, it.reached, true)),
        M_INT("tid", MILESTONE_VIEW, it.tid, NULL, "the thread that did",
              WHEN_SET(MILESTONE_VIEW, it.tid)),
        M_HEX("lr", MILESTONE_VIEW, it.lr, "where its call returns to",
              WHEN_SET(MILESTONE_VIEW, it.lr)),
        M_VALUE("place", MILESTONE_VIEW, place, &xe_rpc_guest, "that address by name",
                WHEN_SET(MILESTONE_VIEW, place)),
        M_END,
    }};
static const struct xe_rpc_field milestone_item = {"milestone", &milestone, REQUIRED, 0,
                                                   0,           "one",      0};
static const struct xe_rpc_type milestones = {.kind = XE_RPC_KIND_ARRAY, .items = &milestone_item};

static const struct xe_rpc_type code = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("exports", ALL, count.exports, NULL, "kernel exports that were called"),
        M_INT("call_sites", ALL, count.sites, NULL, "places in the title that called one"),
        M_BOOL("call_sites_full", ALL, count.sites_full, "there are more than can be told apart"),
        M_INT("newest_cycle", ALL, count.site_cycle, "instructions",
              "when the newest of those places was reached; 0: none was"),
        M_END,
    }};

static const struct xe_rpc_type pictures = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("made", ALL, pictures.made, NULL, "pictures shown and made so far"),
        M_INT("distinct", ALL, pictures.distinct, NULL,
              "of them, that no earlier one was like; 4096: that many or more"),
        M_INT("alike", ALL, pictures.alike, NULL,
              "the newest ones that are one picture: many, and it stands still"),
        M_END,
    }};

static const char *const schema_words[] = {"xe360/milestones/1", NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};

const struct xe_rpc_type xe_rpc_milestones = {
    .kind = XE_RPC_KIND_OBJECT,
    .other = &xe_rpc_text_result,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of this report"),
        M_STRING("instance", ALL, instance, "instance id"),
        M_INT("cycle", ALL, cycle, "instructions", "retired so far"),
        M_INT("reached", ALL, count.reached, NULL, "how many, with the title's own"),
        M_INT("all", ALL, all, NULL, "how many are in the list"),
        M_LIST("milestones", ALL, milestone, milestones, &milestones,
               "those of every title, then this one's own as they came"),
        M_INT("own_total", ALL, count.own, NULL, "of its own, with those not kept"),
        M_PART("code", &code, "how much of the title's code was reached, as its calls show"),
        M_PART("pictures", &pictures, "what it has shown; absent: nobody draws (renderer)",
               WHEN_SET(ALL, drawn)),
        M_END,
    }};
