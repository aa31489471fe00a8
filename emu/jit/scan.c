/* What a region consists of, where its loops are, and which registers its code names. */
#include "jit/scan.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/isa/registers.h"
#include "jit/emit_rows.h"

/* ---- blocks --------------------------------------------------------------------------------- */

static bool readable(const struct xe_jit_scan *scan, uint32_t pc)
{
    return xe_mem_may_fetch(scan->jit->engine->env.mem, pc);
}

static bool within(const struct xe_jit_scan *scan, uint32_t pc)
{
    uint32_t head = scan->block[0].pc;

    return pc - (head - REGION_REACH) < 2 * REGION_REACH && readable(scan, pc);
}

uint32_t xe__jit_word_at(const struct xe_jit *jit, uint32_t pc)
{
    return xe_load_be32(jit->engine->env.mem->base + pc);
}

static uint32_t word_at(const struct xe_jit_scan *scan, uint32_t pc)
{
    return xe__jit_word_at(scan->jit, pc);
}

uint32_t xe__jit_target(enum xe_ppc_id branch, uint32_t word, uint32_t pc)
{
    int32_t offset = branch == XE_PPC_b ? xe_ppc_li(word) : xe_ppc_bd(word);

    return (uint32_t)offset + (xe_ppc_aa(word) ? 0 : pc);
}

static struct xe_jit_block *block_starting(struct xe_jit_scan *scan, uint32_t pc)
{
    for (uint32_t i = 0; i < scan->blocks; i++)
        if (scan->block[i].pc == pc)
            return &scan->block[i];
    return NULL;
}

/* The interpreter does these itself: they leave the thread, or are illegal. */
static bool is_interpreters(const struct xe_ppc_insn *insn)
{
    return !insn || insn->end == XE_PPC_END_LEAVE;
}

static void measure_block(struct xe_jit_scan *scan, struct xe_jit_block *block)
{
    uint32_t pc = block->pc;

    block->end = END_FALL;
    for (block->words = 0; block->words < XE_JIT_BLOCK_MAX && scan->words < REGION_WORDS;
         block->words++, scan->words++, pc += 4) {
        const struct xe_ppc_insn *insn =
            readable(scan, pc) ? xe_ppc_decode(word_at(scan, pc)) : NULL;

        if (is_interpreters(insn) || xe__engine_break_at(scan->jit->engine, pc)) {
            block->end = END_INTERPRET;
            return;
        }
        if (insn->end == XE_PPC_END_BRANCH) {
            block->words++;
            scan->words++;
            block->end = END_BRANCH;
            block->branch = (enum xe_ppc_id)(insn - xe_ppc_insns);
            return;
        }
        if (block->words && block_starting(scan, pc))
            return;
    }
}

/* A block at pc, unless there is one, or no room. A block that pc lies in the middle of ends there;
 * its second part is found anew. */
static void add_block(struct xe_jit_scan *scan, uint32_t pc, bool entry)
{
    struct xe_jit_block *block = block_starting(scan, pc);

    if (block) {
        block->entry |= entry;
        return;
    }
    if (scan->blocks == REGION_BLOCKS || scan->words >= REGION_WORDS ||
        (scan->blocks && !within(scan, pc)))
        return;
    for (uint32_t i = 0; i < scan->blocks; i++) {
        struct xe_jit_block *other = &scan->block[i];
        uint32_t before = (pc - other->pc) / 4;

        if (pc > other->pc && before < other->words) {
            scan->words -= other->words - before;
            other->words = before;
            other->end = END_FALL;
        }
    }
    block = &scan->block[scan->blocks++];
    *block = (struct xe_jit_block){.pc = pc, .entry = entry, .weight = 1};
    measure_block(scan, block);
}

static void add_successors(struct xe_jit_scan *scan, const struct xe_jit_block *block)
{
    uint32_t last = block->pc + 4 * (block->words - 1), word;

    if (block->end == END_INTERPRET) {
        add_block(scan, block->pc + 4 * block->words + 4, true);
        return;
    }
    if (block->end == END_FALL) {
        add_block(scan, block->pc + 4 * block->words, false);
        return;
    }
    word = word_at(scan, last);
    if (xe_ppc_lk(word)) { /* a call: it comes back behind it */
        add_block(scan, last + 4, true);
        return;
    }
    switch (block->branch) {
    case XE_PPC_b:
        add_block(scan, xe__jit_target(XE_PPC_b, word, last), false);
        break;
    case XE_PPC_bc:
        add_block(scan, xe__jit_target(XE_PPC_bc, word, last), false);
        add_block(scan, last + 4, false);
        break;
    default: /* bclr, bcctr: they may fall through */
        if ((xe_ppc_bo(word) & 0x14) != 0x14)
            add_block(scan, last + 4, false);
    }
}

static int by_address(const void *a, const void *b)
{
    const struct xe_jit_block *x = a, *y = b;

    return x->pc < y->pc ? -1 : x->pc > y->pc;
}

