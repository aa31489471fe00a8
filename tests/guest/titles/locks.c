/* Locks: critical sections with recursion, read/write locks with both kinds of holders, spin locks
 * over all six processors. */
#define TITLE "locks"
#include "check.h"

#define THREADS 6
#define ROUNDS  40

static struct critical_section section;
static struct erwlock rw;
static u32 spin;
static volatile u32 total, readers, writers, most_readers;

static void add(volatile u32 *value, s32 change)
{
    u32 irql = KfAcquireSpinLock(&spin);

    CHECK(current_irql() == 2);
    *value += (u32)change;
    if (readers > most_readers)
        most_readers = readers;
    KfReleaseSpinLock(&spin, irql);
}

static void slow_add(void)
{
    u32 seen = total;

    linger();
    total = seen + 1;
}

static u32 in_section(void *context)
{
    for (u32 i = 0; i < ROUNDS; i++) {
        RtlEnterCriticalSection(&section);
        RtlEnterCriticalSection(&section);
        slow_add();
        RtlLeaveCriticalSection(&section);
        CHECK(section.owner == current_thread() && section.recursion == 1);
        RtlLeaveCriticalSection(&section);
    }
    return 0;
}

static u32 read_and_write(void *context)
{
    for (u32 i = 0; i < ROUNDS; i++) {
        if ((i + (u32)context) % 4 == 0) {
            ExAcquireReadWriteLockExclusive(&rw);
            add(&writers, 1);
            CHECK(writers == 1 && readers == 0);
            slow_add();
            add(&writers, -1);
        } else {
            ExAcquireReadWriteLockShared(&rw);
            add(&readers, 1);
            CHECK(writers == 0);
            linger();
            add(&readers, -1);
        }
        ExReleaseReadWriteLock(&rw);
    }
    return 0;
}

static u32 spinning(void *context)
{
    for (u32 i = 0; i < ROUNDS * 10; i++)
        add(&total, 1);
    return 0;
}

static void run_all(thread_start *function)
{
    HANDLE thread[THREADS];

    total = 0;
    for (u32 i = 0; i < THREADS; i++)
        thread[i] = start(function, (void *)i, i);
    for (u32 i = 0; i < THREADS; i++)
        join(thread[i]);
}

static u32 tries(void *context)
{
    CHECK(!RtlTryEnterCriticalSection(&section));
    CHECK(!ExTryToAcquireReadWriteLockExclusive(&rw));
    CHECK(ExTryToAcquireReadWriteLockShared(&rw) == (u32)context);
    if (context)
        ExReleaseReadWriteLock(&rw);
    return 0;
}

static void trying(void)
{
    RtlEnterCriticalSection(&section);
    ExAcquireReadWriteLockExclusive(&rw);
    CHECK(RtlTryEnterCriticalSection(&section)); /* recursion */
    join(start(tries, (void *)0, 1));
    ExReleaseReadWriteLock(&rw);
    ExAcquireReadWriteLockShared(&rw);
    join(start(tries, (void *)1, 1));
    ExReleaseReadWriteLock(&rw);
    RtlLeaveCriticalSection(&section);
    RtlLeaveCriticalSection(&section);
    CHECK(section.lock_count == -1 && rw.lock_count == -1);
}

int main(void)
{
    RtlInitializeCriticalSection(&section);
    ExInitializeReadWriteLock(&rw);
    run_all(in_section);
    CHECK(total == THREADS * ROUNDS);
    run_all(read_and_write);
    CHECK(total == THREADS * ROUNDS / 4 && most_readers > 1);
    run_all(spinning);
    CHECK(total == THREADS * ROUNDS * 10 && spin == 0);
    trying();
    return verdict();
}
