/* Integer arithmetic and logic. RAX, RCX and RDX are free in here. */
#include "jit/emit_rows.h"

/* The result in host register `reg` is guest register r's; CR0 for a record form. */
static void done(struct xe_emit *e, uint32_t r, int reg, bool record)
{
    xe__jit_g_put(e, r, reg);
    if (record)
        xe__jit_record(e, 0, reg);
}

/* ---- add and subtract ------------------------------------------------------------------------ */

void xe__jit_emit_addi(struct xe_emit *e, uint32_t shift)
{
    int32_t imm = (int32_t)((uint32_t)SI << shift);
    int d = xe__jit_g_dst(e, RT, X64_RAX), a;

    if (!RA) {
        xe_x64_mov_imm(A, d, (uint64_t)(int64_t)imm);
        done(e, RT, d, false);
        return;
    }
    if (RA == RT && xe__jit_defer_add(e, RT, imm))
        return;
    a = xe__jit_g_src(e, RA, X64_RAX);
    if (a == d)
        xe_x64_imm(A, X64_ADD64_I, 0, x64_reg(d), imm);
    else
        xe_x64(A, X64_LEA64, d, x64_host(a, imm));
    done(e, RT, d, false);
}

static void sum(struct xe_emit *e, int d, uint32_t ra, uint32_t rb)
{
    struct xe_x64_rm a = xe__jit_g(e, ra), b = xe__jit_g(e, rb);

    if (b.kind == X64_IS_REG && b.reg == d) {
        xe_x64(A, X64_ADD64, d, a);
    } else if (a.kind == X64_IS_REG && a.reg == d) {
        xe_x64(A, X64_ADD64, d, b);
    } else if (a.kind == X64_IS_REG && b.kind == X64_IS_REG) {
        xe_x64(A, X64_LEA64, d, x64_indexed(a.reg, b.reg, 0, 0));
    } else {
        xe_x64(A, X64_MOV64, d, a);
        xe_x64(A, X64_ADD64, d, b);
    }
}

/* d = RB - RA */
static void difference(struct xe_emit *e, int d, uint32_t rb, uint32_t ra)
{
    struct xe_x64_rm a = xe__jit_g(e, ra);
    int to = a.kind == X64_IS_REG && a.reg == d ? X64_RAX : d;

    xe__jit_g_load(e, to, rb);
    xe_x64(A, X64_SUB64, to, a);
    if (to != d)
        xe_x64(A, X64_MOV64, d, x64_reg(to));
}

void xe__jit_emit_add(struct xe_emit *e, uint32_t subtract)
{
    int d = xe__jit_g_dst(e, RT, X64_RAX);

    if (subtract)
        difference(e, d, RB, RA);
    else
        sum(e, d, RA, RB);
    done(e, RT, d, RC);
}

void xe__jit_emit_neg(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_g_dst(e, RT, X64_RAX);

    (void)unused;
    xe__jit_g_load(e, d, RA);
    xe_x64(A, X64_NEG64, 0, x64_reg(d));
    done(e, RT, d, RC);
}

void xe__jit_emit_addic(struct xe_emit *e, uint32_t record)
{
    xe_x64(A, X64_MOV32, X64_RAX, xe__jit_g(e, RA));
    xe_x64_imm(A, X64_ADD32_I, 0, x64_reg(X64_RAX), SI);
    xe_x64_setcc(A, X64_C, CPU_FIELD(ca));
    xe__jit_g_load(e, X64_RAX, RA);
    xe_x64_imm(A, X64_ADD64_I, 0, x64_reg(X64_RAX), SI);
    done(e, RT, X64_RAX, record);
}

void xe__jit_emit_subfic(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    xe_x64_mov_imm(A, X64_RAX, (uint64_t)(int64_t)SI);
    xe_x64(A, X64_CMP32, X64_RAX, xe__jit_g(e, RA));
    xe_x64_setcc(A, X64_NC, CPU_FIELD(ca));
    xe_x64(A, X64_SUB64, X64_RAX, xe__jit_g(e, RA));
    done(e, RT, X64_RAX, false);
}

void xe__jit_emit_addc(struct xe_emit *e, uint32_t subtract)
{
    int d = xe__jit_g_dst(e, RT, X64_RAX);

    xe_x64(A, X64_MOV32, X64_RAX, xe__jit_g(e, subtract ? RB : RA));
    xe_x64(A, subtract ? X64_CMP32 : X64_ADD32, X64_RAX, xe__jit_g(e, subtract ? RA : RB));
    xe_x64_setcc(A, subtract ? X64_NC : X64_C, CPU_FIELD(ca));
    if (subtract)
        difference(e, d, RB, RA);
    else
        sum(e, d, RA, RB);
    done(e, RT, d, RC);
}

