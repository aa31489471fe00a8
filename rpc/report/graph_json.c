/* diagnose.wait_graph: from an explanation to nodes and edges. Threads that neither wait nor could
 * release anything that is waited for are left out. */
#include "rpc/report/graph_json.h"

#include <stdio.h>
#include <stdlib.h>

#include "rpc/api/rows.h"

struct making {
    const struct xe_explain *explain;
    struct xe_rpc_graph_view *view;
    bool *shown; /* owned: threads that have an edge */
};

static void thread_id(const struct xe_explain *explain, uint32_t thread, char id[16])
{
    snprintf(id, 16, "t%u", explain->thread[thread].now.tid);
}

static void object_id(uint32_t object, char id[16])
{
    snprintf(id, 16, "o%u", object + 1);
}

static struct xe_rpc_graph_edge *new_edge(struct making *m)
{
    static struct xe_rpc_graph_edge beyond;
    struct xe_rpc_graph_view *view = m->view;

    view->edges_all++;
    return view->edges < XE_RPC_GRAPH_MAX ? &view->edge[view->edges++] : &beyond;
}

static void add_waits(struct making *m)
{
    const struct xe_explain *explain = m->explain;

    for (uint32_t i = 0; i < explain->links; i++) {
        const struct xe_explain_link *link = &explain->link[i];
        struct xe_rpc_graph_edge *edge = new_edge(m);

        *edge = (struct xe_rpc_graph_edge){.all = explain->thread[link->thread].now.wait_all};
        thread_id(explain, link->thread, edge->from);
        object_id(link->object, edge->to);
        m->shown[link->thread] = true;
    }
}

static void add_producers(struct making *m)
{
    const struct xe_explain *explain = m->explain;

    for (uint32_t i = 0; i < explain->objects; i++)
        for (uint32_t k = 0; k < explain->object[i].producers; k++) {
            const struct xe_explain_producer *it =
                &explain->producer[explain->object[i].first_producer + k];
            struct xe_rpc_graph_edge *edge;

            if (it->thread == UINT32_MAX)
                continue;
            edge = new_edge(m);
            *edge = (struct xe_rpc_graph_edge){.what = 1u + it->who.kind};
            object_id(i, edge->from);
            thread_id(explain, it->thread, edge->to);
            m->shown[it->thread] = true;
        }
}

static struct xe_rpc_graph_node *new_node(struct making *m)
{
    static struct xe_rpc_graph_node beyond;
    struct xe_rpc_graph_view *view = m->view;

    view->nodes_all++;
    return view->nodes < XE_RPC_GRAPH_MAX ? &view->node[view->nodes++] : &beyond;
}

static void add_thread(struct making *m, uint32_t at)
{
    const struct xe_explain_thread *it = &m->explain->thread[at];
    struct xe_rpc_graph_node *node = new_node(m);
    const char *gap = it->now.name[0] ? " " : "";

    *node = (struct xe_rpc_graph_node){.what = "thread",
                                       .certainty = xe_certainty_name(it->stuck),
                                       .tid = it->now.tid,
                                       .state = it->now.standing};
    thread_id(m->explain, at, node->id);
    snprintf(node->label, sizeof(node->label), "tid %u%s%s", it->now.tid, gap, it->now.name);
}

static void add_object(struct making *m, uint32_t at)
{
    const struct xe_explain_object *it = &m->explain->object[at];
    struct xe_rpc_graph_node *node = new_node(m);
    char kind[64];

    *node = (struct xe_rpc_graph_node){
        .what = "object", .certainty = xe_certainty_name(it->stuck), .key = it->about.key};
    object_id(at, node->id);
    xe_explain_kind_text(it, kind, sizeof(kind));
    snprintf(node->label, sizeof(node->label), "%s 0x%08x %.60s", kind, it->about.key,
             it->about.name);
}

static json_t *write_graph(struct making *m)
{
    add_waits(m);
    add_producers(m);
    for (uint32_t i = 0; i < m->explain->threads; i++)
        if (m->shown[i])
            add_thread(m, i);
    for (uint32_t i = 0; i < m->explain->objects; i++)
        add_object(m, i);
    return xe_rpc_write(&xe_rpc_wait_graph, m->view);
}

json_t *xe_rpc_graph_json(struct xe_instance *instance, const char *id)
{
    struct xe_explain *explain =
        xe_explain_make(xe_instance_kernel(instance), xe_instance_last_stop(instance),
                        xe_instance_stop_detail(instance), NULL);
    struct xe_rpc_graph_view view = {
        .instance = id,
        .cycle = xe_instance_cycle(instance),
        .node = calloc(XE_RPC_GRAPH_MAX, sizeof(*view.node)),
        .edge = calloc(XE_RPC_GRAPH_MAX, sizeof(*view.edge)),
    };
    struct making m = {.explain = explain,
                       .view = &view,
                       .shown = calloc(explain ? explain->threads + 1u : 1u, sizeof(bool))};
    json_t *result = NULL;

    if (explain && view.node && view.edge && m.shown)
        result = write_graph(&m);
    xe_explain_free(explain);
    free(view.node);
    free(view.edge);
    free(m.shown);
    return result;
}
