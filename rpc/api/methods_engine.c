/* Rows that look at what runs the guest: counters, translations, host code. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define INFO   struct xe_engine_info
#define VIEW   struct xe_rpc_engine_view
#define REGION struct xe_region_info
#define ONE    struct xe_rpc_region_view
#define LINE   struct xe_rpc_region_line_view
#define TOP    struct xe_engine_top
#define LIST   struct xe_rpc_list_view

static const char *const engine_words[] = {XE_ENGINE_WORDS, NULL};
const struct xe_rpc_type xe_rpc_engine_word = {.kind = XE_RPC_KIND_ENUM, .values = engine_words};

/* ---- the engine ------------------------------------------------------------------------------ */

static const struct xe_rpc_type row_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("mnemonic", TOP, mnemonic, "of the instruction"),
        M_INT("calls", TOP, calls, NULL, "how often"),
        M_END,
    }};
static const struct xe_rpc_field row_item = {"row", &row_object, REQUIRED, 0, 0, "a row", 0};
static const struct xe_rpc_type row_list = {.kind = XE_RPC_KIND_ARRAY, .items = &row_item};

/* V has the struct xe_engine_info at `at`. */
#define LEFT(V, at)                                                                                \
    {                                                                                              \
        .kind = XE_RPC_KIND_OBJECT, .members = (const struct xe_rpc_member[])                      \
        {                                                                                          \
            M_INT("budget", V, at left_budget, NULL, "a hardware thread's turn was over"),         \
                M_INT("jump", V, at left_jump, NULL, "to code not translated, or not yet linked"), \
                M_INT("interpret", V, at left_interpret, NULL,                                     \
                      "for an instruction that the interpreter has to do"),                        \
                M_INT("changed", V, at left_changed, NULL,                                         \
                      "behind an instruction that changed code or a mode"),                        \
                M_END,                                                                             \
        }                                                                                          \
    }
static const struct xe_rpc_type info_left = LEFT(INFO, ), view_left = LEFT(VIEW, info.);

#define ASKED(V, at)                                                                               \
    M_VALUE("asked", V, at asked, &xe_rpc_engine_word, "what the instance was to have"),           \
        M_STRING("why", V, at why, "it has another", WHEN_SET(V, at why))

#define ENGINE(V, at, left)                                                                        \
    M_VALUE("engine", V, at engine, &xe_rpc_engine_word,                                           \
            "in use: interpreter where the host cannot translate"),                                \
        ASKED(V, at), M_INT("regions", V, at regions, NULL, "translations there are now"),         \
        M_INT("translated", V, at translated, NULL, "translations made so far"),                   \
        M_INT("words", V, at words, "instructions", "of the guest in them"),                       \
        M_INT("code_bytes", V, at code_bytes, "bytes", "of host code in them"),                    \
        M_INT("flushes", V, at flushes, NULL, "times that all translations were dropped"),         \
        M_INT("invalidations", V, at invalidations, NULL,                                          \
              "translations dropped for changed code"),                                            \
        M_INT("faults", V, at faults, NULL,                                                        \
              "accesses and arithmetic done over by the interpreter"),                             \
        M_PART("left", left, "how often translated code was left, and why"),                       \
        M_INT("calls", V, at calls, "instructions",                                                \
              "in translated code done by calling the interpreter"),                               \
        M_ARRAY("top", V, at top, at tops, &row_list, "instructions called most, at most 10"),     \
        M_INT("compared", V, at compared, "instructions",                                          \
              "of translated code that were right (engine check)")

const struct xe_rpc_type xe_rpc_engine = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){ENGINE(INFO, , &info_left), M_END}};

const struct xe_rpc_type xe_rpc_engine_brief = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("ran", INFO, engine, &xe_rpc_engine_word, "in use"),
        ASKED(INFO, ),
        M_INT("compared", INFO, compared, "instructions",
              "asked for check: done by translated code and found right; when these are none, "
              "check did not run",
              WHEN(INFO, asked, XE_ENGINE_CHECK)),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_engine_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){M_BASE(VIEW, base.), ENGINE(VIEW, info., &view_left),
                                              M_END}};

/* ---- translations ---------------------------------------------------------------------------- */

#define REGION_MEMBERS(V, at)                                                                      \
    M_HEX("head", V, at head, "first instruction translated"),                                     \
        M_INT("words", V, at words, "instructions", "of the guest"),                               \
        M_INT("entries", V, at entries, NULL, "ways in"),                                          \
        M_INT("code_bytes", V, at code_bytes, "bytes", "of host code")

const struct xe_rpc_type xe_rpc_region = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){REGION_MEMBERS(REGION, ), M_END}};
static const struct xe_rpc_field region_item = {"region", &xe_rpc_region,  REQUIRED, 0,
                                                0,        "a translation", 0};
static const struct xe_rpc_type region_list = {.kind = XE_RPC_KIND_ARRAY, .items = &region_item};

const struct xe_rpc_type xe_rpc_region_page = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(LIST, base.),
        M_VALUE("items", LIST, items, &region_list, "in the order in which they were made"),
        M_NEXT_CURSOR(LIST, next_cursor),
        M_END,
    }};

static const char *const part_words[] = {XE_REGION_WORDS, NULL};
static const struct xe_rpc_type part_type = {.kind = XE_RPC_KIND_ENUM, .values = part_words};

const struct xe_rpc_type xe_rpc_region_line = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("part", LINE, line.part, &part_type,
                "the instruction, what goes before a block, what is off the path of all"),
        M_HEX("address", LINE, line.address, "of the instruction",
              WHEN_NOT(LINE, line.part, XE_REGION_REST)),
        M_HEX("word", LINE, line.word, "the instruction", WHEN(LINE, line.part, XE_REGION_WORD)),
        M_STRING("text", LINE, text, "its assembly", WHEN(LINE, line.part, XE_REGION_WORD)),
        M_STRING("code", LINE, code,
                 "host code in hexadecimal digits; none where the line before did it along"),
        M_END,
    }};
static const struct xe_rpc_field line_item = {"line", &xe_rpc_region_line, REQUIRED, 0, 0, "a part",
                                              0};
static const struct xe_rpc_type line_list = {.kind = XE_RPC_KIND_ARRAY, .items = &line_item};

const struct xe_rpc_type xe_rpc_region_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(ONE, base.),
        REGION_MEMBERS(ONE, info.),
        M_VALUE("lines", ONE, lines, &line_list, "in the order of the host code"),
        M_END,
    }};

/* ---- methods --------------------------------------------------------------------------------- */

const struct xe_rpc_method xe_rpc_method_debug_engine = {
    .name = "debug.engine",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "What runs the instance, and counters of its translations. They are about the host: "
           "runs that are equal may differ in them.",
    .result = &xe_rpc_engine_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_debug_jit_get = {
    .name = "debug.jit.get",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The translation that has a guest instruction, with the host code (x86-64) of each.",
    .result = &xe_rpc_region_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_HANDLE_UNKNOWN, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"address", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "of the instruction", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_debug_jit_list = {
    .name = "debug.jit.list",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The translations there are now.",
    .result = &xe_rpc_region_page,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE, PARAM_LIMIT, PARAM_CURSOR},
};
