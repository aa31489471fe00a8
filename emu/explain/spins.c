/* Threads that run and come nowhere: what they wait for, and who comes round beside them. */
#include "base/alloc.h"
#include "explain/collect_internal.h"

#define FORESEEN 64u /* threads of which the next round is tried */
#define ROUNDS   16u /* times that a thread comes round until it is known to do no more than that */

/* Whom does a thread that runs wait for? */
static void look_for_spin(struct xe__collector *c, const struct xe_thread *source, uint32_t at)
{
    struct xe_explain_thread *facts = &c->facts->thread[at];
    struct xe__graph_thread *node = &c->graph->thread[at];
    struct xe_spin spin;

    if (facts->suspended || !xe_kernel_thread_spin(source, &spin))
        return;
    facts->spin = xe_calloc(1, sizeof(*facts->spin));
    facts->fence = xe_calloc(XE_SPIN_WORDS, sizeof(*facts->fence));
    if (!facts->spin || !facts->fence) {
        c->no_memory = true;
        return;
    }
    *facts->spin = spin;
    facts->now.standing = spin.asks ? XE_STANDS_POLLING : XE_STANDS_SPINNING;
    facts->now.since_cycle = spin.since_cycle;
    facts->starves = false;
    node->acts = false;
    node->waits = true;
    node->spins = spin.words != 0;
    node->circles = !spin.exact;
}

/* Has it come round at the place where it waits or sleeps, since all spins began, so often that it
 * would have written what they wait for? Who does so in its next round counts that up, and is none.
 */
static bool idles(struct xe__collector *c, const struct xe_thread *source, uint64_t newest)
{
    if (xe_kernel_thread_rounds(source, newest) < ROUNDS)
        return false;
    return c->foreseen++ >= FORESEEN || !xe_kernel_foresee_thread(source, c->word, c->words);
}

bool xe__explain_is_told(const struct xe__collector *c, const struct xe_thread *thread)
{
    return !thread->system || thread->tid == c->routine_tid;
}

void xe__explain_find_routine(struct xe__collector *c)
{
    const struct xe_thread *thread;
    struct xe_spin spin;

    xe_kernel_interrupt_info(c->kernel, XE_DEVICE_GPU, &c->line);
    if (!(c->what & XE__SPINS) || !c->line.tid)
        return;
    thread = xe_kernel_thread_by_id(c->kernel, c->line.tid);
    if (thread && xe_kernel_thread_spin(thread, &spin))
        c->routine_tid = thread->tid;
}

void xe__explain_find_spins(struct xe__collector *c)
{
    uint64_t newest = 0;
    uint32_t at = 0;

    for (const struct xe_thread *t = xe_kernel_thread_first(c->kernel); t; t = t->tid_next)
        if (xe__explain_is_told(c, t))
            look_for_spin(c, t, at++);
    for (uint32_t i = 0; i < c->facts->threads; i++)
        if (c->facts->thread[i].spin && c->facts->thread[i].spin->since_cycle > newest)
            newest = c->facts->thread[i].spin->since_cycle;
    if (!xe__explain_take_words(c)) {
        c->no_memory = true;
        return;
    }
    at = 0;
    for (const struct xe_thread *t = xe_kernel_thread_first(c->kernel); t; t = t->tid_next)
        if (xe__explain_is_told(c, t))
            c->graph->thread[at++].idles = idles(c, t, newest);
}

/* Does the thread run, and come nowhere for certain? */
static bool nowhere(void *ctx, const struct xe_thread *thread)
{
    struct xe__collector *c = ctx;
    uint32_t at = xe__explain_thread_index(c, thread->tid);

    return at != XE__NONE && c->graph->thread[at].waits && !c->graph->thread[at].circles &&
           !thread->wait.parked;
}

bool xe__explain_is_quiet_but_for_spins(struct xe__collector *c)
{
    bool promised = c->graph->promises;

    for (uint32_t i = 0; i < c->graph->objects; i++)
        promised |= c->graph->object[i].promised;
    for (uint32_t i = 0; i < c->graph->threads; i++)
        promised |= c->graph->thread[i].promised;
    return !promised && xe_kernel_is_quiet_but(c->kernel, nowhere, c);
}
