/* Who runs on each hardware thread: strict priority, first come first served among equals, a
 * quantum in ticks of the 1 ms clock, no migration.
 *
 * A thread at IRQL 2 or above keeps its hardware thread. DPC threads are above all guest threads.
 * Source: NT scheduling rules (documented); quanta of 60 units from the console's process table.
 * Guess: a tick takes 3 units, as on NT, which makes a title's quantum 20 ms. */
#include "kernel/core/module_internal.h"
#include "kernel/core/seed.h"

#define QUANTUM       60
#define QUANTUM_TICK  3
#define IRQL_DISPATCH 2u

/* KTHREAD.State. Source: NT numbering. */
static const uint8_t guest_state[XE_THREAD_STATES] = {
    [XE_THREAD_READY] = 1,     [XE_THREAD_RUNNING] = 2,    [XE_THREAD_WAITING] = 5,
    [XE_THREAD_SUSPENDED] = 5, [XE_THREAD_TERMINATED] = 4,
};

static void set_state(struct xe_thread *thread, enum xe_thread_state state)
{
    thread->state = state;
    xe_mem_set_u8(thread->kernel->mem, thread->kthread + XE_X_THREAD_STATE, guest_state[state]);
}

/* The order of turns: natural for seed 0, else a permutation made of the seed. */
void xe__kernel_sched_init(struct xe_kernel *kernel)
{
    uint64_t state = xe__kernel_seed_state(kernel);

    for (uint8_t i = 0; i < XE_KERNEL_HW_THREADS; i++)
        kernel->order[i] = i;
    for (uint32_t i = XE_KERNEL_HW_THREADS - 1; kernel->config.seed && i > 0; i--) {
        uint32_t j = (uint32_t)(xe__kernel_seed_mix(&state) % (i + 1));
        uint8_t swap = kernel->order[i];

        kernel->order[i] = kernel->order[j];
        kernel->order[j] = swap;
    }
    kernel->slice_left = xe__kernel_seed_slice(kernel, 0, kernel->order[0]);
}

/* ---- ready lists ---------------------------------------------------------------------------- */

static void list_push(struct xe__hw *hw, struct xe_thread *thread, bool front)
{
    struct xe__list *list = &hw->ready[thread->priority];
    struct xe_kernel *kernel = thread->kernel;

    if (kernel->alone && kernel->running &&
        (kernel->config.seed || &kernel->hw[kernel->running->hw] != hw))
        xe_cpu_stop(&kernel->running->cpu); /* from now on turns matter */

    thread->ready_prev = front ? NULL : list->last;
    thread->ready_next = front ? list->first : NULL;
    if (thread->ready_prev)
        thread->ready_prev->ready_next = thread;
    else
        list->first = thread;
    if (thread->ready_next)
        thread->ready_next->ready_prev = thread;
    else
        list->last = thread;
    hw->summary |= UINT64_C(1) << thread->priority;
}

static void list_remove(struct xe__hw *hw, struct xe_thread *thread)
{
    struct xe__list *list = &hw->ready[thread->priority];

    if (thread->ready_prev)
        thread->ready_prev->ready_next = thread->ready_next;
    else
        list->first = thread->ready_next;
    if (thread->ready_next)
        thread->ready_next->ready_prev = thread->ready_prev;
    else
        list->last = thread->ready_prev;
    thread->ready_prev = thread->ready_next = NULL;
    if (!list->first)
        hw->summary &= ~(UINT64_C(1) << thread->priority);
}

bool xe__kernel_sched_is_listed(const struct xe_thread *thread)
{
    return thread->ready_prev || thread->ready_next ||
           thread->kernel->hw[thread->hw].ready[thread->priority].first == thread;
}

/* A thread that was ready when it was saved, behind those of its priority. */
void xe__kernel_sched_restore(struct xe_thread *thread)
{
    list_push(&thread->kernel->hw[thread->hw], thread, false);
}

static int32_t best_ready(const struct xe__hw *hw)
{
    return hw->summary ? 63 - __builtin_clzll(hw->summary) : -1;
}

static void end_turn(struct xe_thread *thread)
{
    thread->kernel->retry_turn = thread;
    xe_cpu_stop(&thread->cpu);
}

