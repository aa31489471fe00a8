/* How shaders go: control flow of lanes that part, what they export, fetch and write, and how those
 * end that would not. */
#include <stdio.h>
#include <stdlib.h>

#include "gpu/texture/texture.h"
#include "ref_bench.h"

static struct ref_bench b;

static void fini(void)
{
    ref_bench_fini(&b);
}

TestSuite(ref_flow, .fini = fini);

/* r1.x of the lanes goes in; r0.x comes out. */
static void expect(const char *text, float x0, float x1, float x2, float x3, float want0,
                   float want1, float want2, float want3)
{
    const float in[] = {x0, x1, x2, x3}, want[] = {want0, want1, want2, want3};

    ref_bench_load(&b, text);
    ref_bench_constant(&b, 0, 1, 0, 0, 0);
    memcpy(b.run.temp[1][0], in, sizeof(in));
    xe_ref_run(&b.run);
    for (uint32_t lane = 0; lane < XE_REF_LANES; lane++)
        cr_expect_eq(b.run.temp[0][0][lane], want[lane], "%s: lane %u: %g, not %g", text, lane,
                     b.run.temp[0][0][lane], want[lane]);
}

Test(ref_flow, conditional_ends_end_lanes_for_which_they_hold)
{
    expect("exec\nsetp_gt r2._, r1.x\ncond_exec_pred_end p0\nmov r0.x, c0\nexec_end\n"
           "add r0.x, -c0, -c0",
           1, 0, 1, 0, 1, -2, 1, -2);
}

Test(ref_flow, booleans_choose_bodies)
{
    b.booleans[1] = 1u << 3;
    expect("cond_exec b35\nadd r0.x, r0, c0\ncond_exec !b35\nadd r0.x, r0, r1\n"
           "cond_exec_pred_clean !b34\nadd r0.x, r0, c0\nexec_end",
           9, 9, 9, 9, 2, 2, 2, 2);
}

/* Count 3, start 5, step -2: aL is 5, 3, 1. */
Test(ref_flow, loops_move_al)
{
    b.loops[4] = 3 | 5 << 8 | 0xFEu << 16;
    for (uint32_t i = 0; i < 10; i++)
        ref_bench_constant(&b, 10 + i, (float)(1 << i), 0, 0, 0);
    expect("loop_start i4, out\nin: exec\nadd r0.x, r0, c[aL+10]\nloop_end i4, in\nout: exec_end\n"
           "add r0.x, r0, c[aL+10]",
           0, 0, 0, 0, 43, 43, 43, 43);
}

Test(ref_flow, a_loop_of_no_count_is_skipped)
{
    b.loops[4] = 0;
    expect("loop_start i4, out\nin: exec\nadd r0.x, r0, c0\nloop_end i4, in\nout: exec_end", 0, 0,
           0, 0, 0, 0, 0, 0);
}

/* Lanes break out after as many rounds as r1.x says. */
Test(ref_flow, lanes_leave_loops_by_themselves)
{
    b.loops[0] = 9;
    expect("loop_start i0, out\nin: exec\nadd r0.x, r0, c0\nadd r1.x, r1, -c0\nsetp_gt r2._, r1.x\n"
           "loop_end i0, in, !p0\nout: exec_end",
           1, 4, 20, 2, 1, 4, 9, 2);
}

Test(ref_flow, loops_in_loops_keep_the_outer_al)
{
    b.loops[0] = 2 | 1 << 8 | 1 << 16; /* 1, 2 */
    b.loops[1] = 3 | 0 << 8 | 2 << 16; /* 0, 2, 4; or from the outer on */
    for (uint32_t i = 0; i < 10; i++)
        ref_bench_constant(&b, 10 + i, powf(10, (float)i), 0, 0, 0);
    expect("loop_start i0, L6\nL1: loop_start i1, L4\nL2: exec\nadd r0.x, r0, c[aL+10]\n"
           "loop_end i1, L2\nL4: exec\nadd r0.x, r0, c[aL+10]\nloop_end i0, L1\nL6: exec_end",
           0, 0, 0, 0, 20312, 20312, 20312, 20312);
    expect("loop_start i0, L5\nL1: loop_start i1, L4 {repeat}\nL2: exec\nadd r0.x, r0, c[aL+10]\n"
           "loop_end i1, L2\nL4: loop_end i0, L1\nL5: exec_end",
           0, 0, 0, 0, 1111110, 1111110, 1111110, 1111110);
}

