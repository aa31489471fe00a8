/* What an instance keeps of its input log: the inputs, digests between them, whether it records or
 * plays, how far it has played, what has tainted it. See xe/inputs.h; beside the state, so that a
 * saved instance goes on recording or playing where it was. */
#ifndef XE_STATE_INPUTS_H
#define XE_STATE_INPUTS_H

#include "base/codec.h"
#include "xe/inputs.h"

struct xe_inputs {
    bool recording;
    struct xe_taint taint;
    struct xe_input *input; /* owned, with their bytes */
    size_t count, capacity, cost;
    struct xe_input_point *point; /* owned, in order; the end's, when it plays, is the last */
    size_t points, point_capacity;

    /* Playing. */
    enum xe_replay_state replay;
    size_t next, next_point; /* to be applied, to be compared */
    uint64_t equal_cycle;
    struct {
        uint64_t cycle;
        char component[16], text[256];
    } difference;
};

void xe_inputs_fini(struct xe_inputs *inputs);

/* false: no room for so many of them (XE_ERR_QUOTA_EXCEEDED). */
bool xe_inputs_has_room(const struct xe_inputs *inputs, const struct xe_input *input, size_t count,
                        struct xe_error *err);
/* Copy an input to the end. false: no room, or no memory. */
bool xe_inputs_add(struct xe_inputs *inputs, const struct xe_input *input, struct xe_error *err);
void xe_inputs_drop(struct xe_inputs *inputs); /* the last one */
/* Of a log that was played to its end: from here on it may grow. */
void xe_inputs_go_on(struct xe_inputs *inputs);
/* A digest to the end; of more than fit every second one goes. */
bool xe_inputs_add_point(struct xe_inputs *inputs, const struct xe_input_point *point,
                         struct xe_error *err);
struct xe_input_point xe_input_point_make(uint64_t cycle, uint64_t idle,
                                          const struct xe_digest *digest);

/* Copy a log that is to be played. It is hostile: kinds, sizes and order are checked. */
bool xe_inputs_take(struct xe_inputs *inputs, const struct xe_input_log *log, struct xe_error *err);

void xe_inputs_state(struct xe_codec *c, struct xe_inputs *inputs);

/* -1, 0, 1: a place before, at, behind another. */
int xe_inputs_order(uint64_t cycle, uint64_t idle, uint64_t than_cycle, uint64_t than_idle);

#endif
