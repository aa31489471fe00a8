/* The kernel's threads, what they wait for and who can release it, as facts and as a graph. */
#include <string.h>

#include "base/alloc.h"
#include "explain/collect_internal.h"
#include "kernel/core/clock.h"
#include "xe/promise.h"

#define STARVES 10u   /* that part of a second without a turn is told */
#define INVERTS 1000u /* the same of one that others wait for */

static bool ok(struct xe__collector *c, bool done)
{
    c->no_memory |= !done;
    return done;
}

static bool put(struct xe__collector *c, struct xe_map *map, uint64_t key, uint32_t index)
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
        .waits = xe_kernel_thread_waits(source), /* suspended besides, or not */
        .all = now->wait_all,
        .alertable = now->alertable,
        /* What comes from outside is nobody's of the title to give. */
        .promised = facts->live &&
                    (xe_kernel_thread_is_promised(source) || now->standing == XE_STANDS_NETWORK),
    };
}

uint32_t xe__explain_thread_index(const struct xe__collector *c, uint32_t tid)
{
    return find(&c->thread, tid);
}

/* Room for one more, empty; XE__NONE: no memory. */
static uint32_t new_thread(struct xe__collector *c, uint32_t tid)
{
    struct xe_explain *facts = c->facts;
    uint32_t at = facts->threads;

    if (!ok(c,
            xe_grow(&facts->thread, &c->thread_room, at, sizeof(*facts->thread)) &&
                xe_grow(&c->graph->thread, &c->graph_thread_room, at, sizeof(*c->graph->thread))) ||
        !put(c, &c->thread, tid, at))
        return XE__NONE;
    facts->thread[at] = (struct xe_explain_thread){.live = false};
    c->graph->thread[at] = (struct xe__graph_thread){.ended = false};
    c->graph->threads = ++facts->threads;
    return at;
}

uint32_t xe__explain_add_actor(struct xe__collector *c, const struct xe_producer *now,
                               const struct xe__graph_thread *node)
{
    uint32_t at = new_thread(c, now->tid);

    if (at == XE__NONE)
        return at;
    c->facts->thread[at].now = *now;
    c->graph->thread[at] = *node;
    return at;
}

/* One of the kernel's own runs code of the title, but is none of its threads. */
static void add_thread(struct xe__collector *c, const struct xe_thread *source)
{
    uint32_t at = new_thread(c, source->tid);
    struct xe_explain_thread *it;

    if (at == XE__NONE)
        return;
    it = &c->facts->thread[at];
    it->live = source->state != XE_THREAD_TERMINATED && !source->system;
    it->start_routine = source->start_routine;
    xe_kernel_thread_standing(source, &it->now);
    it->starves = it->now.standing == XE_STANDS_STARVED &&
                  c->facts->cycle - it->now.since_cycle >=
                      xe_kernel_config_get(c->kernel)->clock_hz / STARVES;
    it->suspended = it->live && source->suspend_count;
    if (xe_kernel_thread_waits(source)) {
        it->wait_src = source->wait.src;
        it->wait_lr = source->wait.lr;
    }
    judge_thread(source, it, &c->graph->thread[at]);
}

static void promise_apc(void *ctx, uint32_t tid)
{
    struct xe__collector *c = ctx;
    uint32_t at = find(&c->thread, tid);

    if (at != XE__NONE)
        c->graph->thread[at].promised |= c->graph->thread[at].alertable;
}

/* ---- objects --------------------------------------------------------------------------------- */

/* Made when it is new. source NULL: no object of the kernel's. */
static uint32_t object_index(struct xe__collector *c, uint64_t key, const struct xe_object *source)
{
    struct xe_explain *facts = c->facts;
    uint32_t at = find(&c->object, key);

    if (at != XE__NONE)
        return at;
    at = facts->objects;
    if (!ok(c,
            xe_grow(&facts->object, &c->object_room, at, sizeof(*facts->object)) &&
                xe_grow(&c->graph->object, &c->graph_object_room, at, sizeof(*c->graph->object)) &&
                xe_grow(&c->source, &c->source_room, at, sizeof(struct xe_object *))) ||
        !put(c, &c->object, key, at))
        return XE__NONE;
    facts->object[at] = (struct xe_explain_object){0};
    c->graph->object[at] = (struct xe__graph_object){0};
    c->source[at] = source;
    c->graph->objects = ++facts->objects;
    return at;
}

void xe__explain_add_link(struct xe__collector *c, uint32_t thread, uint32_t object, uint32_t key,
                          bool taken)
{
    struct xe_explain *facts = c->facts;
    uint32_t at = facts->links;

    if (object == XE__NONE ||
        !ok(c, xe_grow(&facts->link, &c->link_room, at, sizeof(*facts->link)) &&
                   xe_grow(&c->graph->link, &c->graph_link_room, at, sizeof(*c->graph->link))))
        return;
    facts->link[at] = (struct xe_explain_link){thread, object, key, taken};
    c->graph->link[at] = (struct xe__graph_link){thread, object, taken};
    c->graph->links = ++facts->links;
}

