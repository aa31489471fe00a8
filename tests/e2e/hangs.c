/* More small hangs for check-explain.sh: its cases from 60 on, as explain.c has those below. */
#define TITLE "hangs"
#include "check.h"

static HANDLE one, two;
static volatile u32 sum;

static u32 waits(void *context)
{
    wait((HANDLE)context);
    return 0;
}

static u32 sets_one(void *context)
{
    wait((HANDLE)context);
    NtSetEvent(one, NULL);
    return 0;
}

#if CASE == 60 /* the thread that would set the event was never started */
int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    two = make_event(EVENT_AUTO, 1);
    start(waits, (void *)one, 1);
    ExCreateThread(&two, 0, NULL, NULL, sets_one, (void *)two, THREAD_ON(2) | THREAD_SUSPENDED);
    for (;;)
        sleep_ms(1);
}
#elif CASE == 61 /* a semaphore used as a lock, and made taken: those who would release it wait */
static u32 locks(void *context)
{
    wait(one);
    sum++;
    NtReleaseSemaphore(one, 1, NULL);
    return 0;
}

int main(void)
{
    NtCreateSemaphore(&one, NULL, 0, 1);
    start(locks, NULL, 1);
    two = start(locks, NULL, 2);
    join(two);
}
#elif CASE == 62 /* who would set it did, before, another one: nothing is said of code that ran */
int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    two = make_event(EVENT_AUTO, 1);
    join(start(sets_one, (void *)two, 1));
    NtClose(one);
    one = make_event(EVENT_AUTO, 0);
    wait(one);
}
#elif CASE == 63 /* whoever holds a section, and set the event, was suspended while it slept */
static struct critical_section section;

static u32 holds(void *context)
{
    RtlEnterCriticalSection(&section);
    for (;;) {
        sleep_ms(10);
        NtSetEvent(one, NULL);
    }
}

static u32 enters(void *context)
{
    RtlEnterCriticalSection(&section);
    return (u32)context;
}

int main(void)
{
    RtlInitializeCriticalSection(&section);
    one = make_event(EVENT_AUTO, 0);
    two = start(holds, NULL, 1);
    sleep_ms(5);
    start(enters, NULL, 2);
    start(waits, (void *)one, 3);
    sleep_ms(3);
    NtSuspendThread(two, NULL);
    for (;;)
        sleep_ms(1);
}
#elif CASE == 64 /* who armed the timer runs in a circle; the timer is due all the same */
int main(void)
{
    s64 due = MS(36000000);

    NtCreateTimer(&one, NULL, TIMER_AUTO);
    start(waits, (void *)one, 1);
    NtSetTimerEx(one, &due, NULL, 1, NULL, 0, 0, NULL);
    for (;;)
        ;
}
#elif CASE == 65 /* two wait for one event, which was set and reset: each for a reason of its own  \
                  */
static u32 wants_both(void *context)
{
    HANDLE both[] = {one, two};

    NtWaitForMultipleObjectsEx(2, both, WAIT_ALL, 1, 0, NULL);
    return 0;
}

static u32 comes_late(void *context)
{
    sleep_ms(5);
    wait(one);
    return 0;
}

int main(void)
{
    one = make_event(EVENT_MANUAL, 0);
    two = make_event(EVENT_MANUAL, 0);
    start(wants_both, NULL, 1);
    start(comes_late, NULL, 2);
    sleep_ms(2);
    NtSetEvent(one, NULL);
    NtClearEvent(one);
    for (;;)
        sleep_ms(1);
}
#elif CASE == 66 /* one runs in a circle, and two others go on */
static u32 answers(void *context)
{
    for (;;) {
        wait(one);
        sum++;
        NtSetEvent(two, NULL);
    }
}

static u32 asks(void *context)
{
    for (;;) {
        NtSetEvent(one, NULL);
        wait(two);
    }
}

int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    two = make_event(EVENT_AUTO, 0);
    start(answers, NULL, 1);
    start(asks, NULL, 2);
    for (;;)
        ;
}
#endif
