/* What each operation makes of its operands, by the description of the chip. */
#include <float.h>
#include <stdio.h>

#include "ref_bench.h"

static struct ref_bench b;

#define INF  INFINITY
#define NONE NAN /* what is no number, as it comes out */
#define TINY 1e-40f
#define ALL(x)                                                                                     \
    {                                                                                              \
        x, x, x, x                                                                                 \
    }

/* r1, r2 and r3 go in; r0, which is 9 before, comes out. */
struct row {
    const char *text;
    float a[4], b[4], c[4], want[4];
};

static void run_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char text[128];

        snprintf(text, sizeof(text), ".pixel\nexec_end\n%s\n", rows[i].text);
        ref_bench_load(&b, text);
        ref_bench_set4(&b, 0, (float[4])ALL(9));
        ref_bench_set4(&b, 1, rows[i].a);
        ref_bench_set4(&b, 2, rows[i].b);
        ref_bench_set4(&b, 3, rows[i].c);
        xe_ref_run(&b.run);
        for (uint32_t k = 0; k < 4; k++)
            for (uint32_t lane = 0; lane < XE_REF_LANES; lane++)
                EXPECT_SAME(b.run.temp[0][k][lane], rows[i].want[k],
                            "%s, row %zu, component %u: %g, not %g", rows[i].text, i, k,
                            b.run.temp[0][k][lane], rows[i].want[k]);
    }
    ref_bench_fini(&b);
}

