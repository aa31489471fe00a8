/* Integer arithmetic and logic. 64-bit results; flags from the low word (32-bit mode).
 * Source: Power ISA book I, sections 3.3.8 to 3.3.13; 32-bit mode rules of the same book. */
#include "cpu/isa/exec.h"

#define A  (cpu->gpr[PPC_RA])
#define B  (cpu->gpr[PPC_RB])
#define S  (cpu->gpr[PPC_RS])
#define A0 xe_ppc_ra0(cpu, word)

/* Write a result register; set CR0 for the record form. */
static inline enum xe_ppc_next done(struct xe_cpu *cpu, uint32_t word, uint32_t reg, uint64_t value)
{
    cpu->gpr[reg] = value;
    if (PPC_RC)
        xe_ppc_record(cpu, value);
    return XE_PPC_NEXT;
}

static inline void set_overflow(struct xe_cpu *cpu, uint32_t word, bool overflow)
{
    if (!PPC_OE)
        return;
    cpu->ov = overflow;
    cpu->so |= overflow;
}

/* rT = a + b + carry with CA and OV of the low words. All adds and subtracts come here. */
static inline enum xe_ppc_next add(struct xe_cpu *cpu, uint32_t word, uint64_t a, uint64_t b,
                                   uint64_t carry, bool set_ca)
{
    uint64_t sum = a + b + carry;

    if (set_ca)
        cpu->ca = (uint8_t)(((uint64_t)(uint32_t)a + (uint32_t)b + carry) >> 32);
    set_overflow(cpu, word, (~(a ^ b) & (a ^ sum)) >> 31 & 1);
    return done(cpu, word, PPC_RT, sum);
}

/* ---- immediate ----------------------------------------------------------------------------- */

XE_PPC_OP(addi)
{
    cpu->gpr[PPC_RT] = A0 + (uint64_t)PPC_SI;
    return XE_PPC_NEXT;
}

XE_PPC_OP(addis)
{
    cpu->gpr[PPC_RT] = A0 + ((uint64_t)PPC_SI << 16);
    return XE_PPC_NEXT;
}

XE_PPC_OP(mulli)
{
    cpu->gpr[PPC_RT] = A * (uint64_t)PPC_SI;
    return XE_PPC_NEXT;
}

/* rT = a + SI with CA; no OE or Rc bit in these words. */
static inline void add_immediate(struct xe_cpu *cpu, uint32_t word, uint64_t a, uint64_t carry)
{
    uint64_t b = (uint64_t)PPC_SI;

    cpu->ca = (uint8_t)(((uint64_t)(uint32_t)a + (uint32_t)b + carry) >> 32);
    cpu->gpr[PPC_RT] = a + b + carry;
}

XE_PPC_OP(addic)
{
    add_immediate(cpu, word, A, 0);
    return XE_PPC_NEXT;
}

XE_PPC_OP(addic_)
{
    add_immediate(cpu, word, A, 0);
    xe_ppc_record(cpu, cpu->gpr[PPC_RT]);
    return XE_PPC_NEXT;
}

XE_PPC_OP(subfic)
{
    add_immediate(cpu, word, ~A, 1);
    return XE_PPC_NEXT;
}

#define LOGICAL_IMMEDIATE(name, expression)                                                        \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        cpu->gpr[PPC_RA] = expression;                                                             \
        return XE_PPC_NEXT;                                                                        \
    }
LOGICAL_IMMEDIATE(ori, S | PPC_UI)
LOGICAL_IMMEDIATE(oris, S | (uint64_t)PPC_UI << 16)
LOGICAL_IMMEDIATE(xori, S ^ PPC_UI)
LOGICAL_IMMEDIATE(xoris, S ^ (uint64_t)PPC_UI << 16)

XE_PPC_OP(andi_)
{
    cpu->gpr[PPC_RA] = S & PPC_UI;
    xe_ppc_record(cpu, cpu->gpr[PPC_RA]);
    return XE_PPC_NEXT;
}

XE_PPC_OP(andis_)
{
    cpu->gpr[PPC_RA] = S & (uint64_t)PPC_UI << 16;
    xe_ppc_record(cpu, cpu->gpr[PPC_RA]);
    return XE_PPC_NEXT;
}

/* ---- add and subtract ---------------------------------------------------------------------- */

#define ADD(name, a, b, carry, set_ca)                                                             \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return add(cpu, word, a, b, carry, set_ca);                                                \
    }
