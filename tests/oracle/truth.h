/* Who can ever go on, by trying all that may happen from a state on: a thread that acts may do
 * whatever the question allows, one that doesn't does nothing. */
#ifndef XE_TESTS_ORACLE_TRUTH_H
#define XE_TESTS_ORACLE_TRUTH_H

#include "oracle/model.h"

enum oracle_question {
    ORACLE_EVER,  /* anything that rules allow                                            */
    ORACLE_AGAIN, /* as EVER, but known objects are released by those who did so before,  */
                  /* and nobody counts on APCs that are not queued                        */
    ORACLE_QUESTIONS
};

/* Threads that act in some state that can come of this one, bit by bit. spares: whoever resumes a
 * thread lets it go on whatever it waits for, which is how verdicts spare those that are suspended.
 */
uint32_t oracle_can_act(const struct oracle *model, enum oracle_question question, bool spares);

#endif
