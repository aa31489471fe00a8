/* The command processor: how packets are read, when, and what each does. */
#include <criterion/criterion.h>
#include <string.h>

#include "gpu_bench.h"

static struct gpu_bench b;

static void setup(void)
{
    gpu_bench_init(&b);
}

static void teardown(void)
{
    gpu_bench_fini(&b);
}

TestSuite(gpu_cp, .init = setup, .fini = teardown);

static enum xe_gpu_doing doing(void)
{
    struct xe_gpu_info info;

    xe_gpu_info(b.gpu, &info);
    return info.doing;
}

static uint32_t reg(uint32_t index)
{
    return xe_gpu_register(b.gpu, index);
}

/* ---- packets -------------------------------------------------------------------------------- */

Test(gpu_cp, types_of_packets)
{
    GIVE(&b, TYPE0(0x2100, 3), 1, 2, 3, TYPE0(0x2200, 2) | 0x8000, 4, 5, TYPE1(0x600, 0x601), 6, 7,
         TYPE2, 0, TYPE0(0x2300, 1), 8);
    gpu_go(&b);
    cr_expect(reg(0x2100) == 1 && reg(0x2101) == 2 && reg(0x2102) == 3);
    cr_expect(reg(0x2200) == 5 && reg(0x2201) == 0, "all to one register");
    cr_expect(reg(0x600) == 6 && reg(0x601) == 7);
    cr_expect_eq(reg(0x2300), 8);
    cr_expect_eq(doing(), XE_GPU_IDLE);
    cr_expect_eq(xe_gpu_counters(b.gpu)->packets[0], 4, "a word of zero is skipped as one");
    cr_expect_eq(b.begun, 1);
    cr_expect_eq(b.done, 1);
}

Test(gpu_cp, things_have_names)
{
    bool is_float;

    cr_expect_str_eq(xe_gpu_opcode_name(0x22), "DRAW_INDX");
    cr_expect_null(xe_gpu_opcode_name(0x7F));
    cr_expect_null(xe_gpu_opcode_name(XE_GPU_OPCODES));
    cr_expect_str_eq(xe_gpu_register_name(0x1C5, &is_float), "CP_RB_WPTR");
    cr_expect_not(is_float);
    cr_expect_str_eq(xe_gpu_register_name(0x2105, &is_float), "RB_BLEND_RED");
    cr_expect(is_float);
    cr_expect_null(xe_gpu_register_name(0x4000, &is_float));
    cr_expect_str_eq(xe_gpu_doing_name(XE_GPU_WAITS), "waits");
    cr_expect_str_eq(xe_gpu_halt_name(XE_GPU_HALT_DEPTH), "depth");
}

Test(gpu_cp, the_read_pointer_is_posted_when_all_is_done)
{
    GIVE(&b, TYPE2, TYPE2, TYPE2);
    gpu_publish(&b);
    cr_expect_eq(gpu_word(&b, BACK), 0);
    gpu_pass(&b, 20000);
    cr_expect_eq(gpu_word(&b, BACK), 3);
    cr_expect_eq(xe_gpu_read(b.gpu, XE__REG_CP_RB_RPTR), 3);
}

Test(gpu_cp, packets_wrap_at_every_offset)
{
    for (uint32_t i = 0; i < 2 * RING_WORDS; i++) {
        GIVE(&b, TYPE0(0x2100, 4), i, i + 1, i + 2, i + 3, TYPE2);
        gpu_go(&b);
        cr_assert(reg(0x2100) == i && reg(0x2103) == i + 3, "offset %u", b.write);
    }
    cr_expect_eq(doing(), XE_GPU_IDLE);
}

