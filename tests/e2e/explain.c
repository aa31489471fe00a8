/* Small hangs, and healthy titles that look like one; check-explain.sh builds one for each CASE of
 * explain.tsv, which has their truths. Threads are 2, 3, ... in the order in which they start. */
#define TITLE "explain"
#include "check.h"

#define NEVER_MS 36000000 /* ten hours: longer than any test runs */

NTSTATUS NtQueueApcThread(HANDLE thread, void *routine, void *context, void *a, void *b);
NTSTATUS NtSuspendThread(HANDLE thread, u32 *previous);

static HANDLE one, two, three, thread[4];
static volatile u32 sum;

static void mutants(void)
{
    NtCreateMutant(&one, NULL, 0);
    NtCreateMutant(&two, NULL, 0);
    NtCreateMutant(&three, NULL, 0);
}

static void busy(void)
{
    for (;;)
        sum = sum * 5 + 1;
}

static void doze(void)
{
    for (;;)
        sleep_ms(1);
}

static u32 waits(void *context)
{
    wait((HANDLE)context);
    return 0;
}

static u32 spins(void *context)
{
    if (context)
        wait((HANDLE)context);
    busy();
    return 0;
}

static u32 sets_and_ends(void *context)
{
    NtSetEvent((HANDLE)context, NULL);
    return 7;
}

static u32 sets_and_sleeps(void *context)
{
    NtSetEvent((HANDLE)context, NULL);
    sleep_ms(NEVER_MS);
    return 0;
}

static u32 waits_twice(void *context)
{
    wait((HANDLE)context);
    wait((HANDLE)context);
    return 0;
}

/* Holds the first and wants the second; how is the case's. */
struct pair {
    HANDLE has, wants;
};

static u32 holds(void *context)
{
    const struct pair *pair = context;

    wait(pair->has);
    sleep_ms(2);
    wait(pair->wants);
    return 0;
}

static u32 holds_for_a_time(void *context)
{
    const struct pair *pair = context;

    wait(pair->has);
    sleep_ms(2);
    wait_ms(pair->wants, 5);
    doze();
    return 0;
}

static u32 holds_alertably(void *context)
{
    const struct pair *pair = context;

    wait(pair->has);
    sleep_ms(2);
    NtWaitForSingleObjectEx(pair->wants, 1, 1, NULL);
    return 0;
}

static u32 holds_or_event(void *context)
{
    const struct pair *pair = context;
    HANDLE any[2] = {pair->wants, thread[3]};

    wait(pair->has);
    sleep_ms(2);
    NtWaitForMultipleObjectsEx(2, any, WAIT_ANY, 1, 0, NULL);
    return 0;
}

static struct pair ring[3];

static void start_ring(u32 (*last)(void *context))
{
    mutants();
    ring[0] = (struct pair){one, two};
    ring[1] = (struct pair){two, three};
    ring[2] = (struct pair){three, one};
    thread[0] = start(holds, &ring[0], 1);
    thread[1] = start(holds, &ring[1], 2);
    thread[2] = start(last, &ring[2], 3);
}

