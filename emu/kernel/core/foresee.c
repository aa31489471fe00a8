/* What others will do next, by a trial: does somebody who goes on write words that a thread spins
 * on? Whoever does is no idler, however often it has come round. As far as it can be told: a trial
 * ends at the first call that can't be answered, which for one that sleeps is its next sleep. */
#include "kernel/core/foresee.h"

#include "base/alloc.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/module_internal.h"
#include "kernel/core/release.h"

#define TIMERS 64u /* with DPCs, that are tried */

struct foreseeing {
    const struct xe_kernel *kernel;
    const struct xe_trial_read *word;
    uint32_t words;
    uint32_t tries;
    bool hits, vblank;
};

static uint64_t timebase(void *ctx, struct xe_cpu *cpu)
{
    const struct foreseeing *f = ctx;

    (void)cpu;
    return xe_kernel_timebase(f->kernel);
}

static void try(struct foreseeing *f, const struct xe_thread *thread, const struct xe_cpu *cpu)
{
    const struct xe_trial_host host = {.ctx = f,
                                       .timebase = timebase,
                                       .stack_first = thread->stack_limit,
                                       .stack_last = thread->stack_base - 1,
                                       .watch = f->word,
                                       .watches = f->words};
    struct xe_trial *trial = xe_calloc(1, sizeof(*trial));

    if (trial && xe_cpu_try(f->kernel->mem, cpu, &host, trial))
        f->hits |= trial->hits;
    xe_free(trial);
}

bool xe_kernel_foresee_thread(const struct xe_thread *thread, const struct xe_trial_read *word,
                              uint32_t words)
{
    struct foreseeing f = {.kernel = thread->kernel, .word = word, .words = words};
    struct xe_cpu *cpu = xe_calloc(1, sizeof(*cpu));

    if (cpu) {
        *cpu = thread->cpu;
        cpu->gpr[3] = thread->wait.count ? XE_STATUS_TIMEOUT : XE_STATUS_SUCCESS;
        try(&f, thread, cpu);
    }
    xe_free(cpu);
    return f.hits;
}

/* ---- routines ------------------------------------------------------------------------------- */

/* The thread that runs DPCs: one that has, since what never came to pass needs no trial. */
static const struct xe_thread *runner(const struct xe_kernel *kernel)
{
    for (uint32_t hw = 0; hw < XE_KERNEL_HW_THREADS; hw++)
        if (kernel->hw[hw].dpc_thread)
            return kernel->hw[hw].dpc_thread;
    return NULL;
}

static void try_routine(struct foreseeing *f, xe_gva routine, const uint32_t *args, uint32_t count)
{
    const struct xe_thread *thread = runner(f->kernel);
    struct xe_cpu *cpu = thread && routine ? xe_calloc(1, sizeof(*cpu)) : NULL;

    if (!cpu)
        return;
    *cpu = thread->cpu;
    cpu->gpr[1] = ((xe_gva)cpu->gpr[1] - 0x280) & ~0xFu;
    for (uint32_t i = 0; i < count; i++)
        cpu->gpr[3 + i] = args[i];
    cpu->lr = XE__TRAMPOLINE_RETURN;
    cpu->pc = routine;
    try(f, thread, cpu);
    xe_free(cpu);
}

static void try_dpc(struct foreseeing *f, xe_gva dpc)
{
    const struct xe_mem *mem = f->kernel->mem;
    uint32_t args[4] = {dpc};

    for (uint32_t i = 0; i < 3; i++)
        args[i + 1] = xe_mem_u32(mem, dpc + XE_X_DPC_CONTEXT + i * 4);
    try_routine(f, xe_mem_u32(mem, dpc + XE_X_DPC_ROUTINE), args, 4);
}

static void note_vblank(void *ctx, const struct xe_promise_info *info)
{
    struct foreseeing *f = ctx;

    f->vblank |= info->kind == XE_PROMISE_VBLANK && info->due != XE_PROMISE_NEVER;
}

bool xe_kernel_foresee_routines(const struct xe_kernel *kernel, const struct xe_trial_read *word,
                                uint32_t words)
{
    struct foreseeing f = {.kernel = kernel, .word = word, .words = words};
    const struct xe__line *line = &kernel->line[XE_DEVICE_GPU];
    const uint32_t args[2] = {0, line->context}; /* source 0: the vertical blank */

    for (size_t i = 0; i < kernel->heap_count && f.tries < TIMERS && !f.hits; i++) {
        const struct xe_timer *timer = kernel->heap[i];

        if (timer->kind != XE_TIMER_KTIMER || timer->due == UINT64_MAX || !timer->owner.ktimer->dpc)
            continue;
        f.tries++;
        try_dpc(&f, timer->owner.ktimer->dpc);
    }
    xe_kernel_promises(kernel, note_vblank, &f);
    if (f.vblank && !f.hits)
        try_routine(&f, line->routine, args, 2);
    return f.hits;
}
