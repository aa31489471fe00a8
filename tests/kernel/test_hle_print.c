/* The guest's printf: a table of formats, then the calls around it. */
#include <string.h>

#include <criterion/criterion.h>

#include "hle_bench.h"

#define FORMAT  (SCRATCH + 0x1000)
#define HELLO   (SCRATCH + 0x100) /* "hello"               */
#define WIDE    (SCRATCH + 0x200) /* L"wide"               */
#define ANSI    (SCRATCH + 0x300) /* ANSI_STRING "hel"     */
#define UNICODE (SCRATCH + 0x310) /* UNICODE_STRING L"wi"  */
#define EMPTY   (SCRATCH + 0x320) /* ANSI_STRING of nothing */
#define KANJI   (SCRATCH + 0x340) /* U+65E5                */
#define BUFFER  (SCRATCH + 0x8000)
#define LAST    (SCRATCH + SCRATCH_SIZE - 2) /* "xy" without an end */

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
    hle_put(&h, HELLO, "hello");
    hle_put_wide(&h, WIDE, "wide");
    hle_put_counted(&h, ANSI, 3, 3, HELLO);
    hle_put_counted(&h, UNICODE, 4, 4, WIDE);
    xe_mem_set_u16(h.bench.mem, KANJI, 0x65E5);
    xe_mem_write(h.bench.mem, LAST, "xy", 2);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_print, .init = setup, .fini = teardown);

struct args {
    const uint64_t *value;
    uint32_t at;
};

static uint64_t next(void *ctx)
{
    struct args *args = ctx;

    return args->value[args->at++];
}

static uint32_t format_at(xe_gva at, bool wide, const uint64_t *args, uint16_t *text, uint32_t size)
{
    struct args list = {args, 0};
    struct xe__format_source source = {.ctx = &list, .next = next};

    return xe__kernel_format(h.bench.mem, at, wide, &source, text, size);
}

/* A field may be as wide as it likes: what has no place is not made. */
Test(hle_print, widths_cost_no_more_than_the_buffer)
{
    static const uint64_t values[] = {2000000000, 1, 2, 3};
    struct args list = {values, 0};
    struct xe__format_source source = {.ctx = &list, .next = next};
    uint16_t text[8];

    hle_put(&h, FORMAT, "%*u|%-2000000000u|%.2000000000u");
    cr_expect_eq(xe__kernel_format(h.bench.mem, FORMAT, false, &source, text, 8), 65536);
    cr_expect_eq(text[6], ' ');
    cr_expect_eq(text[7], 0);
    cr_expect_lt(source.work, 100);
}

