/* See model.h: time, threads, names, and each move. */
#include "oracle/model_internal.h"

/* ---- time ------------------------------------------------------------------------------------ */

void oracle_expire(struct oracle *model, uint32_t at)
{
    struct oracle_object *timer = &model->object[at];

    timer->armed = timer->periodic;
    timer->due = timer->armed ? ++model->order : 0;
    oracle_signal(model, at, 1);
}

/* The thread or (from ORACLE_THREADS on) the object whose deadline came first, up to `last`. */
static uint32_t earliest(const struct oracle *model, uint32_t last)
{
    uint32_t best = ORACLE_NOBODY, due = last + 1;

    for (uint32_t i = 0; i < model->threads; i++)
        if (model->thread[i].parked && model->thread[i].timed && !model->thread[i].suspended &&
            model->thread[i].due < due) {
            best = i;
            due = model->thread[i].due;
        }
    for (uint32_t i = 0; i < ORACLE_OBJECTS; i++)
        if (model->object[i].armed && model->object[i].due < due) {
            best = ORACLE_THREADS + i;
            due = model->object[i].due;
        }
    return best;
}

/* Who is suspended finds out when it is resumed. */
static void miss(struct oracle *model, uint32_t last)
{
    for (uint32_t i = 0; i < model->threads; i++)
        model->thread[i].late |= model->thread[i].parked && model->thread[i].timed &&
                                 model->thread[i].suspended && model->thread[i].due <= last;
}

static void pass(struct oracle *model)
{
    uint32_t last = model->order, next;

    miss(model, last);
    while ((next = earliest(model, last)) != ORACLE_NOBODY) {
        if (next >= ORACLE_THREADS) {
            oracle_expire(model, next - ORACLE_THREADS);
            continue;
        }
        oracle__note_all(model, ORACLE_EXPIRED, next);
        oracle_end_wait(model, next, model->thread[next].wanted ? ORACLE_TIMEOUT : 0);
    }
}

static void arm(struct oracle *model, uint32_t at, bool periodic)
{
    struct oracle_object *timer = &model->object[at];

    if (timer->state > 0)
        oracle__clear(model, at);
    timer->armed = timer->was_armed = true;
    timer->cancelled = false;
    timer->periodic = periodic;
    timer->due = ++model->order;
}

/* ---- threads --------------------------------------------------------------------------------- */

/* The mutant that the thread has owned for longest. */
static uint32_t oldest_owned(const struct oracle *model, uint32_t thread)
{
    uint32_t best = ORACLE_NOBODY, since = UINT32_MAX;

    for (uint32_t i = 0; i < ORACLE_OBJECTS; i++) {
        const struct oracle_object *object = &model->object[i];

        if (object->kind == ORACLE_MUTANT && object->owner == thread && object->since < since) {
            best = i;
            since = object->since;
        }
    }
    return best;
}

static void end_thread(struct oracle *model, uint32_t thread)
{
    uint8_t queue = model->thread[thread].queue;
    uint32_t at;

    model->actor = ORACLE_NOBODY; /* what follows is the machine's */
    model->thread[thread].ended = true;
    model->thread[thread].apcs = 0;
    model->thread[thread].queue = ORACLE_NOBODY;
    while ((at = oldest_owned(model, thread)) != ORACLE_NOBODY) {
        model->object[at].owner = ORACLE_NOBODY;
        model->object[at].abandoned = true;
        oracle_signal(model, at, 1);
        oracle__forget_unnamed(model, at);
    }
    oracle__offer(model, queue);
    oracle_signal(model, ORACLE_CAST + thread, 1);
}

static void queue_apc(struct oracle *model, uint32_t thread)
{
    struct oracle_thread *it = &model->thread[thread];

    it->apcs++;
    if (it->parked && it->alertable && !it->suspended)
        oracle__run_apcs(model, thread);
}

/* It leaves the lines it stands in; a place in the books of a queue it keeps free, or makes free.
 */
static void suspend(struct oracle *model, uint32_t thread)
{
    struct oracle_thread *it = &model->thread[thread];

    if (it->suspended++)
        return;
    for (uint32_t i = 0; it->parked && i < it->wanted; i++)
        oracle__leave_line(&model->object[it->wants[i]], thread);
    oracle__offer(model, it->queue);
}

