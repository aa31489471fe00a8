/* Every check of <xe360/test.h> when it holds and when it doesn't, what each prints is in
 * every.tap. */
#include <xe360/test.h>

struct sum {
    u32 a, b, sum;
    const char *name;
};

static const struct sum sums[] = {
    {1, 2, 3, "of small numbers"},
    {0x80000000u, 1, 0, "that is wrong"},
    {0xFFFFFFFFu, 1, 0, "around the end"},
};

static void adds(const void *row)
{
    const struct sum *it = row;

    TEST_EQUAL(it->a + it->b, it->sum);
}

static void all_hold(void)
{
    const u8 bytes[3] = {1, 2, 3}, others[3] = {1, 2, 4};
    u64 wide = 0x100000000ull;
    s16 negative = -4;
    u8 small = 200;

    TEST_TRUE(wide);
    TEST_EQUAL(small, 200);
    TEST_EQUAL(negative, -4);
    TEST_EQUAL(-1, 0xFFFFFFFFu); /* as C compares */
    TEST_NOT_EQUAL(wide, 0);
    TEST_NOT_EQUAL(&bytes[0], NULL);
    TEST_STATUS(STATUS_INVALID_HANDLE, 0xC0000008u);
    TEST_WITHIN(-5, 5, 10);
    TEST_WITHIN(0x7FFFFFFFFFFFFFFFll, -0x7FFFFFFFFFFFFFFFll, 0xFFFFFFFFFFFFFFFEull);
    TEST_STRING("same", "same");
    TEST_STRING("", "");
    TEST_MEMORY(bytes, others, 2);
    TEST_MEMORY(bytes, others, 0);
}

static void several_fail(void)
{
    TEST_TRUE(1 > 2);
    TEST_EQUAL(-2, 3);
    TEST_STATUS(STATUS_SUCCESS, STATUS_TIMEOUT);
}

static void not_equal(void)
{
    TEST_NOT_EQUAL(7, 7);
}

static void wide_numbers(void)
{
    u64 wide = 0x100000000ull;

    TEST_EQUAL(wide, 0);
}

static void negative_numbers(void)
{
    TEST_EQUAL(-12, 4294967295u);
}

static void status(void)
{
    TEST_STATUS(STATUS_INVALID_PARAMETER, STATUS_SUCCESS);
}

static void within(void)
{
    TEST_WITHIN(95, 100, 4);
}

static void string(void)
{
    TEST_STRING("a \"quote\", \\ and\n", "and more of it than there is place for: "
                                         "0123456789012345678901234567890123456789");
}

static void no_string(void)
{
    TEST_STRING(NULL, "");
}

static void memory(void)
{
    u8 got[24], expected[24];

    for (u32 i = 0; i < 24; i++) {
        got[i] = (u8)i;
        expected[i] = (u8)(i < 18 ? i : 0xF0 + i);
    }
    TEST_MEMORY(got, expected, 24);
}

static void a_check_tells_its_caller(void)
{
    if (!TEST_TRUE(0))
        return;
    TEST_TRUE(0);
}

static void skipped(void)
{
    TEST_MILESTONE("one is left out");
    TEST_SKIP("there is no disc");
}

static void skipped_too_late(void)
{
    TEST_TRUE(0);
    TEST_SKIP("it failed before");
}

static const struct test rows[] = {TEST_EACH(adds, sums)};
static const struct test tests[] = {
    TEST(all_hold),
    TEST(several_fail),
    TEST(not_equal),
    TEST(wide_numbers),
    TEST(negative_numbers),
    TEST(status),
    TEST(within),
    TEST(string),
    TEST(no_string),
    TEST(memory),
    TEST(a_check_tells_its_caller),
    TEST(skipped),
    TEST(skipped_too_late),
};

int main(void)
{
    static const struct test_suite suites[] = {
        TEST_SUITE("table", rows),
        TEST_SUITE("every check", tests),
    };

    return TEST_RUN(suites);
}
