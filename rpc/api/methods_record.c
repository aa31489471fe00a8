/* Rows of record.*, replay.* and digest.trail, and of the input log. */
#include "rpc/api/once_row.h"
#include "rpc/api/rows.h"
#include "xe/inputs.h"
#include "xe/settings.h"
#include "rpc/api/inputs_json.h"
#include "rpc/api/views.h"

#define TAINTED struct xe_rpc_taint_view
#define RECORD  struct xe_rpc_record_view
#define REPLAY  struct xe_rpc_replay_view
#define ENTRY   struct xe_rpc_trail_entry_view
#define TRAIL   struct xe_rpc_trail_view
#define CAME    struct xe_rpc_input_view
#define POINT   struct xe_rpc_input_point_view
#define LOG     struct xe_rpc_input_log_view

/* ---- the log -------------------------------------------------------------------------------- */

static const char *const schema_words[] = {XE_INPUT_LOG_SCHEMA, NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};

static const char *const kind_words[] = {
#define INPUT(NAME, word, fields, doc) word,
#include "xe/inputs.def"
    NULL};
static const struct xe_rpc_type kind = {.kind = XE_RPC_KIND_ENUM, .values = kind_words};

/* All 64 bits of idle count: all ones are no time. */
#define PLACE(V, at)                                                                               \
    M_INT("cycle", V, at cycle, "instructions", "retired before"),                                 \
        M_BOUNDED("idle", V, at idle, &xe_rpc_u64, 0, 0,                                           \
                  "idle time skipped before, 100 ns; all ones: the title has ended there")

#define ROW(NAME, name, f, type, min, max, doc)                                                    \
    M_BOUNDED(#name, CAME, f, type, min, max, doc, WHEN(CAME, has[XE_INPUT_FIELD_##NAME], true)),
#define ROW_INT(NAME, name, min, max, doc)   ROW(NAME, name, input.name, &xe_rpc_int, min, max, doc)
#define ROW_HEX(NAME, name, min, max, doc)   ROW(NAME, name, input.name, &xe_rpc_addr, min, max, doc)
#define ROW_SINT(NAME, name, min, max, doc)  ROW(NAME, name, input.name, &xe_rpc_int, min, max, doc)
#define ROW_COUNT(NAME, name, min, max, doc) ROW(NAME, name, input.name, &xe_rpc_int, min, max, doc)
#define ROW_TEXT(NAME, name, min, max, doc)                                                        \
    ROW(NAME, name, input.name, &xe_rpc_string, min, max, doc)
#define ROW_BYTES(NAME, name, min, max, doc)                                                       \
    ROW(NAME, name, digits[XE_INPUT_FIELD_##NAME], &xe_rpc_string, 2 * (min), 2 * (max), doc)
#define INPUT_FIELD(NAME, name, type, min, max, doc) ROW_##type(NAME, name, min, max, doc)
const struct xe_rpc_type xe_rpc_input = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        PLACE(CAME, input.),
        M_VALUE("kind", CAME, kind, &kind, "what came in; it says which of the others there are"),
#include "xe/inputs.def"
        M_END}};
static const struct xe_rpc_field input_item = {.name = "input", .type = &xe_rpc_input};
static const struct xe_rpc_type inputs = {.kind = XE_RPC_KIND_ARRAY, .items = &input_item};

const struct xe_rpc_type xe_rpc_input_point = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        PLACE(POINT, ),
        M_BOUNDED("digest", POINT, digest, &xe_rpc_string, 1, 64, "of the state there"),
        M_VALUE("components", POINT, components, &xe_rpc_components, "digest of each, by name"),
        M_END,
    }};
static const struct xe_rpc_field point_item = {.name = "point", .type = &xe_rpc_input_point};
static const struct xe_rpc_type points = {.kind = XE_RPC_KIND_ARRAY, .items = &point_item};

static const struct xe_rpc_type image_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_MADE_BOUNDED("sha256", LOG, title.sha256, xe__rpc_member_sha256, 64, 64, "of the image"),
        M_MADE_BOUNDED("identity", LOG, title.identity, xe__rpc_member_sha256, 64, 64,
                       "hash of all files that go into the run; without others the image's",
                       WHEN(LOG, has_others, true)),
        M_BOUNDED("title_id", LOG, title.title_id, &xe_rpc_addr, 0, UINT32_MAX, "of the title"),
        M_END,
    }};

/* A parameter, too: of replay.start. */
const struct xe_rpc_type xe_rpc_input_log = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "version of the log"),
        M_PART("image", &image_object, "what was run"),
        M_VALUE("config", LOG, config, &xe_rpc_config, "settings that the guest can see"),
        M_VALUE("mounts", LOG, mounts, &xe_rpc_vfs_mount_list,
                "drives and what was in them; absent in older logs", WHEN_SET(LOG, mounts)),
        M_BOUNDED("inputs", LOG, inputs, &inputs, 0, 2048, "what came in, in order"),
        M_BOUNDED("points", LOG, points, &points, 0, XE_INPUT_POINTS_MAX,
                  "digests on the way, before the inputs of their place"),
        M_VALUE("end", LOG, end, &xe_rpc_input_point, "where recording stopped"),
        M_END,
    }};

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