Test(gpu_cp, a_packet_that_is_there_in_part_waits_for_the_rest)
{
    GIVE(&b, TYPE0(0x2200, 2), 1);
    gpu_go(&b);
    cr_expect_eq(doing(), XE_GPU_PARTIAL);
    cr_expect_eq(reg(0x2200), 0);
    cr_expect_eq(b.done, 0);
    GIVE(&b, 2);
    gpu_go(&b);
    cr_expect(reg(0x2200) == 1 && reg(0x2201) == 2);
    cr_expect_eq(b.done, 1);
    cr_expect_eq(b.begun, 1);
}

Test(gpu_cp, indirect_buffers_nest_and_return)
{
    gpu_put(&b, BUFFER, TYPE3(0x3F, 2));
    gpu_put(&b, BUFFER + 4, BUFFER + 0x100);
    gpu_put(&b, BUFFER + 8, 2);
    gpu_put(&b, BUFFER + 12, TYPE0(0x2101, 1));
    gpu_put(&b, BUFFER + 16, 20);
    gpu_put(&b, BUFFER + 0x100, TYPE0(0x2100, 1));
    gpu_put(&b, BUFFER + 0x104, 10);
    GIVE(&b, TYPE3(0x3F, 2), BUFFER, 5, TYPE3(0x37, 2), BUFFER, 0, TYPE0(0x2102, 1), 30);
    gpu_go(&b);
    cr_expect(reg(0x2100) == 10 && reg(0x2101) == 20 && reg(0x2102) == 30);
    cr_expect_eq(doing(), XE_GPU_IDLE);
}

Test(gpu_cp, words_are_left_out_while_a_flag_is_0)
{
    GIVE(&b, TYPE3(0x44, 2), OUT | 2, 4, TYPE0(0x2100, 1), 1, TYPE0(0x2101, 1), 2);
    GIVE(&b, TYPE0(0x2102, 1), 3);
    gpu_go(&b);
    cr_expect(reg(0x2100) == 0x00FFFFFF && reg(0x2101) == 0 && reg(0x2102) == 3);
    gpu_put(&b, OUT, 1);
    GIVE(&b, TYPE3(0x44, 3), OUT | 2, 0, 4, TYPE0(0x2100, 1), 1, TYPE0(0x2101, 1), 2);
    gpu_go(&b);
    cr_expect(reg(0x2100) == 1 && reg(0x2101) == 2);
}

/* What is left out is part of the command: it is there in part until all of that is published. */
Test(gpu_cp, what_is_left_out_has_to_be_there)
{
    GIVE(&b, TYPE3(0x44, 2), OUT | 2, 2, TYPE0(0x2100, 1));
    gpu_go(&b);
    cr_expect_eq(doing(), XE_GPU_PARTIAL);
    GIVE(&b, 1, TYPE0(0x2101, 1), 2);
    gpu_go(&b);
    cr_expect(reg(0x2100) == 0x00FFFFFF && reg(0x2101) == 2);
    cr_expect_eq(doing(), XE_GPU_IDLE);
}

Test(gpu_cp, only_commands_are_predicated)
{
    GIVE(&b, TYPE3(0x60, 1), 0, TYPE3(0x61, 1), 0x10, TYPE3(0x63, 1), 0x20);
    GIVE(&b, TYPE3(0x55, 2) | 1, 0x2100, 5, TYPE0(0x2101, 1), 6);
    gpu_go(&b);
    cr_expect(reg(0x2100) == 0x00FFFFFF && reg(0x2101) == 6);
    cr_expect_eq(xe_gpu_counters(b.gpu)->predicated, 1);
    GIVE(&b, TYPE3(0x51, 2), 0x30, 0, TYPE3(0x55, 2) | 1, 0x2100, 7);
    gpu_go(&b);
    cr_expect_eq(reg(0x2100), 7);
}

