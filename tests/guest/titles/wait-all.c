/* WaitAll takes all objects at once or none: a token that another thread takes in between keeps the
 * waiter parked, and until then nothing it waits for is consumed. */
#define TITLE "wait-all"
#include "check.h"

static HANDLE objects[4]; /* auto event, manual event, semaphore, mutant */
static volatile u32 woken;
static volatile NTSTATUS result;

static u32 waiter(void *context)
{
    result = NtWaitForMultipleObjectsEx(4, objects, WAIT_ALL, 1, 0, NULL);
    woken = 1;
    CHECK(NtReleaseMutant(objects[3], NULL) == STATUS_SUCCESS);
    return 0;
}

static void one_by_one(void)
{
    HANDLE thread = start(waiter, NULL, 2);

    sleep_ms(1);
    NtSetEvent(objects[0], NULL);
    NtSetEvent(objects[1], NULL);
    sleep_ms(1);
    CHECK(!woken);
    CHECK(wait_ms(objects[0], 0) == STATUS_SUCCESS); /* not consumed: ours to take */
    NtReleaseSemaphore(objects[2], 2, NULL);
    NtReleaseMutant(objects[3], NULL);
    sleep_ms(1);
    CHECK(!woken);
    NtSetEvent(objects[0], NULL);
    join(thread);
    CHECK(woken && result == STATUS_SUCCESS);
}

/* One token each is gone; the manual event stays. */
static void what_is_left(void)
{
    CHECK(wait_ms(objects[0], 0) == STATUS_TIMEOUT);
    CHECK(wait_ms(objects[1], 0) == STATUS_SUCCESS);
    CHECK(wait_ms(objects[2], 0) == STATUS_SUCCESS);
    CHECK(wait_ms(objects[2], 0) == STATUS_TIMEOUT);
    CHECK(wait_ms(objects[3], 0) == STATUS_SUCCESS);
}

static void timeout_takes_nothing(void)
{
    s64 brief = MS(2);

    NtReleaseSemaphore(objects[2], 1, NULL);
    CHECK(NtWaitForMultipleObjectsEx(3, objects, WAIT_ALL, 1, 0, &brief) == STATUS_TIMEOUT);
    CHECK(wait_ms(objects[2], 0) == STATUS_SUCCESS);
}

static void bad_arguments(void)
{
    CHECK(NtWaitForMultipleObjectsEx(0, objects, WAIT_ALL, 1, 0, NULL) == STATUS_INVALID_PARAMETER);
    CHECK(NtWaitForMultipleObjectsEx(65, objects, WAIT_ALL, 1, 0, NULL) ==
          STATUS_INVALID_PARAMETER);
    CHECK(NtWaitForMultipleObjectsEx(1, objects, 2, 1, 0, NULL) == STATUS_INVALID_PARAMETER);
}

int main(void)
{
    objects[0] = make_event(EVENT_AUTO, 0);
    objects[1] = make_event(EVENT_MANUAL, 0);
    NtCreateSemaphore(&objects[2], NULL, 0, 4);
    NtCreateMutant(&objects[3], NULL, 1);
    one_by_one();
    what_is_left();
    timeout_takes_nothing();
    bad_arguments();
    return verdict();
}
