/* The scalar FPU beside its vectors: both ways of computing against each other and the host, and
 * what the oracle does not model (FR, enabled exceptions, the estimates' bits). */
#include <criterion/criterion.h>
#include <fenv.h>
#include <math.h>
#include <string.h>

#include "cpu/isa/exec.h"
#include "cpu/softfp/fpu_math.h"
#include "tests/cpu/operands.h"

#define ROUNDS 200000

/* Words of rows on f1, f2, f3: target f1; A f2, B f3, C f4. */
#define FDIV_1_2_3 0xFC221824u

enum operation { ADD, MUL, DIV, SQRT, MADD, OPERATIONS };

static const char *const names[] = {"add", "mul", "div", "sqrt", "madd"};

struct operands {
    uint64_t a, b, c;
};

static struct operands draw_operands(struct draw *draw)
{
    struct operands x = {draw_double(draw), draw_double(draw), draw_double(draw)};

    if (draw_below(draw, 4) == 0) { /* b close to -(a * c): cancellation */
        double a, c, b;

        memcpy(&a, &x.a, 8);
        memcpy(&c, &x.c, 8);
        b = -(a * c);
        memcpy(&x.b, &b, 8);
        x.b ^= draw_below(draw, 3);
    }
    return x;
}

static struct xe_fpu_result quick(enum operation op, struct operands x, enum xe_fpu_format format,
                                  uint32_t fpscr)
{
    switch (op) {
    case ADD:
        return xe_fpu_add(x.a, x.b, format, fpscr);
    case MUL:
        return xe_fpu_mul(x.a, x.c, format, fpscr);
    case DIV:
        return xe_fpu_div(x.a, x.b, format, fpscr);
    case SQRT:
        return xe_fpu_sqrt(x.b, format, fpscr);
    default:
        return xe_fpu_madd(x.a, x.c, x.b, format, fpscr);
    }
}

static struct xe_fpu_result exact(enum operation op, struct operands x, enum xe_fpu_format format,
                                  uint32_t fpscr)
{
    switch (op) {
    case ADD:
        return xe_fpu_soft_add(x.a, x.b, format, fpscr);
    case MUL:
        return xe_fpu_soft_mul(x.a, x.c, format, fpscr);
    case DIV:
        return xe_fpu_soft_div(x.a, x.b, format, fpscr);
    case SQRT:
        return xe_fpu_soft_sqrt(x.b, format, fpscr);
    default:
        return xe_fpu_soft_madd(x.a, x.c, x.b, format, fpscr);
    }
}

Test(cpu_fpu, quick_and_exact_ways_agree)
{
    struct draw draw = {1};

    for (int i = 0; i < ROUNDS; i++) {
        struct operands x = draw_operands(&draw);
        uint32_t fpscr = draw_below(&draw, 4) | (draw_below(&draw, 8) ? 0 : draw_below(&draw, 256));

        for (int k = 0; k < 2 * OPERATIONS; k++) {
            struct xe_fpu_result q = quick(k / 2, x, k % 2, fpscr);
            struct xe_fpu_result e = exact(k / 2, x, k % 2, fpscr);

            cr_assert(
                q.bits == e.bits && q.raised == e.raised,
                "%s%s fpscr %02x a %016lx b %016lx c %016lx: %016lx %08x, exactly %016lx %08x",
                names[k / 2], k % 2 ? "s" : "", fpscr, x.a, x.b, x.c, q.bits, q.raised, e.bits,
                e.raised);
        }
    }
}

struct host_result {
    uint64_t bits;
    int except;
};

/* The operation by the host in its own format; compiled with -frounding-math. */
static struct host_result host_double(enum operation op, struct operands x, int mode)
{
    volatile double a, b, c, r;
    struct host_result result;
    double out;

    memcpy((void *)&a, &x.a, 8);
    memcpy((void *)&b, &x.b, 8);
    memcpy((void *)&c, &x.c, 8);
    fesetround(mode);
    feclearexcept(FE_ALL_EXCEPT);
    r = op == ADD    ? a + b
        : op == MUL  ? a * c
        : op == DIV  ? a / b
        : op == SQRT ? sqrt(b)
                     : fma(a, c, b);
    result.except = fetestexcept(FE_ALL_EXCEPT);
    fesetround(FE_TONEAREST);
    out = r;
    memcpy(&result.bits, &out, 8);
    return result;
}

static struct host_result host_single(enum operation op, struct operands x, int mode)
{
    volatile float a, b, c, r;
    struct host_result result;
    double wide;

