/* Under most seeds a thread is delayed at places of its own, while the others go on.
 *
 * Most instructions of a thread concern nobody else, and where it stands among these is all the
 * same to others. Places are those that do concern them: calls of the kernel, and accesses to
 * memory that is not its own stack and can be written. After some instructions, which are drawn, it
 * goes on to such a place, and to one of the next few; there it stays. So a window between two
 * places is found though it is one instruction wide, and thousands of others lie before it.
 *
 * How long threads live is not known, nor how long they have to stay: both are drawn of any
 * magnitude, up to one that a thread has for all its life. Half of the delays end where another
 * thread is delayed: who looks once then does so while the other is at such a place, too.
 *
 * What is drawn depends on the seed, the thread and its own count alone. Whether it is drawn where
 * seeds delay is asked when it gets there: it stops there in any case, so that a run may be cut
 * anywhere. */
#include "base/codec.h"
#include "cpu/isa/access.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/seed.h"

#define WAY        13u    /* between delays: up to 2, 4, ... 2^14 instructions, ...       */
#define WAY_LEAST  4u     /* ... but no thread has only shorter ways than up to 2^5       */
#define WAY_SHARE  5u     /* ... and no less than 2^-5 of what the thread has made        */
#define LOOKS      4096u  /* instructions for which a place is looked for: 2^-4 of what ... */
#define LOOKS_MOST 16384u /* ... the thread has made, within these                        */
#define LOOKS_PART 4u
#define PASSES     5u  /* the last of the next places: 2^-5                            */
#define SHORTEST   2u  /* a delay is up to 2^3, ...                                    */
#define LONGEST    15u /* ... 2^16 cycles, or as long as the thread has been under way */
#define HANDS      2u  /* one delay of so many hands over                                     */
#define SLEEPS     2u  /* one delay of so many lasts while all others sleep, ... */
#define NAPS       13u /* ... for up to 2, 4, ... 2^13 times 100 ns, which is less than 1 ms */
#define PLAIN      32u /* words that are looked at ahead                                     */

enum { WHAT_WAY_ON = 32, WHAT_PASSES, WHAT_DELAY, WHAT_HAND, WHAT_SLEEP };

static uint64_t draw(const struct xe_thread *thread, uint32_t what)
{
    return xe__kernel_seed_draw(thread->kernel, thread->cpu.retired, what, thread->tid);
}

/* The same all its life. */
static uint64_t draw_own(const struct xe_thread *thread, uint32_t what)
{
    return xe__kernel_seed_draw(thread->kernel, 0, what, thread->tid);
}

/* 1 or more; every magnitude of those is as likely. */
static uint64_t draw_between(const struct xe_thread *thread, uint32_t what, uint32_t least,
                             uint32_t most)
{
    uint64_t drawn = draw(thread, what);
    uint32_t bits = least + (uint32_t)(drawn % (most - least + 1));

    return (UINT64_C(1) << bits) + (drawn >> 16) % (UINT64_C(1) << bits);
}

static uint32_t magnitude(uint64_t value)
{
    return value ? 63u - (uint32_t)__builtin_clzll(value) : 0;
}

static void go_on(struct xe_thread *thread)
{
    uint32_t made = magnitude(thread->cpu.retired);
    uint32_t least = made > WAY_SHARE ? made - WAY_SHARE : 0;
    uint32_t most = WAY_LEAST + draw_own(thread, WHAT_WAY_ON) % (WAY - WAY_LEAST + 1);

    thread->delay.looks = 0;
    thread->delay.next = xe__kernel_seed_ahead(thread);
    if (thread->cpu.retired < thread->delay.next)
        return;
    thread->delay.next = thread->cpu.retired + draw_between(thread, WHAT_WAY_ON, least,
                                                            least + 2 > most ? least + 2 : most);
}

/* ---- places ---------------------------------------------------------------------------------- */

static const struct xe_ppc_insn *insn_at(const struct xe_thread *thread, xe_gva at, uint32_t *ret)
{
    const struct xe_be32 *word = xe_mem_view(thread->kernel->mem, at, 4);

    *ret = word ? xe_be32_get(*word) : 0;
    return word ? xe_ppc_decode(*ret) : NULL;
}

