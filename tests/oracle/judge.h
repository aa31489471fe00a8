/* Whether what is said of a state is true. */
#ifndef XE_TESTS_ORACLE_JUDGE_H
#define XE_TESTS_ORACLE_JUDGE_H

#include "oracle/stage.h"
#include "xe/explain.h"

/* Threads that may ever go on, by each question, bit by bit. */
struct judge_fates {
    uint32_t ever, spared, again;
};
void judge_fates(const struct oracle *model, struct judge_fates *ret);

/* NULL: the explanation is right; else what is false or missed. told counts what was said of
 * parked threads. */
const char *judge_explanation(const struct stage *stage, const struct oracle *model,
                              const struct judge_fates *fates, unsigned long told[XE_CERTAINTIES]);

/* NULL: what the audit says of each object, and of each wait for one, is right; else what isn't. */
const char *judge_audit(const struct stage *stage, const struct oracle *model,
                        const struct judge_fates *fates);

#endif
