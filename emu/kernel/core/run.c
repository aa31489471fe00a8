/* The run loop: six hardware threads take turns in a fixed order, a slice of instructions each.
 *
 * Where a slice stands is state, and a chunk of work ends at whatever comes first: the target, the
 * slice's end, the next timed event. So every event happens at its exact cycle and a run can be cut
 * anywhere without changing what follows.
 *
 * While only one hardware thread has work, its turns follow each other, and one chunk spans them;
 * it ends as soon as another gets work. */
#include "kernel/core/kernel_internal.h"
#include "kernel/core/seed.h"

/* Work is counted in nanoseconds of a middling host, by estimate: asking a clock would cost more
 * than it tells. */
#define POLL_NS     1000000u
#define TRANSLATED  1u   /* an instruction of translated code */
#define INTERPRETED 16u  /* any other                         */
#define CHUNK_NS    250u /* a chunk's own cost                */
#define JUMP_NS     700u /* a jump over idle time             */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Others run now, if they have work. A reservation is checked by value (interp/mem.c), which would
 * miss that they changed a word twice; losing it here is what the books allow at any time, and
 * makes a pair of lwarx and stwcx. as exclusive as on the chip. Very short slices, which only tests
 * have, are left out: a loop around a pair must fit into one. */
#define SLICE_OF_A_PAIR 64u

static void lose_reservation(struct xe_kernel *kernel, struct xe_thread *thread)
{
    if (kernel->config.slice >= SLICE_OF_A_PAIR)
        thread->cpu.reserve_valid = 0;
}

static uint64_t instruction_ns(const struct xe_kernel *kernel)
{
    return kernel->config.engine == XE_ENGINE_JIT && !kernel->refused.code ? TRANSLATED
                                                                           : INTERPRETED;
}

void xe_kernel_work(struct xe_kernel *kernel, uint64_t ns)
{
    kernel->work += ns;
    kernel->held += ns;
    if (kernel->held >= POLL_NS) {
        kernel->held = 0;
        xe_breathe(&kernel->breath);
    }
    if (kernel->running && kernel->work >= POLL_NS)
        xe_cpu_stop(&kernel->running->cpu);
}

void xe_kernel_breath(struct xe_kernel *kernel, struct xe_breath breath)
{
    kernel->breath = breath;
}

static void next_turn(struct xe_kernel *kernel)
{
    kernel->turn = (kernel->turn + 1) % XE_KERNEL_HW_THREADS;
    kernel->slice_left = xe__kernel_seed_slice(kernel, kernel->cycle, kernel->order[kernel->turn]);
}

/* The next that has work, and a turn now, or any turn. */
static struct xe_thread *next_with_work(struct xe_kernel *kernel, bool any)
{
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS; i++) {
        uint32_t hw = kernel->order[kernel->turn];
        struct xe_thread *thread =
            any || kernel->slice_left ? xe__kernel_sched_pick(kernel, hw) : NULL;

        if (thread && !kernel->slice_left)
            kernel->slice_left = xe__kernel_seed_length(kernel, kernel->cycle, hw);
        if (thread)
            return thread;
        next_turn(kernel);
    }
    return NULL;
}

/* All sleep but those who are delayed, and one of these is for longer than the next sleep. */
static bool sleeps_on(struct xe_kernel *kernel)
{
    return xe__kernel_delay_outlasts(kernel, xe__kernel_timer_next_due(kernel)) &&
           xe__kernel_timer_hope(kernel);
}

/* The thread whose turn it is; idle hardware threads give theirs up, and so do those that pause,
 * unless there are no others. NULL: all are idle, or sleep while somebody is delayed. */
static struct xe_thread *whose_turn(struct xe_kernel *kernel)
{
    struct xe_thread *thread = next_with_work(kernel, false);

    if (!thread && kernel->config.seed && sleeps_on(kernel))
        return NULL;
    if (!thread && xe__kernel_delay_end(kernel))
        thread = next_with_work(kernel, false);
    return thread || !kernel->config.seed ? thread : next_with_work(kernel, true);
}

/* Has no hardware thread but the thread's own anything to do? With a seed turns matter to those
 * that are ready on its own, too, and to who is delayed and got the rest of another's: with that
 * its delay ends, nobody else being there. */
static bool is_alone(const struct xe_kernel *kernel, const struct xe_thread *thread)
{
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS; i++)
        if (i != thread->hw && (kernel->hw[i].current || kernel->hw[i].summary))
            return false;
    return !kernel->config.seed ||
           (!kernel->hw[thread->hw].summary && !xe__kernel_is_delayed(thread, kernel->cycle));
}