static const struct {
    const char *format;
    uint64_t args[3];
    const char *narrow, *wide; /* wide NULL: the same */
} rows[] = {
    {"plain", {0}, "plain", NULL},
    {"100%%", {0}, "100%", NULL},
    {"%d|%i", {42, (uint64_t)-7}, "42|-7", NULL},
    {"%d", {0x1FFFFFFFFu}, "-1", NULL},
    {"%5d|%-5d|", {42, 42}, "   42|42   |", NULL},
    {"%05d|%+d|% d", {(uint64_t)-42, 42, 42}, "-0042|+42| 42", NULL},
    {"%.3d|%5.3d|%05.3d", {7, 7, 7}, "007|  007|  007", NULL},
    {"[%.0d][%.0d]", {0, 5}, "[][5]", NULL},
    {"%d", {0x80000000}, "-2147483648", NULL},
    {"%hd|%hu", {0x12348000, 0x12348000}, "-32768|32768", NULL},
    {"%u", {UINT64_MAX}, "4294967295", NULL},
    {"%x|%X|%#x|%#X", {0xBEEF, 0xBEEF, 0}, "beef|BEEF|0|0", NULL},
    {"%08x", {0xBEEF}, "0000beef", NULL},
    {"%#10x|%-#8x|", {0xBE, 0xBE}, "      0xbe|0xbe    |", NULL},
    {"%o|%#o|%#o", {8, 8, 0}, "10|010|0", NULL},
    {"%p|%12p|%-10p", {0xABC, 0xABC, 0xABC}, "00000ABC|    00000ABC|00000ABC  ", NULL},
    {"%I64x|%I64d", {0x123456789ABCDEF0u, (uint64_t)-5}, "123456789abcdef0|-5", NULL},
    {"%lld|%llu", {INT64_MIN, UINT64_MAX}, "-9223372036854775808|18446744073709551615", NULL},
    {"%ld|%lx", {(uint64_t)-3, UINT64_MAX}, "-3|ffffffff", NULL},
    {"%I32d|%Id|%Ix", {(uint64_t)-3, 9, 0x10}, "-3|9|10", NULL},
    {"%c%c%3c", {'a', 'b', 'c'}, "ab  c", NULL},
    {"%c", {(uint64_t)-23}, "\xE9", "?skip"},
    {"%s", {HELLO}, "hello", "?skip"},
    {"%8s|%-8s|", {HELLO, HELLO}, "   hello|hello   |", "?skip"},
    {"%.2s|%.0s|%5.2s", {HELLO, HELLO, HELLO}, "he||   he", "?skip"},
    {"%.*s|%*d|%-*d", {3, HELLO, 4}, "hel|   0|0", "?skip"},
    {"%hs", {HELLO}, "hello", NULL},
    {"%S|%ls|%ws", {WIDE, WIDE, WIDE}, "wide|wide|wide", "?skip"},
    {"%ls", {WIDE}, "wide", NULL},
    {"%S", {HELLO}, "?skip", "hello"},
    {"%s", {WIDE}, "?skip", "wide"},
    {"%Z|%wZ|%Z", {ANSI, UNICODE, EMPTY}, "hel|wi|(null)", NULL},
    {"%s|%S|%Z", {0, 0, 0}, "(null)|(null)|(null)", NULL},
    {"%hs|%ls", {UNREADABLE, UNREADABLE}, "(bad)|(bad)", NULL},
    {"%hs", {LAST}, "xy", NULL},
    {"%f|%.2f|%8.3f",
     {0x3FF8000000000000u /* 1.5 */, 0xC002C28F5C28F5C3u /* -2.345 */,
      0x400921F9F01B866Eu /* 3.14159 */},
     "1.500000|-2.35|   3.142",
     NULL},
    {"%08.2f|%-8.2f|%+.1f",
     {0xBFF8000000000000u /* -1.5 */, 0x3FF8000000000000u /* 1.5 */, 0x4000000000000000u /* 2 */},
     "-0001.50|1.50    |+2.0",
     NULL},
    {"%e|%.1E",
     {0x40C81CD6C8B43958u /* 12345.678 */, 0x3E7AD7F29ABCAF48u /* 1e-7 */},
     "1.234568e+004|1.0E-007",
     NULL},
    {"%e", {0x6974E718D7D7625Au /* 1e200 */}, "1.000000e+200", NULL},
    {"%g|%g", {0x3FE0000000000000u /* 0.5 */, 0x4415AF1D78B58C40u /* 1e20 */}, "0.5|1e+020", NULL},
    {"%LX|%Ld|%Lf", {0xABCD, UINT64_MAX, 0x3FF8000000000000u}, "ABCD|-1|1.500000", NULL},
    {"%Fs|%Nd", {HELLO, 5}, "hello|5", "?skip"},
    {"%hx|%hhx|%I64X", {0x12345, 0x12345, UINT64_MAX}, "2345|2345|FFFFFFFFFFFFFFFF", NULL},
    {"%wx|%lwx", {UINT64_MAX, UINT64_MAX}, "ffffffff|ffffffff", NULL},
    {"%#.3o|%#.0o|%#5o|", {8, 0, 8}, "010|0|  010|", NULL},
    {"%.0x|%#.0x|%.0u", {0, 0, 0}, "||", NULL},
    {"%#p|%#p|%8p", {0xABC, 0, 1}, "0X00000ABC|00000000|00000001", NULL},
    {"%+u|% x|%+i", {1, 2, 3}, "1|2|+3", NULL},
    {"%+ d|%-05d|%.2d", {1, 2, (uint64_t)-3}, "+1|2    |-03", NULL},
    {"%.*d|%.*d", {(uint64_t)-1, 0, 0}, "0|", NULL},
    {"%*d|", {(uint64_t)-4, 7}, "7   |", NULL},
    {"%05c|%-3c|", {'a', 'b'}, "0000a|b  |", NULL},
    {"%08hs|%-08hs|", {HELLO, HELLO}, "000hello|hello   |", NULL},
    {"%.2hs|%.9hs|%3.1hs", {0, 0, 0}, "(n|(null)|  (", NULL},
    {"%.1Z|%6Z|%-6wZ|", {ANSI, ANSI, UNICODE}, "hel|   hel|wi    |", NULL},
    {"%lc%wc%hc", {'a', 'b', 'c'}, "abc", NULL},
    {"%hC|%hS", {'c', HELLO}, "c|hello", NULL},
    {"%lS", {WIDE}, "wide", NULL},
    {"%y|%-5y|%ly|%", {0}, "y|y|y|", NULL},
    {"%Iy|%I6|%I", {0}, "Iy|I6|I", NULL},
    {"%", {0}, "", NULL},
};

