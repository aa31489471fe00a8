/* MANY threads at once, which wait for one event and are counted by one semaphore. */
#include <xe360/kernel.h>
#include <xe360/test.h>

static HANDLE thread[MANY], gate, done;
static u32 ran;

static u32 waiter(void *context)
{
    NtWaitForSingleObjectEx(gate, 1, 0, NULL);
    __sync_fetch_and_add(&ran, 1);
    NtReleaseSemaphore(done, 1, NULL);
    return 0;
}

static void are_made(void)
{
    TEST_STATUS(NtCreateEvent(&gate, NULL, EVENT_MANUAL, 0), STATUS_SUCCESS);
    TEST_STATUS(NtCreateSemaphore(&done, NULL, 0, MANY), STATUS_SUCCESS);
    for (u32 i = 0; i < MANY; i++)
        if (!TEST_STATUS(ExCreateThread(&thread[i], 0, NULL, NULL, waiter, NULL, THREAD_ON(i % 6)),
                         STATUS_SUCCESS))
            return;
}

static void wait_for_one_event(void)
{
    s64 brief = MS(20);

    KeDelayExecutionThread(1, 0, &brief);
    TEST_EQUAL(ran, 0);
    TEST_MILESTONE("all threads wait");
}

static void are_woken_by_it(void)
{
    u32 wrong = 0;

    TEST_STATUS(NtSetEvent(gate, NULL), STATUS_SUCCESS);
    for (u32 i = 0; i < MANY; i++)
        wrong += NtWaitForSingleObjectEx(done, 1, 0, NULL) != STATUS_SUCCESS;
    TEST_EQUAL(wrong, 0);
    TEST_EQUAL(ran, MANY);
}

static void have_ended(void)
{
    u32 wrong = 0;

    for (u32 i = 0; i < MANY; i++) {
        wrong += NtWaitForSingleObjectEx(thread[i], 1, 0, NULL) != STATUS_SUCCESS;
        wrong += NtClose(thread[i]) != STATUS_SUCCESS;
    }
    TEST_EQUAL(wrong, 0);
}

static const struct test tests[] = {
    TEST(are_made),
    TEST(wait_for_one_event),
    TEST(are_woken_by_it),
    TEST(have_ended),
};

int main(void)
{
    static const struct test_suite suites[] = {TEST_SUITE("threads", tests)};

    return TEST_RUN(suites);
}
