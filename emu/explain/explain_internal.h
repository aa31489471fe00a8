/* Between the parts of an explanation. */
#ifndef XE_EXPLAIN_EXPLAIN_INTERNAL_H
#define XE_EXPLAIN_EXPLAIN_INTERNAL_H

#include "explain/graph.h"

/* What is collected, as facts and as the graph of the same indices. */
struct xe__collected {
    struct xe_explain *facts; /* owned */
    struct xe__graph graph;   /* owns its arrays */
};

/* collect.c. false: no memory. Without RECORDS the audit isn't asked who released what: only nature
 * counts, and what is said of objects is good for certain answers alone. Without SPINS who runs
 * goes on. */
enum { XE__RECORDS = 1, XE__SPINS = 2 };
bool xe__explain_collect(const struct xe_kernel *kernel, unsigned what, struct xe__collected *ret);
/* collect_spins.c: which of the threads spin, and what for. false: no memory. */
void xe__explain_collected_fini(struct xe__collected *it); /* but the facts */

/* health.c: marks the threads whose wait is served, once it is known who is stuck. false: no
 * memory. */
bool xe__explain_health(struct xe_explain *explain, const struct xe__graph *graph);

/* explain.c: a promise that only somebody outside keeps. */
bool xe__explain_from_outside(const struct xe_explain_producer *it);

/* sentence.c */
void xe__explain_sentence(struct xe_explain *explain, enum xe_stop stop, const char *detail);

#endif
