/* Events, semaphores and mutants: previous states, bad arguments, waits for several, and yields. */
#define FAMILY "nt-waits"
#include "nt.h"

NTSTATUS NtQuerySemaphore(HANDLE semaphore, void *info);
NTSTATUS NtQueryMutant(HANDLE mutant, void *info);

#define BAD    0x7F000u
#define NOBODY 0xC0000008u
#define OTHER  0xC0000024u

static HANDLE event, semaphore, mutant;
static volatile u32 order, result, stop;

static void events(void)
{
    HANDLE manual = event_of(0, 0);
    u32 state = 9, info[2] = {9, 9};

    IS("set a clear one", (NtSetEvent(event, &state), state), 0);
    IS("set it again", (NtSetEvent(event, &state), state), 1);
    IS("query its type", (NtQueryEvent(event, info), info[0]), 1);
    IS("and state", info[1], 1);
    IS("one wait takes it", poll(event), 0);
    IS("another finds it clear", poll(event), STATUS_TIMEOUT);
    IS("pulse a clear one", (NtPulseEvent(event, &state), state), 0);
    IS("which leaves nothing", poll(event), STATUS_TIMEOUT);
    NtSetEvent(manual, NULL);
    IS("pulse a set one", (NtPulseEvent(manual, &state), state), 1);
    IS("clears it", poll(manual), STATUS_TIMEOUT);
    IS("set nothing", NtSetEvent(BAD, NULL), NOBODY);
    IS("set a semaphore", NtSetEvent(semaphore, NULL), OTHER);
    IS("clear a mutant", NtClearEvent(mutant), OTHER);
    IS("query a semaphore", NtQueryEvent(semaphore, info), OTHER);
    IS("of no type", NtCreateEvent(&manual, NULL, 2, 0), 0xC000000D);
    NtClose(manual);
}

static void semaphores(void)
{
    s32 count = 9, info[2] = {9, 9};
    HANDLE bad;

    IS("release", (NtReleaseSemaphore(semaphore, 1, &count), count), 0);
    IS("over its limit", NtReleaseSemaphore(semaphore, 2, &count), 0xC0000047);
    IS("by far", NtReleaseSemaphore(semaphore, 0x7FFFFFFF, &count), 0xC0000047);
    IS("by nothing", NtReleaseSemaphore(semaphore, 0, NULL), 0xC000000D);
    IS("by less", NtReleaseSemaphore(semaphore, -1, NULL), 0xC000000D);
    IS("query its count", (NtQuerySemaphore(semaphore, info), info[0]), 1);
    IS("and limit", info[1], 2);
    IS("take it", poll(semaphore), 0);
    IS("none left", poll(semaphore), STATUS_TIMEOUT);
    IS("more than its limit", NtCreateSemaphore(&bad, NULL, 2, 1), 0xC000000D);
    IS("less than none", NtCreateSemaphore(&bad, NULL, -1, 1), 0xC000000D);
    IS("no limit", NtCreateSemaphore(&bad, NULL, 0, 0), 0xC000000D);
    IS("release an event", NtReleaseSemaphore(event, 1, NULL), OTHER);
}

static u32 leave_it_owned(void *context)
{
    NtWaitForSingleObjectEx(mutant, 1, 0, NULL);
    return 0;
}

static void mutants(void)
{
    struct {
        s32 count;
        u8 mine, abandoned, pad[2];
    } info;
    s32 count = 9;

    IS("release a free one", NtReleaseMutant(mutant, NULL), 0xC0000046);
    IS("take it", poll(mutant), 0);
    IS("twice", poll(mutant), 0);
    NtQueryMutant(mutant, &info);
    IS("that counts", info.count, -1);
    IS("it is ours", info.mine, 1);
    IS("release it", (NtReleaseMutant(mutant, &count), count), -1);
    IS("and again", (NtReleaseMutant(mutant, &count), count), 0);
    join(start(leave_it_owned, NULL, 1));
    NtQueryMutant(mutant, &info);
    IS("abandoned", info.abandoned, 1);
    IS("and free", info.count, 1);
    IS("release one that was abandoned", NtReleaseMutant(mutant, NULL), STATUS_ABANDONED);
    IS("who takes it hears of it", poll(mutant), STATUS_ABANDONED);
    NtQueryMutant(mutant, &info);
    IS("once", info.abandoned, 0);
    NtReleaseMutant(mutant, NULL);
}

static void counts_end(void)
{
    static struct kmutant endless;
    HANDLE own = 0;
    struct kmutant *body;

    NtCreateMutant(&own, NULL, 1);
    body = body_of(own);
    body->header.signal_state = (s32)0x80000000;
    IS("no more can be counted", poll(own), 0xC0000191);
    IS("nor in a wait for several", NtWaitForMultipleObjectsEx(1, &own, 1, 1, 0, NULL), 0xC0000191);
    body->header.signal_state = 0;
    NtReleaseMutant(own, NULL);
    NtClose(own);
    KeInitializeMutant(&endless, 0);
    IS("abandon a free one", KeReleaseMutant(&endless, 0, 1, 0), 1);
    IS("which says so", poll_at(&endless), STATUS_ABANDONED);
}

