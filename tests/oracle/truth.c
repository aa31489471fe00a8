/* See truth.h. Breadth first over whole states; those seen before are known by a hash. */
#include "oracle/truth.h"

#include <criterion/criterion.h>
#include <string.h>

#define STATES 16384u /* in one search; a power of two */

struct search {
    enum oracle_question question;
    bool spares;
    struct oracle queue[STATES / 2];
    uint64_t seen[STATES];
    uint32_t head, tail, acted, wanted;
};

/* What can't matter any more must not make states differ. */
static void simplify(struct oracle *state)
{
    state->order = state->identities = state->cycle = 0;
    state->focus = state->listened = 0;
    state->notes = NULL;
    state->actor = 0;
    state->deaf = false;
    for (uint32_t i = 0; i < ORACLE_THREADS; i++) {
        struct oracle_thread *it = &state->thread[i];

        it->result = it->due = 0;
        it->blind = it->noted = false;
        if (it->parked)
            continue;
        it->wanted = 0;
        it->all = it->alertable = it->timed = false;
        memset(it->wants, 0, sizeof(it->wants));
        memset(it->identity, 0, sizeof(it->identity));
    }
    for (uint32_t i = 0; i < ORACLE_OBJECTS; i++) {
        struct oracle_object *object = &state->object[i];

        object->told = 0;
        object->due = object->since = 0;
        object->first = object->cancelled = false;
    }
}

static uint64_t hash_of(const struct oracle *state)
{
    const unsigned char *byte = (const unsigned char *)state;
    uint64_t hash = 0xCBF29CE484222325u;

    for (size_t i = 0; i < sizeof(*state); i++)
        hash = (hash ^ byte[i]) * 0x100000001B3u;
    return hash | 1;
}

static void visit(struct search *s, const struct oracle *state)
{
    struct oracle *next = &s->queue[s->tail];
    uint64_t hash;
    uint32_t slot;

    cr_assert_lt(s->tail, STATES / 2, "too many states");
    *next = *state;
    simplify(next);
    hash = hash_of(next);
    for (slot = hash % STATES; s->seen[slot]; slot = (slot + 1) % STATES)
        if (s->seen[slot] == hash)
            return;
    s->seen[slot] = hash;
    s->tail++;
    for (uint32_t i = 0; i < state->threads; i++)
        s->acted |= (uint32_t)oracle_acts(state, i) << i;
}

/* May this thread release an object that is no lock? Nobody (all threads): what was never released,
 * or not from the beginning on recorded, is hope without a name. */
static bool may_signal(const struct search *s, const struct oracle_object *object, uint32_t thread)
{
    return s->question == ORACLE_EVER || !object->touched || object->missed ||
           object->setters >> thread & 1;
}

static void signal_object(struct search *s, const struct oracle *state, uint32_t thread,
                          uint32_t at)
{
    const struct oracle_object *object = &state->object[at];
    bool counts = object->kind == ORACLE_SEMAPHORE || object->kind == ORACLE_QUEUE;
    struct oracle next = *state;

    if (object->kind == ORACLE_NOTHING || object->kind == ORACLE_THREAD)
        return;
    if (object->kind == ORACLE_MUTANT) {
        if (object->owner != thread)
            return;
        oracle_play(&next, &(struct oracle_move){ORACLE_UNLOCK, (uint8_t)thread, (uint8_t)at, 0});
    } else if (!may_signal(s, object, thread)) {
        return;
    } else {
        oracle_signal(&next, at, counts && object->state < 2 ? object->state + 1 : 1);
    }
    visit(s, &next);
}

