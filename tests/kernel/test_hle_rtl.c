/* Rtl calls: counted strings, memory, time fields, statuses. */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"

#define TO   (SCRATCH + 0x10)
#define FROM (SCRATCH + 0x20)
#define TEXT (SCRATCH + 0x100)
#define ROOM (SCRATCH + 0x200)
#define END  (SCRATCH + SCRATCH_SIZE)

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_rtl, .init = setup, .fini = teardown);

static void expect_counted(xe_gva at, uint16_t length, uint16_t maximum, xe_gva buffer,
                           const char *what)
{
    cr_expect_eq(xe_mem_u16(h.bench.mem, at), length, "%s: length", what);
    cr_expect_eq(xe_mem_u16(h.bench.mem, at + 2), maximum, "%s: maximum", what);
    cr_expect_eq(xe_mem_u32(h.bench.mem, at + 4), buffer, "%s: buffer", what);
}

/* ---- counted strings ------------------------------------------------------------------------ */

Test(hle_rtl, init_measures)
{
    hle_put(&h, TEXT, "hello");
    CALL(&h, XBOXKRNL, RtlInitAnsiString, TO, TEXT);
    expect_counted(TO, 5, 6, TEXT, "ansi");
    CALL(&h, XBOXKRNL, RtlInitAnsiString, TO, 0);
    expect_counted(TO, 0, 0, 0, "ansi NULL");
    hle_put_wide(&h, TEXT, "hello");
    CALL(&h, XBOXKRNL, RtlInitUnicodeString, TO, TEXT);
    expect_counted(TO, 10, 12, TEXT, "unicode");
    CALL(&h, XBOXKRNL, RtlInitUnicodeString, TO, 0);
    expect_counted(TO, 0, 0, 0, "unicode NULL");
    CALL(&h, XBOXKRNL, RtlInitAnsiString, TO, UNREADABLE);
    expect_counted(TO, 0, 1, UNREADABLE, "unreadable");
    CALL(&h, XBOXKRNL, RtlInitAnsiString, UNREADABLE, TEXT);
}

Test(hle_rtl, init_cuts_what_sixteen_bits_cannot_hold)
{
    xe_gva at = SCRATCH + 0x1000;

    memset(xe_mem_view_rw(h.bench.mem, at, 0x1F000), 'a', 0x1F000);
    CALL(&h, XBOXKRNL, RtlInitAnsiString, TO, at);
    expect_counted(TO, 0xFFFE, 0xFFFF, at, "ansi");
    CALL(&h, XBOXKRNL, RtlInitUnicodeString, TO, at);
    expect_counted(TO, 0xFFFC, 0xFFFE, at, "unicode");
}

Test(hle_rtl, strings_convert_with_allocation)
{
    xe_gva buffer;

    hle_put_wide(&h, TEXT, "hello");
    hle_put_counted(&h, FROM, 10, 12, TEXT);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeStringToAnsiString, TO, FROM, 1), 0);
    buffer = xe_mem_u32(h.bench.mem, TO + 4);
    expect_counted(TO, 5, 6, buffer, "to ansi");
    cr_expect(hle_is(&h, buffer, "hello"));
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAnsiStringToUnicodeString, FROM, TO, 1), 0);
    expect_counted(FROM, 10, 12, xe_mem_u32(h.bench.mem, FROM + 4), "to unicode");
    cr_expect_eq(xe_mem_u16(h.bench.mem, xe_mem_u32(h.bench.mem, FROM + 4) + 8), 'o');
    CALL(&h, XBOXKRNL, RtlFreeAnsiString, TO);
    CALL(&h, XBOXKRNL, RtlFreeUnicodeString, FROM);
    expect_counted(TO, 0, 0, 0, "freed");
    cr_expect_eq(xe_kernel_pool_size(h.bench.kernel, buffer), 0);
}

