/* Rtl calls on characters and counted strings: case, comparisons, copies, code pages. */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"

#define TO   (SCRATCH + 0x10)
#define FROM (SCRATCH + 0x20)
#define SIZE (SCRATCH + 0x30)
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

TestSuite(hle_string, .init = setup, .fini = teardown);

static const struct {
    uint16_t lower, upper;
} letters[] = {
    {'a', 'A'},       {'z', 'Z'},       {0xE0, 0xC0},     {0xF6, 0xD6},     {0xFE, 0xDE},
    {0xFF, 0x178},    {0x101, 0x100},   {0x137, 0x136},   {0x17E, 0x17D},   {0x1DD, 0x18E},
    {0x253, 0x181},   {0x292, 0x1B7},   {0x3AC, 0x386},   {0x3B1, 0x391},   {0x3C3, 0x3A3},
    {0x3C9, 0x3A9},   {0x430, 0x410},   {0x44F, 0x42F},   {0x451, 0x401},   {0x561, 0x531},
    {0x1E01, 0x1E00}, {0x1F00, 0x1F08}, {0x1F7D, 0x1FFB}, {0x217F, 0x216F}, {0xFF5A, 0xFF3A},
};

Test(hle_string, letters_have_two_cases)
{
    static const uint16_t others[] = {'`',  '{',   '@',   '[',   '0',    0xD7,   0xF7,
                                      0xB5, 0x131, 0x17F, 0x138, 0x4E00, 0xD800, 0xFFFF};

    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        uint16_t lower = letters[i].lower, upper = letters[i].upper;

        cr_expect_eq(CALL(&h, XBOXKRNL, RtlUpcaseUnicodeChar, lower), upper, "0x%x", lower);
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlUpcaseUnicodeChar, upper), upper, "0x%x", upper);
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlDowncaseUnicodeChar, upper), lower, "0x%x", upper);
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlDowncaseUnicodeChar, lower), lower, "0x%x", lower);
    }
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlUpcaseUnicodeChar, 0x3C2), 0x3A3, "final sigma");
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlUpcaseUnicodeChar, 0x10061), 'A', "16 bits of it");
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlUpcaseUnicodeChar, others[i]), others[i]);
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlDowncaseUnicodeChar, others[i]), others[i]);
    }
}

Test(hle_string, bytes_are_latin_1)
{
    static const uint8_t pairs[][2] = {{'a', 'A'},   {'z', 'Z'},   {0xE9, 0xC9},
                                       {0xE0, 0xC0}, {0xFE, 0xDE}, {0xF6, 0xD6}};
    static const uint8_t others[] = {'`', '{', '@', '[', '1', 0xD7, 0xF7, 0xDF, 0xFF, 0xB5, 0x80};

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlUpperChar, pairs[i][0]), pairs[i][1]);
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlUpperChar, pairs[i][1]), pairs[i][1]);
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlLowerChar, pairs[i][1]), pairs[i][0]);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlUpperChar, others[i]), others[i], "0x%x", others[i]);
        cr_expect_eq(CALL(&h, XBOXKRNL, RtlLowerChar, others[i]), others[i], "0x%x", others[i]);
    }
}

/* ---- comparisons ---------------------------------------------------------------------------- */

static const struct {
    const char *a, *b;
    int sign, folded; /* with case, and without */
} comparisons[] = {
    {"abc", "abc", 0, 0},   {"abc", "abd", -1, -1}, {"abd", "abc", 1, 1},   {"ab", "abc", -1, -1},
    {"abc", "", 1, 1},      {"", "", 0, 0},         {"ABC", "abc", -1, 0},  {"_", "a", -1, 1},
    {"\xE9", "\xC9", 1, 0}, {"\xE9", "a", 1, 1},    {"\xF7", "\xD7", 1, 1},
};

static int sign_of(uint64_t r3)
{
    return ((int64_t)r3 > 0) - ((int64_t)r3 < 0);
}

