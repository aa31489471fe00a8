/* Exact floating-point arithmetic in integers; see fpu_soft.h.
 *
 * The idea: a finite operand becomes sign, significand and exponent, an operation combines them
 * into a 128-bit significand that is exact but for a sticky lowest bit ("jammed": set when bits
 * were lost below it), and one function rounds, detects overflow and underflow and packs. The
 * significand always has enough bits below the target's precision that the sticky bit decides
 * nothing but inexactness and ties.
 * Source: PowerPC Book I, sections 4.3.5, 4.3.6, 4.4 and the models of its appendix. */
#include "cpu/softfp/fpu_soft.h"

typedef unsigned __int128 wide;

/* value = sig * 2^exp, sig in [2^52, 2^53) unless it is zero */
struct parts {
    bool sign;
    int exp;
    uint64_t sig;
};

/* The same with an exact or jammed wide significand; sig may be anything but zero. */
struct wide_parts {
    bool sign;
    int exp;
    wide sig;
};

static const struct limits {
    int precision; /* bits of significand                                     */
    int exp_min;   /* of the leading bit of a normal number                   */
    int exp_max;
    int adjust; /* of the exponent when overflow or underflow is enabled   */
} limits_of[] = {
    [XE_FPU_DOUBLE] = {53, -1022, 1023, 1536},
    [XE_FPU_SINGLE] = {24, -126, 127, 192},
};

uint32_t xe_fpu_class_slow(uint64_t bits, enum xe_fpu_format format)
{
    bool sign = bits & XE_FPU_SIGN;
    uint32_t exp = bits >> 52 & 0x7FF;
    uint32_t exp_min = (uint32_t)(1023 + limits_of[format].exp_min);
    uint32_t code;

    if (xe_fpu_is_nan(bits))
        code = 0x11;
    else if (exp == 0x7FF)
        code = sign ? 0x09 : 0x05;
    else if (xe_fpu_is_zero(bits))
        code = sign ? 0x12 : 0x02;
    else if (exp < exp_min)
        code = sign ? 0x18 : 0x14;
    else
        code = sign ? 0x08 : 0x04;
    return code << XE_FPSCR_FPRF_SHIFT;
}

static struct parts unpack(uint64_t bits)
{
    struct parts p = {bits & XE_FPU_SIGN, (int)(bits >> 52 & 0x7FF) - 1075,
                      bits & 0x000FFFFFFFFFFFFFu};
    int shift;

    if (p.exp != -1075) {
        p.sig |= 1ull << 52;
    } else if (p.sig) {
        shift = __builtin_clzll(p.sig) - 11;
        p.sig <<= shift;
        p.exp = -1074 - shift;
    }
    return p;
}

static int wide_clz(wide x)
{
    uint64_t high = (uint64_t)(x >> 64);

    return high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)x);
}

/* x shifted right by n >= 0, lost bits jammed into the lowest. */
static wide shift_jam(wide x, int n)
{
    if (n == 0)
        return x;
    if (n > 127)
        return x != 0;
    return x >> n | ((x << (128 - n)) != 0);
}

/* Register value of sig * 2^exp, which needs no rounding where the format rules were kept. */
static uint64_t pack(bool sign, int exp, uint64_t sig)
{
    uint64_t top = (uint64_t)sign << 63;
    int shift, biased;

    if (!sig)
        return top;
    shift = __builtin_clzll(sig) - 11;
    sig = shift >= 0 ? sig << shift : sig >> -shift;
    biased = exp - shift + 1075;
    if (biased >= 0x7FF)
        return top | XE_FPU_INFINITY;
    if (biased > 0)
        return top | (uint64_t)biased << 52 | (sig & 0x000FFFFFFFFFFFFFu);
    return biased > -53 ? top | sig >> (1 - biased) : top;
}

/* Does rounding the discarded part (of 64 bits, `half` its weight-1/2 bit) go away from zero? */
static bool rounds_away(enum xe_fpu_rounding mode, bool sign, bool odd, uint64_t rest,
                        uint64_t half)
{
    switch (mode) {
    case XE_FPU_NEAREST:
        return rest > half || (rest == half && odd);
    case XE_FPU_UP:
        return rest && !sign;
    case XE_FPU_DOWN:
        return rest && sign;
    case XE_FPU_TO_ZERO:
        break;
    }
    return false;
}