static const struct row vector_rows[] = {
    {"add r0, r1, r2", {1, -0.0f, INF, 1}, {2, 0, -INF, TINY}, {0}, {3, 0, NONE, 1}},
    {"add r0, r1, r2", {-0.0f, -TINY, FLT_MAX, 0}, {-0.0f, 0, FLT_MAX, 0}, {0}, {-0.0f, 0, INF, 0}},
    {"mul r0, r1, r2", {2, 0, -0.0f, INF}, {3, INF, -5, TINY}, {0}, {6, 0, 0, 0}},
    {"mul r0, r1, r2", {NAN, NAN, INF, -2}, {0, 1, 2, 3}, {0}, {0, NONE, INF, -6}},
    {"mul r0, r1, r2",
     {0x1p-100f, 0x1p100f, 0, 1},
     {0x1p-100f, 0x1p100f, 0, 1},
     {0},
     {0, INF, 0, 1}},
    {"max r0, r1, r2", {1, -1, -0.0f, 5}, {2, -2, 0, NAN}, {0}, {2, -1, -0.0f, NAN}},
    {"max r0, r1, r2", {NAN, 0, INF, 1}, {5, -0.0f, 1, 1}, {0}, {5, 0, INF, 1}},
    {"min r0, r1, r2", {1, -1, -0.0f, NAN}, {2, -2, 0, 5}, {0}, {1, -2, 0, 5}},
    {"seq r0, r1, r2", {1, 0, NAN, INF}, {1, -0.0f, NAN, -INF}, {0}, {1, 1, 0, 0}},
    {"sgt r0, r1, r2", {1, 2, NAN, TINY}, {1, 1, 0, 0}, {0}, {0, 1, 0, 0}},
    {"sge r0, r1, r2", {1, 2, NAN, -1}, {1, 1, 0, 0}, {0}, {1, 1, 0, 0}},
    {"sne r0, r1, r2", {1, 2, NAN, 0}, {1, 1, NAN, -0.0f}, {0}, {0, 1, 1, 0}},
    {"frc r0, r1", {1.25f, -1.25f, 3, INF}, {0}, {0}, {0.25f, 0.75f, 0, NONE}},
    {"trunc r0, r1", {1.75f, -1.75f, -0.5f, 0x1p30f}, {0}, {0}, {1, -1, -0.0f, 0x1p30f}},
    {"floor r0, r1", {1.75f, -1.75f, -2, -INF}, {0}, {0}, {1, -2, -2, -INF}},
    {"mad r0, r1, r2, r3", {2, 0, INF, 1}, {3, INF, 0, 1}, {4, -0.0f, 1, -1}, {10, 0, 1, 0}},
    /* not fused: the product is rounded before */
    {"mad r0, r1, r2, r3", ALL(1 + FLT_EPSILON), ALL(1 + FLT_EPSILON), ALL(-(1 + 2 * FLT_EPSILON)),
     ALL(0)},
    {"cndeq r0, r1, r2, r3", {0, -0.0f, 1, NAN}, ALL(5), ALL(7), {5, 5, 7, 7}},
    {"cndge r0, r1, r2, r3", {0, 1, -1, NAN}, ALL(5), ALL(7), {5, 5, 7, 7}},
    {"cndgt r0, r1, r2, r3", {0, 1, -1, NAN}, ALL(5), ALL(7), {7, 5, 7, 7}},
    {"dp4 r0, r1, r2", {1, 2, 3, 4}, {5, 6, 7, 8}, {0}, ALL(70)},
    {"dp4 r0, r1, r2", {0, 2, 3, 4}, {INF, 6, 7, 8}, {0}, ALL(65)},
    /* x, y, z, w: what is lost tells the order */
    {"dp4 r0, r1, r2", {0x1p24f, 1, -0x1p24f, 1}, ALL(1), {0}, ALL(1)},
    {"dp3 r0, r1, r2", {1, 2, 3, 4}, {5, 6, 7, NAN}, {0}, ALL(38)},
    {"dp2add r0, r1, r2, r3", {1, 2, 3, 4}, {5, 6, 7, 8}, {100, 0, 0, 0}, ALL(117)},
    /* of z z x y and y x z z: direction (x, y, z) = (1, 2, -4): -Z 5, sc = -x, tc = -y */
    {"cube r0, r1, r2", {-4, -4, 1, 2}, {2, 1, -4, -4}, {0}, {-2, -1, -8, 5}},
    {"cube r0, r1, r2", {4, 4, 1, 2}, {2, 1, 4, 4}, {0}, {-2, 1, 8, 4}},
    {"cube r0, r1, r2", {1, 1, 4, 2}, {2, 4, 1, 1}, {0}, {-2, -1, 8, 0}},
    {"cube r0, r1, r2", {1, 1, -4, 2}, {2, -4, 1, 1}, {0}, {-2, 1, -8, 1}},
    {"cube r0, r1, r2", {1, 1, 2, 4}, {4, 2, 1, 1}, {0}, {1, 2, 8, 2}},
    {"cube r0, r1, r2", {1, 1, 2, -4}, {-4, 2, 1, 1}, {0}, {-1, 2, -8, 3}},
    {"cube r0, r1, r2", {2, 2, 2, 2}, {2, 2, 2, 2}, {0}, {-2, 2, 4, 4}}, /* z before y before x */
    {"cube r0, r1, r2", {1, 1, 2, 2}, {2, 2, 1, 1}, {0}, {1, 2, 4, 2}},
    {"max4 r0, r1", {1, 7, -3, 2}, {0}, {0}, ALL(7)},
    {"setp_eq_push r0, r1, r2", {0, 0, 0, 0}, {0, 0, 0, 1}, {0}, ALL(0)},
    {"setp_ne_push r0, r1, r2", {0, 0, 0, 0}, {0, 0, 0, 1}, {0}, ALL(1)},
    {"setp_gt_push r0, r1, r2", {2, 0, 0, 0}, {1, 0, 0, 1}, {0}, ALL(3)},
    {"setp_ge_push r0, r1, r2", {0, 0, 0, 0}, {0, 0, 0, -1}, {0}, ALL(0)},
    {"kill_eq r0, r1, r2", {1, 2, 3, 4}, {5, 6, 7, 4}, {0}, ALL(1)},
    {"kill_gt r0, r1, r2", {1, 2, 3, 4}, {5, 6, 7, 4}, {0}, ALL(0)},
    {"kill_ge r0, r1, r2", {1, 2, 3, 4}, {5, 6, 7, 4}, {0}, ALL(1)},
    {"kill_ne r0, r1, r2", {1, 2, 3, NAN}, {1, 2, 3, NAN}, {0}, ALL(1)},
    {"dst r0, r1, r2", {9, 2, 3, 9}, {9, 5, 9, 7}, {0}, {1, 10, 3, 7}},
    {"maxa r0, r1, r2", {1, 5, 2, 3}, {4, 2, 2, 2}, {0}, {4, 5, 2, 3}},
};

Test(ref_ops, vector_operations)
{
    run_rows(vector_rows, sizeof(vector_rows) / sizeof(vector_rows[0]));
}

