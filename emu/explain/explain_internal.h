/* Between the parts of an explanation. */
#ifndef XE_EXPLAIN_EXPLAIN_INTERNAL_H
#define XE_EXPLAIN_EXPLAIN_INTERNAL_H

#include "explain/graph.h"

/* What is collected, as facts and as the graph of the same indices. */
struct xe__collected {
    struct xe_explain *facts; /* owned */
    struct xe__graph graph;   /* owns its arrays */
};

/* collect.c. false: no memory. records: ask the audit who released what; else only nature counts,
 * and the graph is good for certain answers alone. */
bool xe__collect(const struct xe_kernel *kernel, bool records, struct xe__collected *ret);
void xe__collected_fini(struct xe__collected *it); /* but the facts */

/* health.c: marks the threads whose wait is served, once it is known who is stuck. false: no
 * memory. */
bool xe__explain_health(struct xe_explain *explain, const struct xe__graph *graph);

/* sentence.c */
void xe__explain_sentence(struct xe_explain *explain, enum xe_stop stop, const char *detail);

#endif