void xe__kernel_sched_ready(struct xe_thread *thread, bool front)
{
    set_state(thread, XE_THREAD_READY);
    thread->ready_cycle = xe_kernel_cycle(thread->kernel);
    list_push(&thread->kernel->hw[thread->hw], thread, front);
    if (thread->kernel->running && xe__kernel_goes_ahead(thread))
        end_turn(thread->kernel->running);
    xe__kernel_seed_stir(thread->kernel, thread->fresh);
}

/* Take a thread off the processor or the ready list. */
void xe__kernel_sched_block(struct xe_thread *thread, enum xe_thread_state state)
{
    struct xe_kernel *kernel = thread->kernel;
    struct xe__hw *hw = &kernel->hw[thread->hw];

    if (thread->state == XE_THREAD_READY)
        list_remove(hw, thread);
    if (hw->current == thread)
        hw->current = NULL;
    set_state(thread, state);
    if (kernel->running == thread)
        xe_cpu_stop(&thread->cpu);
}

/* Off the processor, but able to run. */
static void unseat(struct xe_thread *thread, bool front)
{
    thread->kernel->hw[thread->hw].current = NULL;
    xe__kernel_sched_ready(thread, front);
    if (thread->kernel->running == thread)
        xe_cpu_stop(&thread->cpu);
}

/* Should the running thread make way for a better one on its hardware thread? */
bool xe__kernel_sched_preempted(const struct xe_thread *thread)
{
    return thread->irql < IRQL_DISPATCH &&
           best_ready(&thread->kernel->hw[thread->hw]) > thread->priority;
}

/* The first of the best, or with a seed any of the first few. */
#define FEW 8u

/* The one that goes ahead, if it is ready there and of the best. */
static struct xe_thread *ready_ahead(const struct xe_kernel *kernel, uint32_t hw)
{
    struct xe_thread *ahead = kernel->config.seed ? xe__kernel_who_goes_ahead(kernel) : NULL;

    return ahead && ahead->hw == hw && ahead->state == XE_THREAD_READY &&
                   ahead->priority == best_ready(&kernel->hw[hw])
               ? ahead
               : NULL;
}

static struct xe_thread *next_of(struct xe_kernel *kernel, uint32_t hw)
{
    struct xe_thread *ahead = ready_ahead(kernel, hw);
    struct xe_thread *first = kernel->hw[hw].ready[best_ready(&kernel->hw[hw])].first;
    struct xe_thread *thread = first;
    uint32_t count = 0;

    if (ahead)
        return ahead;
    for (; kernel->config.seed && thread && count < FEW; thread = thread->ready_next)
        count++;
    thread = first;
    for (uint32_t skip = xe__kernel_seed_ready(kernel, hw, count); skip; skip--)
        thread = thread->ready_next;
    for (uint32_t i = 0; i < count && xe__kernel_is_delayed(thread, kernel->cycle); i++)
        thread = thread->ready_next ? thread->ready_next : first;
    return thread;
}

static struct xe_thread *choose(struct xe_kernel *kernel, uint32_t number)
{
    struct xe__hw *hw = &kernel->hw[number];
    struct xe_thread *thread = hw->current;

    if (thread && !xe__kernel_sched_preempted(thread))
        return thread;
    if (thread)
        unseat(thread, true);
    if (!hw->summary)
        return NULL;
    thread = next_of(kernel, number);
    list_remove(hw, thread);
    hw->current = thread;
    thread->cpu.reserve_valid = 0; /* a switch of threads stores to a place of the kernel's */
    set_state(thread, XE_THREAD_RUNNING);
    return thread;
}

/* The thread to run now on a hardware thread, NULL when it has none. Work that comes before its
 * next instruction is set up: DPCs, kernel APCs, user APCs that were queued before it started, a
 * wait that was interrupted. */
struct xe_thread *xe__kernel_sched_pick(struct xe_kernel *kernel, uint32_t hw)
{
    struct xe_thread *thread;

    while ((thread = choose(kernel, hw))) {
        if (thread->system && !thread->call_depth)
            xe__kernel_dpc_thread_run(thread);
        else if (thread->apcs[XE_APC_KERNEL].count)
            xe__kernel_apc_run_kernel(thread);
        if (thread->fresh && thread->state == XE_THREAD_RUNNING) {
            thread->fresh = false;
            xe__kernel_still_ends(thread);
            xe__kernel_thread_begin(thread);
        }
        if (thread->wait.held && thread->state == XE_THREAD_RUNNING)
            xe__kernel_wait_take_up(thread);
        if (thread->state == XE_THREAD_RUNNING)
            return thread;
    }
    return NULL;
}

