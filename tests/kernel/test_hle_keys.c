/* XeKeys: an identity that is none, and keys of the title's in their obscured form. */
#include <criterion/criterion.h>
#include <string.h>

#include "hle_bench.h"

#define KEY      (SCRATCH + 0x100)
#define OBSCURED (SCRATCH + 0x120)
#define FEED     (SCRATCH + 0x140)
#define TEXT     (SCRATCH + 0x200)
#define OUT      (SCRATCH + 0x300)
#define BACK     (SCRATCH + 0x400)
#define REFUSED  0xC000000Du

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
    hle_put(&h, KEY, "sixteen letters");
    hle_put(&h, TEXT, "What is known of a key is what can be done with it. It is not shown to any");
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_keys, .init = setup, .fini = teardown);

static bool same(xe_gva a, xe_gva b, uint32_t size)
{
    return memcmp(xe_mem_view(h.bench.mem, a, size), xe_mem_view(h.bench.mem, b, size), size) == 0;
}

Test(hle_keys, the_console_is_nobodys)
{
    memset(xe_mem_view_rw(h.bench.mem, OUT, 32), 0xAA, 32);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysGetConsoleType, OUT), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), 2, "sold in shops");
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysGetConsoleType, 0), REFUSED);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysGetConsoleID, OUT, OUT + 8), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), 0);
    cr_expect_eq(xe_mem_u16(h.bench.mem, OUT + 4), 0x00AA, "five bytes");
    cr_expect(hle_is(&h, OUT + 8, "000000000000"));
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysGetConsoleID, 0, 0), 0);
}

Test(hle_keys, keys_of_the_console_are_not_there)
{
    char text[512];

    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysHmacSha, 0x19, TEXT, 4, 0, 0, 0, 0, OUT, 20),
                 0xC0000001);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
    cr_expect(strstr(text, "0x19"), "%s", text);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT), 0);
}

Test(hle_keys, an_obscured_key_hashes_as_the_key_does)
{
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysObscureKey, KEY, OBSCURED), 0);
    cr_expect_not(same(KEY, OBSCURED, 16));
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysHmacShaUsingKey, OBSCURED, TEXT, 10, TEXT + 10, 20, 0,
                        0, OUT, 20),
                 0);
    CALL(&h, XBOXKRNL, XeCryptHmacSha, KEY, 16, TEXT, 30, 0, 0, 0, 0, BACK, 20);
    cr_expect(same(OUT, BACK, 20));
    xe_mem_set_u32(h.bench.mem, OUT + 4, 7);
    CALL(&h, XBOXKRNL, XeKeysHmacShaUsingKey, OBSCURED, TEXT, 30, 0, 0, 0, 0, OUT, 4);
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT + 4), 7, "no more than was asked for");
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysHmacShaUsingKey, 0, TEXT, 1, 0, 0, 0, 0, OUT, 20),
                 REFUSED);
    cr_expect_eq(
        CALL32(&h, XBOXKRNL, XeKeysHmacShaUsingKey, OBSCURED, TEXT, 1, 0, 0, 0, 0, UNREADABLE, 20),
        REFUSED);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysObscureKey, KEY, UNREADABLE), REFUSED);
}

Test(hle_keys, an_obscured_key_encrypts_as_the_key_does)
{
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysObscureKey, KEY, OBSCURED), 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysAesCbcUsingKey, OBSCURED, TEXT, 70, OUT, FEED, 1), 0);
    cr_expect(same(FEED, OUT + 48, 16), "the last block of four");
    cr_expect_eq(xe_mem_u32(h.bench.mem, OUT + 64), 0, "whole blocks only");
    memset(xe_mem_view_rw(h.bench.mem, FEED, 16), 0, 16);
    CALL(&h, XBOXKRNL, XeCryptAesKey, SCRATCH + 0x1000, KEY);
    CALL(&h, XBOXKRNL, XeCryptAesCbc, SCRATCH + 0x1000, OUT, 64, BACK, FEED, 0);
    cr_expect(same(BACK, TEXT, 64));
    memset(xe_mem_view_rw(h.bench.mem, FEED, 16), 0, 16);
    CALL(&h, XBOXKRNL, XeKeysAesCbcUsingKey, OBSCURED, OUT, 32, OUT, FEED, 0);
    CALL(&h, XBOXKRNL, XeKeysAesCbcUsingKey, OBSCURED, OUT + 32, 32, OUT + 32, FEED, 0);
    cr_expect(same(OUT, TEXT, 64), "in its place, in pieces");
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysAesCbcUsingKey, OBSCURED, TEXT, 16, OUT, 0, 1),
                 REFUSED);
    cr_expect_eq(CALL32(&h, XBOXKRNL, XeKeysAesCbcUsingKey, 0, TEXT, 16, OUT, FEED, 1), REFUSED);
    cr_expect_eq(
        CALL32(&h, XBOXKRNL, XeKeysAesCbcUsingKey, OBSCURED, TEXT, 0xFFFFFFF0, OUT, FEED, 1),
        REFUSED);
}
