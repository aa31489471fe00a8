/* See world.h. */
#include "world.h"

#include <stdio.h>
#include <string.h>

uint32_t world_random(uint64_t *seed, uint32_t below)
{
    uint64_t z = *seed += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ z >> 31) % below);
}

static bool one_in(uint64_t *seed, uint32_t n)
{
    return world_random(seed, n) == 0;
}

/* ---- making ---------------------------------------------------------------------------------- */

static void make_object(uint64_t *seed, const struct world *world, struct world_object *object)
{
    uint32_t any = (1u << world->threads) - 1, owner = world_random(seed, world->threads);

    *object = (struct world_object){.kind = (enum world_kind)world_random(seed, 3),
                                    .owner = (uint8_t)owner,
                                    .known = !one_in(seed, 4),
                                    .promised = one_in(seed, 8),
                                    .setter = (uint8_t)(world_random(seed, 16) & any)};
    object->steady = (uint8_t)(object->setter & world_random(seed, 16));
    if (object->kind == WORLD_EVENT)
        object->owner = WORLD_NOBODY;
    else
        object->promised = false;
    if (object->kind == WORLD_MUTANT && world->thread[owner].ended)
        object->owner = WORLD_DEAD;
}

/* Is it there for the taking, so that nobody waits for it? */
static bool is_there(const struct world *world, uint32_t thread, const struct world_object *object)
{
    if (object->kind == WORLD_MUTANT)
        return object->owner == thread;
    return object->kind == WORLD_THREAD && world->thread[object->owner].ended;
}

static void make_wait(uint64_t *seed, const struct world *world, struct world_thread *thread,
                      uint32_t at)
{
    for (uint32_t i = 0; i < world->objects; i++)
        if (one_in(seed, 2) && !is_there(world, at, &world->object[i]))
            thread->wants |= (uint8_t)(1u << i);
    thread->all = one_in(seed, 2);
    thread->alertable = one_in(seed, 6);
    thread->timed = one_in(seed, 8);
    if (!thread->alertable)
        return;
    thread->strangers = one_in(seed, 8);
    thread->poster = (uint8_t)(world_random(seed, 1u << world->threads) & ~(1u << at));
    thread->steady = (uint8_t)(thread->poster & world_random(seed, 16));
}

void world_make(uint64_t *seed, struct world *ret)
{
    *ret = (struct world){.threads = 1 + world_random(seed, WORLD_THREADS),
                          .objects = 1 + world_random(seed, WORLD_OBJECTS)};
    for (uint32_t i = 0; i < ret->threads; i++) {
        ret->thread[i].ended = one_in(seed, 8);
        ret->thread[i].suspended = !ret->thread[i].ended && one_in(seed, 8);
        ret->thread[i].waits = !ret->thread[i].ended && !one_in(seed, 6);
        ret->thread[i].spins = ret->thread[i].waits && !ret->thread[i].suspended && one_in(seed, 6);
        ret->thread[i].circles = ret->thread[i].spins && one_in(seed, 4);
        ret->thread[i].idles = one_in(seed, 3);
        ret->thread[i].known = ret->thread[i].spins && one_in(seed, 2);
        if (ret->thread[i].known)
            ret->thread[i].writer = (uint8_t)(world_random(seed, 1u << ret->threads) & ~(1u << i));
    }
    for (uint32_t i = 0; i < ret->objects; i++)
        make_object(seed, ret, &ret->object[i]);
    for (uint32_t i = 0; i < ret->threads; i++)
        if (ret->thread[i].waits)
            make_wait(seed, ret, &ret->thread[i], i);
    for (uint32_t i = 0; i < ret->threads; i++)
        if (ret->thread[i].spins) {
            ret->thread[i].all = ret->thread[i].timed = ret->thread[i].alertable = false;
            ret->thread[i].poster = ret->thread[i].steady = 0;
        }
}

/* ---- the truth ------------------------------------------------------------------------------- */

/* What changes while things happen. */
struct state {
    uint8_t runs, ended, set; /* threads, threads, events; bit by bit */
    uint8_t resumed;          /* threads that are no longer suspended */
    uint8_t owner[WORLD_OBJECTS];
};

