/* See nt_model.h. Threads: who runs, priorities, APCs, alerts, suspension. */
#include <string.h>

#include "nt_model.h"

/* ---- processors ------------------------------------------------------------------------------ */

static void unseat(struct nt *nt, uint32_t thread)
{
    uint8_t *current = &nt->current[nt->thread[thread].processor];

    if (*current == thread)
        *current = NT_NOBODY;
}

void nt__ready(struct nt *nt, uint32_t thread, bool front)
{
    unseat(nt, thread);
    nt->thread[thread].state = NT_READY;
    nt->thread[thread].place = front ? --nt->first : ++nt->last;
}

void nt__block(struct nt *nt, uint32_t thread, enum nt_state state)
{
    unseat(nt, thread);
    nt->thread[thread].state = state;
}

/* The first of the best that are ready. */
static uint8_t best_ready(const struct nt *nt, uint32_t processor)
{
    uint8_t best = NT_NOBODY;

    for (uint8_t i = 0; i < NT_THREADS; i++) {
        const struct nt_thread *it = &nt->thread[i], *than = &nt->thread[best % NT_THREADS];

        if (it->state == NT_READY && it->processor == processor &&
            (best == NT_NOBODY || it->priority > than->priority ||
             (it->priority == than->priority && it->place < than->place)))
            best = i;
    }
    return best;
}

static uint8_t choose(struct nt *nt, uint32_t processor)
{
    uint8_t *current = &nt->current[processor], best = best_ready(nt, processor);

    if (*current != NT_NOBODY) {
        if (best == NT_NOBODY || nt->thread[best].priority <= nt->thread[*current].priority)
            return *current;
        nt__ready(nt, *current, true);
        best = best_ready(nt, processor);
    }
    if (best != NT_NOBODY)
        nt->thread[best].state = NT_RUNNING;
    *current = best;
    return best;
}

static void reprioritize(struct nt *nt, uint32_t thread, int32_t priority)
{
    struct nt_thread *it = &nt->thread[thread];

    if (it->state == NT_READY && priority != it->priority)
        it->place = ++nt->last;
    it->priority = priority;
}

void nt_rebase(struct nt *nt, uint32_t thread, int32_t base)
{
    nt->thread[thread].base = base;
    reprioritize(nt, thread, base);
}

void nt_boost(struct nt *nt, uint32_t thread, int32_t increment)
{
    struct nt_thread *it = &nt->thread[thread];
    int32_t priority = it->base + increment < 15 ? it->base + increment : 15;

    if (increment > 0 && it->priority < 16 && priority > it->priority)
        reprioritize(nt, thread, priority);
}

bool nt_yield(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];
    uint8_t best = best_ready(nt, it->processor);

    if (best == NT_NOBODY)
        return false;
    it->quantum = 60;
    if (nt->thread[best].priority == it->priority)
        nt__ready(nt, thread, false);
    return true;
}

/* ---- APCs ------------------------------------------------------------------------------------ */

static bool is_deliverable(const struct nt_thread *it)
{
    if (!it->kernels || it->in_special)
        return false;
    return it->kernel[0] == NT_APC_SPECIAL ||
           (!it->in_normal && !it->again && it->state != NT_SUSPENDED && !it->region);
}

static uint8_t pop(struct nt *nt, uint8_t *list, uint8_t *count)
{
    uint8_t kind = list[0];

    memmove(list, list + 1, --*count);
    nt__apc_left(nt, kind);
    return kind;
}

static void stop(struct nt *nt, uint32_t thread)
{
    bool at_work = nt->thread[thread].state != NT_WAITING;

    nt__hold(nt, thread);
    nt__block(nt, thread, NT_SUSPENDED);
    if (at_work && !(nt->thread[thread].held && nt->thread[thread].wait.remove))
        nt__offer(nt, thread);
}

/* The next one begins. Who sleeps gets up for it, but not to end its wait. */
static void deliver(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];
    uint8_t kind = pop(nt, it->kernel, &it->kernels);

    if (kind == NT_APC_SUSPENDS) {
        if (it->suspended)
            stop(nt, thread);
        return;
    }
    it->again |= it->state == NT_SUSPENDED;
    it->in_special |= kind == NT_APC_SPECIAL;
    it->in_normal |= kind != NT_APC_SPECIAL;
    nt__hold(nt, thread);
    if (it->state >= NT_WAITING)
        nt__ready(nt, thread, false);
}

