/* Titles that test: suites of tests, checks, tables of cases; what comes out is TAP 13 by DbgPrint,
 * and main's return value. Nothing of an emulator is needed: a console says the same.
 *
 * A check that fails goes on, and is false, so that a test may return there. Of a test's failures
 * the first is told in full, the others by a line each; any thread may check, if the test joins it.
 * Wherever this is included it is the same test that runs: its state is one per title.
 * No heap, no C library; no call passes more than a format and six words,
 * since a console's takes eight in registers. See xe360-test(7). */
#ifndef XE360_TEST_H
#define XE360_TEST_H

#include <xe360/types.h>

u32 DbgPrint(const char *format, ...);

/* ---- tables -------------------------------------------------------------------------------- */

struct test {
    const char *name;
    void (*run)(void);
    void (*run_row)(const void *row); /* with a table: once for each row */
    const void *rows;
    u32 count, size, name_at;
};

struct test_suite {
    const char *name;
    const struct test *tests;
    u32 count;
};

#define TEST_COUNT(array) ((u32)(sizeof(array) / sizeof((array)[0])))
/* Rows of struct test: a function without arguments; one that is called with each row of a table,
 * whose struct has a member `const char *name`. */
#define TEST(function)                                                                             \
    {                                                                                              \
#function, function, NULL, NULL, 1, 0, 0                                                   \
    }
#define TEST_EACH(function, table)                                                                 \
    {                                                                                              \
#function, NULL, function, (table), TEST_COUNT(table), sizeof((table)[0]),                 \
            __builtin_offsetof(__typeof__((table)[0]), name)                                       \
    }
/* A row of struct test_suite. */
#define TEST_SUITE(name, tests)                                                                    \
    {                                                                                              \
        (name), (tests), TEST_COUNT(tests)                                                         \
    }
/* Run a table of suites: what main is to return. */
#define TEST_RUN(suites) test_run((suites), TEST_COUNT(suites))

/* ---- checks -------------------------------------------------------------------------------- */

#ifdef __FILE_NAME__
#define TEST_HERE __FILE_NAME__, __LINE__ /* where a title was built is no part of it */
#else
#define TEST_HERE __FILE__, __LINE__
#endif
#define TEST_TYPE_OF(a, b) __typeof__(1 ? (a) : (b))

#define TEST_TRUE(condition) test_true((condition) != 0, #condition, TEST_HERE)
/* Integers and pointers, compared as C does; each argument is evaluated once. */
#define TEST_EQUAL(got, expected)     TEST_COMPARE(got, expected, 1, #got)
#define TEST_NOT_EQUAL(got, expected) TEST_COMPARE(got, expected, 0, #got)
#define TEST_COMPARE(got, expected, same, what)                                                    \
    ({                                                                                             \
        TEST_TYPE_OF(got, expected) test_got_ = (got), test_expected_ = (expected);                \
                                                                                                   \
        test_compare((u64)test_got_, (u64)test_expected_, (same), (what), TEST_HERE);              \
    })
