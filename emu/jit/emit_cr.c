/* Condition register logic, its moves, and traps.
 *
 * The idea: a field's lazy form (frame.h) is taken apart where single bits or all four are
 * asked for; a field that gets bits gets one of sixteen patterns. */
#include "jit/emit_rows.h"

static struct xe_x64_rm slot(struct xe_emit *e, uint32_t field)
{
    return x64_near(&e->frame->cr[field]);
}

/* ---- single bits -------------------------------------------------------------------------------
 */

/* reg (RAX, RCX or RDX) = bit n of CR. */
static void get_bit(struct xe_emit *e, uint32_t n, int reg)
{
    struct xe_x64_rm field = slot(e, n >> 2);

    switch (n & 3) {
    case 0:
        xe_x64(A, X64_MOV64, reg, field);
        xe_x64_imm(A, X64_SHR64_I, 0, x64_reg(reg), 62);
        xe_x64_imm(A, X64_AND32_I, 0, x64_reg(reg), 1);
        break;
    case 1:
        xe_x64(A, X64_XOR32, reg, x64_reg(reg));
        xe_x64_imm(A, X64_CMP64_I, 0, field, 0);
        xe_x64_setcc(A, X64_G, x64_reg(reg));
        break;
    case 2:
        xe_x64(A, X64_XOR32, reg, x64_reg(reg));
        xe_x64_imm(A, X64_CMP32_I, 0, field, 0);
        xe_x64_setcc(A, X64_E, x64_reg(reg));
        break;
    default: /* bit 61 differs from bit 63: an odd number of both */
        xe_x64(A, X64_MOV64, reg, field);
        xe_x64_imm(A, X64_SHR64_I, 0, x64_reg(reg), 61);
        xe_x64_imm(A, X64_TEST32_I, 0, x64_reg(reg), 5);
        xe_x64_setcc(A, X64_NP, x64_reg(reg));
    }
}

/* RCX = the table of patterns. */
static void patterns(struct xe_emit *e)
{
    xe_x64(A, X64_LEA64, X64_RCX, x64_near(e->frame->cr_pattern));
}

/* The field gets the bits in RAX; RCX: the table. */
static void set_field(struct xe_emit *e, uint32_t field)
{
    xe_x64(A, X64_MOV64, X64_RAX, x64_indexed(X64_RCX, X64_RAX, 3, 0));
    xe_x64(A, X64_MOV64_ST, X64_RAX, slot(e, field));
}

/* Bit n of CR = the lowest of RAX; its field's others stay. */
static void set_bit(struct xe_emit *e, uint32_t n)
{
    xe_x64_imm(A, X64_SHL32_I, 0, x64_reg(X64_RAX), 3 - (int32_t)(n & 3));
    for (uint32_t other = n & ~3u; other < (n | 3) + 1; other++) {
        if (other == n)
            continue;
        get_bit(e, other, X64_RCX);
        xe_x64_imm(A, X64_SHL32_I, 0, x64_reg(X64_RCX), 3 - (int32_t)(other & 3));
        xe_x64(A, X64_OR32, X64_RAX, x64_reg(X64_RCX));
    }
    patterns(e);
    set_field(e, n >> 2);
}

/* crand and its relatives. */
void xe__jit_emit_cr_logic(struct xe_emit *e, uint32_t how)
{
    static const enum xe_x64_id op[] = {X64_AND32, X64_OR32, X64_XOR32};

    get_bit(e, RA, X64_RAX);
    get_bit(e, RB, X64_RCX);
    if (how & LOGIC_NOT_B)
        xe_x64_imm(A, X64_XOR32_I, 0, x64_reg(X64_RCX), 1);
    xe_x64(A, op[how & 3], X64_RAX, x64_reg(X64_RCX));
    if (how & LOGIC_NOT)
        xe_x64_imm(A, X64_XOR32_I, 0, x64_reg(X64_RAX), 1);
    set_bit(e, RT);
}

/* ---- fields ------------------------------------------------------------------------------------
 */

void xe__jit_emit_mcrf(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    xe_x64(A, X64_MOV64, X64_RAX, slot(e, BFA));
    xe_x64(A, X64_MOV64_ST, X64_RAX, slot(e, BF));
}

/* mtcrf, mtocrf. */
void xe__jit_emit_mtcrf(struct xe_emit *e, uint32_t unused)
{
    int s = xe__jit_g_src(e, RT, X64_RDX);

    (void)unused;
    patterns(e);
    for (int32_t field = 0; field < 8; field++) {
        if (!(xe_ppc_fxm(e->word) >> (7 - field) & 1))
            continue;
        xe_x64(A, X64_MOV32, X64_RAX, x64_reg(s));
        xe_x64_imm(A, X64_SHR32_I, 0, x64_reg(X64_RAX), 28 - 4 * field);
        xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RAX), 15);
        set_field(e, (uint32_t)field);
    }
}