static void several(void)
{
    HANDLE list[3] = {event, semaphore, mutant}, twice[2] = {event, event}, bad[2] = {event, BAD};
    s64 now = 0;

    IS("any of three, the third", NtWaitForMultipleObjectsEx(3, list, 1, 1, 0, &now), 2);
    NtReleaseMutant(mutant, NULL);
    NtReleaseSemaphore(semaphore, 1, NULL);
    IS("the first of two", NtWaitForMultipleObjectsEx(3, list, 1, 1, 0, &now), 1);
    IS("all", NtWaitForMultipleObjectsEx(3, list, 0, 1, 0, &now), STATUS_TIMEOUT);
    NtSetEvent(event, NULL);
    NtReleaseSemaphore(semaphore, 1, NULL);
    IS("all are there", NtWaitForMultipleObjectsEx(3, list, 0, 1, 0, &now), 0);
    NtReleaseMutant(mutant, NULL);
    IS("none of none", NtWaitForMultipleObjectsEx(0, list, 1, 1, 0, &now), 0xC000000D);
    IS("of too many", NtWaitForMultipleObjectsEx(65, list, 1, 1, 0, &now), 0xC000000D);
    IS("neither any nor all", NtWaitForMultipleObjectsEx(2, list, 2, 1, 0, &now), 0xC000000D);
    IS("?one is bad", NtWaitForMultipleObjectsEx(2, bad, 1, 1, 0, &now), NOBODY);
    IS("any of one twice", NtWaitForMultipleObjectsEx(2, twice, 1, 1, 0, &now), STATUS_TIMEOUT);
    IS("?all of one twice", NtWaitForMultipleObjectsEx(2, twice, 0, 1, 0, &now), 0xC0000030);
}

static void note(void *context, void *first, void *second)
{
    order = order * 10 + (u32)context;
}

/* Modes and alertable: the fourth argument is what lets APCs run. */
static void signal_and_wait(void)
{
    s64 soon = MS(1);

    order = 0;
    NtQueueApcThread(CURRENT_THREAD, note, (void *)1, NULL, NULL);
    IS("deaf", NtSignalAndWaitForSingleObjectEx(semaphore, event, 1, 0, &soon), STATUS_TIMEOUT);
    IS("no APC ran", order, 0);
    IS("for the kernel", NtSignalAndWaitForSingleObjectEx(semaphore, event, 0, 1, &soon),
       STATUS_TIMEOUT);
    IS("none did", order, 0);
    IS("over the limit", NtSignalAndWaitForSingleObjectEx(semaphore, event, 1, 1, &soon),
       0xC0000047);
    poll(semaphore);
    poll(semaphore);
    IS("alertable", NtSignalAndWaitForSingleObjectEx(semaphore, event, 1, 1, &soon),
       STATUS_USER_APC);
    IS("it ran", order, 1);
    IS("what was signaled stays so", poll(semaphore), 0);
    IS("nothing to signal", NtSignalAndWaitForSingleObjectEx(BAD, event, 1, 0, &soon), NOBODY);
    IS("nothing to wait for", NtSignalAndWaitForSingleObjectEx(semaphore, BAD, 1, 0, &soon),
       NOBODY);
    IS("then nothing is signaled", poll(semaphore), STATUS_TIMEOUT);
    IS("not ours", NtSignalAndWaitForSingleObjectEx(mutant, event, 1, 0, &soon), 0xC0000046);
    IS("one and the same", NtSignalAndWaitForSingleObjectEx(event, event, 1, 0, &soon), 0);
}

static u32 run_on(void *context)
{
    order = 1;
    while (!stop)
        ;
    return 0;
}

static NTSTATUS delay(u32 mode, u32 alertable)
{
    s64 nothing = 0;

    return KeDelayExecutionThread(mode, alertable, &nothing);
}

static void yields(void)
{
    HANDLE equal, lower;

    order = stop = 0;
    IS("nobody to make way for", NtYieldExecution(), 0x40000024);
    IS("by a delay", delay(1, 0), 0x40000024);
    IS("of the kernel's", delay(0, 0), 0x40000024);
    IS("alertable", delay(1, 1), STATUS_SUCCESS);
    equal = start_as(run_on, NULL, THREAD_ON(0));
    IS("somebody is there", NtYieldExecution(), STATUS_SUCCESS);
    IS("and ran", order, 1);
    IS("by a delay, too", delay(1, 0), STATUS_SUCCESS);
    stop = 1;
    join(equal);
    lower = start_as(run_on, NULL, THREAD_ON(0) | THREAD_SUSPENDED);
    order = 0;
    KeSetBasePriorityThread(body_of(lower), -2);
    NtResumeThread(lower, NULL);
    IS("to one of lower priority", NtYieldExecution(), STATUS_SUCCESS);
    IS("which does not get to run", order, 0);
    join(lower);
    NtQueueApcThread(CURRENT_THREAD, note, (void *)2, NULL, NULL);
    order = 0;
    IS("with an APC queued", delay(1, 1), STATUS_USER_APC);
    IS("it ran", order, 2);
    KeAlertThread(current_thread(), 1);
    IS("alerted", delay(1, 1), STATUS_ALERTED);
}

static void handles(void)
{
    HANDLE closed = event_of(1, 0);
    s64 now = 0;

    NtClose(closed);
    IS("wait for what is closed", poll(closed), NOBODY);
    IS("close it again", NtClose(closed), NOBODY);
    IS("wait for nothing", poll(0), NOBODY);
    IS("for this thread", poll(CURRENT_THREAD), STATUS_TIMEOUT);
    IS("absolute and past", (now = 1, NtWaitForSingleObjectEx(event, 1, 0, &now)), STATUS_TIMEOUT);
}

int main(void)
{
    event = event_of(1, 0);
    NtCreateSemaphore(&semaphore, NULL, 0, 2);
    NtCreateMutant(&mutant, NULL, 0);
    events();
    semaphores();
    mutants();
    counts_end();
    several();
    signal_and_wait();
    yields();
    handles();
    return verdict();
}
