/* AltiVec floating-point rows. */
#include "cpu/interp/vmx.h"

#define COMPARE(name)                                                                              \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        xe_vmx_##name(VD, VA, VB, VSCR);                                                           \
        if (xe_ppc_rc_vmx(word))                                                                   \
            cpu->cr[6] = (uint8_t)xe_vmx_cr6(VD);                                                  \
        return XE_PPC_NEXT;                                                                        \
    }

XE_VMX_OP(vaddfp, xe_vmx_vaddfp(VD, VA, VB, VSCR))
XE_VMX_OP(vsubfp, xe_vmx_vsubfp(VD, VA, VB, VSCR))
XE_VMX_OP(vmaddfp, xe_vmx_vmaddfp(VD, VA, VB, VC, VSCR))
XE_VMX_OP(vnmsubfp, xe_vmx_vnmsubfp(VD, VA, VB, VC, VSCR))
XE_VMX_OP(vmaxfp, xe_vmx_vmaxfp(VD, VA, VB, VSCR))
XE_VMX_OP(vminfp, xe_vmx_vminfp(VD, VA, VB, VSCR))

COMPARE(vcmpeqfp)
COMPARE(vcmpgefp)
COMPARE(vcmpgtfp)
COMPARE(vcmpbfp)

XE_VMX_OP(vrfin, xe_vmx_vrfin(VD, VB, VSCR))
XE_VMX_OP(vrfiz, xe_vmx_vrfiz(VD, VB, VSCR))
XE_VMX_OP(vrfip, xe_vmx_vrfip(VD, VB, VSCR))
XE_VMX_OP(vrfim, xe_vmx_vrfim(VD, VB, VSCR))

XE_VMX_OP(vcfsx, xe_vmx_vcfsx(VD, VB, UIM5))
XE_VMX_OP(vcfux, xe_vmx_vcfux(VD, VB, UIM5))
XE_VMX_OP(vctsxs, xe_vmx_vctsxs(VD, VB, UIM5, VSCR))
XE_VMX_OP(vctuxs, xe_vmx_vctuxs(VD, VB, UIM5, VSCR))

XE_VMX_OP(vrefp, xe_vmx_vrefp(VD, VB, VSCR))
XE_VMX_OP(vrsqrtefp, xe_vmx_vrsqrtefp(VD, VB, VSCR))
XE_VMX_OP(vexptefp, xe_vmx_vexptefp(VD, VB, VSCR))
XE_VMX_OP(vlogefp, xe_vmx_vlogefp(VD, VB, VSCR))