static const struct row scalar_rows[] = {
    {"adds r0.x, r1.xy", {1, 2}, {0}, {0}, {3, 9, 9, 9}},
    {"adds r4.x, r1.xy\nadds_prev r0.x, r1.x", {1, 2}, {0}, {0}, {4, 9, 9, 9}},
    {"muls r0.y, r1.xy", {3, 2}, {0}, {0}, {9, 6, 9, 9}},
    {"muls r0.y, r1.xy", {0, INF}, {0}, {0}, {9, 0, 9, 9}},
    {"adds r4.x, r1.xy\nmuls_prev r0.x, r1.y", {1, 2}, {0}, {0}, {6, 9, 9, 9}},
    {"adds r4.x, r1.xy\nmuls_prev2 r0.x, r1.xy", {1, 2}, {0}, {0}, {3, 9, 9, 9}},
    {"adds r4.x, r1.xy\nmuls_prev2 r0.x, r1.xy", {1, -2}, {0}, {0}, {-FLT_MAX, 9, 9, 9}},
    {"adds r4.x, r1.xy\nmuls_prev2 r0.x, r2.xy", {1, INF}, {1, 1}, {0}, {-FLT_MAX, 9, 9, 9}},
    {"maxs r0.x, r1.xy", {1, NAN}, {0}, {0}, {NAN, 9, 9, 9}},
    {"mins r0.x, r1.xy", {NAN, 1}, {0}, {0}, {1, 9, 9, 9}},
    {"seqs r0.x, r1.x", {-0.0f}, {0}, {0}, {1, 9, 9, 9}},
    {"sgts r0.x, r1.x", {0}, {0}, {0}, {0, 9, 9, 9}},
    {"sges r0.x, r1.x", {0}, {0}, {0}, {1, 9, 9, 9}},
    {"snes r0.x, r1.x", {NAN}, {0}, {0}, {1, 9, 9, 9}},
    {"frcs r0.x, r1.x", {-0.25f}, {0}, {0}, {0.75f, 9, 9, 9}},
    {"truncs r0.x, r1.x", {-1.5f}, {0}, {0}, {-1, 9, 9, 9}},
    {"floors r0.x, r1.x", {-1.5f}, {0}, {0}, {-2, 9, 9, 9}},
    {"exp r0.x, r1.x", {10}, {0}, {0}, {1024, 9, 9, 9}},
    {"exp r0.x, r1.x", {1000}, {0}, {0}, {INF, 9, 9, 9}},
    {"exp r0.x, r1.x", {-INF}, {0}, {0}, {0, 9, 9, 9}},
    {"log r0.x, r1.x", {0.125f}, {0}, {0}, {-3, 9, 9, 9}},
    {"log r0.x, r1.x", {0}, {0}, {0}, {-INF, 9, 9, 9}},
    {"log r0.x, r1.x", {-1}, {0}, {0}, {NONE, 9, 9, 9}},
    {"logc r0.x, r1.x", {0}, {0}, {0}, {-FLT_MAX, 9, 9, 9}},
    {"logc r0.x, r1.x", {INF}, {0}, {0}, {INF, 9, 9, 9}},
    {"rcp r0.x, r1.x", {4}, {0}, {0}, {0.25f, 9, 9, 9}},
    {"rcp r0.x, r1.x", {-TINY}, {0}, {0}, {-INF, 9, 9, 9}},
    {"rcpc r0.x, r1.x", {-0.0f}, {0}, {0}, {-FLT_MAX, 9, 9, 9}},
    {"rcpf r0.x, r1.x", {-0.0f}, {0}, {0}, {-0.0f, 9, 9, 9}},
    {"rcpf r0.x, r1.x", {0}, {0}, {0}, {0, 9, 9, 9}},
    {"rsq r0.x, r1.x", {16}, {0}, {0}, {0.25f, 9, 9, 9}},
    {"rsq r0.x, r1.x", {-1}, {0}, {0}, {NONE, 9, 9, 9}},
    {"rsqc r0.x, r1.x", {0}, {0}, {0}, {FLT_MAX, 9, 9, 9}},
    {"rsqf r0.x, r1.x", {0}, {0}, {0}, {0, 9, 9, 9}},
    {"sqrt r0.x, r1.x", {9}, {0}, {0}, {3, 9, 9, 9}},
    {"sqrt r0.x, r1.x", {-1}, {0}, {0}, {NONE, 9, 9, 9}},
    {"maxas r0.x, r1.xy", {1, 2}, {0}, {0}, {2, 9, 9, 9}},
    {"maxasf r0.x, r1.xy", {1, 2}, {0}, {0}, {2, 9, 9, 9}},
    {"subs r0.x, r1.xy", {1, 3}, {0}, {0}, {-2, 9, 9, 9}},
    {"adds r4.x, r1.xy\nsubs_prev r0.x, r1.x", {1, 3}, {0}, {0}, {-3, 9, 9, 9}},
    {"setp_eq r0.x, r1.x", {0}, {0}, {0}, {0, 9, 9, 9}},
    {"setp_ne r0.x, r1.x", {0}, {0}, {0}, {1, 9, 9, 9}},
    {"setp_gt r0.x, r1.x", {0}, {0}, {0}, {1, 9, 9, 9}},
    {"setp_ge r0.x, r1.x", {0}, {0}, {0}, {0, 9, 9, 9}},
    {"setp_inv r0.x, r1.x", {1}, {0}, {0}, {0, 9, 9, 9}},
    {"setp_inv r0.x, r1.x", {0}, {0}, {0}, {1, 9, 9, 9}},
    {"setp_inv r0.x, r1.x", {5}, {0}, {0}, {5, 9, 9, 9}},
    {"setp_pop r0.x, r1.x", {1}, {0}, {0}, {0, 9, 9, 9}},
    {"setp_pop r0.x, r1.x", {3}, {0}, {0}, {2, 9, 9, 9}},
    {"setp_clr r0.x", {0}, {0}, {0}, {FLT_MAX, 9, 9, 9}},
    {"setp_rstr r0.x, r1.x", {0}, {0}, {0}, {0, 9, 9, 9}},
    {"setp_rstr r0.x, r1.x", {4}, {0}, {0}, {4, 9, 9, 9}},
    {"kills_eq r0.x, r1.x", {0}, {0}, {0}, {1, 9, 9, 9}},
    {"kills_gt r0.x, r1.x", {0}, {0}, {0}, {0, 9, 9, 9}},
    {"kills_ge r0.x, r1.x", {0}, {0}, {0}, {1, 9, 9, 9}},
    {"kills_ne r0.x, r1.x", {0}, {0}, {0}, {0, 9, 9, 9}},
    {"kills_one r0.x, r1.x", {1}, {0}, {0}, {1, 9, 9, 9}},
    {"mulsc0 r0.x, c1.y, r2.z", {0}, {0, 0, 5}, {0}, {10, 9, 9, 9}},
    {"mulsc1 r0.x, c1.y, r1.z", {0, 0, 5}, {0}, {0}, {10, 9, 9, 9}},
    {"addsc0 r0.x, c1.x, r2.z", {0}, {0, 0, 5}, {0}, {6, 9, 9, 9}},
    {"addsc1 r0.x, -c1.x, r3.z", {0}, {0}, {0, 0, 5}, {-6, 9, 9, 9}}, /* of both */
    {"subsc0 r0.x, c1.w, r2.z", {0}, {0, 0, 5}, {0}, {-1, 9, 9, 9}},
    {"subsc1 r0.x, |c1|.w, r1.z", {0, 0, -5}, {0}, {0}, {-1, 9, 9, 9}},
    {"sin r0.x, r1.x", {-0.0f}, {0}, {0}, {-0.0f, 9, 9, 9}},
    {"cos r0.x, r1.x", {0}, {0}, {0}, {1, 9, 9, 9}},
    {"sin r0.x, r1.x", {INF}, {0}, {0}, {NONE, 9, 9, 9}},
    {"muls r4._, r1.xy\nretain_prev r0.xw", {3, 2}, {0}, {0}, {6, 9, 9, 6}},
};

