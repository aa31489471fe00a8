/* Which waits are served: a timeout that keeps ending, a promise, somebody who goes on and did it
 * not long ago. Whoever joins a thread whose wait is served is as well off as that one. Of all
 * others that aren't stuck no more is known than for whom they wait. Each edge is looked at once.
 */
#include "base/alloc.h"
#include "explain/explain_internal.h"

struct health {
    struct xe_explain *explain;
    const struct xe__graph *graph;
    struct xe__graph_index index;
    bool *served;    /* of an object            */
    uint32_t *queue; /* threads that are healthy */
    uint32_t tail;
};

/* Does it go on, and serve as it used to? */
static bool serves(const struct health *h, uint32_t producer)
{
    const struct xe_explain_producer *it = &h->explain->producer[producer];
    const struct xe_explain_thread *thread;

    if (!it->steady || (it->who.kind != XE_PRODUCER_SIGNALLER && it->who.kind != XE_PRODUCER_APC &&
                        it->who.kind != XE_PRODUCER_HOST))
        return false;
    if (it->thread == XE__NONE)
        return it->who.standing == XE_STANDS_HOST;
    thread = &h->explain->thread[it->thread];
    return (thread->live || thread->now.tid >= XE_TID_SYSTEM) && !thread->stuck &&
           !thread->suspended && !thread->starves;
}

static bool any_serves(const struct health *h, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++)
        if (serves(h, i))
            return true;
    return false;
}

static bool links_served(const struct health *h, const struct xe_explain_thread *it)
{
    /* That each is released says nothing of all being there at once. */
    if (it->now.wait_all && it->links > 1)
        return false;
    for (uint32_t i = it->first_link; i < it->first_link + it->links; i++)
        if (h->served[h->explain->link[i].object])
            return true;
    return false;
}

static void look_at(struct health *h, uint32_t at)
{
    struct xe_explain_thread *it = &h->explain->thread[at];

    if (it->healthy || it->stuck || !it->live || it->suspended ||
        it->now.standing != XE_STANDS_WAITING)
        return;
    it->healthy = it->keeps_timing_out || h->graph->thread[at].promised ||
                  any_serves(h, it->first_poster, it->posters) || links_served(h, it);
    if (it->healthy)
        h->queue[h->tail++] = at;
}

/* Its end is what those wait for that join it. */
static void pass_on(struct health *h, uint32_t thread)
{
    for (uint32_t i = h->index.product_at[thread]; i < h->index.product_at[thread + 1]; i++) {
        uint32_t object = h->graph->producer[h->index.product[i]].object;

        if (h->explain->producer[h->index.product[i]].who.kind != XE_PRODUCER_THREAD ||
            h->served[object])
            continue;
        h->served[object] = true;
        for (uint32_t k = h->index.waiter_at[object]; k < h->index.waiter_at[object + 1]; k++)
            look_at(h, h->graph->link[h->index.waiter[k]].thread);
    }
}

/* A promise that the machine keeps: what may come from outside may as well never come. */
static bool is_kept(const struct xe_explain_producer *it)
{
    return it->who.standing == XE_STANDS_ARMED && !xe__explain_from_outside(it);
}

static bool any_kept(const struct health *h, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++)
        if (is_kept(&h->explain->producer[i]))
            return true;
    return false;
}

static void spread(struct health *h)
{
    for (uint32_t i = 0; i < h->graph->objects; i++)
        h->served[i] =
            any_kept(h, h->explain->object[i].first_producer, h->explain->object[i].producers) ||
            any_serves(h, h->explain->object[i].first_producer, h->explain->object[i].producers);
    for (uint32_t i = 0; i < h->graph->threads; i++)
        look_at(h, i);
    for (uint32_t head = 0; head < h->tail; head++)
        pass_on(h, h->queue[head]);
}

bool xe__explain_health(struct xe_explain *explain, const struct xe__graph *graph)
{
    struct health h = {.explain = explain,
                       .graph = graph,
                       .served = xe_calloc(graph->objects + 1u, sizeof(bool)),
                       .queue = xe_calloc(graph->threads + 1u, sizeof(uint32_t))};
    bool ok = xe__explain_graph_index_init(&h.index, graph) && h.served && h.queue;

    if (ok)
        spread(&h);
    xe__explain_graph_index_fini(&h.index);
    xe_free(h.served);
    xe_free(h.queue);
    return ok;
}
