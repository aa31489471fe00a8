/* Members of diagnose.wait_graph: the rows of graph_json.h's views. */
#include "rpc/report/graph_json.h"
#include "rpc/api/rows.h"

#define NODE  struct xe_rpc_graph_node
#define EDGE  struct xe_rpc_graph_edge
#define GRAPH struct xe_rpc_graph_view

static const char *const what_words[] = {"thread", "object", NULL};
static const struct xe_rpc_type what = {.kind = XE_RPC_KIND_ENUM, .values = what_words};
static const char *const certainty_words[] = {XE_CERTAINTY_WORDS, NULL};
static const struct xe_rpc_type certainty = {.kind = XE_RPC_KIND_ENUM, .values = certainty_words};
static const char *const standing_words[] = {XE_STANDING_WORDS, NULL};
static const struct xe_rpc_type standing = {.kind = XE_RPC_KIND_ENUM, .values = standing_words};
static const char *const edge_words[] = {"waits", XE_PRODUCER_KIND_WORDS, NULL};
static const struct xe_rpc_type edge_what = {.kind = XE_RPC_KIND_ENUM, .values = edge_words};

static const struct xe_rpc_type node = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("id", NODE, id, "what edges call it"),
        M_VALUE("what", NODE, what, &what, "what it is"),
        M_VALUE("label", NODE, label, &xe_rpc_guest, "for people"),
        M_VALUE("certainty", NODE, certainty, &certainty,
                "that the thread never goes on, that the object is never released"),
        M_INT("tid", NODE, tid, NULL, "of a thread", WHEN_SET(NODE, tid)),
        M_INT("count", NODE, count, NULL,
              "how many it stands for: more than 1 if the graph is folded"),
        M_VALUE("state", NODE, state, &standing, "of a thread", WHEN_SET(NODE, tid)),
        M_HEX("key", NODE, key, "of an object", WHEN_SET(NODE, key)),
        M_END,
    }};
static const struct xe_rpc_field node_item = {"node", &node, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type nodes = {.kind = XE_RPC_KIND_ARRAY, .items = &node_item};

static const struct xe_rpc_type edge = {
    .kind = XE_RPC_KIND_OBJECT,
    .members = (const struct xe_rpc_member[]){
        M_STRING("from", EDGE, from, "a node"),
        M_STRING("to", EDGE, to, "a node"),
        M_VALUE("what", EDGE, what, &edge_what,
                "a wait; or what makes the thread one that can release the object"),
        M_BOOL("all", EDGE, all, "the thread waits for all of its objects"),
        M_END,
    }};
static const struct xe_rpc_field edge_item = {"edge", &edge, REQUIRED, 0, 0, "one", 0};
static const struct xe_rpc_type edges = {.kind = XE_RPC_KIND_ARRAY, .items = &edge_item};

static const char *const schema_words[] = {"xe360/wait-graph/1", NULL};
static const struct xe_rpc_type schema = {.kind = XE_RPC_KIND_ENUM, .values = schema_words};

const struct xe_rpc_type xe_rpc_wait_graph = {
    .kind = XE_RPC_KIND_OBJECT,
    .other = &xe_rpc_text_result,
    .members = (const struct xe_rpc_member[]){
        M_CONSTANT("schema", &schema, "of this graph"),
        M_STRING("instance", GRAPH, instance, "instance id"),
        M_INT("cycle", GRAPH, cycle, "instructions", "retired so far"),
        M_BOOL("folded", GRAPH, folded, "what is alike is one node"),
        M_LIST("nodes", GRAPH, node, nodes, &nodes, "threads by id, then objects"),
        M_INT("nodes_total", GRAPH, nodes_all, NULL, "with those that are left out"),
        M_LIST("edges", GRAPH, edge, edges, &edges, "waits, then producers"),
        M_INT("edges_total", GRAPH, edges_all, NULL, "with those that are left out"),
        M_END,
    }};