/* The target of the jump that ends a block, when it goes backwards; else UINT32_MAX. */
static uint32_t back_target(const struct xe_jit_scan *scan, const struct xe_jit_block *block)
{
    uint32_t last = block->pc + 4 * (block->words - 1), word, target;

    if (block->end != END_BRANCH || !block->words)
        return UINT32_MAX;
    word = word_at(scan, last);
    if ((block->branch != XE_PPC_b && block->branch != XE_PPC_bc) || xe_ppc_lk(word))
        return UINT32_MAX;
    target = xe__jit_target(block->branch, word, last);
    return target <= last ? target : UINT32_MAX;
}

/* Index behind the last block that jumps back to block `head`; head: none does. */
static uint32_t loop_end(const struct xe_jit_scan *scan, uint32_t head)
{
    uint32_t end = scan->blocks;

    while (end > head && back_target(scan, &scan->block[end - 1]) != scan->block[head].pc)
        end--;
    return end;
}

/* Blocks between the target and the last source of jumps backwards to it run more often. */
static void weigh(struct xe_jit_scan *scan)
{
    for (uint32_t head = 0; head < scan->blocks; head++) {
        uint32_t end = loop_end(scan, head);

        for (uint32_t i = head; i < end; i++)
            if (scan->block[i].weight < 4096)
                scan->block[i].weight *= 8;
    }
}

/* Number the innermost loops, while there are numbers. */
static void find_loops(struct xe_jit_scan *scan)
{
    uint32_t inner = scan->blocks; /* head of the loop that begins next behind this one */

    scan->loops = 1;
    for (uint32_t head = scan->blocks; head-- > 0 && scan->loops < LOOPS_MAX;) {
        uint32_t end = loop_end(scan, head);

        if (end == head)
            continue;
        for (uint32_t i = head; i < end && inner >= end; i++)
            scan->block[i].loop = scan->loops;
        scan->loops += inner >= end;
        inner = head;
    }
}

bool xe__jit_is_loop(const struct xe_jit_scan *scan, const struct xe_jit_block *block)
{
    uint32_t last = block->pc + 4 * (block->words - 1), word, bo;

    if (!block->words || block->end != END_BRANCH || block->branch != XE_PPC_bc)
        return false;
    word = word_at(scan, last);
    bo = xe_ppc_bo(word) & 0x14;
    return !xe_ppc_lk(word) && (bo == 4 || bo == 0x10) &&
           xe__jit_target(XE_PPC_bc, word, last) == block->pc;
}

