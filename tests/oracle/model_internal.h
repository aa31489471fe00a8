/* What waits.c does for the rest of the model. */
#ifndef XE_TESTS_ORACLE_MODEL_INTERNAL_H
#define XE_TESTS_ORACLE_MODEL_INTERNAL_H

#include "oracle/model.h"

/* A new note; what is written into it goes nowhere when nobody takes any. */
struct oracle_note *oracle__note_of(struct oracle *model, enum oracle_what what, uint8_t actor,
                                    uint32_t identity);
/* Of each object of the thread's wait. */
void oracle__note_all(struct oracle *model, enum oracle_what what, uint32_t thread);
void oracle__note_birth(struct oracle *model, uint32_t identity);
uint32_t oracle__birth_of(const struct oracle *model, uint32_t identity);

void oracle__set_state(struct oracle_object *object, int32_t state);
/* An object that nobody can name or waits for is no more. */
void oracle__forget_unnamed(struct oracle *model, uint32_t at);
void oracle__signal_as(struct oracle *model, uint32_t at, int32_t state, enum oracle_what what);
void oracle__clear(struct oracle *model, uint32_t at); /* a reset */
/* A thread that a queue feeds parks or goes: another may take its place. */
void oracle__offer(struct oracle *model, uint32_t queue);
void oracle__run_apcs(struct oracle *model, uint32_t thread);
/* Can the wait end now, and for a wait any by which? */
bool oracle__is_satisfied(const struct oracle *model, uint32_t thread, uint32_t *ret_index);
void oracle__let_go(struct oracle *model, uint32_t thread, uint32_t index);
void oracle__leave_line(struct oracle_object *object, uint32_t thread);
void oracle__join_line(struct oracle_object *object, uint32_t thread);
/* A wait that begins, or goes on, finds its objects as they are. */
void oracle__find_states(struct oracle *model, uint32_t thread);
void oracle__play_wait(struct oracle *model, const struct oracle_move *move);

#endif
