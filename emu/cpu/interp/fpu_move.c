/* FPU moves and select: bits only, no FPSCR. Source: PowerPC Book I, sections 4.6.4 and 4.6.7. */
#include "cpu/interp/fpu.h"

#define MOVE(name, bits)                                                                           \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return xe__fpu_moved(cpu, word, bits);                                                     \
    }

MOVE(fmr, FRB)
MOVE(fneg, FRB ^ XE_FPU_SIGN)
MOVE(fabs, FRB & ~XE_FPU_SIGN)
MOVE(fnabs, FRB | XE_FPU_SIGN)
MOVE(fsel, xe_fpu_select(FRA, FRC, FRB))