/* adde, addze, addme and the subtracting ones: (RA or not RA) + (RB, 0 or -1) + CA; the carry out
 * of the low words is bit 32 of the sum of the zero-extended ones. */
void xe__jit_emit_adde(struct xe_emit *e, uint32_t how)
{
    xe__jit_g_load(e, X64_RAX, RA);
    if (how & EXTEND_NOT_A)
        xe_x64(A, X64_NOT64, 0, x64_reg(X64_RAX));
    if ((how & 3) == EXTEND_B)
        xe__jit_g_load(e, X64_RCX, RB);
    else
        xe_x64_mov_imm(A, X64_RCX, (how & 3) == EXTEND_MINUS_ONE ? UINT64_MAX : 0);
    xe_x64(A, X64_MOVZX8, X64_RDX, CPU_FIELD(ca));
    xe_x64(A, X64_ADD64, X64_RDX, x64_reg(X64_RAX)); /* whole: a + ca */
    xe_x64(A, X64_ADD64, X64_RDX, x64_reg(X64_RCX));
    /* carry: with the low words. a + b + ca: bit 32 of zext(a) + zext(b) + ca */
    xe_x64(A, X64_MOV32, X64_RAX, x64_reg(X64_RAX));
    xe_x64(A, X64_MOV32, X64_RCX, x64_reg(X64_RCX));
    xe_x64(A, X64_ADD64, X64_RAX, x64_reg(X64_RCX));
    xe_x64(A, X64_MOVZX8, X64_RCX, CPU_FIELD(ca));
    xe_x64(A, X64_ADD64, X64_RAX, x64_reg(X64_RCX));
    xe_x64_imm(A, X64_SHR64_I, 0, x64_reg(X64_RAX), 32);
    xe_x64(A, X64_MOV8_ST, X64_RAX, CPU_FIELD(ca));
    done(e, RT, X64_RDX, RC);
}

/* ---- multiply and divide --------------------------------------------------------------------- */

void xe__jit_emit_mulli(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_g_dst(e, RT, X64_RAX);

    (void)unused;
    xe_x64_imm(A, X64_IMUL64_I, d, xe__jit_g(e, RA), SI);
    done(e, RT, d, false);
}

void xe__jit_emit_mullw(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    xe_x64(A, X64_MOVSXD, X64_RAX, xe__jit_g(e, RA));
    xe_x64(A, X64_MOVSXD, X64_RCX, xe__jit_g(e, RB));
    xe_x64(A, X64_IMUL64, X64_RAX, x64_reg(X64_RCX));
    done(e, RT, X64_RAX, RC);
}

void xe__jit_emit_mulld(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    xe__jit_g_load(e, X64_RAX, RA);
    xe_x64(A, X64_IMUL64, X64_RAX, xe__jit_g(e, RB));
    done(e, RT, X64_RAX, RC);
}

void xe__jit_emit_mulhw(struct xe_emit *e, uint32_t is_unsigned)
{
    enum xe_x64_id extend = is_unsigned ? X64_MOV32 : X64_MOVSXD;

    xe_x64(A, extend, X64_RAX, xe__jit_g(e, RA));
    xe_x64(A, extend, X64_RCX, xe__jit_g(e, RB));
    xe_x64(A, X64_IMUL64, X64_RAX, x64_reg(X64_RCX));
    xe_x64_imm(A, is_unsigned ? X64_SHR64_I : X64_SAR64_I, 0, x64_reg(X64_RAX), 32);
    done(e, RT, X64_RAX, RC);
}

void xe__jit_emit_mulhd(struct xe_emit *e, uint32_t is_unsigned)
{
    xe__jit_g_load(e, X64_RAX, RA);
    xe_x64(A, is_unsigned ? X64_MUL64 : X64_IMUL64_1, 0, xe__jit_g(e, RB));
    done(e, RT, X64_RDX, RC);
}

/* ---- compare --------------------------------------------------------------------------------- */

