/* The same moves on the real kernel: its own functions, as the exports call them. */
#ifndef XE_TESTS_ORACLE_STAGE_H
#define XE_TESTS_ORACLE_STAGE_H

#include "kernel/bench.h"
#include "oracle/model.h"

struct stage {
    struct bench bench;
    struct xe_thread *thread[ORACLE_THREADS];
    struct xe_object *object[ORACLE_OBJECTS]; /* as in the model; lost ones are not touched */
    uint32_t handle[ORACLE_OBJECTS][ORACLE_HANDLES];
    uint32_t number[ORACLE_CAST]; /* of the first handle, to be used again */
    uint32_t names[ORACLE_OBJECTS];
    xe_gva address[ORACLE_CAST]; /* of those in the title's memory */
    uint64_t identity[64];       /* object ids, by the model's identity */
    uint32_t key[64];            /* the last name of each that it had    */
};

void stage_begin(struct stage *stage, const struct oracle *model);
void stage_end(struct stage *stage);
/* `after`: the model after the move, which says what has become of objects. */
void stage_play(struct stage *stage, const struct oracle_move *move, const struct oracle *after);
/* NULL when kernel and model agree, else what differs. */
const char *stage_differs(const struct stage *stage, const struct oracle *model);

#endif
