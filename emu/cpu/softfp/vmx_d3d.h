/* vpkd3d128 and vupkd3d128: vertex formats in and out of registers. */
#ifndef XE_CPU_SOFTFP_VMX_D3D_H
#define XE_CPU_SOFTFP_VMX_D3D_H

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

enum xe_vmx_d3d_kind {
    XE_VMX_D3D_CONSTANT_ZERO, /* not stored; 0.0 when unpacked */
    XE_VMX_D3D_CONSTANT_ONE,  /* not stored; 1.0 when unpacked */
    XE_VMX_D3D_IS_UNSIGNED,
    XE_VMX_D3D_IS_SIGNED,
    XE_VMX_D3D_IS_HALF,
};

#define XE_VMX_D3D_UNSIGNED_BASE 0x3F800000u /* 1.0: unpacked unsigned fields           */
#define XE_VMX_D3D_SIGNED_BASE   0x40400000u /* 3.0: signed ones, and everything packed */

/* One of x y z w. */
struct xe_vmx_d3d_field {
    uint8_t kind;
    uint8_t shift; /* of its lowest bit in words 2 and 3 seen as one 64-bit number */
    uint8_t bits;
    uint32_t low, high; /* clamp, patterns of floats */
};

extern const struct xe_vmx_d3d_field xe_vmx_d3d_formats[XE_VMX_D3D_TYPES][4];

/* Words of the result, by pack and rotate: 0 to 3 keep d's, 4 + n takes the packed word n. */
extern const uint8_t xe_vmx_d3d_placement[4][4][4];

/* Pack b as type and put it into d at the place that pack (1..3) and rotate (0..3) choose; the rest
 * of d is kept. pack 0 is not known and not to be asked for. */
void xe_vmx_pack_d3d(union xe_vr *d, const union xe_vr *b, enum xe_vmx_d3d type, uint32_t pack,
                     uint32_t rotate);
void xe_vmx_unpack_d3d(union xe_vr *d, const union xe_vr *b, enum xe_vmx_d3d type);

#endif