const struct xe_jit_block *xe__jit_block_at(const struct xe_jit_scan *scan, uint32_t pc)
{
    uint32_t low = 0, high = scan->blocks;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (scan->block[middle].pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low < scan->blocks && scan->block[low].pc == pc ? &scan->block[low] : NULL;
}

static bool find_blocks(struct xe_jit_scan *scan, uint32_t head)
{
    add_block(scan, head, true);
    if (!scan->block[0].words)
        return false;
    for (uint32_t i = 0; i < scan->blocks; i++)
        if (scan->block[i].words)
            add_successors(scan, &scan->block[i]);
    /* Splitting may have cut off a part that nobody named: name it. */
    for (uint32_t i = 0; i < scan->blocks; i++)
        if (scan->block[i].end == END_FALL && scan->block[i].words)
            add_block(scan, scan->block[i].pc + 4 * scan->block[i].words, false);
    qsort(scan->block, scan->blocks, sizeof(*scan->block), by_address);
    weigh(scan);
    find_loops(scan);
    return true;
}

/* ---- ways ------------------------------------------------------------------------------------ */

/* An enum xe_jit_slow: does the instruction at pc fault often (a device, a watched page,
 * denormals)? */
static uint32_t slowness(const struct xe_jit *jit, uint32_t pc)
{
    for (uint32_t i = pc >> 2 & (SLOW_PCS - 1); jit->slow[i]; i = (i + 1) & (SLOW_PCS - 1))
        if ((jit->slow[i] & ~3u) == pc)
            return jit->slow[i] & 3;
    return 0;
}

/* Forms that also tell CR1 or XER how it went, which emitters leave to the interpreter. */
static bool tells_more(const struct xe_ppc_insn *insn, uint32_t word)
{
    bool overflow = xe_ppc_oe(word) && xe_ppc_field_insert(insn, "OE", 1);
    bool record = insn->class == XE_PPC_CLASS_FPU && insn->rc == 1 && xe_ppc_rc(word);

    return overflow || record;
}

/* Forms that their emitters don't know. */
static bool is_beyond(const struct xe_jit *jit, const struct xe_jit_row *row, uint32_t word)
{
    uint32_t spr = xe_ppc_spr(word), type = xe_ppc_type(word);

    if (row->emit == xe__jit_emit_mfspr || row->emit == xe__jit_emit_mtspr)
        return spr != XE_JIT_SPR_LR && spr != XE_JIT_SPR_CTR;
    if (row->emit == xe__jit_emit_multiply_add || row->emit == xe__jit_emit_vmaddfp)
        return !jit->fma;
    if (row->emit == xe__jit_emit_trap) /* it always fires */
        return xe_ppc_rt(word) == 31;
    if (row->emit == xe__jit_emit_mtmsr)
        return !xe_ppc_l_msr(word);
    if (row->emit == xe__jit_emit_vupkd3d)
        return type >= XE_VMX_D3D_TYPES;
    if (row->emit == xe__jit_emit_vpkd3d)
        return type >= XE_VMX_D3D_TYPES || xe_ppc_pack(word) == 0;
    return false;
}

enum xe_jit_way xe__jit_way(const struct xe_jit *jit, const struct xe_ppc_insn *insn, uint32_t word,
                            uint32_t pc)
{
    const struct xe_jit_row *row = &xe_jit_rows[insn - xe_ppc_insns];
    uint32_t slow = slowness(jit, pc);

    if (!row->emit || tells_more(insn, word) || is_beyond(jit, row, word))
        return WAY_CALL;
    if (!slow)
        return WAY_EMIT;
    return slow == SLOW && row->arg & JIT_FLUSHES ? WAY_FLUSH : WAY_CALL;
}

/* ---- registers ------------------------------------------------------------------------------ */

static void use_g(struct xe_jit_scan *scan, const struct xe_jit_block *block, uint32_t r,
                  bool written)
{
    scan->uses[0].g[r] += block->weight;
    if (block->loop)
        scan->uses[block->loop].g[r]++;
    scan->g_written[r] |= written;
}

static void use_f(struct xe_jit_scan *scan, const struct xe_jit_block *block, uint32_t r,
                  bool written)
{
    scan->uses[0].f[r] += block->weight;
    if (block->loop)
        scan->uses[block->loop].f[r]++;
    scan->f_written[r] |= written;
}

static void use_special(struct xe_jit_scan *scan, const struct xe_jit_block *block,
                        const struct xe_jit_row *row, uint32_t word)
{
    uint32_t r = xe_ppc_spr(word) == XE_JIT_SPR_LR ? G_LR : G_CTR;

    if (row->emit == xe__jit_emit_mfspr || row->emit == xe__jit_emit_mtspr)
        use_g(scan, block, r, row->emit == xe__jit_emit_mtspr);
}

/* A word that is no branch. Calls find all registers in struct xe_cpu. An operand of arithmetic on
 * singles may be turned into single format where it is. */
static void use_operands(struct xe_jit_scan *scan, const struct xe_jit_block *block,
                         const struct xe_ppc_insn *insn, uint32_t word)
{
    const struct xe_jit_row *row = &xe_jit_rows[insn - xe_ppc_insns];
    bool narrows = insn->class == XE_PPC_CLASS_FPU && row->arg & FPU_SINGLE;
    struct xe_ppc_register reg[XE_PPC_REGISTERS_MAX];
    uint32_t n = xe_ppc_registers(insn, word, reg);

    for (uint32_t i = 0; i < n; i++)
        switch (reg[i].file) {
        case XE_PPC_FILE_GPR:
            use_g(scan, block, reg[i].number, reg[i].written);
            break;
        case XE_PPC_FILE_FPR:
            use_f(scan, block, reg[i].number, reg[i].written || narrows);
            break;
        default:
            use_f(scan, block, F_VR + reg[i].number, reg[i].written);
        }
    use_special(scan, block, row, word);
}

static void use_branch(struct xe_jit_scan *scan, const struct xe_jit_block *block, uint32_t word)
{
    if (block->branch != XE_PPC_b && !(xe_ppc_bo(word) & 4))
        use_g(scan, block, G_CTR, true);
    if (block->branch == XE_PPC_bcctr)
        use_g(scan, block, G_CTR, false);
    if (block->branch == XE_PPC_bclr)
        use_g(scan, block, G_LR, false);
    if (xe_ppc_lk(word))
        use_g(scan, block, G_LR, true);
}

static void use_registers(struct xe_jit_scan *scan, const struct xe_jit_block *block)
{
    for (uint32_t i = 0; i < block->words; i++) {
        uint32_t pc = block->pc + 4 * i, word = word_at(scan, pc);
        const struct xe_ppc_insn *insn = xe_ppc_decode(word);

        if (insn->end == XE_PPC_END_BRANCH)
            use_branch(scan, block, word);
        else if (xe__jit_way(scan->jit, insn, word, pc) != WAY_CALL)
            use_operands(scan, block, insn, word);
    }
}

bool xe__jit_scan(struct xe_jit_scan *scan, const struct xe_jit *jit, uint32_t head)
{
    memset(scan, 0, sizeof(*scan));
    scan->jit = jit;
    if (!find_blocks(scan, head))
        return false;
    for (uint32_t i = 0; i < scan->blocks; i++)
        use_registers(scan, &scan->block[i]);
    return true;
}