    memcpy(&wide, &x.a, 8);
    a = (float)wide;
    memcpy(&wide, &x.b, 8);
    b = (float)wide;
    memcpy(&wide, &x.c, 8);
    c = (float)wide;
    fesetround(mode);
    feclearexcept(FE_ALL_EXCEPT);
    r = op == ADD    ? a + b
        : op == MUL  ? a * c
        : op == DIV  ? a / b
        : op == SQRT ? sqrtf(b)
                     : fmaf(a, c, b);
    result.except = fetestexcept(FE_ALL_EXCEPT);
    fesetround(FE_TONEAREST);
    wide = r;
    memcpy(&result.bits, &wide, 8);
    return result;
}

/* The single is volatile because gcc 12 drops neighbouring conversions to float and back when it
 * vectorises them. */
static uint64_t nearest_single(uint64_t bits)
{
    volatile float narrow;
    double wide;

    memcpy(&wide, &bits, 8);
    narrow = (float)wide;
    wide = narrow;
    memcpy(&bits, &wide, 8);
    return bits;
}

Test(cpu_fpu, host_agrees_in_all_rounding_modes)
{
    static const int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_UPWARD, FE_DOWNWARD};
    struct draw draw = {2};

    for (int i = 0; i < ROUNDS; i++) {
        struct operands x = draw_operands(&draw);
        uint32_t mode = draw_below(&draw, 4), format = draw_below(&draw, 2);

        if (format == XE_FPU_SINGLE)
            x = (struct operands){nearest_single(x.a), nearest_single(x.b), nearest_single(x.c)};
        for (int op = 0; op < OPERATIONS; op++) {
            struct host_result h = format == XE_FPU_SINGLE ? host_single(op, x, modes[mode])
                                                           : host_double(op, x, modes[mode]);
            struct xe_fpu_result g = exact(op, x, format, mode);

            if (xe_fpu_is_nan(g.bits) && xe_fpu_is_nan(h.bits))
                continue; /* payloads are the guest's own */
            cr_assert(g.bits == h.bits && !(g.raised & XE_FPSCR_XX) == !(h.except & FE_INEXACT) &&
                          !(g.raised & XE_FPSCR_OX) == !(h.except & FE_OVERFLOW),
                      "%s format %u mode %u a %016lx b %016lx c %016lx: %016lx %08x, host %016lx",
                      names[op], format, mode, x.a, x.b, x.c, g.bits, g.raised, h.bits);
        }
    }
}

/* FR tells that the magnitude grew, that is, that truncation would have given something else. */
Test(cpu_fpu, fraction_rounded_is_set_when_truncation_differs)
{
    struct draw draw = {3};

    for (int i = 0; i < ROUNDS; i++) {
        struct operands x = draw_operands(&draw);
        uint32_t mode = draw_below(&draw, 4), format = draw_below(&draw, 2);

        for (int op = 0; op < OPERATIONS; op++) {
            struct xe_fpu_result r = quick(op, x, format, mode);
            struct xe_fpu_result truncated = quick(op, x, format, XE_FPU_TO_ZERO);
            bool grew = (r.raised & XE_FPSCR_FI) && r.bits != truncated.bits;

            cr_assert_eq(!(r.raised & XE_FPSCR_FR), !grew, "%s format %u mode %u: %016lx %08x",
                         names[op], format, mode, r.bits, r.raised);
        }
    }
}

/* (1 + 2^-12)^2 lies in the middle of two singles; 2^-80 more decides. */
Test(cpu_fpu, fmadds_rounds_once)
{
    struct xe_fpu_result r = xe_fpu_madd(0x3FF0010000000000u, 0x3FF0010000000000u,
                                         0x3AF0000000000000u, XE_FPU_SINGLE, XE_FPU_NEAREST);

    cr_assert_eq(r.bits, 0x3FF0020020000000u, "%016lx", r.bits);
}

/* 1 * 1 + 2^-60 rounded up is 1 + 2^-52; fnmadd gives its negative, not -1 rounded up. */
Test(cpu_fpu, fnmadd_rounds_before_it_negates)
{
    struct xe_fpu_result r = xe_fpu_negated(xe_fpu_madd(
        0x3FF0000000000000u, 0x3FF0000000000000u, 0x3C30000000000000u, XE_FPU_DOUBLE, XE_FPU_UP));

    cr_assert_eq(r.bits, 0xBFF0000000000001u, "%016lx", r.bits);
}

