/* One object for each reason why nobody is woken, beside a title that goes on. Handles are given
 * out in the order of the list below, from 0x1004 on; objects by pointer lie at 0x42450000. */
#define TITLE "reasons"
#include "check.h"

enum {
    UNARMED,         /* 0x1004: a timer that nobody sets                                  */
    CANCELLED,       /* 0x1008: a timer that was set, and taken back                      */
    PENDING,         /* 0x100c: a timer that is due in an hour                            */
    HELD,            /* 0x1010: a mutant of the thread that computes                      */
    ASLEEP,          /* 0x1014: a mutant of a thread that sleeps for hours                */
    CLOSED,          /* 0x1018: an event that was closed while a thread waits             */
    ENDED,           /* 0x101c: an event whose only signaller has ended                   */
    SLEEPER,         /* 0x1020: an event whose only signaller sleeps for hours            */
    TIMED,           /* 0x1024: an event that is waited for with a timeout, again and again */
    POLLED,          /* 0x1028: an event that is looked at without waiting                */
    EARLY,           /* 0x102c: set and reset before the one, of a pair for the other     */
    PAIRED,          /* 0x1030: the other of the pair                                     */
    RING,            /* 0x1034, 0x1038, 0x103c: mutants of threads that wait in a ring    */
    QUIT = RING + 3, /* 0x1040: one of two that a worker waits for; never set       */
    WORK,            /* 0x1044: the other, set again and again                            */
    HANDLES          /* 0x1048: the thread that computes                                  */
};

#define PLACE 0x42450000u

struct by_pointer {
    struct kqueue queue; /* 0x42450000: entries are left, but its one thread computes */
    u32 pad[6];
    struct kevent stored; /* 0x42450040: the title sets the state by itself           */
    u32 more[12];
    struct kevent again; /* 0x42450080: initialised again while a thread waits        */
};

static HANDLE handle[HANDLES];
static struct by_pointer *at;
static struct list_entry entry[3];
static volatile u32 beats;

static void pause_us(u32 us)
{
    s64 interval = -(s64)us * 10;

    KeDelayExecutionThread(1, 0, &interval);
}

static u32 waits(void *index)
{
    wait(handle[(u32)index]);
    return 0;
}

static u32 waits_on(void *object)
{
    KeWaitForSingleObject(object, 3, 1, 0, NULL);
    return 0;
}

static u32 joins(void *context)
{
    wait(0x1048);
    return 0;
}

static u32 takes_again(void *index)
{
    for (;;)
        wait(handle[(u32)index]);
}

static u32 computes(void *context)
{
    wait(handle[HELD]);
    KeRemoveQueue(&at->queue, 1, NULL);
    for (;;)
        beats++;
}

static u32 serves(void *context)
{
    KeRemoveQueue(&at->queue, 1, NULL);
    return 0;
}

static u32 holds_and_sleeps(void *context)
{
    wait(handle[ASLEEP]);
    NtSetEvent(handle[SLEEPER], NULL);
    sleep_ms(36000000);
    return 0;
}

static u32 signals_once(void *context)
{
    NtSetEvent(handle[ENDED], NULL);
    return 7;
}

static u32 looks(void *context)
{
    s64 timeout = -500;

    for (;;) {
        NtWaitForSingleObjectEx(handle[TIMED], 1, 0, &timeout);
        wait_ms(handle[POLLED], 0);
    }
}

static u32 wants_pair(void *context)
{
    NtWaitForMultipleObjectsEx(2, &handle[EARLY], WAIT_ALL, 1, 0, NULL);
    return 0;
}

static u32 works(void *context)
{
    for (;;)
        NtWaitForMultipleObjectsEx(2, &handle[QUIT], WAIT_ANY, 1, 0, NULL);
}

static u32 in_ring(void *index)
{
    u32 i = (u32)index;

    wait(handle[RING + i]);
    pause_us(100);
    wait(handle[RING + (i + 1) % 3]);
    return 0;
}

static void make(void)
{
    void *place = (void *)PLACE;
    u32 size = 0x10000;

    for (u32 i = 0; i < HANDLES; i++)
        if (i <= PENDING)
            CHECK(NtCreateTimer(&handle[i], NULL, TIMER_AUTO) == 0);
        else if (i == HELD || i == ASLEEP || (i >= RING && i < QUIT))
            CHECK(NtCreateMutant(&handle[i], NULL, 0) == 0);
        else
            handle[i] = make_event(i == EARLY || i == PAIRED ? EVENT_MANUAL : EVENT_AUTO, 0);
    CHECK(NtAllocateVirtualMemory(&place, &size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE, 0) == 0);
    at = place;
    KeInitializeQueue(&at->queue, 1);
    KeInitializeEvent(&at->stored, EVENT_AUTO, 0);
    KeInitializeEvent(&at->again, EVENT_AUTO, 0);
}

static void start_all(void)
{
    start(computes, NULL, 5); /* 0x1048 */
    for (u32 i = UNARMED; i <= PENDING; i++)
        start(waits, (void *)i, 1);
    start(waits, (void *)CLOSED, 1);
    start(takes_again, (void *)ENDED, 1);
    start(takes_again, (void *)SLEEPER, 1);
    start(waits_on, &at->stored, 1);
    start(waits_on, &at->again, 1);
    start(wants_pair, NULL, 1);
    start(works, NULL, 2);
    start(looks, NULL, 2);
    for (u32 i = 0; i < 3; i++)
        start(in_ring, (void *)i, 3);
}

int main(void)
{
    s64 soon = MS(5), late = MS(3600000);

    make();
    start_all();
    pause_us(100);
    start(holds_and_sleeps, NULL, 4);
    start(signals_once, NULL, 4);
    for (u32 i = 0; i < 3; i++)
        KeInsertQueue(&at->queue, &entry[i]);
    NtSetTimerEx(handle[CANCELLED], &soon, NULL, 1, NULL, 0, 0, NULL);
    NtSetTimerEx(handle[PENDING], &late, NULL, 1, NULL, 0, 0, NULL);
    pause_us(100);
    NtCancelTimer(handle[CANCELLED], NULL);
    NtClose(handle[CLOSED]);
    NtSetEvent(handle[EARLY], NULL);
    NtClearEvent(handle[EARLY]);
    start(waits, (void *)EARLY, 1);
    start(waits, (void *)HELD, 1);
    start(waits, (void *)ASLEEP, 1);
    start(joins, NULL, 1);
    start(serves, NULL, 1);
    *(volatile s32 *)((u8 *)&at->stored + 4) = 1;
    KeInitializeEvent(&at->again, EVENT_AUTO, 1);
    for (;;) {
        NtSetEvent(handle[WORK], NULL);
        pause_us(50);
    }
}
