/* Machine state, reservations and cache blocks.
 *
 * Accesses go through the guarded view like all others; what is not the common case - a misaligned
 * address, a physical alias, a reservation that is gone - is the interpreter's. */
#include "jit/emit_rows.h"

/* What mtmsr and mtmsrd with L=1 write: EE and RI. */
#define MSR_L_WRITE 0x8002

/* EAX = the address of an X form. */
static void address(struct xe_emit *e)
{
    if (RA == 0) {
        xe_x64(A, X64_MOV32, X64_RAX, xe__jit_g(e, RB));
        return;
    }
    xe_x64(A, X64_MOV32, X64_RAX, xe__jit_g(e, RA));
    xe_x64(A, X64_ADD32, X64_RAX, xe__jit_g(e, RB));
}

/* ---- machine state -----------------------------------------------------------------------------
 */

void xe__jit_emit_mfmsr(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_g_dst(e, RT, X64_RAX);

    (void)unused;
    xe_x64(A, X64_MOV64, d, CPU_FIELD(msr));
    xe__jit_g_put(e, RT, d);
}

/* mtmsr, mtmsrd with L=1: titles mask interrupts with it. */
void xe__jit_emit_mtmsr(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    xe__jit_g_load(e, X64_RAX, RT);
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RAX), MSR_L_WRITE);
    xe_x64(A, X64_MOV64, X64_RCX, CPU_FIELD(msr));
    xe_x64_imm(A, X64_AND64_I, 0, x64_reg(X64_RCX), ~MSR_L_WRITE);
    xe_x64(A, X64_OR64, X64_RCX, x64_reg(X64_RAX));
    xe_x64(A, X64_MOV64_ST, X64_RCX, CPU_FIELD(msr));
}

/* ---- reservations ------------------------------------------------------------------------------
 */

static void need_aligned(struct xe_emit *e, uint32_t size)
{
    xe_x64_imm(A, X64_TEST32_I, 0, x64_reg(X64_RAX), (int32_t)size - 1);
    xe__jit_interpret_if(e, X64_NE);
}

/* RDX = what is there. */
static void load(struct xe_emit *e, uint32_t size)
{
    xe__jit_site(e);
    xe_x64(A, size == 4 ? X64_MOVBE32 : X64_MOVBE64, X64_RDX, x64_guest(X64_RAX, -1, 0));
}

/* lwarx, ldarx. Addresses below the physical aliases are canonical. */
void xe__jit_emit_reserve(struct xe_emit *e, uint32_t unused)
{
    uint32_t size = e->insn->memory.size;

    (void)unused;
    address(e);
    need_aligned(e, size);
    xe_x64_imm(A, X64_CMP32_I, 0, x64_reg(X64_RAX), (int32_t)XE_MEM_PHYS_A);
    xe__jit_interpret_if(e, X64_NC);
    load(e, size);
    xe_x64_imm(A, X64_MOV32_I, 0, CPU_FIELD(reserve_valid), (int32_t)size);
    xe_x64(A, X64_MOV32_ST, X64_RAX, CPU_FIELD(reserve_address));
    xe_x64(A, X64_MOV64_ST, X64_RDX, CPU_FIELD(reserve_value));
    xe__jit_g_put(e, RT, X64_RDX);
}

/* stwcx., stdcx. to the very place that is reserved, where memory still holds what was loaded. An
 * aligned address that equals a reserved one is canonical. */
void xe__jit_emit_store_conditional(struct xe_emit *e, uint32_t unused)
{
    uint32_t size = e->insn->memory.size;

    (void)unused;
    address(e);
    need_aligned(e, size);
    xe_x64_imm(A, X64_CMP32_I, 0, CPU_FIELD(reserve_valid), (int32_t)size);
    xe__jit_interpret_if(e, X64_NE);
    xe_x64(A, X64_CMP32, X64_RAX, CPU_FIELD(reserve_address));
    xe__jit_interpret_if(e, X64_NE);
    load(e, size);
    xe_x64(A, X64_CMP64, X64_RDX, CPU_FIELD(reserve_value));
    xe__jit_interpret_if(e, X64_NE);
    xe__jit_g_load(e, X64_RDX, RT);
    xe__jit_site(e);
    xe_x64(A, size == 4 ? X64_MOVBE32_ST : X64_MOVBE64_ST, X64_RDX, x64_guest(X64_RAX, -1, 0));
    xe_x64_imm(A, X64_MOV32_I, 0, CPU_FIELD(reserve_valid), 0);
    xe_x64_mov_imm(A, X64_RAX, 0); /* the lazy form of EQ */
    xe__jit_cr_store(e, 0, false);
}

/* ---- cache blocks ------------------------------------------------------------------------------
 */

/* dcbz, dcbz128. A block lies in one page: either all of it can be stored to, or none. */
void xe__jit_emit_dcbz(struct xe_emit *e, uint32_t unused)
{
    uint32_t size = e->insn->memory.size;

    (void)unused;
    address(e);
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RAX), -(int32_t)size);
    xe_x64_v(A, X64_VPXOR, 0, 0, x64_reg(0));
    for (uint32_t i = 0; i < size; i += 16) {
        xe__jit_site(e);
        xe_x64(A, X64_VMOVUPS_ST, 0, x64_guest(X64_RAX, -1, (int32_t)i));
    }
}

/* dcbst, dcbf: checked like a load. */
void xe__jit_emit_touch(struct xe_emit *e, uint32_t unused)
{
    (void)unused;
    address(e);
    xe__jit_site(e);
    xe_x64(A, X64_MOVZX8, X64_RAX, x64_guest(X64_RAX, -1, 0));
}
