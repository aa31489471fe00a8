/* Integer loads and stores. The access is one host instruction; where the guarded view refuses it,
 * the interpreter does the guest's instead, so nothing may have changed before it. */
#include "jit/emit_rows.h"

/* Is r another register shifted, so that the host can scale that one instead? */
static bool scaled(const struct xe_emit *e, uint32_t r)
{
    return e->index.scaled == (int)r && e->homes->g[e->index.of] != NO_REG;
}

static struct xe_x64_rm scaled_address(struct xe_emit *e, uint32_t base)
{
    int index = xe__jit_g_src(e, (uint32_t)e->index.of, X64_RCX);
    struct xe_x64_rm at = x64_guest(xe__jit_g_src(e, base, X64_RAX), index, 0);

    at.scale = (uint8_t)e->index.shift;
    return at;
}

static int32_t displacement(const struct xe_emit *e)
{
    return xe__form(e->insn) == XE_PPC_ADDRESS_DS ? DS : SI;
}

struct xe_x64_rm xe__jit_address(struct xe_emit *e)
{
    bool zero = RA == 0 && !xe__updates(e->insn), indexed = xe__form(e->insn) == XE_PPC_ADDRESS_X;
    int32_t disp = displacement(e);

    if (!indexed && zero)
        return x64_guest(-1, -1, disp);
    if (!indexed && xe__jit_deferred_add(e, RA))
        return x64_guest(e->homes->g[RA], -1,
                         (int32_t)((uint32_t)xe__jit_deferred_add(e, RA) + (uint32_t)disp));
    if (!indexed)
        return x64_guest(xe__jit_g_src(e, RA, X64_RAX), -1, disp);
    if (zero)
        return x64_guest(xe__jit_g_src(e, RB, X64_RCX), -1, 0);
    if (scaled(e, RB))
        return scaled_address(e, RA);
    if (scaled(e, RA))
        return scaled_address(e, RB);
    return x64_guest(xe__jit_g_src(e, RA, X64_RAX), xe__jit_g_src(e, RB, X64_RCX), 0);
}

/* RA = the address, all 64 bits of the sum. The flags may change. */
void xe__jit_update(struct xe_emit *e)
{
    bool indexed = xe__form(e->insn) == XE_PPC_ADDRESS_X;
    int d = xe__jit_g_dst(e, RA, X64_RAX);

    if (!xe__updates(e->insn) || (!indexed && xe__jit_defer_add(e, RA, displacement(e))))
        return;
    xe__jit_g_load(e, d, RA);
    if (indexed)
        xe_x64(A, X64_ADD64, d, xe__jit_g(e, RB));
    else
        xe_x64_imm(A, X64_ADD64_I, 0, x64_reg(d), displacement(e));
    xe__jit_g_put(e, RA, d);
}

static void read(struct xe_emit *e, const struct xe_ppc_insn *insn, uint32_t how, int d,
                 struct xe_x64_rm at)
{
    static const enum xe_x64_id op[] = {
        [1] = X64_MOVZX8, [2] = X64_MOVZX16, [4] = X64_MOVBE32, [8] = X64_MOVBE64};
    static const enum xe_x64_id plain[] = {
        [1] = X64_MOVZX8, [2] = X64_MOVZX16, [4] = X64_MOV32, [8] = X64_MOV64};
    uint32_t size = insn->memory.size;

    xe__jit_site(e);
    xe_x64(A, how & MEM_SWAP ? plain[size] : op[size], d, at);
    if (size == 2 && !(how & MEM_SWAP)) {
        xe_x64_bswap(A, d, false);
        xe_x64_imm(A, how & MEM_SIGN ? X64_SAR32_I : X64_SHR32_I, 0, x64_reg(d), 16);
    }
    if (how & MEM_SIGN)
        xe_x64(A, X64_MOVSXD, d, x64_reg(d));
}

void xe__jit_emit_load(struct xe_emit *e, uint32_t how)
{
    struct xe_x64_rm at = xe__jit_address(e);
    int d = xe__jit_g_dst(e, RT, X64_RDX);

    if (!xe__updates(e->insn) || RT == RA) { /* the loaded value wins */
        read(e, e->insn, how, d, at);
        xe__jit_g_put(e, RT, d);
        return;
    }
    if (xe__form(e->insn) == XE_PPC_ADDRESS_X && RT == RB) /* the sum needs the old one */
        d = X64_RDX;
    read(e, e->insn, how, d, at);
    xe__jit_update(e);
    xe__jit_g_put(e, RT, d);
}

/* A fault is the shift's then: neither of the two is done. */
bool xe__jit_shifted_load(struct xe_emit *e, uint32_t shift)
{
    uint32_t r = RA, next = e->next_word, a = xe_ppc_ra(next), b = xe_ppc_rb(next);
    const struct xe_ppc_insn *insn = next ? xe_ppc_decode(next) : NULL;
    const struct xe_jit_row *row = insn ? &xe_jit_rows[insn - xe_ppc_insns] : NULL;
    struct xe_x64_rm at;

    if (!row || row->emit != xe__jit_emit_load || insn->memory.address != XE_PPC_ADDRESS_X ||
        xe_ppc_rt(next) != r || (a == r) == (b == r) || e->homes->g[r] == NO_REG ||
        xe__jit_way(e->jit, insn, next, e->pc + 4) != WAY_EMIT)
        return false;
    if (b == r)
        b = a; /* the other one; as RA, 0 means none */
    at =
        x64_guest(a == r || b ? xe__jit_g_src(e, b, X64_RAX) : -1, xe__jit_g_src(e, r, X64_RCX), 0);
    at.scale = (uint8_t)shift;
    read(e, insn, row->arg, e->homes->g[r], at);
    xe__jit_g_put(e, r, e->homes->g[r]);
    e->skip_next = true;
    return true;
}

void xe__jit_emit_store(struct xe_emit *e, uint32_t how)
{
    static const enum xe_x64_id op[] = {
        [1] = X64_MOV8_ST, [2] = X64_MOVBE16_ST, [4] = X64_MOVBE32_ST, [8] = X64_MOVBE64_ST};
    static const enum xe_x64_id plain[] = {
        [1] = X64_MOV8_ST, [2] = X64_MOV16_ST, [4] = X64_MOV32_ST, [8] = X64_MOV64_ST};
    uint32_t size = e->insn->memory.size;
    int s = xe__jit_g_src(e, RT, X64_RDX);
    struct xe_x64_rm at = xe__jit_address(e); /* last: it may tell of what is owed to RA */

    xe__jit_site(e);
    xe_x64(A, how & MEM_SWAP ? plain[size] : op[size], s, at);
    xe__jit_update(e);
}

/* ---- special registers ------------------------------------------------------------------------
 */

/* LR or CTR: the others are the interpreter's. */
static uint32_t special(const struct xe_emit *e)
{
    return SPR == XE_JIT_SPR_LR ? G_LR : G_CTR;
}

void xe__jit_emit_mfspr(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    xe__jit_g_put(e, RT, xe__jit_g_src(e, special(e), xe__jit_g_dst(e, RT, X64_RAX)));
}

void xe__jit_emit_mtspr(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    xe__jit_g_put(e, special(e), xe__jit_g_src(e, RT, xe__jit_g_dst(e, special(e), X64_RAX)));
}

void xe__jit_emit_nothing(struct xe_emit *e, uint32_t unused)
{
    (void)e;
    (void)unused;
}