Test(hle_string, comparisons)
{
    for (size_t i = 0; i < sizeof(comparisons) / sizeof(comparisons[0]); i++) {
        uint16_t na = (uint16_t)strlen(comparisons[i].a), nb = (uint16_t)strlen(comparisons[i].b);

        for (uint32_t fold = 0; fold < 2; fold++) {
            int want = fold ? comparisons[i].folded : comparisons[i].sign;

            hle_put(&h, TEXT, comparisons[i].a);
            hle_put(&h, ROOM, comparisons[i].b);
            hle_put_counted(&h, TO, na, na, TEXT);
            hle_put_counted(&h, FROM, nb, nb, ROOM);
            cr_expect_eq(sign_of(CALL(&h, XBOXKRNL, RtlCompareString, TO, FROM, fold)), want);
            cr_expect_eq(sign_of(CALL(&h, XBOXKRNL, RtlCompareStringN, TEXT, na, ROOM, nb, fold)),
                         want);
            cr_expect_eq(
                sign_of(CALL(&h, XBOXKRNL, RtlCompareStringN, TEXT, 0xFFFF, ROOM, 0xFFFF, fold)),
                want, "measured");
            hle_put_wide(&h, TEXT, comparisons[i].a);
            hle_put_wide(&h, ROOM, comparisons[i].b);
            hle_put_counted(&h, TO, (uint16_t)(2 * na), 100, TEXT);
            hle_put_counted(&h, FROM, (uint16_t)(2 * nb), 100, ROOM);
            cr_expect_eq(sign_of(CALL(&h, XBOXKRNL, RtlCompareUnicodeString, TO, FROM, fold)),
                         want);
            cr_expect_eq(
                sign_of(CALL(&h, XBOXKRNL, RtlCompareUnicodeStringN, TEXT, na, ROOM, nb, fold)),
                want);
            cr_expect_eq(sign_of(CALL(&h, XBOXKRNL, RtlCompareUnicodeStringN, TEXT, 0xFFFF, ROOM,
                                      0xFFFF, fold)),
                         want, "measured");
        }
    }
    cr_expect_eq(
        sign_of(CALL(&h, XBOXKRNL, RtlCompareStringN, UNREADABLE, UINT32_MAX, UNREADABLE, 3, 0)), 1,
        "zeros, and more of them");
}

/* ---- copies --------------------------------------------------------------------------------- */

static void expect_counted(xe_gva at, uint16_t length, uint16_t maximum)
{
    cr_expect_eq(xe_mem_u16(h.bench.mem, at), length, "length %u", xe_mem_u16(h.bench.mem, at));
    cr_expect_eq(xe_mem_u16(h.bench.mem, at + 2), maximum);
}

Test(hle_string, strings_append)
{
    hle_put(&h, TEXT, "def");
    hle_put(&h, ROOM, "abc######");
    hle_put_counted(&h, FROM, 3, 4, TEXT);
    hle_put_counted(&h, TO, 3, 6, ROOM);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendStringToString, TO, FROM), 0);
    expect_counted(TO, 6, 6);
    cr_expect(hle_is(&h, ROOM, "abcdef###"), "and no NUL");
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendStringToString, TO, FROM), 0xC0000023);
    expect_counted(TO, 6, 6);
    hle_put_counted(&h, FROM, 0, 0, 0);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendStringToString, TO, FROM), 0, "nothing fits");
    hle_put_counted(&h, FROM, 3, 3, UNREADABLE);
    hle_put_counted(&h, TO, 0xFFFF, 6, ROOM);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendStringToString, TO, FROM), 0xC0000023);
    hle_put_counted(&h, TO, 0, 6, ROOM);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendStringToString, TO, FROM), 0xC0000005);
    expect_counted(TO, 0, 6);
}

Test(hle_string, unicode_strings_append_and_end)
{
    hle_put_wide(&h, TEXT, "cd");
    hle_put_wide(&h, ROOM, "ab######");
    hle_put_counted(&h, FROM, 4, 6, TEXT);
    hle_put_counted(&h, TO, 4, 12, ROOM);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendUnicodeStringToString, TO, FROM), 0);
    expect_counted(TO, 8, 12);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM), 0x0061006200630064u);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 8), 0x00000023, "a NUL where there is room");
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendUnicodeToString, TO, TEXT), 0);
    expect_counted(TO, 12, 12);
    cr_expect_eq(xe_mem_u32(h.bench.mem, ROOM + 8), 0x00630064);
    cr_expect_eq(xe_mem_u16(h.bench.mem, ROOM + 12), '#', "none where there is not");
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendUnicodeToString, TO, TEXT), 0xC0000023);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendUnicodeToString, TO, 0), 0);
    memset(xe_mem_view_rw(h.bench.mem, ROOM, 0x11000), 'a', 0x11000);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlAppendUnicodeToString, TO, ROOM), 0xC0000023, "endless");
}

