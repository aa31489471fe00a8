/* The kernel's threads, what they wait for and who can release it, as facts and as a graph. */
#include <string.h>

#include "base/alloc.h"
#include "base/map.h"
#include "explain/explain_internal.h"
#include "kernel/core/clock.h"
#include "kernel/core/release.h"
#include "xe/promise.h"

#define STARVES 10u /* that part of a second without a turn is told */

struct collector {
    const struct xe_kernel *kernel;
    struct xe_explain *facts;
    struct xe__graph *graph;
    struct xe_map thread, object; /* by tid, by id: index + 1 */
    size_t thread_room, object_room, link_room, producer_room;
    size_t graph_thread_room, graph_object_room, graph_link_room, graph_producer_room;
    const struct xe_object **source; /* owned: of each object */
    size_t source_room;
    bool lost; /* the registry of promises is not complete */
    bool no_memory;
};

static bool ok(struct collector *c, bool done)
{
    c->no_memory |= !done;
    return done;
}

static bool put(struct collector *c, struct xe_map *map, uint64_t key, uint32_t index)
{
    return ok(c, xe_map_put(map, key, (void *)(uintptr_t)(index + 1)));
}

/* UINT32_MAX: none. */
static uint32_t find(const struct xe_map *map, uint64_t key)
{
    return (uint32_t)(uintptr_t)xe_map_get(map, key) - 1;
}

/* ---- threads --------------------------------------------------------------------------------- */

static void judge_thread(const struct xe_thread *source, const struct xe_explain_thread *facts,
                         struct xe__graph_thread *node)
{
    const struct xe_producer *now = &facts->now;
    bool parked = now->standing == XE_STANDS_WAITING || now->standing == XE_STANDS_SLEEPING;

    *node = (struct xe__graph_thread){
        .ended = now->standing == XE_STANDS_ENDED,
        .suspended = facts->suspended,
        .acts = !facts->suspended && (parked ? now->timed : xe_producer_acts(now)),
        .waits = parked,
        .all = now->wait_all,
        .alertable = now->alertable,
        .promised = facts->live && xe_thread_is_promised(source),
    };
}

static void add_thread(struct collector *c, const struct xe_thread *source)
{
    struct xe_explain *facts = c->facts;
    uint32_t at = facts->threads;
    struct xe_explain_thread *it;

    if (!ok(c,
            xe_grow(&facts->thread, &c->thread_room, at, sizeof(*facts->thread)) &&
                xe_grow(&c->graph->thread, &c->graph_thread_room, at, sizeof(*c->graph->thread))) ||
        !put(c, &c->thread, source->tid, at))
        return;
    it = &facts->thread[facts->threads++];
    *it = (struct xe_explain_thread){.live = source->state != XE_THREAD_TERMINATED,
                                     .start_routine = source->start_routine};
    xe_thread_standing(source, &it->now);
    it->starves = it->now.standing == XE_STANDS_STARVED &&
                  c->facts->cycle - it->now.since_cycle >=
                      xe_kernel_config_get(c->kernel)->clock_hz / STARVES;
    it->suspended = it->live && source->suspend_count;
    if (xe_thread_waits(source)) {
        it->wait_src = source->wait.src;
        it->wait_lr = source->wait.lr;
    }
    judge_thread(source, it, &c->graph->thread[at]);
    c->graph->threads = facts->threads;
}

static void promise_apc(void *ctx, uint32_t tid)
{
    struct collector *c = ctx;
    uint32_t at = find(&c->thread, tid);

    if (at != XE__NONE)
        c->graph->thread[at].promised |= c->graph->thread[at].alertable;
}

/* ---- objects --------------------------------------------------------------------------------- */