const struct xe_rpc_type xe_rpc_record_started = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(RECORD, base.),
        M_INT("inputs", RECORD, inputs, NULL, "in the log already"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_record_stopped = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(RECORD, base.),
        M_VALUE("log", RECORD, log, &xe_rpc_input_log, "from cycle 0 on"),
        M_END,
    }};

static const char *const replay_words[] = {XE_REPLAY_WORDS, NULL};
static const struct xe_rpc_type replay_state = {.kind = XE_RPC_KIND_ENUM, .values = replay_words};

static const struct xe_rpc_type difference = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("cycle", REPLAY, status.cycle, "instructions", "retired where it was seen"),
        M_INT("equal_cycle", REPLAY, status.equal_cycle, "instructions",
              "the last cycle at which all was equal"),
        M_VALUE("component", REPLAY, status.component, &xe_rpc_text_or_null,
                "of the digest; null: see text", GIVEN_SET(REPLAY, status.component)),
        M_STRING("text", REPLAY, status.text, "the same as a sentence"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_replay_status = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(REPLAY, base.),
        M_VALUE("state", REPLAY, status.state, &replay_state, "none: it plays no log"),
        M_BOOL("recording", REPLAY, recording, "it records one"),
        M_STRUCT("taint", REPLAY, taint, &xe_rpc_taint,
                 "why no log tells its run; absent: one does", WHEN_SET(REPLAY, taint.reason)),
        M_INT("inputs", REPLAY, status.inputs, NULL, "of the log that it plays"),
        M_INT("applied", REPLAY, status.applied, NULL, "of them, so far"),
        M_INT("points", REPLAY, status.points, "digests", "with the end's"),
        M_INT("compared", REPLAY, status.compared, "digests", "of them, so far"),
        M_INT("end_cycle", REPLAY, status.end_cycle, "instructions", "where the log ends"),
        M_PART("difference", &difference, "diverged: the first that was seen",
               WHEN(REPLAY, status.state, XE_REPLAY_DIVERGED)),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_trail_entry = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("cycle", ENTRY, cycle, "instructions", "retired there"),
        M_STRING("digest", ENTRY, digest, "of the state there"),
        M_VALUE("components", ENTRY, components, &xe_rpc_components, "digest of each, by name"),
        M_END,
    }};
static const struct xe_rpc_field entry_item = {.name = "entry", .type = &xe_rpc_trail_entry};
static const struct xe_rpc_type entries = {.kind = XE_RPC_KIND_ARRAY, .items = &entry_item};

const struct xe_rpc_type xe_rpc_trail = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(TRAIL, base.),
        M_INT("asked", TRAIL, asked, "instructions",
              "between two, as run.start was told; 0: no trail"),
        M_INT("every", TRAIL, every, "instructions",
              "between two now: more, when there were 4096; 0: none is taken"),
        M_VALUE("items", TRAIL, items, &entries, "in order of cycles"),
        M_VALUE("next_cursor", TRAIL, next, &xe_rpc_text_or_null, "null on the last page",
                GIVEN_SET(TRAIL, next)),
        M_END,
    }};

/* ---- methods -------------------------------------------------------------------------------- */

const struct xe_rpc_method xe_rpc_method_record_start = {
    .name = "record.start",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Keep what comes from outside in the input log from now on. At any cycle, as long as "
           "nothing came in that the log doesn't have; it goes on after record.stop.",
    .result = &xe_rpc_record_started,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_STATE_TAINTED, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_record_stop = {
    .name = "record.stop",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_DEBUG,
    .doc = "Stop recording. Image and log tell the run from cycle 0 to here.",
    .result = &xe_rpc_record_stopped,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_STATE_TAINTED, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_replay_start = {
    .name = "replay.start",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW | XE_RPC_NAMES,
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
            {"modules", &xe_rpc_modules, OPTIONAL, 0, XE_RPC_MODULES_MAX, "as in instance.create",
             0},
            {"patch_xex", &xe_rpc_string, OPTIONAL, 1, 4095, "as in instance.create", 0},
            {"patches", &xe_rpc_patches, OPTIONAL, 0, XE_RPC_PATCHES_MAX, "as in instance.create",
             0},
            {"game_folder", &xe_rpc_bool, OPTIONAL, 0, 0, "as instance.create has it", true},
            {"mounts", &xe_rpc_mounts, OPTIONAL, 0, XE_RPC_MOUNTS_MAX, "as instance.create has it",
             0},
            PARAM_ONCE,
        },
};

const struct xe_rpc_method xe_rpc_method_replay_status = {
    .name = "replay.status",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "How far a log is played, and whether anything is another; whether one is recorded.",
    .result = &xe_rpc_replay_status,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

const struct xe_rpc_method xe_rpc_method_digest_trail = {
    .name = "digest.trail",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Digests at the multiples of a number of cycles (digest_every of run.start).",
    .result = &xe_rpc_trail,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"from", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX, "the first cycle", 0},
            PARAM_LIMIT,
            PARAM_CURSOR,
        },
};
