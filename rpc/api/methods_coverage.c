/* The row of system.coverage: what this build has of the console. */
#include "rpc/api/coverage_json.h"
#include "rpc/api/rows.h"

#define ROW  struct xe_coverage_row
#define SUM  struct xe_rpc_coverage_sum_view
#define PAGE struct xe_rpc_coverage_view

static const char *const state_words[] = {XE_RPC_COVERAGE_STATES, NULL};
const struct xe_rpc_type xe_rpc_coverage_state = {.kind = XE_RPC_KIND_ENUM, .values = state_words};

#define KIND(NAME, word, doc) word,
static const char *const kind_words[] = {XE_COVERAGE_KINDS_OF(KIND) NULL};
#undef KIND
static const struct xe_rpc_type kind = {.kind = XE_RPC_KIND_ENUM, .values = kind_words};

const struct xe_rpc_type xe_rpc_coverage_item = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("kind", ROW, kind, &kind, "what it is"),
        M_STRING("module", ROW, module,
                 "of exports xboxkrnl, xam or xbdm; of registers whose; else empty"),
        M_INT("number", ROW, number, NULL, "ordinal, opcode, index, offset or address"),
        M_STRING("name", ROW, name, "as lists of the console have it"),
        M_VALUE("state", ROW, state, &xe_rpc_coverage_state, "is it there?"),
        M_VALUE("lacks", ROW, lacks, &xe_rpc_text_or_null,
                "of what is partial: what isn't there of it", GIVEN_SET(ROW, lacks)),
        M_VALUE("why", ROW, why, &xe_rpc_text_or_null,
                "of exports that are missing: why, where somebody has said that",
                GIVEN_SET(ROW, why)),
        M_END,
    }};
static const struct xe_rpc_field item = {"row", &xe_rpc_coverage_item, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type items = {.kind = XE_RPC_KIND_ARRAY, .items = &item};

const struct xe_rpc_type xe_rpc_coverage_sum = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("kind", SUM, kind, &kind, "what is counted"),
        M_STRING("doc", SUM, doc, "the kind in words"),
        M_INT("done", SUM, count[XE_COVERAGE_DONE], NULL, "there, as far as anybody knows"),
        M_INT("partial", SUM, count[XE_COVERAGE_PARTIAL], NULL, "there, but not all of it"),
        M_INT("missing", SUM, count[XE_COVERAGE_MISSING], NULL, "not there"),
        M_END,
    }};
static const struct xe_rpc_field sum = {"sum", &xe_rpc_coverage_sum, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type sums = {.kind = XE_RPC_KIND_ARRAY, .items = &sum};

const struct xe_rpc_type xe_rpc_coverage = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("summary", PAGE, summary, &sums,
                "of all that what and module choose, whatever their state"),
        M_VALUE("items", PAGE, items, &items, "by kind, module and number"),
        M_NEXT_CURSOR(PAGE, next_cursor),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_system_coverage = {
    .name = "system.coverage",
    .place = XE_RPC_DAEMON,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "What this build has of the console, what it has in part, and what it lacks.",
    .result = &xe_rpc_coverage,
    .params =
        {
            {"what", &kind, OPTIONAL, 0, 0, "only these", 0},
            {"state", &xe_rpc_coverage_state, OPTIONAL, 0, 0, "only what is so", 0},
            {"module", &xe_rpc_string, OPTIONAL, 1, 64, "only of this, like xam or GPU", 0},
            PARAM_LIMIT,
            PARAM_CURSOR,
        },
};