/* A 64-bit compare: 1, -1 or 0 as the flags say. */
static void compare_wide(struct xe_emit *e, uint32_t field, bool is_unsigned)
{
    xe_x64_mov_imm(A, X64_RAX, 1);
    xe_x64_mov_imm(A, X64_RCX, UINT64_MAX);
    xe_x64_cmov(A, is_unsigned ? X64_C : X64_L, X64_RAX, x64_reg(X64_RCX));
    xe_x64_mov_imm(A, X64_RCX, 0);
    xe_x64_cmov(A, X64_E, X64_RAX, x64_reg(X64_RCX));
    xe__jit_cr_store(e, field, false);
}

void xe__jit_compare_unsigned(struct xe_emit *e, uint32_t field)
{
    compare_wide(e, field, true);
}

void xe__jit_emit_cmpi(struct xe_emit *e, uint32_t is_unsigned)
{
    int32_t imm = is_unsigned ? UI : SI;

    if (xe_ppc_l(e->word)) {
        xe_x64_imm(A, X64_CMP64_I, 0, xe__jit_g(e, RA), imm);
        compare_wide(e, BF, is_unsigned);
        return;
    }
    xe_x64(A, is_unsigned ? X64_MOV32 : X64_MOVSXD, X64_RAX, xe__jit_g(e, RA));
    if (imm)
        xe_x64_imm(A, X64_SUB64_I, 0, x64_reg(X64_RAX), imm);
    xe__jit_cr_store(e, BF, imm != 0);
}

void xe__jit_emit_cmp(struct xe_emit *e, uint32_t is_unsigned)
{
    enum xe_x64_id extend = is_unsigned ? X64_MOV32 : X64_MOVSXD;

    if (xe_ppc_l(e->word)) {
        xe__jit_g_load(e, X64_RAX, RA);
        xe_x64(A, X64_CMP64, X64_RAX, xe__jit_g(e, RB));
        compare_wide(e, BF, is_unsigned);
        return;
    }
    xe_x64(A, extend, X64_RAX, xe__jit_g(e, RA));
    xe_x64(A, extend, X64_RCX, xe__jit_g(e, RB));
    xe_x64(A, X64_SUB64, X64_RAX, x64_reg(X64_RCX));
    xe__jit_cr_store(e, BF, true);
}

/* ---- logical --------------------------------------------------------------------------------- */

void xe__jit_emit_logical_imm(struct xe_emit *e, uint32_t how)
{
    uint32_t imm = how & LOGIC_SHIFTED ? (uint32_t)UI << 16 : (uint32_t)UI;
    int d = xe__jit_g_dst(e, RA, X64_RAX);
    bool and = (how & 15) == LOGIC_AND;

    if (!and&&!imm && RS == RA)
        return;
    if (and) {
        xe_x64(A, X64_MOV32, d, xe__jit_g(e, RS));
        xe_x64_imm(A, X64_AND32_I, 0, x64_reg(d), (int32_t)imm);
    } else if ((int32_t)imm < 0) { /* would be sign-extended */
        xe_x64_mov_imm(A, X64_RCX, imm);
        xe__jit_g_load(e, d, RS);
        xe_x64(A, (how & 15) == LOGIC_OR ? X64_OR64 : X64_XOR64, d, x64_reg(X64_RCX));
    } else {
        xe__jit_g_load(e, d, RS);
        if (imm)
            xe_x64_imm(A, (how & 15) == LOGIC_OR ? X64_OR64_I : X64_XOR64_I, 0, x64_reg(d),
                       (int32_t)imm);
    }
    done(e, RA, d, and);
}

void xe__jit_emit_logical(struct xe_emit *e, uint32_t how)
{
    static const enum xe_x64_id op[] = {X64_AND64, X64_OR64, X64_XOR64};
    int d = xe__jit_g_dst(e, RA, X64_RAX);
    struct xe_x64_rm b = xe__jit_g(e, RB);

    if ((how & 15) != LOGIC_XOR && RS == RB && !(how & (LOGIC_NOT_B | LOGIC_NOT))) { /* mr */
        int s = xe__jit_g_src(e, RS, d);

        done(e, RA, s, RC);
        return;
    }
    if (how & LOGIC_NOT_B) {
        xe__jit_g_load(e, X64_RCX, RB);
        xe_x64(A, X64_NOT64, 0, x64_reg(X64_RCX));
        b = x64_reg(X64_RCX);
    }
    if (b.kind == X64_IS_REG && b.reg == d) {
        xe_x64(A, op[how & 15], d, xe__jit_g(e, RS));
    } else {
        xe__jit_g_load(e, d, RS);
        xe_x64(A, op[how & 15], d, b);
    }
    if (how & LOGIC_NOT)
        xe_x64(A, X64_NOT64, 0, x64_reg(d));
    done(e, RA, d, RC);
}

