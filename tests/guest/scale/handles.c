/* MANY handles at once: made, found, copied and closed, in several orders, and what names cost. */
#include <xe360/kernel.h>
#include <xe360/test.h>

static HANDLE handle[MANY];

static void are_made(void)
{
    for (u32 i = 0; i < MANY; i++)
        if (!TEST_STATUS(NtCreateEvent(&handle[i], NULL, EVENT_AUTO, i & 1), STATUS_SUCCESS))
            return;
    TEST_MILESTONE("all handles are open");
}

static void are_found(void)
{
    u32 info[2], wrong = 0;

    for (u32 i = 0; i < MANY; i++)
        wrong += NtQueryEvent(handle[i], info) != STATUS_SUCCESS || info[1] != (i & 1);
    TEST_EQUAL(wrong, 0);
}

/* Copies of one object: a list of MANY. They go in the order in which they came, then backwards. */
static void are_copies_of_one(void)
{
    static HANDLE copy[MANY];
    u32 wrong = 0;

    for (u32 round = 0; round < 2; round++) {
        for (u32 i = 0; i < MANY; i++)
            wrong += NtDuplicateObject(handle[0], &copy[i], 0) != STATUS_SUCCESS;
        for (u32 i = 0; i < MANY; i++)
            wrong += NtClose(copy[round ? MANY - 1 - i : i]) != STATUS_SUCCESS;
    }
    TEST_EQUAL(wrong, 0);
}

/* Every other one, then the rest. */
static void are_closed(void)
{
    u32 wrong = 0;

    for (u32 first = 0; first < 2; first++)
        for (u32 i = first; i < MANY; i += 2)
            wrong += NtClose(handle[i]) != STATUS_SUCCESS;
    TEST_EQUAL(wrong, 0);
    TEST_STATUS(NtClose(handle[0]), STATUS_INVALID_HANDLE);
}

static const struct test tests[] = {
    TEST(are_made),
    TEST(are_found),
    TEST(are_copies_of_one),
    TEST(are_closed),
};

int main(void)
{
    static const struct test_suite suites[] = {TEST_SUITE("handles", tests)};

    return TEST_RUN(suites);
}
