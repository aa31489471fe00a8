/* Loops of one block, which is where the time goes.
 *
 * Such a loop is made several times over. The first copy does the first pass and finds out what is
 * known about registers at its end; the others rely on that. They follow each other in one longer
 * loop that pays for all its passes at once, adds constants to pointers once (held.c), and need
 * not write records that the next pass replaces. Each pass can leave at its end, with a refund.
 */
#include "jit/jit_internal.h"

#define PASSES     4u  /* of the longer loop... */
#define MANY_WORDS 12u /* ... 2 when the block has more words than these */

bool xe__jit_is_loop(const struct xe_emit *e, const struct xe_jit_block *block)
{
    uint32_t last = block->pc + 4 * (block->words - 1);
    uint32_t word = xe_load_be32(e->jit->engine->env.mem->base + last), bo = xe_ppc_bo(word) & 0x14;

    return block->end == END_BRANCH && block->branch == XE_PPC_bc && !xe_ppc_lk(word) &&
           (bo == 4 || bo == 0x10) && xe__jit_target(XE_PPC_bc, word, last) == block->pc;
}

/* Does the loop's branch go back while CTR isn't 0, with CTR in a host register? */
static bool counts_down(const struct xe_emit *e)
{
    return (xe_ppc_bo(e->word) & 0x16) == 0x10 && e->g_host[G_CTR] != NO_REG;
}

/* ---- what is known --------------------------------------------------------------------------- */

/* What is known where both are. */
static struct xe_jit_known both(struct xe_jit_known a, struct xe_jit_known b)
{
    return (struct xe_jit_known){
        .single = a.single & (b.single | b.exact),
        .exact = a.exact & (b.single | b.exact),
        .recorded = a.recorded == b.recorded || b.recorded == RECORDED_ANY ? a.recorded : 0,
        .checked = a.checked & b.checked,
        .counts = a.counts && b.counts,
    };
}

static bool same_known(struct xe_jit_known a, struct xe_jit_known b)
{
    return a.single == b.single && a.exact == b.exact && a.recorded == b.recorded &&
           a.checked == b.checked && a.counts == b.counts;
}

/* ---- ways out -------------------------------------------------------------------------------- */

static void refund(struct xe_emit *e, uint32_t words)
{
    if (words)
        xe_x64_imm(&e->a, X64_ADD64_I, 0, x64_reg(R_BUDGET), (int32_t)words);
}

/* Out of the loop, behind its branch. */
static void leave_loop(struct xe_emit *e)
{
    xe__jit_word(e, e->now->words - 1);
    e->pc += 4;
    e->done++;
    xe__settle(e);
    xe__jit_goto(e, xe_x64_jmp(&e->a), e->pc);
}

/* To the first copy, which does one pass: the budget is short of more, or CTR not what was
 * expected. */
static void go_to_first(struct xe_emit *e, uint8_t *from, struct xe_jit_known known, uint32_t words)
{
    xe_x64_land(&e->a, from);
    e->known = known;
    refund(e, words);
    e->pc = e->now->pc;
    e->done = e->now->words; /* nothing is paid */
    xe__settle(e);
    xe_x64_jmp_to(&e->a, e->now->body);
}

/* The jump taken where CTR has more than 32 bits. It isn't 0: the branch back was just taken. */
static uint8_t *check_counts(struct xe_emit *e)
{
    int ctr = e->g_host[G_CTR];

    xe_x64(&e->a, X64_MOV32, X64_RAX, x64_reg(ctr));
    xe_x64(&e->a, X64_CMP64, X64_RAX, x64_reg(ctr));
    return xe_x64_jcc(&e->a, X64_NE);
}

/* ---- the copies ------------------------------------------------------------------------------ */

/* The end of a pass that others follow. */
struct middle {
    uint8_t *out; /* displacement of the jump out of the loop */
    uint32_t ahead;
    struct xe_jit_known known;
    struct xe_jit_held held;
};

/* The passes, up to the branch at the end of the last. Returns the displacement of the jump that is
 * taken where the budget is short of them. */
static uint8_t *emit_passes(struct xe_emit *e, uint32_t passes, struct middle *middle)
{
    uint32_t words = e->now->words;
    uint8_t *brief;

    e->fused = -1;
    e->index.scaled = NO_REG;
    xe_x64_imm(&e->a, X64_SUB64_I, 0, x64_reg(R_BUDGET), (int32_t)(passes * words));
    brief = xe_x64_jcc(&e->a, X64_S);
    e->may_owe = true;
    for (uint32_t i = 0; i + 1 < passes; i++) {
        e->paid_ahead = words * (passes - 1 - i);
        xe__jit_words(e);
        middle[i].out = xe__jit_loop_exit(e);
        middle[i].ahead = e->paid_ahead;
        middle[i].known = e->known;
        middle[i].held = e->held;
    }
    e->paid_ahead = 0;
    xe__jit_words(e);
    e->may_owe = false;
    return brief;
}

static void leave_from(struct xe_emit *e, const struct middle *middle)
{
    xe_x64_land(&e->a, middle->out);
    refund(e, middle->ahead);
    e->known = middle->known;
    e->held = middle->held;
    leave_loop(e);
}

/* The longer loop, with `start` known at its head. Returns what is known at its end: the loop is
 * good where that is no less. */
static struct xe_jit_known emit_longer(struct xe_emit *e, struct xe_jit_known start)
{
    uint32_t passes = e->now->words > MANY_WORDS ? 2 : PASSES;
    uint8_t *wide = start.counts ? check_counts(e) : NULL;
    uint8_t *head = e->a.at, *brief, *again;
    struct xe_jit_known end;
    struct middle middle[PASSES - 1];

    e->known = start;
    brief = emit_passes(e, passes, middle);
    end = e->known;
    if (!same_known(start, both(start, end)))
        return end;
    xe__settle_but_formats(e);
    xe__jit_fpu_shape(e, start.single);
    again = xe__jit_loop_branch(e);
    if (!e->a.full)
        xe_x64_patch(again, head);
    leave_loop(e);
    for (uint32_t i = 0; i + 1 < passes; i++)
        leave_from(e, &middle[i]);
    go_to_first(e, brief, start, passes * e->now->words);
    if (wide)
        go_to_first(e, wide, start, 0);
    return end;
}

/* All copies, the longer loop with no more than `allowed` known at its head. false: that does not
 * hold at its end; less is allowed now. */
static bool try_loop(struct xe_emit *e, struct xe_jit_known *allowed)
{
    struct xe_jit_known start, end;
    uint8_t *again;

    xe__jit_nothing_known(e);
    xe__held_reset(e);
    xe__jit_payment(e);
    xe__jit_words(e);
    xe__settle_but_formats(e);
    xe__jit_fpu_shape(e, e->known.single & allowed->single);
    start = both(e->known, *allowed);
    start.counts = allowed->counts && counts_down(e);
    again = xe__jit_loop_branch(e);
    leave_loop(e);
    xe_x64_land(&e->a, again);
    end = both(start, emit_longer(e, start));
    if (same_known(start, end))
        return true;
    *allowed = end;
    return false;
}

void xe__jit_loop(struct xe_emit *e)
{
    struct xe_jit_known allowed = {UINT32_MAX, UINT32_MAX, RECORDED_ANY, true, true};
    uint8_t *at = e->a.at;
    uint32_t lates = e->lates, sites = e->sites, places = e->places;

    for (int i = 0; !try_loop(e, &allowed) && !e->a.full; i++) {
        if (i == 3)
            allowed = (struct xe_jit_known){0};
        e->a.at = at;
        e->lates = lates;
        e->sites = sites;
        e->places = places;
    }
}