static uint32_t object_index(struct collector *c, const struct xe_object *source)
{
    struct xe_explain *facts = c->facts;
    uint32_t at = find(&c->object, source->id);

    if (at != XE__NONE)
        return at;
    at = facts->objects;
    if (!ok(c,
            xe_grow(&facts->object, &c->object_room, at, sizeof(*facts->object)) &&
                xe_grow(&c->graph->object, &c->graph_object_room, at, sizeof(*c->graph->object)) &&
                xe_grow(&c->source, &c->source_room, at, sizeof(struct xe_object *))) ||
        !put(c, &c->object, source->id, at))
        return XE__NONE;
    facts->object[at] = (struct xe_explain_object){0};
    c->graph->object[at] = (struct xe__graph_object){0};
    c->source[at] = source;
    c->graph->objects = ++facts->objects;
    return at;
}

static void add_link(struct collector *c, uint32_t thread, const struct xe_wait_link *source)
{
    struct xe_explain *facts = c->facts;
    uint32_t object = object_index(c, source->object), at = facts->links;
    bool taken;

    if (object == XE__NONE ||
        !ok(c, xe_grow(&facts->link, &c->link_room, at, sizeof(*facts->link)) &&
                   xe_grow(&c->graph->link, &c->graph_link_room, at, sizeof(*c->graph->link))))
        return;
    taken = source->thread->wait.all && xe_object_takeable(source->object, source->thread);
    facts->link[at] = (struct xe_explain_link){
        thread, object, source->key ? source->key : source->object->header, taken};
    c->graph->link[at] = (struct xe__graph_link){thread, object, taken};
    c->graph->links = ++facts->links;
}

/* All objects of a wait all are there, and yet it goes on: the title stored a signal state, which
 * wakes nobody. The next signal of any of them ends the wait. */
static void trust_no_store(struct xe__graph *graph, struct xe__graph_thread *node)
{
    struct xe__graph_link *link = node->links ? &graph->link[node->first_link] : NULL;

    for (uint32_t i = 0; i < node->links; i++)
        if (!link[i].taken)
            return;
    for (uint32_t i = 0; i < node->links; i++)
        link[i].taken = false;
    node->all = false;
}

static void add_links(struct collector *c, uint32_t at, const struct xe_thread *source)
{
    struct xe_explain_thread *facts = &c->facts->thread[at];
    struct xe__graph_thread *node = &c->graph->thread[at];

    facts->first_link = node->first_link = c->facts->links;
    for (uint32_t i = 0; xe_thread_waits(source) && i < source->wait.count; i++)
        add_link(c, at, &source->wait.link[i]);
    facts->links = node->links = c->facts->links - facts->first_link;
    trust_no_store(c->graph, node);
}

/* ---- producers ------------------------------------------------------------------------------- */

static bool is_steady(const struct collector *c, const struct xe_producer *who)
{
    if (who->kind == XE_PRODUCER_OWNER || who->kind == XE_PRODUCER_THREAD ||
        who->kind == XE_PRODUCER_SERVER)
        return true;
    return xe_producer_is_steady(who, c->facts->cycle);
}

static void add_producer(void *ctx, const struct xe_producer *who)
{
    struct collector *c = ctx;
    struct xe_explain *facts = c->facts;
    uint32_t at = facts->producers;
    uint32_t thread =
        who->tid && who->kind != XE_PRODUCER_PROMISE ? find(&c->thread, who->tid) : XE__NONE;
    bool steady = is_steady(c, who);

    if (!ok(c, xe_grow(&facts->producer, &c->producer_room, at, sizeof(*facts->producer)) &&
                   xe_grow(&c->graph->producer, &c->graph_producer_room, at,
                           sizeof(*c->graph->producer))))
        return;
    facts->producer[at] = (struct xe_explain_producer){*who, thread, steady};
    c->graph->producer[at] = (struct xe__graph_producer){.object = XE__NONE,
                                                         .thread = thread,
                                                         .host = who->standing == XE_STANDS_HOST,
                                                         .steady = steady};
    c->graph->producers = ++facts->producers;
}

static bool is_promised(const struct xe_explain_producer *it)
{
    return it->who.standing == XE_STANDS_ARMED;
}

/* Has it, or whoever armed it, ever acted on the object? */
static bool has_acted(const struct xe_explain_producer *it)
{
    return it->who.standing != XE_STANDS_UNARMED && it->who.standing != XE_STANDS_NEVER;
}

