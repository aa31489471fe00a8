/* A look ahead for whoever waits for a fence: who in the chip would write it, or has. */
#include <criterion/criterion.h>

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

TestSuite(gpu_ahead, .init = setup, .fini = teardown);

#define FENCE(value)      TYPE3(0x58, 3), 3, (OUT + 64) | 2, value
#define NEVER_TRUE        TYPE3(0x3C, 5), 0x13, OUT | 2, 7, 0xFF, 0x100
#define EXPECT(at, wants) expect(at, XE_GPU_COMES_##wants)

static struct xe_gpu_fence expect(xe_gpa at, enum xe_gpu_coming coming)
{
    struct xe_gpu_fence fence;

    xe_gpu_fence(b.gpu, at, &fence);
    cr_expect_eq(fence.coming, coming, "it comes as %u", fence.coming);
    return fence;
}

Test(gpu_ahead, nothing_is_known_of_a_word_that_no_command_writes)
{
    struct xe_gpu_fence fence;

    GIVE(&b, NEVER_TRUE, FENCE(5));
    gpu_go(&b);
    cr_expect_not(xe_gpu_fence(b.gpu, OUT + 68, &fence));
    cr_expect_eq(fence.coming, XE_GPU_COMES_NOT);
}

Test(gpu_ahead, a_fence_behind_a_wait_is_queued)
{
    struct xe_gpu_fence fence;

    GIVE(&b, NEVER_TRUE, TYPE2, TYPE0(0x2100, 1), 0, FENCE(5));
    gpu_go(&b);
    fence = EXPECT(OUT + 64, QUEUED);
    cr_expect_str_eq(fence.command, "EVENT_WRITE_SHD");
    cr_expect(fence.has_value && fence.value == 5 && fence.stores == 0);
    cr_expect_eq(fence.at, RING + 4 * 9);
    cr_expect_eq(fence.ahead, 2, "the wait and a register");
}

Test(gpu_ahead, what_was_stored_is_remembered)
{
    struct xe_gpu_fence fence;

    gpu_pass(&b, 20000);
    GIVE(&b, FENCE(4), FENCE(5));
    gpu_go(&b);
    fence = EXPECT(OUT + 64, NOT);
    cr_expect(fence.stores == 2 && fence.last == 5 && fence.last_time > 0);
}

Test(gpu_ahead, what_was_not_published_is_told_so)
{
    struct xe_gpu_fence fence;

    GIVE(&b, FENCE(4));
    gpu_go(&b);
    GIVE(&b, TYPE2, FENCE(5));
    fence = EXPECT(OUT + 64, UNPUBLISHED);
    cr_expect(fence.value == 5 && fence.last == 4);
    gpu_go(&b);
    EXPECT(OUT + 64, NOT);
}

/* What the ring still holds of the round before is no news. */
Test(gpu_ahead, old_commands_are_not_taken_for_new_ones)
{
    struct xe_gpu_fence fence;

    for (uint32_t i = 1; i < 4 * RING_WORDS; i++) {
        GIVE(&b, FENCE(i));
        gpu_go(&b);
        EXPECT(OUT + 64, NOT);
    }
    GIVE(&b, FENCE(4 * RING_WORDS));
    fence = EXPECT(OUT + 64, UNPUBLISHED);
    cr_expect_eq(fence.value, 4 * RING_WORDS);
}

Test(gpu_ahead, half_a_command_is_unpublished)
{
    GIVE(&b, TYPE3(0x58, 3), 3);
    gpu_go(&b);
    GIVE(&b, (OUT + 64) | 2, 9);
    cr_expect_eq(EXPECT(OUT + 64, UNPUBLISHED).value, 9);
}

/* Buffers are followed, and those that can't be read left; the value is as the processor loads it.
 */
Test(gpu_ahead, buffers_and_swaps)
{
    gpu_put(&b, BUFFER, TYPE3(0x3D, 2));
    gpu_put(&b, BUFFER + 4, OUT + 64); /* not swapped */
    gpu_put(&b, BUFFER + 8, 0x01020304);
    GIVE(&b, NEVER_TRUE, TYPE3(0x3F, 2), NOWHERE, 9, TYPE3(0x3F, 2), BUFFER, 3);
    gpu_go(&b);
    cr_expect_eq(EXPECT(OUT + 64, QUEUED).value, 0x04030201);
}

Test(gpu_ahead, copies_of_scratch_registers)
{
    struct xe_gpu_fence fence;

    GIVE(&b, NEVER_TRUE, TYPE0(0x1DC, 2), 2, OUT + 128, TYPE0(0x578, 2), 10, 11);
    gpu_go(&b);
    EXPECT(OUT + 128, NOT);
    fence = EXPECT(OUT + 132, QUEUED);
    cr_expect(fence.value == 11 && fence.has_value);
}

