/* A region's code: its blocks by address, then what is off the straight path. */
#include <string.h>

#include "jit/emit.h"

/* ---- registers in and out -------------------------------------------------------------------- */

static void load_g(struct xe_emit *e, uint32_t r, int host)
{
    xe_x64(&e->a, X64_MOV64, host, x64_host(R_CPU, xe__jit_g_offset(r)));
}

static void load_f(struct xe_emit *e, uint32_t r, int host)
{
    xe_x64(&e->a, r < F_VR ? X64_VMOVSD : X64_VMOVUPS, host, x64_host(R_CPU, xe__jit_f_offset(r)));
}

static void store_g(struct xe_emit *e, uint32_t r)
{
    xe_x64(&e->a, X64_MOV64_ST, e->homes->g[r], x64_host(R_CPU, xe__jit_g_offset(r)));
}

static void store_f(struct xe_emit *e, uint32_t r)
{
    xe_x64(&e->a, r < F_VR ? X64_VMOVSD_ST : X64_VMOVUPS_ST, e->homes->f[r],
           x64_host(R_CPU, xe__jit_f_offset(r)));
}

static void load_all(struct xe_emit *e)
{
    for (uint32_t r = 0; r < GS_N; r++)
        if (e->homes->g[r] != NO_REG)
            load_g(e, r, e->homes->g[r]);
    for (uint32_t r = 0; r < FS_N; r++)
        if (e->homes->f[r] != NO_REG)
            load_f(e, r, e->homes->f[r]);
}

void xe__jit_store_all(struct xe_emit *e)
{
    for (uint32_t r = 0; r < GS_N; r++)
        if (e->homes->g[r] != NO_REG && e->scan->g_written[r])
            store_g(e, r);
    for (uint32_t r = 0; r < FS_N; r++)
        if (e->homes->f[r] != NO_REG && e->scan->f_written[r])
            store_f(e, r);
}

/* Registers are where set k of homes says from here on: no code. */
static void live_in(struct xe_emit *e, uint32_t k)
{
    e->home = k;
    e->homes = &e->plan->homes[k];
    xe__jit_defer_nothing(e);
}

/* Move them to other homes: what has none there is stored, then what had none here is loaded. A
 * register that has one in both sets has the same. */
static void move_homes(struct xe_emit *e, uint32_t k)
{
    const struct xe_jit_homes *to = &e->plan->homes[k];

    for (uint32_t r = 0; r < GS_N; r++)
        if (e->homes->g[r] != NO_REG && to->g[r] == NO_REG && e->scan->g_written[r])
            store_g(e, r);
    for (uint32_t r = 0; r < FS_N; r++)
        if (e->homes->f[r] != NO_REG && to->f[r] == NO_REG && e->scan->f_written[r])
            store_f(e, r);
    for (uint32_t r = 0; r < GS_N; r++)
        if (e->homes->g[r] == NO_REG && to->g[r] != NO_REG)
            load_g(e, r, to->g[r]);
    for (uint32_t r = 0; r < FS_N; r++)
        if (e->homes->f[r] == NO_REG && to->f[r] != NO_REG)
            load_f(e, r, to->f[r]);
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
    xe__jit_do_deferred(e);
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

static void emit_word(struct xe_emit *e)
{
    const struct xe_jit_row *row = &xe_jit_rows[e->insn - xe_ppc_insns];
    enum xe_jit_way way = xe__jit_way(e->jit, e->insn, e->word, e->pc);

    e->fused = -1;
    if (way == WAY_CALL) {
        xe__jit_call(e);
        return;
    }
    e->flushing = way == WAY_FLUSH;
    if (e->flushing)
        xe__jit_v_flush_begin(e);
    row->emit(e, row->arg & ~JIT_FLUSHES);
    if (e->flushing)
        xe__jit_v_flush_end(e);
    e->flushing = false;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* The set of homes, and the code so far, of a block of the region's. */
static uint32_t home_of(const struct xe_emit *e, const struct xe_jit_block *block)
{
    return e->plan->home[block - e->scan->block];
}

static uint8_t *body_of(const struct xe_emit *e, const struct xe_jit_block *block)
{
    return e->body[block - e->scan->block];
}

/* A jump whose displacement is at `from` goes to guest pc. */
void xe__jit_goto(struct xe_emit *e, uint8_t *from, uint32_t pc)
{
    const struct xe_jit_block *block = xe__jit_block_at(e->scan, pc);

    if (block && block->words && body_of(e, block) && home_of(e, block) == e->home)
        xe_x64_patch(from, body_of(e, block));
    else
        xe__jit_late(e, block && block->words ? LATE_BLOCK : LATE_EXIT, from, pc, 0);
}

/* Go on at pc: nothing to do where the block that comes next in the code is pc's. */
void xe__jit_go(struct xe_emit *e, uint32_t pc)
{
    const struct xe_jit_block *next = e->now + 1;

    if (next < e->scan->block + e->scan->blocks && next->pc == pc && next->words && !next->entry) {
        move_homes(e, home_of(e, next));
        return;
    }
    xe__jit_goto(e, xe_x64_jmp(&e->a), pc);
}

/* The block can be entered from outside at this point of the code. */
static void open_entry(struct xe_emit *e, const struct xe_jit_block *block)
{
    xe__jit_entry(e, block);
    load_all(e);
}

/* Pay for the block, or leave. */
void xe__jit_payment(struct xe_emit *e)
{
    xe__jit_place(e, e->now->pc, WHAT_HEAD);
    xe_x64_imm(&e->a, X64_SUB64_I, 0, x64_reg(R_BUDGET), (int32_t)e->now->words);
    xe__jit_late(e, LATE_BUDGET, xe_x64_jcc(&e->a, X64_S), e->now->pc, e->now->words);
    e->fused = -1;
    e->index.scaled = NO_REG;
}

void xe__jit_word(struct xe_emit *e, uint32_t n)
{
    e->done = n;
    e->pc = e->now->pc + 4 * n;
    e->word = xe__jit_word_at(e->jit, e->pc);
    e->next_word = n + 1 < e->now->words ? xe__jit_word_at(e->jit, e->pc + 4) : 0;
    e->insn = xe_ppc_decode(e->word);
    xe__jit_place(e, e->pc, WHAT_WORD);
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
            xe__jit_place(e, e->now->pc + 4 * i, WHAT_WORD);
        }
    }
    e->done = n;
    e->pc = e->now->pc + 4 * n;
    if (e->now->end == END_BRANCH)
        xe__jit_word(e, n);
}

