/* Timers: what their calls tell of the state before, and whose their APCs are. */
#define FAMILY "nt-timers"
#include "nt.h"

static volatile u32 calls, context, count;
static HANDLE timer;

static void note(void *argument, void *low, void *high)
{
    calls++;
    context = (u32)argument;
}

static void arm(HANDLE at, u32 ms, void *routine, u32 mode, u32 argument, u32 period)
{
    s64 due = MS(ms);

    NtSetTimerEx(at, &due, routine, mode, (void *)argument, 0, period, NULL);
}

/* Whatever APC is queued runs now. */
static NTSTATUS listen(u32 ms)
{
    s64 interval = MS(ms);

    return KeDelayExecutionThread(1, 1, &interval);
}

static u32 state_before(void)
{
    s64 due = MS(5);
    u32 before = 9;

    NtSetTimerEx(timer, &due, NULL, 1, NULL, 0, 0, &before);
    return before;
}

static u32 state_at_cancel(void)
{
    u32 state = 9;

    NtCancelTimer(timer, &state);
    return state;
}

static void states(void)
{
    NtCreateTimer(&timer, NULL, 0);
    IS("never set", state_at_cancel(), 0);
    IS("set: was not signaled", state_before(), 0);
    IS("set again: still not", state_before(), 0);
    IS("cancelled while armed: not signaled", state_at_cancel(), 0);
    arm(timer, 1, NULL, 1, 0, 0);
    sleep_ms(2);
    IS("cancelled after it expired: signaled", state_at_cancel(), 1);
    IS("and is so still", poll(timer), 0);
    IS("set after it expired: was signaled", state_before(), 1);
    IS("and is not any more", poll(timer), STATUS_TIMEOUT);
    state_at_cancel();
}

static void one_apc_each(void)
{
    calls = 0;
    arm(timer, 1, note, 1, 5, 1);
    sleep_ms(6);
    IS("nobody listened", calls, 0);
    IS("an APC is there", listen(0), STATUS_USER_APC);
    IS("one, not one for each period", calls, 1);
    IS("with its context", context, 5);
    sleep_ms(3);
    listen(0);
    IS("and one more since", calls, 2);
    sleep_ms(3);
    NtCancelTimer(timer, NULL);
    IS("cancelling takes it back", listen(0), STATUS_SUCCESS);
    IS("it has not run", calls, 2);
    arm(timer, 1, note, 1, 6, 0);
    sleep_ms(2);
    arm(timer, 50, NULL, 1, 0, 0);
    IS("so does setting again", listen(0), STATUS_SUCCESS);
    arm(timer, 1, note, 1, 7, 0);
    arm(timer, 2, note, 1, 8, 0);
    listen(5);
    IS("the last setting counts", context, 8);
    IS("once", calls, 3);
    NtCancelTimer(timer, NULL);
}

static void closed(void)
{
    HANDLE other = 0;

    NtCreateTimer(&other, NULL, 0);
    calls = 0;
    arm(other, 1, note, 1, 1, 0);
    sleep_ms(2);
    NtClose(other);
    IS("a timer that is gone has no APC", listen(0), STATUS_SUCCESS);
    IS("it did not run", calls, 0);
}

static u32 set_and_go(void *argument)
{
    arm(timer, 2, note, 1, 9, 0);
    return 0;
}

static u32 set_and_listen(void *argument)
{
    arm(timer, 1, note, 1, 4, 0);
    IS("the thread that set it gets its APC", listen(5), STATUS_USER_APC);
    return 0;
}

static void whose(void)
{
    HANDLE thread = start(set_and_listen, NULL, 2);

    IS("no other does", listen(10), STATUS_SUCCESS);
    join(thread);
    calls = 0;
    join(start(set_and_go, NULL, 2));
    sleep_ms(4);
    IS("who ends takes the timer along", poll(timer), STATUS_TIMEOUT);
    IS("APC and all", calls, 0);
}

/* Mode 0: no wait needs to be alertable for it, and it goes on. */
static u32 deaf(void *argument)
{
    s64 far = MS(10);

    arm(timer, 2, note, 0, 3, 0);
    count = KeDelayExecutionThread(1, 0, &far);
    return 0;
}

static void kernel_mode(void)
{
    HANDLE thread;

    calls = 0;
    count = 9;
    thread = start(deaf, NULL, 3);
    sleep_ms(4);
    IS("an APC of kernel mode runs in any wait", calls, 1);
    IS("which goes on", count, 9);
    join(thread);
    IS("and ends as if nothing had been", count, STATUS_SUCCESS);
}

static void by_pointer(void)
{
    static struct ktimer ktimer;
    s64 now;

    KeInitializeTimerEx(&ktimer, 0, 1);
    IS("relative", (KeSetTimer(&ktimer, MS(5), NULL), ktimer.header.absolute), 0);
    KeQuerySystemTime(&now);
    IS("armed before", KeSetTimer(&ktimer, now + 50000, NULL), 1);
    IS("absolute", ktimer.header.absolute, 1);
    IS("inserted", ktimer.header.inserted, 1);
    IS("cancel", KeCancelTimer(&ktimer), 1);
    IS("not inserted", ktimer.header.inserted, 0);
    IS("cancel again", KeCancelTimer(&ktimer), 0);
    IS("in the past", KeSetTimer(&ktimer, now - 1, NULL), 0);
    IS("is signaled at once", ktimer.header.signal_state, 1);
    IS("and not inserted", ktimer.header.inserted, 0);
    KeSetTimer(&ktimer, MS(5), NULL);
    IS("setting clears it", ktimer.header.signal_state, 0);
    KeCancelTimer(&ktimer);
}

int main(void)
{
    states();
    one_apc_each();
    closed();
    whose();
    kernel_mode();
    by_pointer();
    return verdict();
}