Test(hle_string, strings_copy_what_fits)
{
    hle_put(&h, TEXT, "abcdef");
    hle_put(&h, ROOM, "######");
    hle_put_counted(&h, FROM, 6, 7, TEXT);
    hle_put_counted(&h, TO, 0, 4, ROOM);
    CALL(&h, XBOXKRNL, RtlCopyString, TO, FROM);
    expect_counted(TO, 4, 4);
    cr_expect(hle_is(&h, ROOM, "abcd##"));
    CALL(&h, XBOXKRNL, RtlCopyString, TO, 0);
    expect_counted(TO, 0, 4);
    hle_put_wide(&h, TEXT, "abc");
    hle_put_wide(&h, ROOM, "######");
    hle_put_counted(&h, FROM, 6, 8, TEXT);
    hle_put_counted(&h, TO, 0, 8, ROOM);
    CALL(&h, XBOXKRNL, RtlCopyUnicodeString, TO, FROM);
    expect_counted(TO, 6, 8);
    cr_expect_eq(xe_mem_u64(h.bench.mem, ROOM), 0x0061006200630000u);
    CALL(&h, XBOXKRNL, RtlCopyUnicodeString, TO, 0);
    expect_counted(TO, 0, 8);
    cr_expect_eq(xe_mem_u16(h.bench.mem, ROOM), 'a');
    CALL(&h, XBOXKRNL, RtlCopyUnicodeString, UNREADABLE, FROM);
}

Test(hle_string, strings_are_made)
{
    xe_gva buffer;

    hle_put_wide(&h, TEXT, "hello");
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCreateUnicodeString, TO, TEXT), 1);
    expect_counted(TO, 10, 12);
    buffer = xe_mem_u32(h.bench.mem, TO + 4);
    cr_expect_neq(xe_kernel_pool_size(h.bench.kernel, buffer), 0);
    cr_expect_eq(xe_mem_u16(h.bench.mem, buffer + 8), 'o');
    CALL(&h, XBOXKRNL, RtlFreeUnicodeString, TO);
    memset(xe_mem_view_rw(h.bench.mem, ROOM, 0x11000), 'a', 0x11000);
    cr_expect_eq(CALL(&h, XBOXKRNL, RtlCreateUnicodeString, TO, ROOM), 0, "too long");
}

/* ---- code pages ----------------------------------------------------------------------------- */

Test(hle_string, sizes_of_conversions)
{
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlMultiByteToUnicodeSize, SIZE, TEXT, 5), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, SIZE), 10);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeToMultiByteSize, SIZE, TEXT, 11), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, SIZE), 5);
}

Test(hle_string, utf8)
{
    static const uint16_t text[] = {'A', 0xE9, 0x20AC, 0xD83D, 0xDE00, 'z'};
    static const char bytes[] = "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";

    for (uint32_t i = 0; i < 6; i++)
        xe_mem_set_u16(h.bench.mem, TEXT + 2 * i, text[i]);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeToUtf8Size, SIZE, TEXT, 12), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, SIZE), 11);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeToUtf8, ROOM, 11, SIZE, TEXT, 12), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, SIZE), 11);
    cr_expect(hle_is(&h, ROOM, bytes));
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeToUtf8, ROOM, 9, SIZE, TEXT, 12), 0xC0000023);
    cr_expect_eq(xe_mem_u32(h.bench.mem, SIZE), 6, "no half of a character");
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeToUtf8, ROOM, 9, SIZE, TEXT + 6, 2), 0x107);
    cr_expect_eq(memcmp(xe_mem_view(h.bench.mem, ROOM, 3), "\xEF\xBF\xBD", 3), 0, "half a pair");
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeToUtf8, ROOM, 9, SIZE, TEXT + 8, 4), 0x107);
    cr_expect_eq(xe_mem_u32(h.bench.mem, SIZE), 4);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeToUtf8, UNREADABLE, 9, SIZE, TEXT, 4), 0xC0000005);
    cr_expect_eq(CALL32(&h, XBOXKRNL, RtlUnicodeToUtf8, 0, 9, SIZE, TEXT, 4), 0xC000000D);
}
