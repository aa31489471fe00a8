/* See model.h. The rules: a signal lets go of those whose whole wait is satisfied, in the order in
 * which they came, as long as there is something to take. */
#include "oracle/model.h"

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

static bool is_free(const struct oracle *model, uint32_t thread, uint32_t at)
{
    const struct oracle_object *object = &model->object[at];

    if (object->kind == ORACLE_MUTANT && object->owner == thread)
        return true;
    if (object->kind == ORACLE_QUEUE && at_work(model, at, thread) >= object->limit)
        return false;
    return object->state > 0;
}

/* Can the wait end now, and for a wait any by which? */
static bool is_satisfied(const struct oracle *model, uint32_t thread, uint32_t *ret_index)
{
    const struct oracle_thread *it = &model->thread[thread];

    *ret_index = 0;
    for (uint32_t i = 0; i < it->wanted; i++)
        if (is_free(model, thread, it->wants[i]) != it->all) {
            *ret_index = i;
            return !it->all;
        }
    return it->all && it->wanted;
}

bool oracle_waits(const struct oracle *model, uint32_t thread)
{
    const struct oracle_thread *it = &model->thread[thread];
    uint32_t index;

    return it->parked && !(it->suspended && is_satisfied(model, thread, &index));
}

/* ---- ends of waits --------------------------------------------------------------------------- */

static void set_state(struct oracle_object *object, int32_t state)
{
    object->state = object->told = state;
}

static void leave_line(struct oracle_object *object, uint32_t thread)
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
static void forget_unnamed(struct oracle *model, uint32_t at)
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
        leave_line(&model->object[it->wants[i]], thread);
        forget_unnamed(model, it->wants[i]);
    }
}

/* Returns whether it was an abandoned mutant. */
static bool take(struct oracle *model, struct oracle_object *object, uint32_t thread)
{
    bool abandoned = object->abandoned;

    switch (object->kind) {
    case ORACLE_EVENT_AUTO:
    case ORACLE_TIMER_AUTO:
        set_state(object, 0);
        return false;
    case ORACLE_SEMAPHORE:
    case ORACLE_QUEUE:
        set_state(object, object->state - 1);
        return false;
    case ORACLE_MUTANT:
        set_state(object, object->state - 1);
        object->owner = (uint8_t)thread;
        object->since = object->state ? object->since : ++model->order;
        object->abandoned = false;
        return abandoned;
    default:
        return false;
    }
}

static void let_go(struct oracle *model, uint32_t thread, uint32_t index)
{
    const struct oracle_thread *it = &model->thread[thread];
    bool abandoned = false;

    for (uint32_t i = 0; i < it->wanted; i++)
        if (it->all || i == index)
            abandoned |= take(model, &model->object[it->wants[i]], thread);
    oracle_end_wait(model, thread, (abandoned ? ORACLE_ABANDONED : 0) + index);
}

static void wake(struct oracle *model, uint32_t at)
{
    struct oracle_object *object = &model->object[at];
    uint32_t i = 0, index;

    while (i < object->waiting && object->state > 0)
        if (is_satisfied(model, object->line[i], &index))
            let_go(model, object->line[i], index);
        else
            i++;
}

void oracle_signal(struct oracle *model, uint32_t at, int32_t state)
{
    set_state(&model->object[at], state);
    wake(model, at);
}

/* ---- waits ----------------------------------------------------------------------------------- */

/* A thread that a queue feeds parks or goes: another may take its place. */
static void offer(struct oracle *model, uint32_t queue)
{
    if (queue != ORACLE_NOBODY)
        wake(model, queue);
}

static void run_apcs(struct oracle *model, uint32_t thread)
{
    model->thread[thread].apcs = 0;
    oracle_end_wait(model, thread, ORACLE_APC_RAN);
}

/* Whoever serves a queue and came last is woken first. */
static void join_line(struct oracle_object *object, uint32_t thread)
{
    uint32_t place = object->kind == ORACLE_QUEUE ? 0 : object->waiting;

    memmove(&object->line[place + 1], &object->line[place], object->waiting - place);
    object->line[place] = (uint8_t)thread;
    object->waiting++;
}