Test(ref_flow, calls_come_back)
{
    expect("cond_call always, sub\ncond_call always, sub\nexec_end\nsub: exec\nadd r0.x, r0, c0\n"
           "return",
           0, 0, 0, 0, 2, 2, 2, 2);
}

/* Only those whose predicate says so; and they come together again. */
Test(ref_flow, jumps_part_lanes)
{
    expect("exec\nsetp_gt r2._, r1.x\ncond_jmp p0, skip\nexec\nadd r0.x, r0, c0\nskip: exec_end\n"
           "add r0.x, r0, c0",
           1, 0, 0, 1, 1, 2, 2, 1);
}

Test(ref_flow, a_return_without_a_call_ends)
{
    expect("exec\nadd r0.x, r0, c0\nreturn\nexec_end\nadd r0.x, r0, c0", 0, 0, 0, 0, 1, 1, 1, 1);
}

Test(ref_flow, what_goes_off_the_end_has_ended)
{
    expect("exec\nadd r0.x, r0, c0\ncond_jmp always, 8000", 0, 0, 0, 0, 1, 1, 1, 1);
}

Test(ref_flow, what_never_ends_is_cut)
{
    expect("again: exec\nmov r0.x, c0\ncond_jmp always, again", 0, 0, 0, 0, 1, 1, 1, 1);
    cr_expect_eq(b.run.limited, XE_REF_ALL);
    cr_expect_eq(UINT64_MAX - b.run.most, 4 * (XE_REF_STEPS / 3 * 3), "three a round");
}

Test(ref_flow, a_draw_has_an_end)
{
    ref_bench_load(&b, "exec\nadd r0.x, r0, c0\nexec_end\nadd r0.x, r0, c0");
    ref_bench_constant(&b, 0, 1, 0, 0, 0);
    b.run.most = 11;
    xe_ref_run(&b.run);
    cr_expect_eq(b.run.limited, 8 | 4 | 2);
    cr_expect_eq(b.run.temp[0][0][0], 2);
    cr_expect_eq(b.run.temp[0][0][1], 1);
    cr_expect_eq(b.run.most, 0, "what is left is too little for anybody");
}

/* ---- exports -------------------------------------------------------------------------------- */

Test(ref_flow, exports_are_written_by_both_parts)
{
    static const float want[4] = {2, 1, 0, 7};

    ref_bench_load(&b, "exec_end\nmov oPos.x10_, c1 + adds oPos.w, c2.xy");
    ref_bench_constant(&b, 1, 2, 2, 2, 2);
    ref_bench_constant(&b, 2, 3, 4, 0, 0);
    xe_ref_run(&b.run);
    for (uint32_t i = 0; i < 4; i++)
        cr_expect_eq(b.run.out[XE_UCODE_O_POSITION][i][2], want[i], "%u: %g", i,
                     b.run.out[XE_UCODE_O_POSITION][i][2]);
    cr_expect_eq(b.run.written[3], UINT64_C(1) << XE_UCODE_O_POSITION);
    cr_expect_eq(xe_ref_shader_exports(b.shader), UINT64_C(1) << XE_UCODE_O_POSITION);
}

Test(ref_flow, only_lanes_that_run_export)
{
    ref_bench_load(
        &b, ".pixel\nexec\nsetp_gt r2._, r1.x\n(p0) mov oC1, c1\nexec_end\nmov oDepth.x, c1");
    ref_bench_set(&b, 1, 0, 0);
    b.run.temp[1][0][1] = 1;
    b.run.lanes = 7;
    xe_ref_run(&b.run);
    cr_expect_eq(xe_ref_shader_exports(b.shader), 1u << 1 | UINT64_C(1) << XE_UCODE_O_DEPTH);
    cr_expect_eq(b.run.written[0], UINT64_C(1) << XE_UCODE_O_DEPTH);
    cr_expect_eq(b.run.written[1], UINT64_C(1) << XE_UCODE_O_DEPTH | 2);
    cr_expect_eq(b.run.written[3], 0);
}

