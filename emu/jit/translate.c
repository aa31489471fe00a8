/* A region's code: its blocks by address, then what is off the straight path. */
#include <string.h>

#include "base/alloc.h"
#include "jit/jit_internal.h"

/* ---- growing arrays -------------------------------------------------------------------------- */

bool xe__jit_room(struct xe_emit *e, void **array, uint32_t count, uint32_t *have, size_t size)
{
    void *grown;

    if (count < *have)
        return true;
    grown = xe_reallocarray(*array, *have ? *have * 2 : 64, size);
    if (!grown) {
        e->failed = true;
        return false;
    }
    *have = *have ? *have * 2 : 64;
    *array = grown;
    return true;
}

void xe__jit_late(struct xe_emit *e, enum xe_jit_late_kind kind, uint8_t *from, uint32_t pc,
                  uint32_t count)
{
    if (xe__jit_room(e, (void **)&e->late, e->lates, &e->late_room, sizeof(*e->late)))
        e->late[e->lates++] = (struct xe_jit_late){.kind = kind,
                                                   .from = from,
                                                   .pc = pc,
                                                   .count = count,
                                                   .debt = xe__debt_note(e),
                                                   .plan = e->plan_now};
}

static uint32_t offset_of(const struct xe_emit *e, const uint8_t *at)
{
    return (uint32_t)(at - e->jit->write);
}

void xe__jit_site(struct xe_emit *e)
{
    if (!e->measuring &&
        xe__jit_room(e, (void **)&e->site, e->sites, &e->site_room, sizeof(*e->site)))
        e->site[e->sites++] = (struct xe_jit_site){.at = offset_of(e, e->a.at),
                                                   .pc = e->pc,
                                                   .refund = xe__jit_refund(e),
                                                   .debt = xe__debt_note(e),
                                                   .plan = (uint8_t)e->plan_now,
                                                   .flushing = e->flushing};
}

static void note_place(struct xe_emit *e, uint32_t pc, enum xe_jit_what what)
{
    if (!e->measuring &&
        xe__jit_room(e, (void **)&e->place, e->places, &e->place_room, sizeof(*e->place)))
        e->place[e->places++] = (struct xe_jit_place){.at = offset_of(e, e->a.at), .pc = pc | what};
}

void xe__jit_interpret_if(struct xe_emit *e, enum xe_x64_cc cc)
{
    xe__jit_late(e, LATE_INTERPRET, xe_x64_jcc(&e->a, cc), e->pc, xe__jit_refund(e));
}

/* ---- registers in and out -------------------------------------------------------------------- */

static void load_g(struct xe_emit *e, uint32_t r, int host)
{
    xe_x64(&e->a, X64_MOV64, host, x64_host(R_CPU, xe__g_offset(r)));
}

static void load_f(struct xe_emit *e, uint32_t r, int host)
{
    xe_x64(&e->a, r < F_VR ? X64_VMOVSD : X64_VMOVUPS, host, x64_host(R_CPU, xe__f_offset(r)));
}

static void store_g(struct xe_emit *e, uint32_t r)
{
    xe_x64(&e->a, X64_MOV64_ST, e->g_host[r], x64_host(R_CPU, xe__g_offset(r)));
}

static void store_f(struct xe_emit *e, uint32_t r)
{
    xe_x64(&e->a, r < F_VR ? X64_VMOVSD_ST : X64_VMOVUPS_ST, e->f_host[r],
           x64_host(R_CPU, xe__f_offset(r)));
}

static void load_all(struct xe_emit *e)
{
    for (uint32_t r = 0; r < GS_N; r++)
        if (e->g_host[r] != NO_REG)
            load_g(e, r, e->g_host[r]);
    for (uint32_t r = 0; r < FS_N; r++)
        if (e->f_host[r] != NO_REG)
            load_f(e, r, e->f_host[r]);
}

