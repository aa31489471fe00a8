/* Who waits for whom as a graph: threads and the objects that they wait for are nodes, a wait leads
 * from a thread to an object, a producer from the object to the thread that can release it. */
#ifndef XE_RPC_REPORT_GRAPH_JSON_H
#define XE_RPC_REPORT_GRAPH_JSON_H

#include <jansson.h>

#include "xe/explain.h"
#include "xe/instance.h"

#define XE_RPC_GRAPH_MAX 4000u /* nodes, and edges, that are told */

struct xe_rpc_graph_node {
    char id[16];      /* "t2", "o17" */
    const char *what; /* "thread", "object" */
    char label[160];
    const char *certainty; /* that it never goes on, or is never released */
    uint32_t tid;          /* 0: it is an object */
    uint32_t key;
    uint32_t count;         /* how many it stands for */
    enum xe_standing state; /* of a thread */
};

struct xe_rpc_graph_edge {
    char from[16], to[16];
    uint32_t what; /* 0: waits; else 1 + enum xe_producer_kind */
    bool all;      /* of a wait: for all of its objects         */
};

struct xe_rpc_graph_view {
    const char *instance;
    uint64_t cycle;
    bool folded;
    struct xe_rpc_graph_node *node; /* owned, as is edge */
    struct xe_rpc_graph_edge *edge;
    uint32_t nodes, edges, nodes_all, edges_all;
};

/* fold: what is alike is one node (graph_fold.h). NULL when out of memory. */
json_t *xe_rpc_graph_json(struct xe_instance *instance, const char *id, bool fold);

#endif