#define TEST_STATUS(got, expected) test_status((u32)(got), (u32)(expected), #got, TEST_HERE)
/* No further from it than so much, to either side; signed numbers. */
#define TEST_WITHIN(got, expected, distance)                                                       \
    test_within((s64)(got), (s64)(expected), (u64)(distance), #got, TEST_HERE)
#define TEST_STRING(got, expected)         test_string((got), (expected), #got, TEST_HERE)
#define TEST_MEMORY(got, expected, length) test_memory((got), (expected), (length), #got, TEST_HERE)
/* Leave the test function; why is a sentence. */
#define TEST_SKIP(why)                                                                             \
    do {                                                                                           \
        test_now.skipped = (why);                                                                  \
        return;                                                                                    \
    } while (0)
/* A place that reports tell of when it was reached. */
#define TEST_MILESTONE(name) ((void)DbgPrint("[MILESTONE] %s\n", (name)))

/* ---- how ----------------------------------------------------------------------------------- */

#define TEST_TEXT 80u /* characters of a value that are told; longer ones end in "..." */

struct test_text {
    u32 length;
    char text[TEST_TEXT + 4];
};

/* The test that runs. Failures are counted atomically; who made it 1 writes what belongs to it. */
struct test_now {
    u32 failures;
    const char *skipped, *file, *what;
    u32 line, offset;
    struct test_text expected, within, got;
};

__attribute__((weak)) struct test_now test_now;

static inline void test_put(struct test_text *to, char c)
{
    if (to->length < TEST_TEXT)
        to->text[to->length++] = c;
    else
        for (u32 i = 0; i < 3; i++)
            to->text[TEST_TEXT + i] = '.';
}

static inline void test_put_hex(struct test_text *to, u64 value, u32 digits)
{
    for (u32 i = digits; i--;)
        test_put(to, "0123456789abcdef"[value >> (4 * i) & 15]);
}

static inline void test_put_decimal(struct test_text *to, u32 value)
{
    u32 unit = 1;

    while (value / unit > 9)
        unit *= 10;
    for (; unit; unit /= 10)
        test_put(to, (char)('0' + value / unit % 10));
}

/* "12 # 0xc": a number, and the same as a comment; beyond 32 bits the second alone. */
static inline void test_put_number(struct test_text *to, u64 value)
{
    u32 wide = value != (u32)value && value != (u64)(s64)(s32)value, digits = 1;
    u64 shown = wide ? value : (u32)value;

    if (!wide) {
        if (value >> 63)
            test_put(to, '-');
        test_put_decimal(to, value >> 63 ? 0 - (u32)value : (u32)value);
        test_put(to, ' ');
        test_put(to, '#');
        test_put(to, ' ');
    }
    while (digits < 16 && shown >> (4 * digits))
        digits++;
    test_put(to, '0');
    test_put(to, 'x');
    test_put_hex(to, shown, digits);
}

static inline void test_put_status(struct test_text *to, u32 status)
{
    test_put(to, '0');
    test_put(to, 'x');
    test_put_hex(to, status, 8);
}

/* A string in quotes, as YAML reads it. */
static inline void test_put_string(struct test_text *to, const char *text)
{
    if (!text) {
        test_put(to, '~');
        return;
    }
    test_put(to, '"');
    for (; *text && to->length < TEST_TEXT - 5; text++) {
        u8 c = (u8)*text;

        if (c == '"' || c == '\\')
            test_put(to, '\\');
        if (c >= ' ' && c < 0x7F) {
            test_put(to, (char)c);
            continue;
        }
        test_put(to, '\\');
        test_put(to, 'x');
        test_put_hex(to, c, 2);
    }
    for (u32 i = 0; *text && i < 3; i++)
        test_put(to, '.');
    test_put(to, '"');
}

static inline void test_put_bytes(struct test_text *to, const u8 *bytes, u32 length)
{
    for (u32 i = 0; i < length && i < 16; i++) {
        if (i)
            test_put(to, ' ');
        test_put_hex(to, bytes[i], 2);
    }
}

/* Is this the failure that is told in full? */
static inline u32 test_failed(const char *what, const char *file, u32 line)
{
    if (__sync_fetch_and_add(&test_now.failures, 1)) {
        DbgPrint("# also failed: %s:%u: %s\n", file, line, what);
        return 0;
    }
    test_now.what = what;
    test_now.file = file;
    test_now.line = line;
    return 1;
}

static inline u32 test_true(u32 good, const char *what, const char *file, u32 line)
{
    if (!good && test_failed(what, file, line)) {
        test_put_number(&test_now.got, 0);
        test_put_string(&test_now.expected, "not 0");
    }
    return good;
}

static inline u32 test_compare(u64 got, u64 expected, u32 same, const char *what, const char *file,
                               u32 line)
{
    if ((got == expected) == same)
        return 1;
    if (test_failed(what, file, line)) {
        test_put_number(&test_now.got, got);
        if (same)
            test_put_number(&test_now.expected, expected);
        else
            test_put_string(&test_now.expected, "another value");
    }
    return 0;
}

static inline u32 test_status(u32 got, u32 expected, const char *what, const char *file, u32 line)
{
    if (got == expected)
        return 1;
    if (test_failed(what, file, line)) {
        test_put_status(&test_now.got, got);
        test_put_status(&test_now.expected, expected);
    }
    return 0;
}

static inline u32 test_within(s64 got, s64 expected, u64 distance, const char *what,
                              const char *file, u32 line)
{
    u64 apart = got < expected ? (u64)expected - (u64)got : (u64)got - (u64)expected;

    if (apart <= distance)
        return 1;
    if (test_failed(what, file, line)) {
        test_put_number(&test_now.got, (u64)got);
        test_put_number(&test_now.expected, (u64)expected);
        test_put_number(&test_now.within, distance);
    }
    return 0;
}

static inline u32 test_string(const char *got, const char *expected, const char *what,
                              const char *file, u32 line)
{
    u32 i = 0;

    if (got == expected)
        return 1;
    while (got && expected && got[i] && got[i] == expected[i])
        i++;
    if (got && expected && got[i] == expected[i])
        return 1;
    if (test_failed(what, file, line)) {
        test_put_string(&test_now.got, got);
        test_put_string(&test_now.expected, expected);
    }
    return 0;
}

/* The 16 bytes from the first that differs are told. */
static inline u32 test_memory(const void *got, const void *expected, u32 length, const char *what,
                              const char *file, u32 line)
{
    const u8 *g = got, *e = expected;
    u32 i = 0;

    while (i < length && g[i] == e[i])
        i++;
    if (i == length)
        return 1;
    if (test_failed(what, file, line)) {
        test_now.offset = i;
        test_put_bytes(&test_now.got, g + i, length - i);
        test_put_bytes(&test_now.expected, e + i, length - i);
    }
    return 0;
}

/* ---- what is printed ----------------------------------------------------------------------- */

struct test_sums {
    u32 number, passed, skipped;
};

static inline void test_explain(void)
{
    struct test_text what = {0, {0}};

    test_put_string(&what, test_now.what);
    DbgPrint("  ---\n");
    DbgPrint("  file: %s\n", test_now.file);
    DbgPrint("  line: %u\n", test_now.line);
    DbgPrint("  check: %s\n", what.text);
    if (test_now.offset)
        DbgPrint("  offset: %u\n", test_now.offset);
    DbgPrint("  expected: %s\n", test_now.expected.text);
    if (test_now.within.length)
        DbgPrint("  within: %s\n", test_now.within.text);
    DbgPrint("  got: %s\n", test_now.got.text);
    DbgPrint("  failures: %u\n", test_now.failures);
    DbgPrint("  ...\n");
}

static inline void test_one(const char *suite, const struct test *test, u32 row,
                            struct test_sums *sums)
{
    const u8 *at = (const u8 *)test->rows + row * test->size;
    const char *name = test->run_row ? *(const char *const *)(at + test->name_at) : "";

    __builtin_memset(&test_now, 0, sizeof(test_now));
    if (test->run_row)
        test->run_row(at);
    else
        test->run();
    sums->number++;
    if (test_now.skipped && !test_now.failures)
        DbgPrint("ok %u - %s: %s%s%s # SKIP %s\n", sums->number, suite, test->name,
                 *name ? " " : "", name, test_now.skipped);
    else
        DbgPrint("%sok %u - %s: %s%s%s\n", test_now.failures ? "not " : "", sums->number, suite,
                 test->name, *name ? " " : "", name);
    if (test_now.failures)
        test_explain();
    else if (test_now.skipped)
        sums->skipped++;
    else
        sums->passed++;
}

/* Run all of them in order; 0 if none failed. */
static inline int test_run(const struct test_suite *suites, u32 count)
{
    struct test_sums sums = {0, 0, 0};
    u32 planned = 0;

    for (u32 i = 0; i < count; i++)
        for (u32 k = 0; k < suites[i].count; k++)
            planned += suites[i].tests[k].count;
    DbgPrint("TAP version 13\n1..%u\n", planned);
    for (u32 i = 0; i < count; i++)
        for (u32 k = 0; k < suites[i].count; k++)
            for (u32 row = 0; row < suites[i].tests[k].count; row++)
                test_one(suites[i].name, &suites[i].tests[k], row, &sums);
    DbgPrint("# %u of %u passed, %u skipped\n", sums.passed, sums.number, sums.skipped);
    return sums.passed + sums.skipped != sums.number;
}

#endif
