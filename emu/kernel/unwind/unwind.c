/* One step from a function to its caller. */
#include "kernel/unwind/unwind.h"

static uint64_t load(const struct xe_mem *mem, xe_gva sp, struct xe__unwind_slot slot)
{
    xe_gva at = sp + (uint32_t)slot.at;

    return slot.size == 4 ? xe_mem_u32(mem, at) : xe_mem_u64(mem, at);
}

static void load_vectors(const struct xe_mem *mem, xe_gva sp, const struct xe__unwind_saved *saved,
                         struct xe_cpu *cpu)
{
    for (uint32_t i = 0; i < 128; i++) {
        xe_gva at = (sp + (uint32_t)saved->vr[i].at) & ~0xFu;

        if (!saved->vr[i].size)
            continue;
        cpu->vr[i].d[XE_VD(0)] = xe_mem_u64(mem, at);
        cpu->vr[i].d[XE_VD(1)] = xe_mem_u64(mem, at + 8);
    }
}

/* Put back what the prologue saved, LR first: it may be in a register. */
static void undo(const struct xe_mem *mem, xe_gva sp, const struct xe__unwind_saved *saved,
                 struct xe_cpu *cpu)
{
    if (saved->lr.size)
        cpu->lr = (uint32_t)load(mem, sp, saved->lr);
    else if (saved->link < 32)
        cpu->lr = (uint32_t)cpu->gpr[saved->link];
    for (uint32_t i = 14; i < 32; i++)
        if (saved->gpr[i].size)
            cpu->gpr[i] = load(mem, sp, saved->gpr[i]);
    for (uint32_t i = 14; i < 32; i++)
        if (saved->fpr[i].size)
            cpu->fpr[i] = load(mem, sp, saved->fpr[i]);
    if (saved->cr.size)
        xe_cpu_cr_set(cpu, (uint32_t)load(mem, sp, saved->cr));
    load_vectors(mem, sp, saved, cpu);
    cpu->gpr[1] = sp;
}

/* Routines that save are called before there is a frame, with LR that leads back into the prologue;
 * so does any function without a prologue. */
static bool is_leaf(const struct xe_unwind_function *function)
{
    return !function || function->kind == XE_UNWIND_SAVES || !function->prologue;
}

xe_gva xe_unwind_frame(const struct xe_mem *mem, const struct xe_unwind_table *table,
                       const struct xe_unwind_function *function, struct xe_cpu *cpu)
{
    struct xe__unwind_saved saved;
    xe_gva sp = (xe_gva)cpu->gpr[1];

    if (!is_leaf(function)) {
        if (xe__unwind_epilogue(mem, table, cpu))
            return (xe_gva)cpu->gpr[1];
        xe__unwind_prologue(mem, table, function, cpu->pc, &saved);
        sp = saved.framed ? xe_mem_u32(mem, sp) : sp - (uint32_t)saved.moved;
        undo(mem, sp, &saved, cpu);
    }
    cpu->pc = (xe_gva)cpu->lr & ~3u;
    return sp;
}
