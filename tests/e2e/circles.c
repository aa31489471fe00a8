/* Threads that run in circles, or only seem to: cases of check-explain.sh from 80 on. Their truths,
 * which were written down before they ran, are in explain.tsv. */
#define TITLE "circles"
#include "check.h"

u32 XamGetOverlappedResult(void *overlapped, u32 *length, u32 wait);

static struct critical_section section;
static volatile u32 flag, lock, sum;
static HANDLE one, thread[2];

static void work(u32 rounds)
{
    for (u32 i = 0; i < rounds; i++)
        sum = sum * 5 + 1;
}

#if CASE == 80 /* takes a lock by exchange twice */
static void take(volatile u32 *at)
{
    u32 old;

    do
        __asm__ volatile("1: lwarx %0, 0, %1\n\tstwcx. %2, 0, %1\n\tbne- 1b"
                         : "=&r"(old)
                         : "r"(at), "r"(1)
                         : "cr0", "memory");
    while (old);
}

static u32 takes_twice(void *context)
{
    take(&lock);
    take(&lock);
    return (u32)context;
}

int main(void)
{
    join(start(takes_twice, NULL, 1));
}
#elif CASE == 81 || CASE == 82 /* who keeps it out has suspended itself; 82: is at work (healthy)  \
                                */
static u32 keeps_it_out(void *context)
{
    flag = 1;
    if (CASE == 81)
        NtSuspendThread(CURRENT_THREAD, NULL);
    else
        work(20000000);
    flag = 0;
    return (u32)context;
}

static u32 while_busy(void *context)
{
    wait_ms((HANDLE)context, 2);
    while (flag)
        ;
    return 0;
}

int main(void)
{
    one = make_event(EVENT_MANUAL, 0);
    thread[0] = start(while_busy, (void *)one, 1);
    start(keeps_it_out, NULL, 2);
    join(thread[0]);
}
#elif CASE == 83               /* asks for the result of a call that was never made */
static u32 asks_for_result(void *context)
{
    static u32 overlapped[7] = {997};
    u32 length;

    while (XamGetOverlappedResult(overlapped, &length, 0) == 996)
        ;
    return (u32)context;
}

int main(void)
{
    join(start(asks_for_result, NULL, 1));
}
#elif CASE == 84 || CASE == 85 /* notes the time until a flag comes; 85: ten seconds (healthy) */
static u32 until_later(void *context)
{
    s64 now, end;

    KeQuerySystemTime(&end);
    end += CASE == 84 ? 0 : 100000000;
    do
        KeQuerySystemTime(&now);
    while (CASE == 84 ? !flag : now < end);
    return (u32)context;
}

int main(void)
{
    join(start(until_later, NULL, 1));
}
#elif CASE == 86               /* healthy: looks into a section that another has now and then */
static u32 looks_inside(void *context)
{
    u32 found;

    do {
        RtlEnterCriticalSection(&section);
        found = flag == (u32)context;
        RtlLeaveCriticalSection(&section);
    } while (!found);
    return 0;
}

int main(void)
{
    RtlInitializeCriticalSection(&section);
    start(looks_inside, (void *)100000, 1);
    for (;;) {
        RtlEnterCriticalSection(&section);
        flag++;
        work(500);
        RtlLeaveCriticalSection(&section);
        work(500);
    }
}
#elif CASE >= 87 && CASE <= 91
/* Counts with main, a DPC, vertical blanks (healthy); 90: the DPC never touches it; 91: comes once.
 */
void VdSetGraphicsInterruptCallback(void (*callback)(u32 source, void *context), void *context);

static struct ktimer timer;
static struct kdpc dpc;

static void ticks(struct kdpc *of, void *context, void *first, void *second)
{
    if (CASE == 90)
        sum++;
    else
        flag++;
}

static void blanks(u32 source, void *context)
{
    flag++;
}

static u32 until_many(void *context)
{
    while (flag < 100000)
        ;
    return (u32)context;
}

int main(void)
{
    KeInitializeTimerEx(&timer, 0, 0);
    KeInitializeDpc(&dpc, ticks, NULL);
    if (CASE == 88 || CASE == 90)
        KeSetTimerEx(&timer, MS(1), 1, &dpc);
    if (CASE == 91)
        KeSetTimer(&timer, MS(1), &dpc);
    if (CASE == 89)
        VdSetGraphicsInterruptCallback(blanks, NULL);
    thread[0] = start(until_many, NULL, 1);
    while (CASE == 87) {
        sleep_ms(1);
        flag++;
    }
    join(thread[0]);
}
#elif CASE == 92 /* a register of a GPU that has got nothing to do */
static u32 until_read(void *context)
{
    while (*(volatile u32 *)0x7FC80710 != 5)
        ;
    return (u32)context;
}

int main(void)
{
    join(start(until_read, NULL, 1));
}
#endif