Test(ref_ops, scalar_operations)
{
    ref_bench_constant(&b, 1, 1, 2, 3, 4);
    run_rows(scalar_rows, sizeof(scalar_rows) / sizeof(scalar_rows[0]));
}

static bool is_tested(const char *name, const struct row *rows, size_t n)
{
    size_t size = strlen(name);

    for (size_t i = 0; i < n; i++)
        for (const char *at = rows[i].text; (at = strstr(at, name)); at++)
            if ((at == rows[i].text || at[-1] == '\n') && at[size] == ' ')
                return true;
    return false;
}

Test(ref_ops, every_operation_has_a_row)
{
    for (uint32_t i = 0; i < XE_UCODE_V_OPS; i++)
        cr_expect(!xe_ucode_vector_ops[i].name ||
                      is_tested(xe_ucode_vector_ops[i].name, vector_rows,
                                sizeof(vector_rows) / sizeof(vector_rows[0])),
                  "%s", xe_ucode_vector_ops[i].name);
    for (uint32_t i = 0; i < XE_UCODE_S_OPS; i++)
        cr_expect(!xe_ucode_scalar_ops[i].name ||
                      is_tested(xe_ucode_scalar_ops[i].name, scalar_rows,
                                sizeof(scalar_rows) / sizeof(scalar_rows[0])),
                  "%s", xe_ucode_scalar_ops[i].name);
}