static struct xe_fpu_result overflow(bool sign, const struct limits *limits,
                                     enum xe_fpu_rounding mode)
{
    struct xe_fpu_result r = {0, XE_FPSCR_OX | XE_FPSCR_XX | XE_FPSCR_FI};

    if (mode == XE_FPU_NEAREST || mode == (sign ? XE_FPU_DOWN : XE_FPU_UP)) {
        r.bits = (uint64_t)sign << 63 | XE_FPU_INFINITY;
        r.raised |= XE_FPSCR_FR; /* Guess: the books leave FR undefined here */
    } else {
        r.bits =
            pack(sign, limits->exp_max - limits->precision + 1, (1ull << limits->precision) - 1);
    }
    return r;
}

/* Round x (not zero) to the format and pack it. */
static struct xe_fpu_result finish(struct wide_parts x, enum xe_fpu_format format, uint32_t fpscr)
{
    const struct limits *limits = &limits_of[format];
    enum xe_fpu_rounding mode = fpscr & XE_FPSCR_RN;
    struct xe_fpu_result r = {0, 0};
    int drop = 64 - limits->precision;
    int clz = wide_clz(x.sig);
    uint64_t sig = (uint64_t)shift_jam(x.sig << clz, 64), rest;
    int exp = x.exp + 127 - clz; /* of the leading bit */
    bool tiny = exp < limits->exp_min;
    bool away;

    if (tiny && (fpscr & XE_FPSCR_UE)) {
        exp += limits->adjust;
        r.raised |= XE_FPSCR_UX;
    } else if (tiny && (fpscr & XE_FPSCR_NI)) {
        /* Guess: non-IEEE mode gives a zero of the same sign; a console would settle it. */
        r.bits = (uint64_t)x.sign << 63;
        r.raised = XE_FPSCR_UX | XE_FPSCR_XX | XE_FPSCR_FI;
        return r;
    } else if (tiny) {
        sig = (uint64_t)shift_jam(sig, limits->exp_min - exp);
        exp = limits->exp_min;
    }
    rest = sig & ((1ull << drop) - 1);
    sig >>= drop;
    away = rounds_away(mode, x.sign, sig & 1, rest, 1ull << (drop - 1));
    sig += away;
    if (rest)
        r.raised |= XE_FPSCR_XX | XE_FPSCR_FI | (away ? XE_FPSCR_FR : 0) | (tiny ? XE_FPSCR_UX : 0);
    if (sig >> limits->precision)
        exp++, sig >>= 1;
    if (exp > limits->exp_max) {
        if (!(fpscr & XE_FPSCR_OE))
            return overflow(x.sign, limits, mode);
        r.raised |= XE_FPSCR_OX;
        exp -= limits->adjust;
    }
    r.bits = pack(x.sign, exp - limits->precision + 1, sig);
    return r;
}

static struct xe_fpu_result invalid(uint32_t cause)
{
    return (struct xe_fpu_result){XE_FPU_NAN, cause};
}

static struct xe_fpu_result exactly(uint64_t bits)
{
    return (struct xe_fpu_result){bits, 0};
}

/* The NaN result of operands in priority order; at least one is a NaN. Unused ones are 0. */
static struct xe_fpu_result propagate(uint64_t first, uint64_t second, uint64_t third,
                                      enum xe_fpu_format format)
{
    struct xe_fpu_result r = {third, 0};

    if (xe_fpu_is_snan(first) || xe_fpu_is_snan(second) || xe_fpu_is_snan(third))
        r.raised = XE_FPSCR_VXSNAN;
    if (xe_fpu_is_nan(first))
        r.bits = first;
    else if (xe_fpu_is_nan(second))
        r.bits = second;
    r.bits |= XE_FPU_QUIET;
    if (format == XE_FPU_SINGLE)
        r.bits &= ~0x1FFFFFFFull;
    return r;
}

/* Guess: non-IEEE mode also reads denormal operands as zeros. */
static uint64_t operand(uint64_t x, uint32_t fpscr)
{
    bool denormal = !(x & XE_FPU_INFINITY);

    return denormal && (fpscr & XE_FPSCR_NI) ? x & XE_FPU_SIGN : x;
}

/* x + y where both are not zero. The larger one is moved to the top of 126 bits, the smaller one
 * aligned to it; bits jam only when the exponents differ so much that nothing cancels. */
