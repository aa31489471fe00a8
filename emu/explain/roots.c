/* What everything else waits behind. Threads and objects that are stuck are the nodes of one graph:
 * a thread leads to the objects that keep it, an object to the stuck threads that could release it.
 * Tarjan's strongly connected components, without recursion; a component that no edge leaves is a
 * root. Nodes: threads first, then objects. */
#include <string.h>

#include "base/alloc.h"
#include "explain/graph.h"

struct search {
    const struct xe__graph *graph;
    struct xe__graph_index index;
    struct xe__graph_roots *roots;
    uint32_t nodes;
    uint32_t *number, *low;  /* of a node, 0: not seen yet                                */
    uint32_t *stack, *frame; /* nodes of open components; nodes on the way down           */
    uint32_t *edge;          /* of a node on the way down: the next edge to look at       */
    uint32_t *component;     /* of a node, 0: still open                                  */
    bool *blocks;            /* of an object: a stuck thread waits for it                 */
    bool *leaves;            /* an edge leads out of the component of this node           */
    bool *circles;           /* a way leads from this node back to it                     */
    uint32_t *merged;        /* of an object that is a root: its root + 1                 */
    uint32_t *seen;          /* of a thread: the last root that it is in or waits for     */
    bool *queued;            /* of a node: on the way back from the roots                 */
    bool *told;              /* of a thread: behind some root                             */
    uint32_t tail;           /* of that way, in frame                                     */
    uint32_t *from;          /* of a node: where a walk came from                         */
    uint32_t numbers, components, depth, frames;
    bool ok;
};

/* ---- edges ----------------------------------------------------------------------------------- */

static bool is_stuck(const struct search *s, uint32_t node)
{
    if (node < s->graph->threads)
        return s->graph->thread[node].stuck != XE_CERTAINTY_NONE;
    node -= s->graph->threads;
    return s->blocks[node] && s->graph->object[node].stuck != XE_CERTAINTY_NONE;
}

static uint32_t edge_count(const struct search *s, uint32_t node)
{
    return node < s->graph->threads ? s->graph->thread[node].links + s->graph->thread[node].posters
                                    : s->graph->object[node - s->graph->threads].producers;
}

/* Where the i-th edge of a node leads; XE__NONE: nowhere that is stuck. */
static uint32_t edge_to(const struct search *s, uint32_t node, uint32_t i)
{
    const struct xe__graph *graph = s->graph;
    uint32_t to;

    s->roots->work++;
    if (node < graph->threads && i >= graph->thread[node].links) {
        to = graph->producer[graph->thread[node].first_poster + i - graph->thread[node].links]
                 .thread;
    } else if (node < graph->threads) {
        const struct xe__graph_link *link = &graph->link[graph->thread[node].first_link + i];

        to = link->taken ? XE__NONE : graph->threads + link->object;
    } else {
        to = graph->producer[graph->object[node - graph->threads].first_producer + i].thread;
    }
    return to != XE__NONE && is_stuck(s, to) ? to : XE__NONE;
}

/* ---- components ------------------------------------------------------------------------------ */

static void enter(struct search *s, uint32_t node)
{
    s->number[node] = s->low[node] = ++s->numbers;
    s->edge[node] = 0;
    s->stack[s->depth++] = node;
    s->frame[s->frames++] = node;
}

static void close_component(struct search *s, uint32_t node)
{
    bool leaves = false;
    uint32_t first = s->depth, member;

    s->components++;
    do {
        member = s->stack[--first];
        s->component[member] = s->components;
    } while (member != node);
    for (uint32_t i = first; i < s->depth; i++)
        for (uint32_t k = 0; k < edge_count(s, s->stack[i]); k++) {
            uint32_t to = edge_to(s, s->stack[i], k);

            leaves |= to != XE__NONE && s->component[to] != s->components;
        }
    /* No edge joins two threads or two objects, but that of an alert; a thread's own is not told.
     */
    for (uint32_t i = first; i < s->depth; i++) {
        s->leaves[s->stack[i]] = leaves;
        s->circles[s->stack[i]] = s->depth - first > 1;
    }
    s->depth = first;
}

