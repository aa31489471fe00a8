/* The rows of inputs.def at run time. */
#include "xe/inputs.h"

#define HAS(NAME) (1u << XE_INPUT_FIELD_##NAME)

static const struct {
    const char *word;
    unsigned fields;
} kinds[XE_INPUT_KINDS] = {
#define INPUT(NAME, word, fields, doc) {word, fields},
#include "xe/inputs.def"
};

static const struct {
    const char *word, *doc;
} taints[XE_TAINT_REASONS] = {
    {"none", "image, settings and log tell its run"},
#define TAINT(NAME, word, doc) {word, doc},
#include "xe/inputs.def"
};

unsigned xe_input_has(enum xe_input_kind kind)
{
    return kind < XE_INPUT_KINDS ? kinds[kind].fields : 0;
}

const char *xe_input_name(enum xe_input_kind kind)
{
    return kind < XE_INPUT_KINDS ? kinds[kind].word : "?";
}

const char *xe_taint_name(enum xe_taint_reason reason)
{
    return reason < XE_TAINT_REASONS ? taints[reason].word : "?";
}

const char *xe_taint_doc(enum xe_taint_reason reason)
{
    return reason < XE_TAINT_REASONS ? taints[reason].doc : "?";
}

const char *xe_replay_state_name(enum xe_replay_state state)
{
    static const char *const names[XE_REPLAY_STATES] = {XE_REPLAY_WORDS};

    return state < XE_REPLAY_STATES ? names[state] : "?";
}