static struct xe_fpu_result sum(struct wide_parts x, struct wide_parts y, enum xe_fpu_format format,
                                uint32_t fpscr)
{
    int x_shift = wide_clz(x.sig) - 2, y_shift = wide_clz(y.sig) - 2;
    struct wide_parts big = {x.sign, x.exp - x_shift, x.sig << x_shift};
    struct wide_parts small = {y.sign, y.exp - y_shift, y.sig << y_shift};
    struct wide_parts t;

    if (big.exp < small.exp || (big.exp == small.exp && big.sig < small.sig))
        t = big, big = small, small = t;
    small.sig = shift_jam(small.sig, big.exp - small.exp);
    big.sig = big.sign == small.sign ? big.sig + small.sig : big.sig - small.sig;
    if (!big.sig) /* exact cancellation: +0, or -0 when rounding down */
        return exactly((fpscr & XE_FPSCR_RN) == XE_FPU_DOWN ? XE_FPU_SIGN : 0);
    return finish(big, format, fpscr);
}

static struct wide_parts widen(struct parts p)
{
    return (struct wide_parts){p.sign, p.exp, p.sig};
}

/* Sum of two zeros: the common sign, else +0, or -0 when rounding down. */
static struct xe_fpu_result sum_of_zeros(bool x_sign, bool y_sign, uint32_t fpscr)
{
    bool sign = x_sign == y_sign ? x_sign : (fpscr & XE_FPSCR_RN) == XE_FPU_DOWN;

    return exactly((uint64_t)sign << 63);
}

struct xe_fpu_result xe_fpu_soft_add(uint64_t a, uint64_t b, enum xe_fpu_format format,
                                     uint32_t fpscr)
{
    a = operand(a, fpscr);
    b = operand(b, fpscr);
    if (xe_fpu_is_nan(a) || xe_fpu_is_nan(b))
        return propagate(a, b, 0, format);
    if (xe_fpu_is_infinity(a) && xe_fpu_is_infinity(b) && a != b)
        return invalid(XE_FPSCR_VXISI);
    if (xe_fpu_is_infinity(a))
        return exactly(a);
    if (xe_fpu_is_infinity(b))
        return exactly(b);
    if (xe_fpu_is_zero(a) && xe_fpu_is_zero(b))
        return sum_of_zeros(a >> 63, b >> 63, fpscr);
    if (xe_fpu_is_zero(a))
        return xe_fpu_soft_round(b, format, fpscr);
    if (xe_fpu_is_zero(b))
        return xe_fpu_soft_round(a, format, fpscr);
    return sum(widen(unpack(a)), widen(unpack(b)), format, fpscr);
}

static struct wide_parts product(uint64_t a, uint64_t c)
{
    struct parts x = unpack(a), y = unpack(c);

    return (struct wide_parts){x.sign != y.sign, x.exp + y.exp, (wide)x.sig * y.sig};
}

struct xe_fpu_result xe_fpu_soft_mul(uint64_t a, uint64_t c, enum xe_fpu_format format,
                                     uint32_t fpscr)
{
    uint64_t sign;

    a = operand(a, fpscr);
    c = operand(c, fpscr);
    sign = (a ^ c) & XE_FPU_SIGN;
    if (xe_fpu_is_nan(a) || xe_fpu_is_nan(c))
        return propagate(a, c, 0, format);
    if (xe_fpu_is_infinity(a) || xe_fpu_is_infinity(c)) {
        if (xe_fpu_is_zero(a) || xe_fpu_is_zero(c))
            return invalid(XE_FPSCR_VXIMZ);
        return exactly(sign | XE_FPU_INFINITY);
    }
    if (xe_fpu_is_zero(a) || xe_fpu_is_zero(c))
        return exactly(sign);
    return finish(product(a, c), format, fpscr);
}