#if CASE == 1 /* event that nobody ever set */
int main(void)
{
    start(waits, (void *)make_event(EVENT_AUTO, 0), 1);
    doze();
}
#elif CASE == 2                           /* whoever set it has ended */
int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    start(waits_twice, (void *)one, 1);
    sleep_ms(1);
    start(sets_and_ends, (void *)one, 2);
    doze();
}
#elif CASE == 3                           /* whoever set it sleeps for hours */
int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    start(waits_twice, (void *)one, 1);
    sleep_ms(1);
    start(sets_and_sleeps, (void *)one, 2);
    busy();
}
#elif CASE == 4 || CASE == 5 || CASE == 6 /* a timer: never armed, cancelled, due later */
int main(void)
{
    s64 due = MS(NEVER_MS);

    NtCreateTimer(&one, NULL, TIMER_AUTO);
    start(waits, (void *)one, 1);
    if (CASE >= 5)
        NtSetTimerEx(one, &due, NULL, 1, NULL, 0, 0, NULL);
    sleep_ms(1);
    if (CASE == 5)
        NtCancelTimer(one, NULL);
    busy();
}
#elif CASE == 7                           /* main joins a thread that runs */
int main(void)
{
    join(start(spins, NULL, 1));
}
#elif CASE == 8                           /* the mutant's owner runs */
int main(void)
{
    mutants();
    start(spins, (void *)one, 1);
    sleep_ms(1);
    wait(one);
}
#elif CASE == 9  /* handed over by main; the new owner waits for an event that nobody sets */
int main(void)
{
    mutants();
    ring[0] = (struct pair){one, make_event(EVENT_AUTO, 0)};
    wait(one);
    start(holds, &ring[0], 1);
    sleep_ms(1);
    NtReleaseMutant(one, NULL);
    sleep_ms(5);
    start(waits, (void *)one, 2);
    doze();
}
#elif CASE == 10 /* a ring of three beside a running thread */
int main(void)
{
    start_ring(holds);
    sleep_ms(5);
    start(waits, (void *)one, 4);
    busy();
}
#elif CASE == 11 /* one of the ring gives up */
int main(void)
{
    start_ring(holds_for_a_time);
    busy();
}
#elif CASE == 12 /* one of the ring can be alerted */
int main(void)
{
    start_ring(holds_alertably);
    busy();
}
#elif CASE == 13 /* one of the ring has another way out, which main gives again and again */
int main(void)
{
    thread[3] = make_event(EVENT_AUTO, 0);
    start_ring(holds_or_event);
    sleep_ms(5);
    for (;;) {
        sleep_ms(1);
        NtSetEvent(thread[3], NULL);
    }
}
#elif CASE == 14 /* one of the ring is suspended as well */
int main(void)
{
    start_ring(holds);
    sleep_ms(5);
    NtSuspendThread(thread[2], NULL);
    busy();
}
#elif CASE == 15 /* the owner of a critical section has ended */
static struct critical_section section;

static u32 enters(void *context)
{
    RtlEnterCriticalSection(&section);
    return (u32)context;
}

int main(void)
{
    RtlInitializeCriticalSection(&section);
    thread[0] = start(enters, NULL, 1); /* its handle stays open */
    sleep_ms(1);
    start(enters, NULL, 2);
    doze();
}
#elif CASE == 16 /* healthy: pollers with timeouts */
static u32 polls(void *context)
{
    for (;;)
        wait_ms((HANDLE)context, 1);
    return 0;
}

int main(void)
{
    one = make_event(EVENT_MANUAL, 0);
    start(polls, (void *)one, 1);
    start(polls, (void *)one, 2);
    doze();
}
#elif CASE == 17 /* healthy: a worker idles until work comes, which it does */
static u32 works(void *context)
{
    HANDLE any[2] = {one, two};

    while (NtWaitForMultipleObjectsEx(2, any, WAIT_ANY, 1, 0, NULL) != 0)
        sum++;
    return (u32)context;
}

int main(void)
{
    one = make_event(EVENT_MANUAL, 0);
    two = make_event(EVENT_AUTO, 0);
    start(works, NULL, 1);
    for (;;) {
        sleep_ms(1);
        NtSetEvent(two, NULL);
    }
}
#elif CASE == 18 /* closed while it is waited for */
int main(void)
{
    one = make_event(EVENT_MANUAL, 0);
    start(waits, (void *)one, 1);
    sleep_ms(1);
    NtClose(one);
    doze();
}
#elif CASE == 19 /* work is there, but a thread of higher priority has the hardware thread */
static u32 hogs(void *context)
{
    KeSetBasePriorityThread(current_thread(), 10);
    busy();
    return (u32)context;
}

int main(void)
{
    one = make_event(EVENT_AUTO, 0);
    start(waits, (void *)one, 1);
    sleep_ms(1);
    start(hogs, NULL, 1);
    sleep_ms(1);
    NtSetEvent(one, NULL);
    doze();
}
#elif CASE == 21 /* whoever is in a read/write lock waits for an event that nobody sets */
static struct erwlock lock;

static u32 writes(void *context)
{
    ExAcquireReadWriteLockExclusive(&lock);
    wait((HANDLE)context);
    return 0;
}

static u32 reads(void *context)
{
    ExAcquireReadWriteLockShared(&lock);
    return (u32)context;
}

int main(void)
{
    ExInitializeReadWriteLock(&lock);
    start(writes, (void *)make_event(EVENT_AUTO, 0), 1);
    sleep_ms(1);
    start(reads, NULL, 2);
    start(writes, NULL, 3);
    doze();
}
#elif CASE == 20 /* everybody waits: for ever */
int main(void)
{
    wait(make_event(EVENT_AUTO, 0));
}
#endif