Test(hle_rtl, strings_convert_into_buffers)
{
    char text[512];

    hle_put_wide(&h, TEXT, "hello");
    hle_put_counted(&h, FROM, 10, 12, TEXT);
    hle_put_counted(&h, TO, 0, 6, ROOM);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeStringToAnsiString, TO, FROM, 0), 0);
    expect_counted(TO, 5, 6, ROOM, "exact");
    cr_expect(hle_is(&h, ROOM, "hello"));
    hle_put_counted(&h, TO, 0, 4, ROOM);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeStringToAnsiString, TO, FROM, 0), 0x80000005);
    cr_expect(hle_is(&h, ROOM, "hel"), "what fits is there");
    hle_put_counted(&h, TO, 0, 0, ROOM);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeStringToAnsiString, TO, FROM, 0), 0x80000005);
    hle_put(&h, TEXT, "hello");
    hle_put_counted(&h, FROM, 5, 6, TEXT);
    hle_put_counted(&h, TO, 0, 11, ROOM);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAnsiStringToUnicodeString, TO, FROM, 0), 0x80000005);
    hle_put_counted(&h, TO, 0, 100, UNREADABLE);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAnsiStringToUnicodeString, TO, FROM, 0), 0xC0000005);
    hle_put_counted(&h, FROM, 0xFFFF, 0xFFFF, TEXT);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAnsiStringToUnicodeString, TO, FROM, 1), 0xC00000F0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAnsiStringToUnicodeString, UNREADABLE, FROM, 0),
                 0xC00000F0);
    hle_put_counted(&h, FROM, 5, 6, TEXT);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAnsiStringToUnicodeString, UNREADABLE, FROM, 1),
                 0xC0000005, "and nothing is allocated for nobody");
    CALL(&h, XBOXKRNL, RtlFreeAnsiString, FROM);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1, "freed what no call gave");
}

Test(hle_rtl, byte_counts_convert)
{
    hle_put(&h, TEXT, "hello");
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlMultiByteToUnicodeN, ROOM, 6, TO, TEXT, 5), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, TO), 6);
    cr_expect_eq(xe_mem_u16(h.bench.mem, ROOM + 4), 'l');
    cr_expect_eq(xe_mem_u16(h.bench.mem, ROOM + 6), 0, "no further than the room");
    xe_mem_set_u16(h.bench.mem, ROOM, 0x65E5);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeToMultiByteN, TEXT, 100, TO, ROOM, 6), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, TO), 3);
    cr_expect_arr_eq(xe_mem_view(h.bench.mem, TEXT, 5), "?ello", 5);
    cr_expect_eq(
        CALL32(&h, XBOXKRNL, RtlUnicodeToMultiByteN, UNREADABLE, UINT32_MAX, 0, ROOM, UINT32_MAX),
        0);
}

Test(hle_rtl, strings_compare)
{
    hle_put(&h, TEXT, "abc");
    hle_put(&h, ROOM, "ABCD");
    hle_put_counted(&h, TO, 3, 4, TEXT);
    hle_put_counted(&h, FROM, 4, 5, ROOM);
    cr_expect_gt((int64_t)CALL(&h, XBOXKRNL, RtlCompareString, TO, FROM, 0), 0);
    cr_expect_eq((int64_t)CALL(&h, XBOXKRNL, RtlCompareString, TO, FROM, 1), -1);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlUpperChar, 'q'), 'Q');
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlLowerChar, 'Q'), 'q');
}

/* ---- memory --------------------------------------------------------------------------------- */

Test(hle_rtl, memory_compares_until_a_difference)
{
    hle_put(&h, TEXT, "abcdef");
    hle_put(&h, ROOM, "abcxef");
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemory, TEXT, ROOM, 7), 3);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemory, TEXT, TEXT, 7), 7);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemory, TEXT, ROOM, UINT32_MAX), 3,
                 "what lies behind the difference does not matter");
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemory, UNREADABLE, ROOM, 4), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemory, SCRATCH + 0x2000, SCRATCH + 0x3001, 0x8000),
                 0x8000, "across pages");
}

Test(hle_rtl, words_compare_and_fill)
{
    CALL(&h, XBOXKRNL, RtlFillMemoryUlong, TEXT, 19, 0xDEADBEEF);
    cr_expect_eq(xe_mem_u32(h.bench.mem, TEXT + 12), 0xDEADBEEF);
    cr_expect_eq(xe_mem_u32(h.bench.mem, TEXT + 16), 0, "whole words only");
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemoryUlong, TEXT, 16, 0xDEADBEEF), 16);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemoryUlong, TEXT, 24, 0xDEADBEEF), 16);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemoryUlong, TEXT, 7, 0xDEADBEEF), 4);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemoryUlong, TEXT + 1, 16, 0xEFDEADBE), 0,
                 "unaligned");
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemoryUlong, TEXT, 16, 1), 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCompareMemoryUlong, END - 0x2000, UINT32_MAX, 0), 0x2000);
    CALL(&h, XBOXKRNL, RtlFillMemoryUlong, TEXT, UINT32_MAX, 1);
    cr_expect_eq(xe_mem_u32(h.bench.mem, TEXT), 0xDEADBEEF, "too far: nothing at all");
}

