/* The FPU of translated code at run time: its lazy parts are made whole when somebody looks. */
#include <string.h>

#include "cpu/softfp/fpu_math.h"
#include "jit/emit_rows.h"

/* MXCSR: all exceptions unmasked but inexact, to nearest, no flags. Source: Intel SDM volume 1,
 * section 10.2.3. */
#define CSR_MASK_INEXACT 0x1000u

/* Vector arithmetic never touches FPSCR, but its inexact results would fault while XX is clear.
 * Once that was seen, threads with XX clear have inexact results masked and leave their scalar
 * arithmetic to the interpreter, until it sets XX. */
void xe__jit_fpu_mode(struct xe_jit *jit, const struct xe_cpu *cpu)
{
    const uint32_t unusual = XE_FPSCR_VE | XE_FPSCR_OE | XE_FPSCR_UE | XE_FPSCR_ZE | XE_FPSCR_XE |
                             XE_FPSCR_NI | XE_FPSCR_RN;
    bool inexact = cpu->fpscr & XE_FPSCR_XX;

    jit->frame->plain = !(cpu->fpscr & unusual) && (inexact || !jit->vector_inexact);
    jit->frame->guest_csr = inexact || jit->vector_inexact ? CSR_MASK_INEXACT : 0;
}

/* Do an instruction over for what it leaves in FPSCR. Its registers are lent to it. */
static void replay(struct xe_jit *jit, struct xe_cpu *cpu, int which)
{
    struct xe_jit_frame *frame = jit->frame;
    uint32_t word = frame->record[which],
             slot[3] = {xe_ppc_ra(word), xe_ppc_rb(word), xe_ppc_rc_reg(word)};
    const struct xe_ppc_insn *insn = word ? xe_ppc_decode(word) : NULL;
    uint32_t arg = insn ? xe_jit_rows[insn - xe_ppc_insns].arg : 0;
    bool single = which == RECORD_COMPARE ? word & RECORD_SINGLE : arg & FPU_SINGLE;
    uint64_t fpr[32];
    uint8_t cr[8];

    if (!word)
        return;
    frame->record[which] = 0;
    memcpy(fpr, cpu->fpr, sizeof(fpr));
    memcpy(cr, cpu->cr, sizeof(cr));
    for (uint32_t i = 0; i < 3; i++)
        if (FPU_OPERANDS(arg) >> i & 1) {
            uint64_t bits = frame->operand[which][i];

            cpu->fpr[slot[i]] = single ? xe_fpu_single_to_double((uint32_t)bits) : bits;
        }
    insn->exec(&jit->engine->env, cpu, word);
    memcpy(cpu->fpr, fpr, sizeof(fpr));
    memcpy(cpu->cr, cr, sizeof(cr));
}

void xe__jit_fpu_out(struct xe_jit *jit, struct xe_cpu *cpu)
{
    struct xe_jit_frame *frame = jit->frame;

    for (uint32_t i = 0; frame->single; frame->single &= frame->single - 1) {
        i = (uint32_t)__builtin_ctz(frame->single);
        cpu->fpr[i] = xe_fpu_single_to_double((uint32_t)cpu->fpr[i]);
    }
    replay(jit, cpu, RECORD_ARITHMETIC);
    replay(jit, cpu, RECORD_CONVERT);
    replay(jit, cpu, RECORD_COMPARE);
}