/* With a seed each has a length of its own. */
static bool pass_drawn_turns(struct xe_kernel *kernel, uint64_t ran, uint32_t hw)
{
    uint64_t at = kernel->cycle - ran;

    while (ran >= kernel->slice_left) {
        ran -= kernel->slice_left;
        at += kernel->slice_left;
        kernel->slice_left = xe__kernel_seed_length(kernel, at, hw);
        if (!ran)
            return true;
    }
    kernel->slice_left -= (uint32_t)ran;
    return false;
}

/* The turns that `ran` instructions were, when the other hardware threads gave up theirs. Returns
 * true when the last one is over. */
static bool pass_turns(struct xe_kernel *kernel, uint64_t ran, uint32_t hw)
{
    uint32_t slice = kernel->config.slice;

    if (kernel->config.seed)
        return pass_drawn_turns(kernel, ran, hw);
    if (ran < kernel->slice_left) {
        kernel->slice_left -= (uint32_t)ran;
        return false;
    }
    kernel->slice_left = slice - (uint32_t)((ran - kernel->slice_left) % slice);
    return kernel->slice_left == slice;
}

/* Count a debugger's step; a step ends as a run's target does, not with what it ran into. */
static void step_made(struct xe_kernel *kernel, const struct xe_thread *thread, uint64_t ran)
{
    if (!kernel->step_left || thread->tid != kernel->step_tid)
        return;
    kernel->step_left -= ran;
    if (!kernel->step_left && thread->cpu.pc >= kernel->step_from &&
        thread->cpu.pc < kernel->step_to)
        kernel->step_left = 1;
    if (!kernel->step_left && kernel->halt == XE_STOP_NONE)
        xe__kernel_stop_step(kernel, thread);
}

/* The thread that is stepped has ended: it will never make its step. */
static bool step_lost(const struct xe_kernel *kernel)
{
    const struct xe_thread *thread =
        kernel->step_left ? xe_kernel_thread_by_id(kernel, kernel->step_tid) : NULL;

    return kernel->step_left && (!thread || thread->state == XE_THREAD_TERMINATED);
}

static void run_chunk(struct xe_kernel *kernel, struct xe_thread *thread, uint64_t limit)
{
    struct xe_object *object = thread->object;
    uint64_t due = least(xe__kernel_timer_next_due(kernel), kernel->next_tick), ran;
    uint64_t budget = least(limit, POLL_NS / instruction_ns(kernel));
    uint32_t hw = thread->hw; /* it may move while it runs */
    bool over;

    kernel->alone = is_alone(kernel, thread);
    if (!kernel->alone)
        budget = least(budget, kernel->slice_left);
    budget = least(budget, xe__kernel_clock_cycles_until(kernel, due));
    if (kernel->step_left && thread->tid == kernel->step_tid)
        budget = least(budget, kernel->step_left);
    if (kernel->moment.come)
        budget = least(budget, kernel->moment.cycle - kernel->cycle);
    budget = least(budget, xe__kernel_delay_left(thread));
    budget = least(budget, xe__kernel_delay_next_end(kernel) - kernel->cycle);
    object->kernel_refs++; /* it may end itself while its CPU runs */
    kernel->chunk_base = thread->cpu.retired;
    kernel->chunk_due = due;
    kernel->running = thread;
    ran = xe_cpu_run(kernel->engine, &thread->cpu, budget);
    kernel->running = NULL;
    kernel->cycle += ran;
    kernel->work += ran * instruction_ns(kernel) + CHUNK_NS;
    step_made(kernel, thread, ran);
    over = pass_turns(kernel, ran, hw);
    xe__kernel_seed_settle(kernel);
    over |= xe__kernel_delay_arrive(thread) || xe__kernel_delay_ended(kernel);
    if (ran)
        thread->last_progress_cycle = kernel->cycle;
    if (over || kernel->retry_turn == thread) {
        if (!is_alone(kernel, thread))
            lose_reservation(kernel, thread);
        xe__kernel_sched_turn_over(thread);
        next_turn(kernel);
    }
    kernel->retry_turn = NULL;
    object->kernel_refs--;
    xe__kernel_object_maybe_free(object);
}

/* Everybody waits: skip to the next event that may change that. false: there is none. */
static bool jump(struct xe_kernel *kernel)
{
    uint64_t now = xe_kernel_interrupt_time(kernel), due = xe__kernel_timer_next_due(kernel);

    if (due > XE_TIME_END || !xe__kernel_timer_hope(kernel))
        return false;
    if (due > now)
        kernel->idle += due - now;
    return true;
}

