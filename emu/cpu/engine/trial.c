/* Trials: see trial.h. */
#include "cpu/trial.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cpu/isa/access.h"
#include "cpu/isa/decode.h"

#define LINE   128u                  /* what dcbz clears */
#define SLOTS  (2u * XE_TRIAL_READS) /* a power of two */
#define ROUNDS 4096u                 /* times that it comes by until that is enough */

struct line {
    xe_gva address; /* canonical */
    uint8_t old[LINE];
};

/* Places that were accessed: a hash table that is never full. */
struct places {
    struct xe_trial_read slot[SLOTS]; /* size 0: empty */
    uint32_t used;
};

struct trying {
    struct xe_ppc_env env;
    struct xe_cpu cpu;  /* the copy                              */
    struct xe_cpu from; /* what it is compared with              */
    uint64_t begun;     /* when that was: env.meter.left               */
    const struct xe_trial_host *host;
    struct xe_trial *trial;
    struct line line[XE_TRIAL_LINES];
    uint32_t lines;
    uint8_t before[LINE]; /* what is there before a store */
    struct places loads, stores;
    uint32_t rounds;
    int32_t depth, least; /* calls that it is in; in the function that comes by */
    bool conditional;     /* a store that depends on a reservation was tried    */
};

/* ---- places ---------------------------------------------------------------------------------- */

/* false: there are too many. */
static bool note(struct places *places, xe_gva address, uint32_t size)
{
    uint32_t at = (address * 0x9E3779B1u) >> 16;
    struct xe_trial_read *slot;

    for (;; at++) {
        slot = &places->slot[at % SLOTS];
        if (!slot->size)
            break;
        if (slot->address == address && slot->size >= size)
            return true;
    }
    if (places->used == XE_TRIAL_READS)
        return false;
    places->used++;
    *slot = (struct xe_trial_read){address, size};
    return true;
}

static bool overlap(const struct xe_trial_read *a, const struct xe_trial_read *b)
{
    return a->size && b->size &&
           (a->address - b->address < b->size || b->address - a->address < a->size);
}

static bool is_own(const struct trying *t, const struct xe_trial_read *read)
{
    for (uint32_t i = 0; i < SLOTS; i++)
        if (overlap(&t->stores.slot[i], read))
            return true;
    return false;
}

static int by_address(const void *a, const void *b)
{
    const struct xe_trial_read *x = a, *y = b;

    return (x->address > y->address) - (x->address < y->address);
}

