/* See nt_model.h. Objects and waits. */
#include "nt_model.h"

#include <string.h>

#define TIMEOUT   0x102u
#define USER_APC  0xC0u
#define ALERTED   0x101u
#define ABANDONED 0x80u

void nt_begin(struct nt *nt)
{
    memset(nt, 0, sizeof(*nt));
    for (uint32_t i = 0; i < NT_THREADS; i++)
        nt->thread[i] = (struct nt_thread){.state = NT_READY,
                                           .processor = i % NT_PROCESSORS,
                                           .base = 13,
                                           .priority = 13,
                                           .quantum = 60,
                                           .place = ++nt->last};
    for (uint32_t i = 0; i < NT_OBJECTS; i++)
        nt->thing[i].owner = nt->thing[i].apc_thread = NT_NOBODY;
    nt->thing[NT_MUTANT].state = nt->thing[NT_OTHER_MUTANT].state = 1;
    nt->current[0] = nt->current[1] = NT_NOBODY;
    nt_settle(nt);
}

/* ---- who can take what ----------------------------------------------------------------------- */

static bool waits_for_queue(const struct nt_thread *thread)
{
    return thread->wait.remove && (thread->state == NT_WAITING || thread->held);
}

uint32_t nt_at_work(const struct nt *nt)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < NT_THREADS; i++)
        n += nt->thread[i].serves && nt->thread[i].state <= NT_RUNNING &&
             !waits_for_queue(&nt->thread[i]);
    return n;
}

static bool is_mutant(uint32_t at)
{
    return at == NT_MUTANT || at == NT_OTHER_MUTANT;
}

static bool can_take(const struct nt *nt, uint32_t at, uint32_t thread)
{
    const struct nt_thing *thing = &nt->thing[at];

    if (is_mutant(at) && thing->owner == thread)
        return true;
    return thing->state > 0 && (at != NT_QUEUE || nt_at_work(nt) < NT_QUEUE_LIMIT);
}

static bool is_satisfied(const struct nt *nt, uint32_t thread, uint32_t *ret_index)
{
    const struct nt_wait *wait = &nt->thread[thread].wait;

    *ret_index = 0;
    for (uint32_t i = 0; i < wait->count; i++)
        if (can_take(nt, wait->object[i], thread) != wait->all) {
            *ret_index = i;
            return !wait->all;
        }
    return wait->all && wait->count;
}