static bool moves(const struct xe_ppc_insn *insn)
{
    switch (insn->memory.access) {
    case XE_PPC_ACCESS_LOAD:
    case XE_PPC_ACCESS_RESERVE:
    case XE_PPC_ACCESS_STORE:
    case XE_PPC_ACCESS_CONDITIONAL:
    case XE_PPC_ACCESS_ZERO:
        return true;
    default:
        return false;
    }
}

/* Instructions from here on that concern nobody else, whatever registers hold. */
static uint32_t plain_ahead(const struct xe_thread *thread)
{
    uint32_t count = 0, word;

    for (; count < PLAIN; count++) {
        const struct xe_ppc_insn *insn = insn_at(thread, (xe_gva)thread->cpu.pc + count * 4, &word);

        if (!insn || insn->end != XE_PPC_END_NEXT || moves(insn))
            break;
    }
    return count;
}

static bool lies_in(xe_gva at, xe_gva first, uint32_t size)
{
    return first && at - first < size;
}

static bool concerns_others(const struct xe_thread *thread, xe_gva at)
{
    struct xe_mem_region region;

    return !lies_in(at, thread->stack_limit, thread->stack_base - thread->stack_limit) &&
           !lies_in(at, thread->kpcr, XE_MEM_PAGE) &&
           !lies_in(at, thread->tls, xe__kernel_tls_size(thread->kernel)) &&
           xe_mem_query(thread->kernel->mem, at, &region) &&
           (region.protect & (XE_PAGE_READWRITE | XE_PAGE_EXECUTE_READWRITE));
}

static bool is_place(const struct xe_thread *thread)
{
    uint32_t word;
    const struct xe_ppc_insn *insn = insn_at(thread, (xe_gva)thread->cpu.pc, &word);

    if (!insn)
        return false;
    if (insn->end == XE_PPC_END_LEAVE)
        return true;
    return moves(insn) && concerns_others(thread, xe_ppc_reach(insn, &thread->cpu, word).first);
}

/* ---- the way of a thread --------------------------------------------------------------------- */

static uint32_t looks_of(const struct xe_thread *thread)
{
    uint64_t part = thread->cpu.retired >> LOOKS_PART;

    return part < LOOKS ? LOOKS : part > LOOKS_MOST ? LOOKS_MOST : (uint32_t)part;
}

static uint32_t passes_of(const struct xe_thread *thread)
{
    static const uint8_t first[8] = {0, 0, 1, 1, 1, 2, 2, 3};
    uint64_t drawn = draw(thread, WHAT_PASSES);
    uint32_t passes = first[drawn % 8];

    return passes < 3 ? passes : passes + (uint32_t)__builtin_ctzll(drawn >> 8 | 1u << PASSES);
}

static bool may_be_delayed(const struct xe_thread *thread)
{
    return xe__kernel_seed_takes_turns(thread->kernel) && !thread->system;
}

uint64_t xe__kernel_delay_left(struct xe_thread *thread)
{
    if (!may_be_delayed(thread))
        return UINT64_MAX;
    if (!thread->delay.next)
        go_on(thread);
    return thread->delay.next - thread->cpu.retired;
}

/* The next word that may be one, or the place itself. true: here it is delayed. */
static bool look(struct xe_thread *thread)
{
    struct xe_delay *delay = &thread->delay;
    uint32_t plain = plain_ahead(thread);

    if (!plain && is_place(thread) && !delay->passes--)
        return true;
    plain += !plain;
    delay->looks -= plain < delay->looks ? plain : delay->looks;
    delay->next = thread->cpu.retired + plain;
    return false;
}

/* Does it come from where it went ahead? */
static bool was_ahead(const struct xe_thread *thread)
{
    uint64_t ahead = xe__kernel_seed_ahead(thread);

    return ahead && thread->cpu.retired - ahead < LOOKS;
}

