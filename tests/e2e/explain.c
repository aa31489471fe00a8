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
#elif CASE >= 22 && CASE <= 25
/* A worker takes its work as APCs. 22: main gives it some again and again; 23: so did one that has
 * ended; 24: main did, and runs on without; 25: main alerts it. */
static void adds(void *context, void *a, void *b)
{
    sum++;
}

static u32 works(void *context)
{
    while (NtWaitForSingleObjectEx((HANDLE)context, 1, 1, NULL) != 0)
        sum++;
    return 0;
}

static u32 posts(void *context)
{
    for (u32 i = 0; i < 3; i++) {
        NtQueueApcThread((HANDLE)context, adds, NULL, NULL, NULL);
        sleep_ms(1);
    }
    return 0;
}

int main(void)
{
    void *worker;

    thread[0] = start(works, (void *)make_event(EVENT_MANUAL, 0), 1);
    ObReferenceObjectByHandle(thread[0], NULL, &worker);
    start(waits, (void *)thread[0], 2); /* joins it */
    if (CASE == 22 || CASE == 25)
        start(spins, NULL, 3); /* so that time passes */
    sleep_ms(1);
    if (CASE == 23)
        join(start(posts, (void *)thread[0], 3));
    if (CASE == 24)
        posts((void *)thread[0]);
    for (; CASE == 22 || CASE == 25; sleep_ms(3)) {
        if (CASE == 22)
            NtQueueApcThread(thread[0], adds, NULL, NULL, NULL);
        else
            KeAlertThread(worker, 1);
    }
    busy();
}
#elif CASE == 26 /* waits with a timeout, once: it may go on, but nothing shows that it is served  \
                  */
int main(void)
{
    start(spins, NULL, 1);
    wait_ms(make_event(EVENT_AUTO, 0), 100000);
}
#elif CASE == 27 /* joins itself */
static u32 joins_itself(void *context)
{
    sleep_ms(1);
    wait(thread[0]);
    return 0;
}

int main(void)
{
    thread[0] = start(joins_itself, NULL, 1);
    doze();
}
#elif CASE == 28 /* twenty wait behind two that wait for each other, and five more for an event */
static u32 joins_next(void *context)
{
    sleep_ms(2);
    wait(thread[(u32)context]);
    return 0;
}

int main(void)
{
    one = make_event(EVENT_MANUAL, 0);
    thread[0] = start(joins_next, (void *)1, 1);
    thread[1] = start(joins_next, (void *)0, 1);
    for (u32 i = 0; i < 20; i++)
        start(waits, (void *)one, 2);
    wait(one);
}
#elif CASE == 29 /* a thread made suspended that was never resumed, and one that joins it */
int main(void)
{
    HANDLE made;

    ExCreateThread(&made, 0, NULL, NULL, (void *)waits, NULL, 1);
    start(waits, (void *)made, 1);
    doze();
}
#elif CASE == 30 /* reads a register of a device that isn't there */
int main(void)
{
    start(waits, (void *)make_event(EVENT_AUTO, 0), 1);
    for (u32 i = 0; i < 3; i++)
        sum += *(volatile u32 *)0x7FEAC004;
    doze();
}
#elif CASE >= 31 && CASE <= 60 /* threads that spin or poll, and some that only seem to */
#include "spins.h"
#elif CASE == 20 /* everybody waits: for ever */
int main(void)
{
    wait(make_event(EVENT_AUTO, 0));
}
#endif
