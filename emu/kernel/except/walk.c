/* Walking up a guest stack for a dispatch. */
#include "kernel/core/guest_call.h"
#include "kernel/except/except_internal.h"

/* Ours: a title makes frames of 16 bytes of all its memory, and no walk may hold up the run for
 * longer than a moment. With frames of 96 bytes this is a stack of 24 MiB. */
#define STEPS_MAX 0x40000u

#define STEP_NS 500u
#define WORD_NS 10u

/* A function's place for its tables: of one that called, the call. */
static void at_call(struct xe_cpu *cpu)
{
    cpu->pc -= 4;
}

static bool on_stack(const struct xe_thread *thread, xe_gva from, xe_gva sp)
{
    if (from > thread->stack_limit && from <= thread->stack_base)
        return sp <= thread->stack_base;
    return xe_mem_view(thread->kernel->mem, sp, 4) != NULL;
}

/* Is this what one of our frames called? */
static bool is_ours(struct xe_thread *thread, const struct xe_cpu *cpu, struct xe__dispatch *ret)
{
    return cpu->pc + 4 == XE__TRAMPOLINE_EXCEPT && xe__frame_at(thread, (xe_gva)cpu->gpr[1], ret);
}

/* Out of a library's entry, to who called the export that called it. */
static void leave_entry(struct xe_thread *thread, struct xe__step *step)
{
    const struct xe_guest_call *call;

    while (step->cpu.pc + 4 == XE__TRAMPOLINE_RETURN &&
           (call = xe__kernel_entry_call_at(thread, (xe_gva)step->cpu.gpr[1]))) {
        step->cpu = call->saved;
        step->cpu.pc = (uint32_t)call->saved.lr & ~3u;
        at_call(&step->cpu);
        step->leaf = false;
    }
}

enum xe__walk xe__walk_look(struct xe_thread *thread, struct xe__step *step,
                            struct xe__dispatch *ret_below)
{
    struct xe_unwind_table table;
    bool leaf;
    xe_gva sp;

    leave_entry(thread, step);
    leaf = step->leaf;
    sp = (xe_gva)step->cpu.gpr[1];
    if (is_ours(thread, &step->cpu, ret_below))
        return XE__WALK_DISPATCH;
    step->leaf = !xe_kernel_function_at(thread->kernel, step->cpu.pc, &table, &step->function);
    if ((step->leaf && leaf) || ++step->steps > STEPS_MAX) /* a leaf calls nobody */
        return XE__WALK_END;
    xe_kernel_work(thread->kernel, STEP_NS + step->function.prologue * WORD_NS);
    step->next = step->cpu;
    step->establisher = xe_unwind_frame(thread->kernel->mem, &table,
                                        step->leaf ? NULL : &step->function, &step->next);
    at_call(&step->next);
    if (step->establisher < sp || (step->establisher & 7) ||
        !on_stack(thread, sp, step->establisher))
        return XE__WALK_END;
    step->handled = !step->leaf && step->function.kind == XE_UNWIND_HANDLED &&
                    step->function.handler &&
                    (step->cpu.pc - step->function.begin) / 4 >= step->function.prologue;
    return XE__WALK_FRAME;
}

/* Two functions without a frame of their own can't have called each other for ever: one step at
 * least goes up, or the place changes from a leaf to what called it. */
bool xe__walk_on(struct xe__step *step)
{
    bool up = (xe_gva)step->next.gpr[1] > (xe_gva)step->cpu.gpr[1];

    if (!up && step->next.pc == step->cpu.pc)
        return false;
    step->still = up ? 0 : step->still + 1;
    step->cpu = step->next;
    return step->still < 4;
}
