/* Vector operations beside their vectors: rules that hold for all operands, bounds of estimates,
 * the memory forms. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "cpu/isa/exec.h"
#include "cpu/softfp/vmx_float.h"
#include "cpu/softfp/vmx_perm.h"
#include "tests/cpu/operands.h"

#define ROUNDS 20000

typedef void binary(union xe_vr *d, const union xe_vr *a, const union xe_vr *b, uint32_t *vscr);

static const struct {
    const char *name;
    binary *run;
} binaries[] = {
    {"vaddfp", xe_vmx_vaddfp},     {"vsubfp", xe_vmx_vsubfp},     {"vmulfp", xe_vmx_vmulfp},
    {"vmaxfp", xe_vmx_vmaxfp},     {"vminfp", xe_vmx_vminfp},     {"vcmpeqfp", xe_vmx_vcmpeqfp},
    {"vcmpgefp", xe_vmx_vcmpgefp}, {"vcmpgtfp", xe_vmx_vcmpgtfp},
};

/* v with all lanes but one made unfit for computing all at once. */
static union xe_vr spoil(union xe_vr v, int keep)
{
    static const uint32_t unfit[] = {0x7FC00000, 0x00000001, 0x807FFFFF, 0xFF800001};

    for (int i = 0; i < 4; i++)
        if (i != keep)
            v.w[i] = unfit[i];
    return v;
}

Test(cpu_vmx, a_lane_does_not_depend_on_the_others)
{
    struct draw draw = {1};

    for (int i = 0; i < ROUNDS; i++) {
        union xe_vr a = draw_vector(&draw, i & 1 ? draw_single : draw_ordinary);
        union xe_vr b = draw_vector(&draw, i & 1 ? draw_single : draw_ordinary), all, one;
        uint32_t vscr = draw_below(&draw, 2) ? XE_VSCR_NJ : 0;

        for (size_t op = 0; op < sizeof(binaries) / sizeof(binaries[0]); op++) {
            binaries[op].run(&all, &a, &b, &vscr);
            for (int lane = 0; lane < 4; lane++) {
                union xe_vr x = spoil(a, lane);

                binaries[op].run(&one, &x, &b, &vscr);
                cr_assert_eq(one.w[lane], all.w[lane], "%s %08x %08x: %08x, alone %08x",
                             binaries[op].name, a.w[lane], b.w[lane], all.w[lane], one.w[lane]);
            }
        }
    }
}

static uint32_t host_fused(uint32_t a, uint32_t b, uint32_t c)
{
    float x, y, z, r;
    uint32_t bits;

    memcpy(&x, &a, 4);
    memcpy(&y, &b, 4);
    memcpy(&z, &c, 4);
    r = fmaf(x, z, y);
    memcpy(&bits, &r, 4);
    return bits;
}

Test(cpu_vmx, multiply_add_is_fused_all_at_once_and_lane_by_lane)
{
    struct draw draw = {2};
    uint32_t vscr = 0;

    for (int i = 0; i < ROUNDS; i++) {
        union xe_vr a = draw_vector(&draw, draw_ordinary), b = draw_vector(&draw, draw_ordinary);
        union xe_vr c = draw_vector(&draw, draw_ordinary), all, one, minus;

        if (i & 1) /* cancellation: b near -(a * c) */
            for (int k = 0; k < 4; k++)
                b.f[k] = -(a.f[k] * c.f[k]), b.w[k] ^= draw_below(&draw, 2);
        xe_vmx_vmaddfp(&all, &a, &b, &c, &vscr);
        for (int lane = 0; lane < 4; lane++) {
            union xe_vr x = spoil(a, lane);

            xe_vmx_vmaddfp(&one, &x, &b, &c, &vscr);
            cr_assert_eq(all.w[lane], one.w[lane]);
            cr_assert_eq(all.w[lane], host_fused(a.w[lane], b.w[lane], c.w[lane]));
        }
        for (int lane = 0; lane < 4; lane++)
            b.w[lane] ^= 0x80000000u;
        xe_vmx_vnmsubfp(&minus, &a, &b, &c, &vscr);
        for (int lane = 0; lane < 4; lane++)
            cr_assert_eq(minus.w[lane], all.w[lane] ^ 0x80000000u);
    }
}

