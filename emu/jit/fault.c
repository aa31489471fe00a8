/* Host faults in translated code: an access to a closed page, arithmetic with an unusual result.
 *
 * The idea: GS points at guest memory while translated code runs, and tells whose that is (gs.c);
 * so the handler finds its translator without a global. A fault elsewhere in the process is not
 * ours: the default action takes it.
 *
 * The handler never returns into the middle of anything but translated code: it opens a page and
 * has the access tried again, or sends the code to its region's way out, the instruction not done.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <ucontext.h>

#include "jit/emit.h"

#define WRITE_FAULT 2 /* error code bit of a page fault. Source: Intel SDM volume 3, 4.7 */
#define FAULTS_SLOW 16

/* Sites in a row at which it pays to do without faults. A set that fills up is forgotten. */
static void note_slow(struct xe_jit *jit, struct xe_jit_region *region, struct xe_jit_site *site)
{
    uint32_t i = site->pc >> 2 & (SLOW_PCS - 1);

    if (++site->faults < FAULTS_SLOW)
        return;
    site->faults = 0;
    if (jit->slows == SLOW_PCS / 2) {
        memset(jit->slow, 0, sizeof(jit->slow));
        jit->slows = 0;
    }
    while (jit->slow[i] && (jit->slow[i] & ~3u) != site->pc)
        i = (i + 1) & (SLOW_PCS - 1);
    if (!jit->slow[i]) {
        jit->slow[i] = site->pc | SLOW;
        jit->slows++;
    }
    if (site->flushing)
        jit->slow[i] = site->pc | SLOWER;
    jit->again = region; /* translate it anew once the code has been left */
}