static void step(struct search *s)
{
    uint32_t node = s->frame[s->frames - 1], to;

    if (s->edge[node] < edge_count(s, node)) {
        to = edge_to(s, node, s->edge[node]++);
        if (to == XE__NONE)
            return;
        if (!s->number[to])
            enter(s, to);
        else if (!s->component[to] && s->number[to] < s->low[node])
            s->low[node] = s->number[to];
        return;
    }
    s->frames--;
    if (s->frames && s->low[node] < s->low[s->frame[s->frames - 1]])
        s->low[s->frame[s->frames - 1]] = s->low[node];
    if (s->low[node] == s->number[node])
        close_component(s, node);
}

static void find_components(struct search *s)
{
    for (uint32_t node = 0; node < s->nodes; node++) {
        if (!s->number[node] && is_stuck(s, node))
            enter(s, node);
        while (s->frames)
            step(s);
    }
}

/* ---- making roots ---------------------------------------------------------------------------- */

static bool push(struct search *s, uint32_t **list, uint32_t *count, size_t *room, uint32_t value)
{
    if (!xe_grow(list, room, *count, sizeof(**list)))
        return s->ok = false;
    (*list)[(*count)++] = value;
    return true;
}

static struct xe__graph_root *new_root(struct search *s, enum xe_certainty certainty)
{
    struct xe__graph_roots *roots = s->roots;

    if (!xe_grow(&roots->root, &roots->root_room, roots->roots, sizeof(*roots->root))) {
        s->ok = false;
        return NULL;
    }
    roots->root[roots->roots] = (struct xe__graph_root){
        .certainty = certainty, .first_object = roots->objects, .first_thread = roots->threads};
    return &roots->root[roots->roots++];
}

/* The shortest way through the component from a thread back to itself, as the list of threads. */
static void name_cycle(struct search *s, struct xe__graph_root *root, uint32_t start)
{
    struct xe__graph_roots *roots = s->roots;
    uint32_t head = 0, tail = 0, node = start, length = 0;

    s->frame[tail++] = start; /* free by now: a queue */
    s->from[start] = XE__NONE;
    while (head < tail) {
        node = s->frame[head++];
        for (uint32_t i = 0; i < edge_count(s, node); i++) {
            uint32_t to = edge_to(s, node, i);

            if (to == start)
                goto found;
            if (to == XE__NONE || s->component[to] != s->component[start] ||
                s->from[to] != XE__NONE)
                continue;
            s->from[to] = node;
            s->frame[tail++] = to;
        }
    }
    return;
found:
    /* It was found backwards. */
    for (uint32_t at = node; at != XE__NONE; at = s->from[at])
        if (at < s->graph->threads &&
            push(s, &roots->thread, &roots->threads, &roots->thread_room, at))
            length++;
    root->threads = length;
    for (uint32_t i = 0; i < length / 2; i++) {
        uint32_t *a = &roots->thread[root->first_thread + i];
        uint32_t *b = &roots->thread[root->first_thread + length - 1 - i], kept = *a;

        *a = *b;
        *b = kept;
    }
    for (uint32_t i = 0; i < tail; i++)
        s->from[s->frame[i]] = XE__NONE;
}

static bool is_alone(const struct search *s, uint32_t node)
{
    for (uint32_t i = 0; i < edge_count(s, node); i++)
        if (edge_to(s, node, i) != XE__NONE)
            return false;
    return true;
}

/* Roots with threads in them: each component once, by its first thread. Threads that wait for each
 * other are one even if some of them wait for more. */
static void add_thread_roots(struct search *s, bool *done)
{
    for (uint32_t i = 0; i < s->graph->threads; i++) {
        struct xe__graph_root *root;

        if (!s->component[i] || (s->leaves[i] && !s->circles[i]) || done[s->component[i]])
            continue;
        done[s->component[i]] = true;
        root = new_root(s, s->graph->thread[i].stuck);
        if (!root)
            return;
        if (!s->circles[i]) {
            root->threads =
                push(s, &s->roots->thread, &s->roots->threads, &s->roots->thread_room, i);
            continue;
        }
        root->cycle = true;
        name_cycle(s, root, i);
        for (uint32_t k = 0; k < root->threads; k++) {
            enum xe_certainty sure =
                s->graph->thread[s->roots->thread[root->first_thread + k]].stuck;

            root->certainty = sure < root->certainty ? sure : root->certainty;
        }
    }
}