struct search {
    const struct world *world;
    enum xe_certainty level;
    struct state *queue;
    uint32_t head, tail, ran;
};

#define STATES 20000u

static void visit(struct search *s, const struct state *state)
{
    for (uint32_t i = 0; i < s->tail; i++)
        if (!memcmp(&s->queue[i], state, sizeof(*state)))
            return;
    if (s->tail < STATES)
        s->queue[s->tail++] = *state;
}

static bool is_free(const struct search *s, const struct state *state, uint32_t thread, uint32_t i)
{
    const struct world_object *object = &s->world->object[i];

    if (object->kind == WORLD_EVENT)
        return state->set >> i & 1;
    if (object->kind == WORLD_MUTANT)
        return state->owner[i] == WORLD_NOBODY || state->owner[i] == thread;
    return state->ended >> object->owner & 1;
}

/* The wait of a thread ends if it can, by each of the objects that do. */
static void wake(struct search *s, const struct state *state, uint32_t thread)
{
    const struct world_thread *it = &s->world->thread[thread];
    uint32_t free = 0;

    for (uint32_t i = 0; i < s->world->objects; i++)
        free |= (uint32_t)(it->wants >> i & is_free(s, state, thread, i)) << i;
    if (it->all && free != it->wants)
        return;
    for (uint32_t i = 0; i < s->world->objects; i++) {
        struct state next = *state;

        if (!(free >> i & 1))
            continue;
        next.runs |= (uint8_t)(1u << thread);
        for (uint32_t k = 0; k < s->world->objects; k++)
            if ((it->all ? free >> k & 1 : k == i) && s->world->object[k].kind == WORLD_MUTANT)
                next.owner[k] = (uint8_t)thread;
        visit(s, &next);
    }
}

static bool may_set(const struct search *s, uint32_t thread, const struct world_object *object)
{
    if (s->level == XE_CERTAINTY_CERTAIN)
        return true;
    if (s->level == XE_CERTAINTY_LIKELY)
        return !object->setter || object->setter >> thread & 1;
    return object->steady >> thread & 1;
}

/* All that one thread that acts can do. */
static void act(struct search *s, const struct state *state, uint32_t thread)
{
    struct state next;

    for (uint32_t i = 0; i < s->world->objects; i++) {
        const struct world_object *object = &s->world->object[i];

        next = *state;
        if (object->kind == WORLD_EVENT && may_set(s, thread, object))
            next.set |= (uint8_t)(1u << i);
        if (object->kind == WORLD_MUTANT && state->owner[i] == thread)
            next.owner[i] = WORLD_NOBODY;
        visit(s, &next);
    }
    next = *state;
    next.runs &= (uint8_t) ~(1u << thread);
    next.ended |= (uint8_t)(1u << thread);
    for (uint32_t i = 0; i < s->world->objects; i++)
        if (s->world->object[i].kind == WORLD_MUTANT && next.owner[i] == thread)
            next.owner[i] = WORLD_NOBODY;
    visit(s, &next);
}

/* Does somebody run who lets the thread go on, by an APC or an alert? */
static bool is_posted(const struct search *s, const struct state *state, uint32_t thread)
{
    const struct world_thread *it = &s->world->thread[thread];

    if (!it->waits || !it->alertable || state->ended >> thread & 1)
        return false;
    if (s->level == XE_CERTAINTY_POSSIBLE)
        return state->runs & it->steady && !it->suspended;
    return s->level == XE_CERTAINTY_CERTAIN || it->strangers || state->runs & it->poster;
}

/* Does somebody run who may write the words of this thread? */
static bool writes(const struct search *s, const struct state *state, uint32_t thread)
{
    const struct world_thread *it = &s->world->thread[thread];
    bool known = it->known && s->level != XE_CERTAINTY_CERTAIN, may = false;

    for (uint32_t i = 0; i < s->world->threads; i++)
        may |= state->runs >> i & 1 && (!known || it->writer >> i & 1) &&
               (s->level != XE_CERTAINTY_POSSIBLE || !s->world->thread[i].idles);
    return may;
}

