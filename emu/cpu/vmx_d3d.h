/* vpkd3d128 and vupkd3d128: vertex formats in and out of registers. */
#ifndef XE_CPU_VMX_D3D_H
#define XE_CPU_VMX_D3D_H

#include "cpu/cpu.h"

enum xe_vmx_d3d {
    XE_VMX_D3D_COLOR,
    XE_VMX_D3D_SHORT2,
    XE_VMX_D3D_2_10_10_10,
    XE_VMX_D3D_FLOAT16_2,
    XE_VMX_D3D_SHORT4,
    XE_VMX_D3D_FLOAT16_4,
    XE_VMX_D3D_4_20_20_20,
    XE_VMX_D3D_TYPES, /* 7 is not known to exist */
};

/* Pack b as type and put it into d at the place that pack (1..3) and rotate (0..3) choose; the rest
 * of d is kept. pack 0 is not known and not to be asked for. */
void xe_vmx_pack_d3d(union xe_vr *d, const union xe_vr *b, enum xe_vmx_d3d type, uint32_t pack,
                     uint32_t rotate);
void xe_vmx_unpack_d3d(union xe_vr *d, const union xe_vr *b, enum xe_vmx_d3d type);

#endif
