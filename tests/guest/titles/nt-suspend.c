/* Suspension in the middle of waits: what becomes of signals, places in lines and deadlines. */
#define FAMILY "nt-suspend"
#include "nt.h"

static HANDLE event, gate;
static volatile u32 order, result, ran;

static u32 wait_once(void *context)
{
    NtWaitForSingleObjectEx(event, 1, 0, NULL);
    order = order * 10 + (u32)context;
    return 0;
}

static u32 wait_briefly(void *context)
{
    result = wait_for(event, (u32)context);
    return 0;
}

static u32 previous_of(NTSTATUS (*call)(HANDLE, u32 *), HANDLE thread)
{
    u32 previous = 99;

    call(thread, &previous);
    return previous;
}

static void counts(HANDLE thread)
{
    IS("first", previous_of(NtSuspendThread, thread), 0);
    IS("second", previous_of(NtSuspendThread, thread), 1);
    IS("back", previous_of(NtResumeThread, thread), 2);
    IS("in the KTHREAD", byte_at(body_of(thread), 0xBC), 1);
    IS("and back", previous_of(NtResumeThread, thread), 1);
    IS("none left", previous_of(NtResumeThread, thread), 0);
}

static void signals(void)
{
    HANDLE thread;

    event = event_of(1, 0);
    order = 0;
    thread = start(wait_once, (void *)1, 1);
    settle();
    counts(thread);
    NtSuspendThread(thread, NULL);
    NtSetEvent(event, NULL);
    settle();
    IS("a set event is not taken by whoever is suspended", poll(event), 0);
    NtSetEvent(event, NULL);
    NtResumeThread(thread, NULL);
    settle();
    IS("it takes one that it finds", order, 1);
    IS("and nothing is left", poll(event), STATUS_TIMEOUT);
    join(thread);
    thread = start(wait_once, (void *)2, 1);
    settle();
    NtSuspendThread(thread, NULL);
    NtPulseEvent(event, NULL);
    NtResumeThread(thread, NULL);
    settle();
    IS("a pulse is missed", order, 1);
    NtSetEvent(event, NULL);
    join(thread);
}

static void lines(void)
{
    HANDLE first, second;

    order = 0;
    first = start(wait_once, (void *)1, 1);
    settle();
    second = start(wait_once, (void *)2, 2);
    settle();
    NtSuspendThread(first, NULL);
    NtResumeThread(first, NULL);
    settle();
    NtSetEvent(event, NULL);
    settle();
    IS("who was suspended stands behind the others", order, 2);
    NtSetEvent(event, NULL);
    settle();
    IS("and is served in its turn", order, 21);
    join(first);
    join(second);
}

static void deadlines(void)
{
    HANDLE thread = start(wait_briefly, (void *)2, 1);

    settle();
    NtSuspendThread(thread, NULL);
    sleep_ms(5);
    result = 77;
    NtSetEvent(event, NULL);
    NtResumeThread(thread, NULL);
    join(thread);
    IS("a late one that finds what it waited for has it", result, STATUS_SUCCESS);
    thread = start(wait_briefly, (void *)2, 1);
    settle();
    NtSuspendThread(thread, NULL);
    sleep_ms(5);
    result = 77;
    settle();
    IS("nothing happens to it meanwhile", result, 77);
    NtResumeThread(thread, NULL);
    settle();
    IS("then it is late", result, STATUS_TIMEOUT);
    join(thread);
    thread = start(wait_briefly, (void *)6, 1);
    settle();
    NtSuspendThread(thread, NULL);
    settle();
    NtResumeThread(thread, NULL);
    result = 77;
    sleep_ms(2);
    IS("one that is not late waits on", result, 77);
    sleep_ms(4);
    IS("to its first deadline", result, STATUS_TIMEOUT);
    join(thread);
}

void KeEnterCriticalRegion(void);
void KeLeaveCriticalRegion(void);
static volatile u32 inside;

static u32 stay_inside(void *context)
{
    KeEnterCriticalRegion();
    NtWaitForSingleObjectEx(gate, 1, 0, NULL);
    inside = 1;
    KeLeaveCriticalRegion();
    inside = 2;
    return 0;
}

static void regions(void)
{
    HANDLE thread;

    gate = event_of(1, 0);
    thread = start(stay_inside, NULL, 4);
    settle();
    NtSuspendThread(thread, NULL);
    NtSetEvent(gate, NULL);
    settle();
    IS("a critical region is finished first", inside, 1);
    NtResumeThread(thread, NULL);
    settle();
    IS("then it was suspended", inside, 2);
    join(thread);
}

static u32 suspend_oneself(void *context)
{
    u32 previous = 99;

    ran = 1;
    NtSuspendThread(CURRENT_THREAD, &previous);
    ran = 2 + previous;
    return 0;
}

static u32 just_run(void *context)
{
    ran = 7;
    return 0;
}

static void others(void)
{
    HANDLE thread = start(suspend_oneself, NULL, 5);

    settle();
    IS("who suspends itself stops", ran, 1);
    NtResumeThread(thread, NULL);
    settle();
    IS("and goes on behind the call", ran, 2);
    join(thread);
    ran = 0;
    thread = start_as(just_run, NULL, THREAD_ON(1) | THREAD_SUSPENDED);
    settle();
    IS("made suspended, it does not begin", ran, 0);
    IS("suspended once more", previous_of(NtSuspendThread, thread), 1);
    NtResumeThread(thread, NULL);
    settle();
    IS("resumed once, it does not", ran, 0);
    NtResumeThread(thread, NULL);
    settle();
    IS("twice, it does", ran, 7);
    IS("who has ended can't be", NtSuspendThread(thread, NULL), 0xC000004B);
    IS("nothing is no thread", NtSuspendThread(0x7F000, NULL), 0xC0000008);
    IS("an event is none either", NtSuspendThread(event, NULL), 0xC0000024);
    NtClose(thread);
}

int main(void)
{
    signals();
    lines();
    deadlines();
    regions();
    others();
    return verdict();
}
