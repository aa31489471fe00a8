/* Under most seeds one thread goes ahead: from its beginning it runs alone, until it has made as
 * many instructions as are drawn for it; then it is delayed there, if the seed delays, and the
 * others follow.
 *
 * Who looks once, at a time of its own, meets another thread where that happens to be. Where it can
 * be is known only to who knows how long threads live. So before a run with a seed the natural
 * order is tried on a copy (emu/instance_scout.c), and what each thread made of instructions there
 * is noted. All of these, one thread's behind the other's, are one line, and each seed takes a
 * place on it. Places of consecutive seeds lie on it as evenly as can be (multiples of the golden
 * ratio), so that a hundred seeds leave no large part of anybody's life out.
 *
 * Instructions before there was a second thread are not on the line: nobody could meet them. */
#include "kernel/core/kernel_internal.h"
#include "kernel/core/seed.h"

#define GOLDEN 0x9E3779B97F4A7C15u /* of 2^64 */
#define APART  4u                  /* under one seed of so many nobody goes ahead */

/* ---- what is noted of lives -----------------------------------------------------------------
 */

bool xe_kernel_wants_lives(const struct xe_kernel *kernel)
{
    return xe__kernel_seed_takes_turns(kernel) && kernel->config.seed % APART != 0;
}

void xe_kernel_lives_note(struct xe_kernel *kernel, struct xe_kernel_lives *lives)
{
    kernel->ahead.lives = lives;
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next)
        xe__kernel_life_begins(t);
}

void xe__kernel_life_begins(const struct xe_thread *thread)
{
    struct xe_kernel_lives *lives = thread->kernel->ahead.lives;

    if (!lives || thread->system || thread->helper || lives->count == XE_KERNEL_LIVES)
        return;
    if (lives->count == 1)
        lives->life[0].first = thread->kernel->first_thread->cpu.retired;
    lives->life[lives->count++] = (struct xe_kernel_life){.tid = thread->tid};
}

void xe__kernel_life_ends(const struct xe_thread *thread)
{
    struct xe_kernel_lives *lives = thread->kernel->ahead.lives;

    for (uint32_t i = 0; lives && i < lives->count; i++)
        if (lives->life[i].tid == thread->tid)
            lives->life[i].last = thread->cpu.retired;
}

void xe_kernel_lives_end(struct xe_kernel *kernel)
{
    for (const struct xe_thread *t = kernel->first_thread; t; t = t->tid_next)
        if (t->state != XE_THREAD_TERMINATED)
            xe__kernel_life_ends(t);
    kernel->ahead.lives = NULL;
}

/* ---- who goes ahead ---------------------------------------------------------------------------
 */

static uint64_t length(const struct xe_kernel_life *life)
{
    return life->last > life->first ? life->last - life->first : 0;
}

void xe_kernel_lives_take(struct xe_kernel *kernel, const struct xe_kernel_lives *lives)
{
    uint64_t seed = kernel->config.seed, all = 0, at;

    kernel->ahead = (struct xe_ahead){0};
    for (uint32_t i = 0; i < lives->count; i++)
        all += length(&lives->life[i]);
    if (lives->count < 2 || !xe_kernel_wants_lives(kernel))
        return;
    at = (uint64_t)((unsigned __int128)((seed - seed / APART) * GOLDEN) * all >> 64);
    for (uint32_t i = 0; i < lives->count; i++) {
        const struct xe_kernel_life *life = &lives->life[i];

        if (at < length(life)) {
            kernel->ahead = (struct xe_ahead){.tid = life->tid, .until = life->first + at + 1};
            return;
        }
        at -= length(life);
    }
}

uint64_t xe__kernel_seed_ahead(const struct xe_thread *thread)
{
    const struct xe_ahead *ahead = &thread->kernel->ahead;

    return ahead->tid == thread->tid && !thread->system ? ahead->until : 0;
}

bool xe__kernel_goes_ahead(const struct xe_thread *thread)
{
    return thread->cpu.retired < xe__kernel_seed_ahead(thread) &&
           (thread->state == XE_THREAD_RUNNING || thread->state == XE_THREAD_READY);
}

/* Somebody who would run before it on its own hardware thread may be what it waits for. */
struct xe_thread *xe__kernel_who_goes_ahead(const struct xe_kernel *kernel)
{
    struct xe_thread *thread =
        kernel->ahead.tid ? xe_kernel_thread_by_id(kernel, kernel->ahead.tid) : NULL;
    const struct xe_thread *current;

    if (!thread || !xe__kernel_goes_ahead(thread))
        return NULL;
    current = kernel->hw[thread->hw].current;
    return !current || current->priority <= thread->priority ? thread : NULL;
}