/* One that hands over ends where another begins: then the other has its turn exactly there. */
static void begin(struct xe_thread *thread)
{
    struct xe_kernel *kernel = thread->kernel;
    uint32_t made = magnitude(thread->cpu.retired), most = made > LONGEST ? made : LONGEST;
    uint32_t own = SHORTEST + 2 + (uint32_t)(draw_own(thread, WHAT_DELAY) % (most - SHORTEST - 1));

    for (struct xe_thread *t = kernel->first_thread; t; t = t->tid_next)
        if (t->delay.hands_over && t->delay.until > kernel->cycle)
            t->delay.until = kernel->cycle;
    thread->delay.hands_over = was_ahead(thread) || draw(thread, WHAT_HAND) % HANDS == 0;
    thread->delay.until = kernel->cycle + (thread->delay.hands_over
                                               ? UINT64_C(2) << most
                                               : draw_between(thread, WHAT_DELAY, SHORTEST, own));
}

/* While all others sleep, which takes no cycle, a delay would have no end, or none at all: it ends
 * there at once, or a time later, that is drawn, of any magnitude under a millisecond: many
 * titles sleep a few for others to get somewhere, and on a console, where nobody takes a hardware
 * thread away from them, these do. */
static uint64_t sleeps_until(const struct xe_thread *thread)
{
    uint64_t drawn = draw(thread, WHAT_SLEEP);

    if (drawn % SLEEPS)
        return 0;
    return xe_kernel_interrupt_time(thread->kernel) + (UINT64_C(2) << (drawn >> 8) % NAPS);
}

bool xe__kernel_delay_arrive(struct xe_thread *thread)
{
    struct xe_delay *delay = &thread->delay;
    bool delays = false, ahead;

    if (!may_be_delayed(thread) || thread->cpu.retired < delay->next)
        return false;
    ahead = thread->cpu.retired == xe__kernel_seed_ahead(thread);
    if (!delay->looks && xe__kernel_seed_delays(thread->kernel)) {
        delay->looks = looks_of(thread);
        delay->passes = passes_of(thread);
    }
    if (delay->looks)
        delays = look(thread);
    if (delays) {
        begin(thread);
        delay->asleep = sleeps_until(thread);
    }
    if (delays || !delay->looks)
        go_on(thread);
    return delays || ahead;
}

bool xe__kernel_is_delayed(const struct xe_thread *thread, uint64_t at)
{
    return thread->delay.until > at;
}

void xe__kernel_delay_state(struct xe_codec *c, struct xe_delay *delay)
{
    XE_CODEC(c, delay->next);
    XE_CODEC(c, delay->until);
    xe_codec_up_to(c, "looks", &delay->looks, LOOKS_MOST);
    XE_CODEC(c, delay->passes);
    XE_CODEC(c, delay->hands_over);
    XE_CODEC(c, delay->asleep);
}

/* ---- those that are ----------------------------------------------------------------------------
 */

uint64_t xe__kernel_delay_next_end(const struct xe_kernel *kernel)
{
    uint64_t next = UINT64_MAX;

    for (uint32_t i = 0; kernel->config.seed && i < XE_KERNEL_HW_THREADS; i++) {
        const struct xe_thread *thread = kernel->hw[i].current;

        if (thread && thread->delay.until > kernel->cycle && thread->delay.until < next)
            next = thread->delay.until;
    }
    return next;
}

bool xe__kernel_delay_outlasts(const struct xe_kernel *kernel, uint64_t time)
{
    for (uint32_t i = 0; kernel->config.seed && i < XE_KERNEL_HW_THREADS; i++) {
        const struct xe_thread *thread = kernel->hw[i].current;

        if (thread && thread->delay.until > kernel->cycle && thread->delay.asleep >= time)
            return true;
    }
    return false;
}

bool xe__kernel_delay_ended(const struct xe_kernel *kernel)
{
    for (uint32_t i = 0; kernel->config.seed && i < XE_KERNEL_HW_THREADS; i++)
        if (kernel->hw[i].current && kernel->hw[i].current->delay.until == kernel->cycle)
            return true;
    return false;
}

bool xe__kernel_delay_end(struct xe_kernel *kernel)
{
    uint64_t next = xe__kernel_delay_next_end(kernel);

    for (uint32_t i = 0; next != UINT64_MAX && i < XE_KERNEL_HW_THREADS; i++)
        if (kernel->hw[i].current && kernel->hw[i].current->delay.until == next)
            kernel->hw[i].current->delay.until = 0;
    return next != UINT64_MAX;
}