Test(gpu_cp, constants_have_bases)
{
    gpu_put(&b, OUT, 0x11111111);
    gpu_put(&b, OUT + 4, 0x22222222);
    GIVE(&b, TYPE3(0x2D, 2), 4, 1, TYPE3(0x2D, 2), 0x10004, 2, TYPE3(0x2D, 2), 0x20004, 3);
    GIVE(&b, TYPE3(0x2D, 2), 0x30004, 4, TYPE3(0x2D, 2), 0x40004, 5, TYPE3(0x2D, 2), 0x50004, 6);
    GIVE(&b, TYPE3(0x2F, 3), OUT, 0x10, 2, TYPE3(0x2E, 3), OUT, 0x10020, 1);
    gpu_go(&b);
    cr_expect_eq(reg(0x4820), 0x11111111);
    cr_expect(reg(0x4004) == 1 && reg(0x4804) == 2 && reg(0x4904) == 3 && reg(0x490C) == 4 &&
              reg(0x2004) == 5);
    cr_expect(reg(0x4010) == 0x11111111 && reg(0x4011) == 0x22222222);
    cr_expect_eq(xe_gpu_counters(b.gpu)->lost_writes, 1, "type 5 is none");
}

Test(gpu_cp, registers_are_read_changed_and_written)
{
    GIVE(&b, TYPE0(0x1100, 2), 0xF0F0, 0x00FF, TYPE3(0x21, 3), 0x1100, 0xFF00, 1);
    gpu_go(&b);
    cr_expect_eq(reg(0x1100), 0xF001);
    GIVE(&b, TYPE3(0x21, 3), 0xC0001100, 0x1101, 0x1101);
    gpu_go(&b);
    cr_expect_eq(reg(0x1100), 0x00FF);
}

/* ---- memory --------------------------------------------------------------------------------- */

Test(gpu_cp, the_address_says_how_bytes_are_swapped)
{
    GIVE(&b, TYPE3(0x3D, 3), OUT, 0x11223344, 0x55667788, TYPE3(0x3D, 2), OUT | 8 | 1, 0x11223344);
    GIVE(&b, TYPE3(0x3D, 2), OUT | 12 | 2, 0x11223344, TYPE3(0x3D, 2), OUT | 16 | 3, 0x11223344);
    gpu_go(&b);
    cr_expect_eq(gpu_word(&b, OUT), 0x44332211);
    cr_expect_eq(gpu_word(&b, OUT + 4), 0x88776655);
    cr_expect_eq(gpu_word(&b, OUT + 8), 0x33441122);
    cr_expect_eq(gpu_word(&b, OUT + 12), 0x11223344);
    cr_expect_eq(gpu_word(&b, OUT + 16), 0x22114433);
}

Test(gpu_cp, scratch_registers_are_copied_where_they_are_enabled)
{
    GIVE(&b, TYPE0(0x1DC, 2), 0x2, OUT, TYPE0(0x578, 2), 7, 8);
    gpu_go(&b);
    cr_expect_eq(gpu_word(&b, OUT), 0);
    cr_expect_eq(gpu_word(&b, OUT + 4), 8);
    xe_gpu_write(b.gpu, 0x579, 9);
    cr_expect_eq(gpu_word(&b, OUT + 4), 9, "whoever writes it");
}

Test(gpu_cp, fences_store_values_or_the_counter)
{
    struct xe_gpu_swap swap = {.address = BUFFER, .width = 640, .height = 480};
    uint32_t words[XE_GPU_SWAP_WORDS];

    xe_gpu_swap_words(&swap, words);
    gpu_give_words(&b, words, XE_GPU_SWAP_WORDS);
    GIVE(&b, TYPE3(0x58, 3), 3, OUT | 2, 0xABCD, TYPE3(0x46, 3), 20, OUT | 4 | 2, 0x1234);
    GIVE(&b, TYPE3(0x59, 3), 0x80000003, OUT | 8 | 2, 5, TYPE3(0x46, 1), 5, TYPE3(0x4F, 1),
         OUT | 12 | 2);
    gpu_go(&b);
    cr_expect_eq(gpu_word(&b, OUT), 0xABCD);
    cr_expect_eq(gpu_word(&b, OUT + 4), 0x1234);
    cr_expect_eq(gpu_word(&b, OUT + 8), 1, "one frame");
    cr_expect_eq(gpu_word(&b, OUT + 12), 1);
    cr_expect_eq(xe_gpu_counters(b.gpu)->swaps, 1);
    cr_expect_eq(xe_gpu_frame(b.gpu)->width, 640);
    cr_expect_eq(xe_gpu_frame(b.gpu)->address, BUFFER);
    cr_expect_eq(reg(0x4801), 0);
}

