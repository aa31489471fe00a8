/* Commands as nobody should give them: a state that the guest can see, or a halt with a name. */
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

TestSuite(gpu_bad, .init = setup, .fini = teardown);

static void expect_halt(enum xe_gpu_halt why)
{
    struct xe_gpu_info info;

    xe_gpu_info(b.gpu, &info);
    cr_expect_eq(info.doing, XE_GPU_HALTED);
    cr_expect_eq(info.halt, why, "%s", xe_gpu_halt_name(info.halt));
    cr_expect_eq(b.broken, 1);
    GIVE(&b, TYPE0(0x2100, 1), 1);
    gpu_go(&b);
    cr_expect_neq(xe_gpu_register(b.gpu, 0x2100), 1, "it does nothing any more");
}

Test(gpu_bad, words_left_out_past_the_end)
{
    struct xe_gpu_info info;

    gpu_put(&b, BUFFER, TYPE3(0x44, 2));
    gpu_put(&b, BUFFER + 4, OUT);
    gpu_put(&b, BUFFER + 8, 1);
    GIVE(&b, TYPE3(0x3F, 2), BUFFER, 3);
    gpu_go(&b);
    xe_gpu_info(b.gpu, &info);
    cr_expect_eq(info.halt, XE_GPU_HALT_PAST_END);
    gpu_bench_fini(&b);
    gpu_bench_init(&b);
    GIVE(&b, TYPE3(0x44, 2), OUT, 0xFFFFF);
    for (uint32_t i = 3; i < RING_WORDS - 1; i++)
        GIVE(&b, TYPE2);
    gpu_go(&b);
    xe_gpu_info(b.gpu, &info);
    cr_expect_eq(info.halt, XE_GPU_HALT_TOO_LONG);
}

Test(gpu_bad, a_buffer_that_calls_itself)
{
    gpu_put(&b, BUFFER, TYPE3(0x3F, 2));
    gpu_put(&b, BUFFER + 4, BUFFER);
    gpu_put(&b, BUFFER + 8, 0xFFFFF);
    GIVE(&b, TYPE3(0x3F, 2), BUFFER, 3);
    gpu_go(&b);
    expect_halt(XE_GPU_HALT_DEPTH);
}

Test(gpu_bad, a_chain_of_a_thousand_buffers)
{
    for (uint32_t i = 0; i < 1000; i++) {
        gpu_put(&b, BUFFER + 16 * i, TYPE3(0x3F, 2));
        gpu_put(&b, BUFFER + 16 * i + 4, BUFFER + 16 * (i + 1));
        gpu_put(&b, BUFFER + 16 * i + 8, 4);
    }
    GIVE(&b, TYPE3(0x3F, 2), BUFFER, 4);
    gpu_go(&b);
    expect_halt(XE_GPU_HALT_DEPTH);
}

Test(gpu_bad, a_count_past_the_end_of_a_buffer)
{
    gpu_put(&b, BUFFER, TYPE0(0x2000, 100));
    GIVE(&b, TYPE3(0x3F, 2), BUFFER, 50);
    gpu_go(&b);
    expect_halt(XE_GPU_HALT_PAST_END);
}

Test(gpu_bad, a_packet_longer_than_the_ring)
{
    GIVE(&b, TYPE0(0x2000, 0x4000));
    gpu_go(&b);
    expect_halt(XE_GPU_HALT_TOO_LONG);
}

Test(gpu_bad, commands_where_no_memory_is)
{
    GIVE(&b, TYPE3(0x3F, 2), NOWHERE, 3);
    gpu_go(&b);
    expect_halt(XE_GPU_HALT_UNMAPPED);
}

Test(gpu_bad, a_ring_at_the_end_of_memory)
{
    xe_gpu_ring(b.gpu, 0xFFFFFFFC, RING_LOG2);
    gpu_publish(&b);
    b.write = 5;
    gpu_go(&b);
    cr_expect_eq(b.gpu->halt, XE_GPU_HALT_UNMAPPED);
}

Test(gpu_bad, a_ring_of_no_size)
{
    xe_gpu_ring(b.gpu, RING, 60);
    b.write = 5;
    gpu_go(&b);
    cr_expect_eq(b.gpu->halt, XE_GPU_HALT_RING_SIZE);
    xe_gpu_ring(b.gpu, RING, RING_LOG2);
    b.write = 0;
    GIVE(&b, TYPE0(0x2100, 1), 1);
    gpu_go(&b);
    cr_expect_eq(xe_gpu_register(b.gpu, 0x2100), 1, "a new ring is a new start");
}

Test(gpu_bad, a_wait_that_never_ends_costs_next_to_nothing)
{
    GIVE(&b, TYPE3(0x3C, 5), 0x10, OUT, 0, 0, 0);
    gpu_publish(&b);
    gpu_pass(&b, 10000000);
    cr_expect_eq(xe_gpu_counters(b.gpu)->words, 0);
    cr_expect_eq(b.work, 0);
    cr_expect_eq(b.broken + b.done, 0);
}

Test(gpu_bad, no_ring_no_kick)
{
    gpu_bench_fini(&b);
    gpu_bench_init(&b);
    b.gpu->reg[XE__REG_CP_RB_CNTL] = 0;
    xe_gpu_write(b.gpu, XE__REG_CP_RB_WPTR, 100);
    cr_expect_eq(xe_gpu_due(b.gpu), UINT64_MAX);
}