/* ---- modifiers ------------------------------------------------------------------------------ */

static const struct row modifier_rows[] = {
    {"add r0, -r1, |r2|", {1, -1, 2, 0}, {-5, 5, -0.0f, -1}, {0}, {4, 6, -2, 1}},
    {"mov r0, -|r1|.wzyx", {1, -2, 3, -4}, {0}, {0}, {-4, -3, -2, -1}},
    {"mov r0.yw, r1", {1, 2, 3, 4}, {0}, {0}, {9, 2, 9, 4}},
    {"mov_sat r0, r1", {-1, 0.5f, 7, NAN}, {0}, {0}, {0, 0.5f, 1, 0}},
    {"add r0.xy, r0, r1 + muls r0.y, r0.xy", {1, 1}, {0}, {0}, {10, 81, 9, 9}},  /* scalar wins */
    {"adds_sat r0.x, r1.xx\nadds_prev r0.y, r2.x", {3}, {1}, {0}, {1, 7, 9, 9}}, /* ps is not */
    {"mov r0, -|c1|", {0}, {0}, {0}, {-1, -2, -3, -4}},
    {"setp_gt r4._, r1.x\n(p0) mov r0.x, r2\n(!p0) mov r0.y, r2", {1}, {5, 6}, {0}, {5, 9, 9, 9}},
    {"setp_gt r4._, r1.x\n(p0) mov r0.x, r2\n(!p0) mov r0.y, r2", {0}, {5, 6}, {0}, {9, 6, 9, 9}},
    /* what is left out sets neither p0 nor the scalar result */
    {"adds r4.x, r1.xy\n(p0) muls r4.x, r1.xy\nretain_prev r0.x", {1, 2}, {0}, {0}, {3, 9, 9, 9}},
    {"(p0) setp_eq r4.x, r1.x\n(p0) mov r0, r2", {0}, {5, 5, 5, 5}, {0}, ALL(9)},
    /* a0 is set behind the operands' being read, rounded to the nearest, and kept in its range */
    {"maxas r4.x, r1.xx\nmov r0, c[a0+1]", {0.5f}, {0}, {0}, ALL(22)},
    {"maxasf r4.x, r1.xx\nmov r0, c[a0+1]", {0.5f}, {0}, {0}, {1, 2, 3, 4}},
    {"maxas r4.x, r1.xx\nmov r0, c[a0+1]", {1000}, {0}, {0}, ALL(0)},
    {"maxas r4.x, r1.xx\nmov r0, c[a0+1]", {-3}, {0}, {0}, ALL(0)},
    {"maxa r0, c[a0+1], c[a0+1]\nmov r0, c[a0+1]", {0}, {0}, {0}, ALL(55)},
};

Test(ref_ops, modifiers)
{
    ref_bench_constant(&b, 1, 1, 2, 3, 4);
    ref_bench_constant(&b, 2, 22, 22, 22, 22);
    ref_bench_constant(&b, 5, 55, 55, 55, 55);
    run_rows(modifier_rows, sizeof(modifier_rows) / sizeof(modifier_rows[0]));
}

/* ---- precision ------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    float (*ours)(float a);
    double (*theirs)(double a);
    float low, high;
    double absolute; /* 0: in parts of the last place */
} functions[] = {
    {"exp2", xe_exact_exp2, exp2, -120, 120, 0},
    {"log2", xe_exact_log2, log2, 0x1p-126f, 1e30f, 0},
    {"log2 near 1", xe_exact_log2, log2, 0.5f, 2, 0},
    {"sqrt", xe_exact_sqrt, sqrt, 0, 1e30f, 0},
    {"sin", xe_exact_sin, sin, -4, 4, 0x1p-24},
    {"cos", xe_exact_cos, cos, -4, 4, 0x1p-24},
    {"sin, far", xe_exact_sin, sin, -0x1p20f, 0x1p20f, 0x1p-24},
};

Test(ref_ops, functions_are_as_precise_as_is_said)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        for (int k = 0; k <= 20000; k++) {
            float x = functions[i].low + (functions[i].high - functions[i].low) * (float)k / 20000;
            double want = functions[i].theirs(x), got = functions[i].ours(x);
            double step = fabs(want) * 0x1p-23;

            cr_assert_leq(fabs(got - want),
                          functions[i].absolute > 0 ? functions[i].absolute : 0.51 * step,
                          "%s(%a) = %a, not %a", functions[i].name, x, got, want);
        }
}