Test(gpu_ahead, predicates_are_minded)
{
    GIVE(&b, NEVER_TRUE, TYPE3(0x50, 2), 0, 1, TYPE3(0x51, 2), 0, 2);
    GIVE(&b, TYPE3(0x3D, 2) | 1, OUT + 64, 1, TYPE3(0x3D, 2), OUT + 68, 1);
    gpu_go(&b);
    EXPECT(OUT + 64, NOT);
    EXPECT(OUT + 68, QUEUED);
}

Test(gpu_ahead, what_is_left_out_does_not_come)
{
    GIVE(&b, NEVER_TRUE, TYPE3(0x44, 2), (OUT + 4) | 2, 3, TYPE3(0x3D, 2), OUT + 64, 1);
    GIVE(&b, TYPE3(0x3D, 2), OUT + 68, 1);
    gpu_go(&b);
    EXPECT(OUT + 64, NOT);
    EXPECT(OUT + 68, QUEUED);
    gpu_put(&b, OUT + 4, 1);
    EXPECT(OUT + 64, QUEUED);
}

Test(gpu_ahead, a_count_has_no_value_yet)
{
    GIVE(&b, NEVER_TRUE, TYPE3(0x58, 3), 0x80000003, (OUT + 64) | 2, 0);
    gpu_go(&b);
    cr_expect_not(EXPECT(OUT + 64, QUEUED).has_value);
}

/* A buffer that leads to itself has no end; the look has. */
Test(gpu_ahead, a_buffer_to_itself)
{
    gpu_put(&b, BUFFER, TYPE3(0x3F, 2));
    gpu_put(&b, BUFFER + 4, BUFFER);
    gpu_put(&b, BUFFER + 8, 0x80);
    for (uint32_t i = 3; i < 0x80; i++)
        gpu_put(&b, BUFFER + 4 * i, TYPE2);
    GIVE(&b, NEVER_TRUE, TYPE3(0x3F, 2), BUFFER, 0x80, FENCE(1));
    gpu_go(&b);
    EXPECT(OUT + 64, QUEUED);
}

/* Registers stand still while the chip waits for others, so that who reads them can be told. */
Test(gpu_ahead, registers_move_while_there_is_work)
{
    GIVE(&b, NEVER_TRUE, TYPE0(0x2100, 1), 5);
    gpu_publish(&b);
    cr_expect(xe_gpu_register_moves(b.gpu, XE__REG_CP_RB_RPTR));
    gpu_pass(&b, 20000);
    cr_expect_not(xe_gpu_register_moves(b.gpu, XE__REG_CP_RB_RPTR));
    cr_expect(xe_gpu_register_moves(b.gpu, XE__REG_V_COUNTER));
    gpu_put(&b, OUT, 7);
    cr_expect(xe_gpu_register_moves(b.gpu, XE__REG_CP_RB_RPTR));
}

Test(gpu_ahead, interrupts_that_nobody_hears_are_counted)
{
    struct xe_gpu_info info;

    b.deaf = true;
    GIVE(&b, TYPE3(0x54, 1), 4, TYPE3(0x54, 1), 0, TYPE3(0x54, 1), 0x40);
    gpu_go(&b);
    xe_gpu_info(b.gpu, &info);
    cr_expect(info.interrupts == 1 && info.unheard == 1 && info.masked == 2);
}

/* compare, reference, mask: of waits that no value would end. */
Test(gpu_ahead, waits_that_nothing_can_end)
{
    static const uint32_t never[][3] = {{0, 0, 0}, {1, 0, 0xFF},     {3, 0x100, 0xFF},
                                        {4, 0, 0}, {5, 0x100, 0xFF}, {6, 0xFF, 0xFF}};
    static const uint32_t ever[][3] = {
        {1, 1, 0xFF}, {3, 7, 0xFF}, {5, 0xFF, 0xFF}, {6, 0xFE, 0xFF}};
    struct xe_gpu_info info;

    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        gpu_bench_fini(&b);
        gpu_bench_init(&b);
        GIVE(&b, TYPE3(0x3C, 5), 0x10 | never[i][0], OUT | 2, never[i][1], never[i][2], 0);
        gpu_go(&b);
        xe_gpu_info(b.gpu, &info);
        cr_expect(info.doing == XE_GPU_WAITS && info.wait.never, "the %zuth", i);
    }
    for (size_t i = 0; i < sizeof(ever) / sizeof(ever[0]); i++) {
        gpu_bench_fini(&b);
        gpu_bench_init(&b);
        gpu_put(&b, OUT, ever[i][0] == 1 ? 1 : 0);
        GIVE(&b, TYPE3(0x3C, 5), 0x10 | ever[i][0], OUT | 2, ever[i][1], ever[i][2], 0);
        gpu_go(&b);
        xe_gpu_info(b.gpu, &info);
        cr_expect(info.doing == XE_GPU_WAITS && !info.wait.never, "the %zuth other", i);
    }
}
