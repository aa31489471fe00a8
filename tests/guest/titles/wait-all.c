/* WaitAll takes all objects at once or none: a token that another thread takes in between keeps the
 * waiter parked, and until then nothing it waits for is consumed. */
#include <xe360/test.h>

#include "check.h"

static HANDLE objects[4]; /* auto event, manual event, semaphore, mutant */
static volatile u32 woken;
static volatile NTSTATUS result;

static u32 waiter(void *context)
{
    result = NtWaitForMultipleObjectsEx(4, objects, WAIT_ALL, 1, 0, NULL);
    woken = 1;
    TEST_STATUS(NtReleaseMutant(objects[3], NULL), STATUS_SUCCESS);
    return 0;
}

static void one_by_one(void)
{
    HANDLE thread = start(waiter, NULL, 2);

    sleep_ms(1);
    NtSetEvent(objects[0], NULL);
    NtSetEvent(objects[1], NULL);
    sleep_ms(1);
    TEST_TRUE(!woken);
    TEST_STATUS(wait_ms(objects[0], 0), STATUS_SUCCESS); /* not consumed: ours to take */
    NtReleaseSemaphore(objects[2], 2, NULL);
    NtReleaseMutant(objects[3], NULL);
    sleep_ms(1);
    TEST_TRUE(!woken);
    NtSetEvent(objects[0], NULL);
    join(thread);
    TEST_TRUE(woken);
    TEST_STATUS(result, STATUS_SUCCESS);
}

/* One token each is gone; the manual event stays. */
static void what_is_left(void)
{
    TEST_STATUS(wait_ms(objects[0], 0), STATUS_TIMEOUT);
    TEST_STATUS(wait_ms(objects[1], 0), STATUS_SUCCESS);
    TEST_STATUS(wait_ms(objects[2], 0), STATUS_SUCCESS);
    TEST_STATUS(wait_ms(objects[2], 0), STATUS_TIMEOUT);
    TEST_STATUS(wait_ms(objects[3], 0), STATUS_SUCCESS);
}

static void timeout_takes_nothing(void)
{
    s64 brief = MS(2);

    NtReleaseSemaphore(objects[2], 1, NULL);
    TEST_STATUS(NtWaitForMultipleObjectsEx(3, objects, WAIT_ALL, 1, 0, &brief), STATUS_TIMEOUT);
    TEST_STATUS(wait_ms(objects[2], 0), STATUS_SUCCESS);
}

struct refusal {
    const char *name;
    u32 count, type;
};

static const struct refusal refusals[] = {
    {"no object", 0, WAIT_ALL},
    {"more than 64", 65, WAIT_ALL},
    {"neither all nor any", 1, 2},
};

static void refused(const void *row)
{
    const struct refusal *it = row;

    TEST_STATUS(NtWaitForMultipleObjectsEx(it->count, objects, it->type, 1, 0, NULL),
                STATUS_INVALID_PARAMETER);
}

/* In this order: each looks at what the one before left. */
static const struct test tests[] = {
    TEST(one_by_one),
    TEST(what_is_left),
    TEST(timeout_takes_nothing),
    TEST_EACH(refused, refusals),
};

int main(void)
{
    static const struct test_suite suites[] = {TEST_SUITE("wait for all", tests)};

    objects[0] = make_event(EVENT_AUTO, 0);
    objects[1] = make_event(EVENT_MANUAL, 0);
    NtCreateSemaphore(&objects[2], NULL, 0, 4);
    NtCreateMutant(&objects[3], NULL, 1);
    return TEST_RUN(suites);
}