static void expect_rows(bool wide)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *want = wide && rows[i].wide ? rows[i].wide : rows[i].narrow;
        uint64_t args[8] = {0};
        uint16_t got[128];
        uint32_t n;

        if (strcmp(want, "?skip") == 0)
            continue;
        memcpy(args, rows[i].args, sizeof(rows[i].args));
        if (wide)
            hle_put_wide(&h, FORMAT, rows[i].format);
        else
            hle_put(&h, FORMAT, rows[i].format);
        n = format_at(FORMAT, wide, args, got, 128);
        cr_assert_lt(n, 128u);
        cr_expect_eq(n, strlen(want), "'%s': %u", rows[i].format, n);
        for (uint32_t k = 0; k <= n; k++)
            cr_expect_eq(got[k], (uint8_t)want[k], "'%s' (wide %d): character %u is 0x%x",
                         rows[i].format, wide, k, got[k]);
    }
}

/* %n stores how much was written by then, in characters. */
Test(hle_print, counts_are_stored)
{
    const xe_gva at = SCRATCH + 0x500;
    const uint64_t args[] = {at, 5, at + 4, at + 8, UNREADABLE};
    uint16_t text[16];

    xe_mem_set_u32(h.bench.mem, at + 8, 0xDDDDDDDD);
    hle_put(&h, FORMAT, "%nab%3d%lnc%hn%n");
    cr_expect_eq(format_at(FORMAT, false, args, text, 4), 6, "and what did not fit counts");
    cr_expect_eq(xe_mem_u32(h.bench.mem, at), 0);
    cr_expect_eq(xe_mem_u32(h.bench.mem, at + 4), 5);
    cr_expect_eq(xe_mem_u32(h.bench.mem, at + 8), 0x0006DDDD);
    hle_put_wide(&h, FORMAT, "%nab%3d%lnc%hn%n");
    cr_expect_eq(format_at(FORMAT, true, args, text, 16), 6);
    cr_expect_eq(xe_mem_u32(h.bench.mem, at + 4), 5, "characters, not bytes");
}

Test(hle_print, narrow_formats)
{
    expect_rows(false);
}

Test(hle_print, wide_formats)
{
    expect_rows(true);
}

