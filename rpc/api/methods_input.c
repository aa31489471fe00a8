/* Rows of input.*: what happens to controllers, what they are, who asks for them. */
#include "rpc/api/rows.h"
#include "rpc/api/views.h"
#include "xe/pads.h"
#include "xe/settings.h"

#define PAD    struct xe_rpc_pad_view
#define PADS   struct xe_rpc_list_view
#define CALLER struct xe_rpc_pad_caller_view
#define SCRIPT struct xe_rpc_script_view
#define EVENT  struct xe_rpc_pad_event_view

/* ---- words ---------------------------------------------------------------------------------- */

static const char *const button_words[] = {
#define PAD_BUTTON(word, bit, key) #word,
#include "xe/pads.def"
    NULL};
static const struct xe_rpc_type button = {.kind = XE_RPC_KIND_ENUM, .values = button_words};
static const struct xe_rpc_field button_item = {.name = "button", .type = &button};
static const struct xe_rpc_type buttons = {.kind = XE_RPC_KIND_ARRAY, .items = &button_item};

static const char *const key_words[] = {
#define KEY(word, key, character, hid) word,
#include "xe/keys.def"
    NULL};
static const struct xe_rpc_type key = {.kind = XE_RPC_KIND_ENUM, .values = key_words};

static const char *const clock_words[] = {
#define PAD_CLOCK(NAME, word, count, doc) word,
#include "xe/pads.def"
    NULL};
static const struct xe_rpc_type clock_word = {.kind = XE_RPC_KIND_ENUM, .values = clock_words};

static const char *const act_words[] = {"set", "press", "connect", "disconnect", "key", NULL};
static const struct xe_rpc_type act_word = {.kind = XE_RPC_KIND_ENUM, .values = act_words};

static const uint32_t button_bits[] = {
#define PAD_BUTTON(word, bit, key) bit,
#include "xe/pads.def"
};

static bool has_button(const void *object, size_t n)
{
    const PAD *pad = object;

    return pad->pad.given.buttons & button_bits[n];
}

/* ---- input.get ------------------------------------------------------------------------------ */

const struct xe_rpc_type xe_rpc_pad = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("pad", PAD, number, &xe_rpc_int, 1, XE_PADS, "its port"),
        M_BOOL("connected", PAD, pad.connected, "it is plugged in"),
        M_WORDS("buttons", has_button, &buttons, "that are pressed"),
#define PAD_AXIS(word, type, min, max, doc)                                                        \
    M_BOUNDED(#word, PAD, pad.given.word, &xe_rpc_int, min, max, doc),
#include "xe/pads.def"
        M_INT("packet", PAD, pad.packet, NULL, "number that the title sees change with the state"),
        M_INT("polls", PAD, pad.polls, NULL, "times that the title has read it"),
        M_INT("left_motor", PAD, pad.left_motor, NULL, "speed, as the title set it"),
        M_INT("right_motor", PAD, pad.right_motor, NULL, "speed, as the title set it"),
        M_END,
    }};
static const struct xe_rpc_field pad_item = {.name = "pad", .type = &xe_rpc_pad};
static const struct xe_rpc_type pad_list = {.kind = XE_RPC_KIND_ARRAY, .items = &pad_item};

const struct xe_rpc_type xe_rpc_pad_list = {.kind = XE_RPC_KIND_OBJECT,
                                            .members = (const struct xe_rpc_member[]){
                                                M_BASE(PADS, base.),
                                                M_VALUE("items", PADS, items, &pad_list, "by port"),
                                                M_END,
                                            }};

const struct xe_rpc_method xe_rpc_method_input_get = {
    .name = "input.get",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "The controllers as the title saw them when it looked last.",
    .result = &xe_rpc_pad_list,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

/* ---- input.poll_log ------------------------------------------------------------------------- */

const struct xe_rpc_type xe_rpc_pad_caller = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BOUNDED("pad", CALLER, number, &xe_rpc_int, 1, XE_PADS, "its port; absent: the keyboard",
                  WHEN_NOT(CALLER, number, XE_PAD_KEYBOARD + 1)),
        M_STRING("export", CALLER, caller.name, "that was called"),
        M_INT("tid", CALLER, caller.tid, NULL, "thread that called it"),
        M_HEX("lr", CALLER, caller.lr, "where it was called, as a return address"),
        M_PLACE(CALLER, place.),
        M_INT("times", CALLER, caller.times, NULL, "calls from there"),
        M_INT("first_cycle", CALLER, caller.first, "instructions", "of the first"),
        M_INT("newest_cycle", CALLER, caller.newest, "instructions", "of the newest"),
        M_END,
    }};
static const struct xe_rpc_field caller_item = {.name = "caller", .type = &xe_rpc_pad_caller};
static const struct xe_rpc_type caller_list = {.kind = XE_RPC_KIND_ARRAY, .items = &caller_item};

const struct xe_rpc_type xe_rpc_poll_log = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(PADS, base.),
        M_VALUE("items", PADS, items, &caller_list, "the newest first, at most 64"),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_input_poll_log = {
    .name = "input.poll_log",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "Who looks at which controller, from where and how often.",
    .result = &xe_rpc_poll_log,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};