static bool is_object_root(const struct search *s, uint32_t object)
{
    uint32_t node = s->graph->threads + object;

    return s->component[node] && !s->leaves[node] && is_alone(s, node);
}

/* All objects that are roots and stand in one wait any with this one, and with those: one root. */
static void add_object_root(struct search *s, uint32_t object)
{
    const struct xe__graph *graph = s->graph;
    struct xe__graph_root *root = new_root(s, graph->object[object].stuck);
    uint32_t number = s->roots->roots;

    if (!root || !push(s, &s->roots->object, &s->roots->objects, &s->roots->object_room, object))
        return;
    s->merged[object] = number;
    for (uint32_t i = root->first_object; i < s->roots->objects; i++) {
        uint32_t at = s->roots->object[i];

        for (uint32_t k = s->index.waiter_at[at]; k < s->index.waiter_at[at + 1]; k++) {
            const struct xe__graph_thread *thread =
                &graph->thread[graph->link[s->index.waiter[k]].thread];

            for (uint32_t l = 0; !thread->all && l < thread->links; l++) {
                uint32_t other = graph->link[thread->first_link + l].object;

                if (s->merged[other] || !is_object_root(s, other))
                    continue;
                s->merged[other] = number;
                if (!push(s, &s->roots->object, &s->roots->objects, &s->roots->object_room, other))
                    return;
            }
        }
        if (graph->object[at].stuck < root->certainty)
            root->certainty = graph->object[at].stuck;
    }
    root->objects = s->roots->objects - root->first_object;
}

/* ---- who is behind --------------------------------------------------------------------------- */

/* A node goes on the way back from the roots once, whichever root comes there first. */
static void reach(struct search *s, uint32_t node)
{
    s->roots->work++;
    if (s->queued[node] || !is_stuck(s, node))
        return;
    s->queued[node] = true;
    s->frame[s->tail++] = node;
}

/* Waits for an object of this root itself. */
static void add_waiter(struct search *s, uint32_t thread, uint32_t mark)
{
    s->roots->work++;
    if (s->seen[thread] == mark || !is_stuck(s, thread))
        return;
    s->seen[thread] = mark;
    push(s, &s->roots->waiter, &s->roots->waiters, &s->roots->waiter_room, thread);
    reach(s, thread);
}

static void add_waiters(struct search *s, uint32_t object, uint32_t mark)
{
    for (uint32_t i = s->index.waiter_at[object]; i < s->index.waiter_at[object + 1]; i++)
        if (!s->graph->link[s->index.waiter[i]].taken)
            add_waiter(s, s->graph->link[s->index.waiter[i]].thread, mark);
}

static void add_behind(struct search *s, uint32_t thread, uint32_t mark)
{
    if (s->seen[thread] != mark && !s->told[thread] && is_stuck(s, thread)) {
        s->told[thread] = true;
        push(s, &s->roots->waiter, &s->roots->waiters, &s->roots->waiter_room, thread);
    }
    reach(s, thread);
}

static void reach_from(struct search *s, uint32_t node, uint32_t mark)
{
    const struct xe__graph *graph = s->graph;

    if (node >= graph->threads) {
        uint32_t object = node - graph->threads;

        for (uint32_t i = s->index.waiter_at[object]; i < s->index.waiter_at[object + 1]; i++)
            if (!graph->link[s->index.waiter[i]].taken)
                add_behind(s, graph->link[s->index.waiter[i]].thread, mark);
        return;
    }
    for (uint32_t i = s->index.product_at[node]; i < s->index.product_at[node + 1]; i++) {
        const struct xe__graph_producer *it = &graph->producer[s->index.product[i]];

        if (it->object == XE__NONE)
            add_behind(s, it->target, mark);
        else
            reach(s, graph->threads + it->object);
    }
}

/* First the threads that wait for the root's objects, then those behind them that are told behind
 * no other root. */
static void find_behind(struct search *s, uint32_t number)
{
    struct xe__graph_root *root = &s->roots->root[number];
    uint32_t head, mark = number + 1;

    head = s->tail = 0;
    for (uint32_t i = 0; i < root->threads; i++) {
        s->seen[s->roots->thread[root->first_thread + i]] = mark;
        reach(s, s->roots->thread[root->first_thread + i]);
    }
    root->first_waiter = s->roots->waiters;
    for (uint32_t i = 0; i < root->objects; i++)
        add_waiters(s, s->roots->object[root->first_object + i], mark);
    root->waiters = s->roots->waiters - root->first_waiter;
    root->first_behind = s->roots->waiters;
    while (head < s->tail)
        reach_from(s, s->frame[head++], mark);
    root->behind = s->roots->waiters - root->first_behind;
}

