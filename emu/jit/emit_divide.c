/* Divisions. A quotient that does not exist is 0; forms that say so in XER are the interpreter's.
 */
#include "jit/emit_rows.h"

/* RT = RDX. */
static void quotient(struct xe_emit *e)
{
    xe__jit_g_put(e, RT, X64_RDX);
    if (RC)
        xe__jit_record(e, 0, X64_RDX);
}

/* A quotient that the books leave undefined is 0 (as in the interpreter). */
void xe__jit_emit_divw(struct xe_emit *e, uint32_t is_unsigned)
{
    uint8_t *zero, *minus = NULL, *out = NULL;

    xe_x64(A, X64_MOV32, X64_RCX, xe__jit_g(e, RB));
    xe_x64(A, X64_MOV32, X64_RAX, xe__jit_g(e, RA));
    xe_x64(A, X64_XOR32, X64_RDX, x64_reg(X64_RDX));
    xe_x64(A, X64_TEST32, X64_RCX, x64_reg(X64_RCX));
    zero = xe_x64_jcc(A, X64_E);
    if (is_unsigned) {
        xe_x64(A, X64_DIV32, 0, x64_reg(X64_RCX));
        xe_x64(A, X64_MOV32, X64_RDX, x64_reg(X64_RAX));
    } else {
        /* In 64 bits nothing overflows; -2^31 / -1 = 2^31 is the case to turn into 0. */
        xe_x64(A, X64_MOVSXD, X64_RAX, x64_reg(X64_RAX));
        xe_x64(A, X64_MOVSXD, X64_RCX, x64_reg(X64_RCX));
        xe_x64_imm(A, X64_CMP32_I, 0, x64_reg(X64_RCX), -1);
        minus = xe_x64_jcc(A, X64_E);
        xe_x64_byte(A, 0x99); /* cdq */
        xe_x64(A, X64_IDIV32, 0, x64_reg(X64_RCX));
        xe_x64(A, X64_MOV32, X64_RDX, x64_reg(X64_RAX));
        out = xe_x64_jmp(A);
        xe_x64_land(A, minus);
        xe_x64(A, X64_NEG64, 0, x64_reg(X64_RAX));
        xe_x64(A, X64_MOVSXD, X64_RCX, x64_reg(X64_RAX));
        xe_x64(A, X64_CMP64, X64_RCX, x64_reg(X64_RAX));
        xe_x64_cmov(A, X64_E, X64_RDX, x64_reg(X64_RAX));
        xe_x64(A, X64_MOV32, X64_RDX, x64_reg(X64_RDX));
        xe_x64_land(A, out);
    }
    xe_x64_land(A, zero);
    quotient(e);
}

/* divd, divdu: -2^63 / -1 is the only quotient that overflows. */
void xe__jit_emit_divd(struct xe_emit *e, uint32_t is_unsigned)
{
    uint8_t *zero, *minus, *out;

    xe__jit_g_load(e, X64_RCX, RB);
    xe__jit_g_load(e, X64_RAX, RA);
    xe_x64(A, X64_XOR32, X64_RDX, x64_reg(X64_RDX));
    xe_x64(A, X64_TEST64, X64_RCX, x64_reg(X64_RCX));
    zero = xe_x64_jcc(A, X64_E);
    if (is_unsigned) {
        xe_x64(A, X64_DIV64, 0, x64_reg(X64_RCX));
        xe_x64(A, X64_MOV64, X64_RDX, x64_reg(X64_RAX));
    } else {
        xe_x64_imm(A, X64_CMP64_I, 0, x64_reg(X64_RCX), -1);
        minus = xe_x64_jcc(A, X64_E);
        xe_x64_byte(A, 0x48); /* cqo */
        xe_x64_byte(A, 0x99);
        xe_x64(A, X64_IDIV64, 0, x64_reg(X64_RCX));
        xe_x64(A, X64_MOV64, X64_RDX, x64_reg(X64_RAX));
        out = xe_x64_jmp(A);
        xe_x64_land(A, minus);
        xe_x64(A, X64_NEG64, 0, x64_reg(X64_RAX));
        xe_x64_cmov(A, X64_NO, X64_RDX, x64_reg(X64_RAX));
        xe_x64_land(A, out);
    }
    xe_x64_land(A, zero);
    quotient(e);
}
