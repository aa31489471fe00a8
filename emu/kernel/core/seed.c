/* What a seed decides: how long turns are, which of several waiters of equal right is woken, which
 * of several ready threads of equal priority runs, and whether one makes way at a turn's end.
 *
 * Each decision is a pure function of the seed and of where it is taken, so nothing has to be
 * remembered between them, and a run may be cut, saved and forked as without a seed.
 *
 * A race shows when a turn ends inside its window, and another thread gets far enough before the
 * next. Windows of one instruction want very short turns of one thread, and longer ones of another;
 * threads that must be far apart want long ones. So half of the seeds draw turns from one long
 * range, the others from a range that is drawn for each hardware thread, and after many cycles
 * anew: were it soon, a thread would make most of its way while its turns are long. Turns cost
 * time, and most races lie where threads begin: this is done there, and elsewhere turns are no more
 * in all than without a seed. */
#include "kernel/core/kernel_internal.h"

#define EPOCH     16u        /* bits of cycles with the same ranges                      */
#define STIR      (1u << 22) /* cycles after a thread began that count as its beginning  */
#define STIR_WAKE (1u << 26) /* cycles until a wake counts like a beginning again        */
#define LONG      512u       /* the long range, in instructions                          */
#define RANGES    9u         /* the others: up to 1, 2, 4, ... 256                       */
#define ENOUGH    16u        /* one turn of so many has so many: a loop of lwarx and     */
                             /* stwcx. must get on                                       */
#define SHORT 32u            /* a short turn elsewhere                                   */
#define SMALL 64u            /* a slice that is no longer is varied around itself only   */
#define WAYS  4u             /* one turn of so many ends with making way                 */

enum { WHAT_KIND = 1, WHAT_RANGE, WHAT_LENGTH, WHAT_READY, WHAT_WAKE, WHAT_WAY };

uint64_t xe__seed_mix(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint64_t draw(const struct xe_kernel *kernel, uint64_t at, uint32_t what, uint64_t which)
{
    uint64_t state = kernel->config.seed;

    state = xe__seed_mix(&state) ^ at;
    state = xe__seed_mix(&state) ^ (which << 8 | what);
    return xe__seed_mix(&state);
}

/* The range of a turn that begins there, where threads begin. */
static uint32_t range_begin(const struct xe_kernel *kernel, uint64_t at, uint32_t hw)
{
    if (draw(kernel, at >> EPOCH, WHAT_KIND, 0) % 2)
        return LONG;
    if (draw(kernel, at, WHAT_RANGE, hw) % ENOUGH == 0)
        return ENOUGH * 2;
    return 1u << draw(kernel, at >> EPOCH, WHAT_RANGE, hw) % RANGES;
}

uint32_t xe__seed_slice_most(const struct xe_kernel *kernel)
{
    return kernel->config.seed ? kernel->config.slice * 4 : kernel->config.slice;
}

/* Elsewhere half of the turns are short and half of them twice as long as without a seed. */
static uint32_t range_at(const struct xe_kernel *kernel, uint64_t at, uint32_t hw)
{
    uint32_t slice = kernel->config.slice;

    if (slice <= SMALL)
        return slice * 2 - 1;
    if (at - kernel->stirred < STIR)
        return range_begin(kernel, at, hw);
    return draw(kernel, at, WHAT_RANGE, hw) % 2 ? SHORT : slice * 4;
}

uint32_t xe__seed_slice(const struct xe_kernel *kernel, uint64_t at, uint32_t hw)
{
    uint32_t most = xe__seed_slice_most(kernel), range;

    if (!kernel->config.seed)
        return kernel->config.slice;
    range = range_at(kernel, at, hw);
    return 1 + (uint32_t)(draw(kernel, at, WHAT_LENGTH, hw) % (range < most ? range : most));
}

uint32_t xe__seed_ready(const struct xe_kernel *kernel, uint32_t hw, uint32_t count)
{
    if (!kernel->config.seed || count < 2)
        return 0;
    return (uint32_t)(draw(kernel, kernel->cycle, WHAT_READY, hw) % count);
}

uint32_t xe__seed_waiter(const struct xe_kernel *kernel, uint64_t object_id, uint32_t count)
{
    if (!kernel->config.seed || count < 2)
        return 0;
    return (uint32_t)(draw(kernel, xe_kernel_cycle(kernel), WHAT_WAKE, object_id) % count);
}

bool xe__seed_makes_way(const struct xe_kernel *kernel, uint32_t hw)
{
    return kernel->config.seed && draw(kernel, kernel->cycle, WHAT_WAY, hw) % WAYS == 0;
}

void xe__seed_stir(struct xe_kernel *kernel, bool begins)
{
    uint64_t cycle = xe_kernel_cycle(kernel);
    uint64_t last = kernel->stirring ? kernel->stirring : kernel->stirred;

    if (!kernel->config.seed || cycle - last < (begins ? STIR : STIR_WAKE))
        return;
    kernel->stirring = cycle;
    if (!kernel->running)
        xe__seed_settle(kernel);
}

/* The turns that a chunk spans began before what happened at its end. */
void xe__seed_settle(struct xe_kernel *kernel)
{
    if (kernel->stirring)
        kernel->stirred = kernel->stirring;
    kernel->stirring = 0;
}