Test(ref_flow, pixels_are_killed_and_vertices_are_not)
{
    static const char body[] =
        "exec\nsetp_gt r2._, r1.x\n(p0) kill_eq r3._, r2, r2\nexec_end\nmov oC0, c1";
    char text[128];

    snprintf(text, sizeof(text), ".pixel\n%s", body);
    ref_bench_load(&b, text);
    b.run.temp[1][0][2] = 1;
    xe_ref_run(&b.run);
    cr_expect_eq(b.run.killed, 4);
    ref_bench_load(&b, "exec_end\nkill_eq r3._, r2, r2");
    xe_ref_run(&b.run);
    cr_expect_eq(b.run.killed, 0);
}

static struct xe_ref_export seen[4];
static uint32_t exports;

static void see(void *ctx, uint32_t lane, const struct xe_ref_export *export)
{
    (void)ctx;
    seen[lane] = *export;
    exports++;
}

static const char to_memory[] = ".pixel\nalloc memory\nexec\nmov eA, c0\nmov eM0, c1\nmov eM2, c2\n"
                                "exec_end\nkill_gt r9._, r1, c3";

static void memory_constants(uint32_t index)
{
    b.world.memory = see;
    exports = 0;
    memset(seen, 0, sizeof(seen));
    b.floats[0][0] = 0x40000000 | 0x1000 >> 2;
    b.floats[0][1] = index;
    b.floats[0][2] = 0x4B000000 | 38 << 8 | 7 << 16 | 2;
    b.floats[0][3] = 0x4B000000 | 10;
    ref_bench_constant(&b, 1, 1, 2, 3, 4);
    ref_bench_constant(&b, 2, 5, 6, 7, 8);
}

Test(ref_flow, memory_is_written_by_lanes_that_are_no_helpers_and_live)
{
    ref_bench_load(&b, to_memory);
    memory_constants(0x4B000000 | 7);
    b.run.helps = 1;
    b.run.temp[1][0][1] = 1;
    xe_ref_run(&b.run);
    cr_expect_eq(exports, 2);
    cr_expect_eq(seen[2].at, 0x1000);
    cr_expect_eq(seen[2].index, 7);
    cr_expect_eq(seen[2].count, 10);
    cr_expect_eq(seen[2].format, 38);
    cr_expect_eq(seen[2].kind, 7);
    cr_expect_eq(seen[2].endian, 2);
    cr_expect_eq(seen[2].written, 5);
    cr_expect_eq(seen[2].data[0][3], 4);
    cr_expect_eq(seen[2].data[2][0], 5);
}

Test(ref_flow, elements_behind_the_last_are_not_written)
{
    ref_bench_load(&b, to_memory);
    memory_constants(0x4B000000 | 9);
    xe_ref_run(&b.run);
    cr_expect_eq(seen[0].written, 1);
}

/* A negative index borrows from the exponent. */
Test(ref_flow, what_is_no_address_writes_nothing)
{
    ref_bench_load(&b, to_memory);
    memory_constants(0x4AFFFFFF);
    xe_ref_run(&b.run);
    cr_expect_eq(exports, 0);
}

/* ---- fetches -------------------------------------------------------------------------------- */

static float index_seen[2];
static int32_t offset_seen[2];

static void vertex(void *ctx, const struct xe_ucode_vfetch *fetch,
                   const struct xe_ucode_vfetch *full, float index, float ret[4])
{
    (void)ctx;
    index_seen[fetch->mini] = index;
    offset_seen[fetch->mini] = full->stride * 100 + fetch->offset;
    for (uint32_t i = 0; i < 4; i++)
        ret[i] = (float)(10 * fetch->mini + 2 + (int)i);
}

/* A mini fetch goes on with the index, even if the register is another by now. */
Test(ref_flow, mini_fetches_go_on_with_the_last_full_one)
{
    static const float want[4] = {13, 0, 1, 5};

    ref_bench_load(&b, "exec_end\nvfetch r0, r0.x, vf3 {stride=3, format=FMT_32_FLOAT}\n"
                       "vfetch r0.y01_, r0.x, vf3 {mini, offset=2, format=FMT_32_FLOAT}");
    b.world.vertex = vertex;
    ref_bench_set(&b, 0, 0, 42);
    xe_ref_run(&b.run);
    cr_expect_eq(index_seen[0], 42);
    cr_expect_eq(index_seen[1], 42);
    cr_expect_eq(offset_seen[1], 302);
    for (uint32_t i = 0; i < 4; i++)
        cr_expect_eq(b.run.temp[0][i][0], want[i]);
}

