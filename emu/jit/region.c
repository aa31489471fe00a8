/* What a region consists of, and which guest registers live in host registers: all through it, and
 * in its innermost loops. */
#include <stdlib.h>
#include <string.h>

#include "jit/jit_internal.h"

/* ---- blocks --------------------------------------------------------------------------------- */

/* A word the region may contain: readable, known, and not a breakpoint. */
static bool readable(const struct xe_emit *e, uint32_t pc)
{
    const struct xe_mem *mem = e->jit->engine->env.mem;

    return xe_mem_may_fetch(mem, pc);
}

static bool within(const struct xe_emit *e, uint32_t pc)
{
    uint32_t head = e->block[0].pc;

    return pc - (head - REGION_REACH) < 2 * REGION_REACH && readable(e, pc);
}

static uint32_t word_at(const struct xe_emit *e, uint32_t pc)
{
    return xe_load_be32(e->jit->engine->env.mem->base + pc);
}

static struct xe_jit_block *block_starting(struct xe_emit *e, uint32_t pc)
{
    for (uint32_t i = 0; i < e->blocks; i++)
        if (e->block[i].pc == pc)
            return &e->block[i];
    return NULL;
}

/* The interpreter does these itself: they leave the thread, or are illegal. */
static bool is_interpreters(const struct xe_ppc_insn *insn)
{
    return !insn || insn->end == XE_PPC_END_LEAVE;
}

static void measure_block(struct xe_emit *e, struct xe_jit_block *block)
{
    uint32_t pc = block->pc;

    block->end = END_FALL;
    for (block->words = 0; block->words < BLOCK_WORDS && e->words < REGION_WORDS;
         block->words++, e->words++, pc += 4) {
        const struct xe_ppc_insn *insn = readable(e, pc) ? xe_ppc_decode(word_at(e, pc)) : NULL;

        if (is_interpreters(insn) || xe__engine_break_at(e->jit->engine, pc)) {
            block->end = END_INTERPRET;
            return;
        }
        if (insn->end == XE_PPC_END_BRANCH) {
            block->words++;
            e->words++;
            block->end = END_BRANCH;
            block->branch = (enum xe_ppc_id)(insn - xe_ppc_insns);
            return;
        }
        if (block->words && block_starting(e, pc))
            return;
    }
}

/* A block at pc, unless there is one, or no room. A block that pc lies in the middle of ends there;
 * its second part is found anew. */
static void add_block(struct xe_emit *e, uint32_t pc, bool entry)
{
    struct xe_jit_block *block = block_starting(e, pc);

    if (block) {
        block->entry |= entry;
        return;
    }
    if (e->blocks == REGION_BLOCKS || e->words >= REGION_WORDS || (e->blocks && !within(e, pc)))
        return;
    for (uint32_t i = 0; i < e->blocks; i++) {
        struct xe_jit_block *other = &e->block[i];
        uint32_t before = (pc - other->pc) / 4;

        if (pc > other->pc && before < other->words) {
            e->words -= other->words - before;
            other->words = before;
            other->end = END_FALL;
        }
    }
    block = &e->block[e->blocks++];
    *block = (struct xe_jit_block){.pc = pc, .entry = entry, .weight = 1};
    measure_block(e, block);
}

static void add_successors(struct xe_emit *e, const struct xe_jit_block *block)
{
    uint32_t last = block->pc + 4 * (block->words - 1), word;

    if (block->end == END_INTERPRET) {
        add_block(e, block->pc + 4 * block->words + 4, true);
        return;
    }
    if (block->end == END_FALL) {
        add_block(e, block->pc + 4 * block->words, false);
        return;
    }
    word = word_at(e, last);
    if (xe_ppc_lk(word)) { /* a call: it comes back behind it */
        add_block(e, last + 4, true);
        return;
    }
    switch (block->branch) {
    case XE_PPC_b:
        add_block(e, xe__jit_target(XE_PPC_b, word, last), false);
        break;
    case XE_PPC_bc:
        add_block(e, xe__jit_target(XE_PPC_bc, word, last), false);
        add_block(e, last + 4, false);
        break;
    default: /* bclr, bcctr: they may fall through */
        if ((xe_ppc_bo(word) & 0x14) != 0x14)
            add_block(e, last + 4, false);
    }
}

static int by_address(const void *a, const void *b)
{
    const struct xe_jit_block *x = a, *y = b;

    return x->pc < y->pc ? -1 : x->pc > y->pc;
}

/* The target of the jump that ends a block, when it goes backwards; else UINT32_MAX. */
static uint32_t back_target(const struct xe_emit *e, const struct xe_jit_block *block)
{
    uint32_t last = block->pc + 4 * (block->words - 1), word, target;

    if (block->end != END_BRANCH || !block->words)
        return UINT32_MAX;
    word = word_at(e, last);
    if ((block->branch != XE_PPC_b && block->branch != XE_PPC_bc) || xe_ppc_lk(word))
        return UINT32_MAX;
    target = xe__jit_target(block->branch, word, last);
    return target <= last ? target : UINT32_MAX;
}

