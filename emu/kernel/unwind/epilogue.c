/* The rest of an epilogue is straight code up to a return: it is carried out on the registers as
 * they are. Anything that an epilogue does not contain means that this is none.
 * Source: doc/facts/exceptions.md, section 2, epilogues and restore routines. */
#include "cpu/isa/decode.h"
#include "kernel/unwind/unwind.h"

#define STEPS  512u /* restoring all there is takes 21 + 19 + 132 */
#define SPR_LR 8u

struct walk {
    const struct xe_mem *mem;
    const struct xe_unwind_table *table;
    struct xe_cpu cpu;
    xe_gva back; /* where a routine that restores returns to; 0: none was called */
    bool done;
};

static xe_gva address_d(const struct xe_cpu *cpu, uint32_t word, int64_t d)
{
    uint32_t ra = xe_ppc_ra(word);

    return (xe_gva)((ra ? cpu->gpr[ra] : 0) + (uint64_t)d);
}

static void load_vector(struct walk *w, uint32_t vr, uint32_t word)
{
    xe_gva at = address_d(&w->cpu, word, (int64_t)w->cpu.gpr[xe_ppc_rb(word)]) & ~0xFu;

    w->cpu.vr[vr].d[XE_VD(0)] = xe_mem_u64(w->mem, at);
    w->cpu.vr[vr].d[XE_VD(1)] = xe_mem_u64(w->mem, at + 8);
}

static bool is_restore(const struct walk *w, xe_gva target)
{
    struct xe_unwind_function routine;

    return xe_unwind_find(w->mem, w->table, target, &routine) && routine.kind == XE_UNWIND_RESTORES;
}

/* A call of a restore routine, or a jump to one: the last of them returns to the caller. */
static bool branch(struct walk *w, uint32_t word)
{
    xe_gva target;

    if (!xe_ppc_branch_target(word, w->cpu.pc, &target) || !is_restore(w, target))
        return false;
    if (xe_ppc_lk(word)) {
        if (w->back)
            return false;
        w->back = w->cpu.pc + 4;
    }
    w->cpu.pc = target;
    return true;
}

static bool step_return(struct walk *w)
{
    w->done = !w->back;
    w->cpu.pc = w->back ? w->back : (xe_gva)w->cpu.lr & ~3u;
    w->back = 0;
    return true;
}

/* One instruction; false: no epilogue has that. */
static bool step(struct walk *w)
{
    struct xe_cpu *cpu = &w->cpu;
    uint32_t word = xe_mem_u32(w->mem, cpu->pc);
    const struct xe_ppc_insn *insn = xe_ppc_decode(word);
    uint32_t rt = xe_ppc_rt(word);

    if (word == XE_CPU_WORD_BLR)
        return step_return(w);
    switch (insn ? insn - xe_ppc_insns : XE_PPC_INSNS) {
    case XE_PPC_b:
        return branch(w, word);
    case XE_PPC_addi: /* r1 itself, or an offset for a vector, or where floats lie */
        if (rt != 1 && rt != 11 && rt != 12 && rt != 0)
            return false;
        cpu->gpr[rt] =
            (xe_ppc_ra(word) ? cpu->gpr[xe_ppc_ra(word)] : 0) + (uint64_t)xe_ppc_si(word);
        break;
    case XE_PPC_lwz:
        cpu->gpr[rt] = xe_mem_u32(w->mem, address_d(cpu, word, xe_ppc_si(word)));
        break;
    case XE_PPC_ld:
        cpu->gpr[rt] = xe_mem_u64(w->mem, address_d(cpu, word, xe_ppc_ds(word)));
        break;
    case XE_PPC_lfd:
        cpu->fpr[rt] = xe_mem_u64(w->mem, address_d(cpu, word, xe_ppc_si(word)));
        break;
    case XE_PPC_lvx:
        load_vector(w, rt, word);
        break;
    case XE_PPC_lvx128:
        load_vector(w, xe_ppc_vd128(word), word);
        break;
    case XE_PPC_mtspr:
        if (xe_ppc_spr(word) != SPR_LR)
            return false;
        cpu->lr = (uint32_t)cpu->gpr[rt];
        break;
    case XE_PPC_mtcrf:
        xe_cpu_cr_set(cpu, (uint32_t)cpu->gpr[rt]);
        break;
    default:
        return false;
    }
    cpu->pc += 4;
    return true;
}

bool xe__unwind_epilogue(const struct xe_mem *mem, const struct xe_unwind_table *table,
                         struct xe_cpu *cpu)
{
    struct walk w = {.mem = mem, .table = table, .cpu = *cpu};

    for (uint32_t i = 0; i < STEPS && !w.done; i++)
        if (!step(&w))
            return false;
    if (w.done)
        *cpu = w.cpu;
    return w.done;
}