void xe__jit_store_all(struct xe_emit *e)
{
    for (uint32_t r = 0; r < GS_N; r++)
        if (e->g_host[r] != NO_REG && e->g_written[r])
            store_g(e, r);
    for (uint32_t r = 0; r < FS_N; r++)
        if (e->f_host[r] != NO_REG && e->f_written[r])
            store_f(e, r);
}

/* Registers are where plan k says from here on: no code. */
static void use_plan(struct xe_emit *e, uint32_t k)
{
    e->plan_now = k;
    memcpy(e->g_host, e->plan[k].g_host, sizeof(e->g_host));
    memcpy(e->f_host, e->plan[k].f_host, sizeof(e->f_host));
    xe__held_reset(e);
}

/* Move them there: what the other plan has no host register for is stored, then what this one had
 * none for is loaded. A register that both know stays where it is. */
static void change_plan(struct xe_emit *e, uint32_t k)
{
    const struct xe_jit_plan *to = &e->plan[k];

    for (uint32_t r = 0; r < GS_N; r++)
        if (e->g_host[r] != NO_REG && to->g_host[r] == NO_REG && e->g_written[r])
            store_g(e, r);
    for (uint32_t r = 0; r < FS_N; r++)
        if (e->f_host[r] != NO_REG && to->f_host[r] == NO_REG && e->f_written[r])
            store_f(e, r);
    for (uint32_t r = 0; r < GS_N; r++)
        if (e->g_host[r] == NO_REG && to->g_host[r] != NO_REG)
            load_g(e, r, to->g_host[r]);
    for (uint32_t r = 0; r < FS_N; r++)
        if (e->f_host[r] == NO_REG && to->f_host[r] != NO_REG)
            load_f(e, r, to->f_host[r]);
}

static void set_pc(struct xe_emit *e, uint32_t pc)
{
    xe_x64_imm(&e->a, X64_MOV32_I, 0, CPU_FIELD(pc), (int32_t)pc);
}

static void leave(struct xe_emit *e, enum xe_jit_leave why)
{
    xe_x64_mov_imm(&e->a, X64_RAX, why);
    xe_x64_jmp_to(&e->a, e->jit->write + e->jit->leave);
}

/* ---- single instructions --------------------------------------------------------------------- */

void xe__jit_nothing_known(struct xe_emit *e)
{
    e->known = (struct xe_jit_known){0};
}

void xe__jit_call(struct xe_emit *e)
{
    if (e->flushing) { /* not in C code, nor where FPRs are converted for it */
        xe__v_flush_end(e);
        e->flushing = false;
    }
    xe__settle(e);
    xe__jit_store_all(e);
    set_pc(e, e->pc);
    xe_x64_mov_imm(&e->a, X64_RSI, e->word);
    xe_x64_mov_imm(&e->a, X64_RDX, xe__jit_refund(e));
    xe_x64_mov_imm(&e->a, X64_RCX, (uint64_t)(e->insn - xe_ppc_insns));
    xe_x64_call_to(&e->a, e->jit->write + e->jit->helper);
    load_all(e);
    e->index.scaled = NO_REG;
    xe__jit_nothing_known(e);
}

uint32_t xe__jit_slowness(const struct xe_emit *e, uint32_t pc)
{
    for (uint32_t i = pc >> 2 & (SLOW_PCS - 1); e->jit->slow[i]; i = (i + 1) & (SLOW_PCS - 1))
        if ((e->jit->slow[i] & ~3u) == pc)
            return e->jit->slow[i] & 3;
    return 0;
}

/* Forms that also tell CR1 or XER how it went, which emitters leave to the interpreter. */
static bool tells_more(const struct xe_emit *e)
{
    bool overflow = xe_ppc_oe(e->word) && xe_ppc_field_insert(e->insn, "OE", 1);
    bool record = e->insn->class == XE_PPC_CLASS_FPU && e->insn->rc == 1 && xe_ppc_rc(e->word);

    return overflow || record;
}