/* ---- input.set, input.press ----------------------------------------------------------------- */

#define PARAM_STATE                                                                                \
    {"buttons", &buttons, OPTIONAL, 0, 15, "that are pressed", 0},                                 \
        {"lt", &xe_rpc_int, OPTIONAL, 0, 255, "left trigger", 0},                                  \
        {"rt", &xe_rpc_int, OPTIONAL, 0, 255, "right trigger", 0},                                 \
        {"lx", &xe_rpc_int, OPTIONAL, -32768, 32767, "left stick, to the right", 0},               \
        {"ly", &xe_rpc_int, OPTIONAL, -32768, 32767, "left stick, up", 0},                         \
        {"rx", &xe_rpc_int, OPTIONAL, -32768, 32767, "right stick, to the right", 0},              \
    {                                                                                              \
        "ry", &xe_rpc_int, OPTIONAL, -32768, 32767, "right stick, up", 0                           \
    }
#define PARAM_LENGTH(name, doc)                                                                    \
    {                                                                                              \
        name, &xe_rpc_int, OPTIONAL, 1, XE_SETTING_COUNT_MAX, doc, 0                               \
    }

const struct xe_rpc_method xe_rpc_method_input_set = {
    .name = "input.set",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc = "What a controller is from the title's next look on, until it is set again: what is not "
           "given is let go, unless connected is all that is. Kept in the input log.",
    .result = &xe_rpc_changed,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_QUOTA_EXCEEDED, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"pad", &xe_rpc_int, OPTIONAL, 1, XE_PADS, "its port; default 1", 1},
            PARAM_STATE,
            {"connected", &xe_rpc_bool, OPTIONAL, 0, 0, "plug it in, or unplug it", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_input_press = {
    .name = "input.press",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc =
        "Hold buttons of a controller, or a key of the keyboard, for a time that begins when the "
        "title looks next. Kept in the input log.",
    .result = &xe_rpc_changed,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_QUOTA_EXCEEDED, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"pad", &xe_rpc_int, OPTIONAL, 1, XE_PADS, "its port; default 1", 1},
            PARAM_STATE,
            {"key", &key, OPTIONAL, 0, 0, "of the keyboard, instead of all that", 0},
            PARAM_LENGTH("cycles", "retired instructions that it lasts"),
            PARAM_LENGTH("frames", "frames shown that it lasts"),
            PARAM_LENGTH("polls", "reads that it lasts; default 1, if nothing else is given"),
        },
};

/* ---- scripts -------------------------------------------------------------------------------- */

static const struct xe_rpc_type event_type = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_VALUE("act", EVENT, event.act, &act_word, "what is to happen"),
        M_BOUNDED("pad", EVENT, number, &xe_rpc_int, 1, XE_PADS, "to which one; absent: a key",
                  WHEN_NOT(EVENT, event.act, XE_PAD_KEY)),
        M_VALUE("clock", EVENT, event.clock, &clock_word, "what is counted"),
        M_INT("at", EVENT, event.at, NULL, "from when on the title's next look begins it"),
        M_END,
    }};

const struct xe_rpc_type xe_rpc_script = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_BASE(SCRIPT, base.),
        M_INT("waiting", SCRIPT, waiting, "events", "that are still to come"),
        M_INT("going_on", SCRIPT, going_on, "events", "presses that the title sees now"),
        M_INT("over", SCRIPT, over, "events", "that have come to pass, of all there ever were"),
        M_INT("frames", SCRIPT, frames, NULL, "shown so far, as events by frame count them"),
        M_STRUCT("next", SCRIPT, next, &event_type, "the first that waits; absent: none does",
                 WHEN_SET(SCRIPT, waiting)),
        M_END,
    }};

const struct xe_rpc_method xe_rpc_method_input_script_load = {
    .name = "input.script.load",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_RUN,
    .doc =
        "Have things happen to controllers by a script; all of it or, after an error, none. Kept "
        "in the input log.",
    .result = &xe_rpc_script,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_RUN_IN_PROGRESS, XE_ERR_INSTANCE_WRONG_STATE,
               XE_ERR_SCRIPT_MALFORMED, XE_ERR_QUOTA_EXCEEDED, XE_ERR_WORKER_LOST},
    .params =
        {
            PARAM_INSTANCE,
            {"text", &xe_rpc_string, REQUIRED, 0, 131072, "the script, YAML", 0},
            {"file", &xe_rpc_string, OPTIONAL, 1, 255, "what errors call it; default script", 0},
            {"add", &xe_rpc_bool, OPTIONAL, 0, 0,
             "keep what waits and goes on already, which it replaces otherwise", 0},
        },
};

const struct xe_rpc_method xe_rpc_method_input_script_status = {
    .name = "input.script.status",
    .place = XE_RPC_WORKER,
    .scope = XE_RPC_READ,
    .flags = XE_RPC_OOB,
    .doc = "How many events of controllers are still to come, and the next of them.",
    .result = &xe_rpc_script,
    .errors = {XE_ERR_INSTANCE_NOT_FOUND, XE_ERR_WORKER_LOST},
    .params = {PARAM_INSTANCE},
};
