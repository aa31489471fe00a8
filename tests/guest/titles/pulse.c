/* A pulse wakes who waits now, all for a manual event, one for an auto event, and leaves the event
 * clear; with nobody there it is lost. By handle and by pointer. */
#define TITLE "pulse"
#include "check.h"

#define WAITERS 3

static HANDLE event;
static struct kevent body;
static volatile u32 woken;
static u32 spin;

static void count(void)
{
    u32 irql = KfAcquireSpinLock(&spin);

    woken++;
    KfReleaseSpinLock(&spin, irql);
}

static u32 by_handle(void *context)
{
    wait(event);
    count();
    return 0;
}

static u32 by_pointer(void *context)
{
    KeWaitForSingleObject(&body, 3, 1, 0, NULL);
    count();
    return 0;
}

static void start_all(HANDLE thread[WAITERS], thread_start *function)
{
    woken = 0;
    for (u32 i = 0; i < WAITERS; i++)
        thread[i] = start(function, NULL, 1 + i);
    sleep_ms(1);
}

static void manual(void)
{
    HANDLE thread[WAITERS];
    u32 previous = 7;

    event = make_event(EVENT_MANUAL, 0);
    CHECK(NtPulseEvent(event, &previous) == STATUS_SUCCESS && previous == 0); /* nobody: lost */
    start_all(thread, by_handle);
    CHECK(woken == 0);
    NtPulseEvent(event, NULL);
    for (u32 i = 0; i < WAITERS; i++)
        join(thread[i]);
    CHECK(woken == WAITERS && wait_ms(event, 0) == STATUS_TIMEOUT);
}

static void automatic(void)
{
    HANDLE thread[WAITERS];

    event = make_event(EVENT_AUTO, 0);
    start_all(thread, by_handle);
    for (u32 i = 1; i <= WAITERS; i++) {
        NtPulseEvent(event, NULL);
        sleep_ms(1);
        CHECK(woken == i);
    }
    for (u32 i = 0; i < WAITERS; i++)
        join(thread[i]);
    CHECK(wait_ms(event, 0) == STATUS_TIMEOUT);
}

static void pointer(void)
{
    HANDLE thread[WAITERS];

    KeInitializeEvent(&body, EVENT_MANUAL, 0);
    start_all(thread, by_pointer);
    CHECK(KePulseEvent(&body, 1, 0) == 0);
    for (u32 i = 0; i < WAITERS; i++)
        join(thread[i]);
    CHECK(woken == WAITERS && body.header.signal_state == 0);
    KeSetEvent(&body, 1, 0);
    CHECK(KePulseEvent(&body, 1, 0) == 1 && body.header.signal_state == 0);
}

int main(void)
{
    manual();
    automatic();
    pointer();
    return verdict();
}