/* What anybody who acts may do to others. */
static void stir(struct search *s, const struct state *state, uint32_t thread)
{
    const struct world_thread *it = &s->world->thread[thread];
    struct state next = *state;

    if (it->suspended && s->level != XE_CERTAINTY_POSSIBLE)
        next.resumed |= (uint8_t)(1u << thread);
    visit(s, &next);
    next = *state;
    if (is_posted(s, state, thread) || (it->spins && writes(s, state, thread)))
        next.runs |= (uint8_t)(1u << thread);
    visit(s, &next);
}

/* Who runs by itself or is let go on, once it isn't suspended. */
static void let_run(struct search *s, const struct state *state, uint32_t thread)
{
    const struct world_thread *it = &s->world->thread[thread];
    bool held = it->suspended && !(state->resumed >> thread & 1);
    struct state next = *state;

    if (state->runs >> thread & 1 || state->ended >> thread & 1)
        return;
    if (!held && (!it->waits || it->timed || (it->circles && s->level != XE_CERTAINTY_POSSIBLE))) {
        next.runs |= (uint8_t)(1u << thread);
        visit(s, &next);
    }
    if (it->waits && !held)
        wake(s, state, thread);
    /* Being resumed counts for a waiter as being let go on: nobody asks what it waits for, which
     * is how the certain and the likely answer spare it. */
    if (it->suspended && state->resumed >> thread & 1) {
        next.runs |= (uint8_t)(1u << thread);
        visit(s, &next);
    }
}

static void begin(struct search *s)
{
    struct state first = {0};
    const struct world *world = s->world;

    for (uint32_t i = 0; i < world->threads; i++)
        first.ended |= (uint8_t)(world->thread[i].ended << i);
    for (uint32_t i = 0; i < world->objects; i++) {
        const struct world_object *object = &world->object[i];

        first.owner[i] = object->owner;
        if (object->kind == WORLD_EVENT && (object->promised || !object->known))
            first.set |= (uint8_t)(1u << i);
    }
    visit(s, &first);
}

/* Nothing acts and nothing is promised: no event comes from anywhere. */
static bool is_quiet(const struct world *world)
{
    for (uint32_t i = 0; i < world->threads; i++)
        if (!world->thread[i].ended && !world->thread[i].suspended &&
            (!world->thread[i].waits || world->thread[i].timed || world->thread[i].circles))
            return false;
    for (uint32_t i = 0; i < world->objects; i++)
        if (world->object[i].promised)
            return false;
    return true;
}

uint32_t world_can_run(const struct world *world, enum xe_certainty level)
{
    static struct state states[STATES + 1];
    struct search s = {.world = world, .level = level, .queue = states};

    if (is_quiet(world))
        return 0;
    begin(&s);
    while (s.head < s.tail) {
        struct state now = s.queue[s.head++];

        s.ran |= now.runs;
        for (uint32_t i = 0; i < world->threads; i++) {
            let_run(&s, &now, i);
            if (now.runs >> i & 1)
                act(&s, &now, i);
            if (now.runs)
                stir(&s, &now, i);
        }
    }
    return s.ran;
}

/* ---- as a graph ------------------------------------------------------------------------------ */

static void add_producer(struct world_graph *ret, uint32_t object, uint32_t thread, bool steady)
{
    ret->producer[ret->graph.producers++] =
        (struct xe__graph_producer){.object = object, .thread = thread, .steady = steady};
    ret->object[object].producers++;
}

static void add_object(const struct world *world, uint32_t i, struct world_graph *ret)
{
    const struct world_object *object = &world->object[i];

    ret->object[i] = (struct xe__graph_object){.by_nature = object->kind != WORLD_EVENT,
                                               .known = object->known,
                                               .promised = object->promised,
                                               .untouched = !object->setter,
                                               .first_producer = ret->graph.producers};
    if (object->kind != WORLD_EVENT)
        add_producer(ret, i, object->owner == WORLD_DEAD ? XE__NONE : object->owner, true);
    for (uint32_t t = 0; object->kind == WORLD_EVENT && t < world->threads; t++)
        if (object->setter >> t & 1)
            add_producer(ret, i, t, object->steady >> t & 1);
}