static void tell_reads(struct trying *t)
{
    struct xe_trial *trial = t->trial;

    for (uint32_t i = 0; i < SLOTS; i++)
        if (t->loads.slot[i].size && !is_own(t, &t->loads.slot[i]))
            trial->read[trial->reads++] = t->loads.slot[i];
    if (trial->reads > 1)
        qsort(trial->read, trial->reads, sizeof(trial->read[0]), by_address);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static bool keep_line(struct trying *t, xe_gva at)
{
    at = xe_mem_canonical(at) & ~(LINE - 1);
    for (uint32_t i = t->lines; i-- > 0;)
        if (t->line[i].address == at)
            return true;
    if (t->lines == XE_TRIAL_LINES || !xe_mem_view(t->env.mem, at, LINE))
        return false;
    t->line[t->lines].address = at;
    memcpy(t->line[t->lines++].old, t->env.mem->base + at, LINE);
    return true;
}

static void put_back(struct trying *t)
{
    while (t->lines) {
        const struct line *line = &t->line[--t->lines];

        if (memcmp(t->env.mem->base + line->address, line->old, LINE) != 0)
            xe_mem_write(t->env.mem, line->address, line->old, LINE);
    }
}

static bool is_unchanged(const struct trying *t)
{
    for (uint32_t i = 0; i < t->lines; i++)
        if (memcmp(t->env.mem->base + t->line[i].address, t->line[i].old, LINE) != 0)
            return false;
    return true;
}

static bool in_stack(const struct trying *t, xe_gva at)
{
    return at >= t->host->stack_first && at <= t->host->stack_last;
}

/* Before a store: what it may change is kept. false: too much. A fault comes by itself. */
static bool before_store(struct trying *t, const struct xe_ppc_reach *reach)
{
    if (!xe_mem_view(t->env.mem, reach->first, reach->size))
        return true;
    if (reach->size <= sizeof(t->before))
        memcpy(t->before, xe_mem_view(t->env.mem, reach->first, reach->size), reach->size);
    return keep_line(t, reach->first) && keep_line(t, reach->first + reach->size - 1);
}

static bool changed(const struct trying *t, const uint8_t *now, uint32_t size)
{
    return size > sizeof(t->before) || memcmp(now, t->before, size) != 0;
}

static bool is_watched(const struct trying *t, const struct xe_ppc_reach *reach)
{
    const struct xe_trial_read stored = {xe_mem_canonical(reach->first), reach->size};

    for (uint32_t i = 0; i < t->host->watches; i++) {
        const struct xe_trial_read *it = &t->host->watch[i];

        if (overlap(&(struct xe_trial_read){xe_mem_canonical(it->address), it->size}, &stored))
            return true;
    }
    return false;
}

/* Behind it: did it change anything, and that others can see? What a loop stores as it was, such as
 * the word of a lock that is taken, it still waits for. */
static void after_store(struct trying *t, const struct xe_ppc_reach *reach)
{
    const uint8_t *now = xe_mem_view(t->env.mem, reach->first, reach->size);

    if (now && (in_stack(t, reach->first) || changed(t, now, reach->size)))
        note(&t->stores, reach->first, reach->size);
    if (now && changed(t, now, reach->size))
        t->trial->hits |= is_watched(t, reach);
    if (!in_stack(t, reach->first) && !t->trial->writes)
        t->trial->writes = !is_unchanged(t);
}

/* ---- one instruction ------------------------------------------------------------------------- */

/* The function that comes by is the one that was called least; its instructions are told. */
static void follow(struct trying *t, xe_gva pc, uint32_t word, const struct xe_ppc_insn *row)
{
    struct xe_trial *trial = t->trial;

    if (t->depth < t->least) {
        t->least = t->depth;
        trial->first = trial->last = pc;
    }
    if (t->depth == t->least) {
        trial->first = pc < trial->first ? pc : trial->first;
        trial->last = pc > trial->last ? pc : trial->last;
    }
    if (row->end != XE_PPC_END_BRANCH || t->cpu.pc == pc + 4)
        return;
    if (word & 1)
        t->depth++;
    else if (row == xe_ppc_decode(XE_CPU_WORD_BLR))
        t->depth--;
}

static bool answer(struct trying *t)
{
    xe_gva entry = t->cpu.pc;

    (void)xe_ppc_retire(&t->env, &t->cpu, XE_PPC_NEXT);
    t->trial->answers++;
    return t->host->answer && t->host->answer(t->host->ctx, &t->cpu, entry);
}

static bool execute(struct trying *t, uint32_t word, const struct xe_ppc_insn *row)
{
    xe_gva pc = t->cpu.pc;
    enum xe_ppc_next next;

    t->conditional |= row->memory.access == XE_PPC_ACCESS_CONDITIONAL;
    next = row->exec(&t->env, &t->cpu, word);
    if (!xe_ppc_retire(&t->env, &t->cpu, next) && (next != XE_PPC_EXPORT || !answer(t)))
        return false;
    follow(t, pc, word, row);
    return true;
}

/* false: the trial is over, its end is told. */
static bool step(struct trying *t)
{
    struct xe_ppc_reach reach = {0};
    const struct xe_ppc_insn *row = NULL;
    uint32_t word = 0;
    bool writes;

    if (xe_mem_view(t->env.mem, t->cpu.pc, 4) && xe_mem_may_fetch(t->env.mem, t->cpu.pc)) {
        word = xe_load_be32(t->env.mem->base + t->cpu.pc);
        row = xe_ppc_decode(word);
    }
    t->trial->end = XE_TRIAL_LEAVES;
    if (!row)
        return false;
    writes = xe_ppc_writes(row);
    if (row->memory.access != XE_PPC_ACCESS_NONE)
        reach = xe_ppc_reach(row, &t->cpu, word);
    if (reach.size &&
        !(writes ? before_store(t, &reach) : note(&t->loads, reach.first, reach.size))) {
        t->trial->end = XE_TRIAL_WORKS;
        return false;
    }
    if (!execute(t, word, row))
        return false;
    if (reach.size && writes)
        after_store(t, &reach);
    t->trial->end = XE_TRIAL_WORKS;
    return true;
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* But for what is of the run at hand, and the reservation. */
static bool same_registers(const struct xe_cpu *a, const struct xe_cpu *b)
{
    return memcmp(a, b, offsetof(struct xe_cpu, reserve_valid)) == 0;
}

static bool same_reservation(const struct xe_cpu *a, const struct xe_cpu *b)
{
    return a->reserve_valid == b->reserve_valid && a->reserve_address == b->reserve_address &&
           a->reserve_value == b->reserve_value;
}

static void note_changes(struct trying *t)
{
    for (uint32_t i = 0; i < 32; i++)
        if (t->cpu.gpr[i] != t->from.gpr[i])
            t->trial->changes |= 1u << i;
}

/* It has come by. false: that is enough. The registers to compare with are taken anew from time to
 * time (a turn's end loses a reservation, which a loop then makes again); the memory is always that
 * of the beginning, so nothing was done before that. */
static bool compare(struct trying *t)
{
    struct xe_trial *trial = t->trial;

    if (!is_unchanged(t))
        return true;
    if (!trial->clock && same_registers(&t->cpu, &t->from) &&
        (!t->conditional || same_reservation(&t->cpu, &t->from))) {
        trial->end = XE_TRIAL_RECURS;
        return false;
    }
    note_changes(t);
    if (++t->rounds == ROUNDS) {
        trial->end = XE_TRIAL_CIRCLES;
        return false;
    }
    if (!(t->rounds & (t->rounds - 1))) {
        memcpy(&t->from, &t->cpu, sizeof(t->from));
        t->begun = t->env.meter.left;
        trial->changes = 0;
    }
    return true;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static uint64_t timebase(void *ctx, struct xe_cpu *cpu)
{
    struct trying *t = ctx;

    t->trial->clock = true;
    return t->host->timebase(t->host->ctx, cpu);
}

static void run(struct trying *t)
{
    t->begun = t->env.meter.left;
    while (t->env.meter.left && step(t))
        if (t->cpu.pc == t->from.pc && !compare(t))
            break;
    if (t->trial->end == XE_TRIAL_RECURS)
        t->trial->period = t->begun - t->env.meter.left;
}

bool xe_cpu_try(struct xe_mem *mem, const struct xe_cpu *cpu, const struct xe_trial_host *host,
                struct xe_trial *ret)
{
    struct trying *t = xe_calloc(1, sizeof(*t));

    *ret = (struct xe_trial){.end = XE_TRIAL_WORKS, .first = cpu->pc, .last = cpu->pc};
    if (!t)
        return false;
    t->env = (struct xe_ppc_env){.mem = mem,
                                 .host = {.ctx = t, .timebase = timebase},
                                 .meter = {XE_TRIAL_STEPS, cpu->retired + XE_TRIAL_STEPS}};
    memcpy(&t->cpu, cpu, sizeof(t->cpu));
    memcpy(&t->from, cpu, sizeof(t->from));
    t->host = host;
    t->trial = ret;
    xe_mem_aside(mem, true);
    run(t);
    put_back(t);
    xe_mem_aside(mem, false);
    if (ret->end == XE_TRIAL_RECURS || ret->end == XE_TRIAL_CIRCLES)
        tell_reads(t);
    xe_free(t);
    return true;
}