#define SNAN_A 0x7FF0000000000001u
#define QNAN_B 0xFFF8000000000002u
#define QNAN_C 0x7FF8000000000003u
#define ONE    0x3FF0000000000000u

Test(cpu_fpu, first_nan_wins_in_the_order_a_b_c)
{
    static const struct {
        uint64_t a, c, b, result;
        uint32_t raised;
    } rows[] = {
        {SNAN_A, QNAN_C, QNAN_B, SNAN_A | XE_FPU_QUIET, XE_FPSCR_VXSNAN},
        {ONE, QNAN_C, QNAN_B, QNAN_B, 0},
        {ONE, QNAN_C, ONE, QNAN_C, 0},
        {ONE, QNAN_C, SNAN_A, SNAN_A | XE_FPU_QUIET, XE_FPSCR_VXSNAN},
        {XE_FPU_INFINITY, 0, QNAN_B, QNAN_B, XE_FPSCR_VXIMZ},
        {XE_FPU_INFINITY, 0, SNAN_A, SNAN_A | XE_FPU_QUIET, XE_FPSCR_VXIMZ | XE_FPSCR_VXSNAN},
        {XE_FPU_INFINITY, 0, ONE, XE_FPU_NAN, XE_FPSCR_VXIMZ},
        {XE_FPU_INFINITY, ONE, XE_FPU_INFINITY | XE_FPU_SIGN, XE_FPU_NAN, XE_FPSCR_VXISI},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_fpu_result r =
            xe_fpu_madd(rows[i].a, rows[i].c, rows[i].b, XE_FPU_DOUBLE, XE_FPU_NEAREST);

        cr_expect_eq(r.bits, rows[i].result, "row %zu: %016lx", i, r.bits);
        cr_expect_eq(r.raised, rows[i].raised, "row %zu: %08x", i, r.raised);
    }
}

Test(cpu_fpu, enabled_overflow_and_underflow_adjust_the_exponent)
{
    static const struct {
        uint64_t a, c;
        enum xe_fpu_format format;
        uint32_t enable, raised;
        uint64_t result; /* a * c / 2^1536 and so on */
    } rows[] = {
        {0x7FE0000000000000, 0x4000000000000000, XE_FPU_DOUBLE, XE_FPSCR_OE, XE_FPSCR_OX,
         (uint64_t)(1023 + 1024 - 1536) << 52},
        {0x0010000000000000, 0x3FE0000000000000, XE_FPU_DOUBLE, XE_FPSCR_UE, XE_FPSCR_UX,
         (uint64_t)(1023 - 1023 + 1536) << 52},
        {0x47E0000000000000, 0x4000000000000000, XE_FPU_SINGLE, XE_FPSCR_OE, XE_FPSCR_OX,
         (uint64_t)(1023 + 128 - 192) << 52},
        {0x3810000000000000, 0x3FE0000000000000, XE_FPU_SINGLE, XE_FPSCR_UE, XE_FPSCR_UX,
         (uint64_t)(1023 - 127 + 192) << 52},
        /* not enabled: infinity, and an exact denormal, which is no underflow */
        {0x7FE0000000000000, 0x4000000000000000, XE_FPU_DOUBLE, 0,
         XE_FPSCR_OX | XE_FPSCR_XX | XE_FPSCR_FI | XE_FPSCR_FR, XE_FPU_INFINITY},
        {0x0010000000000000, 0x3FE0000000000000, XE_FPU_DOUBLE, 0, 0, 0x0008000000000000},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_fpu_result r =
            xe_fpu_mul(rows[i].a, rows[i].c, rows[i].format, rows[i].enable | XE_FPU_NEAREST);

        cr_expect_eq(r.bits, rows[i].result, "row %zu: %016lx", i, r.bits);
        cr_expect_eq(r.raised, rows[i].raised, "row %zu: %08x", i, r.raised);
    }
}

/* Underflow is judged before rounding: (1 - 2^-53) * 2^-1022 rounds to the least normal number. */
Test(cpu_fpu, tiny_before_rounding_is_underflow)
{
    struct xe_fpu_result r =
        xe_fpu_mul(0x0010000000000000u, 0x3FEFFFFFFFFFFFFFu, XE_FPU_DOUBLE, XE_FPU_NEAREST);

    cr_assert_eq(r.bits, 0x0010000000000000u);
    cr_assert(r.raised & XE_FPSCR_UX);
}