Test(gpu_bad, commands_that_make_no_sense_are_skipped_and_counted)
{
    const struct xe_gpu_counters *c = xe_gpu_counters(b.gpu);

    GIVE(&b, TYPE3(0x7F, 1), 0, TYPE3(0x3C, 1), 0, TYPE3(0x25, 1), 0, TYPE3(0x64, 4), 0, 0, 0, 0);
    GIVE(&b, TYPE3(0x27, 2), 3, 1, TYPE3(0x27, 2), OUT, 0xFFFF, TYPE3(0x2B, 2), 0, 1);
    GIVE(&b, TYPE0(0x2100, 1), 1);
    gpu_go(&b);
    cr_expect_eq(c->malformed, 7);
    cr_expect_eq(b.lacking, 1, "one of them is ours");
    cr_expect_eq(c->swaps, 0);
    cr_expect_eq(xe_gpu_register(b.gpu, 0x2100), 1);
}

Test(gpu_bad, stores_and_registers_that_are_nowhere)
{
    const struct xe_gpu_counters *c = xe_gpu_counters(b.gpu);

    GIVE(&b, TYPE3(0x3D, 2), NOWHERE, 1, TYPE3(0x55, 2), 0xFFFF, 1, TYPE0(0x7FFF, 2), 1, 1);
    GIVE(&b, TYPE3(0x3E, 2), 0xFFFFFFFF, OUT | 2, TYPE3(0x2F, 3), NOWHERE, 0x7FF, 2);
    gpu_go(&b);
    cr_expect_eq(c->lost_writes, 4);
    cr_expect_eq(gpu_word(&b, OUT), 0);
}

/* ---- what a renderer leaves out ------------------------------------------------------------- */

static uint32_t draw_too_much(void *ctx, const struct xe_gpu_draw *draw)
{
    (void)ctx, (void)draw;
    return 1u << XE_GPU_LIMIT_QUADS | 1u << XE_GPU_LIMIT_STEPS;
}

static bool see(void *ctx, const struct xe_log_line *line)
{
    *(uint32_t *)ctx += strstr(line->text, "gpu_limit") != NULL;
    return true;
}

Test(gpu_bad, limits_of_a_renderer_are_counted_and_told_once)
{
    const struct xe_gpu_counters *c = xe_gpu_counters(b.gpu);
    uint32_t lines = 0;

    xe_gpu_render_by(b.gpu, (struct xe_gpu_renderer){.draw = draw_too_much});
    GIVE(&b, TYPE3(0x36, 1), 4 | 2 << 6 | 3 << 16, TYPE3(0x36, 1), 4 | 2 << 6 | 3 << 16);
    gpu_go(&b);
    cr_expect_eq(c->limits[XE_GPU_LIMIT_QUADS], 2);
    cr_expect_eq(c->limits[XE_GPU_LIMIT_STEPS], 2);
    cr_expect_eq(c->limits[XE_GPU_LIMIT_SHADER], 0);
    cr_expect_eq(b.lacking, 4);
    xe_log_visit(b.log, 0, see, &lines);
    cr_expect_eq(lines, 2);
}

/* By factors of their edges, and lines; those that are divided evenly are drawn. */
Test(gpu_bad, patches_that_nobody_divides_are_named_and_left_out)
{
    xe_gpu_render_by(b.gpu, (struct xe_gpu_renderer){.draw = draw_too_much});
    GIVE(&b, TYPE3(0x36, 1), 0x10 | 2 << 6 | 1 << 8 | 3 << 16, TYPE0(0x2285, 1), 2);
    GIVE(&b, TYPE0(0x2284, 1), 1, TYPE3(0x36, 1), 4 | 2 << 6 | 1 << 8 | 3 << 16);
    gpu_go(&b);
    cr_expect_eq(b.lacking, 2);
    cr_expect_eq(xe_gpu_counters(b.gpu)->draws, 2);
    cr_expect_eq(xe_gpu_counters(b.gpu)->limits[XE_GPU_LIMIT_QUADS], 0);
    GIVE(&b, TYPE3(0x36, 1), 4 | 2 << 6 | 3 << 16);
    gpu_go(&b);
    cr_expect_eq(xe_gpu_counters(b.gpu)->limits[XE_GPU_LIMIT_QUADS], 1, "others are drawn");
    GIVE(&b, TYPE0(0x2285, 1), 0, TYPE3(0x36, 1), 0x12 | 2 << 6 | 1 << 8 | 3 << 16);
    gpu_go(&b);
    cr_expect_eq(xe_gpu_counters(b.gpu)->limits[XE_GPU_LIMIT_QUADS], 2);
}

/* The ring's own registers, out of the ring. */
Test(gpu_bad, a_ring_that_is_changed_by_what_is_in_it)
{
    GIVE(&b, TYPE0(0x1C5, 1), 200, TYPE0(0x1C1, 1), 3, TYPE0(0x1C4, 1), 77, TYPE2);
    gpu_go(&b);
    cr_expect_eq(b.gpu->halt, XE_GPU_GOES);
    cr_expect_lt(b.gpu->fetch, 16);
    GIVE(&b, TYPE0(0x1C0, 1), NOWHERE);
    gpu_go(&b);
    cr_expect(b.gpu->depth == 0);
}
