/* Which moves there are in a state, and what they are called. */
#include <stdio.h>

#include "oracle/model.h"

struct list {
    const struct oracle *model;
    struct oracle_move *move;
    uint32_t count;
};

static void add(struct list *list, uint32_t verb, uint32_t actor, uint32_t object, uint32_t other)
{
    if (list->model->cast.menu >> verb & 1 && list->count < ORACLE_MOVES)
        list->move[list->count++] =
            (struct oracle_move){(uint8_t)verb, (uint8_t)actor, (uint8_t)object, (uint8_t)other};
}

static void add_events(struct list *list, uint32_t actor, uint32_t at)
{
    add(list, ORACLE_SET, actor, at, 0);
    add(list, ORACLE_RESET, actor, at, 0);
    add(list, ORACLE_PULSE, actor, at, 0);
}

static void add_timers(struct list *list, uint32_t actor, uint32_t at)
{
    add(list, ORACLE_ARM, actor, at, 0);
    add(list, ORACLE_ARM_PERIODIC, actor, at, 0);
    if (list->model->object[at].was_armed)
        add(list, ORACLE_CANCEL, actor, at, 0);
}

static void add_signals(struct list *list, uint32_t actor, uint32_t at)
{
    switch (list->model->object[at].kind) {
    case ORACLE_EVENT_AUTO:
    case ORACLE_EVENT_MANUAL:
        add_events(list, actor, at);
        break;
    case ORACLE_SEMAPHORE:
        add(list, ORACLE_RELEASE, actor, at, 0);
        add(list, ORACLE_OVERFLOW, actor, at, 0);
        break;
    case ORACLE_MUTANT:
        add(list, ORACLE_UNLOCK, actor, at, 0);
        break;
    case ORACLE_TIMER_AUTO:
    case ORACLE_TIMER_MANUAL:
        add_timers(list, actor, at);
        break;
    case ORACLE_QUEUE:
        add(list, ORACLE_INSERT, actor, at, 0);
        break;
    default:
        break;
    }
}

static void add_waits(struct list *list, uint32_t actor, uint32_t at)
{
    const struct oracle *model = list->model;

    if (model->object[at].kind == ORACLE_QUEUE) {
        add(list, ORACLE_REMOVE, actor, at, 0);
        return;
    }
    for (uint32_t verb = ORACLE_WAIT; verb <= ORACLE_WAIT_ALERTABLE; verb++)
        add(list, verb, actor, at, 0);
    for (uint32_t other = 0; other < ORACLE_FIRST_LOST; other++)
        if (other != at && model->object[other].kind != ORACLE_QUEUE &&
            oracle_is_there(&model->object[other])) {
            add(list, ORACLE_WAIT_ANY, actor, at, other);
            if (at < other)
                add(list, ORACLE_WAIT_ALL, actor, at, other);
        }
}

/* Room for what may lose its name: it goes on where nobody names it. */
static bool has_room(const struct oracle *model)
{
    for (uint32_t i = ORACLE_FIRST_LOST; i < ORACLE_OBJECTS; i++)
        if (model->object[i].kind == ORACLE_NOTHING)
            return true;
    return false;
}

static void add_names(struct list *list, uint32_t actor, uint32_t at)
{
    const struct oracle_object *object = &list->model->object[at];
    bool plain = object->kind >= ORACLE_EVENT_AUTO && object->kind <= ORACLE_SEMAPHORE;

    if (!object->pointer) {
        if (object->names > 1 || has_room(list->model))
            add(list, ORACLE_CLOSE, actor, at, 0);
        if (object->names < ORACLE_HANDLES)
            add(list, ORACLE_DUPLICATE, actor, at, 0);
    } else if (plain) {
        add(list, ORACLE_INITIALIZE, actor, at, 0);
    }
    if (plain) {
        add(list, ORACLE_STORE, actor, at, 0);
        add(list, ORACLE_STORE_ZERO, actor, at, 0);
    }
    if (object->kind <= ORACLE_EVENT_MANUAL)
        add(list, ORACLE_BLIND, actor, at, 0);
}

