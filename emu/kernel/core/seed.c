/* What a seed decides: how long turns are, which of several waiters of equal right is woken, which
 * of several ready threads of equal priority runs, and whether one makes way at a turn's end.
 *
 * Each decision is a pure function of the seed and of where it is taken, so nothing has to be
 * remembered between them but who is delayed, or goes ahead (seed_ahead.c), and a run may be cut,
 * saved and forked as without a seed.
 *
 * A race shows when a turn ends inside its window, and another thread gets far enough before the
 * next. No manner of taking turns finds all, so each seed has one for many cycles, of five, the
 * last of which most seeds have:
 * - of each hardware thread's own: very short turns of one thread and longer ones of another find
 *   windows of one instruction; were the lengths drawn anew too soon, a thread would make most of
 * its way while its turns are long;
 * - steps: one instruction each, with pauses of any magnitude, by which one thread gets ahead;
 * - aligned: steps, and who is ahead in the same piece of code waits for who comes behind, so that
 *   both are in it at once;
 * - longer turns, and pauses: what looks once finds another thread anywhere on its way;
 * - longer turns, and threads are delayed at places of their own (seed_delay.c).
 * Turns cost time, and most races lie where threads begin: this is done there, with turns that get
 * longer with time, and elsewhere turns are no more in all than without a seed. */
#include "kernel/core/kernel_internal.h"
#include "kernel/core/seed.h"

#define FIRST     1300u      /* where the numbers begin                                 */
#define EPOCH     20u        /* bits of cycles with the same manner                      */
#define STIR      (1u << 22) /* cycles after a thread began that count as its beginning  */
#define STIR_WAKE (1u << 26) /* cycles until a wake counts like a beginning again        */
#define CALM      18u        /* after 2^18 of them turns are twice as long, and so on    */
#define CALM_STEP 15u        /* after 2^15 where all turns are of one instruction        */
#define NEAR      256u       /* bytes of code that two threads are aligned in            */
#define STRAYS    64u        /* one turn of so many is not aligned                       */
#define OWN       10u        /* ranges of one's own: up to 4, 8, ... 2048                */
#define LONG      256u       /* the shortest of the long ranges, in instructions         */
#define LONGS     4u         /* 256, 512, 1024, 2048                                     */
#define ENOUGH    32u        /* one turn of some has so many: a loop of lwarx and stwcx. */
#define ENOUGHS   64u        /* must get on                                              */
#define SHORT     32u        /* a short turn elsewhere                                   */
#define SMALL     64u        /* a slice that is no longer is varied around itself only   */
#define WAYS      4u         /* one turn of so many ends with making way                 */
#define PAUSE     5u         /* pauses are up to 2^5 cycles, ...                         */
#define PAUSES    8u         /* ... 2^12                                                 */
#define PAUSING   3u         /* a hardware thread pauses for one of so many such times   */

enum { WHAT_KIND = 1, WHAT_RANGE, WHAT_LENGTH, WHAT_READY, WHAT_WAKE, WHAT_WAY, WHAT_PAUSE };

