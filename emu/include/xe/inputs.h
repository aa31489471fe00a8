/* The input log of an instance, replay, taint, and the digest trail.
 *
 * Same image, settings and log give the same states. An instance that records keeps what comes from
 * outside (inputs.def) with its place: the cycle, and the idle time skipped before it. What comes
 * while it doesn't record taints it: from then on no log can tell its run. Until then the log tells
 * all of it from cycle 0 on, so recording may begin at any cycle. Only what happens to controllers
 * is kept always: that is how a run is meant to go on.
 *
 * An instance that plays a log applies it at the same places, however its runs are cut, compares
 * digests on the way, and stops at the log's end, or where it differs (XE_STOP_REPLAY). */
#ifndef XE_INPUTS_H
#define XE_INPUTS_H

#include <stddef.h>

#include "xe/instance.h"

enum xe_input_kind {
#define INPUT(NAME, word, fields, doc) XE_INPUT_##NAME,
#include "xe/inputs.def"
    XE_INPUT_KINDS
};

enum xe_input_field {
#define INPUT_FIELD(NAME, name, type, min, max, doc) XE_INPUT_FIELD_##NAME,
#include "xe/inputs.def"
    XE_INPUT_FIELDS
};

/* A set of fields as bits. */
unsigned xe_input_has(enum xe_input_kind kind);
const char *xe_input_name(enum xe_input_kind kind); /* "memory", "register" */

struct xe_input_bytes {
    uint8_t *data; /* owned by whose the input is */
    uint32_t size;
};

#define XE__INPUT_INT(name, max)   uint32_t name;
#define XE__INPUT_HEX(name, max)   uint32_t name;
#define XE__INPUT_SINT(name, max)  int32_t name;
#define XE__INPUT_COUNT(name, max) uint64_t name;
#define XE__INPUT_TEXT(name, max)  char name[(max) + 1];
#define XE__INPUT_BYTES(name, max) struct xe_input_bytes name;
/* What a kind does not have is 0. */
struct xe_input {
    uint64_t cycle, idle; /* idle: 100 ns, or UINT64_MAX: the title has ended there */
    enum xe_input_kind kind;
#define INPUT_FIELD(NAME, name, type, min, max, doc) XE__INPUT_##type(name, max)
#include "xe/inputs.def"
};

/* A digest on the way: before the inputs of its place, or at the log's end. */
struct xe_input_point {
    uint64_t cycle, idle;
    uint8_t hash[16];
    uint32_t components;
    struct {
        char name[16];
        uint8_t hash[16];
    } component[XE_DIGEST_COMPONENTS];
};

/* Bounds of a log, so that it fits into a request: what has no room is refused, and changes
 * nothing. An input costs its bytes, twice, this, and this for each field beyond three. */
#define XE_INPUT_COST       160u
#define XE_INPUT_COST_FIELD 20u
#define XE_INPUT_BYTES_MAX  65536u
#define XE_INPUTS_COST_MAX  (192u * 1024u)
#define XE_INPUT_POINTS_MAX 48u

struct xe_input_log {
    struct xe_input *input; /* in the order in which they came */
    size_t inputs;
    const struct xe_input_point *point;
    size_t points;
    struct xe_input_point end;
};

enum xe_taint_reason {
    XE_TAINT_NONE,
#define TAINT(NAME, word, doc) XE_TAINT_##NAME,
#include "xe/inputs.def"
    XE_TAINT_REASONS
};

struct xe_taint {
    enum xe_taint_reason reason; /* of the first one; NONE: not tainted */
    uint64_t cycle;
};
const char *xe_taint_name(enum xe_taint_reason reason); /* "unrecorded" ...; "none" */
const char *xe_taint_doc(enum xe_taint_reason reason);

const struct xe_taint *xe_instance_taint(const struct xe_instance *instance);

/* Between runs. Fails if it is tainted, or plays a log. Recording may go on after a stop. */
bool xe_instance_record_start(struct xe_instance *instance, struct xe_error *err);
/* End it here, with a digest. The log is borrowed until the instance changes. Fails if it doesn't
 * record, or is tainted. */
bool xe_instance_record_stop(struct xe_instance *instance, struct xe_input_log *ret,
                             struct xe_error *err);
/* The log of the run so far, whether it records or not, with a digest of now as its end: of a run
 * that plays a log, what was played of it. Borrowed as that of a stop. Changes nothing. Fails if it
 * is tainted, has no title, or differs from the log that it plays. */
bool xe_instance_inputs_log(struct xe_instance *instance, struct xe_input_log *ret,
                            struct xe_error *err);
bool xe_instance_is_recording(const struct xe_instance *instance);
size_t xe_instance_inputs(const struct xe_instance *instance); /* in its log */

/* In a fresh instance with the title and settings of the recorded one. The log is copied; it may be
 * anybody's and is checked (XE_ERR_SCRIPT_MALFORMED). */
bool xe_instance_replay_start(struct xe_instance *instance, const struct xe_input_log *log,
                              struct xe_error *err);

enum xe_replay_state {
    XE_REPLAY_NONE, /* it plays none */
    XE_REPLAY_PLAYING,
    XE_REPLAY_ENDED, /* with equal digests; it may go on, as the recorded one would have */
    XE_REPLAY_DIVERGED,
    XE_REPLAY_STATES
};
#define XE_REPLAY_WORDS "none", "playing", "ended", "diverged"
const char *xe_replay_state_name(enum xe_replay_state state);

struct xe_replay_status {
    enum xe_replay_state state;
    size_t inputs, applied;
    size_t points, compared;
    uint64_t end_cycle;
    /* Diverged: where the first difference was seen, and the last place where all was equal. */
    uint64_t cycle, equal_cycle;
    char component[16]; /* "" if it is none's, see text */
    char text[256];
};
/* How far a replay is, and how it ended. */
void xe_instance_replay_status(const struct xe_instance *instance, struct xe_replay_status *ret);

/* ---- digest trail --------------------------------------------------------------------------- */

#define XE_TRAIL_MAX 4096u

/* Digests at the cycles that are multiples of `every`, from some cycle on, up to now. When there
 * are XE_TRAIL_MAX every second one goes, and `every` is doubled. */
struct xe_trail {
    uint64_t asked, every; /* cycles; 0: none is kept */
    struct xe_trail_entry {
        uint64_t cycle;
        struct xe_digest digest;
    } * entry;
    size_t entries;
};

/* From here on, every so many cycles; what is there is kept if it is of the same number. 0: no
 * more. Between runs. */
bool xe_instance_trail_start(struct xe_instance *instance, uint64_t every, struct xe_error *err);
/* Borrowed. */
const struct xe_trail *xe_instance_trail(const struct xe_instance *instance);

#endif