/* Doubles: what the argument is, by its bits. */
static const struct {
    const char *format;
    uint64_t bits;
    const char *text;
} doubles[] = {
    {"%.0f", 0x3FE0000000000000u, "1"}, /* half away from zero */
    {"%.0f", 0x3FF8000000000000u, "2"},
    {"%.0f", 0x4004000000000000u, "3"},
    {"%.0f", 0xC004000000000000u, "-3"},
    {"%.2f", 0x3FC0000000000000u, "0.13"},
    {"%.1f", 0x3FD0000000000000u, "0.3"},
    {"%.1f", 0x3FD6666666666666u, "0.3"}, /* 0.34999999999999998 */
    {"%.1f", 0x3FF7333333333333u, "1.5"}, /* 1.4500000000000000 in 17 digits */
    {"%.0e", 0x4004000000000000u, "3e+000"},
    {"%.2g", 0x3FC0000000000000u, "0.13"},
    {"%.0f", 0x3FDFFFFFFFFFFFFFu, "0"},
    {"%.0f", 0x3FD999999999999Au, "0"},
    {"%.0f", 0x4023000000000000u, "10"},     /* a digit more */
    {"%.2f", 0x4058FFAE147AE148u, "100.00"}, /* 17 digits: 99.995000000000005 */
    {"%.1f", 0x3FA999999999999Au, "0.1"},
    {"%.1f", 0x3FA47AE147AE147Bu, "0.0"},
    {"%.3f", 0x3F3A36E2EB1C432Du, "0.000"},
    {"%.3f", 0x3F40624DD2F1A9FCu, "0.001"},
    {"%.17f", 0x3FD86A1000000000u, "0.38147354125976563"}, /* an exact half behind the 17th digit */
    {"%.20f", 0x3FB999999999999Au, "0.10000000000000001000"},
    {"%f", 0x4480F0CF064DD592u, "10000000000000000000000.000000"},
    {"%f", 0x44B52D02C7E14AF6u, "99999999999999992000000.000000"},
    {"%.0f", 0x4450000000000000u, "1180591620717411300000"},
    {"%.25f", 0x3FD5555555555555u, "0.3333333333333333100000000"},
    {"%.30e", 0x3FB999999999999Au, "1.000000000000000100000000000000e-001"},
    {"%.20g", 0x3FB999999999999Au, "0.10000000000000001"},
    {"%#.20g", 0x3FB999999999999Au, "0.10000000000000001000"},
    {"%.5f", 0x0000000000000001u, "0.00000"},
    {"%e", 0x0000000000000001u, "4.940656e-324"},
    {"%.17e", 0x7FEFFFFFFFFFFFFFu, "1.79769313486231570e+308"},
    {"%f", 0x0000000000000000u, "0.000000"},
    {"%f", 0x8000000000000000u, "-0.000000"},
    {"%e", 0x0000000000000000u, "0.000000e+000"},
    {"%g", 0x0000000000000000u, "0"},
    {"%.0f", 0x0000000000000000u, "0"},
    {"%#.0f", 0x0000000000000000u, "0."},
    {"%#.0e", 0x4014000000000000u, "5.e+000"},
    {"%#g", 0x3FF0000000000000u, "1.00000"},
    {"%g", 0x40F86A0000000000u, "100000"},
    {"%g", 0x412E848000000000u, "1e+006"},
    {"%g", 0x412E847F00000000u, "1e+006"}, /* rounded before the form is chosen */
    {"%g", 0x3F1A36E2EB1C432Du, "0.0001"},
    {"%g", 0x3EE4F8B588E368F1u, "1e-005"},
    {"%G", 0x3EE4F8B588E368F1u, "1E-005"},
    {"%.3g", 0x4093480000000000u, "1.23e+003"},
    {"%.0g", 0x4093480000000000u, "1e+003"},
    {"%#g", 0x40FE240000000000u, "123456."},
    {"%.10g", 0x40934A0000000000u, "1234.5"},
    {"%E", 0x54B249AD2594C37Du, "1.000000E+100"},
    {"%f", 0x7FF0000000000000u, "1.#INF00"},
    {"%f", 0xFFF0000000000000u, "-1.#INF00"},
    {"%f", 0x7FF8000000000000u, "1.#QNAN0"},
    {"%f", 0xFFF8000000000001u, "-1.#QNAN0"},
    {"%f", 0xFFF8000000000000u, "-1.#IND00"},
    {"%f", 0x7FF0000000000001u, "1.#SNAN0"},
    {"%e", 0x7FF0000000000000u, "1.#INF00e+000"},
    {"%E", 0x7FF8000000000000u, "1.#QNAN0E+000"},
    {"%g", 0x7FF0000000000000u, "1.#INF"},
    {"%g", 0x7FF8000000000000u, "1.#QNAN"},
    {"%G", 0xFFF8000000000000u, "-1.#IND"},
    {"%#g", 0x7FF0000000000000u, "1.#INF0"},
    {"%.10f", 0x7FF0000000000000u, "1.#INF000000"},
    {"%.4f", 0x7FF0000000000000u, "1.#INF"},
    {"%.3f", 0x7FF0000000000000u, "1.#IO"}, /* cut and rounded like digits */
    {"%.2f", 0x7FF0000000000000u, "1.#J"},
    {"%.1f", 0x7FF0000000000000u, "1.$"},
    {"%.0f", 0x7FF0000000000000u, "1"},
    {"%.2f", 0xFFF8000000000000u, "-1.#J"},
    {"%.2f", 0x7FF8000000000000u, "1.#R"},
    {"%.3g", 0x7FF8000000000000u, "1.#R"},
    {"%12f|", 0x7FF0000000000000u, "    1.#INF00|"},
    {"%-12f|", 0x7FF0000000000000u, "1.#INF00    |"},
    {"%012f|", 0xFFF0000000000000u, "-0001.#INF00|"},
    {"%+.4f", 0x7FF0000000000000u, "+1.#INF"},
    {"% g", 0x7FF8000000000000u, " 1.#QNAN"},
    {"%a", 0x3FF0000000000000u, "0x1.000000p+0"},
    {"%a", 0x3FF8000000000000u, "0x1.800000p+0"},
    {"%A", 0xBFB999999999999Au, "-0X1.99999AP-4"},
    {"%.13a", 0x3FB999999999999Au, "0x1.999999999999ap-4"},
    {"%.15a", 0x3FB999999999999Au, "0x1.999999999999a00p-4"},
    {"%.0a", 0x3FF0000000000000u, "0x1p+0"},
    {"%#.0a", 0x3FF0000000000000u, "0x1.p+0"},
    {"%.1a", 0x3FF1800000000000u, "0x1.1p+0"}, /* a half goes down */
    {"%.1a", 0x3FF1900000000000u, "0x1.2p+0"},
    {"%.0a", 0x3FFFFF972474538Fu, "0x2p+0"},
    {"%a", 0x0000000000000000u, "0x0.000000p+0"},
    {"%.13a", 0x0000000000000001u, "0x0.0000000000001p-1022"},
    {"%a", 0x7E37E43C8800759Cu, "0x1.7e43c8p+996"},
    {"%16a|", 0x3FF0000000000000u, "   0x1.000000p+0|"},
};