uint64_t xe__kernel_seed_mix(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

uint64_t xe__kernel_seed_state(const struct xe_kernel *kernel)
{
    return FIRST + kernel->config.seed;
}

uint64_t xe__kernel_seed_draw(const struct xe_kernel *kernel, uint64_t at, uint32_t what,
                              uint64_t which)
{
    uint64_t state = xe__kernel_seed_state(kernel);

    state = xe__kernel_seed_mix(&state) ^ at;
    state = xe__kernel_seed_mix(&state) ^ (which << 8 | what);
    return xe__kernel_seed_mix(&state);
}

static uint64_t draw(const struct xe_kernel *kernel, uint64_t at, uint32_t what, uint64_t which)
{
    return xe__kernel_seed_draw(kernel, at, what, which);
}

/* Manners, of which a seed has one for an epoch. */
enum manner { STEPS, ALIGNED, OWNS, LONGER = 4, DELAYS = 6, MANNERS = 16 };

static uint32_t manner_of(const struct xe_kernel *kernel, uint64_t at)
{
    return (uint32_t)(draw(kernel, at >> EPOCH, WHAT_KIND, 0) % MANNERS);
}

/* By how many bits turns are longer after so many cycles: as many turns for each doubling. */
static uint32_t calm(uint64_t since, uint32_t bits)
{
    return since >> bits ? 64u - (uint32_t)__builtin_clzll(since >> bits) : 0;
}

/* The range of a turn that begins there, where threads begin: one instruction each, long ones, or
 * of each hardware thread's own, as short or longer. */
static uint32_t range_begin(const struct xe_kernel *kernel, uint64_t at, uint32_t hw)
{
    uint64_t own = draw(kernel, at >> EPOCH, WHAT_RANGE, hw), since = at - kernel->stirred;

    if (draw(kernel, at, WHAT_RANGE, hw) % ENOUGHS == 0)
        return ENOUGH;
    if (manner_of(kernel, at) <= ALIGNED)
        return 1u << calm(since, CALM_STEP);
    if (manner_of(kernel, at) >= LONGER)
        return LONG << draw(kernel, at >> EPOCH, WHAT_KIND, 1) % LONGS;
    return (own % 2 ? 1u : 4u << (own >> 8) % OWN) << calm(since, CALM);
}

uint32_t xe__kernel_seed_slice_most(const struct xe_kernel *kernel)
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

uint32_t xe__kernel_seed_length(const struct xe_kernel *kernel, uint64_t at, uint32_t hw)
{
    uint32_t most = xe__kernel_seed_slice_most(kernel), range;

    if (!kernel->config.seed)
        return kernel->config.slice;
    if (kernel->ahead.tid && xe__kernel_who_goes_ahead(kernel))
        return most;
    range = range_at(kernel, at, hw);
    return 1 + (uint32_t)(draw(kernel, at, WHAT_LENGTH, hw) % (range < most ? range : most));
}

/* Times for pauses follow each other, for an epoch of one length; each seed begins them elsewhere.
 */
static bool pauses(const struct xe_kernel *kernel, uint64_t at, uint32_t hw)
{
    uint32_t bits = PAUSE + (uint32_t)(draw(kernel, at >> EPOCH, WHAT_PAUSE, 0) % PAUSES);
    uint64_t time = (at + draw(kernel, bits, WHAT_PAUSE, 1) % (1u << EPOCH)) >> bits;

    return draw(kernel, time, WHAT_PAUSE, 2 + hw) % PAUSING == 0;
}

/* Is another close behind in the same code? Who waits for it there meets it in the window that both
 * have in common. */
static bool is_ahead(const struct xe_kernel *kernel, uint64_t at, uint32_t hw)
{
    const struct xe_thread *own = kernel->hw[hw].current, *other;

    for (uint32_t i = 0; own && i < XE_KERNEL_HW_THREADS; i++) {
        other = kernel->hw[i].current;
        if (other && other->cpu.pc < own->cpu.pc && own->cpu.pc - other->cpu.pc < NEAR)
            return draw(kernel, at, WHAT_PAUSE, hw) % STRAYS != 0;
    }
    return false;
}

bool xe__kernel_seed_takes_turns(const struct xe_kernel *kernel)
{
    return kernel->config.seed && kernel->config.slice > SMALL;
}

bool xe__kernel_seed_delays(const struct xe_kernel *kernel)
{
    return manner_of(kernel, kernel->cycle) >= DELAYS && kernel->cycle - kernel->stirred < STIR;
}

/* While one goes ahead the others make none, but for what interrupts them. */
static bool is_held(const struct xe_kernel *kernel, uint32_t hw, const struct xe_thread *ahead)
{
    const struct xe__hw *own = &kernel->hw[hw];

    return hw != ahead->hw && !(own->current && own->current->system) &&
           !(own->summary >> XE__PRIORITY_DPC);
}

static bool makes_none(const struct xe_kernel *kernel, uint64_t at, uint32_t hw)
{
    const struct xe_thread *ahead = xe__kernel_who_goes_ahead(kernel);
    uint32_t manner = manner_of(kernel, at);

    if (ahead)
        return is_held(kernel, hw, ahead);
    if (kernel->hw[hw].current && xe__kernel_is_delayed(kernel->hw[hw].current, at))
        return true;
    if (manner == ALIGNED)
        return is_ahead(kernel, at, hw);
    return (manner == STEPS || (manner >= LONGER && manner < DELAYS)) && pauses(kernel, at, hw);
}

uint32_t xe__kernel_seed_slice(const struct xe_kernel *kernel, uint64_t at, uint32_t hw)
{
    if (xe__kernel_seed_takes_turns(kernel) && makes_none(kernel, at, hw))
        return 0;
    return xe__kernel_seed_length(kernel, at, hw);
}

uint32_t xe__kernel_seed_ready(const struct xe_kernel *kernel, uint32_t hw, uint32_t count)
{
    if (!kernel->config.seed || count < 2)
        return 0;
    return (uint32_t)(draw(kernel, kernel->cycle, WHAT_READY, hw) % count);
}

uint32_t xe__kernel_seed_waiter(const struct xe_kernel *kernel, uint64_t object_id, uint32_t count)
{
    if (!kernel->config.seed || count < 2)
        return 0;
    return (uint32_t)(draw(kernel, xe_kernel_cycle(kernel), WHAT_WAKE, object_id) % count);
}

bool xe__kernel_seed_makes_way(const struct xe_kernel *kernel, uint32_t hw)
{
    return kernel->config.seed && draw(kernel, kernel->cycle, WHAT_WAY, hw) % WAYS == 0;
}

void xe__kernel_seed_stir(struct xe_kernel *kernel, bool begins)
{
    uint64_t cycle = xe_kernel_cycle(kernel);
    uint64_t last = kernel->stirring ? kernel->stirring : kernel->stirred;

    if (!kernel->config.seed || cycle - last < (begins ? STIR : STIR_WAKE))
        return;
    kernel->stirring = cycle;
    if (!kernel->running)
        xe__kernel_seed_settle(kernel);
}

/* The turns that a chunk spans began before what happened at its end. */
void xe__kernel_seed_settle(struct xe_kernel *kernel)
{
    if (kernel->stirring)
        kernel->stirred = kernel->stirring;
    kernel->stirring = 0;
}
