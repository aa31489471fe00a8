/* Loops of one block, which is where the time goes.
 *
 * Such a loop is made several times over. The first copy does the first pass; at its end holds what
 * the plan says is known at the head of the others, which rely on that. They follow each other in
 * one longer loop that pays for all its passes at once, adds constants to pointers once
 * (deferred.h), and need not write records that the next pass replaces. Each pass can leave at its
 * end, with a refund.
 */
#include <assert.h>

#include "jit/emit.h"

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
    xe__jit_do_deferred(e);
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
    xe__jit_do_deferred(e);
    xe_x64_jmp_to(&e->a, e->body[e->now - e->scan->block]);
}

/* The jump taken where CTR has more than 32 bits. It isn't 0: the branch back was just taken. */
static uint8_t *check_counts(struct xe_emit *e)
{
    int ctr = e->homes->g[G_CTR];

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
    struct xe_jit_putting_off off;
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
    e->may_defer_adds = true;
    for (uint32_t i = 0; i + 1 < passes; i++) {
        e->paid_ahead = words * (passes - 1 - i);
        xe__jit_words(e);
        middle[i].out = xe__jit_loop_exit(e);
        middle[i].ahead = e->paid_ahead;
        middle[i].known = e->known;
        middle[i].off = e->off;
    }
    e->paid_ahead = 0;
    xe__jit_words(e);
    e->may_defer_adds = false;
    return brief;
}

static void leave_from(struct xe_emit *e, const struct middle *middle)
{
    xe_x64_land(&e->a, middle->out);
    refund(e, middle->ahead);
    e->known = middle->known;
    e->off = middle->off;
    leave_loop(e);
}

/* What the plan foresaw holds at the end of the longer loop. */
static void expect(struct xe_emit *e, struct xe_jit_known start)
{
    bool holds = xe__jit_known_same(start, xe__jit_known_both(start, e->known));

#ifdef XE_DEBUG_CHECKS
    assert(holds);
#endif
    e->failed |= !holds;
}

static void emit_longer(struct xe_emit *e, const struct xe_jit_loop *loop)
{
    uint8_t *wide = loop->start.counts ? check_counts(e) : NULL;
    uint8_t *head = e->a.at, *brief, *again;
    struct middle middle[PASSES_MAX - 1];

    e->known = loop->start;
    brief = emit_passes(e, loop->passes, middle);
    expect(e, loop->start);
    xe__jit_do_deferred_but_formats(e);
    xe__jit_fpu_shape(e, loop->start.single);
    again = xe__jit_loop_branch(e);
    if (!e->a.full)
        xe_x64_patch(again, head);
    leave_loop(e);
    for (uint32_t i = 0; i + 1 < loop->passes; i++)
        leave_from(e, &middle[i]);
    go_to_first(e, brief, loop->start, loop->passes * e->now->words);
    if (wide)
        go_to_first(e, wide, loop->start, 0);
}

void xe__jit_loop(struct xe_emit *e, const struct xe_jit_loop *loop)
{
    uint8_t *again;

    xe__jit_payment(e);
    xe__jit_words(e);
    xe__jit_do_deferred_but_formats(e);
    xe__jit_fpu_shape(e, e->known.single & loop->start.single);
    again = xe__jit_loop_branch(e);
    leave_loop(e);
    xe_x64_land(&e->a, again);
    emit_longer(e, loop);
}
