/* Rows of record.*, replay.* and digest.trail, and of the input log. */
#include "rpc/rows.h"
#include "xe/inputs.h"
#include "rpc/inputs_json.h"
#include "rpc/views.h"

#define TAINTED struct xe_rpc_taint_view

/* ---- the log -------------------------------------------------------------------------------- */

static const char *const schema_words[] = {XE_INPUT_LOG_SCHEMA, NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};

static const char *const kind_words[] = {
#define INPUT(NAME, word, fields, doc) word,
#include "xe/inputs.def"
    NULL};
static const struct xe_rpc_type kind = {.kind = XE_RPC_KIND_ENUM, .values = kind_words};

#define MEMBERS_OF_A_PLACE                                                                         \
    {"cycle", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "instructions retired before", 0},       \
    {                                                                                              \
        "idle", &xe_rpc_u64, REQUIRED, 0, 0,                                                       \
            "idle time skipped before, 100 ns; all ones: the title has ended there", 0             \
    }

#define ROW_INT(name, min, max, doc)  {name, &xe_rpc_int, OPTIONAL, min, max, doc, 0},
#define ROW_HEX(name, min, max, doc)  {name, &xe_rpc_addr, OPTIONAL, min, max, doc, 0},
#define ROW_TEXT(name, min, max, doc) {name, &xe_rpc_string, OPTIONAL, min, max, doc, 0},
#define ROW_BYTES(name, min, max, doc)                                                             \
    {name, &xe_rpc_string, OPTIONAL, 2 * (min), 2 * (max), doc, 0},
#define INPUT_FIELD(NAME, name, type, min, max, doc) ROW_##type(#name, min, max, doc)
static const struct xe_rpc_type input_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBERS_OF_A_PLACE,
        {"kind", &kind, REQUIRED, 0, 0, "what came in; it says which of the others there are", 0},
#include "xe/inputs.def"
        END}};
static const struct xe_rpc_field input_item = {.name = "input", .type = &input_object};
static const struct xe_rpc_type inputs = {.kind = XE_RPC_KIND_ARRAY, .items = &input_item};

static const struct xe_rpc_type point_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBERS_OF_A_PLACE,
        {"digest", &xe_rpc_string, REQUIRED, 1, 64, "of the state there", 0},
        {"components", &xe_rpc_components, REQUIRED, 0, 0, "digest of each, by name", 0},
        END}};
static const struct xe_rpc_field point_item = {.name = "point", .type = &point_object};
static const struct xe_rpc_type points = {.kind = XE_RPC_KIND_ARRAY, .items = &point_item};

static const struct xe_rpc_type image_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"sha256", &xe_rpc_string, REQUIRED, 64, 64, "of the image", 0},
        {"title_id", &xe_rpc_addr, REQUIRED, 0, UINT32_MAX, "of the title", 0},
        END}};

const struct xe_rpc_type xe_rpc_input_log = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"schema", &schema, REQUIRED, 0, 0, "version of the log", 0},
        {"image", &image_object, REQUIRED, 0, 0, "what was run", 0},
        {"config", &xe_rpc_config, REQUIRED, 0, 0, "settings that the guest can see", 0},
        {"inputs", &inputs, REQUIRED, 0, 2048, "what came in, in order", 0},
        {"points", &points, REQUIRED, 0, XE_INPUT_POINTS_MAX,
         "digests on the way, before the inputs of their place", 0},
        {"end", &point_object, REQUIRED, 0, 0, "where recording stopped", 0},
        END}};

/* ---- taint ---------------------------------------------------------------------------------- */

static const char *const taint_words[] = {
#define TAINT(NAME, word, doc) word,
#include "xe/inputs.def"
    NULL};
static const struct xe_rpc_type taint_word = {.kind = XE_RPC_KIND_ENUM, .values = taint_words};

const struct xe_rpc_type xe_rpc_taint = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("reason", TAINTED, reason, &taint_word, "of the first one"),
        M_INT("cycle", TAINTED, cycle, "instructions", "retired when it came"),
        M_STRING("text", TAINTED, text, "the reason as a sentence"),
        M_END,
    }};

/* ---- results -------------------------------------------------------------------------------- */

static const struct xe_rpc_type record_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"inputs", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "in the log already", 0},
        END}};