static struct xe_cpu divide(uint64_t a, uint64_t b, uint32_t fpscr)
{
    static struct xe_ppc_env env;
    struct xe_cpu cpu;

    memset(&cpu, 0, sizeof(cpu));
    cpu.fpr[1] = 42;
    cpu.fpr[2] = a;
    cpu.fpr[3] = b;
    cpu.fpscr = fpscr;
    cr_assert_eq(xe_ppc_exec_fdiv(&env, &cpu, FDIV_1_2_3), XE_PPC_NEXT);
    return cpu;
}

Test(cpu_fpu, enabled_invalid_and_zero_divide_keep_the_target)
{
    struct xe_cpu cpu = divide(0, 0, XE_FPSCR_VE | XE_FPSCR_FI | 0x4000);

    cr_expect_eq(cpu.fpr[1], 42);
    cr_expect_eq(cpu.fpscr,
                 XE_FPSCR_FX | XE_FPSCR_FEX | XE_FPSCR_VX | XE_FPSCR_VXZDZ | XE_FPSCR_VE | 0x4000,
                 "%08x", cpu.fpscr);
    cpu = divide(ONE, 0, XE_FPSCR_ZE | XE_FPSCR_FI | 0x4000);
    cr_expect_eq(cpu.fpr[1], 42);
    cr_expect_eq(cpu.fpscr, XE_FPSCR_FX | XE_FPSCR_FEX | XE_FPSCR_ZX | XE_FPSCR_ZE | 0x4000, "%08x",
                 cpu.fpscr);
    cpu = divide(ONE, 0, 0);
    cr_expect_eq(cpu.fpr[1], XE_FPU_INFINITY);
    cr_expect_eq(cpu.fpscr, XE_FPSCR_FX | XE_FPSCR_ZX | 0x5000, "%08x", cpu.fpscr);
}

/* 5/3 is rounded up, 1/3 down, 3/1 not at all. */
Test(cpu_fpu, fraction_bits_follow_each_result)
{
    uint64_t three = 0x4008000000000000u, five = 0x4014000000000000u;
    uint32_t both = XE_FPSCR_FR | XE_FPSCR_FI;

    cr_expect_eq(divide(five, three, 0).fpscr & both, both);
    cr_expect_eq(divide(ONE, three, both).fpscr & both, XE_FPSCR_FI);
    cr_expect_eq(divide(three, ONE, both).fpscr & both, 0);
}

Test(cpu_fpu, exception_summary_appears_only_with_a_new_exception)
{
    struct xe_cpu cpu = divide(ONE, 0, XE_FPSCR_ZX);

    cr_assert_eq(cpu.fpscr & XE_FPSCR_FX, 0);
}

/* Guess of fpu_soft.c, kept from changing unnoticed. */
Test(cpu_fpu, non_ieee_mode_flushes_denormals)
{
    struct xe_fpu_result r = xe_fpu_mul(0x8010000000000000u, 0x3FE0000000000000u, XE_FPU_DOUBLE,
                                        XE_FPSCR_NI | XE_FPU_NEAREST);

    cr_expect_eq(r.bits, XE_FPU_SIGN);
    r = xe_fpu_add(1, ONE, XE_FPU_DOUBLE, XE_FPSCR_NI | XE_FPU_UP);
    cr_expect_eq(r.bits, ONE);
    cr_expect_eq(r.raised, 0);
}

Test(cpu_fpu, single_results_are_classed_as_singles)
{
    cr_expect_eq(xe_fpu_class(0x3800000000000000u, XE_FPU_SINGLE), 0x14000);
    cr_expect_eq(xe_fpu_class(0x3800000000000000u, XE_FPU_DOUBLE), 0x04000);
    cr_expect_eq(xe_fpu_class(0x8008000000000000u, XE_FPU_DOUBLE), 0x18000);
}

