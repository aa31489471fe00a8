/* Where a record comes from: the export call at hand or an internal source, and the guest's
 * back-chain. */
#include "cpu/isa/decode.h"
#include "kernel/core/kernel_internal.h"

/* Is this the word of a branch that leaves a return address (bl, bcl, bclrl, bcctrl)? */
static bool is_call(uint32_t word)
{
    const struct xe_ppc_insn *insn = xe_ppc_lk(word) ? xe_ppc_decode(word) : NULL;

    return insn && insn->end == XE_PPC_END_BRANCH;
}

static bool is_return_address(const struct xe_kernel *kernel, uint32_t address)
{
    return address && !(address & 3) && is_call(xe_mem_u32(kernel->mem, address - 4));
}

/* Walk the back-chain from cpu's r1: the word at 0 of a frame points to its caller's. The return
 * address lies in the doubleword below the caller's frame (console compilers) or in its second word
 * (SysV compilers); whichever follows a call instruction is it. */
uint32_t xe__kernel_frames(const struct xe_kernel *kernel, const struct xe_cpu *cpu,
                           struct xe_thread_frame *frame, uint32_t max)
{
    xe_gva sp = (xe_gva)cpu->gpr[1];
    uint32_t n = 0;

    while (n < max) {
        xe_gva caller = xe_mem_u32(kernel->mem, sp), lr;

        if (caller <= sp || (caller & 3))
            break;
        lr = xe_mem_u32(kernel->mem, caller - 4);
        if (!is_return_address(kernel, lr)) {
            lr = xe_mem_u32(kernel->mem, caller + 4);
            if (!is_return_address(kernel, lr))
                break;
        }
        frame[n++] = (struct xe_thread_frame){.sp = caller, .lr = lr};
        sp = caller;
    }
    return n;
}

static void add_frames(const struct xe_kernel *kernel, const struct xe_cpu *cpu,
                       struct xe_audit_site *site)
{
    struct xe_thread_frame frame[XE_AUDIT_FRAMES];

    site->frame_count = xe__kernel_frames(kernel, cpu, frame, XE_AUDIT_FRAMES);
    for (uint32_t i = 0; i < site->frame_count; i++)
        site->frames[i] = frame[i].lr;
}

static void add_origin(struct xe_audit_site *site, const struct xe_audit_site *origin)
{
    if (!origin || !origin->src)
        return;
    site->origin_cycle = origin->cycle;
    site->origin_tid = origin->tid;
    site->origin_lr = origin->lr;
    site->origin_src = origin->src;
}

void xe_kernel_site(const struct xe_kernel *kernel, struct xe_audit_site *ret)
{
    const struct xe_thread *thread = kernel->running;

    *ret = (struct xe_audit_site){.cycle = xe_kernel_cycle(kernel), .src = "kernel"};
    if (thread) {
        ret->tid = thread->tid;
        ret->pc = thread->cpu.pc;
        ret->hw_thread = thread->hw;
        ret->interrupt = xe_kernel_interrupt_of(thread);
    }
    if (kernel->scope.src) {
        ret->src = kernel->scope.src;
        add_origin(ret, kernel->scope.origin);
    } else if (kernel->call) {
        ret->guest = true;
        ret->src = kernel->call->row ? kernel->call->row->name : "stub";
        ret->lr = kernel->call->lr;
        ret->pc = ret->pc - 4;
        if (xe_audit_enabled(kernel->audit) && thread)
            add_frames(kernel, &thread->cpu, ret);
    }
}

struct xe_kernel_scope xe_kernel_internal_begin(struct xe_kernel *kernel, const char *src,
                                                const struct xe_audit_site *origin)
{
    struct xe_kernel_scope outer = kernel->scope;

    kernel->scope = (struct xe_kernel_scope){src, origin};
    return outer;
}

void xe_kernel_internal_end(struct xe_kernel *kernel, struct xe_kernel_scope outer)
{
    kernel->scope = outer;
}
