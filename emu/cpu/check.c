/* The checking engine's loop; see check.h. */
#include "cpu/check.h"

#include <string.h>

#include "base/alloc.h"
#include "cpu/jit/jit.h"

/* What a row means for a stretch. */
enum xe_check_kind {
    PLAIN,         /* registers only                              */
    ENDS,          /* never part of a stretch                     */
    SPECIAL,       /* mfspr: of the timebase it ends the stretch   */
    BRANCHES,      /* a stretch may end behind it                 */
    MEMORY,        /* and up: an access                           */
    AT_D = 1 << 3, /* how it addresses */
    AT_DS = 2 << 3,
    AT_A = 3 << 3,
    AT_X = 4 << 3,
    STORES = 1 << 6,
    WIDE = 1 << 7, /* up to a line, not 16 bytes */
    ADDRESSING = 7 << 3
};

static bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Class names tell memory rows apart but for vectors and cache blocks, whose names do. */
static bool accesses(const struct xe_ppc_insn *row, bool *ret_stores)
{
    bool block = has_prefix(row->name, "dcbz") || !strcmp(row->name, "dcbi");

    *ret_stores = row->class == XE_PPC_CLASS_STORE || has_prefix(row->name, "stv") || block;
    return *ret_stores || row->class == XE_PPC_CLASS_LOAD || !strcmp(row->name, "dcbf") ||
           !strcmp(row->name, "dcbst") ||
           (has_prefix(row->name, "lv") && !has_prefix(row->name, "lvs"));
}

static uint8_t kind_of(const struct xe_ppc_insn *row)
{
    int64_t unused;
    bool stores;
    uint8_t kind = MEMORY;

    if (row->class == XE_PPC_CLASS_BRANCH)
        return BRANCHES;
    if (!strcmp(row->name, "sc") || !strcmp(row->name, "mftb") || !strcmp(row->name, "icbi"))
        return ENDS;
    if (!strcmp(row->name, "mfspr"))
        return SPECIAL;
    if (!accesses(row, &stores))
        return PLAIN;
    kind |= xe_ppc_field(row, row->match, "D", &unused)    ? AT_D
            : xe_ppc_field(row, row->match, "DS", &unused) ? AT_DS
            : xe_ppc_field(row, row->match, "NB", &unused) ? AT_A
                                                           : AT_X;
    if (strstr(row->name, "mw") || has_prefix(row->name, "lsw") || has_prefix(row->name, "stsw") ||
        has_prefix(row->name, "dcbz"))
        kind |= WIDE;
    return kind | (stores ? STORES : 0);
}

struct xe_check *xe_check_create(void)
{
    struct xe_check *check = xe_calloc(1, sizeof(*check));

    for (uint32_t i = 0; check && i < XE_PPC_INSNS; i++)
        check->kind[i] = kind_of(&xe_ppc_insns[i]);
    return check;
}

void xe_check_destroy(struct xe_check *check)
{
    xe_free(check);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static xe_gva address_of(const struct xe_cpu *cpu, uint32_t word, uint8_t kind)
{
    switch (kind & ADDRESSING) {
    case AT_D:
        return (xe_gva)(xe_ppc_ra0(cpu, word) + (uint64_t)PPC_SI);
    case AT_DS:
        return (xe_gva)(xe_ppc_ra0(cpu, word) + (uint64_t)PPC_DS);
    case AT_A:
        return (xe_gva)xe_ppc_ra0(cpu, word);
    default:
        return xe_ppc_ea_x(cpu, word);
    }
}

/* Bytes it may access, at most. */
static uint32_t size_of(uint8_t kind)
{
    return kind & WIDE ? XE_CHECK_LINE : 16;
}

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
                 uint8_t kind)
{
    uint32_t size = size_of(kind);
    xe_gva at = address_of(cpu, word, kind);

    if (!xe_mem_can(engine->env.mem, at, size,
                    kind & STORES ? XE_MEM_FAST_WRITE : XE_MEM_FAST_READ))
        return false;
    if (kind & STORES) {
        keep_line(engine, at);
        keep_line(engine, at + size - 1);
    }
    return true;
}