struct xe_fpu_result xe_fpu_soft_madd(uint64_t a, uint64_t c, uint64_t b, enum xe_fpu_format format,
                                      uint32_t fpscr)
{
    struct xe_fpu_result r;
    uint64_t sign, infinite;
    bool undefined;

    a = operand(a, fpscr);
    b = operand(b, fpscr);
    c = operand(c, fpscr);
    sign = (a ^ c) & XE_FPU_SIGN;
    infinite = xe_fpu_is_infinity(a) || xe_fpu_is_infinity(c);
    undefined = (xe_fpu_is_infinity(a) && xe_fpu_is_zero(c)) ||
                (xe_fpu_is_zero(a) && xe_fpu_is_infinity(c));
    if (xe_fpu_is_nan(a) || xe_fpu_is_nan(b) || xe_fpu_is_nan(c)) {
        r = propagate(a, b, c, format);
        r.raised |= undefined ? XE_FPSCR_VXIMZ : 0;
        return r;
    }
    if (undefined)
        return invalid(XE_FPSCR_VXIMZ);
    if (infinite && xe_fpu_is_infinity(b) && sign != (b & XE_FPU_SIGN))
        return invalid(XE_FPSCR_VXISI);
    if (infinite)
        return exactly(sign | XE_FPU_INFINITY);
    if (xe_fpu_is_infinity(b))
        return exactly(b);
    if (xe_fpu_is_zero(a) || xe_fpu_is_zero(c))
        return xe_fpu_soft_add(sign, b, format, fpscr);
    if (xe_fpu_is_zero(b))
        return finish(product(a, c), format, fpscr);
    return sum(product(a, c), widen(unpack(b)), format, fpscr);
}

struct xe_fpu_result xe_fpu_soft_div(uint64_t a, uint64_t b, enum xe_fpu_format format,
                                     uint32_t fpscr)
{
    struct parts x, y;
    uint64_t sign;
    wide dividend, quotient;

    a = operand(a, fpscr);
    b = operand(b, fpscr);
    sign = (a ^ b) & XE_FPU_SIGN;
    if (xe_fpu_is_nan(a) || xe_fpu_is_nan(b))
        return propagate(a, b, 0, format);
    if (xe_fpu_is_infinity(a))
        return xe_fpu_is_infinity(b) ? invalid(XE_FPSCR_VXIDI) : exactly(sign | XE_FPU_INFINITY);
    if (xe_fpu_is_zero(b)) {
        if (xe_fpu_is_zero(a))
            return invalid(XE_FPSCR_VXZDZ);
        return (struct xe_fpu_result){sign | XE_FPU_INFINITY, XE_FPSCR_ZX};
    }
    if (xe_fpu_is_infinity(b) || xe_fpu_is_zero(a))
        return exactly(sign);
    x = unpack(a);
    y = unpack(b);
    dividend = (wide)x.sig << 64;
    quotient = dividend / y.sig;
    quotient = quotient << 1 | (quotient * y.sig != dividend);
    return finish((struct wide_parts){sign != 0, x.exp - y.exp - 65, quotient}, format, fpscr);
}

/* floor(sqrt(x)) by digits. */
static uint64_t root(wide x)
{
    wide r = 0, bit = (wide)1 << 126;

    while (bit > x)
        bit >>= 2;
    for (; bit; bit >>= 2) {
        if (x >= r + bit) {
            x -= r + bit;
            r = (r >> 1) + bit;
        } else {
            r >>= 1;
        }
    }
    return (uint64_t)r;
}

struct xe_fpu_result xe_fpu_soft_sqrt(uint64_t b, enum xe_fpu_format format, uint32_t fpscr)
{
    struct parts x;
    wide square;
    uint64_t r;

    b = operand(b, fpscr);
    if (xe_fpu_is_nan(b))
        return propagate(b, 0, 0, format);
    if (xe_fpu_is_zero(b))
        return exactly(b);
    if (b & XE_FPU_SIGN)
        return invalid(XE_FPSCR_VXSQRT);
    if (xe_fpu_is_infinity(b))
        return exactly(b);
    x = unpack(b);
    if (x.exp & 1)
        x.sig <<= 1, x.exp--;
    square = (wide)x.sig << 72;
    r = root(square);
    return finish(
        (struct wide_parts){false, x.exp / 2 - 37, (wide)r << 1 | ((wide)r * r != square)}, format,
        fpscr);
}

struct xe_fpu_result xe_fpu_soft_round(uint64_t b, enum xe_fpu_format format, uint32_t fpscr)
{
    b = operand(b, fpscr);
    if (xe_fpu_is_nan(b))
        return propagate(b, 0, 0, format);
    if (xe_fpu_is_infinity(b) || xe_fpu_is_zero(b))
        return exactly(b);
    return finish(widen(unpack(b)), format, fpscr);
}

struct xe_fpu_result xe_fpu_soft_from_int(int64_t b, uint32_t fpscr)
{
    struct wide_parts x = {b < 0, 0, b < 0 ? -(uint64_t)b : (uint64_t)b};

    return b ? finish(x, XE_FPU_DOUBLE, fpscr) : exactly(0);
}
