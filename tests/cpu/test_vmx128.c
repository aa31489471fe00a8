/* What VMX128 adds: 128 registers in split fields, dot products, D3D formats, permutes. */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/isa/exec.h"
#include "cpu/softfp/vmx_d3d.h"
#include "cpu/softfp/vmx_float.h"
#include "cpu/softfp/vmx_perm.h"
#include "tests/cpu/operands.h"

#define ROUNDS 20000

static uint32_t put_d(uint32_t n)
{
    return (n & 31) << 21 | (n >> 5) << 2;
}

static uint32_t put_a(uint32_t n)
{
    return (n & 31) << 16 | (n >> 5 & 1) << 5 | (n >> 6) << 10;
}

static uint32_t put_b(uint32_t n)
{
    return (n & 31) << 11 | n >> 5;
}

/* vandc128 d, a, b tells the three fields apart. */
Test(cpu_vmx128, every_register_can_be_named_in_every_field)
{
    static struct xe_ppc_env env;
    static struct xe_cpu cpu;
    struct draw draw = {1};

    for (uint32_t i = 0; i < 3 * 128; i++) {
        uint32_t n[3] = {draw_below(&draw, 128), draw_below(&draw, 128), draw_below(&draw, 128)};
        union xe_vr want;

        n[i / 128] = i % 128;
        for (int k = 0; k < 128; k++)
            cpu.vr[k] = draw_vector(&draw, draw_word);
        xe_vmx_vandc(&want, &cpu.vr[n[1]], &cpu.vr[n[2]]);
        xe_ppc_exec_vandc128(&env, &cpu, 0x14000250u | put_d(n[0]) | put_a(n[1]) | put_b(n[2]));
        cr_assert_eq(memcmp(&cpu.vr[n[0]], &want, 16), 0, "v%u v%u v%u", n[0], n[1], n[2]);
    }
}

Test(cpu_vmx128, multiply_adds_place_their_operands)
{
    static struct xe_ppc_env env;
    static struct xe_cpu cpu;
    uint32_t regs = put_d(100) | put_a(60) | put_b(70);
    union xe_vr d = {.f = {2, 2, 2, 2}};

    for (int i = 0; i < 4; i++) {
        cpu.vr[60].f[i] = 3;
        cpu.vr[70].f[i] = 5;
    }
    cpu.vr[100] = d;
    xe_ppc_exec_vmaddfp128(&env, &cpu, 0x140000D0u | regs);
    cr_expect_eq(cpu.vr[100].f[1], 3 * 5 + 2);
    cpu.vr[100] = d;
    xe_ppc_exec_vmaddcfp128(&env, &cpu, 0x14000110u | regs);
    cr_expect_eq(cpu.vr[100].f[1], 3 * 2 + 5);
    cpu.vr[100] = d;
    xe_ppc_exec_vnmsubfp128(&env, &cpu, 0x14000150u | regs);
    cr_expect_eq(cpu.vr[100].f[1], -(3 * 5 - 2));
}

/* ---- dot products -------------------------------------------------------------------------- */

static union xe_vr vector(float x, float y, float z, float w)
{
    union xe_vr v;

    v.f[XE_VW(0)] = x;
    v.f[XE_VW(1)] = y;
    v.f[XE_VW(2)] = z;
    v.f[XE_VW(3)] = w;
    return v;
}

Test(cpu_vmx128, dot_products_fill_all_lanes_and_ignore_w_in_the_short_form)
{
    union xe_vr a = vector(1, 2, 3, 4), b = vector(5, 6, 7, 8), r;
    uint32_t vscr = 0;

    xe_vmx_vmsum4fp(&r, &a, &b, &vscr);
    for (int i = 0; i < 4; i++)
        cr_expect_eq(r.f[i], 70);
    a.w[XE_VW(3)] = 0x7FC00000;
    xe_vmx_vmsum3fp(&r, &a, &b, &vscr);
    for (int i = 0; i < 4; i++)
        cr_expect_eq(r.f[i], 38);
    xe_vmx_vmsum4fp(&r, &a, &b, &vscr);
    cr_expect_eq(r.w[0], 0x7FC00000u);
}

