/* The display: when it blanks, where the beam is, the gamma tables. */
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

TestSuite(gpu_display, .init = setup, .fini = teardown);

Test(gpu_display, sixty_blanks_a_second)
{
    gpu_pass(&b, 10000000);
    cr_expect_eq(b.interrupts, 0, "nobody asked");
    xe_gpu_vblank(b.gpu, true);
    gpu_pass(&b, 20000000);
    cr_expect_eq(b.interrupts, 120);
    cr_expect(b.sent[0][0] == XE_GPU_VBLANK && b.sent[0][1] == 4, "hardware thread 2");
    xe_gpu_vblank(b.gpu, false);
    gpu_pass(&b, 10000000);
    cr_expect_eq(b.interrupts, 120);
}

Test(gpu_display, fifty_where_the_display_is_a_pal_one)
{
    xe_gpu_refresh(b.gpu, 50);
    xe_gpu_vblank(b.gpu, true);
    gpu_pass(&b, 10000000);
    cr_expect_eq(b.interrupts, 50);
    b.now = 10200000; /* just blanked */
    cr_expect_eq(xe_gpu_read(b.gpu, XE__REG_V_COUNTER), 720);
    b.now += 100000; /* half of the next one's time */
    cr_expect_eq(xe_gpu_read(b.gpu, XE__REG_V_COUNTER), 720 + 375 - 750);
}

Test(gpu_display, a_blank_that_nobody_served_is_not_sent_again)
{
    xe_gpu_vblank(b.gpu, true);
    b.serving = true;
    gpu_pass(&b, 1000000);
    cr_expect_eq(b.interrupts, 0);
    b.serving = false;
    gpu_pass(&b, 166667);
    cr_expect_eq(b.interrupts, 1);
}

Test(gpu_display, blanks_come_while_the_command_processor_waits)
{
    xe_gpu_vblank(b.gpu, true);
    GIVE(&b, TYPE3(0x3C, 5), 0x13, OUT | 2, 5, 0xFF, 0x100);
    gpu_publish(&b);
    gpu_pass(&b, 10000000);
    cr_expect_eq(b.interrupts, 60);
}

Test(gpu_display, the_beam_moves)
{
    uint32_t top, bottom;

    b.now = 166667; /* just blanked */
    cr_expect_eq(xe_gpu_read(b.gpu, XE__REG_V_COUNTER), 720);
    cr_expect_eq(xe_gpu_read(b.gpu, XE__REG_VBLANK_STATUS), 0x1000);
    b.now = 166667 + 10000;
    top = xe_gpu_read(b.gpu, XE__REG_V_COUNTER);
    b.now = 2 * 166667 - 1000;
    bottom = xe_gpu_read(b.gpu, XE__REG_V_COUNTER);
    cr_expect(top < 30 && bottom > 700 && bottom < 720, "%u, %u", top, bottom);
    cr_expect_eq(xe_gpu_read(b.gpu, XE__REG_VBLANK_STATUS), 0);
    cr_expect_eq(xe_gpu_read(b.gpu, XE__REG_VIEWPORT_SIZE), 0x050002D0);
}

Test(gpu_display, counters_follow_virtual_time)
{
    uint32_t before = xe_gpu_read(b.gpu, XE__REG_CP_PROG_COUNTER);

    b.now += 100;
    cr_expect_eq(xe_gpu_read(b.gpu, XE__REG_CP_PROG_COUNTER) - before, 100 * XE_GPU_CLOCKS);
}

Test(gpu_display, gamma_tables_are_written_by_component)
{
    const struct xe__gpu_lut *lut = &b.gpu->lut;

    cr_expect(lut->entry[0] == 0 && lut->entry[255] == 0x3FFFFFFF);
    xe_gpu_write(b.gpu, 0x1922, 255);
    xe_gpu_write(b.gpu, 0x1923, 0x0040);
    xe_gpu_write(b.gpu, 0x1923, 0x0080);
    xe_gpu_write(b.gpu, 0x1923, 0x00C0);
    cr_expect_eq(lut->entry[255], 1u << 20 | 2 << 10 | 3);
    cr_expect_eq(xe_gpu_read(b.gpu, 0x1922), 0, "the next entry");
    xe_gpu_write(b.gpu, 0x1927, 1); /* blue only */
    xe_gpu_write(b.gpu, 0x1924, 5);
    xe_gpu_write(b.gpu, 0x1924, 6);
    xe_gpu_write(b.gpu, 0x1924, 7);
    cr_expect(lut->pwl[0][0] != 5 && lut->pwl[0][1] != 6 && lut->pwl[0][2] == 7);
    xe_gpu_write(b.gpu, 0x1925, 0xFFFFFFFF);
    cr_expect_eq(lut->entry[1], 0x3FFFFFFF);
}
