/* Semaphores: counts and limits, and no token made or lost between producers and consumers. */
#define TITLE "semaphores"
#include "check.h"

#define PRODUCERS 2
#define CONSUMERS 3
#define TOKENS    60 /* of each producer; CONSUMERS divides PRODUCERS * TOKENS */

static HANDLE semaphore;
static volatile u32 taken[CONSUMERS];

static void limits(void)
{
    HANDLE handle;
    s32 previous = -1;

    CHECK(NtCreateSemaphore(&handle, NULL, 3, 2) == STATUS_INVALID_PARAMETER);
    CHECK(NtCreateSemaphore(&handle, NULL, -1, 2) == STATUS_INVALID_PARAMETER);
    CHECK(NtCreateSemaphore(&handle, NULL, 0, 0) == STATUS_INVALID_PARAMETER);
    CHECK(NtCreateSemaphore(&handle, NULL, 1, 3) == STATUS_SUCCESS);
    CHECK(NtReleaseSemaphore(handle, 1, &previous) == STATUS_SUCCESS && previous == 1);
    CHECK(NtReleaseSemaphore(handle, 2, NULL) == STATUS_SEMAPHORE_LIMIT_EXCEEDED);
    for (u32 i = 0; i < 2; i++)
        CHECK(wait_ms(handle, 0) == STATUS_SUCCESS);
    CHECK(wait_ms(handle, 0) == STATUS_TIMEOUT);
    CHECK(NtSetEvent(handle, NULL) == STATUS_OBJECT_TYPE_MISMATCH);
    NtClose(handle);
    CHECK(NtReleaseSemaphore(handle, 1, NULL) == STATUS_INVALID_HANDLE);
}

static u32 producer(void *context)
{
    for (u32 i = 0; i < TOKENS; i++)
        CHECK(NtReleaseSemaphore(semaphore, 1, NULL) == STATUS_SUCCESS);
    return 0;
}

static u32 consumer(void *context)
{
    for (u32 i = 0; i < PRODUCERS * TOKENS / CONSUMERS; i++) {
        CHECK(wait(semaphore) == STATUS_SUCCESS);
        taken[(u32)context]++;
    }
    return 0;
}

static void conserve(void)
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
    CHECK(sum == PRODUCERS * TOKENS && wait_ms(semaphore, 0) == STATUS_TIMEOUT);
}

static struct ksemaphore body;
static volatile u32 woken[2];

static u32 by_pointer(void *context)
{
    CHECK(KeWaitForSingleObject(&body, 3, 1, 0, NULL) == STATUS_SUCCESS);
    woken[(u32)context] = 1;
    return 0;
}

/* One release of two wakes two waiters. */
static void pointer(void)
{
    HANDLE thread[2];

    KeInitializeSemaphore(&body, 0, 5);
    for (u32 i = 0; i < 2; i++)
        thread[i] = start(by_pointer, (void *)i, 1 + i);
    sleep_ms(1);
    CHECK(KeReleaseSemaphore(&body, 1, 3, 0) == 0);
    join(thread[0]);
    join(thread[1]);
    CHECK(woken[0] && woken[1] && body.header.signal_state == 1);
}

int main(void)
{
    limits();
    conserve();
    pointer();
    return verdict();
}
