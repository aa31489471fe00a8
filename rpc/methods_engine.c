/* Rows that look at what runs the guest: counters, translations, host code. */
#include "rpc/rows.h"
#include "xe/engine.h"

#define COUNT(name, doc)                                                                           \
    {                                                                                              \
        name, &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, doc, 0                                   \
    }

static const char *const engine_words[] = {XE_ENGINE_WORDS, NULL};
const struct xe_rpc_type xe_rpc_engine_word = {.kind = XE_RPC_KIND_ENUM, .values = engine_words};

static const struct xe_rpc_type left_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        COUNT("budget", "a hardware thread's turn was over"),
        COUNT("jump", "to code not translated, or not yet linked"),
        COUNT("interpret", "for an instruction that the interpreter has to do"),
        COUNT("changed", "behind an instruction that changed code or a mode"), END}};

static const struct xe_rpc_type row_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"mnemonic", &xe_rpc_string, REQUIRED, 0, 0, "of the instruction", 0},
        COUNT("calls", "how often"),
        END}};
static const struct xe_rpc_field row_item = {"row", &row_object, REQUIRED, 0, 0, "a row", 0};
static const struct xe_rpc_type row_list = {.kind = XE_RPC_KIND_ARRAY, .items = &row_item};

#define ENGINE_MEMBERS                                                                             \
    {"engine", &xe_rpc_engine_word,                                                                \
     REQUIRED, 0,                                                                                  \
     0,        "in use: interpreter where the host cannot translate",                              \
     0},                                                                                           \
        {"asked", &xe_rpc_engine_word, REQUIRED, 0, 0, "what the instance was to have", 0},        \
        {"why", &xe_rpc_string, OPTIONAL, 0, 0, "it has another", 0},                              \
        COUNT("regions", "translations there are now"),                                            \
        COUNT("translated", "translations made so far"),                                           \
        COUNT("words", "guest instructions in them"), COUNT("code_bytes", "host code in them"),    \
        COUNT("flushes", "times that all translations were dropped"),                              \
        COUNT("invalidations", "translations dropped for changed code"),                           \
        COUNT("faults", "accesses and arithmetic done over by the interpreter"),                   \
        {"left", &left_object, REQUIRED, 0, 0, "how often translated code was left, and why", 0},  \
        COUNT("calls", "instructions in translated code done by calling the interpreter"),         \
        {"top", &row_list, REQUIRED, 0, 0, "instructions called most, at most 10", 0},             \
        COUNT("compared", "instructions of translated code that were right (engine check)")

const struct xe_rpc_type xe_rpc_engine = {
    .kind = XE_RPC_KIND_OBJECT, .fields = (const struct xe_rpc_field[]){ENGINE_MEMBERS, END}};

const struct xe_rpc_type xe_rpc_engine_brief = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"ran", &xe_rpc_engine_word, REQUIRED, 0, 0, "in use", 0},
        {"asked", &xe_rpc_engine_word, REQUIRED, 0, 0, "what the instance was to have", 0},
        {"why", &xe_rpc_string, OPTIONAL, 0, 0, "it has another", 0},
        {"compared", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX,
         "asked for check: instructions done by translated code and found right; when these are "
         "none, check did not run",
         0},
        END}};

static const struct xe_rpc_type engine_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){MEMBER_INSTANCE, MEMBER_CYCLE, ENGINE_MEMBERS, END}};

#define REGION_MEMBERS                                                                             \
    {"head", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "first instruction translated", 0},            \
        COUNT("words", "guest instructions"), COUNT("entries", "ways in"),                         \
        COUNT("code_bytes", "host code")

static const struct xe_rpc_type region_object = {
    .kind = XE_RPC_KIND_OBJECT, .fields = (const struct xe_rpc_field[]){REGION_MEMBERS, END}};
static const struct xe_rpc_field region_item = {"region", &region_object,  REQUIRED, 0,
                                                0,        "a translation", 0};
static const struct xe_rpc_type region_list = {.kind = XE_RPC_KIND_ARRAY, .items = &region_item};

static const struct xe_rpc_type list_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"items", &region_list, REQUIRED, 0, 0, "in the order in which they were made", 0},
        MEMBER_NEXT_CURSOR,
        END}};

static const char *const part_words[] = {"word", "head", "rest", NULL};
static const struct xe_rpc_type part_type = {.kind = XE_RPC_KIND_ENUM, .values = part_words};

static const struct xe_rpc_type line_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"part", &part_type, REQUIRED, 0, 0,
         "the instruction, what goes before a block, what is off the path of all", 0},
        {"address", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX, "of the instruction", 0},
        {"word", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX, "the instruction", 0},
        {"text", &xe_rpc_string, OPTIONAL, 0, 0, "its assembly", 0},
        {"code", &xe_rpc_string, REQUIRED, 0, 0,
         "host code in hexadecimal digits; none where the line before did it along", 0},
        END}};
static const struct xe_rpc_field line_item = {"line", &line_object, REQUIRED, 0, 0, "a part", 0};
static const struct xe_rpc_type line_list = {.kind = XE_RPC_KIND_ARRAY, .items = &line_item};

static const struct xe_rpc_type get_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        REGION_MEMBERS,
        {"lines", &line_list, REQUIRED, 0, 0, "in the order of the host code", 0},
        END}};

const struct xe_rpc_method xe_rpc_method_debug_engine = {
    .name = "debug.engine",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "What runs the instance, and counters of its translations. They are about the host: "
           "runs that are equal may differ in them.",
    .result = &engine_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_debug_jit_get = {
    .name = "debug.jit.get",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The translation that has a guest instruction, with the host code (x86-64) of each.",
    .result = &get_result,
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
    .result = &list_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE, PARAM_LIMIT, PARAM_CURSOR},
};