Test(hle_print, doubles)
{
    for (size_t i = 0; i < sizeof(doubles) / sizeof(doubles[0]); i++) {
        uint16_t got[128];
        char text[128];
        uint32_t n;

        hle_put(&h, FORMAT, doubles[i].format);
        n = format_at(FORMAT, false, &doubles[i].bits, got, 128);
        cr_assert_lt(n, 128u);
        for (uint32_t k = 0; k <= n; k++)
            text[k] = (char)got[k];
        cr_expect_str_eq(text, doubles[i].text, "'%s' of 0x%016lx: '%s', not '%s'",
                         doubles[i].format, (unsigned long)doubles[i].bits, text, doubles[i].text);
    }
}

/* The longest there is, by every format, whatever precision. */
Test(hle_print, doubles_fit)
{
    static const uint64_t bits[] = {0x7FEFFFFFFFFFFFFFu, 0xFFEFFFFFFFFFFFFFu, 1, 0,
                                    0x7FF0000000000000u, 0x40C387F800000000u /* 9999.9375 */};
    static const int precisions[] = {0, 1, 16, 17, 18, 511, 512, 513, 65536};

    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
        for (size_t p = 0; p < sizeof(precisions) / sizeof(precisions[0]); p++)
            for (const char *type = "aAeEfgG"; *type; type++) {
                char text[XE__DOUBLE_TEXT];
                uint32_t n = xe__kernel_format_double(bits[i], *type, precisions[p], true, text);

                cr_expect(n > 0 && n < sizeof(text), "%c %d: %u", *type, precisions[p], n);
            }
}

Test(hle_print, wide_characters_survive_in_wide_results_only)
{
    uint64_t args[] = {KANJI, 0x65E5};
    uint16_t text[8];

    hle_put_wide(&h, FORMAT, "%s%c");
    cr_expect_eq(format_at(FORMAT, true, args, text, 8), 2);
    cr_expect(text[0] == 0x65E5 && text[1] == 0x65E5);
    hle_put(&h, FORMAT, "%S%C");
    cr_expect_eq(format_at(FORMAT, false, args, text, 8), 2);
    cr_expect(text[0] == '?' && text[1] == '?');
}

/* Whatever width, precision or repetition a guest asks for, work is bounded. */
Test(hle_print, huge_requests_are_bounded)
{
    static const char *const formats[] = {"%999999999d", "%.999999999d", "%*d",    "%-*d",
                                          "%.*d",        "%*.*x",        "%99999s"};
    static const uint64_t extremes[] = {0x7FFFFFFF, 0x80000000};
    uint16_t text[4];

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        for (size_t k = 0; k < 2; k++) {
            uint64_t args[] = {extremes[k], extremes[k], 1};
            uint32_t n;

            hle_put(&h, FORMAT, formats[i]);
            n = format_at(FORMAT, false, args, text, 4);
            cr_expect_leq(n, 2 * 65536u + 32, "'%s': %u", formats[i], n);
            cr_expect_eq(text[3], 0);
        }
}