Test(gpu_cp, what_was_drawn_is_a_function_of_the_draws)
{
    GIVE(&b, TYPE0(0x2325, 1), OUT, TYPE3(0x36, 1), 3u << 16 | 0x84, TYPE3(0x5B, 1), 21);
    GIVE(&b, TYPE3(0x5A, 2), 26, (OUT + 0x40) | 1, TYPE3(0x23, 1), 0x123);
    gpu_go(&b);
    cr_expect_eq(gpu_word(&b, OUT), __builtin_bswap32(48));
    cr_expect_eq(gpu_word(&b, OUT + 16), __builtin_bswap32(48));
    cr_expect_eq(gpu_word(&b, OUT + 0x40), 0x00000400);
    cr_expect_eq(gpu_word(&b, OUT + 0x48), 0x00000001);
    cr_expect_eq(reg(0x0C45), 8, "query 0x23 saw something");
    b.gpu->samples = 0xEDFEFFFF;
    GIVE(&b, TYPE3(0x5B, 1), 21);
    gpu_go(&b);
    cr_expect_neq(gpu_word(&b, OUT + 16), 0xFFFFFEED, "never what means \"not yet\"");
}

static void told_samples(void *ctx, struct xe_gpu_samples *ret)
{
    *ret = *(const struct xe_gpu_samples *)ctx;
}

static void query_begin(void *ctx, uint32_t query)
{
    ((struct xe_gpu_samples *)ctx)->passed += query;
}

static bool query_end(void *ctx, uint32_t query)
{
    return ((const struct xe_gpu_samples *)ctx)->passed != query;
}

/* The draw of the last line is on the condition that query 0x23 saw something. */
Test(gpu_cp, what_is_read_back_is_what_the_renderer_says)
{
    struct xe_gpu_samples told = {40, 3, 0xEDFEFFFF, 5};

    xe_gpu_render_by(b.gpu, (struct xe_gpu_renderer){.ctx = &told,
                                                     .samples = told_samples,
                                                     .query_begin = query_begin,
                                                     .query_end = query_end});
    GIVE(&b, TYPE0(0x2325, 1), OUT | 2, TYPE3(0x36, 1), 3u << 16 | 0x84, TYPE3(0x5B, 1), 21);
    gpu_go(&b);
    cr_expect_eq(gpu_word(&b, OUT), __builtin_bswap32(40));
    cr_expect_eq(gpu_word(&b, OUT + 8), __builtin_bswap32(0xEDFF0000), "z failed");
    cr_expect_eq(gpu_word(&b, OUT + 16), __builtin_bswap32(5));
    cr_expect_eq(gpu_word(&b, OUT + 24), __builtin_bswap32(3), "stencil failed");
    GIVE(&b, TYPE3(0x23, 1), 0x123, TYPE3(0x22, 2), 0x123, 3u << 16 | 0x84);
    gpu_go(&b);
    cr_expect_eq(reg(0x0C45), 8, "it saw something");
    cr_expect_eq(xe_gpu_counters(b.gpu)->draws, 2);
    told.passed = 0;
    GIVE(&b, TYPE3(0x23, 1), 0x23, TYPE3(0x23, 1), 0x123, TYPE3(0x22, 2), 0x123, 3u << 16 | 0x84);
    gpu_go(&b);
    cr_expect_eq(reg(0x0C45), 0);
    cr_expect_eq(xe_gpu_counters(b.gpu)->draws, 2);
}

