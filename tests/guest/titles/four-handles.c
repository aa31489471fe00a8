/* The hang that the audit's contract describes: four handles, four stories.
 *
 *   0x1004      manual event nobody ever signals; its waiter holds the lock below
 *   0x100c      auto event whose producer stopped: some signals landed, the consumer waits on
 *   0x15e4      manual event that was pulsed before its three workers came
 *   0x42450b5c  critical section in the heap, never initialised by a kernel call; its waiter parked
 *               inside RtlEnterCriticalSection, which makes no wait record
 *
 * A heartbeat goes on for ever, so the title is alive and still hangs where it matters. */
#include <xe360/kernel.h>

#define HEAP_BASE    0x42450000u
#define LOCK_ADDRESS 0x42450B5Cu
#define WORKERS      3

static HANDLE never_signalled, producer_stopped, pulsed_early;
static struct critical_section *lock;
static volatile u32 beats;

/* All waits of this title go through here, as in titles with a thread library. */
__attribute__((noinline)) static NTSTATUS wait_for(HANDLE handle)
{
    NTSTATUS status = NtWaitForSingleObjectEx(handle, 1, 0, NULL);

    __asm__ volatile("");
    return status;
}

static u32 lock_holder(void *context)
{
    RtlEnterCriticalSection(lock);
    wait_for(never_signalled);
    RtlLeaveCriticalSection(lock);
    return 0;
}

static u32 lock_waiter(void *context)
{
    s64 later = MS(5);

    KeDelayExecutionThread(1, 0, &later);
    RtlEnterCriticalSection(lock);
    RtlLeaveCriticalSection(lock);
    return 0;
}

static u32 consumer(void *context)
{
    for (;;)
        wait_for(producer_stopped);
}

static u32 producer(void *context)
{
    s64 pause = MS(2);

    for (int i = 0; i < 3; i++) {
        KeDelayExecutionThread(1, 0, &pause);
        NtSetEvent(producer_stopped, NULL);
    }
    return 0;
}

static u32 worker(void *context)
{
    wait_for(pulsed_early);
    return 0;
}

__attribute__((noinline)) static void start(thread_start *function, u32 processor)
{
    HANDLE thread;

    ExCreateThread(&thread, 0x10000, NULL, NULL, function, NULL, THREAD_ON(processor));
}

static HANDLE create_event(u32 type)
{
    HANDLE handle = 0;

    NtCreateEvent(&handle, NULL, type, 0);
    return handle;
}

/* Handles are given out in order; use up the ones before the one wanted. */
static HANDLE create_event_at(HANDLE wanted, u32 type)
{
    for (;;) {
        HANDLE handle = create_event(type);

        if (handle == wanted || handle > wanted)
            return handle;
        NtClose(handle);
    }
}

/* A critical section in its statically initialised form, in memory that the kernel never saw as
 * one. */
static void make_lock(void)
{
    void *base = (void *)HEAP_BASE;
    u32 size = 0x10000;

    NtAllocateVirtualMemory(&base, &size, MEM_RESERVE | MEM_COMMIT | MEM_LARGE_PAGES,
                            PAGE_READWRITE, 0);
    lock = (struct critical_section *)LOCK_ADDRESS;
    lock->header.type = 1;
    lock->header.wait_list.next = lock->header.wait_list.prev = &lock->header.wait_list;
    lock->lock_count = -1;
}

int main(void)
{
    s64 pause = MS(1);

    never_signalled = create_event(EVENT_MANUAL);
    create_event(EVENT_AUTO);
    producer_stopped = create_event(EVENT_AUTO);
    pulsed_early = create_event_at(0x15E4, EVENT_MANUAL);
    make_lock();
    DbgPrint("handles %x %x %x %x\n", never_signalled, producer_stopped, pulsed_early, lock);
    NtPulseEvent(pulsed_early, NULL);
    start(lock_holder, 1);
    start(lock_waiter, 2);
    start(consumer, 3);
    start(producer, 4);
    for (int i = 0; i < WORKERS; i++)
        start(worker, 5);
    for (;;) {
        for (u32 i = 0; i < 2000; i++)
            beats = beats * 5 + 1;
        KeDelayExecutionThread(1, 0, &pause);
    }
}