static void add_producers(struct collector *c, uint32_t at, bool records)
{
    struct xe_explain_object *facts = &c->facts->object[at];
    struct xe__graph_object *node = &c->graph->object[at];
    bool timer;

    xe_object_released(c->source[at], &facts->about);
    timer = facts->about.kind.kind == XE_AUDIT_TIMER_AUTO ||
            facts->about.kind.kind == XE_AUDIT_TIMER_MANUAL;
    node->by_nature = facts->about.by_nature;
    node->known = records && facts->about.complete && !c->lost;
    facts->first_producer = node->first_producer = c->facts->producers;
    if (records || node->by_nature || timer)
        xe_object_producers(c->source[at], add_producer, c);
    facts->producers = node->producers = c->facts->producers - facts->first_producer;
    node->untouched = true;
    for (uint32_t i = 0; i < facts->producers; i++) {
        node->untouched &= !has_acted(&c->facts->producer[facts->first_producer + i]);
        c->graph->producer[facts->first_producer + i].object = at;
        node->promised |= is_promised(&c->facts->producer[facts->first_producer + i]);
    }
}

/* Those who ended its alertable waits before are producers of this one. */
static void add_posters(struct collector *c, uint32_t at, const struct xe_thread *source)
{
    struct xe_explain_thread *facts = &c->facts->thread[at];
    struct xe__graph_thread *node = &c->graph->thread[at];

    facts->keeps_timing_out = xe_thread_keeps_timing_out(source);
    if (!node->waits || !node->alertable)
        return;
    facts->first_poster = node->first_poster = c->facts->producers;
    node->strangers = !xe_thread_posters(source, add_producer, c);
    facts->posters = node->posters = c->facts->producers - facts->first_poster;
    for (uint32_t i = node->first_poster; i < c->facts->producers; i++)
        c->graph->producer[i].target = at;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool is_of_the_title(const struct xe_thread *thread)
{
    return !thread->system;
}

static void collect(struct collector *c, bool records)
{
    struct xe_promise_totals totals;
    uint32_t at = 0;

    xe_kernel_promise_totals(c->kernel, &totals);
    c->lost = totals.lost != 0;
    for (const struct xe_thread *t = xe_thread_first(c->kernel); t; t = t->tid_next)
        if (is_of_the_title(t))
            add_thread(c, t);
    for (const struct xe_thread *t = xe_thread_first(c->kernel); t && !c->no_memory;
         t = t->tid_next)
        if (is_of_the_title(t))
            add_links(c, at++, t);
    for (uint32_t i = 0; i < c->facts->objects && !c->no_memory; i++)
        add_producers(c, i, records);
    at = 0;
    for (const struct xe_thread *t = xe_thread_first(c->kernel); t && records && !c->no_memory;
         t = t->tid_next)
        if (is_of_the_title(t))
            add_posters(c, at++, t);
    c->graph->promises = xe_kernel_armed(c->kernel, promise_apc, c);
    c->graph->quiet = c->facts->quiet = xe_kernel_is_quiet(c->kernel);
}

bool xe__collect(const struct xe_kernel *kernel, bool records, struct xe__collected *ret)
{
    struct collector c = {.kernel = kernel, .graph = &ret->graph};

    *ret = (struct xe__collected){.facts = xe_calloc(1, sizeof(*ret->facts))};
    if (!ret->facts)
        return false;
    c.facts = ret->facts;
    c.facts->cycle = xe_kernel_cycle(kernel);
    collect(&c, records);
    xe_map_fini(&c.thread);
    xe_map_fini(&c.object);
    xe_free(c.source);
    if (!c.no_memory)
        return true;
    xe__collected_fini(ret);
    xe_explain_free(ret->facts);
    ret->facts = NULL;
    return false;
}

void xe__collected_fini(struct xe__collected *it)
{
    xe_free(it->graph.thread);
    xe_free(it->graph.object);
    xe_free(it->graph.link);
    xe_free(it->graph.producer);
}