/* Measured example: 1.1f * 1.1f + 1.1f, rounded once. */
Test(cpu_vmx, multiply_add_rounds_once)
{
    union xe_vr a, r;
    uint32_t vscr = XE_VSCR_NJ;

    xe_vmx_vspltisw(&a, 0x3F8CCCCD);
    xe_vmx_vmaddfp(&r, &a, &a, &a, &vscr);
    cr_assert_eq(r.w[0], XE_VMX_MADD_FUSED ? 0x4013D70Bu : 0x4013D70Au, "%08x", r.w[0]);
}

/* (1 + 2^-12)^2 lies in the middle of two singles; 2^-80 more or less decides, which the sum in
 * double does not show. */
Test(cpu_vmx, multiply_add_sees_what_lies_below_a_tie)
{
    union xe_vr a, b, r;
    uint32_t vscr = XE_VSCR_NJ;

    xe_vmx_vspltisw(&a, 0x3F800800);
    xe_vmx_vspltisw(&b, 0x17800000);
    xe_vmx_vmaddfp(&r, &a, &b, &a, &vscr);
    cr_expect_eq(r.w[0], 0x3F801001u, "%08x", r.w[0]);
    xe_vmx_vspltisw(&b, (int32_t)0x97800000u);
    xe_vmx_vmaddfp(&r, &a, &b, &a, &vscr);
    cr_expect_eq(r.w[0], 0x3F801000u, "%08x", r.w[0]);
}

/* 2^-126 * (1 - 2^-24) rounds to 2^-126, but is below it before. */
Test(cpu_vmx, results_are_flushed_when_tiny_before_rounding)
{
    static const uint32_t signs[] = {0, 0x80000000u};

    for (int i = 0; i < 2; i++) {
        union xe_vr a, b, r;
        uint32_t nj = XE_VSCR_NJ, ieee = 0;

        xe_vmx_vspltisw(&a, (int32_t)(signs[i] | 0x00800000u));
        xe_vmx_vspltisw(&b, 0x3F7FFFFF);
        xe_vmx_vmulfp(&r, &a, &b, &nj);
        cr_expect_eq(r.w[0], signs[i], "%08x", r.w[0]);
        xe_vmx_vmulfp(&r, &a, &b, &ieee);
        cr_expect_eq(r.w[0], signs[i] | 0x00800000u, "%08x", r.w[0]);
    }
}

Test(cpu_vmx, equal_zeros_have_an_order)
{
    union xe_vr plus = {.w = {0}}, minus, r;
    uint32_t vscr = 0;

    xe_vmx_vspltisw(&minus, INT32_MIN);
    xe_vmx_vmaxfp(&r, &minus, &plus, &vscr);
    cr_expect_eq(r.w[2], 0);
    xe_vmx_vminfp(&r, &plus, &minus, &vscr);
    cr_expect_eq(r.w[2], 0x80000000u);
}

