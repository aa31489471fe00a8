/* FPRs in single format, and records of what FPSCR would tell.
 *
 * A register that holds the value of a single may be kept in single format in its host register:
 * lfs, single arithmetic and stfs then need no conversions, and one host rounding is the guest's.
 *
 * FPSCR's FR, FI and FPRF are worked out from a record of the newest instruction when somebody
 * looks: its word and its operands.
 */
#include "jit/emit_fpu.h"

/* ---- formats ----------------------------------------------------------------------------------
 */

bool xe__jit_fpu_is_single(const struct xe_emit *e, uint32_t r)
{
    return xe__known_is_single(&e->known, r);
}

/* Is the value in register r known to be one of a single? */
bool xe__jit_fpu_is_exact(const struct xe_emit *e, uint32_t r)
{
    return xe__known_is_exact(&e->known, r);
}

/* The host register that holds r in double format. */
int xe__jit_fpu_as_double(struct xe_emit *e, uint32_t r, int scratch)
{
    int x = xe__jit_f_src(e, r, scratch), d;

    if (!xe__jit_fpu_is_single(e, r))
        return x;
    d = xe__jit_f_dst(e, r, scratch);
    xe__jit_site(e);
    xe_x64_v(A, X64_VCVTSS2SD, d, x, x64_reg(x));
    xe__jit_f_move(e, r, d);
    xe__known_double(&e->known, r);
    return d;
}

/* The same for a look at the value only: r keeps its format. */
int xe__jit_fpu_as_double_copy(struct xe_emit *e, uint32_t r, int scratch)
{
    int x = xe__jit_f_src(e, r, scratch);

    if (!xe__jit_fpu_is_single(e, r))
        return x;
    xe__jit_site(e);
    xe_x64_v(A, X64_VCVTSS2SD, scratch, x, x64_reg(x));
    return scratch;
}

/* The host register that holds r in single format; the interpreter takes over where r's value is
 * none of a single. XMM0 and XMM4 are used. */
int xe__jit_fpu_as_single(struct xe_emit *e, uint32_t r, int scratch)
{
    int x = xe__jit_f_src(e, r, scratch), d;

    if (xe__jit_fpu_is_single(e, r))
        return x;
    d = xe__jit_f_dst(e, r, scratch);
    xe__jit_site(e);
    if (xe__jit_fpu_is_exact(e, r)) {
        xe_x64_v(A, X64_VCVTSD2SS, d, x, x64_reg(x));
    } else {
        xe_x64_v(A, X64_VCVTSD2SS, 4, x, x64_reg(x));
        xe__jit_site(e);
        xe_x64_v(A, X64_VCVTSS2SD, 0, 4, x64_reg(4));
        xe_x64(A, X64_VUCOMISD, 0, x64_reg(x));
        xe__jit_interpret_if(e, X64_NE);
        xe__jit_interpret_if(e, X64_P);
        xe_x64(A, X64_VMOVAPS, d, x64_reg(4));
    }
    xe__jit_writes(e, e->scan->f_written[r]);
    xe__known_single(&e->known, r, e->homes->f[r] != NO_REG);
    if (e->homes->f[r] != NO_REG)
        xe__jit_f_move(e, r, d);
    return d;
}

void xe__jit_fpu_canonical(struct xe_emit *e)
{
    while (e->known.single)
        xe__jit_fpu_as_double(e, (uint32_t)__builtin_ctz(e->known.single), 0);
}

void xe__jit_fpu_shape(struct xe_emit *e, uint32_t single)
{
    uint32_t widen = e->known.single & ~single, narrow = single & ~e->known.single;

    for (; widen; widen &= widen - 1)
        xe__jit_fpu_as_double(e, (uint32_t)__builtin_ctz(widen), 0);
    for (; narrow; narrow &= narrow - 1)
        xe__jit_fpu_as_single(e, (uint32_t)__builtin_ctz(narrow), 0);
}

/* Register r gets the double in x. */
void xe__jit_fpu_put_double(struct xe_emit *e, uint32_t r, int x, bool exact)
{
    xe__known_put(&e->known, r, exact);
    xe__jit_f_put(e, r, x);
}

/* Register r gets the single in x (a scratch register when r is not in a host register). */
void xe__jit_fpu_put_single(struct xe_emit *e, uint32_t r, int x)
{
    if (e->homes->f[r] == NO_REG) {
        xe__jit_site(e);
        xe_x64_v(A, X64_VCVTSS2SD, x, x, x64_reg(x));
        xe__jit_fpu_put_double(e, r, x, true);
        return;
    }
    xe__jit_f_put(e, r, x);
    xe__known_single(&e->known, r, true);
}

/* ---- records ----------------------------------------------------------------------------------
 */

/* Arithmetic, which replaces all that an older record would tell? */
bool xe__jit_fpu_replaces(uint32_t word)
{
    const struct xe_ppc_insn *insn = word ? xe_ppc_decode(word) : NULL;
    const struct xe_jit_row *row = insn ? &xe_jit_rows[insn - xe_ppc_insns] : NULL;

    return row && !xe_ppc_rc(word) &&
           (row->emit == xe__jit_emit_arithmetic || row->emit == xe__jit_emit_multiply_add);
}