/* ---- changes of a thread's standing --------------------------------------------------------- */

/* The time that a thread has had, by what the clock finds it doing, as on NT. Direct3D reads it in
 * a title's own thread, to tell how long that has waited for the GPU. */
static void charge(const struct xe_thread *thread)
{
    xe_gva at = thread->kthread + XE_X_THREAD_KERNEL_TIME;

    xe_mem_set_u32(thread->kernel->mem, at, xe_mem_u32(thread->kernel->mem, at) + 1);
}

void xe__kernel_sched_quantum_tick(struct xe_kernel *kernel)
{
    for (uint32_t i = 0; i < XE_KERNEL_HW_THREADS; i++) {
        struct xe_thread *thread = kernel->hw[i].current;

        if (thread)
            charge(thread);
        if (!thread || thread->system || thread->irql >= IRQL_DISPATCH)
            continue;
        thread->quantum -= QUANTUM_TICK;
        if (thread->quantum > 0)
            continue;
        thread->quantum = QUANTUM;
        xe__kernel_thread_unboost(thread);
        if (best_ready(&kernel->hw[i]) >= thread->priority)
            unseat(thread, false);
    }
}

/* Does another of its priority wait for the processor, that may have it? */
static bool has_equal(const struct xe_thread *thread)
{
    const struct xe_kernel *kernel = thread->kernel;
    const struct xe_thread *other = kernel->hw[thread->hw].ready[thread->priority].first;

    for (uint32_t i = 0; i < FEW && other && xe__kernel_is_delayed(other, kernel->cycle); i++)
        other = other->ready_next;
    return other;
}

/* With a seed a turn may end as a quantum does: no title can tell how much of one is left. */
void xe__kernel_sched_turn_over(struct xe_thread *thread)
{
    const struct xe__hw *hw = &thread->kernel->hw[thread->hw];

    if (hw->current == thread && !thread->system && thread->irql < IRQL_DISPATCH &&
        has_equal(thread) &&
        (xe__kernel_is_delayed(thread, thread->kernel->cycle) ||
         ready_ahead(thread->kernel, thread->hw) ||
         xe__kernel_seed_makes_way(thread->kernel, thread->hw)))
        unseat(thread, false);
}

/* Source: NT, which also hands over to one of lower priority, and takes the processor back from it
 * before it gets to run. */
bool xe_kernel_thread_yield(struct xe_thread *thread)
{
    struct xe__hw *hw = &thread->kernel->hw[thread->hw];

    if (hw->current != thread || !hw->summary || thread->irql >= IRQL_DISPATCH)
        return false;
    thread->quantum = QUANTUM;
    if (has_equal(thread))
        unseat(thread, false);
    return true;
}

void xe__kernel_sched_repriority(struct xe_thread *thread, int32_t priority)
{
    bool ready = thread->state == XE_THREAD_READY;

    if (priority == thread->priority)
        return;
    if (ready)
        list_remove(&thread->kernel->hw[thread->hw], thread);
    thread->priority = priority;
    if (ready)
        list_push(&thread->kernel->hw[thread->hw], thread, false);
    xe_mem_set_u8(thread->kernel->mem, thread->kthread + XE_X_THREAD_PRIORITY, (uint8_t)priority);
}

/* Move to another hardware thread. Returns the old one. */
uint32_t xe_kernel_thread_set_hw(struct xe_thread *thread, uint32_t hw)
{
    struct xe_kernel *kernel = thread->kernel;
    uint32_t old = thread->hw;
    bool seated = thread->state == XE_THREAD_RUNNING, ready = thread->state == XE_THREAD_READY;

    if (hw == old || thread->system)
        return old;
    if (seated || ready)
        xe__kernel_sched_block(thread, XE_THREAD_READY);
    thread->hw = hw;
    thread->cpu.hw_thread = hw;
    if (seated || ready)
        list_push(&kernel->hw[hw], thread, false);
    xe__kernel_thread_sync(thread);
    return old;
}

/* Execute the export entry again next time: the call spins, and its turn is over. */
void xe_kernel_thread_retry(struct xe_thread *thread)
{
    thread->cpu.pc -= 4;
    end_turn(thread);
}
