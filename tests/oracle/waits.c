/* Waits of the model, and what ends them. The rules: a signal lets go of those whose whole wait is
 * satisfied, in the order in which they came, as long as there is something to take. */
#include "oracle/model_internal.h"

#include <string.h>

/* ---- who is where ---------------------------------------------------------------------------- */

bool oracle_acts(const struct oracle *model, uint32_t thread)
{
    const struct oracle_thread *it = &model->thread[thread];

    return !it->ended && !it->parked && !it->suspended;
}

bool oracle_is_there(const struct oracle_object *object)
{
    return object->kind != ORACLE_NOTHING && (object->pointer || object->names);
}

/* Threads that the queue feeds and that are at work; not `but`, who asks for more. */
static uint32_t at_work(const struct oracle *model, uint32_t queue, uint32_t but)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < model->threads; i++)
        n += i != but && model->thread[i].queue == queue && !model->thread[i].parked &&
             !model->thread[i].suspended && !model->thread[i].ended;
    return n;
}

bool oracle_is_free(const struct oracle *model, uint32_t thread, uint32_t at)
{
    const struct oracle_object *object = &model->object[at];

    if (object->kind == ORACLE_MUTANT && object->owner == thread)
        return true;
    if (object->kind == ORACLE_QUEUE && at_work(model, at, thread) >= object->limit)
        return false;
    return object->state > 0;
}

/* Can the wait end now, and for a wait any by which? */
bool oracle__is_satisfied(const struct oracle *model, uint32_t thread, uint32_t *ret_index)
{
    const struct oracle_thread *it = &model->thread[thread];

    *ret_index = 0;
    for (uint32_t i = 0; i < it->wanted; i++)
        if (oracle_is_free(model, thread, it->wants[i]) != it->all) {
            *ret_index = i;
            return !it->all;
        }
    return it->all && it->wanted;
}

bool oracle_waits(const struct oracle *model, uint32_t thread)
{
    const struct oracle_thread *it = &model->thread[thread];
    uint32_t index;

    return it->parked && !(it->suspended && oracle__is_satisfied(model, thread, &index));
}

/* ---- notes ----------------------------------------------------------------------------------- */

struct oracle_note *oracle__note_of(struct oracle *model, enum oracle_what what, uint8_t actor,
                                    uint32_t identity)
{
    static struct oracle_note nowhere;
    struct oracle_notes *notes = model->notes;

    if (!notes || notes->count == ORACLE_NOTES)
        return &nowhere;
    notes->note[notes->count] = (struct oracle_note){.what = (uint8_t)what,
                                                     .actor = actor,
                                                     .heard = !model->deaf,
                                                     .identity = identity,
                                                     .cycle = model->cycle};
    return &notes->note[notes->count++];
}

/* Nothing happens to an object in the cycle of its birth but that. */
uint32_t oracle__birth_of(const struct oracle *model, uint32_t identity)
{
    return model->notes && identity < ORACLE_IDENTITIES ? model->notes->born[identity] : 0;
}

void oracle__note_birth(struct oracle *model, uint32_t identity)
{
    if (model->notes && identity < ORACLE_IDENTITIES)
        model->notes->born[identity] = model->cycle;
}

/* Of one object of the thread's wait. */
static struct oracle_note *note_wait(struct oracle *model, enum oracle_what what, uint32_t thread,
                                     uint32_t i)
{
    const struct oracle_thread *it = &model->thread[thread];
    struct oracle_note *note = oracle__note_of(model, what, (uint8_t)thread, it->identity[i]);

    note->heard = note->heard && !it->blind && (what != ORACLE_EXPIRED || it->noted);
    return note;
}

void oracle__note_all(struct oracle *model, enum oracle_what what, uint32_t thread)
{
    for (uint32_t i = 0; i < model->thread[thread].wanted; i++)
        note_wait(model, what, thread, i);
}

/* ---- ends of waits --------------------------------------------------------------------------- */

void oracle__set_state(struct oracle_object *object, int32_t state)
{
    object->state = object->told = state;
}