Test(hle_rtl, crc32_check_value)
{
    hle_put(&h, TEXT, "123456789");
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlComputeCrc32, 0, TEXT, 9), 0xCBF43926);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlComputeCrc32,
                      CALL(&h, XBOXKRNL, RtlComputeCrc32, 0, TEXT, 4), TEXT + 4, 5),
                 0xCBF43926, "in pieces");
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlComputeCrc32, 7, TEXT, UINT32_MAX), 7);
}

Test(hle_rtl, hashes_of_three_pieces)
{
    static const uint8_t sha1_abc[] = {0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A, 0xBA, 0x3E,
                                       0x25, 0x71, 0x78, 0x50, 0xC2, 0x6C, 0x9C, 0xD0, 0xD8, 0x9D};
    static const uint8_t md5_abc[] = {0x90, 0x01, 0x50, 0x98, 0x3C, 0xD2, 0x4F, 0xB0,
                                      0xD6, 0x96, 0x3F, 0x7D, 0x28, 0xE1, 0x7F, 0x72};
    char text[512];

    hle_put(&h, TEXT, "abc");
    CALL(&h, XBOXKRNL, XeCryptSha, TEXT, 1, TEXT + 1, 2, 0, 0, ROOM, 20);
    cr_expect_arr_eq(xe_mem_view(h.bench.mem, ROOM, 20), sha1_abc, 20);
    CALL(&h, XBOXKRNL, XeCryptMd5, TEXT, 3, 0, 0, 0, 0, ROOM, 0xFFFFFFFF);
    cr_expect_arr_eq(xe_mem_view(h.bench.mem, ROOM, 16), md5_abc, 16);
    cr_expect_arr_eq(xe_mem_view(h.bench.mem, ROOM + 16, 4), sha1_abc + 16, 4, "no longer");
    CALL(&h, XBOXKRNL, XeCryptSha, TEXT, UINT32_MAX, 0, 0, 0, 0, ROOM, 20);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
}

static void expect_digest(uint32_t ordinal, const char *want)
{
    char got[9] = "";

    hle_put(&h, TEXT, "abc");
    hle_call(&h, XE_HLE_XBOXKRNL, ordinal, 8, (uint64_t[]){TEXT, 1, 0, 0, TEXT + 1, 2, ROOM, 64});
    snprintf(got, sizeof(got), "%08x", xe_mem_u32(h.bench.mem, ROOM));
    cr_expect_str_eq(got, want);
}

/* FIPS 180-2's "abc", by its first word. */
Test(hle_rtl, longer_hashes)
{
    expect_digest(XE_ORD_XBOXKRNL_XeCryptSha256, "ba7816bf");
    expect_digest(XE_ORD_XBOXKRNL_XeCryptSha384, "cb00753f");
    expect_digest(XE_ORD_XBOXKRNL_XeCryptSha512, "ddaf35a1");
}

/* RFC 2202, first cases. */
Test(hle_rtl, keyed_hashes)
{
    static const uint8_t sha[] = {0xB6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72, 0x64, 0xE2, 0x8B,
                                  0xC0, 0xB6, 0xFB, 0x37, 0x8C, 0x8E, 0xF1, 0x46, 0xBE, 0x00};
    static const uint8_t md5[] = {0x92, 0x94, 0x72, 0x7A, 0x36, 0x38, 0xBB, 0x1C,
                                  0x13, 0xF4, 0x8E, 0xF8, 0x15, 0x8B, 0xFC, 0x9D};
    xe_gva key = TEXT + 0x40;
    char text[512];

    hle_put(&h, TEXT, "Hi There");
    memset(xe_mem_view_rw(h.bench.mem, key, 20), 0x0B, 20);
    CALL(&h, XBOXKRNL, XeCryptHmacSha, key, 20, TEXT, 3, 0, 0, TEXT + 3, 5, ROOM, 20);
    cr_expect_arr_eq(xe_mem_view(h.bench.mem, ROOM, 20), sha, 20);
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptHmacShaVerify, key, 20, TEXT, 8, 0, 0, 0, 0, ROOM, 20),
                 1);
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptHmacShaVerify, key, 20, TEXT, 7, 0, 0, 0, 0, ROOM, 20),
                 0);
    cr_expect_eq(CALL(&h, XBOXKRNL, XeCryptHmacShaVerify, key, 20, TEXT, 8, 0, 0, 0, 0, ROOM, 0), 0,
                 "nothing proves nothing");
    CALL(&h, XBOXKRNL, XeCryptHmacMd5, key, 16, TEXT, 8, 0, 0, 0, 0, ROOM, 99);
    cr_expect_arr_eq(xe_mem_view(h.bench.mem, ROOM, 16), md5, 16);
    CALL(&h, XBOXKRNL, XeCryptHmacSha, UNREADABLE, 20, TEXT, 8, 0, 0, 0, 0, ROOM, 20);
    cr_expect_eq(hle_logged(&h, XE_LOG_GUEST, text), 1);
}

