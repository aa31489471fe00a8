/* Rows of run.* and golden.*. */
#include "rpc/api/once_row.h"
#include "rpc/api/rows.h"
#include "rpc/api/views.h"

#define RUN      struct xe_rpc_run_view
#define PROGRESS struct xe_rpc_progress_view
#define DIFF     struct xe_rpc_diff_view
#define CHECK    struct xe_rpc_check_view

static const char *const state_words[] = {XE_RUN_STATE_WORDS, NULL};
static const struct xe_rpc_type run_state = {.kind = XE_RPC_KIND_ENUM, .values = state_words};

/* Of a run; ENGINE says what runs it. */
#define RUN_MEMBERS(ENGINE)                                                                        \
    M_STRING("instance", RUN, instance, "instance id"),                                            \
        M_STRING("run", RUN, run, "run id, e.g. \"r-1\""),                                         \
        M_VALUE("state", RUN, state, &run_state, "of the run"),                                    \
        M_VALUE("stop_reason", RUN, stop_reason, &xe_rpc_stop_reason, "null while running",        \
                GIVEN_SET(RUN, stop_reason)),                                                      \
        M_INT("target", RUN, target, "instructions", "asked for"),                                 \
        M_INT("retired", RUN, retired, "instructions", "of this run"),                             \
        M_INT("frames", RUN, frames, NULL, "shown in this run, of those asked for",                \
              WHEN(RUN, has_frames, true)),                                                        \
        M_INT("cycle", RUN, cycle, "instructions", "retired so far"),                              \
        M_INT("virtual_us", RUN, virtual_us, "us", "virtual time since boot"), ENGINE,             \
        M_STRUCT("stop", RUN, stop, &xe_rpc_stop, "all that is known of it; absent while running", \
                 WHEN_SET(RUN, stop_reason)),                                                      \
        M_STRING("detail", RUN, detail, "of a crash, an exit or a break: stop.text",               \
                 WHEN_SET(RUN, detail)),                                                           \
        M_INT("exit_code", RUN, exit_code, NULL,                                                   \
              "what the title ended with: main's value, or its last thread's",                     \
              WHEN(RUN, has_exit_code, true)),                                                     \
        M_STRUCT("break", RUN, hit, &xe_rpc_hit,                                                   \
                 "the breakpoint or watchpoint reached, with tid, pc, accessed and write",         \
                 WHEN(RUN, is_hit, true)),                                                         \
        M_STRING("digest", RUN, digest, "of the state when the run stopped",                       \
                 WHEN_SET(RUN, digest)),                                                           \
        M_STRUCT("taint", RUN, taint, &xe_rpc_taint,                                               \
                 "why no input log tells it; absent: one does", WHEN_SET(RUN, taint.reason))

/* What run.start and run.wait are told to collect, and what they have. */
#define COLLECT_MAX 16
static const struct xe_rpc_type collect_one = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"method", &xe_rpc_string, REQUIRED, 1, 64, "one that reads an instance", 0},
        {"params", &xe_rpc_open, OPTIONAL, 0, 0, "of it, by name; instance is this one", 0},
        END}};
static const struct xe_rpc_field collect_item = {.name = "call", .type = &collect_one};
static const struct xe_rpc_type collect_list = {.kind = XE_RPC_KIND_ARRAY, .items = &collect_item};

static const struct xe_rpc_type collected = {
    .kind = XE_RPC_KIND_OBJECT,
    .fields = (const struct xe_rpc_field[]){
        {"method", &xe_rpc_string, REQUIRED, 1, 64, "as asked", 0},
        {"result", &xe_rpc_open, OPTIONAL, 0, 0, "what the method answers", 0},
        {"error", &xe_rpc_open, OPTIONAL, 0, 0, "or why it doesn't", 0},
        END}};
static const struct xe_rpc_field collected_item = {.name = "outcome", .type = &collected};
static const struct xe_rpc_type collected_list = {.kind = XE_RPC_KIND_ARRAY,
                                                  .items = &collected_item};
#define PARAM_COLLECT                                                                                \
    {                                                                                                \
        "collect", &collect_list, OPTIONAL, 1, COLLECT_MAX,                                          \
            "methods to call the moment that the run has stopped, for this answer; left out of one " \
            "that comes before",                                                                     \
            0                                                                                        \
    }

const struct xe_rpc_type xe_rpc_run_object = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        RUN_MEMBERS(M_STRUCT("engine", RUN, engine, &xe_rpc_engine_brief,
                             "which engine runs it, and why not the one asked for")),
        M_VALUE("collected", RUN, collected, &collected_list,
                "what was collected when it had stopped", WHEN_SET(RUN, collected)),
        M_END,
    }};

/* ---- events ---------------------------------------------------------------------------------- */