Test(cpu_fpu, integers_saturate_and_round)
{
    static const struct {
        uint64_t b;
        unsigned bits;
        enum xe_fpu_rounding mode;
        uint64_t result;
        uint32_t raised;
    } rows[] = {
        {0x41DFFFFFFFC00000, 32, XE_FPU_NEAREST, 0x7FFFFFFF, 0},
        {0x41DFFFFFFFE00000, 32, XE_FPU_TO_ZERO, 0x7FFFFFFF, XE_FPSCR_XX | XE_FPSCR_FI},
        {0x41DFFFFFFFE00000, 32, XE_FPU_NEAREST, 0x7FFFFFFF, XE_FPSCR_VXCVI},
        {0xC1E0000000000000, 32, XE_FPU_NEAREST, 0xFFFFFFFF80000000, 0},
        {0xC1E0000000100000, 32, XE_FPU_NEAREST, 0xFFFFFFFF80000000, XE_FPSCR_XX | XE_FPSCR_FI},
        {0xC1E0000000200000, 32, XE_FPU_DOWN, 0xFFFFFFFF80000000, XE_FPSCR_VXCVI},
        {0x43E0000000000000, 64, XE_FPU_NEAREST, INT64_MAX, XE_FPSCR_VXCVI},
        {0xC3E0000000000000, 64, XE_FPU_NEAREST, 1ull << 63, 0},
        {0x3FE0000000000000, 64, XE_FPU_NEAREST, 0, XE_FPSCR_XX | XE_FPSCR_FI},
        {0x3FF8000000000000, 64, XE_FPU_NEAREST, 2, XE_FPSCR_XX | XE_FPSCR_FI | XE_FPSCR_FR},
        {0x4004000000000000, 64, XE_FPU_NEAREST, 2, XE_FPSCR_XX | XE_FPSCR_FI},
        {1, 64, XE_FPU_UP, 1, XE_FPSCR_XX | XE_FPSCR_FI | XE_FPSCR_FR},
        {XE_FPU_SIGN | 1, 64, XE_FPU_UP, 0, XE_FPSCR_XX | XE_FPSCR_FI},
        {QNAN_C, 32, XE_FPU_NEAREST, 0xFFFFFFFF80000000, XE_FPSCR_VXCVI},
        {SNAN_A, 64, XE_FPU_NEAREST, 1ull << 63, XE_FPSCR_VXCVI | XE_FPSCR_VXSNAN},
        {XE_FPU_INFINITY, 32, XE_FPU_NEAREST, 0x7FFFFFFF, XE_FPSCR_VXCVI},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct xe_fpu_result r = xe_fpu_to_int(rows[i].b, rows[i].bits, rows[i].mode);

        cr_expect_eq(r.bits, rows[i].result, "row %zu: %016lx", i, r.bits);
        cr_expect_eq(r.raised, rows[i].raised, "row %zu: %08x", i, r.raised);
    }
}

Test(cpu_fpu, every_kind_of_single_survives_memory)
{
    for (uint64_t s = 0; s <= UINT32_MAX; s += 4099) {
        uint32_t single = (uint32_t)s;
        uint64_t bits = xe_fpu_single_to_double(single);
        double wide;
        float narrow;

        cr_assert_eq(xe_fpu_double_to_single(bits), single, "%08x", single);
        if (xe_fpu_is_nan(bits))
            continue;
        memcpy(&narrow, &single, 4);
        wide = narrow;
        cr_assert_eq(memcmp(&wide, &bits, 8), 0, "%08x", single);
    }
}

Test(cpu_fpu, estimates_keep_their_bounds)
{
    struct draw draw = {4};

    for (int i = 0; i < ROUNDS; i++) {
        uint64_t bits =
            (uint64_t)(1023 - 100 + draw_below(&draw, 200)) << 52 | draw_mantissa(&draw);
        uint64_t recip = xe_fpu_recip_estimate(bits, 0).bits;
        uint64_t rsqrt = xe_fpu_rsqrt_estimate(bits, 0).bits;
        double x, r, q;

        memcpy(&x, &bits, 8);
        memcpy(&r, &recip, 8);
        memcpy(&q, &rsqrt, 8);
        cr_assert(fabs(r * x - 1) <= 1.0 / 256, "fres(%a) = %a", x, r);
        cr_assert(fabs(q * sqrt(x) - 1) <= 1.0 / 32, "frsqrte(%a) = %a", x, q);
    }
}

/* The compare is fcmpu's table: a below, above, equal to or unordered with b. */
Test(cpu_fpu, compares_agree_with_the_host)
{
    struct draw draw = {5};

    for (int i = 0; i < ROUNDS; i++) {
        struct operands x = draw_operands(&draw);
        double a, b;

        memcpy(&a, &x.a, 8);
        memcpy(&b, &x.b, 8);
        cr_assert_eq(xe_fpu_compare(x.a, x.b), a < b    ? XE_CR_LT
                                               : a > b  ? XE_CR_GT
                                               : a == b ? XE_CR_EQ
                                                        : XE_CR_SO);
    }
}