static const struct xe_rpc_type stop_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"log", &xe_rpc_input_log, REQUIRED, 0, 0, "from cycle 0 on", 0},
        END}};

static const char *const replay_words[] = {XE_REPLAY_WORDS, NULL};
static const struct xe_rpc_type replay_state = {.kind = XE_RPC_KIND_ENUM, .values = replay_words};

static const struct xe_rpc_type difference_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_CYCLE,
        {"equal_cycle", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX,
         "the last cycle at which all was equal", 0},
        {"component", &xe_rpc_text_or_null, REQUIRED, 0, 0, "of the digest; null: see text", 0},
        {"text", &xe_rpc_string, REQUIRED, 0, 0, "the same as a sentence", 0},
        END}};

static const struct xe_rpc_type status_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"state", &replay_state, REQUIRED, 0, 0, "none: it plays no log", 0},
        {"recording", &xe_rpc_bool, REQUIRED, 0, 0, "it records one", 0},
        {"taint", &xe_rpc_taint, OPTIONAL, 0, 0, "why no log tells its run; absent: one does", 0},
        {"inputs", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "of the log that it plays", 0},
        {"applied", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "of them, so far", 0},
        {"points", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "digests, with the end's", 0},
        {"compared", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "of them, so far", 0},
        {"end_cycle", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "where the log ends", 0},
        {"difference", &difference_object, OPTIONAL, 0, 0, "diverged: the first that was seen", 0},
        END}};

static const struct xe_rpc_type entry_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_CYCLE,
        {"digest", &xe_rpc_string, REQUIRED, 1, 64, "of the state there", 0},
        {"components", &xe_rpc_components, REQUIRED, 0, 0, "digest of each, by name", 0},
        END}};
static const struct xe_rpc_field entry_item = {.name = "entry", .type = &entry_object};
static const struct xe_rpc_type entries = {.kind = XE_RPC_KIND_ARRAY, .items = &entry_item};
static const struct xe_rpc_type trail_result = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        MEMBER_INSTANCE,
        MEMBER_CYCLE,
        {"asked", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX,
         "cycles between two, as run.start was told; 0: no trail", 0},
        {"every", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX,
         "cycles between two now: more, when there were 4096; 0: none is taken", 0},
        {"items", &entries, REQUIRED, 0, 0, "in order of cycles", 0},
        MEMBER_NEXT_CURSOR,
        END}};

/* ---- methods -------------------------------------------------------------------------------- */

const struct xe_rpc_method xe_rpc_method_record_start = {
    .name = "record.start",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Keep what comes from outside in the input log from now on. At any cycle, as long as "
           "nothing came in that the log doesn't have; it goes on after record.stop.",
    .result = &record_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_STATE_TAINTED, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_record_stop = {
    .name = "record.stop",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Stop recording. Image and log tell the run from cycle 0 to here.",
    .result = &stop_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_STATE_TAINTED, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_replay_start = {
    .name = "replay.start",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW,
    .doc = "Create an instance that plays an input log. run.start runs it, without a count to the "
           "log's end; there it stops, or where it differs (stop_reason replay).",
    .result = &xe_rpc_instance_object,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT,
               XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH, XE_ERR_PATH_FORBIDDEN, XE_ERR_INSTANCE_LIMIT,
               XE_ERR_CONFIG_INVALID, XE_ERR_SCRIPT_MALFORMED},
    .params =
        {
            {"image", &xe_rpc_string, REQUIRED, 1, 4095, "path below one of the daemon's roots", 0},
            {"log", &xe_rpc_input_log, REQUIRED, 0, 0, "what record.stop gave", 0},
            {"name", &xe_rpc_string, OPTIONAL, 1, 64, "for people; none that could be an id", 0},
            {"engine", &xe_rpc_engine_word, OPTIONAL, 0, 0,
             "jit (default), interpreter or check: one log is for all of them", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_replay_status = {
    .name = "replay.status",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "How far a log is played, and whether anything is another; whether one is recorded.",
    .result = &status_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_digest_trail = {
    .name = "digest.trail",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Digests at the multiples of a number of cycles (digest_every of run.start).",
    .result = &trail_result,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"from", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX, "the first cycle", 0},
            PARAM_LIMIT,
            PARAM_CURSOR,
        },
};
