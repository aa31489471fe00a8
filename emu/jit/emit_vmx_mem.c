/* Vector loads and stores. A whole block is one host access; what is smaller or shifted is arranged
 * in registers by byte shuffles whose controls come from the address.
 *
 * An instruction does nothing lasting before its last access, so that the interpreter can do it
 * over where the guarded view refuses one. */
#include "jit/emit_rows.h"
#include "jit/emit_vmx.h"

/* EAX = the effective address. */
static void address(struct xe_emit *e)
{
    if (!RA)
        xe_x64(A, X64_MOV32, X64_RAX, xe__jit_g(e, RB));
    else
        xe_x64(A, X64_LEA32, X64_RAX,
               x64_indexed(xe__jit_g_src(e, RA, X64_RAX), xe__jit_g_src(e, RB, X64_RCX), 0, 0));
}

static void align(struct xe_emit *e)
{
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RAX), -16);
}

void xe__jit_emit_lvx(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, xe__vd(e), XMM0);

    (void)unused;
    address(e);
    align(e);
    xe__jit_site(e);
    xe_x64(A, X64_VMOVUPS, d, x64_guest(X64_RAX, -1, 0));
    xe_x64_v(A, X64_VPSHUFB, d, d, xe__jit_constant(e, JIT_SWAP16));
    xe__jit_f_put(e, xe__vd(e), d);
}

void xe__jit_emit_stvx(struct xe_emit *e, uint32_t unused)
{
    int s = xe__jit_f_src(e, xe__vd(e), XMM0);

    (void)unused;
    address(e);
    align(e);
    xe_x64_v(A, X64_VPSHUFB, XMM0, s, xe__jit_constant(e, JIT_SWAP16));
    xe__jit_site(e);
    xe_x64(A, X64_VMOVUPS_ST, XMM0, x64_guest(X64_RAX, -1, 0));
}

/* One element of the register, the one with the address's place in the block: its bytes are
 * reversed as those of the block are, so a window into that shuffle picks it. */
void xe__jit_emit_stvex(struct xe_emit *e, uint32_t unused)
{
    uint32_t size = e->insn->memory.size;
    int s = xe__jit_f_src(e, xe__vd(e), XMM0);

    (void)unused;
    address(e);
    if (size > 1)
        xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RAX), -(int32_t)size);
    xe_x64(A, X64_MOV32, X64_RCX, x64_reg(X64_RAX));
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RCX), 15);
    xe_x64(A, X64_LEA64, X64_RDX, xe__jit_constant(e, JIT_SWAP16));
    xe_x64(A, X64_VMOVD, XMM1, x64_indexed(X64_RDX, X64_RCX, 0, 0));
    xe_x64_v(A, X64_VPSHUFB, XMM0, s, x64_reg(XMM1));
    xe_x64(A, X64_VMOVD_ST, XMM0, x64_reg(X64_RDX));
    xe__jit_site(e);
    xe_x64(A,
           size == 1   ? X64_MOV8_ST
           : size == 2 ? X64_MOV16_ST
                       : X64_MOV32_ST,
           X64_RDX, x64_guest(X64_RAX, -1, 0));
}

/* XMM1 = the byte at ECX & 15 in all bytes; ECX is that too. */
static void spread(struct xe_emit *e)
{
    xe_x64_imm(A, X64_AND32_I, 0, x64_reg(X64_RCX), 15);
    xe_x64(A, X64_VMOVD, XMM1, x64_reg(X64_RCX));
    xe_x64(A, X64_VPBROADCASTB, XMM1, x64_reg(XMM1));
}

/* XMM1 = the shuffle between a block in memory and what lvlx or lvrx makes of it, or what stvlx or
 * stvrx makes it of; bytes that belong to the other half have their top bit set. */
static void control(struct xe_emit *e)
{
    bool left = e->insn->memory.extent == XE_PPC_EXTENT_LEFT;

    xe_x64(A, X64_MOV32, X64_RCX, x64_reg(X64_RAX));
    spread(e);
    xe_x64_v(A, X64_VPADDB, XMM1, XMM1, xe__jit_constant(e, left ? JIT_FROM_LEFT : JIT_FROM_RIGHT));
    align(e);
}

/* lvrx of an aligned address needs no memory. Reading its block is harmless; where it faults the
 * interpreter knows better. */
void xe__jit_emit_lvlx(struct xe_emit *e, uint32_t unused)
{
    int d = xe__jit_f_dst(e, xe__vd(e), XMM0);

    (void)unused;
    address(e);
    control(e);
    xe__jit_site(e);
    xe_x64(A, X64_VMOVUPS, XMM0, x64_guest(X64_RAX, -1, 0));
    xe_x64_v(A, X64_VPSHUFB, d, XMM0, x64_reg(XMM1));
    xe__jit_f_put(e, xe__vd(e), d);
}

void xe__jit_emit_stvlx(struct xe_emit *e, uint32_t unused)
{
    int s = xe__jit_f_src(e, xe__vd(e), XMM0);
    uint8_t *none = NULL;

    (void)unused;
    address(e);
    control(e);
    if (e->insn->memory.extent == XE_PPC_EXTENT_RIGHT) {
        xe_x64(A, X64_TEST32, X64_RCX, x64_reg(X64_RCX));
        none = xe_x64_jcc(A, X64_E);
    }
    xe_x64_v(A, X64_VPSHUFB, XMM0, s, x64_reg(XMM1));
    xe__jit_site(e);
    xe_x64(A, X64_VMOVUPS, XMM2, x64_guest(X64_RAX, -1, 0));
    xe_x64_v_imm(A, X64_VPBLENDVB, XMM0, XMM0, x64_reg(XMM2), XMM1);
    xe__jit_site(e);
    xe_x64(A, X64_VMOVUPS_ST, XMM0, x64_guest(X64_RAX, -1, 0));
    if (none)
        xe_x64_land(A, none);
}

void xe__jit_emit_lvsl(struct xe_emit *e, uint32_t side)
{
    int d = xe__jit_f_dst(e, xe__vd(e), XMM0);

    address(e);
    xe_x64(A, X64_MOV32, X64_RCX, x64_reg(X64_RAX));
    spread(e);
    if (side == VMX_LEFT) {
        xe_x64_v(A, X64_VPADDB, d, XMM1, xe__jit_constant(e, JIT_SWAP16));
    } else {
        xe_x64(A, X64_VMOVUPS, XMM0, xe__jit_constant(e, JIT_LVSR));
        xe_x64_v(A, X64_VPSUBB, d, XMM0, x64_reg(XMM1));
    }
    xe__jit_f_put(e, xe__vd(e), d);
}