ADD(add, A, B, 0, false)
ADD(addc, A, B, 0, true)
ADD(adde, A, B, cpu->ca, true)
ADD(addme, A, UINT64_MAX, cpu->ca, true)
ADD(addze, A, 0, cpu->ca, true)
ADD(subf, ~A, B, 1, false)
ADD(subfc, ~A, B, 1, true)
ADD(subfe, ~A, B, cpu->ca, true)
ADD(subfme, ~A, UINT64_MAX, cpu->ca, true)
ADD(subfze, ~A, 0, cpu->ca, true)
ADD(neg, ~A, 0, 1, false)

/* ---- multiply and divide ------------------------------------------------------------------- */

XE_PPC_OP(mullw)
{
    int64_t product = (int64_t)(int32_t)A * (int32_t)B;

    set_overflow(cpu, word, product != (int32_t)product);
    return done(cpu, word, PPC_RT, (uint64_t)product);
}

XE_PPC_OP(mulld)
{
    __int128 product = (__int128)(int64_t)A * (int64_t)B;

    set_overflow(cpu, word, product != (int64_t)product);
    return done(cpu, word, PPC_RT, (uint64_t)product);
}

/* Guess: the upper half of mulhw is sign copies, of mulhwu zero; the books leave both undefined. A
 * dump from a console would settle it. */
XE_PPC_OP(mulhw)
{
    return done(cpu, word, PPC_RT, (uint64_t)((int64_t)(int32_t)A * (int32_t)B >> 32));
}

XE_PPC_OP(mulhwu)
{
    return done(cpu, word, PPC_RT, (uint64_t)(uint32_t)A * (uint32_t)B >> 32);
}

XE_PPC_OP(mulhd)
{
    return done(cpu, word, PPC_RT, (uint64_t)((__int128)(int64_t)A * (int64_t)B >> 64));
}

XE_PPC_OP(mulhdu)
{
    return done(cpu, word, PPC_RT, (uint64_t)((unsigned __int128)A * B >> 64));
}

/* Guess: quotients that the books leave undefined (division by zero, most negative / -1) and the
 * upper halves of 32-bit quotients read as 0. */
XE_PPC_OP(divw)
{
    int32_t a = (int32_t)A, b = (int32_t)B;
    bool bad = b == 0 || (a == INT32_MIN && b == -1);

    set_overflow(cpu, word, bad);
    return done(cpu, word, PPC_RT, bad ? 0 : (uint32_t)(a / b));
}

XE_PPC_OP(divwu)
{
    uint32_t a = (uint32_t)A, b = (uint32_t)B;

    set_overflow(cpu, word, b == 0);
    return done(cpu, word, PPC_RT, b ? a / b : 0);
}

XE_PPC_OP(divd)
{
    int64_t a = (int64_t)A, b = (int64_t)B;
    bool bad = b == 0 || (a == INT64_MIN && b == -1);

    set_overflow(cpu, word, bad);
    return done(cpu, word, PPC_RT, bad ? 0 : (uint64_t)(a / b));
}

XE_PPC_OP(divdu)
{
    uint64_t a = A, b = B;

    set_overflow(cpu, word, b == 0);
    return done(cpu, word, PPC_RT, b ? a / b : 0);
}

/* ---- compare ------------------------------------------------------------------------------- */

XE_PPC_OP(cmpi)
{
    cpu->cr[PPC_BF] = xe_ppc_compare(PPC_L ? (int64_t)A : (int32_t)A, PPC_SI, cpu->so);
    return XE_PPC_NEXT;
}

XE_PPC_OP(cmpli)
{
    cpu->cr[PPC_BF] = xe_ppc_compare_unsigned(PPC_L ? A : (uint32_t)A, PPC_UI, cpu->so);
    return XE_PPC_NEXT;
}

XE_PPC_OP(cmp)
{
    cpu->cr[PPC_BF] = PPC_L ? xe_ppc_compare((int64_t)A, (int64_t)B, cpu->so)
                            : xe_ppc_compare((int32_t)A, (int32_t)B, cpu->so);
    return XE_PPC_NEXT;
}

XE_PPC_OP(cmpl)
{
    cpu->cr[PPC_BF] = PPC_L ? xe_ppc_compare_unsigned(A, B, cpu->so)
                            : xe_ppc_compare_unsigned((uint32_t)A, (uint32_t)B, cpu->so);
    return XE_PPC_NEXT;
}