Test(hle_print, a_format_without_an_end_ends)
{
    uint64_t args[4] = {0};
    uint16_t text[4];
    xe_gva at = 0x10000000;

    cr_assert_eq(xe_mem_alloc(h.bench.mem, XE_MEM_HEAP_VIRTUAL_4K, at, 0x1000000, 0,
                              XE_PAGE_READWRITE, true, false),
                 at);
    memset(xe_mem_view_rw(h.bench.mem, at, 0x1000000), '-', 0x1000000);
    xe_mem_set_u8(h.bench.mem, at, '%');
    cr_expect_eq(format_at(at, false, args, text, 4), 0, "sixteen million flags");
    xe_mem_set_u8(h.bench.mem, at, 'x');
    cr_expect_leq(format_at(at, false, args, text, 4), 65536u);
    cr_expect_eq(format_at(UNREADABLE, false, args, text, 4), 0);
    cr_expect_eq(format_at(LAST, false, args, text, 4), 2);
}

/* ---- calls ---------------------------------------------------------------------------------- */

Test(hle_print, sprintf_returns_the_length)
{
    hle_put(&h, FORMAT, "%s %d %d %d %d %d %d %d");
    cr_expect_eq(CALL(&h, XBOXKRNL, sprintf, BUFFER, FORMAT, HELLO, 1, 2, 3, 4, 5, 6, (uint32_t)-7),
                 20, "arguments go on on the stack");
    cr_expect(hle_is(&h, BUFFER, "hello 1 2 3 4 5 6 -7"));
    cr_expect_eq(CALL(&h, XBOXKRNL, sprintf, UNREADABLE, FORMAT, HELLO, 1), UINT64_MAX);
}

Test(hle_print, long_strings_are_whole)
{
    for (uint32_t i = 0; i < 5000; i++)
        xe_mem_set_u8(h.bench.mem, SCRATCH + 0x2000 + i, 'a');
    hle_put(&h, FORMAT, "%s!");
    cr_expect_eq(CALL(&h, XBOXKRNL, sprintf, BUFFER, FORMAT, SCRATCH + 0x2000), 5001);
    cr_expect_eq(xe_mem_u8(h.bench.mem, BUFFER + 5000), '!');
}

/* Microsoft's _snprintf: -1 when it does not fit, and a NUL only if there is room for it. */
Test(hle_print, snprintf_cuts)
{
    static const struct {
        uint32_t room;
        uint64_t result;
        const char *text;
    } cuts[] = {{0, UINT64_MAX, "######"},
                {4, UINT64_MAX, "hell##"},
                {5, 5, "hello#"},
                {6, 5, "hello"},
                {UINT32_MAX, 5, "hello"}};

    hle_put(&h, FORMAT, "%s");
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        hle_put(&h, BUFFER, "######");
        cr_expect_eq(CALL(&h, XBOXKRNL, _snprintf, BUFFER, cuts[i].room, FORMAT, HELLO),
                     cuts[i].result, "room %u", cuts[i].room);
        cr_expect(hle_is(&h, BUFFER, cuts[i].text), "room %u", cuts[i].room);
    }
}

Test(hle_print, va_lists_are_slots_of_eight_bytes)
{
    xe_gva list = SCRATCH + 0x400;

    xe_mem_set_u64(h.bench.mem, list, HELLO);
    xe_mem_set_u64(h.bench.mem, list + 8, 0x3FD0000000000000u /* 0.25 */);
    hle_put(&h, FORMAT, "%s %.2f");
    cr_expect_eq(CALL(&h, XBOXKRNL, vsprintf, BUFFER, FORMAT, list), 10);
    cr_expect(hle_is(&h, BUFFER, "hello 0.25"));
    cr_expect_eq(CALL(&h, XBOXKRNL, _vsnprintf, BUFFER, 3, FORMAT, list), UINT64_MAX);
    hle_put_wide(&h, FORMAT, "%S %.2f");
    cr_expect_eq(CALL(&h, XBOXKRNL, _vsnwprintf, BUFFER, 100, FORMAT, list), 10);
    cr_expect_eq(xe_mem_u16(h.bench.mem, BUFFER + 2 * 9), '5');
    cr_expect_eq(xe_mem_u16(h.bench.mem, BUFFER + 2 * 10), 0);
}