static void emit_word(struct xe_emit *e)
{
    const struct xe_jit_row *row = &xe_jit_rows[e->insn - xe_ppc_insns];
    uint32_t slow = xe__jit_slowness(e, e->pc);

    e->fused = -1;
    e->flushing = slow == SLOW && row->arg & JIT_FLUSHES;
    if (!row->emit || tells_more(e) || (slow && !e->flushing)) {
        xe__jit_call(e);
        return;
    }
    if (e->flushing)
        xe__v_flush_begin(e);
    row->emit(e, row->arg & ~JIT_FLUSHES);
    if (e->flushing)
        xe__v_flush_end(e);
    e->flushing = false;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static struct xe_jit_block *block_at(struct xe_emit *e, uint32_t pc)
{
    uint32_t low = 0, high = e->blocks;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (e->block[middle].pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low < e->blocks && e->block[low].pc == pc ? &e->block[low] : NULL;
}

/* A jump whose displacement is at `from` goes to guest pc. */
void xe__jit_goto(struct xe_emit *e, uint8_t *from, uint32_t pc)
{
    struct xe_jit_block *block = block_at(e, pc);

    if (block && block->words && block->body && block->plan == e->plan_now)
        xe_x64_patch(from, block->body);
    else
        xe__jit_late(e, block && block->words ? LATE_BLOCK : LATE_EXIT, from, pc, 0);
}

/* Go on at pc: nothing to do where the block that comes next in the code is pc's. */
void xe__jit_go(struct xe_emit *e, uint32_t pc)
{
    struct xe_jit_block *next = e->now + 1;

    if (next < e->block + e->blocks && next->pc == pc && next->words && !next->entry) {
        change_plan(e, next->plan);
        return;
    }
    xe__jit_goto(e, xe_x64_jmp(&e->a), pc);
}

/* The block can be entered from outside at this point of the code. */
static void open_entry(struct xe_emit *e, struct xe_jit_block *block)
{
    if (!e->measuring &&
        xe__jit_room(e, (void **)&e->entry, e->entries, &e->entry_room, sizeof(*e->entry)))
        e->entry[e->entries++] =
            (struct xe_jit_entry){.pc = block->pc, .code = offset_of(e, e->a.at)};
    load_all(e);
}

/* Pay for the block, or leave. */
void xe__jit_payment(struct xe_emit *e)
{
    note_place(e, e->now->pc, WHAT_HEAD);
    xe_x64_imm(&e->a, X64_SUB64_I, 0, x64_reg(R_BUDGET), (int32_t)e->now->words);
    xe__jit_late(e, LATE_BUDGET, xe_x64_jcc(&e->a, X64_S), e->now->pc, e->now->words);
    e->fused = -1;
    e->index.scaled = NO_REG;
}

void xe__jit_word(struct xe_emit *e, uint32_t n)
{
    const uint8_t *base = e->jit->engine->env.mem->base;

    e->done = n;
    e->pc = e->now->pc + 4 * n;
    e->word = xe_load_be32(base + e->pc);
    e->next_word = n + 1 < e->now->words ? xe_load_be32(base + e->pc + 4) : 0;
    e->insn = xe_ppc_decode(e->word);
    note_place(e, e->pc, WHAT_WORD);
}

/* The block's words but the branch at its end, which is left as the word at hand. */
void xe__jit_words(struct xe_emit *e)
{
    uint32_t n = e->now->end == END_BRANCH ? e->now->words - 1 : e->now->words;

    e->skip_next = false;
    for (uint32_t i = 0; i < n; i++) {
        if (!e->skip_next) {
            xe__jit_word(e, i);
            emit_word(e);
        } else {
            e->skip_next = false;
            note_place(e, e->now->pc + 4 * i, WHAT_WORD);
        }
    }
    e->done = n;
    e->pc = e->now->pc + 4 * n;
    if (e->now->end == END_BRANCH)
        xe__jit_word(e, n);
}

static void emit_block(struct xe_emit *e, struct xe_jit_block *block)
{
    e->now = block;
    xe__jit_nothing_known(e);
    use_plan(e, block->plan);
    if (!block->words)
        return;
    if (block->entry) {
        note_place(e, block->pc, WHAT_HEAD);
        open_entry(e, block);
    }
    block->body = e->a.at;
    if (!e->measuring && xe__jit_is_loop(e, block)) {
        xe__jit_loop(e);
        return;
    }
    xe__jit_payment(e);
    xe__jit_words(e);
    xe__settle(e);
    if (block->end == END_BRANCH)
        xe__jit_branch(e);
    else if (block->end == END_FALL)
        xe__jit_go(e, e->pc);
    else
        xe__jit_late(e, LATE_INTERPRET, xe_x64_jmp(&e->a), e->pc, 0);
}

/* ---- off the path ---------------------------------------------------------------------------- */

/* Leave for pc by a jump that can be pointed at its translation later. */
static void emit_exit(struct xe_emit *e, uint32_t pc)
{
    uint8_t *link;

    xe__jit_store_all(e);
    link = xe_x64_jmp(&e->a);
    xe_x64_land(&e->a, link);
    set_pc(e, pc);
    xe_x64_imm(&e->a, X64_MOV32_I, 0, x64_near(&e->frame->link), (int32_t)offset_of(e, link));
    leave(e, XE_JIT_JUMP);
}

/* For a call: behind the displacement of a host call. The return stack is dropped on leaving. */
static void emit_late(struct xe_emit *e, const struct xe_jit_late *late)
{
    struct xe_jit_block *block;

    use_plan(e, late->plan);
    block = late->kind == LATE_BLOCK ? block_at(e, late->pc) : NULL;
    if (block && block->plan == late->plan) {
        xe_x64_patch(late->from, block->body);
        return;
    }
    xe_x64_land(&e->a, late->from);
    switch (late->kind) {
    case LATE_BLOCK:
        change_plan(e, block->plan);
        xe_x64_jmp_to(&e->a, block->body);
        break;
    case LATE_EXIT:
        emit_exit(e, late->pc);
        break;
    case LATE_CALL:
        set_pc(e, late->pc);
        xe_x64_imm(&e->a, X64_MOV32_I, 0, x64_near(&e->frame->link),
                   (int32_t)offset_of(e, late->from));
        leave(e, XE_JIT_JUMP);
        break;
    case LATE_BUDGET:
    case LATE_INTERPRET:
        if (late->count)
            xe_x64_imm(&e->a, X64_ADD64_I, 0, x64_reg(R_BUDGET), (int32_t)late->count);
        xe__debt_pay(e, late->debt);
        xe__jit_store_all(e);
        set_pc(e, late->pc);
        leave(e, late->kind == LATE_BUDGET ? XE_JIT_BUDGET : XE_JIT_INTERPRET);
        break;
    default:
        break;
    }
}

/* Other blocks can be entered too: by what comes back from the interpreter. */
static void emit_way_in(struct xe_emit *e, struct xe_jit_block *block)
{
    if (!block->words || block->entry)
        return;
    e->now = block;
    use_plan(e, block->plan);
    open_entry(e, block);
    xe_x64_jmp_to(&e->a, block->body);
}

void xe__jit_emit_region(struct xe_emit *e, struct xe_jit_region *region)
{
    e->lates = e->sites = e->debts = e->entries = e->places = 0;
    for (uint32_t i = 0; i < e->blocks; i++)
        e->block[i].body = NULL;
    for (uint32_t i = 0; i < e->blocks && !e->a.full && !e->failed; i++)
        emit_block(e, &e->block[i]);
    note_place(e, 0, WHAT_REST);
    for (uint32_t i = 0; i < e->lates && !e->a.full && !e->failed; i++)
        emit_late(e, &e->late[i]);
    for (uint32_t i = 0; i < e->blocks && !e->a.full && !e->failed; i++)
        emit_way_in(e, &e->block[i]);
    for (uint32_t k = 0; k < e->plans; k++) {
        region->spill[k] = offset_of(e, e->a.at);
        use_plan(e, k);
        xe__jit_store_all(e);
        leave(e, XE_JIT_INTERPRET);
    }
}