bool xe__check_stores(const struct xe_cpu_engine *engine, const struct xe_cpu *cpu, xe_gva address)
{
    uint32_t word = xe_mem_u32(engine->env.mem, cpu->pc);
    const struct xe_ppc_insn *row = xe_ppc_decode(word);
    uint8_t kind = row ? engine->check->kind[row - xe_ppc_insns] : ENDS;
    xe_gva at;

    if (kind < MEMORY || !(kind & STORES))
        return false;
    at = address_of(cpu, word, kind);
    return ((at ^ address) & ~(XE_CHECK_LINE - 1)) == 0 ||
           (((at + size_of(kind) - 1) ^ address) & ~(XE_CHECK_LINE - 1)) == 0;
}

void xe__check_undo(struct xe_cpu_engine *engine)
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
    uint32_t spr = (word >> 16 & 31) | (word >> 6 & 0x3E0);

    return spr == 268 || spr == 269;
}

/* May the instruction at cpu->pc be part of a stretch? *ret_branches: may it be the last? */
static bool belongs(struct xe_cpu_engine *engine, const struct xe_cpu *cpu, bool *ret_branches)
{
    const struct xe_ppc_insn *row;
    uint32_t word;
    uint8_t kind;

    *ret_branches = false;
    if (!xe_mem_may_fetch(engine->env.mem, cpu->pc) ||
        (engine->marks && xe__engine_break_at(engine, cpu->pc)))
        return false;
    word = xe_load_be32(engine->env.mem->base + cpu->pc);
    row = xe_ppc_decode(word);
    if (!row)
        return false;
    kind = engine->check->kind[row - xe_ppc_insns];
    *ret_branches = kind == BRANCHES;
    if (kind >= MEMORY)
        return keep(engine, cpu, word, kind);
    return kind != ENDS && !(kind == SPECIAL && reads_timebase(word));
}

uint32_t xe__check_interpret(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t n)
{
    bool branches = false;
    uint32_t done = 0;

    while (done < n && !(branches && done >= XE_CHECK_STRETCH / 2)) {
        enum xe_ppc_next next;

        if (!belongs(engine, cpu, &branches))
            break;
        next = xe__engine_one(engine, cpu);
        if (next == XE_PPC_FAULT || next == XE_PPC_EXPORT)
            break;
        if (next == XE_PPC_NEXT)
            cpu->pc += 4;
        done++;
    }
    return done;
}

/* Translated code where there is some, for n instructions. */
static void run_translated(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t n)
{
    struct xe_ppc_env *env = &engine->env;
    uint64_t beyond = env->left - n;

    env->left = n;
    env->retires -= beyond;
    engine->check->running = true;
    xe__engine_mixed(engine, cpu);
    engine->check->running = false;
    env->left += beyond;
    env->retires += beyond;
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
    uint64_t left = engine->env.left;

    check->reached = false;
    memcpy(&check->right, &check->before, sizeof(*cpu));
    n = xe__check_interpret(engine, &check->right, n);
    if (!n)
        return 0;
    keep_right(engine);
    run_translated(engine, cpu, n);
    *ret_same = !check->reached && engine->env.left == left - n && xe__check_same(engine, cpu);
    return n;
}

/* The first n instructions came out otherwise. Redo just as many as it takes for that: the last of
 * them ends the block that is wrong. */
static uint32_t narrow(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t n, uint64_t left)
{
    bool same = true;

    for (uint32_t k = 1; k <= n; k++) {
        xe__check_undo(engine);
        memcpy(cpu, &engine->check->before, sizeof(*cpu));
        engine->env.left = left;
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
    what.address = xe__check_report(engine, cpu, n);
    what.word = xe_mem_u32(env->mem, what.address);
    memcpy(cpu, &engine->check->before, sizeof(*cpu));
    env->left = left;
    cpu->retired = env->retires - left;
    (void)env->host.exception(env->host.ctx, cpu, &what);
}

/* One stretch, or one instruction that is none. false: leave the run. */
static bool step(struct xe_cpu_engine *engine, struct xe_cpu *cpu)
{
    const struct xe_jit_counters *counters = xe_jit_counters(engine->jit);
    struct xe_check *check = engine->check;
    uint64_t left = engine->env.left, translated = counters->retired;
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
    while (engine->env.left && step(engine, cpu))
        ;
}