/* Returns whether it was abandoned. */
static bool take(struct nt *nt, uint32_t at, uint32_t thread)
{
    struct nt_thing *thing = &nt->thing[at];
    bool abandoned = thing->abandoned;

    switch (at) {
    case NT_EVENT_AUTO:
    case NT_TIMER_AUTO:
        thing->state = 0;
        return false;
    case NT_SEMAPHORE:
        thing->state -= thing->state > 0; /* a wait for all may name it twice */
        return false;
    case NT_MUTANT:
    case NT_OTHER_MUTANT:
        thing->owner = (uint8_t)thread;
        if (thing->state-- != 1)
            return false;
        thing->abandoned = false;
        return abandoned;
    case NT_QUEUE:
        thing->state--;
        nt->thread[thread].result = NT_ENTRY + nt->entry[0];
        memmove(nt->entry, nt->entry + 1, --nt->entries);
        return false;
    default:
        return false;
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void stand(struct nt *nt, uint32_t thread)
{
    const struct nt_wait *wait = &nt->thread[thread].wait;

    for (uint32_t i = 0; i < wait->count; i++) {
        struct nt_thing *thing = &nt->thing[wait->object[i]];
        uint32_t place = wait->object[i] == NT_QUEUE ? 0 : thing->waiting;

        memmove(&thing->line[place + 1], &thing->line[place], thing->waiting - place);
        thing->line[place] = (uint8_t)thread;
        thing->waiting++;
    }
}

static void leave(struct nt *nt, uint32_t thread)
{
    for (uint32_t at = 0; at < NT_OBJECTS; at++) {
        struct nt_thing *thing = &nt->thing[at];
        uint32_t kept = 0;

        for (uint32_t i = 0; i < thing->waiting; i++)
            if (thing->line[i] != thread)
                thing->line[kept++] = thing->line[i];
        thing->waiting = (uint8_t)kept;
    }
}

void nt__hold(struct nt *nt, uint32_t thread)
{
    if (nt->thread[thread].state != NT_WAITING)
        return;
    leave(nt, thread);
    nt->thread[thread].held = true;
}

void nt__end_wait(struct nt *nt, uint32_t thread, uint32_t result)
{
    struct nt_thread *it = &nt->thread[thread];
    bool woken = it->state == NT_WAITING;

    if (woken)
        leave(nt, thread);
    it->held = false;
    if (!it->wait.remove || result)
        it->result = result;
    it->wait.remove = false;
    if (woken)
        nt__ready(nt, thread, false);
}

static void satisfy(struct nt *nt, uint32_t thread, uint32_t index)
{
    const struct nt_wait *wait = &nt->thread[thread].wait;
    bool abandoned = false;

    for (uint32_t i = 0; i < wait->count; i++)
        if (wait->all || i == index)
            abandoned |= take(nt, wait->object[i], thread);
    nt__end_wait(nt, thread, (abandoned ? ABANDONED : 0) + (wait->all ? 0 : index));
}

/* In order, as long as there is something. */
static void wake(struct nt *nt, uint32_t at, int32_t increment)
{
    struct nt_thing *thing = &nt->thing[at];
    uint32_t i = 0, index;

    while (i < thing->waiting && thing->state > 0) {
        uint8_t thread = thing->line[i];

        if (is_satisfied(nt, thread, &index)) {
            nt_boost(nt, thread, increment);
            satisfy(nt, thread, index);
        } else {
            i++;
        }
    }
}

void nt__offer(struct nt *nt, uint32_t thread)
{
    if (nt->thread[thread].serves)
        wake(nt, NT_QUEUE, 0);
}

/* ---- signals --------------------------------------------------------------------------------- */

static void signal(struct nt *nt, uint32_t at, int32_t state, int32_t increment)
{
    nt->thing[at].state = state;
    wake(nt, at, increment);
}

void nt_set(struct nt *nt, uint32_t event, int32_t increment)
{
    signal(nt, event, 1, increment);
}

void nt_reset(struct nt *nt, uint32_t event)
{
    nt->thing[event].state = 0;
}

void nt_pulse(struct nt *nt, uint32_t event, int32_t increment)
{
    signal(nt, event, 1, increment);
    nt->thing[event].state = 0;
}

void nt_release(struct nt *nt, int32_t count, int32_t increment)
{
    int32_t state = nt->thing[NT_SEMAPHORE].state + count;

    if (count > 0 && state <= NT_SEMAPHORE_LIMIT)
        signal(nt, NT_SEMAPHORE, state, increment);
}

void nt_unlock(struct nt *nt, uint32_t thread, uint32_t mutant, bool abandon, int32_t increment)
{
    struct nt_thing *thing = &nt->thing[mutant];
    int32_t state = abandon ? 1 : thing->state + 1;

    if (!abandon && thing->owner != thread)
        return;
    if (state == 1)
        thing->owner = NT_NOBODY;
    if (state == 1)
        thing->abandoned = abandon;
    signal(nt, mutant, state, increment);
}

void nt_insert(struct nt *nt, uint8_t entry, bool front)
{
    uint32_t place = front ? 0 : nt->entries;

    memmove(&nt->entry[place + 1], &nt->entry[place], nt->entries - place);
    nt->entry[place] = entry;
    nt->entries++;
    signal(nt, NT_QUEUE, nt->thing[NT_QUEUE].state + 1, 0);
}

/* ---- waits ----------------------------------------------------------------------------------- */

/* Does it end now, by what is there or by an alert? */
static bool ends_now(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];
    uint32_t index;

    if (is_satisfied(nt, thread, &index)) {
        satisfy(nt, thread, index);
    } else if (!it->wait.alertable) {
        return false;
    } else if (it->alerted[it->wait.user]) {
        it->alerted[it->wait.user] = false;
        nt__end_wait(nt, thread, ALERTED);
    } else if (it->wait.user && it->users) {
        nt__end_wait(nt, thread, USER_APC);
        nt__deliver_user(nt, thread);
    } else if (it->alerted[0]) {
        it->alerted[0] = false;
        nt__end_wait(nt, thread, ALERTED);
    } else {
        return false;
    }
    return true;
}

static void park(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];

    it->wait.seq = ++nt->seq;
    stand(nt, thread);
    nt__block(nt, thread, NT_WAITING);
    if (!it->wait.remove)
        nt__offer(nt, thread);
}

void nt_wait_begin(struct nt *nt, uint32_t thread, const struct nt_wait *wait)
{
    struct nt_thread *it = &nt->thread[thread];

    it->wait = *wait;
    it->serves |= wait->remove;
    it->held = wait->remove; /* who asks for work is not at work */
    if (ends_now(nt, thread))
        return;
    if (wait->poll)
        nt__end_wait(nt, thread, TIMEOUT);
    else
        park(nt, thread);
    it->held = false;
}

static uint32_t late(const struct nt_wait *wait)
{
    return wait->count ? TIMEOUT : 0;
}

void nt__take_up(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];

    if (ends_now(nt, thread))
        return;
    if (it->wait.timed && it->wait.due <= nt->now)
        nt__end_wait(nt, thread, late(&it->wait));
    else
        park(nt, thread);
    it->held = false;
}