static void catch_up(struct xe_kernel *kernel)
{
    xe__kernel_timer_fire_due(kernel);
    if (xe__kernel_clock_tick(kernel) || kernel->cycle >= kernel->moment.cycle)
        if (kernel->moment.come)
            kernel->moment.come(kernel->moment.ctx);
}

void xe_kernel_moment(struct xe_kernel *kernel, const struct xe_kernel_moment *moment)
{
    kernel->moment = *moment;
}

/* ---- places on the way ---------------------------------------------------------------------- */

void xe_kernel_way(struct xe_kernel *kernel, struct xe_kernel_way *way)
{
    kernel->way = way;
}

struct xe_kernel_place xe_kernel_place(const struct xe_kernel *kernel)
{
    bool ended = kernel->stop == XE_STOP_CRASH || kernel->stop == XE_STOP_EXIT;

    return (struct xe_kernel_place){kernel->cycle, ended ? XE_KERNEL_ENDED : kernel->idle};
}

/* Or past it, when the title should have ended there. */
static bool has_arrived(const struct xe_kernel *kernel)
{
    const struct xe_kernel_way *way = kernel->way;

    if (!way || kernel->cycle < way->next.cycle)
        return false;
    return kernel->cycle > way->next.cycle || kernel->idle >= way->next.idle;
}

/* Instructions until the next place. 0: its idle time is yet to come, unless somebody has work. */
static uint64_t way_left(const struct xe_kernel *kernel)
{
    const struct xe_kernel_way *way = kernel->way;

    if (!way)
        return UINT64_MAX;
    return way->next.cycle - kernel->cycle + (way->next.idle == XE_KERNEL_ENDED);
}

static enum xe_stop arrive(struct xe_kernel *kernel)
{
    struct xe_kernel_way *way = kernel->way;

    return way->arrived(way->ctx, &way->next) ? XE_STOP_NONE : XE_STOP_REPLAY;
}

void xe_kernel_resume(struct xe_kernel *kernel)
{
    if (kernel->stop == XE_STOP_BREAK)
        kernel->stop = XE_STOP_NONE;
}

void xe_kernel_settle(struct xe_kernel *kernel)
{
    xe_kernel_resume(kernel);
    if (kernel->stop != XE_STOP_NONE)
        return;
    catch_up(kernel);
    whose_turn(kernel);
}

/* Somebody runs, or time passes until somebody may. */
static enum xe_stop go_on(struct xe_kernel *kernel, uint64_t left)
{
    uint64_t limit = least(left, way_left(kernel));
    struct xe_thread *thread;

    catch_up(kernel);
    if (kernel->halt != XE_STOP_NONE) /* for what came to pass just now: nobody runs before */
        return XE_STOP_NONE;
    thread = whose_turn(kernel);
    if (thread && limit)
        run_chunk(kernel, thread, limit);
    else if (thread)
        return arrive(kernel);
    else if (jump(kernel))
        kernel->work += JUMP_NS;
    else
        return XE_STOP_QUIESCENT;
    return XE_STOP_NONE;
}

enum xe_stop xe_kernel_run(struct xe_kernel *kernel, uint64_t n, bool (*poll)(void *ctx),
                           void *poll_ctx, uint64_t *ret_retired)
{
    uint64_t start = kernel->cycle;
    enum xe_stop stop = XE_STOP_NONE;

    xe__kernel_stop_begin(kernel);
    kernel->work = 0;
    while (stop == XE_STOP_NONE) {
        uint64_t left = n - (kernel->cycle - start);

        if (kernel->stop != XE_STOP_NONE) {
            stop = kernel->stop;
        } else if (kernel->halt != XE_STOP_NONE) {
            stop = kernel->halt;
        } else if (step_lost(kernel)) {
            stop = XE_STOP_STEP;
        } else if (has_arrived(kernel)) {
            stop = arrive(kernel);
        } else if (!left && way_left(kernel)) {
            stop = XE_STOP_TARGET;
        } else if (kernel->work >= POLL_NS) {
            kernel->work = kernel->held = 0;
            if (poll && !poll(poll_ctx))
                stop = XE_STOP_CANCEL;
        } else {
            stop = go_on(kernel, left);
        }
    }
    xe__kernel_stop_end(kernel, stop);
    if (ret_retired)
        *ret_retired = kernel->cycle - start;
    return stop;
}