static struct xe_ref_sample sampled;

static void texture(void *ctx, const struct xe_ref_sample *sample, float ret[4][XE_REF_LANES])
{
    (void)ctx;
    sampled = *sample;
    for (uint32_t lane = 0; lane < XE_REF_LANES; lane++)
        ret[3][lane] = (float)lane;
}

Test(ref_flow, a_quad_has_gradients)
{
    static const float x[4] = {1, 3, 10, 14}, y[4] = {0, 0, 5, 5};

    ref_bench_load(&b, ".pixel\nexec_end\ntfetch2D r0.w_01, r1.yx, tf2");
    b.world.texture = texture;
    memcpy(b.run.temp[1][1], x, sizeof(x));
    memcpy(b.run.temp[1][0], y, sizeof(y));
    ref_bench_set(&b, 0, 1, 8);
    xe_ref_run(&b.run);
    cr_expect(sampled.has_gradients);
    cr_expect_eq(sampled.right[0][0], 2);
    cr_expect_eq(sampled.right[0][3], 4);
    cr_expect_eq(sampled.down[0][0], 9);
    cr_expect_eq(sampled.down[0][1], 11);
    cr_expect_eq(sampled.down[1][3], 5);
    cr_expect_eq(b.run.temp[0][0][3], 3);
    cr_expect_eq(b.run.temp[0][1][3], 8);
    cr_expect_eq(b.run.temp[0][3][3], 1);
}

Test(ref_flow, gradients_and_levels_can_be_set)
{
    ref_bench_load(
        &b, "exec_end\nsetGradientH2D r0.____, r1.xyz, tf0\nsetGradientV2D r0.____, r2.xyz, tf0\n"
            "setTexLOD2D r0.____, r1.yyy, tf0\n"
            "getGradients2D r3.xyzw, r1.xyz, tf0 {register_gradients}\n"
            "tfetch2D r0.xyzw, r1.xyz, tf0 {register_gradients, register_lod}");
    b.world.texture = texture;
    ref_bench_set4(&b, 1, (float[4]){1, 2, 3, 4});
    ref_bench_set4(&b, 2, (float[4]){5, 6, 7, 8});
    xe_ref_run(&b.run);
    cr_expect(sampled.has_gradients);
    cr_expect_eq(sampled.lod[1], 2);
    cr_expect_eq(sampled.right[2][1], 3);
    cr_expect_eq(sampled.down[2][1], 7);
    cr_expect_eq(b.run.temp[3][1][0], 5);
    cr_expect_eq(b.run.temp[3][2][0], 2);
    ref_bench_load(&b, "exec_end\ntfetch2D r0.xyzw, r1.xyz, tf0");
    xe_ref_run(&b.run);
    cr_expect_not(sampled.has_gradients, "a vertex has none by itself");
}

/* ---- shaders of titles, from their files ------------------------------------------------------
 */

static void load_file(const char *name)
{
    const char *dir = getenv("XE_SRCDIR");
    char path[512], text[4096];
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "%s/tests/guest/shaders/%s", dir ? dir : ".", name);
    file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    n = fread(text, 1, sizeof(text) - 1, file);
    text[n] = '\0';
    fclose(file);
    ref_bench_load(&b, text);
}

/* c0.x is 2, i0 allows 5 rounds: the colour times c1 twice. */
Test(ref_flow, the_triangles_pixels)
{
    b.loops[0] = 5;
    ref_bench_constant(&b, 0, 2, 0, 0, 0);
    ref_bench_constant(&b, 1, 0.5f, 0.5f, 0.25f, 1);
    ref_bench_constant(&b, 2, 1, 0, 0, 0);
    load_file("triangle.ps");
    ref_bench_set4(&b, 0, (float[4]){1, 8, 1, 0.5f});
    xe_ref_run(&b.run);
    cr_expect_eq(b.run.out[0][0][3], 0.25f);
    cr_expect_eq(b.run.out[0][1][3], 1);
    cr_expect_eq(b.run.out[0][2][3], 0.0625f);
    cr_expect_eq(b.run.out[0][3][3], 0.5f);
    cr_expect_eq(b.run.limited, 0);
}