/* ---- draws ---------------------------------------------------------------------------------- */

Test(gpu_cp, draws_are_counted_by_primitive)
{
    const struct xe_gpu_counters *c = xe_gpu_counters(b.gpu);

    GIVE(&b, TYPE3(0x22, 4), 0, 6u << 16 | 4, 0x1000, 6, TYPE3(0x36, 1), 3u << 16 | 0x88);
    GIVE(&b, TYPE0(0x2208, 1), 6, TYPE0(0x231A, 1), 0x02D00500, TYPE3(0x36, 1), 3u << 16 | 0x88);
    gpu_go(&b);
    cr_expect(c->draws == 2 && c->indices == 9 && c->resolves == 1);
    cr_expect(c->primitives[4] == 1 && c->primitives[8] == 1);
    cr_expect(reg(0x21FA) == 0x1000 && reg(0x21FB) == 6);
}

struct shaders {
    struct xe_gpu_shader shader[4];
    uint32_t count;
};

static void see(void *ctx, const struct xe_gpu_shader *shader)
{
    struct shaders *seen = ctx;

    seen->shader[seen->count++ % 4] = *shader;
}

Test(gpu_cp, shaders_are_known_by_what_they_are)
{
    struct shaders seen = {.count = 0};

    for (uint32_t i = 0; i < 3; i++)
        gpu_put(&b, BUFFER + 4 * i, 100 + i);
    GIVE(&b, TYPE3(0x27, 2), BUFFER | 1, 3, TYPE3(0x2B, 5), 1, 3, 100, 101, 102);
    GIVE(&b, TYPE3(0x2B, 5), 0, 3, 100, 101, 103);
    gpu_go(&b);
    cr_expect_eq(xe_gpu_shaders(b.gpu, see, &seen), 0);
    cr_assert_eq(seen.count, 2);
    cr_expect(seen.shader[0].pixel && seen.shader[0].loads == 2 && seen.shader[0].words == 3);
    cr_expect_eq(seen.shader[0].address, BUFFER);
    cr_expect(!seen.shader[1].pixel && seen.shader[1].hash != seen.shader[0].hash);
}

/* ---- waits ---------------------------------------------------------------------------------- */

Test(gpu_cp, waits_go_on_when_memory_changes)
{
    struct xe_gpu_info info;

    GIVE(&b, TYPE3(0x3C, 5), 0x13, OUT | 2, 5, 0xFF, 0x100, TYPE0(0x2100, 1), 1);
    gpu_go(&b);
    xe_gpu_info(b.gpu, &info);
    cr_expect_eq(info.doing, XE_GPU_WAITS);
    cr_expect(info.wait.kind == XE_GPU_WAIT_MEMORY && info.wait.at == OUT &&
              info.wait.reference == 5 && info.wait.compare == 3);
    cr_expect_eq(info.at, RING);
    cr_expect_not(xe_gpu_hopeful(b.gpu), "nobody will change it");
    gpu_put(&b, OUT, 0x105);
    cr_expect(xe_gpu_hopeful(b.gpu));
    gpu_pass(&b, 1000);
    cr_expect_eq(reg(0x2100), 1);
    cr_expect_eq(doing(), XE_GPU_IDLE);
}

Test(gpu_cp, comparisons)
{
    static const struct {
        uint32_t compare;
        bool less, equal, more;
    } rows[] = {{0, false, false, false}, {1, true, false, false}, {2, true, true, false},
                {3, false, true, false},  {4, true, false, true},  {5, false, true, true},
                {6, false, false, true},  {7, true, true, true}};

    for (uint32_t i = 0; i < 8; i++)
        for (uint32_t value = 1; value <= 3; value++) {
            bool want = value == 1 ? rows[i].less : value == 2 ? rows[i].equal : rows[i].more;

            GIVE(&b, TYPE0(0x2100, 2), value, 0);
            GIVE(&b, TYPE3(0x45, 6), rows[i].compare, 0x2100, 2, 0xF, 0x2101, 1);
            gpu_go(&b);
            cr_expect_eq(reg(0x2101), want, "compare %u, value %u", i, value);
        }
}

