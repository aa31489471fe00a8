/* Waits of every kind: all, any, timeouts, pulse, mutants, abandonment, signal-and-wait. */
#include <xe360/kernel.h>

static u32 failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            DbgPrint("FAIL waits: %s (line %d)\n", #condition, __LINE__);                          \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

static HANDLE make_event(u32 type, u32 state)
{
    HANDLE handle = 0;

    NtCreateEvent(&handle, NULL, type, state);
    return handle;
}

static NTSTATUS wait(HANDLE handle, const s64 *timeout)
{
    return NtWaitForSingleObjectEx(handle, 1, 0, timeout);
}

static void timeouts(void)
{
    HANDLE event = make_event(EVENT_AUTO, 0);
    s64 poll = 0, brief = MS(3), before, after;

    CHECK(wait(event, &poll) == STATUS_TIMEOUT);
    KeQuerySystemTime(&before);
    CHECK(wait(event, &brief) == STATUS_TIMEOUT);
    KeQuerySystemTime(&after);
    CHECK(after - before >= 30000 && after - before < 60000);
    NtClose(event);
    CHECK(wait(event, &poll) == (NTSTATUS)0xC0000008);
}

static void several(void)
{
    HANDLE list[3] = {make_event(EVENT_AUTO, 0), make_event(EVENT_AUTO, 1),
                      make_event(EVENT_MANUAL, 1)};
    s64 poll = 0;

    CHECK(NtWaitForMultipleObjectsEx(3, list, WAIT_ALL, 1, 0, &poll) == STATUS_TIMEOUT);
    CHECK(NtWaitForMultipleObjectsEx(3, list, WAIT_ANY, 1, 0, &poll) == 1);
    CHECK(NtWaitForMultipleObjectsEx(3, list, WAIT_ANY, 1, 0, &poll) == 2);
    NtSetEvent(list[0], NULL);
    NtSetEvent(list[1], NULL);
    CHECK(NtWaitForMultipleObjectsEx(3, list, WAIT_ALL, 1, 0, &poll) == STATUS_SUCCESS);
    CHECK(wait(list[0], &poll) == STATUS_TIMEOUT);
}

static HANDLE mutant;

static u32 take_and_die(void *context)
{
    wait(mutant, NULL);
    return 7;
}

static void mutants(void)
{
    HANDLE thread;

    NtCreateMutant(&mutant, NULL, 1);
    CHECK(wait(mutant, NULL) == STATUS_SUCCESS);
    NtReleaseMutant(mutant, NULL);
    NtReleaseMutant(mutant, NULL);
    CHECK(NtReleaseMutant(mutant, NULL) == (NTSTATUS)0xC0000046);
    ExCreateThread(&thread, 0, NULL, NULL, take_and_die, NULL, THREAD_ON(2));
    wait(thread, NULL);
    CHECK(wait(mutant, NULL) == STATUS_ABANDONED);
}

static HANDLE ping, pong;

static u32 ponger(void *context)
{
    for (int i = 0; i < 10; i++) {
        wait(ping, NULL);
        NtSetEvent(pong, NULL);
    }
    return 0;
}

static void signal_and_wait(void)
{
    HANDLE thread;

    ping = make_event(EVENT_AUTO, 0);
    pong = make_event(EVENT_AUTO, 0);
    ExCreateThread(&thread, 0, NULL, NULL, ponger, NULL, THREAD_ON(4));
    for (int i = 0; i < 10; i++)
        CHECK(NtSignalAndWaitForSingleObjectEx(ping, pong, 1, 0, NULL) == STATUS_SUCCESS);
    wait(thread, NULL);
}

int main(void)
{
    timeouts();
    several();
    mutants();
    signal_and_wait();
    if (!failures)
        DbgPrint("PASS waits\n");
    return 0;
}