void oracle__leave_line(struct oracle_object *object, uint32_t thread)
{
    for (uint32_t i = 0; i < object->waiting; i++)
        if (object->line[i] == thread) {
            memmove(&object->line[i], &object->line[i + 1], object->waiting - i - 1u);
            object->line[--object->waiting] = 0;
            return;
        }
}

/* Also by whoever is suspended, and in no line. */
static bool is_wanted(const struct oracle *model, uint32_t at)
{
    for (uint32_t i = 0; i < model->threads; i++)
        for (uint32_t k = 0; model->thread[i].parked && k < model->thread[i].wanted; k++)
            if (model->thread[i].wants[k] == at)
                return true;
    return false;
}

/* An object that nobody can name or waits for is no more. */
void oracle__forget_unnamed(struct oracle *model, uint32_t at)
{
    struct oracle_object *object = &model->object[at];

    if (!oracle_is_there(object) && !is_wanted(model, at) &&
        !(object->kind == ORACLE_MUTANT && object->owner != ORACLE_NOBODY))
        *object = (struct oracle_object){.owner = ORACLE_NOBODY};
}

void oracle_end_wait(struct oracle *model, uint32_t thread, uint32_t result)
{
    struct oracle_thread *it = &model->thread[thread];

    it->result = result;
    if (!it->parked)
        return;
    it->parked = it->timed = it->late = false;
    for (uint32_t i = 0; i < it->wanted; i++) {
        oracle__leave_line(&model->object[it->wants[i]], thread);
        oracle__forget_unnamed(model, it->wants[i]);
    }
}

/* Does a wait that it ends take anything from it? */
static bool is_taken(const struct oracle_object *object)
{
    return object->kind != ORACLE_EVENT_MANUAL && object->kind != ORACLE_TIMER_MANUAL &&
           object->kind != ORACLE_THREAD;
}

/* Returns whether it was an abandoned mutant. */
static bool take(struct oracle *model, struct oracle_object *object, uint32_t thread)
{
    bool abandoned = object->abandoned;

    switch (object->kind) {
    case ORACLE_EVENT_AUTO:
    case ORACLE_TIMER_AUTO:
        oracle__set_state(object, 0);
        return false;
    case ORACLE_SEMAPHORE:
    case ORACLE_QUEUE:
        oracle__set_state(object, object->state - 1);
        return false;
    case ORACLE_MUTANT:
        oracle__set_state(object, object->state - 1);
        object->owner = (uint8_t)thread;
        object->since = object->state ? object->since : ++model->order;
        object->abandoned = false;
        return abandoned;
    default:
        return false;
    }
}

void oracle__let_go(struct oracle *model, uint32_t thread, uint32_t index)
{
    const struct oracle_thread *it = &model->thread[thread];
    bool abandoned = false;

    for (uint32_t i = 0; i < it->wanted; i++)
        if (it->all || i == index) {
            note_wait(model, it->parked ? ORACLE_WOKEN : ORACLE_GOT, thread, i)->took =
                is_taken(&model->object[it->wants[i]]);
            abandoned |= take(model, &model->object[it->wants[i]], thread);
        } else {
            note_wait(model, it->parked ? ORACLE_STOPPED : ORACLE_PASSED, thread, i);
        }
    oracle_end_wait(model, thread, (abandoned ? ORACLE_ABANDONED : 0) + index);
}

/* A wait that begins, or goes on, finds its objects as they are. */
void oracle__find_states(struct oracle *model, uint32_t thread)
{
    const struct oracle_thread *it = &model->thread[thread];

    for (uint32_t i = 0; i < it->wanted; i++) {
        struct oracle_object *object = &model->object[it->wants[i]];

        if (object->state <= 0)
            object->told = object->state;
    }
}

/* Returns those who woke, bit by bit. */
static uint8_t wake(struct oracle *model, uint32_t at)
{
    struct oracle_object *object = &model->object[at];
    uint32_t i = 0, index, woke = 0;

    while (i < object->waiting && object->state > 0)
        if (oracle__is_satisfied(model, object->line[i], &index)) {
            woke |= 1u << object->line[i];
            oracle__let_go(model, object->line[i], index);
        } else {
            oracle__find_states(model, object->line[i++]);
        }
    return (uint8_t)woke;
}

