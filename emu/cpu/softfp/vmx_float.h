/* Floating-point vector operations: registers in, register out. d may be any operand.
 *
 * vscr: NJ is read, SAT is set by conversions that clamp. Rounding is to nearest even always; the
 * FPSCR plays no part, nothing traps. The rules of NaNs and denormals stand in vmx_float.c. */
#ifndef XE_CPU_SOFTFP_VMX_FLOAT_H
#define XE_CPU_SOFTFP_VMX_FLOAT_H

#include "cpu/softfp/vmx_int.h"

/* vmaddfp and vnmsubfp round once (the manual) rather than after the product as well.
 * Guess: titles cannot tell; a console's vmaddfp of three 3f8ccccd (4013d70b fused) would. */
#define XE_VMX_MADD_FUSED 1

void xe_vmx_vaddfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vsubfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vmulfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vmaxfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vminfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);

/* a * c + b, and -(a * c - b). */
void xe_vmx_vmaddfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                    const union xe_vr *c, uint32_t *vscr);
void xe_vmx_vnmsubfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                     const union xe_vr *c, uint32_t *vscr);

/* Dot product of the first three or all four words, in every word. */
void xe_vmx_vmsum3fp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vmsum4fp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);

void xe_vmx_vcmpeqfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vcmpgefp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vcmpgtfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vcmpbfp(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);

/* To an integral value: nearest even, toward zero, up, down. */
void xe_vmx_vrfin(union xe_vr *d, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vrfiz(union xe_vr *d, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vrfip(union xe_vr *d, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vrfim(union xe_vr *d, const union xe_vr *b, uint32_t *vscr);

/* Integer / 2^scale to single; single * 2^scale to integer, truncated and clamped. */
void xe_vmx_vcfsx(union xe_vr *d, const union xe_vr *b, uint32_t scale);
void xe_vmx_vcfux(union xe_vr *d, const union xe_vr *b, uint32_t scale);
void xe_vmx_vctsxs(union xe_vr *d, const union xe_vr *b, uint32_t scale, uint32_t *vscr);
void xe_vmx_vctuxs(union xe_vr *d, const union xe_vr *b, uint32_t scale, uint32_t *vscr);

/* The lines that vrsqrtefp consists of, by exponent modulo 2 and sixteenth of the mantissa. */
struct xe_vmx_line {
    uint16_t base, slope;
};
extern const struct xe_vmx_line xe_vmx_rsqrt_lines[2][16];

/* Estimates: 1/b, 1/sqrt(b), 2^b, log2(b). */
void xe_vmx_vrefp(union xe_vr *d, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vrsqrtefp(union xe_vr *d, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vexptefp(union xe_vr *d, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vlogefp(union xe_vr *d, const union xe_vr *b, uint32_t *vscr);

#endif