/* extsb, extsh, extsw, cntlzw, cntlzd: one host instruction. */
void xe__jit_emit_unary(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_g_dst(e, RA, X64_RAX);
    struct xe_x64_rm s = xe__jit_g(e, RS);

    xe_x64(A, (enum xe_x64_id)op, d, s);
    done(e, RA, d, RC);
}

/* ---- rotate ---------------------------------------------------------------------------------- */

static uint64_t mask(uint32_t b, uint32_t e)
{
    uint64_t from = UINT64_MAX >> b, to = UINT64_MAX << (63 - e);

    return b <= e ? from & to : from | to;
}

/* and reg, m; RCX is used when m is no immediate. */
static void and_mask(struct xe_emit *e, int reg, uint64_t m)
{
    if (m == UINT64_MAX)
        return;
    if (m == UINT32_MAX) {
        xe_x64(A, X64_MOV32, reg, x64_reg(reg));
    } else if (m <= INT32_MAX) {
        xe_x64_imm(A, X64_AND32_I, 0, x64_reg(reg), (int32_t)m);
    } else if (m <= UINT32_MAX) {
        xe_x64_imm(A, X64_AND32_I, 0, x64_reg(reg), (int32_t)(uint32_t)m);
    } else if ((int64_t)m == (int32_t)m) {
        xe_x64_imm(A, X64_AND64_I, 0, x64_reg(reg), (int32_t)m);
    } else {
        xe_x64_mov_imm(A, X64_RCX, m);
        xe_x64(A, X64_AND64, reg, x64_reg(X64_RCX));
    }
}

/* Both halves of reg = its low word rotated left by sh. */
static void double_word(struct xe_emit *e, int reg, uint32_t sh)
{
    if (sh)
        xe_x64_imm(A, X64_ROL32_I, 0, x64_reg(reg), (int32_t)sh);
    xe_x64(A, X64_MOV32, X64_RCX, x64_reg(reg));
    xe_x64_imm(A, X64_SHL64_I, 0, x64_reg(X64_RCX), 32);
    xe_x64(A, X64_OR64, reg, x64_reg(X64_RCX));
}

static void rotate_and_mask(struct xe_emit *e, int d, uint32_t sh, uint32_t m)
{
    struct xe_x64_rm s = xe__jit_g(e, RS);

    if (sh && m == UINT32_MAX << sh) {
        xe_x64(A, X64_MOV32, d, s);
        xe_x64_imm(A, X64_SHL32_I, 0, x64_reg(d), (int32_t)sh);
    } else if (sh && m == UINT32_MAX >> (32 - sh)) {
        xe_x64(A, X64_MOV32, d, s);
        xe_x64_imm(A, X64_SHR32_I, 0, x64_reg(d), (int32_t)(32 - sh));
    } else if (sh && (m & (UINT32_MAX << sh)) == 0) { /* a field shifted right */
        xe_x64(A, X64_MOV32, d, s);
        xe_x64_imm(A, X64_SHR32_I, 0, x64_reg(d), (int32_t)(32 - sh));
        and_mask(e, d, m);
    } else if (!sh && m == 0xFF && (s.kind != X64_IS_REG || s.reg < 16)) {
        xe_x64(A, X64_MOVZX8, d, s);
    } else if (!sh && m == 0xFFFF) {
        xe_x64(A, X64_MOVZX16, d, s);
    } else if (sh) {
        xe_x64_imm(A, X64_RORX32, d, s, (int32_t)(32 - sh));
        if (m != UINT32_MAX)
            and_mask(e, d, m);
    } else {
        xe_x64(A, X64_MOV32, d, s);
        if (m != UINT32_MAX)
            and_mask(e, d, m);
    }
}

void xe__jit_emit_rlwinm(struct xe_emit *e, uint32_t unused)
{
    uint32_t sh = SH, mb = MB, me = ME;
    int d = xe__jit_g_dst(e, RA, X64_RAX);

    (void)unused;
    if (sh && sh <= 3 && mb == 0 && me == 31 - sh && RS == RA && !RC && xe__jit_shifted_load(e, sh))
        return;
    if (mb <= me) {
        rotate_and_mask(e, d, sh, (uint32_t)mask(mb + 32, me + 32));
    } else { /* the mask wraps: the upper half shows the word again */
        xe_x64(A, X64_MOV32, X64_RAX, xe__jit_g(e, RS));
        double_word(e, X64_RAX, sh);
        and_mask(e, X64_RAX, mask(mb + 32, me + 32));
        d = X64_RAX;
    }
    done(e, RA, d, RC);
    if (sh && sh <= 3 && mb == 0 && me == 31 - sh && RS != RA) {
        e->index.scaled = (int)RA;
        e->index.of = (int)RS;
        e->index.shift = (int)sh;
    }
}

