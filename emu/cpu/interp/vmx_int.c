/* AltiVec integer rows. Those of vmx_lanes.def come from it.
 * Guess: the multiplies, multiply-sums and sums across are on the chip (no title is known to use
 * them); if they are not, they are illegal instructions. Running one on a console would settle it.
 */
#include "cpu/interp/vmx.h"

#define LANE(name, ...)     XE_VMX_OP(name, xe_vmx_##name(VD, VA, VB))
#define LANE_SAT(name, ...) XE_VMX_OP(name, xe_vmx_##name(VD, VA, VB, VSCR))
#define LANE_TEST(name, ...)                                                                       \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        xe_vmx_##name(VD, VA, VB);                                                                 \
        if (xe_ppc_rc_vmx(word))                                                                   \
            cpu->cr[6] = (uint8_t)xe_vmx_cr6(VD);                                                  \
        return XE_PPC_NEXT;                                                                        \
    }
#include "cpu/softfp/vmx_lanes.def"

XE_VMX_OP(vmuloub, xe_vmx_vmuloub(VD, VA, VB))
XE_VMX_OP(vmulouh, xe_vmx_vmulouh(VD, VA, VB))
XE_VMX_OP(vmulosb, xe_vmx_vmulosb(VD, VA, VB))
XE_VMX_OP(vmulosh, xe_vmx_vmulosh(VD, VA, VB))
XE_VMX_OP(vmuleub, xe_vmx_vmuleub(VD, VA, VB))
XE_VMX_OP(vmuleuh, xe_vmx_vmuleuh(VD, VA, VB))
XE_VMX_OP(vmulesb, xe_vmx_vmulesb(VD, VA, VB))
XE_VMX_OP(vmulesh, xe_vmx_vmulesh(VD, VA, VB))

XE_VMX_OP(vmladduhm, xe_vmx_vmladduhm(VD, VA, VB, VC))
XE_VMX_OP(vmhaddshs, xe_vmx_vmhaddshs(VD, VA, VB, VC, VSCR))
XE_VMX_OP(vmhraddshs, xe_vmx_vmhraddshs(VD, VA, VB, VC, VSCR))
XE_VMX_OP(vmsumubm, xe_vmx_vmsumubm(VD, VA, VB, VC))
XE_VMX_OP(vmsummbm, xe_vmx_vmsummbm(VD, VA, VB, VC))
XE_VMX_OP(vmsumuhm, xe_vmx_vmsumuhm(VD, VA, VB, VC))
XE_VMX_OP(vmsumshm, xe_vmx_vmsumshm(VD, VA, VB, VC))
XE_VMX_OP(vmsumuhs, xe_vmx_vmsumuhs(VD, VA, VB, VC, VSCR))
XE_VMX_OP(vmsumshs, xe_vmx_vmsumshs(VD, VA, VB, VC, VSCR))

XE_VMX_OP(vsum4ubs, xe_vmx_vsum4ubs(VD, VA, VB, VSCR))
XE_VMX_OP(vsum4sbs, xe_vmx_vsum4sbs(VD, VA, VB, VSCR))
XE_VMX_OP(vsum4shs, xe_vmx_vsum4shs(VD, VA, VB, VSCR))
XE_VMX_OP(vsum2sws, xe_vmx_vsum2sws(VD, VA, VB, VSCR))
XE_VMX_OP(vsumsws, xe_vmx_vsumsws(VD, VA, VB, VSCR))

/* VSCR in the last word, zeros before it. */
XE_PPC_OP(mfvscr)
{
    *VD = (union xe_vr){.w[XE_VW(3)] = cpu->vscr};
    return XE_PPC_NEXT;
}

XE_VMX_OP(mtvscr, cpu->vscr = VB->w[XE_VW(3)] & (XE_VSCR_NJ | XE_VSCR_SAT))

/* Stream hints: nothing here is prefetched. */
XE_VMX_OP(dst, )
XE_VMX_OP(dstst, )
XE_VMX_OP(dss, )