/* Index behind the last block that jumps back to block `head`; head: none does. */
static uint32_t loop_end(const struct xe_emit *e, uint32_t head)
{
    uint32_t end = e->blocks;

    while (end > head && back_target(e, &e->block[end - 1]) != e->block[head].pc)
        end--;
    return end;
}

/* Blocks between the target and the last source of jumps backwards to it run more often. */
static void weigh(struct xe_emit *e)
{
    for (uint32_t head = 0; head < e->blocks; head++) {
        uint32_t end = loop_end(e, head);

        for (uint32_t i = head; i < end; i++)
            if (e->block[i].weight < 4096)
                e->block[i].weight *= 8;
    }
}

/* Give each innermost loop a plan of its own, while there are any. */
static void find_loops(struct xe_emit *e)
{
    uint32_t inner = e->blocks; /* head of the loop that begins next behind this one */

    e->plans = 1;
    for (uint32_t head = e->blocks; head-- > 0 && e->plans < PLANS;) {
        uint32_t end = loop_end(e, head);

        if (end == head)
            continue;
        for (uint32_t i = head; i < end && inner >= end; i++)
            e->block[i].plan = e->plans;
        e->plans += inner >= end;
        inner = head;
    }
}

bool xe__jit_find_blocks(struct xe_emit *e, uint32_t head)
{
    e->blocks = e->words = 0;
    add_block(e, head, true);
    if (!e->block[0].words)
        return false;
    for (uint32_t i = 0; i < e->blocks; i++)
        if (e->block[i].words)
            add_successors(e, &e->block[i]);
    /* Splitting may have cut off a part that nobody named: name it. */
    for (uint32_t i = 0; i < e->blocks; i++)
        if (e->block[i].end == END_FALL && e->block[i].words)
            add_block(e, e->block[i].pc + 4 * e->block[i].words, false);
    qsort(e->block, e->blocks, sizeof(*e->block), by_address);
    weigh(e);
    find_loops(e);
    return true;
}

/* ---- registers ------------------------------------------------------------------------------ */

void xe__jit_use_g(struct xe_emit *e, uint32_t r)
{
    e->g_uses[r] += e->now->weight;
    if (e->measuring)
        e->plan[e->now->plan].g_uses[r]++;
}

void xe__jit_use_f(struct xe_emit *e, uint32_t r)
{
    e->f_uses[r] += e->now->weight;
    if (e->measuring)
        e->plan[e->now->plan].f_uses[r]++;
}

/* Give the host registers to the guest registers used most. */
static void assign(const uint32_t *uses, int8_t *host, uint32_t n, const int8_t *pool,
                   uint32_t pool_size)
{
    for (uint32_t i = 0; i < pool_size; i++) {
        uint32_t best = 0;

        for (uint32_t r = 1; r < n; r++)
            if (host[r] == NO_REG && (host[best] != NO_REG || uses[r] > uses[best]))
                best = r;
        if (host[best] != NO_REG || uses[best] < 2)
            return;
        host[best] = pool[i];
    }
}

/* In a loop: registers it uses take the place of such as it doesn't use, or less. false: it has
 * all it wants. */
static bool reassign(const uint16_t *uses, int8_t *host, uint32_t n)
{
    bool changed = false;

    for (;;) {
        uint32_t in = n, out = n;

        for (uint32_t r = 0; r < n; r++) {
            if (host[r] == NO_REG && (in == n || uses[r] > uses[in]))
                in = r;
            if (host[r] != NO_REG && (out == n || uses[r] < uses[out]))
                out = r;
        }
        if (in == n || out == n || uses[in] < uses[out] + 2)
            return changed;
        host[in] = host[out];
        host[out] = NO_REG;
        changed = true;
    }
}

void xe__jit_assign(struct xe_emit *e)
{
    static const int8_t g_pool[] = {X64_RBX, X64_RSI, X64_RDI, X64_R8,  X64_R9,
                                    X64_R10, X64_R11, X64_R12, X64_R13, X64_R14};
    static const int8_t f_pool[] = {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    assign(e->g_uses, e->plan[0].g_host, GS_N, g_pool, sizeof(g_pool));
    assign(e->f_uses, e->plan[0].f_host, FS_N, f_pool, sizeof(f_pool));
    for (uint32_t k = 1; k < e->plans; k++) {
        struct xe_jit_plan *plan = &e->plan[k];
        bool g, f;

        memcpy(plan->g_host, e->plan[0].g_host, sizeof(plan->g_host));
        memcpy(plan->f_host, e->plan[0].f_host, sizeof(plan->f_host));
        g = reassign(plan->g_uses, plan->g_host, GS_N);
        f = reassign(plan->f_uses, plan->f_host, FS_N);
        for (uint32_t i = 0; !g && !f && i < e->blocks; i++)
            if (e->block[i].plan == k)
                e->block[i].plan = 0;
    }
}
