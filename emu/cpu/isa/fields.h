/* The fields of an instruction's word, by the names of the books: where each lies is said here and
 * in the rows' column `fields` only, and test_fields.c holds the two against each other.
 *
 * Each takes a word and gives the field's number; signed ones are extended, those that count words
 * are scaled to bytes. Whether an instruction has the field is not asked: its row tells. Where the
 * books give one place several names, the function has the first of them. */
#ifndef XE_CPU_ISA_FIELDS_H
#define XE_CPU_ISA_FIELDS_H

#include <stdint.h>

#define FIELD(name, shift, bits)                                                                   \
    static inline uint32_t xe_ppc_##name(uint32_t word)                                            \
    {                                                                                              \
        return word >> (shift) & ((1u << (bits)) - 1);                                             \
    }

/* Registers. */
FIELD(rt, 21, 5)    /* RS; FRT, FRS, VRT, VRS; BT, TO */
FIELD(ra, 16, 5)    /* FRA, VRA; BA; UIM, IMM         */
FIELD(rb, 11, 5)    /* FRB, VRB; BB; SH, NB           */
FIELD(rc_reg, 6, 5) /* FRC, VRC; MB                   */

/* Condition fields, and masks of such. */
FIELD(bf, 23, 3)
FIELD(bfa, 18, 3)
FIELD(fxm, 12, 8)
FIELD(flm, 17, 8)

/* Single bits. */
FIELD(rc, 0, 1)
FIELD(aa, 1, 1)
FIELD(oe, 10, 1)
FIELD(l, 21, 1)     /* of compares        */
FIELD(l_msr, 16, 1) /* of mtmsr, mtmsrd   */
FIELD(rc_vmx, 10, 1)
FIELD(rc_vmx128, 6, 1)

/* Immediates. */
FIELD(ui, 0, 16)
FIELD(me, 1, 5)
FIELD(u, 12, 4)
FIELD(shb, 6, 4)
FIELD(vc128, 6, 3)
FIELD(z, 6, 2)
FIELD(type, 18, 3)
FIELD(pack, 16, 2)

/* Of branches. */
FIELD(bo, 21, 5)
FIELD(bi, 16, 5)
FIELD(lk, 0, 1)
#undef FIELD

static inline int64_t xe_ppc_si(uint32_t word) /* D */
{
    return (int16_t)word;
}

static inline int64_t xe_ppc_ds(uint32_t word)
{
    return (int16_t)(word & 0xFFFC);
}

static inline int32_t xe_ppc_bd(uint32_t word)
{
    return (int16_t)(word & 0xFFFC);
}

static inline int32_t xe_ppc_li(uint32_t word)
{
    return (int32_t)((word & 0x03FFFFFC) << 6) >> 6;
}

static inline int32_t xe_ppc_sim(uint32_t word)
{
    return (int32_t)(word << 11) >> 27;
}

/* In two or three pieces. VMX128 source: doc/facts/cpu-semantics.md, section 1. */
static inline uint32_t xe_ppc_sh6(uint32_t word)
{
    return xe_ppc_rb(word) | (word & 2) << 4;
}

static inline uint32_t xe_ppc_mb6(uint32_t word) /* ME */
{
    return xe_ppc_rc_reg(word) | (word & 0x20);
}

static inline uint32_t xe_ppc_spr(uint32_t word) /* TBR */
{
    return xe_ppc_ra(word) | xe_ppc_rb(word) << 5;
}

static inline uint32_t xe_ppc_vd128(uint32_t word) /* VS */
{
    return xe_ppc_rt(word) | (word & 0xC) << 3;
}

static inline uint32_t xe_ppc_va128(uint32_t word)
{
    return xe_ppc_ra(word) | (word & 0x20) | (word >> 4 & 0x40);
}

static inline uint32_t xe_ppc_vb128(uint32_t word)
{
    return xe_ppc_rb(word) | (word & 3) << 5;
}

static inline uint32_t xe_ppc_perm(uint32_t word)
{
    return xe_ppc_ra(word) | (word >> 1 & 0xE0);
}

#endif
