/* Homes of guest registers, and loops of one block. */
#include "jit/plan.h"

#include <string.h>

#include "jit/emit_rows.h"

#define MANY_WORDS 12u /* a loop's block with more has fewer passes in a row */

/* ---- homes ---------------------------------------------------------------------------------- */

/* Give the host registers to the guest registers named most. */
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

/* In a loop: registers that it names take the place of such as it doesn't, or less. false: it has
 * all it wants. */
static bool reassign(const uint32_t *uses, int8_t *host, uint32_t n)
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

static void plan_homes(struct xe_jit_plan *plan, const struct xe_jit_scan *scan)
{
    static const int8_t g_pool[] = {X64_RBX, X64_RSI, X64_RDI, X64_R8,  X64_R9,
                                    X64_R10, X64_R11, X64_R12, X64_R13, X64_R14};
    static const int8_t f_pool[] = {5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    struct xe_jit_homes *all = &plan->homes[0];
    uint32_t set[LOOPS_MAX] = {0};

    memset(all, NO_REG, sizeof(*all));
    assign(scan->uses[0].g, all->g, GS_N, g_pool, sizeof(g_pool));
    assign(scan->uses[0].f, all->f, FS_N, f_pool, sizeof(f_pool));
    plan->sets = 1;
    for (uint32_t loop = 1; loop < scan->loops; loop++) {
        struct xe_jit_homes *own = &plan->homes[plan->sets];
        bool g, f;

        *own = *all;
        g = reassign(scan->uses[loop].g, own->g, GS_N);
        f = reassign(scan->uses[loop].f, own->f, FS_N);
        if (g || f)
            set[loop] = plan->sets++;
    }
    for (uint32_t i = 0; i < scan->blocks; i++)
        plan->home[i] = set[scan->block[i].loop];
}

/* ---- what is known --------------------------------------------------------------------------- */

struct xe_jit_known xe__jit_known_both(struct xe_jit_known a, struct xe_jit_known b)
{
    return (struct xe_jit_known){
        .single = a.single & (b.single | b.exact),
        .exact = a.exact & (b.single | b.exact),
        .recorded = a.recorded == b.recorded ? a.recorded : 0,
        .checked = a.checked & b.checked,
        .counts = a.counts && b.counts,
    };
}

bool xe__jit_known_same(struct xe_jit_known a, struct xe_jit_known b)
{
    return a.single == b.single && a.exact == b.exact && a.recorded == b.recorded &&
           a.checked == b.checked && a.counts == b.counts;
}

/* A word on its way through the plan. */
struct step {
    struct xe_jit_known *known;
    const struct xe_jit_homes *homes;
    const struct xe_jit_row *row;
    const struct xe_ppc_insn *insn;
    uint32_t word;
};

static bool at_home(const struct step *s, uint32_t r)
{
    return s->homes->f[r] != NO_REG;
}

static void take_operand(const struct step *s, uint32_t r, bool single)
{
    if (single)
        xe__known_single(s->known, r, at_home(s, r));
    else
        xe__known_double(s->known, r);
}

static void put_result(const struct step *s, bool single, bool exact)
{
    uint32_t r = xe_ppc_rt(s->word);

    if (single && at_home(s, r))
        xe__known_single(s->known, r, true);
    else
        xe__known_put(s->known, r, single || exact);
}

/* Arithmetic with frA, frB and frC, as FPU_OPERANDS tells; its record is the newest. */
static void step_arithmetic(const struct step *s)
{
    const uint32_t operand[] = {xe_ppc_ra(s->word), xe_ppc_rb(s->word), xe_ppc_rc_reg(s->word)};
    bool single = s->row->arg & FPU_SINGLE;

    for (uint32_t i = 0; i < 3; i++)
        if (FPU_OPERANDS(s->row->arg) >> i & 1)
            take_operand(s, operand[i], single);
    s->known->checked = true;
    s->known->recorded = s->word;
    put_result(s, single, false);
}

/* Those that take frB in double format. */
static void step_from_double(const struct step *s)
{
    uint32_t b = xe_ppc_rb(s->word);
    bool to_single =
        s->row->emit == xe__jit_emit_reciprocal || s->row->emit == xe__jit_emit_round_single;
    bool exact = s->row->emit == xe__jit_emit_rsqrt && xe__known_is_exact(s->known, b);

    take_operand(s, b, false);
    s->known->checked = true;
    s->known->recorded = s->row->emit == xe__jit_emit_to_int ? 0 : s->word;
    put_result(s, to_single, exact);
}

static void step_compare(const struct step *s)
{
    uint32_t a = xe_ppc_ra(s->word), b = xe_ppc_rb(s->word);

    if (!xe__known_is_single(s->known, a) || !xe__known_is_single(s->known, b)) {
        take_operand(s, a, false);
        take_operand(s, b, false);
    }
    s->known->checked = true;
    s->known->recorded = 0;
}

static void step_select(const struct step *s)
{
    uint32_t b = xe_ppc_rb(s->word), c = xe_ppc_rc_reg(s->word);
    bool single = xe__known_is_single(s->known, b) && xe__known_is_single(s->known, c),
         exact = xe__known_is_exact(s->known, b) && xe__known_is_exact(s->known, c);

    if (!single) {
        take_operand(s, b, false);
        take_operand(s, c, false);
    }
    put_result(s, single, exact);
}

static void step_sign(const struct step *s)
{
    uint32_t b = xe_ppc_rb(s->word);

    put_result(s, xe__known_is_single(s->known, b), xe__known_is_exact(s->known, b));
}

static void step_load(const struct step *s)
{
    put_result(s, s->insn->memory.size == 4, false);
}

static void step_store(const struct step *s)
{
    bool single = s->insn->memory.size == 4 && !(s->row->arg & MEM_WORD);

    if (!single || !xe__known_is_single(s->known, xe_ppc_rt(s->word)))
        take_operand(s, xe_ppc_rt(s->word), false);
}

static void step_special(const struct step *s)
{
    if (xe_ppc_spr(s->word) == XE_JIT_SPR_CTR)
        s->known->counts = false;
}

/* Emitters that change what is known; all others leave it. */
static const struct {
    xe_jit_emit *emit;
    void (*step)(const struct step *s);
} steps[] = {
    {xe__jit_emit_arithmetic, step_arithmetic},
    {xe__jit_emit_multiply_add, step_arithmetic},
    {xe__jit_emit_reciprocal, step_from_double},
    {xe__jit_emit_rsqrt, step_from_double},
    {xe__jit_emit_round_single, step_from_double},
    {xe__jit_emit_to_int, step_from_double},
    {xe__jit_emit_from_int, step_from_double},
    {xe__jit_emit_compare, step_compare},
    {xe__jit_emit_select, step_select},
    {xe__jit_emit_sign, step_sign},
    {xe__jit_emit_load_float, step_load},
    {xe__jit_emit_store_float, step_store},
    {xe__jit_emit_mtspr, step_special},
};

static void step(const struct step *s)
{
    for (uint32_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (steps[i].emit == s->row->emit)
            steps[i].step(s);
}

/* ---- loops ----------------------------------------------------------------------------------- */

/* What is known at the end of a pass through the block, with `known` at its head. */
static struct xe_jit_known pass(const struct xe_jit_scan *scan, const struct xe_jit_block *block,
                                const struct xe_jit_homes *homes, struct xe_jit_known known)
{
    for (uint32_t i = 0; i + 1 < block->words; i++) { /* the last is the branch */
        uint32_t pc = block->pc + 4 * i, word = xe__jit_word_at(scan->jit, pc);
        const struct xe_ppc_insn *insn = xe_ppc_decode(word);
        struct step s = {&known, homes, &xe_jit_rows[insn - xe_ppc_insns], insn, word};

        if (xe__jit_way(scan->jit, insn, word, pc) == WAY_CALL)
            known = (struct xe_jit_known){0};
        else
            step(&s);
    }
    return known;
}

/* Does the loop's branch go back while CTR isn't 0, with CTR in a host register? */
static bool counts_down(const struct xe_jit_scan *scan, const struct xe_jit_block *block,
                        const struct xe_jit_homes *homes)
{
    uint32_t word = xe__jit_word_at(scan->jit, block->pc + 4 * (block->words - 1));

    return (xe_ppc_bo(word) & 0x16) == 0x10 && homes->g[G_CTR] != NO_REG;
}

/* The most that holds each time around: what a first pass leaves, less what later ones spoil. Each
 * round knows less than the one before, so it ends. */
static struct xe_jit_loop plan_loop(const struct xe_jit_scan *scan,
                                    const struct xe_jit_block *block,
                                    const struct xe_jit_homes *homes)
{
    struct xe_jit_loop loop = {.passes = block->words > MANY_WORDS ? 2 : PASSES_MAX};
    struct xe_jit_known before;

    loop.start = pass(scan, block, homes, (struct xe_jit_known){0});
    loop.start.counts = counts_down(scan, block, homes);
    do {
        struct xe_jit_known end = before = loop.start;

        for (uint32_t i = 0; i < loop.passes; i++)
            end = pass(scan, block, homes, end);
        loop.start = xe__jit_known_both(before, end);
    } while (!xe__jit_known_same(before, loop.start));
    return loop;
}

void xe__jit_plan(struct xe_jit_plan *plan, const struct xe_jit_scan *scan)
{
    plan_homes(plan, scan);
    for (uint32_t i = 0; i < scan->blocks; i++) {
        const struct xe_jit_block *block = &scan->block[i];

        plan->loop[i] = xe__jit_is_loop(scan, block)
                            ? plan_loop(scan, block, &plan->homes[plan->home[i]])
                            : (struct xe_jit_loop){0};
    }
}