/* What a thread that acts may do to another one. */
static void stir(struct search *s, const struct oracle *state, uint32_t other)
{
    const struct oracle_thread *it = &state->thread[other];
    struct oracle next = *state;

    if (it->suspended) {
        while (next.thread[other].suspended)
            oracle_play(&next, &(struct oracle_move){ORACLE_RESUME, 0, (uint8_t)other, 0});
        if (s->spares)
            oracle_end_wait(&next, other, ORACLE_APC_RAN);
        visit(s, &next);
    }
    if (!it->parked || !it->alertable || s->question != ORACLE_EVER)
        return;
    next = *state;
    oracle_end_wait(&next, other, ORACLE_APC_RAN);
    visit(s, &next);
}

static void act(struct search *s, const struct oracle *state, uint32_t thread)
{
    struct oracle next = *state;

    for (uint32_t i = 0; i < ORACLE_OBJECTS; i++)
        signal_object(s, state, thread, i);
    for (uint32_t i = 0; i < state->threads; i++)
        stir(s, state, i);
    oracle_play(&next, &(struct oracle_move){ORACLE_EXIT, (uint8_t)thread, 0, 0});
    visit(s, &next);
}

/* Of a timer only the last who set it is known. */
static bool is_known(const struct oracle_object *object)
{
    bool timer = object->kind == ORACLE_TIMER_AUTO || object->kind == ORACLE_TIMER_MANUAL;

    return !object->gap && !(timer && object->setters & (object->setters - 1));
}

/* What nobody recorded may come from anywhere, to anybody, and verdicts spare it. */
static void come_unheard(struct search *s, const struct oracle *state, uint32_t at)
{
    const struct oracle_object *object = &state->object[at];
    struct oracle next = *state;

    if (!s->spares || is_known(object) || object->kind == ORACLE_NOTHING ||
        object->kind == ORACLE_THREAD || object->owner != ORACLE_NOBODY)
        return;
    oracle_signal(&next, at, 1);
    visit(s, &next);
    for (uint32_t i = 0; i < object->waiting; i++) {
        if (state->thread[object->line[i]].all)
            continue;
        next = *state;
        oracle_end_wait(&next, object->line[i], 0);
        visit(s, &next);
    }
}

/* Whoever is within reach of an armed timer may get its signal, whoever came first: nobody counts
 * on one that is suspended to take it. */
static void expire_for(struct search *s, const struct oracle *state, uint32_t at)
{
    for (uint32_t i = 0; i < state->object[at].waiting; i++) {
        struct oracle next = *state;

        next.object[at].line[0] = state->object[at].line[i];
        next.object[at].line[i] = state->object[at].line[0];
        oracle_expire(&next, at);
        visit(s, &next);
    }
}

/* What happens by itself. */
static void elapse(struct search *s, const struct oracle *state)
{
    for (uint32_t i = 0; i < state->threads; i++) {
        struct oracle next = *state;

        if (!state->thread[i].parked || !state->thread[i].timed)
            continue;
        if (state->thread[i].suspended)
            next.thread[i].late = true;
        else
            oracle_end_wait(&next, i, ORACLE_TIMEOUT);
        visit(s, &next);
    }
    for (uint32_t i = 0; i < ORACLE_OBJECTS; i++) {
        struct oracle next = *state;

        come_unheard(s, state, i);
        if (!state->object[i].armed)
            continue;
        oracle_expire(&next, i);
        visit(s, &next);
        expire_for(s, state, i);
    }
}

uint32_t oracle_can_act(const struct oracle *model, enum oracle_question question, bool spares)
{
    static struct search s;

    s.question = question;
    s.spares = spares;
    s.head = s.tail = s.acted = s.wanted = 0;
    memset(s.seen, 0, sizeof(s.seen));
    visit(&s, model);
    for (uint32_t i = 0; i < model->threads; i++)
        s.wanted |= (uint32_t)!model->thread[i].ended << i;
    while (s.head < s.tail && s.acted != s.wanted) {
        const struct oracle *state = &s.queue[s.head++];

        elapse(&s, state);
        for (uint32_t i = 0; i < state->threads; i++)
            if (oracle_acts(state, i))
                act(&s, state, i);
    }
    return s.acted;
}