static void park(struct oracle *model, uint32_t thread)
{
    struct oracle_thread *it = &model->thread[thread];

    it->parked = true;
    it->due = it->timed ? ++model->order : 0;
    for (uint32_t i = 0; i < it->wanted; i++) {
        join_line(&model->object[it->wants[i]], thread);
    }
    if (!it->wanted || it->wants[0] != it->queue)
        offer(model, it->queue);
}

static void begin_wait(struct oracle *model, const struct oracle_move *move)
{
    struct oracle_thread *it = &model->thread[move->actor];

    it->all = move->verb == ORACLE_WAIT_ALL;
    it->alertable = move->verb == ORACLE_WAIT_ALERTABLE;
    it->timed = move->verb == ORACLE_WAIT_TIMED || move->verb == ORACLE_SLEEP;
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

static void play_wait(struct oracle *model, const struct oracle_move *move)
{
    struct oracle_thread *it = &model->thread[move->actor];
    uint32_t index;

    begin_wait(model, move);
    if (is_satisfied(model, move->actor, &index))
        let_go(model, move->actor, index);
    else if (it->alertable && it->apcs)
        run_apcs(model, move->actor);
    else if (move->verb == ORACLE_POLL)
        it->result = ORACLE_TIMEOUT;
    else
        park(model, move->actor);
}

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
    while ((next = earliest(model, last)) != ORACLE_NOBODY)
        if (next < ORACLE_THREADS)
            oracle_end_wait(model, next, model->thread[next].wanted ? ORACLE_TIMEOUT : 0);
        else
            oracle_expire(model, next - ORACLE_THREADS);
}

static void arm(struct oracle *model, uint32_t at, bool periodic)
{
    struct oracle_object *timer = &model->object[at];

    if (timer->state > 0)
        set_state(timer, 0);
    timer->armed = timer->was_armed = true;
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

    model->thread[thread].ended = true;
    model->thread[thread].apcs = 0;
    model->thread[thread].queue = ORACLE_NOBODY;
    while ((at = oldest_owned(model, thread)) != ORACLE_NOBODY) {
        model->object[at].owner = ORACLE_NOBODY;
        model->object[at].abandoned = true;
        oracle_signal(model, at, 1);
        forget_unnamed(model, at);
    }
    offer(model, queue);
    oracle_signal(model, ORACLE_CAST + thread, 1);
}

static void queue_apc(struct oracle *model, uint32_t thread)
{
    struct oracle_thread *it = &model->thread[thread];

    it->apcs++;
    if (it->parked && it->alertable && !it->suspended)
        run_apcs(model, thread);
}

/* It leaves the lines it stands in; a place in the books of a queue it keeps free, or makes free.
 */
static void suspend(struct oracle *model, uint32_t thread)
{
    struct oracle_thread *it = &model->thread[thread];

    if (it->suspended++)
        return;
    for (uint32_t i = 0; it->parked && i < it->wanted; i++)
        leave_line(&model->object[it->wants[i]], thread);
    offer(model, it->queue);
}

/* And looks again, at first at what it waits for. */
static void resume(struct oracle *model, uint32_t thread)
{
    struct oracle_thread *it = &model->thread[thread];
    uint32_t index;

    if (!it->suspended || --it->suspended || !it->parked)
        return;
    if (is_satisfied(model, thread, &index))
        let_go(model, thread, index);
    else if (it->alertable && it->apcs)
        run_apcs(model, thread);
    else if (it->late)
        oracle_end_wait(model, thread, it->wanted ? ORACLE_TIMEOUT : 0);
    else
        for (uint32_t i = 0; i < it->wanted; i++)
            join_line(&model->object[it->wants[i]], thread);
}

