/* Vector operations that move, pack or repeat elements: registers in, register out. d may be any
 * operand. Functions with vscr saturate (XE_VSCR_SAT). */
#ifndef XE_CPU_SOFTFP_VMX_PERM_H
#define XE_CPU_SOFTFP_VMX_PERM_H

#include "cpu/softfp/vmx_int.h"

void xe_vmx_vmrghb(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmrghh(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmrghw(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmrglb(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmrglh(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmrglw(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);

void xe_vmx_vpkuhum(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vpkuwum(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vpkpx(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vpkuhus(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vpkuwus(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vpkshus(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vpkswus(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vpkshss(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vpkswss(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);

void xe_vmx_vupkhsb(union xe_vr *d, const union xe_vr *b);
void xe_vmx_vupkhsh(union xe_vr *d, const union xe_vr *b);
void xe_vmx_vupklsb(union xe_vr *d, const union xe_vr *b);
void xe_vmx_vupklsh(union xe_vr *d, const union xe_vr *b);
void xe_vmx_vupkhpx(union xe_vr *d, const union xe_vr *b);
void xe_vmx_vupklpx(union xe_vr *d, const union xe_vr *b);

/* Guest element `index` of b everywhere; the value everywhere. */
void xe_vmx_vspltb(union xe_vr *d, const union xe_vr *b, uint32_t index);
void xe_vmx_vsplth(union xe_vr *d, const union xe_vr *b, uint32_t index);
void xe_vmx_vspltw(union xe_vr *d, const union xe_vr *b, uint32_t index);
void xe_vmx_vspltisb(union xe_vr *d, int32_t value);
void xe_vmx_vspltish(union xe_vr *d, int32_t value);
void xe_vmx_vspltisw(union xe_vr *d, int32_t value);

/* Bits of b where c has ones, of a elsewhere. */
void xe_vmx_vsel(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, const union xe_vr *c);
/* Bytes of a followed by b, picked by the bytes of c, or 16 of them from guest byte `shift`. */
void xe_vmx_vperm(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, const union xe_vr *c);
void xe_vmx_vsldoi(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t shift);

/* Whole-register shifts by bits (amount b mod 8) and by bytes. */
void xe_vmx_vsl(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vsr(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vslo(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vsro(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);

/* Permute controls of an address: bytes s.. and 16-s.. where s is address mod 16. */
void xe_vmx_lvsl(union xe_vr *d, uint32_t address);
void xe_vmx_lvsr(union xe_vr *d, uint32_t address);

/* VMX128 only: word i = word (perm >> (6 - 2i)) & 3 of b; b rotated left by `rotate` words, then
 * inserted into d where bit (8 >> i) of mask is set. */
void xe_vmx_vpermwi(union xe_vr *d, const union xe_vr *b, uint32_t perm);
void xe_vmx_vrlimi(union xe_vr *d, const union xe_vr *b, uint32_t mask, uint32_t rotate);

#endif
