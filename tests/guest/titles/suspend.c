/* Suspension: counts, threads that are running or waiting when it happens, and signals that arrive
 * meanwhile. */
#define TITLE "suspend"
#include "check.h"

static volatile u32 beats, stop, passed;
static HANDLE event;

static u32 beater(void *context)
{
    while (!stop)
        beats++;
    return 0;
}

static u32 waiter(void *context)
{
    wait(event);
    passed = 1;
    return 0;
}

static u32 frozen_for(u32 ms)
{
    u32 seen = beats;

    sleep_ms(ms);
    return beats == seen;
}

static void counts(void)
{
    HANDLE thread;
    u32 previous = 9;

    ExCreateThread(&thread, 0, NULL, NULL, beater, NULL, THREAD_SUSPENDED | THREAD_ON(1));
    CHECK(frozen_for(2) && beats == 0);
    CHECK(NtSuspendThread(thread, &previous) == STATUS_SUCCESS && previous == 1);
    CHECK(NtResumeThread(thread, &previous) == STATUS_SUCCESS && previous == 2);
    CHECK(frozen_for(2));
    CHECK(NtResumeThread(thread, &previous) == STATUS_SUCCESS && previous == 1);
    CHECK(!frozen_for(2));
    CHECK(NtResumeThread(thread, &previous) == STATUS_SUCCESS && previous == 0);
    NtSuspendThread(thread, NULL);
    sleep_ms(1);
    CHECK(frozen_for(5));
    NtResumeThread(thread, NULL);
    CHECK(!frozen_for(2));
    stop = 1;
    join(thread);
}

/* The signal is not lost: the thread has it when it may run again. */
static void signaled_meanwhile(void)
{
    HANDLE thread = start(waiter, NULL, 3);

    sleep_ms(1);
    NtSuspendThread(thread, NULL);
    sleep_ms(1);
    NtSetEvent(event, NULL);
    sleep_ms(2);
    CHECK(!passed);
    CHECK(wait_ms(thread, 0) == STATUS_TIMEOUT);
    NtResumeThread(thread, NULL);
    join(thread);
    CHECK(passed);
}

static void limit(void)
{
    HANDLE thread;
    u32 n = 1;

    ExCreateThread(&thread, 0, NULL, NULL, beater, NULL, THREAD_SUSPENDED);
    while (n < 1000 && NtSuspendThread(thread, NULL) == STATUS_SUCCESS)
        n++;
    CHECK(n == 127);
    CHECK(NtSuspendThread(thread, NULL) == STATUS_SUSPEND_COUNT_EXCEEDED);
    while (n--)
        NtResumeThread(thread, NULL);
    join(thread);
}

static u32 suspends_itself(void *context)
{
    passed = 2;
    NtSuspendThread(CURRENT_THREAD, NULL);
    passed = 3;
    return 0;
}

static void oneself(void)
{
    HANDLE thread = start(suspends_itself, NULL, 5);

    sleep_ms(2);
    CHECK(passed == 2);
    NtResumeThread(thread, NULL);
    join(thread);
    CHECK(passed == 3);
}

int main(void)
{
    event = make_event(EVENT_AUTO, 0);
    counts();
    signaled_meanwhile();
    limit();
    oneself();
    return verdict();
}
