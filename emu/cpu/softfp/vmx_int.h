/* Integer vector operations: registers in, register out. d may be any operand. A function that can
 * saturate sets XE_VSCR_SAT in *vscr and never clears it. */
#ifndef XE_CPU_SOFTFP_VMX_INT_H
#define XE_CPU_SOFTFP_VMX_INT_H

#include "cpu/cpu.h"

#define XE_VSCR_NJ  0x00010000u
#define XE_VSCR_SAT 0x00000001u

#define LANE(name, member, result)                                                                 \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
#define LANE_SAT(name, member, result, low, high)                                                  \
    void xe_vmx_##name(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
#define LANE_TEST(name, member, condition) LANE(name, member, condition)
#include "cpu/softfp/vmx_lanes.def"
#undef LANE
#undef LANE_SAT
#undef LANE_TEST

/* CR6 of a record compare whose result is d: 8 all lanes true, 2 all lanes false. */
uint32_t xe_vmx_cr6(const union xe_vr *d);

/* Products of the odd or even elements of each pair, twice as wide. */
void xe_vmx_vmuloub(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmulouh(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmulosb(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmulosh(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmuleub(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmuleuh(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmulesb(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);
void xe_vmx_vmulesh(union xe_vr *d, const union xe_vr *a, const union xe_vr *b);

/* Halfword a * b + c: low half modulo, or the high 17 bits saturated (plain and rounded). */
void xe_vmx_vmladduhm(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                      const union xe_vr *c);
void xe_vmx_vmhaddshs(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                      const union xe_vr *c, uint32_t *vscr);
void xe_vmx_vmhraddshs(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                       const union xe_vr *c, uint32_t *vscr);

/* Per word: sum of the products of its elements, plus the word of c. vmsummbm: a signed, b not. */
void xe_vmx_vmsumubm(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                     const union xe_vr *c);
void xe_vmx_vmsummbm(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                     const union xe_vr *c);
void xe_vmx_vmsumuhm(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                     const union xe_vr *c);
void xe_vmx_vmsumshm(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                     const union xe_vr *c);
void xe_vmx_vmsumuhs(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                     const union xe_vr *c, uint32_t *vscr);
void xe_vmx_vmsumshs(union xe_vr *d, const union xe_vr *a, const union xe_vr *b,
                     const union xe_vr *c, uint32_t *vscr);

/* Sums across: the elements of each word (vsum4), pair of words (vsum2) or all four words (vsum) of
 * a, plus the last word of the group in b. */
void xe_vmx_vsum4ubs(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vsum4sbs(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vsum4shs(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vsum2sws(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);
void xe_vmx_vsumsws(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);

#endif