/* ---- logical ------------------------------------------------------------------------------- */

#define TO_RA(name, expression)                                                                    \
    XE_PPC_OP(name)                                                                                \
    {                                                                                              \
        return done(cpu, word, PPC_RA, expression);                                                \
    }
TO_RA(and, S &B)
TO_RA(andc, S & ~B)
TO_RA(or, S | B)
TO_RA(orc, S | ~B)
TO_RA(xor, S ^ B)
TO_RA(eqv, ~(S ^ B))
TO_RA(nand, ~(S &B))
TO_RA(nor, ~(S | B))
TO_RA(extsb, (uint64_t)(int64_t)(int8_t)S)
TO_RA(extsh, (uint64_t)(int64_t)(int16_t)S)
TO_RA(extsw, (uint64_t)(int64_t)(int32_t)S)
TO_RA(cntlzw, (uint32_t)S ? (uint64_t)__builtin_clz((uint32_t)S) : 32)
TO_RA(cntlzd, S ? (uint64_t)__builtin_clzll(S) : 64)

/* ---- rotate -------------------------------------------------------------------------------- */

/* Ones from bit b to bit e (0 = most significant of 64), wrapping when b > e. */
static inline uint64_t mask(uint32_t b, uint32_t e)
{
    uint64_t from = UINT64_MAX >> b;
    uint64_t to = UINT64_MAX << (63 - e);

    return b <= e ? from & to : from | to;
}

static inline uint64_t rotate64(uint64_t x, uint32_t n)
{
    return n ? x << n | x >> (64 - n) : x;
}

/* Low word rotated, in both halves. */
static inline uint64_t rotate32(uint64_t x, uint32_t n)
{
    uint64_t twice = (x & UINT32_MAX) << 32 | (x & UINT32_MAX);

    return rotate64(twice, n);
}

#define MASK32 mask(PPC_MB + 32, PPC_ME + 32)

TO_RA(rlwinm, rotate32(S, PPC_RB) & MASK32)
TO_RA(rlwnm, rotate32(S, B & 31) & MASK32)
TO_RA(rlwimi, (rotate32(S, PPC_RB) & MASK32) | (A & ~MASK32))
TO_RA(rldicl, rotate64(S, PPC_SH6) & mask(PPC_MB6, 63))
TO_RA(rldicr, rotate64(S, PPC_SH6) & mask(0, PPC_MB6))
TO_RA(rldic, rotate64(S, PPC_SH6) & mask(PPC_MB6, 63 - PPC_SH6))
TO_RA(rldcl, rotate64(S, B & 63) & mask(PPC_MB6, 63))
TO_RA(rldcr, rotate64(S, B & 63) & mask(0, PPC_MB6))

XE_PPC_OP(rldimi)
{
    uint64_t m = mask(PPC_MB6, 63 - PPC_SH6);

    return done(cpu, word, PPC_RA, (rotate64(S, PPC_SH6) & m) | (A & ~m));
}

/* ---- shift --------------------------------------------------------------------------------- */

TO_RA(slw, B & 32 ? 0 : (uint64_t)((uint32_t)S << (B & 31)))
TO_RA(srw, B & 32 ? 0 : (uint64_t)((uint32_t)S >> (B & 31)))
TO_RA(sld, B & 64 ? 0 : S << (B & 63))
TO_RA(srd, B & 64 ? 0 : S >> (B & 63))

/* CA: the source is negative and a one bit was lost. */
static inline enum xe_ppc_next shift_algebraic(struct xe_cpu *cpu, uint32_t word, int64_t value,
                                               uint32_t n, uint32_t width)
{
    uint32_t by = n < width ? n : width - 1;
    int64_t result = value >> by;

    if (n >= width)
        cpu->ca = value < 0;
    else
        cpu->ca = value < 0 && ((uint64_t)value & ((1ull << n) - 1)) != 0;
    return done(cpu, word, PPC_RA, (uint64_t)result);
}

XE_PPC_OP(sraw)
{
    return shift_algebraic(cpu, word, (int32_t)S, B & 63, 32);
}

XE_PPC_OP(srawi)
{
    return shift_algebraic(cpu, word, (int32_t)S, PPC_RB, 32);
}

XE_PPC_OP(srad)
{
    return shift_algebraic(cpu, word, (int64_t)S, B & 127, 64);
}

XE_PPC_OP(sradi)
{
    return shift_algebraic(cpu, word, (int64_t)S, PPC_SH6, 64);
}