/* They tell all of the engine: instance.get shows what the newest said. */
const struct xe_rpc_type xe_rpc_run_event = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        RUN_MEMBERS(M_STRUCT("engine", RUN, engine, &xe_rpc_engine, "what runs the instance")),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_progress_event = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_INT("cycle", PROGRESS, cycle, "instructions", "retired so far"),
        M_STRUCT("engine", PROGRESS, engine, &xe_rpc_engine, "what runs the instance"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_taint_event = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_PART("taint", &xe_rpc_taint, "why no input log tells the run"),
        M_END,
    }};

/* ---- goldens --------------------------------------------------------------------------------- */

const struct xe_rpc_type xe_rpc_golden_diff = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("member", DIFF, member, "such as result.cycle"),
        M_VALUE("expected", DIFF, expected, &xe_rpc_any, "what the golden has there"),
        M_VALUE("found", DIFF, found, &xe_rpc_any, "what this run gave; null: nothing"),
        M_END,
    }};
static const struct xe_rpc_field diff_item = {"diff", &xe_rpc_golden_diff, REQUIRED, 0, 0, "one",
                                              0};
static const struct xe_rpc_type diffs = {.kind = XE_RPC_KIND_ARRAY, .items = &diff_item};

const struct xe_rpc_type xe_rpc_golden_check = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOOL("pass", CHECK, pass, "nothing differs"),
        M_VALUE("diffs", CHECK, diffs, &diffs, "none when it passes"),
        M_VALUE("found", CHECK, found, &xe_rpc_golden, "the golden that this run would give"),
        M_END,
    }};

/* ---- methods --------------------------------------------------------------------------------- */

#define PARAM_RUN                                                                                  \
    {                                                                                              \
        "run", &xe_rpc_string, OPTIONAL, 1, 64, "run id; default the newest", 0                    \
    }

static const char *const stop_on_words[] = {"deadlock", "livelock", NULL};
static const struct xe_rpc_type stop_on = {.kind = XE_RPC_KIND_ENUM, .values = stop_on_words};
static const struct xe_rpc_field stop_on_item = {"stop", &stop_on, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type stop_ons = {.kind = XE_RPC_KIND_ARRAY, .items = &stop_on_item};

const struct xe_rpc_method xe_rpc_method_run_start = {
    .name = "run.start",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW,
    .doc =
        "Retire exactly so many guest instructions, or stop earlier and say why. Without a count "
        "it goes on to where the last one ends, after a pause, a breakpoint or steps.",
    .result = &xe_rpc_run_object,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_INSTANCE_CRASHED, XE_ERR_REPLAY_DIVERGED, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"instructions", &xe_rpc_int, OPTIONAL, 1, XE_RPC_COUNT_MAX, "how many", 0},
            {"cycles", &xe_rpc_int, OPTIONAL, 1, XE_RPC_COUNT_MAX,
             "the same: 1 cycle = 1 instruction", 0},
            {"frames", &xe_rpc_int, OPTIONAL, 1, XE_RPC_COUNT_MAX,
             "stop when so many more were shown; alone, however long that takes", 0},
            {"wait_ms", &xe_rpc_int, OPTIONAL, 0, 60000, "wait so long for the end; default 0", 0},
            {"digest", &xe_rpc_bool, OPTIONAL, 0, 0, "take the digest when it stops", 0},
            {"stop_on", &stop_ons, OPTIONAL, 0, 0,
             "what else to stop on, looked for at fixed cycles", 0},
            {"stop_share", &xe_rpc_int, OPTIONAL, 1, 100,
             "percent of its threads that a deadlock must have; default one thread", 0},
            {"digest_every", &xe_rpc_int, OPTIONAL, 0, XE_RPC_COUNT_MAX,
             "from now on take one each time so many cycles are over, for digest.trail; 0: no more",
             0},
            PARAM_COLLECT,
            PARAM_ONCE,
        },
};

const struct xe_rpc_method xe_rpc_method_run_step = {
    .name = "run.step",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW,
    .doc = "Retire a few instructions and wait for it, 60 s at most. With tid it is that thread's "
           "instructions; the others run as the schedule has it (stop_reason step).",
    .result = &xe_rpc_run_object,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_INSTANCE_CRASHED, XE_ERR_HANDLE_UNKNOWN, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"instructions", &xe_rpc_int, OPTIONAL, 1, 1000000, "how many; default 1", 1},
            {"tid", &xe_rpc_int, OPTIONAL, 1, UINT32_MAX, "of this thread; default of all", 0},
            {"from", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX,
             "with tid and to: and on, until the thread is outside [from, to)", 0},
            {"to", &xe_rpc_addr, OPTIONAL, 0, UINT32_MAX, "the first address that is outside", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_run_get = {
    .name = "run.get",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "How far a run is.",
    .result = &xe_rpc_run_object,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_NOT_FOUND},
    .params = {PARAM_INSTANCE, PARAM_RUN},
};

