/* Floating point. */
#include "cpu/jit/emit_rows.h"

void xe__jit_fpscr_out(struct xe_jit *jit, struct xe_cpu *cpu)
{
    (void)jit;
    (void)cpu;
}

bool xe__jit_csr_fits(const struct xe_jit *jit, const struct xe_cpu *cpu)
{
    (void)jit;
    (void)cpu;
    return true;
}
