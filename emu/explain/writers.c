/* Who wrote the words that a thread spins on, as edges of the graph. */
#include "base/alloc.h"
#include "explain/collect_internal.h"

bool xe__explain_take_words(struct xe__collector *c)
{
    uint32_t spins = 0;

    for (uint32_t i = 0; i < c->facts->threads; i++)
        spins += c->facts->thread[i].spin != NULL;
    c->word = xe_calloc(spins * XE_SPIN_WORDS + 1u, sizeof(*c->word));
    for (uint32_t i = 0; c->word && i < c->facts->threads; i++) {
        const struct xe_spin *spin = c->facts->thread[i].spin;

        for (uint32_t k = 0; spin && k < spin->words; k++)
            if (spin->word[k].where != XE_SPIN_DEVICE && spin->word[k].where != XE_SPIN_CLOCK)
                c->word[c->words++] =
                    (struct xe_trial_read){spin->word[k].address, spin->word[k].size};
    }
    return c->word != NULL;
}

/* One that is not told any more has ended. */
static void add_writer(struct xe__collector *c, uint32_t at, uint32_t thread)
{
    struct xe_producer who;

    if (thread == XE__NONE || thread == at)
        return;
    who = c->facts->thread[thread].now;
    who.kind = XE_PRODUCER_SIGNALLER;
    xe__explain_add_producer(c, &who);
    if (c->no_memory)
        return;
    c->graph->producer[c->graph->producers - 1].target = at;
    c->graph->producer[c->graph->producers - 1].steady = true;
}

/* What the GPU stores to is not only of those who were seen to. */
static bool is_of_gpu(const struct xe_gpu_fence *fence)
{
    return fence->stores || fence->coming != XE_GPU_COMES_NOT;
}

/* Who wrote the words that a thread spins on, if somebody has watched them all from the beginning,
 * and others have written them. */
void xe__explain_writers(struct xe__collector *c, uint32_t at)
{
    const struct xe_spin *spin = c->facts->thread[at].spin;
    uint32_t others = 0;
    bool known = spin && spin->words && !spin->more;

    for (uint32_t i = 0; known && i < spin->words; i++) {
        const struct xe_writers *writers = &spin->word[i].writers;

        known = writers->watched && !writers->since_cycle && !writers->more &&
                spin->word[i].where != XE_SPIN_DEVICE && spin->word[i].where != XE_SPIN_CLOCK &&
                !is_of_gpu(&c->facts->thread[at].fence[i]);
        for (uint32_t k = 0; known && k < writers->tids; k++)
            others += writers->tid[k] != c->facts->thread[at].now.tid;
    }
    c->graph->thread[at].known = known && others;
    for (uint32_t i = 0; known && i < spin->words; i++)
        for (uint32_t k = 0; k < spin->word[i].writers.tids; k++)
            add_writer(c, at, xe__explain_thread_index(c, spin->word[i].writers.tid[k]));
}