void oracle__signal_as(struct oracle *model, uint32_t at, int32_t state, enum oracle_what what)
{
    struct oracle_note *note =
        oracle__note_of(model, what, model->actor, model->object[at].identity);

    oracle__set_state(&model->object[at], state);
    note->woke = wake(model, at);
}

void oracle_signal(struct oracle *model, uint32_t at, int32_t state)
{
    oracle__signal_as(model, at, state, ORACLE_SIGNALLED);
}

void oracle__clear(struct oracle *model, uint32_t at)
{
    struct oracle_object *object = &model->object[at];

    oracle__note_of(model, ORACLE_CLEARED, model->actor, object->identity)->took =
        object->state > 0;
    oracle__set_state(object, 0);
}

/* ---- waits ----------------------------------------------------------------------------------- */

/* A thread that a queue feeds parks or goes: another may take its place. */
void oracle__offer(struct oracle *model, uint32_t queue)
{
    if (queue != ORACLE_NOBODY)
        wake(model, queue);
}

void oracle__run_apcs(struct oracle *model, uint32_t thread)
{
    oracle__note_all(model, model->thread[thread].parked ? ORACLE_STOPPED : ORACLE_PASSED, thread);
    model->thread[thread].apcs = 0;
    oracle_end_wait(model, thread, ORACLE_APC_RAN);
}

/* Whoever serves a queue and came last is woken first. */
void oracle__join_line(struct oracle_object *object, uint32_t thread)
{
    uint32_t place = object->kind == ORACLE_QUEUE ? 0 : object->waiting;

    memmove(&object->line[place + 1], &object->line[place], object->waiting - place);
    object->line[place] = (uint8_t)thread;
    object->waiting++;
}

static void park(struct oracle *model, uint32_t thread)
{
    struct oracle_thread *it = &model->thread[thread];

    oracle__note_all(model, ORACLE_PARKED, thread);
    oracle__find_states(model, thread);
    it->parked = true;
    it->due = it->timed ? ++model->order : 0;
    for (uint32_t i = 0; i < it->wanted; i++)
        oracle__join_line(&model->object[it->wants[i]], thread);
    if (!it->wanted || it->wants[0] != it->queue)
        oracle__offer(model, it->queue);
}

static void begin_wait(struct oracle *model, const struct oracle_move *move)
{
    struct oracle_thread *it = &model->thread[move->actor];

    it->all = move->verb == ORACLE_WAIT_ALL;
    it->alertable = move->verb == ORACLE_WAIT_ALERTABLE;
    it->timed = move->verb == ORACLE_WAIT_TIMED || move->verb == ORACLE_SLEEP;
    it->blind = move->verb == ORACLE_BLIND;
    it->noted = !model->deaf && !it->blind;
    it->wanted = 1;
    if (move->verb == ORACLE_SLEEP)
        it->wanted = 0;
    else if (move->verb == ORACLE_WAIT_ANY || move->verb == ORACLE_WAIT_ALL)
        it->wanted = 2;
    it->wants[0] = it->wanted ? move->object : 0;
    it->wants[1] = it->wanted == 2 ? move->other : 0;
    for (uint32_t i = 0; i < 2; i++)
        it->identity[i] = i < it->wanted ? model->object[it->wants[i]].identity : 0;
    if (move->verb == ORACLE_REMOVE)
        it->queue = move->object;
    it->result = ORACLE_WAITS;
}

static void end_poll(struct oracle *model, uint32_t thread)
{
    oracle__note_all(model, ORACLE_POLLED, thread);
    model->thread[thread].result = ORACLE_TIMEOUT;
}

void oracle__play_wait(struct oracle *model, const struct oracle_move *move)
{
    struct oracle_thread *it = &model->thread[move->actor];
    uint32_t index;

    begin_wait(model, move);
    if (oracle__is_satisfied(model, move->actor, &index))
        oracle__let_go(model, move->actor, index);
    else if (it->alertable && it->apcs)
        oracle__run_apcs(model, move->actor);
    else if (move->verb == ORACLE_POLL)
        end_poll(model, move->actor);
    else
        park(model, move->actor);
}