Test(hle_print, lengths_are_counted)
{
    xe_gva list = SCRATCH + 0x400;

    hle_put(&h, FORMAT, "%s %5d %.2f");
    cr_expect_eq(CALL(&h, XBOXKRNL, _scprintf, FORMAT, HELLO, 7, 0x3FD0000000000000u), 16);
    xe_mem_set_u64(h.bench.mem, list, HELLO);
    xe_mem_set_u64(h.bench.mem, list + 8, 123456);
    xe_mem_set_u64(h.bench.mem, list + 16, 0x3FD0000000000000u);
    cr_expect_eq(CALL(&h, XBOXKRNL, _vscprintf, FORMAT, list), 17);
    hle_put_wide(&h, FORMAT, "%S %5d %.2f");
    cr_expect_eq(CALL(&h, XBOXKRNL, _scwprintf, FORMAT, HELLO, 7, 0x3FD0000000000000u), 16);
    cr_expect_eq(CALL(&h, XBOXKRNL, _vscwprintf, FORMAT, list), 17);
    hle_put(&h, FORMAT, "");
    cr_expect_eq(CALL(&h, XBOXKRNL, _scprintf, FORMAT), 0);
    hle_put(&h, FORMAT, "%5d!");
    cr_expect_eq(CALL(&h, XAM, wsprintfA, BUFFER, FORMAT, 42), 6);
    cr_expect(hle_is(&h, BUFFER, "   42!"));
}

Test(hle_print, debug_output_is_logged_by_lines)
{
    char text[512];

    hle_put(&h, FORMAT, "one %d, ");
    CALL(&h, XBOXKRNL, DbgPrint, FORMAT, 1);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, text), 0);
    hle_put(&h, FORMAT, "two\r\nthree\nfour");
    CALL(&h, XBOXKRNL, DbgPrint, FORMAT);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, text), 2);
    cr_expect_str_eq(text, "three");
}

/* How titles of the console's own start-up code end. */
Test(hle_print, other_calls_print_too)
{
    char text[512];

    hle_put(&h, FORMAT, "%s is %d\n");
    CALL(&h, XAM, XamDbgPrint, 0xFE, FORMAT, HELLO, 7);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, text), 1);
    cr_expect_str_eq(text, "hello is 7");
    hle_put(&h, BUFFER, "x == 1");
    CALL(&h, XBOXKRNL, RtlRip, HELLO, BUFFER, 0);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, text), 2);
    cr_expect_str_eq(text, "RIP hello: x == 1");
}

Test(hle_print, the_value_that_main_returned_is_the_exit_code)
{
    uint32_t code = 0;
    char text[512];

    hle_put(&h, FORMAT, "[XAPI RETURN VALUE] %d");
    CALL(&h, XBOXKRNL, DbgPrint, FORMAT, 7);
    cr_expect_not(xe_kernel_exit_code(h.bench.kernel, &code), "it has not ended");
    CALL(&h, XAM, XamLoaderTerminateTitle, 99);
    cr_expect(xe_kernel_exit_code(h.bench.kernel, &code));
    cr_expect_eq(code, 7);
    cr_expect_eq(hle_logged(&h, XE_LOG_PRINT, text), 1, "the line had no newline");
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel),
                     "XamLoaderTerminateTitle, code 0x00000007");
}

Test(hle_print, a_title_that_says_no_value_has_no_exit_code)
{
    static const char *const other[] = {"[XAPI RETURN VALUE] \n", "[XAPI RETURN VALUE] 7 or 8\n",
                                        "[XAPI RETURN VALUE] 99999999999\n", "7\n"};
    uint32_t code = 0;

    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        hle_put(&h, FORMAT, other[i]);
        CALL(&h, XBOXKRNL, DbgPrint, FORMAT);
    }
    CALL(&h, XAM, XamLoaderTerminateTitle, 99);
    cr_expect_not(xe_kernel_exit_code(h.bench.kernel, &code), "%u", code);
    cr_expect_str_eq(xe_kernel_stop_detail(h.bench.kernel), "XamLoaderTerminateTitle");
}
