/* Branches. A call pushes the guest's return address and makes a host call, a return compares the
 * two and makes a host return, so that the host's return prediction works for the guest. */
#include "jit/emit_rows.h"

/* Host condition under which bit BI of CR is set; flags are set for it. */
static enum xe_x64_cc test_cr(struct xe_emit *e)
{
    uint32_t field = BI >> 2;
    struct xe_x64_rm slot = x64_near(&e->frame->cr[field]);

    if (e->fused == (int)field) {
        static const enum xe_x64_cc cc[] = {X64_L, X64_G, X64_E};

        return cc[BI & 3];
    }
    switch (BI & 3) {
    case 0:
        xe_x64_imm(&e->a, X64_TEST8_I, 0, x64_near((const uint8_t *)&e->frame->cr[field] + 7),
                   0x40);
        return X64_NE;
    case 1:
        xe_x64_imm(&e->a, X64_CMP64_I, 0, slot, 0);
        return X64_G;
    case 2:
        xe_x64_imm(&e->a, X64_CMP32_I, 0, slot, 0);
        return X64_E;
    default: /* bit 61 differs from bit 63 */
        xe_x64(&e->a, X64_MOV64, X64_RAX, slot);
        xe_x64(&e->a, X64_LEA64, X64_RCX, x64_indexed(X64_RAX, X64_RAX, 0, 0));
        xe_x64(&e->a, X64_ADD64, X64_RCX, x64_reg(X64_RCX));
        xe_x64(&e->a, X64_XOR64, X64_RCX, x64_reg(X64_RAX));
        return X64_S;
    }
}

/* CTR - 1, with the host's flags those of its low word against 0. The flags that a fused compare
 * left are lost: none is ever fused with a branch that counts. */
static void count_down(struct xe_emit *e)
{
    bool counts = e->known.counts;
    int ctr = xe__jit_g_src(e, G_CTR, X64_RAX);

    if (counts) {
        xe_x64_imm(&e->a, X64_SUB64_I, 0, x64_reg(ctr), 1);
        xe__jit_g_put(e, G_CTR, ctr);
        e->known.counts = true; /* where it isn't 0 now */
        return;
    }
    xe_x64(&e->a, X64_LEA64, ctr, x64_host(ctr, -1));
    xe__jit_g_put(e, G_CTR, ctr);
    xe_x64(&e->a, X64_TEST32, ctr, x64_reg(ctr));
}

/* Jump displacements to follow when the branch is not taken; returns how many. */
static uint32_t not_taken(struct xe_emit *e, uint8_t *ret[2])
{
    uint32_t n = 0;

    if (!(BO & 4)) {
        count_down(e);
        ret[n++] = xe_x64_jcc(&e->a, BO & 2 ? X64_NE : X64_E);
    }
    if (!(BO & 16)) {
        enum xe_x64_cc cc = test_cr(e);

        ret[n++] = xe_x64_jcc(&e->a, BO & 8 ? (enum xe_x64_cc)(cc ^ 1) : cc);
    }
    return n;
}

static void set_lr(struct xe_emit *e, uint32_t value)
{
    if (e->homes->g[G_LR] == NO_REG) {
        int at = xe__jit_g_offset(G_LR);

        xe_x64_imm(&e->a, X64_MOV32_I, 0, x64_host(R_CPU, at), (int32_t)value);
        xe_x64_imm(&e->a, X64_MOV32_I, 0, x64_host(R_CPU, at + 4), 0);
    } else {
        xe_x64_mov_imm(&e->a, e->homes->g[G_LR], value);
        xe__jit_g_put(e, G_LR, e->homes->g[G_LR]);
    }
}

/* RDX = host address of the guest address in EAX, or leave. All registers are stored. */
static void look_up(struct xe_emit *e)
{
    uint8_t *hit;

    xe_x64(&e->a, X64_MOV32, X64_RCX, x64_reg(X64_RAX));
    xe_x64_imm(&e->a, X64_AND32_I, 0, x64_reg(X64_RCX), (LOOKUP - 1) << 2);
    xe_x64(&e->a, X64_LEA64, X64_RDX, x64_near(e->frame->lookup));
    xe_x64(&e->a, X64_MOV64, X64_RDX, x64_indexed(X64_RDX, X64_RCX, 1, 0));
    xe_x64(&e->a, X64_CMP32, X64_RDX, x64_reg(X64_RAX));
    hit = xe_x64_jcc(&e->a, X64_E);
    xe_x64_call_to(&e->a, e->jit->write + e->jit->find);
    xe_x64_land(&e->a, hit);
    xe_x64_imm(&e->a, X64_SHR64_I, 0, x64_reg(X64_RDX), 32);
    xe_x64(&e->a, X64_LEA64, X64_RCX, x64_near(e->jit->code));
    xe_x64(&e->a, X64_ADD64, X64_RDX, x64_reg(X64_RCX));
}

/* Behind a host call: what a return finds. The block that follows is an entry, where registers are
 * loaded again. */
static void after_call(struct xe_emit *e)
{
    const struct xe_jit_block *next = e->now + 1;
    bool follows = next < e->scan->block + e->scan->blocks && next->pc == e->pc + 4 && next->words;

    xe_x64_imm(&e->a, X64_ADD64_I, 0, x64_reg(X64_RSP), 8);
    if (!follows) /* no such block in this region: registers are all stored */
        xe__jit_late(e, LATE_CALL, xe_x64_jmp(&e->a), e->pc + 4, 0);
}