/* Will the record of the instruction at hand be replaced while it is held back? The other pass
 * through a loop does so, too. */
static bool may_hold(const struct xe_emit *e)
{
    const uint8_t *base = e->jit->engine->env.mem->base;

    if (e->paid_ahead)
        return true;
    for (uint32_t n = e->done + 1; n < e->now->words; n++)
        if (xe__jit_fpu_replaces(xe_load_be32(base + e->now->pc + 4 * n)))
            return true;
    return false;
}

/* XMM0 is used. */
static void write_operands(struct xe_emit *e, int which, const int8_t operand[3])
{
    for (uint32_t i = 0; i < 3; i++) {
        int x = operand[i];

        if (x == OPERAND_SPILLED)
            xe_x64(A, X64_VMOVSD, x = 0, x64_near(&e->frame->spilled[i]));
        if (x != NO_REG)
            xe_x64(A, X64_VMOVSD_ST, x, x64_near(&e->frame->operand[which][i]));
    }
}

void xe__jit_write_record(struct xe_emit *e, uint32_t word, const int8_t operand[3])
{
    bool known = e->known.recorded == word;

    e->known.recorded = word;
    if (!known) /* both words at once: convert and compare */
        xe_x64_imm(A, X64_MOV64_I, 0, x64_near(&e->frame->record[RECORD_CONVERT]), 0);
    write_operands(e, RECORD_ARITHMETIC, operand);
    if (!known)
        xe_x64_imm(A, X64_MOV32_I, 0, x64_near(&e->frame->record[RECORD_ARITHMETIC]),
                   (int32_t)word);
}

/* Those of x[] that the row has: frA, frB, frC. */
static void operands(uint32_t arg, const int x[3], int8_t operand[3])
{
    for (uint32_t i = 0; i < 3; i++)
        operand[i] = (int8_t)(FPU_OPERANDS(arg) >> i & 1 ? x[i] : NO_REG);
}

static uint32_t operand_mask(uint32_t arg, const int x[3])
{
    uint32_t mask = 0;

    for (uint32_t i = 0; i < 3; i++)
        if (FPU_OPERANDS(arg) >> i & 1)
            mask |= 1u << x[i];
    return mask;
}

/* A conversion to integer or a compare: written at once. */
void xe__jit_fpu_record_other(struct xe_emit *e, int which, uint32_t arg, const int x[3])
{
    uint32_t word = e->word;
    int8_t operand[3];

    xe__jit_do_record(e); /* it is older */
    e->known.recorded = 0;
    if (which == RECORD_COMPARE)
        word = arg & FPU_SINGLE ? word | RECORD_SINGLE : word & ~RECORD_SINGLE;
    operands(arg, x, operand);
    write_operands(e, which, operand);
    xe_x64_imm(A, X64_MOV32_I, 0, x64_near(&e->frame->record[which]), (int32_t)word);
}

/* Where to compute the result of the arithmetic instruction at hand: where frT is, unless that is
 * one of the host registers `avoid`, then elsewhere; XMM0 when there is no other place. */
static int target(struct xe_emit *e, uint32_t avoid)
{
    int d = xe__jit_f_dst(e, RT, 0);

    if (avoid >> d & 1)
        d = xe__jit_f_free_register(e, RT, avoid);
    return d == NO_REG ? 0 : d;
}

/* Hold the record back: operands in frT's register or in scratch ones go to the frame. */
static void begin_holding(struct xe_emit *e, struct xe_jit_arithmetic *it)
{
    int into = it->d >= XMM_FREE ? it->d : e->off.f_now[RT];

    it->later = e->word;
    if (into != NO_REG)
        xe__jit_spill_operands(e, it->operand, into);
    for (int x = 0; x < XMM_FREE; x++)
        xe__jit_spill_operands(e, it->operand, x);
}

/* Where to compute it; with its record written, or to be held back. keep: its operands are wanted
 * again when the result turns out to be the interpreter's business. The older record is worth
 * nothing from here on. */
struct xe_jit_arithmetic xe__jit_fpu_begin(struct xe_emit *e, uint32_t arg, const int x[3],
                                           bool keep)
{
    uint32_t mask = operand_mask(arg, x);
    struct xe_jit_arithmetic it = {.d = 0};

    xe__jit_drop_record(e);
    operands(arg, x, it.operand);
    if (xe__jit_fpu_replaces(e->next_word)) {
        it.d = target(e, keep ? mask : 0);
    } else if (may_hold(e)) {
        it.d = target(e, mask);
        begin_holding(e, &it);
    } else {
        xe__jit_write_record(e, e->word, it.operand);
        it.d = target(e, keep ? mask : 0);
    }
    return it;
}

/* It is done. */
void xe__jit_fpu_end(struct xe_emit *e, const struct xe_jit_arithmetic *it, bool single)
{
    if (single)
        xe__jit_fpu_put_single(e, RT, it->d);
    else
        xe__jit_fpu_put_double(e, RT, it->d, false);
    if (it->later)
        xe__jit_defer_record(e, it->later, it->operand);
}
