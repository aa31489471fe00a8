/* Whether what is said of a state is true. */
#ifndef XE_TESTS_ORACLE_JUDGE_H
#define XE_TESTS_ORACLE_JUDGE_H

#include "oracle/stage.h"
#include "xe/explain.h"

/* NULL: the explanation is right; else what is false or missed. told counts what was said of
 * parked threads. */
const char *judge_explanation(const struct stage *stage, const struct oracle *model,
                              unsigned long told[XE_CERTAINTIES]);

/* NULL: each sub-reason that the audit gives of a wait for the object holds; else the first that
 * does not. */
const char *judge_audit(const struct stage *stage, const struct oracle *model, uint32_t at);

#endif