static void unlock(struct oracle *model, uint32_t thread, uint32_t at)
{
    struct oracle_object *mutant = &model->object[at];

    if (mutant->owner != thread)
        return;
    if (mutant->state + 1 == 1)
        mutant->owner = ORACLE_NOBODY;
    oracle_signal(model, at, mutant->state + 1);
    forget_unnamed(model, at);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* The last name goes; those who wait for it keep it alive, elsewhere. */
static void lose(struct oracle *model, uint32_t at)
{
    uint32_t to = ORACLE_FIRST_LOST;

    forget_unnamed(model, at);
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
                                     .names = !pointer,
                                     .pointer = pointer,
                                     .state = kind == ORACLE_MUTANT,
                                     .gap = model->deaf,
                                     .identity = ++model->identities};
    object->told = object->state;
}

static void create_cast(struct oracle *model, uint32_t at)
{
    uint8_t kind = model->cast.kind[at];

    create(model, at, kind, model->cast.pointers || kind == ORACLE_QUEUE);
}

void oracle_begin(struct oracle *model, const struct oracle_cast *cast)
{
    *model = (struct oracle){.threads = cast->threads, .cast = *cast};
    for (uint32_t i = 0; i < ORACLE_OBJECTS; i++)
        model->object[i].owner = ORACLE_NOBODY;
    for (uint32_t i = 0; i < ORACLE_THREADS; i++) {
        model->thread[i].queue = ORACLE_NOBODY;
        model->thread[i].result = ORACLE_WAITS;
    }
    for (uint32_t i = 0; i < ORACLE_CAST; i++)
        if (cast->kind[i])
            create_cast(model, i);
    for (uint32_t i = 0; i < cast->threads; i++)
        create(model, ORACLE_CAST + i, ORACLE_THREAD, false);
}

/* ---- playing --------------------------------------------------------------------------------- */

static void play_signal(struct oracle *model, const struct oracle_move *move)
{
    struct oracle_object *object = &model->object[move->object];

    switch (move->verb) {
    case ORACLE_SET:
    case ORACLE_PULSE:
        oracle_signal(model, move->object, 1);
        if (move->verb == ORACLE_PULSE)
            set_state(object, 0);
        break;
    case ORACLE_RESET:
        set_state(object, 0);
        break;
    case ORACLE_RELEASE:
        if (object->state < object->limit)
            oracle_signal(model, move->object, object->state + 1);
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
        set_state(object, 0);
        object->identity = ++model->identities;
        object->touched = false;
        object->setters = 0;
        object->gap = model->deaf;
        break;
    default:
        if (object->state <= 0)
            object->told = object->state;
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
static void note(struct oracle *model, const struct oracle_move *move)
{
    struct oracle_object *object = &model->object[move->object];
    bool fails = (move->verb == ORACLE_RELEASE && object->state >= object->limit) ||
                 (move->verb == ORACLE_UNLOCK && object->owner != move->actor);

    if (move->verb == ORACLE_DEAF)
        for (uint32_t i = 0; i < ORACLE_OBJECTS; i++)
            model->object[i].gap = true;
    if (move->verb >= ORACLE_WAIT || move->verb == ORACLE_RESET || move->verb == ORACLE_CANCEL ||
        fails)
        return;
    object->touched = true;
    object->setters |= (uint8_t)(1u << move->actor);
}

void oracle_play(struct oracle *model, const struct oracle_move *move)
{
    note(model, move);
    switch (move->verb) {
    case ORACLE_ARM:
    case ORACLE_ARM_PERIODIC:
        arm(model, move->object, move->verb == ORACLE_ARM_PERIODIC);
        break;
    case ORACLE_CANCEL:
        model->object[move->object].armed = false;
        break;
    case ORACLE_PASS:
        pass(model);
        break;
    case ORACLE_DEAF:
    case ORACLE_LISTEN:
        model->deaf = move->verb == ORACLE_DEAF;
        break;
    case ORACLE_FOCUS:
        break;
    default:
        if (move->verb < ORACLE_WAIT)
            play_signal(model, move);
        else if (move->verb <= ORACLE_SLEEP)
            play_wait(model, move);
        else if (move->verb <= ORACLE_APC)
            play_thread(model, move);
        else
            play_name(model, move);
    }
}