static void call(struct xe_emit *e, uint32_t target)
{
    set_lr(e, e->pc + 4);
    xe__jit_store_all(e);
    xe_x64_push_imm(&e->a, (int32_t)(e->pc + 4));
    xe__jit_late(e, LATE_CALL, xe_x64_call(&e->a), target, 0);
    after_call(e);
}

static void emit_direct(struct xe_emit *e)
{
    uint32_t target = xe__jit_target(e->now->branch, e->word, e->pc);

    /* A call to the next word only fetches the address: no return will match it. */
    if (LK && target != e->pc + 4) {
        call(e, target);
        return;
    }
    if (LK)
        set_lr(e, e->pc + 4);
    xe__jit_go(e, target);
}

static void emit_return(struct xe_emit *e)
{
    uint8_t *differs;

    xe_x64(&e->a, X64_MOV32, X64_RAX, xe__jit_g(e, G_LR));
    xe__jit_store_all(e);
    xe_x64_imm(&e->a, X64_AND32_I, 0, x64_reg(X64_RAX), -4);
    xe_x64(&e->a, X64_CMP32, X64_RAX, x64_host(X64_RSP, 8));
    differs = xe_x64_jcc(&e->a, X64_NE);
    xe_x64_ret(&e->a);
    xe_x64_land(&e->a, differs);
    /* Somebody went another way: what is on the stack is worth nothing now. */
    xe_x64(&e->a, X64_MOV64, X64_RSP, x64_near(&e->frame->host_sp));
    xe_x64_push_imm(&e->a, -1);
    xe_x64_push_imm(&e->a, 0);
    look_up(e);
    xe_x64(&e->a, X64_JMP_M, 0, x64_reg(X64_RDX));
}

/* bcctr, bcctrl, bclrl: to the address in EAX. */
static void emit_indirect(struct xe_emit *e, uint32_t from)
{
    xe_x64(&e->a, X64_MOV32, X64_RAX, xe__jit_g(e, from));
    if (LK)
        set_lr(e, e->pc + 4);
    xe__jit_store_all(e);
    xe_x64_imm(&e->a, X64_AND32_I, 0, x64_reg(X64_RAX), -4);
    look_up(e);
    if (!LK) {
        xe_x64(&e->a, X64_JMP_M, 0, x64_reg(X64_RDX));
        return;
    }
    xe_x64_push_imm(&e->a, (int32_t)(e->pc + 4));
    xe_x64(&e->a, X64_CALL_M, 0, x64_reg(X64_RDX));
    after_call(e);
}

static void emit_taken(struct xe_emit *e)
{
    switch (e->now->branch) {
    case XE_PPC_bclr:
        if (LK)
            emit_indirect(e, G_LR);
        else
            emit_return(e);
        break;
    case XE_PPC_bcctr:
        emit_indirect(e, G_CTR);
        break;
    default:
        emit_direct(e);
    }
}

/* bc without link: one jump when taken, straight on when not. */
static void emit_conditional(struct xe_emit *e)
{
    uint8_t *skip[2];
    uint32_t target = xe__jit_target(e->now->branch, e->word, e->pc);

    if ((BO & 0x14) == 0x14) {
        xe__jit_go(e, target);
    } else if (!(BO & 4) && !(BO & 16)) { /* both conditions */
        uint32_t n = not_taken(e, skip);

        xe__jit_goto(e, xe_x64_jmp(&e->a), target);
        for (uint32_t i = 0; i < n; i++)
            xe_x64_land(&e->a, skip[i]);
        xe__jit_go(e, e->pc + 4);
    } else {
        not_taken(e, skip);
        skip[0][-1] ^= 1; /* the jump that was to skip takes the branch */
        xe__jit_goto(e, skip[0], target);
        xe__jit_go(e, e->pc + 4);
    }
}

uint8_t *xe__jit_loop_exit(struct xe_emit *e)
{
    uint8_t *skip[2];

    not_taken(e, skip);
    return skip[0];
}

uint8_t *xe__jit_loop_branch(struct xe_emit *e)
{
    uint8_t *out = xe__jit_loop_exit(e);

    out[-1] ^= 1; /* the jump that was to skip takes the branch */
    return out;
}

/* Any other branch: what is done when it is not taken, then what is done when it is. */
static void emit_around(struct xe_emit *e)
{
    uint8_t *skip[2];
    uint32_t n = not_taken(e, skip);

    for (uint32_t i = 0; i < n; i++)
        xe__jit_goto(e, skip[i], e->pc + 4);
    emit_taken(e);
}

void xe__jit_branch(struct xe_emit *e)
{
    enum xe_ppc_id id = e->now->branch;

    if (id == XE_PPC_b)
        emit_direct(e);
    else if ((id == XE_PPC_bcctr && !(BO & 4)) || (LK && (BO & 0x14) != 0x14))
        /* An invalid form; and a conditional call, which sets LR even when not taken: rare. */
        xe__jit_late(e, LATE_INTERPRET, xe_x64_jmp(&e->a), e->pc, xe__jit_refund(e));
    else if (id == XE_PPC_bc && !LK)
        emit_conditional(e);
    else
        emit_around(e);
}
