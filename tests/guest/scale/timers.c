/* MANY armed timers at once: set in an order that is no order, half of them cancelled, and the rest
 * expire. */
#include <xe360/kernel.h>
#include <xe360/test.h>

static struct ktimer timer[MANY];

static s64 due(u32 i)
{
    return MS(1000) - (s64)(i * 7919u % MANY); /* a second, and some 100 ns */
}

static void are_set(void)
{
    u32 wrong = 0;

    for (u32 i = 0; i < MANY; i++) {
        KeInitializeTimerEx(&timer[i], TIMER_MANUAL, 0);
        wrong += KeSetTimer(&timer[i], due(i), NULL);
    }
    TEST_EQUAL(wrong, 0);
    TEST_MILESTONE("all timers are armed");
}

static void are_set_again(void)
{
    u32 wrong = 0;

    for (u32 i = 0; i < MANY; i++)
        wrong += KeSetTimer(&timer[i], due(MANY - i), NULL) != 1;
    TEST_EQUAL(wrong, 0);
}

static void are_cancelled(void)
{
    u32 wrong = 0;

    for (u32 i = 0; i < MANY; i += 2)
        wrong += KeCancelTimer(&timer[i]) != 1;
    TEST_EQUAL(wrong, 0);
}

static void expire(void)
{
    s64 later = MS(3000);
    u32 wrong = 0;

    KeDelayExecutionThread(1, 0, &later);
    for (u32 i = 0; i < MANY; i++)
        wrong += timer[i].header.signal_state != (s32)(i & 1);
    TEST_EQUAL(wrong, 0);
}

static const struct test tests[] = {
    TEST(are_set),
    TEST(are_set_again),
    TEST(are_cancelled),
    TEST(expire),
};

int main(void)
{
    static const struct test_suite suites[] = {TEST_SUITE("timers", tests)};

    return TEST_RUN(suites);
}