/* Who has written the words that a thread spins on. */
static void add_writers(const struct world *world, uint32_t i, struct world_graph *ret)
{
    for (uint32_t t = 0; t < world->threads; t++)
        if (world->thread[i].writer >> t & 1)
            ret->producer[ret->graph.producers++] = (struct xe__graph_producer){
                .object = XE__NONE, .target = i, .thread = t, .steady = true};
}

/* Others that end its alertable waits. */
static void add_posters(const struct world *world, uint32_t i, struct world_graph *ret)
{
    const struct world_thread *thread = &world->thread[i];

    ret->thread[i].strangers = thread->strangers;
    ret->thread[i].first_poster = ret->graph.producers;
    for (uint32_t t = 0; t < world->threads; t++)
        if (thread->poster >> t & 1)
            ret->producer[ret->graph.producers++] = (struct xe__graph_producer){
                .object = XE__NONE, .target = i, .thread = t, .steady = thread->steady >> t & 1};
    ret->thread[i].posters = ret->graph.producers - ret->thread[i].first_poster;
}

static void add_thread(const struct world *world, uint32_t i, struct world_graph *ret)
{
    const struct world_thread *thread = &world->thread[i];

    ret->thread[i] = (struct xe__graph_thread){.ended = thread->ended,
                                               .acts = !thread->ended && !thread->suspended &&
                                                       (!thread->waits || thread->timed),
                                               .waits = thread->waits,
                                               .suspended = thread->suspended,
                                               .all = thread->all,
                                               .alertable = thread->alertable,
                                               .spins = thread->spins,
                                               .circles = thread->circles,
                                               .idles = thread->idles,
                                               .known = thread->known,
                                               .first_link = ret->graph.links};
    for (uint32_t k = 0; k < world->objects; k++)
        if (thread->wants >> k & 1)
            ret->link[ret->graph.links++] = (struct xe__graph_link){.thread = i, .object = k};
    ret->thread[i].links = ret->graph.links - ret->thread[i].first_link;
}

void world_graph(const struct world *world, struct world_graph *ret)
{
    *ret = (struct world_graph){
        .graph = {.threads = world->threads, .objects = world->objects, .quiet = is_quiet(world)}};
    ret->graph.thread = ret->thread;
    ret->graph.object = ret->object;
    ret->graph.link = ret->link;
    ret->graph.producer = ret->producer;
    for (uint32_t i = 0; i < world->objects; i++)
        add_object(world, i, ret);
    for (uint32_t i = 0; i < world->threads; i++)
        add_thread(world, i, ret);
    for (uint32_t i = 0; i < world->threads; i++)
        add_posters(world, i, ret);
    for (uint32_t i = 0; i < world->threads; i++)
        add_writers(world, i, ret);
}

void world_text(const struct world *world, char *text, size_t size)
{
    static const char *const kinds[] = {"event", "mutant", "thread"};
    size_t used = 0;

    for (uint32_t i = 0; i < world->threads && used < size; i++) {
        const struct world_thread *t = &world->thread[i];

        used += (size_t)snprintf(text + used, size - used, "t%u:%s%s%s%s%s by %x/%x wants %x; ", i,
                                 t->ended ? " ended" : "", t->suspended ? " suspended" : "",
                                 t->timed ? " timed" : "", t->waits ? t->all ? " all" : " any" : "",
                                 t->alertable ? " alertable" : "", t->poster, t->steady, t->wants);
    }
    for (uint32_t i = 0; i < world->objects && used < size; i++) {
        const struct world_object *o = &world->object[i];

        used += (size_t)snprintf(text + used, size - used, "o%u: %s of %u%s%s set by %x/%x; ", i,
                                 kinds[o->kind], o->owner, o->known ? " known" : "",
                                 o->promised ? " promised" : "", o->setter, o->steady);
    }
}