Test(ref_flow, the_triangles_vertices)
{
    for (uint32_t i = 0; i < 4; i++)
        ref_bench_constant(&b, i, i == 0, i == 1, i == 2, i == 3 ? 2 : 0);
    load_file("triangle.vs");
    b.world.vertex = vertex;
    xe_ref_run(&b.run);
    cr_expect_eq(b.run.out[XE_UCODE_O_POSITION][0][1], 2);
    cr_expect_eq(b.run.out[XE_UCODE_O_POSITION][2][1], 4);
    cr_expect_eq(b.run.out[XE_UCODE_O_POSITION][3][1], 2, "w is 1 before c3");
    cr_expect_eq(b.run.out[0][0][1], 12);
    cr_expect_eq(b.run.out[0][3][1], 1);
}

/* ---- constants ------------------------------------------------------------------------------ */

Test(ref_flow, constants_are_a_window_of_the_chips)
{
    static uint32_t reg[0x5003];
    struct xe_ref_constants constants;

    reg[0x2307] = 0x000FF000;
    reg[0x2308] = 0x0007F180;
    xe_ref_constants_of(reg, XE_UCODE_PIXEL, &constants);
    cr_expect_eq(constants.first, 0x180);
    cr_expect_eq(constants.count, 0x80);
    xe_ref_constants_of(reg, XE_UCODE_VERTEX, &constants);
    cr_expect_eq(constants.count, 256);
    ref_bench_load(&b, "exec_end\nmov r0, c3\nmov r1, c4");
    b.constants.first = 100;
    b.constants.count = 4;
    ref_bench_constant(&b, 103, 7, 7, 7, 7);
    ref_bench_constant(&b, 104, 8, 8, 8, 8);
    xe_ref_run(&b.run);
    cr_expect_eq(b.run.temp[0][0][0], 7);
    cr_expect_eq(b.run.temp[1][0][0], 0, "behind the stage's own");
}

/* ---- vertex formats ------------------------------------------------------------------------- */

static const struct {
    const char *text;
    uint32_t word[4];
    float want[4];
} formats[] = {
    {"format=FMT_8_8_8_8", {0xFF008033}, {0x33 / 255.0f, 0x80 / 255.0f, 0, 1}},
    {"format=FMT_8_8_8_8, integer", {0xFF008033}, {0x33, 0x80, 0, 0xFF}},
    {"format=FMT_8_8_8_8, integer, is_signed", {0xFF008033}, {0x33, -128, 0, -1}},
    {"format=FMT_8_8_8_8, is_signed", {0x7F810080}, {-1, 0, -1, 1}},
    {"format=FMT_8_8_8_8, is_signed, no_zero", {0x7F800000}, {1 / 255.0f, 1 / 255.0f, -1, 1}},
    {"format=FMT_2_10_10_10, integer", {0xC0100401}, {1, 1, 1, 3}},
    {"format=FMT_2_10_10_10, is_signed", {0x800001FF}, {1, 0, 0, -1}},
    {"format=FMT_10_11_11, integer", {0x00400801}, {1, 1, 1, 0}},
    {"format=FMT_11_11_10, integer", {0x00200401}, {1, 1, 1, 0}},
    {"format=FMT_16_16, is_signed", {0x80007FFF}, {1, -1, 0, 0}},
    {"format=FMT_16_16_16_16, integer", {0x00020001, 0x00040003}, {1, 2, 3, 4}},
    {"format=FMT_16_16_FLOAT", {0x7FFF3C00}, {1, 131008, 0, 0}},
    {"format=FMT_16_16_16_16_FLOAT", {0xC0003C00, 0x00014000}, {1, -2, 2, 0x1p-24f}},
    {"format=FMT_32", {0xFFFFFFFF}, {1, 0, 0, 0}},
    {"format=FMT_32_32, integer, is_signed", {0xFFFFFFFF, 5}, {-1, 5, 0, 0}},
    {"format=FMT_32_32_32_32, integer", {1, 2, 3, 4}, {1, 2, 3, 4}},
    {"format=FMT_32_FLOAT", {0x3F800000}, {1, 0, 0, 0}},
    {"format=FMT_32_32_FLOAT, exponent=-1", {0x3F800000, 0x40000000}, {0.5f, 1, 0, 0}},
    {"format=FMT_32_32_32_FLOAT", {0x3F800000, 0x40000000, 0xBF800000}, {1, 2, -1, 0}},
    {"format=FMT_32_32_32_32_FLOAT", {0x3F800000, 0, 0, 0x40000000}, {1, 0, 0, 2}},
    {"format=1", {0xFFFFFFFF}, {0, 0, 0, 0}},
};