/* Lanes of XMM1, shifted to the left, then by `right` to the right, are added to XMM0's bits. */
static void add_bits(struct xe_emit *e, int left, int right)
{
    if (left)
        xe_x64_v_imm(A, X64_VPSLLD_I, 1, 0, x64_reg(1), left);
    xe_x64_v_imm(A, X64_VPSRLD_I, 1, 0, x64_reg(1), 31);
    if (right)
        xe_x64_v_imm(A, X64_VPSLLD_I, 1, 0, x64_reg(1), right);
    xe_x64_v(A, X64_VPOR, 0, 0, x64_reg(1));
}

/* XMM0 = the bits of four fields from `first` on, a field a lane, GT the wrong way round. */
static void four_fields(struct xe_emit *e, uint32_t first)
{
    xe_x64(A, X64_VMOVUPS, 0, slot(e, first));
    xe_x64_v_imm(A, X64_VSHUFPS, 2, 0, slot(e, first + 2), 0xDD); /* upper words */
    xe_x64_v_imm(A, X64_VSHUFPS, 0, 0, slot(e, first + 2), 0x88); /* lower ones  */
    xe_x64_v(A, X64_VPXOR, 3, 3, x64_reg(3));
    xe_x64_v(A, X64_VPOR, 1, 2, x64_reg(0));
    xe_x64_v(A, X64_VPCMPEQD, 1, 1, x64_reg(3));
    xe_x64_v(A, X64_VPOR, 1, 1, x64_reg(2)); /* sign: negative or 0 */
    xe_x64_v(A, X64_VPCMPEQD, 0, 0, x64_reg(3));
    xe_x64_v_imm(A, X64_VPSRLD_I, 0, 0, x64_reg(0), 31);
    xe_x64_v_imm(A, X64_VPSLLD_I, 0, 0, x64_reg(0), 1); /* EQ */
    add_bits(e, 0, 2);
    xe_x64(A, X64_VMOVAPS, 1, x64_reg(2));
    add_bits(e, 1, 3); /* LT */
    xe_x64_v_imm(A, X64_VPSLLD_I, 1, 0, x64_reg(2), 2);
    xe_x64_v(A, X64_VPXOR, 1, 1, x64_reg(2));
    add_bits(e, 0, 0); /* SO */
}

/* mfcr, mfocrf: each field is shifted to its place. */
void xe__jit_emit_mfcr(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_g_dst(e, RT, X64_RAX);

    (void)unused;
    four_fields(e, 0);
    xe_x64_v(A, X64_VPSLLVD, 4, 0, xe__jit_constant(e, JIT_CR_HIGH));
    four_fields(e, 4);
    xe_x64_v(A, X64_VPSLLVD, 0, 0, xe__jit_constant(e, JIT_CR_LOW));
    xe_x64_v(A, X64_VPOR, 0, 0, x64_reg(4));
    xe_x64_imm(A, X64_VPSHUFD, 1, x64_reg(0), 0x4E);
    xe_x64_v(A, X64_VPOR, 0, 0, x64_reg(1));
    xe_x64_imm(A, X64_VPSHUFD, 1, x64_reg(0), 0xB1);
    xe_x64_v(A, X64_VPOR, 0, 0, x64_reg(1));
    xe_x64(A, X64_VMOVD_ST, 0, x64_reg(d));
    xe_x64_imm(A, X64_XOR32_I, 0, x64_reg(d), 0x44444444);
    xe__jit_g_put(e, RT, d);
}

/* ---- traps -------------------------------------------------------------------------------------
 */

/* tw, twi, td, tdi. The interpreter does those that fire. */
void xe__jit_emit_trap(struct xe_emit *e, uint32_t how)
{
    static const enum xe_x64_cc cc[] = {X64_A, X64_C, X64_E, X64_G, X64_L};
    bool wide = how & TRAP_WIDE;

    if (how & TRAP_IMM) {
        xe_x64_imm(A, wide ? X64_CMP64_I : X64_CMP32_I, 0, xe__jit_g(e, RA), SI);
    } else {
        int a = xe__jit_g_src(e, RA, X64_RAX);

        xe_x64(A, wide ? X64_CMP64 : X64_CMP32, a, xe__jit_g(e, RB));
    }
    for (uint32_t i = 0; i < 5; i++)
        if (RT >> i & 1)
            xe__jit_interpret_if(e, cc[i]);
}
