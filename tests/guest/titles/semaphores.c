/* Semaphores: counts and limits, and no token made or lost between producers and consumers. */
#include <xe360/test.h>

#include "check.h"

#define PRODUCERS 2
#define CONSUMERS 3
#define TOKENS    60 /* of each producer; CONSUMERS divides PRODUCERS * TOKENS */

static HANDLE semaphore;
static volatile u32 taken[CONSUMERS];

struct creation {
    const char *name;
    s32 count, limit;
    NTSTATUS status;
};

static const struct creation creations[] = {
    {"above the limit", 3, 2, STATUS_INVALID_PARAMETER},
    {"below nothing", -1, 2, STATUS_INVALID_PARAMETER},
    {"without a limit", 0, 0, STATUS_INVALID_PARAMETER},
    {"full", 2, 2, STATUS_SUCCESS},
    {"empty", 0, 1, STATUS_SUCCESS},
};

static void created(const void *row)
{
    const struct creation *it = row;
    HANDLE handle = 0;

    TEST_STATUS(NtCreateSemaphore(&handle, NULL, it->count, it->limit), it->status);
    if (it->status == STATUS_SUCCESS)
        TEST_STATUS(NtClose(handle), STATUS_SUCCESS);
}

static void limit_holds(void)
{
    HANDLE handle;
    s32 previous = -1;

    TEST_STATUS(NtCreateSemaphore(&handle, NULL, 1, 3), STATUS_SUCCESS);
    TEST_STATUS(NtReleaseSemaphore(handle, 1, &previous), STATUS_SUCCESS);
    TEST_EQUAL(previous, 1);
    TEST_STATUS(NtReleaseSemaphore(handle, 2, NULL), STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    for (u32 i = 0; i < 2; i++)
        TEST_STATUS(wait_ms(handle, 0), STATUS_SUCCESS);
    TEST_STATUS(wait_ms(handle, 0), STATUS_TIMEOUT);
    TEST_STATUS(NtSetEvent(handle, NULL), STATUS_OBJECT_TYPE_MISMATCH);
    NtClose(handle);
    TEST_STATUS(NtReleaseSemaphore(handle, 1, NULL), STATUS_INVALID_HANDLE);
}

static u32 producer(void *context)
{
    for (u32 i = 0; i < TOKENS; i++)
        TEST_STATUS(NtReleaseSemaphore(semaphore, 1, NULL), STATUS_SUCCESS);
    return 0;
}

static u32 consumer(void *context)
{
    for (u32 i = 0; i < PRODUCERS * TOKENS / CONSUMERS; i++) {
        TEST_STATUS(wait(semaphore), STATUS_SUCCESS);
        taken[(u32)context]++;
    }
    return 0;
}

static void no_token_is_made_or_lost(void)
{
    HANDLE thread[PRODUCERS + CONSUMERS];
    u32 sum = 0;

    NtCreateSemaphore(&semaphore, NULL, 0, PRODUCERS * TOKENS);
    for (u32 i = 0; i < CONSUMERS; i++)
        thread[i] = start(consumer, (void *)i, i);
    for (u32 i = 0; i < PRODUCERS; i++)
        thread[CONSUMERS + i] = start(producer, NULL, CONSUMERS + i);
    for (u32 i = 0; i < PRODUCERS + CONSUMERS; i++)
        join(thread[i]);
    for (u32 i = 0; i < CONSUMERS; i++)
        sum += taken[i];
    TEST_EQUAL(sum, PRODUCERS * TOKENS);
    TEST_STATUS(wait_ms(semaphore, 0), STATUS_TIMEOUT);
}

static struct ksemaphore body;
static volatile u32 woken[2];

static u32 by_pointer(void *context)
{
    TEST_STATUS(KeWaitForSingleObject(&body, 3, 1, 0, NULL), STATUS_SUCCESS);
    woken[(u32)context] = 1;
    return 0;
}

static void one_release_of_two_wakes_two(void)
{
    HANDLE thread[2];

    KeInitializeSemaphore(&body, 0, 5);
    for (u32 i = 0; i < 2; i++)
        thread[i] = start(by_pointer, (void *)i, 1 + i);
    sleep_ms(1);
    TEST_EQUAL(KeReleaseSemaphore(&body, 1, 3, 0), 0);
    join(thread[0]);
    join(thread[1]);
    TEST_TRUE(woken[0] && woken[1]);
    TEST_EQUAL(body.header.signal_state, 1);
}

static const struct test tests[] = {
    TEST_EACH(created, creations),
    TEST(limit_holds),
    TEST(no_token_is_made_or_lost),
    TEST(one_release_of_two_wakes_two),
};

int main(void)
{
    static const struct test_suite suites[] = {TEST_SUITE("semaphores", tests)};

    return TEST_RUN(suites);
}