/* And looks again, at first at what it waits for. */
static void resume(struct oracle *model, uint32_t thread)
{
    struct oracle_thread *it = &model->thread[thread];
    uint32_t index;

    if (!it->suspended || --it->suspended || !it->parked)
        return;
    if (oracle__is_satisfied(model, thread, &index)) {
        oracle__let_go(model, thread, index);
    } else if (it->alertable && it->apcs) {
        oracle__run_apcs(model, thread);
    } else if (it->late) {
        oracle__note_all(model, ORACLE_EXPIRED, thread);
        oracle_end_wait(model, thread, it->wanted ? ORACLE_TIMEOUT : 0);
    } else {
        oracle__find_states(model, thread);
        for (uint32_t i = 0; i < it->wanted; i++)
            oracle__join_line(&model->object[it->wants[i]], thread);
    }
}

static void unlock(struct oracle *model, uint32_t thread, uint32_t at)
{
    struct oracle_object *mutant = &model->object[at];

    if (mutant->owner != thread) {
        oracle__note_of(model, ORACLE_FAILED, model->actor, mutant->identity);
        return;
    }
    if (mutant->state + 1 == 1)
        mutant->owner = ORACLE_NOBODY;
    oracle_signal(model, at, mutant->state + 1);
    oracle__forget_unnamed(model, at);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* The last name goes; those who wait for it keep it alive, elsewhere. */
static void lose(struct oracle *model, uint32_t at)
{
    uint32_t to = ORACLE_FIRST_LOST;

    oracle__forget_unnamed(model, at);
    if (model->object[at].kind == ORACLE_NOTHING)
        return;
    while (model->object[to].kind != ORACLE_NOTHING)
        to++;
    model->object[to] = model->object[at];
    model->object[at] = (struct oracle_object){.owner = ORACLE_NOBODY};
    for (uint32_t i = 0; i < model->threads; i++)
        for (uint32_t k = 0; k < 2; k++)
            if (model->thread[i].parked && k < model->thread[i].wanted &&
                model->thread[i].wants[k] == at)
                model->thread[i].wants[k] = (uint8_t)to;
}

static void create(struct oracle *model, uint32_t at, uint8_t kind, bool pointer)
{
    struct oracle_object *object = &model->object[at];

    *object = (struct oracle_object){.kind = kind,
                                     .limit = kind == ORACLE_SEMAPHORE ? 2 : 1,
                                     .owner = ORACLE_NOBODY,
                                     .place = (uint8_t)at,
                                     .names = !pointer,
                                     .first = !pointer,
                                     .pointer = pointer,
                                     .state = kind == ORACLE_MUTANT,
                                     .gap = model->deaf,
                                     .missed = model->deaf,
                                     .named = !model->deaf,
                                     .identity = ++model->identities};
    object->told = object->state;
    oracle__note_birth(model, object->identity);
}

static void create_cast(struct oracle *model, uint32_t at)
{
    uint8_t kind = model->cast.kind[at];

    create(model, at, kind, model->cast.pointers || kind == ORACLE_QUEUE);
}

void oracle_begin(struct oracle *model, const struct oracle_cast *cast, struct oracle_notes *notes)
{
    *model = (struct oracle){.threads = cast->threads, .cast = *cast, .notes = notes};
    if (notes)
        notes->count = 0;
    for (uint32_t i = 0; i < ORACLE_OBJECTS; i++)
        model->object[i].owner = ORACLE_NOBODY;
    for (uint32_t i = 0; i < ORACLE_THREADS; i++) {
        model->thread[i].queue = ORACLE_NOBODY;
        model->thread[i].result = ORACLE_WAITS;
    }
    for (uint32_t i = 0; i < ORACLE_CAST; i++)
        if (cast->kind[i]) {
            model->cycle++;
            create_cast(model, i);
        }
    model->cycle++;
    for (uint32_t i = 0; i < cast->threads; i++)
        create(model, ORACLE_CAST + i, ORACLE_THREAD, false);
}

/* ---- playing --------------------------------------------------------------------------------- */

static void play_signal(struct oracle *model, const struct oracle_move *move)
{
    struct oracle_object *object = &model->object[move->object];

    switch (move->verb) {
    case ORACLE_SET:
        oracle_signal(model, move->object, 1);
        break;
    case ORACLE_PULSE:
        oracle__signal_as(model, move->object, 1, ORACLE_PULSED);
        oracle__set_state(object, 0);
        break;
    case ORACLE_RESET:
        oracle__clear(model, move->object);
        break;
    case ORACLE_RELEASE:
        if (object->state < object->limit)
            oracle_signal(model, move->object, object->state + 1);
        else
            oracle__note_of(model, ORACLE_FAILED, move->actor, object->identity);
        break;
    case ORACLE_INSERT:
        oracle_signal(model, move->object, object->state + 1);
        break;
    default:
        unlock(model, move->actor, move->object);
    }
}

static void play_name(struct oracle *model, const struct oracle_move *move)
{
    struct oracle_object *object = &model->object[move->object];

    switch (move->verb) {
    case ORACLE_CLOSE:
        object->first = false;
        if (--object->names == 0)
            lose(model, move->object);
        break;
    case ORACLE_DUPLICATE:
        object->names++;
        break;
    case ORACLE_CREATE:
        create_cast(model, move->object);
        break;
    case ORACLE_INITIALIZE:
        oracle__set_state(object, 0);
        object->identity = ++model->identities;
        object->touched = false;
        object->setters = 0;
        object->gap = object->missed = model->deaf;
        oracle__note_birth(model, object->identity);
        break;
    default:
        object->state = move->verb == ORACLE_STORE;
    }
}

static void play_thread(struct oracle *model, const struct oracle_move *move)
{
    switch (move->verb) {
    case ORACLE_EXIT:
        end_thread(model, move->actor);
        break;
    case ORACLE_SUSPEND:
        suspend(model, move->object);
        break;
    case ORACLE_RESUME:
        resume(model, move->object);
        break;
    default:
        queue_apc(model, move->object);
    }
}

/* Who released what, as far as a call says so. */
static void note_setter(struct oracle *model, const struct oracle_move *move)
{
    struct oracle_object *object = &model->object[move->object];
    bool fails = (move->verb == ORACLE_RELEASE && object->state >= object->limit) ||
                 (move->verb == ORACLE_UNLOCK && object->owner != move->actor);

    if (move->verb >= ORACLE_WAIT || move->verb == ORACLE_RESET || move->verb == ORACLE_CANCEL ||
        fails)
        return;
    object->touched = true;
    object->setters |= (uint8_t)(1u << move->actor);
}

/* Calls that are recorded under the name which they were made with. */
static bool names(uint8_t verb)
{
    return verb == ORACLE_SET || verb == ORACLE_PULSE || verb == ORACLE_RELEASE ||
           verb == ORACLE_UNLOCK || (verb >= ORACLE_WAIT && verb < ORACLE_REMOVE);
}

static void hear_name(struct oracle *model, uint32_t at)
{
    struct oracle_object *object = &model->object[at];

    object->named |= !model->deaf && object->first;
}

/* Who acts, when, and what nobody hears of. */
static void begin_move(struct oracle *model, const struct oracle_move *move)
{
    bool acts = move->verb < ORACLE_PASS || move->verb >= ORACLE_STALE;

    model->actor = acts ? move->actor : ORACLE_NOBODY;
    model->cycle += acts;
    for (uint32_t i = 0; i < ORACLE_OBJECTS; i++) {
        model->object[i].gap |= move->verb == ORACLE_DEAF;
        model->object[i].missed |=
            model->deaf && move->verb != ORACLE_LISTEN &&
            model->cycle > oracle__birth_of(model, model->object[i].identity);
    }
    note_setter(model, move);
    if (names(move->verb))
        hear_name(model, move->object);
    if (move->verb == ORACLE_WAIT_ANY || move->verb == ORACLE_WAIT_ALL)
        hear_name(model, move->other);
}

/* By a number that names nothing: it is kept for those who ask for that number. */
static void signal_nothing(struct oracle *model, uint32_t at)
{
    if (model->focus >> at & 1)
        oracle__note_of(model, ORACLE_FAILED, model->actor, ORACLE_GHOST + at);
}

static void play_act(struct oracle *model, const struct oracle_move *move)
{
    if (move->verb == ORACLE_STALE)
        signal_nothing(model, move->object);
    else if (move->verb == ORACLE_OVERFLOW)
        oracle__note_of(model, ORACLE_FAILED, move->actor, model->object[move->object].identity);
    else if (move->verb < ORACLE_WAIT)
        play_signal(model, move);
    else if (move->verb <= ORACLE_SLEEP || move->verb == ORACLE_BLIND)
        oracle__play_wait(model, move);
    else if (move->verb <= ORACLE_APC)
        play_thread(model, move);
    else
        play_name(model, move);
}

void oracle_play(struct oracle *model, const struct oracle_move *move)
{
    begin_move(model, move);
    switch (move->verb) {
    case ORACLE_ARM:
    case ORACLE_ARM_PERIODIC:
        arm(model, move->object, move->verb == ORACLE_ARM_PERIODIC);
        break;
    case ORACLE_CANCEL:
        model->object[move->object].cancelled |= model->object[move->object].armed;
        model->object[move->object].armed = false;
        break;
    case ORACLE_PASS:
        pass(model);
        break;
    case ORACLE_DEAF:
    case ORACLE_LISTEN:
        model->deaf = move->verb == ORACLE_DEAF;
        model->listened = model->cycle;
        break;
    case ORACLE_FOCUS:
        model->focus |= 1u << move->object;
        break;
    default:
        play_act(model, move);
    }
}
