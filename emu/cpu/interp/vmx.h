/* How the vector rows name their operands: a row is one line, XE_VMX_OP(name, what it does). */
#ifndef XE_CPU_INTERP_VMX_H
#define XE_CPU_INTERP_VMX_H

#include "cpu/isa/exec.h"
#include "cpu/softfp/vmx_float.h"
#include "cpu/softfp/vmx_int.h"
#include "cpu/softfp/vmx_perm.h"

#define XE_VMX_OP(name, statement)                                                                 \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        statement;                                                                                 \
        return XE_PPC_NEXT;                                                                        \
    }

/* AltiVec fields. */
#define VD   (&cpu->vr[PPC_RT])
#define VA   (&cpu->vr[PPC_RA])
#define VB   (&cpu->vr[PPC_RB])
#define VC   (&cpu->vr[PPC_RC_REG])
#define UIM5 PPC_RA
#define SIM5 xe_ppc_sim(word)

/* VMX128 fields. */
#define VD128 (&cpu->vr[PPC_VD128])
#define VA128 (&cpu->vr[PPC_VA128])
#define VB128 (&cpu->vr[PPC_VB128])

#define VSCR (&cpu->vscr)

#endif