static void add_wait_link(struct xe__collector *c, uint32_t thread,
                          const struct xe_wait_link *source)
{
    xe__explain_add_link(c, thread, object_index(c, source->object->id, source->object),
                         source->key ? source->key : source->object->header,
                         source->thread->wait.all &&
                             xe_kernel_object_takeable(source->object, source->thread));
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

uint32_t xe__explain_owned_index(struct xe__collector *c, const char *what, uint32_t key,
                                 uint32_t owner)
{
    uint64_t name = UINT64_C(1) << 63 | (uint64_t)(what[0] & 0x7F) << 32 | key;
    uint32_t at = object_index(c, name, NULL);

    if (at == XE__NONE)
        return at;
    c->facts->object[at].what = what;
    c->facts->object[at].owner = owner;
    c->facts->object[at].about = (struct xe_released){
        .key = key, .type = what, .name = "", .address = key, .by_nature = true, .complete = true};
    return at;
}

static const char *lock_word(enum xe_ask_what what)
{
    return what == XE_ASKS_SPIN_LOCK ? "SpinLock"
           : what == XE_ASKS_SECTION ? "CriticalSection"
                                     : "RwLock";
}

/* What a thread that polls asks for, as far as somebody is known who can give it. What isn't is
 * memory that anybody may write. */
static void add_spin_links(struct xe__collector *c, uint32_t at)
{
    const struct xe_spin *spin = c->facts->thread[at].spin;

    for (uint32_t i = 0; spin && i < spin->words; i++)
        if (xe__explain_gpu_word(c, at, i))
            c->graph->thread[at].spins = spin->words > 1;
    for (uint32_t i = 0; spin && i < spin->asks; i++) {
        const struct xe_spin_ask *ask = &spin->ask[i];

        for (uint32_t k = 0; k < ask->keys; k++) {
            const struct xe_object *source =
                ask->object[k] ? xe_kernel_object_by_id(c->kernel, ask->object[k]) : NULL;

            if (source)
                xe__explain_add_link(c, at, object_index(c, source->id, source), ask->key[k],
                                     false);
            else if (ask->owner)
                xe__explain_add_link(
                    c, at,
                    xe__explain_owned_index(c, lock_word(ask->what), ask->key[k], ask->owner),
                    ask->key[k], false);
            else
                c->graph->thread[at].spins = true;
        }
    }
}

/* A thread that never gets a turn, since one that spins has its hardware thread, waits for that. */
static void add_processor(struct xe__collector *c, uint32_t at, uint32_t hw)
{
    struct xe_explain_thread *facts = &c->facts->thread[at];
    struct xe__graph_thread *node = &c->graph->thread[at];
    uint32_t hog =
        facts->now.standing == XE_STANDS_STARVED ? find(&c->thread, facts->now.by_tid) : XE__NONE;

    if (hog == XE__NONE || !c->facts->thread[hog].spin || facts->suspended)
        return;
    xe__explain_add_link(c, at, xe__explain_owned_index(c, "HardwareThread", hw, facts->now.by_tid),
                         hw, false);
    facts->starves = node->acts = false;
    node->waits = true;
}

static void add_links(struct xe__collector *c, uint32_t at, const struct xe_thread *source)
{
    struct xe_explain_thread *facts = &c->facts->thread[at];
    struct xe__graph_thread *node = &c->graph->thread[at];
    uint32_t objects = xe_kernel_thread_waits(source) ? xe_kernel_thread_wait_objects(source) : 0;

    facts->first_link = node->first_link = c->facts->links;
    for (uint32_t i = 0; i < objects; i++)
        add_wait_link(c, at, &source->wait.link[i]);
    add_spin_links(c, at);
    add_processor(c, at, source->hw);
    facts->links = node->links = c->facts->links - facts->first_link;
    trust_no_store(c->graph, node);
}

/* ---- producers ------------------------------------------------------------------------------- */

static bool is_steady(const struct xe__collector *c, const struct xe_producer *who)
{
    if (who->kind == XE_PRODUCER_OWNER || who->kind == XE_PRODUCER_THREAD ||
        who->kind == XE_PRODUCER_SERVER || who->kind == XE_PRODUCER_GPU)
        return true;
    return xe_producer_is_steady(who, c->facts->cycle);
}

/* The thread that has to go on for it to act; XE__NONE: none, or one that is gone. */
static uint32_t actor_of(const struct xe__collector *c, const struct xe_producer *who)
{
    if (who->kind == XE_PRODUCER_HOST && who->for_tid)
        return find(&c->thread, who->for_tid);
    return who->tid && who->kind != XE_PRODUCER_PROMISE ? find(&c->thread, who->tid)
                                                        : xe__explain_gpu_producer(c, who);
}

void xe__explain_add_producer(void *ctx, const struct xe_producer *who)
{
    struct xe__collector *c = ctx;
    struct xe_explain *facts = c->facts;
    uint32_t at = facts->producers;
    uint32_t thread = actor_of(c, who);
    bool steady = is_steady(c, who);
    bool host = who->standing == XE_STANDS_HOST && thread == XE__NONE && !who->for_tid;

    if (!ok(c, xe_grow(&facts->producer, &c->producer_room, at, sizeof(*facts->producer)) &&
                   xe_grow(&c->graph->producer, &c->graph_producer_room, at,
                           sizeof(*c->graph->producer))))
        return;
    facts->producer[at] = (struct xe_explain_producer){*who, thread, steady};
    /* Of a timer its time tells, whatever becomes of who armed it. */
    if (thread != XE__NONE && who->kind != XE_PRODUCER_TIMER && facts->thread[thread].spin) {
        facts->producer[at].who.standing = facts->thread[thread].now.standing;
        facts->producer[at].who.since_cycle = facts->thread[thread].now.since_cycle;
    }
    c->graph->producer[at] = (struct xe__graph_producer){
        .object = XE__NONE, .thread = thread, .host = host, .steady = steady};
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

/* Of what is no object of the kernel's. */
static void add_owner(struct xe__collector *c, uint32_t at)
{
    struct xe_explain_object *facts = &c->facts->object[at];
    struct xe__graph_object *node = &c->graph->object[at];
    uint32_t owner = find(&c->thread, facts->owner);
    struct xe_producer who = {.tid = facts->owner, .name = "", .until_cycle = XE_CYCLE_NONE};

    if (owner != XE__NONE)
        who = c->facts->thread[owner].now;
    else
        who.standing = XE_STANDS_ENDED;
    who.kind = facts->owner == XE_TID_GPU ? XE_PRODUCER_GPU : XE_PRODUCER_OWNER;
    node->known = true;
    node->by_nature = facts->owner != XE_TID_GPU; /* a word of memory anybody may write */
    facts->first_producer = node->first_producer = c->facts->producers;
    xe__explain_add_producer(c, &who);
    facts->producers = node->producers = c->facts->producers - facts->first_producer;
    for (uint32_t i = 0; i < facts->producers; i++)
        c->graph->producer[facts->first_producer + i].object = at;
}

/* Whose own request was to end its wait waits for that, not for a thread: it is no circle. */
static bool asked_for_itself(const struct xe__collector *c, uint32_t object,
                             const struct xe_explain_producer *it)
{
    const struct xe_explain_thread *thread;

    if (it->who.kind != XE_PRODUCER_HOST || !it->who.for_tid || it->thread == XE__NONE)
        return false;
    thread = &c->facts->thread[it->thread];
    for (uint32_t i = thread->first_link; i < thread->first_link + thread->links; i++)
        if (c->facts->link[i].object == object)
            return true;
    return false;
}

static void note_producer(struct xe__collector *c, uint32_t object, uint32_t producer)
{
    const struct xe_explain_producer *it = &c->facts->producer[producer];
    struct xe__graph_object *node = &c->graph->object[object];

    node->untouched &= !has_acted(it);
    node->promised |= is_promised(it);
    c->graph->producer[producer].object = object;
    if (asked_for_itself(c, object, it))
        c->graph->producer[producer].thread = XE__NONE;
}

static void add_producers(struct xe__collector *c, uint32_t at, bool records)
{
    struct xe_explain_object *facts = &c->facts->object[at];
    struct xe__graph_object *node = &c->graph->object[at];
    bool timer;

    if (!c->source[at]) {
        add_owner(c, at);
        return;
    }
    xe_kernel_object_released(c->source[at], &facts->about);
    timer = facts->about.kind.kind == XE_AUDIT_TIMER_AUTO ||
            facts->about.kind.kind == XE_AUDIT_TIMER_MANUAL;
    node->by_nature = facts->about.by_nature;
    /* Whoever looks for spins without records takes all for untouched: anybody may release it. */
    node->known = (records ? facts->about.complete : (c->what & XE__SPINS) != 0) && !c->lost;
    facts->first_producer = node->first_producer = c->facts->producers;
    if (records || node->by_nature || timer)
        xe_kernel_object_producers(c->source[at], xe__explain_add_producer, c);
    facts->producers = node->producers = c->facts->producers - facts->first_producer;
    node->untouched = true;
    for (uint32_t i = 0; i < facts->producers; i++)
        note_producer(c, at, facts->first_producer + i);
}

/* Those who ended its alertable waits before are producers of this one. */
static void add_posters(struct xe__collector *c, uint32_t at, const struct xe_thread *source)
{
    struct xe_explain_thread *facts = &c->facts->thread[at];
    struct xe__graph_thread *node = &c->graph->thread[at];

    facts->keeps_timing_out = xe_kernel_thread_keeps_timing_out(source);
    if (!node->waits || !node->alertable)
        return;
    facts->first_poster = node->first_poster = c->facts->producers;
    node->strangers = !xe_kernel_thread_posters(source, xe__explain_add_producer, c);
    facts->posters = node->posters = c->facts->producers - facts->first_poster;
    for (uint32_t i = node->first_poster; i < c->facts->producers; i++)
        c->graph->producer[i].target = at;
}

/* Does somebody wait for what this thread holds, or for its end? */
static bool is_waited_for(const struct xe__collector *c, uint32_t thread)
{
    for (uint32_t i = 0; i < c->facts->producers; i++) {
        const struct xe_explain_producer *it = &c->facts->producer[i];

        if (it->thread != thread ||
            (it->who.kind != XE_PRODUCER_OWNER && it->who.kind != XE_PRODUCER_THREAD))
            continue;
        for (uint32_t k = 0; k < c->facts->links; k++)
            if (c->facts->link[k].object == c->graph->producer[i].object)
                return true;
    }
    return false;
}

/* Who keeps others is missed sooner: a thousandth of a second without a turn is much, then. */
static void find_inversions(struct xe__collector *c)
{
    uint64_t much = xe_kernel_config_get(c->kernel)->clock_hz / INVERTS;

    for (uint32_t i = 0; i < c->facts->threads; i++) {
        struct xe_explain_thread *it = &c->facts->thread[i];

        if (it->now.standing == XE_STANDS_STARVED && c->graph->thread[i].acts &&
            c->facts->cycle - it->now.since_cycle >= much)
            it->starves |= is_waited_for(c, i);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void collect(struct xe__collector *c)
{
    struct xe_promise_totals totals;
    bool records = c->what & XE__RECORDS;
    uint32_t at = 0;

    xe_kernel_promise_totals(c->kernel, &totals);
    c->lost = totals.lost != 0;
    xe__explain_find_routine(c);
    for (const struct xe_thread *t = xe_kernel_thread_first(c->kernel); t; t = t->tid_next)
        if (xe__explain_is_told(c, t))
            add_thread(c, t);
    if ((c->what & XE__SPINS) && !c->no_memory)
        xe__explain_find_spins(c);
    if (!c->no_memory)
        xe__explain_gpu_add(c);
    for (const struct xe_thread *t = xe_kernel_thread_first(c->kernel); t && !c->no_memory;
         t = t->tid_next)
        if (xe__explain_is_told(c, t))
            add_links(c, at++, t);
    if (!c->no_memory)
        xe__explain_gpu_links(c);
    for (uint32_t i = 0; i < c->facts->objects && !c->no_memory; i++)
        add_producers(c, i, records);
    at = 0;
    for (const struct xe_thread *t = xe_kernel_thread_first(c->kernel);
         t && records && !c->no_memory; t = t->tid_next)
        if (xe__explain_is_told(c, t))
            add_posters(c, at++, t);
    for (uint32_t i = 0; i < c->facts->threads && records && !c->no_memory; i++)
        xe__explain_writers(c, i);
    find_inversions(c);
    c->graph->promises = xe_kernel_armed(c->kernel, promise_apc, c, &c->graph->fresh);
    if (c->words && xe_kernel_foresee_routines(c->kernel, c->word, c->words))
        c->graph->promises = c->graph->fresh = true;
    xe__explain_gpu_finish(c);
    c->graph->quiet = c->facts->quiet = xe_kernel_is_quiet(c->kernel);
    if (c->what & XE__SPINS)
        c->graph->quiet |= xe__explain_is_quiet_but_for_spins(c);
}

bool xe__explain_collect(const struct xe_kernel *kernel, unsigned what, struct xe__collected *ret)
{
    struct xe__collector c = {.kernel = kernel, .graph = &ret->graph, .what = what};

    *ret = (struct xe__collected){.facts = xe_calloc(1, sizeof(*ret->facts))};
    if (!ret->facts)
        return false;
    c.facts = ret->facts;
    c.facts->cycle = xe_kernel_cycle(kernel);
    collect(&c);
    xe_map_fini(&c.thread);
    xe_map_fini(&c.object);
    xe_free(c.source);
    xe_free(c.word);
    if (!c.no_memory)
        return true;
    xe__explain_collected_fini(ret);
    xe_explain_free(ret->facts);
    ret->facts = NULL;
    return false;
}

void xe__explain_collected_fini(struct xe__collected *it)
{
    xe_free(it->graph.thread);
    xe_free(it->graph.object);
    xe_free(it->graph.link);
    xe_free(it->graph.producer);
}
