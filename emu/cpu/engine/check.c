/* The checking engine's loop; see check.h. */
#include "cpu/engine/check.h"

#include <string.h>

#include "base/alloc.h"
#include "cpu/isa/access.h"
#include "jit/jit.h"

struct xe_check *xe_check_create(void)
{
    struct xe_check *check = xe_calloc(1, sizeof(*check));

    for (uint32_t i = 0; check && i < XE_PPC_INSNS; i++)
        check->clock[i] = xe_ppc_affects(&xe_ppc_insns[i], 'r', "TB");
    return check;
}

void xe_check_destroy(struct xe_check *check)
{
    xe_free(check);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void keep_line(struct xe_cpu_engine *engine, xe_gva at)
{
    struct xe_check *check = engine->check;
    struct xe_check_line *line;

    at &= ~(XE_CHECK_LINE - 1);
    for (uint32_t i = check->lines; i-- > 0;)
        if (check->line[i].address == at)
            return;
    line = &check->line[check->lines++];
    line->address = at;
    memcpy(line->old, engine->env.mem->base + at, XE_CHECK_LINE);
}

/* Is the access one to plain memory, with nobody to be told? What it may change is kept then. */
static bool keep(struct xe_cpu_engine *engine, const struct xe_cpu *cpu, uint32_t word,
                 const struct xe_ppc_insn *row)
{
    struct xe_ppc_reach reach = xe_ppc_reach(row, cpu, word);
    bool writes = xe_ppc_writes(row);
    uint8_t fast = writes ? XE_MEM_FAST_WRITE : XE_MEM_FAST_READ;

    if (!reach.size)
        return true;
    if (!xe_mem_can(engine->env.mem, reach.first, reach.size, fast))
        xe_mem_view(engine->env.mem, reach.first, reach.size); /* it may be in a frozen layer */
    if (!xe_mem_can(engine->env.mem, reach.first, reach.size, fast))
        return false;
    if (writes) {
        keep_line(engine, reach.first);
        keep_line(engine, reach.first + reach.size - 1);
    }
    return true;
}

bool xe__engine_check_stores(const struct xe_cpu_engine *engine, const struct xe_cpu *cpu,
                             xe_gva address)
{
    uint32_t word = xe_mem_u32(engine->env.mem, cpu->pc);
    const struct xe_ppc_insn *row = xe_ppc_decode(word);
    struct xe_ppc_reach reach;

    if (!row || !xe_ppc_writes(row))
        return false;
    reach = xe_ppc_reach(row, cpu, word);
    return reach.size && (((reach.first ^ address) & ~(XE_CHECK_LINE - 1)) == 0 ||
                          (((reach.first + reach.size - 1) ^ address) & ~(XE_CHECK_LINE - 1)) == 0);
}

void xe__engine_check_undo(struct xe_cpu_engine *engine)
{
    struct xe_check *check = engine->check;

    while (check->lines) { /* backwards: two lines may be mirrors of one */
        const struct xe_check_line *line = &check->line[--check->lines];

        xe_mem_code_flush(engine->env.mem, line->address, XE_CHECK_LINE);
        xe_mem_code_flush(engine->env.mem, line->address, XE_CHECK_LINE);
        memcpy(engine->env.mem->base + line->address, line->old, XE_CHECK_LINE);
    }
}

/* ---- a stretch ------------------------------------------------------------------------------- */

static bool reads_timebase(uint32_t word)
{
    uint32_t spr = PPC_SPR;

    return spr == 268 || spr == 269;
}

/* May the instruction at cpu->pc be part of a stretch? *ret_branches: may it be the last? */
static bool belongs(struct xe_cpu_engine *engine, const struct xe_cpu *cpu, bool *ret_branches)
{
    const struct xe_ppc_insn *row;
    uint32_t word;

    *ret_branches = false;
    if (!xe_mem_may_fetch(engine->env.mem, cpu->pc) ||
        (engine->marks && xe__engine_break_at(engine, cpu->pc)))
        return false;
    word = xe_load_be32(engine->env.mem->base + cpu->pc);
    row = xe_ppc_decode(word);
    if (!row)
        return false;
    *ret_branches = row->end == XE_PPC_END_BRANCH;
    if (row->end == XE_PPC_END_LEAVE || row->memory.access == XE_PPC_ACCESS_FLUSH ||
        (engine->check->clock[row - xe_ppc_insns] && reads_timebase(word)))
        return false;
    return row->memory.access == XE_PPC_ACCESS_NONE || keep(engine, cpu, word, row);
}

uint32_t xe__engine_check_interpret(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t n)
{
    struct xe_meter meter = engine->env.meter; /* this is done once more, and counted then */
    bool branches = false;
    uint32_t done = 0;

    while (done < n && !(branches && done >= XE_CHECK_STRETCH / 2)) {
        enum xe_ppc_next next;

        if (!belongs(engine, cpu, &branches))
            break;
        next = xe__engine_one(engine, cpu);
        if (!xe_ppc_retire(&engine->env, cpu, next))
            break;
        done++;
    }
    engine->env.meter = meter;
    return done;
}

/* Translated code where there is some, for n instructions. */
static void run_translated(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t n)
{
    struct xe_ppc_env *env = &engine->env;
    struct xe_meter all = env->meter;

    xe_meter_cut(&env->meter, n);
    engine->check->running = true;
    xe__engine_mixed(engine, cpu);
    engine->check->running = false;
    env->meter = (struct xe_meter){.left = all.end - xe_meter_retired(&env->meter), .end = all.end};
}

static void keep_right(struct xe_cpu_engine *engine)
{
    struct xe_check *check = engine->check;
    const uint8_t *base = engine->env.mem->base;

    for (uint32_t i = 0; i < check->lines; i++)
        memcpy(check->line[i].right, base + check->line[i].address, XE_CHECK_LINE);
    for (uint32_t i = check->lines; i-- > 0;)
        memcpy(engine->env.mem->base + check->line[i].address, check->line[i].old, XE_CHECK_LINE);
}

/* From check->before on, at most n instructions by both engines. Returns how many it were; the
 * result is cpu's. */
static uint32_t attempt(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t n,
                        bool *ret_same)
{
    struct xe_check *check = engine->check;
    uint64_t left = engine->env.meter.left;

    check->reached = false;
    memcpy(&check->right, &check->before, sizeof(*cpu));
    n = xe__engine_check_interpret(engine, &check->right, n);
    if (!n)
        return 0;
    keep_right(engine);
    run_translated(engine, cpu, n);
    *ret_same =
        !check->reached && engine->env.meter.left == left - n && xe__engine_check_same(engine, cpu);
    return n;
}

/* The first n instructions came out otherwise. Redo just as many as it takes for that: the last of
 * them ends the block that is wrong. */
static uint32_t narrow(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t n, uint64_t left)
{
    bool same = true;

    for (uint32_t k = 1; k <= n; k++) {
        xe__engine_check_undo(engine);
        memcpy(cpu, &engine->check->before, sizeof(*cpu));
        engine->env.meter.left = left;
        if (attempt(engine, cpu, k, &same) != k || !same)
            return k;
    }
    return n; /* it does not happen again: a translation made anew meanwhile */
}

/* Nothing of the stretch stays but the complaint. */
static void complain(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t n, uint64_t left)
{
    struct xe_ppc_env *env = &engine->env;
    struct xe_cpu_exception what = {.kind = XE_CPU_EXC_MISMATCH, .text = engine->check->text};

    n = narrow(engine, cpu, n, left);
    what.address = xe__engine_check_report(engine, cpu, n);
    what.word = xe_mem_u32(env->mem, what.address);
    memcpy(cpu, &engine->check->before, sizeof(*cpu));
    env->meter.left = left;
    cpu->retired = xe_meter_retired(&env->meter);
    (void)env->host.exception(env->host.ctx, cpu, &what);
}

/* One stretch, or one instruction that is none. false: leave the run. */
static bool step(struct xe_cpu_engine *engine, struct xe_cpu *cpu)
{
    const struct xe_jit_counters *counters = xe_jit_counters(engine->jit);
    struct xe_check *check = engine->check;
    uint64_t left = engine->env.meter.left, translated = counters->retired;
    bool same = true;
    uint32_t n;

    check->lines = 0;
    memcpy(&check->before, cpu, sizeof(*cpu));
    n = attempt(engine, cpu, left < XE_CHECK_STRETCH ? (uint32_t)left : XE_CHECK_STRETCH, &same);
    if (!n)
        return xe__engine_interpret(engine, cpu, 1);
    if (same)
        check->instructions += counters->retired - translated;
    else
        complain(engine, cpu, n, left);
    return same;
}

void xe_check_run(struct xe_cpu_engine *engine, struct xe_cpu *cpu)
{
    while (engine->env.meter.left && step(engine, cpu))
        ;
}