struct xe_jit_region *xe__jit_region_at(const struct xe_jit *jit, uint32_t at)
{
    uint32_t low = 0, high = jit->regions;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (jit->region[middle]->end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < jit->regions && jit->region[low]->begin <= at ? jit->region[low] : NULL;
}

static struct xe_jit_site *site_of(struct xe_jit_region *region, uint32_t at)
{
    uint32_t low = 0, high = region->sites;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (region->site[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < region->sites && region->site[low].at == at ? &region->site[low] : NULL;
}

static bool is_vector(const struct xe_jit *jit, uint32_t pc)
{
    const struct xe_ppc_insn *insn = xe_ppc_decode(xe_load_be32(jit->engine->env.mem->base + pc));

    return insn && xe_ppc_is_vector(insn);
}

static uint64_t xmm_low(const ucontext_t *context, int x)
{
    const uint32_t *word = context->uc_mcontext.fpregs->_xmm[x].element;

    return (uint64_t)word[1] << 32 | word[0];
}

/* Do what was put off (deferred.h), in the interrupted code's registers. */
static void do_deferred(struct xe_jit_frame *frame, ucontext_t *context,
                        const struct xe_jit_deferred *note)
{
    /* Those of the host's registers that guest registers live in. */
    static const int at[] = {
        [X64_RBX] = REG_RBX, [X64_RSI] = REG_RSI, [X64_RDI] = REG_RDI, [X64_R8] = REG_R8,
        [X64_R9] = REG_R9,   [X64_R10] = REG_R10, [X64_R11] = REG_R11, [X64_R12] = REG_R12,
        [X64_R13] = REG_R13, [X64_R14] = REG_R14};
    struct _libc_xmmreg *xmm = context->uc_mcontext.fpregs->_xmm, moving[DEFERRED_MAX];

    frame->single = note->single;
    for (uint32_t i = 0; i < note->adds; i++)
        context->uc_mcontext.gregs[at[note->add[i]]] += note->by[i];
    if (note->record) {
        memset(frame->record, 0, sizeof(frame->record));
        frame->record[RECORD_ARITHMETIC] = note->record;
        for (uint32_t i = 0; i < 3; i++)
            if (note->operand[i] != NO_REG)
                frame->operand[RECORD_ARITHMETIC][i] = note->operand[i] == OPERAND_SPILLED
                                                           ? frame->spilled[i]
                                                           : xmm_low(context, note->operand[i]);
    }
    for (uint32_t i = 0; i < note->moves; i++)
        moving[i] = xmm[note->from[i]];
    for (uint32_t i = 0; i < note->moves; i++)
        xmm[note->to[i]] = moving[i];
}

/* Send the interrupted code out of its region, to have the site's instruction interpreted. */
static bool send_out(struct xe_jit *jit, ucontext_t *context, bool inexact)
{
    greg_t *reg = context->uc_mcontext.gregs;
    uint64_t at = (uint64_t)reg[REG_RIP] - (uint64_t)(uintptr_t)jit->code;
    struct xe_jit_region *region = at < jit->used ? xe__jit_region_at(jit, (uint32_t)at) : NULL;
    struct xe_jit_site *site = region ? site_of(region, (uint32_t)at) : NULL;

    if (!site)
        return false;
    reg[REG_RIP] = (greg_t)(uintptr_t)(jit->code + region->spill[site->home]);
    reg[REG_R15] += site->refund;
    if (site->deferred)
        do_deferred(jit->frame, context, &region->deferred[site->deferred - 1]);
    jit->frame->cpu->pc = site->pc;
    jit->counters.faults++;
    if (inexact && is_vector(jit, site->pc))
        jit->vector_inexact = true;
    else
        note_slow(jit, region, site);
    return true;
}

static bool handle(struct xe_jit *jit, int signal, const siginfo_t *info, ucontext_t *context)
{
    struct xe_mem *mem = jit->engine->env.mem;
    uint64_t rip = (uint64_t)context->uc_mcontext.gregs[REG_RIP];
    uint64_t at = (uint64_t)(uintptr_t)info->si_addr - (uint64_t)(uintptr_t)mem->guarded;

    if (rip - (uint64_t)(uintptr_t)jit->code >= jit->used)
        return false;
    if (signal == SIGSEGV && at < UINT64_C(1) << 32 &&
        xe_mem_guard_fault(mem, (xe_gva)at, context->uc_mcontext.gregs[REG_ERR] & WRITE_FAULT))
        return true;
    if (signal == SIGFPE) /* the interpreter does it over; no trace of this attempt */
        context->uc_mcontext.fpregs->mxcsr &= ~0x3Fu;
    return send_out(jit, context, signal == SIGFPE && info->si_code == FPE_FLTRES);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
    struct xe_jit *jit;
    int saved = errno;

    if (signal == SIGSEGV && xe__jit_gs_mend(context))
        return;
    jit = xe__jit_gs_owner();
    if (jit && handle(jit, signal, info, context)) {
        errno = saved;
        return;
    }
    /* Not ours: let it happen again, to the default action. */
    sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

bool xe__jit_fault_create(struct xe_error *err)
{
    /* Not held back in the handler: it looks at where GS points, which can fault itself. */
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};

    if (sigaction(SIGSEGV, &action, NULL) != 0 || sigaction(SIGFPE, &action, NULL) != 0)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "jit: handle host faults: %s", strerror(errno));
    return true;
}

int xe__jit_go_in(struct xe_jit *jit, struct xe_cpu *cpu, uint32_t code, int64_t budget)
{
    struct xe_jit_frame *frame = jit->frame;
    int why;

    if (!xe__jit_gs_point(jit)) { /* the host allowed it once: do without */
        frame->budget = budget;
        return XE_JIT_INTERPRET;
    }
    __asm__ volatile("stmxcsr %0" : "=m"(frame->host_csr));
    __asm__ volatile("ldmxcsr %0" : : "m"(frame->guest_csr));
    why = jit->enter(jit->code + code, (uint8_t *)cpu + R_CPU_BIAS, budget);
    __asm__ volatile("ldmxcsr %0" : : "m"(frame->host_csr));
    return why;
}