/* The surest root gets those who are behind several; of equals a cycle. */
static void find_all_behind(struct search *s)
{
    for (int sure = XE_CERTAINTY_CERTAIN; sure > XE_CERTAINTY_NONE; sure--)
        for (int cycle = 1; cycle >= 0; cycle--)
            for (uint32_t i = 0; s->ok && i < s->roots->roots; i++)
                if ((int)s->roots->root[i].certainty == sure && s->roots->root[i].cycle == cycle)
                    find_behind(s, i);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool search_init(struct search *s, const struct xe__graph *graph,
                        struct xe__graph_roots *roots)
{
    size_t n = (size_t)graph->threads + graph->objects + 1;

    *s = (struct search){.graph = graph,
                         .roots = roots,
                         .nodes = graph->threads + graph->objects,
                         .number = xe_calloc(n, sizeof(uint32_t)),
                         .low = xe_calloc(n, sizeof(uint32_t)),
                         .stack = xe_calloc(n, sizeof(uint32_t)),
                         .frame = xe_calloc(n, sizeof(uint32_t)),
                         .edge = xe_calloc(n, sizeof(uint32_t)),
                         .component = xe_calloc(n, sizeof(uint32_t)),
                         .blocks = xe_calloc(n, sizeof(bool)),
                         .leaves = xe_calloc(n, sizeof(bool)),
                         .circles = xe_calloc(n, sizeof(bool)),
                         .merged = xe_calloc(n, sizeof(uint32_t)),
                         .seen = xe_calloc(n, sizeof(uint32_t)),
                         .queued = xe_calloc(n, sizeof(bool)),
                         .told = xe_calloc(n, sizeof(bool)),
                         .from = xe_calloc(n, sizeof(uint32_t)),
                         .ok = true};
    return xe__explain_graph_index_init(&s->index, graph) && s->number && s->low && s->stack &&
           s->frame && s->edge && s->component && s->blocks && s->leaves && s->circles &&
           s->merged && s->seen && s->queued && s->told && s->from;
}

static void search_fini(struct search *s)
{
    xe__explain_graph_index_fini(&s->index);
    xe_free(s->number);
    xe_free(s->low);
    xe_free(s->stack);
    xe_free(s->frame);
    xe_free(s->edge);
    xe_free(s->component);
    xe_free(s->blocks);
    xe_free(s->leaves);
    xe_free(s->circles);
    xe_free(s->merged);
    xe_free(s->seen);
    xe_free(s->queued);
    xe_free(s->told);
    xe_free(s->from);
}

static bool find_all(struct search *s)
{
    const struct xe__graph *graph = s->graph;
    bool *done;

    for (uint32_t i = 0; i < graph->links; i++)
        s->blocks[graph->link[i].object] |=
            !graph->link[i].taken && graph->thread[graph->link[i].thread].stuck;
    find_components(s);
    done = xe_calloc(s->components + 1u, sizeof(bool));
    if (!done)
        return false;
    for (uint32_t i = 0; i < s->nodes; i++)
        s->from[i] = XE__NONE;
    add_thread_roots(s, done);
    xe_free(done);
    for (uint32_t i = 0; s->ok && i < s->graph->objects; i++)
        if (is_object_root(s, i) && !s->merged[i])
            add_object_root(s, i);
    find_all_behind(s);
    return s->ok;
}

bool xe__explain_graph_find_roots(const struct xe__graph *graph, struct xe__graph_roots *ret)
{
    struct search s;
    bool ok;

    *ret = (struct xe__graph_roots){0};
    ok = search_init(&s, graph, ret) && find_all(&s);
    search_fini(&s);
    if (!ok)
        xe__explain_graph_roots_fini(ret);
    return ok;
}

void xe__explain_graph_roots_fini(struct xe__graph_roots *roots)
{
    xe_free(roots->root);
    xe_free(roots->object);
    xe_free(roots->thread);
    xe_free(roots->waiter);
    *roots = (struct xe__graph_roots){0};
}
