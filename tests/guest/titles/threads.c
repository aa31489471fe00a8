/* Threads: ids, suspension, TLS, priorities, APCs, timers, locks. */
#include <xe360/kernel.h>

static u32 failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            DbgPrint("FAIL threads: %s (line %d)\n", #condition, __LINE__);                        \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

static volatile u32 counter, apc_seen;
static u32 slot;

static u32 set_tls(void *context)
{
    CHECK(KeTlsGetValue(slot) == 0);
    KeTlsSetValue(slot, (u32)context);
    CHECK(KeTlsGetValue(slot) == (u32)context);
    counter++;
    return 0;
}

static void tls_and_suspension(void)
{
    HANDLE thread;
    u32 previous = 9;

    slot = KeTlsAlloc();
    KeTlsSetValue(slot, 42);
    ExCreateThread(&thread, 0, NULL, NULL, set_tls, (void *)7, THREAD_SUSPENDED | THREAD_ON(1));
    for (volatile u32 i = 0; i < 10000; i++)
        ;
    CHECK(counter == 0);
    CHECK(NtResumeThread(thread, &previous) == STATUS_SUCCESS && previous == 1);
    NtWaitForSingleObjectEx(thread, 1, 0, NULL);
    CHECK(counter == 1 && KeTlsGetValue(slot) == 42);
}

static void on_apc(void *context, void *a, void *b)
{
    apc_seen = (u32)context + (u32)a + (u32)b;
}

static u32 alertable(void *context)
{
    s64 forever = MS(100000);

    counter = (u32)KeDelayExecutionThread(1, 1, &forever);
    return 0;
}

static void apcs(void)
{
    HANDLE thread;
    s64 pause = MS(1);

    ExCreateThread(&thread, 0, NULL, NULL, alertable, NULL, THREAD_ON(3));
    KeDelayExecutionThread(1, 0, &pause);
    CHECK(NtQueueApcThread(thread, on_apc, (void *)1, (void *)20, (void *)300) == STATUS_SUCCESS);
    NtWaitForSingleObjectEx(thread, 1, 0, NULL);
    CHECK(apc_seen == 321 && counter == STATUS_USER_APC);
}

static void timers(void)
{
    HANDLE timer;
    s64 due = MS(4), before, after;

    NtCreateTimer(&timer, NULL, 1);
    KeQuerySystemTime(&before);
    NtSetTimerEx(timer, &due, NULL, 1, NULL, 0, 2, NULL);
    for (int i = 0; i < 3; i++)
        NtWaitForSingleObjectEx(timer, 1, 0, NULL);
    KeQuerySystemTime(&after);
    CHECK(after - before >= 80000 && after - before < 120000);
    NtCancelTimer(timer, NULL);
}

static struct critical_section section;
static struct erwlock rw;
static u32 spin;
static volatile u32 guarded[3]; /* each by a lock of its own */

static u32 locker(void *context)
{
    for (u32 i = 0; i < 200; i++) {
        u32 irql;

        RtlEnterCriticalSection(&section);
        guarded[0]++;
        RtlLeaveCriticalSection(&section);
        ExAcquireReadWriteLockExclusive(&rw);
        guarded[1]++;
        ExReleaseReadWriteLock(&rw);
        irql = KfAcquireSpinLock(&spin);
        guarded[2]++;
        KfReleaseSpinLock(&spin, irql);
    }
    return 0;
}

static void locks(void)
{
    HANDLE thread[4];

    RtlInitializeCriticalSection(&section);
    ExInitializeReadWriteLock(&rw);
    for (u32 i = 0; i < 4; i++)
        ExCreateThread(&thread[i], 0, NULL, NULL, locker, NULL, THREAD_ON(i + 1));
    NtWaitForMultipleObjectsEx(4, thread, WAIT_ALL, 1, 0, NULL);
    CHECK(guarded[0] == 800 && guarded[1] == 800 && guarded[2] == 800);
}

int main(void)
{
    tls_and_suspension();
    apcs();
    timers();
    locks();
    if (!failures)
        DbgPrint("PASS threads\n");
    return 0;
}
