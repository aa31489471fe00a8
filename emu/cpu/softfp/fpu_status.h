/* FPSCR: its bits, and the rules by which exceptions become sticky and results become classes.
 *
 * Invariants of every value stored in cpu->fpscr: VX is the OR of the VX* bits, FEX the OR of each
 * exception with its enable. Both are recomputed here and never written by anybody else.
 *
 * Enabled exceptions: VE and ZE keep the target register, OE and UE give the exponent-adjusted
 * result, XE changes no result; FEX tells. A program interrupt follows where MSR[FE0,FE1] is not
 * 00, as it is for a title that leaves it alone (MSR 0x9030); all other settings are precise here.
 * Source: PowerPC User Instruction Set Architecture, Book I, sections 4.2.2 and 4.4. */
#ifndef XE_CPU_SOFTFP_FPU_STATUS_H
#define XE_CPU_SOFTFP_FPU_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#define XE_FPSCR_FX       0x80000000u
#define XE_FPSCR_FEX      0x40000000u
#define XE_FPSCR_VX       0x20000000u
#define XE_FPSCR_OX       0x10000000u
#define XE_FPSCR_UX       0x08000000u
#define XE_FPSCR_ZX       0x04000000u
#define XE_FPSCR_XX       0x02000000u
#define XE_FPSCR_VXSNAN   0x01000000u
#define XE_FPSCR_VXISI    0x00800000u
#define XE_FPSCR_VXIDI    0x00400000u
#define XE_FPSCR_VXZDZ    0x00200000u
#define XE_FPSCR_VXIMZ    0x00100000u
#define XE_FPSCR_VXVC     0x00080000u
#define XE_FPSCR_FR       0x00040000u
#define XE_FPSCR_FI       0x00020000u
#define XE_FPSCR_FPRF     0x0001F000u
#define XE_FPSCR_FPCC     0x0000F000u
#define XE_FPSCR_RESERVED 0x00000800u /* reads as 0 */
#define XE_FPSCR_VXSOFT   0x00000400u
#define XE_FPSCR_VXSQRT   0x00000200u
#define XE_FPSCR_VXCVI    0x00000100u
#define XE_FPSCR_VE       0x00000080u
#define XE_FPSCR_OE       0x00000040u
#define XE_FPSCR_UE       0x00000020u
#define XE_FPSCR_ZE       0x00000010u
#define XE_FPSCR_XE       0x00000008u
#define XE_FPSCR_NI       0x00000004u
#define XE_FPSCR_RN       0x00000003u

#define XE_FPSCR_FPRF_SHIFT 12

/* All invalid-operation causes, and all sticky exception bits. */
#define XE_FPSCR_VX_ANY                                                                            \
    (XE_FPSCR_VXSNAN | XE_FPSCR_VXISI | XE_FPSCR_VXIDI | XE_FPSCR_VXZDZ | XE_FPSCR_VXIMZ |         \
     XE_FPSCR_VXVC | XE_FPSCR_VXSOFT | XE_FPSCR_VXSQRT | XE_FPSCR_VXCVI)
#define XE_FPSCR_STICKY (XE_FPSCR_OX | XE_FPSCR_UX | XE_FPSCR_ZX | XE_FPSCR_XX | XE_FPSCR_VX_ANY)

enum xe_fpu_rounding {
    XE_FPU_NEAREST,
    XE_FPU_TO_ZERO,
    XE_FPU_UP,
    XE_FPU_DOWN,
};

/* Target format of an operation. */
enum xe_fpu_format {
    XE_FPU_DOUBLE,
    XE_FPU_SINGLE,
};

/* What an operation produced: a register value, and the FPSCR bits it raised (sticky exceptions,
 * FR and FI). */
struct xe_fpu_result {
    uint64_t bits;
    uint32_t raised;
};

/* fpscr with VX and FEX made true to the rest. */
static inline uint32_t xe_fpscr_summarise(uint32_t fpscr)
{
    uint32_t active;

    fpscr &= ~(XE_FPSCR_VX | XE_FPSCR_FEX);
    if (fpscr & XE_FPSCR_VX_ANY)
        fpscr |= XE_FPSCR_VX;
    /* VX OX UX ZX XX lie 22 bits above VE OE UE ZE XE. */
    active = (fpscr >> 22) & fpscr & 0xF8u;
    return active ? fpscr | XE_FPSCR_FEX : fpscr;
}

/* fpscr after the sticky bits in `raised` occurred; FX records a change from 0 to 1. */
static inline uint32_t xe_fpscr_raise(uint32_t fpscr, uint32_t raised)
{
    raised &= XE_FPSCR_STICKY;
    if (raised & ~fpscr)
        fpscr = xe_fpscr_summarise(fpscr | raised | XE_FPSCR_FX);
    return fpscr;
}

/* Does `raised` forbid writing the target register? */
static inline bool xe_fpscr_suppresses(uint32_t fpscr, uint32_t raised)
{
    return ((raised & XE_FPSCR_VX_ANY) && (fpscr & XE_FPSCR_VE)) ||
           ((raised & XE_FPSCR_ZX) && (fpscr & XE_FPSCR_ZE));
}

/* Result class (FPRF, in place) of a register value; a single-format result is denormal where
 * single is, although the register holds it normalised. */
uint32_t xe_fpu_class_slow(uint64_t bits, enum xe_fpu_format format);

static inline uint32_t xe_fpu_class(uint64_t bits, enum xe_fpu_format format)
{
    uint32_t exp = bits >> 52 & 0x7FF, least = format == XE_FPU_SINGLE ? 897 : 1;

    if (exp - least < 0x7FF - least) /* normal */
        return (bits >> 63 ? 0x08u : 0x04u) << XE_FPSCR_FPRF_SHIFT;
    return xe_fpu_class_slow(bits, format);
}

#endif
