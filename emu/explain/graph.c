/* Hope spreads: a queue of threads that may act, and for each object whether somebody may release
 * it. Linear in threads, links and producers. */
#include "explain/graph.h"

#include <string.h>

#include "base/alloc.h"

/* One pass. */
struct pass {
    struct xe__graph *graph;
    enum xe_certainty asked;
    bool *thread, *object; /* that have hope                                  */
    uint32_t *missing;     /* of a thread: objects that must still get some   */
    uint32_t *queue;       /* threads that got hope, in that order            */
    uint32_t head, tail;
    struct xe__graph_index index;
    bool resumed; /* that anything acts has been told to who depends on just that */
    bool written; /* that somebody may write words, to who spins on them          */
};

/* ---- lists by the other end ------------------------------------------------------------------ */

/* at[n]..at[n + 1] of list: the items whose key is n, in order. Counting sort. */
static void index_links(const struct xe__graph *graph, uint32_t *at, uint32_t *list)
{
    for (uint32_t i = 0; i < graph->links; i++)
        at[graph->link[i].object + 1]++;
    for (uint32_t i = 0; i < graph->objects; i++)
        at[i + 1] += at[i];
    for (uint32_t i = graph->links; i-- > 0;) {
        uint32_t object = graph->link[i].object;

        list[--at[object + 1]] = i;
    }
    memmove(at, at + 1, graph->objects * sizeof(*at));
    at[graph->objects] = graph->links;
}

static void index_products(const struct xe__graph *graph, uint32_t *at, uint32_t *list)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < graph->producers; i++)
        if (graph->producer[i].thread != XE__NONE) {
            at[graph->producer[i].thread + 1]++;
            n++;
        }
    for (uint32_t i = 0; i < graph->threads; i++)
        at[i + 1] += at[i];
    for (uint32_t i = graph->producers; i-- > 0;)
        if (graph->producer[i].thread != XE__NONE)
            list[--at[graph->producer[i].thread + 1]] = i;
    memmove(at, at + 1, graph->threads * sizeof(*at));
    at[graph->threads] = n;
}

bool xe__explain_graph_index_init(struct xe__graph_index *index, const struct xe__graph *graph)
{
    *index = (struct xe__graph_index){
        .waiter_at = xe_calloc(graph->objects + 2u, sizeof(uint32_t)),
        .waiter = xe_calloc(graph->links + 1u, sizeof(uint32_t)),
        .product_at = xe_calloc(graph->threads + 2u, sizeof(uint32_t)),
        .product = xe_calloc(graph->producers + 1u, sizeof(uint32_t)),
    };
    if (!index->waiter_at || !index->waiter || !index->product_at || !index->product)
        return false;
    index_links(graph, index->waiter_at, index->waiter);
    index_products(graph, index->product_at, index->product);
    return true;
}

void xe__explain_graph_index_fini(struct xe__graph_index *index)
{
    xe_free(index->waiter_at);
    xe_free(index->waiter);
    xe_free(index->product_at);
    xe_free(index->product);
}

/* ---- hope ----------------------------------------------------------------------------------- */

static void give_hope(struct pass *pass, uint32_t thread)
{
    if (pass->thread[thread] || pass->graph->thread[thread].ended)
        return;
    pass->thread[thread] = true;
    pass->queue[pass->tail++] = thread;
}

/* One of the objects of a thread's wait may be released. */
static void hope_for_link(struct pass *pass, uint32_t link)
{
    uint32_t at = pass->graph->link[link].thread;
    const struct xe__graph_thread *thread = &pass->graph->thread[at];

    if (!thread->waits || thread->suspended) /* it needs somebody who resumes it besides */
        return;
    if (pass->missing[at])
        pass->missing[at]--;
    if (!thread->all || !pass->missing[at])
        give_hope(pass, at);
}

/* Somebody who acts has ended its alertable waits before. */
static void hope_for_alert(struct pass *pass, uint32_t at)
{
    const struct xe__graph_thread *thread = &pass->graph->thread[at];

    if (thread->waits && thread->alertable &&
        !(thread->suspended && pass->asked == XE_CERTAINTY_POSSIBLE))
        give_hope(pass, at);
}

