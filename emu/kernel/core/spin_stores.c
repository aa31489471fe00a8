/* Who could write a word that is spun on, by code: stores to an address that the instructions
 * before them tell. Most titles reach their globals so: the upper half by lis, the lower one in the
 * store or in an addi or ori. */
#include "base/alloc.h"
#include "cpu/isa/access.h"
#include "cpu/isa/fields.h"
#include "kernel/core/callsite.h"
#include "kernel/core/kernel_internal.h"
#include "kernel/core/release.h"
#include "xe/spin.h"

#define LIS      0x3C000000u
#define LIS_MASK 0xFC1F0000u
#define BEHIND   512u /* bytes of code behind a fitting lis in which stores are looked at */

struct looking {
    const struct xe_kernel *kernel;
    struct xe_spin_stores *word;
    uint32_t words;
    uint8_t high[0x10000 / 8]; /* upper halves from which a store may come to a word */
};

/* A lower half, of which there may be two, reaches 32 KiB to both sides or 64 KiB ahead. */
static void note_high(struct looking *l, xe_gva address)
{
    for (int32_t by = -2; by <= 1; by++) {
        uint16_t high = (uint16_t)((address >> 16) + (uint32_t)by);

        l->high[high / 8] |= (uint8_t)(1u << high % 8);
    }
}

static bool fits(const struct looking *l, uint32_t word)
{
    uint16_t high = (uint16_t)word;

    return (word & LIS_MASK) == LIS && (l->high[high / 8] >> high % 8 & 1);
}

/* Registers that the instruction adds to an address, as far as they are constants. */
static bool base_of(const struct looking *l, const struct xe_ppc_insn *insn, xe_gva at,
                    uint32_t word, struct xe_cpu *ret)
{
    const struct xe_mem *mem = l->kernel->mem;
    uint32_t value;

    if (!xe_kernel_callsite_base(mem, at, xe_ppc_ra(word), &value))
        return false;
    ret->gpr[xe_ppc_ra(word)] = value;
    if ((insn->memory.address & ~XE_PPC_ADDRESS_UPDATE) != XE_PPC_ADDRESS_X)
        return true;
    if (!xe_kernel_callsite_base(mem, at, xe_ppc_rb(word), &value))
        return false;
    ret->gpr[xe_ppc_rb(word)] = value;
    return xe_ppc_rb(word) != 0;
}

static void match(struct looking *l, xe_gva at, const struct xe_ppc_reach *reach)
{
    xe_gva first = xe_mem_canonical(reach->first);

    for (uint32_t i = 0; i < l->words; i++) {
        struct xe_spin_stores *word = &l->word[i];
        xe_gva wanted = xe_mem_canonical(word->address);

        if (wanted - first >= reach->size && first - wanted >= word->size)
            continue;
        if (word->count < XE_SPIN_STORES)
            word->at[word->count] = at;
        word->count++;
    }
}

static void look_at(struct looking *l, xe_gva at, uint32_t word, struct xe_cpu *cpu)
{
    const struct xe_ppc_insn *insn = xe_ppc_decode(word);
    struct xe_ppc_reach reach;

    if (!insn || !xe_ppc_writes(insn) || insn->memory.address == XE_PPC_ADDRESS_NONE ||
        !base_of(l, insn, at, word, cpu))
        return;
    reach = xe_ppc_reach(insn, cpu, word);
    if (reach.size)
        match(l, at, &reach);
}

static void look_at_piece(void *ctx, xe_gva at, const uint8_t *bytes, uint32_t size)
{
    struct looking *l = ctx;
    struct xe_cpu *cpu = xe_calloc(1, sizeof(*cpu));
    uint32_t until = 0;

    for (uint32_t i = 0; cpu && i < size; i += 4) {
        uint32_t word = xe_load_be32(bytes + i);

        if (fits(l, word))
            until = i + BEHIND;
        else if (i < until)
            look_at(l, at + i, word, cpu);
    }
    xe_free(cpu);
}

/* Those that live come first. */
static uint32_t thread_of(const struct xe_kernel *kernel, xe_gva at)
{
    uint32_t ended = 0;

    for (const struct xe_thread *t = xe_kernel_thread_first(kernel); t; t = t->tid_next) {
        if (t->system || !xe_kernel_callsite_leads(kernel->mem, t->start_routine, at))
            continue;
        if (t->state != XE_THREAD_TERMINATED)
            return t->tid;
        ended = ended ? ended : t->tid;
    }
    return ended;
}

void xe_kernel_spin_stores(const struct xe_kernel *kernel, struct xe_spin_stores *word,
                           uint32_t words)
{
    struct looking l = {.kernel = kernel, .word = word, .words = words};

    for (uint32_t i = 0; i < words; i++) {
        word[i].count = 0;
        note_high(&l, word[i].address);
    }
    xe_kernel_callsite_code(kernel, look_at_piece, &l);
    for (uint32_t i = 0; i < words; i++)
        for (uint32_t k = 0; k < word[i].count && k < XE_SPIN_STORES; k++)
            word[i].tid[k] = thread_of(kernel, word[i].at[k]);
}
