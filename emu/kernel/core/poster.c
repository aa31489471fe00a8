/* Who ends the alertable waits of a thread: those who acted last, for reports. */
#include "kernel/core/kernel_internal.h"

/* The poster's place; a new one's in that of whoever acted longest ago, if need be. */
static struct xe_poster *place_of(struct xe_thread *thread, uint32_t tid)
{
    uint32_t n = thread->posters < XE_THREAD_POSTERS ? thread->posters : XE_THREAD_POSTERS;
    uint32_t oldest = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (thread->poster[i].tid == tid)
            return &thread->poster[i];
        if (thread->poster[i].last_cycle < thread->poster[oldest].last_cycle)
            oldest = i;
    }
    if (thread->posters <= XE_THREAD_POSTERS)
        thread->posters++;
    if (n < XE_THREAD_POSTERS)
        oldest = n;
    thread->poster[oldest] = (struct xe_poster){.tid = tid};
    return &thread->poster[oldest];
}

void xe__kernel_poster_note(struct xe_thread *thread)
{
    const struct xe_thread *running = thread->kernel->running;
    struct xe_promise_site here;
    struct xe_poster *it;

    xe_kernel_promise_site_here(thread->kernel, &here);
    it = place_of(thread, running && !running->system ? running->tid : 0);
    if (it->acts && here.cycle - it->last_cycle > it->longest_gap)
        it->longest_gap = here.cycle - it->last_cycle;
    it->acts++;
    it->last_cycle = here.cycle;
    it->src = here.src;
    it->lr = here.lr;
}