/* Are its words written by those only who are known to have? */
static bool is_known(const struct pass *pass, uint32_t at)
{
    return pass->graph->thread[at].known && pass->asked != XE_CERTAINTY_CERTAIN;
}

/* Somebody who goes on has written its words before. */
static void hope_for_words(struct pass *pass, uint32_t at, uint32_t writer)
{
    if (is_known(pass, at) &&
        !(pass->graph->thread[writer].idles && pass->asked == XE_CERTAINTY_POSSIBLE))
        give_hope(pass, at);
}

static void hope_for_object(struct pass *pass, uint32_t object)
{
    if (pass->object[object])
        return;
    pass->object[object] = true;
    for (uint32_t i = pass->index.waiter_at[object]; i < pass->index.waiter_at[object + 1]; i++)
        if (!pass->graph->link[pass->index.waiter[i]].taken)
            hope_for_link(pass, pass->index.waiter[i]);
}

/* ---- what is hope from the start ------------------------------------------------------------- */

static bool by_host(const struct pass *pass, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        const struct xe__graph_producer *it = &pass->graph->producer[i];

        if (it->host && (it->steady || pass->asked != XE_CERTAINTY_POSSIBLE))
            return true;
    }
    return false;
}

static bool object_hopes(const struct pass *pass, const struct xe__graph_object *object)
{
    if (object->promised)
        return true;
    if (object->by_nature)
        return false;
    if (!object->known || by_host(pass, object->first_producer, object->producers))
        return true;
    return pass->asked != XE_CERTAINTY_POSSIBLE && pass->graph->promises;
}

static bool thread_hopes(const struct pass *pass, const struct xe__graph_thread *thread)
{
    if (thread->circles && pass->asked != XE_CERTAINTY_POSSIBLE)
        return true;
    if (thread->spins && pass->graph->promises &&
        (pass->asked != XE_CERTAINTY_POSSIBLE || pass->graph->fresh))
        return true;
    return thread->acts || (thread->promised && !thread->suspended);
}

/* Once anything acts, it may resume others or queue them an APC, and release what is no lock;
 * nobody counts on that who only wants to know what is possible. */
static bool hopes_for_anybody(const struct pass *pass, const struct xe__graph_thread *thread)
{
    if (pass->asked == XE_CERTAINTY_CERTAIN)
        return thread->suspended || thread->spins || (thread->waits && thread->alertable);
    return pass->asked == XE_CERTAINTY_LIKELY &&
           (thread->suspended || (thread->spins && !thread->known) ||
            (thread->strangers && thread->waits && thread->alertable));
}

static bool anybody_may_release(const struct pass *pass, const struct xe__graph_object *object)
{
    if (object->by_nature)
        return false;
    return pass->asked == XE_CERTAINTY_CERTAIN ||
           (pass->asked == XE_CERTAINTY_LIKELY && object->untouched);
}

static void begin(struct pass *pass)
{
    const struct xe__graph *graph = pass->graph;

    for (uint32_t i = 0; i < graph->links; i++)
        pass->missing[graph->link[i].thread] += !graph->link[i].taken;
    for (uint32_t i = 0; i < graph->threads; i++)
        if (thread_hopes(pass, &graph->thread[i]))
            give_hope(pass, i);
        else if (by_host(pass, graph->thread[i].first_poster, graph->thread[i].posters))
            hope_for_alert(pass, i);
    for (uint32_t i = 0; i < graph->objects; i++)
        if (object_hopes(pass, &graph->object[i]))
            hope_for_object(pass, i);
}

/* ---- spreading ------------------------------------------------------------------------------- */