Test(gpu_cp, conditional_writes_go_to_memory_too)
{
    gpu_put(&b, OUT, 9);
    GIVE(&b, TYPE3(0x45, 6), 0x113, OUT | 2, 9, UINT32_MAX, (OUT + 4) | 2, 77);
    gpu_go(&b);
    cr_expect_eq(gpu_word(&b, OUT + 4), 77);
}

Test(gpu_cp, register_waits_and_coherence)
{
    GIVE(&b, TYPE0(0xA31, 1), 0x01000000, TYPE3(0x3C, 5), 3, 0xA31, 0, 0x80000000, 8);
    GIVE(&b, TYPE3(0x53, 4), 0x2100, 0x01000000, UINT32_MAX, 8, TYPE3(0x52, 4), 0x2101, 3, 7, 8);
    gpu_go(&b);
    cr_expect_eq(reg(0xA31), 0x01000000, "not busy any more");
    cr_expect_eq(doing(), XE_GPU_WAITS);
    xe_gpu_write(b.gpu, 0x2100, 0x01000001);
    gpu_pass(&b, 1000);
    cr_expect_eq(doing(), XE_GPU_WAITS);
    xe_gpu_write(b.gpu, 0x2101, 0xB);
    gpu_pass(&b, 1000);
    cr_expect_eq(doing(), XE_GPU_IDLE);
}

Test(gpu_cp, interrupts_wait_for_the_one_before)
{
    struct xe_gpu_info info;

    GIVE(&b, TYPE3(0x54, 1), 0xC4, TYPE3(0x54, 1), 1);
    b.serving = true;
    gpu_go(&b);
    xe_gpu_info(b.gpu, &info);
    cr_expect(info.doing == XE_GPU_WAITS && info.wait.kind == XE_GPU_WAIT_INTERRUPT);
    b.serving = false;
    gpu_pass(&b, 1000);
    cr_assert_eq(b.interrupts, 2);
    cr_expect(b.sent[0][0] == XE_GPU_COMMAND && b.sent[0][1] == 4, "six bits of mask");
    cr_expect_eq(b.sent[1][1], 1);
    cr_expect_eq(reg(0x45D), 1);
}

/* ---- time ----------------------------------------------------------------------------------- */

/* 100 draws of 1000 indices take 1064 clocks each: 212.8 us. */
Test(gpu_cp, draws_take_their_time)
{
    for (uint32_t i = 0; i < 100; i++)
        GIVE(&b, TYPE3(0x36, 1), 1000u << 16 | 0x84);
    GIVE(&b, TYPE3(0x3D, 2), OUT | 2, 1);
    gpu_publish(&b);
    gpu_pass(&b, 2100);
    cr_expect_eq(gpu_word(&b, OUT), 0);
    cr_expect(xe_gpu_read(b.gpu, XE__REG_RBBM_STATUS) >> 31, "busy");
    gpu_pass(&b, 200);
    cr_expect_eq(gpu_word(&b, OUT), 1);
    gpu_pass(&b, 200);
    cr_expect_not(xe_gpu_read(b.gpu, XE__REG_RBBM_STATUS) >> 31);
}

Test(gpu_cp, waiting_for_the_display)
{
    GIVE(&b, TYPE0(0x5C8, 1), 8, TYPE3(0x3D, 2), OUT | 2, 1);
    gpu_publish(&b);
    gpu_pass(&b, 166600);
    cr_expect_eq(gpu_word(&b, OUT), 0);
    gpu_pass(&b, 300);
    cr_expect_eq(gpu_word(&b, OUT), 1);
}