static void add_threads(struct list *list, uint32_t actor)
{
    const struct oracle *model = list->model;
    uint32_t live = 0;

    for (uint32_t i = 0; i < model->threads; i++) {
        if (model->thread[i].ended)
            continue;
        live++;
        if (model->thread[i].suspended < 2)
            add(list, ORACLE_SUSPEND, actor, i, 0);
        if (model->thread[i].suspended)
            add(list, ORACLE_RESUME, actor, i, 0);
        if (model->thread[i].apcs < 2)
            add(list, ORACLE_APC, actor, i, 0);
    }
    if (live > 1) /* the last one ends the run */
        add(list, ORACLE_EXIT, actor, 0, 0);
    add(list, ORACLE_SLEEP, actor, 0, 0);
}

static void add_acts(struct list *list, uint32_t actor)
{
    for (uint32_t i = 0; i < ORACLE_FIRST_LOST; i++) {
        if (i < ORACLE_CAST && list->model->cast.kind[i] &&
            !oracle_is_there(&list->model->object[i]))
            add(list, ORACLE_CREATE, actor, i, 0);
        if (i < ORACLE_CAST && list->model->cast.kind[i] && !list->model->cast.pointers &&
            list->model->cast.kind[i] != ORACLE_QUEUE && !list->model->object[i].first)
            add(list, ORACLE_STALE, actor, i, 0);
        if (!oracle_is_there(&list->model->object[i]))
            continue;
        add_waits(list, actor, i);
        if (i >= ORACLE_CAST)
            continue;
        add_signals(list, actor, i);
        add_names(list, actor, i);
    }
    add_threads(list, actor);
}

uint32_t oracle_moves(const struct oracle *model, struct oracle_move *ret)
{
    struct list list = {model, ret, 0};

    for (uint32_t i = 0; i < model->threads; i++)
        if (oracle_acts(model, i))
            add_acts(&list, i);
    add(&list, ORACLE_PASS, 0, 0, 0);
    add(&list, model->deaf ? ORACLE_LISTEN : ORACLE_DEAF, 0, 0, 0);
    for (uint32_t i = 0; i < ORACLE_CAST; i++)
        if (model->cast.kind[i])
            add(&list, ORACLE_FOCUS, 0, i, 0);
    return list.count;
}

/* ---- words ----------------------------------------------------------------------------------- */

static const char *const words[ORACLE_VERBS] = {"set",
                                                "reset",
                                                "pulse",
                                                "release",
                                                "unlock",
                                                "arm",
                                                "arm-periodic",
                                                "cancel",
                                                "insert",
                                                "wait",
                                                "wait-timed",
                                                "poll",
                                                "wait-alertable",
                                                "wait-any",
                                                "wait-all",
                                                "remove",
                                                "sleep",
                                                "exit",
                                                "suspend",
                                                "resume",
                                                "apc",
                                                "close",
                                                "dup",
                                                "create",
                                                "initialize",
                                                "store",
                                                "store-0",
                                                "pass",
                                                "audit-off",
                                                "audit-on",
                                                "focus",
                                                "stale",
                                                "overflow",
                                                "wait-blind"};

void oracle_text(const struct oracle_move *move, uint32_t count, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (uint32_t i = 0; i < count && used < size; i++) {
        const struct oracle_move *it = &move[i];
        bool two = it->verb == ORACLE_WAIT_ANY || it->verb == ORACLE_WAIT_ALL;

        used += (size_t)snprintf(text + used, size - used, "t%u:%s(%u", it->actor, words[it->verb],
                                 it->object);
        if (used < size)
            used += (size_t)snprintf(text + used, size - used, two ? ",%u) " : ") ", it->other);
    }
}