Test(cpu_vmx, conversions_saturate_by_the_truncated_value)
{
    static const struct {
        float value;
        uint32_t scale, is_signed, is_unsigned;
        bool sat_signed, sat_unsigned;
    } rows[] = {
        {-0.5f, 0, 0, 0, false, false},
        {-1.0f, 0, 0xFFFFFFFF, 0, false, true},
        {2147483648.0f, 0, 0x7FFFFFFF, 0x80000000, true, false},
        {-2147483648.0f, 0, 0x80000000, 0, false, true},
        {4294967296.0f, 0, 0x7FFFFFFF, 0xFFFFFFFF, true, true},
        {0.75f, 2, 3, 3, false, false},
        {1.0f, 31, 0x7FFFFFFF, 0x80000000, true, false},
        {INFINITY, 0, 0x7FFFFFFF, 0xFFFFFFFF, true, true},
        {NAN, 0, 0, 0, false, false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        union xe_vr v = {.f = {rows[i].value}}, r;
        uint32_t vscr = 0;

        xe_vmx_vctsxs(&r, &v, rows[i].scale, &vscr);
        cr_expect_eq(r.w[0], rows[i].is_signed, "row %zu: %08x", i, r.w[0]);
        cr_expect_eq(vscr, rows[i].sat_signed, "row %zu", i);
        vscr = 0;
        xe_vmx_vctuxs(&r, &v, rows[i].scale, &vscr);
        cr_expect_eq(r.w[0], rows[i].is_unsigned, "row %zu: %08x", i, r.w[0]);
        cr_expect_eq(vscr, rows[i].sat_unsigned, "row %zu", i);
    }
}

static uint32_t estimate(void run(union xe_vr *, const union xe_vr *, uint32_t *), uint32_t x)
{
    union xe_vr v = {.w = {x}}, r;
    uint32_t vscr = XE_VSCR_NJ;

    run(&r, &v, &vscr);
    return r.w[0];
}

static double estimate_of(void run(union xe_vr *, const union xe_vr *, uint32_t *), double x)
{
    union xe_vr v = {.f = {(float)x}};

    v.w[0] = estimate(run, v.w[0]);
    return v.f[0];
}

Test(cpu_vmx, estimates_keep_their_bounds)
{
    struct draw draw = {3};

    for (int i = 0; i < ROUNDS; i++) {
        double x = (float)ldexp(1 + draw_below(&draw, 1 << 23) / 8388608.0,
                                (int)draw_below(&draw, 200) - 100);
        double power = (float)((int)draw_below(&draw, 240000) - 120000) / 1000.0f;

        cr_assert(fabs(estimate_of(xe_vmx_vrefp, x) * x - 1) <= 1.0 / 4096, "vrefp %a", x);
        cr_assert(fabs(estimate_of(xe_vmx_vrsqrtefp, x) * sqrt(x) - 1) <= 1.0 / 4096,
                  "vrsqrtefp %a", x);
        cr_assert(fabs(estimate_of(xe_vmx_vexptefp, power) / exp2((float)power) - 1) <= 1.0 / 16,
                  "vexptefp %a", power);
        cr_assert(fabs(estimate_of(xe_vmx_vlogefp, x) - log2(x)) <= 1.0 / 32, "vlogefp %a", x);
    }
}

Test(cpu_vmx, estimates_of_special_and_known_values)
{
    static const struct {
        uint32_t x, recip, rsqrt, exp, log;
    } rows[] = {
        {0x00000000, 0x7F800000, 0x7F800000, 0x3F800000, 0xFF800000},
        {0x80000000, 0xFF800000, 0xFF800000, 0x3F800000, 0xFF800000},
        {0x00000001, 0x7F800000, 0x7F800000, 0x3F800000, 0xFF800000}, /* NJ: a zero */
        {0x7F800000, 0x00000000, 0x00000000, 0x7F800000, 0x7F800000},
        {0xFF800000, 0x80000000, 0x7FC00000, 0x00000000, 0x7FC00000},
        {0xBF800000, 0xBF800000, 0x7FC00000, 0x3F000000, 0x7FC00000},
        {0xFFC00123, 0xFFC00123, 0xFFC00123, 0xFFC00123, 0xFFC00123},
        {0x7F800123, 0x7FC00123, 0x7FC00123, 0x7FC00123, 0x7FC00123},
        /* Source: values noted from the chip for vrsqrtefp of 1, 2, 3, 4. */
        {0x3F800000, 0x3F800000, 0x3F7FF400, 0x40000000, 0x00000000},
        {0x40000000, 0x3F000000, 0x3F34FD00, 0x40800000, 0x3F800000},
        {0x40400000, 0x3EAAAAAB, 0x3F13CA00, 0x41000000, 0x3FCAE00D},
        {0x40800000, 0x3E800000, 0x3EFFF400, 0x41800000, 0x40000000},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(estimate(xe_vmx_vrefp, rows[i].x), rows[i].recip, "vrefp %08x", rows[i].x);
        cr_expect_eq(estimate(xe_vmx_vrsqrtefp, rows[i].x), rows[i].rsqrt, "vrsqrtefp %08x",
                     rows[i].x);
        cr_expect_eq(estimate(xe_vmx_vexptefp, rows[i].x), rows[i].exp, "vexptefp %08x", rows[i].x);
        cr_expect_eq(estimate(xe_vmx_vlogefp, rows[i].x), rows[i].log, "vlogefp %08x: %08x",
                     rows[i].x, estimate(xe_vmx_vlogefp, rows[i].x));
    }
}

Test(cpu_vmx, double_shift_is_a_permute_by_lvsl)
{
    struct draw draw = {4};

    for (uint32_t shift = 0; shift < 16; shift++) {
        union xe_vr a = draw_vector(&draw, draw_word), b = draw_vector(&draw, draw_word);
        union xe_vr control, x, y;

        xe_vmx_lvsl(&control, shift);
        xe_vmx_vperm(&x, &a, &b, &control);
        xe_vmx_vsldoi(&y, &a, &b, shift);
        cr_assert_eq(memcmp(&x, &y, 16), 0, "shift %u", shift);
        xe_vmx_lvsr(&control, 16 - shift);
        xe_vmx_vperm(&y, &a, &b, &control);
        cr_assert_eq(memcmp(&x, &y, 16), shift ? 0 : memcmp(&x, &y, 16), "shift %u", shift);
    }
}

Test(cpu_vmx, saturation_is_sticky)
{
    union xe_vr a = {.w = {0}}, r;
    uint32_t vscr = XE_VSCR_NJ | XE_VSCR_SAT;

    xe_vmx_vaddsws(&r, &a, &a, &vscr);
    cr_assert_eq(vscr, XE_VSCR_NJ | XE_VSCR_SAT);
}

/* ---- memory -------------------------------------------------------------------------------- */

#define PAGE 0x40000000u

/* Rows on register 1 at r3 + r4. */
#define AT_R3_R4(match) ((match) | 1u << 21 | 3u << 16 | 4u << 11)
#define LVLX            AT_R3_R4(0x7C00040Eu)
#define LVRX            AT_R3_R4(0x7C00044Eu)
#define STVLX           AT_R3_R4(0x7C00050Eu)
#define STVRX           AT_R3_R4(0x7C00054Eu)
#define LVX             AT_R3_R4(0x7C0000CEu)
#define STVX            AT_R3_R4(0x7C0001CEu)

struct machine {
    struct xe_ppc_env env;
    struct xe_cpu cpu;
};

static void machine_init(struct machine *m)
{
    memset(m, 0, sizeof(*m));
    m->env.mem = xe_mem_create(0, NULL);
    cr_assert_not_null(m->env.mem);
    cr_assert_eq(xe_mem_alloc(m->env.mem, XE_MEM_HEAP_VIRTUAL_64K, PAGE, 0x10000, 0,
                              XE_PAGE_READWRITE, true, false),
                 PAGE);
    for (uint32_t i = 0; i < 64; i++)
        xe_mem_set_u8(m->env.mem, PAGE + i, (uint8_t)(0x40 + i));
    m->cpu.gpr[3] = 0xFFFFFFFF00000000ull; /* the upper half plays no part */
}

static enum xe_ppc_next run(struct machine *m, xe_ppc_exec *exec, uint32_t word, uint32_t address)
{
    m->cpu.gpr[4] = address;
    return exec(&m->env, &m->cpu, word);
}

/* lvlx at p, lvrx at p + 16, or: the 16 bytes at p. */
Test(cpu_vmx, left_and_right_loads_make_an_unaligned_load)
{
    struct machine m;

    machine_init(&m);
    for (uint32_t at = 0; at < 16; at++) {
        union xe_vr left;

        cr_assert_eq(run(&m, xe_ppc_exec_lvlx, LVLX, PAGE + at), XE_PPC_NEXT);
        left = m.cpu.vr[1];
        cr_assert_eq(run(&m, xe_ppc_exec_lvrx, LVRX, PAGE + at + 16), XE_PPC_NEXT);
        xe_vmx_vor(&left, &left, &m.cpu.vr[1]);
        for (uint32_t i = 0; i < 16; i++)
            cr_assert_eq(left.b[XE_VB(i)], 0x40 + at + i, "at %u byte %u", at, i);
    }
    xe_mem_destroy(m.env.mem);
}

Test(cpu_vmx, left_and_right_stores_make_an_unaligned_store)
{
    struct machine m;

    machine_init(&m);
    for (uint32_t at = 0; at < 16; at++) {
        for (uint32_t i = 0; i < 16; i++)
            m.cpu.vr[1].b[XE_VB(i)] = (uint8_t)(0x80 + i);
        for (uint32_t i = 0; i < 64; i++)
            xe_mem_set_u8(m.env.mem, PAGE + i, 0);
        run(&m, xe_ppc_exec_stvlx, STVLX, PAGE + 16 + at);
        run(&m, xe_ppc_exec_stvrx, STVRX, PAGE + 32 + at);
        for (uint32_t i = 0; i < 64; i++)
            cr_assert_eq(xe_mem_u8(m.env.mem, PAGE + i),
                         i - 16 - at < 16 ? 0x80 + (i - 16 - at) : 0, "at %u byte %u", at, i);
    }
    xe_mem_destroy(m.env.mem);
}

Test(cpu_vmx, right_forms_of_nothing_touch_no_memory)
{
    struct machine m;

    machine_init(&m);
    m.cpu.vr[1].w[0] = 1;
    cr_expect_eq(run(&m, xe_ppc_exec_stvrx, STVRX, 0x10), XE_PPC_NEXT);
    cr_expect_eq(run(&m, xe_ppc_exec_lvrx, LVRX, 0x10), XE_PPC_NEXT);
    cr_expect_eq(m.cpu.vr[1].w[0], 0);
    cr_expect_eq(run(&m, xe_ppc_exec_lvrx, LVRX, 0x11), XE_PPC_FAULT);
    xe_mem_destroy(m.env.mem);
}

Test(cpu_vmx, a_faulting_store_changes_nothing_and_says_where)
{
    struct machine m;

    machine_init(&m);
    cr_assert(xe_mem_protect(m.env.mem, PAGE, 0x10000, XE_PAGE_READONLY, NULL));
    cr_expect_eq(run(&m, xe_ppc_exec_stvx, STVX, PAGE + 0x25), XE_PPC_FAULT);
    cr_expect_eq(m.env.exception.kind, XE_CPU_EXC_DATA);
    cr_expect_eq(m.env.exception.fault, XE_MEM_PROTECTED);
    cr_expect_eq(m.env.exception.address, PAGE + 0x20);
    cr_expect(m.env.exception.write);
    cr_expect_eq(xe_mem_u8(m.env.mem, PAGE + 0x20), 0x60);
    cr_expect_eq(run(&m, xe_ppc_exec_stvlx, STVLX, PAGE + 0x25), XE_PPC_FAULT);
    cr_expect_eq(run(&m, xe_ppc_exec_stvrx, STVRX, PAGE + 0x25), XE_PPC_FAULT);
    cr_expect_eq(xe_mem_u8(m.env.mem, PAGE + 0x25), 0x65);
    xe_mem_destroy(m.env.mem);
}

Test(cpu_vmx, loads_need_no_right_to_write)
{
    struct machine m;

    machine_init(&m);
    cr_assert(xe_mem_protect(m.env.mem, PAGE, 0x10000, XE_PAGE_READONLY, NULL));
    cr_expect_eq(run(&m, xe_ppc_exec_lvx, LVX, PAGE + 0x25), XE_PPC_NEXT);
    cr_expect_eq(m.cpu.vr[1].b[XE_VB(0)], 0x60);
    cr_expect_eq(run(&m, xe_ppc_exec_lvlx, LVLX, PAGE + 0x25), XE_PPC_NEXT);
    cr_expect_eq(m.cpu.vr[1].b[XE_VB(0)], 0x65);
    cr_expect_eq(run(&m, xe_ppc_exec_lvrx, LVRX, PAGE + 0x25), XE_PPC_NEXT);
    cr_expect_eq(m.cpu.vr[1].b[XE_VB(15)], 0x64);
    xe_mem_destroy(m.env.mem);
}