bool nt__deliver_user(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];

    if (!it->users)
        return false;
    pop(nt, it->user, &it->users);
    it->in_user = true;
    return true;
}

/* To be suspended is all the same to who has no instruction at hand. */
static bool is_at_rest(const struct nt_thread *it, enum nt_apc kind)
{
    return it->state >= NT_WAITING || (kind == NT_APC_SUSPENDS && it->kernel[0] == NT_APC_SUSPENDS);
}

static void insert_kernel(struct nt_thread *it, enum nt_apc kind)
{
    uint32_t place = 0;

    while (place < it->kernels && (kind != NT_APC_SPECIAL || it->kernel[place] == NT_APC_SPECIAL))
        place++;
    memmove(&it->kernel[place + 1], &it->kernel[place], it->kernels - place);
    it->kernel[place] = (uint8_t)kind;
    it->kernels++;
}

bool nt_apc_insert(struct nt *nt, uint32_t thread, enum nt_apc kind, bool user, int32_t increment)
{
    struct nt_thread *it = &nt->thread[thread];

    if (!user) {
        insert_kernel(it, kind);
        if (it->state == NT_WAITING && is_deliverable(it))
            nt_boost(nt, thread, increment);
        if (is_at_rest(it, kind) && is_deliverable(it))
            deliver(nt, thread);
        return true;
    }
    it->user[it->users++] = (uint8_t)kind;
    if (it->state == NT_WAITING && it->wait.alertable && it->wait.user) {
        nt_boost(nt, thread, increment);
        nt__end_wait(nt, thread, 0xC0);
        nt__deliver_user(nt, thread);
    }
    return true;
}

bool nt_alert(struct nt *nt, uint32_t thread, bool user)
{
    struct nt_thread *it = &nt->thread[thread];

    if (it->alerted[user])
        return true;
    if (it->state == NT_WAITING && it->wait.alertable && (!user || it->wait.user)) {
        nt_boost(nt, thread, 2);
        nt__end_wait(nt, thread, 0x101);
    } else {
        it->alerted[user] = true;
    }
    return false;
}

bool nt_test_alert(struct nt *nt, uint32_t thread, bool user)
{
    struct nt_thread *it = &nt->thread[thread];
    bool pending = it->alerted[user];

    it->alerted[user] = false;
    if (!pending && user)
        nt__deliver_user(nt, thread);
    return pending;
}

/* ---- suspension ------------------------------------------------------------------------------ */

/* The actor itself is stopped when it is settled: it is in the middle of its call. */
void nt_suspend(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];
    bool queued = false;

    for (uint32_t i = 0; i < it->kernels; i++)
        queued |= it->kernel[i] == NT_APC_SUSPENDS;
    if (it->suspended++ == 0 && !queued)
        nt_apc_insert(nt, thread, NT_APC_SUSPENDS, false, 0);
}

void nt_resume(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];

    if (it->suspended && --it->suspended == 0 && it->state == NT_SUSPENDED)
        nt__ready(nt, thread, false);
}

/* ---- what comes before the next instruction ---------------------------------------------------
 */

/* Its routines return. */
static void come_back(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];

    it->in_special = it->in_normal = false;
    if (!it->again)
        return;
    it->again = false;
    if (!it->suspended)
        return;
    nt__block(nt, thread, NT_SUSPENDED);
    if (!(it->held && it->wait.remove))
        nt__offer(nt, thread);
    if (is_deliverable(it))
        deliver(nt, thread);
}

/* false: it doesn't run any more. */
static bool prepare(struct nt *nt, uint32_t thread)
{
    struct nt_thread *it = &nt->thread[thread];

    for (;;) {
        if (is_deliverable(it))
            deliver(nt, thread);
        else if (it->in_special || it->in_normal || it->again)
            come_back(nt, thread);
        else if (it->in_user)
            it->in_user = nt__deliver_user(nt, thread);
        else if (it->held)
            nt__take_up(nt, thread);
        else
            return true;
        if (it->state != NT_RUNNING)
            return false;
    }
}

void nt_settle(struct nt *nt)
{
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t p = 0; p < NT_PROCESSORS; p++) {
            uint8_t thread;

            while ((thread = choose(nt, p)) != NT_NOBODY && !prepare(nt, thread))
                ;
        }
}