Test(cpu_vmx128, dot_products_round_once)
{
    /* 2^24 + 1 - 2^24: a running single would lose the 1 */
    union xe_vr a = vector(16777216, 1, -16777216, 0), b = vector(1, 1, 1, 0), r;
    uint32_t vscr = 0;

    xe_vmx_vmsum3fp(&r, &a, &b, &vscr);
    cr_expect_eq(r.f[0], 1);
}

Test(cpu_vmx128, dot_products_overflow_to_a_nan_and_flush_denormals)
{
    union xe_vr a = vector(1e38f, 1e38f, 0, 0), b = vector(10, 10, 0, 0), r;
    uint32_t ieee = 0;

    xe_vmx_vmsum4fp(&r, &a, &b, &ieee);
    cr_expect_eq(r.w[0], 0x7FC00000u, "%08x", r.w[0]);
    a = vector(-1e-30f, 0, 0, 0);
    b = vector(1e-10f, 0, 0, 0);
    xe_vmx_vmsum4fp(&r, &a, &b, &ieee);
    cr_expect_eq(r.w[0] & 0x7FFFFFFFu, 0, "%08x", r.w[0]);
}

/* ---- permutes ------------------------------------------------------------------------------ */

Test(cpu_vmx128, word_permutes_pick_words)
{
    union xe_vr b = vector(0, 1, 2, 3), r;

    for (uint32_t perm = 0; perm < 256; perm++) {
        xe_vmx_vpermwi(&r, &b, perm);
        for (int i = 0; i < 4; i++)
            cr_assert_eq(r.f[XE_VW(i)], (float)(perm >> (6 - 2 * i) & 3), "%02x", perm);
    }
}

Test(cpu_vmx128, rotate_and_insert_keeps_words_outside_the_mask)
{
    union xe_vr b = vector(0, 1, 2, 3);

    for (uint32_t mask = 0; mask < 16; mask++)
        for (uint32_t rotate = 0; rotate < 4; rotate++) {
            union xe_vr r = vector(9, 9, 9, 9);

            xe_vmx_vrlimi(&r, &b, mask, rotate);
            for (uint32_t i = 0; i < 4; i++)
                cr_assert_eq(r.f[XE_VW(i)], mask & (8 >> i) ? (float)((i + rotate) % 4) : 9.0f);
        }
}

/* ---- D3D formats --------------------------------------------------------------------------- */

/* Where known titles put the magic number before packing: the field in the low bits of 3.0. */
static union xe_vr as_packed_operand(union xe_vr unpacked)
{
    for (int i = 0; i < 4; i++)
        if (unpacked.w[i] >> 20 == 0x3F8) /* unsigned fields come as 1.0 plus */
            unpacked.w[i] += 0x40400000u - 0x3F800000u;
    return unpacked;
}

static bool is_half(enum xe_vmx_d3d type)
{
    return type == XE_VMX_D3D_FLOAT16_2 || type == XE_VMX_D3D_FLOAT16_4;
}

/* A packed value without the most negative field of a kind and without denormal halves. */
static bool survives(const union xe_vr *unpacked, enum xe_vmx_d3d type)
{
    for (int i = 0; i < 4; i++)
        if (unpacked->w[i] == 0x7FC00000u || (is_half(type) && !(unpacked->w[i] << 1)))
            return false;
    return true;
}

Test(cpu_vmx128, packing_undoes_unpacking)
{
    static const bool long_form[XE_VMX_D3D_TYPES] = {
        [XE_VMX_D3D_SHORT4] = true, [XE_VMX_D3D_FLOAT16_4] = true, [XE_VMX_D3D_4_20_20_20] = true};
    struct draw draw = {2};

    for (int i = 0; i < ROUNDS; i++) {
        enum xe_vmx_d3d type = draw_below(&draw, XE_VMX_D3D_TYPES);
        union xe_vr packed = draw_vector(&draw, draw_word), unpacked, again = {.w = {0}};

        xe_vmx_unpack_d3d(&unpacked, &packed, type);
        if (!survives(&unpacked, type) && type != XE_VMX_D3D_FLOAT16_2)
            continue;
        if (!is_half(type))
            unpacked = as_packed_operand(unpacked);
        xe_vmx_pack_d3d(&again, &unpacked, type, 2, 0);
        if (type == XE_VMX_D3D_FLOAT16_2 && (!(packed.h[0] & 0x7C00) || !(packed.h[1] & 0x7C00)))
            continue;
        cr_assert_eq(again.w[XE_VW(3)], packed.w[XE_VW(3)], "type %d: %08x became %08x", type,
                     packed.w[XE_VW(3)], again.w[XE_VW(3)]);
        cr_assert_eq(again.w[XE_VW(2)], long_form[type] ? packed.w[XE_VW(2)] : 0, "type %d", type);
    }
}