static void emit_block(struct xe_emit *e, uint32_t n)
{
    const struct xe_jit_block *block = &e->scan->block[n];

    e->now = block;
    xe__jit_nothing_known(e);
    live_in(e, e->plan->home[n]);
    if (!block->words)
        return;
    if (block->entry) {
        xe__jit_place(e, block->pc, WHAT_HEAD);
        open_entry(e, block);
    }
    e->body[n] = e->a.at;
    if (e->plan->loop[n].passes) {
        xe__jit_loop(e, &e->plan->loop[n]);
        return;
    }
    xe__jit_payment(e);
    xe__jit_words(e);
    xe__jit_do_deferred(e);
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
    xe_x64_imm(&e->a, X64_MOV32_I, 0, x64_near(&e->frame->link), (int32_t)xe__jit_offset(e, link));
    leave(e, XE_JIT_JUMP);
}

/* For a call: behind the displacement of a host call. The return stack is dropped on leaving. */
static void emit_late(struct xe_emit *e, const struct xe_jit_late *late)
{
    const struct xe_jit_block *block;

    live_in(e, late->home);
    block = late->kind == LATE_BLOCK ? xe__jit_block_at(e->scan, late->pc) : NULL;
    if (block && home_of(e, block) == late->home) {
        xe_x64_patch(late->from, body_of(e, block));
        return;
    }
    xe_x64_land(&e->a, late->from);
    switch (late->kind) {
    case LATE_BLOCK:
        move_homes(e, home_of(e, block));
        xe_x64_jmp_to(&e->a, body_of(e, block));
        break;
    case LATE_EXIT:
        emit_exit(e, late->pc);
        break;
    case LATE_CALL:
        set_pc(e, late->pc);
        xe_x64_imm(&e->a, X64_MOV32_I, 0, x64_near(&e->frame->link),
                   (int32_t)xe__jit_offset(e, late->from));
        leave(e, XE_JIT_JUMP);
        break;
    case LATE_BUDGET:
    case LATE_INTERPRET:
        if (late->count)
            xe_x64_imm(&e->a, X64_ADD64_I, 0, x64_reg(R_BUDGET), (int32_t)late->count);
        xe__jit_do_noted(e, late->deferred);
        xe__jit_store_all(e);
        set_pc(e, late->pc);
        leave(e, late->kind == LATE_BUDGET ? XE_JIT_BUDGET : XE_JIT_INTERPRET);
        break;
    default:
        break;
    }
}

/* Other blocks can be entered too: by what comes back from the interpreter. */
static void emit_way_in(struct xe_emit *e, uint32_t n)
{
    const struct xe_jit_block *block = &e->scan->block[n];

    if (!block->words || block->entry)
        return;
    e->now = block;
    live_in(e, e->plan->home[n]);
    open_entry(e, block);
    xe_x64_jmp_to(&e->a, e->body[n]);
}

void xe__jit_emit_region(struct xe_emit *e, struct xe_jit_region *region)
{
    for (uint32_t i = 0; i < e->scan->blocks && !e->a.full && !e->failed; i++)
        emit_block(e, i);
    xe__jit_place(e, 0, WHAT_REST);
    for (uint32_t i = 0; i < e->notes.lates && !e->a.full && !e->failed; i++) {
        struct xe_jit_late late = e->notes.late[i]; /* the array may move */

        emit_late(e, &late);
    }
    for (uint32_t i = 0; i < e->scan->blocks && !e->a.full && !e->failed; i++)
        emit_way_in(e, i);
    for (uint32_t k = 0; k < e->plan->sets; k++) {
        region->spill[k] = xe__jit_offset(e, e->a.at);
        live_in(e, k);
        xe__jit_store_all(e);
        leave(e, XE_JIT_INTERPRET);
    }
}