const struct xe_rpc_method xe_rpc_method_run_wait = {
    .name = "run.wait",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB | XE_RPC_SLOW,
    .doc =
        "Wait until a run stops or the time is over; answers like run.get. When 64 calls wait, the "
        "oldest is answered for a new one.",
    .result = &xe_rpc_run_object,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_NOT_FOUND},
    .params =
        {
            PARAM_INSTANCE,
            PARAM_RUN,
            {"wait_ms", &xe_rpc_int, OPTIONAL, 0, 60000, "at most so long; default 60000", 60000},
            PARAM_COLLECT,
        },
};

const struct xe_rpc_method xe_rpc_method_run_pause = {
    .name = "run.pause",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc = "Stop a run at the next safe point; run.start without a count continues it.",
    .result = &xe_rpc_run_object,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_NOT_FOUND},
    .params = {PARAM_INSTANCE, PARAM_RUN},
};

const struct xe_rpc_method xe_rpc_method_run_cancel = {
    .name = "run.cancel",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc = "Stop a run at the next safe point for good; tells the exact cycle.",
    .result = &xe_rpc_run_object,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_NOT_FOUND},
    .params = {PARAM_INSTANCE, PARAM_RUN},
};

const struct xe_rpc_method xe_rpc_method_golden_record = {
    .name = "golden.record",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW,
    .doc = "Run an image in a worker of its own, without focus, and write down what came out.",
    .result = &xe_rpc_golden,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT,
               XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH, XE_ERR_PATH_FORBIDDEN, XE_ERR_CONFIG_INVALID},
    .params =
        {
            {"image", &xe_rpc_string, REQUIRED, 1, 4095, "path below one of the daemon's roots", 0},
            {"instructions", &xe_rpc_int, REQUIRED, 1, XE_RPC_COUNT_MAX, "how many", 0},
            {"config", &xe_rpc_config, OPTIONAL, 0, 0, "as in instance.create", 0},
            {"modules", &xe_rpc_modules, OPTIONAL, 0, XE_RPC_MODULES_MAX, "as in instance.create",
             0},
            {"patch_xex", &xe_rpc_string, OPTIONAL, 1, 4095, "as in instance.create", 0},
            {"patches", &xe_rpc_patches, OPTIONAL, 0, XE_RPC_PATCHES_MAX, "as in instance.create",
             0},
            {"game_folder", &xe_rpc_bool, OPTIONAL, 0, 0, "as instance.create has it", true},
            {"mounts", &xe_rpc_mounts, OPTIONAL, 0, XE_RPC_MOUNTS_MAX, "as instance.create has it",
             0},
            {"picture", &xe_rpc_bool, OPTIONAL, 0, 0,
             "with the newest picture, which may then be given a tolerance; default false", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_golden_check = {
    .name = "golden.check",
    .place = XE_RPC_BOTH,
    .scope = XE_RPC_RUN,
    .flags = XE_RPC_SLOW,
    .doc = "Run a golden's image again, in a worker of its own and without focus, and compare.",
    .result = &xe_rpc_golden_check,
    .errors = {XE_ERR_IMAGE_NOT_FOUND, XE_ERR_IMAGE_UNSUPPORTED, XE_ERR_IMAGE_CORRUPT,
               XE_ERR_IMAGE_NEEDS_KEY_OR_PATCH, XE_ERR_PATH_FORBIDDEN, XE_ERR_SCRIPT_MALFORMED},
    .params =
        {
            {"golden", &xe_rpc_open, REQUIRED, 0, 0, "what golden.record gave", 0},
            {"image", &xe_rpc_string, OPTIONAL, 1, 4095, "path; default the one in the golden", 0},
            {"engine", &xe_rpc_engine_word, OPTIONAL, 0, 0,
             "jit (default), interpreter or check: one golden is for all of them", 0},
            {"modules", &xe_rpc_modules, OPTIONAL, 0, XE_RPC_MODULES_MAX, "as in instance.create",
             0},
            {"patch_xex", &xe_rpc_string, OPTIONAL, 1, 4095, "as in instance.create", 0},
            {"patches", &xe_rpc_patches, OPTIONAL, 0, XE_RPC_PATCHES_MAX, "as in instance.create",
             0},
            {"game_folder", &xe_rpc_bool, OPTIONAL, 0, 0, "as instance.create has it", true},
            {"mounts", &xe_rpc_mounts, OPTIONAL, 0, XE_RPC_MOUNTS_MAX, "as instance.create has it",
             0},
        },
};
