/* A wait graph that is too large to look at, folded: what is alike is one node, with a count. */
#ifndef XE_RPC_REPORT_GRAPH_FOLD_H
#define XE_RPC_REPORT_GRAPH_FOLD_H

#include "xe/explain.h"

#define XE_RPC_GRAPH_FOLD 300u /* nodes that need no folding */

/* By index of explain's threads and objects: the first that is like it, and how many are. */
struct xe__graph_fold {
    uint32_t *thread, *object, *threads, *objects; /* owned */
};

/* Threads are alike if they stand alike, with equal wait stacks, and wait for and release the same
 * objects. If more than XE_RPC_GRAPH_FOLD nodes are left, so are objects of one kind that one place
 * of the code made, and "the same" is as good as alike. wanted false: nothing is like another.
 * false: no memory. */
bool xe__rpc_graph_fold_init(struct xe__graph_fold *fold, const struct xe_kernel *kernel,
                             const struct xe_explain *explain, bool wanted);
void xe__rpc_graph_fold_fini(struct xe__graph_fold *fold);

#endif