static void spread_to_products(struct pass *pass, uint32_t thread)
{
    const struct xe__graph *graph = pass->graph;

    for (uint32_t i = pass->index.product_at[thread]; i < pass->index.product_at[thread + 1]; i++) {
        const struct xe__graph_producer *it = &graph->producer[pass->index.product[i]];

        if (!it->steady && pass->asked == XE_CERTAINTY_POSSIBLE)
            continue;
        if (it->object == XE__NONE) {
            hope_for_alert(pass, it->target);
            hope_for_words(pass, it->target, thread);
        } else {
            hope_for_object(pass, it->object);
        }
    }
}

static void spread_to_anybody(struct pass *pass)
{
    if (pass->resumed)
        return;
    pass->resumed = true;
    for (uint32_t i = 0; i < pass->graph->threads; i++)
        if (hopes_for_anybody(pass, &pass->graph->thread[i]))
            give_hope(pass, i);
    for (uint32_t i = 0; i < pass->graph->objects; i++)
        if (anybody_may_release(pass, &pass->graph->object[i]))
            hope_for_object(pass, i);
}

/* A thread that goes on, and has not shown since that it leaves words alone, may write them. */
static void spread_to_spinners(struct pass *pass, uint32_t thread)
{
    if (pass->written || pass->graph->thread[thread].idles)
        return;
    pass->written = true;
    for (uint32_t i = 0; i < pass->graph->threads; i++)
        if (pass->graph->thread[i].spins && !is_known(pass, i))
            give_hope(pass, i);
}

static void run_pass(struct pass *pass)
{
    begin(pass);
    while (pass->head < pass->tail) {
        uint32_t thread = pass->queue[pass->head++];

        spread_to_products(pass, thread);
        spread_to_anybody(pass);
        spread_to_spinners(pass, thread);
    }
}

static bool allocate(struct pass *pass, const struct xe__graph *graph)
{
    pass->thread = xe_calloc(graph->threads + 1u, sizeof(bool));
    pass->object = xe_calloc(graph->objects + 1u, sizeof(bool));
    pass->missing = xe_calloc(graph->threads + 1u, sizeof(uint32_t));
    pass->queue = xe_calloc(graph->threads + 1u, sizeof(uint32_t));
    return pass->thread && pass->object && pass->missing && pass->queue &&
           xe__explain_graph_index_init(&pass->index, graph);
}

static void release(struct pass *pass)
{
    xe_free(pass->thread);
    xe_free(pass->object);
    xe_free(pass->missing);
    xe_free(pass->queue);
    xe__explain_graph_index_fini(&pass->index);
}

/* Who got no hope is stuck as sure as was asked. */
static void judge(const struct pass *pass)
{
    struct xe__graph *graph = pass->graph;

    for (uint32_t i = 0; i < graph->threads; i++)
        if (!pass->thread[i] && graph->thread[i].waits)
            graph->thread[i].stuck = pass->asked;
    for (uint32_t i = 0; i < graph->objects; i++)
        if (!pass->object[i])
            graph->object[i].stuck = pass->asked;
}

static void ask(struct pass *pass, enum xe_certainty asked)
{
    struct xe__graph *graph = pass->graph;

    memset(pass->thread, 0, graph->threads * sizeof(bool));
    memset(pass->object, 0, graph->objects * sizeof(bool));
    memset(pass->missing, 0, graph->threads * sizeof(uint32_t));
    pass->head = pass->tail = 0;
    pass->resumed = pass->written = false;
    pass->asked = asked;
    if (!graph->quiet)
        run_pass(pass);
    judge(pass);
}

bool xe__explain_graph_solve(struct xe__graph *graph)
{
    struct pass pass = {.graph = graph};
    bool ok = allocate(&pass, graph);

    for (uint32_t i = 0; i < graph->threads; i++)
        graph->thread[i].stuck = XE_CERTAINTY_NONE;
    for (uint32_t i = 0; i < graph->objects; i++)
        graph->object[i].stuck = XE_CERTAINTY_NONE;
    for (int asked = XE_CERTAINTY_POSSIBLE; ok && asked <= XE_CERTAINTY_CERTAIN; asked++)
        ask(&pass, (enum xe_certainty)asked);
    release(&pass);
    return ok;
}