void xe__jit_emit_rlwnm(struct xe_emit *e, uint32_t unused)
{
    uint32_t mb = MB, me = ME;

    (void)unused;
    xe_x64(A, X64_MOV32, X64_RCX, xe__jit_g(e, RB));
    xe_x64(A, X64_MOV32, X64_RAX, xe__jit_g(e, RS));
    xe_x64(A, X64_ROL32_C, 0, x64_reg(X64_RAX));
    if (mb > me)
        double_word(e, X64_RAX, 0);
    and_mask(e, X64_RAX, mask(mb + 32, me + 32));
    done(e, RA, X64_RAX, RC);
}

/* RA = (RDX & m) | (RA & ~m) */
static void insert(struct xe_emit *e, uint64_t m)
{
    xe__jit_g_load(e, X64_RAX, RA);
    and_mask(e, X64_RDX, m);
    and_mask(e, X64_RAX, ~m);
    xe_x64(A, X64_OR64, X64_RAX, x64_reg(X64_RDX));
    done(e, RA, X64_RAX, RC);
}

void xe__jit_emit_rlwimi(struct xe_emit *e, uint32_t unused)
{
    uint32_t sh = SH, mb = MB, me = ME;

    (void)unused;
    if (sh)
        xe_x64_imm(A, X64_RORX32, X64_RDX, xe__jit_g(e, RS), (int32_t)(32 - sh));
    else
        xe_x64(A, X64_MOV32, X64_RDX, xe__jit_g(e, RS));
    if (mb > me)
        double_word(e, X64_RDX, 0);
    insert(e, mask(mb + 32, me + 32));
}

void xe__jit_emit_rld(struct xe_emit *e, uint32_t how)
{
    uint32_t sh = SH6, n = MB6;
    uint64_t m = how == ROTATE_LEFT_END    ? mask(n, 63)
                 : how == ROTATE_RIGHT_END ? mask(0, n)
                                           : mask(n, 63 - sh);
    int d = how == ROTATE_INSERT ? X64_RDX : xe__jit_g_dst(e, RA, X64_RAX);

    xe__jit_g_load(e, d, RS);
    if (how != ROTATE_INSERT && sh && m == UINT64_MAX << sh) {
        xe_x64_imm(A, X64_SHL64_I, 0, x64_reg(d), (int32_t)sh);
    } else if (how != ROTATE_INSERT && sh && m == UINT64_MAX >> (64 - sh)) {
        xe_x64_imm(A, X64_SHR64_I, 0, x64_reg(d), (int32_t)(64 - sh));
    } else {
        if (sh)
            xe_x64_imm(A, X64_ROL64_I, 0, x64_reg(d), (int32_t)sh);
        if (how != ROTATE_INSERT)
            and_mask(e, d, m);
    }
    if (how == ROTATE_INSERT)
        insert(e, m);
    else
        done(e, RA, d, RC);
}

void xe__jit_emit_rldc(struct xe_emit *e, uint32_t right)
{
    xe_x64(A, X64_MOV32, X64_RCX, xe__jit_g(e, RB));
    xe__jit_g_load(e, X64_RAX, RS);
    xe_x64(A, X64_ROL64_C, 0, x64_reg(X64_RAX));
    and_mask(e, X64_RAX, right ? mask(0, MB6) : mask(MB6, 63));
    done(e, RA, X64_RAX, RC);
}

/* ---- shift ----------------------------------------------------------------------------------- */

/* Six bits of the count matter, and a 64-bit shift of a word does the right thing with them. */
void xe__jit_emit_shift_word(struct xe_emit *e, uint32_t op)
{
    int d = xe__jit_g_dst(e, RA, X64_RAX), n = xe__jit_g_src(e, RB, X64_RCX);

    xe_x64(A, X64_MOV32, X64_RAX, xe__jit_g(e, RS));
    xe_x64_v(A, (enum xe_x64_id)op, X64_RAX, n, x64_reg(X64_RAX));
    xe_x64(A, X64_MOV32, d, x64_reg(X64_RAX));
    done(e, RA, d, RC);
}