/* ---- timers ---------------------------------------------------------------------------------- */

static void drop_apc(struct nt *nt, uint32_t timer)
{
    struct nt_thing *thing = &nt->thing[timer];
    struct nt_thread *it = thing->apc_queued ? &nt->thread[thing->apc_thread] : NULL;
    uint8_t *list = it && thing->apc_user ? it->user : it ? it->kernel : NULL;
    uint8_t *count = it && thing->apc_user ? &it->users : it ? &it->kernels : NULL;

    for (uint32_t i = 0; it && i < *count; i++)
        if (list[i] == NT_APC_OF_TIMER + timer - NT_TIMER_AUTO) {
            memmove(&list[i], &list[i + 1], *count - i - 1u);
            --*count;
            break;
        }
    thing->apc_queued = false;
    thing->apc_thread = NT_NOBODY;
}

/* One that expires once is done with it. */
void nt__apc_left(struct nt *nt, uint8_t kind)
{
    struct nt_thing *thing;

    if (kind < NT_APC_OF_TIMER)
        return;
    thing = &nt->thing[NT_TIMER_AUTO + kind - NT_APC_OF_TIMER];
    thing->apc_queued = false;
    if (!thing->armed)
        thing->apc_thread = NT_NOBODY;
}

void nt_arm(struct nt *nt, uint32_t timer, uint64_t due, uint64_t period)
{
    struct nt_thing *thing = &nt->thing[timer];

    drop_apc(nt, timer);
    thing->state = 0;
    thing->armed = true;
    thing->due = due;
    thing->period = period;
    thing->seq = ++nt->seq;
}

void nt_arm_apc(struct nt *nt, uint32_t timer, uint32_t thread, bool user)
{
    nt->thing[timer].apc_thread = (uint8_t)thread;
    nt->thing[timer].apc_user = user;
}

void nt_cancel(struct nt *nt, uint32_t timer)
{
    drop_apc(nt, timer);
    nt->thing[timer].armed = false;
}

static void expire(struct nt *nt, uint32_t timer)
{
    struct nt_thing *thing = &nt->thing[timer];
    uint64_t was = thing->due;

    thing->armed = thing->period != 0;
    if (thing->armed) {
        thing->due += thing->period;
        if (thing->due <= nt->now)
            thing->due = nt->now + thing->period - (nt->now - was) % thing->period;
        thing->seq = ++nt->seq;
    }
    signal(nt, timer, 1, 0);
    if (thing->apc_thread == NT_NOBODY || thing->apc_queued)
        return;
    thing->apc_queued = true;
    nt_apc_insert(nt, thing->apc_thread, NT_APC_OF_TIMER + timer - NT_TIMER_AUTO, thing->apc_user,
                  0);
}

/* The first of all that are due: a thread's deadline, or (from NT_THREADS on) a timer. */
static uint32_t first_due(const struct nt *nt)
{
    uint64_t due = nt->now, seq = UINT64_MAX;
    uint32_t best = NT_NOBODY;

    for (uint32_t i = 0; i < NT_THREADS + 2; i++) {
        bool timer = i >= NT_THREADS;
        const struct nt_thing *thing = &nt->thing[NT_TIMER_AUTO + (timer ? i - NT_THREADS : 0)];
        const struct nt_thread *it = &nt->thread[timer ? 0 : i];
        bool armed = timer ? thing->armed : it->state == NT_WAITING && it->wait.timed;
        uint64_t at = timer ? thing->due : it->wait.due, order = timer ? thing->seq : it->wait.seq;

        if (!armed || at > due || (at == due && order > seq))
            continue;
        best = i;
        due = at;
        seq = order;
    }
    return best;
}

static void tick(struct nt *nt)
{
    for (uint32_t p = 0; p < NT_PROCESSORS; p++) {
        uint8_t thread = nt->current[p];
        struct nt_thread *it = &nt->thread[thread == NT_NOBODY ? 0 : thread];
        bool others = false;

        if (thread == NT_NOBODY || (it->quantum -= 3) > 0)
            continue;
        it->quantum = 60;
        it->priority -= it->priority < 16 && it->priority > it->base;
        for (uint32_t i = 0; i < NT_THREADS; i++)
            others |= nt->thread[i].state == NT_READY && nt->thread[i].processor == p &&
                      nt->thread[i].priority >= it->priority;
        if (others)
            nt__ready(nt, thread, false);
    }
}

void nt_pass(struct nt *nt, uint64_t now, bool ticked)
{
    uint32_t next;

    nt->now = now;
    while ((next = first_due(nt)) != NT_NOBODY)
        if (next >= NT_THREADS)
            expire(nt, NT_TIMER_AUTO + next - NT_THREADS);
        else
            nt__end_wait(nt, next, late(&nt->thread[next].wait));
    if (ticked)
        tick(nt);
}