/* The multiply-add that titles put behind an unpack: colours become 0 to 1. */
Test(cpu_vmx128, unpacked_colours_scale_to_one)
{
    union xe_vr packed = {.w = {0}}, unpacked, factor, addend, r;
    uint32_t vscr = XE_VSCR_NJ;

    packed.w[XE_VW(3)] = 0xFF00FF80u; /* w FF, x 00, y FF, z 80 */
    xe_vmx_unpack_d3d(&unpacked, &packed, XE_VMX_D3D_COLOR);
    xe_vmx_vspltisw(&factor, 0x47008081);
    xe_vmx_vspltisw(&addend, (int32_t)0xC7008081u);
    xe_vmx_vmaddfp(&r, &unpacked, &addend, &factor, &vscr);
    cr_expect_eq(r.f[XE_VW(0)], 0.0f);
    cr_expect_eq(r.f[XE_VW(1)], 1.0f);
    cr_expect_float_eq(r.f[XE_VW(2)], 128.0f / 255.0f, 1e-6f);
    cr_expect_eq(r.f[XE_VW(3)], 1.0f);
}

Test(cpu_vmx128, packing_clamps_patterns)
{
    static const struct {
        uint32_t operand, byte;
    } rows[] = {
        {0x40400080, 0x80}, {0x404000FF, 0xFF}, {0x40400100, 0xFF}, {0x7F800000, 0xFF},
        {0x403FFFFF, 0x00}, {0xC0400080, 0x00}, {0x7FC00000, 0x00}, {0xFF800000, 0x00},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        union xe_vr b, d = {.w = {0}};

        xe_vmx_vspltisw(&b, (int32_t)rows[i].operand);
        xe_vmx_pack_d3d(&d, &b, XE_VMX_D3D_COLOR, 1, 0);
        cr_expect_eq(d.w[XE_VW(3)], rows[i].byte * 0x01010101u, "row %zu: %08x", i, d.w[XE_VW(3)]);
    }
}

Test(cpu_vmx128, halves_have_no_infinity)
{
    static const struct {
        uint32_t single, half;
    } rows[] = {
        {0x3F800000, 0x3C00}, {0xC0000000, 0xC000}, {0x477FE000, 0x7BFF}, {0x47800000, 0x7C00},
        {0x47FFE000, 0x7FFF}, {0x7F800000, 0x7FFF}, {0xFFC00000, 0xFFFF}, {0x38800000, 0x0400},
        {0x387FFFFF, 0x0000}, {0xB87FFFFF, 0x8000}, {0x3F801FFF, 0x3C00},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        union xe_vr b, d = {.w = {0}};

        xe_vmx_vspltisw(&b, (int32_t)rows[i].single);
        xe_vmx_pack_d3d(&d, &b, XE_VMX_D3D_FLOAT16_2, 1, 0);
        cr_expect_eq(d.w[XE_VW(3)], rows[i].half * 0x10001u, "row %zu: %08x", i, d.w[XE_VW(3)]);
    }
}

Test(cpu_vmx128, unknown_d3d_types_raise_and_change_nothing)
{
    static struct xe_ppc_env env;
    static struct xe_cpu cpu, before;

    cpu.vr[1].w[0] = 7;
    before = cpu;
    cr_expect_eq(xe_ppc_exec_vpkd3d128(&env, &cpu, 0x18000610u | 7u << 18 | 1u << 16 | 1u << 21),
                 XE_PPC_FAULT);
    cr_expect_eq(env.exception.kind, XE_CPU_EXC_ILLEGAL);
    cr_expect_eq(xe_ppc_exec_vpkd3d128(&env, &cpu, 0x18000610u | 1u << 21), XE_PPC_FAULT);
    cr_expect_eq(xe_ppc_exec_vupkd3d128(&env, &cpu, 0x180007F0u | 7u << 18 | 1u << 21),
                 XE_PPC_FAULT);
    cr_expect_eq(memcmp(&cpu, &before, sizeof(cpu)), 0);
}