void xe__jit_emit_shift_double(struct xe_emit *e, uint32_t op)
{
    xe__jit_g_load(e, X64_RCX, RB);
    xe__jit_g_load(e, X64_RAX, RS);
    xe_x64_v(A, (enum xe_x64_id)op, X64_RAX, X64_RCX, x64_reg(X64_RAX));
    xe_x64(A, X64_XOR32, X64_RDX, x64_reg(X64_RDX));
    xe_x64_imm(A, X64_TEST32_I, 0, x64_reg(X64_RCX), 64);
    xe_x64_cmov(A, X64_NE, X64_RAX, x64_reg(X64_RDX));
    done(e, RA, X64_RAX, RC);
}

/* RAX >> n with CA: the operand is negative and shifting back does not restore it. */
void xe__jit_emit_shift_algebraic_imm(struct xe_emit *e, uint32_t wide)
{
    uint32_t n = wide ? SH6 : SH;

    if (wide)
        xe__jit_g_load(e, X64_RAX, RS);
    else
        xe_x64(A, X64_MOVSXD, X64_RAX, xe__jit_g(e, RS));
    if (!n) {
        xe_x64_imm(A, X64_MOV8_I, 0, CPU_FIELD(ca), 0);
    } else {
        /* negative: the lost bits; else 0 */
        xe_x64(A, X64_MOV64, X64_RCX, x64_reg(X64_RAX));
        xe_x64_imm(A, X64_SAR64_I, 0, x64_reg(X64_RCX), 63);
        xe_x64(A, X64_AND64, X64_RCX, x64_reg(X64_RAX));
        xe_x64_imm(A, X64_SHL64_I, 0, x64_reg(X64_RCX), (int32_t)(64 - n));
        xe_x64_setcc(A, X64_NE, CPU_FIELD(ca));
        xe_x64_imm(A, X64_SAR64_I, 0, x64_reg(X64_RAX), (int32_t)n);
    }
    done(e, RA, X64_RAX, RC);
}

void xe__jit_emit_sraw(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    xe__jit_g_load(e, X64_RDX, RB);
    xe_x64(A, X64_MOVSXD, X64_RAX, xe__jit_g(e, RS));
    xe_x64_v(A, X64_SARX64, X64_RCX, X64_RDX, x64_reg(X64_RAX));
    xe_x64_v(A, X64_SHLX64, X64_RDX, X64_RDX, x64_reg(X64_RCX));
    xe_x64(A, X64_XOR64, X64_RDX, x64_reg(X64_RAX)); /* what was lost */
    xe_x64_imm(A, X64_SAR64_I, 0, x64_reg(X64_RAX), 63);
    xe_x64(A, X64_AND64, X64_RAX, x64_reg(X64_RDX));
    xe_x64_setcc(A, X64_NE, CPU_FIELD(ca));
    done(e, RA, X64_RCX, RC);
}

/* 64 and more leave the sign in all bits, and lose the rest. */
void xe__jit_emit_srad(struct xe_emit *e, uint32_t unused)
{
    uint8_t *less, *join;

    (void)unused;
    xe__jit_g_load(e, X64_RDX, RB);
    xe__jit_g_load(e, X64_RAX, RS);
    xe_x64_imm(A, X64_TEST32_I, 0, x64_reg(X64_RDX), 64);
    less = xe_x64_jcc(A, X64_E);
    xe_x64(A, X64_MOV64, X64_RCX, x64_reg(X64_RAX));
    xe_x64_imm(A, X64_SAR64_I, 0, x64_reg(X64_RCX), 63);
    xe_x64(A, X64_MOV64, X64_RDX, x64_reg(X64_RAX));
    join = xe_x64_jmp(A);
    xe_x64_land(A, less);
    xe_x64_v(A, X64_SARX64, X64_RCX, X64_RDX, x64_reg(X64_RAX));
    xe_x64_v(A, X64_SHLX64, X64_RDX, X64_RDX, x64_reg(X64_RCX));
    xe_x64(A, X64_XOR64, X64_RDX, x64_reg(X64_RAX));
    xe_x64_land(A, join);
    xe_x64_imm(A, X64_SAR64_I, 0, x64_reg(X64_RAX), 63);
    xe_x64(A, X64_AND64, X64_RAX, x64_reg(X64_RDX));
    xe_x64_setcc(A, X64_NE, CPU_FIELD(ca));
    done(e, RA, X64_RCX, RC);
}
