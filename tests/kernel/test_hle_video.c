/* The family of video: what the screen is, and what is asked of the graphics chip. */
#include <criterion/criterion.h>

#include "hle_bench.h"

#define OUT  (SCRATCH + 0x10)
#define TEXT (SCRATCH + 0x100)
#define ROOM (SCRATCH + 0x1000)

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_video, .init = setup, .fini = teardown);

static uint32_t word(xe_gva at)
{
    return xe_mem_u32(h.bench.mem, at);
}

Test(hle_video, video_is_720p)
{
    CALL(&h, XBOXKRNL, VdQueryVideoMode, ROOM);
    cr_expect(word(ROOM) == 1280 && word(ROOM + 4) == 720);
    CALL(&h, XBOXKRNL, VdQueryVideoMode, UNREADABLE);
    cr_expect_eq(
        CALL(&h, XBOXKRNL, VdInitializeScalerCommandBuffer, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ROOM, 3),
        3);
    cr_expect(word(ROOM + 8) == 0x80000000);
    cr_expect_eq(CALL(&h, XBOXKRNL, VdGetGraphicsAsicID, 0), 0x11);
}

static void expect_screen(bool pal)
{
    CALL(&h, XBOXKRNL, VdQueryVideoMode, ROOM);
    cr_expect_eq(word(ROOM + 0x14), pal ? 0x42480000 : 0x42700000, "50.0, or 60.0");
    cr_expect_eq(word(ROOM + 0x18), pal ? 3 : 1, "PAL-I, or NTSC-M");
    cr_expect_eq(CALL(&h, XAM, XGetVideoStandard, 0), pal ? 3 : 1);
    CALL(&h, XBOXKRNL, VdGetCurrentDisplayInformation, ROOM);
    cr_expect_eq(word(ROOM + 0x4C), pal ? 0x42480000 : 0x42700000);
    CALL(&h, XBOXKRNL, ExGetXConfigSetting, 2, 2, ROOM, 4, 0);
    cr_expect_eq(word(ROOM) >> 8 & 0xFF, pal ? 3 : 0x10, "the region");
    CALL(&h, XBOXKRNL, ExGetXConfigSetting, 3, 0xA, ROOM, 4, 0);
    cr_expect_eq(word(ROOM), pal ? 0x840000 : 0x40000, "50 Hz, on a wide screen");
    CALL(&h, XBOXKRNL, ExGetXConfigSetting, 3, 9, ROOM, 4, 0);
    cr_expect_eq(word(ROOM), 1, "others are the same");
}

Test(hle_video, a_pal_screen_is_told_everywhere)
{
    const struct xe_kernel_config pal = {
        .slice = 1000, .clock_hz = 1000000000, .video = XE_VIDEO_720P50};

    expect_screen(false);
    hle_bench_fini(&h);
    hle_bench_init_as(&h, &pal);
    expect_screen(true);
}

/* The texture, with a physical address; then our command; then nothing, 64 words in all. */
Test(hle_video, a_swap_is_a_command_in_the_ring)
{
    static const uint32_t words[] = {0x00054800, 0x8A000002, 0x1F955006, 3,          4,  5, 6,
                                     0xC0036400, 0x53574150, 0x1F955000, 0x00000500, 720};

    for (uint32_t i = 0; i < 6; i++)
        xe_mem_set_u32(h.bench.mem, TEXT + 4 * i, i + 1);
    xe_mem_set_u32(h.bench.mem, TEXT, 0x8A000002);
    xe_mem_set_u32(h.bench.mem, TEXT + 4, 0xBF955006);
    xe_mem_set_u32(h.bench.mem, OUT, 0xBF955000);
    xe_mem_set_u32(h.bench.mem, OUT + 4, 1280);
    xe_mem_set_u32(h.bench.mem, OUT + 8, 720);
    xe_mem_set_u32(h.bench.mem, ROOM + 256, 0x1234);
    CALL(&h, XBOXKRNL, VdSwap, ROOM, TEXT, 0, 0, 0, OUT, 0, 0, OUT + 4, OUT + 8);
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        cr_expect_eq(word(ROOM + 4 * i), words[i], "word %u is 0x%08x", i, word(ROOM + 4 * i));
    cr_expect(word(ROOM + 252) == 0x80000000 && word(ROOM + 256) == 0x1234, "64 words");
    CALL(&h, XBOXKRNL, VdSwap, UNREADABLE, 0);
}