Test(hle_rtl, words_of_large_numbers)
{
    xe_mem_set_u64(h.bench.mem, TEXT, 0x0102030405060708u);
    CALL(&h, XBOXKRNL, XeCryptBnQw_SwapDwQwLeBe, TEXT, ROOM, 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM), 0x0807060504030201u);
    CALL(&h, XBOXKRNL, XeCryptBnQw_SwapDwQw, TEXT, ROOM, 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM), 0x0506070801020304u);
    CALL(&h, XBOXKRNL, XeCryptBnDw_SwapLeBe, TEXT, TEXT, 2);
    cr_expect_eq(xe_mem_u64(h.bench.mem, TEXT), 0x0403020108070605u, "in place");
    CALL(&h, XBOXKRNL, XeCryptBnQw_Copy, TEXT, ROOM, 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM), 0x0403020108070605u);
    CALL(&h, XBOXKRNL, XeCryptBnDw_Zero, ROOM, 1);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM), 0x0000000008070605u);
    CALL(&h, XBOXKRNL, XeCryptBnQw_Zero, ROOM, UINT32_MAX);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM), 0x0000000008070605u, "too many: none");
}

/* ---- time ----------------------------------------------------------------------------------- */

static const struct {
    uint64_t time;
    uint16_t fields[8]; /* year month day hour minute second milliseconds weekday */
} times[] = {
    {0, {1601, 1, 1, 0, 0, 0, 0, 1}},
    {116444736000000000u, {1970, 1, 1, 0, 0, 0, 0, 4}},
    {125963423990000000u, {2000, 2, 29, 23, 59, 59, 0, 2}},
    {125963424000000000u, {2000, 3, 1, 0, 0, 0, 0, 3}},
    {94354847990010000u, {1899, 12, 31, 23, 59, 59, 1, 0}},
    {94405823990000000u, {1900, 2, 28, 23, 59, 59, 0, 3}},
    {94405824000000000u, {1900, 3, 1, 0, 0, 0, 0, 4}},
    {126226943999990000u, {2000, 12, 30, 23, 59, 59, 999, 6}},
    {126227808000000000u, {2001, 1, 1, 0, 0, 0, 0, 1}},
};

Test(hle_rtl, time_fields)
{
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        xe_mem_set_u64(h.bench.mem, FROM, times[i].time);
        CALL(&h, XBOXKRNL, RtlTimeToTimeFields, FROM, TO + 0x40);
        for (uint32_t k = 0; k < 8; k++)
            cr_expect_eq(xe_mem_u16(h.bench.mem, TO + 0x40 + 2 * k), times[i].fields[k],
                         "row %zu field %u: %u", i, k, xe_mem_u16(h.bench.mem, TO + 0x40 + 2 * k));
        xe_mem_set_u64(h.bench.mem, FROM, 0);
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlTimeFieldsToTime, TO + 0x40, FROM), 1);
        cr_expect_eq(xe_mem_u64(h.bench.mem, FROM), times[i].time, "row %zu", i);
    }
}

