/* diagnose.wait_graph: from an explanation to nodes and edges. Threads that neither wait nor could
 * release anything that is waited for are left out. */
#include "rpc/report/graph_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/api/rows.h"
#include "rpc/report/graph_fold.h"

struct making {
    const struct xe_explain *explain;
    struct xe_rpc_graph_view *view;
    bool *shown; /* owned: threads that have an edge */
    struct xe__graph_fold fold;
    uint32_t room; /* edges */
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
    return view->edges < m->room ? &view->edge[view->edges++] : &beyond;
}

static void add_waits(struct making *m)
{
    const struct xe_explain *explain = m->explain;

    for (uint32_t i = 0; i < explain->links; i++) {
        const struct xe_explain_link *link = &explain->link[i];
        struct xe_rpc_graph_edge *edge = new_edge(m);

        *edge = (struct xe_rpc_graph_edge){.all = explain->thread[link->thread].now.wait_all};
        thread_id(explain, m->fold.thread[link->thread], edge->from);
        object_id(m->fold.object[link->object], edge->to);
        m->shown[m->fold.thread[link->thread]] = true;
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
            object_id(m->fold.object[i], edge->from);
            thread_id(explain, m->fold.thread[it->thread], edge->to);
            m->shown[m->fold.thread[it->thread]] = true;
        }
}

static struct xe_rpc_graph_node *new_node(struct making *m)
{
    static struct xe_rpc_graph_node beyond;
    struct xe_rpc_graph_view *view = m->view;

    view->nodes_all++;
    return view->nodes < XE_RPC_GRAPH_MAX ? &view->node[view->nodes++] : &beyond;
}

static void add_count(struct xe_rpc_graph_node *node)
{
    size_t used = strlen(node->label);

    if (node->count > 1)
        snprintf(node->label + used, sizeof(node->label) - used, " and %u like it",
                 node->count - 1);
}

static void add_thread(struct making *m, uint32_t at)
{
    const struct xe_explain_thread *it = &m->explain->thread[at];
    struct xe_rpc_graph_node *node = new_node(m);
    const char *gap = it->now.name[0] ? " " : "";

    *node = (struct xe_rpc_graph_node){.what = "thread",
                                       .certainty = xe_certainty_name(it->stuck),
                                       .tid = it->now.tid,
                                       .count = m->fold.threads[at],
                                       .state = it->now.standing};
    thread_id(m->explain, at, node->id);
    snprintf(node->label, sizeof(node->label), "tid %u%s%s", it->now.tid, gap, it->now.name);
    add_count(node);
}

static void add_object(struct making *m, uint32_t at)
{
    const struct xe_explain_object *it = &m->explain->object[at];
    struct xe_rpc_graph_node *node = new_node(m);
    char kind[64];

    *node = (struct xe_rpc_graph_node){.what = "object",
                                       .certainty = xe_certainty_name(it->stuck),
                                       .key = it->about.key,
                                       .count = m->fold.objects[at]};
    object_id(at, node->id);
    xe_explain_kind_text(it, kind, sizeof(kind));
    snprintf(node->label, sizeof(node->label), "%s 0x%08x%s%.60s", kind, it->about.key,
             it->about.name[0] ? " " : "", it->about.name);
    add_count(node);
}

static int by_edge(const void *a, const void *b)
{
    const struct xe_rpc_graph_edge *x = a, *y = b;
    int order = strcmp(x->from, y->from);

    order = order ? order : strcmp(x->to, y->to);
    order = order ? order : (x->what > y->what) - (x->what < y->what);
    return order ? order : x->all - y->all;
}

/* Each once: those of what is alike lead the same way. */
static void fold_edges(struct xe_rpc_graph_view *view)
{
    uint32_t n = 0;

    if (view->edges)
        qsort(view->edge, view->edges, sizeof(*view->edge), by_edge);
    for (uint32_t i = 0; i < view->edges; i++)
        if (!n || by_edge(&view->edge[n - 1], &view->edge[i]))
            view->edge[n++] = view->edge[i];
    view->edges_all = n;
    view->edges = n < XE_RPC_GRAPH_MAX ? n : XE_RPC_GRAPH_MAX;
}

static json_t *write_graph(struct making *m)
{
    add_waits(m);
    add_producers(m);
    if (m->view->folded)
        fold_edges(m->view);
    for (uint32_t i = 0; i < m->explain->threads; i++)
        if (m->shown[i])
            add_thread(m, i);
    for (uint32_t i = 0; i < m->explain->objects; i++)
        if (m->fold.objects[i])
            add_object(m, i);
    return xe_rpc_write(&xe_rpc_wait_graph, m->view);
}

static json_t *make_graph(struct making *m)
{
    json_t *result = NULL;

    m->room = m->view->folded ? m->explain->links + m->explain->producers : XE_RPC_GRAPH_MAX;
    m->view->node = calloc(XE_RPC_GRAPH_MAX, sizeof(*m->view->node));
    m->view->edge = calloc(m->room + 1u, sizeof(*m->view->edge));
    m->shown = calloc(m->explain->threads + 1u, sizeof(*m->shown));
    if (m->view->node && m->view->edge && m->shown)
        result = write_graph(m);
    free(m->view->node);
    free(m->view->edge);
    free(m->shown);
    return result;
}

json_t *xe_rpc_graph_json(struct xe_instance *instance, const char *id, bool fold)
{
    struct xe_kernel *kernel = xe_instance_kernel(instance);
    struct xe_explain *explain = xe_explain_make(kernel, xe_instance_last_stop(instance),
                                                 xe_instance_stop_detail(instance), NULL);
    struct xe_rpc_graph_view view = {
        .instance = id, .cycle = xe_instance_cycle(instance), .folded = fold};
    struct making m = {.explain = explain, .view = &view};
    json_t *result = NULL;

    if (explain && xe__rpc_graph_fold_init(&m.fold, kernel, explain, fold)) {
        result = make_graph(&m);
        xe__rpc_graph_fold_fini(&m.fold);
    }
    xe_explain_free(explain);
    return result;
}