static struct xe_ucode_vfetch fetch_of(const char *braces)
{
    static struct xe_ucode_program program;
    struct xe_ucode_vfetch fetch;
    struct xe_ucode_fault fault;
    struct xe_ucode_word word;
    char text[128];

    snprintf(text, sizeof(text), "exec\nvfetch r0, r0.x, vf4 {%s}", braces);
    cr_assert(xe_ucode_assemble(text, &program, &fault), "%s: %s", text, fault.text);
    word = xe_ucode_slot(program.words, 1);
    xe_ucode_vfetch(&word, &fetch);
    return fetch;
}

Test(ref_flow, vertices_are_unpacked)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct xe_ucode_vfetch fetch = fetch_of(formats[i].text);
        float got[4];

        xe_ref_vertex_unpack(&fetch, formats[i].word, got);
        for (uint32_t k = 0; k < 4; k++)
            cr_expect_eq(got[k], formats[i].want[k], "%s: %u: %a, not %a", formats[i].text, k,
                         got[k], formats[i].want[k]);
    }
}

static uint8_t page[4096];

static const uint8_t *pages(void *ctx, uint32_t number)
{
    (void)ctx;
    return number == 5 ? page : NULL;
}

static float fetched(const uint32_t constant[2], const char *braces, float index)
{
    const struct xe_gpu_ram ram = {.page = pages};
    struct xe_ucode_vfetch fetch = fetch_of(braces);
    float ret[4];

    xe_ref_vertex_fetch(constant, &ram, &fetch, &fetch, index, ret);
    return ret[0];
}

Test(ref_flow, vertices_come_from_memory)
{
    static uint32_t reg[0x5003];
    uint32_t constant[2] = {0x5000 | 3, 10 << 2 | 2};
    static const char f[] = "format=FMT_32, integer, stride=2, offset=1";
    struct xe_ucode_vfetch fetch = fetch_of(f);

    cr_expect_eq(xe_ref_vertex_constant(reg, &fetch) - reg, 0x4808);
    for (uint32_t i = 0; i < 64; i++)
        page[i] = (uint8_t)i;
    cr_expect_eq(fetched(constant, f, 1), 0x0C0D0E0F);
    cr_expect_eq(fetched(constant, f, 1.9f), 0x0C0D0E0F);
    cr_expect_eq(fetched(constant, "format=FMT_32, integer, stride=2, offset=1, nearest", 1.5f),
                 (float)0x14151617);
    cr_expect_eq(fetched(constant, f, 5), 0, "behind its end");
    cr_expect_eq(fetched(constant, f, -1), 0, "before its beginning");
    cr_expect_eq(fetched(constant, f, NAN), 0);
    cr_expect_eq(fetched(constant, f, 1e30f), 0);
    constant[1] = 10 << 2 | 0;
    cr_expect_eq(fetched(constant, f, 1), (float)0x0F0E0D0C);
    constant[1] = 10 << 2 | 1;
    cr_expect_eq(fetched(constant, f, 1), (float)0x0E0F0C0D);
    constant[1] = 10 << 2 | 3;
    cr_expect_eq(fetched(constant, f, 1), (float)0x0D0C0F0E);
    constant[0] = 0x5000 | 2;
    cr_expect_eq(fetched(constant, f, 1), 0, "of another kind");
    constant[0] = 0x1FFFF000 | 3;
    cr_expect_eq(fetched(constant, f, 1), 0, "no memory");
}