/* Every day of 1601 to 2099, and of the last years there are. */
Test(hle_rtl, times_go_round)
{
    uint64_t day = 864000000000u;

    for (uint64_t n = 0; n < 182500 + 4000; n += n % 400 == 58 ? 1 : 7) {
        uint64_t time = (n < 182500 ? n : 10670000 + n - 182500) * day + n % 86400 * 10000000;

        xe_mem_set_u64(h.bench.mem, FROM, time);
        CALL(&h, XBOXKRNL, RtlTimeToTimeFields, FROM, TO + 0x40);
        xe_mem_set_u64(h.bench.mem, FROM, 0);
        cr_assert_eq(CALL(&h, XBOXKRNL, RtlTimeFieldsToTime, TO + 0x40, FROM), 1, "day %lu",
                     (unsigned long)n);
        cr_assert_eq(xe_mem_u64(h.bench.mem, FROM), time, "day %lu", (unsigned long)n);
    }
    xe_mem_set_u64(h.bench.mem, FROM, UINT64_MAX);
    CALL(&h, XBOXKRNL, RtlTimeToTimeFields, FROM, TO + 0x40);
}

Test(hle_rtl, impossible_dates_are_refused)
{
    static const uint16_t bad[][7] = {
        {1600, 12, 31, 0, 0, 0, 0}, {2001, 2, 29, 0, 0, 0, 0},   {1900, 2, 29, 0, 0, 0, 0},
        {2000, 0, 1, 0, 0, 0, 0},   {2000, 13, 1, 0, 0, 0, 0},   {2000, 4, 31, 0, 0, 0, 0},
        {2000, 1, 0, 0, 0, 0, 0},   {2000, 1, 1, 24, 0, 0, 0},   {2000, 1, 1, 0, 60, 0, 0},
        {2000, 1, 1, 0, 0, 60, 0},  {2000, 1, 1, 0, 0, 0, 1000}, {30828, 1, 1, 0, 0, 0, 0},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        for (uint32_t k = 0; k < 7; k++)
            xe_mem_set_u16(h.bench.mem, TO + 0x40 + 2 * k, bad[i][k]);
        xe_mem_set_u64(h.bench.mem, FROM, 42);
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlTimeFieldsToTime, TO + 0x40, FROM), 0, "row %zu", i);
        cr_expect_eq(xe_mem_u64(h.bench.mem, FROM), 42);
    }
}

/* ---- status --------------------------------------------------------------------------------- */

Test(hle_rtl, statuses_become_win32_errors)
{
    static const uint32_t pairs[][2] = {
        {0, 0},
        {0x20000123, 0x20000123},
        {0x80070057, 0x57},
        {0xC0010007, 7},
        {0xD0010007, 7},
        {0xC0000008, 6},
        {0xD0000008, 6},
        {0xC000000D, 0x57},
        {0x103, 0x3E5},
        {0x102, 0x5B4},
        {0x80000005, 0xEA},
        {0x80000006, 0x12},
        {0xC0000013, 0x15},
        {0xC0000005, 0x3E6},
        {0xC0000017, 8},
        {0xC0000022, 5},
        {0xC0000023, 0x7A},
        {0xC0000034, 2},
        {0xC0000035, 0xB7},
        {0xC0000225, 0x490},
        {0xC0000018, 487},
        {0xC000001D, 0xC000001D},
        {0xC0000045, 87},
        {0xC000004A, 156},
        {0xC000004B, 5},
        {0xC0000098, 1006},
        {0xC00000A0, 487},
        {0xC00000B5, 121},
        {0xC00000BA, 5},
        {0xC00000FD, 1001},
        {0xC0000101, 145},
        {0xC0000103, 267},
        {0xC0000128, 6},
        {0xC0000194, 1131},
        {0x80000001, 0x80000001},
        {0x80000002, 998},
        {0xC0020009, 1708},
        {0xC0123456, 317},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlNtStatusToDosError, pairs[i][0]), pairs[i][1],
                     "status 0x%08x", pairs[i][0]);
    CALL(&h, XAM, RtlSetLastNTError, 0xC0000034);
    cr_expect_eq(CALL(&h, XAM, RtlGetLastError, 0), 2);
}

/* They are looked up by halving: one out of order would not be found. */
Test(hle_rtl, every_row_of_the_statuses_is_found)
{
    static const uint32_t rows[][2] = {
#define DOS_ERROR(status, error, name) {status, error},
#include "kernel/families/dos_error.def"
#undef DOS_ERROR
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlNtStatusToDosError, rows[i][0]), rows[i][1],
                     "status 0x%08x", rows[i][0]);
}
